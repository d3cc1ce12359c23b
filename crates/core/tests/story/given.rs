//! What stories start from: a small contact centre with one webhook connector and a few agents.

use jiff::civil::date;
use serde_json::json;
use tieline_core::calendar::{Calendar, Event, EventKind, Recurrence, Shift};
use tieline_core::id::{BotId, Id, Mint, QueueId, UserId};
use tieline_core::policy::Policy;
use tieline_core::registry::{
    Bot, BotKind, Capacity, Channel, Connector, Credentials, CustomerValueType, Expression, Join, Label,
    List, Media, Mode, Mrd, NobodyCame, Object, Operator, OutOfHours, Patience, Provider, Queue, ReasonCode,
    ReasonPurpose, Role, Routing, RoutingAttribute, Scale, SchemaAttribute, Selection, Skill, Step, Target,
    Team, Term, User, seed,
    settings::{Settings, WrapUp},
};
use tieline_core::time::At;

use super::stage::Stage;

/// 09:00:00 of a day in 2024.
pub const NINE: At = At::from_millis(1_727_168_400_000);

/// A contact centre in the making. Channels are written to by their service identifier.
pub struct Given {
    pub policy: Policy,
    mint: Mint,
    pub objects: Vec<Object>,
    pub agents: Vec<(String, UserId)>,
    pub on_duty: Vec<String>,
    attribute: RoutingAttribute,
}

/// CHAT domain, queue "Default" for everybody, and one HYBRID channel "site": rings 20 s, looks for 100 s, and ends
/// after 300 s of silence.
pub fn given() -> Given {
    let mut mint = Mint::new([1; 5]);
    let mut objects = seed::objects(&mut mint, NINE);
    let attribute = RoutingAttribute {
        id: mint.id(NINE),
        name: "english".into(),
        description: String::new(),
        scale: Scale::ProficiencyLevel,
        default: 1,
    };
    objects.insert(0, Object::RoutingAttribute(attribute.clone()));
    let mut given = Given {
        policy: Policy::default(),
        mint,
        objects,
        agents: Vec::new(),
        on_duty: Vec::new(),
        attribute,
    };
    given.add_provider("Acme", Some("https://acme.example/hook"));
    given.add_connector("acme", "Acme");
    given.add_channel("site", "WEB", "acme");
    given
}

macro_rules! named {
    ($self:ident, $kind:ident, $name:expr) => {
        $self
            .objects
            .iter_mut()
            .find_map(|object| match object {
                Object::$kind(found) if found.name == $name => Some(found),
                _ => None,
            })
            .unwrap_or_else(|| panic!("no {} \"{}\"", stringify!($kind), $name))
    };
}

