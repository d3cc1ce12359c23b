//! What makes a desk one's own: labels, canned messages, announcements, preferences.

use serde_json::json;
use tieline_core::registry::{Object, Role, Team, User};

use crate::hub::hub;

#[tokio::test]
async fn labels_are_changed_by_id_in_the_query_as_desks_do() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let vip = json!({"name": "VIP", "colorCode": "#ffaa00", "createdBy": "zara", "priority": 7});
    let made = admin.post("/cim-customer/label", vip).await.expect(201);
    let path = format!("/cim-customer/label?_id={}", made["_id"].as_str().unwrap());
    let put = admin.put(&path, json!({"name": "Vip", "colorCode": "#00aaff"})).await.expect(200);
    assert_eq!(put["name"], "Vip");
    assert_eq!(put["createdBy"], "zara", "a label keeps its maker");
    let taken = admin.post("/cim-customer/label", json!({"name": "Vip"})).await.expect(409);
    assert_eq!(taken["conflict"]["id"], made["_id"]);
    // Desks show a reason only where it stands like this.
    assert_eq!(taken["error"]["error_detail"]["reason"], taken["message"]);
    assert_eq!(taken["error"]["error_message"], "CONFLICT");
    admin.post("/cim-customer/label", json!({"name": "VIP"})).await.expect(201);
    let refused = admin.post("/cim-customer/label", json!({"name": "x", "priority": 11})).await.expect(400);
    assert_eq!(refused["field"], "priority");
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect(404);
}

#[tokio::test]
async fn announcements_reach_the_teams_they_are_for() {
    let hub = hub().await;
    let (red, blue) = ("aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbb");
    for (id, name) in [(red, "Red"), (blue, "Blue")] {
        hub.put(Object::Team(Team {
            id: id.parse().unwrap(),
            name: name.into(),
            description: String::new(),
        }))
        .await;
    }
    let in_team = |user: User, team: &str| User { team: Some(team.parse().unwrap()), ..user };
    let zara = hub.person("zara", &[Role::Supervisor]).await;
    let zaras = hub.user("zara");
    hub.put(Object::User(User { supervises: vec![red.parse().unwrap()], ..zaras.clone() })).await;
    let ada = hub.person("ada", &[Role::Agent]).await;
    hub.put(Object::User(in_team(hub.user("ada"), red))).await;
    let bela = hub.person("bela", &[Role::Agent]).await;
    hub.put(Object::User(in_team(hub.user("bela"), blue))).await;

    let path = "/team-announcement/announcement";
    let lunch = json!({"announcementText": "Lunch", "teams": [red]});
    let made = zara.post(path, lunch.clone()).await.expect(201);
    assert_eq!(made["supervisorId"], json!(zaras.id));
    let lasts = made["expiryTime"].as_i64().unwrap() - made["scheduledTime"].as_i64().unwrap();
    assert_eq!(lasts, 600_000);

    ada.post(path, lunch).await.expect(403);
    zara.post(path, json!({"announcementText": "Lunch", "teams": [{"teamId": blue}]})).await.expect(403);
    for (change, field) in [
        (json!({"announcementText": ""}), "announcementText"),
        (json!({"announcementText": "x".repeat(501)}), "announcementText"),
        (json!({"expiryTime": "tomorrow"}), "expiryTime"),
        (json!({"scheduledTime": 0, "expiryTime": 600_000_000}), "expiryTime"),
        (json!({"teams": ["red"]}), "teams[0]"),
    ] {
        let mut body = json!({"announcementText": "Tea", "teams": [red]});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(zara.post(path, body).await.expect(400)["field"], field);
    }

    let active = format!("{path}/?teamIds={red},{blue}&status=active");
    assert_eq!(ada.get(&active).await.expect(200)[0]["announcementText"], "Lunch");
    assert_eq!(bela.get(&active).await.expect(200), json!([]), "not said to her team");
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    bela.get(&one).await.expect(404);

    let seen = format!("{path}/seenStatus/{}", made["id"].as_str().unwrap());
    bela.put(&seen, json!({})).await.expect(404);
    for _ in 0..2 {
        ada.put(&seen, json!({})).await.expect(200);
    }
    assert_eq!(zara.get(&one).await.expect(200)["seenBy"], json!([hub.user("ada").id]));
    let dinner = json!({"announcementText": "Dinner", "teams": [red]});
    assert_eq!(zara.put(&one, dinner).await.expect(200)["announcementText"], "Dinner");
    ada.delete(&one).await.expect(403);
    zara.delete(&one).await.expect(204);
    assert_eq!(ada.get(&active).await.expect(200), json!([]));
}

#[tokio::test]
async fn preferences_are_ones_own_and_come_back_as_sent() {
    let hub = hub().await;
    let ada = hub.person("ada", &[Role::Agent]).await;
    let id = hub.user("ada").id;
    let rows = ada.get(&format!("/cim-customer/userPreference?user_Id={id}")).await.expect(200);
    assert_eq!(rows["docs"][0]["columns"][0]["field"], "firstName", "desks need a row to begin with");

    let mine = format!("/cim-customer/userPreference/{id}");
    let changed = ada.put(&mine, json!({"_id": "x", "pageSize": 50, "own": [1]})).await.expect(200);
    assert_eq!(
        (&changed["pageSize"], &changed["own"], &changed["_id"]),
        (&json!(50), &json!([1]), &json!(id))
    );
    let desk = format!("/cim-customer/agentSetting/{id}");
    ada.put(&desk, json!({"theme": "dark"})).await.expect(200);
    let kept = ada.get(&format!("/cim-customer/agentSetting?user_Id={id}")).await.expect(200);
    assert_eq!((&kept["theme"], &kept["language"]), (&json!("dark"), &json!("en")));

    let bela = hub.person("bela", &[Role::Agent]).await;
    bela.put(&mine, json!({"pageSize": 5})).await.expect(403);
    ada.put(&desk, json!({"theme": "x".repeat(20_000)})).await.expect(400);
}
