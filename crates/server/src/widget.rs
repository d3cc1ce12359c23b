//! Screens: what the web builds leave is part of the binary and served from it.
//!
//! A binary may be built without them (they need npm, the rest does not): it says so where a screen is asked for. A
//! debug build reads the files from where they were built instead.
//!
//! Each file has an `ETag`, and is sent as it was compressed at build time to whoever takes that.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::app::SharedApp;
use crate::problem::ApiError;

/// The widget's script, and the page that shows it.
#[derive(RustEmbed)]
#[folder = "../../web/dist/widget"]
#[allow_missing = true]
struct Widget;

/// Where a site's pages find the widget.
const WIDGET_PATH: &str = "/widget.js";
const DEMO_PATH: &str = "/demo";
/// The page shows what a shop with a strict policy may do.
const DEMO_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
     media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How long browsers keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Its name stays when its content changes: it is asked for again after a while.
    Shortly,
}

impl Keep {
    const fn header(self) -> &'static str {
        match self {
            Self::Shortly => "public, max-age=300, stale-while-revalidate=86400",
        }
    }
}

/// The screens a hub serves; the demo page when it is switched on.
pub fn routes(demo_page: bool) -> Router<SharedApp> {
    let widget = |asked: HeaderMap| async move { file::<Widget>("widget.js", &asked, Keep::Shortly) };
    let language = |Path(name): Path<String>, asked: HeaderMap| async move {
        file::<Widget>(&format!("widget/{name}"), &asked, Keep::Shortly)
    };
    let router = Router::new().route(WIDGET_PATH, get(widget)).route("/widget/{name}", get(language));
    if !demo_page {
        return router;
    }
    let page = |asked: HeaderMap| async move { demo_file("index.html", &asked) };
    let beside = |Path(name): Path<String>, asked: HeaderMap| async move { demo_file(&name, &asked) };
    router.route(DEMO_PATH, get(page)).route("/demo/{name}", get(beside))
}

fn demo_file(name: &str, asked: &HeaderMap) -> Response {
    let mut response = file::<Widget>(&format!("demo/{name}"), asked, Keep::Shortly);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DEMO_POLICY));
    response
}

/// One file of a web build.
pub fn file<Build: RustEmbed>(path: &str, asked: &HeaderMap, keep: Keep) -> Response {
    let Some((file, encoding)) = smallest::<Build>(path, asked) else {
        return missing::<Build>(path).into_response();
    };
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let is_known = asked
        .get(header::IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let headers = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, keep.header()),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_TYPE, content_type(path)),
    ];
    let mut response = match is_known {
        true => (StatusCode::NOT_MODIFIED, headers).into_response(),
        false => (headers, file.data.into_owned()).into_response(),
    };
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn smallest<Build: RustEmbed>(path: &str, asked: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted =
        asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |encoding: &str| {
        accepted.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some(encoding) && parts.all(|weight| !matches!(weight, "q=0" | "q=0.0"))
        })
    };
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| takes(encoding))
        .find_map(|(encoding, ending)| Some((Build::get(&format!("{path}.{ending}"))?, Some(encoding))))
        .or_else(|| Some((Build::get(path)?, None)))
}

fn missing<Build: RustEmbed>(path: &str) -> ApiError {
    match Build::iter().next() {
        Some(_) => ApiError::not_found(format_args!("there is no {path:?}")),
        None => ApiError::not_found("this hub was built without its screens; build it with `make build`"),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
