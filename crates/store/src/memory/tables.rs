//! The tables of a memory store: ordered maps that remember how to undo a transaction.

mod changes;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use tieline_core::delivery::Lane;
use tieline_core::event::Seq;
use tieline_core::facts::{Accepted, RequestKey};
use tieline_core::id::{ChannelId, ConnectorId, ConversationId, CustomerId, Id, UserId};
use tieline_core::report::{FinishedTask, StateChange};
use tieline_core::time::At;

use crate::error::{Error, Result};
use crate::report::LogPlace;
use crate::rows::{
    AgentRow, AttemptRow, AuditQuery, AuditRow, BlindIndex, ConversationQuery, ConversationRow, CustomerRow,
    DeadQuery, Ends, EntryRow, EventRow, KeyRow, LogQuery, MessageHash, ObjectRow, Purpose, RequestRow, Rows,
    TallyRow,
};
use crate::seal::Kid;
use table::Table;

/// Declares the tables and what is done to all of them.
macro_rules! tables {
    ($($name:ident: $key:ty => $row:ty,)*) => {
        #[derive(Default)]
        pub(super) struct Tables {
            $($name: Table<$key, $row>,)*
        }

        impl Tables {
            pub(super) fn keep(&mut self) {
                $(self.$name.keep();)*
            }

            pub(super) fn roll_back(&mut self) {
                $(self.$name.roll_back();)*
            }
        }
    };
}

tables! {
    keys: Kid => KeyRow,
    next_seq: () => Seq,
    objects: (u8, Id) => ObjectRow,
    object_history: u64 => ObjectRow,
    agents: UserId => AgentRow,
    customers: CustomerId => CustomerRow,
    identities: (BlindIndex, CustomerId) => (),
    identities_of: CustomerId => Vec<BlindIndex>,
    conversations: ConversationId => ConversationRow,
    marks: (BlindIndex, ConversationId) => (),
    events: Seq => EventRow,
    events_of: (ConversationId, Seq) => (),
    messages: (MessageHash, Seq) => (),
    requests: u64 => RequestRow,
    request_of: RequestKey => u64,
    entries: Seq => EntryRow,
    attempts: (Seq, u32) => AttemptRow,
    tallies: (u8, At, Vec<u8>) => TallyRow,
    state_changes: LogPlace => StateChange,
    finished: LogPlace => FinishedTask,
    log_end: () => u64,
    audit: Seq => AuditRow,
}

const FIRST_ID: Id = Id([0; 12]);
const LAST_ID: Id = Id([255; 12]);

fn key_of(row: &TallyRow) -> (u8, At, Vec<u8>) {
    (row.kind, row.interval, row.subject.clone())
}

impl Tables {
    fn next_place(&mut self, at: At) -> LogPlace {
        let position = self.log_end.get(&()).unwrap_or_default() + 1;
        self.log_end.put((), position);
        LogPlace { at, position }
    }

    fn entries_where(&self, after: Seq, limit: usize, meant: impl Fn(&EntryRow) -> bool) -> Vec<EntryRow> {
        let entries = self.entries.range(after.saturating_add(1)..).map(|(_, row)| row);
        entries.filter(|row| meant(row)).take(limit).cloned().collect()
    }

    fn customers_after(&self, after: Option<CustomerId>) -> impl Iterator<Item = &CustomerRow> {
        let present = self.customers.values().filter(|row| row.body.is_some());
        present.filter(move |row| after.is_none_or(|after| row.id > after))
    }

    /// A customer and everybody he stands for.
    fn family(&self, customer: CustomerId) -> BTreeSet<CustomerId> {
        let (mut found, mut next) = (BTreeSet::from([customer]), vec![customer]);
        while let Some(survivor) = next.pop() {
            let behind = self.customers.values().filter(|row| row.survivor == Some(survivor));
            next.extend(behind.map(|row| row.id).filter(|id| found.insert(*id)));
        }
        found
    }

    fn event_at(&self, seq: Seq) -> Result<EventRow> {
        self.events
            .get(&seq)
            .ok_or_else(|| Error::Inconsistent(format!("event {seq} is indexed, but not there")))
    }
}

