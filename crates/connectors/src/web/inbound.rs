//! From a page to the hub.
//!
//! A page sends little headers and its own idea of who it is; the message for the hub is built here. Who the customer
//! is, is what the socket connected with, whatever stands in the payload.

use serde_json::{Value, json};
use tieline_cim::channel::ValueType;
use tieline_cim::widget::{ChatRequest, WidgetCustomer, WidgetMessage};
use tieline_cim::{
    Attribute, Body, ChannelData, Header, Intent, Invalid, Message, Sender, SenderType, Timestamp,
    parse_inbound,
};

use super::{IDENTIFIER_CHARS_MAX, TEXT_CHARS_MAX};
use crate::contract::Accepted;

/// The sender every client knows as the web's connector.
const WEB_SENDER: (&str, &str) = ("460df46c-adf9-11ed-afa1-0242ac120002", "WEB_CONNECTOR");
const WEB_CHANNEL_DATA: &str = "WebChannelData";
/// The attribute of a session that says which browser it belongs to. A keyed hash: it tells nobody anything else.
pub const BROWSER: &str = "tielineBrowser";

/// Both ends of a chat, as a socket's `auth` names them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    pub service: String,
    pub customer: String,
}

impl Identity {
    /// Reads a socket's `auth`.
    ///
    /// # Errors
    /// What is missing or too long.
    pub fn of_auth(auth: &Value) -> Result<Self, Invalid> {
        let member = |name: &str| {
            let text = match auth.get(name) {
                Some(Value::String(text)) => text.trim().to_owned(),
                // Pages that identify by phone number may send a number.
                Some(Value::Number(number)) => number.to_string(),
                _ => String::new(),
            };
            match text.chars().count() {
                0 => Err(Invalid::at(name, "is missing")),
                chars if chars > IDENTIFIER_CHARS_MAX => Err(Invalid::at(name, "is too long")),
                _ => Ok(text),
            }
        };
        Ok(Self { service: member("serviceIdentifier")?, customer: member("channelCustomerIdentifier")? })
    }

    /// The two ends a delivered message travels between.
    #[must_use]
    pub fn of(data: &ChannelData) -> Self {
        Self {
            service: data.service_identifier.trim().to_owned(),
            customer: data.channel_customer_identifier.trim().to_owned(),
        }
    }

    fn is_named(&self, service: &str, customer: &str) -> Result<(), Invalid> {
        let same = |named: &str, own: &str| named.trim().is_empty() || named.trim() == own;
        if !same(service, &self.service) {
            return Err(Invalid::at("serviceIdentifier", "is not the one the socket connected with"));
        }
        if !same(customer, &self.customer) {
            return Err(Invalid::at("channelCustomerIdentifier", "is not the one the socket connected with"));
        }
        Ok(())
    }
}

/// `CHAT_REQUESTED`: a chat begins, with what was filled in before it.
///
/// # Errors
/// When the request cannot be read or names somebody else.
pub fn start(from: &Identity, sent: &Value, browser: &str) -> Result<Message, Invalid> {
    let request: ChatRequest = read(sent)?;
    from.is_named(&request.service_identifier, &request.channel_customer_identifier)?;
    let data = channel_data(from, request.into_channel_data().additional_attributes);
    let mut message = intent(data, Intent::StartChat);
    begun_by(&mut message, browser);
    Ok(message)
}

/// `MESSAGE_RECEIVED`: a text, a file or a receipt. What comes with a whole header keeps it, but for who is speaking.
///
/// # Errors
/// When the message cannot be read, has no body, is too long or names somebody else.
pub fn said(from: &Identity, sent: &Value) -> Result<Message, Invalid> {
    let whole = sent.get("header").is_some_and(|header| header.get("channelData").is_some());
    let mut message = if whole {
        let mut message: Message = read(sent)?;
        let data = &message.header.channel_data;
        from.is_named(&data.service_identifier, &data.channel_customer_identifier)?;
        let attributes = std::mem::take(&mut message.header.channel_data.additional_attributes);
        message.header.channel_data = channel_data(from, attributes);
        message
    } else {
        let said: WidgetMessage = read(sent)?;
        let customer = said.customer.unwrap_or_default();
        from.is_named(&customer.service_identifier, &customer.channel_customer_identifier)?;
        let mut header = Header::new(Sender::default(), channel_data(from, web_channel_data(&customer)));
        header.original_message_id = said.header.replies_to().map(str::to_owned);
        header.intent = said.header.intent;
        Message { id: said.id, header, body: said.body, ..Message::default() }
    };
    if message.body.is_absent() {
        return Err(Invalid::at("body.type", "is missing"));
    }
    if message.body.markdown_text().is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
        return Err(Invalid::at("body.markdownText", format!("has more than {TEXT_CHARS_MAX} characters")));
    }
    message.header.sender = sender();
    Ok(message)
}

