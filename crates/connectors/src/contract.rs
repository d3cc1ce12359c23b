//! The client side of the connector contract: what any connector needs to talk to a hub.
//!
//! Promises: a message is repeated under the same idempotency key while the hub is busy or out of reach, never sooner
//! than its `Retry-After` asks, at most [`Retry::attempts_max`] times; a refusal is not repeated; secrets are never
//! printed. Cheap to clone; clones share connections, and any number of calls may run at once.
//!
//! A connector that runs in the hub's own process knocks at the same door without a network in between
//! ([`Hub::within`]): the same credentials, keys, bounds and answers.
//!
//! Left to others: choosing the keys, keeping messages that could not be delivered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tieline_cim::ccm::{CcmAccepted, CcmError};
use tieline_cim::{Attribute, ChannelData, Coded, Customer, Message, Told};
use tower::ServiceExt;

use crate::signature::{self, SigningSecret};
use crate::{clock, random};

/// Says which connector signed a request.
pub const CONNECTOR_HEADER: &str = "tieline-connector";
/// Repeats of a request carry the same value and are answered alike.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";
/// A hub that asks to wait longer than this is given up for now; the caller keeps the message.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(120);
/// Answers longer than this are refused.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);
/// Characters of an unreadable refusal that are kept.
const REASON_CHARS_MAX: usize = 200;
const USER_AGENT: &str = concat!("tieline-connectors/", env!("CARGO_PKG_VERSION"));

/// A hub as seen by one connector.
#[derive(Clone, Debug)]
pub struct Hub {
    door: Door,
    /// Without a trailing slash.
    base: String,
    credentials: Arc<Credentials>,
    retry: Retry,
    jitter: Arc<AtomicU64>,
}

/// How the hub is reached.
#[derive(Clone, Debug)]
enum Door {
    Network(Client),
    Within(Router),
}

/// How the connector proves who it is.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A bearer token, `tl_…`.
    Token(SecretString),
    /// Signed requests.
    Signature { connector: String, secret: SigningSecret },
    /// For hubs that trust their network.
    None,
}

/// When to stop trying, and how long to wait in between where the hub does not say.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The first attempt included; at least 1.
    pub attempts_max: u32,
    /// Doubles from attempt to attempt, up to `delay_max`; half of it is random.
    pub delay_min: Duration,
    pub delay_max: Duration,
}

/// A message the hub has taken over. Hubs need not say more than that.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub customer: Option<Customer>,
    pub conversation_id: Option<String>,
    pub channel_session_id: Option<String>,
    /// 1 if nothing had to be repeated.
    pub attempts: u32,
    /// From sending the accepted attempt to having read its answer.
    pub duration: Duration,
}

/// Messages to the connector, oldest first.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FeedPage {
    #[serde(default)]
    pub events: Vec<FeedEvent>,
    /// Signs of typing: given once, and kept nowhere.
    #[serde(default)]
    pub passing: Vec<Message>,
    /// To read on after, also when there is no event.
    #[serde(default)]
    pub next: Option<u64>,
}

/// One message to the connector, as the webhook would have carried it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedEvent {
    /// Rises over all events of the tenant; the cursor to read on from.
    pub sequence: u64,
    /// Of the event before this one in the same channel session; 0 for its first.
    pub previous_sequence: u64,
    /// The `webhook-id` of the same event.
    pub id: String,
    pub message: Message,
}

/// Open sessions, oldest first.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SessionPage {
    pub sessions: Vec<OpenSession>,
    /// To ask on after; `None` on the last page.
    #[serde(default)]
    pub next: Option<String>,
}

/// One customer's presence on one of the connector's channels.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenSession {
    pub channel_session_id: String,
    pub conversation_id: String,
    pub channel_data: ChannelData,
}

/// What a customer may be shown of a session.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Transcript {
    pub messages: Vec<Message>,
}

/// Why a call was given up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Repeating it would change nothing.
    #[error("the hub refused with {status}: {reason}")]
    Refused {
        status: u16,
        reason: String,
        /// The reason for screens of other languages, where the hub gives it.
        why: Option<Coded>,
    },
    /// The hub said so every time, or asked for a longer pause than [`RETRY_AFTER_MAX`].
    #[error("the hub is busy ({status}) after {attempts} attempts")]
    Busy { status: u16, retry_after: Option<Duration>, attempts: u32 },
    #[error("the hub cannot be reached after {attempts} attempts: {reason}")]
    Unreachable { reason: String, attempts: u32 },
    #[error("the hub's answer cannot be read: {reason}")]
    Unreadable { reason: String },
    #[error("the request cannot be written: {reason}")]
    Unsendable { reason: String },
}

