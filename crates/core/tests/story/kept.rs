//! What a store keeps, in plain maps: it answers the core's questions, and it does not take just any batch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tieline_core::agent::Agent;
use tieline_core::batch::{AgentChange, Batch, CustomerChange, ObjectChange};
use tieline_core::conversation::{Conversation, State as ConversationState};
use tieline_core::customer::{Customer, Identity};
use tieline_core::delivery::{Attempt, Entry, EntryStatus, Lane, Subject};
use tieline_core::event::{Event, Fact, Seq};
use tieline_core::facts::{
    Accepted, EntryFilter, Facts, MessageRef, PAST_CONVERSATIONS_MAX, RequestKey, Wants,
};
use tieline_core::id::{ConversationId, CustomerId, Id, UserId};
use tieline_core::registry::{Kind, Object};
use tieline_core::report::{FinishedTask, StateChange, Tallies};
use tieline_core::state::Remembered;
use tieline_core::time::At;

#[derive(Debug, Clone, Default)]
pub struct Kept {
    objects: BTreeMap<(Kind, Id), (Object, u64, At)>,
    pub customers: BTreeMap<CustomerId, (Arc<Customer>, Vec<Identity>)>,
    pub conversations: BTreeMap<ConversationId, Conversation>,
    pub agents: BTreeMap<UserId, Agent>,
    pub events: BTreeMap<Seq, Arc<Event>>,
    pub entries: BTreeMap<Seq, Entry>,
    pub attempts: BTreeMap<Seq, Vec<Attempt>>,
    requests: BTreeMap<RequestKey, Accepted>,
    /// The newest entry of each lane, which the next one must name.
    lane_ends: BTreeMap<Lane, Seq>,
    pub tallies: Tallies,
    pub state_changes: Vec<StateChange>,
    pub finished: Vec<FinishedTask>,
    /// First names of all customers there ever were.
    pub known: BTreeMap<CustomerId, String>,
    next_seq: Seq,
}

impl Kept {
    /// Takes in a batch, or panics over what no batch may say.
    pub fn keep(&mut self, batch: &Batch) {
        assert!(batch.next_seq >= self.next_seq, "the log went back");
        for change in &batch.objects {
            self.keep_object(change);
        }
        for change in &batch.customers {
            match change {
                CustomerChange::Put { customer, identities } => {
                    self.known.insert(customer.id, customer.first_name().to_owned());
                    self.customers.insert(customer.id, (Arc::clone(customer), identities.clone()));
                }
                CustomerChange::Erase { customer } => {
                    assert!(self.customers.remove(customer).is_some(), "nobody to erase");
                }
            }
        }
        self.keep_conversations(batch);
        for change in &batch.agents {
            match change {
                AgentChange::Put(agent) => drop(self.agents.insert(agent.id, Agent::clone(agent))),
                AgentChange::Delete(agent) => drop(self.agents.remove(agent)),
            }
        }
        self.keep_events(batch);
        self.rehome(batch);
        self.keep_entries(batch);
        for attempt in &batch.attempts {
            let made = self.attempts.entry(attempt.entry).or_default();
            made.push(attempt.clone());
            assert_eq!(attempt.number as usize, made.len(), "attempts are numbered from 1");
            assert!(self.entries.contains_key(&attempt.entry), "an attempt at nothing");
        }
        for (key, _, accepted) in &batch.requests {
            assert!(self.requests.insert(*key, *accepted).is_none(), "a request was decided twice");
            assert!(accepted.seq == 0 || self.events.contains_key(&accepted.seq), "answered with no event");
        }
        self.tallies.join(&batch.tallies);
        self.state_changes.extend(&batch.state_changes);
        self.finished.extend(&batch.finished);
        self.next_seq = batch.next_seq;
    }

    fn keep_object(&mut self, change: &ObjectChange) {
        match change {
            ObjectChange::Put { object, version, at } => {
                let before = self
                    .objects
                    .insert((object.kind(), object.id()), (Object::clone(object), *version, *at))
                    .map_or(0, |(_, version, _)| version);
                assert_eq!(*version, before + 1, "versions rise by one");
            }
            ObjectChange::Amend { object, version, at } => {
                let amended = (Object::clone(object), *version, *at);
                let before = self.objects.insert((object.kind(), object.id()), amended);
                let before = before.map(|(_, version, at)| (version, at));
                assert_eq!(before, Some((*version, *at)), "the same version goes on");
            }
            ObjectChange::Delete { kind, id, .. } => {
                assert!(self.objects.remove(&(*kind, *id)).is_some(), "nothing to delete");
            }
        }
    }

