//! Values as people write them: `"30s"`, `"1 MiB"`, `"10.0.0.0/8, fd00::/8"`.
//!
//! Each is also accepted in its plain form: seconds or bytes as a number, a list as an array.

use std::fmt::{self, Display};
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::Url;
use serde::Deserializer;
use serde::de::{Deserialize, Error, SeqAccess, Visitor};

/// A value that is written and read as people do: a length of time, a size in bytes, a network, a name.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Human<T>(pub T);

/// Long units first: printing takes the largest unit that divides the value.
const TIME_UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
const SIZE_UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl FromStr for Human<Duration> {
    type Err = String;

    /// One number with its unit, or seconds without a unit.
    fn from_str(text: &str) -> Result<Self, String> {
        let milliseconds = quantity(text, &TIME_UNITS, 1_000).ok_or_else(|| {
            format!("{text:?} is not a length of time; write for example \"30s\", \"5m\", \"24h\"")
        })?;
        Ok(Human(Duration::from_millis(milliseconds)))
    }
}

impl FromStr for Human<usize> {
    type Err = String;

    /// One number with its unit, or bytes without a unit.
    fn from_str(text: &str) -> Result<Self, String> {
        quantity(text, &SIZE_UNITS, 1)
            .and_then(|bytes| usize::try_from(bytes).ok())
            .map(Human)
            .ok_or_else(|| format!("{text:?} is not a size; write for example \"512 KiB\" or \"5 MiB\""))
    }
}

impl FromStr for Human<IpNet> {
    type Err = String;

    /// A network, or a single address.
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map(Human)
            .map_err(|_| format!("{text:?} is not a network; write for example \"10.0.0.0/8\""))
    }
}

impl FromStr for Human<Url> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Human).map_err(|reason| format!("{text:?} is not a URL: {reason}"))
    }
}

impl FromStr for Human<String> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Human(text.to_owned()))
    }
}

impl Display for Human<Duration> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quantity(f, u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX), &TIME_UNITS, "")
    }
}

impl Display for Human<usize> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quantity(f, self.0 as u64, &SIZE_UNITS, " ")
    }
}

fn quantity(text: &str, units: &[(&str, u64)], plain: u64) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = (&text[..digits], text[digits..].trim_start());
    let factor = match unit {
        "" => plain,
        unit => units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

fn write_quantity(f: &mut fmt::Formatter<'_>, value: u64, units: &[(&str, u64)], space: &str) -> fmt::Result {
    let divides = |factor: u64| value >= factor && value.is_multiple_of(factor);
    match units.iter().find(|(_, factor)| divides(*factor)) {
        Some((unit, factor)) => write!(f, "{}{space}{unit}", value / factor),
        None => f.write_str("0"),
    }
}

pub(super) fn value<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    Human<T>: FromStr<Err = String>,
{
    parse(&Written::deserialize(deserializer)?.0)
}

pub(super) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    value(deserializer)
}

pub(super) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    Human<T>: FromStr<Err = String>,
{
    Option::<Written>::deserialize(deserializer)?.map(|written| parse(&written.0)).transpose()
}

pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    Human<T>: FromStr<Err = String>,
{
    WrittenList::deserialize(deserializer)?.0.iter().map(|item| parse(item)).collect()
}

fn parse<T, E: Error>(text: &str) -> Result<T, E>
where
    Human<T>: FromStr<Err = String>,
{
    text.parse::<Human<T>>().map(|human| human.0).map_err(E::custom)
}

/// A string, or a number as if it had been written as one.
struct Written(String);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Written;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a number that is not negative")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Written, E> {
                Ok(Written(text.to_owned()))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Written, E> {
                Ok(Written(number.to_string()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Written, E> {
                Ok(Written(number.to_string()))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// An array, or one string with commas, as environment variables have it.
struct WrittenList(Vec<String>);

impl<'de> Deserialize<'de> for WrittenList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = WrittenList;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list, or text with commas")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<WrittenList, E> {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(WrittenList(items.map(str::to_owned).collect()))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<WrittenList, E> {
                Ok(WrittenList(vec![number.to_string()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<WrittenList, A::Error> {
                let mut list = Vec::new();
                while let Some(Written(item)) = items.next_element()? {
                    list.push(item);
                }
                Ok(WrittenList(list))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
