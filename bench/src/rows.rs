//! The limit of everything that is kept: the same rows, of the same size, grouped into the same commits, by one thread
//! that knows nothing of messages and leaves the indexes of its tables to SQLite.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

/// As many as the engine decides at once by default.
const BATCH_MAX: usize = 256;
/// Pages at which the log is copied into the database, as in the store.
const LOG_PAGES_MAX: u32 = 4_096;
const SCHEMA: &str = "
    CREATE TABLE log_position (id INTEGER PRIMARY KEY, next_seq INTEGER NOT NULL) STRICT;
    INSERT INTO log_position (id, next_seq) VALUES (1, 0);
    CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, conversation BLOB NOT NULL,
        customer BLOB NOT NULL, session BLOB, fact INTEGER NOT NULL, message INTEGER, body BLOB) STRICT;
    CREATE INDEX event_of ON event (conversation, seq);
    CREATE INDEX event_message ON event (message) WHERE message IS NOT NULL;
    CREATE TABLE request (position INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, at INTEGER NOT NULL,
        accepted BLOB NOT NULL) STRICT;";
const EVENT_ADD: &str = "INSERT INTO event (seq, at, conversation, customer, session, fact, message, body) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const REQUEST_PUT: &str = "INSERT OR REPLACE INTO request (key, at, accepted) VALUES (?1, ?2, ?3)";
const NEXT_SEQ_RAISE: &str = "UPDATE log_position SET next_seq = ?1 WHERE id = 1 AND next_seq < ?1";
/// Whatever the rows say happened at.
const AT_MS: i64 = 1_700_000_000_000;

/// Bytes of what a hub has written.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub event: usize,
    pub request: usize,
}

impl Sizes {
    /// The average of a hub's own rows; only those of messages count among the events.
    pub fn of(database: &Path) -> Result<Self> {
        let connection = Connection::open(database)?;
        let average = |sql: &str| -> Result<usize> {
            let average: f64 =
                connection.query_row(sql, [], |row| row.get(0)).context("the store is empty")?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size of a row")]
            Ok(average as usize)
        };
        Ok(Self {
            event: average("SELECT avg(length(body)) FROM event WHERE message IS NOT NULL")?,
            request: average("SELECT avg(length(accepted)) FROM request")?,
        })
    }
}

struct Row {
    number: u64,
    done: oneshot::Sender<()>,
}

/// Messages a second that can be kept, with so many callers who each wait for the commit before the next.
pub async fn rate(
    folder: &Path,
    sizes: Sizes,
    conversations: u64,
    callers: u64,
    duration: Duration,
) -> Result<f64> {
    let path = folder.join(format!("rows-{callers}.db"));
    let (rows, waiting) = mpsc::channel(1_024);
    let mut writer = Writer::open(&path, sizes, conversations)?;
    let thread = std::thread::spawn(move || writer.run(waiting));
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for caller in 0..callers {
        let rows = rows.clone();
        tasks.push(tokio::spawn(async move {
            let mut written = 0;
            while begun.elapsed() < duration {
                let (done, committed) = oneshot::channel();
                let row = Row { number: caller + written * callers, done };
                if rows.send(row).await.is_err() || committed.await.is_err() {
                    break;
                }
                written += 1;
            }
            written
        }));
    }
    let mut written = 0;
    for task in tasks {
        written += task.await?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = written as f64 / begun.elapsed().as_secs_f64();
    drop(rows);
    thread.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
    Ok(rate)
}

struct Writer {
    connection: Connection,
    log: Arc<Log>,
    checkpoints: SyncSender<()>,
    sizes: Sizes,
    conversations: u64,
    seq: i64,
}

/// What the writer and the thread that copies its log tell each other.
#[derive(Default)]
struct Log {
    pages: AtomicU32,
    copied: AtomicBool,
}

impl Writer {
    fn open(path: &Path, sizes: Sizes, conversations: u64) -> Result<Self> {
        let mut connection = connect(path)?;
        connection.execute_batch(SCHEMA)?;
        let log = Arc::new(Log::default());
        let (checkpoints, asked) = sync_channel(1);
        let (copier, shared) = (connect(path)?, Arc::clone(&log));
        std::thread::spawn(move || copy_log(&copier, &shared, &asked));
        let watched = Arc::clone(&log);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            watched.pages.store(u32::try_from(pages).unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { connection, log, checkpoints, sizes, conversations, seq: 0 })
    }

    fn run(&mut self, mut waiting: mpsc::Receiver<Row>) -> Result<()> {
        while let Some(first) = waiting.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH_MAX
                && let Ok(row) = waiting.try_recv()
            {
                batch.push(row);
            }
            self.commit(&batch)?;
            for row in batch {
                // A caller whose time is over no longer waits.
                let _ = row.done.send(());
            }
            self.copy_log();
        }
        Ok(())
    }

    fn commit(&mut self, batch: &[Row]) -> Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for row in batch {
            self.seq += 1;
            let (id, key) = (name(row.number % self.conversations), mix(row.number));
            // Like keyed hashes: anywhere in the index.
            let message = key.cast_signed();
            let body = vec![7_u8; self.sizes.event];
            let mut event = transaction.prepare_cached(EVENT_ADD)?;
            event.execute(params![self.seq, AT_MS, id, id, id, 2, message, body])?;
            let key = [key.to_be_bytes(), row.number.to_be_bytes()].concat();
            let mut request = transaction.prepare_cached(REQUEST_PUT)?;
            request.execute(params![key, AT_MS, vec![7_u8; self.sizes.request]])?;
        }
        transaction.prepare_cached(NEXT_SEQ_RAISE)?.execute([self.seq])?;
        Ok(transaction.commit()?)
    }

    fn copy_log(&self) {
        if self.log.pages.load(Ordering::Relaxed) < LOG_PAGES_MAX {
            return;
        }
        if self.log.copied.swap(false, Ordering::Relaxed) {
            checkpoint(&self.connection);
        } else {
            // Asked already is as good.
            let _ = self.checkpoints.try_send(());
        }
    }
}

fn copy_log(connection: &Connection, log: &Log, asked: &Receiver<()>) {
    while asked.recv().is_ok() {
        if log.pages.load(Ordering::Relaxed) >= LOG_PAGES_MAX && !log.copied.load(Ordering::Relaxed) {
            checkpoint(connection);
            log.copied.store(true, Ordering::Relaxed);
        }
    }
}

/// One that copies nothing because somebody is in the way is made up for by the next.
fn checkpoint(connection: &Connection) {
    let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    for (pragma, value) in [("journal_mode", "wal"), ("synchronous", "full"), ("secure_delete", "fast")] {
        connection.pragma_update(None, pragma, value)?;
    }
    connection.pragma_update(None, "cache_size", -8 * 1024)?;
    connection.pragma_update(None, "mmap_size", 256 * 1024 * 1024)?;
    Ok(connection)
}

/// Twelve bytes, as ids have.
fn name(number: u64) -> Vec<u8> {
    [&[0; 4][..], &number.to_be_bytes()].concat()
}

fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
