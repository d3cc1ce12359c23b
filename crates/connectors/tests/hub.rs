//! A hub small enough to be wrong on purpose: it echoes what customers say through the webhook and the feed.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tieline_cim::{Body, Intent, Members, Message, NotificationType, Sender, SenderType};
use tieline_connectors::{SigningSecret, signature};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

pub const TOKEN: &str = "tl_test";
/// Messages that wait for the webhook.
const WEBHOOKS_MAX: usize = 10_000;

/// What becomes of a message to the customer, by its place in the session, from 1.
pub type Fate = fn(u64) -> Fated;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fated {
    Sent,
    SentTwice,
    /// After the next one.
    Late,
    Lost,
    SignedBadly,
    SignedLongAgo,
}

pub struct FakeHub {
    pub base: String,
    state: Arc<Shared>,
}

struct Shared {
    fate: Fate,
    /// Answers a repeated key as if it were new.
    forgetful: bool,
    books: Mutex<Books>,
    webhooks: mpsc::Sender<Webhook>,
    events: watch::Sender<Vec<Value>>,
    received: watch::Sender<u64>,
}

#[derive(Default)]
struct Books {
    answers: HashMap<String, Value>,
    sessions: HashMap<String, Session>,
    sequence: u64,
    sessions_opened: u64,
    webhook: Option<SocketAddr>,
}

#[derive(Clone, Default)]
struct Session {
    id: String,
    previous: u64,
    /// Messages to the customer.
    count: u64,
}

struct Webhook {
    address: SocketAddr,
    session: String,
    fated: Fated,
    sequence: u64,
    previous: u64,
    body: String,
}

pub fn secret() -> SigningSecret {
    SigningSecret::from_key(vec![5; 32]).unwrap()
}

impl FakeHub {
    pub async fn start(fate: Fate) -> Self {
        Self::with(fate, false).await
    }

    pub async fn forgetful() -> Self {
        Self::with(|_| Fated::Sent, true).await
    }

    async fn with(fate: Fate, forgetful: bool) -> Self {
        let (webhooks, queue) = mpsc::channel(WEBHOOKS_MAX);
        let state = Arc::new(Shared {
            fate,
            forgetful,
            books: Mutex::default(),
            webhooks,
            events: watch::Sender::new(Vec::new()),
            received: watch::Sender::new(0),
        });
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/ccm/message/receive", post(receive))
            .route("/ccm/channel-connectors/{id}/events", get(feed))
            .with_state(Arc::clone(&state));
        tokio::spawn(axum::serve(listener, router).into_future());
        tokio::spawn(deliver(queue));
        Self { base, state }
    }

    /// Where webhooks go.
    pub fn connect(&self, webhook: SocketAddr) {
        self.state.books.lock().unwrap().webhook = Some(webhook);
    }

    /// Ready once so many messages were received.
    pub async fn has_received(&self, messages: u64) {
        self.state.received.subscribe().wait_for(|received| *received >= messages).await.unwrap();
    }
}

async fn receive(State(state): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    if headers.get("authorization").is_none_or(|value| value != &format!("Bearer {TOKEN}")) {
        let refusal = json!({"status": "UNAUTHORIZED", "message": "Who is asking?"});
        return (StatusCode::UNAUTHORIZED, axum::Json(refusal)).into_response();
    }
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let message: Message = tieline_cim::parse_inbound(&body).unwrap();
    message.check_inbound().unwrap();
    let mut books = state.books.lock().unwrap();
    let known = books.answers.get(&key).cloned().filter(|_| !state.forgetful);
    let answer = match known {
        Some(answer) => answer,
        None => {
            let answer = take(&state, &mut books, &message);
            books.answers.insert(key, answer.clone());
            state.received.send_modify(|received| *received += 1);
            answer
        }
    };
    axum::Json(answer).into_response()
}

