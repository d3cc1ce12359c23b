//! A contact centre at work: three conversations an agent, opened at four a second for every 300 agents, and every
//! customer writes every five seconds.
//!
//! The pattern is the one the largest documented installation of the original was tested with; it ended at 300 agents
//! on sixteen cores. Here it is run at that size and at larger ones, the customers and all desks on the same machine.
//!
//! Every desk has a connection of its own. Where a process may not open as many files, desks share connections of
//! HTTP/2, as they do behind a proxy that gathers them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::Setting;
use crate::customers::LINE;
use crate::desk_client::{Desk, SignedIn, sign_in};
use crate::floor::SETTINGS;
use crate::hub::{Hub, PASSWORD};
use crate::machine::{Occupied, open_files_max, processor_time};
use crate::results::{Measurement, Results};
use crate::sink::Sink;
use crate::tenant::{Admin, Connector, Handling};
use crate::timed::{Messages, Timetable, ms, post_all};
use crate::trunk::Trunk;

/// The published size, ten times that, what one tenant is meant for, and a hundred times the published size.
pub const SIZES: [u64; 4] = [300, 3_000, 10_000, 30_000];
/// Files the hub and this program keep open besides the desks' connections: most are customers' connections.
const OTHER_FILES: u64 = 1_000;
/// Desks that share a connection where not each can have one. Hubs allow twice as many.
const DESKS_SHARING: usize = 100;
pub const CHATS: u64 = 3;
/// Of one customer.
const WRITES_EVERY: Duration = Duration::from_secs(5);
/// How long it takes until all conversations are open: four a second for every 300 agents.
const OPENING: Duration = Duration::from_secs(225);
/// Customers write out of step: each begins so much later in his interval than the one before him, by the golden
/// section, so that no number of them falls into line.
const OUT_OF_STEP_US: u64 = 3_090_170;
/// How long everybody writes once all conversations are open.
const STEADY: Duration = Duration::from_secs(30);
/// How long the last messages may take to arrive.
const DRAIN: Duration = Duration::from_secs(60);
/// A hub lets in this many a minute from one address; this machine has many.
const SIGN_INS_PER_ADDRESS: u64 = 800;
/// Requests under way while a floor is filled.
const SETTING_UP: usize = 8;
const MIB: f64 = 1024.0 * 1024.0;

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    for &agents in setting.pick(&setting.agents[..], &[30]) {
        run(setting, agents, results).await?;
    }
    Ok(())
}

async fn run(setting: &Setting, agents: u64, results: &mut Results) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sink = Sink::open().await?;
    let mut hub = Hub::prepare(&setting.hub, folder.path(), SETTINGS).await?;
    hub.start().await?;
    let (connector, staff) = open(&hub, &sink, agents).await?;
    let conversations = agents * CHATS;
    let opening = setting.pick(OPENING, Duration::from_secs(5));
    let steady = setting.pick(STEADY, Duration::from_secs(5));
    let messages = Messages::new(timetable(conversations, opening, opening + steady));
    let sharing = agents + OTHER_FILES > open_files_max()?;
    let mut sitting = seat(&hub, &staff, sharing, &messages).await?;
    let pid = hub.pid()?;
    let watching = tokio::spawn(async move {
        tokio::time::sleep(opening).await;
        let before = processor_time(pid)?;
        tokio::time::sleep(steady).await;
        anyhow::Ok(((processor_time(pid)? - before).as_secs_f64() / steady.as_secs_f64(), Occupied::by(pid)?))
    });
    post_all(&hub.url(), connector.token.expose_secret(), &messages).await?;
    messages.wait(DRAIN).await;
    let (cores, occupied) = watching.await??;
    sitting.shutdown().await;
    hub.kill().await?;
    let (arrived, sent, repeated) = (messages.arrived(), messages.len(), messages.repeated());
    ensure!(arrived == sent, "{agents} agents: {arrived} of {sent} messages reached a desk");
    ensure!(repeated == 0, "{agents} agents: {repeated} messages reached a desk twice");
    let everybody = || opening..opening + steady;
    let (answered, shown) = (messages.until_answered(everybody()), messages.until_arrived(everybody()));
    let what = |name: &str| format!("{agents} agents, {name}");
    let rate = shown.len() as f64 / steady.as_secs_f64();
    let note = format!(
        "{conversations} conversations; all {sent} messages of {:.0} s reached their desks, none twice; answered \
         after {:.1} ms (p50), {:.1} ms (p99); desks a connection: {}",
        (opening + steady).as_secs_f64(),
        ms(&answered, 0.5),
        ms(&answered, 0.99),
        if sharing { DESKS_SHARING } else { 1 },
    );
    results.add(Measurement::new("centre", what("messages due"), rate, "/s").note(note));
    for (name, quantile) in [("POST to socket, p50", 0.5), ("POST to socket, p99", 0.99)] {
        results.add(Measurement::new("centre", what(name), ms(&shown, quantile), "ms"));
    }
    results.add(Measurement::new("centre", what("processor"), cores, "cores"));
    results.add(Measurement::new("centre", what("memory"), occupied.resident_bytes / MIB, "MiB"));
    Ok(())
}

