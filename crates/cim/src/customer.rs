//! The customer: a few fixed members and whatever attributes the customer schema adds beside them.

use crate::Members;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A customer. Schema attributes lie beside the fixed members, channel identifiers as arrays of strings
/// (`"web": ["..."]`), label ids under `labels`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Customer {
    /// Blank for a customer not yet stored.
    #[serde(rename = "_id", deserialize_with = "crate::lenient::read")]
    pub id: String,
    #[serde(deserialize_with = "crate::lenient::read")]
    pub first_name: String,
    #[serde(deserialize_with = "crate::lenient::read")]
    pub phone_number: Vec<String>,
    /// True until an agent or a form says who it is.
    #[serde(deserialize_with = "crate::lenient::read")]
    pub is_anonymous: bool,
    /// Revision of the stored document.
    #[serde(rename = "__v", deserialize_with = "crate::lenient::read")]
    pub version: i64,
    /// Attributes of the customer schema by key.
    #[serde(flatten)]
    pub attributes: Members,
}
wire_object!(Customer);

wire_struct! {
    /// One attribute of the customer schema.
    pub struct CustomerSchemaAttribute {
        #[serde(rename = "_id")]
        id: String,
        /// Camel case of the label.
        key: String,
        /// 1 to 50 characters, unique in any letter case.
        label: String,
        description: String,
        /// `string`, `number`, `password`, `name`, `boolean`, `url`, `alphaNumeric`, `email`, `ip` or `phoneNumber`.
        #[serde(rename = "type")]
        kind: String,
        /// Number or numeric string, 1 to 1000; `""` for types without a length.
        length: Value,
        is_required: bool,
        default_value: Value,
        /// Masked unless the reader may see personal data.
        is_pii: bool,
        is_channel_identifier: bool,
        /// Names of the channel types this attribute identifies customers of.
        channel_types: Vec<String>,
        /// Sic: capital A.
        is_delete_able: bool,
        sort_order: i64,
        /// Sic: capital A.
        is_search_able: bool,
    }

    /// A validation rule for one attribute type; the desk needs `regex` to be there.
    pub struct AttributeType {
        #[serde(rename = "type")]
        kind: String,
        regex: String,
    }

    /// A label agents put on customers.
    pub struct Label {
        #[serde(rename = "_id")]
        id: String,
        /// At most 100 characters, unique.
        name: String,
        created_by: Option<String>,
        color_code: Option<String>,
        /// 1 to 10; raises the priority of the customer's requests.
        #[serde(skip_serializing_if = "Option::is_none")]
        priority: Option<i64>,
    }
}

impl Customer {
    /// The identifiers under an attribute key, from an array or a single string.
    pub fn identifiers(&self, key: &str) -> Vec<&str> {
        match key {
            "phoneNumber" => self.phone_number.iter().map(String::as_str).collect(),
            _ => match self.attributes.get(key) {
                Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
                Some(Value::String(value)) => vec![value],
                _ => Vec::new(),
            },
        }
    }
}
