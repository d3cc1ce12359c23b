//! Requests for an agent over HTTP: asked for, explained, flushed.

use serde_json::{Value, json};

use crate::hub::{Client, hub, text_message};
use tieline_core::registry::Role;

async fn waiting_task(admin: &Client, conversation: &str) -> Value {
    let shown = admin.get(&format!("/conversation-manager/conversations/{conversation}")).await.expect(200);
    let tasks = shown["tasks"].as_array().unwrap();
    tasks.iter().find(|task| task["state"] != "CLOSED").cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_request_is_made_explained_and_flushed() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let connector = hub.bearer(&web.token);
    let admin = hub.admin().await;
    hub.add_user("amina", &[Role::Agent]).await;
    let mut opening = text_message("m1", "+1", "1000", "hello");
    opening["header"]["intent"] = json!("START_CONVERSATION");
    let opened = connector.post("/ccm/message/receive", opening).await.expect(200);
    let conversation = opened["additionalDetails"]["conversationId"].as_str().unwrap().to_owned();
    let waiting = waiting_task(&admin, &conversation).await;
    if waiting.is_null() {
        let asked = json!({"conversationId": conversation, "priority": 40,
                           "queue": {"type": "NAME", "value": "Default"}});
        let made = admin.post("/routing-engine/assign-resource", asked.clone()).await.expect(200);
        let again = admin.post("/routing-engine/assign-resource", asked).await.expect(409);
        assert_eq!((&again["code"], &again["why"]), (&json!("conflict"), &json!({"code": "served_already"})));
        let waiting = waiting_task(&admin, &conversation).await;
        assert_eq!((&waiting["id"], &waiting["priority"]), (&made["taskId"], &json!(10)));
    }
    let task = waiting_task(&admin, &conversation).await["id"].as_str().unwrap().to_owned();

    let path = format!("/conversation-manager/conversations/{conversation}/tasks/{task}/explanation");
    let why = admin.get(&path).await.expect(200);
    assert_eq!((&why["waits"], &why["position"], &why["inQueue"]), (&json!(true), &json!(1), &json!(1)));
    let sentences = why["sentences"].as_array().unwrap();
    assert!(sentences.contains(&json!("amina Test is logged out")), "{sentences:?}");
    assert_eq!(why["why"][0], json!({"code": "waits_at", "values": {"position": 1, "total": 1}}));
    let out = json!({"code": "agent_is_logged_out"});
    assert!(why["agents"].as_array().unwrap().iter().any(|agent| agent["why"] == out), "{}", why["agents"]);

    hub.person("bilal", &[Role::Agent]).await.post("/routing-engine/flush", json!({})).await.expect(403);
    let flushed = admin.post("/routing-engine/flush", json!({})).await.expect(200);
    assert_eq!(flushed["flushed"], 1);
    assert_eq!(waiting_task(&admin, &conversation).await, Value::Null);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_refused() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let nowhere = "0".repeat(24);
    admin.post(&format!("/routing-engine/precision-queues/{nowhere}/flush"), json!({})).await.expect(404);
    let asked = json!({"queue": {"type": "NAME", "value": "Default"}});
    let unnamed = admin.post("/routing-engine/assign-resource", asked).await.expect(400);
    assert_eq!(unnamed["field"], "conversationId");
}

#[tokio::test]
async fn what_a_channel_does_when_nobody_comes_is_kept() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let path = format!("/ccm/channels/{}", web.channel);
    let mut channel = admin.get(&path).await.expect(200);
    let queue = channel["channelConfig"]["routingPolicy"]["routingObjectId"].clone();
    let policy = &mut channel["channelConfig"]["routingPolicy"];
    policy["announceWait"] = json!(true);
    policy["whenNobodyCame"] = json!("QUEUE");
    admin.put(&path, channel.clone()).await.expect(400);
    channel["channelConfig"]["routingPolicy"]["nobodyCameQueueId"] = queue.clone();
    let mut kept = admin.put(&path, channel).await.expect(200);
    let policy = kept["channelConfig"]["routingPolicy"].as_object_mut().unwrap();
    assert_eq!((&policy["nobodyCameQueueId"], &policy["announceWait"]), (&queue, &json!(true)));

    // A client who does not know these members does not take them away.
    for ours in ["announceWait", "whenNobodyCame", "nobodyCameQueueId"] {
        policy.remove(ours);
    }
    let kept = admin.put(&path, kept).await.expect(200);
    assert_eq!(kept["channelConfig"]["routingPolicy"]["whenNobodyCame"], "QUEUE");

    let list = admin.post("/unified-admin/pull-mode-list", json!({"name": "Back"})).await.expect(201);
    let mut kept = kept;
    kept["channelConfig"]["routingPolicy"]["whenNobodyCame"] = json!("CALLBACK");
    let unnamed = admin.put(&path, kept.clone()).await.expect(400);
    assert_eq!(unnamed["field"], "channelConfig.routingPolicy.nobodyCameListId");
    kept["channelConfig"]["routingPolicy"]["nobodyCameListId"] = list["id"].clone();
    let kept = admin.put(&path, kept).await.expect(200);
    assert_eq!(kept["channelConfig"]["routingPolicy"]["nobodyCameListId"], list["id"]);
    let list = format!("/unified-admin/pull-mode-list/{}", list["id"].as_str().unwrap());
    admin.delete(&list).await.expect(409);
}
