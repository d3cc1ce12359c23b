//! A tenant's live state, and the step that changes it.
//!
//! Live is what can still change by itself or be answered to: the registry, open conversations with their
//! sessions, tasks and customers, agents at work, entries on their way. Everything else is in the store alone.
//! One [`State::step`] applies one command; what the steps of a batch wrote is taken with [`State::take_batch`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use crate::agent::{Agent, Desk};
use crate::audit::Origin;
use crate::batch::{AgentChange, Batch};
use crate::command::{Answer, Command, Reply};
use crate::conversation::{Conversation, Session};
use crate::customer::Customer;
use crate::deadline::{Deadline, Deadlines};
use crate::delivery::outbox::{LineStatus, Outbox, Party};
use crate::delivery::recent::Figures;
use crate::delivery::{Entry, Lane, Receiver, Subject};
use crate::effect::Effect;
use crate::event::Seq;
use crate::facts::{Facts, Recent};
use crate::id::{ChannelId, ConnectorId, ConversationId, CustomerId, Id, Mint, SessionId, TaskId, UserId};
use crate::listing::Lists;
use crate::policy::Policy;
use crate::queue::Queues;
use crate::registry::{Object, Registry};
use crate::report::Attendance;
use crate::task::{Stage, Task};
use crate::time::At;
use crate::turn::{Halt, Turn};

#[derive(Debug)]
pub struct State {
    pub(crate) registry: Arc<Registry>,
    pub(crate) policy: Policy,
    pub(crate) mint: Mint,
    pub(crate) next_seq: Seq,
    pub(crate) conversations: HashMap<ConversationId, Box<Conversation>>,
    pub(crate) customers: HashMap<CustomerId, Arc<Customer>>,
    pub(crate) by_customer: HashMap<CustomerId, ConversationId>,
    pub(crate) by_session: HashMap<SessionId, ConversationId>,
    pub(crate) by_address: HashMap<AddressKey, SessionId>,
    /// The open sessions.
    pub(crate) by_channel: BTreeSet<(ChannelId, SessionId)>,
    pub(crate) agents: BTreeMap<UserId, Agent>,
    /// Conversations an agent sits in.
    pub(crate) seats: HashMap<UserId, BTreeSet<ConversationId>>,
    pub(crate) queues: Queues,
    pub(crate) attendance: Attendance,
    pub(crate) lists: Lists,
    /// The hands that are up.
    pub(crate) hands: BTreeSet<(ConversationId, UserId)>,
    pub(crate) outbox: Outbox,
    /// The deadline set for each line.
    pub(crate) line_due: HashMap<Receiver, At>,
    pub(crate) deadlines: Deadlines,
    pub(crate) recent: Recent,
    pub(crate) batch: Batch,
    pub(crate) touched: Touched,
}

/// A customer's address on a channel, as sessions are found by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AddressKey {
    pub channel: ChannelId,
    pub customer: Box<str>,
}

/// Entities whose last state goes into the batch.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub conversations: BTreeSet<ConversationId>,
    pub agents: BTreeSet<UserId>,
}

/// What a store remembers of a live state.
#[derive(Debug, Default)]
pub struct Remembered {
    /// Every registry object with its version and when it came to be.
    pub objects: Vec<(Object, u64, At)>,
    /// The live ones.
    pub conversations: Vec<Conversation>,
    /// Of the live conversations and of the pending entries, by id.
    pub customers: Vec<Arc<Customer>>,
    pub agents: Vec<Agent>,
    /// The pending ones, oldest first.
    pub entries: Vec<Entry>,
    /// Sessions of pending entries whose conversations have closed.
    pub lane_sessions: Vec<Arc<Session>>,
    /// As the last batch gave it; 0 in a new store.
    pub next_seq: Seq,
}

#[derive(Debug)]
pub enum Stepped {
    Replied {
        reply: Reply,
        effects: Vec<Effect>,
    },
    /// The command needs facts that were not gathered, because a command before it in the same batch changed what
    /// it depends on. Nothing changed; step it again with facts gathered anew.
    Starved,
}

