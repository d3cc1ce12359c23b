//! Agent states: the presence the server reports and the changes the desk asks for.

use crate::{
    CcUser, Members, Timestamp,
    lenient::Lenient,
    routing::{MediaRoutingDomain, ReasonCode},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

wire_struct! {
    /// `agentPresence`.
    pub struct AgentPresenceUpdate {
        agent_presence: AgentPresence,
        action: Option<PresenceAction>,
        /// True for the agent's state, false for a media state.
        agent_state_changed: bool,
        /// Ids of the media whose state changed.
        mrd_state_changes: Vec<String>,
        correlation_id: Option<String>,
        /// The hub's clock, by which a desk sets its timers; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        sent_at: Option<Timestamp>,
    }

    /// Where an agent stands.
    pub struct AgentPresence {
        agent: CcUser,
        state: AgentState,
        state_change_time: Option<Timestamp>,
        agent_mrd_states: Vec<AgentMrdState>,
        agent_login_time: Option<Timestamp>,
    }

    /// The agent's own state; NOT_READY and LOGOUT may carry a reason.
    pub struct AgentState {
        name: AgentStateName,
        reason_code: Option<ReasonCode>,
    }

    /// The agent's state in one media.
    pub struct AgentMrdState {
        mrd: MediaRoutingDomain,
        state: MrdState,
        previous_state: Option<MrdState>,
        state_change_time: Option<Timestamp>,
        /// 639057660000 if never ready.
        last_ready_state_change_time: Option<Timestamp>,
        max_agent_tasks: i64,
    }
}

wire_words! {
    /// Whether a requested state was taken.
    pub enum PresenceAction {
        Changed = "AGENT_STATE_CHANGED",
        Unchanged = "AGENT_STATE_UNCHANGED",
    }

    /// State of an agent.
    pub enum AgentStateName {
        Login = "LOGIN",
        NotReady = "NOT_READY",
        Ready = "READY",
        Logout = "LOGOUT",
    }

    /// State of an agent in one media; READY and ACTIVE are routable.
    pub enum MrdState {
        Logout = "LOGOUT",
        Login = "LOGIN",
        NotReady = "NOT_READY",
        PendingNotReady = "PENDING_NOT_READY",
        Ready = "READY",
        Interrupted = "INTERRUPTED",
        Active = "ACTIVE",
        Busy = "BUSY",
        Reserved = "RESERVED",
        Unknown = "UNKNOWN",
    }
}

/// `changeAgentState`: what the desk asks for. `action` on the wire is `agentState` or `agentMRDState`, and
/// `state` an object or a word accordingly.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "ChangeOnWire", into = "ChangeOnWire")]
pub struct ChangeAgentState {
    /// Supervisors name another agent.
    pub agent_id: String,
    pub change: StateChange,
    /// Members this version does not know, kept as they came.
    pub extra: Members,
}

/// The state asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum StateChange {
    Agent(Box<AgentState>),
    Media { mrd_id: String, state: MrdState },
}

wire_struct! {
    struct ChangeOnWire {
        agent_id: String,
        action: String,
        state: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        mrd_id: Option<String>,
    }
}

impl Default for StateChange {
    fn default() -> Self {
        Self::Agent(Box::default())
    }
}

impl TryFrom<ChangeOnWire> for ChangeAgentState {
    type Error = String;

    fn try_from(wire: ChangeOnWire) -> Result<Self, String> {
        let at_state = |error: serde_json::Error| format!("in `state`: {error}");
        let change = match wire.action.to_ascii_lowercase().as_str() {
            "agentstate" => StateChange::Agent(Box::<AgentState>::read(wire.state).map_err(at_state)?),
            "agentmrdstate" => StateChange::Media {
                mrd_id: wire.mrd_id.ok_or("in `mrdId`: is missing")?,
                state: MrdState::read(wire.state).map_err(at_state)?,
            },
            other => return Err(format!("in `action`: {other:?} is neither agentState nor agentMRDState")),
        };
        Ok(Self { agent_id: wire.agent_id, change, extra: wire.extra })
    }
}

impl From<ChangeAgentState> for ChangeOnWire {
    fn from(request: ChangeAgentState) -> Self {
        let (action, state, mrd_id) = match request.change {
            StateChange::Agent(state) => {
                ("agentState", serde_json::to_value(state).unwrap_or_default(), None)
            }
            StateChange::Media { mrd_id, state } => {
                ("agentMRDState", Value::from(state.as_str()), Some(mrd_id))
            }
        };
        Self { agent_id: request.agent_id, action: action.to_owned(), state, mrd_id, extra: request.extra }
    }
}
