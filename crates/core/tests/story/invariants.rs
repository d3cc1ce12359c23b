//! What holds between any two commands, whatever they were.

use std::collections::BTreeSet;
use std::sync::Arc;

use tieline_core::agent::{Agent, MrdState};
use tieline_core::assistance::PEOPLE_MAX;
use tieline_core::conversation::{Conversation, Role, Session, State as ConversationState};
use tieline_core::explain::{self, Obstacle};
use tieline_core::id::{QueueId, TaskId, UserId};
use tieline_core::listing::Stage as ListingStage;
use tieline_core::report::live::{self, HELPERS_MAX, Helpers};
use tieline_core::state::State;
use tieline_core::task::{Direction, Stage, Task};

/// The first thing that does not hold, in words.
pub fn broken(state: &State) -> Option<String> {
    held(state).err()
}

type Held = Result<(), String>;

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn held(state: &State) -> Held {
    state.conversations().try_for_each(|conversation| conversation_is_alive(state, conversation))?;
    customers_are_one_and_present(state)?;
    channels_have_their_sessions(state)?;
    agents_hold_what_tasks_say(state)?;
    nobody_is_rung_for_what_rings_elsewhere(state)?;
    state.agents().try_for_each(interruptions_have_a_cause)?;
    what_is_interrupted_goes_on(state)?;
    queues_hold_what_waits(state)?;
    queues_count_their_work(state)?;
    nobody_is_idle_while_somebody_waits(state)?;
    let waiting: usize = state.lines().map(|line| line.waiting).sum();
    ensure(waiting == state.pending_entries(), || "an entry is in no line".into())
}

fn customers_are_one_and_present(state: &State) -> Held {
    let mut seen = BTreeSet::new();
    state.conversations().try_for_each(|conversation| {
        let id = conversation.customer;
        ensure(seen.insert(id), || format!("customer {id} has two open conversations"))?;
        let customer = state.customer(id);
        ensure(customer.is_some(), || format!("customer {id} of {} is not live", conversation.id))?;
        ensure(customer.is_none_or(|customer| customer.merged_into().is_none()), || {
            format!("customer {id} of {} was merged into another", conversation.id)
        })?;
        ensure(customer.is_none_or(|customer| !customer.leaving), || {
            format!("customer {id} of {} is being erased", conversation.id)
        })
    })
}

fn channels_have_their_sessions(state: &State) -> Held {
    for channel in state.registry().channels().map(|channel| channel.value.id) {
        let open = state.conversations().flat_map(Conversation::open_sessions);
        let open: BTreeSet<_> = open.filter(|open| open.channel == channel).map(|open| open.id).collect();
        let found = state.open_sessions_on(channel, None).map(|session| session.id);
        ensure(open.iter().copied().eq(found), || format!("{channel} lost a session"))?;
        let later = state.open_sessions_on(channel, open.first().copied()).count();
        ensure(later == open.len().saturating_sub(1), || format!("{channel} counts from elsewhere"))?;
    }
    Ok(())
}

fn conversation_is_alive(state: &State, conversation: &Conversation) -> Held {
    let here = conversation.customer_is_here();
    let seats = !conversation.agents.is_empty();
    let served = conversation.has_primary();
    let asks = conversation.waiting_tasks().count();
    let promised = conversation.is_promised();
    ensure(here || seats || promised, || format!("nobody is left in {}", conversation.id))?;
    ensure(asks <= usize::from(here), || format!("{asks} requests"))?;
    let fits = match conversation.state {
        ConversationState::Created | ConversationState::Inactive => here && !served,
        ConversationState::Active | ConversationState::OnHold => here && served,
        ConversationState::CustomerLeft => !here && (served || promised && !seats),
        ConversationState::WrapUp => !here && !served && seats,
        ConversationState::Closed => false,
    };
    ensure(fits, || format!("{:?} with customer {here} and served {served}", conversation.state))?;
    // While there is a call, its silence alone counts.
    let calls: Vec<_> = conversation.open_sessions().filter(|session| is_call(state, session)).collect();
    let counts = |session: &&Arc<Session>| calls.is_empty() || is_call(state, session);
    let ends = conversation.open_sessions().filter(counts).all(|session| session.silent_until.is_some());
    let listed = conversation.listing.is_some();
    ensure(served || asks == 1 || listed || ends, || format!("nothing will ever end {}", conversation.id))?;
    ensure(conversation.hold.is_some() == (conversation.state == ConversationState::OnHold), || {
        format!("{:?} and paused: {}", conversation.state, conversation.hold.is_some())
    })?;
    let awaited = conversation.response.is_none() || conversation.state == ConversationState::Active;
    ensure(awaited, || "an answer is awaited from nobody".into())?;
    let pauser = conversation.hold.as_ref().map(|hold| conversation.participant(hold.by));
    let pauses = pauser.is_none_or(|seat| seat.is_some_and(|seat| seat.role == Role::Primary));
    ensure(pauses, || format!("{} waits for who has gone", conversation.id))?;
    listing_tells_the_truth(conversation, here, served)?;
    let is_open = |id| conversation.session(id).is_some_and(|session| session.is_open());
    let asked = conversation.waiting_tasks().map(|task| task.session);
    let listed = conversation.listing.iter().filter(|_| here).map(|listing| listing.session);
    ensure(asked.chain(listed).all(is_open), || format!("{} waits where nobody is", conversation.id))?;
    seats_have_their_reasons(conversation, here)
}