/// Why no client could be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error("{url:?} is no address of a hub, such as https://chat.example.org")]
    Address { url: String },
    #[error("the {what} contains characters that cannot be sent as a header")]
    Credentials { what: &'static str },
    #[error("TLS cannot be set up on this machine: {reason}")]
    Tls { reason: String },
}

impl Hub {
    /// `base_url` is the hub's address; a trailing `/ccm`, as connectors are often configured, is understood.
    pub fn new(base_url: &str, credentials: Credentials) -> Result<Self, SetupError> {
        let bad_address = || SetupError::Address { url: base_url.to_owned() };
        let url = Url::parse(base_url).map_err(|_| bad_address())?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(bad_address());
        }
        credentials.check()?;
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none());
        if matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| SetupError::Tls { reason: error.to_string() })?;
        let base = url.as_str().trim_end_matches('/');
        Ok(Self {
            door: Door::Network(client),
            base: base.strip_suffix("/ccm").unwrap_or(base).to_owned(),
            credentials: Arc::new(credentials),
            retry: Retry::default(),
            jitter: Arc::new(AtomicU64::new(random::fresh())),
        })
    }

    /// A hub in the same process, through the routes it serves to the network.
    pub fn within(router: Router, credentials: Credentials) -> Result<Self, SetupError> {
        credentials.check()?;
        Ok(Self {
            door: Door::Within(router),
            base: String::new(),
            credentials: Arc::new(credentials),
            retry: Retry::default(),
            jitter: Arc::new(AtomicU64::new(random::fresh())),
        })
    }

    #[must_use]
    pub fn with_retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Hands one message to the hub. Sending the same message again under the same key is harmless.
    pub async fn send(&self, message: &Message, idempotency_key: &str) -> Result<Accepted, Failure> {
        let body = serde_json::to_vec(message).map_err(|error| unsendable(&error))?;
        let call = Call {
            method: Method::POST,
            path: "/ccm/message/receive".to_owned(),
            id: idempotency_key,
            body,
            timeout: ANSWER_TIMEOUT,
        };
        let answer = self.call(&call).await?;
        // Older hubs answer with any body at all.
        let details = tieline_cim::parse::<CcmAccepted>(&answer.body).unwrap_or_default().additional_details;
        Ok(Accepted {
            customer: details.customer,
            conversation_id: details.conversation_id,
            channel_session_id: details.channel_session_id,
            attempts: answer.attempts,
            duration: answer.duration,
        })
    }

    /// The provider's settings for one channel, as an administrator entered them.
    pub async fn configuration(&self, service_identifier: &str) -> Result<Vec<Attribute>, Failure> {
        let segment = path_segment(service_identifier);
        let path = format!("/ccm/channel-connectors/configurations/{segment}");
        self.get(path, ANSWER_TIMEOUT).await
    }

    /// Messages to the connector after a cursor, which acknowledges everything up to it; without one, those that were
    /// never acknowledged. Waits up to `wait` (whole seconds) for one.
    pub async fn feed(
        &self,
        connector: &str,
        after: Option<u64>,
        limit: u32,
        wait: Duration,
    ) -> Result<FeedPage, Failure> {
        let (connector, seconds) = (path_segment(connector), wait.as_secs());
        let after = after.map(|after| format!("after={after}&")).unwrap_or_default();
        let path = format!("/ccm/channel-connectors/{connector}/events?{after}limit={limit}&wait={seconds}");
        self.get(path, ANSWER_TIMEOUT.saturating_add(wait)).await
    }

    /// The connector's open sessions, a page at a time; `after` is the last id of the page before.
    pub async fn sessions(&self, connector: &str, after: Option<&str>) -> Result<SessionPage, Failure> {
        let after = after.map(|after| format!("?after={}", path_segment(after))).unwrap_or_default();
        let path = format!("/ccm/channel-connectors/{}/sessions{after}", path_segment(connector));
        self.get(path, ANSWER_TIMEOUT).await
    }

    /// What was said in an open session of the connector's, oldest first.
    pub async fn transcript(&self, connector: &str, session: &str) -> Result<Transcript, Failure> {
        let (connector, session) = (path_segment(connector), path_segment(session));
        let path = format!("/ccm/channel-connectors/{connector}/sessions/{session}/messages");
        self.get(path, ANSWER_TIMEOUT).await
    }

    async fn get<T: serde::de::DeserializeOwned>(
        &self,
        path: String,
        timeout: Duration,
    ) -> Result<T, Failure> {
        let id = format!("get-{:016x}", self.random());
        let call = Call { method: Method::GET, path, id: &id, body: Vec::new(), timeout };
        let answer = self.call(&call).await?;
        tieline_cim::parse(&answer.body).map_err(|error| Failure::Unreadable { reason: error.to_string() })
    }

    async fn call(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let failure = match self.attempt(call, attempts).await {
                Err(failure) if failure.may_pass() => failure,
                done => return done,
            };
            match self.retry.pause(attempts, failure.retry_after(), random::unit(self.random())) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure),
            }
        }
    }

    async fn attempt(&self, call: &Call<'_>, attempts: u32) -> Result<Answer, Failure> {
        let begun = Instant::now();
        let mut headers = self.credentials.headers(call.id, &call.body)?;
        if call.method == Method::POST {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(HeaderName::from_static(IDEMPOTENCY_HEADER), header(call.id)?);
        }
        let (status, retry_after, body) = match &self.door {
            Door::Network(client) => {
                let url = format!("{}{}", self.base, call.path);
                over_the_network(client, url, headers, call).await
            }
            Door::Within(router) => within(router.clone(), headers, call).await,
        }
        .map_err(|broken| broken.failure(attempts))?;
        let code = status.as_u16();
        match status {
            _ if status.is_success() => Ok(Answer { body, attempts, duration: begun.elapsed() }),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                Err(Failure::Busy { status: code, retry_after, attempts })
            }
            _ if status.is_server_error() => Err(Failure::Busy { status: code, retry_after, attempts }),
            _ => {
                let Told { words: reason, why } = refusal(&body);
                Err(Failure::Refused { status: code, reason, why })
            }
        }
    }

    fn random(&self) -> u64 {
        random::mix(self.jitter.fetch_add(1, Ordering::Relaxed))
    }
}

