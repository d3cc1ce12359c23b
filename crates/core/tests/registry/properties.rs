//! Whatever is asked of a registry, in whatever order: what it lets in hangs together.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, json};
use tieline_core::calendar::Calendar;
use tieline_core::form::Form;
use tieline_core::registry::settings::{SETTINGS_ID, Settings};
use tieline_core::registry::{
    Announcement, Bot, BotKind, CannedMessage, Capacity, Channel, Connector, CustomField, CustomerValueType,
    Kind, Label, List, Mode, Object, Operator, Preferences, ReasonCode, ReasonPurpose, Registry, Role,
    Routing, Scale, SchemaAttribute, Skill, Target, Team, TenantSettings, User, Widget,
};
use tieline_core::time::Span;

use super::widget::widget;
use super::world::{
    NOW, attribute, channel, channel_type, connector, id, mrd, provider, put_all, queue, schema_attribute,
    step, term, user, value, words,
};

#[derive(Debug, Clone)]
enum Request {
    Put(Box<Object>),
    Delete(Kind, u8),
}

/// Objects out of so few ids and names that they meet.
fn object(kind: Kind, n: u8, [a, b, c, d]: [u8; 4]) -> Object {
    let name = format!("{kind} {}", a % 5);
    let few = |x: u8| x % 3 + 1;
    let flag = |x: u8| x.is_multiple_of(2);
    match kind {
        Kind::Mrd => Object::Mrd(mrd(n, &name, u16::from(few(b)))),
        Kind::ChannelType => Object::ChannelType(channel_type(n, &name, (b % 4 != 0).then(|| few(c)))),
        Kind::Provider => {
            let mut provider = provider(n, &name, if flag(b) { &[1, 2] } else { &[2] });
            provider.schema.truncate(usize::from(c % 4));
            provider.schema.iter_mut().for_each(|field: &mut CustomField| field.required = flag(d));
            Object::Provider(provider)
        }
        Kind::Connector => {
            let mut connector: Connector = connector(n, &name, few(b));
            connector.values.truncate(usize::from(c % 3));
            if flag(c) {
                connector.values.push(value("PORT", json!(d)));
            }
            connector.credentials.token_hashes = vec![format!("{:064x}", d % 4)];
            Object::Connector(connector)
        }
        Kind::Channel => {
            let target = match d % 5 {
                0 | 1 => Target::Push(Some(id(few(d / 5)))),
                2 => Target::Pull(Some(id(few(d / 5)))),
                3 => Target::Push(None),
                _ => Target::External,
            };
            let base = channel(n, &name, &(c % 3).to_string());
            Object::Channel(Channel {
                channel_type: id(few(b)),
                connector: id(few(c)),
                calendar: flag(d / 3).then(|| id(few(c))),
                default_outbound: flag(b / 3),
                mode: [Mode::Agent, Mode::Bot, Mode::Hybrid][usize::from(c / 3 % 3)],
                bot: flag(c / 9).then(|| id(few(d))),
                routing: Routing { target, ..base.routing.clone() },
                ..base
            })
        }
        Kind::RoutingAttribute => {
            let scale = if flag(b) { Scale::Boolean } else { Scale::ProficiencyLevel };
            Object::RoutingAttribute(attribute(n, &name, scale))
        }
        Kind::Queue => {
            let steps = if flag(c) { vec![] } else { vec![step(1, [term(few(d), Operator::Equal, d % 3)])] };
            Object::Queue(queue(n, &name, few(b), steps))
        }
        Kind::List => Object::List(List {
            id: id(n),
            name,
            description: String::new(),
            agent_sla_secs: None,
            agent_thresholds: None,
            wrap_up: None,
            teams: vec![],
            respects_capacity: a % 2 == 0,
        }),
        Kind::Bot => Object::Bot(Bot {
            id: id(n),
            name,
            kind: BotKind::BuiltIn,
            uri: String::new(),
            settings: Default::default(),
        }),
        Kind::Team => Object::Team(Team { id: id(n), name, description: String::new() }),
        Kind::User => Object::User(User {
            enabled: flag(b),
            team: flag(c).then(|| id(few(c / 2))),
            attributes: vec![Skill { attribute: id(few(d)), value: d % 4 }],
            capacities: vec![Capacity { mrd: id(few(b)), max_tasks: u16::from(c % 4) }],
            supervises: if d % 3 == 1 { vec![id(few(c))] } else { Vec::new() },
            ..user(n, &name, &[[Role::Admin, Role::Supervisor, Role::Agent][usize::from(d % 3)]])
        }),
        Kind::Widget => Object::Widget(Widget {
            form: flag(b).then(|| id(few(c))),
            ..widget(n, ["Web", "web", "Shop", "a b"][usize::from(a % 4)])
        }),
        Kind::Form => {
            Object::Form(Form { id: id(n), title: name, description: String::new(), sections: vec![] })
        }
        Kind::Calendar => Object::Calendar(Calendar {
            id: id(n),
            name,
            description: String::new(),
            color: String::new(),
            time_zone: if flag(b) { "UTC" } else { "nowhere" }.into(),
            events: vec![],
        }),
        Kind::SchemaAttribute => Object::SchemaAttribute(SchemaAttribute {
            identifies: if flag(b) { vec![id(few(c))] } else { vec![] },
            deletable: c % 4 != 0,
            searchable: flag(d),
            ..schema_attribute(n, &format!("key{}", a % 4), &name, CustomerValueType::String)
        }),
        Kind::TenantSettings => {
            let id = if flag(b) { SETTINGS_ID } else { id(n) };
            Object::TenantSettings(TenantSettings { id, name, settings: Settings::default() })
        }
        Kind::ReasonCode => Object::ReasonCode(ReasonCode {
            id: id(n),
            name,
            description: String::new(),
            purpose: ReasonPurpose::NotReady,
            code: c.into(),
        }),
        Kind::Label => Object::Label(Label {
            id: id(n),
            name,
            colour: String::new(),
            priority: Some(b),
            created_by: String::new(),
        }),
        Kind::CannedMessage => Object::CannedMessage(CannedMessage {
            id: id(n),
            name,
            language: "en".to_owned(),
            category: String::new(),
            text: "Hello".to_owned(),
        }),
        Kind::Announcement => Object::Announcement(Announcement {
            id: id(n),
            author: id(few(b)),
            text: "Lunch".to_owned(),
            teams: vec![id(few(c))],
            scheduled_at: NOW,
            expires_at: NOW + Span::secs(d.into()),
        }),
        Kind::Preferences => Object::Preferences(Preferences {
            id: id(n),
            desk: Map::new(),
            customers: Map::new(),
            lists: vec![id(few(b))],
            seen: Vec::new(),
        }),
    }
}

