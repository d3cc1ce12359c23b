//! Channel connectors beyond what every noun has: configuration, and how their line is doing.

use std::collections::BTreeMap;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tieline_core::delivery::breaker::Breaker;
use tieline_core::delivery::{Entry, EntryStatus, Receiver, Resolution};
use tieline_core::id::{ChannelId, ConnectorId, Id};
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Connector, Registry, Stored};

use super::credentials::not_kept;
use super::noun::CONNECTORS;
use super::version::{etag, is_known};
use crate::app::{App, SharedApp};
use crate::auth::Visitor;
use crate::outlet::CONFIGURATION_VERSION_HEADER;
use crate::problem::ApiError;
use crate::wire::registry as wire;

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

/// What waits for a connector, and whether its webhook is being spared.
pub async fn health(
    State(app): State<SharedApp>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    let id = seen(&app, &visitor, &id, Resource::Deliveries)?;
    let line =
        app.engine.ask(move |state| state.lines().find(|line| line.to == Receiver::Connector(id))).await?;
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
    })))
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
