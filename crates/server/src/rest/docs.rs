//! The API's own description: as OpenAPI, and as a page to read that needs no script and no other host.

use std::fmt::Write;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::route::{Access, Content, Route, Verb};
use super::routes::routes;
use crate::openapi;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
color:#1a1a1a;background:#fff}code{font-family:ui-monospace,monospace}h2{margin-top:2.5rem;border-bottom:1px solid #767676}\
dt{margin-top:1rem}dd{margin:0 0 0 1.5rem}.verb{display:inline-block;min-width:4.5rem;font-weight:600}\
.who{color:#595959}@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}.who{color:#b0b0b0}\
a{color:#8ab4f8}}";

static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| openapi::document().to_json().expect("the document is plain JSON"));
static PAGE: LazyLock<String> = LazyLock::new(write_page);
static PAGE_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'")
});

pub async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

pub async fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY.as_str()),
    ];
    (headers, PAGE.as_str()).into_response()
}

fn write_page() -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Tieline API</title><style>{STYLE}</style></head><body>\
         <h1>Tieline API</h1><p>Everything that can be called. Programs read it from \
         <a href=\"/openapi.json\">openapi.json</a>.</p>"
    );
    let mut tag = "";
    for route in &routes(0) {
        if route.tag != tag {
            if !tag.is_empty() {
                page.push_str("</dl>");
            }
            tag = route.tag;
            let _ = write!(page, "<h2>{}</h2><dl>", escaped(tag));
        }
        write_route(&mut page, route);
    }
    page.push_str("</dl></body></html>");
    page
}

fn write_route(page: &mut String, route: &Route) {
    let verb = match route.verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Put => "PUT",
        Verb::Delete => "DELETE",
    };
    let who = match route.access {
        Access::Public => "anybody",
        Access::Person => "people who signed in",
        Access::Visitor => "people who signed in, and connectors",
    };
    let _ = write!(
        page,
        "<dt><code><span class=\"verb\">{verb}</span> {}</code></dt><dd>{}. <span class=\"who\">For {who}.</span>",
        escaped(route.path),
        escaped(&route.summary),
    );
    for (what, content) in [("Takes", route.takes), ("Answers", route.gives)] {
        if let Content::Json(name) | Content::List(name) = content {
            let list = if matches!(content, Content::List(_)) { "a list of " } else { "" };
            let _ = write!(page, " {what} {list}<code>{}</code>.", escaped(name));
        }
    }
    if !route.query.is_empty() {
        page.push_str("<ul>");
        for (name, meaning) in route.query {
            let _ = write!(page, "<li><code>{}</code>: {}</li>", escaped(name), escaped(meaning));
        }
        page.push_str("</ul>");
    }
    page.push_str("</dd>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
