//! Messages in: from connectors, from people who write first, and from other systems.
//!
//! A message is answered once it is on disk. The same message sent again, by `Idempotency-Key` or by all it says,
//! has no second effect and the same answer.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tieline_core::command::{self, ActivityTarget, Command, Content, Inbound, SenderClass};
use tieline_core::customer::Customer;
use tieline_core::facts::Accepted;
use tieline_core::form;
use tieline_core::id::{ConnectorId, ConversationId, SessionId};
use tieline_core::outbound::AGENT_OUTBOUND;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::Registry;

use super::customers::shown_to;
use super::inbound::Posted;
use super::refused::{submit, submit_by};
use crate::app::{App, SharedApp};
use crate::auth::{Call, Person, Visitor};
use crate::outlet::SEQUENCE_HEADER;
use crate::problem::ApiError;
use crate::wire;

/// What was filled in before a chat travels with the message that begins it, and is judged then.
const START_CHAT: &str = "START_CHAT";

/// A message from a customer, a receipt, a sign of typing, a system's report on a call.
pub async fn receive(State(app): State<SharedApp>, call: Call) -> Result<Response, ApiError> {
    may_write(&call.by)?;
    let posted =
        Posted { caller: call.by.caller(), headers: &call.headers, body: &call.body, now: app.now() };
    let inbound = posted.inbound()?;
    if inbound.intent.as_deref() == Some(AGENT_OUTBOUND) {
        return contact(&app, &call).await;
    }
    if inbound.intent.as_deref() == Some(START_CHAT) {
        form::check_prechat(&app.registry(), &inbound.address.attributes)?;
    }
    let answer = match &call.by {
        Visitor::Person(person) => {
            may_speak(person, &inbound)?;
            submit_by(&app, person, Command::Receive(Box::new(inbound))).await?
        }
        Visitor::Connector(_) | Visitor::Open(_) => submit(&app, Command::Receive(Box::new(inbound))).await?,
    };
    accepted(&app, &call.by, answer, "Message accepted").await
}

/// An agent writes to a customer first; it is his conversation from then on.
async fn contact(app: &App, call: &Call) -> Result<Response, ApiError> {
    let Visitor::Person(person) = &call.by else {
        return Err(ApiError::forbidden("AGENT_OUTBOUND is for agents who signed in"));
    };
    let posted =
        Posted { caller: call.by.caller(), headers: &call.headers, body: &call.body, now: app.now() };
    let contact = posted.contact(person.id())?;
    let answer = submit(app, Command::Contact(Box::new(contact))).await?;
    accepted(app, &call.by, answer, "Message accepted").await
}

/// A message to a customer, whether or not a conversation with him is open.
pub async fn send(State(app): State<SharedApp>, call: Call) -> Result<Response, ApiError> {
    let Visitor::Person(person) = &call.by else {
        return Err(ApiError::forbidden(
            "connectors post to /message/receive; this is for people who signed in",
        ));
    };
    may_write(&call.by)?;
    let posted =
        Posted { caller: call.by.caller(), headers: &call.headers, body: &call.body, now: app.now() };
    let proactive = posted.proactive(person.id())?;
    let answer = submit(&app, Command::Send(Box::new(proactive))).await?;
    accepted(&app, &call.by, answer, "Message accepted").await
}

/// Something another system knows about a conversation.
pub async fn add_activity(State(app): State<SharedApp>, call: Call) -> Result<Response, ApiError> {
    may_write(&call.by)?;
    let posted =
        Posted { caller: call.by.caller(), headers: &call.headers, body: &call.body, now: app.now() };
    let activity = posted.activity()?;
    if !matches!(call.by, Visitor::Person(_)) {
        check_own(&app, &call.by, activity.target).await?;
    }
    let answer = submit(&app, Command::AddActivity(Box::new(activity))).await?;
    accepted(&app, &call.by, answer, "Activity accepted").await
}

