//! Rows on one connection: a statement each.

mod changes;
mod questions;

use std::cell::{Cell, Ref, RefCell};
use std::collections::BTreeSet;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};
use tieline_core::event::Seq;

use super::columns::Sql;
use super::tail::Tail;
use crate::error::Result;
use crate::rows::{EventRow, Rows};

/// A connection within a transaction somebody else began and will end.
pub(super) struct Session<'c> {
    connection: &'c Connection,
    tail: &'c RefCell<Tail>,
    /// The tail knows every row this transaction sees.
    is_followed: Cell<bool>,
}

impl<'c> Session<'c> {
    pub(super) const fn new(connection: &'c Connection, tail: &'c RefCell<Tail>) -> Self {
        Self { connection, tail, is_followed: Cell::new(false) }
    }

    /// What the newest rows are found by.
    pub(super) fn tail(&self) -> Result<Ref<'c, Tail>> {
        if !self.is_followed.replace(true) {
            self.tail.borrow_mut().follow(self.connection)?;
        }
        Ok(self.tail.borrow())
    }

    fn statement(&self, text: &'static str) -> Sql<CachedStatement<'_>> {
        self.connection.prepare_cached(text)
    }

    fn all<T>(
        &self,
        text: &'static str,
        values: impl Params,
        read: fn(&Row<'_>) -> Sql<T>,
    ) -> Result<Vec<T>> {
        Ok(self.statement(text)?.query_map(values, read)?.collect::<Sql<_>>()?)
    }

    fn one<T>(
        &self,
        text: &'static str,
        values: impl Params,
        read: fn(&Row<'_>) -> Sql<T>,
    ) -> Result<Option<T>> {
        Ok(self.statement(text)?.query_row(values, read).optional()?)
    }

    fn run(&self, text: &'static str, values: impl Params) -> Result<usize> {
        Ok(self.statement(text)?.execute(values)?)
    }

    /// Adds the events at these places that are not among the rows, and puts all in order: the tail may know of rows whose
    /// tables are written already, and of older ones than these.
    fn with_newest(
        &self,
        mut rows: Vec<EventRow>,
        seqs: impl IntoIterator<Item = Seq>,
    ) -> Result<Vec<EventRow>> {
        let known: BTreeSet<Seq> = rows.iter().map(|row| row.seq).collect();
        for seq in seqs.into_iter().filter(|seq| !known.contains(seq)) {
            rows.extend(self.event(seq)?);
        }
        rows.sort_unstable_by_key(|row| row.seq);
        Ok(rows)
    }
}
