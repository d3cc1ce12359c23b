//! What desks and connectors are shown: against captured shapes, and fact by fact.

mod world;

use std::sync::Arc;

use serde_json::{Value, json};
use tieline_cim::desk::TopicUnsubscribed;
use tieline_core::agent::{Agent, AgentMrd, Desk, State as AgentState};
use tieline_core::conversation::{EndReason, LeaveReason, Participant, Role, Session, SessionState};
use tieline_core::event::{Emitter, Fact, MessageClass, Payload, ReceiptStatus, Rehoming};
use tieline_core::id::Id;
use tieline_core::registry::seed;
use tieline_core::task::{CloseReason, Direction, Mode, Stage, Task};
use tieline_server::wire::scene;

pub use world::fixture;
use world::{NOW, SECRET, World, members};

/// Members of `captured` that `ours` lacks or has with another JSON type. An item of a captured list is looked for
/// in the item of ours that comes closest.
pub fn lacking(at: &str, captured: &Value, ours: &Value) -> Vec<String> {
    match (captured, ours) {
        (Value::Object(captured), Value::Object(ours)) => captured
            .iter()
            .flat_map(|(member, value)| {
                let at = format!("{at}.{member}");
                match ours.get(member) {
                    Some(own) => lacking(&at, value, own),
                    None => vec![at],
                }
            })
            .collect(),
        (Value::Array(captured), Value::Array(ours)) => captured
            .iter()
            .enumerate()
            .flat_map(|(i, item)| {
                let at = format!("{at}[{i}]");
                let closest = ours.iter().map(|own| lacking(&at, item, own)).min_by_key(Vec::len);
                closest.unwrap_or_else(|| vec![at])
            })
            .collect(),
        (Value::Null, _) | (_, Value::Null) => Vec::new(),
        (one, other) if std::mem::discriminant(one) == std::mem::discriminant(other) => Vec::new(),
        (one, other) => vec![format!("{at}: captured {one}, ours {other}")],
    }
}

pub fn check_covers(name: &str, captured: &Value, ours: Value) {
    let lacking = lacking("", captured, &ours);
    assert!(lacking.is_empty(), "{name}: {lacking:#?}\nours: {ours:#}");
    assert!(!ours.to_string().contains(SECRET), "{name}: a connector's password is shown");
}

fn plain(id: &str) -> Value {
    let header = json!({"sender": {"id": "460df46c", "type": "CONNECTOR", "senderName": "WEB_CONNECTOR"},
        "channelData": {"channelCustomerIdentifier": "+4915170011223", "serviceIdentifier": "7001"}});
    json!({"id": id, "header": header, "body": {"type": "PLAIN", "markdownText": "Hallo"}})
}

fn headless(id: &str) -> Value {
    json!({"id": id, "body": {"type": "PLAIN", "markdownText": "Hallo"}})
}

#[test]
fn shapes_are_the_captured_ones() {
    let mut world = World::new();
    let agent_message = world.said(MessageClass::Agent, headless("m1"));
    check_covers(
        "10",
        &fixture("10-webhook-outbound-agent-plain"),
        world.to_webhook(&agent_message).unwrap(),
    );
    let seat = world.seat();
    let joined =
        world.event(Emitter::Agent(world.agent), Fact::AgentSubscribed { participant: seat.clone() });
    check_covers("11", &fixture("11-webhook-outbound-agent-subscribed"), world.to_webhook(&joined).unwrap());
    let started = world.event(Emitter::Customer, Fact::SessionStarted);
    check_covers("36", &fixture("36-widget-CHANNEL_SESSION_STARTED"), world.to_webhook(&started).unwrap());

    let agent = Agent {
        id: world.agent,
        state: AgentState::Ready,
        state_since: NOW,
        logged_in_at: NOW,
        desk: Desk::Away { until: NOW },
        mrds: vec![AgentMrd::new(seed::CHAT_MRD, 3, NOW)],
        offer: None,
        ronas: 0,
    };
    let presence = scene::presence(&world.registry, &agent, true, true, &[seed::CHAT_MRD]);
    check_covers("21", &fixture("21-agent-agentPresence"), json!(presence));

    let session = scene::session(&world.registry, &world.session, &world.customer);
    let offer = scene::task_request(
        &world.registry,
        &world.task,
        Some(Arc::new(session)),
        Some(world.customer.as_ref()),
    );
    check_covers("23", &fixture("23-agent-taskRequest"), json!(offer));

    let said = world.said(MessageClass::Bot, headless("m2"));
    let events = [started, said, joined];
    let topic =
        scene::topic_data(&world.registry, &world.conversation, &world.customer, &seat, events.iter());
    check_covers("25", &fixture("25-agent-onTopicData")["topicData"], json!(topic));

    let said = world.said(MessageClass::Customer, plain("m3"));
    let captured = &fixture("26-agent-onCimEvent-customer-message")["cimEvent"];
    let captured =
        captured.as_str().map_or_else(|| captured.clone(), |text| serde_json::from_str(text).unwrap());
    check_covers("26", &captured, world.to_desk(&said).unwrap());

    let room = Some(scene::room(world.customer.id));
    let left = TopicUnsubscribed::new("c", room, TopicUnsubscribed::WRAPUP_APPLIED);
    check_covers("28", &fixture("28-agent-topicUnsubscription-server"), json!(left));
}