fn is_call(state: &State, session: &Session) -> bool {
    let registry = state.registry();
    let channel_type = registry.channel(session.channel).map(|channel| channel.value.channel_type);
    let mrd = channel_type.and_then(|of| registry.channel_type(of)).and_then(|of| of.value.mrd);
    mrd.and_then(|mrd| registry.mrd(mrd)).is_some_and(|mrd| mrd.value.media.is_spoken())
}

/// Who is on a list waits, is served, or has been left.
fn listing_tells_the_truth(conversation: &Conversation, here: bool, served: bool) -> Held {
    let Some(listing) = &conversation.listing else { return Ok(()) };
    let fits = match listing.stage {
        ListingStage::Unread | ListingStage::Inactive { .. } => !served,
        ListingStage::Active => served || !here,
        ListingStage::Closed => false,
    };
    ensure(fits, || format!("{:?} and served {served}", listing.stage))?;
    ensure(!listing.promised || !served, || "a promise is kept and still open".into())
}

/// Who serves has work, who wraps up has a time for it, who advises or watches does so for somebody who serves.
fn seats_have_their_reasons(conversation: &Conversation, here: bool) -> Held {
    let asked = conversation.waiting_tasks().count();
    let present = conversation.agents.iter().filter(|seat| seat.role != Role::WrapUp).count();
    ensure(present + asked <= PEOPLE_MAX, || format!("{present} people and {asked} to come"))?;
    for seat in &conversation.agents {
        let stage = conversation.task_of(seat.agent).map(|task| task.stage);
        let fits = match seat.role {
            Role::Primary => matches!(stage, Some(Stage::Active { .. })) || !here && stage.is_none(),
            Role::WrapUp => matches!(stage, Some(Stage::WrapUp { .. })),
            Role::Assistant | Role::SilentMonitor | Role::Whisper => {
                conversation.has_primary() && matches!(stage, Some(Stage::Active { .. }))
            }
        };
        ensure(fits, || format!("{} is {:?} with {stage:?}", seat.agent, seat.role))?;
    }
    let raised = conversation.hands.iter().all(|hand| conversation.participant(hand.agent).is_some());
    ensure(raised, || "a hand is up of nobody".into())
}

fn tasks(state: &State) -> impl Iterator<Item = &Task> {
    state.conversations().flat_map(|conversation| &conversation.tasks)
}

