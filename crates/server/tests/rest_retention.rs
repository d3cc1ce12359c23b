//! What was said goes when its time is over or its customer is erased, with the files that were sent.

use axum::http::Method;
use serde_json::{Value, json};
use tieline_core::time::Span;
use tieline_server::housekeeping::tidy;

use crate::hub::{Client, Registered, TestHub, hub, text_message};
use crate::rest_edge::{PNG, form};

const SETTINGS: &str = "/unified-admin/general-settings/66e0c0a1d4e5f60718200101";

/// A customer who sends a picture, names the logo of his channel's type as another, and leaves.
struct Visit {
    conversation: String,
    customer: String,
    /// Where the picture is.
    picture: String,
    logo: String,
}

async fn upload(caller: &Client, path: &str, member: &str) -> String {
    let caller = caller.with("content-type", "multipart/form-data; boundary=x");
    let body = form(&[("file", Some("photo of me.png"), PNG), ("conversationId", None, b"1")]);
    let stored = caller.call(Method::POST, path, Some(body.into())).await.expect(200);
    format!("/file-engine/api/downloadFileStream?filename={}", stored[member].as_str().unwrap())
}

async fn visit(hub: &TestHub, web: &Registered, address: &str) -> Visit {
    let connector = hub.bearer(&web.token);
    let logos = format!("/ccm/channel-types/{}/logo", hub.channel_type("WEB"));
    let logo = upload(&hub.admin().await, &logos, "channelLogo").await;
    let picture = upload(&connector, "/file-engine/api/uploadFileStream", "name").await;
    let mut accepted = Value::Null;
    for (place, file) in [&picture, &logo].into_iter().enumerate() {
        let mut message = text_message(&format!("{address} {place}"), address, "1000", "");
        let url = format!("https://chat.example.com{file}");
        message["body"] = json!({"type": "IMAGE", "attachment": {"mimeType": "image/png", "mediaUrl": url}});
        accepted = connector.post("/ccm/message/receive", message).await.expect(200);
    }
    let mut end = text_message(&format!("{address} end"), address, "1000", "");
    end["header"]["intent"] = json!("END_CHAT");
    connector.post("/ccm/message/receive", end).await.expect(200);
    let customer = accepted["additionalDetails"]["customer"]["_id"].as_str().unwrap().to_owned();
    let closed = format!("/conversation-manager/conversations?state=closed&customer={customer}");
    let closed = hub.admin().await.get(&closed).await.expect(200);
    let conversation = closed["conversations"][0]["id"].as_str().unwrap().to_owned();
    Visit { conversation, customer, picture, logo }
}

/// Says that everything so far has arrived.
async fn acknowledge(hub: &TestHub, web: &Registered) {
    let feed = format!("/ccm/channel-connectors/{}/events", web.connector);
    let read = hub.bearer(&web.token).get(&feed).await.expect(200);
    hub.bearer(&web.token).get(&format!("{feed}?after={}", read["next"])).await.expect(200);
}

async fn status(hub: &TestHub, path: &str) -> u16 {
    hub.admin().await.get(path).await.status
}

#[tokio::test]
async fn a_conversation_goes_with_its_files_when_its_time_is_over() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let web = hub.register("WEB", "1000", None).await;
    let Visit { conversation, customer, picture, logo } = visit(&hub, &web, "w1").await;
    let events = format!("/conversation-manager/conversations/{conversation}/events");
    let profile = format!("/cim-customer/customers/{customer}");
    let days = |count: u64| hub.app.now() + Span::secs(count * 24 * 60 * 60);

    tidy(&hub.app, days(3_000)).await;
    assert_eq!([status(&hub, &events).await, status(&hub, &picture).await], [200, 200], "kept for ever");

    admin.put(SETTINGS, json!({"retention": {"conversationDays": 30}})).await.expect(200);
    tidy(&hub.app, days(29)).await;
    assert_eq!([status(&hub, &events).await, status(&hub, &picture).await], [200, 200]);

    tidy(&hub.app, days(31)).await;
    assert_eq!([status(&hub, &events).await, status(&hub, &picture).await], [200, 200], "not delivered yet");

    acknowledge(&hub, &web).await;
    tidy(&hub.app, days(31)).await;
    assert_eq!([status(&hub, &events).await, status(&hub, &picture).await], [404, 404]);
    assert_eq!([status(&hub, &profile).await, status(&hub, &logo).await], [200, 200]);
}

#[tokio::test]
async fn an_erased_customers_files_go_with_him() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let web = hub.register("WEB", "1000", None).await;
    let (one, other) = (visit(&hub, &web, "w1").await, visit(&hub, &web, "w2").await);
    admin.delete(&format!("/cim-customer/customers/{}", one.customer)).await.expect(204);
    assert_eq!([status(&hub, &one.picture).await, status(&hub, &other.picture).await], [404, 200]);
    assert_eq!(status(&hub, &other.logo).await, 200);
}

#[tokio::test]
async fn nobody_is_erased_before_his_files_and_meanwhile_he_is_somebody_new() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let web = hub.register("WEB", "1000", None).await;
    let visit = visit(&hub, &web, "w1").await;
    let customer = format!("/cim-customer/customers/{}", visit.customer);
    let folder = &hub.app.config.files.path;
    let elsewhere = folder.with_extension("elsewhere");
    std::fs::rename(folder, &elsewhere).unwrap();
    std::fs::write(folder, "where the folder was").unwrap();
    let refused = admin.delete(&customer).await.expect(503);
    assert_eq!([&refused["code"], &refused["why"]["code"]], ["files_remain", "files_remain"], "{refused}");

    std::fs::remove_file(folder).unwrap();
    std::fs::rename(&elsewhere, folder).unwrap();
    assert_eq!([status(&hub, &customer).await, status(&hub, &visit.picture).await], [200, 200]);
    let again = text_message("again", "w1", "1000", "hello");
    let again = hub.bearer(&web.token).post("/ccm/message/receive", again).await.expect(200);
    assert_ne!(again["additionalDetails"]["customer"]["_id"], visit.customer.as_str(), "{again}");
    let refused = admin.put(&customer, json!({"firstName": "Carl"})).await.expect(409);
    assert_eq!(refused["why"]["code"], "being_erased", "{refused}");
    admin.delete(&customer).await.expect(204);
    assert_eq!([status(&hub, &customer).await, status(&hub, &visit.picture).await], [404, 404]);
}

#[tokio::test]
async fn a_customer_who_is_not_erased_keeps_his_files() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let web = hub.register("WEB", "1000", None).await;
    let visit = visit(&hub, &web, "w1").await;
    let again = text_message("again", "w1", "1000", "hello");
    hub.bearer(&web.token).post("/ccm/message/receive", again).await.expect(200);
    admin.delete(&format!("/cim-customer/customers/{}", visit.customer)).await.expect(409);
    assert_eq!(status(&hub, &visit.picture).await, 200);
}
