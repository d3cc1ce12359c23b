//! Bots over real HTTP: every kind asked, answering well, badly, late and by itself.

use axum::response::IntoResponse;
use serde_json::{Value, json};
use tieline_core::registry::Role;
use tieline_server::signature::{SigningSecret, verify};

use crate::hub::{Client, Registered, TestHub, hub, hub_with, text_message};
use crate::real_bot::RealBot;

/// A hub with a bot on its one channel, and what it takes to talk over it.
struct Scene {
    hub: TestHub,
    bot: RealBot,
    admin: Client,
    connector: Client,
    channel: Registered,
    registered: Value,
    seen: u64,
}

impl Scene {
    async fn open(kind: &str, settings: Value) -> Self {
        let (hub, bot) = (hub().await, RealBot::start().await);
        let admin = hub.admin().await;
        let mut body = json!({"botName": "guru", "botType": kind, "botUri": bot.uri});
        body.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let registered = admin.post("/bot-framework/bot-connectors", body).await.expect(201);
        let channel = hub.register("WEB", "7001", None).await;
        let path = format!("/ccm/channels/{}", channel.channel);
        let mut config = admin.get(&path).await.expect(200);
        config["channelConfig"]["botId"] = registered["botId"].clone();
        admin.put(&path, config).await.expect(200);
        let connector = hub.bearer(&channel.token);
        Self { hub, bot, admin, connector, channel, registered, seen: 0 }
    }

    async fn customer_says(&self, id: &str, text: &str) -> String {
        let message = text_message(id, "visitor", "7001", text);
        let accepted = self.connector.post("/ccm/message/receive", message).await.expect(200);
        accepted["additionalDetails"]["conversationId"].as_str().unwrap().to_owned()
    }

    /// The next thing the customer is told, past notices.
    async fn customer_hears(&mut self) -> Value {
        loop {
            let path = format!(
                "/ccm/channel-connectors/{}/events?limit=1&wait=30&after={}",
                self.channel.connector, self.seen
            );
            let page = self.connector.get(&path).await.expect(200);
            let Some(told) = page["events"].as_array().unwrap().first() else { continue };
            self.seen = page["next"].as_u64().unwrap();
            if told["message"]["body"]["type"] != "NOTIFICATION" {
                return told["message"]["body"].clone();
            }
        }
    }

    async fn customer_hears_text(&mut self) -> String {
        self.customer_hears().await["markdownText"].as_str().unwrap_or_default().to_owned()
    }

    /// Names and data of the events of a conversation that come from or concern its bot.
    async fn log(&self, conversation: &str) -> Vec<(String, Value)> {
        let path = format!("/conversation-manager/conversations/{conversation}/events?limit=1000");
        let page = self.admin.get(&path).await.expect(200);
        let told = page["events"].as_array().unwrap().iter().map(|item| &item["event"]);
        told.map(|event| (event["name"].as_str().unwrap().to_owned(), event["data"].clone())).collect()
    }

    /// What the timeline of a customer's message says of the question put to the bot.
    async fn asked_about(&self, message: &str) -> Value {
        let path = format!("/conversation-manager/messages/{message}/timeline");
        let timeline = self.admin.get(&path).await.expect(200);
        let deliveries = timeline[0]["deliveries"].as_array().unwrap();
        assert_eq!((deliveries.len(), &deliveries[0]["kind"]), (1, &json!("QUESTION")), "{timeline}");
        deliveries[0].clone()
    }

    async fn reason_for(&self, conversation: &str, name: &str) -> String {
        let log = self.log(conversation).await;
        let found = log.iter().find(|(found, _)| found == name);
        found.unwrap_or_else(|| panic!("no {name} in {log:?}")).1["reason"].as_str().unwrap().to_owned()
    }
}

fn plain(text: &str) -> Value {
    json!({"body": {"type": "PLAIN", "markdownText": text}})
}