#[test]
fn every_fact_is_told_in_a_form_desks_take_or_not_at_all() {
    let mut world = World::new();
    let (seat, bot) = (world.seat(), world.registry.bots().next().unwrap().value.id);
    let task = || Box::new(world.task.clone());
    let closed = Stage::Closed { reason: CloseReason::Rona, at: NOW };
    let changed = |to| Fact::CustomerChanged {
        from: Id([8; 12]).into(),
        to,
        by: world.agent,
        reason: None,
        why: Rehoming::Linked,
    };
    let facts = [
        (Fact::ConversationStarted, None),
        (Fact::ConversationClosed, None),
        (Fact::BotRoleChanged { bot, role: Role::Primary }, None),
        (changed(Id([9; 12]).into()), None),
        (changed(world.customer.id), Some("ASSOCIATED_CUSTOMER_CHANGED")),
        (Fact::SessionStarted, Some("CHANNEL_SESSION_STARTED")),
        (Fact::SessionEnded { reason: EndReason::Inactivity }, Some("CHANNEL_SESSION_ENDED")),
        (Fact::CustomerLeft, Some("CUSTOMER_LEFT")),
        (Fact::AgentSubscribed { participant: seat.clone() }, Some("AGENT_SUBSCRIBED")),
        (
            Fact::AgentUnsubscribed { participant: seat, reason: LeaveReason::Unsubscribed },
            Some("AGENT_UNSUBSCRIBED"),
        ),
        (Fact::BotSubscribed { bot, role: Role::Primary }, Some("BOT_SUBSCRIBED")),
        (Fact::BotUnsubscribed { bot }, Some("BOT_UNSUBSCRIBED")),
        (Fact::TaskEnqueued { task: task(), queue: world.task.queue }, Some("TASK_ENQUEUED")),
        (Fact::AgentReserved { task: task(), agent: world.agent, choice: None }, Some("AGENT_RESERVED")),
        (
            Fact::TaskChanged { task: Box::new(Task { stage: closed, ..world.task.clone() }) },
            Some("TASK_STATE_CHANGED"),
        ),
        (
            Fact::NoAgentAvailable { direction: Direction::Inbound, mode: Mode::Queue },
            Some("NO_AGENT_AVAILABLE"),
        ),
        (Fact::DataChanged { data: members(json!({"n": 1, "s": "x"})) }, Some("CONVERSATION_DATA_CHANGED")),
        (Fact::Activity { payload: Payload::from_value(&headless("a")) }, Some("THIRD_PARTY_ACTIVITY")),
        (Fact::Activity { payload: Payload::from_value(&json!({"no": "message"})) }, None),
        (
            Fact::Receipt { message: "m".into(), status: ReceiptStatus::Read, reason: None },
            Some("MESSAGE_DELIVERY_NOTIFICATION"),
        ),
    ];
    for (fact, expected) in facts {
        let event = world.event(Emitter::System, fact);
        let told = world.to_desk(&event);
        assert_eq!(told.as_ref().and_then(|told| told["name"].as_str()), expected, "{:?}", event.fact);
        let Some(told) = told else { continue };
        assert_ne!(told["type"], "ACTIVITY");
        assert!(!told["data"].is_null(), "{expected:?}");
        assert!(told["timestamp"].is_i64() && told["eventEmitter"]["id"].is_string(), "{told:#}");
    }
}

