//! Reports over HTTP: what was, what is, and what installed desks' dashboards ask for.

use serde_json::{Value, json};
use tieline_core::batch::Batch;
use tieline_core::command::{AgentStateWish, Command};
use tieline_core::id::{ConversationId, Id, Mint, UserId};
use tieline_core::registry::seed::CHAT_MRD;
use tieline_core::registry::{Object, Role, Team, User};
use tieline_core::report::{Counts, INTERVAL, Interval, Measure, Subject, Tallies};
use tieline_core::time::Span;
use tieline_store::LogFilter;

use crate::desk_scene::{check_covers, fixture};
use crate::hub::{Client, Registered, TestHub, hub, text_message};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A hub with a channel, and amina and bilal in a team each; sara leads amina's.
struct Centre {
    hub: TestHub,
    channel: Registered,
    customers: Client,
    amina: UserId,
    bilal: UserId,
    team: Team,
}

impl Centre {
    async fn open() -> Self {
        let hub = hub().await;
        let channel = hub.register("WEB", "1000", None).await;
        let customers = hub.bearer(&channel.token);
        let mut mint = Mint::new([8; 5]);
        let teams = ["North", "South"].map(|name| Team {
            id: mint.id(hub.app.now()),
            name: name.into(),
            description: String::new(),
        });
        for team in &teams {
            hub.put(Object::Team(team.clone())).await;
        }
        let mut ids = Vec::new();
        for (name, team) in [("amina", 0), ("bilal", 1)] {
            let user = hub.add_user(name, &[Role::Agent]).await;
            hub.put(Object::User(User { team: Some(teams[team].id), ..user.clone() })).await;
            ids.push(user.id);
        }
        let sara = hub.add_user("sara", &[Role::Supervisor]).await;
        hub.put(Object::User(User { supervises: vec![teams[0].id], ..sara })).await;
        let [team, _] = teams;
        Self { hub, channel, customers, amina: ids[0], bilal: ids[1], team }
    }

    async fn decide(&self, command: Command) {
        self.hub.app.engine.submit(command).await.unwrap().unwrap();
    }

    async fn comes_to_work(&self, agent: UserId) {
        let connection = Mint::new([7; 5]).id(self.hub.app.now());
        self.decide(Command::ConnectDesk { agent, connection }).await;
        self.decide(Command::SetAgentState { agent, to: AgentStateWish::Ready }).await;
    }

    /// A customer asks for an agent.
    async fn asks(&self, customer: &str) -> ConversationId {
        let mut opening = text_message(customer, customer, &self.channel.service_identifier, "hello");
        opening["header"]["intent"] = json!("START_CONVERSATION");
        let opened = self.customers.post("/ccm/message/receive", opening).await.expect(200);
        let conversation = opened["additionalDetails"]["conversationId"].as_str().unwrap().to_owned();
        let asked = json!({"conversationId": conversation, "queue": {"type": "NAME", "value": "Default"}});
        // The built-in bot may have asked already.
        let admin = self.hub.admin().await;
        assert!([200, 409].contains(&admin.post("/routing-engine/assign-resource", asked).await.status));
        conversation.parse().unwrap()
    }

    async fn accepts(&self, agent: UserId, conversation: ConversationId) {
        self.decide(Command::AcceptOffer { agent, conversation, task: None }).await;
    }

    async fn leaves(&self, customer: &str) {
        let id = format!("{customer}-end");
        let mut leaving = text_message(&id, customer, &self.channel.service_identifier, "bye");
        leaving["header"]["intent"] = json!("END_CHAT");
        self.customers.post("/ccm/message/receive", leaving).await.expect(200);
    }

    async fn sara(&self) -> Client {
        self.hub.person("sara", &[]).await
    }
}

fn row<'r>(report: &'r Value, name: &str) -> &'r Value {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no row {name}: {report}"))
}

