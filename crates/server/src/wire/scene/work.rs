//! Tasks, offers and agents' presence.

use std::sync::Arc;

use serde_json::Value;
use tieline_cim::desk::TaskRequest;
use tieline_cim::presence::{
    AgentMrdState, AgentPresence, AgentPresenceUpdate, AgentState, AgentStateName, MrdState as MrdWord,
    PresenceAction,
};
use tieline_cim::routing::{MediaRoutingDomain, ReasonCode};
use tieline_cim::task::{
    MediaState, Named, TaskDirection, TaskMedia, TaskMode, TaskReason, TaskState, TaskStateReason, TaskType,
};
use tieline_cim::{ChannelSession, Members, Timestamp};
use tieline_core::agent::{Agent, AgentMrd, MrdState, State};
use tieline_core::customer::Customer;
use tieline_core::id::{MrdId, QueueId};
use tieline_core::registry::Registry;
use tieline_core::task::{CloseReason, Direction, Mode, Stage, Task};
use tieline_core::time::At;

use super::people::{called, username};
use super::{agent, room, timestamp};

/// What desks read as "was never ready".
const NEVER_READY: Timestamp = Timestamp::from_ms(639_057_660_000);

/// A task with its one media. `session` is the one that asked, where it is at hand.
#[must_use]
pub fn task(registry: &Registry, of: &Task, session: Option<&Arc<ChannelSession>>) -> tieline_cim::Task {
    let (media_state, state) = states(of.stage);
    let list = of.list.map(|list| {
        let name = registry.list(list).map(|list| list.value.name.clone());
        ("list".to_owned(), serde_json::json!({"id": list, "name": name}))
    });
    let media = TaskMedia {
        extra: list.into_iter().collect(),
        id: of.media.to_string(),
        mrd_id: of.mrd.to_string(),
        task_id: of.id.to_string(),
        queue: of.queue.map(|queue| queue_name(registry, queue)),
        kind: TaskType { metadata: metadata(registry, of), ..task_type(of.direction, of.mode) },
        priority: of.priority.into(),
        state: media_state,
        request_session: session.cloned(),
        channel_sessions: session.cloned().into_iter().collect(),
        enqueue_time: Some(timestamp(of.enqueued_at)),
        answer_time: of.answered_at.map(timestamp),
    };
    let assigned_to = of.agent().or(of.served_by).map(|id| Named {
        id: id.to_string(),
        name: registry.user(id).map(|user| user.value.username.clone()),
        ..Named::default()
    });
    tieline_cim::Task {
        id: of.id.to_string(),
        conversation_id: of.conversation.to_string(),
        state,
        assigned_to,
        active_media: vec![media],
        ..tieline_cim::Task::default()
    }
}

/// An offer that rings.
#[must_use]
pub fn task_request(
    registry: &Registry,
    of: &Task,
    session: Option<Arc<ChannelSession>>,
    customer: Option<&Customer>,
) -> TaskRequest {
    let rings_until = match of.stage {
        Stage::Offered { until, .. } => Some(timestamp(until)),
        _ => None,
    };
    TaskRequest {
        conversation_id: of.conversation.to_string(),
        channel_session: session,
        room_info: customer.map(|customer| room(customer.id)),
        task_id: TaskRequest::compose_task_id(&of.id.to_string(), &of.media.to_string()),
        task_state: TaskStateReason { name: TaskState::Reserved, ..TaskStateReason::default() },
        task_direction: direction(of.direction),
        queue: of.queue.map(|queue| queue_name(registry, queue)),
        note: of.asked_by.as_ref().and_then(|asked| asked.note.as_deref().map(str::to_owned)),
        requested_by: of.asked_by.as_ref().map(|asked| username(registry, asked.agent)),
        requested_by_name: of.asked_by.as_ref().map(|asked| called(registry, asked.agent)),
        ring_seconds: Some(of.ring_secs.into()),
        rings_until,
        enqueue_time: Some(timestamp(of.enqueued_at)),
        ..TaskRequest::default()
    }
}

/// Where an agent stands, and what of it is new.
#[must_use]
pub fn presence(
    registry: &Registry,
    of: &Agent,
    changed: bool,
    agent_changed: bool,
    mrds_changed: &[MrdId],
) -> AgentPresenceUpdate {
    let state = match &of.state {
        State::Ready => AgentState { name: AgentStateName::Ready, ..AgentState::default() },
        State::NotReady { reason } => AgentState {
            name: AgentStateName::NotReady,
            reason_code: reason.as_ref().and_then(reason_code),
            ..AgentState::default()
        },
    };
    let presence = AgentPresence {
        agent: agent(registry, of.id),
        state,
        state_change_time: Some(timestamp(of.state_since)),
        agent_mrd_states: of.mrds.iter().map(|domain| mrd_state(registry, domain)).collect(),
        agent_login_time: Some(timestamp(of.logged_in_at)),
        ..AgentPresence::default()
    };
    AgentPresenceUpdate {
        agent_presence: presence,
        action: Some(if changed { PresenceAction::Changed } else { PresenceAction::Unchanged }),
        agent_state_changed: agent_changed,
        mrd_state_changes: mrds_changed.iter().map(ToString::to_string).collect(),
        ..AgentPresenceUpdate::default()
    }
}

