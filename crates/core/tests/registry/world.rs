//! A small registry with something of every kind, and the helpers the tables of tests are written with.

use serde_json::{Value, json};
use tieline_cim::channel::ValueType;
use tieline_core::id::{Id, Mint};
use tieline_core::refusal::Refusal;
use tieline_core::registry::{
    Bot, BotKind, Capacity, Category, Channel, ChannelType, Connector, Credentials, CustomField,
    CustomerValueType, Expression, FieldValue, Join, Kind, List, Media, Mode, Mrd, Object, Operator, Options,
    Patience, Provider, Queue, Registry, Role, Routing, RoutingAttribute, Scale, SchemaAttribute, Selection,
    Skill, Step, Target, Team, Term, User,
};
use tieline_core::time::At;

pub const NOW: At = At::from_millis(1_727_177_415_000);

/// The n-th id, of any noun.
pub fn id<T: From<Id>>(n: u8) -> T {
    Id([n; 12]).into()
}

pub fn mint() -> Mint {
    Mint::new([7; 5])
}

/// What a refusal says, without ids; "ok" when there is none.
pub fn words(result: Result<(), Refusal>) -> String {
    let Err(refusal) = result else { return "ok".into() };
    let text = refusal.to_string();
    let mut out = String::new();
    for word in text.split(' ') {
        let bare = word.trim_matches(['(', ')', ':', ';']);
        if bare.parse::<Id>().is_ok() {
            out.push_str(word.trim_start_matches('(').trim_start_matches(bare).trim_start_matches(')'));
        } else {
            out.push(' ');
            out.push_str(word);
        }
    }
    out.trim_start().to_owned()
}

/// Puts one after the other, each judged as if an administrator had sent it.
pub fn put_all(registry: &mut Registry, objects: impl IntoIterator<Item = Object>) {
    for object in objects {
        assert_eq!(words(registry.check_put(&object, None)), "ok", "{object:?}");
        registry.put(object, NOW);
    }
}

pub fn delete(kind: Kind, n: u8, expect: &str) {
    assert_eq!(words(world().check_delete(kind, id(n), None)), expect, "delete {kind} {n}");
}

/// For a kind: `check`s an edit of its first object, and a new one made by editing a copy.
macro_rules! edits {
    ($kind:ident, $getter:ident, $edit:ident, $create:ident) => {
        #[track_caller]
        pub fn $edit(change: impl FnOnce(&mut tieline_core::registry::$kind), expect: &str) {
            let world = $crate::registry::world::world();
            let mut value =
                world.$getter($crate::registry::world::id(1)).expect("in the world").value.clone();
            change(&mut value);
            let object = tieline_core::registry::Object::$kind(value);
            assert_eq!($crate::registry::world::words(world.check_put(&object, None)), expect);
        }

        #[track_caller]
        pub fn $create(change: impl FnOnce(&mut tieline_core::registry::$kind), expect: &str) {
            $edit(
                |value| {
                    value.id = $crate::registry::world::id(99);
                    change(value);
                },
                expect,
            );
        }
    };
}
pub(crate) use edits;

