//! Requests for an agent: asked for, explained, and ended together.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_cim::Coded;
use tieline_cim::task::{AssignResourceRequest, QueueReference, QueueReferenceType, TaskDirection, TaskType};
use tieline_core::command::{self, Command, Wish, WishTarget};
use tieline_core::conversation::Conversation;
use tieline_core::event::Fact;
use tieline_core::explain::{self, Choice, Opens, Standing, Wait};
use tieline_core::id::{ConversationId, QueueId, TaskId, UserId};
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Registry, User};
use tieline_core::supervision::supervises;
use tieline_core::task::{Direction, Task};
use tieline_core::time::At;

use super::conversations::{present, read_id};
use super::noun::QUEUES;
use super::query::Query;
use super::refused::{submit, submit_by};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::wire::scene;

/// Events read at once while looking for an assignment.
const EVENTS_PAGE: usize = 500;

/// A request as routing engines take it, with the conversation beside it for callers who have no session at hand.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    conversation_id: Option<String>,
    #[serde(flatten)]
    request: AssignResourceRequest,
}

/// Looks for an agent for an open conversation.
pub async fn assign(
    State(app): State<SharedApp>,
    person: Person,
    Json(Asked { conversation_id, request }): Json<Asked>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Conversations, Action::Manage)?;
    let of_session = request.request_session.as_ref().and_then(|session| session.conversation_id.clone());
    let Some(id) = conversation_id.or(of_session) else {
        let what =
            "neither conversationId nor requestSession.conversationId says which conversation is meant";
        return Err(ApiError::bad_request("conversationId", what, "Send the id of an open conversation."));
    };
    let conversation = read_id(&id)?;
    let wish = Box::new(wish(&request)?);
    match submit(&app, Command::RequestAgent { conversation, wish }).await? {
        command::Answer::Requested { task } => {
            Ok(Answer(json!({"conversationId": conversation, "taskId": task})))
        }
        _ => Err(ApiError::internal("a request for an agent was answered with something else")),
    }
}

fn wish(request: &AssignResourceRequest) -> Result<Wish, ApiError> {
    let target = match &request.queue {
        None => WishTarget::ChannelQueue,
        Some(QueueReference { kind: QueueReferenceType::Name, value, .. }) => {
            WishTarget::QueueNamed(value.as_str().into())
        }
        Some(queue) => WishTarget::Queue(id("queue.value", &queue.value)?),
    };
    let last_agent = request.last_assigned_agent_id.as_deref().filter(|agent| !agent.is_empty());
    // Outside 1 to 10 the nearest of them is meant.
    let clamped = |asked: i64| u8::try_from(asked.clamp(1, 10)).unwrap_or(1);
    Ok(Wish {
        target,
        direction: direction(request.kind.as_ref())?,
        priority: request.priority.map(clamped),
        last_agent: last_agent.map(|agent| id("lastAssignedAgentId", agent)).transpose()?,
    })
}

fn direction(kind: Option<&TaskType>) -> Result<Direction, ApiError> {
    match kind.map(|kind| &kind.direction) {
        None | Some(TaskDirection::Inbound) => Ok(Direction::Inbound),
        Some(other) => {
            let what = format!("direction {other} is not asked for here");
            Err(ApiError::bad_request("type.direction", what, "Leave it out or send INBOUND."))
        }
    }
}

fn id<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, ApiError> {
    let wrong = |_| ApiError::bad_request(field, format!("{text:?} is no id"), "Send 24 hexadecimal digits.");
    text.trim().parse().map_err(wrong)
}

/// Ends every request that waits in one queue.
pub async fn flush(
    State(app): State<SharedApp>,
    person: Person,
    Path(queue): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Queue, Action::Manage)?;
    let queue = QUEUES.id(&queue)?;
    empty(&app, &person, Some(queue.into())).await
}

/// Ends every request that waits in any queue.
pub async fn flush_all(State(app): State<SharedApp>, person: Person) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Queue, Action::Manage)?;
    empty(&app, &person, None).await
}

