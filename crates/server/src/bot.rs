//! Asking bots that live elsewhere: the request each kind wants, one attempt, and what the answer says.
//!
//! Promises: an attempt ends by the moment it is told to end by; of an answer no more than [`ANSWER_BYTES_MAX`] is
//! read; whatever comes back is an answer, a failure or a refusal with its reason, or the bot's word that it will answer by
//! itself. The address guard of webhooks holds here too.
//!
//! Left to others: when to ask, whether to ask again, and what is done with an answer: that is the core's.

mod custom;
mod open_ai;
mod rasa;
pub mod reply;

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use bytes::Bytes;
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};
use tieline_core::bot::answer::Reply;
use tieline_core::bot::intent;
use tieline_core::command::{BotAnswered, BotOutcome, Command};
use tieline_core::conversation::About;
use tieline_core::delivery::outbox::Dispatch;
use tieline_core::delivery::{Lane, Subject};
use tieline_core::effect::Scene;
use tieline_core::event::{BotSilence, Event, Fact, Seq};
use tieline_core::id::{BotId, ConversationId};
use tieline_core::registry::{Bot, BotKind, Registry};
use tieline_core::time::At;
use tracing::warn;

use crate::app::App;
use crate::rest::IDEMPOTENCY_KEY;
use crate::signature::SigningSecret;
use crate::webhook::{Exchange, Outcome, WebhookRequest};
use crate::wire;

/// Most bytes of a bot's answer that are read.
pub const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// What a bot is asked, before it is put into the words of its kind.
pub struct Question {
    pub conversation: ConversationId,
    pub about: Asked,
    /// What was said before, oldest first; for language models only.
    pub history: Vec<Turn>,
    /// The bot speaks to the customer and may have things done.
    pub leads: bool,
}

