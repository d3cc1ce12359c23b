//! A connector's open sessions, and what was said in them: for a connector that shows customers their chat again.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_cim::{Message, Sender, SenderType};
use tieline_core::conversation::Session;
use tieline_core::customer::Customer;
use tieline_core::event::{Event, Fact, MessageClass};
use tieline_core::id::{ConnectorId, Id, SessionId};
use tieline_core::permission::Resource;
use tieline_core::registry::Registry;

use super::connectors::seen;
use super::query::{PAGE_ROWS_MAX, Query, rows};
use crate::app::SharedApp;
use crate::auth::Visitor;
use crate::problem::ApiError;
use crate::wire;

/// Messages a transcript has at most; of a longer session the newest are given.
const MESSAGES_MAX: usize = 500;
/// Events read of one conversation.
const EVENTS_MAX: usize = 20_000;

#[derive(Debug, Deserialize)]
pub struct Page {
    after: Option<String>,
    limit: Option<usize>,
}

pub async fn list(
    State(app): State<SharedApp>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Answer<Value>, ApiError> {
    let connector = seen(&app, &visitor, &id, Resource::Conversations)?;
    let limit = rows(page.limit)?;
    let after = page.after.as_deref().map(read_id).transpose()?.map(SessionId::from);
    let mut found: Vec<Arc<Session>> = app
        .engine
        .ask(move |state| {
            let channels = state.registry().channels_of(connector).map(|channel| channel.value.id);
            let open = channels.flat_map(|channel| state.open_sessions_on(channel, after).take(limit + 1));
            open.cloned().collect()
        })
        .await?;
    found.sort_by_key(|session| session.id);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|last| last.id).filter(|_| more);
    let shown: Vec<Value> = found
        .iter()
        .map(|session| {
            json!({
                "channelSessionId": session.id,
                "conversationId": session.conversation,
                "startedAt": session.started_at,
                "channelData": wire::scene::channel_data(&session.address),
            })
        })
        .collect();
    Ok(Answer(json!({"sessions": shown, "next": next})))
}

/// What the customer has said and what was sent to him, oldest first, as the connector was sent it.
pub async fn messages(
    State(app): State<SharedApp>,
    visitor: Visitor,
    Path((id, session)): Path<(String, String)>,
) -> Result<Answer<Value>, ApiError> {
    let connector = seen(&app, &visitor, &id, Resource::Conversations)?;
    let session: SessionId = read_id(&session)?.into();
    let found = app
        .engine
        .ask(move |state| {
            let conversation = state.conversation_of(session)?;
            let open = conversation.session(session).filter(|session| session.is_open())?;
            is_of(state.registry(), open, connector)
                .then(|| (Arc::clone(open), state.customer(conversation.customer).cloned()))
        })
        .await?;
    let Some((session, Some(customer))) = found else {
        return Err(ApiError::not_found(format_args!("this connector has no open session {session}")));
    };
    let registry = app.registry();
    let (mut told, mut after, mut read) = (Vec::new(), 0, 0);
    loop {
        let page = app.store.events(session.conversation, after, None, PAGE_ROWS_MAX).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        read += page.len();
        told.extend(page.iter().filter_map(|event| shown(&registry, event, &session, &customer)));
        told.drain(..told.len().saturating_sub(MESSAGES_MAX));
        if page.len() < PAGE_ROWS_MAX || read >= EVENTS_MAX {
            break;
        }
    }
    Ok(Answer(json!({"messages": told})))
}

fn shown(registry: &Registry, event: &Event, session: &Session, customer: &Customer) -> Option<Message> {
    // What concerns the whole conversation was sent to the sessions open at the time.
    if event.session.map_or(event.at < session.started_at, |of| of != session.id) {
        return None;
    }
    let Fact::Message(said) = &event.fact else {
        return wire::scene::webhook_message(registry, event, session, customer);
    };
    if said.class != MessageClass::Customer {
        return wire::scene::webhook_message(registry, event, session, customer);
    }
    let mut message = wire::scene::passing_message(&said.payload, session, customer)?;
    message.id = Some(said.id.to_string());
    message.header.sender = Sender::new(SenderType::Customer, customer.id.to_string(), name(session));
    message.header.timestamp = Some(tieline_cim::Timestamp::from_ms(event.at.millis()));
    message.header.customer = Some(wire::customer::reference(customer));
    Some(message)
}

/// The names he gave, else his address: of the customer's record a connector learns nothing.
fn name(session: &Session) -> String {
    let address = &session.address;
    let names: Vec<&str> =
        [&address.first_name, &address.last_name].into_iter().filter_map(|name| name.as_deref()).collect();
    if names.is_empty() { address.customer.to_string() } else { names.join(" ") }
}

fn is_of(registry: &Registry, session: &Session, connector: ConnectorId) -> bool {
    registry.channel(session.channel).is_some_and(|channel| channel.value.connector == connector)
}

fn read_id(text: &str) -> Result<Id, ApiError> {
    text.trim()
        .parse()
        .map_err(|_| ApiError::not_found(format_args!("there is no session with the id {text:?}")))
}
