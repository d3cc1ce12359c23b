//! What is read.

use rusqlite::params;
use tieline_core::event::Seq;
use tieline_core::facts::{Accepted, RequestKey};
use tieline_core::id::{ChannelId, ConnectorId, ConversationId, CustomerId, Id};
use tieline_core::report::{FinishedTask, StateChange};
use tieline_core::time::At;

use super::Session;
use crate::error::Result;
use crate::report::LogPlace;
use crate::rows::{
    AgentRow, AttemptRow, AuditQuery, AuditRow, BlindIndex, ConversationQuery, ConversationRow, CustomerRow,
    DeadQuery, Ends, EntryRow, EventRow, KeyRow, LogQuery, MessageHash, ObjectRow, Rows, TallyRow,
};
use crate::seal::Kid;
use crate::sqlite::columns::{
    LAST_ID, accepted, agent_row, at, attempt_row, audit_row, bytes, conversation_row, customer_row, ends,
    entry_row, event_row, finished_task, id, key_row, limited, number, object_row, signed, state_change,
    tally_row,
};
use crate::sqlite::statements as sql;

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

/// What is listed after; an empty blob sorts before every id.
fn before_all(after: Option<impl Into<Id>>) -> Vec<u8> {
    after.map_or(Vec::new(), |id| bytes(id).to_vec())
}
