//! A conversation: one engagement with one customer, over one or more channel sessions.
//!
//! This file holds the values and the questions that can be asked of them. What changes them lives with the
//! commands: `exchange` (messages), `routing` (agents coming and going), `session` (starting and ending).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::customer::Held;
use crate::event::Seq;
use crate::id::{BotId, ChannelId, ConversationId, CustomerId, ParticipantId, QueueId, SessionId, UserId};
use crate::listing::{Listing, Stage as ListingStage};
use crate::registry::settings::AgentThresholdAction;
use crate::task::{Source, Stage, Task};
use crate::time::At;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub customer: CustomerId,
    pub state: State,
    pub started_at: At,
    pub closed_at: Option<At>,
    pub sessions: Vec<Arc<Session>>,
    pub agents: Vec<Participant>,
    pub bot: Option<BotSeat>,
    pub tasks: Vec<Task>,
    /// Free pairs set by bots, forms and the API.
    pub data: Map<String, Value>,
    /// The session that spoke last; replies go there unless an agent chooses another.
    pub last_session: Option<SessionId>,
    /// Set while an agent has paused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Box<Hold>>,
    /// Set while an agent owes the customer an answer and his time is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Box<ResponseTimer>>,
    /// Agents who ask a supervisor for help, the first to ask first.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub hands: Box<[RaisedHand]>,
    /// Set while it is on a pull list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listing: Option<Box<Listing>>,
    /// The customers it was taken from one after the other, each undone before the one before it.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub links: Box<[Link]>,
    /// What its agents said it was about, [`WRAP_UPS_MAX`] at most.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub wrap_ups: Box<[WrapUp]>,
}

/// Bytes of a conversation's data, as JSON.
pub const DATA_BYTES_MAX: usize = 64 * 1024;
/// Wrap-up codes kept with a conversation.
pub const WRAP_UPS_MAX: usize = 20;

/// A code an agent gave a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUp {
    pub by: UserId,
    pub category: Box<str>,
    pub value: Box<str>,
}

/// Something a past conversation is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Served it, or took part in it.
    Agent(UserId),
    /// Was asked for an agent.
    Queue(QueueId),
    Channel(ChannelId),
    /// The value of a wrap-up code, in lower case.
    WrapUp(Box<str>),
}

/// A conversation was given to another customer: who did it and why, and what undoing it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub at: At,
    pub by: UserId,
    pub reason: Option<Box<str>>,
    pub from: CustomerId,
    pub to: CustomerId,
    /// Of the addresses of its sessions: those the former customer lost by it.
    pub taken: Vec<Held>,
    /// Those the new customer gained by it.
    pub given: Vec<Held>,
}

/// A pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub since: At,
    pub until: At,
    pub by: UserId,
    /// Other work of the agent's came first: it ends with that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

/// The time an agent has to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseTimer {
    pub since: At,
    /// Seconds, as the queue had them when the timer started.
    pub secs: u32,
    /// Of these seconds: the threshold passed last, 0 at the start.
    pub passed_percent: u8,
    /// What desks were last told to do about it; `None` while the timer merely runs.
    pub shown: Option<AgentThresholdAction>,
    /// When the next threshold is passed, or the time is over.
    pub next_at: At,
}

/// An agent asks a supervisor for help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedHand {
    pub agent: UserId,
    /// When it goes down by itself.
    pub until: At,
}

/// Where a conversation stands (behaviour of the documented `TopicState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// The customer is here, no agent has been yet.
    Created,
    Active,
    /// The customer is here, all agents have left.
    Inactive,
    /// An agent has paused it; both response times stand still.
    OnHold,
    /// Agents are still in, the customer's sessions have all ended.
    CustomerLeft,
    /// The customer's sessions have all ended, and every agent still in is wrapping up.
    WrapUp,
    Closed,
}

/// The presence of the customer on one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    pub direction: SessionDirection,
    pub address: Address,
    pub started_at: At,
    pub state: SessionState,
    pub latest_intent: Option<Box<str>>,
    /// When silence ends the session; `None` while somebody owes the customer an answer.
    pub silent_until: Option<At>,
    /// Seconds of silence allowed, as configured when the session started.
    pub inactivity_secs: u32,
    /// Customers who share this address when it did not decide between them.
    pub suggestions: Box<[CustomerId]>,
    /// Sequence of the newest outbox entry of this session, so that a receiver can see a gap.
    pub last_entry: u64,
    /// When the next threshold of the silence is passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold_at: Option<At>,
    /// Of the silence allowed: the threshold passed last, 0 at the start.
    #[serde(default)]
    pub passed_percent: u8,
}

