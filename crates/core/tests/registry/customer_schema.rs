//! The customer schema, and customers judged by it: one row a rule.

use serde_json::{Value, json};
use tieline_core::registry::{CustomerValueType, Kind, Object, SchemaAttribute};
use tieline_core::schema::{anonymous_defaults, check_customer, normalise_identifier};

use super::world::{NOW, delete, edits, id, schema_attribute, words, world};

edits!(SchemaAttribute, schema_attribute, address, create);

/// A new attribute with a name of its own.
fn created(change: impl FnOnce(&mut SchemaAttribute), expect: &str) {
    create(
        |a| {
            (a.key, a.label) = ("telegram".into(), "Telegram".into());
            change(a);
        },
        expect,
    );
}

/// One of the attributes of the world other than the first.
fn other(n: u8, change: impl FnOnce(&mut SchemaAttribute), expect: &str) {
    let world = world();
    let mut attribute = world.schema_attribute(id(n)).expect("in the world").value.clone();
    change(&mut attribute);
    assert_eq!(words(world.check_put(&Object::SchemaAttribute(attribute), None)), expect);
}

#[test]
fn labels_and_keys() {
    address(|_| {}, "ok");
    created(|_| {}, "ok");
    created(|a| a.label = " ".into(), "label: must have 1 to 50 printable characters");
    created(|a| a.label = "x".repeat(51), "label: must have 1 to 50 printable characters");
    created(
        |a| a.label = "HOME address".into(),
        "label is already used by customer attribute \"Home address\"",
    );
    created(|a| a.key = "homeAddress".into(), "key is already used by customer attribute \"Home address\"");
    created(|a| a.description = "x".repeat(101), "description: must have at most 100 characters");
    for key in ["اسمالأم", "größe", "line2"] {
        created(|a| a.key = key.into(), "ok");
    }
    for key in ["", "Home", "2nd", "home address", "home_address", "a.b", "$where"] {
        created(|a| a.key = key.into(), "key: must be letters and digits in camelCase, such as homeAddress");
    }
    for key in ["_id", "__v", "isAnonymous", "labels"] {
        created(|a| a.key = key.into(), "key: is a member every customer has");
    }
    created(|a| a.key = "k".repeat(51), "key: must have at most 50 characters");
}

#[test]
fn lengths_and_defaults() {
    address(|a| a.length = Some(0), "length: must be 1 to 1000 characters");
    address(|a| a.length = Some(1001), "length: must be 1 to 1000 characters");
    address(|a| a.length = None, "ok");
    created(|a| a.value_type = CustomerValueType::Email, "length: only a string has a length");

    address(|a| a.required = true, "defaultValue: a required attribute needs a default value");
    address(|a| (a.required, a.default) = (true, json!("unknown")), "ok");
    address(
        |a| (a.length, a.default) = (Some(3), json!("unknown")),
        "defaultValue: must have at most 3 characters",
    );
    address(|a| a.default = json!(5), "defaultValue: must be a text");
    let email = |default: Value, expect: &str| {
        created(|a| (a.value_type, a.length, a.default) = (CustomerValueType::Email, None, default), expect);
    };
    email(json!("nobody"), "defaultValue: must be an e-mail address");
    email(json!("nobody@acme.example"), "ok");
}

#[test]
fn channel_identifiers() {
    let identifying = |channel_type, expect: &str| created(|a| a.identifies = vec![id(channel_type)], expect);
    identifying(2, "ok");
    identifying(77, "channelTypes[0]: there is no channel type");
    identifying(1, "channelTypes[0] is already used by customer attribute \"Web\"");
    created(|a| a.identifies = vec![id(2), id(2)], "channelTypes[1]: is listed twice");
    created(|a| (a.identifies, a.required) = (vec![id(2)], true), "ok");
    created(|a| (a.identifies, a.default) = (vec![id(2)], json!(["a", "b"])), "ok");
    created(
        |a| (a.identifies, a.default) = (vec![id(2)], json!(vec!["a"; 11])),
        "defaultValue: has too many values",
    );

    use CustomerValueType as T;
    for (value_type, expect) in [
        (T::AlphaNumeric, "ok"),
        (T::Email, "ok"),
        (T::Ip, "ok"),
        (T::PhoneNumber, "ok"),
        (T::Boolean, "no"),
        (T::Name, "no"),
        (T::Number, "no"),
        (T::Password, "no"),
        (T::Url, "no"),
    ] {
        let no = "isChannelIdentifier: an attribute of this type cannot identify a customer";
        let expect = if expect == "no" { no } else { expect };
        created(|a| (a.identifies, a.value_type, a.length) = (vec![id(2)], value_type, None), expect);
    }
}

