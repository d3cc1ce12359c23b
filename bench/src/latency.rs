//! From a customer's POST to the agent's socket, at a thousand messages a second.
//!
//! An open loop: messages are due at fixed moments, and each latency counts from when its message was due, so that a
//! hub which stalls is not asked less and does not look better for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hdrhistogram::Histogram;
use secrecy::ExposeSecret;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::Setting;
use crate::customers::{RECEIVE, message};
use crate::desk_client::Desk;
use crate::floor::{Floor, SETTINGS};
use crate::http::Connection;
use crate::hub::Hub;
use crate::parse_server::ParseServer;
use crate::results::{Measurement, Results};
use crate::rows::{self, Sizes};
use crate::sink::Sink;

const PER_SECOND: u64 = 1_000;
const AGENTS: u32 = 40;
const CHATS: u32 = 5;
/// Enough that a message never waits for a connection unless the hub is far behind.
const CONNECTIONS: usize = 64;
/// How long the last messages may take to arrive.
const DRAIN: Duration = Duration::from_secs(5);
/// In every text, followed by the number of the message.
const MARK: &str = "message number ";

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sink = Sink::open().await?;
    let mut hub = Hub::prepare(&setting.hub, folder.path(), SETTINGS).await?;
    hub.start().await?;
    let chats = CHATS;
    let floor = Floor::fill(&hub, Some(&sink.url()), setting.pick(AGENTS, 5), chats).await?;
    let customers = floor.desks.len() as u64 * u64::from(chats);
    let duration = setting.pick(Duration::from_secs(20), Duration::from_secs(2));
    let messages = PER_SECOND * duration.as_secs();
    let token = floor.connector.token.expose_secret().to_owned();
    let arrivals = Arrivals::new(messages);
    let mut listening = JoinSet::new();
    for (desk, _) in floor.desks {
        listening.spawn(listen(desk, Arc::clone(&arrivals)));
    }
    let answered = post_all(&hub.url(), &token, customers, &arrivals).await?;
    let socket = arrivals.wait().await;
    listening.shutdown().await;
    hub.kill().await?;

    let parser = ParseServer::start().await?;
    let bare = post_all(&parser.url, &token, customers, &Arrivals::new(messages)).await?;
    let sizes = Sizes::of(&hub.database())?;
    let commits = rows::rate(
        folder.path(),
        sizes,
        customers,
        1,
        setting.pick(Duration::from_secs(3), Duration::from_secs(1)),
    )
    .await?;
    let commit_ms = 1_000.0 / commits;
    ensure!(socket.len() == messages, "{} of {messages} messages reached a desk", socket.len());
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
        let ms = |histogram: &Histogram<u64>| histogram.value_at_quantile(quantile) as f64 / 1_000.0;
        let note = format!(
            "answered after {:.2} ms; the limit is {:.2} ms of HTTP and {commit_ms:.2} ms of commit",
            ms(&answered),
            ms(&bare)
        );
        let measurement = Measurement::new("latency", format!("POST to socket, {name}"), ms(&socket), "ms");
        let limit = ms(&bare) + commit_ms;
        results.add(measurement.limit("a parsed POST and one commit, without a hub", limit).note(note));
    }
    Ok(())
}

/// When each message was due and when a desk had it.
struct Arrivals {
    begun: Instant,
    due: Vec<AtomicU64>,
    arrived: Vec<AtomicU64>,
    count: AtomicU64,
}

impl Arrivals {
    fn new(messages: u64) -> Arc<Self> {
        let moments = || (0..messages).map(|_| AtomicU64::new(0)).collect();
        Arc::new(Self { begun: Instant::now(), due: moments(), arrived: moments(), count: AtomicU64::new(0) })
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn arrive(&self, number: usize) {
        let Some(arrived) = self.arrived.get(number) else { return };
        if arrived.swap(self.now_us(), Ordering::Relaxed) == 0 {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits for the last and returns how long each took.
    async fn wait(&self) -> Histogram<u64> {
        let latest = Instant::now() + DRAIN;
        while self.count.load(Ordering::Relaxed) < self.due.len() as u64 && Instant::now() < latest {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut histogram = histogram();
        for (due, arrived) in self.due.iter().zip(&self.arrived) {
            let (due, arrived) = (due.load(Ordering::Relaxed), arrived.load(Ordering::Relaxed));
            if arrived > 0 {
                histogram.saturating_record(arrived.saturating_sub(due));
            }
        }
        histogram
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are valid constants")
}

async fn listen(mut desk: Desk, arrivals: Arc<Arrivals>) {
    // The desk's end is the hub's, which is killed when all is counted.
    while let Ok(told) = desk.told().await {
        if told.event != "onCimEvent" {
            continue;
        }
        let number = told.data.split(MARK).nth(1).and_then(|rest| {
            let digits: &str = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
            digits.parse().ok()
        });
        if let Some(number) = number {
            arrivals.arrive(number);
        }
    }
}

/// Posts every message when it is due, and returns how long after that it was answered.
async fn post_all(
    url: &str,
    token: &str,
    customers: u64,
    arrivals: &Arc<Arrivals>,
) -> Result<Histogram<u64>> {
    let (queue, waiting) = mpsc::channel::<usize>(arrivals.due.len().max(1));
    let waiting = Arc::new(Mutex::new(waiting));
    let mut posting = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(url).await?;
        let (waiting, arrivals, token) = (Arc::clone(&waiting), Arc::clone(arrivals), token.to_owned());
        posting.spawn(async move {
            let mut answered = histogram();
            loop {
                let Some(number) = waiting.lock().await.recv().await else { return anyhow::Ok(answered) };
                let text = format!("My router keeps rebooting; this is {MARK}{number} about it.");
                let message = message(number as u64 % customers, &format!("latency-{number}"), &text);
                connection.post(RECEIVE, &token, &message).await?;
                let due = arrivals.due[number].load(Ordering::Relaxed);
                answered.saturating_record(arrivals.now_us().saturating_sub(due));
            }
        });
    }
    let timing = Arc::clone(arrivals);
    // A thread of its own: the runtime's timers are accurate to a millisecond only.
    let clock = std::thread::spawn(move || {
        let begin = timing.now_us() + 100_000;
        for number in 0..timing.due.len() {
            let due = begin + number as u64 * 1_000_000 / PER_SECOND;
            timing.due[number].store(due, Ordering::Relaxed);
            std::thread::sleep(Duration::from_micros(due.saturating_sub(timing.now_us())));
            if queue.blocking_send(number).is_err() {
                return;
            }
        }
    });
    let mut answered = histogram();
    while let Some(done) = posting.join_next().await {
        answered.add(done??)?;
    }
    clock.join().map_err(|_| anyhow::anyhow!("the clock panicked"))?;
    Ok(answered)
}
