//! What a value must look like: the custom attributes of connectors, and the customer schema.
//!
//! Both are lists of typed fields an administrator made, and both are judged here without regular expressions. A
//! number or a truth may come as JSON or as the text a form sends. Where the documented pattern would refuse
//! what people really have (names in any script, passwords with signs in them), the rule here is wider.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Map, Value};
use tieline_cim::Why;
use tieline_cim::channel::ValueType;

use crate::customer::IDENTIFIERS_MAX;
use crate::id::ChannelId;
use crate::refusal::Refusal;
use crate::registry::{CustomerValueType, Registry, SchemaAttribute};

const NAME_CHARS_MAX: usize = 100;
/// Characters of a customer value whose attribute sets no length.
pub const CUSTOMER_VALUE_CHARS_MAX: usize = 1000;
/// The system attribute that is an array on the wire whether or not it identifies a channel.
pub const PHONE_NUMBER_KEY: &str = "phoneNumber";
const STRING_LIST_ITEMS_MAX: usize = 100;
const CUSTOMER_NUMBER_MAX: i64 = 2_147_483_647;

/// What a value of a type must be, and whether one is.
type Rule = (Why, fn(&Value) -> bool);

fn check((must_be, holds): Rule, value: &Value) -> Result<(), Why> {
    if holds(value) { Ok(()) } else { Err(must_be) }
}

/// Judges the value of a connector's custom attribute. The error completes "`field`: …".
pub fn check_value(value_type: &ValueType, value: &Value) -> Result<(), Why> {
    let rule: Rule = match value_type {
        ValueType::Alphanum100 => {
            (Why::MustBeAlphanumericUpTo { max: 100 }, |v| text(v, 1..=100).is_some_and(alphanumeric))
        }
        ValueType::AlphanumSpecial200 => {
            (Why::MustBePrintableUpTo { max: 200 }, |v| text(v, 0..=200).is_some())
        }
        ValueType::String50 => (Why::MustBeChars { min: 1, max: 50 }, |v| text(v, 1..=50).is_some()),
        ValueType::String100 => (Why::MustBeChars { min: 1, max: 100 }, |v| text(v, 1..=100).is_some()),
        ValueType::String2000 => (Why::MustBeChars { min: 1, max: 2000 }, |v| multiline(v, 1..=2000)),
        ValueType::PositiveNumber => (Why::MustBePositive, |v| positive(v)),
        ValueType::Number => (Why::MustBeNumber, |v| decimal(v).is_some()),
        ValueType::Ip => (Why::MustBeIp, |v| text(v, 1..=45).is_some_and(ip)),
        ValueType::PhoneNumber => (Why::MustBePhoneNumber, |v| {
            text(v, 2..=21).is_some_and(|t| digits(t.strip_prefix('+').unwrap_or(t), 2..=20))
        }),
        ValueType::Url => (Why::MustBeSocketAddress, |v| {
            text(v, 1..=2000).is_some_and(|t| url(t, &["http", "https", "ws", "wss"]))
        }),
        ValueType::Boolean => (Why::MustBeBoolean, truth),
        ValueType::Email => (Why::MustBeEmail, |v| text(v, 3..=320).is_some_and(email)),
        ValueType::Password => (Why::MustBeChars { min: 8, max: 256 }, |v| text(v, 8..=256).is_some()),
        ValueType::StringList => (Why::MustBeTexts { items: STRING_LIST_ITEMS_MAX, max: 2000 }, string_list),
        ValueType::WebChannelData => (Why::MustBeObject, Value::is_object),
        ValueType::Other(_) => (Why::MustBeOfKnownType, |_| false),
    };
    check(rule, value)
}

