//! Labels as desks change them: by `_id` in the query, beside the paths every noun has.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use tieline_core::command::Command;
use tieline_core::permission::{Action, Resource};

use super::noun::LABELS;
use super::query::Query;
use super::refused;
use super::version::IfMatch;
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::{ApiError, Json};

#[derive(Deserialize)]
pub struct Which {
    #[serde(rename = "_id")]
    id: String,
}

pub async fn replace(
    State(app): State<SharedApp>,
    person: Person,
    Query(which): Query<Which>,
    IfMatch(expected): IfMatch,
    Json(body): Json<Value>,
) -> Result<Response, ApiError> {
    person.may(Resource::CustomerLabels, Action::Manage)?;
    let id = LABELS.id(&which.id)?;
    LABELS.put(&app, &person, id, &body, expected, |_, _| Ok(())).await?;
    LABELS.shown(&app.registry(), id)
}

pub async fn remove(
    State(app): State<SharedApp>,
    person: Person,
    Query(which): Query<Which>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, ApiError> {
    person.may(Resource::CustomerLabels, Action::Manage)?;
    let id = LABELS.id(&which.id)?;
    refused::submit_by(&app, &person, Command::DeleteObject { kind: LABELS.kind, id, expected }).await?;
    Ok(StatusCode::NO_CONTENT)
}
