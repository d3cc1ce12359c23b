//! How long it may take: a customer's position in his queue, and the wait that follows from it.
//!
//! Positions are counted for a whole queue at once, at most every [`ROUND`], and only when a channel wants its
//! customers told. What has not changed is not told again.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::conversation::Conversation;
use crate::deadline::Deadline;
use crate::event::{Emitter, Fact};
use crate::id::{ConversationId, QueueId, TaskId};
use crate::registry::Queue;
use crate::report::{Counts, Measure, Subject, Tallies};
use crate::state::State;
use crate::task::{Direction, Mode, Stage, Task};
use crate::time::{At, Span};
use crate::turn::Turn;

/// Time between two announcements to the customers of a queue.
const ROUND: Span = Span::secs(15);
/// How soon the first customer of a queue is told.
const FIRST: Span = Span::secs(1);
/// Positions that are announced. Who stands further back hears when he comes within; a round writes no more.
const POSITIONS_MAX: usize = 100;
/// How long an agent is taken to hold a task before a queue knows better.
const HANDLING_UNKNOWN: Span = Span::secs(300);
/// Weight of the newest task in a queue's handling time, as one part in this many.
const SMOOTHING: u64 = 8;

/// What a customer is told about his wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// 1 is served next.
    pub position: u32,
    pub wait_secs: u32,
}

impl Estimate {
    /// `position × handling time ÷ tasks the agents at work can hold`, rounded up and kept within the queue's bounds.
    #[must_use]
    pub fn of(position: u32, handling: Span, capacity: u64, queue: &Queue) -> Self {
        let millis = handling.as_millis().saturating_mul(position.into()).div_ceil(capacity.max(1));
        let secs = u32::try_from(millis.div_ceil(1000)).unwrap_or(u32::MAX);
        let (min, max) = (queue.ewt_min_secs.unwrap_or(0), queue.ewt_max_secs.unwrap_or(u32::MAX));
        Self { position, wait_secs: secs.max(min).min(max) }
    }
}

/// A handling time with one more task in it; the newer, the heavier.
#[must_use]
pub fn smoothed(former: Option<Span>, newest: Span) -> Span {
    former.map_or(newest, |former| {
        Span::millis((former.as_millis() * (SMOOTHING - 1) + newest.as_millis()) / SMOOTHING)
    })
}

impl Turn<'_> {
    /// Sees to it that a queue announces its waits when this request's customer is to be told.
    pub fn announce_waits_of(&mut self, task: &Task, conversation: &Conversation) {
        let Some(queue) = task.queue.filter(|_| wants_estimate(self.state, task, conversation)) else {
            return;
        };
        if self.state.queues.estimate_due(queue).is_none() {
            self.state.set_estimate_due(queue, Some(self.now + FIRST));
        }
    }

    /// Tells the customers of a queue where they stand.
    pub fn estimate_waits(&mut self, id: QueueId) {
        self.state.queues.set_estimate_due(id, None);
        let Some(queue) = self.state.registry.queue(id).map(Arc::clone) else { return };
        let handling = self.state.queues.handling(id).unwrap_or(HANDLING_UNKNOWN);
        let capacity = self.state.queues.capacity(id);
        let mut anybody = self.state.queues.length(id) > POSITIONS_MAX;
        let mut changed = Vec::new();
        for (waiting, position) in self.state.queues.waiting(id).zip(1..).take(POSITIONS_MAX) {
            let Some(conversation) = self.state.conversation(waiting.conversation) else { continue };
            let Some(task) = conversation.tasks.iter().find(|task| task.id == waiting.task) else { continue };
            if !wants_estimate(self.state, task, conversation) {
                continue;
            }
            anybody = true;
            let estimate = Estimate::of(position, handling, capacity, &queue.value);
            if task.told != Some(estimate) {
                changed.push((waiting.conversation, waiting.task, estimate));
            }
        }
        if anybody {
            self.state.set_estimate_due(id, Some(self.now + ROUND));
        }
        for (conversation, task, estimate) in changed {
            self.tell_estimate(conversation, task, estimate);
        }
    }

    fn tell_estimate(&mut self, id: ConversationId, task: TaskId, estimate: Estimate) {
        let Some(mut conversation) = self.take_to_change(id) else { return };
        let session = conversation.tasks.iter_mut().find(|candidate| candidate.id == task).map(|task| {
            task.told = Some(estimate);
            task.session
        });
        if let Some(session) = session {
            let fact = Fact::WaitEstimated { task, estimate };
            let event = self.record(&conversation, Some(session), Emitter::System, fact);
            self.tell_connector(&mut conversation, session, &event);
        }
        self.put_back(conversation);
    }
}

impl State {
    pub(crate) fn set_estimate_due(&mut self, queue: QueueId, due: Option<At>) {
        let former = self.queues.set_estimate_due(queue, due);
        self.deadlines.set(Deadline::Estimates(queue), former, due);
    }

    /// Learns how long requests of each queue took of late, from sums of work that were kept: estimates go on where
    /// they were.
    pub fn recall_handling(&mut self, recent: &Tallies) {
        let mut sums: BTreeMap<QueueId, Counts> = BTreeMap::new();
        for (_, subject, counts) in recent.iter() {
            if let Subject::Work { queue: Some(queue), .. } = subject {
                sums.entry(queue).or_default().join(counts);
            }
        }
        for (queue, work) in sums {
            if let Some(handling) = work.get(Measure::HandleMs).checked_div(work.get(Measure::Handled)) {
                self.queues.set_handling(queue, Span::millis(handling));
            }
        }
    }

    /// Takes announcements up again after a restart.
    pub(crate) fn resume_estimates(&mut self, now: At) {
        let queues: Vec<QueueId> = self
            .conversations()
            .flat_map(|conversation| conversation.tasks.iter().map(move |task| (conversation, task)))
            .filter(|(conversation, task)| {
                task.stage == Stage::Queued && wants_estimate(self, task, conversation)
            })
            .filter_map(|(_, task)| task.queue)
            .collect();
        for queue in queues {
            self.set_estimate_due(queue, Some(now + ROUND));
        }
    }
}

/// Whether the customer who waits is to be told, as the channel he came in on is set up.
fn wants_estimate(state: &State, task: &Task, conversation: &Conversation) -> bool {
    task.direction == Direction::Inbound
        && task.mode == Mode::Queue
        && conversation
            .session(task.session)
            .and_then(|session| state.registry.channel(session.channel))
            .is_some_and(|channel| channel.value.routing.patience.announce_wait)
}
