//! What a backend keeps: rows of ids, times, small numbers and sealed blobs, and the questions asked of them.
//!
//! Both traits are synchronous: a backend runs work where its connection lives. Lists are in the order their
//! function names; a limit is never exceeded.

use tieline_core::audit::Actor;
use tieline_core::delivery::{Lane, Via};
use tieline_core::event::Seq;
use tieline_core::facts::{Accepted, RequestKey};
use tieline_core::id::{ChannelId, ConnectorId, ConversationId, CustomerId, Id, SessionId, UserId};
use tieline_core::report::{FinishedTask, StateChange};
use tieline_core::time::At;

use crate::error::Result;
use crate::report::LogPlace;
use crate::seal::{KEY_BYTES, Kid, OVERHEAD_BYTES};

/// Keyed hash under which a customer or a conversation is found.
pub(crate) type BlindIndex = [u8; 16];
/// Keyed hash of a message's id. Two messages may share it.
pub(crate) type MessageHash = i64;
/// Sealed, or gone: `None` is what an erased customer leaves.
pub(crate) type Body = Option<Vec<u8>>;
/// A customer's key, sealed with a data key. Its length never changes, so that it is replaced where it stands.
pub(crate) type WrappedKey = [u8; KEY_BYTES + OVERHEAD_BYTES];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Data,
    Index,
}

#[derive(Debug, Clone)]
pub(crate) struct KeyRow {
    pub(crate) kid: Kid,
    pub(crate) purpose: Purpose,
    pub(crate) wrapped: Vec<u8>,
    /// For operators only; nothing decides by it.
    pub(crate) created_at: At,
}

