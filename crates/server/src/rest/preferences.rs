//! What people choose for themselves: the look of their desk, and how they read the list of customers.
//!
//! Desks keep these as they like, so members come back as they were sent. Everybody has preferences of his own
//! only, and defaults until he changes something: a desk that is shown no row of preferences asks for no customers.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline_core::command::Command;
use tieline_core::id::UserId;
use tieline_core::refusal::Refusal;
use tieline_core::registry::{Object, Preferences, Registry};

use super::query::Query;
use crate::app::App;
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::wire::registry as wire;

/// Customers on a page, and columns shown, until somebody chooses.
const PAGE_SIZE: u32 = 25;
const COLUMNS_MAX: usize = 5;
/// Times a change is made anew because the same person made another meanwhile.
const ATTEMPTS_MAX: usize = 4;

#[derive(Deserialize)]
pub struct Whose {
    #[serde(rename = "user_Id", default)]
    user: String,
}

pub async fn desk(
    State(app): State<SharedApp>,
    person: Person,
    Query(whose): Query<Whose>,
) -> Result<Answer<Value>, ApiError> {
    own(&person, &whose.user)?;
    Ok(Answer(shown_desk(&app.registry(), person.id())))
}

pub async fn change_desk(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Json(sent): Json<Map<String, Value>>,
) -> Result<Answer<Value>, ApiError> {
    own(&person, &id)?;
    change(&app, &person, |_, mine| mine.desk.extend(chosen(&sent))).await?;
    Ok(Answer(shown_desk(&app.registry(), person.id())))
}

pub async fn customers(
    State(app): State<SharedApp>,
    person: Person,
    Query(whose): Query<Whose>,
) -> Result<Answer<Value>, ApiError> {
    own(&person, &whose.user)?;
    Ok(Answer(json!({"docs": [shown_customers(&app.registry(), person.id())]})))
}

pub async fn create_customers(
    State(app): State<SharedApp>,
    person: Person,
    Json(sent): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    own(&person, sent.get("user_Id").and_then(Value::as_str).unwrap_or_default())?;
    keep_customers(&app, &person, &sent).await.map(IntoResponse::into_response)
}

pub async fn change_customers(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Json(sent): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    own(&person, &id)?;
    keep_customers(&app, &person, &sent).await.map(IntoResponse::into_response)
}

async fn keep_customers(
    app: &App,
    person: &Person,
    sent: &Map<String, Value>,
) -> Result<Answer<Value>, ApiError> {
    change(app, person, |_, mine| mine.customers.extend(chosen(sent))).await?;
    Ok(Answer(shown_customers(&app.registry(), person.id())))
}

/// Changes what one person has chosen, from what it is.
pub async fn change(
    app: &App,
    person: &Person,
    make: impl Fn(&Registry, &mut Preferences),
) -> Result<(), ApiError> {
    let user = person.id();
    let mut attempt = 1;
    loop {
        let registry = app.registry();
        let old = registry.preferences(user);
        let mut mine = old.map_or_else(|| Preferences::of(user), |stored| stored.value.clone());
        make(&registry, &mut mine);
        mine.lists.retain(|list| registry.list(*list).is_some());
        let object = Box::new(Object::Preferences(mine));
        let expected = old.map(|stored| stored.version);
        match app.engine.submit_as(person.origin(), Command::PutObject { object, expected }).await? {
            Ok(_) => return Ok(()),
            Err(Refusal::Stale { .. } | Refusal::Taken { .. }) if attempt < ATTEMPTS_MAX => attempt += 1,
            Err(refusal) => return Err(refusal.into()),
        }
    }
}

/// What is the person's choice; ids are ours.
fn chosen(sent: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> + '_ {
    sent.iter()
        .filter(|(member, _)| !matches!(member.as_str(), "_id" | "user_Id" | "__v"))
        .map(|(member, value)| (member.clone(), value.clone()))
}

fn shown_desk(registry: &Registry, user: UserId) -> Value {
    let mut shown = json!({"theme": "light", "language": "en"});
    lay_over(&mut shown, registry.preferences(user).map(|stored| &stored.value.desk));
    with_ids(shown, user)
}

fn shown_customers(registry: &Registry, user: UserId) -> Value {
    let mut attributes: Vec<_> = registry.schema_attributes().collect();
    attributes.sort_by_key(|stored| stored.value.order);
    let columns: Vec<Value> = attributes
        .into_iter()
        .take(COLUMNS_MAX)
        .map(|stored| wire::schema_attribute(registry, &stored.value))
        .map(|shown| json!({"field": shown.key, "header": shown.label, "type": shown.kind}))
        .collect();
    let mut shown = json!({
        "pageSize": PAGE_SIZE,
        "columns": columns,
        "sortOption": {"field": "firstName", "order": "asc"},
    });
    lay_over(&mut shown, registry.preferences(user).map(|stored| &stored.value.customers));
    with_ids(shown, user)
}

fn lay_over(shown: &mut Value, chosen: Option<&Map<String, Value>>) {
    for (member, value) in chosen.into_iter().flatten() {
        shown[member.as_str()] = value.clone();
    }
}

fn with_ids(mut shown: Value, user: UserId) -> Value {
    shown["_id"] = json!(user);
    shown["user_Id"] = json!(user);
    shown
}

fn own(person: &Person, id: &str) -> Result<(), ApiError> {
    match id.is_empty() || id == person.id().to_string() {
        true => Ok(()),
        false => Err(ApiError::forbidden("everybody has preferences of his own only")),
    }
}
