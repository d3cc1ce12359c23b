//! The names of events and the class each belongs to.

wire_words! {
    /// What happened.
    pub enum EventName {
        AgentOutbound = "AGENT_OUTBOUND",
        ActionMessage = "ACTION_MESSAGE",
        CustomerMessage = "CUSTOMER_MESSAGE",
        AgentMessage = "AGENT_MESSAGE",
        BotMessage = "BOT_MESSAGE",
        BotSuggestion = "BOT_SUGGESTION",
        /// Between agents; never sent to the customer.
        WhisperMessage = "WHISPER_MESSAGE",
        ConversationStarted = "CONVERSATION_STARTED",
        ConversationPaused = "CONVERSATION_PAUSED",
        ConversationResumed = "CONVERSATION_RESUMED",
        TopicStateChange = "TOPIC_STATE_CHANGE_EVENT",
        RoomCreated = "ROOM_CREATED",
        RoomMemberStatusChanged = "ROOM_MEMBER_STATUS_CHANGED",
        ChannelSessionStarted = "CHANNEL_SESSION_STARTED",
        ChannelSessionEnded = "CHANNEL_SESSION_ENDED",
        ChannelSessionExpired = "CHANNEL_SESSION_EXPIRED",
        ChannelSessionDataUpdated = "CHANNEL_SESSION_DATA_UPDATED",
        RemoveChannelSession = "REMOVE_CHANNEL_SESSION",
        CustomerLeft = "CUSTOMER_LEFT",
        AssociatedCustomerChanged = "ASSOCIATED_CUSTOMER_CHANGED",
        AgentReserved = "AGENT_RESERVED",
        AgentReservedTimeout = "AGENT_RESERVED_TIMEOUT",
        AgentAcceptTimeout = "AGENT_ACCEPT_TIMEOUT",
        AgentSubscribed = "AGENT_SUBSCRIBED",
        AgentUnsubscribed = "AGENT_UNSUBSCRIBED",
        AdvisorSubscribed = "ADVISOR_SUBSCRIBED",
        BotSubscribed = "BOT_SUBSCRIBED",
        BotUnsubscribed = "BOT_UNSUBSCRIBED",
        BotTimeout = "BOT_TIMEOUT",
        BotNotAvailable = "BOT_NOT_AVAILABLE",
        NoResponseEntity = "NO_RESPONSE_ENTITY",
        NoAgentAvailable = "NO_AGENT_AVAILABLE",
        TaskEnqueued = "TASK_ENQUEUED",
        TaskStateChanged = "TASK_STATE_CHANGED",
        AssignResourceRequested = "ASSIGN_RESOURCE_REQUESTED",
        RevokeResource = "REVOKE_RESOURCE",
        EwtMessage = "EWT_MESSAGE",
        AgentSla = "AGENT_SLA",
        AgentSlaStarted = "AGENT_SLA_STARTED",
        AgentSlaStopped = "AGENT_SLA_STOPPED",
        AgentSlaExpired = "AGENT_SLA_EXPIRED",
        ResetAgentSla = "RESET_AGENT_SLA",
        CustomerSla = "CUSTOMER_SLA",
        CustomerSlaStarted = "CUSTOMER_SLA_STARTED",
        CustomerSlaStopped = "CUSTOMER_SLA_STOPPED",
        CustomerSlaExpired = "CUSTOMER_SLA_EXPIRED",
        ResponseSlaBreached = "RESPONSE_SLA_BREACHED",
        CustomerActivityTimeout = "CUSTOMER_ACTIVITY_TIMEOUT",
        HoldTimer = "HOLD_TIMER",
        ParticipantRoleChanged = "PARTICIPANT_ROLE_CHANGED",
        ConversationDataChanged = "CONVERSATION_DATA_CHANGED",
        MessageDeliveryNotification = "MESSAGE_DELIVERY_NOTIFICATION",
        TypingIndicator = "TYPING_INDICATOR",
        WrapupApplied = "WRAPUP_APPLIED",
        AgentMrdInterrupted = "AGENT_MRD_INTERRUPTED",
        HandRaised = "HAND_RAISED",
        HandDown = "HAND_DOWN",
        ThirdPartyActivity = "THIRD_PARTY_ACTIVITY",
        ExternalGadgetRequested = "EXTERNAL_GADGET_REQUESTED",
        RemoveAllAgents = "REMOVE_ALL_AGENTS",
        CallLegStarted = "CALL_LEG_STARTED",
        CallLegEnded = "CALL_LEG_ENDED",
        CallHold = "CALL_HOLD",
        CallResume = "CALL_RESUME",
        VoiceActivity = "VOICE_ACTIVITY",
        IvrAggregatedActivity = "IVR_AGGREGATED_ACTIVITY",
        CiscoVoiceEvent = "CISCO_VOICE_EVENT",
    }

    /// The class of an event.
    pub enum EventType {
        Message = "MESSAGE",
        Suggestion = "SUGGESTION",
        /// Read only: the desk breaks on activities it does not know.
        Activity = "ACTIVITY",
        Notification = "NOTIFICATION",
        Call = "CALL",
    }
}

impl EventName {
    /// The class the hub gives an event of this name; never `ACTIVITY`.
    pub fn event_type(&self) -> EventType {
        match self {
            Self::CustomerMessage | Self::AgentMessage | Self::BotMessage | Self::WhisperMessage => {
                EventType::Message
            }
            Self::BotSuggestion => EventType::Suggestion,
            Self::CallLegStarted
            | Self::CallLegEnded
            | Self::CallHold
            | Self::CallResume
            | Self::VoiceActivity
            | Self::IvrAggregatedActivity
            | Self::CiscoVoiceEvent => EventType::Call,
            _ => EventType::Notification,
        }
    }
}
