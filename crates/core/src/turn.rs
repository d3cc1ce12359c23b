//! One step in the making: the state, the moment, and what has been decided so far.
//!
//! The rules are spread over the nouns (`exchange`, `session`, `routing`, `floor`, `dispatch`, `administration`)
//! as further `impl Turn` blocks. They first ask everything that may refuse, then change; a change cannot fail.
//! This file holds what they share: writing events, telling connectors, and settling at the end of the step.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::agent::Agent;
use crate::audit::Origin;
use crate::batch::CustomerChange;
use crate::command::{Answer, Command};
use crate::conversation::{Conversation, State as ConversationState};
use crate::customer::{Customer, Identity, LABELS};
use crate::deadline::Deadline;
use crate::delivery::outbox::Party;
use crate::delivery::{Entry, EntryStatus, Lane, Receiver, Subject};
use crate::effect::{Effect, Push, Scene};
use crate::event::{Emitter, Event, Fact};
use crate::facts::{Facts, MessageRef};
use crate::id::{BotId, ConnectionId, ConversationId, CustomerId, MrdId, SessionId, TaskId, UserId};
use crate::refusal::Refusal;
use crate::schema::indexed_value;
use crate::state::State;
use crate::time::At;

/// Why a command was not carried out.
#[derive(Debug)]
pub(crate) enum Halt {
    Refused(Refusal),
    Starved,
}

pub(crate) type Outcome<T> = Result<T, Halt>;

pub(crate) struct Turn<'a> {
    pub state: &'a mut State,
    pub facts: &'a Facts,
    pub now: At,
    /// Who asks for this step.
    pub origin: Origin,
    effects: Vec<Effect>,
    /// Conversations as they were when taken out of the state.
    taken: Vec<Conversation>,
    /// Requests to find an agent for, once everything else is decided.
    pub seeking: BTreeSet<(ConversationId, TaskId)>,
    /// Agents who may have room for more.
    pub free: BTreeSet<UserId>,
    /// Agents who have taken on work of a domain.
    pub busier: BTreeSet<(UserId, MrdId)>,
    /// Lines that may have something to send.
    pub lines: BTreeSet<Receiver>,
    /// Events of conversations under change that their bots are to be told.
    pub for_bots: Vec<(BotId, Arc<Event>)>,
}

impl<'a> Turn<'a> {
    pub fn new(state: &'a mut State, facts: &'a Facts, now: At, origin: Origin) -> Self {
        Self {
            state,
            facts,
            now,
            origin,
            effects: Vec::new(),
            taken: Vec::new(),
            seeking: BTreeSet::new(),
            free: BTreeSet::new(),
            busier: BTreeSet::new(),
            lines: BTreeSet::new(),
            for_bots: Vec::new(),
        }
    }

