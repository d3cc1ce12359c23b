//! The audit trail, read and kept no longer than it is to be.

use std::net::IpAddr;

use serde::Serialize;

use tieline_core::audit::{Actor, Deed};
use tieline_core::event::Seq;
use tieline_core::id::{Id, UserId};
use tieline_core::time::At;

use crate::Store;
use crate::backend::Care;
use crate::error::Result;
use crate::rows::AuditQuery;

/// Records removed in one transaction, so that messages do not wait long behind it.
const PURGE_ROWS: usize = 1_000;

/// A record as it can be read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditLine {
    pub seq: Seq,
    pub at: At,
    pub by: Actor,
    /// The number of what was done; see [`Deed::NAMES`].
    pub code: u8,
    pub subject: Option<Id>,
    pub address: Option<IpAddr>,
    /// `None` when it told of a customer who was erased.
    pub deed: Option<Deed>,
}

/// Records, newest first; the times are when they were made, `from` included, `until` not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub user: Option<UserId>,
    pub subject: Option<Id>,
    /// The number of a deed.
    pub deed: Option<u8>,
    pub from: Option<At>,
    pub until: Option<At>,
    /// The last one of the page before.
    pub before: Option<Seq>,
}

impl Store {
    pub async fn audit(&self, filter: AuditFilter, limit: usize) -> Result<Vec<AuditLine>> {
        let AuditFilter { user, subject, deed, from, until, before } = filter;
        let query = AuditQuery { user, subject, deed, from, until, before, limit };
        self.read(move |inner, rows| {
            let found = rows.audit(&query)?;
            found.into_iter().map(|row| inner.opening(rows).audit(row)).collect()
        })
        .await
    }

    /// Removes records made before `before`; how many. Nothing else ever does.
    pub async fn purge_audit(&self, before: At) -> Result<u64> {
        let mut removed = 0;
        loop {
            let some =
                self.write(Care::Ordinary, move |_, rows| rows.purge_audit(before, PURGE_ROWS)).await?;
            removed += some;
            if some < PURGE_ROWS as u64 {
                return Ok(removed);
            }
        }
    }
}
