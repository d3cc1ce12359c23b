//! Channels, what connects them, and what could not be delivered.

use axum::routing::{get, post};

use super::{form, registered, together, under};
use crate::rest::noun::{CHANNEL_TYPES, CHANNELS, CONNECTORS, PROVIDERS};
use crate::rest::route::Access::{Public, Visitor};
use crate::rest::route::Content::{Form, Json, List, Nothing};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Delete, Get, Post};
use crate::rest::{channels, connectors, credentials, dead_letters, events, sessions, trial};

pub(super) fn routes(file_bytes_max: usize) -> Vec<Route> {
    together([
        under(
            "Channels",
            [
                registered(&CHANNEL_TYPES, CHANNEL_TYPES.creating(), CHANNEL_TYPES.replacing()),
                logos(file_bytes_max),
                registered(&PROVIDERS, PROVIDERS.creating(), PROVIDERS.replacing()),
                registered(&CHANNELS, CHANNELS.creating(), CHANNELS.replacing()),
                by_use(),
            ],
        ),
        under(
            "Connectors",
            [
                registered(&CONNECTORS, credentials::creating(&CONNECTORS), CONNECTORS.replacing()),
                deliveries(),
                letters(),
            ],
        ),
    ])
}

fn logos(file_bytes_max: usize) -> Vec<Route> {
    vec![
        Route::new(
            Post,
            "/ccm/channel-types/{id}/logo",
            post(channels::put_logo).layer(form(file_bytes_max)),
            "Upload the logo of a channel type",
        )
        .takes(Form)
        .gives(Json("ChannelType"))
        .versioned(),
    ]
}

/// Channels by what they are wanted for.
fn by_use() -> Vec<Route> {
    vec![
            Route::new(
                Get,
                "/ccm/channels/service-identifier/{serviceIdentifier}",
                get(channels::at_service_identifier),
                "The channel customers reach at a service identifier; pages are told the calendar of a web channel",
            )
            .by(Public)
            .query(&[("channelType", "Name of the channel type, when several share the identifier.")])
            .gives(Json("Channel"))
            .versioned(),
            Route::new(
                Get,
                "/ccm/channels/defaultoutbound",
                get(channels::default_outbound),
                "The channel on which agents start contacts of a type",
            )
            .by(Visitor)
            .query(&[("channelTypeId", "Id of the channel type.")])
            .gives(Json("Channel"))
            .also(&[404])
            .versioned(),
            Route::new(
                Get,
                "/ccm/channels/routing-id",
                get(channels::routed_to),
                "The channels whose requests go to a queue or list",
            )
            .query(&[("routingObjectId", "Id of the queue or list.")])
            .gives(List("Channel")),
        ]
}

/// What connectors run with, and what they are to deliver.
fn deliveries() -> Vec<Route> {
    vec![
        Route::new(Post, "/ccm/channel-connectors/{id}/credentials", credentials::rotating(&CONNECTORS), "Make new credentials; those before them go on working").gives(Json("Credentials")).status(201),
        Route::new(Delete, "/ccm/channel-connectors/{id}/credentials/previous", credentials::ending_overlap(&CONNECTORS), "Let the former credentials work no longer").gives(Nothing),
        Route::new(Post, "/ccm/channel-connectors/{id}/test", post(trial::webhook), "Try the webhook of a connector: can it be reached, does it answer in time, does it look at signatures; nothing is kept").gives(Json("WebhookTrial")).also(&[400]),
        Route::new(Get, "/ccm/channel-connectors/configurations/{serviceIdentifier}", get(connectors::configuration), "What a connector runs with, in clear for the connector itself").by(Visitor).gives(List("Attribute")).versioned(),
        Route::new(Get, "/ccm/channel-connectors/{id}/configuration-pushes", get(connectors::pushes), "How the last push of the configuration went").by(Visitor).gives(List("ConfigurationPush")),
        Route::new(Get, "/ccm/channel-connectors/{id}/events", get(events::read), "What a connector without a webhook has to deliver").by(Visitor).query(&[("after", "The last sequence seen; acknowledges everything up to it. Without it the feed begins with the oldest entry that is not settled."), ("limit", "Events at most, 1 to 1000."), ("wait", "Seconds to wait when there is nothing, at most 30.")]).gives(Json("Feed")),
        Route::new(Get, "/ccm/channel-connectors/{id}/sessions", get(sessions::list), "The open sessions of a connector").by(Visitor).query(&[("after", "The last id of the page before."), ("limit", "Rows of a page, 1 to 1000.")]).gives(Json("Sessions")),
        Route::new(Get, "/ccm/channel-connectors/{id}/sessions/{sessionId}/messages", get(sessions::messages), "What was said in an open session, for a connector that shows it again").by(Visitor).gives(Json("Transcript")),
        Route::new(Get, "/ccm/channel-connectors/{id}/health", get(connectors::health), "What waits for a connector, and whether it can be reached").by(Visitor).gives(Json("Health")),
]
}

/// What was given up.
fn letters() -> Vec<Route> {
    vec![
        Route::new(Get, "/ccm/dead-letters", get(dead_letters::list), "Deliveries that were given up")
            .query(&[
                ("state", "waiting, or resolved: those somebody has sent again or dismissed."),
                ("connector", "Id of a connector."),
                ("conversation", "Id of a conversation."),
                ("reason", "Why they were given up, as letters tell it."),
                ("from", "Made at this time or later: RFC 3339 or milliseconds since 1970."),
                ("until", "Made before this time."),
                ("after", "What the page before gave as next."),
                ("limit", "Rows of a page, 1 to 1000."),
            ])
            .gives(Json("DeadLetters")),
        Route::new(
            Post,
            "/ccm/dead-letters/replay",
            post(dead_letters::replay),
            "Send deliveries again that were given up",
        )
        .takes(Json("Letters"))
        .gives(Json("Replayed"))
        .also(&[404]),
        Route::new(
            Post,
            "/ccm/dead-letters/dismiss",
            post(dead_letters::dismiss),
            "Take deliveries that were given up from the list, with a reason; they can be listed as resolved",
        )
        .takes(Json("Dismissal"))
        .gives(Json("Dismissed"))
        .also(&[404]),
    ]
}
