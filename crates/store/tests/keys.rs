//! Keys are replaced while everything stays readable; an export reads all of it.

use std::ops::ControlFlow;

use tieline_core::batch::{Batch, ObjectChange};
use tieline_core::registry::Kind;
use tieline_store::{CustomerFilter, Error, ExportLine, MasterKeys, Rotated, Secrets, Store};

use crate::backends::commit;
use crate::fixture::*;
use crate::home::{Home, keys, master};

every_backend! {
    a_rotation_leaves_nothing_to_the_former_key
    a_rotation_may_end_after_any_step_and_another_goes_on
    keys_rotate_while_the_store_is_written
    a_master_key_is_replaced
    a_wrong_master_key_is_refused
    an_export_tells_everything_readable
    a_full_receiver_ends_the_export
}

/// Everything a data key seals or wraps: what a store may hold of the tenant's own, and of two customers.
async fn fill(home: &Home) {
    for version in 1..=3 {
        let objects = vec![put_object(team(1, &format!("v{version}")), version)];
        commit(home, Batch { objects, agents: vec![agent(2)], ..Batch::default() }).await;
    }
    // An id that was deleted may come back, and its versions with it.
    let delete = ObjectChange::Delete { kind: Kind::Team, id: id(1), at: at(4) };
    commit(home, Batch { objects: vec![delete], ..Batch::default() }).await;
    commit(home, something_of_everything()).await;
    let mut batch = known([2, 3]);
    batch.events = vec![message(3, 2, 2)];
    batch.conversations = vec![conversation(2, 2)];
    batch.entries = vec![push(20, 1, dead()), entry(21, 1, 1, dead()), push(22, 1, resolved())];
    batch.attempts = vec![attempt(20, 1), attempt(20, 2), attempt(21, 1)];
    commit(home, batch).await;
    commit(home, Batch { customers: vec![erase(3)], ..Batch::default() }).await;
}

/// What [`fill`] wrote can be read, all of it.
async fn check_filled(store: &Store) {
    let loaded = store.load().await.unwrap();
    assert_eq!(loaded.objects, [(connector(1), 1, at(1)), (team(1, "Billing"), 1, at(1))]);
    assert_eq!(loaded.agents.len(), 2);
    assert_eq!(loaded.conversations, [conversation(1, 1), conversation(2, 2)]);
    assert_eq!(loaded.customers, [customer(1), customer(2)]);
    let history = store.object_versions(Kind::Team, id(1), 10).await.unwrap();
    let history: Vec<_> = history.into_iter().map(|version| version.object).collect();
    let versions = ["v3", "v2", "v1"].map(|name| Some(team(1, name)));
    assert_eq!(history[..2], [Some(team(1, "Billing")), None]);
    assert_eq!(history[2..], versions);
    for seq in [1, 3] {
        assert!(store.event(seq).await.unwrap().is_some(), "{seq}");
    }
    for seq in [20, 21] {
        assert_eq!(store.entry(seq).await.unwrap().unwrap().status, dead());
    }
    assert_eq!(store.entry(22).await.unwrap().unwrap().status, resolved());
    assert_eq!(store.attempts(&[20, 21]).await.unwrap(), [attempt(20, 1), attempt(20, 2), attempt(21, 1)]);
    assert!(store.customer(id(3)).await.unwrap().is_none());
    assert_eq!(store.customers_by_identity(&identity(PHONE)).await.unwrap(), [customer(1)]);
}

pub async fn rotate(store: &Store, rows_max: usize) -> Rotated {
    let mut rotation = store.rotate_data_key().await.unwrap();
    loop {
        if let ControlFlow::Break(done) = rotation.step(rows_max).await.unwrap() {
            return done;
        }
    }
}

async fn a_rotation_leaves_nothing_to_the_former_key(mut home: Home) {
    fill(&home).await;
    // Two agents, six versions of objects (one a deletion), three reasons, four attempts, two customers who are left;
    // of reasons and attempts two each are the tenant's own.
    let done = Rotated { rows_visited: 17, resealed: 11, rewrapped: 2, retired: 1 };
    for rows_max in [1, 3, 1_000] {
        assert_eq!(rotate(home.store(), rows_max).await, done, "{rows_max} rows at a time");
        check_filled(home.store()).await;
        home.restart(keys(1)).await.unwrap();
        check_filled(home.store()).await;
    }
}

async fn a_rotation_may_end_after_any_step_and_another_goes_on(mut home: Home) {
    fill(&home).await;
    let mut steps = 0;
    loop {
        let mut rotation = home.store().rotate_data_key().await.unwrap();
        for _ in 0..steps {
            assert!(rotation.step(1).await.unwrap().is_continue());
        }
        // The hub goes on writing; then both are gone without a word.
        commit(&home, Batch { agents: vec![agent(1)], ..Batch::default() }).await;
        home.restart(keys(1)).await.unwrap();
        check_filled(home.store()).await;
        let left = rotate(home.store(), 1).await;
        assert_eq!(left.retired, 1, "after {steps} steps");
        check_filled(home.store()).await;
        if steps > 0 && left.resealed + left.rewrapped <= 1 {
            break;
        }
        steps += 1;
    }
    assert!(steps >= 15, "{steps}");
}