/// One version of a registry object; without a body it says that the object was deleted.
#[derive(Debug, Clone)]
pub(crate) struct ObjectRow {
    pub(crate) kind: u8,
    pub(crate) id: Id,
    pub(crate) version: u64,
    pub(crate) at: At,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) struct CustomerRow {
    pub(crate) id: CustomerId,
    /// Without it, the customer was erased.
    pub(crate) key: Option<WrappedKey>,
    /// Who stands for him since they were merged.
    pub(crate) survivor: Option<CustomerId>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) struct ConversationRow {
    pub(crate) id: ConversationId,
    pub(crate) customer: CustomerId,
    pub(crate) live: bool,
    pub(crate) started_at: At,
    pub(crate) closed_at: Option<At>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) struct AgentRow {
    pub(crate) id: UserId,
    pub(crate) body: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    pub(crate) seq: Seq,
    pub(crate) at: At,
    pub(crate) conversation: ConversationId,
    pub(crate) customer: CustomerId,
    pub(crate) session: Option<SessionId>,
    /// What kind of fact, for statistics that outlive the customer.
    pub(crate) fact: u8,
    /// Of messages only.
    pub(crate) message: Option<MessageHash>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) struct EntryRow {
    pub(crate) seq: Seq,
    /// A connector, or in a bot's lane the bot.
    pub(crate) receiver: Id,
    pub(crate) lane: Lane,
    pub(crate) subject: SubjectRow,
    pub(crate) previous: Seq,
    pub(crate) created_at: At,
    pub(crate) attempts: u32,
    pub(crate) status: StatusRow,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum SubjectRow {
    Event { event: Seq, conversation: ConversationId, customer: CustomerId },
    Configuration { version: u64 },
}

#[derive(Debug, Clone)]
pub(crate) enum StatusRow {
    Pending { due: At },
    Delivered { at: At, how: Via },
    Dead { at: At, reason: Body },
    Resolved { at: At, letter: Body },
    Superseded { at: At },
}

impl StatusRow {
    /// What is sealed of it.
    pub(crate) const fn text(&mut self) -> Option<&mut Body> {
        match self {
            Self::Dead { reason: text, .. } | Self::Resolved { letter: text, .. } => Some(text),
            Self::Pending { .. } | Self::Delivered { .. } | Self::Superseded { .. } => None,
        }
    }
}

impl EntryRow {
    pub(crate) const fn is_pending(&self) -> bool {
        matches!(self.status, StatusRow::Pending { .. })
    }

    pub(crate) const fn is_delivered(&self) -> bool {
        matches!(self.status, StatusRow::Delivered { .. })
    }

    pub(crate) const fn is_dead(&self) -> bool {
        matches!(self.status, StatusRow::Dead { .. })
    }

    pub(crate) const fn is_resolved(&self) -> bool {
        matches!(self.status, StatusRow::Resolved { .. })
    }

    pub(crate) const fn conversation(&self) -> Option<ConversationId> {
        match self.subject {
            SubjectRow::Event { conversation, .. } => Some(conversation),
            SubjectRow::Configuration { .. } => None,
        }
    }

    pub(crate) const fn customer(&self) -> Option<CustomerId> {
        match self.subject {
            SubjectRow::Event { customer, .. } => Some(customer),
            SubjectRow::Configuration { .. } => None,
        }
    }

    /// When it was settled; `None` while it is pending.
    pub(crate) const fn settled_at(&self) -> Option<At> {
        match self.status {
            StatusRow::Pending { .. } => None,
            StatusRow::Delivered { at, .. }
            | StatusRow::Dead { at, .. }
            | StatusRow::Resolved { at, .. }
            | StatusRow::Superseded { at } => Some(at),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct AttemptRow {
    pub(crate) entry: Seq,
    pub(crate) number: u32,
    pub(crate) at: At,
    pub(crate) duration_ms: u32,
    pub(crate) status: Option<u16>,
    /// With whose key the error is sealed; the tenant's when there is none.
    pub(crate) customer: Option<CustomerId>,
    pub(crate) error: Body,
}

#[derive(Debug, Clone)]
pub(crate) struct RequestRow {
    pub(crate) key: RequestKey,
    pub(crate) at: At,
    pub(crate) accepted: Accepted,
}

/// Sums of an interval.
#[derive(Debug, Clone)]
pub(crate) struct TallyRow {
    pub(crate) kind: u8,
    pub(crate) interval: At,
    pub(crate) subject: Vec<u8>,
    pub(crate) counts: Vec<u8>,
}

/// Lines of a log after `after` and before `until`, oldest first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogQuery {
    pub(crate) after: LogPlace,
    pub(crate) until: At,
    pub(crate) agent: Option<UserId>,
    pub(crate) limit: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct AuditRow {
    pub(crate) seq: Seq,
    pub(crate) at: At,
    pub(crate) actor: Actor,
    pub(crate) deed: u8,
    pub(crate) subject: Option<Id>,
    /// With whose key the body is sealed; the tenant's when there is none.
    pub(crate) customer: Option<CustomerId>,
    pub(crate) body: Body,
}

/// Records of the audit trail, newest first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AuditQuery {
    pub(crate) user: Option<UserId>,
    pub(crate) subject: Option<Id>,
    pub(crate) deed: Option<u8>,
    pub(crate) from: Option<At>,
    pub(crate) until: Option<At>,
    pub(crate) before: Option<Seq>,
    pub(crate) limit: usize,
}

/// Conversations, newest first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ConversationQuery {
    /// Of him and of those he stands for.
    pub(crate) customer: Option<CustomerId>,
    pub(crate) live_only: bool,
    pub(crate) before: Option<ConversationId>,
    pub(crate) limit: usize,
}

/// Dead entries after `after`, oldest first; or, instead of them, those somebody has seen to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DeadQuery {
    pub(crate) resolved: bool,
    pub(crate) connector: Option<ConnectorId>,
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) from: Option<At>,
    pub(crate) until: Option<At>,
    pub(crate) after: Seq,
    pub(crate) limit: usize,
}

/// Size of what is kept, for operators.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stat {
    pub database_bytes: u64,
    /// Written but not yet moved into the database file.
    pub log_bytes: u64,
    pub pending_entries: u64,
}

/// The last of what is there, by position, sequence and id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) object_history: u64,
    pub(crate) entry: Seq,
    pub(crate) audit: Seq,
    /// `None` when there are no customers.
    pub(crate) customer: Option<CustomerId>,
}

/// Reading. Everything read through one value is of one moment.
pub(crate) trait Rows {
    fn keys(&self) -> Result<Vec<KeyRow>>;
    /// Numbers of the data keys, rising.
    fn data_kids(&self) -> Result<Vec<Kid>>;
    fn ends(&self) -> Result<Ends>;
    fn next_seq(&self) -> Result<Seq>;

