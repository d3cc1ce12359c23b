//! What reports are made of: sums, the log of agents' states, and finished tasks.
//!
//! Nothing of it is sealed, for it holds ids, times and numbers only. Sums are added to where they stand, in the
//! transaction of what they count.

use tieline_core::batch::Batch;
use tieline_core::id::UserId;
use tieline_core::report::{Counts, FinishedTask, Interval, StateChange, Subject, SubjectKind, Tallies};
use tieline_core::time::At;

use crate::Store;
use crate::backend::Care;
use crate::codec::figures::{counts_blob, open_counts, open_subject, subject_blob};
use crate::error::{Error, Result};
use crate::rows::{LogQuery, RowsMut, TallyRow};

/// Rows removed in one transaction.
const PURGE_ROWS: usize = 1_000;

/// A place in a log: after it, a page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogPlace {
    pub at: At,
    pub position: u64,
}

/// Lines of a log from `from` on and before `until`, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogFilter {
    pub from: At,
    pub until: At,
    /// The last one of the page before.
    pub after: Option<LogPlace>,
    /// Of the log of agents' states: of one agent.
    pub agent: Option<UserId>,
}

impl Store {
    /// The sums of these kinds, of the intervals that begin from `from` on and before `until`; `None` when there are
    /// more than `limit` of them.
    pub async fn tallies(
        &self,
        kinds: Vec<SubjectKind>,
        from: At,
        until: At,
        limit: usize,
    ) -> Result<Option<Tallies>> {
        self.read(move |_, rows| {
            let mut found: Vec<(Interval, Subject, Counts)> = Vec::new();
            for kind in kinds {
                let wanted = limit.saturating_sub(found.len()).saturating_add(1);
                for row in rows.tallies(kind.code(), from, until, wanted)? {
                    found.push(open_tally(row)?);
                }
            }
            Ok((found.len() <= limit).then(|| found.into_iter().collect()))
        })
        .await
    }

    /// Lines of the log of agents' states, oldest first.
    pub async fn state_changes(
        &self,
        filter: LogFilter,
        limit: usize,
    ) -> Result<Vec<(LogPlace, StateChange)>> {
        self.read(move |_, rows| rows.state_changes(&filter.query(limit))).await
    }

    /// Tasks that ended, in this order.
    pub async fn finished_tasks(
        &self,
        filter: LogFilter,
        limit: usize,
    ) -> Result<Vec<(LogPlace, FinishedTask)>> {
        self.read(move |_, rows| rows.finished_tasks(&filter.query(limit))).await
    }

    /// Forgets sums of intervals that began before `sums_before`, and lines of both logs from before `lines_before`.
    /// How many.
    pub async fn purge_reports(&self, sums_before: At, lines_before: At) -> Result<u64> {
        let mut purged = 0;
        loop {
            let removed = self
                .write(Care::Ordinary, move |_, rows| {
                    rows.purge_reports(sums_before, lines_before, PURGE_ROWS)
                })
                .await?;
            purged += removed;
            if removed == 0 {
                return Ok(purged);
            }
        }
    }
}

impl LogFilter {
    fn query(self, limit: usize) -> LogQuery {
        let Self { from, until, after, agent } = self;
        let start = LogPlace { at: from, position: 0 };
        LogQuery { after: after.map_or(start, |after| after.max(start)), until, agent, limit }
    }
}

/// Writes what a batch counted.
pub(crate) fn write(rows: &mut dyn RowsMut, batch: &Batch) -> Result<()> {
    for (interval, subject, counts) in batch.tallies.iter() {
        let mut row = TallyRow {
            kind: subject.kind().code(),
            interval: interval.begins(),
            subject: subject_blob(&subject),
            counts: Vec::new(),
        };
        let mut sum = match rows.tally(&row)? {
            Some(present) => open_counts(&present)?,
            None => Counts::default(),
        };
        sum.join(counts);
        row.counts = counts_blob(&sum);
        rows.put_tally(row)?;
    }
    for change in &batch.state_changes {
        rows.add_state_change(change)?;
    }
    for task in &batch.finished {
        rows.add_finished_task(task)?;
    }
    Ok(())
}

pub(crate) fn open_tally(row: TallyRow) -> Result<(Interval, Subject, Counts)> {
    let subject = open_subject(row.kind, &row.subject)
        .ok_or_else(|| Error::Inconsistent("a sum is of nothing known".to_owned()))?;
    Ok((Interval::of(row.interval), subject, open_counts(&row.counts)?))
}

#[cfg(test)]
mod tests {
    use tieline_core::agent::MrdState;
    use tieline_core::id::Id;
    use tieline_core::report::{Measure, Standing};

    use super::*;

    fn id<T: From<Id>>(n: u8) -> T {
        Id([n; 12]).into()
    }

    #[test]
    fn subjects_survive_their_blobs() {
        let mut subjects = vec![Subject::Channel(id(1))];
        for which in 0..8 {
            subjects.push(Subject::Work {
                mrd: id(9),
                queue: (which & 1 > 0).then(|| id(1)),
                channel: (which & 2 > 0).then(|| id(2)),
                agent: (which & 4 > 0).then(|| id(3)),
            });
        }
        for standing in [Standing::Ready, Standing::NotReady, Standing::Domain(id(4), MrdState::Busy)] {
            for reason in [None, Some(id(5))] {
                subjects.push(Subject::Time { agent: id(3), standing, reason });
            }
        }
        for subject in subjects {
            let blob = subject_blob(&subject);
            assert_eq!(open_subject(subject.kind().code(), &blob), Some(subject));
            assert_eq!(open_subject(subject.kind().code(), &blob[..blob.len() - 1]), None);
        }
    }

    #[test]
    fn counts_survive_their_blob() {
        let counts = Counts::of([(Measure::Answered, 1), (Measure::WaitMs, u64::MAX), (Measure::Rung, 300)]);
        let blob = counts_blob(&counts);
        assert_eq!(open_counts(&blob).unwrap(), counts);
        assert!(open_counts(&blob[..blob.len() - 1]).is_err());
        // A measure of a newer release is not ours to show.
        assert_eq!(open_counts(&[255, 1]).unwrap(), Counts::default());
    }
}
