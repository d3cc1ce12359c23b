//! Agents' replies out: from the desks' sockets to the webhook.
//!
//! A desk may ask for no more than twenty things a second after a first burst, so it takes a floor of agents to find
//! out what the hub can do.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

use crate::Setting;
use crate::desk_client::{Desk, Place};
use crate::floor::{Floor, SETTINGS};
use crate::hub::Hub;
use crate::results::{Measurement, Results};
use crate::sink::Sink;

const AGENTS: u32 = 320;
const CHATS: u32 = 4;
/// Replies of one desk that the hub has not shown as sent yet.
const UNDER_WAY_MAX: u64 = 8;
const PER_SECOND_TARGET: f64 = 5_000.0;
/// How long the last deliveries may take.
const DRAIN: Duration = Duration::from_secs(60);
/// POSTs under way to the webhook when nothing but them is measured; as many as the hub has by default.
const POSTS_UNDER_WAY: usize = 64;
/// A reply as the webhook carries it.
const REPLY_BYTES: usize = 1_500;

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sink = Sink::open().await?;
    let mut hub = Hub::prepare(&setting.hub, folder.path(), SETTINGS).await?;
    hub.start().await?;
    let floor = Floor::fill(&hub, Some(&sink.url()), setting.pick(AGENTS, 40), CHATS).await?;
    drained(&floor).await?;
    let before = sink.count();
    let begun = Instant::now();
    let until = begun + setting.pick(Duration::from_secs(6), Duration::from_secs(2));
    let mut talking = JoinSet::new();
    let Floor { desks, admin, connector } = floor;
    for (number, (desk, places)) in desks.into_iter().enumerate() {
        talking.spawn(talk(desk, places, number, until));
    }
    let (mut said, mut kept) = (0, Vec::new());
    for spoken in talking.join_all().await {
        let (count, desk) = spoken?;
        said += count;
        kept.push(desk);
    }
    let shown = begun.elapsed();
    drained(&Floor { desks: Vec::new(), admin, connector }).await?;
    let after = sink.count();
    let delivered = after.received - before.received;
    ensure!(delivered == said, "{said} replies were shown as sent, {delivered} arrived");
    let out_of_order = after.out_of_order - before.out_of_order;
    ensure!(out_of_order == 0, "{out_of_order} replies arrived before the one they follow");
    let last = after.last.map_or(shown, |last| last.duration_since(begun));
    hub.kill().await?;
    drop(kept);
    let bare = bare_posts(&sink, setting.duration()).await?;
    let rate = said as f64 / last.as_secs_f64();
    let note = format!(
        "{said} replies by {} desks, each conversation in order; accepted at {:.0}/s; received by a webhook that \
         reads the numbers only",
        setting.pick(AGENTS, 40),
        said as f64 / shown.as_secs_f64()
    );
    let measurement = Measurement::new("replies", "socket to webhook", rate, "/s");
    results.add(
        measurement
            .at_least(PER_SECOND_TARGET)
            .limit("POSTs to the same webhook, without a hub", bare)
            .note(note),
    );
    Ok(())
}

/// Waits until nothing is left to deliver.
pub async fn drained(floor: &Floor) -> Result<()> {
    let begun = Instant::now();
    while floor.admin.waiting(&floor.connector).await? > 0 {
        ensure!(begun.elapsed() < DRAIN, "deliveries still wait after {DRAIN:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Replies to the agent's customers in turn, as fast as the hub shows replies as sent.
async fn talk(mut desk: Desk, places: Vec<Place>, number: usize, until: Instant) -> Result<(u64, Desk)> {
    let (mut said, mut shown) = (0_u64, 0_u64);
    loop {
        while said - shown < UNDER_WAY_MAX && Instant::now() < until {
            let place = &places[said as usize % places.len()];
            let id = format!("reply-{number}-{said}");
            desk.say(place, &id, "Thank you for your patience, I am looking into it.", 1_700_000_000_000)
                .await?;
            said += 1;
        }
        if said == shown {
            return Ok((said, desk));
        }
        let told = desk.told().await?;
        ensure!(told.event != "errors", "the hub refused: {}", told.data);
        if told.event == "onCimEvent" && told.data.contains("AGENT_MESSAGE") {
            shown += 1;
        }
    }
}

/// How many POSTs a second the webhook takes from the client the hub uses.
async fn bare_posts(sink: &Sink, duration: Duration) -> Result<f64> {
    let client = reqwest::Client::builder().tcp_nodelay(true).build()?;
    let begun = Instant::now();
    let mut posting = JoinSet::new();
    for _ in 0..POSTS_UNDER_WAY {
        let (client, url) = (client.clone(), sink.url());
        posting.spawn(async move {
            let (mut posted, body) = (0_u64, "x".repeat(REPLY_BYTES));
            while begun.elapsed() < duration {
                client.post(&url).body(body.clone()).send().await?.error_for_status()?;
                posted += 1;
            }
            anyhow::Ok(posted)
        });
    }
    let mut posted = 0;
    for done in posting.join_all().await {
        posted += done?;
    }
    Ok(posted as f64 / begun.elapsed().as_secs_f64())
}
