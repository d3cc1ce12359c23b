//! Everything that can be called over HTTP, in one list. The OpenAPI document is made from it.
//!
//! Each area has a file. Paths under `/ccm` answer without that prefix too, and those under `/cim-customer` under `/cim` as
//! well: both are in use. What every noun of the registry has is written once, in [`registered`].

mod channels;
mod conversations;
mod customers;
mod desk;
mod operation;
mod people;
mod reports;
mod routing;
mod sign_in;
mod web_chat;

use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;

use super::noun::Noun;
use super::route::Access::{Person, Visitor};
use super::route::Content::{Json, List, Nothing};
use super::route::Route;
use super::route::Verb::{Delete, Get, Post, Put};
use crate::app::SharedApp;

/// Room for the parts of a form beside its file.
const FORM_BYTES: usize = 64 * 1024;

const PAGE: &[(&str, &str)] = &[
    ("limit", "Rows of a page, 1 to 1000. Without it all are given."),
    ("after", "What the page before gave as next, or its last id."),
    ("q", "Only those whose name contains this, in any letter case. Of people all names count."),
];

/// Every route. `file_bytes_max` bounds uploads, which may be larger than other bodies.
pub fn routes(file_bytes_max: usize) -> Vec<Route> {
    together([
        sign_in::routes(),
        conversations::routes(),
        channels::routes(file_bytes_max),
        routing::routes(),
        customers::routes(),
        people::routes(),
        desk::routes(),
        reports::routes(),
        web_chat::routes(file_bytes_max),
        operation::routes(),
    ])
}

/// Routes that stand under one heading of the document.
fn under(tag: &'static str, groups: impl IntoIterator<Item = Vec<Route>>) -> Vec<Route> {
    groups.into_iter().flatten().map(|route| Route { tag, ..route }).collect()
}

fn together(groups: impl IntoIterator<Item = Vec<Route>>) -> Vec<Route> {
    groups.into_iter().flatten().collect()
}

/// The bound of a body with a file in it.
fn form(file_bytes_max: usize) -> DefaultBodyLimit {
    DefaultBodyLimit::max(file_bytes_max + FORM_BYTES)
}

/// List, read, create, replace and delete.
fn registered(
    noun: &'static Noun,
    create: MethodRouter<SharedApp>,
    replace: MethodRouter<SharedApp>,
) -> Vec<Route> {
    let readers = if noun.connectors_see_theirs() { Visitor } else { Person };
    let (kind, schema) = (noun.kind, noun.schema);
    vec![
        Route::new(Get, noun.path, noun.listing(), format!("List all {kind}s"))
            .by(readers)
            .query(PAGE)
            .gives(List(schema)),
        Route::new(Post, noun.path, create, format!("Create a {kind}"))
            .takes(Json(schema))
            .gives(Json(schema))
            .status(201)
            .versioned(),
        Route::new(Get, noun.one_path, noun.reading(), format!("Read a {kind}"))
            .by(readers)
            .gives(Json(schema))
            .versioned(),
        Route::new(Put, noun.one_path, replace, format!("Replace a {kind}"))
            .takes(Json(schema))
            .gives(Json(schema))
            .versioned()
            .conditional(),
        Route::new(Delete, noun.one_path, noun.removing(), format!("Delete a {kind}"))
            .gives(Nothing)
            .conditional(),
        Route::new(Get, noun.versions_path, noun.remembering(), format!("What a {kind} was, newest first"))
            .query(&[("limit", "Versions at most, 1 to 1000.")])
            .gives(List("ObjectVersion")),
        Route::new(Get, noun.references_path, noun.referring(), format!("What names a {kind}"))
            .gives(List("InTheWay")),
    ]
}
