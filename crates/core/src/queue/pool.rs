//! A pool: the people who may serve, and what waits for them. Queues that ask for the same people share one, so
//! that a hub of many queues without steps keeps each agent's standing once.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::id::{MrdId, UserId};
use crate::registry::{Expression, Queue, Selection, User, expressions_hold, skill_for};
use crate::time::At;

use super::Waiting;

#[derive(Debug)]
pub(super) struct Pool {
    pub mrd: MrdId,
    steps: Vec<Vec<Expression>>,
    /// Queues that share it.
    pub lines: usize,
    /// Agents who belong to it and are logged in.
    pub members: usize,
    /// What waits, by how many steps are open to it.
    levels: Vec<BTreeSet<Waiting>>,
    /// Who is available, in the order each selection asks for. The first is always kept, the others when used.
    available: [BTreeSet<Candidate>; 3],
    /// Tasks all agents at work here may hold together.
    pub capacity: u64,
}

/// First chosen first: narrowest step, then as the selection ranks skill, least loaded, longest without work (never
/// had any counts as longest).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    pub step: u16,
    rank: u32,
    pub load_permille: u32,
    pub since: Option<At>,
    pub agent: UserId,
}

/// Where an agent belongs, and how he stands there now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Membership {
    pub pool: usize,
    pub mrd: MrdId,
    pub step: u16,
    skill: u32,
    pub spot: Option<Spot>,
    pub capacity: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub load_permille: u32,
    pub since: Option<At>,
}

/// Which selections any channel uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Selections(u8);

impl Selections {
    pub fn of(used: impl Iterator<Item = Selection>) -> Self {
        Self(used.fold(1, |bits, selection| bits | 1 << index(selection)))
    }

    fn has(self, selection: Selection) -> bool {
        self.0 >> index(selection) & 1 == 1
    }
}

const ALL: [Selection; 3] = [Selection::LongestAvailable, Selection::LeastSkilled, Selection::MostSkilled];

const fn index(selection: Selection) -> usize {
    match selection {
        Selection::LongestAvailable => 0,
        Selection::LeastSkilled => 1,
        Selection::MostSkilled => 2,
    }
}

impl Pool {
    /// With its first queue.
    pub fn of(queue: &Queue) -> Self {
        Self {
            mrd: queue.mrd,
            steps: queue.steps.iter().map(|step| step.expressions.clone()).collect(),
            lines: 1,
            members: 0,
            levels: Vec::new(),
            available: Default::default(),
            capacity: 0,
        }
    }

    pub fn serves(&self, queue: &Queue) -> bool {
        self.mrd == queue.mrd && self.steps.iter().eq(queue.steps.iter().map(|step| &step.expressions))
    }

    /// How an agent belongs here, if he does.
    pub fn membership(&self, pool: usize, user: &User) -> Option<Membership> {
        let everybody = self.steps.is_empty().then_some(0);
        let holds = |expressions: &Vec<Expression>| expressions_hold(expressions, user);
        let step = everybody.or_else(|| self.steps.iter().position(holds))?;
        let skill = self.steps.get(step).map_or(0, |expressions| skill_for(expressions, user));
        let step = u16::try_from(step).unwrap_or(u16::MAX);
        Some(Membership { pool, mrd: self.mrd, step, skill, spot: None, capacity: 0 })
    }

    pub fn add(&mut self, waiting: Waiting) {
        let level = waiting.level();
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, BTreeSet::new);
        }
        self.levels[level].insert(waiting);
    }

    pub fn drop(&mut self, waiting: &Waiting) {
        if let Some(level) = self.levels.get_mut(waiting.level()) {
            level.remove(waiting);
        }
    }

    /// What somebody of this step may serve: several runs, each in the order it is to be served.
    pub fn open_to(&self, step: u16) -> impl Iterator<Item = &BTreeSet<Waiting>> {
        self.levels.iter().skip(step.into())
    }

    /// Moves an agent from where he stood to where he stands.
    pub fn stand(&mut self, agent: UserId, membership: &Membership, now: Option<Spot>, used: Selections) {
        for selection in ALL {
            let set = &mut self.available[index(selection)];
            if let Some(spot) = membership.spot {
                set.remove(&membership.candidate(agent, spot, selection));
            }
            if let Some(spot) = now.filter(|_| used.has(selection)) {
                set.insert(membership.candidate(agent, spot, selection));
            }
        }
    }

    pub fn available(&self, selection: Selection, used: Selections) -> &BTreeSet<Candidate> {
        let selection = if used.has(selection) { selection } else { Selection::LongestAvailable };
        &self.available[index(selection)]
    }
}

impl Membership {
    fn candidate(&self, agent: UserId, spot: Spot, selection: Selection) -> Candidate {
        let rank = match selection {
            Selection::LongestAvailable => 0,
            Selection::LeastSkilled => self.skill,
            Selection::MostSkilled => u32::MAX - self.skill,
        };
        let Spot { load_permille, since } = spot;
        Candidate { step: self.step, rank, load_permille, since, agent }
    }
}

impl Waiting {
    fn level(&self) -> usize {
        usize::from(self.steps_open).saturating_sub(1)
    }
}

/// The order requests are served in: by place, then by age.
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.place, self.since, self.task).cmp(&(other.place, other.since, other.task))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
