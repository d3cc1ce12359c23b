//! How things stand at this moment: who waits, who works, and who is free.
//!
//! A look at the floor passes over every agent and every open conversation once, and so does a list of conversations:
//! they are taken at most once a second and shared by all who watch. What is shown of a list is taken for who asks, and
//! bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::attendance::unfinished;
use super::tally::Tallies;
use crate::agent::{Agent, MrdState};
use crate::conversation::{Conversation, Role};
use crate::customer::Customer;
use crate::id::{BotId, ChannelId, ConversationId, MrdId, QueueId, UserId};
use crate::state::State;
use crate::task::{Stage, Task};
use crate::time::At;

/// Conversations shown of one list at most.
pub const CHATS_MAX: usize = 1_000;
/// Agents of one queue who are named to somebody who asks for help, at most.
pub const HELPERS_MAX: usize = 100;

/// Everybody and everything at one moment.
#[derive(Debug, Clone, Default)]
pub struct Floor {
    pub queues: BTreeMap<QueueId, QueueNow>,
    pub agents: Vec<AgentNow>,
    pub channels: BTreeMap<ChannelId, ChannelNow>,
    /// Conversations a bot looks after alone.
    pub with_bots: usize,
}

#[derive(Debug, Clone, Default)]
pub struct QueueNow {
    /// Requests in the queue, and of those ringing.
    pub waiting: usize,
    pub ringing: usize,
    /// Since when the one that has waited longest waits.
    pub oldest: Option<At>,
    /// Conversations agents serve, and those they wrap up.
    pub active: usize,
    pub wrapping_up: usize,
    /// Agents at work who belong to the queue, by their state in its domain.
    pub agents: BTreeMap<MrdState, usize>,
}

#[derive(Debug, Clone)]
pub struct AgentNow {
    pub agent: Agent,
    /// Conversations he sits in, those he watches included.
    pub conversations: usize,
}

#[derive(Debug, Clone, Default)]
pub struct ChannelNow {
    pub sessions: usize,
    pub waiting: usize,
    pub active: usize,
    pub with_bots: usize,
}

/// Looks at everything.
#[must_use]
pub fn floor(state: &State) -> Floor {
    let mut floor = Floor::default();
    for (queue, agents) in state.queues().standing(state.agents()) {
        floor.queues.insert(queue, QueueNow { agents, ..QueueNow::default() });
    }
    for conversation in state.conversations() {
        floor.add(conversation);
    }
    for agent in state.agents() {
        let conversations = state.conversations_of(agent.id).count();
        floor.agents.push(AgentNow { agent: agent.clone(), conversations });
    }
    floor
}

impl Floor {
    fn add(&mut self, conversation: &Conversation) {
        let mut waits = false;
        for task in conversation.tasks.iter().filter(|task| !task.direction.is_supervision()) {
            let Some(queue) = conversation.queue_behind(task).and_then(|queue| self.queues.get_mut(&queue))
            else {
                continue;
            };
            match task.stage {
                Stage::Queued | Stage::Offered { .. } => {
                    waits = true;
                    queue.waiting += 1;
                    queue.ringing += usize::from(task.stage != Stage::Queued);
                    let since = task.queued_at();
                    queue.oldest = Some(queue.oldest.map_or(since, |oldest| oldest.min(since)));
                }
                Stage::Active { .. } => queue.active += 1,
                Stage::WrapUp { .. } => queue.wrapping_up += 1,
                Stage::Closed { .. } => {}
            }
        }
        let with_bot = is_with_bot(conversation);
        self.with_bots += usize::from(with_bot);
        for session in conversation.open_sessions() {
            let channel = self.channels.entry(session.channel).or_default();
            channel.sessions += 1;
            channel.waiting += usize::from(waits);
            channel.active += usize::from(conversation.has_primary());
            channel.with_bots += usize::from(with_bot);
        }
    }
}

/// The time agents have spent in the states they are in, which no sum holds yet.
#[must_use]
pub fn unfinished_times(state: &State, now: At) -> Tallies {
    let mut tallies = Tallies::default();
    for agent in state.agents() {
        tallies.join(&unfinished(agent, now));
    }
    tallies
}

/// Which conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// Agents serve them.
    Active,
    /// They wait for an agent.
    Queued,
    /// A bot looks after them alone.
    WithBots,
}

