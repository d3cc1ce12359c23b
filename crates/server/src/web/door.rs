//! In front of the sockets: paths as pages write them, and how often an address may knock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{SOCKET_PATH, Shared};
use crate::problem::{ApiError, ClientAddress, counted};

/// Where pages connect that are configured with a host alone.
const BARE_PATH: &str = "/socket.io";
/// How long to wait when every place is taken.
const FULL_WAIT: Duration = Duration::from_secs(5);

/// Whether a page has asked to be let in over its line before. Requests are counted; what goes over an open line is not.
#[derive(Clone, Default)]
pub struct Knocks(Arc<AtomicBool>);

impl Knocks {
    /// Notes one more, and says whether it is not the first.
    pub fn again(&self) -> bool {
        self.0.swap(true, Ordering::Relaxed)
    }
}

/// Lets requests for other doors pass. Those for a customer's socket are counted, and new ones find a place or are
/// asked to come back: never refused for good, for pages do not try again then.
pub async fn watch(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let Some(path) = socket_path(request.uri().path()) else { return next.run(request).await };
    let uri = with_path(request.uri(), &path);
    let (mut parts, body) = request.into_parts();
    parts.uri = uri;
    parts.extensions.insert(shared.proxies.clone());
    let address = match ClientAddress::from_request_parts(&mut parts, &()).await {
        Ok(address) => address,
        Err(error) => return open_to_all(error.into_response()),
    };
    if parts.method == axum::http::Method::OPTIONS {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let is_new = !parts.uri.query().unwrap_or_default().split('&').any(|pair| pair.starts_with("sid="));
    if let Err(error) = shared.count(address.0).and_then(|()| shared.find_place(address, is_new)) {
        return open_to_all(error.into_response());
    }
    parts.extensions.insert(address);
    parts.extensions.insert(Knocks::default());
    next.run(Request::from_parts(parts, body)).await
}

impl Shared {
    fn find_place(&self, ClientAddress(address): ClientAddress, is_new: bool) -> Result<(), ApiError> {
        let present = self.present();
        let here = present.by_line.get(&counted(address)).copied().unwrap_or(0);
        let full =
            present.total >= self.config.connections_max || here >= self.config.connections_per_address_max;
        if is_new && full { Err(ApiError::too_many(FULL_WAIT)) } else { Ok(()) }
    }
}

/// The one path of the sockets, for whatever a page was configured with.
fn socket_path(path: &str) -> Option<String> {
    if !path.contains("socket.io") {
        return None;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let clean = format!("/{}", parts.join("/"));
    (clean == SOCKET_PATH || clean == BARE_PATH).then(|| format!("{SOCKET_PATH}/"))
}

fn with_path(uri: &Uri, path: &str) -> Uri {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{path}{query}").parse().unwrap_or_else(|_| uri.clone())
}

/// Scripts of any page may read why they are refused.
fn open_to_all(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_sockets() {
        for (sent, meant) in [
            ("/web-channel-manager/socket.io/", true),
            ("/web-channel-manager//socket.io/", true),
            ("//web-channel-manager/socket.io", true),
            ("/socket.io/", true),
            ("/agent-manager/socket.io/", false),
            ("/web-channel-manager/socket.iox/", false),
            ("/ccm/message/receive", false),
        ] {
            assert_eq!(socket_path(sent).is_some(), meant, "{sent}");
        }
    }
}
