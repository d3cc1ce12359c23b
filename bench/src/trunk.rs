//! One connection of HTTP/2 that many sockets share, as behind a proxy that gathers them.

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::ext::Protocol;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

/// What the hub may send ahead of what was read: for one socket, and for all of a connection.
const SOCKET_WINDOW_BYTES: u32 = 1024 * 1024;
const WINDOW_BYTES: u32 = 16 * SOCKET_WINDOW_BYTES;

pub struct Trunk {
    hub: String,
    requests: SendRequest<Body>,
}

impl Trunk {
    /// Connects. `hub` is its address with `http://`.
    ///
    /// # Errors
    /// When there is no connection or the hub does not speak HTTP/2.
    pub async fn open(hub: &str) -> Result<Self> {
        let host = hub.strip_prefix("http://").context("the hub's address starts with http://")?;
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = Builder::new(TokioExecutor::new())
            .initial_stream_window_size(SOCKET_WINDOW_BYTES)
            .initial_connection_window_size(WINDOW_BYTES)
            .handshake(TokioIo::new(stream))
            .await?;
        // Ends with the connection, whose end every socket on it sees.
        tokio::spawn(connection);
        let mut trunk = Self { hub: hub.to_owned(), requests };
        // The first answer comes after the hub has said that it takes sockets.
        let healthy = trunk.ask(Request::get(format!("{hub}/healthz")).body(Body::empty())?).await?;
        ensure!(healthy.status() == StatusCode::OK, "the hub answered {}", healthy.status());
        Ok(trunk)
    }

    /// Opens a socket at a path with its query, asked for with these headers.
    ///
    /// # Errors
    /// When the hub does not open it; the message has its answer.
    pub async fn socket(&mut self, path: &str, headers: &[(&str, &str)]) -> Result<TokioIo<Upgraded>> {
        let mut request = Request::builder()
            .method(Method::CONNECT)
            .uri(format!("{}{path}", self.hub))
            .header("sec-websocket-version", "13");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty())?;
        request.extensions_mut().insert(Protocol::from_static("websocket"));
        let answer = self.ask(request).await?;
        ensure!(answer.status() == StatusCode::OK, "the hub opened no socket: {}", answer.status());
        Ok(TokioIo::new(hyper::upgrade::on(answer).await?))
    }

    async fn ask(&mut self, request: Request<Body>) -> Result<hyper::Response<hyper::body::Incoming>> {
        self.requests.ready().await?;
        Ok(self.requests.send_request(request).await?)
    }
}
