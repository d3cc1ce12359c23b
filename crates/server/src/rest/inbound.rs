//! A posted message, read and bounded, as the command it stands for.
//!
//! The bytes as they came are what is kept; only a message without an id is written anew, with the id it was given.

use aws_lc_rs::digest::{Context, SHA256};
use axum::http::HeaderMap;
use serde_json::{Map, Value};
use tieline_cim::form::FormData;
use tieline_cim::{
    Body, ChannelData, DeliveryStatus, Intent, Invalid, Message, NotificationType, SenderType, canonical,
    parse_inbound,
};
use tieline_core::command::{
    Activity, ActivityTarget, Caller, Contact, Content, Inbound, Proactive, SenderClass,
};
use tieline_core::conversation::Address;
use tieline_core::event::{Payload, ReceiptStatus};
use tieline_core::facts::RequestKey;
use tieline_core::id::{Id, UserId};
use tieline_core::time::At;

use super::mint::new_id;
use crate::problem::ApiError;

pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
const IDENTIFIER_CHARS_MAX: usize = 255;
const ATTRIBUTES_MAX: usize = 100;
/// Highest priority a caller may ask for.
const PRIORITY_MAX: i64 = 10;
/// Values a web form may add to a conversation.
const FORM_VALUES_MAX: usize = 100;
/// The attribute that names the agent who writes first.
const AGENT_ID: &str = "agentId";
const WEB_CHANNEL_DATA: &str = "WebChannelData";

/// Makes a posted message out of what came over HTTP.
pub struct Posted<'a> {
    pub caller: Caller,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub now: At,
}

