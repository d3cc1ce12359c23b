//! From an agent who gets free to the offer at his desk, in a centre as large as one tenant is meant to be: every agent
//! is busy, and very many customers wait in very many queues that all ask for different people.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::Setting;
use crate::centre::hire;
use crate::customers::open_conversations_on;
use crate::desk_client::Desk;
use crate::floor::SETTINGS;
use crate::hub::Hub;
use crate::results::{Measurement, Results};
use crate::sink::Sink;
use crate::tenant::{Admin, Connector, Handling};
use crate::timed::ms;

const AGENTS: u64 = 10_000;
const WAITING: u64 = 50_000;
/// One for each attribute and level; agents have three attributes, so there must be more.
const QUEUES: u64 = 500;
const LEVELS: u64 = 10;
/// Attributes of each agent, of these levels: so many queues of an attribute may he serve, 15 in all.
const SKILLS: [u64; 3] = [10, 3, 2];
/// Between an agent's attributes.
const APART: u64 = 17;
const FIRST_LINE: u64 = 1_000;
/// Agents who get free, one after the other at this distance.
const TURNS: u64 = 3_000;
const TURN_EVERY: Duration = Duration::from_millis(10);
/// How long it may take until everybody has his first customer, or the last offer is out.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    let (agents, waiting) = (setting.pick(AGENTS, 20), setting.pick(WAITING, 100));
    let (queues, turns) = (setting.pick(QUEUES, 40), setting.pick(TURNS, 20));
    let folder = tempfile::tempdir()?;
    let sink = Sink::open().await?;
    let mut hub = Hub::prepare(&setting.hub, folder.path(), SETTINGS).await?;
    hub.start().await?;
    let admin = Admin::sign_in(&hub.url()).await?;
    admin.set_capacity(1).await?;
    let connector = admin.register(Some(&sink.url())).await?;
    let attributes = open_queues(&admin, &connector, queues).await?;
    let skills_of = |agent: u64| {
        let skill = |(number, level): (u64, &u64)| {
            let attribute = &attributes[((agent + number * APART) % attributes.len() as u64) as usize];
            json!({"routingAttribute": {"id": attribute}, "value": level})
        };
        (0..).zip(&SKILLS).map(skill).collect::<Value>()
    };
    let staff = hire(&hub, &admin, agents, skills_of).await?;
    let line_of = move |customer: u64| (FIRST_LINE + customer % queues).to_string();
    open_conversations_on(line_of, &hub.url(), &connector, 0..agents + waiting).await?;

    let offers = Arc::new(Offers::default());
    let mut sitting = JoinSet::new();
    let mut leaving = Vec::new();
    for me in staff {
        let desk = Desk::connect(&hub.url(), &me).await?;
        let leave = Arc::new(Notify::new());
        leaving.push(Arc::clone(&leave));
        sitting.spawn(sit(desk, leave, Arc::clone(&offers)));
    }
    let seated = offers.reached(agents).await;
    ensure!(seated, "{} of {agents} agents have a customer; {}", offers.shown(), failures(&mut sitting));
    let mut ticks = tokio::time::interval(TURN_EVERY);
    for turn in 0..turns {
        ticks.tick().await;
        leaving[(turn % agents) as usize].notify_one();
    }
    let offered = offers.reached(agents + turns).await;
    let next = offers.shown() - agents;
    ensure!(
        offered,
        "{next} of {turns} agents who got free have another customer; {}",
        failures(&mut sitting)
    );
    sitting.shutdown().await;
    hub.kill().await?;

    let times = offers.times.lock().expect("nobody panics while he holds it").clone();
    let note = format!(
        "{agents} agents at capacity, {waiting} customers waiting in {queues} queues; {turns} agents got free"
    );
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
        let measurement =
            Measurement::new("offers", format!("agent free to offer, {name}"), ms(&times, quantile), "ms");
        results.add(match name {
            "p99" => measurement.below(10.0).note(&note),
            _ => measurement,
        });
    }
    Ok(())
}

/// Queues for every level of as many attributes as that takes, each with a line of its own; returns the attributes.
async fn open_queues(admin: &Admin, connector: &Connector, queues: u64) -> Result<Vec<Value>> {
    let chat = admin.named("/routing-engine/media-routing-domains", "name", "CHAT").await?;
    let mut attributes = Vec::new();
    for number in 0..queues / LEVELS {
        let attribute =
            json!({"name": format!("skill {number}"), "type": "PROFICIENCY_LEVEL", "defaultValue": 1});
        attributes.push(admin.post("/routing-engine/routing-attributes", &attribute).await?["id"].clone());
    }
    let handling = Handling { mode: "AGENT", inactivity_secs: 3_600 };
    for number in 0..queues {
        let (attribute, level) = (&attributes[(number / LEVELS) as usize], 1 + number % LEVELS);
        let term = json!({"routingAttribute": {"id": attribute}, "relationalOperator": ">=", "value": level});
        let queue = json!({
            "name": format!("queue {number}"), "mrd": {"id": chat["id"]}, "serviceLevelType": 1,
            "serviceLevelThreshold": 30, "steps": [{"timeout": 0, "expressions": [{"terms": [term]}]}],
        });
        let queue = admin.post("/routing-engine/precision-queues", &queue).await?;
        let line = (FIRST_LINE + number).to_string();
        admin.open_channel_to(connector, &line, handling, &queue["id"]).await?;
    }
    Ok(attributes)
}

/// What all desks have seen.
struct Offers {
    /// Conversations shown at their desks.
    shown: AtomicU64,
    /// From leaving to the next offer.
    times: std::sync::Mutex<Histogram<u64>>,
}

impl Default for Offers {
    fn default() -> Self {
        let times = Histogram::new(3).expect("three digits are few enough");
        Self { shown: AtomicU64::new(0), times: std::sync::Mutex::new(times) }
    }
}

impl Offers {
    fn shown(&self) -> u64 {
        self.shown.load(Ordering::Relaxed)
    }

    async fn reached(&self, count: u64) -> bool {
        let latest = Instant::now() + PATIENCE;
        while self.shown() < count && Instant::now() < latest {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.shown() >= count
    }
}

/// Why desks are no longer there.
fn failures(sitting: &mut JoinSet<Result<()>>) -> String {
    let mut why = Vec::new();
    while let Some(ended) = sitting.try_join_next() {
        why.extend(ended.map_err(anyhow::Error::from).flatten().err().map(|err| format!("{err:#}")));
    }
    format!("{} desks have failed: {}", why.len(), why.join(", "))
}

/// Takes whatever rings, and leaves it when it is this desk's turn to get free.
async fn sit(mut desk: Desk, leave: Arc<Notify>, offers: Arc<Offers>) -> Result<()> {
    desk.get_ready().await?;
    let mut left = None;
    let mut held = Value::Null;
    loop {
        tokio::select! {
            told = desk.told() => {
                let told = told?;
                match told.event.as_str() {
                    "taskRequest" => {
                        if let Some(left) = left.take() {
                            let waited = u64::try_from(Instant::now().duration_since(left).as_micros())?;
                            offers.times.lock().expect("nobody panics while he holds it").record(waited)?;
                        }
                        let offer: Value = serde_json::from_str(&told.data)?;
                        desk.accept(&offer, "participant").await?;
                    }
                    "onTopicData" => {
                        held = serde_json::from_str(&told.data)?;
                        offers.shown.fetch_add(1, Ordering::Relaxed);
                    }
                    "errors" => bail!("a desk was told {}", told.data),
                    _ => {}
                }
            }
            () = leave.notified() => {
                left = Some(Instant::now());
                desk.leave(&held).await?;
            }
        }
    }
}
