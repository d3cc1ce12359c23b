//! The contact centre that is simulated: three connectors, six channels, three queues, a pull list, a phone that interrupts, a team of five agents
//! of whom one leads the others, and a bot that lives elsewhere.

use serde_json::json;
use tieline_core::delivery::outbox::LinePolicy;
use tieline_core::delivery::schedule::Schedule;
use tieline_core::id::{BotId, ConnectorId, Id, ListId, Mint, ProviderId, QueueId, UserId};
use tieline_core::policy::Policy;
use tieline_core::registry::{
    Bot, BotKind, BotSettings, Capacity, Channel, ChannelType, Connector, Credentials, List, Media, Mode,
    Mrd, NobodyCame, Object, Patience, Provider, Queue, Role, Routing, Selection, Target, Team, User, seed,
    settings::WrapUp,
};
use tieline_core::time::{At, Span};

pub const CHANNELS: [&str; 6] = ["site", "shop", "desk", "feed", "mail", "phone"];
/// The connector that reads its feed; the others have a webhook.
pub const FEED: &str = "feed";
const CONNECTORS: [&str; 3] = ["acme", "bell", FEED];
const AGENTS: usize = 5;

#[derive(Debug)]
pub struct Centre {
    /// In an order in which each may be put.
    pub objects: Vec<Object>,
    pub agents: Vec<UserId>,
    pub list: ListId,
    pub connectors: Vec<ConnectorId>,
}

/// Retries that give up within minutes, so that a day of faults fits into one.
#[must_use]
pub fn policy() -> Policy {
    let mut policy = Policy {
        schedule: Schedule {
            waits: [1, 2, 5, 10].map(Span::secs).to_vec(),
            then: Span::secs(30),
            give_up_after: Span::secs(600),
            jitter_percent: 20,
        },
        line: LinePolicy { in_flight_max: 8, ..LinePolicy::default() },
    };
    policy.line.breaker.failures = 4;
    policy
}

