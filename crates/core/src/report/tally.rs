//! Sums of a quarter of an hour, by what they are about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::measure::{Counts, Measure};
use crate::agent::MrdState;
use crate::id::{ChannelId, Id, MrdId, QueueId, UserId};
use crate::time::{At, Span};

/// What is summed up together.
pub const INTERVAL: Span = Span::secs(15 * 60);

/// Intervals one stretch of time is spread over at most, a week; what lies before them is not counted.
const STRETCH_INTERVALS_MAX: u64 = 7 * 24 * 4;

/// A quarter of an hour, by the moment it begins. All of them begin at full quarters of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Interval(At);

impl Interval {
    #[must_use]
    pub fn of(at: At) -> Self {
        let length = i64::try_from(INTERVAL.as_millis()).unwrap_or(i64::MAX);
        Self(At::from_millis(at.millis().div_euclid(length).saturating_mul(length)))
    }

    #[must_use]
    pub const fn begins(self) -> At {
        self.0
    }

    #[must_use]
    pub fn ends(self) -> At {
        self.0 + INTERVAL
    }

    /// The parts of a stretch of time, each in the interval it lies in.
    pub fn parts(from: At, until: At) -> impl Iterator<Item = (Self, Span)> {
        let longest = Span::millis(INTERVAL.as_millis() * STRETCH_INTERVALS_MAX);
        let mut from = from.max(until - longest);
        std::iter::from_fn(move || {
            if from >= until {
                return None;
            }
            let interval = Self::of(from);
            let ends = interval.ends().min(until);
            let part = ends.since(from);
            from = ends;
            Some((interval, part))
        })
    }
}

/// What a row of sums is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Requests and the work they became; what of it is known at that point.
    Work { mrd: MrdId, queue: Option<QueueId>, channel: Option<ChannelId>, agent: Option<UserId> },
    /// Sessions and conversations of a channel.
    Channel(ChannelId),
    /// An agent's time in a state.
    Time { agent: UserId, standing: Standing, reason: Option<Id> },
}

/// Which rows of sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    Work,
    Channel,
    Time,
}

impl SubjectKind {
    pub const ALL: [Self; 3] = [Self::Work, Self::Channel, Self::Time];

    /// The number it is stored under, for ever.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Work => 1,
            Self::Channel => 2,
            Self::Time => 3,
        }
    }
}

impl Subject {
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Work { .. } => SubjectKind::Work,
            Self::Channel(_) => SubjectKind::Channel,
            Self::Time { .. } => SubjectKind::Time,
        }
    }
}

/// A state an agent's time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Ready,
    NotReady,
    /// In a domain. Time in which it is off is not counted: it is the rest of the time logged in.
    Domain(MrdId, MrdState),
}

/// What a batch adds to the sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies(BTreeMap<(Interval, Subject), Counts>);

impl Tallies {
    /// Counts something that happened at a moment.
    pub fn count(&mut self, at: At, subject: Subject, counts: &Counts) {
        if !counts.is_empty() {
            self.0.entry((Interval::of(at), subject)).or_default().join(counts);
        }
    }

    /// Counts a stretch of time, each part in its interval.
    pub fn spend(&mut self, from: At, until: At, subject: Subject) {
        for (interval, part) in Interval::parts(from, until) {
            self.0.entry((interval, subject)).or_default().add(Measure::StateMs, part.as_millis());
        }
    }

    /// Adds everything of another one.
    pub fn join(&mut self, other: &Self) {
        for (key, counts) in &other.0 {
            self.0.entry(*key).or_default().join(counts);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Interval, Subject, &Counts)> {
        self.0.iter().map(|((interval, subject), counts)| (*interval, *subject, counts))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Interval, Subject, Counts)> for Tallies {
    fn from_iter<T: IntoIterator<Item = (Interval, Subject, Counts)>>(rows: T) -> Self {
        let mut tallies = Self::default();
        for (interval, subject, counts) in rows {
            tallies.count(interval.begins(), subject, &counts);
        }
        tallies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_split_where_intervals_meet() {
        let at = |secs: i64| At::from_millis(secs * 1000);
        for (from, until, expected) in [
            (0, 0, vec![]),
            (10, 5, vec![]),
            (10, 20, vec![(0, 10)]),
            (0, 900, vec![(0, 900)]),
            (890, 900, vec![(0, 10)]),
            (890, 910, vec![(0, 10), (900, 10)]),
            (899, 2701, vec![(0, 1), (900, 900), (1800, 900), (2700, 1)]),
            (-10, 10, vec![(-900, 10), (0, 10)]),
        ] {
            let parts: Vec<_> = Interval::parts(at(from), at(until))
                .map(|(interval, part)| (interval.begins().millis() / 1000, part.as_secs()))
                .collect();
            assert_eq!(parts, expected, "{from} to {until}");
        }
    }

    #[test]
    fn a_stretch_without_end_is_bounded() {
        let parts: Vec<_> = Interval::parts(At::from_millis(0), At::from_millis(i64::MAX / 2)).collect();
        assert!(parts.len() as u64 <= STRETCH_INTERVALS_MAX + 1, "{}", parts.len());
    }
}
