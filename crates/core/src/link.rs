//! Whose conversation it is: given to another customer, and taken back.
//!
//! A conversation moves with everything said in it; the address it came from may go along, so that whoever writes from
//! there next is recognised as the other customer. Each move notes in the conversation what it changed, and undoing it
//! restores that, whatever else has changed since.

use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use serde_json::Value;
use tieline_cim::Why;

use crate::audit::Deed;
use crate::batch::Rehomed;
use crate::command::{Answer, ItsAddress, LinkWish};
use crate::conversation::{Conversation, Link};
use crate::customer::{Customer, Held, IDENTIFIERS_MAX};
use crate::event::{Emitter, Fact, Rehoming};
use crate::facts::PAST_CONVERSATIONS_MAX;
use crate::id::{ConversationId, CustomerId, UserId};
use crate::refusal::Refusal;
use crate::schema::normalise_identifier;
use crate::turn::{Halt, Outcome, Turn};

/// Links of one conversation in force.
const LINKS_MAX: usize = 10;

impl Turn<'_> {
    pub fn link_conversation(&mut self, wish: &LinkWish) -> Outcome<Answer> {
        let conversation = self.conversation_anywhere(wish.conversation)?;
        let from = self.known_customer(conversation.customer)?;
        let to = self.unmerged_customer(wish.to)?;
        if from.id == to.id || from.merged_into() == Some(to.id) {
            return Err(Refusal::conflict(Why::CustomersAlready).into());
        }
        if conversation.links.len() == LINKS_MAX {
            return Err(Refusal::limit(Why::LinksMax { max: LINKS_MAX }).into());
        }
        self.check_can_take(&conversation, to.id)?;
        let (taken, given) = match wish.address {
            ItsAddress::Stays => (Vec::new(), Vec::new()),
            ItsAddress::GoesAlong => self.addresses(&conversation, &from, &to)?,
        };
        let to = self.write_held(&to, &[], &given);
        let LinkWish { by, reason, .. } = wish;
        let lost = taken.clone();
        let link =
            Link { at: self.now, by: *by, reason: reason.clone(), from: from.id, to: to.id, taken, given };
        let change = |conversation: &mut Conversation| append(conversation, link);
        self.rehome(wish.conversation, &to, *by, reason.clone(), Rehoming::Linked, change);
        // No desk is shown any more what becomes of him.
        self.write_held(&from, &lost, &[]);
        Ok(Answer::Customer(to))
    }

    /// Undoes the newest link that is in force.
    pub fn unlink_conversation(
        &mut self,
        id: ConversationId,
        by: UserId,
        reason: Option<&str>,
    ) -> Outcome<Answer> {
        let conversation = self.conversation_anywhere(id)?;
        let link = conversation.links.last().cloned();
        let link = link.ok_or_else(|| Refusal::conflict(Why::NotLinked))?;
        if conversation.customer != link.to {
            return Err(Refusal::conflict(Why::MergedSince { customer: link.to.to_string() }).into());
        }
        let (from, to) = (self.unmerged_customer(link.from)?, self.known_customer(link.to)?);
        self.check_can_take(&conversation, from.id)?;
        self.check_room(&from, &link.taken)?;
        let from = self.write_held(&from, &[], &link.taken);
        let change = drop_newest;
        self.rehome(id, &from, by, reason.map(Into::into), Rehoming::Unlinked, change);
        self.write_held(&to, &link.given, &[]);
        Ok(Answer::Customer(from))
    }

    /// Links every past conversation of an anonymous customer.
    pub fn link_past(
        &mut self,
        from: CustomerId,
        to: CustomerId,
        by: UserId,
        reason: Option<&str>,
    ) -> Outcome<Answer> {
        let (from, to) = (self.known_customer(from)?, self.unmerged_customer(to)?);
        if from.id == to.id {
            return Err(Refusal::conflict(Why::SameCustomer).into());
        }
        if !from.anonymous {
            return Err(Refusal::conflict(Why::NotAnonymous).into());
        }
        let past = self.past_of(from.id)?;
        if past.len() > PAST_CONVERSATIONS_MAX {
            return Err(Refusal::limit(Why::LinkedAtOnceMax { max: PAST_CONVERSATIONS_MAX }).into());
        }
        let links: Vec<usize> = past.iter().map(|conversation| conversation.links.len()).collect();
        if links.contains(&LINKS_MAX) {
            return Err(Refusal::limit(Why::LinksMax { max: LINKS_MAX }).into());
        }
        for conversation in &past {
            let link = Link {
                at: self.now,
                by,
                reason: reason.map(Into::into),
                from: from.id,
                to: to.id,
                taken: Vec::new(),
                given: Vec::new(),
            };
            let change = |conversation: &mut Conversation| append(conversation, link);
            self.rehome(conversation.id, &to, by, reason.map(Into::into), Rehoming::Linked, change);
        }
        Ok(Answer::Linked { conversations: past.len() })
    }

    /// Closed conversations that are the customer's now.
    fn past_of(&self, customer: CustomerId) -> Outcome<Vec<Arc<Conversation>>> {
        let stored = self.facts.pasts.get(&customer).ok_or(Halt::Starved)?;
        let recent = self.state.recent.conversations_of(customer);
        let ids: BTreeSet<ConversationId> = stored.iter().copied().chain(recent).collect();
        let closed = ids.into_iter().filter(|id| self.state.conversation(*id).is_none());
        let found = closed.filter_map(|id| self.state.recent.conversation(self.facts, id));
        Ok(found.filter(|conversation| conversation.customer == customer).collect())
    }

    /// A conversation, open or closed, as it stands.
    pub fn conversation_anywhere(&self, id: ConversationId) -> Outcome<Arc<Conversation>> {
        if let Some(live) = self.state.conversation(id) {
            return Ok(Arc::new(live.clone()));
        }
        match self.state.recent.conversation(self.facts, id) {
            Some(closed) => Ok(closed),
            None if self.facts.asked_conversations.contains(&id) => {
                Err(Refusal::not_found(Why::NoConversation { id: id.to_string() }).into())
            }
            None => Err(Halt::Starved),
        }
    }

    /// A customer has one open conversation.
    pub fn check_can_take(&self, conversation: &Conversation, customer: CustomerId) -> Outcome<()> {
        match self.state.by_customer.get(&customer) {
            Some(open) if self.state.conversation(conversation.id).is_some() => {
                let (conversation, customer) = (open.to_string(), customer.to_string());
                let why = Why::ConversationOpenWith { conversation, customer };
                Err(Refusal::busy(why).into())
            }
            _ => Ok(()),
        }
    }

    /// The addresses of a conversation's sessions: those `from` has, and those `to` has not.
    fn addresses(
        &self,
        conversation: &Conversation,
        from: &Customer,
        to: &Customer,
    ) -> Outcome<(Vec<Held>, Vec<Held>)> {
        let registry = &self.state.registry;
        let (mut taken, mut given) = (Vec::new(), Vec::new());
        for session in &conversation.sessions {
            let Some(channel) = registry.channel(session.channel) else { continue };
            for attribute in registry.identifier_attributes(channel.value.channel_type) {
                let address = &session.address.customer;
                let wanted = normalise_identifier(&attribute.value, address);
                let key = &*attribute.value.key;
                let as_held = |customer: &Customer| -> Option<Box<str>> {
                    let is_it = |value: &&str| normalise_identifier(&attribute.value, value) == wanted;
                    customer.values(key).find(is_it).map(Into::into)
                };
                let held = |value| Held { attribute: key.into(), value };
                let had = as_held(from);
                if as_held(to).is_none() {
                    given.push(held(had.clone().unwrap_or_else(|| address.trim().into())));
                }
                taken.extend(had.map(held));
            }
        }
        for list in [&mut taken, &mut given] {
            list.sort_by(|a, b| (&a.attribute, &a.value).cmp(&(&b.attribute, &b.value)));
            list.dedup();
        }
        self.check_room(to, &given)?;
        Ok((taken, given))
    }

    /// Whether a customer has room for further identifiers.
    pub fn check_room(&self, customer: &Customer, more: &[Held]) -> Outcome<()> {
        let too_many = more.iter().find(|held| {
            let new = more.iter().filter(|other| other.attribute == held.attribute);
            customer.values(&held.attribute).count() + new.count() > IDENTIFIERS_MAX
        });
        match too_many {
            Some(_) => Err(Refusal::limit(Why::IdentifierValuesMax { max: IDENTIFIERS_MAX }).into()),
            None => Ok(()),
        }
    }

    /// A customer without some of his identifiers and with others, written when that changes anything.
    pub fn write_held(&mut self, customer: &Arc<Customer>, without: &[Held], with: &[Held]) -> Arc<Customer> {
        if without.is_empty() && with.is_empty() {
            return Arc::clone(customer);
        }
        let mut attributes = customer.attributes.to_map();
        for held in without {
            if let Some(Value::Array(values)) = attributes.get_mut(&*held.attribute) {
                values.retain(|value| value.as_str() != Some(&held.value));
            }
        }
        for held in with {
            let values = attributes.entry(&*held.attribute).or_insert_with(|| Value::Array(Vec::new()));
            let value = Value::from(&*held.value);
            match values {
                Value::Array(values) if values.contains(&value) => {}
                Value::Array(values) => values.push(value),
                other => *other = Value::Array(vec![value]),
            }
        }
        let changed = Arc::new(Customer {
            version: customer.version + 1,
            attributes: attributes.into(),
            ..Customer::clone(customer)
        });
        self.write_customer(Arc::clone(&changed));
        changed
    }

    /// Gives a conversation to another customer, who has no open one if this one is; `change` notes it there.
    pub fn rehome(
        &mut self,
        id: ConversationId,
        to: &Arc<Customer>,
        by: UserId,
        reason: Option<Box<str>>,
        why: Rehoming,
        change: impl FnOnce(&mut Conversation),
    ) {
        let live = self.take(id);
        let is_live = live.is_some();
        let closed = || self.state.recent.conversation(self.facts, id);
        let found = live.or_else(|| Some(Box::new(Conversation::clone(&*closed()?))));
        let Some(mut conversation) = found else { return };
        let from = mem::replace(&mut conversation.customer, to.id);
        change(&mut conversation);
        self.state.recent.note_rehomed(from);
        self.state.batch.rehomed.push(Rehomed { conversation: id, to: to.id });
        let waiting = self.state.outbox.rehome(id, to);
        self.state.batch.entries.extend(waiting);
        match why {
            Rehoming::Linked => {
                let reason = reason.clone();
                self.note(Deed::ConversationLinked { conversation: id, from, to: to.id, reason });
            }
            Rehoming::Unlinked => {
                let reason = reason.clone();
                self.note(Deed::ConversationUnlinked { conversation: id, from, to: to.id, reason });
            }
            // The merge is noted as a whole.
            Rehoming::Merged | Rehoming::Unmerged => {}
        }
        let fact = Fact::CustomerChanged { from, to: to.id, by, reason, why };
        if is_live {
            self.state.by_customer.remove(&from);
            self.state.customers.remove(&from);
            self.state.by_customer.insert(to.id, id);
            self.state.customers.insert(to.id, Arc::clone(to));
            self.record(&conversation, None, Emitter::Agent(by), fact);
            self.put_back(conversation);
        } else {
            self.write_event(id, to.id, None, Emitter::Agent(by), fact);
            self.state.recent.note_closed(&Arc::new(Conversation::clone(&conversation)));
            let batch = &mut self.state.batch.conversations;
            batch.retain(|written| written.id != id);
            batch.push(*conversation);
        }
    }
}

// Few conversations are ever linked, so what they keep of it is as small as it can be.

fn append(conversation: &mut Conversation, link: Link) {
    let links = mem::take(&mut conversation.links);
    conversation.links = links.into_iter().chain([link]).collect();
}

fn drop_newest(conversation: &mut Conversation) {
    let mut links = mem::take(&mut conversation.links).into_vec();
    links.pop();
    conversation.links = links.into();
}
