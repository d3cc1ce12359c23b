//! One simulated customer at work: plays steps, listens for replies, keeps count.
//!
//! Everything a player counts is in the [`Counts`] it shares with the others; a lock on them is never held while
//! waiting.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Number;
use tieline_cim::content::{Attachment, Location, LocationBody, Media};
use tieline_cim::{
    Body, DeliveryStatus, Intent, Members, Message, NotificationType, Sender, SenderType, Timestamp,
};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::clock;
use crate::contract::{Accepted, Failure, Hub};
use crate::customer::Customer;
use crate::latency::Latencies;
use crate::random::Random;
use crate::report::{Posts, Replies};
use crate::script::{Script, Step};
use crate::simulate::Pace;

/// Replies a customer has not looked at yet; the oldest are forgotten.
pub(crate) const UNHEARD_MAX: usize = 256;
/// Kinds of error told apart.
const ERROR_KINDS_MAX: usize = 50;
/// Messages of one generated conversation when there is a time to fill.
const TALK_MESSAGES: [u32; 5] = [3, 4, 5, 6, 8];
const FAILED_CONVERSATIONS_MAX: u32 = 3;
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
const SUCCESS_CODE: &str = "200";
const SENDER_ID: &str = "5d0a3c1e-6f0b-4e0e-9a44-7c1d2b9f5e10";
const SENDER_NAME: &str = "SIMULATED_CONNECTOR";

/// What all customers share.
pub(crate) struct Stage {
    pub hub: Hub,
    pub service_identifier: String,
    pub script: Option<Script>,
    pub talk: Talk,
    pub pacer: Pacer,
    /// Of accepted posts, how many are sent again; 0 to 1.
    pub duplicates: f64,
    pub expect_replies: bool,
    pub reply_timeout: Duration,
    /// In every message id, so that no two runs use the same.
    pub run: u64,
    pub phase: watch::Receiver<Phase>,
    pub counts: Mutex<Counts>,
}

/// How much a customer talks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Talk {
    /// One conversation.
    Once { messages: u32 },
    /// One conversation after the other, until the phase changes.
    OverAndOver,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Playing,
    /// Begin nothing new; what is expected is still waited for.
    Closing,
    /// Wait for nothing.
    Stopping,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub posts: Posts,
    pub replies: Replies,
    pub post_latencies: Latencies,
    pub reply_latencies: Latencies,
    pub errors: BTreeMap<String, u64>,
    /// Channel sessions that were posted to.
    pub sessions: HashSet<String>,
}

/// A reply by an agent or bot.
pub(crate) struct Heard {
    pub at: Instant,
    pub message_id: Option<String>,
    /// In lower case.
    pub text: String,
}

pub(crate) struct Player {
    stage: Arc<Stage>,
    customer: Customer,
    index: u32,
    random: Random,
    inbox: mpsc::Receiver<Heard>,
    posted: u64,
    spoke_at: Option<Instant>,
    /// Since when a reply is due.
    asked_at: Option<Instant>,
    chat_open: bool,
    unheard: VecDeque<String>,
    unread: VecDeque<String>,
    last_received: Option<String>,
}

/// Why the rest of a conversation is left out.
enum Abandoned {
    /// The hub did not take a message.
    Failed,
    /// What the script waits for did not come.
    Unanswered,
    Stopped,
}

impl Player {
    pub(crate) fn new(
        stage: Arc<Stage>,
        customer: Customer,
        index: u32,
        random: Random,
        inbox: mpsc::Receiver<Heard>,
    ) -> Self {
        Self {
            stage,
            customer,
            index,
            random,
            inbox,
            posted: 0,
            spoke_at: None,
            asked_at: None,
            chat_open: false,
            unheard: VecDeque::new(),
            unread: VecDeque::new(),
            last_received: None,
        }
    }

    pub(crate) async fn play(mut self) {
        let mut failed = 0;
        while self.phase() == Phase::Playing && failed < FAILED_CONVERSATIONS_MAX {
            let steps = self.plan();
            let outcome = self.converse(&steps).await;
            if matches!(self.stage.talk, Talk::Once { .. }) {
                break;
            }
            if matches!(outcome, Err(Abandoned::Failed)) {
                failed += 1;
                self.pause_until(Instant::now() + FAILURE_PAUSE).await;
            } else {
                failed = 0;
            }
        }
    }

    fn plan(&mut self) -> Vec<Step> {
        match (&self.stage.script, self.stage.talk) {
            (Some(script), _) => script.steps.clone(),
            (None, Talk::Once { messages }) => self.customer.small_talk(messages, &mut self.random),
            (None, Talk::OverAndOver) => {
                let messages = *self.random.pick(&TALK_MESSAGES);
                self.customer.small_talk(messages, &mut self.random)
            }
        }
    }

    async fn converse(&mut self, steps: &[Step]) -> Result<(), Abandoned> {
        let mut outcome = Ok(());
        for step in steps {
            outcome = self.perform(step).await;
            if outcome.is_err() {
                break;
            }
        }
        if self.chat_open && !matches!(outcome, Err(Abandoned::Failed)) {
            self.end().await?;
        }
        outcome
    }