fn may_write(visitor: &Visitor) -> Result<(), ApiError> {
    match visitor {
        Visitor::Person(person) => person.may(Resource::Conversations, Action::Manage),
        Visitor::Connector(_) | Visitor::Open(_) => Ok(()),
    }
}

/// Agents speak in their own name. Words, receipts and signs of a customer or a bot come from connectors, or from an
/// administrator who plays them.
fn may_speak(person: &Person, inbound: &Inbound) -> Result<(), ApiError> {
    let in_own_name =
        inbound.sender == SenderClass::Agent && matches!(inbound.content, Content::Message { .. });
    if in_own_name { Ok(()) } else { person.may(Resource::ChannelManager, Action::Manage) }
}

/// A connector writes into conversations that came over it.
async fn check_own(app: &App, visitor: &Visitor, target: ActivityTarget) -> Result<(), ApiError> {
    let own = visitor.connectors().to_vec();
    let live = app.engine.ask(move |state| {
        let found = match target {
            ActivityTarget::Conversation(id) => state.conversation(id),
            ActivityTarget::Session(id) => state.conversation_of(id),
            ActivityTarget::Customer(id) => state.conversation_with(id),
        };
        found.map(|conversation| over(state.registry(), &own, conversation))
    });
    let is_own = match (live.await?, target) {
        (Some(is_own), _) => is_own,
        (None, ActivityTarget::Conversation(id)) => match app.store.conversation(id).await? {
            Some(closed) => over(&app.registry(), visitor.connectors(), &closed),
            None => return Ok(()),
        },
        (None, ActivityTarget::Session(_) | ActivityTarget::Customer(_)) => return Ok(()),
    };
    if is_own {
        Ok(())
    } else {
        Err(ApiError::forbidden("this conversation did not come over this connector"))
    }
}

fn over(
    registry: &Registry,
    connectors: &[ConnectorId],
    conversation: &tieline_core::conversation::Conversation,
) -> bool {
    conversation
        .sessions
        .iter()
        .filter_map(|session| registry.channel(session.channel))
        .any(|channel| connectors.contains(&channel.value.connector))
}

#[derive(Serialize)]
struct AcceptedBody<'a> {
    status: &'a str,
    message: &'a str,
    #[serde(rename = "additionalDetails")]
    details: Details,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    customer: Option<tieline_cim::Customer>,
    conversation_id: Option<ConversationId>,
    channel_session_id: Option<SessionId>,
}

async fn accepted(
    app: &App,
    visitor: &Visitor,
    answer: command::Answer,
    message: &'static str,
) -> Result<Response, ApiError> {
    let command::Answer::Accepted { accepted, customer } = answer else {
        return Err(ApiError::internal("a message was answered with something else"));
    };
    let details = Details {
        customer: who(app, visitor, &accepted, customer.as_deref()).await?,
        conversation_id: accepted.conversation,
        channel_session_id: accepted.session,
    };
    let body = Answer(AcceptedBody { status: "OK", message, details });
    let mut response = body.into_response();
    if accepted.seq > 0 {
        response.headers_mut().insert(SEQUENCE_HEADER, accepted.seq.into());
    }
    Ok(response)
}

/// A connector learns who it is and nothing about him.
async fn who(
    app: &App,
    visitor: &Visitor,
    accepted: &Accepted,
    at_hand: Option<&Customer>,
) -> Result<Option<tieline_cim::Customer>, ApiError> {
    let Visitor::Person(person) = visitor else { return Ok(at_hand.map(wire::customer::reference)) };
    match (at_hand, accepted.customer) {
        (Some(customer), _) => Ok(Some(shown_to(app, person, customer).await?)),
        (None, Some(id)) => match app.store.customer(id).await? {
            Some(customer) => Ok(Some(shown_to(app, person, &customer).await?)),
            None => Ok(None),
        },
        (None, None) => Ok(None),
    }
}
