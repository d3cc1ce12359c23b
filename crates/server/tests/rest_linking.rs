//! Conversations and profiles that turn out to be somebody else's.

use serde_json::{Value, json};
use tieline_core::registry::Role;

use crate::desk::Desk;
use crate::hub::{Client, hub, text_message};

async fn known(by: &Client, name: &str, address: &str) -> String {
    let made = by.post("/cim-customer/customers", json!({"firstName": name, "web": [address]})).await;
    made.expect(201)["_id"].as_str().unwrap().to_owned()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

#[tokio::test]
async fn two_profiles_are_merged_and_taken_apart() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let sara = hub.person("sara", &[Role::Supervisor]).await;
    let (carl, charly) = (known(&sara, "Carl", "a1").await, known(&sara, "Charly", "a2").await);
    let connector = hub.bearer(&web.token);
    connector.post("/ccm/message/receive", text_message("m1", "a2", "1000", "first words")).await.expect(200);
    let mut end = text_message("m2", "a2", "1000", "");
    end["header"]["intent"] = json!("END_CHAT");
    connector.post("/ccm/message/receive", end).await.expect(200);

    let merge = format!("/cim-customer/customers/{carl}/merge");
    let wish = json!({"customerId": charly, "reason": "the same passport"});
    let agent = hub.person("amina", &[Role::Agent]).await;
    agent.post(&merge, wish.clone()).await.expect(403);
    let merged = sara.post(&merge, wish.clone()).await.expect(200);
    assert_eq!((&merged["firstName"], texts(&merged["web"])), (&json!("Carl"), vec!["a1", "a2"]));
    let again = sara.post(&merge, wish).await.expect(409);
    assert!(again["message"].as_str().unwrap().contains(&carl), "{again}");

    let listed = sara.get("/cim-customer/customers").await.expect(200);
    assert_eq!((&listed["totalDocs"], &listed["docs"][0]["_id"]), (&json!(1), &json!(carl)));
    let found = "/cim-customer/customers?channelType=WEB&customerChannelIdentifier=a2";
    assert_eq!(sara.get(found).await.expect(200)["customer"]["_id"], json!(carl));
    // Whoever still has the other id is shown who stands for it, and changes nothing by it.
    let one = format!("/cim-customer/customers/{charly}");
    assert_eq!(sara.get(&one).await.expect(200)["_id"], json!(carl));
    sara.put(&one, json!({"firstName": "X"})).await.expect(409);
    sara.delete(&one).await.expect(409);
    let past = format!("/conversation-manager/customer-topics/customer/{carl}/activities");
    let told = sara.get(&past).await;
    assert!(told.text.contains("first words") && told.text.contains("Carl"), "{}", told.text);
    let evidence = sara.get(&format!("/cim-customer/customers/{carl}/merges")).await.expect(200);
    let expected = (json!(charly), json!("sara"), json!("the same passport"));
    let merge = &evidence[0];
    assert_eq!((merge["customerId"].clone(), merge["username"].clone(), merge["reason"].clone()), expected);
    assert_eq!(merge["added"], json!([{"attribute": "web", "value": "a2"}]));

    let restored = sara.post(&format!("{one}/unmerge"), json!({})).await.expect(200);
    assert_eq!((&restored["_id"], texts(&restored["web"])), (&json!(charly), vec!["a2"]));
    let left = sara.get(&format!("/cim-customer/customers/{carl}")).await.expect(200);
    assert_eq!(texts(&left["web"]), ["a1"]);
    assert!(!sara.get(&past).await.text.contains("first words"));
    sara.post(&format!("{one}/unmerge"), json!({})).await.expect(409);
    let long = json!({"customerId": charly, "reason": "x".repeat(501)});
    assert_eq!(
        sara.post(&format!("/cim-customer/customers/{carl}/merge"), long).await.expect(400)["field"],
        "reason"
    );
}

