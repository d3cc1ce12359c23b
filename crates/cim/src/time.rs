//! Instants and their three spellings on the wire.
//!
//! | type | written as | where |
//! |---|---|---|
//! | [`Timestamp`] | `1727179082000` | message headers, live events, presence, tasks |
//! | [`IsoTime`] | `"2024-01-26T12:59:26.100+00:00"` | participants, events inside `topicData` and history |
//! | [`ClockTime`] | `"2024-01-26 12:59:26.100"` (UTC, no zone) | SLA and hold timers |
//!
//! All three read every form. Time zones other than offsets are left to others.

use serde::{Serialize, Serializer};
use std::{fmt, ops::RangeInclusive};

const DAY_MS: i64 = 86_400_000;
/// 0000-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z: what four digits of a year can say.
const READABLE_MS: RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// A [`Timestamp`] written as `2024-01-26T12:59:26.100+00:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct IsoTime(pub Timestamp);

/// A [`Timestamp`] written as `2024-01-26 12:59:26.100`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ClockTime(pub Timestamp);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Reads epoch milliseconds, RFC 3339 or `yyyy-MM-dd HH:mm:ss[.SSS]` (UTC when no offset is given).
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        text.parse().ok().or_else(|| read_civil(text)).and_then(Self::readable)
    }

    /// The instant, if its year has four digits; a number outside is no time anybody meant.
    pub(crate) fn readable(ms: i64) -> Option<Self> {
        READABLE_MS.contains(&ms).then_some(Self(ms))
    }
}

impl Serialize for IsoTime {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        sink.collect_str(self)
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        sink.collect_str(self)
    }
}

impl fmt::Display for IsoTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_civil(out, self.0.0, 'T')?;
        out.write_str("+00:00")
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_civil(out, self.0.0, ' ')
    }
}

fn write_civil(out: &mut fmt::Formatter<'_>, ms: i64, separator: char) -> fmt::Result {
    let (year, month, day) = civil(ms.div_euclid(DAY_MS));
    let time = ms.rem_euclid(DAY_MS);
    let (hour, minute, second) = (time / 3_600_000, time / 60_000 % 60, time / 1000 % 60);
    let milli = time % 1000;
    write!(out, "{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}.{milli:03}")
}

fn read_civil(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let shape = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
    if !(shape(4, b"-") && shape(7, b"-") && shape(10, b"Tt ") && shape(13, b":") && shape(16, b":")) {
        return None;
    }
    let (year, month, day) = (digits(bytes, 0, 4)?, digits(bytes, 5, 2)?, digits(bytes, 8, 2)?);
    let (hour, minute, second) = (digits(bytes, 11, 2)?, digits(bytes, 14, 2)?, digits(bytes, 17, 2)?);
    if !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days_from_civil(year, month, day);
    if day < 1 || civil(days) != (year, month, day) {
        return None;
    }
    let (milli, zone) = fraction(&bytes[19..])?;
    let offset_ms = offset(zone)?;
    Some(days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + milli - offset_ms)
}

fn digits(bytes: &[u8], start: usize, count: usize) -> Option<i64> {
    bytes.get(start..start + count)?.iter().try_fold(0, |value, byte| match byte {
        b'0'..=b'9' => Some(value * 10 + i64::from(byte - b'0')),
        _ => None,
    })
}

/// Milliseconds of an optional `.123456`, and what follows it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(rest) = rest.strip_prefix(b".") else { return Some((0, rest)) };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let milli = digits(rest, 0, count.min(3))? * [1000, 100, 10, 1][count.min(3)];
    (count > 0).then_some((milli, &rest[count..]))
}

/// Milliseconds east of UTC of ``, `Z`, `+hh:mm` or `+hhmm`.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, rest) = match zone {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.len() {
        4 => (digits(rest, 0, 2)?, digits(rest, 2, 2)?),
        5 if rest[2] == b':' => (digits(rest, 0, 2)?, digits(rest, 3, 2)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600_000 + minutes * 60_000))
}

/// Year, month and day of a day number (days since 1970-01-01), proleptic Gregorian.
///
/// Years are counted from March so that the leap day comes last; 400 years are 146 097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let since = days + 719_468;
    let (era, day_of_era) = (since.div_euclid(146_097), since.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The day number of a date; the inverse of [`civil`] for dates that exist.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}
