//! Business calendars: when a channel's people are there.
//!
//! A calendar's times are civil times of its time zone, as people write them on a door. The rules of time zones are
//! data compiled into the program (`jiff` with its bundled database), not something read from the machine: the same
//! calendar at the same instant has one answer everywhere, and a run can be repeated.
//!
//! A time the clocks jump over counts as much later as they jump; a time they show twice counts as its first. A shift of
//! which nothing is left by that does not take place.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use tieline_cim::Why;

use crate::id::{CalendarId, Id};
use crate::refusal::Refusal;
use crate::time::At;

pub const DESCRIPTION_CHARS_MAX: usize = 500;
const EVENTS_MAX: usize = 200;
const SHIFTS_MAX: usize = 12;
const MESSAGE_CHARS_MAX: usize = 2000;
const TITLE_CHARS_MAX: usize = 100;
/// The last minute of a day that may be written, which is the first of the next one.
const MINUTES_OF_DAY: u16 = 24 * 60;
/// Days looked ahead for the next opening.
const HORIZON_DAYS: i32 = 366;
/// Occurrences one question is answered with.
pub const OCCURRENCES_MAX: usize = 365;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calendar {
    pub id: CalendarId,
    pub name: String,
    pub description: String,
    pub color: String,
    /// IANA name, such as `Europe/Berlin`.
    pub time_zone: String,
    pub events: Vec<Event>,
}

/// Hours that come back, or days that are different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: Id,
    pub title: String,
    pub kind: EventKind,
    pub first: Date,
    /// The last day it may begin on. `None` with a recurrence is for ever, without one the first day alone.
    pub last: Option<Date>,
    pub recurrence: Recurrence,
    /// Parts of the day. None is the whole day.
    pub shifts: Vec<Shift>,
    pub color: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    BusinessHours,
    /// Closed, with something to say about it.
    OutOfOffice {
        message: String,
    },
    Holiday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recurrence {
    /// Every day from the first to the last.
    None,
    Daily,
    Weekly(Days),
}

/// Days of the week: Monday is bit 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(pub u8);

/// From one minute of the day to another, 0 to 1440. One that ends no later than it begins ends on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    pub start: u16,
    pub end: u16,
}

/// One time an event takes place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occurrence<'a> {
    pub event: &'a Event,
    pub from: At,
    /// Exclusive.
    pub until: At,
}

impl Days {
    #[must_use]
    pub fn of(days: impl IntoIterator<Item = Weekday>) -> Self {
        Self(days.into_iter().fold(0, |bits, day| bits | 1 << day.to_monday_zero_offset()))
    }

    #[must_use]
    pub const fn holds(self, day: Weekday) -> bool {
        self.0 & 1 << day.to_monday_zero_offset() != 0
    }
}

impl Event {
    fn begins_on(&self, day: Date) -> bool {
        if day < self.first || self.end_of_validity().is_some_and(|last| day > last) {
            return false;
        }
        match self.recurrence {
            Recurrence::None | Recurrence::Daily => true,
            Recurrence::Weekly(days) => days.holds(day.weekday()),
        }
    }

    fn end_of_validity(&self) -> Option<Date> {
        match self.recurrence {
            Recurrence::None => Some(self.last.unwrap_or(self.first)),
            Recurrence::Daily | Recurrence::Weekly(_) => self.last,
        }
    }

    const fn opens(&self) -> bool {
        matches!(self.kind, EventKind::BusinessHours)
    }
}

/// Whether somebody is there at this moment: within business hours, if the calendar has any, and not on a holiday or
/// out of office. A calendar whose time zone is no longer known is open.
#[must_use]
pub fn open_at(calendar: &Calendar, at: At) -> bool {
    zone(&calendar.time_zone).is_none_or(|zone| is_open(calendar, &zone, at))
}

/// When somebody is there again: this moment when it is open now, `None` when it stays closed for a year.
#[must_use]
pub fn next_opening(calendar: &Calendar, at: At) -> Option<At> {
    let Some(zone) = zone(&calendar.time_zone) else { return Some(at) };
    if is_open(calendar, &zone, at) {
        return Some(at);
    }
    let mut day = local_day(&zone, at)?.yesterday().ok()?;
    for _ in 0..=HORIZON_DAYS {
        // Doors open where business hours begin, or where what keeps them closed ends.
        let edge = |one: Occurrence<'_>| if one.event.opens() { one.from } else { one.until };
        let edges = on_day(calendar, &zone, day).map(edge);
        let opening = edges.filter(|edge| *edge > at && is_open(calendar, &zone, *edge)).min();
        if let Some(opening) = opening {
            // An event of the day before may end later than one of the next day begins.
            let next = on_day(calendar, &zone, day.tomorrow().ok()?).map(edge);
            let earlier = next.filter(|edge| *edge > at && is_open(calendar, &zone, *edge)).min();
            return Some(earlier.map_or(opening, |earlier| earlier.min(opening)));
        }
        day = day.tomorrow().ok()?;
    }
    None
}

/// What a closed calendar says at this moment: the message of the out-of-office event in force.
#[must_use]
pub fn message_at(calendar: &Calendar, at: At) -> Option<&str> {
    let zone = zone(&calendar.time_zone)?;
    around(calendar, &zone, at).find_map(|one| match &one.event.kind {
        EventKind::OutOfOffice { message } if !message.trim().is_empty() => Some(message.as_str()),
        _ => None,
    })
}

