//! From the hub to a page, made fit for the widget there.
//!
//! Widgets of the first generation insert texts as HTML, and stop painting at a body that lacks a member they look
//! for. For those, everything a person could have written is escaped, links that are no web addresses are dropped,
//! and what is missing is filled in. The hub's data are never touched: only what leaves for this page.

use serde_json::{Map, Value, json};
use tieline_cim::{Body, Message};

use super::inbound::BROWSER;

/// A place on a map, for widgets that cannot show one.
const MAP: &str = "https://www.openstreetmap.org/";

/// A message as it is sent to a page. `legacy` says that the widget there needs help.
#[must_use]
pub fn shown(message: &Message, legacy: bool) -> Value {
    let mut shown = json!(message);
    strip(&mut shown["header"]["channelData"]);
    if let Some(session) = shown["header"].get_mut("channelSession").filter(|session| session.is_object()) {
        strip(&mut session["channelData"]);
    }
    fill(&mut shown["body"]);
    if says_something(message) && shown["header"]["sender"]["type"] == "SYSTEM" {
        // What the hub itself says to customers: widgets paint only what people and bots say.
        shown["header"]["sender"]["type"] = "BOT".into();
    }
    if legacy {
        match shown["body"]["type"].as_str() {
            Some("LOCATION") => shown["body"] = link_to(&shown["body"]),
            Some("CONTACT") if number(&shown["body"]["contacts"][0]["phones"][0]).is_none() => {
                shown["body"] = listed(&shown["body"]);
            }
            _ => {}
        }
        make_safe(&mut shown["body"], "");
        make_safe(&mut shown["header"]["sender"], "");
    }
    shown
}

fn says_something(message: &Message) -> bool {
    !matches!(message.body, Body::Notification(_) | Body::Delivery(_))
}

/// What is between the hub and its connector is not for pages.
fn strip(data: &mut Value) {
    if let Some(attributes) = data.get_mut("additionalAttributes").and_then(Value::as_array_mut) {
        attributes.retain(|attribute| attribute["key"] != BROWSER);
    }
}

/// Adds what widgets read without looking whether it is there. Nothing that is there is changed.
fn fill(body: &mut Value) {
    let Some(body) = body.as_object_mut() else { return };
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "PLAIN" if body.get("markdownText").is_none_or(Value::is_null) => {
            body.insert("markdownText".into(), "".into());
        }
        "IMAGE" | "VIDEO" | "AUDIO" | "FILE" => {
            let name = (kind == "FILE").then(|| file_name(body));
            let details = object(body, "additionalDetails");
            if let Some(name) = name.filter(|_| details.get("fileName").is_none_or(Value::is_null)) {
                details.insert("fileName".into(), name.into());
            }
            let attachment = object(body, "attachment");
            if attachment.get("mimeType").is_none_or(Value::is_null) {
                let kind =
                    attachment.get("type").and_then(Value::as_str).unwrap_or("application/octet-stream");
                let kind = kind.to_owned();
                attachment.insert("mimeType".into(), kind.into());
            }
        }
        "URL" => {
            let link = body.get("mediaUrl").cloned().unwrap_or_default();
            let attachment = object(body, "attachment");
            if attachment.get("mediaUrl").is_none_or(Value::is_null) {
                attachment.insert("mediaUrl".into(), link);
            }
        }
        "BUTTON" => {
            let text = body.get("markdownText").and_then(Value::as_str).unwrap_or_default().to_owned();
            let details = object(body, "additionalDetails");
            let interactive = object(details, "interactive");
            let header = object(interactive, "header");
            header.entry("text").or_insert_with(|| "".into());
            let words = object(interactive, "body");
            words.entry("text").or_insert_with(|| text.into());
        }
        _ => {}
    }
}

/// What a file is called: by its name, its caption, or the end of its address.
fn file_name(body: &Map<String, Value>) -> String {
    let attachment = body.get("attachment").unwrap_or(&Value::Null);
    let said = |value: &Value| value.as_str().filter(|name| !name.trim().is_empty()).map(str::to_owned);
    let caption = body.get("caption").and_then(said);
    said(&attachment["mediaName"]).or(caption).unwrap_or_else(|| {
        let address = attachment["mediaUrl"].as_str().unwrap_or_default();
        let (path, query) = address.split_once(['?', '#']).unwrap_or((address, ""));
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("filename="));
        asked.or_else(|| path.rsplit('/').next()).unwrap_or_default().to_owned()
    })
}

fn object<'a>(of: &'a mut Map<String, Value>, member: &str) -> &'a mut Map<String, Value> {
    let value = of.entry(member).or_insert_with(|| json!({}));
    if !value.is_object() {
        *value = json!({});
    }
    value.as_object_mut().expect("made an object above")
}

fn link_to(place: &Value) -> Value {
    let of = |member: &str| {
        let found = place.get(member).or_else(|| place["location"].get(member));
        found.and_then(|value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()))
    };
    let link = match (of("latitude"), of("longitude")) {
        (Some(latitude), Some(longitude)) if latitude.is_finite() && longitude.is_finite() => {
            format!("{MAP}?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}")
        }
        _ => MAP.to_owned(),
    };
    json!({
        "type": "URL",
        "markdownText": place.get("markdownText").cloned().unwrap_or_default(),
        "mediaUrl": link,
        "attachment": {"mediaUrl": link, "type": "text/html", "mimeType": "text/html", "size": 0},
    })
}

/// The contacts as a text, for widgets that stop painting where the first has no number.
fn listed(contacts: &Value) -> Value {
    let text = contacts["markdownText"].as_str().map(str::to_owned);
    let people = contacts["contacts"].as_array().into_iter().flatten().map(|contact| {
        let name = contact["name"]["formattedName"].as_str();
        let numbers = contact["phones"].as_array().into_iter().flatten().filter_map(number);
        name.into_iter().chain(numbers).collect::<Vec<_>>().join(", ")
    });
    let lines: Vec<String> = text.into_iter().chain(people).filter(|line| !line.is_empty()).collect();
    json!({"type": "PLAIN", "markdownText": lines.join("\n")})
}

fn number(phone: &Value) -> Option<&str> {
    phone["phone"].as_str().filter(|number| !number.trim().is_empty())
}

/// Makes every text inside unable to be markup. What stands where a link is expected stays a link, or becomes empty.
fn make_safe(value: &mut Value, member: &str) {
    match value {
        Value::String(text) => {
            let link = member.to_ascii_lowercase().ends_with("url") || matches!(member, "thumbnail" | "link");
            *text = if link { safe_link(text) } else { escaped(text) };
        }
        Value::Array(items) => items.iter_mut().for_each(|item| make_safe(item, member)),
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| make_safe(value, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// Web addresses and paths stay, less what could end an attribute. `javascript:` and its like do not.
fn safe_link(link: &str) -> String {
    let link = link.trim();
    let scheme = link.split(['/', '?', '#']).next().unwrap_or_default();
    let absolute = scheme.contains(':');
    let web = ["http:", "https:"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    if absolute && !web || link.chars().any(char::is_control) {
        return String::new();
    }
    let mut safe = String::with_capacity(link.len());
    for letter in link.chars() {
        match letter {
            '"' => safe.push_str("%22"),
            '\'' => safe.push_str("%27"),
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            '`' => safe.push_str("%60"),
            ' ' => safe.push_str("%20"),
            letter => safe.push(letter),
        }
    }
    safe
}