    pub fn perform(&mut self, command: &Command) -> Outcome<Answer> {
        match command {
            Command::Receive(inbound) => self.receive(inbound),
            Command::Send(proactive) => self.send(proactive),
            Command::Contact(contact) => self.contact(contact),
            Command::AddActivity(activity) => self.add_activity(activity),
            Command::MergeData { conversation, data } => self.merge_data(*conversation, data).map(Into::into),
            Command::Attempted(report) => {
                self.attempted(report);
                Ok(Answer::Done)
            }
            Command::BotAnswered(report) => {
                self.bot_answered(report);
                Ok(Answer::Done)
            }
            Command::BotSays(says) => self.bot_says(says),
            Command::AcknowledgeFeed { connector, cursor } => {
                self.acknowledge_feed(*connector, *cursor);
                Ok(Answer::Done)
            }
            Command::Replay(filter) => self.replay(filter),
            Command::Dismiss(dismissal) => self.dismiss(dismissal),
            Command::PutObject { object, expected } => self.put_object(object, *expected),
            Command::DeleteObject { kind, id, expected } => {
                self.delete_object(*kind, *id, *expected).map(Into::into)
            }
            Command::PutCustomer { id, attributes, labels, expected } => {
                self.put_customer(*id, attributes, labels, *expected)
            }
            Command::PartWithCustomer(customer) => self.part_with_customer(*customer).map(Into::into),
            Command::EraseCustomer(customer) => self.erase_customer(*customer).map(Into::into),
            Command::MergeCustomers(wish) => self.merge_customers(wish),
            Command::UnmergeCustomer { customer, by, reason } => {
                self.unmerge_customer(*customer, *by, reason.as_deref())
            }
            Command::LinkConversation(wish) => self.link_conversation(wish),
            Command::UnlinkConversation { conversation, by, reason } => {
                self.unlink_conversation(*conversation, *by, reason.as_deref())
            }
            Command::LinkPast { from, to, by, reason } => self.link_past(*from, *to, *by, reason.as_deref()),
            Command::PassSecondFactor { user, proof } => self.pass_second_factor(*user, proof),
            Command::Note(deed) => {
                self.note(deed.clone());
                Ok(Answer::Done)
            }
            Command::ConnectDesk { agent, connection } => {
                self.connect_desk(*agent, *connection).map(Into::into)
            }
            Command::DisconnectDesk { agent, connection } => {
                self.disconnect_desk(*agent, *connection);
                Ok(Answer::Done)
            }
            Command::SetAgentState { agent, to } => self.set_agent_state(*agent, to).map(Into::into),
            Command::SetMrdState { agent, mrd, on } => self.set_mrd_state(*agent, *mrd, *on).map(Into::into),
            Command::AcceptOffer { agent, conversation, task } => {
                self.accept_offer(*agent, *conversation, *task).map(Into::into)
            }
            Command::DeclineOffer { agent, conversation, task, reason } => {
                self.decline_offer(*agent, *conversation, *task, reason.as_deref()).map(Into::into)
            }
            Command::RequestAgent { conversation, wish } => self.ask_for_agent(*conversation, wish),
            Command::FlushQueue { queue, by } => self.flush_queue(*queue, *by),
            Command::LeaveConversation { agent, conversation } => {
                self.leave_conversation(*agent, *conversation).map(Into::into)
            }
            Command::Publish(publication) => self.publish(publication).map(Into::into),
            Command::Assist(wish) => self.assist(wish).map(Into::into),
            Command::CloseWrapUp { agent, conversation, note } => {
                self.close_wrap_up(*agent, *conversation, note.as_deref()).map(Into::into)
            }
            Command::Pause { agent, conversation, secs } => {
                self.pause(*agent, *conversation, *secs).map(Into::into)
            }
            Command::Resume { agent, conversation } => self.resume(*agent, *conversation).map(Into::into),
            Command::ExtendResponse { agent, conversation } => {
                self.extend_response(*agent, *conversation).map(Into::into)
            }
            Command::Supervise { supervisor, agent, to } => {
                self.supervise(*supervisor, *agent, to).map(Into::into)
            }
            Command::Join { supervisor, conversation, how } => {
                self.join(*supervisor, *conversation, *how).map(Into::into)
            }
            Command::RaiseHand { agent, conversation, up } => {
                self.raise_hand(*agent, *conversation, *up).map(Into::into)
            }
            Command::FollowList { agent, list, follow } => {
                self.follow_list(*agent, *list, *follow).map(Into::into)
            }
            Command::JoinListed { agent, listing } => self.join_listed(*agent, *listing).map(Into::into),
            Command::EndListed { agent, listing } => self.end_listed(*agent, *listing).map(Into::into),
            Command::Tick => {
                self.tick();
                Ok(Answer::Done)
            }
        }
    }

    /// Ends the step: agents make way for what they have taken on, offers go out, lines are pumped. Returns the effects in the order they were decided.
    pub fn settle(mut self) -> Vec<Effect> {
        loop {
            if let Some((agent, mrd)) = self.busier.pop_first() {
                self.make_way(agent, mrd);
            } else if let Some((conversation, task)) = self.seeking.pop_first() {
                self.seek_agent(conversation, task);
            } else if let Some(agent) = self.free.pop_first() {
                self.seek_work(agent);
            } else {
                break;
            }
        }
        while let Some(receiver) = self.lines.pop_first() {
            self.pump_line(receiver);
        }
        self.effects
    }

    fn tick(&mut self) {
        while let Some((at, deadline)) = self.state.deadlines.pop(self.now) {
            match deadline {
                Deadline::Inactivity(conversation, session) => self.silence_over(conversation, session, at),
                Deadline::Silence(conversation, session) => self.silence_grows(conversation, session, at),
                Deadline::Response(conversation) => self.response_due(conversation, at),
                Deadline::Hold(conversation) => self.hold_over(conversation, at),
                Deadline::WrapUp(conversation, task) => self.wrap_up_over(conversation, task),
                Deadline::Hand(conversation, agent) => self.hand_tires(conversation, agent),
                Deadline::Ring(conversation, task) => self.offer_rang_out(conversation, task),
                Deadline::RequestTtl(conversation, task) => self.request_expired(conversation, task),
                Deadline::Step(conversation, task) => self.step_over(conversation, task),
                Deadline::Estimates(queue) => self.estimate_waits(queue),
                Deadline::DeskGone(agent) => self.desk_gone(agent),
                Deadline::Announcement(id) => self.announcement_due(id),
                Deadline::BotAnswer(conversation) => self.bot_overdue(conversation, at),
                Deadline::Line(receiver) => {
                    self.state.line_due.remove(&receiver);
                    self.lines.insert(receiver);
                }
            }
        }
    }

    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    // Conversations are taken out of the state while they change, so that what changes them can use the rest.

