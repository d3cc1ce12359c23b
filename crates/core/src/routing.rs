//! Finding an agent: a request waits in its queue, is offered to one agent at a time, and ends with an agent, with
//! nobody in time, or with the customer gone.

use std::sync::Arc;

use crate::agent::Agent;
use crate::conversation::Conversation;
use crate::deadline::Deadline;
use crate::effect::Push;
use crate::event::{Emitter, Fact};
use crate::id::{ConversationId, MrdId, QueueId, SessionId, TaskId, UserId};
use crate::queue::Waiting;
use crate::registry::{Channel, Mode as ChannelMode, Target};
use crate::task::{
    CloseReason, Direction, Mode, PRIORITY_DEFAULT, PRIORITY_MAX, PRIORITY_RETURNED, Stage, Task,
};
use crate::time::{At, Span};
use crate::turn::Turn;

impl Turn<'_> {
    /// Asks for an agent of the channel's queue, unless the conversation is being served or looked after already.
    pub fn find_agent(&mut self, conversation: &mut Conversation, session: SessionId, channel: &Channel) {
        let asked =
            conversation.session(session).map_or(PRIORITY_DEFAULT, |session| session.address.priority);
        let priority = asked.clamp(PRIORITY_DEFAULT, PRIORITY_MAX);
        self.request_agent(conversation, session, channel, priority, self.now);
    }

    /// Asks again after an agent was lost: ahead of everybody, and with the time already waited.
    pub fn find_agent_again(&mut self, conversation: &mut Conversation, since: At) {
        let Some(session) = conversation.reply_session().map(|session| (session.id, session.channel)) else {
            return;
        };
        let Some(channel) = self.state.registry.channel(session.1).map(Arc::clone) else { return };
        self.request_agent(conversation, session.0, &channel.value, PRIORITY_RETURNED, since);
    }

    fn request_agent(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        channel: &Channel,
        priority: u8,
        since: At,
    ) {
        if channel.mode == ChannelMode::Bot
            || conversation.has_primary()
            || conversation.waiting_tasks().next().is_some()
        {
            return;
        }
        let Target::Push(Some(queue)) = channel.routing.target else { return };
        let Some(queue) = self.state.registry.queue(queue).map(Arc::clone) else { return };
        let first_step = queue.value.steps.first().filter(|_| queue.value.steps.len() > 1);
        let task = Task {
            id: self.state.mint.id(self.now),
            media: self.state.mint.id(self.now),
            conversation: conversation.id,
            session,
            mrd: queue.value.mrd,
            queue: Some(queue.value.id),
            direction: Direction::Inbound,
            mode: Mode::Queue,
            priority,
            enqueued_at: since,
            expires_at: self.now + Span::secs(u64::from(channel.routing.request_ttl_secs)),
            ring_secs: channel.ring_secs,
            steps_open: 1,
            next_step_at: first_step.map(|step| self.now + Span::secs(u64::from(step.timeout_secs))),
            stage: Stage::Queued,
            answered_at: None,
            passed_by: Vec::new(),
        };
        let fact = Fact::TaskEnqueued { task: Box::new(task.clone()), queue: task.queue };
        let event = self.record(conversation, Some(session), Emitter::System, fact);
        self.tell_connector(conversation, session, &event);
        self.stop_all_silence(conversation);
        self.enqueue(task, conversation);
    }

    fn enqueue(&mut self, task: Task, conversation: &mut Conversation) {
        let (id, of) = (task.id, task.conversation);
        self.state.deadlines.set(Deadline::RequestTtl(of, id), None, Some(task.expires_at));
        self.state.deadlines.set(Deadline::Step(of, id), None, task.next_step_at);
        self.state.queues.enqueue(&task);
        conversation.tasks.reserve_exact(1);
        conversation.tasks.push(task);
        self.seeking.insert((of, id));
    }

    /// Offers a waiting request to the best agent there is; whether there is one.
    pub fn seek_agent(&mut self, conversation: ConversationId, task: TaskId) -> bool {
        let best = self.best_agent(conversation, task);
        if let Some(agent) = best {
            self.offer(conversation, task, agent);
        }
        best.is_some()
    }

    fn best_agent(&self, conversation: ConversationId, task: TaskId) -> Option<UserId> {
        let waiting = self.state.task(conversation, task).filter(|task| task.stage == Stage::Queued)?;
        let seats = self.state.conversation(conversation)?;
        self.state.queues.best_agent(waiting, |agent| seats.participant(agent).is_none())
    }

    /// Offers an agent the best request he could serve, if any.
    pub fn seek_work(&mut self, agent: UserId) {
        // The request decides who gets it: somebody better placed may have become free in this step too. Then the
        // next request is this agent's chance.
        while let Some(request) = self.best_request(agent)
            && self.seek_agent(request.conversation, request.task)
        {}
    }

    /// The request an agent should be offered now; `None` once he is rung.
    fn best_request(&self, agent: UserId) -> Option<Waiting> {
        let may_join = |conversation: ConversationId| {
            self.state.conversation(conversation).is_some_and(|seats| seats.participant(agent).is_none())
        };
        self.state.queues.best_request(agent, may_join)
    }

    fn offer(&mut self, id: ConversationId, task: TaskId, agent: UserId) {
        let Some(mut conversation) = self.take(id) else { return };
        let Some(offered) = conversation.tasks.iter_mut().find(|candidate| candidate.id == task) else {
            self.put_back(conversation);
            return;
        };
        self.state.queues.dequeue(offered);
        let until = self.now + Span::secs(u64::from(offered.ring_secs));
        offered.stage = Stage::Offered { agent, until };
        let offered = offered.clone();
        self.state.deadlines.set(Deadline::Ring(id, task), None, Some(until));
        if let Some(agent) = self.state.agents.get_mut(&agent) {
            agent.offer = Some(task);
        }
        self.place_agent(agent);
        let fact = Fact::AgentReserved { task: Box::new(offered.clone()), agent };
        self.record(&conversation, Some(offered.session), Emitter::System, fact);
        let scene = self.scene(&conversation, Some(offered.session));
        self.push(agent, Push::Offer { task: Arc::new(offered), scene });
        self.put_back(conversation);
    }

    /// Takes an offer back from the agent it rings at. The task is left without a stage of its own to decide on.
    fn withdraw(&mut self, task: &Task) -> Option<UserId> {
        let Stage::Offered { agent, until } = task.stage else { return None };
        let (conversation, id) = (task.conversation, task.id);
        self.state.deadlines.set(Deadline::Ring(conversation, id), Some(until), None);
        if let Some(agent) = self.state.agents.get_mut(&agent)
            && agent.offer == Some(id)
        {
            agent.offer = None;
        }
        self.push(agent, Push::OfferRevoked { conversation, task: Arc::new(task.clone()) });
        self.place_agent(agent);
        Some(agent)
    }

    /// Nobody took the offer in its ring time.
    pub fn offer_rang_out(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take(id) else { return };
        if let Some(agent) = self.pass_on(&mut conversation, task) {
            if self.state.agents.get(&agent).is_some_and(Agent::is_connected) {
                self.count_rona(agent, conversation.tasks.iter().find(|t| t.id == task).map(|t| t.mrd));
            } else {
                excuse(&mut conversation, agent);
            }
        }
        self.put_back(conversation);
    }

    /// An offer goes back to its queue, ahead of everybody, as a task of its own with the time already waited.
    /// Returns the agent who let it pass.
    pub fn pass_on(&mut self, conversation: &mut Conversation, task: TaskId) -> Option<UserId> {
        let offered = conversation.tasks.iter().find(|candidate| candidate.id == task)?.clone();
        let Stage::Offered { .. } = offered.stage else { return None };
        let agent = self.withdraw(&offered)?;
        self.clear_search_deadlines(&offered);
        self.close_task(conversation, task, CloseReason::Rona);
        let mut passed_by = offered.passed_by.clone();
        passed_by.retain(|passed| *passed != agent);
        passed_by.push(agent);
        let again = Task {
            id: self.state.mint.id(self.now),
            media: self.state.mint.id(self.now),
            priority: PRIORITY_RETURNED,
            stage: Stage::Queued,
            passed_by,
            ..offered
        };
        let fact = Fact::TaskEnqueued { task: Box::new(again.clone()), queue: again.queue };
        self.record(conversation, Some(again.session), Emitter::System, fact);
        self.enqueue(again, conversation);
        Some(agent)
    }

    fn count_rona(&mut self, agent: UserId, mrd: Option<MrdId>) {
        let limit = self.state.policy.ronas_until_not_ready;
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

    /// The request has looked long enough: nobody came.
    pub fn request_expired(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take(id) else { return };
        let waiting = conversation.waiting_tasks().find(|candidate| candidate.id == task).cloned();
        if let Some(waiting) = waiting {
            self.end_search(&mut conversation, &waiting, CloseReason::NoAgentAvailable);
            let fact = Fact::NoAgentAvailable { direction: waiting.direction, mode: waiting.mode };
            let event = self.record(&conversation, Some(waiting.session), Emitter::System, fact);
            self.tell_connector(&mut conversation, waiting.session, &event);
            if let Some(session) = conversation.reply_session().map(|session| session.id) {
                let text = self.state.policy.texts.no_agent.clone();
                self.say(&mut conversation, session, &text);
            }
            // On every channel: a session without a timer would stay open for ever.
            self.restart_all_silence(&mut conversation);
            if let Some(seat) = conversation.bot.as_mut() {
                seat.handed_over = false;
            }
        }
        self.put_back(conversation);
    }

    /// A further step of the queue opens: more agents may serve.
    pub fn step_over(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take(id) else { return };
        if let Some(waiting) = conversation.tasks.iter_mut().find(|candidate| candidate.id == task) {
            let steps = waiting.queue.and_then(|queue| self.state.registry.queue(queue)).map(Arc::clone);
            let steps = steps.as_ref().map_or(&[][..], |queue| queue.value.steps.as_slice());
            let queued = waiting.stage == Stage::Queued;
            if queued {
                self.state.queues.dequeue(waiting);
            }
            waiting.steps_open = waiting.steps_open.saturating_add(1);
            let open = usize::from(waiting.steps_open);
            waiting.next_step_at =
                (open < steps.len()).then(|| self.now + Span::secs(u64::from(steps[open - 1].timeout_secs)));
            self.state.deadlines.set(Deadline::Step(id, task), None, waiting.next_step_at);
            if queued {
                self.state.queues.enqueue(waiting);
                self.seeking.insert((id, task));
            }
        }
        self.put_back(conversation);
    }

    /// Ends every search of a conversation.
    pub fn cancel_requests(&mut self, conversation: &mut Conversation, reason: CloseReason) {
        let waiting: Vec<Task> = conversation.waiting_tasks().cloned().collect();
        for task in waiting {
            self.end_search(conversation, &task, reason);
        }
    }

    fn end_search(&mut self, conversation: &mut Conversation, task: &Task, reason: CloseReason) {
        self.state.queues.dequeue(task);
        self.clear_search_deadlines(task);
        self.seeking.remove(&(task.conversation, task.id));
        self.withdraw(task);
        self.close_task(conversation, task.id, reason);
    }

    /// The search is over, one way or another.
    pub fn clear_search_deadlines(&mut self, task: &Task) {
        let (conversation, id) = (task.conversation, task.id);
        self.state.deadlines.set(Deadline::RequestTtl(conversation, id), Some(task.expires_at), None);
        self.state.deadlines.set(Deadline::Step(conversation, id), task.next_step_at, None);
        if let Stage::Offered { until, .. } = task.stage {
            self.state.deadlines.set(Deadline::Ring(conversation, id), Some(until), None);
        }
    }

    /// Closes a task; an agent who served it has room again.
    pub fn close_task(&mut self, conversation: &mut Conversation, id: TaskId, reason: CloseReason) {
        let Some(task) = conversation.tasks.iter_mut().find(|task| task.id == id && !task.is_closed()) else {
            return;
        };
        let former = std::mem::replace(&mut task.stage, Stage::Closed { reason, at: self.now });
        let task = task.clone();
        if let Stage::Active { agent } = former {
            self.end_work(agent, task.mrd);
        }
        let session = task.session;
        let fact = Fact::TaskChanged { task: Box::new(task) };
        self.record(conversation, Some(session), Emitter::System, fact);
        trim_closed(&mut conversation.tasks);
    }

    fn end_work(&mut self, agent: UserId, mrd: MrdId) {
        let now = self.now;
        let changed = self
            .state
            .agents
            .get_mut(&agent)
            .and_then(|record| record.mrd_mut(mrd))
            .is_some_and(|domain| domain.task_ended(now));
        self.place_agent(agent);
        if changed {
            self.show_presence(agent, true, false, vec![mrd]);
        }
    }

    /// How many live requests and chats a queue has.
    #[must_use]
    pub fn work_of_queue(&self, queue: QueueId) -> usize {
        self.state
            .conversations()
            .flat_map(|conversation| &conversation.tasks)
            .filter(|task| task.queue == Some(queue) && !task.is_closed())
            .count()
    }
}

/// It was the line that failed, not the agent: he may be asked again.
pub(crate) fn excuse(conversation: &mut Conversation, agent: UserId) {
    if let Some(task) = conversation.tasks.last_mut() {
        task.passed_by.retain(|passed| *passed != agent);
    }
}

/// Closed tasks kept with a live conversation; the log has them all.
const CLOSED_TASKS_KEPT_MAX: usize = 8;

fn trim_closed(tasks: &mut Vec<Task>) {
    let closed = tasks.iter().filter(|task| task.is_closed()).count();
    let mut surplus = closed.saturating_sub(CLOSED_TASKS_KEPT_MAX);
    tasks.retain(|task| {
        let drop = surplus > 0 && task.is_closed();
        surplus -= usize::from(drop);
        !drop
    });
}