    fn keep_conversations(&mut self, batch: &Batch) {
        let mut seen = BTreeSet::new();
        for conversation in &batch.conversations {
            assert!(seen.insert(conversation.id), "a conversation stands twice in a batch");
            assert!(self.customers.contains_key(&conversation.customer), "a conversation with nobody");
            let before = self.conversations.insert(conversation.id, conversation.clone());
            let is_rehomed = batch.rehomed.iter().any(|rehomed| rehomed.conversation == conversation.id);
            assert!(
                is_rehomed || before.is_none_or(|before| before.state != ConversationState::Closed),
                "a closed conversation changed"
            );
        }
    }

    fn keep_events(&mut self, batch: &Batch) {
        let mut last = self.next_seq.saturating_sub(1);
        for event in &batch.events {
            assert!(event.seq > last && event.seq < batch.next_seq, "events rise");
            last = event.seq;
            let conversation =
                self.conversations.get(&event.conversation).expect("an event of no conversation");
            let after_the_end = conversation.closed_at.is_some_and(|closed| event.at > closed);
            let may = matches!(
                event.fact,
                Fact::Receipt { .. } | Fact::Activity { .. } | Fact::CustomerChanged { .. }
            );
            assert!(!after_the_end || may, "{:?} after the end", event.fact);
            self.events.insert(event.seq, Arc::clone(event));
        }
    }

    /// Whoever changes hands does so with everything written about him.
    fn rehome(&mut self, batch: &Batch) {
        for rehomed in &batch.rehomed {
            let now = &self.conversations[&rehomed.conversation];
            let last = batch.rehomed.iter().rfind(|other| other.conversation == rehomed.conversation);
            assert_eq!(last.map(|last| last.to), Some(now.customer), "rehomed to somebody else");
            for event in self.events.values_mut().filter(|event| event.conversation == rehomed.conversation) {
                Arc::make_mut(event).customer = rehomed.to;
            }
            for entry in self.entries.values_mut() {
                if let Subject::Event { conversation, customer, .. } = &mut entry.subject
                    && *conversation == rehomed.conversation
                {
                    *customer = rehomed.to;
                }
            }
        }
        for event in &batch.events {
            let told = &self.events[&event.seq];
            let conversation = &self.conversations[&event.conversation];
            assert_eq!(told.customer, conversation.customer, "an event of somebody else");
        }
    }

    fn keep_entries(&mut self, batch: &Batch) {
        for entry in &batch.entries {
            assert!(entry.seq < batch.next_seq);
            if let Subject::Event { event, conversation, .. } = entry.subject {
                let told = self.events.get(&event).expect("an entry tells of an event");
                assert_eq!(told.conversation, conversation);
            }
            let Some(before) = self.entries.insert(entry.seq, entry.clone()) else {
                assert!(entry.seq >= self.next_seq, "new entries rise");
                assert!(entry.is_pending(), "entries start pending");
                if let Lane::Session(_) = entry.lane {
                    let end = self.lane_ends.insert(entry.lane, entry.seq).unwrap_or(0);
                    // A closed conversation takes no note of what is sent again.
                    let whole = entry.previous == end || self.was_closed(entry) && entry.previous < end;
                    assert!(whole, "entry {} goes on from {}, not {end}", entry.seq, entry.previous);
                }
                continue;
            };
            let fixed = |entry: &Entry| (entry.lane, entry.to, entry.previous, entry.created_at);
            assert_eq!(fixed(&before), fixed(entry), "an entry changed what it is");
            let seen_to = matches!(
                (&before.status, &entry.status),
                (EntryStatus::Dead { .. } | EntryStatus::Resolved { .. }, EntryStatus::Resolved { .. })
            );
            assert!(before.is_pending() || seen_to, "{:?} became {:?}", before.status, entry.status);
        }
    }

    fn was_closed(&self, entry: &Entry) -> bool {
        let Subject::Event { conversation, .. } = entry.subject else { return false };
        let closed_at = self.conversations.get(&conversation).and_then(|conversation| conversation.closed_at);
        closed_at.is_some_and(|closed| entry.created_at > closed)
    }

