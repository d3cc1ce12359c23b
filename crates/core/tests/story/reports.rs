//! What is counted of a day, and that it adds up after every story there is.

use std::collections::BTreeMap;

use tieline_core::id::{Id, UserId};
use tieline_core::registry::ReasonPurpose;
use tieline_core::report::attendance::{StateChange, What, unfinished};
use tieline_core::report::{Counts, GroupBy, Measure, Rows, Standing, Subject, Tallies, add_to};
use tieline_core::task::Stage as TaskStage;
use tieline_core::time::{At, Span};

use super::given::{Given, given};
use super::lens::clock;
use super::script::play;
use super::stage::Stage;

/// Whatever happened: nothing is counted twice, nothing is forgotten.
#[track_caller]
pub fn check_adds_up(stage: &Stage) {
    let all = total(&stage.kept.tallies);
    let of = |measure| all.get(measure);
    let ends = of(Measure::Answered)
        + of(Measure::Abandoned)
        + of(Measure::NotTaken)
        + of(Measure::NoAgent)
        + of(Measure::Withdrawn);
    assert_eq!(of(Measure::Offered), ends, "requests whose waiting ended");
    let tasks = || {
        let all = stage.state.conversations().flat_map(|conversation| &conversation.tasks);
        all.filter(|task| !task.direction.is_supervision())
    };
    let waiting = tasks().filter(|task| matches!(task.stage, TaskStage::Queued | TaskStage::Offered { .. }));
    assert_eq!(of(Measure::Queued), of(Measure::Offered) + waiting.count() as u64, "requests that wait");
    let working = tasks().filter(|task| task.worker().is_some()).count() as u64;
    assert_eq!(
        of(Measure::Answered) + of(Measure::Started),
        of(Measure::Handled) + working,
        "work under way"
    );
    let finished = of(Measure::Offered) - of(Measure::Answered) + of(Measure::Handled);
    assert_eq!(stage.kept.finished.len() as u64, finished, "finished tasks");
    let open = stage.state.conversations().map(|one| one.open_sessions().count()).sum::<usize>() as u64;
    assert_eq!(of(Measure::Sessions), of(Measure::SessionsEnded) + open, "sessions");
    let handled_over = of(Measure::BotEscalated) + of(Measure::BotCompleted);
    assert!(of(Measure::BotAssigned) >= handled_over, "bots handed over what they did not have");
    for agent in stage.agents.values() {
        check_time(stage, *agent);
    }
}

/// The time in states is the time at work.
fn check_time(stage: &Stage, agent: UserId) {
    let mut at_work = Span::ZERO;
    let mut since = None;
    let mut his = stage.kept.state_changes.iter().filter(|change| change.agent == agent);
    for change in his.clone() {
        match change.what {
            What::LoggedIn => assert_eq!(since.replace(change.at), None, "logged in twice"),
            What::LoggedOut => {
                at_work = at_work + change.at.since(since.take().expect("logged in before"));
            }
            _ => assert!(since.is_some(), "{change:?} of somebody logged out"),
        }
    }
    let record = stage.state.agents().find(|found| found.id == agent);
    assert_eq!(record.is_some(), since.is_some(), "the log knows who is at work");
    if let (Some(record), Some(since)) = (record, since) {
        at_work = at_work + stage.now.since(since);
        let last =
            his.rfind(|change| !matches!(change.what, What::Domain(..) | What::DeskLost | What::DeskBack));
        let ready = record.state == tieline_core::agent::State::Ready;
        assert_eq!(last.map(|change| change.what == What::Ready), Some(ready), "the log's last word");
    }
    let mut tallies = stage.kept.tallies.clone();
    record.into_iter().for_each(|record| tallies.join(&unfinished(record, stage.now)));
    let counted = time(&tallies, |of, standing, _| {
        of == agent && matches!(standing, Standing::Ready | Standing::NotReady)
    });
    // Of one stretch in a state no more than a week is counted.
    let uncounted = counted < at_work.as_millis() && at_work > Span::secs(7 * 24 * 3600);
    assert!(counted == at_work.as_millis() || uncounted, "time of {}", stage.agent_name(agent));
}

