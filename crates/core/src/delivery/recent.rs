//! What the last attempts at a connector came to, in figures for whoever looks after it.
//!
//! Kept in memory alone: every attempt is in the store with its entry, and looking through those for a figure would
//! cost more the busier the connector is. So the figures begin anew with a restart.

use std::collections::VecDeque;

use super::Outcome;
use crate::time::{At, Span};

/// Attempts remembered for each connector.
pub const ATTEMPTS_MAX: usize = 200;
/// An attempt counts this long.
pub const WINDOW: Span = Span::secs(3600);

#[derive(Debug, Default)]
pub struct Recent {
    /// In the order they ended.
    attempts: VecDeque<Ended>,
    last_success_at: Option<At>,
    last_failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy)]
struct Ended {
    at: At,
    succeeded: bool,
    /// How long an answer took, when there was one.
    answered_ms: Option<u32>,
}

/// An attempt that failed. What the endpoint said is not kept here: it may be about a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub at: At,
    pub cause: Cause,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The HTTP status of the answer.
    Refused(u16),
    /// Why there was no answer.
    Unanswered(Box<str>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub attempts: usize,
    pub failures: usize,
    /// Since when attempts are counted: the end of the first that is.
    pub since: Option<At>,
    /// Of attempts that were answered; `None` when none was.
    pub latency: Option<Latency>,
    /// Since the process began, however long ago.
    pub last_success_at: Option<At>,
    pub last_failure: Option<Failure>,
}

/// How long answers took, in milliseconds: half of them no longer than `p50`, 95 of 100 no longer than `p95`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    pub p50_ms: u32,
    pub p95_ms: u32,
    pub max_ms: u32,
}

impl Recent {
    /// An attempt ended. One that had nothing to send says nothing about the endpoint.
    pub fn note(&mut self, now: At, status: Option<u16>, duration_ms: u32, outcome: &Outcome) {
        let failed = match (outcome, status) {
            (Outcome::Delivered, _) => None,
            (Outcome::Final { .. }, None) => return,
            (Outcome::Final { .. } | Outcome::Failed { .. }, Some(status)) => Some(Cause::Refused(status)),
            (Outcome::Failed { reason, .. }, None) => Some(Cause::Unanswered(reason.clone())),
        };
        if self.attempts.len() == ATTEMPTS_MAX {
            self.attempts.pop_front();
        }
        let answered_ms = status.map(|_| duration_ms);
        self.attempts.push_back(Ended { at: now, succeeded: failed.is_none(), answered_ms });
        match failed {
            None => self.last_success_at = Some(now),
            Some(cause) => self.last_failure = Some(Failure { at: now, cause }),
        }
    }

    #[must_use]
    pub fn figures(&self, now: At) -> Figures {
        let counted = || self.attempts.iter().filter(move |ended| now <= ended.at + WINDOW);
        Figures {
            attempts: counted().count(),
            failures: counted().filter(|ended| !ended.succeeded).count(),
            since: counted().next().map(|ended| ended.at),
            latency: latency(counted().filter_map(|ended| ended.answered_ms).collect()),
            last_success_at: self.last_success_at,
            last_failure: self.last_failure.clone(),
        }
    }
}

fn latency(mut answered_ms: Vec<u32>) -> Option<Latency> {
    answered_ms.sort_unstable();
    let percentile = |percent: usize| {
        let rank = (answered_ms.len() * percent).div_ceil(100);
        answered_ms.get(rank.checked_sub(1)?).copied()
    };
    Some(Latency { p50_ms: percentile(50)?, p95_ms: percentile(95)?, max_ms: percentile(100)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> At {
        At::default() + Span::secs(secs)
    }

    fn failed(reason: &str) -> Outcome {
        Outcome::Failed { reason: reason.into(), not_before: None }
    }

    fn gone(reason: &str) -> Outcome {
        Outcome::Final { reason: reason.into() }
    }

    #[test]
    fn nothing_attempted_comes_to_nothing() {
        assert_eq!(Recent::default().figures(at(0)), Figures::default());
    }

    #[test]
    fn attempts_are_counted_and_only_answers_have_a_latency() {
        let mut recent = Recent::default();
        for (secs, status, duration_ms, outcome) in [
            (1, Some(200), 10, Outcome::Delivered),
            (2, Some(503), 40, failed("503 Service Unavailable: no route to 0333 1234")),
            (3, None, 10_000, failed("no answer in time")),
            (4, Some(204), 20, Outcome::Delivered),
            (5, None, 0, gone("the connector or its webhook was removed")),
        ] {
            recent.note(at(secs), status, duration_ms, &outcome);
        }
        let expected = Figures {
            attempts: 4,
            failures: 2,
            since: Some(at(1)),
            latency: Some(Latency { p50_ms: 20, p95_ms: 40, max_ms: 40 }),
            last_success_at: Some(at(4)),
            last_failure: Some(Failure { at: at(3), cause: Cause::Unanswered("no answer in time".into()) }),
        };
        assert_eq!(recent.figures(at(5)), expected);
        recent.note(at(6), Some(410), 1, &gone("the endpoint is gone for good (410)"));
        let figures = recent.figures(at(6));
        assert_eq!((figures.attempts, figures.failures), (5, 3));
        assert_eq!(figures.last_failure, Some(Failure { at: at(6), cause: Cause::Refused(410) }));
    }

    #[test]
    fn old_attempts_and_those_beyond_the_bound_count_no_more_but_the_last_are_remembered() {
        let mut recent = Recent::default();
        recent.note(at(0), Some(500), 1, &failed("500 Internal Server Error"));
        for duration_ms in 1..=200 {
            recent.note(at(1), Some(200), duration_ms, &Outcome::Delivered);
        }
        let figures = recent.figures(at(3601));
        assert_eq!((figures.attempts, figures.failures, figures.since), (200, 0, Some(at(1))));
        assert_eq!(figures.latency, Some(Latency { p50_ms: 100, p95_ms: 190, max_ms: 200 }));
        let figures = recent.figures(at(3602));
        assert_eq!((figures.attempts, figures.latency), (0, None));
        assert_eq!(figures.last_success_at, Some(at(1)));
        assert_eq!(figures.last_failure, Some(Failure { at: at(0), cause: Cause::Refused(500) }));
    }
}
