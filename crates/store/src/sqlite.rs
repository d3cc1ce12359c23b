//! Rows in one SQLite file.
//!
//! One thread writes: it owns its connection, takes whole units of work from a bounded queue and commits each in
//! one transaction with one fsync. A few threads read, each on its own connection. A last thread moves the
//! write-ahead log into the database file, so that the writer hardly ever has to.

mod checkpoint;
mod columns;
mod migrate;
mod session;
mod statements;
mod tail;
mod threads;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use crate::backend::{Backend, Care, Later, ReadWork, WriteWork};
use crate::error::{Error, Result};
use crate::rows::Stat;

/// Units of work that may wait for the writer, and for the readers together.
const WRITES_WAITING_MAX: usize = 16;
const READS_WAITING_MAX: usize = 256;

const STATEMENTS_CACHED_MAX: usize = 96;
/// Not more: after a commit that split a page SQLite walks the whole cache. What is not in it is mapped.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
const READER_CACHE_KIB: i64 = 16 * 1024;
const MMAP_BYTES: i64 = 256 * 1024 * 1024;
/// A log that grew beyond this in a bad moment is cut back to it.
const LOG_KEPT_BYTES: i64 = 64 * 1024 * 1024;

/// How a SQLite store is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqliteOptions {
    /// Threads that read, at least 1.
    pub readers: usize,
    /// How long to wait for a lock that another process holds.
    pub busy_timeout: Duration,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 3, busy_timeout: Duration::from_secs(5) }
    }
}

/// Work for a thread, and whom to tell how it went.
struct Job<W> {
    work: W,
    done: oneshot::Sender<Result<()>>,
}

type WriteJob = Job<(WriteWork, Care)>;
type ReadJob = Job<ReadWork>;

pub(crate) struct Sqlite {
    path: PathBuf,
    /// Gone once closed. The threads end when the last sender is dropped.
    queues: Mutex<Option<Queues>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Clone)]
struct Queues {
    writes: mpsc::Sender<WriteJob>,
    reads: mpsc::Sender<ReadJob>,
}

impl Sqlite {
    pub(crate) async fn open(path: &Path, options: SqliteOptions) -> Result<Self> {
        let opening = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || Self::open_blocking(opening, options)).await;
        opened.unwrap_or_else(|_| Err(Error::unavailable("opening the SQLite database was interrupted")))
    }

    fn open_blocking(path: PathBuf, options: SqliteOptions) -> Result<Self> {
        let result = threads::start(&path, options);
        let (queues, threads) = result.map_err(|error| located(&path, error))?;
        Ok(Self { path, queues: Mutex::new(Some(queues)), threads: Mutex::new(threads) })
    }

    fn queues(&self) -> Result<Queues> {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.clone().ok_or_else(|| self.stopped())
    }

    fn stopped(&self) -> Error {
        located(&self.path, Error::unavailable("it was closed, or its thread has stopped"))
    }

    async fn run<W: Send>(&self, queue: mpsc::Sender<Job<W>>, work: W) -> Result<()> {
        let (done, answer) = oneshot::channel();
        queue.send(Job { work, done }).await.map_err(|_| self.stopped())?;
        drop(queue);
        answer.await.map_err(|_| self.stopped())?.map_err(|error| located(&self.path, error))
    }

    async fn join(&self) -> Result<()> {
        drop(self.queues.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().map(JoinHandle::join).filter(std::result::Result::is_err).count()
        });
        match joined.await {
            Ok(0) => Ok(()),
            _ => Err(located(&self.path, Error::unavailable("a thread ended in a panic"))),
        }
    }
}

impl Backend for Sqlite {
    fn read(&self, work: ReadWork) -> Later<'_, ()> {
        Box::pin(async { self.run(self.queues()?.reads, work).await })
    }

    fn write(&self, work: WriteWork, care: Care) -> Later<'_, ()> {
        Box::pin(async move { self.run(self.queues()?.writes, (work, care)).await })
    }

    fn stat(&self) -> Later<'_, Stat> {
        Box::pin(async {
            let (send, pending) = oneshot::channel();
            let count = Box::new(|rows: &dyn crate::rows::Rows| {
                let _ = send.send(rows.pending_counts()?.iter().map(|(_, count)| count).sum());
                Ok(())
            });
            self.read(count).await?;
            Ok(Stat {
                database_bytes: file_bytes(&self.path),
                log_bytes: file_bytes(&beside(&self.path, "-wal")),
                pending_entries: pending.await.map_err(|_| self.stopped())?,
            })
        })
    }

    fn close(&self) -> Later<'_, ()> {
        Box::pin(self.join())
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

fn file_bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

/// The one connection that writes. Creates the file.
fn connect_writer(path: &Path, options: SqliteOptions) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(options.busy_timeout)?;
    // Accepted means kept: each commit waits for the disk.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", "on")?;
    // Zeroes what is deleted wherever that costs no further page; an erasure asks for more.
    connection.pragma_update(None, "secure_delete", "fast")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEPT_BYTES)?;
    tune(&connection)?;
    Ok(connection)
}

fn connect_reader(path: &Path, options: SqliteOptions) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(options.busy_timeout)?;
    connection.pragma_update(None, "query_only", "on")?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    tune(&connection)?;
    Ok(connection)
}

fn tune(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "mmap_size", MMAP_BYTES)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED_MAX);
    // Plans do not depend on bound values. Otherwise clearing the bindings of a cached statement over a table with
    // partial indexes expires it, and every such read is prepared anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Says where, for errors of the machinery.
fn located(path: &Path, error: Error) -> Error {
    match error {
        Error::Unavailable(what) => Error::Unavailable(format!("SQLite database {}: {what}", path.display())),
        other => other,
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match &error {
            E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::InvalidColumnType(..) => {
                Self::Corrupt { table: "a", row: "row".into(), reason: error.to_string() }
            }
            _ if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                Self::Inconsistent(error.to_string())
            }
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
