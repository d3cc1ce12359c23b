//! One chat, kept by one task: what its tabs ask and what the hub delivers is dealt with one after the other, so every
//! tab sees the same order.
//!
//! A room is there as long as a tab is connected or a session runs. When the last tab of a session's browser has been
//! gone for as long as the widget allows, the session is reported lost.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest;
use serde_json::{Value, json};
use socketioxide::extract::AckSender;
use tieline_cim::widget::MessageAck;
use tieline_cim::{Body, Message, NotificationType, Told, Why};
use tieline_connectors::contract::{Accepted, Failure};
use tieline_connectors::web::chat::{Browser, News, Session, notice};
use tieline_connectors::web::{Chat, Identity, Request, TabId, inbound, outbound};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tracing::warn;

use super::tab::Voice;
use super::{Shared, fresh_id};

/// Things waiting for one room. Tabs wait for their turn; a delivery that finds it full makes the room read up.
const MAIL_MAX: usize = 128;
/// How long to wait with a tab that finds the room full.
const FULL_WAIT: Duration = Duration::from_millis(50);
/// How long to wait before a lost session is reported again, or before it is seen to have ended.
const LOST_AGAIN: Duration = Duration::from_secs(15);

/// What a room deals with.
pub enum Mail {
    Arrives { tab: TabId, browser: Browser, voice: Voice },
    Leaves(TabId),
    Asks { tab: TabId, data: Value },
    AsksForVoice(TabId),
    Says { tab: TabId, data: Value, ack: AckSender },
    Ends(TabId),
    Resumes { tab: TabId, ack: AckSender },
    Joins { tab: TabId, ack: AckSender },
    Delivered(Arc<Message>),
}

/// Where mail for a room is left.
#[derive(Clone)]
pub struct Entrance {
    mail: mpsc::Sender<Mail>,
    behind: Arc<Notify>,
}

impl Entrance {
    /// Leaves something of a tab that has arrived; its room is there until it leaves.
    pub async fn put(&self, mail: Mail) {
        let _ = self.mail.send(mail).await;
    }

    /// Leaves a delivery. It never waits: one that finds no place is read up from the hub.
    fn deliver(&self, message: Arc<Message>) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.mail.try_send(Mail::Delivered(message)) {
            self.behind.notify_one();
        }
    }
}

impl Shared {
    /// Brings a tab into its room, which is opened when there is none.
    pub async fn room(self: &Arc<Self>, identity: &Identity, arrives: Mail) -> Entrance {
        let mut arrives = arrives;
        let chat = self.chat_of(identity);
        loop {
            {
                let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
                let entrance = rooms
                    .entry(chat.clone())
                    .or_insert_with(|| Room::open(self, &chat, Chat::default()))
                    .clone();
                match entrance.mail.try_send(arrives) {
                    Ok(()) => return entrance,
                    Err(mpsc::error::TrySendError::Full(back) | mpsc::error::TrySendError::Closed(back)) => {
                        arrives = back;
                    }
                }
            }
            tokio::time::sleep(FULL_WAIT).await;
        }
    }

    /// Hands a message of the hub's to the room it is for. Without a room nobody is listening, unless a session
    /// begins.
    pub fn deliver(self: &Arc<Self>, message: Message) {
        let identity = self.chat_of(&Identity::of(&message.header.channel_data));
        let begins = matches!(notice(&message), Some(NotificationType::ChannelSessionStarted));
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if begins && !rooms.contains_key(&identity) {
            rooms.insert(identity.clone(), Room::open(self, &identity, Chat::default()));
        }
        if let Some(entrance) = rooms.get(&identity) {
            entrance.deliver(Arc::new(message));
        }
    }

    /// Opens the room of a session that was open before this process began.
    pub fn adopt(self: &Arc<Self>, identity: &Identity, session: Session) {
        let identity = self.chat_of(identity);
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(identity.clone()).or_insert_with(|| Room::open(self, &identity, Chat::adopted(session)));
    }
}

struct Room {
    shared: Arc<Shared>,
    /// As the hub compares it; each tab writes it in its own way.
    identity: Identity,
    chat: Chat,
    voices: HashMap<TabId, Voice>,
    mail: mpsc::Receiver<Mail>,
    behind: Arc<Notify>,
    /// When the session is reported lost.
    lost_at: Option<Instant>,
}

impl Room {
    fn open(shared: &Arc<Shared>, identity: &Identity, chat: Chat) -> Entrance {
        let (sender, mail) = mpsc::channel(MAIL_MAX);
        let behind = Arc::new(Notify::new());
        let entrance = Entrance { mail: sender, behind: Arc::clone(&behind) };
        let room = Self {
            shared: Arc::clone(shared),
            identity: identity.clone(),
            chat,
            voices: HashMap::new(),
            mail,
            behind,
            lost_at: None,
        };
        tokio::spawn(room.keep());
        entrance
    }

