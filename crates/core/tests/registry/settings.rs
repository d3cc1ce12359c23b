//! Settings of the tenant, and what queues, lists and channels say differently.

use serde_json::{Value, json};
use tieline_core::registry::settings::{Retention, SETTINGS_ID, Settings};
use tieline_core::registry::{Kind, Object, Registry, TenantSettings, seed};
use tieline_core::time::{At, Span};

use super::world::{NOW, id, mint, put_all, queue, words};

fn seeded() -> Registry {
    let mut registry = Registry::default();
    put_all(&mut registry, seed::objects(&mut mint(), NOW));
    registry
}

/// The defaults with `change` laid over them.
fn put(change: Value) -> String {
    let mut members = json!(Settings::default());
    for (member, value) in change.as_object().expect("an object") {
        members[member] = value.clone();
    }
    let settings: Settings = match serde_json::from_value(members) {
        Ok(settings) => settings,
        Err(error) => return error.to_string(),
    };
    let object = TenantSettings { id: SETTINGS_ID, name: "Settings".to_owned(), settings };
    words(seeded().check_put(&Object::TenantSettings(object), None))
}

#[test]
fn settings_are_bounded() {
    let many = json!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let threshold = |percentage: u8| json!({"percentage": percentage, "action": "SHOW_POPUP"});
    let notice = |text: &str| json!([{"percentage": 50, "action": "NOTIFY_CUSTOMER", "text": text}]);
    let table = [
        (json!({}), "ok"),
        (json!({"wrapUp": {"enabled": true, "seconds": 3600}}), "ok"),
        (json!({"wrapUp": {"seconds": 0}}), "wrapUp.seconds: must be 1 to 3600"),
        (json!({"pauses": []}), "ok"),
        (json!({"pauses": [0]}), "pauses: each must be 1 to 86400 seconds"),
        (json!({"pauses": [60, 60]}), "pauses: must rise from one to the next"),
        (json!({"pauses": many}), "at most 10 durations of a pause are allowed"),
        (json!({"agentThresholds": [threshold(50), threshold(75)]}), "ok"),
        (
            json!({"agentThresholds": [threshold(75), threshold(50)]}),
            "agentThresholds[1].percentage: must be 1 to 99 and more than the one before",
        ),
        (
            json!({"agentThresholds": [threshold(100)]}),
            "agentThresholds[0].percentage: must be 1 to 99 and more than the one before",
        ),
        (
            json!({"agentThresholds": [threshold(1), threshold(2), threshold(3), threshold(4)]}),
            "at most 3 thresholds are allowed",
        ),
        (json!({"agents": {"disconnectGraceSeconds": 4}}), "agents.disconnectGraceSeconds: must be 5 to 300"),
        (json!({"agents": {"ronasUntilNotReady": 0}}), "ok"),
        (json!({"agents": {"ronasUntilNotReady": 101}}), "agents.ronasUntilNotReady: must be 0 to 100"),
        (
            json!({"routing": {"priorityHeadStartSeconds": 0}}),
            "routing.priorityHeadStartSeconds: must be 1 to 3600",
        ),
        (json!({"routing": {"callbackPriority": 1}}), "ok"),
        (json!({"routing": {"callbackPriority": 11}}), "routing.callbackPriority: must be 1 to 10"),
        (json!({"web": {"reconnectSeconds": 86_401}}), "web.reconnectSeconds: must be 0 to 86400"),
        (json!({"retention": {"conversationDays": 4000, "reportDays": 1, "logDays": 1}}), "ok"),
        (json!({"retention": {"conversationDays": 4001}}), "retention.conversationDays: must be 0 to 4000"),
        (json!({"retention": {"reportDays": 0}}), "retention.reportDays: must be 1 to 4000"),
        (json!({"retention": {"logDays": 0}}), "retention.logDays: must be 1 to 4000"),
        (
            json!({"texts": {"callBack": "x".repeat(1001)}}),
            "texts.callBack: must have at most 1000 characters",
        ),
        (json!({"texts": {"greeting": "", "closed": "x".repeat(1000)}}), "ok"),
        (json!({"texts": {"paused": "x".repeat(1001)}}), "texts.paused: must have at most 1000 characters"),
        (
            json!({"texts": {"callBack": "x".repeat(1001)}}),
            "texts.callBack: must have at most 1000 characters",
        ),
        (json!({"customerThresholds": notice("Are you still there?")}), "ok"),
        (
            json!({"customerThresholds": notice(" ")}),
            "customerThresholds[0].text: says what the customer is told",
        ),
    ];
    for (change, expected) in table {
        assert_eq!(put(change.clone()), expected, "{change}");
    }
}

#[test]
fn what_was_said_and_counted_is_kept_for_days() {
    const DAY: u64 = 24 * 60 * 60;
    let at = |days: u64| At::from_millis(0) + Span::secs(days * DAY);
    let kept = Retention { conversation_days: 30, report_days: 400, log_days: 90 };
    assert_eq!(kept.conversations_from(at(1000)), Some(at(970)));
    assert_eq!((kept.reports_from(at(1000)), kept.logs_from(at(1000))), (at(600), at(910)));
    assert_eq!(Retention::default().conversations_from(at(1000)), None, "for ever");
}

#[test]
fn there_is_one_settings_object_and_it_stays() {
    let registry = seeded();
    let second = TenantSettings { id: id(9), name: "Other".to_owned(), settings: Settings::default() };
    let refusal = words(registry.check_put(&Object::TenantSettings(second), None));
    assert_eq!(refusal, "id: there is one settings object,");
    let refusal = words(registry.check_delete(Kind::TenantSettings, SETTINGS_ID, None));
    assert_eq!(refusal, "the settings stay; change them instead");
}

#[test]
fn a_registry_older_than_the_settings_has_the_defaults() {
    assert_eq!(Registry::default().settings().value, seeded().settings().value);
}

#[test]
fn what_a_queue_says_differently_is_judged_alike() {
    let wrap_up = serde_json::from_value(json!({"enabled": true, "seconds": 0})).expect("a wrap-up");
    let mut own = queue(1, "billing", 1, vec![]);
    own.wrap_up = Some(wrap_up);
    let mut registry = Registry::default();
    put_all(&mut registry, [super::world::mrd(1, "CHAT", 5)].map(Object::Mrd));
    assert_eq!(words(registry.check_put(&Object::Queue(own), None)), "wrapUp.seconds: must be 1 to 3600");
}
