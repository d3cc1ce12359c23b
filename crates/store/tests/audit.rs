//! The audit trail.

use serde_json::json;
use tieline_core::audit::{Actor, Change, Deed, Record};
use tieline_core::batch::Batch;
use tieline_core::registry::Kind;
use tieline_store::AuditFilter;

use crate::backends::commit;
use crate::fixture::*;
use crate::home::{Home, keys};
use crate::keys::rotate;

every_backend! {
    the_audit_trail_is_read_by_what_is_sought
    what_the_audit_trail_tells_of_a_customer_is_erased_with_him
    the_audit_trail_survives_a_rotation_and_ends_in_time
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