#[test]
fn what_stays_as_it_was_made() {
    address(|a| a.key = "home".into(), "key: cannot change: customers' values are kept under it");
    address(
        |a| (a.value_type, a.length) = (CustomerValueType::Url, None),
        "type: cannot change: customers already have values of it",
    );
    let shape = "isChannelIdentifier: cannot change: an identifier holds a list, other attributes one value; \
                 make a new attribute";
    address(|a| a.identifies = vec![id(2)], shape);
    other(3, |a| a.identifies = vec![], shape);
    other(3, |a| a.identifies = vec![id(1), id(2)], "ok");
    other(4, |a| a.identifies = vec![id(2)], "ok");
    address(|a| a.searchable = true, "ok");
    other(2, |a| a.searchable = false, "isSearchAble: cannot be switched off again");
    address(|a| a.deletable = false, "isDeleteAble: cannot change");
    other(2, |a| a.deletable = true, "isDeleteAble: cannot change");
}

#[test]
fn system_attributes() {
    let fixed = "is fixed: of this attribute only label, description, default and order may change";
    other(2, |a| (a.label, a.default) = ("Vorname".into(), json!("Jane Doe")), "ok");
    other(2, |a| a.order = 9, "ok");
    other(2, |a| a.required = false, &format!("isRequired: {fixed}"));
    other(2, |a| a.pii = true, &format!("isPii: {fixed}"));
    other(4, |a| a.pii = true, "ok");
    other(3, |a| a.pii = true, "ok");
    delete(Kind::SchemaAttribute, 2, "\"First Name\" is a system attribute and cannot be deleted");
    delete(Kind::SchemaAttribute, 3, "ok");
}

#[test]
fn customers() {
    let check = |attributes: Value, expect: &str| {
        let mut attributes = attributes.as_object().expect("an object").clone();
        attributes.entry("firstName").or_insert(json!("Jonas"));
        assert_eq!(words(check_customer(&world(), &attributes)), expect);
    };
    check(json!({}), "ok");
    check(json!({ "firstName": " " }), "firstName: is required");
    check(json!({ "firstName": null }), "firstName: is required");
    check(
        json!({ "firstName": ["Jonas"] }),
        "firstName: must be a name of at most 100 characters, without < or >",
    );
    check(json!({ "colour": "red" }), "colour: is not an attribute of the customer schema");
    check(json!({ "homeAddress": null }), "ok");
    check(json!({ "homeAddress": "Elm St\n5" }), "ok");
    check(json!({ "homeAddress": "x".repeat(51) }), "homeAddress: must have at most 50 characters");
    check(json!({ "web": ["a", "b"] }), "ok");
    check(json!({ "web": [] }), "ok");
    check(json!({ "web": "a" }), "web: must be a list of texts");
    check(json!({ "web": ["a", 1] }), "web[1]: must be a text");
    check(json!({ "web": ["a", " a "] }), "web[1]: is listed twice");
    check(json!({ "web": ["a", ""] }), "web[1]: must be a text");
    let numbered = |n: u8| (0..n).map(|n| json!(n.to_string())).collect::<Value>();
    check(json!({ "web": numbered(10) }), "ok");
    check(json!({ "web": numbered(11) }), "at most 10 values of one identifier are allowed");
    check(json!({ "phoneNumber": ["+49 30 123", "004930123"] }), "phoneNumber[1]: is listed twice");
    check(json!({ "phoneNumber": ["call me"] }), "phoneNumber[0]: must be a phone number of 2 to 20 digits");
}

#[test]
fn strangers_get_the_defaults_of_what_is_required() {
    let mut registry = world();
    registry.put(
        Object::SchemaAttribute(SchemaAttribute {
            required: true,
            default: json!("000"),
            identifies: vec![id(2)],
            ..schema_attribute(9, "telegram", "Telegram", CustomerValueType::String)
        }),
        NOW,
    );
    assert_eq!(Value::Object(anonymous_defaults(&registry)), json!({ "firstName": "John Doe" }));
}

#[test]
fn identifiers_are_compared_in_one_form() {
    use CustomerValueType as T;
    for (value_type, written, compared) in [
        (T::String, " aBc ", "aBc"),
        (T::Email, " Jo@Acme.Example", "jo@acme.example"),
        (T::PhoneNumber, "+49 (30) 12-3.4", "49301234"),
        (T::PhoneNumber, "004930123", "4930123"),
        (T::PhoneNumber, "0301234", "0301234"),
        (T::PhoneNumber, "sip:jo@acme", "sip:jo@acme"),
        (T::PhoneNumber, " + ", "+"),
    ] {
        let attribute = schema_attribute(1, "x", "X", value_type);
        assert_eq!(normalise_identifier(&attribute, written), compared, "{written}");
    }
}
