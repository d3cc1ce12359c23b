//! Registered objects: made, read, changed and deleted over the API.

use serde_json::{Value, json};
use tieline_core::registry::{Object, Role, Team};

use crate::hub::{hub, text_message};

#[tokio::test]
async fn every_noun_is_made_read_changed_and_deleted() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let chat = tieline_core::registry::seed::CHAT_MRD;
    let web = hub.channel_type("WEB");
    let skill = admin
        .post(
            "/routing-engine/routing-attributes",
            json!({"name": "Arabic", "type": "PROFICIENCY_LEVEL", "defaultValue": 5}),
        )
        .await
        .expect(201);
    let term = json!({"routingAttribute": skill["id"], "relationalOperator": ">=", "value": 7});
    for (path, id, name, made) in [
        (
            "/routing-engine/media-routing-domains",
            "id",
            "name",
            json!({"name": "Video", "type": "CHAT", "maxRequests": 2}),
        ),
        (
            "/ccm/channel-types",
            "id",
            "name",
            json!({"name": "PIGEON", "isInteractive": true, "mediaRoutingDomain": chat}),
        ),
        (
            "/ccm/channel-provider-interfaces",
            "id",
            "name",
            json!({"name": "P", "supportedChannelTypes": [{"id": web}]}),
        ),
        (
            "/routing-engine/routing-attributes",
            "id",
            "name",
            json!({"name": "Farsi", "type": "boolean", "defaultValue": 1}),
        ),
        (
            "/routing-engine/precision-queues",
            "id",
            "name",
            json!({"name": "Billing", "mrd": {"id": chat}, "serviceLevelType": 1, "serviceLevelThreshold": 30,
                   "steps": [{"timeout": 10, "expressions": [{"terms": [term]}]}]}),
        ),
        ("/unified-admin/pull-mode-list", "id", "name", json!({"name": "Mail"})),
        (
            "/cim-customer/label",
            "_id",
            "name",
            json!({"name": "VIP", "colorCode": "#fa0", "createdBy": "zara"}),
        ),
        (
            "/unified-admin/canned-messages",
            "id",
            "name",
            json!({"name": "hello", "language": "en", "category": "Greetings", "text": "Hello, how can I help?"}),
        ),
        ("/unified-admin/reasons", "id", "name", json!({"name": "Lunch", "type": "NOT_READY", "code": 7})),
        (
            "/bot-framework/bot-connectors",
            "botId",
            "botName",
            json!({"botId": null, "botName": "Rasa", "botType": "rasa", "botUri": "http://rasa:5005"}),
        ),
        ("/unified-admin/team", "teamId", "teamName", json!({"teamName": "Night"})),
        ("/unified-admin/users", "id", "username", json!({"username": "zoe", "roles": ["agent"]})),
        ("/cim-customer/customerSchema", "_id", "label", json!({"label": "Home address"})),
    ] {
        let created = admin.post(path, made).await;
        assert_eq!(created.status, 201, "{path}: {}", created.text);
        assert_eq!(created.etag(), "\"1\"");
        let location = created.headers["location"].to_str().unwrap().to_owned();
        let created = created.expect(201);
        assert_eq!(location, format!("{path}/{}", created[id].as_str().unwrap()));
        assert_eq!(admin.get(&location).await.expect(200), created, "{path}");
        let all = admin.get(path).await.expect(200);
        assert!(all.as_array().unwrap().contains(&created), "{path}");

        let mut changed = created.clone();
        changed[name] = json!("Renamed");
        let put = admin.put(&location, changed.clone()).await;
        assert_eq!(put.status, 200, "{path}: {}", put.text);
        assert_eq!(put.etag(), "\"2\"", "{path}");
        let put = put.expect(200);
        if let Some(at) = put.get("updatedAt") {
            assert!(at.as_u64() >= created["updatedAt"].as_u64(), "{path}");
            changed["updatedAt"] = at.clone();
        }
        assert_eq!(put, changed, "{path}");

        admin.delete(&location).await.expect(204);
        assert_eq!(admin.get(&location).await.expect(404)["status"], "NOT_FOUND");
        admin.delete(&location).await.expect(404);
        admin.put(&location, changed).await.expect(404);
    }
}

