//! Pull mode: requests that wait on a list until an agent picks them.

use crate::{ChannelSession, Encoded};
use serde_json::Value;
use std::sync::Arc;

wire_struct! {
    /// A waiting request.
    pub struct PullRequest {
        id: String,
        /// The desk reads `channel.channelType.name` and `channelData`.
        channel_session: Option<Arc<ChannelSession>>,
        /// `CREATED`, `unread`, `active`, `inactive`, `closing`, `closed` in any letter case, kept as it came;
        /// `closing` removes the row from the desk.
        status: String,
        list_id: String,
        /// Any form of time.
        time: Value,
    }

    /// `onPullModeSubscribedListRequest`: the request as text.
    pub struct PullModeEvent {
        pull_mode_event: Encoded<PullRequest>,
        #[serde(rename = "type")]
        kind: PullModeEventType,
        conversation_id: Option<String>,
    }
}

wire_words! {
    /// What happened to a request.
    pub enum PullModeEventType {
        Received = "PULL_MODE_LIST_REQUEST_RECEIVED",
        StateChanged = "PULL_MODE_LIST_REQUEST_STATE_CHANGED",
    }
}
