//! THE PROVING GROUND: days of traffic with faults, made from a seed, and checkers that hold the promises.
//!
//! The engine and the store are the real ones; the store is in memory and fails on purpose. Time is tokio's, paused:
//! a day takes milliseconds and the same seed makes the same day. When a promise breaks, the seed is all that is
//! needed to see it break again: `cargo run -p tieline-sim -- --seed 42`.

mod centre;
mod clock;
mod day;
mod dice;
mod guru;
#[path = "../../core/tests/story/invariants.rs"]
mod invariants;
mod ledger;
mod outside;
mod people;
mod promises;

use std::collections::BTreeMap;

use day::Day;
use promises::Disk;

/// What came of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Promises that did not hold.
    pub broken: Vec<String>,
    /// How often what happened.
    pub counts: BTreeMap<&'static str, u64>,
}

/// Simulates the day of a seed, with this many steps of people and accidents.
///
/// # Panics
/// When the simulation itself cannot go on.
#[must_use]
pub fn simulate(seed: u64, steps: usize) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O starts");
    runtime.block_on(async {
        let mut day = Day::begin(seed).await;
        day.pass(steps).await;
        day.end().await;
        let disk = Disk::read(&day.store, &day.centre).await.expect("a store without faults can be read");
        let pages = day.outside.ledger.open();
        Outcome { broken: disk.broken(&pages), counts: pages.counts.clone() }
    })
}
