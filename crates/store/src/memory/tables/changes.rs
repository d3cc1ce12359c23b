//! What is written.

use tieline_core::event::Seq;
use tieline_core::facts::RequestKey;
use tieline_core::id::{ConversationId, CustomerId, UserId};
use tieline_core::report::{FinishedTask, StateChange, SubjectKind};
use tieline_core::time::At;

use super::{Tables, key_of};
use crate::error::{Error, Result};
use crate::report::LogPlace;
use crate::rows::{
    AgentRow, AttemptRow, AuditRow, BlindIndex, ConversationRow, CustomerRow, EntryRow, EventRow, KeyRow,
    ObjectRow, RequestRow, Rows, RowsMut, TallyRow, WrappedKey,
};
use crate::seal::Kid;

impl RowsMut for Tables {
    fn put_key(&mut self, row: KeyRow) -> Result<()> {
        self.keys.put(row.kid, row);
        Ok(())
    }

    fn delete_key(&mut self, kid: Kid) -> Result<()> {
        self.keys.remove(&kid);
        Ok(())
    }

    fn raise_next_seq(&mut self, next: Seq) -> Result<()> {
        let next = next.max(self.next_seq()?);
        self.next_seq.put((), next);
        Ok(())
    }

    fn put_object(&mut self, row: ObjectRow) -> Result<()> {
        let key = (row.kind, row.id);
        if row.body.is_some() {
            self.objects.put(key, row.clone());
        } else {
            self.objects.remove(&key);
        }
        let position = self.object_history.last_key().unwrap_or_default() + 1;
        self.object_history.put(position, row);
        Ok(())
    }

    fn amend_object(&mut self, row: ObjectRow) -> Result<()> {
        let same = |kept: &ObjectRow| kept.kind == row.kind && kept.id == row.id;
        let newest = self.object_history.range(..).rev().find(|(_, kept)| same(kept));
        if let Some(position) = newest.map(|(position, _)| *position) {
            self.object_history.put(position, row.clone());
        }
        self.objects.put((row.kind, row.id), row);
        Ok(())
    }

    fn replace_object_body(&mut self, position: u64, former: &ObjectRow, body: Vec<u8>) -> Result<()> {
        let key = (former.kind, former.id);
        let row = ObjectRow { body: Some(body), ..*former };
        if self.objects.get(&key).is_some_and(|present| present.body == former.body) {
            self.objects.put(key, row.clone());
        }
        self.object_history.put(position, row);
        Ok(())
    }

    fn put_agent(&mut self, row: AgentRow) -> Result<()> {
        self.agents.put(row.id, row);
        Ok(())
    }

    fn delete_agent(&mut self, id: UserId) -> Result<()> {
        self.agents.remove(&id);
        Ok(())
    }

    fn add_customer(&mut self, row: CustomerRow) -> Result<()> {
        self.customers.put(row.id, row);
        Ok(())
    }

    fn set_customer_body(
        &mut self,
        id: CustomerId,
        survivor: Option<CustomerId>,
        body: Vec<u8>,
    ) -> Result<()> {
        if let Some(row) = self.customers.get(&id) {
            self.customers.put(id, CustomerRow { survivor, body: Some(body), ..row });
        }
        Ok(())
    }

    fn set_customer_key(&mut self, id: CustomerId, key: WrappedKey) -> Result<()> {
        if let Some(row) = self.customers.get(&id).filter(|row| row.key.is_some()) {
            self.customers.put(id, CustomerRow { key: Some(key), ..row });
        }
        Ok(())
    }

    fn erase_customer(&mut self, id: CustomerId) -> Result<()> {
        self.set_identities(id, &[])?;
        if let Some(row) = self.customers.get(&id) {
            self.customers.put(id, CustomerRow { key: None, survivor: None, body: None, ..row });
        }
        let his: Vec<ConversationRow> =
            self.conversations.values().filter(|row| row.customer == id).cloned().collect();
        for row in his {
            self.conversations.put(row.id, ConversationRow { live: false, body: None, ..row });
        }
        Ok(())
    }

    fn set_identities(&mut self, id: CustomerId, identities: &[BlindIndex]) -> Result<()> {
        for identity in self.identities_of.remove(&id).unwrap_or_default() {
            self.identities.remove(&(identity, id));
        }
        for identity in identities {
            self.identities.put((*identity, id), ());
        }
        self.identities_of.put(id, identities.to_vec());
        Ok(())
    }

    fn put_conversation(&mut self, row: ConversationRow) -> Result<()> {
        self.conversations.put(row.id, row);
        Ok(())
    }

    fn delete_conversation(&mut self, id: ConversationId) -> Result<()> {
        self.conversations.remove(&id);
        Ok(())
    }

