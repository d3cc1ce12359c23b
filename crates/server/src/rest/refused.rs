//! How refusals of the rules, of the wire and of the infrastructure are answered: the one place that maps them to
//! HTTP.

use axum::http::StatusCode;
use tieline_cim::Invalid;
use tieline_core::command::{Answer, Command};
use tieline_core::refusal::{Named, Refusal};
use tieline_engine::Unavailable;

use crate::app::App;
use crate::auth::Person;
use crate::problem::{ApiError, InTheWay};

/// Has a command decided; what the caller gets is on disk.
pub async fn submit(app: &App, command: Command) -> Result<Answer, ApiError> {
    Ok(app.engine.submit(command).await??)
}

/// The same for somebody, who is named in the audit trail.
pub async fn submit_by(app: &App, person: &Person, command: Command) -> Result<Answer, ApiError> {
    Ok(app.engine.submit_as(person.origin(), command).await??)
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let (what, why) = (refusal.to_string(), refusal.why());
        let error = match refusal {
            Refusal::Invalid { field, .. } => {
                Self::bad_request(field, what, "Correct this field and send it again.")
            }
            Refusal::NotFound { .. } => Self::not_found(what),
            Refusal::Taken { field, by } => Self::conflict(what, in_the_way(&by)).inside(field),
            Refusal::InUse { by } => Self::conflict(what, in_the_way(&by)),
            Refusal::Stale { .. } => Self::precondition_failed(what),
            Refusal::Forbidden { .. } => Self::forbidden(what),
            Refusal::Busy { .. } => conflict("busy", what, "Repeat the request once that work is done."),
            Refusal::Ambiguous { .. } => conflict("ambiguous", what, "Say which one is meant."),
            Refusal::Conflict { .. } => {
                conflict("conflict", what, "Read the present state and decide again.")
            }
            Refusal::Limit { .. } => conflict("limit", what, "Remove what is not needed first."),
        };
        error.coded(&why)
    }
}

fn conflict(code: &'static str, what: String, hint: &'static str) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, code, what, hint)
}

/// 409: an object is there already.
pub fn exists(by: &Named) -> ApiError {
    let what = format!("there is already a {} with the id {}", by.kind, by.id);
    ApiError::conflict(what, in_the_way(by))
}

fn in_the_way(by: &Named) -> InTheWay {
    InTheWay { kind: by.kind.noun(), id: by.id.to_string(), name: by.name.clone() }
}

impl From<Unavailable> for ApiError {
    fn from(unavailable: Unavailable) -> Self {
        metrics::counter!("tieline_turned_away_total").increment(1);
        Self::unavailable(unavailable.retry_after())
    }
}

impl From<tieline_store::Error> for ApiError {
    fn from(error: tieline_store::Error) -> Self {
        match error {
            tieline_store::Error::Unavailable(_) => {
                tracing::error!(%error, "the store cannot be read");
                Self::unavailable(std::time::Duration::from_secs(1))
            }
            error => Self::internal(error),
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        if invalid.path.is_empty() {
            Self::malformed(
                format!("the body cannot be understood: {}", invalid.reason),
                "Send a JSON document.",
            )
        } else {
            Self::bad_request(&invalid.path, &invalid, "Correct this field and send it again.")
        }
    }
}
