//! Entities to rows and back: which columns stay readable, which are sealed, and with whose key.

pub(crate) mod figures;

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use tieline_core::agent::Agent;
use tieline_core::audit::{Deed, Record};
use tieline_core::conversation::{Conversation, State};
use tieline_core::customer::Customer;
use tieline_core::delivery::{Attempt, Entry, EntryStatus, Lane, Receiver, Subject};
use tieline_core::event::{Emitter, Event, Fact};
use tieline_core::id::{CustomerId, EventId, Id, UserId};
use tieline_core::registry::{Kind, Object};
use tieline_core::time::At;
use zeroize::Zeroizing;

use crate::error::Result;
use crate::keys::{Owner, Vault};
use crate::rows::{
    AgentRow, AttemptRow, AuditRow, Body, ConversationRow, CustomerRow, EntryRow, EventRow, ObjectRow, Rows,
    StatusRow, SubjectRow,
};
use crate::seal::{Place, SealKey};
use crate::{AuditLine, ObjectVersion};

const NO_ID: [u8; 12] = [0; 12];

fn object_place(kind: u8, id: Id, version: u64) -> Place {
    Place::id("object", id).and(&[kind]).and(&version.to_be_bytes())
}

fn agent_place(id: impl Into<Id>) -> Place {
    Place::id("agent", id)
}

fn customer_place(id: CustomerId) -> Place {
    Place::id("customer", id)
}

fn conversation_place(row: &ConversationRow) -> Place {
    Place::id("conversation", row.id).and(&row.customer.0.0)
}

fn event_place(row: &EventRow) -> Place {
    let session = row.session.map_or(NO_ID, |session| session.0.0);
    Place::number("event", row.seq)
        .and(&row.at.millis().to_be_bytes())
        .and(&row.conversation.0.0)
        .and(&row.customer.0.0)
        .and(&session)
}

fn entry_place(seq: u64) -> Place {
    Place::number("entry", seq)
}

fn attempt_place(entry: u64, number: u32) -> Place {
    Place::number("attempt", entry).and(&number.to_be_bytes())
}

fn audit_place(row: &AuditRow) -> Place {
    let actor = row.actor.user().map_or(NO_ID, |user| user.0.0);
    let subject = row.subject.map_or(NO_ID, |subject| subject.0);
    Place::number("audit", row.seq)
        .and(&row.at.millis().to_be_bytes())
        .and(&actor)
        .and(&[row.deed])
        .and(&subject)
}

/// Numbers of the registry's nouns in storage. They never change their meaning.
pub(crate) const fn kind_code(kind: Kind) -> u8 {
    match kind {
        Kind::Mrd => 1,
        Kind::ChannelType => 2,
        Kind::Provider => 3,
        Kind::Connector => 4,
        Kind::Channel => 5,
        Kind::RoutingAttribute => 6,
        Kind::Queue => 7,
        Kind::List => 8,
        Kind::Bot => 9,
        Kind::Team => 10,
        Kind::User => 11,
        Kind::SchemaAttribute => 12,
        Kind::TenantSettings => 13,
        Kind::ReasonCode => 14,
        Kind::Label => 15,
        Kind::CannedMessage => 16,
        Kind::Announcement => 17,
        Kind::Preferences => 18,
        Kind::Widget => 21,
        Kind::Form => 22,
        Kind::Calendar => 23,
    }
}

/// Numbers of facts in storage. They never change their meaning.
const fn fact_code(fact: &Fact) -> u8 {
    match fact {
        Fact::ConversationStarted => 1,
        Fact::Message(_) => 2,
        Fact::Receipt { .. } => 3,
        Fact::SessionStarted => 4,
        Fact::SessionEnded { .. } => 5,
        Fact::CustomerLeft => 6,
        Fact::AgentSubscribed { .. } => 7,
        Fact::AgentUnsubscribed { .. } => 8,
        Fact::BotSubscribed { .. } => 9,
        Fact::BotRoleChanged { .. } => 10,
        Fact::BotUnsubscribed { .. } => 11,
        Fact::TaskEnqueued { .. } => 12,
        Fact::AgentReserved { .. } => 13,
        Fact::TaskChanged { .. } => 14,
        Fact::NoAgentAvailable { .. } => 15,
        Fact::DataChanged { .. } => 16,
        Fact::CustomerChanged { .. } => 17,
        Fact::Activity { .. } => 18,
        Fact::ConversationClosed => 19,
        Fact::OfferDeclined { .. } => 20,
        Fact::WaitEstimated { .. } => 21,
        Fact::RequestFlushed { .. } => 22,
        Fact::RequestListed { .. } => 23,
        Fact::ListingChanged { .. } => 24,
        Fact::Paused { .. } => 40,
        Fact::Resumed => 41,
        Fact::ResponseAwaited { .. } => 42,
        Fact::ResponseSettled => 43,
        Fact::ResponseOverdue { .. } => 44,
        Fact::HandRaised { .. } => 45,
        Fact::HandLowered { .. } => 46,
        Fact::BotSuggested { .. } => 60,
        Fact::BotActed { .. } => 61,
        Fact::BotSilent { .. } => 62,
        Fact::AgentRoleChanged { .. } => 63,
    }
}

