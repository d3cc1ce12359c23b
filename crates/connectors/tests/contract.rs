//! The client of the contract against a hub that answers from a list.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tieline_cim::Message;
use tieline_connectors::{Credentials, Failure, Hub, Retry, SigningSecret, signature};
use tokio::net::TcpListener;

const ACCEPTED: &str = r#"{"status": "OK", "message": "Message accepted", "additionalDetails":
    {"customer": {"_id": "c1", "firstName": "Amina"}, "conversationId": "v1", "channelSessionId": "s1"}}"#;

#[derive(Clone, Default)]
struct Scripted {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

type Answer = (u16, Option<&'static str>, &'static str);

struct Request {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

async fn answer(
    State(hub): State<Scripted>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    hub.requests.lock().unwrap().push(Request { method, uri, headers, body });
    let (status, retry_after, body) = hub.answers.lock().unwrap().pop_front().unwrap_or((500, None, ""));
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", seconds.parse().unwrap());
    }
    response
}

async fn scripted(answers: &[Answer]) -> (Scripted, String) {
    let scripted = Scripted::default();
    scripted.answers.lock().unwrap().extend(answers);
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(scripted.clone());
    tokio::spawn(axum::serve(listener, router).into_future());
    (scripted, base)
}

fn hub(base: &str, credentials: Credentials) -> Hub {
    let retry =
        Retry { attempts_max: 3, delay_min: Duration::from_millis(1), delay_max: Duration::from_millis(2) };
    Hub::new(base, credentials).unwrap().with_retry(retry)
}

fn token() -> Credentials {
    Credentials::Token("tl_secret".into())
}

impl Scripted {
    fn header(&self, name: &str) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|request| request.headers[name].to_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_busy_hub_is_asked_again_under_the_same_key() {
    let (scripted, base) =
        scripted(&[(503, Some("0"), ""), (429, Some("0"), ""), (200, None, ACCEPTED)]).await;
    let accepted = hub(&base, token()).send(&Message::plain("hello"), "key-1").await.unwrap();
    assert_eq!(accepted.attempts, 3);
    assert_eq!(accepted.customer.unwrap().id, "c1");
    assert_eq!(accepted.conversation_id.as_deref(), Some("v1"));
    assert_eq!(accepted.channel_session_id.as_deref(), Some("s1"));
    assert_eq!(scripted.header("idempotency-key"), ["key-1"; 3]);
    assert_eq!(scripted.header("authorization"), ["Bearer tl_secret"; 3]);
    let requests = scripted.requests.lock().unwrap();
    assert!(
        requests.iter().all(|request| request.body == requests[0].body && request.method == Method::POST)
    );
    assert_eq!(requests[0].uri.path(), "/ccm/message/receive");
}

#[tokio::test]
async fn what_may_pass_is_repeated_and_what_may_not_is_not() {
    let refused = |status, reason: &str| Failure::Refused { status, reason: reason.to_owned(), why: None };
    let busy = |status, retry_after: Option<u64>, attempts| Failure::Busy {
        status,
        retry_after: retry_after.map(Duration::from_secs),
        attempts,
    };
    let not_found = r#"{"status": "NOT_FOUND", "message": "No channel", "description": "Check the id."}"#;
    let table: [(&[Answer], Failure, usize); 6] = [
        (&[(404, None, not_found)], refused(404, "No channel. Check the id."), 1),
        (&[(401, Some("0"), "who?")], refused(401, "who?"), 1),
        (&[(302, None, "")], refused(302, ""), 1),
        (&[(503, None, ""), (500, None, ""), (502, None, "")], busy(502, None, 3), 3),
        (&[(503, Some("3600"), "")], busy(503, Some(3600), 1), 1),
        (&[(429, None, ""), (400, None, "")], refused(400, ""), 2),
    ];
    for (answers, expected, requests) in table {
        let (scripted, base) = scripted(answers).await;
        let failure = hub(&base, token()).send(&Message::plain("hello"), "key").await.unwrap_err();
        assert_eq!(failure, expected);
        assert_eq!(scripted.requests.lock().unwrap().len(), requests, "{failure}");
    }
}

#[tokio::test]
async fn hubs_that_say_only_200_are_understood() {
    let (_, base) = scripted(&[(200, None, "ok"), (202, None, "")]).await;
    let hub = hub(&base, Credentials::None);
    for _ in 0..2 {
        let accepted = hub.send(&Message::plain("hello"), "key").await.unwrap();
        assert_eq!((accepted.customer, accepted.attempts), (None, 1));
    }
}

#[tokio::test]
async fn nobody_there_is_said_after_all_attempts() {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failure = hub(&base, token()).send(&Message::plain("hello"), "key").await.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable { attempts: 3, .. }), "{failure}");
    assert!(!failure.to_string().contains("tl_secret"));
}

#[tokio::test]
async fn signed_requests_verify() {
    let (scripted, base) = scripted(&[(200, None, ACCEPTED), (200, None, "[]")]).await;
    let secret = SigningSecret::from_key(vec![7; 32]).unwrap();
    let credentials = Credentials::Signature { connector: "sms-1".to_owned(), secret: secret.clone() };
    let hub = hub(&base, credentials);
    hub.send(&Message::plain("hello"), "key-1").await.unwrap();
    hub.configuration("4930 555/010").await.unwrap();
    for request in scripted.requests.lock().unwrap().iter() {
        let header = |name: &str| request.headers[name].to_str().unwrap();
        let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
        let now = timestamp.parse().unwrap();
        let signatures = header("webhook-signature");
        let verified =
            signature::verify(std::slice::from_ref(&secret), id, timestamp, signatures, &request.body, now);
        assert_eq!(verified, Ok(()));
        assert_eq!(header("tieline-connector"), "sms-1");
    }
    let requests = scripted.requests.lock().unwrap();
    assert_eq!(requests[0].headers["webhook-id"], "key-1");
    assert_eq!(requests[1].uri.path(), "/ccm/channel-connectors/configurations/4930%20555%2F010");
}

#[tokio::test]
async fn configuration_and_feed_are_read() {
    let settings = r#"[{"key": "API-KEY", "type": "String100", "value": "demo"}]"#;
    let feed = r#"{"events": [{"sequence": 7, "previousSequence": 0, "id": "k7", "message":
        {"id": "m", "header": {}, "body": {"type": "PLAIN", "markdownText": "hello"}}}], "more": false}"#;
    let (scripted, base) =
        scripted(&[(200, None, settings), (200, None, feed), (200, None, "nonsense")]).await;
    let hub = hub(&base, token());
    assert_eq!(hub.configuration("7001").await.unwrap()[0].key, "API-KEY");
    let page = hub.feed("sms-1", Some(3), 10, Duration::from_secs(20)).await.unwrap();
    assert_eq!((page.events[0].sequence, page.events[0].previous_sequence), (7, 0));
    assert_eq!(page.events[0].message.body.markdown_text(), Some("hello"));
    let failure = hub.feed("sms-1", Some(7), 10, Duration::ZERO).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreadable { .. }), "{failure}");
    let requests = scripted.requests.lock().unwrap();
    let uris: Vec<_> = requests.iter().map(|request| request.uri.to_string()).collect();
    assert_eq!(uris[1], "/ccm/channel-connectors/sms-1/events?after=3&limit=10&wait=20");
}
