//! Whose conversations and whose profiles: linked and merged, and taken apart again.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::command::{self, Command, ItsAddress, LinkWish, MergeWish};
use tieline_core::customer::{Customer, Merge};
use tieline_core::id::CustomerId;
use tieline_core::permission::{Action, Resource};

use super::conversations;
use super::customers::{self, answer, read_id};
use super::refused::submit_by;
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::wire::scene::username;

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 500;

/// A customer, as his id or as the object desks send.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Id(String),
    Customer {
        #[serde(rename = "_id")]
        id: String,
    },
}

impl Named {
    fn id(&self) -> Result<CustomerId, ApiError> {
        let (Self::Id(id) | Self::Customer { id }) = self;
        read_id(id)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeRequest {
    customer_id: String,
    reason: Option<String>,
}

/// Merges another profile into this one.
pub async fn merge(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Json(sent): Json<MergeRequest>,
) -> Result<Response, ApiError> {
    may_merge(&person)?;
    let wish = MergeWish {
        survivor: read_id(&id)?,
        absorbed: read_id(&sent.customer_id)?,
        by: person.id(),
        reason: reason(sent.reason)?,
    };
    let survivor = changed(&app, &person, Command::MergeCustomers(Box::new(wish))).await?;
    answer(&app, &person, &survivor, StatusCode::OK).await
}

#[derive(Default, Deserialize)]
pub struct Why {
    reason: Option<String>,
}

/// Takes this profile out of the one it was merged into.
pub async fn unmerge(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Json(sent): Json<Why>,
) -> Result<Response, ApiError> {
    may_merge(&person)?;
    let (customer, by, reason) = (read_id(&id)?, person.id(), reason(sent.reason)?);
    let restored = changed(&app, &person, Command::UnmergeCustomer { customer, by, reason }).await?;
    answer(&app, &person, &restored, StatusCode::OK).await
}

/// The merges in force that a profile has come from.
pub async fn merges(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    may_merge(&person)?;
    let customer = customers::present(&app, read_id(&id)?).await?;
    let registry = app.registry();
    let shown = |merge: &Merge| {
        json!({
            "customerId": merge.absorbed,
            "at": merge.at,
            "by": merge.by,
            "username": username(&registry, merge.by),
            "reason": merge.reason,
            "added": merge.added,
            "filled": merge.filled,
            "labels": merge.labels,
            "conversationId": merge.conversation,
        })
    };
    Ok(Answer(customer.merges().iter().map(shown).collect()))
}

fn may_merge(person: &Person) -> Result<(), ApiError> {
    person.may(Resource::Customers, Action::Manage)?;
    match person.sees_personal_data() {
        true => Ok(()),
        false => {
            let why = tieline_cim::Why::LeadsMerge;
            Err(person.refused(Resource::Customers, Action::Manage, &why).coded(&why))
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkRequest {
    #[serde(rename = "_id")]
    id: String,
    reason: Option<String>,
    /// Ours: the address the conversation came from becomes this customer's.
    #[serde(default)]
    move_identifier: bool,
}

/// Gives a conversation to another customer, whom desks send whole.
pub async fn link(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Json(sent): Json<LinkRequest>,
) -> Result<Response, ApiError> {
    may_link(&person)?;
    let wish = LinkWish {
        conversation: conversations::read_id(&id)?,
        to: read_id(&sent.id)?,
        address: if sent.move_identifier { ItsAddress::GoesAlong } else { ItsAddress::Stays },
        by: person.id(),
        reason: reason(sent.reason)?,
    };
    let customer = changed(&app, &person, Command::LinkConversation(Box::new(wish))).await?;
    answer(&app, &person, &customer, StatusCode::OK).await
}

/// Gives a conversation back to the customer it was taken from last.
pub async fn unlink(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Json(sent): Json<Why>,
) -> Result<Response, ApiError> {
    may_link(&person)?;
    let (by, reason) = (person.id(), reason(sent.reason)?);
    let command = Command::UnlinkConversation { conversation: conversations::read_id(&id)?, by, reason };
    let customer = changed(&app, &person, command).await?;
    answer(&app, &person, &customer, StatusCode::OK).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastRequest {
    current_customer: Named,
    new_customer: Named,
    reason: Option<String>,
}

/// Gives the past conversations of an anonymous customer to another one.
pub async fn link_past(
    State(app): State<SharedApp>,
    person: Person,
    Json(sent): Json<PastRequest>,
) -> Result<Answer<Value>, ApiError> {
    may_link(&person)?;
    let (from, to) = (sent.current_customer.id()?, sent.new_customer.id()?);
    let command = Command::LinkPast { from, to, by: person.id(), reason: reason(sent.reason)? };
    match submit_by(&app, &person, command).await? {
        command::Answer::Linked { conversations } => Ok(Answer(json!({"conversations": conversations}))),
        _ => Err(ApiError::internal("linked conversations were answered with something else")),
    }
}

fn may_link(person: &Person) -> Result<(), ApiError> {
    person.may(Resource::Customers, Action::Manage)?;
    person.may(Resource::Conversations, Action::Manage)
}

async fn changed(app: &App, person: &Person, command: Command) -> Result<Arc<Customer>, ApiError> {
    match submit_by(app, person, command).await? {
        command::Answer::Customer(customer) => Ok(customer),
        _ => Err(ApiError::internal("a changed customer was answered with something else")),
    }
}

fn reason(sent: Option<String>) -> Result<Option<Box<str>>, ApiError> {
    let sent = sent.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match sent {
        Some(text) if text.chars().count() > REASON_CHARS_MAX => {
            let hint = format!("Say it in {REASON_CHARS_MAX} characters.");
            Err(ApiError::bad_request("reason", "the reason is too long", hint))
        }
        sent => Ok(sent.map(Into::into)),
    }
}
