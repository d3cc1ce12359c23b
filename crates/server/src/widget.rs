//! The chat widget: the script sites load, the languages it fetches, and a page that shows it.
//!
//! All of it is for anybody, on any site; what the widget may ask is in [`crate::rest`], and who may see a chat in
//! [`crate::web`].

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::SharedApp;
use crate::problem::ApiError;
use crate::screens;

const SCRIPT: &str = "widget/widget.js";
const LANGUAGES: &str = "widget/languages";
const DEMO: &str = "widget/demo";
const DEMO_PAGE: &str = "index.html";

/// Their names stay when their content changes: browsers ask again, but need not wait for the answer.
const KEEP: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300, stale-while-revalidate=86400");
/// As strict as a careful shop's.
const DEMO_POLICY: (HeaderName, &str) = (
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'",
);

/// Where the widget is served; the page that shows it only when it is switched on.
pub fn routes(demo_page: bool) -> Router<SharedApp> {
    let router = Router::new()
        .route("/widget.js", get(async |asked: HeaderMap| file(SCRIPT, &asked, &[KEEP])))
        .route("/widget/{language}", get(language));
    match demo_page {
        true => router.route("/demo", get(async |asked: HeaderMap| demo(DEMO_PAGE, &asked))).route(
            "/demo/{name}",
            get(async |Path(name): Path<String>, asked: HeaderMap| demo(&name, &asked)),
        ),
        false => router,
    }
}

async fn language(Path(name): Path<String>, asked: HeaderMap) -> Response {
    file(&format!("{LANGUAGES}/{name}"), &asked, &[KEEP])
}

fn demo(name: &str, asked: &HeaderMap) -> Response {
    file(&format!("{DEMO}/{name}"), asked, &[KEEP, DEMO_POLICY])
}

fn file(name: &str, asked: &HeaderMap, manner: &[(HeaderName, &'static str)]) -> Response {
    screens::served(name, asked, manner).unwrap_or_else(|| {
        ApiError::not_found("there is no such file; a hub built without its screens has none: `make screens`")
            .into_response()
    })
}
