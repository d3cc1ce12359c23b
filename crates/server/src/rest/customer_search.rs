//! Searching and sorting customers.
//!
//! Customers are sealed one by one. What must equal a value is found through the store's blind index, which knows every
//! attribute and label by its keyed hash; everything else opens customers and looks at them in turn, up to a bound.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::{Map, Value};
use tieline_core::customer::{Customer, Identity, LABELS};
use tieline_core::id::CustomerId;
use tieline_core::registry::Registry;
use tieline_core::schema::{indexed_value, is_blank};
use tieline_store::{CustomerFilter, Store};

use crate::problem::ApiError;

/// Customers looked at by one search.
const LOOKED_AT_MAX: usize = 20_000;
const PAGE_ROWS: usize = 1_000;
/// Terms of one filter, and groups within groups.
const TERMS_MAX: usize = 20;
const DEPTH_MAX: usize = 4;
const VALUE_CHARS_MAX: usize = 1_000;

/// Which customers are meant.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Term { field: String, operator: Operator, value: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    EqualTo,
    NotEqualTo,
    GreaterThan,
    GreaterThanOrEqualTo,
    LessThan,
    LessThanOrEqualTo,
    StartsWith,
    EndsWith,
    Contains,
    NotContains,
    IsEmpty,
    IsNotEmpty,
}

impl Operator {
    const NAMES: [(&'static str, Self); 12] = [
        ("equalTo", Self::EqualTo),
        ("notEqualTo", Self::NotEqualTo),
        ("greaterThan", Self::GreaterThan),
        ("greaterThanOrEqualTo", Self::GreaterThanOrEqualTo),
        ("lessThan", Self::LessThan),
        ("lessThanOrEqualTo", Self::LessThanOrEqualTo),
        ("startsWith", Self::StartsWith),
        ("endsWith", Self::EndsWith),
        ("contains", Self::Contains),
        ("notContains", Self::NotContains),
        ("isEmpty", Self::IsEmpty),
        ("isNotEmpty", Self::IsNotEmpty),
    ];
}

impl Filter {
    /// `field:value`, as desks write it: the attribute contains the text.
    pub fn of_desk(query: &str, hidden: impl Fn(&str) -> bool) -> Result<Self, ApiError> {
        let Some((field, text)) = query.split_once(':').filter(|(field, _)| !field.trim().is_empty()) else {
            let what = format!("paginateQuery is {query:?}");
            return Err(ApiError::bad_request("paginateQuery", what, "Send field:value."));
        };
        let field = visible(field.trim(), hidden)?;
        Ok(Self::Term { field, operator: Operator::Contains, value: text.trim().to_owned() })
    }

    /// A JSON query of groups and terms.
    pub fn read(text: &str, hidden: impl Fn(&str) -> bool + Copy) -> Result<Self, ApiError> {
        let refuse = |what: String| {
            let hint =
                "Send {\"field\", \"operator\", \"value\"}, or {\"and\": […]} or {\"or\": […]} of such.";
            ApiError::bad_request("filter", what, hint)
        };
        let sent: Value =
            serde_json::from_str(text).map_err(|_| refuse("the filter is no JSON".to_owned()))?;
        let mut terms = 0;
        Self::read_value(&sent, 0, &mut terms, hidden)?.map_err(refuse)
    }

    /// The outer error is a permission that lacks, the inner one what is wrong with the query.
    fn read_value(
        sent: &Value,
        depth: usize,
        terms: &mut usize,
        hidden: impl Fn(&str) -> bool + Copy,
    ) -> Result<Result<Self, String>, ApiError> {
        let Value::Object(members) = sent else { return Ok(Err("a term is not an object".to_owned())) };
        if depth > DEPTH_MAX {
            return Ok(Err(format!("groups stand more than {DEPTH_MAX} deep")));
        }
        for (name, group) in [("and", Self::And as fn(_) -> _), ("or", Self::Or)] {
            let Some(Value::Array(items)) = members.get(name) else { continue };
            let mut read = Vec::with_capacity(items.len().min(TERMS_MAX));
            for item in items {
                match Self::read_value(item, depth + 1, terms, hidden)? {
                    Ok(one) => read.push(one),
                    Err(what) => return Ok(Err(what)),
                }
            }
            return Ok(if read.is_empty() {
                Err(format!("\"{name}\" holds nothing"))
            } else {
                Ok(group(read))
            });
        }
        *terms += 1;
        if *terms > TERMS_MAX {
            return Ok(Err(format!("there are more than {TERMS_MAX} terms")));
        }
        Ok(match read_term(members) {
            Ok((field, operator, value)) => {
                Ok(Self::Term { field: visible(&field, hidden)?, operator, value })
            }
            Err(what) => Err(what),
        })
    }

