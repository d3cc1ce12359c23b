//! Moving the write-ahead log into the database file without holding up the writer.
//!
//! A thread of its own copies the bulk while the writer goes on. What the writer added meanwhile keeps the log from
//! starting over, so the writer copies that little rest itself; with the next commit the log begins anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::threads::spawn;
use crate::error::Result;

/// Pages in the log (4 KiB each) at which copying begins: 16 MiB.
const LOG_PAGES_MAX: u32 = 4_096;

/// What the threads tell each other about the log.
#[derive(Default)]
pub(super) struct Log {
    /// After the last commit.
    pages: AtomicU32,
    /// The bulk was copied; the writer may finish.
    copied: AtomicBool,
}

impl Log {
    /// Follows the log's length. Replaces SQLite's own automatic checkpoint on this connection.
    pub(super) fn watch(self: &Arc<Self>, connection: &mut Connection) -> Result<()> {
        let log = Arc::clone(self);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            log.pages.store(u32::try_from(pages).unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(())
    }
}

pub(super) struct Checkpointer {
    /// One pending request is as good as many.
    requests: SyncSender<()>,
}

impl Checkpointer {
    pub(super) fn start(
        connection: Connection,
        log: Arc<Log>,
        threads: &mut Vec<JoinHandle<()>>,
    ) -> Result<Self> {
        let (requests, asked) = sync_channel(1);
        threads.push(spawn("tieline-checkpoint", move || serve(&connection, &log, &asked))?);
        Ok(Self { requests })
    }

    /// Called by the writer between two units of work.
    pub(super) fn after_commit(&self, connection: &Connection, log: &Log) {
        if log.pages.load(Ordering::Relaxed) < LOG_PAGES_MAX {
            return;
        }
        if log.copied.swap(false, Ordering::Relaxed) {
            checkpoint(connection);
        } else {
            // Full means that it was asked already; gone means that the store is closing.
            let _ = self.requests.try_send(());
        }
    }
}

fn serve(connection: &Connection, log: &Log, asked: &Receiver<()>) {
    while asked.recv().is_ok() {
        if log.pages.load(Ordering::Relaxed) >= LOG_PAGES_MAX && !log.copied.load(Ordering::Relaxed) {
            checkpoint(connection);
            log.copied.store(true, Ordering::Relaxed);
        }
    }
}

/// Copies what can be copied without waiting for anybody.
fn checkpoint(connection: &Connection) {
    let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = done {
        tracing::warn!(%error, "the SQLite log could not be copied into the database; it grows until it can");
    }
}
