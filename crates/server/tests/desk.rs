//! A desk over long polling, of which nothing is read before it asks.

use serde_json::{Value, json};
use tieline_core::registry::{Role, User};
use tieline_server::desk::SOCKET_PATH;
use tieline_server::token::Scope;

use crate::hub::{Registered, TestHub, text_message};

/// Ends the packets of one poll.
const SEPARATOR: char = '\u{1e}';
/// From where customers write to desks.
pub const ADDRESS: &str = "+49 30 1";
/// Polls until something must have been told.
const POLLS_MAX: usize = 50;

/// A desk over long polling: nothing is read before it asks.
pub struct Desk<'h> {
    pub hub: &'h TestHub,
    pub user: User,
    session: String,
    /// What was told: event and payload.
    pub told: Vec<(String, Value)>,
    /// What rang last.
    pub offer: Option<Value>,
}

impl<'h> Desk<'h> {
    pub async fn connect(hub: &'h TestHub, username: &str) -> Self {
        let user = hub.add_user(username, &[Role::Agent]).await;
        Self::connect_as(hub, user).await
    }

    pub async fn connect_as(hub: &'h TestHub, user: User) -> Self {
        let opened = hub.stranger().get(&format!("{SOCKET_PATH}/?EIO=4&transport=polling")).await;
        assert_eq!(opened.headers["access-control-allow-origin"], "*", "desks live on other hosts");
        let opened: Value = serde_json::from_str(&opened.text[1..]).unwrap();
        let mut desk = Self {
            hub,
            user,
            session: opened["sid"].as_str().unwrap().to_owned(),
            told: Vec::new(),
            offer: None,
        };
        let agent = json!({"tieline_session": hub.token_of(&desk.user, Scope::Desk)});
        desk.send(&format!("40{}", json!({"agent": agent.to_string()}))).await;
        desk.hear("agentPresence").await;
        desk
    }

    pub fn address(&self) -> String {
        format!("{SOCKET_PATH}/?EIO=4&transport=polling&sid={}", self.session)
    }

    pub async fn send(&self, packet: &str) {
        let body = Some(packet.to_owned().into());
        let plain = self.hub.stranger().with("content-type", "text/plain;charset=UTF-8");
        assert_eq!(plain.call(reqwest::Method::POST, &self.address(), body).await.status, 200);
    }

    pub async fn emit(&self, event: &str, payload: Value) {
        self.send(&format!("42{}", json!([event, payload]))).await;
    }

    /// Polls once, confirms what wants to be confirmed, and notes the rest.
    pub async fn poll(&mut self) {
        let polled = self.hub.stranger().get(&self.address()).await;
        assert_eq!(polled.status, 200);
        for packet in polled.text.split(SEPARATOR) {
            if packet == "2" {
                self.send("3").await;
            }
            let Some(event) = packet.strip_prefix("42") else { continue };
            let start = event.find('[').unwrap();
            if let ack @ 1.. = start {
                self.send(&format!("43{}[{{\"status\":\"ok\"}}]", &event[..ack])).await;
            }
            let [name, payload]: [Value; 2] = serde_json::from_str(&event[start..]).unwrap();
            self.told.push((name.as_str().unwrap().to_owned(), payload));
        }
    }

    /// Polls until this event was told; gives it, and forgets everything up to it.
    pub async fn hear(&mut self, event: &str) -> Value {
        for _ in 0..POLLS_MAX {
            if let Some(at) = self.told.iter().position(|(name, _)| name == event) {
                return self.told.drain(..=at).next_back().unwrap().1;
            }
            self.poll().await;
        }
        panic!("no {event} among {:?}", self.told);
    }

    /// The next event of this name in any conversation, as the desk reads it.
    pub async fn hear_event(&mut self, name: &str) -> Value {
        loop {
            let told = self.hear("onCimEvent").await;
            let event: Value = serde_json::from_str(told["cimEvent"].as_str().unwrap()).unwrap();
            if event["name"] == name {
                return event;
            }
        }
    }

    /// Takes the chat of a new customer.
    pub async fn converse(&mut self, line: &Registered) -> Value {
        let state = json!({"name": "READY", "reasonCode": null});
        self.emit(
            "changeAgentState",
            json!({"agentId": self.user.id, "action": "agentState", "state": state}),
        )
        .await;
        customer_says(self.hub, line, "m1", "Hallo").await;
        let offer = self.hear("taskRequest").await;
        let request = json!({"agentId": self.user.id, "conversationId": offer["conversationId"], "taskId": offer["taskId"]});
        self.offer = Some(offer);
        self.emit("topicSubscription", request).await;
        self.hear("onTopicData").await
    }
}

pub async fn customer_says(hub: &TestHub, line: &Registered, id: &str, text: &str) {
    let message = text_message(id, ADDRESS, &line.service_identifier, text);
    hub.bearer(&line.token).post("/ccm/message/receive", message).await.expect(200);
}