/// The last presence of a working day. A desk leaves when it reads LOGOUT, if the time of the change is new.
#[must_use]
pub fn logged_out(registry: &Registry, of: &Agent, reason: Option<&Value>, at: At) -> AgentPresenceUpdate {
    let mut update = presence(registry, of, true, true, &[]);
    let reason_code = reason.and_then(reason_code);
    update.agent_presence.state =
        AgentState { name: AgentStateName::Logout, reason_code, ..AgentState::default() };
    update.agent_presence.state_change_time = Some(timestamp(at));
    for domain in &mut update.agent_presence.agent_mrd_states {
        domain.previous_state = Some(std::mem::replace(&mut domain.state, MrdWord::Logout));
        domain.state_change_time = Some(timestamp(at));
    }
    update.mrd_state_changes = of.mrds.iter().map(|domain| domain.mrd.to_string()).collect();
    update
}

pub(super) fn queue_name(registry: &Registry, id: QueueId) -> Named {
    let name = registry.queue(id).map(|queue| queue.value.name.clone());
    Named { id: id.to_string(), name, ..Named::default() }
}

pub(super) fn task_type(of: Direction, mode: Mode) -> TaskType {
    let mode = match mode {
        Mode::Queue => TaskMode::Queue,
        Mode::Agent => TaskMode::Agent,
    };
    TaskType { direction: direction(of), mode, ..TaskType::default() }
}

/// Who asked for another agent, as desks show it.
fn metadata(registry: &Registry, of: &Task) -> Members {
    let Some(asked) = &of.asked_by else { return Members::new() };
    Members::from_iter([
        ("requestedBy".to_owned(), username(registry, asked.agent).into()),
        ("requestedByName".to_owned(), called(registry, asked.agent).into()),
    ])
}

fn direction(of: Direction) -> TaskDirection {
    match of {
        Direction::Inbound => TaskDirection::Inbound,
        Direction::Outbound => TaskDirection::Outbound,
        Direction::DirectTransfer => TaskDirection::DirectTransfer,
        Direction::DirectConference => TaskDirection::DirectConference,
        Direction::Consult => TaskDirection::Consult,
        Direction::ConsultTransfer => TaskDirection::ConsultTransfer,
        Direction::ConsultConference => TaskDirection::ConsultConference,
        Direction::SilentMonitor => TaskDirection::SilentMonitor,
        Direction::BargeIn => TaskDirection::BargeIn,
    }
}

fn states(stage: Stage) -> (MediaState, TaskStateReason) {
    let active = TaskStateReason { name: TaskState::Active, ..TaskStateReason::default() };
    match stage {
        Stage::Queued => (MediaState::Queued, active),
        Stage::Offered { .. } => (MediaState::Reserved, active),
        Stage::Active { .. } => (MediaState::Active, active),
        Stage::WrapUp { .. } => {
            (MediaState::Active, TaskStateReason { name: TaskState::WrapUp, ..TaskStateReason::default() })
        }
        Stage::Closed { reason: closed, .. } => {
            let reason = match closed {
                CloseReason::Done
                | CloseReason::WrapUpApplied
                | CloseReason::WrapUpNotApplied
                | CloseReason::WrapUpExpired => TaskReason::Done,
                CloseReason::Rona => TaskReason::Rona,
                CloseReason::NoAgentAvailable => TaskReason::NoAgentAvailable,
                CloseReason::Cancelled => TaskReason::Cancelled,
                CloseReason::AgentLogout => TaskReason::AgentLogout,
                CloseReason::ForceClosed => TaskReason::ForceClosed,
                CloseReason::Transferred => TaskReason::Transferred,
                CloseReason::Reroute => TaskReason::Reroute,
            };
            let mut state = TaskStateReason { name: TaskState::Closed, reason_code: Some(reason), ..active };
            if let Some(detail) = wrap_up_detail(closed) {
                state.extra.insert("detail".to_owned(), detail.as_str().into());
            }
            (MediaState::Closed, state)
        }
    }
}

/// How an agent's part was wrapped up. Clients count a task as handled by the reason DONE, so this stands beside it.
const fn wrap_up_detail(closed: CloseReason) -> Option<TaskReason> {
    match closed {
        CloseReason::WrapUpApplied => Some(TaskReason::WrapUpApplied),
        CloseReason::WrapUpNotApplied => Some(TaskReason::WrapUpNotApplied),
        CloseReason::WrapUpExpired => Some(TaskReason::WrapUpExpired),
        _ => None,
    }
}

fn mrd_state(registry: &Registry, domain: &AgentMrd) -> AgentMrdState {
    let mrd = registry.mrd(domain.mrd).map_or_else(
        || MediaRoutingDomain { id: domain.mrd.to_string(), ..MediaRoutingDomain::default() },
        |mrd| crate::wire::registry::mrd(&mrd.value),
    );
    AgentMrdState {
        mrd,
        state: mrd_word(domain.state),
        previous_state: Some(mrd_word(domain.previous)),
        state_change_time: Some(timestamp(domain.since)),
        last_ready_state_change_time: Some(domain.last_ready_at.map_or(NEVER_READY, timestamp)),
        max_agent_tasks: domain.max_tasks.into(),
        ..AgentMrdState::default()
    }
}

fn mrd_word(state: MrdState) -> MrdWord {
    match state {
        MrdState::Login => MrdWord::Login,
        MrdState::NotReady => MrdWord::NotReady,
        MrdState::PendingNotReady => MrdWord::PendingNotReady,
        MrdState::Ready => MrdWord::Ready,
        MrdState::Active => MrdWord::Active,
        MrdState::Busy => MrdWord::Busy,
        MrdState::Interrupted => MrdWord::Interrupted,
    }
}

fn reason_code(kept: &Value) -> Option<ReasonCode> {
    serde_json::from_value(kept.clone()).ok()
}