impl State {
    /// Takes up where a store's memory ends. Desks that were connected have the grace to come back.
    #[must_use]
    pub fn restore(remembered: Remembered, policy: Policy, mint: Mint, now: At) -> Self {
        let registry = Arc::new(Registry::restore(remembered.objects));
        let queues = Queues::new(&registry);
        let mut state = Self {
            registry,
            policy,
            mint,
            next_seq: remembered.next_seq.max(1),
            conversations: HashMap::with_capacity(remembered.conversations.len()),
            customers: remembered.customers.into_iter().map(|customer| (customer.id, customer)).collect(),
            by_customer: HashMap::new(),
            by_session: HashMap::new(),
            by_address: HashMap::new(),
            by_channel: BTreeSet::new(),
            agents: BTreeMap::new(),
            seats: HashMap::new(),
            queues,
            attendance: Attendance::default(),
            lists: Lists::default(),
            hands: BTreeSet::new(),
            outbox: Outbox::default(),
            line_due: HashMap::new(),
            deadlines: Deadlines::default(),
            recent: Recent::default(),
            batch: Batch::default(),
            touched: Touched::default(),
        };
        for conversation in remembered.conversations {
            state.adopt(conversation);
        }
        for agent in remembered.agents {
            state.adopt_agent(agent, now);
        }
        let registry = Arc::clone(&state.registry);
        for stored in registry.announcements() {
            state.set_announcement(stored.value.id, None, Some(&stored.value), now);
        }
        for stored in registry.all_preferences() {
            state.lists.learn_follower(stored.value.id, &stored.value.lists);
        }
        state.adopt_entries(remembered.entries, &remembered.lane_sessions, now);
        state.resume_estimates(now);
        let live: BTreeSet<CustomerId> = state.by_customer.keys().copied().collect();
        state.customers.retain(|id, _| live.contains(id));
        state
    }

    /// Applies one command of Tieline's own; see [`Self::step_as`].
    pub fn step(&mut self, now: At, command: &Command, facts: &Facts) -> Stepped {
        self.step_as(Origin::default(), now, command, facts)
    }

    /// Applies one command. What it wrote waits for [`Self::take_batch`]; its effects may leave after the commit.
    pub fn step_as(&mut self, origin: Origin, now: At, command: &Command, facts: &Facts) -> Stepped {
        let mut turn = Turn::new(self, facts, now, origin);
        match turn.perform(command) {
            Ok(answer) => {
                let effects = turn.settle();
                Stepped::Replied { reply: Ok(answer), effects }
            }
            Err(Halt::Refused(refusal)) => {
                // A refused wish may still be shown to the desk that had it.
                let effects = turn.settle();
                Stepped::Replied { reply: Err(refusal), effects }
            }
            Err(Halt::Starved) => Stepped::Starved,
        }
    }

    /// Everything written since the last time, as one transaction's worth.
    pub fn take_batch(&mut self) -> Batch {
        let mut batch = std::mem::take(&mut self.batch);
        for id in std::mem::take(&mut self.touched.conversations) {
            if let Some(conversation) = self.conversations.get(&id) {
                batch.conversations.push(Conversation::clone(conversation));
            }
        }
        for id in std::mem::take(&mut self.touched.agents) {
            batch.agents.push(match self.agents.get(&id) {
                Some(agent) => AgentChange::Put(Box::new(agent.clone())),
                None => AgentChange::Delete(id),
            });
        }
        batch.next_seq = self.next_seq;
        self.recent.turn();
        batch
    }