    fn finds(&self, registry: &Registry, customer: &Customer) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.finds(registry, customer)),
            Self::Or(any) => any.iter().any(|one| one.finds(registry, customer)),
            Self::Term { field, operator, value } => {
                let equals = |held: &str, sought: &str| is_same(registry, field, held, sought);
                term_finds(customer, field, *operator, value, equals)
            }
        }
    }

    /// Something every customer who is meant has, and by which he can be found.
    fn found_by(&self, registry: &Registry) -> Option<Identity> {
        match self {
            Self::And(all) => all.iter().find_map(|one| one.found_by(registry)),
            Self::Or(_) => None,
            Self::Term { field, operator: Operator::EqualTo, value } if field == LABELS => {
                Some(Identity { attribute: LABELS.into(), value: value.as_str().into() })
            }
            Self::Term { field, operator: Operator::EqualTo, value } => {
                let stored = registry.schema_attributes().find(|stored| stored.value.key == *field)?;
                let value = indexed_value(&stored.value, &Value::from(value.as_str()))?;
                Some(Identity { attribute: field.as_str().into(), value: value.into() })
            }
            Self::Term { .. } => None,
        }
    }
}

fn read_term(members: &Map<String, Value>) -> Result<(String, Operator, String), String> {
    let field = members.get("field").and_then(Value::as_str).filter(|field| !field.trim().is_empty());
    let field = field.ok_or("a term has no \"field\"")?.trim().to_owned();
    let named = members.get("operator").and_then(Value::as_str).unwrap_or_default();
    let known = Operator::NAMES.iter().find(|(name, _)| *name == named);
    let (_, operator) = known.ok_or_else(|| format!("there is no operator {named:?}"))?;
    let value = match members.get("value") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other @ (Value::Bool(_) | Value::Number(_))) => other.to_string(),
        Some(_) => return Err(format!("the value of {field:?} is no text, number or truth")),
    };
    if value.chars().count() > VALUE_CHARS_MAX {
        return Err(format!("the value of {field:?} is longer than {VALUE_CHARS_MAX} characters"));
    }
    Ok((field, *operator, value))
}

/// Texts are compared without regard to case, numbers by their size; of several values one is enough, and where
/// something must not be, none may.
fn term_finds(
    customer: &Customer,
    field: &str,
    operator: Operator,
    sought: &str,
    equals: impl Fn(&str, &str) -> bool,
) -> bool {
    let sought = sought.to_lowercase();
    let is_held = || values(customer, field).any(|value| equals(&value, &sought));
    let held: Vec<String> = values(customer, field).map(|value| value.to_lowercase()).collect();
    let any = |holds: fn(&str, &str) -> bool| held.iter().any(|value| holds(value, &sought));
    let is_ordered = |orders: &[Ordering]| held.iter().any(|value| orders.contains(&compare(value, &sought)));
    match operator {
        Operator::EqualTo => is_held(),
        Operator::NotEqualTo => !is_held(),
        Operator::Contains => any(|value, sought| value.contains(sought)),
        Operator::NotContains => !any(|value, sought| value.contains(sought)),
        Operator::StartsWith => any(|value, sought| value.starts_with(sought)),
        Operator::EndsWith => any(|value, sought| value.ends_with(sought)),
        Operator::GreaterThan => is_ordered(&[Ordering::Greater]),
        Operator::GreaterThanOrEqualTo => is_ordered(&[Ordering::Greater, Ordering::Equal]),
        Operator::LessThan => is_ordered(&[Ordering::Less]),
        Operator::LessThanOrEqualTo => is_ordered(&[Ordering::Less, Ordering::Equal]),
        Operator::IsEmpty => held.iter().all(|value| value.trim().is_empty()),
        Operator::IsNotEmpty => held.iter().any(|value| !value.trim().is_empty()),
    }
}