pub enum Asked {
    Message { id: Box<str>, text: String, message: Value },
    Intent { name: &'static str, entities: Value },
}

/// One message of a conversation, as a language model is shown it.
pub struct Turn {
    pub by_customer: bool,
    pub text: String,
}

/// How one attempt ended.
pub struct Attempt {
    pub outcome: BotOutcome,
    pub duration: Duration,
    pub status: Option<u16>,
}

/// Makes one attempt, which counts until `until`, and reports how it went.
pub async fn ask(app: &App, bot: BotId, until: At, dispatch: Dispatch) {
    let (entry, at) = (dispatch.entry.seq, app.now());
    let (about, attempt) = match prepare(app, bot, dispatch).await {
        Ok((bot, question, event)) => {
            let message = match &question.about {
                Asked::Message { id, .. } => Some(id.clone()),
                Asked::Intent { .. } => None,
            };
            let about = About { message, session: event.session };
            let timeout = Duration::from_millis(until.since(app.now()).as_millis());
            (about, put(app, &bot, &question, &format!("{}-{}", event.id, bot.id), timeout).await)
        }
        Err(reason) => {
            let outcome = failed(BotSilence::NotAvailable, reason);
            let attempt = Attempt { outcome, duration: Duration::ZERO, status: None };
            (About { message: None, session: None }, attempt)
        }
    };
    if let BotOutcome::Failed { .. } | BotOutcome::Refused { .. } = attempt.outcome {
        warn!(entry, bot = %bot, status = attempt.status, "a bot did not answer");
    }
    let report = BotAnswered {
        entry,
        at,
        duration_ms: u32::try_from(attempt.duration.as_millis()).unwrap_or(u32::MAX),
        status: attempt.status,
        about,
        outcome: attempt.outcome,
    };
    app.engine.report(Command::BotAnswered(Box::new(report))).await;
}

/// Puts a question to a bot. `id` is the same for every attempt at the same question. A language model that has
/// something done first is asked on, within the same `timeout`.
pub async fn put(app: &App, bot: &Bot, question: &Question, id: &str, timeout: Duration) -> Attempt {
    let (path, mut body) = match bot.kind {
        BotKind::Custom => ("", custom::body(question)),
        BotKind::Rasa => (rasa::PATH, rasa::body(question)),
        BotKind::OpenAi => (open_ai::PATH, open_ai::body(bot, question)),
        BotKind::Dialogflow | BotKind::NotSet | BotKind::BuiltIn => {
            let outcome = failed(BotSilence::NotAvailable, "a bot of this type cannot be called");
            return Attempt { outcome, duration: Duration::ZERO, status: None };
        }
    };
    let mut asked = put_once(app, bot, path, id, &body, timeout).await;
    if bot.kind != BotKind::OpenAi || !question.leads {
        return asked.attempt;
    }
    let mut done = Vec::new();
    for round in 1..=open_ai::FOLLOW_UPS_MAX {
        let BotOutcome::Answered(replies) = &mut asked.attempt.outcome else { break };
        if !open_ai::follow_up(&mut body, &asked.answer, replies, round) {
            break;
        }
        done.append(replies);
        let spent = asked.attempt.duration;
        let left = timeout.saturating_sub(spent);
        asked = put_once(app, bot, path, &format!("{id}-{round}"), &body, left).await;
        asked.attempt.duration += spent;
    }
    if let BotOutcome::Answered(replies) = &mut asked.attempt.outcome {
        replies.splice(..0, done);
        open_ai::settle(replies);
    }
    asked.attempt
}

/// How one exchange ended, and the answer as it came.
struct Exchanged {
    attempt: Attempt,
    answer: Bytes,
}

async fn put_once(app: &App, bot: &Bot, path: &str, id: &str, body: &Value, timeout: Duration) -> Exchanged {
    let request = match request(app, bot, path, id, body) {
        Ok(request) => request,
        Err(reason) => {
            let outcome = failed(BotSilence::NotAvailable, reason);
            let attempt = Attempt { outcome, duration: Duration::ZERO, status: None };
            return Exchanged { attempt, answer: Bytes::new() };
        }
    };
    let exchange = app.webhooks.exchange(request, timeout, ANSWER_BYTES_MAX).await;
    let outcome = judge(bot.kind, &exchange);
    let name = match &outcome {
        BotOutcome::Answered(_) => "answered",
        BotOutcome::Later => "later",
        BotOutcome::Failed { .. } | BotOutcome::Refused { .. } => "failed",
    };
    metrics::counter!("tieline_bot_attempts_total", "outcome" => name).increment(1);
    metrics::histogram!("tieline_bot_attempt_seconds").record(exchange.duration.as_secs_f64());
    let attempt = Attempt { outcome, duration: exchange.duration, status: exchange.status };
    Exchanged { attempt, answer: exchange.result.unwrap_or_default() }
}

fn judge(kind: BotKind, exchange: &Exchange) -> BotOutcome {
    let body = match &exchange.result {
        Ok(body) => body,
        // A wrong key or an unknown model does not come right by asking again.
        Err(refused @ (Outcome::Rejected { status: 400 | 401 | 403 | 404, .. } | Outcome::Gone)) => {
            return BotOutcome::Refused { reason: refused.reason().into() };
        }
        Err(Outcome::Timeout) => return failed(BotSilence::Timeout, "no answer in time"),
        Err(outcome) => return failed(BotSilence::NotAvailable, outcome.reason()),
    };
    if body.trim_ascii().is_empty() {
        return match kind {
            BotKind::Custom => BotOutcome::Later,
            _ => BotOutcome::Answered(Vec::new()),
        };
    }
    let read: Result<Vec<Reply>, String> = match kind {
        BotKind::OpenAi => open_ai::replies(body),
        BotKind::Rasa => rasa::replies(body),
        _ => reply::read(body),
    };
    match read {
        Ok(replies) => BotOutcome::Answered(replies),
        Err(reason) => failed(BotSilence::NotAvailable, reason),
    }
}

fn failed(silence: BotSilence, reason: impl Into<Box<str>>) -> BotOutcome {
    BotOutcome::Failed { silence, reason: reason.into() }
}

fn request(app: &App, bot: &Bot, path: &str, id: &str, body: &Value) -> Result<WebhookRequest, String> {
    let url = Url::parse(&address(&bot.uri, path)).map_err(|err| format!("botUri is no address: {err}"))?;
    let key = HeaderValue::from_str(id).map_err(|err| err.to_string())?;
    let model_key = bot.settings.model.as_ref().map(|model| &model.api_key).filter(|key| !key.is_empty());
    Ok(WebhookRequest {
        url,
        id: id.to_owned(),
        headers: vec![(HeaderName::from_static(IDEMPOTENCY_KEY), key)],
        bearer: model_key.map(|key| SecretString::from(key.clone())),
        secrets: SigningSecret::all(&bot.settings.credentials.signing_secrets),
        body: Bytes::from(body.to_string()),
        timestamp_seconds: app.now_seconds(),
    })
}

/// `path` below `uri`, unless `uri` ends with it already: manuals name the whole address as well as its base.
fn address(uri: &str, path: &str) -> String {
    if path.is_empty() {
        return uri.to_owned();
    }
    let base = uri.trim_end_matches('/');
    format!("{}{path}", base.strip_suffix(path).unwrap_or(base))
}

/// The bot as it is now, the question, and the event it is about.
async fn prepare(
    app: &App,
    bot: BotId,
    dispatch: Dispatch,
) -> Result<(Bot, Question, std::sync::Arc<Event>), String> {
    let registry = app.registry();
    let bot = registry.bot(bot).ok_or("the bot was removed")?.value.clone();
    let (Subject::Event { event: seq, .. }, Lane::Bot(conversation)) =
        (dispatch.entry.subject, dispatch.entry.lane)
    else {
        return Err("the entry is no question".to_owned());
    };
    let event = match dispatch.event {
        Some(event) => event,
        None => stored_event(app, seq).await?,
    };
    let party = dispatch.party.filter(|party| Some(party.session.id) == event.session);
    let scene = match party {
        Some(party) => Scene { session: Some(party.session), customer: Some(party.customer) },
        None => scene_of(app, &event).await,
    };
    let about = asked(&registry, &event, &scene).ok_or("the event has no form a bot knows")?;
    let leads = leads(app, conversation).await;
    let history = match &bot.settings.model {
        Some(model) => open_ai::history(app, &event, usize::from(model.history_max)).await,
        None => Vec::new(),
    };
    Ok((bot, Question { conversation, about, history, leads }, event))
}

async fn stored_event(app: &App, seq: Seq) -> Result<std::sync::Arc<Event>, String> {
    let found = app.store.event(seq).await.map_err(|err| err.to_string())?;
    found.ok_or_else(|| "the customer was erased".to_owned())
}

/// As the conversation is now: a question may have waited through a restart.
async fn scene_of(app: &App, event: &Event) -> Scene {
    let (conversation, session, customer) = (event.conversation, event.session, event.customer);
    let live = app.engine.ask(move |state| {
        let live = state.conversation(conversation)?;
        let session = session.and_then(|id| live.session(id)).cloned();
        Some(Scene { session, customer: state.customer(customer).cloned() })
    });
    if let Ok(Some(scene)) = live.await {
        return scene;
    }
    let closed = app.store.conversation(conversation).await.ok().flatten();
    let session = closed.and_then(|closed| closed.session(session?).cloned());
    Scene { session, customer: app.store.customer(customer).await.ok().flatten() }
}

async fn leads(app: &App, conversation: ConversationId) -> bool {
    let asked = app.engine.ask(move |state| {
        let seat = state.conversation(conversation)?.bot.as_ref()?;
        Some(seat.role == tieline_core::conversation::Role::Primary)
    });
    asked.await.ok().flatten().unwrap_or(false)
}

/// What an event is to a bot.
fn asked(registry: &Registry, event: &Event, scene: &Scene) -> Option<Asked> {
    if let Fact::Message(said) = &event.fact {
        let told = wire::scene::event(registry, event, scene)?;
        let message = serde_json::to_value(&told.data).ok()?;
        let text = message["body"]["markdownText"].as_str().unwrap_or_default().to_owned();
        return Some(Asked::Message { id: said.id.clone(), text, message });
    }
    let name = intent(&event.fact)?;
    let entities = match &event.fact {
        Fact::AgentReserved { .. } => Value::Null,
        Fact::AgentSubscribed { participant } | Fact::AgentUnsubscribed { participant, .. } => {
            json!({ "ccUser": wire::scene::agent(registry, participant.agent) })
        }
        _ => match (&scene.session, &scene.customer) {
            (Some(session), Some(customer)) => {
                json!({ "channelSession": wire::scene::session(registry, session, customer) })
            }
            _ => Value::Null,
        },
    };
    Some(Asked::Intent { name, entities })
}
