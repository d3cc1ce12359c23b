//! A question that is put to a bot when the hub is killed is put again, and the customer gets his answer.

use std::path::Path;

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::SETTINGS;
use super::hub::{ADMIN, Hub, PASSWORD};
use super::tenant::{Admin, Handling};
use crate::hub::text_message;
use crate::real_bot::RealBot;

/// Longer than a hub takes to start again.
const TIMEOUT_MS: u32 = 60_000;

struct Caller {
    http: reqwest::Client,
    hub: String,
    token: String,
}

impl Caller {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.hub)).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_under_way_when_the_hub_is_killed_is_asked_again_and_answered() {
    let mut bot = RealBot::start().await;
    let folder = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_tieline"));
    let mut hub = Hub::prepare(binary, folder.path(), SETTINGS).await.unwrap();
    hub.start().await.unwrap();
    let admin = Admin::sign_in(&hub.url()).await.unwrap();
    let connector = admin.register(None).await.unwrap();
    admin
        .open_channel(&connector, "7000", Handling { mode: "HYBRID", inactivity_secs: 3_600 })
        .await
        .unwrap();
    let mut caller = Caller { http: reqwest::Client::new(), hub: hub.url(), token: String::new() };
    let login = json!({"username": ADMIN, "password": PASSWORD});
    let session = caller.call(Method::POST, "/auth/login", Some(login)).await;
    caller.token = session["token"].as_str().unwrap().to_owned();
    let guru = json!({"botName": "guru", "botType": "CUSTOM", "botUri": bot.uri, "timeoutMs": TIMEOUT_MS});
    let guru = caller.call(Method::POST, "/bot-framework/bot-connectors", Some(guru)).await;
    let mut channel = caller.call(Method::GET, "/ccm/channels", None).await[0].take();
    channel["channelConfig"]["botId"] = guru["botId"].clone();
    let path = format!("/ccm/channels/{}", channel["id"].as_str().unwrap());
    caller.call(Method::PUT, &path, Some(channel)).await;

    caller.token = connector.token.expose_secret().to_owned();
    let message = text_message("m1", "visitor", "7000", "hello");
    caller.call(Method::POST, "/ccm/message/receive", Some(message)).await;
    let first = bot.next().await;
    hub.kill().await.unwrap();
    let body = json!({"body": {"type": "PLAIN", "markdownText": "after all"}});
    bot.will(body.to_string());
    hub.start().await.unwrap();
    caller.hub = hub.url();
    let second = bot.next().await;
    assert_eq!(first.headers["idempotency-key"], second.headers["idempotency-key"]);
    assert_eq!(first.bytes, second.bytes);

    let mut after = 0;
    loop {
        let path = format!("/ccm/channel-connectors/{}/events?limit=1&wait=30&after={after}", connector.id);
        let page = caller.call(Method::GET, &path, None).await;
        let Some(told) = page["events"].as_array().unwrap().first() else { continue };
        after = page["next"].as_u64().unwrap();
        if told["message"]["body"]["markdownText"] == "after all" {
            break;
        }
        assert_eq!(told["message"]["body"]["type"], "NOTIFICATION", "nobody was handed over");
    }
}