const HANDED_OVER: &str = "One moment please, I am looking for somebody who can help you.";

#[tokio::test]
async fn a_custom_bot_is_asked_signed_and_answers_at_once() {
    let mut scene = Scene::open("CUSTOM", json!({})).await;
    scene.bot.will(
        json!([plain("hi"), {"intent": {"name": "x", "confidence": 1}, "mode": null, "body":
        {"type": "ACTION", "name": "FIND_AGENT", "data": {}}}])
        .to_string(),
    );
    let conversation = scene.customer_says("m1", "hello").await;
    assert_eq!(scene.customer_hears_text().await, "hi");
    assert_eq!(scene.customer_hears_text().await, HANDED_OVER);

    let asked = scene.bot.next().await;
    assert_eq!((&*asked.path, &asked.body["type"]), ("/", &json!("message")));
    assert_eq!(asked.body["conversation"], conversation);
    assert_eq!(asked.body["message"], "hello");
    assert_eq!(asked.body["entities"], Value::Null);
    assert_eq!(asked.body["metadata"]["id"], "m1");
    assert_eq!(asked.body["metadata"]["body"]["markdownText"], "hello");
    assert_eq!(asked.body["metadata"]["header"]["channelData"]["serviceIdentifier"], "7001");
    let header = |name: &str| asked.headers[name].to_str().unwrap();
    let secret = SigningSecret::parse(scene.registered["credentials"]["signingSecret"].as_str().unwrap());
    verify(
        &[secret.unwrap()],
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
        &asked.bytes,
        header("webhook-timestamp").parse().unwrap(),
    )
    .unwrap();
    assert_eq!(header("idempotency-key"), header("webhook-id"));

    let log = scene.log(&conversation).await;
    let action = &log.iter().find(|(name, _)| name == "ACTION_MESSAGE").unwrap().1;
    assert_eq!((&action["name"], &action["data"]), (&json!("FIND_AGENT"), &json!({})));
    let question = scene.asked_about("m1").await;
    assert_eq!((&question["bot"]["name"], &question["outcome"]), (&json!("guru"), &json!("DELIVERED")));
}

#[tokio::test]
async fn a_bot_that_takes_its_time_answers_with_its_own_token() {
    let mut scene = Scene::open("CUSTOM", json!({"timeoutMs": 60_000})).await;
    scene.bot.will("");
    let conversation = scene.customer_says("m1", "hello").await;
    scene.bot.next().await;
    let token = scene.registered["credentials"]["token"].as_str().unwrap().to_owned();
    let guru = scene.hub.bearer(&token);
    let path = "/bot-framework/bot-messages";
    let bot_id = scene.registered["botId"].clone();
    let says =
        |text: &str| json!({"conversationId": conversation, "botId": bot_id, "BotMessage": [plain(text)]});
    scene.hub.stranger().post(path, says("hi")).await.expect(401);
    scene.connector.post(path, says("hi")).await.expect(401);
    scene.admin.post(path, says("hi")).await.expect(401);
    let other = json!({"conversationId": conversation, "botId": conversation, "BotMessage": []});
    guru.post(path, other).await.expect(403);
    let nowhere = json!({"conversationId": bot_id, "botId": bot_id, "BotMessage": [plain("x")]});
    guru.post(path, nowhere).await.expect(404);
    guru.post(path, says("hi")).await.expect(204);
    assert_eq!(scene.customer_hears_text().await, "hi");
    // A second time it is the same answer; under a key of its own it is another one.
    guru.post(path, says("hi")).await.expect(204);
    guru.with("idempotency-key", "k").post(path, says("by the way")).await.expect(204);
    guru.with("idempotency-key", "k").post(path, says("by the way")).await.expect(204);
    guru.post(path, says("that is all")).await.expect(204);
    assert_eq!(scene.customer_hears_text().await, "by the way");
    assert_eq!(scene.customer_hears_text().await, "that is all");
    // A bot's token opens nothing else.
    guru.get("/bot-framework/bot-connectors").await.expect(401);
    guru.post("/ccm/message/receive", text_message("m2", "visitor", "7001", "x")).await.expect(401);
}

