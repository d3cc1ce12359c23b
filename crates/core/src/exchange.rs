//! Messages from connectors and other systems: found a home, written down, reacted to.

use std::sync::Arc;

use serde_json::{Map, Value};
use tieline_cim::Why;

use crate::audit::Deed;
use crate::command::{Activity, ActivityTarget, Answer, Caller, Content, Inbound, SenderClass};
use crate::conversation::{
    Address, Conversation, DATA_BYTES_MAX, EndReason, Role, Session, SessionDirection,
};
use crate::effect::{Effect, PassingTo};
use crate::event::{Emitter, Event, Fact, Message, MessageClass, Payload, ReceiptStatus};
use crate::facts::{Accepted, MessageRef, RequestKey};
use crate::id::{ChannelId, ConversationId, CustomerId, SessionId};
use crate::outbound::check_enabled;
use crate::permission::{Action, Resource, allows};
use crate::refusal::Refusal;
use crate::registry::{Channel, Mode, Stored};
use crate::request::home_of;
use crate::state::AddressKey;
use crate::task::Source;
use crate::turn::{Halt, Outcome, Turn};

/// What a message asks for beside being shown (documented message intents).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intent {
    Content,
    StartChat,
    /// Opens session and conversation, then waits: no greeting, no routing.
    StartConversation,
    EndChat,
    NetworkDisconnect,
}

impl Intent {
    fn of(text: Option<&str>) -> Self {
        match text {
            Some("START_CHAT" | "START_VOICE") => Self::StartChat,
            Some("START_CONVERSATION") => Self::StartConversation,
            Some("END_CHAT" | "END_VOICE") => Self::EndChat,
            Some("NETWORK_DISCONNECT") => Self::NetworkDisconnect,
            _ => Self::Content,
        }
    }
}

