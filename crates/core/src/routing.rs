//! Finding an agent: a request waits in its queue, is offered to one agent at a time, and ends with an agent, with
//! nobody in time, or with the customer gone.
//!
//! How a request begins is `request`'s business; what follows an offer that is not taken, `rona`'s; what follows a
//! request that found nobody, `patience`'s.

use std::sync::Arc;

use crate::conversation::Conversation;
use crate::deadline::Deadline;
use crate::effect::Push;
use crate::event::{Emitter, Fact};
use crate::explain::{Choice, RUNNERS_UP_MAX, Rule, Standing};
use crate::id::{ConversationId, MrdId, QueueId, TaskId, UserId};
use crate::queue::{Candidate, Fit, Waiting};
use crate::task::{CloseReason, Stage, Task, Wanted};
use crate::time::{At, Span};
use crate::turn::Turn;

impl Turn<'_> {
    /// Offers a waiting request to the best agent there is; whether there is one.
    pub fn seek_agent(&mut self, conversation: ConversationId, task: TaskId) -> bool {
        let Some(waiting) = self.state.task(conversation, task).filter(|task| task.stage == Stage::Queued)
        else {
            return false;
        };
        let choice = self.choose(waiting);
        match choice {
            Some(choice) => {
                self.offer(conversation, task, choice);
                true
            }
            None => {
                self.nobody_now(conversation, task);
                false
            }
        }
    }

    /// The agent a request should be offered to now. Those who passed on it come last.
    fn choose(&self, task: &Task) -> Option<Choice> {
        let seats = self.state.conversation(task.conversation)?;
        if let Some((agent, rule)) = wanted_first(task)
            && let Some(chosen) = self.standing(agent, task)
            && seats.participant(agent).is_none()
        {
            return Some(Choice { rule, chosen, runners_up: Vec::new() });
        }
        let mut free = self
            .state
            .queues
            .candidates(task)
            .filter(|free| seats.participant(free.agent).is_none() && task.may_go_to(free.agent));
        let mut passed = Vec::new();
        let chosen = free.by_ref().find(|free| {
            let fresh = task.passed_by.is_empty() || !task.passed_by.contains(&free.agent);
            if !fresh {
                passed.push(*free);
            }
            fresh
        });
        if let Some(chosen) = chosen {
            let runners_up = free.take(RUNNERS_UP_MAX).map(Standing::from).collect();
            return Some(Choice { rule: task.selection.into(), chosen: chosen.into(), runners_up });
        }
        // Who passed on it is spared it as long as something else waits for him.
        let has_nothing_else =
            |free: &&Candidate| self.best_request(free.agent).is_some_and(|best| best.task == task.id);
        let chosen = passed.into_iter().find(has_nothing_else)?;
        Some(Choice { rule: Rule::NobodyElse, chosen: chosen.into(), runners_up: Vec::new() })
    }

    /// How an agent stands who is asked for by name; `None` when he cannot be asked now.
    fn standing(&self, agent: UserId, task: &Task) -> Option<Standing> {
        let record = self.state.agents.get(&agent).filter(|record| record.is_available(task.mrd))?;
        let domain = record.mrd(task.mrd)?;
        Some(Standing {
            agent,
            step: None,
            load_permille: domain.load_permille(),
            since: domain.idle_since(),
        })
    }

    /// What happens to a request at once when nobody is free. An ordinary one waits.
    fn nobody_now(&mut self, id: ConversationId, task: TaskId) {
        let Some(waiting) = self.state.task(id, task) else { return };
        match waiting.wanted {
            Some(Wanted::Only { .. }) => self.named_agent_unavailable(id, task),
            _ if self.is_pointless(waiting) => self.give_up_unstaffed(id, task),
            Some(Wanted::First(_)) => {
                if let Some(mut conversation) = self.take_to_change(id) {
                    let waiting = conversation.tasks.iter_mut().find(|candidate| candidate.id == task);
                    waiting.into_iter().for_each(|task| task.wanted = None);
                    self.put_back(conversation);
                }
            }
            None => {}
        }
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
        self.state.queues.best_request(agent, |waiting| {
            let Some(seats) = self.state.conversation(waiting.conversation) else { return Fit::No };
            let task = seats.tasks.iter().find(|task| task.id == waiting.task);
            match task {
                Some(task) if seats.participant(agent).is_some() || !task.may_go_to(agent) => Fit::No,
                Some(task) if task.passed_by.contains(&agent) => Fit::Last,
                Some(_) => Fit::Yes,
                None => Fit::No,
            }
        })
    }

    fn offer(&mut self, id: ConversationId, task: TaskId, choice: Choice) {
        let Some(mut conversation) = self.take_to_change(id) else { return };
        let Some(offered) = conversation.tasks.iter_mut().find(|candidate| candidate.id == task) else {
            self.put_back(conversation);
            return;
        };
        let agent = choice.chosen.agent;
        self.state.queues.dequeue(offered);
        let until = self.now + Span::secs(u64::from(offered.ring_secs));
        offered.stage = Stage::Offered { agent, until };
        offered.moments.offered_at = Some(self.now);
        self.state.queues.ring(agent, offered);
        let offered = offered.clone();
        self.count_rung(&conversation, &offered, agent);
        self.state.deadlines.set(Deadline::Ring(id, task), None, Some(until));
        if let Some(agent) = self.state.agents.get_mut(&agent) {
            agent.offer = Some(task);
        }
        self.interrupt_others(agent, offered.mrd);
        self.place_agent(agent);
        let fact =
            Fact::AgentReserved { task: Box::new(offered.clone()), agent, choice: Some(Box::new(choice)) };
        self.record(&conversation, Some(offered.session), Emitter::System, fact);
        let scene = self.scene(&conversation, Some(offered.session));
        self.push(agent, Push::Offer { task: Arc::new(offered), scene });
        self.put_back(conversation);
    }

    /// A further step of the queue opens: more agents may serve.
    pub fn step_over(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take_to_change(id) else { return };
        if let Some(waiting) = conversation.tasks.iter_mut().find(|candidate| candidate.id == task) {
            let queued = waiting.stage == Stage::Queued;
            if queued {
                self.state.queues.dequeue(waiting);
            }
            waiting.steps_open = waiting.steps_open.saturating_add(1);
            waiting.next_step_at = None;
            waiting.next_step_at = self.next_step_of(waiting);
            self.state.deadlines.set(Deadline::Step(id, task), None, waiting.next_step_at);
            if queued {
                self.state.queues.enqueue(waiting);
                self.seeking.insert((id, task));
            }
        }
        self.put_back(conversation);
    }

    /// A queue asks for other people: those of them who are free look at what waits there, and steps that were added
    /// open in their time.
    pub fn ask_changed_queue(&mut self, queue: QueueId) {
        let waiting: Vec<Waiting> = self.state.queues.waiting(queue).copied().collect();
        if !waiting.is_empty() {
            self.free.extend(self.state.queues.available_agents(queue));
        }
        for Waiting { conversation, task, .. } in waiting {
            self.set_next_step(conversation, task);
        }
    }

    fn set_next_step(&mut self, id: ConversationId, task: TaskId) {
        let next = |task: &Task| (task.next_step_at, self.next_step_of(task));
        let Some((former, next)) =
            self.state.task(id, task).map(next).filter(|(former, next)| former != next)
        else {
            return;
        };
        let Some(mut conversation) = self.take_to_change(id) else { return };
        if let Some(waiting) = conversation.tasks.iter_mut().find(|candidate| candidate.id == task) {
            waiting.next_step_at = next;
            self.state.deadlines.set(Deadline::Step(id, task), former, next);
        }
        self.put_back(conversation);
    }

    /// When the next step of its queue opens for a request: as it was set, else in the time of the step before it.
    pub fn next_step_of(&self, task: &Task) -> Option<At> {
        let queue = task.queue.and_then(|queue| self.state.registry.queue(queue))?;
        let (steps, open) = (&queue.value.steps, usize::from(task.steps_open));
        let last_open = steps.get(open.saturating_sub(1)).filter(|_| open < steps.len())?;
        let in_its_time = self.now + Span::secs(u64::from(last_open.timeout_secs));
        Some(task.next_step_at.unwrap_or(in_its_time))
    }

    /// Ends every search of a conversation.
    pub fn cancel_requests(&mut self, conversation: &mut Conversation, reason: CloseReason) {
        let waiting: Vec<Task> = conversation.waiting_tasks().cloned().collect();
        for task in waiting {
            self.end_search(conversation, &task, reason);
        }
    }

    /// Ends one search.
    pub fn cancel_request(&mut self, conversation: &mut Conversation, task: TaskId, reason: CloseReason) {
        let waiting = conversation.waiting_tasks().find(|waiting| waiting.id == task).cloned();
        if let Some(waiting) = waiting {
            self.end_search(conversation, &waiting, reason);
        }
    }

    pub fn end_search(&mut self, conversation: &mut Conversation, task: &Task, reason: CloseReason) {
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
        let works = matches!(former, Stage::Active { .. } | Stage::WrapUp { .. });
        let handled = task.answered_at.filter(|_| works && !task.direction.is_supervision());
        self.state.queues.end(&task, handled.map(|answered| self.now.since(answered)));
        match former {
            Stage::Active { agent } if !task.direction.is_supervision() => self.end_work(agent, task.mrd),
            Stage::WrapUp { agent, until, fills_place } => {
                self.state.deadlines.set(Deadline::WrapUp(conversation.id, id), Some(until), None);
                if fills_place {
                    self.end_work(agent, task.mrd);
                }
            }
            Stage::Active { .. } | Stage::Queued | Stage::Offered { .. } | Stage::Closed { .. } => {}
        }
        self.count_closed(conversation, &task, former, reason);
        let session = task.session;
        let fact = Fact::TaskChanged { task: Box::new(task) };
        self.record(conversation, Some(session), Emitter::System, fact);
        trim_closed(&mut conversation.tasks);
    }

    /// An agent takes on work of a domain, if he has room for it.
    pub fn begin_work(&mut self, agent: UserId, mrd: MrdId) -> bool {
        let now = self.now;
        let Some(domain) = self.state.agents.get_mut(&agent).and_then(|record| record.mrd_mut(mrd)) else {
            return false;
        };
        if domain.active >= domain.max_tasks {
            return false;
        }
        let changed = domain.task_started(now);
        self.busier.insert((agent, mrd));
        self.place_agent(agent);
        if changed {
            self.show_presence(agent, true, false, vec![mrd]);
        }
        true
    }

    /// Adds a task an agent is at already.
    pub fn begin_task(&mut self, conversation: &mut Conversation, task: Task) {
        self.state.queues.begin(&task);
        if let Some(agent) = task.worker() {
            self.count_begun(conversation, &task, agent);
        }
        let fact = Fact::TaskChanged { task: Box::new(task.clone()) };
        let session = task.session;
        conversation.tasks.push(task);
        self.record(conversation, Some(session), Emitter::System, fact);
    }

    pub fn end_work(&mut self, agent: UserId, mrd: MrdId) {
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
        self.lift_interruptions(agent);
    }
}

/// Whom a request asks for before anybody else. An agent who passed on it is not asked first again.
fn wanted_first(task: &Task) -> Option<(UserId, Rule)> {
    match task.wanted? {
        Wanted::First(agent) => Some((agent, Rule::LastAgent)),
        Wanted::Only { agent, .. } => Some((agent, Rule::NamedAgent)),
    }
}

/// Closed tasks kept with a live conversation, those somebody served above others: it is found by them once it is
/// closed. The log has them all.
const CLOSED_TASKS_KEPT_MAX: usize = 8;

fn trim_closed(tasks: &mut Vec<Task>) {
    let closed = tasks.iter().filter(|task| task.is_closed()).count();
    let mut surplus = closed.saturating_sub(CLOSED_TASKS_KEPT_MAX);
    for served in [false, true] {
        tasks.retain(|task| {
            let drop = surplus > 0 && task.is_closed() && task.served_by.is_some() == served;
            surplus -= usize::from(drop);
            !drop
        });
    }
}
