//! Searching and sorting customers by an attribute.
//!
//! Customers are sealed one by one, so a search opens and looks at them in turn, up to a bound. Finding a customer
//! by a channel identifier needs no search: see the lookup in `customers`.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value;
use tieline_core::customer::Customer;
use tieline_store::{CustomerFilter, CustomerPage, Store};

use crate::problem::ApiError;

/// Customers looked at by one search.
const LOOKED_AT_MAX: usize = 20_000;
const PAGE_ROWS: usize = 1_000;

/// `field:value`: the attribute contains the text, in any letter case.
pub struct Search {
    field: String,
    text: String,
}

impl Search {
    pub fn read(query: Option<&str>, hidden: impl Fn(&str) -> bool) -> Result<Option<Self>, ApiError> {
        let Some(query) = query else { return Ok(None) };
        let Some((field, text)) = query.split_once(':').filter(|(field, _)| !field.trim().is_empty()) else {
            let what = format!("paginateQuery is {query:?}");
            return Err(ApiError::bad_request("paginateQuery", what, "Send field:value."));
        };
        let field = visible(field.trim(), hidden)?;
        Ok(Some(Self { field, text: text.trim().to_lowercase() }))
    }

    fn finds(&self, customer: &Customer) -> bool {
        values(customer, &self.field).any(|value| value.to_lowercase().contains(&self.text))
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
    if field == "labels" {
        return Box::new(customer.labels.iter().cloned());
    }
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    };
    match customer.attributes.get(field) {
        Some(Value::Array(items)) => Box::new(items.iter().filter_map(text)),
        Some(value) => Box::new(text(value).into_iter()),
        None => Box::new(std::iter::empty()),
    }
}

/// One page of what is found, how many there are, and whether every customer was looked at.
pub async fn run(
    store: &Store,
    search: Option<Search>,
    sorting: Option<Sorting>,
    skip: u64,
    limit: usize,
) -> Result<(CustomerPage, bool), ApiError> {
    let mut found: Vec<Arc<Customer>> = Vec::new();
    let (mut after, mut looked_at, mut complete) = (None, 0, true);
    loop {
        let page = store.customers(CustomerFilter { after, skip: 0 }, PAGE_ROWS).await?.customers;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        looked_at += page.len();
        found.extend(page.into_iter().filter(|one| search.as_ref().is_none_or(|search| search.finds(one))));
        if looked_at >= LOOKED_AT_MAX {
            complete = false;
            break;
        }
    }
    if let Some(sorting) = sorting {
        found.sort_by(|one, other| sorting.compare(one, other));
    }
    let total = found.len() as u64;
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let customers = found.into_iter().skip(skip).take(limit).collect();
    Ok((CustomerPage { customers, total }, complete))
}