impl Turn<'_> {
    pub fn receive(&mut self, inbound: &Inbound) -> Outcome<Answer> {
        if let Some(answer) = self.answered_before(&inbound.request)? {
            return Ok(answer);
        }
        let channel =
            self.channel_for(&inbound.caller, &inbound.address.service, inbound.channel_type.as_deref())?;
        let accepted = match &inbound.content {
            Content::Receipt { message, status, reason } => {
                self.receipt(&channel.value, inbound, message, *status, reason.as_deref())?
            }
            // Over in a moment, so not worth a write: a repeat is passed on again.
            Content::Typing { payload } => {
                let accepted = self.typing(&channel.value, inbound, payload);
                return Ok(Answer::Accepted { accepted, customer: None });
            }
            Content::Message { payload, blank } => self.message(&channel.value, inbound, payload, *blank)?,
        };
        if let (Caller::User(_), Some(conversation)) = (&inbound.caller, accepted.conversation)
            && inbound.sender != SenderClass::Agent
        {
            self.note(Deed::CustomerPlayed { conversation });
        }
        self.answer(inbound.request, accepted)
    }

    pub fn add_activity(&mut self, activity: &Activity) -> Outcome<Answer> {
        if let Some(answer) = self.answered_before(&activity.request)? {
            return Ok(answer);
        }
        let fact = Fact::Activity { payload: activity.payload.clone() };
        let live = match activity.target {
            ActivityTarget::Conversation(id) => Some(id),
            ActivityTarget::Session(id) => self.state.by_session.get(&id).copied(),
            ActivityTarget::Customer(id) => self.state.by_customer.get(&id).copied(),
        };
        let session = match activity.target {
            ActivityTarget::Session(id) => Some(id),
            _ => None,
        };
        let (event, channel) = match live.and_then(|id| self.take(id)) {
            Some(conversation) => {
                let session = session.or_else(|| conversation.reply_session().map(|session| session.id));
                let channel = session
                    .and_then(|id| conversation.session(id))
                    .or_else(|| conversation.sessions.first())
                    .map(|session| session.channel);
                let event = self.record(&conversation, session, Emitter::App, fact);
                self.put_back(conversation);
                (event, channel)
            }
            None => {
                let closed = self.closed_conversation(activity.target)?;
                let channel = closed.sessions.first().map(|session| session.channel);
                let event = self.write_event(closed.id, closed.customer, session, Emitter::App, fact);
                (event, channel)
            }
        };
        let channel = channel.ok_or_else(|| Refusal::conflict(Why::NoChannelEver))?;
        self.answer(
            activity.request,
            Accepted {
                seq: event.seq,
                conversation: Some(event.conversation),
                session: event.session,
                customer: Some(event.customer),
                channel,
            },
        )
    }

    pub fn merge_data(&mut self, id: ConversationId, data: &Map<String, Value>) -> Outcome<()> {
        let found = self.state.conversation(id);
        let found =
            found.ok_or_else(|| Refusal::not_found(Why::NoOpenConversation { id: id.to_string() }))?;
        if !found.has_room_for(data) {
            return Err(Refusal::limit(Why::DataMax { max: DATA_BYTES_MAX }).into());
        }
        let Some(mut conversation) = self.take(id) else { return Ok(()) };
        self.merge_into(&mut conversation, data);
        self.put_back(conversation);
        Ok(())
    }

    /// Adds pairs to the conversation's data and tells the desks when that changed something.
    pub fn merge_into(&mut self, conversation: &mut Conversation, data: &Map<String, Value>) {
        let before = conversation.data.clone();
        conversation.data.extend(data.iter().map(|(key, value)| (key.clone(), value.clone())));
        if conversation.data != before {
            let fact = Fact::DataChanged { data: conversation.data.clone() };
            self.record(conversation, None, Emitter::System, fact);
        }
    }

    fn message(
        &mut self,
        channel: &Channel,
        inbound: &Inbound,
        payload: &Payload,
        blank: bool,
    ) -> Outcome<Accepted> {
        let intent = Intent::of(inbound.intent.as_deref());
        if let Intent::EndChat | Intent::NetworkDisconnect = intent {
            self.check_may_end(channel, inbound)?;
            return Ok(self.end(channel, inbound, intent));
        }
        let (mut conversation, session, opened) = self.live_or_new_session(
            channel,
            &inbound.address,
            None,
            SessionDirection::Inbound,
            inbound.intent.as_deref(),
        )?;
        if let (Some(text), Some(session)) = (&inbound.intent, conversation.session_mut(session)) {
            session.latest_intent = Some(text.clone());
        }
        // A message is not turned away for what a form brought along beyond that.
        if !inbound.data.is_empty() && conversation.has_room_for(&inbound.data) {
            self.merge_into(&mut conversation, &inbound.data);
        }
        if opened && intent != Intent::StartConversation {
            self.greet(&mut conversation, session, channel);
        }
        let mut seq = 0;
        if !blank {
            let event = self.write_message(&mut conversation, session, inbound, payload);
            seq = event.seq;
            if inbound.sender == SenderClass::Customer {
                conversation.last_session = Some(session);
                self.react(&mut conversation, session, channel, &event);
            }
        }
        if opened && channel.mode == Mode::Agent && intent != Intent::StartConversation {
            self.hand_over(&mut conversation, session, channel, None);
        }
        let accepted = Accepted {
            seq,
            conversation: Some(conversation.id),
            session: Some(session),
            customer: Some(conversation.customer),
            channel: channel.id,
        };
        self.put_back(conversation);
        Ok(accepted)
    }

    fn write_message(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        inbound: &Inbound,
        payload: &Payload,
    ) -> Arc<Event> {
        let (class, emitter) = match (inbound.sender, &inbound.caller) {
            (SenderClass::Customer, _) => (MessageClass::Customer, Emitter::Customer),
            (SenderClass::Agent, Caller::User(agent)) => (MessageClass::Agent, Emitter::Agent(*agent)),
            (SenderClass::Agent, _) => (MessageClass::Agent, Emitter::App),
            (SenderClass::Bot, _) => (MessageClass::Bot, Emitter::App),
        };
        let fact = Fact::Message(Message { class, id: inbound.message_id.clone(), payload: payload.clone() });
        self.record(conversation, Some(session), emitter, fact)
    }

    /// The customer spoke: somebody owes him an answer.
    fn react(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        channel: &Channel,
        event: &Arc<Event>,
    ) {
        let helped = conversation.has_primary();
        // One who waits on a list, or to be called back, is looked for all the same on a channel that pushes.
        let listed = matches!(home_of(channel), Some(Source::List(_))) && conversation.awaits_agent();
        let served = helped || listed || conversation.waiting_tasks().next().is_some();
        if helped && conversation.hold.is_none() {
            self.restart_silence_elsewhere(conversation, session);
            self.await_response(conversation);
        }
        self.call_again(conversation);
        if served || conversation.listing.is_some() {
            self.set_silence(conversation, session, None);
        } else {
            self.restart_silence(conversation, session);
        }
        self.bot_hears(conversation, session, channel, event, served);
    }

    /// Agents end the chats of those they serve; administrators, who play customers, any.
    fn check_may_end(&self, channel: &Channel, inbound: &Inbound) -> Outcome<()> {
        let (Caller::User(user), SenderClass::Agent) = (&inbound.caller, inbound.sender) else {
            return Ok(());
        };
        let session = self.session_at(channel.id, &inbound.address.customer);
        let open = session.and_then(|session| self.state.by_session.get(&session));
        let Some(open) = open.and_then(|id| self.state.conversation(*id)) else { return Ok(()) };
        let serves = open.participant(*user).is_some_and(|seat| seat.role == Role::Primary);
        let roles = self.state.registry.user(*user).map_or(&[][..], |user| &user.value.roles);
        if serves || allows(roles, Resource::ChannelManager, Action::Manage) {
            return Ok(());
        }
        Err(Refusal::forbidden(Why::EndsForOthers).into())
    }

    fn end(&mut self, channel: &Channel, inbound: &Inbound, intent: Intent) -> Accepted {
        let reason = match (intent, inbound.sender) {
            (Intent::NetworkDisconnect, _) => EndReason::Network,
            (_, SenderClass::Agent) => EndReason::Agent,
            _ => EndReason::Customer,
        };
        let live = self.live_session(channel.id, &inbound.address.customer);
        // Ending what has ended already is what the caller wanted.
        let Some((mut conversation, session)) = live else {
            return Accepted {
                seq: 0,
                conversation: None,
                session: None,
                customer: None,
                channel: channel.id,
            };
        };
        let accepted = Accepted {
            seq: self.end_session(&mut conversation, session, reason),
            conversation: Some(conversation.id),
            session: Some(session),
            customer: Some(conversation.customer),
            channel: channel.id,
        };
        self.put_back(conversation);
        accepted
    }

    fn receipt(
        &mut self,
        channel: &Channel,
        inbound: &Inbound,
        message: &str,
        status: ReceiptStatus,
        reason: Option<&str>,
    ) -> Outcome<Accepted> {
        if !self.facts.messages.contains_key(message) {
            return Err(Halt::Starved);
        }
        // Senders reuse ids: the newest that went to this address on this channel is meant. A connector cannot
        // report on what somebody else carried.
        let key = self.state.address_key(channel.id, &inbound.address.customer);
        let found = self
            .state
            .recent
            .messages(self.facts, message)
            .into_iter()
            .rev()
            .find(|found| self.session_of(found).is_some_and(|session| self.key_of(&session) == key))
            .ok_or_else(|| Refusal::not_found(Why::NoMessageToReportOn { id: message.to_owned() }))?;
        let fact = Fact::Receipt { message: message.into(), status, reason: reason.map(Into::into) };
        let event = match self.take(found.conversation) {
            Some(conversation) => {
                let event = self.record(&conversation, found.session, Emitter::Customer, fact);
                self.put_back(conversation);
                event
            }
            None => {
                let customer = self.customer_of(found.conversation).unwrap_or(found.customer);
                self.write_event(found.conversation, customer, found.session, Emitter::Customer, fact)
            }
        };
        Ok(Accepted {
            seq: event.seq,
            conversation: Some(found.conversation),
            session: found.session,
            customer: Some(event.customer),
            channel: channel.id,
        })
    }

    /// Whose a closed conversation is now, as far as it is at hand.
    fn customer_of(&self, closed: ConversationId) -> Option<CustomerId> {
        self.state.recent.conversation(self.facts, closed).map(|closed| closed.customer)
    }

    /// The session a message was said in, of an open conversation or a closed one.
    fn session_of(&self, message: &MessageRef) -> Option<Arc<Session>> {
        let id = message.session?;
        match self.state.conversation(message.conversation) {
            Some(open) => open.session(id).cloned(),
            None => self.state.recent.conversation(self.facts, message.conversation)?.session(id).cloned(),
        }
    }

    fn key_of(&self, session: &Session) -> AddressKey {
        self.state.address_key(session.channel, &session.address.customer)
    }

    fn typing(&mut self, channel: &Channel, inbound: &Inbound, payload: &Payload) -> Accepted {
        let mut accepted =
            Accepted { seq: 0, conversation: None, session: None, customer: None, channel: channel.id };
        let Some(session) = self.session_at(channel.id, &inbound.address.customer) else { return accepted };
        let Some(conversation) =
            self.state.by_session.get(&session).and_then(|id| self.state.conversations.get(id))
        else {
            return accepted;
        };
        accepted.conversation = Some(conversation.id);
        accepted.session = Some(session);
        accepted.customer = Some(conversation.customer);
        let connections: Vec<_> = self.desks(conversation).map(|(_, connection)| connection).collect();
        if !connections.is_empty() {
            let effect = Effect::Passing {
                to: PassingTo::Desks(connections),
                payload: payload.clone(),
                conversation: conversation.id,
                scene: self.scene(conversation, Some(session)),
            };
            self.effect(effect);
        }
        accepted
    }

    /// The channel a message is for: of this caller, with this service identifier.
    pub fn channel_for(
        &self,
        caller: &Caller,
        service: &str,
        channel_type: Option<&str>,
    ) -> Outcome<Arc<Stored<Channel>>> {
        let registry = &self.state.registry;
        let mut found: Vec<&Arc<Stored<Channel>>> = registry
            .channels_at(service)
            .filter(|channel| match caller {
                Caller::Connector(connector) => channel.value.connector == *connector,
                Caller::Open(connectors) => connectors.contains(&channel.value.connector),
                Caller::User(_) => true,
            })
            .collect();
        if let (Some(wanted), true) = (channel_type, found.len() > 1) {
            found.retain(|channel| {
                registry
                    .channel_type(channel.value.channel_type)
                    .is_some_and(|known| known.value.name.eq_ignore_ascii_case(wanted))
            });
        }
        match found.as_slice() {
            [] => Err(Refusal::not_found(Why::NoChannelAt { service: service.to_owned() }).into()),
            [channel] => Ok(Arc::clone(channel)),
            [one, other, ..] => Err(Refusal::Ambiguous {
                why: Why::ServiceAmbiguous {
                    service: service.to_owned(),
                    one: one.value.name.clone(),
                    other: other.value.name.clone(),
                },
            }
            .into()),
        }
    }

    pub fn session_at(&self, channel: ChannelId, customer: &str) -> Option<SessionId> {
        self.state.by_address.get(&self.state.address_key(channel, customer)).copied()
    }

    /// The open session of an address, with its conversation taken out of the state.
    pub fn live_session(
        &mut self,
        channel: ChannelId,
        customer: &str,
    ) -> Option<(Box<Conversation>, SessionId)> {
        let session = self.session_at(channel, customer)?;
        let conversation = *self.state.by_session.get(&session)?;
        Some((self.take(conversation)?, session))
    }

    /// The open session of an address, or a new one on a channel that is on, and whether it is new.
    pub fn live_or_new_session(
        &mut self,
        channel: &Channel,
        address: &Address,
        customer: Option<CustomerId>,
        direction: SessionDirection,
        intent: Option<&str>,
    ) -> Outcome<(Box<Conversation>, SessionId, bool)> {
        if let Some((conversation, session)) = self.live_session(channel.id, &address.customer) {
            return Ok((conversation, session, false));
        }
        check_enabled(channel)?;
        let (conversation, session) = self.start_session(channel, address, customer, direction, intent)?;
        Ok((conversation, session, true))
    }

    fn closed_conversation(&self, target: ActivityTarget) -> Outcome<Arc<Conversation>> {
        let ActivityTarget::Conversation(id) = target else {
            let why = match target {
                ActivityTarget::Session(id) => Why::NoOpenSession { id: id.to_string() },
                _ => Why::NoOpenConversationHere,
            };
            return Err(Refusal::not_found(why).into());
        };
        if !self.facts.asked_conversations.contains(&id) {
            return Err(Halt::Starved);
        }
        self.state
            .recent
            .conversation(self.facts, id)
            .ok_or_else(|| Refusal::not_found(Why::NoConversation { id: id.to_string() }).into())
    }

    /// The answer to a request seen before.
    pub fn answered_before(&self, request: &RequestKey) -> Outcome<Option<Answer>> {
        let found = self.state.recent.request(self.facts, request);
        Ok(found.map(|accepted| Answer::Accepted {
            accepted,
            customer: accepted.customer.and_then(|id| self.customer(id)),
        }))
    }

    /// Remembers the answer for repeats, and gives it.
    pub fn answer(&mut self, request: RequestKey, accepted: Accepted) -> Outcome<Answer> {
        self.state.recent.note_request(request, accepted);
        self.state.batch.requests.push((request, self.now, accepted));
        let customer = accepted.customer.and_then(|id| self.customer(id));
        Ok(Answer::Accepted { accepted, customer })
    }
}
