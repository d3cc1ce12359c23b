//! A batch becomes rows: encoded, sealed and written as one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use tieline_core::batch::{AgentChange, Batch, CustomerChange, ObjectChange, Rehomed};
use tieline_core::conversation::State;
use tieline_core::customer::{Customer, Identity};
use tieline_core::delivery::{Attempt, Entry, EntryStatus, Subject};
use tieline_core::event::Seq;
use tieline_core::id::CustomerId;

use crate::backend::Care;
use crate::codec::{self, Opening};
use crate::error::{Error, Result};
use crate::keys::{CustomerSecret, Owner, Vault};
use crate::read::PAGE_ROWS;
use crate::rows::{ConversationQuery, CustomerRow, EntryRow, ObjectRow, RequestRow, RowsMut};
use crate::seal::SealKey;
use crate::{Inner, Store};

impl Store {
    /// Writes a batch in one transaction; when this returns `Ok` it is on disk. On any error but
    /// [`Error::Unavailable`] nothing of it was written; after that one it may have been.
    ///
    /// What a batch says about a customer who is erased, before or in it, is kept without its content.
    pub async fn commit(&self, batch: Batch) -> Result<()> {
        let erased: Vec<CustomerId> = batch
            .customers
            .iter()
            .filter_map(|change| match change {
                CustomerChange::Erase { customer } => Some(*customer),
                CustomerChange::Put { .. } => None,
            })
            .collect();
        if erased.is_empty() {
            return self.write_batch(Care::Ordinary, batch).await;
        }
        // On a task of its own: a caller who gives up waiting must not leave the erased keys in the cache.
        let store = self.clone();
        let erasing = tokio::spawn(async move {
            let written = store.write_batch(Care::Erasing, batch).await;
            store.inner.vault.forget(&erased);
            written
        });
        erasing.await.unwrap_or_else(|_| Err(Error::unavailable("the erasure was interrupted")))
    }

    async fn write_batch(&self, care: Care, batch: Batch) -> Result<()> {
        self.inner.seen.note(batch.requests.iter().map(|(key, at, _)| (*key, *at)));
        let new_keys = self.write(care, move |inner, rows| Writing::write(inner, rows, &batch)).await?;
        for (id, secret) in new_keys {
            self.inner.vault.remember(id, secret);
        }
        Ok(())
    }
}

type NewKeys = Vec<(CustomerId, CustomerSecret)>;

struct Writing<'a> {
    vault: &'a Vault,
    rows: &'a mut dyn RowsMut,
    /// How many there had been when this began.
    erasures: u64,
    /// Owners met in this batch, some of them not committed yet.
    owners: HashMap<CustomerId, Owner>,
    new_keys: NewKeys,
}

impl<'a> Writing<'a> {
    fn write(inner: &'a Inner, rows: &'a mut dyn RowsMut, batch: &Batch) -> Result<NewKeys> {
        let (vault, owners, new_keys) = (&inner.vault, HashMap::new(), NewKeys::new());
        let mut writing = Self { vault, rows, erasures: vault.erasures(), owners, new_keys };
        for change in &batch.customers {
            writing.customer(change)?;
        }
        writing.log(batch)?;
        writing.outbox(batch)?;
        for rehomed in &batch.rehomed {
            writing.rehome(*rehomed)?;
        }
        for change in &batch.objects {
            writing.object(change)?;
        }
        for change in &batch.agents {
            match change {
                AgentChange::Put(agent) => writing.rows.put_agent(codec::agent_row(writing.vault, agent))?,
                AgentChange::Delete(id) => writing.rows.delete_agent(*id)?,
            }
        }
        crate::report::write(writing.rows, batch)?;
        for record in &batch.audit {
            let about = record.deed.about();
            let owner = about.map(|id| writing.owner(id)).transpose()?;
            let row = codec::audit_row(writing.vault, about.zip(owner.as_ref()), record);
            writing.rows.add_audit(row)?;
        }
        writing.rows.raise_next_seq(batch.next_seq)?;
        Ok(writing.new_keys)
    }

    fn owner(&mut self, id: CustomerId) -> Result<Owner> {
        if let Some(owner) = self.owners.get(&id) {
            return Ok(owner.clone());
        }
        let owner = self.vault.owner(&*self.rows, id, self.erasures)?;
        self.owners.insert(id, owner.clone());
        Ok(owner)
    }

    /// The key of a customer who must be known; `None` when erased.
    fn key(&mut self, id: CustomerId) -> Result<Option<Arc<SealKey>>> {
        match self.owner(id)? {
            Owner::Known(key) => Ok(Some(key)),
            Owner::Erased => Ok(None),
            Owner::Unknown => {
                Err(Error::Inconsistent(format!("it speaks of customer {id}, who was never stored")))
            }
        }
    }

    fn customer(&mut self, change: &CustomerChange) -> Result<()> {
        match change {
            CustomerChange::Put { customer, identities } => self.put_customer(customer, identities),
            CustomerChange::Erase { customer } => {
                self.forget_marks(*customer)?;
                self.rows.erase_customer(*customer)?;
                self.owners.insert(*customer, Owner::Erased);
                Ok(())
            }
        }
    }

