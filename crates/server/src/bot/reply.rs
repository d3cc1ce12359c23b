//! A bot's answer in the documented form, read leniently: what one reply has wrong spoils none of the others.

use serde_json::{Value, json};
use tieline_cim::Body;
use tieline_core::bot::answer::{Content, ForWhom, REPLIES_MAX, Reply};
use tieline_core::event::Payload;

use crate::rest::TEXT_BYTES_MAX;

/// # Errors
/// When the answer as a whole is no JSON that could be one.
pub fn read(body: &[u8]) -> Result<Vec<Reply>, String> {
    read_with(body, of_response)
}

/// Reads one answer or a list of them, each by `one`.
pub fn read_with(body: &[u8], one: fn(&Value) -> Vec<Reply>) -> Result<Vec<Reply>, String> {
    let answer: Value =
        tieline_cim::parse_inbound(body).map_err(|invalid| format!("its answer is no JSON: {invalid}"))?;
    of_value(&answer, one)
}

/// One answer, or a list of them.
pub fn of_value(answer: &Value, one: fn(&Value) -> Vec<Reply>) -> Result<Vec<Reply>, String> {
    let mut replies: Vec<Reply> = match answer {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().take(REPLIES_MAX).flat_map(one).collect(),
        Value::Object(_) => one(answer),
        _ => return Err("its answer is neither an object nor a list".to_owned()),
    };
    let sent = answer.as_array().map_or(1, Vec::len).max(replies.len());
    if sent > REPLIES_MAX {
        replies.truncate(REPLIES_MAX - 1);
        replies.push(unusable("", format!("it sent {sent} replies, and {REPLIES_MAX} are heard")));
    }
    Ok(replies)
}

/// One response object; a body that stands alone is taken for one.
pub fn of_response(response: &Value) -> Vec<Reply> {
    let body = match response.get("body") {
        Some(body) => body,
        None if response.get("type").is_some() => response,
        None => return vec![unusable("", "a reply has no body")],
    };
    let suggested = response["mode"].as_str().is_some_and(|mode| mode.eq_ignore_ascii_case("suggestion"));
    let for_whom = if suggested { ForWhom::Agents } else { ForWhom::ByRole };
    let confidence = response["intent"]["confidence"].as_f64().map(|confidence| confidence.clamp(0.0, 1.0));
    vec![Reply { for_whom, confidence, content: of_body(body) }]
}

/// A body: an action, or something to say.
pub fn of_body(body: &Value) -> Content {
    if body["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("ACTION")) {
        return Content::action(body["name"].as_str().unwrap_or_default(), &body["data"]);
    }
    let read: Body = match tieline_cim::parse(body.to_string().as_bytes()) {
        Ok(read) => read,
        Err(invalid) => return unusable_content("", format!("the body of a reply: {invalid}")),
    };
    let text = read.markdown_text().unwrap_or_default();
    if text.len() > TEXT_BYTES_MAX {
        let reason = format!("a text has {} bytes, and {TEXT_BYTES_MAX} are allowed", text.len());
        return unusable_content("", reason);
    }
    if matches!(read, Body::Plain(_)) && text.trim().is_empty() {
        return unusable_content("", "a text is blank");
    }
    Content::Said(Payload::from_value(&json!({ "body": body })))
}

pub fn said(text: &str) -> Reply {
    let body = json!({"type": "PLAIN", "markdownText": text});
    Reply { for_whom: ForWhom::ByRole, confidence: None, content: of_body(&body) }
}

pub fn unusable(name: &str, reason: impl Into<Box<str>>) -> Reply {
    Reply { for_whom: ForWhom::ByRole, confidence: None, content: unusable_content(name, reason) }
}

fn unusable_content(name: &str, reason: impl Into<Box<str>>) -> Content {
    Content::Unusable { name: name.into(), data: Payload::from_value(&Value::Null), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is understood of an answer: texts, action names, and what was wrong.
    fn understood(body: &str) -> Vec<String> {
        let replies = match read(body.as_bytes()) {
            Ok(replies) => replies,
            Err(reason) => return vec![format!("failed: {reason}")],
        };
        let told = |reply: &Reply| match &reply.content {
            Content::Said(payload) => {
                let said: Value = serde_json::from_str(payload.json()).unwrap();
                let for_whom = if reply.for_whom == ForWhom::Agents { "suggests" } else { "says" };
                format!("{for_whom} {}", said["body"]["markdownText"].as_str().unwrap_or("something"))
            }
            Content::Asked { name, .. } => format!("does {name}"),
            Content::Unusable { reason, .. } => format!("! {reason}"),
        };
        replies.iter().map(told).collect()
    }

    #[test]
    fn answers() {
        let hi = r#"{"body":{"type":"PLAIN","markdownText":"hi"}}"#;
        let many = format!("[{}]", vec![hi; 30].join(","));
        let long = format!(r#"{{"body":{{"type":"PLAIN","markdownText":"{}"}}}}"#, "x".repeat(70_000));
        for (body, expected) in [
            (hi, vec!["says hi"]),
            (r#"[{"mode":"suggestion","body":{"type":"PLAIN","markdownText":"hi"}}]"#, vec!["suggests hi"]),
            (r#"{"type":"plain","markdownText":"hi"}"#, vec!["says hi"]),
            (
                r#"{"mode":null,"body":{"type":"ACTION","name":"find_agent","data":{}}}"#,
                vec!["does find_agent"],
            ),
            (r#"{"body":{"type":"ACTION"}}"#, vec!["! there is no such action"]),
            (r#"{"body":{"type":"HOLOGRAM","x":1}}"#, vec!["says something"]),
            (r#"[{"body":5},{"body":{"type":"PLAIN","markdownText":"hi"}}]"#, vec!["!", "says hi"]),
            (r#"{"intent":{"name":"x"}}"#, vec!["! a reply has no body"]),
            (r#"{"body":{"type":"PLAIN","markdownText":" "}}"#, vec!["! a text is blank"]),
            ("[]", vec![]),
            ("null", vec![]),
            ("7", vec!["failed: its answer is neither an object nor a list"]),
            ("<html>", vec!["failed: its answer is no JSON"]),
            (&long, vec!["! a text has 70000 bytes, and 65536 are allowed"]),
        ] {
            let found = understood(body);
            let fits = found.len() == expected.len()
                && found.iter().zip(&expected).all(|(found, expected)| found.starts_with(expected));
            assert!(fits, "{body}: {found:?}");
        }
        let found = understood(&many);
        assert_eq!((found.len(), &*found[19]), (20, "! it sent 30 replies, and 20 are heard"));
    }
}
