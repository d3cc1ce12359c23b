//! Accepting connections, and ending well.
//!
//! Promises: the bound address is printed once it accepts; on SIGTERM or SIGINT no new connection is accepted and
//! requests under way may finish until the drain timeout; small writes leave at once (`TCP_NODELAY`).
//!
//! Left to others: routes, limits on requests, TLS (a reverse proxy's task). Sockets that were upgraded are not
//! waited for: whoever owns them says goodbye.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::config::ListenConfig;

/// A bound address, not yet served.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    drain_timeout: Duration,
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
        Ok(Self { listener, address, drain_timeout: config.drain_timeout })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready, then drains. Handlers find the peer as `ConnectInfo<SocketAddr>`.
    pub async fn serve(
        self,
        router: Router,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Drained> {
        let listener = self.listener.tap_io(|connection| {
            // Without it answers are only later, not wrong.
            let _ = connection.set_nodelay(true);
        });
        let (stopping, stopped) = oneshot::channel();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move {
            stop.await;
            let _ = stopping.send(());
        });
        println!("Tieline listens on http://{}", self.address);

        let mut server = std::pin::pin!(server.into_future());
        tokio::select! {
            ended = &mut server => return ended.map(|()| Drained::Completely),
            _ = stopped => tracing::info!("stopping; requests under way may finish"),
        }
        match timeout(self.drain_timeout, server).await {
            Ok(ended) => ended.map(|()| Drained::Completely),
            Err(_) => Ok(Drained::TimedOut),
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
