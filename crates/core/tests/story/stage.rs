//! A live state on a stage: commands go in as an engine would feed them, and what they wrote lands in [`Kept`].
//!
//! As in the engine, a batch lands only when the next one is complete, so every look-up misses the newest batch.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tieline_core::agent::Desk;
use tieline_core::batch::{Batch, CustomerChange};
use tieline_core::command::{
    AgentStateWish, Attempted, Caller, Command, Content, Inbound, Reply, SenderClass,
};
use tieline_core::conversation::Address;
use tieline_core::customer::Customer;
use tieline_core::delivery::outbox::Dispatch;
use tieline_core::delivery::{Entry, Outcome, Subject};
use tieline_core::effect::Effect;
use tieline_core::event::{Event, Fact, Payload, Seq};
use tieline_core::facts::{RequestKey, Wants};
use tieline_core::id::{ConnectionId, ConnectorId, ConversationId, CustomerId, ListingId, Mint, UserId};
use tieline_core::policy::Policy;
use tieline_core::registry::Object;
use tieline_core::state::{Remembered, State, Stepped};
use tieline_core::time::{At, Span};

use super::given::{Given, NINE};
use super::kept::Kept;

/// What the connector's webhook does with what it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// Takes everything at once.
    Delivers,
    /// Says nothing until the story speaks for it.
    Waits,
}

/// What came of a command, or of several.
#[derive(Default)]
pub struct Shown {
    pub replies: Vec<Reply>,
    pub effects: Vec<Effect>,
    pub events: Vec<Arc<Event>>,
    /// Whether anything has to be stored.
    pub written: bool,
}

pub struct Stage {
    pub state: State,
    pub kept: Kept,
    landing: Option<Batch>,
    pub now: At,
    pub mint: Mint,
    policy: Policy,
    pub hook: Hook,
    pub in_flight: BTreeMap<Seq, Dispatch>,
    /// Questions bots were asked and have not answered, by conversation.
    pub questions: BTreeMap<ConversationId, Entry>,
    pub agents: BTreeMap<String, UserId>,
    connections: BTreeMap<String, ConnectionId>,
    /// Conversations by the name of the customer who opened them; a second one of the same name gets a number.
    pub labels: BTreeMap<ConversationId, String>,
    lives: u8,
    keys: u64,
}

impl Stage {
    pub fn new(given: Given) -> Self {
        let mut stage = Self {
            state: State::restore(Remembered::default(), given.policy.clone(), Mint::new([3; 5]), NINE),
            kept: Kept::default(),
            landing: None,
            now: NINE,
            policy: given.policy,
            hook: Hook::Delivers,
            in_flight: BTreeMap::new(),
            questions: BTreeMap::new(),
            agents: given.agents.into_iter().collect(),
            connections: BTreeMap::new(),
            labels: BTreeMap::new(),
            lives: 0,
            keys: 0,
            mint: Mint::new([2; 5]),
        };
        for object in given.objects {
            let shown = stage.perform(&[stage.put(object)]);
            assert!(shown.replies[0].is_ok(), "{:?}", shown.replies);
        }
        stage.land();
        for name in given.on_duty {
            let (agent, connection) = (stage.agents[&name], stage.connection(&name));
            stage.perform(&[Command::ConnectDesk { agent, connection }]);
            stage.perform(&[Command::SetAgentState { agent, to: AgentStateWish::Ready }]);
        }
        stage
    }

    /// Performs commands as one batch, then whatever the webhook answers to it.
    pub fn perform(&mut self, commands: &[Command]) -> Shown {
        let mut shown = Shown::default();
        self.batch(commands.to_vec(), &mut shown);
        let mut seen = 0;
        while seen < shown.effects.len() {
            let mut reports = Vec::new();
            for effect in &shown.effects[seen..] {
                if let Effect::AskBot { dispatch, .. } = effect {
                    let Subject::Event { conversation, .. } = dispatch.entry.subject else { continue };
                    self.questions.insert(conversation, dispatch.entry.clone());
                }
                let Effect::Deliver(dispatch) = effect else { continue };
                match self.hook {
                    Hook::Delivers => reports.push(self.report(dispatch.entry.seq, Outcome::Delivered)),
                    Hook::Waits => drop(self.in_flight.insert(dispatch.entry.seq, Dispatch::clone(dispatch))),
                }
            }
            seen = shown.effects.len();
            if !reports.is_empty() {
                let answered = shown.replies.len();
                self.batch(reports, &mut shown);
                shown.replies.truncate(answered);
            }
        }
        shown
    }

