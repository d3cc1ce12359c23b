//! Bots that speak the documented protocol: one object asks, an object or a list answers.

use serde_json::{Value, json};

use super::{Asked, Question};

pub fn body(question: &Question) -> Value {
    let conversation = question.conversation;
    match &question.about {
        Asked::Message { text, message, .. } => json!({
            "conversation": conversation,
            "type": "message",
            "message": text,
            "entities": null,
            "metadata": message,
        }),
        Asked::Intent { name, entities } => json!({
            "conversation": conversation,
            "type": "intent",
            "message": name,
            "entities": entities,
            "metadata": null,
        }),
    }
}
