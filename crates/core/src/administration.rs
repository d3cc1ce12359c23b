//! Changes to the registry and to customers, and what they mean for live work.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use tieline_cim::Why;

use crate::agent::AgentMrd;
use crate::audit::{Change, Deed, changes};
use crate::batch::{CustomerChange, ObjectChange};
use crate::command::Answer;
use crate::customer::Customer;
use crate::delivery::{CUSTOMER_ERASED, EntryStatus, Receiver};
use crate::departure::Departure;
use crate::effect::Effect;
use crate::id::{CustomerId, Id, UserId};
use crate::merge::check_unmerged;
use crate::refusal::Refusal;
use crate::registry::{Announcement, Kind, Object, Stored, User, effective_capacity};
use crate::state::AddressKey;
use crate::task::Stage;
use crate::turn::{Halt, Outcome, Turn};

/// Labels a customer can carry.
pub const LABELS_MAX: usize = 50;
/// How the audit trail calls what becomes of a customer with the first step of erasing him; no attribute has this key.
const LEAVING: &str = "being erased";

impl Turn<'_> {
    pub fn put_object(&mut self, object: &Object, expected: Option<u64>) -> Outcome<Answer> {
        if let (None, Some(by)) = (expected, self.state.registry.named(object.kind(), object.id())) {
            return Err(Refusal::Taken { field: "id".to_owned(), by }.into());
        }
        self.state.registry.check_put(object, expected)?;
        self.check_stays(object)?;
        let former = self.former_announcement(object.kind(), object.id());
        let account = self.state.registry.user(object.id().into()).map(Arc::clone);
        let version = Arc::make_mut(&mut self.state.registry).put(object.clone(), self.now);
        self.state.batch.objects.push(ObjectChange::Put {
            object: Box::new(object.clone()),
            version,
            at: self.now,
        });
        self.note(Deed::ObjectPut { kind: object.kind(), id: object.id(), version });
        self.note_second_factor(account.as_deref().map(|account| &account.value), object);
        self.registry_changed(object.kind(), object.id());
        if let (Some(former), Object::User(user)) = (&account, object) {
            self.person_moved(&former.value, user);
        }
        if object.kind() == Kind::Announcement {
            self.announce(object.id(), former.as_ref());
        }
        Ok(Answer::Stored { version })
    }

    pub fn delete_object(&mut self, kind: Kind, id: Id, expected: Option<u64>) -> Outcome<()> {
        self.state.registry.check_delete(kind, id, expected)?;
        self.check_idle(kind, id)?;
        let former = self.former_announcement(kind, id);
        self.remove_object(kind, id);
        self.note(Deed::ObjectDeleted { kind, id });
        if kind == Kind::User && self.state.registry.preferences(id.into()).is_some() {
            self.remove_object(Kind::Preferences, id);
            self.state.lists.learn_follower(UserId(id), &[]);
        }
        self.registry_changed(kind, id);
        if let Some(former) = former {
            self.withdraw_announcement(&former);
        }
        Ok(())
    }

    fn remove_object(&mut self, kind: Kind, id: Id) {
        Arc::make_mut(&mut self.state.registry).delete(kind, id);
        self.state.batch.objects.push(ObjectChange::Delete { kind, id, at: self.now });
    }

    fn former_announcement(&self, kind: Kind, id: Id) -> Option<Announcement> {
        let stored = self.state.registry.announcement(id).filter(|_| kind == Kind::Announcement)?;
        Some(stored.value.clone())
    }

    /// Live work keeps what it runs on.
    fn check_idle(&self, kind: Kind, id: Id) -> Outcome<()> {
        let busy = match kind {
            Kind::Channel => {
                let open = self.state.open_sessions_on(id.into(), None).count();
                (open > 0).then_some(Why::SessionsOpen { count: open })
            }
            Kind::Queue => {
                let work = self.state.queues.work(id.into());
                (work > 0).then_some(Why::QueueHasWork { count: work })
            }
            Kind::Mrd => {
                let work = self
                    .state
                    .conversations()
                    .flat_map(|conversation| &conversation.tasks)
                    .filter(|task| task.mrd.0 == id && !task.is_closed())
                    .count();
                (work > 0).then_some(Why::DomainHasWork { count: work })
            }
            Kind::Connector => {
                let waiting = self.state.outbox.status(Receiver::Connector(id.into())).waiting;
                (waiting > 0).then_some(Why::ConnectorHasWork { count: waiting })
            }
            Kind::Bot => {
                let live = self
                    .state
                    .conversations()
                    .filter(|live| live.bot.as_ref().is_some_and(|seat| Id::from(seat.bot) == id))
                    .count();
                (live > 0).then_some(Why::BotHasWork { count: live })
            }
            Kind::List => {
                let listed = self.state.lists.length(id.into());
                (listed > 0).then_some(Why::ListHasWork { count: listed })
            }
            Kind::User => self.state.agents.contains_key(&UserId(id)).then_some(Why::AgentLoggedIn),
            _ => None,
        };
        busy.map_or(Ok(()), |why| Err(Refusal::busy(why).into()))
    }

    /// Requests of one domain cannot be left to the people of another.
    fn check_stays(&self, object: &Object) -> Outcome<()> {
        let Object::Queue(queue) = object else { return Ok(()) };
        let moves = self.state.registry.queue(queue.id).is_some_and(|present| present.value.mrd != queue.mrd);
        match moves {
            true => self.check_idle(Kind::Queue, queue.id.into()),
            false => Ok(()),
        }
    }

    fn registry_changed(&mut self, kind: Kind, id: Id) {
        self.effect(Effect::Registry(Arc::clone(&self.state.registry)));
        match kind {
            Kind::Queue => {
                let concerned = self.state.queues.learn_queue(id.into(), &self.state.registry);
                concerned.into_iter().for_each(|agent| self.place_agent(agent));
                self.ask_changed_queue(id.into());
            }
            Kind::TenantSettings => {
                let tasks = self.state.conversations.values().flat_map(|live| &live.tasks);
                let waiting = tasks.filter(|task| task.stage == Stage::Queued);
                self.state.queues.learn_order(&self.state.registry, waiting);
            }
            Kind::User => self.rearrange_agent(UserId(id)),
            Kind::Mrd => self.rearrange_floor(),
            Kind::Connector => self.push_configuration(id.into()),
            Kind::Provider => {
                let connectors: Vec<_> = self
                    .state
                    .registry
                    .connectors()
                    .filter(|connector| connector.value.provider.0 == id)
                    .map(|connector| connector.value.id)
                    .collect();
                for connector in connectors {
                    self.lines.insert(Receiver::Connector(connector));
                    self.push_configuration(connector);
                }
            }
            Kind::Channel => {
                self.state.queues.learn_channels(&self.state.registry);
                let registry = Arc::clone(&self.state.registry);
                if let Some(channel) = registry.channel(id.into())
                    && let Some(connector) = registry.connector(channel.value.connector)
                    && registry.provider(connector.value.provider).is_some_and(|p| p.value.webhook.is_some())
                {
                    self.push_channel_configuration(connector.value.id, id.into(), connector.version);
                }
            }
            Kind::SchemaAttribute => self.index_addresses(),
            Kind::List => self.show_changed_list(id.into()),
            Kind::Preferences => {
                let mine = self.state.registry.preferences(id.into()).map(Arc::clone);
                let lists = mine.as_ref().map_or(&[][..], |mine| mine.value.lists.as_slice());
                self.state.lists.learn_follower(UserId(id), lists);
            }
            _ => {}
        }
    }

    /// Somebody leads others, is led by others, or is in another team than before: what he sees follows at once.
    fn person_moved(&mut self, former: &User, user: &User) {
        let place = |user: &User| (user.team, user.supervises.clone(), user.roles.clone());
        if place(former) != place(user) {
            self.remove_strangers(user.id);
            self.show_lists_to_moved(former, user);
        }
    }

    /// Domains changed: in force at once, for everybody at work.
    fn rearrange_floor(&mut self) {
        let agents: Vec<UserId> = self.state.agents.keys().copied().collect();
        for agent in agents {
            self.rearrange_agent(agent);
        }
    }

    /// Capacities or skills of somebody changed: in force at once, if he is at work.
    fn rearrange_agent(&mut self, agent: UserId) {
        let registry = Arc::clone(&self.state.registry);
        let now = self.now;
        if !self.state.agents.contains_key(&agent) {
            return;
        }
        let works = |user: &&Arc<Stored<User>>| user.value.enabled && user.value.works_at_a_desk();
        let Some(user) = registry.user(agent).filter(works) else {
            self.log_out(agent, Departure::LoggedOut, None);
            return;
        };
        self.state.queues.remove(agent);
        let Some(record) = self.state.agents.get_mut(&agent) else { return };
        let mut changed = Vec::new();
        record.mrds.retain(|domain| registry.mrd(domain.mrd).is_some());
        for mrd in registry.mrds() {
            let max_tasks = effective_capacity(&user.value, &mrd.value);
            match record.mrd_mut(mrd.value.id) {
                Some(domain) if domain.max_tasks == max_tasks => {}
                Some(domain) => {
                    domain.set_max_tasks(max_tasks, now);
                    changed.push(mrd.value.id);
                }
                None => {
                    record.mrds.push(AgentMrd::new(mrd.value.id, max_tasks, now));
                    changed.push(mrd.value.id);
                }
            }
        }
        if !changed.is_empty() {
            self.show_presence(agent, true, false, changed);
        }
        self.place_agent(agent);
    }

    /// How customers are recognised changed: live sessions are found by the new rule.
    fn index_addresses(&mut self) {
        let by_address: Vec<(AddressKey, _)> = self
            .state
            .conversations()
            .flat_map(|conversation| conversation.open_sessions())
            .map(|session| (self.state.address_key(session.channel, &session.address.customer), session.id))
            .collect();
        self.state.by_address = by_address.into_iter().collect();
    }

    pub fn put_customer(
        &mut self,
        id: Option<CustomerId>,
        attributes: &Map<String, Value>,
        labels: &[String],
        expected: Option<u64>,
    ) -> Outcome<Answer> {
        let present = match id {
            Some(id) => Some(self.unmerged_customer(id)?),
            None => None,
        };
        let attributes = self.without_forgotten(attributes, present.as_deref());
        crate::schema::check_customer(&self.state.registry, &attributes)?;
        self.check_labels(labels, present.as_deref())?;
        let version = present.as_ref().map_or(0, |customer| customer.version);
        if let (Some(expected), true) = (expected, present.is_some())
            && expected != version
        {
            return Err(Refusal::Stale { expected, present: version }.into());
        }
        let customer = Arc::new(Customer {
            id: id.unwrap_or_else(|| self.state.mint.id(self.now)),
            version: version + 1,
            created_at: present.as_ref().map_or(self.now, |customer| customer.created_at),
            anonymous: false,
            attributes: attributes.into(),
            labels: labels.to_vec(),
            last_agent: present.as_ref().and_then(|customer| customer.last_agent),
            lineage: present.as_ref().and_then(|customer| customer.lineage.clone()),
            leaving: false,
        });
        let changes = changes(&self.state.registry, present.as_deref(), &customer);
        self.note(Deed::CustomerPut { customer: customer.id, version: customer.version, changes });
        self.write_customer(Arc::clone(&customer));
        Ok(Answer::Customer(customer))
    }

    /// Labels must exist, but for those that were deleted while the customer had them.
    fn check_labels(&self, labels: &[String], present: Option<&Customer>) -> Result<(), Refusal> {
        if labels.len() > LABELS_MAX {
            return Err(Refusal::limit(Why::LabelsMax { max: LABELS_MAX }));
        }
        for (i, label) in labels.iter().enumerate() {
            let known = label.parse().is_ok_and(|id| self.state.registry.label(id).is_some());
            let had = present.is_some_and(|customer| customer.labels.contains(label));
            if !known && !had {
                return Err(Refusal::invalid(format!("labels[{i}]"), Why::NotALabel));
            }
            if labels[..i].contains(label) {
                return Err(Refusal::invalid(format!("labels[{i}]"), Why::ListedTwice));
            }
        }
        Ok(())
    }

    /// Drops values of attributes that were deleted from the schema while the customer still had them.
    fn without_forgotten(
        &self,
        attributes: &Map<String, Value>,
        present: Option<&Customer>,
    ) -> Map<String, Value> {
        let known =
            |key: &str| self.state.registry.schema_attributes().any(|attribute| attribute.value.key == key);
        let had = |key: &str| present.is_some_and(|customer| customer.attributes.get(key).is_some());
        attributes
            .iter()
            .filter(|(key, _)| known(key) || !had(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Lets a customer go, and whoever was merged into him: from now on what is his stays as it is, so that files which
    /// belong to it can be removed before nothing tells any more which they were. Whoever writes from his addresses is
    /// somebody new. Repeating it changes nothing.
    pub fn part_with_customer(&mut self, id: CustomerId) -> Outcome<()> {
        let customer = self.erasable_customer(id)?;
        for member in self.family(&customer) {
            let staying = self.customer(member).filter(|member| !member.leaving);
            let Some(staying) = staying else { continue };
            let version = staying.version + 1;
            let change = Change { before: false.into(), after: true.into() };
            let changes = BTreeMap::from([(LEAVING.to_owned(), change)]);
            self.note(Deed::CustomerPut { customer: member, version, changes });
            self.write_customer(Arc::new(Customer { version, leaving: true, ..Customer::clone(&staying) }));
        }
        Ok(())
    }

    /// Destroys what is needed to read a customer, and whoever was merged into him. What had yet to be told about him is
    /// given up: it could not be read any more when its turn comes.
    pub fn erase_customer(&mut self, id: CustomerId) -> Outcome<()> {
        let customer = self.erasable_customer(id)?;
        let family = self.family(&customer);
        if family.iter().any(|member| self.state.recent.is_taken_from(*member)) {
            // What was taken from him is put under another key first.
            return Err(Halt::Starved);
        }
        for member in family {
            for seq in self.state.outbox.of_customer(member) {
                let attempts = self.state.outbox.entry(seq).map_or(0, |entry| entry.attempts);
                let dead = EntryStatus::Dead { at: self.now, reason: CUSTOMER_ERASED.into() };
                self.settle_entry(seq, attempts, dead);
            }
            self.state.recent.note_erased(member);
            self.state.batch.customers.push(CustomerChange::Erase { customer: member });
            self.note(Deed::CustomerErased { customer: member });
        }
        Ok(())
    }

    /// A customer who stands for himself and is not being talked to.
    fn erasable_customer(&self, id: CustomerId) -> Outcome<Arc<Customer>> {
        let customer = self.stored_customer(id)?;
        check_unmerged(&customer)?;
        match self.state.by_customer.get(&id) {
            None => Ok(customer),
            Some(conversation) => {
                let why = Why::ConversationOpen { conversation: conversation.to_string() };
                Err(Refusal::busy(why).into())
            }
        }
    }

    /// A customer that must exist and stay.
    pub fn known_customer(&self, id: CustomerId) -> Outcome<Arc<Customer>> {
        let customer = self.stored_customer(id)?;
        match customer.leaving {
            false => Ok(customer),
            true => Err(Refusal::conflict(Why::BeingErased { customer: id.to_string() }).into()),
        }
    }

    fn stored_customer(&self, id: CustomerId) -> Outcome<Arc<Customer>> {
        match self.customer(id) {
            Some(customer) => Ok(customer),
            None if self.facts.asked_customers.contains(&id) => {
                Err(Refusal::not_found(Why::NoCustomer { id: id.to_string() }).into())
            }
            None => Err(Halt::Starved),
        }
    }
}
