//! What is: queues, agents, channels and conversations at this moment, taken once a second at most however many look.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline_core::agent::{Desk, State as AgentState};
use tieline_core::id::QueueId;
use tieline_core::registry::{Registry, User};
use tieline_core::report::attendance::reason_id;
use tieline_core::report::live::{self, AgentNow, Floor, Listed, QueueNow, Which};
use tieline_core::report::{Figures, GroupBy, Interval, Measure, Rows, SubjectKind, Tallies, add_to};
use tieline_core::time::{At, Span};
use tokio::sync::Mutex;

use super::super::query::Query;
use super::agents::reason_name;
use super::statistics::sums;
use super::table::{Format, Table};
use super::{Scope, midnight, offset, percent};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::ApiError;

/// How long a look at the floor is shown, and a list of conversations.
const FLOOR_FRESH: Span = Span::secs(1);
/// How long the sums of the day are.
const TODAY_FRESH: Span = Span::secs(10);
/// What happened at the end of a quarter of an hour is written a little later.
const UNSETTLED: Span = Span::secs(60);

/// Something as it was at a moment.
type Look<T> = (At, Arc<T>);

/// What was last seen, so that many who watch cost no more than one.
#[derive(Default)]
pub struct Seen {
    floor: Mutex<Option<Look<Floor>>>,
    lists: Mutex<BTreeMap<Which, Look<[Listed]>>>,
    /// With the offset of the clock whose day it is.
    today: Mutex<Option<Look<Today>>>,
}

/// Figures of queues since midnight.
struct Today {
    midnight: At,
    /// What they were reckoned by: a queue may have another kind of service level since.
    registry: Arc<Registry>,
    /// Up to here they are settled.
    over: At,
    settled: Rows,
    by_queue: BTreeMap<QueueId, Figures>,
}

impl Seen {
    async fn floor(&self, app: &App) -> Result<Look<Floor>, ApiError> {
        let mut seen = self.floor.lock().await;
        let now = app.now();
        if let Some((at, floor)) = seen.as_ref().filter(|(at, _)| now.since(*at) < FLOOR_FRESH) {
            return Ok((*at, Arc::clone(floor)));
        }
        let floor = Arc::new(app.engine.ask(live::floor).await?);
        *seen = Some((now, Arc::clone(&floor)));
        Ok((now, floor))
    }

    /// Every conversation of a list, the oldest first.
    pub async fn list(&self, app: &App, which: Which) -> Result<Arc<[Listed]>, ApiError> {
        let mut seen = self.lists.lock().await;
        let now = app.now();
        if let Some((_, list)) = seen.get(&which).filter(|(at, _)| now.since(*at) < FLOOR_FRESH) {
            return Ok(Arc::clone(list));
        }
        let mut list = app.engine.ask(move |state| live::list(state, which)).await?;
        list.sort_unstable_by_key(|one| (one.since, one.conversation));
        let list: Arc<[Listed]> = list.into();
        seen.insert(which, (now, Arc::clone(&list)));
        Ok(list)
    }

