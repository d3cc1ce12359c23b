//! Attributes of the customer schema: the fifth step of registering a channel.

use serde_json::Value;

use super::super::{CustomerValueType, SchemaAttribute};
use super::super::{Entry, Registry};
use super::{ensure, ensure_chars, repeated};
use crate::customer::IDENTIFIERS_MAX;
use crate::id::SchemaAttributeId;
use crate::refusal::Refusal;
use crate::schema::{check_customer_value, is_blank};

/// The system attribute every customer is called by.
pub const FIRST_NAME_KEY: &str = "firstName";
const KEY_CHARS_MAX: usize = 50;
const DESCRIPTION_CHARS_MAX: usize = 100;
const VALUE_CHARS_MAX: u16 = 1000;
/// Members of a customer that are not schema attributes.
const RESERVED_KEYS: [&str; 4] = ["_id", "__v", "isAnonymous", "labels"];

pub(super) fn check_attribute(
    registry: &Registry,
    new: &SchemaAttribute,
    old: Option<&SchemaAttribute>,
) -> Result<(), Refusal> {
    check_key(registry, new)?;
    ensure_chars("description", &new.description, DESCRIPTION_CHARS_MAX)?;
    if let Some(length) = new.length {
        ensure(new.value_type == CustomerValueType::String, "length", "only a string has a length")?;
        ensure((1..=VALUE_CHARS_MAX).contains(&length), "length", "must be 1 to 1000 characters")?;
    }
    check_identifies(registry, new)?;
    check_default(new)?;
    match old {
        Some(old) => check_change(new, old),
        None => Ok(()),
    }
}

fn check_key(registry: &Registry, new: &SchemaAttribute) -> Result<(), Refusal> {
    ensure(!RESERVED_KEYS.contains(&new.key.as_str()), "key", "is a member every customer has")?;
    let starts_small = new.key.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase());
    let camel_case = starts_small && new.key.chars().all(char::is_alphanumeric);
    ensure(camel_case, "key", "must be letters and digits in camelCase, such as homeAddress")?;
    ensure_chars("key", &new.key, KEY_CHARS_MAX)?;
    let mut others = registry.schema_attributes().filter(|other| other.value.id != new.id);
    match others.find(|other| other.value.key == new.key) {
        Some(other) => Err(Refusal::Taken { field: "key".into(), by: other.value.named() }),
        None => Ok(()),
    }
}

fn check_identifies(registry: &Registry, new: &SchemaAttribute) -> Result<(), Refusal> {
    let may_identify = new.identifies.is_empty() || new.value_type.can_identify();
    ensure(may_identify, "isChannelIdentifier", "an attribute of this type cannot identify a customer")?;
    if let Some(i) = repeated(&new.identifies) {
        return Err(Refusal::invalid(format!("channelTypes[{i}]"), "is listed twice"));
    }
    for (i, channel_type) in new.identifies.iter().enumerate() {
        let holders = registry.identifier_attributes(*channel_type);
        if let Some(other) = holders.iter().find(|other| other.value.id != new.id) {
            return Err(Refusal::Taken { field: format!("channelTypes[{i}]"), by: other.value.named() });
        }
    }
    Ok(())
}

/// Required attributes have a default for customers nobody knows yet. Identifiers need none: they are never filled
/// with one, see [`crate::schema::anonymous_defaults`].
fn check_default(new: &SchemaAttribute) -> Result<(), Refusal> {
    if is_blank(&new.default) {
        let needed = new.required && !new.multi_valued();
        return ensure(!needed, "defaultValue", "a required attribute needs a default value");
    }
    let values = match &new.default {
        Value::Array(items) if new.multi_valued() => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    ensure(values.len() <= IDENTIFIERS_MAX, "defaultValue", "has too many values")?;
    values
        .iter()
        .try_for_each(|value| check_customer_value(new, value))
        .map_err(|reason| Refusal::invalid("defaultValue", reason))
}

/// What customers already hold must go on fitting.
fn check_change(new: &SchemaAttribute, old: &SchemaAttribute) -> Result<(), Refusal> {
    ensure(new.key == old.key, "key", "cannot change: customers' values are kept under it")?;
    ensure(new.value_type == old.value_type, "type", "cannot change: customers already have values of it")?;
    ensure(
        new.multi_valued() == old.multi_valued(),
        "isChannelIdentifier",
        "cannot change: an identifier holds a list, other attributes one value; make a new attribute",
    )?;
    ensure(new.searchable || !old.searchable, "isSearchAble", "cannot be switched off again")?;
    ensure(new.deletable == old.deletable, "isDeleteAble", "cannot change")?;
    if !old.deletable && old.key == FIRST_NAME_KEY {
        let fixed = "is fixed: of this attribute only label, description, default and order may change";
        ensure(new.required == old.required, "isRequired", fixed)?;
        ensure(new.pii == old.pii, "isPii", fixed)?;
    }
    Ok(())
}

pub(super) fn check_delete(registry: &Registry, id: SchemaAttributeId) -> Result<(), Refusal> {
    match registry.schema_attribute(id) {
        Some(stored) if !stored.value.deletable => {
            let label = &stored.value.label;
            Err(Refusal::conflict(format!("\"{label}\" is a system attribute and cannot be deleted")))
        }
        _ => Ok(()),
    }
}
