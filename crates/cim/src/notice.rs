//! Content that systems exchange: notifications, delivery receipts, deletions.

use crate::{Members, Timestamp};

wire_struct! {
    /// `NOTIFICATION`: a system notice or a typing indicator.
    pub struct Notification {
        markdown_text: Option<String>,
        notification_type: Option<NotificationType>,
        notification_data: Members,
    }

    /// `DELIVERYNOTIFICATION`: what became of an earlier message.
    pub struct Delivery {
        markdown_text: Option<String>,
        message_id: Option<String>,
        status: Option<DeliveryStatus>,
        /// `200`, `400`, `404`, `500`; text on the wire, read from a number too.
        reason_code: Option<String>,
    }

    /// `DELETEDNOTIFICATION`: the customer deleted a message.
    pub struct Deleted {
        markdown_text: Option<String>,
        message_id: Option<String>,
        timestamp: Option<Timestamp>,
    }
}

wire_words! {
    /// What a notification is about.
    pub enum NotificationType {
        Info = "INFO",
        SystemError = "SYSTEM_ERROR",
        Warning = "WARNING",
        ChannelSessionStarted = "CHANNEL_SESSION_STARTED",
        ChannelSessionExpired = "CHANNEL_SESSION_EXPIRED",
        ChannelSessionEnded = "CHANNEL_SESSION_ENDED",
        AgentSubscribed = "AGENT_SUBSCRIBED",
        AgentUnsubscribed = "AGENT_UNSUBSCRIBED",
        TaskEnqueued = "TASK_ENQUEUED",
        NoAgentAvailable = "NO_AGENT_AVAILABLE",
        TypingStarted = "TYPING_STARTED",
        TypingStopped = "TYPING_STOPPED",
        AgentReserved = "AGENT_RESERVED",
        ParticipantRoleChanged = "PARTICIPANT_ROLE_CHANGED",
        TaskStateChanged = "TASK_STATE_CHANGED",
        ChannelSessionDataUpdated = "CHANNEL_SESSION_DATA_UPDATED",
        AdvisorSubscribed = "ADVISOR_SUBSCRIBED",
        RoomMemberStatusChanged = "ROOM_MEMBER_STATUS_CHANGED",
        ConsultTransfer = "CONSULT_TRANSFER",
        ConsultConference = "CONSULT_CONFERENCE",
        DirectTransfer = "DIRECT_TRANSFER",
        EwtMessage = "EWT_MESSAGE",
    }

    /// What became of a message.
    pub enum DeliveryStatus {
        Delivered = "DELIVERED",
        Read = "READ",
        /// Voice only.
        Connected = "CONNECTED",
        Failed = "FAILED",
    }
}
