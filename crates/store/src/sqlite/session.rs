//! Rows on one connection: a statement each.

use std::cell::{Cell, Ref, RefCell};
use std::collections::BTreeSet;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row, params};

use tieline_core::audit::Actor;
use tieline_core::delivery::{Lane, Via};
use tieline_core::event::Seq;
use tieline_core::facts::{Accepted, RequestKey};
use tieline_core::id::{ChannelId, ConnectorId, ConversationId, CustomerId, Id, UserId};
use tieline_core::report::{FinishedTask, StateChange, SubjectKind, What};
use tieline_core::time::At;

use super::columns::{
    LAST_ID, Sql, accepted, agent_row, at, attempt_row, audit_row, bytes, conversation_row, customer_row,
    encode_accepted, ends, entry_row, event_row, finished_task, id, key_row, limited, number, object_row,
    signed, state_change, tally_row,
};
use super::statements as sql;
use super::tail::Tail;
use crate::codec;
use crate::error::Result;
use crate::report::LogPlace;
use crate::rows::{
    AgentRow, AttemptRow, AuditQuery, AuditRow, BlindIndex, ConversationQuery, ConversationRow, CustomerRow,
    DeadQuery, Ends, EntryRow, EventRow, KeyRow, LogQuery, MessageHash, ObjectRow, Purpose, RequestRow, Rows,
    RowsMut, StatusRow, SubjectRow, TallyRow, WrappedKey,
};
use crate::seal::Kid;

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

/// What is listed after; an empty blob sorts before every id.
fn before_all(after: Option<impl Into<Id>>) -> Vec<u8> {
    after.map_or(Vec::new(), |id| bytes(id).to_vec())
}

// ---- questions -----------------------------------------------------------------------------------------------

