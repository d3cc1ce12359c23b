//! The message and its two siblings: a bot's action and a bot's suggestions to an agent.
//!
//! Reading refuses only what cannot be understood; [`Message::check_inbound`] then asks for the required members.

use crate::{Body, ChannelData, Header, Invalid, Members, Sender, check};
use serde::{Deserialize, Serialize};

/// One message as connectors, widgets, agents and bots exchange it. Without a body it is refused.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Message {
    /// The sender's id, kept on every echo; the hub gives one when absent. Repeats happen.
    #[serde(default, deserialize_with = "crate::lenient::read", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::read")]
    pub header: Header,
    pub body: Body,
    /// Members this version does not know, kept as they came.
    #[serde(flatten)]
    pub extra: Members,
}
wire_object!(Message);

wire_struct! {
    /// A bot's action as an event: the data of `ACTION_MESSAGE`.
    pub struct ActionMessage {
        id: Option<String>,
        header: Header,
        name: String,
        data: serde_json::Value,
    }

    /// A bot's proposals to an agent: the data of `BOT_SUGGESTION`.
    pub struct SuggestionMessage {
        id: Option<String>,
        header: Header,
        suggestions: Vec<Suggestion>,
        /// The customer message answered; the desk ignores suggestions whose message id it does not know.
        requested_message: Option<Box<Message>>,
    }

    /// One proposed answer.
    pub struct Suggestion {
        #[serde(skip_serializing_if = "Body::is_absent")]
        message_body: Body,
        /// 0 to 1.
        confidence_level: Option<serde_json::Number>,
    }
}

impl Message {
    /// A text with an empty header, for the caller to fill.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::of(Body::plain(text))
    }

    /// Any content with an empty header, for the caller to fill.
    pub fn of(body: Body) -> Self {
        Self { header: Header::new(Sender::default(), ChannelData::default()), body, ..Self::default() }
    }

    /// Asks for what a connector, widget or agent must send: both channel identifiers, a sender with a type,
    /// and the required members of the body. A required member is asked for only where its parent is present.
    ///
    /// # Errors
    /// The first member that is missing or blank.
    pub fn check_inbound(&self) -> Result<(), Invalid> {
        check::channel(&self.header.channel_data)?;
        check::sender(&self.header.sender)?;
        self.check_body()
    }

    /// Asks for the required members of the body alone, where the header is for the hub to complete.
    ///
    /// # Errors
    /// The first member that is missing or blank.
    pub fn check_body(&self) -> Result<(), Invalid> {
        check::body(&self.body)
    }

    /// Asks for what a third-party activity must carry: a sender, a body, and one way to find the conversation
    /// (`header.customer`, `header.channelSessionId` or `header.conversationId`). Channel data may be blank.
    ///
    /// # Errors
    /// The first member that is missing or blank.
    pub fn check_activity(&self) -> Result<(), Invalid> {
        check::sender(&self.header.sender)?;
        check::conversation(&self.header)?;
        check::body(&self.body)
    }
}
