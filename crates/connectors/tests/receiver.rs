//! The webhook receiver against a scripted sender.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::{Client, Response};
use tieline_cim::Message;
use tieline_connectors::ledger::{Ledger, Scope, Tally};
use tieline_connectors::receiver::{Inbound, Receiver, When};
use tieline_connectors::{Behaviour, Fault, SigningSecret, signature};
use tokio::sync::mpsc;

struct Desk {
    receiver: Receiver,
    ledger: Arc<Ledger>,
    inbound: mpsc::Receiver<Inbound>,
    client: Client,
}

/// One request; the defaults are a good one.
#[derive(Clone)]
struct Post {
    id: &'static str,
    numbers: Option<(u64, u64)>,
    age_seconds: i64,
    secrets: Vec<SigningSecret>,
    path: &'static str,
    body: String,
}

fn secret(byte: u8) -> SigningSecret {
    SigningSecret::from_key(vec![byte; 32]).unwrap()
}

fn post(id: &'static str, sequence: u64, previous: u64) -> Post {
    let mut message = Message::plain(id);
    message.header.channel_session_id = Some("s1".to_owned());
    let body = serde_json::to_string(&message).unwrap();
    let numbers = Some((sequence, previous));
    Post { id, numbers, age_seconds: 0, secrets: vec![secret(7)], path: "/message/receive", body }
}

impl Desk {
    async fn open(room: usize) -> Self {
        let ledger = Arc::new(Ledger::new(Scope::default()));
        let (sender, inbound) = mpsc::channel(room);
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let receiver = Receiver::start(listen, vec![secret(7)], Arc::clone(&ledger), sender).await.unwrap();
        Self { receiver, ledger, inbound, client: Client::builder().no_proxy().build().unwrap() }
    }

    async fn try_send(&self, post: Post, timeout: Duration) -> reqwest::Result<Response> {
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
        let timestamp = now - post.age_seconds;
        let signed = signature::sign(&post.secrets, post.id, timestamp, post.body.as_bytes());
        let mut request = self
            .client
            .post(format!("http://{}{}", self.receiver.address(), post.path))
            .timeout(timeout)
            .header("webhook-id", post.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signed);
        if let Some((sequence, previous)) = post.numbers {
            request =
                request.header("tieline-sequence", sequence).header("tieline-previous-sequence", previous);
        }
        request.body(post.body).send().await
    }

    async fn send(&self, post: Post) -> u16 {
        self.try_send(post, Duration::from_secs(30)).await.unwrap().status().as_u16()
    }

    /// The ids handed on so far.
    fn taken(&mut self) -> Vec<String> {
        let mut ids = Vec::new();
        while let Ok(inbound) = self.inbound.try_recv() {
            ids.push(match inbound {
                Inbound::Message(delivery) => delivery.id,
                Inbound::Configuration(configuration) => configuration.service_identifier,
            });
        }
        ids
    }
}

#[tokio::test]
async fn order_gaps_and_duplicates_are_told() {
    let mut desk = Desk::open(10).await;
    for (id, sequence, previous) in [("a", 1, 0), ("b", 4, 1), ("b", 4, 1), ("d", 9, 6), ("c", 6, 4)] {
        assert_eq!(desk.send(post(id, sequence, previous)).await, 200);
    }
    assert_eq!(desk.taken(), ["a", "b", "d", "c"]);
    let expected =
        Tally { received: 5, verified: 5, duplicates: 1, gaps: 1, out_of_order: 1, ..Tally::default() };
    assert_eq!(desk.ledger.tally(), expected);
}

#[tokio::test]
async fn only_what_is_signed_now_and_by_the_hub_gets_in() {
    let mut desk = Desk::open(10).await;
    let good = post("a", 1, 0);
    let rotated = Post { secrets: vec![secret(9), secret(7)], ..post("b", 2, 1) };
    for (post, status) in [
        (Post { secrets: vec![secret(8)], ..good.clone() }, 401),
        (Post { secrets: Vec::new(), ..good.clone() }, 401),
        (Post { age_seconds: 301, ..good.clone() }, 401),
        (Post { age_seconds: -400, ..good.clone() }, 401),
        (Post { body: "{}".to_owned(), ..good.clone() }, 400),
        (good, 200),
        (rotated, 200),
    ] {
        assert_eq!(desk.send(post).await, status);
    }
    assert_eq!(desk.taken(), ["a", "b"]);
    let expected = Tally {
        received: 2,
        verified: 3,
        bad_signatures: 2,
        stale_timestamps: 2,
        unreadable: 1,
        ..Tally::default()
    };
    assert_eq!(desk.ledger.tally(), expected);
}

#[tokio::test]
async fn settings_and_unnumbered_messages_are_taken() {
    let mut desk = Desk::open(10).await;
    let settings = r#"{"serviceIdentifier": "7001", "connectorConfigurations": []}"#.to_owned();
    let pushed = Post { path: "/connector-configurations", body: settings, ..post("p", 0, 0) };
    assert_eq!(desk.send(pushed).await, 200);
    assert_eq!(desk.send(Post { numbers: None, path: "/", ..post("a", 0, 0) }).await, 200);
    assert_eq!(desk.taken(), ["7001", "a"]);
    let expected = Tally { received: 1, verified: 2, configurations: 1, unnumbered: 1, ..Tally::default() };
    assert_eq!(desk.ledger.tally(), expected);
}

#[tokio::test]
async fn without_room_the_hub_is_asked_to_come_back() {
    let mut desk = Desk::open(1).await;
    assert_eq!(desk.send(post("a", 1, 0)).await, 200);
    let refused = desk.try_send(post("b", 2, 1), Duration::from_secs(30)).await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    assert_eq!(desk.taken(), ["a"]);
    assert_eq!(desk.send(post("b", 2, 1)).await, 200);
    assert_eq!(desk.taken(), ["b"]);
    let expected = Tally { received: 2, verified: 3, overruns: 1, ..Tally::default() };
    assert_eq!(desk.ledger.tally(), expected);
}

#[tokio::test]
async fn misbehaving_as_told() {
    let mut desk = Desk::open(10).await;
    let twice = When::First { requests: 2 };
    desk.receiver.behave(Some(Behaviour { fault: Fault::Fail { status: 502 }, when: twice }));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(desk.send(post("a", 1, 0)).await);
    }
    assert_eq!(statuses, [502, 502, 200]);

    let once = When::First { requests: 1 };
    desk.receiver.behave(Some(Behaviour { fault: Fault::Lie, when: once }));
    assert_eq!(desk.send(post("b", 2, 1)).await, 200);
    assert_eq!(desk.send(post("c", 3, 2)).await, 200);
    assert_eq!(desk.ledger.tally().lost, 1);

    let slow = Fault::Slow { delay: Duration::from_millis(1) };
    desk.receiver.behave(Some(Behaviour { fault: slow, when: once }));
    assert_eq!(desk.send(post("d", 4, 3)).await, 200);

    desk.receiver.behave(Some(Behaviour { fault: Fault::Stall, when: When::Always }));
    let stalled = desk.try_send(post("e", 5, 4), Duration::from_millis(50)).await;
    assert!(stalled.unwrap_err().is_timeout());

    desk.receiver.behave(None);
    assert_eq!(desk.send(post("e", 5, 4)).await, 200);
    assert_eq!(desk.taken(), ["a", "c", "d", "e"]);
    assert_eq!(desk.ledger.tally().faults, 5);
    desk.receiver.stop().await;
}
