//! Customers' messages as connectors send them, from the same customers that the connectors' load plays.

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::task::JoinSet;

use crate::http::Connection;
use crate::tenant::Connector;

/// The line customers write to, and the first of several.
pub const LINE: &str = "1000";
pub const RECEIVE: &str = "/ccm/message/receive";
const CONNECTIONS: u64 = 16;

pub fn message(customer: u64, id: &str, text: &str) -> String {
    message_to(LINE, customer, id, text)
}

fn message_to(line: &str, customer: u64, id: &str, text: &str) -> String {
    let sender = "b7d1f5f2-0c55-4b0e-9d53-5a3a0e6f0a10";
    json!({
        "id": id,
        "header": {
            "sender": {"id": sender, "type": "CONNECTOR", "senderName": "BENCH", "additionalDetail": null},
            "channelData": {
                "channelCustomerIdentifier": format!("load{customer:012}"), "serviceIdentifier": line,
                "requestPriority": 0, "additionalAttributes": [],
            },
            "language": {}, "timestamp": now_ms(), "securityInfo": {}, "stamps": [], "intent": null,
            "entities": {},
        },
        "body": {"type": "PLAIN", "markdownText": text},
    })
    .to_string()
}

/// Has each of these customers write once, which opens a conversation with him.
pub async fn open_conversations(hub: &str, connector: &Connector, customers: Range<u64>) -> Result<()> {
    open_conversations_on(|_| LINE.to_owned(), hub, connector, customers).await
}

/// The same, each on a line of his own choice.
pub async fn open_conversations_on(
    line_of: impl Fn(u64) -> String + Clone + Send + 'static,
    hub: &str,
    connector: &Connector,
    customers: Range<u64>,
) -> Result<()> {
    let mut posting = JoinSet::new();
    for first in 0..CONNECTIONS {
        let mut connection = Connection::open(hub).await?;
        let (token, customers, line_of) = (connector.token.clone(), customers.clone(), line_of.clone());
        posting.spawn(async move {
            for customer in customers.skip(first as usize).step_by(CONNECTIONS as usize) {
                let (line, id) = (line_of(customer), format!("first-{customer}"));
                let message = message_to(&line, customer, &id, "Hello, my router keeps rebooting.");
                connection.post(RECEIVE, token.expose_secret(), &message).await?;
            }
            anyhow::Ok(())
        });
    }
    posting.join_all().await.into_iter().collect()
}

pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
