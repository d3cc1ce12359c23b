//! Customers, and what is hidden of them.

use serde_json::{Value, json};
use tieline_core::registry::Role;

use crate::desk::{ADDRESS, Desk};
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

fn encoded(filter: &Value) -> String {
    let bytes = filter.to_string().into_bytes().into_iter();
    bytes.map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn customers_are_found_by_filters_and_read_page_by_page() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let label = json!({"name": "gold", "colorCode": "#ffaa00", "priority": 7});
    let gold = admin.post("/cim-customer/label", label).await.expect(201)["_id"].clone();
    for attribute in [json!({"label": "City"}), json!({"label": "Age", "type": "number"})] {
        admin.post("/cim-customer/customerSchema", attribute).await.expect(201);
    }
    for n in 0..7 {
        let (city, labels) = if n % 2 == 0 { ("Köln", vec![&gold]) } else { ("Lahore", vec![]) };
        let phone = format!("+49 30 {n}{n}");
        let customer = json!({"firstName": format!("P{n}"), "city": city, "age": n, "labels": labels, "phoneNumber": [phone]});
        admin.post("/cim-customer/customers", customer).await.expect(201);
    }
    let term = |field: &str, operator: &str, value: Value| json!({"field": field, "operator": operator, "value": value});
    let names = |answer: &Value| -> String {
        let docs = answer["docs"].as_array().unwrap();
        docs.iter().map(|one| one["firstName"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    let in_koeln = || term("city", "equalTo", json!("KÖLN"));
    for (filter, expected) in [
        (in_koeln(), "P0 P2 P4 P6"),
        (term("labels", "equalTo", gold.clone()), "P0 P2 P4 P6"),
        (json!({"and": [in_koeln(), term("age", "greaterThan", json!(3))]}), "P4 P6"),
        (
            json!({"or": [term("age", "lessThan", json!(1)), term("firstName", "equalTo", json!("p5"))]}),
            "P0 P5",
        ),
        (
            json!({"and": [term("city", "notEqualTo", json!("köln")), term("firstName", "endsWith", json!("3"))]}),
            "P3",
        ),
        (term("phoneNumber", "equalTo", json!("0049-30-55")), "P5"),
        (term("city", "equalTo", json!("Bonn")), ""),
    ] {
        let found =
            admin.get(&format!("/cim-customer/customers?filter={}", encoded(&filter))).await.expect(200);
        assert_eq!(names(&found), expected, "{filter}");
        assert_eq!(found["totalDocs"], json!(expected.split_whitespace().count()), "{filter}");
    }
    let mut pages = Vec::new();
    let mut after = "000000000000000000000000".to_owned();
    loop {
        let query = format!("filter={}&limit=3&after={after}", encoded(&in_koeln()));
        let page = admin.get(&format!("/cim-customer/customers?{query}")).await.expect(200);
        pages.push(names(&page));
        let Some(next) = page["next"].as_str() else { break };
        after = next.to_owned();
    }
    assert_eq!(pages.concat().replace(' ', ""), "P0P2P4P6");
    assert_eq!(pages[0], "P0 P2 P4");
    let refused = admin.get("/cim-customer/customers?filter=nonsense").await.expect(400);
    assert_eq!(refused["field"], "filter");
    admin.get(&format!("/cim-customer/customers?after={after}&sort=firstName:asc")).await.expect(400);
    let unknown = json!({"firstName": "X", "labels": ["66f27f900303030303000001"]});
    assert_eq!(admin.post("/cim-customer/customers", unknown).await.expect(400)["field"], "labels[0]");
}

#[tokio::test]
async fn what_was_changed_is_found_as_it_is_now() {
    let hub = hub().await;
    let admin = hub.admin().await;
    admin.post("/cim-customer/customerSchema", json!({"label": "City"})).await.expect(201);
    let made =
        admin.post("/cim-customer/customers", json!({"firstName": "A", "city": "Köln"})).await.expect(201);
    let path = format!("/cim-customer/customers/{}", made["_id"].as_str().unwrap());
    admin.put(&path, json!({"firstName": "A", "city": "Bonn"})).await.expect(200);
    for (city, expected) in [("köln", 0), ("bonn", 1)] {
        let filter = json!({"field": "city", "operator": "equalTo", "value": city});
        let found =
            admin.get(&format!("/cim-customer/customers?filter={}", encoded(&filter))).await.expect(200);
        assert_eq!(found["totalDocs"], expected, "{city}");
    }
}

#[tokio::test]
async fn a_profile_whose_name_came_from_a_channel_can_be_changed() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    for (said, kept) in [
        ("Zubaida Khatoon".to_owned(), "Zubaida Khatoon".to_owned()),
        (format!("<b>{}</b>\n", "é".repeat(200)), format!("b{}", "é".repeat(99))),
    ] {
        let mut message = text_message(&said, &said, "1000", "hello");
        message["header"]["channelData"]["customerFirstName"] = json!(said);
        let accepted = hub.bearer(&web.token).post("/ccm/message/receive", message).await.expect(200);
        let id = accepted["additionalDetails"]["customer"]["_id"].as_str().unwrap();
        let path = format!("/cim-customer/customers/{id}");
        let profile = admin.get(&path).await.expect(200);
        assert_eq!(profile["firstName"], kept);
        admin.put(&path, profile).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_profile_is_shown_where_the_customer_is_served() {
    let hub = hub().await;
    let line = hub.register("WEB", "7001", None).await;
    let admin = hub.admin().await;
    let mut desk = Desk::connect(&hub, "amina").await;
    let shown = desk.converse(&line).await;
    let mut customer = shown["topicData"]["customer"].clone();
    let path = format!("/cim-customer/customers/{}", customer["_id"].as_str().unwrap());
    customer["firstName"] = json!("Zubaida");
    admin.put(&path, customer).await.expect(200);
    let told = desk.hear_event("ASSOCIATED_CUSTOMER_CHANGED").await;
    assert_eq!(told["conversationId"], shown["topicData"]["id"]);
    assert_eq!(
        (&told["data"]["_id"], &told["data"]["firstName"]),
        (&shown["topicData"]["customer"]["_id"], &json!("Zubaida"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_personal_is_masked_wherever_a_customer_is_shown() {
    let hub = hub().await;
    let line = hub.register("WEB", "7001", None).await;
    let admin = hub.admin().await;
    let schema = admin.get("/cim-customer/customerSchema").await.expect(200);
    let web = schema.as_array().unwrap().iter().find(|one| one["key"] == "web").unwrap().clone();
    let path = format!("/cim-customer/customerSchema/{}", web["_id"].as_str().unwrap());
    let mut personal = web;
    personal["isPii"] = json!(true);
    admin.put(&path, personal).await.expect(200);
    let mut desk = Desk::connect(&hub, "amina").await;
    let shown = desk.converse(&line).await;
    // Whoever is rung sees a mask; who has taken the chat, and only he, sees whom he serves.
    let offer = desk.offer.take().unwrap();
    assert!(!offer.to_string().contains(ADDRESS), "{offer}");
    assert!(shown.to_string().contains(ADDRESS));
    let conversation = shown["topicData"]["id"].as_str().unwrap();
    let customer = shown["topicData"]["customer"]["_id"].as_str().unwrap();
    let amina = hub.person("amina", &[Role::Agent]).await;
    let bilal = hub.person("bilal", &[Role::Agent]).await;
    let judge = hub.person("eve", &[Role::Evaluator]).await;
    for path in [
        format!("/conversation-manager/conversations/{conversation}"),
        format!("/conversation-manager/conversations/{conversation}/events"),
        format!("/cim-customer/customers/{customer}"),
    ] {
        for (who, client, clear) in [
            ("serves", &amina, true),
            ("another", &bilal, false),
            ("judges", &judge, false),
            ("leads", &admin, true),
        ] {
            let answer = client.get(&path).await;
            assert_eq!(answer.status, 200, "{who} {path}");
            assert_eq!(answer.text.contains(ADDRESS), clear, "{who} {path}: {}", answer.text);
        }
    }
    let listed = bilal.get("/conversation-manager/conversations").await;
    assert!(!listed.text.contains(ADDRESS), "{}", listed.text);
    desk.emit("topicUnsubscription", json!({"conversationId": conversation})).await;
    desk.hear("topicUnsubscription").await;
    assert!(!amina.get(&format!("/cim-customer/customers/{customer}")).await.text.contains(ADDRESS));
}
