//! Wakes connectors that wait for their event feed to grow, and keeps for a moment what is only worth telling now.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tieline_cim::Message;
use tieline_core::id::ConnectorId;
use tokio::sync::watch;
use tokio::time::Instant;

/// Passing signs kept for one connector; the newest are worth more.
const PASSING_MAX: usize = 256;
/// How long a passing sign is worth telling: longer than a connector takes between two questions.
const PASSING_LIFE: Duration = Duration::from_secs(5);

/// What connectors that read their feed wait for.
#[derive(Default)]
pub struct Feeds {
    waiting: Mutex<HashMap<ConnectorId, Line>>,
}

/// One connector that anybody has waited for.
struct Line {
    /// A change means "look again".
    grown: watch::Sender<u64>,
    passing: VecDeque<(Instant, Message)>,
}

impl Feeds {
    /// Something new stands in the connector's feed.
    pub fn grew(&self, connector: ConnectorId) {
        let mut waiting = self.waiting();
        if let Some(line) = waiting.get_mut(&connector) {
            if line.grown.receiver_count() == 0 {
                waiting.remove(&connector);
            } else {
                line.grown.send_modify(|count| *count += 1);
            }
        }
    }

    /// Leaves a sign of typing for a connector that reads its feed. One that has not asked yet never hears of it.
    pub fn pass(&self, connector: ConnectorId, sign: Message, now: Instant) {
        if let Some(line) = self.waiting().get_mut(&connector) {
            line.forget_before(now);
            if line.passing.len() == PASSING_MAX {
                line.passing.pop_front();
            }
            line.passing.push_back((now, sign));
            line.grown.send_modify(|count| *count += 1);
        }
    }

    /// Signs that are still worth telling; they are given once.
    pub fn passing(&self, connector: ConnectorId, now: Instant) -> Vec<Message> {
        let mut waiting = self.waiting();
        let Some(line) = waiting.get_mut(&connector) else { return Vec::new() };
        line.forget_before(now);
        line.passing.drain(..).map(|(_, sign)| sign).collect()
    }

    /// Subscribe before reading the feed, so that nothing that appears in between is missed.
    pub fn watch(&self, connector: ConnectorId) -> watch::Receiver<u64> {
        let new = || Line { grown: watch::channel(0).0, passing: VecDeque::new() };
        self.waiting().entry(connector).or_insert_with(new).grown.subscribe()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<ConnectorId, Line>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn forget_before(&mut self, now: Instant) {
        self.passing.retain(|(at, _)| now.duration_since(*at) < PASSING_LIFE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tieline_core::id::Id;

    const CONNECTOR: ConnectorId = ConnectorId(Id([7; 12]));

    fn sign(id: &str) -> Message {
        Message { id: Some(id.to_owned()), ..Message::default() }
    }

    fn told(feeds: &Feeds, now: Instant) -> Vec<String> {
        feeds.passing(CONNECTOR, now).into_iter().filter_map(|sign| sign.id).collect()
    }

    #[test]
    fn passing_signs_are_told_once_and_only_while_they_are_fresh() {
        let (feeds, now) = (Feeds::default(), Instant::now());
        feeds.pass(CONNECTOR, sign("nobody has asked"), now);
        let waiting = feeds.watch(CONNECTOR);
        assert_eq!(told(&feeds, now), [""; 0]);
        feeds.pass(CONNECTOR, sign("1"), now);
        feeds.pass(CONNECTOR, sign("2"), now);
        assert!(waiting.has_changed().unwrap());
        assert_eq!(told(&feeds, now), ["1", "2"]);
        assert_eq!(told(&feeds, now), [""; 0]);
        feeds.pass(CONNECTOR, sign("3"), now);
        let later = now + PASSING_LIFE;
        feeds.pass(CONNECTOR, sign("4"), later);
        assert_eq!(told(&feeds, later), ["4"]);
        for n in 0..PASSING_MAX + 10 {
            feeds.pass(CONNECTOR, sign(&n.to_string()), later);
        }
        let kept = told(&feeds, later);
        assert_eq!((kept.len(), kept.last().map(String::as_str)), (PASSING_MAX, Some("265")));
    }
}
