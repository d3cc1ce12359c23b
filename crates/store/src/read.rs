//! Reading back: what the engine needs to go on, and what people look at.

mod load;
mod past;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tieline_core::conversation::Conversation;
use tieline_core::customer::{Customer, Identity};
use tieline_core::delivery::{Attempt, Entry};
use tieline_core::event::{Event, Fact, Seq};
use tieline_core::facts::{EntryFilter, Facts, MessageRef, PAST_CONVERSATIONS_MAX, Wants};
use tieline_core::id::{ChannelId, ConnectorId, ConversationId, CustomerId, Id};
use tieline_core::registry::{Kind, Object};
use tieline_core::state::Remembered;
use tieline_core::time::At;

use crate::codec::{self, Opening};
use crate::error::Result;
use crate::rows::{ConversationQuery, DeadQuery, EntryRow, EventRow, Rows};
use crate::{Inner, Store};
use load::load;
pub(crate) use past::first_id_from;
use past::past;
pub use past::{Past, PastSearch};

/// Rows read at a time where everything is read.
pub(crate) const PAGE_ROWS: usize = 500;
/// Customers who share an address and are looked at when a message comes from it.
const HOLDERS_MAX: usize = 100;

/// A registry object as it was from `at` on; without one, it did not exist.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectVersion {
    pub version: u64,
    pub at: At,
    pub object: Option<Object>,
}

/// Conversations, newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// His, and of those merged into him.
    pub customer: Option<CustomerId>,
    pub live_only: bool,
    /// The last one of the page before.
    pub before: Option<ConversationId>,
}

/// Customers by id, which is by age: those after `after`, without the first `skip` of them. Who was merged into another is
/// not among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    pub after: Option<CustomerId>,
    pub skip: u64,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerPage {
    pub customers: Vec<Arc<Customer>>,
    /// Of all customers, not of this page.
    pub total: u64,
}

/// Dead letters; the times are when they were made, `from` included, `until` not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeadFilter {
    /// Those somebody has seen to, instead of those that wait.
    pub resolved: bool,
    pub connector: Option<ConnectorId>,
    pub conversation: Option<ConversationId>,
    pub from: Option<At>,
    pub until: Option<At>,
}

impl Store {
    /// Everything alive.
    pub async fn load(&self) -> Result<Remembered> {
        self.read(|inner, rows| load(&inner.opening(rows))).await
    }

    /// Answers all wants from one moment. Holders of wanted identities come with their records, dead entries with
    /// their conversations and customers, messages with their conversations.
    pub async fn look_up(&self, mut wants: Wants) -> Result<Facts> {
        wants.requests.retain(|key| self.inner.seen.may_hold(key));
        if wants.is_empty() {
            return Ok(Facts::default());
        }
        self.read(move |inner, rows| look_up(&inner.opening(rows), wants)).await
    }

    pub async fn event(&self, seq: Seq) -> Result<Option<Arc<Event>>> {
        self.read(move |inner, rows| {
            let row = rows.event(seq)?;
            Ok(row.map(|row| inner.opening(rows).event(row)).transpose()?.flatten())
        })
        .await
    }

