//! The logs: agents' states as they changed, and tasks as they ended.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline_core::id::{Id, UserId};
use tieline_core::registry::Registry;
use tieline_core::report::{FinishedTask, StateChange, What};
use tieline_core::time::At;
use tieline_store::{LogFilter, LogPlace};

use super::super::query::{Query, rows};
use super::table::{Format, Table};
use super::{Scope, period};
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::ApiError;

/// Pages read at most to fill one with what the caller may see.
const PAGES_MAX: usize = 20;

#[derive(Debug, Deserialize)]
pub struct Asked {
    agent: Option<String>,
    from: Option<String>,
    until: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
    #[serde(default)]
    format: Format,
}

/// Who logged in, got ready, stopped and why, oldest first.
pub async fn log(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let scope = Scope::of(&person, registry.clone())?;
    let limit = rows(asked.limit)?;
    let mut filter = filter(&asked, app.now())?;
    let mut table =
        Table::new(["at", "agent", "username", "change", "mrd", "mrdName", "reason", "reasonName"]);
    let mut found = 0;
    let mut next = None;
    for _ in 0..PAGES_MAX {
        let page = app.store.state_changes(filter, limit - found).await?;
        let full = page.len() == limit - found;
        next = page.last().map(|(place, _)| *place).filter(|_| full);
        filter.after = next;
        for (_, change) in page.iter().filter(|(_, change)| scope.sees(change.agent)) {
            table.push(shown(&registry, change));
            found += 1;
        }
        if !full || found == limit {
            break;
        }
    }
    table.answer(asked.format, beside(next))
}

/// Requests and the work they became, in the order in which they ended.
pub async fn tasks(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let scope = Scope::of(&person, registry.clone())?;
    let limit = rows(asked.limit)?;
    let filter = filter(&asked, app.now())?;
    let page = app.store.finished_tasks(LogFilter { agent: None, ..filter }, limit).await?;
    let mut table = Table::new([
        "closedAt",
        "task",
        "conversation",
        "queue",
        "queueName",
        "channel",
        "mrd",
        "agent",
        "username",
        "direction",
        "mode",
        "priority",
        "queuedAt",
        "offeredAt",
        "answeredAt",
        "wrapUpMs",
        "holdMs",
        "ending",
    ]);
    let next = page.last().map(|(place, _)| *place).filter(|_| page.len() == limit);
    let meant = |task: &FinishedTask| filter.agent.is_none() || task.agent == filter.agent;
    for (_, task) in page.iter().filter(|(_, task)| meant(task)) {
        table.push(finished(&registry, &scope, task));
    }
    table.answer(asked.format, beside(next))
}

fn filter(asked: &Asked, now: At) -> Result<LogFilter, ApiError> {
    let (from, until) = period(asked.from.as_deref(), asked.until.as_deref(), 0, now)?;
    let agent = asked.agent.as_deref().map(|text| {
        let wrong = |_| ApiError::bad_request("agent", format!("{text:?} is no id"), "Send an agent's id.");
        text.trim().parse().map_err(wrong)
    });
    let after = asked.after.as_deref().map(|text| {
        let place = text.split_once('-').and_then(|(at, position)| {
            let at = At::from_millis(at.parse().ok()?);
            Some(LogPlace { at, position: position.parse().ok()? })
        });
        place.ok_or_else(|| {
            ApiError::bad_request("after", "it is no place in the log", "Send `next` of the page before.")
        })
    });
    // What happens in this millisecond belongs to it.
    let until = if asked.until.is_none() { At::from_millis(until.millis() + 1) } else { until };
    Ok(LogFilter { from, until, after: after.transpose()?, agent: agent.transpose()? })
}

fn beside(next: Option<LogPlace>) -> Map<String, Value> {
    let next = next.map(|next| format!("{}-{}", next.at.millis(), next.position));
    [("next".to_owned(), json!(next))].into_iter().collect()
}

fn shown(registry: &Registry, change: &StateChange) -> Value {
    let (what, mrd) = match change.what {
        What::LoggedIn => (json!("LOGIN"), None),
        What::LoggedOut => (json!("LOGOUT"), None),
        What::Ready => (json!("READY"), None),
        What::NotReady => (json!("NOT_READY"), None),
        What::DeskLost => (json!("DESK_LOST"), None),
        What::DeskBack => (json!("DESK_BACK"), None),
        What::Domain(mrd, state) => (json!(state), Some(mrd)),
    };
    json!({
        "at": change.at,
        "agent": change.agent,
        "username": username(registry, change.agent),
        "change": what,
        "mrd": mrd,
        "mrdName": mrd.and_then(|mrd| registry.mrd(mrd)).map(|mrd| mrd.value.name.clone()),
        "reason": change.reason,
        "reasonName": change.reason.and_then(|reason| reason_name(registry, reason)),
    })
}

fn finished(registry: &Registry, scope: &Scope, task: &FinishedTask) -> Value {
    let agent = task.agent.filter(|agent| scope.sees(*agent));
    json!({
        "closedAt": task.closed_at,
        "task": task.task,
        "conversation": task.conversation,
        "queue": task.queue,
        "queueName": task.queue.and_then(|queue| registry.queue(queue)).map(|queue| queue.value.name.clone()),
        "channel": task.channel,
        "mrd": task.mrd,
        "agent": agent,
        "username": agent.and_then(|agent| username(registry, agent)),
        "direction": task.direction,
        "mode": task.mode,
        "priority": task.priority,
        "queuedAt": task.queued_at,
        "offeredAt": task.offered_at,
        "answeredAt": task.answered_at,
        "wrapUpMs": task.wrapped.as_millis(),
        "holdMs": task.held.as_millis(),
        "ending": task.ending,
    })
}

fn username(registry: &Registry, agent: UserId) -> Option<String> {
    registry.user(agent).map(|user| user.value.username.clone())
}

/// A registered reason, or one of those desks and supervisors give by themselves.
pub fn reason_name(registry: &Registry, id: Id) -> Option<String> {
    let registered = registry.reason_code(id).map(|code| code.value.name.clone());
    registered.or_else(|| tieline_core::supervision::well_known_reason(id).map(str::to_owned))
}