    async fn keep(mut self) {
        loop {
            self.watch_the_door();
            if self.chat.is_over() && self.close() {
                return;
            }
            let lost_at = self.lost_at;
            let lost = async move {
                match lost_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let behind = Arc::clone(&self.behind);
            tokio::select! {
                biased;
                () = behind.notified() => self.read_up().await,
                mail = self.mail.recv() => match mail {
                    Some(mail) => self.deal_with(mail).await,
                    None => return,
                },
                () = lost => self.report_lost().await,
            }
        }
    }

    /// Leaves the list of rooms, unless somebody has just come.
    fn close(&mut self) -> bool {
        let mut rooms = self.shared.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.mail.is_empty() {
            return false;
        }
        rooms.remove(&self.identity);
        true
    }

    /// Starts or stops the time a customer has to come back.
    fn watch_the_door(&mut self) {
        if !self.chat.is_deserted() {
            self.lost_at = None;
        } else if self.lost_at.is_none() {
            let (window, _) = self.shared.widget_of(&self.identity.service);
            self.lost_at = Some(Instant::now() + window);
        }
    }

    async fn deal_with(&mut self, mail: Mail) {
        match mail {
            Mail::Arrives { tab, browser, voice } => {
                self.chat.arrives(tab, browser);
                self.voices.insert(tab, voice);
                self.note_presence();
            }
            Mail::Leaves(tab) => {
                self.chat.leaves(tab);
                self.voices.remove(&tab);
            }
            Mail::Asks { tab, data } => self.asked(tab, &data).await,
            Mail::AsksForVoice(tab) => {
                self.refuse(tab, "VOICE_REQUESTED", 501, Why::NoVoice.into()).await;
            }
            Mail::Says { tab, data, ack } => {
                let answer = self.said(tab, &data).await;
                let _ = ack.send(&answer);
            }
            Mail::Ends(tab) => self.ended(tab).await,
            Mail::Resumes { tab, ack } => {
                let answer = match self.resumed(tab).await {
                    Ok(data) => json!({"isChatAvailable": true, "data": data, "code": 200}),
                    Err(code) => json!({"isChatAvailable": false, "data": [], "code": code}),
                };
                let _ = ack.send(&answer);
            }
            Mail::Joins { tab, ack } => {
                let code = if self.chat.is_let_in(tab) { 200 } else { 404 };
                let _ = ack.send(&json!({"code": code}));
            }
            Mail::Delivered(message) => self.hear(&message).await,
        }
    }

    /// `CHAT_REQUESTED`
    async fn asked(&mut self, tab: TabId, data: &Value) {
        let request = self.chat.asks(tab);
        match request {
            Request::Join => return self.show_again(tab).await,
            Request::Refuse => {
                return self.refuse(tab, "CHAT_REQUESTED", 400, Why::ChatElsewhere.into()).await;
            }
            Request::Begin | Request::Replace => {}
        }
        let Some(browser) = self.chat.browser(tab).map(|browser| browser.0.clone()) else { return };
        let message = match inbound::start(self.named_by(tab), data, &browser) {
            Ok(message) => message,
            Err(invalid) => return self.refuse(tab, "CHAT_REQUESTED", 400, invalid.into()).await,
        };
        if request == Request::Replace {
            if let Err(failure) = self.post(&inbound::lost(&self.identity)).await {
                return self.cannot(tab, &failure).await;
            }
            self.over();
        }
        match self.post(&message).await {
            Ok(accepted) => self.begun(tab, &accepted),
            Err(failure) => self.cannot(tab, &failure).await,
        }
    }

    /// What a tab has sent was accepted while nothing ran. Not everything begins a session: a sign of typing, for one.
    fn begun(&mut self, tab: TabId, accepted: &Accepted) {
        let (session, conversation) = (accepted.channel_session_id.clone(), accepted.conversation_id.clone());
        if let Some((session, conversation)) = session.zip(conversation) {
            self.chat.begins(tab, session, conversation);
            self.note_presence();
        }
    }

    /// Both ends as a tab's page names them, in everything it sends.
    fn named_by(&self, tab: TabId) -> &Identity {
        self.voices.get(&tab).map_or(&self.identity, Voice::identity)
    }

    async fn cannot(&self, tab: TabId, failure: &Failure) {
        let (code, why) = told(failure);
        self.refuse(tab, "CHAT_REQUESTED", code, why).await;
    }

    /// A page that asks again for a chat that runs: it is told so, and given what it has not been given yet.
    async fn show_again(&mut self, tab: TabId) {
        let Some(messages) = self.transcript().await else { return };
        let Some(voice) = self.voices.get(&tab).cloned() else { return };
        for message in messages {
            if let Some(NotificationType::ChannelSessionStarted) = notice(&message) {
                voice.tell("CHANNEL_SESSION_STARTED", &self.shown(&message, &voice)).await;
            } else if self.chat.gives(tab, message.id.as_deref().unwrap_or_default()) {
                voice.tell("MESSAGE_RECEIVED", &self.shown(&message, &voice)).await;
            }
        }
    }

    /// `MESSAGE_RECEIVED`
    async fn said(&mut self, tab: TabId, data: &Value) -> MessageAck {
        let mut message = match inbound::said(self.named_by(tab), data) {
            Ok(message) => message,
            Err(invalid) => return refusal(400, invalid.into()),
        };
        let begins = self.chat.session().is_none();
        if !begins && !self.chat.is_let_in(tab) {
            return refusal(403, Why::ChatElsewhere.into());
        }
        if let (true, Some(browser)) = (begins, self.chat.browser(tab)) {
            inbound::begun_by(&mut message, &browser.0);
        }
        let repeatable = message.id.as_ref().map(|id| self.request_key(id));
        let id = message.id.get_or_insert_with(fresh_id).clone();
        let accepted = match self.post_under(&message, &repeatable.unwrap_or_else(fresh_id)).await {
            Ok(accepted) => accepted,
            Err(failure) => {
                let (code, why) = told(&failure);
                return refusal(code, why);
            }
        };
        if begins {
            self.begun(tab, &accepted);
        }
        if !matches!(message.body, Body::Delivery(_)) && !is_passing(&message) {
            let now_ms = self.shared.app().map_or(0, |app| app.now().millis());
            let echo = inbound::echo(&message, &accepted, now_ms);
            self.show(&echo).await;
        }
        MessageAck { code: 200, message: "OK".to_owned(), id: Some(id), ..MessageAck::default() }
    }

    /// `CHAT_ENDED`
    async fn ended(&mut self, tab: TabId) {
        if self.chat.session().is_some() && self.chat.is_let_in(tab) {
            // The hub's notice closes the chat in every tab.
            match self.post(&inbound::end(&self.identity)).await {
                Ok(_) => return,
                Err(failure) => warn!(error = failure.kind(), "the end of a chat could not be posted"),
            }
        }
        if let Some(voice) = self.voices.get(&tab) {
            voice.tell("CHAT_ENDED", &json!({})).await;
        }
    }

    /// `CHAT_RESUMED`: what was said, for the browser whose chat it is; else a code that says why not.
    async fn resumed(&mut self, tab: TabId) -> Result<Vec<Value>, u16> {
        const NO_CHAT: u16 = 404;
        const NOT_NOW: u16 = 408;
        let Some(voice) = self.voices.get(&tab).filter(|_| self.chat.is_let_in(tab)).cloned() else {
            return Err(NO_CHAT);
        };
        let Some(messages) = self.transcript().await else {
            return Err(if self.chat.session().is_some() { NOT_NOW } else { NO_CHAT });
        };
        let announces =
            |message: &&Message| notice(message) != Some(&NotificationType::ChannelSessionStarted);
        let mut shown = Vec::with_capacity(messages.len());
        for message in messages.iter().filter(announces) {
            self.chat.gives(tab, message.id.as_deref().unwrap_or_default());
            shown.push(self.shown(message, &voice));
        }
        Ok(shown)
    }

    async fn hear(&mut self, message: &Message) {
        match self.chat.hears(message) {
            News::Stale => {}
            News::Started => {
                for tab in self.chat.followers().collect::<Vec<_>>() {
                    if let Some(voice) = self.voices.get(&tab) {
                        voice.tell("CHANNEL_SESSION_STARTED", &self.shown(message, voice)).await;
                    }
                }
                self.note_presence();
            }
            News::Said => self.show(message).await,
            News::Ended(reason) => self.end_for_all(&reason).await,
        }
    }

    async fn end_for_all(&mut self, reason: &str) {
        let event = if reason == "INACTIVITY" { "CHANNEL_SESSION_EXPIRED" } else { "CHANNEL_SESSION_ENDED" };
        let reason = json!({"reason": reason});
        for tab in self.chat.followers().collect::<Vec<_>>() {
            if let Some(voice) = self.voices.get(&tab) {
                voice.tell(event, &reason).await;
                // Pages of the first generation listen to this one alone.
                voice.tell("CHAT_ENDED", &reason).await;
            }
        }
        self.over();
    }

    fn over(&mut self) {
        self.chat.ends();
        self.note_presence();
    }

    /// Shows a message to every tab that follows.
    async fn show(&mut self, message: &Message) {
        let id = message.id.clone().unwrap_or_default();
        for tab in self.chat.followers().collect::<Vec<_>>() {
            if (is_passing(message) || self.chat.gives(tab, &id))
                && let Some(voice) = self.voices.get(&tab)
            {
                voice.tell("MESSAGE_RECEIVED", &self.shown(message, voice)).await;
            }
        }
    }

    /// Deliveries found no place: what the tabs missed is read from the hub.
    async fn read_up(&mut self) {
        let Some(messages) = self.transcript().await else { return };
        for message in messages {
            if notice(&message) != Some(&NotificationType::ChannelSessionStarted) {
                self.show(&message).await;
            }
        }
    }

    /// What was said in the session that runs. `None` when there is none, or the hub is out of reach for now.
    async fn transcript(&mut self) -> Option<Vec<Message>> {
        let session = self.chat.session()?.id.clone();
        let hub = self.shared.hub()?;
        match hub.transcript(&self.shared.connector.to_string(), &session).await {
            Ok(transcript) => Some(transcript.messages),
            Err(Failure::Refused { status: 404, .. }) => {
                // It has ended, and the notice is on its way or was read up.
                self.end_for_all("").await;
                None
            }
            Err(failure) => {
                warn!(error = failure.kind(), "what was said in a chat cannot be read");
                None
            }
        }
    }

    async fn report_lost(&mut self) {
        if let Err(failure) = self.post(&inbound::lost(&self.identity)).await {
            warn!(error = failure.kind(), "a lost customer could not be reported; trying again");
        }
        self.lost_at = Some(Instant::now() + LOST_AGAIN);
    }

    async fn post(&self, message: &Message) -> Result<Accepted, Failure> {
        self.post_under(message, &fresh_id()).await
    }

    /// Pages choose the ids of their messages: one repeats its own, and says nothing about those of others.
    fn request_key(&self, id: &str) -> String {
        let mut hash = digest::Context::new(&digest::SHA256);
        for part in [&self.identity.service, &self.identity.customer, id] {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex::encode(hash.finish())
    }

    async fn post_under(&self, message: &Message, key: &str) -> Result<Accepted, Failure> {
        match self.shared.hub() {
            Some(hub) => hub.send(message, key).await,
            None => Err(Failure::Busy { status: 503, retry_after: None, attempts: 0 }),
        }
    }

    fn shown(&self, message: &Message, to: &Voice) -> Value {
        let legacy = || self.shared.widget_of(&self.identity.service).1;
        outbound::shown(message, !to.shows_plain_texts() && legacy())
    }

    async fn refuse(&self, tab: TabId, task: &str, code: i64, why: Told) {
        if let Some(voice) = self.voices.get(&tab) {
            voice.refuse(task, code, why).await;
        }
    }

    fn note_presence(&self) {
        let conversation = self.chat.session().map(|session| session.conversation.clone());
        for (tab, voice) in &self.voices {
            voice.talks_in(conversation.clone().filter(|_| self.chat.is_let_in(*tab)));
        }
    }
}

/// Somebody is typing: told again each time, and never part of what was said.
fn is_passing(message: &Message) -> bool {
    matches!(notice(message), Some(NotificationType::TypingStarted | NotificationType::TypingStopped))
}

fn refusal(code: i64, told: Told) -> MessageAck {
    let message = match code {
        400 => "BAD_REQUEST",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        408 => "REQUEST_TIMEOUT",
        _ => "INTERNAL_SERVER_ERROR",
    };
    MessageAck {
        code,
        message: message.to_owned(),
        description: Some(told.words),
        why: told.why,
        ..MessageAck::default()
    }
}

/// A failure in the words of pages: 400 is the page's, 408 passes, 500 is ours.
fn told(failure: &Failure) -> (i64, Told) {
    match failure {
        Failure::Refused { status: 401 | 403, .. } => (500, Why::WebShutOut.into()),
        Failure::Refused { status, reason, why } => {
            let code = if *status == 404 { 404 } else { 400 };
            (code, Told { words: reason.clone(), why: why.clone() })
        }
        Failure::Busy { .. } | Failure::Unreachable { .. } => (408, Why::HubBusy.into()),
        Failure::Unreadable { .. } | Failure::Unsendable { .. } => (500, Why::ChatFailed.into()),
    }
}