fn take(state: &Shared, books: &mut Books, message: &Message) -> Value {
    let customer = message.header.channel_data.channel_customer_identifier.clone();
    let notice = |kind| Body::notification(kind, Members::new());
    let ends = message.header.intent == Some(Intent::EndChat);
    let opens = !books.sessions.contains_key(&customer);
    if opens {
        books.sessions_opened += 1;
        let id = format!("s{}", books.sessions_opened);
        books.sessions.insert(customer.clone(), Session { id, ..Session::default() });
        tell(state, books, message, notice(NotificationType::ChannelSessionStarted));
    }
    let session = books.sessions[&customer].id.clone();
    if let Some(echo) = echo(message) {
        tell(state, books, message, Body::plain(echo));
    }
    if ends {
        tell(state, books, message, notice(NotificationType::ChannelSessionEnded));
        books.sessions.remove(&customer);
    }
    let details = json!({
        "customer": {"_id": customer, "firstName": "x"},
        "conversationId": format!("v-{session}"),
        "channelSessionId": session,
    });
    json!({"status": "OK", "message": "Message accepted", "additionalDetails": details})
}

fn echo(message: &Message) -> Option<String> {
    let quoting = if message.header.original_message_id.is_some() { "re: " } else { "echo: " };
    match &message.body {
        Body::Plain(plain) => plain.markdown_text.as_deref().filter(|text| !text.is_empty()),
        Body::Image(media) => media.caption.as_deref(),
        Body::Location(_) => Some("that place"),
        _ => None,
    }
    .map(|text| format!("{quoting}{text}"))
}

fn tell(state: &Shared, books: &mut Books, to: &Message, body: Body) {
    let channel_data = to.header.channel_data.clone();
    books.sequence += 1;
    let sequence = books.sequence;
    let session = books.sessions.get_mut(&channel_data.channel_customer_identifier).unwrap();
    let previous = std::mem::replace(&mut session.previous, sequence);
    session.count += 1;
    let mut message = Message::of(body);
    message.id = Some(format!("m{sequence}"));
    message.header.sender = Sender::new(SenderType::Agent, "a1", "lena");
    message.header.channel_data = channel_data;
    message.header.channel_session_id = Some(session.id.clone());
    state.events.send_modify(|events| {
        let id = format!("k{sequence}");
        events
            .push(json!({"sequence": sequence, "previousSequence": previous, "id": id, "message": &message}));
    });
    if let Some(address) = books.webhook {
        let fated = (state.fate)(session.count);
        let body = serde_json::to_string(&message).unwrap();
        let webhook = Webhook { address, session: session.id.clone(), fated, sequence, previous, body };
        state.webhooks.try_send(webhook).ok().unwrap();
    }
}

async fn feed(
    State(state): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, u64>>,
) -> axum::Json<Value> {
    let later = |events: &[Value]| {
        let later = events.iter().filter(|event| event["sequence"].as_u64().unwrap() > query["after"]);
        later.take(usize::try_from(query["limit"]).unwrap()).cloned().collect::<Vec<_>>()
    };
    let mut events = state.events.subscribe();
    let page = later(&events.wait_for(|events| !later(events).is_empty()).await.unwrap());
    axum::Json(json!({"events": page}))
}

async fn deliver(mut queue: mpsc::Receiver<Webhook>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut late: HashMap<String, Webhook> = HashMap::new();
    while let Some(webhook) = queue.recv().await {
        match webhook.fated {
            Fated::Lost => continue,
            Fated::Late => {
                late.insert(webhook.session.clone(), webhook);
                continue;
            }
            Fated::SentTwice => send(&client, &webhook).await,
            Fated::Sent | Fated::SignedBadly | Fated::SignedLongAgo => {}
        }
        send(&client, &webhook).await;
        if let Some(late) = late.remove(&webhook.session) {
            send(&client, &late).await;
        }
    }
}

async fn send(client: &reqwest::Client, webhook: &Webhook) {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let (key, timestamp) = match webhook.fated {
        Fated::SignedBadly => (SigningSecret::from_key(vec![6; 32]).unwrap(), now),
        Fated::SignedLongAgo => (secret(), now - 3600),
        _ => (secret(), now),
    };
    let id = format!("k{}", webhook.sequence);
    let signed = signature::sign(&[key], &id, timestamp, webhook.body.as_bytes());
    client
        .post(format!("http://{}/message/receive", webhook.address))
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signed)
        .header("tieline-sequence", webhook.sequence)
        .header("tieline-previous-sequence", webhook.previous)
        .body(webhook.body.clone())
        .send()
        .await
        // The simulation may be over; then nobody is left to tell.
        .ok();
}
