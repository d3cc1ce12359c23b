//! The simulated channel: customers who chat over a running hub, and a check that it keeps its promises.
//!
//! Promises: only the public HTTP API is used; the same seed makes the same customers say the same things; whatever
//! the hub loses, reorders, signs badly or answers differently the second time is in the [`Report`]. Memory is bounded
//! by the number of customers and sessions, not by the time.
//!
//! Left to others: the command line, configuring the channel and its webhook in the hub, agents who answer.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{future, io};

use tieline_cim::{BodyKind, Message, SenderType};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::contract::{Credentials, Hub, Retry, SetupError};
use crate::customer::Customer;
use crate::ledger::{Entry, Ledger, Numbers, Scope};
use crate::player::{Heard, Pacer, Phase, Player, Stage, Talk, UNHEARD_MAX};
use crate::progress::{Extent, Plan, Progress, Standing};
use crate::random::{Random, fresh, mix};
use crate::receiver::{Behaviour, Delivery, Inbound, Receiver};
use crate::report::Report;
use crate::script::Script;
use crate::signature::SigningSecret;

pub const CUSTOMERS_MAX: u32 = 100_000;
pub const MESSAGES_PER_SECOND_MAX: f64 = 100_000.0;
/// Messages from the hub that wait to be looked at.
const INBOUND_MAX: usize = 4_096;
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);
const FEED_PAGE: u32 = 500;
const FEED_WAIT: Duration = Duration::from_secs(20);
const FEED_PAUSE: Duration = Duration::from_millis(200);
/// After the last customer, how long messages from the hub are waited for at most.
const DRAIN_MAX: Duration = Duration::from_secs(60);

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address of the hub.
    pub hub: String,
    pub credentials: Credentials,
    /// The channel to write to.
    pub service_identifier: String,
    pub source: Source,
    /// 1 to [`CUSTOMERS_MAX`].
    pub customers: u32,
    pub pace: Pace,
    pub length: Length,
    /// Instead of generated small talk.
    pub script: Option<Script>,
    /// Without one, every run has customers of its own.
    pub seed: Option<u64>,
    /// Every message must be answered within `reply_timeout`.
    pub expect_replies: bool,
    pub reply_timeout: Duration,
    /// Of accepted posts, how many are sent again to check that this is harmless; 0 to 1.
    pub duplicates: f64,
    /// The customers of this seed may have chats open from an earlier run.
    pub returning: bool,
    /// When all customers are done and nothing more came for this long, the simulation is over. It is over sooner when
    /// the hub has said that all sessions are.
    pub quiet: Duration,
    pub retry: Retry,
}

/// How messages come back from the hub.
#[derive(Clone, Debug)]
pub enum Source {
    Webhook {
        listen: SocketAddr,
        /// Empty: signatures are not checked.
        secrets: Vec<SigningSecret>,
        behaviour: Option<Behaviour>,
    },
    /// Long polling with the connector's id; `after` is the cursor to begin at, 0 for all there is.
    Feed { connector: String, after: u64 },
}

/// How fast messages are sent that agents see; receipts and typing come on top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// By all customers together.
    Total { per_second: f64 },
    /// By each customer, give or take half.
    Each { interval: Duration },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// One conversation with so many messages; with a script, the script once.
    Messages(u32),
    /// One conversation after the other.
    Duration(Duration),
}

