//! How members are read when clients disagree about their JSON type.
//!
//! | member | accepted | result |
//! |---|---|---|
//! | any | missing, `null` | the default: `None`, `""`, `0`, `false`, `[]`, `{}` |
//! | number | number, numeric string, `""` | number, `None` |
//! | flag | bool, `"true"`, `"false"`, `""` | bool |
//! | word of a list | any letter case, `""` | the listed spelling, `None` |
//! | instant | epoch ms, numeric string, RFC 3339, `""`, or what is no instant of years 0 to 9999 | [`Timestamp`], `None` |
//! | object in a string | the string, or the object itself | [`Encoded`], [`DeskEvent`](crate::request::DeskEvent) |
//!
//! Everything else of a wrong type is an error, which [`crate::parse`] turns into a path.

use crate::{
    IsoTime, Members, Timestamp,
    invalid::{self, Invalid},
    time::ClockTime,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error, MapAccess, Visitor, value::MapAccessDeserializer},
    ser,
};
use serde_json::{Number, Value};
use std::{collections::BTreeMap, fmt, marker::PhantomData, sync::Arc};

/// A type that knows how to stand as a member of a wire object.
pub trait Lenient<'de>: Sized {
    /// Reads the member, taking the default for `null`.
    fn read<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error>;
}

pub(crate) fn read<'de, D: Deserializer<'de>, T: Lenient<'de>>(source: D) -> Result<T, D::Error> {
    T::read(source)
}

/// A value that travels as a JSON document inside a JSON string, as in the desk's `onCimEvent`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Encoded<T>(pub T);

impl<T: Serialize> Serialize for Encoded<T> {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(&self.0).map_err(ser::Error::custom)?;
        sink.serialize_str(&text)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Encoded<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        object_or_text(source, invalid::parse).map(Self)
    }
}

/// Reads an object, or with `parse` the text that holds one.
pub(crate) fn object_or_text<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    source: D,
    parse: fn(&[u8]) -> Result<T, Invalid>,
) -> Result<T, D::Error> {
    struct ObjectOrText<T>(fn(&[u8]) -> Result<T, Invalid>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOrText<T> {
        type Value = T;
        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object, or a string that holds one")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            // The position is one of the inner text; outside it would be taken for one of the document.
            (self.0)(text.as_bytes()).map_err(|invalid| E::custom(invalid.without_position().nested("")))
        }
        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members))
        }
    }
    source.deserialize_any(ObjectOrText(parse))
}

impl<'de, T: DeserializeOwned + Default> Lenient<'de> for Encoded<T> {
    fn read<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Option::<Self>::deserialize(source).map(Option::unwrap_or_default)
    }
}

/// Builds a typed object from buffered members; an error names the member below `at`.
pub(crate) fn typed<T: DeserializeOwned, E: Error>(at: &str, value: &Value) -> Result<T, E> {
    T::deserialize(value).map_err(|error| {
        // Cold path: the text form is read again because only text has positions.
        let text = value.to_string();
        let invalid = match serde_json::from_str::<T>(&text) {
            Err(error) => invalid::located(text.as_bytes(), &error).without_position(),
            Ok(_) => invalid::located(b"", &error),
        };
        E::custom(invalid.nested(at))
    })
}

/// Reads all members, then builds what they stand for, where serde_json still knows the position.
pub(crate) fn buffered<'de, D: Deserializer<'de>, T>(
    source: D,
    build: fn(Members) -> Result<T, serde_json::Error>,
) -> Result<T, D::Error> {
    struct Buffer<T>(fn(Members) -> Result<T, serde_json::Error>);
    impl<'de, T> Visitor<'de> for Buffer<T> {
        type Value = T;
        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            (self.0)(Members::deserialize(MapAccessDeserializer::new(members))?).map_err(Error::custom)
        }
    }
    source.deserialize_map(Buffer(build))
}

pub(crate) fn word<'de, D: Deserializer<'de>, T: for<'a> From<&'a str>>(
    source: D,
) -> Result<Option<T>, D::Error> {
    struct Word<T>(PhantomData<T>);
    impl<T: for<'a> From<&'a str>> Visitor<'_> for Word<T> {
        type Value = Option<T>;
        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a string")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
            Ok(if text.is_empty() { None } else { Some(T::from(text)) })
        }
        fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
    }
    source.deserialize_any(Word(PhantomData))
}