#[tokio::test]
async fn rasa_is_asked_in_its_own_words() {
    let mut scene = Scene::open("RASA", json!({"sendEvents": true})).await;
    scene.bot.will("[]");
    scene.bot.will(
        json!([{"recipient_id": "x", "text": "which?", "buttons": [{"title": "A", "payload": "/a"}]}])
            .to_string(),
    );
    let conversation = scene.customer_says("m1", "hello").await;
    let told = scene.customer_hears().await;
    assert_eq!((&told["type"], &told["buttons"][0]["title"]), (&json!("BUTTON"), &json!("A")));
    let (event, message) = (scene.bot.next().await, scene.bot.next().await);
    assert_eq!((&*event.path, &event.body["sender"]), ("/webhooks/rest/webhook", &json!(conversation)));
    assert!(
        event.body["message"].as_str().unwrap().starts_with("/CHANNEL_SESSION_STARTED{\"channelSession\"")
    );
    assert_eq!((&message.body["message"], &message.body["metadata"]["id"]), (&json!("hello"), &json!("m1")));
}

#[tokio::test]
async fn the_address_of_a_bot_may_be_the_one_it_is_asked_at() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let model = json!({"name": "small", "apiKey": "sk-secret"});
    for (kind, given, asked_at) in [
        ("RASA", "", "/webhooks/rest/webhook"),
        ("RASA", "/", "/webhooks/rest/webhook"),
        ("RASA", "/rasa", "/rasa/webhooks/rest/webhook"),
        ("RASA", "/webhooks/rest/webhook", "/webhooks/rest/webhook"),
        ("RASA", "/rasa/webhooks/rest/webhook/", "/rasa/webhooks/rest/webhook"),
        ("OPENAI", "/v1", "/v1/chat/completions"),
        ("OPENAI", "/v1/chat/completions", "/v1/chat/completions"),
        ("CUSTOM", "/ask/", "/ask/"),
    ] {
        let mut bot = RealBot::start().await;
        let uri = format!("{}{given}", bot.uri);
        let mut body = json!({"botName": uri, "botType": kind, "botUri": uri});
        if kind == "OPENAI" {
            body["model"] = model.clone();
        }
        let registered = admin.post("/bot-framework/bot-connectors", body).await.expect(201);
        bot.will("[]");
        let path = format!("/bot-framework/bot-connectors/{}/test", registered["botId"].as_str().unwrap());
        admin.post(&path, json!({"message": "are you there?"})).await.expect(200);
        assert_eq!(bot.next().await.path, asked_at, "{kind} {given}");
    }
}

#[tokio::test]
async fn a_language_model_is_shown_what_was_said_and_may_hand_over() {
    let model = json!({"name": "small", "apiKey": "sk-secret", "systemPrompt": "Be kind.", "historyMax": 3});
    let mut scene = Scene::open("OPENAI", json!({"model": model, "timeoutMs": 10_000})).await;
    assert_eq!(scene.registered["model"]["apiKey"], "********");
    let completion = |message: Value| json!({"choices": [{"message": message}]}).to_string();
    scene.bot.will(completion(json!({"role": "assistant", "content": "Of course."})));
    scene.bot.will(completion(json!({"content": null, "tool_calls": [
        {"type": "function", "function": {"name": "find_agent", "arguments": "{\"priority\": 3}"}}]})));
    let conversation = scene.customer_says("m1", "can you help?").await;
    assert_eq!(scene.customer_hears_text().await, "Of course.");
    scene.customer_says("m2", "no, a person please").await;
    assert_eq!(scene.customer_hears_text().await, HANDED_OVER);
    let (first, second) = (scene.bot.next().await, scene.bot.next().await);
    assert_eq!((&*first.path, &first.body["model"]), ("/chat/completions", &json!("small")));
    assert_eq!(first.headers["authorization"], "Bearer sk-secret");
    let said = |role: &str, text: &str| json!({"role": role, "content": text});
    assert_eq!(first.body["messages"], json!([said("system", "Be kind."), said("user", "can you help?")]));
    let expected = [
        said("system", "Be kind."),
        said("user", "can you help?"),
        said("assistant", "Of course."),
        said("user", "no, a person please"),
    ];
    assert_eq!(second.body["messages"], json!(expected));
    let log = scene.log(&conversation).await;
    let queued = log.iter().find(|(name, _)| name == "TASK_ENQUEUED").unwrap();
    assert_eq!(queued.1["task"]["activeMedia"][0]["priority"], 3);
}