    /// The newest version of every object that exists, by kind and id.
    fn objects(&self) -> Result<Vec<ObjectRow>>;
    /// Newest first.
    fn object_versions(&self, kind: u8, id: Id, limit: usize) -> Result<Vec<ObjectRow>>;
    /// All versions of all objects in the order they were written, with their position.
    fn object_history(&self, after: u64, limit: usize) -> Result<Vec<(u64, ObjectRow)>>;

    fn agents(&self) -> Result<Vec<AgentRow>>;

    fn customer(&self, id: CustomerId) -> Result<Option<CustomerRow>>;
    /// By id, without the erased.
    fn customers(&self, after: Option<CustomerId>, limit: usize) -> Result<Vec<CustomerRow>>;
    /// By id, without the erased and without those somebody else stands for.
    fn listed_customers(
        &self,
        after: Option<CustomerId>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<CustomerRow>>;
    fn listed_customer_count(&self) -> Result<u64>;
    /// By id.
    fn holders(
        &self,
        identity: &BlindIndex,
        after: Option<CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>>;

    fn conversation(&self, id: ConversationId) -> Result<Option<ConversationRow>>;
    fn conversations(&self, query: &ConversationQuery) -> Result<Vec<ConversationRow>>;
    /// Closed before `before`, with ids before `until` and without pending entries, by id, the erased included.
    fn ended(
        &self,
        before: At,
        until: ConversationId,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>>;

    /// Closed conversations with a mark, newest first.
    fn marked(
        &self,
        mark: &BlindIndex,
        before: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>>;

    fn event(&self, seq: Seq) -> Result<Option<EventRow>>;
    /// Of the whole tenant, oldest first.
    fn events_after(&self, after: Seq, limit: usize) -> Result<Vec<EventRow>>;
    /// Of one conversation, after `after` and up to `until`, oldest first.
    fn events(
        &self,
        conversation: ConversationId,
        after: Seq,
        until: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<EventRow>>;
    /// Of one conversation, before `before`, newest first.
    fn events_before(
        &self,
        conversation: ConversationId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<EventRow>>;
    /// Of all conversations the customer, or somebody he stands for, has now but one, newest first.
    fn events_of_customer(
        &self,
        customer: CustomerId,
        before: Option<Seq>,
        limit: usize,
        except: Option<ConversationId>,
    ) -> Result<Vec<EventRow>>;
    /// Oldest first.
    fn events_by_message(&self, message: MessageHash) -> Result<Vec<EventRow>>;

    fn request(&self, key: &RequestKey) -> Result<Option<Accepted>>;
    /// Keys of all requests with their position, oldest first.
    fn requests_after(&self, position: u64, limit: usize) -> Result<Vec<(u64, RequestKey, At)>>;

    fn entry(&self, seq: Seq) -> Result<Option<EntryRow>>;
    /// All entries, oldest first.
    fn entries_after(&self, after: Seq, limit: usize) -> Result<Vec<EntryRow>>;
    fn entries_of_event(&self, event: Seq) -> Result<Vec<EntryRow>>;
    /// Of one connector, whatever became of them, oldest first; without those superseded, and dead ones somebody has seen to.
    fn feed(&self, connector: ConnectorId, after: Seq, limit: usize) -> Result<Vec<EntryRow>>;
    fn dead(&self, query: &DeadQuery) -> Result<Vec<EntryRow>>;
    /// Oldest first.
    fn pending(&self) -> Result<Vec<EntryRow>>;
    fn pending_counts(&self) -> Result<Vec<(ConnectorId, u64)>>;
    /// The newest entry of the channel's configuration lane.
    fn configuration_push(&self, channel: ChannelId) -> Result<Option<EntryRow>>;
    /// The newest entry of the channel's configuration lane that was delivered.
    fn configuration_delivered(&self, channel: ChannelId) -> Result<Option<EntryRow>>;
    fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRow>>;
    /// Oldest first.
    fn audit_after(&self, after: Seq, limit: usize) -> Result<Vec<AuditRow>>;
    fn attempts(&self, entry: Seq) -> Result<Vec<AttemptRow>>;
    /// All attempts after this number of this entry, by entry and number.
    fn attempts_after(&self, after: (Seq, u32), limit: usize) -> Result<Vec<AttemptRow>>;

    /// The counts of a row of sums, if it is there.
    fn tally(&self, row: &TallyRow) -> Result<Option<Vec<u8>>>;
    /// Of intervals that begin from `from` on and before `until`, by interval.
    fn tallies(&self, kind: u8, from: At, until: At, limit: usize) -> Result<Vec<TallyRow>>;
    /// The first interval from `from` on that has sums of this kind.
    fn first_interval(&self, kind: u8, from: At) -> Result<Option<At>>;
    fn state_changes(&self, query: &LogQuery) -> Result<Vec<(LogPlace, StateChange)>>;
    fn finished_tasks(&self, query: &LogQuery) -> Result<Vec<(LogPlace, FinishedTask)>>;
}

/// Writing, within one transaction: everything or, when the work fails, nothing.
pub(crate) trait RowsMut: Rows {
    fn put_key(&mut self, row: KeyRow) -> Result<()>;
    fn delete_key(&mut self, kid: Kid) -> Result<()>;
    /// Never goes back.
    fn raise_next_seq(&mut self, next: Seq) -> Result<()>;

    /// Makes it the present version, or deletes the object, and adds it to the history.
    fn put_object(&mut self, row: ObjectRow) -> Result<()>;
    /// Makes it what the newest version of the object is, in its place and in the history.
    fn amend_object(&mut self, row: ObjectRow) -> Result<()>;
    /// The same content, sealed anew: in the history at `position`, and as the present version if `former` is that.
    fn replace_object_body(&mut self, position: u64, former: &ObjectRow, body: Vec<u8>) -> Result<()>;

    fn put_agent(&mut self, row: AgentRow) -> Result<()>;
    fn delete_agent(&mut self, id: UserId) -> Result<()>;

    fn add_customer(&mut self, row: CustomerRow) -> Result<()>;
    fn set_customer_body(
        &mut self,
        id: CustomerId,
        survivor: Option<CustomerId>,
        body: Vec<u8>,
    ) -> Result<()>;
    /// The same key, wrapped anew. Does nothing when the customer was erased.
    fn set_customer_key(&mut self, id: CustomerId, key: WrappedKey) -> Result<()>;
    /// Removes key, body and identities, and the bodies of the customer's conversations, which are closed by it.
    fn erase_customer(&mut self, id: CustomerId) -> Result<()>;
    /// Replaces the whole set.
    fn set_identities(&mut self, id: CustomerId, identities: &[BlindIndex]) -> Result<()>;

    fn put_conversation(&mut self, row: ConversationRow) -> Result<()>;
    fn add_mark(&mut self, mark: &BlindIndex, conversation: ConversationId) -> Result<()>;
    fn delete_mark(&mut self, mark: &BlindIndex, conversation: ConversationId) -> Result<()>;
    /// The conversation alone, without its events and marks.
    fn delete_conversation(&mut self, id: ConversationId) -> Result<()>;
    /// The event and what it is found by, without its entries.
    fn delete_event(&mut self, row: EventRow) -> Result<()>;
    /// Fails when the position is taken.
    fn add_event(&mut self, row: EventRow) -> Result<()>;
    /// The same event, sealed with another customer's key.
    fn rehome_event(&mut self, row: EventRow) -> Result<()>;
    fn put_request(&mut self, row: RequestRow) -> Result<()>;
    fn put_entry(&mut self, row: EntryRow) -> Result<()>;
    fn put_attempt(&mut self, row: AttemptRow) -> Result<()>;

    fn add_audit(&mut self, row: AuditRow) -> Result<()>;
    /// The same content, sealed anew.
    fn replace_audit_body(&mut self, seq: Seq, body: Vec<u8>) -> Result<()>;
    /// Removes the oldest records made before `before`, at most `limit`; how many.
    fn purge_audit(&mut self, before: At, limit: usize) -> Result<u64>;

    /// Removes the oldest requests made before `before`, at most `limit`; how many.
    fn purge_requests(&mut self, before: At, limit: usize) -> Result<u64>;
    /// Removes an entry and its attempts.
    fn delete_entry(&mut self, seq: Seq) -> Result<()>;

    fn put_tally(&mut self, row: TallyRow) -> Result<()>;
    fn add_state_change(&mut self, change: &StateChange) -> Result<()>;
    fn add_finished_task(&mut self, task: &FinishedTask) -> Result<()>;
    /// Removes at most `limit` of each: sums of intervals that began before `sums_before`, and lines of both logs from
    /// before `lines_before`; how many.
    fn purge_reports(&mut self, sums_before: At, lines_before: At, limit: usize) -> Result<u64>;
}