impl Rows for Session<'_> {
    fn keys(&self) -> Result<Vec<KeyRow>> {
        self.all(sql::KEYS, [], key_row)
    }

    fn data_kids(&self) -> Result<Vec<Kid>> {
        self.all(sql::DATA_KIDS, [], |row| row.get(0))
    }

    fn ends(&self) -> Result<Ends> {
        Ok(self.statement(sql::ENDS)?.query_row([], ends)?)
    }

    fn next_seq(&self) -> Result<Seq> {
        Ok(self.one(sql::NEXT_SEQ, [], |row| number(row, 0))?.unwrap_or_default())
    }

    fn objects(&self) -> Result<Vec<ObjectRow>> {
        self.all(sql::OBJECTS, [], object_row)
    }

    fn object_versions(&self, kind: u8, id: Id, limit: usize) -> Result<Vec<ObjectRow>> {
        self.all(sql::OBJECT_VERSIONS, params![kind, bytes(id), limited(limit)], object_row)
    }

    fn object_history(&self, after: u64, limit: usize) -> Result<Vec<(u64, ObjectRow)>> {
        let values = params![signed(after), limited(limit)];
        self.all(sql::OBJECT_HISTORY, values, |row| Ok((number(row, 5)?, object_row(row)?)))
    }

    fn agents(&self) -> Result<Vec<AgentRow>> {
        self.all(sql::AGENTS, [], agent_row)
    }

    fn customer(&self, id: CustomerId) -> Result<Option<CustomerRow>> {
        self.one(sql::CUSTOMER, [bytes(id)], customer_row)
    }

    fn customers(&self, after: Option<CustomerId>, limit: usize) -> Result<Vec<CustomerRow>> {
        self.all(sql::CUSTOMERS, params![before_all(after), limited(limit)], customer_row)
    }

    fn listed_customers(
        &self,
        after: Option<CustomerId>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<CustomerRow>> {
        let values = params![before_all(after), signed(skip), limited(limit)];
        self.all(sql::CUSTOMERS_LISTED, values, customer_row)
    }

    fn listed_customer_count(&self) -> Result<u64> {
        Ok(self.one(sql::CUSTOMERS_LISTED_COUNT, [], |row| number(row, 0))?.unwrap_or_default())
    }

    fn holders(
        &self,
        identity: &BlindIndex,
        after: Option<CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>> {
        self.all(sql::HOLDERS, params![identity, before_all(after), limited(limit)], |row| id(row, 0))
    }

    fn conversation(&self, id: ConversationId) -> Result<Option<ConversationRow>> {
        self.one(sql::CONVERSATION, [bytes(id)], conversation_row)
    }

    fn conversations(&self, query: &ConversationQuery) -> Result<Vec<ConversationRow>> {
        let ConversationQuery { customer, live_only, before, limit } = *query;
        let (before, limit) = (before.map_or(LAST_ID, bytes), limited(limit));
        match (customer, live_only) {
            (None, false) => self.all(sql::CONVERSATIONS, params![before, limit], conversation_row),
            (None, true) => self.all(sql::CONVERSATIONS_LIVE, params![before, limit], conversation_row),
            (Some(customer), _) => {
                let values = params![before, limit, bytes(customer), live_only];
                self.all(sql::CONVERSATIONS_OF, values, conversation_row)
            }
        }
    }

    fn ended(
        &self,
        before: At,
        until: ConversationId,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>> {
        let values = params![before_all(after), bytes(until), before.millis(), limited(limit)];
        self.all(sql::CONVERSATIONS_ENDED, values, |row| id(row, 0))
    }

    fn marked(
        &self,
        mark: &BlindIndex,
        before: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>> {
        let values = params![mark, before.map_or(LAST_ID, bytes), limited(limit)];
        self.all(sql::MARKED, values, |row| id(row, 0))
    }

    fn event(&self, seq: Seq) -> Result<Option<EventRow>> {
        self.one(sql::EVENT, [signed(seq)], event_row)
    }

    fn events_after(&self, after: Seq, limit: usize) -> Result<Vec<EventRow>> {
        self.all(sql::EVENTS_AFTER, params![signed(after), limited(limit)], event_row)
    }

    fn events(
        &self,
        conversation: ConversationId,
        after: Seq,
        until: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<EventRow>> {
        let until = until.unwrap_or(Seq::MAX);
        let values = params![bytes(conversation), signed(after), signed(until), limited(limit)];
        let rows = self.all(sql::EVENTS, values, event_row)?;
        let newest: Vec<Seq> = self.tail()?.of_conversation(conversation, after, until).take(limit).collect();
        let mut rows = self.with_newest(rows, newest)?;
        rows.truncate(limit);
        Ok(rows)
    }

    fn events_before(
        &self,
        conversation: ConversationId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<EventRow>> {
        let before = before.unwrap_or(Seq::MAX);
        let values = params![bytes(conversation), signed(before), limited(limit)];
        let rows = self.all(sql::EVENTS_BEFORE, values, event_row)?;
        let tail = self.tail()?;
        let newest = tail.of_conversation(conversation, 0, before.saturating_sub(1)).rev().take(limit);
        let mut rows = self.with_newest(rows, newest)?;
        rows.reverse();
        rows.truncate(limit);
        Ok(rows)
    }

    fn events_of_customer(
        &self,
        customer: CustomerId,
        before: Option<Seq>,
        limit: usize,
        except: Option<ConversationId>,
    ) -> Result<Vec<EventRow>> {
        let before = before.unwrap_or(Seq::MAX);
        let except = except.map(bytes);
        let values = params![bytes(customer), except, signed(before), limited(limit)];
        let rows = self.all(sql::EVENTS_OF_CUSTOMER, values, event_row)?;
        let his: Vec<ConversationId> =
            self.all(sql::CONVERSATIONS_OF_FAMILY, params![bytes(customer), except], |row| id(row, 0))?;
        let tail = self.tail()?;
        let mut newest: Vec<Seq> = Vec::new();
        for conversation in his {
            newest.extend(tail.of_conversation(conversation, 0, before.saturating_sub(1)).rev().take(limit));
        }
        newest.sort_unstable();
        let mut rows = self.with_newest(rows, newest.into_iter().rev().take(limit))?;
        rows.reverse();
        rows.truncate(limit);
        Ok(rows)
    }

    fn events_by_message(&self, message: MessageHash) -> Result<Vec<EventRow>> {
        let rows = self.all(sql::EVENTS_BY_MESSAGE, [message], event_row)?;
        let newest: Vec<Seq> = self.tail()?.of_message(message).collect();
        self.with_newest(rows, newest)
    }

    fn requests_after(&self, position: u64, limit: usize) -> Result<Vec<(u64, RequestKey, At)>> {
        self.all(sql::REQUESTS_AFTER, params![signed(position), limited(limit)], |row| {
            Ok((number(row, 0)?, row.get(1)?, at(row, 2)?))
        })
    }

    fn request(&self, key: &RequestKey) -> Result<Option<Accepted>> {
        let newest = self.tail()?.of_request(*key);
        if let Some(position) = newest
            && let Some(found) = self.one(sql::REQUEST_AT, params![signed(position), key], accepted)?
        {
            return Ok(Some(found));
        }
        self.one(sql::REQUEST, [key], accepted)
    }

    fn entry(&self, seq: Seq) -> Result<Option<EntryRow>> {
        self.one(sql::ENTRY, [signed(seq)], entry_row)
    }

    fn entries_after(&self, after: Seq, limit: usize) -> Result<Vec<EntryRow>> {
        self.all(sql::ENTRIES_AFTER, params![signed(after), limited(limit)], entry_row)
    }

    fn entries_of_event(&self, event: Seq) -> Result<Vec<EntryRow>> {
        self.all(sql::ENTRIES_OF_EVENT, [signed(event)], entry_row)
    }

    fn feed(&self, connector: ConnectorId, after: Seq, limit: usize) -> Result<Vec<EntryRow>> {
        self.all(sql::FEED, params![bytes(connector), signed(after), limited(limit)], entry_row)
    }

    fn dead(&self, query: &DeadQuery) -> Result<Vec<EntryRow>> {
        let DeadQuery { resolved, connector, conversation, from, until, after, limit } = *query;
        let from = from.map_or(i64::MIN, At::millis);
        let until = until.map_or(i64::MAX, At::millis);
        let (connector, conversation) = (connector.map(bytes), conversation.map(bytes));
        let values = params![signed(after), connector, conversation, from, until, limited(limit)];
        self.all(if resolved { sql::RESOLVED } else { sql::DEAD }, values, entry_row)
    }

    fn pending(&self) -> Result<Vec<EntryRow>> {
        self.all(sql::PENDING, [], entry_row)
    }

    fn pending_counts(&self) -> Result<Vec<(ConnectorId, u64)>> {
        self.all(sql::PENDING_COUNTS, [], |row| Ok((id(row, 0)?, number(row, 1)?)))
    }

    fn configuration_push(&self, channel: ChannelId) -> Result<Option<EntryRow>> {
        self.one(sql::CONFIGURATION_PUSH, [bytes(channel)], entry_row)
    }

    fn configuration_delivered(&self, channel: ChannelId) -> Result<Option<EntryRow>> {
        self.one(sql::CONFIGURATION_DELIVERED, [bytes(channel)], entry_row)
    }

    fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRow>> {
        let AuditQuery { user, subject, deed, from, until, before, limit } = *query;
        let before = before.map_or(i64::MAX, signed);
        let from = from.map_or(i64::MIN, At::millis);
        let until = until.map_or(i64::MAX, At::millis);
        let limit = limited(limit);
        match (user, subject) {
            (None, None) => self.all(sql::AUDIT, params![before, deed, from, until, limit], audit_row),
            (None, Some(subject)) => {
                let values = params![before, deed, from, until, limit, bytes(subject)];
                self.all(sql::AUDIT_OF, values, audit_row)
            }
            (Some(user), subject) => {
                let values = params![before, deed, from, until, limit, bytes(user), subject.map(bytes)];
                self.all(sql::AUDIT_BY, values, audit_row)
            }
        }
    }

    fn audit_after(&self, after: Seq, limit: usize) -> Result<Vec<AuditRow>> {
        self.all(sql::AUDIT_AFTER, params![signed(after), limited(limit)], audit_row)
    }

    fn attempts(&self, entry: Seq) -> Result<Vec<AttemptRow>> {
        self.all(sql::ATTEMPTS, [signed(entry)], attempt_row)
    }

    fn attempts_after(&self, (entry, number): (Seq, u32), limit: usize) -> Result<Vec<AttemptRow>> {
        self.all(sql::ATTEMPTS_AFTER, params![signed(entry), number, limited(limit)], attempt_row)
    }

    fn tally(&self, row: &TallyRow) -> Result<Option<Vec<u8>>> {
        let values = params![row.kind, row.interval.millis(), row.subject];
        self.one(sql::TALLY, values, |row| row.get(0))
    }

    fn tallies(&self, kind: u8, from: At, until: At, limit: usize) -> Result<Vec<TallyRow>> {
        self.all(sql::TALLIES, params![kind, from.millis(), until.millis(), limited(limit)], tally_row)
    }

    fn first_interval(&self, kind: u8, from: At) -> Result<Option<At>> {
        self.one(sql::FIRST_INTERVAL, params![kind, from.millis()], |row| at(row, 0))
    }

    fn state_changes(&self, query: &LogQuery) -> Result<Vec<(LogPlace, StateChange)>> {
        let LogQuery { after, until, agent, limit } = *query;
        let (at, position) = (after.at.millis(), signed(after.position));
        let (until, limit) = (until.millis(), limited(limit));
        match agent {
            None => self.all(sql::STATE_CHANGES, params![at, position, until, limit], state_change),
            Some(agent) => {
                let values = params![at, position, until, limit, bytes(agent)];
                self.all(sql::STATE_CHANGES_OF, values, state_change)
            }
        }
    }

    fn finished_tasks(&self, query: &LogQuery) -> Result<Vec<(LogPlace, FinishedTask)>> {
        let LogQuery { after, until, limit, .. } = *query;
        let values = params![after.at.millis(), signed(after.position), until.millis(), limited(limit)];
        self.all(sql::FINISHED_TASKS, values, finished_task)
    }
}

// ---- changes -------------------------------------------------------------------------------------------------

impl RowsMut for Session<'_> {
    fn put_key(&mut self, row: KeyRow) -> Result<()> {
        let purpose = match row.purpose {
            Purpose::Data => 1,
            Purpose::Index => 2,
        };
        self.run(sql::KEY_PUT, params![row.kid, purpose, row.wrapped, row.created_at.millis()]).map(drop)
    }

    fn delete_key(&mut self, kid: Kid) -> Result<()> {
        self.run(sql::KEY_DELETE, [kid]).map(drop)
    }

    fn raise_next_seq(&mut self, next: Seq) -> Result<()> {
        self.run(sql::NEXT_SEQ_RAISE, [signed(next)]).map(drop)
    }

    fn put_object(&mut self, row: ObjectRow) -> Result<()> {
        let ObjectRow { kind, id, version, at, body } = row;
        let values = params![kind, bytes(id), signed(version), at.millis(), body];
        if body.is_some() {
            self.run(sql::OBJECT_PUT, values)?;
        } else {
            self.run(sql::OBJECT_DELETE, params![kind, bytes(id)])?;
        }
        self.run(sql::OBJECT_VERSION_ADD, values).map(drop)
    }

    fn amend_object(&mut self, row: ObjectRow) -> Result<()> {
        let ObjectRow { kind, id, version, at, body } = row;
        let values = params![kind, bytes(id), signed(version), at.millis(), body];
        self.run(sql::OBJECT_PUT, values)?;
        self.run(sql::OBJECT_VERSION_AMEND, values).map(drop)
    }

    fn replace_object_body(&mut self, position: u64, former: &ObjectRow, body: Vec<u8>) -> Result<()> {
        self.run(sql::OBJECT_RESEAL, params![former.kind, bytes(former.id), former.body, body])?;
        self.run(sql::OBJECT_VERSION_RESEAL, params![signed(position), body]).map(drop)
    }

    fn put_agent(&mut self, row: AgentRow) -> Result<()> {
        self.run(sql::AGENT_PUT, params![bytes(row.id), row.body]).map(drop)
    }

    fn delete_agent(&mut self, id: UserId) -> Result<()> {
        self.run(sql::AGENT_DELETE, [bytes(id)]).map(drop)
    }

    fn add_customer(&mut self, row: CustomerRow) -> Result<()> {
        let key = match row.key {
            Some(key) => {
                self.run(sql::CUSTOMER_KEY_ADD, [key])?;
                Some(self.connection.last_insert_rowid())
            }
            None => None,
        };
        let values = params![bytes(row.id), key, row.body, row.survivor.map(bytes)];
        self.run(sql::CUSTOMER_ADD, values).map(drop)
    }

    fn set_customer_body(
        &mut self,
        id: CustomerId,
        survivor: Option<CustomerId>,
        body: Vec<u8>,
    ) -> Result<()> {
        let values = params![bytes(id), body, survivor.map(bytes)];
        if self.run(sql::CUSTOMER_BODY, values)? == 0 {
            self.run(sql::CUSTOMER_BODY_SURVIVOR, values)?;
        }
        Ok(())
    }

    fn set_customer_key(&mut self, id: CustomerId, key: WrappedKey) -> Result<()> {
        self.run(sql::CUSTOMER_KEY_SET, params![bytes(id), key]).map(drop)
    }

    fn erase_customer(&mut self, id: CustomerId) -> Result<()> {
        for text in [
            sql::CUSTOMER_KEY_ERASE,
            sql::CUSTOMER_ERASE,
            sql::IDENTITIES_CLEAR,
            sql::CUSTOMER_ERASE_CONVERSATIONS,
        ] {
            self.run(text, [bytes(id)])?;
        }
        Ok(())
    }

    fn set_identities(&mut self, id: CustomerId, identities: &[BlindIndex]) -> Result<()> {
        self.run(sql::IDENTITIES_CLEAR, [bytes(id)])?;
        for identity in identities {
            self.run(sql::IDENTITY_ADD, params![identity, bytes(id)])?;
        }
        Ok(())
    }

    fn put_conversation(&mut self, row: ConversationRow) -> Result<()> {
        let ConversationRow { id, customer, live, started_at, closed_at, body } = row;
        let (id, customer, closed_at) = (bytes(id), bytes(customer), closed_at.map(At::millis));
        if self.run(sql::CONVERSATION_BODY, params![body, id, customer, live, closed_at])? == 0 {
            let values = params![id, customer, live, started_at.millis(), closed_at, body];
            self.run(sql::CONVERSATION_PUT, values)?;
        }
        Ok(())
    }

    fn delete_conversation(&mut self, id: ConversationId) -> Result<()> {
        self.run(sql::CONVERSATION_DELETE, [bytes(id)]).map(drop)
    }

    fn delete_event(&mut self, row: EventRow) -> Result<()> {
        self.tail.borrow_mut().forget(&row);
        self.run(sql::CONVERSATION_FORGET, params![bytes(row.conversation), signed(row.seq)])?;
        if let Some(message) = row.message {
            self.run(sql::MESSAGE_FORGET, params![message, signed(row.seq)])?;
        }
        self.run(sql::EVENT_DELETE, [signed(row.seq)]).map(drop)
    }

    fn add_mark(&mut self, mark: &BlindIndex, conversation: ConversationId) -> Result<()> {
        self.run(sql::MARK_ADD, params![mark, bytes(conversation)]).map(drop)
    }

    fn delete_mark(&mut self, mark: &BlindIndex, conversation: ConversationId) -> Result<()> {
        self.run(sql::MARK_DELETE, params![mark, bytes(conversation)]).map(drop)
    }

    fn add_event(&mut self, row: EventRow) -> Result<()> {
        let values = params![
            signed(row.seq),
            row.at.millis(),
            bytes(row.conversation),
            bytes(row.customer),
            row.session.map(bytes),
            row.fact,
            row.message,
            row.body,
        ];
        self.run(sql::EVENT_ADD, values)?;
        self.is_followed.set(false);
        Ok(self.tail.borrow().note_event(self.connection, &row)?)
    }

    fn rehome_event(&mut self, row: EventRow) -> Result<()> {
        self.run(sql::EVENT_REHOME, params![signed(row.seq), bytes(row.customer), row.body]).map(drop)
    }

    fn put_request(&mut self, row: RequestRow) -> Result<()> {
        let values = params![row.key, row.at.millis(), encode_accepted(&row.accepted)];
        self.is_followed.set(false);
        self.run(sql::REQUEST_PUT, values).map(drop)
    }

    fn put_entry(&mut self, row: EntryRow) -> Result<()> {
        let (lane_kind, lane) = match row.lane {
            Lane::Session(id) => (1, bytes(id)),
            Lane::Configuration(id) => (2, bytes(id)),
            Lane::Bot(id) => (3, bytes(id)),
        };
        let (event, conversation, customer, version) = match row.subject {
            SubjectRow::Event { event, conversation, customer } => {
                (Some(signed(event)), Some(bytes(conversation)), Some(bytes(customer)), None)
            }
            SubjectRow::Configuration { version } => (None, None, None, Some(signed(version))),
        };
        let (status, moment, via, reason) = match &row.status {
            StatusRow::Pending { due } => (0, due, None, None),
            StatusRow::Delivered { at, how: Via::Webhook } => (1, at, Some(1), None),
            StatusRow::Delivered { at, how: Via::Feed } => (1, at, Some(2), None),
            StatusRow::Dead { at, reason } => (2, at, None, reason.as_ref()),
            StatusRow::Superseded { at } => (3, at, None, None),
            StatusRow::Resolved { at, letter } => (4, at, None, letter.as_ref()),
        };
        let values = params![
            signed(row.seq),
            bytes(row.receiver),
            lane_kind,
            lane,
            event,
            conversation,
            customer,
            version,
            signed(row.previous),
            row.created_at.millis(),
            row.attempts,
            status,
            moment.millis(),
            via,
            reason,
        ];
        self.run(sql::ENTRY_PUT, values).map(drop)
    }

    fn put_attempt(&mut self, row: AttemptRow) -> Result<()> {
        let values = params![
            signed(row.entry),
            row.number,
            row.at.millis(),
            row.duration_ms,
            row.status,
            row.customer.map(bytes),
            row.error,
        ];
        self.run(sql::ATTEMPT_PUT, values).map(drop)
    }

    fn add_audit(&mut self, row: AuditRow) -> Result<()> {
        let kind = match row.actor {
            Actor::System => 0,
            Actor::User(_) => 1,
            Actor::Stranger => 2,
        };
        let values = params![
            signed(row.seq),
            row.at.millis(),
            kind,
            row.actor.user().map(bytes),
            row.deed,
            row.subject.map(bytes),
            row.customer.map(bytes),
            row.body,
        ];
        self.run(sql::AUDIT_ADD, values).map(drop)
    }

    fn replace_audit_body(&mut self, seq: Seq, body: Vec<u8>) -> Result<()> {
        self.run(sql::AUDIT_GATE, [true])?;
        self.run(sql::AUDIT_RESEAL, params![signed(seq), body])?;
        self.run(sql::AUDIT_GATE, [false]).map(drop)
    }

    fn purge_audit(&mut self, before: At, limit: usize) -> Result<u64> {
        self.run(sql::AUDIT_GATE, [true])?;
        let removed = self.run(sql::AUDIT_PURGE, params![before.millis(), limited(limit)])?;
        self.run(sql::AUDIT_GATE, [false])?;
        Ok(removed as u64)
    }

    fn purge_requests(&mut self, before: At, limit: usize) -> Result<u64> {
        let values = params![before.millis(), limited(limit)];
        let Some(until) =
            self.one(sql::REQUESTS_PURGED_UNTIL, values, |row| row.get::<_, Option<i64>>(0))?.flatten()
        else {
            return Ok(0);
        };
        let values = params![before.millis(), until];
        self.run(sql::REQUESTS_PURGE_KEYS, values)?;
        let removed = self.run(sql::REQUESTS_PURGE, values)?;
        self.run(sql::REQUESTS_PURGED, [until])?;
        Ok(removed as u64)
    }

    fn delete_entry(&mut self, seq: Seq) -> Result<()> {
        self.run(sql::ATTEMPTS_DELETE, [signed(seq)])?;
        self.run(sql::ENTRY_DELETE, [signed(seq)]).map(drop)
    }

    fn put_tally(&mut self, row: TallyRow) -> Result<()> {
        let values = params![row.kind, row.interval.millis(), row.subject, row.counts];
        self.run(sql::TALLY_PUT, values).map(drop)
    }

    fn add_state_change(&mut self, change: &StateChange) -> Result<()> {
        let mrd = match change.what {
            What::Domain(mrd, _) => Some(bytes(mrd)),
            _ => None,
        };
        let values = params![
            change.at.millis(),
            bytes(change.agent),
            codec::what_code(change.what),
            mrd,
            change.reason.map(bytes),
        ];
        self.run(sql::STATE_CHANGE_ADD, values).map(drop)
    }

    fn add_finished_task(&mut self, task: &FinishedTask) -> Result<()> {
        let values = params![
            task.closed_at.millis(),
            bytes(task.task),
            bytes(task.conversation),
            task.channel.map(bytes),
            task.queue.map(bytes),
            bytes(task.mrd),
            task.agent.map(bytes),
            codec::direction_code(task.direction),
            codec::mode_code(task.mode),
            task.priority,
            task.queued_at.millis(),
            task.offered_at.map(At::millis),
            task.answered_at.map(At::millis),
            signed(task.wrapped.as_millis()),
            signed(task.held.as_millis()),
            codec::ending_code(task.ending),
        ];
        self.run(sql::FINISHED_TASK_ADD, values).map(drop)
    }

    fn purge_reports(&mut self, sums_before: At, lines_before: At, limit: usize) -> Result<u64> {
        let mut removed = 0;
        for kind in SubjectKind::ALL {
            let values = params![kind.code(), sums_before.millis(), limited(limit)];
            removed += self.run(sql::TALLIES_PURGE, values)?;
        }
        for text in [sql::STATE_CHANGES_PURGE, sql::FINISHED_TASKS_PURGE] {
            removed += self.run(text, params![lines_before.millis(), limited(limit)])?;
        }
        Ok(removed as u64)
    }
}
