//! Who gets in, and how far.

use serde_json::json;
use tieline_core::registry::{Object, Role};
use tieline_server::signature::{SigningSecret, sign};
use tieline_server::token::Scope;

use crate::hub::{hub, hub_with, text_message};

#[tokio::test]
async fn signing_in_and_staying_signed_in() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let made = admin
        .post(
            "/unified-admin/users",
            json!({"username": "amina", "password": "correct horse", "roles": ["agent"]}),
        )
        .await;
    assert!(!made.text.contains("correct horse") && !made.text.contains("argon2"), "{}", made.text);
    let user = made.expect(201);
    let stranger = hub.stranger();
    let sign_in = |password: &'static str| {
        let stranger = stranger.clone();
        async move { stranger.post("/auth/login", json!({"username": " Amina", "password": password})).await }
    };
    let session = sign_in("correct horse").await.expect(200);
    assert_eq!(session["user"]["id"], user["id"]);
    assert!(session["expiresAt"].as_i64().unwrap() > hub.app.now().millis());
    let amina = hub.bearer(session["token"].as_str().unwrap());
    assert_eq!(amina.get("/auth/me").await.expect(200)["username"], "amina");
    amina.post("/auth/renew", json!({})).await.expect(200);

    for (username, password) in [("amina", "wrong password"), ("nobody", "correct horse")] {
        let refused = stranger.post("/auth/login", json!({"username": username, "password": password})).await;
        assert_eq!(refused.expect(401)["message"], "the user name or the password is wrong");
    }
    let change = json!({"currentPassword": "correct horse", "newPassword": "battery staple"});
    amina.put("/auth/password", change).await.expect(204);
    assert_eq!(amina.get("/auth/me").await.expect(401)["message"], "this session was ended; log in again");
    sign_in("correct horse").await.expect(401);
    sign_in("battery staple").await.expect(200);
}

#[tokio::test]
async fn a_browser_is_known_by_a_cookie_that_only_pages_of_the_hub_may_use() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let account = json!({"username": "amina", "password": "correct horse", "roles": ["supervisor"]});
    admin.post("/unified-admin/users", account).await.expect(201);
    let sign_in = json!({"username": "amina", "password": "correct horse"});
    let opened = hub.stranger().post("/auth/session", sign_in).await;
    let set = opened.headers["set-cookie"].to_str().unwrap().to_owned();
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age="] {
        assert!(set.contains(part), "{set}");
    }
    let session = opened.expect(200);
    assert!(session.get("token").is_none());
    assert_eq!(session["permissions"]["queue"], "manage_own_team");
    assert!(session["permissions"].get("users").is_none());

    let browser = hub.stranger().with("cookie", set.split(';').next().unwrap());
    browser.get("/auth/me").await.expect(200);
    let same_origin = browser.with("sec-fetch-site", "same-origin");
    let renewed = same_origin.put("/auth/session", json!({})).await;
    assert!(renewed.headers["set-cookie"].to_str().unwrap().starts_with("tieline_session=ey"));
    for (name, value) in [("sec-fetch-site", "same-site"), ("origin", "https://neighbour.example")] {
        browser.with(name, value).put("/auth/session", json!({})).await.expect(401);
    }
    let closed = browser.delete("/auth/session").await;
    assert!(closed.headers["set-cookie"].to_str().unwrap().starts_with("tieline_session=; "));
}

#[tokio::test]
async fn sign_in_attempts_are_limited() {
    let hub = hub_with(|config| config.auth.login_attempts_per_minute = 3).await;
    let wrong = json!({"username": "amina", "password": "wrong password"});
    for _ in 0..3 {
        hub.stranger().post("/auth/login", wrong.clone()).await.expect(401);
    }
    let refused = hub.stranger().post("/auth/login", wrong).await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.expect(429);
}

#[tokio::test]
async fn a_change_of_the_account_is_in_force_at_once() {
    let hub = hub().await;
    let user = hub.add_user("amina", &[Role::Admin]).await;
    hub.admin().await;
    let amina = hub.bearer(&hub.token_of(&user, Scope::Admin));
    amina.get("/unified-admin/users").await.expect(200);
    let mut demoted = user.clone();
    demoted.roles = vec![Role::Agent];
    hub.put(Object::User(demoted.clone())).await;
    amina.get("/unified-admin/users").await.expect(403);
    demoted.enabled = false;
    hub.put(Object::User(demoted)).await;
    assert_eq!(amina.get("/auth/me").await.expect(401)["message"], "this account is disabled");
}

