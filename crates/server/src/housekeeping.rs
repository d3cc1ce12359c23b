//! What has had its time goes: conversations with their files, reports, settled deliveries, idempotency keys, the audit trail.
//!
//! How long conversations and reports are kept is a setting; how long the rest is, belongs to the machine.

use std::collections::BTreeSet;
use std::time::Duration;

use tieline_core::conversation::Conversation;
use tieline_core::event::{Event, Fact, MessageClass};
use tieline_core::id::CustomerId;
use tieline_core::time::{At, Span};
use tieline_store::{ConversationFilter, Error};
use tracing::{info, warn};

use crate::app::{App, SharedApp};
use crate::files::{FileError, names_in};
use crate::start::span;

/// How often what is no longer needed is removed.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// Conversations and events read at a time.
const PAGE_ROWS: usize = 500;
/// A customer's first file is uploaded before the message that begins the conversation.
const UPLOADED_BEFORE: Span = Span::secs(60 * 60);

/// Removes again and again what has had its time.
pub async fn keep_house(app: SharedApp) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        tidy(&app, app.now()).await;
    }
}

/// Removes what has had its time by `now`. What cannot be removed is told to the operator and tried again.
pub async fn tidy(app: &App, now: At) {
    let config = &app.config;
    let retention = app.registry().settings().value.settings.retention;
    let requests_from = now - span(config.messages.idempotency_window);
    let entries_from = now - span(config.delivery.entry_retention);
    if let Err(err) = app.store.purge(requests_from, entries_from).await {
        warn!(error = %err, "what is no longer needed could not be removed");
    }
    let (sums_from, lines_from) = (retention.reports_from(now), retention.logs_from(now));
    if let Err(err) = app.store.purge_reports(sums_from, lines_from).await {
        warn!(error = %err, "reports that are no longer needed could not be removed");
    }
    if let Err(err) = app.store.purge_audit(now - span(config.audit.retention)).await {
        warn!(error = %err, "old records of the audit trail could not be removed");
    }
    if let Some(from) = retention.conversations_from(now)
        && let Err(err) = remove_conversations(app, from).await
    {
        warn!(error = %err, "conversations whose time is over could not be removed");
    }
}

/// Removes conversations that ended before `from`, each after its files: so none is left whose conversation is gone.
async fn remove_conversations(app: &App, from: At) -> Result<(), Error> {
    let (mut after, mut removed) = (None, 0);
    loop {
        let page = app.store.ended(from, after, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        after = Some(*last);
        for id in page {
            let sent = match app.store.conversation(id).await? {
                Some(conversation) => files_sent_in(app, &conversation).await?,
                None => Sent::default(),
            };
            if remove_files(app, &sent).await && app.store.remove_conversation(id).await? {
                removed += 1;
            }
        }
    }
    if removed > 0 {
        info!(removed, "conversations whose time is over are gone");
    }
    Ok(())
}

/// Files customers and agents sent in a conversation.
#[derive(Default)]
pub struct Sent {
    names: BTreeSet<String>,
    /// Who sends a file that was there before, a bot's picture for instance, has not uploaded it for this.
    uploaded_from: At,
}

async fn files_sent_in(app: &App, conversation: &Conversation) -> Result<Sent, Error> {
    let mut sent = Sent { uploaded_from: conversation.started_at - UPLOADED_BEFORE, ..Sent::default() };
    let mut after = 0;
    loop {
        let page = app.store.events(conversation.id, after, None, PAGE_ROWS).await?;
        let Some(last) = page.last() else { return Ok(sent) };
        after = last.seq;
        sent.names.extend(page.iter().flat_map(|event| files_of(event)));
    }
}

fn files_of(event: &Event) -> Vec<String> {
    match &event.fact {
        Fact::Message(message) if message.class != MessageClass::Bot => names_in(message.payload.json()),
        _ => Vec::new(),
    }
}

/// Files sent in everything that was said with a customer, and with those merged into him.
///
/// # Errors
/// When it cannot be read.
pub async fn files_sent_with(app: &App, customer: CustomerId) -> Result<Vec<Sent>, Error> {
    let mut filter = ConversationFilter { customer: Some(customer), ..ConversationFilter::default() };
    let mut found = Vec::new();
    loop {
        let page = app.store.conversations(filter, PAGE_ROWS).await?;
        let Some(last) = page.last() else { return Ok(found) };
        filter.before = Some(last.id);
        for conversation in page {
            found.push(files_sent_in(app, &conversation).await?);
        }
    }
}

/// Removes files, but those the registry shows: anybody can name a logo in a message. Whether all are gone.
pub async fn remove_files(app: &App, sent: &Sent) -> bool {
    let registry = app.registry();
    let mut all = true;
    for name in sent.names.iter().filter(|name| !registry.shows_file(name)) {
        match app.files.delete_if_from(name, sent.uploaded_from).await {
            Ok(()) | Err(FileError::NotFound { .. }) => {}
            Err(err) => {
                all = false;
                // The error names the file, and people name files after themselves.
                warn!(reason = root(&err), "a file whose time is over could not be removed");
            }
        }
    }
    all
}

/// What is at the bottom of an error.
fn root(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), root)
}
