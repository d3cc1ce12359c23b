//! A customer: who is behind an address.
//!
//! Attributes follow the tenant's customer schema; which of them are personal is the schema's word. The record
//! is sealed as a whole wherever it is stored.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::CustomerId;
use crate::time::At;

/// Values per channel-identifier attribute.
pub const IDENTIFIERS_MAX: usize = 10;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    pub version: u64,
    pub created_at: At,
    pub anonymous: bool,
    /// Schema attributes by key; channel identifiers are arrays of strings.
    pub attributes: Map<String, Value>,
    pub labels: Vec<String>,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("id", &self.id).finish_non_exhaustive()
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
