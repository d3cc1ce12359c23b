//! What was given up on: seen, and sent again.

use axum::Json as Answer;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::command::{self, Command};
use tieline_core::event::Seq;
use tieline_core::facts::EntryFilter;
use tieline_core::id::{ConnectorId, ConversationId};
use tieline_core::permission::{Action, Resource};
use tieline_store::DeadFilter;

use super::query::{Query, moment, rows};
use super::refused::submit_by;
use super::timeline::{MESSAGES_MAX, delivery};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, Json};

/// Entries sent again by one request at most.
const REPLAYED_MAX: usize = 1000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    connector: Option<String>,
    conversation: Option<String>,
    /// Milliseconds since 1970 or RFC 3339.
    from: Option<String>,
    until: Option<String>,
    after: Option<Seq>,
    limit: Option<usize>,
}

pub async fn list(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Which>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Deliveries, Action::View)?;
    let limit = rows(asked.limit)?;
    let filter = DeadFilter {
        connector: connector(asked.connector.as_deref())?,
        conversation: conversation(asked.conversation.as_deref())?,
        from: moment("from", asked.from.as_deref())?,
        until: moment("until", asked.until.as_deref())?,
    };
    let dead = app.store.dead_letters(filter, asked.after.unwrap_or(0), limit).await?;
    let seqs: Vec<Seq> = dead.iter().map(|entry| entry.seq).collect();
    let attempts = app.store.attempts(&seqs).await?;
    let registry = app.registry();
    let shown: Vec<Value> = dead.iter().map(|entry| delivery(&registry, entry, &attempts)).collect();
    let next = seqs.last().filter(|_| seqs.len() == limit);
    Ok(Answer(json!({"deadLetters": shown, "next": next})))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replayed {
    connector: Option<String>,
    conversation: Option<String>,
    from: Option<Value>,
    until: Option<Value>,
    sequences: Vec<Seq>,
    /// Id of a message.
    message: Option<String>,
    limit: Option<usize>,
}

/// Puts dead letters at the end of their lanes again.
pub async fn replay(
    State(app): State<SharedApp>,
    person: Person,
    Json(asked): Json<Replayed>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Deliveries, Action::Manage)?;
    let limit = match asked.limit {
        None => REPLAYED_MAX,
        Some(limit @ 1..=REPLAYED_MAX) => limit,
        Some(limit) => {
            let hint = format!("Ask for 1 to {REPLAYED_MAX} and repeat the request for the rest.");
            return Err(ApiError::bad_request("limit", format!("limit is {limit}"), hint));
        }
    };
    if asked.sequences.len() > REPLAYED_MAX {
        let what = format!("{} sequences were sent", asked.sequences.len());
        return Err(ApiError::bad_request("sequences", what, format!("Send at most {REPLAYED_MAX}.")));
    }
    let mut seqs = asked.sequences;
    if let Some(message) = asked.message {
        let of_message = deliveries_of(&app, &message).await?;
        match seqs.is_empty() {
            true => seqs = of_message,
            false => seqs.retain(|seq| of_message.contains(seq)),
        }
        // No sequence at all would mean every one.
        if seqs.is_empty() {
            return Ok(Answer(json!({"replayed": 0})));
        }
    }
    let filter = EntryFilter {
        seqs,
        conversation: conversation(asked.conversation.as_deref())?,
        connector: connector(asked.connector.as_deref())?,
        from: moment("from", text(asked.from).as_deref())?,
        until: moment("until", text(asked.until).as_deref())?,
        limit,
    };
    match submit_by(&app, &person, Command::Replay(filter)).await? {
        command::Answer::Replayed { entries } => Ok(Answer(json!({"replayed": entries}))),
        _ => Err(ApiError::internal("a replay was answered with something else")),
    }
}

/// Every delivery of a message, whatever became of it.
async fn deliveries_of(app: &App, message: &str) -> Result<Vec<Seq>, ApiError> {
    let found = app.store.messages(message).await?;
    if found.is_empty() {
        return Err(ApiError::not_found(format_args!("there is no message with the id {message:?}")));
    }
    let mut seqs = Vec::new();
    for at in found.iter().rev().take(MESSAGES_MAX) {
        seqs.extend(app.store.entries_of_event(at.seq).await?.iter().map(|entry| entry.seq));
    }
    Ok(seqs)
}

fn text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn connector(text: Option<&str>) -> Result<Option<ConnectorId>, ApiError> {
    let wrong =
        |text| ApiError::bad_request("connector", format!("{text:?} is no id"), "Send a connector's id.");
    text.map(|text| text.trim().parse().map_err(|_| wrong(text))).transpose()
}

fn conversation(text: Option<&str>) -> Result<Option<ConversationId>, ApiError> {
    let wrong = |text| {
        ApiError::bad_request("conversation", format!("{text:?} is no id"), "Send a conversation's id.")
    };
    text.map(|text| text.trim().parse().map_err(|_| wrong(text))).transpose()
}