/// Why there is no simulation.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    #[error(transparent)]
    Hub(#[from] SetupError),
    #[error("cannot wait for webhooks on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    #[error("{option} must be {expected}")]
    Option { option: &'static str, expected: String },
}

/// A simulation that is ready to receive and has not sent anything.
pub struct Simulation {
    options: Options,
    seed: u64,
    hub: Hub,
    ledger: Arc<Ledger>,
    inbound: mpsc::Receiver<Inbound>,
    door: Door,
}

/// Where messages from the hub come in.
enum Door {
    Webhook(Receiver),
    /// Not being read yet.
    Feed {
        connector: String,
        after: u64,
        inbound: mpsc::Sender<Inbound>,
    },
}

/// Runs a simulation to its end.
///
/// # Errors
/// If it cannot begin. Everything that goes wrong later is in the report.
pub async fn run(options: Options, progress: &mut impl Progress) -> Result<Report, SimulationError> {
    Ok(Simulation::prepare(options).await?.run(progress, future::pending()).await)
}

impl Simulation {
    /// Checks the options and opens the webhook or the feed.
    pub async fn prepare(options: Options) -> Result<Self, SimulationError> {
        options.check()?;
        let hub = Hub::new(&options.hub, options.credentials.clone())?.with_retry(options.retry);
        let seed = options.seed.unwrap_or_else(fresh);
        let customers = (0..options.customers).map(|index| Customer::new(seed, index).identifier).collect();
        let ledger =
            Arc::new(Ledger::new(Scope { customers: Some(customers), joins_midway: options.returning }));
        let (sender, inbound) = mpsc::channel(INBOUND_MAX);
        let door = match options.source.clone() {
            Source::Webhook { listen, secrets, behaviour } => {
                let started = Receiver::start(listen, secrets, Arc::clone(&ledger), sender).await;
                let receiver = started.map_err(|error| SimulationError::Listen { address: listen, error })?;
                receiver.behave(behaviour);
                Door::Webhook(receiver)
            }
            Source::Feed { connector, after } => Door::Feed { connector, after, inbound: sender },
        };
        Ok(Self { options, seed, hub, ledger, inbound, door })
    }

    /// Where webhooks are awaited.
    pub fn address(&self) -> Option<SocketAddr> {
        if let Door::Webhook(receiver) = &self.door { Some(receiver.address()) } else { None }
    }

    /// Plays; when `stop` is ready, chats are closed and what was found so far is reported.
    pub async fn run(mut self, progress: &mut impl Progress, stop: impl Future<Output = ()>) -> Report {
        let begun = Instant::now();
        let (phase, phase_seen) = watch::channel(Phase::Playing);
        let stage = Arc::new(self.stage(phase_seen));
        let (mut players, inboxes) = self.cast(&stage);
        // Ends with this function.
        let mut follower = JoinSet::new();
        if let Door::Feed { connector, after, inbound } = &self.door {
            let feed = Feed {
                connector: connector.clone(),
                ledger: Arc::clone(&self.ledger),
                stage: Arc::clone(&stage),
            };
            follower.spawn(feed.follow(*after, inbound.clone()));
        }
        progress.begin(&self.plan());
        let deadline = match self.options.length {
            Length::Duration(duration) => Some(begun + duration),
            Length::Messages(_) => None,
        };
        let mut ticks = tokio::time::interval(PROGRESS_INTERVAL);
        let closing = at(deadline);
        tokio::pin!(stop, closing);
        while !players.is_empty() {
            tokio::select! {
                Some(inbound) = self.inbound.recv() => route(inbound, &inboxes, &stage),
                Some(_) = players.join_next() => {}
                () = &mut closing, if *phase.borrow() == Phase::Playing => {
                    phase.send_replace(Phase::Closing);
                }
                () = &mut stop, if *phase.borrow() != Phase::Stopping => {
                    phase.send_replace(Phase::Stopping);
                }
                _ = ticks.tick() => progress.update(&self.standing(&stage, begun, players.len())),
            }
        }
        let played = begun.elapsed();
        self.drain(&stage, &inboxes).await;
        progress.update(&self.standing(&stage, begun, 0));
        progress.finish();
        let report = self.report(&stage, played);
        if let Door::Webhook(receiver) = self.door {
            receiver.stop().await;
        }
        report
    }

    fn stage(&self, phase: watch::Receiver<Phase>) -> Stage {
        let Options { service_identifier, script, duplicates, expect_replies, reply_timeout, .. } =
            self.options.clone();
        Stage {
            hub: self.hub.clone(),
            service_identifier,
            script,
            talk: match self.options.length {
                Length::Messages(messages) => Talk::Once { messages },
                Length::Duration(_) => Talk::OverAndOver,
            },
            pacer: Pacer::new(self.options.pace),
            duplicates,
            expect_replies,
            reply_timeout,
            run: fresh(),
            phase,
            counts: Mutex::default(),
        }
    }

    /// The customers at work, and the way to each of them by identifier.
    fn cast(&self, stage: &Arc<Stage>) -> (JoinSet<()>, HashMap<String, mpsc::Sender<Heard>>) {
        let mut players = JoinSet::new();
        let mut inboxes = HashMap::new();
        for index in 0..self.options.customers {
            let (sender, inbox) = mpsc::channel(UNHEARD_MAX);
            let customer = Customer::new(self.seed, index);
            inboxes.insert(customer.identifier.clone(), sender);
            let random = Random::new(mix(self.seed.wrapping_add(u64::from(index))));
            players.spawn(Player::new(Arc::clone(stage), customer, index, random, inbox).play());
        }
        (players, inboxes)
    }

    fn plan(&self) -> Plan {
        let extent = match (&self.options.script, self.options.length) {
            (_, Length::Duration(duration)) => Extent::Time(duration),
            (Some(_), Length::Messages(_)) => Extent::Open,
            (None, Length::Messages(messages)) => {
                Extent::Messages(u64::from(messages) * u64::from(self.options.customers))
            }
        };
        Plan { customers: self.options.customers, listening: self.address(), extent }
    }

    fn standing(&self, stage: &Stage, begun: Instant, playing: usize) -> Standing {
        let tally = self.ledger.tally();
        let counts = stage.counts();
        let posts = &counts.posts;
        Standing {
            elapsed: begun.elapsed(),
            playing,
            accepted: posts.accepted,
            said: posts.said,
            replies: counts.replies.received,
            received: tally.received,
            faults: tally.lost + tally.out_of_order + tally.bad_signatures + posts.refused + posts.failed,
        }
    }

    /// Waits for what the hub still has to deliver.
    async fn drain(&mut self, stage: &Stage, inboxes: &HashMap<String, mpsc::Sender<Heard>>) {
        let latest = Instant::now() + DRAIN_MAX;
        loop {
            while let Ok(inbound) = self.inbound.try_recv() {
                route(inbound, inboxes, stage);
            }
            if self.is_settled(stage) {
                return;
            }
            tokio::select! {
                inbound = self.inbound.recv() => match inbound {
                    Some(inbound) => route(inbound, inboxes, stage),
                    None => return,
                },
                () = sleep(self.options.quiet) => return,
                () = sleep_until(latest) => return,
            }
        }
    }

    /// Nothing is missing and every session is over.
    fn is_settled(&self, stage: &Stage) -> bool {
        let counts = stage.counts();
        let sessions = &counts.sessions;
        self.ledger.tally().lost == 0 && !sessions.is_empty() && self.ledger.ended(sessions.iter())
    }

    fn report(&self, stage: &Stage, played: Duration) -> Report {
        let counts = stage.counts();
        let mut report = Report {
            seed: self.seed,
            customers: self.options.customers,
            duration_ms: u64::try_from(played.as_millis()).unwrap_or(u64::MAX),
            posts: counts.posts,
            post_latency: counts.post_latencies.summary(),
            replies: counts.replies,
            reply_latency: counts.reply_latencies.summary(),
            received: self.ledger.tally(),
            sessions: u64::try_from(counts.sessions.len()).unwrap_or(u64::MAX),
            errors: counts.errors.clone(),
            broken: Vec::new(),
        };
        report.judge();
        report
    }
}

impl Options {
    /// One customer who sends five messages, unsigned webhooks on a free port.
    pub fn new(
        hub: impl Into<String>,
        credentials: Credentials,
        service_identifier: impl Into<String>,
    ) -> Self {
        Self {
            hub: hub.into(),
            credentials,
            service_identifier: service_identifier.into(),
            source: Source::Webhook {
                listen: SocketAddr::from(([127, 0, 0, 1], 0)),
                secrets: Vec::new(),
                behaviour: None,
            },
            customers: 1,
            pace: Pace::Each { interval: Duration::from_secs(2) },
            length: Length::Messages(5),
            script: None,
            seed: None,
            expect_replies: false,
            reply_timeout: Duration::from_secs(30),
            duplicates: 0.0,
            returning: false,
            quiet: Duration::from_secs(3),
            retry: Retry::default(),
        }
    }

    fn check(&self) -> Result<(), SimulationError> {
        let ensure = |holds: bool, option, expected: String| {
            if holds { Ok(()) } else { Err(SimulationError::Option { option, expected }) }
        };
        let per_second = match self.pace {
            Pace::Total { per_second } => per_second,
            Pace::Each { .. } => MESSAGES_PER_SECOND_MAX,
        };
        let customers = 1..=CUSTOMERS_MAX;
        ensure(!self.service_identifier.trim().is_empty(), "the service identifier", "given".into())?;
        ensure(customers.contains(&self.customers), "customers", format!("1 to {CUSTOMERS_MAX}"))?;
        ensure((0.0..=1.0).contains(&self.duplicates), "duplicates", "a share from 0 to 1".into())?;
        ensure(self.length != Length::Messages(0), "messages", "at least 1".into())?;
        ensure(self.retry.attempts_max > 0, "attempts", "at least 1".into())?;
        let rate = "more than 0 and at most 100000 messages a second".to_owned();
        ensure(per_second > 0.001 && per_second <= MESSAGES_PER_SECOND_MAX, "the rate", rate)
    }
}

/// The feed of one connector, read to the end and on.
struct Feed {
    connector: String,
    ledger: Arc<Ledger>,
    stage: Arc<Stage>,
}

impl Feed {
    async fn follow(self, mut after: u64, inbound: mpsc::Sender<Inbound>) {
        loop {
            let page = match self.stage.hub.feed(&self.connector, Some(after), FEED_PAGE, FEED_WAIT).await {
                Ok(page) => page,
                Err(failure) => {
                    tracing::warn!(connector = self.connector, %failure, "cannot read the feed");
                    self.stage.counts().error(format!("feed {}", failure.kind()));
                    sleep(FEED_PAUSE).await;
                    continue;
                }
            };
            if page.events.is_empty() {
                // A hub that does not wait should not be asked without end.
                sleep(FEED_PAUSE).await;
            }
            for event in page.events {
                after = after.max(event.sequence);
                let numbers = Numbers { sequence: event.sequence, previous: event.previous_sequence };
                if self.ledger.enter(&event.id, Some(numbers), &event.message) != Entry::Fresh {
                    continue;
                }
                let delivery = Delivery {
                    id: event.id,
                    numbers: Some(numbers),
                    at: Instant::now(),
                    message: event.message,
                };
                if inbound.send(Inbound::Message(Box::new(delivery))).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Tells a customer what an agent or bot wrote. A customer who does not listen misses it.
fn route(inbound: Inbound, inboxes: &HashMap<String, mpsc::Sender<Heard>>, stage: &Stage) {
    let Inbound::Message(delivery) = inbound else { return };
    let Delivery { at, message, .. } = *delivery;
    if !is_reply(&message) {
        return;
    }
    stage.counts().replies.received += 1;
    let caption = message.body.media().and_then(|media| media.caption.as_deref());
    let text = message.body.markdown_text().or(caption).unwrap_or_default().to_lowercase();
    let identifier = &message.header.channel_data.channel_customer_identifier;
    if let Some(inbox) = inboxes.get(identifier) {
        // Full or gone: counted above, and nobody waits for it.
        inbox.try_send(Heard { at, message_id: message.id, text }).ok();
    }
}

fn is_reply(message: &Message) -> bool {
    matches!(message.header.sender.kind, SenderType::Agent | SenderType::Bot)
        && !matches!(
            message.body.kind(),
            BodyKind::Notification | BodyKind::Delivery | BodyKind::Deleted | BodyKind::Action
        )
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => future::pending().await,
    }
}
