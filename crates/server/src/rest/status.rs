//! How the process is doing, for whatever watches it.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::app::SharedApp;
use crate::problem::ApiError;
use crate::telemetry::METRICS_CONTENT_TYPE;

/// The process answers.
pub async fn health() -> Answer<Value> {
    Answer(json!({"status": "UP"}))
}

/// Messages can be taken: the engine decides and the store accepts writes.
pub async fn readiness(State(app): State<SharedApp>) -> Result<Answer<Value>, ApiError> {
    app.engine.ask(|_| ()).await?;
    app.store.ping().await?;
    Ok(Answer(json!({"status": "READY"})))
}

pub async fn metrics(State(app): State<SharedApp>) -> Response {
    ([(header::CONTENT_TYPE, METRICS_CONTENT_TYPE)], app.telemetry.render()).into_response()
}