/// Goes on until nothing is left of what waited, however many commands that takes.
async fn empty(app: &App, person: &Person, queue: Option<QueueId>) -> Result<Answer<Value>, ApiError> {
    let mut flushed = 0;
    let mut most = None;
    loop {
        match submit_by(app, person, Command::FlushQueue { queue, by: person.id() }).await? {
            command::Answer::Flushed { requests, left } => {
                flushed += requests;
                // Who comes while the queue is being emptied may stay.
                let most = *most.get_or_insert(requests + left);
                if left == 0 || requests == 0 || flushed >= most {
                    return Ok(Answer(json!({"flushed": flushed})));
                }
            }
            _ => return Err(ApiError::internal("a flush was answered with something else")),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Of {
    agent_id: Option<String>,
}

/// What rings at an agent, what he works on and what he wraps up. One's own, or of an agent one looks after.
pub async fn of_agent(
    State(app): State<SharedApp>,
    person: Person,
    Query(Of { agent_id }): Query<Of>,
) -> Result<Answer<Value>, ApiError> {
    let agent: UserId = agent_id.map_or(Ok(person.id()), |text| id("agentId", &text))?;
    if agent != person.id() && !supervises(&app.registry(), person.id(), agent) {
        return Err(ApiError::forbidden("you may see your own tasks, and those of agents of your teams"));
    }
    let found = app.engine.ask(move |state| {
        let his = |task: &&Task| task.agent() == Some(agent);
        let of = |conversation: &Conversation| -> Vec<_> {
            let customer = state.customer(conversation.customer).cloned();
            let tasks = conversation.tasks.iter().filter(his);
            tasks
                .map(|task| (task.clone(), conversation.session(task.session).cloned().zip(customer.clone())))
                .collect()
        };
        state.work_of(agent).flat_map(of).collect::<Vec<_>>()
    });
    let registry = app.registry();
    let shown = found.await?.into_iter().map(|(task, with)| {
        let session =
            with.map(|(session, customer)| Arc::new(scene::session(&registry, &session, &customer)));
        json!(scene::task(&registry, &task, session.as_ref()))
    });
    Ok(Answer(shown.collect()))
}

/// Why a request waits, or why it went to whom it went.
pub async fn explanation(
    State(app): State<SharedApp>,
    person: Person,
    Path((conversation, task)): Path<(String, String)>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Conversations, Action::View)?;
    let conversation = read_id(&conversation)?;
    let task: TaskId = task.trim().parse().map_err(|_| no_task(&task))?;
    let registry = app.registry();
    if let Some(wait) = app.engine.ask(move |state| explain::wait(state, conversation, task)).await? {
        return Ok(Answer(waiting(&registry, task, &wait, app.now())));
    }
    present(&app, conversation).await?;
    let Some((at, agent, choice)) = assignment(&app, conversation, task).await? else {
        return Err(no_task(&task.to_string()));
    };
    let standing = |standing: &Standing| {
        json!({"agent": named(&registry, standing.agent), "step": standing.step.map(|step| step + 1),
               "loadPermille": standing.load_permille, "idleSince": standing.since})
    };
    Ok(Answer(json!({
        "taskId": task,
        "waits": false,
        "assignedAt": at,
        "agent": named(&registry, agent),
        "rule": choice.as_ref().map(|choice| choice.rule),
        "chosen": choice.as_ref().map(|choice| standing(&choice.chosen)),
        "runnersUp": choice.iter().flat_map(|choice| &choice.runners_up).map(standing).collect::<Vec<_>>(),
    })))
}

fn waiting(registry: &Registry, task: TaskId, wait: &Wait, now: At) -> Value {
    let name = |agent| registry.user(agent).map_or_else(String::new, |user| user.value.called());
    let steps = wait.steps.iter().map(|step| {
        let opens_at = match step.opens {
            Some(Opens::At(at)) => Some(at),
            _ => None,
        };
        json!({"asks": step.asks, "open": step.opens.is_none(), "opensAt": opens_at, "agents": step.agents})
    });
    let agents = wait.agents.iter().map(|(agent, obstacle)| {
        let why = obstacle.why();
        json!({"agent": named(registry, *agent), "because": why.to_string(), "why": Coded::from(&why)})
    });
    json!({
        "taskId": task,
        "waits": true,
        "position": wait.position,
        "inQueue": wait.in_queue,
        "sentences": wait.sentences(now, name),
        "why": wait.of_request(now).iter().map(Coded::from).collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
        "agents": agents.collect::<Vec<_>>(),
        "moreAgents": wait.unnamed,
    })
}

fn named(registry: &Registry, agent: UserId) -> Value {
    let user = registry.user(agent).map(|user| &user.value);
    json!({"id": agent, "username": user.map(|user| &user.username), "name": user.map(User::called)})
}

/// The offer of a task, as the log has it.
async fn assignment(
    app: &App,
    conversation: ConversationId,
    task: TaskId,
) -> Result<Option<(At, UserId, Option<Box<Choice>>)>, ApiError> {
    let mut after = 0;
    loop {
        let events = app.store.events(conversation, after, None, EVENTS_PAGE).await?;
        for event in &events {
            if let Fact::AgentReserved { task: of, agent, choice } = &event.fact
                && of.id == task
            {
                return Ok(Some((event.at, *agent, choice.clone())));
            }
        }
        match events.last() {
            Some(last) if events.len() == EVENTS_PAGE => after = last.seq,
            _ => return Ok(None),
        }
    }
}

fn no_task(text: &str) -> ApiError {
    ApiError::not_found(format_args!("the conversation has no request {text:?} that waits or was offered"))
}
