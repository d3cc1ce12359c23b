//! How fast the engine decides and keeps messages, without any door in between.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Map, json};
use tieline_core::command::{Caller, Command, Content, Inbound, SenderClass};
use tieline_core::conversation::Address;
use tieline_core::effect::Effect;
use tieline_core::event::Payload;
use tieline_core::id::{Id, Mint};
use tieline_core::policy::Policy;
use tieline_core::registry::{
    Channel, Connector, Credentials, CustomerValueType, Mode, Object, OutOfHours, Patience, Provider,
    Routing, SchemaAttribute, Selection, Target, seed,
};
use tieline_core::time::At;
use tieline_engine::{Clock, Engine, Handle, Options, Outlet, SystemClock};
use tieline_store::{MasterKey, SqliteOptions, Store};

use crate::Setting;
use crate::results::{Measurement, Results};
use crate::rows::{self, Sizes};

const CONVERSATIONS: usize = 1_000;
const CALLERS: usize = 64;

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("engine.db");
    let rate = ingest(&path, CONVERSATIONS, CALLERS, setting.pick(120_000, 10_000)).await?;
    let sizes = Sizes::of(&path)?;
    let kept =
        rows::rate(folder.path(), sizes, CONVERSATIONS as u64, CALLERS as u64, setting.duration()).await?;
    let measurement = Measurement::new("engine", format!("messages in, {CALLERS} callers"), rate, "/s");
    results.add(measurement.limit("rows alone", kept).note(format!("{sizes:?}")));
    Ok(())
}

/// Effects go nowhere.
struct Sink;

impl Outlet for Sink {
    fn release(&self, effects: Vec<Effect>) {
        drop(effects);
    }
    fn restarted(&self) {}
}

/// Messages a second through engine and store, with `callers` waiting for each answer before the next.
async fn ingest(
    path: &std::path::Path,
    conversations: usize,
    callers: usize,
    messages: usize,
) -> Result<f64> {
    let clock = Arc::new(SystemClock);
    let store = Store::sqlite(path, MasterKey::generate().into(), SqliteOptions::default()).await?;
    let options = Options { queue_max: 100_000, batch_max: 256, id_prefix: [1, 2, 3, 4, 5] };
    let (engine, _) =
        Engine::start(store.clone(), Policy::default(), options, clock.clone(), Arc::new(Sink)).await?;
    let connector = furnish(&engine, clock.now()).await?;
    let share = messages / callers;
    let started = Instant::now();
    let mut tasks = Vec::new();
    for caller in 0..callers {
        let engine = engine.clone();
        tasks.push(tokio::spawn(async move {
            for i in 0..share {
                let n = caller * share + i;
                engine.submit(message(connector, n % conversations, n)).await??;
            }
            anyhow::Ok(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    let rate = (share * callers) as f64 / started.elapsed().as_secs_f64();
    drop(engine);
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(rate)
}

fn message(connector: Id, conversation: usize, n: usize) -> Command {
    let id = format!("m-{n}");
    let text = json!({
        "id": id,
        "header": {
            "sender": {"id": "b7d1f5f2-0c55-4b0e-9d53-5a3a0e6f0a10", "type": "CONNECTOR", "senderName": "BENCH", "additionalDetail": null},
            "channelData": {"channelCustomerIdentifier": format!("49151{conversation:08}"), "serviceIdentifier": "1000", "requestPriority": 0, "additionalAttributes": []},
            "language": {}, "timestamp": 1_727_179_082_000_i64, "securityInfo": {}, "stamps": [], "intent": null, "entities": {},
        },
        "body": {"type": "PLAIN", "markdownText": "My router keeps rebooting since this morning and I have tried everything in the guide already."}
    });
    let mut request = [0; 16];
    request[..8].copy_from_slice(&(n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    request[8..].copy_from_slice(&(n as u64).to_be_bytes());
    Command::Receive(Box::new(Inbound {
        caller: Caller::Connector(connector.into()),
        request,
        message_id: id.into(),
        channel_type: None,
        address: Address {
            customer: format!("49151{conversation:08}").into(),
            service: "1000".into(),
            first_name: None,
            last_name: None,
            priority: 0,
            attributes: Box::default(),
        },
        sender: SenderClass::Customer,
        intent: None,
        content: Content::Message { payload: Payload::from_value(&text), blank: false },
        data: Map::new(),
    }))
}

async fn furnish(engine: &Handle, now: At) -> Result<Id> {
    let mut mint = Mint::new([9; 5]);
    for object in seed::objects(&mut mint, now) {
        put(engine, object).await?;
    }
    let registry = engine.registry();
    let channel_type =
        registry.channel_types().find(|t| t.value.name == "GENERIC").context("GENERIC is seeded")?.value.id;
    let provider = Provider {
        id: mint.id(now),
        name: "Bench".into(),
        channel_types: vec![channel_type],
        webhook: None,
        webhook_path: None,
        schema: Vec::new(),
    };
    let connector = Connector {
        id: mint.id(now),
        name: "Bench".into(),
        provider: provider.id,
        values: Vec::new(),
        credentials: Credentials::default(),
        open_to: Vec::new(),
    };
    let channel = Channel {
        id: mint.id(now),
        name: "Bench".into(),
        service_identifier: "1000".into(),
        channel_type,
        connector: connector.id,
        enabled: true,
        default_outbound: false,
        calendar: None,
        out_of_hours: OutOfHours::Route,
        config_id: mint.id(now),
        mode: Mode::Hybrid,
        bot: registry.bots().next().map(|bot| bot.value.id),
        ring_secs: 30,
        inactivity_secs: 3600,
        customer_thresholds: None,
        identification_criteria: json!(null),
        routing: Routing {
            target: Target::Push(registry.default_queue().map(|queue| queue.value.id)),
            selection: Selection::LongestAvailable,
            last_agent: false,
            request_ttl_secs: 3600,
            patience: Patience::default(),
        },
    };
    let attribute = SchemaAttribute {
        id: mint.id(now),
        key: "bench".into(),
        label: "Bench".into(),
        description: "Bench".into(),
        value_type: CustomerValueType::String,
        length: Some(50),
        required: false,
        default: json!(null),
        pii: true,
        identifies: vec![channel_type],
        deletable: true,
        order: 9,
        searchable: false,
    };
    let id = connector.id;
    for object in [
        Object::Provider(provider),
        Object::Connector(connector),
        Object::Channel(channel),
        Object::SchemaAttribute(attribute),
    ] {
        put(engine, object).await?;
    }
    Ok(id.0)
}

async fn put(engine: &Handle, object: Object) -> Result<()> {
    engine.submit(Command::PutObject { object: Box::new(object), expected: None }).await??;
    Ok(())
}
