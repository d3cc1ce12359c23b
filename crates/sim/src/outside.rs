//! The outside world: webhooks that are sometimes slow, down, wrong or gone, and desks that are told things.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tieline_core::command::{Attempted, Command};
use tieline_core::delivery::Outcome;
use tieline_core::delivery::outbox::Dispatch;
use tieline_core::effect::{Effect, PassingTo, Push};
use tieline_core::event::{Event, Fact, MessageClass};
use tieline_core::id::{BotId, ConnectionId, ConversationId, ListingId, TaskId, UserId};
use tieline_core::listing::Stage;
use tieline_core::time::{At, Span};
use tieline_engine::{Clock, Handle, Outlet};
use tokio::task::JoinSet;

use crate::clock::SimClock;
use crate::dice::Dice;
use crate::guru;
use crate::ledger::Ledger;

/// How webhooks behave for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Mood {
    Good,
    Flaky,
    Slow,
    Down,
}

/// An agent's connected desk.
#[derive(Debug, Clone)]
pub struct Desk {
    pub agent: UserId,
    pub topics: BTreeSet<ConversationId>,
    pub offer: Option<(ConversationId, TaskId)>,
    /// Requests of the pull lists the agent follows.
    pub listed: BTreeSet<ListingId>,
}

pub struct Outside {
    pub clock: Arc<SimClock>,
    pub ledger: Arc<Ledger>,
    mood: AtomicUsize,
    inner: Mutex<Inner>,
}

struct Inner {
    dice: Dice,
    handle: Option<Handle>,
    desks: BTreeMap<ConnectionId, Desk>,
    /// What dies with the process: attempts under way.
    life: JoinSet<()>,
}