/// Judges one value of a customer attribute: for an identifier, one of its values.
pub fn check_customer_value(attribute: &SchemaAttribute, value: &Value) -> Result<(), Why> {
    let rule: Rule = match attribute.value_type {
        CustomerValueType::AlphaNumeric => (Why::MustBeAlphanumeric, |v| plain(v).is_some_and(alphanumeric)),
        CustomerValueType::Boolean => (Why::MustBeBoolean, truth),
        CustomerValueType::Email => (Why::MustBeEmail, |v| plain(v).is_some_and(email)),
        CustomerValueType::Ip => (Why::MustBeIp, |v| plain(v).is_some_and(ip)),
        CustomerValueType::Name => (Why::MustBePersonName { max: NAME_CHARS_MAX }, |v| {
            text(v, 1..=NAME_CHARS_MAX).is_some_and(|t| !t.contains(['<', '>']))
        }),
        CustomerValueType::Number => {
            (Why::MustBeNumberWithin { min: -CUSTOMER_NUMBER_MAX, max: CUSTOMER_NUMBER_MAX }, |v| {
                decimal(v).is_some_and(|n| n.abs() <= CUSTOMER_NUMBER_MAX as f64)
            })
        }
        CustomerValueType::PhoneNumber => {
            (Why::MustBePhoneDigits, |v| plain(v).is_some_and(|t| digits(&phone_digits(t), 2..=20)))
        }
        CustomerValueType::Password => {
            (Why::MustBeChars { min: 8, max: 256 }, |v| text(v, 8..=256).is_some())
        }
        CustomerValueType::String => (Why::MustBeText, |v| multiline(v, 1..=CUSTOMER_VALUE_CHARS_MAX)),
        CustomerValueType::Url => {
            (Why::MustBeHttpAddress, |v| plain(v).is_some_and(|t| url(t, &["http", "https"])))
        }
    };
    check(rule, value)?;
    match (attribute.length, value) {
        (Some(max), Value::String(text)) if text.chars().count() > usize::from(max) => {
            Err(Why::CharsAtMost { max: max.into() })
        }
        _ => Ok(()),
    }
}

/// What of a name from elsewhere may be a name here; empty when nothing may.
#[must_use]
pub fn name_from(said: &str) -> String {
    let allowed = |letter: &char| !letter.is_control() && !matches!(letter, '<' | '>');
    let kept: String = said.chars().filter(allowed).collect();
    let short: String = kept.trim().chars().take(NAME_CHARS_MAX).collect();
    short.trim_end().to_owned()
}

impl SchemaAttribute {
    /// Whether a customer holds an array of values of it.
    #[must_use]
    pub fn multi_valued(&self) -> bool {
        !self.identifies.is_empty() || self.key == PHONE_NUMBER_KEY
    }
}

impl CustomerValueType {
    /// Whether an attribute of this type can tell one customer from another.
    #[must_use]
    pub fn can_identify(self) -> bool {
        match self {
            Self::AlphaNumeric | Self::Email | Self::Ip | Self::PhoneNumber | Self::String => true,
            Self::Boolean | Self::Name | Self::Number | Self::Password | Self::Url => false,
        }
    }
}

/// Judges a customer's attributes against the schema. `attributes` are schema keys only, without `_id`, `labels`
/// and the like. Null, an empty text and an empty list count as not given.
pub fn check_customer(registry: &Registry, attributes: &Map<String, Value>) -> Result<(), Refusal> {
    let schema: BTreeMap<&str, &SchemaAttribute> =
        registry.schema_attributes().map(|stored| (stored.value.key.as_str(), &stored.value)).collect();
    for (key, value) in attributes {
        let Some(attribute) = schema.get(key.as_str()) else {
            return Err(Refusal::invalid(key, Why::NotInSchema));
        };
        if is_blank(value) {
            continue;
        }
        if attribute.multi_valued() {
            check_identifiers(attribute, value)?;
        } else {
            check_customer_value(attribute, value).map_err(|why| Refusal::invalid(key, why))?;
        }
    }
    let missing = schema.values().find(|a| a.required && attributes.get(&a.key).is_none_or(is_blank));
    match missing {
        Some(attribute) => Err(Refusal::invalid(&attribute.key, Why::Required)),
        None => Ok(()),
    }
}

fn check_identifiers(attribute: &SchemaAttribute, value: &Value) -> Result<(), Refusal> {
    let key = &attribute.key;
    let Value::Array(items) = value else {
        return Err(Refusal::invalid(key, Why::MustBeTextList));
    };
    if items.len() > IDENTIFIERS_MAX {
        return Err(Refusal::limit(Why::IdentifierValuesMax { max: IDENTIFIERS_MAX }));
    }
    let mut seen = BTreeSet::new();
    for (i, item) in items.iter().enumerate() {
        let refuse = |why| Refusal::invalid(format!("{key}[{i}]"), why);
        let Value::String(text) = item else { return Err(refuse(Why::MustBeText)) };
        check_customer_value(attribute, item).map_err(refuse)?;
        if !seen.insert(normalise_identifier(attribute, text)) {
            return Err(refuse(Why::ListedTwice));
        }
    }
    Ok(())
}

/// The schema attributes of a customer nobody knows yet: what is required, at its default. Identifiers are left
/// out even when required, for a shared default would make strangers look like one customer.
#[must_use]
pub fn anonymous_defaults(registry: &Registry) -> Map<String, Value> {
    registry
        .schema_attributes()
        .map(|stored| &stored.value)
        .filter(|attribute| attribute.required && !attribute.multi_valued() && !is_blank(&attribute.default))
        .map(|attribute| (attribute.key.clone(), attribute.default.clone()))
        .collect()
}

