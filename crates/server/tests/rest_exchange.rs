//! Messages in, from the first registration on.

use serde_json::{Value, json};

use crate::hub::{hub, text_message};

/// The five steps over the API, ending with a message that is received.
#[tokio::test]
async fn five_steps_to_the_first_message() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let mrds = admin.get("/routing-engine/media-routing-domains").await.expect(200);
    let chat = mrds.as_array().unwrap().iter().find(|mrd| mrd["name"] == "CHAT").unwrap();

    let channel_type = admin
        .post(
            "/ccm/channel-types",
            json!({"name": "PIGEON", "isInteractive": true, "mediaRoutingDomain": chat["id"]}),
        )
        .await
        .expect(201);
    let provider = admin
        .post(
            "/ccm/channel-provider-interfaces",
            json!({"name": "Pigeon post", "supportedChannelTypes": [channel_type], "providerWebhook": null}),
        )
        .await
        .expect(201);
    let connector = admin
        .post("/ccm/channel-connectors", json!({"name": "Loft", "channelProviderInterface": provider}))
        .await
        .expect(201);
    let type_id = channel_type["id"].as_str().unwrap();
    let channel = hub.channel("Roof", type_id, &connector, "7001");
    let channel = admin.post("/ccm/channels", channel).await.expect(201);
    let attribute = admin
        .post(
            "/cim-customer/customerSchema",
            json!({"label": "Pigeon ring", "type": "string", "length": "40",
                   "isChannelIdentifier": true, "channelTypes": ["PIGEON"]}),
        )
        .await
        .expect(201);
    assert_eq!((&attribute["key"], &attribute["channelTypes"]), (&json!("pigeonRing"), &json!(["PIGEON"])));
    assert_eq!(channel["channelConnector"]["channelProviderInterface"]["name"], "Pigeon post");

    let loft = hub.bearer(connector["credentials"]["token"].as_str().unwrap());
    let first = loft.post("/ccm/message/receive", text_message("m1", "ring-1", "7001", "coo")).await;
    assert!(first.headers.contains_key("tieline-sequence"));
    let first = first.expect(200);
    let customer = admin
        .get("/cim-customer/customers?channelType=PIGEON&customerChannelIdentifier=ring-1")
        .await
        .expect(200);
    assert_eq!(first["status"], "OK");
    assert_eq!(first["additionalDetails"]["customer"]["_id"], customer["customer"]["_id"]);
    assert_eq!(customer["customer"]["pigeonRing"], json!(["ring-1"]));

    let conversation = first["additionalDetails"]["conversationId"].as_str().unwrap();
    let told =
        admin.get(&format!("/conversation-manager/conversations/{conversation}/events")).await.expect(200);
    let texts: Vec<&Value> = told["events"].as_array().unwrap().iter().map(|e| &e["event"]["name"]).collect();
    assert!(texts.contains(&&json!("CUSTOMER_MESSAGE")), "{texts:?}");
}

#[tokio::test]
async fn every_documented_path_takes_messages() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let connector = hub.bearer(&web.token);
    for (n, path) in [
        "/ccm/message/receive",
        "/ccm/message",
        "/ccm/cim-messages",
        "/message/receive",
        "/message",
        "/cim-messages",
        "//ccm//message/receive/",
    ]
    .into_iter()
    .enumerate()
    {
        connector.post(path, text_message(&format!("m{n}"), "visitor", "1000", "hello")).await.expect(200);
    }
}

#[tokio::test]
async fn a_repeated_message_is_answered_alike_and_has_no_second_effect() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let connector = hub.bearer(&web.token);
    let message = text_message("m1", "visitor", "1000", "hello");
    let first = connector.post("/ccm/message/receive", message.clone()).await;
    let again = connector.post("/ccm/message/receive", message.clone()).await;
    assert_eq!((first.status, again.status, &first.body), (200, 200, &again.body));
    assert_eq!(first.headers["tieline-sequence"], again.headers["tieline-sequence"]);

    // Voice connectors use one id for every line of a call: another text is another message.
    let other = text_message("m1", "visitor", "1000", "hello again");
    let other = connector.post("/ccm/message/receive", other).await;
    assert_ne!(first.headers["tieline-sequence"], other.headers["tieline-sequence"]);

    let keyed = connector.with("idempotency-key", "k1");
    let one = keyed.post("/ccm/message/receive", text_message("m2", "visitor", "1000", "a")).await;
    let two = keyed.post("/ccm/message/receive", text_message("m2", "visitor", "1000", "a ")).await;
    assert_eq!(one.headers["tieline-sequence"], two.headers["tieline-sequence"]);

    let stored = hub.app.store.messages("m1").await.unwrap();
    assert_eq!(stored.len(), 2);
}