    pub fn take(&mut self, id: ConversationId) -> Option<Box<Conversation>> {
        let conversation = self.state.conversations.remove(&id)?;
        self.taken.push(Conversation::clone(&conversation));
        Some(conversation)
    }

    /// The same for whoever is sure to change it: it is written without being compared with what it was.
    pub fn take_to_change(&mut self, id: ConversationId) -> Option<Box<Conversation>> {
        self.state.conversations.remove(&id)
    }

    /// Puts a conversation back, to be written if it changed; a closed one leaves the live state. Most messages
    /// change nothing but the log, and a row not written is most of what a message costs.
    pub fn put_back(&mut self, mut conversation: Box<Conversation>) {
        self.track_listing(&mut conversation);
        self.tell_bot(&mut conversation);
        let id = conversation.id;
        let before = self.taken.iter().rposition(|taken| taken.id == id).map(|at| self.taken.swap_remove(at));
        if conversation.state != ConversationState::Closed {
            if before.as_ref() != Some(&*conversation) {
                self.state.touched.conversations.insert(id);
            }
            self.state.conversations.insert(id, conversation);
            return;
        }
        self.state.touched.conversations.remove(&id);
        self.state.by_customer.remove(&conversation.customer);
        self.state.customers.remove(&conversation.customer);
        for session in &conversation.sessions {
            self.state.by_session.remove(&session.id);
        }
        self.state.recent.note_closed(&Arc::new(Conversation::clone(&conversation)));
        self.state.batch.conversations.push(*conversation);
    }

    /// Writes an event and tells every desk in the conversation.
    pub fn record(
        &mut self,
        conversation: &Conversation,
        session: Option<SessionId>,
        emitter: Emitter,
        fact: Fact,
    ) -> Arc<Event> {
        let (shown_to, connections): (Vec<_>, Vec<_>) = self.desks(conversation).unzip();
        let new = self.new_event(conversation.id, conversation.customer, session, emitter, fact);
        let event = self.append(Event { shown_to, ..new });
        self.note_for_bot(conversation.bot.as_ref().map(|seat| seat.bot), &event);
        if !connections.is_empty() {
            let scene = self.scene(conversation, session);
            self.effect(Effect::Broadcast { connections, event: Arc::clone(&event), scene });
        }
        event
    }

    /// Appends to the log without telling anybody.
    pub fn write_event(
        &mut self,
        conversation: ConversationId,
        customer: CustomerId,
        session: Option<SessionId>,
        emitter: Emitter,
        fact: Fact,
    ) -> Arc<Event> {
        let event = self.new_event(conversation, customer, session, emitter, fact);
        self.append(event)
    }

    fn new_event(
        &mut self,
        conversation: ConversationId,
        customer: CustomerId,
        session: Option<SessionId>,
        emitter: Emitter,
        fact: Fact,
    ) -> Event {
        Event {
            id: self.state.mint.id(self.now),
            seq: self.state.take_seq(),
            at: self.now,
            conversation,
            customer,
            session,
            emitter,
            fact,
            shown_to: Vec::new(),
        }
    }

    fn append(&mut self, event: Event) -> Arc<Event> {
        let event = Arc::new(event);
        if let Fact::Message(message) = &event.fact {
            let Event { seq, conversation, customer, session, .. } = *event;
            self.state.recent.note_message(&message.id, MessageRef { seq, conversation, customer, session });
        }
        self.state.batch.events.push(Arc::clone(&event));
        event
    }

