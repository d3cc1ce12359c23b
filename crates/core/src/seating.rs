//! Agents who take up a conversation without having been rung: from a pull list, by writing to the customer first,
//! or because a bot says so. Whether they may is for those to judge.

use tieline_cim::Why;

use crate::conversation::{Conversation, Role};
use crate::id::{MrdId, SessionId, UserId};
use crate::refusal::Refusal;
use crate::registry::Channel;
use crate::task::{CloseReason, Direction, Mode, Moments, PRIORITY_DEFAULT, Source, Stage, Task};
use crate::turn::{Outcome, Turn};

/// What an agent takes up.
#[derive(Debug, Clone, Copy)]
pub struct Taking {
    pub agent: UserId,
    pub role: Role,
    pub direction: Direction,
    /// The session it is about.
    pub session: SessionId,
    pub mrd: MrdId,
    pub source: Option<Source>,
}

impl Turn<'_> {
    /// Seats an agent, with the work that goes with it.
    pub fn seat_unasked(&mut self, conversation: &mut Conversation, channel: &Channel, taking: Taking) {
        let Taking { agent, role, direction, session, mrd, source } = taking;
        self.stop_ringing_where(conversation, agent, role);
        conversation.meet_in(session);
        let task = Task {
            id: self.state.mint.id(self.now),
            media: self.state.mint.id(self.now),
            conversation: conversation.id,
            session,
            mrd,
            queue: match source {
                Some(Source::Queue(queue)) => Some(queue),
                Some(Source::List(_)) | None => None,
            },
            list: match source {
                Some(Source::List(list)) => Some(list),
                Some(Source::Queue(_)) | None => None,
            },
            direction,
            mode: Mode::Agent,
            priority: PRIORITY_DEFAULT,
            enqueued_at: self.now,
            expires_at: self.now,
            ring_secs: channel.ring_secs,
            steps_open: 1,
            next_step_at: None,
            stage: Stage::Active { agent },
            answered_at: Some(self.now),
            served_by: Some(agent),
            passed_by: Vec::new(),
            selection: channel.routing.selection,
            wanted: None,
            told: None,
            asked_by: None,
            moments: Moments::default(),
        };
        self.state.queues.begin(&task);
        conversation.tasks.push(task.clone());
        if self.seat_in(conversation, agent, &task, role) {
            self.show_presence(agent, true, false, vec![mrd]);
        }
        self.place_agent(agent);
    }

    /// An agent comes by himself to what rings at him. Who serves is whom it was to find; else somebody still is.
    fn stop_ringing_where(&mut self, conversation: &mut Conversation, agent: UserId, role: Role) {
        let rings = self.state.queues.rings_at(agent).filter(|(ringing, _)| *ringing == conversation.id);
        match rings {
            Some((_, task)) if role == Role::Primary => {
                self.cancel_request(conversation, task, CloseReason::Cancelled);
            }
            Some((_, task)) => drop(self.pass_on(conversation, task)),
            None => {}
        }
    }

    /// Whether an agent has room for more work of a domain; refused with how much he has.
    pub fn check_room_for(&self, agent: UserId, mrd: MrdId) -> Outcome<()> {
        let Some(domain) = self.state.agents.get(&agent).and_then(|record| record.mrd(mrd)) else {
            return Err(Refusal::conflict(Why::NoDomain).into());
        };
        if domain.active < domain.max_tasks {
            return Ok(());
        }
        Err(Refusal::conflict(Why::WorkFullOf { active: domain.active, max: domain.max_tasks }).into())
    }
}
