//! The event: what is stored of a conversation and what agents receive.
//!
//! Messages, suggestions and sessions inside events are typed; the data of other events stays JSON, with the
//! shapes in [`crate::event_data`]. The type of the data follows from `name`, wherever that stands.

use crate::{
    ActionMessage, ChannelSession, EventName, EventType, IsoTime, Members, Message, RoomInfo, Sender,
    SuggestionMessage, Timestamp,
    lenient::{self, Lenient},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;
use std::{borrow::Borrow, fmt, sync::Arc};

/// Something that happened in a conversation. Written with its time in epoch milliseconds; see [`PastEvent`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CimEvent {
    pub id: String,
    pub name: EventName,
    pub kind: EventType,
    pub timestamp: Option<Timestamp>,
    pub conversation_id: Option<String>,
    /// Absent on the desk's `RESET_AGENT_SLA`.
    pub event_emitter: Option<Sender>,
    pub channel_session: Option<Arc<ChannelSession>>,
    pub data: EventData,
    pub room_info: Option<RoomInfo>,
    /// Members this version does not know, kept as they came.
    pub extra: Members,
}
wire_object!(CimEvent);

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
pub enum EventData {
    Message(Box<Message>),
    Action(Box<ActionMessage>),
    Suggestion(Box<SuggestionMessage>),
    Session(Arc<ChannelSession>),
    /// Everything else; the desk wants it not to be `null`.
    Other(Value),
}

/// An event as history shows it, inside `topicData` and in REST answers: time written as
/// `2024-01-26T12:59:26.100+00:00`. Wraps an event or anything that lends one, to spare the copy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PastEvent<E = CimEvent>(pub E);

impl CimEvent {
    /// An event of the class its name belongs to; emitter, session and room are for the caller to add.
    pub fn new(id: impl Into<String>, name: EventName, at: Timestamp, data: impl Into<EventData>) -> Self {
        Self {
            id: id.into(),
            kind: name.event_type(),
            name,
            timestamp: Some(at),
            data: data.into(),
            ..Self::default()
        }
    }

    /// The message inside, if the event carries one.
    pub fn message(&self) -> Option<&Message> {
        if let EventData::Message(message) = &self.data { Some(message) } else { None }
    }

    fn write<S: Serializer>(&self, sink: S, timestamp: impl Serialize) -> Result<S::Ok, S::Error> {
        let mut members = sink.serialize_map(None)?;
        members.serialize_entry("id", &self.id)?;
        members.serialize_entry("name", &self.name)?;
        members.serialize_entry("type", &self.kind)?;
        members.serialize_entry("timestamp", &timestamp)?;
        members.serialize_entry("conversationId", &self.conversation_id)?;
        members.serialize_entry("eventEmitter", &self.event_emitter)?;
        members.serialize_entry("channelSession", &self.channel_session)?;
        members.serialize_entry("data", &self.data)?;
        members.serialize_entry("roomInfo", &self.room_info)?;
        for (key, value) in &self.extra {
            members.serialize_entry(key, value)?;
        }
        members.end()
    }
}

impl EventData {
    /// The data of an event named `name`. Names that must carry a message refuse anything else; names that may
    /// carry one keep other data as it is.
    fn typed<E: Error>(name: &EventName, data: Value) -> Result<Self, E> {
        match Shape::of(name) {
            Shape::Message => lenient::typed("data", &data).map(Self::Message),
            Shape::Action => lenient::typed("data", &data).map(Self::Action),
            Shape::Suggestion => lenient::typed("data", &data).map(Self::Suggestion),
            Shape::Session => lenient::typed("data", &data).map(Self::Session),
            Shape::PerhapsMessage if data.get("header").is_some() && data.get("body").is_some() => {
                lenient::typed("data", &data).map(Self::Message)
            }
            Shape::PerhapsMessage | Shape::Other => Ok(Self::Other(data)),
        }
    }
}

/// What the data of an event looks like.
#[derive(Clone, Copy)]
enum Shape {
    Message,
    PerhapsMessage,
    Action,
    Suggestion,
    Session,
    Other,
}

