//! Messages that are posted when they are due, whatever became of those before, and the moment each reached a desk.
//!
//! An open loop: each latency counts from when its message was due, so that a hub which stalls is not asked less and
//! does not look better for it.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use hdrhistogram::Histogram;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::customers::{RECEIVE, message};
use crate::http::Connection;

/// Enough that a message waits for a connection only where the hub takes a twentieth of a second for most of ten thousand
/// a second.
const CONNECTIONS: usize = 512;
/// Between the call and the first message.
const HEAD_START_US: u64 = 100_000;
/// Ten minutes: longer than any hub that still works takes.
const LATENCY_US_MAX: u64 = 600_000_000;
/// In every text, followed by the number of the message.
const MARK: &str = "message number ";

/// Who writes when: microseconds after the first message is due, and the customer's number. In order of time.
pub type Timetable = Vec<(u64, u64)>;

/// What became of each message of a timetable.
pub struct Messages {
    begun: Instant,
    timetable: Timetable,
    /// When each was due, answered and shown at a desk, in microseconds since `begun`; 0 for not yet.
    due: Vec<AtomicU64>,
    answered: Vec<AtomicU64>,
    arrived: Vec<AtomicU64>,
    count: AtomicU64,
    repeated: AtomicU64,
}

impl Messages {
    pub fn new(timetable: Timetable) -> Arc<Self> {
        let moments = || timetable.iter().map(|_| AtomicU64::new(0)).collect();
        let (due, answered, arrived) = (moments(), moments(), moments());
        let (count, repeated) = (AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { begun: Instant::now(), timetable, due, answered, arrived, count, repeated })
    }

    pub fn len(&self) -> u64 {
        self.timetable.len() as u64
    }

    /// How many have reached a desk.
    pub fn arrived(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// How many reached a desk once more, although nobody had asked again.
    pub fn repeated(&self) -> u64 {
        self.repeated.load(Ordering::Relaxed)
    }

    /// Notes every message that a desk was shown with one event. Whoever connects anew is shown what it has seen.
    pub fn shown(&self, data: &str, anew: bool) {
        let mut numbers: Vec<usize> = data.split(MARK).skip(1).filter_map(leading_number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            let Some(arrived) = self.arrived.get(number) else { continue };
            if arrived.compare_exchange(0, self.now_us(), Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                self.count.fetch_add(1, Ordering::Relaxed);
            } else if !anew {
                self.repeated.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Waits until all have arrived, or `patience` is over.
    pub async fn wait(&self, patience: Duration) {
        let latest = Instant::now() + patience;
        while self.arrived() < self.len() && Instant::now() < latest {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// How long after they were due they were answered, of those due in this span of the timetable.
    pub fn until_answered(&self, span: Range<Duration>) -> Histogram<u64> {
        self.until(&self.answered, span)
    }

    /// The same until a desk was shown them.
    pub fn until_arrived(&self, span: Range<Duration>) -> Histogram<u64> {
        self.until(&self.arrived, span)
    }

    fn until(&self, moments: &[AtomicU64], span: Range<Duration>) -> Histogram<u64> {
        let mut histogram =
            Histogram::new_with_bounds(1, LATENCY_US_MAX, 3).expect("the bounds are valid constants");
        for (((at, _), due), moment) in self.timetable.iter().zip(&self.due).zip(moments) {
            let (due, moment) = (due.load(Ordering::Relaxed), moment.load(Ordering::Relaxed));
            if moment > 0 && span.contains(&Duration::from_micros(*at)) {
                histogram.saturating_record(moment.saturating_sub(due));
            }
        }
        histogram
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Posts every message when it is due, and returns when all are answered. On a thread of its own: customers do not wait
/// for what desks have to read.
pub async fn post_all(url: &str, token: &str, messages: &Arc<Messages>) -> Result<()> {
    let (url, token, messages) = (url.to_owned(), token.to_owned(), Arc::clone(messages));
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(post_when_due(&url, &token, &messages))
    })
    .await?
}

async fn post_when_due(url: &str, token: &str, messages: &Arc<Messages>) -> Result<()> {
    let (queue, waiting) = mpsc::channel::<usize>(messages.timetable.len().max(1));
    let waiting = Arc::new(Mutex::new(waiting));
    let mut posting = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(url).await?;
        let (waiting, messages, token) = (Arc::clone(&waiting), Arc::clone(messages), token.to_owned());
        posting.spawn(async move {
            loop {
                let Some(number) = waiting.lock().await.recv().await else { return anyhow::Ok(()) };
                let text = format!("My router keeps rebooting; this is {MARK}{number} about it.");
                let (_, customer) = messages.timetable[number];
                let message = message(customer, &format!("timed-{number}"), &text);
                connection.post(RECEIVE, &token, &message).await?;
                messages.answered[number].store(messages.now_us(), Ordering::Relaxed);
            }
        });
    }
    let timing = Arc::clone(messages);
    // A thread of its own: the runtime's timers are accurate to a millisecond only.
    let clock = std::thread::spawn(move || {
        let begin = timing.now_us() + HEAD_START_US;
        for (number, (at, _)) in timing.timetable.iter().enumerate() {
            let due = begin + at;
            timing.due[number].store(due, Ordering::Relaxed);
            std::thread::sleep(Duration::from_micros(due.saturating_sub(timing.now_us())));
            if queue.blocking_send(number).is_err() {
                return;
            }
        }
    });
    while let Some(done) = posting.join_next().await {
        done??;
    }
    clock.join().map_err(|_| anyhow::anyhow!("the clock panicked"))
}

/// A quantile in milliseconds.
pub fn ms(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    histogram.value_at_quantile(quantile) as f64 / 1_000.0
}

fn leading_number(text: &str) -> Option<usize> {
    text.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}