/// How the customer is reached: what connectors call channel data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Number, page-scoped id, e-mail address of the customer.
    pub customer: Box<str>,
    /// Number, page, mailbox of the business.
    pub service: Box<str>,
    pub first_name: Option<Box<str>>,
    pub last_name: Option<Box<str>>,
    /// 0 to 10 as asked for by the connector.
    pub priority: u8,
    pub attributes: Box<[Value]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SessionDirection {
    Inbound,
    Outbound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    Started,
    Ended { at: At, reason: EndReason },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndReason {
    Customer,
    Inactivity,
    Network,
    Agent,
    ForceClosed,
}

/// An agent's seat in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    pub id: ParticipantId,
    pub agent: UserId,
    pub role: Role,
    pub joined_at: At,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotSeat {
    pub bot: BotId,
    pub role: Role,
    pub joined_at: At,
    /// The bot has handed over once; it does not greet or hand over again while a request waits.
    pub handed_over: bool,
    /// The customer has written and the bot owes him an answer.
    #[serde(default)]
    pub owes: bool,
    /// The built-in bot's menu was shown and is open.
    #[serde(default)]
    pub menu_open: bool,
    /// The question whose turn it is: the head of the bot's lane.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// The newest question put to the bot, 0 for none.
    #[serde(default)]
    pub last_call: Seq,
    /// An agent was asked for: the bot did not do it alone.
    #[serde(default)]
    pub escalated: bool,
}

/// A question put to a bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The outbox entry that carries it.
    pub entry: Seq,
    /// When it counts as not answered.
    pub until: At,
    /// Set once the bot has taken the question and will answer by itself.
    pub taken: Option<About>,
    /// The bot has spoken by itself since it was asked.
    #[serde(default)]
    pub spoken: bool,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The customer's message by its sender's id; `None` when a system event was told.
    pub message: Option<Box<str>>,
    pub session: Option<SessionId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    Primary,
    Assistant,
    SilentMonitor,
    Whisper,
    WrapUp,
}

/// Why an agent's seat was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeaveReason {
    /// He left by himself.
    Unsubscribed,
    /// His desk was gone longer than the grace allows, or he logged out.
    AgentDisconnected,
    DirectTransfer,
    ConsultTransfer,
    /// He did not answer the customer in time.
    SlaExpired,
    ForcedLogoutBySupervisor,
    /// He stopped for a reason that sends his conversations back to their queues.
    Callback,
    /// Who he was there for has left.
    PrimaryLeft,
    /// Other work came first.
    MrdInterrupted,
    /// A bot removed him, or he may not watch any longer.
    Removed,
}

impl Role {
    /// As clients know it.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Assistant => "ASSISTANT",
            Self::SilentMonitor => "SILENT_MONITOR",
            Self::Whisper => "WHISPER",
            Self::WrapUp => "WRAP_UP",
        }
    }
}

impl BotSeat {
    #[must_use]
    pub const fn new(bot: BotId, role: Role, now: At) -> Self {
        Self {
            bot,
            role,
            joined_at: now,
            handed_over: false,
            owes: false,
            menu_open: false,
            asked: None,
            last_call: 0,
            escalated: false,
        }
    }
}

impl LeaveReason {
    /// As clients know it.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Unsubscribed => "UNSUBSCRIBED",
            Self::AgentDisconnected => "AGENT_DISCONNECTED",
            Self::DirectTransfer => "DIRECT_TRANSFER",
            Self::ConsultTransfer => "CONSULT_TRANSFER",
            Self::SlaExpired => "SLA_EXPIRED",
            Self::ForcedLogoutBySupervisor => "FORCED_LOGOUT_BY_SUPERVISOR",
            Self::Callback => "CALLBACK",
            Self::PrimaryLeft => "PRIMARY_LEFT",
            Self::MrdInterrupted => "MRD_INTERRUPTED",
            Self::Removed => "REMOVED",
        }
    }
}

impl Conversation {
    /// Whether its data stay within [`DATA_BYTES_MAX`] with these pairs added. What changes nothing has room.
    #[must_use]
    pub fn has_room_for(&self, pairs: &Map<String, Value>) -> bool {
        let bytes = |(key, value): (&String, &Value)| key.len() + value.to_string().len();
        let stays = self.data.iter().filter(|(key, _)| !pairs.contains_key(*key));
        pairs.iter().all(|(key, value)| self.data.get(key) == Some(value))
            || stays.chain(pairs).map(bytes).sum::<usize>() <= DATA_BYTES_MAX
    }

