//! Finding objects.

use tieline_core::registry::{Channel, Kind, Object, Registry, Role};

use super::world::{NOW, channel, id, queue, user, world};

#[test]
fn versions_rise_by_one() {
    let mut registry = Registry::default();
    let team = |name: &str| {
        Object::Team(tieline_core::registry::Team {
            id: id(1),
            name: name.into(),
            description: String::new(),
        })
    };
    assert_eq!(registry.put(team("Red"), NOW), 1);
    assert_eq!(registry.put(team("Reds"), NOW), 2);
    let stored = registry.object(Kind::Team, id(1)).expect("just put");
    assert_eq!((stored.version, stored.changed_at, stored.value), (2, NOW, team("Reds")));
    assert_eq!(registry.named(Kind::Team, id(1)).map(|named| named.name), Some("Reds".into()));
    registry.delete(Kind::Team, id(1));
    assert_eq!(registry.object(Kind::Team, id(1)), None);
    assert_eq!(registry, Registry::default());
}

#[test]
fn a_snapshot_does_not_change() {
    let mut registry = world();
    let snapshot = registry.clone();
    registry.put(Object::Channel(Channel { enabled: false, ..channel(1, "Site", "7009") }), NOW);
    assert!(snapshot.channel(id(1)).expect("Site").value.enabled);
    assert_eq!(snapshot.channels_at("7001").count(), 1);
    assert_eq!(registry.channels_at("7001").count(), 0);
    assert_eq!(registry.channels_at(" 7009 ").count(), 1);
}

#[test]
fn channels_by_their_connector() {
    let names = |n| world().channels_of(id(n)).map(|c| c.value.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(1), ["Site"]);
    assert_eq!(names(2), ["Shop"]);
    assert!(names(77).is_empty());
}

#[test]
fn one_service_identifier_on_two_types() {
    let mut registry = world();
    let sms = Channel { channel_type: id(2), ..channel(9, "Text", "7001") };
    registry.put(Object::Channel(sms), NOW);
    let names: Vec<_> = registry.channels_at("7001").map(|c| c.value.name.as_str()).collect();
    assert_eq!(names, ["Site", "Text"]);
}

#[test]
fn connectors_by_token_and_users_by_name() {
    let world = world();
    let by_token = |hash: &str| world.connector_by_token(hash).map(|c| c.value.name.as_str());
    assert_eq!(by_token(&format!("{:064x}", 2)), Some("Acme two"));
    assert_eq!(by_token(""), None);
    let by_name = |name| world.user_by_name(name).map(|u| u.value.username.as_str());
    assert_eq!(by_name(" ADA "), Some("Ada"));
    assert_eq!(by_name("ad"), None);
    let admins: Vec<_> = world.users_with(Role::Admin).map(|u| u.value.username.as_str()).collect();
    assert_eq!(admins, ["Ada"]);
}

#[test]
fn the_channel_for_outbound_contacts() {
    let world = world();
    let outbound = |n| world.default_outbound(id(n)).map(|c| c.value.name.as_str());
    assert_eq!(outbound(1), Some("Site"));
    assert_eq!(outbound(2), None);
}

#[test]
fn the_default_queue_is_the_one_called_so_or_the_oldest() {
    let mut registry = Registry::default();
    let default = |registry: &Registry| registry.default_queue().map(|q| q.value.name.clone());
    assert_eq!(default(&registry), None);
    registry.put(Object::Queue(queue(2, "Billing", 1, vec![])), NOW);
    registry.put(Object::Queue(queue(3, "default", 1, vec![])), NOW);
    assert_eq!(default(&registry), Some("default".into()));
    registry.put(Object::Queue(queue(3, "Sales", 1, vec![])), NOW);
    assert_eq!(default(&registry), Some("Billing".into()));
}

#[test]
fn who_uses_what() {
    let names = |kind, n| world().referrers(kind, id(n)).map(|by| by.name).collect::<Vec<_>>();
    assert_eq!(names(Kind::Mrd, 1), ["WEB", "SMS", "Billing", "amina"]);
    assert_eq!(names(Kind::User, 1), Vec::<String>::new());
}

#[test]
fn nothing_private_is_printed() {
    let mut registry = world();
    registry.put(Object::User(user(9, "nobody-should-see-me", &[Role::Agent])), NOW);
    let printed = format!("{registry:?}");
    assert!(printed.contains("\"user\": 3"), "{printed}");
    assert!(!printed.contains("nobody"), "{printed}");
}