// ---- to rows -------------------------------------------------------------------------------------------------

pub(crate) fn object_row(vault: &Vault, object: &Object, version: u64, at: At) -> ObjectRow {
    let (kind, id) = (kind_code(object.kind()), object.id());
    let body = vault.seal_json(&object_place(kind, id, version), object);
    ObjectRow { kind, id, version, at, body: Some(body) }
}

pub(crate) fn agent_row(vault: &Vault, agent: &Agent) -> AgentRow {
    AgentRow { id: agent.id, body: vault.seal_json(&agent_place(agent.id), agent) }
}

pub(crate) fn customer_body(key: &SealKey, customer: &Customer) -> Vec<u8> {
    key.seal_json(&customer_place(customer.id), customer)
}

/// `key` is the customer's; without one only the columns are kept.
pub(crate) fn conversation_row(key: Option<&SealKey>, conversation: &Conversation) -> ConversationRow {
    let mut row = ConversationRow {
        id: conversation.id,
        customer: conversation.customer,
        live: conversation.state != State::Closed && key.is_some(),
        started_at: conversation.started_at,
        closed_at: conversation.closed_at,
        body: None,
    };
    row.body = key.map(|key| key.seal_json(&conversation_place(&row), conversation));
    row
}

/// What of an event is not a column.
#[derive(Serialize)]
struct EventBody<'a> {
    id: EventId,
    by: &'a Emitter,
    fact: &'a Fact,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    shown_to: &'a [UserId],
}

#[derive(Deserialize)]
struct OpenedEventBody {
    id: EventId,
    by: Emitter,
    fact: Fact,
    #[serde(default)]
    shown_to: Vec<UserId>,
}

pub(crate) fn event_row(vault: &Vault, key: Option<&SealKey>, event: &Event) -> EventRow {
    let mut row = EventRow {
        seq: event.seq,
        at: event.at,
        conversation: event.conversation,
        customer: event.customer,
        session: event.session,
        fact: fact_code(&event.fact),
        message: match &event.fact {
            Fact::Message(message) => Some(vault.message_hash(&message.id)),
            _ => None,
        },
        body: None,
    };
    let Event { id, emitter, fact, shown_to, .. } = event;
    let body = EventBody { id: *id, by: emitter, fact, shown_to };
    row.body = key.map(|key| key.seal_json(&event_place(&row), &body));
    row
}

/// What of a record is not a column.
#[derive(Serialize)]
struct AuditBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    deed: &'a Deed,
}

#[derive(Deserialize)]
struct OpenedAuditBody {
    #[serde(default)]
    address: Option<IpAddr>,
    deed: Deed,
}

/// `owner` is the customer a record is about.
pub(crate) fn audit_row(vault: &Vault, owner: Option<(CustomerId, &Owner)>, record: &Record) -> AuditRow {
    let owner = owner.filter(|(_, owner)| !matches!(owner, Owner::Unknown));
    let mut row = AuditRow {
        seq: record.seq,
        at: record.at,
        actor: record.by,
        deed: record.deed.code(),
        subject: record.deed.subject(),
        customer: owner.map(|(id, _)| id),
        body: None,
    };
    let body = AuditBody { address: record.address, deed: &record.deed };
    let place = audit_place(&row);
    row.body = match owner {
        Some((_, Owner::Known(key))) => Some(key.seal_json(&place, &body)),
        Some((_, Owner::Erased)) => None,
        Some((_, Owner::Unknown)) | None => Some(vault.seal_json(&place, &body)),
    };
    row
}

