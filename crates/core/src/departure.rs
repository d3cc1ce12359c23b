//! Agents leave: every way there is, and what follows from each, in one table.
//!
//! What follows depends on who is left. Another agent who serves the customer goes on. With the last of them go those
//! who were there for him: advisors and supervisors. Then the customer is looked after again, by a request of his own
//! or by the bot, and a conversation nobody is in is closed.

use std::sync::Arc;

use serde_json::Value;

use crate::agent::Desk;
use crate::conversation::{Conversation, LeaveReason, Role, State as ConversationState};
use crate::deadline::Deadline;
use crate::effect::{Effect, Push};
use crate::event::{Emitter, Fact};
use crate::id::{TaskId, UserId};
use crate::registry::settings::Routing;
use crate::task::{CloseReason, PRIORITY_RETURNED, Stage, Task};
use crate::turn::Turn;

/// A way for an agent to leave a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// By himself, with nothing to wrap up.
    Left,
    /// He wrapped up, or had the time to.
    WrappedUp(CloseReason),
    Transferred,
    ConsultTransferred,
    /// He logged out, or his desk was gone for too long.
    LoggedOut,
    /// A supervisor logged him out.
    ForcedOut,
    /// He did not answer the customer in time.
    Unanswered,
    /// He stopped for a reason that sends his conversations back.
    CalledBack,
    /// Other work came first.
    Interrupted,
    /// A bot removed him, or he may not watch any longer.
    Removed,
    /// Whom he was there for has left.
    Followed,
}

/// What a departure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How his task ends.
    pub close: CloseReason,
    /// What everybody else is told.
    pub reason: LeaveReason,
    /// What his own desk is told; nothing where it is told that he is logged out.
    pub told: Option<&'static str>,
    /// The priority at which the customer is queued again when nobody is left to serve him; `None` leaves him to the
    /// bot.
    pub again: Option<u8>,
}

impl Departure {
    /// The table.
    #[must_use]
    pub fn terms(self, settings: Routing) -> Terms {
        use CloseReason as C;
        use LeaveReason as L;
        const FIRST: Option<u8> = Some(PRIORITY_RETURNED);
        let (close, reason, told, again) = match self {
            Self::Left => (C::Done, L::Unsubscribed, Some("UNSUBSCRIBED"), None),
            Self::WrappedUp(how @ C::WrapUpApplied) => (how, L::Unsubscribed, Some("Wrap Up applied"), None),
            Self::WrappedUp(how @ C::WrapUpExpired) => {
                (how, L::Unsubscribed, Some("wrap Up Timer Expired"), None)
            }
            Self::WrappedUp(how) => (how, L::Unsubscribed, Some("choosing leave without Wrap Up"), None),
            Self::Transferred => (C::Transferred, L::DirectTransfer, Some("CHAT TRANSFERRED"), None),
            Self::ConsultTransferred => (C::Transferred, L::ConsultTransfer, Some("UNSUBSCRIBED"), None),
            Self::LoggedOut => (C::AgentLogout, L::AgentDisconnected, None, FIRST),
            Self::ForcedOut => (C::AgentLogout, L::ForcedLogoutBySupervisor, None, FIRST),
            Self::Unanswered => (C::Done, L::SlaExpired, Some("SLA_EXPIRED"), FIRST),
            Self::CalledBack => (C::Reroute, L::Callback, Some("CALLBACK"), Some(settings.callback_priority)),
            Self::Interrupted => (C::Reroute, L::MrdInterrupted, Some("MRD_INTERRUPTED"), FIRST),
            Self::Removed => (C::ForceClosed, L::Removed, Some("REMOVED"), None),
            Self::Followed => (C::Done, L::PrimaryLeft, Some("UNSUBSCRIBED"), None),
        };
        Terms { close, reason, told, again }
    }
}

