//! A circuit breaker per connector: after failures in a row it holds everything back for a while, then lets a
//! single attempt through to see.

use crate::time::{At, Span};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row that open it, at least 1.
    pub failures: u32,
    /// First time held back; doubles with every failed probe.
    pub open_for: Span,
    pub open_for_max: Span,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self { failures: 10, open_for: Span::secs(5), open_for_max: Span::secs(60) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaker {
    Closed {
        failures: u32,
    },
    Open {
        until: At,
        wait: Span,
    },
    /// One probe is under way.
    Probing {
        wait: Span,
    },
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// Whether an attempt may start now; taking the permission makes an open breaker probe.
    pub fn admit(&mut self, now: At) -> bool {
        match *self {
            Self::Closed { .. } => true,
            Self::Open { until, wait } if until <= now => {
                *self = Self::Probing { wait };
                true
            }
            Self::Open { .. } | Self::Probing { .. } => false,
        }
    }

    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    pub fn failed(&mut self, now: At, policy: &BreakerPolicy) {
        *self = match *self {
            Self::Closed { failures } if failures + 1 < policy.failures => {
                Self::Closed { failures: failures + 1 }
            }
            Self::Closed { .. } => Self::Open { until: now + policy.open_for, wait: policy.open_for },
            // Attempts that began before it opened do not prolong it.
            Self::Open { .. } => *self,
            Self::Probing { wait } => {
                let wait = Span::millis(wait.as_millis() * 2).min(policy.open_for_max);
                Self::Open { until: now + wait, wait }
            }
        };
    }

    /// Nobody will hear how the attempt under way ended. If it was the probe, the next attempt is.
    pub fn forgotten(&mut self) {
        if let Self::Probing { wait } = *self {
            *self = Self::Open { until: At::default(), wait };
        }
    }

    /// When an open breaker admits a probe.
    #[must_use]
    pub const fn opens_at(&self) -> Option<At> {
        match *self {
            Self::Open { until, .. } => Some(until),
            Self::Closed { .. } | Self::Probing { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> At {
        At::default() + Span::secs(secs)
    }

    #[test]
    fn opens_after_failures_in_a_row_probes_once_and_closes_on_success() {
        let policy = BreakerPolicy { failures: 2, ..BreakerPolicy::default() };
        let mut breaker = Breaker::default();
        breaker.failed(at(0), &policy);
        breaker.succeeded();
        breaker.failed(at(1), &policy);
        assert!(breaker.admit(at(1)), "a success in between starts the count again");
        breaker.failed(at(1), &policy);
        assert_eq!(breaker.opens_at(), Some(at(6)));
        assert!(!breaker.admit(at(5)));
        assert!(breaker.admit(at(6)) && !breaker.admit(at(6)), "one probe only");
        breaker.failed(at(7), &policy);
        assert_eq!(breaker.opens_at(), Some(at(17)), "twice as long");
        assert!(breaker.admit(at(17)));
        breaker.succeeded();
        assert!(breaker.admit(at(17)) && breaker.admit(at(17)));
    }
}
