//! The logs: agents' states as they changed, and tasks as they ended.

use axum::BoxError;
use axum::extract::State;
use axum::response::Response;
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::id::{Id, UserId};
use tieline_core::registry::Registry;
use tieline_core::report::{FinishedTask, StateChange, What};
use tieline_core::time::At;
use tieline_store::{Error, LogFilter, LogPlace};
use tracing::warn;

use super::super::query::{Query, rows};
use super::table::{Format, Table, file};
use super::{Scope, period};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::ApiError;

/// Pages read at most to fill one with what is meant.
const PAGES_MAX: usize = 20;
/// Rows a file is read and written by.
const FILE_PAGE_ROWS: usize = 500;

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
    Log::Changes.read(app, &person, &asked).await
}

/// Requests and the work they became, in the order in which they ended.
pub async fn tasks(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    Log::Tasks.read(app, &person, &asked).await
}

#[derive(Debug, Clone, Copy)]
enum Log {
    Changes,
    Tasks,
}

impl Log {
    /// A page, or everything as a file.
    async fn read(self, app: SharedApp, person: &Person, asked: &Asked) -> Result<Response, ApiError> {
        let scope = Scope::of(person, app.registry())?;
        let filter = filter(asked, app.now())?;
        if asked.format == Format::Csv {
            if asked.limit.is_some() {
                let what = "a file holds every row of its time";
                return Err(ApiError::bad_request("limit", what, "Leave limit out, or ask for json."));
            }
            let first = File { log: self, app, scope, filter: Some(filter), begun: false };
            return Ok(file(stream::unfold(first, |file| async { file.page().await })));
        }
        let limit = rows(asked.limit)?;
        let mut table = Table::new(self.columns().iter().copied());
        let (mut found, mut next) = (0, filter.after);
        for _ in 0..PAGES_MAX {
            let rest = LogFilter { after: next, ..filter };
            let (rows, more) = self.page(&app, &scope, rest, limit - found).await?;
            found += rows.len();
            rows.into_iter().for_each(|row| table.push(row));
            next = more;
            if next.is_none() || found == limit {
                break;
            }
        }
        let next = next.map(|next| format!("{}-{}", next.at.millis(), next.position));
        table.answer(Format::Json, [("next".to_owned(), json!(next))].into_iter().collect())
    }

    /// What is meant of the next `limit` rows, and after which one to read on, unless it was the last.
    async fn page(
        self,
        app: &App,
        scope: &Scope,
        filter: LogFilter,
        limit: usize,
    ) -> Result<(Vec<Value>, Option<LogPlace>), Error> {
        let registry = &scope.registry;
        let (rows, last, read) = match self {
            Self::Changes => {
                let page = app.store.state_changes(filter, limit).await?;
                let seen = page.iter().filter(|(_, change)| scope.sees(change.agent));
                let rows = seen.map(|(_, change)| shown(registry, change)).collect();
                (rows, page.last().map(|(place, _)| *place), page.len())
            }
            Self::Tasks => {
                let page = app.store.finished_tasks(LogFilter { agent: None, ..filter }, limit).await?;
                let meant = |task: &FinishedTask| filter.agent.is_none() || task.agent == filter.agent;
                let meant = page.iter().filter(|(_, task)| meant(task));
                let rows = meant.map(|(_, task)| finished(scope, task)).collect();
                (rows, page.last().map(|(place, _)| *place), page.len())
            }
        };
        Ok((rows, last.filter(|_| read == limit)))
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Changes => &["at", "agent", "username", "change", "mrd", "mrdName", "reason", "reasonName"],
            Self::Tasks => &[
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
            ],
        }
    }
}

/// A log on its way into a file; it goes on as fast as it is read.
struct File {
    log: Log,
    app: SharedApp,
    scope: Scope,
    /// What is still to be read; `None` at the end.
    filter: Option<LogFilter>,
    begun: bool,
}

impl File {
    async fn page(mut self) -> Option<(Result<Vec<u8>, BoxError>, Self)> {
        let filter = self.filter.take()?;
        let lines = self.lines(filter).await;
        if let Err(error) = &lines {
            warn!(%error, "a log as a file was cut off");
        }
        Some((lines, self))
    }

    async fn lines(&mut self, filter: LogFilter) -> Result<Vec<u8>, BoxError> {
        let (rows, next) = self.log.page(&self.app, &self.scope, filter, FILE_PAGE_ROWS).await?;
        let mut table = Table::new(self.log.columns().iter().copied());
        rows.into_iter().for_each(|row| table.push(row));
        let lines = if self.begun { table.lines()? } else { table.csv()? };
        self.begun = true;
        self.filter = next.map(|next| LogFilter { after: Some(next), ..filter });
        Ok(lines)
    }
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

fn finished(scope: &Scope, task: &FinishedTask) -> Value {
    let registry = &scope.registry;
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
