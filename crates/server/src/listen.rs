//! Accepting connections, and ending well.
//!
//! Promises: the bound address is printed once it accepts; small writes leave at once (`TCP_NODELAY`); a connection
//! that does not send the headers of a request in time is closed. On SIGTERM or SIGINT requests under way may finish
//! until the drain timeout; while they do, whoever connects anew is still served, so that he can be told to come back
//! later; after that no connection is left.
//!
//! Left to others: routes, what is answered while draining, limits on requests, TLS (a reverse proxy's task).
//! Sockets that were upgraded are not waited for: whoever owns them says goodbye.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use crate::config::ListenConfig;

/// HTTP/2 clients are asked so often whether they are still there, and have as long to say so.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(20);

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
#[error("cannot listen on {address}: {source}; change listen.address")]
pub struct CannotListen {
    address: SocketAddr,
    source: io::Error,
}

impl Door {
    /// Binds; port 0 takes any free one.
    pub async fn bind(config: &ListenConfig) -> Result<Self, CannotListen> {
        let refused = |source| CannotListen { address: config.address, source };
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
        let under_way = GracefulShutdown::new();
        println!("Tieline listens on http://{}", self.address);

        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                (stream, peer) = Listener::accept(&mut self.listener) => {
                    connections.spawn(server.clone().attend(stream, peer, Some(under_way.watcher())));
                }
                Some(_) = connections.join_next() => {}
            }
        }

        tracing::info!("stopping; requests under way may finish");
        let mut drained = pin!(timeout(self.drain_timeout, under_way.shutdown()));
        loop {
            tokio::select! {
                ended = &mut drained => {
                    return if ended.is_ok() { Drained::Completely } else { Drained::TimedOut };
                }
                (stream, peer) = Listener::accept(&mut self.listener) => {
                    connections.spawn(server.clone().attend(stream, peer, None));
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
}

impl Server {
    fn new(router: Router, header_timeout: Duration) -> Self {
        let mut protocol = Builder::new(TokioExecutor::new());
        protocol.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout);
        // WebSockets over HTTP/2 begin with an extended CONNECT.
        protocol
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(HTTP2_PING_INTERVAL)
            .keep_alive_timeout(HTTP2_PING_INTERVAL)
            .enable_connect_protocol();
        Self { router, protocol: Arc::new(protocol), header_timeout }
    }

    /// Serves one connection to its end. With a watcher, a drain waits for it and ends it after the present request.
    async fn attend(self, stream: TcpStream, peer: SocketAddr, watcher: Option<Watcher>) {
        // Without it answers are only later, not wrong.
        let _ = stream.set_nodelay(true);
        let begun = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&begun);
        let service = self.router.map_request(move |mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
        let service = TowerToHyperService::new(service);
        let connection = self.protocol.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let connection = async {
            let ended = match watcher {
                Some(watcher) => watcher.watch(connection).await,
                None => connection.await,
            };
            if let Err(err) = ended {
                tracing::trace!(error = %err, "a connection broke");
            }
        };
        // The protocol's own timer runs from the first bytes on that tell which version it is, not before.
        let never_asked = async {
            sleep(self.header_timeout).await;
            if begun.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = connection => {}
            () = never_asked => {}
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
