//! Reports: what was, from the sums and logs the store keeps, and what is, from a look at the live state.
//!
//! Figures of agents are shown to whoever leads their teams, and to those who look after all. Everything comes as
//! JSON, or with `format=csv` as a table for a spreadsheet. What each figure means is in `docs/reports.md`.

pub mod agents;
pub mod desk;
pub mod dry_run;
pub mod live;
pub mod statistics;
mod table;

use std::sync::Arc;

use tieline_core::id::UserId;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Registry, Role};
use tieline_core::supervision::supervises;
use tieline_core::time::{At, Span};

use super::query::moment;
use crate::auth::Person;
use crate::problem::ApiError;

/// Time a report covers at most.
const PERIOD_MAX: Span = Span::secs(400 * 24 * 3600);
/// Minutes clocks on Earth are ahead of UTC, or behind, at most.
const OFFSET_MINUTES_MAX: i32 = 14 * 60;
const DAY: Span = Span::secs(24 * 3600);

/// Whose figures somebody may see.
struct Scope {
    registry: Arc<Registry>,
    person: UserId,
    everybody: bool,
}

impl Scope {
    /// # Errors
    /// 403, for who may not see reports.
    fn of(person: &Person, registry: Arc<Registry>) -> Result<Self, ApiError> {
        person.may(Resource::Reports, Action::View)?;
        let looks_after_all = |role: &Role| !matches!(role, Role::Supervisor | Role::Agent);
        let everybody = person.user.value.roles.iter().any(looks_after_all);
        Ok(Self { registry, person: person.id(), everybody })
    }

    fn sees(&self, agent: UserId) -> bool {
        self.everybody || supervises(&self.registry, self.person, agent)
    }
}

/// From when until when; without a beginning the present day, as clocks show it that are so many minutes ahead of UTC.
fn period(
    from: Option<&str>,
    until: Option<&str>,
    offset_minutes: i32,
    now: At,
) -> Result<(At, At), ApiError> {
    let until = moment("until", until)?.unwrap_or(now);
    let from = moment("from", from)?.unwrap_or_else(|| midnight(until, offset_minutes));
    if from > until {
        return Err(ApiError::bad_request("from", "from is after until", "Send an earlier time."));
    }
    if until.since(from) > PERIOD_MAX {
        let what = "a report covers 400 days at most";
        return Err(ApiError::bad_request("from", what, "Ask for a shorter time."));
    }
    Ok((from, until))
}

/// When the day began.
fn midnight(at: At, offset_minutes: i32) -> At {
    let offset = i64::from(offset_minutes) * 60_000;
    let day = i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX);
    At::from_millis((at.millis() + offset).div_euclid(day) * day - offset)
}

/// # Errors
/// 400, when no clock is so far ahead of UTC.
fn offset(minutes: Option<i32>) -> Result<i32, ApiError> {
    let minutes = minutes.unwrap_or(0);
    match minutes.abs() <= OFFSET_MINUTES_MAX {
        true => Ok(minutes),
        false => {
            Err(ApiError::bad_request("offset", "no clock differs so much", "Send -840 to 840 minutes."))
        }
    }
}

/// Thousandths as hundredths with one decimal.
fn percent(permille: Option<u64>) -> Option<f64> {
    permille.map(|permille| permille as f64 / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_bounded() {
        let hour = 3_600_000;
        let now = At::from_millis(1000 * 24 * hour + 5 * hour);
        let midnight = 1000 * 24 * hour;
        let hours = |at: At| (at.millis() - midnight) / hour;
        for (from, until, offset, expected) in [
            (None, None, 0, Some((0, 5))),
            (None, None, 120, Some((-2, 5))),
            (None, None, -360, Some((-18, 5))),
            (Some(midnight + hour), None, 0, Some((1, 5))),
            (Some(midnight + 6 * hour), None, 0, None),
            (Some(0), None, 0, None),
            (None, Some(midnight - hour), 0, Some((-24, -1))),
        ] {
            let text = |at: Option<i64>| at.map(|at| at.to_string());
            let (from, until) = (text(from), text(until));
            let found = period(from.as_deref(), until.as_deref(), offset, now);
            assert_eq!(
                found.ok().map(|(from, until)| (hours(from), hours(until))),
                expected,
                "{from:?} {until:?}"
            );
        }
    }
}