impl Posted<'_> {
    /// `/message/receive`
    pub fn inbound(self) -> Result<Inbound, ApiError> {
        let mut message: Message = parse_inbound(self.body)?;
        message.check_inbound()?;
        check_bounds(&message)?;
        let request = self.request("receive")?;
        let (message_id, payload) = self.identified(&mut message)?;
        let content = content(&message, payload)?;
        let header = message.header;
        let (data, names) = form_data(&header.channel_data);
        Ok(Inbound {
            request,
            message_id,
            channel_type: channel_type(&header.channel_data),
            address: address(header.channel_data, names),
            sender: match header.sender.kind {
                SenderType::Bot => SenderClass::Bot,
                SenderType::Agent => SenderClass::Agent,
                _ => SenderClass::Customer,
            },
            intent: header
                .intent
                .filter(|intent| *intent != Intent::None)
                .map(|intent| intent.as_str().into()),
            content,
            data,
            caller: self.caller,
        })
    }

    /// `/message/receive` with the intent `AGENT_OUTBOUND`, by the agent himself.
    pub fn contact(self, agent: UserId) -> Result<Contact, ApiError> {
        let mut message: Message = parse_inbound(self.body)?;
        message.check_inbound()?;
        check_bounds(&message)?;
        let request = self.request("contact")?;
        let (message_id, payload) = self.identified(&mut message)?;
        let payload = match content(&message, payload)? {
            Content::Message { blank: true, .. } => None,
            Content::Message { payload, .. } => Some(payload),
            Content::Receipt { .. } | Content::Typing { .. } => {
                return Err(Invalid::at("body", "must be a message, or PLAIN without text").into());
            }
        };
        let customer = message.header.customer.as_ref().map(|customer| customer.id.as_str());
        let data = message.header.channel_data;
        let named = data.attribute(AGENT_ID).and_then(Value::as_str).filter(|id| !id.is_empty());
        if named.is_some_and(|named| named.parse() != Ok(agent)) {
            return Err(ApiError::forbidden("agentId: everybody writes in his own name only"));
        }
        Ok(Contact {
            request,
            message_id,
            channel_type: channel_type(&data),
            customer: id("header.customer._id", customer)?.map(Into::into),
            address: address(data, (None, None)),
            agent,
            payload,
        })
    }

    /// `/message/send`
    pub fn proactive(self, sender: UserId) -> Result<Proactive, ApiError> {
        let mut message: Message = parse_inbound(self.body)?;
        message.check_inbound()?;
        check_bounds(&message)?;
        let edits = changes_another(&message)?;
        let request = self.request("send")?;
        let (message_id, payload) = self.identified(&mut message)?;
        let customer = message.header.customer.as_ref().map(|customer| customer.id.as_str());
        let data = message.header.channel_data;
        Ok(Proactive {
            request,
            message_id,
            channel_type: channel_type(&data),
            customer: id("header.customer._id", customer)?.map(Into::into),
            address: address(data, (None, None)),
            sender,
            edits,
            payload,
        })
    }

    /// `/activities`
    pub fn activity(self) -> Result<Activity, ApiError> {
        let mut message: Message = parse_inbound(self.body)?;
        message.check_activity()?;
        check_text(&message.body)?;
        let request = self.request("activity")?;
        let (message_id, payload) = self.identified(&mut message)?;
        let header = &message.header;
        let conversation = id("header.conversationId", header.conversation_id.as_deref())?;
        let session = id("header.channelSessionId", header.channel_session_id.as_deref())?;
        let customer = header.customer.as_ref().map(|customer| customer.id.as_str());
        let target = match (conversation, session) {
            (Some(conversation), _) => ActivityTarget::Conversation(conversation.into()),
            (None, Some(session)) => ActivityTarget::Session(session.into()),
            (None, None) => {
                let customer = id("header.customer._id", customer)?;
                let nowhere = || Invalid::at("header.conversationId", "says no conversation");
                ActivityTarget::Customer(customer.ok_or_else(nowhere)?.into())
            }
        };
        Ok(Activity { request, target, message_id, payload })
    }

    /// What a repetition of this request is known by: its key, else all it says.
    fn request(&self, operation: &str) -> Result<RequestKey, ApiError> {
        let mut hash = Context::new(&SHA256);
        hash.update(operation.as_bytes());
        hash.update(b"\0");
        match &self.caller {
            Caller::Connector(connector) => hash.update(&Id::from(*connector).0),
            Caller::User(user) => hash.update(&Id::from(*user).0),
            Caller::Open(connectors) => connectors.iter().for_each(|one| hash.update(&Id::from(*one).0)),
        }
        match self.headers.get(IDEMPOTENCY_KEY) {
            Some(key) if key.len() > IDENTIFIER_CHARS_MAX || key.is_empty() => {
                let what = format!("the Idempotency-Key has {} characters", key.len());
                let hint = format!("Send 1 to {IDENTIFIER_CHARS_MAX} characters, such as a UUID.");
                return Err(ApiError::bad_request("Idempotency-Key", what, hint));
            }
            Some(key) => {
                hash.update(b"\0key\0");
                hash.update(key.as_bytes());
            }
            None => {
                let whole: Value = tieline_cim::parse(self.body)?;
                hash.update(b"\0body\0");
                hash.update(&canonical(&whole));
            }
        }
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finish().as_ref()[..16]);
        Ok(key)
    }

    /// The message's id, given when it has none, and its JSON.
    fn identified(&self, message: &mut Message) -> Result<(Box<str>, Payload), ApiError> {
        let json = match message.id.as_deref().filter(|id| !id.trim().is_empty()) {
            Some(_) => std::str::from_utf8(self.body).map_err(ApiError::internal)?.to_owned(),
            None => {
                message.id = Some(new_id(self.now).to_string());
                serde_json::to_string(message).map_err(ApiError::internal)?
            }
        };
        let id = message.id.clone().unwrap_or_default().into();
        let payload =
            Payload::parse(json).ok_or_else(|| ApiError::internal("a message read as JSON is none"))?;
        Ok((id, payload))
    }
}

fn check_bounds(message: &Message) -> Result<(), Invalid> {
    let data = &message.header.channel_data;
    for (path, text) in [
        ("id", message.id.as_deref().unwrap_or_default()),
        ("header.channelData.channelCustomerIdentifier", &data.channel_customer_identifier),
        ("header.channelData.serviceIdentifier", &data.service_identifier),
        ("header.channelData.customerFirstName", data.customer_first_name.as_deref().unwrap_or_default()),
        ("header.channelData.customerLastName", data.customer_last_name.as_deref().unwrap_or_default()),
        ("header.sender.id", &message.header.sender.id),
    ] {
        // Bytes are counted first: they are at hand, and hardly ever too many.
        if text.len() > IDENTIFIER_CHARS_MAX && text.chars().count() > IDENTIFIER_CHARS_MAX {
            return Err(Invalid::at(path, format!("has more than {IDENTIFIER_CHARS_MAX} characters")));
        }
    }
    if data.additional_attributes.len() > ATTRIBUTES_MAX {
        let reason = format!("has more than {ATTRIBUTES_MAX} items");
        return Err(Invalid::at("header.channelData.additionalAttributes", reason));
    }
    check_text(&message.body)
}