/// What takes place between two moments, in order, at most [`OCCURRENCES_MAX`].
#[must_use]
pub fn occurrences(calendar: &Calendar, from: At, until: At) -> Vec<Occurrence<'_>> {
    let Some(zone) = zone(&calendar.time_zone) else { return Vec::new() };
    let (Some(first), Some(last)) = (local_day(&zone, from), local_day(&zone, until)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut day = first.yesterday().unwrap_or(first);
    for _ in 0..=HORIZON_DAYS + 1 {
        if day > last || found.len() >= OCCURRENCES_MAX {
            break;
        }
        found.extend(on_day(calendar, &zone, day).filter(|one| one.until > from && one.from < until));
        match day.tomorrow() {
            Ok(tomorrow) => day = tomorrow,
            Err(_) => break,
        }
    }
    found.sort_by_key(|one| (one.from, one.until));
    found.truncate(OCCURRENCES_MAX);
    found
}

fn is_open(calendar: &Calendar, zone: &TimeZone, at: At) -> bool {
    let mut within_hours = !calendar.events.iter().any(Event::opens);
    for one in around(calendar, zone, at) {
        match one.event.kind {
            EventKind::BusinessHours => within_hours = true,
            EventKind::OutOfOffice { .. } | EventKind::Holiday => return false,
        }
    }
    within_hours
}

/// What takes place at a moment. A shift that began the day before may still last.
fn around<'c>(calendar: &'c Calendar, zone: &TimeZone, at: At) -> impl Iterator<Item = Occurrence<'c>> {
    let today = local_day(zone, at);
    let days = [today.and_then(|day| day.yesterday().ok()), today];
    days.into_iter()
        .flatten()
        .flat_map(|day| on_day(calendar, zone, day))
        .filter(move |one| one.from <= at && at < one.until)
}

/// What begins on a day.
fn on_day<'c>(calendar: &'c Calendar, zone: &TimeZone, day: Date) -> impl Iterator<Item = Occurrence<'c>> {
    const WHOLE_DAY: &[Shift] = &[Shift { start: 0, end: MINUTES_OF_DAY }];
    calendar.events.iter().filter(move |event| event.begins_on(day)).flat_map(move |event| {
        let shifts = if event.shifts.is_empty() { WHOLE_DAY } else { &event.shifts };
        shifts.iter().filter_map(move |shift| {
            let overnight = if shift.end <= shift.start { MINUTES_OF_DAY } else { 0 };
            let from = instant(zone, day, shift.start)?;
            let until = instant(zone, day, shift.end + overnight)?;
            (from < until).then_some(Occurrence { event, from, until })
        })
    })
}

fn instant(zone: &TimeZone, day: Date, minutes: u16) -> Option<At> {
    let civil: DateTime = day.to_datetime(Time::midnight()).checked_add(i64::from(minutes).minutes()).ok()?;
    let timestamp = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
    Some(At::from_millis(timestamp.as_millisecond()))
}

fn local_day(zone: &TimeZone, at: At) -> Option<Date> {
    Some(zone.to_datetime(Timestamp::from_millisecond(at.millis()).ok()?).date())
}

/// From the database in the program; the machine's is never asked.
fn zone(name: &str) -> Option<TimeZone> {
    if name.eq_ignore_ascii_case("UTC") {
        return Some(TimeZone::UTC);
    }
    TimeZoneDatabase::bundled().get(name).ok()
}

/// The rules of a calendar by itself.
pub(crate) fn check_calendar(calendar: &Calendar) -> Result<(), Refusal> {
    let too_long = |field: String, max| Refusal::invalid(field, Why::CharsAtMost { max });
    if calendar.description.chars().count() > DESCRIPTION_CHARS_MAX {
        return Err(too_long("description".to_owned(), DESCRIPTION_CHARS_MAX));
    }
    if zone(&calendar.time_zone).is_none() {
        return Err(Refusal::invalid("timeZone", Why::MustBeTimeZone));
    }
    if calendar.events.len() > EVENTS_MAX {
        return Err(Refusal::limit(Why::CalendarEventsMax { max: EVENTS_MAX }));
    }
    for (i, event) in calendar.events.iter().enumerate() {
        let path = |member: &str| format!("events[{i}].{member}");
        if event.title.trim().is_empty() || event.title.chars().count() > TITLE_CHARS_MAX {
            return Err(Refusal::invalid(path("title"), Why::CharsFromOne { max: TITLE_CHARS_MAX }));
        }
        if event.last.is_some_and(|last| last < event.first) {
            return Err(Refusal::invalid(path("endDate"), Why::NotBeforeStart));
        }
        if event.recurrence == Recurrence::Weekly(Days(0)) {
            return Err(Refusal::invalid(path("recurrence"), Why::DayNeeded));
        }
        if event.shifts.len() > SHIFTS_MAX {
            return Err(Refusal::limit(Why::ShiftsMax { max: SHIFTS_MAX }));
        }
        let fits = |shift: &Shift| shift.start < MINUTES_OF_DAY && shift.end <= MINUTES_OF_DAY;
        if let Some(s) = event.shifts.iter().position(|shift| !fits(shift)) {
            return Err(Refusal::invalid(path(&format!("shifts[{s}]")), Why::MustBeTimesOfDay));
        }
        if let EventKind::OutOfOffice { message } = &event.kind
            && message.chars().count() > MESSAGE_CHARS_MAX
        {
            return Err(too_long(path("message"), MESSAGE_CHARS_MAX));
        }
    }
    Ok(())
}