pub fn world() -> Registry {
    let mut registry = Registry::default();
    put_all(
        &mut registry,
        [
            Object::Mrd(mrd(1, "CHAT", 5)),
            Object::Mrd(mrd(2, "VOICE", 1)),
            Object::ChannelType(channel_type(1, "WEB", Some(1))),
            Object::ChannelType(channel_type(2, "SMS", Some(1))),
            Object::ChannelType(channel_type(3, "NOTE", None)),
            Object::ChannelType(channel_type(4, "CALL", Some(2))),
            Object::Provider(provider(1, "Acme", &[1, 2])),
            Object::Provider(provider(2, "Bell", &[4])),
            Object::Connector(connector(1, "Acme one", 1)),
            Object::Connector(connector(2, "Acme two", 1)),
            Object::RoutingAttribute(attribute(1, "English", Scale::ProficiencyLevel)),
            Object::RoutingAttribute(attribute(2, "Gold", Scale::Boolean)),
            Object::RoutingAttribute(attribute(3, "Unused", Scale::Boolean)),
            Object::Queue(queue(1, "Billing", 1, vec![step(1, [term(1, Operator::AtLeast, 5)])])),
            Object::Queue(queue(2, "Phone", 2, vec![])),
            Object::List(List {
                id: id(1),
                name: "Inbox".into(),
                description: String::new(),
                agent_sla_secs: None,
                agent_thresholds: None,
                wrap_up: None,
                teams: vec![],
                respects_capacity: false,
            }),
            Object::List(List {
                id: id(2),
                name: "Spare".into(),
                description: String::new(),
                agent_sla_secs: None,
                agent_thresholds: None,
                wrap_up: None,
                teams: vec![],
                respects_capacity: false,
            }),
            Object::Bot(Bot {
                id: id(1),
                name: "Greeter".into(),
                kind: BotKind::Rasa,
                uri: "http://rasa:5005".into(),
                settings: Default::default(),
            }),
            Object::Channel(channel(1, "Site", "7001")),
            Object::Channel(Channel {
                mode: Mode::Agent,
                bot: None,
                default_outbound: false,
                connector: id(2),
                routing: Routing { target: Target::Pull(Some(id(1))), ..channel(2, "", "").routing },
                ..channel(2, "Shop", "7002")
            }),
            Object::Team(Team { id: id(1), name: "Red".into(), description: String::new() }),
            Object::Team(Team { id: id(2), name: "Blue".into(), description: String::new() }),
            Object::User(User {
                attributes: vec![Skill { attribute: id(1), value: 7 }],
                capacities: vec![Capacity { mrd: id(1), max_tasks: 3 }],
                team: Some(id(1)),
                ..user(1, "amina", &[Role::Agent])
            }),
            Object::User(User {
                supervises: vec![id(2)],
                ..user(2, "Ada", &[Role::Admin, Role::Supervisor])
            }),
            Object::SchemaAttribute(schema_attribute(
                1,
                "homeAddress",
                "Home address",
                CustomerValueType::String,
            )),
            Object::SchemaAttribute(SchemaAttribute {
                required: true,
                default: json!("John Doe"),
                deletable: false,
                searchable: true,
                length: None,
                ..schema_attribute(2, "firstName", "First Name", CustomerValueType::Name)
            }),
            Object::SchemaAttribute(SchemaAttribute {
                identifies: vec![id(1)],
                ..schema_attribute(3, "web", "Web", CustomerValueType::String)
            }),
            Object::SchemaAttribute(SchemaAttribute {
                length: None,
                deletable: false,
                ..schema_attribute(4, "phoneNumber", "Phone number", CustomerValueType::PhoneNumber)
            }),
        ],
    );
    registry
}

pub fn mrd(n: u8, name: &str, max_requests: u16) -> Mrd {
    Mrd {
        id: id(n),
        name: name.into(),
        description: String::new(),
        media: Media::Chat,
        max_requests,
        interruptible: true,
        auto_sync: true,
    }
}

pub fn channel_type(n: u8, name: &str, mrd: Option<u8>) -> ChannelType {
    ChannelType { id: id(n), name: name.into(), logo: None, interactive: mrd.is_some(), mrd: mrd.map(id) }
}

pub fn field(key: &str, value_type: ValueType) -> CustomField {
    CustomField {
        key: key.into(),
        label: key.into(),
        help: String::new(),
        value_type,
        required: false,
        options: None,
    }
}

