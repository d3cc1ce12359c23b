//! Agents at their desks, each with as many customers as he can take.

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::customers::{LINE, open_conversations};
use crate::desk_client::{Desk, Place, sign_in};
use crate::hub::{Hub, PASSWORD};
use crate::tenant::{Admin, Connector, Handling};

/// For a hub that many agents sign in to and whose webhooks are on this machine.
pub const SETTINGS: &str = r#"
[auth]
login_attempts_per_minute = 1000
[delivery]
allow_addresses = ["127.0.0.0/8"]
[log]
filter = "warn"
"#;

pub struct Floor {
    pub connector: Connector,
    pub admin: Admin,
    /// Each with the conversations it holds.
    pub desks: Vec<(Desk, Vec<Place>)>,
}

impl Floor {
    /// Hires `agents` and gives each `chats` conversations, with customers named as a load names them.
    pub async fn fill(hub: &Hub, webhook: Option<&str>, agents: u32, chats: u32) -> Result<Self> {
        let admin = Admin::sign_in(&hub.url()).await?;
        admin.set_capacity(chats).await?;
        let connector = admin.register(webhook).await?;
        let handling = Handling { mode: "HYBRID", inactivity_secs: 3_600 };
        admin.open_channel(&connector, LINE, handling).await?;
        let customers = u64::from(agents) * u64::from(chats);
        open_conversations(&hub.url(), &connector, 0..customers).await?;
        let http = reqwest::Client::new();
        let mut sitting = JoinSet::new();
        for agent in 0..agents {
            let username = format!("agent{agent}");
            admin.hire(&username).await?;
            let me = sign_in(&http, &hub.url(), &username, PASSWORD).await?;
            let hub = hub.url();
            sitting.spawn(async move {
                let mut desk = Desk::connect(&hub, &me).await?;
                let places = take(&mut desk, chats as usize).await?;
                anyhow::Ok((desk, places))
            });
        }
        let desks = sitting.join_all().await.into_iter().collect::<Result<_>>()?;
        Ok(Self { connector, admin, desks })
    }
}

/// Takes what rings until the agent has enough.
pub async fn take(desk: &mut Desk, chats: usize) -> Result<Vec<Place>> {
    desk.get_ready().await?;
    let mut places = Vec::new();
    while places.len() < chats {
        let told = desk.told().await?;
        match told.event.as_str() {
            "taskRequest" => {
                let offer: Value = serde_json::from_str(&told.data)?;
                desk.accept(&offer, &format!("participant{}", places.len())).await?;
            }
            "onTopicData" => {
                let topic: Value = serde_json::from_str(&told.data)?;
                let conversation = topic["conversationId"].as_str().context("a conversation has an id")?;
                places.push(Place {
                    conversation: conversation.to_owned(),
                    room: topic["roomInfo"].clone(),
                    session: topic["topicData"]["channelSession"].clone(),
                });
            }
            _ => {}
        }
    }
    Ok(places)
}
