//! The REST doors: everything that can be called over HTTP, with its bounds.
//!
//! [`router`] promises, for every route: a body no larger than configured, an answer within the configured time,
//! errors in one shape ([`crate::problem`]) also for unknown paths, wrong methods and panics, no message text or
//! query string in a log, and headers that keep browsers from making anything else of an answer.

mod absent;
pub(crate) mod announcements;
pub(crate) mod audit;
mod bots;
mod channels;
pub(crate) mod connectors;
mod conversations;
mod credentials;
mod customer_search;
mod customers;
mod dead_letters;
mod docs;
mod edge;
mod events;
mod exchange;
mod files;
mod inbound;
mod labels;
pub(crate) use inbound::{IDEMPOTENCY_KEY, TEXT_BYTES_MAX, changes_another, check_text};
pub(crate) mod limits;
mod linking;
pub(crate) mod mint;
mod noun;
mod openid;
mod past;
mod preferences;
mod query;
mod queues;
mod refused;
pub(crate) mod reports;
pub mod route;
pub mod routes;
mod schema;
mod second_factor;
mod sessions;
mod signin;
mod status;
mod stranger;
mod tasks;
mod thresholds;
mod timeline;
mod trial;
mod users;
mod version;
mod web;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::HeaderName;
use axum::{Extension, Router, middleware};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

use crate::app::SharedApp;
use crate::cookie;
use crate::problem::TrustedProxies;
use crate::screens;
use edge::Edge;

/// Headers of answers that scripts of other sites may read.
const EXPOSED: [&str; 7] = [
    "etag",
    "link",
    "location",
    "retry-after",
    "tieline-configuration-version",
    "tieline-incomplete",
    "tieline-sequence",
];

pub fn router(app: SharedApp) -> Router {
    let config = &app.config;
    let mut inner: Router<SharedApp> = Router::new();
    for route in routes::routes(config.files.bytes_max) {
        for path in route.paths() {
            inner = inner.route(&path, route.service.clone());
        }
    }
    inner = inner.merge(absent::routes()).merge(crate::widget::routes(config.web.demo_page));
    let proxies = TrustedProxies::new(&config.listen.trusted_proxies);
    let edge = Edge { app: Arc::clone(&app), longest: config.listen.request_timeout };
    // Outermost first. One layer to the router, which for each of its layers copies all within with every request.
    let around = ServiceBuilder::new()
        .layer(cors())
        .layer(middleware::from_fn_with_state(edge, edge::attended))
        .layer(CatchPanicLayer::custom(edge::panicked))
        .layer(middleware::from_fn(cookie::to_bearer))
        .layer(Extension(proxies))
        .layer(DefaultBodyLimit::max(config.listen.body_bytes_max));
    let inner = inner
        .merge(screens::pages())
        .fallback(edge::no_such_path)
        .method_not_allowed_fallback(edge::wrong_method)
        .layer(around)
        .with_state(app);
    // Paths are cleaned before they are routed.
    Router::new().fallback_service(edge::clean_paths(inner))
}

/// Any site's scripts may call; nobody's cookies are taken along.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        // Not `Any`: a star does not stand for the Authorization header.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED.map(HeaderName::from_static))
}
