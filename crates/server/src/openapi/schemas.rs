//! The shapes of what is sent and answered, written down once in a small notation.
//!
//! A member is `name: type`, with `!` after the name when it is required. Types are `text`, `int`, `number`, `bool`,
//! `any`, `map`, `time` (milliseconds since 1970), `#Name` for another shape, `[type]` for a list, and `?` after a
//! type that may be null.

use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr};

/// Name, meaning, members.
pub type Shape = (&'static str, &'static str, &'static [&'static str]);

const SHAPES: &[Shape] = &[
    ("Object", "Any JSON object.", &[]),
    (
        "Error",
        "What went wrong, and what to do.",
        &[
            "status!: text",
            "message!: text",
            "description!: text",
            "code!: text",
            "field: text",
            "conflict: #InTheWay",
        ],
    ),
    (
        "InTheWay",
        "The object that keeps a request from being carried out.",
        &["kind!: text", "id!: text", "name!: text"],
    ),
    ("SignIn", "A user name and a password.", &["username!: text", "password!: text"]),
    (
        "Session",
        "A token, until when it works, and whose it is.",
        &["token!: text", "expiresAt!: time", "user!: #KeycloakUser"],
    ),
    (
        "DeskSignIn",
        "A user name and a password. Other members that desks send are passed over.",
        &["username!: text", "password!: text"],
    ),
    ("DeskSession", "Who signed in at a desk.", &["data!: #DeskUser"]),
    (
        "DeskUser",
        "The user, whose member `tieline_session` is the token for the socket's handshake.",
        &["keycloak_User!: #KeycloakUser"],
    ),
    ("DeskRefusal", "Why a desk's sign-in failed, as desks show it.", &["error!: #DeskError"]),
    (
        "DeskError",
        "A word for programs and a reason for people.",
        &["error_message!: text", "error_detail!: #DeskReason"],
    ),
    ("DeskReason", "What to tell the agent.", &["reason!: text"]),
    (
        "DeskOptions",
        "What desks offer, as they ask for it when they start.",
        &[
            "id!: text",
            "isMessageFormattingEnabled: bool",
            "isFileSharingEnabled: bool",
            "isEmojisEnabled: bool",
            "isConversationParticipantsEnabled: bool",
            "isWrapUpEnabled: bool",
            "wrapUpTime: int",
            "isOutboundSmsEnabled: bool",
            "isOutboundSmsSendandClose: bool",
            "isAutoAnswerEnabled: bool",
            "prefixCode: text",
        ],
    ),
    (
        "LocaleSetting",
        "The languages a desk can be shown in.",
        &["id!: text", "supportedLanguages!: [#Language]", "defaultLanguage!: #Language"],
    ),
    ("Language", "A language.", &["code!: text", "name!: text", "flag: text"]),
    ("NewPassword", "The present password and the next.", &["currentPassword!: text", "newPassword!: text"]),
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
        "Timeline",
        "What became of a message.",
        &[
            "messageId!: text",
            "sequence!: int",
            "acceptedAt!: time",
            "kind: text?",
            "from: any",
            "conversationId!: text",
            "channelSessionId: text?",
            "customerId!: text",
            "channel: any",
            "shownTo!: [#Showing]",
            "deliveries!: [#Delivery]",
            "receipts!: [#Receipt]",
        ],
    ),
    (
        "Showing",
        "An agent whose desk was sent a message: LIVE, or ON_JOINING, with the rest of the conversation.",
        &["agent!: any", "at!: time", "how!: text"],
    ),
    (
        "Delivery",
        "A message or configuration a connector must receive, or a question a bot is asked, and every attempt. The outcome is PENDING, DELIVERED, DEAD or SUPERSEDED.",
        &[
            "sequence!: int",
            "previousSequence!: int",
            "kind!: text",
            "connector: any",
            "bot: any",
            "conversationId: text?",
            "channelSessionId: text?",
            "channelId: text?",
            "outcome!: text",
            "createdAt!: time",
            "attemptsMade!: int",
            "nextAttemptAt: time?",
            "settledAt: time?",
            "via: text?",
            "reason: text?",
            "attempts!: [#Attempt]",
        ],
    ),
    (
        "Attempt",
        "One try to deliver.",
        &["number!: int", "at!: time", "durationMs!: int", "status: int?", "error: text?"],
    ),
    ("Receipt", "What the other side said.", &["at!: time", "status!: text", "reason: text?", "from: any"]),
    ("DeadLetters", "A page of deliveries that were given up.", &["deadLetters!: [#Delivery]", "next: int?"]),
    (
        "Replay",
        "Which dead letters to send again.",
        &[
            "connector: text",
            "conversation: text",
            "from: any",
            "until: any",
            "sequences: [int]",
            "message: text",
            "limit: int",
        ],
    ),
    ("Replayed", "How many are sent again.", &["replayed!: int"]),
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
        "ConfigurationPush",
        "How the last push of a channel's configuration went.",
        &[
            "channelId!: text",
            "serviceIdentifier!: text",
            "outcome!: text",
            "pushedAt: time?",
            "attempts!: int",
            "lastAttemptAt: time?",
            "lastStatus: int?",
            "lastError: text?",
        ],
    ),
    ("Feed", "Events and the cursor behind them.", &["events!: [#FeedItem]", "next: int?"]),
    (
        "FeedItem",
        "The same message a webhook would get.",
        &["sequence!: int", "previousSequence!: int", "id!: text", "status!: text", "message!: #Message"],
    ),
    (
        "Health",
        "What waits for a connector, and whether its webhook is being spared.",
        &["connectorId!: text", "status!: text", "waiting!: int", "inFlight!: int", "breaker!: any"],
    ),
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
        "MediaRoutingDomain",
        "Conversations that share an agent's capacity.",
        &[
            "id: text",
            "type: text?",
            "name!: text",
            "description: text?",
            "maxRequests!: int",
            "interruptible: bool",
            "autoSync: bool",
        ],
    ),
    (
        "RoutingAttribute",
        "A skill: BOOLEAN or PROFICIENCY_LEVEL.",
        &["id: text", "name!: text", "description: text?", "type!: text", "defaultValue!: int"],
    ),
    (
        "PrecisionQueue",
        "A queue whose steps widen the circle of agents. Times are in seconds.",
        &[
            "id: text",
            "name!: text",
            "mrd!: #MediaRoutingDomain",
            "serviceLevelType: int",
            "serviceLevelThreshold: int",
            "agentSlaDuration: int?",
            "ewtMinValue: int?",
            "ewtMaxValue: int?",
            "queuePriority: int?",
            "steps: [#Step]",
        ],
    ),
    ("Flushed", "How many requests were ended.", &["flushed!: int"]),
    (
        "AssignResource",
        "Whom a request is for, and what else is asked.",
        &["conversationId: text", "queue: #Object?", "priority: int?", "lastAssignedAgentId: text?"],
    ),
    ("Requested", "The request that now looks for an agent.", &["conversationId!: text", "taskId!: text"]),
    (
        "Explanation",
        "Why a request waits, or why it went to whom it went.",
        &[
            "taskId!: text",
            "waits!: bool",
            "position: int?",
            "inQueue: int",
            "sentences: [text]",
            "steps: [#Object]",
            "agents: [#Object]",
            "moreAgents: int",
            "assignedAt: int",
            "agent: #Object",
            "rule: text?",
            "chosen: #Object?",
            "runnersUp: [#Object]",
        ],
    ),
    (
        "Step",
        "Agents fitting its expressions, for so many seconds.",
        &["id: text", "timeout!: int", "expressions!: [#Expression]"],
    ),
    (
        "Expression",
        "Terms joined by AND or OR, read from left to right.",
        &["terms!: [#Term]", "preExpressionCondition: text?"],
    ),
    (
        "Term",
        "A skill compared with a level.",
        &[
            "routingAttribute!: #RoutingAttribute",
            "relationalOperator!: text",
            "value!: int",
            "preTermCondition: text?",
        ],
    ),
    (
        "PullModeList",
        "A list agents pick requests from.",
        &[
            "id: text",
            "name!: text",
            "description: text?",
            "agentSlaDuration: int?",
            "agentThresholds: [#AgentThreshold]?",
            "wrapUp: #WrapUp?",
        ],
    ),
    (
        "Label",
        "What customers are marked with.",
        &["_id: text", "name!: text", "colorCode: text", "createdBy: text", "priority: int?"],
    ),
    (
        "CannedMessage",
        "A text agents send often.",
        &["id: text", "name!: text", "language: text", "category: text", "text!: text"],
    ),
    (
        "Announcement",
        "What a supervisor says to teams.",
        &[
            "id: text",
            "supervisorId: text",
            "supervisorName: text",
            "announcementText!: text",
            "teams!: any",
            "scheduledTime: any",
            "expiryTime: any",
            "seenBy: [text]",
        ],
    ),
    ("Preferences", "One row, the caller's.", &["docs!: [#Preference]"]),
    (
        "Preference",
        "How somebody reads the list of customers.",
        &["_id: text", "user_Id: text", "pageSize: int", "columns: [#Object]", "sortOption: any"],
    ),
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
            "desk: #DeskSettings",
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
    (
        "DeskSettings",
        "What desks offer.",
        &[
            "isMessageFormattingEnabled: bool",
            "isFileSharingEnabled: bool",
            "isEmojisEnabled: bool",
            "isConversationParticipantsEnabled: bool",
            "isOutboundSmsEnabled: bool",
            "isOutboundSmsSendandClose: bool",
            "isAutoAnswerEnabled: bool",
            "prefixCode: text",
        ],
    ),
    (
        "ReasonCode",
        "Why an agent is not ready or leaves: NOT_READY, LOGOUT or CALLBACK.",
        &[
            "id: text",
            "name!: text",
            "description: text?",
            "type!: text",
            "code: int",
            "isDeleted: bool",
            "createdAt: time",
            "updatedAt: time",
        ],
    ),
    (
        "Agent",
        "A user with skills and capacities.",
        &[
            "id: text",
            "participantType: text",
            "keycloakUser: #KeycloakUser",
            "associatedRoutingAttributes: [#Skill]",
            "associatedMrds: [#Capacity]",
        ],
    ),
    ("Skill", "A skill with its level.", &["routingAttribute!: #RoutingAttribute", "value!: int"]),
    ("Capacity", "How many tasks of a domain an agent takes.", &["mrdId!: text", "maxAgentTasks!: int"]),
    (
        "KeycloakUser",
        "A person.",
        &[
            "id: text",
            "username!: text",
            "firstName: text",
            "lastName: text",
            "roles!: [text]",
            "realm: text?",
            "permittedResources: any",
            "attributes: map",
            "userTeam: #Team",
            "supervisedTeams: [#Team]",
        ],
    ),
    (
        "User",
        "An account. The password is taken and never given out.",
        &[
            "id: text",
            "username!: text",
            "password: text",
            "firstName: text",
            "lastName: text",
            "roles!: [text]",
            "enabled: bool",
            "attributes: map",
            "userTeam: #Team",
            "supervisedTeams: [#Team]",
            "associatedRoutingAttributes: [#Skill]",
            "associatedMrds: [#Capacity]",
            "permittedResources: any",
        ],
    ),
    ("Team", "A team.", &["teamId: text", "teamName!: text"]),
    (
        "BotConnector",
        "A bot: CUSTOM, RASA, OPENAI or BUILT_IN; DIALOGFLOW and NOT_SET are kept and not called.",
        &[
            "botId: text?",
            "botName!: text",
            "botType!: text",
            "botUri: text?",
            "timeoutMs: int",
            "sendEvents: bool",
            "greeting: text?",
            "officeHours: #OfficeHours?",
            "menu: #BotMenu?",
            "model: #LanguageModel?",
            "hasCredentials: bool",
            "credentials: #Credentials",
        ],
    ),
    (
        "OfficeHours",
        "When customers are handed over, in the time of a place.",
        &["timeZone!: text", "openings!: [#Opening]", "closedText: text"],
    ),
    (
        "Opening",
        "MONDAY to SUNDAY, and times such as 09:00 and 24:00.",
        &["day!: text", "from!: text", "to!: text"],
    ),
    ("BotMenu", "What the built-in bot offers first.", &["text!: text", "choices!: [#BotChoice]"]),
    (
        "BotChoice",
        "SAY a text, FIND_AGENT of a queue, or END_CONVERSATION.",
        &["title!: text", "action!: text", "text: text", "queueId: text?"],
    ),
    (
        "LanguageModel",
        "The model of an OPENAI bot. The key goes in and is shown masked.",
        &["name!: text", "apiKey: text", "systemPrompt: text", "historyMax: int"],
    ),
    ("BotTrial", "What a bot is asked to try it; a greeting when left out.", &["message: text?"]),
    (
        "BotTrialResult",
        "How a bot took a question: ANSWERED, LATER, TIMEOUT or FAILED.",
        &[
            "botId!: text",
            "reachable!: bool",
            "status: int?",
            "latencyMs!: int",
            "outcome!: text",
            "error: text?",
            "replies!: [any]",
        ],
    ),
    (
        "BotMessages",
        "What a bot says by itself: one response object or a list of them.",
        &["conversationId!: text", "botId!: text", "BotMessage!: any", "requestedMessageId: text?"],
    ),
    (
        "CustomerSchemaAttribute",
        "One attribute of customers.",
        &[
            "_id: text",
            "key: text",
            "label!: text",
            "description: text",
            "type: text",
            "length: any",
            "isRequired: bool",
            "defaultValue: any",
            "isPii: bool",
            "isChannelIdentifier: bool",
            "channelTypes: [text]",
            "isDeleteAble: bool",
            "sortOrder: int",
            "isSearchAble: bool",
        ],
    ),
    ("AttributeType", "A type and the pattern its values fit.", &["type!: text", "regex!: text"]),
    (
        "Customer",
        "A customer. Attributes of the customer schema stand beside these members.",
        &[
            "_id: text",
            "firstName: text",
            "phoneNumber: [text]",
            "isAnonymous: bool",
            "labels: [text]",
            "__v: int",
        ],
    ),
    ("Customers", "A page of customers.", &["docs!: [#Customer]", "totalDocs!: int"]),
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
    (
        "WidgetConfig",
        "How a chat widget looks and what it asks first. customerReconnectTime is in seconds. serviceIdentifier names the \
         channel the settings are for; legacyWidget says that the widget inserts texts as HTML.",
        &[
            "id: text",
            "widgetIdentifier!: text",
            "theme: text?",
            "title: text?",
            "subTitle: text?",
            "enableFontResize: bool",
            "enableEmoji: bool",
            "enableFileTransfer: bool",
            "enableDynamicLink: bool",
            "enableDownloadTranscript: bool",
            "customerReconnectTime: int",
            "language: any",
            "form: text",
            "webRtc: any",
            "callback: any",
            "webhook: any",
            "serviceIdentifier: text?",
            "legacyWidget: bool",
        ],
    ),
    (
        "Form",
        "Questions in sections; attributes are those of all sections, for older readers.",
        &[
            "id: text",
            "formTitle!: text",
            "formDescription: text?",
            "attributes: [#FormQuestion]",
            "sections: [#FormSection]",
        ],
    ),
    ("FormSection", "Questions under one heading.", &["attributes!: [#FormQuestion]"]),
    (
        "FormQuestion",
        "The attributeType is INPUT, OPTIONS or TEXTAREA; categoryOptions holds what may be chosen.",
        &[
            "key!: text",
            "label: text?",
            "helpText: text?",
            "attributeType: text",
            "valueType: text",
            "isRequired: bool",
            "categoryOptions: any",
        ],
    ),
    ("FormTitle", "A form's id and title.", &["id!: text", "formTitle!: text"]),
    ("FormValidation", "A pattern for one type of answer.", &["id!: text", "type!: text", "regex!: text"]),
    (
        "BusinessCalendar",
        "When people are there, in the civil time of a time zone.",
        &[
            "id: text",
            "name!: text",
            "description: text",
            "color: text",
            "timeZone: text",
            "events: [#CalendarEvent]",
        ],
    ),
    (
        "CalendarEvent",
        "eventType is business_hours, out_of_office or holiday; recurrence none, daily or weekly, on the days named. A shift \
         that ends no later than it starts ends on the next day; no shifts are the whole day.",
        &[
            "id: text",
            "title!: text",
            "eventType!: text",
            "startDate!: text",
            "endDate: text?",
            "recurrence: text",
            "days: [text]",
            "shifts: [#Shift]",
            "allDay: bool",
            "message: text",
            "color: text",
        ],
    ),
    ("Shift", "From one time of the day to another.", &["start!: text", "end!: text"]),
    (
        "CalendarOccurrence",
        "One time an event takes place, with the members of the event.",
        &[
            "id!: text",
            "calendarId!: text",
            "title!: text",
            "eventType!: text",
            "startTime!: time",
            "endTime!: time",
            "timeZone!: text",
            "message: text",
        ],
    ),
    (
        "OutOfHours",
        "What becomes of those who write while the calendar is closed: ROUTE as always, or MESSAGE and nobody is looked for.",
        &["action!: text", "message: text"],
    ),
    ("CalendarNow", "Whether somebody is there.", &["open!: bool", "nextOpening: time?", "message: text?"]),
];