/// Identifiers are the same in whatever way they are written, other values but for their case.
fn is_same(registry: &Registry, field: &str, held: &str, sought: &str) -> bool {
    let attribute = registry.schema_attributes().find(|stored| stored.value.key == field);
    let normal = |text: &str| indexed_value(&attribute?.value, &Value::from(text));
    match (normal(held), normal(sought)) {
        (Some(held), Some(sought)) => held == sought,
        _ => held.trim().to_lowercase() == sought.trim(),
    }
}

fn compare(one: &str, other: &str) -> Ordering {
    match (one.trim().parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    }
}

/// `field:asc` or `field:desc`.
pub struct Sorting {
    field: String,
    descending: bool,
}

impl Sorting {
    pub fn read(sort: Option<&str>, hidden: impl Fn(&str) -> bool) -> Result<Option<Self>, ApiError> {
        let Some(sort) = sort else { return Ok(None) };
        let (field, order) = sort.split_once(':').unwrap_or((sort, "asc"));
        let descending = match order.trim().to_ascii_lowercase().as_str() {
            "asc" | "1" => false,
            "desc" | "-1" => true,
            _ => {
                let what = format!("sort is {sort:?}");
                return Err(ApiError::bad_request("sort", what, "Send field:asc or field:desc."));
            }
        };
        Ok(Some(Self { field: visible(field.trim(), hidden)?, descending }))
    }

    fn compare(&self, one: &Customer, other: &Customer) -> Ordering {
        let key = |customer| values(customer, &self.field).next().map(|value| value.to_lowercase());
        let order = key(one).cmp(&key(other)).then(one.id.cmp(&other.id));
        if self.descending { order.reverse() } else { order }
    }
}

fn visible(field: &str, hidden: impl Fn(&str) -> bool) -> Result<String, ApiError> {
    if hidden(field) {
        let what = format!("{field:?} is personal and masked for you, so it cannot be searched or sorted by");
        return Err(ApiError::forbidden(what));
    }
    Ok(field.to_owned())
}

fn values<'a>(customer: &'a Customer, field: &'a str) -> Box<dyn Iterator<Item = String> + 'a> {
    if field == LABELS {
        return Box::new(customer.labels.iter().cloned());
    }
    if field == "isAnonymous" {
        return Box::new(std::iter::once(customer.anonymous.to_string()));
    }
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        value if is_blank(value) => None,
        other => Some(other.to_string()),
    };
    match customer.attributes.get(field) {
        Some(Value::Array(items)) => Box::new(items.iter().filter_map(text)),
        Some(value) => Box::new(text(value).into_iter()),
        None => Box::new(std::iter::empty()),
    }
}

/// Customers that were found.
#[derive(Debug, Default)]
pub struct Found {
    pub customers: Vec<Arc<Customer>>,
    /// Of all that were found; `None` when only one page was looked for.
    pub total: Option<u64>,
    /// After whom the next page begins.
    pub next: Option<CustomerId>,
    /// Whether everybody was looked at.
    pub complete: bool,
}

/// Where a page begins.
pub enum Start {
    /// Behind so many; all there are get counted, and may be sorted.
    Row { skip: u64, sorting: Option<Sorting> },
    /// After this customer, in the order of their age.
    After(CustomerId),
}

