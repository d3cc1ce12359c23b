//! What live conversations cost: memory while the hub runs, time when it starts again.

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rusqlite::Connection;

use crate::Setting;
use crate::customers::{LINE, open_conversations};
use crate::floor::SETTINGS;
use crate::hub::Hub;
use crate::machine::Occupied;
use crate::results::{Measurement, Results};
use crate::sink::Sink;
use crate::tenant::{Admin, Connector, Handling};

/// How long the deliveries of that many new conversations may take.
const DRAIN: Duration = Duration::from_secs(600);
const MIB: f64 = 1024.0 * 1024.0;

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    let folder = tempfile::tempdir()?;
    empty(setting, folder.path(), results).await?;
    let (few, many) = setting.pick((10_000, 100_000), (500, 2_000));
    let sink = Sink::open().await?;
    let live = tempfile::tempdir()?;
    let mut hub = Hub::prepare(&setting.hub, live.path(), SETTINGS).await?;
    hub.start().await?;
    let admin = Admin::sign_in(&hub.url()).await?;
    let connector = admin.register(Some(&sink.url())).await?;
    let handling = Handling { mode: "HYBRID", inactivity_secs: 3_600 };
    admin.open_channel(&connector, LINE, handling).await?;
    let with_few = open(&hub, &admin, &connector, 0..few).await?;
    let with_many = open(&hub, &admin, &connector, few..many).await?;
    let each = (with_many.private_bytes - with_few.private_bytes) / (many - few) as f64;
    hub.kill().await?;
    let live_rows = LiveRows::read(&hub.database())?;
    ensure!(live_rows.conversations == many, "{} conversations are live", live_rows.conversations);
    let note = format!("with {few}: {}; with {many}: {}", told(with_few), told(with_many));
    let measurement = Measurement::new("memory", "each live conversation", each, "bytes");
    results.add(measurement.limit("its rows, sealed", live_rows.bytes / many as f64).note(note));
    let took = hub.start().await?;
    let occupied = Occupied::by(hub.pid()?)?;
    hub.kill().await?;
    let measurement = Measurement::new(
        "start",
        format!("after kill -9 with {many} live conversations"),
        took.as_secs_f64() * 1_000.0,
        "ms",
    );
    let note = format!("afterwards: {}", told(occupied));
    results.add(measurement.limit("reading their rows", live_rows.took.as_secs_f64() * 1_000.0).note(note));
    Ok(())
}

/// A hub in which nothing has happened.
async fn empty(setting: &Setting, folder: &Path, results: &mut Results) -> Result<()> {
    let mut hub = Hub::prepare(&setting.hub, folder, SETTINGS).await?;
    let took = hub.start().await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let occupied = Occupied::by(hub.pid()?)?;
    hub.kill().await?;
    let begun = Instant::now();
    let status = tokio::process::Command::new(&setting.hub).arg("--version").output().await?.status;
    ensure!(status.success(), "tieline --version ended with {status}");
    let process = begun.elapsed().as_secs_f64() * 1_000.0;
    let measurement = Measurement::new("start", "an empty hub", took.as_secs_f64() * 1_000.0, "ms");
    results.add(measurement.limit("a process that prints its version", process));
    results.add(
        Measurement::new("memory", "an idle, empty hub", occupied.resident_bytes / MIB, "MiB")
            .note(told(occupied)),
    );
    Ok(())
}

/// Opens a conversation with each of these customers. Returns the hub's memory when all is delivered.
async fn open(hub: &Hub, admin: &Admin, connector: &Connector, customers: Range<u64>) -> Result<Occupied> {
    open_conversations(&hub.url(), connector, customers).await?;
    let begun = Instant::now();
    while admin.waiting(connector).await? > 0 {
        ensure!(begun.elapsed() < DRAIN, "deliveries still wait after {DRAIN:?}: {}", hub.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Occupied::by(hub.pid()?)
}

fn told(Occupied { resident_bytes, private_bytes }: Occupied) -> String {
    format!("{:.0} MiB of its own, {:.0} MiB resident", private_bytes / MIB, resident_bytes / MIB)
}

/// The rows a start cannot do without.
struct LiveRows {
    conversations: u64,
    bytes: f64,
    took: Duration,
}

impl LiveRows {
    fn read(database: &Path) -> Result<Self> {
        const LIVE: &str = "SELECT had.body, who.body FROM conversation AS had \
            JOIN customer AS who ON who.id = had.customer WHERE had.live = 1";
        let connection = Connection::open(database)?;
        let begun = Instant::now();
        let mut statement = connection.prepare(LIVE)?;
        let mut rows = statement.query([])?;
        let (mut conversations, mut bytes) = (0, 0);
        while let Some(row) = rows.next()? {
            for column in 0..2 {
                bytes += row.get_ref(column)?.as_blob().context("a body is a blob")?.len();
            }
            conversations += 1;
        }
        Ok(Self { conversations, bytes: bytes as f64, took: begun.elapsed() })
    }
}
