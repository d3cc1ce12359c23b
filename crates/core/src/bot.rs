//! The built-in bot: greets, and hands over to a person.
//!
//! A bot that lives elsewhere cannot be asked yet; its silence counts as "no answer", so its channel's customers
//! are handed over like everybody else's.

use serde_json::json;

use crate::conversation::{Conversation, Role};
use crate::event::{Emitter, Fact, Message, MessageClass, Payload};
use crate::id::{EventId, SessionId};
use crate::registry::{BotKind, Channel};
use crate::turn::Turn;

impl Turn<'_> {
    /// Welcomes a customer whose session has just started.
    pub fn greet(&mut self, conversation: &mut Conversation, session: SessionId, channel: &Channel) {
        let built_in = channel
            .bot
            .and_then(|bot| self.state.registry.bot(bot))
            .is_some_and(|bot| bot.value.kind == BotKind::BuiltIn);
        let speaks = conversation.bot.as_ref().is_some_and(|seat| seat.role == Role::Primary);
        if built_in && speaks {
            let text = self.state.policy.texts.greeting.clone();
            self.say(conversation, session, &text);
        }
    }

    /// The bot has nothing to say to a customer's message: a person is looked for.
    pub fn bot_has_no_answer(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        channel: &Channel,
    ) {
        // A conversation that began on a channel without a bot has no seat for one.
        let seat = conversation.bot.as_mut();
        let first = seat.is_some_and(|seat| !std::mem::replace(&mut seat.handed_over, true));
        if first {
            let text = self.state.policy.texts.handing_over.clone();
            self.say(conversation, session, &text);
        }
        self.find_agent(conversation, session, channel);
    }

    /// Says something to the customer in the bot's name.
    pub fn say(&mut self, conversation: &mut Conversation, session: SessionId, text: &str) {
        let Some(bot) = conversation.bot.as_ref().map(|seat| seat.bot).filter(|_| !text.is_empty()) else {
            return;
        };
        let id: EventId = self.state.mint.id(self.now);
        let id = id.to_string();
        let payload =
            Payload::from_value(&json!({ "id": id, "body": { "type": "PLAIN", "markdownText": text } }));
        let fact = Fact::Message(Message { class: MessageClass::Bot, id: id.into(), payload });
        let event = self.record(conversation, Some(session), Emitter::Bot(bot), fact);
        self.tell_connector(conversation, session, &event);
    }
}
