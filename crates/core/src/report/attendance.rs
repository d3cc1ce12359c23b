//! When agents were in which state: the log of their changes, and the time they spent.
//!
//! An agent's record says since when he has been in his states. [`Attendance`] remembers how each stood when he was
//! last looked at, and from the difference to how he stands now follow a line of the log and a stretch of time.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tally::{Standing, Subject, Tallies};
use crate::agent::{Agent, MrdState, State};
use crate::id::{Id, MrdId, UserId};
use crate::time::At;

/// A line of the log of agents' states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    pub at: At,
    pub agent: UserId,
    pub what: What,
    /// The reason code that was given.
    pub reason: Option<Id>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum What {
    /// Not ready from here on, in every domain.
    LoggedIn,
    LoggedOut,
    Ready,
    NotReady,
    /// The desk's connection failed; the agent is offered nothing until it is back.
    DeskLost,
    DeskBack,
    Domain(MrdId, MrdState),
}

/// What a look at an agent brings to light.
#[derive(Debug, Default)]
pub struct Seen {
    pub changes: Vec<StateChange>,
    pub tallies: Tallies,
}

/// How every agent at work stood when he was last looked at.
#[derive(Debug, Default)]
pub struct Attendance(HashMap<UserId, Stance>);

#[derive(Debug, PartialEq, Eq)]
struct Stance {
    ready: bool,
    reason: Option<Id>,
    since: At,
    connected: bool,
    domains: Vec<(MrdId, MrdState, At)>,
}

impl Attendance {
    /// Takes an agent up as his record was kept.
    pub fn adopt(&mut self, agent: &Agent) {
        self.0.insert(agent.id, Stance::of(agent));
    }

    /// Looks at an agent, who may have changed.
    pub fn see(&mut self, agent: &Agent, now: At) -> Seen {
        let mut seen = Seen::default();
        let stance = Stance::of(agent);
        let Some(former) = self.0.get(&agent.id) else {
            seen.log(agent.id, agent.logged_in_at, What::LoggedIn, None);
            self.0.insert(agent.id, stance);
            return seen;
        };
        if *former == stance {
            return seen;
        }
        if (former.ready, former.reason, former.since) != (stance.ready, stance.reason, stance.since) {
            seen.spend_globally(agent.id, former, stance.since);
            let what = if stance.ready { What::Ready } else { What::NotReady };
            seen.log(agent.id, stance.since, what, stance.reason);
        }
        seen.compare_domains(agent.id, former, &stance, now);
        if former.connected != stance.connected {
            let what = if stance.connected { What::DeskBack } else { What::DeskLost };
            seen.log(agent.id, now, what, None);
        }
        self.0.insert(agent.id, stance);
        seen
    }

    /// An agent has logged out.
    pub fn leave(&mut self, agent: UserId, reason: Option<&Value>, now: At) -> Seen {
        let mut seen = Seen::default();
        if let Some(former) = self.0.remove(&agent) {
            seen.spend_all(agent, &former, now);
            seen.log(agent, now, What::LoggedOut, reason.and_then(reason_id));
        }
        seen
    }
}

/// The time an agent has spent in the states he is in now, which no sum holds yet.
#[must_use]
pub fn unfinished(agent: &Agent, now: At) -> Tallies {
    let mut seen = Seen::default();
    seen.spend_all(agent.id, &Stance::of(agent), now);
    seen.tallies
}

/// Of the desk's reason-code object only the id is kept.
#[must_use]
pub fn reason_id(reason: &Value) -> Option<Id> {
    reason.get("id")?.as_str()?.parse().ok()
}

impl Stance {
    fn of(agent: &Agent) -> Self {
        let (ready, reason) = match &agent.state {
            State::Ready => (true, None),
            State::NotReady { reason } => (false, reason.as_ref().and_then(reason_id)),
        };
        Self {
            ready,
            reason,
            since: agent.state_since,
            connected: agent.is_connected(),
            domains: agent.mrds.iter().map(|domain| (domain.mrd, domain.state, domain.since)).collect(),
        }
    }

    fn domain(&self, mrd: MrdId) -> Option<(MrdState, At)> {
        self.domains.iter().find(|(of, ..)| *of == mrd).map(|(_, state, since)| (*state, *since))
    }
}

impl Seen {
    fn log(&mut self, agent: UserId, at: At, what: What, reason: Option<Id>) {
        self.changes.push(StateChange { at, agent, what, reason });
    }

    fn compare_domains(&mut self, agent: UserId, former: &Stance, stance: &Stance, now: At) {
        for (mrd, state, since) in &former.domains {
            let present = stance.domain(*mrd);
            if present != Some((*state, *since)) {
                let until = present.map_or(now, |(_, since)| since);
                self.spend_in(agent, *mrd, *state, *since, until);
            }
        }
        for (mrd, state, since) in &stance.domains {
            // A domain that was not there before was off.
            if former.domain(*mrd).map_or(MrdState::NotReady, |(state, _)| state) != *state {
                self.log(agent, *since, What::Domain(*mrd, *state), None);
            }
        }
    }

    fn spend_all(&mut self, agent: UserId, stance: &Stance, until: At) {
        self.spend_globally(agent, stance, until);
        for (mrd, state, since) in &stance.domains {
            self.spend_in(agent, *mrd, *state, *since, until);
        }
    }

    fn spend_globally(&mut self, agent: UserId, stance: &Stance, until: At) {
        let standing = if stance.ready { Standing::Ready } else { Standing::NotReady };
        self.tallies.spend(stance.since, until, Subject::Time { agent, standing, reason: stance.reason });
    }

    fn spend_in(&mut self, agent: UserId, mrd: MrdId, state: MrdState, since: At, until: At) {
        if !matches!(state, MrdState::NotReady | MrdState::Login) {
            let standing = Standing::Domain(mrd, state);
            self.tallies.spend(since, until, Subject::Time { agent, standing, reason: None });
        }
    }
}