    async fn today(&self, app: &App, offset_minutes: i32) -> Result<Arc<Today>, ApiError> {
        let mut seen = self.today.lock().await;
        let now = app.now();
        let midnight = midnight(now, offset_minutes);
        let fresh = |(at, today): &&Look<Today>| today.midnight == midnight && now.since(*at) < TODAY_FRESH;
        if let Some((_, today)) = seen.as_ref().filter(fresh) {
            return Ok(Arc::clone(today));
        }
        let registry = app.registry();
        // What was counted in the quarters of an hour that are over does not change any more.
        let over = Interval::of(now - UNSETTLED).begins().max(midnight);
        let (mut rows, from) = match seen.take().map(|(_, today)| today) {
            Some(today) if today.midnight == midnight && Arc::ptr_eq(&today.registry, &registry) => {
                (today.settled.clone(), today.over)
            }
            _ => (Rows::new(), midnight),
        };
        let add = |rows: &mut Rows, part: &Tallies| {
            add_to(rows, part, GroupBy::Queue, None, &registry, |_| true);
            rows.len()
        };
        let work = vec![SubjectKind::Work];
        sums(app, work.clone(), from, over, |part| add(&mut rows, part)).await?;
        let settled = rows.clone();
        sums(app, work, over, now, |part| add(&mut rows, part)).await?;
        let by_queue =
            rows.into_iter().filter_map(|((_, id), figures)| Some((id?.into(), figures))).collect();
        let today = Arc::new(Today { midnight, registry, over, settled, by_queue });
        *seen = Some((now, Arc::clone(&today)));
        Ok(today)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Part {
    Queues,
    Agents,
    Channels,
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    part: Option<Part>,
    offset: Option<i32>,
    #[serde(default)]
    format: Format,
}

/// All of it, or one part.
pub async fn now(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let scope = Scope::of(&person, registry.clone())?;
    let offset_minutes = offset(asked.offset)?;
    let (at, floor) = app.seen.floor(&app).await?;
    let today = app.seen.today(&app, offset_minutes).await?;
    let queues = || {
        floor.queues.iter().map(|(id, queue)| shown_queue(&registry, *id, queue, today.by_queue.get(id), at))
    };
    let agents = || {
        let visible = floor.agents.iter().filter(|one| scope.sees(one.agent.id));
        visible.map(|one| shown_agent(&registry, one))
    };
    let channels = || {
        floor.channels.iter().map(|(id, channel)| {
            json!({
                "id": id,
                "name": registry.channel(*id).map(|channel| &channel.value.name),
                "sessions": channel.sessions,
                "waiting": channel.waiting,
                "active": channel.active,
                "withBots": channel.with_bots,
            })
        })
    };
    let Some(part) = asked.part else {
        if asked.format == Format::Csv {
            let what = "a table holds one part";
            return Err(ApiError::bad_request("part", what, "Send queues, agents or channels."));
        }
        return Ok(axum::Json(json!({
            "at": at,
            "queues": queues().collect::<Vec<_>>(),
            "agents": agents().collect::<Vec<_>>(),
            "channels": channels().collect::<Vec<_>>(),
            "withBots": floor.with_bots,
        }))
        .into_response());
    };
    let (columns, found): (&[&str], Vec<Value>) = match part {
        Part::Queues => (&QUEUE_COLUMNS, queues().collect()),
        Part::Agents => (&AGENT_COLUMNS, agents().collect()),
        Part::Channels => {
            (&["id", "name", "sessions", "waiting", "active", "withBots"], channels().collect())
        }
    };
    let mut table = Table::new(columns.iter().copied());
    found.into_iter().for_each(|row| table.push(row));
    let beside: Map<String, Value> = [("at".to_owned(), json!(at))].into_iter().collect();
    table.answer(asked.format, beside)
}

const QUEUE_COLUMNS: [&str; 19] = [
    "id",
    "name",
    "mrd",
    "waiting",
    "ringing",
    "longestWaitMs",
    "active",
    "wrappingUp",
    "agentsReady",
    "agentsActive",
    "agentsBusy",
    "agentsNotReady",
    "agentsPendingNotReady",
    "serviceLevelPercent",
    "offered",
    "answered",
    "abandoned",
    "averageWaitMs",
    "averageHandleMs",
];

fn shown_queue(registry: &Registry, id: QueueId, queue: &QueueNow, today: Option<&Figures>, at: At) -> Value {
    use tieline_core::agent::MrdState as S;
    let known = registry.queue(id).map(|queue| &queue.value);
    let agents = |state| queue.agents.get(&state).copied().unwrap_or(0);
    let sum = |measure| today.map_or(0, |today| today.counts.get(measure));
    json!({
        "id": id,
        "name": known.map(|queue| &queue.name),
        "mrd": known.map(|queue| queue.mrd),
        "waiting": queue.waiting,
        "ringing": queue.ringing,
        "longestWaitMs": queue.oldest.map(|oldest| at.since(oldest)),
        "active": queue.active,
        "wrappingUp": queue.wrapping_up,
        "agentsReady": agents(S::Ready),
        "agentsActive": agents(S::Active),
        "agentsBusy": agents(S::Busy),
        "agentsNotReady": agents(S::NotReady) + agents(S::Login) + agents(S::Interrupted),
        "agentsPendingNotReady": agents(S::PendingNotReady),
        "serviceLevelPercent": percent(today.and_then(Figures::service_level_permille)),
        "offered": sum(Measure::Offered),
        "answered": sum(Measure::Answered),
        "abandoned": sum(Measure::Abandoned),
        "averageWaitMs": today.and_then(|today| today.average_ms(Measure::WaitMs, Measure::Answered)),
        "averageHandleMs": today.and_then(|today| today.average_ms(Measure::HandleMs, Measure::Handled)),
    })
}

const AGENT_COLUMNS: [&str; 12] = [
    "id",
    "username",
    "name",
    "team",
    "state",
    "reason",
    "reasonName",
    "stateSince",
    "loggedInAt",
    "connected",
    "ringing",
    "conversations",
];

fn shown_agent(registry: &Registry, one: &AgentNow) -> Value {
    let agent = &one.agent;
    let user = registry.user(agent.id).map(|user| &user.value);
    let (state, reason) = match &agent.state {
        AgentState::Ready => ("READY", None),
        AgentState::NotReady { reason } => ("NOT_READY", reason.as_ref().and_then(reason_id)),
    };
    let mrds = agent.mrds.iter().map(|domain| {
        json!({
            "id": domain.mrd,
            "name": registry.mrd(domain.mrd).map(|mrd| &mrd.value.name),
            "state": domain.state,
            "stateSince": domain.since,
            "active": domain.active,
            "max": domain.max_tasks,
        })
    });
    json!({
        "id": agent.id,
        "username": user.map(|user| &user.username),
        "name": user.map(User::full_name),
        "team": user.and_then(|user| user.team),
        "state": state,
        "reason": reason,
        "reasonName": reason.and_then(|reason| reason_name(registry, reason)),
        "stateSince": agent.state_since,
        "loggedInAt": agent.logged_in_at,
        "connected": matches!(agent.desk, Desk::Connected { .. }),
        "ringing": agent.offer.is_some(),
        "conversations": one.conversations,
        "mrds": mrds.collect::<Vec<_>>(),
    })
}
