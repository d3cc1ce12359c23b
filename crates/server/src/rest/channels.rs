//! Channels and channel types beyond what every noun has: finding channels, and logos.

use axum::Json as Answer;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tieline_core::id::Id;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Channel, Object, Stored, Target};

use super::files::{FilePart, refused as file_refused};
use super::noun::{CHANNEL_TYPES, CHANNELS};
use super::query::Query;
use super::stranger::Anybody;
use crate::app::SharedApp;
use crate::auth::{Person, Visitor};
use crate::problem::ApiError;
use crate::wire::registry as wire;

/// The channel customers reach at a service identifier; of one connector when a connector asks. A page is told when
/// its web channel is open, and nothing else.
pub async fn at_service_identifier(
    State(app): State<SharedApp>,
    caller: Anybody<Visitor>,
    Path(service_identifier): Path<String>,
    Query(of): Query<OfType>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let visitor = match caller {
        Anybody::Known(visitor) => visitor,
        Anybody::Page { refused, .. } => {
            let mut channels = registry.channels_at(&service_identifier);
            let of_the_web = channels.find(|channel| channel.value.connector == crate::web::CONNECTOR);
            let calendar = of_the_web.ok_or(refused)?.value.calendar;
            let shown = json!({"serviceIdentifier": service_identifier, "calendarId": calendar});
            return Ok(Answer(shown).into_response());
        }
    };
    may_see(&visitor)?;
    let is_meant = |channel: &&std::sync::Arc<Stored<Channel>>| {
        let own = visitor.connectors();
        let type_name =
            registry.channel_type(channel.value.channel_type).map(|found| found.value.name.as_str());
        (own.is_empty() || own.contains(&channel.value.connector))
            && of
                .channel_type
                .as_deref()
                .is_none_or(|wanted| type_name.is_some_and(|name| name.eq_ignore_ascii_case(wanted)))
    };
    let found: Vec<Id> = registry
        .channels_at(&service_identifier)
        .filter(is_meant)
        .map(|channel| channel.value.id.into())
        .collect();
    match found[..] {
        [] => Err(ApiError::not_found(format_args!(
            "there is no channel with the service identifier {service_identifier:?}"
        ))),
        [id] => CHANNELS.shown(&registry, id),
        [_, _, ..] => Err(ApiError::new(
            StatusCode::CONFLICT,
            "ambiguous",
            format_args!("channels of several types have the service identifier {service_identifier:?}"),
            "Add ?channelType=<name> to say which is meant.",
        )),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfType {
    channel_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outbound {
    channel_type_id: Option<String>,
}

/// The channel on which agents start contacts of a type.
pub async fn default_outbound(
    State(app): State<SharedApp>,
    visitor: Visitor,
    Query(asked): Query<Outbound>,
) -> Result<Response, ApiError> {
    may_see(&visitor)?;
    let text = asked.channel_type_id.unwrap_or_default();
    let id: Id = text.parse().map_err(|not_an_id| {
        let what = format!("channelTypeId is {text:?}: {not_an_id}");
        ApiError::bad_request("channelTypeId", what, "Send the id of a channel type.")
    })?;
    let registry = app.registry();
    match registry.default_outbound(id.into()) {
        Some(channel) => CHANNELS.shown(&registry, channel.value.id.into()),
        None => Err(ApiError::not_found(format_args!(
            "no channel of the type {id} is the default for outbound; switch defaultOutbound on at one"
        ))),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Routed {
    #[serde(alias = "routingId", alias = "id")]
    routing_object_id: Option<String>,
}

/// The channels whose requests go to a queue or a list.
pub async fn routed_to(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Routed>,
) -> Result<Answer<Vec<tieline_cim::Channel>>, ApiError> {
    person.may(Resource::ChannelManager, Action::View)?;
    let text = asked.routing_object_id.unwrap_or_default();
    let id: Id = text.parse().map_err(|not_an_id| {
        let what = format!("routingObjectId is {text:?}: {not_an_id}");
        ApiError::bad_request("routingObjectId", what, "Send the id of a queue or of a list.")
    })?;
    let registry = app.registry();
    let goes_there = |channel: &&std::sync::Arc<Stored<Channel>>| match channel.value.routing.target {
        Target::Push(queue) => queue.map(Id::from) == Some(id),
        Target::Pull(list) => list.map(Id::from) == Some(id),
        Target::External => false,
    };
    let found = registry.channels().filter(goes_there);
    Ok(Answer(found.map(|channel| wire::channel(&registry, &channel.value)).collect()))
}

fn may_see(visitor: &Visitor) -> Result<(), ApiError> {
    match visitor {
        Visitor::Person(person) => person.may(Resource::ChannelManager, Action::View),
        Visitor::Connector(_) | Visitor::Open(_) => Ok(()),
    }
}

/// Takes a picture as the logo of a channel type.
pub async fn put_logo(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, ApiError> {
    person.may(Resource::ChannelManager, Action::Manage)?;
    let id = CHANNEL_TYPES.id(&id)?;
    if app.registry().channel_type(id.into()).is_none() {
        return Err(CHANNEL_TYPES.missing(&id.to_string()));
    }
    let mut form = form.map_err(super::files::no_form)?;
    let mut picture = None;
    while let Some(field) = form.next_field().await.map_err(super::files::broken_form)? {
        if matches!(field.name(), Some("file" | "logo")) {
            picture = Some(FilePart::read(field, app.config.files.bytes_max).await?);
        }
    }
    let picture = picture.ok_or_else(|| {
        ApiError::bad_request(
            "file",
            "the form has no part called \"file\"",
            "Send the picture as part \"file\".",
        )
    })?;
    let stored = picture.store(&app.files, "logo").await.map_err(file_refused)?;
    if !stored.mime.starts_with("image/") {
        let _ = app.files.delete(&stored.name).await;
        return Err(ApiError::bad_request(
            "file",
            format!("a {} is no picture", stored.mime),
            "Send a picture.",
        ));
    }
    CHANNEL_TYPES
        .change(&app, &person, id, None, |_, old| {
            let mut object = old.clone();
            if let Object::ChannelType(channel_type) = &mut object {
                channel_type.logo = Some(stored.name.clone());
            }
            Ok(object)
        })
        .await?;
    CHANNEL_TYPES.shown(&app.registry(), id)
}
