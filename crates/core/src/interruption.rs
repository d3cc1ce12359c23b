//! Work of one media routing domain that interrupts work of another, where the settings say so.
//!
//! An interruptible domain gets no more work while something of another rings or is held. When that other domain
//! cannot be interrupted itself, the agent's conversations of the first go to somebody else, or wait for him, as the
//! settings say.

use crate::departure::Departure;
use crate::id::{ConversationId, MrdId, UserId};
use crate::task::{Stage, Task};
use crate::turn::Turn;

impl Turn<'_> {
    /// Something of a domain rings at an agent, or he has taken it: his interruptible domains stand back.
    pub fn interrupt_others(&mut self, agent: UserId, by: MrdId) {
        if !self.state.registry.settings().value.settings.routing.mrd_interruption {
            return;
        }
        let now = self.now;
        let registry = &self.state.registry;
        let yields = |mrd| registry.mrd(mrd).is_some_and(|mrd| mrd.value.interruptible);
        let Some(record) = self.state.agents.get_mut(&agent) else { return };
        let changed = record.interrupt(by, yields, now);
        self.interruption_changed(agent, changed);
    }

    /// Work is over or rings no more: what it interrupted goes on.
    pub fn lift_interruptions(&mut self, agent: UserId) {
        let rings = self.state.queues.rings_at(agent);
        let ringing =
            rings.and_then(|(conversation, task)| self.state.task(conversation, task)).map(|task| task.mrd);
        let now = self.now;
        let Some(record) = self.state.agents.get_mut(&agent) else { return };
        let lifted = record.resume(ringing, now);
        let changed = lifted.iter().filter(|(_, shows)| *shows).map(|(domain, _)| *domain).collect();
        self.interruption_changed(agent, changed);
        let lifted: Vec<MrdId> = lifted.into_iter().map(|(domain, _)| domain).collect();
        self.resume_interrupted(agent, &lifted);
    }

    fn interruption_changed(&mut self, agent: UserId, changed: Vec<MrdId>) {
        if !changed.is_empty() {
            self.show_presence(agent, true, false, changed);
            self.place_agent(agent);
        }
    }

    /// An agent has taken work on: what it interrupts for good goes to somebody else, or waits for him.
    pub fn make_way(&mut self, agent: UserId, by: MrdId) {
        self.interrupt_others(agent, by);
        let registry = &self.state.registry;
        if registry.mrd(by).is_none_or(|mrd| mrd.value.interruptible) {
            return;
        }
        let Some(record) = self.state.agents.get(&agent) else { return };
        let interrupted = |task: &Task| {
            let domain = record.mrd(task.mrd);
            task.stage == Stage::Active { agent }
                && !task.direction.is_supervision()
                && domain.is_some_and(|domain| domain.interrupted_by == Some(by))
        };
        let seats = self.state.seats.get(&agent).into_iter().flatten().copied();
        let left: Vec<ConversationId> = seats
            .filter(|id| {
                let conversation = self.state.conversation(*id);
                conversation.is_some_and(|conversation| conversation.tasks.iter().any(interrupted))
            })
            .collect();
        let pauses = self.state.registry.settings().value.settings.routing.mrd_interruption_pauses;
        for id in left {
            if let Some(mut conversation) = self.take(id) {
                match pauses {
                    true => self.hold_interrupted(&mut conversation, agent),
                    false => self.depart(&mut conversation, agent, Departure::Interrupted),
                }
                self.put_back(conversation);
            }
        }
    }
}
