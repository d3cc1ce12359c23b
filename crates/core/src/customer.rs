//! A customer: who is behind an address.
//!
//! Attributes follow the tenant's customer schema; which of them are personal is the schema's word. The record
//! is sealed as a whole wherever it is stored.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::id::{CustomerId, UserId};
use crate::time::At;

/// Values per channel-identifier attribute.
pub const IDENTIFIERS_MAX: usize = 10;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    pub version: u64,
    pub created_at: At,
    pub anonymous: bool,
    pub attributes: Attributes,
    pub labels: Vec<String>,
    /// The agent who served him last, kept while routing asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent: Option<UserId>,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What is known about a customer, by key of the schema attribute; channel identifiers are arrays of strings.
///
/// It takes the room of what is in it: one node of a map has room for eleven attributes, and a hub keeps many customers of
/// two or three.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(from = "Map<String, Value>")]
pub struct Attributes(Box<[(Box<str>, Value)]>);

impl Attributes {
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(key)).ok()?;
        Some(&self.0[at].1)
    }

    /// In the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        self.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect()
    }
}

impl From<Map<String, Value>> for Attributes {
    fn from(map: Map<String, Value>) -> Self {
        let trimmed = |mut value: Value| {
            if let Value::Array(items) = &mut value {
                items.shrink_to_fit();
            }
            value
        };
        let mut pairs: Box<[_]> =
            map.into_iter().map(|(key, value)| (key.into_boxed_str(), trimmed(value))).collect();
        pairs.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Self(pairs)
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// An address under which a customer can be found: a channel-identifier attribute and a normalised value.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// Key of the schema attribute.
    pub attribute: Box<str>,
    /// As [`crate::schema::normalise_identifier`] gives it.
    pub value: Box<str>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({}, ..)", self.attribute)
    }
}

impl Customer {
    #[must_use]
    pub fn first_name(&self) -> &str {
        self.attributes.get("firstName").and_then(Value::as_str).unwrap_or_default()
    }

    /// The strings held by one attribute, whether it is a single value or an array.
    pub fn values(&self, key: &str) -> impl Iterator<Item = &str> {
        let (many, one) = match self.attributes.get(key) {
            Some(Value::Array(values)) => (values.as_slice(), None),
            Some(Value::String(value)) => (&[][..], Some(value.as_str())),
            _ => (&[][..], None),
        };
        many.iter().filter_map(Value::as_str).chain(one)
    }
}
