//! What happens to every request around its handler.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{RequestExt, Router};
use tokio::time::timeout;
use tower::ServiceExt;
use tower::util::MapRequest;

use super::audit;
use crate::app::SharedApp;
use crate::problem::ApiError;

/// Slower requests are logged.
const SLOW: Duration = Duration::from_secs(1);
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// How long an answer waited because it was asked to; that is no slowness.
#[derive(Clone, Copy, Default)]
pub struct Waited(pub Duration);

pub async fn no_such_path(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "no_such_path",
        format_args!("nothing answers {method} {}", uri.path()),
        "Check the path; /docs lists all there are.",
    )
}

pub async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong_method",
        format_args!("{} does not take {method}", uri.path()),
        "Use another method; /docs lists which.",
    )
}

/// The text of a panic is for the log; whoever asked learns that it is our fault.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a text");
    ApiError::internal(format_args!("a handler panicked: {text}")).into_response()
}

/// What surrounds every request. One layer, because a router copies all that is within a layer with every request.
#[derive(Clone)]
pub struct Edge {
    pub app: SharedApp,
    pub longest: Duration,
}

/// Carries a request out if its path can be read and the process is not stopping, within its time; counts it, has a
/// permission that was refused noted, and hardens the answer.
pub async fn attended(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let watched = Watched::begin(&request);
    let mut response = match has_legible_path(&mut request).await {
        false => illegible_path().into_response(),
        true if edge.app.stopping.is_cancelled() => edge.while_stopping(request, next).await,
        true => edge.in_time(request, next).await,
    };
    let refused = response.extensions().get::<audit::PermissionRefused>().cloned();
    audit::note_refusal(&edge.app, refused).await;
    watched.end(&response);
    harden(&mut response);
    response
}

/// Whether the parts of the path that handlers read are text once their escapes are undone.
async fn has_legible_path(request: &mut Request) -> bool {
    let parts = request.extract_parts::<RawPathParams>().await;
    !matches!(parts, Err(RawPathParamsRejection::InvalidUtf8InPathParam(_)))
}

fn illegible_path() -> ApiError {
    ApiError::malformed("the path is not UTF-8", "Escape the bytes of UTF-8 text.")
}

/// How long whoever comes while the process is stopping is told to wait: about as long as a restart takes.
const RESTART: Duration = Duration::from_secs(5);
/// Answered to the last: the process lives until it ends, and its metrics may be what somebody is waiting for.
const WATCHED_TO_THE_END: [&str; 2] = ["/healthz", "/metrics"];

impl Edge {
    async fn in_time(&self, request: Request, next: Next) -> Response {
        match timeout(self.longest, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                let hint = "Repeat the request; with the same idempotency key that is safe.";
                let what = format_args!("there was no answer within {} seconds", self.longest.as_secs());
                ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", what, hint).into_response()
            }
        }
    }

    /// Only requests that began before are carried out.
    async fn while_stopping(&self, request: Request, next: Next) -> Response {
        let mut response = match WATCHED_TO_THE_END.contains(&request.uri().path()) {
            true => self.in_time(request, next).await,
            false => ApiError::stopping(RESTART).into_response(),
        };
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

/// Counts and times a request by route; never by path, query or body, for those hold what people wrote.
struct Watched {
    begun: Instant,
    method: Method,
    route: Option<MatchedPath>,
}

impl Watched {
    fn begin(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { begun: Instant::now(), method: request.method().clone(), route }
    }

    fn end(self, response: &Response) {
        let Waited(asked_for) = response.extensions().get().copied().unwrap_or_default();
        let (method, took) = (self.method, self.begun.elapsed().saturating_sub(asked_for));
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        let status = response.status();
        metrics::histogram!("tieline_http_request_seconds", "route" => route.to_owned())
            .record(took.as_secs_f64());
        metrics::counter!("tieline_http_requests_total", "status" => status_class(status)).increment(1);
        if status.is_server_error() || took > SLOW {
            tracing::warn!(%method, route, status = status.as_u16(), duration_ms = took.as_millis() as u64, "a request failed or was slow");
        }
    }
}

const fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        0..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// Headers by which a browser makes nothing else of an answer than what it is.
fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, API_POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// Base addresses are configured with and without a slash at the end, and paths are added to both.
pub fn clean_paths(inner: Router) -> MapRequest<Router, fn(Request) -> Request> {
    inner.map_request(clean as fn(Request) -> Request)
}

fn clean(mut request: Request) -> Request {
    let path = request.uri().path();
    let ends = path.len() > 1 && path.ends_with('/');
    if !ends && !path.contains("//") {
        return request;
    }
    let mut cleaned = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !part.is_empty()) {
        cleaned.push('/');
        cleaned.push_str(part);
    }
    if cleaned.is_empty() {
        cleaned.push('/');
    }
    if let Some(query) = request.uri().query() {
        cleaned.push('?');
        cleaned.push_str(query);
    }
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path_and_query) = cleaned.parse() {
        parts.path_and_query = Some(path_and_query);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (sent, expected) in [
            ("/ccm/message/receive", "/ccm/message/receive"),
            ("//ccm//message/receive/", "/ccm/message/receive"),
            ("/announcement/?teamIds=a//b", "/announcement?teamIds=a//b"),
            ("/", "/"),
            ("//", "/"),
            ("http://hub.example//ccm/x?y=1", "http://hub.example/ccm/x?y=1"),
        ] {
            let request = Request::get(sent).body(Body::empty()).unwrap();
            assert_eq!(clean(request).uri().to_string().trim_end_matches('\0'), expected);
        }
    }
}
