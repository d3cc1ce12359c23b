//! Conversations that changed hands, and customers who were merged.

use std::collections::BTreeSet;
use std::sync::Arc;

use tieline_core::batch::{Batch, CustomerChange, Rehomed};
use tieline_core::customer::{Customer, Lineage, Merge};
use tieline_core::delivery::{Entry, EntryStatus};
use tieline_core::facts::Wants;
use tieline_store::{ConversationFilter, CustomerFilter};

use crate::backends::commit;
use crate::fixture::*;
use crate::home::{Home, keys};
use crate::keys::rotate;

every_backend! {
    a_rehomed_conversation_is_read_and_erased_with_its_new_customer
    what_was_said_in_the_batch_of_a_rehoming_goes_along
    merged_customers_are_not_listed_and_their_past_is_the_survivors
    customers_come_with_everybody_they_were_merged_with
}

fn rehomed(conversation: u32, to: u32) -> Rehomed {
    Rehomed { conversation: id(conversation), to: id(to) }
}

/// Another entry of the same event, which somebody dismissed.
fn seen_to(customer: u32) -> Entry {
    Entry { seq: 3, ..entry(2, 1, customer, resolved()) }
}

/// Customers 1 and 2; conversation 1 of the first with a message, and two entries that were given up.
async fn given_up(home: &Home) {
    let mut batch = known([1, 2]);
    batch.conversations = vec![closed(conversation(1, 1))];
    batch.events = vec![message(1, 1, 1)];
    batch.entries = vec![entry(2, 1, 1, dead()), seen_to(1)];
    batch.attempts = vec![attempt(2, 1)];
    commit(home, batch).await;
}

async fn a_rehomed_conversation_is_read_and_erased_with_its_new_customer(mut home: Home) {
    given_up(&home).await;
    let linked = Batch {
        conversations: vec![closed(conversation(1, 2))],
        rehomed: vec![rehomed(1, 2)],
        ..Batch::default()
    };
    commit(&home, linked).await;
    for erased in [None, Some(1)] {
        if let Some(erased) = erased {
            commit(&home, Batch { customers: vec![erase(erased)], ..Batch::default() }).await;
            home.restart(keys(1)).await.unwrap();
        }
        let store = home.store();
        assert_eq!(store.events(id(1), 0, None, 9).await.unwrap(), [message(1, 1, 2)], "{erased:?}");
        assert_eq!(store.events_of_customer(id(2), None, 9, None).await.unwrap(), [message(1, 1, 2)]);
        assert!(store.events_of_customer(id(1), None, 9, None).await.unwrap().is_empty());
        assert_eq!(
            store.entries_of_event(1).await.unwrap(),
            [entry(2, 1, 2, dead()), seen_to(2)],
            "{erased:?}"
        );
        assert_eq!(store.attempts(&[2]).await.unwrap(), [attempt(2, 1)], "{erased:?}");
    }
    commit(&home, Batch { customers: vec![erase(2)], ..Batch::default() }).await;
    let store = home.store();
    assert!(store.events(id(1), 0, None, 9).await.unwrap().is_empty());
    assert!(store.attempts(&[2]).await.unwrap()[0].error.is_none());
    let status = store.entry(3).await.unwrap().unwrap().status;
    assert_eq!(status, EntryStatus::Resolved { at: at(60), letter: None });
}

async fn what_was_said_in_the_batch_of_a_rehoming_goes_along(home: Home) {
    commit(&home, known([1, 2])).await;
    let mut batch = Batch { conversations: vec![conversation(1, 2)], ..Batch::default() };
    batch.events = vec![message(1, 1, 1), message(2, 1, 2)];
    batch.entries = vec![entry(3, 1, 2, pending())];
    batch.rehomed = vec![rehomed(1, 2), rehomed(1, 1), rehomed(1, 2)];
    commit(&home, batch).await;
    commit(&home, Batch { customers: vec![erase(1)], ..Batch::default() }).await;
    let store = home.store();
    assert_eq!(store.events(id(1), 0, None, 9).await.unwrap(), [message(1, 1, 2), message(2, 1, 2)]);
    assert_eq!(store.load().await.unwrap().entries, [entry(3, 1, 2, pending())]);
}

/// The second customer was merged into the first, the third into the second.
fn merged() -> Vec<CustomerChange> {
    let merge = |absorbed: u32, conversation| Merge {
        absorbed: id(absorbed),
        at: at(1),
        by: id(7),
        reason: None,
        added: Vec::new(),
        filled: Vec::new(),
        labels: Vec::new(),
        named: false,
        conversation,
    };
    [(1, None, vec![merge(2, Some(id(3)))]), (2, Some(id(1)), vec![merge(3, None)]), (3, Some(id(2)), vec![])]
        .map(|(n, merged_into, merges)| {
            let lineage = Some(Box::new(Lineage { merged_into, merges }));
            let of = Arc::new(Customer { lineage, ..Customer::clone(&customer(n)) });
            put(&of, &[])
        })
        .into()
}

async fn merged_customers_are_not_listed_and_their_past_is_the_survivors(home: Home) {
    let mut batch = known([1, 2, 3, 4]);
    batch.conversations = (1..=4).map(|n| closed(conversation(n, n))).collect();
    batch.events = (1..=4_u32).map(|n| message(n.into(), n, n)).collect();
    commit(&home, batch).await;
    commit(&home, Batch { customers: merged(), ..Batch::default() }).await;
    let store = home.store();
    let page = store.customers(CustomerFilter::default(), 9).await.unwrap();
    let listed: Vec<_> = page.customers.iter().map(|one| one.id).collect();
    assert_eq!((listed, page.total), (vec![id(1), id(4)], 2));
    for (of, past) in [(1, vec![3, 2, 1]), (2, vec![3, 2]), (3, vec![3]), (4, vec![4_u32])] {
        let told = store.events_of_customer(id(of), None, 9, None).await.unwrap();
        assert!(seqs(&told).into_iter().eq(past.iter().map(|n| u64::from(*n))), "{of}");
        let filter = ConversationFilter { customer: Some(id(of)), ..ConversationFilter::default() };
        let found = store.conversations(filter, 9).await.unwrap();
        let found: Vec<_> = found.iter().map(|one| one.id).collect();
        assert_eq!(found, past.iter().map(|n| id(*n)).collect::<Vec<_>>(), "{of}");
    }
    rotate(store, 1).await;
    assert_eq!(seqs(&store.events_of_customer(id(1), None, 9, None).await.unwrap()), [3, 2, 1]);
    commit(&home, known([2])).await;
    let page = home.store().customers(CustomerFilter::default(), 9).await.unwrap();
    assert_eq!(page.total, 3, "who was taken out again is listed again");
}

async fn customers_come_with_everybody_they_were_merged_with(home: Home) {
    let mut batch = known([1, 2, 3]);
    batch.conversations = vec![closed(conversation(3, 1))];
    commit(&home, batch).await;
    commit(&home, Batch { customers: merged(), ..Batch::default() }).await;
    for wanted in 1..=3 {
        let wants = Wants { customers: BTreeSet::from([id(wanted)]), ..Wants::default() };
        let facts = home.store().look_up(wants).await.unwrap();
        let found: BTreeSet<_> = facts.customers.into_keys().collect();
        assert_eq!(found, BTreeSet::from([id(1), id(2), id(3)]), "{wanted}");
        assert!(facts.conversations.contains_key(&id(3)), "the conversation that came along");
    }
}
