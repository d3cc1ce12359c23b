//! Who takes part in a conversation: customer sessions, agents, bots and the conversation monitor.

use crate::{CcUser, ChannelSession, IsoTime, Members, lenient};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::sync::Arc;

wire_struct! {
    /// One participant with its role. The desk builds these too and gets its own back unchanged.
    pub struct ConversationParticipant {
        id: String,
        #[serde(rename = "type")]
        kind: ParticipantKind,
        role: ParticipantRole,
        participant: Participant,
        joining_time: Option<IsoTime>,
        token: Option<String>,
        conversation_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        is_active: Option<bool>,
        /// `{}` or `null`.
        user_credentials: Option<Value>,
        /// `null` for bots.
        state: Option<SubscriptionState>,
        state_changed_on: Option<IsoTime>,
    }

    /// A bot as participant.
    pub struct BotParticipant {
        participant_type: BotTag,
        id: String,
        #[serde(rename = "type")]
        kind: Option<crate::bot::BotType>,
        name: Option<String>,
        uri: Option<String>,
    }

    /// The hub's own observer of a conversation. Old data calls it `TopicMonitor`.
    pub struct MonitorParticipant {
        participant_type: MonitorTag,
        id: Option<String>,
    }
}

wire_tag! {
    /// `"Bot"`.
    pub struct BotTag = "Bot";
    /// `"ConversationMonitor"`.
    pub struct MonitorTag = "ConversationMonitor";
}

wire_words! {
    /// What a participant is.
    pub enum ParticipantKind {
        Monitor = "MONITOR",
        Customer = "CUSTOMER",
        Agent = "AGENT",
        Bot = "BOT",
        App = "APP",
    }

    /// What a participant does in the conversation.
    pub enum ParticipantRole {
        Assistant = "ASSISTANT",
        Primary = "PRIMARY",
        Customer = "CUSTOMER",
        SilentMonitor = "SILENT_MONITOR",
        WrapUp = "WRAP_UP",
        Whisper = "WHISPER",
    }

    /// Whether an agent is subscribed to the conversation.
    pub enum SubscriptionState {
        Subscribed = "SUBSCRIBED",
        Unsubscribed = "UNSUBSCRIBED",
    }
}

/// The participant itself, told apart by `participantType` in any letter case.
#[derive(Debug, Clone, PartialEq)]
pub enum Participant {
    ChannelSession(Arc<ChannelSession>),
    CcUser(Box<CcUser>),
    Bot(BotParticipant),
    ConversationMonitor(MonitorParticipant),
    /// No or an unknown `participantType`.
    Other(Members),
}
wire_object!(Participant);

impl Participant {
    /// The id of the session, agent, bot or monitor.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::ChannelSession(session) => Some(&session.id),
            Self::CcUser(agent) => Some(&agent.id),
            Self::Bot(bot) => Some(&bot.id),
            Self::ConversationMonitor(monitor) => monitor.id.as_deref(),
            Self::Other(members) => members.get("id").and_then(Value::as_str),
        }
    }
}

impl Default for Participant {
    fn default() -> Self {
        Self::Other(Members::new())
    }
}

impl Serialize for Participant {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::ChannelSession(session) => session.serialize(sink),
            Self::CcUser(agent) => agent.serialize(sink),
            Self::Bot(bot) => bot.serialize(sink),
            Self::ConversationMonitor(monitor) => monitor.serialize(sink),
            Self::Other(members) => members.serialize(sink),
        }
    }
}

impl<'de> Deserialize<'de> for Participant {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        lenient::buffered(source, |members| {
            let kind = members
                .get("participantType")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_ascii_lowercase();
            let typed = Value::Object(members);
            match (kind.as_str(), typed) {
                ("channelsession", session) => lenient::typed("", &session).map(Self::ChannelSession),
                ("ccuser", agent) => lenient::typed("", &agent).map(Self::CcUser),
                ("bot", bot) => lenient::typed("", &bot).map(Self::Bot),
                ("conversationmonitor" | "topicmonitor", monitor) => {
                    lenient::typed("", &monitor).map(Self::ConversationMonitor)
                }
                (_, other) => Members::deserialize(other).map(Self::Other),
            }
        })
    }
}