fn time(tallies: &Tallies, meant: impl Fn(UserId, Standing, Option<Id>) -> bool) -> u64 {
    let of = tallies.iter().filter(|(_, subject, _)| match subject {
        Subject::Time { agent, standing, reason } => meant(*agent, *standing, *reason),
        _ => false,
    });
    of.map(|(_, _, counts)| counts.get(Measure::StateMs)).sum()
}

fn total(tallies: &Tallies) -> Counts {
    let mut all = Counts::default();
    for (_, subject, counts) in tallies.iter() {
        if !matches!(subject, Subject::Time { .. }) {
            all.join(counts);
        }
    }
    all
}

/// Counts in words; times in whole seconds.
fn told(counts: &Counts) -> String {
    let word = |(measure, value): (Measure, u64)| match measure.name().strip_suffix("Ms") {
        Some(name) => format!("{name} {}s", value / 1000),
        None => format!("{} {value}", measure.name()),
    };
    counts.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Plays a script, and compares the sums of what happened in a grouping with what is written, row by row.
#[track_caller]
fn check(given: Given, script: &str, by: GroupBy, written: &str) {
    let mut stage = given.stage();
    play(&mut stage, script);
    stage.check_restorable();
    let registry = stage.state.registry();
    let mut rows = Rows::new();
    add_to(&mut rows, &stage.kept.tallies, by, None, registry, |_| true);
    let told: Vec<String> = rows
        .iter()
        .map(|((_, about), figures)| {
            let about = about.map_or_else(|| "all".to_owned(), |id| name(&stage, id));
            format!("{about}: {}", told(&figures.counts))
        })
        .collect();
    let written: Vec<&str> = written.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(told, written);
}

fn name(stage: &Stage, id: Id) -> String {
    let registry = stage.state.registry();
    let names = [
        registry.queue(id.into()).map(|queue| queue.value.name.clone()),
        registry.user(id.into()).map(|user| user.value.username.clone()),
        registry.channel(id.into()).map(|channel| channel.value.name.clone()),
    ];
    names.into_iter().flatten().next().unwrap_or_else(|| id.to_string())
}

/// Service level of 30 s, rings of 20 s.
fn centre() -> Given {
    given().agents("amina, ben").default_queue(|queue| queue.service_level_secs = 30)
}

#[test]
fn requests_are_counted_as_the_documented_cases_say() {
    let queue = |script: &str, counted: &str| {
        let first = "amina connects\n";
        check(centre(), &format!("{first}{script}"), GroupBy::Queue, &format!("Default: {counted}"));
    };
    // 1: routed in the threshold, accepted.
    queue(
        "amina is ready\n carl writes\n wait 5s\n amina accepts carl",
        "queued 1, offered 1, answered 1, offeredWithin 1, answeredWithin 1, wait 5s, waitMax 5s, ring 5s, \
         ringMin 5s, ringMax 5s, answeredIn60 1, rung 1",
    );
    // 2: left the queue before the threshold.
    queue(
        "carl writes\n wait 20s\n carl ends",
        "queued 1, offered 1, abandoned 1, offeredWithin 1, abandonedWithin 1, abandonedWait 20s, abandonedIn60 1",
    );
    queue(
        "carl writes\n wait 70s\n carl ends",
        "queued 1, offered 1, abandoned 1, abandonedWait 70s, abandonedIn120 1",
    );
    // 3: routed in the threshold, and the customer left while it rang, even when that was after it.
    queue(
        "carl writes\n wait 25s\n amina is ready\n wait 10s\n carl ends",
        "queued 1, offered 1, abandoned 1, offeredWithin 1, abandonedWithin 1, abandonedWait 35s, \
         abandonedIn60 1, rung 1",
    );
    // 4: routed after it, and the customer left.
    queue(
        "carl writes\n wait 40s\n amina is ready\n carl ends",
        "queued 1, offered 1, abandoned 1, abandonedWait 40s, abandonedIn60 1, rung 1",
    );
    // 5: routed after it, accepted.
    queue(
        "carl writes\n wait 40s\n amina is ready\n amina accepts carl",
        "queued 1, offered 1, answered 1, wait 40s, waitMax 40s, ringMin 0s, ringMax 0s, \
         answeredIn60 1, rung 1",
    );
    // 6: routed after it, not taken. The request waits on as another.
    queue("carl writes\n wait 40s\n amina is ready\n wait 20s", "queued 2, offered 1, rona 1, rung 1");
    // 7: routed in it, not taken.
    queue(
        "amina is ready\n carl writes\n wait 20s",
        "queued 2, offered 1, rona 1, offeredWithin 1, ronaWithin 1, rung 1",
    );
    // 8: nobody came in its time.
    queue("carl writes\n wait 100s", "queued 1, offered 1, noAgent 1");
    // Ours: taken out of its queue.
    queue("carl writes\n admin flushes Default", "queued 1, offered 1, withdrawn 1, flushed 1");
}

#[test]
fn a_request_that_comes_back_goes_on_waiting() {
    check(
        centre().on_duty("amina"),
        "
        carl writes
        wait 20s
        wait 30s
        amina switches on
        wait 2s
        amina accepts carl
        ",
        GroupBy::Agent,
        // He waited for 52 s in all; for the second ring he was found too late.
        "amina: offered 2, answered 1, rona 1, offeredWithin 1, ronaWithin 1, wait 52s, waitMax 52s, ring 2s, \
         ringMin 2s, ringMax 2s, answeredIn60 1, rung 2",
    );
}

#[test]
fn work_is_counted_with_its_pauses_and_codes() {
    check(
        centre().wrap_up(60).settings(|settings| settings.pauses = vec![60]).on_duty("amina"),
        "
        carl writes
        amina accepts carl
        wait 10s
        amina pauses carl for 60s
        wait 25s
        amina resumes carl
        wait 5s
        carl ends
        wait 12s
        amina wraps carl
        ",
        GroupBy::Agent,
        "amina: offered 1, answered 1, offeredWithin 1, answeredWithin 1, waitMax 0s, ringMin 0s, \
         ringMax 0s, answeredIn60 1, rung 1, handled 1, handle 52s, wrapUp 12s, hold 25s",
    );
}

#[test]
fn handing_on_is_counted_on_both_sides() {
    check(
        centre().on_duty("amina, ben"),
        "
        carl writes
        amina accepts carl
        wait 10s
        amina transfers carl to ben
        wait 1s
        ben accepts carl
        wait 20s
        ben logs out
        ",
        GroupBy::Agent,
        "
        amina: offered 1, answered 1, offeredWithin 1, answeredWithin 1, waitMax 0s, ringMin 0s, ringMax 0s, answeredIn60 1, rung 2, handled 1, handle 10s, transferredOut 1
        ben: offered 1, answered 1, wait 1s, waitMax 1s, ring 1s, ringMin 1s, ringMax 1s, answeredIn60 1, rung 1, handled 1, handle 20s, transferredIn 1, lost 1
        ",
    );
}

#[test]
fn channels_count_what_bots_did_alone() {
    check(
        centre(),
        "
        carl starts
        wait 5s
        carl ends
        dora writes
        emil starts
        ",
        GroupBy::Channel,
        "site: queued 1, sessions 3, sessionsEnded 1, conversations 3, botAssigned 3, botEscalated 1, botCompleted 1",
    );
}

#[test]
fn who_is_called_from_a_list_is_handed_over_by_the_bot() {
    let mail = || {
        let agents = given().agents("amina, ben, sara").led_team("amina, ben, sara");
        agents.list("Mail", |_| {}).pulled("site", "Mail").on_duty("amina, sara")
    };
    let once = "sessions 1, sessionsEnded 1, conversations 1, botAssigned 1, botEscalated 1";
    for (script, counted) in [
        ("carl writes\n carl ends", once.to_owned()),
        ("carl writes\n sara finishes carl", once.to_owned()),
        ("carl writes\n amina joins carl\n carl ends", format!("started 1, handled 1, {once}")),
    ] {
        check(mail(), script, GroupBy::Channel, &format!("site: {counted}"));
    }
}

#[test]
fn a_restart_neither_loses_nor_repeats_a_count() {
    let script = |interruption: &str| {
        format!(
            "
            carl writes
            wait 3s
            {interruption}
            amina connects
            wait 2s
            amina accepts carl
            wait 10m
            {interruption}
            amina connects
            wait 10m
            carl ends
            amina logs out
            "
        )
    };
    let sums = |script: &str| {
        let mut stage = centre().on_duty("amina").stage();
        play(&mut stage, script);
        stage.check_restorable();
        stage.kept.tallies.clone()
    };
    let calm = sums(&script(""));
    assert_eq!(sums(&script("restart")), calm);
    assert!(
        calm.iter().any(|(interval, ..)| clock(interval.begins()) == "09:15:00"),
        "two quarters of an hour"
    );
}

#[test]
fn the_log_says_who_was_in_which_state_and_why() {
    let mut stage = centre().chat_only().reason("Lunch", ReasonPurpose::NotReady).stage();
    play(
        &mut stage,
        "
        amina connects
        wait 10s
        amina is ready
        carl writes
        amina accepts carl
        wait 30s
        amina is not ready: Lunch
        wait 5s
        carl ends
        wait 15m
        amina disconnects
        wait 30s
        ",
    );
    stage.check_restorable();
    let told: Vec<String> = stage.kept.state_changes.iter().map(|change| line(&stage, change)).collect();
    assert_eq!(
        told,
        [
            "09:00:00 amina LoggedIn",
            "09:00:10 amina Ready",
            "09:00:10 amina chat Ready",
            "09:00:10 amina chat Busy",
            "09:00:40 amina NotReady for Lunch",
            "09:00:40 amina chat PendingNotReady",
            "09:00:45 amina chat NotReady",
            "09:15:45 amina DeskLost",
            "09:16:15 amina LoggedOut",
        ]
    );
    let lunch =
        time(&stage.kept.tallies, |_, standing, reason| standing == Standing::NotReady && reason.is_some());
    assert_eq!(lunch / 1000, 15 * 60 + 35);
}

fn line(stage: &Stage, change: &StateChange) -> String {
    let names: BTreeMap<Id, String> =
        stage.state.registry().reason_codes().map(|code| (code.value.id, code.value.name.clone())).collect();
    let what = match change.what {
        What::Domain(_, state) => format!("chat {state:?}"),
        other => format!("{other:?}"),
    };
    let reason = change.reason.map_or_else(String::new, |id| format!(" for {}", names[&id]));
    format!("{} {} {what}{reason}", clock(change.at), stage.agent_name(change.agent))
}

#[test]
fn time_is_split_at_quarters_of_an_hour() {
    let mut stage = centre().on_duty("amina").stage();
    play(&mut stage, "wait 20m\n amina logs out");
    stage.check_restorable();
    let ready: Vec<(At, u64)> = stage
        .kept
        .tallies
        .iter()
        .filter(|(_, subject, _)| matches!(subject, Subject::Time { standing: Standing::Ready, .. }))
        .map(|(interval, _, counts)| (interval.begins(), counts.get(Measure::StateMs) / 1000))
        .collect();
    assert_eq!(
        ready.iter().map(|(at, secs)| (clock(*at), *secs)).collect::<Vec<_>>(),
        [("09:00:00".to_owned(), 900), ("09:15:00".to_owned(), 300)]
    );
}
