//! Where the engine's effects leave: to agents' desks, to feeds, and to connectors' webhooks.
//!
//! Called in the order of commits and never blocks: desks and feeds have queues of their own, and every delivery is
//! a task that ends by reporting to the engine. How many deliveries run at once is the core's decision.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::http::{HeaderName, HeaderValue};
use bytes::Bytes;
use reqwest::Url;
use tieline_core::command::{Attempted, Command};

use tieline_core::delivery::outbox::Dispatch;
use tieline_core::delivery::{Lane, Outcome as Landing, Subject};
use tieline_core::effect::{Effect, PassingTo, Scene};
use tieline_core::event::{Event, Fact, MessageClass, Payload};
use tieline_core::id::{ChannelId, ConnectorId, SessionId};
use tieline_core::registry::{Connector, Provider, Registry};
use tieline_core::time::{At, Span};
use tieline_engine::Outlet;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::{debug, warn};

use crate::app::App;
use crate::signature::SigningSecret;
use crate::webhook::{self, MalformedWebhook, Outcome, WebhookRequest};
use crate::wire;

/// Tenant-wide number of a delivery; rises with every one.
pub const SEQUENCE_HEADER: HeaderName = HeaderName::from_static("tieline-sequence");
/// Number of the delivery before this one in the same session, 0 for its first: a receiver can see a gap.
pub const PREVIOUS_SEQUENCE_HEADER: HeaderName = HeaderName::from_static("tieline-previous-sequence");
/// Version of the connector's configuration a push carries.
pub const CONFIGURATION_VERSION_HEADER: HeaderName = HeaderName::from_static("tieline-configuration-version");

/// Signs of typing under way at once; more are not worth sending.
const PASSING_MAX: usize = 64;

pub struct Outside {
    passing: Arc<Semaphore>,
    stage: Mutex<Stage>,
}

/// The engine starts before what its effects need is complete.
enum Stage {
    Starting(Vec<Effect>),
    Open(Weak<App>),
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            passing: Arc::new(Semaphore::new(PASSING_MAX)),
            stage: Mutex::new(Stage::Starting(Vec::new())),
        }
    }
}

impl Outside {
    /// Opens the outlet: what the engine has released so far leaves now.
    pub fn open(&self, app: &Arc<App>) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let former = std::mem::replace(&mut *stage, Stage::Open(Arc::downgrade(app)));
        if let Stage::Starting(effects) = former {
            self.perform(app, effects);
        }
    }

    fn perform(&self, app: &Arc<App>, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Desk { connection, push } => app.desks.push(connection, push),
                Effect::Broadcast { connections, event, scene } => {
                    app.desks.broadcast(&connections, &event, &scene);
                }
                Effect::Profile { connections, conversation, customer } => {
                    app.desks.profile(&connections, conversation, &customer);
                }
                Effect::Passing { to: PassingTo::Desks(connections), payload, conversation, scene } => {
                    app.desks.passing(&connections, &payload, conversation, &scene);
                }
                Effect::Passing { to: PassingTo::Connector(connector), payload, scene, .. } => {
                    self.pass(app, connector, &payload, &scene);
                }
                Effect::Deliver(dispatch) => {
                    let app = Arc::clone(app);
                    tokio::spawn(async move { deliver(&app, *dispatch).await });
                }
                Effect::AskBot { bot, until, dispatch } => {
                    let app = Arc::clone(app);
                    tokio::spawn(async move { crate::bot::ask(&app, bot, until, *dispatch).await });
                }
                Effect::FeedGrew { connector } => app.feeds.grew(connector),
                Effect::Registry(_) => {}
            }
        }
    }

    /// Tells a connector that an agent is typing: once, without a second try. One that reads its feed finds it there.
    fn pass(&self, app: &Arc<App>, connector: ConnectorId, payload: &Payload, scene: &Scene) {
        let (Some(session), Some(customer)) = (&scene.session, &scene.customer) else { return };
        let Some(message) = wire::scene::passing_message(payload, session, customer) else { return };
        let registry = app.registry();
        let Some((connector, provider)) = destination(&registry, connector) else {
            return app.feeds.pass(connector, message, Instant::now());
        };
        let Ok(permit) = Arc::clone(&self.passing).try_acquire_owned() else { return };
        let Ok(body) = serde_json::to_vec(&message) else { return };
        let id = format!("typing-{}-{}", session.id, app.now().millis());
        let request = request(target(provider), connector, id, Vec::new(), body, app.now_seconds());
        let Ok(request) = request else { return };
        let webhooks = app.webhooks.clone();
        tokio::spawn(async move {
            let attempt = webhooks.post(request).await;
            debug!(outcome = attempt.outcome.name(), "typing was passed on");
            drop(permit);
        });
    }
}