#[tokio::test]
async fn bad_messages_are_refused_with_what_and_where() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let connector = hub.bearer(&web.token);
    let changed = |path: &str, value: Value| {
        let mut message = text_message("m1", "visitor", "1000", "hello");
        *message.pointer_mut(path).unwrap() = value;
        message.to_string()
    };
    let long = "x".repeat(64 * 1024 + 1);
    let huge = "x".repeat(2 * 1024 * 1024);
    for (body, status, field) in [
        (String::new(), 400, None),
        ("{".into(), 400, None),
        ("[]".into(), 400, None),
        ("{}".into(), 400, Some("body")),
        (changed("/header", json!("x")), 400, Some("header")),
        (changed("/body", json!({"markdownText": "x"})), 400, Some("body.type")),
        (
            changed("/header/channelData/serviceIdentifier", json!("  ")),
            400,
            Some("header.channelData.serviceIdentifier"),
        ),
        (
            changed("/header/channelData/channelCustomerIdentifier", json!("")),
            400,
            Some("header.channelData.channelCustomerIdentifier"),
        ),
        (
            changed("/header/channelData/channelCustomerIdentifier", json!("x".repeat(256))),
            400,
            Some("header.channelData.channelCustomerIdentifier"),
        ),
        (changed("/header/sender/id", json!("")), 400, Some("header.sender.id")),
        (changed("/header/sender/type", json!("")), 400, Some("header.sender.type")),
        (changed("/body/markdownText", json!(7)), 400, Some("body.markdownText")),
        (changed("/body/markdownText", json!(long)), 400, Some("body.markdownText")),
        (changed("/body", json!({"type": "DELIVERYNOTIFICATION"})), 400, Some("body.status")),
        (
            changed("/body", json!({"type": "DELIVERYNOTIFICATION", "status": "READ"})),
            400,
            Some("body.messageId"),
        ),
        (changed("/body/markdownText", json!(huge)), 413, None),
        (changed("/header/channelData/serviceIdentifier", json!("9999")), 404, None),
    ] {
        let answer =
            connector.call(reqwest::Method::POST, "/ccm/message/receive", Some(body.clone().into())).await;
        let start: String = body.chars().take(200).collect();
        assert_eq!(answer.status, status, "{start} {}", answer.text);
        assert_eq!(answer.body.get("field").and_then(Value::as_str), field, "{}", answer.text);
        for member in ["status", "message", "description", "code"] {
            assert!(answer.body[member].as_str().is_some_and(|text| !text.is_empty()), "{}", answer.text);
        }
    }
    let key = connector.with("idempotency-key", &"x".repeat(300));
    let refused = key.post("/ccm/message/receive", text_message("m", "v", "1000", "x")).await.expect(400);
    assert_eq!(refused["field"], "Idempotency-Key");
}

#[tokio::test]
async fn what_is_not_known_is_kept() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let mut message = text_message("m1", "visitor", "1000", "");
    message["body"] = json!({"type": "HOLOGRAM", "depth": 3, "layers": [{"a": null}]});
    message["header"]["novel"] = json!({"x": [1, 2]});
    let answer = hub.bearer(&web.token).post("/message/receive", message.clone()).await.expect(200);
    let conversation = answer["additionalDetails"]["conversationId"].as_str().unwrap();
    let path = format!("/conversation-manager/conversations/{conversation}/events");
    let told = hub.admin().await.get(&path).await.expect(200);
    let events = told["events"].as_array().unwrap();
    let kept = events.iter().find(|told| told["event"]["name"] == "CUSTOMER_MESSAGE").unwrap();
    assert_eq!(kept["event"]["data"]["body"], message["body"]);
    assert_eq!(kept["event"]["data"]["header"]["novel"], json!({"x": [1, 2]}));
}