pub fn provider(n: u8, name: &str, channel_types: &[u8]) -> Provider {
    let regions = Category { name: "Regions".into(), values: vec!["eu".into(), "us".into()] };
    Provider {
        id: id(n),
        name: name.into(),
        channel_types: channel_types.iter().map(|n| id(*n)).collect(),
        webhook: Some("https://acme.example/hook".into()),
        webhook_path: None,
        schema: vec![
            CustomField { required: true, ..field("HOST-URL", ValueType::Url) },
            field("API-KEY", ValueType::String100),
            field("PORT", ValueType::PositiveNumber),
            CustomField {
                options: Some(Options { multiple: false, categories: vec![regions.clone()] }),
                ..field("REGION", ValueType::String100)
            },
            CustomField {
                options: Some(Options { multiple: true, categories: vec![regions] }),
                ..field("REGIONS", ValueType::StringList)
            },
        ],
    }
}

pub fn value(key: &str, value: Value) -> FieldValue {
    FieldValue { key: key.into(), value_type: ValueType::String100, value }
}

pub fn connector(n: u8, name: &str, provider: u8) -> Connector {
    Connector {
        id: id(n),
        name: name.into(),
        provider: id(provider),
        values: vec![value("HOST-URL", json!("https://api.acme.example")), value("API-KEY", json!("s3cret"))],
        credentials: Credentials { token_hashes: vec![format!("{n:064x}")], signing_secrets: vec![] },
        open_to: vec![],
    }
}

pub fn channel(n: u8, name: &str, service_identifier: &str) -> Channel {
    Channel {
        id: id(n),
        name: name.into(),
        service_identifier: service_identifier.into(),
        channel_type: id(1),
        connector: id(1),
        enabled: true,
        default_outbound: true,
        calendar: None,
        out_of_hours: Default::default(),
        config_id: id(n),
        mode: Mode::Hybrid,
        bot: Some(id(1)),
        ring_secs: 30,
        inactivity_secs: 300,
        customer_thresholds: None,
        identification_criteria: json!({ "value": null }),
        routing: Routing {
            target: Target::Push(Some(id(1))),
            selection: Selection::LongestAvailable,
            last_agent: false,
            request_ttl_secs: 100,
            patience: Patience::default(),
        },
    }
}

pub fn attribute(n: u8, name: &str, scale: Scale) -> RoutingAttribute {
    RoutingAttribute { id: id(n), name: name.into(), description: String::new(), scale, default: 1 }
}

pub fn queue(n: u8, name: &str, mrd: u8, steps: Vec<Step>) -> Queue {
    Queue {
        id: id(n),
        name: name.into(),
        mrd: id(mrd),
        service_level_type: 1,
        service_level_secs: 60,
        agent_sla_secs: None,
        agent_thresholds: None,
        wrap_up: None,
        ewt_min_secs: None,
        ewt_max_secs: None,
        priority: 1,
        steps,
    }
}

/// A step of one expression whose terms are joined by AND.
pub fn step(n: u8, terms: impl IntoIterator<Item = Term>) -> Step {
    let expression = Expression { join: Join::And, terms: terms.into_iter().collect() };
    Step { id: id(n), timeout_secs: 10, expressions: vec![expression] }
}

pub fn term(attribute: u8, operator: Operator, value: u8) -> Term {
    Term { join: Join::And, attribute: id(attribute), operator, value }
}

pub fn user(n: u8, username: &str, roles: &[Role]) -> User {
    User {
        id: id(n),
        username: username.into(),
        first_name: username.into(),
        last_name: String::new(),
        roles: roles.to_vec(),
        password_hash: None,
        identity: None,
        second_factor: None,
        token_version: 0,
        enabled: true,
        team: None,
        supervises: vec![],
        attributes: vec![],
        capacities: vec![],
        directory: Default::default(),
    }
}

pub fn schema_attribute(n: u8, key: &str, label: &str, value_type: CustomerValueType) -> SchemaAttribute {
    SchemaAttribute {
        id: id(n),
        key: key.into(),
        label: label.into(),
        description: String::new(),
        value_type,
        length: Some(50),
        required: false,
        default: Value::Null,
        pii: false,
        identifies: vec![],
        deletable: true,
        order: 0,
        searchable: false,
    }
}
