//! What is written.

use rusqlite::params;
use tieline_core::audit::Actor;
use tieline_core::delivery::{Lane, Via};
use tieline_core::event::Seq;
use tieline_core::id::{ConversationId, CustomerId, UserId};
use tieline_core::report::{FinishedTask, StateChange, SubjectKind, What};
use tieline_core::time::At;

use super::Session;
use crate::codec::figures;
use crate::error::Result;
use crate::rows::{
    AgentRow, AttemptRow, AuditRow, BlindIndex, ConversationRow, CustomerRow, EntryRow, EventRow, KeyRow,
    ObjectRow, Purpose, RequestRow, RowsMut, StatusRow, SubjectRow, TallyRow, WrappedKey,
};
use crate::seal::Kid;
use crate::sqlite::columns::{bytes, encode_accepted, limited, signed};
use crate::sqlite::statements as sql;

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
            figures::what_code(change.what),
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
            figures::direction_code(task.direction),
            figures::mode_code(task.mode),
            task.priority,
            task.queued_at.millis(),
            task.offered_at.map(At::millis),
            task.answered_at.map(At::millis),
            signed(task.wrapped.as_millis()),
            signed(task.held.as_millis()),
            figures::ending_code(task.ending),
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
