//! The data of events that carry neither a message nor a session. Each turns into [`EventData`] with `.into()`.

use crate::{
    CcUser, ChannelSession, ClockTime, ConversationParticipant, EventData, Members, Task,
    session::SessionReason,
    task::{Named, TaskReason, TaskType},
};
use serde_json::Value;
use std::sync::Arc;

wire_struct! {
    /// `AGENT_SUBSCRIBED`, `AGENT_UNSUBSCRIBED`.
    pub struct AgentSubscription {
        agent_participant: ConversationParticipant,
        reason: Option<String>,
    }

    /// `PARTICIPANT_ROLE_CHANGED`.
    pub struct RoleChange {
        conversation_participant: ConversationParticipant,
        metadata: Members,
    }

    /// `AGENT_RESERVED`.
    pub struct AgentReservation {
        task: Task,
        cc_user: Option<CcUser>,
    }

    /// `TASK_ENQUEUED`; the desk reads `activeMedia` with state, direction, mode and metadata.
    pub struct TaskEnqueued {
        task: Task,
        queue: Option<Named>,
    }

    /// `TASK_STATE_CHANGED`.
    pub struct TaskStateChange {
        task: Task,
        task_state_changed: bool,
        /// Ids of the media that changed.
        media_state_changes: Vec<String>,
    }

    /// `NO_AGENT_AVAILABLE`.
    pub struct NoAgentAvailable {
        request_type: TaskType,
    }

    /// `REVOKE_RESOURCE`; documentation shows only `reasonCode`.
    pub struct RevokeResource {
        #[serde(skip_serializing_if = "Option::is_none")]
        task_id: Option<String>,
        current_task_state: Option<String>,
        task_close_reason: Option<TaskReason>,
        agent_id: Option<String>,
        conversation_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason_code: Option<TaskReason>,
    }

    /// `REMOVE_CHANNEL_SESSION`.
    pub struct RemoveChannelSession {
        channel_session: Option<Arc<ChannelSession>>,
        reason_code: Option<SessionReason>,
    }

    /// `AGENT_SLA_STARTED` and its family.
    pub struct SlaProgress {
        /// Seconds.
        total_duration: Option<i64>,
        /// Seconds.
        current_slice_duration: Option<i64>,
        percentage_completed: Option<serde_json::Number>,
        action: Option<SlaAction>,
    }

    /// `CONVERSATION_PAUSED`.
    pub struct Hold {
        hold_timer_details: HoldTimer,
    }

    /// A running hold, or nulls.
    pub struct HoldTimer {
        /// Seconds.
        total_duration: Option<i64>,
        start_time: Option<ClockTime>,
    }

    /// `AGENT_OUTBOUND`.
    pub struct AgentOutbound {
        channel_session_id: Option<String>,
        agent_id: Option<String>,
    }

    /// `HAND_RAISED`, `HAND_DOWN`.
    pub struct HandRaise {
        agent_id: String,
        user_name: String,
    }

    /// `EXTERNAL_GADGET_REQUESTED`.
    pub struct Gadget {
        gadget_id: String,
        agent_id: Option<String>,
        title: Option<String>,
        value: Value,
    }

    /// `AGENT_MRD_INTERRUPTED`.
    pub struct MrdInterruption {
        mrd_id: String,
        agent_id: String,
        conversations: Vec<Value>,
    }
}

wire_words! {
    /// What the desk does at a threshold of an SLA.
    pub enum SlaAction {
        StartTimer = "START_TIMER",
        ChangeColor = "CHANGE_COLOR",
        /// Newer desks only.
        ChangeColorToRed = "CHANGE_COLOR_TO_RED",
        ShowPopup = "SHOW_POPUP",
        RemoveAllAgents = "REMOVE_ALL_AGENTS",
    }
}

macro_rules! event_data {
    ($($name:ty),* $(,)?) => {$(
        impl From<$name> for EventData {
            fn from(data: $name) -> Self {
                // Only a map with keys other than text could fail, and there is none.
                Self::Other(serde_json::to_value(data).unwrap_or_default())
            }
        }
    )*};
}

event_data!(
    AgentSubscription,
    RoleChange,
    AgentReservation,
    TaskEnqueued,
    TaskStateChange,
    NoAgentAvailable,
    RevokeResource,
    RemoveChannelSession,
    SlaProgress,
    Hold,
    AgentOutbound,
    HandRaise,
    Gadget,
    MrdInterruption,
    crate::Customer,
    crate::participant::BotParticipant,
);
