//! Rasa's REST channel: a sender and a text ask, a list of small objects answers.

use serde_json::{Value, json};
use tieline_core::bot::answer::{ForWhom, Reply};

use super::reply::{of_body, of_response, read_with, unusable};
use super::{Asked, Question};

/// Below the bot's address.
pub const PATH: &str = "/webhooks/rest/webhook";

pub fn body(question: &Question) -> Value {
    let (message, metadata) = match &question.about {
        Asked::Message { text, message, .. } => (text.clone(), message.clone()),
        Asked::Intent { name, entities } => {
            let entities = if entities.is_null() { String::new() } else { entities.to_string() };
            (format!("/{name}{entities}"), Value::Null)
        }
    };
    json!({ "sender": question.conversation, "message": message, "metadata": metadata })
}

pub fn replies(body: &[u8]) -> Result<Vec<Reply>, String> {
    read_with(body, of_reply)
}

/// Rasa's own members, each a reply of its own, or a reply in the documented form.
fn of_reply(reply: &Value) -> Vec<Reply> {
    if reply.get("body").is_some() || reply.get("type").is_some() {
        return of_response(reply);
    }
    let mut bodies = Vec::new();
    match (reply["text"].as_str().filter(|text| !text.trim().is_empty()), reply["buttons"].as_array()) {
        (text, Some(buttons)) if !buttons.is_empty() => {
            bodies.push(with_buttons(text.unwrap_or_default(), buttons))
        }
        (Some(text), _) => bodies.push(json!({"type": "PLAIN", "markdownText": text})),
        (None, _) => {}
    }
    if let Some(address) = reply["image"].as_str() {
        bodies.push(json!({"type": "IMAGE", "attachment": {"mediaUrl": address}}));
    }
    bodies.extend(attachment(&reply["attachment"]));
    match &reply["custom"] {
        Value::Null => {}
        custom if custom.get("body").is_some() => return of_response(custom),
        custom if custom.get("type").is_some() => bodies.push(custom.clone()),
        custom => bodies.push(json!({"type": "CUSTOM", "jsonNode": custom})),
    }
    if bodies.is_empty() {
        return vec![unusable("", "a reply has none of text, buttons, image, attachment and custom")];
    }
    let told = |body: &Value| Reply { for_whom: ForWhom::ByRole, confidence: None, content: of_body(body) };
    bodies.iter().map(told).collect()
}

fn with_buttons(text: &str, buttons: &[Value]) -> Value {
    let button =
        |button: &Value| json!({"type": "postback", "title": button["title"], "payload": button["payload"]});
    json!({
        "type": "BUTTON",
        "markdownText": text,
        "buttonMessageType": "BUTTON",
        "buttons": buttons.iter().map(button).collect::<Vec<_>>(),
        "additionalDetails": {"interactive": {"header": {"text": ""}, "body": {"text": text}}},
    })
}

/// `{"type": "video", "payload": {"src": address}}`, or a bare address.
fn attachment(sent: &Value) -> Option<Value> {
    let address =
        sent.as_str().or_else(|| sent["payload"]["src"].as_str()).or_else(|| sent["url"].as_str())?;
    let kind = match sent["type"].as_str().unwrap_or_default().to_lowercase().as_str() {
        "image" => "IMAGE",
        "video" => "VIDEO",
        "audio" => "AUDIO",
        _ => "FILE",
    };
    Some(json!({"type": kind, "attachment": {"mediaUrl": address}}))
}

#[cfg(test)]
mod tests {
    use tieline_core::bot::answer::Content;

    use super::*;

    #[test]
    fn what_rasa_says_becomes_bodies() {
        for (sent, expected) in [
            (json!([{"recipient_id": "c", "text": "hi"}]), json!([{"type": "PLAIN", "markdownText": "hi"}])),
            (
                json!([{"text": "hi", "image": "https://x/y.png"}]),
                json!([{"type": "PLAIN", "markdownText": "hi"},
                       {"type": "IMAGE", "attachment": {"mediaUrl": "https://x/y.png"}}]),
            ),
            (
                json!([{"text": "which?", "buttons": [{"title": "A", "payload": "/a"}]}]),
                json!([{"type": "BUTTON", "markdownText": "which?", "buttonMessageType": "BUTTON",
                        "buttons": [{"type": "postback", "title": "A", "payload": "/a"}],
                        "additionalDetails":
                            {"interactive": {"header": {"text": ""}, "body": {"text": "which?"}}}}]),
            ),
            (json!([{"custom": {"a": 1}}]), json!([{"type": "CUSTOM", "jsonNode": {"a": 1}}])),
            (
                json!([{"custom": {"type": "PLAIN", "markdownText": "hi"}}]),
                json!([{"type": "PLAIN", "markdownText": "hi"}]),
            ),
            (json!([{"custom": {"type": "ACTION", "name": "FIND_AGENT"}}]), json!(["FIND_AGENT"])),
            (
                json!([{"attachment": {"type": "video", "payload": {"src": "https://x/v"}}}]),
                json!([{"type": "VIDEO", "attachment": {"mediaUrl": "https://x/v"}}]),
            ),
            (json!([]), json!([])),
            (json!([{"recipient_id": "c"}]), json!([null])),
        ] {
            let told = |reply: Reply| match reply.content {
                Content::Said(payload) => {
                    serde_json::from_str::<Value>(payload.json()).unwrap()["body"].clone()
                }
                Content::Asked { name, .. } => json!(name),
                Content::Unusable { .. } => Value::Null,
            };
            let found: Vec<Value> =
                replies(sent.to_string().as_bytes()).unwrap().into_iter().map(told).collect();
            assert_eq!(json!(found), expected, "{sent}");
        }
    }
}
