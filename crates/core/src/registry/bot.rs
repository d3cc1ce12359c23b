//! A bot as an administrator registers it: who it is, where it is called, and what it is allowed to take.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::credentials::Credentials;
use crate::id::{BotId, QueueId};
use crate::time::Span;

pub const TIMEOUT_MS_DEFAULT: u32 = 3_000;
/// Messages a language model is shown unless the administrator says otherwise.
pub const HISTORY_DEFAULT: u16 = 20;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bot {
    pub id: BotId,
    pub name: String,
    pub kind: BotKind,
    /// Where the bot is called; empty for the built-in one.
    pub uri: String,
    #[serde(default)]
    pub settings: Box<BotSettings>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BotKind {
    /// Asked over Rasa's REST channel.
    Rasa,
    /// Can be registered, so that settings from elsewhere can be taken over; it is never called.
    Dialogflow,
    Custom,
    NotSet,
    /// Tieline's own: greets, shows a menu and hands over.
    BuiltIn,
    /// A language model behind the chat completions API.
    #[serde(rename = "OPENAI")]
    OpenAi,
}

/// How a bot is treated. Everything has a default, so that a bot of the documented four members works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BotSettings {
    /// Milliseconds from a question's turn until it counts as not answered.
    pub timeout_ms: u32,
    /// Whether the bot is told of system events too.
    pub hears_events: bool,
    /// Said when a session starts; `None` leaves it to the operator's text for the built-in bot, and says nothing
    /// for any other.
    pub greeting: Option<String>,
    /// What the built-in bot offers before it hands over.
    pub menu: Option<Menu>,
    /// Of an `OPENAI` bot.
    pub model: Option<Model>,
    /// What the bot proves itself with when it writes by itself, and what requests to it are signed with.
    pub credentials: Credentials,
}

impl Default for BotSettings {
    fn default() -> Self {
        Self {
            timeout_ms: TIMEOUT_MS_DEFAULT,
            hears_events: false,
            greeting: None,
            menu: None,
            model: None,
            credentials: Credentials::default(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    pub text: String,
    /// Chosen by number or by title.
    pub choices: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub title: String,
    pub does: ChoiceDoes,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceDoes {
    Say(String),
    /// Of this queue, else of the channel's.
    FindAgent(Option<QueueId>),
    EndConversation,
}

/// What a language model is asked with.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Goes in and never comes out; empty for an endpoint that needs none.
    pub api_key: String,
    pub name: String,
    pub system_prompt: String,
    /// Messages of the conversation shown to it at most, the customer's newest included.
    pub history_max: u16,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Bot {
    /// Whether it lives elsewhere and can be asked.
    #[must_use]
    pub const fn is_called(&self) -> bool {
        matches!(self.kind, BotKind::Rasa | BotKind::Custom | BotKind::OpenAi)
    }

    #[must_use]
    pub fn timeout(&self) -> Span {
        Span::millis(u64::from(self.settings.timeout_ms))
    }

    /// Fills in from `old` what never comes out of the hub. A key stays only while the address stays: it was never
    /// meant to go anywhere else.
    pub fn inherit_secrets(&mut self, old: &Self) {
        self.settings.credentials = old.settings.credentials.clone();
        if let (Some(new), Some(old), true) =
            (&mut self.settings.model, &old.settings.model, self.uri == old.uri)
            && new.api_key == super::SECRET_MASK
        {
            new.api_key.clone_from(&old.api_key);
        }
    }
}
