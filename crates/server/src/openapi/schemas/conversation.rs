//! Conversations, and what happened in them.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    ("Conversations", "A page of conversations.", &["conversations!: [#Conversation]", "next: text?"]),
    (
        "Conversation",
        "One engagement with one customer.",
        &[
            "id!: text",
            "customerId!: text",
            "customer: #Customer?",
            "customerSuggestions: [#Customer]",
            "state!: text",
            "startedAt!: time",
            "closedAt: time?",
            "sessions!: [any]",
            "agents!: [any]",
            "bot: text?",
            "tasks!: [any]",
            "data!: map",
            "links!: [#Link]",
            "wrapUps!: [#WrapUpCode]",
        ],
    ),
    (
        "WrapUpCode",
        "What an agent said a conversation was about.",
        &["by!: text", "username!: text", "categoryName!: text", "value!: text"],
    ),
    (
        "LinkRequest",
        "A customer, of whom the id is read. With `moveIdentifier` the address the conversation came from becomes his.",
        &["_id!: text", "reason: text", "moveIdentifier: bool"],
    ),
    (
        "PastRequest",
        "Two customers, each as an id or as an object with `_id`.",
        &["currentCustomer!: any", "newCustomer!: any", "reason: text"],
    ),
    ("Linked", "How many conversations were given to the other customer.", &["conversations!: int"]),
    (
        "Link",
        "How a conversation became another customer's. `identifiers` are the attributes whose values moved.",
        &[
            "at!: time",
            "by!: text",
            "username!: text",
            "reason: text?",
            "from!: text",
            "to!: text",
            "identifiers!: [text]",
        ],
    ),
    ("Events", "A page of events.", &["events!: [#PlacedEvent]", "next: int?"]),
    (
        "PlacedEvent",
        "An event and its place in the log.",
        &["sequence!: int", "at!: time", "event!: #CimEvent"],
    ),
    ("History", "Past events, newest first.", &["docs!: [#CimEvent]"]),
    (
        "CimEvent",
        "Something that happened in a conversation.",
        &[
            "id!: text",
            "name!: text",
            "type!: text",
            "timestamp!: any",
            "conversationId: text?",
            "eventEmitter: any",
            "channelSession: any",
            "roomInfo: any",
            "data: any",
        ],
    ),
    ("Sessions", "A page of open sessions, oldest first.", &["sessions!: [#OpenSession]", "next: text?"]),
    (
        "OpenSession",
        "A customer's presence on one of the connector's channels.",
        &[
            "channelSessionId!: text",
            "conversationId!: text",
            "startedAt!: time",
            "channelData!: #ChannelData",
        ],
    ),
    (
        "Transcript",
        "What the customer said and what was sent to him, oldest first; of a long session the newest.",
        &["messages!: [#Message]"],
    ),
];
