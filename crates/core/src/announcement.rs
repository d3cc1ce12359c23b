//! What supervisors say to teams: shown on every desk of the teams while it is active.
//!
//! Whether an announcement is scheduled, active or expired follows from the clock. Desks that are open when it
//! becomes active are told; those that open later ask.

use std::sync::Arc;

use crate::deadline::Deadline;
use crate::effect::{Effect, Push};
use crate::id::{ConnectionId, Id};
use crate::registry::Announcement;
use crate::state::State;
use crate::time::At;
use crate::turn::Turn;

/// Where an announcement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Scheduled,
    Active,
    Expired,
}

impl Announcement {
    #[must_use]
    pub fn phase(&self, now: At) -> Phase {
        if now < self.scheduled_at {
            Phase::Scheduled
        } else if now < self.expires_at {
            Phase::Active
        } else {
            Phase::Expired
        }
    }
}

impl Turn<'_> {
    /// An announcement was made or changed.
    pub fn announce(&mut self, id: Id, former: Option<&Announcement>) {
        let Some(stored) = self.state.registry.announcement(id).map(Arc::clone) else { return };
        let present = &stored.value;
        self.state.set_announcement(id, former, Some(present), self.now);
        if let Some(former) = former.filter(|former| former.phase(self.now) == Phase::Active) {
            self.take_down(former);
        }
        if present.phase(self.now) == Phase::Active {
            self.show_announcement(present);
        }
    }

    /// An announcement was deleted.
    pub fn withdraw_announcement(&mut self, former: &Announcement) {
        self.state.set_announcement(former.id, Some(former), None, self.now);
        if former.phase(self.now) == Phase::Active {
            self.take_down(former);
        }
    }

    /// The moment it was scheduled for has come.
    pub fn announcement_due(&mut self, id: Id) {
        if let Some(stored) = self.state.registry.announcement(id).map(Arc::clone) {
            self.show_announcement(&stored.value);
        }
    }

    fn show_announcement(&mut self, announcement: &Announcement) {
        let shown = Arc::new(announcement.clone());
        for connection in self.audience(announcement) {
            self.effect(Effect::Desk { connection, push: Push::Announced(Arc::clone(&shown)) });
        }
    }

    fn take_down(&mut self, announcement: &Announcement) {
        let id = announcement.id;
        for connection in self.audience(announcement) {
            self.effect(Effect::Desk { connection, push: Push::AnnouncementGone(id) });
        }
    }

    /// The connected desks of the teams, the author's own left out.
    fn audience(&self, announcement: &Announcement) -> Vec<ConnectionId> {
        self.state
            .agents
            .values()
            .filter(|agent| agent.id != announcement.author)
            .filter(|agent| {
                let user = self.state.registry.user(agent.id);
                user.and_then(|user| user.value.team).is_some_and(|team| announcement.teams.contains(&team))
            })
            .filter_map(|agent| agent.connection())
            .collect()
    }
}

impl State {
    /// Keeps the moment at which a scheduled announcement is shown.
    pub(crate) fn set_announcement(
        &mut self,
        id: Id,
        former: Option<&Announcement>,
        next: Option<&Announcement>,
        now: At,
    ) {
        let due = |announcement: &Announcement| announcement.scheduled_at;
        let ahead = |announcement: &&Announcement| announcement.phase(now) == Phase::Scheduled;
        self.deadlines.set(Deadline::Announcement(id), former.map(due), next.filter(ahead).map(due));
    }
}