/// Whether an agent's message changes one that was sent before, which it has to name.
pub fn changes_another(message: &Message) -> Result<bool, Invalid> {
    if message.header.intent != Some(Intent::Update) {
        return Ok(false);
    }
    match message.header.original_message_id.as_deref() {
        Some(id) if !id.trim().is_empty() => Ok(true),
        _ => Err(Invalid::at("header.originalMessageId", "is missing; name the message to change")),
    }
}

/// The bound of what a message says, whoever says it.
pub fn check_text(body: &Body) -> Result<(), Invalid> {
    match body.markdown_text() {
        Some(text) if text.len() > TEXT_BYTES_MAX => Err(Invalid::at(
            "body.markdownText",
            format!(
                "has {} bytes, and {TEXT_BYTES_MAX} are allowed; send longer texts as a file",
                text.len()
            ),
        )),
        _ => Ok(()),
    }
}

fn content(message: &Message, payload: Payload) -> Result<Content, Invalid> {
    match &message.body {
        Body::Delivery(receipt) => {
            let status = match &receipt.status {
                Some(DeliveryStatus::Delivered) => ReceiptStatus::Delivered,
                Some(DeliveryStatus::Read) => ReceiptStatus::Read,
                Some(DeliveryStatus::Connected) => ReceiptStatus::Connected,
                Some(DeliveryStatus::Failed) => ReceiptStatus::Failed,
                Some(DeliveryStatus::Other(_)) | None => {
                    return Err(Invalid::at("body.status", "must be DELIVERED, READ, CONNECTED or FAILED"));
                }
            };
            let reported = receipt.message_id.as_deref().filter(|id| !id.trim().is_empty());
            let reported = reported.ok_or_else(|| Invalid::at("body.messageId", "is missing"))?;
            Ok(Content::Receipt {
                message: reported.into(),
                status,
                reason: receipt.reason_code.as_deref().map(Into::into),
            })
        }
        Body::Notification(notice)
            if matches!(
                notice.notification_type,
                Some(NotificationType::TypingStarted | NotificationType::TypingStopped)
            ) =>
        {
            Ok(Content::Typing { payload })
        }
        Body::Plain(plain) => {
            let blank = plain.markdown_text.as_deref().is_none_or(|text| text.trim().is_empty());
            Ok(Content::Message { payload, blank })
        }
        _ => Ok(Content::Message { payload, blank: false }),
    }
}

/// Older callers name the channel type in every message.
fn channel_type(data: &ChannelData) -> Option<Box<str>> {
    let code = data.extra.get("channelTypeCode")?.as_str()?.trim();
    (!code.is_empty()).then(|| code.into())
}

type Names = (Option<Box<str>>, Option<Box<str>>);

fn address(data: ChannelData, (form_first, form_last): Names) -> Address {
    let name = |sent: Option<String>| sent.filter(|name| !name.trim().is_empty()).map(Into::into);
    let attributes =
        data.additional_attributes.iter().filter_map(|one| serde_json::to_value(one).ok()).collect();
    Address {
        customer: data.channel_customer_identifier.trim().into(),
        service: data.service_identifier.trim().into(),
        first_name: name(data.customer_first_name).or(form_first),
        last_name: name(data.customer_last_name).or(form_last),
        priority: data.request_priority.clamp(0, PRIORITY_MAX) as u8,
        attributes,
    }
}

/// What a visitor entered before the chat: pairs for the conversation, and his names.
fn form_data(data: &ChannelData) -> (Map<String, Value>, Names) {
    let form =
        data.attribute(WEB_CHANNEL_DATA).and_then(|web| web.get("formData")).filter(|form| form.is_object());
    // What is no form is kept with the message and adds nothing to the conversation.
    let Some(form) = form.and_then(|form| serde_json::from_value::<FormData>(form.clone()).ok()) else {
        return (Map::new(), (None, None));
    };
    let names = (
        form.answer(&["first_name", "firstName"]).map(Into::into),
        form.answer(&["last_name", "lastName"]).map(Into::into),
    );
    let pairs = form.attributes.into_iter().filter(|pair| !pair.key.trim().is_empty());
    (pairs.take(FORM_VALUES_MAX).map(|pair| (pair.key, pair.value)).collect(), names)
}

fn id(path: &str, sent: Option<&str>) -> Result<Option<Id>, Invalid> {
    match sent.map(str::trim).filter(|id| !id.is_empty()) {
        None => Ok(None),
        Some(text) => {
            let wrong = |not_an_id| Invalid::at(path, format!("{text:?} is no id: {not_an_id}"));
            text.parse().map(Some).map_err(wrong)
        }
    }
}
