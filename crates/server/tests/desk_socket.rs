//! Desks that cannot keep up, and hubs that start over: seen through a client that polls only when it is told to.

use serde_json::{Value, json};
use tieline_core::command::Command;
use tieline_core::effect::Push;
use tieline_core::id::{ConnectionId, ConversationId, UserId};
use tieline_core::registry::{Object, User};
use tieline_core::state::State;

use crate::desk::{Desk, customer_says};
use crate::hub::{TestHub, hub};

async fn connection_of(hub: &TestHub, agent: UserId) -> ConnectionId {
    let found = move |state: &State| state.agents().find(|one| one.id == agent)?.connection();
    hub.app.engine.ask(found).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_of_the_engine_a_desk_is_shown_everything_anew_over_the_socket_it_has() {
    let hub = hub().await;
    let line = hub.register("GENERIC", "7001", None).await;
    let mut desk = Desk::connect(&hub, "amina").await;
    let topic = desk.converse(&line).await;
    hub.app.desks.drop_all();
    let gone = desk.hear("topicUnsubscription").await;
    assert_eq!(gone["conversationId"], topic["conversationId"]);
    assert_eq!(desk.hear("agentPresence").await["agentPresence"]["state"]["name"], "READY");
    assert_eq!(desk.hear("onTopicData").await["conversationId"], topic["conversationId"]);
    customer_says(&hub, &line, "m2", "Noch da?").await;
    let event = desk.hear("onCimEvent").await;
    assert!(event["cimEvent"].as_str().unwrap().contains("Noch da?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_message_says_to_whose_desks_it_was_sent() {
    let hub = hub().await;
    let line = hub.register("GENERIC", "7001", None).await;
    let mut desk = Desk::connect(&hub, "amina").await;
    desk.converse(&line).await;
    customer_says(&hub, &line, "m2", "Noch da?").await;
    desk.hear("onCimEvent").await;
    let admin = hub.admin().await;
    for (message, how) in [("m1", "ON_JOINING"), ("m2", "LIVE")] {
        let path = format!("/conversation-manager/messages/{message}/timeline");
        let timeline = admin.get(&path).await.expect(200)[0].clone();
        let shown = timeline["shownTo"].as_array().unwrap();
        assert_eq!(shown.len(), 1, "{timeline}");
        assert_eq!(shown[0]["agent"], json!({"id": desk.user.id, "name": "amina"}));
        assert_eq!((&shown[0]["how"], &timeline["deliveries"]), (&json!(how), &json!([])));
    }
    // Nobody is shown what comes while no desk is connected.
    let (agent, connection) = (desk.user.id, connection_of(&hub, desk.user.id).await);
    hub.app.engine.submit(Command::DisconnectDesk { agent, connection }).await.unwrap().unwrap();
    customer_says(&hub, &line, "m3", "Hallo?").await;
    let timeline = admin.get("/conversation-manager/messages/m3/timeline").await.expect(200)[0].clone();
    assert_eq!(timeline["shownTo"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_falls_behind_is_shown_everything_anew_and_misses_nothing() {
    let hub = hub().await;
    let line = hub.register("GENERIC", "7001", None).await;
    let mut desk = Desk::connect(&hub, "bilal").await;
    let topic = desk.converse(&line).await;
    let conversation: ConversationId = topic["conversationId"].as_str().unwrap().parse().unwrap();
    let connection = connection_of(&hub, desk.user.id).await;
    // More than waits for a client and for a line, for something it is not holding.
    let other = ConversationId::from(tieline_core::id::Id([1; 12]));
    for _ in 0..2_000 {
        hub.app.desks.push(connection, Push::Unsubscribed { conversation: other, reason: "UNSUBSCRIBED" });
    }
    customer_says(&hub, &line, "m2", "Hört mich jemand?").await;
    let again = loop {
        let again = desk.hear("onTopicData").await;
        if again["conversationId"] == json!(conversation) {
            break again;
        }
    };
    let events = again["topicData"]["topicEvents"].as_array().unwrap();
    let heard = events.iter().any(|event| event["data"]["body"]["markdownText"] == "Hört mich jemand?");
    let later = async {
        loop {
            let event = desk.hear("onCimEvent").await;
            if event["cimEvent"].as_str().unwrap().contains("Hört mich jemand?") {
                return true;
            }
        }
    };
    assert!(heard || later.await, "what the customer said was lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_whose_session_was_ended_is_told_so_and_cut_off() {
    let hub = hub().await;
    let mut desk = Desk::connect(&hub, "sara").await;
    let user = User { token_version: desk.user.token_version + 1, ..desk.user.clone() };
    hub.put(Object::User(user)).await;
    desk.emit("changeAgentState", json!({})).await;
    let why = "your session was ended; sign in again";
    let coded = json!({"code": "session_ended"});
    assert_eq!(desk.hear("errors").await, json!({"task": "connection", "msg": why, "why": coded}));
    let removed = desk.hear("socketSessionRemoved").await;
    assert_eq!(removed, json!({"agentId": desk.user.id, "reason": why, "why": coded}));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_taken_as_an_object_or_as_text_and_further_arguments_mean_nothing() {
    let hub = hub().await;
    let line = hub.register("GENERIC", "7001", None).await;
    let mut desk = Desk::connect(&hub, "dora").await;
    let topic = desk.converse(&line).await;
    let event = |id: &str| {
        let body = json!({"markdownText": format!("Antwort {id}"), "type": "PLAIN"});
        json!({"id": id, "name": "AGENT_MESSAGE", "type": "MESSAGE", "data": {"id": id, "header": {}, "body": body}})
    };
    let conversation = &topic["conversationId"];
    let publication = |event: Value| json!({"cimEvent": event, "conversationId": conversation});
    for (id, packet) in [
        ("r1", json!(["publishCimEvent", publication(event("r1"))])),
        ("r2", json!(["publishCimEvent", publication(event("r2").to_string().into())])),
        ("r3", json!(["publishCimEvent", publication(event("r3")), {"further": true}])),
    ] {
        desk.send(&format!("42{packet}")).await;
        let told = loop {
            let told = desk.hear("onCimEvent").await;
            if told["cimEvent"].as_str().unwrap().contains("AGENT_MESSAGE") {
                break told;
            }
        };
        assert_eq!(told["conversationId"], *conversation, "{packet}");
        let shown: Value = serde_json::from_str(told["cimEvent"].as_str().unwrap()).unwrap();
        assert_eq!(shown["data"]["id"], id, "{packet}");
        assert_eq!(shown["data"]["body"]["markdownText"], format!("Antwort {id}"), "{packet}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_cannot_be_read_is_answered_with_what_is_wrong_with_it() {
    let hub = hub().await;
    let mut desk = Desk::connect(&hub, "emil").await;
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let deep = format!("{{\"cimEvent\":{{\"name\":\"AGENT_MESSAGE\",\"data\":{}}}}}", nested(200));
    let deep_text = json!({"cimEvent": format!("{{\"data\":{}}}", nested(100))}).to_string();
    let too_deep = "is nested deeper than 64 levels";
    for (task, argument, expected) in [
        ("publishCimEvent", "", "the request has no argument"),
        ("publishCimEvent", ",null", "invalid type: null"),
        ("publishCimEvent", ",7", "invalid type: integer `7`"),
        ("publishCimEvent", ",{\"cimEvent\":7}", "cimEvent: invalid type: integer `7`"),
        ("publishCimEvent", ",{\"cimEvent\":\"{broken\"}", "cimEvent: key must be a string"),
        ("publishCimEvent", ",{\"cimEvent\":{\"name\":\"AGENT_MESSAGE\"}}", "cimEvent.data: is missing"),
        ("publishCimEvent", &format!(",{deep}"), too_deep),
        ("publishCimEvent", &format!(",{deep_text}"), &format!("cimEvent: {too_deep}")),
        ("closeWrapup", ",{\"cimEvent\":\"7\"}", "cimEvent: invalid type: integer `7`"),
    ] {
        desk.send(&format!("42[\"{task}\"{argument}]")).await;
        let refusal = desk.hear("errors").await;
        assert_eq!(refusal["task"], task, "{argument}");
        let msg = refusal["msg"].as_str().unwrap();
        assert!(msg.starts_with(expected), "{task}{argument}: {msg}");
    }
}
