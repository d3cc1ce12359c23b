//! Housekeeping: removing what has had its time, and replacing keys.

use tieline_core::time::At;

use crate::Store;
use crate::backend::Care;
use crate::error::Result;
use crate::rows::RowsMut;
use crate::seal::{Kid, Place, kid_of};

/// Rows removed in one transaction, so that messages do not wait long behind it.
const PURGE_ROWS: usize = 1_000;

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    pub requests: u64,
    pub entries: u64,
}

/// How far sealing anew has come, and at last what it did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    pub looked_at: u64,
    pub resealed: u64,
}

impl Store {
    /// Forgets requests made before `requests_before`, and entries with their attempts that were made and settled
    /// (delivered, superseded or given up) before `entries_before`. Pending entries stay however old they are.
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

    /// Adds a data key that seals everything written from now on; returns its number. Rows sealed with earlier keys
    /// stay readable. Another process that has the store open reads what the new key seals at once, and uses it
    /// itself from its next restart or from the first such row on.
    pub async fn rotate_data_key(&self) -> Result<u32> {
        let kid = self.write(Care::Ordinary, |inner, rows| inner.vault.add_data_key(rows)).await?;
        self.read(|inner, rows| inner.vault.reload(rows)).await?;
        Ok(kid)
    }

    /// Seals with the newest data key what an earlier one sealed of the tenant's own: registry objects with their
    /// history, and agents; `batch` rows at a time, telling `progress` after each.
    ///
    /// Not covered: what belongs to customers known before the rotation, whose keys are derived from the data key
    /// of their time; and texts of deliveries, which a purge removes. Earlier keys are therefore never removed.
    pub async fn reseal(&self, batch: usize, mut progress: impl FnMut(Resealed)) -> Result<Resealed> {
        let batch = batch.max(1);
        let mut done = self.write(Care::Ordinary, |inner, rows| reseal_agents(inner, rows)).await?;
        let mut after = 0;
        loop {
            progress(done);
            let (part, last) = self
                .write(Care::Ordinary, move |inner, rows| reseal_objects(inner, rows, after, batch))
                .await?;
            done.looked_at += part.looked_at;
            done.resealed += part.resealed;
            match last {
                Some(last) => after = last,
                None => return Ok(done),
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
        if entry.created_at < before && entry.settled_at().is_some_and(|at| at < before) {
            rows.delete_entry(entry.seq)?;
            removed += 1;
        }
    }
    Ok((removed, next))
}

fn is_old(table: &'static str, position: u64, body: &[u8], newest: Kid) -> Result<bool> {
    Ok(kid_of(&Place::number(table, position), body)? != newest)
}

fn reseal_agents(inner: &crate::Inner, rows: &mut dyn RowsMut) -> Result<Resealed> {
    let (mut done, newest) = (Resealed::default(), inner.vault.newest_kid());
    for row in rows.agents()? {
        done.looked_at += 1;
        if is_old("agent", done.looked_at, &row.body, newest)? {
            let row = inner.opening(&*rows).reseal_agent(row)?;
            rows.put_agent(row)?;
            done.resealed += 1;
        }
    }
    Ok(done)
}

fn reseal_objects(
    inner: &crate::Inner,
    rows: &mut dyn RowsMut,
    after: u64,
    limit: usize,
) -> Result<(Resealed, Option<u64>)> {
    let (mut done, newest) = (Resealed::default(), inner.vault.newest_kid());
    let mut last = None;
    for (position, row) in rows.object_history(after, limit)? {
        last = Some(position);
        done.looked_at += 1;
        let Some(body) = &row.body else { continue };
        if is_old("object", position, body, newest)? {
            let row = inner.opening(&*rows).reseal_object(row)?;
            rows.replace_object_body(position, row)?;
            done.resealed += 1;
        }
    }
    Ok((done, last))
}