    async fn perform(&mut self, step: &Step) -> Result<(), Abandoned> {
        if self.phase() != Phase::Playing {
            return Err(Abandoned::Stopped);
        }
        match step {
            Step::Start => {
                let mut message = self.message(Body::plain(""));
                message.header.intent = Some(Intent::StartChat);
                self.post(message).await
            }
            Step::Say { text } => self.say(Body::plain(self.customer.fill(text)), false).await,
            Step::Reply { text } => self.say(Body::plain(self.customer.fill(text)), true).await,
            Step::Image { url, caption } => self.say(image(url, caption.as_deref()), false).await,
            Step::Location { latitude, longitude } => self.say(location(*latitude, *longitude), false).await,
            Step::Typing => {
                let body = Body::notification(NotificationType::TypingStarted, Members::new());
                let message = self.message(body);
                self.post(message).await
            }
            Step::Read => self.read().await,
            Step::Await { containing } => self.hear_containing(containing).await,
            Step::Wait { pause } => {
                self.pause_until(Instant::now() + *pause).await;
                Ok(())
            }
            Step::End => self.end().await,
        }
    }

    /// Posts something an agent sees, when it is this customer's turn, and waits for the reply if one is expected.
    async fn say(&mut self, body: Body, quoting: bool) -> Result<(), Abandoned> {
        let turn = self.stage.pacer.turn(self.spoke_at, &mut self.random);
        self.pause_until(turn).await;
        if self.phase() != Phase::Playing {
            return Err(Abandoned::Stopped);
        }
        self.listen_to_arrived();
        let mut message = self.message(body);
        if let Some(quoted) = self.last_received.clone().filter(|_| quoting) {
            message.header.intent = Some(Intent::ReplyTo);
            message.header.original_message_id = Some(quoted);
        }
        let now = Instant::now();
        self.spoke_at = Some(now);
        self.asked_at.get_or_insert(now);
        self.stage.counts().posts.said += 1;
        self.post(message).await?;
        if self.stage.expect_replies { self.expect_reply().await } else { Ok(()) }
    }

    async fn expect_reply(&mut self) -> Result<(), Abandoned> {
        let deadline = Instant::now() + self.stage.reply_timeout;
        self.listen_to_arrived();
        while self.asked_at.is_some() {
            if !self.listen(deadline).await {
                return self.missed(|replies| &mut replies.unanswered);
            }
        }
        Ok(())
    }

    async fn hear_containing(&mut self, containing: &str) -> Result<(), Abandoned> {
        let deadline = Instant::now() + self.stage.reply_timeout;
        self.listen_to_arrived();
        loop {
            while let Some(text) = self.unheard.pop_front() {
                if text.contains(containing) {
                    return Ok(());
                }
            }
            if !self.listen(deadline).await {
                return self.missed(|replies| &mut replies.not_as_scripted);
            }
        }
    }

    fn missed(&mut self, count: impl FnOnce(&mut Replies) -> &mut u64) -> Result<(), Abandoned> {
        self.asked_at = None;
        if self.phase() == Phase::Stopping {
            return Err(Abandoned::Stopped);
        }
        *count(&mut self.stage.counts().replies) += 1;
        Err(Abandoned::Unanswered)
    }

    /// Reports all that was received since the last report as read.
    async fn read(&mut self) -> Result<(), Abandoned> {
        self.listen_to_arrived();
        for id in std::mem::take(&mut self.unread) {
            let mut message = self.message(Body::delivery(&*id, DeliveryStatus::Read, SUCCESS_CODE));
            message.header.provider_message_id = Some(id);
            self.post(message).await?;
        }
        Ok(())
    }

    async fn end(&mut self) -> Result<(), Abandoned> {
        let mut message = self.message(Body::plain(""));
        message.header.intent = Some(Intent::EndChat);
        self.post(message).await?;
        self.chat_open = false;
        self.asked_at = None;
        self.unread.clear();
        self.unheard.clear();
        self.last_received = None;
        Ok(())
    }

    fn message(&mut self, body: Body) -> Message {
        self.posted += 1;
        let mut message = Message::of(body);
        message.id = Some(format!("sim-{:016x}-{}-{}", self.stage.run, self.index, self.posted));
        message.header.sender = Sender::new(SenderType::Connector, SENDER_ID, SENDER_NAME);
        message.header.channel_data = self.customer.channel_data(&self.stage.service_identifier);
        message.header.timestamp = Some(Timestamp::from_ms(clock::now_ms()));
        message
    }

    async fn post(&mut self, message: Message) -> Result<(), Abandoned> {
        let key = message.id.clone().unwrap_or_default();
        self.stage.counts().posts.sent += 1;
        let accepted = self.stage.hub.send(&message, &key).await;
        self.stage.counts().posted(&accepted);
        let accepted = accepted.map_err(|failure| {
            tracing::debug!(customer = self.index, %failure, "the hub did not take a message");
            Abandoned::Failed
        })?;
        self.chat_open = true;
        if self.random.chance(self.stage.duplicates) {
            self.post_again(&message, &key, &accepted).await;
        }
        Ok(())
    }

