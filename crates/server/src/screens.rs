//! The web application: the files built from `web/app`, inside the binary.
//!
//! Promises: no page runs a script that is not one of these files, loads anything from elsewhere, or is shown in a
//! frame; a file whose name carries its content's hash is fetched once; every other path below `/app` is the shell,
//! which finds its way by itself. Without the built files the hub runs all the same, and says how to build them.
//!
//! Left to others: who may see what. The screens are for anybody; what they show comes from the API.

use std::borrow::Cow;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::app::SharedApp;

/// What `web` was built to.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

const APP: &str = "app/";
const SHELL: &str = "app/index.html";
/// Files below it never change: their names do.
const IMMUTABLE: &str = "app/_app/immutable/";
/// Files below it are asked for by pages that were loaded from an earlier build, too.
const GENERATED: &str = "app/_app/";

/// Attributes may style: the components place what pops up by them. Text never becomes an element, so nobody else's
/// attributes come in.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' blob: data:; \
     media-src 'self' blob: data:; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tieline</title>\
    <h1>The screens are not in this build</h1>\
    <p>Run <code>make screens</code> in the source folder, build Tieline again, and reload this page. \
    The API works without them: <a href=\"/docs\">what can be called</a>.</p></html>";

/// Names of what a browser takes and the endings of files compressed so, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

pub fn pages() -> Router<SharedApp> {
    Router::new()
        .route("/", get(async || Redirect::temporary("/app/")))
        .route("/app", get(async |headers: HeaderMap| page("", &headers)))
        .route(
            "/app/{*path}",
            get(async |Path(path): Path<String>, headers: HeaderMap| page(&path, &headers)),
        )
}

fn page(path: &str, asked: &HeaderMap) -> Response {
    let wanted = format!("{APP}{path}");
    let found = match served(&wanted, asked, &manner(&wanted)) {
        None if !wanted.starts_with(GENERATED) => served(SHELL, asked, &manner(SHELL)),
        found => found,
    };
    match found {
        Some(file) => file,
        None if Built::get(SHELL).is_some() => StatusCode::NOT_FOUND.into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, [(header::CONTENT_TYPE, HTML)], NOT_BUILT).into_response(),
    }
}

fn manner(name: &str) -> [(HeaderName, &'static str); 4] {
    let lasting = match name.starts_with(IMMUTABLE) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    [
        (header::CACHE_CONTROL, lasting),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ]
}

/// A file of the build, if there is one of this name; `manner` says how it is to be taken.
pub fn served(name: &str, asked: &HeaderMap, manner: &[(HeaderName, &'static str)]) -> Option<Response> {
    // A build that reads the files from disk would follow the way up.
    if name.split('/').any(|part| part == "..") {
        return None;
    }
    let file = Built::get(name)?;
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: &str| {
        headers.insert(name, HeaderValue::from_str(value).expect("our own words are fit for a header"));
    };
    for (name, value) in manner {
        set(name.clone(), value);
    }
    set(header::ETAG, &etag);
    set(header::VARY, "accept-encoding");
    if has(asked, header::IF_NONE_MATCH, &etag) {
        return Some((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    set(header::CONTENT_TYPE, content_type(name));
    let (encoding, data) = smallest(name, file.data, asked);
    if let Some(encoding) = encoding {
        set(header::CONTENT_ENCODING, encoding);
    }
    Some((headers, data).into_response())
}

/// The file in the best encoding there is and the browser takes.
fn smallest(
    name: &str,
    plain: Cow<'static, [u8]>,
    asked: &HeaderMap,
) -> (Option<&'static str>, Cow<'static, [u8]>) {
    ENCODINGS
        .iter()
        .filter(|(encoding, _)| has(asked, header::ACCEPT_ENCODING, encoding))
        .find_map(|(encoding, ending)| {
            Built::get(&format!("{name}{ending}")).map(|file| (Some(*encoding), file.data))
        })
        .unwrap_or((None, plain))
}

/// Whether a header that is a list names this, in whatever strength.
fn has(headers: &HeaderMap, name: HeaderName, wanted: &str) -> bool {
    let lines = headers.get_all(name);
    let mut items = lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    items.any(|item| {
        let item = item.trim().trim_start_matches("W/");
        item.split_once(';').map_or(item, |(bare, _)| bare.trim()) == wanted
    })
}

const HTML: &str = "text/html; charset=utf-8";

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => HTML,
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
