//! What is said, and the files that go with it.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "Message",
        "A CIM message. Members that are not listed are kept as they come.",
        &["id: text", "header!: #Header", "body!: #Body"],
    ),
    (
        "Header",
        "Who sent a message, over which channel.",
        &[
            "sender!: #Sender",
            "channelData!: #ChannelData",
            "timestamp: any",
            "intent: text?",
            "originalMessageId: text?",
            "providerMessageId: text?",
            "channelSessionId: text?",
            "conversationId: text?",
            "customer: #Customer?",
            "language: any",
            "securityInfo: any",
            "stamps: any",
            "entities: any",
            "schedulingMetaData: any",
            "roomId: text?",
            "additionalData: any",
        ],
    ),
    (
        "Sender",
        "AGENT, BOT, CUSTOMER, APP, CONNECTOR or SYSTEM.",
        &["id!: text", "type!: text", "senderName: text?", "additionalDetail: any"],
    ),
    (
        "ChannelData",
        "The two ends of the channel a message travels on.",
        &[
            "channelCustomerIdentifier!: text",
            "serviceIdentifier!: text",
            "requestPriority: int",
            "customerFirstName: text?",
            "customerLastName: text?",
            "additionalAttributes: [#Attribute]",
            "channelTypeCode: text?",
        ],
    ),
    ("Attribute", "A typed key and value.", &["key!: text", "type!: text", "value: any"]),
    (
        "Body",
        "The content, told apart by its type: PLAIN, IMAGE, FILE, BUTTON, DELIVERYNOTIFICATION, NOTIFICATION and so on. Unknown types are kept.",
        &["type!: text", "markdownText: text?"],
    ),
    (
        "Accepted",
        "A message is on disk.",
        &["status!: text", "message!: text", "additionalDetails!: #AcceptedDetails"],
    ),
    (
        "AcceptedDetails",
        "Where it stands. Connectors learn who the customer is and nothing about him.",
        &["customer: #Customer?", "conversationId: text?", "channelSessionId: text?"],
    ),
    (
        "Uploaded",
        "A stored file.",
        &["message!: text", "name!: text", "type!: text", "size!: int", "etag!: text"],
    ),
    (
        "FileStat",
        "What is known of a file.",
        &["name!: text", "type!: text", "size!: int", "lastModified!: time"],
    ),
];
