//! Channel connectors beyond what every noun has: credentials, configuration, and how their line is doing.

use std::collections::BTreeMap;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tieline_core::delivery::breaker::Breaker;
use tieline_core::delivery::{Entry, EntryStatus, Receiver};
use tieline_core::id::{ChannelId, ConnectorId, Id};
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Connector, Credentials, Object, Registry, Stored};

use super::credentials::{Fresh, keep_newest, not_kept};
use super::noun::CONNECTORS;
use super::version::{etag, is_known};
use crate::app::{App, SharedApp};
use crate::auth::{Person, Visitor};
use crate::outlet::CONFIGURATION_VERSION_HEADER;
use crate::problem::{ApiError, Json};
use crate::wire::registry as wire;

pub async fn create(
    State(app): State<SharedApp>,
    person: Person,
    Json(body): Json<Value>,
) -> Result<Response, ApiError> {
    CONNECTORS.may_create(&person)?;
    let fresh = Fresh::make();
    let id = CONNECTORS
        .put_new(&app, body, |object| {
            if let Object::Connector(connector) = object {
                fresh.add_to(&mut connector.credentials);
            }
        })
        .await?;
    let response =
        CONNECTORS.created_with(&app.registry(), id, |shown| shown["credentials"] = fresh.shown())?;
    Ok(not_kept(response))
}

/// Makes new credentials. Those before them go on working; older ones do not.
pub async fn rotate(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let fresh = Fresh::make();
    change_credentials(&app, &person, &id, |credentials| fresh.add_to(credentials)).await?;
    Ok(not_kept((StatusCode::CREATED, Answer(fresh.shown())).into_response()))
}

/// Ends the time in which old and new credentials both work.
pub async fn end_overlap(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    change_credentials(&app, &person, &id, |credentials| keep_newest(credentials, 1)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change_credentials(
    app: &App,
    person: &Person,
    id: &str,
    change: impl Fn(&mut Credentials),
) -> Result<(), ApiError> {
    person.may(Resource::ChannelManager, Action::Manage)?;
    let id = CONNECTORS.id(id)?;
    CONNECTORS
        .change(app, id, None, |_, old| {
            let mut object = old.clone();
            if let Object::Connector(connector) = &mut object {
                change(&mut connector.credentials);
            }
            Ok(object)
        })
        .await?;
    Ok(())
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
    match entry.status {
        EntryStatus::Pending { .. } => "PENDING",
        EntryStatus::Delivered { .. } => "DELIVERED",
        EntryStatus::Dead { .. } => "DEAD",
        EntryStatus::Superseded { .. } => "SUPERSEDED",
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
