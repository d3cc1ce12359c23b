//! The old goes, the young stays.

use std::collections::BTreeSet;

use tieline_core::batch::Batch;
use tieline_core::delivery::{Entry, EntryStatus, Via};
use tieline_core::facts::Wants;
use tieline_store::Purged;

use crate::backends::commit;
use crate::fixture::*;
use crate::home::{Home, keys};

every_backend! {
    purging_takes_the_old_and_settled
    purging_leaves_the_young_among_the_old
    purging_goes_beyond_one_chunk
}

async fn purging_takes_the_old_and_settled(home: Home) {
    let mut batch = known([1]);
    batch.requests = vec![([1; 16], at(10), accepted(1)), ([2; 16], at(20), accepted(2))];
    let delivered = |millis| EntryStatus::Delivered { at: at(millis), how: Via::Webhook };
    batch.entries = vec![
        entry(3, 1, 1, delivered(4)),
        entry(5, 1, 1, pending()),
        entry(7, 1, 1, dead()),
        entry(9, 1, 1, delivered(500)),
        push(11, 1, EntryStatus::Superseded { at: at(12) }),
        push(12, 2, delivered(13)),
        push(13, 2, delivered(14)),
        push(14, 2, dead()),
        entry(200, 1, 1, delivered(201)),
    ];
    batch.attempts = vec![attempt(3, 1), attempt(9, 1)];
    commit(&home, batch).await;
    let purged = home.store().purge(at(20), at(100)).await.unwrap();
    assert_eq!(purged, Purged { requests: 1, entries: 5 });
    let store = home.store();
    let wants = Wants { requests: BTreeSet::from([[1; 16], [2; 16]]), ..Wants::default() };
    assert_eq!(store.look_up(wants).await.unwrap().requests.into_keys().collect::<Vec<_>>(), [[2; 16]]);
    for (seq, left) in [
        (3, false),
        (5, true),
        (7, false),
        (9, true),
        (11, false),
        (12, false),
        (13, true),
        (14, false),
        (200, true),
    ] {
        assert_eq!(store.entry(seq).await.unwrap().is_some(), left, "{seq}");
    }
    assert_eq!(store.attempts(&[3, 9]).await.unwrap(), [attempt(9, 1)]);
    assert_eq!(store.purge(at(20), at(100)).await.unwrap(), Purged::default());
}

/// A clock was put back while they came.
async fn purging_leaves_the_young_among_the_old(mut home: Home) {
    let mut batch = known([1]);
    batch.requests =
        [10, 500, 20].iter().zip(1..).map(|(millis, n)| (numbered(n), at(*millis), accepted(n))).collect();
    commit(&home, batch).await;
    assert_eq!(home.store().purge(at(100), at(0)).await.unwrap(), Purged { requests: 2, entries: 0 });
    let batch = Batch { requests: vec![(numbered(4), at(30), accepted(4))], ..Batch::default() };
    commit(&home, batch).await;
    for _ in 0..2 {
        let wants = Wants { requests: (1..=5).map(numbered).collect(), ..Wants::default() };
        let found = home.store().look_up(wants).await.unwrap().requests;
        assert_eq!(found.into_keys().collect::<BTreeSet<_>>(), BTreeSet::from([numbered(2), numbered(4)]));
        home.restart(keys(1)).await.unwrap();
    }
}

async fn purging_goes_beyond_one_chunk(home: Home) {
    let mut batch = known([1]);
    batch.requests = (0..2_500).map(|n| (numbered(n), at(1), accepted(n))).collect();
    let delivered = EntryStatus::Delivered { at: at(4), how: Via::Webhook };
    batch.entries =
        (1..=2_500).map(|seq| Entry { created_at: at(1), ..entry(seq, 1, 1, delivered.clone()) }).collect();
    commit(&home, batch).await;
    assert_eq!(home.store().purge(at(2), at(5)).await.unwrap(), Purged { requests: 2_500, entries: 2_500 });
}
