//! One attempt to post a message to a connector's webhook, and the addresses posted to.
//!
//! Promises: an attempt ends within the configured time and says how it ended; only addresses the guard allows are
//! dialled, redirects are not followed and no proxy is used; of the reply at most 4 KiB are read.
//!
//! Left to others: when to try again, how many attempts run at once, the circuit breaker, and what is recorded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use bytes::Bytes;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::{Client, Response, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::config::DeliveryConfig;
use crate::guard::{AddressGuard, GuardedResolver, Refused};
use crate::signature::{self, SigningSecret};

/// Most bytes of a reply that are read; the rest is dropped with the connection.
const REPLY_BYTES_MAX: usize = 4 * 1024;
/// Most characters of a reply that are kept to explain a failure.
const REPLY_CHARS_MAX: usize = 200;
/// A server may not ask us to wait longer than this.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// Connections without traffic are kept this long: less than the minute after which most servers close them.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);
const USER_AGENT: &str = concat!("Tieline/", env!("CARGO_PKG_VERSION"));

/// Appended to a webhook that names only a host or a gateway prefix.
const RECEIVE_PATH: &str = "/message/receive";
const CONFIGURATION_PATH: &str = "/connector-configurations";
/// Paths under which gateways publish connectors; such a path alone is a base, not an endpoint.
const GATEWAY_PREFIXES: [&str; 15] = [
    "web-channel-manager",
    "360connector",
    "facebook-connector",
    "instagram-connector",
    "smppconnector",
    "telegram-connector",
    "twilio-connector",
    "twitter-connector",
    "viber-connector",
    "email-connector",
    "ms-email-connector",
    "whatsapp-connector",
    "youtube-connector",
    "linkedin-connector",
    "google-playstore-connector",
];

/// Posts to webhooks. Cheap to clone; all clones share connections.
#[derive(Clone, Debug)]
pub struct WebhookClient {
    http: Client,
    guard: Arc<AddressGuard>,
}

/// What is posted. Signed when there are secrets. Not printable: it carries what people wrote.
#[derive(Clone)]
pub struct WebhookRequest {
    pub url: Url,
    /// Stays the same over all attempts, so that the receiver can drop repetitions.
    pub id: String,
    /// Added to ours; a header of ours with the same name wins.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Sent as `Authorization: Bearer`.
    pub bearer: Option<SecretString>,
    pub secrets: Vec<SigningSecret>,
    /// JSON.
    pub body: Bytes,
    pub timestamp_seconds: i64,
}

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub outcome: Outcome,
    pub duration: Duration,
    /// The reply's status, if there was a reply.
    pub status: Option<u16>,
}

/// What an attempt means. Only `Delivered` is success; `Gone` asks never to be called again. Everything else may be
/// tried again: endpoints are often deployed wrongly and repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// 410.
    Gone,
    /// 408, 425, 429 or 5xx. `retry_after` is the wait the receiver asked for.
    RetryLater {
        retry_after: Option<Duration>,
        reason: String,
    },
    /// Any other status.
    Rejected {
        status: u16,
        reason: String,
    },
    /// No connection, or it broke.
    Unreachable {
        reason: String,
    },
    Timeout,
    /// Not attempted: the address may not be called or the request cannot be written.
    Blocked {
        reason: String,
    },
}

/// One request with the answer it is made for.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was answered, or why that cannot be used.
    pub result: Result<Bytes, Outcome>,
    pub duration: Duration,
    pub status: Option<u16>,
}

impl Outcome {
    /// In words, for whoever looks after the endpoint.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Delivered => String::new(),
            Self::Gone => "the endpoint is gone for good (410)".to_owned(),
            Self::RetryLater { reason, .. }
            | Self::Rejected { reason, .. }
            | Self::Unreachable { reason }
            | Self::Blocked { reason } => reason.clone(),
            Self::Timeout => "no answer in time".to_owned(),
        }
    }

    /// For metrics and logs; one of a fixed few.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Gone => "gone",
            Self::RetryLater { .. } => "retry_later",
            Self::Rejected { .. } => "rejected",
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout => "timeout",
            Self::Blocked { .. } => "blocked",
        }
    }
}

