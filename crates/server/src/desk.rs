//! Agents' desks: their sockets, their sign-in, and the settings they ask for.
//!
//! Promises: what the engine releases reaches each desk in the order of commits; handing it over never blocks; a
//! desk that cannot keep up is shown everything anew instead of being given parts. An agent has one live desk. What
//! a desk sends is carried out in the order it was sent, at a bounded pace; what it may not send or what cannot be
//! read is answered with `errors`.
//!
//! A line is one connected socket ([`line`]); it speaks ([`outgoing`]) and listens ([`incoming`]). Who may connect
//! is [`handshake`]'s business. Everything about sockets stays in this module.

mod handshake;
mod help;
mod incoming;
mod latin;
mod line;
pub(crate) mod login;
mod outgoing;
mod publication;
mod pull;
pub(crate) mod settings;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use axum::http::{HeaderValue, header};
use socketioxide::SocketIo;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use tieline_core::customer::Customer;
use tieline_core::effect::{Push, Scene};
use tieline_core::event::{Event, Payload};
use tieline_core::id::{ConnectionId, ConversationId};
use tokio::sync::Semaphore;
use tower::layer::util::Stack;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::warn;

use crate::app::{App, SharedApp};
use line::{Entrance, Line};
use outgoing::{Outgoing, Shown};

/// Where desks connect; part of every installed desk's configuration.
pub const SOCKET_PATH: &str = "/agent-manager/socket.io";

const PING_INTERVAL: Duration = Duration::from_secs(25);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a client may take to say who it is.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a desk may take to confirm that it has shown a conversation.
const ACK_TIMEOUT: Duration = Duration::from_secs(10);
/// One packet from a desk, and what is put together for one poll.
const PACKET_BYTES_MAX: usize = 1024 * 1024;
/// Desks that are shown everything at the same time. More would not be sooner done, and hold up messages.
const ARRIVALS_MAX: usize = 4;
/// Packets on their way to one client.
const PACKETS_BUFFERED_MAX: usize = 128;

/// Lets desks in. Desks are often served by another host, and poll before they upgrade: any site may try, for no
/// cookie crosses sites and what counts is the token in the handshake.
pub type SocketLayer = Stack<SocketIoLayer, SetResponseHeaderLayer<HeaderValue>>;

/// The sockets of all desks.
#[derive(Clone)]
pub struct Desks {
    floor: Arc<Floor>,
    io: SocketIo,
}

/// What the lines share.
struct Floor {
    /// Desks are made before the app they serve.
    app: OnceLock<Weak<App>>,
    entrances: Mutex<HashMap<ConnectionId, Entrance>>,
    /// Turns to arrive.
    arrivals: Semaphore,
}

impl Desks {
    /// Desks that take no connection before [`Desks::attach`], and the layer that lets them in.
    #[must_use]
    pub fn new() -> (Self, SocketLayer) {
        let (layer, io) = SocketIo::builder()
            .req_path(SOCKET_PATH)
            .ping_interval(PING_INTERVAL)
            .ping_timeout(PING_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .ack_timeout(ACK_TIMEOUT)
            .max_payload(PACKET_BYTES_MAX as u64)
            .ws_max_message_size(PACKET_BYTES_MAX)
            .ws_max_frame_size(PACKET_BYTES_MAX)
            .max_buffer_size(PACKETS_BUFFERED_MAX)
            .build_layer();
        let arrivals = Semaphore::new(ARRIVALS_MAX);
        let floor = Arc::new(Floor { app: OnceLock::new(), entrances: Mutex::default(), arrivals });
        let (door, hall) = (Arc::clone(&floor), Arc::clone(&floor));
        let knock = move |socket: SocketRef, TryData(auth): TryData<serde_json::Value>| {
            let door = Arc::clone(&door);
            async move { handshake::admit(door.app(), &socket, auth.unwrap_or_default()) }
        };
        let enter = move |socket: SocketRef| {
            let line = Line::open(&hall, socket);
            async move {
                if let Some((line, mail)) = line {
                    line.serve(mail).await;
                }
            }
        };
        io.ns("/", enter.with(knock));
        let any_site = SetResponseHeaderLayer::if_not_present(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
        (Self { floor, io }, Stack::new(layer, any_site))
    }

    /// Opens the door.
    pub fn attach(&self, app: &SharedApp) {
        if self.floor.app.set(Arc::downgrade(app)).is_err() {
            warn!("desks were attached twice; the first app stays");
        }
    }

    /// Something for one desk. A connection that is gone is passed over: its agent will be shown the present state.
    pub fn push(&self, connection: ConnectionId, push: Push) {
        self.floor.hand(connection, Outgoing::Push(Box::new(push)));
    }

    /// An event for every desk that follows the conversation.
    pub fn broadcast(&self, connections: &[ConnectionId], event: &Arc<Event>, scene: &Scene) {
        let shown = Arc::new(Shown::event(Arc::clone(event), scene.clone()));
        for connection in connections {
            self.floor.hand(*connection, Outgoing::Shown(Arc::clone(&shown)));
        }
    }

    /// What is known of the customer has changed.
    pub fn profile(
        &self,
        connections: &[ConnectionId],
        conversation: ConversationId,
        customer: &Arc<Customer>,
    ) {
        let shown = Arc::new(Shown::profile(conversation, Arc::clone(customer)));
        for connection in connections {
            self.floor.hand(*connection, Outgoing::Shown(Arc::clone(&shown)));
        }
    }

    /// Somebody is typing. It is passed over by desks that are busy.
    pub fn passing(
        &self,
        connections: &[ConnectionId],
        payload: &Payload,
        conversation: ConversationId,
        scene: &Scene,
    ) {
        let shown = Arc::new(Shown::passing(payload.clone(), conversation, scene.clone()));
        for connection in connections {
            self.floor.hand(*connection, Outgoing::Shown(Arc::clone(&shown)));
        }
    }

    /// Whatever desks were told may not be so any more: every one is shown the present state, over the socket it
    /// has.
    pub fn drop_all(&self) {
        for entrance in self.floor.entrances().values() {
            entrance.start_over();
        }
    }

    /// Closes every socket; desks reconnect by themselves when somebody listens again.
    pub async fn close(&self) {
        self.io.close().await;
    }

    /// Desks connected now.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.floor.entrances().len()
    }
}

impl Floor {
    fn app(&self) -> Option<SharedApp> {
        self.app.get()?.upgrade()
    }

    fn hand(&self, connection: ConnectionId, outgoing: Outgoing) {
        if let Some(entrance) = self.entrances().get(&connection) {
            entrance.hand(outgoing);
        }
    }

    fn entrances(&self) -> std::sync::MutexGuard<'_, HashMap<ConnectionId, Entrance>> {
        self.entrances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
