//! Connector values that go in and never come out: tokens, passwords, keys.
//!
//! Whoever edits a connector sees a mask, or nothing, in their place. Sending that back keeps what is stored, so
//! an administrator can rename a connector without knowing its secrets.

use serde_json::Value;

use super::{Connector, CustomField};
use tieline_cim::channel::ValueType;

/// What stands for a stored secret in anything the server shows.
pub const SECRET_MASK: &str = "********";

impl CustomField {
    /// By its type, or by its key: providers made for older hubs declare their tokens as plain strings.
    #[must_use]
    pub fn secret(&self) -> bool {
        let key = self.key.to_uppercase();
        self.value_type == ValueType::Password
            || ["TOKEN", "SECRET", "PASSWORD", "APIKEY"].iter().any(|hint| key.contains(hint))
            || key.split(|c: char| !c.is_alphanumeric()).any(|word| word == "KEY")
    }
}

impl Connector {
    /// Fills in from `old` the secrets that this version leaves out, nulls or shows masked. An empty text is a
    /// value: it clears. Nothing is taken over from a connector of another provider, to whose webhook the secret
    /// was never meant to go. A mask with nothing behind it is dropped.
    pub fn inherit_secrets(&mut self, old: &Self, schema: &[CustomField]) {
        for field in schema.iter().filter(|field| field.secret()) {
            let sent = self.values.iter().position(|value| value.key == field.key);
            if sent.is_some_and(|place| !is_masked(&self.values[place].value)) {
                continue;
            }
            let kept =
                old.values.iter().find(|value| value.key == field.key && self.provider == old.provider);
            match (sent, kept) {
                (Some(place), Some(kept)) => self.values[place] = kept.clone(),
                (Some(place), None) => drop(self.values.remove(place)),
                (None, Some(kept)) => self.values.push(kept.clone()),
                (None, None) => {}
            }
        }
    }
}

/// Whether a value stands for "what is stored already".
#[must_use]
pub fn is_masked(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text == SECRET_MASK,
        Value::Array(items) => !items.is_empty() && items.iter().all(is_masked),
        _ => false,
    }
}
