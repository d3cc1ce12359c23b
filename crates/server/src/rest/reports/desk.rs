//! The dashboards installed desks show supervisors, in the shapes they read.
//!
//! Times in them are elapsed seconds, and lists are there even when empty, because desks look into them unasked.

use std::collections::BTreeSet;

use axum::Json as Answer;
use axum::extract::State;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use tieline_core::agent::State as AgentState;
use tieline_core::conversation::Role;
use tieline_core::id::{ConversationId, Id, QueueId, UserId};
use tieline_core::registry::Registry;
use tieline_core::report::live::{self, CHATS_MAX, Chat, Listed, Which};
use tieline_core::time::At;

use super::Scope;
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::rest::query::Query;
use crate::wire::customer::masked_attributes;
use crate::wire::scene;

/// What is looked at: of one team, and of these queues. Nothing named means everything.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wanted {
    #[serde(deserialize_with = "one_id")]
    team_id: Option<Id>,
    #[serde(deserialize_with = "ids")]
    queues: Vec<Id>,
}

/// Conversations agents serve, by queue.
pub async fn active(
    State(app): State<SharedApp>,
    person: Person,
    Json(wanted): Json<Wanted>,
) -> Result<Answer<Value>, ApiError> {
    chats(&app, &person, Which::Active, wanted).await
}

/// Customers who wait, by queue.
pub async fn queued(
    State(app): State<SharedApp>,
    person: Person,
    Json(wanted): Json<Wanted>,
) -> Result<Answer<Value>, ApiError> {
    chats(&app, &person, Which::Queued, wanted).await
}

/// Conversations a bot looks after, by bot.
pub async fn with_bots(State(app): State<SharedApp>, person: Person) -> Result<Answer<Value>, ApiError> {
    let registry = app.registry();
    Scope::of(&person, registry.clone())?;
    let found = listed(&app, Which::WithBots, |_| true).await?;
    let now = app.now();
    let groups = registry.bots().map(|bot| {
        let (id, name) = (bot.value.id, &bot.value.name);
        let its = found.iter().filter(|chat| chat.bot == Some(id));
        let chats: Vec<Value> = its.map(|chat| shown(&registry, &person, chat, now)).collect();
        json!({"queueId": id, "queueName": name, "chats": chats})
    });
    Ok(Answer(groups.filter(|group| group["chats"] != json!([])).collect()))
}

async fn chats(app: &App, person: &Person, which: Which, wanted: Wanted) -> Result<Answer<Value>, ApiError> {
    let registry = app.registry();
    let scope = Scope::of(person, registry.clone())?;
    let queues: BTreeSet<QueueId> = registry
        .queues()
        .map(|queue| queue.value.id)
        .filter(|queue| wanted.queues.is_empty() || wanted.queues.contains(&(*queue).into()))
        .filter(|queue| which == Which::Active || serves(&registry, wanted.team_id, *queue))
        .collect();
    let found = listed(app, which, |one| {
        let of_queue = one.queue.is_some_and(|queue| queues.contains(&queue));
        of_queue && (which == Which::Queued || is_of(&scope, wanted.team_id, &one.agents))
    })
    .await?;
    let now = app.now();
    let groups = queues.iter().filter_map(|id| {
        let name = &registry.queue(*id)?.value.name;
        let its = found.iter().filter(|chat| chat.queue == Some(*id));
        let chats: Vec<Value> = its.map(|chat| shown(&registry, person, chat, now)).collect();
        Some(json!({"queueId": id, "queueName": name, "chats": chats}))
    });
    Ok(Answer(groups.collect()))
}

/// What is wanted of a list, the oldest first, at most [`CHATS_MAX`].
async fn listed(app: &App, which: Which, wanted: impl Fn(&Listed) -> bool) -> Result<Vec<Chat>, ApiError> {
    let list = app.seen.list(app, which).await?;
    let meant = list.iter().filter(|one| wanted(one)).map(|one| one.conversation).take(CHATS_MAX);
    let meant: Vec<ConversationId> = meant.collect();
    Ok(app.engine.ask(move |state| live::chats(state, which, &meant)).await?)
}

/// Whether somebody of the team belongs to the queue.
fn serves(registry: &Registry, team: Option<Id>, queue: QueueId) -> bool {
    let Some(team) = team else { return true };
    let Some(queue) = registry.queue(queue) else { return false };
    let mut members = registry.users().filter(|user| user.value.team == Some(team));
    members.any(|user| queue.value.first_step_for(&user.value).is_some())
}

/// Whether somebody serves it whose work the caller may see, of the team that was asked for.
fn is_of(scope: &Scope, team: Option<Id>, agents: &[UserId]) -> bool {
    let team_of = |agent: UserId| scope.registry.user(agent).and_then(|user| user.value.team);
    agents.iter().any(|agent| scope.sees(*agent) && team.is_none_or(|team| team_of(*agent) == Some(team)))
}

