//! The threads of a SQLite store and their life: from the queue to the commit.

use std::cell::RefCell;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::mpsc;

use super::checkpoint::{Checkpointer, Log};
use super::migrate::migrate;
use super::session::Session;
use super::tail::Tail;
use super::{
    Queues, READS_WAITING_MAX, ReadJob, SqliteOptions, WRITES_WAITING_MAX, WriteJob, connect_reader,
    connect_writer,
};
use crate::backend::{Care, ReadWork, WriteWork};
use crate::error::{Error, Result};

/// How long an erasure waits for readers to let go of the log before it leaves wiping it to the next write.
const WIPE_WAIT: Duration = Duration::from_millis(250);

/// Opens the database and starts everything that serves it.
pub(super) fn start(path: &Path, options: SqliteOptions) -> Result<(Queues, Vec<JoinHandle<()>>)> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::unavailable(format!("its folder: {error}")))?;
    }
    let mut connection = connect_writer(path, options)?;
    migrate(&mut connection)?;
    let mut threads = Vec::new();
    let log = Arc::new(Log::default());
    let checkpointer = Checkpointer::start(connect_writer(path, options)?, Arc::clone(&log), &mut threads)?;
    log.watch(&mut connection)?;
    let (writes, jobs) = mpsc::channel(WRITES_WAITING_MAX);
    let tail = RefCell::default();
    let writer = Writer { connection, tail, log, checkpointer, options, wipe_due: false };
    threads.push(spawn("tieline-writer", move || writer.run(jobs))?);
    let (reads, jobs) = mpsc::channel(READS_WAITING_MAX);
    let jobs = Arc::new(Mutex::new(jobs));
    for _ in 0..options.readers.max(1) {
        let (connection, jobs) = (connect_reader(path, options)?, Arc::clone(&jobs));
        threads.push(spawn("tieline-reader", move || serve_reads(&connection, &jobs))?);
    }
    Ok((Queues { writes, reads }, threads))
}

pub(super) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    Builder::new()
        .name(name.into())
        .spawn(run)
        .map_err(|error| Error::unavailable(format!("no thread: {error}")))
}

fn serve_reads(connection: &Connection, jobs: &Mutex<mpsc::Receiver<ReadJob>>) {
    let tail = RefCell::default();
    loop {
        // Whoever holds the lock waits for the next job; the others wait for the lock.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(job) = job else { return };
        let _ = job.done.send(read(connection, &tail, job.work));
    }
}

fn read(connection: &Connection, tail: &RefCell<Tail>, work: ReadWork) -> Result<()> {
    let moment = connection.unchecked_transaction()?;
    work(&Session::new(&moment, tail))
}

/// Does the work, and writes its share of what rows are found by.
fn carry_out(transaction: &Connection, tail: &RefCell<Tail>, work: WriteWork) -> Result<()> {
    let mut session = Session::new(transaction, tail);
    // Once before, so that everything it adds will be behind what is known; once after, to know it.
    drop(session.tail()?);
    work(&mut session)?;
    drop(session.tail()?);
    Ok(tail.borrow_mut().write_share(transaction)?)
}

struct Writer {
    connection: Connection,
    tail: RefCell<Tail>,
    log: Arc<Log>,
    checkpointer: Checkpointer,
    options: SqliteOptions,
    /// The log still holds what an erasure removed.
    wipe_due: bool,
}

impl Writer {
    fn run(mut self, mut jobs: mpsc::Receiver<WriteJob>) {
        while let Some(job) = jobs.blocking_recv() {
            let (work, care) = job.work;
            let written = self.write(work, care);
            if self.wipe_due {
                self.wipe_log();
            }
            let _ = job.done.send(written);
            self.checkpointer.after_commit(&self.connection, &self.log);
        }
        self.wipe_log();
    }

    fn write(&mut self, work: WriteWork, care: Care) -> Result<()> {
        if care == Care::Ordinary {
            return self.transact(work);
        }
        self.connection.pragma_update(None, "secure_delete", "on")?;
        let written = self.transact(work);
        self.connection.pragma_update(None, "secure_delete", "fast")?;
        self.wipe_due = true;
        written
    }

    fn transact(&mut self, work: WriteWork) -> Result<()> {
        // Immediate: if another process writes, it is waited for here and not half-way.
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let written = carry_out(&transaction, &self.tail, work).and_then(|()| Ok(transaction.commit()?));
        if written.is_err() {
            // It may know of rows that are not there.
            self.tail.take();
        }
        written
    }

    /// Moves the whole log into the database and cuts it to nothing, so that no former state of a page is left in
    /// it. When readers are in the way the next write tries again.
    fn wipe_log(&mut self) {
        let wiped = self.connection.busy_timeout(WIPE_WAIT).and_then(|()| {
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        });
        self.wipe_due = !matches!(wiped, Ok(0));
        if let Err(error) = self.connection.busy_timeout(self.options.busy_timeout) {
            tracing::warn!(%error, "the SQLite writer's lock timeout could not be set back");
        }
    }
}
