//! The measures, and sums of them.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// How two values of a measure become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joins {
    Added,
    Smaller,
    Larger,
}

macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $word:literal, $joins:ident;)*) => {
        /// What is measured. Times are in milliseconds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure {
            $($(#[$doc])* $name,)*
        }

        impl Measure {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The number it is stored under, for ever.
            #[must_use]
            pub const fn code(self) -> u8 {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The measure of a stored number; `None` for one this release does not know.
            #[must_use]
            pub const fn of_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// Its name in reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            const fn joins(self) -> Joins {
                match self {
                    $(Self::$name => Joins::$joins,)*
                }
            }
        }
    };
}

measures! {
    /// Requests that began to wait, those that came back from an agent who did not take them included.
    Queued = 1, "queued", Added;
    /// Requests whose waiting ended, however it did.
    Offered = 2, "offered", Added;
    Answered = 3, "answered", Added;
    /// The customer left while he waited or while it rang.
    Abandoned = 4, "abandoned", Added;
    /// Rang at an agent who did not take it.
    NotTaken = 5, "rona", Added;
    NoAgent = 6, "noAgent", Added;
    /// Taken back: flushed, or no longer wanted by whoever asked.
    Withdrawn = 7, "withdrawn", Added;
    OfferedWithin = 8, "offeredWithin", Added;
    AnsweredWithin = 9, "answeredWithin", Added;
    AbandonedWithin = 10, "abandonedWithin", Added;
    NotTakenWithin = 11, "ronaWithin", Added;
    /// From when a request began to wait until it was answered, of those that were.
    WaitMs = 12, "waitMs", Added;
    WaitMaxMs = 13, "waitMaxMs", Larger;
    AbandonedMs = 14, "abandonedWaitMs", Added;
    /// How long it rang before it was answered.
    RingMs = 15, "ringMs", Added;
    RingMinMs = 16, "ringMinMs", Smaller;
    RingMaxMs = 17, "ringMaxMs", Larger;
    Answered60 = 18, "answeredIn60", Added;
    Answered120 = 19, "answeredIn120", Added;
    Answered180 = 20, "answeredIn180", Added;
    Answered240 = 21, "answeredIn240", Added;
    Abandoned60 = 22, "abandonedIn60", Added;
    Abandoned120 = 23, "abandonedIn120", Added;
    Abandoned180 = 24, "abandonedIn180", Added;
    Abandoned240 = 25, "abandonedIn240", Added;
    /// Rang at an agent.
    Rung = 26, "rung", Added;
    /// Work that began without ringing: assigned, or handed on by whom the agent had advised.
    Started = 27, "started", Added;
    /// Work of agents that ended, however it did.
    Handled = 28, "handled", Added;
    HandleMs = 29, "handleMs", Added;
    WrapUpMs = 30, "wrapUpMs", Added;
    HoldMs = 31, "holdMs", Added;
    TransferredIn = 32, "transferredIn", Added;
    TransferredOut = 33, "transferredOut", Added;
    /// Work that ended because its agent logged out or was lost.
    Lost = 34, "lost", Added;
    /// Work taken from its agent to be given to another.
    Rerouted = 35, "rerouted", Added;
    /// Answers to customers that did not come in time.
    Overdue = 36, "overdue", Added;
    Sessions = 37, "sessions", Added;
    SessionsEnded = 38, "sessionsEnded", Added;
    Conversations = 39, "conversations", Added;
    BotAssigned = 40, "botAssigned", Added;
    BotEscalated = 41, "botEscalated", Added;
    BotCompleted = 42, "botCompleted", Added;
    /// Time in a state.
    StateMs = 43, "stateMs", Added;
    /// Requests taken out of their queue by somebody who emptied it; withdrawn, too.
    Flushed = 44, "flushed", Added;
}

/// Measures with their values; one that is not there is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<Measure, u64>);

impl Counts {
    #[must_use]
    pub fn of<const N: usize>(values: [(Measure, u64); N]) -> Self {
        let mut counts = Self::default();
        for (measure, value) in values {
            counts.add(measure, value);
        }
        counts
    }

    #[must_use]
    pub fn get(&self, measure: Measure) -> u64 {
        self.0.get(&measure).copied().unwrap_or(0)
    }

    /// One more value. Sums grow by it; of a smallest or largest value the smaller or larger is kept.
    pub fn add(&mut self, measure: Measure, value: u64) {
        match measure.joins() {
            Joins::Added if value > 0 => {
                let sum = self.0.entry(measure).or_default();
                *sum = sum.saturating_add(value);
            }
            Joins::Added => {}
            Joins::Smaller => {
                self.0.entry(measure).and_modify(|least| *least = (*least).min(value)).or_insert(value);
            }
            Joins::Larger => {
                self.0.entry(measure).and_modify(|most| *most = (*most).max(value)).or_insert(value);
            }
        }
    }

    pub fn one(&mut self, measure: Measure) {
        self.add(measure, 1);
    }

    /// Everything of another one.
    pub fn join(&mut self, other: &Self) {
        for (measure, value) in other.iter() {
            self.add(measure, value);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Measure, u64)> + '_ {
        self.0.iter().map(|(measure, value)| (*measure, *value))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// By name, as reports have it.
impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(measure, value)| (measure.name(), value)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_measure_is_found_by_its_code_and_named_once() {
        let mut names = BTreeSet::new();
        for measure in Measure::ALL {
            assert_eq!(Measure::of_code(measure.code()), Some(*measure));
            assert!(names.insert(measure.name()), "{measure:?}");
        }
        assert_eq!(Measure::of_code(0), None);
    }

    #[test]
    fn counts_join_as_their_measures_do() {
        let mut counts =
            Counts::of([(Measure::Answered, 2), (Measure::WaitMaxMs, 9), (Measure::RingMinMs, 4)]);
        counts.join(&Counts::of([(Measure::Answered, 3), (Measure::WaitMaxMs, 7), (Measure::RingMinMs, 1)]));
        let joined = Counts::of([(Measure::Answered, 5), (Measure::WaitMaxMs, 9), (Measure::RingMinMs, 1)]);
        assert_eq!(counts, joined);
        assert_eq!(counts.get(Measure::Handled), 0);
    }
}
