//! Conversations, live and past: what they are, what happened in them, and the data kept with them.

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline_cim::PastEvent;
use tieline_core::command::Command;
use tieline_core::conversation::{Conversation, SessionState, State as Standing};
use tieline_core::customer::Customer;
use tieline_core::event::{Event, Seq};
use tieline_core::id::ConversationId;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::Registry;
use tieline_core::task::Stage;
use tieline_store::ConversationFilter;

use super::query::{PAGE_ROWS_MAX, Query, rows};
use super::refused::submit;
use super::stranger::Anybody;
use super::{customers, past};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::wire::customer::masked_session;
use crate::wire::scene::{Setting, username};

/// Pages of closed conversations read to fill one that was asked for.
const PAGES_MAX: usize = 20;
/// Events behind which a history is not read further.
const HISTORY_EVENTS_MAX: usize = 20_000;
/// Pairs a page may add at once, and bytes of each.
const PAGE_PAIRS_MAX: usize = 50;
const PAGE_PAIR_BYTES_MAX: usize = 2_000;

#[derive(Debug, Deserialize)]
pub struct Listing {
    state: Option<Asked>,
    customer: Option<String>,
    before: Option<String>,
    limit: Option<usize>,
    #[serde(flatten)]
    past: past::Asked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Asked {
    Open,
    Closed,
    All,
}

/// Newest first; `before` is the last one of the page before.
pub async fn list(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Listing>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Conversations, Action::View)?;
    let limit = rows(asked.limit)?;
    if asked.past.is_given() {
        if asked.state.is_some_and(|state| state != Asked::Closed) {
            let what = "agent, team, queue, channel, wrapUp, direction, from, until and seconds find closed conversations";
            return Err(ApiError::bad_request("state", what, "Send state=closed, or leave it out."));
        }
        let mut search = asked.past.search(&app, &person)?;
        search.customer = asked.customer.as_deref().map(customers::read_id).transpose()?;
        search.before = asked.before.as_deref().map(read_id).transpose()?;
        past::check_may_search(&person, &search)?;
        let found = app.store.past(search, limit).await?;
        let (registry, sight) = (app.registry(), Sight::of(person.sees_personal_data()));
        let shown: Vec<Value> = found.conversations.iter().map(|one| shown(&registry, one, sight)).collect();
        return Ok(Answer(json!({"conversations": shown, "next": found.next})));
    }
    let state = asked.state.unwrap_or(Asked::All);
    let mut filter = ConversationFilter {
        customer: asked.customer.as_deref().map(customers::read_id).transpose()?,
        live_only: state == Asked::Open,
        before: asked.before.as_deref().map(read_id).transpose()?,
    };
    let mut found: Vec<Arc<Conversation>> = Vec::new();
    let mut more = true;
    for _ in 0..PAGES_MAX {
        let page = app.store.conversations(filter, limit).await?;
        more = page.len() == limit;
        filter.before = page.last().map(|last| last.id).or(filter.before);
        found.extend(page.into_iter().filter(|one| state != Asked::Closed || one.state == Standing::Closed));
        if found.len() >= limit || !more {
            break;
        }
    }
    more |= found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|last| last.id).or(filter.before).filter(|_| more);
    let (registry, sight) = (app.registry(), Sight::of(person.sees_personal_data()));
    let shown: Vec<Value> = found.iter().map(|one| shown(&registry, one, sight)).collect();
    Ok(Answer(json!({"conversations": shown, "next": next})))
}

pub async fn one(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Conversations, Action::View)?;
    let conversation = present(&app, read_id(&id)?).await?;
    let sight = Sight::of(customers::sees(&app, &person, conversation.customer).await?);
    let mut shown = shown(&app.registry(), &conversation, sight);
    if let Some(customer) = customers::standing(&app, conversation.customer).await? {
        shown["customer"] = json!(customers::shown_to(&app, &person, &customer).await?);
    }
    let mut suggestions = Vec::new();
    for id in conversation.suggestions() {
        if let Some(customer) = customers::standing(&app, id).await? {
            suggestions.push(customers::shown_to(&app, &person, &customer).await?);
        }
    }
    shown["customerSuggestions"] = json!(suggestions);
    Ok(Answer(shown))
}

#[derive(Debug, Deserialize)]
pub struct Which {
    after: Option<Seq>,
    before: Option<String>,
    limit: Option<usize>,
}

/// Which page of a log is read.
enum Page {
    After(Seq),
    /// Without a place, the newest.
    Before(Option<Seq>),
}

