//! Forms: what they ask and what was filled in.
//!
//! Newer forms have `sections`; the flat `attributes` are written beside them for older readers.

use crate::channel::AttributeSchema;
use serde_json::Value;

wire_struct! {
    /// A form.
    pub struct Form {
        id: String,
        form_title: String,
        form_description: Option<String>,
        attributes: Vec<AttributeSchema>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sections: Option<Vec<FormSection>>,
    }

    /// Questions under one heading, with their weight in `extra`.
    pub struct FormSection {
        attributes: Vec<AttributeSchema>,
    }

    /// A rule for one kind of input.
    pub struct FormValidation {
        #[serde(rename = "type")]
        kind: String,
        regex: String,
        id: Option<String>,
    }

    /// A filled-in form. Ids are text or random numbers: never read them strictly.
    pub struct FormData {
        id: Value,
        form_id: Value,
        /// `web-init` or `web-widget`.
        filled_by: Option<String>,
        attributes: Vec<FormAttribute>,
        created_on: Value,
    }

    /// One answer.
    pub struct FormAttribute {
        key: String,
        /// `"string"` in practice.
        #[serde(rename = "type")]
        kind: Option<String>,
        value: Value,
    }
}

impl FormData {
    /// The text of the first answer whose key is one of `keys`, in the order of `keys`.
    pub fn answer(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| {
            let answer = self.attributes.iter().find(|attribute| attribute.key == *key)?;
            answer.value.as_str().filter(|text| !text.is_empty())
        })
    }
}
