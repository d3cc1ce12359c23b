//! What has arrived from the hub, and whether it kept its promise: every message, in order, within each session.
//!
//! The hub numbers its messages and names with each the number of the one before it in the same channel session. From
//! that a receiver can tell a message that is late from one that is missing. Works for webhooks and for the feed.
//!
//! Bounds: the last [`IDS_REMEMBERED_MAX`] ids are known again; memory grows with the number of sessions, but a
//! session keeps numbers only while one of its messages is missing.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tieline_cim::{Body, Message, NotificationType};

pub const IDS_REMEMBERED_MAX: usize = 1_000_000;

/// The books of one receiver. Shared by reference; every call is short.
pub struct Ledger {
    scope: Scope,
    books: Mutex<Books>,
}

/// Whose messages are checked.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Messages to other customers are strangers: counted, and left out of everything else.
    pub customers: Option<HashSet<String>>,
    /// Sessions may have had messages before; the first one seen then need not be their first.
    pub joins_midway: bool,
}

/// Where a message stands in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    pub sequence: u64,
    /// 0 for the first of a session.
    pub previous: u64,
}

/// What to do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Fresh,
    /// Seen before; acknowledge it and do nothing.
    Repeat,
    /// To nobody we know; acknowledge it and do nothing.
    Stranger,
}

/// Why something sent to us was turned away or left out on our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// No signature, or one that does not match.
    BadSignature,
    /// Signed too long ago, or in the future.
    StaleTimestamp,
    /// Not a message.
    Unreadable,
    /// We could not take more.
    Overrun,
    /// We misbehaved as told.
    Fault,
}

/// All there is to count. A message that was turned away is not `received`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Repeats included, strangers not.
    pub received: u64,
    /// Of everything that arrived, how much carried a good signature.
    pub verified: u64,
    pub bad_signatures: u64,
    pub stale_timestamps: u64,
    pub unreadable: u64,
    pub overruns: u64,
    pub faults: u64,
    pub duplicates: u64,
    /// Arrived after a later message of the same session.
    pub out_of_order: u64,
    /// Times a message named a predecessor that had not arrived.
    pub gaps: u64,
    /// Predecessors that have still not arrived.
    pub lost: u64,
    /// Without sequence numbers: their order cannot be checked.
    pub unnumbered: u64,
    pub strangers: u64,
    pub configurations: u64,
    pub sessions_started: u64,
    pub sessions_ended: u64,
}

#[derive(Default)]
struct Books {
    tally: Tally,
    ids: HashSet<String>,
    ids_by_age: VecDeque<String>,
    sessions: HashMap<String, Session>,
}

#[derive(Default)]
struct Session {
    last: u64,
    /// Nothing up to this number is missing.
    complete_to: u64,
    /// Arrived beyond `complete_to`.
    arrived: BTreeSet<u64>,
    /// Named by a successor and not arrived.
    missing: BTreeSet<u64>,
    ended: bool,
}

impl Ledger {
    pub fn new(scope: Scope) -> Self {
        Self { scope, books: Mutex::default() }
    }

    /// Books a message that will be acknowledged. `id` is its idempotency key.
    pub fn enter(&self, id: &str, numbers: Option<Numbers>, message: &Message) -> Entry {
        let identifier = &message.header.channel_data.channel_customer_identifier;
        let mut books = self.books();
        if self.scope.customers.as_ref().is_some_and(|known| !known.contains(identifier)) {
            books.tally.strangers += 1;
            return Entry::Stranger;
        }
        books.tally.received += 1;
        if !books.remember(id) {
            books.tally.duplicates += 1;
            return Entry::Repeat;
        }
        let Books { tally, sessions, .. } = &mut *books;
        let key = message.header.channel_session_id.as_ref().unwrap_or(identifier);
        let session = match numbers {
            Some(Numbers { previous, .. }) if self.scope.joins_midway && !sessions.contains_key(key) => {
                let joined = Session { last: previous, complete_to: previous, ..Session::default() };
                sessions.entry(key.clone()).or_insert(joined)
            }
            _ => sessions.entry(key.clone()).or_default(),
        };
        match numbers {
            Some(numbers) => session.place(numbers, tally),
            None => tally.unnumbered += 1,
        }
        match lifecycle(&message.body) {
            Some(NotificationType::ChannelSessionStarted) => tally.sessions_started += 1,
            Some(NotificationType::ChannelSessionEnded | NotificationType::ChannelSessionExpired)
                if !session.ended =>
            {
                session.ended = true;
                tally.sessions_ended += 1;
            }
            _ => {}
        }
        Entry::Fresh
    }

    pub fn mishap(&self, mishap: Mishap) {
        let tally = &mut self.books().tally;
        *match mishap {
            Mishap::BadSignature => &mut tally.bad_signatures,
            Mishap::StaleTimestamp => &mut tally.stale_timestamps,
            Mishap::Unreadable => &mut tally.unreadable,
            Mishap::Overrun => &mut tally.overruns,
            Mishap::Fault => &mut tally.faults,
        } += 1;
    }