#[test]
fn messages_keep_their_sender_and_get_their_session() {
    let mut world = World::new();
    for (class, name, sender) in [
        (MessageClass::Customer, "CUSTOMER_MESSAGE", "CONNECTOR"),
        (MessageClass::Agent, "AGENT_MESSAGE", "AGENT"),
        (MessageClass::WrapUp, "AGENT_MESSAGE", "AGENT"),
        (MessageClass::Whisper, "WHISPER_MESSAGE", "AGENT"),
        (MessageClass::Bot, "BOT_MESSAGE", "BOT"),
    ] {
        let event = world.said(class, headless("m"));
        let told = world.to_desk(&event).unwrap();
        let header = &told["data"]["header"];
        assert_eq!((&told["name"], &header["sender"]["type"]), (&json!(name), &json!(sender)));
        assert_eq!(told["data"]["id"], "m");
        assert_eq!(header["channelSessionId"], json!(world.session.id));
        assert_eq!(header["customer"]["firstName"], "Jonas Brandt");
        assert_eq!(header["channelData"]["additionalAttributes"], json!(world.session.address.attributes));
        assert_eq!(header["stamps"], json!([]));
    }
    let sent = world.said(MessageClass::Customer, plain("m"));
    assert_eq!(world.to_desk(&sent).unwrap()["data"]["header"]["sender"]["senderName"], "WEB_CONNECTOR");
}

#[test]
fn receipts_come_from_whom_desks_look_for() {
    let mut world = World::new();
    let agent = Emitter::Agent(world.agent);
    for (emitter, status, sender) in [
        (Emitter::Customer, ReceiptStatus::Read, "CONNECTOR"),
        (Emitter::Customer, ReceiptStatus::Delivered, "CONNECTOR"),
        (Emitter::Customer, ReceiptStatus::Failed, "SYSTEM"),
        (Emitter::System, ReceiptStatus::Failed, "SYSTEM"),
        (agent, ReceiptStatus::Read, "AGENT"),
    ] {
        let event = world.event(emitter, Fact::Receipt { message: "m".into(), status, reason: None });
        let told = world.to_desk(&event).unwrap();
        assert_eq!(told["data"]["header"]["sender"]["type"], sender, "{emitter:?} {status:?}");
        assert_eq!(told["data"]["header"]["customer"]["firstName"], "Jonas Brandt");
        assert!(
            !told["data"]["header"]["channelData"]["additionalAttributes"].as_array().unwrap().is_empty()
        );
        let leaves = world.to_webhook(&event).is_some();
        assert_eq!(leaves, emitter == agent, "only what an agent has read is news to a connector");
    }
}

