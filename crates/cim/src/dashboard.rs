//! Rows of the desk's REST answers: who is free, what is going on, how a page is shown.

use crate::{
    ChannelSession,
    presence::{AgentStateName, MrdState},
    session::{ConversationState, Direction},
};
use serde_json::Value;
use std::sync::Arc;

wire_struct! {
    /// One queue with its free agents, for consult and transfer.
    pub struct QueueAvailability {
        queue_id: String,
        queue_name: String,
        total_available_agents: i64,
        available_agents: Vec<AvailableAgent>,
    }

    /// One free agent.
    pub struct AvailableAgent {
        /// Comes back as `requestedAgentId`.
        id: String,
        name: String,
        /// READY gives the green dot.
        state: AgentStateName,
        extensions: Vec<Value>,
    }

    /// How an agent shows the customer list.
    pub struct UserPreference {
        #[serde(rename = "_id")]
        id: String,
        /// Sic.
        #[serde(rename = "user_Id")]
        user_id: String,
        page_size: i64,
        columns: Vec<PreferenceColumn>,
        sort_option: Option<SortOption>,
    }

    /// One column.
    pub struct PreferenceColumn {
        field: String,
        header: String,
        #[serde(rename = "type")]
        kind: String,
    }

    /// The order of rows.
    pub struct SortOption {
        field: Option<String>,
        order: Option<String>,
    }

    /// One queue with its conversations.
    pub struct QueueChats {
        queue_id: String,
        queue_name: String,
        chats: Vec<ActiveChat>,
    }

    /// One conversation.
    pub struct ActiveChat {
        conversation_id: String,
        customer_name: String,
        channel_type: String,
        channel_identity: Option<String>,
        customer_labels: Vec<Value>,
        /// Whole sessions with their conversation id; the desk joins by the first.
        active_channel_sessions: Vec<Arc<ChannelSession>>,
        conversation_participant_details: Vec<Value>,
        conversation_state: Option<ConversationState>,
        direction: Option<Direction>,
        agent_details: Vec<AgentDetail>,
        /// Elapsed seconds.
        active_since: Option<i64>,
        /// Elapsed seconds.
        waiting_since: Option<i64>,
    }

    /// The agent column.
    pub struct AgentDetail {
        agent_name: String,
        agent_username: String,
    }

    /// All agents; an object, not a list.
    pub struct AgentActivity {
        agents: Vec<AgentActivityRow>,
    }

    /// One agent.
    pub struct AgentActivityRow {
        id: String,
        name: String,
        state: AgentStateName,
        active_chats_count: i64,
        mrds: Vec<MrdActivity>,
    }

    /// One media of an agent.
    pub struct MrdActivity {
        id: String,
        state: MrdState,
    }
}
