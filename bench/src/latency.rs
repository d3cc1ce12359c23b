//! From a customer's POST to the agent's socket, at a thousand messages a second.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use secrecy::ExposeSecret;
use tokio::task::JoinSet;

use crate::Setting;
use crate::desk_client::Desk;
use crate::floor::{Floor, SETTINGS};
use crate::hub::Hub;
use crate::parse_server::ParseServer;
use crate::results::{Measurement, Results};
use crate::rows::{self, Sizes};
use crate::sink::Sink;
use crate::timed::{Messages, Timetable, ms, post_all};

const PER_SECOND: u64 = 1_000;
const AGENTS: u32 = 40;
const CHATS: u32 = 5;
/// How long the last messages may take to arrive.
const DRAIN: Duration = Duration::from_secs(5);

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sink = Sink::open().await?;
    let mut hub = Hub::prepare(&setting.hub, folder.path(), SETTINGS).await?;
    hub.start().await?;
    let chats = CHATS;
    let floor = Floor::fill(&hub, Some(&sink.url()), setting.pick(AGENTS, 5), chats).await?;
    let customers = floor.desks.len() as u64 * u64::from(chats);
    let duration = setting.pick(Duration::from_secs(20), Duration::from_secs(2));
    let timetable: Timetable = (0..PER_SECOND * duration.as_secs())
        .map(|number| (number * 1_000_000 / PER_SECOND, number % customers))
        .collect();
    let token = floor.connector.token.expose_secret().to_owned();
    let messages = Messages::new(timetable.clone());
    let mut listening = JoinSet::new();
    for (desk, _) in floor.desks {
        listening.spawn(listen(desk, Arc::clone(&messages)));
    }
    post_all(&hub.url(), &token, &messages).await?;
    messages.wait(DRAIN).await;
    listening.shutdown().await;
    hub.kill().await?;

    let parser = ParseServer::start().await?;
    let parsed = Messages::new(timetable);
    post_all(&parser.url, &token, &parsed).await?;
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
    let (arrived, sent, repeated) = (messages.arrived(), messages.len(), messages.repeated());
    ensure!(arrived == sent, "{arrived} of {sent} messages reached a desk");
    ensure!(repeated == 0, "{repeated} messages reached a desk twice");
    let whole = || Duration::ZERO..Duration::MAX;
    let (answered, socket) = (messages.until_answered(whole()), messages.until_arrived(whole()));
    let bare = parsed.until_answered(whole());
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
        let note = format!(
            "answered after {:.2} ms; the limit is {:.2} ms of HTTP and {commit_ms:.2} ms of commit",
            ms(&answered, quantile),
            ms(&bare, quantile)
        );
        let measurement =
            Measurement::new("latency", format!("POST to socket, {name}"), ms(&socket, quantile), "ms");
        let limit = ms(&bare, quantile) + commit_ms;
        results.add(measurement.limit("a parsed POST and one commit, without a hub", limit).note(note));
    }
    Ok(())
}

async fn listen(mut desk: Desk, messages: Arc<Messages>) {
    // The desk's end is the hub's, which is killed when all is counted.
    while let Ok(told) = desk.told().await {
        if told.event == "onCimEvent" {
            messages.shown(&told.data, false);
        }
    }
}
