//! Language models behind the chat completions API, which many servers speak.
//!
//! The model is shown the system prompt of the administrator and the end of the conversation, and may use tools
//! that are the actions of a bot. What it says goes to the customer as it is; answers are not streamed.

use serde_json::{Value, json};
use tieline_core::bot::action::Action;
use tieline_core::bot::answer::{Content, ForWhom, Reply};
use tieline_core::event::{Event, Fact, MessageClass};
use tieline_core::registry::Bot;

use super::reply::{said, unusable};
use super::{Asked, Question, Turn};
use crate::app::App;

/// Below the bot's address, which ends in the version: `https://api.openai.com/v1`.
pub const PATH: &str = "/chat/completions";

/// Times a model is asked on that has only had things done, before somebody else has to answer.
pub const FOLLOW_UPS_MAX: u32 = 2;

/// Events looked through for what was said before.
const HISTORY_EVENTS_MAX: usize = 400;
/// Characters of one earlier message that are shown.
const TURN_CHARS_MAX: usize = 4_000;

pub fn body(bot: &Bot, question: &Question) -> Value {
    let Some(model) = &bot.settings.model else { return Value::Null };
    let mut messages = Vec::with_capacity(question.history.len() + 2);
    if !model.system_prompt.trim().is_empty() {
        messages.push(json!({"role": "system", "content": model.system_prompt}));
    }
    for turn in &question.history {
        let role = if turn.by_customer { "user" } else { "assistant" };
        messages.push(json!({"role": role, "content": turn.text}));
    }
    if let (true, Asked::Message { text, .. }) = (question.history.is_empty(), &question.about) {
        messages.push(json!({"role": "user", "content": text}));
    }
    let mut body = json!({"model": model.name, "messages": messages, "stream": false});
    if question.leads {
        body["tools"] = tools();
    }
    body
}

fn tools() -> Value {
    let tool = |name: &str, description: &str, properties: Value| {
        json!({"type": "function", "function": {
            "name": name,
            "description": description,
            "parameters": {"type": "object", "properties": properties},
        }})
    };
    json!([
        tool(
            "find_agent",
            "Hand the customer over to a human agent.",
            json!({
                "queue": {"type": "string", "description": "Name of a queue; leave out for the usual one."},
                "priority": {"type": "integer", "minimum": 1, "maximum": 10},
            }),
        ),
        tool("end_conversation", "End the conversation; the customer is done.", json!({})),
        tool(
            "update_conversation_data",
            "Keep facts about the conversation for the agents to see.",
            json!({"conversationData": {"type": "object", "description": "Names and values."}}),
        ),
    ])
}

/// # Errors
/// When the answer is no completion.
pub fn replies(body: &[u8]) -> Result<Vec<Reply>, String> {
    let answer: Value =
        tieline_cim::parse_inbound(body).map_err(|invalid| format!("its answer is no JSON: {invalid}"))?;
    let message = answer["choices"][0].get("message").filter(|message| message.is_object());
    let message = message.ok_or("its answer holds no choices[0].message")?;
    let mut replies = Vec::new();
    if let Some(text) = message["content"].as_str().filter(|text| !text.trim().is_empty()) {
        replies.push(said(text));
    }
    for call in message["tool_calls"].as_array().into_iter().flatten() {
        replies.push(tool_call(&call["function"]));
    }
    Ok(replies)
}

/// Makes `body` the next question when a model has had something done and said nothing yet: what it called goes back
/// with what became of it. The last time it may only speak. Whether there is anything to ask on.
pub fn follow_up(body: &mut Value, answer: &[u8], replies: &[Reply], round: u32) -> bool {
    if replies.is_empty() || replies.iter().any(settles) {
        return false;
    }
    let Ok(answer) = tieline_cim::parse_inbound::<Value>(answer) else { return false };
    let message = &answer["choices"][0]["message"];
    let (Some(calls), Some(messages)) = (message["tool_calls"].as_array(), body["messages"].as_array_mut())
    else {
        return false;
    };
    messages.push(json!({"role": "assistant", "content": message["content"], "tool_calls": calls}));
    messages.extend(calls.iter().zip(replies).map(|(call, reply)| {
        let became = match &reply.content {
            Content::Unusable { reason, .. } => reason,
            Content::Said(_) | Content::Asked { .. } => "done",
        };
        json!({"role": "tool", "tool_call_id": call["id"], "content": became})
    }));
    if round == FOLLOW_UPS_MAX {
        body["tool_choice"] = "none".into();
    }
    true
}