#[tokio::test]
async fn what_happened_is_reported_by_queue_agent_team_and_channel() {
    let centre = Centre::open().await;
    centre.comes_to_work(centre.amina).await;
    let served = centre.asks("+1").await;
    centre.accepts(centre.amina, served).await;
    centre.leaves("+1").await;
    centre.decide(Command::LeaveConversation { agent: centre.amina, conversation: served }).await;
    centre
        .decide(Command::SetAgentState { agent: centre.amina, to: AgentStateWish::Logout { reason: None } })
        .await;
    centre.asks("+2").await;
    centre.leaves("+2").await;

    let admin = centre.hub.admin().await;
    let report = admin.get("/cim-reporting/statistics?by=queue").await.expect(200);
    let queue = row(&report, "Default");
    for (figure, value) in [
        ("queued", json!(2)),
        ("offered", json!(2)),
        ("answered", json!(1)),
        ("abandoned", json!(1)),
        ("handled", json!(1)),
        ("abandonedPercent", json!(50.0)),
        ("serviceLevelPercent", json!(100.0)),
        ("begins", Value::Null),
    ] {
        assert_eq!(queue[figure], value, "{figure}");
    }
    let report = admin.get("/cim-reporting/statistics?by=agent&every=quarter").await.expect(200);
    let amina = row(&report, "amina");
    assert_eq!((&amina["answered"], &amina["rung"], &amina["lost"]), (&json!(1), &json!(1), &json!(0)));
    assert!(amina["begins"].as_i64().unwrap() % (15 * 60_000) == 0);
    assert!(amina["loggedInMs"].as_u64().unwrap() >= amina["readyMs"].as_u64().unwrap());
    let report = admin.get("/cim-reporting/statistics?by=team").await.expect(200);
    assert_eq!(row(&report, "North")["handled"], 1);
    let report = admin.get("/cim-reporting/statistics?by=channel").await.expect(200);
    let channel = row(&report, "WEB 1000");
    assert_eq!((&channel["sessions"], &channel["conversations"]), (&json!(2), &json!(2)));
    let report = admin.get("/cim-reporting/statistics?by=total").await.expect(200);
    assert_eq!(report["rows"][0]["offered"], 2);
    let before = admin.get("/cim-reporting/statistics?by=queue&from=0&until=900000").await.expect(200);
    assert_eq!(before["rows"], json!([]));

    let table = admin.get("/cim-reporting/statistics?by=queue&format=csv").await;
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    let mut lines = table.text.lines();
    let place = lines.next().unwrap().split(',').position(|column| column == "offered").unwrap();
    assert_eq!(lines.next().unwrap().split(',').nth(place), Some("2"));

    let tasks = admin.get("/cim-reporting/finished-tasks").await.expect(200);
    let endings: Vec<&Value> = tasks["rows"].as_array().unwrap().iter().map(|row| &row["ending"]).collect();
    assert_eq!(endings, ["HANDLED", "ABANDONED"]);
    assert_eq!(tasks["rows"][0]["username"], "amina");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_with_a_reason() {
    let hub = hub().await;
    let admin = hub.admin().await;
    for (path, field) in [
        ("/cim-reporting/statistics?by=queue&from=yesterday", "from"),
        ("/cim-reporting/statistics?by=queue&from=0", "from"),
        ("/cim-reporting/statistics?by=queue&from=2000&until=1000", "from"),
        ("/cim-reporting/statistics?by=queue&offset=10000", "offset"),
        ("/cim-reporting/live?format=csv", "part"),
        ("/cim-reporting/agent-log?agent=amina", "agent"),
        ("/cim-reporting/agent-log?after=7", "after"),
        ("/cim-reporting/agent-log?limit=0", "limit"),
        ("/cim-reporting/agent-log?limit=10&format=csv", "limit"),
    ] {
        assert_eq!(admin.get(path).await.expect(400)["field"], field, "{path}");
    }
    admin.get("/cim-reporting/statistics").await.expect(400);
    admin.get("/cim-reporting/statistics?by=moon").await.expect(400);
}

#[tokio::test]
async fn supervisors_see_their_agents_and_agents_see_no_reports() {
    let centre = Centre::open().await;
    centre.comes_to_work(centre.amina).await;
    centre.comes_to_work(centre.bilal).await;
    let (sara, agent) = (centre.sara().await, centre.hub.person("amina", &[]).await);
    let names = |rows: &Value, member: &str| -> Vec<String> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row[member].as_str().unwrap().to_owned()).collect()
    };
    let live = sara.get("/cim-reporting/live").await.expect(200);
    assert_eq!(names(&live["agents"], "username"), ["amina"]);
    let log = sara.get("/cim-reporting/agent-log").await.expect(200);
    assert!(names(&log["rows"], "username").iter().all(|name| name == "amina"), "{log}");
    assert_eq!(log["rows"][0]["change"], "LOGIN");
    let states = sara.get("/cim-reporting/agent-states").await.expect(200);
    assert!(names(&states["rows"], "name").iter().all(|name| name == "amina"), "{states}");
    let activity = sara.post("/cim-reporting/agent-activity/detail", json!({"teams": []})).await.expect(200);
    assert_eq!(names(&activity["agents"], "name"), ["amina"]);

    let admin = centre.hub.admin().await;
    let live = admin.get("/cim-reporting/live").await.expect(200);
    assert_eq!(names(&live["agents"], "username"), ["amina", "bilal"]);
    let page = admin.get("/cim-reporting/agent-log?limit=1").await.expect(200);
    let next = page["next"].as_str().unwrap();
    let rest = admin.get(&format!("/cim-reporting/agent-log?after={next}")).await.expect(200);
    let all = admin.get("/cim-reporting/agent-log").await.expect(200);
    assert_eq!(rest["rows"].as_array().unwrap().len() + 1, all["rows"].as_array().unwrap().len());

    for path in [
        "/cim-reporting/live",
        "/cim-reporting/agent-log",
        "/cim-reporting/agent-states",
        "/cim-reporting/finished-tasks",
        "/cim-reporting/statistics?by=agent",
        "/cim-reporting/bot-active-chats/detail",
        "/cim-reporting/agent-activity/detail",
    ] {
        agent.get(path).await.expect(403);
        centre.hub.stranger().get(path).await.expect(401);
    }
}

