//! `tieline-sim --seed N --steps M`: one day again, to see what happened.

use std::process::ExitCode;

const STEPS_DEFAULT: usize = 300;

fn main() -> ExitCode {
    let (mut seed, mut steps) = (1, STEPS_DEFAULT);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let number = arguments.next().and_then(|value| value.parse::<u64>().ok());
        match (name.as_str(), number) {
            ("--seed", Some(number)) => seed = number,
            ("--steps", Some(number)) => steps = usize::try_from(number).unwrap_or(STEPS_DEFAULT),
            _ => {
                eprintln!("usage: tieline-sim [--seed N] [--steps M]");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("seed {seed}, {steps} steps");
    let outcome = tieline_sim::simulate(seed, steps);
    for (what, count) in &outcome.counts {
        println!("{count:>8} {what}");
    }
    for broken in &outcome.broken {
        println!("BROKEN {broken}");
    }
    if outcome.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
