//! Why: for a request that waits, why nobody has it yet; for one that was offered, why to him.
//!
//! Pure questions to a state, asked on demand. They look at every user once, which choosing never does.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use tieline_cim::Why;

use crate::agent::{MrdState, State as AgentState};
use crate::id::{ConversationId, TaskId, UserId};
use crate::queue::Candidate;
use crate::registry::{Expression, Join, Operator, Queue, Registry, Role, Selection, User, expressions_hold};
use crate::state::State;
use crate::task::{Stage, Task};
use crate::time::At;

/// Agents named in an explanation; of the others only the number is given.
pub const NAMED_MAX: usize = 20;
/// Agents a choice was made over that are kept with it.
pub const RUNNERS_UP_MAX: usize = 5;

/// Why an offer went to whom it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub rule: Rule,
    pub chosen: Standing,
    /// Who would have been next, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runners_up: Vec<Standing>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rule {
    /// He served the customer the last time.
    LastAgent,
    /// He was asked for by name.
    NamedAgent,
    LongestAvailable,
    LeastSkilled,
    MostSkilled,
    /// Everybody who is free has passed on it; he comes first among them.
    NobodyElse,
}

/// How an agent stood when a choice was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub agent: UserId,
    /// The step of the queue that lets him serve; `None` when no queue was asked.
    pub step: Option<u16>,
    /// Tasks held of those he may hold, in thousandths.
    pub load_permille: u32,
    /// Without new work since; `None` if he never had any.
    pub since: Option<At>,
}

impl From<&Candidate> for Standing {
    fn from(candidate: &Candidate) -> Self {
        let Candidate { step, load_permille, since, agent, .. } = *candidate;
        Self { agent, step: Some(step), load_permille, since }
    }
}

impl From<Selection> for Rule {
    fn from(selection: Selection) -> Self {
        match selection {
            Selection::LongestAvailable => Self::LongestAvailable,
            Selection::LeastSkilled => Self::LeastSkilled,
            Selection::MostSkilled => Self::MostSkilled,
        }
    }
}

/// Why a request waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// 1 is served next.
    pub position: Option<usize>,
    pub in_queue: usize,
    pub steps: Vec<StepView>,
    /// Agents the queue asks for, by what keeps each from it: who is logged in first, then by name; at most
    /// [`NAMED_MAX`].
    pub agents: Vec<(UserId, Obstacle)>,
    /// Agents the queue asks for beyond those named.
    pub unnamed: usize,
}

/// One step of the queue as the request sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// What it asks of an agent, e.g. `english >= 7`.
    pub asks: String,
    /// `None` once it is open.
    pub opens: Option<Opens>,
    /// Users who satisfy it.
    pub agents: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    At(At),
    /// Steps before it have to open first.
    Later,
}

/// What keeps an agent from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    LoggedOut,
    /// His desk's connection is gone.
    Away,
    NotReady,
    /// He is ready, and the domain is switched off.
    DomainOff,
    /// Other work keeps the domain from him for now.
    Interrupted,
    AtCapacity {
        active: u16,
        max: u16,
    },
    /// Another request rings at him.
    Ringing,
    InConversation,
    /// He has passed the customer on himself.
    PassedOn,
    /// The step that lets him serve, counted from 0, is not open yet.
    StepClosed {
        step: u16,
    },
    /// Nothing: the next pass offers it to him.
    None,
}

/// Why a request waits; `None` when it does not.
#[must_use]
pub fn wait(state: &State, conversation: ConversationId, task: TaskId) -> Option<Wait> {
    let task = state.task(conversation, task).filter(|task| task.stage == Stage::Queued)?;
    let registry = state.registry();
    let queue = task.queue.and_then(|queue| registry.queue(queue)).map(|stored| &stored.value)?;
    let mut steps = steps_of(queue, task, registry);
    let mut meant = Vec::new();
    for user in registry.users().map(|stored| &stored.value).filter(|user| works(user)) {
        let Some(step) = queue.first_step_for(user) else { continue };
        for (at, view) in steps.iter_mut().enumerate() {
            let holds = queue.steps.get(at).is_none_or(|step| expressions_hold(&step.expressions, user));
            view.agents += usize::from(holds);
        }
        meant.push((user, step));
    }
    meant.sort_by_cached_key(|(user, _)| {
        (!state.agents.contains_key(&user.id), user.called().to_lowercase(), user.id)
    });
    let unnamed = meant.len().saturating_sub(NAMED_MAX);
    let named = meant.into_iter().take(NAMED_MAX);
    let agents = named.map(|(user, step)| (user.id, obstacle(state, task, user.id, step))).collect();
    let position = state.queues().waiting(queue.id).position(|waiting| waiting.task == task.id);
    Some(Wait {
        position: position.map(|before| before + 1),
        in_queue: state.queues().length(queue.id),
        steps,
        agents,
        unnamed,
    })
}

fn works(user: &User) -> bool {
    user.enabled && user.roles.iter().any(|role| matches!(role, Role::Agent | Role::Supervisor))
}

