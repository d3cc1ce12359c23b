//! What goes wrong over HTTP, in the one shape all our clients read:
//! `{"status": "NOT_FOUND", "message", "description", "code", "field", "error"}`.
//!
//! Promises: every error says what is wrong, where, and what to do; nothing internal is in a body; an internal
//! failure is logged once, here. `status` is the HTTP reason in capitals, because existing clients compare it; `error`
//! says status and message once more, where installed desks look for what to show the agent.
//!
//! Also here, because they answer with these errors: the [`Json`] extractor and the [`ClientAddress`] extractor.

use std::borrow::Cow;
use std::fmt::Display;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use ipnet::IpNet;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tieline_cim::{Coded, Why};

use crate::rest::audit::PermissionRefused;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// Hops of a forwarding chain that are looked at.
const FORWARDED_HOPS_MAX: usize = 16;

/// One error, as it is answered.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Box<Body>,
    /// For the audit trail.
    refused: Option<Box<PermissionRefused>>,
}

#[derive(Debug, Clone, Serialize)]
struct Body {
    status: String,
    message: String,
    /// What to do about it.
    description: Cow<'static, str>,
    /// For programs: finer than the status.
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<InTheWay>,
    /// The message for screens, which say it in their reader's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Coded>,
}

/// The object that keeps a request from being carried out.
#[derive(Debug, Clone, Serialize)]
pub struct InTheWay {
    pub kind: &'static str,
    pub id: String,
    pub name: String,
}

impl ApiError {
    /// 400: the value of `field` will not do; `hint` says what would.
    pub fn bad_request(
        field: impl Into<String>,
        what: impl Display,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut error = Self::new(StatusCode::BAD_REQUEST, "field_invalid", what, hint);
        error.body.field = Some(field.into());
        error
    }

    /// 400: the request as a whole cannot be understood.
    pub fn malformed(what: impl Display, hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request_malformed", what, hint)
    }

    /// The same, of an object that stands at a place in what was sent.
    #[must_use]
    pub fn inside(mut self, place: impl Display) -> Self {
        self.body.field = Some(match self.body.field.take() {
            Some(field) => format!("{place}.{field}"),
            None => place.to_string(),
        });
        self
    }

    /// The same, with the code of what its message says.
    #[must_use]
    pub fn coded(mut self, why: &Why) -> Self {
        self.body.why = Some(why.into());
        self
    }

    /// 401: who is asking?
    pub fn unauthorized(what: impl Display) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", what, "Log in, or send a valid bearer token.")
    }

    /// 403: known, but not allowed.
    pub fn forbidden(what: impl Display) -> Self {
        let hint = "Ask an administrator for the permission.";
        Self::new(StatusCode::FORBIDDEN, "forbidden", what, hint)
    }

    /// 403, and somebody wants to know.
    pub fn forbidden_to(refused: PermissionRefused, what: impl Display) -> Self {
        Self { refused: Some(Box::new(refused)), ..Self::forbidden(what) }
    }

    /// 403: before anything else, a second factor has to be set up.
    pub fn enrolment_due() -> Self {
        let what = "this account needs a second factor before anything else";
        let hint = "Set it up at /app/account.";
        Self::new(StatusCode::FORBIDDEN, "enrolment_due", what, hint)
    }

    /// 404, `status` `NOT_FOUND`.
    pub fn not_found(what: impl Display) -> Self {
        let hint = "It may have been deleted; check the id.";
        Self::new(StatusCode::NOT_FOUND, "not_found", what, hint)
    }

    /// 409: another object is in the way.
    pub fn conflict(what: impl Display, in_the_way: InTheWay) -> Self {
        let hint = format!("Change or remove the {} {:?} first.", in_the_way.kind, in_the_way.name);
        let mut error = Self::new(StatusCode::CONFLICT, "conflict", what, hint);
        error.body.conflict = Some(in_the_way);
        error
    }

    /// 412: the object has changed since the client read it.
    pub fn precondition_failed(what: impl Display) -> Self {
        let hint = "Someone else changed it. Load it again and repeat your change.";
        Self::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", what, hint)
    }

    /// 413: `what` names the limit.
    pub fn too_large(what: impl Display) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", what, "Send less.")
    }

    /// 429: this client asks too often.
    pub fn too_many(retry_after: Duration) -> Self {
        let hint = "Wait as long as the Retry-After header says.";
        let mut error =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "too many requests", hint);
        error.retry_after = Some(retry_after);
        error
    }

    /// 503: the server cannot do it now; repeating is safe with the same idempotency key.
    pub fn unavailable(retry_after: Duration) -> Self {
        let hint = "Repeat the request after as long as the Retry-After header says.";
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the server is busy", hint);
        error.retry_after = Some(retry_after);
        error
    }

    /// 503: the server is going down; another one, or the same one restarted, can do it.
    pub fn stopping(retry_after: Duration) -> Self {
        let hint = "Repeat the request after as long as the Retry-After header says.";
        let mut error =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "the server is stopping", hint);
        error.retry_after = Some(retry_after);
        error
    }

    /// 500: our fault. Logs `error`; the body says nothing about it.
    pub fn internal(error: impl Display) -> Self {
        tracing::error!(%error, "a request failed");
        let hint = "Repeat the request; if it fails again, the server's log says why.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server could not do this", hint)
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is answered, for doors that add to it.
    pub(crate) fn body(&self) -> serde_json::Value {
        let mut body = serde_json::json!(self.body);
        body["error"] = for_desks(&self.body.status, &self.body.message);
        body
    }

    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Display,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error").to_ascii_uppercase().replace(' ', "_");
        let body = Body {
            status: reason,
            message: message.to_string(),
            description: description.into(),
            code,
            field: None,
            conflict: None,
            why: None,
        };
        Self { status, retry_after: None, refused: None, body: Box::new(body) }
    }
}