type Answered = (StatusCode, Option<Duration>, Vec<u8>);

/// No answer, or none that can be taken.
enum Broken {
    Unreachable(String),
    TooLong,
    Unsendable(String),
}

impl Broken {
    fn failure(self, attempts: u32) -> Failure {
        match self {
            Self::Unreachable(reason) => Failure::Unreachable { reason, attempts },
            Self::TooLong => {
                Failure::Unreadable { reason: format!("it is longer than {ANSWER_BYTES_MAX} bytes") }
            }
            Self::Unsendable(reason) => Failure::Unsendable { reason },
        }
    }
}

async fn over_the_network(
    client: &Client,
    url: String,
    headers: HeaderMap,
    call: &Call<'_>,
) -> Result<Answered, Broken> {
    let unreachable = |error: reqwest::Error| {
        // The address is in the configuration already; the cause is what helps.
        let error = error.without_url();
        let cause = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        Broken::Unreachable(cause.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    };
    let mut request = client.request(call.method.clone(), url).headers(headers).timeout(call.timeout);
    if call.method == Method::POST {
        request = request.body(call.body.clone());
    }
    let mut response = request.send().await.map_err(unreachable)?;
    let (status, retry_after) = (response.status(), retry_after(response.headers()));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Broken::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, retry_after, body))
}

async fn within(router: Router, headers: HeaderMap, call: &Call<'_>) -> Result<Answered, Broken> {
    let mut request = axum::http::Request::builder()
        .method(call.method.clone())
        .uri(&call.path)
        .body(Body::from(call.body.clone()))
        .map_err(|error| Broken::Unsendable(error.to_string()))?;
    *request.headers_mut() = headers;
    let answered = async {
        let response = match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (status, retry_after) = (response.status(), retry_after(response.headers()));
        let body = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.map_err(|_| Broken::TooLong)?;
        Ok((status, retry_after, body.to_vec()))
    };
    match tokio::time::timeout(call.timeout, answered).await {
        Ok(answered) => answered,
        Err(_) => Err(Broken::Unreachable("there was no answer in time".to_owned())),
    }
}

struct Call<'a> {
    method: Method,
    /// With the query.
    path: String,
    /// The same over all attempts.
    id: &'a str,
    body: Vec<u8>,
    timeout: Duration,
}

struct Answer {
    body: Vec<u8>,
    attempts: u32,
    duration: Duration,
}

impl Credentials {
    fn check(&self) -> Result<(), SetupError> {
        let (text, what) = match self {
            Self::Token(token) => (token.expose_secret(), "token"),
            Self::Signature { connector, .. } => (connector.as_str(), "connector id"),
            Self::None => return Ok(()),
        };
        HeaderValue::from_str(text).map(|_| ()).map_err(|_| SetupError::Credentials { what })
    }

    fn headers(&self, id: &str, body: &[u8]) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        match self {
            Self::Token(token) => {
                let mut bearer = header(&format!("Bearer {}", token.expose_secret()))?;
                bearer.set_sensitive(true);
                headers.insert(AUTHORIZATION, bearer);
            }
            Self::Signature { connector, secret } => {
                let now = clock::now_seconds();
                let signed = signature::sign(std::slice::from_ref(secret), id, now, body);
                for (name, value) in [
                    (CONNECTOR_HEADER, connector.as_str()),
                    (signature::ID_HEADER, id),
                    (signature::TIMESTAMP_HEADER, &now.to_string()),
                    (signature::SIGNATURE_HEADER, &signed),
                ] {
                    headers.insert(HeaderName::from_static(name), header(value)?);
                }
            }
            Self::None => {}
        }
        Ok(headers)
    }
}

