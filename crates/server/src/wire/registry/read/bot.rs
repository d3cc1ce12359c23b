//! Bots as administrators write them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tieline_cim::Invalid;
use tieline_cim::bot::{BotConnector, BotType};
use tieline_core::registry::{
    Bot, BotKind, BotSettings, Choice, ChoiceDoes, HISTORY_DEFAULT, Menu, Model, SECRET_MASK,
};

use super::super::bot::{BUILT_IN, OPENAI};
use super::{Draft, Read, optional, unknown};

pub fn bot(draft: &mut Draft<'_>, old: Option<&Bot>) -> Read<Bot> {
    let sent: BotConnector = draft.typed()?;
    let kind = match &sent.bot_type {
        BotType::Rasa => BotKind::Rasa,
        BotType::Dialogflow => BotKind::Dialogflow,
        BotType::Custom => BotKind::Custom,
        BotType::NotSet => BotKind::NotSet,
        BotType::Other(word) if word.eq_ignore_ascii_case(BUILT_IN) => BotKind::BuiltIn,
        BotType::Other(word) if word.eq_ignore_ascii_case(OPENAI) => BotKind::OpenAi,
        BotType::Other(word) => {
            let known = "RASA, CUSTOM, OPENAI, BUILT_IN, DIALOGFLOW or NOT_SET";
            return Err(unknown("botType", word, known));
        }
    };
    let mut bot = Bot {
        id: draft.id.into(),
        name: sent.bot_name,
        kind,
        uri: sent.bot_uri.unwrap_or_default().trim().to_owned(),
        settings: settings(draft, old.map(|old| old.settings.clone()).unwrap_or_default())?,
    };
    if let Some(old) = old {
        bot.inherit_secrets(old);
    }
    Ok(bot)
}

/// What is left out stays as it was; `null` takes it away.
fn settings(draft: &Draft<'_>, mut settings: Box<BotSettings>) -> Read<Box<BotSettings>> {
    if let Some(timeout) = member::<u32>(draft, "timeoutMs")? {
        settings.timeout_ms = timeout.unwrap_or(BotSettings::default().timeout_ms);
    }
    settings.hears_events = draft.flag("sendEvents", settings.hears_events)?;
    if let Some(greeting) = member::<String>(draft, "greeting")? {
        settings.greeting = greeting;
    }
    if let Some(menu) = member::<SentMenu>(draft, "menu")? {
        settings.menu = menu.map(menu_of).transpose()?;
    }
    if let Some(model) = member::<SentModel>(draft, "model")? {
        settings.model = model.map(model_of);
    }
    Ok(settings)
}

/// `None` when it was left out, `Some(None)` when it was `null`.
fn member<T: DeserializeOwned>(draft: &Draft<'_>, name: &str) -> Read<Option<Option<T>>> {
    match draft.body.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(value) => match tieline_cim::parse(value.to_string().as_bytes()) {
            Ok(read) => Ok(Some(Some(read))),
            Err(Invalid { path, reason }) if path.is_empty() => Err(Invalid::at(name, reason)),
            Err(Invalid { path, reason }) => Err(Invalid::at(format!("{name}.{path}"), reason)),
        },
    }
}

#[derive(Deserialize)]
struct SentMenu {
    text: String,
    choices: Vec<SentChoice>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SentChoice {
    title: String,
    action: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    queue_id: Option<String>,
}

fn menu_of(sent: SentMenu) -> Read<Menu> {
    let mut choices = Vec::with_capacity(sent.choices.len());
    for (i, choice) in sent.choices.into_iter().enumerate() {
        let path = |member: &str| format!("menu.choices[{i}].{member}");
        let does = match choice.action.to_uppercase().as_str() {
            "SAY" => ChoiceDoes::Say(choice.text.unwrap_or_default()),
            "FIND_AGENT" => ChoiceDoes::FindAgent(optional(path("queueId"), choice.queue_id.as_deref())?),
            "END_CONVERSATION" => ChoiceDoes::EndConversation,
            word => return Err(unknown(path("action"), word, "SAY, FIND_AGENT or END_CONVERSATION")),
        };
        choices.push(Choice { title: choice.title, does });
    }
    Ok(Menu { text: sent.text, choices })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SentModel {
    name: String,
    /// Left out, `null` or masked: the one there is.
    #[serde(default)]
    api_key: Option<String>,
    #[serde(default)]
    system_prompt: String,
    #[serde(default)]
    history_max: Option<u16>,
}

fn model_of(sent: SentModel) -> Model {
    Model {
        api_key: sent.api_key.unwrap_or_else(|| SECRET_MASK.to_owned()),
        name: sent.name,
        system_prompt: sent.system_prompt,
        history_max: sent.history_max.unwrap_or(HISTORY_DEFAULT),
    }
}