pub async fn run(
    store: &Store,
    registry: &Registry,
    filter: Option<&Filter>,
    from: Start,
    limit: usize,
) -> Result<Found, ApiError> {
    let having = filter.and_then(|filter| filter.found_by(registry));
    let (mut after, wanted) = match from {
        Start::After(after) => (Some(after), limit),
        Start::Row { .. } => (None, usize::MAX),
    };
    let mut found: Vec<Arc<Customer>> = Vec::new();
    let (mut looked_at, mut complete) = (0, false);
    while found.len() < wanted && looked_at < LOOKED_AT_MAX {
        let (page, last) = match &having {
            Some(having) => store.customers_having(having, after, PAGE_ROWS).await?,
            None => {
                let page = store.customers(CustomerFilter { after, skip: 0 }, PAGE_ROWS).await?.customers;
                let last = page.last().map(|last| last.id);
                (page, last)
            }
        };
        let Some(last) = last else {
            complete = true;
            break;
        };
        after = Some(last);
        looked_at += PAGE_ROWS;
        found.extend(page.into_iter().filter(|one| filter.is_none_or(|filter| filter.finds(registry, one))));
    }
    Ok(match from {
        Start::After(_) => {
            let more = !complete || found.len() > limit;
            let last = if found.len() > limit { found.get(limit - 1).map(|last| last.id) } else { after };
            found.truncate(limit);
            Found { customers: found, total: None, next: last.filter(|_| more), complete: true }
        }
        Start::Row { skip, sorting } => {
            let total = found.len() as u64;
            if let Some(sorting) = sorting {
                found.sort_by(|one, other| sorting.compare(one, other));
            }
            let skip = usize::try_from(skip).unwrap_or(usize::MAX);
            let customers = found.into_iter().skip(skip).take(limit).collect();
            Found { customers, total: Some(total), next: None, complete }
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tieline_core::id::Id;
    use tieline_core::time::At;

    use super::*;

    fn amina() -> Customer {
        let attributes =
            json!({"firstName": "Amina", "age": 42, "web": ["w1", "W2"], "vip": true, "city": ""});
        let Value::Object(attributes) = attributes else { unreachable!() };
        Customer {
            id: Id([1; 12]).into(),
            version: 1,
            created_at: At::default(),
            anonymous: false,
            attributes: attributes.into(),
            labels: vec!["gold".into()],
            last_agent: None,
            lineage: None,
            leaving: false,
        }
    }

    #[test]
    fn operators() {
        for (field, operator, value, expected) in [
            ("firstName", "equalTo", json!(" amina "), true),
            ("firstName", "equalTo", json!("amin"), false),
            ("firstName", "notEqualTo", json!("amina"), false),
            ("firstName", "startsWith", json!("AM"), true),
            ("firstName", "endsWith", json!("na"), true),
            ("firstName", "contains", json!("min"), true),
            ("firstName", "notContains", json!("min"), false),
            ("age", "greaterThan", json!(5), true),
            ("age", "greaterThanOrEqualTo", json!("42"), true),
            ("age", "lessThan", json!(42), false),
            ("age", "lessThanOrEqualTo", json!(42), true),
            ("web", "equalTo", json!("w2"), true),
            ("web", "notContains", json!("w3"), true),
            ("vip", "equalTo", json!(true), true),
            ("vip", "notEqualTo", json!("true"), false),
            ("city", "isEmpty", json!(null), true),
            ("shoe", "isEmpty", json!(null), true),
            ("shoe", "equalTo", json!("44"), false),
            ("web", "isNotEmpty", json!(null), true),
            ("labels", "equalTo", json!("gold"), true),
            ("isAnonymous", "equalTo", json!(false), true),
        ] {
            let term = json!({"field": field, "operator": operator, "value": value});
            let filter = Filter::read(&term.to_string(), |_| false).unwrap();
            assert_eq!(filter.finds(&Registry::default(), &amina()), expected, "{term}");
        }
    }

    #[test]
    fn groups_and_what_is_refused() {
        let term = |value: &str| json!({"field": "firstName", "operator": "equalTo", "value": value});
        for (filter, expected) in [
            (json!({"and": [term("amina"), term("bilal")]}), Some(false)),
            (json!({"or": [term("amina"), {"and": [term("bilal")]}]}), Some(true)),
            (json!({"and": []}), None),
            (json!([]), None),
            (json!({"field": "x", "operator": "like", "value": "y"}), None),
            (json!({"operator": "equalTo", "value": "y"}), None),
            (json!({"field": "x", "operator": "equalTo", "value": {}}), None),
            (json!({"and": vec![term("x"); TERMS_MAX + 1]}), None),
            (json!({"field": "x", "operator": "equalTo", "value": "y".repeat(VALUE_CHARS_MAX + 1)}), None),
            ((0..=DEPTH_MAX).fold(term("x"), |inner, _| json!({"and": [inner]})), None),
        ] {
            let read = Filter::read(&filter.to_string(), |_| false).ok();
            assert_eq!(read.map(|read| read.finds(&Registry::default(), &amina())), expected, "{filter}");
        }
        let hidden = Filter::read(&json!({"or": [term("amina")]}).to_string(), |field| field == "firstName");
        assert!(hidden.is_err());
    }
}