/// Registers everything, hires so many agents and signs them in.
pub async fn open(hub: &Hub, sink: &Sink, agents: u64) -> Result<(Connector, Vec<SignedIn>)> {
    let admin = Admin::sign_in(&hub.url()).await?;
    admin.set_capacity(u32::try_from(CHATS)?).await?;
    let connector = admin.register(Some(&sink.url())).await?;
    let handling = Handling { mode: "HYBRID", inactivity_secs: 3_600 };
    admin.open_channel(&connector, LINE, handling).await?;
    Ok((connector, hire(hub, &admin, agents, |_| Value::Array(Vec::new())).await?))
}

/// Hires so many agents, each with the routing attributes of his number, and signs them in.
pub async fn hire(
    hub: &Hub,
    admin: &Admin,
    agents: u64,
    attributes_of: impl Fn(u64) -> Value,
) -> Result<Vec<SignedIn>> {
    let url = hub.url();
    let clients = (0..=agents / SIGN_INS_PER_ADDRESS)
        .map(|number| {
            let address = std::net::Ipv4Addr::new(127, 0, 0, u8::try_from(1 + number)?);
            Ok(reqwest::Client::builder().local_address(Some(address.into())).build()?)
        })
        .collect::<Result<Vec<_>>>()?;
    let staff = stream::iter(0..agents).map(|number| {
        let (http, url) = (&clients[(number / SIGN_INS_PER_ADDRESS) as usize], &url);
        let attributes = attributes_of(number);
        async move {
            let username = format!("agent{number}");
            admin.hire_with(&username, &attributes).await?;
            sign_in(http, url, &username, PASSWORD).await
        }
    });
    staff.buffer_unordered(SETTING_UP).try_collect().await
}

/// Connects a desk for each of the staff and has him get ready.
async fn seat(
    hub: &Hub,
    staff: &[SignedIn],
    sharing: bool,
    messages: &Arc<Messages>,
) -> Result<JoinSet<Result<()>>> {
    let mut sitting = JoinSet::new();
    for some in staff.chunks(DESKS_SHARING) {
        let mut trunk = if sharing { Some(Trunk::open(&hub.url()).await?) } else { None };
        for me in some {
            let mut desk = match &mut trunk {
                Some(trunk) => Desk::connect_on(trunk, me).await?,
                None => Desk::connect(&hub.url(), me).await?,
            };
            desk.get_ready().await?;
            sitting.spawn(attend(desk, Arc::clone(messages)));
        }
    }
    Ok(sitting)
}

/// Takes whatever rings and notes what is shown.
async fn attend(mut desk: Desk, messages: Arc<Messages>) -> Result<()> {
    let mut taken = 0;
    loop {
        let told = desk.told().await?;
        match told.event.as_str() {
            "taskRequest" => {
                let offer: Value = serde_json::from_str(&told.data)?;
                desk.accept(&offer, &format!("participant{taken}")).await?;
                taken += 1;
            }
            "onTopicData" | "onCimEvent" => messages.shown(&told.data, false),
            _ => {}
        }
    }
}

/// Customers come one after the other, and each writes at his interval until the end.
fn timetable(customers: u64, opening: Duration, end: Duration) -> Timetable {
    let us = |span: Duration| u64::try_from(span.as_micros()).expect("a measurement ends");
    let (opening, end, every) = (us(opening), us(end), us(WRITES_EVERY));
    let mut timetable = Timetable::new();
    for customer in 0..customers {
        let comes = customer * opening / customers;
        timetable.push((comes, customer));
        let phase = customer * OUT_OF_STEP_US % every;
        let first = comes.next_multiple_of(every) + phase;
        let further = (0..).map(|turn| first + turn * every).take_while(|at| *at < end);
        timetable.extend(further.map(|at| (at, customer)));
    }
    timetable.sort_unstable();
    timetable
}
