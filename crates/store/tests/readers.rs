//! Events, conversations and customers are read in pages and found by what is sought.

use tieline_core::batch::{Batch, ObjectChange};
use tieline_core::conversation::{Mark, SessionDirection, WrapUp};
use tieline_core::event::Fact;
use tieline_core::registry::Kind;
use tieline_core::time::Span;
use tieline_store::{ConversationFilter, CustomerFilter, PastSearch};

use crate::backends::commit;
use crate::fixture::*;
use crate::home::Home;
use crate::keys::rotate;

every_backend! {
    events_are_paged
    past_events_follow_the_customer
    customers_are_paged
    conversations_are_filtered
    identities_move
    messages_are_found_by_their_ids
    past_conversations_are_searched
    objects_have_a_history
    an_amended_object_is_the_version_it_was
}

async fn events_are_paged(home: Home) {
    let mut batch = known([1]);
    batch.events = (1..=9).map(|seq| message(seq, if seq % 2 == 0 { 2 } else { 1 }, 1)).collect();
    commit(&home, batch).await;
    for (after, until, limit, expected) in [
        (0, None, 10, vec![1, 3, 5, 7, 9]),
        (0, None, 2, vec![1, 3]),
        (3, None, 2, vec![5, 7]),
        (0, Some(5), 10, vec![1, 3, 5]),
        (5, Some(5), 10, vec![]),
        (9, None, 10, vec![]),
        (0, None, 0, vec![]),
        (u64::MAX, None, 10, vec![]),
    ] {
        let found = home.store().events(id(1), after, until, limit).await.unwrap();
        assert_eq!(seqs(&found), expected, "after {after} until {until:?} limit {limit}");
    }
    for (before, limit, expected) in [
        (None, 10, vec![9, 7, 5, 3, 1]),
        (None, 2, vec![9, 7]),
        (Some(7), 2, vec![5, 3]),
        (Some(6), 10, vec![5, 3, 1]),
        (Some(1), 10, vec![]),
        (Some(0), 10, vec![]),
        (None, 0, vec![]),
    ] {
        let found = home.store().events_before(id(1), before, limit).await.unwrap();
        assert_eq!(seqs(&found), expected, "before {before:?} limit {limit}");
    }
    assert_eq!(home.store().events(id(9), 0, None, 10).await.unwrap(), []);
    assert_eq!(home.store().events_before(id(9), None, 10).await.unwrap(), []);
}

async fn past_events_follow_the_customer(home: Home) {
    let mut batch = known([1, 2]);
    // Conversation 3 began with customer 2 and is customer 1's now.
    batch.conversations =
        vec![closed(conversation(1, 1)), conversation(2, 1), conversation(3, 1), conversation(4, 2)];
    batch.events = vec![
        message(1, 1, 1),
        message(2, 3, 2),
        message(3, 2, 1),
        message(4, 1, 1),
        message(5, 4, 2),
        message(6, 3, 1),
    ];
    commit(&home, batch).await;
    for (before, limit, except, expected) in [
        (None, 10, None, vec![6, 4, 3, 2, 1]),
        (None, 10, Some(conversation_id(2)), vec![6, 4, 2, 1]),
        (Some(4), 10, None, vec![3, 2, 1]),
        (Some(4), 2, Some(id(3)), vec![3, 1]),
        (None, 2, None, vec![6, 4]),
    ] {
        let found = home.store().events_of_customer(id(1), before, limit, except).await.unwrap();
        assert_eq!(seqs(&found), expected, "before {before:?} limit {limit} except {except:?}");
    }
}

async fn customers_are_paged(home: Home) {
    commit(&home, known(1..=5)).await;
    commit(&home, Batch { customers: vec![erase(2)], ..Batch::default() }).await;
    for (after, skip, limit, expected) in [
        (None, 0, 10, vec![1, 3, 4, 5]),
        (None, 1, 2, vec![3, 4]),
        (Some(3), 0, 10, vec![4, 5]),
        (Some(1), 1, 1, vec![4]),
        (Some(5), 0, 1, vec![]),
    ] {
        let filter = CustomerFilter { after: after.map(customer_id), skip };
        let page = home.store().customers(filter, limit).await.unwrap();
        let found: Vec<_> = page.customers.iter().map(|customer| customer.id).collect();
        assert_eq!(found, expected.into_iter().map(customer_id).collect::<Vec<_>>(), "{filter:?}");
        assert_eq!(page.total, 4);
    }
}

