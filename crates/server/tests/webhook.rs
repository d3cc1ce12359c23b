use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};
use axum::routing::{any, post};
use tieline_server::config::DeliveryConfig;
use tieline_server::signature::{SigningSecret, verify};
use tieline_server::webhook::{Attempt, Outcome, WebhookClient, WebhookRequest};

const NOW: i64 = 1_700_000_000;

/// What the receiver saw of each request.
type Seen = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A receiver that answers `/{status}` with that status, and a few odd replies; returns its base URL.
async fn receiver(seen: Seen) -> String {
    let router = Router::new()
        .route("/status/{status}", post(answer))
        .route(
            "/wait/{seconds}",
            post(async |Path(seconds): Path<String>| {
                reply(503).header("retry-after", seconds).body(Body::from("later")).unwrap()
            }),
        )
        .route(
            "/redirect",
            post(async || reply(302).header("location", "/status/200").body(Body::empty()).unwrap()),
        )
        .route("/silent", any(std::future::pending::<()>))
        .route(
            "/endless",
            post(async || {
                let chunks =
                    futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1024])));
                reply(500).header("content-type", "text/plain").body(Body::from_stream(chunks)).unwrap()
            }),
        )
        .route(
            "/binary",
            post(async || reply(400).header("content-type", "image/png").body(Body::from("PNG")).unwrap()),
        )
        .with_state(seen);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    base
}

fn reply(status: u16) -> axum::http::response::Builder {
    Response::builder().status(status)
}

async fn answer(
    State(seen): State<Seen>,
    Path(status): Path<u16>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    seen.lock().unwrap().push((headers, body));
    let said = "{\"why\":\"\u{7}no\n\"}";
    reply(status).header("content-type", "application/json").body(Body::from(said)).unwrap()
}

fn delivery(allowed: &str) -> DeliveryConfig {
    let allow_addresses = if allowed.is_empty() { vec![] } else { vec![allowed.parse().unwrap()] };
    DeliveryConfig {
        allow_addresses,
        attempt_timeout: Duration::from_millis(500),
        ..DeliveryConfig::default()
    }
}

fn request(url: &str) -> WebhookRequest {
    WebhookRequest {
        url: url.parse().unwrap(),
        id: "msg_1".into(),
        headers: vec![],
        bearer: None,
        secrets: vec![],
        body: Bytes::from_static(b"{\"id\":\"1\"}"),
        timestamp_seconds: NOW,
    }
}

async fn attempt(url: &str) -> Attempt {
    WebhookClient::new(&delivery("127.0.0.0/8")).unwrap().post(request(url)).await
}

