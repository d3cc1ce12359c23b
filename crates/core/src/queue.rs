//! Waiting requests and available agents, kept in the order they are to be served.
//!
//! Both sides are ordered sets, so finding the best agent for a request, or the best request for an agent, looks at
//! the first few of a set however many wait. Who may serve what is worked out once, when an agent logs in or a queue
//! changes, never while choosing.
//!
//! The order of requests is one number per request that never changes while it waits ([`Order::place`]): time
//! passing moves nobody, so nothing is ever sorted again, and nobody can be overtaken for ever.

mod pool;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::agent::{Agent, MrdState};
use crate::id::{ConversationId, QueueId, TaskId, UserId};
use crate::registry::settings::Routing;
use crate::registry::{Queue, Registry};
use crate::task::{PRIORITY_DEFAULT, Stage, Task};
use crate::time::{At, Span};

pub use pool::Candidate;
use pool::{Membership, Pool, Selections, Spot};

/// Points of task priority that one point of queue priority outweighs.
const QUEUE_POINT: u64 = 10;

/// What decides who is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// How much waiting one point of priority is worth.
    head_start: Span,
    /// Whether the priority of queues counts.
    by_queue: bool,
}

#[derive(Debug)]
pub struct Queues {
    order: Order,
    lines: BTreeMap<QueueId, Line>,
    /// Freed places are used again.
    pools: Vec<Option<Pool>>,
    /// Agents who are logged in.
    members: HashMap<UserId, Vec<Membership>>,
    used: Selections,
    ringing: HashMap<UserId, (ConversationId, TaskId)>,
}

/// One queue.
#[derive(Debug)]
struct Line {
    pool: usize,
    priority: u8,
    waiting: BTreeSet<Waiting>,
    /// Requests and chats that are not closed.
    work: usize,
    /// How long an agent holds a task here, of late.
    handling: Option<Span>,
    estimate_due: Option<At>,
}

/// A request in its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    place: i64,
    since: At,
    pub task: TaskId,
    pub conversation: ConversationId,
    steps_open: u16,
}

/// Whether a request may go to an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Yes,
    /// He has passed on it: only when there is nothing else for him.
    Last,
    No,
}

impl Order {
    #[must_use]
    pub fn of(registry: &Registry) -> Self {
        let Routing { priority_head_start_seconds, queue_priority, .. } =
            registry.settings().value.settings.routing;
        Self { head_start: Span::secs(priority_head_start_seconds.into()), by_queue: queue_priority }
    }

    /// Where a request stands: the moment it was enqueued, in milliseconds, less a head start for its priority.
    /// Smaller is served first. Somebody who waits is overtaken by nobody who comes later than the longest head
    /// start there is.
    #[must_use]
    pub fn place(self, enqueued_at: At, priority: u8, queue_priority: u8) -> i64 {
        let above = |points: u8| u64::from(points.saturating_sub(PRIORITY_DEFAULT));
        let queue = if self.by_queue { QUEUE_POINT * above(queue_priority) } else { 0 };
        let head_start = self.head_start.as_millis().saturating_mul(above(priority) + queue);
        enqueued_at.millis().saturating_sub_unsigned(head_start)
    }
}

impl Queues {
    #[must_use]
    pub fn new(registry: &Registry) -> Self {
        let mut queues = Self {
            order: Order::of(registry),
            lines: BTreeMap::new(),
            pools: Vec::new(),
            members: HashMap::new(),
            used: Selections::default(),
            ringing: HashMap::new(),
        };
        queues.learn_channels(registry);
        for queue in registry.queues() {
            queues.learn_queue(queue.value.id, registry);
        }
        queues
    }

    pub fn enqueue(&mut self, task: &Task) {
        let Some(line) = task.queue.and_then(|queue| self.lines.get_mut(&queue)) else { return };
        let waiting = Waiting::of(task, self.order, line.priority);
        line.waiting.insert(waiting);
        if let Some(pool) = &mut self.pools[line.pool] {
            pool.add(waiting);
        }
    }

    pub fn dequeue(&mut self, task: &Task) {
        let Some(line) = task.queue.and_then(|queue| self.lines.get_mut(&queue)) else { return };
        let waiting = Waiting::of(task, self.order, line.priority);
        line.waiting.remove(&waiting);
        if let Some(pool) = &mut self.pools[line.pool] {
            pool.drop(&waiting);
        }
    }

