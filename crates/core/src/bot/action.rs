//! What a bot may ask the hub to do, read from the forms bots send it in.
//!
//! Names are read in any letter case, and the older spellings of their data are understood. What cannot be
//! understood says why, in words for whoever looks after the bot.

use serde::Deserialize;
use serde_json::{Map, Value};
use tieline_cim::bot::FindAgent;
use tieline_cim::task::QueueReferenceType;

use crate::conversation::{EndReason, Role};
use crate::departure::Departure;
use crate::id::{BotId, Id, SessionId, TaskId, UserId};

/// Bytes of an action's data, as JSON.
pub const DATA_BYTES_MAX: usize = 16 * 1024;
pub const NAME_CHARS_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    FindAgent {
        queue: Option<QueueRef>,
        priority: Option<u8>,
        /// Asked before anybody else.
        last_agent: Option<UserId>,
    },
    /// Without routing.
    AssignAgent {
        agent: UserId,
        role: Role,
    },
    AssignBot {
        bot: BotId,
        role: Role,
    },
    /// `None` is the bot that asks.
    RevokeBot {
        bot: Option<BotId>,
    },
    /// Of an agent, by his id or his seat's, or of the bot.
    ChangeRole {
        whom: Id,
        role: Role,
    },
    MergeData(Map<String, Value>),
    RemoveAllAgents {
        departure: Departure,
    },
    RemoveSessions {
        which: Which,
        reason: EndReason,
    },
    /// Of all requests that look for an agent those that fit.
    CancelRequests {
        task: Option<TaskId>,
        ringing_at: Option<UserId>,
    },
    EndConversation,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueRef {
    Id(String),
    Name(String),
}

/// Sessions meant by a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one the bot was asked about.
    OfQuestion,
    LastUsed,
    All,
    One(SessionId),
    /// All of this channel type, by name.
    OfType(String),
}

/// Accepted and without effect: what they did is now done by timers.
const DEPRECATED: [&str; 5] = [
    "CUSTOMER_RESPONSE_TIMEOUT",
    "AGENT_RESPONSE_TIMEOUT",
    "END_CHANNEL_SESSION",
    "CHANNEL_SESSION_EXPIRED",
    "ACCEPT_TIMEOUT",
];

/// An action by its name; `None` for one that is out of use.
///
/// # Errors
/// What is wrong with it, for people.
pub fn parse(name: &str, data: &Value) -> Result<Option<Action>, String> {
    let name = name.trim().to_uppercase();
    if DEPRECATED.contains(&name.as_str()) {
        return Ok(None);
    }
    let empty = Map::new();
    let data = match data {
        Value::Object(members) => Members(members),
        Value::Null => Members(&empty),
        _ => return Err("data is not an object".to_owned()),
    };
    Ok(Some(match name.as_str() {
        "FIND_AGENT" => find_agent(&data)?,
        "ASSIGN_AGENT" => Action::AssignAgent {
            agent: data.id(&["agentId", "agent_id", "id", "agent"])?.ok_or("data names no agent")?.into(),
            role: data.served_role()?.unwrap_or(Role::Primary),
        },
        "ASSIGN_BOT" => Action::AssignBot {
            bot: data.id(&["id", "botId", "bot"])?.ok_or("data names no bot")?.into(),
            role: data.served_role()?.unwrap_or(Role::Primary),
        },
        "REVOKE_BOT" => Action::RevokeBot { bot: data.id(&["id", "botId", "bot"])?.map(BotId::from) },
        "CHANGE_PARTICIPANT_ROLE" => Action::ChangeRole {
            whom: data.id(&["id", "participantId", "participant"])?.ok_or("data names no participant")?,
            role: data.agent_role()?.ok_or("data names no role")?,
        },
        "UPDATE_CONVERSATION_DATA" => Action::MergeData(pairs(data.0)?),
        "REMOVE_ALL_AGENTS" => Action::RemoveAllAgents { departure: data.departure() },
        "REMOVE_CHANNEL_SESSION" => {
            Action::RemoveSessions { which: data.sessions()?, reason: data.end_reason() }
        }
        "CANCEL_RESOURCE" => Action::CancelRequests { task: None, ringing_at: None },
        "REVOKE_RESOURCE" => {
            Action::CancelRequests { task: data.id(&["taskId"])?.map(TaskId::from), ringing_at: None }
        }
        "REVOKE_REQUEST" => Action::CancelRequests {
            task: None,
            ringing_at: data.id(&["agent_id", "agentId"])?.map(UserId::from),
        },
        "END_CONVERSATION" => Action::EndConversation,
        _ => return Err("there is no such action".to_owned()),
    }))
}

