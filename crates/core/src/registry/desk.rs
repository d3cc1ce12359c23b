//! What agents and supervisors work with: reason codes, labels, canned messages, announcements.

use serde::{Deserialize, Serialize};

use crate::id::{Id, UserId};
use crate::time::At;

/// Why an agent is not ready, or logged out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReasonCode {
    pub id: Id,
    pub name: String,
    pub description: String,
    pub purpose: ReasonPurpose,
    /// For reports of other systems.
    pub code: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonPurpose {
    NotReady,
    Logout,
    /// Not ready, and the agent's conversations go back to their queues.
    Callback,
}

/// What customers are marked with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    pub id: Id,
    /// Letter case matters.
    pub name: String,
    /// As desks write it, e.g. `#ffaa00`.
    pub colour: String,
    /// 1 to 10: how urgent requests of customers with this label are.
    pub priority: Option<u8>,
    /// Who made it, as desks name him.
    pub created_by: String,
}

/// A text agents send often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CannedMessage {
    pub id: Id,
    /// What agents find it by.
    pub name: String,
    /// Two or three letters, e.g. `en`.
    pub language: String,
    pub category: String,
    pub text: String,
}

/// What a supervisor says to teams. Scheduled, then active, then expired, by the clock alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    pub id: Id,
    pub author: UserId,
    pub text: String,
    pub teams: Vec<Id>,
    pub scheduled_at: At,
    pub expires_at: At,
}
