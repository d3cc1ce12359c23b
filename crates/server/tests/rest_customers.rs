//! Customers, and what is hidden of them.

use serde_json::{Value, json};
use tieline_core::registry::Role;

use crate::hub::{Client, TestHub, hub, text_message};

async fn with_email(hub: &TestHub, admin: &Client) -> Value {
    admin
        .post("/cim-customer/customerSchema", json!({"label": "Email", "type": "email", "isPii": true}))
        .await
        .expect(201);
    let _ = hub;
    admin
        .post(
            "/cim-customer/customers",
            json!({"firstName": "Amina", "email": "amina.khan@example.com", "web": ["w1"]}),
        )
        .await
        .expect(201)
}

#[tokio::test]
async fn personal_values_are_masked_for_those_who_may_not_see_them() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let amina = with_email(&hub, &admin).await;
    let path = format!("/cim-customer/customers/{}", amina["_id"].as_str().unwrap());
    let agent = hub.person("bilal", &[Role::Agent]).await;
    let supervisor = hub.person("sara", &[Role::Supervisor]).await;
    assert_eq!(supervisor.get(&path).await.expect(200)["email"], "amina.khan@example.com");
    let masked = agent.get(&path).await;
    let etag = masked.etag().to_owned();
    let mut masked = masked.expect(200);
    assert_eq!(masked["email"], "amin*****.com");
    assert!(!agent.get("/cim-customer/customers").await.text.contains("khan"));
    agent.get("/cim-customer/customers?paginateQuery=email:khan").await.expect(403);
    agent.get("/cim-customer/customers?sort=email:asc").await.expect(403);

    masked["firstName"] = json!("Aminah");
    agent.with("if-match", &etag).put(&path, masked.clone()).await.expect(200);
    let kept = admin.get(&path).await.expect(200);
    assert_eq!((&kept["firstName"], &kept["email"]), (&json!("Aminah"), &json!("amina.khan@example.com")));
    agent.with("if-match", &etag).put(&path, masked).await.expect(412);

    agent.delete(&path).await.expect(403);
    supervisor.delete(&path).await.expect(204);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn customers_are_listed_searched_and_sorted() {
    let hub = hub().await;
    let admin = hub.admin().await;
    for name in ["Zoe", "amina", "Bilal"] {
        admin.post("/cim-customer/customers", json!({"firstName": name, "web": [name]})).await.expect(201);
    }
    let names = |answer: Value| -> Vec<String> {
        let docs = answer["docs"].as_array().unwrap();
        docs.iter().map(|one| one["firstName"].as_str().unwrap().to_owned()).collect()
    };
    let list = "/cim-customer/customers?limit=25&offset=0&sort=&paginateQuery=";
    let all = admin.get(list).await.expect(200);
    assert_eq!(all["totalDocs"], 3);
    assert_eq!(names(all), ["Zoe", "amina", "Bilal"]);
    let sorted = admin.get("/cim-customer/customers?limit=2&sort=firstName:desc").await.expect(200);
    assert_eq!(names(sorted), ["Zoe", "Bilal"]);
    let found = admin.get("/cim-customer/customers?paginateQuery=firstName:IL").await.expect(200);
    assert_eq!(found["totalDocs"], 1);
    assert_eq!(names(found), ["Bilal"]);
    let by_address = "/cim-customer/customers?channelType=WEB&customerChannelIdentifier=";
    let zoe = admin.get(&format!("{by_address}Zoe")).await.expect(200);
    assert_eq!(zoe["customer"]["firstName"], "Zoe");
    assert_eq!(admin.get(&format!("{by_address}nobody")).await.expect(200)["customer"], Value::Null);
    for wrong in
        ["limit=0", "sort=firstName:up", "paginateQuery=x", "channelType=X&customerChannelIdentifier=y"]
    {
        admin.get(&format!("/cim-customer/customers?{wrong}")).await.expect(400);
    }
    let refused =
        admin.post("/cim-customer/customers", json!({"firstName": "X", "shoe": 44})).await.expect(400);
    assert_eq!(refused["field"], "shoe");
}

#[tokio::test]
async fn the_past_of_a_customer_is_told_without_the_present() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let connector = hub.bearer(&web.token);
    let receive = |message: Value| {
        let connector = connector.clone();
        async move { connector.post("/ccm/message/receive", message).await.expect(200) }
    };
    receive(text_message("old", "visitor", "1000", "first visit")).await;
    let mut end = text_message("end", "visitor", "1000", "");
    end["header"]["intent"] = json!("END_CHAT");
    receive(end).await;
    let accepted = receive(text_message("new", "visitor", "1000", "second visit")).await;
    let customer = accepted["additionalDetails"]["customer"]["_id"].as_str().unwrap();

    let path = format!("/conversation-manager/customer-topics/customer/{customer}/activities");
    let past = admin.get(&format!("{path}?limit=50&offset=0&activity-type=ALL")).await;
    assert!(past.text.contains("first visit") && !past.text.contains("second visit"), "{}", past.text);
    let past = past.expect(200);
    let times: Vec<&str> =
        past["docs"].as_array().unwrap().iter().map(|event| event["timestamp"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
    assert_eq!(admin.get(&format!("{path}?limit=50&offset=1")).await.expect(200)["docs"], json!([]));

    for (state, count) in [("open", 1), ("closed", 1), ("all", 2)] {
        let path = format!("/conversation-manager/conversations?state={state}&customer={customer}");
        let listed = admin.get(&path).await.expect(200);
        assert_eq!(listed["conversations"].as_array().unwrap().len(), count, "{state}");
    }
    admin.get("/conversation-manager/conversations?state=ajar").await.expect(400);
}