impl WebhookClient {
    /// An error means that TLS cannot be set up on this machine.
    pub fn new(config: &DeliveryConfig) -> Result<Self, reqwest::Error> {
        let guard = Arc::new(AddressGuard::new(config.allow_addresses.clone()));
        let http = Client::builder()
            .dns_resolver(Arc::new(GuardedResolver(Arc::clone(&guard))))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent(USER_AGENT)
            .timeout(config.attempt_timeout)
            .tcp_nodelay(true)
            .tcp_keepalive(TCP_KEEPALIVE)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .pool_max_idle_per_host(config.in_flight_max)
            .build()?;
        Ok(Self { http, guard })
    }

    /// Posts and reads the answer, at most `bytes_max` of it, all within `timeout`.
    pub async fn exchange(&self, request: WebhookRequest, timeout: Duration, bytes_max: usize) -> Exchange {
        let begun = Instant::now();
        let now_seconds = request.timestamp_seconds;
        let (result, status) = match self.dispatch(request, Some(timeout)).await {
            Ok(reply) => {
                let status = Some(reply.status().as_u16());
                let result = match reply.status().is_success() {
                    true => read_whole(reply, bytes_max).await,
                    false => Err(judge(reply, now_seconds).await),
                };
                (result, status)
            }
            Err(outcome) => (Err(outcome), None),
        };
        Exchange { result, duration: begun.elapsed(), status }
    }

    /// Makes one attempt. Never fails: what went wrong is the outcome.
    pub async fn post(&self, request: WebhookRequest) -> Attempt {
        let begun = Instant::now();
        let (outcome, status) = match self.send(request).await {
            Ok(answered) => answered,
            Err(outcome) => (outcome, None),
        };
        Attempt { outcome, duration: begun.elapsed(), status }
    }

    async fn send(&self, request: WebhookRequest) -> Result<(Outcome, Option<u16>), Outcome> {
        let now_seconds = request.timestamp_seconds;
        let reply = self.dispatch(request, None).await?;
        let status = reply.status();
        Ok((judge(reply, now_seconds).await, Some(status.as_u16())))
    }

    async fn dispatch(
        &self,
        request: WebhookRequest,
        timeout: Option<Duration>,
    ) -> Result<Response, Outcome> {
        self.guard
            .check_url(&request.url)
            .map_err(|refused| Outcome::Blocked { reason: refused.to_string() })?;
        let headers = headers(&request).ok_or_else(|| Outcome::Blocked {
            reason: "the id or bearer token cannot be sent as a header".into(),
        })?;
        let mut post = self.http.post(request.url).headers(headers).body(request.body);
        if let Some(timeout) = timeout {
            post = post.timeout(timeout);
        }
        post.send().await.map_err(|error| failure(&error))
    }
}

