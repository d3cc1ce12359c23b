//! Tasks: requests for an agent, with one media per channel.

use crate::{ChannelSession, Members, Timestamp};
use std::sync::Arc;

wire_struct! {
    /// A request for an agent from queueing to its end.
    pub struct Task {
        /// A UUID.
        id: String,
        conversation_id: String,
        state: TaskStateReason,
        assigned_to: Option<Named>,
        agent_request_ttl_timer_id: Option<String>,
        active_media: Vec<TaskMedia>,
    }

    /// The part of a task that runs in one media routing domain.
    pub struct TaskMedia {
        /// A UUID.
        id: String,
        mrd_id: String,
        task_id: String,
        queue: Option<Named>,
        #[serde(rename = "type")]
        kind: TaskType,
        /// 1 to 10; 11 after an unanswered offer.
        priority: i64,
        state: MediaState,
        request_session: Option<Arc<ChannelSession>>,
        channel_sessions: Vec<Arc<ChannelSession>>,
        enqueue_time: Option<Timestamp>,
        answer_time: Option<Timestamp>,
    }

    /// State of a task, and why.
    pub struct TaskStateReason {
        name: TaskState,
        reason_code: Option<TaskReason>,
    }

    /// How a task came about.
    pub struct TaskType {
        direction: TaskDirection,
        mode: TaskMode,
        /// An object for the desk, which reads `requestedBy`.
        metadata: Members,
    }

    /// An id with its display name: a queue, an assigned agent.
    pub struct Named {
        id: String,
        name: Option<String>,
    }

    /// A request to the routing engine.
    pub struct AssignResourceRequest {
        queue: Option<QueueReference>,
        request_session: Option<Arc<ChannelSession>>,
        channel_sessions: Vec<Arc<ChannelSession>>,
        /// `null` means INBOUND, QUEUE.
        #[serde(rename = "type")]
        kind: Option<TaskType>,
        /// 1 to 10; `null` means 1.
        priority: Option<i64>,
        /// `null` means true.
        offer_to_agent: Option<bool>,
        last_assigned_agent_id: Option<String>,
    }

    /// A queue by id or by name.
    pub struct QueueReference {
        #[serde(rename = "type")]
        kind: QueueReferenceType,
        value: String,
    }
}

wire_words! {
    /// State of a task; offers use the media states `RESERVED` and `STARTED` here too.
    pub enum TaskState {
        Active = "ACTIVE",
        WrapUp = "WRAP_UP",
        Closed = "CLOSED",
        Reserved = "RESERVED",
        Started = "STARTED",
    }

    /// Why a task closed or was queued again.
    pub enum TaskReason {
        Rona = "RONA",
        Done = "DONE",
        ResponseTimeout = "RESPONSE_TIMEOUT",
        NoAgentAvailable = "NO_AGENT_AVAILABLE",
        Reroute = "REROUTE",
        Cancelled = "CANCELLED" | "CANCELED",
        AgentLogout = "AGENT_LOGOUT",
        Transferred = "TRANSFERRED",
        ForceClosed = "FORCE_CLOSED",
        WrapUpApplied = "WRAP_UP_APPLIED",
        WrapUpNotApplied = "WRAP_UP_NOT_APPLIED",
        WrapUpExpired = "WRAP_UP_EXPIRED",
    }

    /// State of one media of a task.
    pub enum MediaState {
        Started = "STARTED",
        Queued = "QUEUED",
        Reserved = "RESERVED",
        Active = "ACTIVE",
        Closed = "CLOSED",
    }

    /// How an agent comes to a conversation.
    pub enum TaskDirection {
        Inbound = "INBOUND",
        Outbound = "OUTBOUND",
        Consult = "CONSULT",
        ConsultTransfer = "CONSULT_TRANSFER",
        ConsultConference = "CONSULT_CONFERENCE",
        DirectTransfer = "DIRECT_TRANSFER",
        DirectConference = "DIRECT_CONFERENCE",
        SilentMonitor = "SILENT_MONITOR",
        BargeIn = "BARGE_IN",
    }

    /// Whether a task is for a named agent or a queue.
    pub enum TaskMode {
        Agent = "AGENT",
        Queue = "QUEUE",
    }

    /// How a queue is named.
    pub enum QueueReferenceType {
        Id = "ID",
        Name = "NAME",
    }
}