async fn keys_rotate_while_the_store_is_written(mut home: Home) {
    commit(&home, known([1])).await;
    let (hub, operator) = (home.store().clone(), home.beside().await);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (wrote, mut written) = tokio::sync::watch::channel(1);
    let writing = tokio::spawn(async move {
        let mut n = 1;
        while !*stopped.borrow() {
            n += 1;
            let mut batch = known([n]);
            batch.events = vec![message(u64::from(n), 1, n), message(u64::from(n) + 1_000_000, 1, 1)];
            batch.objects = vec![put_object(team(n % 7, &format!("v{n}")), u64::from(n))];
            batch.entries = vec![push(u64::from(n) + 2_000_000, 1, dead())];
            hub.commit(batch).await.unwrap();
            assert_eq!(hub.customer(id(n)).await.unwrap(), Some(customer(n)));
            wrote.send_replace(n);
            tokio::task::yield_now().await;
        }
        n
    });
    for round in 0..5 {
        let mut rotation = operator.rotate_data_key().await.unwrap();
        // Something is written between any two steps, and during them.
        while rotation.step(5).await.unwrap().is_continue() {
            written.changed().await.unwrap();
        }
        check_readable(&operator, &format!("round {round}")).await;
    }
    stop.send(true).unwrap();
    let last = writing.await.unwrap();
    home.restart(keys(1)).await.unwrap();
    let store = home.store();
    for n in 2..=last {
        assert!(store.event(n.into()).await.unwrap().is_some(), "event {n}");
        assert_eq!(store.entry(u64::from(n) + 2_000_000).await.unwrap().unwrap().status, dead());
    }
    assert_eq!(store.customers(CustomerFilter::default(), 1).await.unwrap().total, u64::from(last));
    check_readable(store, "after all").await;
    // No earlier key than the last is left to be retired.
    assert_eq!(rotate(store, 1_000).await.retired, 1);
}

/// Everything readable can be opened.
async fn check_readable(store: &Store, moment: &str) {
    let opened = store.export(Secrets::Masked, |_| Ok(())).await;
    assert!(opened.is_ok(), "{moment}: {opened:?}");
}

async fn a_master_key_is_replaced(mut home: Home) {
    commit(&home, something_of_everything()).await;
    rotate(home.store(), 10).await;
    home.restart(MasterKeys { current: master(2), previous: Some(master(1)) }).await.unwrap();
    assert!(home.store().event(1).await.unwrap().is_some());
    home.restart(keys(2)).await.unwrap();
    assert!(home.store().event(1).await.unwrap().is_some());
    // A previous key that is no longer needed does no harm.
    home.restart(MasterKeys { current: master(2), previous: Some(master(1)) }).await.unwrap();
    assert!(matches!(home.restart(keys(1)).await, Err(Error::WrongMasterKey)));
}

async fn a_wrong_master_key_is_refused(mut home: Home) {
    commit(&home, something_of_everything()).await;
    let error = home.restart(keys(2)).await.unwrap_err();
    assert!(error.to_string().starts_with("the master key does not open this store"), "{error}");
    let wrong_pair = MasterKeys { current: master(2), previous: Some(master(3)) };
    assert!(matches!(home.restart(wrong_pair).await, Err(Error::WrongMasterKey)));
    home.restart(keys(1)).await.unwrap();
    assert!(home.store().event(1).await.unwrap().is_some());
}

async fn an_export_tells_everything_readable(home: Home) {
    commit(&home, something_of_everything()).await;
    for (secrets, shown) in [(Secrets::Masked, false), (Secrets::Shown, true)] {
        let mut told = Vec::new();
        let everything = |line: ExportLine| {
            told.push(line.to_json());
            Ok(())
        };
        home.store().export(secrets, everything).await.unwrap();
        let nouns: Vec<_> = told.iter().map(|line| line.split('"').nth(1).unwrap()).collect();
        let of_reports = ["tally", "state_change", "finished_task"];
        assert_eq!(nouns[7..], of_reports);
        assert_eq!(nouns[..7], ["object", "object", "customer", "conversation", "event", "entry", "attempt"]);
        let told = told.join("\n");
        assert_eq!(told.lines().count(), 10);
        assert!(told.contains(TEXT) && told.contains(NAME));
        assert_eq!(told.contains(SECRET), shown);
        assert_eq!(told.contains("0badc0de"), shown);
    }
}

async fn a_full_receiver_ends_the_export(home: Home) {
    commit(&home, something_of_everything()).await;
    let full = |_| Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
    assert!(matches!(home.store().export(Secrets::Masked, full).await, Err(Error::Output(_))));
}
