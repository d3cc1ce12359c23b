//! Wakes connectors that wait for their event feed to grow.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tieline_core::id::ConnectorId;
use tokio::sync::watch;

/// One counter per connector that anybody has waited for; a change means "look again".
#[derive(Default)]
pub struct Feeds {
    grown: Mutex<HashMap<ConnectorId, watch::Sender<u64>>>,
}

impl Feeds {
    /// Something new stands in the connector's feed.
    pub fn grew(&self, connector: ConnectorId) {
        let mut grown = self.grown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = grown.get(&connector) {
            if sender.receiver_count() == 0 {
                grown.remove(&connector);
            } else {
                sender.send_modify(|count| *count += 1);
            }
        }
    }

    /// Subscribe before reading the feed, so that nothing that appears in between is missed.
    pub fn watch(&self, connector: ConnectorId) -> watch::Receiver<u64> {
        let mut grown = self.grown.lock().unwrap_or_else(PoisonError::into_inner);
        grown.entry(connector).or_insert_with(|| watch::channel(0).0).subscribe()
    }
}
