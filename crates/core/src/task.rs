//! A task: the work of finding an agent for a conversation and of that agent serving it.

use serde::{Deserialize, Serialize};

use crate::conversation::Role;
use crate::estimate::Estimate;
use crate::id::{ConversationId, ListId, MediaId, MrdId, QueueId, SessionId, TaskId, UserId};
use crate::registry::Selection;
use crate::time::{At, Span};

/// Priority of a request that comes back through no fault of the customer; above everything a caller may ask.
pub const PRIORITY_RETURNED: u8 = 11;
pub const PRIORITY_DEFAULT: u8 = 1;
pub const PRIORITY_MAX: u8 = 10;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub media: MediaId,
    pub conversation: ConversationId,
    /// The session that asked.
    pub session: SessionId,
    pub mrd: MrdId,
    pub queue: Option<QueueId>,
    /// The pull list it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListId>,
    pub direction: Direction,
    pub mode: Mode,
    /// 1 to 10, or [`PRIORITY_RETURNED`].
    pub priority: u8,
    pub enqueued_at: At,
    /// When the search ends without an agent.
    pub expires_at: At,
    /// Seconds an offer rings, as configured when the request was made.
    pub ring_secs: u32,
    /// Steps of the queue open to this request: 1 means the first only.
    pub steps_open: u16,
    /// When the next step opens.
    pub next_step_at: Option<At>,
    pub stage: Stage,
    pub answered_at: Option<At>,
    /// Who took it, also once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_by: Option<UserId>,
    /// Agents who let it ring out or declined, newest last; offered again only when nobody else is left.
    pub passed_by: Vec<UserId>,
    /// How the channel it came from wants agents chosen.
    #[serde(default)]
    pub selection: Selection,
    /// Somebody to ask before the queue, or instead of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Wanted>,
    /// What the customer was last told about his wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Estimate>,
    /// The agent who asked for another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<Box<AskedBy>>,
    #[serde(default)]
    pub moments: Moments,
}

/// What only reports ask of a task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moments {
    /// When it began to wait in its queue, over all rings there. Work given to an agent directly never waited.
    pub queued_at: Option<At>,
    pub offered_at: Option<At>,
    /// Since when its agent has been at codes and notes.
    pub wrapping_since: Option<At>,
    /// At codes and notes before the customer came back.
    pub wrapped: Span,
    pub held: Span,
}

impl Moments {
    /// Begins to wait.
    #[must_use]
    pub fn queued(now: At) -> Self {
        Self { queued_at: Some(now), ..Self::default() }
    }

    /// Begins to ring anew, without having lost its place.
    #[must_use]
    pub fn queued_again(self) -> Self {
        Self { queued_at: self.queued_at, ..Self::default() }
    }

    /// Codes and notes begin, or end.
    pub fn wrap(&mut self, wraps: bool, now: At) {
        let since = std::mem::replace(&mut self.wrapping_since, wraps.then_some(now));
        self.wrapped = self.wrapped + since.map_or(Span::ZERO, |since| now.since(since));
    }
}

/// Where work comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Queue(QueueId),
    List(ListId),
}

/// An agent a request is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Asked first, for one ring, whatever the steps of the queue say; then the queue.
    First(UserId),
    /// Nobody else will do, unless `fallback` names the queue that is tried after him.
    Only { agent: UserId, fallback: Option<QueueId> },
}

/// Who asked another agent to come, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedBy {
    pub agent: UserId,
    pub note: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Queued,
    Offered {
        agent: UserId,
        until: At,
    },
    Active {
        agent: UserId,
    },
    /// The agent's part is over but for codes and notes, for which he has until `until`.
    WrapUp {
        agent: UserId,
        until: At,
        /// It still fills one of his places.
        fills_place: bool,
    },
    Closed {
        reason: CloseReason,
        at: At,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CloseReason {
    Done,
    Rona,
    NoAgentAvailable,
    Cancelled,
    AgentLogout,
    ForceClosed,
    Transferred,
    /// The agent was taken off it and somebody else is looked for.
    Reroute,
    // Done, too, and said how.
    WrapUpApplied,
    WrapUpNotApplied,
    WrapUpExpired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    Inbound,
    Outbound,
    DirectTransfer,
    DirectConference,
    Consult,
    ConsultTransfer,
    ConsultConference,
    SilentMonitor,
    BargeIn,
}

impl Direction {
    /// What the agent is in the conversation once he has come.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Consult => Role::Assistant,
            Self::SilentMonitor => Role::SilentMonitor,
            _ => Role::Primary,
        }
    }

    /// Somebody is to come for the customer, and not only to help an agent.
    #[must_use]
    pub const fn is_for_customer(self) -> bool {
        matches!(self, Self::Inbound | Self::Outbound | Self::DirectTransfer)
    }

    /// Supervisors look after other people's work: it fills no place of theirs and is not theirs to wrap up.
    #[must_use]
    pub const fn is_supervision(self) -> bool {
        matches!(self, Self::SilentMonitor | Self::BargeIn)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    Queue,
    Agent,
}

impl Task {
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        self.queue.map(Source::Queue).or(self.list.map(Source::List))
    }

    /// The agent it is offered to or served by.
    #[must_use]
    pub const fn agent(&self) -> Option<UserId> {
        match self.stage {
            Stage::Offered { agent, .. } | Stage::Active { agent } | Stage::WrapUp { agent, .. } => {
                Some(agent)
            }
            Stage::Queued | Stage::Closed { .. } => None,
        }
    }

    /// When it began to wait, over all rings in its queue.
    #[must_use]
    pub fn queued_at(&self) -> At {
        self.moments.queued_at.unwrap_or(self.enqueued_at)
    }

    /// Whether an agent may be asked: nobody is, for what he has passed on himself.
    #[must_use]
    pub fn may_go_to(&self, agent: UserId) -> bool {
        self.asked_by.as_ref().is_none_or(|asked| asked.agent != agent)
    }

    /// The agent who serves or wraps up.
    #[must_use]
    pub const fn worker(&self) -> Option<UserId> {
        match self.stage {
            Stage::Active { agent } | Stage::WrapUp { agent, .. } => Some(agent),
            Stage::Queued | Stage::Offered { .. } | Stage::Closed { .. } => None,
        }
    }

    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed { .. })
    }
}
