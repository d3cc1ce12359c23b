//! What the newest events and requests are found by, in memory until it is written.
//!
//! Rows are appended, but what they are found by (a conversation, a message's id, a request's key) belongs anywhere. Written
//! with each message it would cost a page of each index; so it is gathered, and once there is much of it written in the
//! order of the index, a slice with each commit: a page then takes many. Nothing waits for it, and the work of a commit
//! stays in proportion to what it adds.
//!
//! Each connection has a tail of its own and follows the rows with it, within the transaction that asks. So it knows exactly
//! what the transaction sees, whoever wrote it, and there is nothing to share and nothing to save: after a crash it is
//! read again from the rows above the place noted in `gathered`, up to which everything has been written.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Included, Unbounded};

use rusqlite::{Connection, params};

use tieline_core::event::Seq;
use tieline_core::facts::RequestKey;
use tieline_core::id::{ConversationId, Id};

use super::columns::{Sql, bytes, id, number, signed};
use super::statements as sql;
use crate::rows::{EventRow, MessageHash};

/// Findings gathered before they begin to be written: of some 30,000 messages, in about 5 MiB. More make fewer pages
/// written for each, and more rows to be read again after a start.
const GATHERED_MAX: usize = 100_000;
/// Written for each that is added, while there is something to write: so that writing ends before as much again has come.
const WRITTEN_PER_ADDED: usize = 2;
/// By one commit: some milliseconds. More than twice of what the engine's largest batches of messages add.
const WRITTEN_MAX: usize = 4_000;

/// How something is found, in the order it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Finding {
    Conversation(Id, Seq),
    Message(MessageHash, Seq),
    Request(RequestKey, u64),
}

/// The last event and the last request, by sequence and position.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ends {
    event: Seq,
    request: u64,
}

#[derive(Default)]
pub(super) struct Tail {
    findings: BTreeSet<Finding>,
    /// All rows up to here were taken in.
    followed: Ends,
    /// All rows up to here are in the tables.
    written: Ends,
    /// Since something was written last.
    added: usize,
    pass: Option<Pass>,
}

/// One way through all findings, from the first to the last.
struct Pass {
    /// What is up to here will have been written when it ends.
    until: Ends,
    after: Option<Finding>,
}

impl Tail {
    /// Takes in what rows there are that it does not know.
    pub(super) fn follow(&mut self, connection: &Connection) -> Sql<()> {
        let ends = |event, request| Ok(Ends { event, request });
        let written = connection
            .prepare_cached(sql::GATHERED)?
            .query_row([], |row| ends(number(row, 0)?, number(row, 1)?))?;
        if written != self.written {
            self.written = written;
            self.findings.retain(|finding| finding.is_beyond(written));
        }
        let mut new = connection.prepare_cached(sql::EVENTS_FOUND_BY)?;
        let after = self.followed.event.max(written.event);
        let mut rows = new.query([signed(after)])?;
        self.followed.event = after;
        while let Some(row) = rows.next()? {
            let seq = number(row, 0)?;
            self.add(Finding::Conversation(id(row, 1)?, seq));
            if let Some(message) = row.get(2)? {
                self.add(Finding::Message(message, seq));
            }
            self.followed.event = seq;
        }
        let mut new = connection.prepare_cached(sql::REQUESTS_FOUND_BY)?;
        let after = self.followed.request.max(written.request);
        let mut rows = new.query([signed(after)])?;
        self.followed.request = after;
        while let Some(row) = rows.next()? {
            let position = number(row, 0)?;
            self.add(Finding::Request(row.get(1)?, position));
            self.followed.request = position;
        }
        Ok(())
    }

    fn add(&mut self, finding: Finding) {
        self.findings.insert(finding);
        self.added += 1;
    }

    /// Sees to it that an event that was just added is found, even if it does not stand behind all others and so will not be
    /// met by following.
    pub(super) fn note_event(&self, connection: &Connection, event: &EventRow) -> Sql<()> {
        if event.seq > self.followed.event {
            return Ok(());
        }
        Finding::Conversation(event.conversation.0, event.seq).write(connection)?;
        event.message.map_or(Ok(()), |message| Finding::Message(message, event.seq).write(connection))
    }

    /// What an event that is removed was found by need not be written any more.
    pub(super) fn forget(&mut self, event: &EventRow) {
        self.findings.remove(&Finding::Conversation(event.conversation.0, event.seq));
        if let Some(message) = event.message {
            self.findings.remove(&Finding::Message(message, event.seq));
        }
    }

    /// Writes its share of what was gathered, when there is enough.
    pub(super) fn write_share(&mut self, connection: &Connection) -> Sql<()> {
        let share = WRITTEN_MAX.min(std::mem::take(&mut self.added) * WRITTEN_PER_ADDED);
        let is_due = self.pass.is_some() || self.findings.len() >= GATHERED_MAX;
        if share == 0 || !is_due {
            return Ok(());
        }
        let Pass { until, after } = self.pass.take().unwrap_or(Pass { until: self.followed, after: None });
        let from = after.map_or(Unbounded, Excluded);
        let slice: Vec<Finding> = self.findings.range((from, Unbounded)).take(share).copied().collect();
        for finding in &slice {
            finding.write(connection)?;
            self.findings.remove(finding);
        }
        if slice.len() == share {
            self.pass = Some(Pass { until, after: slice.last().copied() });
        } else {
            self.written = until;
            let values = [signed(until.event), signed(until.request)];
            connection.prepare_cached(sql::GATHERED_RAISE)?.execute(values)?;
        }
        Ok(())
    }

    /// Of a conversation, after `after` and up to `until`, oldest first.
    pub(super) fn of_conversation(
        &self,
        conversation: ConversationId,
        after: Seq,
        until: Seq,
    ) -> impl DoubleEndedIterator<Item = Seq> {
        let at = move |seq| Finding::Conversation(conversation.0, seq);
        let range = (Excluded(at(after)), Included(at(until.max(after))));
        self.findings.range(range).map(Finding::place)
    }

    /// Oldest first.
    pub(super) fn of_message(&self, message: MessageHash) -> impl Iterator<Item = Seq> {
        let at = |seq| Finding::Message(message, seq);
        self.findings.range(at(0)..=at(Seq::MAX)).map(Finding::place)
    }

    /// The position of the last request with this key.
    pub(super) fn of_request(&self, key: RequestKey) -> Option<u64> {
        let at = |position| Finding::Request(key, position);
        self.findings.range(at(0)..=at(u64::MAX)).next_back().map(Finding::place)
    }
}

impl Finding {
    const fn place(&self) -> u64 {
        match *self {
            Self::Conversation(_, place) | Self::Message(_, place) | Self::Request(_, place) => place,
        }
    }

    const fn is_beyond(&self, ends: Ends) -> bool {
        match *self {
            Self::Conversation(_, seq) | Self::Message(_, seq) => seq > ends.event,
            Self::Request(_, position) => position > ends.request,
        }
    }

    fn write(&self, connection: &Connection) -> Sql<()> {
        match *self {
            Self::Conversation(id, seq) => {
                connection.prepare_cached(sql::FIND_BY_CONVERSATION)?.execute(params![bytes(id), signed(seq)])
            }
            Self::Message(message, seq) => {
                connection.prepare_cached(sql::FIND_BY_MESSAGE)?.execute(params![message, signed(seq)])
            }
            Self::Request(key, position) => {
                connection.prepare_cached(sql::FIND_BY_KEY)?.execute(params![key, signed(position)])
            }
        }
        .map(drop)
    }
}