#[tokio::test]
async fn what_an_object_was_and_what_names_it_can_be_read() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let chat = tieline_core::registry::seed::CHAT_MRD;
    let made =
        json!({"name": "Billing", "mrd": {"id": chat}, "serviceLevelType": 1, "serviceLevelThreshold": 30});
    let queue = admin.post("/routing-engine/precision-queues", made).await.expect(201);
    let path = format!("/routing-engine/precision-queues/{}", queue["id"].as_str().unwrap());
    let mut renamed = queue.clone();
    renamed["name"] = "Invoices".into();
    admin.put(&path, renamed).await.expect(200);

    let versions = admin.get(&format!("{path}/versions")).await.expect(200);
    let names: Vec<_> = versions.as_array().unwrap().iter().map(|one| &one["object"]["name"]).collect();
    assert_eq!(names, ["Invoices", "Billing"]);
    assert_eq!((&versions[0]["version"], &versions[1]["version"]), (&json!(2), &json!(1)));
    assert!(versions[0]["changedAt"].as_i64() >= versions[1]["changedAt"].as_i64());

    let domain = format!("/routing-engine/media-routing-domains/{chat}");
    let by = admin.get(&format!("{domain}/references")).await.expect(200);
    let named = json!({"kind": "precision queue", "id": queue["id"], "name": "Invoices"});
    assert!(by.as_array().unwrap().contains(&named), "{by}");
    assert_eq!(admin.get(&format!("{path}/references")).await.expect(200), json!([]));

    admin.delete(&path).await.expect(204);
    let after = admin.get(&format!("{path}/versions?limit=1")).await.expect(200);
    assert_eq!(after[0]["object"], Value::Null);
    let nothing = "/routing-engine/precision-queues/000000000000000000000000";
    admin.get(&format!("{nothing}/versions")).await.expect(404);
    admin.get(&format!("{nothing}/references")).await.expect(404);
}

#[tokio::test]
async fn whom_a_queue_would_reach_is_seen_before_it_is_saved() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let skill = json!({"name": "Arabic", "type": "PROFICIENCY_LEVEL", "defaultValue": 5});
    let skill = admin.post("/routing-engine/routing-attributes", skill).await.expect(201);
    for (name, level) in [("amina", 8), ("bilal", 4)] {
        let skills = json!([{"routingAttribute": {"id": skill["id"]}, "value": level}]);
        let user = json!({"username": name, "password": "correct horse", "roles": ["agent"], "associatedRoutingAttributes": skills});
        admin.post("/unified-admin/users", user).await.expect(201);
    }
    let step = |level: u8| {
        json!({"timeout": 30, "expressions": [{"terms": [
            {"routingAttribute": {"id": skill["id"]}, "relationalOperator": ">=", "value": level}]}]})
    };
    let chat = tieline_core::registry::seed::CHAT_MRD;
    let draft = json!({"name": "", "mrd": {"id": chat}, "steps": [step(7), step(3)]});
    let found = admin.post("/routing-engine/precision-queues/matches", draft).await.expect(200);
    let steps = |name: &str| {
        let of_name = |one: &&Value| one["name"] == name;
        found
            .as_array()
            .unwrap()
            .iter()
            .find(of_name)
            .map(|one| (one["step"].clone(), one["loggedIn"].clone()))
    };
    assert_eq!(steps("amina"), Some((json!(0), json!(false))));
    assert_eq!(steps("bilal"), Some((json!(1), json!(false))));
    assert_eq!(found.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_stale_change_is_refused() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let made = admin.post("/unified-admin/team", json!({"teamName": "Night"})).await;
    let path = made.headers["location"].to_str().unwrap().to_owned();
    let team = made.expect(201);
    let renamed = |name: &str| json!({"teamId": team["teamId"], "teamName": name});
    admin.with("if-match", "\"1\"").put(&path, renamed("Day")).await.expect(200);
    let stale = admin.with("if-match", "\"1\"").put(&path, renamed("Dusk")).await.expect(412);
    assert_eq!(stale["status"], "PRECONDITION_FAILED");
    admin.with("if-match", "\"1\"").delete(&path).await.expect(412);
    admin.with("if-match", "seven").put(&path, renamed("Dusk")).await.expect(400);
    // Clients that know no versions: the last one wins.
    admin.put(&path, renamed("Dusk")).await.expect(200);
    admin.with("if-match", "*").put(&path, renamed("Dawn")).await.expect(200);
    admin.with("if-match", "\"4\"").delete(&path).await.expect(204);
}

