//! When calendars are open: shifts over midnight, clocks that change, holidays, and what an administrator may enter.

use jiff::civil::{Weekday, date};
use tieline_core::calendar::{
    Calendar, Days, Event, EventKind, Recurrence, Shift, message_at, next_opening, occurrences, open_at,
};
use tieline_core::registry::{Object, Registry};
use tieline_core::time::At;

use super::world::{id, words};

const WORKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

fn shift(start: &str, end: &str) -> Shift {
    let minutes = |text: &str| {
        let (hours, minutes) = text.split_once(':').expect("written well");
        hours.parse::<u16>().expect("written well") * 60 + minutes.parse::<u16>().expect("written well")
    };
    Shift { start: minutes(start), end: minutes(end) }
}

fn event(kind: EventKind, recurrence: Recurrence, shifts: &[(&str, &str)]) -> Event {
    Event {
        id: id(1),
        title: "Event".into(),
        kind,
        first: date(2024, 1, 1),
        last: None,
        recurrence,
        shifts: shifts.iter().map(|(start, end)| shift(start, end)).collect(),
        color: String::new(),
    }
}

fn hours(shifts: &[(&str, &str)]) -> Event {
    event(EventKind::BusinessHours, Recurrence::Weekly(Days::of(WORKDAYS)), shifts)
}

fn berlin(events: Vec<Event>) -> Calendar {
    Calendar {
        id: id(1),
        name: "Shop".into(),
        description: String::new(),
        color: String::new(),
        time_zone: "Europe/Berlin".into(),
        events,
    }
}

/// `2024-09-24T08:59:59Z` or with an offset.
fn at(text: &str) -> At {
    At::from_millis(text.parse::<jiff::Timestamp>().expect("written well").as_millisecond())
}

#[track_caller]
fn opens(calendar: &Calendar, now: &str, next: &str) {
    let found = next_opening(calendar, at(now));
    assert_eq!(open_at(calendar, at(now)), now == next, "open at {now}");
    let written = found
        .map(|found| jiff::Timestamp::from_millisecond(found.millis()).expect("written well").to_string());
    let expected =
        (next != "never").then(|| next.parse::<jiff::Timestamp>().expect("written well").to_string());
    assert_eq!(written, expected, "next opening after {now}");
}

#[test]
fn shifts_of_a_working_day() {
    let shop = berlin(vec![hours(&[("09:00", "12:00"), ("13:00", "17:30")])]);
    // Tuesday, in summer: two hours ahead of UTC.
    for (now, next) in [
        ("2024-09-24T06:59:59Z", "2024-09-24T07:00:00Z"),
        ("2024-09-24T07:00:00Z", "2024-09-24T07:00:00Z"),
        ("2024-09-24T09:59:59Z", "2024-09-24T09:59:59Z"),
        ("2024-09-24T10:00:00Z", "2024-09-24T11:00:00Z"),
        ("2024-09-24T15:30:00Z", "2024-09-25T07:00:00Z"),
        ("2024-09-27T15:30:00Z", "2024-09-30T07:00:00Z"),
        // The clocks go back in between.
        ("2024-10-26T12:00:00Z", "2024-10-28T08:00:00Z"),
        // And forward.
        ("2024-03-29T17:00:00Z", "2024-04-01T07:00:00Z"),
    ] {
        opens(&shop, now, next);
    }
}

#[test]
fn shifts_over_midnight() {
    let fridays = Recurrence::Weekly(Days::of([Weekday::Friday]));
    let night = berlin(vec![event(EventKind::BusinessHours, fridays, &[("22:00", "06:00")])]);
    for (now, next) in [
        ("2024-09-27T19:59:59Z", "2024-09-27T20:00:00Z"),
        ("2024-09-27T23:00:00Z", "2024-09-27T23:00:00Z"),
        ("2024-09-28T03:59:59Z", "2024-09-28T03:59:59Z"),
        ("2024-09-28T04:00:00Z", "2024-10-04T20:00:00Z"),
    ] {
        opens(&night, now, next);
    }
    let round = berlin(vec![event(EventKind::BusinessHours, Recurrence::Daily, &[("06:00", "06:00")])]);
    opens(&round, "2024-09-24T03:00:00Z", "2024-09-24T03:00:00Z");
    let till_midnight =
        berlin(vec![event(EventKind::BusinessHours, Recurrence::Daily, &[("18:00", "24:00")])]);
    opens(&till_midnight, "2024-09-24T21:59:59Z", "2024-09-24T21:59:59Z");
    opens(&till_midnight, "2024-09-24T22:00:00Z", "2024-09-25T16:00:00Z");
}

