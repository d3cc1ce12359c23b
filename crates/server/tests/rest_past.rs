//! Past conversations, found by who served them, where, when and about what.

use serde_json::{Value, json};
use tieline_core::registry::Role;

use crate::desk::{ADDRESS, Desk};
use crate::hub::{hub, text_message};

#[tokio::test(flavor = "multi_thread")]
async fn a_past_conversation_is_found_by_what_is_known_of_it() {
    let hub = hub().await;
    let line = hub.register("WEB", "7001", None).await;
    let mut desk = Desk::connect(&hub, "amina").await;
    let topic = desk.converse(&line).await;
    assert!(
        topic.to_string().contains("EDIT_MESSAGE_SUPPORT_DM"),
        "a desk is told whether it may edit: {topic}"
    );
    let conversation = topic["topicData"]["id"].as_str().unwrap().to_owned();
    let customer = topic["topicData"]["customer"]["_id"].as_str().unwrap().to_owned();
    let note = json!({"type": "WRAPUP", "markdownText": "", "note": "paid twice",
        "wrapups": [{"categoryName": "Topic", "value": "Billing"}]});
    let message = json!({"id": "w1", "header": {"sender": {"id": "x", "type": "AGENT"}}, "body": note});
    let event = json!({"id": "e1", "name": "AGENT_MESSAGE", "type": "MESSAGE", "timestamp": 1,
        "conversationId": conversation, "data": message});
    desk.emit(
        "publishCimEvent",
        json!({"cimEvent": event, "agentId": desk.user.id, "conversationId": conversation}),
    )
    .await;
    desk.hear_event("AGENT_MESSAGE").await;
    let mut end = text_message("m2", ADDRESS, "7001", "");
    end["header"]["intent"] = json!("END_CHAT");
    hub.bearer(&line.token).post("/ccm/message/receive", end).await.expect(200);
    desk.emit("topicUnsubscription", json!({"conversationId": conversation})).await;
    desk.hear("topicUnsubscription").await;

    let amina = hub.person("amina", &[Role::Agent]).await;
    let bilal = hub.person("bilal", &[Role::Agent]).await;
    let judge = hub.person("eve", &[Role::Evaluator]).await;
    let registry = hub.app.registry();
    let queue = registry.default_queue().unwrap().value.id.to_string();
    let (channel, agent) = (&line.channel, desk.user.id.to_string());
    for (who, client, query, expected) in [
        ("amina", &amina, "agent=me".to_owned(), Ok(1)),
        ("amina", &amina, format!("agent={agent}&wrapUp=billing"), Ok(1)),
        ("amina", &amina, format!("customer={customer}&queue={queue}"), Ok(1)),
        ("amina", &amina, "wrapUp=billing".to_owned(), Err(403)),
        ("bilal", &bilal, "agent=me".to_owned(), Ok(0)),
        ("bilal", &bilal, format!("agent={agent}"), Err(403)),
        ("eve", &judge, format!("agent={agent}"), Ok(1)),
        ("eve", &judge, format!("channel={channel}&direction=INBOUND"), Ok(1)),
        ("eve", &judge, "direction=OUTBOUND".to_owned(), Ok(0)),
        ("eve", &judge, "wrapUp=fault".to_owned(), Ok(0)),
        ("eve", &judge, "from=2020-01-01T00:00:00Z&until=2021-01-01T00:00:00Z".to_owned(), Ok(0)),
        ("eve", &judge, "from=2020-01-01T00:00:00Z&maxSeconds=600".to_owned(), Ok(1)),
        ("eve", &judge, "minSeconds=600".to_owned(), Ok(0)),
        ("eve", &judge, "agent=me&state=open".to_owned(), Err(400)),
        ("eve", &judge, "queue=nonsense".to_owned(), Err(400)),
        ("eve", &judge, "team=66f27f900303030303000001".to_owned(), Err(400)),
        ("eve", &judge, "minSeconds=long".to_owned(), Err(400)),
    ] {
        let answer = client.get(&format!("/conversation-manager/conversations?{query}")).await;
        let found = match answer.status {
            200 => Ok(answer.body["conversations"].as_array().unwrap().len()),
            status => Err(status),
        };
        assert_eq!(found, expected, "{who} {query}: {}", answer.text);
    }
    let found = amina.get("/conversation-manager/conversations?agent=me").await.expect(200);
    let one: &Value = &found["conversations"][0];
    assert_eq!(one["id"], json!(conversation));
    assert_eq!(one["wrapUps"][0]["value"], "Billing");
    let events = amina.get(&format!("/conversation-manager/conversations/{conversation}/events")).await;
    assert!(events.text.contains("Hallo") && events.text.contains("paid twice"), "{}", events.text);
}

#[tokio::test]
async fn a_log_is_read_on_and_back() {
    let hub = hub().await;
    let line = hub.register("WEB", "7001", None).await;
    let mut conversation = String::new();
    for n in 0..5 {
        let message = text_message(&format!("m{n}"), "visitor", "7001", &format!("line {n}"));
        let answer = hub.bearer(&line.token).post("/ccm/message/receive", message).await.expect(200);
        answer["additionalDetails"]["conversationId"].as_str().unwrap().clone_into(&mut conversation);
    }
    let admin = hub.admin().await;
    let path = format!("/conversation-manager/conversations/{conversation}/events");
    let sequences = |page: &Value| -> Vec<u64> {
        let placed = page["events"].as_array().unwrap().iter();
        placed.map(|placed| placed["sequence"].as_u64().unwrap()).collect()
    };
    let all = sequences(&admin.get(&path).await.expect(200));
    assert!(all.len() >= 5 && all.is_sorted(), "{all:?}");

    let mut before = json!("end");
    let mut read: Vec<u64> = Vec::new();
    while !before.is_null() {
        let cursor = before.to_string();
        let page =
            admin.get(&format!("{path}?limit=2&before={}", cursor.trim_matches('"'))).await.expect(200);
        let found = sequences(&page);
        assert!(found.len() <= 2 && found.is_sorted(), "{found:?}");
        read.splice(0..0, found);
        before = page["next"].clone();
    }
    assert_eq!(read, all);

    for wrong in ["before=soon", "before=-1", "before=end&after=1"] {
        let refused = admin.get(&format!("{path}?{wrong}")).await.expect(400);
        assert_eq!(refused["field"], "before", "{wrong}");
    }
}
