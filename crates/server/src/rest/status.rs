//! How the process is doing, for whatever watches it.

use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::app::SharedApp;
use crate::auth::bearer;
use crate::problem::{ApiError, ClientAddress};
use crate::telemetry::METRICS_CONTENT_TYPE;

/// Headers by which proxies say for whom they ask.
const FORWARDED: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

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

/// Counters and times: for callers on this machine, and for those who have the token.
pub async fn metrics(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let has_token = app.config.metrics.token.as_ref().is_some_and(|token| carries(&headers, token));
    if !has_token && !is_on_this_machine(address, &headers) {
        return Err(ApiError::unauthorized(
            "metrics are for callers on the hub's own machine, and for those who send the configured metrics.token",
        ));
    }
    Ok(([(header::CONTENT_TYPE, METRICS_CONTENT_TYPE)], app.telemetry.render()).into_response())
}

/// A proxy on this machine that is not configured as one must not make everybody a local caller.
fn is_on_this_machine(address: IpAddr, headers: &HeaderMap) -> bool {
    address.is_loopback() && !FORWARDED.iter().any(|name| headers.contains_key(*name))
}

fn carries(headers: &HeaderMap, token: &SecretString) -> bool {
    bearer(headers).is_some_and(|sent| {
        verify_slices_are_equal(sent.as_bytes(), token.expose_secret().as_bytes()).is_ok()
    })
}