/// With whose key a text about a delivery is sealed.
pub(crate) fn seal_text(vault: &Vault, owner: Option<&Owner>, place: &Place, text: &str) -> Body {
    match owner {
        Some(Owner::Known(key)) => Some(key.seal(place, text.as_bytes())),
        Some(Owner::Erased) => None,
        Some(Owner::Unknown) | None => Some(vault.seal(place, text.as_bytes())),
    }
}

pub(crate) fn entry_row(vault: &Vault, owner: Option<&Owner>, entry: &Entry) -> EntryRow {
    EntryRow {
        seq: entry.seq,
        receiver: match entry.to {
            Receiver::Connector(id) => id.into(),
            Receiver::Bot(id) => id.into(),
        },
        lane: entry.lane,
        subject: match entry.subject {
            Subject::Event { event, conversation, customer } => {
                SubjectRow::Event { event, conversation, customer }
            }
            Subject::Configuration { version } => SubjectRow::Configuration { version },
        },
        previous: entry.previous,
        created_at: entry.created_at,
        attempts: entry.attempts,
        status: match &entry.status {
            EntryStatus::Pending { due } => StatusRow::Pending { due: *due },
            EntryStatus::Delivered { at, how } => StatusRow::Delivered { at: *at, how: *how },
            EntryStatus::Dead { at, reason } => {
                StatusRow::Dead { at: *at, reason: seal_text(vault, owner, &entry_place(entry.seq), reason) }
            }
            EntryStatus::Resolved { at, letter } => {
                let text = letter
                    .as_ref()
                    .map(|letter| serde_json::to_string(letter).expect("a letter has no keys but words"));
                let seal = |text: String| seal_text(vault, owner, &entry_place(entry.seq), &text);
                StatusRow::Resolved { at: *at, letter: text.and_then(seal) }
            }
            EntryStatus::Superseded { at } => StatusRow::Superseded { at: *at },
        },
    }
}

pub(crate) fn attempt_row(
    vault: &Vault,
    customer: Option<(CustomerId, &Owner)>,
    attempt: &Attempt,
) -> AttemptRow {
    let place = attempt_place(attempt.entry, attempt.number);
    let customer = customer.filter(|(_, owner)| !matches!(owner, Owner::Unknown));
    let owner = customer.map(|(_, owner)| owner);
    AttemptRow {
        entry: attempt.entry,
        number: attempt.number,
        at: attempt.at,
        duration_ms: attempt.duration_ms,
        status: attempt.status,
        customer: customer.map(|(id, _)| id),
        error: attempt.error.as_ref().and_then(|error| seal_text(vault, owner, &place, error)),
    }
}

// ---- from rows -----------------------------------------------------------------------------------------------

pub(crate) fn open_customer(key: &SealKey, row: CustomerRow) -> Result<Option<Arc<Customer>>> {
    let place = customer_place(row.id);
    row.body.map(|body| key.open_json(&place, body).map(Arc::new)).transpose()
}

pub(crate) fn open_conversation(key: &SealKey, mut row: ConversationRow) -> Result<Option<Conversation>> {
    let body = row.body.take();
    body.map(|body| key.open_json(&conversation_place(&row), body)).transpose()
}

/// The key of a customer whom rows speak of; `None` when erased.
fn key_of(id: CustomerId, owner: Owner) -> Result<Option<Arc<SealKey>>> {
    match owner {
        Owner::Known(key) => Ok(Some(key)),
        Owner::Erased => Ok(None),
        Owner::Unknown => Err(customer_place(id).corrupt("the row is missing, but others refer to it")),
    }
}

/// Opens rows read through `rows`. What belonged to an erased customer opens to `None`.
pub(crate) struct Opening<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) rows: &'a dyn Rows,
    /// How many there had been before the first row was read.
    pub(crate) erasures: u64,
}

