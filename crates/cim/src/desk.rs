//! What the server sends to the agent desk's socket.
//!
//! The desk dereferences without guards; members it reads are never optional here, or are written as `null`
//! where it tests for that. The order of events is left to the server.

use crate::{
    CcUser, ChannelSession, CimEvent, Coded, ConversationParticipant, Customer, Encoded, Members, PastEvent,
    RoomInfo, Timestamp,
    channel::SlaTimer,
    event_data::{Gadget, HoldTimer},
    session::ConversationState,
    task::{Named, TaskDirection, TaskStateReason},
};
use serde_json::Value;
use std::sync::Arc;

wire_struct! {
    /// `taskRequest`: rings, or with state STARTED opens at once.
    pub struct TaskRequest {
        conversation_id: String,
        channel_session: Option<Arc<ChannelSession>>,
        room_info: Option<RoomInfo>,
        /// `taskId:mediaId`, see [`TaskRequest::compose_task_id`].
        task_id: String,
        task_state: TaskStateReason,
        task_direction: TaskDirection,
        queue: Option<Named>,
        /// Shown while ringing.
        note: Option<String>,
        /// Username of the agent who asks, shown while ringing.
        requested_by: Option<String>,
        /// What his colleagues call him; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        requested_by_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        cc_user: Option<CcUser>,
        correlation_id: Option<String>,
        /// How long an offer rings; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        ring_seconds: Option<i64>,
        /// Ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        rings_until: Option<Timestamp>,
        /// Since when the customer waits; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        enqueue_time: Option<Timestamp>,
    }

    /// `revokeTask`: stops ringing.
    pub struct RevokeTask {
        conversation_id: String,
        task_id: Option<String>,
        agent_id: Option<String>,
    }

    /// `onTopicData`: a whole conversation; the desk acknowledges it.
    pub struct OnTopicData {
        topic_data: TopicData,
        conversation_id: String,
        room_info: Option<RoomInfo>,
        task_id: Option<String>,
        correlation_id: Option<String>,
    }

    /// A conversation with its events, oldest first.
    pub struct TopicData {
        id: String,
        customer: Customer,
        /// The first session.
        channel_session: Option<Arc<ChannelSession>>,
        /// Flat map.
        conversation_data: Members,
        state: Option<ConversationState>,
        participants: Vec<ConversationParticipant>,
        /// The subscribing agent's own record.
        topic_participant: ConversationParticipant,
        agent_sla: SlaTimer,
        hold_timer_details: HoldTimer,
        customer_suggestions: Vec<Customer>,
        agent_hand_raise: HandRaises,
        external_gadgets: Vec<Gadget>,
        topic_events: Vec<PastEvent>,
    }

    /// Who asks a supervisor for help.
    pub struct HandRaises {
        hand_raised: bool,
        agent_names: Vec<String>,
    }

    /// `onCimEvent`: the event as text.
    pub struct OnCimEvent {
        cim_event: Encoded<CimEvent>,
        conversation_id: String,
        room_info: Option<RoomInfo>,
    }

    /// `topicUnsubscription`: the conversation leaves the desk.
    pub struct TopicUnsubscribed {
        /// `"topicUnsubscription"`.
        task: String,
        conversation_id: String,
        status_code: i64,
        room_info: Option<RoomInfo>,
        /// Always text; see the constants of this type for those the desk knows.
        reason: String,
    }

    /// `wrapupTimerStarted`.
    pub struct WrapupTimerStarted {
        /// `"wrapupTimerStarted"`.
        task: String,
        /// Seconds.
        duration: i64,
        conversation_id: String,
        room_info: Option<RoomInfo>,
        status_code: i64,
    }

    /// `socketSessionRemoved`: the agent logged in elsewhere, or his session was ended.
    pub struct SocketSessionRemoved {
        agent_id: String,
        /// For the agent to read. Installed desks show words of their own.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The reason for screens of other languages; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<Coded>,
    }

    /// `errors`: shown as "on task: msg".
    pub struct TaskError {
        task: String,
        msg: String,
        /// The conversation the refused request names; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation_id: Option<String>,
        /// The message it was to publish; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
        /// `msg` for screens of other languages; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<Coded>,
    }

    /// `agentAssistanceRequestPlaced`.
    pub struct AssistanceRequestPlaced {
        /// `transfer` or `conference`.
        request_action: String,
        /// `queue`.
        mode: String,
    }

    /// `agentAssignedForAssistance`.
    pub struct AgentAssignedForAssistance {
        conversation_id: String,
        task: Value,
        /// `consult` or `direct-transfer`.
        #[serde(rename = "type")]
        kind: String,
    }

    /// `consulTransferRequestSuccess` (sic, one t). Documentation names the task `task`: both are written.
    pub struct ConsultTransferSuccess {
        conversation_id: String,
        new_task: Option<crate::Task>,
        task: Option<crate::Task>,
        agent_id: String,
    }

    /// The refusal of a socket connection or a REST call: `{error_detail: {reason}, error_message}`.
    pub struct DeskRefusal {
        error: DeskError,
    }

    /// Sic: snake case.
    pub struct DeskError {
        #[serde(rename = "error_detail")]
        detail: DeskErrorDetail,
        #[serde(rename = "error_message")]
        message: String,
    }

    /// Shown as a toast.
    pub struct DeskErrorDetail {
        reason: String,
    }
}

impl TaskRequest {
    /// The id the desk hands back when it subscribes.
    pub fn compose_task_id(task_id: &str, media_id: &str) -> String {
        format!("{task_id}:{media_id}")
    }

    /// Task id and media id of a composed id.
    pub fn split_task_id(composed: &str) -> Option<(&str, &str)> {
        composed.split_once(':')
    }
}

impl TopicUnsubscribed {
    /// Removed without a word.
    pub const UNSUBSCRIBED: &str = "UNSUBSCRIBED";
    /// Shown as "transfer request placed".
    pub const TRANSFERRED: &str = "CHAT TRANSFERRED";
    /// Left without wrap-up.
    pub const NO_WRAPUP: &str = "choosing leave without Wrap Up";
    /// Wrap-up stored.
    pub const WRAPUP_APPLIED: &str = "Wrap Up applied";
    /// Wrap-up time over.
    pub const WRAPUP_EXPIRED: &str = "wrap Up Timer Expired";

    /// The event for a reason; any other text shows as "Conversation is closed due to ...".
    pub fn new(
        conversation_id: impl Into<String>,
        room_info: Option<RoomInfo>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            task: "topicUnsubscription".to_owned(),
            conversation_id: conversation_id.into(),
            status_code: 200,
            room_info,
            reason: reason.into(),
            ..Self::default()
        }
    }
}