#[tokio::test]
async fn a_language_model_that_notes_something_is_asked_on_until_it_answers() {
    let mut scene =
        Scene::open("OPENAI", json!({"model": {"name": "small", "apiKey": "k"}, "timeoutMs": 10_000})).await;
    let completion = |message: &Value| json!({"choices": [{"message": message}]}).to_string();
    let notes = |arguments: &str| {
        let function = json!({"name": "update_conversation_data", "arguments": arguments});
        json!({"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function", "function": function}]})
    };
    let noted = notes("{\"conversationData\": {\"topic\": \"router\"}}");
    scene.bot.will(completion(&noted));
    scene.bot.will(completion(&notes("{")));
    scene.bot.will(completion(&json!({"role": "assistant", "content": "Which model is it?"})));
    let conversation = scene.customer_says("m1", "my router keeps rebooting").await;
    assert_eq!(scene.customer_hears_text().await, "Which model is it?");
    let (first, second, third) = (scene.bot.next().await, scene.bot.next().await, scene.bot.next().await);
    assert_ne!(first.headers["idempotency-key"], second.headers["idempotency-key"]);
    let result = |text: &str| json!({"role": "tool", "tool_call_id": "call_1", "content": text});
    assert_eq!(second.body["messages"].as_array().unwrap()[1..], [noted, result("done")]);
    let last = third.body["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, result("its arguments are no JSON"));
    assert_eq!((&second.body["tool_choice"], &third.body["tool_choice"]), (&Value::Null, &json!("none")));
    let log = scene.log(&conversation).await;
    let data = log.iter().find(|(name, _)| name == "CONVERSATION_DATA_CHANGED").unwrap();
    assert_eq!(data.1["topic"], "router");
    // One that never comes to an answer leaves the customer to a person.
    for _ in 0..3 {
        scene.bot.will(completion(&notes("{\"conversationData\": {\"topic\": \"again\"}}")));
    }
    scene.customer_says("m2", "the small one").await;
    assert_eq!(scene.customer_hears_text().await, HANDED_OVER);
}

