//! Web widgets: what a page asks for before it shows a chat.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{FormId, WidgetId};
use crate::refusal::Refusal;

pub const IDENTIFIER_CHARS_MAX: usize = 50;
const TEXT_CHARS_MAX: usize = 500;
const URL_CHARS_MAX: usize = 2000;
/// Seconds a customer who lost the line may take to come back, at most.
pub const RECONNECT_SECS_MAX: u32 = 24 * 60 * 60;
const ICE_SERVERS_MAX: usize = 20;

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

pub(super) fn check_widget(widget: &Widget) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '-' | '_');
    if !widget.identifier.chars().all(allowed) {
        let reason = "must be letters, digits, *, - and _";
        return Err(Refusal::invalid("widgetIdentifier", reason));
    }
    for (field, text) in [("theme", &widget.theme), ("title", &widget.title), ("subTitle", &widget.subtitle)]
    {
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err(Refusal::invalid(field, format!("must have at most {TEXT_CHARS_MAX} characters")));
        }
    }
    if widget.reconnect_secs > RECONNECT_SECS_MAX {
        let reason = format!("must be 0 to {RECONNECT_SECS_MAX} seconds");
        return Err(Refusal::invalid("customerReconnectTime", reason));
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
            return Err(Refusal::invalid(format!("{field}.{member}"), "is too long"));
        }
    }
    Ok(())
}
