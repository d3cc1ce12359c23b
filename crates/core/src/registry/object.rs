//! The objects an administrator registers, as values.
//!
//! References are ids, never nested copies; the wire's nested forms are composed at the edge. A value here has
//! been parsed but not yet judged: `rules` decides whether it may enter the registry.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::bot::Bot;
use super::credentials::Credentials;
use super::settings::{AgentThreshold, CustomerThreshold, Settings, WrapUp};
use super::widget::Widget;
use crate::calendar::Calendar;
use crate::form::Form;
use crate::id::{
    AttributeId, BotId, CalendarId, ChannelId, ChannelTypeId, ConnectorId, Id, ListId, MrdId, ProviderId,
    QueueId, SchemaAttributeId, UserId,
};
use crate::second_factor::SecondFactor;
use crate::time::At;

/// The nouns of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Mrd,
    ChannelType,
    Provider,
    Connector,
    Channel,
    RoutingAttribute,
    Queue,
    List,
    Bot,
    Team,
    User,
    SchemaAttribute,
    TenantSettings,
    ReasonCode,
    Label,
    CannedMessage,
    Announcement,
    Preferences,
    Widget,
    Form,
    Calendar,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::Mrd,
        Self::ChannelType,
        Self::Provider,
        Self::Connector,
        Self::Channel,
        Self::RoutingAttribute,
        Self::Queue,
        Self::List,
        Self::Bot,
        Self::Team,
        Self::User,
        Self::SchemaAttribute,
        Self::TenantSettings,
        Self::ReasonCode,
        Self::Label,
        Self::CannedMessage,
        Self::Announcement,
        Self::Preferences,
        Self::Widget,
        Self::Form,
        Self::Calendar,
    ];

    /// The noun as people say it.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Mrd => "media routing domain",
            Self::ChannelType => "channel type",
            Self::Provider => "channel provider",
            Self::Connector => "channel connector",
            Self::Channel => "channel",
            Self::RoutingAttribute => "routing attribute",
            Self::Queue => "precision queue",
            Self::List => "pull list",
            Self::Bot => "bot",
            Self::Team => "team",
            Self::User => "user",
            Self::SchemaAttribute => "customer attribute",
            Self::TenantSettings => "settings",
            Self::ReasonCode => "reason code",
            Self::Label => "label",
            Self::CannedMessage => "canned message",
            Self::Announcement => "announcement",
            Self::Preferences => "preferences",
            Self::Widget => "web widget",
            Self::Form => "form",
            Self::Calendar => "business calendar",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

/// One registry object of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Object {
    Mrd(Mrd),
    ChannelType(ChannelType),
    Provider(Provider),
    Connector(Connector),
    Channel(Channel),
    RoutingAttribute(RoutingAttribute),
    Queue(Queue),
    List(List),
    Bot(Bot),
    Team(Team),
    User(User),
    SchemaAttribute(SchemaAttribute),
    TenantSettings(TenantSettings),
    ReasonCode(ReasonCode),
    Label(Label),
    CannedMessage(CannedMessage),
    Announcement(Announcement),
    Preferences(Preferences),
    Widget(Widget),
    Form(Form),
    Calendar(Calendar),
}