#[tokio::test]
async fn erasing_somebody_reaches_who_was_merged_into_him() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let (carl, charly) = (known(&admin, "Carl", "a1").await, known(&admin, "Charly", "a2").await);
    let merge = format!("/cim-customer/customers/{carl}/merge");
    admin.post(&merge, json!({"customerId": charly})).await.expect(200);
    admin.delete(&format!("/cim-customer/customers/{carl}")).await.expect(204);
    for id in [&carl, &charly] {
        admin.get(&format!("/cim-customer/customers/{id}")).await.expect(404);
    }
    admin.post(&format!("/cim-customer/customers/{charly}/unmerge"), json!({})).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_is_told_that_its_conversation_is_somebody_elses() {
    let hub = hub().await;
    let line = hub.register("WEB", "7001", None).await;
    let admin = hub.admin().await;
    let schema = admin.get("/cim-customer/customerSchema").await.expect(200);
    let name = schema.as_array().unwrap().iter().find(|one| one["key"] == "firstName").unwrap();
    // "+49 30 1" is who writes to desks in these tests: two know him, so nobody is decided on.
    let (carl, _) = (known(&admin, "Carl", "+49 30 1").await, known(&admin, "Carla", "+49 30 1").await);
    let mut desk = Desk::connect(&hub, "amina").await;
    let topic = desk.converse(&line).await;
    let topic = &topic["topicData"];
    assert_eq!(topic["customer"]["firstName"], name["defaultValue"]);
    let suggested: Vec<_> = topic["customerSuggestions"].as_array().unwrap().iter().collect();
    assert_eq!(
        suggested.iter().map(|one| one["firstName"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Carl", "Carla"]
    );

    let anonymous = topic["customer"]["_id"].as_str().unwrap();
    let conversation = topic["id"].as_str().unwrap();
    let agent = hub.person("amina", &[Role::Agent]).await;
    let link = format!("/conversation-manager/customer-topics/{conversation}/update-customer");
    let wish = json!({"_id": carl, "firstName": "Carl", "reason": "he said so", "moveIdentifier": true});
    assert_eq!(agent.put(&link, wish.clone()).await.expect(200)["_id"], json!(carl));
    let changed = desk.hear_event("ASSOCIATED_CUSTOMER_CHANGED").await;
    assert_eq!((&changed["data"]["_id"], &changed["data"]["firstName"]), (&json!(carl), &json!("Carl")));
    assert_eq!(changed["roomInfo"]["id"], json!(carl));
    agent.put(&link, wish).await.expect(409);

    let shown = agent.get(&format!("/conversation-manager/conversations/{conversation}")).await.expect(200);
    let link = &shown["links"][0];
    assert_eq!((&shown["customerId"], &shown["customer"]["_id"]), (&json!(carl), &json!(carl)));
    assert_eq!(
        (&link["from"], &link["username"], &link["identifiers"]),
        (&json!(anonymous), &json!("amina"), &json!(["web"]))
    );
    let left = admin.get(&format!("/cim-customer/customers/{anonymous}")).await.expect(200);
    assert!(left.get("web").is_none_or(|web| web.as_array().unwrap().is_empty()), "{left}");

    let unlink = format!("/conversation-manager/conversations/{conversation}/unlink");
    assert_eq!(agent.post(&unlink, json!({})).await.expect(200)["_id"], json!(anonymous));
    let back = desk.hear_event("ASSOCIATED_CUSTOMER_CHANGED").await;
    assert_eq!(back["data"]["web"], json!(["+49 30 1"]));
    agent.post(&unlink, json!({})).await.expect(409);
}

#[tokio::test]
async fn the_past_of_somebody_anonymous_goes_to_whom_he_turns_out_to_be() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let carl = known(&admin, "Carl", "a1").await;
    let connector = hub.bearer(&web.token);
    let accepted = connector
        .post("/ccm/message/receive", text_message("m1", "a2", "1000", "first words"))
        .await
        .expect(200);
    let anonymous = accepted["additionalDetails"]["customer"]["_id"].clone();
    let mut end = text_message("m2", "a2", "1000", "");
    end["header"]["intent"] = json!("END_CHAT");
    connector.post("/ccm/message/receive", end).await.expect(200);
    let path = "/conversation-manager/customer-topics/update-past-conversations";
    let wish = json!({"currentCustomer": anonymous, "newCustomer": {"_id": carl, "firstName": "Carl"}});
    assert_eq!(admin.put(path, wish.clone()).await.expect(200), json!({"conversations": 1}));
    assert_eq!(admin.put(path, wish).await.expect(200), json!({"conversations": 0}));
    let past = format!("/conversation-manager/customer-topics/customer/{carl}/activities");
    assert!(admin.get(&past).await.text.contains("first words"));
    let known = json!({"currentCustomer": carl, "newCustomer": anonymous});
    admin.put(path, known).await.expect(409);
    let nobody = json!({"currentCustomer": "66f27f900303030303000001", "newCustomer": carl});
    assert_eq!(admin.put(path, nobody).await.expect(404)["status"], "NOT_FOUND");
}