impl Outlet for Outside {
    fn release(&self, effects: Vec<Effect>) {
        let app = {
            let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *stage {
                Stage::Starting(waiting) => {
                    waiting.extend(effects);
                    return;
                }
                Stage::Open(app) => app.upgrade(),
            }
        };
        // Without an app the tenant is being stopped; what had to last is on disk.
        if let Some(app) = app {
            self.perform(&app, effects);
        }
    }

    fn restarted(&self) {
        let stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Stage::Open(app) = &*stage
            && let Some(app) = app.upgrade()
        {
            app.desks.drop_all();
        }
    }
}

/// Makes one attempt and reports how it went.
async fn deliver(app: &App, dispatch: Dispatch) {
    let at = app.now();
    let entry = dispatch.entry.seq;
    let (report, message) = match prepare(app, dispatch).await {
        Ok(Prepared { request, message }) => {
            let attempt = app.webhooks.post(request).await;
            metrics::counter!("tieline_webhook_attempts_total", "outcome" => attempt.outcome.name())
                .increment(1);
            metrics::histogram!("tieline_webhook_attempt_seconds").record(attempt.duration.as_secs_f64());
            let report = (
                attempt.status,
                u32::try_from(attempt.duration.as_millis()).unwrap_or(u32::MAX),
                landing(attempt.outcome, app.now()),
            );
            (report, message)
        }
        Err(outcome) => ((None, 0, outcome), None),
    };
    let (status, duration_ms, outcome) = report;
    if let Landing::Failed { .. } | Landing::Final { .. } = outcome {
        warn!(entry, status, duration_ms, "a delivery failed");
    }
    let report = Attempted { entry, at, duration_ms, status, outcome, message };
    app.engine.report(Command::Attempted(Box::new(report))).await;
}

struct Prepared {
    request: WebhookRequest,
    /// The agent's message it carries, by the agent's own id.
    message: Option<Box<str>>,
}

async fn prepare(app: &App, dispatch: Dispatch) -> Result<Prepared, Landing> {
    let registry = app.registry();
    let connector = dispatch.entry.to.connector();
    let (connector, provider) = connector
        .and_then(|connector| destination(&registry, connector))
        .ok_or_else(|| nothing_to_send("the connector or its webhook was removed"))?;
    let mut headers = vec![number(SEQUENCE_HEADER, dispatch.entry.seq)];
    let (url, id, body, message) = match dispatch.entry.subject {
        Subject::Configuration { .. } => {
            let Lane::Configuration(channel) = dispatch.entry.lane else {
                return Err(nothing_to_send("the entry names no channel"));
            };
            let version = registry.connector(connector.id).map_or(0, |connector| connector.version);
            headers.push(number(CONFIGURATION_VERSION_HEADER, version));
            let body = configuration(&registry, connector, channel)?;
            let url = webhook::configuration_url(provider.webhook.as_deref().unwrap_or_default());
            (url, format!("cfg-{channel}-{version}"), body, None)
        }
        Subject::Event { event: seq, .. } => {
            headers.push(number(PREVIOUS_SEQUENCE_HEADER, dispatch.entry.previous));
            let event = match dispatch.event {
                Some(event) => event,
                None => app
                    .store
                    .event(seq)
                    .await
                    .map_err(|err| Landing::Failed { reason: err.to_string().into(), not_before: None })?
                    .ok_or_else(|| nothing_to_send("the customer was erased"))?,
            };
            let party = dispatch.party.ok_or_else(|| nothing_to_send("the session is no longer known"))?;
            let body = wire::scene::webhook_message(&registry, &event, &party.session, &party.customer)
                .and_then(|message| serde_json::to_vec(&message).ok())
                .ok_or_else(|| nothing_to_send("the event has no form a connector knows"))?;
            (target(provider), webhook_id(&event, party.session.id), body, agent_message(&event))
        }
    };
    let request = request(url, connector, id, headers, body, app.now_seconds())
        .map_err(|err| Landing::Failed { reason: err.to_string().into(), not_before: None })?;
    Ok(Prepared { request, message })
}

