//! The connector's own door: a small HTTP server the hub posts its messages to.
//!
//! Promises: with secrets, nothing unsigned gets in; a message is booked in the [`Ledger`] and handed on before it is
//! acknowledged, and only once; when there is no room it says 503 with `Retry-After`. `/connector-configurations`
//! takes pushed settings, every other path messages.
//!
//! It can be told to misbehave, see [`Behaviour`], to try out how a hub takes that.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{future, io};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tieline_cim::ccm::ConnectorConfigurations;
use tieline_cim::{Message, parse_inbound};
use tokio::net::TcpListener;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::ledger::{Entry, Ledger, Mishap, Numbers};
use crate::signature::{self, SigningSecret, Unverified};
use crate::{clock, random};

/// Rises over all messages of the tenant.
pub const SEQUENCE_HEADER: &str = "tieline-sequence";
/// The sequence of the message before in the same channel session; 0 for its first.
pub const PREVIOUS_HEADER: &str = "tieline-previous-sequence";
pub const CONFIGURATION_PATH: &str = "/connector-configurations";
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
const RETRY_AFTER_SECONDS: &str = "1";
/// Requests in progress have this long to end when the receiver stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// A running server. Dropping it stops it at once, [`Receiver::stop`] lets requests end.
pub struct Receiver {
    address: SocketAddr,
    desk: Arc<Desk>,
    stopping: watch::Sender<bool>,
    server: Option<JoinHandle<io::Result<()>>>,
}

/// What came in.
#[derive(Clone, Debug)]
pub enum Inbound {
    Message(Box<Delivery>),
    Configuration(ConnectorConfigurations),
}

/// A message from the hub, once.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The same over all attempts of the hub.
    pub id: String,
    /// `None` where the hub does not number.
    pub numbers: Option<Numbers>,
    pub at: Instant,
    pub message: Message,
}

/// What goes wrong on purpose, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Behaviour {
    pub fault: Fault,
    pub when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers with this status and takes nothing.
    Fail { status: u16 },
    /// Takes nothing and does not answer either.
    Stall,
    /// Takes the message and answers late.
    Slow { delay: Duration },
    /// Answers 200 and takes nothing.
    Lie,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    Always,
    /// Of the requests, chosen by a seed; 0 to 1.
    Share {
        share: f64,
        seed: u64,
    },
    /// The first requests.
    First {
        requests: u64,
    },
    Until(Instant),
}

struct Desk {
    secrets: Vec<SigningSecret>,
    ledger: Arc<Ledger>,
    inbound: mpsc::Sender<Inbound>,
    behaviour: Mutex<Option<Behaviour>>,
    /// Since the behaviour was set.
    requests: AtomicU64,
    stopping: watch::Receiver<bool>,
}

impl Receiver {
    /// Listens; port 0 takes a free one. Without secrets signatures are not asked for.
    pub async fn start(
        listen: SocketAddr,
        secrets: Vec<SigningSecret>,
        ledger: Arc<Ledger>,
        inbound: mpsc::Sender<Inbound>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (stopping, mut stopped) = watch::channel(false);
        let desk = Arc::new(Desk {
            secrets,
            ledger,
            inbound,
            behaviour: Mutex::default(),
            requests: AtomicU64::new(0),
            stopping: stopped.clone(),
        });
        let router = Router::new()
            .fallback(axum::routing::post(receive))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(Arc::clone(&desk));
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            // The sender is gone when the receiver is: that, too, is a stop.
            stopped.wait_for(|stop| *stop).await.ok();
        });
        Ok(Self { address, desk, stopping, server: Some(tokio::spawn(server.into_future())) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces what goes wrong from the next request on.
    pub fn behave(&self, behaviour: Option<Behaviour>) {
        *self.desk.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
        self.desk.requests.store(0, Ordering::Relaxed);
    }

    /// Takes no more and waits a moment for requests in progress.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        if let Some(mut server) = self.server.take()
            && tokio::time::timeout(STOP_TIMEOUT, &mut server).await.is_err()
        {
            server.abort();
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
        }
    }
}

async fn receive(State(desk): State<Arc<Desk>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let fault = desk.fault();
    if fault.is_some() {
        desk.ledger.mishap(Mishap::Fault);
    }
    match fault {
        None => desk.take(&uri, &headers, &body),
        Some(Fault::Slow { delay }) => {
            let answer = desk.take(&uri, &headers, &body);
            desk.unless_stopped(tokio::time::sleep(delay)).await;
            answer
        }
        Some(Fault::Lie) => accepted(),
        Some(Fault::Fail { status }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            refused(status, "failing as told")
        }
        Some(Fault::Stall) => {
            desk.unless_stopped(future::pending()).await;
            refused(StatusCode::SERVICE_UNAVAILABLE, "stopping")
        }
    }
}

