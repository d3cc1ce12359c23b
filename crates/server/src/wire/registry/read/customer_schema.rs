//! Attributes of the customer schema as clients write them.

use serde_json::Value;
use tieline_cim::Invalid;
use tieline_cim::customer::CustomerSchemaAttribute;
use tieline_core::id::ChannelTypeId;
use tieline_core::registry::{ChannelType, CustomerValueType, Registry, SchemaAttribute};

use super::super::CUSTOMER_TYPES;
use super::{Draft, Read, number, text, unknown};

/// Characters of a string attribute whose length is not given.
const LENGTH_DEFAULT: u16 = 50;

pub fn schema_attribute(draft: &mut Draft<'_>, old: Option<&SchemaAttribute>) -> Read<SchemaAttribute> {
    let searchable = draft.flag("isSearchAble", old.is_some_and(|old| old.searchable))?;
    let ordered = draft.sent("sortOrder");
    let sent: CustomerSchemaAttribute = draft.typed()?;
    let value_type = customer_type(&sent.kind)?;
    let key = text(Some(sent.key)).unwrap_or_else(|| camel_case(&sent.label));
    let order = match old {
        _ if ordered => number("sortOrder", sent.sort_order)?,
        Some(old) => old.order,
        None => draft.registry.schema_attributes().map(|stored| stored.value.order).max().unwrap_or(0) + 1,
    };
    Ok(SchemaAttribute {
        id: draft.id.into(),
        key,
        label: sent.label,
        description: sent.description,
        value_type,
        length: if value_type == CustomerValueType::String { length(&sent.length, old)? } else { None },
        required: sent.is_required,
        default: sent.default_value,
        pii: sent.is_pii,
        identifies: identifies(draft.registry, sent.is_channel_identifier, &sent.channel_types)?,
        deletable: old.is_none_or(|old| old.deletable),
        order,
        searchable,
    })
}

fn customer_type(word: &str) -> Read<CustomerValueType> {
    if word.trim().is_empty() {
        return Ok(CustomerValueType::String);
    }
    let found = CUSTOMER_TYPES.iter().find(|(_, known)| word.eq_ignore_ascii_case(known));
    found.map(|(kind, _)| *kind).ok_or_else(|| {
        let known: Vec<_> = CUSTOMER_TYPES.iter().map(|(_, known)| *known).collect();
        unknown("type", word, &known.join(", "))
    })
}

fn length(sent: &Value, old: Option<&SchemaAttribute>) -> Read<Option<u16>> {
    let length = match sent {
        Value::Null => return Ok(old.map_or(Some(LENGTH_DEFAULT), |old| old.length)),
        Value::String(text) if text.trim().is_empty() => {
            return Ok(old.map_or(Some(LENGTH_DEFAULT), |old| old.length));
        }
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64().and_then(|number| u16::try_from(number).ok()),
        _ => None,
    };
    length.map(Some).ok_or_else(|| Invalid::at("length", "must be a number of characters from 1 to 1000"))
}

fn identifies(registry: &Registry, identifier: bool, names: &[String]) -> Read<Vec<ChannelTypeId>> {
    if !identifier {
        return Ok(Vec::new());
    }
    if names.is_empty() {
        return Err(Invalid::at("channelTypes", "an identifier names the channel types it identifies on"));
    }
    let find = |(i, name): (usize, &String)| {
        let is_meant = |known: &ChannelType| {
            known.name.eq_ignore_ascii_case(name.trim()) || known.id.to_string() == *name
        };
        let found = registry.channel_types().find(|stored| is_meant(&stored.value));
        let missing =
            || Invalid::at(format!("channelTypes[{i}]"), format!("there is no channel type {name:?}"));
        found.map(|stored| stored.value.id).ok_or_else(missing)
    };
    names.iter().enumerate().map(find).collect()
}

/// `Home Address` is `homeAddress`.
fn camel_case(label: &str) -> String {
    let mut key = String::with_capacity(label.len());
    for word in label.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut letters = word.chars();
        let first = letters.next().into_iter();
        if key.is_empty() {
            key.extend(first.flat_map(char::to_lowercase));
        } else {
            key.extend(first.flat_map(char::to_uppercase));
        }
        key.push_str(letters.as_str());
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_from_labels() {
        for (label, key) in [
            ("Home Address", "homeAddress"),
            ("E-Mail", "eMail"),
            ("x", "x"),
            ("  ", ""),
            ("Ünal Ö", "ünalÖ"),
        ] {
            assert_eq!(camel_case(label), key);
        }
    }
}
