//! A customer: who is behind an address.
//!
//! Attributes follow the tenant's customer schema; which of them are personal is the schema's word. The record
//! is sealed as a whole wherever it is stored.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::id::{ConversationId, CustomerId, UserId};
use crate::time::At;

/// The member of a customer that holds his labels; no attribute has this key.
pub const LABELS: &str = "labels";
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
    /// Set for who was merged with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Box<Lineage>>,
    /// He is being erased: nothing finds him any more, and nothing begins with him or is changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaving: bool,
}

/// With which other profiles this one was merged.
///
/// A profile that was merged into another keeps everything it had, so that a merge can be undone; it is only not found
/// any more, by an address or in a list, and whoever asks for it is shown the other one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Lineage {
    /// The profile that stands for this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<CustomerId>,
    /// The profiles this one stands for, in the order they were merged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merges: Vec<Merge>,
}

/// A merge that is in force: who did it and why, and what the surviving profile has by it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Merge {
    pub absorbed: CustomerId,
    pub at: At,
    pub by: UserId,
    pub reason: Option<Box<str>>,
    /// Values that were added to attributes of many values.
    pub added: Vec<Held>,
    /// Attributes that were empty, or at the default of anonymous profiles, and were filled.
    pub filled: Vec<Filled>,
    pub labels: Vec<String>,
    /// The survivor was anonymous and is not any more.
    pub named: bool,
    /// The open conversation that came along.
    pub conversation: Option<ConversationId>,
}

/// One of an attribute's values.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Key of the schema attribute.
    pub attribute: Box<str>,
    pub value: Box<str>,
}

/// What an attribute was and what it became.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Filled {
    /// Key of the schema attribute.
    pub attribute: Box<str>,
    pub before: Value,
    pub after: Value,
}

impl fmt::Debug for Merge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merge").field("absorbed", &self.absorbed).finish_non_exhaustive()
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({}, ..)", self.attribute)
    }
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

/// Something a customer can be found by: a schema attribute and a value in the form in which it is compared, or
/// [`LABELS`] and the id of a label.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// Key of the schema attribute.
    pub attribute: Box<str>,
    /// As [`crate::schema::indexed_value`] gives it.
    pub value: Box<str>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({}, ..)", self.attribute)
    }
}

impl Customer {
    /// The profile that stands for this one since they were merged.
    #[must_use]
    pub fn merged_into(&self) -> Option<CustomerId> {
        self.lineage.as_ref()?.merged_into
    }

    /// The profiles this one stands for, in the order they were merged.
    #[must_use]
    pub fn merges(&self) -> &[Merge] {
        self.lineage.as_ref().map_or(&[], |lineage| &lineage.merges)
    }

    /// Profiles this one was directly merged with.
    pub fn kin(&self) -> impl Iterator<Item = CustomerId> {
        self.merged_into().into_iter().chain(self.merges().iter().map(|merge| merge.absorbed))
    }

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