    /// When [`Command::Tick`] has something to do.
    #[must_use]
    pub fn next_deadline(&self) -> Option<At> {
        self.deadlines.next()
    }

    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    #[must_use]
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id).map(Box::as_ref)
    }

    pub fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.conversations.values().map(Box::as_ref)
    }

    #[must_use]
    pub fn customer(&self, id: CustomerId) -> Option<&Arc<Customer>> {
        self.customers.get(&id)
    }

    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// The live conversation with a customer: he has one at a time.
    #[must_use]
    pub fn conversation_with(&self, customer: CustomerId) -> Option<&Conversation> {
        self.conversation(*self.by_customer.get(&customer)?)
    }

    /// The conversations that customers of this address have, on whichever channels, each once.
    pub fn conversations_at(&self, address: &str) -> impl Iterator<Item = &Conversation> {
        let on = |channel| self.by_address.get(&self.address_key(channel, address));
        let sessions = self.registry.channels().filter_map(move |channel| on(channel.value.id));
        let found: BTreeSet<_> = sessions.filter_map(|session| self.by_session.get(session)).collect();
        found.into_iter().filter_map(|id| self.conversation(*id))
    }

    /// The open sessions of a channel, oldest first; only those that came after a given one, if one is given.
    pub fn open_sessions_on(
        &self,
        channel: ChannelId,
        after: Option<SessionId>,
    ) -> impl Iterator<Item = &Arc<Session>> {
        let oldest = Bound::Included((channel, SessionId(Id([0; 12]))));
        let first = after.map_or(oldest, |after| Bound::Excluded((channel, after)));
        let of_channel = self.by_channel.range((first, Bound::Unbounded));
        let own = of_channel.take_while(move |(of, _)| *of == channel);
        own.filter_map(|(_, id)| self.conversation_of(*id)?.session(*id))
    }

    /// The conversations an agent sits in.
    pub fn conversations_of(&self, agent: UserId) -> impl Iterator<Item = &Conversation> {
        self.seats.get(&agent).into_iter().flatten().filter_map(|id| self.conversation(*id))
    }

    /// The same, and the one that rings at his desk.
    pub fn work_of(&self, agent: UserId) -> impl Iterator<Item = &Conversation> {
        let rings = self.queues.rings_at(agent).map(|(conversation, _)| conversation);
        let seats = self.seats.get(&agent).into_iter().flatten().copied();
        let all: BTreeSet<ConversationId> = seats.chain(rings).collect();
        all.into_iter().filter_map(|id| self.conversation(id))
    }

    #[must_use]
    pub fn queues(&self) -> &Queues {
        &self.queues
    }

    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// How each line stands.
    pub fn lines(&self) -> impl Iterator<Item = LineStatus> + '_ {
        self.outbox.receivers().map(|receiver| self.outbox.status(receiver))
    }

    /// What recent attempts at a connector's webhook came to.
    #[must_use]
    pub fn recent_attempts(&self, connector: ConnectorId, now: At) -> Figures {
        self.outbox.figures(Receiver::Connector(connector), now)
    }

    /// The entry a connector has been owed longest.
    #[must_use]
    pub fn oldest_pending(&self, connector: ConnectorId) -> Option<Seq> {
        self.outbox.oldest(Receiver::Connector(connector)).map(|entry| entry.seq)
    }

    #[must_use]
    pub fn pending_entries(&self) -> usize {
        self.outbox.len()
    }

    pub(crate) fn adopt(&mut self, mut conversation: Conversation) {
        // Lists that were read have room for more than they will ever hold.
        conversation.sessions.shrink_to_fit();
        conversation.tasks.shrink_to_fit();
        let id = conversation.id;
        self.by_customer.insert(conversation.customer, id);
        for session in &conversation.sessions {
            self.by_session.insert(session.id, id);
            if session.is_open() {
                let key = self.address_key(session.channel, &session.address.customer);
                self.by_address.insert(key, session.id);
                self.by_channel.insert((session.channel, session.id));
                self.deadlines.set(Deadline::Inactivity(id, session.id), None, session.silent_until);
                self.deadlines.set(Deadline::Silence(id, session.id), None, session.threshold_at);
            }
        }
        if let Some(listing) = &conversation.listing {
            self.lists.add(listing, id);
        }
        if let Some(asked) = conversation.bot.as_ref().and_then(|seat| seat.asked.as_ref()) {
            self.deadlines.set(Deadline::BotAnswer(id), None, Some(asked.until));
        }
        for participant in &conversation.agents {
            self.seats.entry(participant.agent).or_default().insert(id);
        }
        for task in &conversation.tasks {
            self.adopt_task(task);
        }
        let response = conversation.response.as_ref().map(|timer| timer.next_at);
        self.deadlines.set(Deadline::Response(id), None, response);
        self.deadlines.set(Deadline::Hold(id), None, conversation.hold.as_ref().map(|hold| hold.until));
        for hand in &conversation.hands {
            self.hands.insert((id, hand.agent));
            self.deadlines.set(Deadline::Hand(id, hand.agent), None, Some(hand.until));
        }
        self.conversations.insert(id, Box::new(conversation));
    }

    fn adopt_task(&mut self, task: &Task) {
        let (conversation, id) = (task.conversation, task.id);
        self.queues.adopt(task);
        match task.stage {
            Stage::Queued => {}
            Stage::Offered { until, .. } => {
                self.deadlines.set(Deadline::Ring(conversation, id), None, Some(until));
            }
            Stage::WrapUp { until, .. } => {
                self.deadlines.set(Deadline::WrapUp(conversation, id), None, Some(until));
                return;
            }
            Stage::Active { .. } | Stage::Closed { .. } => return,
        }
        self.deadlines.set(Deadline::RequestTtl(conversation, id), None, Some(task.expires_at));
        self.deadlines.set(Deadline::Step(conversation, id), None, task.next_step_at);
    }

    fn adopt_agent(&mut self, mut agent: Agent, now: At) {
        self.attendance.adopt(&agent);
        if agent.is_connected() {
            let grace = self.registry.settings().value.settings.agents.disconnect_grace();
            agent.desk = Desk::Away { until: now + grace };
            self.touched.agents.insert(agent.id);
        }
        if let Desk::Away { until } = agent.desk {
            self.deadlines.set(Deadline::DeskGone(agent.id), None, Some(until));
        }
        self.queues.place(&agent, &self.registry);
        self.agents.insert(agent.id, agent);
    }

    fn adopt_entries(&mut self, entries: Vec<Entry>, closed_sessions: &[Arc<Session>], now: At) {
        let closed: HashMap<SessionId, &Arc<Session>> =
            closed_sessions.iter().map(|session| (session.id, session)).collect();
        let mut receivers = BTreeSet::new();
        for entry in entries {
            receivers.insert(entry.to);
            let party = match (entry.lane, entry.subject) {
                (Lane::Session(id), Subject::Event { customer, .. }) => self
                    .by_session
                    .get(&id)
                    .and_then(|conversation| self.conversations.get(conversation)?.session(id))
                    .or_else(|| closed.get(&id).copied())
                    .zip(self.customers.get(&customer))
                    .map(|(session, customer)| Party {
                        session: Arc::clone(session),
                        customer: Arc::clone(customer),
                    }),
                _ => None,
            };
            self.outbox.push(entry, None, party);
        }
        for receiver in receivers {
            self.line_due.insert(receiver, now);
            self.deadlines.set(Deadline::Line(receiver), None, Some(now));
        }
    }

    /// The open conversation a session belongs to.
    #[must_use]
    pub fn conversation_of(&self, session: SessionId) -> Option<&Conversation> {
        self.conversation(*self.by_session.get(&session)?)
    }

    /// The key under which a session with this customer address is found.
    pub(crate) fn address_key(&self, channel: ChannelId, customer: &str) -> AddressKey {
        let customer = crate::schema::compared_address(&self.registry, channel, customer).into();
        AddressKey { channel, customer }
    }

    pub(crate) fn take_seq(&mut self) -> Seq {
        let seq = self.next_seq;
        self.next_seq += 1;
        seq
    }

    /// The task of a live conversation.
    #[must_use]
    pub fn task(&self, conversation: ConversationId, task: TaskId) -> Option<&Task> {
        self.conversations.get(&conversation)?.tasks.iter().find(|candidate| candidate.id == task)
    }
}

impl From<crate::refusal::Refusal> for Halt {
    fn from(refusal: crate::refusal::Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Most commands have nothing to say but that they are done.
impl From<()> for Answer {
    fn from((): ()) -> Self {
        Self::Done
    }
}