fn find_agent(data: &Members<'_>) -> Result<Action, String> {
    let asked = FindAgent::deserialize(&Value::Object(data.0.clone())).map_err(|err| err.to_string())?;
    let queue = asked.queue().filter(|queue| !queue.value.trim().is_empty()).map(|queue| match queue.kind {
        QueueReferenceType::Name => QueueRef::Name(queue.value),
        _ => QueueRef::Id(queue.value),
    });
    let details = asked.additional_details.get("priority");
    let priority = match details.or_else(|| data.0.get("priority")) {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => Some(text.trim().parse().map_err(|_| "priority is no number")?),
        Some(_) => return Err("priority is no number".to_owned()),
    };
    let priority = priority.map(|asked| u8::try_from(asked).unwrap_or(u8::MAX));
    let last_agent = data.id(&["lastAgentId"])?.map(UserId::from);
    Ok(Action::FindAgent { queue, priority, last_agent })
}

/// The pairs themselves, or those in a member `conversationData`.
fn pairs(data: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    match data.get("conversationData") {
        Some(Value::Object(pairs)) if data.len() == 1 => Ok(pairs.clone()),
        _ if data.is_empty() => Err("data has no pairs".to_owned()),
        _ => Ok(data.clone()),
    }
}

struct Members<'a>(&'a Map<String, Value>);

impl Members<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The first of these members that is there: an id, or an object that has one.
    fn id(&self, names: &[&str]) -> Result<Option<Id>, String> {
        let Some((name, value)) = names
            .iter()
            .find_map(|name| self.0.get(*name).filter(|value| !value.is_null()).map(|v| (name, v)))
        else {
            return Ok(None);
        };
        let text = match value {
            Value::Object(nested) => nested.get("id").and_then(Value::as_str),
            other => other.as_str(),
        };
        let text = text.map(str::trim).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|not_an_id| format!("{name}: {not_an_id}"))
    }

    fn agent_role(&self) -> Result<Option<Role>, String> {
        let Some(role) = self.text("role") else { return Ok(None) };
        match role.to_uppercase().as_str() {
            "PRIMARY" => Ok(Some(Role::Primary)),
            "ASSISTANT" => Ok(Some(Role::Assistant)),
            "SILENT_MONITOR" => Ok(Some(Role::SilentMonitor)),
            "WHISPER" => Ok(Some(Role::Whisper)),
            _ => Err("role is none of PRIMARY, ASSISTANT, SILENT_MONITOR and WHISPER".to_owned()),
        }
    }

    /// The role of somebody who is there for the customer. Watching is for supervisors, who come by themselves.
    fn served_role(&self) -> Result<Option<Role>, String> {
        match self.agent_role() {
            Ok(Some(Role::SilentMonitor | Role::Whisper)) | Err(_) => {
                Err("role is neither PRIMARY nor ASSISTANT".to_owned())
            }
            role => role,
        }
    }

    fn reason(&self) -> String {
        self.text("reasonCode").or_else(|| self.text("reason")).unwrap_or_default().to_uppercase()
    }

    fn departure(&self) -> Departure {
        match self.reason().as_str() {
            "SLA_EXPIRED" => Departure::Unanswered,
            "MRD_INTERRUPTED" => Departure::Interrupted,
            _ => Departure::Removed,
        }
    }

    fn end_reason(&self) -> EndReason {
        match self.reason().as_str() {
            "CUSTOMER" => EndReason::Customer,
            "INACTIVITY" => EndReason::Inactivity,
            "NETWORK" => EndReason::Network,
            "AGENT" => EndReason::Agent,
            _ => EndReason::ForceClosed,
        }
    }

    fn sessions(&self) -> Result<Which, String> {
        for member in ["channelSession", "session"] {
            match self.text(member).map(str::to_uppercase).as_deref() {
                Some("ALL") => return Ok(Which::All),
                Some("LAST_USED") => return Ok(Which::LastUsed),
                Some("FROM_EVENT") => return Ok(Which::OfQuestion),
                _ => {}
            }
        }
        if let Some(id) = self.id(&["channelSessionId", "channelSession", "session"])? {
            return Ok(Which::One(id.into()));
        }
        match self.text("channelType") {
            Some(name) => Ok(Which::OfType(name.to_owned())),
            None => Ok(Which::OfQuestion),
        }
    }
}
