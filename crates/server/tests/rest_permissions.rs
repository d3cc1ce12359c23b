//! What each role may do, asked at the doors themselves.

use serde_json::{Value, json};
use tieline_core::registry::{Object, Role};

use crate::desk::Desk;
use crate::hub::hub;

const ROLES: [Role; 6] =
    [Role::Admin, Role::RoutingManager, Role::Supervisor, Role::Agent, Role::Evaluator, Role::QualityManager];

/// The most each role may do where a kind of object is served, in the order of [`ROLES`].
const TABLE: &[(&str, &str)] = &[
    ("/ccm/channel-types", "manage view view view - -"),
    ("/ccm/channel-provider-interfaces", "manage view view view - -"),
    ("/ccm/channel-connectors", "manage view view view - -"),
    ("/ccm/channels", "manage view view view - -"),
    ("/bot-framework/bot-connectors", "manage view view - - -"),
    ("/routing-engine/media-routing-domains", "manage manage view view - -"),
    ("/routing-engine/routing-attributes", "manage manage view - - -"),
    ("/routing-engine/precision-queues", "manage view view view view view"),
    ("/unified-admin/pull-mode-list", "manage view view view - -"),
    ("/unified-admin/team", "manage manage view view view view"),
    ("/unified-admin/users", "manage - - - - -"),
    ("/unified-admin/forms", "manage view view view view manage"),
    ("/unified-admin/reasons", "manage view view view - -"),
    ("/unified-admin/canned-messages", "manage view view view - -"),
    ("/business-calendar/calendars", "manage view view view - -"),
    ("/cim-customer/customerSchema", "manage view view view view view"),
    ("/cim-customer/label", "manage view manage view view view"),
    ("/cim-customer/customers", "manage - manage manage view view"),
];

/// Only what is read.
const READ: &[(&str, &str)] = &[
    ("/conversation-manager/conversations", "view - view view view view"),
    ("/ccm/dead-letters", "view - view - - -"),
    ("/audit", "view - - - - -"),
];

#[tokio::test]
async fn every_cell_of_the_table_is_in_force() {
    let hub = hub().await;
    hub.admin().await;
    let mut people = Vec::new();
    for (name, role) in ["ada", "bilal", "carla", "dora", "eve", "farid"].into_iter().zip(ROLES) {
        people.push(hub.person(name, &[role]).await);
    }
    for (path, most) in TABLE.iter().chain(READ) {
        let most: Vec<&str> = most.split(' ').collect();
        assert_eq!(most.len(), ROLES.len(), "{path}");
        for ((role, person), most) in ROLES.iter().zip(&people).zip(most) {
            let seen = person.get(path).await.status;
            assert_eq!(seen, if most == "-" { 403 } else { 200 }, "{role:?} reads {path}");
            if READ.iter().any(|(read, _)| read == path) {
                continue;
            }
            // Whoever may is told that nothing of what is needed was sent.
            let made = person.post(path, json!({"firstName": 7, "name": 7})).await;
            assert_eq!(
                made.status,
                if most == "manage" { 400 } else { 403 },
                "{role:?} makes {path}: {}",
                made.text
            );
        }
    }
}

#[tokio::test]
async fn the_table_is_told_as_it_is_documented() {
    let hub = hub().await;
    let told = hub.admin().await.get("/unified-admin/roles").await.expect(200);
    let told = told.as_array().unwrap();
    let word = |permission: &Value| match permission.as_str() {
        Some("manage_own_team") => "own teams".to_owned(),
        Some(word) => word.to_owned(),
        None => "–".to_owned(),
    };
    let documented: Vec<Vec<&str>> = include_str!("../../../docs/sign-in.md")
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains("`: "))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    for row in &documented {
        let resource = row[0].split('`').nth(1).unwrap();
        let cells: Vec<String> = told.iter().map(|role| word(&role["permissions"][resource])).collect();
        assert_eq!(cells, row[1..], "{resource}");
    }
    let admin = told.iter().find(|role| role["role"] == "admin").unwrap();
    assert_eq!(admin["permissions"].as_object().unwrap().len(), documented.len(), "every resource has a row");
    assert_eq!((&admin["people"], &admin["seesPersonalData"]), (&json!(1), &json!(true)));
    hub.person("bilal", &[Role::Supervisor]).await.get("/unified-admin/roles").await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_role_is_out_of_his_desk_at_once() {
    let hub = hub().await;
    hub.admin().await;
    let line = hub.register("WEB", "7001", None).await;
    let mut desk = Desk::connect(&hub, "amina").await;
    desk.converse(&line).await;
    let mut user = desk.user.clone();
    user.roles = vec![Role::Evaluator];
    hub.put(Object::User(user)).await;
    let told = desk.hear("socketSessionRemoved").await;
    assert_eq!(told["agentId"], json!(desk.user.id));
    let agent = desk.user.id;
    let at_work = hub.app.engine.ask(move |state| state.agents().any(|one| one.id == agent)).await.unwrap();
    assert!(!at_work, "nothing is routed to him any more");
}

#[tokio::test]
async fn a_supervisor_changes_what_belongs_to_his_own_teams() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let own =
        admin.post("/unified-admin/team", json!({"teamName": "Own"})).await.expect(201)["teamId"].clone();
    let other =
        admin.post("/unified-admin/team", json!({"teamName": "Other"})).await.expect(201)["teamId"].clone();
    let mut sara = hub.add_user("sara", &[Role::Supervisor]).await;
    let by = hub.person("sara", &[Role::Supervisor]).await;
    let rename = |team: &Value| format!("/unified-admin/team/{}", team.as_str().unwrap());
    by.put(&rename(&own), json!({"teamName": "Own 2"})).await.expect(403);
    // In force with the next call.
    sara.supervises = vec![own.as_str().unwrap().parse().unwrap()];
    hub.put(Object::User(sara)).await;
    let described = json!({"teamName": "Own 2", "description": "Bills and what is wrong with them"});
    let shown = by.put(&rename(&own), described).await.expect(200);
    assert_eq!(shown["description"], "Bills and what is wrong with them");
    assert_eq!(shown["supervisors"][0]["username"], "sara");
    // Who does not speak of it leaves it as it is.
    let shown = by.put(&rename(&own), json!({"teamName": "Own 3"})).await.expect(200);
    assert_eq!(shown["description"], "Bills and what is wrong with them");
    let long = json!({"teamName": "Own", "description": "x".repeat(501)});
    assert_eq!(by.put(&rename(&own), long).await.expect(400)["field"], "description");
    by.put(&rename(&other), json!({"teamName": "Other 2"})).await.expect(403);
    let mut agents = Vec::new();
    for (name, team) in [("amina", &own), ("bilal", &other)] {
        let mut user = hub.add_user(name, &[Role::Agent]).await;
        user.team = Some(team.as_str().unwrap().parse().unwrap());
        agents.push(format!("/routing-engine/agents/{}", user.id));
        hub.put(Object::User(user)).await;
    }
    let skills = json!({"associatedRoutingAttributes": []});
    by.put(&agents[0], skills.clone()).await.expect(200);
    by.put(&agents[1], skills).await.expect(403);
}
