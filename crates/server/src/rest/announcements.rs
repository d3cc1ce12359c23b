//! What supervisors say to their teams.
//!
//! A supervisor speaks to teams he supervises, in his own name; an administrator to any. Whoever belongs to a team
//! reads what is said to it. Lists are plain arrays, and times may be sent in any documented form.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_cim::{Timestamp, Why};
use tieline_core::announcement::Phase;
use tieline_core::command::Command;
use tieline_core::id::{Id, UserId};
use tieline_core::refusal::Refusal;
use tieline_core::registry::{Announcement, Kind, Object, Preferences, Registry, Role, Stored};
use tieline_core::time::{At, Span};

use super::mint::new_id;
use super::preferences;
use super::query::Query;
use super::refused;
use super::version::{IfMatch, etag};
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::{ApiError, Json};

/// How long one holds that says nothing about it.
const LENGTH_DEFAULT: Span = Span::secs(600);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    team_ids: Option<String>,
    supervisor_ids: Option<String>,
    status: Option<String>,
}

pub async fn list(
    State(app): State<SharedApp>,
    person: Person,
    Query(filter): Query<Filter>,
) -> Result<Answer<Vec<Value>>, ApiError> {
    let phase = match filter.status.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("all") => None,
        Some("scheduled") => Some(Phase::Scheduled),
        Some("active") => Some(Phase::Active),
        Some("expired") => Some(Phase::Expired),
        Some(other) => {
            let what = format_args!("status {other:?} is not known");
            return Err(ApiError::bad_request("status", what, "Send active, scheduled, expired or all."));
        }
    };
    let teams = ids(filter.team_ids.as_deref());
    let authors = ids(filter.supervisor_ids.as_deref());
    let (registry, now) = (app.registry(), app.now());
    let wanted = |stored: &&std::sync::Arc<Stored<Announcement>>| {
        let announcement = &stored.value;
        may_read(&person, announcement)
            && phase.is_none_or(|phase| announcement.phase(now) == phase)
            && (teams.is_empty() || announcement.teams.iter().any(|team| teams.contains(team)))
            && (authors.is_empty() || authors.contains(&announcement.author.into()))
    };
    Ok(Answer(
        registry.announcements().filter(wanted).map(|stored| shown(&registry, &stored.value)).collect(),
    ))
}

pub async fn one(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let stored = found(&registry, &id)?;
    if !may_read(&person, &stored.value) {
        return Err(missing(&id));
    }
    Ok(answered(&registry, stored))
}

pub async fn create(
    State(app): State<SharedApp>,
    person: Person,
    Json(body): Json<tieline_cim::routing::Announcement>,
) -> Result<Response, ApiError> {
    let now = app.now();
    let announcement = read(&person, body, new_id(now), now)?;
    let id = announcement.id;
    let object = Box::new(Object::Announcement(announcement));
    refused::submit_by(&app, &person, Command::PutObject { object, expected: None }).await?;
    let registry = app.registry();
    let stored = found(&registry, &id.to_string())?;
    Ok((StatusCode::CREATED, answered(&registry, stored)).into_response())
}

pub async fn replace(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
    Json(body): Json<tieline_cim::routing::Announcement>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let old = found(&registry, &id)?;
    may_change(&person, &old.value)?;
    let mut announcement = read(&person, body, old.value.id, app.now())?;
    announcement.author = old.value.author;
    let object = Box::new(Object::Announcement(announcement));
    refused::submit_by(
        &app,
        &person,
        Command::PutObject { object, expected: Some(expected.unwrap_or(old.version)) },
    )
    .await?;
    let registry = app.registry();
    Ok(answered(&registry, found(&registry, &id)?))
}