    fn delete_event(&mut self, row: EventRow) -> Result<()> {
        self.events.remove(&row.seq);
        self.events_of.remove(&(row.conversation, row.seq));
        if let Some(message) = row.message {
            self.messages.remove(&(message, row.seq));
        }
        Ok(())
    }

    fn add_mark(&mut self, mark: &BlindIndex, conversation: ConversationId) -> Result<()> {
        self.marks.put((*mark, conversation), ());
        Ok(())
    }

    fn delete_mark(&mut self, mark: &BlindIndex, conversation: ConversationId) -> Result<()> {
        self.marks.remove(&(*mark, conversation));
        Ok(())
    }

    fn add_event(&mut self, row: EventRow) -> Result<()> {
        if self.events.get(&row.seq).is_some() {
            return Err(Error::Inconsistent(format!("there is an event {} already", row.seq)));
        }
        self.events_of.put((row.conversation, row.seq), ());
        if let Some(message) = row.message {
            self.messages.put((message, row.seq), ());
        }
        self.events.put(row.seq, row);
        Ok(())
    }

    fn rehome_event(&mut self, row: EventRow) -> Result<()> {
        self.events.put(row.seq, row);
        Ok(())
    }

    fn put_request(&mut self, row: RequestRow) -> Result<()> {
        if let Some(former) = self.request_of.get(&row.key) {
            self.requests.remove(&former);
        }
        let position = self.requests.last_key().unwrap_or_default() + 1;
        self.request_of.put(row.key, position);
        self.requests.put(position, row);
        Ok(())
    }

    fn put_entry(&mut self, row: EntryRow) -> Result<()> {
        self.entries.put(row.seq, row);
        Ok(())
    }

    fn put_attempt(&mut self, row: AttemptRow) -> Result<()> {
        self.attempts.put((row.entry, row.number), row);
        Ok(())
    }

    fn add_audit(&mut self, row: AuditRow) -> Result<()> {
        self.audit.put(row.seq, row);
        Ok(())
    }

    fn replace_audit_body(&mut self, seq: Seq, body: Vec<u8>) -> Result<()> {
        if let Some(row) = self.audit.get(&seq) {
            self.audit.put(seq, AuditRow { body: Some(body), ..row });
        }
        Ok(())
    }

    fn purge_audit(&mut self, before: At, limit: usize) -> Result<u64> {
        let old: Vec<Seq> =
            self.audit.values().take(limit).filter(|row| row.at < before).map(|row| row.seq).collect();
        for seq in &old {
            self.audit.remove(seq);
        }
        Ok(old.len() as u64)
    }

    fn purge_requests(&mut self, before: At, limit: usize) -> Result<u64> {
        let oldest = self.requests.range(..).filter(|(_, row)| row.at < before).take(limit);
        let old: Vec<(u64, RequestKey)> = oldest.map(|(position, row)| (*position, row.key)).collect();
        for (position, key) in &old {
            self.requests.remove(position);
            self.request_of.remove(key);
        }
        Ok(old.len() as u64)
    }

    fn delete_entry(&mut self, seq: Seq) -> Result<()> {
        self.entries.remove(&seq);
        for attempt in self.attempts(seq)? {
            self.attempts.remove(&(attempt.entry, attempt.number));
        }
        Ok(())
    }

    fn put_tally(&mut self, row: TallyRow) -> Result<()> {
        self.tallies.put(key_of(&row), row);
        Ok(())
    }

    fn add_state_change(&mut self, change: &StateChange) -> Result<()> {
        let place = self.next_place(change.at);
        self.state_changes.put(place, *change);
        Ok(())
    }

    fn add_finished_task(&mut self, task: &FinishedTask) -> Result<()> {
        let place = self.next_place(task.closed_at);
        self.finished.put(place, *task);
        Ok(())
    }

    fn purge_reports(&mut self, sums_before: At, lines_before: At, limit: usize) -> Result<u64> {
        let sums: Vec<_> = SubjectKind::ALL
            .iter()
            .flat_map(|kind| {
                let from = At::from_millis(i64::MIN);
                self.tallies.range((kind.code(), from, Vec::new())..(kind.code(), sums_before, Vec::new()))
            })
            .take(limit)
            .map(|(key, _)| key.clone())
            .collect();
        let end = LogPlace { at: lines_before, position: 0 };
        let changes: Vec<_> = self.state_changes.range(..end).take(limit).map(|(place, _)| *place).collect();
        let tasks: Vec<_> = self.finished.range(..end).take(limit).map(|(place, _)| *place).collect();
        let removed = sums.len() + changes.len() + tasks.len();
        for key in sums {
            self.tallies.remove(&key);
        }
        for place in changes {
            self.state_changes.remove(&place);
        }
        for place in tasks {
            self.finished.remove(&place);
        }
        Ok(removed as u64)
    }
}
