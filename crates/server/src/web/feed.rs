//! What the hub has to say to customers on web pages, read from the connector's feed.

use std::sync::Arc;
use std::time::Duration;

use tieline_connectors::contract::Failure;
use tieline_connectors::web::Identity;
use tieline_connectors::web::chat::{Browser, Session};
use tieline_connectors::web::inbound::BROWSER;
use tracing::warn;

use super::Shared;

/// Messages of one page of the feed.
const PAGE: u32 = 500;
/// How long one question waits for an answer; the hub cuts longer ones off.
const WAIT: Duration = Duration::from_secs(25);
/// How long to wait after a question that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads for as long as the hub is there. First the sessions that are open already: their customers may come back, and
/// are let in only when their chats are known.
pub async fn read(shared: Arc<Shared>) {
    while let Err(failure) = adopt_open_sessions(&shared).await {
        warn!(error = failure.kind(), "open web chats cannot be read; trying again");
        tokio::time::sleep(PAUSE).await;
    }
    shared.adopted.cancel();
    let connector = shared.connector.to_string();
    let mut after = None;
    while let Some(hub) = shared.hub() {
        match hub.feed(&connector, after, PAGE, WAIT).await {
            Ok(page) => {
                after = page.events.last().map(|event| event.sequence).or(page.next).or(after);
                // Whoever was typing may have finished.
                for sign in page.passing {
                    shared.deliver(sign);
                }
                for event in page.events {
                    shared.deliver(event.message);
                }
            }
            Err(failure) => {
                warn!(error = failure.kind(), "the feed of web chats cannot be read; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn adopt_open_sessions(shared: &Arc<Shared>) -> Result<(), Failure> {
    let Some(hub) = shared.hub() else { return Ok(()) };
    let connector = shared.connector.to_string();
    let mut after: Option<String> = None;
    loop {
        let page = hub.sessions(&connector, after.as_deref()).await?;
        for open in page.sessions {
            let attributes = &open.channel_data.additional_attributes;
            let browser = attributes.iter().rev().find(|one| one.key == BROWSER);
            let browser = browser.and_then(|one| one.value.as_str()).map(|text| Browser(text.to_owned()));
            let session =
                Session { id: open.channel_session_id, conversation: open.conversation_id, browser };
            shared.adopt(&Identity::of(&open.channel_data), session);
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}
