//! A memory store fails when it is told to, and in no other way.

use std::collections::BTreeSet;
use std::time::Duration;

use tieline_core::batch::Batch;
use tieline_core::facts::Wants;
use tieline_store::{Error, Faults, Store};

use crate::fixture::*;
use crate::home::keys;

async fn store() -> (Store, Faults) {
    let faults = Faults::none();
    (Store::memory(keys(1), faults.clone()).await.unwrap(), faults)
}

async fn try_commit(store: &Store, customer: u32) -> bool {
    let committed = store.commit(known([customer])).await;
    assert!(matches!(committed, Ok(()) | Err(Error::Unavailable(_))), "{committed:?}");
    committed.is_ok()
}

async fn exists(store: &Store, customer: u32) -> bool {
    store.customer(id(customer)).await.unwrap().is_some()
}

#[tokio::test]
async fn asked_failures_leave_nothing() {
    let (store, faults) = store().await;
    faults.fail_next(2);
    for (customer, works) in [(1, false), (2, false), (3, true)] {
        assert_eq!(try_commit(&store, customer).await, works, "{customer}");
        assert_eq!(exists(&store, customer).await, works, "{customer}");
    }
}

#[tokio::test]
async fn a_lost_acknowledgement_is_a_commit_nobody_heard_of() {
    let (store, faults) = store().await;
    faults.lose_acknowledgement_next();
    assert!(!try_commit(&store, 1).await);
    assert!(exists(&store, 1).await);
    // The customer's key was never remembered, but it is found.
    store.commit(Batch { events: vec![message(1, 1, 1)], ..Batch::default() }).await.unwrap();
    assert!(store.event(1).await.unwrap().is_some());
}

#[tokio::test]
async fn after_a_crash_everything_fails_until_recovery_and_the_rows_survive() {
    let (store, faults) = store().await;
    assert!(try_commit(&store, 1).await);
    faults.crash();
    assert!(!try_commit(&store, 2).await);
    assert!(matches!(store.load().await, Err(Error::Unavailable(_))));
    assert!(store.ping().await.is_err());
    faults.recover();
    let reopened = store.reopen(keys(1)).await.unwrap();
    assert!(exists(&reopened, 1).await && !exists(&reopened, 2).await);
    assert!(matches!(store.load().await, Err(Error::Unavailable(_))), "the former process is gone");
}

#[tokio::test]
async fn a_request_that_is_surely_new_is_not_looked_for() {
    let (store, faults) = store().await;
    let request = ([1; 16], at(1), accepted(1));
    store.commit(Batch { requests: vec![request], ..Batch::default() }).await.unwrap();
    faults.crash();
    let wants = |key: u8| Wants { requests: BTreeSet::from([[key; 16]]), ..Wants::default() };
    assert!(store.look_up(wants(2)).await.unwrap().requests.is_empty());
    assert!(matches!(store.look_up(wants(1)).await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_step_of_a_rotation_that_failed_is_repeated() {
    let (store, faults) = store().await;
    store.commit(something_of_everything()).await.unwrap();
    let mut rotation = store.rotate_data_key().await.unwrap();
    loop {
        faults.fail_next(1);
        assert!(matches!(rotation.step(1).await, Err(Error::Unavailable(_))));
        faults.lose_acknowledgement_next();
        assert!(matches!(rotation.step(1).await, Err(Error::Unavailable(_))));
        if rotation.step(1).await.unwrap().is_break() {
            break;
        }
    }
    let reopened = store.reopen(keys(1)).await.unwrap();
    assert_eq!(reopened.load().await.unwrap().objects.len(), 2);
    assert!(reopened.event(1).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_stall_takes_its_time_and_a_crash_meanwhile_wins() {
    let (store, faults) = store().await;
    faults.stall(Duration::from_secs(3));
    let before = tokio::time::Instant::now();
    assert!(try_commit(&store, 1).await);
    assert_eq!(before.elapsed(), Duration::from_secs(3));
    let (committed, ()) = tokio::join!(try_commit(&store, 2), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        faults.crash();
    });
    assert!(!committed);
    faults.recover();
    assert!(!exists(&store, 2).await);
}

#[tokio::test]
async fn chance_decides_as_drawn() {
    let (store, faults) = store().await;
    let mut drawn = [0.9, 0.1, 0.3].into_iter();
    faults.fail_probability(0.4, move || drawn.next().unwrap());
    for (customer, told, there) in [(1, true, true), (2, false, false), (3, false, true)] {
        assert_eq!(try_commit(&store, customer).await, told, "{customer}");
        assert_eq!(exists(&store, customer).await, there, "{customer}");
    }
}
