//! Media routing domains, routing attributes, precision queues and pull lists.

use serde::{Deserialize, Serialize};

use super::settings::{AgentThreshold, WrapUp};
use crate::id::{AttributeId, Id, ListId, MrdId, QueueId};

/// Media routing domain: a kind of work with its own capacity per agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mrd {
    pub id: MrdId,
    pub name: String,
    pub description: String,
    pub media: Media,
    /// Upper limit of concurrent tasks an agent may hold in this domain, at least 1.
    pub max_requests: u16,
    pub interruptible: bool,
    /// Going READY switches this domain on too.
    pub auto_sync: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Media {
    Chat,
    CxVoice,
    CiscoCc,
    Email,
}

impl Media {
    /// Customers speak instead of writing.
    #[must_use]
    pub const fn is_spoken(self) -> bool {
        matches!(self, Self::CxVoice | Self::CiscoCc)
    }
}

/// Which of the agents of a step is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Selection {
    /// The least loaded; among equals who has waited longest for work.
    #[default]
    LongestAvailable,
    /// The one whose skills in the attributes of the step add up to least, so that experts stay free.
    LeastSkilled,
    /// The one whose skills in the attributes of the step add up to most.
    MostSkilled,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoutingAttribute {
    pub id: AttributeId,
    pub name: String,
    pub description: String,
    pub scale: Scale,
    pub default: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scale {
    /// 0 or 1.
    Boolean,
    /// 1 to 10.
    ProficiencyLevel,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    pub id: QueueId,
    pub name: String,
    pub mrd: MrdId,
    pub service_level_type: u8,
    pub service_level_secs: u32,
    /// Seconds an agent has to answer a customer's message; `None` switches the timer off.
    pub agent_sla_secs: Option<u32>,
    /// On the way there; `None` takes the tenant's.
    #[serde(default)]
    pub agent_thresholds: Option<Vec<AgentThreshold>>,
    /// `None` takes the tenant's.
    #[serde(default)]
    pub wrap_up: Option<WrapUp>,
    pub ewt_min_secs: Option<u32>,
    pub ewt_max_secs: Option<u32>,
    /// 1 to 10.
    pub priority: u8,
    /// Who may serve, widening step by step. No steps: every agent of the domain.
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub id: Id,
    pub timeout_secs: u32,
    /// Read left to right, `join` with what stands before; the first one's `join` is ignored.
    pub expressions: Vec<Expression>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expression {
    pub join: Join,
    pub terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    pub join: Join,
    pub attribute: AttributeId,
    pub operator: Operator,
    pub value: u8,
}

/// AND and OR weigh the same and are read left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Join {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    #[serde(rename = "==")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    AtLeast,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct List {
    pub id: ListId,
    pub name: String,
    pub description: String,
    pub agent_sla_secs: Option<u32>,
    #[serde(default)]
    pub agent_thresholds: Option<Vec<AgentThreshold>>,
    #[serde(default)]
    pub wrap_up: Option<WrapUp>,
    /// Whose agents and supervisors may follow it and join; empty is everybody.
    #[serde(default)]
    pub teams: Vec<Id>,
    /// An agent who has as much work as he may have cannot join.
    #[serde(default)]
    pub respects_capacity: bool,
}

/// What a queue or a pull list expects of those who serve from it.
#[derive(Debug, Clone, Copy)]
pub struct Service<'r> {
    /// Seconds to answer a customer's message; `None` is without a limit.
    pub agent_sla_secs: Option<u32>,
    /// On the way there; `None` takes the tenant's.
    pub agent_thresholds: Option<&'r Vec<AgentThreshold>>,
    /// `None` takes the tenant's.
    pub wrap_up: Option<WrapUp>,
}