#[tokio::test]
async fn thresholds_are_settings_with_addresses_of_their_own() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let agents = "/conversation-monitor/agent-sla-thresholds";
    let start = json!({"percentage": 0, "action": "START_TIMER"});
    let end = json!({"percentage": 100, "action": "REMOVE_ALL_AGENTS"});
    assert_eq!(admin.get(agents).await.expect(200), json!([start, end]));
    let yellow = json!({"percentage": 50, "action": "CHANGE_COLOR"});
    let sent = json!([start, yellow, end]);
    assert_eq!(admin.post(agents, sent.clone()).await.expect(200), sent);
    let settings = admin.get("/unified-admin/general-settings").await.expect(200);
    assert_eq!(settings[0]["agentThresholds"], json!([yellow]));
    admin.post(agents, json!([{"percentage": 50, "action": "EXPLODE"}])).await.expect(400);
    admin.post(agents, json!([{"percentage": 100, "action": "SHOW_POPUP"}])).await.expect(400);
    assert_eq!(admin.post(agents, json!([])).await.expect(200), json!([start, end]));

    let customers = "/conversation-monitor/customer-sla-thresholds";
    let notify = json!({"percentage": 50, "action": "NOTIFY_CUSTOMER", "text": "Still there?"});
    assert_eq!(admin.post(customers, json!([notify])).await.expect(200), json!([notify]));
    assert_eq!(admin.get(customers).await.expect(200), json!([notify]));
    assert_eq!(admin.post(customers, json!([])).await.expect(200), json!([]));
    let agent = hub.person("lena", &[Role::Agent]).await;
    agent.post(customers, json!([])).await.expect(403);
}

#[tokio::test]
async fn settings_that_are_not_sent_stay() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let listed = admin.get("/unified-admin/general-settings").await.expect(200);
    let path = format!("/unified-admin/general-settings/{}", listed[0]["id"].as_str().unwrap());
    let changed = admin.put(&path, json!({"wrapUp": {"enabled": true}, "pauses": [30]})).await.expect(200);
    assert_eq!(changed["wrapUp"], json!({"enabled": true, "seconds": 60}));
    assert_eq!(changed["pauses"], json!([30]));
    assert_eq!(changed["desk"], listed[0]["desk"]);

    let changed = admin.put(&path, json!({"texts": {"greeting": "Welcome to Acme."}})).await.expect(200);
    assert_eq!(changed["texts"]["paused"], listed[0]["texts"]["paused"]);

    // What they were is kept, and a former version can be sent again.
    let versions = admin.get(&format!("{path}/versions")).await.expect(200);
    let numbers: Vec<_> = versions.as_array().unwrap().iter().map(|one| one["version"].clone()).collect();
    assert_eq!(numbers, [json!(3), json!(2), json!(1)]);
    assert_eq!(versions[0]["object"], changed);
    assert_eq!(versions[2]["object"], listed[0]);
    let restored = admin.put(&path, versions[1]["object"].clone()).await.expect(200);
    assert_eq!(restored["texts"], listed[0]["texts"]);
    assert_eq!(restored["pauses"], json!([30]));
    hub.person("lena", &[Role::Agent]).await.get(&format!("{path}/versions")).await.expect(403);
    admin.put(&path, json!({"texts": {"greeting": "Welcome to Acme."}})).await.expect(200);

    let web = hub.register("WEB", "1000", None).await;
    let connector = hub.bearer(&web.token);
    connector.post("/ccm/message/receive", text_message("m", "visitor", "1000", "hello")).await.expect(200);
    let feed = format!("/ccm/channel-connectors/{}/events", web.connector);
    let told = connector.get(&feed).await.expect(200);
    let mut told = told["events"].as_array().unwrap().iter();
    assert!(told.any(|one| one["message"]["body"]["markdownText"] == "Welcome to Acme."));
    let far = admin.put(&path, json!({"routing": {"priorityHeadStartSeconds": 3601}})).await.expect(400);
    assert_eq!(far["field"], "routing.priorityHeadStartSeconds");

    let unknown = admin.put(&path, json!({"wrapup": {}})).await.expect(400);
    assert_eq!(unknown["field"], "wrapup", "{unknown}");
    let desk = hub.stranger().get("/unified-admin/agent-desk-settings").await.expect(200);
    assert_eq!(desk[0]["isWrapUpEnabled"], true, "desks hear of it before anybody signs in");
    let agent = hub.person("zoe", &[Role::Agent]).await;
    agent.put(&path, json!({"pauses": []})).await.expect(403);
}