impl Which {
    fn page(&self) -> Result<Page, ApiError> {
        let hint = "Send the sequence a page gave as next, or end for the newest page.";
        match (self.after, self.before.as_deref()) {
            (after, None) => Ok(Page::After(after.unwrap_or(0))),
            (None, Some("end")) => Ok(Page::Before(None)),
            (None, Some(text)) => match text.parse() {
                Ok(before) => Ok(Page::Before(Some(before))),
                Err(_) => Err(ApiError::bad_request("before", format_args!("{text:?} is no sequence"), hint)),
            },
            (Some(_), Some(_)) => Err(ApiError::bad_request("before", "after was sent with it", hint)),
        }
    }
}

/// What happened, each with its place in the log. A page is oldest first, also when pages are read from the end.
pub async fn events(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Query(asked): Query<Which>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Conversations, Action::View)?;
    let limit = rows(asked.limit)?;
    let conversation = present(&app, read_id(&id)?).await?;
    let mut events = match asked.page()? {
        Page::After(after) => app.store.events(conversation.id, after, None, limit).await?,
        Page::Before(before) => app.store.events_before(conversation.id, before, limit).await?,
    };
    let next = events.last().map(|last| last.seq).filter(|_| events.len() == limit);
    events.sort_unstable_by_key(|event| event.seq);
    let scene = scene_of(&app, &person, conversation).await?;
    let registry = app.registry();
    let told = events.iter().map(|event| {
        let told = scene.told(&registry, event);
        json!({"sequence": event.seq, "at": event.at, "event": told})
    });
    let told: Vec<Value> = told.filter(|told| !told["event"].is_null()).collect();
    Ok(Answer(json!({"events": told, "next": next})))
}

#[derive(Debug, Deserialize)]
pub struct History {
    limit: Option<usize>,
    /// A page, not a row: that is how desks ask.
    offset: Option<usize>,
}

/// What happened with a customer before the conversation that is open now, newest first.
pub async fn history(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Query(asked): Query<History>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Conversations, Action::View)?;
    let id = customers::read_id(&id)?;
    let limit = rows(asked.limit)?;
    let skip = asked.offset.unwrap_or(0).saturating_mul(limit);
    if skip > HISTORY_EVENTS_MAX {
        let what = format!("page {} lies too far back", asked.offset.unwrap_or(0));
        let hint = "Read the conversations one by one, at /conversation-manager/conversations?customer=.";
        return Err(ApiError::bad_request("offset", what, hint));
    }
    let open = app.engine.ask(move |state| state.conversation_with(id).map(|live| live.id)).await?;
    let (mut before, mut left) = (None, skip);
    while left > 0 {
        let page = app.store.events_of_customer(id, before, left.min(PAGE_ROWS_MAX), open).await?;
        let Some(last) = page.last() else { return Ok(Answer(json!({"docs": []}))) };
        before = Some(last.seq);
        left = left.saturating_sub(page.len());
    }
    let page = app.store.events_of_customer(id, before, limit, open).await?;
    Ok(Answer(json!({"docs": past(&app, &person, &page).await?})))
}

/// How much of a customer somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Clear,
    Masked,
}

impl Sight {
    const fn of(clear: bool) -> Self {
        if clear { Self::Clear } else { Self::Masked }
    }
}

/// A conversation and its customer, and how much of him the reader sees.
struct Scene {
    conversation: Arc<Conversation>,
    customer: Option<Arc<Customer>>,
    sight: Sight,
}

impl Scene {
    fn told(&self, registry: &Registry, event: &Event) -> Option<tieline_cim::CimEvent> {
        let session = event.session.and_then(|id| self.conversation.session(id)).map(AsRef::as_ref);
        let setting = match self.sight {
            Sight::Clear => Setting::new,
            Sight::Masked => Setting::masked,
        };
        setting(registry, session, self.customer.as_deref()).event(event)
    }
}

/// Past events, each shown with the session and the customer of its conversation.
async fn past(app: &App, person: &Person, events: &[Arc<Event>]) -> Result<Vec<PastEvent>, ApiError> {
    let mut scenes: HashMap<ConversationId, Option<Scene>> = HashMap::new();
    let registry = app.registry();
    let mut told_events = Vec::with_capacity(events.len());
    for event in events {
        let scene = match scenes.entry(event.conversation) {
            Occupied(known) => known.into_mut(),
            Vacant(unknown) => unknown.insert(scene(app, person, event.conversation).await?),
        };
        if let Some(scene) = scene {
            told_events.extend(scene.told(&registry, event).map(PastEvent));
        }
    }
    Ok(told_events)
}