fn agents_hold_what_tasks_say(state: &State) -> Held {
    for agent in state.agents() {
        for domain in &agent.mrds {
            let fills = |task: &&Task| match task.stage {
                Stage::Active { agent: worker } => worker == agent.id && !task.direction.is_supervision(),
                Stage::WrapUp { agent: worker, fills_place, .. } => worker == agent.id && fills_place,
                _ => false,
            };
            let active = tasks(state).filter(|task| task.mrd == domain.mrd).filter(fills).count();
            ensure(usize::from(domain.active) == active, || format!("{} counts its tasks wrong", agent.id))?;
            // What he takes from a list by himself, or begins while it rings, may be more than he may be given.
            let by_himself = |task: &&Task| task.list.is_some() || task.direction == Direction::Outbound;
            let taken = tasks(state).filter(|task| task.mrd == domain.mrd).filter(by_himself);
            let taken = taken.filter(fills).count();
            let given = usize::from(domain.active) - taken;
            ensure(given <= domain.max_tasks.into(), || format!("{} is overfilled", agent.id))?;
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

/// Nothing is offered twice at once.
fn nobody_is_rung_for_what_rings_elsewhere(state: &State) -> Held {
    let mut rung = BTreeSet::new();
    let mut offers = state.agents().filter_map(|agent| agent.offer);
    ensure(offers.all(|task| rung.insert(task)), || "one request rings at two agents".into())
}

/// A domain is interrupted as long as the other one holds or rings something, and takes nothing meanwhile.
fn interruptions_have_a_cause(agent: &Agent) -> Held {
    for domain in &agent.mrds {
        let shown = domain.state == MrdState::Interrupted;
        let Some(by) = domain.interrupted_by else {
            ensure(!shown, || format!("{} is interrupted by nothing", agent.id))?;
            continue;
        };
        let works = agent.mrd(by).is_some_and(|by| by.active > 0) || agent.offer.is_some();
        ensure(works, || format!("{} is interrupted by what is over", agent.id))?;
        ensure(shown || !domain.state.is_on(), || format!("{} is on and interrupted", agent.id))?;
    }
    Ok(())
}

/// What waits for its agent does so only as long as his other work comes first.
fn what_is_interrupted_goes_on(state: &State) -> Held {
    state.conversations().try_for_each(|conversation| {
        let Some(hold) = conversation.hold.as_ref().filter(|hold| hold.interrupted) else { return Ok(()) };
        let domain = conversation.task_of(hold.by).and_then(|task| {
            let agent = state.agents().find(|agent| agent.id == hold.by)?;
            agent.mrd(task.mrd)
        });
        let waits = domain.is_some_and(|domain| domain.interrupted_by.is_some());
        ensure(waits, || format!("{} waits for work that is over", conversation.id))
    })
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

/// Agents of a queue who could be offered something now.
fn free(state: &State, queue: QueueId) -> BTreeSet<UserId> {
    let able = |agent: &&Agent| {
        state.registry().queue(queue).is_some_and(|queue| {
            let user = state.registry().user(agent.id);
            agent.is_available(queue.value.mrd)
                && user.is_some_and(|user| queue.value.first_step_for(&user.value).is_some())
        })
    };
    state.agents().filter(able).map(|agent| agent.id).collect()
}

fn queues_count_their_work(state: &State) -> Held {
    for queue in state.registry().queues().map(|queue| queue.value.id) {
        let open = tasks(state).filter(|task| task.queue == Some(queue) && !task.is_closed()).count();
        let counted = state.queues().work(queue);
        ensure(counted == open, || format!("{queue} counts {counted} tasks of {open}"))?;
        let free: BTreeSet<UserId> = free(state, queue);
        let misjudged = || format!("{queue} misjudges who is free");
        ensure(state.queues().available(queue) == free.len(), misjudged)?;
        ensure(state.queues().available_agents(queue).collect::<BTreeSet<_>>() == free, misjudged)?;
    }
    for conversation in state.conversations() {
        let asks =
            state.agents().map(|agent| agent.id).find(|agent| conversation.participant(*agent).is_none());
        for Helpers { queue, count, first } in live::helpers(state, Some(conversation.id), asks) {
            let mut others = free(state, queue);
            others.retain(|agent| Some(*agent) != asks && conversation.participant(*agent).is_none());
            ensure(count == others.len() && first.len() == count.min(HELPERS_MAX), || {
                format!("{count} agents of {queue} could help in {}, not {}", conversation.id, others.len())
            })?;
            ensure(first.iter().all(|agent| others.contains(agent)), || format!("{first:?} cannot help"))?;
        }
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
        let to_open = usize::from(task.steps_open) < queue.value.steps.len();
        ensure(to_open == task.next_step_at.is_some(), || format!("{} waits for steps in vain", task.id))?;
        let wait = explain::wait(state, task.conversation, task.id);
        let agents = wait.map_or(Vec::new(), |wait| wait.agents);
        ensure(agents.iter().all(|(_, obstacle)| *obstacle != Obstacle::None), || {
            format!("nothing is said to keep {agents:?} from {}", task.id)
        })?;
        for agent in state.agents().filter(|agent| agent.is_available(task.mrd)) {
            let Some(user) = registry.user(agent.id) else { continue };
            let serves =
                queue.value.first_step_for(&user.value).is_some_and(|step| step < task.steps_open.into());
            let seated =
                state.conversation(task.conversation).is_some_and(|c| c.participant(agent.id).is_some());
            ensure(!serves || seated || !task.may_go_to(agent.id), || {
                format!("{} is idle while {} waits", agent.id, task.id)
            })?;
        }
    }
    Ok(())
}