impl Centre {
    /// # Panics
    /// When a new tenant has no web channel type, queue or bot.
    #[must_use]
    pub fn new(mint: &mut Mint, now: At) -> Self {
        let mut objects = seed::objects(mint, now);
        let mut id = || mint.id::<Id>(now);
        let web = objects.iter().find_map(web_type).expect("seeded");
        let queue = objects.iter().find_map(any_queue).expect("seeded");
        let bot = objects.iter().find_map(built_in_bot).expect("seeded");
        let second = Queue { id: id().into(), name: "Second".into(), ..queue.clone() };
        objects.push(Object::Queue(second.clone()));
        for object in &mut objects {
            match object {
                // The first queue is strict, the second lets people go.
                Object::Queue(first) if first.id == queue.id => {
                    first.agent_sla_secs = Some(45);
                    first.wrap_up = Some(WrapUp { enabled: true, seconds: 20 });
                }
                Object::TenantSettings(found) => {
                    found.settings.reason_required = false;
                    found.settings.agents.ronas_until_not_ready = 3;
                    found.settings.routing.last_agent = true;
                    found.settings.routing.mrd_interruption = true;
                }
                _ => {}
            }
        }
        // Calls interrupt chats.
        let voice = Mrd {
            id: id().into(),
            name: "Calls".into(),
            description: String::new(),
            media: Media::CxVoice,
            max_requests: 1,
            interruptible: false,
            auto_sync: true,
        };
        let calls = ChannelType { id: id().into(), name: "CALLS".into(), mrd: Some(voice.id), ..web.clone() };
        let phone = Queue { id: id().into(), name: "Phone".into(), mrd: voice.id, ..queue.clone() };
        objects.push(Object::Mrd(voice));
        objects.push(Object::ChannelType(calls.clone()));
        objects.push(Object::Queue(phone.clone()));
        let list: ListId = id().into();
        objects.push(Object::List(List {
            id: list,
            name: "Mail".into(),
            description: String::new(),
            agent_sla_secs: Some(60),
            agent_thresholds: None,
            wrap_up: None,
            teams: vec![],
            respects_capacity: false,
        }));
        let guru = BotId(id());
        objects.push(Object::Bot(Bot {
            id: guru,
            name: "guru".into(),
            kind: BotKind::Custom,
            uri: "https://guru.example".into(),
            settings: Box::new(BotSettings { hears_events: true, ..BotSettings::default() }),
        }));
        let mut connectors = Vec::new();
        for name in CONNECTORS {
            let provider: ProviderId = id().into();
            let webhook = (name != FEED).then(|| format!("https://{name}.example/hook"));
            objects.push(Object::Provider(Provider {
                id: provider,
                name: name.into(),
                channel_types: vec![web.id, calls.id],
                webhook,
                webhook_path: None,
                schema: vec![],
            }));
            connectors.push(id().into());
            objects.push(Object::Connector(Connector {
                id: connectors[connectors.len() - 1],
                name: name.into(),
                provider,
                values: vec![],
                credentials: Credentials::default(),
                open_to: vec![],
            }));
        }
        let told = Patience { announce_wait: true, ..Patience::default() };
        let elsewhere = Patience { then: NobodyCame::Queue(queue.id), ..Patience::default() };
        let patient = Patience { then: NobodyCame::KeepWaiting, ..Patience::default() };
        let hasty =
            Patience { only_when_staffed: true, then: NobodyCame::CallBack(list), ..Patience::default() };
        for (name, connector, queue, mode, patience) in [
            (CHANNELS[0], connectors[0], queue.id, Mode::Hybrid, told),
            (CHANNELS[1], connectors[1], second.id, Mode::Hybrid, elsewhere),
            (CHANNELS[2], connectors[0], queue.id, Mode::Agent, patient),
            (CHANNELS[3], connectors[2], queue.id, Mode::Hybrid, hasty),
            (CHANNELS[4], connectors[0], queue.id, Mode::Agent, Patience::default()),
            (CHANNELS[5], connectors[1], phone.id, Mode::Agent, Patience::default()),
        ] {
            let bot = if name == CHANNELS[1] { guru } else { bot };
            let bot = (mode == Mode::Hybrid).then_some(bot);
            let of = if name == CHANNELS[5] { &calls } else { &web };
            let mut channel = Channel { mode, bot, ..channel(id(), name, of, connector, queue) };
            channel.routing.patience = patience;
            if name == CHANNELS[4] {
                channel.routing.target = Target::Pull(Some(list));
            }
            objects.push(Object::Channel(channel));
        }
        let mut agents = Vec::new();
        let team = id();
        objects.push(Object::Team(Team { id: team, name: "Everybody".into(), description: String::new() }));
        for n in 0..AGENTS {
            let mut user = agent(id().into(), n);
            user.team = Some(team);
            if n == 0 {
                user.roles.push(Role::Supervisor);
                user.supervises.push(team);
            }
            agents.push(user.id);
            objects.push(Object::User(user));
        }
        Self { objects, agents, list, connectors }
    }
}

fn web_type(object: &Object) -> Option<ChannelType> {
    match object {
        Object::ChannelType(found) if found.name == "WEB" => Some(found.clone()),
        _ => None,
    }
}

fn any_queue(object: &Object) -> Option<Queue> {
    match object {
        Object::Queue(found) => Some(found.clone()),
        _ => None,
    }
}

fn built_in_bot(object: &Object) -> Option<BotId> {
    match object {
        Object::Bot(found) if found.kind == BotKind::BuiltIn => Some(found.id),
        _ => None,
    }
}

fn channel(id: Id, name: &str, of: &ChannelType, connector: ConnectorId, queue: QueueId) -> Channel {
    Channel {
        id: id.into(),
        name: name.into(),
        service_identifier: name.into(),
        channel_type: of.id,
        connector,
        enabled: true,
        default_outbound: false,
        calendar: None,
        out_of_hours: Default::default(),
        config_id: id,
        mode: Mode::Hybrid,
        bot: None,
        ring_secs: 10,
        inactivity_secs: 120,
        customer_thresholds: None,
        identification_criteria: json!(null),
        routing: Routing {
            target: Target::Push(Some(queue)),
            selection: Selection::LongestAvailable,
            last_agent: true,
            request_ttl_secs: 60,
            patience: Patience::default(),
        },
    }
}

fn agent(id: UserId, n: usize) -> User {
    let max_tasks = u16::try_from(n % 3 + 1).unwrap_or(1);
    User {
        id,
        username: format!("agent{n}"),
        first_name: format!("agent{n}"),
        last_name: String::new(),
        roles: vec![Role::Agent],
        password_hash: None,
        identity: None,
        second_factor: None,
        token_version: 0,
        enabled: true,
        team: None,
        supervises: vec![],
        attributes: vec![],
        capacities: vec![Capacity { mrd: seed::CHAT_MRD, max_tasks }],
        directory: Default::default(),
    }
}