    pub fn facts(&self, wants: &Wants) -> Facts {
        let mut facts = Facts::default();
        let mut customers = wants.customers.clone();
        let mut conversations = wants.conversations.clone();
        for id in &wants.pasts {
            let his = self.conversations.values().rev().filter(|found| found.customer == *id);
            let his: Vec<ConversationId> =
                his.map(|found| found.id).take(PAST_CONVERSATIONS_MAX + 1).collect();
            conversations.extend(&his);
            facts.pasts.insert(*id, his);
        }
        for key in &wants.requests {
            facts.requests.extend(self.requests.get(key).map(|accepted| (*key, *accepted)));
        }
        for identity in &wants.identities {
            let holds =
                |(id, (_, held)): (&CustomerId, &(_, Vec<Identity>))| held.contains(identity).then_some(*id);
            let holders: Vec<CustomerId> = self.customers.iter().filter_map(holds).collect();
            customers.extend(&holders);
            facts.identities.insert(identity.clone(), holders);
        }
        for filter in &wants.entries {
            for entry in self.dead(filter) {
                if let Subject::Event { conversation, customer, .. } = entry.subject {
                    conversations.insert(conversation);
                    customers.insert(customer);
                }
                facts.dead_entries.insert(entry.seq, entry.clone());
            }
        }
        for found in wants.conversations.iter().filter_map(|id| self.conversations.get(id)) {
            customers.insert(found.customer);
            customers.extend(found.links.iter().map(|link| link.from));
        }
        while let Some(id) = customers.pop_first() {
            if !facts.asked_customers.insert(id) {
                continue;
            }
            let Some((customer, _)) = self.customers.get(&id) else { continue };
            customers.extend(customer.kin());
            conversations.extend(customer.merges().iter().filter_map(|merge| merge.conversation));
            facts.customers.insert(id, Arc::clone(customer));
        }
        for id in &wants.messages {
            let named =
                |event: &&Arc<Event>| matches!(&event.fact, Fact::Message(message) if message.id == *id);
            let refs = self.events.values().filter(named).map(|event| MessageRef {
                seq: event.seq,
                conversation: event.conversation,
                customer: event.customer,
                session: event.session,
            });
            let refs: Vec<MessageRef> = refs.collect();
            conversations.extend(refs.iter().map(|found| found.conversation));
            facts.messages.insert(id.clone(), refs);
        }
        facts.asked_conversations.extend(&conversations);
        for id in conversations {
            facts
                .conversations
                .extend(self.conversations.get(&id).map(|found| (id, Arc::new(found.clone()))));
        }
        facts.answering(wants)
    }

    fn dead(&self, filter: &EntryFilter) -> impl Iterator<Item = &Entry> {
        self.entries
            .values()
            .filter(|entry| match entry.status {
                EntryStatus::Dead { .. } => true,
                EntryStatus::Resolved { .. } => filter.seqs.contains(&entry.seq),
                _ => false,
            })
            .filter(|entry| filter.lets_through(entry))
            .take(filter.limit)
    }

    pub fn remembered(&self) -> Remembered {
        let live: Vec<Conversation> = self
            .conversations
            .values()
            .filter(|conversation| conversation.state != ConversationState::Closed)
            .cloned()
            .collect();
        let entries: Vec<Entry> = self.entries.values().filter(|entry| entry.is_pending()).cloned().collect();
        let waiting = entries.iter().filter_map(|entry| match (entry.lane, entry.subject) {
            (Lane::Session(session), Subject::Event { conversation, customer, .. }) => {
                Some((session, conversation, customer))
            }
            _ => None,
        });
        let (mut lane_sessions, mut customers) = (BTreeMap::new(), BTreeSet::new());
        for (session, conversation, customer) in waiting {
            customers.insert(customer);
            let conversation = &self.conversations[&conversation];
            if conversation.state == ConversationState::Closed {
                lane_sessions.extend(conversation.session(session).map(|found| (session, Arc::clone(found))));
            }
        }
        customers.extend(live.iter().map(|conversation| conversation.customer));
        Remembered {
            objects: self.objects.values().cloned().collect(),
            conversations: live,
            customers: customers
                .iter()
                .filter_map(|id| self.customers.get(id))
                .map(|(customer, _)| Arc::clone(customer))
                .collect(),
            agents: self.agents.values().cloned().collect(),
            entries,
            lane_sessions: lane_sessions.into_values().collect(),
            next_seq: self.next_seq,
        }
    }
}