/// Media routing domain: a kind of work with its own capacity per agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mrd {
    pub id: MrdId,
    pub name: String,
    pub description: String,
    pub media: Media,
    /// Upper limit of concurrent tasks an agent may hold in this domain, at least 1.
    pub max_requests: u16,
    pub interruptible: bool,
    /// Going READY switches this domain on too.
    pub auto_sync: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Media {
    Chat,
    CxVoice,
    CiscoCc,
    Email,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelType {
    pub id: ChannelTypeId,
    pub name: String,
    /// Name of the logo in the file store.
    pub logo: Option<String>,
    pub interactive: bool,
    /// Required for an interactive type.
    pub mrd: Option<MrdId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    pub id: ProviderId,
    pub name: String,
    pub channel_types: Vec<ChannelTypeId>,
    /// Where outbound messages are posted; `None` for a provider whose connectors read the event feed instead.
    pub webhook: Option<String>,
    /// Overrides the rule that appends `/message/receive`.
    pub webhook_path: Option<String>,
    pub schema: Vec<CustomField>,
}

/// One custom attribute of a provider, filled in by each of its connectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomField {
    pub key: String,
    pub label: String,
    pub help: String,
    pub value_type: tieline_cim::channel::ValueType,
    pub required: bool,
    /// `Some` makes the field a choice.
    pub options: Option<Options>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Options {
    pub multiple: bool,
    pub categories: Vec<Category>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    pub name: String,
    pub values: Vec<String>,
}

/// A provider with credentials: one process that carries messages.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Connector {
    pub id: ConnectorId,
    pub name: String,
    pub provider: ProviderId,
    pub values: Vec<FieldValue>,
    pub credentials: Credentials,
    /// Legacy callers without credentials, by address range (CIDR). Empty means closed, which is the default.
    pub open_to: Vec<String>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    pub key: String,
    pub value_type: tieline_cim::channel::ValueType,
    pub value: Value,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldValue").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A service identifier customers can reach, and how its conversations are handled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub id: ChannelId,
    pub name: String,
    pub service_identifier: String,
    pub channel_type: ChannelTypeId,
    pub connector: ConnectorId,
    /// A channel that is off takes no new sessions; live ones go on.
    pub enabled: bool,
    /// The channel agents start contacts on; at most one per channel type.
    pub default_outbound: bool,
    /// When its people are there; without one they always are.
    pub calendar: Option<CalendarId>,
    /// What becomes of those who write while nobody is.
    #[serde(default)]
    pub out_of_hours: OutOfHours,
    /// Kept for clients that read it; the configuration has an id of its own on the wire.
    pub config_id: Id,
    pub mode: Mode,
    pub bot: Option<BotId>,
    /// Seconds an offer rings before it goes on to somebody else.
    pub ring_secs: u32,
    /// Seconds of customer silence that end the session.
    pub inactivity_secs: u32,
    /// On the way there; `None` takes the tenant's.
    #[serde(default)]
    pub customer_thresholds: Option<Vec<CustomerThreshold>>,
    /// Kept as sent; it decides nothing.
    pub identification_criteria: Value,
    pub routing: Routing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// The bot answers first and stays beside the agents.
    Hybrid,
    /// Bot only, no routing.
    Bot,
    /// Routed to an agent as soon as the session starts.
    Agent,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutOfHours {
    /// An agent is looked for all the same.
    #[default]
    Route,
    /// The customer is told once in a conversation, and nobody is looked for. An empty text says what the calendar
    /// has to say.
    Tell { text: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Routing {
    pub target: Target,
    pub selection: Selection,
    pub last_agent: bool,
    /// Seconds a request may look for an agent, over all rings.
    pub request_ttl_secs: u32,
    #[serde(default)]
    pub patience: Patience,
}

/// What a waiting customer is told, and what follows when nobody comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// Tell the customer his position and how long it may take.
    pub announce_wait: bool,
    /// Give up at once when nobody who could serve is logged in.
    pub only_when_staffed: bool,
    pub then: NobodyCame,
}

/// What follows a request that found nobody in its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NobodyCame {
    /// The customer is told; the bot stays.
    #[default]
    Message,
    /// Another queue is tried, with a time of its own; after that the customer is told.
    Queue(QueueId),
    /// The customer is told that it takes longer, and the request goes on for as long again. From now on his
    /// silence counts.
    KeepWaiting,
    /// The customer is told that somebody will come back to him, and is put on a pull list.
    CallBack(ListId),
}

/// Where a channel's requests go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Pushed to an agent by a queue; `None` only for a BOT channel.
    Push(Option<QueueId>),
    /// Listed for agents to pull; `None` only for a BOT channel.
    Pull(Option<ListId>),
    /// An outside router decides.
    External,
}

