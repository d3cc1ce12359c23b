//! How fast requests find agents in a large centre: 10,000 agents, 500 queues that all ask for different people,
//! 50,000 requests waiting.
//!
//! `choose` is the index alone: an agent gets free, the best request of all his queues is found and taken, and
//! another one is enqueued. `assign` is one assignment by the whole core, with every event written: an agent has left
//! his conversation, and the best request waiting is offered to him. `cycle` is all that makes one possible again: he
//! accepts, leaves, is offered the next, and the customer asks once more.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Map, json};
use tieline_core::agent::{Agent, AgentMrd, Desk, State as AgentState};
use tieline_core::command::{
    AgentStateWish, Answer, Caller, Command, Content, Inbound, SenderClass, Wish, WishTarget,
};
use tieline_core::conversation::Address;
use tieline_core::effect::{Effect, Push};
use tieline_core::event::{Payload, Seq};
use tieline_core::facts::{Facts, Wants};
use tieline_core::id::{
    AttributeId, ConnectionId, ConnectorId, ConversationId, Mint, QueueId, TaskId, UserId,
};
use tieline_core::policy::Policy;
use tieline_core::queue::{Fit, Queues};
use tieline_core::registry::{
    Capacity, Channel, Connector, Credentials, Expression, Join, Mode, Object, Operator, Patience, Provider,
    Queue, Registry, Role, Routing, RoutingAttribute, Scale, Selection, Skill, Step, Target, Term, User,
    seed,
};
use tieline_core::state::{Remembered, State, Stepped};
use tieline_core::task::{Direction, Mode as TaskMode, Moments, Stage, Task};
use tieline_core::time::{At, Span};

/// The hub's own allocator: most of what a decision costs is the events it writes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const AGENTS: usize = 10_000;
const QUEUES: usize = 500;
const WAITING: usize = 50_000;
const ATTRIBUTES: usize = 50;
/// Attributes of each agent, of these levels: so many queues may each serve, 15 in all.
const LEVELS: [u8; 3] = [10, 3, 2];
const NOW: At = At::from_millis(1_727_168_400_000);

struct Centre {
    registry: Registry,
    queues: Vec<QueueId>,
    agents: Vec<UserId>,
    mint: Mint,
}

fn centre() -> Centre {
    let mut mint = Mint::new([1; 5]);
    let mut registry = Registry::default();
    for object in seed::objects(&mut mint, NOW) {
        registry.put(object, NOW);
    }
    let attributes: Vec<AttributeId> = (0..ATTRIBUTES).map(|_| mint.id(NOW)).collect();
    for (n, id) in attributes.iter().enumerate() {
        let (description, scale) = (String::new(), Scale::ProficiencyLevel);
        let name = format!("skill {n}");
        let attribute = RoutingAttribute { id: *id, name, description, scale, default: 1 };
        registry.put(Object::RoutingAttribute(attribute), NOW);
    }
    let base = registry.default_queue().expect("seeded").value.clone();
    let mut queues = Vec::new();
    for n in 0..QUEUES {
        let value = u8::try_from(1 + n / ATTRIBUTES).expect("at most ten levels");
        let attribute = attributes[n % ATTRIBUTES];
        let term = Term { join: Join::And, attribute, operator: Operator::AtLeast, value };
        let expressions = vec![Expression { join: Join::And, terms: vec![term] }];
        let steps = vec![Step { id: mint.id(NOW), timeout_secs: 0, expressions }];
        let queue = Queue { id: mint.id(NOW), name: format!("queue {n}"), steps, ..base.clone() };
        queues.push(queue.id);
        registry.put(Object::Queue(queue), NOW);
    }
    let mut agents = Vec::new();
    for n in 0..AGENTS {
        let skills = LEVELS.iter().enumerate();
        let skills = skills
            .map(|(k, value)| Skill { attribute: attributes[(n + k * 17) % ATTRIBUTES], value: *value });
        let user = agent_user(mint.id(NOW), n, skills.collect());
        agents.push(user.id);
        registry.put(Object::User(user), NOW);
    }
    Centre { registry, queues, agents, mint }
}

fn agent_user(id: UserId, n: usize, attributes: Vec<Skill>) -> User {
    User {
        attributes,
        capacities: vec![Capacity { mrd: seed::CHAT_MRD, max_tasks: 1 }],
        ..User::new(id, &format!("agent{n}"), "", "", vec![Role::Agent])
    }
}

