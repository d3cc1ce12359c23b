//! Asking for an agent: the one way a request begins, whoever asks.
//!
//! Channels, bots, the API and agents say what they want as a [`Request`]; from then on
//! `routing` looks for somebody. A request names a queue, or one agent.

use std::sync::Arc;

use tieline_cim::Why;

use crate::command::{Answer, Wish, WishTarget};
use crate::conversation::Conversation;
use crate::customer::Customer;
use crate::deadline::Deadline;
use crate::event::{Emitter, Fact};
use crate::id::{ConversationId, ListId, MrdId, QueueId, SessionId, TaskId, UserId};
use crate::refusal::Refusal;
use crate::registry::{Channel, Kind, Mode as ChannelMode, Queue, Selection, Target};
use crate::task::{
    AskedBy, Direction, Mode, Moments, PRIORITY_DEFAULT, PRIORITY_MAX, PRIORITY_RETURNED, Source, Stage,
    Task, Wanted,
};
use crate::time::{At, Span};
use crate::turn::{Outcome, Turn};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub seek: Seek,
    pub direction: Direction,
    /// 1 to 10, or [`PRIORITY_RETURNED`].
    pub priority: u8,
    /// Since when the customer has waited.
    pub since: At,
    pub expires_at: At,
    /// Seconds an offer rings.
    pub ring_secs: u32,
    pub selection: Selection,
    /// The agent who asks, if one does.
    pub asked_by: Option<AskedBy>,
}

/// Who is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    /// Somebody of a queue; `first` is asked before anybody else, for one ring, when he can be.
    Queue { queue: QueueId, first: Option<UserId> },
    /// This agent. When he cannot be asked or lets it pass, `fallback` is tried, if there is one.
    Agent { agent: UserId, mrd: MrdId, fallback: Option<QueueId> },
}

impl Request {
    /// A customer's request as his channel is set up.
    #[must_use]
    pub fn of(channel: &Channel, seek: Seek, now: At) -> Self {
        Self {
            seek,
            direction: Direction::Inbound,
            priority: PRIORITY_DEFAULT,
            since: now,
            expires_at: now + Span::secs(u64::from(channel.routing.request_ttl_secs)),
            ring_secs: channel.ring_secs,
            selection: channel.routing.selection,
            asked_by: None,
        }
    }
}

