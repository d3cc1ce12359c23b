//! Everything that happens by itself, in one ordered index.
//!
//! The moments themselves are fields of the entities they belong to and are stored with them; this index is
//! rebuilt from those after a restart, so there is no timer to lose.

use std::collections::BTreeSet;

use crate::delivery::Receiver;
use crate::id::{ConversationId, Id, QueueId, SessionId, TaskId, UserId};
use crate::time::At;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deadline {
    /// The request has looked for an agent long enough. Sorts before `Ring`: when both are due, this one wins.
    RequestTtl(ConversationId, TaskId),
    /// The offer has rung long enough.
    Ring(ConversationId, TaskId),
    /// The next step of the queue opens.
    Step(ConversationId, TaskId),
    /// The customer has been silent long enough.
    Inactivity(ConversationId, SessionId),
    /// The customer has been silent for a part of it. After `Inactivity`: what is over needs no warning.
    Silence(ConversationId, SessionId),
    /// The agent's time to answer has come to a threshold, or to its end.
    Response(ConversationId),
    /// The pause is over.
    Hold(ConversationId),
    /// The time for codes and notes is over.
    WrapUp(ConversationId, TaskId),
    /// A raised hand goes down.
    Hand(ConversationId, UserId),
    /// The agent's desk has been gone long enough.
    DeskGone(UserId),
    /// An announcement is to be shown.
    Announcement(Id),
    /// The customers of the queue are told how long it may take.
    Estimates(QueueId),
    /// The bot has had its time to answer. Sorts before `Line`: what nobody waits for any more is not sent.
    BotAnswer(ConversationId),
    /// The line has something to send or to give up.
    Line(Receiver),
}

#[derive(Debug, Default)]
pub struct Deadlines {
    ordered: BTreeSet<(At, Deadline)>,
}

impl Deadlines {
    /// Replaces the moment `former` of a deadline by `next`; either may be none.
    pub fn set(&mut self, deadline: Deadline, former: Option<At>, next: Option<At>) {
        if former == next {
            return;
        }
        if let Some(former) = former {
            self.ordered.remove(&(former, deadline));
        }
        if let Some(next) = next {
            self.ordered.insert((next, deadline));
        }
    }

    #[must_use]
    pub fn next(&self) -> Option<At> {
        self.ordered.first().map(|(at, _)| *at)
    }

    /// Takes the first deadline that is due.
    pub fn pop(&mut self, now: At) -> Option<(At, Deadline)> {
        let first = *self.ordered.first()?;
        (first.0 <= now).then(|| {
            self.ordered.pop_first();
            first
        })
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ordered.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }
}