impl Outside {
    pub fn new(clock: Arc<SimClock>, ledger: Arc<Ledger>, dice: Dice) -> Self {
        let inner = Inner { dice, handle: None, desks: BTreeMap::new(), life: JoinSet::new() };
        Self { clock, ledger, mood: AtomicUsize::new(Mood::Good as usize), inner: Mutex::new(inner) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine as it can be reached now.
    pub fn handle(&self) -> Option<Handle> {
        self.inner().handle.clone()
    }

    pub fn set_mood(&self, mood: Mood) {
        self.mood.store(mood as usize, Ordering::Relaxed);
    }

    pub fn engine_is_up(&self, handle: Handle) {
        self.inner().handle = Some(handle);
    }

    /// The process is gone, and with it every socket and every attempt under way.
    pub fn process_is_gone(&self) {
        let mut inner = self.inner();
        inner.handle = None;
        inner.desks.clear();
        inner.life.abort_all();
        inner.life.detach_all();
    }

    pub fn connected(&self, connection: ConnectionId, agent: UserId) {
        let desk = Desk { agent, topics: BTreeSet::new(), offer: None, listed: BTreeSet::new() };
        self.inner().desks.insert(connection, desk);
    }

    pub fn disconnected(&self, connection: ConnectionId) {
        self.inner().desks.remove(&connection);
    }

    pub fn desk_of(&self, agent: UserId) -> Option<(ConnectionId, Desk)> {
        let inner = self.inner();
        inner.desks.iter().find(|(_, desk)| desk.agent == agent).map(|(id, desk)| (*id, desk.clone()))
    }

    fn pushed(&self, connection: ConnectionId, push: &Push) {
        let mut inner = self.inner();
        let Some(desk) = inner.desks.get_mut(&connection) else { return };
        match push {
            Push::Offer { task, .. } => desk.offer = Some((task.conversation, task.id)),
            Push::OfferRevoked { .. } => desk.offer = None,
            Push::Topic { conversation, .. } => {
                desk.offer = None;
                desk.topics.insert(conversation.id);
            }
            Push::Unsubscribed { conversation, reason } => {
                desk.topics.remove(conversation);
                if *reason == "MRD_INTERRUPTED" {
                    self.ledger.count("conversations interrupted");
                }
            }
            Push::Lists { listed, .. } | Push::ListFollowed { listed, .. } => {
                desk.listed = listed.iter().map(|listed| listed.listing.id).collect();
            }
            Push::ListUnfollowed { .. } => desk.listed.clear(),
            Push::Listed { listed, calls } => {
                match listed.listing.stage {
                    Stage::Closed => desk.listed.remove(&listed.listing.id),
                    _ => desk.listed.insert(listed.listing.id),
                };
                self.ledger.count(if *calls { "calls from a list" } else { "listings changed" });
            }
            Push::SessionRemoved | Push::LoggedOut { .. } => drop(inner.desks.remove(&connection)),
            Push::ChannelTypes
            | Push::Presence { .. }
            | Push::WrapUpStarted { .. }
            | Push::AssistancePlaced { .. }
            | Push::AssistanceAssigned { .. }
            | Push::ConsultTransferred { .. }
            | Push::AssistanceFailed { .. }
            | Push::Hand { .. }
            | Push::Announced(_)
            | Push::AnnouncementGone(_) => {}
        }
    }

    fn broadcast(&self, connections: &[ConnectionId], event: &Event) {
        let mut pages = self.ledger.open();
        pages.announced.insert(event.seq);
        for connection in connections {
            let before = pages.told.insert(*connection, event.seq).unwrap_or(0);
            if before >= event.seq {
                let text = format!("in order: desk {connection} heard of {} after {before}", event.seq);
                pages.broken.push(text);
            }
        }
    }

    fn ask_bot(&self, bot: BotId, until: At, dispatch: Dispatch) {
        let mut inner = self.inner();
        let Some(handle) = inner.handle.clone() else { return };
        let dice = inner.dice.fork();
        let (clock, ledger) = (Arc::clone(&self.clock), Arc::clone(&self.ledger));
        inner.life.spawn(guru::answer(handle, clock, ledger, bot, until, dispatch, dice));
    }

    fn deliver(&self, dispatch: Dispatch) {
        let mut inner = self.inner();
        let Some(handle) = inner.handle.clone() else { return };
        let dice = inner.dice.fork();
        let mood = match self.mood.load(Ordering::Relaxed) {
            0 => Mood::Good,
            1 => Mood::Flaky,
            2 => Mood::Slow,
            _ => Mood::Down,
        };
        let (clock, ledger) = (Arc::clone(&self.clock), Arc::clone(&self.ledger));
        inner.life.spawn(attempt(handle, clock, ledger, dispatch, dice, mood));
    }
}

/// One POST to a webhook, from the sender's side and the receiver's.
async fn attempt(
    handle: Handle,
    clock: Arc<SimClock>,
    ledger: Arc<Ledger>,
    dispatch: Dispatch,
    mut dice: Dice,
    mood: Mood,
) {
    let at = clock.now();
    let took = match mood {
        Mood::Slow => dice.millis(1_000, 12_000),
        _ => dice.millis(2, 400),
    };
    tokio::time::sleep(took).await;
    let luck = dice.below(100);
    let (failing, gone) = match mood {
        Mood::Good => (0, 0),
        Mood::Slow => (10, 0),
        Mood::Flaky => (50, 3),
        Mood::Down => (100, 0),
    };
    let failed = luck < failing;
    // Half of what fails has been taken in all the same: the answer got lost.
    if !failed || (mood != Mood::Down && dice.percent(50)) {
        let mut pages = ledger.open();
        let lane = pages.received.entry(dispatch.entry.lane).or_default();
        if !lane.contains(&dispatch.entry.seq) {
            lane.push(dispatch.entry.seq);
        }
    }
    let (status, outcome) = if luck < gone {
        (Some(410), Outcome::Final { reason: "HTTP 410".into() })
    } else if failed && dice.percent(20) {
        let not_before = Some(clock.now() + Span::millis(dice.roll() % 20_000));
        (Some(429), Outcome::Failed { reason: "HTTP 429".into(), not_before })
    } else if failed {
        (Some(503), Outcome::Failed { reason: "HTTP 503".into(), not_before: None })
    } else {
        (Some(200), Outcome::Delivered)
    };
    ledger.count(if failed { "attempts failed" } else { "attempts delivered" });
    let message = dispatch.event.as_ref().and_then(|event| match &event.fact {
        Fact::Message(message) if message.class == MessageClass::Agent => Some(message.id.clone()),
        _ => None,
    });
    let duration_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    let report = Attempted { entry: dispatch.entry.seq, at, duration_ms, status, outcome, message };
    handle.report(Command::Attempted(Box::new(report))).await;
}

impl Outlet for Outside {
    fn release(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Deliver(dispatch) => self.deliver(*dispatch),
                Effect::AskBot { bot, until, dispatch } => self.ask_bot(bot, until, *dispatch),
                Effect::Desk { connection, push } => self.pushed(connection, &push),
                Effect::Broadcast { connections, event, .. } => self.broadcast(&connections, &event),
                Effect::Profile { .. }
                | Effect::Passing { to: PassingTo::Desks(_) | PassingTo::Connector(_), .. }
                | Effect::FeedGrew { .. }
                | Effect::Registry(_) => {}
            }
        }
    }

    fn restarted(&self) {
        self.ledger.count("engine restarts");
        // How long ago the failure was that led here: one commit and half a second of not noticing.
        let now = self.clock.now();
        self.ledger.excuse(now - Span::secs(5), now);
        self.inner().desks.clear();
    }
}
