//! Who may serve a queue, and how much work an agent may hold.

use super::{Capacity, Expression, Join, List, Mrd, Operator, Queue, Role, Term, User};
use crate::id::Id;

impl Queue {
    /// The first step whose expressions the agent satisfies; `None` for an agent who never belongs to this queue.
    /// A queue without steps takes every agent, as if it had one step that everybody satisfies.
    #[must_use]
    pub fn first_step_for(&self, user: &User) -> Option<usize> {
        if self.steps.is_empty() {
            return Some(0);
        }
        self.steps.iter().position(|step| expressions_hold(&step.expressions, user))
    }
}

/// Tasks the agent may hold in a domain at once. The own limit counts below the domain's maximum only, so that
/// lowering the maximum needs no edit of every agent.
#[must_use]
pub fn effective_capacity(user: &User, mrd: &Mrd) -> u16 {
    let own = user.capacities.iter().find(|capacity| capacity.mrd == mrd.id);
    own.map_or(mrd.max_requests, |&Capacity { max_tasks, .. }| max_tasks.min(mrd.max_requests))
}

/// Whether an agent satisfies a step. AND and OR weigh the same and are read left to right.
#[must_use]
pub fn expressions_hold(expressions: &[Expression], user: &User) -> bool {
    left_to_right(expressions.iter().map(|expression| {
        (
            expression.join,
            left_to_right(expression.terms.iter().map(|term| (term.join, term_holds(term, user)))),
        )
    }))
}

impl List {
    /// Whether somebody may follow the list and join its requests.
    #[must_use]
    pub fn is_open_to(&self, user: &User) -> bool {
        let his = |team: &Id| user.team == Some(*team) || user.supervises.contains(team);
        self.teams.is_empty() || user.roles.contains(&Role::Admin) || self.teams.iter().any(his)
    }
}

/// How skilled an agent is for a step: the sum of his values in the attributes its terms name, each counted once.
#[must_use]
pub fn skill_for(expressions: &[Expression], user: &User) -> u32 {
    let names = |attribute| {
        expressions.iter().flat_map(|expression| &expression.terms).any(|term| term.attribute == attribute)
    };
    user.attributes.iter().filter(|skill| names(skill.attribute)).map(|skill| u32::from(skill.value)).sum()
}

/// AND and OR weigh the same: `a OR b AND c` is `(a OR b) AND c`. Nothing at all does not hold.
fn left_to_right(parts: impl Iterator<Item = (Join, bool)>) -> bool {
    let mut result = None;
    for (join, holds) in parts {
        result = Some(match (result, join) {
            (None, _) => holds,
            (Some(before), Join::And) => before && holds,
            (Some(before), Join::Or) => before || holds,
        });
    }
    result.unwrap_or(false)
}

/// An attribute the agent lacks fails the term, whatever the operator: `billing != 1` asks for agents who were
/// rated and are not at 1, and somebody never rated is not to slip in by it.
fn term_holds(term: &Term, user: &User) -> bool {
    let Some(skill) = user.attributes.iter().find(|skill| skill.attribute == term.attribute) else {
        return false;
    };
    match term.operator {
        Operator::Equal => skill.value == term.value,
        Operator::NotEqual => skill.value != term.value,
        Operator::Less => skill.value < term.value,
        Operator::AtMost => skill.value <= term.value,
        Operator::Greater => skill.value > term.value,
        Operator::AtLeast => skill.value >= term.value,
    }
}