/// The one form of error whose reason installed desks show; any other is to them "something went wrong".
pub(crate) fn for_desks(message: &str, reason: &str) -> serde_json::Value {
    serde_json::json!({"error_message": message, "error_detail": {"reason": reason}})
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(self.body())).into_response();
        if let Some(wait) = self.retry_after {
            // Whole seconds, rounded up: a client that comes back too early would only be refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(refused) = self.refused {
            response.extensions_mut().insert(*refused);
        }
        response
    }
}

/// A JSON body. The content type does not matter as long as the body is JSON: existing connectors send many.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = Bytes::from_request(request, state).await.map_err(unreadable)?;
        parse_json(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Reads JSON from a body that is already there, with the errors of [`Json`].
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        use serde_json::error::Category;
        let text = error.to_string();
        let mut refused = match error.classify() {
            Category::Eof if body.is_empty() => {
                ApiError::malformed("the body is empty", "Send a JSON document.")
            }
            Category::Data => ApiError::malformed(&text, "Correct the body at the place named."),
            _ => ApiError::malformed(format!("the body is not JSON: {text}"), "Send a JSON document."),
        };
        refused.body.field = field_named(&text);
        refused
    })
}

/// The field a deserialiser complains about, as in "missing field `id` at line 1".
fn field_named(complaint: &str) -> Option<String> {
    let rest =
        complaint.strip_prefix("missing field `").or_else(|| complaint.strip_prefix("unknown field `"))?;
    Some(rest.split_once('`')?.0.to_owned())
}

pub(crate) fn unreadable(rejection: BytesRejection) -> ApiError {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            ApiError::too_large("the body is larger than this server accepts")
        }
        _ => ApiError::malformed("the body could not be read to its end", "Repeat the request."),
    }
}

/// The networks of reverse proxies whose `X-Forwarded-For` is believed; add it to the router as an `Extension`.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The last address in the chain that is not a trusted proxy. Whatever stands before it, anyone can have made
    /// up; what cannot be read ends the chain.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for hop in hops.take(FORWARDED_HOPS_MAX) {
            if !self.contains(client) {
                break;
            }
            let Some(address) = read_hop(hop.trim()) else { break };
            client = address;
        }
        client
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn read_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| hop.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// Whom a limit is counted for: an address of IPv4, or the 64 bits of one of IPv6 that somebody's line is given. The rest of
/// it is his to choose, for each request anew.
pub fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(whole) => Ipv6Addr::from_bits(whole.to_bits() >> 64 << 64).into(),
    }
}

/// Where a request comes from, seen through trusted proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
            return Err(ApiError::internal("the listener does not record peer addresses"));
        };
        let client = match parts.extensions.get::<TrustedProxies>() {
            Some(trusted) => trusted.client(peer.ip(), &parts.headers),
            None => peer.ip().to_canonical(),
        };
        Ok(Self(client))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_the_reason_in_capitals() {
        let second = Duration::from_millis(500);
        let in_the_way = InTheWay { kind: "channel", id: "7".into(), name: "Web".into() };
        for (error, status, reason) in [
            (ApiError::bad_request("name", "empty", "Give one."), 400, "BAD_REQUEST"),
            (ApiError::malformed("x", "y"), 400, "BAD_REQUEST"),
            (ApiError::unauthorized("x"), 401, "UNAUTHORIZED"),
            (ApiError::forbidden("x"), 403, "FORBIDDEN"),
            (ApiError::not_found("x"), 404, "NOT_FOUND"),
            (ApiError::conflict("x", in_the_way), 409, "CONFLICT"),
            (ApiError::precondition_failed("x"), 412, "PRECONDITION_FAILED"),
            (ApiError::too_large("x"), 413, "PAYLOAD_TOO_LARGE"),
            (ApiError::too_many(second), 429, "TOO_MANY_REQUESTS"),
            (ApiError::unavailable(second), 503, "SERVICE_UNAVAILABLE"),
            (ApiError::internal("disk on fire"), 500, "INTERNAL_SERVER_ERROR"),
        ] {
            assert_eq!((error.status().as_u16(), error.body.status.as_str()), (status, reason));
            assert!(!error.body.message.contains("fire"));
            let response = error.into_response();
            assert_eq!(response.headers().contains_key("retry-after"), matches!(status, 429 | 503));
            assert_eq!(response.headers().contains_key("www-authenticate"), status == 401);
        }
    }

    #[test]
    fn clients_behind_proxies() {
        let trusted = TrustedProxies::new(&["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        for (peer, forwarded, expected) in [
            ("1.2.3.4", vec![], "1.2.3.4"),
            ("1.2.3.4", vec!["9.9.9.9"], "1.2.3.4"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["9.9.9.9"], "9.9.9.9"),
            ("::ffff:10.0.0.1", vec!["9.9.9.9"], "9.9.9.9"),
            ("10.0.0.1", vec!["6.6.6.6, 9.9.9.9"], "9.9.9.9"),
            ("10.0.0.1", vec!["6.6.6.6, 9.9.9.9, 10.0.0.2"], "9.9.9.9"),
            ("10.0.0.1", vec!["6.6.6.6", "9.9.9.9"], "9.9.9.9"),
            ("10.0.0.1", vec!["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", vec!["9.9.9.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", vec!["9.9.9.9:4711"], "9.9.9.9"),
            ("fd00::1", vec!["[2001:db8::1]:4711"], "2001:db8::1"),
            ("fd00::1", vec!["2001:db8::1"], "2001:db8::1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in &forwarded {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
            }
            let client = trusted.client(peer.parse().unwrap(), &headers);
            assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }
}
