//! What is to be delivered, and what was given up.

use std::collections::BTreeSet;

use tieline_core::delivery::{Entry, EntryStatus, Lane, Receiver, Via};
use tieline_core::facts::{EntryFilter, Wants};
use tieline_core::id::ConnectorId;
use tieline_store::DeadFilter;

use crate::backends::commit;
use crate::fixture::*;
use crate::home::Home;

every_backend! {
    wanted_entries_are_dead_ones
    outbox_questions
    questions_to_bots_are_kept
    dead_letters_are_filtered
}

async fn wanted_entries_are_dead_ones(home: Home) {
    let mut batch = known([1]);
    batch.entries = vec![
        entry(3, 1, 1, dead()),
        entry(5, 1, 1, pending()),
        entry(7, 2, 1, dead()),
        entry(9, 1, 1, dead()),
        entry(11, 1, 1, resolved()),
    ];
    batch.conversations = vec![closed(conversation(1, 1))];
    commit(&home, batch).await;
    let filter = |seqs: &[u64], limit| EntryFilter { seqs: seqs.to_vec(), limit, ..EntryFilter::default() };
    for (filter, expected) in [
        (filter(&[], 10), vec![3, 7, 9]),
        (filter(&[], 2), vec![3, 7]),
        (filter(&[9, 5, 3, 3, 100], 10), vec![3, 9]),
        (filter(&[3, 11], 10), vec![3, 11]),
        (filter(&[9, 3], 1), vec![3]),
        (EntryFilter { conversation: Some(id(2)), ..filter(&[], 10) }, vec![7]),
        (EntryFilter { conversation: Some(id(2)), ..filter(&[3, 7], 10) }, vec![7]),
        (EntryFilter { connector: Some(id(2)), ..filter(&[], 10) }, vec![]),
        (EntryFilter { from: Some(at(7)), until: Some(at(9)), ..filter(&[], 10) }, vec![7]),
    ] {
        let wants = Wants { entries: vec![filter.clone()], ..Wants::default() };
        let facts = home.store().look_up(wants).await.unwrap();
        assert_eq!(facts.dead_entries.into_keys().collect::<Vec<_>>(), expected, "{filter:?}");
    }
    let wants = Wants { entries: vec![filter(&[3, 7], 10)], ..Wants::default() };
    let facts = home.store().look_up(wants).await.unwrap();
    assert_eq!(facts.customers.into_keys().collect::<Vec<_>>(), [id(1)]);
    assert_eq!(facts.conversations.into_keys().collect::<Vec<_>>(), [id(1)]);
    assert_eq!(facts.asked_conversations, BTreeSet::from([id(1), id(2)]));
}

async fn questions_to_bots_are_kept(home: Home) {
    let mut batch = known([1]);
    let of_bot =
        |seq, status| Entry { to: Receiver::Bot(id(4)), lane: Lane::Bot(id(1)), ..entry(seq, 1, 1, status) };
    batch.entries = vec![of_bot(3, EntryStatus::Superseded { at: at(8) }), of_bot(5, pending())];
    commit(&home, batch).await;
    let loaded = home.store().load().await.unwrap();
    assert_eq!(loaded.entries, [of_bot(5, pending())]);
    assert_eq!(home.store().entries_of_event(2).await.unwrap()[0].to, Receiver::Bot(id(4)));
}

async fn outbox_questions(home: Home) {
    let mut batch = known([1]);
    let delivered = EntryStatus::Delivered { at: at(8), how: Via::Webhook };
    let mut other = entry(15, 1, 1, pending());
    other.to = Receiver::Connector(ConnectorId(id(2)));
    batch.entries = vec![
        entry(3, 1, 1, delivered.clone()),
        entry(5, 1, 1, pending()),
        entry(7, 1, 1, dead()),
        push(9, 1, EntryStatus::Superseded { at: at(8) }),
        push(11, 1, pending()),
        push(13, 2, delivered.clone()),
        push(17, 1, delivered.clone()),
        push(19, 1, dead()),
        other,
    ];
    batch.attempts = vec![attempt(7, 2), attempt(7, 1), attempt(11, 1)];
    commit(&home, batch).await;
    let store = home.store();
    let feed = |after, limit| async move {
        let found = store.feed(id(1), after, limit).await.unwrap();
        found.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(feed(0, 10).await, [3, 5, 7, 11, 13, 17, 19]);
    assert_eq!(feed(5, 2).await, [7, 11]);
    let pushes = store.configuration_pushes(&[id(1), id(2), id(3)]).await.unwrap();
    assert_eq!(
        pushes.iter().map(|(channel, entry)| (*channel, entry.seq)).collect::<Vec<_>>(),
        [(id(1), 19), (id(2), 13)]
    );
    let known = store.configurations_delivered(&[id(1), id(2), id(3)]).await.unwrap();
    assert_eq!(
        known.iter().map(|(channel, entry)| (*channel, entry.seq)).collect::<Vec<_>>(),
        [(id(1), 17), (id(2), 13)]
    );
    let counts = store.pending_counts().await.unwrap();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(id(1), 2), (id(2), 1)]);
    let attempts = store.attempts(&[11, 7]).await.unwrap();
    assert_eq!(attempts, [attempt(11, 1), attempt(7, 1), attempt(7, 2)]);
    assert_eq!(store.entries_of_event(6).await.unwrap(), [entry(7, 1, 1, dead())]);
    assert_eq!(store.stat().await.unwrap().pending_entries, 3);
}

async fn dead_letters_are_filtered(home: Home) {
    let mut batch = known([1]);
    let mut other = entry(9, 2, 1, dead());
    other.to = Receiver::Connector(ConnectorId(id(2)));
    batch.entries = vec![entry(3, 1, 1, dead()), entry(5, 1, 1, pending()), entry(7, 2, 1, dead()), other];
    batch.entries.extend([entry(10, 1, 1, resolved()), entry(11, 2, 1, resolved())]);
    commit(&home, batch).await;
    let all = DeadFilter::default();
    let resolved = DeadFilter { resolved: true, ..all };
    for (filter, after, limit, expected) in [
        (all, 0, 10, vec![3, 7, 9]),
        (all, 3, 1, vec![7]),
        (DeadFilter { connector: Some(id(1)), ..all }, 0, 10, vec![3, 7]),
        (DeadFilter { conversation: Some(id(2)), ..all }, 0, 10, vec![7, 9]),
        (DeadFilter { conversation: Some(id(2)), connector: Some(id(2)), ..all }, 0, 10, vec![9]),
        (DeadFilter { from: Some(at(4)), until: Some(at(9)), ..all }, 0, 10, vec![7]),
        (resolved, 0, 10, vec![10, 11]),
        (DeadFilter { conversation: Some(id(2)), ..resolved }, 0, 10, vec![11]),
    ] {
        let found = home.store().dead_letters(filter, after, limit).await.unwrap();
        assert_eq!(
            found.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
            expected,
            "{filter:?} after {after}"
        );
    }
}
