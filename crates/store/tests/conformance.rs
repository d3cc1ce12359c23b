//! What every backend does, each story told to all of them.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::json;
use tieline_core::audit::{Actor, Change, Deed, Record};
use tieline_core::batch::{AgentChange, Batch, CustomerChange, ObjectChange, Rehomed};
use tieline_core::conversation::{Mark, SessionDirection, WrapUp};
use tieline_core::customer::{Customer, Lineage, Merge};
use tieline_core::delivery::{Entry, EntryStatus, Lane, Receiver, Via};
use tieline_core::event::Fact;
use tieline_core::facts::{EntryFilter, Wants};
use tieline_core::id::ConnectorId;
use tieline_core::registry::Kind;
use tieline_core::time::Span;
use tieline_store::{
    AuditFilter, ConversationFilter, CustomerFilter, DeadFilter, Error, ExportLine, MasterKeys, PastSearch,
    Purged, Rotated, Secrets, Store,
};

use crate::fixture::*;
use crate::home::{Home, keys, master};
use crate::reports::{
    logs_of_agents_and_tasks_are_paged, reports_are_purged_by_age, sums_are_added_to_what_is_there,
    sums_are_asked_for_by_kind_and_time, sums_that_were_not_committed_are_not_there,
};

macro_rules! every_backend {
    ($($story:ident)*) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::home::Home::memory().await).await;
            })*
        }
        mod in_sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::home::Home::sqlite().await).await;
            })*
        }
    };
}

every_backend! {
    what_was_committed_is_read_back
    a_new_store_is_empty
    only_the_living_are_loaded
    a_lane_of_a_closed_conversation_brings_its_session
    facts_answer_what_was_wanted
    holders_come_with_their_records
    wanted_entries_are_dead_ones
    a_batch_that_fails_leaves_nothing
    a_log_position_is_given_once
    the_last_state_is_kept
    the_log_position_never_goes_back
    a_repeated_request_gets_the_newer_answer
    every_request_is_known_after_a_restart
    events_are_paged
    past_events_follow_the_customer
    customers_are_paged
    conversations_are_filtered
    identities_move
    messages_are_found_by_their_ids
    erasing_makes_everything_about_a_customer_unreadable
    erasing_concerns_one_customer_only
    a_rehomed_conversation_is_read_and_erased_with_its_new_customer
    what_was_said_in_the_batch_of_a_rehoming_goes_along
    merged_customers_are_not_listed_and_their_past_is_the_survivors
    customers_come_with_everybody_they_were_merged_with
    past_conversations_are_searched
    the_audit_trail_is_read_by_what_is_sought
    what_the_audit_trail_tells_of_a_customer_is_erased_with_him
    the_audit_trail_survives_a_rotation_and_ends_in_time
    the_erased_stay_erased
    pages_skip_the_erased_and_are_full_nevertheless
    outbox_questions
    questions_to_bots_are_kept
    dead_letters_are_filtered
    objects_have_a_history
    an_amended_object_is_the_version_it_was
    purging_takes_the_old_and_settled
    purging_leaves_the_young_among_the_old
    purging_goes_beyond_one_chunk
    a_rotation_leaves_nothing_to_the_former_key
    a_rotation_may_end_after_any_step_and_another_goes_on
    keys_rotate_while_the_store_is_written
    a_master_key_is_replaced
    a_wrong_master_key_is_refused
    an_export_tells_everything_readable
    a_full_receiver_ends_the_export
    sums_are_added_to_what_is_there
    sums_that_were_not_committed_are_not_there
    sums_are_asked_for_by_kind_and_time
    logs_of_agents_and_tasks_are_paged
    reports_are_purged_by_age
    a_closed_store_refuses
    it_answers_when_asked_how_it_is
}