    #[must_use]
    pub fn session(&self, id: SessionId) -> Option<&Arc<Session>> {
        self.sessions.iter().find(|session| session.id == id)
    }

    /// A session to change. Cheap unless somebody still holds the former value.
    pub fn session_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id).map(Arc::make_mut)
    }

    pub fn open_sessions(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.sessions.iter().filter(|session| session.is_open())
    }

    #[must_use]
    pub fn customer_is_here(&self) -> bool {
        self.open_sessions().next().is_some()
    }

    #[must_use]
    pub fn participant(&self, agent: UserId) -> Option<&Participant> {
        self.agents.iter().find(|participant| participant.agent == agent)
    }

    /// Everything it is found by once it is closed.
    #[must_use]
    pub fn marks(&self) -> BTreeSet<Mark> {
        let agents = self.tasks.iter().filter_map(|task| task.served_by).map(Mark::Agent);
        let seats = self.agents.iter().map(|seat| Mark::Agent(seat.agent));
        let queues = self.tasks.iter().filter_map(|task| task.queue).map(Mark::Queue);
        let channels = self.sessions.iter().map(|session| Mark::Channel(session.channel));
        let codes = self.wrap_ups.iter().map(|code| Mark::wrap_up(&code.value));
        agents.chain(seats).chain(queues).chain(channels).chain(codes).collect()
    }

    /// Customers who share an address the customer came from, each once.
    #[must_use]
    pub fn suggestions(&self) -> BTreeSet<CustomerId> {
        self.sessions.iter().flat_map(|session| session.suggestions.iter().copied()).collect()
    }

    /// The agents who serve the customer.
    pub fn primaries(&self) -> impl Iterator<Item = &Participant> {
        self.agents.iter().filter(|participant| participant.role == Role::Primary)
    }

    /// What an agent works on here: served, or being wrapped up.
    #[must_use]
    pub fn task_of(&self, agent: UserId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.worker() == Some(agent))
    }

    /// Where a task is served from: its own source, or for an agent who was asked by name the one before it.
    #[must_use]
    pub fn source_behind(&self, task: &Task) -> Option<Source> {
        task.source().or_else(|| self.tasks.iter().rev().find_map(Task::source))
    }

    /// The same when it is a queue.
    #[must_use]
    pub fn queue_behind(&self, task: &Task) -> Option<QueueId> {
        match self.source_behind(task)? {
            Source::Queue(queue) => Some(queue),
            Source::List(_) => None,
        }
    }

    #[must_use]
    pub fn has_primary(&self) -> bool {
        self.primaries().next().is_some()
    }

    /// Requests still looking for an agent.
    pub fn waiting_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| matches!(task.stage, Stage::Queued | Stage::Offered { .. }))
    }

    /// Somebody is looked for, or has yet to come by himself.
    #[must_use]
    pub fn awaits_agent(&self) -> bool {
        let unread = |listing: &Listing| listing.stage == ListingStage::Unread;
        self.waiting_tasks().next().is_some() || self.listing.as_deref().is_some_and(unread)
    }

    /// The customer was told that somebody will come back to him, and nobody has.
    #[must_use]
    pub fn is_promised(&self) -> bool {
        self.listing.as_ref().is_some_and(|listing| listing.promised)
    }

    /// Whether the session in which who is on a pull list asked has ended.
    #[must_use]
    pub fn is_listed_elsewhere(&self) -> bool {
        let asked = self.listing.as_ref().map(|listing| listing.session);
        asked.is_some_and(|asked| self.open_sessions().all(|open| open.id != asked))
    }

    /// Who is on a pull list is met here, unless he still is where he asked.
    pub fn meet_in(&mut self, session: SessionId) {
        if self.is_listed_elsewhere()
            && let Some(listing) = self.listing.as_mut()
        {
            listing.session = session;
        }
    }

    /// The session replies go to: the one that spoke last, else the newest open one.
    #[must_use]
    pub fn reply_session(&self) -> Option<&Arc<Session>> {
        self.last_session
            .and_then(|id| self.session(id))
            .filter(|session| session.is_open())
            .or_else(|| self.sessions.iter().rev().find(|session| session.is_open()))
    }
}

impl Mark {
    #[must_use]
    pub fn wrap_up(value: &str) -> Self {
        Self::WrapUp(value.trim().to_lowercase().into())
    }
}

impl Session {
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, SessionState::Started)
    }
}
