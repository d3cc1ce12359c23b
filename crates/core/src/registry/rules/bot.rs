//! Bots.

use tieline_cim::Why;

use super::super::bot::{Bot, BotKind, Choice, ChoiceDoes, Menu, Model};
use super::super::secret::SECRET_MASK;
use super::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, ensure, ensure_chars, ensure_within};
use crate::refusal::Refusal;
use crate::schema::url;

const URL_CHARS_MAX: usize = 2000;
const TIMEOUT_MS: std::ops::RangeInclusive<u32> = 500..=60_000;
const CHOICES_MAX: usize = 20;
const PROMPT_CHARS_MAX: usize = 20_000;
const API_KEY_CHARS_MAX: usize = 1_000;
const HISTORY: std::ops::RangeInclusive<u16> = 1..=100;

pub(super) fn check_bot(new: &Bot) -> Result<(), Refusal> {
    ensure_chars("botUri", &new.uri, URL_CHARS_MAX)?;
    let fits = if new.uri.trim().is_empty() { !new.is_called() } else { url(&new.uri, &["http", "https"]) };
    ensure(fits, "botUri", Why::MustBeHttpAddress)?;
    let settings = &new.settings;
    let must_be = Why::MillisWithin { min: *TIMEOUT_MS.start(), max: *TIMEOUT_MS.end() };
    ensure(TIMEOUT_MS.contains(&settings.timeout_ms), "timeoutMs", must_be)?;
    ensure_chars("greeting", settings.greeting.as_deref().unwrap_or_default(), DESCRIPTION_CHARS_MAX)?;
    let told = matches!(new.kind, BotKind::Rasa | BotKind::Custom);
    ensure(told || !settings.hears_events, "sendEvents", Why::EventsForCalledBots)?;
    let is_built_in = new.kind == BotKind::BuiltIn;
    ensure(settings.menu.is_none() || is_built_in, "menu", Why::MenuForBuiltIn)?;
    if let Some(menu) = &settings.menu {
        check_menu(menu)?;
    }
    let is_model = new.kind == BotKind::OpenAi;
    ensure(settings.model.is_some() == is_model, "model", Why::ModelForOpenAi)?;
    if let Some(model) = &settings.model {
        check_model(model)?;
    }
    Ok(())
}

fn check_menu(menu: &Menu) -> Result<(), Refusal> {
    ensure(!menu.text.trim().is_empty(), "menu.text", Why::Blank)?;
    ensure_chars("menu.text", &menu.text, DESCRIPTION_CHARS_MAX)?;
    ensure(!menu.choices.is_empty(), "menu.choices", Why::ChoiceNeeded)?;
    if menu.choices.len() > CHOICES_MAX {
        return Err(Refusal::limit(Why::ChoicesMax { max: CHOICES_MAX }));
    }
    for (i, Choice { title, does }) in menu.choices.iter().enumerate() {
        ensure(!title.trim().is_empty(), format!("menu.choices[{i}].title"), Why::Blank)?;
        ensure_chars(format!("menu.choices[{i}].title"), title, NAME_CHARS_MAX)?;
        if let ChoiceDoes::Say(text) = does {
            ensure(!text.trim().is_empty(), format!("menu.choices[{i}].text"), Why::Blank)?;
            ensure_chars(format!("menu.choices[{i}].text"), text, DESCRIPTION_CHARS_MAX)?;
        }
    }
    Ok(())
}

fn check_model(model: &Model) -> Result<(), Refusal> {
    ensure(!model.name.trim().is_empty(), "model.name", Why::Blank)?;
    ensure_chars("model.name", &model.name, NAME_CHARS_MAX)?;
    ensure_chars("model.systemPrompt", &model.system_prompt, PROMPT_CHARS_MAX)?;
    ensure_chars("model.apiKey", &model.api_key, API_KEY_CHARS_MAX)?;
    ensure(model.api_key != SECRET_MASK, "model.apiKey", Why::KeyAgain)?;
    let printable = model.api_key.chars().all(|c| c.is_ascii_graphic());
    ensure(printable, "model.apiKey", Why::MustBeAsciiWord)?;
    ensure_within("model.historyMax", model.history_max, HISTORY)
}
