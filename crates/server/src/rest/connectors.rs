//! Channel connectors beyond what every noun has: configuration, and how their line is doing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tieline_core::delivery::breaker::Breaker;
use tieline_core::delivery::recent::{Cause, Figures};
use tieline_core::delivery::{Entry, EntryStatus, Receiver, Resolution, Subject};
use tieline_core::id::{ChannelId, ConnectorId, Id};
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Connector, Registry, Stored};
use tieline_core::time::At;

use super::credentials::not_kept;
use super::noun::CONNECTORS;
use super::version::{etag, is_known};
use crate::app::{App, SharedApp};
use crate::auth::Visitor;
use crate::outlet::CONFIGURATION_VERSION_HEADER;
use crate::problem::ApiError;
use crate::wire::registry as wire;

/// Which version of their configuration connectors have read by themselves, since the process began. What was pushed
/// is known from the store.
#[derive(Default)]
pub struct ConfigurationsRead(Mutex<BTreeMap<(ConnectorId, ChannelId), Known>>);

/// A version that a connector has, and since when.
#[derive(Clone, Copy)]
struct Known {
    version: u64,
    at: At,
    /// `PUSH` or `READ`.
    by: &'static str,
}

impl ConfigurationsRead {
    fn note(&self, connector: ConnectorId, channel: ChannelId, version: u64, at: At) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((connector, channel), Known { version, at, by: "READ" });
    }

    fn of(&self, connector: ConnectorId, channel: ChannelId) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(connector, channel)).copied()
    }
}

/// What a connector runs with, in clear for the connector itself. People see secrets masked.
pub async fn configuration(
    State(app): State<SharedApp>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(service_identifier): Path<String>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    if let Visitor::Person(person) = &visitor {
        person.may(Resource::ChannelManager, Action::View)?;
    }
    let connector = connector_at(&registry, &visitor, &service_identifier)?;
    let values = match &visitor {
        Visitor::Person(_) => wire::connector(&registry, &connector.value).channel_provider_configs,
        Visitor::Connector(_) | Visitor::Open(_) => wire::configuration(&connector.value),
    };
    if let Visitor::Connector(_) | Visitor::Open(_) = &visitor {
        let (id, now) = (connector.value.id, app.now());
        let served =
            registry.channels_of(id).filter(|own| *own.value.service_identifier == *service_identifier);
        served.for_each(|own| app.configurations_read.note(id, own.value.id, connector.version, now));
    }
    let versions =
        [(header::ETAG, etag(connector.version)), (CONFIGURATION_VERSION_HEADER, connector.version.into())];
    if is_known(&headers, connector.version) {
        return Ok((StatusCode::NOT_MODIFIED, versions).into_response());
    }
    Ok(not_kept((versions, Answer(values)).into_response()))
}

/// The one connector that serves this identifier and may be seen by the visitor.
fn connector_at<'a>(
    registry: &'a Registry,
    visitor: &Visitor,
    service_identifier: &str,
) -> Result<&'a Stored<Connector>, ApiError> {
    let own = visitor.connectors();
    let mut found: Vec<ConnectorId> = registry
        .channels_at(service_identifier)
        .map(|channel| channel.value.connector)
        .filter(|connector| own.is_empty() || own.contains(connector))
        .collect();
    found.sort_unstable();
    found.dedup();
    match found[..] {
        [] => Err(ApiError::not_found(format_args!(
            "there is no channel with the service identifier {service_identifier:?} on this connector"
        ))),
        [id] => registry.connector(id).map(AsRef::as_ref).ok_or_else(|| CONNECTORS.missing(&id.to_string())),
        [_, _, ..] => Err(ApiError::new(
            StatusCode::CONFLICT,
            "ambiguous",
            format_args!("several connectors serve the service identifier {service_identifier:?}"),
            "Ask with the credentials of the connector that is meant.",
        )),
    }
}

/// How the last push of its configuration went, channel by channel.
pub async fn pushes(
    State(app): State<SharedApp>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Answer<Vec<Value>>, ApiError> {
    let id = seen(&app, &visitor, &id, Resource::ChannelManager)?;
    let registry = app.registry();
    let channels: Vec<ChannelId> = registry.channels_of(id).map(|channel| channel.value.id).collect();
    let entries = app.store.configuration_pushes(&channels).await?;
    let seqs: Vec<_> = entries.values().map(|entry| entry.seq).collect();
    let mut last = BTreeMap::new();
    for attempt in app.store.attempts(&seqs).await? {
        last.insert(attempt.entry, attempt);
    }
    let shown = registry.channels_of(id).map(|channel| {
        let entry = entries.get(&channel.value.id);
        let attempt = entry.and_then(|entry| last.get(&entry.seq));
        json!({
            "channelId": channel.value.id,
            "serviceIdentifier": channel.value.service_identifier,
            "outcome": entry.map_or("NEVER_PUSHED", outcome),
            "pushedAt": entry.map(|entry| entry.created_at),
            "attempts": entry.map_or(0, |entry| entry.attempts),
            "lastAttemptAt": attempt.map(|attempt| attempt.at),
            "lastStatus": attempt.and_then(|attempt| attempt.status),
            "lastError": attempt.and_then(|attempt| attempt.error.clone()),
        })
    });
    Ok(Answer(shown.collect()))
}

/// One word for where an entry stands.
pub fn outcome(entry: &Entry) -> &'static str {
    match &entry.status {
        EntryStatus::Pending { .. } => "PENDING",
        EntryStatus::Delivered { .. } => "DELIVERED",
        EntryStatus::Dead { .. } => "DEAD",
        EntryStatus::Superseded { .. } => "SUPERSEDED",
        EntryStatus::Resolved { letter: None, .. } => "RESOLVED",
        EntryStatus::Resolved { letter: Some(letter), .. } => match letter.how {
            Resolution::Replayed { .. } => "REPLAYED",
            Resolution::Dismissed { instead: Some(_), .. } => "CORRECTED",
            Resolution::Dismissed { instead: None, .. } => "DISMISSED",
        },
    }
}