fn choose(criterion: &mut Criterion) {
    let Centre { registry, queues: ids, agents, mut mint } = centre();
    let mut queues = Queues::new(&registry);
    let mut tasks: Vec<Task> = (0..WAITING).map(|n| task(&mut mint, ids[n % QUEUES], n)).collect();
    for task in &tasks {
        queues.begin(task);
        queues.enqueue(task);
    }
    let mut at_work: Vec<Agent> = agents.iter().map(|id| agent(*id, &mut mint)).collect();
    for agent in &mut at_work {
        agent.offer = Some(mint.id(NOW));
        queues.place(agent, &registry);
    }
    let by_task: std::collections::HashMap<TaskId, usize> =
        tasks.iter().enumerate().map(|(at, task)| (task.id, at)).collect();
    let mut turn = 0;
    let mut group = criterion.benchmark_group("routing");
    group.throughput(Throughput::Elements(1));
    group.bench_function("choose", |bencher| {
        bencher.iter(|| {
            turn += 1;
            let agent = &mut at_work[turn % AGENTS];
            agent.offer = None;
            queues.place(agent, &registry);
            let best = queues.best_request(agent.id, |_| Fit::Yes).expect("somebody waits");
            let task = &mut tasks[by_task[&best.task]];
            queues.dequeue(task);
            agent.offer = Some(task.id);
            queues.place(agent, &registry);
            task.enqueued_at = NOW + Span::millis(turn as u64);
            queues.enqueue(task);
            black_box(best)
        });
    });
    group.finish();
}

fn agent(id: UserId, mint: &mut Mint) -> Agent {
    let mut chat = AgentMrd::new(seed::CHAT_MRD, 1, NOW);
    chat.switch_on(NOW);
    Agent {
        id,
        state: AgentState::Ready,
        state_since: NOW,
        logged_in_at: NOW,
        desk: Desk::Connected { connection: mint.id(NOW) },
        mrds: vec![chat],
        offer: None,
        ronas: 0,
    }
}

fn task(mint: &mut Mint, queue: QueueId, n: usize) -> Task {
    Task {
        id: mint.id(NOW),
        media: mint.id(NOW),
        conversation: mint.id(NOW),
        session: mint.id(NOW),
        mrd: seed::CHAT_MRD,
        queue: Some(queue),
        list: None,
        direction: Direction::Inbound,
        mode: TaskMode::Queue,
        priority: u8::try_from(1 + n % 10).expect("small"),
        enqueued_at: NOW + Span::millis(n as u64),
        expires_at: NOW + Span::secs(86_400),
        ring_secs: 30,
        steps_open: 1,
        next_step_at: None,
        stage: Stage::Queued,
        answered_at: None,
        served_by: None,
        passed_by: Vec::new(),
        selection: Selection::LongestAvailable,
        wanted: None,
        told: None,
        asked_by: None,
        moments: Moments::default(),
    }
}

/// The whole core with everybody at work and everything waiting.
struct Floor {
    state: State,
    now: At,
    queues: Vec<QueueId>,
    /// Offers that ring.
    offers: Vec<(UserId, ConversationId, TaskId)>,
    agents: std::collections::HashMap<ConnectionId, UserId>,
    connector: ConnectorId,
    turn: usize,
}

impl Floor {
    fn open() -> Self {
        let Centre { mut registry, queues, agents, mut mint } = centre();
        let connector = furnish(&mut registry, &mut mint, queues[0]);
        let objects = registry.objects().collect();
        let remembered = Remembered { objects, ..Remembered::default() };
        let state = State::restore(remembered, Policy::default(), Mint::new([2; 5]), NOW);
        let agents = agents.into_iter().map(|agent| (mint.id(NOW), agent)).collect();
        let mut floor = Self { state, now: NOW, queues, offers: Vec::new(), agents, connector, turn: 0 };
        for n in 0..WAITING {
            floor.perform(&opening(n));
            let newest = floor.state.take_batch().conversations.pop().expect("a conversation opened").id;
            floor.ask(newest);
        }
        let desks: Vec<(ConnectionId, UserId)> =
            floor.agents.iter().map(|(desk, agent)| (*desk, *agent)).collect();
        for (connection, agent) in desks {
            floor.perform(&Command::ConnectDesk { agent, connection });
            floor.perform(&Command::SetAgentState { agent, to: AgentStateWish::Ready });
        }
        floor.state.take_batch();
        floor
    }

