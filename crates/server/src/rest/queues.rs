//! Precision queues beyond what every noun has.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tieline_core::permission::{Action, Resource};

use super::noun::QUEUES;
use super::version::etag;
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::ApiError;
use crate::wire::registry as wire;

/// The steps of a queue by themselves.
pub async fn steps(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    person.may(Resource::Queue, Action::View)?;
    let registry = app.registry();
    let id = QUEUES.id(&id)?;
    let queue = registry.queue(id.into()).ok_or_else(|| QUEUES.missing(&id.to_string()))?;
    let steps = wire::queue(&registry, &queue.value).steps;
    Ok(([(header::ETAG, etag(queue.version))], Answer(steps)).into_response())
}
