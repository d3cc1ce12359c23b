//! Bots: who speaks for the house before, beside and after its people.
//!
//! A bot that lives elsewhere is asked over the outbox ([`call`]), one question of a conversation at a time, and
//! what it answers is judged here ([`answer`]) and done here ([`perform`]): a bot can delay nobody and crash
//! nothing. The built-in bot ([`built_in`]) is part of the rules and needs no call. Whatever keeps a bot from
//! answering a customer leads to a person ([`Turn::hand_over`]).

pub mod action;
pub mod answer;
mod built_in;
mod call;
mod perform;

pub use call::intent;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::command::Wish;
use crate::conversation::{Conversation, Role};
use crate::event::{BotSilence, Emitter, Event, Fact, Message, MessageClass, Payload};
use crate::id::{BotId, EventId, SessionId};
use crate::registry::settings::Texts;
use crate::registry::{Bot, BotKind, Channel, Mode};
use crate::request::pushed_to;
use crate::turn::Turn;

impl Turn<'_> {
    /// Welcomes a customer whose session has just started: in the bot's words, or in the house's where there is
    /// no bot.
    pub fn greet(&mut self, conversation: &mut Conversation, session: SessionId, channel: &Channel) {
        let speaks = conversation.bot.as_ref().is_none_or(|seat| seat.role == Role::Primary);
        if !speaks || conversation.has_primary() {
            return;
        }
        let default = || self.text(|texts| &texts.greeting);
        let bot = channel.bot.filter(|_| channel.mode != Mode::Agent).and_then(|bot| self.known_bot(bot));
        let text = match bot {
            // Where an outside router decides, it also speaks.
            None if pushed_to(channel).is_none() => String::new(),
            None => default(),
            Some(bot) => match (&bot.settings.greeting, bot.kind) {
                (Some(text), _) => text.clone(),
                (None, BotKind::BuiltIn) => default(),
                (None, _) => String::new(),
            },
        };
        self.say(conversation, session, &text);
    }

    /// The customer has spoken and somebody owes him an answer. `served`: an agent is with him or looked for.
    pub fn bot_hears(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        channel: &Channel,
        event: &Arc<Event>,
        served: bool,
    ) {
        let seat = conversation.bot.as_mut();
        // What an AGENT channel needs is an agent; a bot may be there from another channel, to assist.
        let seat = seat.filter(|seat| channel.mode != Mode::Agent || seat.role == Role::Assistant);
        let bot = seat.and_then(|seat| {
            seat.owes = seat.role == Role::Primary;
            self.state.registry.bot(seat.bot).map(Arc::clone)
        });
        match bot {
            Some(bot) if bot.value.is_called() => {
                // What happened before the customer spoke is told before.
                self.tell_bot(conversation);
                self.call_bot(conversation, &bot.value, event);
            }
            _ if served => {}
            Some(bot) if bot.value.kind == BotKind::BuiltIn => {
                self.built_in_answers(conversation, session, channel, &bot.value, event);
            }
            Some(bot) => {
                let reason = format!("bot \"{}\" is of a type that cannot be called", bot.value.name);
                self.bot_is_silent(conversation, Some(session), BotSilence::NotAvailable, &reason);
            }
            None => self.hand_over(conversation, session, channel, None),
        }
    }

    /// The bot said nothing for the customer: that is written down, and a person is looked for if it was its turn.
    pub fn bot_is_silent(
        &mut self,
        conversation: &mut Conversation,
        session: Option<SessionId>,
        silence: BotSilence,
        reason: &str,
    ) {
        let Some(seat) = conversation.bot.as_mut() else { return };
        let owed = std::mem::replace(&mut seat.owes, false) && seat.role == Role::Primary;
        self.note_silence(conversation, session, silence, reason);
        if owed && let Some((session, channel)) = self.reply_channel(conversation, session) {
            self.hand_over(conversation, session, &channel, None);
        }
    }

    fn note_silence(
        &mut self,
        conversation: &Conversation,
        session: Option<SessionId>,
        silence: BotSilence,
        reason: &str,
    ) {
        let Some(seat) = &conversation.bot else { return };
        let fact = Fact::BotSilent { bot: seat.bot, silence, reason: reason.into() };
        self.record(conversation, session, Emitter::System, fact);
    }

    /// A person is to take over, the one wished for if any, unless one has or is looked for already.
    pub fn hand_over(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        channel: &Channel,
        wish: Option<&Wish>,
    ) {
        if conversation.has_primary() || conversation.waiting_tasks().next().is_some() {
            return;
        }
        if channel.mode == Mode::Bot {
            let text = self.text(|texts| &texts.no_answer);
            self.say(conversation, session, &text);
            return;
        }
        if self.turned_away(conversation, session, channel) {
            return;
        }
        // A conversation that began on a channel without a bot has no seat for one.
        let seat = conversation.bot.as_mut();
        let first = match seat {
            Some(seat) => !std::mem::replace(&mut seat.handed_over, true),
            None => pushed_to(channel).is_some(),
        };
        if first {
            let text = self.text(|texts| &texts.handing_over);
            self.say(conversation, session, &text);
        }
        // What cannot be wished for on this channel is no reason to look for nobody.
        if wish.is_none_or(|wish| self.request_wished(conversation, wish).is_err()) {
            self.find_agent(conversation, session, channel);
        }
    }

    /// One of the tenant's own sentences.
    pub fn text(&self, which: impl FnOnce(&Texts) -> &String) -> String {
        which(&self.state.registry.settings().value.settings.texts).clone()
    }

    /// Says something to the customer in the bot's name, or in the house's where there is none.
    pub fn say(&mut self, conversation: &mut Conversation, session: SessionId, text: &str) {
        if !text.is_empty() {
            self.say_body(conversation, session, &json!({ "type": "PLAIN", "markdownText": text }));
        }
    }

    fn say_body(&mut self, conversation: &mut Conversation, session: SessionId, body: &Value) {
        let id: EventId = self.state.mint.id(self.now);
        let id = id.to_string();
        let payload = Payload::from_value(&json!({ "id": id, "body": body }));
        let emitter = conversation.bot.as_ref().map_or(Emitter::System, |seat| Emitter::Bot(seat.bot));
        let fact = Fact::Message(Message { class: MessageClass::Bot, id: id.into(), payload });
        let event = self.record(conversation, Some(session), emitter, fact);
        self.tell_connector(conversation, session, &event);
    }

    fn known_bot(&self, id: BotId) -> Option<Bot> {
        self.state.registry.bot(id).map(|stored| stored.value.clone())
    }

    /// The open session to answer on, `wanted` if it is one, with its channel.
    fn reply_channel(
        &self,
        conversation: &Conversation,
        wanted: Option<SessionId>,
    ) -> Option<(SessionId, Channel)> {
        let session = wanted
            .and_then(|id| conversation.session(id))
            .filter(|session| session.is_open())
            .or_else(|| conversation.reply_session())?;
        let channel = self.state.registry.channel(session.channel)?;
        Some((session.id, channel.value.clone()))
    }
}
