//! Customers who do not give up: a message is posted under the same key until it is accepted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tieline_cim::{Message, Sender, SenderType};
use tieline_connectors::contract::{Credentials, Hub, Retry};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::tenant::Connector;
use super::{CHAT_LINE, SILENT_LINE};

/// Between the messages of one customer.
const PACE: Duration = Duration::from_millis(25);
/// Between two customers who write once and fall silent.
const SILENT_PACE: Duration = Duration::from_millis(40);
/// A hub that is down for longer fails the test by other means.
const RETRY: Retry = Retry {
    attempts_max: 10_000,
    delay_min: Duration::from_millis(10),
    delay_max: Duration::from_millis(50),
};
const SENDER_ID: &str = "4a9c1a2e-6d0b-4d7e-9c55-0b1f0c2d3e4f";

/// What all customers share.
pub struct Load {
    hub: Hub,
    stopped: watch::Receiver<bool>,
    accepted: watch::Sender<u64>,
    repeated: AtomicU64,
}

/// One customer's messages that were answered with 2xx, in this order.
pub struct Accepted {
    pub customer: String,
    pub ids: Vec<String>,
}

impl Load {
    pub fn new(hub: &str, connector: &Connector, stopped: watch::Receiver<bool>) -> Self {
        let hub = Hub::new(hub, Credentials::Token(connector.token.clone())).unwrap().with_retry(RETRY);
        Self { hub, stopped, accepted: watch::Sender::new(0), repeated: AtomicU64::new(0) }
    }

    /// Waits until so many more posts are accepted.
    pub async fn more_accepted(&self, posts: u64) {
        let target = *self.accepted.borrow() + posts;
        self.accepted.subscribe().wait_for(|accepted| *accepted >= target).await.unwrap();
    }

    /// Posts that had to be sent more than once.
    pub fn repeated(&self) -> u64 {
        self.repeated.load(Ordering::Relaxed)
    }

    async fn post(&self, customer: &str, line: &str, id: &str) {
        let mut message = Message::plain(format!("This is {id}."));
        message.id = Some(id.to_owned());
        message.header.sender = Sender::new(SenderType::Connector, SENDER_ID, "CRASH_TEST");
        message.header.channel_data.channel_customer_identifier = customer.to_owned();
        message.header.channel_data.service_identifier = line.to_owned();
        let accepted = self.hub.send(&message, &format!("key-{id}")).await.unwrap();
        if accepted.attempts > 1 {
            self.repeated.fetch_add(1, Ordering::Relaxed);
        }
        self.accepted.send_modify(|count| *count += 1);
    }

    fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }
}

/// Customers who write one message after the other until they are told to stop.
pub async fn write_all(load: Arc<Load>, customers: u32) -> Vec<Accepted> {
    let mut writing = JoinSet::new();
    for customer in 0..customers {
        writing.spawn(write(Arc::clone(&load), format!("c{customer}")));
    }
    writing.join_all().await
}

async fn write(load: Arc<Load>, customer: String) -> Accepted {
    let mut ids = Vec::new();
    let mut ticks = interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !load.is_stopped() {
        ticks.tick().await;
        let id = format!("{customer}-{}", ids.len());
        load.post(&customer, CHAT_LINE, &id).await;
        ids.push(id);
    }
    Accepted { customer, ids }
}

/// Customers who come one after the other, write once, and say no more.
pub async fn fall_silent(load: Arc<Load>) -> Vec<Accepted> {
    let mut writing = JoinSet::new();
    let mut ticks = interval(SILENT_PACE);
    while !load.is_stopped() {
        ticks.tick().await;
        let (load, customer) = (Arc::clone(&load), format!("s{}", writing.len()));
        writing.spawn(async move {
            let id = format!("{customer}-0");
            load.post(&customer, SILENT_LINE, &id).await;
            Accepted { customer, ids: vec![id] }
        });
    }
    writing.join_all().await
}
