//! What is committed is there, whole, in order and once.

use std::collections::BTreeSet;
use std::sync::Arc;

use tieline_core::batch::{AgentChange, Batch};
use tieline_core::customer::Customer;
use tieline_core::delivery::{EntryStatus, Via};
use tieline_core::facts::Wants;
use tieline_store::{CustomerFilter, Error};

use crate::backends::commit;
use crate::fixture::*;
use crate::home::{Home, keys};

every_backend! {
    what_was_committed_is_read_back
    a_new_store_is_empty
    only_the_living_are_loaded
    a_lane_of_a_closed_conversation_brings_its_session
    facts_answer_what_was_wanted
    holders_come_with_their_records
    a_batch_that_fails_leaves_nothing
    a_log_position_is_given_once
    the_last_state_is_kept
    the_log_position_never_goes_back
    a_repeated_request_gets_the_newer_answer
    every_request_is_known_after_a_restart
    a_closed_store_refuses
    it_answers_when_asked_how_it_is
}

async fn what_was_committed_is_read_back(mut home: Home) {
    let batch = something_of_everything();
    commit(&home, batch.clone()).await;
    for restarted in [false, true] {
        if restarted {
            home.restart(keys(1)).await.unwrap();
        }
        let store = home.store();
        assert_eq!(store.event(1).await.unwrap().as_ref(), Some(&batch.events[0]));
        assert_eq!(store.conversation(id(1)).await.unwrap().as_deref(), Some(&batch.conversations[0]));
        assert_eq!(store.customer(id(1)).await.unwrap(), Some(customer(1)));
        assert_eq!(store.customers_by_identity(&identity(PHONE)).await.unwrap(), [customer(1)]);
        assert_eq!(store.entry(2).await.unwrap().as_ref(), Some(&batch.entries[0]));
        assert_eq!(store.entries_of_event(1).await.unwrap(), batch.entries);
        assert_eq!(store.attempts(&[2]).await.unwrap(), batch.attempts);
        let loaded = store.load().await.unwrap();
        assert_eq!(loaded.objects.len(), 2);
        assert_eq!(loaded.conversations, batch.conversations);
        assert_eq!(loaded.customers, [customer(1)]);
        assert_eq!(loaded.agents.len(), 1);
        assert_eq!(loaded.entries, batch.entries);
        assert_eq!(loaded.next_seq, 2);
    }
}

async fn a_new_store_is_empty(home: Home) {
    let store = home.store();
    let loaded = store.load().await.unwrap();
    assert_eq!((loaded.next_seq, loaded.objects.len(), loaded.conversations.len()), (0, 0, 0));
    assert!(store.event(1).await.unwrap().is_none());
    assert!(store.customer(id(1)).await.unwrap().is_none());
    assert!(store.conversation(id(1)).await.unwrap().is_none());
    assert!(store.look_up(Wants::default()).await.unwrap().requests.is_empty());
    assert_eq!(store.customers(CustomerFilter::default(), 9).await.unwrap().total, 0);
    commit(&home, Batch::default()).await;
}

async fn only_the_living_are_loaded(home: Home) {
    let mut batch = known([1, 2]);
    batch.conversations = vec![conversation(1, 1), closed(conversation(2, 2))];
    batch.agents = vec![agent(1), agent(2)];
    let delivered = EntryStatus::Delivered { at: at(8), how: Via::Feed };
    batch.entries = vec![entry(4, 1, 1, pending()), entry(3, 1, 1, pending()), entry(5, 1, 1, delivered)];
    commit(&home, batch).await;
    commit(&home, Batch { agents: vec![AgentChange::Delete(id(2))], ..Batch::default() }).await;
    let loaded = home.store().load().await.unwrap();
    assert_eq!(loaded.conversations, [conversation(1, 1)]);
    assert_eq!(loaded.customers, [customer(1)]);
    assert_eq!(loaded.agents.iter().map(|agent| agent.id).collect::<Vec<_>>(), [id(1)]);
    assert_eq!(loaded.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3, 4]);
    assert!(loaded.lane_sessions.is_empty());
}

