//! Channel sessions: whose they are, how they start, and how they and their conversations end.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::conversation::{
    Address, BotSeat, Conversation, EndReason, Role, Session, SessionDirection, SessionState,
    State as ConversationState,
};
use crate::customer::{Customer, Identity};
use crate::event::{Emitter, Fact, Seq};
use crate::id::{ChannelTypeId, ConversationId, CustomerId, SessionId};
use crate::registry::{Channel, Mode, Registry};
use crate::report::Measure;
use crate::task::{CloseReason, Task};
use crate::time::{At, Span};
use crate::turn::{Halt, Outcome, Turn};

/// Who is behind an address.
enum Recognised {
    Known(Arc<Customer>),
    /// Nobody, or several who share it.
    New {
        suggestions: Box<[CustomerId]>,
    },
}

/// What a customer can be recognised by when he writes from `address` on a channel of this type.
#[must_use]
pub fn identities_of_address(
    registry: &Registry,
    channel_type: ChannelTypeId,
    address: &str,
) -> Vec<Identity> {
    registry
        .identifier_attributes(channel_type)
        .iter()
        .map(|attribute| Identity {
            attribute: attribute.value.key.as_str().into(),
            value: crate::schema::normalise_identifier(&attribute.value, address).into(),
        })
        .collect()
}