#[tokio::test]
async fn conflicts_name_the_object_in_the_way() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let existing = json!({"id": web.connector, "name": "Another", "channelProviderInterface": web.connector});
    let taken_id = admin.post("/ccm/channel-connectors", existing).await.expect(409);
    assert_eq!(
        taken_id["conflict"],
        json!({"kind": "channel connector", "id": web.connector, "name": "WEB 1000"})
    );

    let channel = hub.channel("Other", &hub.channel_type("WEB"), &json!(web.connector), "1000");
    let taken = admin.post("/ccm/channels", channel).await.expect(409);
    assert_eq!(
        (taken["field"].as_str(), taken["why"]["code"].as_str()),
        (Some("serviceIdentifier"), Some("taken"))
    );
    assert_eq!(taken["conflict"]["id"], web.channel.as_str());
    assert_eq!(taken["conflict"]["kind"], "channel");

    let in_use = admin.delete(&format!("/ccm/channel-connectors/{}", web.connector)).await.expect(409);
    assert_eq!(in_use["conflict"]["id"], web.channel.as_str());
}

#[tokio::test]
async fn bad_objects_are_refused_with_their_field() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let type_id = hub.channel_type("WEB");
    let channel = |change: &dyn Fn(&mut Value)| {
        let mut channel = hub.channel("Other", &type_id, &json!(web.connector), "2000");
        change(&mut channel);
        channel
    };
    for (path, body, field) in [
        ("/ccm/channel-types", json!({"name": ""}), "name"),
        ("/ccm/channel-types", json!({"name": 7}), "name"),
        ("/ccm/channel-types", json!({"id": "x", "name": "A"}), "id"),
        (
            "/ccm/channel-provider-interfaces",
            json!({"name": "P", "supportedChannelTypes": ["x"]}),
            "supportedChannelTypes[0]",
        ),
        ("/ccm/channel-connectors", json!({"name": "C"}), "channelProviderInterface"),
        ("/ccm/channels", channel(&|c| c["serviceIdentifier"] = json!("  ")), "serviceIdentifier"),
        ("/ccm/channels", channel(&|c| c["channelType"] = Value::Null), "channelType"),
        (
            "/ccm/channels",
            channel(&|c| c["channelConfig"]["channelMode"] = json!("MAGIC")),
            "channelConfig.channelMode",
        ),
        (
            "/ccm/channels",
            channel(&|c| c["channelConfig"]["responseSla"] = json!(-1)),
            "channelConfig.responseSla",
        ),
        (
            "/ccm/channels",
            channel(&|c| c["channelConfig"]["routingPolicy"]["agentRequestTtl"] = json!(5)),
            "channelConfig.routingPolicy.agentRequestTtl",
        ),
        (
            "/routing-engine/media-routing-domains",
            json!({"name": "Video", "type": "SMOKE", "maxRequests": 1}),
            "type",
        ),
        ("/unified-admin/users", json!({"username": "x", "roles": ["king"]}), "roles[0]"),
        (
            "/unified-admin/users",
            json!({"username": "x", "roles": ["agent"], "password": "short"}),
            "password",
        ),
        ("/cim-customer/customerSchema", json!({"label": "X", "type": "colour"}), "type"),
        ("/cim-customer/customerSchema", json!({"label": "X", "isChannelIdentifier": true}), "channelTypes"),
    ] {
        let refused = admin.post(path, body.clone()).await;
        assert_eq!(refused.status, 400, "{path} {body}: {}", refused.text);
        assert_eq!(refused.body["field"], field, "{path} {body}: {}", refused.text);
    }
    admin.post("/ccm/channel-types", json!([])).await.expect(400);
}