impl Opening<'_> {
    pub(crate) fn object(&self, row: ObjectRow) -> Result<Option<Object>> {
        let place = object_place(row.kind, row.id, row.version);
        row.body.map(|body| self.vault.open_json(self.rows, &place, body)).transpose()
    }

    pub(crate) fn object_version(&self, row: ObjectRow) -> Result<ObjectVersion> {
        let (version, at) = (row.version, row.at);
        Ok(ObjectVersion { version, at, object: self.object(row)? })
    }

    // What is under an earlier data key, put under the newest; `None` when nothing of the row is.

    pub(crate) fn reseal_object(&self, row: &ObjectRow) -> Result<Body> {
        self.resealed(&object_place(row.kind, row.id, row.version), row.body.as_deref())
    }

    pub(crate) fn reseal_agent(&self, row: &AgentRow) -> Result<Option<AgentRow>> {
        let body = self.resealed(&agent_place(row.id), Some(&row.body))?;
        Ok(body.map(|body| AgentRow { id: row.id, body }))
    }

    pub(crate) fn reseal_entry(&self, mut row: EntryRow) -> Result<Option<EntryRow>> {
        let place = entry_place(row.seq);
        let Some(body) = row.status.text() else { return Ok(None) };
        let Some(resealed) = self.resealed(&place, body.as_deref())? else { return Ok(None) };
        *body = Some(resealed);
        Ok(Some(row))
    }

    pub(crate) fn reseal_attempt(&self, row: &AttemptRow) -> Result<Option<AttemptRow>> {
        let error = self.resealed(&attempt_place(row.entry, row.number), row.error.as_deref())?;
        Ok(error.map(|error| AttemptRow { error: Some(error), ..*row }))
    }

    fn resealed(&self, place: &Place, blob: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
        blob.map_or(Ok(None), |blob| self.vault.resealed(self.rows, place, blob))
    }

    pub(crate) fn agent(&self, row: AgentRow) -> Result<Agent> {
        self.vault.open_json(self.rows, &agent_place(row.id), row.body)
    }

    fn key(&self, id: CustomerId) -> Result<Option<Arc<SealKey>>> {
        key_of(id, self.vault.owner(self.rows, id, self.erasures)?)
    }

    pub(crate) fn customer(&self, row: CustomerRow) -> Result<Option<Arc<Customer>>> {
        if row.key.is_none() {
            return Ok(None);
        }
        match self.vault.owner_by_row(self.rows, &row, self.erasures)? {
            Owner::Known(key) => open_customer(&key, row),
            Owner::Erased | Owner::Unknown => Ok(None),
        }
    }

    /// A conversation's customer with the key to both; `None` when he is erased.
    pub(crate) fn owner_row(&self, row: &ConversationRow) -> Result<Option<(CustomerRow, Arc<SealKey>)>> {
        let id = row.customer;
        let customer = self.rows.customer(id)?;
        let owner = match &customer {
            Some(customer) => self.vault.owner_by_row(self.rows, customer, self.erasures)?,
            None => Owner::Unknown,
        };
        Ok(customer.zip(key_of(id, owner)?))
    }

    pub(crate) fn customer_by_id(&self, id: CustomerId) -> Result<Option<Arc<Customer>>> {
        match self.rows.customer(id)? {
            Some(row) => self.customer(row),
            None => Ok(None),
        }
    }

    pub(crate) fn conversation(&self, row: ConversationRow) -> Result<Option<Conversation>> {
        if row.body.is_none() {
            return Ok(None);
        }
        match self.key(row.customer)? {
            Some(key) => open_conversation(&key, row),
            None => Ok(None),
        }
    }

    pub(crate) fn event(&self, mut row: EventRow) -> Result<Option<Arc<Event>>> {
        let Some(body) = row.body.take() else { return Ok(None) };
        let Some(key) = self.key(row.customer)? else { return Ok(None) };
        let OpenedEventBody { id, by: emitter, fact, shown_to } = key.open_json(&event_place(&row), body)?;
        let EventRow { seq, at, conversation, customer, session, .. } = row;
        let event = Event { id, seq, at, conversation, customer, session, emitter, fact, shown_to };
        Ok(Some(Arc::new(event)))
    }

    /// An event as it stands under another customer's key; `None` for an erased one's.
    pub(crate) fn rehomed_event(
        &self,
        mut row: EventRow,
        to: CustomerId,
        key: Option<&SealKey>,
    ) -> Result<EventRow> {
        let former = match &row.body {
            Some(_) => self.key(row.customer)?,
            None => None,
        };
        let opened = match (row.body.take(), former) {
            (Some(body), Some(former)) => Some(Zeroizing::new(former.open(&event_place(&row), body)?)),
            _ => None,
        };
        row.customer = to;
        row.body = opened.zip(key).map(|(body, key)| key.seal(&event_place(&row), &body));
        Ok(row)
    }

    /// An entry of a rehomed event, about its new customer.
    pub(crate) fn rehomed_entry(&self, mut row: EntryRow, to: CustomerId, owner: &Owner) -> Result<EntryRow> {
        let former = row.customer();
        let SubjectRow::Event { customer, .. } = &mut row.subject else { return Ok(row) };
        *customer = to;
        let place = entry_place(row.seq);
        if let Some(body) = row.status.text() {
            let text = self.text(former, &place, body.take())?;
            *body = text.and_then(|text| seal_text(self.vault, Some(owner), &place, &text));
        }
        Ok(row)
    }

    pub(crate) fn rehomed_attempt(
        &self,
        mut row: AttemptRow,
        to: CustomerId,
        owner: &Owner,
    ) -> Result<AttemptRow> {
        let place = attempt_place(row.entry, row.number);
        let text = self.text(row.customer, &place, row.error.take())?;
        row.customer = Some(to);
        row.error = text.and_then(|text| seal_text(self.vault, Some(owner), &place, &text));
        Ok(row)
    }

    /// Texts of an erased customer read as absent.
    fn text(&self, customer: Option<CustomerId>, place: &Place, body: Body) -> Result<Option<Box<str>>> {
        let Some(body) = body else { return Ok(None) };
        let owner = customer.map(|id| self.vault.owner(self.rows, id, self.erasures)).transpose()?;
        let opened = match owner {
            Some(Owner::Erased) => return Ok(None),
            Some(Owner::Known(key)) => key.open(place, body)?,
            Some(Owner::Unknown) | None => self.vault.open_blob(self.rows, place, body)?,
        };
        let text = String::from_utf8(opened).map_err(|_| place.corrupt("its content is not text"))?;
        Ok(Some(text.into_boxed_str()))
    }

    pub(crate) fn entry(&self, row: EntryRow) -> Result<Entry> {
        let customer = row.customer();
        let status = match row.status {
            StatusRow::Pending { due } => EntryStatus::Pending { due },
            StatusRow::Delivered { at, how } => EntryStatus::Delivered { at, how },
            StatusRow::Superseded { at } => EntryStatus::Superseded { at },
            StatusRow::Dead { at, reason } => {
                let reason = self.text(customer, &entry_place(row.seq), reason)?;
                EntryStatus::Dead { at, reason: reason.unwrap_or_default() }
            }
            StatusRow::Resolved { at, letter } => {
                let place = entry_place(row.seq);
                let text = self.text(customer, &place, letter)?;
                let read = |text: Box<str>| {
                    serde_json::from_str(&text).map_err(|_| place.corrupt("it is no letter"))
                };
                EntryStatus::Resolved { at, letter: text.map(read).transpose()? }
            }
        };
        Ok(Entry {
            seq: row.seq,
            to: match row.lane {
                Lane::Session(_) | Lane::Configuration(_) => Receiver::Connector(row.receiver.into()),
                Lane::Bot(_) => Receiver::Bot(row.receiver.into()),
            },
            lane: row.lane,
            subject: match row.subject {
                SubjectRow::Event { event, conversation, customer } => {
                    Subject::Event { event, conversation, customer }
                }
                SubjectRow::Configuration { version } => Subject::Configuration { version },
            },
            previous: row.previous,
            created_at: row.created_at,
            attempts: row.attempts,
            status,
        })
    }

    /// A record of an erased customer tells who did what kind of thing, and when.
    pub(crate) fn audit(&self, mut row: AuditRow) -> Result<AuditLine> {
        let mut line = AuditLine {
            seq: row.seq,
            at: row.at,
            by: row.actor,
            code: row.deed,
            subject: row.subject,
            address: None,
            deed: None,
        };
        let Some(body) = row.body.take() else { return Ok(line) };
        let place = audit_place(&row);
        let opened: OpenedAuditBody = match row.customer {
            Some(customer) => match self.key(customer)? {
                Some(key) => key.open_json(&place, body)?,
                None => return Ok(line),
            },
            None => self.vault.open_json(self.rows, &place, body)?,
        };
        line.address = opened.address;
        line.deed = Some(opened.deed);
        Ok(line)
    }

    pub(crate) fn reseal_audit(&self, row: &AuditRow) -> Result<Body> {
        self.resealed(&audit_place(row), row.body.as_deref())
    }

    pub(crate) fn attempt(&self, row: AttemptRow) -> Result<Attempt> {
        let AttemptRow { entry, number, at, duration_ms, status, customer, error } = row;
        let error = self.text(customer, &attempt_place(entry, number), error)?;
        Ok(Attempt { entry, number, at, duration_ms, status, error })
    }
}
