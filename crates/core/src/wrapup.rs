//! Wrap-up: an agent's part in a conversation is over, and he has a while for codes and a note.
//!
//! He is out of the conversation for everybody else from the start. Whether he still fills one of his places is a
//! setting.

use tieline_cim::Why;

use crate::command::Publication;
use crate::conversation::{Conversation, EndReason, Role, State as ConversationState};
use crate::deadline::Deadline;
use crate::departure::Departure;
use crate::effect::Push;
use crate::event::{Emitter, Fact};
use crate::id::{ConversationId, SessionId, TaskId, UserId};
use crate::refusal::Refusal;
use crate::registry::settings::WrapUp;
use crate::task::{CloseReason, Moments, Stage, Task};
use crate::time::Span;
use crate::turn::{Outcome, Turn};

impl Turn<'_> {
    pub fn leave_conversation(&mut self, agent: UserId, id: ConversationId) -> Outcome<()> {
        let Some(role) =
            self.state.conversation(id).and_then(|seats| seats.participant(agent)).map(|p| p.role)
        else {
            return Err(Refusal::conflict(Why::NotInConversation).into());
        };
        let Some(mut conversation) = self.take(id) else { return Ok(()) };
        match role {
            // He has left already; his desk may have missed it.
            Role::WrapUp => self.show_wrap_up(&conversation, agent),
            Role::Primary if self.begin_wrap_up(&mut conversation, agent) => {
                // Nobody is left to serve the customer, and that was meant, unless somebody has been asked to or can
                // go on from a pull list.
                let asked = conversation.waiting_tasks().any(|task| task.direction.is_for_customer());
                if asked || conversation.listing.is_some() {
                    self.primary_gone(&mut conversation, None, None);
                } else if !conversation.has_primary() {
                    self.end_all_sessions(&mut conversation, EndReason::Agent);
                }
            }
            _ => self.depart(&mut conversation, agent, Departure::Left),
        }
        self.put_back(conversation);
        Ok(())
    }

    /// An agent who serves stops and starts to wrap up; false when there is nothing for him to wrap up.
    pub fn begin_wrap_up(&mut self, conversation: &mut Conversation, agent: UserId) -> bool {
        let Some(task) = conversation.task_of(agent).filter(|task| task.stage == Stage::Active { agent })
        else {
            return false;
        };
        let terms = self.wrap_up_of(conversation, task);
        if !terms.enabled || task.direction.is_supervision() {
            return false;
        }
        let (id, mrd) = (task.id, task.mrd);
        let fills_place = self.state.registry.settings().value.settings.wrap_up_takes_capacity;
        let until = self.now + Span::secs(u64::from(terms.seconds));
        self.cancel_requests_of(conversation, agent);
        self.lower_hand(conversation, agent);
        self.set_role(conversation, agent, Role::WrapUp);
        self.set_stage(conversation, id, Stage::WrapUp { agent, until, fills_place });
        self.state.deadlines.set(Deadline::WrapUp(conversation.id, id), None, Some(until));
        if !fills_place {
            self.end_work(agent, mrd);
        }
        self.end_pause_of(conversation, agent);
        self.show_wrap_up(conversation, agent);
        true
    }

    /// Tells an agent's desk how long he has left for codes and notes, if he has.
    pub fn show_wrap_up(&mut self, conversation: &Conversation, agent: UserId) {
        if let Some(Stage::WrapUp { until, .. }) = conversation.task_of(agent).map(|task| task.stage) {
            let secs = u32::try_from(until.since(self.now).as_secs()).unwrap_or(u32::MAX);
            let (conversation, customer) = (conversation.id, conversation.customer);
            self.push(agent, Push::WrapUpStarted { conversation, customer, secs });
        }
    }

    /// The agent is done, with a note or without.
    pub fn close_wrap_up(
        &mut self,
        agent: UserId,
        id: ConversationId,
        note: Option<&Publication>,
    ) -> Outcome<()> {
        let seat = self.state.conversation(id).and_then(|seats| seats.participant(agent));
        let Some(role) = seat.map(|seat| seat.role) else {
            return Err(Refusal::conflict(Why::NotInConversation).into());
        };
        if let Some(note) = note {
            self.publish(note)?;
        } else if role != Role::WrapUp {
            return Err(Refusal::conflict(Why::CustomerBack).into());
        }
        let Some(mut conversation) = self.take(id) else { return Ok(()) };
        if role == Role::WrapUp {
            let how = if note.is_some() { CloseReason::WrapUpApplied } else { CloseReason::WrapUpNotApplied };
            self.depart(&mut conversation, agent, Departure::WrappedUp(how));
        }
        self.put_back(conversation);
        Ok(())
    }

    /// The time for codes and notes is over.
    pub fn wrap_up_over(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take(id) else { return };
        let stage = conversation.tasks.iter().find(|kept| kept.id == task).map(|kept| kept.stage);
        if let Some(Stage::WrapUp { agent, .. }) = stage {
            self.depart(&mut conversation, agent, Departure::WrappedUp(CloseReason::WrapUpExpired));
        }
        self.put_back(conversation);
    }

    /// The customer's last session has ended: those who served him wrap up, or have nothing more to do.
    pub fn stop_serving(&mut self, conversation: &mut Conversation) {
        for agent in conversation.primaries().map(|seat| seat.agent).collect::<Vec<_>>() {
            let served = conversation.task_of(agent).map(|task| task.id);
            if !self.begin_wrap_up(conversation, agent)
                && let Some(task) = served
            {
                self.close_task(conversation, task, CloseReason::Done);
            }
        }
        self.lift_hold(conversation);
        self.settle_response(conversation);
        self.primary_gone(conversation, None, None);
    }

    /// The customer is back while agents of his are still there: those who have the room serve him again, as one of
    /// those who wrap up does when there is nobody else.
    pub fn serve_again(&mut self, conversation: &mut Conversation, session: SessionId) {
        for agent in conversation.primaries().map(|seat| seat.agent).collect::<Vec<_>>() {
            if !self.take_up_again(conversation, agent, session) {
                self.depart(conversation, agent, Departure::Left);
            }
        }
        let wrapping: Vec<UserId> = conversation.agents.iter().rev().map(|seat| seat.agent).collect();
        for agent in wrapping {
            if !conversation.has_primary() {
                self.take_up_again(conversation, agent, session);
            }
        }
        let served = conversation.has_primary();
        conversation.state = if served { ConversationState::Active } else { ConversationState::Inactive };
        self.set_bot_role(conversation, if served { Role::Assistant } else { Role::Primary });
    }

    /// Whether an agent who has stopped to serve has a place to do so again; refused with how much he has.
    pub fn check_may_serve_again(&self, conversation: &Conversation, agent: UserId) -> Outcome<()> {
        match last_work(conversation, agent) {
            Some(Task { stage: Stage::WrapUp { fills_place: true, .. }, .. }) | None => Ok(()),
            Some(last) if last.direction.is_supervision() => Ok(()),
            Some(last) => self.check_room_for(agent, last.mrd),
        }
    }

    /// An agent who has stopped to serve, and may, does so again because he wants to. His desk is shown the
    /// conversation anew.
    pub fn serve_once_more(&mut self, conversation: &mut Conversation, agent: UserId, session: SessionId) {
        if self.take_up_again(conversation, agent, session) {
            conversation.meet_in(session);
            if conversation.hold.is_none() {
                conversation.state = ConversationState::Active;
            }
            self.joined(conversation);
            self.push_topic(agent, conversation);
        }
    }

    fn take_up_again(&mut self, conversation: &mut Conversation, agent: UserId, session: SessionId) -> bool {
        let Some(last) = last_work(conversation, agent).cloned() else { return false };
        match last.stage {
            Stage::WrapUp { until, fills_place, .. } => {
                if !fills_place && !self.begin_work(agent, last.mrd) {
                    return false;
                }
                self.state.deadlines.set(Deadline::WrapUp(conversation.id, last.id), Some(until), None);
                self.set_role(conversation, agent, Role::Primary);
                self.set_stage(conversation, last.id, Stage::Active { agent });
                true
            }
            _ => {
                if !last.direction.is_supervision() && !self.begin_work(agent, last.mrd) {
                    return false;
                }
                let (id, media) = (self.state.mint.id(self.now), self.state.mint.id(self.now));
                let task = Task {
                    id,
                    media,
                    session,
                    stage: Stage::Active { agent },
                    enqueued_at: self.now,
                    answered_at: Some(self.now),
                    moments: Moments::default(),
                    ..last
                };
                self.begin_task(conversation, task);
                true
            }
        }
    }

    /// Which wrap-up a task is followed by.
    fn wrap_up_of(&self, conversation: &Conversation, task: &Task) -> WrapUp {
        let service = conversation.source_behind(task).and_then(|source| self.state.registry.service(source));
        let own = service.and_then(|service| service.wrap_up);
        own.unwrap_or(self.state.registry.settings().value.settings.wrap_up)
    }

    pub fn set_role(&mut self, conversation: &mut Conversation, agent: UserId, role: Role) {
        let Some(seat) = conversation.agents.iter_mut().find(|seat| seat.agent == agent) else { return };
        seat.role = role;
        let fact = Fact::AgentRoleChanged { participant: seat.clone() };
        let event = self.record(conversation, None, Emitter::Agent(agent), fact);
        if role == Role::Primary {
            // To the customer he comes now.
            self.tell_connectors(conversation, &event);
        }
    }

    fn set_stage(&mut self, conversation: &mut Conversation, id: TaskId, stage: Stage) {
        let Some(task) = conversation.tasks.iter_mut().find(|task| task.id == id) else { return };
        task.stage = stage;
        task.moments.wrap(matches!(stage, Stage::WrapUp { .. }), self.now);
        let (task, session) = (task.clone(), task.session);
        self.record(conversation, Some(session), Emitter::System, Fact::TaskChanged { task: Box::new(task) });
    }
}

/// What an agent wraps up, or has done last.
fn last_work(conversation: &Conversation, agent: UserId) -> Option<&Task> {
    conversation.tasks.iter().rev().find(|task| match task.stage {
        Stage::WrapUp { agent: worker, .. } => worker == agent,
        Stage::Closed { .. } => task.served_by == Some(agent),
        _ => false,
    })
}
