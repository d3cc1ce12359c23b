//! Attributes of the customer schema: the fifth step of registering a channel.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{ChannelTypeId, SchemaAttributeId};

/// One field of the customer schema: the fifth step of registering a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SchemaAttribute {
    pub id: SchemaAttributeId,
    /// The member's name in a customer object, e.g. `homeAddress`.
    pub key: String,
    pub label: String,
    pub description: String,
    pub value_type: CustomerValueType,
    /// Characters, 1 to 1000; strings only.
    pub length: Option<u16>,
    pub required: bool,
    pub default: Value,
    pub pii: bool,
    /// Channel types whose customers are recognised by this attribute. Non-empty makes it a channel identifier:
    /// an array of at most ten values.
    pub identifies: Vec<ChannelTypeId>,
    /// System attributes stay.
    pub deletable: bool,
    pub order: u32,
    pub searchable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CustomerValueType {
    AlphaNumeric,
    Boolean,
    Email,
    Ip,
    Name,
    Number,
    PhoneNumber,
    Password,
    String,
    Url,
}
