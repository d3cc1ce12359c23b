//! Housekeeping: removing what has had its time.

use tieline_core::delivery::Lane;
use tieline_core::time::At;

use crate::Store;
use crate::backend::Care;
use crate::error::Result;
use crate::rows::{EntryRow, RowsMut};

/// Rows removed in one transaction, so that messages do not wait long behind it.
const PURGE_ROWS: usize = 1_000;

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    pub requests: u64,
    pub entries: u64,
}

impl Store {
    /// Forgets requests made before `requests_before`, and entries with their attempts that were made and settled
    /// (delivered, superseded or given up) before `entries_before`. Pending entries stay however old they are, and so
    /// does the last delivered configuration of each channel: it is what the connector knows.
    pub async fn purge(&self, requests_before: At, entries_before: At) -> Result<Purged> {
        let mut purged = Purged::default();
        loop {
            let removed = self
                .write(Care::Ordinary, move |_, rows| rows.purge_requests(requests_before, PURGE_ROWS))
                .await?;
            purged.requests += removed;
            if removed < PURGE_ROWS as u64 {
                break;
            }
        }
        self.inner.seen.forget(requests_before);
        let mut after = 0;
        loop {
            let (removed, next) =
                self.write(Care::Ordinary, move |_, rows| purge_entries(rows, entries_before, after)).await?;
            purged.entries += removed;
            match next {
                Some(next) => after = next,
                None => return Ok(purged),
            }
        }
    }
}

/// Looks at some entries after `after`; where to go on, unless the rest is too young.
fn purge_entries(rows: &mut dyn RowsMut, before: At, after: u64) -> Result<(u64, Option<u64>)> {
    let entries = rows.entries_after(after, PURGE_ROWS)?;
    let next = entries.last().filter(|last| last.created_at < before).map(|last| last.seq);
    let mut removed = 0;
    for entry in entries {
        let is_old = entry.created_at < before && entry.settled_at().is_some_and(|at| at < before);
        if is_old && !is_known_configuration(rows, &entry)? {
            rows.delete_entry(entry.seq)?;
            removed += 1;
        }
    }
    Ok((removed, next))
}

fn is_known_configuration(rows: &dyn RowsMut, entry: &EntryRow) -> Result<bool> {
    let Lane::Configuration(channel) = entry.lane else { return Ok(false) };
    Ok(rows.configuration_delivered(channel)?.is_some_and(|known| known.seq == entry.seq))
}