/// A model that was asked often enough and has only made notes leaves the customer to a person.
pub fn settle(replies: &mut Vec<Reply>) {
    if !replies.is_empty() && !replies.iter().any(settles) {
        replies.push(tool_call(&json!({"name": "find_agent"})));
    }
}

/// Whether the customer knows how it goes on.
fn settles(reply: &Reply) -> bool {
    match &reply.content {
        Content::Said(_) => true,
        Content::Asked { action, .. } => !matches!(action, Action::MergeData(_)),
        Content::Unusable { .. } => false,
    }
}

fn tool_call(function: &Value) -> Reply {
    let name = function["name"].as_str().unwrap_or_default().to_uppercase();
    let arguments = match &function["arguments"] {
        Value::String(written) if written.trim().is_empty() => Ok(Value::Null),
        Value::String(written) => serde_json::from_str(written),
        other => Ok(other.clone()),
    };
    match arguments {
        Ok(data) => {
            let content = Content::action(&name, &data);
            Reply { for_whom: ForWhom::ByRole, confidence: None, content }
        }
        Err(_) => unusable(&name, "its arguments are no JSON"),
    }
}

/// The newest messages up to and including an event, oldest first. Empty when they cannot be read: the question
/// itself is at hand.
pub async fn history(app: &App, event: &Event, max: usize) -> Vec<Turn> {
    let before = Some(event.seq + 1);
    let newest = app.store.events_of_customer(event.customer, before, HISTORY_EVENTS_MAX, None).await;
    let mut turns: Vec<Turn> = newest
        .unwrap_or_default()
        .iter()
        .filter(|past| past.conversation == event.conversation)
        .filter_map(|past| turn(past))
        .take(max)
        .collect();
    turns.reverse();
    turns
}

fn turn(event: &Event) -> Option<Turn> {
    let Fact::Message(message) = &event.fact else { return None };
    let by_customer = match message.class {
        MessageClass::Customer => true,
        MessageClass::Agent | MessageClass::Bot => false,
        MessageClass::Whisper | MessageClass::WrapUp => return None,
    };
    let read: Value = serde_json::from_str(message.payload.json()).ok()?;
    let text: String = read["body"]["markdownText"].as_str()?.chars().take(TURN_CHARS_MAX).collect();
    (!text.trim().is_empty()).then_some(Turn { by_customer, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completions() {
        let call = |name: &str, arguments: &str| {
            json!({"choices": [{"message": {"content": null, "tool_calls": [
                {"function": {"name": name, "arguments": arguments}}]}}]})
        };
        for (answer, expected) in [
            (json!({"choices": [{"message": {"content": "hi"}}]}), "says"),
            (json!({"choices": [{"message": {"content": ""}}]}), ""),
            (call("find_agent", "{\"queue\":\"Default\"}"), "FIND_AGENT"),
            (call("end_conversation", ""), "END_CONVERSATION"),
            (call("dance", "{}"), "there is no such action"),
            (call("find_agent", "{"), "its arguments are no JSON"),
            (json!({"error": "no"}), "its answer holds no choices[0].message"),
            (json!({"choices": []}), "its answer holds no choices[0].message"),
        ] {
            let found = match replies(answer.to_string().as_bytes()) {
                Ok(replies) => {
                    replies.into_iter().next().map_or(String::new(), |reply| match reply.content {
                        Content::Said(_) => "says".to_owned(),
                        Content::Asked { name, .. } => name.into(),
                        Content::Unusable { reason, .. } => reason.into(),
                    })
                }
                Err(reason) => reason,
            };
            assert_eq!(found, expected, "{answer}");
        }
    }
}