/// One member that may come as number, text or nothing.
enum Scalar {
    Nothing,
    Flag(bool),
    Number(Number),
    Text(String),
}

/// Converts inside the visitor, where serde_json still knows the position.
struct ScalarVisitor<T>(fn(Scalar) -> Result<T, String>);

impl<T> Visitor<'_> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a single value")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        (self.0)(Scalar::Nothing).map_err(E::custom)
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        self.visit_unit()
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        (self.0)(Scalar::Flag(flag)).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        (self.0)(Scalar::Number(number.into())).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        (self.0)(Scalar::Number(number.into())).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        let scalar = Number::from_f64(number).map_or(Scalar::Nothing, Scalar::Number);
        (self.0)(scalar).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let text = text.trim();
        let scalar = if text.is_empty() { Scalar::Nothing } else { Scalar::Text(text.to_owned()) };
        (self.0)(scalar).map_err(E::custom)
    }
}

impl Scalar {
    fn number(self) -> Result<Option<Number>, String> {
        match self {
            Self::Nothing => Ok(None),
            Self::Number(number) => Ok(Some(number)),
            Self::Text(text) => match text.parse::<Number>() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(format!("invalid value: string {text:?}, expected a number")),
            },
            Self::Flag(_) => Err("invalid type: boolean, expected a number".to_owned()),
        }
    }

    fn integer(self) -> Result<Option<i64>, String> {
        let Some(number) = self.number()? else { return Ok(None) };
        if let Some(integer) = number.as_i64() {
            return Ok(Some(integer));
        }
        match number.as_f64() {
            // Truncation is the point; the range keeps the cast exact.
            Some(float) if float.is_finite() && float.abs() < 9.0e18 => Ok(Some(float as i64)),
            _ => Err(format!("invalid value: {number}, expected a 64-bit integer")),
        }
    }

    fn instant(self) -> Result<Option<Timestamp>, String> {
        match self {
            Self::Text(text) => Ok(Timestamp::read(&text)),
            Self::Flag(_) => Err("invalid type: boolean, expected an instant".to_owned()),
            other => other.integer().map(|ms| ms.and_then(Timestamp::readable)),
        }
    }

    fn flag(self) -> Result<bool, String> {
        match self {
            Self::Nothing => Ok(false),
            Self::Flag(flag) => Ok(flag),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Self::Text(_) => Err("invalid type: string, expected a boolean".to_owned()),
            Self::Number(_) => Err("invalid type: number, expected a boolean".to_owned()),
        }
    }
}

macro_rules! scalars {
    ($($type:ty: |$scalar:ident| $read:expr;)*) => {$(
        impl<'de> Lenient<'de> for $type {
            fn read<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                source.deserialize_any(ScalarVisitor(|$scalar| $read))
            }
        }
    )*};
}

scalars! {
    bool: |scalar| scalar.flag();
    i64: |scalar| scalar.integer().map(Option::unwrap_or_default);
    Option<i64>: |scalar| scalar.integer();
    Option<Number>: |scalar| scalar.number();
    Option<Timestamp>: |scalar| scalar.instant();
    Option<IsoTime>: |scalar| scalar.instant().map(|at| at.map(IsoTime));
    Option<ClockTime>: |scalar| scalar.instant().map(|at| at.map(ClockTime));
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let required =
            |scalar: Scalar| scalar.instant()?.ok_or_else(|| "invalid value: expected an instant".to_owned());
        source.deserialize_any(ScalarVisitor(required))
    }
}

macro_rules! defaults {
    ($([$($bound:tt)*] $type:ty;)*) => {$(
        impl<'de, $($bound)*> Lenient<'de> for $type {
            fn read<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                Option::<Self>::deserialize(source).map(Option::unwrap_or_default)
            }
        }
    )*};
}

defaults! {
    [] String;
    [] Option<String>;
    [] Option<bool>;
    [] Option<Value>;
    [] Members;
    [] Option<Members>;
    [T: Deserialize<'de>] Vec<T>;
    [T: Deserialize<'de>] Option<Vec<T>>;
    [T: Deserialize<'de>] BTreeMap<String, T>;
    [T: Deserialize<'de>] Option<Box<T>>;
    [T: Deserialize<'de>] Option<Arc<T>>;
    [T: Deserialize<'de> + Default] Arc<T>;
    [T: Deserialize<'de> + Default] Box<T>;
}

impl<'de> Lenient<'de> for Value {
    fn read<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Self::deserialize(source)
    }
}
