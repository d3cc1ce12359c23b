//! An agent at work: global state, state per media routing domain, and whether his desk is connected.
//!
//! This file holds the values and their transitions (documented state machines of agent and MRD); what an
//! agent's change means for waiting requests is `routing`'s business.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{ConnectionId, MrdId, TaskId, UserId};
use crate::time::At;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    pub id: UserId,
    pub state: State,
    pub state_since: At,
    pub logged_in_at: At,
    pub desk: Desk,
    pub mrds: Vec<AgentMrd>,
    /// The one offer he is being rung with.
    pub offer: Option<TaskId>,
    /// Offers missed in a row.
    pub ronas: u16,
}

/// An agent who is logged out has no record, so there is no such state here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The reason is the desk's reason-code object, kept as sent.
    NotReady {
        reason: Option<Value>,
    },
    Ready,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Desk {
    Connected {
        connection: ConnectionId,
    },
    /// The socket is gone; he is logged out when it stays away.
    Away {
        until: At,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentMrd {
    pub mrd: MrdId,
    pub state: MrdState,
    pub previous: MrdState,
    pub since: At,
    /// When the domain last became READY; `None` if never, which counts as longest ago.
    pub last_ready_at: Option<At>,
    /// When a task last ended here.
    #[serde(default)]
    pub last_ended_at: Option<At>,
    /// The domain whose work comes first for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted_by: Option<MrdId>,
    /// Tasks held now.
    pub active: u16,
    pub max_tasks: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MrdState {
    Login,
    NotReady,
    /// Switched off while tasks are open.
    PendingNotReady,
    Ready,
    Active,
    Busy,
    Interrupted,
}

impl MrdState {
    /// New work may be offered.
    #[must_use]
    pub const fn is_available(self) -> bool {
        matches!(self, Self::Ready | Self::Active)
    }

    /// Takes work as soon as there is room.
    #[must_use]
    pub const fn takes_work(self) -> bool {
        matches!(self, Self::Ready | Self::Active | Self::Busy)
    }

    /// Switched on, whether or not there is room for more.
    #[must_use]
    pub const fn is_on(self) -> bool {
        matches!(self, Self::Ready | Self::Active | Self::Busy | Self::Interrupted)
    }
}

impl AgentMrd {
    #[must_use]
    pub const fn new(mrd: MrdId, max_tasks: u16, now: At) -> Self {
        Self {
            mrd,
            state: MrdState::NotReady,
            previous: MrdState::Login,
            since: now,
            last_ready_at: None,
            last_ended_at: None,
            interrupted_by: None,
            active: 0,
            max_tasks,
        }
    }

    /// Tasks held of those that may be held, in thousandths.
    #[must_use]
    pub fn load_permille(&self) -> u32 {
        u32::from(self.active) * 1000 / u32::from(self.max_tasks.max(1))
    }

    /// Since when there has been no new work: the domain became READY or a task ended.
    #[must_use]
    pub fn idle_since(&self) -> Option<At> {
        self.last_ready_at.max(self.last_ended_at)
    }

    /// The state that fits the number of tasks while the domain is on.
    const fn on_state(&self) -> MrdState {
        if self.interrupted_by.is_some() {
            MrdState::Interrupted
        } else if self.active == 0 {
            MrdState::Ready
        } else if self.active >= self.max_tasks {
            MrdState::Busy
        } else {
            MrdState::Active
        }
    }

    /// Moves to `state`; true when that is a change.
    fn enter(&mut self, state: MrdState, now: At) -> bool {
        if self.state == state {
            return false;
        }
        self.previous = self.state;
        self.state = state;
        self.since = now;
        if state == MrdState::Ready {
            self.last_ready_at = Some(now);
        }
        true
    }

    pub fn switch_on(&mut self, now: At) -> bool {
        self.enter(self.on_state(), now)
    }

    pub fn switch_off(&mut self, now: At) -> bool {
        let state = if self.active == 0 { MrdState::NotReady } else { MrdState::PendingNotReady };
        self.enter(state, now)
    }

    pub fn task_started(&mut self, now: At) -> bool {
        self.active += 1;
        match self.state {
            state if state.is_on() => self.enter(self.on_state(), now),
            MrdState::NotReady => self.enter(MrdState::PendingNotReady, now),
            _ => false,
        }
    }

    pub fn task_ended(&mut self, now: At) -> bool {
        debug_assert!(self.active > 0, "a task ended that never started");
        self.active = self.active.saturating_sub(1);
        self.last_ended_at = Some(now);
        match self.state {
            state if state.is_on() => self.enter(self.on_state(), now),
            MrdState::PendingNotReady if self.active == 0 => self.enter(MrdState::NotReady, now),
            _ => false,
        }
    }

    pub fn set_max_tasks(&mut self, max_tasks: u16, now: At) -> bool {
        self.max_tasks = max_tasks;
        self.state.is_on() && self.enter(self.on_state(), now)
    }

    /// Other work comes first, or no longer does. Only a domain that is on shows it.
    fn set_interrupted(&mut self, by: Option<MrdId>, now: At) -> bool {
        self.interrupted_by = by;
        self.state.is_on() && self.enter(self.on_state(), now)
    }
}

impl Agent {
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self.desk, Desk::Connected { .. })
    }

    #[must_use]
    pub fn connection(&self) -> Option<ConnectionId> {
        match self.desk {
            Desk::Connected { connection } => Some(connection),
            Desk::Away { .. } => None,
        }
    }

    #[must_use]
    pub fn mrd(&self, id: MrdId) -> Option<&AgentMrd> {
        self.mrds.iter().find(|mrd| mrd.mrd == id)
    }

    pub fn mrd_mut(&mut self, id: MrdId) -> Option<&mut AgentMrd> {
        self.mrds.iter_mut().find(|mrd| mrd.mrd == id)
    }

    /// Work of the domain `by` begins or rings: the domains that yield to it get no more until it is over. Work that
    /// begins in a domain that is interrupted itself interrupts none. Returns the domains whose state changed.
    pub fn interrupt(&mut self, by: MrdId, yields: impl Fn(MrdId) -> bool, now: At) -> Vec<MrdId> {
        if self.mrd(by).is_none_or(|domain| domain.interrupted_by.is_some()) {
            return Vec::new();
        }
        let interrupted = self
            .mrds
            .iter_mut()
            .filter(|domain| domain.mrd != by && domain.interrupted_by.is_none() && yields(domain.mrd));
        let changed =
            interrupted.filter_map(|domain| domain.set_interrupted(Some(by), now).then_some(domain.mrd));
        changed.collect()
    }

    /// Takes up what was interrupted by work that is over. `ringing` is the domain of what rings at him. Returns the
    /// domains that go on, and whether it shows: one that was switched off meanwhile stays so.
    pub fn resume(&mut self, ringing: Option<MrdId>, now: At) -> Vec<(MrdId, bool)> {
        let works: Vec<MrdId> = self
            .mrds
            .iter()
            .filter(|domain| domain.active > 0)
            .map(|domain| domain.mrd)
            .chain(ringing)
            .collect();
        let interrupted = self
            .mrds
            .iter_mut()
            .filter(|domain| domain.interrupted_by.is_some_and(|by| !works.contains(&by)));
        interrupted.map(|domain| (domain.mrd, domain.set_interrupted(None, now))).collect()
    }

    /// May be offered new work in this domain now: ready, connected, with room, and not being rung already.
    #[must_use]
    pub fn is_available(&self, mrd: MrdId) -> bool {
        self.state == State::Ready
            && self.is_connected()
            && self.offer.is_none()
            && self.mrd(mrd).is_some_and(|mrd| mrd.state.is_available() && mrd.active < mrd.max_tasks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Mint;

    const NOW: At = At::from_millis(1_000);

    fn mrd(active: u16, max_tasks: u16, state: MrdState) -> AgentMrd {
        AgentMrd { active, state, ..AgentMrd::new(Mint::new([0; 5]).id(NOW), max_tasks, NOW) }
    }

    fn interrupted(active: u16, state: MrdState) -> AgentMrd {
        AgentMrd { interrupted_by: Some(Mint::new([9; 5]).id(NOW)), ..mrd(active, 2, state) }
    }

    #[test]
    fn domain_states_follow_the_switch_and_the_work() {
        type Change = fn(&mut AgentMrd, At) -> bool;
        let on: Change = AgentMrd::switch_on;
        let off: Change = AgentMrd::switch_off;
        let start: Change = AgentMrd::task_started;
        let end: Change = AgentMrd::task_ended;
        use MrdState::{Active, Busy, Interrupted, NotReady, PendingNotReady, Ready};
        for (name, mut given, change, then, changed) in [
            ("on, idle", mrd(0, 2, NotReady), on, Ready, true),
            ("on, working", mrd(1, 2, PendingNotReady), on, Active, true),
            ("on, full", mrd(2, 2, PendingNotReady), on, Busy, true),
            ("on again", mrd(0, 2, Ready), on, Ready, false),
            ("off, idle", mrd(0, 2, Ready), off, NotReady, true),
            ("off, working", mrd(1, 2, Active), off, PendingNotReady, true),
            ("off, full", mrd(2, 2, Busy), off, PendingNotReady, true),
            ("first task", mrd(0, 2, Ready), start, Active, true),
            ("last place taken", mrd(1, 2, Active), start, Busy, true),
            ("only place taken", mrd(0, 1, Ready), start, Busy, true),
            ("pulled while off", mrd(0, 2, NotReady), start, PendingNotReady, true),
            ("one of two ends", mrd(2, 2, Busy), end, Active, true),
            ("the last ends", mrd(1, 2, Active), end, Ready, true),
            ("the only one ends", mrd(1, 1, Busy), end, Ready, true),
            ("one ends while off", mrd(2, 2, PendingNotReady), end, PendingNotReady, false),
            ("the last ends while off", mrd(1, 2, PendingNotReady), end, NotReady, true),
            ("interrupted stays so", interrupted(1, Interrupted), end, Interrupted, false),
            ("interrupted, more work", interrupted(0, Interrupted), start, Interrupted, false),
            ("interrupted, off", interrupted(1, Interrupted), off, PendingNotReady, true),
            ("interrupted, on again", interrupted(0, NotReady), on, Interrupted, true),
        ] {
            assert_eq!(change(&mut given, NOW), changed, "{name}");
            assert_eq!(given.state, then, "{name}");
        }
    }

    #[test]
    fn only_entering_ready_restarts_the_wait_for_work() {
        let mut given = mrd(0, 2, MrdState::NotReady);
        assert_eq!(given.last_ready_at, None);
        given.switch_on(At::from_millis(5));
        given.task_started(At::from_millis(6));
        assert_eq!(given.last_ready_at, Some(At::from_millis(5)));
        given.task_ended(At::from_millis(7));
        assert_eq!(given.last_ready_at, Some(At::from_millis(7)));
    }
}
