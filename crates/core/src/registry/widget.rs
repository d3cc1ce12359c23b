//! Web widgets: what a page asks for before it shows a chat.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tieline_cim::Why;

use super::rules::check_file_name;
use crate::id::{FormId, WidgetId};
use crate::refusal::Refusal;

pub const IDENTIFIER_CHARS_MAX: usize = 50;
const TEXT_CHARS_MAX: usize = 500;
const URL_CHARS_MAX: usize = 2000;
/// Seconds a customer who lost the line may take to come back, at most.
pub const RECONNECT_SECS_MAX: u32 = 24 * 60 * 60;
const ICE_SERVERS_MAX: usize = 20;
const LANGUAGES_MAX: usize = 50;
const LANGUAGE_CHARS_MAX: usize = 35;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Widget {
    pub id: WidgetId,
    /// What pages name it by; letter case matters.
    pub identifier: String,
    /// A CSS colour or a theme's name.
    pub theme: String,
    pub title: String,
    pub subtitle: String,
    pub shows: Shows,
    #[serde(default)]
    pub appearance: Appearance,
    /// Seconds a customer whose line is lost keeps the chat; 0 ends it at once.
    pub reconnect_secs: u32,
    /// `{code, policy}`, as the widget reads it.
    pub language: Value,
    /// Asked before the chat.
    pub form: Option<FormId>,
    /// Asked for a call back.
    pub callback_form: Option<FormId>,
    /// Calls from the browser, call-back requests and the hook of the page: read by the widget alone.
    pub web_rtc: Map<String, Value>,
    pub callback: Map<String, Value>,
    pub webhook: Map<String, Value>,
    /// The channel whose chats this widget's settings are for.
    pub service_identifier: Option<String>,
    /// The widget inserts texts as HTML and stops at bodies it does not know: what it is sent is made safe for that.
    pub legacy: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shows {
    pub font_resize: bool,
    pub emoji: bool,
    pub file_transfer: bool,
    pub dynamic_link: bool,
    pub download_transcript: bool,
}

/// How the widget looks beside its colour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    pub side: Side,
    pub scheme: Scheme,
    /// Name of a picture in the file store, shown beside the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// By language tag, such as `ar`; what is not there is said as in [`Widget::title`] and [`Widget::subtitle`].
    pub texts: BTreeMap<String, Texts>,
}

/// Where the widget stands on the page, as text runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Start,
    #[default]
    End,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scheme {
    /// As the customer's system is set.
    #[default]
    Auto,
    Light,
    Dark,
}

/// What a widget says in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    pub title: String,
    pub subtitle: String,
    /// Shown before the first message.
    pub greeting: String,
}

impl Appearance {
    fn check(&self) -> Result<(), Refusal> {
        check_file_name("appearance.logo", self.logo.as_deref())?;
        if self.texts.len() > LANGUAGES_MAX {
            return Err(Refusal::limit(Why::LanguagesMax { max: LANGUAGES_MAX }));
        }
        for (language, texts) in &self.texts {
            let path = |member: &str| format!("appearance.texts.{language}.{member}");
            let tag = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if !(2..=LANGUAGE_CHARS_MAX).contains(&language.len()) || !language.chars().all(tag) {
                return Err(Refusal::invalid("appearance.texts", Why::MustBeByLanguage));
            }
            for (member, text) in
                [("title", &texts.title), ("subTitle", &texts.subtitle), ("greeting", &texts.greeting)]
            {
                check_text(path(member), text)?;
            }
        }
        Ok(())
    }
}

fn check_text(field: impl Into<String>, text: &str) -> Result<(), Refusal> {
    match text.chars().count() <= TEXT_CHARS_MAX {
        true => Ok(()),
        false => Err(Refusal::invalid(field, Why::CharsAtMost { max: TEXT_CHARS_MAX })),
    }
}

pub(super) fn check_widget(widget: &Widget) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '-' | '_');
    if !widget.identifier.chars().all(allowed) {
        return Err(Refusal::invalid("widgetIdentifier", Why::MustBeIdentifier));
    }
    for (field, text) in [("theme", &widget.theme), ("title", &widget.title), ("subTitle", &widget.subtitle)]
    {
        check_text(field, text)?;
    }
    widget.appearance.check()?;
    if widget.reconnect_secs > RECONNECT_SECS_MAX {
        let must_be = Why::SecondsWithin { min: 0, max: RECONNECT_SECS_MAX };
        return Err(Refusal::invalid("customerReconnectTime", must_be));
    }
    for (field, members) in
        [("webRtc", &widget.web_rtc), ("callback", &widget.callback), ("webhook", &widget.webhook)]
    {
        let too_long = |value: &Value| match value {
            Value::String(text) => text.chars().count() > URL_CHARS_MAX,
            Value::Array(items) => items.len() > ICE_SERVERS_MAX,
            _ => false,
        };
        if let Some((member, _)) = members.iter().find(|(_, value)| too_long(value)) {
            return Err(Refusal::invalid(format!("{field}.{member}"), Why::TooLong));
        }
    }
    Ok(())
}
