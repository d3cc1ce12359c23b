//! A real hub on a free port with a store in memory, and a small client for it.

use std::net::SocketAddr;
use std::sync::OnceLock;

use reqwest::Method;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;
use tieline_core::command::Command;
use tieline_core::id::{Id, Mint};
use tieline_core::registry::{Object, Role, User};
use tieline_server::app::SharedApp;
use tieline_server::config::{Config, LogConfig, StoreConfig, StoreKind};
use tieline_server::listen::Door;
use tieline_server::start;
use tieline_server::telemetry::Telemetry;
use tieline_server::token::{Scope, Subject};
use tokio::sync::oneshot;

/// Runs until it is dropped.
pub struct TestHub {
    pub app: SharedApp,
    pub address: SocketAddr,
    http: reqwest::Client,
    _folder: TempDir,
    _stop: oneshot::Sender<()>,
}

/// Somebody who calls, with or without credentials.
#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    headers: Vec<(String, String)>,
}

/// An answer, read whole. The body is `Null` when it is no JSON.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

/// What the five steps of registering a channel leave behind.
pub struct Registered {
    pub connector: String,
    pub channel: String,
    pub service_identifier: String,
    pub token: String,
    pub signing_secret: String,
}

/// Logs and metrics belong to the process, whose tests may run side by side.
fn telemetry() -> Telemetry {
    static TELEMETRY: OnceLock<Telemetry> = OnceLock::new();
    let quiet = LogConfig { filter: "off".into(), ..LogConfig::default() };
    TELEMETRY.get_or_init(|| Telemetry::install(&quiet).unwrap()).clone()
}

pub async fn hub() -> TestHub {
    hub_with(|_| {}).await
}

/// A hub whose configuration `adjust` has changed.
pub async fn hub_with(adjust: impl FnOnce(&mut Config)) -> TestHub {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config {
        store: StoreConfig { kind: StoreKind::Memory, ..StoreConfig::default() },
        ..Config::default()
    };
    config.listen.address = "127.0.0.1:0".parse().unwrap();
    config.keys.master_key_file = folder.path().join("master.key");
    config.files.path = folder.path().join("files");
    config.delivery.allow_addresses = vec!["127.0.0.0/8".parse().unwrap()];
    adjust(&mut config);
    let door = Door::bind(&config.listen).await.unwrap();
    let address = door.address();
    let hub = start::start(config, telemetry()).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let app = hub.app.clone();
    tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        door.serve(hub.router.clone(), stopped).await;
        hub.stop().await;
    });
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    TestHub { app, address, http, _folder: folder, _stop: stop }
}

impl TestHub {
    /// Somebody without credentials.
    pub fn stranger(&self) -> Client {
        let base = format!("http://{}", self.address);
        Client { base, http: self.http.clone(), headers: Vec::new() }
    }

    pub fn bearer(&self, token: &str) -> Client {
        self.stranger().with("authorization", &format!("Bearer {token}"))
    }

    pub async fn admin(&self) -> Client {
        self.person("root", &[Role::Admin]).await
    }

    /// A signed-in person with these roles, made when there is none of that name.
    pub async fn person(&self, username: &str, roles: &[Role]) -> Client {
        let user = match self.app.registry().user_by_name(username) {
            Some(user) => user.value.clone(),
            None => self.add_user(username, roles).await,
        };
        self.bearer(&self.token_of(&user, Scope::Admin))
    }

    pub fn token_of(&self, user: &User, scope: Scope) -> String {
        let subject = Subject {
            user: user.id.to_string(),
            name: user.username.clone(),
            roles: Vec::new(),
            version: user.token_version,
        };
        self.app.tokens.issue(subject, scope, self.app.now_seconds()).token.expose_secret().to_owned()
    }

    pub async fn add_user(&self, username: &str, roles: &[Role]) -> User {
        let now = self.app.now();
        let prefix = [username.len() as u8, username.as_bytes()[0], 9, 9, roles.len() as u8];
        let user = User::new(Mint::new(prefix).id(now), username, username, "Test", roles.to_vec());
        self.put(Object::User(user.clone())).await;
        user
    }

