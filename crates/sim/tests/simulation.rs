//! Many short days, each from its own seed. A seed that broke a promise once gets a test of its own below.

use tieline_sim::simulate;

const STEPS: usize = 150;
/// Each of the parts below runs as a test of its own, so that they share the machine's cores.
const SEEDS_PER_PART: u64 = 75;

fn part(n: u64) {
    for seed in n * SEEDS_PER_PART..(n + 1) * SEEDS_PER_PART {
        check(seed, STEPS);
    }
}

#[track_caller]
fn check(seed: u64, steps: usize) {
    let outcome = simulate(seed, steps);
    let again = format!("cargo run -p tieline-sim -- --seed {seed} --steps {steps}");
    assert!(outcome.broken.is_empty(), "seed {seed}: {:#?}\n{again}", outcome.broken);
}

#[test]
fn promises_hold_on_the_first_days() {
    part(0);
}

#[test]
fn promises_hold_on_the_second_days() {
    part(1);
}

#[test]
fn promises_hold_on_the_third_days() {
    part(2);
}

#[test]
fn promises_hold_on_the_fourth_days() {
    part(3);
}

#[test]
fn a_bot_took_a_question_and_a_repeated_attempt_failed() {
    check(172, STEPS);
}

#[test]
fn the_same_seed_makes_the_same_day() {
    assert_eq!(simulate(7, STEPS), simulate(7, STEPS));
}