fn headers(request: &WebhookRequest) -> Option<HeaderMap> {
    let mut headers: HeaderMap = request.headers.iter().cloned().collect();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(signature::ID_HEADER, HeaderValue::from_str(&request.id).ok()?);
    headers.insert(signature::TIMESTAMP_HEADER, HeaderValue::from(request.timestamp_seconds));
    if !request.secrets.is_empty() {
        let signed = signature::sign(&request.secrets, &request.id, request.timestamp_seconds, &request.body);
        headers.insert(signature::SIGNATURE_HEADER, HeaderValue::from_str(&signed).ok()?);
    }
    if let Some(bearer) = &request.bearer {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", bearer.expose_secret())).ok()?;
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    Some(headers)
}

fn failure(error: &reqwest::Error) -> Outcome {
    if let Some(refused) = Refused::beneath(error) {
        return Outcome::Blocked { reason: refused.to_string() };
    }
    if error.is_timeout() {
        return Outcome::Timeout;
    }
    // The innermost cause says most ("connection refused"); the outer ones repeat the URL.
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    let reason = causes.last().map(ToString::to_string).unwrap_or_default();
    Outcome::Unreachable { reason: printable(&reason) }
}

async fn judge(reply: Response, now_seconds: i64) -> Outcome {
    let status = reply.status();
    let retry_after =
        reply.headers().get(header::RETRY_AFTER).and_then(|value| retry_after(value, now_seconds));
    let said = explanation(reply).await;
    let reason = if said.is_empty() { describe(status) } else { format!("{}: {said}", describe(status)) };
    match status.as_u16() {
        200..=299 => Outcome::Delivered,
        410 => Outcome::Gone,
        408 | 425 | 429 | 500..=599 => Outcome::RetryLater { retry_after, reason },
        status => Outcome::Rejected { status, reason },
    }
}

async fn read_whole(mut reply: Response, bytes_max: usize) -> Result<Bytes, Outcome> {
    let mut read = Vec::new();
    while let Some(chunk) = reply.chunk().await.map_err(|error| failure(&error))? {
        if read.len() + chunk.len() > bytes_max {
            let status = reply.status().as_u16();
            return Err(Outcome::Rejected {
                status,
                reason: format!("its answer is larger than {bytes_max} bytes"),
            });
        }
        read.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(read))
}

fn describe(status: StatusCode) -> String {
    match status.is_redirection() {
        true => format!("{status} (redirects are not followed)"),
        false => status.to_string(),
    }
}

/// Reads the reply as far as allowed, so that the connection can be used again, and keeps its beginning if it is
/// text. A reply that breaks off is as good as a short one: the status has been received.
async fn explanation(mut reply: Response) -> String {
    let is_text = reply
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/") || kind.contains("json"));
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = reply.chunk().await {
        let room = REPLY_BYTES_MAX - read.len();
        read.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    if is_text { printable(&String::from_utf8_lossy(&read)) } else { String::new() }
}

fn printable(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(REPLY_CHARS_MAX)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Seconds or an HTTP date; `None` if neither. Bounded by [`RETRY_AFTER_MAX`].
fn retry_after(value: &HeaderValue, now_seconds: i64) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date: Timestamp = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
            u64::try_from(date.as_second().saturating_sub(now_seconds)).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

/// Why a configured webhook cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedWebhook {
    #[error("{webhook:?} is not a URL: {reason}")]
    NotAUrl { webhook: String, reason: String },
    #[error("{webhook:?} must start with http:// or https://")]
    NotHttp { webhook: String },
    #[error("path {path:?} must start with /")]
    PathNotAbsolute { path: String },
}

/// Where messages for a provider are posted.
///
/// Existing set-ups configure either a full endpoint or only the base of a connector. A path is therefore used as
/// it is, unless there is none or it is a bare gateway prefix: then `/message/receive` is appended. `path_override`
/// replaces the whole path (and query).
pub fn target_url(provider_webhook: &str, path_override: Option<&str>) -> Result<Url, MalformedWebhook> {
    let mut url = parse(provider_webhook)?;
    if let Some(path) = path_override {
        replace_path(&mut url, path)?;
        return Ok(url);
    }
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let base = match segments[..] {
        [] => Some(RECEIVE_PATH.to_owned()),
        [prefix] if GATEWAY_PREFIXES.contains(&prefix) => Some(format!("/{prefix}{RECEIVE_PATH}")),
        _ => None,
    };
    if let Some(path) = base {
        url.set_path(&path);
    }
    Ok(url)
}

/// Where changed connector attributes are posted: a fixed path at the connector's base.
///
/// The base is what stands before `/message/receive`, else the gateway's prefix, else the host alone: a connector
/// behind a gateway is reached under its prefix only, while any other path is an endpoint of the provider's choice.
pub fn configuration_url(provider_webhook: &str) -> Result<Url, MalformedWebhook> {
    let mut url = parse(provider_webhook)?;
    let path = url.path().trim_end_matches('/');
    let first = path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let base = match path.strip_suffix(RECEIVE_PATH) {
        Some(base) => base.to_owned(),
        None if GATEWAY_PREFIXES.contains(&first) => format!("/{first}"),
        None => String::new(),
    };
    replace_path(&mut url, &format!("{base}{CONFIGURATION_PATH}"))?;
    Ok(url)
}

fn parse(webhook: &str) -> Result<Url, MalformedWebhook> {
    let webhook = webhook.trim();
    let mut url = Url::parse(webhook).map_err(|reason| MalformedWebhook::NotAUrl {
        webhook: webhook.into(),
        reason: reason.to_string(),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(MalformedWebhook::NotHttp { webhook: webhook.into() });
    }
    url.set_fragment(None);
    Ok(url)
}

fn replace_path(url: &mut Url, path: &str) -> Result<(), MalformedWebhook> {
    if !path.starts_with('/') {
        return Err(MalformedWebhook::PathNotAbsolute { path: path.into() });
    }
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    url.set_path(path);
    url.set_query(query);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        for (webhook, path_override, expected) in [
            ("http://svc:7000", None, "http://svc:7000/message/receive"),
            ("http://svc:7000/", None, "http://svc:7000/message/receive"),
            (" https://host/web-channel-manager ", None, "https://host/web-channel-manager/message/receive"),
            ("https://host/web-channel-manager/", None, "https://host/web-channel-manager/message/receive"),
            ("https://host/360connector", None, "https://host/360connector/message/receive"),
            (
                "https://host/facebook-connector?key=1",
                None,
                "https://host/facebook-connector/message/receive?key=1",
            ),
            ("https://host?key=1", None, "https://host/message/receive?key=1"),
            (
                "https://host/web-channel-manager/message/receive",
                None,
                "https://host/web-channel-manager/message/receive",
            ),
            ("https://x/message/receive", None, "https://x/message/receive"),
            ("http://host:80/ccm-msg/receive", None, "http://host/ccm-msg/receive"),
            ("http://svc:81/comments", None, "http://svc:81/comments"),
            ("http://svc:81/hook/?a=b#part", None, "http://svc:81/hook/?a=b"),
            ("http://svc:81/comments", Some("/other?x=1"), "http://svc:81/other?x=1"),
            ("http://svc:81", Some("/"), "http://svc:81/"),
            ("http://svc:81/comments?a=b", Some("//evil.example"), "http://svc:81//evil.example"),
        ] {
            assert_eq!(target_url(webhook, path_override).unwrap().as_str(), expected, "{webhook}");
        }
    }

    #[test]
    fn configuration_targets() {
        for (webhook, expected) in [
            ("http://svc:7000", "http://svc:7000/connector-configurations"),
            ("http://svc:7000/", "http://svc:7000/connector-configurations"),
            ("http://svc:7000/message/receive", "http://svc:7000/connector-configurations"),
            ("https://host/360connector", "https://host/360connector/connector-configurations"),
            ("https://host/360connector/", "https://host/360connector/connector-configurations"),
            (
                "https://host/360connector/message/receive?a=b",
                "https://host/360connector/connector-configurations",
            ),
            ("https://host/360connector/hook", "https://host/360connector/connector-configurations"),
            ("https://host/loft/message/receive/", "https://host/loft/connector-configurations"),
            ("http://host:80/ccm-msg/receive", "http://host/connector-configurations"),
            ("http://svc:81/comments#part", "http://svc:81/connector-configurations"),
            ("https://host/hooks/360connector", "https://host/connector-configurations"),
        ] {
            assert_eq!(configuration_url(webhook).unwrap().as_str(), expected, "{webhook}");
        }
    }

    #[test]
    fn malformed_webhooks() {
        for (webhook, path_override, expected) in [
            ("svc", None, "\"svc\" is not a URL: relative URL without a base"),
            ("ftp://svc/x", None, "\"ftp://svc/x\" must start with http:// or https://"),
            ("http://svc", Some("x"), "path \"x\" must start with /"),
        ] {
            assert_eq!(target_url(webhook, path_override).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn waits_asked_for() {
        let now = 784_111_777;
        for (value, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ] {
            let wait = retry_after(&HeaderValue::from_str(value).unwrap(), now);
            assert_eq!(wait, expected.map(Duration::from_secs), "{value}");
        }
    }
}
