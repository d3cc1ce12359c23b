//! Bots beyond what every noun has: a call to try one, and what bots say by themselves.

use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use axum::Json as Answer;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_cim::canonical;
use tieline_core::bot::answer::{Content, ForWhom, Reply};
use tieline_core::command::{BotOutcome, BotSays, Command};
use tieline_core::event::BotSilence;
use tieline_core::id::{ConversationId, Id};
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::Bot;

use super::inbound::IDEMPOTENCY_KEY;
use super::mint::new_id;
use super::noun::BOTS;
use super::refused::submit;
use crate::app::{App, SharedApp};
use crate::auth::{CallingBot, Person};
use crate::bot::{Asked, Question, Turn, put, reply};
use crate::problem::{ApiError, Json, unreadable};

const KEY_CHARS_MAX: usize = 255;
const TEST_TEXT: &str = "Hello";
const TEST_TEXT_CHARS_MAX: usize = 4_096;

#[derive(Debug, Default, Deserialize)]
pub struct Trial {
    #[serde(default)]
    message: Option<String>,
}

/// Asks a bot once, outside any conversation, and shows what came of it. Nothing is kept or done.
pub async fn test(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Json(trial): Json<Trial>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::BotSettings, Action::Manage)?;
    let id: Id = BOTS.id(&id)?;
    let registry = app.registry();
    let bot = &registry.bot(id.into()).ok_or_else(|| BOTS.missing(&id.to_string()))?.value;
    let text = trial.message.unwrap_or_else(|| TEST_TEXT.to_owned());
    if text.chars().count() > TEST_TEXT_CHARS_MAX {
        let what = format!("the message has more than {TEST_TEXT_CHARS_MAX} characters");
        return Err(ApiError::bad_request("message", what, "Send a shorter one."));
    }
    let question = trial_question(&app, text);
    let timeout = Duration::from_millis(bot.timeout().as_millis());
    let key = format!("test-{}", question.conversation);
    let attempt = put(&app, bot, &question, &key, timeout).await;
    let (outcome, error, replies) = match &attempt.outcome {
        BotOutcome::Answered(replies) => ("ANSWERED", None, replies.iter().map(shown).collect()),
        BotOutcome::Later => ("LATER", None, Vec::new()),
        BotOutcome::Failed { silence: BotSilence::Timeout, reason } => ("TIMEOUT", Some(reason), Vec::new()),
        BotOutcome::Failed { reason, .. } | BotOutcome::Refused { reason } => {
            ("FAILED", Some(reason), Vec::new())
        }
    };
    Ok(Answer(json!({
        "botId": bot.id,
        "reachable": attempt.status.is_some(),
        "status": attempt.status,
        "latencyMs": u64::try_from(attempt.duration.as_millis()).unwrap_or(u64::MAX),
        "outcome": outcome,
        "error": error,
        "replies": replies,
    })))
}

/// A message as a bot would get it, of a conversation that does not exist.
fn trial_question(app: &App, text: String) -> Question {
    let conversation: ConversationId = new_id(app.now()).into();
    let id = new_id(app.now()).to_string();
    let mut message = tieline_cim::Message::plain(&text);
    message.id = Some(id.clone());
    message.header.conversation_id = Some(conversation.to_string());
    let about = Asked::Message {
        id: id.into(),
        text: text.clone(),
        message: serde_json::to_value(&message).unwrap_or_default(),
    };
    Question { conversation, about, history: vec![Turn { by_customer: true, text }], leads: true }
}

fn shown(reply: &Reply) -> Value {
    let read = |json: &str| serde_json::from_str::<Value>(json).unwrap_or_default();
    let mode = if reply.for_whom == ForWhom::Agents { "suggestion" } else { "message" };
    match &reply.content {
        Content::Said(payload) => {
            json!({"understood": true, "mode": mode, "body": read(payload.json())["body"]})
        }
        Content::Asked { name, data, .. } => {
            json!({"understood": true, "action": name, "data": read(data.json())})
        }
        Content::Unusable { name, reason, .. } => {
            json!({"understood": false, "action": name, "reason": reason})
        }
    }
}

/// A bot answers later than it was asked, or speaks by itself.
pub async fn says(
    State(app): State<SharedApp>,
    CallingBot(bot): CallingBot,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let sent: Value = tieline_cim::parse_inbound(&body.map_err(unreadable)?)?;
    let says = spoken(&bot.value, &headers, &sent)?;
    submit(&app, Command::BotSays(Box::new(says))).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn spoken(bot: &Bot, headers: &HeaderMap, sent: &Value) -> Result<BotSays, ApiError> {
    if !sent.is_object() {
        let hint = "Send {\"conversationId\", \"botId\", \"BotMessage\"}.";
        return Err(ApiError::malformed("the body is not an object", hint));
    }
    let named = sent["botId"].as_str().map(str::trim).unwrap_or_default();
    if named != bot.id.to_string() {
        let what = "botId is not the bot this token belongs to";
        return Err(ApiError::forbidden(what));
    }
    let conversation = sent["conversationId"].as_str().map(str::trim).unwrap_or_default();
    let conversation: ConversationId = conversation.parse().map_err(|not_an_id| {
        let hint = "Send back what came as \"conversation\".";
        ApiError::bad_request("conversationId", format_args!("{conversation:?}: {not_an_id}"), hint)
    })?;
    let replies = sent.get("BotMessage").or_else(|| sent.get("botMessage")).unwrap_or(&Value::Null);
    let replies = reply::of_value(replies, reply::of_response).map_err(|reason| {
        ApiError::bad_request("BotMessage", reason, "Send one response object or a list of them.")
    })?;
    let requested = sent["requestedMessageId"].as_str().map(str::trim).filter(|id| !id.is_empty());
    let (request, keyed) = request_key(bot, headers, sent)?;
    Ok(BotSays { bot: bot.id, conversation, request, keyed, requested: requested.map(Into::into), replies })
}

/// By the bot's own key, else by what it says.
fn request_key(bot: &Bot, headers: &HeaderMap, sent: &Value) -> Result<([u8; 16], bool), ApiError> {
    let mut hash = Context::new(&SHA256);
    hash.update(b"bot\0");
    hash.update(&Id::from(bot.id).0);
    let keyed = match headers.get(IDEMPOTENCY_KEY) {
        Some(key) if key.is_empty() || key.len() > KEY_CHARS_MAX => {
            let what = format!("the Idempotency-Key has {} characters", key.len());
            let hint = format!("Send 1 to {KEY_CHARS_MAX} characters, such as a UUID.");
            return Err(ApiError::bad_request("Idempotency-Key", what, hint));
        }
        Some(key) => {
            hash.update(b"\0key\0");
            hash.update(key.as_bytes());
            true
        }
        None => {
            hash.update(b"\0body\0");
            hash.update(&canonical(sent));
            false
        }
    };
    let mut key = [0; 16];
    key.copy_from_slice(&hash.finish().as_ref()[..16]);
    Ok((key, keyed))
}