    fn put_customer(&mut self, customer: &Customer, identities: &[Identity]) -> Result<()> {
        let id = customer.id;
        match self.owner(id)? {
            Owner::Known(key) => {
                let body = codec::customer_body(&key, customer);
                self.rows.set_customer_body(id, customer.merged_into(), body)?;
            }
            Owner::Unknown => {
                let (secret, wrapped) = self.vault.new_customer_key(id);
                let key = secret.key();
                let body = Some(codec::customer_body(&key, customer));
                let survivor = customer.merged_into();
                self.rows.add_customer(CustomerRow { id, key: Some(wrapped), survivor, body })?;
                self.owners.insert(id, Owner::Known(key));
                self.new_keys.push((id, secret));
            }
            Owner::Erased => return Ok(()),
        }
        let mut indexes: Vec<_> =
            identities.iter().map(|identity| self.vault.identity_index(identity)).collect();
        indexes.sort_unstable();
        indexes.dedup();
        self.rows.set_identities(id, &indexes)
    }

    /// What a customer's conversations are found by is in them: they are read once more.
    fn forget_marks(&mut self, customer: CustomerId) -> Result<()> {
        let limit = PAGE_ROWS;
        let mut query = ConversationQuery { customer: Some(customer), limit, ..ConversationQuery::default() };
        loop {
            let page = self.rows.conversations(&query)?;
            let Some(last) = page.last() else { return Ok(()) };
            query.before = Some(last.id);
            for row in page {
                let Some(conversation) = self.opening().conversation(row)? else { continue };
                for mark in conversation.marks() {
                    self.rows.delete_mark(&self.vault.mark_index(&mark), conversation.id)?;
                }
            }
        }
    }

    fn log(&mut self, batch: &Batch) -> Result<()> {
        for conversation in &batch.conversations {
            let key = self.key(conversation.customer)?;
            self.rows.put_conversation(codec::conversation_row(key.as_deref(), conversation))?;
            if key.is_some() && conversation.state == State::Closed {
                for mark in conversation.marks() {
                    self.rows.add_mark(&self.vault.mark_index(&mark), conversation.id)?;
                }
            }
        }
        for event in &batch.events {
            let key = self.key(event.customer)?;
            self.rows.add_event(codec::event_row(self.vault, key.as_deref(), event))?;
        }
        for (key, at, accepted) in &batch.requests {
            self.rows.put_request(RequestRow { key: *key, at: *at, accepted: *accepted })?;
        }
        Ok(())
    }

    fn outbox(&mut self, batch: &Batch) -> Result<()> {
        let mut customers = HashMap::new();
        for entry in &batch.entries {
            let customer = customer_of(entry);
            customers.insert(entry.seq, customer);
            let owner = if needs_key(entry) { customer.map(|id| self.owner(id)).transpose()? } else { None };
            self.rows.put_entry(codec::entry_row(self.vault, owner.as_ref(), entry))?;
        }
        for attempt in &batch.attempts {
            self.attempt(attempt, &customers)?;
        }
        Ok(())
    }

    /// Puts everything written about a conversation under the key of whose it is now, so that erasing him reaches it,
    /// and erasing who had it before does not.
    fn rehome(&mut self, Rehomed { conversation, to }: Rehomed) -> Result<()> {
        let owner = self.owner(to)?;
        let key = self.key(to)?;
        let mut after = 0;
        loop {
            let page = self.rows.events(conversation, after, None, PAGE_ROWS)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            for row in page.into_iter().filter(|row| row.customer != to) {
                let seq = row.seq;
                let row = self.opening().rehomed_event(row, to, key.as_deref())?;
                self.rows.rehome_event(row)?;
                for entry in self.rows.entries_of_event(seq)? {
                    self.rehome_entry(entry, to, &owner)?;
                }
            }
        }
    }

    fn rehome_entry(&mut self, row: EntryRow, to: CustomerId, owner: &Owner) -> Result<()> {
        let attempts = self.rows.attempts(row.seq)?;
        let row = self.opening().rehomed_entry(row, to, owner)?;
        self.rows.put_entry(row)?;
        for attempt in attempts {
            let attempt = self.opening().rehomed_attempt(attempt, to, owner)?;
            self.rows.put_attempt(attempt)?;
        }
        Ok(())
    }

    fn opening(&self) -> Opening<'_> {
        Opening { vault: self.vault, rows: &*self.rows, erasures: self.erasures }
    }

    fn attempt(&mut self, attempt: &Attempt, of_batch: &HashMap<Seq, Option<CustomerId>>) -> Result<()> {
        let customer = match of_batch.get(&attempt.entry) {
            Some(customer) => *customer,
            None => self.rows.entry(attempt.entry)?.and_then(|entry| entry.customer()),
        };
        let owner = customer.map(|id| self.owner(id)).transpose()?;
        let row = codec::attempt_row(self.vault, customer.zip(owner.as_ref()), attempt);
        self.rows.put_attempt(row)
    }

    fn object(&mut self, change: &ObjectChange) -> Result<()> {
        let row = match change {
            ObjectChange::Put { object, version, at } => codec::object_row(self.vault, object, *version, *at),
            ObjectChange::Amend { object, version, at } => {
                let row = codec::object_row(self.vault, object, *version, *at);
                return self.rows.amend_object(row);
            }
            ObjectChange::Delete { kind, id, at } => {
                let kind = codec::kind_code(*kind);
                let last = self.rows.object_versions(kind, *id, 1)?.pop();
                let version = last.map_or(1, |last| last.version + 1);
                ObjectRow { kind, id: *id, version, at: *at, body: None }
            }
        };
        self.rows.put_object(row)
    }
}

const fn customer_of(entry: &Entry) -> Option<CustomerId> {
    match entry.subject {
        Subject::Event { customer, .. } => Some(customer),
        Subject::Configuration { .. } => None,
    }
}

const fn needs_key(entry: &Entry) -> bool {
    matches!(entry.status, EntryStatus::Dead { .. } | EntryStatus::Resolved { letter: Some(_), .. })
}