#[tokio::test]
async fn whatever_comes_back_the_customer_is_handed_over_and_the_reason_written_down() {
    let mut scene = Scene::open("CUSTOM", json!({"timeoutMs": 3_000})).await;
    let huge = format!("[{}]", "1,".repeat(6_000_000));
    let cases = [
        ("200", "[]".to_owned(), "NO_RESPONSE_ENTITY", "the answer held nothing for the customer"),
        ("200", "<html>busy</html>".to_owned(), "BOT_NOT_AVAILABLE", "its answer is no JSON"),
        ("200", huge, "BOT_NOT_AVAILABLE", "its answer is larger than 1048576 bytes"),
        ("500", "broken".to_owned(), "BOT_NOT_AVAILABLE", "500 Internal Server Error"),
        ("400", "no such model".to_owned(), "BOT_NOT_AVAILABLE", "400 Bad Request: no such model"),
        ("401", "wrong key".to_owned(), "BOT_NOT_AVAILABLE", "401 Unauthorized: wrong key"),
        ("403", "not yours".to_owned(), "BOT_NOT_AVAILABLE", "403 Forbidden: not yours"),
        ("404", "not here".to_owned(), "BOT_NOT_AVAILABLE", "404 Not Found: not here"),
        ("410", "gone".to_owned(), "BOT_NOT_AVAILABLE", "the endpoint is gone for good (410)"),
        ("429", "slowly".to_owned(), "BOT_NOT_AVAILABLE", "429 Too Many Requests: slowly"),
        (
            "200",
            r#"{"body":{"type":"ACTION","name":"DANCE"}}"#.to_owned(),
            "NO_RESPONSE_ENTITY",
            "the answer",
        ),
    ];
    for (n, (status, answer, name, reason)) in cases.into_iter().enumerate() {
        // A failed attempt is made three times within the bot's time, unless a repeat cannot help.
        for _ in 0..3 {
            let status = status.parse::<axum::http::StatusCode>().unwrap();
            scene.bot.answers.lock().unwrap().push_back((status, answer.clone()).into_response());
        }
        let conversation = scene.customer_says(&format!("m{n}"), "hello").await;
        assert_eq!(scene.customer_hears_text().await, HANDED_OVER, "{answer:.40}");
        let found = scene.reason_for(&conversation, name).await;
        assert!(found.starts_with(reason), "{found}");
        let asked = scene.asked_about(&format!("m{n}")).await;
        let attempts = asked["attempts"].as_array().unwrap();
        let status: u16 = status.parse().unwrap();
        let (made, outcome) = match (name, status) {
            ("BOT_NOT_AVAILABLE", 400..=410) => (1, "SUPERSEDED"),
            ("BOT_NOT_AVAILABLE", _) => (3, "SUPERSEDED"),
            _ => (1, "DELIVERED"),
        };
        assert_eq!((attempts.len(), &asked["outcome"]), (made, &json!(outcome)), "{asked}");
        assert!(attempts.iter().all(|one| one["status"] == status), "{asked}");
        scene.bot.answers.lock().unwrap().clear();
        let mut end = text_message(&format!("e{n}"), "visitor", "7001", "");
        end["header"]["intent"] = json!("END_CHAT");
        scene.connector.post("/ccm/message/receive", end).await.expect(200);
    }
}

#[tokio::test]
async fn a_bot_that_stalls_or_is_not_there_is_not_waited_for() {
    let mut scene = Scene::open("CUSTOM", json!({"timeoutMs": 500})).await;
    let conversation = scene.customer_says("m1", "hello").await;
    assert_eq!(scene.customer_hears_text().await, HANDED_OVER);
    assert_eq!(scene.reason_for(&conversation, "BOT_TIMEOUT").await, "no answer in time");
    // The address is refused before anything is sent.
    let guarded = hub_with(|config| config.delivery.allow_addresses.clear()).await;
    let admin = guarded.admin().await;
    let body = json!({"botName": "inner", "botType": "CUSTOM", "botUri": scene.bot.uri});
    let bot = admin.post("/bot-framework/bot-connectors", body).await.expect(201);
    let path = format!("/bot-framework/bot-connectors/{}/test", bot["botId"].as_str().unwrap());
    let tried = admin.post(&path, json!({})).await.expect(200);
    assert_eq!((&tried["outcome"], &tried["reachable"]), (&json!("FAILED"), &json!(false)));
    assert!(tried["error"].as_str().unwrap().contains("allow_addresses"), "{tried}");
}