/// What a receiver tells repeats by: the same for every attempt and for replays.
#[must_use]
pub fn webhook_id(event: &Event, session: SessionId) -> String {
    format!("{}-{session}", event.id)
}

fn agent_message(event: &Event) -> Option<Box<str>> {
    match &event.fact {
        Fact::Message(message) if message.class == MessageClass::Agent => Some(message.id.clone()),
        _ => None,
    }
}

fn destination(registry: &Registry, connector: ConnectorId) -> Option<(&Connector, &Provider)> {
    let connector = &registry.connector(connector)?.value;
    let provider = &registry.provider(connector.provider)?.value;
    provider.webhook.is_some().then_some((connector, provider))
}

fn configuration(registry: &Registry, connector: &Connector, channel: ChannelId) -> Result<Vec<u8>, Landing> {
    let channel = registry
        .channel(channel)
        .ok_or_else(|| nothing_to_send("the channel was removed in the meantime"))?;
    let body = serde_json::json!({
        "serviceIdentifier": channel.value.service_identifier,
        "connectorConfigurations": wire::registry::configuration(connector),
    });
    serde_json::to_vec(&body).map_err(|_| nothing_to_send("the configuration cannot be written as JSON"))
}

/// A signed request to a webhook.
///
/// # Errors
/// When the webhook is no address to post to.
pub(crate) fn request(
    url: Result<Url, MalformedWebhook>,
    connector: &Connector,
    id: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    timestamp_seconds: i64,
) -> Result<WebhookRequest, MalformedWebhook> {
    let url = url?;
    let secrets = SigningSecret::all(&connector.credentials.signing_secrets);
    Ok(WebhookRequest { url, id, headers, bearer: None, secrets, body: Bytes::from(body), timestamp_seconds })
}

/// Where messages to a provider go.
pub(crate) fn target(provider: &Provider) -> Result<Url, MalformedWebhook> {
    let webhook = provider.webhook.as_deref().unwrap_or_default();
    webhook::target_url(webhook, provider.webhook_path.as_deref())
}

fn number(name: HeaderName, value: u64) -> (HeaderName, HeaderValue) {
    (name, HeaderValue::from(value))
}

fn nothing_to_send(reason: &str) -> Landing {
    Landing::Final { reason: reason.into() }
}

fn landing(outcome: Outcome, now: At) -> Landing {
    let failed = |reason: String| Landing::Failed { reason: reason.into(), not_before: None };
    match outcome {
        Outcome::Delivered => Landing::Delivered,
        Outcome::Gone => Landing::Final { reason: "the endpoint is gone for good (410)".into() },
        Outcome::RetryLater { retry_after, reason } => Landing::Failed {
            reason: reason.into(),
            not_before: retry_after
                .map(|wait| now + Span::millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))),
        },
        Outcome::Rejected { reason, .. } | Outcome::Unreachable { reason } | Outcome::Blocked { reason } => {
            failed(reason)
        }
        Outcome::Timeout => failed("no answer in time".to_owned()),
    }
}