async fn conversations_are_filtered(home: Home) {
    let mut batch = known([1, 2]);
    batch.conversations =
        vec![closed(conversation(1, 1)), conversation(2, 1), conversation(3, 2), conversation(4, 1)];
    commit(&home, batch).await;
    let all = ConversationFilter::default();
    for (filter, limit, expected) in [
        (all, 10, vec![4, 3, 2, 1]),
        (all, 2, vec![4, 3]),
        (ConversationFilter { before: Some(id(3)), ..all }, 10, vec![2, 1]),
        (ConversationFilter { live_only: true, ..all }, 10, vec![4, 3, 2]),
        (ConversationFilter { customer: Some(id(1)), ..all }, 10, vec![4, 2, 1]),
        (ConversationFilter { customer: Some(id(1)), live_only: true, before: Some(id(4)) }, 10, vec![2]),
    ] {
        let found = home.store().conversations(filter, limit).await.unwrap();
        let found: Vec<_> = found.iter().map(|conversation| conversation.id).collect();
        assert_eq!(found, expected.into_iter().map(conversation_id).collect::<Vec<_>>(), "{filter:?}");
    }
}

async fn identities_move(home: Home) {
    commit(&home, known([1, 2])).await;
    let customers = vec![put(&customer(1), &["new"]), put(&customer(2), &["c2", "c1"])];
    commit(&home, Batch { customers, ..Batch::default() }).await;
    for (value, expected) in [("new", vec![1]), ("c1", vec![2]), ("c2", vec![2]), ("gone", vec![])] {
        let found = home.store().customers_by_identity(&identity(value)).await.unwrap();
        let found: Vec<_> = found.iter().map(|customer| customer.id).collect();
        assert_eq!(found, expected.into_iter().map(customer_id).collect::<Vec<_>>(), "{value}");
    }
}

async fn messages_are_found_by_their_ids(home: Home) {
    let mut batch = known([1]);
    let receipt = Fact::Receipt {
        message: "same".into(),
        status: tieline_core::event::ReceiptStatus::Read,
        reason: None,
    };
    batch.events = vec![
        named_message(1, 1, 1, "same"),
        named_message(2, 1, 1, "other"),
        event(3, 1, 1, receipt),
        named_message(4, 2, 1, "same"),
    ];
    commit(&home, batch).await;
    let found = home.store().messages("same").await.unwrap();
    assert_eq!(
        found.iter().map(|at| (at.seq, at.conversation)).collect::<Vec<_>>(),
        [(1, id(1)), (4, id(2))]
    );
    assert!(home.store().messages("unknown").await.unwrap().is_empty());
}