async fn scene(app: &App, person: &Person, id: ConversationId) -> Result<Option<Scene>, ApiError> {
    match app.store.conversation(id).await? {
        Some(conversation) => scene_of(app, person, conversation).await.map(Some),
        None => Ok(None),
    }
}

async fn scene_of(app: &App, person: &Person, conversation: Arc<Conversation>) -> Result<Scene, ApiError> {
    let customer = customers::standing(app, conversation.customer).await?;
    let id = customer.as_ref().map_or(conversation.customer, |customer| customer.id);
    let sight = Sight::of(customers::sees(app, person, id).await?);
    Ok(Scene { conversation, customer, sight })
}

/// The pairs kept with a conversation.
pub async fn data(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Answer<Map<String, Value>>, ApiError> {
    person.may(Resource::Conversations, Action::View)?;
    Ok(Answer(present(&app, read_id(&id)?).await?.data.clone()))
}

pub async fn add_data(
    State(app): State<SharedApp>,
    caller: Anybody<Person>,
    Path(id): Path<String>,
    Json(sent): Json<Value>,
) -> Result<Answer<Map<String, Value>>, ApiError> {
    let data = pairs(sent)?;
    match caller {
        Anybody::Known(person) => {
            person.may(Resource::Conversations, Action::Manage)?;
            merge(&app, read_id(&id)?, data).await
        }
        Anybody::Page { address, .. } if app.web.is_in(address, &id) => {
            add_from_page(&app, read_id(&id)?, data).await
        }
        Anybody::Page { refused, .. } => Err(refused),
    }
}

/// Pairs as an object, or as the documented list of `{key, value}`.
fn pairs(sent: Value) -> Result<Map<String, Value>, ApiError> {
    let hint = "Send an object of keys and values.";
    match sent {
        Value::Object(pairs) => Ok(pairs),
        Value::Array(items) => {
            let pair =
                |item: &Value| Some((item.get("key")?.as_str()?.to_owned(), item.get("value")?.clone()));
            let read: Option<Map<String, Value>> = items.iter().map(pair).collect();
            read.ok_or_else(|| ApiError::malformed("the list holds something else than {key, value}", hint))
        }
        _ => Err(ApiError::malformed("the body holds no pairs", hint)),
    }
}

/// Pairs of a page are few and small, and it is told of no others.
async fn add_from_page(
    app: &App,
    id: ConversationId,
    data: Map<String, Value>,
) -> Result<Answer<Map<String, Value>>, ApiError> {
    let too_large = data.len() > PAGE_PAIRS_MAX
        || data.iter().any(|(key, value)| key.len() + value.to_string().len() > PAGE_PAIR_BYTES_MAX);
    if too_large {
        return Err(ApiError::too_large(format_args!(
            "a page may add {PAGE_PAIRS_MAX} pairs of {PAGE_PAIR_BYTES_MAX} bytes"
        )));
    }
    submit(app, Command::MergeData { conversation: id, data: data.clone() }).await?;
    Ok(Answer(data))
}

/// The same for whoever knows the customer's address and not the conversation.
pub async fn add_data_by_identifier(
    State(app): State<SharedApp>,
    caller: Anybody<Person>,
    Path(identifier): Path<String>,
    Json(sent): Json<Value>,
) -> Result<Answer<Map<String, Value>>, ApiError> {
    let data = pairs(sent)?;
    match caller {
        Anybody::Known(person) => person.may(Resource::Conversations, Action::Manage)?,
        Anybody::Page { address, refused } => {
            let conversation = app.web.conversation_of(address, identifier.trim()).ok_or(refused)?;
            return add_from_page(&app, read_id(&conversation)?, data).await;
        }
    }
    let id = at_identifier(&app, &identifier).await?;
    merge(&app, id, data).await
}

/// The open conversation of a customer's address.
pub async fn by_identifier(
    State(app): State<SharedApp>,
    person: Person,
    Path(identifier): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Conversations, Action::View)?;
    let id = at_identifier(&app, &identifier).await?;
    let conversation = present(&app, id).await?;
    let sight = Sight::of(customers::sees(&app, &person, conversation.customer).await?);
    Ok(Answer(shown(&app.registry(), &conversation, sight)))
}

async fn merge(
    app: &App,
    id: ConversationId,
    data: Map<String, Value>,
) -> Result<Answer<Map<String, Value>>, ApiError> {
    submit(app, Command::MergeData { conversation: id, data }).await?;
    Ok(Answer(present(app, id).await?.data.clone()))
}