async fn commit(home: &Home, batch: Batch) {
    home.store().commit(batch).await.unwrap();
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

fn record(seq: u64, by: Actor, deed: Deed) -> Record {
    let address = Some("192.0.2.7".parse().unwrap());
    Record { seq, at: at(i64::try_from(seq).unwrap() * 10), by, address, deed }
}

/// A user signs in, makes a team and changes customer 1; a stranger is refused; Tieline makes a team.
fn trail() -> Vec<Record> {
    let user = Actor::User(id(7));
    let door = || "desk".into();
    let change = Change { before: json!(NAME), after: json!(PHONE) };
    let changes = [("firstName".to_owned(), change)].into();
    vec![
        record(11, user, Deed::SignedIn { door: door() }),
        record(12, user, Deed::ObjectPut { kind: Kind::Team, id: id(1), version: 1 }),
        record(13, user, Deed::CustomerPut { customer: id(1), version: 2, changes }),
        record(14, Actor::Stranger, Deed::SignInRefused { door: door() }),
        record(15, Actor::System, Deed::ObjectPut { kind: Kind::Team, id: id(1), version: 2 }),
    ]
}

async fn the_audit_trail_is_read_by_what_is_sought(home: Home) {
    commit(&home, Batch { audit: trail(), next_seq: 16, ..known([1]) }).await;
    let all = AuditFilter::default;
    for (what, filter, limit, expected) in [
        ("all", all(), 9, vec![15, 14, 13, 12, 11]),
        ("a user", AuditFilter { user: Some(id(7)), ..all() }, 9, vec![13, 12, 11]),
        ("a subject", AuditFilter { subject: Some(id(1)), ..all() }, 9, vec![15, 13, 12]),
        ("both", AuditFilter { user: Some(id(7)), subject: Some(id(1)), ..all() }, 1, vec![13]),
        ("a deed", AuditFilter { deed: Some(1), ..all() }, 9, vec![15, 12]),
        ("a time", AuditFilter { from: Some(at(120)), until: Some(at(140)), ..all() }, 9, vec![13, 12]),
        ("a page", AuditFilter { before: Some(14), ..all() }, 2, vec![13, 12]),
    ] {
        let found = home.store().audit(filter, limit).await.unwrap();
        assert_eq!(found.iter().map(|line| line.seq).collect::<Vec<_>>(), expected, "{what}");
    }
    let told = home.store().audit(all(), 9).await.unwrap();
    let expected = trail();
    for (line, record) in told.iter().rev().zip(&expected) {
        assert_eq!(
            (line.by, line.address, line.deed.as_ref()),
            (record.by, record.address, Some(&record.deed))
        );
    }
}

async fn what_the_audit_trail_tells_of_a_customer_is_erased_with_him(home: Home) {
    commit(&home, Batch { audit: trail(), next_seq: 16, ..known([1]) }).await;
    commit(&home, Batch { customers: vec![erase(1)], ..Batch::default() }).await;
    let told = home.store().audit(AuditFilter::default(), 9).await.unwrap();
    for line in told {
        assert_eq!(line.deed.is_none(), line.seq == 13, "{line:?}");
        assert_eq!(line.subject.is_some(), matches!(line.seq, 12 | 13 | 15), "who was meant stays");
    }
}

async fn the_audit_trail_survives_a_rotation_and_ends_in_time(mut home: Home) {
    commit(&home, Batch { audit: trail(), next_seq: 16, ..known([1]) }).await;
    let rotated = rotate(home.store(), 2).await;
    assert_eq!(rotated.resealed, 4, "all but what is under the customer's key");
    home.restart(keys(1)).await.unwrap();
    let store = home.store();
    assert!(store.audit(AuditFilter::default(), 9).await.unwrap().iter().all(|line| line.deed.is_some()));
    assert_eq!(store.purge_audit(at(130)).await.unwrap(), 2);
    let left = store.audit(AuditFilter::default(), 9).await.unwrap();
    assert_eq!(left.iter().map(|line| line.seq).collect::<Vec<_>>(), [15, 14, 13]);
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

/// A request key with a number in it.
fn numbered(n: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&n.to_be_bytes());
    key
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

async fn rotate(store: &Store, rows_max: usize) -> Rotated {
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
