//! Delivery: what must reach a connector or a bot, in order.
//!
//! Each thing to deliver is an [`Entry`] in the outbox, written together with the decision that caused it. Entries
//! wait in FIFO [`Lane`]s, one per channel session, one per channel for its configuration and one per conversation for
//! its bot; a lane's head is tried until it gets through or is given up. [`schedule`] says when to try again,
//! [`breaker`] spares a receiver that is down, [`outbox`] keeps the lanes, [`recent`] counts how attempts went.

pub mod breaker;
pub mod outbox;
pub mod recent;
pub mod schedule;

use serde::{Deserialize, Serialize};

use crate::event::Seq;
use crate::id::{BotId, ChannelId, ConnectorId, ConversationId, CustomerId, SessionId, UserId};
use crate::time::At;

/// Why a delivery ends that tells about a customer who is no more.
pub const CUSTOMER_ERASED: &str = "the customer was erased";

/// Something a connector or a bot must receive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Tenant-wide, rising; also the connector's feed cursor.
    pub seq: Seq,
    pub to: Receiver,
    pub lane: Lane,
    pub subject: Subject,
    /// The entry before this one in the same lane, 0 for the first: a receiver can see a gap.
    pub previous: Seq,
    pub created_at: At,
    /// Attempts made so far.
    pub attempts: u32,
    pub status: EntryStatus,
}

/// On whose line an entry goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    Connector(ConnectorId),
    Bot(BotId),
}

/// Entries of one lane are delivered one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    Session(SessionId),
    Configuration(ChannelId),
    /// What the bot of a conversation is asked.
    Bot(ConversationId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The event with this sequence number.
    Event { event: Seq, conversation: ConversationId, customer: CustomerId },
    /// The connector's configuration as it is when sent; `version` is the connector's at the time of change.
    Configuration { version: u64 },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryStatus {
    /// Waits for its turn, and at least until `due`.
    Pending {
        due: At,
    },
    Delivered {
        at: At,
        how: Via,
    },
    /// Given up; somebody has to see to it.
    Dead {
        at: At,
        reason: Box<str>,
    },
    /// Somebody has seen to what was given up; nothing of it once its customer is erased.
    Resolved {
        at: At,
        letter: Option<Box<Resolved>>,
    },
    /// It has become pointless: newer configuration was sent, or nobody waits for the bot's answer any more.
    Superseded {
        at: At,
    },
}

/// A dead letter somebody has seen to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    pub given_up_at: At,
    /// Why it was given up.
    pub reason: Box<str>,
    /// `None` for Tieline itself.
    pub by: Option<UserId>,
    pub how: Resolution,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Sent again, as this entry.
    Replayed { entry: Seq },
    /// Not sent again; `instead` is the id of the message that was sent in its place, if there was one.
    Dismissed { because: Box<str>, instead: Option<Box<str>> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Webhook,
    Feed,
}

/// One try to deliver an entry, for its timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub entry: Seq,
    /// 1 for the first.
    pub number: u32,
    pub at: At,
    pub duration_ms: u32,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Why it did not count as delivered.
    pub error: Option<Box<str>>,
}

/// How an attempt ended, as the sender reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// No further attempt makes sense: the endpoint is gone for good (410), or there is nothing left to send.
    Final {
        reason: Box<str>,
    },
    /// Failed; `not_before` when the endpoint asked for patience.
    Failed {
        reason: Box<str>,
        not_before: Option<At>,
    },
}

impl Receiver {
    #[must_use]
    pub const fn connector(self) -> Option<ConnectorId> {
        match self {
            Self::Connector(id) => Some(id),
            Self::Bot(_) => None,
        }
    }
}

impl Entry {
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        matches!(self.status, EntryStatus::Pending { .. })
    }
}
