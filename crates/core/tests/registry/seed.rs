//! What a new tenant starts with.

use tieline_core::registry::{BotKind, Kind, Registry, seed};

use super::world::{NOW, mint, put_all, words};

fn seeded() -> Registry {
    let mut registry = Registry::default();
    put_all(&mut registry, seed::objects(&mut mint(), NOW));
    registry
}

#[test]
fn domains_have_the_ids_desks_know() {
    let mrds: Vec<_> = seeded()
        .mrds()
        .map(|m| &m.value)
        .map(|m| format!("{} {} {} {}", m.id, m.name, m.max_requests, m.interruptible))
        .collect();
    assert_eq!(
        mrds[..3],
        [
            "20316843be924c8ab4f57a7a CISCO CC 1 false",
            "62f9e360ea5311eda05b0242 CX VOICE 1 false",
            "6305de07166ba1099d11d8e6 CHAT 5 true",
        ]
    );
    assert!(mrds[3].ends_with("EMAIL 5 true"), "{}", mrds[3]);
}

#[test]
fn channel_types_have_a_domain_and_a_logo() {
    let registry = seeded();
    assert_eq!(registry.channel_types().count(), 18);
    for stored in registry.channel_types() {
        let channel_type = &stored.value;
        assert_eq!(channel_type.logo, Some(format!("_{}.svg", channel_type.name)));
        assert!(channel_type.mrd.is_some(), "{}", channel_type.name);
    }
}

#[test]
fn web_and_voice_customers_are_recognised_and_the_rest_is_the_fifth_step() {
    let registry = seeded();
    let recognised: Vec<_> = registry
        .channel_types()
        .filter_map(|t| Some((t.value.name.as_str(), registry.identifier_attributes(t.value.id).first()?)))
        .map(|(name, attribute)| format!("{name} by {}", attribute.value.key))
        .collect();
    assert_eq!(recognised, ["WEB by web", "CX_VOICE by voice", "WEB_RTC by voice", "CISCO_CC by voice"]);
}

#[test]
fn system_attributes_stay() {
    let registry = seeded();
    for stored in registry.schema_attributes() {
        let refusal = words(registry.check_delete(Kind::SchemaAttribute, stored.value.id.into(), None));
        assert_eq!(
            refusal,
            format!("\"{}\" is a system attribute and cannot be deleted", stored.value.label)
        );
    }
    assert_eq!(registry.schema_attributes().count(), 4);
}

#[test]
fn a_queue_and_a_bot_are_there() {
    let registry = seeded();
    let queue = &registry.default_queue().expect("a default queue").value;
    assert_eq!((queue.name.as_str(), queue.mrd), (seed::DEFAULT_QUEUE, seed::CHAT_MRD));
    assert!(registry.bots().any(|bot| bot.value.kind == BotKind::BuiltIn));
}