#[test]
fn nights_on_which_the_clocks_change() {
    let night = berlin(vec![event(EventKind::BusinessHours, Recurrence::Daily, &[("22:00", "06:00")])]);
    // Nine hours long when they go back, seven when they go forward.
    opens(&night, "2024-10-26T20:00:00Z", "2024-10-26T20:00:00Z");
    opens(&night, "2024-10-27T04:59:59Z", "2024-10-27T04:59:59Z");
    opens(&night, "2024-10-27T05:00:00Z", "2024-10-27T21:00:00Z");
    opens(&night, "2024-03-31T03:59:59Z", "2024-03-31T03:59:59Z");
    opens(&night, "2024-03-31T04:00:00Z", "2024-03-31T20:00:00Z");
    // 02:30 does not exist on this night, and exists twice on the other.
    let early = berlin(vec![event(EventKind::BusinessHours, Recurrence::Daily, &[("02:30", "04:00")])]);
    opens(&early, "2024-03-31T01:00:00Z", "2024-03-31T01:30:00Z");
    opens(&early, "2024-10-27T00:29:59Z", "2024-10-27T00:30:00Z");
    opens(&early, "2024-10-27T02:59:59Z", "2024-10-27T02:59:59Z");
    // Between the two, nothing is left of these.
    let lost = berlin(vec![event(
        EventKind::BusinessHours,
        Recurrence::Daily,
        &[("02:00", "03:00"), ("02:30", "03:00")],
    )]);
    opens(&lost, "2024-03-31T00:59:59Z", "2024-04-01T00:00:00Z");
    let found = occurrences(&lost, at("2024-03-30T23:30:00Z"), at("2024-03-31T12:00:00Z"));
    assert_eq!(found, []);
}

#[test]
fn days_that_are_different() {
    let christmas = Event {
        first: date(2024, 12, 25),
        last: Some(date(2024, 12, 26)),
        ..event(EventKind::Holiday, Recurrence::None, &[])
    };
    let message = "Back at noon.".to_owned();
    let outing = Event {
        first: date(2024, 9, 24),
        ..event(EventKind::OutOfOffice { message }, Recurrence::None, &[("08:00", "12:00")])
    };
    let shop = berlin(vec![hours(&[("09:00", "17:00")]), christmas.clone(), outing]);
    for (now, next) in [
        ("2024-09-24T08:00:00Z", "2024-09-24T10:00:00Z"),
        ("2024-12-24T16:00:00Z", "2024-12-27T08:00:00Z"),
        ("2024-12-25T10:00:00Z", "2024-12-27T08:00:00Z"),
    ] {
        opens(&shop, now, next);
    }
    assert_eq!(message_at(&shop, at("2024-09-24T08:00:00Z")), Some("Back at noon."));
    assert_eq!(message_at(&shop, at("2024-09-24T10:00:00Z")), None);
    // Without business hours it is open on all other days.
    let always = berlin(vec![christmas]);
    opens(&always, "2024-12-24T22:59:59Z", "2024-12-24T22:59:59Z");
    opens(&always, "2024-12-24T23:00:00Z", "2024-12-26T23:00:00Z");
    opens(&berlin(vec![]), "2024-12-25T10:00:00Z", "2024-12-25T10:00:00Z");
}

#[test]
fn hours_begin_and_end() {
    let season = Event {
        first: date(2024, 5, 1),
        last: Some(date(2024, 5, 31)),
        ..event(EventKind::BusinessHours, Recurrence::Daily, &[("10:00", "18:00")])
    };
    let beach = berlin(vec![season]);
    opens(&beach, "2024-04-01T12:00:00Z", "2024-05-01T08:00:00Z");
    opens(&beach, "2024-05-31T15:59:59Z", "2024-05-31T15:59:59Z");
    opens(&beach, "2024-05-31T16:00:00Z", "never");
    let nepal = Calendar { time_zone: "Asia/Kathmandu".into(), ..berlin(vec![hours(&[("09:00", "17:00")])]) };
    opens(&nepal, "2024-09-24T03:00:00Z", "2024-09-24T03:15:00Z");
}

#[test]
fn a_range_is_answered_with_what_takes_place_in_it() {
    let shop = berlin(vec![hours(&[("22:00", "02:00")])]);
    let found = occurrences(&shop, at("2024-09-25T22:30:00Z"), at("2024-09-27T20:00:00Z"));
    let found: Vec<_> = found.iter().map(|one| (one.from, one.until)).collect();
    let expected = [
        (at("2024-09-25T20:00:00Z"), at("2024-09-26T00:00:00Z")),
        (at("2024-09-26T20:00:00Z"), at("2024-09-27T00:00:00Z")),
    ];
    assert_eq!(found, expected);
    let years = occurrences(&shop, at("2024-01-01T00:00:00Z"), at("2034-01-01T00:00:00Z"));
    assert!(years.len() < 365 && years.len() > 250, "{}", years.len());
}

#[test]
fn what_may_be_entered() {
    let check = |edit: fn(&mut Calendar), expected: &str| {
        let mut calendar = berlin(vec![hours(&[("09:00", "17:00")])]);
        edit(&mut calendar);
        assert_eq!(words(Registry::default().check_put(&Object::Calendar(calendar), None)), expected);
    };
    check(|_| {}, "ok");
    check(|c| c.name = String::new(), "name: must have 1 to 100 printable characters");
    check(|c| c.time_zone = "Berlin".into(), "timeZone: must be a time zone such as Europe/Berlin");
    check(|c| c.events[0].title = " ".into(), "events[0].title: must have 1 to 100 characters");
    check(|c| c.events[0].last = Some(date(2023, 1, 1)), "events[0].endDate: must not be before startDate");
    check(
        |c| c.events[0].recurrence = Recurrence::Weekly(Days(0)),
        "events[0].recurrence: needs a day of the week",
    );
    check(
        |c| c.events[0].shifts[0].start = 1440,
        "events[0].shifts[0]: must be times of the day, such as 09:00",
    );
    check(|c| c.events = vec![c.events[0].clone(); 201], "at most 200 events of a calendar are allowed");
}
