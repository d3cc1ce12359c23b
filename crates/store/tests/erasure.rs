//! Erased customers are unreadable for good, and nobody else is.

use tieline_core::batch::Batch;
use tieline_core::delivery::EntryStatus;
use tieline_store::{ConversationFilter, CustomerFilter, ExportLine, Secrets};

use crate::backends::commit;
use crate::fixture::*;
use crate::home::{Home, keys};

every_backend! {
    erasing_makes_everything_about_a_customer_unreadable
    erasing_concerns_one_customer_only
    the_erased_stay_erased
    pages_skip_the_erased_and_are_full_nevertheless
}

async fn erasing_makes_everything_about_a_customer_unreadable(mut home: Home) {
    commit(&home, something_of_everything()).await;
    let batch =
        Batch { entries: vec![entry(4, 1, 1, dead())], attempts: vec![attempt(4, 1)], ..Batch::default() };
    commit(&home, batch).await;
    commit(&home, Batch { customers: vec![erase(1)], ..Batch::default() }).await;
    for restarted in [false, true] {
        if restarted {
            home.restart(keys(1)).await.unwrap();
        }
        let store = home.store();
        assert!(store.customer(id(1)).await.unwrap().is_none());
        assert!(store.customers_by_identity(&identity(PHONE)).await.unwrap().is_empty());
        assert!(store.conversation(id(1)).await.unwrap().is_none());
        assert!(store.conversations(ConversationFilter::default(), 10).await.unwrap().is_empty());
        assert!(store.event(1).await.unwrap().is_none());
        assert!(store.events(id(1), 0, None, 10).await.unwrap().is_empty());
        assert!(store.events_of_customer(id(1), None, 10, None).await.unwrap().is_empty());
        assert!(store.messages("m1").await.unwrap().is_empty());
        assert_eq!(store.customers(CustomerFilter::default(), 10).await.unwrap().total, 0);
        // Deliveries go on being counted, without a word about the customer.
        assert_eq!(
            store.entry(4).await.unwrap().unwrap().status,
            EntryStatus::Dead { at: at(50), reason: "".into() }
        );
        assert_eq!(
            store.attempts(&[2, 4]).await.unwrap().into_iter().map(|a| a.error).collect::<Vec<_>>(),
            [None, None]
        );
        let loaded = store.load().await.unwrap();
        assert!(loaded.conversations.is_empty() && loaded.customers.is_empty());
        let mut told = Vec::new();
        let everything = |line: ExportLine| {
            told.push(line.to_json());
            Ok(())
        };
        store.export(Secrets::Shown, everything).await.unwrap();
        assert!(!told.iter().any(|line| line.contains(PHONE) || line.contains(TEXT)), "{told:?}");
    }
}

async fn erasing_concerns_one_customer_only(home: Home) {
    let mut batch = known([1, 2]);
    batch.conversations = vec![conversation(1, 1), conversation(2, 2)];
    batch.events = vec![message(1, 1, 1), message(2, 2, 2), message(3, 2, 1), message(4, 2, 2)];
    commit(&home, batch).await;
    commit(&home, Batch { customers: vec![erase(1)], ..Batch::default() }).await;
    let store = home.store();
    assert_eq!(store.customer(id(2)).await.unwrap(), Some(customer(2)));
    assert_eq!(store.load().await.unwrap().conversations, [conversation(2, 2)]);
    assert_eq!(seqs(&store.events(id(2), 0, None, 10).await.unwrap()), [2, 4]);
}

async fn the_erased_stay_erased(home: Home) {
    commit(&home, something_of_everything()).await;
    // In the same batch and after it: whatever still speaks of the customer is accepted and kept without words.
    let batch = Batch { customers: vec![erase(1)], events: vec![message(3, 1, 1)], ..Batch::default() };
    commit(&home, batch).await;
    let batch = Batch {
        customers: vec![put(&customer(1), &[PHONE])],
        conversations: vec![conversation(1, 1)],
        events: vec![message(4, 1, 1)],
        entries: vec![entry(5, 1, 1, dead())],
        attempts: vec![attempt(5, 1)],
        ..Batch::default()
    };
    commit(&home, batch).await;
    let store = home.store();
    assert!(store.customer(id(1)).await.unwrap().is_none());
    assert!(store.customers_by_identity(&identity(PHONE)).await.unwrap().is_empty());
    assert!(store.conversation(id(1)).await.unwrap().is_none());
    for seq in [3, 4] {
        assert!(store.event(seq).await.unwrap().is_none());
    }
    assert_eq!(store.attempts(&[5]).await.unwrap()[0].error, None);
    commit(&home, Batch { customers: vec![erase(1), erase(404)], ..Batch::default() }).await;
}

async fn pages_skip_the_erased_and_are_full_nevertheless(home: Home) {
    let mut batch = known([1, 2]);
    batch.conversations = vec![conversation(1, 2)];
    batch.events = (1..=20).map(|seq| message(seq, 1, if (3..=17).contains(&seq) { 1 } else { 2 })).collect();
    commit(&home, batch).await;
    commit(&home, Batch { customers: vec![erase(1)], ..Batch::default() }).await;
    let store = home.store();
    assert_eq!(seqs(&store.events(id(1), 0, None, 4).await.unwrap()), [1, 2, 18, 19]);
    assert_eq!(seqs(&store.events_before(id(1), None, 4).await.unwrap()), [20, 19, 18, 2]);
    assert_eq!(seqs(&store.events_of_customer(id(2), None, 4, None).await.unwrap()), [20, 19, 18, 2]);
}
