//! Attributes of the customer schema: the fifth step of registering a channel.

use serde_json::Value;
use tieline_cim::Why;

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
        ensure(new.value_type == CustomerValueType::String, "length", Why::OnlyStringsHaveLength)?;
        ensure(
            (1..=VALUE_CHARS_MAX).contains(&length),
            "length",
            Why::MustBeChars { min: 1, max: VALUE_CHARS_MAX.into() },
        )?;
    }
    check_identifies(registry, new)?;
    check_default(new)?;
    match old {
        Some(old) => check_change(new, old),
        None => Ok(()),
    }
}

fn check_key(registry: &Registry, new: &SchemaAttribute) -> Result<(), Refusal> {
    ensure(!RESERVED_KEYS.contains(&new.key.as_str()), "key", Why::ReservedKey)?;
    let starts_small = new.key.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase());
    let camel_case = starts_small && new.key.chars().all(char::is_alphanumeric);
    ensure(camel_case, "key", Why::MustBeCamelCase)?;
    ensure_chars("key", &new.key, KEY_CHARS_MAX)?;
    let mut others = registry.schema_attributes().filter(|other| other.value.id != new.id);
    match others.find(|other| other.value.key == new.key) {
        Some(other) => Err(Refusal::Taken { field: "key".into(), by: other.value.named() }),
        None => Ok(()),
    }
}

fn check_identifies(registry: &Registry, new: &SchemaAttribute) -> Result<(), Refusal> {
    let may_identify = new.identifies.is_empty() || new.value_type.can_identify();
    ensure(may_identify, "isChannelIdentifier", Why::CannotIdentify)?;
    if let Some(i) = repeated(&new.identifies) {
        return Err(Refusal::invalid(format!("channelTypes[{i}]"), Why::ListedTwice));
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
        return ensure(!needed, "defaultValue", Why::DefaultNeeded);
    }
    let values = match &new.default {
        Value::Array(items) if new.multi_valued() => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    ensure(values.len() <= IDENTIFIERS_MAX, "defaultValue", Why::TooManyValues)?;
    values
        .iter()
        .try_for_each(|value| check_customer_value(new, value))
        .map_err(|why| Refusal::invalid("defaultValue", why))
}

/// What customers already hold must go on fitting.
fn check_change(new: &SchemaAttribute, old: &SchemaAttribute) -> Result<(), Refusal> {
    ensure(new.key == old.key, "key", Why::KeyStays)?;
    ensure(new.value_type == old.value_type, "type", Why::TypeStays)?;
    ensure(new.multi_valued() == old.multi_valued(), "isChannelIdentifier", Why::IdentifierStays)?;
    ensure(new.searchable || !old.searchable, "isSearchAble", Why::StaysOn)?;
    ensure(new.deletable == old.deletable, "isDeleteAble", Why::Stays)?;
    if !old.deletable && old.key == FIRST_NAME_KEY {
        ensure(new.required == old.required, "isRequired", Why::FixedAttribute)?;
        ensure(new.pii == old.pii, "isPii", Why::FixedAttribute)?;
    }
    Ok(())
}

pub(super) fn check_delete(registry: &Registry, id: SchemaAttributeId) -> Result<(), Refusal> {
    match registry.schema_attribute(id) {
        Some(stored) if !stored.value.deletable => {
            Err(Refusal::conflict(Why::SystemAttribute { attribute: stored.value.label.clone() }))
        }
        _ => Ok(()),
    }
}