async fn a_lane_of_a_closed_conversation_brings_its_session(home: Home) {
    let mut batch = known([1]);
    batch.conversations = vec![closed(conversation(1, 1))];
    batch.entries = vec![entry(3, 1, 1, pending()), entry(5, 1, 1, pending())];
    commit(&home, batch).await;
    let loaded = home.store().load().await.unwrap();
    assert_eq!(loaded.lane_sessions, conversation(1, 1).sessions);
    assert_eq!(loaded.customers, [customer(1)]);
    assert!(loaded.conversations.is_empty());
}

async fn facts_answer_what_was_wanted(home: Home) {
    commit(&home, something_of_everything()).await;
    let wants = Wants {
        requests: BTreeSet::from([[1; 16], [2; 16]]),
        identities: BTreeSet::from([identity(PHONE), identity("nobody")]),
        customers: BTreeSet::from([id(1), id(9)]),
        messages: BTreeSet::from(["m1".into(), "m9".into()]),
        conversations: BTreeSet::from([id(1), id(9)]),
        pasts: BTreeSet::from([id(1)]),
        entries: Vec::new(),
    };
    let facts = home.store().look_up(wants).await.unwrap();
    assert_eq!(facts.requests.into_iter().collect::<Vec<_>>(), [([1; 16], accepted(1))]);
    assert_eq!(facts.identities.into_iter().collect::<Vec<_>>(), [(identity(PHONE), vec![id(1)])]);
    assert_eq!(facts.customers.into_iter().collect::<Vec<_>>(), [(id(1), customer(1))]);
    let messages: Vec<_> =
        facts.messages.into_iter().map(|(id, at)| (id, at[0].seq, at[0].session)).collect();
    assert_eq!(messages, [("m1".into(), 1, Some(id(1)))]);
    assert_eq!(facts.conversations.keys().copied().collect::<Vec<_>>(), [id(1)]);
}

async fn holders_come_with_their_records(home: Home) {
    let customers = vec![put(&customer(1), &["x"]), put(&customer(2), &["x", "x", "y"])];
    commit(&home, Batch { customers, ..Batch::default() }).await;
    let wants = Wants { identities: BTreeSet::from([identity("x")]), ..Wants::default() };
    let facts = home.store().look_up(wants).await.unwrap();
    assert_eq!(facts.identities[&identity("x")], [id(1), id(2)]);
    assert_eq!(facts.customers.len(), 2);
    // The same value under another attribute is another identity.
    let other = tieline_core::customer::Identity { attribute: "phone".into(), value: "Numberx".into() };
    assert!(home.store().customers_by_identity(&other).await.unwrap().is_empty());
}

async fn a_batch_that_fails_leaves_nothing(home: Home) {
    commit(&home, known([9])).await;
    let mut batch = something_of_everything();
    batch.conversations.push(conversation(2, 404));
    let refused = home.store().commit(batch).await;
    assert!(matches!(refused, Err(Error::Inconsistent(_))), "{refused:?}");
    let store = home.store();
    assert!(store.customer(id(1)).await.unwrap().is_none());
    assert!(store.customers_by_identity(&identity(PHONE)).await.unwrap().is_empty());
    assert!(store.conversation(id(1)).await.unwrap().is_none());
    assert!(store.event(1).await.unwrap().is_none());
    let loaded = store.load().await.unwrap();
    assert!(loaded.objects.is_empty() && loaded.agents.is_empty() && loaded.entries.is_empty());
    assert_eq!(loaded.next_seq, 0);
    // The store is none the worse for it, and nothing half-known is left in its caches.
    commit(&home, something_of_everything()).await;
    assert_eq!(store.customer(id(1)).await.unwrap(), Some(customer(1)));
}

