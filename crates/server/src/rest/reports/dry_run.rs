//! Dry runs: a recorded time, played again with another set-up on a stage of its own.
//!
//! One is held at a time, on a thread of its own and with bounds, so that nobody who is served in earnest waits for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::id::{QueueId, UserId};
use tieline_core::registry::{Object, Registry, User};
use tieline_core::rehearsal::{
    AFTERWARDS, AgentSummary, CHANGES_MAX, QueueSummary, REQUESTS_MAX, Recording, Setup, Shift, Summary,
    TooMuch, recorded, rehearse,
};
use tieline_core::report::Measure;
use tieline_core::time::{At, Span};
use tieline_store::LogFilter;

use super::super::mint::new_id;
use super::super::noun::{AGENTS, ATTRIBUTES, CHANNELS, MRDS, Noun, QUEUES};
use super::super::query::moment;
use super::{DAY, Scope, percent};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, Json};

/// Days a dry run covers at most.
const DAYS_MAX: u64 = 31;
/// Finished tasks one is made of at most: a request can be several.
const TASKS_MAX: usize = 5 * REQUESTS_MAX;
/// Rows read from the store at once.
const PAGE_ROWS: usize = 5_000;
/// How long before the time that is told of playing begins, so that queues are as full as they were.
const WARM_UP_MINUTES: u64 = 60;
const WARM_UP_MINUTES_MAX: u64 = 24 * 60;
/// Agents beside those there are.
const EXTRA_MAX: usize = 1_000;
/// When whoever finds another dry run under way should ask again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    from: Value,
    until: Value,
    warm_up_minutes: Option<u64>,
    #[serde(default)]
    queues: Vec<Value>,
    #[serde(default)]
    agents: Vec<Value>,
    #[serde(default)]
    channels: Vec<Value>,
    #[serde(default)]
    mrds: Vec<Value>,
    #[serde(default)]
    attributes: Vec<Value>,
    /// Ids of agents who stay at home.
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    extra: Vec<Extra>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Extra {
    like: String,
    count: Option<usize>,
    from: Option<Value>,
    until: Option<Value>,
}

/// Plays a recorded time with the present set-up and with the changed one, and shows both beside what was recorded.
pub async fn hold(
    State(app): State<SharedApp>,
    person: Person,
    Json(asked): Json<Asked>,
) -> Result<Answer<Value>, ApiError> {
    let registry = app.registry();
    let scope = Scope::of(&person, registry.clone())?;
    let (from, until) = time_of(&asked)?;
    let changed = changed(&app, &registry, &asked, (from, until))?;
    let permit = Arc::clone(&app.rehearsing).try_acquire_owned();
    let permit = permit.map_err(|_| ApiError::unavailable(RETRY_AFTER))?;
    let warm_up = Span::secs(60 * asked.warm_up_minutes.unwrap_or(WARM_UP_MINUTES).min(WARM_UP_MINUTES_MAX));
    let recording = read(&app, from, until, warm_up).await?;
    let present = Setup { registry: Arc::clone(&registry), absent: BTreeSet::new(), extra: Vec::new() };
    let played = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let was = Summary::of(&recorded(&recording), &present.registry);
        let before = Summary::of(&rehearse(&recording, &present)?, &present.registry);
        let after = Summary::of(&rehearse(&recording, &changed)?, &changed.registry);
        Ok::<_, TooMuch>([was, before, after])
    });
    let summaries = played.await.map_err(ApiError::internal)?.map_err(too_much)?;
    Ok(Answer(shown(&registry, &scope, (from, until), &summaries)))
}

fn time_of(asked: &Asked) -> Result<(At, At), ApiError> {
    let read = |field, value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        moment(field, Some(&text)).map(Option::unwrap_or_default)
    };
    let (from, until) = (read("from", &asked.from)?, read("until", &asked.until)?);
    if from >= until || until.since(from) > Span::secs(DAYS_MAX * DAY.as_secs()) {
        let hint = format!("Ask for a time of up to {DAYS_MAX} days.");
        return Err(ApiError::bad_request("until", "this time cannot be played", hint));
    }
    Ok((from, until))
}

/// The set-up that is tried. Every object is judged as if it were put in earnest.
fn changed(app: &App, present: &Registry, asked: &Asked, (from, until): (At, At)) -> Result<Setup, ApiError> {
    let mut registry = present.clone();
    let kinds: [(&'static str, &'static Noun, &[Value]); 5] = [
        ("mrds", &MRDS, &asked.mrds),
        ("attributes", &ATTRIBUTES, &asked.attributes),
        ("queues", &QUEUES, &asked.queues),
        ("channels", &CHANNELS, &asked.channels),
        ("agents", &AGENTS, &asked.agents),
    ];
    for (member, noun, bodies) in kinds {
        for (place, body) in bodies.iter().enumerate() {
            let inside = |error: ApiError| error.inside(format_args!("{member}[{place}]"));
            noun.suppose(app, &mut registry, body).map_err(inside)?;
        }
    }
    let absent = asked.absent.iter().map(|id| agent(&registry, "absent", id).map(|user| user.id));
    let absent = absent.collect::<Result<BTreeSet<UserId>, _>>()?;
    let mut extra = Vec::new();
    for one in &asked.extra {
        let like = agent(&registry, "extra.like", &one.like)?;
        let count = one.count.unwrap_or(1);
        if count > EXTRA_MAX.saturating_sub(extra.len()) {
            let what = format!("more than {EXTRA_MAX} agents");
            return Err(ApiError::bad_request("extra.count", what, "Ask for fewer."));
        }
        let time = |field, value: &Option<Value>| {
            let text =
                value.as_ref().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            moment(field, text.as_deref())
        };
        let begins = time("extra.from", &one.from)?.unwrap_or(from);
        let ends = time("extra.until", &one.until)?.unwrap_or(until);
        for _ in 0..count {
            let id: UserId = new_id(app.now()).into();
            let username = format!("{}~{}", like.username, extra.len() + 1);
            registry.put(Object::User(User { id, username, ..like.clone() }), app.now());
            extra.push(Shift { agent: id, from: begins, until: ends });
        }
    }
    Ok(Setup { registry: Arc::new(registry), absent, extra })
}