impl Rows for Tables {
    fn keys(&self) -> Result<Vec<KeyRow>> {
        Ok(self.keys.values().cloned().collect())
    }

    fn data_kids(&self) -> Result<Vec<Kid>> {
        Ok(self.keys.values().filter(|row| row.purpose == Purpose::Data).map(|row| row.kid).collect())
    }

    fn ends(&self) -> Result<Ends> {
        Ok(Ends {
            object_history: self.object_history.last_key().unwrap_or_default(),
            entry: self.entries.last_key().unwrap_or_default(),
            audit: self.audit.last_key().unwrap_or_default(),
            customer: self.customers.last_key(),
        })
    }

    fn next_seq(&self) -> Result<Seq> {
        Ok(self.next_seq.get(&()).unwrap_or_default())
    }

    fn objects(&self) -> Result<Vec<ObjectRow>> {
        Ok(self.objects.values().cloned().collect())
    }

    fn object_versions(&self, kind: u8, id: Id, limit: usize) -> Result<Vec<ObjectRow>> {
        let newest_first = self.object_history.values().rev();
        Ok(newest_first.filter(|row| row.kind == kind && row.id == id).take(limit).cloned().collect())
    }

    fn object_history(&self, after: u64, limit: usize) -> Result<Vec<(u64, ObjectRow)>> {
        let rows = self.object_history.range(after.saturating_add(1)..);
        Ok(rows.take(limit).map(|(position, row)| (*position, row.clone())).collect())
    }

    fn agents(&self) -> Result<Vec<AgentRow>> {
        Ok(self.agents.values().cloned().collect())
    }

    fn customer(&self, id: CustomerId) -> Result<Option<CustomerRow>> {
        Ok(self.customers.get(&id))
    }

    fn customers(&self, after: Option<CustomerId>, limit: usize) -> Result<Vec<CustomerRow>> {
        Ok(self.customers_after(after).take(limit).cloned().collect())
    }