async fn a_log_position_is_given_once(home: Home) {
    commit(&home, something_of_everything()).await;
    let batch = Batch { events: vec![message(7, 1, 1), message(1, 1, 1)], ..Batch::default() };
    assert!(matches!(home.store().commit(batch).await, Err(Error::Inconsistent(_))));
    assert!(home.store().event(7).await.unwrap().is_none());
}

async fn the_last_state_is_kept(home: Home) {
    commit(&home, something_of_everything()).await;
    let renamed = Arc::new(Customer { version: 2, ..(*customer(1)).clone() });
    let mut taken_over = conversation(1, 2);
    taken_over.data.insert("more".into(), "data".into());
    let dead = entry(2, 1, 1, dead());
    let mut second = known([2]);
    second.customers.push(put(&renamed, &[]));
    second.conversations = vec![taken_over.clone()];
    second.entries = vec![dead.clone()];
    second.objects = vec![put_object(team(1, "Accounts"), 2)];
    commit(&home, second).await;
    let store = home.store();
    assert_eq!(store.customer(id(1)).await.unwrap(), Some(renamed));
    assert_eq!(store.conversation(id(1)).await.unwrap().as_deref(), Some(&taken_over));
    assert_eq!(store.entry(2).await.unwrap(), Some(dead));
    let objects = store.load().await.unwrap().objects;
    assert!(objects.contains(&(team(1, "Accounts"), 2, at(2))), "{objects:?}");
    assert_eq!(objects.len(), 2);
    // Closing takes it out of the living; the event of the former customer can still be read.
    commit(&home, Batch { conversations: vec![closed(taken_over)], ..Batch::default() }).await;
    assert!(store.load().await.unwrap().conversations.is_empty());
    assert!(store.event(1).await.unwrap().is_some());
}

async fn the_log_position_never_goes_back(home: Home) {
    for next_seq in [5, 3] {
        commit(&home, Batch { next_seq, agents: vec![agent(1)], ..Batch::default() }).await;
        assert_eq!(home.store().load().await.unwrap().next_seq, 5);
    }
}

async fn a_repeated_request_gets_the_newer_answer(home: Home) {
    for seq in [1, 2] {
        let requests = vec![([3; 16], at(1), accepted(seq))];
        commit(&home, Batch { requests, ..Batch::default() }).await;
        let wants = Wants { requests: BTreeSet::from([[3; 16]]), ..Wants::default() };
        assert_eq!(home.store().look_up(wants).await.unwrap().requests[&[3; 16]], accepted(seq));
    }
}

async fn every_request_is_known_after_a_restart(mut home: Home) {
    let keys_of = |numbers: std::ops::Range<u64>| numbers.map(numbered).collect::<BTreeSet<_>>();
    let requests =
        keys_of(0..12_000).into_iter().zip(1..).map(|(key, n)| (key, at(1), accepted(n))).collect();
    commit(&home, Batch { requests, ..Batch::default() }).await;
    home.restart(keys(1)).await.unwrap();
    for numbers in [0..12_000, 6_000..18_000] {
        let known = keys_of(numbers.start..12_000);
        let wants = Wants { requests: keys_of(numbers), ..Wants::default() };
        let found = home.store().look_up(wants).await.unwrap().requests;
        assert!(found.into_keys().collect::<BTreeSet<_>>() == known);
    }
}

async fn a_closed_store_refuses(home: Home) {
    let store = home.store().clone();
    commit(&home, something_of_everything()).await;
    home.store().clone().close().await.unwrap();
    assert!(matches!(store.commit(known([2])).await, Err(Error::Unavailable(_))));
    assert!(matches!(store.event(1).await, Err(Error::Unavailable(_))));
    store.close().await.unwrap();
}

async fn it_answers_when_asked_how_it_is(home: Home) {
    home.store().ping().await.unwrap();
    assert_eq!(home.store().stat().await.unwrap().pending_entries, 0);
}
