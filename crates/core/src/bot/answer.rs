//! What bots say: judged reply by reply, whoever brings it.
//!
//! Only a PRIMARY bot speaks to the customer. What an ASSISTANT says is a suggestion to the agents, whatever it was
//! meant to be.

use serde_json::Value;
use tieline_cim::Why;

use super::action::{self, Action};
use crate::command::{Answer, BotSays};
use crate::conversation::{About, Conversation, Role, State as ConversationState};
use crate::event::{BotSilence, Emitter, Fact, Message, MessageClass, Payload, Suggestion};
use crate::facts::{Accepted, RequestKey};
use crate::id::{BotId, EventId};
use crate::refusal::Refusal;
use crate::state::State;
use crate::turn::{Outcome, Turn};

/// Replies of one answer that are heard; there is no use for more.
pub const REPLIES_MAX: usize = 20;

/// One thing a bot said.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub for_whom: ForWhom,
    /// 0 to 1.
    pub confidence: Option<f64>,
    pub content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForWhom {
    /// Follows from the bot's role.
    ByRole,
    Agents,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A CIM message: `{"body": …}`.
    Said(Payload),
    Asked {
        name: Box<str>,
        data: Payload,
        action: Action,
    },
    /// An action that is out of use, or anything that was not understood.
    Unusable {
        name: Box<str>,
        data: Payload,
        reason: Box<str>,
    },
}

impl Content {
    /// An action as a bot asks for it, judged as far as its form goes.
    #[must_use]
    pub fn action(name: &str, data: &Value) -> Self {
        let name: Box<str> = name.trim().chars().take(action::NAME_CHARS_MAX).collect();
        let kept = Payload::from_value(data);
        if kept.json().len() > action::DATA_BYTES_MAX {
            let reason = format!("its data is larger than {} bytes", action::DATA_BYTES_MAX);
            return Self::Unusable { name, data: Payload::from_value(&Value::Null), reason: reason.into() };
        }
        match action::parse(&name, data) {
            Ok(Some(action)) => Self::Asked { name, data: kept, action },
            Ok(None) => {
                Self::Unusable { name, data: kept, reason: "it is out of use and has no effect".into() }
            }
            Err(reason) => Self::Unusable { name, data: kept, reason: reason.into() },
        }
    }
}

