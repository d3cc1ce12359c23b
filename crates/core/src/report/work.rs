//! Requests and what became of them, counted when their waiting ends and when the work on them does.
//!
//! All that is asked about a request is read off its task: the task carries its [`Moments`](crate::task::Moments).
//! A request counts in the quarter of an hour in which its waiting ended, so that what was offered is at all times
//! the sum of what was answered, abandoned, not taken, not found an agent for and withdrawn.

use serde::{Deserialize, Serialize};

use super::measure::{Counts, Measure};
use super::tally::Subject;
use crate::conversation::Conversation;
use crate::id::{ChannelId, ConversationId, MrdId, QueueId, TaskId, UserId};
use crate::registry::Registry;
use crate::task::{CloseReason, Direction, Mode, Stage, Task};
use crate::time::{At, Span};
use crate::turn::Turn;

/// How a request's waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchEnd {
    Answered,
    Abandoned,
    NotTaken,
    NoAgent,
    Withdrawn,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ending {
    Handled,
    Transferred,
    /// Its agent logged out or was lost.
    Lost,
    /// It was taken from its agent to be given to another.
    Rerouted,
    Abandoned,
    Rona,
    NoAgent,
    Withdrawn,
}

/// A task that has ended, in ids and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedTask {
    pub task: TaskId,
    pub conversation: ConversationId,
    pub channel: Option<ChannelId>,
    pub queue: Option<QueueId>,
    pub mrd: MrdId,
    /// Who served it, or let it ring.
    pub agent: Option<UserId>,
    pub direction: Direction,
    pub mode: Mode,
    pub priority: u8,
    /// When it began to wait in its queue, over all rings there.
    pub queued_at: At,
    pub offered_at: Option<At>,
    pub answered_at: Option<At>,
    pub closed_at: At,
    /// Spent on codes and notes.
    pub wrapped: Span,
    pub held: Span,
    pub ending: Ending,
}

/// A request's waiting, from its beginning to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    pub queued_at: At,
    /// When it rang last.
    pub offered_at: Option<At>,
    pub ended_at: At,
    pub direction: Direction,
    pub end: SearchEnd,
}

/// What one request's end of waiting adds. `threshold` is the queue's service level, if it waited in one.
#[must_use]
pub fn of_search(search: &Search, threshold: Option<Span>) -> Counts {
    let Search { queued_at, offered_at, ended_at, direction, end } = *search;
    let waited = ended_at.since(queued_at);
    // The clock stops when somebody is found, and not when he answers: the ring is his time.
    let routed = offered_at.unwrap_or(ended_at).since(queued_at);
    let counts_within = !matches!(end, SearchEnd::NoAgent | SearchEnd::Withdrawn);
    let within = counts_within && threshold.is_some_and(|threshold| routed <= threshold);
    let (ended, ended_within) = match end {
        SearchEnd::Answered => (Measure::Answered, Measure::AnsweredWithin),
        SearchEnd::Abandoned => (Measure::Abandoned, Measure::AbandonedWithin),
        SearchEnd::NotTaken => (Measure::NotTaken, Measure::NotTakenWithin),
        SearchEnd::NoAgent => (Measure::NoAgent, Measure::OfferedWithin),
        SearchEnd::Withdrawn => (Measure::Withdrawn, Measure::OfferedWithin),
    };
    let mut counts = Counts::of([(Measure::Offered, 1), (ended, 1)]);
    if within {
        counts.one(Measure::OfferedWithin);
        counts.one(ended_within);
    }
    match end {
        SearchEnd::Answered => {
            let ring = offered_at.map_or(Span::ZERO, |offered| ended_at.since(offered)).as_millis();
            counts.add(Measure::WaitMs, waited.as_millis());
            counts.add(Measure::WaitMaxMs, waited.as_millis());
            counts.add(Measure::RingMs, ring);
            counts.add(Measure::RingMinMs, ring);
            counts.add(Measure::RingMaxMs, ring);
            add_band(&mut counts, waited, ANSWERED_BANDS);
            if direction == Direction::DirectTransfer {
                counts.one(Measure::TransferredIn);
            }
        }
        SearchEnd::Abandoned => {
            counts.add(Measure::AbandonedMs, waited.as_millis());
            add_band(&mut counts, waited, ABANDONED_BANDS);
        }
        SearchEnd::NotTaken | SearchEnd::NoAgent | SearchEnd::Withdrawn => {}
    }
    counts
}

