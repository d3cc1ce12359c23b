//! What a command needs to know that is not in the live state, and the answers.
//!
//! The engine asks the core what a batch of commands [`Wants`], reads it from the store in one round trip, and
//! hands the [`Facts`] to every step of the batch. A store may not yet show what the batch being committed
//! wrote; [`Recent`] remembers that, so no step ever decides on a stale answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::conversation::Conversation;
use crate::customer::{Customer, Identity};
use crate::delivery::{Entry, Subject};
use crate::event::Seq;
use crate::id::{ChannelId, ConnectorId, ConversationId, CustomerId, SessionId};
use crate::time::At;

/// Sixteen bytes that stand for one request: of the `Idempotency-Key` with its caller, or of the whole message.
pub type RequestKey = [u8; 16];

/// Past conversations that change hands together.
pub const PAST_CONVERSATIONS_MAX: usize = 50;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wants {
    pub requests: BTreeSet<RequestKey>,
    pub identities: BTreeSet<Identity>,
    /// They come with everybody they were merged with, and with the conversations that changed hands by it.
    pub customers: BTreeSet<CustomerId>,
    /// Messages by their sender's id; the newest few come with the conversations they were said in.
    pub messages: BTreeSet<Box<str>>,
    /// They come with their customers.
    pub conversations: BTreeSet<ConversationId>,
    /// Customers whose newest conversations are wanted.
    pub pasts: BTreeSet<CustomerId>,
    pub entries: Vec<EntryFilter>,
}

impl Wants {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which dead letters are meant.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EntryFilter {
    pub seqs: Vec<Seq>,
    pub conversation: Option<ConversationId>,
    pub connector: Option<ConnectorId>,
    pub from: Option<At>,
    pub until: Option<At>,
    /// At most this many, oldest first.
    pub limit: usize,
}

impl EntryFilter {
    /// Whether a dead entry is meant, the limit aside.
    #[must_use]
    pub fn lets_through(&self, entry: &Entry) -> bool {
        let of = match entry.subject {
            Subject::Event { conversation, .. } => Some(conversation),
            Subject::Configuration { .. } => None,
        };
        (self.seqs.is_empty() || self.seqs.contains(&entry.seq))
            && self.connector.is_none_or(|connector| entry.to.connector() == Some(connector))
            && (self.conversation.is_none() || of == self.conversation)
            && self.from.is_none_or(|from| entry.created_at >= from)
            && self.until.is_none_or(|until| entry.created_at < until)
    }
}

#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub requests: HashMap<RequestKey, Accepted>,
    pub identities: HashMap<Identity, Vec<CustomerId>>,
    pub customers: HashMap<CustomerId, Arc<Customer>>,
    pub messages: HashMap<Box<str>, Vec<MessageRef>>,
    pub conversations: HashMap<ConversationId, Arc<Conversation>>,
    /// The newest conversations of customers, [`PAST_CONVERSATIONS_MAX`] at most and one more when there are more.
    pub pasts: HashMap<CustomerId, Vec<ConversationId>>,
    /// Dead entries that the filters let through, and of those they name also what somebody has seen to already; with their
    /// conversations and customers above.
    pub dead_entries: BTreeMap<Seq, Entry>,
    /// Asked for, whether found or not.
    pub asked_customers: BTreeSet<CustomerId>,
    pub asked_conversations: BTreeSet<ConversationId>,
}

impl Facts {
    /// Marks everything that was asked for, so that "not there" can be told from "not looked for".
    #[must_use]
    pub fn answering(mut self, wants: &Wants) -> Self {
        for identity in &wants.identities {
            self.identities.entry(identity.clone()).or_default();
        }
        for message in &wants.messages {
            self.messages.entry(message.clone()).or_default();
        }
        self.asked_customers.extend(&wants.customers);
        self.asked_conversations.extend(&wants.conversations);
        self
    }
}

/// Where a message stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageRef {
    pub seq: Seq,
    pub conversation: ConversationId,
    pub customer: CustomerId,
    pub session: Option<SessionId>,
}

/// What a message was answered with; a repeat is answered the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    pub seq: Seq,
    pub conversation: Option<ConversationId>,
    pub session: Option<SessionId>,
    pub customer: Option<CustomerId>,
    pub channel: ChannelId,
}

/// What was written by the batch in the making and the one being committed.
#[derive(Debug, Default)]
pub struct Recent {
    making: Written,
    committing: Written,
}