    async fn post_again(&self, message: &Message, key: &str, first: &Accepted) {
        let second = self.stage.hub.send(message, key).await;
        let mut counts = self.stage.counts();
        counts.posts.repeated += 1;
        match second {
            Ok(second) if !alike(first, &second) => counts.posts.repeats_answered_differently += 1,
            Ok(_) => {}
            Err(failure) => counts.error(failure.kind()),
        }
    }

    fn listen_to_arrived(&mut self) {
        while let Ok(heard) = self.inbox.try_recv() {
            self.hear(heard);
        }
    }

    /// Waits for one reply; false if none came in time.
    async fn listen(&mut self, deadline: Instant) -> bool {
        let heard = tokio::select! {
            heard = self.inbox.recv() => heard,
            () = sleep_until(deadline) => None,
            () = self.stage.reached(Phase::Stopping) => None,
        };
        heard.map(|heard| self.hear(heard)).is_some()
    }

    fn hear(&mut self, heard: Heard) {
        if self.asked_at.is_some_and(|asked_at| asked_at <= heard.at)
            && let Some(asked_at) = self.asked_at.take()
        {
            self.stage.counts().reply_latencies.record(heard.at - asked_at);
        }
        if let Some(id) = heard.message_id {
            self.last_received = Some(id.clone());
            push_bounded(&mut self.unread, id);
        }
        push_bounded(&mut self.unheard, heard.text);
    }

    async fn pause_until(&self, end: Instant) {
        tokio::select! {
            () = sleep_until(end) => {}
            () = self.stage.reached(Phase::Closing) => {}
        }
    }

    fn phase(&self) -> Phase {
        *self.stage.phase.borrow()
    }
}

impl Stage {
    pub(crate) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn reached(&self, phase: Phase) {
        let reached = |now: &Phase| *now == Phase::Stopping || *now == phase;
        // A simulation that is gone has stopped.
        self.phase.clone().wait_for(reached).await.ok();
    }
}

impl Counts {
    pub(crate) fn error(&mut self, kind: String) {
        if self.errors.len() < ERROR_KINDS_MAX || self.errors.contains_key(&kind) {
            *self.errors.entry(kind).or_default() += 1;
        }
    }

    fn posted(&mut self, outcome: &Result<Accepted, Failure>) {
        match outcome {
            Ok(accepted) => {
                self.posts.accepted += 1;
                self.posts.retries += u64::from(accepted.attempts) - 1;
                self.post_latencies.record(accepted.duration);
                self.sessions.extend(accepted.channel_session_id.clone());
            }
            Err(failure) => {
                *match failure {
                    Failure::Refused { .. } => &mut self.posts.refused,
                    _ => &mut self.posts.failed,
                } += 1;
                self.error(failure.kind());
            }
        }
    }
}

/// Decides when a customer may speak.
pub(crate) struct Pacer {
    pace: Pace,
    next_turn: Mutex<Instant>,
}

impl Pacer {
    pub(crate) fn new(pace: Pace) -> Self {
        Self { pace, next_turn: Mutex::new(Instant::now()) }
    }

    fn turn(&self, spoke_at: Option<Instant>, random: &mut Random) -> Instant {
        let now = Instant::now();
        match self.pace {
            Pace::Total { per_second } => {
                let mut next = self.next_turn.lock().unwrap_or_else(PoisonError::into_inner);
                let turn = (*next).max(now);
                *next = turn + Duration::from_secs_f64(1.0 / per_second);
                turn
            }
            // People are not clocks, and do not all arrive at once.
            Pace::Each { interval } => match spoke_at {
                Some(spoke_at) => spoke_at + interval.mul_f64(0.5 + random.unit()),
                None => now + interval.mul_f64(random.unit()),
            },
        }
    }
}

fn alike(first: &Accepted, second: &Accepted) -> bool {
    let customer = |accepted: &Accepted| accepted.customer.as_ref().map(|customer| customer.id.clone());
    customer(first) == customer(second)
        && first.conversation_id == second.conversation_id
        && first.channel_session_id == second.channel_session_id
}

fn push_bounded(items: &mut VecDeque<String>, item: String) {
    if items.len() == UNHEARD_MAX {
        items.pop_front();
    }
    items.push_back(item);
}

fn image(url: &str, caption: Option<&str>) -> Body {
    let name = url.rsplit('/').next().unwrap_or_default().to_owned();
    let kind = if name.ends_with(".png") { "image/png" } else { "image/jpeg" };
    let attachment = Attachment {
        media_url: Some(url.to_owned()),
        mime_type: Some(kind.to_owned()),
        media_name: Some(name),
        ..Attachment::default()
    };
    Body::Image(Media {
        caption: caption.map(ToOwned::to_owned),
        attachment: Some(attachment),
        ..Media::default()
    })
}

fn location(latitude: f64, longitude: f64) -> Body {
    let location = Location {
        latitude: Number::from_f64(latitude),
        longitude: Number::from_f64(longitude),
        ..Location::default()
    };
    Body::Location(LocationBody { location: Some(location), ..LocationBody::default() })
}
