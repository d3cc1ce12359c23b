//! Short ways to say the values the tests are about.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tieline_core::agent::{self, Agent, Desk};
use tieline_core::batch::{AgentChange, Batch, CustomerChange, ObjectChange};
use tieline_core::conversation::{Address, Conversation, Session, SessionDirection, SessionState, State};
use tieline_core::customer::{Customer, Identity};
use tieline_core::delivery::{Attempt, Entry, EntryStatus, Lane, Receiver, Resolution, Resolved, Subject};
use tieline_core::event::{Emitter, Event, Fact, Message, MessageClass, Payload, Seq};
use tieline_core::facts::Accepted;
use tieline_core::id::{ConnectorId, ConversationId, CustomerId, Id};
use tieline_core::registry::{Connector, Credentials, Object, Team};
use tieline_core::report::{Counts, Interval, Measure, Subject as Counted, What};
use tieline_core::time::At;

use crate::reports::{change, finished};

pub const PHONE: &str = "+923001234567";
pub const NAME: &str = "Zubaida Khatoon";
pub const TEXT: &str = "meri qist kab jama hogi";
pub const SECRET: &str = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=";

pub fn id<T: From<Id>>(n: u32) -> T {
    let mut bytes = [7; 12];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    T::from(Id(bytes))
}

pub fn at(millis: i64) -> At {
    At::from_millis(millis)
}

pub fn customer(n: u32) -> Arc<Customer> {
    let attributes = json!({ "firstName": NAME, "phoneNumber": [PHONE] });
    let Value::Object(attributes) = attributes else { unreachable!() };
    Arc::new(Customer {
        id: id(n),
        version: 1,
        created_at: at(1),
        anonymous: false,
        attributes: attributes.into(),
        labels: vec!["vip".into()],
        last_agent: None,
        lineage: None,
        leaving: false,
    })
}

pub fn identity(value: &str) -> Identity {
    Identity { attribute: "phoneNumber".into(), value: value.into() }
}

pub fn put(customer: &Arc<Customer>, identities: &[&str]) -> CustomerChange {
    let identities = identities.iter().map(|value| identity(value)).collect();
    CustomerChange::Put { customer: Arc::clone(customer), identities }
}

pub fn erase(customer: u32) -> CustomerChange {
    CustomerChange::Erase { customer: id(customer) }
}

pub fn conversation(n: u32, customer: u32) -> Conversation {
    let session = Session {
        id: id(n),
        conversation: id(n),
        channel: id(1),
        direction: SessionDirection::Inbound,
        address: Address {
            customer: PHONE.into(),
            service: "1122".into(),
            first_name: Some(NAME.into()),
            last_name: None,
            priority: 1,
            attributes: [json!({ "key": "locale" })].into(),
        },
        started_at: at(2),
        state: SessionState::Started,
        latest_intent: None,
        silent_until: None,
        inactivity_secs: 300,
        suggestions: Box::default(),
        last_entry: 0,
        threshold_at: None,
        passed_percent: 0,
    };
    Conversation {
        id: id(n),
        customer: id(customer),
        state: State::Created,
        started_at: at(2),
        closed_at: None,
        sessions: vec![Arc::new(session)],
        agents: Vec::new(),
        bot: None,
        tasks: Vec::new(),
        data: Map::from_iter([("note".to_owned(), json!(TEXT))]),
        last_session: Some(id(n)),
        hold: None,
        response: None,
        listing: None,
        hands: Box::default(),
        links: Box::default(),
        wrap_ups: Box::default(),
    }
}

pub fn closed(mut conversation: Conversation) -> Conversation {
    conversation.state = State::Closed;
    conversation.closed_at = Some(at(9));
    conversation
}

/// A message whose sender called it `m{seq}`.
pub fn message(seq: Seq, conversation: u32, customer: u32) -> Arc<Event> {
    named_message(seq, conversation, customer, &format!("m{seq}"))
}

pub fn named_message(seq: Seq, conversation: u32, customer: u32, name: &str) -> Arc<Event> {
    let payload = json!({ "id": name, "body": { "markdownText": TEXT }, "header": { "sender": PHONE } });
    let payload = Payload::parse(payload.to_string()).unwrap();
    event(
        seq,
        conversation,
        customer,
        Fact::Message(Message { class: MessageClass::Customer, id: name.into(), payload }),
    )
}

pub fn event(seq: Seq, conversation: u32, customer: u32, fact: Fact) -> Arc<Event> {
    Arc::new(Event {
        id: id(u32::try_from(seq).unwrap()),
        seq,
        at: at(i64::try_from(seq).unwrap()),
        conversation: id(conversation),
        customer: id(customer),
        session: Some(id(conversation)),
        emitter: Emitter::Customer,
        fact,
        shown_to: Vec::new(),
    })
}