#[tokio::test]
async fn secrets_go_in_and_stay_in() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let path = format!("/ccm/channel-connectors/{}", web.connector);
    let mut shown = admin.get(&path).await.expect(200);
    assert_eq!(shown["channelProviderConfigs"][1]["value"], "********");
    shown["name"] = json!("Renamed");
    admin.put(&path, shown.clone()).await.expect(200);
    let own = hub.bearer(&web.token);
    let values = own.get("/ccm/channel-connectors/configurations/1000").await.expect(200);
    assert_eq!(values[1]["value"], "the provider's key");
    shown["channelProviderConfigs"][1]["value"] = json!("another key");
    admin.put(&path, shown).await.expect(200);
    let values = own.get("/ccm/channel-connectors/configurations/1000").await.expect(200);
    assert_eq!(values[1]["value"], "another key");
}

#[tokio::test]
async fn a_list_is_searched_by_name_page_by_page() {
    let hub = hub().await;
    let admin = hub.admin().await;
    for (username, first, last) in [("u1", "Zoë", "Çelik"), ("ZOE&2", "", ""), ("u3", "Bilal", "Khan")] {
        let user = json!({"username": username, "firstName": first, "lastName": last, "roles": ["agent"]});
        admin.post("/unified-admin/users", user).await.expect(201);
    }
    let found = async |path: String| {
        let page = admin.get(&path).await;
        let next = page.headers.get("link").map(|link| link.to_str().unwrap().to_owned());
        let rows = page.expect(200);
        let mut names: Vec<String> =
            rows.as_array().unwrap().iter().map(|row| row["username"].as_str().unwrap().to_owned()).collect();
        names.sort();
        (names, next.map(|link| link[1..link.find('>').unwrap()].to_owned()))
    };
    for (sought, expected) in [
        ("zo", &["ZOE&2", "u1"][..]),
        ("%C3%A7ELIK", &["u1"]),
        ("zo%C3%AB%20%C3%A7", &["u1"]),
        ("khan", &["u3"]),
        ("e%262", &["ZOE&2"]),
        ("nobody", &[]),
    ] {
        assert_eq!(found(format!("/unified-admin/users?q={sought}")).await.0, expected, "{sought}");
    }
    let (mut paged, next) = found("/unified-admin/users?q=%20Zo%20&limit=1".into()).await;
    let (second, end) = found(next.expect("there are two")).await;
    paged.extend(second);
    paged.sort();
    assert_eq!((paged, end), (vec!["ZOE&2".to_owned(), "u1".to_owned()], None));
    let odd = admin.get("/ccm/channel-types?q=what").await.expect(200);
    assert_eq!(odd[0]["name"], "WHATSAPP");
}

#[tokio::test]
async fn people_are_listed_by_name_and_pages_go_on_whoever_leaves_meanwhile() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let mut ids = std::collections::BTreeMap::new();
    for (username, first, last) in [
        ("w", "Zoë", "Çelik"),
        ("x", "amina", "Khan"),
        ("bo", "", ""),
        ("y", "Amina", "Haddad"),
        ("z", "Dilek", ""),
    ] {
        let user = json!({"username": username, "password": "correct horse", "roles": ["agent"],
                          "firstName": first, "lastName": last});
        let user = admin.post("/unified-admin/users", user).await.expect(201);
        ids.insert(username, user["id"].as_str().unwrap().to_owned());
    }
    let page = async |path: String| {
        let answer = admin.get(&path).await;
        let link = answer.headers.get("link").map(|link| link.to_str().unwrap().to_owned());
        let rows = answer.expect(200);
        let names = rows.as_array().unwrap().iter().map(|row| row["username"].as_str().unwrap().to_owned());
        let next = link.map(|link| link[1..link.find('>').unwrap()].to_owned());
        (names.filter(|name| name.len() < 3).collect::<Vec<_>>(), next)
    };
    let (all, _) = page("/unified-admin/users".into()).await;
    assert_eq!(all, ["y", "x", "bo", "z", "w"]);
    let (first, next) = page(format!("/unified-admin/users?limit=1&after={}", ids["y"])).await;
    assert_eq!(first, ["x"]);
    admin.delete(&format!("/unified-admin/users/{}", ids["x"])).await.expect(204);
    assert_eq!(page(next.unwrap().replace("limit=1", "limit=2")).await.0, ["bo", "z"]);
    admin.get("/unified-admin/users?after=x").await.expect(400);
}