#[tokio::test]
async fn what_roles_may() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let agent = hub.person("amina", &[Role::Agent]).await;
    let supervisor = hub.person("sara", &[Role::Supervisor]).await;
    let evaluator = hub.person("eve", &[Role::Evaluator]).await;
    let connector = hub.bearer(&web.token);
    let channel = format!("/ccm/channels/{}", web.channel);
    for (who, client, path, expected) in [
        ("agent", &agent, channel.as_str(), 200),
        ("agent", &agent, "/unified-admin/users", 403),
        ("agent", &agent, "/ccm/dead-letters", 403),
        ("agent", &agent, "/cim-customer/customers", 200),
        ("supervisor", &supervisor, "/ccm/dead-letters", 200),
        ("evaluator", &evaluator, channel.as_str(), 403),
        ("evaluator", &evaluator, "/conversation-manager/conversations", 200),
        ("connector", &connector, channel.as_str(), 200),
        ("connector", &connector, "/ccm/channel-types", 200),
        ("connector", &connector, "/unified-admin/users", 403),
        ("connector", &connector, "/routing-engine/precision-queues", 403),
        ("connector", &connector, "/cim-customer/customers", 403),
        ("stranger", &hub.stranger(), channel.as_str(), 401),
        ("stranger", &hub.stranger(), "/conversation-manager/conversations", 401),
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, expected, "{who} {path}: {}", answer.text);
    }
    agent.put(&channel, json!({})).await.expect(403);
    supervisor.delete(&channel).await.expect(403);
    let refused =
        evaluator.post("/ccm/message/receive", text_message("m", "v", "1000", "x")).await.expect(403);
    assert_eq!(refused["message"], "\"eve\" may not change conversations");

    let admin_at_desk = hub.add_user("root2", &[Role::Admin]).await;
    let at_desk = hub.bearer(&hub.token_of(&admin_at_desk, Scope::Desk));
    at_desk.get(&channel).await.expect(200);
    at_desk.delete(&channel).await.expect(403);
}

#[tokio::test]
async fn wrong_credentials_are_refused_even_from_an_open_address() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let message = || text_message("m1", "visitor", "1000", "hello");
    let stranger = hub.stranger();
    stranger.post("/ccm/message/receive", message()).await.expect(401);

    let path = format!("/ccm/channel-connectors/{}", web.connector);
    let mut connector = admin.get(&path).await.expect(200);
    for (range, expected) in [("10.0.0.0/8", 401), ("127.0.0.0/8", 200)] {
        connector["openTo"] = json!([range]);
        admin.put(&path, connector.clone()).await.expect(200);
        stranger.post("/ccm/message/receive", message()).await.expect(expected);
    }
    for wrong in ["Bearer tl_wrong", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Basic dTpw", "Bearer "] {
        let answer = stranger.with("authorization", wrong).post("/ccm/message/receive", message()).await;
        assert_eq!(answer.status, 401, "{wrong}: {}", answer.text);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    // Open to one connector is not open to another's channels.
    hub.register("SMS", "2000", None).await;
    stranger.post("/ccm/message/receive", text_message("m", "v", "2000", "x")).await.expect(404);
    // Older admin screens do not know `openTo` and leave it out.
    connector.as_object_mut().unwrap().remove("openTo");
    assert_eq!(admin.put(&path, connector).await.expect(200)["openTo"], json!(["127.0.0.0/8"]));
}