    fn ask(&mut self, conversation: ConversationId) {
        self.turn += 1;
        let target = WishTarget::Queue(self.queues[self.turn % QUEUES]);
        let wish = Wish { target, direction: Direction::Inbound, priority: None, last_agent: None };
        self.perform(&Command::RequestAgent { conversation, wish: Box::new(wish) });
    }

    fn perform(&mut self, command: &Command) -> Answer {
        let mut wants = Wants::default();
        self.state.gather(command, &mut wants);
        let facts = Facts::default().answering(&wants);
        let Stepped::Replied { reply, effects } = self.state.step(self.now, command, &facts) else {
            panic!("everything was gathered");
        };
        for effect in effects {
            if let Effect::Desk { connection, push: Push::Offer { task, .. } } = effect {
                self.offers.push((self.agents[&connection], task.conversation, task.id));
            }
        }
        reply.expect("nothing is refused")
    }

    /// An agent takes what rings longest, leaves at once, and the customer asks again. Returns how long it took from
    /// his leaving to the next offer.
    #[allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
    fn cycle(&mut self) -> Duration {
        let (agent, conversation, task) = self.offers.swap_remove(self.turn % self.offers.len());
        self.now = self.now + Span::millis(1);
        self.perform(&Command::AcceptOffer { agent, conversation, task: Some(task) });
        let left = Instant::now();
        self.perform(&Command::LeaveConversation { agent, conversation });
        let offered = left.elapsed();
        self.ask(conversation);
        if self.turn.is_multiple_of(256) {
            let connector = self.connector;
            self.perform(&Command::AcknowledgeFeed { connector, cursor: Seq::MAX });
            black_box(self.state.take_batch());
        }
        offered
    }
}

fn furnish(registry: &mut Registry, mint: &mut Mint, queue: QueueId) -> ConnectorId {
    let web = registry.channel_types().find(|found| found.value.name == "WEB").expect("seeded").value.id;
    let provider = Provider {
        id: mint.id(NOW),
        name: "feed".into(),
        channel_types: vec![web],
        webhook: None,
        webhook_path: None,
        schema: vec![],
    };
    let connector = Connector {
        id: mint.id(NOW),
        name: "feed".into(),
        provider: provider.id,
        values: vec![],
        credentials: Credentials::default(),
        open_to: vec![],
    };
    let id = connector.id;
    let channel = Channel {
        id: mint.id(NOW),
        name: "site".into(),
        service_identifier: "site".into(),
        channel_type: web,
        connector: connector.id,
        enabled: true,
        default_outbound: false,
        calendar: None,
        out_of_hours: Default::default(),
        config_id: mint.id(NOW),
        mode: Mode::Agent,
        bot: None,
        ring_secs: 3_600,
        inactivity_secs: 86_400,
        identification_criteria: json!(null),
        customer_thresholds: None,
        routing: Routing {
            target: Target::Push(Some(queue)),
            selection: Selection::LongestAvailable,
            last_agent: false,
            request_ttl_secs: 86_400,
            patience: Patience::default(),
        },
    };
    for object in [Object::Provider(provider), Object::Connector(connector), Object::Channel(channel)] {
        registry.put(object, NOW);
    }
    id
}

/// A customer opens a conversation and waits.
fn opening(n: usize) -> Command {
    let mut request = [0; 16];
    request[..8].copy_from_slice(&(n as u64).to_be_bytes());
    Command::Receive(Box::new(Inbound {
        caller: Caller::User(UserId(seed::CHAT_MRD.0)),
        request,
        message_id: format!("m{n}").into(),
        channel_type: None,
        address: Address {
            customer: format!("customer {n}").into(),
            service: "site".into(),
            first_name: None,
            last_name: None,
            priority: 0,
            attributes: Box::default(),
        },
        sender: SenderClass::Customer,
        intent: Some("START_CONVERSATION".into()),
        content: Content::Message { payload: Payload::from_value(&json!({})), blank: true },
        data: Map::new(),
    }))
}

fn assign(criterion: &mut Criterion) {
    let mut floor = Floor::open();
    let mut group = criterion.benchmark_group("routing");
    group.throughput(Throughput::Elements(1)).sample_size(20).measurement_time(Duration::from_secs(5));
    group.bench_function("assign", |bencher| {
        bencher.iter_custom(|rounds| (0..rounds).map(|_| floor.cycle()).sum());
    });
    group.bench_function("cycle", |bencher| {
        bencher.iter(|| floor.cycle());
    });
    group.finish();
}

criterion_group!(benches, choose, assign);
criterion_main!(benches);