    /// A good signature.
    pub fn verified(&self) {
        self.books().tally.verified += 1;
    }

    /// A configuration was pushed.
    pub fn configured(&self) {
        self.books().tally.configurations += 1;
    }

    pub fn tally(&self) -> Tally {
        self.books().tally
    }

    /// Whether the hub has said of each of these sessions that it is over.
    pub fn ended<'a>(&self, mut sessions: impl Iterator<Item = &'a String>) -> bool {
        let books = self.books();
        sessions.all(|id| books.sessions.get(id).is_some_and(|session| session.ended))
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// False if the id is known.
    fn remember(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.ids_by_age.push_back(id.to_owned());
        if self.ids_by_age.len() > IDS_REMEMBERED_MAX
            && let Some(oldest) = self.ids_by_age.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

impl Session {
    fn place(&mut self, Numbers { sequence, previous }: Numbers, tally: &mut Tally) {
        // A hub that names a predecessor older than what it sent last has renumbered: as wrong as being late.
        if sequence <= self.last || previous < self.last.min(self.complete_to) {
            tally.out_of_order += 1;
        }
        if self.missing.remove(&sequence) {
            tally.lost -= 1;
        }
        let known = previous <= self.complete_to || self.arrived.contains(&previous);
        if !known && self.missing.insert(previous) {
            tally.gaps += 1;
            tally.lost += 1;
        }
        self.last = self.last.max(sequence);
        self.arrived.insert(sequence);
        if self.missing.is_empty() {
            self.complete_to = self.last;
            self.arrived.clear();
        }
    }
}

fn lifecycle(body: &Body) -> Option<&NotificationType> {
    if let Body::Notification(notification) = body { notification.notification_type.as_ref() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(session: &str) -> Message {
        let mut message = Message::plain("hello");
        message.header.channel_session_id = Some(session.to_owned());
        message
    }

    /// (out of order, gaps, lost) after messages given as (sequence, previous).
    fn check(scope: Scope, arrivals: &[(u64, u64)], expected: (u64, u64, u64)) {
        let ledger = Ledger::new(scope);
        for (sequence, previous) in arrivals.iter().copied() {
            let numbers = Numbers { sequence, previous };
            assert_eq!(ledger.enter(&sequence.to_string(), Some(numbers), &message("s")), Entry::Fresh);
        }
        let tally = ledger.tally();
        assert_eq!((tally.out_of_order, tally.gaps, tally.lost), expected, "{arrivals:?}");
    }

    #[test]
    fn late_and_missing_messages_are_told_apart() {
        let strict = Scope::default;
        check(strict(), &[(3, 0), (4, 3), (9, 4)], (0, 0, 0));
        check(strict(), &[(3, 0), (9, 4)], (0, 1, 1));
        check(strict(), &[(3, 0), (9, 4), (4, 3)], (1, 1, 0));
        check(strict(), &[(4, 3), (3, 0)], (1, 1, 0));
        check(strict(), &[(4, 3)], (0, 1, 1));
        check(strict(), &[(3, 0), (9, 8), (8, 4), (4, 3)], (2, 2, 0));
        check(strict(), &[(3, 0), (9, 8), (8, 4)], (1, 2, 1));
        check(strict(), &[(3, 0), (9, 4), (12, 9), (4, 3), (13, 12)], (1, 1, 0));
        check(strict(), &[(3, 0), (4, 3), (5, 3)], (1, 0, 0));
        let midway = || Scope { joins_midway: true, ..Scope::default() };
        check(midway(), &[(9, 4), (12, 9)], (0, 0, 0));
        check(midway(), &[(9, 4), (12, 10)], (0, 1, 1));
    }

    #[test]
    fn sessions_are_numbered_apart() {
        let ledger = Ledger::new(Scope::default());
        for (session, sequence, previous) in [("a", 1, 0), ("b", 2, 0), ("a", 3, 1), ("b", 4, 2)] {
            let numbers = Numbers { sequence, previous };
            ledger.enter(&sequence.to_string(), Some(numbers), &message(session));
        }
        assert_eq!(ledger.tally(), Tally { received: 4, ..Tally::default() });
    }

    #[test]
    fn repeats_and_strangers_leave_the_order_alone() {
        let known = Some(HashSet::from([String::new()]));
        let ledger = Ledger::new(Scope { customers: known, joins_midway: false });
        let first = Some(Numbers { sequence: 1, previous: 0 });
        assert_eq!(ledger.enter("a", first, &message("s")), Entry::Fresh);
        assert_eq!(ledger.enter("a", first, &message("s")), Entry::Repeat);
        let mut stranger = message("other");
        stranger.header.channel_data.channel_customer_identifier = "4930123".to_owned();
        assert_eq!(ledger.enter("b", Some(Numbers { sequence: 7, previous: 6 }), &stranger), Entry::Stranger);
        assert_eq!(ledger.enter("c", None, &message("s")), Entry::Fresh);
        let expected = Tally { received: 3, duplicates: 1, strangers: 1, unnumbered: 1, ..Tally::default() };
        assert_eq!(ledger.tally(), expected);
    }
}
