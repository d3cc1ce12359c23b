//! Looking for past conversations: by who served them, where, when, and how they were wrapped up.

use serde::Deserialize;
use tieline_cim::Why;
use tieline_core::conversation::{Mark, SessionDirection};
use tieline_core::id::Id;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::Role;
use tieline_store::PastSearch;

use super::query::moment;
use crate::app::App;
use crate::auth::Person;
use crate::problem::ApiError;

/// Oneself, in place of an agent's id.
const ME: &str = "me";

/// What the query of a list of conversations may hold to find closed ones.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    agent: Option<String>,
    team: Option<String>,
    queue: Option<String>,
    channel: Option<String>,
    wrap_up: Option<String>,
    direction: Option<SessionDirection>,
    from: Option<String>,
    until: Option<String>,
    min_seconds: Option<String>,
    max_seconds: Option<String>,
}

impl Asked {
    pub fn is_given(&self) -> bool {
        let texts = [
            &self.agent,
            &self.team,
            &self.queue,
            &self.channel,
            &self.wrap_up,
            &self.from,
            &self.until,
            &self.min_seconds,
            &self.max_seconds,
        ];
        texts.into_iter().any(Option::is_some) || self.direction.is_some()
    }

    pub fn search(&self, app: &App, person: &Person) -> Result<PastSearch, ApiError> {
        let mut marks = Vec::new();
        if let Some(agent) = &self.agent {
            let agent = if agent == ME { person.id() } else { id("agent", agent)?.into() };
            marks.push(Mark::Agent(agent));
        }
        if let Some(queue) = &self.queue {
            marks.push(Mark::Queue(id("queue", queue)?.into()));
        }
        if let Some(channel) = &self.channel {
            marks.push(Mark::Channel(id("channel", channel)?.into()));
        }
        marks.extend(self.wrap_up.as_deref().map(Mark::wrap_up));
        let seconds = |field: &'static str, text: &Option<String>, otherwise| match text {
            None => Ok(otherwise),
            Some(text) => text.parse().map_err(|_| {
                ApiError::bad_request(field, format_args!("{field} is {text:?}"), "Send whole seconds.")
            }),
        };
        let least = seconds("minSeconds", &self.min_seconds, 0)?;
        let most = seconds("maxSeconds", &self.max_seconds, u64::MAX)?;
        Ok(PastSearch {
            marks,
            any_mark: self.team.as_deref().map_or(Ok(Vec::new()), |team| members(app, team))?,
            direction: self.direction,
            from: moment("from", self.from.as_deref())?,
            until: moment("until", self.until.as_deref())?,
            lasted_secs: least..=most,
            ..PastSearch::default()
        })
    }
}

/// Who is in a team now.
fn members(app: &App, team: &str) -> Result<Vec<Mark>, ApiError> {
    let team = id("team", team)?;
    let registry = app.registry();
    let members = registry.users().filter(|user| user.value.team == Some(team));
    let members: Vec<Mark> = members.map(|user| Mark::Agent(user.value.id)).collect();
    if members.is_empty() {
        return Err(ApiError::bad_request("team", "nobody is in this team", "Send the id of a team."));
    }
    Ok(members)
}

fn id(field: &'static str, text: &str) -> Result<Id, ApiError> {
    text.trim().parse().map_err(|_| {
        ApiError::bad_request(field, format_args!("{text:?} is no id"), "Send the id of an object.")
    })
}

/// An agent looks for his own conversations, and for those of a customer.
pub fn check_may_search(person: &Person, search: &PastSearch) -> Result<(), ApiError> {
    let roles = &person.user.value.roles;
    let own = search.marks.contains(&Mark::Agent(person.id())) || search.customer.is_some();
    if own || roles.iter().any(|role| *role != Role::Agent) {
        return Ok(());
    }
    let why = Why::OwnConversations;
    Err(person.refused(Resource::Conversations, Action::View, &why).coded(&why))
}
