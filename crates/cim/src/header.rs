//! The header of a message: who sent it, over which channel, in which conversation.
//!
//! `language`, `securityInfo`, `stamps` and `entities` are kept as they come: clients disagree about their shape.

use crate::{Attribute, ChannelSession, Customer, Members, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use std::sync::Arc;

wire_struct! {
    /// What every message, action and suggestion carries beside its content.
    ///
    /// A member named `replyToMessageId`, the older name, is read as `originalMessageId`.
    #[serde(remote = "Self")]
    pub struct Header {
        /// Required inbound.
        sender: Sender,
        /// Required inbound.
        channel_data: ChannelData,
        /// Reserved, `{}` in practice.
        #[serde(default = "empty_object")]
        language: Value,
        /// When the sender sent it; the hub fills in its own clock when absent.
        timestamp: Option<Timestamp>,
        /// Reserved, `{}` in practice.
        #[serde(default = "empty_object")]
        security_info: Value,
        /// Reserved, `[]` in practice.
        #[serde(default = "empty_array")]
        stamps: Value,
        intent: Option<Intent>,
        /// Data that belongs to the intent.
        #[serde(default = "empty_object")]
        entities: Value,
        channel_session_id: Option<String>,
        conversation_id: Option<String>,
        /// The desk reads `_id` and `firstName` on every message sent by a connector.
        customer: Option<Customer>,
        /// The message replied to (`REPLY_TO`) or edited (`UPDATE`).
        original_message_id: Option<String>,
        /// The older name of `originalMessageId`: moved there by reading, never written.
        #[doc(hidden)]
        #[serde(skip_serializing)]
        reply_to_message_id: Option<String>,
        /// The provider's own id of the message, or of the message a receipt is about.
        provider_message_id: Option<String>,
        /// Campaign data; the desk reads `channelType` of it on third-party activities.
        scheduling_meta_data: Option<Members>,
        room_id: Option<String>,
        /// `{"isEncoded": true}` says that `markdownText` is base64. Passed through.
        #[serde(skip_serializing_if = "Option::is_none")]
        additional_data: Option<Value>,
        /// Older widgets read the conversation id from here.
        #[serde(skip_serializing_if = "Option::is_none")]
        channel_session: Option<Arc<ChannelSession>>,
    }
}

wire_struct! {
    /// Who sent a message or raised an event.
    pub struct Sender {
        /// Agent: the user's id. Customer: the customer's `_id`. Connector: a fixed id. Never blank inbound.
        id: String,
        #[serde(rename = "type")]
        kind: SenderType,
        /// Agents: the username.
        sender_name: Option<String>,
        /// Agents: `{firstName, lastName}`.
        additional_detail: Option<Value>,
    }

    /// The two ends of the channel a message travels on.
    pub struct ChannelData {
        /// The customer's side: phone number, page-scoped id, e-mail address, browser-given number.
        channel_customer_identifier: String,
        /// The business side; finds the channel.
        service_identifier: String,
        /// 0 lowest to 10 highest.
        request_priority: i64,
        customer_first_name: Option<String>,
        customer_last_name: Option<String>,
        /// Must be an array for the desk, each item with a string `type`.
        additional_attributes: Vec<Attribute>,
    }
}

wire_words! {
    /// What kind of participant sent a message.
    pub enum SenderType {
        Agent = "AGENT",
        Bot = "BOT",
        Customer = "CUSTOMER",
        App = "APP",
        Connector = "CONNECTOR",
        System = "SYSTEM",
    }

    /// What a message asks for beside showing its content.
    pub enum Intent {
        None = "NONE",
        ReplyTo = "REPLY_TO",
        Update = "UPDATE",
        StartChat = "START_CHAT",
        EndChat = "END_CHAT",
        CallLegStarted = "CALL_LEG_STARTED",
        CallLegEnded = "CALL_LEG_ENDED",
        AgentOutbound = "AGENT_OUTBOUND",
        StartVoice = "START_VOICE",
        EndVoice = "END_VOICE",
        NetworkDisconnect = "NETWORK_DISCONNECT",
        AssignResourceRequested = "ASSIGN_RESOURCE_REQUESTED",
        IvrAggregatedActivity = "IVR_AGGREGATED_ACTIVITY",
        StartConversation = "START_CONVERSATION",
        CallHold = "CALL_HOLD",
        CallResume = "CALL_RESUME",
    }
}

impl Header {
    /// A header with the reserved members in their usual shape and everything else absent.
    pub fn new(sender: Sender, channel_data: ChannelData) -> Self {
        Self {
            sender,
            channel_data,
            language: empty_object(),
            security_info: empty_object(),
            stamps: empty_array(),
            entities: empty_object(),
            ..Self::default()
        }
    }
}

impl Sender {
    /// A sender with a name and no further detail.
    pub fn new(kind: SenderType, id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), kind, sender_name: Some(name.into()), ..Self::default() }
    }

    /// The agent as shown to customers and other agents.
    pub fn agent(
        id: impl Into<String>,
        username: impl Into<String>,
        first_name: &str,
        last_name: &str,
    ) -> Self {
        let detail = json!({"firstName": first_name, "lastName": last_name});
        Self { additional_detail: Some(detail), ..Self::new(SenderType::Agent, id, username) }
    }
}

impl ChannelData {
    /// The value of the first additional attribute with this key.
    pub fn attribute(&self, key: &str) -> Option<&Value> {
        self.additional_attributes.iter().find(|attribute| attribute.key == key).map(|found| &found.value)
    }
}

impl Serialize for Header {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, sink)
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let mut header = Self::deserialize(source)?;
        let legacy = header.reply_to_message_id.take();
        header.original_message_id = header.original_message_id.or(legacy);
        Ok(header)
    }
}

fn empty_object() -> Value {
    json!({})
}

fn empty_array() -> Value {
    json!([])
}
