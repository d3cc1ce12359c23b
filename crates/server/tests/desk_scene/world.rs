//! An agent in a conversation, as the core knows it.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tieline_core::conversation::{
    Address, BotSeat, Conversation, Participant, Role, Session, SessionDirection, SessionState, State,
};
use tieline_core::customer::Customer;
use tieline_core::effect::Scene;
use tieline_core::event::{Emitter, Event, Fact, Message, MessageClass, Payload};
use tieline_core::id::{Mint, UserId};
use tieline_core::registry::{
    Capacity, Channel, Connector, Credentials, FieldValue, Mode as ChannelMode, Object, Patience, Provider,
    Registry, Role as UserRole, Routing, Selection, Target, Team, User, seed,
};
use tieline_core::task::{Direction, Mode, Moments, Stage, Task};
use tieline_core::time::{At, Span};
use tieline_server::wire::scene;

pub const NOW: At = At::from_millis(1_727_179_102_000);
pub const SECRET: &str = "the connector's own password";

/// An agent in a conversation with a customer on one channel.
pub struct World {
    pub mint: Mint,
    pub registry: Registry,
    pub agent: UserId,
    pub customer: Arc<Customer>,
    pub session: Arc<Session>,
    pub conversation: Conversation,
    pub task: Task,
}

impl World {
    pub fn new() -> Self {
        let mut mint = Mint::new([7; 5]);
        let mut registry = Registry::default();
        for object in seed::objects(&mut mint, NOW) {
            registry.put(object, NOW);
        }
        let agent = mint.id(NOW);
        let channel = furnish(&mut registry, &mut mint, agent);
        let customer = Arc::new(Customer {
            id: mint.id(NOW),
            version: 1,
            created_at: NOW,
            anonymous: true,
            attributes: members(json!({"firstName": "Jonas Brandt", "web": ["+4915170011223"]})).into(),
            labels: vec!["66e0c0a1d4e5f60718200077".to_owned()],
            last_agent: None,
            lineage: None,
            leaving: false,
        });
        let conversation = mint.id(NOW);
        let session = Arc::new(Session {
            id: mint.id(NOW),
            conversation,
            channel: channel.id,
            direction: SessionDirection::Inbound,
            address: address(),
            started_at: NOW,
            state: SessionState::Started,
            latest_intent: None,
            silent_until: None,
            inactivity_secs: 300,
            suggestions: Box::default(),
            last_entry: 0,
            threshold_at: None,
            passed_percent: 0,
        });
        let queue = registry.default_queue().unwrap().value.id;
        let task = Task {
            id: mint.id(NOW),
            media: mint.id(NOW),
            conversation,
            session: session.id,
            mrd: seed::CHAT_MRD,
            queue: Some(queue),
            list: None,
            direction: Direction::Inbound,
            mode: Mode::Queue,
            priority: 1,
            enqueued_at: NOW,
            expires_at: NOW + Span::secs(600),
            ring_secs: 30,
            steps_open: 1,
            next_step_at: None,
            stage: Stage::Offered { agent, until: NOW + Span::secs(30) },
            answered_at: None,
            served_by: None,
            passed_by: Vec::new(),
            selection: Selection::LongestAvailable,
            wanted: None,
            told: None,
            asked_by: None,
            moments: Moments::default(),
        };
        let seat = Participant { id: mint.id(NOW), agent, role: Role::Primary, joined_at: NOW };
        let bot =
            channel.bot.map(|bot| BotSeat { handed_over: true, ..BotSeat::new(bot, Role::Assistant, NOW) });
        let conversation = Conversation {
            id: conversation,
            customer: customer.id,
            state: State::Active,
            started_at: NOW,
            closed_at: None,
            sessions: vec![Arc::clone(&session)],
            agents: vec![seat],
            bot,
            tasks: vec![task.clone()],
            data: members(json!({"first_name": "Jonas", "last_name": "Brandt", "phone": "+4915170011223"})),
            last_session: Some(session.id),
            hold: None,
            response: None,
            listing: None,
            hands: Box::default(),
            links: Box::default(),
            wrap_ups: Box::default(),
        };
        Self { mint, registry, agent, customer, session, conversation, task }
    }

    pub fn event(&mut self, emitter: Emitter, fact: Fact) -> Event {
        Event {
            id: self.mint.id(NOW),
            seq: 1,
            at: NOW,
            conversation: self.conversation.id,
            customer: self.customer.id,
            session: Some(self.session.id),
            emitter,
            fact,
            shown_to: Vec::new(),
        }
    }