type Bands = [(u64, Measure); 4];

/// Waits of up to so many seconds; longer ones are what is left.
const ANSWERED_BANDS: Bands = [
    (60, Measure::Answered60),
    (120, Measure::Answered120),
    (180, Measure::Answered180),
    (240, Measure::Answered240),
];
const ABANDONED_BANDS: Bands = [
    (60, Measure::Abandoned60),
    (120, Measure::Abandoned120),
    (180, Measure::Abandoned180),
    (240, Measure::Abandoned240),
];

fn add_band(counts: &mut Counts, waited: Span, bands: Bands) {
    let band = bands.iter().find(|(secs, _)| waited <= Span::secs(*secs));
    band.into_iter().for_each(|(_, measure)| counts.one(*measure));
}

/// What the end of an agent's work on a task adds.
#[must_use]
pub fn of_work(done: &FinishedTask) -> Counts {
    let Some(answered) = done.answered_at else { return Counts::default() };
    let mut counts = Counts::of([
        (Measure::Handled, 1),
        (Measure::HandleMs, done.closed_at.since(answered).as_millis()),
        (Measure::WrapUpMs, done.wrapped.as_millis()),
        (Measure::HoldMs, done.held.as_millis()),
    ]);
    match done.ending {
        Ending::Transferred => counts.one(Measure::TransferredOut),
        Ending::Lost => counts.one(Measure::Lost),
        Ending::Rerouted => counts.one(Measure::Rerouted),
        _ => {}
    }
    counts
}

impl FinishedTask {
    /// Its waiting; `None` for work that began without.
    #[must_use]
    pub fn search(&self) -> Option<Search> {
        let end = match self.ending {
            Ending::Abandoned => SearchEnd::Abandoned,
            Ending::Rona => SearchEnd::NotTaken,
            Ending::NoAgent => SearchEnd::NoAgent,
            Ending::Withdrawn => SearchEnd::Withdrawn,
            Ending::Handled | Ending::Transferred | Ending::Lost | Ending::Rerouted => {
                self.offered_at?;
                SearchEnd::Answered
            }
        };
        let ended_at = self.answered_at.unwrap_or(self.closed_at);
        let Self { queued_at, offered_at, direction, .. } = *self;
        Some(Search { queued_at, offered_at, ended_at, direction, end })
    }

    /// `task` has just closed; `former` is the stage it was in.
    fn new(conversation: &Conversation, task: &Task, former: Stage, ending: Ending, now: At) -> Self {
        let worker = match former {
            Stage::Offered { agent, .. } | Stage::Active { agent } | Stage::WrapUp { agent, .. } => {
                Some(agent)
            }
            Stage::Queued | Stage::Closed { .. } => None,
        };
        let wrapping = task.moments.wrapping_since.map_or(Span::ZERO, |since| now.since(since));
        let on_hold = conversation.hold.as_ref().filter(|hold| Some(hold.by) == worker);
        let holding = on_hold.map_or(Span::ZERO, |hold| now.since(hold.since));
        Self {
            task: task.id,
            conversation: task.conversation,
            channel: conversation.session(task.session).map(|session| session.channel),
            queue: task.queue,
            mrd: task.mrd,
            agent: worker,
            direction: task.direction,
            mode: task.mode,
            priority: task.priority,
            queued_at: task.queued_at(),
            offered_at: task.moments.offered_at,
            answered_at: task.answered_at,
            closed_at: now,
            wrapped: task.moments.wrapped + wrapping,
            held: task.moments.held + holding,
            ending,
        }
    }
}

fn subject(conversation: &Conversation, task: &Task, agent: Option<UserId>) -> Subject {
    let channel = conversation.session(task.session).map(|session| session.channel);
    Subject::Work { mrd: task.mrd, queue: task.queue, channel, agent }
}