#[tokio::test]
async fn every_reply_has_its_outcome() {
    let base = receiver(Seen::default()).await;
    let later = |retry_after: Option<u64>, reason: &str| Outcome::RetryLater {
        retry_after: retry_after.map(Duration::from_secs),
        reason: reason.into(),
    };
    let rejected = |status, reason: &str| Outcome::Rejected { status, reason: reason.into() };
    for (path, status, expected) in [
        ("/status/200", 200, Outcome::Delivered),
        ("/status/202", 202, Outcome::Delivered),
        ("/status/410", 410, Outcome::Gone),
        ("/status/404", 404, rejected(404, "404 Not Found: {\"why\":\"no\"}")),
        ("/status/408", 408, later(None, "408 Request Timeout: {\"why\":\"no\"}")),
        ("/status/425", 425, later(None, "425 Too Early: {\"why\":\"no\"}")),
        ("/status/429", 429, later(None, "429 Too Many Requests: {\"why\":\"no\"}")),
        ("/status/500", 500, later(None, "500 Internal Server Error: {\"why\":\"no\"}")),
        ("/wait/7", 503, later(Some(7), "503 Service Unavailable")),
        ("/redirect", 302, rejected(302, "302 Found (redirects are not followed)")),
        ("/binary", 400, rejected(400, "400 Bad Request")),
        ("/endless", 500, later(None, &format!("500 Internal Server Error: {}", "x".repeat(200)))),
    ] {
        let attempt = attempt(&format!("{base}{path}")).await;
        assert_eq!((attempt.status, attempt.outcome), (Some(status), expected), "{path}");
    }
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_or_listen() {
    let base = receiver(Seen::default()).await;
    let hasty = DeliveryConfig { attempt_timeout: Duration::from_millis(100), ..delivery("127.0.0.0/8") };
    let silent = WebhookClient::new(&hasty).unwrap().post(request(&format!("{base}/silent"))).await;
    assert_eq!((silent.outcome, silent.status), (Outcome::Timeout, None));

    // Bound, so that nobody else takes the port, but not listening.
    let deaf = tokio::net::TcpSocket::new_v4().unwrap();
    deaf.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let unreachable = attempt(&format!("http://{}/", deaf.local_addr().unwrap())).await;
    let Outcome::Unreachable { reason } = unreachable.outcome else { panic!("{unreachable:?}") };
    assert!(reason.contains("refused"), "{reason}");
}

#[tokio::test]
async fn addresses_that_are_not_public_are_not_called() {
    let seen = Seen::default();
    let base = receiver(Arc::clone(&seen)).await;
    let port = base.rsplit(':').next().unwrap();
    let client = WebhookClient::new(&delivery("")).unwrap();
    for (host, expected) in [
        ("127.0.0.1", "webhook host 127.0.0.1 is a loopback address; allow it with delivery.allow_addresses"),
        ("localhost", "webhook host localhost resolves to "),
    ] {
        let attempt = client.post(request(&format!("http://{host}:{port}/status/200"))).await;
        let Outcome::Blocked { reason } = attempt.outcome else { panic!("{attempt:?}") };
        assert!(reason.starts_with(expected), "{reason}");
    }
    assert!(seen.lock().unwrap().is_empty());

    let allowed = WebhookClient::new(&delivery("127.0.0.1/32")).unwrap();
    let attempt = allowed.post(request(&format!("http://localhost:{port}/status/200"))).await;
    assert_eq!(attempt.outcome, Outcome::Delivered);
}

#[tokio::test]
async fn a_request_is_signed_with_every_secret_and_carries_its_headers() {
    let seen = Seen::default();
    let base = receiver(Arc::clone(&seen)).await;
    let secrets: Vec<_> = [1, 2].map(|byte| SigningSecret::from_key(vec![byte; 32]).unwrap()).to_vec();
    let client = WebhookClient::new(&delivery("127.0.0.1/32")).unwrap();
    let sent = WebhookRequest {
        headers: vec![
            (HeaderName::from_static("x-tenant"), HeaderValue::from_static("acme")),
            (HeaderName::from_static("webhook-id"), HeaderValue::from_static("forged")),
        ],
        bearer: Some("tl_secret".into()),
        secrets: secrets.clone(),
        ..request(&format!("{base}/status/200"))
    };
    assert_eq!(client.post(sent).await.outcome, Outcome::Delivered);

    let seen = seen.lock().unwrap();
    let (headers, body) = &seen[0];
    let header = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("authorization"), "Bearer tl_secret");
    assert_eq!(header("x-tenant"), "acme");
    assert_eq!(headers.get_all("webhook-id").iter().collect::<Vec<_>>(), ["msg_1"]);
    for secret in secrets {
        let verdict =
            verify(&[secret], "msg_1", header("webhook-timestamp"), header("webhook-signature"), body, NOW);
        assert_eq!(verdict, Ok(()));
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_blocked() {
    let client = WebhookClient::new(&delivery("127.0.0.1/32")).unwrap();
    let unsendable = WebhookRequest { id: "a\nb".into(), ..request("http://127.0.0.1:9/") };
    let attempt = client.post(unsendable).await;
    assert!(matches!(attempt.outcome, Outcome::Blocked { .. }), "{attempt:?}");
}