impl Shape {
    fn of(name: &EventName) -> Self {
        match name {
            EventName::CustomerMessage
            | EventName::AgentMessage
            | EventName::BotMessage
            | EventName::WhisperMessage
            | EventName::MessageDeliveryNotification
            | EventName::TypingIndicator => Self::Message,
            EventName::ThirdPartyActivity
            | EventName::WrapupApplied
            | EventName::AssignResourceRequested
            | EventName::CallLegStarted
            | EventName::CallLegEnded
            | EventName::CallHold
            | EventName::CallResume
            | EventName::VoiceActivity
            | EventName::IvrAggregatedActivity
            | EventName::CiscoVoiceEvent => Self::PerhapsMessage,
            EventName::ActionMessage => Self::Action,
            EventName::BotSuggestion => Self::Suggestion,
            EventName::ChannelSessionStarted
            | EventName::ChannelSessionEnded
            | EventName::ChannelSessionExpired
            | EventName::ChannelSessionDataUpdated => Self::Session,
            _ => Self::Other,
        }
    }
}

impl Default for EventData {
    fn default() -> Self {
        Self::Other(Value::Null)
    }
}

impl From<Message> for EventData {
    fn from(message: Message) -> Self {
        Self::Message(Box::new(message))
    }
}

impl From<ActionMessage> for EventData {
    fn from(action: ActionMessage) -> Self {
        Self::Action(Box::new(action))
    }
}

impl From<SuggestionMessage> for EventData {
    fn from(suggestion: SuggestionMessage) -> Self {
        Self::Suggestion(Box::new(suggestion))
    }
}

impl From<Arc<ChannelSession>> for EventData {
    fn from(session: Arc<ChannelSession>) -> Self {
        Self::Session(session)
    }
}

impl From<Value> for EventData {
    fn from(value: Value) -> Self {
        Self::Other(value)
    }
}

impl Serialize for EventData {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Message(message) => Serialize::serialize(message, sink),
            Self::Action(action) => action.serialize(sink),
            Self::Suggestion(suggestion) => suggestion.serialize(sink),
            Self::Session(session) => session.serialize(sink),
            Self::Other(value) => value.serialize(sink),
        }
    }
}

impl Serialize for CimEvent {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        self.write(sink, self.timestamp)
    }
}

impl<E: Borrow<CimEvent>> Serialize for PastEvent<E> {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        let event = self.0.borrow();
        event.write(sink, event.timestamp.map(IsoTime))
    }
}

impl<'de> Deserialize<'de> for PastEvent {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        CimEvent::deserialize(source).map(Self)
    }
}

impl<'de> Deserialize<'de> for CimEvent {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(EventVisitor)
    }
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = CimEvent;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<CimEvent, A::Error> {
        let mut event = CimEvent::default();
        // Data that stands before the name waits for it.
        let mut waiting: Option<Value> = None;
        while let Some(key) = source.next_key::<String>()? {
            match key.as_str() {
                "id" => event.id = member(&mut source)?,
                "name" => event.name = member(&mut source)?,
                "type" => event.kind = member(&mut source)?,
                "timestamp" => event.timestamp = member(&mut source)?,
                "conversationId" => event.conversation_id = member(&mut source)?,
                "eventEmitter" => event.event_emitter = member(&mut source)?,
                "channelSession" => event.channel_session = member(&mut source)?,
                "roomInfo" => event.room_info = member(&mut source)?,
                "data" if matches!(Shape::of(&event.name), Shape::Message) => {
                    event.data = EventData::Message(source.next_value()?);
                }
                "data" if matches!(Shape::of(&event.name), Shape::Session) => {
                    event.data = EventData::Session(source.next_value()?);
                }
                "data" => waiting = Some(source.next_value()?),
                _ => {
                    event.extra.insert(key, source.next_value()?);
                }
            }
        }
        if let Some(data) = waiting {
            event.data = EventData::typed(&event.name, data)?;
        }
        if matches!((Shape::of(&event.name), &event.data), (Shape::Message, EventData::Other(_))) {
            return Err(A::Error::missing_field("data"));
        }
        Ok(event)
    }
}

fn member<'de, A: MapAccess<'de>, T: Lenient<'de>>(source: &mut A) -> Result<T, A::Error> {
    struct Read<T>(std::marker::PhantomData<T>);
    impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for Read<T> {
        type Value = T;
        fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<T, D::Error> {
            T::read(source)
        }
    }
    source.next_value_seed(Read(std::marker::PhantomData))
}