/// Which of the agents of a step is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Selection {
    /// The least loaded; among equals who has waited longest for work.
    #[default]
    LongestAvailable,
    /// The one whose skills in the attributes of the step add up to least, so that experts stay free.
    LeastSkilled,
    /// The one whose skills in the attributes of the step add up to most.
    MostSkilled,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoutingAttribute {
    pub id: AttributeId,
    pub name: String,
    pub description: String,
    pub scale: Scale,
    pub default: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scale {
    /// 0 or 1.
    Boolean,
    /// 1 to 10.
    ProficiencyLevel,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    pub id: QueueId,
    pub name: String,
    pub mrd: MrdId,
    pub service_level_type: u8,
    pub service_level_secs: u32,
    /// Seconds an agent has to answer a customer's message; `None` switches the timer off.
    pub agent_sla_secs: Option<u32>,
    /// On the way there; `None` takes the tenant's.
    #[serde(default)]
    pub agent_thresholds: Option<Vec<AgentThreshold>>,
    /// `None` takes the tenant's.
    #[serde(default)]
    pub wrap_up: Option<WrapUp>,
    pub ewt_min_secs: Option<u32>,
    pub ewt_max_secs: Option<u32>,
    /// 1 to 10.
    pub priority: u8,
    /// Who may serve, widening step by step. No steps: every agent of the domain.
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub id: Id,
    pub timeout_secs: u32,
    /// Read left to right, `join` with what stands before; the first one's `join` is ignored.
    pub expressions: Vec<Expression>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expression {
    pub join: Join,
    pub terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    pub join: Join,
    pub attribute: AttributeId,
    pub operator: Operator,
    pub value: u8,
}

/// AND and OR weigh the same and are read left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Join {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    #[serde(rename = "==")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    AtLeast,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct List {
    pub id: ListId,
    pub name: String,
    pub description: String,
    pub agent_sla_secs: Option<u32>,
    #[serde(default)]
    pub agent_thresholds: Option<Vec<AgentThreshold>>,
    #[serde(default)]
    pub wrap_up: Option<WrapUp>,
    /// Whose agents and supervisors may follow it and join; empty is everybody.
    #[serde(default)]
    pub teams: Vec<Id>,
    /// An agent who has as much work as he may have cannot join.
    #[serde(default)]
    pub respects_capacity: bool,
}

/// What a queue or a pull list expects of those who serve from it.
#[derive(Debug, Clone, Copy)]
pub struct Service<'r> {
    /// Seconds to answer a customer's message; `None` is without a limit.
    pub agent_sla_secs: Option<u32>,
    /// On the way there; `None` takes the tenant's.
    pub agent_thresholds: Option<&'r Vec<AgentThreshold>>,
    /// `None` takes the tenant's.
    pub wrap_up: Option<WrapUp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    pub id: Id,
    pub name: String,
    /// At most 500 characters.
    #[serde(default)]
    pub description: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub roles: Vec<Role>,
    /// Argon2 in PHC form; `None` cannot sign in with a password.
    pub password_hash: Option<String>,
    /// Who vouches for him; he has no password then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<ForeignIdentity>,
    /// Asked for beside the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<SecondFactor>,
    /// Raised to make every token issued before worthless.
    pub token_version: u32,
    pub enabled: bool,
    pub team: Option<Id>,
    pub supervises: Vec<Id>,
    pub attributes: Vec<Skill>,
    /// Own limits below a domain's maximum; 0 means never offered work there.
    pub capacities: Vec<Capacity>,
    /// Directory attributes such as `agentExtension`, each with its values.
    pub directory: std::collections::BTreeMap<String, Vec<String>>,
}

/// Somebody as a provider of OpenID Connect knows him.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignIdentity {
    pub issuer: String,
    /// Never given to anybody else by this issuer.
    pub subject: String,
}

