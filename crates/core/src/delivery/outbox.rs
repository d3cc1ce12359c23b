//! The live part of the outbox: what is pending, lane by lane, and what may be sent now.
//!
//! Promises: entries of one lane leave one at a time and in order; a connector has at most `in_flight_max`
//! attempts under way; nothing is sent while its breaker is open. Deciding is all that happens here: the engine
//! performs what [`Outbox::pump`] hands out and reports back.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::breaker::{Breaker, BreakerPolicy};
use super::recent::{Figures, Recent};
use super::{Entry, EntryStatus, Lane, Outcome, Receiver, Subject};
use crate::conversation::Session;
use crate::customer::Customer;
use crate::event::{Event, Seq};
use crate::id::{ConversationId, CustomerId};
use crate::time::At;

/// First attempts carry their event along; when a lane is longer than this, later entries are read from the
/// store instead, so that a dead endpoint does not fill the memory.
const EVENTS_KEPT_PER_LANE_MAX: usize = 4;

/// What a connector can do at once, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePolicy {
    pub in_flight_max: usize,
    pub breaker: BreakerPolicy,
}

impl Default for LinePolicy {
    fn default() -> Self {
        Self { in_flight_max: 64, breaker: BreakerPolicy::default() }
    }
}

/// One attempt to make now.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispatch {
    pub entry: Entry,
    /// `None` when it has to be read from the store.
    pub event: Option<Arc<Event>>,
    pub party: Option<Party>,
}

/// Whose session a lane serves.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    pub session: Arc<Session>,
    pub customer: Arc<Customer>,
}

#[derive(Debug, Default)]
pub struct Outbox {
    pending: HashMap<Seq, Pending>,
    lanes: HashMap<Lane, Queue>,
    lines: BTreeMap<Receiver, Line>,
}

#[derive(Debug)]
struct Pending {
    entry: Entry,
    event: Option<Arc<Event>>,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Seq>,
    party: Option<Party>,
    in_flight: bool,
}

#[derive(Debug, Default)]
struct Line {
    /// Heads of lanes by the moment they may be tried.
    heads: BTreeSet<(At, Seq)>,
    /// Everything pending, heads and the rest.
    waiting: BTreeSet<Seq>,
    in_flight: usize,
    breaker: Breaker,
    recent: Recent,
}

/// A connector's line as operators see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineStatus {
    pub to: Receiver,
    pub waiting: usize,
    pub in_flight: usize,
    pub breaker: Breaker,
}

impl Outbox {
    /// Adds a pending entry behind whatever its lane holds.
    pub fn push(&mut self, entry: Entry, event: Option<Arc<Event>>, party: Option<Party>) {
        let EntryStatus::Pending { due } = entry.status else {
            debug_assert!(false, "only pending entries wait");
            return;
        };
        let lane = self.lanes.entry(entry.lane).or_default();
        lane.party = party.or(lane.party.take());
        let event = event.filter(|_| lane.entries.len() < EVENTS_KEPT_PER_LANE_MAX);
        lane.entries.push_back(entry.seq);
        let line = self.lines.entry(entry.to).or_default();
        line.waiting.insert(entry.seq);
        if lane.entries.len() == 1 {
            line.heads.insert((due, entry.seq));
        }
        self.pending.insert(entry.seq, Pending { entry, event });
    }

    #[must_use]
    pub fn entry(&self, seq: Seq) -> Option<&Entry> {
        self.pending.get(&seq).map(|pending| &pending.entry)
    }

    /// The entry under way in a lane's head position, were it sent.
    #[must_use]
    pub fn is_in_flight(&self, seq: Seq) -> bool {
        self.pending.get(&seq).is_some_and(|pending| {
            self.lanes
                .get(&pending.entry.lane)
                .is_some_and(|lane| lane.in_flight && lane.entries.front() == Some(&seq))
        })
    }

    /// Takes everything a connector may be sent now.
    pub fn pump(&mut self, to: Receiver, now: At, policy: &LinePolicy) -> Vec<Dispatch> {
        let mut out = Vec::new();
        let Some(line) = self.lines.get_mut(&to) else { return out };
        while line.in_flight < policy.in_flight_max {
            let Some(&(due, seq)) = line.heads.first() else { break };
            if due > now || !line.breaker.admit(now) {
                break;
            }
            line.heads.pop_first();
            line.in_flight += 1;
            let pending = self.pending.get_mut(&seq).expect("a head is pending");
            let lane = self.lanes.get_mut(&pending.entry.lane).expect("a head has a lane");
            lane.in_flight = true;
            out.push(Dispatch {
                entry: pending.entry.clone(),
                event: pending.event.take(),
                party: lane.party.clone(),
            });
        }
        out
    }

    /// Whether nothing is sent to a receiver now, because it failed too often.
    #[must_use]
    pub fn is_spared(&self, to: Receiver, now: At) -> bool {
        match self.lines.get(&to).map(|line| line.breaker) {
            None | Some(Breaker::Closed { .. }) => false,
            Some(Breaker::Open { until, .. }) => until > now,
            Some(Breaker::Probing { .. }) => true,
        }
    }

    /// When [`Self::pump`] has something new to give, if nothing else happens.
    #[must_use]
    pub fn next_due(&self, to: Receiver, policy: &LinePolicy) -> Option<At> {
        let line = self.lines.get(&to)?;
        let (due, _) = line.heads.first()?;
        match line.breaker {
            _ if line.in_flight >= policy.in_flight_max => None,
            Breaker::Probing { .. } => None,
            Breaker::Open { until, .. } => Some(until.max(*due)),
            Breaker::Closed { .. } => Some(*due),
        }
    }