impl Turn<'_> {
    /// An agent leaves a conversation; what follows depends on who is left.
    pub fn depart(&mut self, conversation: &mut Conversation, agent: UserId, departure: Departure) {
        let Some(seat) = conversation.participant(agent).cloned() else { return };
        let terms = departure.terms(self.state.registry.settings().value.settings.routing);
        let served = conversation.task_of(agent).cloned();
        for task in work_of(conversation, agent) {
            self.close_task(conversation, task, terms.close);
        }
        self.cancel_requests_of(conversation, agent);
        self.lower_hand(conversation, agent);
        conversation.agents.retain(|participant| participant.agent != agent);
        if let Some(seats) = self.state.seats.get_mut(&agent) {
            seats.remove(&conversation.id);
            if seats.is_empty() {
                self.state.seats.remove(&agent);
            }
        }
        // What waits here may be offered to him now.
        self.free.insert(agent);
        let seen = matches!(seat.role, Role::Primary | Role::WrapUp);
        let primary = seat.role == Role::Primary;
        let fact = Fact::AgentUnsubscribed { participant: seat, reason: terms.reason };
        let event = self.record(conversation, None, Emitter::Agent(agent), fact);
        if seen {
            self.tell_connectors(conversation, &event);
        }
        if let Some(reason) = terms.told {
            self.push(agent, Push::Unsubscribed { conversation: conversation.id, reason });
        }
        if primary {
            self.end_pause_of(conversation, agent);
            self.primary_gone(conversation, served.as_ref(), terms.again);
        } else if conversation.agents.is_empty()
            && !conversation.customer_is_here()
            && !conversation.is_promised()
        {
            self.close(conversation);
        }
    }

    /// An agent has stopped to serve: he left or wraps up. `served` is what he was at.
    pub fn primary_gone(
        &mut self,
        conversation: &mut Conversation,
        served: Option<&Task>,
        again: Option<u8>,
    ) {
        if conversation.has_primary() {
            return;
        }
        let followers = conversation.agents.iter().filter(|follower| follower.role != Role::WrapUp);
        for follower in followers.map(|follower| follower.agent).collect::<Vec<_>>() {
            self.depart(conversation, follower, Departure::Followed);
        }
        self.lift_hold(conversation);
        self.settle_response(conversation);
        if !conversation.customer_is_here() {
            match conversation.agents.is_empty() {
                true if conversation.is_promised() => conversation.state = ConversationState::CustomerLeft,
                true => self.close(conversation),
                false => conversation.state = ConversationState::WrapUp,
            }
            return;
        }
        self.leave_to_bot(conversation);
        if let Some(priority) = again {
            self.find_agent_again(conversation, served, priority);
        }
    }

    /// Nobody serves a customer who is there: the bot has him, and his silence counts unless somebody is looked for.
    pub fn leave_to_bot(&mut self, conversation: &mut Conversation) {
        conversation.state = ConversationState::Inactive;
        self.set_bot_role(conversation, Role::Primary);
        if !conversation.awaits_agent() {
            self.restart_all_silence(conversation);
        }
    }

    /// Ends an agent's presence: offers go back, his conversations go to somebody else.
    pub fn log_out(&mut self, agent: UserId, departure: Departure, reason: Option<Value>) {
        if !self.state.agents.contains_key(&agent) {
            return;
        }
        self.release_offer(agent);
        for id in self.state.seats.get(&agent).cloned().unwrap_or_default() {
            let Some(mut conversation) = self.take(id) else { continue };
            self.depart(&mut conversation, agent, departure);
            self.put_back(conversation);
        }
        let Some(record) = self.state.agents.remove(&agent) else { return };
        let seen = self.state.attendance.leave(agent, reason.as_ref(), self.now);
        self.state.batch.tallies.join(&seen.tallies);
        self.state.batch.state_changes.extend(seen.changes);
        self.state.queues.remove(agent);
        self.state.touched.agents.insert(agent);
        self.free.remove(&agent);
        match record.desk {
            Desk::Connected { connection } => {
                let push = Push::LoggedOut { agent: Arc::new(record), reason };
                self.effect(Effect::Desk { connection, push });
            }
            Desk::Away { until } => self.state.deadlines.set(Deadline::DeskGone(agent), Some(until), None),
        }
    }

    /// Every conversation of an agent goes back to its queue; what he wraps up stays his.
    pub fn call_back(&mut self, agent: UserId) {
        self.release_offer(agent);
        for id in self.state.seats.get(&agent).cloned().unwrap_or_default() {
            let Some(mut conversation) = self.take(id) else { continue };
            if conversation.participant(agent).is_some_and(|seat| seat.role != Role::WrapUp) {
                self.depart(&mut conversation, agent, Departure::CalledBack);
            }
            self.put_back(conversation);
        }
    }
}

fn work_of(conversation: &Conversation, agent: UserId) -> Vec<TaskId> {
    let works = |task: &&Task| match task.stage {
        Stage::Active { agent: worker } | Stage::WrapUp { agent: worker, .. } => worker == agent,
        Stage::Queued | Stage::Offered { .. } | Stage::Closed { .. } => false,
    };
    conversation.tasks.iter().filter(works).map(|task| task.id).collect()
}