impl Turn<'_> {
    /// Opens a session: in the customer's open conversation when there is one, else in a new one. The
    /// conversation comes back taken out of the state.
    pub fn start_session(
        &mut self,
        channel: &Channel,
        address: &Address,
        customer: Option<CustomerId>,
        direction: SessionDirection,
        intent: Option<&str>,
    ) -> Outcome<(Box<Conversation>, SessionId)> {
        let recognised = match customer {
            Some(id) => Recognised::Known(self.surviving_customer(id)?),
            None => self.recognise(channel.channel_type, &address.customer)?,
        };
        // Nothing below can refuse.
        let (customer, suggestions) = match recognised {
            Recognised::Known(customer) => (customer, Box::default()),
            Recognised::New { suggestions } => (self.create_anonymous(channel, address), suggestions),
        };
        let joined = self.state.by_customer.get(&customer.id).copied().and_then(|id| self.take(id));
        let mut conversation = match joined {
            Some(conversation) => conversation,
            None => self.start_conversation(&customer, channel),
        };
        let session = Session {
            id: self.state.mint.id(self.now),
            conversation: conversation.id,
            channel: channel.id,
            direction,
            address: address.clone(),
            started_at: self.now,
            state: SessionState::Started,
            latest_intent: intent.map(Into::into),
            silent_until: None,
            inactivity_secs: channel.inactivity_secs,
            suggestions,
            last_entry: 0,
            threshold_at: None,
            passed_percent: 0,
        };
        let id = session.id;
        let key = self.state.address_key(channel.id, &address.customer);
        self.state.by_address.insert(key, id);
        self.state.by_channel.insert((channel.id, id));
        self.state.by_session.insert(id, conversation.id);
        conversation.sessions.reserve_exact(1);
        conversation.sessions.push(Arc::new(session));
        conversation.last_session = Some(id);
        // Who is written to has not come back yet; who writes sees to his own seat.
        let returns = direction == SessionDirection::Inbound
            && matches!(conversation.state, ConversationState::CustomerLeft | ConversationState::WrapUp);
        self.count_channel(channel.id, Measure::Sessions);
        let event = self.record(&conversation, Some(id), Emitter::Customer, Fact::SessionStarted);
        self.tell_connector(&mut conversation, id, &event);
        if returns {
            self.serve_again(&mut conversation, id);
            self.move_listing(&mut conversation, id);
        }
        self.call_begins(&mut conversation, id);
        if conversation.hold.is_none() {
            self.restart_silence(&mut conversation, id);
        }
        Ok((conversation, id))
    }

    fn start_conversation(&mut self, customer: &Arc<Customer>, channel: &Channel) -> Box<Conversation> {
        let id = self.state.mint.id(self.now);
        let mut conversation = Box::new(Conversation {
            id,
            customer: customer.id,
            state: ConversationState::Created,
            started_at: self.now,
            closed_at: None,
            sessions: Vec::new(),
            agents: Vec::new(),
            bot: None,
            tasks: Vec::new(),
            data: Map::new(),
            last_session: None,
            hold: None,
            response: None,
            hands: Box::default(),
            links: Box::default(),
            listing: None,
            wrap_ups: Box::default(),
        });
        self.state.by_customer.insert(customer.id, id);
        self.state.customers.insert(customer.id, Arc::clone(customer));
        self.count_channel(channel.id, Measure::Conversations);
        self.record(&conversation, None, Emitter::System, Fact::ConversationStarted);
        if let (Some(bot), Mode::Hybrid | Mode::Bot) = (channel.bot, channel.mode) {
            conversation.bot = Some(BotSeat::new(bot, Role::Primary, self.now));
            self.count_channel(channel.id, Measure::BotAssigned);
            let fact = Fact::BotSubscribed { bot, role: Role::Primary };
            self.record(&conversation, None, Emitter::System, fact);
        }
        conversation
    }

    /// Ends a session; with the last one the customer has left. Returns the event that says so, 0 when the session
    /// had ended already.
    pub fn end_session(&mut self, conversation: &mut Conversation, id: SessionId, reason: EndReason) -> Seq {
        let Some(session) = conversation.session(id).filter(|session| session.is_open()) else { return 0 };
        let channel = session.channel;
        let key = self.state.address_key(channel, &session.address.customer);
        self.state.by_address.remove(&key);
        self.state.by_channel.remove(&(channel, id));
        self.count_channel(channel, Measure::SessionsEnded);
        self.set_silence(conversation, id, None);
        if let Some(session) = conversation.session_mut(id) {
            session.state = SessionState::Ended { at: self.now, reason };
        }
        let event = self.record(conversation, Some(id), Emitter::System, Fact::SessionEnded { reason });
        self.tell_connector(conversation, id, &event);
        if conversation.customer_is_here() {
            self.wait_elsewhere(conversation, id);
            self.call_ends(conversation, id);
        } else {
            self.customer_left(conversation);
        }
        event.seq
    }

    /// One of the customer's channels has ended: whoever is looked for will find him on another. Nobody is for a call
    /// that is over.
    fn wait_elsewhere(&mut self, conversation: &mut Conversation, ended: SessionId) {
        let Some(next) = conversation.reply_session().map(|session| session.id) else { return };
        let asked = |task: &&Task| task.session == ended;
        for task in conversation.waiting_tasks().filter(asked).cloned().collect::<Vec<_>>() {
            if self.can_go_on(conversation, &task, next) {
                let moved = conversation.tasks.iter_mut().find(|kept| kept.id == task.id);
                moved.into_iter().for_each(|task| task.session = next);
            } else {
                self.end_search(conversation, &task, CloseReason::Cancelled);
                self.tell_requester(conversation, &task);
                self.back_with_bot(conversation);
            }
        }
        self.move_listing(conversation, next);
    }

    fn customer_left(&mut self, conversation: &mut Conversation) {
        self.cancel_requests(conversation, CloseReason::Cancelled);
        self.stop_serving(conversation);
        if conversation.state == ConversationState::Closed {
            return;
        }
        if conversation.has_primary() {
            conversation.state = ConversationState::CustomerLeft;
        }
        self.record(conversation, None, Emitter::System, Fact::CustomerLeft);
    }

    /// The customer leaves on every channel.
    pub fn end_all_sessions(&mut self, conversation: &mut Conversation, reason: EndReason) {
        for session in conversation.open_sessions().map(|session| session.id).collect::<Vec<_>>() {
            self.end_session(conversation, session, reason);
        }
    }

    /// Ends a conversation nobody is in any more. It leaves the live state when it is put back.
    pub fn close(&mut self, conversation: &mut Conversation) {
        debug_assert!(conversation.agents.is_empty() && !conversation.customer_is_here());
        self.end_listing(conversation, Emitter::System);
        self.drop_questions(conversation);
        let seat = conversation.bot.take();
        let alone = conversation.tasks.is_empty() && seat.as_ref().is_some_and(|seat| !seat.escalated);
        let bot = seat.map(|seat| seat.bot);
        if let Some(bot) = bot {
            if let Some(first) = conversation.sessions.first().filter(|_| alone) {
                self.count_channel(first.channel, Measure::BotCompleted);
            }
            self.record(conversation, None, Emitter::System, Fact::BotUnsubscribed { bot });
        }
        conversation.state = ConversationState::Closed;
        conversation.closed_at = Some(self.now);
        let closed = self.record(conversation, None, Emitter::System, Fact::ConversationClosed);
        self.note_for_bot(bot, &closed);
    }

    /// The customer has been silent for as long as his channel allows.
    pub fn silence_over(&mut self, conversation: ConversationId, session: SessionId, at: At) {
        let Some(mut conversation) = self.take(conversation) else { return };
        let due = conversation.session(session).and_then(|session| session.silent_until) == Some(at);
        if due {
            self.end_session(&mut conversation, session, EndReason::Inactivity);
        }
        self.put_back(conversation);
    }

    pub fn restart_silence(&mut self, conversation: &mut Conversation, session: SessionId) {
        if self.yields_to_call(conversation, session) {
            return;
        }
        let secs = conversation.session(session).map_or(0, |session| session.inactivity_secs);
        let until = (secs > 0).then(|| self.now + Span::secs(u64::from(secs)));
        self.set_silence(conversation, session, until);
    }

    pub fn restart_all_silence(&mut self, conversation: &mut Conversation) {
        let open: Vec<SessionId> = conversation.open_sessions().map(|session| session.id).collect();
        for session in open {
            self.restart_silence(conversation, session);
        }
    }

    /// On every channel but the one the customer has just spoken on.
    pub fn restart_silence_elsewhere(&mut self, conversation: &mut Conversation, spoken: SessionId) {
        let others = conversation.open_sessions().map(|session| session.id).filter(|id| *id != spoken);
        for session in others.collect::<Vec<_>>() {
            self.restart_silence(conversation, session);
        }
    }

    pub fn stop_all_silence(&mut self, conversation: &mut Conversation) {
        let open: Vec<SessionId> = conversation.open_sessions().map(|session| session.id).collect();
        for session in open {
            self.set_silence(conversation, session, None);
        }
    }

    pub fn set_bot_role(&mut self, conversation: &mut Conversation, role: Role) {
        let Some(seat) = conversation.bot.as_mut().filter(|seat| seat.role != role) else { return };
        seat.role = role;
        if role == Role::Primary {
            seat.handed_over = false;
            seat.menu_open = false;
        }
        let fact = Fact::BotRoleChanged { bot: seat.bot, role };
        self.record(conversation, None, Emitter::System, fact);
    }

    /// Who is written to first: the one who is named, or the one this address belongs to; nobody known when neither
    /// says.
    pub fn customer_meant(
        &self,
        channel_type: ChannelTypeId,
        address: &str,
        named: Option<CustomerId>,
    ) -> Outcome<Option<CustomerId>> {
        Ok(match named {
            Some(named) => Some(self.surviving_customer(named)?.id),
            None => match self.recognise(channel_type, address)? {
                Recognised::Known(customer) => Some(customer.id),
                Recognised::New { .. } => None,
            },
        })
    }

    fn recognise(&self, channel_type: ChannelTypeId, address: &str) -> Outcome<Recognised> {
        let mut holders: BTreeSet<CustomerId> = BTreeSet::new();
        for identity in identities_of_address(&self.state.registry, channel_type, address) {
            if !self.facts.identities.contains_key(&identity) {
                return Err(Halt::Starved);
            }
            for id in self.state.recent.holders(self.facts, &identity) {
                let holds = |customer: &Arc<Customer>| self.identities(customer).contains(&identity);
                if self.customer(id).as_ref().is_some_and(holds) {
                    holders.insert(id);
                }
            }
        }
        let holders: Vec<Arc<Customer>> = holders.into_iter().filter_map(|id| self.customer(id)).collect();
        Ok(match holders.as_slice() {
            [] => Recognised::New { suggestions: Box::default() },
            [only] => Recognised::Known(Arc::clone(only)),
            several => {
                // Whoever shared the address before went on under an anonymous profile: take that up again.
                match several.iter().find(|customer| customer.anonymous) {
                    Some(anonymous) => Recognised::Known(Arc::clone(anonymous)),
                    None => {
                        Recognised::New { suggestions: several.iter().map(|customer| customer.id).collect() }
                    }
                }
            }
        })
    }

    /// A profile for somebody not known yet: the schema's defaults, his address, and his name if he gave one.
    fn create_anonymous(&mut self, channel: &Channel, address: &Address) -> Arc<Customer> {
        let registry = Arc::clone(&self.state.registry);
        let mut attributes = crate::schema::anonymous_defaults(&registry);
        let names: Vec<&str> =
            [&address.first_name, &address.last_name].into_iter().flatten().map(AsRef::as_ref).collect();
        let name = crate::schema::name_from(&names.join(" "));
        if !name.is_empty() {
            attributes.insert("firstName".to_owned(), Value::String(name));
        }
        for attribute in registry.identifier_attributes(channel.channel_type) {
            let value = Value::Array(vec![Value::String(address.customer.trim().to_owned())]);
            attributes.insert(attribute.value.key.clone(), value);
        }
        let customer = Arc::new(Customer {
            id: self.state.mint.id(self.now),
            version: 1,
            created_at: self.now,
            anonymous: true,
            attributes: attributes.into(),
            labels: Vec::new(),
            last_agent: None,
            lineage: None,
            leaving: false,
        });
        self.write_customer(Arc::clone(&customer));
        customer
    }
}