/// An entry that carries event `seq - 1` to connector 1, made at `seq` milliseconds.
pub fn entry(seq: Seq, conversation: u32, customer: u32, status: EntryStatus) -> Entry {
    Entry {
        seq,
        to: Receiver::Connector(id(1)),
        lane: Lane::Session(id(conversation)),
        subject: Subject::Event { event: seq - 1, conversation: id(conversation), customer: id(customer) },
        previous: 0,
        created_at: at(i64::try_from(seq).unwrap()),
        attempts: 0,
        status,
    }
}

pub fn push(seq: Seq, channel: u32, status: EntryStatus) -> Entry {
    Entry {
        lane: Lane::Configuration(id(channel)),
        subject: Subject::Configuration { version: seq },
        ..entry(seq, 0, 0, status)
    }
}

pub fn pending() -> EntryStatus {
    EntryStatus::Pending { due: at(5) }
}

pub fn dead() -> EntryStatus {
    EntryStatus::Dead { at: at(50), reason: format!("{PHONE} cannot be reached").into() }
}

/// Dismissed after it was given up.
pub fn resolved() -> EntryStatus {
    let how = Resolution::Dismissed { because: format!("{PHONE} is on paper").into(), instead: None };
    let reason = format!("{PHONE} cannot be reached").into();
    let letter = Resolved { given_up_at: at(50), reason, by: Some(id(7)), how };
    EntryStatus::Resolved { at: at(60), letter: Some(Box::new(letter)) }
}

pub fn attempt(entry: Seq, number: u32) -> Attempt {
    let error = Some(format!("no such number: {PHONE}").into());
    Attempt { entry, number, at: at(6), duration_ms: 12, status: Some(500), error }
}

pub fn team(n: u32, name: &str) -> Object {
    Object::Team(Team { id: id(n), name: name.into(), description: String::new() })
}

pub fn connector(n: u32) -> Object {
    Object::Connector(Connector {
        id: ConnectorId(id(n)),
        name: "WhatsApp".into(),
        provider: id(1),
        values: Vec::new(),
        credentials: Credentials {
            token_hashes: vec!["0badc0de".into()],
            signing_secrets: vec![SECRET.into()],
        },
        open_to: Vec::new(),
    })
}

pub fn put_object(object: Object, version: u64) -> ObjectChange {
    ObjectChange::Put { object: Box::new(object), version, at: at(i64::try_from(version).unwrap()) }
}

pub fn agent(n: u32) -> AgentChange {
    AgentChange::Put(Box::new(Agent {
        id: id(n),
        state: agent::State::Ready,
        state_since: at(1),
        logged_in_at: at(1),
        desk: Desk::Away { until: at(99) },
        mrds: Vec::new(),
        offer: None,
        ronas: 0,
    }))
}

pub fn accepted(seq: Seq) -> Accepted {
    Accepted { seq, conversation: Some(id(1)), session: None, customer: Some(id(1)), channel: id(4) }
}

/// Customer 1 in conversation 1 with message 1, entry 2 on its way, and one of everything else.
pub fn something_of_everything() -> Batch {
    Batch {
        objects: vec![put_object(team(1, "Billing"), 1), put_object(connector(1), 1)],
        customers: vec![put(&customer(1), &[PHONE])],
        conversations: vec![conversation(1, 1)],
        agents: vec![agent(1)],
        events: vec![message(1, 1, 1)],
        entries: vec![entry(2, 1, 1, pending())],
        attempts: vec![attempt(2, 1)],
        requests: vec![([1; 16], at(1), accepted(1))],
        rehomed: vec![],
        tallies: [(Interval::of(at(1)), Counted::Channel(id(3)), Counts::of([(Measure::Sessions, 1)]))]
            .into_iter()
            .collect(),
        state_changes: vec![change(1, 1, What::LoggedIn)],
        finished: vec![finished(9, 1)],
        audit: vec![],
        next_seq: 2,
    }
}

/// Customers `customers`, each known under `c{n}`.
pub fn known(customers: impl IntoIterator<Item = u32>) -> Batch {
    let customers = customers.into_iter().map(|n| put(&customer(n), &[&format!("c{n}")])).collect();
    Batch { customers, ..Batch::default() }
}

pub fn seqs(events: &[Arc<Event>]) -> Vec<Seq> {
    events.iter().map(|event| event.seq).collect()
}

pub fn customer_id(n: u32) -> CustomerId {
    id(n)
}

pub fn conversation_id(n: u32) -> ConversationId {
    id(n)
}

/// A request key with a number in it.
pub fn numbered(n: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&n.to_be_bytes());
    key
}