#[tokio::test]
async fn two_channel_types_may_share_a_service_identifier() {
    let hub = hub().await;
    let web = hub.register("WEB", "4930111", None).await;
    let sms = hub.register("SMS", "4930111", None).await;
    let admin = hub.admin().await;
    for channel in [&web, &sms] {
        let message = text_message("m1", "0170", "4930111", "hello");
        hub.bearer(&channel.token).post("/ccm/message/receive", message).await.expect(200);
        let path = "/ccm/channels/service-identifier/4930111";
        let found = hub.bearer(&channel.token).get(path).await.expect(200);
        assert_eq!(found["id"], channel.channel.as_str());
    }
    let mut message = text_message("m2", "0170", "4930111", "hello");
    assert_eq!(admin.post("/ccm/message/receive", message.clone()).await.expect(409)["code"], "ambiguous");
    message["header"]["channelData"]["channelTypeCode"] = json!("SMS");
    admin.post("/ccm/message/receive", message).await.expect(200);
    admin.get("/ccm/channels/service-identifier/4930111").await.expect(409);
    let found = admin.get("/ccm/channels/service-identifier/4930111?channelType=sms").await.expect(200);
    assert_eq!(found["id"], sms.channel.as_str());
}

#[tokio::test]
async fn a_form_becomes_data_of_the_conversation() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let mut message = text_message("m1", "0333", "1000", "");
    message["header"]["intent"] = json!("START_CHAT");
    message["header"]["channelData"]["additionalAttributes"] = json!([{
        "key": "WebChannelData", "type": "WebChannelData",
        "value": {"locale": null, "formData": {"id": 0.7, "formId": 0.2, "filledBy": "web-init", "attributes": [
            {"key": "first_name", "type": "string", "value": "Amina"},
            {"key": "order", "type": "string", "value": "7"},
        ]}},
    }]);
    let answer = hub.bearer(&web.token).post("/ccm/message/receive", message).await.expect(200);
    let conversation = answer["additionalDetails"]["conversationId"].as_str().unwrap();
    let path = format!("/conversation-manager/customer-topics/{conversation}/conversation-data");
    assert_eq!(admin.get(&path).await.expect(200), json!({"first_name": "Amina", "order": "7"}));
    let merged = admin.post(&path, json!({"order": 8, "vip": true})).await.expect(200);
    assert_eq!(merged, json!({"first_name": "Amina", "order": 8, "vip": true}));
    let by_address = "/conversation-manager/customer-topics/0333/conversation-data-by-identifier";
    assert_eq!(admin.post(by_address, json!({"vip": false})).await.expect(200)["vip"], false);
    let open = admin.get("/conversation-manager/customer-topics/get/0333").await.expect(200);
    assert_eq!(open["id"], conversation);
    let refused = admin.post(&path, json!({"essay": "x".repeat(66_000)})).await.expect(409);
    assert_eq!(refused["code"], "limit");
    assert_eq!(admin.get(&path).await.expect(200)["essay"], json!(null));
}

#[tokio::test]
async fn a_message_out_can_be_followed_to_the_feed_and_its_receipt() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let connector = hub.bearer(&web.token);
    connector.post("/ccm/message/receive", text_message("in", "visitor", "1000", "hello")).await.expect(200);
    let mut message = text_message("out-1", "visitor", "1000", "how can I help?");
    message["header"]["sender"] = json!({"id": "x", "type": "AGENT"});
    let sent = admin.post("/ccm/message/send", message).await.expect(200);
    assert!(sent["additionalDetails"]["customer"]["_id"].is_string(), "{sent}");

    let feed = format!("/ccm/channel-connectors/{}/events", web.connector);
    let events = connector.get(&format!("{feed}?limit=1000")).await.expect(200);
    let found = events["events"].as_array().unwrap().iter().find(|item| item["message"]["id"] == "out-1");
    let found = found.expect("the agent's message is in the feed");
    assert_eq!(found["message"]["body"]["markdownText"], "how can I help?");
    assert_eq!(found["status"], "PENDING");

    let next = &events["next"];
    let after = connector.get(&format!("{feed}?after={next}")).await.expect(200);
    assert_eq!(after["events"], json!([]));
    let mut receipt = text_message("r1", "visitor", "1000", "");
    receipt["body"] =
        json!({"type": "DELIVERYNOTIFICATION", "messageId": "out-1", "status": "READ", "reasonCode": 200});
    connector.post("/ccm/message/receive", receipt).await.expect(200);

    let timeline = admin.get("/conversation-manager/messages/out-1/timeline").await.expect(200);
    let timeline = &timeline[0];
    assert_eq!(timeline["deliveries"][0]["outcome"], "DELIVERED", "{timeline}");
    assert_eq!(timeline["deliveries"][0]["via"], "FEED");
    assert_eq!(timeline["receipts"][0]["status"], "READ");
    let health =
        connector.get(&format!("/ccm/channel-connectors/{}/health", web.connector)).await.expect(200);
    assert_eq!((&health["waiting"], &health["status"]), (&json!(0), &json!("UP")));
    admin.get("/conversation-manager/messages/nobody/timeline").await.expect(404);
}

