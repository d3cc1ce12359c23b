//! The exchange with bots: registration, requests, responses, and Rasa's standard replies.

use crate::{
    Body, Members, Message,
    participant::ParticipantRole,
    task::{QueueReference, TaskType},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

wire_struct! {
    /// A registered bot.
    pub struct BotConnector {
        /// `null` on creation.
        bot_id: Option<String>,
        bot_type: BotType,
        bot_name: String,
        bot_uri: Option<String>,
    }

    /// What a bot is asked: a customer message, or a system event as intent.
    pub struct BotRequest {
        /// Conversation id.
        conversation: String,
        #[serde(rename = "type")]
        kind: BotRequestType,
        /// The customer's text, or the intent's name.
        message: Option<String>,
        /// The intent's data.
        entities: Option<Members>,
        /// The whole message; `null` for an intent.
        metadata: Option<Box<Message>>,
    }

    /// What a bot answers.
    pub struct BotResponse {
        intent: Option<NluIntent>,
        /// Absent: follows from the bot's role; actions have none.
        mode: Option<BotResponseMode>,
        #[serde(skip_serializing_if = "Body::is_absent")]
        body: Body,
    }

    /// What the bot understood.
    pub struct NluIntent {
        name: Option<String>,
        /// 0 to 1.
        confidence: Option<Number>,
    }

    /// An answer that comes by itself.
    pub struct AsyncBotMessage {
        conversation_id: String,
        bot_id: String,
        /// Sic: capital B.
        #[serde(rename = "BotMessage")]
        bot_message: Vec<BotResponse>,
    }

    /// One reply of Rasa's REST channel.
    pub struct RasaReply {
        /// Sic: snake case.
        #[serde(rename = "recipient_id", skip_serializing_if = "Option::is_none")]
        recipient_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        buttons: Option<Vec<RasaButton>>,
        /// Address of a picture.
        #[serde(skip_serializing_if = "Option::is_none")]
        image: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        custom: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        attachment: Option<Value>,
    }

    /// A choice in a [`RasaReply`].
    pub struct RasaButton {
        title: String,
        payload: String,
    }

    /// Data of the action `FIND_AGENT`; empty means the channel's queue.
    pub struct FindAgent {
        /// An object on the wire today; older bots send a name.
        queue: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        queue_id: Option<String>,
        request_type: Option<TaskType>,
        /// `priority` and whatever else.
        additional_details: Members,
    }

    /// Data of `ASSIGN_BOT` and `CHANGE_PARTICIPANT_ROLE`.
    pub struct RoleAssignment {
        id: String,
        role: ParticipantRole,
    }
}

wire_words! {
    /// How a bot is spoken to.
    pub enum BotType {
        Rasa = "RASA",
        Dialogflow = "DIALOGFLOW",
        Custom = "CUSTOM",
        NotSet = "NOT_SET",
    }

    /// What a bot request holds. Lower case on the wire.
    pub enum BotRequestType {
        Message = "message",
        Intent = "intent",
    }

    /// For whom a bot's answer is. Lower case on the wire.
    pub enum BotResponseMode {
        Message = "message",
        Suggestion = "suggestion",
    }

    /// What a bot can ask the hub to do.
    pub enum ActionName {
        FindAgent = "FIND_AGENT",
        AssignAgent = "ASSIGN_AGENT",
        AssignBot = "ASSIGN_BOT",
        RevokeBot = "REVOKE_BOT",
        ChangeParticipantRole = "CHANGE_PARTICIPANT_ROLE",
        UpdateConversationData = "UPDATE_CONVERSATION_DATA",
        EndConversation = "END_CONVERSATION",
        RemoveAllAgents = "REMOVE_ALL_AGENTS",
        RemoveChannelSession = "REMOVE_CHANNEL_SESSION",
        RevokeResource = "REVOKE_RESOURCE",
        CancelResource = "CANCEL_RESOURCE",
        RevokeRequest = "REVOKE_REQUEST",
    }
}

/// A bot's answer: one response or a list of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BotResponses(pub Vec<BotResponse>);

impl Serialize for BotResponses {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(sink)
    }
}

impl<'de> Deserialize<'de> for BotResponses {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        match &value {
            Value::Null => Ok(Self::default()),
            Value::Array(_) => crate::lenient::typed("", &value).map(Self),
            _ => crate::lenient::typed("", &value).map(|response| Self(vec![response])),
        }
    }
}

impl FindAgent {
    /// The queue asked for, in any of its spellings; a bare text is a name.
    pub fn queue(&self) -> Option<QueueReference> {
        let reference =
            |kind, value: &str| QueueReference { kind, value: value.to_owned(), ..QueueReference::default() };
        match &self.queue {
            Some(Value::String(name)) if !name.is_empty() => {
                Some(reference(crate::task::QueueReferenceType::Name, name))
            }
            Some(object @ Value::Object(_)) => QueueReference::deserialize(object).ok(),
            _ => self.queue_id.as_deref().map(|id| reference(crate::task::QueueReferenceType::Id, id)),
        }
    }
}