fn shown(registry: &Registry, person: &Person, chat: &Chat, now: At) -> Value {
    let conversation = &chat.conversation;
    let customer = chat.customer.as_ref().map(|customer| {
        let mut customer = tieline_core::customer::Customer::clone(customer);
        if !person.sees_personal_data() {
            customer.attributes = masked_attributes(registry, &customer.attributes);
        }
        customer
    });
    let sessions: Vec<_> = customer
        .iter()
        .flat_map(|customer| {
            conversation.open_sessions().map(|session| scene::session(registry, session, customer))
        })
        .collect();
    let first = conversation.open_sessions().next();
    let channel = first.and_then(|session| registry.channel(session.channel));
    let channel_type = channel.and_then(|channel| registry.channel_type(channel.value.channel_type));
    let agents =
        conversation.agents.iter().filter(|seat| matches!(seat.role, Role::Primary | Role::Assistant));
    let agents = agents.filter_map(|seat| {
        let user = &registry.user(seat.agent)?.value;
        Some(json!({"agentName": user.full_name(), "agentUsername": user.username}))
    });
    let seats = conversation.agents.iter().map(|seat| scene::agent_seat(registry, seat, conversation.id));
    // Of one who is served: how long he waited before.
    let waited = match chat.waited_from {
        Some(from) => chat.since.since(from),
        None => now.since(chat.since),
    };
    json!({
        "conversationId": conversation.id,
        "customerName": customer.as_ref().map_or("", |customer| customer.first_name()),
        "channelType": channel_type.map_or("", |of| of.value.name.as_str()),
        "channelIdentity": first.map_or("", |session| &*session.address.customer),
        "customerLabels": customer.iter().flat_map(|customer| &customer.labels).collect::<Vec<_>>(),
        "activeChannelSessions": sessions,
        "conversationParticipantDetails": seats.collect::<Vec<_>>(),
        "conversationState": conversation.state,
        "direction": first.map(|session| session.direction),
        "agentDetails": agents.collect::<Vec<_>>(),
        "activeSince": now.since(chat.since).as_secs(),
        "waitingSince": waited.as_secs(),
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Teams {
    #[serde(deserialize_with = "ids")]
    teams: Vec<Id>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfQueue {
    queue_id: Option<String>,
}

/// Agents at work, of these teams.
pub async fn agents_of_teams(
    State(app): State<SharedApp>,
    person: Person,
    Json(Teams { teams }): Json<Teams>,
) -> Result<Answer<Value>, ApiError> {
    let registry = app.registry();
    activity(&app, &person, None, move |agent| {
        let team = registry.user(agent).and_then(|user| user.value.team);
        teams.is_empty() || team.is_some_and(|team| teams.contains(&team))
    })
    .await
}

/// Agents at work, of this queue.
pub async fn agents_of_queue(
    State(app): State<SharedApp>,
    person: Person,
    Query(OfQueue { queue_id }): Query<OfQueue>,
) -> Result<Answer<Value>, ApiError> {
    let queue = queue_id.map(|id| super::super::noun::QUEUES.id(&id)).transpose()?;
    activity(&app, &person, queue.map(Into::into), |_| true).await
}

async fn activity(
    app: &App,
    person: &Person,
    queue: Option<QueueId>,
    wanted: impl Fn(UserId) -> bool + Send + 'static,
) -> Result<Answer<Value>, ApiError> {
    let registry = app.registry();
    let scope = Scope::of(person, registry.clone())?;
    let agents = app.engine.ask(move |state| {
        let belongs = |agent| queue.is_none_or(|queue| state.queues().step_of(agent, queue).is_some());
        let meant =
            state.agents().filter(|agent| belongs(agent.id) && wanted(agent.id) && scope.sees(agent.id));
        meant.map(|agent| (agent.clone(), state.conversations_of(agent.id).count())).collect::<Vec<_>>()
    });
    let shown = agents.await?.into_iter().map(|(agent, conversations)| {
        let name = registry.user(agent.id).map(|user| user.value.username.clone()).unwrap_or_default();
        let mrds = agent.mrds.iter().map(|domain| json!({"id": domain.mrd, "state": domain.state}));
        json!({
            "id": agent.id,
            "name": name,
            "state": if agent.state == AgentState::Ready { "READY" } else { "NOT_READY" },
            "activeChatsCount": conversations,
            "mrds": mrds.collect::<Vec<_>>(),
        })
    });
    Ok(Answer(json!({"agents": shown.collect::<Vec<_>>()})))
}

/// An id, or nothing: desks send an empty text for every team.
fn one_id<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Id>, D::Error> {
    read_id(&Option::<String>::deserialize(value)?.unwrap_or_default())
}

/// Ids, or objects that carry one; an empty text among them says nothing.
fn ids<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<Id>, D::Error> {
    let sent = Option::<Vec<Value>>::deserialize(value)?.unwrap_or_default();
    let read = |one: &Value| {
        let member = ["queueId", "teamId", "id"].iter().find_map(|member| one.get(member));
        let text = member.unwrap_or(one).as_str();
        text.map_or_else(|| Err(Error::custom("an id is expected, or an object with one")), read_id)
    };
    sent.iter().filter_map(|one| read(one).transpose()).collect()
}

fn read_id<E: Error>(text: &str) -> Result<Option<Id>, E> {
    match text.trim() {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| E::custom(format_args!("{id:?} is no id"))),
    }
}
