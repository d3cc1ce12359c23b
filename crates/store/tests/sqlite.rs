//! What only a file can show: that nothing is readable in it, and that it outlives a crash.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;
use tieline_core::audit::{Actor, Deed, Record};
use tieline_core::batch::Batch;
use tieline_core::facts::Wants;
use tieline_store::{AuditFilter, Error, Store};

use crate::fixture::*;
use crate::home::{Home, keys, open};

async fn with_everything() -> Home {
    let home = Home::sqlite().await;
    home.store().commit(something_of_everything()).await.unwrap();
    let batch = Batch {
        entries: vec![entry(4, 1, 1, dead()), push(6, 1, dead())],
        attempts: vec![attempt(4, 1), attempt(6, 1)],
        ..Batch::default()
    };
    home.store().commit(batch).await.unwrap();
    home
}

/// Everything in the folder, as bytes.
fn files(home: &Home) -> Vec<u8> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(home.file().parent().unwrap()).unwrap() {
        all.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    all
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn sql(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

#[tokio::test]
async fn nothing_personal_and_no_secret_is_in_the_files() {
    let home = with_everything().await;
    for moment in ["in the log", "in the database"] {
        let bytes = files(&home);
        for secret in [PHONE, NAME, TEXT, SECRET, "m1", "firstName", "Billing", "cannot be reached", "vip"] {
            let found = if secret.len() < 4 {
                contains(&bytes, b"\"m1\"")
            } else {
                contains(&bytes, secret.as_bytes())
            };
            assert!(!found, "{secret} {moment}");
        }
        // The test would see it: ids are there in clear.
        assert!(contains(&bytes, &conversation_id(1).0.0));
        if moment == "in the log" {
            home.store().clone().close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_crash_at_any_moment() {
    let home = with_everything().await;
    let (_left, store) = after_a_crash(&home).await;
    assert!(store.event(1).await.unwrap().is_some());
    assert_eq!(store.load().await.unwrap().next_seq, 2);
}

/// The files as they are now, while the store still runs, are what a killed process leaves.
async fn after_a_crash(home: &Home) -> (tempfile::TempDir, Store) {
    let left = tempfile::tempdir().unwrap();
    for ending in ["", "-wal"] {
        let name = format!("tieline.db{ending}");
        std::fs::copy(home.file().with_file_name(&name), left.path().join(&name)).unwrap();
    }
    let store = open(left.path().join("tieline.db"), keys(1)).await.unwrap();
    (left, store)
}

const LOG_CONVERSATIONS: u64 = 9;

/// Messages of several conversations in turn, each with a request: one made at the message's number.
fn stretch(seqs: std::ops::RangeInclusive<u64>) -> Batch {
    let next_seq = *seqs.end();
    let mut batch = Batch { next_seq, ..Batch::default() };
    for seq in seqs {
        let conversation = u32::try_from(seq % LOG_CONVERSATIONS).unwrap() + 1;
        batch.events.push(named_message(seq, conversation, 1, &format!("m{seq}")));
        batch.requests.push((request_key(seq), at(seq.cast_signed()), accepted(seq)));
    }
    batch
}

/// Spread as hashes are.
fn request_key(n: u64) -> [u8; 16] {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut key = [0; 16];
    key[..8].copy_from_slice(&mixed.to_be_bytes());
    key[8..].copy_from_slice(&n.to_be_bytes());
    key
}

async fn knows_request(store: &Store, n: u64) -> bool {
    let key = request_key(n);
    let wants = Wants { requests: BTreeSet::from([key]), ..Wants::default() };
    store.look_up(wants).await.unwrap().requests.get(&key) == Some(&accepted(n))
}

/// Every message up to `last` is found by its conversation, its customer and its id, and nothing else is.
async fn finds_all(store: &Store, last: u64) {
    for conversation in 1..=LOG_CONVERSATIONS {
        let of = id(u32::try_from(conversation).unwrap());
        let found = seqs(&store.events(of, 0, None, 100_000).await.unwrap());
        let expected: Vec<u64> =
            (1..=last).filter(|seq| seq % LOG_CONVERSATIONS + 1 == conversation).collect();
        assert!(found == expected, "{} of {} up to {last}", found.len(), expected.len());
    }
    let middle = seqs(&store.events(id(1), last / 2, Some(last - 20), 7).await.unwrap());
    let expected = (last / 2 + 1..=last - 20).filter(|seq| seq % LOG_CONVERSATIONS == 0).take(7);
    assert_eq!(middle, expected.collect::<Vec<_>>());
    let before = seqs(&store.events_of_customer(id(1), Some(last - 100), 50, Some(id(1))).await.unwrap());
    let expected = (1..last - 100).rev().filter(|seq| seq % LOG_CONVERSATIONS != 0).take(50);
    assert_eq!(before, expected.collect::<Vec<_>>());
    for seq in (1..=last).step_by(997).chain([last]) {
        let found = store.messages(&format!("m{seq}")).await.unwrap();
        assert_eq!(found.iter().map(|at| at.seq).collect::<Vec<_>>(), [seq]);
    }
    assert_eq!(store.messages(&format!("m{}", last + 1)).await.unwrap(), []);
}

async fn knows_requests(store: &Store, last: u64) {
    for seq in (1..=last).step_by(997).chain([last]) {
        assert!(knows_request(store, seq).await, "{seq} of {last}");
    }
    assert!(!knows_request(store, last + 1).await);
}

/// What messages are found by is written later than they are, from the 67th stretch on and begun again after the 80th:
/// nobody may see the difference.
#[tokio::test]
async fn everything_is_found_at_any_moment_and_after_a_crash() {
    const STRETCH: u64 = 500;
    let mut home = Home::sqlite().await;
    let mut batch = known([1]);
    batch.conversations = (1..=9).map(|n| conversation(n, 1)).collect();
    home.store().commit(batch).await.unwrap();
    let beside = home.beside().await;
    let mut last = 0;
    for n in 1..=150 {
        if n == 10 || n == 80 {
            // The position is taken: nothing of this is there, and the same numbers come again.
            let refused =
                Batch { events: vec![message(last + 1, 9, 1), message(1, 9, 1)], ..Batch::default() };
            home.store().commit(refused).await.unwrap_err();
        }
        home.store().commit(stretch(last + 1..=last + STRETCH)).await.unwrap();
        last += STRETCH;
        if n % 50 == 0 {
            let (_left, crashed) = after_a_crash(&home).await;
            for store in [home.store(), &beside, &crashed] {
                finds_all(store, last).await;
            }
            for store in [home.store(), &crashed] {
                knows_requests(store, last).await;
            }
        }
    }
    let written = |what: &str| {
        let number: i64 = sql(&home.file()).query_row(what, [], |row| row.get(0)).unwrap();
        number.cast_unsigned()
    };
    let gathered = written("SELECT event FROM gathered");
    assert!(gathered > last / 3 && gathered < last, "{gathered}");
    let long_ago = last / 2;
    home.store().purge(at(long_ago.cast_signed()), at(0)).await.unwrap();
    assert_eq!(written("SELECT count(*) FROM request"), last + 1 - long_ago);
    let by_key = written("SELECT count(*) FROM request_by_key");
    assert!(by_key > 0 && by_key <= last + 1 - long_ago, "{by_key}");
    for (n, known) in [(1, false), (long_ago - 1, false), (long_ago, true), (last, true)] {
        assert_eq!(knows_request(home.store(), n).await, known, "{n}");
    }
    // Not even when none is left does a later one stand where a former one stood.
    home.store().purge(at(i64::MAX), at(0)).await.unwrap();
    home.store().commit(stretch(last + 1..=last + 1)).await.unwrap();
    assert!(knows_request(home.store(), last + 1).await);
    home.restart(keys(1)).await.unwrap();
    assert!(knows_request(home.store(), last + 1).await && !knows_request(home.store(), last).await);
}

#[tokio::test]
async fn a_closed_store_leaves_one_file() {
    let home = with_everything().await;
    home.store().clone().close().await.unwrap();
    let left: Vec<_> =
        std::fs::read_dir(home.file().parent().unwrap()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["tieline.db"]);
}

#[tokio::test]
async fn an_erased_customers_key_is_gone_from_the_files() {
    let home = Home::sqlite().await;
    const CUSTOMERS: u32 = 3_000;
    // Out of order and with changing lengths, so that pages are split and moved about.
    let mut order: Vec<u32> = (1..=CUSTOMERS).collect();
    order.sort_by_key(|n| n.wrapping_mul(2_654_435_761));
    for chunk in order.chunks(100) {
        home.store().commit(known(chunk.iter().copied())).await.unwrap();
    }
    for chunk in order.chunks(500) {
        let changed = chunk.iter().map(|n| {
            let mut changed = (*customer(*n)).clone();
            changed.labels = (0..n % 40).map(|label| format!("label {label}")).collect();
            put(&changed.into(), &[])
        });
        home.store().commit(Batch { customers: changed.collect(), ..Batch::default() }).await.unwrap();
    }
    // As they are wrapped before a rotation, and after it.
    let mut wrapped = wrapped_keys(&home);
    rotate(home.store()).await;
    wrapped.extend(wrapped_keys(&home));
    let is_erased = |n: u32| n.is_multiple_of(3);
    let erased = order.iter().filter(|n| is_erased(**n)).map(|n| erase(*n)).collect();
    home.store().commit(Batch { customers: erased, ..Batch::default() }).await.unwrap();
    let bytes = files(&home);
    let windows: std::collections::HashSet<&[u8]> = bytes.windows(WRAPPED_BYTES).collect();
    let still_there = |keys: &[(Vec<u8>, Vec<u8>)], erased: bool| {
        let owned = keys
            .iter()
            .filter(|(id, _)| is_erased(u32::from_be_bytes(id[..4].try_into().unwrap())) == erased);
        owned.filter(|(_, wrapped)| windows.contains(wrapped.as_slice())).count()
    };
    let (before, after) = wrapped.split_at(CUSTOMERS as usize);
    assert_eq!(still_there(before, true), 0, "keys of the erased, as they were before the rotation");
    assert_eq!(still_there(after, true), 0, "keys of the erased");
    assert_eq!(still_there(before, false), 0, "keys as they were before the rotation");
    assert_eq!(still_there(after, false), CUSTOMERS as usize / 3 * 2);
}

const WRAPPED_BYTES: usize = 65;

fn wrapped_keys(home: &Home) -> Vec<(Vec<u8>, Vec<u8>)> {
    sql(&home.file())
        .prepare("SELECT had.id, own.wrapped FROM customer AS had JOIN customer_key AS own ON own.position = had.key")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

async fn rotate(store: &Store) {
    let mut rotation = store.rotate_data_key().await.unwrap();
    while rotation.step(1_000).await.unwrap().is_continue() {}
}

#[tokio::test]
async fn a_retired_data_key_is_gone_from_the_files_and_no_row_asks_for_it() {
    let home = with_everything().await;
    let data_keys = || -> Vec<(u32, Vec<u8>)> {
        sql(&home.file())
            .prepare("SELECT kid, wrapped FROM sealing_key WHERE purpose = 1")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    };
    let former = data_keys();
    rotate(home.store()).await;
    let present = data_keys();
    assert_eq!((former[0].0, former.len(), present[0].0, present.len()), (2, 1, 3, 1));
    let bytes = files(&home);
    assert!(!contains(&bytes, &former[0].1) && contains(&bytes, &present[0].1));
    // Every blob names its key behind a version byte: none the former one, customers' blobs none at all.
    for (table, column, kids) in [
        ("object", "body", &[3][..]),
        ("object_version", "body", &[3]),
        ("agent", "body", &[3]),
        ("customer_key", "wrapped", &[3]),
        ("customer", "body", &[0]),
        ("conversation", "body", &[0]),
        ("event", "body", &[0]),
        ("entry", "reason", &[0, 3]),
        ("attempt", "error", &[0, 3]),
    ] {
        let found: Vec<String> = sql(&home.file())
            .prepare(&format!("SELECT hex(substr({column}, 1, 5)) FROM {table} WHERE {column} IS NOT NULL"))
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let named: Vec<String> = kids.iter().map(|kid| format!("01{kid:08X}")).collect();
        assert!(!found.is_empty() && found.iter().all(|kid| named.contains(kid)), "{table}: {found:?}");
        assert!(named.iter().all(|kid| found.contains(kid)), "{table}: {found:?}");
    }
}

#[tokio::test]
async fn a_tampered_row_is_named_and_not_believed() {
    let home = with_everything().await;
    let change = |text: &str| sql(&home.file()).execute(text, []).unwrap();
    change("UPDATE event SET at = at + 1 WHERE seq = 1");
    let error = home.store().event(1).await.unwrap_err();
    assert_eq!(error.to_string(), "event 1 cannot be read: its seal is broken");
    change("UPDATE customer SET body = x'00' WHERE id IS NOT NULL");
    assert!(matches!(home.store().customer(id(1)).await, Err(Error::Corrupt { table: "customer", .. })));
    change("UPDATE conversation SET body = (SELECT body FROM object LIMIT 1)");
    assert!(matches!(
        home.store().conversation(id(1)).await,
        Err(Error::Corrupt { table: "conversation", .. })
    ));
}

#[tokio::test]
async fn another_process_picks_up_a_new_key() {
    let home = with_everything().await;
    let other = open(home.file(), keys(1)).await.unwrap();
    rotate(&other).await;
    other.commit(known([2])).await.unwrap();
    assert_eq!(home.store().load().await.unwrap().objects.len(), 2);
    assert_eq!(home.store().customer(id(2)).await.unwrap(), Some(customer(2)));
    let batch = Batch { events: vec![message(7, 1, 2)], ..Batch::default() };
    home.store().commit(batch).await.unwrap();
    assert!(other.event(7).await.unwrap().is_some());
}

#[tokio::test]
async fn a_schema_from_the_future_and_a_file_that_is_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let future = folder.path().join("future.db");
    sql(&future).pragma_update(None, "user_version", 9_999).unwrap();
    assert!(matches!(open(future, keys(1)).await, Err(Error::TooNew { found: 9_999, .. })));
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to look at ".repeat(100)).unwrap();
    let error = open(text, keys(1)).await.unwrap_err();
    assert!(
        error.to_string().contains("notes.txt") && error.to_string().contains("not a database"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_whole_batches_while_writers_write() {
    let home = Home::sqlite().await;
    home.store().commit(known([1])).await.unwrap();
    let store = home.store().clone();
    let writing = tokio::spawn(async move {
        for n in 0..200_u64 {
            let events = (0..10).map(|i| message(n * 10 + i + 1, 1, 1)).collect();
            store.commit(Batch { events, next_seq: n * 10 + 10, ..Batch::default() }).await.unwrap();
        }
    });
    let reading = |store: Store| async move {
        let mut seen = 0;
        while seen < 2_000 {
            let found = store.events(id(1), seen, None, 10_000).await.unwrap();
            assert_eq!(found.len() % 10, 0);
            seen = found.last().map_or(seen, |event| event.seq);
        }
    };
    let readers: Vec<_> = (0..4).map(|_| tokio::spawn(reading(home.store().clone()))).collect();
    writing.await.unwrap();
    for reader in readers {
        reader.await.unwrap();
    }
}

#[tokio::test]
async fn the_log_is_moved_into_the_database_while_writing() {
    let home = Home::sqlite().await;
    home.store().commit(known([1])).await.unwrap();
    let mut longest = 0;
    for n in 0..300_u64 {
        let events = (0..256).map(|i| message(n * 256 + i + 1, 1, 1)).collect();
        home.store().commit(Batch { events, ..Batch::default() }).await.unwrap();
        longest = longest.max(home.store().stat().await.unwrap().log_bytes);
    }
    let stat = home.store().stat().await.unwrap();
    assert!(stat.database_bytes > 1 << 20, "{stat:?}");
    assert!(longest < 128 << 20, "the log grew to {longest} bytes");
}

#[tokio::test]
async fn the_audit_trail_is_neither_changed_nor_removed_behind_the_store() {
    let home = Home::sqlite().await;
    let deed = Deed::SignedIn { door: "desk".into() };
    let record = Record { seq: 1, at: at(1), by: Actor::User(id(7)), address: None, deed };
    home.store().commit(Batch { audit: vec![record], next_seq: 2, ..Batch::default() }).await.unwrap();
    for statement in ["UPDATE audit SET at = 2", "DELETE FROM audit", "UPDATE audit SET body = NULL"] {
        let refused = sql(&home.file()).execute(statement, []).unwrap_err();
        assert!(refused.to_string().contains("the audit trail is not"), "{statement}: {refused}");
    }
    assert_eq!(home.store().audit(AuditFilter::default(), 9).await.unwrap().len(), 1);
}