#[derive(Debug, Default)]
struct Written {
    requests: HashMap<RequestKey, Accepted>,
    customers: HashMap<CustomerId, Option<Arc<Customer>>>,
    identities: HashMap<Identity, BTreeSet<CustomerId>>,
    conversations: HashMap<ConversationId, Arc<Conversation>>,
    messages: HashMap<Box<str>, Vec<MessageRef>>,
    resolved: BTreeSet<Seq>,
    /// Whom conversations were taken from.
    rehomed_from: BTreeSet<CustomerId>,
}

impl Recent {
    /// The batch in the making is complete and goes to the store; the one before it has arrived there.
    pub fn turn(&mut self) {
        self.committing = std::mem::take(&mut self.making);
    }

    pub fn note_request(&mut self, key: RequestKey, accepted: Accepted) {
        self.making.requests.insert(key, accepted);
    }

    pub fn note_message(&mut self, id: &str, at: MessageRef) {
        self.making.messages.entry(id.into()).or_default().push(at);
    }

    pub fn note_customer(
        &mut self,
        customer: &Arc<Customer>,
        identities: impl IntoIterator<Item = Identity>,
    ) {
        self.making.customers.insert(customer.id, Some(Arc::clone(customer)));
        for identity in identities {
            self.making.identities.entry(identity).or_default().insert(customer.id);
        }
    }

    pub fn note_erased(&mut self, customer: CustomerId) {
        self.making.customers.insert(customer, None);
    }

    pub fn note_rehomed(&mut self, from: CustomerId) {
        self.making.rehomed_from.insert(from);
    }

    /// Whether this batch, in the making, takes a conversation from the customer.
    #[must_use]
    pub fn is_taken_from(&self, customer: CustomerId) -> bool {
        self.making.rehomed_from.contains(&customer)
    }

    pub fn note_closed(&mut self, conversation: &Arc<Conversation>) {
        self.making.conversations.insert(conversation.id, Arc::clone(conversation));
    }

    /// Conversations of a customer that were written as closed ones.
    pub fn conversations_of(&self, customer: CustomerId) -> impl Iterator<Item = ConversationId> + '_ {
        let written = self.newest_first().into_iter().flat_map(|written| written.conversations.values());
        written
            .filter(move |conversation| conversation.customer == customer)
            .map(|conversation| conversation.id)
    }

    pub fn note_resolved(&mut self, dead: Seq) {
        self.making.resolved.insert(dead);
    }

    /// Whether somebody has seen to an entry that may still look dead.
    #[must_use]
    pub fn was_resolved(&self, dead: Seq) -> bool {
        self.newest_first().into_iter().any(|written| written.resolved.contains(&dead))
    }

    fn newest_first(&self) -> [&Written; 2] {
        [&self.making, &self.committing]
    }

    #[must_use]
    pub fn request(&self, facts: &Facts, key: &RequestKey) -> Option<Accepted> {
        self.newest_first()
            .into_iter()
            .find_map(|written| written.requests.get(key))
            .or_else(|| facts.requests.get(key))
            .copied()
    }

    #[must_use]
    pub fn customer(&self, facts: &Facts, id: CustomerId) -> Option<Arc<Customer>> {
        match self.newest_first().into_iter().find_map(|written| written.customers.get(&id)) {
            Some(known) => known.clone(),
            None => facts.customers.get(&id).cloned(),
        }
    }

    #[must_use]
    pub fn conversation(&self, facts: &Facts, id: ConversationId) -> Option<Arc<Conversation>> {
        self.written_conversation(id).or_else(|| facts.conversations.get(&id)).cloned()
    }

    /// The conversation as it was written, when that was so lately that the store may not know.
    pub fn written_conversation(&self, id: ConversationId) -> Option<&Arc<Conversation>> {
        self.newest_first().into_iter().find_map(|written| written.conversations.get(&id))
    }

    /// Where messages with this id stand, oldest first.
    #[must_use]
    pub fn messages(&self, facts: &Facts, id: &str) -> Vec<MessageRef> {
        let mut found: Vec<MessageRef> = facts.messages.get(id).into_iter().flatten().copied().collect();
        for written in [&self.committing, &self.making] {
            for at in written.messages.get(id).into_iter().flatten() {
                if !found.iter().any(|known| known.seq == at.seq) {
                    found.push(*at);
                }
            }
        }
        found
    }

    /// Customers who may hold the identity. A customer changed lately may have lost it: callers check.
    #[must_use]
    pub fn holders(&self, facts: &Facts, identity: &Identity) -> BTreeSet<CustomerId> {
        let mut found: BTreeSet<CustomerId> =
            facts.identities.get(identity).into_iter().flatten().copied().collect();
        for written in self.newest_first() {
            found.extend(written.identities.get(identity).into_iter().flatten());
        }
        found
    }
}
