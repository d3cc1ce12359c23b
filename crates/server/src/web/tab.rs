//! One connected socket of a page: who it may be, at what pace it may speak, and how it is told things.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use axum::http::{HeaderMap, header};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Serialize;
use serde_json::Value;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::{FromMessageParts, Value as Packet};
use socketioxide::socket::Socket;
use socketioxide::{ParserError, SendError, SocketError};
use tieline_cim::widget::WidgetError;
use tieline_cim::{Told, Why};
use tieline_connectors::contract::Failure;
use tieline_connectors::web::chat::Browser;
use tieline_connectors::web::{Identity, TabId};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::Shared;
use super::door::Knocks;
use super::room::{Entrance, Mail};
use crate::ear::Ear;
use crate::problem::{ClientAddress, counted};

/// Events of one socket per second, and how many at once after a pause. Faster ones wait.
const EVENTS_PER_SECOND: std::num::NonZeroU32 = std::num::NonZeroU32::new(5).expect("not zero");
const EVENTS_BURST: std::num::NonZeroU32 = std::num::NonZeroU32::new(20).expect("not zero");
/// Events of one socket waiting for their turn; more, and it is cut off.
const EVENTS_WAITING_MAX: usize = 50;
/// How long to wait for room in a page's buffer, and how long at most before it is cut off.
const FULL_BUFFER_WAIT: Duration = Duration::from_millis(20);
const FULL_BUFFER_PATIENCE: Duration = Duration::from_secs(5);
/// How long a page is given to hear why its socket is being closed.
const LAST_WORDS_WAIT: Duration = Duration::from_millis(300);
/// What a widget says in `auth.texts` that shows texts as text.
const PLAIN_TEXTS: &str = "plain";
/// Hexadecimal digits of what tells browsers apart.
const BROWSER_DIGITS: usize = 32;

/// Who is behind a socket that was let in.
#[derive(Clone)]
struct Admitted {
    identity: Identity,
    browser: Browser,
    address: IpAddr,
    /// Its widget shows texts as text, whatever the settings of the channel's widget say.
    plain: bool,
}

/// Why a socket is not let in, in words for whoever set the page up. Pages do not try again.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Auth(tieline_cim::Invalid),
    #[error("there is no web channel with this serviceIdentifier")]
    NoChannel,
    #[error("the listener does not record peer addresses")]
    NoAddress,
}

/// Lets a socket in that names a channel of the web's connector, and begins to listen.
pub async fn admit(shared: &Arc<Shared>, socket: SocketRef, auth: TryData<Value>) -> Result<(), Refused> {
    shared.adopted.cancelled().await;
    let auth = auth.0.unwrap_or_default();
    let identity = Identity::of_auth(&auth).map_err(Refused::Auth)?;
    let plain = auth.get("texts").and_then(Value::as_str) == Some(PLAIN_TEXTS);
    let parts = socket.req_parts();
    let ClientAddress(address) =
        parts.extensions.get::<ClientAddress>().copied().ok_or(Refused::NoAddress)?;
    // A page knocks once over each line; who comes and goes over one waits like whoever asks too often.
    if parts.extensions.get::<Knocks>().is_some_and(Knocks::again) {
        shared.requests.until_key_ready(&counted(address)).await;
    }
    // Only what is final is refused: an answer that may change tomorrow is given at the first request.
    if let Some(hub) = shared.hub()
        && let Err(Failure::Refused { status: 404, .. }) = hub.configuration(&identity.service).await
    {
        info!("a page asked for a channel that is not there");
        return Err(Refused::NoChannel);
    }
    let browser = shared.browser(address, &parts.headers);
    socket.extensions.insert(Admitted { identity, browser, address, plain });
    Ear::<Asked>::put_up(&socket, EVENTS_WAITING_MAX);
    Ok(())
}

impl Shared {
    /// What tells one browser from another: where it calls from, from which site, and what it says of itself.
    fn browser(&self, address: IpAddr, headers: &HeaderMap) -> Browser {
        let mut context = hmac::Context::with_key(&self.browsers);
        context.update(address.to_string().as_bytes());
        for name in [header::ORIGIN, header::USER_AGENT] {
            context.update(b"\0");
            context.update(headers.get(&name).map_or(&[][..], |value| value.as_bytes()));
        }
        let mut digits = hex::encode(context.sign());
        digits.truncate(BROWSER_DIGITS);
        Browser(digits)
    }
}

/// Something a page sent.
pub struct Asked {
    event: String,
    data: Result<Value, String>,
    ack: AckSender,
}

impl FromMessageParts<LocalAdapter> for Asked {
    type Error = ParserError;

    fn from_message_parts(
        socket: &Arc<Socket<LocalAdapter>>,
        packet: &mut Packet,
        ack: &Option<i64>,
    ) -> Result<Self, ParserError> {
        let Event(event) = Event::from_message_parts(socket, packet, ack)?;
        let Ok(TryData(data)) = TryData::from_message_parts(socket, packet, ack);
        let Ok(ack) = AckSender::from_message_parts(socket, packet, ack);
        Ok(Self { event, data: data.map_err(|error| error.to_string()), ack })
    }
}

