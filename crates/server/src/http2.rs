//! Requests of HTTP/2 in the terms of HTTP/1.1, so that nothing behind the door has to know two versions.
//!
//! - The host asked for is in `Host`, where HTTP/2 has a field of its own for it.
//! - A WebSocket (RFC 8441), many of which share one connection, is asked for with an extended CONNECT and granted with
//!   200. The library that serves sockets knows the older handshake alone, so the request reaches it as that, and its
//!   answer is put back. The bytes that follow are the same in both.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::ext::Protocol;

use crate::problem::ApiError;

/// What a client of HTTP/1.1 would make up and hear back digested. HTTP/2 needs no such proof.
const KEY: HeaderValue = HeaderValue::from_static("AAAAAAAAAAAAAAAAAAAAAA==");

/// Middleware, in front of everything.
pub async fn in_terms_of_http1(mut request: Request, next: Next) -> Response {
    if !request.headers().contains_key(header::HOST)
        && let Some(authority) = request.uri().authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().insert(header::HOST, host);
    }
    let asked = request.extensions().get::<Protocol>();
    if request.method() == Method::CONNECT && asked.is_some_and(|asked| asked.as_str() == "websocket") {
        return open_socket(request, next).await;
    }
    next.run(request).await
}

async fn open_socket(mut request: Request, next: Next) -> Response {
    *request.method_mut() = Method::GET;
    let headers = request.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_KEY, KEY);

    let mut response = next.run(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        *response.status_mut() = StatusCode::OK;
        for name in [header::CONNECTION, header::UPGRADE, header::SEC_WEBSOCKET_ACCEPT] {
            response.headers_mut().remove(name);
        }
    } else if response.status().is_success() {
        // To whoever asked, it would mean that his socket is open.
        response = ApiError::malformed(
            "there is no socket at this path",
            "Open one at /agent-manager/socket.io or /web-channel-manager/socket.io, with transport=websocket.",
        )
        .into_response();
    }
    response
}
