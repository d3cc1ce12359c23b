//! What an administrator registers before anybody can chat, over the API.

use anyhow::{Context, Result, ensure};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::hub::{ADMIN, PASSWORD};

const CHANNEL_TYPE: &str = "GENERIC";
/// Much longer than anything that is measured.
const HOUR_SECS: u32 = 3_600;

/// The administrator, signed in.
pub struct Admin {
    http: reqwest::Client,
    hub: String,
    token: String,
}

/// A connector with the only copy of its credentials.
#[derive(Clone)]
pub struct Connector {
    pub id: String,
    pub token: SecretString,
    pub signing_secret: String,
}

/// How the conversations of a channel go.
#[derive(Clone, Copy)]
pub struct Handling {
    /// `HYBRID`, `BOT` or `AGENT`.
    pub mode: &'static str,
    pub inactivity_secs: u32,
}

impl Admin {
    /// # Errors
    /// When the hub cannot be reached.
    pub async fn sign_in(hub: &str) -> Result<Self> {
        let mut admin = Self { http: reqwest::Client::new(), hub: hub.to_owned(), token: String::new() };
        let session = admin.post("/auth/login", &json!({"username": ADMIN, "password": PASSWORD})).await?;
        admin.token = text(&session["token"])?;
        Ok(admin)
    }

    /// A provider, its connector, and what customers of the channel type are known by.
    ///
    /// # Errors
    /// When something is refused.
    pub async fn register(&self, webhook: Option<&str>) -> Result<Connector> {
        let channel_type = self.named("/ccm/channel-types", "name", CHANNEL_TYPE).await?;
        let provider = json!({
            "name": "Provider", "supportedChannelTypes": [channel_type["id"]], "providerWebhook": webhook,
            "channelProviderConfigSchema": [],
        });
        let provider = self.post("/ccm/channel-provider-interfaces", &provider).await?;
        let connector = json!({
            "name": "Connector", "channelProviderInterface": provider["id"], "channelProviderConfigs": [],
        });
        let connector = self.post("/ccm/channel-connectors", &connector).await?;
        let attribute = json!({
            "key": "address", "label": "Address", "length": 100, "isPii": true,
            "isChannelIdentifier": true, "channelTypes": [CHANNEL_TYPE],
        });
        self.post("/cim-customer/customerSchema", &attribute).await?;
        let credentials = &connector["credentials"];
        Ok(Connector {
            id: text(&connector["id"])?,
            token: text(&credentials["token"])?.into(),
            signing_secret: text(&credentials["signingSecret"])?,
        })
    }

    /// A channel of the connector, whose customers are served by the default queue.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn open_channel(&self, connector: &Connector, service: &str, handling: Handling) -> Result<()> {
        let queues = self.get("/routing-engine/precision-queues").await?;
        self.open_channel_to(connector, service, handling, &queues[0]["id"]).await
    }

    /// A channel of the connector, whose customers are served by this queue.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn open_channel_to(
        &self,
        connector: &Connector,
        service: &str,
        handling: Handling,
        queue: &Value,
    ) -> Result<()> {
        let channel_type = self.named("/ccm/channel-types", "name", CHANNEL_TYPE).await?;
        let bots = self.get("/bot-framework/bot-connectors").await?;
        let channel = json!({
            "name": format!("Line {service}"),
            "serviceIdentifier": service,
            "channelType": channel_type["id"],
            "channelConnector": connector.id,
            "channelConfig": {
                "channelMode": handling.mode,
                "responseSla": HOUR_SECS,
                "customerActivityTimeout": handling.inactivity_secs,
                "botId": bots[0]["botId"],
                "routingPolicy": {
                    "routingMode": "PUSH", "routingObjectId": queue, "agentRequestTtl": 2 * HOUR_SECS,
                },
            },
        });
        self.post("/ccm/channels", &channel).await.map(|_| ())
    }

    /// Lets every agent take this many chats at once.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn set_capacity(&self, chats: u32) -> Result<()> {
        const PATH: &str = "/routing-engine/media-routing-domains";
        let mut chat = self.named(PATH, "name", "CHAT").await?;
        chat["maxRequests"] = chats.into();
        let path = format!("{PATH}/{}", text(&chat["id"])?);
        self.call(self.http.put(format!("{}{path}", self.hub)), Some(&chat)).await.map(|_| ())
    }

    /// Changes what these settings name.
    ///
    /// # Errors
    /// When they are refused.
    pub async fn set(&self, settings: &Value) -> Result<()> {
        const PATH: &str = "/unified-admin/general-settings";
        let present = self.get(PATH).await?;
        let path = format!("{PATH}/{}", text(&present[0]["id"])?);
        self.call(self.http.put(format!("{}{path}", self.hub)), Some(settings)).await.map(|_| ())
    }

    /// An agent who signs in with [`PASSWORD`].
    ///
    /// # Errors
    /// When it is refused.
    pub async fn hire(&self, username: &str) -> Result<()> {
        self.hire_with(username, &json!([])).await
    }

    /// The same, with routing attributes.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn hire_with(&self, username: &str, routing_attributes: &Value) -> Result<()> {
        let user = json!({
            "username": username, "firstName": username, "lastName": "Agent", "roles": ["agent"],
            "password": PASSWORD, "associatedRoutingAttributes": routing_attributes,
        });
        self.post("/unified-admin/users", &user).await.map(|_| ())
    }

    /// Messages that a connector has still to be sent.
    ///
    /// # Errors
    /// When the hub cannot be reached.
    pub async fn waiting(&self, connector: &Connector) -> Result<u64> {
        let health = self.get(&format!("/ccm/channel-connectors/{}/health", connector.id)).await?;
        let count = |member: &str| health[member].as_u64().with_context(|| format!("{member} in {health}"));
        Ok(count("waiting")? + count("inFlight")?)
    }

    /// # Errors
    /// When the hub cannot be reached or refuses.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.call(self.http.get(format!("{}{path}", self.hub)), None).await
    }

    /// # Errors
    /// When the hub cannot be reached or refuses.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(self.http.post(format!("{}{path}", self.hub)), Some(body)).await
    }

    async fn call(&self, request: reqwest::RequestBuilder, body: Option<&Value>) -> Result<Value> {
        let mut request = request.header("content-type", "application/json");
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = request.send().await?;
        let (status, path) = (answer.status(), answer.url().path().to_owned());
        let answer = answer.text().await?;
        ensure!(status.is_success(), "{path} answered {status}: {answer}");
        Ok(serde_json::from_str(&answer)?)
    }

    /// # Errors
    /// When the hub cannot be reached, or there is no such object.
    pub async fn named(&self, path: &str, member: &str, name: &str) -> Result<Value> {
        let all = self.get(path).await?;
        let found = all.as_array().and_then(|all| all.iter().find(|one| one[member] == name));
        found.cloned().with_context(|| format!("there is no {name} among {path}"))
    }
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().with_context(|| format!("{value} is no text"))?.to_owned())
}
