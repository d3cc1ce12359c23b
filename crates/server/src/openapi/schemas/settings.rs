//! How the tenant works.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "Settings",
        "How a tenant's contact centre works, where no queue, list or channel says otherwise.",
        &[
            "id: text",
            "wrapUp: #WrapUp",
            "wrapUpTakesCapacity: bool",
            "pauses: [int]",
            "reasonRequired: bool",
            "agentThresholds: [#AgentThreshold]",
            "customerThresholds: [#CustomerThreshold]",
            "agents: #AgentSettings",
            "routing: #RoutingSettings",
            "web: #WebSettings",
            "security: #SecuritySettings",
            "retention: #RetentionSettings",
            "texts: #Texts",
            "desk: #DeskSettings",
        ],
    ),
    (
        "AgentSettings",
        "How agents come and go. 0 missed offers never switch a domain off.",
        &["disconnectGraceSeconds: int", "ronasUntilNotReady: int", "mrdAutoSync: bool"],
    ),
    (
        "RoutingSettings",
        "In which order requests are served, who is asked first, and whether work of one domain interrupts that of others.",
        &[
            "priorityHeadStartSeconds: int",
            "callbackPriority: int",
            "queuePriority: bool",
            "lastAgent: bool",
            "mrdInterruption: bool",
            "mrdInterruptionPauses: bool",
        ],
    ),
    (
        "RetentionSettings",
        "Days it is kept what was said and counted; conversationDays 0 keeps conversations for ever.",
        &["conversationDays: int", "reportDays: int", "logDays: int"],
    ),
    (
        "WebSettings",
        "Customers on web pages whose widget does not say otherwise: how long one whose line is lost keeps the chat.",
        &["reconnectSeconds: int"],
    ),
    (
        "SecuritySettings",
        "Roles whose people need a second factor when they sign in with a password. Whoever has none sets one up at his next sign-in, and can do nothing else before.",
        &["secondFactorFor: [text]"],
    ),
    (
        "Texts",
        "What is said without anybody saying it, each at most 1000 characters. An empty text is not said.",
        &[
            "greeting: text",
            "handingOver: text",
            "noAgent: text",
            "stillWaiting: text",
            "callBack: text",
            "flushed: text",
            "closed: text",
            "paused: text",
            "resumed: text",
            "noAnswer: text",
            "nobodyToHelp: text",
        ],
    ),
    ("WrapUp", "What follows when an agent's part is over.", &["enabled: bool", "seconds: int"]),
    (
        "AgentThreshold",
        "On the way to the end of the time to answer: CHANGE_COLOR, CHANGE_COLOR_TO_RED or SHOW_POPUP. Lists of their own also name START_TIMER at 0 and REMOVE_ALL_AGENTS at 100, which are always there.",
        &["percentage!: int", "action!: text"],
    ),
    (
        "CustomerThreshold",
        "On the way from silence to the end of the session: NOTIFY_CUSTOMER or END_SESSION.",
        &["percentage!: int", "action!: text", "text: text"],
    ),
];