pub struct Tab {
    shared: Arc<Shared>,
    id: TabId,
    admitted: Admitted,
    socket: SocketRef,
    closed: CancellationToken,
    flooded: CancellationToken,
}

impl Tab {
    /// Takes over a socket that has just been let in.
    pub fn open(shared: &Arc<Shared>, socket: SocketRef) -> Option<(Self, mpsc::Receiver<Asked>)> {
        let admitted = socket.extensions.get::<Admitted>()?;
        let Ear { heard: asked, closed, flooded } = Ear::take(&socket)?;
        let id = shared.next_tab();
        shared.present().enter(admitted.address, id, admitted.identity.clone());
        metrics::gauge!("tieline_web_sockets").increment(1);
        Some((Self { shared: Arc::clone(shared), id, admitted, socket, closed, flooded }, asked))
    }

    pub async fn serve(self, asked: mpsc::Receiver<Asked>) {
        let voice = Voice {
            shared: Arc::clone(&self.shared),
            socket: self.socket.clone(),
            tab: self.id,
            identity: self.admitted.identity.clone(),
            address: self.admitted.address,
            plain: self.admitted.plain,
        };
        let arrives =
            Mail::Arrives { tab: self.id, browser: self.admitted.browser.clone(), voice: voice.clone() };
        let room = self.shared.room(&self.admitted.identity, arrives).await;
        let hang_up = tokio::select! {
            () = self.closed.cancelled() => false,
            () = self.listen(&room, asked) => true,
            () = self.flooded.cancelled() => {
                metrics::counter!("tieline_web_floods_total").increment(1);
                voice.refuse("MESSAGE_RECEIVED", 429, Why::ChatFlooded.into()).await;
                true
            }
        };
        self.shared.present().leave(self.admitted.address, self.id);
        metrics::gauge!("tieline_web_sockets").decrement(1);
        room.put(Mail::Leaves(self.id)).await;
        if hang_up {
            tokio::select! {
                () = self.closed.cancelled() => return,
                () = tokio::time::sleep(LAST_WORDS_WAIT) => {}
            }
            if let Err(error) = self.socket.disconnect() {
                debug!(%error, "a page's socket closed by itself");
            }
        }
    }

    async fn listen(&self, room: &Entrance, mut asked: mpsc::Receiver<Asked>) {
        let pace: DefaultDirectRateLimiter =
            RateLimiter::direct(Quota::per_second(EVENTS_PER_SECOND).allow_burst(EVENTS_BURST));
        while let Some(Asked { event, data, ack }) = asked.recv().await {
            pace.until_ready().await;
            let tab = self.id;
            let data = data.unwrap_or_default();
            let mail = match event.as_str() {
                "CHAT_REQUESTED" => Mail::Asks { tab, data },
                "VOICE_REQUESTED" => Mail::AsksForVoice(tab),
                "MESSAGE_RECEIVED" => Mail::Says { tab, data, ack },
                "CHAT_ENDED" => Mail::Ends(tab),
                "CHAT_RESUMED" => Mail::Resumes { tab, ack },
                "joinConversation" => Mail::Joins { tab, ack },
                // Newer pages may know events this hub does not.
                _ => continue,
            };
            room.put(mail).await;
        }
    }
}

/// The way to one page.
#[derive(Clone)]
pub struct Voice {
    shared: Arc<Shared>,
    socket: SocketRef,
    tab: TabId,
    identity: Identity,
    address: IpAddr,
    plain: bool,
}

impl Voice {
    /// Sends one event, waiting for room in the page's buffer. A page that makes none for long is cut off: it comes
    /// back and is shown what it missed.
    pub async fn tell<T: Serialize + ?Sized>(&self, event: &str, data: &T) {
        let until = Instant::now() + FULL_BUFFER_PATIENCE;
        while let Err(error) = self.socket.emit(event, data) {
            match error {
                SendError::Socket(SocketError::InternalChannelFull) if Instant::now() < until => {
                    tokio::time::sleep(FULL_BUFFER_WAIT).await;
                }
                SendError::Socket(SocketError::InternalChannelFull) => {
                    debug!("a page does not take what it is sent and was cut off");
                    let _ = self.socket.clone().disconnect();
                    return;
                }
                SendError::Socket(_) => return,
                SendError::Serialize(error) => {
                    tracing::error!(event, %error, "something for a page cannot be written");
                    return;
                }
            }
        }
    }

    pub async fn refuse(&self, task: &str, code: i64, told: Told) {
        let message = match code {
            400 => "BAD_REQUEST",
            408 => "REQUEST_TIMEOUT",
            429 => "TOO_MANY_REQUESTS",
            501 => "NOT_IMPLEMENTED",
            _ => "INTERNAL_SERVER_ERROR",
        };
        let error = WidgetError {
            task: task.to_owned(),
            code,
            message: Some(message.to_owned()),
            description: Some(told.words),
            why: told.why,
            ..WidgetError::default()
        };
        self.tell("ERRORS", &error).await;
    }

    /// Both ends as the page names them.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether the page needs no help with texts.
    pub const fn shows_plain_texts(&self) -> bool {
        self.plain
    }

    /// Notes which conversation the page takes part in.
    pub fn talks_in(&self, conversation: Option<String>) {
        self.shared.present().talks(self.address, self.tab, conversation);
    }
}
