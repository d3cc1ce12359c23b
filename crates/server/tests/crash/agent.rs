//! An agent who answers as much as he can, and comes back when the hub does.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::interval;

use super::desk_client::{Desk, Place, SignedIn, Told, sign_in};
use super::hub::PASSWORD;
use super::now_ms;

/// Answers on their way whose echo has not come.
const UNDER_WAY_MAX: usize = 8;
const RECONNECT_INTERVAL: Duration = Duration::from_millis(20);

struct Agent {
    /// Own messages the hub has shown.
    echoed: HashSet<String>,
    under_way: HashSet<String>,
}

/// Works until told to stop. Returns the ids of all messages the hub has shown as sent.
pub async fn work(
    hub: String,
    username: &'static str,
    mut stopped: watch::Receiver<bool>,
) -> HashSet<String> {
    let me = sign_in(&reqwest::Client::new(), &hub, username, PASSWORD).await.unwrap();
    let mut agent = Agent { echoed: HashSet::new(), under_way: HashSet::new() };
    let mut ticks = interval(RECONNECT_INTERVAL);
    while !*stopped.borrow_and_update() {
        ticks.tick().await;
        agent.under_way.clear();
        tokio::select! {
            // A connection ends with the hub; that is no surprise here.
            _ = agent.serve(&hub, &me) => {}
            _ = stopped.changed() => {}
        }
    }
    agent.echoed
}

impl Agent {
    async fn serve(&mut self, hub: &str, me: &SignedIn) -> anyhow::Result<()> {
        let mut desk = Desk::connect(hub, me).await?;
        desk.get_ready().await?;
        loop {
            let Told { event, data } = desk.told().await?;
            match event.as_str() {
                "taskRequest" => {
                    let offer: Value = serde_json::from_str(&data)?;
                    desk.accept(&offer, &format!("{}-{}", me.id, now_ms())).await?;
                }
                "onTopicData" => {
                    let topic: Value = serde_json::from_str(&data)?;
                    for event in topic["topicData"]["topicEvents"].as_array().into_iter().flatten() {
                        self.hear(&mut desk, event, &topic).await?;
                    }
                }
                "onCimEvent" => {
                    let packet: Value = serde_json::from_str(&data)?;
                    let event: Value = serde_json::from_str(packet["cimEvent"].as_str().unwrap_or_default())?;
                    self.hear(&mut desk, &event, &packet).await?;
                }
                "errors" => self.under_way.clear(),
                _ => {}
            }
        }
    }

    /// `packet` says in which conversation the event happened.
    async fn hear(&mut self, desk: &mut Desk, event: &Value, packet: &Value) -> anyhow::Result<()> {
        let id = event["data"]["id"].as_str().unwrap_or_default();
        match event["name"].as_str() {
            Some("AGENT_MESSAGE") => {
                self.under_way.remove(id);
                self.echoed.insert(id.to_owned());
                Ok(())
            }
            Some("CUSTOMER_MESSAGE") => {
                // The same answer to the same message, as often as it is given.
                let answer = format!("re-{id}");
                if self.under_way.len() >= UNDER_WAY_MAX || self.echoed.contains(&answer) {
                    return Ok(());
                }
                let place = Place {
                    conversation: packet["conversationId"].as_str().unwrap_or_default().to_owned(),
                    room: packet["roomInfo"].clone(),
                    session: event["channelSession"].clone(),
                };
                desk.say(&place, &answer, "I am looking into it.", now_ms()).await?;
                self.under_way.insert(answer);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
