//! What is read off a recording: requests with how their agents and customers behaved, and what else kept agents busy.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Recording;
use crate::id::{ChannelId, ConversationId, MrdId, QueueId, UserId};
use crate::report::{Ending, FinishedTask};
use crate::task::Mode;
use crate::time::{At, Span};

/// How soon an agent answers when nothing is known.
const ANSWER_UNKNOWN: Span = Span::secs(3);
/// How long an agent works when nothing is known.
const TALK_UNKNOWN: Span = Span::secs(300);

#[derive(Debug)]
pub(super) struct Script {
    /// In the order in which they came.
    pub requests: Vec<Request>,
    /// Work that did not come out of a queue.
    pub occupations: Vec<Occupation>,
    /// How soon agents answer who are rung more often than in the recording.
    pub answers_after: Span,
    /// When which agents were switched off for letting it ring.
    pub misses: BTreeSet<(UserId, At)>,
}

#[derive(Debug)]
pub(super) struct Request {
    pub arrives: At,
    pub channel: ChannelId,
    pub queue: QueueId,
    pub priority: u8,
    /// How each ring went.
    pub rings: Vec<Ring>,
    /// How long the customer waited until he gave up.
    pub leaves: Option<Span>,
    pub talk: Span,
    pub wrap: Span,
    /// It came in the time that is told of.
    pub told: bool,
    /// Places of its tasks in the recording.
    pub tasks: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    pub after: Span,
    pub taken: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Occupation {
    pub agent: UserId,
    pub mrd: MrdId,
    pub from: At,
    pub until: At,
}

impl Script {
    pub fn of(recording: &Recording) -> Self {
        let tasks = &recording.tasks;
        let averages = Averages::of(tasks);
        let mut requests = chains(tasks)
            .into_iter()
            .filter_map(|chain| Request::of(recording, chain, &averages))
            .collect::<Vec<_>>();
        requests.sort_by_key(|request| (request.arrives, request.tasks[0]));
        let occupies = |task: &&FinishedTask| !from_queue(task);
        let occupations = tasks.iter().filter(occupies).filter_map(|task| {
            Some(Occupation {
                agent: task.agent?,
                mrd: task.mrd,
                from: task.answered_at?,
                until: task.closed_at,
            })
        });
        let missed = tasks.iter().filter(|task| task.ending == Ending::Rona);
        Self {
            requests,
            occupations: occupations.collect(),
            answers_after: averages.answers_after,
            misses: missed.filter_map(|task| Some((task.agent?, task.closed_at))).collect(),
        }
    }
}

fn from_queue(task: &FinishedTask) -> bool {
    task.mode == Mode::Queue && task.queue.is_some()
}

/// Tasks of one request each: those it came back as, and those in the queue that was tried after the first.
fn chains(tasks: &[FinishedTask]) -> Vec<Vec<usize>> {
    let mut of_conversation: BTreeMap<ConversationId, Vec<usize>> = BTreeMap::new();
    for (place, task) in tasks.iter().enumerate().filter(|(_, task)| from_queue(task)) {
        of_conversation.entry(task.conversation).or_default().push(place);
    }
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for places in of_conversation.into_values() {
        let first = chains.len();
        for place in places {
            let task = &tasks[place];
            let goes_on = chains[first..].iter_mut().rev().find(|chain| {
                let last = chain.last().map(|last| &tasks[*last]);
                last.is_some_and(|last| match last.ending {
                    Ending::Rona => last.queue == task.queue && last.queued_at == task.queued_at,
                    Ending::NoAgent => last.closed_at == task.queued_at,
                    _ => false,
                })
            });
            match goes_on {
                Some(chain) => chain.push(place),
                None => chains.push(vec![place]),
            }
        }
    }
    chains
}

impl Request {
    /// `None` when the recording ends before it, or its channel is not known.
    fn of(recording: &Recording, chain: Vec<usize>, averages: &Averages) -> Option<Self> {
        let tasks: Vec<&FinishedTask> = chain.iter().map(|place| &recording.tasks[*place]).collect();
        let (first, last) = (*tasks.first()?, *tasks.last()?);
        let queue = first.queue?;
        let gave_up = matches!(last.ending, Ending::Abandoned | Ending::Withdrawn);
        let talk = last.answered_at.map(|answered| {
            let handled = last.closed_at.since(answered).as_millis();
            Span::millis(handled.saturating_sub(last.wrapped.as_millis()))
        });
        let (mean_talk, mean_wrap) = averages.work(queue);
        let in_time = (recording.from..recording.until).contains(&first.queued_at);
        Some(Self {
            arrives: first.queued_at,
            channel: first.channel?,
            queue,
            priority: first.priority,
            rings: tasks.iter().filter_map(|task| Ring::of(task, averages.answers_after)).collect(),
            leaves: gave_up.then(|| last.closed_at.since(first.queued_at)),
            talk: talk.unwrap_or(mean_talk),
            wrap: if talk.is_some() { last.wrapped } else { mean_wrap },
            told: in_time && last.ending != Ending::Withdrawn,
            tasks: chain,
        })
    }
}

impl Ring {
    /// How a task's ring went, if it rang.
    fn of(task: &FinishedTask, answers_after: Span) -> Option<Self> {
        let offered = task.offered_at?;
        Some(match (task.answered_at, task.ending) {
            (Some(answered), _) => Self { after: answered.since(offered), taken: true },
            (None, Ending::Rona) => Self { after: task.closed_at.since(offered), taken: false },
            // It ended otherwise before he answered: he would have later.
            (None, _) => {
                let rang = task.closed_at.since(offered) + Span::millis(1);
                Self { after: rang.max(answers_after), taken: true }
            }
        })
    }
}

/// What is taken where the recording says nothing.
#[derive(Debug)]
struct Averages {
    answers_after: Span,
    /// Talk and wrap-up of each queue.
    works: HashMap<QueueId, (Span, Span)>,
    all: (Span, Span),
}

impl Averages {
    fn of(tasks: &[FinishedTask]) -> Self {
        let mut answers = Sum::default();
        let mut works: HashMap<QueueId, (Sum, Sum)> = HashMap::new();
        let mut all = (Sum::default(), Sum::default());
        for task in tasks.iter().filter(|task| from_queue(task)) {
            let (Some(answered), Some(queue)) = (task.answered_at, task.queue) else { continue };
            if let Some(offered) = task.offered_at {
                answers.add(answered.since(offered));
            }
            let handled = task.closed_at.since(answered).as_millis();
            let talk = Span::millis(handled.saturating_sub(task.wrapped.as_millis()));
            for (talks, wraps) in [works.entry(queue).or_default(), &mut all] {
                talks.add(talk);
                wraps.add(task.wrapped);
            }
        }
        let means = |(talk, wrap): &(Sum, Sum)| {
            (talk.mean().unwrap_or(TALK_UNKNOWN), wrap.mean().unwrap_or(Span::ZERO))
        };
        Self {
            answers_after: answers.mean().unwrap_or(ANSWER_UNKNOWN),
            works: works.iter().map(|(queue, sums)| (*queue, means(sums))).collect(),
            all: means(&all),
        }
    }

    fn work(&self, queue: QueueId) -> (Span, Span) {
        self.works.get(&queue).copied().unwrap_or(self.all)
    }
}

#[derive(Debug, Default)]
struct Sum {
    millis: u64,
    number: u64,
}

impl Sum {
    fn add(&mut self, span: Span) {
        self.millis = self.millis.saturating_add(span.as_millis());
        self.number += 1;
    }

    fn mean(&self) -> Option<Span> {
        self.millis.checked_div(self.number).map(Span::millis)
    }
}
