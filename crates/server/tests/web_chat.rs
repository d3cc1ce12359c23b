//! The bounds of what pages may do, and what administrators set up for them. What a chat is like is told by the
//! protocol tests.

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tieline_core::registry::Role;

use crate::hub::{hub, hub_with, text_message};

const HANDSHAKE: &str = "/web-channel-manager/socket.io/?EIO=4&transport=polling";

#[tokio::test]
async fn an_address_that_knocks_too_often_is_asked_to_wait() {
    let hub = hub_with(|config| (config.web.requests_per_second, config.web.requests_burst) = (1, 3)).await;
    let page = hub.stranger();
    for _ in 0..3 {
        assert_eq!(page.get(HANDSHAKE).await.status, 200);
    }
    let refused = page.get(HANDSHAKE).await;
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.headers["access-control-allow-origin"], "*", "pages may read why");
    assert_eq!(
        page.get("/unified-admin/formValidation").await.status,
        429,
        "what pages ask over REST counts too"
    );
    assert_eq!(page.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn all_addresses_of_one_line_are_counted_as_one() {
    let hub = hub_with(|config| {
        (config.web.requests_per_second, config.web.requests_burst) = (1, 3);
        (config.limits.public_requests_per_second, config.limits.public_requests_burst) = (1, 3);
        config.listen.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    for path in [HANDSHAKE, "/file-engine/api/downloadFileStream?filename=a.png"] {
        let from = |address: String| hub.stranger().with("x-forwarded-for", &address);
        for host in 1..=3 {
            assert_ne!(from(format!("2001:db8:0:1::{host}")).get(path).await.status, 429, "{path}");
        }
        assert_eq!(from("2001:db8:0:1:ffff::1".to_owned()).get(path).await.status, 429, "{path}");
        assert_ne!(from("2001:db8:0:2::1".to_owned()).get(path).await.status, 429, "{path}: a neighbour");
        assert_ne!(from("192.0.2.1".to_owned()).get(path).await.status, 429, "{path}");
    }
}

#[tokio::test]
async fn who_knocks_again_and_again_over_one_line_is_slowed() {
    let hub = hub_with(|config| (config.web.requests_per_second, config.web.requests_burst) = (1, 3)).await;
    let address = format!("ws://{}{}", hub.address, HANDSHAKE.replace("polling", "websocket"));
    let (mut page, _) = tokio_tungstenite::connect_async(address).await.unwrap();
    let begun = Instant::now();
    for _ in 0..5 {
        let auth = r#"40{"serviceIdentifier":"nowhere","channelCustomerIdentifier":"x"}"#;
        page.send(auth.into()).await.unwrap();
        while !page.next().await.unwrap().unwrap().to_text().unwrap().starts_with("44") {}
    }
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn what_pages_may_not_do_is_closed() {
    let hub = hub().await;
    hub.register("WEB", "1000", None).await;
    let page = hub.stranger();
    for path in [
        "/unified-admin/forms",
        "/unified-admin/forms/all",
        "/unified-admin/forms/getAllFormTitles",
        "/business-calendar/calendars",
        // Of a connector that is somebody else's.
        "/ccm/channels/service-identifier/1000",
    ] {
        page.get(path).await.expect(401);
    }
    let wrap_up = "/unified-admin/forms/62d07f4f0980a50a91210bef";
    page.get(wrap_up).await.expect(404);
    let amina = hub.person("amina", &[Role::Agent]).await;
    let form = amina.get(wrap_up).await.expect(200);
    assert_eq!(form["attributes"][0]["categoryOptions"]["categories"][0]["categoryName"], "Enquiry");
    page.get("/ccm/widget-configs/Web").await.expect(404);
    page.post("/ccm/widget-configs", json!({"widgetIdentifier": "Web"})).await.expect(401);
    page.post("/file-engine/api/uploadFileStream", json!({})).await.expect(401);
    page.with("authorization", "Bearer wrong").get("/ccm/widget-configs").await.expect(401);
}

#[tokio::test]
async fn widgets_forms_and_calendars_are_registered() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let form = admin
        .post(
            "/unified-admin/forms",
            json!({"formTitle": "Before", "sections": [
                {"sectionTitle": "You", "attributes": [{"key": "name", "attributeType": "INPUT", "valueType": "shortAnswer", "weight": 3}]},
            ]}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&form["sections"][0]["sectionTitle"], &form["attributes"][0]["weight"]),
        (&json!("You"), &json!(3))
    );
    let changed =
        admin.put("/unified-admin/forms", json!({"id": form["id"], "formTitle": "After"})).await.expect(200);
    assert_eq!(changed["attributes"], json!([]));

    let appearance = json!({"position": "START", "colorScheme": "DARK", "logo": "shop.png", "texts": {"ar": {"title": "محادثة", "subTitle": "", "greeting": ""}}});
    let widget = json!({"widgetIdentifier": "Web", "form": form["id"], "customerReconnectTime": 60, "language": {"code": "de"},
        "appearance": appearance});
    let widget = admin.post("/ccm/widget-configs", widget).await.expect(201);
    assert_eq!((&widget["legacyWidget"], &widget["language"]["code"]), (&json!(true), &json!("de")));
    let path = format!("/unified-admin/forms/{}", form["id"].as_str().unwrap());
    admin.delete(&path).await.expect(409);
    let public = hub.stranger().get("/ccm/widget-configs/Web").await.expect(200);
    assert_eq!(public["webRtc"]["iceServers"], json!([]));
    assert_eq!((&public["appearance"], &widget["appearance"]), (&appearance, &appearance));
    let files = &public["fileTransfer"];
    assert!(
        files["bytesMax"].is_u64()
            && files["extensions"].as_array().is_some_and(|all| all.contains(&json!("png")))
    );
    for (member, value) in [("position", "LEFT"), ("logo", "../master.key")] {
        let odd = json!({"widgetIdentifier": "Odd", "appearance": {member: value}});
        let field = format!("appearance.{member}");
        assert_eq!(admin.post("/ccm/widget-configs", odd).await.expect(400)["field"], field);
    }
    hub.stranger().get("/ccm/widget-configs/web").await.expect(404);
    assert_eq!(admin.get("/ccm/widget-configs").await.expect(200).as_array().map(Vec::len), Some(1));
    admin.delete(&format!("/ccm/widget-configs/{}", widget["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(admin.delete(&path).await.expect(200)["code"], "Deleted");

    let calendar = |zone: &str, start: &str| {
        json!({"name": format!("Shop {start}"), "timeZone": zone, "events": [
            {"title": "Hours", "eventType": "business_hours", "startDate": "2024-01-01", "recurrence": "custom",
             "days": ["MON", "TUESDAY"], "shifts": [{"start": start, "end": "06:00"}]},
        ]})
    };
    let path = "/business-calendar/calendars";
    let made = admin.post(path, calendar("Europe/Berlin", "22:00")).await.expect(201);
    let event = &made["events"][0];
    assert_eq!((&event["recurrence"], &event["days"]), (&json!("weekly"), &json!(["MONDAY", "TUESDAY"])));
    let again: Value =
        admin.put(&format!("{path}/{}", made["id"].as_str().unwrap()), made.clone()).await.expect(200);
    assert_eq!(again, made);
    for (zone, start, field) in
        [("Berlin", "21:00", "timeZone"), ("UTC", "25:00", "events[0].shifts[0].start")]
    {
        assert_eq!(admin.post(path, calendar(zone, start)).await.expect(400)["field"], field);
    }
    let now = admin.get(&format!("{path}/{}/now", made["id"].as_str().unwrap())).await.expect(200);
    assert!(now["open"].is_boolean() && now["nextOpening"].is_i64());
    let of_nobody = format!("{path}/{}/now", made["id"].as_str().unwrap());
    hub.stranger().get(&of_nobody).await.expect(404);
    hub.stranger().get("/demo").await.expect(404);
}

#[tokio::test]
async fn a_connector_reads_its_open_sessions_and_what_was_said_in_them() {
    let hub = hub().await;
    let (web, other) = (hub.register("WEB", "1000", None).await, hub.register("SMS", "2000", None).await);
    let connector = hub.bearer(&web.token);
    connector.post("/ccm/message/receive", text_message("m1", "carl", "1000", "hello")).await.expect(200);
    let base = format!("/ccm/channel-connectors/{}/sessions", web.connector);
    let page = connector.get(&base).await.expect(200);
    let session = &page["sessions"][0];
    assert_eq!(session["channelData"]["channelCustomerIdentifier"], "carl");
    let said = format!("{base}/{}/messages", session["channelSessionId"].as_str().unwrap());
    let told = connector.get(&said).await.expect(200);
    let told: Vec<_> = told["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            let body = &message["body"];
            (
                message["header"]["sender"]["type"].as_str().unwrap(),
                body["notificationType"].as_str().or(body["markdownText"].as_str()).unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told[..3],
        [("SYSTEM", "CHANNEL_SESSION_STARTED"), ("BOT", "Hello, and welcome."), ("CUSTOMER", "hello")]
    );
    hub.bearer(&other.token).get(&said).await.expect(403);
    hub.bearer(&other.token).get(&said.replace(&web.connector, &other.connector)).await.expect(404);
    let end = json!({"header": {"sender": {"id": "x", "type": "CONNECTOR"}, "intent": "END_CHAT",
        "channelData": {"channelCustomerIdentifier": "carl", "serviceIdentifier": "1000"}}, "body": {"type": "PLAIN"}});
    connector.post("/ccm/message/receive", end).await.expect(200);
    connector.get(&said).await.expect(404);
    assert_eq!(connector.get(&base).await.expect(200)["sessions"], json!([]));
}