    /// Of one conversation, after `after` and up to and including `until`, oldest first.
    pub async fn events(
        &self,
        conversation: ConversationId,
        after: Seq,
        until: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>> {
        self.read(move |inner, rows| {
            readable(&inner.opening(rows), limit, |last, missing| {
                rows.events(conversation, last.unwrap_or(after), until, missing)
            })
        })
        .await
    }

    /// Of one conversation, before `before`, newest first.
    pub async fn events_before(
        &self,
        conversation: ConversationId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>> {
        self.read(move |inner, rows| {
            readable(&inner.opening(rows), limit, |last, missing| {
                rows.events_before(conversation, last.or(before), missing)
            })
        })
        .await
    }

    /// Of the conversations that are the customer's now, or of somebody merged into him, except one, before `before`, newest first.
    pub async fn events_of_customer(
        &self,
        customer: CustomerId,
        before: Option<Seq>,
        limit: usize,
        except: Option<ConversationId>,
    ) -> Result<Vec<Arc<Event>>> {
        self.read(move |inner, rows| {
            readable(&inner.opening(rows), limit, |last, missing| {
                rows.events_of_customer(customer, last.or(before), missing, except)
            })
        })
        .await
    }

    /// Where messages with this sender's id stand, oldest first.
    pub async fn messages(&self, message_id: &str) -> Result<Vec<MessageRef>> {
        let id: Box<str> = message_id.into();
        self.read(move |inner, rows| messages(&inner.opening(rows), &id)).await
    }

    pub async fn conversation(&self, id: ConversationId) -> Result<Option<Arc<Conversation>>> {
        self.read(move |inner, rows| conversation(&inner.opening(rows), id)).await
    }

    pub async fn conversations(
        &self,
        filter: ConversationFilter,
        limit: usize,
    ) -> Result<Vec<Arc<Conversation>>> {
        self.read(move |inner, rows| {
            let ConversationFilter { customer, live_only, before } = filter;
            let found = rows.conversations(&ConversationQuery { customer, live_only, before, limit })?;
            opened(found, |row| Ok(inner.opening(rows).conversation(row)?.map(Arc::new)))
        })
        .await
    }

    /// A page may have fewer than `limit` and still not be the last: only so many conversations are looked at for it.
    pub async fn past(&self, search: PastSearch, limit: usize) -> Result<Past> {
        self.read(move |inner, rows| past(&inner.opening(rows), &search, limit)).await
    }

    pub async fn customer(&self, id: CustomerId) -> Result<Option<Arc<Customer>>> {
        self.read(move |inner, rows| inner.opening(rows).customer_by_id(id)).await
    }

    pub async fn customers(&self, filter: CustomerFilter, limit: usize) -> Result<CustomerPage> {
        self.read(move |inner, rows| {
            let found = rows.listed_customers(filter.after, filter.skip, limit)?;
            let customers = opened(found, |row| inner.opening(rows).customer(row))?;
            Ok(CustomerPage { customers, total: rows.listed_customer_count()? })
        })
        .await
    }

    /// Customers who have something, by id, after `after`; and after whom the next page begins, unless there was nobody.
    pub async fn customers_having(
        &self,
        identity: &Identity,
        after: Option<CustomerId>,
        limit: usize,
    ) -> Result<(Vec<Arc<Customer>>, Option<CustomerId>)> {
        let identity = self.inner.vault.identity_index(identity);
        self.read(move |inner, rows| {
            let holders = rows.holders(&identity, after, limit)?;
            let last = holders.last().copied();
            Ok((opened(holders, |id| inner.opening(rows).customer_by_id(id))?, last))
        })
        .await
    }

    /// By id. More than one may hold an identity.
    pub async fn customers_by_identity(&self, identity: &Identity) -> Result<Vec<Arc<Customer>>> {
        let identity = self.inner.vault.identity_index(identity);
        self.read(move |inner, rows| {
            let found = rows.holders(&identity, None, HOLDERS_MAX)?;
            opened(found, |id| inner.opening(rows).customer_by_id(id))
        })
        .await
    }

    pub async fn entry(&self, seq: Seq) -> Result<Option<Entry>> {
        self.read(move |inner, rows| rows.entry(seq)?.map(|row| inner.opening(rows).entry(row)).transpose())
            .await
    }

    /// What an event caused to be delivered, oldest first.
    pub async fn entries_of_event(&self, event: Seq) -> Result<Vec<Entry>> {
        self.read(move |inner, rows| entries(inner, rows, rows.entries_of_event(event)?)).await
    }

    /// A connector's entries after `after`, oldest first, whatever became of them; without those superseded, and dead ones
    /// somebody has seen to.
    pub async fn feed(&self, connector: ConnectorId, after: Seq, limit: usize) -> Result<Vec<Entry>> {
        self.read(move |inner, rows| entries(inner, rows, rows.feed(connector, after, limit)?)).await
    }

    /// Entries that were given up and wait for somebody, or that somebody has seen to, after `after`, oldest first.
    pub async fn dead_letters(&self, filter: DeadFilter, after: Seq, limit: usize) -> Result<Vec<Entry>> {
        let DeadFilter { resolved, connector, conversation, from, until } = filter;
        let query = DeadQuery { resolved, connector, conversation, from, until, after, limit };
        self.read(move |inner, rows| entries(inner, rows, rows.dead(&query)?)).await
    }

    /// The newest configuration entry of each channel that has one.
    pub async fn configuration_pushes(&self, channels: &[ChannelId]) -> Result<BTreeMap<ChannelId, Entry>> {
        let channels = channels.to_vec();
        self.read(move |inner, rows| {
            let mut found = BTreeMap::new();
            for channel in channels {
                if let Some(row) = rows.configuration_push(channel)? {
                    found.insert(channel, inner.opening(rows).entry(row)?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// The last delivered push of each channel's configuration; channels whose configuration never got through are
    /// left out.
    pub async fn configurations_delivered(
        &self,
        channels: &[ChannelId],
    ) -> Result<BTreeMap<ChannelId, Entry>> {
        let channels = channels.to_vec();
        self.read(move |inner, rows| {
            let mut found = BTreeMap::new();
            for channel in channels {
                if let Some(row) = rows.configuration_delivered(channel)? {
                    found.insert(channel, inner.opening(rows).entry(row)?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// Entries waiting for each connector; connectors without any are left out.
    pub async fn pending_counts(&self) -> Result<BTreeMap<ConnectorId, u64>> {
        self.read(|_, rows| Ok(rows.pending_counts()?.into_iter().collect())).await
    }

    /// Attempts of these entries, in the order of the entries, then of the attempts.
    pub async fn attempts(&self, entries: &[Seq]) -> Result<Vec<Attempt>> {
        let entries = entries.to_vec();
        self.read(move |inner, rows| {
            let mut found = Vec::new();
            for entry in entries {
                for row in rows.attempts(entry)? {
                    found.push(inner.opening(rows).attempt(row)?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// What an object was, newest first; deletions count as versions.
    pub async fn object_versions(&self, kind: Kind, id: Id, limit: usize) -> Result<Vec<ObjectVersion>> {
        self.read(move |inner, rows| {
            let found = rows.object_versions(codec::kind_code(kind), id, limit)?;
            found.into_iter().map(|row| inner.opening(rows).object_version(row)).collect()
        })
        .await
    }
}

impl Inner {
    pub(crate) fn opening<'a>(&'a self, rows: &'a dyn Rows) -> Opening<'a> {
        Opening { vault: &self.vault, rows, erasures: self.vault.erasures() }
    }
}

/// Opens each row and leaves out the erased.
fn opened<R, T>(rows: Vec<R>, mut open: impl FnMut(R) -> Result<Option<T>>) -> Result<Vec<T>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.extend(open(row)?);
    }
    Ok(found)
}

/// Up to `limit` events nobody erased. `next` reads on after the last one seen.
fn readable(
    opening: &Opening<'_>,
    limit: usize,
    mut next: impl FnMut(Option<Seq>, usize) -> Result<Vec<EventRow>>,
) -> Result<Vec<Arc<Event>>> {
    let (mut found, mut last) = (Vec::new(), None);
    while found.len() < limit {
        let page = next(last, limit - found.len())?;
        let Some(row) = page.last() else { break };
        last = Some(row.seq);
        for row in page {
            found.extend(opening.event(row)?);
        }
    }
    Ok(found)
}

fn entries(inner: &Inner, rows: &dyn Rows, found: Vec<EntryRow>) -> Result<Vec<Entry>> {
    found.into_iter().map(|row| inner.opening(rows).entry(row)).collect()
}

fn conversation(opening: &Opening<'_>, id: ConversationId) -> Result<Option<Arc<Conversation>>> {
    match opening.rows.conversation(id)? {
        Some(row) => Ok(opening.conversation(row)?.map(Arc::new)),
        None => Ok(None),
    }
}

fn messages(opening: &Opening<'_>, id: &str) -> Result<Vec<MessageRef>> {
    let mut found = Vec::new();
    for row in opening.rows.events_by_message(opening.vault.message_hash(id))? {
        let Some(event) = opening.event(row)? else { continue };
        // The index is a hash: another message may share it.
        if matches!(&event.fact, Fact::Message(message) if &*message.id == id) {
            let Event { seq, conversation, customer, session, .. } = *event;
            found.push(MessageRef { seq, conversation, customer, session });
        }
    }
    Ok(found)
}

/// Senders reuse ids; of messages with the same one, so many bring their conversations along.
const SAME_ID_MAX: usize = 16;

fn look_up(opening: &Opening<'_>, wants: Wants) -> Result<Facts> {
    let mut facts = Facts::default();
    let (mut customers, mut conversations) = (wants.customers, wants.conversations.clone());
    for filter in &wants.entries {
        for row in dead_entries(opening.rows, filter)? {
            customers.extend(row.customer());
            conversations.extend(row.conversation());
            facts.dead_entries.insert(row.seq, opening.entry(row)?);
        }
    }
    for key in wants.requests {
        if let Some(accepted) = opening.rows.request(&key)? {
            facts.requests.insert(key, accepted);
        }
    }
    for identity in wants.identities {
        let identity_index = opening.vault.identity_index(&identity);
        let holders = opening.rows.holders(&identity_index, None, HOLDERS_MAX)?;
        if !holders.is_empty() {
            customers.extend(&holders);
            facts.identities.insert(identity, holders);
        }
    }
    for id in wants.pasts {
        let limit = PAST_CONVERSATIONS_MAX + 1;
        let query = ConversationQuery { customer: Some(id), limit, ..ConversationQuery::default() };
        let his = opening.rows.conversations(&query)?.into_iter().filter(|row| row.customer == id);
        let his: Vec<ConversationId> = his.map(|row| row.id).collect();
        conversations.extend(&his);
        facts.pasts.insert(id, his);
    }
    for id in &wants.conversations {
        if let Some(conversation) = conversation(opening, *id)? {
            customers.insert(conversation.customer);
            customers.extend(conversation.links.iter().map(|link| link.from));
        }
    }
    while let Some(id) = customers.pop_first() {
        if !facts.asked_customers.insert(id) {
            continue;
        }
        if let Some(customer) = opening.customer_by_id(id)? {
            customers.extend(customer.kin());
            conversations.extend(customer.merges().iter().filter_map(|merge| merge.conversation));
            facts.customers.insert(id, customer);
        }
    }
    for id in wants.messages {
        let found = messages(opening, &id)?;
        conversations.extend(found.iter().rev().take(SAME_ID_MAX).map(|at| at.conversation));
        if !found.is_empty() {
            facts.messages.insert(id, found);
        }
    }
    for id in conversations {
        facts.asked_conversations.insert(id);
        if let Some(conversation) = conversation(opening, id)? {
            facts.conversations.insert(id, conversation);
        }
    }
    Ok(facts)
}

fn dead_entries(rows: &dyn Rows, filter: &EntryFilter) -> Result<Vec<EntryRow>> {
    let EntryFilter { seqs, conversation, connector, from, until, limit } = filter;
    let query = DeadQuery {
        resolved: false,
        connector: *connector,
        conversation: *conversation,
        from: *from,
        until: *until,
        after: 0,
        limit: *limit,
    };
    if seqs.is_empty() {
        return rows.dead(&query);
    }
    let mut found = Vec::new();
    for seq in seqs.iter().collect::<BTreeSet<_>>() {
        if found.len() == *limit {
            break;
        }
        let is_meant = |row: &EntryRow| DeadQuery { resolved: row.is_resolved(), ..query }.matches(row);
        found.extend(rows.entry(*seq)?.filter(is_meant));
    }
    Ok(found)
}

impl DeadQuery {
    /// Whether an entry is meant by this query, its limit aside.
    pub(crate) fn matches(&self, entry: &EntryRow) -> bool {
        let stands = if self.resolved { entry.is_resolved() } else { entry.is_dead() };
        stands
            && entry.seq > self.after
            && self.connector.is_none_or(|connector| entry.receiver == connector.into())
            && (self.conversation.is_none() || entry.conversation() == self.conversation)
            && self.from.is_none_or(|from| entry.created_at >= from)
            && self.until.is_none_or(|until| entry.created_at < until)
    }
}
