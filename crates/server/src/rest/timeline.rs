//! Where a message is: to whom it was shown, and every attempt to deliver it.

use axum::Json as Answer;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::delivery::{
    Attempt, CUSTOMER_ERASED, Entry, EntryStatus, Lane, Receiver, Resolution, Subject, Via,
};
use tieline_core::event::{Event, Fact};
use tieline_core::facts::MessageRef;
use tieline_core::id::{ConversationId, UserId};
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::Registry;
use tieline_core::time::At;

use super::connectors::outcome;
use super::conversations::read_id;
use super::query::Query;
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::outlet::webhook_id;
use crate::problem::ApiError;

/// Events after a message that are looked through for receipts and for agents who joined.
const LATER_EVENTS_MAX: usize = 1000;
/// Messages told of when senders used one id for many.
pub const MESSAGES_MAX: usize = 100;

#[derive(Debug, Deserialize)]
pub struct Asked {
    conversation: Option<String>,
}

/// One timeline for each message with this id: some senders use an id again.
pub async fn of_message(
    State(app): State<SharedApp>,
    person: Person,
    Path(message): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Answer<Vec<Value>>, ApiError> {
    person.may(Resource::Conversations, Action::View)?;
    let conversation = asked.conversation.as_deref().map(read_id).transpose()?;
    let mut found = app.store.messages(&message).await?;
    found.retain(|at| conversation.is_none_or(|wanted: ConversationId| wanted == at.conversation));
    if found.is_empty() {
        return Err(ApiError::not_found(format_args!("there is no message with the id {message:?}")));
    }
    let mut timelines = Vec::with_capacity(found.len());
    for at in found.iter().rev().take(MESSAGES_MAX) {
        timelines.extend(timeline(&app, &message, at).await?);
    }
    Ok(Answer(timelines))
}

async fn timeline(app: &App, message: &str, at: &MessageRef) -> Result<Option<Value>, ApiError> {
    let Some(event) = app.store.event(at.seq).await? else { return Ok(None) };
    let entries = app.store.entries_of_event(at.seq).await?;
    let seqs: Vec<_> = entries.iter().map(|entry| entry.seq).collect();
    let attempts = app.store.attempts(&seqs).await?;
    let later = app.store.events(at.conversation, at.seq, None, LATER_EVENTS_MAX).await?;
    let receipts: Vec<Value> = later.iter().filter_map(|event| receipt(event, message)).collect();
    let conversation = app.store.conversation(at.conversation).await?;
    let session = conversation.as_ref().and_then(|one| one.session(at.session?));
    let registry = app.registry();
    let deliveries = entries.iter().map(|entry| {
        let mut shown = delivery(&registry, entry, &attempts);
        if let Lane::Session(session) = entry.lane {
            shown["webhookId"] = webhook_id(&event, session).into();
        }
        shown
    });
    let deliveries: Vec<Value> = deliveries.collect();
    let live = event.shown_to.iter().map(|agent| shown(&registry, *agent, event.at, "LIVE"));
    let joined = later.iter().filter_map(|event| match &event.fact {
        Fact::AgentSubscribed { participant } => {
            Some(shown(&registry, participant.agent, event.at, "ON_JOINING"))
        }
        _ => None,
    });
    let shown_to: Vec<Value> = live.chain(joined).collect();
    let class = match &event.fact {
        Fact::Message(message) => Some(message.class),
        _ => None,
    };
    Ok(Some(json!({
        "messageId": message,
        "sequence": event.seq,
        "acceptedAt": event.at,
        "kind": class,
        "from": event.emitter,
        "conversationId": event.conversation,
        "channelSessionId": event.session,
        "customerId": event.customer,
        "channel": session.and_then(|session| registry.channel(session.channel)).map(|channel| json!({
            "id": channel.value.id, "name": channel.value.name,
            "serviceIdentifier": channel.value.service_identifier,
        })),
        "shownTo": shown_to,
        "deliveries": deliveries,
        "receipts": receipts,
    })))
}

/// An agent whose desk was sent the message: as it came, or with the conversation when he joined.
fn shown(registry: &Registry, agent: UserId, at: At, how: &str) -> Value {
    let name = registry.user(agent).map(|stored| &stored.value.username);
    json!({"agent": {"id": agent, "name": name}, "at": at, "how": how})
}

fn receipt(event: &Event, wanted: &str) -> Option<Value> {
    match &event.fact {
        Fact::Receipt { message, status, reason } if &**message == wanted => {
            Some(json!({"at": event.at, "status": status, "reason": reason, "from": event.emitter}))
        }
        _ => None,
    }
}

/// Why an entry was given up. Reasons may quote what a receiver answered; of an erased customer they cannot be read any more.
pub fn reason(entry: &Entry) -> Option<&str> {
    let reason = match &entry.status {
        EntryStatus::Dead { reason, .. } => reason,
        EntryStatus::Resolved { letter, .. } => letter.as_ref().map_or("", |letter| &letter.reason),
        EntryStatus::Pending { .. } | EntryStatus::Delivered { .. } | EntryStatus::Superseded { .. } => {
            return None;
        }
    };
    Some(if reason.is_empty() { CUSTOMER_ERASED } else { reason })
}

/// What somebody did about an entry that was given up.
fn resolution(registry: &Registry, entry: &Entry) -> Option<Value> {
    let EntryStatus::Resolved { at, letter } = &entry.status else { return None };
    let Some(letter) = letter else { return Some(json!({"at": at})) };
    let by =
        letter.by.map(|id| json!({"id": id, "name": registry.user(id).map(|stored| &stored.value.username)}));
    let (sequence, because, instead) = match &letter.how {
        Resolution::Replayed { entry } => (Some(entry), None, None),
        Resolution::Dismissed { because, instead } => (None, Some(because), instead.as_ref()),
    };
    Some(json!({"at": at, "by": by, "sequence": sequence, "because": because, "message": instead}))
}

/// An entry with its attempts.
pub fn delivery(registry: &Registry, entry: &Entry, attempts: &[Attempt]) -> Value {
    let (next_attempt_at, settled_at, via) = match &entry.status {
        EntryStatus::Pending { due } => (Some(*due), None, None),
        EntryStatus::Delivered { at, how } => {
            let via = match how {
                Via::Webhook => "WEBHOOK",
                Via::Feed => "FEED",
            };
            (None, Some(*at), Some(via))
        }
        EntryStatus::Dead { at, .. } | EntryStatus::Superseded { at } => (None, Some(*at), None),
        EntryStatus::Resolved { at, letter } => {
            (None, Some(letter.as_ref().map_or(*at, |letter| letter.given_up_at)), None)
        }
    };
    let attempts = attempts.iter().filter(|attempt| attempt.entry == entry.seq).map(|attempt| {
        json!({
            "number": attempt.number,
            "at": attempt.at,
            "durationMs": attempt.duration_ms,
            "status": attempt.status,
            "error": attempt.error,
        })
    });
    let (connector, bot) = match entry.to {
        Receiver::Connector(id) => {
            let name = registry.connector(id).map(|stored| &stored.value.name);
            (Some(json!({"id": id, "name": name})), None)
        }
        Receiver::Bot(id) => {
            let name = registry.bot(id).map(|stored| &stored.value.name);
            (None, Some(json!({"id": id, "name": name})))
        }
    };
    let (kind, conversation) = match entry.subject {
        Subject::Event { conversation, .. } if bot.is_some() => ("QUESTION", Some(conversation)),
        Subject::Event { conversation, .. } => ("MESSAGE", Some(conversation)),
        Subject::Configuration { .. } => ("CONFIGURATION", None),
    };
    let (session, channel) = match entry.lane {
        Lane::Session(session) => (Some(session), None),
        Lane::Configuration(channel) => (None, Some(channel)),
        Lane::Bot(_) => (None, None),
    };
    json!({
        "sequence": entry.seq,
        "previousSequence": entry.previous,
        "kind": kind,
        "connector": connector,
        "bot": bot,
        "conversationId": conversation,
        "channelSessionId": session,
        "channelId": channel,
        "outcome": outcome(entry),
        "createdAt": entry.created_at,
        "attemptsMade": entry.attempts,
        "nextAttemptAt": next_attempt_at,
        "settledAt": settled_at,
        "via": via,
        "reason": reason(entry),
        "resolution": resolution(registry, entry),
        "attempts": attempts.collect::<Vec<_>>(),
    })
}
