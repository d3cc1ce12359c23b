//! What agents publish into their conversations: messages to the customer, whispers, notes and passing signs.
//!
//! Only who serves the customer speaks to him. Whispers and notes never leave for a connector, and answer nobody.

use std::sync::Arc;

use tieline_cim::Why;

use crate::command::{Publication, Published};
use crate::conversation::{Conversation, Role, WRAP_UPS_MAX, WrapUp};
use crate::effect::{Effect, PassingTo};
use crate::event::{Emitter, Event, Fact, Message, MessageClass, Payload, ReceiptStatus};
use crate::id::{ChannelId, SessionId, UserId};
use crate::refusal::Refusal;
use crate::turn::{Outcome, Turn};

impl Turn<'_> {
    pub fn publish(&mut self, publication: &Publication) -> Outcome<()> {
        if self.answered_before(&publication.request)?.is_some() {
            return Ok(());
        }
        let (agent, id) = (publication.agent, publication.conversation);
        let seats =
            self.state.conversation(id).and_then(|seats| Some((seats, seats.participant(agent)?.role)));
        let (seats, role) = seats.ok_or_else(|| Refusal::forbidden(Why::NotInConversation))?;
        match &publication.content {
            Published::Message { .. } | Published::Whisper { .. } if role == Role::WrapUp => {
                return Err(Refusal::forbidden(Why::WrapUpOnly).into());
            }
            Published::Message { .. } if role != Role::Primary => {
                return Err(Refusal::forbidden(Why::WritesToAgents).into());
            }
            // The customer does not know of anybody else.
            Published::Typing { .. } | Published::Read { .. } if role != Role::Primary => return Ok(()),
            // Nor agents of who only watches.
            Published::WhisperRead { .. } if role == Role::SilentMonitor => return Ok(()),
            _ => {}
        }
        let session = match &publication.content {
            Published::Message { session, edits, .. } => {
                let session = reply_session(seats, *session)?;
                let channel = seats.session(session).map(|session| session.channel);
                if let Some(channel) = channel.filter(|_| *edits) {
                    self.check_may_edit(channel)?;
                }
                Some(session)
            }
            _ => seats.reply_session().map(|session| session.id),
        };
        let Some(mut conversation) = self.take(id) else { return Ok(()) };
        self.say_as_agent(&mut conversation, agent, session, publication);
        self.put_back(conversation);
        Ok(())
    }

    /// Whether what was sent on a channel can still be changed.
    pub fn check_may_edit(&self, channel: ChannelId) -> Outcome<()> {
        if self.state.registry.may_edit(channel) {
            return Ok(());
        }
        Err(Refusal::conflict(Why::EditsNotTaken).into())
    }

    fn say_as_agent(
        &mut self,
        conversation: &mut Conversation,
        agent: UserId,
        session: Option<SessionId>,
        publication: &Publication,
    ) {
        let emitter = Emitter::Agent(agent);
        let (class, id, payload) = match &publication.content {
            Published::Message { id, payload, .. } => (MessageClass::Agent, id, payload),
            Published::Whisper { id, payload } => (MessageClass::Whisper, id, payload),
            Published::WrapUp { id, codes, payload } => {
                keep_codes(conversation, agent, codes);
                (MessageClass::WrapUp, id, payload)
            }
            Published::Typing { payload } => {
                self.pass_typing(conversation, session, payload);
                return;
            }
            Published::Read { message } => {
                let fact =
                    Fact::Receipt { message: message.clone(), status: ReceiptStatus::Read, reason: None };
                let event = self.record(conversation, session, emitter, fact);
                if let Some(session) = session {
                    self.tell_connector(conversation, session, &event);
                }
                return;
            }
            Published::WhisperRead { message } => {
                let fact =
                    Fact::Receipt { message: message.clone(), status: ReceiptStatus::Read, reason: None };
                self.record(conversation, None, emitter, fact);
                return;
            }
        };
        let fact = Fact::Message(Message { class, id: id.clone(), payload: payload.clone() });
        let event = self.record(conversation, session, emitter, fact);
        if let (MessageClass::Agent, Some(session)) = (class, session) {
            self.reach_customer(conversation, session, &event);
        }
        self.remember_publication(publication, conversation, event.seq, session);
    }

    /// An agent's message goes to the customer, whose answer is awaited from now on.
    pub fn reach_customer(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        event: &Arc<Event>,
    ) {
        self.tell_connector(conversation, session, event);
        conversation.last_session = Some(session);
        self.lift_hold(conversation);
        self.settle_response(conversation);
        self.restart_all_silence(conversation);
    }

    fn pass_typing(&mut self, conversation: &Conversation, session: Option<SessionId>, payload: &Payload) {
        let Some(open) = session.and_then(|id| conversation.session(id)) else { return };
        let Some(channel) = self.state.registry.channel(open.channel) else { return };
        let effect = Effect::Passing {
            to: PassingTo::Connector(channel.value.connector),
            payload: payload.clone(),
            conversation: conversation.id,
            scene: self.scene(conversation, session),
        };
        self.effect(effect);
    }

    fn remember_publication(
        &mut self,
        publication: &Publication,
        conversation: &Conversation,
        seq: u64,
        session: Option<SessionId>,
    ) {
        let Some(channel) = conversation.sessions.first().map(|session| session.channel) else { return };
        let accepted = crate::facts::Accepted {
            seq,
            conversation: Some(conversation.id),
            session,
            customer: Some(conversation.customer),
            channel,
        };
        self.state.recent.note_request(publication.request, accepted);
        self.state.batch.requests.push((publication.request, self.now, accepted));
    }
}

fn keep_codes(conversation: &mut Conversation, by: UserId, codes: &[(Box<str>, Box<str>)]) {
    for (category, value) in codes {
        let code = WrapUp { by, category: category.clone(), value: value.clone() };
        if conversation.wrap_ups.len() < WRAP_UPS_MAX && !conversation.wrap_ups.contains(&code) {
            let wrap_ups = std::mem::take(&mut conversation.wrap_ups);
            conversation.wrap_ups = wrap_ups.into_iter().chain([code]).collect();
        }
    }
}

/// The open session an agent's message goes to.
fn reply_session(conversation: &Conversation, chosen: Option<SessionId>) -> Outcome<SessionId> {
    let session = match chosen {
        Some(id) => conversation.session(id).filter(|session| session.is_open()),
        None => conversation.reply_session(),
    };
    session.map(|session| session.id).ok_or_else(|| Refusal::conflict(Why::CustomerLeftChannel).into())
}
