//! A tenant that has been lived in: everything there is one of, with a customer who was here before, one who is
//! served, one who waits, and one a bot looks after.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use tieline_core::command::{AgentStateWish, Command};
use tieline_core::id::{Mint, UserId};
use tieline_core::registry::seed::CHAT_MRD;
use tieline_server::web::CONNECTOR;

use crate::desk_scene::fixture;
use crate::hub::{Client, Registered, TestHub, hub_with, text_message};
use crate::real_bot::RealBot;
use crate::rest_edge::{PNG, form};

const PASSWORD: &str = "a long password";
/// The address of the captured customer.
pub const JONAS: &str = "+4915170011223";
/// Somebody who talks to the bot.
const TALKER: &str = "+4915170011298";
/// Somebody who was here once and left.
const PASSER_BY: &str = "+4915170011299";

pub struct Tenant {
    pub hub: TestHub,
    /// What `$words` in a call stand for, mostly ids.
    pub names: BTreeMap<String, String>,
    /// What the bot was asked, first of the session and then of the message.
    pub asked: Vec<Value>,
    clients: BTreeMap<&'static str, Client>,
    /// Listens to what the bot is asked.
    _bot: RealBot,
}

impl Tenant {
    pub async fn open() -> Self {
        let hub = hub_with(|config| {
            (config.web.requests_per_second, config.web.requests_burst) = (10_000, 10_000);
            config.auth.login_attempts_per_minute = 10_000;
        })
        .await;
        let mut bot = RealBot::start().await;
        let mut making = Making { root: hub.admin().await, hub: &hub, names: BTreeMap::new() };
        making.people().await;
        making.routing().await;
        making.pages().await;
        let lines = making.channels(&bot.uri).await;
        let mut clients = BTreeMap::from([("root", making.root.clone()), ("page", hub.stranger())]);
        for name in ["lena", "sara", "ada"] {
            clients.insert(name, making.desk(name).await);
        }
        making.conversations(&lines).await;
        let asked = making.talks_to_bot(&lines.with_bot, &mut bot).await;
        making.things_of_desks(&clients["lena"], &clients["sara"]).await;
        let mut names = making.names;
        clients.insert("connector", hub.bearer(&lines.web.token));
        clients.insert("bot", hub.bearer(&names.remove("botToken").unwrap()));
        Self { hub, names, asked, clients, _bot: bot }
    }

    pub fn client(&self, who: &str) -> &Client {
        &self.clients[who]
    }

    /// A text with its `$words` replaced, the longest first.
    pub fn told(&self, text: &str) -> String {
        let names = self.names.iter().rev();
        names.fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value))
    }

    /// Keeps a part of an answer under a name.
    pub fn keep(&mut self, name: &str, value: &Value) {
        self.names.insert(name.to_owned(), value.as_str().unwrap().to_owned());
    }
}

/// Where customers write.
struct Lines {
    web: Registered,
    sms: Registered,
    with_bot: Registered,
}

struct Making<'h> {
    hub: &'h TestHub,
    root: Client,
    names: BTreeMap<String, String>,
}