    /// Somebody who is registered.
    pub fn user(&self, username: &str) -> User {
        self.app.registry().user_by_name(username).unwrap().value.clone()
    }

    pub async fn put(&self, object: Object) {
        let expected = self.app.registry().version(object.kind(), object.id());
        let command = Command::PutObject { object: Box::new(object), expected };
        self.app.engine.submit(command).await.unwrap().unwrap();
    }

    /// The id of a channel type that comes out of the box.
    pub fn channel_type(&self, name: &str) -> String {
        let registry = self.app.registry();
        registry.channel_types().find(|one| one.value.name == name).unwrap().value.id.to_string()
    }

    /// Registers a channel of a shipped type, whose messages out are read from the feed unless there is a webhook.
    pub async fn register(
        &self,
        channel_type: &str,
        service_identifier: &str,
        webhook: Option<&str>,
    ) -> Registered {
        let admin = self.admin().await;
        let type_id = self.channel_type(channel_type);
        let name = format!("{channel_type} {service_identifier}");
        let provider = admin
            .post(
                "/ccm/channel-provider-interfaces",
                json!({"name": name, "supportedChannelTypes": [type_id], "providerWebhook": webhook,
                "channelProviderConfigSchema": [
                    {"key": "HOST-URL", "label": "Host", "valueType": "String100"},
                    {"key": "API-KEY", "label": "Key", "valueType": "String100"},
                ]}),
            )
            .await
            .expect(201);
        let connector = admin
            .post(
                "/ccm/channel-connectors",
                json!({"name": name, "channelProviderInterface": provider["id"], "channelProviderConfigs": [
                    {"key": "HOST-URL", "type": "String100", "value": "https://provider.example"},
                    {"key": "API-KEY", "type": "String100", "value": "the provider's key"},
                ]}),
            )
            .await
            .expect(201);
        let channel =
            admin.post("/ccm/channels", self.channel(&name, &type_id, &connector["id"], service_identifier));
        let channel = channel.await.expect(201);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Registered {
            connector: text(&connector["id"]),
            channel: text(&channel["id"]),
            service_identifier: service_identifier.into(),
            token: text(&connector["credentials"]["token"]),
            signing_secret: text(&connector["credentials"]["signingSecret"]),
        }
    }

    /// A channel as an administrator sends it.
    pub fn channel(&self, name: &str, type_id: &str, connector: &Value, service_identifier: &str) -> Value {
        let registry = self.app.registry();
        let queue: Id = registry.default_queue().unwrap().value.id.into();
        let bot: Id = registry.bots().next().unwrap().value.id.into();
        json!({
            "name": name,
            "serviceIdentifier": service_identifier,
            "channelType": {"id": type_id},
            "channelConnector": connector,
            "channelConfig": {
                "channelMode": "HYBRID",
                "responseSla": 20,
                "customerActivityTimeout": 300,
                "botId": bot,
                "routingPolicy": {"routingMode": "PUSH", "routingObjectId": queue, "agentRequestTtl": 120},
            },
        })
    }
}

impl Client {
    #[must_use]
    pub fn with(&self, header: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((header.into(), value.into()));
        client
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body.to_string().into())).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body.to_string().into())).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<reqwest::Body>) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
            if !self.headers.iter().any(|(name, _)| name == "content-type") {
                request = request.header("content-type", "application/json");
            }
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
    }
}

impl Answer {
    /// The body, of an answer with this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    #[track_caller]
    pub fn etag(&self) -> &str {
        self.headers["etag"].to_str().unwrap()
    }
}

/// A customer's text as a connector posts it.
pub fn text_message(id: &str, customer: &str, service_identifier: &str, text: &str) -> Value {
    json!({
        "id": id,
        "header": {
            "sender": {"id": "460df46c-adf9-11ed-afa1-0242ac120002", "type": "CONNECTOR", "senderName": "TEST"},
            "channelData": {
                "channelCustomerIdentifier": customer,
                "serviceIdentifier": service_identifier,
                "additionalAttributes": [],
            },
            "timestamp": "",
            "intent": null,
        },
        "body": {"type": "PLAIN", "markdownText": text},
    })
}