    /// An attempt ended; tells the connector's breaker.
    pub fn landed(&mut self, seq: Seq, succeeded: bool, now: At, policy: &LinePolicy) {
        let Some(pending) = self.pending.get(&seq) else { return };
        let Some(lane) = self.lanes.get_mut(&pending.entry.lane).filter(|lane| lane.in_flight) else {
            return;
        };
        lane.in_flight = false;
        let line = self.lines.entry(pending.entry.to).or_default();
        line.in_flight = line.in_flight.saturating_sub(1);
        if succeeded {
            line.breaker.succeeded();
        } else {
            line.breaker.failed(now, &policy.breaker);
        }
    }

    /// Counts an attempt among the recent ones.
    pub fn count(&mut self, to: Receiver, now: At, status: Option<u16>, duration_ms: u32, outcome: &Outcome) {
        self.lines.entry(to).or_default().recent.note(now, status, duration_ms, outcome);
    }

    /// What recent attempts came to.
    #[must_use]
    pub fn figures(&self, to: Receiver, now: At) -> Figures {
        self.lines.get(&to).map(|line| line.recent.figures(now)).unwrap_or_default()
    }

    /// The head stays and is tried again at `due`.
    pub fn postpone(&mut self, seq: Seq, attempts: u32, due: At) -> Option<Entry> {
        let pending = self.pending.get_mut(&seq)?;
        let former = std::mem::replace(&mut pending.entry.status, EntryStatus::Pending { due });
        pending.entry.attempts = attempts;
        let line = self.lines.entry(pending.entry.to).or_default();
        if let EntryStatus::Pending { due: former } = former {
            line.heads.remove(&(former, seq));
        }
        line.heads.insert((due, seq));
        Some(pending.entry.clone())
    }

    /// Takes an entry out with its final status; the next of its lane moves up.
    pub fn settle(&mut self, seq: Seq, attempts: u32, status: EntryStatus) -> Option<Entry> {
        let mut pending = self.pending.remove(&seq)?;
        let line = self.lines.entry(pending.entry.to).or_default();
        line.waiting.remove(&seq);
        if let EntryStatus::Pending { due } = pending.entry.status {
            line.heads.remove(&(due, seq));
        }
        let lane = self.lanes.get_mut(&pending.entry.lane).expect("a pending entry has a lane");
        let was_head = lane.entries.front() == Some(&seq);
        if was_head && lane.in_flight {
            lane.in_flight = false;
            line.in_flight = line.in_flight.saturating_sub(1);
            line.breaker.forgotten();
        }
        lane.entries.retain(|waiting| *waiting != seq);
        match lane.entries.front() {
            Some(next) if was_head => {
                let next = self.pending.get(next).expect("a waiting entry is pending");
                if let EntryStatus::Pending { due } = next.entry.status {
                    // Of another connector when the channel has moved to it meanwhile.
                    let line = self.lines.entry(next.entry.to).or_default();
                    line.heads.insert((due, next.entry.seq));
                }
            }
            Some(_) => {}
            None => {
                self.lanes.remove(&pending.entry.lane);
            }
        }
        pending.entry.attempts = attempts;
        pending.entry.status = status;
        Some(pending.entry)
    }

    /// Pending entries of a lane, oldest first.
    pub fn lane(&self, lane: Lane) -> impl Iterator<Item = Seq> + '_ {
        self.lanes.get(&lane).into_iter().flat_map(|queue| queue.entries.iter().copied())
    }

    /// Pending entries that tell about a customer.
    #[must_use]
    pub fn of_customer(&self, customer: CustomerId) -> Vec<Seq> {
        let mut seqs: Vec<Seq> = self
            .pending
            .values()
            .filter(|pending| {
                matches!(pending.entry.subject, Subject::Event { customer: about, .. } if about == customer)
            })
            .map(|pending| pending.entry.seq)
            .collect();
        seqs.sort_unstable();
        seqs
    }

    /// What is pending about a conversation is about another customer from now on. Returns the entries, oldest first.
    pub fn rehome(&mut self, conversation: ConversationId, to: &Arc<Customer>) -> Vec<Entry> {
        let mut rehomed = Vec::new();
        for Pending { entry, .. } in self.pending.values_mut() {
            if let Subject::Event { conversation: of, customer, .. } = &mut entry.subject
                && *of == conversation
            {
                *customer = to.id;
                if let Some(party) = self.lanes.get_mut(&entry.lane).and_then(|lane| lane.party.as_mut()) {
                    party.customer = Arc::clone(to);
                }
                rehomed.push(entry.clone());
            }
        }
        rehomed.sort_unstable_by_key(|entry| entry.seq);
        rehomed
    }

    /// Pending entries of a connector up to a cursor, oldest first.
    #[must_use]
    pub fn up_to(&self, to: Receiver, cursor: Seq) -> Vec<Seq> {
        self.lines.get(&to).map(|line| line.waiting.range(..=cursor).copied().collect()).unwrap_or_default()
    }

    /// The entry a connector has owed longest.
    #[must_use]
    pub fn oldest(&self, to: Receiver) -> Option<&Entry> {
        self.entry(*self.lines.get(&to)?.waiting.first()?)
    }

    #[must_use]
    pub fn status(&self, to: Receiver) -> LineStatus {
        let line = self.lines.get(&to);
        LineStatus {
            to,
            waiting: line.map_or(0, |line| line.waiting.len()),
            in_flight: line.map_or(0, |line| line.in_flight),
            breaker: line.map_or_else(Breaker::default, |line| line.breaker),
        }
    }

    pub fn receivers(&self) -> impl Iterator<Item = Receiver> + '_ {
        self.lines.keys().copied()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.pending.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }
}
