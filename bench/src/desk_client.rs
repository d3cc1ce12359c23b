//! An agent's desk without a screen: signs in, connects its socket, takes offers and talks.
//!
//! Speaks as much of Engine.IO 4 and Socket.IO 5 as desks need, over a WebSocket from the start: a connection of its
//! own, or one of many on a trunk. What comes in is handed on as text, so that a load generator reads no more of it
//! than it must.

use std::borrow::Cow;

use anyhow::{Context, Result, bail, ensure};
use futures::{SinkExt, StreamExt};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::trunk::Trunk;

const LOGIN_PATH: &str = "/agent-manager/agent/login";
const SOCKET_PATH: &str = "/agent-manager/socket.io/?EIO=4&transport=websocket";

/// What the sign-in answered; the same object goes back in the handshake.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub id: String,
    pub user: Value,
}

/// Something the hub told the desk.
#[derive(Debug)]
pub struct Told {
    pub event: String,
    /// The first argument, as JSON.
    pub data: String,
}

/// Where an agent may speak.
#[derive(Clone, Debug)]
pub struct Place {
    pub conversation: String,
    pub room: Value,
    /// The customer's session, whole, as desks send it back.
    pub session: Value,
}

pub struct Desk {
    socket: WebSocketStream<Box<dyn Wire>>,
    me: SignedIn,
}

/// What carries a WebSocket.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// # Errors
/// When the hub cannot be reached or does not let this agent in.
pub async fn sign_in(http: &reqwest::Client, hub: &str, username: &str, password: &str) -> Result<SignedIn> {
    let body = json!({"username": username, "password": password}).to_string();
    let request =
        http.post(format!("{hub}{LOGIN_PATH}")).header("content-type", "application/json").body(body);
    let answer = request.send().await?;
    let status = answer.status();
    let mut body: Value = serde_json::from_slice(&answer.bytes().await?)?;
    ensure!(status.is_success(), "{username} cannot sign in: {status} {body}");
    let user = body["data"]["keycloak_User"].take();
    let id = user["id"].as_str().context("the sign-in names no id")?.to_owned();
    Ok(SignedIn { id, user })
}

impl Desk {
    /// Connects and waits until the hub has let the desk in. `hub` is its address with `http://`.
    ///
    /// # Errors
    /// When there is no connection or the desk is turned away.
    pub async fn connect(hub: &str, me: &SignedIn) -> Result<Self> {
        let host = hub.strip_prefix("http://").context("the hub's address starts with http://")?;
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let wire: Box<dyn Wire> = Box::new(stream);
        let (socket, _) = client_async(format!("ws://{host}{SOCKET_PATH}"), wire).await?;
        Self::enter(socket, me).await
    }

    /// The same, as one of many on this trunk.
    ///
    /// # Errors
    /// When no socket is opened or the desk is turned away.
    pub async fn connect_on(trunk: &mut Trunk, me: &SignedIn) -> Result<Self> {
        let wire: Box<dyn Wire> = Box::new(trunk.socket(SOCKET_PATH, &[]).await?);
        Self::enter(WebSocketStream::from_raw_socket(wire, Role::Client, None).await, me).await
    }

    async fn enter(socket: WebSocketStream<Box<dyn Wire>>, me: &SignedIn) -> Result<Self> {
        let mut desk = Self { socket, me: me.clone() };
        let open = desk.packet().await?;
        ensure!(open.starts_with('0'), "the hub opened with {open:?}");
        let auth = json!({"agent": me.user.to_string(), "fcm": ""});
        desk.send(format!("40{auth}")).await?;
        let answer = desk.packet().await?;
        ensure!(answer.starts_with("40"), "the desk was turned away: {answer}");
        Ok(desk)
    }

