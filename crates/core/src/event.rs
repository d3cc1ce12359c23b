//! What happened in a conversation: the append-only log everything else is told from.
//!
//! Events carry ids, not copies; the wire form with its nested sessions and customers is composed at the edge.
//! A message's own JSON travels as [`Payload`], untouched by the core.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::conversation::{EndReason, LeaveReason, Participant, Role};
use crate::estimate::Estimate;
use crate::explain::Choice;
use crate::id::{
    BotId, ConnectorId, ConversationId, CustomerId, EventId, QueueId, SessionId, TaskId, UserId,
};
use crate::listing::Listing;
use crate::registry::settings::AgentThresholdAction;
use crate::task::{Direction, Mode, Task};
use crate::time::At;

/// Position in the tenant's log. Events and outbox entries draw from one rising counter.
pub type Seq = u64;

/// JSON the core keeps but does not read.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Payload(Arc<RawValue>);

impl Payload {
    /// `None` when the text is not JSON.
    #[must_use]
    pub fn parse(json: String) -> Option<Self> {
        RawValue::from_string(json).ok().map(|raw| Self(Arc::from(raw)))
    }

    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        let raw = serde_json::value::to_raw_value(value).expect("a JSON value is JSON");
        Self(Arc::from(raw))
    }

    #[must_use]
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

/// Payloads hold customers' words: they are never printed.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.json().len())
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub seq: Seq,
    pub at: At,
    pub conversation: ConversationId,
    /// Whose event it is; it can be read as long as this customer has not been erased.
    pub customer: CustomerId,
    pub session: Option<SessionId>,
    pub emitter: Emitter,
    pub fact: Fact,
    /// Agents whose desks were sent it as it happened. Others are shown it when they join or come back.
    pub shown_to: Vec<UserId>,
}

/// Who caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emitter {
    Customer,
    Agent(UserId),
    Bot(BotId),
    Connector(ConnectorId),
    /// Another system, through the activities API.
    App,
    /// Tieline itself.
    System,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    ConversationStarted,
    Message(Message),
    /// A message was delivered, read, or could not be.
    Receipt {
        message: Box<str>,
        status: ReceiptStatus,
        reason: Option<Box<str>>,
    },
    SessionStarted,
    SessionEnded {
        reason: EndReason,
    },
    /// Every session ended while agents were still in.
    CustomerLeft,
    AgentSubscribed {
        participant: Participant,
    },
    AgentUnsubscribed {
        participant: Participant,
        reason: LeaveReason,
    },
    BotSubscribed {
        bot: BotId,
        role: Role,
    },
    BotRoleChanged {
        bot: BotId,
        role: Role,
    },
    BotUnsubscribed {
        bot: BotId,
    },
    AgentRoleChanged {
        participant: Participant,
    },
    /// An agent paused the conversation for a while.
    Paused {
        by: UserId,
        secs: u32,
    },
    Resumed,
    /// An agent owes the customer an answer; with an action, that a part of his time is over.
    ResponseAwaited {
        secs: u32,
        percent: u8,
        action: Option<AgentThresholdAction>,
    },
    ResponseSettled,
    /// No agent answered in time.
    ResponseOverdue {
        secs: u32,
    },
    HandRaised {
        agent: UserId,
    },
    HandLowered {
        agent: UserId,
    },
    /// Proposals to the agents, for a message of the customer.
    BotSuggested {
        bot: BotId,
        /// The customer's message by its sender's id; `None` when the bot did not say and none was asked about.
        requested: Option<Box<str>>,
        suggestions: Vec<Suggestion>,
    },
    /// A bot asked for something to be done.
    BotActed {
        bot: BotId,
        name: Box<str>,
        data: Payload,
        /// Why it was not done, or not done as asked.
        problem: Option<Box<str>>,
    },
    /// A bot did not answer.
    BotSilent {
        bot: BotId,
        silence: BotSilence,
        reason: Box<str>,
    },
    TaskEnqueued {
        task: Box<Task>,
        queue: Option<QueueId>,
    },
    AgentReserved {
        task: Box<Task>,
        agent: UserId,
        /// Why he was chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        choice: Option<Box<Choice>>,
    },
    /// An agent would not take what rang at him; the request goes on.
    OfferDeclined {
        task: TaskId,
        agent: UserId,
        reason: Option<Box<str>>,
    },
    /// The customer was told about his wait.
    WaitEstimated {
        task: TaskId,
        estimate: Estimate,
    },
    /// Somebody emptied the queue the request waited in.
    RequestFlushed {
        task: TaskId,
        queue: Option<QueueId>,
    },
    TaskChanged {
        task: Box<Task>,
    },
    /// The conversation came onto a pull list, or calls from it for somebody again: those who follow it are told.
    RequestListed {
        listing: Box<Listing>,
    },
    /// It stands otherwise on its pull list, or has left it.
    ListingChanged {
        listing: Box<Listing>,
    },
    NoAgentAvailable {
        direction: Direction,
        mode: Mode,
    },
    DataChanged {
        data: Map<String, Value>,
    },
    /// The conversation is another customer's, or his again.
    CustomerChanged {
        from: CustomerId,
        to: CustomerId,
        by: UserId,
        reason: Option<Box<str>>,
        why: Rehoming,
    },
    Activity {
        payload: Payload,
    },
    ConversationClosed,
}

/// Why a conversation became another customer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rehoming {
    Linked,
    Unlinked,
    Merged,
    Unmerged,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub class: MessageClass,
    /// The sender's own id. Senders reuse ids, so it does not identify the event.
    pub id: Box<str>,
    /// The CIM message as sent.
    pub payload: Payload,
}

/// One proposal of a bot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The CIM message proposed.
    pub payload: Payload,
    /// 0 to 1.
    pub confidence: Option<f64>,
}

/// How a bot failed to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BotSilence {
    /// Asked, and not answered in time.
    Timeout,
    /// Not reached, or answered with an error.
    NotAvailable,
    /// Answered without anything for the customer.
    NoAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageClass {
    Customer,
    Agent,
    Bot,
    /// Between agents; never leaves for the connector.
    Whisper,
    /// An agent's note on the conversation; never leaves for the connector.
    WrapUp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReceiptStatus {
    Delivered,
    Read,
    Connected,
    Failed,
}

impl Fact {
    /// The message this fact is about, by its sender's id.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        match self {
            Self::Message(message) => Some(&message.id),
            Self::Receipt { message, .. } => Some(message),
            _ => None,
        }
    }
}