impl Desk {
    fn fault(&self) -> Option<Fault> {
        let behaviour = (*self.behaviour.lock().unwrap_or_else(PoisonError::into_inner))?;
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        behaviour.applies(request, Instant::now()).then_some(behaviour.fault)
    }

    async fn unless_stopped(&self, wait: impl Future<Output = ()>) {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            () = wait => {}
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }

    fn take(&self, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
        if !self.secrets.is_empty() {
            if let Err(unverified) = self.verify(headers, body) {
                self.ledger.mishap(match unverified {
                    Unverified::TimestampOutsideTolerance => Mishap::StaleTimestamp,
                    Unverified::TimestampMalformed | Unverified::NoMatch => Mishap::BadSignature,
                });
                return refused(StatusCode::UNAUTHORIZED, &unverified.to_string());
            }
            self.ledger.verified();
        }
        let room = match self.inbound.try_reserve() {
            Ok(room) => room,
            Err(TrySendError::Full(()) | TrySendError::Closed(())) => {
                self.ledger.mishap(Mishap::Overrun);
                let refusal = refused(StatusCode::SERVICE_UNAVAILABLE, "no room at the moment");
                return ([(header::RETRY_AFTER, RETRY_AFTER_SECONDS)], refusal).into_response();
            }
        };
        let read = if uri.path() == CONFIGURATION_PATH {
            parse_inbound(body).map(|configuration| {
                self.ledger.configured();
                Some(Inbound::Configuration(configuration))
            })
        } else {
            parse_inbound(body).map(|message| self.book(headers, message))
        };
        match read {
            Ok(Some(inbound)) => room.send(inbound),
            Ok(None) => {}
            Err(invalid) => {
                self.ledger.mishap(Mishap::Unreadable);
                return refused(StatusCode::BAD_REQUEST, &invalid.to_string());
            }
        }
        accepted()
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Unverified> {
        let text = |name| text(headers, name).unwrap_or_default();
        let (id, timestamp) = (text(signature::ID_HEADER), text(signature::TIMESTAMP_HEADER));
        let signatures = text(signature::SIGNATURE_HEADER);
        signature::verify(&self.secrets, id, timestamp, signatures, body, clock::now_seconds())
    }

    /// `None` if there is nothing to hand on.
    fn book(&self, headers: &HeaderMap, message: Message) -> Option<Inbound> {
        let number = |name| text(headers, name)?.parse().ok();
        let numbers = number(SEQUENCE_HEADER)
            .zip(number(PREVIOUS_HEADER))
            .map(|(sequence, previous)| Numbers { sequence, previous });
        let id = text(headers, signature::ID_HEADER).or(message.id.as_deref()).map_or_else(
            // Nothing to know it again by.
            || format!("{:016x}", random::fresh()),
            ToOwned::to_owned,
        );
        match self.ledger.enter(&id, numbers, &message) {
            Entry::Fresh => {
                let delivery = Delivery { id, numbers, at: Instant::now(), message };
                Some(Inbound::Message(Box::new(delivery)))
            }
            Entry::Repeat | Entry::Stranger => None,
        }
    }
}

impl Behaviour {
    fn applies(&self, request: u64, now: Instant) -> bool {
        match self.when {
            When::Always => true,
            When::Share { share, seed } => random::unit(random::mix(seed ^ random::mix(request))) < share,
            When::First { requests } => request < requests,
            When::Until(end) => now < end,
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn accepted() -> Response {
    axum::Json(serde_json::json!({"status": "OK"})).into_response()
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(serde_json::json!({"status": status.as_u16(), "message": message}))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_happen_when_told() {
        let now = Instant::now();
        let applies = |when, request| Behaviour { fault: Fault::Lie, when }.applies(request, now);
        assert!(applies(When::Always, 9));
        assert!(applies(When::First { requests: 2 }, 1));
        assert!(!applies(When::First { requests: 2 }, 2));
        assert!(applies(When::Until(now + Duration::from_secs(1)), 0));
        assert!(!applies(When::Until(now), 0));
        let hit = (0..1000).filter(|request| applies(When::Share { share: 0.3, seed: 5 }, *request)).count();
        assert!((250..350).contains(&hit), "{hit}");
    }
}
