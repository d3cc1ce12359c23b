//! What leaves for connectors, as it arrives at a real webhook and as the API tells about it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use tieline_server::config::Config;
use tokio::time::{interval, timeout};

use crate::hook::{Hook, Sent};
use crate::hub::{Client, Registered, TestHub, hub_with, text_message};

const PATIENCE: Duration = Duration::from_secs(20);

/// Tries twice and gives up after a second.
fn impatient(config: &mut Config) {
    let delivery = &mut config.delivery;
    delivery.retry_waits = vec![Duration::from_millis(100)];
    delivery.retry_every = Duration::from_secs(1);
    delivery.give_up_after = Duration::from_secs(1);
    delivery.jitter_percent = 0;
    delivery.breaker_failures = 1000;
}

/// What `path` answers once it is so. What the hub learns from a webhook's answer, it learns after it was given.
async fn once(client: &Client, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let asked = async {
        let mut ticks = interval(Duration::from_millis(5));
        loop {
            ticks.tick().await;
            let answer = client.get(path).await.expect(200);
            if is_so(&answer) {
                return answer;
            }
        }
    };
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("{path} never answers so"))
}

async fn settled(client: &Client, channel: &Registered) {
    let health = format!("/ccm/channel-connectors/{}/health", channel.connector);
    once(client, &health, |health| health["waiting"] == 0 && health["inFlight"] == 0).await;
}

