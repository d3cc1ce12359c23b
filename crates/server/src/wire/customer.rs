//! Customers as the wire shows them, in clear or with personal values masked.

use serde_json::{Map, Value};
use tieline_core::conversation::Session;
use tieline_core::customer::{Attributes, Customer};
use tieline_core::registry::{CustomerValueType, Registry, SchemaAttribute};
use tieline_core::schema::PHONE_NUMBER_KEY;

const FIRST_NAME: &str = "firstName";
const MASK: char = '*';
/// Stars of a mask; as many for every value, so that its length is not told.
const MASK_CHARS: usize = 5;

/// With every attribute in clear.
pub fn customer(customer: &Customer) -> tieline_cim::Customer {
    let mut attributes = customer.attributes.to_map();
    attributes.remove(FIRST_NAME);
    attributes.remove(PHONE_NUMBER_KEY);
    attributes.insert("labels".into(), customer.labels.clone().into());
    tieline_cim::Customer {
        id: customer.id.to_string(),
        first_name: customer.first_name().to_owned(),
        phone_number: customer.values(PHONE_NUMBER_KEY).map(str::to_owned).collect(),
        is_anonymous: customer.anonymous,
        version: i64::try_from(customer.version).unwrap_or(i64::MAX),
        attributes,
    }
}

/// With personal values masked.
pub fn masked(registry: &Registry, customer: &Customer) -> Customer {
    let attributes = masked_attributes(registry, &customer.attributes);
    Customer { attributes, ..customer.clone() }
}

/// Who it is and nothing about him: what a connector is told.
pub fn reference(customer: &Customer) -> tieline_cim::Customer {
    tieline_cim::Customer {
        id: customer.id.to_string(),
        first_name: customer.first_name().to_owned(),
        is_anonymous: customer.anonymous,
        version: i64::try_from(customer.version).unwrap_or(i64::MAX),
        ..tieline_cim::Customer::default()
    }
}

pub fn masked_attributes(registry: &Registry, attributes: &Attributes) -> Attributes {
    let mut masked = attributes.to_map();
    for attribute in personal(registry) {
        if let Some(value) = masked.get_mut(&attribute.key) {
            *value = mask(attribute.value_type, value);
        }
    }
    masked.into()
}

/// A session for who may not see its customer's personal values: the address by which he is recognised is one when its
/// attribute is, and so is his name.
pub fn masked_session(registry: &Registry, session: &Session) -> Session {
    let channel = registry.channel(session.channel);
    let identifiers =
        channel.map_or(&[][..], |channel| registry.identifier_attributes(channel.value.channel_type));
    let mut address = session.address.clone();
    if let Some(identifier) = identifiers.iter().find(|attribute| attribute.value.pii) {
        address.customer = masked_text(identifier.value.value_type, &address.customer).into();
    }
    if let Some(name) = personal(registry).find(|attribute| attribute.key == FIRST_NAME) {
        for part in [&mut address.first_name, &mut address.last_name].into_iter().flatten() {
            *part = masked_text(name.value_type, part).into();
        }
    }
    Session { address, ..session.clone() }
}

/// Takes the stored value where a personal one comes back as its mask, so that an edit by somebody who saw only
/// the mask does not overwrite it. In a list, each item by itself: somebody may have added one.
pub fn unmask(registry: &Registry, sent: &mut Map<String, Value>, stored: &Attributes) {
    for attribute in personal(registry) {
        if let (Some(sent), Some(kept)) = (sent.get_mut(&attribute.key), stored.get(&attribute.key)) {
            unmask_value(attribute.value_type, sent, kept);
        }
    }
}

fn unmask_value(value_type: CustomerValueType, sent: &mut Value, kept: &Value) {
    let (Value::Array(sent), Value::Array(kept)) = (&mut *sent, kept) else {
        if *sent == mask(value_type, kept) {
            *sent = kept.clone();
        }
        return;
    };
    // Two values may have one mask: each stands for one of them, in their order.
    let mut kept: Vec<&Value> = kept.iter().collect();
    for item in sent {
        if let Some(place) = kept.iter().position(|kept| *item == mask(value_type, kept)) {
            *item = kept.remove(place).clone();
        }
    }
}

/// Personal attributes of the schema.
pub fn personal(registry: &Registry) -> impl Iterator<Item = &SchemaAttribute> {
    registry.schema_attributes().map(|stored| &stored.value).filter(|attribute| attribute.pii)
}

fn mask(value_type: CustomerValueType, value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Array(items) => items.iter().map(|item| mask(value_type, item)).collect(),
        Value::String(text) => masked_text(value_type, text).into(),
        other => masked_text(value_type, &other.to_string()).into(),
    }
}

/// E-mail addresses keep their first and last four characters, phone numbers the last two, everything else the
/// first three; a value that would show more than half of itself that way is hidden whole.
fn masked_text(value_type: CustomerValueType, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let (head, tail) = match value_type {
        CustomerValueType::Email => (4, 4),
        CustomerValueType::PhoneNumber => (0, 2),
        CustomerValueType::Password => (0, 0),
        _ => (3, 0),
    };
    let (head, tail) = if (head + tail) * 2 > letters.len() { (0, 0) } else { (head, tail) };
    let stars = std::iter::repeat_n(MASK, MASK_CHARS);
    letters[..head]
        .iter()
        .copied()
        .chain(stars)
        .chain(letters[letters.len() - tail..].iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn masks_that_come_back_change_nothing() {
        let kept = json!(["+49 30 1234567", "+49 40 7654367"]);
        for (sent, expected) in [
            (mask(CustomerValueType::PhoneNumber, &kept), kept.clone()),
            (json!(["*****67", "0170 1"]), json!(["+49 30 1234567", "0170 1"])),
            (json!(["0170 1", "*****67", "*****67"]), json!(["0170 1", "+49 30 1234567", "+49 40 7654367"])),
            (json!([]), json!([])),
        ] {
            let mut value = sent.clone();
            unmask_value(CustomerValueType::PhoneNumber, &mut value, &kept);
            assert_eq!(value, expected, "{sent}");
        }
    }

    #[test]
    fn masks() {
        for (value_type, text, expected) in [
            (CustomerValueType::Email, "amina.khan@example.com", "amin*****.com"),
            (CustomerValueType::Email, "a@b.co", "*****"),
            (CustomerValueType::PhoneNumber, "+49 30 1234567", "*****67"),
            (CustomerValueType::PhoneNumber, "123", "*****"),
            (CustomerValueType::String, "Unter den Linden", "Unt*****"),
            (CustomerValueType::String, "Ali", "*****"),
            (CustomerValueType::Password, "correct horse battery", "*****"),
            (CustomerValueType::Name, "", "*****"),
        ] {
            assert_eq!(masked_text(value_type, text), expected, "{text}");
        }
    }
}
