//! The loop, seen from its handle, over a memory store that takes as long as it is told to.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like the tests themselves")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::Map;
use tieline_core::command::Command;
use tieline_core::effect::Effect;
use tieline_core::policy::Policy;
use tieline_engine::{Engine, Handle, Options, Outlet, SystemClock, Unavailable};
use tieline_store::{CustomerFilter, Faults, MasterKey, Store};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

const COMMIT: Duration = Duration::from_millis(100);

struct Nowhere;

impl Outlet for Nowhere {
    fn release(&self, _: Vec<Effect>) {}
    fn restarted(&self) {}
}

async fn start(store: &Store, batch_max: usize) -> (Handle, JoinHandle<()>) {
    let options = Options { queue_max: 100, batch_max, id_prefix: [1; 5] };
    let (policy, clock) = (Policy::default(), Arc::new(SystemClock));
    Engine::start(store.clone(), policy, options, clock, Arc::new(Nowhere)).await.unwrap()
}

async fn store(faults: &Faults) -> Store {
    Store::memory(MasterKey::generate().into(), faults.clone()).await.unwrap()
}

fn new_customer() -> Command {
    Command::PutCustomer { id: None, attributes: Map::new(), labels: Vec::new(), expected: None }
}

/// Has a customer made `after_ms` from now. Returns after how many milliseconds it was kept.
async fn kept_after(handle: Handle, after_ms: u64) -> Result<u128, Unavailable> {
    let begun = Instant::now();
    sleep(Duration::from_millis(after_ms)).await;
    handle.submit(new_customer()).await?.expect("anybody may be a customer");
    Ok(begun.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn what_comes_during_a_commit_is_kept_with_the_next_as_far_as_there_is_room() {
    for (batch_max, expected) in
        [(256, [100, 200, 200, 200]), (2, [100, 200, 200, 300]), (1, [100, 200, 300, 400])]
    {
        let faults = Faults::none();
        let (handle, _) = start(&store(&faults).await, batch_max).await;
        faults.stall(COMMIT);
        let kept = |after_ms| kept_after(handle.clone(), after_ms);
        let (first, second, third, fourth) = tokio::join!(kept(0), kept(10), kept(50), kept(90));
        assert_eq!([first, second, third, fourth], expected.map(Ok), "batches of {batch_max}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_decided_upon_a_lost_commit_is_turned_away_with_it_and_can_be_repeated() {
    let faults = Faults::none();
    let (handle, _) = start(&store(&faults).await, 256).await;
    faults.stall(COMMIT);
    faults.fail_next(1);
    let kept = |after_ms| kept_after(handle.clone(), after_ms);
    let (first, second) = tokio::join!(kept(0), kept(10));
    assert_eq!([first, second], [Err(Unavailable::NotKept); 2]);
    assert_eq!(kept_after(handle.clone(), 0).await, Ok(100));
}

#[tokio::test(start_paused = true)]
async fn what_was_decided_is_kept_when_nobody_is_left_to_ask_for_more() {
    let faults = Faults::none();
    let store = store(&faults).await;
    let (handle, running) = start(&store, 256).await;
    faults.stall(COMMIT);
    handle.report(new_customer()).await;
    sleep(COMMIT / 2).await;
    handle.report(new_customer()).await;
    drop(handle);
    running.await.unwrap();
    let customers = store.customers(CustomerFilter::default(), 10).await.unwrap();
    assert_eq!(customers.total, 2);
}