async fn at_identifier(app: &App, identifier: &str) -> Result<ConversationId, ApiError> {
    let wanted = identifier.trim().to_owned();
    let found: Vec<ConversationId> = app
        .engine
        .ask(move |state| state.conversations_at(&wanted).map(|live| live.id).take(2).collect())
        .await?;
    match found[..] {
        [id] => Ok(id),
        [] => Err(ApiError::not_found(format_args!("there is no open conversation with {identifier:?}"))),
        _ => Err(ApiError::new(
            axum::http::StatusCode::CONFLICT,
            "ambiguous",
            format_args!("several conversations with {identifier:?} are open"),
            "Use the id of the conversation.",
        )),
    }
}

/// A conversation as it is now, live or past.
pub async fn present(app: &App, id: ConversationId) -> Result<Arc<Conversation>, ApiError> {
    let found = app.store.conversation(id).await?;
    found.ok_or_else(|| missing(&id.to_string()))
}

pub fn read_id(text: &str) -> Result<ConversationId, ApiError> {
    text.trim().parse().map_err(|_| missing(text))
}

fn missing(id: &str) -> ApiError {
    ApiError::not_found(format_args!("there is no conversation with the id {id:?}"))
}

fn shown(registry: &Registry, conversation: &Conversation, sight: Sight) -> Value {
    let sessions = conversation.sessions.iter().map(|session| {
        let address = match sight {
            Sight::Clear => session.address.clone(),
            Sight::Masked => masked_session(registry, session).address,
        };
        let channel = registry.channel(session.channel).map(|stored| &stored.value);
        let channel_type = channel.and_then(|channel| registry.channel_type(channel.channel_type));
        let (state, ended_at, reason) = match session.state {
            SessionState::Started => ("STARTED", None, None),
            SessionState::Ended { at, reason } => ("ENDED", Some(at), Some(reason)),
        };
        json!({
            "id": session.id,
            "channel": {
                "id": session.channel,
                "name": channel.map(|channel| &channel.name),
                "type": channel_type.map(|stored| &stored.value.name),
            },
            "serviceIdentifier": address.service,
            "customerIdentifier": address.customer,
            "direction": session.direction,
            "state": state,
            "reason": reason,
            "startedAt": session.started_at,
            "endedAt": ended_at,
        })
    });
    let agents = conversation.agents.iter().map(|seat| {
        let user = registry.user(seat.agent).map(|stored| &stored.value.username);
        json!({"id": seat.agent, "username": user, "role": seat.role, "joinedAt": seat.joined_at})
    });
    let tasks = conversation.tasks.iter().map(|task| {
        let queue = task.queue.and_then(|id| registry.queue(id)).map(|stored| &stored.value.name);
        let (state, agent) = match task.stage {
            Stage::Queued => ("QUEUED", None),
            Stage::Offered { agent, .. } => ("RESERVED", Some(agent)),
            Stage::Active { agent } => ("ACTIVE", Some(agent)),
            Stage::WrapUp { agent, .. } => ("WRAP_UP", Some(agent)),
            Stage::Closed { .. } => ("CLOSED", None),
        };
        json!({"id": task.id, "queue": queue, "state": state, "agent": agent, "priority": task.priority,
               "enqueuedAt": task.enqueued_at, "answeredAt": task.answered_at})
    });
    let wrap_ups = conversation.wrap_ups.iter().map(|code| {
        json!({"by": code.by, "username": username(registry, code.by), "categoryName": code.category,
               "value": code.value})
    });
    // Which identifiers moved, and not their values: those are for who may see the customers.
    let links = conversation.links.iter().map(|link| {
        let moved: BTreeSet<&str> =
            link.taken.iter().chain(&link.given).map(|held| &*held.attribute).collect();
        json!({"at": link.at, "by": link.by, "username": username(registry, link.by), "reason": link.reason,
               "from": link.from, "to": link.to, "identifiers": moved})
    });
    json!({
        "id": conversation.id,
        "customerId": conversation.customer,
        "state": conversation.state,
        "startedAt": conversation.started_at,
        "closedAt": conversation.closed_at,
        "sessions": sessions.collect::<Vec<_>>(),
        "agents": agents.collect::<Vec<_>>(),
        "bot": conversation.bot.as_ref().map(|seat| seat.bot),
        "tasks": tasks.collect::<Vec<_>>(),
        "data": conversation.data,
        "links": links.collect::<Vec<_>>(),
        "wrapUps": wrap_ups.collect::<Vec<_>>(),
    })
}
