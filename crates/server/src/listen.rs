//! Accepting connections, and ending well.
//!
//! Promises: the bound address is printed once it accepts; small writes leave at once (`TCP_NODELAY`); a connection
//! that does not send the headers of a request in time is closed. On SIGTERM or SIGINT requests under way may finish
//! until the drain timeout; while they do, whoever asks for the first time is still served, so that he can be told to
//! come back later, but not waited for; after that no connection is left.
//!
//! Left to others: routes, what is answered while draining, limits on requests, TLS (a reverse proxy's task).
//! Sockets that were upgraded are not waited for: whoever owns them says goodbye.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::from_fn;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::SetOnce;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::config::ListenConfig;
use crate::http2;

/// HTTP/2 clients are asked so often whether they are still there, and have as long to say so.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(20);

/// Requests and sockets that share a connection of HTTP/2.
const HTTP2_STREAMS_MAX: u32 = 200;
/// What a client may send of one of them before it was read, and of all together: one that is not read does not hold up
/// the others.
const HTTP2_WINDOW_BYTES: u32 = 128 * 1024;
const HTTP2_CONNECTION_WINDOW_BYTES: u32 = HTTP2_STREAMS_MAX * HTTP2_WINDOW_BYTES;

/// A bound address, not yet served.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    drain_timeout: Duration,
    header_timeout: Duration,
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every request was answered.
    Completely,
    /// Some were still under way when the drain timeout passed.
    TimedOut,
}

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {cause}; change listen.address")]
pub struct CannotListen {
    address: SocketAddr,
    cause: io::Error,
}

impl Door {
    /// Binds; port 0 takes any free one.
    pub async fn bind(config: &ListenConfig) -> Result<Self, CannotListen> {
        let refused = |cause| CannotListen { address: config.address, cause };
        let listener = TcpListener::bind(config.address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let (drain_timeout, header_timeout) = (config.drain_timeout, config.header_timeout);
        Ok(Self { listener, address, drain_timeout, header_timeout })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready, then drains. Handlers find the peer as `ConnectInfo<SocketAddr>`.
    pub async fn serve(mut self, router: Router, stop: impl Future<Output = ()>) -> Drained {
        let server = Server::new(router, self.header_timeout);
        // Dropped, and with it every connection that is left, when serving ends.
        let mut connections = JoinSet::new();
        println!("Tieline listens on http://{}", self.address);

        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                (stream, peer) = Listener::accept(&mut self.listener) => {
                    connections.spawn(server.clone().attend(stream, peer));
                }
                Some(_) = connections.join_next() => {}
            }
        }

        tracing::info!("stopping; requests under way may finish");
        server.draining.cancel();
        server.under_way.close();
        let mut drained = pin!(timeout(self.drain_timeout, server.under_way.wait()));
        loop {
            tokio::select! {
                ended = &mut drained => {
                    return if ended.is_ok() { Drained::Completely } else { Drained::TimedOut };
                }
                (stream, peer) = Listener::accept(&mut self.listener) => {
                    connections.spawn(server.clone().attend(stream, peer));
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

/// What every connection is served with. Cheap to clone.
#[derive(Clone)]
struct Server {
    router: Router,
    protocol: Arc<Builder<TokioExecutor>>,
    header_timeout: Duration,
    /// Cancelled when no connection shall stay longer than for the request it makes.
    draining: CancellationToken,
    /// Connections that have made a request before the drain: they are waited for.
    under_way: TaskTracker,
}

impl Server {
    fn new(router: Router, header_timeout: Duration) -> Self {
        let mut protocol = Builder::new(TokioExecutor::new());
        protocol.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout);
        protocol
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(HTTP2_PING_INTERVAL)
            .keep_alive_timeout(HTTP2_PING_INTERVAL)
            .max_concurrent_streams(HTTP2_STREAMS_MAX)
            .initial_stream_window_size(HTTP2_WINDOW_BYTES)
            .initial_connection_window_size(HTTP2_CONNECTION_WINDOW_BYTES)
            .enable_connect_protocol();
        let router = router.layer(from_fn(http2::in_terms_of_http1));
        Self {
            router,
            protocol: Arc::new(protocol),
            header_timeout,
            draining: CancellationToken::new(),
            under_way: TaskTracker::new(),
        }
    }

    /// Serves one connection to its end.
    async fn attend(self, stream: TcpStream, peer: SocketAddr) {
        // Without it answers are only later, not wrong.
        let _ = stream.set_nodelay(true);
        let asked = Arc::new(SetOnce::new());
        let (begun, draining, under_way) = (Arc::clone(&asked), self.draining.clone(), self.under_way);
        let service = self.router.map_request(move |mut request: Request<Incoming>| {
            if !begun.initialized() {
                // Only the first request sets it.
                let _ = begun.set((!draining.is_cancelled()).then(|| under_way.token()));
            }
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
        let service = TowerToHyperService::new(service);
        let mut connection =
            pin!(self.protocol.serve_connection_with_upgrades(TokioIo::new(stream), service));
        // The protocol's own timer runs from the first bytes on that tell which version it is, not before.
        let mut never_asked = pin!(async {
            if timeout(self.header_timeout, asked.wait()).await.is_ok() {
                std::future::pending::<()>().await;
            }
        });
        let mut has_had_its_turn = pin!(async {
            self.draining.cancelled().await;
            asked.wait().await;
        });
        let mut is_ending = false;
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(err) = ended {
                        tracing::trace!(error = %err, "a connection broke");
                    }
                    return;
                }
                () = &mut never_asked => return,
                () = &mut has_had_its_turn, if !is_ending => {
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// Ready when the process is asked to stop: SIGTERM or SIGINT.
pub async fn stop_signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
