//! A recorded day is played again: with the same set-up it goes as it went, with another as that one would have had it.

use std::collections::BTreeSet;
use std::sync::Arc;

use tieline_core::registry::{Object, Queue, Registry};
use tieline_core::rehearsal::{Recording, Setup, Shift, Summary, recorded, rehearse};
use tieline_core::report::Measure;
use tieline_core::time::Span;

use super::given::{Given, NINE, given};
use super::script::play;
use super::stage::Stage;

/// Amina and ben in one queue, with something of everything that happens there.
const DAY: &str = "
    amina connects
    amina is ready
    carl writes
    wait 3s
    amina accepts carl
    dora writes
    wait 10s
    ben connects
    ben is ready
    wait 4s
    ben accepts dora
    emil writes
    wait 30s
    carl ends
    wait 2s
    amina accepts emil
    amina leaves carl
    finn writes
    gina writes
    wait 15s
    gina ends
    wait 25s
    dora ends
    ben leaves dora
    wait 20s
    wait 10s
    ben switches on
    wait 5s
    ben accepts finn
    wait 40s
    emil ends
    amina leaves emil
    hans writes
    wait 1s
    amina declines hans
    amina is not ready: none
    wait 60s
    finn ends
    ben leaves finn
    wait 6s
    ben accepts hans
    wait 5s
    hans ends
    ben leaves hans
    amina logs out
    wait 10s
";

fn centre() -> Given {
    given().agents("amina, ben").default_queue(|queue| queue.service_level_secs = 20)
}

/// What is recorded of a day, and where it took place.
fn record(given: Given, day: &str) -> (Stage, Recording) {
    let mut stage = given.stage();
    play(&mut stage, day);
    stage.check_restorable();
    let recording = Recording {
        from: NINE,
        until: stage.now,
        tasks: stage.kept.finished.clone(),
        changes: stage.kept.state_changes.clone(),
    };
    (stage, recording)
}

fn setup(stage: &Stage) -> Setup {
    let registry = Arc::clone(stage.state.registry());
    Setup { registry, absent: BTreeSet::new(), extra: Vec::new() }
}

fn with(setup: Setup, change: impl FnOnce(&mut Registry)) -> Setup {
    let mut registry = Registry::clone(&setup.registry);
    change(&mut registry);
    Setup { registry: Arc::new(registry), ..setup }
}

/// The default queue, changed.
fn queue(registry: &mut Registry, change: impl FnOnce(&mut Queue)) {
    let mut queue = registry.default_queue().expect("seeded").value.clone();
    change(&mut queue);
    registry.put(Object::Queue(queue), NINE);
}

fn told(summary: &Summary) -> String {
    let of = |measure| summary.total.counts.get(measure);
    let secs = |millis: Option<u64>| millis.map_or("-".to_owned(), |millis| format!("{}s", millis / 1000));
    let waits = summary.total.waits;
    format!(
        "{} requests: {} answered, {} abandoned, {} rona, {} nobody; waits {} {} {} {}; level {}",
        summary.total.requests(),
        of(Measure::Answered),
        of(Measure::Abandoned),
        of(Measure::NotTaken),
        of(Measure::NoAgent),
        secs(waits.mean_ms),
        secs(waits.half_ms),
        secs(waits.nine_tenths_ms),
        secs(waits.longest_ms),
        summary.total.service_level_permille().map_or("-".to_owned(), |permille| permille.to_string()),
    )
}

#[track_caller]
fn summary(recording: &Recording, setup: &Setup) -> Summary {
    let tasks = rehearse(recording, setup).expect("a short day");
    Summary::of(&tasks, &setup.registry)
}

#[test]
fn the_same_set_up_repeats_the_day() {
    for (name, given) in [
        ("plain", centre()),
        ("with wrap-up", centre().wrap_up(10)),
        ("with answers due", centre().default_queue(|queue| queue.agent_sla_secs = Some(600))),
    ] {
        let (stage, recording) = record(given, DAY);
        let setup = setup(&stage);
        let was = Summary::of(&recorded(&recording), &setup.registry);
        let is = summary(&recording, &setup);
        assert_eq!(told(&is), told(&was), "{name}");
        assert_eq!(is, was, "{name}");
        assert!(was.total.counts.get(Measure::Answered) >= 3, "{name}: {}", told(&was));
    }
}

#[test]
fn another_set_up_makes_the_difference_it_would_have_made() {
    // Ben comes after a minute; until then one agent has three customers, one after the other.
    let day = "
        amina connects
        amina is ready
        carl writes
        wait 2s
        amina accepts carl
        dora writes
        wait 28s
        carl ends
        amina leaves carl
        wait 2s
        amina accepts dora
        emil writes
        wait 28s
        dora ends
        amina leaves dora
        wait 2s
        amina accepts emil
        wait 20s
        emil ends
        amina leaves emil
        finn writes
        wait 10s
        finn ends
        amina logs out
        wait 1s
    ";
    let given = centre();
    let (stage, recording) = record(given, day);
    let as_it_was = setup(&stage);
    let was = Summary::of(&recorded(&recording), &as_it_was.registry);
    assert_eq!(summary(&recording, &as_it_was), was);
    let ben = stage.agents["ben"];
    let (until, amina) = (recording.until, stage.agents["amina"]);
    let cases: Vec<(&str, Setup, &str)> = vec![
        (
            "as it was",
            as_it_was.clone(),
            "4 requests: 3 answered, 1 abandoned, 0 rona, 0 nobody; waits 20s 30s 30s 30s; level 333",
        ),
        (
            "ben comes too",
            Setup { extra: vec![Shift { agent: ben, from: NINE, until }], ..as_it_was.clone() },
            "4 requests: 3 answered, 1 abandoned, 0 rona, 0 nobody; waits 2s 2s 2s 2s; level 1000",
        ),
        (
            "amina stays at home",
            Setup { absent: BTreeSet::from([amina]), ..as_it_was.clone() },
            "4 requests: 0 answered, 1 abandoned, 0 rona, 3 nobody; waits - - - -; level 0",
        ),
        (
            "amina may have two at a time",
            with(as_it_was.clone(), |registry| {
                let mut user = registry.user(amina).expect("known").value.clone();
                user.capacities[0].max_tasks = 2;
                registry.put(Object::User(user), NINE);
            }),
            "4 requests: 3 answered, 1 abandoned, 0 rona, 0 nobody; waits 2s 2s 2s 2s; level 1000",
        ),
        (
            "a longer threshold",
            with(as_it_was.clone(), |registry| queue(registry, |queue| queue.service_level_secs = 40)),
            "4 requests: 3 answered, 1 abandoned, 0 rona, 0 nobody; waits 20s 30s 30s 30s; level 1000",
        ),
    ];
    for (name, setup, expected) in cases {
        assert_eq!(told(&summary(&recording, &setup)), expected, "{name}");
    }
}

#[test]
fn a_rehearsal_is_of_the_time_it_is_asked_for() {
    let given = centre();
    let (stage, recording) = record(given, DAY);
    let setup = setup(&stage);
    let later = Recording { from: NINE + Span::secs(30), ..recording };
    let all = recorded(&later);
    assert!(all.iter().all(|task| task.queued_at >= later.from));
    assert_eq!(summary(&later, &setup), Summary::of(&all, &setup.registry));
}
