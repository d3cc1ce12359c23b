//! Who did what, when, and from where.

use serde_json::{Value, json};
use tieline_core::registry::Role;

use crate::hub::{Client, hub, hub_with, text_message};

async fn trail(by: &Client, query: &str) -> Vec<Value> {
    let answer = by.get(&format!("/audit?{query}")).await.expect(200);
    answer["records"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_people_do_is_told_with_who_and_from_where() {
    let hub = hub_with(|config| config.listen.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let admin = hub.admin().await.with("x-forwarded-for", "192.0.2.7");
    let team = admin.post("/unified-admin/team", json!({"teamName": "Billing"})).await.expect(201);
    let path = format!("/unified-admin/team/{}", team["teamId"].as_str().unwrap());
    admin.put(&path, json!({"teamName": "Accounts"})).await.expect(200);
    admin.delete(&path).await.expect(204);
    let subject = team["teamId"].as_str().unwrap();
    let told = trail(&admin, &format!("subject={subject}")).await;
    let deeds: Vec<_> =
        told.iter().map(|one| (one["deed"].as_str().unwrap(), &one["details"]["version"])).collect();
    assert_eq!(
        deeds,
        [("object.deleted", &Value::Null), ("object.put", &json!(2)), ("object.put", &json!(1))]
    );
    for one in &told {
        assert_eq!(
            (&one["by"], &one["username"], &one["address"]),
            (&json!("user"), &json!("root"), &json!("192.0.2.7"))
        );
    }

    let mut changes = Vec::new();
    for one in &told {
        let told = admin.get(&format!("/audit/records/{}", one["sequence"])).await.expect(200);
        assert_eq!(&told["record"], one);
        let change = &told["change"];
        changes.push((change["before"]["name"].clone(), change["after"]["name"].clone()));
    }
    let (billing, accounts, nothing) = (json!("Billing"), json!("Accounts"), Value::Null);
    let expected =
        [(accounts.clone(), nothing.clone()), (billing.clone(), accounts), (nothing, billing.clone())];
    assert_eq!(changes, expected);
    for nowhere in ["0", "99999999", "x"] {
        admin.get(&format!("/audit/records/{nowhere}")).await.expect(404);
    }
    let web = hub.register("WEB", "1000", None).await;
    for one in trail(&admin, &format!("subject={}", web.connector)).await {
        let told = admin.get(&format!("/audit/records/{}", one["sequence"])).await;
        assert!(told.text.contains("API-KEY"), "{}", told.text);
        assert!(!told.text.contains(&web.signing_secret), "{}", told.text);
        assert!(!told.text.contains("the provider's key"), "{}", told.text);
    }

    let schema = json!({"label": "Secret word", "type": "password"});
    admin.post("/cim-customer/customerSchema", schema).await.expect(201);
    let carl = json!({"firstName": "Carl", "secretWord": "abracadabra"});
    let made = admin.post("/cim-customer/customers", carl).await.expect(201);
    let id = made["_id"].as_str().unwrap();
    let customer = format!("/cim-customer/customers/{id}");
    let changed = json!({"firstName": "Karl", "secretWord": "hocus pocus"});
    admin.put(&customer, changed).await.expect(200);
    let told = trail(&admin, &format!("subject={id}")).await;
    assert_eq!(told[0]["details"]["changes"]["firstName"], json!({"before": "Carl", "after": "Karl"}));
    assert_eq!(told[0]["details"]["changes"]["secretWord"], json!({"before": "*****", "after": "*****"}));
    assert_eq!(told[1]["details"]["changes"]["firstName"], json!({"before": null, "after": "Carl"}));
    admin.delete(&customer).await.expect(204);
    let told = trail(&admin, &format!("subject={id}")).await;
    let deeds: Vec<_> =
        told.iter().map(|one| (one["deed"].as_str().unwrap(), one["details"].is_null())).collect();
    let put = ("customer.put", true);
    assert_eq!(deeds, [("customer.erased", false), put, put, put], "parted with, and erased");
}

#[tokio::test]
async fn sign_ins_and_refusals_are_told_without_names_nobody_has() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let user = json!({"username": "amina", "password": "correct horse", "roles": ["agent"]});
    let amina = admin.post("/unified-admin/users", user).await.expect(201);
    let stranger = hub.stranger();
    for (username, password, status) in
        [("amina", "correct horse", 200), ("amina", "wrong password", 401), ("correct horse", "amina", 401)]
    {
        let body = json!({"username": username, "password": password});
        stranger.post("/auth/login", body.clone()).await.expect(status);
        stranger.post("/agent-manager/agent/login", body).await.expect(status);
    }
    let agent = hub.person("amina", &[Role::Agent]).await;
    agent.get("/unified-admin/users").await.expect(403);
    agent.get("/audit").await.expect(403);
    let (anybody, other) = ("0".repeat(24), hub.add_user("bilal", &[Role::Supervisor]).await.id);
    agent.delete(&format!("/cim-customer/customers/{anybody}")).await.expect(403);
    let merge = json!({"customerId": anybody});
    agent.post(&format!("/cim-customer/customers/{anybody}/merge"), merge).await.expect(403);
    agent.get(&format!("/conversation-manager/conversations?agent={other}")).await.expect(403);
    let supervisor = hub.person("bilal", &[Role::Supervisor]).await;
    let skills = json!({"associatedRoutingAttributes": []});
    supervisor
        .put(&format!("/routing-engine/agents/{id}", id = amina["id"].as_str().unwrap()), skills)
        .await
        .expect(403);
    let evaluator = hub.person("eve", &[Role::Evaluator]).await;
    evaluator.post("/file-engine/api/uploadFileStream", json!({})).await.expect(403);

    let count = async |query: &str| trail(&admin, query).await.len();
    let id = amina["id"].as_str().unwrap();
    assert_eq!(count(&format!("user={id}&deed=session.opened")).await, 2);
    assert_eq!(count(&format!("user={id}&deed=session.refused")).await, 2);
    assert_eq!(count("deed=session.refused").await, 4);
    let refused = trail(&admin, "deed=permission.refused").await;
    let resources: Vec<&str> =
        refused.iter().map(|one| one["details"]["resource"].as_str().unwrap()).collect();
    assert_eq!(
        resources,
        ["conversations", "agent-attributes", "conversations", "customers", "customers", "audit", "users"]
    );
    let all = admin.get("/audit?limit=1000").await;
    assert!(!all.text.contains("correct horse") && !all.text.contains("wrong password"), "{}", all.text);
    let wrong = admin.get("/audit?deed=tea").await.expect(400);
    assert_eq!(wrong["field"], "deed");
}

#[tokio::test]
async fn the_trail_is_read_page_by_page_and_taken_along() {
    let hub = hub().await;
    let admin = hub.admin().await;
    for n in 0..5 {
        admin.post("/unified-admin/team", json!({"teamName": format!("=team {n}")})).await.expect(201);
    }
    let page = admin.get("/audit?limit=3").await.expect(200);
    let next = admin.get(&format!("/audit?limit=3&before={}", page["next"])).await.expect(200);
    let seqs = |page: &Value| -> Vec<u64> {
        page["records"].as_array().unwrap().iter().map(|one| one["sequence"].as_u64().unwrap()).collect()
    };
    let both = [seqs(&page), seqs(&next)].concat();
    assert!(both.is_sorted_by(|newer, older| newer > older) && both.len() == 6, "{both:?}");
    let lines = admin.get("/audit/export").await;
    assert_eq!(
        (lines.status, &lines.headers["content-type"]),
        (200, &"application/x-ndjson".parse().unwrap())
    );
    let records: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records[0]["deed"], "data.exported");
    // Of one kind of object: pages are filled with it, whatever else lies between.
    admin
        .post(
            "/routing-engine/routing-attributes",
            json!({"name": "Arabic", "type": "BOOLEAN", "defaultValue": 1}),
        )
        .await
        .expect(201);
    let teams = admin.get("/audit?limit=3&kind=team").await.expect(200);
    let rest = admin.get(&format!("/audit?limit=3&kind=team&before={}", teams["next"])).await.expect(200);
    assert_eq!((seqs(&teams).len(), seqs(&rest).len(), &rest["next"]), (3, 2, &Value::Null));
    let skills = admin.get("/audit/export?kind=routing_attribute").await;
    assert_eq!(skills.text.lines().count(), 1, "{}", skills.text);
    admin.get("/audit?kind=tea").await.expect(400);
    let values = admin.get("/audit/export?format=csv&deed=object.put").await;
    assert!(values.text.starts_with("sequence,at,deed,user,username,address,subject,details\r\n"));
    assert_eq!(values.text.lines().count() - 1, trail(&admin, "deed=object.put&limit=1000").await.len());
}

#[tokio::test]
async fn looking_at_personal_data_is_told() {
    let hub = hub().await;
    let admin = hub.admin().await;
    admin
        .post("/cim-customer/customerSchema", json!({"label": "Email", "type": "email", "isPii": true}))
        .await
        .expect(201);
    let made = admin
        .post("/cim-customer/customers", json!({"firstName": "A", "email": "a.b@example.com"}))
        .await
        .expect(201);
    let path = format!("/cim-customer/customers/{}", made["_id"].as_str().unwrap());
    let (sara, amina) =
        (hub.person("sara", &[Role::Supervisor]).await, hub.person("amina", &[Role::Agent]).await);
    sara.get(&path).await.expect(200);
    amina.get(&path).await.expect(200);
    let told = trail(&admin, "deed=customer.read").await;
    assert_eq!(told.iter().map(|one| one["username"].as_str().unwrap()).collect::<Vec<_>>(), ["sara"]);
}

#[tokio::test]
async fn only_administrators_play_customers_and_each_time_it_is_told() {
    let hub = hub().await;
    hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let (sara, amina) =
        (hub.person("sara", &[Role::Supervisor]).await, hub.person("amina", &[Role::Agent]).await);
    for (who, id) in [(&sara, "m1"), (&amina, "m2")] {
        let refused = who.post("/ccm/message/receive", text_message(id, "visitor", "1000", "hello")).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
    }
    assert_eq!(trail(&admin, "deed=customer.played").await, [] as [Value; 0]);

    let accepted = admin.post("/ccm/message/receive", text_message("m3", "visitor", "1000", "hello")).await;
    let conversation = accepted.expect(200)["additionalDetails"]["conversationId"].take();
    let told = trail(&admin, "deed=customer.played").await;
    let told: Vec<_> = told.iter().map(|one| (&one["username"], &one["subject"])).collect();
    assert_eq!(told, [(&json!("root"), &conversation)]);

    let mut own = text_message("m4", "visitor", "1000", "How can I help?");
    own["header"]["sender"] = json!({"id": "amina", "type": "AGENT"});
    amina.post("/ccm/message/receive", own).await.expect(200);
    assert_eq!(trail(&admin, "deed=customer.played").await.len(), 1);
}