impl Turn<'_> {
    /// A bot speaks by itself, or answers a question it has taken.
    pub fn bot_says(&mut self, says: &BotSays) -> Outcome<Answer> {
        let Some(live) = self.state.conversation(says.conversation) else {
            return Err(
                Refusal::not_found(Why::NoOpenConversation { id: says.conversation.to_string() }).into()
            );
        };
        let Some(seat) = live.bot.as_ref().filter(|seat| seat.bot == says.bot) else {
            return Err(Refusal::forbidden(Why::BotNotThere).into());
        };
        let request = request_key(says, seat.last_call);
        if let Some(answer) = self.answered_before(&request)? {
            return Ok(answer);
        }
        let Some(channel) = live.sessions.first().map(|session| session.channel) else {
            return Err(Refusal::conflict(Why::NoChannelEver).into());
        };
        let Some(mut conversation) = self.take(says.conversation) else { return Ok(Answer::Done) };
        let awaited = self.answer_to_taken(&mut conversation);
        let mut about = awaited.clone().unwrap_or(About { message: None, session: None });
        if says.requested.is_some() {
            about.message.clone_from(&says.requested);
        }
        let seq = self.state.next_seq;
        let heard = self.hear(&mut conversation, says.bot, &about, &says.replies);
        if awaited.as_ref().is_some_and(|about| about.message.is_some()) && !heard {
            self.nothing_said(&mut conversation, &about);
        }
        let asked = conversation.bot.as_mut().and_then(|seat| seat.asked.as_mut());
        if let (None, true, Some(asked)) = (awaited, heard, asked) {
            asked.spoken = true;
        }
        let accepted = Accepted {
            seq,
            conversation: Some(conversation.id),
            session: about.session,
            customer: Some(conversation.customer),
            channel,
        };
        self.put_back(conversation);
        self.answer(request, accepted)
    }

    pub(super) fn nothing_said(&mut self, conversation: &mut Conversation, about: &About) {
        let reason = "the answer held nothing for the customer";
        self.bot_is_silent(conversation, about.session, BotSilence::NoAnswer, reason);
    }

    /// Says and does what a bot wants said and done. Whether it counts as an answer: something was.
    pub(super) fn hear(
        &mut self,
        conversation: &mut Conversation,
        bot: BotId,
        about: &About,
        replies: &[Reply],
    ) -> bool {
        let mut answered = false;
        let mut suggestions = Vec::new();
        for reply in replies.iter().take(REPLIES_MAX) {
            if conversation.state == ConversationState::Closed {
                break;
            }
            match &reply.content {
                Content::Said(payload) => {
                    let role = conversation.bot.as_ref().map(|seat| seat.role);
                    let to_customer = reply.for_whom == ForWhom::ByRole && role == Some(Role::Primary);
                    if to_customer && self.pass_to_customer(conversation, bot, about, payload) {
                        answered = true;
                    } else {
                        let payload = payload.clone();
                        suggestions.push(Suggestion { payload, confidence: reply.confidence });
                    }
                }
                Content::Asked { name, data, action } => {
                    let problem = self.act(conversation, bot, about, name, data, action);
                    answered |= problem.is_ok();
                }
                Content::Unusable { name, data, reason } => {
                    self.note_action(conversation, bot, about, name, data, Some(reason.clone()));
                }
            }
        }
        if !suggestions.is_empty() && conversation.state != ConversationState::Closed {
            // To propose is all an assistant can do.
            answered |= conversation.bot.as_ref().is_some_and(|seat| seat.role != Role::Primary);
            let requested = about.message.clone();
            let fact = Fact::BotSuggested { bot, requested, suggestions };
            self.record(conversation, about.session, Emitter::Bot(bot), fact);
        }
        answered
    }

    /// Whether there was a session left to say it on.
    fn pass_to_customer(
        &mut self,
        conversation: &mut Conversation,
        bot: BotId,
        about: &About,
        payload: &Payload,
    ) -> bool {
        let Some((session, _)) = self.reply_channel(conversation, about.session) else { return false };
        let id: EventId = self.state.mint.id(self.now);
        let class = MessageClass::Bot;
        let fact = Fact::Message(Message { class, id: id.to_string().into(), payload: payload.clone() });
        let event = self.record(conversation, Some(session), Emitter::Bot(bot), fact);
        self.tell_connector(conversation, session, &event);
        if let Some(seat) = conversation.bot.as_mut() {
            seat.owes = false;
        }
        if !conversation.has_primary() && !conversation.awaits_agent() {
            self.restart_silence(conversation, session);
        }
        true
    }

    pub(super) fn note_action(
        &mut self,
        conversation: &Conversation,
        bot: BotId,
        about: &About,
        name: &str,
        data: &Payload,
        problem: Option<Box<str>>,
    ) {
        let fact = Fact::BotActed { bot, name: name.into(), data: data.clone(), problem };
        self.record(conversation, about.session, Emitter::Bot(bot), fact);
    }
}

/// What a repetition is known by. Without a key of the bot's own it is the words, as an answer to the same
/// question: the same words may well answer the next one.
fn request_key(says: &BotSays, last_call: u64) -> RequestKey {
    let mut key = says.request;
    if !says.keyed {
        for (byte, of_call) in key.iter_mut().zip(last_call.to_be_bytes()) {
            *byte ^= of_call;
        }
    }
    key
}

impl State {
    /// The key under which a repetition of what a bot says would be known now.
    #[must_use]
    pub(crate) fn request_of(&self, says: &BotSays) -> RequestKey {
        let seat = self.conversation(says.conversation).and_then(|live| live.bot.as_ref());
        request_key(says, seat.map_or(0, |seat| seat.last_call))
    }
}
