//! Identifiers.
//!
//! Every id is twelve bytes, written as 24 lower-case hex digits, which is the form existing clients expect.
//! The first four bytes are the second it was made in, so ids sort by age; the rest is a process-wide prefix
//! and a counter. Nothing here draws random numbers: the prefix is an argument, so a run can be repeated.
//! Ids are names, never secrets.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::At;

/// Any id, when its noun does not matter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; 12]);

impl Id {
    /// When it was made, to the second; meaningless for an id somebody chose.
    #[must_use]
    pub fn made_at(self) -> At {
        let seconds = u32::from_be_bytes([self.0[0], self.0[1], self.0[2], self.0[3]]);
        At::from_millis(i64::from(seconds) * 1000)
    }
}

/// The text was not 24 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is 24 hexadecimal digits")
    }
}

impl std::error::Error for NotAnId {}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0_u8; 24];
        for (i, byte) in self.0.iter().enumerate() {
            text[2 * i] = DIGITS[usize::from(byte >> 4)];
            text[2 * i + 1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits = text.as_bytes();
        if digits.len() != 24 {
            return Err(NotAnId);
        }
        let nibble = |d: u8| match d {
            b'0'..=b'9' => Ok(d - b'0'),
            b'a'..=b'f' => Ok(d - b'a' + 10),
            b'A'..=b'F' => Ok(d - b'A' + 10),
            _ => Err(NotAnId),
        };
        let mut bytes = [0_u8; 12];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("24 hexadecimal digits")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Id);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> { text.parse().map(Self) }
        }
        impl From<Id> for $name {
            fn from(id: Id) -> Self { Self(id) }
        }
        impl From<$name> for Id {
            fn from(id: $name) -> Self { id.0 }
        }
    )*};
}

ids! {
    MrdId, ChannelTypeId, ProviderId, ConnectorId, ChannelId, AttributeId, QueueId, ListId, BotId,
    /// A person who signs in: agent, supervisor or administrator.
    UserId,
    /// One field of the customer schema.
    SchemaAttributeId,
    WidgetId, FormId, CalendarId,
    CustomerId, ConversationId,
    /// The presence of a customer on one channel.
    SessionId,
    /// An agent's or bot's membership of a conversation.
    ParticipantId,
    /// The work of finding and keeping an agent for a conversation.
    TaskId,
    /// One medium of a task.
    MediaId,
    /// One live socket of an agent's desk.
    ConnectionId,
    EventId,
    /// A request on a pull list.
    ListingId,
}

/// Makes ids. The prefix must differ between two processes that may run in the same second.
#[derive(Debug, Clone)]
pub struct Mint {
    prefix: [u8; 5],
    counter: u32,
}

impl Mint {
    #[must_use]
    pub const fn new(prefix: [u8; 5]) -> Self {
        Self { prefix, counter: 0 }
    }

    /// A new id, unique within 16.7 million ids of the same second and prefix.
    pub fn id<T: From<Id>>(&mut self, now: At) -> T {
        self.counter = (self.counter + 1) & 0x00ff_ffff;
        let seconds = u32::try_from(now.millis() / 1000).unwrap_or(u32::MAX);
        let mut bytes = [0_u8; 12];
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        bytes[4..9].copy_from_slice(&self.prefix);
        bytes[9..].copy_from_slice(&self.counter.to_be_bytes()[1..]);
        T::from(Id(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        let id: CustomerId = Mint::new([1, 2, 3, 4, 250]).id(At::from_millis(1_727_177_415_217));
        assert_eq!(id.to_string(), "66f2a2c701020304fa000001");
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "66f2a4c7", "66f2a4c701020304fa00000g", "66f2a2c701020304fa0000010"] {
            assert_eq!(text.parse::<Id>(), Err(NotAnId), "{text}");
        }
    }
}