impl Turn<'_> {
    /// Asks for an agent as the channel says, by its queue or its pull list, unless the conversation is being served
    /// or looked after already.
    pub fn find_agent(&mut self, conversation: &mut Conversation, session: SessionId, channel: &Channel) {
        match home_of(channel).filter(|_| is_unserved(conversation)) {
            Some(Source::Queue(queue)) => {
                let request = self.request_to_queue(conversation, session, channel, queue);
                self.request_agent(conversation, session, request);
            }
            Some(Source::List(list)) => self.list_or_put_off(conversation, session, list),
            None => {}
        }
    }

    /// Puts a request on its list; the customer is told when it has no place for him.
    fn list_or_put_off(&mut self, conversation: &mut Conversation, session: SessionId, list: ListId) {
        if !self.call_from_list(conversation, session, list) {
            let text = self.text(|texts| &texts.no_agent);
            self.put_off(conversation, &text);
        }
    }

    /// Asks again after an agent was lost, where he served from: in a queue ahead of others, with the time already
    /// waited.
    pub fn find_agent_again(&mut self, conversation: &mut Conversation, served: Option<&Task>, priority: u8) {
        let Some(session) = conversation.reply_session().map(|session| (session.id, session.channel)) else {
            return;
        };
        let Some(channel) = self.state.registry.channel(session.1).map(Arc::clone) else { return };
        let former = served.and_then(|task| conversation.source_behind(task));
        let former = former.filter(|source| self.state.registry.service(*source).is_some());
        match former.or(home_of(&channel.value)).filter(|_| is_unserved(conversation)) {
            Some(Source::Queue(queue)) => {
                let since = served.map_or(self.now, |task| task.enqueued_at);
                let request = Request::of(&channel.value, Seek::Queue { queue, first: None }, self.now);
                self.request_agent(conversation, session.0, Request { priority, since, ..request });
            }
            Some(Source::List(list)) => self.list_or_put_off(conversation, session.0, list),
            None => {}
        }
    }

    /// Carries out what another system asked for, on the session that spoke last.
    pub fn ask_for_agent(&mut self, id: ConversationId, wish: &Wish) -> Outcome<Answer> {
        let mut conversation = self
            .take(id)
            .ok_or_else(|| Refusal::not_found(Why::NoOpenConversation { id: id.to_string() }))?;
        let asked = self.request_wished(&mut conversation, wish);
        self.put_back(conversation);
        Ok(Answer::Requested { task: asked? })
    }

    /// Asks for whom a bot or another system wants: the one entry for both. Refused, with nothing changed, when the
    /// conversation is served or waits already, when its channel does not push, or when what is named does not
    /// exist or is of another domain.
    pub fn request_wished(
        &mut self,
        conversation: &mut Conversation,
        wish: &Wish,
    ) -> Result<TaskId, Refusal> {
        let session = conversation.reply_session().ok_or_else(|| Refusal::conflict(Why::CustomerLeft))?;
        let session = session.id;
        if !is_unserved(conversation) {
            return Err(Refusal::conflict(Why::ServedAlready));
        }
        let channel = self.channel_of(conversation, session).cloned();
        let channel = channel.ok_or_else(|| Refusal::conflict(Why::ChannelGone))?;
        let seek = self.sought(&channel, &wish.target)?;
        let mut request = match seek {
            Seek::Queue { queue, .. } => self.request_to_queue(conversation, session, &channel, queue),
            Seek::Agent { .. } => Request::of(&channel, seek, self.now),
        };
        if let (Seek::Queue { first, .. }, Some(agent)) = (&mut request.seek, wish.last_agent) {
            *first = Some(agent);
        }
        request.direction = wish.direction;
        request.priority = request.priority.max(wish.priority.unwrap_or(PRIORITY_DEFAULT)).min(PRIORITY_MAX);
        Ok(self.request_agent(conversation, session, request))
    }

    /// Who a wish means on a channel.
    pub fn sought(&self, channel: &Channel, target: &WishTarget) -> Result<Seek, Refusal> {
        let own = pushed_to(channel)
            .ok_or_else(|| Refusal::conflict(Why::ChannelPushesNothing { channel: channel.name.clone() }))?;
        let registry = &self.state.registry;
        let named = match target {
            WishTarget::ChannelQueue => return Ok(Seek::Queue { queue: own, first: None }),
            WishTarget::Agent(agent) => {
                let mrd = registry.queue(own).map(|queue| queue.value.mrd);
                let mrd = mrd.ok_or_else(|| {
                    Refusal::not_found(Why::NoSuch { kind: Kind::Queue.noun(), id: own.to_string() })
                })?;
                return match registry.user(*agent) {
                    Some(_) => Ok(Seek::Agent { agent: *agent, mrd, fallback: Some(own) }),
                    None => Err(Refusal::not_found(Why::NoSuch {
                        kind: Kind::User.noun(),
                        id: agent.to_string(),
                    })),
                };
            }
            WishTarget::Queue(id) => registry.queue(*id),
            WishTarget::QueueNamed(name) => registry.queues().find(|queue| queue.value.name == **name),
        };
        let queue = named.ok_or_else(|| Refusal::not_found(Why::NoQueueMeant))?;
        self.check_domain(channel, &queue.value)?;
        Ok(Seek::Queue { queue: queue.value.id, first: None })
    }

    /// Work of one domain cannot be given to a queue of another.
    fn check_domain(&self, channel: &Channel, queue: &Queue) -> Result<(), Refusal> {
        let mrd = self.state.registry.channel_type(channel.channel_type).and_then(|found| found.value.mrd);
        if mrd == Some(queue.mrd) {
            return Ok(());
        }
        Err(Refusal::invalid("queue", Why::QueueNotOfChannel { channel: channel.name.clone() }))
    }

    /// A request as channel and customer ask for it.
    fn request_to_queue(
        &self,
        conversation: &Conversation,
        session: SessionId,
        channel: &Channel,
        queue: QueueId,
    ) -> Request {
        let asked =
            conversation.session(session).map_or(PRIORITY_DEFAULT, |session| session.address.priority);
        let wants_last = channel.routing.last_agent && self.last_agents_are_asked();
        let customer = self.customer(conversation.customer);
        let labelled = customer.as_ref().map_or(PRIORITY_DEFAULT, |customer| self.label_priority(customer));
        let first = customer.filter(|_| wants_last).and_then(|customer| customer.last_agent);
        Request {
            priority: asked.max(labelled).clamp(PRIORITY_DEFAULT, PRIORITY_MAX),
            ..Request::of(channel, Seek::Queue { queue, first }, self.now)
        }
    }

    /// The highest priority of a customer's labels.
    fn label_priority(&self, customer: &Customer) -> u8 {
        let labels =
            customer.labels.iter().filter_map(|label| self.state.registry.label(label.parse().ok()?));
        labels.filter_map(|label| label.value.priority).max().unwrap_or(PRIORITY_DEFAULT)
    }

    /// Begins a request, whatever it is for. It is looked after once everything else of the step is decided; one
    /// agent who was named and cannot be asked is given up then, too.
    pub fn request_agent(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        request: Request,
    ) -> TaskId {
        let (queue, wanted, mrd, mode) = match request.seek {
            Seek::Queue { queue, first } => (Some(queue), first.map(Wanted::First), None, Mode::Queue),
            Seek::Agent { agent, mrd, fallback } => {
                (None, Some(Wanted::Only { agent, fallback }), Some(mrd), Mode::Agent)
            }
        };
        let found = queue.and_then(|queue| self.state.registry.queue(queue)).map(Arc::clone);
        let steps = found.as_ref().map_or(&[][..], |queue| &queue.value.steps);
        let first_step = steps.first().filter(|_| steps.len() > 1);
        let task = Task {
            id: self.state.mint.id(self.now),
            media: self.state.mint.id(self.now),
            conversation: conversation.id,
            session,
            mrd: mrd
                .or(found.as_ref().map(|queue| queue.value.mrd))
                .unwrap_or(crate::registry::seed::CHAT_MRD),
            queue,
            list: None,
            direction: request.direction,
            mode,
            priority: request.priority.clamp(PRIORITY_DEFAULT, PRIORITY_RETURNED),
            enqueued_at: request.since,
            expires_at: request.expires_at,
            ring_secs: request.ring_secs,
            steps_open: 1,
            next_step_at: first_step.map(|step| self.now + Span::secs(u64::from(step.timeout_secs))),
            stage: Stage::Queued,
            answered_at: None,
            served_by: None,
            passed_by: Vec::new(),
            selection: request.selection,
            wanted,
            told: None,
            asked_by: request.asked_by.map(Box::new),
            moments: Moments::queued(self.now),
        };
        let id = task.id;
        let fact = Fact::TaskEnqueued { task: Box::new(task.clone()), queue: task.queue };
        let event = self.record(conversation, Some(session), Emitter::System, fact);
        if task.direction.is_for_customer() {
            self.tell_connector(conversation, session, &event);
        }
        self.stop_all_silence(conversation);
        self.enqueue(task, conversation);
        id
    }

    /// Puts a new task where it waits.
    pub fn enqueue(&mut self, task: Task, conversation: &mut Conversation) {
        let (id, of) = (task.id, task.conversation);
        self.state.deadlines.set(Deadline::RequestTtl(of, id), None, Some(task.expires_at));
        self.state.deadlines.set(Deadline::Step(of, id), None, task.next_step_at);
        self.state.queues.begin(&task);
        self.state.queues.enqueue(&task);
        self.count_queued(conversation, &task);
        if task.direction.is_for_customer() {
            self.announce_waits_of(&task, conversation);
        }
        conversation.tasks.reserve_exact(1);
        conversation.tasks.push(task);
        self.seeking.insert((of, id));
    }

    fn last_agents_are_asked(&self) -> bool {
        self.state.registry.settings().value.settings.routing.last_agent
    }

    /// Keeps in mind who serves a customer, where a channel may ask for him again.
    pub fn remember_last_agent(&mut self, conversation: &Conversation, agent: UserId) {
        if !self.last_agents_are_asked() {
            return;
        }
        let registry = &self.state.registry;
        let asked = conversation.sessions.iter().any(|session| {
            registry.channel(session.channel).is_some_and(|channel| channel.value.routing.last_agent)
        });
        let Some(customer) = self.customer(conversation.customer).filter(|_| asked) else { return };
        if customer.last_agent != Some(agent) {
            let mut customer = Customer::clone(&customer);
            customer.last_agent = Some(agent);
            self.write_customer(Arc::new(customer));
        }
    }
}

/// Where a channel's requests go; `None` where an outside router or only a bot looks after customers.
pub fn home_of(channel: &Channel) -> Option<Source> {
    match channel.routing.target {
        _ if channel.mode == ChannelMode::Bot => None,
        Target::Push(queue) => queue.map(Source::Queue),
        Target::Pull(list) => list.map(Source::List),
        Target::External => None,
    }
}

/// The queue a channel pushes to, if it does.
pub fn pushed_to(channel: &Channel) -> Option<QueueId> {
    match home_of(channel)? {
        Source::Queue(queue) => Some(queue),
        Source::List(_) => None,
    }
}

fn is_unserved(conversation: &Conversation) -> bool {
    !conversation.has_primary() && conversation.waiting_tasks().next().is_none()
}