impl Making<'_> {
    /// Makes an object, and keeps its id under a name.
    async fn make(&mut self, name: &str, path: &str, id: &str, object: Value) -> Value {
        let made = self.root.post(path, object).await;
        assert!(matches!(made.status, 200 | 201), "{path}: {}", made.text);
        self.names.insert(name.to_owned(), made.body[id].as_str().unwrap().to_owned());
        made.body
    }

    fn id(&self, name: &str) -> &str {
        &self.names[name]
    }

    async fn people(&mut self) {
        let team =
            self.make("team", "/unified-admin/team", "teamId", json!({"teamName": "Tech Support"})).await;
        let german =
            json!({"name": "German", "type": "PROFICIENCY_LEVEL", "defaultValue": 5, "description": ""});
        let german = self.make("skill", "/routing-engine/routing-attributes", "id", german).await;
        for (username, last, roles) in [
            ("lena", "Vogt", json!(["agent"])),
            ("omar", "Haddad", json!(["agent"])),
            ("sara", "Khan", json!(["supervisor"])),
            ("ada", "Byron", json!(["supervisor", "admin"])),
        ] {
            let leads = roles[0] == "supervisor";
            let user = json!({
                "username": username, "password": PASSWORD, "firstName": username, "lastName": last, "roles": roles,
                "attributes": {"agentExtension": ["1201"]},
                "userTeam": team,
                "supervisedTeams": if leads { json!([team]) } else { json!([]) },
                "associatedRoutingAttributes": [{"routingAttribute": german, "value": 3}],
            });
            self.make(username, "/unified-admin/users", "id", user).await;
        }
    }

    async fn routing(&mut self) {
        let default = self.hub.app.registry().default_queue().unwrap().value.id;
        self.names.insert("queue".to_owned(), default.to_string());
        self.names.insert("mrd".to_owned(), CHAT_MRD.to_string());
        let skill = self.id("skill").to_owned();
        let term = json!({"routingAttribute": {"id": skill}, "relationalOperator": ">=", "value": 7});
        let billing = json!({
            "name": "Billing", "mrd": {"id": CHAT_MRD}, "serviceLevelType": 1, "serviceLevelThreshold": 60,
            "steps": [{"timeout": 30, "expressions": [{"terms": [term]}]}],
        });
        self.make("billing", "/routing-engine/precision-queues", "id", billing).await;
        let list = json!({"name": "Call back", "description": "Tomorrow"});
        self.make("list", "/unified-admin/pull-mode-list", "id", list).await;
        let reason = json!({"name": "End of shift", "type": "LOGOUT", "code": 7, "description": ""});
        self.make("reason", "/unified-admin/reasons", "id", reason).await;
    }

    /// What pages with a chat widget look for.
    async fn pages(&mut self) {
        let prechat = json!({"formTitle": "Before the chat", "formDescription": "", "attributes": [
            {"key": "firstName", "label": "Name", "attributeType": "INPUT", "valueType": "String100", "isRequired": true,
             "helpText": "", "categoryOptions": {}},
        ]});
        self.make("form", "/unified-admin/forms", "id", prechat).await;
        let widget = json!({
            "widgetIdentifier": "Web", "theme": "#0b4f6c", "title": "Nordlicht Chat", "subTitle": "Wir helfen gern",
            "customerReconnectTime": 200, "language": {"code": "de", "policy": null}, "form": self.id("form"),
            "webRtc": {"channel": "web", "websocket": "wss"}, "serviceIdentifier": "7002",
        });
        self.make("widget", "/ccm/widget-configs", "id", widget).await;
        let calendar = json!({"name": "Shop", "description": "", "color": "#0b4f6c", "timeZone": "Europe/Berlin", "events": [
            {"title": "Hours", "eventType": "business_hours", "startDate": "2024-01-01", "recurrence": "daily",
             "shifts": [{"start": "08:00", "end": "18:00"}], "color": "#0b4f6c"},
        ]});
        self.make("calendar", "/business-calendar/calendars", "id", calendar).await;
    }

    async fn channels(&mut self, bot: &str) -> Lines {
        let page = self.hub.channel("Page", &self.hub.channel_type("WEB"), &json!(CONNECTOR), "7002");
        let page = with(page, json!({"calendarId": self.id("calendar")}));
        self.make("pageChannel", "/ccm/channels", "id", page).await;

        let web = self.hub.register("WEB", "7001", None).await;
        let sms = self.hub.register("SMS", "+493055501077", None).await;
        let with_bot = self.hub.register("WEB", "7003", None).await;
        for (other, address) in
            [("WHATSAPP", "4930555010"), ("GENERIC", "9900"), ("FACEBOOK", "204792695727029")]
        {
            self.hub.register(other, address, None).await;
        }
        self.voice("4930555099").await;
        self.known_by_phone("SMS").await;
        let billing = self.id("billing").to_owned();
        self.change(&sms.channel, |channel| {
            channel["defaultOutbound"] = json!(true);
            channel["channelConfig"]["routingPolicy"]["routingObjectId"] = json!(billing);
        })
        .await;
        // Channels are made with the bot whose id comes first, and that could be this one's.
        let guru = json!({"botId": null, "botName": "guru", "botType": "CUSTOM", "botUri": bot, "timeoutMs": 60_000, "sendEvents": true});
        let guru = self.make("bot", "/bot-framework/bot-connectors", "botId", guru).await;
        self.names.insert("botToken".to_owned(), guru["credentials"]["token"].as_str().unwrap().to_owned());
        self.change(&with_bot.channel, |channel| {
            channel["channelConfig"]["channelMode"] = json!("BOT");
            channel["channelConfig"]["botId"] = guru["botId"].clone();
        })
        .await;
        let known = [
            ("webType", self.hub.channel_type("WEB")),
            ("smsType", self.hub.channel_type("SMS")),
            ("provider", self.provider_of(&web).await),
            ("connector", web.connector.clone()),
            ("channel", web.channel.clone()),
        ];
        self.names.extend(known.map(|(name, id)| (name.to_owned(), id)));
        Lines { web, sms, with_bot }
    }

    /// A channel of calls, whose agents somebody else finds.
    async fn voice(&mut self, number: &str) {
        let voice = self.hub.channel_type("CX_VOICE");
        let provider = json!({"name": "Voice", "supportedChannelTypes": [voice], "providerWebhook": null});
        let provider = self.make("voiceProvider", "/ccm/channel-provider-interfaces", "id", provider).await;
        let connector = json!({"name": "Voice", "channelProviderInterface": provider["id"]});
        let connector = self.make("voiceConnector", "/ccm/channel-connectors", "id", connector).await;
        let mut channel = self.hub.channel("Voice", &voice, &connector["id"], number);
        channel["channelConfig"]["routingPolicy"] =
            json!({"routingMode": "EXTERNAL", "agentRequestTtl": 120});
        self.make("voiceChannel", "/ccm/channels", "id", channel).await;
    }

    /// The fifth step of registering a channel.
    async fn known_by_phone(&self, channel_type: &str) {
        let schema = self.root.get("/cim-customer/customerSchema").await.expect(200);
        let phone =
            schema.as_array().unwrap().iter().find(|one| one["key"] == "phoneNumber").unwrap().clone();
        let path = format!("/cim-customer/customerSchema/{}", phone["_id"].as_str().unwrap());
        let identifies = json!({"isChannelIdentifier": true, "channelTypes": [channel_type]});
        self.root.put(&path, with(phone, identifies)).await.expect(200);
    }

    async fn provider_of(&self, line: &Registered) -> String {
        let connector =
            self.root.get(&format!("/ccm/channel-connectors/{}", line.connector)).await.expect(200);
        connector["channelProviderInterface"]["id"].as_str().unwrap().to_owned()
    }

    async fn change(&self, channel: &str, change: impl FnOnce(&mut Value)) {
        let path = format!("/ccm/channels/{channel}");
        let mut shown = self.root.get(&path).await.expect(200);
        change(&mut shown);
        self.root.put(&path, shown).await.expect(200);
    }

    /// An installed desk on the hub's origin: its browser sends the cookie of the sign-in, and nothing else is sent.
    async fn desk(&self, username: &str) -> Client {
        let login = json!({"password": PASSWORD, "username": username});
        let login = self.hub.stranger().post("/agent-manager/agent/login", login).await;
        assert_eq!(login.status, 200, "{}", login.text);
        let cookie = login.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        self.hub.stranger().with("cookie", cookie).with("sec-fetch-site", "same-origin")
    }

    async fn conversations(&mut self, lines: &Lines) {
        self.comes_to_work("lena").await;
        let web = self.hub.bearer(&lines.web.token);
        self.says(&web, fixture("03-connector-inbound-start-chat")).await;
        let past = self.says(&web, text_message("h1", JONAS, "7001", "Guten Tag")).await;
        self.serves("lena", &past).await;
        self.says(&web, fixture("04-connector-inbound-end-chat")).await;
        self.leaves("lena", &past).await;

        let passed = self.says(&web, text_message("p1", PASSER_BY, "7001", "Hallo?")).await;
        self.serves("lena", &passed).await;
        let mut end = text_message("p2", PASSER_BY, "7001", "");
        end["header"]["intent"] = json!("END_CHAT");
        self.says(&web, end).await;
        self.leaves("lena", &passed).await;

        let mut opening = fixture("03-connector-inbound-start-chat");
        opening["id"] = json!("opening-2");
        self.says(&web, opening).await;
        let said = text_message("m1", JONAS, "7001", "Mein Router startet dauernd neu.");
        let served = self.says(&web, said).await;
        self.serves("lena", &served).await;
        self.comes_to_work("omar").await;

        let sms = self.hub.bearer(&lines.sms.token);
        let waiting = text_message("w1", "+4915170011224", &lines.sms.service_identifier, "Die Rechnung?");
        let waiting = self.says(&sms, waiting).await;
        self.keep(&[("past", past), ("conversation", served), ("waiting", waiting)]);
        for (name, address) in [("customer", JONAS), ("passerBy", PASSER_BY)] {
            let address = address.replace('+', "%2B");
            let path = format!("/cim-customer/customers?channelType=WEB&customerChannelIdentifier={address}");
            let found = self.root.get(&path).await.expect(200);
            self.keep(&[(name, found["customer"]["_id"].as_str().unwrap().to_owned())]);
        }
    }

    fn keep(&mut self, named: &[(&str, String)]) {
        self.names.extend(named.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }

    /// What the bot is asked when a customer writes; it says that it will answer later.
    async fn talks_to_bot(&mut self, line: &Registered, bot: &mut RealBot) -> Vec<Value> {
        bot.will("[]");
        bot.will("");
        let mut message = fixture("03-connector-inbound-start-chat");
        let data = &mut message["header"]["channelData"];
        data["serviceIdentifier"] = json!(line.service_identifier);
        data["channelCustomerIdentifier"] = json!(TALKER);
        message["header"]["intent"] = Value::Null;
        message["body"]["markdownText"] = json!("Mein Router startet dauernd neu.");
        let talking = self.says(&self.hub.bearer(&line.token), message).await;
        self.keep(&[("withBot", talking)]);
        vec![bot.next().await.body, bot.next().await.body]
    }

    /// What belongs to desks alone.
    async fn things_of_desks(&mut self, lena: &Client, sara: &Client) {
        let vip = json!({"name": "VIP", "colorCode": "#ffaa00", "createdBy": "sara"});
        let vip = self.make("label", "/cim-customer/label", "_id", vip).await;
        let jonas = format!("/cim-customer/customers/{}", self.id("customer"));
        let shown = self.root.get(&jonas).await.expect(200);
        self.root.put(&jonas, with(shown, json!({"labels": [vip["_id"]]}))).await.expect(200);

        let lunch = json!({"announcementText": "Lunch", "teams": [self.id("team")]});
        let lunch = sara.post("/team-announcement/announcement", lunch).await.expect(201);
        let file: (&str, Option<&str>, &[u8]) = ("file", Some("router.png"), PNG);
        let picture = form(&[file, ("roomInfo", None, b"48213")]).into();
        let multipart = lena.with("content-type", "multipart/form-data; boundary=x");
        let stored = multipart.call(Method::POST, "/file-engine/api/uploadFileStream", Some(picture)).await;
        let stored = stored.expect(200);
        let kept = [("announcement", &lunch["id"]), ("file", &stored["name"])];
        self.keep(&kept.map(|(name, value)| (name, value.as_str().unwrap().to_owned())));
    }

    /// Posts a message, and gives its conversation.
    async fn says(&self, connector: &Client, message: Value) -> String {
        let accepted = connector.post("/ccm/message/receive", message).await.expect(200);
        accepted["additionalDetails"]["conversationId"].as_str().unwrap().to_owned()
    }

    fn agent(&self, name: &str) -> UserId {
        self.id(name).parse().unwrap()
    }

    async fn decide(&self, command: Command) {
        self.hub.app.engine.submit(command).await.unwrap().unwrap();
    }

    async fn comes_to_work(&self, name: &str) {
        let (agent, connection) =
            (self.agent(name), Mint::new([name.as_bytes()[0]; 5]).id(self.hub.app.now()));
        self.decide(Command::ConnectDesk { agent, connection }).await;
        self.decide(Command::SetAgentState { agent, to: AgentStateWish::Ready }).await;
    }

    async fn serves(&self, name: &str, conversation: &str) {
        let (agent, conversation) = (self.agent(name), conversation.parse().unwrap());
        self.decide(Command::AcceptOffer { agent, conversation, task: None }).await;
    }

    async fn leaves(&self, name: &str, conversation: &str) {
        let (agent, conversation) = (self.agent(name), conversation.parse().unwrap());
        self.decide(Command::LeaveConversation { agent, conversation }).await;
    }
}

fn with(mut object: Value, more: Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}