/// A conversation as supervisors look at it.
#[derive(Debug, Clone)]
pub struct Chat {
    pub conversation: Conversation,
    pub customer: Option<Arc<Customer>>,
    /// Where it waits, or is served from.
    pub queue: Option<QueueId>,
    pub bot: Option<BotId>,
    /// When it began to be served, or to wait.
    pub since: At,
    /// When it began to wait, for one that is served.
    pub waited_from: Option<At>,
}

/// A conversation of a list, with what decides who is shown it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub conversation: ConversationId,
    /// When it began to be served, or to wait.
    pub since: At,
    /// Where it waits, or is served from.
    pub queue: Option<QueueId>,
    /// Who serves it.
    pub agents: Vec<UserId>,
}

/// Every conversation of a list, in no order.
#[must_use]
pub fn list(state: &State, which: Which) -> Vec<Listed> {
    let listed = |conversation: &Conversation| {
        let (since, queue) = place(conversation, which)?;
        let agents = conversation.primaries().map(|seat| seat.agent).collect();
        Some(Listed { conversation: conversation.id, since, queue, agents })
    };
    state.conversations().filter_map(listed).collect()
}

/// These conversations as they are now, without those that have left the list since.
#[must_use]
pub fn chats(state: &State, which: Which, listed: &[ConversationId]) -> Vec<Chat> {
    let chat = |id: &ConversationId| {
        let conversation = state.conversation(*id)?;
        let (since, queue) = place(conversation, which)?;
        Some(Chat {
            customer: state.customer(conversation.customer).cloned(),
            queue,
            bot: conversation.bot.as_ref().map(|seat| seat.bot),
            since,
            waited_from: served(conversation).map(Task::queued_at).filter(|_| which == Which::Active),
            conversation: conversation.clone(),
        })
    };
    listed.iter().filter_map(chat).collect()
}

/// Since when, and in which queue, a conversation belongs to a list; `None` when it does not.
fn place(conversation: &Conversation, which: Which) -> Option<(At, Option<QueueId>)> {
    match which {
        Which::Active => {
            let task = served(conversation)?;
            Some((task.answered_at.unwrap_or(task.enqueued_at), conversation.queue_behind(task)))
        }
        Which::Queued => {
            let waiting = conversation.waiting_tasks().find(|task| task.direction.is_for_customer())?;
            Some((waiting.queued_at(), conversation.queue_behind(waiting)))
        }
        Which::WithBots if is_with_bot(conversation) => Some((conversation.started_at, None)),
        Which::WithBots => None,
    }
}

/// The task of the agent who has served longest.
fn served(conversation: &Conversation) -> Option<&Task> {
    conversation.primaries().find_map(|seat| conversation.task_of(seat.agent))
}

fn is_with_bot(conversation: &Conversation) -> bool {
    conversation.bot.as_ref().is_some_and(|seat| seat.role == Role::Primary)
        && conversation.customer_is_here()
        && !conversation.has_primary()
        && conversation.waiting_tasks().next().is_none()
}

/// Whom of a queue somebody could ask for help now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helpers {
    pub queue: QueueId,
    /// All of them.
    pub count: usize,
    /// The first [`HELPERS_MAX`], as an offer would find them.
    pub first: Vec<UserId>,
}

/// For each queue the agents who could be asked now, by name too: free, in no offer, and not in the conversation. With
/// a conversation, queues of its domain only. Who asks is left out.
#[must_use]
pub fn helpers(state: &State, conversation: Option<ConversationId>, asks: Option<UserId>) -> Vec<Helpers> {
    let conversation = conversation.and_then(|id| state.conversation(id));
    let mrd: Option<MrdId> = conversation.and_then(|seats| seats.tasks.last()).map(|task| task.mrd);
    let mut besides: BTreeSet<UserId> = asks.into_iter().collect();
    besides.extend(conversation.into_iter().flat_map(|seats| &seats.agents).map(|seat| seat.agent));
    let queues = state.registry().queues().map(|stored| &stored.value);
    let meant = queues.filter(|queue| mrd.is_none_or(|mrd| mrd == queue.mrd)).map(|queue| queue.id);
    let of = |queue| Helpers {
        queue,
        count: state.queues().available(queue)
            - besides.iter().filter(|agent| state.queues().is_available(**agent, queue)).count(),
        first: state
            .queues()
            .available_agents(queue)
            .filter(|agent| !besides.contains(agent))
            .take(HELPERS_MAX)
            .collect(),
    };
    meant.map(of).collect()
}
