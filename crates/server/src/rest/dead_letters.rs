//! What was given up on: seen, sent again, or dismissed. Either way it stays and tells what became of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

use axum::Json as Answer;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::command::{self, Command, Dismissal};
use tieline_core::delivery::{Entry, Subject};
use tieline_core::event::Seq;
use tieline_core::facts::EntryFilter;
use tieline_core::id::{ConnectorId, ConversationId};
use tieline_core::permission::{Action, Resource};
use tieline_store::DeadFilter;

use super::events::{Scene, scene};
use super::query::{PAGE_ROWS_MAX, Query, moment, rows};
use super::refused::submit_by;
use super::timeline::{MESSAGES_MAX, delivery, reason};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::wire::customer::masked_session;
use crate::wire::scene::webhook_message;

/// Letters one request sends again or dismisses at most.
const LETTERS_MAX: usize = 1000;
/// Pages read at most to find letters that were given up for one reason. Reasons are sealed, so no database can tell.
const PAGES_MAX: usize = 20;
/// Characters shown of a message.
const TEXT_CHARS_MAX: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Listing {
    state: Standing,
    connector: Option<String>,
    conversation: Option<String>,
    reason: Option<String>,
    /// Milliseconds since 1970 or RFC 3339.
    from: Option<String>,
    until: Option<String>,
    after: Option<Seq>,
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    #[default]
    Waiting,
    Resolved,
}

pub async fn list(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Listing>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Deliveries, Action::View)?;
    let limit = rows(asked.limit)?;
    let meant = Meant {
        filter: DeadFilter {
            resolved: asked.state == Standing::Resolved,
            connector: connector(asked.connector.as_deref())?,
            conversation: conversation(asked.conversation.as_deref())?,
            from: moment("from", asked.from.as_deref())?,
            until: moment("until", asked.until.as_deref())?,
        },
        reason: asked.reason,
    };
    let (letters, next) = meant.page(&app, asked.after.unwrap_or(0), limit).await?;
    let seqs: Vec<Seq> = letters.iter().map(|entry| entry.seq).collect();
    let attempts = app.store.attempts(&seqs).await?;
    let mut said = Said { app: &app, person: &person, scenes: HashMap::new() };
    let mut shown = Vec::with_capacity(letters.len());
    for entry in &letters {
        let mut letter = delivery(&app.registry(), entry, &attempts);
        letter["message"] = json!(said.in_letter(entry).await?);
        shown.push(letter);
    }
    Ok(Answer(json!({"deadLetters": shown, "next": next})))
}

/// What the letters of a page say, for who may read conversations.
struct Said<'a> {
    app: &'a App,
    person: &'a Person,
    scenes: HashMap<ConversationId, Scene>,
}

impl Said<'_> {
    async fn in_letter(&mut self, entry: &Entry) -> Result<Option<Value>, ApiError> {
        let Subject::Event { event, conversation, .. } = entry.subject else { return Ok(None) };
        if self.person.may(Resource::Conversations, Action::View).is_err() {
            return Ok(None);
        }
        let Some(event) = self.app.store.event(event).await? else { return Ok(None) };
        let scene = match self.scenes.entry(conversation) {
            Occupied(known) => known.into_mut(),
            Vacant(unknown) => unknown.insert(scene(self.app, conversation).await?),
        };
        let Some((conversation, customer)) = scene else { return Ok(None) };
        let Some(session) = event.session.and_then(|id| conversation.session(id)) else { return Ok(None) };
        let registry = self.app.registry();
        let address = match self.person.sees_personal_data() {
            true => session.address.customer.clone(),
            false => masked_session(&registry, session).address.customer,
        };
        Ok(webhook_message(&registry, &event, session, customer).map(|message| {
            let text = message.body.markdown_text().unwrap_or_default();
            json!({
                "id": message.id,
                "type": message.body.type_name(),
                "text": text.chars().take(TEXT_CHARS_MAX).collect::<String>(),
                "customerIdentifier": address,
            })
        }))
    }
}

/// Letters by what is known of them.
#[derive(Debug)]
struct Meant {
    filter: DeadFilter,
    reason: Option<String>,
}

