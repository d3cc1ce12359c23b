//! Channels, and what it takes to register one.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "ChannelType",
        "A kind of channel.",
        &[
            "id: text",
            "name!: text",
            "channelLogo: text?",
            "isInteractive: bool",
            "mediaRoutingDomain: text?",
        ],
    ),
    (
        "ChannelProvider",
        "Where outbound messages go, and what its connectors configure.",
        &[
            "id: text",
            "name!: text",
            "supportedChannelTypes!: [#ChannelType]",
            "providerWebhook: text?",
            "providerWebhookPath: text?",
            "channelProviderConfigSchema: [#AttributeSchema]",
        ],
    ),
    (
        "AttributeSchema",
        "What may be entered for one attribute.",
        &[
            "key!: text",
            "label: text?",
            "helpText: text?",
            "attributeType: text?",
            "valueType: text?",
            "isRequired: bool",
            "categoryOptions: any",
        ],
    ),
    (
        "ChannelConnector",
        "A provider with its settings. Secret values are never given out; a mask sent back keeps them. Credentials are given once, when it is created.",
        &[
            "id: text",
            "name!: text",
            "channelProviderInterface!: #ChannelProvider",
            "channelProviderConfigs: [#Attribute]",
            "tenant: any",
            "openTo: [text]",
            "credentials: #Credentials",
        ],
    ),
    ("Credentials", "Shown once.", &["token!: text", "signingSecret!: text"]),
    (
        "Channel",
        "One business address on one connector.",
        &[
            "id: text",
            "name!: text",
            "serviceIdentifier!: text",
            "channelType!: #ChannelType",
            "channelConnector!: #ChannelConnector",
            "channelConfig!: #ChannelConfig",
            "defaultOutbound: bool",
            "calendarId: text?",
            "outOfHours: #OutOfHours",
            "enabled: bool",
            "tenant: any",
        ],
    ),
    (
        "ChannelConfig",
        "How conversations of a channel are handled. Times are in seconds.",
        &[
            "id: text",
            "channelMode: text",
            "responseSla!: int",
            "customerActivityTimeout!: int",
            "botId: text?",
            "routingPolicy!: #RoutingPolicy",
            "customerSla: any",
            "customerIdentificationCriteria: any",
            "conversationBot: text",
        ],
    ),
    (
        "RoutingPolicy",
        "How an agent is found.",
        &[
            "routingMode: text",
            "routingObjectId: text?",
            "agentSelectionPolicy: text?",
            "routeToLastAgent: bool",
            "agentRequestTtl!: int",
        ],
    ),
    (
        "OutOfHours",
        "What becomes of those who write while the calendar is closed: ROUTE as always, or MESSAGE and nobody is looked for.",
        &["action!: text", "message: text"],
    ),
];
