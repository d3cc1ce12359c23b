//! One connected desk, from its arrival to its end.
//!
//! The line itself signs the agent in and out at the engine, so that the two can never be told in the wrong order.
//! It ends when the socket closes, and closes the socket when the agent is logged out, has gone to another desk, or
//! sends more than is bearable.
//!
//! Whoever arrives is shown all his conversations. Few arrive at a time and the others wait for their turn: a floor that
//! comes back at once is served as fast as it can be, and messages go on meanwhile.

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use socketioxide::extract::SocketRef;
use socketioxide::{SendError, SocketError};
use tieline_cim::Why;
use tieline_cim::desk::{SocketSessionRemoved, TaskError};
use tieline_core::audit::Origin;
use tieline_core::command::Command;
use tieline_core::id::{ConnectionId, UserId};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use super::handshake::Admitted;
use super::incoming::{Pace, Refused, Request};
use super::outgoing::{Outgoing, Speech};
use super::{Floor, incoming};
use crate::app::SharedApp;
use crate::ear::Ear;
use crate::rest::mint::new_id;

/// Things waiting to be told to one desk; more, and it is shown everything anew.
const OUTGOING_MAX: usize = 256;
/// Requests of one desk waiting to be carried out; more, and it is cut off.
pub const INCOMING_MAX: usize = 128;
/// How long to wait for room in a client's buffer. A client that never makes room misses its pings and is gone.
const FULL_BUFFER_WAIT: Duration = Duration::from_millis(25);
/// How long an arrival may keep others waiting. A client that reads slowly is told the rest beside them.
const TURN_MAX: Duration = Duration::from_millis(500);
/// How long a client is given to hear why its socket is being closed.
const LAST_WORDS_WAIT: Duration = Duration::from_millis(300);

/// Where the engine's side leaves what a line shall tell.
#[derive(Clone)]
pub struct Entrance {
    queue: mpsc::Sender<Outgoing>,
    start_over: Arc<Notify>,
}

impl Entrance {
    pub fn hand(&self, outgoing: Outgoing) {
        if let Err(mpsc::error::TrySendError::Full(refused)) = self.queue.try_send(outgoing)
            && !refused.may_be_missed()
        {
            self.start_over();
        }
    }

    /// Has the desk shown everything anew.
    pub fn start_over(&self) {
        self.start_over.notify_one();
    }
}

pub struct Line {
    pub app: SharedApp,
    pub agent: UserId,
    admitted: Admitted,
    pub connection: ConnectionId,
    pub socket: SocketRef,
    floor: Arc<Floor>,
    start_over: Arc<Notify>,
    /// The socket is closed.
    closed: CancellationToken,
    /// The desk sends faster than it can be served.
    flooded: CancellationToken,
}

/// What waits for a line: to be told, and to be carried out.
pub struct Mail {
    outgoing: mpsc::Receiver<Outgoing>,
    incoming: mpsc::Receiver<Request>,
}

impl Line {
    /// Takes over a socket that has just been let in.
    pub fn open(floor: &Arc<Floor>, socket: SocketRef) -> Option<(Self, Mail)> {
        let app = floor.app()?;
        let admitted = socket.extensions.get::<Admitted>()?;
        let connection = ConnectionId::from(new_id(app.now()));
        let Ear { heard: incoming, closed, flooded } = Ear::take(&socket)?;
        let (queue, outgoing) = mpsc::channel(OUTGOING_MAX);
        let start_over = Arc::new(Notify::new());
        let entrance = Entrance { queue, start_over: Arc::clone(&start_over) };
        floor.entrances().insert(connection, entrance);
        let floor = Arc::clone(floor);
        let line = Self {
            app,
            agent: admitted.agent,
            admitted,
            connection,
            socket,
            floor,
            start_over,
            closed,
            flooded,
        };
        Some((line, Mail { outgoing, incoming }))
    }

    /// As the audit trail names whoever sits there.
    pub fn origin(&self) -> Origin {
        Origin::user(self.agent, self.admitted.address)
    }

    pub async fn serve(self, mail: Mail) {
        info!(agent = %self.agent, transport = ?self.socket.transport_type(), "a desk connected");
        tokio::select! {
            () = self.closed.cancelled() => {}
            () = self.work(mail) => {}
        }
        self.floor.entrances().remove(&self.connection);
        let (agent, connection) = (self.agent, self.connection);
        self.app.engine.report(Command::DisconnectDesk { agent, connection }).await;
        info!(%agent, "a desk disconnected");
        self.hang_up().await;
    }

    /// Closes a socket that is still open, once its client has had the time to hear why. A packet from a client
    /// whose socket is gone closes the whole connection, and what was on its way with it.
    async fn hang_up(&self) {
        tokio::select! {
            () = self.closed.cancelled() => return,
            () = tokio::time::sleep(LAST_WORDS_WAIT) => {}
        }
        if let Err(err) = self.socket.clone().disconnect() {
            debug!(error = %err, "a desk's socket closed by itself");
        }
    }