#[tokio::test]
async fn the_floor_is_seen_as_it_stands() {
    let centre = Centre::open().await;
    centre.comes_to_work(centre.amina).await;
    let served = centre.asks("+1").await;
    centre.accepts(centre.amina, served).await;
    centre.asks("+2").await;
    let admin = centre.hub.admin().await;
    let live = admin.get("/cim-reporting/live").await.expect(200);
    let queue = live["queues"].as_array().unwrap().iter().find(|queue| queue["name"] == "Default").unwrap();
    assert_eq!((&queue["waiting"], &queue["ringing"], &queue["active"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!((&queue["agentsActive"], &queue["answered"]), (&json!(1), &json!(1)));
    assert!(queue["longestWaitMs"].as_u64().is_some());
    let amina = &live["agents"][0];
    assert_eq!(
        (&amina["state"], &amina["ringing"], &amina["conversations"]),
        (&json!("READY"), &json!(true), &json!(1))
    );
    let chat =
        amina["mrds"].as_array().unwrap().iter().find(|domain| domain["id"] == CHAT_MRD.to_string()).unwrap();
    assert_eq!((&chat["state"], &chat["active"]), (&json!("ACTIVE"), &json!(1)));
    assert_eq!(live["channels"][0]["sessions"], 2);
    let table = admin.get("/cim-reporting/live?part=agents&format=csv").await;
    assert!(table.text.lines().nth(1).unwrap().contains("amina"), "{}", table.text);
    // Everything that is shown is on disk, too.
    let now = centre.hub.app.now();
    let day = LogFilter { from: now - Span::secs(60), until: now, after: None, agent: None };
    assert!(!centre.hub.app.store.state_changes(day, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn installed_dashboards_find_what_they_look_into() {
    let centre = Centre::open().await;
    centre.comes_to_work(centre.amina).await;
    let served = centre.asks("+1").await;
    centre.accepts(centre.amina, served).await;
    centre.decide(Command::SetMrdState { agent: centre.amina, mrd: CHAT_MRD, on: false }).await;
    centre.asks("+2").await;
    let sara = centre.sara().await;

    let team = centre.team.id.to_string();
    let all = json!({"teamId": team, "queues": []});
    for base in ["/cim-reporting", "/realtime-reports"] {
        for list in ["queue-active-chats", "queued-chats"] {
            let chats = sara.post(&format!("{base}/{list}/detail"), all.clone()).await.expect(200);
            assert!(
                chats.as_array().unwrap().iter().any(|queue| queue["chats"] != json!([])),
                "{base}/{list}"
            );
        }
        sara.get(&format!("{base}/bot-active-chats/detail")).await.expect(200);
        sara.get(&format!("{base}/agent-activity/detail")).await.expect(200);
        let teams = json!({"teams": [team]});
        let at_work = sara.post(&format!("{base}/agent-activity/detail"), teams).await.expect(200);
        assert_eq!(at_work["agents"].as_array().unwrap().len(), 1);
        centre.hub.stranger().get(&format!("{base}/agent-activity/detail")).await.expect(401);
    }
    let active = sara.post("/cim-reporting/queue-active-chats/detail", all.clone()).await.expect(200);
    let queue = active.as_array().unwrap().iter().find(|queue| queue["queueName"] == "Default").unwrap();
    let mut captured = fixture("58-rest-queue-active-chats-response")[0].take();
    // The page this customer writes from told nothing about itself.
    captured["chats"][0]["activeChannelSessions"][0]["channelData"]["additionalAttributes"] = json!([]);
    check_covers("58", &captured, queue.clone());
    let chat = &queue["chats"][0];
    assert_eq!(chat["conversationId"], served.to_string());
    assert_eq!(chat["agentDetails"], json!([{"agentName": "amina Test", "agentUsername": "amina"}]));
    assert!(chat["activeSince"].as_u64().is_some_and(|secs| secs < 60), "elapsed seconds");
    let other = json!({"teamId": "0".repeat(24), "queues": []});
    let none = sara.post("/cim-reporting/queue-active-chats/detail", other).await.expect(200);
    assert!(none.as_array().unwrap().iter().all(|queue| queue["chats"] == json!([])), "{none}");

    let queued = sara.post("/cim-reporting/queued-chats/detail", all).await.expect(200);
    let queue = queued.as_array().unwrap().iter().find(|queue| queue["queueName"] == "Default").unwrap();
    assert_eq!(queue["chats"].as_array().unwrap().len(), 1);
    assert_eq!(queue["chats"][0]["activeChannelSessions"].as_array().unwrap().len(), 1);

    let activity =
        sara.post("/cim-reporting/agent-activity/detail", json!({"teams": [team]})).await.expect(200);
    check_covers("59", &fixture("59-rest-agent-activity-response"), activity.clone());
    assert_eq!(activity["agents"][0]["activeChatsCount"], 1);
    let queue_id = queue["queueId"].as_str().unwrap();
    let of_queue =
        sara.get(&format!("/cim-reporting/agent-activity/detail?queueId={queue_id}")).await.expect(200);
    assert_eq!(of_queue["agents"].as_array().unwrap().len(), 1);
    for unread in [json!({"queues": ["everything"]}), json!({"queues": [{}]}), json!({"teamId": "none"})] {
        sara.post("/cim-reporting/queue-active-chats/detail", unread).await.expect(400);
    }
    let bots = sara.get("/cim-reporting/bot-active-chats/detail").await.expect(200);
    assert!(bots.is_array());
}

#[tokio::test]
async fn who_could_help_is_listed_by_queue() {
    let centre = Centre::open().await;
    centre.comes_to_work(centre.amina).await;
    let served = centre.asks("+1").await;
    centre.accepts(centre.amina, served).await;
    centre.comes_to_work(centre.bilal).await;
    let amina = centre.hub.person("amina", &[]).await;
    let path = format!(
        "/routing-engine/precision-queues/available-agents?conversationId={served}&agentId={}",
        centre.amina
    );
    let found = amina.get(&path).await.expect(200);
    check_covers("56", &fixture("56-rest-available-agents-response")[0], found[0].clone());
    let helpers: Vec<&Value> = found
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|queue| queue["availableAgents"].as_array().unwrap())
        .map(|agent| &agent["name"])
        .collect();
    assert_eq!(helpers, ["bilal"]);

    let tasks = amina.get(&format!("/routing-engine/tasks?agentId={}", centre.amina)).await.expect(200);
    assert_eq!(tasks[0]["conversationId"], served.to_string());
    assert_eq!(tasks[0]["activeMedia"][0]["state"], "ACTIVE");
    amina.get(&format!("/routing-engine/tasks?agentId={}", centre.bilal)).await.expect(403);
    let his = centre.sara().await.get(&format!("/routing-engine/tasks?agentId={}", centre.amina)).await;
    assert_eq!(his.expect(200).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_recorded_time_is_played_again_with_another_set_up() {
    let centre = Centre::open().await;
    centre.comes_to_work(centre.amina).await;
    let served = centre.asks("+1").await;
    centre.accepts(centre.amina, served).await;
    centre.leaves("+1").await;
    centre.decide(Command::LeaveConversation { agent: centre.amina, conversation: served }).await;
    let admin = centre.hub.admin().await;
    let now = centre.hub.app.now();
    let (from, until) = (now - Span::secs(60), now + Span::secs(60));
    let run = json!({"from": from, "until": until});
    let report = admin.post("/cim-reporting/dry-run", run.clone()).await.expect(200);
    for column in ["recorded", "before", "after"] {
        let total = &report["total"][column];
        assert_eq!((&total["requests"], &total["answered"]), (&json!(1), &json!(1)), "{column}: {report}");
    }
    assert_eq!(report["queues"][0]["name"], "Default");
    assert_eq!(report["agents"][0]["before"], report["agents"][0]["recorded"]);

    let mut without = run.clone();
    without["absent"] = json!([centre.amina]);
    let report = admin.post("/cim-reporting/dry-run", without.clone()).await.expect(200);
    assert_eq!(
        (&report["total"]["before"]["answered"], &report["total"]["after"]["answered"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(report["total"]["after"]["noAgent"], 1);
    without["extra"] = json!([{"like": centre.bilal}]);
    let report = admin.post("/cim-reporting/dry-run", without).await.expect(200);
    assert_eq!(report["total"]["after"]["answered"], 1);

    let mut queue = admin.get("/routing-engine/precision-queues").await.expect(200)[0].clone();
    queue["serviceLevelThreshold"] = json!(-5);
    let mut wrong = run.clone();
    wrong["queues"] = json!([queue]);
    let refused = admin.post("/cim-reporting/dry-run", wrong).await.expect(400);
    assert_eq!(refused["field"], "queues[0].serviceLevelThreshold");
    let never = json!({"from": until, "until": from});
    admin.post("/cim-reporting/dry-run", never).await.expect(400);
    centre.hub.person("amina", &[]).await.post("/cim-reporting/dry-run", run).await.expect(403);
    // Nothing live was touched.
    assert!(centre.hub.app.registry().users().all(|user| !user.value.username.contains('~')));
}

#[tokio::test]
async fn a_log_as_a_file_has_every_row() {
    let centre = Centre::open().await;
    let logout = || AgentStateWish::Logout { reason: None };
    for _ in 0..250 {
        centre.comes_to_work(centre.amina).await;
        centre.decide(Command::SetAgentState { agent: centre.amina, to: logout() }).await;
    }
    let now = centre.hub.app.now();
    let hour =
        LogFilter { from: now - Span::secs(3600), until: now + Span::secs(1), after: None, agent: None };
    let rows = centre.hub.app.store.state_changes(hour, usize::MAX).await.unwrap().len();
    assert!(rows > 1000, "more than a page: {rows}");
    let admin = centre.hub.admin().await;
    let file = admin.get("/cim-reporting/agent-log?format=csv").await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len() - 1, rows);
    assert!(lines[0].starts_with("at,agent,"));
    assert!(lines[1..].iter().all(|line| line.contains("amina")));
    let other = centre.hub.register("SMS", "9", None).await.connector;
    let none = admin.get(&format!("/cim-reporting/agent-log?format=csv&agent={other}")).await;
    assert_eq!(none.text.lines().count(), 1);
}

#[tokio::test]
async fn a_month_of_many_queues_and_a_day_of_many_agents_are_reported() {
    const AGENTS: u32 = 60_000;
    let hub = hub().await;
    let admin = hub.admin().await;
    let queue = hub.app.registry().default_queue().unwrap().value.id;
    let numbered = |n: u32| {
        let mut id = [9; 12];
        id[..4].copy_from_slice(&n.to_be_bytes());
        UserId(Id(id))
    };
    // More in half an hour than is read at a time.
    let begun = Interval::of(hub.app.now() - Span::secs(2 * 24 * 60 * 60)).begins();
    let mut tallies = Tallies::default();
    for (agent, quarter) in (0..AGENTS).flat_map(|agent| [(agent, 0), (agent, 1)]) {
        let agent = Some(numbered(agent));
        let work = Subject::Work { mrd: CHAT_MRD, queue: Some(queue), channel: None, agent };
        tallies.count(
            begun + Span::millis(INTERVAL.as_millis() * quarter),
            work,
            &Counts::of([(Measure::Answered, 2)]),
        );
    }
    hub.app.store.commit(Batch { tallies, ..Batch::default() }).await.unwrap();
    let ask = |more: &str| {
        let (from, until) = (begun.millis() - 15 * DAY_MS, begun.millis() + 15 * DAY_MS);
        format!("/cim-reporting/statistics?from={from}&until={until}&{more}")
    };
    let report = admin.get(&ask("by=queue")).await.expect(200);
    assert_eq!(row(&report, "Default")["answered"], 4 * AGENTS);
    let report = admin.get(&ask("by=queue&every=quarter")).await.expect(200);
    let answered: Vec<u64> =
        report["rows"].as_array().unwrap().iter().map(|row| row["answered"].as_u64().unwrap()).collect();
    assert_eq!(answered, [2 * u64::from(AGENTS); 2]);
}