/// Writes to a customer as an agent would, and says in which conversation.
async fn write(client: &Client, customer: &str, service: &str) -> String {
    let mut message = text_message(&format!("to-{customer}"), customer, service, "your secret is safe");
    message["header"]["sender"] = json!({"id": "x", "type": "AGENT"});
    let sent = client.post("/ccm/message/send", message).await.expect(200);
    sent["additionalDetails"]["conversationId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_webhook_can_be_tried_before_anybody_writes() {
    let hub = hub_with(impatient).await;
    let admin = hub.admin().await;
    let mut hook = Hook::open(200).await;
    let web = hub.register("WEB", "1000", Some(&hook.url("/in"))).await;
    let test = format!("/ccm/channel-connectors/{}/test", web.connector);
    settled(&admin, &web).await;
    hook.so_far();

    let careless = admin.post(&test, json!({})).await.expect(200);
    assert_eq!((&careless["accepted"], &careless["signature"]), (&json!(true), &json!("NOT_CHECKED")));
    let (genuine, forged) = (hook.next().await, hook.next().await);
    assert_eq!(genuine.body["body"]["notificationType"], "WEBHOOK_TEST");
    assert!(genuine.is_signed_with(&web.signing_secret) && !forged.is_signed_with(&web.signing_secret));

    hook.answers(500, "out of order");
    let broken = admin.post(&test, json!({})).await.expect(200);
    assert_eq!((&broken["reachable"], &broken["signature"]), (&json!(true), &json!("UNKNOWN")));
    assert!(broken["error"].as_str().unwrap().contains("out of order"), "{broken}");

    let nobody = hub.register("SMS", "2000", Some("http://127.0.0.1:1/in")).await;
    let path = format!("/ccm/channel-connectors/{}/test", nobody.connector);
    let unreachable = admin.post(&path, json!({})).await.expect(200);
    assert_eq!((&unreachable["reachable"], &unreachable["status"]), (&json!(false), &Value::Null));
    let feed = hub.register("VIBER", "3000", None).await;
    let path = format!("/ccm/channel-connectors/{}/test", feed.connector);
    assert_eq!(admin.post(&path, json!({})).await.expect(400)["field"], "providerWebhook");
}

#[tokio::test]
async fn a_changed_configuration_is_pushed_and_can_be_pulled() {
    let hub = hub_with(impatient).await;
    let admin = hub.admin().await;
    let mut hook = Hook::open(200).await;
    let web = hub.register("WEB", "1000", Some(&hook.url("/360connector"))).await;
    let path = format!("/ccm/channel-connectors/{}", web.connector);
    let pushes = format!("{path}/configuration-pushes");

    let opened = hook.next().await;
    assert_eq!(opened.path, "/360connector/connector-configurations");
    assert_eq!(
        opened.body,
        json!({"serviceIdentifier": "1000", "connectorConfigurations": [
            {"key": "HOST-URL", "type": "String100", "value": "https://provider.example"},
            {"key": "API-KEY", "type": "String100", "value": "the provider's key"},
        ]})
    );
    assert!(opened.is_signed_with(&web.signing_secret));
    assert_eq!(opened.header("tieline-configuration-version"), "1");
    let told = once(&admin, &pushes, |told| told[0]["outcome"] == "DELIVERED").await;
    assert_eq!((&told[0]["attempts"], &told[0]["lastStatus"]), (&json!(1), &json!(200)));

    let pull = "/ccm/channel-connectors/configurations/1000";
    let own = hub.bearer(&web.token);
    let etag = own.get(pull).await.etag().to_owned();
    let same = own.with("if-none-match", &etag);
    assert_eq!(same.get(pull).await.status, 304);

    hook.answers(503, "not now");
    let mut connector = admin.get(&path).await.expect(200);
    connector["channelProviderConfigs"][1]["value"] = json!("another key");
    admin.put(&path, connector.clone()).await.expect(200);
    let failed = hook.next().await;
    hook.answers(200, "");
    let repeated = hook.next().await;
    assert_eq!(failed.id(), repeated.id());
    assert_ne!(failed.id(), opened.id());
    assert_eq!(repeated.body["connectorConfigurations"][1]["value"], "another key");
    assert_eq!(repeated.header("tieline-configuration-version"), "2");
    let told = once(&admin, &pushes, |told| told[0]["outcome"] == "DELIVERED").await;
    assert_eq!((&told[0]["attempts"], &told[0]["lastStatus"]), (&json!(2), &json!(200)));
    let pulled = same.get(pull).await;
    assert_eq!(pulled.headers["tieline-configuration-version"], "2");
    assert_eq!(pulled.expect(200), repeated.body["connectorConfigurations"]);

    hook.answers(500, "out of order");
    admin.put(&path, connector).await.expect(200);
    let told = once(&admin, &pushes, |told| told[0]["outcome"] == "DEAD").await;
    assert_eq!(told[0]["lastStatus"], 500);
    assert_eq!(told[0]["lastError"], "500 Internal Server Error: out of order");
    assert!(!told.to_string().contains("another key"), "{told}");
}

#[tokio::test]
async fn the_health_of_a_connector_says_how_attempts_went_and_which_configuration_it_knows() {
    let hub = hub_with(impatient).await;
    let admin = hub.admin().await;
    let mut hook = Hook::open(200).await;
    let web = hub.register("WEB", "1000", Some(&hook.url(""))).await;
    let feed = hub.register("SMS", "2000", None).await;
    let path = format!("/ccm/channel-connectors/{}", web.connector);
    let (health, feed_health) =
        (format!("{path}/health"), format!("/ccm/channel-connectors/{}/health", feed.connector));
    hook.next().await;
    let fresh = once(&admin, &health, |health| health["configuration"][0]["knownVersion"] == 1).await;
    let recent = &fresh["recent"];
    assert_eq!((&recent["attempts"], &recent["failures"]), (&json!(1), &json!(0)));
    assert_eq!((&recent["errorRate"], &recent["lastFailureReason"]), (&json!(0.0), &json!(null)));
    assert!(recent["lastSuccessAt"].is_i64() && recent["latencyMs"]["p95"].is_u64(), "{recent}");
    let known = &fresh["configuration"][0];
    assert_eq!((&known["serviceIdentifier"], &known["version"]), (&json!("1000"), &json!(1)));
    assert_eq!((&known["knownBy"], known["knownAt"].is_i64()), (&json!("PUSH"), true));

    // What the endpoint says may be about a customer; health has its status alone.
    hook.answers(503, "no route to 0333 1234");
    let connector = admin.get(&path).await.expect(200);
    admin.put(&path, connector).await.expect(200);
    hook.next().await;
    let failing = once(&admin, &health, |health| health["recent"]["failures"] != 0).await;
    assert_eq!(failing["recent"]["lastFailureReason"], "503 Service Unavailable");
    let known = &failing["configuration"][0];
    assert_eq!((&known["version"], &known["knownVersion"]), (&json!(2), &json!(1)));

    hub.bearer(&web.token).get("/ccm/channel-connectors/configurations/1000").await.expect(200);
    let known = &admin.get(&health).await.expect(200)["configuration"][0];
    assert_eq!((&known["knownVersion"], &known["knownBy"]), (&json!(2), &json!("READ")));

    let reader = admin.get(&feed_health).await.expect(200);
    assert_eq!((&reader["recent"]["attempts"], &reader["recent"]["errorRate"]), (&json!(0), &json!(null)));
    assert_eq!(reader["recent"]["latencyMs"], json!(null));
    assert_eq!(reader["configuration"][0]["knownVersion"], json!(null));
}

#[tokio::test]
async fn a_changed_channel_pushes_the_configuration_of_its_connector() {
    let hub = hub_with(impatient).await;
    let admin = hub.admin().await;
    let mut hook = Hook::open(200).await;
    let web = hub.register("WEB", "1000", Some(&hook.url(""))).await;
    hook.next().await;
    let path = format!("/ccm/channels/{}", web.channel);
    let mut channel = admin.get(&path).await.expect(200);
    channel["serviceIdentifier"] = json!("1001");
    admin.put(&path, channel).await.expect(200);
    let pushed = hook.next().await;
    assert_eq!(
        (pushed.path.as_str(), &pushed.body["serviceIdentifier"]),
        ("/connector-configurations", &json!("1001"))
    );
}

/// Dead letters of four customers, by whom they were for.
struct Dead {
    conversations: BTreeMap<&'static str, String>,
    /// Ids of the failed attempts, by conversation.
    ids: BTreeMap<String, BTreeSet<String>>,
    letters: Vec<Value>,
}

impl Dead {
    async fn make(hub: &TestHub, admin: &Client, hook: &mut Hook, channel: &Registered) -> Self {
        hook.next().await;
        hook.answers(503, "closed for today");
        let mut conversations = BTreeMap::new();
        for customer in ["ann", "bob", "cem", "dan"] {
            conversations.insert(customer, write(admin, customer, &channel.service_identifier).await);
            // So that a range of time tells one customer's letters from the next one's.
            let written = hub.app.now();
            while hub.app.now() <= written {
                tokio::task::yield_now().await;
            }
        }
        settled(admin, channel).await;
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for sent in hook.so_far() {
            let conversation = sent.body["header"]["conversationId"].as_str().unwrap();
            ids.entry(conversation.into()).or_default().insert(sent.id());
        }
        let dead = admin.get("/ccm/dead-letters?limit=1000").await.expect(200);
        Self { conversations, ids, letters: dead["deadLetters"].as_array().unwrap().clone() }
    }

    fn of(&self, customer: &str) -> Vec<&Value> {
        let conversation = self.conversations[customer].as_str();
        self.letters.iter().filter(|letter| letter["conversationId"] == conversation).collect()
    }

    fn ids_of(&self, customer: &str) -> &BTreeSet<String> {
        &self.ids[&self.conversations[customer]]
    }
}

async fn replay(admin: &Client, hook: &mut Hook, which: Value) -> Vec<Sent> {
    let replayed = admin.post("/ccm/dead-letters/replay", which).await.expect(200);
    let mut sent = Vec::new();
    for _ in 0..replayed["replayed"].as_u64().unwrap() {
        sent.push(hook.next().await);
    }
    sent
}

fn ids(sent: &[Sent]) -> BTreeSet<String> {
    sent.iter().map(Sent::id).collect()
}

#[tokio::test]
async fn what_was_given_up_is_listed_with_its_reason_and_sent_again_with_its_id() {
    let hub = hub_with(impatient).await;
    let admin = hub.admin().await;
    let mut hook = Hook::open(200).await;
    let web = hub.register("WEB", "1000", Some(&hook.url(""))).await;
    let dead = Dead::make(&hub, &admin, &mut hook, &web).await;
    for letter in &dead.letters {
        assert_eq!((&letter["outcome"], &letter["kind"]), (&json!("DEAD"), &json!("MESSAGE")));
        assert_eq!(letter["reason"], "503 Service Unavailable: closed for today");
        assert_eq!(letter["attempts"][0]["status"], 503, "{letter}");
    }
    let timeline = admin.get("/conversation-manager/messages/to-ann/timeline").await.expect(200);
    assert_eq!(timeline[0]["deliveries"][0]["outcome"], "DEAD");
    let signed = timeline[0]["deliveries"][0]["webhookId"].as_str().unwrap();
    assert!(dead.ids_of("ann").contains(signed), "{signed}");

    hook.answers(200, "");
    let by_message = replay(&admin, &mut hook, json!({"message": "to-ann"})).await;
    assert_eq!(by_message.len(), 1);
    assert_eq!(by_message[0].body["id"], "to-ann");
    assert!(dead.ids_of("ann").contains(&by_message[0].id()));
    assert!(replay(&admin, &mut hook, json!({"message": "to-ann"})).await.is_empty());
    admin.post("/ccm/dead-letters/replay", json!({"message": "to-nobody"})).await.expect(404);

    let by_conversation = json!({"conversation": dead.conversations["bob"]});
    assert_eq!(&ids(&replay(&admin, &mut hook, by_conversation).await), dead.ids_of("bob"));

    let (cem, dan) = (&dead.of("cem")[0]["createdAt"], &dead.of("dan")[0]["createdAt"]);
    let by_time = replay(&admin, &mut hook, json!({"from": cem, "until": dan})).await;
    assert_eq!(&ids(&by_time), dead.ids_of("cem"));

    let other = json!({"connector": web.channel});
    assert!(replay(&admin, &mut hook, other).await.is_empty());
    let by_connector = ids(&replay(&admin, &mut hook, json!({"connector": web.connector})).await);
    assert!(by_connector.is_superset(dead.ids_of("dan")), "{by_connector:?}");

    settled(&admin, &web).await;
    assert_eq!(admin.get("/ccm/dead-letters").await.expect(200)["deadLetters"], json!([]));
    let timeline = admin.get("/conversation-manager/messages/to-ann/timeline").await.expect(200);
    let outcomes: Vec<&Value> =
        timeline[0]["deliveries"].as_array().unwrap().iter().map(|delivery| &delivery["outcome"]).collect();
    assert_eq!(outcomes, ["REPLAYED", "DELIVERED"]);
    assert_eq!(
        timeline[0]["deliveries"][0]["resolution"]["sequence"],
        timeline[0]["deliveries"][1]["sequence"]
    );
}

#[tokio::test]
async fn deliveries_about_an_erased_customer_are_given_up_and_can_no_longer_be_read() {
    let hub = hub_with(|config| config.delivery.jitter_percent = 0).await;
    let admin = hub.admin().await;
    let mut hook = Hook::open(200).await;
    let web = hub.register("WEB", "1000", Some(&hook.url(""))).await;
    hook.next().await;
    hook.answers(503, "no route to 0333 1234");
    let conversation = write(&admin, "0333 1234", "1000").await;
    let mut bye = text_message("bye", "0333 1234", "1000", "");
    bye["header"]["intent"] = json!("END_CHAT");
    hub.bearer(&web.token).post("/ccm/message/receive", bye).await.expect(200);
    let state = format!("/conversation-manager/conversations/{conversation}");
    once(&admin, &state, |conversation| conversation["closedAt"].is_i64()).await;
    hook.next().await;
    let message = "/conversation-manager/messages/to-0333%201234/timeline";
    assert_eq!(admin.get(message).await.expect(200)[0]["deliveries"][0]["outcome"], "PENDING");

    let customer =
        admin.get("/cim-customer/customers?channelType=WEB&customerChannelIdentifier=0333%201234").await;
    let customer = customer.expect(200)["customer"]["_id"].as_str().unwrap().to_owned();
    admin.delete(&format!("/cim-customer/customers/{customer}")).await.expect(204);

    settled(&admin, &web).await;
    let dead = admin.get(&format!("/ccm/dead-letters?conversation={conversation}")).await;
    let text = dead.text.clone();
    let letters = dead.expect(200);
    assert!(letters["deadLetters"].as_array().unwrap().len() >= 3, "{letters}");
    for letter in letters["deadLetters"].as_array().unwrap() {
        assert_eq!(
            (&letter["outcome"], &letter["reason"]),
            (&json!("DEAD"), &json!("the customer was erased"))
        );
        assert!(letter["settledAt"].is_i64(), "{letter}");
    }
    assert!(!text.contains("1234"), "{text}");
    admin.get(message).await.expect(404);
    hook.answers(200, "");
    hook.so_far();
    let nothing = admin.post("/ccm/dead-letters/replay", json!({"conversation": conversation})).await;
    assert_eq!(nothing.expect(200), json!({"replayed": 0, "next": null}));
}

#[tokio::test]
async fn who_has_seen_to_a_dead_letter_takes_it_from_the_list_and_says_why() {
    let hub = hub_with(impatient).await;
    let admin = hub.admin().await;
    let mut hook = Hook::open(200).await;
    let web = hub.register("WEB", "1000", Some(&hook.url(""))).await;
    let dead = Dead::make(&hub, &admin, &mut hook, &web).await;
    let letter_of = |customer: &str| {
        let mut letters = dead.of(customer).into_iter();
        let said = letters.find(|letter| letter["message"]["text"] == "your secret is safe").unwrap();
        assert_eq!(said["message"]["customerIdentifier"], customer);
        assert_eq!(said["message"]["type"], "PLAIN");
        said["sequence"].as_u64().unwrap()
    };
    let (ann, bob) = (letter_of("ann"), letter_of("bob"));
    let dismiss = "/ccm/dead-letters/dismiss";
    for (asked, field) in [
        (json!({"letters": {"sequences": [ann]}, "because": " "}), "because"),
        (json!({"letters": {"sequences": [ann, bob]}, "because": "anew", "instead": "to-ann"}), "instead"),
        (json!({"letters": {"sequences": [ann], "reason": "x"}, "because": "done"}), "sequences"),
    ] {
        assert_eq!(admin.post(dismiss, asked).await.expect(400)["field"], field);
    }
    let unknown = json!({"letters": {"sequences": [ann]}, "because": "anew", "instead": "to-nobody"});
    admin.post(dismiss, unknown).await.expect(404);

    let told = json!({"letters": {"sequences": [ann]}, "because": "told by phone"});
    assert_eq!(admin.post(dismiss, told.clone()).await.expect(200)["dismissed"], 1);
    assert_eq!(admin.post(dismiss, told).await.expect(200)["dismissed"], 0);
    let anew = json!({"letters": {"sequences": [bob]}, "because": "corrected", "instead": "to-cem"});
    assert_eq!(admin.post(dismiss, anew).await.expect(200)["dismissed"], 1);
    let waiting = admin.get("/ccm/dead-letters?limit=1000").await.expect(200);
    let letters = waiting["deadLetters"].as_array().unwrap();
    assert!(letters.iter().all(|letter| letter["sequence"] != ann && letter["sequence"] != bob));
    assert_eq!(letters.len(), dead.letters.len() - 2);

    let resolved = admin.get("/ccm/dead-letters?state=resolved").await.expect(200);
    let letters = resolved["deadLetters"].as_array().unwrap();
    assert_eq!(letters.len(), 2, "{resolved}");
    assert_eq!((&letters[0]["outcome"], &letters[1]["outcome"]), (&json!("DISMISSED"), &json!("CORRECTED")));
    assert_eq!(letters[0]["reason"], "503 Service Unavailable: closed for today");
    assert_eq!(letters[0]["resolution"]["because"], "told by phone");
    assert!(letters[0]["resolution"]["by"]["name"].is_string(), "{resolved}");
    assert_eq!(letters[1]["resolution"]["message"], "to-cem");
    let noted = admin.get("/audit?deed=deliveries.dismissed").await.expect(200);
    assert_eq!(noted["records"][1]["details"]["because"], "told by phone");

    hook.answers(200, "");
    hook.so_far();
    let all = replay(&admin, &mut hook, json!({})).await;
    assert_eq!(all.len(), dead.letters.len() - 2, "what was dismissed is not sent again by itself");
    assert_eq!(replay(&admin, &mut hook, json!({"sequences": [bob]})).await.len(), 0);
    let named = replay(&admin, &mut hook, json!({"sequences": [ann]})).await;
    assert_eq!(named.len(), 1);
    assert_eq!(named[0].body["id"], "to-ann");
}

#[tokio::test]
async fn dead_letters_with_one_reason_are_sent_again_in_as_many_requests_as_it_takes() {
    let hub = hub_with(impatient).await;
    let admin = hub.admin().await;
    let mut hook = Hook::open(200).await;
    let web = hub.register("WEB", "1000", Some(&hook.url(""))).await;
    let dead = Dead::make(&hub, &admin, &mut hook, &web).await;
    hook.answers(503, "later");
    write(&admin, "eva", "1000").await;
    settled(&admin, &web).await;
    hook.answers(200, "");
    hook.so_far();
    let reason = "503 Service Unavailable: closed for today";
    let listed = format!("/ccm/dead-letters?limit=1000&reason={}", reason.replace(' ', "%20"));
    assert_eq!(
        admin.get(&listed).await.expect(200)["deadLetters"].as_array().unwrap().len(),
        dead.letters.len()
    );

    let (mut after, mut requests, mut sent) = (json!(0), 0, 0);
    while !after.is_null() {
        let asked = json!({"connector": web.connector, "reason": reason, "limit": 3, "after": after});
        let answer = admin.post("/ccm/dead-letters/replay", asked).await.expect(200);
        let replayed = answer["replayed"].as_u64().unwrap();
        assert!(replayed <= 3, "{answer}");
        (requests, sent, after) = (requests + 1, sent + replayed, answer["next"].clone());
    }
    assert_eq!(usize::try_from(sent).unwrap(), dead.letters.len());
    assert!(requests > 1);
    settled(&admin, &web).await;
    let left = admin.get("/ccm/dead-letters").await.expect(200);
    let left = left["deadLetters"].as_array().unwrap();
    assert!(!left.is_empty());
    assert!(left.iter().all(|letter| letter["reason"] == "503 Service Unavailable: later"), "{left:?}");
}
