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

const STYLE: &str = include_str!("docs.css");

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
    let routes = routes(0);
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Tieline API</title><style>{STYLE}</style></head><body>"
    );
    let mut tags: Vec<&str> = Vec::new();
    for route in &routes {
        if !tags.contains(&route.tag) {
            tags.push(route.tag);
        }
    }
    write_contents(&mut page, &tags);
    page.push_str(
        "<main><h1>Tieline API</h1><p>Everything that can be called. Programs read it from \
         <a href=\"/openapi.json\">openapi.json</a>.</p>",
    );
    for paragraph in openapi::DESCRIPTION.split("\n\n") {
        let _ = write!(page, "<p>{}</p>", with_code(paragraph));
    }
    for tag in tags {
        let _ = write!(page, "<h2 id=\"{}\">{}</h2>", anchor(tag), escaped(tag));
        for route in routes.iter().filter(|route| route.tag == tag) {
            write_route(&mut page, route);
        }
    }
    page.push_str("<h2 id=\"shapes\">Shapes</h2>");
    for (name, meaning, members) in openapi::shapes() {
        write_shape(&mut page, name, meaning, members);
    }
    page.push_str("</main></body></html>");
    page
}

fn write_contents(page: &mut String, tags: &[&str]) {
    page.push_str("<nav aria-label=\"Contents\"><p>Tieline API</p><ul>");
    for tag in tags {
        let _ = write!(page, "<li><a href=\"#{}\">{}</a></li>", anchor(tag), escaped(tag));
    }
    page.push_str("<li><a href=\"#shapes\">Shapes</a></li></ul></nav>");
}

fn write_route(page: &mut String, route: &Route) {
    let (verb, colour) = match route.verb {
        Verb::Get => ("GET", "get"),
        Verb::Post => ("POST", "post"),
        Verb::Put => ("PUT", "put"),
        Verb::Delete => ("DELETE", "delete"),
    };
    let who = match route.access {
        Access::Public => "anybody",
        Access::Person => "people who signed in",
        Access::Bot => "bots",
        Access::Visitor => "people who signed in, and connectors",
        Access::Watcher => "callers on this machine, and whoever has the token of the metrics",
    };
    let _ = write!(
        page,
        "<article><h3><b class=\"{colour}\">{verb}</b><code>{}</code></h3><p>{}.</p><p class=\"quiet\">For {who}.",
        escaped(route.path),
        escaped(&route.summary),
    );
    for (what, content) in [("Takes", route.takes), ("Answers", route.gives)] {
        let (list, name) = match content {
            Content::Json(name) => ("", name),
            Content::List(name) => ("a list of ", name),
            _ => continue,
        };
        let _ = write!(page, " {what} {list}<a href=\"#shape-{name}\"><code>{name}</code></a>.");
    }
    page.push_str("</p>");
    if !route.query.is_empty() {
        page.push_str("<dl>");
        for (name, meaning) in route.query {
            let _ = write!(page, "<dt><code>{}</code></dt><dd>{}</dd>", escaped(name), escaped(meaning));
        }
        page.push_str("</dl>");
    }
    page.push_str("</article>");
}

fn write_shape(page: &mut String, name: &str, meaning: &str, members: &[&str]) {
    let _ = write!(
        page,
        "<article class=\"shape\" id=\"shape-{name}\"><h3><code>{name}</code></h3><p>{}</p><dl>",
        with_code(meaning)
    );
    for member in members {
        let (member, kind) = member.split_once(": ").unwrap_or((member, "any"));
        let (member, always) = match member.strip_suffix('!') {
            Some(member) => (member, ", always there"),
            None => (member, ""),
        };
        let _ =
            write!(page, "<dt><code>{}</code></dt><dd>{}{always}</dd>", escaped(member), kind_in_words(kind));
    }
    page.push_str("</dl></article>");
}

/// The notation of the shapes, for people.
fn kind_in_words(kind: &str) -> String {
    if let Some(inner) = kind.strip_suffix('?') {
        return format!("{} or null", kind_in_words(inner));
    }
    if let Some(inner) = kind.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return format!("list of {}", kind_in_words(inner));
    }
    match kind.strip_prefix('#') {
        Some(name) => format!("<a href=\"#shape-{name}\"><code>{name}</code></a>"),
        None => match kind {
            "int" => "whole number".to_owned(),
            "bool" => "true or false".to_owned(),
            "map" => "object".to_owned(),
            "time" => "milliseconds since 1970".to_owned(),
            "any" => "any JSON".to_owned(),
            word => word.to_owned(),
        },
    }
}

fn anchor(tag: &str) -> String {
    tag.to_lowercase().replace(' ', "-")
}

/// Text in which code stands between backticks.
fn with_code(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escaped(part);
        match index % 2 {
            0 => out.push_str(&part),
            _ => drop(write!(out, "<code>{part}</code>")),
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