    fn listed_customers(
        &self,
        after: Option<CustomerId>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<CustomerRow>> {
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let listed = self.customers_after(after).filter(|row| row.survivor.is_none());
        Ok(listed.skip(skip).take(limit).cloned().collect())
    }

    fn listed_customer_count(&self) -> Result<u64> {
        Ok(self.customers_after(None).filter(|row| row.survivor.is_none()).count() as u64)
    }

    fn holders(
        &self,
        identity: &BlindIndex,
        after: Option<CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>> {
        let range = (*identity, CustomerId(FIRST_ID))..=(*identity, CustomerId(LAST_ID));
        let holders = self.identities.range(range).map(|((_, customer), ())| *customer);
        Ok(holders.filter(|id| after.is_none_or(|after| *id > after)).take(limit).collect())
    }

    fn conversation(&self, id: ConversationId) -> Result<Option<ConversationRow>> {
        Ok(self.conversations.get(&id))
    }

    fn conversations(&self, query: &ConversationQuery) -> Result<Vec<ConversationRow>> {
        let newest_first = self.conversations.values().rev().filter(|row| row.body.is_some());
        let family = query.customer.map(|customer| self.family(customer));
        let meant = newest_first
            .filter(|row| query.before.is_none_or(|before| row.id < before))
            .filter(|row| family.as_ref().is_none_or(|family| family.contains(&row.customer)))
            .filter(|row| row.live || !query.live_only);
        Ok(meant.take(query.limit).cloned().collect())
    }

    fn ended(
        &self,
        before: At,
        until: ConversationId,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>> {
        let by_id = self.conversations.range(..until).map(|(_, row)| row);
        let pending: BTreeSet<ConversationId> =
            self.entries.values().filter(|row| row.is_pending()).filter_map(EntryRow::conversation).collect();
        let meant = by_id
            .filter(|row| !pending.contains(&row.id))
            .filter(|row| after.is_none_or(|after| row.id > after))
            .filter(|row| !row.live && row.closed_at.is_some_and(|at| at < before));
        Ok(meant.take(limit).map(|row| row.id).collect())
    }

    fn marked(
        &self,
        mark: &BlindIndex,
        before: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>> {
        let range = (*mark, ConversationId(FIRST_ID))..=(*mark, ConversationId(LAST_ID));
        let newest_first = self.marks.range(range).rev().map(|((_, conversation), ())| *conversation);
        Ok(newest_first.filter(|id| before.is_none_or(|before| *id < before)).take(limit).collect())
    }

    fn event(&self, seq: Seq) -> Result<Option<EventRow>> {
        Ok(self.events.get(&seq))
    }

    fn events_after(&self, after: Seq, limit: usize) -> Result<Vec<EventRow>> {
        Ok(self.events.range(after.saturating_add(1)..).take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn events(
        &self,
        conversation: ConversationId,
        after: Seq,
        until: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<EventRow>> {
        let until = until.unwrap_or(Seq::MAX);
        if after >= until {
            return Ok(Vec::new());
        }
        let range = (conversation, after + 1)..=(conversation, until);
        self.events_of.range(range).take(limit).map(|((_, seq), ())| self.event_at(*seq)).collect()
    }

    fn events_before(
        &self,
        conversation: ConversationId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<EventRow>> {
        let range = (conversation, 0)..(conversation, before.unwrap_or(Seq::MAX));
        self.events_of.range(range).rev().take(limit).map(|((_, seq), ())| self.event_at(*seq)).collect()
    }

    fn events_of_customer(
        &self,
        customer: CustomerId,
        before: Option<Seq>,
        limit: usize,
        except: Option<ConversationId>,
    ) -> Result<Vec<EventRow>> {
        let before = before.unwrap_or(Seq::MAX);
        let mut seqs: Vec<Seq> = Vec::new();
        let family = self.family(customer);
        let conversations = self.conversations.values().filter(|row| family.contains(&row.customer));
        for row in conversations.filter(|row| Some(row.id) != except) {
            seqs.extend(self.events_of.range((row.id, 0)..(row.id, before)).map(|((_, seq), ())| *seq));
        }
        seqs.sort_unstable_by(|a, b| b.cmp(a));
        seqs.into_iter().take(limit).map(|seq| self.event_at(seq)).collect()
    }

    fn events_by_message(&self, message: MessageHash) -> Result<Vec<EventRow>> {
        let range = (message, 0)..=(message, Seq::MAX);
        self.messages.range(range).map(|((_, seq), ())| self.event_at(*seq)).collect()
    }

    fn request(&self, key: &RequestKey) -> Result<Option<Accepted>> {
        let position = self.request_of.get(key);
        Ok(position.and_then(|position| self.requests.get(&position)).map(|row| row.accepted))
    }

    fn requests_after(&self, position: u64, limit: usize) -> Result<Vec<(u64, RequestKey, At)>> {
        let rows = self.requests.range(position.saturating_add(1)..);
        Ok(rows.take(limit).map(|(position, row)| (*position, row.key, row.at)).collect())
    }

    fn entry(&self, seq: Seq) -> Result<Option<EntryRow>> {
        Ok(self.entries.get(&seq))
    }

    fn entries_after(&self, after: Seq, limit: usize) -> Result<Vec<EntryRow>> {
        Ok(self.entries_where(after, limit, |_| true))
    }

    fn entries_of_event(&self, event: Seq) -> Result<Vec<EntryRow>> {
        use crate::rows::SubjectRow;
        let is_meant =
            |row: &EntryRow| matches!(row.subject, SubjectRow::Event { event: of, .. } if of == event);
        Ok(self.entries_where(0, usize::MAX, is_meant))
    }

    fn feed(&self, connector: ConnectorId, after: Seq, limit: usize) -> Result<Vec<EntryRow>> {
        use crate::rows::StatusRow;
        Ok(self.entries_where(after, limit, |row| {
            row.receiver == connector.into()
                && !matches!(row.status, StatusRow::Superseded { .. } | StatusRow::Resolved { .. })
        }))
    }

    fn dead(&self, query: &DeadQuery) -> Result<Vec<EntryRow>> {
        Ok(self.entries_where(query.after, query.limit, |row| query.matches(row)))
    }

    fn pending(&self) -> Result<Vec<EntryRow>> {
        Ok(self.entries_where(0, usize::MAX, EntryRow::is_pending))
    }

    fn pending_counts(&self) -> Result<Vec<(ConnectorId, u64)>> {
        let mut counts = BTreeMap::new();
        for row in self.entries.values().filter(|row| row.is_pending()) {
            *counts.entry(row.receiver.into()).or_default() += 1;
        }
        Ok(counts.into_iter().collect())
    }

    fn configuration_push(&self, channel: ChannelId) -> Result<Option<EntryRow>> {
        Ok(self.entries.values().rev().find(|row| row.lane == Lane::Configuration(channel)).cloned())
    }

    fn configuration_delivered(&self, channel: ChannelId) -> Result<Option<EntryRow>> {
        let newest_first = self.entries.values().rev();
        let mut delivered = newest_first.filter(|row| row.is_delivered());
        Ok(delivered.find(|row| row.lane == Lane::Configuration(channel)).cloned())
    }

    fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRow>> {
        let AuditQuery { user, subject, deed, from, until, before, limit } = *query;
        let newest_first = self.audit.range(..before.unwrap_or(Seq::MAX)).rev().map(|(_, row)| row);
        let meant = newest_first
            .filter(|row| user.is_none() || row.actor.user() == user)
            .filter(|row| subject.is_none() || row.subject == subject)
            .filter(|row| deed.is_none_or(|deed| row.deed == deed))
            .filter(|row| from.is_none_or(|from| row.at >= from))
            .filter(|row| until.is_none_or(|until| row.at < until));
        Ok(meant.take(limit).cloned().collect())
    }

    fn audit_after(&self, after: Seq, limit: usize) -> Result<Vec<AuditRow>> {
        let rows = self.audit.range(after.saturating_add(1)..);
        Ok(rows.take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn attempts(&self, entry: Seq) -> Result<Vec<AttemptRow>> {
        Ok(self.attempts.range((entry, 0)..=(entry, u32::MAX)).map(|(_, row)| row.clone()).collect())
    }

    fn attempts_after(&self, after: (Seq, u32), limit: usize) -> Result<Vec<AttemptRow>> {
        let rows = self.attempts.range((Bound::Excluded(after), Bound::Unbounded));
        Ok(rows.take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn tally(&self, row: &TallyRow) -> Result<Option<Vec<u8>>> {
        Ok(self.tallies.get(&key_of(row)).map(|present| present.counts))
    }

    fn tallies(&self, kind: u8, from: At, until: At, limit: usize) -> Result<Vec<TallyRow>> {
        if from >= until {
            return Ok(Vec::new());
        }
        let range = (kind, from, Vec::new())..(kind, until, Vec::new());
        Ok(self.tallies.range(range).take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn first_interval(&self, kind: u8, from: At) -> Result<Option<At>> {
        let mut rows =
            self.tallies.range((kind, from, Vec::new())..(kind + 1, At::from_millis(i64::MIN), Vec::new()));
        Ok(rows.next().map(|((_, interval, _), _)| *interval))
    }

    fn state_changes(&self, query: &LogQuery) -> Result<Vec<(LogPlace, StateChange)>> {
        let lines = self.state_changes.range((Bound::Excluded(query.after), Bound::Unbounded));
        let meant = lines
            .take_while(|(place, _)| place.at < query.until)
            .filter(|(_, change)| query.agent.is_none_or(|agent| change.agent == agent));
        Ok(meant.take(query.limit).map(|(place, change)| (*place, *change)).collect())
    }

    fn finished_tasks(&self, query: &LogQuery) -> Result<Vec<(LogPlace, FinishedTask)>> {
        let lines = self.finished.range((Bound::Excluded(query.after), Bound::Unbounded));
        let meant = lines.take_while(|(place, _)| place.at < query.until);
        Ok(meant.take(query.limit).map(|(place, task)| (*place, *task)).collect())
    }
}
