//! The customer schema beyond what every noun has: its order, and what its types allow.

use axum::Json as Answer;
use axum::extract::State;
use serde_json::Value;
use tieline_cim::customer::AttributeType;
use tieline_core::id::Id;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::Object;

use super::noun::SCHEMA;
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::wire::registry as wire;

/// Attributes that can be put in order in one request.
const ATTRIBUTES_MAX: usize = 1000;

/// What forms check before they send; the core's own rules decide.
const PATTERNS: [(&str, &str); 10] = [
    ("string", r"^[\s\S]{1,1000}$"),
    ("alphaNumeric", r"^[0-9A-Za-z\u00C0-\uFFFF ]{1,1000}$"),
    ("boolean", r"^(true|false|0|1)$"),
    ("email", r"^[^\s@<>]{1,64}@[^\s@<>]+\.[^\s@<>]+$"),
    ("ip", r"^(\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$"),
    ("name", r"^[^<>]{1,100}$"),
    ("number", r"^[+-]?\d{1,10}(\.\d{1,19})?$"),
    ("phoneNumber", r"^\+?[0-9 ().-]{2,30}$"),
    ("password", r"^.{8,256}$"),
    ("url", r"^https?://\S+$"),
];

pub async fn attribute_types(person: Person) -> Result<Answer<Vec<AttributeType>>, ApiError> {
    person.may(Resource::CustomerSchema, Action::View)?;
    let rows = PATTERNS.map(|(kind, regex)| AttributeType {
        kind: kind.to_owned(),
        regex: regex.to_owned(),
        ..AttributeType::default()
    });
    Ok(Answer(rows.to_vec()))
}

/// Puts attributes in the order of a list of their ids, or of objects with `_id` and perhaps `sortOrder`.
pub async fn put_in_order(
    State(app): State<SharedApp>,
    person: Person,
    Json(sent): Json<Vec<Value>>,
) -> Result<Answer<Vec<tieline_cim::customer::CustomerSchemaAttribute>>, ApiError> {
    person.may(Resource::CustomerSchema, Action::Manage)?;
    if sent.len() > ATTRIBUTES_MAX {
        return Err(ApiError::too_large(format_args!(
            "at most {ATTRIBUTES_MAX} attributes can be put in order"
        )));
    }
    let mut orders = Vec::with_capacity(sent.len());
    for (place, item) in sent.iter().enumerate() {
        let text = item.as_str().or_else(|| item.get("_id").and_then(Value::as_str)).unwrap_or_default();
        let id = SCHEMA.id(text)?;
        if app.registry().schema_attribute(id.into()).is_none() {
            return Err(SCHEMA.missing(text));
        }
        let order = item.get("sortOrder").and_then(Value::as_u64).and_then(|order| u32::try_from(order).ok());
        orders.push((id, order.unwrap_or(u32::try_from(place + 1).unwrap_or(u32::MAX))));
    }
    for (id, order) in orders {
        set_order(&app, &person, id, order).await?;
    }
    let registry = app.registry();
    let mut attributes: Vec<_> = registry.schema_attributes().collect();
    attributes.sort_by_key(|stored| stored.value.order);
    Ok(Answer(
        attributes.into_iter().map(|stored| wire::schema_attribute(&registry, &stored.value)).collect(),
    ))
}

async fn set_order(app: &SharedApp, person: &Person, id: Id, order: u32) -> Result<(), ApiError> {
    if app.registry().schema_attribute(id.into()).is_some_and(|stored| stored.value.order == order) {
        return Ok(());
    }
    let reordered = |_: &tieline_core::registry::Registry, old: &Object| {
        let mut object = old.clone();
        if let Object::SchemaAttribute(attribute) = &mut object {
            attribute.order = order;
        }
        Ok(object)
    };
    SCHEMA.change(app, person, id, None, reordered).await.map(drop)
}