/// The form in which identifiers are compared, so that `+49 (30) 123` and `004930123` are one caller.
#[must_use]
pub fn normalise_identifier(attribute: &SchemaAttribute, value: &str) -> String {
    let value = value.trim();
    match attribute.value_type {
        CustomerValueType::Email => value.to_lowercase(),
        CustomerValueType::PhoneNumber => {
            let number = phone_digits(value);
            if digits(&number, 1..=CUSTOMER_VALUE_CHARS_MAX) { number } else { value.to_owned() }
        }
        _ => value.to_owned(),
    }
}

/// An address on a channel in the form in which it is compared: however it is written, it is one customer's.
#[must_use]
pub fn compared_address(registry: &Registry, channel: ChannelId, address: &str) -> String {
    let channel = registry.channel(channel);
    match channel.and_then(|channel| registry.identifier_attributes(channel.value.channel_type).first()) {
        Some(attribute) => normalise_identifier(&attribute.value, address),
        None => address.trim().to_owned(),
    }
}

/// A value in the form in which customers are found by it: of an identifier, as addresses are compared, else without
/// regard to case. `None` for what nobody is found by: what says nothing, truths, and what every new customer has.
#[must_use]
pub fn indexed_value(attribute: &SchemaAttribute, value: &Value) -> Option<String> {
    if is_blank(value) || *value == attribute.default || attribute.value_type == CustomerValueType::Boolean {
        return None;
    }
    match value {
        Value::String(text) if attribute.multi_valued() => Some(normalise_identifier(attribute, text)),
        Value::String(text) => Some(text.trim().to_lowercase()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a value says nothing: null, an empty text, an empty list.
#[must_use]
pub fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether a text is an absolute address with one of these schemes: a host, perhaps a port, no user and password,
/// nothing invisible.
#[must_use]
pub fn url(text: &str, schemes: &[&str]) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    if !schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known))
        || rest.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host_fits, port) = match authority.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((host, port)) => (ip(host), port),
        None => {
            let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            (host_name(host), port)
        }
    };
    let port_fits = || port.strip_prefix(':').and_then(|p| p.parse().ok()).is_some_and(|port: u16| port > 0);
    host_fits && (port.is_empty() || port_fits())
}

/// Underscores are for the service names of container networks.
fn host_name(host: &str) -> bool {
    (1..=253).contains(&host.len())
        && host.strip_suffix('.').unwrap_or(host).split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        })
}

fn email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let local_fits = |c: char| !c.is_whitespace() && !c.is_control() && !"@<>()[],;:\\\"".contains(c);
    (1..=64).contains(&local.len())
        && local.chars().all(local_fits)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && domain.contains('.')
        && !domain.ends_with('.')
        && !domain.contains('_')
        && host_name(domain)
}

fn ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

fn alphanumeric(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == ' ')
}

fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> bool {
    count.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A phone number without what people write to make it readable, and without the international prefix.
fn phone_digits(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")).unwrap_or(&bare).to_owned()
}

/// The text when it has so many characters and none that steers a terminal.
fn text(value: &Value, chars: std::ops::RangeInclusive<usize>) -> Option<&str> {
    let text = value.as_str()?;
    (chars.contains(&text.chars().count()) && !text.chars().any(char::is_control)).then_some(text)
}

fn plain(value: &Value) -> Option<&str> {
    text(value, 1..=CUSTOMER_VALUE_CHARS_MAX)
}

/// Like [`text`], and lines may break: keys and certificates are pasted with their line ends.
fn multiline(value: &Value, chars: std::ops::RangeInclusive<usize>) -> bool {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    value.as_str().is_some_and(|text| chars.contains(&text.chars().count()) && !text.chars().any(steers))
}

fn string_list(value: &Value) -> bool {
    match value {
        Value::Array(items) => {
            items.len() <= STRING_LIST_ITEMS_MAX && items.iter().all(|item| multiline(item, 1..=2000))
        }
        single => multiline(single, 1..=2000),
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Number(number) => number.as_u64().is_some_and(|n| n <= 1),
        Value::String(text) => matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "0" | "1"),
        _ => false,
    }
}

fn positive(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_u64().is_some_and(|n| n > 0),
        Value::String(text) => digits(text, 1..=19) && text.bytes().any(|b| b != b'0'),
        _ => false,
    }
}

fn decimal(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
            let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
            (digits(whole, 1..=19) && digits(fraction, 1..=19)).then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}
