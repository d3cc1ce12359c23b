//! The content of a message, told apart by `type`, which may stand anywhere in the object.
//!
//! Known types become typed structs; any other type is kept whole as [`Generic`]. A plain text, the common
//! case, is read in one pass; structured types are buffered first, put into one spelling and
//! then typed. An object without a `type` is refused.

use crate::{
    Members,
    content::{
        ActionBody, Button, Buttons, Carousel, Comment, Contacts, Custom, LocationBody, Media, Plain,
        Sticker, Structured, Url, Voice, Wrapup,
    },
    invalid::Invalid,
    lenient::{self, Lenient},
    notice::{Deleted, Delivery, DeliveryStatus, Notification, NotificationType},
    template::{Email, Receipt, Template},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::{Value, json};
use std::fmt;

macro_rules! bodies {
    ($($(#[$meta:meta])* $kind:ident($content:ty) = $word:literal,)*) => {
        /// The content of a message.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $($(#[$meta])* $kind($content),)*
            /// A type outside the list, with every member as it came.
            Generic(Generic),
        }

        /// The type of a body, without its content.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum BodyKind {
            $($(#[$meta])* $kind,)*
            /// A type outside the list.
            Generic,
        }

        impl Body {
            /// The type without the content.
            pub fn kind(&self) -> BodyKind {
                match self {
                    $(Self::$kind(_) => BodyKind::$kind,)*
                    Self::Generic(_) => BodyKind::Generic,
                }
            }

            /// The text shown for the message, where it has one.
            pub fn markdown_text(&self) -> Option<&str> {
                match self {
                    $(Self::$kind(content) => content.markdown_text.as_deref(),)*
                    Self::Generic(generic) => generic.members.get("markdownText").and_then(Value::as_str),
                }
            }

            fn typed<E: Error>(kind: String, mut members: Members) -> Result<Self, E> {
                let known = BodyKind::of(&kind);
                adjust(known, &mut members);
                match known {
                    $(BodyKind::$kind => lenient::typed("", &Value::Object(members)).map(Self::$kind),)*
                    BodyKind::Generic => Ok(Self::Generic(Generic { kind, members })),
                }
            }
        }

        impl BodyKind {
            /// Every listed type.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The wire name; of a generic body see [`Body::type_name`].
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                    Self::Generic => "GenericMessage",
                }
            }

            /// The type with this wire name, in any letter case.
            pub fn of(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($word) {
                    return Self::$kind;
                })*
                Self::Generic
            }
        }

        impl Serialize for Body {
            fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$kind(content) => Tagged { kind: $word, content }.serialize(sink),)*
                    Self::Generic(generic) => Tagged { kind: &generic.kind, content: &generic.members }.serialize(sink),
                }
            }
        }
    };
}

bodies! {
    Plain(Plain) = "PLAIN",
    Button(Buttons) = "BUTTON",
    Carousel(Carousel) = "CAROUSEL",
    Image(Media) = "IMAGE",
    Video(Media) = "VIDEO",
    Audio(Media) = "AUDIO",
    File(Media) = "FILE",
    /// Media of no more precise type.
    Multimedia(Media) = "MULTIMEDIA",
    Sticker(Sticker) = "STICKER",
    Url(Url) = "URL",
    Location(LocationBody) = "LOCATION",
    Contact(Contacts) = "CONTACT",
    Template(Box<Template>) = "TEMPLATE",
    Receipt(Box<Receipt>) = "RECEIPT",
    Custom(Custom) = "CUSTOM",
    Notification(Notification) = "NOTIFICATION",
    Delivery(Delivery) = "DELIVERYNOTIFICATION",
    Deleted(Deleted) = "DELETEDNOTIFICATION",
    Voice(Voice) = "VOICE",
    /// Never sent to the customer.
    Wrapup(Wrapup) = "WRAPUP",
    Action(ActionBody) = "ACTION",
    Comment(Comment) = "COMMENT",
    Email(Box<Email>) = "EMAIL",
    /// The wire's own mixed case.
    Structured(Structured) = "StructuredMessage",
}

/// A body of a type this version does not know; every member beside `type` is kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Generic {
    /// The `type`, as it came.
    pub kind: String,
    pub members: Members,
}

#[derive(Serialize)]
struct Tagged<'a, T: Serialize> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(flatten)]
    content: &'a T,
}

impl Body {
    /// A text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(Plain { markdown_text: Some(text.into()), ..Plain::default() })
    }

    /// A system notice.
    pub fn notification(kind: NotificationType, data: Members) -> Self {
        Self::Notification(Notification {
            notification_type: Some(kind),
            notification_data: data,
            ..Notification::default()
        })
    }

    /// What became of an earlier message.
    pub fn delivery(
        message_id: impl Into<String>,
        status: DeliveryStatus,
        reason_code: impl Into<String>,
    ) -> Self {
        Self::Delivery(Delivery {
            message_id: Some(message_id.into()),
            status: Some(status),
            reason_code: Some(reason_code.into()),
            ..Delivery::default()
        })
    }

    /// The wire name of the type, also of a generic body.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Generic(generic) => &generic.kind,
            known => known.kind().as_str(),
        }
    }

    /// The default: a body that is not there.
    pub fn is_absent(&self) -> bool {
        self.type_name().is_empty()
    }

    /// The file of a media body.
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::File(media)
            | Self::Multimedia(media) => Some(media),
            _ => None,
        }
    }

    /// The buttons of a button body.
    pub fn buttons(&self) -> &[Button] {
        if let Self::Button(body) = self { &body.buttons } else { &[] }
    }
}