    fn batch(&mut self, mut commands: Vec<Command>, shown: &mut Shown) {
        while !commands.is_empty() {
            let mut wants = Wants::default();
            for command in &commands {
                self.state.gather(command, &mut wants);
            }
            let facts = self.kept.facts(&wants);
            let mut refused = 0;
            let count = commands.len();
            let mut rest = commands.into_iter();
            let starved = rest.by_ref().find(|command| match self.state.step(self.now, command, &facts) {
                Stepped::Starved => true,
                Stepped::Replied { reply, effects } => {
                    refused += usize::from(reply.is_err());
                    shown.replies.push(reply);
                    shown.effects.extend(effects);
                    false
                }
            });
            // Those behind a starved one wait with it, or they would overtake it.
            let left: Vec<Command> = starved.into_iter().chain(rest).collect();
            assert!(left.len() < count, "the first command of a batch must not starve");
            let batch = self.state.take_batch();
            assert!(refused < count || batch.is_empty(), "a refused command changed something");
            self.land();
            shown.events.extend(batch.events.iter().cloned());
            shown.written |= !batch.is_empty();
            self.label(&batch);
            self.landing = Some(batch);
            commands = left;
        }
    }

    /// The newest batch reaches the store.
    pub fn land(&mut self) {
        if let Some(batch) = self.landing.take() {
            self.kept.keep(&batch);
        }
    }

    fn label(&mut self, batch: &Batch) {
        for conversation in &batch.conversations {
            if self.labels.contains_key(&conversation.id) {
                continue;
            }
            let name = conversation.sessions[0].address.customer.to_string();
            let before = self.labels.values().filter(|label| label.split('#').next() == Some(&name)).count();
            let label = if before == 0 { name } else { format!("{name}#{}", before + 1) };
            self.labels.insert(conversation.id, label);
        }
    }

