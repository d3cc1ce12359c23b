//! Messages and the conversations they make.

use axum::routing::{get, post, put};

use super::{together, under};
use crate::rest::route::Access::{Public, Visitor};
use crate::rest::route::Content::{Json, List};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Get, Post, Put};
use crate::rest::{conversations, exchange, linking, timeline};

pub(super) fn routes() -> Vec<Route> {
    together([under("Messages", [messages()]), under("Conversations", [conversations()])])
}

fn messages() -> Vec<Route> {
    vec![
        message("/ccm/message/receive", "Post a message, a receipt or a notice"),
        message("/ccm/message", "The same as /ccm/message/receive"),
        message("/ccm/cim-messages", "The same as /ccm/message/receive"),
        Route::new(
            Post,
            "/ccm/message/send",
            post(exchange::send),
            "Write to a customer, whether or not a conversation is open",
        )
        .takes(Json("Message"))
        .gives(Json("Accepted"))
        .idempotent(),
        Route::new(
            Post,
            "/conversation-manager/activities",
            post(exchange::add_activity),
            "Add what another system knows about a conversation",
        )
        .by(Visitor)
        .takes(Json("Message"))
        .gives(Json("Accepted"))
        .idempotent(),
        Route::new(
            Get,
            "/conversation-manager/messages/{messageId}/timeline",
            get(timeline::of_message),
            "Where a message is, and every attempt to deliver it",
        )
        .query(&[("conversation", "Only within this conversation.")])
        .gives(List("Timeline")),
    ]
}

fn conversations() -> Vec<Route> {
    vec![
            Route::new(
                Get,
                "/conversation-manager/conversations",
                get(conversations::list),
                "List conversations, newest first",
            )
            .query(&[
                ("state", "open, closed or all."),
                ("customer", "Id of a customer; his, and of those merged into him."),
                ("agent", "Closed ones an agent took part in: his id, or me."),
                ("team", "Closed ones somebody took part in who is in this team now: its id."),
                ("queue", "Closed ones an agent was asked for on this queue: its id."),
                ("channel", "Closed ones on this channel: its id."),
                ("wrapUp", "Closed ones with this value among their wrap-up codes, in any letter case."),
                ("direction", "Closed ones the customer (INBOUND) or an agent (OUTBOUND) began."),
                ("from", "Closed ones begun at this time or later: RFC 3339 or milliseconds since 1970."),
                ("until", "Closed ones begun before this time."),
                ("minSeconds", "Closed ones that lasted so long at least."),
                ("maxSeconds", "Closed ones that lasted so long at most."),
                ("before", "The last id of the page before."),
                ("limit", "Rows of a page, 1 to 1000."),
            ])
            .gives(Json("Conversations")),
            Route::new(
                Get,
                "/conversation-manager/conversations/{id}",
                get(conversations::one),
                "Read a conversation",
            )
            .gives(Json("Conversation")),
            Route::new(
                Get,
                "/conversation-manager/conversations/{id}/events",
                get(conversations::events),
                "What happened in a conversation",
            )
            .query(&[
                ("after", "Reads on from here: what the page before gave as next."),
                (
                    "before",
                    "Reads back from here: what the page after it gave as next, or end. Its rows are oldest first.",
                ),
                ("limit", "Rows of a page, 1 to 1000."),
            ])
            .gives(Json("Events")),
            Route::new(
                Get,
                "/conversation-manager/customer-topics/{id}/conversation-data",
                get(conversations::data),
                "The pairs kept with a conversation",
            )
            .gives(Json("Object")),
            Route::new(
                Post,
                "/conversation-manager/customer-topics/{id}/conversation-data",
                post(conversations::add_data),
                "Add pairs to a conversation; without credentials, to the web chat the caller's address is in",
            )
            .by(Public)
            .takes(Json("Object"))
            .gives(Json("Object")),
            Route::new(
                Post,
                "/conversation-manager/customer-topics/{id}/conversation-data-by-identifier",
                post(conversations::add_data_by_identifier),
                "The same for the open conversation of a customer's address",
            )
            .by(Public)
            .takes(Json("Object"))
            .gives(Json("Object")),
            Route::new(
                Put,
                "/conversation-manager/customer-topics/{id}/update-customer",
                put(linking::link),
                "Give a conversation to another customer",
            )
            .takes(Json("LinkRequest"))
            .gives(Json("Customer"))
            .versioned(),
            Route::new(
                Put,
                "/conversation-manager/customer-topics/update-past-conversations",
                put(linking::link_past),
                "Give the past conversations of an anonymous customer to another one",
            )
            .takes(Json("PastRequest"))
            .gives(Json("Linked")),
            Route::new(
                Post,
                "/conversation-manager/conversations/{id}/unlink",
                post(linking::unlink),
                "Give a conversation back to the customer it was taken from last",
            )
            .takes(Json("Why"))
            .gives(Json("Customer"))
            .versioned(),
            Route::new(
                Get,
                "/conversation-manager/customer-topics/get/{channelIdentifier}",
                get(conversations::by_identifier),
                "The open conversation of a customer's address",
            )
            .gives(Json("Conversation")),
            Route::new(
                Get,
                "/conversation-manager/customer-topics/customer/{id}/activities",
                get(conversations::history),
                "What happened with a customer before the conversation that is open now, newest first",
            )
            .query(&[
                ("limit", "Events of a page, 1 to 1000."),
                ("offset", "Which page, from 0."),
                ("activity-type", "ALL."),
            ])
            .gives(Json("History")),
        ]
}

fn message(path: &'static str, summary: &str) -> Route {
    Route::new(Post, path, post(exchange::receive), summary)
        .by(Visitor)
        .takes(Json("Message"))
        .gives(Json("Accepted"))
        .idempotent()
}
