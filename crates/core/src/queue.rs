//! Waiting requests and available agents, kept in the order they are to be served.
//!
//! Both sides are ordered sets per queue, so finding the best agent for a request, or the best request for an
//! agent, looks at the first few of a set however many wait.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::agent::Agent;
use crate::id::{ConversationId, MrdId, QueueId, TaskId, UserId};
use crate::registry::Registry;
use crate::task::Task;
use crate::time::At;

#[derive(Debug, Default)]
pub struct Queues {
    waiting: BTreeMap<QueueId, BTreeSet<Waiting>>,
    available: BTreeMap<QueueId, BTreeSet<Candidate>>,
    /// Where each available agent stands.
    places: HashMap<UserId, Vec<(QueueId, Candidate)>>,
    /// Which queues an agent may serve, and from which step on. Forgotten when the registry changes.
    memberships: HashMap<UserId, Vec<Membership>>,
}

/// First served first: priority, then age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    priority: Reverse<u8>,
    since: At,
    pub task: TaskId,
    pub conversation: ConversationId,
    steps_open: u16,
}

/// First chosen first: narrowest step, least loaded, longest ready (never ready counts as longest).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    step: u16,
    load_permille: u32,
    ready_since: Option<At>,
    agent: UserId,
}

#[derive(Debug, Clone, Copy)]
struct Membership {
    queue: QueueId,
    mrd: MrdId,
    step: u16,
}

impl Queues {
    pub fn enqueue(&mut self, task: &Task) {
        if let Some(queue) = task.queue {
            self.waiting.entry(queue).or_default().insert(Waiting::of(task));
        }
    }

    pub fn dequeue(&mut self, task: &Task) {
        if let Some(queue) = task.queue
            && let Some(waiting) = self.waiting.get_mut(&queue)
        {
            waiting.remove(&Waiting::of(task));
            if waiting.is_empty() {
                self.waiting.remove(&queue);
            }
        }
    }

    /// Puts an agent where his present state says.
    pub fn place(&mut self, agent: &Agent, registry: &Registry) {
        self.remove(agent.id);
        let memberships =
            self.memberships.entry(agent.id).or_insert_with(|| memberships(agent.id, registry)).as_slice();
        let mut places = Vec::new();
        for membership in memberships.iter().filter(|membership| agent.is_available(membership.mrd)) {
            let Some(mrd) = agent.mrd(membership.mrd) else { continue };
            let candidate = Candidate {
                step: membership.step,
                load_permille: u32::from(mrd.active) * 1000 / u32::from(mrd.max_tasks.max(1)),
                ready_since: mrd.last_ready_at,
                agent: agent.id,
            };
            self.available.entry(membership.queue).or_default().insert(candidate);
            places.push((membership.queue, candidate));
        }
        if !places.is_empty() {
            self.places.insert(agent.id, places);
        }
    }

    pub fn remove(&mut self, agent: UserId) {
        for (queue, candidate) in self.places.remove(&agent).unwrap_or_default() {
            if let Some(available) = self.available.get_mut(&queue) {
                available.remove(&candidate);
                if available.is_empty() {
                    self.available.remove(&queue);
                }
            }
        }
    }

    /// Queues or people changed: who may serve what is worked out again when next asked.
    pub fn forget_memberships(&mut self) {
        self.memberships.clear();
    }

    /// The agent a request should be offered to now. Those who passed on it come last.
    #[must_use]
    pub fn best_agent(&self, task: &Task, may_join: impl Fn(UserId) -> bool) -> Option<UserId> {
        let mut passed = None;
        for candidate in self.available.get(&task.queue?)? {
            if candidate.step >= task.steps_open {
                break;
            }
            if !may_join(candidate.agent) {
                continue;
            }
            if !task.passed_by.contains(&candidate.agent) {
                return Some(candidate.agent);
            }
            passed = passed.or(Some(candidate.agent));
        }
        passed
    }

    /// The request an agent could be offered now, over all his queues.
    #[must_use]
    pub fn best_request(&self, agent: UserId, may_join: impl Fn(ConversationId) -> bool) -> Option<Waiting> {
        let best_of = |(queue, candidate): &(QueueId, Candidate)| {
            let mut waiting = self.waiting.get(queue)?.iter();
            waiting
                .find(|waiting| candidate.step < waiting.steps_open && may_join(waiting.conversation))
                .copied()
        };
        self.places.get(&agent)?.iter().filter_map(best_of).min()
    }

    /// The waiting requests of a queue, in the order they will be served.
    pub fn waiting(&self, queue: QueueId) -> impl Iterator<Item = &Waiting> {
        self.waiting.get(&queue).into_iter().flatten()
    }

    /// Agents who could be offered something in a queue now.
    #[must_use]
    pub fn available(&self, queue: QueueId) -> usize {
        self.available.get(&queue).map_or(0, BTreeSet::len)
    }
}

impl Waiting {
    const fn of(task: &Task) -> Self {
        Self {
            priority: Reverse(task.priority),
            since: task.enqueued_at,
            task: task.id,
            conversation: task.conversation,
            steps_open: task.steps_open,
        }
    }
}

fn memberships(agent: UserId, registry: &Registry) -> Vec<Membership> {
    let Some(user) = registry.user(agent) else { return Vec::new() };
    registry
        .queues()
        .filter_map(|queue| {
            let step = queue.value.first_step_for(&user.value)?;
            Some(Membership {
                queue: queue.value.id,
                mrd: queue.value.mrd,
                step: u16::try_from(step).unwrap_or(u16::MAX),
            })
        })
        .collect()
}