    /// Lets time pass, firing what is due on the way.
    pub fn wait(&mut self, span: Span) -> Shown {
        let until = self.now + span;
        let mut shown = Shown::default();
        while let Some(due) = self.state.next_deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            shown.add(self.perform(&[Command::Tick]));
        }
        self.now = until;
        self.land();
        shown
    }

    /// Forgets the live state, with what had not landed yet when `losing`, and takes it up from what was kept.
    pub fn restart(&mut self, losing: bool) -> Shown {
        if losing {
            self.landing = None;
        }
        self.land();
        self.in_flight.clear();
        self.lives += 1;
        let mint = Mint::new([3, 3, 3, 3, 3 + self.lives]);
        self.state = State::restore(self.kept.remembered(), self.policy.clone(), mint, self.now);
        self.state.recall_handling(&self.kept.tallies);
        self.perform(&[Command::Tick])
    }

    /// Lands everything, and checks that a restored state would show the same as this one.
    pub fn check_restorable(&mut self) {
        self.land();
        let mint = Mint::new([9; 5]);
        let restored = State::restore(self.kept.remembered(), self.policy.clone(), mint, self.now);
        assert_eq!(observed(&self.state), observed(&restored));
        super::reports::check_adds_up(self);
    }

    /// Creates an object, or replaces the one there is.
    pub fn put(&self, object: Object) -> Command {
        let expected = self.state.registry().version(object.kind(), object.id());
        Command::PutObject { object: Box::new(object), expected }
    }

    pub fn report(&self, entry: Seq, outcome: Outcome) -> Command {
        let status = if outcome == Outcome::Delivered { 200 } else { 503 };
        let landing = self.landing.iter().flat_map(|batch| &batch.entries).find(|found| found.seq == entry);
        let found = landing.or_else(|| self.kept.entries.get(&entry));
        let message = found.and_then(|entry| super::lens::agent_message(self, entry));
        Command::Attempted(Box::new(Attempted {
            entry,
            at: self.now,
            duration_ms: 5,
            status: Some(status),
            outcome,
            message,
        }))
    }

    pub fn event(&self, seq: Seq) -> Option<&Arc<Event>> {
        let landing = self.landing.iter().flat_map(|batch| &batch.events).find(|event| event.seq == seq);
        landing.or_else(|| self.kept.events.get(&seq))
    }

    pub fn connection(&mut self, desk: &str) -> ConnectionId {
        let now = self.now;
        *self.connections.entry(desk.to_owned()).or_insert_with(|| self.mint.id(now))
    }

    pub fn desk_of(&self, connection: ConnectionId) -> &str {
        self.connections.iter().find(|(_, id)| **id == connection).map_or("?", |(desk, _)| desk)
    }

    pub fn agent_name(&self, agent: UserId) -> &str {
        self.agents.iter().find(|(_, id)| **id == agent).map_or("?", |(name, _)| name)
    }

    pub fn conversation_called(&self, label: &str) -> ConversationId {
        let found = self.labels.iter().find(|(_, name)| *name == label);
        *found.unwrap_or_else(|| panic!("no conversation {label}")).0
    }

    /// A customer as written last; `None` when he was erased.
    pub fn customer(&self, id: CustomerId) -> Option<&Arc<Customer>> {
        let landing = self.landing.iter().flat_map(|batch| batch.customers.iter().rev());
        let landing = landing.filter_map(|change| match change {
            CustomerChange::Put { customer, .. } => (customer.id == id).then_some(Some(customer)),
            CustomerChange::Erase { customer } => (*customer == id).then_some(None),
        });
        let kept = || self.kept.customers.get(&id).map(|(customer, _)| customer);
        landing.into_iter().next().unwrap_or_else(kept)
    }

    /// A customer of this first name who may have been erased since.
    pub fn customer_called(&self, name: &str) -> CustomerId {
        let name = name.replace('_', " ");
        let landing = self.landing.iter().flat_map(|batch| &batch.customers);
        let landing = landing.filter_map(|change| match change {
            CustomerChange::Put { customer, .. } => (customer.first_name() == name).then_some(customer.id),
            CustomerChange::Erase { .. } => None,
        });
        let kept = self.kept.known.iter().filter(|(_, known)| **known == name).map(|(id, _)| *id);
        landing.chain(kept).min().unwrap_or_else(|| panic!("nobody called {name}"))
    }

    /// The first name a customer has, or had last.
    pub fn customer_name(&self, id: CustomerId) -> String {
        let present = self.customer(id).map(|customer| customer.first_name().to_owned());
        present.or_else(|| self.kept.known.get(&id).cloned()).unwrap_or_else(|| "somebody new".into())
    }

    /// The request of a conversation on a pull list, also when it is no longer there.
    pub fn listing_of(&self, label: &str) -> ListingId {
        let conversation = self.conversation_called(label);
        let landing = self.landing.iter().flat_map(|batch| &batch.events);
        let mut listings = self.kept.events.values().chain(landing).filter_map(|event| match &event.fact {
            Fact::RequestListed { listing } if event.conversation == conversation => Some(listing.id),
            _ => None,
        });
        listings.next_back().unwrap_or_else(|| panic!("{label} was on no list"))
    }

    /// The connector every channel but the feed channels belongs to.
    pub fn connector(&self, name: &str) -> ConnectorId {
        let found = self.state.registry().connectors().find(|connector| connector.value.name == name);
        found.unwrap_or_else(|| panic!("no connector {name}")).value.id
    }

    /// A reason code as desks send it, registered or not.
    pub fn reason(&self, name: &str) -> Option<Value> {
        let codes = self.state.registry().reason_codes();
        let id = codes.map(|code| &code.value).find(|code| code.name == name).map(|code| code.id.to_string());
        (name != "none").then(|| json!({ "id": id, "name": name }))
    }

    pub fn next_key(&mut self) -> RequestKey {
        self.keys += 1;
        let mut key = [0; 16];
        key[..8].copy_from_slice(&self.keys.to_be_bytes());
        key
    }

    /// A message of a customer on a channel, by the signed-in connector of that channel.
    pub fn inbound(&mut self, customer: &str, channel: &str, text: &str, intent: Option<&str>) -> Inbound {
        let request = self.next_key();
        let found = self.state.registry().channels().find(|found| found.value.name == channel);
        let found = found.unwrap_or_else(|| panic!("no channel {channel}"));
        let id = format!("m{}", self.keys);
        let payload =
            Payload::from_value(&json!({ "id": id, "body": { "type": "PLAIN", "markdownText": text } }));
        Inbound {
            caller: Caller::Connector(found.value.connector),
            request,
            message_id: id.into(),
            channel_type: None,
            address: Address {
                customer: customer.into(),
                service: found.value.service_identifier.as_str().into(),
                first_name: None,
                last_name: None,
                priority: 0,
                attributes: Box::default(),
            },
            sender: SenderClass::Customer,
            intent: intent.map(Into::into),
            content: Content::Message { payload, blank: text.is_empty() },
            data: Map::new(),
        }
    }
}

impl Shown {
    pub fn add(&mut self, other: Self) {
        self.replies.extend(other.replies);
        self.effects.extend(other.effects);
        self.events.extend(other.events);
    }
}

/// Everything a state shows, but for whether desks are connected: those are gone after a restart.
pub fn observed(state: &State) -> String {
    let mut out = String::new();
    let mut conversations: Vec<_> = state.conversations().collect();
    conversations.sort_by_key(|conversation| conversation.id);
    for conversation in conversations {
        writeln!(out, "{conversation:?} {:?}", state.customer(conversation.customer)).expect("memory");
    }
    for agent in state.agents() {
        let mut agent = agent.clone();
        agent.desk = Desk::Away { until: At::default() };
        writeln!(out, "{agent:?}").expect("memory");
    }
    for queue in state.registry().queues() {
        let waiting: Vec<_> = state.queues().waiting(queue.value.id).collect();
        writeln!(out, "{waiting:?}").expect("memory");
    }
    for list in state.registry().lists() {
        let listed: Vec<_> = state.lists().on(list.value.id).collect();
        let followers: Vec<_> = state.lists().followers(list.value.id).collect();
        writeln!(out, "{listed:?} {followers:?}").expect("memory");
    }
    for line in state.lines().filter(|line| line.waiting > 0) {
        writeln!(out, "{:?}: {}", line.to, line.waiting).expect("memory");
    }
    out
}
