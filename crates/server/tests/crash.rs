//! The promises that must survive `kill -9`, held by the real binary on a real disk.
//!
//! Customers write, agents answer, sessions run out, and again and again the hub is killed in the middle of it and
//! started on what it left behind. When all is quiet, its log is compared with what was told to everybody outside:
//! to the connector that posted, to the desks, to the webhook.

#[path = "../../../bench/src/desk_client.rs"]
#[allow(dead_code, reason = "the bench asks for more")]
pub mod desk_client;
#[path = "../../../bench/src/hub.rs"]
#[allow(dead_code, reason = "the bench asks for more")]
pub mod hub;
#[path = "../../../bench/src/tenant.rs"]
pub mod tenant;
#[path = "../../../bench/src/trunk.rs"]
pub mod trunk;

mod agent;
mod bot;
mod customers;
mod verdict;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use tieline_connectors::Receiver;
use tieline_connectors::ledger::{Ledger, Scope, Tally};
use tieline_connectors::receiver::{Delivery, Inbound};
use tieline_connectors::signature::SigningSecret;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use customers::Load;
use hub::Hub;
use tenant::{Admin, Connector, Handling};
use verdict::{Outage, Story};

const KILLS: usize = 10;
/// Posts acknowledged between a start and the next kill: at least, and at random so many more.
const POSTS_MIN: u64 = 120;
const POSTS_MORE: u64 = 480;
const SEED: u64 = 0x7E11_1E57;
const CUSTOMERS: u32 = 24;
const AGENTS: [&str; 2] = ["amina", "bilal"];
/// Chats of one agent: some customers are served from the start, the others wait.
const CAPACITY: u32 = 6;
const CHAT_LINE: &str = "7000";
/// Here nobody answers, and whoever says no more is soon thought to have left.
const SILENT_LINE: &str = "7001";
const SILENCE_SECS: u32 = 2;
const HOUR_SECS: u32 = 3_600;
/// How long the hub may take to deliver everything when nobody writes any more.
const QUIET_TIMEOUT: Duration = Duration::from_secs(30);
const INBOUND_MAX: usize = 10_000;
const SETTINGS: &str = r#"
[delivery]
allow_addresses = ["127.0.0.0/8"]
[log]
filter = "warn"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_nothing_accepted_is_lost_doubled_reordered_or_late() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_tieline"));
    let mut hub = Hub::prepare(binary, folder.path(), SETTINGS).await.unwrap();
    hub.start().await.unwrap();
    let admin = Admin::sign_in(&hub.url()).await.unwrap();
    let webhook = hub::free_address().unwrap();
    let connector = admin.register(Some(&format!("http://{webhook}"))).await.unwrap();
    let outside = Outside::open(webhook, &connector).await;
    furnish(&admin, &connector).await;

    let (stop, stopped) = watch::channel(false);
    let load = Arc::new(Load::new(&hub.url(), &connector, stopped.clone()));
    let writing = tokio::spawn(customers::write_all(Arc::clone(&load), CUSTOMERS));
    let silent = tokio::spawn(customers::fall_silent(Arc::clone(&load)));
    let mut agents = JoinSet::new();
    for username in AGENTS {
        agents.spawn(agent::work(hub.url(), username, stopped.clone()));
    }

    let outages = kill_repeatedly(&mut hub, &load).await;
    stop.send_replace(true);
    let (chats, silences) = (writing.await.unwrap(), silent.await.unwrap());
    let echoed = agents.join_all().await;
    let silent_sessions = silences.len() as u64;
    let quiet = timeout(QUIET_TIMEOUT, outside.quiet(&admin, &connector, silent_sessions)).await;
    let waiting = admin.waiting(&connector).await.unwrap();
    hub.kill().await.unwrap();
    let export = hub.export().await.unwrap();

    let (tally, received) = outside.close().await;
    let mut story = Story::read(&export);
    if quiet.is_err() {
        story.fault(format!(
            "{waiting} messages still wait, {} of {silent_sessions} silent sessions are over: {}",
            tally.sessions_ended,
            hub.log()
        ));
    }
    story.check_posts(chats.iter().chain(&silences));
    story.check_agents(echoed.iter().flatten());
    story.check_deliveries(&received, &tally);
    story.check_deadlines(SILENT_LINE, SILENCE_SECS, &outages);
    println!("{story}\n{} posts were repeated", load.repeated());
    assert!(story.faults().is_empty(), "{story}");
    assert!(load.repeated() > 0, "no kill met a post under way: {story}");
}

async fn furnish(admin: &Admin, connector: &Connector) {
    admin.set_capacity(CAPACITY).await.unwrap();
    admin.set(&json!({"agents": {"disconnectGraceSeconds": 5}})).await.unwrap();
    for username in AGENTS {
        admin.hire(username).await.unwrap();
    }
    let chat = Handling { mode: "HYBRID", inactivity_secs: HOUR_SECS };
    admin.open_channel(connector, CHAT_LINE, chat).await.unwrap();
    let silent = Handling { mode: "BOT", inactivity_secs: SILENCE_SECS };
    admin.open_channel(connector, SILENT_LINE, silent).await.unwrap();
}

/// Kills the hub and starts it again, at moments told by how much was accepted, not by a clock.
async fn kill_repeatedly(hub: &mut Hub, load: &Load) -> Vec<Outage> {
    let mut outages = Vec::new();
    let mut seed = SEED;
    for _ in 0..KILLS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        load.more_accepted(POSTS_MIN + (seed >> 33) % POSTS_MORE).await;
        let killed_ms = now_ms();
        hub.kill().await.unwrap();
        hub.start().await.unwrap();
        outages.push(Outage { killed_ms, ready_ms: now_ms() });
    }
    load.more_accepted(POSTS_MIN).await;
    outages
}

/// The other side of the webhook.
struct Outside {
    ledger: Arc<Ledger>,
    receiver: Receiver,
    received: Arc<Mutex<Vec<Delivery>>>,
}

impl Outside {
    async fn open(address: SocketAddr, connector: &Connector) -> Self {
        let ledger = Arc::new(Ledger::new(Scope::default()));
        let secrets = vec![SigningSecret::parse(&connector.signing_secret).unwrap()];
        let (sender, mut inbound) = mpsc::channel(INBOUND_MAX);
        let receiver = Receiver::start(address, secrets, Arc::clone(&ledger), sender).await.unwrap();
        let received: Arc<Mutex<Vec<Delivery>>> = Arc::default();
        let kept = Arc::clone(&received);
        tokio::spawn(async move {
            while let Some(inbound) = inbound.recv().await {
                if let Inbound::Message(delivery) = inbound {
                    kept.lock().unwrap().push(*delivery);
                }
            }
        });
        Self { ledger, receiver, received }
    }

    /// Waits until nothing is left to deliver and every silent session is over.
    async fn quiet(&self, admin: &Admin, connector: &Connector, silent_sessions: u64) {
        let mut ticks = interval(Duration::from_millis(100));
        loop {
            ticks.tick().await;
            let over = self.ledger.tally().sessions_ended >= silent_sessions;
            if over && admin.waiting(connector).await.is_ok_and(|waiting| waiting == 0) {
                return;
            }
        }
    }

    async fn close(self) -> (Tally, Vec<Delivery>) {
        self.receiver.stop().await;
        let received = std::mem::take(&mut *self.received.lock().unwrap());
        (self.ledger.tally(), received)
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}