/// Marks the message a session begins with, so that its browser is known after a restart.
pub fn begun_by(message: &mut Message, browser: &str) {
    let attributes = &mut message.header.channel_data.additional_attributes;
    attributes.push(Attribute::new(BROWSER, ValueType::String100, browser));
}

/// `CHAT_ENDED`: the customer has closed the chat.
#[must_use]
pub fn end(from: &Identity) -> Message {
    intent(channel_data(from, Vec::new()), Intent::EndChat)
}

/// The customer's line was lost and he did not come back in time.
#[must_use]
pub fn lost(from: &Identity) -> Message {
    intent(channel_data(from, Vec::new()), Intent::NetworkDisconnect)
}

/// What pages are shown of a message of theirs once it is accepted: they paint no message by themselves.
#[must_use]
pub fn echo(said: &Message, accepted: &Accepted, now_ms: i64) -> Message {
    let mut shown = said.clone();
    let data = &said.header.channel_data;
    let names: Vec<&str> = [&data.customer_first_name, &data.customer_last_name]
        .into_iter()
        .filter_map(|name| name.as_deref())
        .collect();
    let name = if names.is_empty() { data.channel_customer_identifier.clone() } else { names.join(" ") };
    let id = accepted.customer.as_ref().map_or_else(String::new, |customer| customer.id.clone());
    shown.header.sender = Sender::new(SenderType::Customer, id, name);
    shown.header.timestamp = Some(Timestamp::from_ms(now_ms));
    shown.header.customer = accepted.customer.clone();
    shown.header.conversation_id = accepted.conversation_id.clone();
    shown.header.channel_session_id = accepted.channel_session_id.clone();
    shown
}

fn read<T: serde::de::DeserializeOwned>(sent: &Value) -> Result<T, Invalid> {
    if !sent.is_object() {
        return Err(Invalid::at("", "is no object"));
    }
    parse_inbound(sent.to_string().as_bytes())
}

fn sender() -> Sender {
    Sender::new(SenderType::Connector, WEB_SENDER.0, WEB_SENDER.1)
}

fn intent(data: ChannelData, intent: Intent) -> Message {
    let mut message = Message::of(Body::plain(""));
    message.header = Header::new(sender(), data);
    message.header.intent = Some(intent);
    message
}

fn channel_data(from: &Identity, mut attributes: Vec<Attribute>) -> ChannelData {
    // Which browser a session belongs to is ours to say.
    attributes.retain(|attribute| attribute.key != BROWSER);
    let (first, last) = names(&attributes);
    ChannelData {
        channel_customer_identifier: from.customer.clone(),
        service_identifier: from.service.clone(),
        customer_first_name: first,
        customer_last_name: last,
        additional_attributes: attributes,
        ..ChannelData::default()
    }
}

fn web_channel_data(customer: &WidgetCustomer) -> Vec<Attribute> {
    let value = json!({
        "browserDeviceInfo": customer.browser_device_info,
        "queue": customer.queue,
        "locale": customer.locale,
        "formData": customer.form_data,
    });
    vec![Attribute::new(WEB_CHANNEL_DATA, ValueType::WebChannelData, value)]
}

/// The names a customer gave in the form.
fn names(attributes: &[Attribute]) -> (Option<String>, Option<String>) {
    let web = attributes.iter().find(|attribute| attribute.key == WEB_CHANNEL_DATA);
    let form = web.and_then(|web| web.value.get("formData")?.get("attributes")?.as_array());
    let answer = |keys: [&str; 2]| {
        let found = form?.iter().find(|one| one["key"].as_str().is_some_and(|key| keys.contains(&key)))?;
        let text: String = found["value"].as_str()?.trim().chars().take(IDENTIFIER_CHARS_MAX).collect();
        (!text.is_empty()).then_some(text)
    };
    (answer(["first_name", "firstName"]), answer(["last_name", "lastName"]))
}