async fn past_conversations_are_searched(home: Home) {
    let mut batch = known([1, 2]);
    batch.conversations = (1..=9)
        .map(|n| {
            let mut one = closed(conversation(n, if n == 9 { 2 } else { 1 }));
            // Ids tell the second a conversation began in.
            one.started_at = at(i64::from(n) * 1000 + 500);
            one.closed_at = Some(one.started_at + Span::secs(n.into()));
            let value = if n % 2 == 0 { "Billing" } else { "Fault" };
            one.wrap_ups = [WrapUp { by: id(7), category: "Topic".into(), value: value.into() }].into();
            one
        })
        .collect();
    batch.conversations.push(conversation(10, 2));
    commit(&home, batch).await;
    let all = PastSearch::default;
    let billing = || vec![Mark::wrap_up("BILLING")];
    let check = async |what: &str, search: PastSearch, limit: usize, expected: &[u32]| {
        let found = home.store().past(search, limit).await.unwrap();
        let ids: Vec<_> = found.conversations.iter().map(|one| one.id).collect();
        assert_eq!(ids, expected.iter().map(|n| id(*n)).collect::<Vec<_>>(), "{what}");
        found.next
    };
    check("all", all(), 99, &[9, 8, 7, 6, 5, 4, 3, 2, 1]).await;
    check("a code", PastSearch { marks: billing(), ..all() }, 99, &[8, 6, 4, 2]).await;
    check("a customer", PastSearch { customer: Some(id(2)), ..all() }, 99, &[9]).await;
    let his = PastSearch { customer: Some(id(1)), marks: billing(), until: Some(at(5_000)), ..all() };
    check("his of a code", his, 99, &[4, 2]).await;
    let time = PastSearch { from: Some(at(3_501)), until: Some(at(6_501)), ..all() };
    check("a time", time, 99, &[6, 5, 4]).await;
    check("a length", PastSearch { lasted_secs: 2..=3, ..all() }, 99, &[3, 2]).await;
    let any = vec![Mark::Agent(id(99)), Mark::Channel(id(1))];
    check(
        "one of several",
        PastSearch { any_mark: any.clone(), marks: billing(), ..all() },
        99,
        &[8, 6, 4, 2],
    )
    .await;
    check("none", PastSearch { marks: any, ..all() }, 99, &[]).await;
    let outbound = PastSearch { direction: Some(SessionDirection::Outbound), ..all() };
    check("outbound", outbound, 99, &[]).await;
    let before = check("a page", PastSearch { marks: billing(), ..all() }, 3, &[8, 6, 4]).await;
    assert!(before.is_some());
    let rest = check("the rest", PastSearch { marks: billing(), before, ..all() }, 3, &[2]).await;
    assert_eq!(rest, None);
    commit(&home, Batch { customers: vec![erase(1)], ..Batch::default() }).await;
    check("what is left", all(), 99, &[9]).await;
    check("nothing of the code", PastSearch { marks: billing(), ..all() }, 99, &[]).await;
}

async fn objects_have_a_history(home: Home) {
    for (version, name) in [(1, "Billing"), (2, "Accounts")] {
        commit(&home, Batch { objects: vec![put_object(team(1, name), version)], ..Batch::default() }).await;
    }
    let delete = ObjectChange::Delete { kind: Kind::Team, id: id(1), at: at(3) };
    commit(&home, Batch { objects: vec![delete], ..Batch::default() }).await;
    let store = home.store();
    assert!(store.load().await.unwrap().objects.is_empty());
    let history = |limit| async move {
        let found = store.object_versions(Kind::Team, id(1), limit).await.unwrap();
        found.into_iter().map(|found| (found.version, found.at, found.object)).collect::<Vec<_>>()
    };
    let full =
        [(3, at(3), None), (2, at(2), Some(team(1, "Accounts"))), (1, at(1), Some(team(1, "Billing")))];
    assert_eq!(history(10).await, full);
    assert_eq!(history(1).await, full[..1]);
    // The same id may come back.
    commit(&home, Batch { objects: vec![put_object(team(1, "Again"), 1)], ..Batch::default() }).await;
    assert_eq!(store.load().await.unwrap().objects.len(), 1);
    assert_eq!(history(10).await.len(), 4);
    assert_eq!(store.object_versions(Kind::User, id(1), 10).await.unwrap(), []);
}

async fn an_amended_object_is_the_version_it_was(home: Home) {
    for (version, name) in [(1, "Billing"), (2, "Accounts")] {
        commit(&home, Batch { objects: vec![put_object(team(1, name), version)], ..Batch::default() }).await;
    }
    commit(&home, Batch { objects: vec![put_object(team(2, "Other"), 1)], ..Batch::default() }).await;
    let amend = ObjectChange::Amend { object: Box::new(team(1, "Amended")), version: 2, at: at(2) };
    commit(&home, Batch { objects: vec![amend], ..Batch::default() }).await;
    // Where it stands twice it is one text: keys are exchanged without either being lost.
    for _ in 0..2 {
        let loaded = home.store().load().await.unwrap().objects;
        assert_eq!(loaded, [(team(1, "Amended"), 2, at(2)), (team(2, "Other"), 1, at(1))]);
        let found = home.store().object_versions(Kind::Team, id(1), 10).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|found| (found.version, found.object)).collect();
        assert_eq!(found, [(2, Some(team(1, "Amended"))), (1, Some(team(1, "Billing")))]);
        rotate(home.store(), 1).await;
    }
}