impl Meant {
    /// The next ones, and after which one to read on, unless there are no more.
    async fn page(
        &self,
        app: &App,
        mut after: Seq,
        limit: usize,
    ) -> Result<(Vec<Entry>, Option<Seq>), ApiError> {
        let at_a_time = if self.reason.is_some() { PAGE_ROWS_MAX } else { limit };
        let mut found = Vec::new();
        for _ in 0..PAGES_MAX {
            let page = app.store.dead_letters(self.filter, after, at_a_time).await?;
            let is_last = page.len() < at_a_time;
            for entry in page {
                after = entry.seq;
                if self.reason.is_none() || self.reason.as_deref() == reason(&entry) {
                    found.push(entry);
                }
                if found.len() == limit {
                    return Ok((found, Some(after)));
                }
            }
            if is_last {
                return Ok((found, None));
            }
        }
        Ok((found, Some(after)))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chosen {
    connector: Option<String>,
    conversation: Option<String>,
    reason: Option<String>,
    from: Option<Value>,
    until: Option<Value>,
    sequences: Vec<Seq>,
    /// Id of a message.
    message: Option<String>,
    after: Option<Seq>,
    limit: Option<usize>,
}

impl Chosen {
    /// The letters that are chosen, by their sequences, and after which one to go on, unless these are all. An empty filter
    /// would mean every letter: none are `None`.
    async fn read(self, app: &App) -> Result<(Option<EntryFilter>, Option<Seq>), ApiError> {
        let limit = match self.limit {
            None => LETTERS_MAX,
            Some(limit @ 1..=LETTERS_MAX) => limit,
            Some(limit) => {
                let hint = format!("Ask for 1 to {LETTERS_MAX} and repeat the request after next.");
                return Err(ApiError::bad_request("limit", format!("limit is {limit}"), hint));
            }
        };
        if self.sequences.len() > LETTERS_MAX {
            let what = format!("{} sequences were sent", self.sequences.len());
            return Err(ApiError::bad_request("sequences", what, format!("Send at most {LETTERS_MAX}.")));
        }
        let filter = DeadFilter {
            resolved: false,
            connector: connector(self.connector.as_deref())?,
            conversation: conversation(self.conversation.as_deref())?,
            from: moment("from", text(self.from).as_deref())?,
            until: moment("until", text(self.until).as_deref())?,
        };
        let named = !self.sequences.is_empty() || self.message.is_some();
        if named && (self.reason.is_some() || self.after.is_some()) {
            let what = "reason and after find letters that are not named";
            return Err(ApiError::bad_request(
                "sequences",
                what,
                "Leave sequences and message out, or these.",
            ));
        }
        let (mut seqs, mut next) = (self.sequences, None);
        if let Some(message) = self.message {
            let of_message = deliveries_of(app, &message).await?;
            match seqs.is_empty() {
                true => seqs = of_message,
                false => seqs.retain(|seq| of_message.contains(seq)),
            }
        }
        if !named {
            let meant = Meant { filter, reason: self.reason };
            let (letters, more) = meant.page(app, self.after.unwrap_or(0), limit).await?;
            (seqs, next) = (letters.iter().map(|entry| entry.seq).collect(), more);
        }
        let DeadFilter { connector, conversation, from, until, .. } = filter;
        let letters = EntryFilter { seqs, conversation, connector, from, until, limit };
        Ok((Some(letters).filter(|letters| !letters.seqs.is_empty()), next))
    }
}

/// Puts dead letters at the end of their lanes again.
pub async fn replay(
    State(app): State<SharedApp>,
    person: Person,
    Json(chosen): Json<Chosen>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Deliveries, Action::Manage)?;
    let (letters, next) = chosen.read(&app).await?;
    let Some(letters) = letters else { return Ok(Answer(json!({"replayed": 0, "next": next}))) };
    match submit_by(&app, &person, Command::Replay(letters)).await? {
        command::Answer::Replayed { entries } => Ok(Answer(json!({"replayed": entries, "next": next}))),
        _ => Err(ApiError::internal("a replay was answered with something else")),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dismissed {
    letters: Chosen,
    because: String,
    /// Id of the message that was sent in place of one letter.
    instead: Option<String>,
}

/// Takes dead letters from the list, with a reason.
pub async fn dismiss(
    State(app): State<SharedApp>,
    person: Person,
    Json(asked): Json<Dismissed>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Deliveries, Action::Manage)?;
    if asked.instead.is_some() && asked.letters.sequences.len() != 1 {
        let what = "a message stands for one letter";
        return Err(ApiError::bad_request("instead", what, "Send the sequence of that letter alone."));
    }
    let (letters, next) = asked.letters.read(&app).await?;
    let Some(letters) = letters else { return Ok(Answer(json!({"dismissed": 0, "next": next}))) };
    let instead = asked.instead.map(Into::into);
    let dismissal = Dismissal { letters, because: asked.because.into(), instead };
    match submit_by(&app, &person, Command::Dismiss(Box::new(dismissal))).await? {
        command::Answer::Dismissed { entries } => Ok(Answer(json!({"dismissed": entries, "next": next}))),
        _ => Err(ApiError::internal("a dismissal was answered with something else")),
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