impl Retry {
    /// How long to wait after the given attempt, or `None` to give up. `random` is 0 up to 1.
    fn pause(&self, attempts: u32, retry_after: Option<Duration>, random: f64) -> Option<Duration> {
        if attempts >= self.attempts_max {
            return None;
        }
        match retry_after {
            Some(asked) if asked > RETRY_AFTER_MAX => None,
            // All who were sent away together should not come back together.
            Some(asked) => Some(asked + self.delay_min.mul_f64(random)),
            None => {
                let doubled = self.delay_min.saturating_mul(2_u32.saturating_pow(attempts - 1));
                Some(doubled.min(self.delay_max).mul_f64(0.5 + random / 2.0))
            }
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts_max: 6, delay_min: Duration::from_millis(250), delay_max: Duration::from_secs(10) }
    }
}

impl Failure {
    /// A few words without particulars, to count by.
    pub fn kind(&self) -> String {
        match self {
            Self::Refused { status, .. } => format!("refused {status}"),
            Self::Busy { status, .. } => format!("busy {status}"),
            Self::Unreachable { .. } => "unreachable".to_owned(),
            Self::Unreadable { .. } => "unreadable answer".to_owned(),
            Self::Unsendable { .. } => "unsendable".to_owned(),
        }
    }

    fn may_pass(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Unreachable { .. })
    }

    fn retry_after(&self) -> Option<Duration> {
        if let Self::Busy { retry_after, .. } = self { *retry_after } else { None }
    }
}

/// Seconds; the date form of the header is not used by hubs.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

fn header(text: &str) -> Result<HeaderValue, Failure> {
    HeaderValue::from_str(text).map_err(|error| unsendable(&error))
}

fn unsendable(error: &dyn std::error::Error) -> Failure {
    Failure::Unsendable { reason: error.to_string() }
}

/// One path segment, with everything that could end it escaped.
fn path_segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' | b'.' => segment.push(byte.into()),
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    segment
}

fn refusal(body: &[u8]) -> Told {
    match tieline_cim::parse::<CcmError>(body) {
        Ok(CcmError { message, description, why, .. }) if !message.is_empty() => {
            let words = match description {
                Some(description) if !description.is_empty() => format!("{message}. {description}"),
                _ => message,
            };
            Told { words, why }
        }
        _ => String::from_utf8_lossy(body).chars().take(REASON_CHARS_MAX).collect::<String>().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses() {
        let retry = Retry {
            attempts_max: 5,
            delay_min: Duration::from_millis(100),
            delay_max: Duration::from_secs(1),
        };
        let seconds = Duration::from_secs;
        let ms = |ms| Some(Duration::from_millis(ms));
        for (attempts, asked, random, expected) in [
            (1, None, 0.0, ms(50)),
            (1, None, 1.0, ms(100)),
            (3, None, 1.0, ms(400)),
            (4, None, 0.0, ms(400)),
            (5, None, 0.0, None),
            (1, Some(seconds(7)), 0.0, ms(7_000)),
            (1, Some(seconds(7)), 1.0, ms(7_100)),
            (1, Some(seconds(121)), 0.0, None),
            (5, Some(seconds(1)), 0.0, None),
        ] {
            assert_eq!(retry.pause(attempts, asked, random), expected, "{attempts} {asked:?}");
        }
        let patient = Retry { attempts_max: 100, ..retry };
        assert_eq!(patient.pause(99, None, 1.0), ms(1_000));
    }

    #[test]
    fn addresses() {
        for (given, base) in [
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("http://localhost:8080/", Some("http://localhost:8080")),
            ("https://chat.example.org/ccm", Some("https://chat.example.org")),
            ("https://example.org/chat/ccm/", Some("https://example.org/chat")),
            ("localhost:8080", None),
            ("ftp://localhost", None),
            ("http://localhost?a=b", None),
            ("", None),
        ] {
            let hub = Hub::new(given, Credentials::None);
            assert_eq!(hub.as_ref().ok().map(|hub| hub.base.as_str()), base, "{given}");
        }
        let token = Credentials::Token("tl_\n".into());
        assert_eq!(
            Hub::new("http://localhost", token).unwrap_err(),
            SetupError::Credentials { what: "token" }
        );
    }

    #[test]
    fn path_segments_cannot_leave_their_place() {
        assert_eq!(path_segment("+49 30/55?x#ü"), "%2B49%2030%2F55%3Fx%23%C3%BC");
    }
}