fn steps_of(queue: &Queue, task: &Task, registry: &Registry) -> Vec<StepView> {
    if queue.steps.is_empty() {
        return vec![StepView { asks: "everybody".to_owned(), opens: None, agents: 0 }];
    }
    let opens = |at: usize| match at.checked_sub(task.steps_open.into()) {
        None => None,
        Some(0) => Some(task.next_step_at.map_or(Opens::Later, Opens::At)),
        Some(_) => Some(Opens::Later),
    };
    let view = |(at, step): (usize, &crate::registry::Step)| StepView {
        asks: condition(&step.expressions, registry),
        opens: opens(at),
        agents: 0,
    };
    queue.steps.iter().enumerate().map(view).collect()
}

/// What keeps an agent, who belongs to the queue from `step` on, from a request.
fn obstacle(state: &State, task: &Task, agent: UserId, step: usize) -> Obstacle {
    let seated =
        state.conversation(task.conversation).is_some_and(|seats| seats.participant(agent).is_some());
    let Some(record) = state.agents.get(&agent) else { return Obstacle::LoggedOut };
    let Some(domain) = record.mrd(task.mrd) else { return Obstacle::DomainOff };
    let (active, max) = (domain.active, domain.max_tasks);
    if seated {
        Obstacle::InConversation
    } else if !task.may_go_to(agent) {
        Obstacle::PassedOn
    } else if !record.is_connected() {
        Obstacle::Away
    } else if record.state != AgentState::Ready {
        Obstacle::NotReady
    } else if domain.state == MrdState::Interrupted {
        Obstacle::Interrupted
    } else if !domain.state.is_on() {
        Obstacle::DomainOff
    } else if active >= max {
        Obstacle::AtCapacity { active, max }
    } else if record.offer.is_some() {
        Obstacle::Ringing
    } else if step >= task.steps_open.into() {
        Obstacle::StepClosed { step: u16::try_from(step).unwrap_or(u16::MAX) }
    } else {
        Obstacle::None
    }
}

/// An expression of routing attributes as people write it.
#[must_use]
pub fn condition(expressions: &[Expression], registry: &Registry) -> String {
    let several = expressions.len() > 1;
    let mut text = String::new();
    for (e, expression) in expressions.iter().enumerate() {
        text += if e > 0 { joined(expression.join) } else { "" };
        text += if several { "(" } else { "" };
        for (t, term) in expression.terms.iter().enumerate() {
            text += if t > 0 { joined(term.join) } else { "" };
            let name = registry.attribute(term.attribute).map_or("?", |stored| &stored.value.name);
            let _ = write!(text, "{name} {} {}", relation(term.operator), term.value);
        }
        text += if several { ")" } else { "" };
    }
    text
}

const fn joined(join: Join) -> &'static str {
    match join {
        Join::And => " and ",
        Join::Or => " or ",
    }
}

const fn relation(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::AtMost => "<=",
        Operator::Greater => ">",
        Operator::AtLeast => ">=",
    }
}

impl Wait {
    /// The explanation in sentences. `name` says what people call an agent.
    pub fn sentences(&self, now: At, name: impl Fn(UserId) -> String) -> Vec<String> {
        let agents =
            self.agents.iter().map(|(agent, obstacle)| format!("{} {}", name(*agent), obstacle.why()));
        let more = Some(self.unnamed).filter(|count| *count > 0).map(|count| Why::MoreAgents { count });
        let of_request = self.of_request(now).into_iter().map(|why| why.to_string());
        of_request.chain(agents).chain(more.map(|why| why.to_string())).collect()
    }

    /// What there is to say beside what keeps each agent from it.
    #[must_use]
    pub fn of_request(&self, now: At) -> Vec<Why> {
        let position = self.position.map(|position| Why::WaitsAt { position, total: self.in_queue });
        let steps = (1..).zip(&self.steps).filter_map(|(number, step)| match step.opens {
            Some(Opens::At(at)) => Some(Why::StepOpensIn { step: number, seconds: secs_until(now, at) }),
            Some(Opens::Later) => Some(Why::StepOpensLater { step: number }),
            None if step.agents == 0 => Some(Why::NobodyWith { asks: step.asks.clone() }),
            None => None,
        });
        position.into_iter().chain(steps).collect()
    }
}

/// Whole seconds, rounded up.
fn secs_until(now: At, then: At) -> u64 {
    then.since(now).as_millis().div_ceil(1000)
}

impl Obstacle {
    /// What is said of the agent, after his name.
    #[must_use]
    pub fn why(self) -> Why {
        match self {
            Self::LoggedOut => Why::AgentIsLoggedOut,
            Self::Away => Why::AgentIsAway,
            Self::NotReady => Why::AgentIsNotReady,
            Self::DomainOff => Why::AgentDomainOff,
            Self::Interrupted => Why::AgentIsInterrupted,
            Self::AtCapacity { active, max } => Why::AgentAtCapacity { active, max },
            Self::Ringing => Why::AgentIsRung,
            Self::InConversation => Why::AgentIsInConversation,
            Self::PassedOn => Why::AgentPassedOn,
            Self::StepClosed { step } => Why::AgentNotAskedYet { step: u32::from(step) + 1 },
            Self::None => Why::AgentIsFree,
        }
    }
}
