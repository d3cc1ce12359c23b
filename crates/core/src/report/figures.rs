//! What is made of sums: rows by queue, agent, team, channel or domain, and the figures that follow from them.

use std::collections::BTreeMap;

use super::measure::{Counts, Measure};
use super::tally::{Interval, Standing, Subject, Tallies};
use crate::id::{Id, UserId};
use crate::registry::Registry;
use crate::time::{At, Span};

/// What rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    Queue,
    /// With the time each agent spent in his states.
    Agent,
    /// Of the teams agents are in now.
    Team,
    Channel,
    Mrd,
    /// All in one.
    Total,
}

/// A row's place: when it begins, if rows are by time, and what it is about.
pub type Place = (Option<At>, Option<Id>);

/// The sums of one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub counts: Counts,
    /// Milliseconds in each state, with the reason where one was given.
    pub states: BTreeMap<(Standing, Option<Id>), u64>,
    /// Of requests, as each queue's type of service level counts them.
    met: u64,
    of: u64,
}

/// Those who were served in time, and of how many: by the queue's type of service level.
///
/// 1 leaves out who gave up in time, 2 counts them as not served, 3 as served.
#[must_use]
pub fn service_level(kind: u8, counts: &Counts) -> (u64, u64) {
    let answered = counts.get(Measure::AnsweredWithin);
    let abandoned = counts.get(Measure::AbandonedWithin);
    let offered = counts.get(Measure::Offered);
    match kind {
        1 => (answered, offered.saturating_sub(abandoned)),
        3 => (answered + abandoned, offered),
        _ => (answered, offered),
    }
}

impl Figures {
    /// Adds sums of one subject.
    pub fn add(&mut self, subject: &Subject, counts: &Counts, registry: &Registry) {
        match subject {
            Subject::Time { standing, reason, .. } => {
                *self.states.entry((*standing, *reason)).or_default() += counts.get(Measure::StateMs);
                return;
            }
            Subject::Work { queue: Some(queue), .. } => {
                let kind = registry.queue(*queue).map_or(1, |queue| queue.value.service_level_type);
                let (met, of) = service_level(kind, counts);
                self.met += met;
                self.of += of;
            }
            Subject::Work { .. } | Subject::Channel(_) => {}
        }
        self.counts.join(counts);
    }

    /// In thousandths; `None` when nothing was offered.
    #[must_use]
    pub fn service_level_permille(&self) -> Option<u64> {
        (self.met * 1000).checked_div(self.of)
    }

    /// In thousandths of what was offered.
    #[must_use]
    pub fn abandoned_permille(&self) -> Option<u64> {
        (self.counts.get(Measure::Abandoned) * 1000).checked_div(self.counts.get(Measure::Offered))
    }

    /// A sum of times, by how many there were.
    #[must_use]
    pub fn average_ms(&self, sum: Measure, number: Measure) -> Option<u64> {
        self.counts.get(sum).checked_div(self.counts.get(number))
    }

    /// Milliseconds in a state, whatever the reason.
    #[must_use]
    pub fn state_ms(&self, meant: impl Fn(Standing) -> bool) -> u64 {
        self.states.iter().filter(|((standing, _), _)| meant(*standing)).map(|(_, millis)| millis).sum()
    }
}

pub type Rows = BTreeMap<Place, Figures>;

/// Adds sums to the rows they belong to, a part of them or all. Rows are of `every` so much time, days at an offset from UTC, or of all of it. Work of agents
/// who are not `visible` is left out where rows are about agents.
pub fn add_to(
    rows: &mut Rows,
    tallies: &Tallies,
    by: GroupBy,
    every: Option<Every>,
    registry: &Registry,
    visible: impl Fn(UserId) -> bool,
) {
    for (interval, subject, counts) in tallies.iter() {
        let Some(about) = about(&subject, by, registry, &visible) else { continue };
        let begins = every.map(|every| every.begins(interval));
        rows.entry((begins, about)).or_default().add(&subject, counts, registry);
    }
}

/// The length of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    pub length: Span,
    /// Minutes by which the rows' clock is ahead of UTC.
    pub offset_minutes: i32,
}

impl Every {
    fn begins(self, interval: Interval) -> At {
        let offset = i64::from(self.offset_minutes) * 60_000;
        let length = i64::try_from(self.length.as_millis()).unwrap_or(i64::MAX).max(1);
        let local = interval.begins().millis() + offset;
        At::from_millis(local.div_euclid(length) * length - offset)
    }
}

/// What a row is about that a subject belongs to; `None` when it belongs to none.
fn about(
    subject: &Subject,
    by: GroupBy,
    registry: &Registry,
    visible: impl Fn(UserId) -> bool,
) -> Option<Option<Id>> {
    let of_agent = |agent: UserId| match by {
        GroupBy::Agent => Some(Some(agent.into())),
        _ => registry.user(agent).and_then(|user| user.value.team).map(Some),
    };
    match (by, subject) {
        (GroupBy::Queue, Subject::Work { queue, .. }) => queue.map(|queue| Some(queue.into())),
        (
            GroupBy::Agent | GroupBy::Team,
            Subject::Work { agent: Some(agent), .. } | Subject::Time { agent, .. },
        ) => of_agent(*agent).filter(|_| visible(*agent)),
        (GroupBy::Channel, Subject::Work { channel, .. }) => channel.map(|channel| Some(channel.into())),
        (GroupBy::Channel, Subject::Channel(channel)) => Some(Some((*channel).into())),
        (GroupBy::Mrd, Subject::Work { mrd, .. }) => Some(Some((*mrd).into())),
        (GroupBy::Total, Subject::Work { .. } | Subject::Channel(_)) => Some(None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_levels_are_of_three_types() {
        use Measure::{AbandonedWithin, AnsweredWithin, Offered};
        let counts = Counts::of([(Offered, 10), (AnsweredWithin, 6), (AbandonedWithin, 2)]);
        for (kind, expected) in [(1, (6, 8)), (2, (6, 10)), (3, (8, 10))] {
            assert_eq!(service_level(kind, &counts), expected, "type {kind}");
        }
        let nobody = Counts::of([(Offered, 2), (AbandonedWithin, 2)]);
        assert_eq!(service_level(1, &nobody), (0, 0));
    }

    #[test]
    fn days_begin_where_people_are() {
        let hour = 3_600_000;
        let of = |millis| Interval::of(At::from_millis(millis));
        let day = |offset_minutes| Every { length: Span::secs(86_400), offset_minutes };
        for (at, offset, begins) in [
            (30 * hour, 0, 24 * hour),
            (30 * hour, 120, 22 * hour),
            (20 * hour, 300, 19 * hour),
            (0, -300, -19 * hour),
        ] {
            assert_eq!(day(offset).begins(of(at)), At::from_millis(begins), "{at} at {offset}");
        }
    }
}