    /// The settings changed: whoever waits, which are all of `waiting`, is placed by the order there is now.
    pub fn learn_order<'t>(&mut self, registry: &Registry, waiting: impl Iterator<Item = &'t Task> + Clone) {
        let order = Order::of(registry);
        if order == self.order {
            return;
        }
        waiting.clone().for_each(|task| self.dequeue(task));
        self.order = order;
        waiting.for_each(|task| self.enqueue(task));
    }

    /// A task begins: from now on its queue has work.
    pub fn begin(&mut self, task: &Task) {
        if let Some(line) = task.queue.and_then(|queue| self.lines.get_mut(&queue)) {
            line.work += 1;
        }
    }

    /// A task is over; `handled` is how long an agent held it, if one did.
    pub fn end(&mut self, task: &Task, handled: Option<Span>) {
        let Some(line) = task.queue.and_then(|queue| self.lines.get_mut(&queue)) else { return };
        debug_assert!(line.work > 0, "a task ended that never began");
        line.work = line.work.saturating_sub(1);
        if let Some(handled) = handled {
            line.handling = Some(crate::estimate::smoothed(line.handling, handled));
        }
    }

    /// How long agents are taken to hold a task of this queue, until the next one ends.
    pub fn set_handling(&mut self, queue: QueueId, handling: Span) {
        if let Some(line) = self.lines.get_mut(&queue) {
            line.handling = Some(handling);
        }
    }

    pub fn ring(&mut self, agent: UserId, task: &Task) {
        self.ringing.insert(agent, (task.conversation, task.id));
    }

    pub fn stop_ringing(&mut self, agent: UserId) {
        self.ringing.remove(&agent);
    }

    /// What rings at an agent.
    #[must_use]
    pub fn rings_at(&self, agent: UserId) -> Option<(ConversationId, TaskId)> {
        self.ringing.get(&agent).copied()
    }

    /// Puts an agent where his present state says.
    pub fn place(&mut self, agent: &Agent, registry: &Registry) {
        if !self.members.contains_key(&agent.id) {
            let memberships = self.memberships(agent.id, registry);
            for membership in &memberships {
                self.pools[membership.pool].iter_mut().for_each(|pool| pool.members += 1);
            }
            self.members.insert(agent.id, memberships);
        }
        let Some(memberships) = self.members.get_mut(&agent.id) else { return };
        for membership in memberships {
            let Some(pool) = self.pools[membership.pool].as_mut() else { continue };
            let spot = agent
                .mrd(membership.mrd)
                .filter(|_| agent.is_available(membership.mrd))
                .map(|mrd| Spot { load_permille: mrd.load_permille(), since: mrd.idle_since() });
            if spot != membership.spot {
                pool.stand(agent.id, membership, spot, self.used);
                membership.spot = spot;
            }
            let working = agent.mrd(membership.mrd).filter(|mrd| mrd.state.takes_work());
            let capacity = working.map_or(0, |mrd| mrd.max_tasks);
            pool.capacity = pool.capacity + u64::from(capacity) - u64::from(membership.capacity);
            membership.capacity = capacity;
        }
    }

    /// An agent logs out, or his skills change: he is placed anew when he is next placed.
    pub fn remove(&mut self, agent: UserId) {
        for membership in self.members.remove(&agent).unwrap_or_default() {
            if let Some(pool) = &mut self.pools[membership.pool] {
                pool.stand(agent, &membership, None, self.used);
                pool.capacity -= u64::from(membership.capacity);
                pool.members -= 1;
            }
        }
    }

    /// A queue was created, changed or deleted. The agents it concerns have to be placed again.
    pub fn learn_queue(&mut self, id: QueueId, registry: &Registry) -> Vec<UserId> {
        let Some(queue) = registry.queue(id) else {
            if let Some(line) = self.lines.remove(&id) {
                self.release(line.pool);
            }
            return Vec::new();
        };
        let former = self.lines.get(&id).map(|line| line.pool);
        let same =
            former.filter(|pool| self.pools[*pool].as_ref().is_some_and(|pool| pool.serves(&queue.value)));
        let (pool, concerned) = match same {
            Some(pool) => (pool, Vec::new()),
            None => self.pool_for(&queue.value, registry),
        };
        self.move_line(id, &queue.value, pool);
        match same {
            Some(_) => {}
            None => former.into_iter().for_each(|former| self.release(former)),
        }
        concerned
    }

    fn move_line(&mut self, id: QueueId, queue: &Queue, pool: usize) {
        let line = self.lines.entry(id).or_insert_with(|| Line {
            pool,
            priority: queue.priority,
            waiting: BTreeSet::new(),
            work: 0,
            handling: None,
            estimate_due: None,
        });
        let former = std::mem::replace(&mut line.pool, pool);
        let priority = std::mem::replace(&mut line.priority, queue.priority);
        for waiting in std::mem::take(&mut line.waiting) {
            if let Some(pool) = &mut self.pools[former] {
                pool.drop(&waiting);
            }
            let waiting = waiting.moved(self.order, priority, queue.priority);
            line.waiting.insert(waiting);
            if let Some(pool) = &mut self.pools[pool] {
                pool.add(waiting);
            }
        }
    }

    /// A pool of the people a queue asks for, one queue more sharing it, and who belongs to it if it is new.
    fn pool_for(&mut self, queue: &Queue, registry: &Registry) -> (usize, Vec<UserId>) {
        let shared = self.pools.iter().position(|pool| pool.as_ref().is_some_and(|pool| pool.serves(queue)));
        if let Some(at) = shared {
            self.pools[at].iter_mut().for_each(|pool| pool.lines += 1);
            return (at, Vec::new());
        }
        let at = self.pools.iter().position(Option::is_none).unwrap_or(self.pools.len());
        let mut pool = Pool::of(queue);
        let mut concerned = Vec::new();
        for (agent, memberships) in &mut self.members {
            if let Some(membership) = registry.user(*agent).and_then(|user| pool.membership(at, &user.value))
            {
                memberships.push(membership);
                concerned.push(*agent);
            }
        }
        pool.members = concerned.len();
        match self.pools.get_mut(at) {
            Some(place) => *place = Some(pool),
            None => self.pools.push(Some(pool)),
        }
        (at, concerned)
    }

    fn release(&mut self, at: usize) {
        let Some(pool) = &mut self.pools[at] else { return };
        pool.lines -= 1;
        if pool.lines == 0 {
            self.pools[at] = None;
            for memberships in self.members.values_mut() {
                memberships.retain(|membership| membership.pool != at);
            }
        }
    }

    /// Channels changed: which selections are used decides which orders of agents are kept.
    pub fn learn_channels(&mut self, registry: &Registry) {
        let used = Selections::of(registry.channels().map(|channel| channel.value.routing.selection));
        if std::mem::replace(&mut self.used, used) == used {
            return;
        }
        for (agent, memberships) in &self.members {
            for membership in memberships {
                if let Some(pool) = &mut self.pools[membership.pool] {
                    pool.stand(*agent, membership, membership.spot, used);
                }
            }
        }
    }

    fn memberships(&self, agent: UserId, registry: &Registry) -> Vec<Membership> {
        let Some(user) = registry.user(agent) else { return Vec::new() };
        let pools = self.pools.iter().enumerate();
        pools.filter_map(|(at, pool)| pool.as_ref()?.membership(at, &user.value)).collect()
    }

    /// The agents a request could be offered to now, best first.
    pub fn candidates(&self, task: &Task) -> impl Iterator<Item = &Candidate> {
        let line = task.queue.and_then(|queue| self.lines.get(&queue));
        let pool = line.and_then(|line| self.pools[line.pool].as_ref());
        let available = pool.map(|pool| pool.available(task.selection, self.used));
        available.into_iter().flatten().take_while(|candidate| candidate.step < task.steps_open)
    }

    /// The request an agent could be offered now, over all his queues.
    #[must_use]
    pub fn best_request(&self, agent: UserId, fit: impl Fn(&Waiting) -> Fit) -> Option<Waiting> {
        let (mut best, mut last): (Option<Waiting>, Option<Waiting>) = (None, None);
        let sooner = |one: &Waiting, than: &Option<Waiting>| than.is_none_or(|than| *one < than);
        for membership in self.members.get(&agent)?.iter().filter(|membership| membership.spot.is_some()) {
            let Some(pool) = &self.pools[membership.pool] else { continue };
            for run in pool.open_to(membership.step) {
                for waiting in run.iter().take_while(|waiting| sooner(waiting, &best)) {
                    match fit(waiting) {
                        Fit::Yes => {
                            best = Some(*waiting);
                            break;
                        }
                        Fit::Last if sooner(waiting, &last) => last = Some(*waiting),
                        Fit::Last | Fit::No => {}
                    }
                }
            }
        }
        best.or(last)
    }

    /// The waiting requests of a queue, in the order they will be served.
    pub fn waiting(&self, queue: QueueId) -> impl Iterator<Item = &Waiting> {
        self.lines.get(&queue).into_iter().flat_map(|line| &line.waiting)
    }

    /// How many requests wait in a queue.
    #[must_use]
    pub fn length(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, |line| line.waiting.len())
    }

    /// How many requests and chats of a queue are not closed.
    #[must_use]
    pub fn work(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, |line| line.work)
    }

    /// Agents who could be offered something in a queue now.
    #[must_use]
    pub fn available(&self, queue: QueueId) -> usize {
        self.free(queue).map_or(0, BTreeSet::len)
    }

    /// The same agents: of the narrowest step first, then whom an offer would find first.
    pub fn available_agents(&self, queue: QueueId) -> impl Iterator<Item = UserId> {
        self.free(queue).into_iter().flatten().map(|candidate| candidate.agent)
    }

    /// Whether an agent is one of them.
    #[must_use]
    pub fn is_available(&self, agent: UserId, queue: QueueId) -> bool {
        let pool = self.lines.get(&queue).map(|line| line.pool);
        let mut places = self.members.get(&agent).into_iter().flatten();
        places.any(|membership| Some(membership.pool) == pool && membership.spot.is_some())
    }

    fn free(&self, queue: QueueId) -> Option<&BTreeSet<Candidate>> {
        let pool = self.pools[self.lines.get(&queue)?.pool].as_ref()?;
        Some(pool.available(Default::default(), self.used))
    }

    /// Tasks all agents at work for a queue may hold together.
    #[must_use]
    pub fn capacity(&self, queue: QueueId) -> u64 {
        let pool = self.lines.get(&queue).and_then(|line| self.pools[line.pool].as_ref());
        pool.map_or(0, |pool| pool.capacity)
    }

    /// Whether anybody who is logged in belongs to a queue.
    #[must_use]
    pub fn is_staffed(&self, queue: QueueId) -> bool {
        let pool = self.lines.get(&queue).and_then(|line| self.pools[line.pool].as_ref());
        pool.is_some_and(|pool| pool.members > 0)
    }

    /// For each queue the agents at work who belong to it, by their state in its domain.
    #[must_use]
    pub fn standing<'a>(
        &self,
        agents: impl Iterator<Item = &'a Agent>,
    ) -> BTreeMap<QueueId, BTreeMap<MrdState, usize>> {
        let mut pools = vec![BTreeMap::new(); self.pools.len()];
        for agent in agents {
            for membership in self.members.get(&agent.id).into_iter().flatten() {
                if let Some(domain) = agent.mrd(membership.mrd) {
                    *pools[membership.pool].entry(domain.state).or_default() += 1;
                }
            }
        }
        self.lines.iter().map(|(queue, line)| (*queue, pools[line.pool].clone())).collect()
    }

    /// The step from which on an agent who is logged in serves a queue.
    #[must_use]
    pub fn step_of(&self, agent: UserId, queue: QueueId) -> Option<u16> {
        let pool = self.lines.get(&queue)?.pool;
        self.members.get(&agent)?.iter().find(|membership| membership.pool == pool).map(|found| found.step)
    }

    /// How long agents hold a task of a queue, of late; `None` before the first has ended.
    #[must_use]
    pub fn handling(&self, queue: QueueId) -> Option<Span> {
        self.lines.get(&queue).and_then(|line| line.handling)
    }

    /// Replaces the moment the queue's waits are next estimated; returns the former.
    pub fn set_estimate_due(&mut self, queue: QueueId, due: Option<At>) -> Option<At> {
        let line = self.lines.get_mut(&queue)?;
        std::mem::replace(&mut line.estimate_due, due)
    }

    #[must_use]
    pub fn estimate_due(&self, queue: QueueId) -> Option<At> {
        self.lines.get(&queue).and_then(|line| line.estimate_due)
    }
}

impl Waiting {
    fn of(task: &Task, order: Order, queue_priority: u8) -> Self {
        Self {
            place: order.place(task.enqueued_at, task.priority, queue_priority),
            since: task.enqueued_at,
            task: task.id,
            conversation: task.conversation,
            steps_open: task.steps_open,
        }
    }

    /// The same request once its queue's priority is another.
    fn moved(self, order: Order, from: u8, to: u8) -> Self {
        let shift =
            order.place(self.since, PRIORITY_DEFAULT, to) - order.place(self.since, PRIORITY_DEFAULT, from);
        Self { place: self.place.saturating_add(shift), ..self }
    }

    /// Steps of the queue that are open to it.
    #[must_use]
    pub const fn steps_open(&self) -> u16 {
        self.steps_open
    }
}

/// Takes a stored task up: into its queue, or ringing where it rang.
impl Queues {
    pub fn adopt(&mut self, task: &Task) {
        if task.is_closed() {
            return;
        }
        self.begin(task);
        match task.stage {
            Stage::Queued => self.enqueue(task),
            Stage::Offered { agent, .. } => self.ring(agent, task),
            Stage::Active { .. } | Stage::WrapUp { .. } | Stage::Closed { .. } => {}
        }
    }
}
