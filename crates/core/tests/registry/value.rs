//! Every type of value, with what it takes and what it does not.

use serde_json::{Value, json};
use tieline_cim::channel::ValueType;
use tieline_core::registry::CustomerValueType;
use tieline_core::schema::{check_customer_value, check_value};

use super::world::schema_attribute;

#[track_caller]
fn wire(value_type: ValueType, good: Value, bad: Value) {
    each(&good).for_each(|v| assert_eq!(check_value(&value_type, v), Ok(()), "{value_type} {v}"));
    each(&bad).for_each(|v| assert!(check_value(&value_type, v).is_err(), "{value_type} takes {v}"));
}

#[track_caller]
fn customer(value_type: CustomerValueType, good: Value, bad: Value) {
    let attribute =
        tieline_core::registry::SchemaAttribute { length: None, ..schema_attribute(1, "x", "X", value_type) };
    each(&good).for_each(|v| assert_eq!(check_customer_value(&attribute, v), Ok(()), "{value_type:?} {v}"));
    each(&bad)
        .for_each(|v| assert!(check_customer_value(&attribute, v).is_err(), "{value_type:?} takes {v}"));
}

fn each(values: &Value) -> impl Iterator<Item = &Value> {
    values.as_array().into_iter().flatten()
}

fn x(count: usize) -> String {
    "x".repeat(count)
}

#[test]
fn texts_of_connectors() {
    wire(ValueType::Alphanum100, json!(["Ab 9", "äö", x(100)]), json!(["", " ", "a-b", x(101), 5]));
    wire(ValueType::AlphanumSpecial200, json!(["", "a-b_c!", x(200)]), json!([x(201), "a\u{7}", 5]));
    wire(ValueType::String50, json!(["a", x(50)]), json!(["", x(51), 5, "a\nb"]));
    wire(ValueType::String100, json!([x(100)]), json!([x(101)]));
    wire(ValueType::String2000, json!([x(2000), "-----BEGIN\nabc\n"]), json!(["", x(2001), "\u{1b}[2J"]));
    wire(
        ValueType::Password,
        json!(["12345678", "p@ss w0rd", x(256)]),
        json!(["1234567", x(257), 12_345_678]),
    );
    wire(ValueType::StringList, json!([["a", "b"], [], "a"]), json!([[1], [""], 5, vec!["a"; 101]]));
    wire(ValueType::WebChannelData, json!([{ "locale": "en" }]), json!(["{}", []]));
    wire(ValueType::Other("Colour".into()), json!([]), json!(["red"]));
}

#[test]
fn numbers_of_connectors() {
    wire(
        ValueType::PositiveNumber,
        json!([1, "993", "0001", 99_999_999_999_u64]),
        json!([0, "0", -1, "-1", 1.5, "", "1e3"]),
    );
    wire(
        ValueType::Number,
        json!([0, -1, 1.5, "-1.5", "+3"]),
        json!(["", "-", "1.", ".5", "1e3", "NaN", true]),
    );
    wire(
        ValueType::Boolean,
        json!([true, false, "true", "FALSE", "0", "1", 1, 0]),
        json!(["yes", "", 2, []]),
    );
}

#[test]
fn addresses_of_connectors() {
    wire(ValueType::Ip, json!(["10.0.0.1", "::1"]), json!(["10.0.0", "10.0.0.256", "localhost", ""]));
    wire(
        ValueType::PhoneNumber,
        json!(["12", "+4930123456"]),
        json!(["", "+", "1", "+49 30", "1+2", "1".repeat(21)]),
    );
    wire(
        ValueType::Email,
        json!(["a@b.example", "first.last+tag@mail.b.example"]),
        json!([
            "",
            "a",
            "a@b",
            "@b.example",
            "a@",
            "a b@c.example",
            "a@b@c.example",
            ".a@b.example",
            "a@b_c.example"
        ]),
    );
    wire(
        ValueType::Url,
        json!([
            "https://a",
            "HTTP://a.example:8080/x?y#z",
            "wss://my_service/ws",
            "http://[::1]:80/",
            "http://[::1]",
            "https://a.example.",
        ]),
        json!([
            "",
            "a.example",
            "https://",
            "https:///x",
            "ftp://a",
            "javascript://a",
            "https://u:p@a",
            "https://a:0",
            "https://a:99999",
            "https://a:",
            "https://a b",
            "https://a..b",
            "http://[::1",
            "http://[x]",
            "http://[::1]x",
        ]),
    );
}

#[test]
fn values_of_customers() {
    use CustomerValueType as T;
    customer(T::AlphaNumeric, json!(["Ab 9", x(1000)]), json!(["", "a-b", x(1001), 5]));
    customer(T::Boolean, json!([true, "false"]), json!(["maybe", 2]));
    customer(T::Email, json!(["a@b.example"]), json!(["a@b"]));
    customer(T::Ip, json!(["10.0.0.1"]), json!(["here"]));
    customer(T::Name, json!(["Anne-Marie O'Neil", "王小明", "🔥 Max 2"]), json!(["", "<b>", x(101), 5]));
    customer(
        T::Number,
        json!([0, -2_147_483_647, "2147483647", 1.5]),
        json!([2_147_483_648_u64, "2147483648", "x"]),
    );
    customer(T::PhoneNumber, json!(["+49 (30) 123-45", "12"]), json!(["1", "call me", "+", "1".repeat(21)]));
    customer(T::Password, json!(["12345678"]), json!(["short"]));
    customer(T::String, json!(["a", "two\nlines"]), json!(["", x(1001), 5, "\u{1b}"]));
    customer(T::Url, json!(["https://a.example/x"]), json!(["a.example", "ws://a", "javascript://x"]));
}
