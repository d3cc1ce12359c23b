//! A customer's session on one channel, and the room its conversation is held in.

use crate::{Channel, ChannelData, Customer};
use std::sync::Arc;

wire_tag! {
    /// `"ChannelSession"`.
    pub struct ChannelSessionTag = "ChannelSession";
}

wire_struct! {
    /// One session of a customer on one channel; embedded in events, tasks and participants.
    pub struct ChannelSession {
        participant_type: ChannelSessionTag,
        id: String,
        /// The whole channel; the desk reads `channelType.name` of it.
        channel: Option<Arc<Channel>>,
        customer: Option<Customer>,
        customer_suggestions: Vec<Customer>,
        /// Of the first message.
        channel_data: ChannelData,
        latest_intent: Option<String>,
        customer_presence: CustomerPresence,
        /// Written twice, here and as `active`.
        is_active: bool,
        active: bool,
        conversation_id: Option<String>,
        room_info: Option<RoomInfo>,
        state: Option<ChannelSessionState>,
        channel_session_direction: Option<Direction>,
    }

    /// `{"value": null}` in practice.
    pub struct CustomerPresence {
        value: serde_json::Value,
    }

    /// The room a conversation is held in.
    pub struct RoomInfo {
        id: String,
        mode: Option<RoomMode>,
    }

    /// Where a session stands, and why.
    pub struct ChannelSessionState {
        name: SessionState,
        reason_code: Option<SessionReason>,
    }
}

wire_words! {
    /// State of a channel session.
    pub enum SessionState {
        Started = "STARTED",
        Ended = "ENDED",
        Closed = "CLOSED",
    }

    /// Who or what brought a channel session into its state.
    pub enum SessionReason {
        Customer = "CUSTOMER",
        Inactivity = "INACTIVITY",
        Network = "NETWORK",
        Agent = "AGENT",
        ForceClosed = "FORCE_CLOSED",
    }

    /// Who opened a session.
    pub enum Direction {
        Inbound = "INBOUND",
        Outbound = "OUTBOUND",
    }

    /// Who may enter a room.
    pub enum RoomMode {
        Private = "PRIVATE",
        ContactCenter = "CONTACT_CENTER",
    }

    /// State of a conversation.
    pub enum ConversationState {
        Created = "CREATED",
        Active = "ACTIVE",
        Inactive = "INACTIVE",
        Closing = "CLOSING",
        Closed = "CLOSED",
        OnHold = "ON_HOLD",
        CustomerLeft = "CUSTOMER_LEFT",
        WrapUp = "WRAP_UP",
    }
}

impl ChannelSession {
    /// Sets both spellings of the active flag.
    pub fn set_active(&mut self, active: bool) {
        self.is_active = active;
        self.active = active;
    }

    /// The name of the channel type, e.g. `WEB`.
    pub fn channel_type(&self) -> Option<&str> {
        self.channel.as_ref().map(|channel| channel.channel_type.name.as_str())
    }
}

impl RoomInfo {
    /// The contact centre's room with this id.
    pub fn contact_center(id: impl Into<String>) -> Self {
        Self { id: id.into(), mode: Some(RoomMode::ContactCenter), ..Self::default() }
    }
}
