//! What holds between any two commands, whatever they were.

use std::collections::BTreeSet;

use tieline_core::agent::Agent;
use tieline_core::conversation::{Conversation, State as ConversationState};
use tieline_core::id::{TaskId, UserId};
use tieline_core::state::State;
use tieline_core::task::{Stage, Task};

/// The first thing that does not hold, in words.
pub fn broken(state: &State) -> Option<String> {
    held(state).err()
}

type Held = Result<(), String>;

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn held(state: &State) -> Held {
    state.conversations().try_for_each(conversation_is_alive)?;
    agents_hold_what_tasks_say(state)?;
    queues_hold_what_waits(state)?;
    queues_count_their_work(state)?;
    nobody_is_idle_while_somebody_waits(state)?;
    let waiting: usize = state.lines().map(|line| line.waiting).sum();
    ensure(waiting == state.pending_entries(), || "an entry is in no line".into())
}

fn conversation_is_alive(conversation: &Conversation) -> Held {
    let here = conversation.customer_is_here();
    let seats = !conversation.agents.is_empty();
    let asks = conversation.waiting_tasks().count();
    ensure(here || seats, || format!("nobody is left in {}", conversation.id))?;
    ensure(asks == 0 || here && asks == 1 && !conversation.has_primary(), || format!("{asks} requests"))?;
    let fits = match conversation.state {
        ConversationState::Created | ConversationState::Inactive => here && !seats,
        ConversationState::Active => here && seats,
        ConversationState::CustomerLeft => !here && seats,
        ConversationState::Closed => false,
    };
    ensure(fits, || format!("{:?} with customer {here} and agents {seats}", conversation.state))?;
    let ends = conversation.open_sessions().all(|session| session.silent_until.is_some());
    ensure(seats || asks == 1 || ends, || format!("nothing will ever end {}", conversation.id))
}

fn tasks(state: &State) -> impl Iterator<Item = &Task> {
    state.conversations().flat_map(|conversation| &conversation.tasks)
}

fn agents_hold_what_tasks_say(state: &State) -> Held {
    for agent in state.agents() {
        for domain in &agent.mrds {
            let active = tasks(state)
                .filter(|t| t.mrd == domain.mrd && t.stage == Stage::Active { agent: agent.id })
                .count();
            ensure(usize::from(domain.active) == active, || format!("{} counts its tasks wrong", agent.id))?;
            ensure(domain.active <= domain.max_tasks, || format!("{} is overfilled", agent.id))?;
        }
        let offered: Vec<TaskId> = tasks(state)
            .filter(|task| matches!(task.stage, Stage::Offered { agent: to, .. } if to == agent.id))
            .map(|task| task.id)
            .collect();
        ensure(offered.as_slice() == agent.offer.as_slice(), || format!("{} is rung otherwise", agent.id))?;
    }
    let known: BTreeSet<UserId> = state.agents().map(|agent| agent.id).collect();
    for task in tasks(state) {
        let served = task.agent().is_none_or(|agent| known.contains(&agent));
        ensure(served, || format!("task {} is of somebody logged out", task.id))?;
    }
    for conversation in state.conversations() {
        for seat in &conversation.agents {
            ensure(known.contains(&seat.agent), || format!("{} sits and is logged out", seat.agent))?;
        }
    }
    Ok(())
}

fn queues_hold_what_waits(state: &State) -> Held {
    let queued: BTreeSet<TaskId> =
        tasks(state).filter(|t| t.stage == Stage::Queued).map(|task| task.id).collect();
    let waiting: Vec<TaskId> = state
        .registry()
        .queues()
        .flat_map(|queue| state.queues().waiting(queue.value.id))
        .map(|waiting| waiting.task)
        .collect();
    let as_many = waiting.len() == queued.len();
    ensure(as_many && waiting.into_iter().collect::<BTreeSet<_>>() == queued, || "a queue lost count".into())
}

fn queues_count_their_work(state: &State) -> Held {
    for queue in state.registry().queues().map(|queue| queue.value.id) {
        let open = tasks(state).filter(|task| task.queue == Some(queue) && !task.is_closed()).count();
        let counted = state.queues().work(queue);
        ensure(counted == open, || format!("{queue} counts {counted} tasks of {open}"))?;
        let able = |agent: &&Agent| {
            state.registry().queue(queue).is_some_and(|queue| {
                let user = state.registry().user(agent.id);
                agent.is_available(queue.value.mrd)
                    && user.is_some_and(|user| queue.value.first_step_for(&user.value).is_some())
            })
        };
        let available = state.agents().filter(able).count();
        ensure(state.queues().available(queue) == available, || format!("{queue} misjudges who is free"))?;
    }
    for agent in state.agents() {
        let rings = state.queues().rings_at(agent.id).map(|(_, task)| task);
        ensure(rings == agent.offer, || format!("something else rings at {}", agent.id))?;
    }
    Ok(())
}

fn nobody_is_idle_while_somebody_waits(state: &State) -> Held {
    let registry = state.registry();
    for task in tasks(state).filter(|task| task.stage == Stage::Queued) {
        let Some(queue) = task.queue.and_then(|queue| registry.queue(queue)) else { continue };
        for agent in state.agents().filter(|agent| agent.is_available(task.mrd)) {
            let Some(user) = registry.user(agent.id) else { continue };
            let serves =
                queue.value.first_step_for(&user.value).is_some_and(|step| step < task.steps_open.into());
            let seated =
                state.conversation(task.conversation).is_some_and(|c| c.participant(agent.id).is_some());
            ensure(!serves || seated, || format!("{} is idle while {} waits", agent.id, task.id))?;
        }
    }
    Ok(())
}