impl Turn<'_> {
    pub fn count_work(
        &mut self,
        conversation: &Conversation,
        task: &Task,
        agent: Option<UserId>,
        counts: &Counts,
    ) {
        self.state.batch.tallies.count(self.now, subject(conversation, task, agent), counts);
    }

    pub fn count_channel(&mut self, channel: ChannelId, measure: Measure) {
        self.state.batch.tallies.count(self.now, Subject::Channel(channel), &Counts::of([(measure, 1)]));
    }

    /// A request begins to wait.
    pub fn count_queued(&mut self, conversation: &mut Conversation, task: &Task) {
        self.count_work(conversation, task, None, &Counts::of([(Measure::Queued, 1)]));
        self.count_escalated(conversation);
    }

    /// Somebody comes, is looked for, or called from a list. With the first of them the bot has handed over.
    pub fn count_escalated(&mut self, conversation: &mut Conversation) {
        let first = conversation.sessions.first().map(|session| session.channel);
        let seat = conversation.bot.as_mut().filter(|seat| !seat.escalated);
        if let (Some(channel), Some(seat), true) = (first, seat, conversation.tasks.is_empty()) {
            seat.escalated = true;
            self.count_channel(channel, Measure::BotEscalated);
        }
    }

    /// A request rings at an agent.
    pub fn count_rung(&mut self, conversation: &Conversation, task: &Task, agent: UserId) {
        self.count_work(conversation, task, Some(agent), &Counts::of([(Measure::Rung, 1)]));
    }

    /// An agent takes up work: what rang at him, or what was given to him otherwise. `task` is as it was before.
    pub fn count_begun(&mut self, conversation: &Conversation, task: &Task, agent: UserId) {
        if task.direction.is_supervision() {
            return;
        }
        let counts = match task.stage {
            Stage::Offered { .. } => self.counts_of_search(task, SearchEnd::Answered),
            _ => {
                let handed_on = u64::from(task.direction == Direction::ConsultTransfer);
                Counts::of([(Measure::Started, 1), (Measure::TransferredIn, handed_on)])
            }
        };
        self.count_work(conversation, task, Some(agent), &counts);
    }

    /// A task has closed. `former` is the stage it was in.
    pub fn count_closed(
        &mut self,
        conversation: &Conversation,
        task: &Task,
        former: Stage,
        reason: CloseReason,
    ) {
        if task.direction.is_supervision() {
            return;
        }
        let waited = |end, ending| (Some(end), ending);
        let asks = conversation.session(task.session).is_some_and(|session| session.is_open());
        let left = !asks && task.direction.is_for_customer();
        let (search, ending) = match (former, reason) {
            (Stage::Closed { .. }, _) => return,
            (Stage::Active { .. } | Stage::WrapUp { .. }, reason) => (None, end_of_work(reason)),
            (Stage::Offered { .. }, CloseReason::Rona) => waited(SearchEnd::NotTaken, Ending::Rona),
            (_, CloseReason::Rona | CloseReason::NoAgentAvailable) => {
                waited(SearchEnd::NoAgent, Ending::NoAgent)
            }
            (_, CloseReason::Cancelled) if left => waited(SearchEnd::Abandoned, Ending::Abandoned),
            (Stage::Queued | Stage::Offered { .. }, _) => waited(SearchEnd::Withdrawn, Ending::Withdrawn),
        };
        let done = FinishedTask::new(conversation, task, former, ending, self.now);
        let (agent, counts) = match search {
            None => (done.agent, of_work(&done)),
            Some(end) => {
                let mut counts = self.counts_of_search(task, end);
                counts.add(Measure::Flushed, u64::from(reason == CloseReason::ForceClosed));
                (done.agent.filter(|_| end == SearchEnd::NotTaken), counts)
            }
        };
        self.count_work(conversation, task, agent, &counts);
        self.state.batch.finished.push(done);
    }

    fn counts_of_search(&self, task: &Task, end: SearchEnd) -> Counts {
        let search = Search {
            queued_at: task.queued_at(),
            offered_at: task.moments.offered_at,
            ended_at: self.now,
            direction: task.direction,
            end,
        };
        of_search(&search, threshold(&self.state.registry, task.queue))
    }
}

/// Within which time requests of a queue should be served.
#[must_use]
pub fn threshold(registry: &Registry, queue: Option<QueueId>) -> Option<Span> {
    let queue = registry.queue(queue?)?;
    Some(Span::secs(u64::from(queue.value.service_level_secs)))
}

const fn end_of_work(reason: CloseReason) -> Ending {
    match reason {
        CloseReason::Transferred => Ending::Transferred,
        CloseReason::AgentLogout => Ending::Lost,
        CloseReason::Reroute => Ending::Rerouted,
        _ => Ending::Handled,
    }
}
