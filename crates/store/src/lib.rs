//! MEMORY: everything a tenant must not forget, kept so that only this process can read it.
//!
//! One [`Store`] belongs to one tenant. Every durable change goes through [`Store::commit`], which writes a
//! [`Batch`](tieline_core::batch::Batch) in one transaction; everything else reads, or keeps house.
//!
//! What the store promises:
//! - when `commit` returns `Ok`, the batch is on disk; when it fails, either all of it is there or nothing;
//! - whatever has content (registry, customers, conversations, events, texts of errors) is sealed before a backend
//!   sees it: the database, its log and its backups hold ids, times, small numbers and blobs, nothing else;
//! - erasing a customer makes everything said by and about the customer unreadable at once. Erased rows are
//!   skipped by every read; what they are counted by (ids, times, kinds) stays. Of the customer's addresses, which
//!   are stored as keyed hashes only, a hash may linger in unused parts of a database file;
//! - a store opens with its master key only, and a row at its own place only.
//!
//! What it leaves to others: what a batch means, when to purge, where the master key is kept. One process commits
//! to a store; others may read it, rotate its data key and export it meanwhile.

mod audit;
mod backend;
mod codec;
mod commit;
mod error;
mod export;
mod keys;
mod maintenance;
mod memory;
mod read;
mod report;
mod retention;
mod rotation;
mod rows;
mod seal;
mod seen;
mod sqlite;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::oneshot;

pub use audit::{AuditFilter, AuditLine};
pub use error::Error;
pub use export::{ExportLine, Secrets};
pub use keys::{MasterKey, MasterKeys, NotAMasterKey};
pub use maintenance::Purged;
pub use memory::Faults;
pub use read::{
    ConversationFilter, CustomerFilter, CustomerPage, DeadFilter, ObjectVersion, Past, PastSearch,
};
pub use report::{LogFilter, LogPlace};
pub use rotation::{Rotated, Rotation};
pub use rows::Stat;
pub use sqlite::SqliteOptions;

use backend::{Backend, Care};
use error::Result;
use keys::Vault;
use memory::Memory;
use rows::{Rows, RowsMut};
use seen::Seen;
use sqlite::Sqlite;

/// A tenant's memory. Cloning is cheap; all clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Arc<dyn Backend>,
    vault: Vault,
    seen: Seen,
    /// The rows of a memory store, so that it can be opened again.
    memory: Option<Memory>,
}

impl Store {
    /// Opens the SQLite database at `path`, creates it when there is none, and brings its schema up to date.
    pub async fn sqlite(path: &Path, keys: MasterKeys, options: SqliteOptions) -> Result<Self> {
        let backend = Arc::new(Sqlite::open(path, options).await?);
        Self::open(backend, keys, None).await
    }

    /// A store that lasts as long as the process, and fails when `faults` says so.
    pub async fn memory(keys: MasterKeys, faults: Faults) -> Result<Self> {
        let memory = Memory::new(faults);
        Self::open(Arc::new(memory.clone()), keys, Some(memory)).await
    }

    /// A memory store as it is after a restart: the committed rows are there, everything else is forgotten. The
    /// former store and its clones are cut off.
    ///
    /// # Panics
    /// When the store is not in memory.
    pub async fn reopen(&self, keys: MasterKeys) -> Result<Self> {
        let memory = self.inner.memory.as_ref().expect("only a memory store can be reopened").restarted();
        Self::open(Arc::new(memory.clone()), keys, Some(memory)).await
    }

    async fn open(backend: Arc<dyn Backend>, keys: MasterKeys, memory: Option<Memory>) -> Result<Self> {
        let (send, opened) = oneshot::channel();
        let work = Box::new(move |rows: &mut dyn RowsMut| {
            let (vault, seen) = (Vault::open(rows, keys)?, Seen::default());
            let further = seen.learn(&*rows, 0)?;
            let _ = send.send((vault, seen, further));
            Ok(())
        });
        backend.write(work, Care::Ordinary).await?;
        let (vault, seen, further) = opened.await.map_err(|_| lost())?;
        let inner = Arc::new(Inner { backend, vault, seen, memory });
        if let Some(after) = further {
            tokio::spawn(seen::learn_on(Arc::downgrade(&inner), after));
        }
        Ok(Self { inner })
    }

    /// Runs `work` where the rows are; what it reads is of one moment.
    async fn read<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Inner, &dyn Rows) -> Result<T> + Send + 'static,
    {
        let (send, answer) = oneshot::channel();
        let inner = Arc::clone(&self.inner);
        let work = Box::new(move |rows: &dyn Rows| {
            let _ = send.send(work(&inner, rows)?);
            Ok(())
        });
        self.inner.backend.read(work).await?;
        answer.await.map_err(|_| lost())
    }

    /// Runs `work` in a transaction of its own.
    async fn write<T, W>(&self, care: Care, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Inner, &mut dyn RowsMut) -> Result<T> + Send + 'static,
    {
        let (send, answer) = oneshot::channel();
        let inner = Arc::clone(&self.inner);
        let work = Box::new(move |rows: &mut dyn RowsMut| {
            inner.vault.follow(&*rows)?;
            let _ = send.send(work(&inner, rows)?);
            Ok(())
        });
        self.inner.backend.write(work, care).await?;
        answer.await.map_err(|_| lost())
    }

    /// Whether a write would be accepted now. Writes nothing.
    pub async fn ping(&self) -> Result<()> {
        self.write(Care::Ordinary, |_, rows| rows.next_seq().map(drop)).await
    }

    /// Sizes, for operators.
    pub async fn stat(&self) -> Result<Stat> {
        self.inner.backend.stat().await
    }

    /// Finishes what was asked before, leaves the files tidy and stops. Clones of this store refuse from now on.
    pub async fn close(self) -> Result<()> {
        self.inner.backend.close().await
    }
}

fn lost() -> Error {
    Error::unavailable("the answer was lost")
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store(..)")
    }
}