/// Every shape, in its notation.
pub fn shapes() -> impl Iterator<Item = Shape> {
    SHAPES.iter().copied()
}

pub fn all() -> impl Iterator<Item = (&'static str, RefOr<Schema>)> {
    SHAPES.iter().map(|(name, meaning, members)| (*name, RefOr::T(object(meaning, members))))
}

fn object(meaning: &str, members: &[&str]) -> Schema {
    let mut object = ObjectBuilder::new().description(Some(meaning));
    if members.is_empty() {
        object = object.additional_properties(Some(AdditionalProperties::FreeForm(true)));
    }
    for member in members {
        let (name, notation) = member.split_once(": ").unwrap_or((member, "any"));
        let required = name.strip_suffix('!');
        object = object.property(required.unwrap_or(name), shape(notation));
        if let Some(name) = required {
            object = object.required(name);
        }
    }
    object.build().into()
}

fn shape(notation: &str) -> RefOr<Schema> {
    if let Some(inner) = notation.strip_suffix('?') {
        return nullable(inner);
    }
    if let Some(inner) = notation.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return RefOr::T(Schema::Array(ArrayBuilder::new().items(shape(inner)).build()));
    }
    match notation.strip_prefix('#') {
        Some(name) => RefOr::Ref(Ref::from_schema_name(name)),
        None => RefOr::T(scalar(notation, false).into()),
    }
}

fn nullable(inner: &str) -> RefOr<Schema> {
    match inner.strip_prefix('#') {
        Some(name) => {
            let null = ObjectBuilder::new().schema_type(Type::Null);
            let either = OneOfBuilder::new().item(Ref::from_schema_name(name)).item(null);
            RefOr::T(Schema::OneOf(either.build()))
        }
        None => RefOr::T(scalar(inner, true).into()),
    }
}

fn scalar(word: &str, or_null: bool) -> utoipa::openapi::schema::Object {
    let object = ObjectBuilder::new();
    let kind = match word {
        "text" => Type::String,
        "int" | "time" => Type::Integer,
        "number" => Type::Number,
        "bool" => Type::Boolean,
        "map" => Type::Object,
        _ => return object.schema_type(SchemaType::AnyValue).build(),
    };
    let object = match or_null {
        true => object.schema_type(SchemaType::Array(vec![kind.clone(), Type::Null])),
        false => object.schema_type(SchemaType::Type(kind.clone())),
    };
    match word {
        "time" => object.description(Some("Milliseconds since 1970.")).build(),
        "map" => object.additional_properties(Some(AdditionalProperties::FreeForm(true))).build(),
        _ => object.build(),
    }
}
