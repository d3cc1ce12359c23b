//! The built-in bot: greets, offers a menu if it has one, and hands over.

use serde_json::{Value, json};

use crate::command::{Wish, WishTarget};
use crate::conversation::{Conversation, EndReason};
use crate::event::{Event, Fact};
use crate::id::SessionId;
use crate::registry::{Bot, Channel, Choice, ChoiceDoes, Menu};
use crate::task::Direction;
use crate::turn::Turn;

impl Turn<'_> {
    /// Shows the menu first; then does what is chosen. Whatever is no choice is for a person.
    pub(super) fn built_in_answers(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        channel: &Channel,
        bot: &Bot,
        event: &Event,
    ) {
        let Some(menu) = &bot.settings.menu else {
            self.hand_over(conversation, session, channel, None);
            return;
        };
        let Some(seat) = conversation.bot.as_mut() else { return };
        if !std::mem::replace(&mut seat.menu_open, true) {
            self.say_body(conversation, session, &shown(menu));
            return;
        }
        match chosen(menu, &said(event)) {
            Some(ChoiceDoes::Say(text)) => self.say(conversation, session, text),
            Some(ChoiceDoes::EndConversation) => self.end_everything(conversation, EndReason::ForceClosed),
            choice => {
                seat.menu_open = false;
                let wish = match choice {
                    Some(ChoiceDoes::FindAgent(Some(queue))) => Some(Wish {
                        target: WishTarget::Queue(*queue),
                        direction: Direction::Inbound,
                        priority: None,
                        last_agent: None,
                    }),
                    _ => None,
                };
                self.hand_over(conversation, session, channel, wish.as_ref());
            }
        }
    }
}

/// Buttons, for channels that have them, under a text that does for those that have none.
fn shown(menu: &Menu) -> Value {
    let mut text = menu.text.clone();
    for (number, choice) in (1..).zip(&menu.choices) {
        text.push_str(&format!("\n{number}. {}", choice.title));
    }
    let button =
        |choice: &Choice| json!({"type": "postback", "title": choice.title, "payload": choice.title});
    json!({
        "type": "BUTTON",
        "markdownText": text,
        "buttonMessageType": "BUTTON",
        "buttons": menu.choices.iter().map(button).collect::<Vec<_>>(),
        "additionalDetails": {"interactive": {"header": {"text": ""}, "body": {"text": menu.text}}},
    })
}

fn said(event: &Event) -> String {
    let Fact::Message(message) = &event.fact else { return String::new() };
    let read: Option<Value> = serde_json::from_str(message.payload.json()).ok();
    read.and_then(|read| read["body"]["markdownText"].as_str().map(|text| text.trim().to_lowercase()))
        .unwrap_or_default()
}

/// By number or by title, whatever the letter case.
fn chosen<'a>(menu: &'a Menu, said: &str) -> Option<&'a ChoiceDoes> {
    let by_number = said.trim_end_matches('.').parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    by_number
        .and_then(|place| menu.choices.get(place))
        .or_else(|| menu.choices.iter().find(|choice| choice.title.trim().to_lowercase() == said))
        .map(|choice| &choice.does)
}
