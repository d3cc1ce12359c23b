//! The load generator against a hub that counts.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tieline_cim::Message;
use tieline_connectors::load::{Amount, LoadError};
use tieline_connectors::{LoadOptions, post_load};
use tokio::net::TcpListener;

#[derive(Default)]
struct Counted {
    requests: u64,
    keys: HashSet<String>,
    customers: BTreeMap<String, Vec<String>>,
}

type Shared = Arc<Mutex<Counted>>;

/// Every fifth request is put off, every seventh answer closes the connection.
async fn count(State(counted): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let mut counted = counted.lock().unwrap();
    counted.requests += 1;
    if counted.requests.is_multiple_of(5) {
        return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0")]).into_response();
    }
    let message: Message = tieline_cim::parse_inbound(&body).unwrap();
    message.check_inbound().unwrap();
    assert_eq!(body.len(), 2_000);
    assert_eq!(headers["authorization"], "Bearer tl_load");
    let id = message.id.unwrap();
    assert_eq!(headers["idempotency-key"], id.as_str());
    counted.keys.insert(id.clone());
    let customer = message.header.channel_data.channel_customer_identifier;
    counted.customers.entry(customer).or_default().push(id);
    let mut response = "{\"status\": \"OK\"}".into_response();
    if counted.requests.is_multiple_of(7) {
        response.headers_mut().insert("connection", "close".parse().unwrap());
    }
    response
}

async fn hub() -> (Shared, String) {
    let counted = Shared::default();
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/ccm/message/receive", axum::routing::post(count))
        .with_state(Arc::clone(&counted));
    tokio::spawn(axum::serve(listener, router).into_future());
    (counted, base)
}

fn options(base: &str) -> LoadOptions {
    LoadOptions {
        base: base.to_owned(),
        token: "tl_load".into(),
        service_identifier: "7001".to_owned(),
        conversations: 10,
        connections: 4,
        amount: Amount::Messages(200),
        body_bytes: 2_000,
        keyed: true,
    }
}

#[tokio::test]
async fn every_message_is_accepted_once_and_in_the_order_of_its_customer() {
    let (counted, base) = hub().await;
    let report = post_load(options(&base)).await.unwrap();
    let counted = counted.lock().unwrap();
    assert_eq!((report.accepted, report.connections, report.body_bytes), (200, 4, 2_000));
    assert_eq!((report.latency.count, report.busy), (200, counted.requests / 5));
    assert_eq!((report.refused.len(), report.errors.len()), (0, 0));
    assert_eq!((counted.keys.len(), counted.customers.len()), (200, 10));
    assert!(counted.customers.values().all(|ids| ids.is_sorted()));
    let first: Vec<_> = report.to_string().lines().map(|line| line[..9].trim().to_owned()).collect();
    assert_eq!(first, ["accepted", "sent", "latency", "busy"]);
}

#[tokio::test]
async fn load_ends_when_time_is_up() {
    let (_, base) = hub().await;
    let amount = Amount::Duration(Duration::from_millis(50));
    let report = post_load(LoadOptions { amount, conversations: 2, ..options(&base) }).await.unwrap();
    assert_eq!(report.connections, 2);
    assert!(report.accepted > 0 && report.duration_ms >= 50);
}

#[tokio::test]
async fn refusals_are_counted_and_not_repeated() {
    let (_, base) = hub().await;
    let base = format!("{base}/elsewhere");
    let report = post_load(LoadOptions { amount: Amount::Messages(8), ..options(&base) }).await.unwrap();
    assert_eq!((report.accepted, report.refused), (0, BTreeMap::from([(404, 8)])));
}

#[tokio::test]
async fn a_hub_that_is_not_there_is_said_at_once() {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(post_load(options(&base)).await, Err(LoadError::Connect { .. })));
    assert!(matches!(post_load(options("https://localhost")).await, Err(LoadError::Address { .. })));
    let none = LoadOptions { connections: 0, ..options(&base) };
    assert_eq!(post_load(none).await.unwrap_err().to_string(), "connections must be 1 to 10000");
}