fn request() -> impl Strategy<Value = Request> {
    // Channels hang on everything else, so they need the most tries.
    let kind = prop_oneof![1 => Just(Kind::Channel), 2 => prop::sample::select(Kind::ALL.to_vec())];
    (kind, 1..4_u8, any::<[u8; 4]>(), 0..10_u8).prop_map(|(kind, n, bytes, verb)| match verb {
        0 => Request::Delete(kind, n),
        _ => Request::Put(Box::new(object(kind, n, bytes))),
    })
}

/// The objects the requests start from: three of the plainest of each kind, so that most references lead somewhere.
fn start() -> Registry {
    let mut registry = Registry::default();
    for kind in [Kind::Mrd, Kind::Team, Kind::Bot, Kind::List, Kind::RoutingAttribute, Kind::ChannelType] {
        put_all(&mut registry, (1..4).map(|n| object(kind, n, [n, 1, n, 1])));
    }
    put_all(&mut registry, (1..4).map(|n| object(Kind::Provider, n, [n, 0, 3, 1])));
    put_all(&mut registry, (1..4).map(|n| object(Kind::Connector, n, [n, n, 2, n])));
    put_all(&mut registry, (1..4).map(|n| object(Kind::Queue, n, [n, n, 0, 0])));
    registry
}

fn check(registry: &Registry) {
    for (object, _, _) in registry.objects() {
        object.references(&mut |kind, id, field| {
            assert!(registry.version(kind, id).is_some(), "{object:?}: {field} dangles");
        });
        assert_eq!(words(registry.check_put(&object, None)), "ok", "would not be let in again: {object:?}");
    }
    assert!(*registry == Registry::restore(registry.objects()), "an index differs from one built afresh");
    for stored in registry.channels() {
        let channel = &stored.value;
        let scanned =
            registry.channels().filter(|c| c.value.service_identifier == channel.service_identifier);
        assert!(registry.channels_at(&channel.service_identifier).eq(scanned));
        let scanned = registry.channels().filter(|c| c.value.connector == channel.connector);
        assert!(registry.channels_of(channel.connector).eq(scanned));
    }
    for stored in registry.channel_types() {
        let scanned = registry.schema_attributes().filter(|a| a.value.identifies.contains(&stored.value.id));
        assert!(registry.identifier_attributes(stored.value.id).iter().eq(scanned));
    }
    for stored in registry.connectors() {
        assert_eq!(registry.connector_by_token(&stored.value.credentials.token_hashes[0]), Some(stored));
    }
    for stored in registry.teams() {
        let team = stored.value.id;
        let leads = |user: &User| {
            let of_team = user.roles.contains(&Role::Supervisor) && user.supervises.contains(&team);
            of_team || user.roles.contains(&Role::Admin)
        };
        let leaders: BTreeSet<_> = registry.leaders_of(Some(team)).map(|user| user.value.id).collect();
        let scanned = registry.users().filter(|user| leads(&user.value)).map(|user| user.value.id);
        assert_eq!(leaders, scanned.collect());
    }
    for stored in registry.users() {
        assert_eq!(registry.user_by_name(&stored.value.username), Some(stored));
    }
}

fn has_admin(registry: &Registry) -> bool {
    registry.users_with(Role::Admin).any(|user| user.value.enabled)
}

proptest! {
    #[test]
    fn what_is_let_in_hangs_together(requests in prop::collection::vec(request(), 1..80)) {
        let mut registry = start();
        for request in requests {
            let had_admin = has_admin(&registry);
            match request {
                Request::Put(object) if registry.check_put(&object, None).is_ok() => {
                    let before = registry.version(object.kind(), object.id()).unwrap_or(0);
                    prop_assert_eq!(registry.put(*object, NOW), before + 1);
                }
                Request::Delete(kind, n) if registry.check_delete(kind, id(n), None).is_ok() => {
                    registry.delete(kind, id(n));
                }
                _ => continue,
            }
            check(&registry);
            prop_assert!(has_admin(&registry) || !had_admin, "the last administrator is gone");
        }
    }
}