#[tokio::test]
async fn connectors_let_in_by_address_are_limited_per_address() {
    let hub = hub_with(|config| {
        config.limits.open_requests_per_second = 1;
        config.limits.open_requests_burst = 3;
        config.listen.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let path = format!("/ccm/channel-connectors/{}", web.connector);
    let mut connector = admin.get(&path).await.expect(200);
    connector["openTo"] = json!(["192.0.2.0/24"]);
    admin.put(&path, connector).await.expect(200);
    let message = || text_message("m1", "visitor", "1000", "hello");
    let from = |address: &str| hub.stranger().with("x-forwarded-for", address);
    for _ in 0..3 {
        from("192.0.2.7").post("/ccm/message/receive", message()).await.expect(200);
    }
    let refused = from("192.0.2.7").post("/ccm/message/receive", message()).await;
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.expect(429)["code"], "too_many_requests");
    from("192.0.2.7").get("/ccm/channel-types").await.expect(429);
    // Others, and whoever shows credentials, are not held up by it.
    from("192.0.2.8").post("/ccm/message/receive", message()).await.expect(200);
    let known = from("192.0.2.7").with("authorization", &format!("Bearer {}", web.token));
    for _ in 0..5 {
        known.post("/ccm/message/receive", message()).await.expect(200);
    }
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_for_whoever_has_the_token() {
    let hub = hub_with(|config| {
        config.listen.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        config.metrics.token = Some("a-token-of-metrics".into());
    })
    .await;
    let untrusting = hub_with(|_| {}).await;
    let stranger = hub.stranger();
    let outside = stranger.with("x-forwarded-for", "192.0.2.7");
    for (who, client, expected) in [
        ("on this machine", stranger.clone(), 200),
        ("outside", outside.clone(), 401),
        ("outside, claiming to be inside", stranger.with("x-forwarded-for", "127.0.0.1"), 401),
        ("with the token", outside.with("authorization", "Bearer a-token-of-metrics"), 200),
        ("with another token", outside.with("authorization", "Bearer a-token-of-metricz"), 401),
        ("with an administrator's", hub.admin().await.with("x-forwarded-for", "192.0.2.7"), 401),
        (
            "through a proxy nobody configured",
            untrusting.stranger().with("x-forwarded-for", "192.0.2.7"),
            401,
        ),
        ("through another one", untrusting.stranger().with("forwarded", "for=192.0.2.7"), 401),
        ("where there is no token", untrusting.bearer("").with("x-forwarded-for", "192.0.2.7"), 401),
    ] {
        let answer = client.get("/metrics").await;
        assert_eq!(answer.status, expected, "{who}: {}", answer.text);
    }
}

#[tokio::test]
async fn signed_messages() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let secret = SigningSecret::parse(&web.signing_secret).unwrap();
    let body = text_message("m1", "visitor", "1000", "hello");
    let now = hub.app.now_seconds();
    let signed = |at: i64, connector: &str, body: &str| {
        hub.stranger()
            .with("tieline-connector", connector)
            .with("webhook-id", "msg_1")
            .with("webhook-timestamp", &at.to_string())
            .with("webhook-signature", &sign(std::slice::from_ref(&secret), "msg_1", at, body.as_bytes()))
    };
    let text = body.to_string();
    for (client, expected) in [
        (signed(now, &web.connector, &text), 200),
        (signed(now - 301, &web.connector, &text), 401),
        (signed(now, &web.channel, &text), 401),
        (signed(now, &web.connector, "{}"), 401),
    ] {
        client.post("/ccm/message/receive", body.clone()).await.expect(expected);
    }
    let configuration = "/ccm/channel-connectors/configurations/1000";
    signed(now, &web.connector, "").get(configuration).await.expect(200);
}

#[tokio::test]
async fn credentials_are_shown_once_and_overlap_while_they_are_changed() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let connector = format!("/ccm/channel-connectors/{}", web.connector);
    let bot = json!({"botName": "guru", "botType": "CUSTOM", "botUri": "https://bot.example"});
    let bot = admin.post("/bot-framework/bot-connectors", bot).await.expect(201);
    let guru = format!("/bot-framework/bot-connectors/{}", bot["botId"].as_str().unwrap());
    let says = json!({"conversationId": bot["botId"], "botId": bot["botId"], "BotMessage": []});
    let bots_token = bot["credentials"]["token"].as_str().unwrap();
    for (path, first) in [(&connector, web.token.as_str()), (&guru, bots_token)] {
        let works = async |token: &str| {
            let client = hub.bearer(token);
            let answer = match path == &guru {
                true => client.post("/bot-framework/bot-messages", says.clone()).await,
                false => client.get("/ccm/channel-types").await,
            };
            answer.status != 401
        };
        let fresh = admin.post(&format!("{path}/credentials"), json!({})).await;
        assert_eq!(fresh.headers["cache-control"], "no-store");
        let fresh = fresh.expect(201);
        let newer = fresh["token"].as_str().unwrap();
        assert!(works(first).await && works(newer).await, "{path}");
        admin.delete(&format!("{path}/credentials/previous")).await.expect(204);
        assert!(!works(first).await && works(newer).await, "{path}");
        for _ in 0..2 {
            admin.post(&format!("{path}/credentials"), json!({})).await.expect(201);
        }
        assert!(!works(newer).await, "{path}");
    }

    let stored = hub.app.registry().connector(web.connector.parse().unwrap()).unwrap().value.clone();
    for path in [connector.as_str(), "/ccm/channel-connectors", "/ccm/channels"] {
        let shown = admin.get(path).await;
        for secret in stored.credentials.signing_secrets.iter().chain(&stored.credentials.token_hashes) {
            assert!(!shown.text.contains(secret.as_str()), "{path}");
        }
        assert!(!shown.text.contains("the provider's key"), "{path}");
    }
}

#[tokio::test]
async fn a_connector_reads_its_configuration_and_nobody_elses() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let sms = hub.register("SMS", "2000", None).await;
    let path = "/ccm/channel-connectors/configurations/1000";
    let read = hub.bearer(&web.token).get(path).await;
    let etag = read.etag().to_owned();
    assert_eq!(read.headers["tieline-configuration-version"], etag.trim_matches('"'));
    let values = read.expect(200);
    assert_eq!(values[1], json!({"key": "API-KEY", "type": "String100", "value": "the provider's key"}));
    let again = hub.bearer(&web.token).with("if-none-match", &etag).get(path).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    hub.bearer(&sms.token).get(path).await.expect(404);
    hub.stranger().get(path).await.expect(401);
    assert_eq!(hub.admin().await.get(path).await.expect(200)[1]["value"], "********");
    let health = format!("/ccm/channel-connectors/{}/health", web.connector);
    hub.bearer(&sms.token).get(&health).await.expect(403);
}
