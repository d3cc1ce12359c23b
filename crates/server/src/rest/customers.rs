//! Customers: found, shown as far as the reader may see them, changed and erased.
//!
//! Personal values are masked for readers without the permission, except while they are in a live conversation
//! with the customer; a mask that is sent back changes nothing. Who sees masks cannot sort or search by what is
//! behind them.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline_cim::Why;
use tieline_core::audit::Deed;
use tieline_core::command::{self, Command};
use tieline_core::customer::{Customer, Identity};
use tieline_core::id::CustomerId;
use tieline_core::permission::{Action, Resource};
use tieline_core::refusal::Refusal;
use tieline_core::schema::normalise_identifier;
use tieline_store::{CustomerFilter, CustomerPage};

use super::audit;
use super::customer_search::{self, Filter, Found, Sorting, Start};
use super::query::{Query, rows};
use super::refused::submit_by;
use super::version::{IfMatch, etag};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::housekeeping;
use crate::problem::{ApiError, Json};
use crate::wire;

/// Members of a customer that are not attributes of the schema.
const FIXED_MEMBERS: [&str; 4] = ["_id", "__v", "isAnonymous", "labels"];
const ATTEMPTS_MAX: usize = 4;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    limit: Option<usize>,
    offset: Option<u64>,
    sort: Option<String>,
    paginate_query: Option<String>,
    filter: Option<String>,
    after: Option<String>,
    channel_type: Option<String>,
    customer_channel_identifier: Option<String>,
}

