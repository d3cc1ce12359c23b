//! What came of it: waits, abandonment, service level, and the load of each agent.

use std::collections::{BTreeMap, HashMap};

use crate::id::{QueueId, UserId};
use crate::registry::Registry;
use crate::report::{Counts, Ending, FinishedTask, Measure, of_search, of_work, service_level, threshold};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub total: QueueSummary,
    pub queues: BTreeMap<QueueId, QueueSummary>,
    pub agents: BTreeMap<UserId, AgentSummary>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueSummary {
    /// Counted as statistics count.
    pub counts: Counts,
    /// Of requests that were answered.
    pub waits: Waits,
    met: u64,
    of: u64,
}

/// Milliseconds; `None` when nobody was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waits {
    pub mean_ms: Option<u64>,
    pub half_ms: Option<u64>,
    /// Nine of ten waited no longer.
    pub nine_tenths_ms: Option<u64>,
    pub longest_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgentSummary {
    pub handled: u64,
    pub handle_ms: u64,
    /// Rang at him and was not taken.
    pub missed: u64,
}

impl Summary {
    /// Of finished tasks, by the service levels of a registry.
    #[must_use]
    pub fn of(tasks: &[FinishedTask], registry: &Registry) -> Self {
        let mut summary = Self::default();
        let mut waits: HashMap<Option<QueueId>, Vec<u64>> = HashMap::new();
        for task in tasks {
            summary.add_agent(task);
            let mut counts = of_work(task);
            if let Some(search) = task.search() {
                counts.join(&of_search(&search, threshold(registry, task.queue)));
                if task.answered_at.is_some() {
                    let waited = search.ended_at.since(search.queued_at).as_millis();
                    waits.entry(None).or_default().push(waited);
                    waits.entry(task.queue).or_default().push(waited);
                }
            }
            let known = task.queue.and_then(|queue| registry.queue(queue));
            let kind = known.map_or(1, |queue| queue.value.service_level_type);
            let (met, of) = service_level(kind, &counts);
            let queue = task.queue.map(|queue| summary.queues.entry(queue).or_default());
            for sums in queue.into_iter().chain([&mut summary.total]) {
                sums.counts.join(&counts);
                sums.met += met;
                sums.of += of;
            }
        }
        for (queue, waits) in waits {
            let sums = match queue {
                None => &mut summary.total,
                Some(queue) => summary.queues.entry(queue).or_default(),
            };
            sums.waits = Waits::of(waits);
        }
        summary
    }

    fn add_agent(&mut self, task: &FinishedTask) {
        let Some(agent) = task.agent else { return };
        let sums = self.agents.entry(agent).or_default();
        if let Some(answered) = task.answered_at {
            sums.handled += 1;
            sums.handle_ms += task.closed_at.since(answered).as_millis();
        } else if task.ending == Ending::Rona {
            sums.missed += 1;
        }
    }
}

impl QueueSummary {
    /// In thousandths; `None` when nothing was offered.
    #[must_use]
    pub fn service_level_permille(&self) -> Option<u64> {
        (self.met * 1000).checked_div(self.of)
    }

    /// Requests that were not merely handed from one agent to the next.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.counts.get(Measure::Offered).saturating_sub(self.counts.get(Measure::NotTaken))
    }
}

impl Waits {
    fn of(mut waits: Vec<u64>) -> Self {
        waits.sort_unstable();
        let rank = |tenths: usize| waits.get((waits.len() * tenths).div_ceil(10).saturating_sub(1)).copied();
        let sum: u64 = waits.iter().sum();
        Self {
            mean_ms: sum.checked_div(waits.len() as u64),
            half_ms: rank(5),
            nine_tenths_ms: rank(9),
            longest_ms: waits.last().copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_ranked() {
        for (waits, expected) in [
            (vec![], (None, None, None, None)),
            (vec![7], (Some(7), Some(7), Some(7), Some(7))),
            ((1..=10).rev().collect(), (Some(5), Some(5), Some(9), Some(10))),
            (vec![1, 2, 3], (Some(2), Some(2), Some(3), Some(3))),
        ] {
            let of = Waits::of(waits.clone());
            let told = (of.mean_ms, of.half_ms, of.nine_tenths_ms, of.longest_ms);
            assert_eq!(told, expected, "{waits:?}");
        }
    }
}