/// A subject belongs to a person.
impl fmt::Debug for ForeignIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignIdentity").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("roles", &self.roles).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Supervisor,
    Evaluator,
    QualityManager,
    RoutingManager,
    Admin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    pub attribute: AttributeId,
    pub value: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    pub mrd: MrdId,
    pub max_tasks: u16,
}

/// One field of the customer schema: the fifth step of registering a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SchemaAttribute {
    pub id: SchemaAttributeId,
    /// The member's name in a customer object, e.g. `homeAddress`.
    pub key: String,
    pub label: String,
    pub description: String,
    pub value_type: CustomerValueType,
    /// Characters, 1 to 1000; strings only.
    pub length: Option<u16>,
    pub required: bool,
    pub default: Value,
    pub pii: bool,
    /// Channel types whose customers are recognised by this attribute. Non-empty makes it a channel identifier:
    /// an array of at most ten values.
    pub identifies: Vec<ChannelTypeId>,
    /// System attributes stay.
    pub deletable: bool,
    pub order: u32,
    pub searchable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CustomerValueType {
    AlphaNumeric,
    Boolean,
    Email,
    Ip,
    Name,
    Number,
    PhoneNumber,
    Password,
    String,
    Url,
}

/// What holds for the whole tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantSettings {
    /// Always [`SETTINGS_ID`](super::settings::SETTINGS_ID).
    pub id: Id,
    pub name: String,
    pub settings: Settings,
}

/// Why an agent is not ready, or logged out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReasonCode {
    pub id: Id,
    pub name: String,
    pub description: String,
    pub purpose: ReasonPurpose,
    /// For reports of other systems.
    pub code: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonPurpose {
    NotReady,
    Logout,
    /// Not ready, and the agent's conversations go back to their queues.
    Callback,
}

/// What customers are marked with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    pub id: Id,
    /// Letter case matters.
    pub name: String,
    /// As desks write it, e.g. `#ffaa00`.
    pub colour: String,
    /// 1 to 10: how urgent requests of customers with this label are.
    pub priority: Option<u8>,
    /// Who made it, as desks name him.
    pub created_by: String,
}

/// A text agents send often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CannedMessage {
    pub id: Id,
    /// What agents find it by.
    pub name: String,
    /// Two or three letters, e.g. `en`.
    pub language: String,
    pub category: String,
    pub text: String,
}

/// What a supervisor says to teams. Scheduled, then active, then expired, by the clock alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    pub id: Id,
    pub author: UserId,
    pub text: String,
    pub teams: Vec<Id>,
    pub scheduled_at: At,
    pub expires_at: At,
}

/// What a person has chosen for himself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preferences {
    /// The person's.
    pub id: UserId,
    /// Look and language, as his desk wrote it.
    pub desk: Map<String, Value>,
    /// How he reads the list of customers, as his desk wrote it.
    pub customers: Map<String, Value>,
    /// Pull lists he follows.
    pub lists: Vec<ListId>,
    /// Announcements he has seen, newest last.
    pub seen: Vec<Id>,
}

/// A value of the registry with its history's tip: which version it is and since when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored<T> {
    /// Starts at 1 and rises by one with every change.
    pub version: u64,
    pub changed_at: At,
    pub value: T,
}

impl User {
    /// Somebody without a way to sign in, a team or skills.
    #[must_use]
    pub fn new(id: UserId, username: &str, first_name: &str, last_name: &str, roles: Vec<Role>) -> Self {
        Self {
            id,
            username: username.to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            roles,
            password_hash: None,
            identity: None,
            second_factor: None,
            token_version: 0,
            enabled: true,
            team: None,
            supervises: Vec::new(),
            attributes: Vec::new(),
            capacities: Vec::new(),
            directory: std::collections::BTreeMap::new(),
        }
    }

    /// Whether one of his roles works at a desk.
    #[must_use]
    pub fn works_at_a_desk(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Agent | Role::Supervisor))
    }
}
