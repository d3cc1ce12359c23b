//! Offers that are not taken: missed, declined, or lost with the line.
//!
//! The request goes back to its queue as a task of its own, ahead of others, with the time already waited and with
//! the steps that were open; its time to live goes on. A decline counts as a miss at once.

use std::sync::Arc;

use tieline_cim::Why;

use crate::agent::Agent;
use crate::conversation::Conversation;
use crate::deadline::Deadline;
use crate::effect::Push;
use crate::event::{Emitter, Fact};
use crate::id::{ConversationId, MrdId, TaskId, UserId};
use crate::refusal::Refusal;
use crate::task::{CloseReason, Mode, Moments, PRIORITY_RETURNED, Stage, Task, Wanted};
use crate::turn::{Outcome, Turn};

/// Bytes of the reason an agent may give for declining.
const REASON_BYTES_MAX: usize = 500;

impl Turn<'_> {
    /// Nobody took the offer in its ring time.
    pub fn offer_rang_out(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take(id) else { return };
        let mrd = conversation.tasks.iter().find(|candidate| candidate.id == task).map(|task| task.mrd);
        if let Some(agent) = self.pass_on(&mut conversation, task) {
            if self.state.agents.get(&agent).is_some_and(Agent::is_connected) {
                self.count_rona(agent, mrd);
            } else {
                excuse(&mut conversation, agent);
            }
        }
        self.put_back(conversation);
    }

    /// An agent will not take what rings at him.
    pub fn decline_offer(
        &mut self,
        agent: UserId,
        id: ConversationId,
        task: Option<TaskId>,
        reason: Option<&str>,
    ) -> Outcome<()> {
        if reason.is_some_and(|reason| reason.len() > REASON_BYTES_MAX) {
            return Err(Refusal::invalid("reason", Why::BytesAtMost { max: REASON_BYTES_MAX }).into());
        }
        let offered = self
            .state
            .queues
            .rings_at(agent)
            .filter(|(of, ringing)| *of == id && task.is_none_or(|task| task == *ringing));
        let Some((_, task)) = offered else {
            return Err(Refusal::conflict(Why::NotOffered).into());
        };
        let Some(mut conversation) = self.take_to_change(id) else { return Ok(()) };
        let declined = conversation.tasks.iter().find(|candidate| candidate.id == task).cloned();
        if let Some(declined) = declined {
            let fact = Fact::OfferDeclined { task, agent, reason: reason.map(Into::into) };
            self.record(&conversation, Some(declined.session), Emitter::Agent(agent), fact);
            self.pass_on(&mut conversation, task);
            self.count_rona(agent, Some(declined.mrd));
        }
        self.put_back(conversation);
        Ok(())
    }

    /// An offer goes back to where it came from. Returns the agent who let it pass.
    pub fn pass_on(&mut self, conversation: &mut Conversation, task: TaskId) -> Option<UserId> {
        let offered = conversation.tasks.iter().find(|candidate| candidate.id == task)?.clone();
        let Stage::Offered { .. } = offered.stage else { return None };
        let agent = self.withdraw(&offered)?;
        self.clear_search_deadlines(&offered);
        self.close_task(conversation, task, CloseReason::Rona);
        let mut passed_by = offered.passed_by.clone();
        passed_by.retain(|passed| *passed != agent);
        passed_by.push(agent);
        let again = Task { passed_by, priority: PRIORITY_RETURNED, ..offered };
        match again.wanted {
            Some(Wanted::Only { fallback, .. }) => self.named_agent_lost(conversation, again, fallback),
            Some(Wanted::First(_)) | None => self.ask_again(conversation, Task { wanted: None, ..again }),
        }
        Some(agent)
    }

    /// Puts a request whose task has closed into a queue as a new one.
    fn ask_again(&mut self, conversation: &mut Conversation, task: Task) {
        let again = Task {
            id: self.state.mint.id(self.now),
            media: self.state.mint.id(self.now),
            stage: Stage::Queued,
            moments: task.moments.queued_again(),
            // Its queue may have got more steps while it rang.
            next_step_at: self.next_step_of(&task),
            ..task
        };
        let fact = Fact::TaskEnqueued { task: Box::new(again.clone()), queue: again.queue };
        self.record(conversation, Some(again.session), Emitter::System, fact);
        self.enqueue(again, conversation);
    }

    /// The one agent who was meant cannot be asked at all.
    pub fn named_agent_unavailable(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take_to_change(id) else { return };
        let waiting = conversation.tasks.iter().find(|candidate| candidate.id == task).cloned();
        if let Some(waiting) = waiting.filter(|task| task.stage == Stage::Queued) {
            self.clear_search_deadlines(&waiting);
            self.close_task(&mut conversation, task, CloseReason::Rona);
            if let Some(Wanted::Only { fallback, .. }) = waiting.wanted {
                self.named_agent_lost(&mut conversation, waiting, fallback);
            }
        }
        self.put_back(conversation);
    }

    /// The queue is asked in the place of an agent who was named, or whoever asked is told.
    fn named_agent_lost(
        &mut self,
        conversation: &mut Conversation,
        task: Task,
        fallback: Option<crate::id::QueueId>,
    ) {
        let fact = Fact::NoAgentAvailable { direction: task.direction, mode: Mode::Agent };
        let event = self.record(conversation, Some(task.session), Emitter::System, fact);
        let queue = fallback.and_then(|queue| self.state.registry.queue(queue)).map(Arc::clone);
        match queue {
            Some(queue) => {
                self.ask_again(
                    conversation,
                    Task {
                        queue: Some(queue.value.id),
                        mrd: queue.value.mrd,
                        mode: Mode::Queue,
                        wanted: None,
                        steps_open: 1,
                        next_step_at: None,
                        moments: Moments::queued(self.now),
                        ..task
                    },
                );
            }
            None => self.nobody_came(conversation, &task, &event),
        }
    }

    /// Takes an offer back from the agent it rings at. The task is left without a stage of its own to decide on.
    pub fn withdraw(&mut self, task: &Task) -> Option<UserId> {
        let Stage::Offered { agent, until } = task.stage else { return None };
        let (conversation, id) = (task.conversation, task.id);
        self.state.deadlines.set(Deadline::Ring(conversation, id), Some(until), None);
        self.state.queues.stop_ringing(agent);
        if let Some(agent) = self.state.agents.get_mut(&agent)
            && agent.offer == Some(id)
        {
            agent.offer = None;
        }
        self.lift_interruptions(agent);
        self.push(agent, Push::OfferRevoked { conversation, task: Arc::new(task.clone()) });
        self.place_agent(agent);
        Some(agent)
    }

    fn count_rona(&mut self, agent: UserId, mrd: Option<MrdId>) {
        let limit = self.state.registry.settings().value.settings.agents.ronas_until_not_ready;
        let now = self.now;
        let Some(record) = self.state.agents.get_mut(&agent) else { return };
        record.ronas = record.ronas.saturating_add(1);
        let mut changed = Vec::new();
        if let Some(mrd) = mrd.filter(|_| limit > 0 && record.ronas >= limit)
            && let Some(domain) = record.mrd_mut(mrd)
            && domain.switch_off(now)
        {
            changed.push(mrd);
        }
        self.place_agent(agent);
        if !changed.is_empty() {
            self.show_presence(agent, true, false, changed);
        }
    }
}

/// It was the line that failed, not the agent: he may be asked again.
pub(crate) fn excuse(conversation: &mut Conversation, agent: UserId) {
    if let Some(task) = conversation.tasks.last_mut() {
        task.passed_by.retain(|passed| *passed != agent);
    }
}