    /// The next thing the hub tells. Pings and acknowledgements are answered on the way.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn told(&mut self) -> Result<Told> {
        loop {
            let packet = self.packet().await?;
            let Some(rest) = packet.strip_prefix("42") else {
                ensure!(!packet.starts_with("41"), "the hub closed the desk");
                continue;
            };
            let array = rest.find('[').context("an event without arguments")?;
            if let Ok(number) = rest[..array].parse::<u64>() {
                self.send(format!("43{number}[{}]", json!({"status": "ok"}))).await?;
            }
            let (event, data): (Cow<'_, str>, &RawValue) = serde_json::from_str(&rest[array..])?;
            return Ok(Told { event: event.into_owned(), data: data.get().to_owned() });
        }
    }

    /// # Errors
    /// When the connection has ended.
    pub async fn get_ready(&mut self) -> Result<()> {
        let state = json!({"name": "READY", "reasonCode": null});
        let wish = json!({"agentId": self.me.id, "action": "agentState", "state": state});
        self.emit("changeAgentState", &wish).await
    }

    /// Takes what rings. `offer` is the data of a `taskRequest`, and `id` a new id for the participant.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn accept(&mut self, offer: &Value, id: &str) -> Result<()> {
        let conversation = &offer["conversationId"];
        let participant = json!({
            "id": id,
            "type": "AGENT",
            "participant": {
                "id": self.me.id, "participantType": "CCUser", "keycloakUser": self.me.user,
                "associatedRoutingAttributes": [],
            },
            "token": null,
            "conversationId": conversation,
            "role": "PRIMARY",
            "userCredentials": null,
            "state": "SUBSCRIBED",
        });
        let subscription = json!({
            "topicParticipant": participant, "agentId": self.me.id, "conversationId": conversation,
            "roomInfo": offer["roomInfo"], "taskId": offer["taskId"],
        });
        self.emit("topicSubscription", &subscription).await
    }

    /// Leaves a conversation. `topic` is the data of an `onTopicData`.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn leave(&mut self, topic: &Value) -> Result<()> {
        let farewell = json!({
            "roomInfo": topic["roomInfo"], "conversationId": topic["conversationId"], "agentId": self.me.id,
        });
        self.emit("topicUnsubscription", &farewell).await
    }

    /// Says something to the customer. `id` is the message's own.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn say(&mut self, place: &Place, id: &str, text: &str, at_ms: i64) -> Result<()> {
        let Place { conversation, room, session } = place;
        let me = &self.me.user;
        let sender = json!({
            "id": self.me.id, "senderName": me["username"], "type": "AGENT",
            "additionalDetail": {"firstName": me["firstName"], "lastName": me["lastName"]},
        });
        let header = json!({
            "timestamp": at_ms, "sender": sender, "channelData": session["channelData"], "intent": null,
            "conversationId": conversation, "roomId": room["id"], "channelSessionId": session["id"],
            "customer": session["customer"],
        });
        let event = json!({
            "id": id, "name": "AGENT_MESSAGE", "type": "MESSAGE", "conversationId": conversation,
            "roomInfo": room, "timestamp": at_ms,
            "data": {"id": id, "header": header, "body": {"markdownText": text, "type": "PLAIN"}},
            "channelSession": session, "eventEmitter": sender,
        });
        let publication = json!({
            "cimEvent": event, "agentId": self.me.id, "conversationId": conversation, "roomInfo": room,
        });
        self.emit("publishCimEvent", &publication).await
    }

    async fn emit(&mut self, event: &str, data: &Value) -> Result<()> {
        self.send(format!("42[\"{event}\",{data}]")).await
    }

    async fn send(&mut self, packet: String) -> Result<()> {
        Ok(self.socket.send(Message::text(packet)).await?)
    }

    /// The next packet that is not a ping.
    async fn packet(&mut self) -> Result<String> {
        loop {
            match self.socket.next().await.context("the connection was closed")?? {
                Message::Text(text) if text.as_str() == "2" => self.send("3".to_owned()).await?,
                Message::Text(text) => return Ok(text.as_str().to_owned()),
                Message::Close(_) => bail!("the hub closed the connection"),
                _ => {}
            }
        }
    }
}