/// What waits for a connector, whether its webhook is being spared, how attempts went, and what it knows.
pub async fn health(
    State(app): State<SharedApp>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    let id = seen(&app, &visitor, &id, Resource::Deliveries)?;
    let now = app.now();
    let (line, recent) = app
        .engine
        .ask(move |state| {
            let line = state.lines().find(|line| line.to == Receiver::Connector(id));
            (line, state.recent_attempts(id, now))
        })
        .await?;
    let breaker = line.map_or(Breaker::default(), |line| line.breaker);
    let (state, failures, until) = match breaker {
        Breaker::Closed { failures } => ("CLOSED", Some(failures), None),
        Breaker::Open { until, .. } => ("OPEN", None, Some(until)),
        Breaker::Probing { .. } => ("PROBING", None, None),
    };
    let waiting = line.map_or(0, |line| line.waiting);
    Ok(Answer(json!({
        "connectorId": id,
        "status": if matches!(breaker, Breaker::Closed { .. }) { "UP" } else { "DOWN" },
        "waiting": waiting,
        "inFlight": line.map_or(0, |line| line.in_flight),
        "breaker": {"state": state, "failures": failures, "until": until},
        "recent": figures(&recent),
        "configuration": configurations(&app, id).await?,
    })))
}

fn figures(recent: &Figures) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "at most a few hundred attempts")]
    let rate = (recent.attempts > 0).then(|| recent.failures as f64 / recent.attempts as f64);
    let failure = recent.last_failure.as_ref();
    json!({
        "attempts": recent.attempts,
        "failures": recent.failures,
        "errorRate": rate,
        "since": recent.since,
        "latencyMs": recent.latency.map(|took| json!({"p50": took.p50_ms, "p95": took.p95_ms, "max": took.max_ms})),
        "lastSuccessAt": recent.last_success_at,
        "lastFailureAt": failure.map(|failure| failure.at),
        "lastFailureReason": failure.map(|failure| reason(&failure.cause)),
    })
}

fn reason(cause: &Cause) -> String {
    match cause {
        Cause::Refused(status) => {
            StatusCode::from_u16(*status).map_or_else(|_| status.to_string(), |status| status.to_string())
        }
        Cause::Unanswered(reason) => reason.to_string(),
    }
}

/// Channel by channel, the version of the configuration there is beside the one the connector is known to have.
async fn configurations(app: &App, id: ConnectorId) -> Result<Vec<Value>, ApiError> {
    let registry = app.registry();
    let version = registry.connector(id).ok_or_else(|| CONNECTORS.missing(&id.to_string()))?.version;
    let channels: Vec<ChannelId> = registry.channels_of(id).map(|channel| channel.value.id).collect();
    let delivered = app.store.configurations_delivered(&channels).await?;
    let shown = registry.channels_of(id).map(|channel| {
        let channel = &channel.value;
        let pushed = delivered.get(&channel.id).and_then(|entry| acknowledged(entry, id));
        let read = app.configurations_read.of(id, channel.id);
        // Of the same version both ways, the one that lasts is told.
        let known = read.into_iter().chain(pushed).max_by_key(|known| known.version);
        json!({
            "channelId": channel.id,
            "serviceIdentifier": channel.service_identifier,
            "version": version,
            "knownVersion": known.map(|known| known.version),
            "knownAt": known.map(|known| known.at),
            "knownBy": known.map(|known| known.by),
        })
    });
    Ok(shown.collect())
}

/// What a push that got through taught the connector; nothing when it went to another one.
fn acknowledged(entry: &Entry, id: ConnectorId) -> Option<Known> {
    match (entry.subject, &entry.status) {
        (Subject::Configuration { version }, EntryStatus::Delivered { at, .. })
            if entry.to == Receiver::Connector(id) =>
        {
            Some(Known { version, at: *at, by: "PUSH" })
        }
        _ => None,
    }
}

/// The connector named in a path, when the visitor may see it.
pub fn seen(app: &App, visitor: &Visitor, id: &str, resource: Resource) -> Result<ConnectorId, ApiError> {
    let id: Id = CONNECTORS.id(id)?;
    visitor.may_see_connector(id.into(), resource)?;
    match app.registry().connector(id.into()) {
        Some(_) => Ok(id.into()),
        None => Err(CONNECTORS.missing(&id.to_string())),
    }
}
