//! A storm of reconnections: all desks of a floor lose their sockets at once and come back together, while customers go
//! on writing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hdrhistogram::Histogram;
use secrecy::ExposeSecret;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::Setting;
use crate::centre::{CHATS, open};
use crate::customers::open_conversations;
use crate::desk_client::{Desk, SignedIn};
use crate::floor::{SETTINGS, take};
use crate::hub::Hub;
use crate::results::{Measurement, Results};
use crate::sink::Sink;
use crate::timed::{Messages, Timetable, ms, post_all};

const DESKS: u64 = 2_000;
/// Messages of all customers together, before the storm and through it.
const PER_SECOND: u64 = 500;
const CALM: Duration = Duration::from_secs(10);
/// How long after the storm has begun messages are watched.
const WATCHED: Duration = Duration::from_secs(10);
/// How long the last messages may take to arrive.
const DRAIN: Duration = Duration::from_secs(30);

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    let desks = setting.pick(DESKS, 20);
    let folder = tempfile::tempdir()?;
    let sink = Sink::open().await?;
    let mut hub = Hub::prepare(&setting.hub, folder.path(), SETTINGS).await?;
    hub.start().await?;
    let (connector, staff) = open(&hub, &sink, desks).await?;
    let customers = desks * CHATS;
    open_conversations(&hub.url(), &connector, 0..customers).await?;
    let count = PER_SECOND * (CALM + WATCHED).as_secs();
    let timetable: Timetable =
        (0..count).map(|number| (number * 1_000_000 / PER_SECOND, number % customers)).collect();
    let messages = Messages::new(timetable);
    // Everybody sits, then the customers begin; everybody loses his socket at the same moment.
    let seated = Arc::new(Barrier::new(usize::try_from(desks)? + 1));
    let mut sitting = JoinSet::new();
    for me in staff {
        let url = hub.url();
        let (seated, messages) = (Arc::clone(&seated), Arc::clone(&messages));
        sitting.spawn(async move { weather(&url, &me, &seated, &messages).await });
    }
    seated.wait().await;
    post_all(&hub.url(), connector.token.expose_secret(), &messages).await?;
    messages.wait(DRAIN).await;
    let mut back = Histogram::<u64>::new(3)?;
    for served in sitting.join_all().await {
        back.record(u64::try_from(served?.as_micros())?)?;
    }
    hub.kill().await?;
    let (arrived, sent) = (messages.arrived(), messages.len());
    ensure!(arrived == sent, "{arrived} of {sent} messages reached a desk");
    let before = messages.until_answered(Duration::ZERO..CALM);
    let during = messages.until_answered(CALM..CALM + ms_span(&back));
    let note = format!(
        "each shown its {CHATS} conversations again: p50 {:.0} ms, p99 {:.0} ms; {PER_SECOND} messages a second went on, \
         all of which reached their desks",
        ms(&back, 0.5),
        ms(&back, 0.99)
    );
    let what = |name: &str| format!("{desks} desks at once, {name}");
    let last = back.max() as f64 / 1_000_000.0;
    results.add(Measurement::new("storm", what("the last is back"), last, "s").below(10.0).note(note));
    for (name, quantile) in [("POST answered, p50", 0.5), ("POST answered, p99", 0.99)] {
        let measurement = Measurement::new("storm", what(name), ms(&during, quantile), "ms");
        results.add(measurement.limit("before the storm", ms(&before, quantile)));
    }
    Ok(())
}

/// The storm, from its beginning until the last was served.
fn ms_span(back: &Histogram<u64>) -> Duration {
    Duration::from_micros(back.max())
}

/// A desk that is cut off in the middle. Returns how long it was until it had everything again.
async fn weather(url: &str, me: &SignedIn, seated: &Barrier, messages: &Messages) -> Result<Duration> {
    let mut desk = Desk::connect(url, me).await?;
    take(&mut desk, usize::try_from(CHATS)?).await?;
    seated.wait().await;
    let storm = Instant::now() + CALM;
    while let Ok(told) = tokio::time::timeout_at(storm.into(), desk.told()).await {
        let told = told?;
        messages.shown(&told.data, false);
    }
    drop(desk);
    let mut desk = Desk::connect(url, me).await?;
    let mut topics = 0;
    while topics < CHATS {
        let told = desk.told().await?;
        topics += u64::from(told.event == "onTopicData");
        messages.shown(&told.data, true);
    }
    let served = storm.elapsed();
    let end = storm + WATCHED + DRAIN;
    while messages.arrived() < messages.len() {
        let Ok(told) = tokio::time::timeout_at(end.into(), desk.told()).await else { break };
        messages.shown(&told?.data, true);
    }
    Ok(served)
}