fn agent(registry: &Registry, field: &'static str, id: &str) -> Result<User, ApiError> {
    let found = id.trim().parse().ok().and_then(|id| registry.user(id)).map(|user| user.value.clone());
    found.ok_or_else(|| ApiError::bad_request(field, format!("{id:?} is no agent"), "Send an agent's id."))
}

/// What was recorded of a time, and a little before it.
async fn read(app: &App, from: At, until: At, warm_up: Span) -> Result<Recording, ApiError> {
    let begins = from - warm_up;
    let mut tasks = Vec::new();
    let mut filter = LogFilter { from: begins, until: until + AFTERWARDS, after: None, agent: None };
    loop {
        let page = app.store.finished_tasks(filter, PAGE_ROWS).await?;
        filter.after = page.last().map(|(place, _)| *place);
        let full = page.len() == PAGE_ROWS;
        let meant = |queued_at: At| (begins..until).contains(&queued_at);
        tasks.extend(page.into_iter().map(|(_, task)| task).filter(|task| meant(task.queued_at)));
        if tasks.len() > TASKS_MAX {
            return Err(too_much(TooMuch::Requests));
        }
        if !full {
            break;
        }
    }
    // Whoever came to work within a day before is known.
    let mut changes = Vec::new();
    let mut filter = LogFilter { from: begins - DAY, until: until + AFTERWARDS, after: None, agent: None };
    loop {
        let page = app.store.state_changes(filter, PAGE_ROWS).await?;
        filter.after = page.last().map(|(place, _)| *place);
        let full = page.len() == PAGE_ROWS;
        changes.extend(page.into_iter().map(|(_, change)| change));
        if changes.len() > CHANGES_MAX {
            return Err(too_much(TooMuch::Changes));
        }
        if !full {
            return Ok(Recording { from, until, tasks, changes });
        }
    }
}

fn too_much(what: TooMuch) -> ApiError {
    let what = match what {
        TooMuch::Requests => format!("more than {REQUESTS_MAX} requests came in this time"),
        TooMuch::Changes => format!("agents' states changed more than {CHANGES_MAX} times"),
        TooMuch::Happenings => "too much happens in this time".to_owned(),
    };
    ApiError::bad_request("until", what, "Ask for a shorter time.")
}

const COLUMNS: [&str; 3] = ["recorded", "before", "after"];

fn shown(registry: &Registry, scope: &Scope, (from, until): (At, At), of: &[Summary; 3]) -> Value {
    let side_by_side = |values: [Value; 3]| -> Value {
        COLUMNS
            .iter()
            .map(|column| (*column).to_owned())
            .zip(values)
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let nothing = QueueSummary::default();
    let queues: BTreeSet<QueueId> = of.iter().flat_map(|one| one.queues.keys().copied()).collect();
    let queues = queues.into_iter().map(|id| {
        let of_queue = |one: &Summary| figures(one.queues.get(&id).unwrap_or(&nothing));
        let mut shown = side_by_side(of.each_ref().map(of_queue));
        shown["id"] = json!(id);
        shown["name"] = json!(registry.queue(id).map(|queue| &queue.value.name));
        shown
    });
    let mut agents: BTreeMap<UserId, [AgentSummary; 3]> = BTreeMap::new();
    for (column, one) in of.iter().enumerate() {
        for (agent, load) in &one.agents {
            agents.entry(*agent).or_default()[column] = *load;
        }
    }
    // Whoever was only supposed is in nobody's team, and seen by all who may ask.
    let seen = |agent: &UserId| registry.user(*agent).is_none() || scope.sees(*agent);
    let agents = agents.iter().filter(|(agent, _)| seen(agent)).map(|(agent, loads)| {
        let load = |load: AgentSummary| {
            json!({"handled": load.handled, "handleMs": load.handle_ms, "rona": load.missed})
        };
        let mut shown = side_by_side(loads.map(load));
        shown["id"] = json!(agent);
        shown["username"] = json!(registry.user(*agent).map(|user| &user.value.username));
        shown
    });
    json!({
        "from": from,
        "until": until,
        "queues": queues.collect::<Vec<_>>(),
        "agents": agents.collect::<Vec<_>>(),
        "total": side_by_side(of.each_ref().map(|one| figures(&one.total))),
    })
}

fn figures(of: &QueueSummary) -> Value {
    let get = |measure| of.counts.get(measure);
    let abandoned = (get(Measure::Abandoned) * 1000).checked_div(of.requests());
    json!({
        "requests": of.requests(),
        "answered": get(Measure::Answered),
        "abandoned": get(Measure::Abandoned),
        "noAgent": get(Measure::NoAgent),
        "rona": get(Measure::NotTaken),
        "abandonedPercent": percent(abandoned),
        "serviceLevelPercent": percent(of.service_level_permille()),
        "waitMeanMs": of.waits.mean_ms,
        "waitP50Ms": of.waits.half_ms,
        "waitP90Ms": of.waits.nine_tenths_ms,
        "waitMaxMs": of.waits.longest_ms,
    })
}