pub async fn list(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Listing>,
) -> Result<Response, ApiError> {
    person.may(Resource::Customers, Action::View)?;
    if let Some(identifier) = &asked.customer_channel_identifier {
        let channel_type = asked.channel_type.as_deref().unwrap_or_default();
        return look_up(&app, &person, channel_type, identifier).await;
    }
    let (limit, skip) = (rows(asked.limit)?, asked.offset.unwrap_or(0));
    let registry = app.registry();
    let hidden = |key: &str| {
        !person.sees_personal_data()
            && wire::customer::personal(&registry).any(|attribute| attribute.key == key)
    };
    let filter = match (&asked.filter, &asked.paginate_query) {
        (Some(filter), _) => Some(Filter::read(filter, hidden)?),
        (None, Some(query)) => Some(Filter::of_desk(query, hidden)?),
        (None, None) => None,
    };
    let sorting = Sorting::read(asked.sort.as_deref(), hidden)?;
    let found = match (asked.after.as_deref(), &filter, &sorting) {
        (Some(_), _, Some(_)) => {
            let hint = "Leave one of them out; pages after a customer come in the order of age.";
            return Err(ApiError::bad_request("after", "after and sort do not go together", hint));
        }
        (Some(after), ..) => {
            let from = Start::After(read_id(after)?);
            customer_search::run(&app.store, &registry, filter.as_ref(), from, limit).await?
        }
        (None, None, None) => {
            let CustomerPage { customers, total } =
                app.store.customers(CustomerFilter { after: None, skip }, limit).await?;
            let next = customers.last().map(|last| last.id).filter(|_| skip + (limit as u64) < total);
            Found { customers, total: Some(total), next, complete: true }
        }
        (None, ..) => {
            let from = Start::Row { skip, sorting };
            customer_search::run(&app.store, &registry, filter.as_ref(), from, limit).await?
        }
    };
    let docs: Vec<_> = found.customers.iter().map(|customer| shown(&app, &person, customer)).collect();
    let mut response = match found.total {
        Some(total) => Answer(json!({"docs": docs, "totalDocs": total, "next": found.next})).into_response(),
        None => Answer(json!({"docs": docs, "next": found.next})).into_response(),
    };
    if !found.complete {
        // Said, not hidden: only the oldest customers were looked at.
        response.headers_mut().insert("tieline-incomplete", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Whom an address belongs to, as a message from it would be recognised.
async fn look_up(
    app: &App,
    person: &Person,
    channel_type: &str,
    identifier: &str,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let found = registry.channel_types().find(|known| known.value.name.eq_ignore_ascii_case(channel_type));
    let found = found.ok_or_else(|| {
        let what = format!("there is no channel type {channel_type:?}");
        ApiError::bad_request("channelType", what, "Send the name of a channel type, such as WEB.")
    })?;
    for attribute in registry.identifier_attributes(found.value.id) {
        let identity = Identity {
            attribute: attribute.value.key.as_str().into(),
            value: normalise_identifier(&attribute.value, identifier).into(),
        };
        // Several holders are nobody in particular.
        if let [customer] = &app.store.customers_by_identity(&identity).await?[..] {
            let customer = shown_to(app, person, customer).await?;
            return Ok(Answer(json!({"customer": customer})).into_response());
        }
    }
    Ok(Answer(json!({"customer": null})).into_response())
}

pub async fn one(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    person.may(Resource::Customers, Action::View)?;
    let customer = present(&app, read_id(&id)?).await?;
    let is_personal = wire::customer::personal(&app.registry()).next().is_some();
    if is_personal && person.sees_personal_data() && !serves(&app, &person, customer.id).await? {
        audit::note(&app, person.origin(), Deed::PersonalDataRead { customer: customer.id }).await;
    }
    answer(&app, &person, &customer, StatusCode::OK).await
}

pub async fn create(
    State(app): State<SharedApp>,
    person: Person,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    person.may(Resource::Customers, Action::Manage)?;
    let labels = labels(&body)?.unwrap_or_default();
    let command = Command::PutCustomer { id: None, attributes: attributes(body), labels, expected: None };
    match submit_by(&app, &person, command).await? {
        command::Answer::Customer(customer) => answer(&app, &person, &customer, StatusCode::CREATED).await,
        _ => Err(ApiError::internal("a new customer was answered with something else")),
    }
}

pub async fn replace(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    person.may(Resource::Customers, Action::Manage)?;
    let id = read_id(&id)?;
    let sent_labels = labels(&body)?;
    let sent = attributes(body);
    for _ in 0..ATTEMPTS_MAX {
        let old = app.store.customer(id).await?.ok_or_else(|| missing(&id.to_string()))?;
        let mut attributes = sent.clone();
        wire::customer::unmask(&app.registry(), &mut attributes, &old.attributes);
        let command = Command::PutCustomer {
            id: Some(id),
            attributes,
            labels: sent_labels.clone().unwrap_or_else(|| old.labels.clone()),
            expected: Some(expected.unwrap_or(old.version)),
        };
        match app.engine.submit_as(person.origin(), command).await? {
            Ok(command::Answer::Customer(customer)) => {
                return answer(&app, &person, &customer, StatusCode::OK).await;
            }
            Ok(_) => return Err(ApiError::internal("a changed customer was answered with something else")),
            // The last change wins, made to what is there by then.
            Err(Refusal::Stale { .. }) if expected.is_none() => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(ApiError::unavailable(std::time::Duration::from_secs(1)))
}

/// Destroys what is needed to read a customer and everything written about him, and the files that were sent.
pub async fn erase(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    person.may(Resource::Customers, Action::Manage)?;
    if !person.sees_personal_data() {
        let why = Why::LeadsErase;
        return Err(person.refused(Resource::Customers, Action::Manage, &why).coded(&why));
    }
    let id = read_id(&id)?;
    // From here on no file of his can be added, and none is removed in vain. Whatever breaks off is taken up by the next try.
    submit_by(&app, &person, Command::PartWithCustomer(id)).await?;
    remove_files(&app, id).await?;
    submit_by(&app, &person, Command::EraseCustomer(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes the files sent by and to a customer who is about to be erased: afterwards nothing tells which they were.
async fn remove_files(app: &App, id: CustomerId) -> Result<(), ApiError> {
    let mut remain = false;
    for sent in housekeeping::files_sent_with(app, id).await? {
        remain |= !housekeeping::remove_files(app, &sent).await;
    }
    if remain {
        let hint = "Erase him again when that is mended.";
        let why = Why::FilesRemain;
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, why.code(), &why, hint).coded(&why));
    }
    Ok(())
}

pub async fn answer(
    app: &App,
    person: &Person,
    customer: &Customer,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let shown = shown_to(app, person, customer).await?;
    Ok((status, [(header::ETAG, etag(customer.version))], Answer(shown)).into_response())
}

/// A customer as this person may see him now.
pub async fn shown_to(
    app: &App,
    person: &Person,
    customer: &Customer,
) -> Result<tieline_cim::Customer, ApiError> {
    Ok(wire::customer::customer(&visible(app, person, customer).await?))
}

/// A customer with what this person may not see masked.
pub async fn visible(app: &App, person: &Person, customer: &Customer) -> Result<Customer, ApiError> {
    let registry = app.registry();
    let nothing_to_hide = wire::customer::personal(&registry).next().is_none();
    if nothing_to_hide || sees(app, person, customer.id).await? {
        return Ok(customer.clone());
    }
    Ok(wire::customer::masked(&registry, customer))
}

fn shown(app: &App, person: &Person, customer: &Customer) -> tieline_cim::Customer {
    match person.sees_personal_data() {
        true => wire::customer::customer(customer),
        false => wire::customer::customer(&wire::customer::masked(&app.registry(), customer)),
    }
}

/// Whether the person sees what is personal about this customer.
pub async fn sees(app: &App, person: &Person, customer: CustomerId) -> Result<bool, ApiError> {
    Ok(person.sees_personal_data() || serves(app, person, customer).await?)
}

/// Whether the person is in a live conversation with the customer.
async fn serves(app: &App, person: &Person, customer: CustomerId) -> Result<bool, ApiError> {
    let agent = person.id();
    let serves = app.engine.ask(move |state| {
        state.conversation_with(customer).is_some_and(|live| live.participant(agent).is_some())
    });
    Ok(serves.await?)
}

/// A customer, or who stands for him since they were merged.
pub async fn present(app: &App, id: CustomerId) -> Result<Arc<Customer>, ApiError> {
    standing(app, id).await?.ok_or_else(|| missing(&id.to_string()))
}

/// The same, when there may be none.
pub async fn standing(app: &App, id: CustomerId) -> Result<Option<Arc<Customer>>, ApiError> {
    let mut found = app.store.customer(id).await?;
    while let Some(survivor) = found.as_ref().and_then(|customer| customer.merged_into()) {
        found = app.store.customer(survivor).await?;
    }
    Ok(found)
}

fn missing(id: &str) -> ApiError {
    ApiError::not_found(format_args!("there is no customer with the id {id:?}"))
}

pub fn read_id(text: &str) -> Result<CustomerId, ApiError> {
    text.trim().parse().map_err(|_| missing(text))
}

fn attributes(mut body: Map<String, Value>) -> Map<String, Value> {
    body.retain(|member, _| !FIXED_MEMBERS.contains(&member.as_str()));
    body
}

fn labels(body: &Map<String, Value>) -> Result<Option<Vec<String>>, ApiError> {
    match body.get("labels") {
        None | Some(Value::Null) => Ok(None),
        Some(sent) => serde_json::from_value(sent.clone()).map(Some).map_err(|_| {
            ApiError::bad_request("labels", "labels are not a list of texts", "Send the ids of labels.")
        }),
    }
}