#[tokio::test]
async fn lists_come_whole_or_in_pages() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let all = admin.get("/ccm/channel-types").await.expect(200);
    let all = all.as_array().unwrap();
    let mut paged = Vec::new();
    let mut next = "/ccm/channel-types?limit=7".to_owned();
    loop {
        let page = admin.get(&next).await;
        let link = page.headers.get("link").map(|link| link.to_str().unwrap().to_owned());
        paged.extend(page.expect(200).as_array().unwrap().clone());
        match link {
            Some(link) => next = link[1..link.find('>').unwrap()].to_owned(),
            None => break,
        }
    }
    assert_eq!(&paged, all);
    admin.get("/ccm/channel-types?limit=0").await.expect(400);
    admin.get("/ccm/channel-types?limit=x").await.expect(400);
    admin.get("/ccm/channel-types?after=x").await.expect(400);
}

#[tokio::test]
async fn channels_are_found_by_what_they_are_for() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let admin = hub.admin().await;
    let path = format!("/ccm/channels/{}", web.channel);
    let type_id = hub.channel_type("WEB");
    let outbound = format!("/ccm/channels/defaultoutbound?channelTypeId={type_id}");
    assert_eq!(admin.get(&outbound).await.expect(404)["status"], "NOT_FOUND");
    let mut channel = admin.get(&path).await.expect(200);
    channel["defaultOutbound"] = json!(true);
    admin.put(&path, channel.clone()).await.expect(200);
    assert_eq!(admin.get(&outbound).await.expect(200)["serviceIdentifier"], "1000");
    let queue = channel["channelConfig"]["routingPolicy"]["routingObjectId"].as_str().unwrap();
    let routed = admin.get(&format!("/ccm/channels/routing-id?routingObjectId={queue}")).await.expect(200);
    assert_eq!(routed[0]["id"], web.channel.as_str());
    admin.get("/ccm/channels/service-identifier/9999").await.expect(404);
}

#[tokio::test]
async fn supervisors_change_their_own_agents_only() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let teams: Vec<Team> = ["Day", "Night"]
        .map(|name| Team {
            id: format!("{:024x}", name.len()).parse().unwrap(),
            name: name.into(),
            description: String::new(),
        })
        .into();
    for team in &teams {
        hub.put(Object::Team(team.clone())).await;
    }
    let mut sara = hub.add_user("sara", &[Role::Supervisor]).await;
    sara.supervises = vec![teams[0].id];
    hub.put(Object::User(sara.clone())).await;
    let supervisor = hub.person("sara", &[]).await;
    let skill = admin
        .post(
            "/routing-engine/routing-attributes",
            json!({"name": "Arabic", "type": "BOOLEAN", "defaultValue": 0}),
        )
        .await
        .expect(201);
    for (name, team, expected) in [("amina", &teams[0], 200), ("bilal", &teams[1], 403)] {
        let mut agent = hub.add_user(name, &[Role::Agent]).await;
        agent.team = Some(team.id);
        hub.put(Object::User(agent.clone())).await;
        let path = format!("/routing-engine/agents/{}", agent.id);
        let mut shown = supervisor.get(&path).await.expect(200);
        shown["associatedRoutingAttributes"] = json!([{"routingAttribute": skill, "value": 1}]);
        shown["associatedMrds"][0]["maxAgentTasks"] = json!(1);
        let answer = supervisor.put(&path, shown.clone()).await;
        assert_eq!(answer.status, expected, "{name}: {}", answer.text);
        if expected == 200 {
            assert_eq!(answer.body["associatedRoutingAttributes"][0]["routingAttribute"]["name"], "Arabic");
            assert_eq!(answer.body["associatedMrds"], shown["associatedMrds"]);
        }
    }
}

#[tokio::test]
async fn the_customer_schema_is_put_in_order() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let schema = admin.get("/cim-customer/customerSchema").await.expect(200);
    let mut ids: Vec<Value> = schema.as_array().unwrap().iter().map(|one| one["_id"].clone()).collect();
    ids.reverse();
    admin.put("/cim-customer/customerSchemaOrder", json!(ids)).await.expect(200);
    let ordered = admin.get("/cim/customerSchema").await.expect(200);
    let now: Vec<Value> = ordered.as_array().unwrap().iter().map(|one| one["_id"].clone()).collect();
    assert_eq!(now, ids);
    let types = admin.get("/cim-customer/attributeTypes").await.expect(200);
    assert!(types.as_array().unwrap().iter().all(|row| row["regex"].is_string()));
}