    async fn work(&self, Mail { mut outgoing, incoming }: Mail) {
        let mut speech = Speech::new(self);
        if self.arrive(&mut speech, &mut outgoing).await.is_break() {
            return;
        }
        tokio::select! {
            () = self.speak(speech, outgoing) => {}
            () = self.listen(incoming) => {}
            () = self.flooded.cancelled() => {
                warn!(agent = %self.agent, "a desk sends too much and was cut off");
                self.refuse("connection", Why::DeskFlooded).await;
            }
        }
    }

    /// Signs the agent in and tells his desk how things stand, when it is its turn.
    async fn arrive(
        &self,
        speech: &mut Speech<'_>,
        outgoing: &mut mpsc::Receiver<Outgoing>,
    ) -> ControlFlow<()> {
        let turn = self.floor.arrivals.acquire().await;
        let mut arriving = pin!(async {
            if !self.sign_in().await {
                return ControlFlow::Break(());
            }
            // The engine hands over what a command causes before it answers it.
            while let Ok(said) = outgoing.try_recv() {
                speech.say(said).await?;
            }
            ControlFlow::Continue(())
        });
        match timeout(TURN_MAX, &mut arriving).await {
            Ok(arrived) => arrived,
            Err(_) => {
                drop(turn);
                arriving.await
            }
        }
    }

    /// Tells the engine that the agent's desk is here, until it hears it. False when the agent may not work.
    async fn sign_in(&self) -> bool {
        let (agent, connection) = (self.agent, self.connection);
        loop {
            match self.app.engine.submit(Command::ConnectDesk { agent, connection }).await {
                Ok(Ok(_)) => return true,
                Ok(Err(refusal)) => {
                    self.refuse("connection", refusal).await;
                    return false;
                }
                Err(unavailable) => tokio::time::sleep(unavailable.retry_after()).await,
            }
        }
    }

    /// Tells the desk what there is to tell, until the agent is to leave.
    async fn speak(&self, mut speech: Speech<'_>, mut outgoing: mpsc::Receiver<Outgoing>) {
        loop {
            tokio::select! {
                biased;
                () = self.start_over.notified() => {
                    while outgoing.try_recv().is_ok() {}
                    metrics::counter!("tieline_desk_resyncs_total").increment(1);
                    speech.clear().await;
                    if self.arrive(&mut speech, &mut outgoing).await.is_break() {
                        return;
                    }
                }
                said = outgoing.recv() => {
                    let Some(said) = said else { return };
                    if self.was_ended().await || speech.say(said).await.is_break() {
                        return;
                    }
                }
            }
        }
    }

    async fn listen(&self, mut incoming: mpsc::Receiver<Request>) {
        let mut pace = Pace::default();
        while let Some(request) = incoming.recv().await {
            pace.take().await;
            if self.was_ended().await {
                return;
            }
            if let Err(refused) = incoming::carry_out(self, &request).await {
                metrics::counter!("tieline_desk_refusals_total").increment(1);
                self.emit("errors", &request.refused(refused)).await;
            }
        }
    }

    /// Whether the session was ended since the desk connected; the desk is told.
    async fn was_ended(&self) -> bool {
        let ended = !self.admitted.holds(&self.app.registry());
        if ended {
            self.refuse("connection", Why::SessionEnded).await;
            self.end_session(&Why::SessionEnded).await;
        }
        ended
    }

    /// Tells the desk that its session is over, and why; the socket that closes then says neither.
    pub async fn end_session(&self, why: &Why) {
        let removed = SocketSessionRemoved {
            agent_id: self.agent.to_string(),
            reason: Some(why.to_string()),
            why: Some(why.into()),
            ..SocketSessionRemoved::default()
        };
        self.emit("socketSessionRemoved", &removed).await;
    }

    pub async fn refuse(&self, task: &str, why: impl Into<Refused>) {
        let Refused { words: msg, why } = why.into();
        let error = TaskError { task: task.to_owned(), msg, why, ..TaskError::default() };
        self.emit("errors", &error).await;
    }

    /// Sends one packet, waiting for room in the client's buffer.
    pub async fn emit<T: Serialize + ?Sized>(&self, event: &str, payload: &T) {
        self.when_there_is_room(event, || self.socket.emit(event, payload)).await;
    }

    /// Does what `send` does once there is room. `None` when the socket is closed or the payload cannot be written.
    pub async fn when_there_is_room<T>(
        &self,
        event: &str,
        send: impl Fn() -> Result<T, SendError>,
    ) -> Option<T> {
        loop {
            match send() {
                Ok(sent) => return Some(sent),
                Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                    tokio::time::sleep(FULL_BUFFER_WAIT).await;
                }
                Err(SendError::Socket(_)) => return None,
                Err(SendError::Serialize(err)) => {
                    error!(event, error = %err, "something for a desk cannot be written");
                    return None;
                }
            }
        }
    }
}
