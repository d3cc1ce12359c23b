//! Looking after the hub.

use axum::routing::get;

use super::{together, under};
use crate::rest::route::Access::{Public, Watcher};
use crate::rest::route::Content::{Json, Lines, Page, Text};
use crate::rest::route::Route;
use crate::rest::route::Verb::Get;
use crate::rest::{audit, docs, status};

pub(super) fn routes() -> Vec<Route> {
    together([
        under(
            "Audit",
            [vec![
            Route::new(Get, "/audit", get(audit::list), "Who did what, when and from where, newest first")
                .query(AUDIT)
                .gives(Json("AuditTrail")),
            Route::new(Get, "/audit/export", get(audit::export), "The same, all of it, as a file")
                .query(AUDIT)
                .gives(Lines),
            Route::new(
                Get,
                "/audit/records/{sequence}",
                get(audit::record),
                "One record, with the object of the registry it tells of before and after, without secrets",
            )
            .gives(Json("AuditedRecord")),
        ]],
        ),
        under(
            "Operation",
            [vec![
                Route::new(Get, "/healthz", get(status::health), "The process answers").by(Public),
                Route::new(Get, "/readyz", get(status::readiness), "Messages can be taken").by(Public),
                Route::new(Get, "/metrics", get(status::metrics), "Metrics for Prometheus")
                    .by(Watcher)
                    .gives(Text),
                Route::new(Get, "/openapi.json", get(docs::document), "This document").by(Public),
                Route::new(Get, "/docs", get(docs::page), "This document, to read").by(Public).gives(Page),
            ]],
        ),
    ])
}

const AUDIT: &[(&str, &str)] = &[
    ("user", "Id of who did it."),
    ("deed", "What was done, such as object.put."),
    ("kind", "Of what was done to objects of this kind of the registry, such as queue."),
    ("subject", "Id of what it was done to."),
    ("from", "At this time or later: RFC 3339 or milliseconds since 1970."),
    ("until", "Before this time."),
    ("before", "The last sequence of the page before."),
    ("limit", "Rows of a page, 1 to 1000; of a file all are given."),
    ("format", "Of a file: ndjson or csv."),
];
