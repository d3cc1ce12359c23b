//! Customers, and what is known of them.

use axum::routing::{delete, get, post, put};

use super::{registered, under};
use crate::rest::noun::{LABELS, SCHEMA};
use crate::rest::route::Content::{Json, List, Nothing};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Delete, Get, Post, Put};
use crate::rest::{customers, labels, linking, schema};

pub(super) fn routes() -> Vec<Route> {
    under(
        "Customers",
        [
            registered(&LABELS, LABELS.creating(), LABELS.replacing()),
            vec![
                Route::new(Put, LABELS.path, put(labels::replace), "Replace a label, as desks do")
                    .query(&[("_id", "Id of the label.")])
                    .takes(Json("Label"))
                    .gives(Json("Label"))
                    .versioned()
                    .conditional(),
                Route::new(Delete, LABELS.path, delete(labels::remove), "Delete a label, as desks do")
                    .query(&[("_id", "Id of the label.")])
                    .gives(Nothing)
                    .conditional(),
            ],
            registered(&SCHEMA, SCHEMA.creating(), SCHEMA.replacing()),
            vec![
            Route::new(
                Put,
                "/cim-customer/customerSchemaOrder",
                put(schema::put_in_order),
                "Put the attributes of customers in order",
            )
            .takes(List("CustomerSchemaAttribute"))
            .gives(List("CustomerSchemaAttribute"))
            .also(&[404]),
            Route::new(
                Get,
                "/cim-customer/attributeTypes",
                get(schema::attribute_types),
                "The types attributes of customers can have",
            )
            .gives(List("AttributeType")),
            Route::new(
                Get,
                "/cim-customer/customers",
                get(customers::list),
                "List customers, or find the one behind an address",
            )
            .query(&[
                ("limit", "Rows of a page, 1 to 1000."),
                ("offset", "Rows left out before it."),
                ("sort", "field:asc or field:desc."),
                ("paginateQuery", "field:value, where the field contains the value."),
                (
                    "filter",
                    "JSON: {\"field\", \"operator\", \"value\"}, or {\"and\": […]} or {\"or\": […]} of such.",
                ),
                ("after", "The last id of the page before; nobody is counted or sorted then."),
                ("channelType", "With customerChannelIdentifier: name of the channel type."),
                ("customerChannelIdentifier", "The customer's address; answers {customer}."),
            ])
            .gives(Json("Customers")),
            Route::new(Post, "/cim-customer/customers", post(customers::create), "Create a customer")
                .takes(Json("Customer"))
                .gives(Json("Customer"))
                .status(201)
                .versioned(),
            Route::new(Get, "/cim-customer/customers/{id}", get(customers::one), "Read a customer")
                .gives(Json("Customer"))
                .versioned(),
            Route::new(Put, "/cim-customer/customers/{id}", put(customers::replace), "Change a customer")
                .takes(Json("Customer"))
                .gives(Json("Customer"))
                .versioned()
                .conditional(),
            Route::new(
                Delete,
                "/cim-customer/customers/{id}",
                delete(customers::erase),
                "Erase a customer and everything written about him",
            )
            .gives(Nothing),
            Route::new(
                Post,
                "/cim-customer/customers/{id}/merge",
                post(linking::merge),
                "Merge another profile of the same person into this one",
            )
            .takes(Json("MergeRequest"))
            .gives(Json("Customer"))
            .versioned(),
            Route::new(
                Post,
                "/cim-customer/customers/{id}/unmerge",
                post(linking::unmerge),
                "Take this profile out of the one it was merged into",
            )
            .takes(Json("Why"))
            .gives(Json("Customer"))
            .versioned(),
            Route::new(
                Get,
                "/cim-customer/customers/{id}/merges",
                get(linking::merges),
                "The merges a profile has come from: who did them, why, and what it has by them",
            )
            .gives(List("Merge")),
        ],
        ],
    )
}
