//! Bots as administrators see them: the documented four members, and beside them how the bot is treated.

use serde_json::{Value, json};
use tieline_cim::Members;
use tieline_cim::bot::{BotConnector, BotType};
use tieline_core::registry::{Bot, BotKind, BotSettings, Choice, ChoiceDoes, Menu, Model, SECRET_MASK};

/// Types beyond the documented ones.
pub const BUILT_IN: &str = "BUILT_IN";
pub const OPENAI: &str = "OPENAI";

#[must_use]
pub fn bot(bot: &Bot) -> BotConnector {
    BotConnector {
        bot_id: Some(bot.id.to_string()),
        bot_type: match bot.kind {
            BotKind::Rasa => BotType::Rasa,
            BotKind::Dialogflow => BotType::Dialogflow,
            BotKind::Custom => BotType::Custom,
            BotKind::NotSet => BotType::NotSet,
            BotKind::BuiltIn => BotType::Other(BUILT_IN.into()),
            BotKind::OpenAi => BotType::Other(OPENAI.into()),
        },
        bot_name: bot.name.clone(),
        bot_uri: Some(bot.uri.clone()),
        extra: extra(&bot.settings),
    }
}

fn extra(settings: &BotSettings) -> Members {
    let BotSettings { timeout_ms, hears_events, greeting, menu, model, credentials } = settings;
    let members = [
        ("timeoutMs", json!(timeout_ms)),
        ("sendEvents", json!(hears_events)),
        ("greeting", json!(greeting)),
        ("menu", menu.as_ref().map_or(Value::Null, menu_of)),
        ("model", model.as_ref().map_or(Value::Null, model_of)),
        ("hasCredentials", json!(!credentials.token_hashes.is_empty())),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn menu_of(menu: &Menu) -> Value {
    let choice = |Choice { title, does }: &Choice| match does {
        ChoiceDoes::Say(text) => json!({"title": title, "action": "SAY", "text": text}),
        ChoiceDoes::FindAgent(queue) => json!({"title": title, "action": "FIND_AGENT", "queueId": queue}),
        ChoiceDoes::EndConversation => json!({"title": title, "action": "END_CONVERSATION"}),
    };
    json!({"text": menu.text, "choices": menu.choices.iter().map(choice).collect::<Vec<_>>()})
}

fn model_of(model: &Model) -> Value {
    json!({
        "name": model.name,
        "apiKey": if model.api_key.is_empty() { "" } else { SECRET_MASK },
        "systemPrompt": model.system_prompt,
        "historyMax": model.history_max,
    })
}