#[test]
fn what_leaves_for_a_connector() {
    let mut world = World::new();
    let seat = world.seat();
    let with = |role| Participant { role, ..seat.clone() };
    let wrap_up = json!({"id": "w", "body": {"type": "WRAPUP", "wrapups": [], "note": "x"}});
    let task = Box::new(world.task.clone());
    let reserved = Fact::AgentReserved { task: task.clone(), agent: world.agent, choice: None };
    let left =
        Fact::AgentUnsubscribed { participant: with(Role::Primary), reason: LeaveReason::Unsubscribed };
    let none = Fact::NoAgentAvailable { direction: Direction::Inbound, mode: Mode::Queue };
    let cases = [
        (world.said(MessageClass::Agent, headless("m")), Some("PLAIN")),
        (world.said(MessageClass::Bot, headless("m")), Some("PLAIN")),
        (world.said(MessageClass::Customer, plain("m")), None),
        (world.said(MessageClass::Whisper, headless("m")), None),
        (world.said(MessageClass::WrapUp, wrap_up.clone()), None),
        (world.said(MessageClass::Agent, wrap_up), None),
        (world.event(Emitter::Customer, Fact::SessionStarted), Some("CHANNEL_SESSION_STARTED")),
        (
            world.event(Emitter::System, Fact::SessionEnded { reason: EndReason::Inactivity }),
            Some("CHANNEL_SESSION_ENDED"),
        ),
        (
            world.event(Emitter::System, Fact::AgentSubscribed { participant: with(Role::Primary) }),
            Some("AGENT_SUBSCRIBED"),
        ),
        (
            world.event(Emitter::System, Fact::AgentSubscribed { participant: with(Role::SilentMonitor) }),
            None,
        ),
        (world.event(Emitter::System, left), Some("AGENT_UNSUBSCRIBED")),
        (
            world.event(Emitter::System, Fact::TaskEnqueued { task: task.clone(), queue: world.task.queue }),
            Some("TASK_ENQUEUED"),
        ),
        (world.event(Emitter::System, reserved), Some("AGENT_RESERVED")),
        (world.event(Emitter::System, none), Some("NO_AGENT_AVAILABLE")),
        (world.event(Emitter::System, Fact::TaskChanged { task }), None),
        (world.event(Emitter::System, Fact::ConversationClosed), None),
    ];
    for (event, expected) in cases {
        let told = world.to_webhook(&event);
        let kind = told.as_ref().map(|told| {
            let body = &told["body"];
            body["notificationType"].as_str().or(body["type"].as_str()).unwrap().to_owned()
        });
        assert_eq!(kind.as_deref(), expected, "{:?}", event.fact);
        let Some(told) = told else { continue };
        let expected_id = event.fact.message_id().map_or_else(|| event.id.to_string(), str::to_owned);
        assert_eq!(told["id"], expected_id);
        assert_eq!(told["header"]["channelData"]["channelCustomerIdentifier"], "+4915170011223");
        assert!(told["header"]["timestamp"].is_i64() && told["header"]["sender"]["id"].is_string());
    }
}

#[test]
fn typing_is_passed_on_both_ways() {
    let world = World::new();
    let body = json!({"type": "NOTIFICATION", "notificationType": "TYPING_STARTED"});
    let sender = json!({"id": "x", "type": "CUSTOMER"});
    let payload = Payload::from_value(&json!({"id": "t", "header": {"sender": sender}, "body": body}));
    let told =
        scene::passing_event(&world.registry, &payload, world.conversation.id, &world.scene(), NOW).unwrap();
    let told = json!(told);
    assert_eq!((&told["name"], &told["type"]), (&json!("TYPING_INDICATOR"), &json!("NOTIFICATION")));
    assert_eq!(told["data"]["header"]["sender"]["type"], "CONNECTOR", "desks show no other typing");
    let told = json!(scene::passing_message(&payload, &world.session, &world.customer).unwrap());
    assert_eq!(told["header"]["channelData"]["serviceIdentifier"], "7001");
    assert_eq!(told["body"]["notificationType"], "TYPING_STARTED");
}

#[test]
fn past_events_have_written_times_and_sessions_say_how_they_stand() {
    let mut world = World::new();
    let ended = SessionState::Ended { at: NOW, reason: EndReason::Customer };
    world.conversation.sessions = vec![
        Arc::new(Session { state: ended, ..Session::clone(&world.session) }),
        Arc::clone(&world.session),
    ];
    let event = world.event(Emitter::System, Fact::SessionEnded { reason: EndReason::Customer });
    let seat = world.seat();
    let topic =
        json!(scene::topic_data(&world.registry, &world.conversation, &world.customer, &seat, [&event]));
    assert_eq!(topic["topicEvents"][0]["timestamp"], "2024-09-24T11:58:22.000+00:00");
    assert_eq!(topic["topicEvents"][0]["data"]["active"], false);
    assert_eq!(topic["topicEvents"][0]["data"]["isActive"], false);
    assert_eq!(topic["topicEvents"][0]["data"]["state"], json!({"name": "ENDED", "reasonCode": "CUSTOMER"}));
    let customers =
        topic["participants"].as_array().unwrap().iter().filter(|seat| seat["type"] == "CUSTOMER");
    assert_eq!(customers.count(), 1, "only sessions that are open");
    assert_eq!(
        topic["conversationData"],
        json!({"first_name": "Jonas", "last_name": "Brandt", "phone": "+4915170011223"})
    );
}