pub async fn remove(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, ApiError> {
    let registry = app.registry();
    let old = &found(&registry, &id)?.value;
    may_change(&person, old)?;
    refused::submit_by(
        &app,
        &person,
        Command::DeleteObject { kind: Kind::Announcement, id: old.id, expected },
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller has seen it.
pub async fn seen(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let stored = found(&registry, &id)?;
    if !may_read(&person, &stored.value) {
        return Err(missing(&id));
    }
    let announcement = stored.value.id;
    preferences::change(&app, &person, |_, mine| mine.see(announcement)).await?;
    let registry = app.registry();
    Ok(answered(&registry, found(&registry, &id)?))
}

fn found<'r>(registry: &'r Registry, id: &str) -> Result<&'r std::sync::Arc<Stored<Announcement>>, ApiError> {
    id.parse().ok().and_then(|id| registry.announcement(id)).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> ApiError {
    ApiError::not_found(format_args!("there is no announcement with the id {id:?}"))
}

fn answered(registry: &Registry, stored: &Stored<Announcement>) -> Response {
    use axum::http::header::ETAG;
    ([(ETAG, etag(stored.version))], Answer(shown(registry, &stored.value))).into_response()
}

fn may_read(person: &Person, announcement: &Announcement) -> bool {
    let user = &person.user.value;
    user.roles.contains(&Role::Admin)
        || user.id == announcement.author
        || announcement.teams.iter().any(|team| user.team == Some(*team) || user.supervises.contains(team))
}

/// Whoever may speak to its teams may also take it back.
fn may_change(person: &Person, announcement: &Announcement) -> Result<(), ApiError> {
    let user = &person.user.value;
    let leads = |team: &Id| user.roles.contains(&Role::Supervisor) && user.supervises.contains(team);
    if user.roles.contains(&Role::Admin) || announcement.teams.iter().all(leads) {
        return Ok(());
    }
    Err(Refusal::forbidden(Why::AnnouncesToOwnTeams).into())
}

fn read(
    person: &Person,
    sent: tieline_cim::routing::Announcement,
    id: Id,
    now: At,
) -> Result<Announcement, ApiError> {
    let teams = sent.teams.iter().enumerate().map(|(i, team)| {
        let text = team.as_str().or_else(|| team.get("teamId").and_then(Value::as_str)).unwrap_or_default();
        text.parse::<Id>().map_err(|not_an_id| {
            ApiError::bad_request(format!("teams[{i}]"), not_an_id, "Send the ids of teams.")
        })
    });
    let scheduled_at = time("scheduledTime", &sent.scheduled_time)?.unwrap_or(now);
    let announcement = Announcement {
        id,
        author: person.id(),
        text: sent.announcement_text,
        teams: teams.collect::<Result<_, _>>()?,
        scheduled_at,
        expires_at: time("expiryTime", &sent.expiry_time)?.unwrap_or(scheduled_at + LENGTH_DEFAULT),
    };
    may_change(person, &announcement)?;
    Ok(announcement)
}

fn time(field: &str, sent: &Value) -> Result<Option<At>, ApiError> {
    if sent.is_null() || sent.as_str() == Some("") {
        return Ok(None);
    }
    let text = sent.as_str().map_or_else(|| sent.to_string(), str::to_owned);
    let time = Timestamp::read(&text).map(|time| At::from_millis(time.ms()));
    time.map(Some).ok_or_else(|| {
        ApiError::bad_request(field, "it is no time", "Send milliseconds since 1970, or RFC 3339.")
    })
}

/// As desks are shown it.
pub fn shown(registry: &Registry, announcement: &Announcement) -> Value {
    let author = registry.user(announcement.author).map(|stored| &stored.value);
    let saw = |mine: &&std::sync::Arc<Stored<Preferences>>| mine.value.seen.contains(&announcement.id);
    let seen_by: Vec<UserId> = registry.all_preferences().filter(saw).map(|mine| mine.value.id).collect();
    json!({
        "id": announcement.id,
        "supervisorId": announcement.author,
        "supervisorName": author.map_or("", |author| author.username.as_str()),
        "announcementText": announcement.text,
        "teams": announcement.teams,
        "scheduledTime": announcement.scheduled_at,
        "expiryTime": announcement.expires_at,
        "seenBy": seen_by,
    })
}

/// Ids written with commas; what is none counts for nothing.
fn ids(text: Option<&str>) -> Vec<Id> {
    text.unwrap_or_default().split(',').filter_map(|id| id.trim().parse().ok()).collect()
}
