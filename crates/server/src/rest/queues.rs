//! Precision queues beyond what every noun has.

use std::collections::BTreeSet;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::id::UserId;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Object, User};
use tieline_core::report::live::{self, Helpers};

use super::mint::new_id;
use super::noun::QUEUES;
use super::query::Query;
use super::version::etag;
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::wire::registry as wire;

/// People named in a preview.
const MATCHES_MAX: usize = 1000;

/// The steps of a queue by themselves.
pub async fn steps(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    person.may(Resource::Queue, Action::View)?;
    let registry = app.registry();
    let id = QUEUES.id(&id)?;
    let queue = registry.queue(id.into()).ok_or_else(|| QUEUES.missing(&id.to_string()))?;
    let steps = wire::queue(&registry, &queue.value).steps;
    Ok(([(header::ETAG, etag(queue.version))], Answer(steps)).into_response())
}

/// Whom a queue would reach if it were as sent, by the step that reaches each first. Nothing is kept.
pub async fn matches(
    State(app): State<SharedApp>,
    person: Person,
    Json(body): Json<Value>,
) -> Result<Answer<Vec<Value>>, ApiError> {
    person.may(Resource::Queue, Action::View)?;
    let registry = app.registry();
    let Object::Queue(queue) = QUEUES.draft(&app, &registry, new_id(app.now()), &body)? else {
        return Err(ApiError::internal("a queue was read as something else"));
    };
    let present: BTreeSet<UserId> =
        app.engine.ask(|state| state.agents().map(|agent| agent.id).collect()).await?;
    let reached = registry.users().map(|stored| &stored.value).filter(|user| serves(user));
    let mut reached: Vec<_> =
        reached.filter_map(|user| Some((queue.first_step_for(user)?, user.called(), user.id))).collect();
    reached.sort_by_cached_key(|(step, name, id)| (*step, name.to_lowercase(), *id));
    let shown = reached.into_iter().map(
        |(step, name, id)| json!({"id": id, "name": name, "step": step, "loggedIn": present.contains(&id)}),
    );
    Ok(Answer(shown.take(MATCHES_MAX).collect()))
}

fn serves(user: &User) -> bool {
    user.enabled && user.works_at_a_desk()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Help {
    conversation_id: Option<String>,
    agent_id: Option<String>,
}

/// Who could be asked for help, as desks show it when somebody wants to transfer or consult. Ids nobody has are
/// passed over, because a desk may ask a moment after a conversation has ended.
pub async fn available_agents(
    State(app): State<SharedApp>,
    person: Person,
    Query(Help { conversation_id, agent_id }): Query<Help>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Queue, Action::View)?;
    let conversation = conversation_id.and_then(|id| id.trim().parse().ok());
    let asks = agent_id.and_then(|id| id.trim().parse().ok());
    let found = app.engine.ask(move |state| live::helpers(state, conversation, asks)).await?;
    let registry = app.registry();
    let queues = found.into_iter().filter_map(|Helpers { queue, count, first }| {
        let name = &registry.queue(queue)?.value.name;
        let shown = first.iter().filter_map(|agent| {
            let user = &registry.user(*agent)?.value;
            let extensions = user.directory.get("agentExtension");
            Some(json!({
                "id": user.id,
                "name": user.username,
                "fullName": user.called(),
                "state": "READY",
                "extensions": extensions.map_or(&[][..], Vec::as_slice),
            }))
        });
        let shown: Vec<Value> = shown.collect();
        Some(json!({
            "queueId": queue,
            "queueName": name,
            "totalAvailableAgents": count,
            "availableAgents": shown,
        }))
    });
    Ok(Answer(queues.collect()))
}
