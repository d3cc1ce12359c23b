//! The schema, brought up to date one numbered step at a time and never back.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, Result};

/// Step `n` of the list brings a database from version `n` to `n + 1`.
const STEPS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_memory.sql"),
    include_str!("../../migrations/sqlite/0002_merged_customers.sql"),
    include_str!("../../migrations/sqlite/0003_reports.sql"),
    include_str!("../../migrations/sqlite/0004_conversation_marks.sql"),
    include_str!("../../migrations/sqlite/0005_audit.sql"),
    include_str!("../../migrations/sqlite/0006_gathered_indexes.sql"),
    include_str!("../../migrations/sqlite/0007_resolved_letters.sql"),
];

pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    // One process migrates while the others wait; each looks again when its turn comes.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(STEPS.len()).expect("there are few migrations");
    if found > known {
        return Err(Error::TooNew { found, known });
    }
    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::super::statements;
    use super::*;

    fn migrated() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection
    }

    #[test]
    fn migrating_again_changes_nothing() {
        let mut connection = migrated();
        migrate(&mut connection).unwrap();
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut connection = migrated();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut connection), Err(Error::TooNew { found: 99, .. })));
    }

    #[test]
    fn every_statement_prepares() {
        let connection = migrated();
        for (name, text) in statements::ALL {
            if let Err(error) = connection.prepare(text) {
                panic!("{name}: {error}");
            }
        }
    }

    /// What is asked often, or of a large table, must not scan one.
    #[test]
    fn no_statement_scans_a_large_table() {
        let connection = migrated();
        // Reads from the start, but only as far as its limit.
        let bounded = ["REQUESTS_PURGED_UNTIL"];
        for (name, text) in statements::ALL {
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
            let unbound = vec![rusqlite::types::Null; plan.parameter_count()];
            let steps: Vec<String> = plan
                .query_map(rusqlite::params_from_iter(unbound), |row| row.get(3))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            for step in steps.iter().filter(|step| step.starts_with("SCAN")) {
                let large = [
                    "event",
                    "event_by_conversation",
                    "event_by_message",
                    "request_by_key",
                    "conversation",
                    "conversation_mark",
                    "audit",
                    "customer",
                    "request",
                    "identity",
                    "attempt",
                    "entry",
                    "tally",
                    "state_change",
                    "finished_task",
                ];
                let of = step.split_whitespace().nth(1).unwrap_or_default();
                let by_partial_index = [
                    "entry_pending",
                    "entry_dead",
                    "entry_resolved",
                    "customer_present",
                    "conversation_live",
                ]
                .iter()
                .any(|index| step.contains(index));
                assert!(!large.contains(&of) || by_partial_index || bounded.contains(name), "{name}: {step}");
            }
        }
    }
}
