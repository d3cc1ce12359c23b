//! Office hours: a weekly schedule in the time of a place.
//!
//! Time zone rules come with the program, so that two machines decide alike and nothing is read from a disk.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use crate::registry::Hours;
use crate::time::At;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    ZONES.get(name).is_ok()
}

impl Hours {
    /// Open at all times when the zone is not known: a customer is better handed over than lost.
    #[must_use]
    pub fn are_open(&self, now: At) -> bool {
        let Some((zone, now)) =
            ZONES.get(&self.zone).ok().zip(Timestamp::from_millisecond(now.millis()).ok())
        else {
            return true;
        };
        let local = now.to_zoned(zone);
        let day = local.weekday().to_monday_one_offset();
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        self.openings.iter().any(|opening| {
            i32::from(opening.day) == i32::from(day)
                && (i32::from(opening.from_minute)..i32::from(opening.to_minute)).contains(&minute)
        })
    }
}
