//! The event feed: for connectors that cannot be called and ask instead.
//!
//! A connector reads on from the sequence it has seen last. Saying so acknowledges everything up to it; what it
//! never acknowledges stays and is given again.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::{Extension, Json as Answer};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::command::Command;
use tieline_core::conversation::Conversation;
use tieline_core::customer::Customer;
use tieline_core::delivery::{Entry, Lane, Subject};
use tieline_core::event::Seq;
use tieline_core::id::{ConnectorId, ConversationId};
use tieline_core::permission::Resource;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::connectors::{outcome, seen};
use super::edge::Waited;
use super::query::{Query, rows};
use super::refused::submit;
use crate::app::{App, SharedApp};
use crate::auth::Visitor;
use crate::problem::ApiError;
use crate::wire;

const WAIT_SECS_MAX: u64 = 30;
/// A waiting request ends so long before it would be cut off.
const WAIT_MARGIN: Duration = Duration::from_secs(2);
/// Pages of settled entries passed over in search of the first one that is not.
const PAGES_MAX: usize = 100;

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// The last sequence seen. Without it the feed begins with the oldest entry that is not settled.
    after: Option<Seq>,
    limit: Option<usize>,
    /// Seconds to wait for something when there is nothing.
    wait: Option<u64>,
}

pub async fn read(
    State(app): State<SharedApp>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<(Extension<Waited>, Answer<Value>), ApiError> {
    let connector = seen(&app, &visitor, &id, Resource::Deliveries)?;
    let limit = rows(asked.limit)?;
    let reads_for_itself = !matches!(visitor, Visitor::Person(_));
    if let Some(cursor) = asked.after.filter(|cursor| reads_for_itself && *cursor > 0) {
        submit(&app, Command::AcknowledgeFeed { connector, cursor }).await?;
    }
    let until = Instant::now() + wait(&app, asked.wait.unwrap_or(0))?;
    let mut waited = Duration::ZERO;
    let mut grown = app.feeds.watch(connector);
    loop {
        let (items, next) = page(&app, connector, asked.after, limit).await?;
        // People only look on; what is given once is the connector's.
        let passing =
            if reads_for_itself { app.feeds.passing(connector, Instant::now()) } else { Vec::new() };
        let nothing = items.is_empty() && passing.is_empty();
        let begun = Instant::now();
        let grew = nothing && grew(&app, &mut grown, until).await;
        waited += begun.elapsed();
        if !grew {
            let told = json!({"events": items, "passing": passing, "next": next.or(asked.after)});
            return Ok((Extension(Waited(waited)), Answer(told)));
        }
    }
}

/// Waits for something new; in vain when the time is over or the process is stopping.
async fn grew(app: &App, grown: &mut watch::Receiver<u64>, until: Instant) -> bool {
    tokio::select! {
        grew = timeout_at(until, grown.changed()) => matches!(grew, Ok(Ok(()))),
        () = app.stopping.cancelled() => false,
    }
}

fn wait(app: &App, secs: u64) -> Result<Duration, ApiError> {
    if secs > WAIT_SECS_MAX {
        let hint = format!("Wait at most {WAIT_SECS_MAX} seconds and ask again.");
        return Err(ApiError::bad_request("wait", format!("wait is {secs} seconds"), hint));
    }
    let longest = app.config.listen.request_timeout.saturating_sub(WAIT_MARGIN);
    Ok(Duration::from_secs(secs).min(longest))
}

/// The cursor before the oldest entry a connector is still owed; `None` when it is owed nothing.
async fn before_what_is_owed(app: &App, connector: ConnectorId) -> Result<Option<Seq>, ApiError> {
    let oldest = app.engine.ask(move |state| state.oldest_pending(connector)).await?;
    Ok(oldest.map(|seq| seq.saturating_sub(1)))
}

/// What stands after the cursor, and the cursor behind it. Entries without anything to tell are passed over.
async fn page(
    app: &App,
    connector: ConnectorId,
    after: Option<Seq>,
    limit: usize,
) -> Result<(Vec<Value>, Option<Seq>), ApiError> {
    let begin = match after {
        Some(after) => Some(after),
        None => before_what_is_owed(app, connector).await?,
    };
    let Some(mut cursor) = begin else { return Ok((Vec::new(), None)) };
    let mut items = Vec::new();
    for _ in 0..PAGES_MAX {
        let entries = app.store.feed(connector, cursor, limit).await?;
        let Some(last) = entries.last() else { break };
        cursor = last.seq;
        let wanted = entries.iter().filter(|entry| after.is_some() || entry.is_pending()).take(limit);
        let mut scenes = Scenes::default();
        for entry in wanted {
            cursor = entry.seq;
            items.extend(scenes.item(app, entry).await?);
        }
        if !items.is_empty() {
            break;
        }
    }
    Ok((items, Some(cursor)))
}

/// A conversation and whom it is with; nothing when the customer was erased.
pub type Scene = Option<(Arc<Conversation>, Arc<Customer>)>;

/// Conversations and customers of one page, read once.
#[derive(Default)]
struct Scenes(HashMap<ConversationId, Scene>);

impl Scenes {
    async fn of(&mut self, app: &App, id: ConversationId) -> Result<&Scene, ApiError> {
        match self.0.entry(id) {
            Occupied(known) => Ok(known.into_mut()),
            Vacant(unknown) => Ok(unknown.insert(scene(app, id).await?)),
        }
    }

    /// The same message the webhook would have got.
    async fn item(&mut self, app: &App, entry: &Entry) -> Result<Option<Value>, ApiError> {
        let (Subject::Event { event, conversation, .. }, Lane::Session(session)) =
            (entry.subject, entry.lane)
        else {
            return Ok(None);
        };
        let Some(event) = app.store.event(event).await? else { return Ok(None) };
        let Some((conversation, customer)) = self.of(app, conversation).await? else { return Ok(None) };
        let Some(session) = conversation.session(session) else { return Ok(None) };
        let message = wire::scene::webhook_message(&app.registry(), &event, session, customer);
        Ok(message.map(|message| {
            json!({
                "sequence": entry.seq,
                "previousSequence": entry.previous,
                "id": event.id,
                "status": outcome(entry),
                "message": message,
            })
        }))
    }
}

pub async fn scene(app: &App, id: ConversationId) -> Result<Scene, ApiError> {
    let Some(conversation) = app.store.conversation(id).await? else { return Ok(None) };
    let customer = app.store.customer(conversation.customer).await?;
    Ok(customer.map(|customer| (conversation, customer)))
}