#[tokio::test]
async fn a_reader_of_the_feed_is_woken() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let connector = hub.bearer(&web.token);
    let feed = format!("/ccm/channel-connectors/{}/events", web.connector);
    let start = connector.get(&format!("{feed}?limit=1000")).await.expect(200);
    assert_eq!(start["events"], json!([]));
    let waiting = {
        let (connector, feed) = (connector.clone(), feed.clone());
        tokio::spawn(async move { connector.get(&format!("{feed}?wait=20")).await.expect(200) })
    };
    connector.post("/ccm/message/receive", text_message("in", "visitor", "1000", "hello")).await.expect(200);
    let woken = tokio::time::timeout(std::time::Duration::from_secs(10), waiting).await;
    let woken = woken.expect("a waiting reader is woken").unwrap();
    assert!(!woken["events"].as_array().unwrap().is_empty());
    connector.get(&format!("{feed}?wait=31")).await.expect(400);
}

#[tokio::test]
async fn a_reader_of_the_feed_does_not_hold_up_a_hub_that_stops() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let connector = hub.bearer(&web.token);
    let feed = format!("/ccm/channel-connectors/{}/events?wait=25", web.connector);
    let waiting = tokio::spawn(async move { connector.get(&feed).await.status });
    hub.app.stopping.cancel();
    let told = tokio::time::timeout(std::time::Duration::from_secs(10), waiting).await;
    // 503 when it came too late to be served.
    let status = told.expect("a waiting reader is let go").unwrap();
    assert!(matches!(status, 200 | 503), "{status}");
}

#[tokio::test]
async fn without_a_cursor_the_feed_begins_with_what_is_owed() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let connector = hub.bearer(&web.token);
    let feed = format!("/ccm/channel-connectors/{}/events", web.connector);
    let read = async |query: &str| connector.get(&format!("{feed}?{query}")).await.expect(200);
    let sequences = |page: &Value| -> Vec<u64> {
        let events = page["events"].as_array().unwrap();
        events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect()
    };
    assert_eq!(read("").await, json!({"events": [], "passing": [], "next": null}));
    connector.post("/ccm/message/receive", text_message("in", "visitor", "1000", "hello")).await.expect(200);
    let all = sequences(&read("").await);
    assert!(all.len() >= 3, "{all:?}");
    assert_eq!(sequences(&read("limit=1").await), all[..1]);
    assert_eq!(sequences(&read(&format!("after={}", all[1])).await), all[2..]);

    // What was acknowledged is passed over without a cursor, and still there with one.
    assert_eq!(sequences(&read("limit=1").await), all[2..3]);
    assert_eq!(sequences(&read("after=0").await), all);
    let last = all.last().unwrap();
    read(&format!("after={last}")).await;
    assert_eq!(read("").await, json!({"events": [], "passing": [], "next": null}));
}

#[tokio::test]
async fn other_systems_add_what_they_know() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let other = hub.register("SMS", "2000", None).await;
    let admin = hub.admin().await;
    let accepted = hub.bearer(&web.token);
    let accepted =
        accepted.post("/ccm/message/receive", text_message("in", "v", "1000", "hello")).await.expect(200);
    let conversation = accepted["additionalDetails"]["conversationId"].clone();
    let activity = json!({
        "id": "a1",
        "header": {"sender": {"id": "crm", "type": "APP"}, "conversationId": conversation},
        "body": {"type": "VOICE_RECORDING", "mediaUrl": "https://files.example/1"},
    });
    let path = "/conversation-manager/activities";
    admin.post(path, activity.clone()).await.expect(200);
    hub.bearer(&web.token).post(path, activity.clone()).await.expect(200);
    hub.bearer(&other.token).post(path, activity.clone()).await.expect(403);
    let mut lost = activity.clone();
    lost["header"]["conversationId"] = json!("5f2b1c4d7a6e8f0912345678");
    admin.post(path, lost).await.expect(404);
    let mut aimless = activity;
    aimless["header"]["conversationId"] = Value::Null;
    assert_eq!(admin.post(path, aimless).await.expect(400)["field"], "header.conversationId");
}