fn named_user<'o>(objects: &'o mut [Object], name: &str) -> &'o mut User {
    let found = objects.iter_mut().find_map(|object| match object {
        Object::User(found) if found.username == name => Some(found),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no user {name}"))
}

impl Given {
    /// Agents of one task each, all with english 1.
    pub fn agents(mut self, names: &str) -> Self {
        for name in names.split(", ") {
            self = self.agent(name, 1, 1);
        }
        self
    }

    pub fn agent(mut self, name: &str, max_tasks: u16, english: u8) -> Self {
        let id = self.mint.id(NINE);
        self.agents.push((name.to_owned(), id));
        self.objects.push(Object::User(User {
            id,
            username: name.into(),
            first_name: name.into(),
            last_name: String::new(),
            roles: vec![Role::Agent],
            password_hash: None,
            identity: None,
            second_factor: None,
            token_version: 0,
            enabled: true,
            team: None,
            supervises: vec![],
            attributes: vec![Skill { attribute: self.attribute.id, value: english }],
            capacities: vec![Capacity { mrd: seed::CHAT_MRD, max_tasks }],
            directory: Default::default(),
        }));
        self
    }

    /// These, agents already, are one team.
    pub fn team(mut self, names: &str) -> Self {
        let team = Team { id: self.mint.id(NINE), name: names.to_owned(), description: String::new() };
        for object in &mut self.objects {
            if let Object::User(user) = object
                && names.split(", ").any(|name| name == user.username)
            {
                user.team = Some(team.id);
            }
        }
        self.objects.insert(0, Object::Team(team));
        self
    }

    pub fn team_of(&mut self, name: &str) -> Id {
        named_user(&mut self.objects, name).team.expect("a team")
    }

    /// These agents are in a team, which the last one leads.
    pub fn led_team(mut self, names: &str) -> Self {
        let team = self.mint.id(NINE);
        let first_user = self.objects.iter().position(|object| matches!(object, Object::User(_)));
        self.objects.insert(
            first_user.expect("agents"),
            Object::Team(Team { id: team, name: names.into(), description: String::new() }),
        );
        let names: Vec<&str> = names.split(", ").collect();
        let (leader, members) = names.split_last().expect("a leader");
        for name in members {
            named_user(&mut self.objects, name).team = Some(team);
        }
        let leader = named_user(&mut self.objects, leader);
        leader.supervises.push(team);
        leader.roles = vec![Role::Supervisor];
        self
    }

    pub fn user(mut self, name: &str, change: impl FnOnce(&mut User)) -> Self {
        change(named_user(&mut self.objects, name));
        self
    }

    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        let found = self.objects.iter_mut().find_map(|object| match object {
            Object::TenantSettings(found) => Some(&mut found.settings),
            _ => None,
        });
        change(found.expect("seeded"));
        self
    }

    /// Wrap-up of so many seconds.
    pub fn wrap_up(self, seconds: u32) -> Self {
        self.settings(|settings| settings.wrap_up = WrapUp { enabled: true, seconds })
    }

    /// Changes the default queue.
    pub fn default_queue(mut self, change: impl FnOnce(&mut Queue)) -> Self {
        change(self.queue());
        self
    }

    /// A further queue, like the default one but for what `change` does.
    pub fn queue_called(mut self, name: &str, change: impl FnOnce(&mut Queue)) -> Self {
        let id = self.mint.id(NINE);
        let mut queue = Queue { id, name: name.into(), ..self.queue().clone() };
        change(&mut queue);
        self.objects.push(Object::Queue(queue));
        self
    }

    pub fn reason(mut self, name: &str, purpose: ReasonPurpose) -> Self {
        let id = self.mint.id(NINE);
        let (name, description) = (name.to_owned(), String::new());
        self.objects.push(Object::ReasonCode(ReasonCode { id, name, description, purpose, code: 77 }));
        self
    }

    /// Getting ready switches no domain on but CHAT.
    pub fn chat_only(mut self) -> Self {
        for object in &mut self.objects {
            if let Object::Mrd(mrd) = object {
                mrd.auto_sync = mrd.id == seed::CHAT_MRD;
            }
        }
        self
    }

    /// These are connected and ready, in this order.
    pub fn on_duty(mut self, names: &str) -> Self {
        self.on_duty = names.split(", ").map(Into::into).collect();
        self
    }

    /// The default queue asks for these levels of english, one step after the other, `secs` apart.
    pub fn steps(mut self, levels: &[u8], secs: u32) -> Self {
        let steps = levels.iter().map(|level| self.step(*level, secs)).collect();
        self.queue().steps = steps;
        self
    }

    /// A queue of its own for a channel, for agents of this level of english.
    pub fn queue_of(mut self, channel: &str, level: u8) -> Self {
        let step = self.step(level, 0);
        let id = self.mint.id(NINE);
        let queue = Queue { id, name: format!("for {channel}"), steps: vec![step], ..self.queue().clone() };
        let before = self.objects.iter().position(|object| matches!(object, Object::Channel(_)));
        self.objects.insert(before.unwrap_or(0), Object::Queue(queue));
        self.change_channel(channel, |channel| channel.routing.target = Target::Push(Some(id)))
    }

    pub fn change_queue(mut self, name: &str, change: impl FnOnce(&mut Queue)) -> Self {
        change(named!(self, Queue, name));
        self
    }

    /// The queue a channel pushes to.
    pub fn queue_of_channel(&self, name: &str) -> QueueId {
        let found = self.objects.iter().find_map(|object| match object {
            Object::Channel(channel) if channel.name == name => Some(channel.routing.target),
            _ => None,
        });
        let Some(Target::Push(Some(queue))) = found else { panic!("\"{name}\" pushes to no queue") };
        queue
    }

    /// A pull list, before the channels that use it.
    pub fn list(mut self, name: &str, change: impl FnOnce(&mut List)) -> Self {
        let mut list = List {
            id: self.mint.id(NINE),
            name: name.into(),
            description: String::new(),
            agent_sla_secs: None,
            agent_thresholds: None,
            wrap_up: None,
            teams: vec![],
            respects_capacity: false,
        };
        change(&mut list);
        let before = self.objects.iter().position(|object| matches!(object, Object::Channel(_)));
        self.objects.insert(before.unwrap_or(0), Object::List(list));
        self
    }

    pub fn change_list(mut self, name: &str, change: impl FnOnce(&mut List)) -> Self {
        change(named!(self, List, name));
        self
    }

    /// The channel's requests come onto a list.
    pub fn pulled(mut self, channel: &str, list: &str) -> Self {
        let id = named!(self, List, list).id;
        self.change_channel(channel, |channel| channel.routing.target = Target::Pull(Some(id)))
    }

    /// Whom nobody comes for on a channel is promised a call back, noted on a list.
    pub fn calls_back(mut self, channel: &str, list: &str) -> Self {
        let id = named!(self, List, list).id;
        self.change_channel(channel, |channel| channel.routing.patience.then = NobodyCame::CallBack(id))
    }

    /// The same for "site".
    pub fn calls_back_from(self, list: &str) -> Self {
        self.calls_back("site", list)
    }

    /// A label whose customers' requests have this priority.
    pub fn label(mut self, id: Id, priority: u8) -> Self {
        self.objects.push(Object::Label(Label {
            id,
            name: format!("label {priority}"),
            colour: "#ffaa00".into(),
            priority: Some(priority),
            created_by: "root".into(),
        }));
        self
    }

    /// Work of a domain interrupts that of interruptible ones. There is a channel "phone" of the domain VOICE, which
    /// cannot be interrupted unless it is said to be.
    pub fn interrupts(mut self, phone_interruptible: bool) -> Self {
        let id = self.mint.id(NINE);
        let voice = Mrd {
            id,
            name: "VOICE".into(),
            description: String::new(),
            media: Media::CxVoice,
            max_requests: 1,
            interruptible: phone_interruptible,
            auto_sync: true,
        };
        self.objects.insert(0, Object::Mrd(voice));
        named!(self, ChannelType, "WHATSAPP").mrd = Some(id);
        let queue = Queue { id: self.mint.id(NINE), name: "Phone".into(), mrd: id, ..self.queue().clone() };
        let target = Target::Push(Some(queue.id));
        self.objects.push(Object::Queue(queue));
        self.add_channel("phone", "WHATSAPP", "acme");
        self.settings(|settings| settings.routing.mrd_interruption = true)
            .change_channel("phone", |phone| phone.routing.target = target)
    }

    /// A queue of another domain than that of the channels.
    pub fn mail_queue(mut self, name: &str) -> Self {
        let other = self.objects.iter().find_map(|object| match object {
            Object::Mrd(mrd) if mrd.id != seed::CHAT_MRD => Some(mrd.id),
            _ => None,
        });
        let mrd = other.expect("another domain is seeded");
        let queue = Queue { id: self.mint.id(NINE), name: name.into(), mrd, ..self.queue().clone() };
        self.objects.push(Object::Queue(queue));
        self
    }

    fn step(&mut self, level: u8, timeout_secs: u32) -> Step {
        let term =
            Term { join: Join::And, attribute: self.attribute.id, operator: Operator::AtLeast, value: level };
        let expressions = vec![Expression { join: Join::And, terms: vec![term] }];
        Step { id: self.mint.id(NINE), timeout_secs, expressions }
    }

    fn queue(&mut self) -> &mut Queue {
        named!(self, Queue, seed::DEFAULT_QUEUE)
    }

    pub fn policy(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(&mut self.policy);
        self
    }

    /// Changes the channel "site".
    pub fn site(self, change: impl FnOnce(&mut Channel)) -> Self {
        self.change_channel("site", change)
    }

    /// The office of "site" is open from ten to five; who writes before is told so.
    pub fn opens_at_ten(mut self, text: &str) -> Self {
        let calendar = Calendar {
            id: self.mint.id(NINE),
            name: "Office".into(),
            description: String::new(),
            color: String::new(),
            time_zone: "UTC".into(),
            events: vec![Event {
                id: self.mint.id(NINE),
                title: "Hours".into(),
                kind: EventKind::BusinessHours,
                first: date(2024, 1, 1),
                last: None,
                recurrence: Recurrence::Daily,
                shifts: vec![Shift { start: 600, end: 1020 }],
                color: String::new(),
            }],
        };
        let id = calendar.id;
        self.objects.insert(0, Object::Calendar(calendar));
        self.site(|site| {
            site.calendar = Some(id);
            site.out_of_hours = OutOfHours::Tell { text: text.into() };
        })
    }

    pub fn change_channel(mut self, name: &str, change: impl FnOnce(&mut Channel)) -> Self {
        change(named!(self, Channel, name));
        self
    }

    /// A bot that lives elsewhere answers on "site".
    pub fn bot(self, name: &str) -> Self {
        self.bot_with(name, |_| {})
    }

    pub fn bot_with(mut self, name: &str, change: impl FnOnce(&mut Bot)) -> Self {
        let id = self.spare_bot(name, change);
        self.site(|site| site.bot = Some(id))
    }

    /// A bot that answers nowhere yet.
    pub fn spare_bot(&mut self, name: &str, change: impl FnOnce(&mut Bot)) -> BotId {
        let mut bot = Bot {
            id: self.mint.id(NINE),
            name: name.into(),
            kind: BotKind::Custom,
            uri: "https://bot.example".into(),
            settings: Box::default(),
        };
        change(&mut bot);
        let id = bot.id;
        let before = self.objects.iter().position(|object| matches!(object, Object::Channel(_)));
        self.objects.insert(before.unwrap_or(0), Object::Bot(bot));
        id
    }

    /// A provider without a webhook, a connector of it, and a channel, all of this name.
    pub fn feed_channel(mut self, name: &str) -> Self {
        self.add_provider(name, None);
        self.add_connector(name, name);
        self.add_channel(name, "WEB", name);
        self
    }

    pub fn connector(mut self, name: &str, provider: &str) -> Self {
        self.add_connector(name, provider);
        self
    }

    pub fn channel(mut self, name: &str, channel_type: &str) -> Self {
        self.add_channel(name, channel_type, "acme");
        self
    }

    /// Customers of this channel type are recognised by an attribute of the same name in lower case.
    pub fn identified(mut self, channel_type: &str) -> Self {
        let identifies = vec![self.type_id(channel_type)];
        self.objects.push(Object::SchemaAttribute(SchemaAttribute {
            id: self.mint.id(NINE),
            key: channel_type.to_lowercase(),
            label: channel_type.into(),
            description: String::new(),
            value_type: CustomerValueType::String,
            length: None,
            required: false,
            default: json!(null),
            pii: false,
            identifies,
            deletable: true,
            order: 9,
            searchable: false,
        }));
        self
    }

    /// Customers of this channel type are recognised by what those of WEB are.
    pub fn recognised_alike(mut self, channel_type: &str) -> Self {
        let id = self.type_id(channel_type);
        let web = self.objects.iter_mut().find_map(|object| match object {
            Object::SchemaAttribute(found) if found.key == "web" => Some(found),
            _ => None,
        });
        web.expect("seeded").identifies.push(id);
        self
    }

    fn type_id(&mut self, name: &str) -> tieline_core::id::ChannelTypeId {
        named!(self, ChannelType, name).id
    }

    fn add_provider(&mut self, name: &str, webhook: Option<&str>) {
        let channel_types = ["WEB", "WHATSAPP"].map(|name| self.type_id(name)).to_vec();
        self.objects.push(Object::Provider(Provider {
            id: self.mint.id(NINE),
            name: name.into(),
            channel_types,
            webhook: webhook.map(Into::into),
            webhook_path: None,
            schema: vec![],
        }));
    }

    fn add_connector(&mut self, name: &str, provider: &str) {
        let provider = named!(self, Provider, provider).id;
        self.objects.push(Object::Connector(Connector {
            id: self.mint.id(NINE),
            name: name.into(),
            provider,
            values: vec![],
            credentials: Credentials::default(),
            open_to: vec![],
        }));
    }

    fn add_channel(&mut self, name: &str, channel_type: &str, connector: &str) {
        let channel_type = self.type_id(channel_type);
        let connector = named!(self, Connector, connector).id;
        let queue = self.queue().id;
        let built_in = self.objects.iter().find_map(|object| match object {
            Object::Bot(bot) if bot.kind == BotKind::BuiltIn => Some(bot.id),
            _ => None,
        });
        self.objects.push(Object::Channel(Channel {
            id: self.mint.id(NINE),
            name: name.into(),
            service_identifier: name.into(),
            channel_type,
            connector,
            enabled: true,
            default_outbound: false,
            calendar: None,
            out_of_hours: Default::default(),
            config_id: self.mint.id(NINE),
            mode: Mode::Hybrid,
            bot: built_in,
            ring_secs: 20,
            inactivity_secs: 300,
            customer_thresholds: None,
            identification_criteria: json!(null),
            routing: Routing {
                target: Target::Push(Some(queue)),
                selection: Selection::LongestAvailable,
                last_agent: false,
                request_ttl_secs: 100,
                patience: Patience::default(),
            },
        }));
    }

    /// Everything put into an empty state, one command after the other.
    pub fn stage(self) -> Stage {
        Stage::new(self)
    }
}
