//! What an agent publishes into a conversation, from the event his desk made of it.
//!
//! Promises: the sender is the agent of the desk, whatever the event says; a receipt is only kept for a
//! customer's message of this conversation, or another agent's whisper.

use aws_lc_rs::digest::{self, SHA256};
use tieline_cim::notice::DeliveryStatus;
use tieline_cim::{Body, ChannelData, CimEvent, EventData, EventName, Invalid, Message, Sender, Timestamp};
use tieline_core::command::{Publication, Published};
use tieline_core::event::{Emitter, Fact, MessageClass, Payload};
use tieline_core::facts::RequestKey;
use tieline_core::id::{ConversationId, SessionId, UserId};
use tieline_core::registry::User;

use super::incoming::Refused;
use super::line::Line;
use crate::rest::mint::new_id;
use crate::rest::{changes_another, check_text};

/// Characters of an id a client may give a message.
const MESSAGE_ID_CHARS_MAX: usize = 200;

/// The publication an event asks for; `None` when there is nothing to do.
pub async fn of(
    line: &Line,
    conversation: ConversationId,
    event: CimEvent,
) -> Result<Option<Publication>, Refused> {
    let session = event.channel_session.as_ref().map(|session| session.id.clone());
    let EventData::Message(message) = event.data else {
        return Err(format!("{} is not available yet", event.name).into());
    };
    let registry = line.app.registry();
    let user = registry.user(line.agent).ok_or("your account no longer exists")?;
    let draft = Draft::new(line, &user.value, *message, session)?;
    let agent = line.agent;
    let request = draft.request_key(agent);
    let content = match event.name {
        EventName::AgentMessage | EventName::WrapupApplied => draft.message()?,
        EventName::WhisperMessage => draft.whisper()?,
        EventName::TypingIndicator => draft.typing()?,
        EventName::MessageDeliveryNotification => {
            let message = read_by_agent(&draft)?;
            match class_of(line, conversation, &message).await? {
                Some(MessageClass::Customer) => Published::Read { message },
                Some(MessageClass::Whisper) => Published::WhisperRead { message },
                _ => return Ok(None),
            }
        }
        other => return Err(format!("{other} is not available yet").into()),
    };
    Ok(Some(Publication { agent, conversation, request, content }))
}

/// An agent's message on its way in.
struct Draft {
    id: Box<str>,
    session: Option<SessionId>,
    message: Message,
}

impl Draft {
    fn new(line: &Line, user: &User, mut message: Message, session: Option<String>) -> Result<Self, Refused> {
        let now = line.app.now();
        let id = match message.id.take().filter(|id| !id.trim().is_empty()) {
            Some(id) if id.chars().count() > MESSAGE_ID_CHARS_MAX => {
                return Err(format!("cimEvent.data.id: at most {MESSAGE_ID_CHARS_MAX} characters").into());
            }
            Some(id) => id,
            None => new_id(now).to_string(),
        };
        let header = &mut message.header;
        let session = header.channel_session_id.take().filter(|id| !id.is_empty()).or(session);
        let session = session.map(|id| id.parse()).transpose();
        let session = session.map_err(|err| format!("cimEvent.data.header.channelSessionId: {err}"))?;
        header.sender = Sender::agent(user.id.to_string(), &user.username, &user.first_name, &user.last_name);
        header.timestamp.get_or_insert(Timestamp::from_ms(now.millis()));
        // The hub knows these better, and fills them in for everybody who is shown the message.
        header.channel_data = ChannelData::default();
        header.customer = None;
        header.channel_session = None;
        message.id = Some(id.clone());
        Ok(Self { id: id.into(), session, message })
    }

    /// Stands for the request: a desk that sends the same message again is not heard twice.
    fn request_key(&self, agent: UserId) -> RequestKey {
        let mut digest = digest::Context::new(&SHA256);
        digest.update(b"desk");
        digest.update(&tieline_core::id::Id::from(agent).0);
        digest.update(self.id.as_bytes());
        let mut key = RequestKey::default();
        let length = key.len();
        key.copy_from_slice(&digest.finish().as_ref()[..length]);
        key
    }

    fn message(self) -> Result<Published, Refused> {
        self.check()?;
        let payload = self.payload()?;
        Ok(match &self.message.body {
            Body::Wrapup(note) => {
                let codes = note.values().map(|(category, value)| (category.into(), value.into())).collect();
                Published::WrapUp { id: self.id, codes, payload }
            }
            _ => {
                let edits = changes_another(&self.message).map_err(of_event)?;
                Published::Message { id: self.id, session: self.session, edits, payload }
            }
        })
    }

    fn whisper(self) -> Result<Published, Refused> {
        self.check()?;
        let payload = self.payload()?;
        Ok(Published::Whisper { id: self.id, payload })
    }

    fn typing(self) -> Result<Published, Refused> {
        match self.message.body {
            Body::Notification(_) => Ok(Published::Typing { payload: self.payload()? }),
            _ => Err("cimEvent.data.body: a TYPING_INDICATOR needs a NOTIFICATION".into()),
        }
    }

    /// What must be there in the body; the header is the hub's to complete.
    fn check(&self) -> Result<(), Refused> {
        self.message.check_body().and_then(|()| check_text(&self.message.body)).map_err(of_event)
    }

    fn payload(&self) -> Result<Payload, Refused> {
        serde_json::to_string(&self.message)
            .ok()
            .and_then(Payload::parse)
            .ok_or_else(|| "the message cannot be kept".into())
    }
}

/// What is wrong with the message of an event.
fn of_event(invalid: Invalid) -> Refused {
    format!("cimEvent.data.{invalid}").into()
}

fn read_by_agent(draft: &Draft) -> Result<Box<str>, Refused> {
    let Body::Delivery(delivery) = &draft.message.body else {
        return Err("cimEvent.data.body: a receipt needs a DELIVERYNOTIFICATION".into());
    };
    if delivery.status != Some(DeliveryStatus::Read) {
        return Err("cimEvent.data.body.status: agents report READ only".into());
    }
    let message = delivery.message_id.as_deref().filter(|id| !id.is_empty());
    Ok(message.ok_or("cimEvent.data.body.messageId: is missing")?.into())
}

/// What a message of this conversation is that somebody else sent. Desks report every message as read.
async fn class_of(
    line: &Line,
    conversation: ConversationId,
    message: &str,
) -> Result<Option<MessageClass>, Refused> {
    let store = &line.app.store;
    let unreadable = |_| "the receipt cannot be checked now".to_owned();
    let found = store.messages(message).await.map_err(unreadable)?;
    let Some(read) = found.iter().rev().find(|found| found.conversation == conversation) else {
        return Ok(None);
    };
    let event = store.event(read.seq).await.map_err(unreadable)?;
    Ok(event.filter(|event| event.emitter != Emitter::Agent(line.agent)).and_then(|event| {
        match &event.fact {
            Fact::Message(message) => Some(message.class),
            _ => None,
        }
    }))
}
