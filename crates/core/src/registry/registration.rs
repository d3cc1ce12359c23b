//! Channel types, providers, connectors and channels: the first four steps of registering a channel.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Selection;
use super::credentials::Credentials;
use super::settings::CustomerThreshold;
use crate::id::{
    BotId, CalendarId, ChannelId, ChannelTypeId, ConnectorId, Id, ListId, MrdId, ProviderId, QueueId,
};

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