    pub fn said(&mut self, class: MessageClass, message: Value) -> Event {
        let emitter = match class {
            MessageClass::Customer => Emitter::Customer,
            MessageClass::Bot => Emitter::Bot(self.registry.bots().next().unwrap().value.id),
            _ => Emitter::Agent(self.agent),
        };
        let id = message["id"].as_str().unwrap().into();
        self.event(emitter, Fact::Message(Message { class, id, payload: Payload::from_value(&message) }))
    }

    pub fn scene(&self) -> Scene {
        Scene { session: Some(Arc::clone(&self.session)), customer: Some(Arc::clone(&self.customer)) }
    }

    pub fn to_desk(&self, event: &Event) -> Option<Value> {
        scene::event(&self.registry, event, &self.scene()).map(|told| serde_json::to_value(told).unwrap())
    }

    pub fn to_webhook(&self, event: &Event) -> Option<Value> {
        scene::webhook_message(&self.registry, event, &self.session, &self.customer)
            .map(|told| serde_json::to_value(told).unwrap())
    }

    pub fn seat(&self) -> Participant {
        self.conversation.agents[0].clone()
    }
}

/// Team, agent, provider, connector and channel.
fn furnish(registry: &mut Registry, mint: &mut Mint, agent: UserId) -> Channel {
    let team = Team { id: mint.id(NOW), name: "Tech Support".to_owned(), description: String::new() };
    let user = User {
        id: agent,
        username: "lena.vogt".to_owned(),
        first_name: "Lena".to_owned(),
        last_name: "Vogt".to_owned(),
        roles: vec![UserRole::Agent],
        password_hash: None,
        identity: None,
        second_factor: None,
        token_version: 0,
        enabled: true,
        team: Some(team.id),
        supervises: Vec::new(),
        attributes: Vec::new(),
        capacities: vec![Capacity { mrd: seed::CHAT_MRD, max_tasks: 3 }],
        directory: [("agentExtension".to_owned(), vec!["1201".to_owned()])].into(),
    };
    let web = registry.channel_types().find(|found| found.value.name == "WEB").unwrap().value.id;
    let provider = Provider {
        id: mint.id(NOW),
        name: "Web".to_owned(),
        channel_types: vec![web],
        webhook: Some("http://web-channel-manager.example".to_owned()),
        webhook_path: None,
        schema: Vec::new(),
    };
    let connector = Connector {
        id: mint.id(NOW),
        name: "Web Connector".to_owned(),
        provider: provider.id,
        values: vec![FieldValue {
            key: "PASSWORD".to_owned(),
            value_type: tieline_cim::channel::ValueType::Password,
            value: SECRET.into(),
        }],
        credentials: Credentials::default(),
        open_to: Vec::new(),
    };
    let channel = Channel {
        id: mint.id(NOW),
        name: "Nordlicht Web".to_owned(),
        service_identifier: "7001".to_owned(),
        channel_type: web,
        connector: connector.id,
        enabled: true,
        default_outbound: false,
        calendar: None,
        out_of_hours: Default::default(),
        config_id: mint.id(NOW),
        mode: ChannelMode::Hybrid,
        bot: registry.bots().next().map(|bot| bot.value.id),
        ring_secs: 30,
        inactivity_secs: 300,
        customer_thresholds: None,
        identification_criteria: Value::Null,
        routing: Routing {
            target: Target::Push(registry.default_queue().map(|queue| queue.value.id)),
            selection: Selection::LongestAvailable,
            last_agent: false,
            request_ttl_secs: 600,
            patience: Patience::default(),
        },
    };
    for object in [
        Object::Team(team),
        Object::User(user),
        Object::Provider(provider),
        Object::Connector(connector),
        Object::Channel(channel.clone()),
    ] {
        registry.put(object, NOW);
    }
    channel
}

/// The address of the captured customer.
fn address() -> Address {
    let captured = fixture("23-agent-taskRequest");
    let data = &captured["channelSession"]["channelData"];
    let text = |member: &str| data[member].as_str().unwrap().into();
    Address {
        customer: text("channelCustomerIdentifier"),
        service: text("serviceIdentifier"),
        first_name: Some(text("customerFirstName")),
        last_name: Some(text("customerLastName")),
        priority: 0,
        attributes: data["additionalAttributes"].as_array().unwrap().as_slice().into(),
    }
}

pub fn members(object: Value) -> Map<String, Value> {
    object.as_object().unwrap().clone()
}

pub fn fixture(name: &str) -> Value {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../cim/tests/fixtures").join(format!("{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
