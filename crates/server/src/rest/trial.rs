//! Trying out a connector's webhook: can it be reached, does it answer in time, does it look at signatures.
//!
//! Nothing is kept and no delivery is touched. The webhook is sent a notice of a type it does not know, which
//! connectors pass over, first signed as always and then with a key that is not its own.

use std::time::Duration;

use axum::Json as Answer;
use axum::extract::{Path, State};
use serde_json::{Value, json};
use tieline_cim::Message;
use tieline_core::id::ConnectorId;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Connector, Provider, Registry};

use super::connectors::seen;
use super::mint::new_id;
use crate::app::{App, SharedApp};
use crate::auth::{Person, Visitor};
use crate::outlet;
use crate::problem::ApiError;
use crate::token;
use crate::webhook::{Attempt, Outcome, WebhookRequest};

const NOTICE: &str = "WEBHOOK_TEST";

pub async fn webhook(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::ChannelManager, Action::Manage)?;
    let id = seen(&app, &Visitor::Person(person), &id, Resource::ChannelManager)?;
    let request = notice(&app, id)?;
    let url = request.url.to_string();
    let forged = WebhookRequest {
        id: format!("{}-forged", request.id),
        secrets: vec![token::new_signing_secret()],
        ..request.clone()
    };
    let attempt = app.webhooks.post(request).await;
    let signature = match attempt.outcome {
        Outcome::Delivered => checks_signatures(&app.webhooks.post(forged).await),
        _ => "UNKNOWN",
    };
    Ok(Answer(json!({
        "url": url,
        "reachable": attempt.status.is_some(),
        "status": attempt.status,
        "latencyMs": millis(attempt.duration),
        "latencyMsMax": millis(app.config.delivery.attempt_timeout),
        "accepted": attempt.outcome == Outcome::Delivered,
        "signature": signature,
        "error": match &attempt.outcome {
            Outcome::Delivered => None,
            other => Some(other.reason()),
        },
    })))
}

/// What a connector shows of itself when it is sent something with a wrong signature.
fn checks_signatures(forged: &Attempt) -> &'static str {
    match (&forged.outcome, forged.status) {
        (Outcome::Delivered, _) => "NOT_CHECKED",
        (_, Some(400..=499)) => "CHECKED",
        _ => "UNKNOWN",
    }
}

fn notice(app: &App, id: ConnectorId) -> Result<WebhookRequest, ApiError> {
    let registry = app.registry();
    let (connector, provider) = ends(&registry, id)?;
    let message = message(&registry, connector);
    let key = format!("test-{}", new_id(app.now()));
    outlet::request(outlet::target(provider), connector, key, Vec::new(), message, app.now_seconds()).map_err(
        |malformed| {
            ApiError::bad_request("providerWebhook", malformed, "Correct the webhook of the provider.")
        },
    )
}

fn ends(registry: &Registry, id: ConnectorId) -> Result<(&Connector, &Provider), ApiError> {
    let connector = registry.connector(id).map(|stored| &stored.value);
    let provider = connector.and_then(|connector| registry.provider(connector.provider));
    match (connector, provider.map(|stored| &stored.value)) {
        (Some(connector), Some(provider)) if provider.webhook.is_some() => Ok((connector, provider)),
        _ => Err(ApiError::bad_request(
            "providerWebhook",
            "the provider of this connector has no webhook",
            "Its connectors read the event feed; there is nothing to reach.",
        )),
    }
}

fn message(registry: &Registry, connector: &Connector) -> Vec<u8> {
    let service = registry.channels_of(connector.id).next().map(|channel| &channel.value.service_identifier);
    let mut message = json!(Message::plain(""));
    message["header"]["sender"]["type"] = "SYSTEM".into();
    message["header"]["channelData"] =
        json!({"serviceIdentifier": service.map_or("", String::as_str), "channelCustomerIdentifier": "test"});
    message["body"] = json!({"type": "NOTIFICATION", "notificationType": NOTICE, "markdownText": ""});
    message.to_string().into_bytes()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