#[tokio::test]
async fn a_bot_can_be_tried_without_a_customer() {
    let mut scene = Scene::open("CUSTOM", json!({})).await;
    let path = format!("/bot-framework/bot-connectors/{}/test", scene.registered["botId"].as_str().unwrap());
    scene.bot.will(json!([plain("hi"), {"body": {"type": "ACTION", "name": "DANCE"}}]).to_string());
    let tried = scene.admin.post(&path, json!({"message": "are you there?"})).await.expect(200);
    assert_eq!(scene.bot.next().await.body["message"], "are you there?");
    assert_eq!(
        (&tried["outcome"], &tried["reachable"], &tried["status"]),
        (&json!("ANSWERED"), &json!(true), &json!(200))
    );
    assert_eq!(
        tried["replies"],
        json!([
            {"understood": true, "mode": "message", "body": {"type": "PLAIN", "markdownText": "hi"}},
            {"understood": false, "action": "DANCE", "reason": "there is no such action"},
        ])
    );
    scene.bot.will("");
    let later = scene.admin.post(&path, json!({})).await.expect(200);
    assert_eq!(later["outcome"], "LATER");
    let flow = json!({"botName": "flow", "botType": "DIALOGFLOW"});
    let flow = scene.admin.post("/bot-framework/bot-connectors", flow).await.expect(201);
    let path = format!("/bot-framework/bot-connectors/{}/test", flow["botId"].as_str().unwrap());
    let tried = scene.admin.post(&path, json!({})).await.expect(200);
    assert_eq!(tried["error"], "a bot of this type cannot be called");
    let agent = scene.hub.person("amina", &[Role::Agent]).await;
    agent.post(&path, json!({})).await.expect(403);
}

#[tokio::test]
async fn settings_stay_unless_they_are_sent_and_a_key_goes_to_no_other_address() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let path = "/bot-framework/bot-connectors";
    let queue = hub.app.registry().default_queue().unwrap().value.id.to_string();
    let menu = json!({"text": "What?", "choices": [
        {"title": "Times", "action": "SAY", "text": "Nine to five"},
        {"title": "A person", "action": "FIND_AGENT", "queueId": queue},
        {"title": "Nothing", "action": "END_CONVERSATION"}]});
    let front = json!({"botName": "front", "botType": "BUILT_IN", "greeting": "Hi", "menu": menu});
    let front = admin.post(path, front).await.expect(201);
    assert_eq!(front["menu"], menu);
    let one = format!("{path}/{}", front["botId"].as_str().unwrap());
    let renamed = admin.put(&one, json!({"botName": "door", "botType": "BUILT_IN"})).await.expect(200);
    assert_eq!((&renamed["menu"], &renamed["greeting"]), (&menu, &json!("Hi")));
    let bare = json!({"botName": "door", "botType": "BUILT_IN", "menu": null, "greeting": null});
    assert_eq!(admin.put(&one, bare).await.expect(200)["menu"], Value::Null);
    let wrong = json!({"botName": "door", "botType": "BUILT_IN",
        "menu": {"text": "What?", "choices": [{"title": "x", "action": "DANCE"}]}});
    assert_eq!(admin.put(&one, wrong).await.expect(400)["field"], "menu.choices[0].action");

    let with_key = |uri: &str, key: &str| json!({"botName": "llm", "botType": "OPENAI", "botUri": uri, "model": {"name": "m", "apiKey": key}});
    let key_of = |hub: &TestHub, id: &Value| {
        let bot = hub.app.registry().bot(id.as_str().unwrap().parse().unwrap()).unwrap().value.clone();
        bot.settings.model.unwrap().api_key
    };
    let llm = admin.post(path, with_key("https://a.example/v1", "sk-1")).await.expect(201);
    let one = format!("{path}/{}", llm["botId"].as_str().unwrap());
    admin.put(&one, with_key("https://a.example/v1", "********")).await.expect(200);
    assert_eq!(key_of(&hub, &llm["botId"]), "sk-1");
    let moved = admin.put(&one, with_key("https://b.example/v1", "********")).await.expect(400);
    assert_eq!(moved["field"], "model.apiKey");
    admin.put(&one, with_key("https://b.example/v1", "sk-2")).await.expect(200);
    assert_eq!(key_of(&hub, &llm["botId"]), "sk-2");
    assert!(!admin.get(&one).await.text.contains("sk-2"));
}
