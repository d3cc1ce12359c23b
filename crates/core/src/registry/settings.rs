//! How a tenant's contact centre works, where no queue, list or channel says otherwise: one object, always there.
//!
//! A setting that a stored object does not have yet takes its default, so that a new one needs no migration.

use serde::{Deserialize, Serialize};

use crate::id::Id;

/// The one id of the one settings object.
pub const SETTINGS_ID: Id = Id(*b"\x66\xe0\xc0\xa1\xd4\xe5\xf6\x07\x18\x20\x01\x01");

/// Thresholds between the start and the end of a response time.
pub const THRESHOLDS_MAX: usize = 3;
/// Durations agents may choose from when they pause a conversation.
pub const PAUSES_MAX: usize = 10;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    pub wrap_up: WrapUp,
    /// An agent in wrap-up still fills a place.
    pub wrap_up_takes_capacity: bool,
    /// Seconds, as agents may choose from, shortest first.
    pub pauses: Vec<u32>,
    /// Going NOT_READY or logging out needs a reason when there are reasons to choose from.
    pub reason_required: bool,
    /// On the way from a customer's message to the end of the time to answer it.
    pub agent_thresholds: Vec<AgentThreshold>,
    /// On the way from silence to the end of the session.
    pub customer_thresholds: Vec<CustomerThreshold>,
    pub desk: Desk,
}

/// What follows when an agent's part in a conversation is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WrapUp {
    pub enabled: bool,
    /// Seconds for codes and notes, 1 to 3600.
    pub seconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentThreshold {
    /// Of the time to answer, 1 to 99.
    pub percentage: u8,
    pub action: AgentThresholdAction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgentThresholdAction {
    ChangeColor,
    ChangeColorToRed,
    ShowPopup,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomerThreshold {
    /// Of the silence allowed, 1 to 99.
    pub percentage: u8,
    pub action: CustomerThresholdAction,
    /// What the customer is told.
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CustomerThresholdAction {
    NotifyCustomer,
    EndSession,
}

/// What desks offer; read by them before anybody has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Desk {
    pub is_message_formatting_enabled: bool,
    pub is_file_sharing_enabled: bool,
    pub is_emojis_enabled: bool,
    pub is_conversation_participants_enabled: bool,
    pub is_outbound_sms_enabled: bool,
    #[serde(rename = "isOutboundSmsSendandClose")]
    pub is_outbound_sms_send_and_close: bool,
    pub is_auto_answer_enabled: bool,
    /// Put before numbers without a country, e.g. `+1`.
    pub prefix_code: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wrap_up: WrapUp::default(),
            wrap_up_takes_capacity: true,
            pauses: vec![60, 180, 300, 420, 600],
            reason_required: true,
            agent_thresholds: Vec::new(),
            customer_thresholds: Vec::new(),
            desk: Desk::default(),
        }
    }
}

impl Default for WrapUp {
    fn default() -> Self {
        Self { enabled: false, seconds: 60 }
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            is_message_formatting_enabled: true,
            is_file_sharing_enabled: true,
            is_emojis_enabled: true,
            is_conversation_participants_enabled: true,
            is_outbound_sms_enabled: false,
            is_outbound_sms_send_and_close: false,
            is_auto_answer_enabled: false,
            prefix_code: String::new(),
        }
    }
}
