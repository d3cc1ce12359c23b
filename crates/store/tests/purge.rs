//! The old goes, the young stays.

use std::collections::BTreeSet;

use tieline_core::batch::Batch;
use tieline_core::conversation::{Conversation, Mark, WrapUp};
use tieline_core::delivery::{Entry, EntryStatus, Via};
use tieline_core::facts::Wants;
use tieline_store::{PastSearch, Purged};

use crate::backends::commit;
use crate::fixture::*;
use crate::home::{Home, keys};

every_backend! {
    purging_takes_the_old_and_settled
    purging_leaves_the_young_among_the_old
    purging_goes_beyond_one_chunk
    an_ended_conversation_goes_with_all_of_it
    what_has_yet_to_be_delivered_keeps_its_conversation
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

/// Conversations that have ended, after nine seconds.
const ENDED: [u32; 3] = [0, 1, 2];

/// Conversations 0 to 2 of customer 1 have ended, 3 is alive; the second has more events than one transaction removes.
async fn ended(home: &Home) {
    let mut batch = known([1]);
    let long: Vec<_> = (100..700).map(|seq| message(seq, 1, 1)).collect();
    let others = [(1, 0), (2, 2), (3, 3), (5, 3)].map(|(seq, conversation)| message(seq, conversation, 1));
    batch.events = others.into_iter().chain(long).collect();
    for n in ENDED {
        let refund = WrapUp { by: id(7), category: "Topic".into(), value: "refund".into() };
        let closed_at = Some(at(9_000));
        let one = Conversation { closed_at, wrap_ups: [refund].into(), ..closed(conversation(n, 1)) };
        batch.conversations.push(one);
    }
    batch.conversations.push(conversation(3, 1));
    batch.entries = vec![entry(101, 1, 1, dead()), entry(201, 1, 1, resolved()), entry(4, 3, 1, pending())];
    batch.attempts = vec![attempt(101, 1)];
    batch.next_seq = 700;
    commit(home, batch).await;
}

async fn an_ended_conversation_goes_with_all_of_it(mut home: Home) {
    ended(&home).await;
    let store = home.store();
    let all = store.ended(at(9_001), None, 10).await.unwrap();
    assert_eq!(all, ENDED.map(conversation_id));
    assert_eq!(store.ended(at(9_001), Some(conversation_id(0)), 1).await.unwrap(), [conversation_id(1)]);
    assert_eq!(store.ended(at(9_000), None, 10).await.unwrap(), []);

    assert!(store.remove_conversation(conversation_id(1)).await.unwrap());
    assert!(!store.remove_conversation(conversation_id(1)).await.unwrap(), "it is gone already");
    assert!(!store.remove_conversation(conversation_id(3)).await.unwrap(), "it is alive");
    for again in [false, true] {
        let store = home.store();
        assert_eq!(store.ended(at(9_001), None, 10).await.unwrap(), [0, 2].map(conversation_id), "{again}");
        assert_eq!(store.conversation(conversation_id(1)).await.unwrap(), None);
        assert!(store.events(conversation_id(1), 0, None, 10).await.unwrap().is_empty());
        assert!(store.messages("m150").await.unwrap().is_empty());
        assert_eq!(store.entry(101).await.unwrap(), None);
        assert_eq!(store.entry(201).await.unwrap(), None);
        assert!(store.attempts(&[101]).await.unwrap().is_empty());
        assert_eq!(seqs(&store.events_of_customer(id(1), None, 10, None).await.unwrap()), [5, 3, 2, 1]);
        assert_eq!(store.messages("m2").await.unwrap().len(), 1);
        let refunds = PastSearch { marks: vec![Mark::wrap_up("refund")], ..PastSearch::default() };
        let found = store.past(refunds, 10).await.unwrap().conversations;
        assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [2, 0].map(conversation_id));
        home.restart(keys(1)).await.unwrap();
    }
}

async fn what_has_yet_to_be_delivered_keeps_its_conversation(home: Home) {
    ended(&home).await;
    commit(&home, Batch { entries: vec![entry(301, 1, 1, pending())], ..Batch::default() }).await;
    let (store, one) = (home.store(), conversation_id(1));
    assert_eq!(store.ended(at(9_001), None, 10).await.unwrap(), [0, 2].map(conversation_id));
    assert!(!store.remove_conversation(one).await.unwrap());
    assert_eq!(seqs(&store.events(one, 0, None, 10).await.unwrap()), [300]);
    assert!(store.conversation(one).await.unwrap().is_some());
    let delivered = EntryStatus::Delivered { at: at(400), how: Via::Webhook };
    commit(&home, Batch { entries: vec![entry(301, 1, 1, delivered)], ..Batch::default() }).await;
    assert!(store.remove_conversation(one).await.unwrap());
    assert_eq!(store.conversation(one).await.unwrap(), None);
}