    /// Puts an event on its way to the connector of a session.
    pub fn tell_connector(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        event: &Arc<Event>,
    ) {
        let seq = self.state.next_seq;
        let customer = conversation.customer;
        let id = session;
        let Some(session) = conversation.session_mut(id) else { return };
        let Some(channel) = self.state.registry.channel(session.channel) else { return };
        let entry = Entry {
            seq,
            to: Receiver::Connector(channel.value.connector),
            lane: Lane::Session(session.id),
            subject: Subject::Event { event: event.seq, conversation: event.conversation, customer },
            previous: session.last_entry,
            created_at: self.now,
            attempts: 0,
            status: EntryStatus::Pending { due: self.now },
        };
        session.last_entry = seq;
        let party = conversation
            .session(id)
            .cloned()
            .zip(self.customer(customer))
            .map(|(session, customer)| Party { session, customer });
        self.state.take_seq();
        self.enqueue_entry(entry, Some(Arc::clone(event)), party);
    }

    /// The same to every open session of a conversation.
    pub fn tell_connectors(&mut self, conversation: &mut Conversation, event: &Arc<Event>) {
        let sessions: Vec<SessionId> = conversation.open_sessions().map(|session| session.id).collect();
        for session in sessions {
            self.tell_connector(conversation, session, event);
        }
    }

    pub fn enqueue_entry(&mut self, entry: Entry, event: Option<Arc<Event>>, party: Option<Party>) {
        self.lines.insert(entry.to);
        if let Receiver::Connector(connector) = entry.to {
            self.effect(Effect::FeedGrew { connector });
        }
        self.state.batch.entries.push(entry.clone());
        // Nothing is sent to a connector that reads its feed; what it reads comes from the store.
        let event = event.filter(|_| self.is_pushed_to(entry.to));
        self.state.outbox.push(entry, event, party);
    }

    #[must_use]
    pub fn scene(&self, conversation: &Conversation, session: Option<SessionId>) -> Scene {
        Scene {
            session: session.and_then(|id| conversation.session(id)).cloned(),
            customer: self.customer(conversation.customer),
        }
    }

    /// The connected desks of a conversation's agents.
    pub fn desks(&self, conversation: &Conversation) -> impl Iterator<Item = (UserId, ConnectionId)> {
        conversation.agents.iter().filter_map(|participant| {
            let connection = self.state.agents.get(&participant.agent)?.connection()?;
            Some((participant.agent, connection))
        })
    }

    /// Tells the desks of a customer's conversation what he is like now.
    fn show_profile(&mut self, former: &Customer, customer: &Arc<Customer>) {
        if former.attributes == customer.attributes && former.labels == customer.labels {
            return;
        }
        let live = self.state.by_customer.get(&customer.id);
        let Some(conversation) = live.and_then(|id| self.state.conversation(*id)) else { return };
        let (conversation, connections) =
            (conversation.id, self.desks(conversation).map(|(_, connection)| connection).collect::<Vec<_>>());
        if !connections.is_empty() {
            self.effect(Effect::Profile { connections, conversation, customer: Arc::clone(customer) });
        }
    }

    pub fn push(&mut self, agent: UserId, push: Push) {
        if let Some(connection) = self.state.agents.get(&agent).and_then(Agent::connection) {
            self.effect(Effect::Desk { connection, push });
        }
    }

    /// A customer as this step sees him: live, just written, or as gathered.
    #[must_use]
    pub fn customer(&self, id: CustomerId) -> Option<Arc<Customer>> {
        self.state.customers.get(&id).cloned().or_else(|| self.state.recent.customer(self.facts, id))
    }

    /// Everything a customer can be found by; nothing for one who was merged into another or is being erased.
    #[must_use]
    pub fn identities(&self, customer: &Customer) -> Vec<Identity> {
        if customer.merged_into().is_some() || customer.leaving {
            return Vec::new();
        }
        let labels = customer.labels.iter().map(|label| (LABELS, label.clone()));
        let attributes = self.state.registry.schema_attributes().flat_map(|stored| {
            let attribute = &stored.value;
            let values = match customer.attributes.get(&attribute.key) {
                Some(Value::Array(values)) => values.as_slice(),
                Some(value) => std::slice::from_ref(value),
                None => &[],
            };
            let indexed = values.iter().filter_map(|value| indexed_value(attribute, value));
            indexed.map(|value| (attribute.key.as_str(), value))
        });
        let found_by = attributes.chain(labels);
        found_by.map(|(key, value)| Identity { attribute: key.into(), value: value.into() }).collect()
    }

    pub fn write_customer(&mut self, customer: Arc<Customer>) {
        let identities = self.identities(&customer);
        self.state.recent.note_customer(&customer, identities.clone());
        if let Some(live) = self.state.customers.get_mut(&customer.id) {
            let former = std::mem::replace(live, Arc::clone(&customer));
            self.show_profile(&former, &customer);
        }
        self.state.batch.customers.push(CustomerChange::Put { customer, identities });
    }
}