/// No body at all; never comes out of reading.
impl Default for Body {
    fn default() -> Self {
        Self::Generic(Generic::default())
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(BodyVisitor)
    }
}

impl<'de> Lenient<'de> for Body {
    fn read<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Self::deserialize(source)
    }
}

struct BodyVisitor;

impl<'de> Visitor<'de> for BodyVisitor {
    type Value = Body;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a message body")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Body, A::Error> {
        let mut kind: Option<Value> = None;
        let mut markdown_text: Option<Value> = None;
        let mut members = Members::new();
        while let Some(key) = source.next_key::<String>()? {
            match key.as_str() {
                "type" => kind = Some(source.next_value()?),
                "markdownText" => markdown_text = Some(source.next_value()?),
                _ => {
                    members.insert(key, source.next_value()?);
                }
            }
        }
        let kind = type_name(kind)?;
        if BodyKind::of(&kind) == BodyKind::Plain {
            return Ok(Body::Plain(Plain { markdown_text: text(markdown_text)?, extra: members }));
        }
        members.extend(markdown_text.map(|text| ("markdownText".to_owned(), text)));
        Body::typed(kind, members)
    }
}

fn type_name<E: Error>(kind: Option<Value>) -> Result<String, E> {
    let reason = match kind {
        Some(Value::String(kind)) if !kind.trim().is_empty() => return Ok(kind),
        Some(Value::String(_)) => "is blank",
        Some(Value::Null) | None => "is missing",
        Some(_) => "invalid type, expected a string",
    };
    Err(E::custom(Invalid::at("type", reason).nested("")))
}

fn text<E: Error>(text: Option<Value>) -> Result<Option<String>, E> {
    match text {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(E::custom(Invalid::at("markdownText", "invalid type, expected a string").nested(""))),
    }
}

/// Puts the spellings that clients and documentation use for one thing into the one that is written.
fn adjust(kind: BodyKind, members: &mut Members) {
    match kind {
        BodyKind::Carousel => adjust_carousel(members),
        BodyKind::Template => {
            rename(members, "component", "components");
            if let Some(Value::String(code)) = members.get("language") {
                // The documentation shows the bare code; `deterministic` is the one policy providers know.
                let language = json!({"code": code, "policy": "deterministic"});
                members.insert("language".to_owned(), language);
            }
        }
        BodyKind::Image | BodyKind::Video | BodyKind::Audio | BodyKind::File => name_media_type(members),
        BodyKind::Sticker => rename(members, "mediaURL", "mediaUrl"),
        BodyKind::Url => {
            rename(members, "mediaURL", "mediaUrl");
            let url = members.get("attachment").and_then(|attachment| attachment.get("mediaUrl")).cloned();
            if let Some(url) = url.filter(|_| members.get("mediaUrl").is_none_or(Value::is_null)) {
                members.insert("mediaUrl".to_owned(), url);
            }
        }
        BodyKind::Delivery | BodyKind::Voice => number_to_text(members, "reasonCode"),
        BodyKind::Receipt => {
            number_to_text(members, "timestamp");
            number_to_text(members, "orderNumber");
        }
        _ => {}
    }
}

/// Documentation puts the elements into `data`: a list, an object holding one, or the single element.
fn adjust_carousel(members: &mut Members) {
    if members.get("elements").is_some_and(|elements| !elements.is_null()) {
        return;
    }
    let elements = match members.remove("data") {
        Some(Value::Array(elements)) => elements,
        Some(Value::Object(mut data)) => match data.remove("elements") {
            Some(Value::Array(elements)) => elements,
            Some(other) => {
                data.insert("elements".to_owned(), other);
                vec![Value::Object(data)]
            }
            None => vec![Value::Object(data)],
        },
        Some(other) => {
            members.insert("data".to_owned(), other);
            return;
        }
        None => return,
    };
    members.insert("elements".to_owned(), Value::Array(elements));
}

/// Pages say of pictures and recordings what they are in `type` alone, where nobody else looks.
fn name_media_type(members: &mut Members) {
    let Some(Value::Object(attachment)) = members.get_mut("attachment") else { return };
    let media_type =
        attachment.get("type").filter(|kind| kind.as_str().is_some_and(|kind| kind.contains('/')));
    if let Some(media_type) = media_type.cloned()
        && attachment.get("mimeType").is_none_or(Value::is_null)
    {
        attachment.insert("mimeType".to_owned(), media_type);
    }
}

/// The right name wins when both are there.
fn rename(members: &mut Members, from: &str, to: &str) {
    if members.get(to).is_none_or(Value::is_null)
        && let Some(value) = members.remove(from)
    {
        members.insert(to.to_owned(), value);
    }
}

fn number_to_text(members: &mut Members, key: &str) {
    if let Some(value) = members.get_mut(key)
        && value.is_number()
    {
        *value = Value::String(value.to_string());
    }
}
