//! Whatever people do in whatever order, what must hold holds.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use tieline_core::command::{
    AgentStateWish, Assistance, AssistanceTarget, AssistanceWish, Command, Contact, Inbound, ItsAddress,
    Joining, LinkWish, MergeWish, Proactive, Publication, Published, Wish, WishTarget,
};
use tieline_core::delivery::Outcome;
use tieline_core::event::{Payload, Seq};
use tieline_core::facts::EntryFilter;
use tieline_core::id::{ListingId, UserId};
use tieline_core::registry::seed::CHAT_MRD;
use tieline_core::registry::settings::{
    AgentThreshold, AgentThresholdAction, CustomerThreshold, CustomerThresholdAction, WrapUp,
};
use tieline_core::registry::{Capacity, Channel, Mode, NobodyCame, Object, ReasonPurpose, Selection};
use tieline_core::task::{Direction, Stage as TaskStage};
use tieline_core::time::Span;

use super::given::given;
use super::invariants;
use super::stage::{Hook, Stage};

const AGENTS: [&str; 4] = ["amina", "ben", "cleo", "sara"];
const CUSTOMERS: [&str; 4] = ["carl", "dora", "emil", "finn"];
const CHANNELS: [&str; 5] = ["site", "shop", "desk", "pull", "phone"];

#[derive(Debug, Clone)]
enum Act {
    Customer { who: usize, channel: usize, does: Does },
    Repeat { back: usize },
    Agent { who: usize, does: AgentDoes },
    Ask { who: usize, agent: Option<usize>, priority: u8 },
    Flush,
    Reorganise { level: u8, priority: u8, steps: usize },
    Person { who: usize, changes: Person },
    Hook { does: HookDoes, at: usize },
    Feed { newest: bool },
    Replay,
    Capacity { who: usize, max_tasks: u16 },
    Switch { on: bool },
    Move { channel: usize, to_bell: bool },
    Know { who: usize },
    Kin { does: KinDoes, one: usize, other: usize },
    Wait { secs: u64 },
    Restart { losing: bool },
}

/// What becomes of an account; once more, and it is as before.
#[derive(Debug, Clone, Copy)]
enum Person {
    Disabled,
    Relieved,
    OffTheTeam,
    Skilled { level: u8 },
}

#[derive(Debug, Clone, Copy)]
enum Does {
    Writes,
    Starts,
    Ends,
}

#[derive(Debug, Clone, Copy)]
enum AgentDoes {
    Connects,
    Disconnects,
    GetsReady,
    GetsUnready,
    LogsOut,
    Switches { on: bool },
    Accepts,
    Declines,
    Leaves,
    Answers,
    Assists { kind: Assistance, to: Whom },
    WrapsUp,
    Skips,
    Pauses,
    Resumes,
    Extends,
    IsCalledBack,
    Joins { whom: usize, how: Joining },
    RaisesHand { up: bool },
    Supervises { whom: usize, out: bool },
    Contacts { whom: usize, channel: usize },
    Sends { whom: usize, channel: usize },
    JoinsListed { at: usize },
    EndsListed { at: usize },
}

#[derive(Debug, Clone, Copy)]
enum Whom {
    Queue,
    Agent(usize),
    Advisor,
}

fn helps() -> impl Strategy<Value = AgentDoes> {
    use Assistance::{Consult, ConsultConference, ConsultTransfer, DirectConference, DirectTransfer};
    let kind = prop_oneof![
        3 => Just(DirectTransfer),
        2 => Just(DirectConference),
        4 => Just(Consult),
    ];
    let to = prop_oneof![1 => Just(Whom::Queue), 2 => (0..AGENTS.len()).prop_map(Whom::Agent)];
    let promotes = prop_oneof![Just(ConsultTransfer), Just(ConsultConference)];
    let how =
        prop_oneof![2 => Just(Joining::Monitor), 1 => Just(Joining::Whisper), 2 => Just(Joining::BargeIn)];
    prop_oneof![
        4 => (kind, to).prop_map(|(kind, to)| AgentDoes::Assists { kind, to }),
        3 => promotes.prop_map(|kind| AgentDoes::Assists { kind, to: Whom::Advisor }),
        3 => (0..AGENTS.len(), how).prop_map(|(whom, how)| AgentDoes::Joins { whom, how }),
    ]
}

/// What is done to two customers, or to a conversation and a customer.
#[derive(Debug, Clone, Copy)]
enum KinDoes {
    Merge,
    Unmerge,
    Link { address: ItsAddress },
    Unlink,
    LinkPast,
    PartWith,
    Erase,
}

fn kin_does() -> impl Strategy<Value = KinDoes> {
    let link = |address| KinDoes::Link { address };
    prop_oneof![
        3 => Just(KinDoes::Merge),
        3 => Just(KinDoes::Unmerge),
        2 => Just(link(ItsAddress::Stays)),
        3 => Just(link(ItsAddress::GoesAlong)),
        3 => Just(KinDoes::Unlink),
        1 => Just(KinDoes::LinkPast),
        1 => Just(KinDoes::PartWith),
        1 => Just(KinDoes::Erase),
    ]
}

#[derive(Debug, Clone, Copy)]
enum HookDoes {
    Delivers,
    Fails,
    IsGone,
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![4 => Just(Does::Writes), 1 => Just(Does::Starts), 2 => Just(Does::Ends)]
}

fn agent_does() -> impl Strategy<Value = AgentDoes> {
    use AgentDoes::{
        Accepts, Answers, Connects, Declines, Disconnects, GetsReady, GetsUnready, Leaves, LogsOut, Switches,
    };
    prop_oneof![
        4 => Just(Connects),
        2 => Just(Disconnects),
        5 => Just(GetsReady),
        1 => Just(GetsUnready),
        1 => Just(LogsOut),
        2 => any::<bool>().prop_map(|on| Switches { on }),
        6 => Just(Accepts),
        2 => Just(Declines),
        3 => Just(Leaves),
        2 => Just(Answers),
        10 => helps(),
        1 => Just(AgentDoes::WrapsUp),
        1 => Just(AgentDoes::Skips),
        1 => Just(AgentDoes::Pauses),
        1 => Just(AgentDoes::Resumes),
        1 => Just(AgentDoes::Extends),
        1 => Just(AgentDoes::IsCalledBack),
        1 => any::<bool>().prop_map(|up| AgentDoes::RaisesHand { up }),
        1 => (0..AGENTS.len(), any::<bool>()).prop_map(|(whom, out)| AgentDoes::Supervises { whom, out }),
        1 => (0..CUSTOMERS.len(), 0..CHANNELS.len())
            .prop_map(|(whom, channel)| AgentDoes::Contacts { whom, channel }),
        1 => (0..CUSTOMERS.len(), 0..CHANNELS.len())
            .prop_map(|(whom, channel)| AgentDoes::Sends { whom, channel }),
        3 => (0..4_usize).prop_map(|at| AgentDoes::JoinsListed { at }),
        1 => (0..4_usize).prop_map(|at| AgentDoes::EndsListed { at }),
    ]
}

fn person() -> impl Strategy<Value = Person> {
    prop_oneof![
        1 => Just(Person::Disabled),
        1 => Just(Person::Relieved),
        1 => Just(Person::OffTheTeam),
        2 => (1..11_u8).prop_map(|level| Person::Skilled { level }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let customer = (0..CUSTOMERS.len(), 0..CHANNELS.len(), does());
    let agent = (0..AGENTS.len(), agent_does());
    let hook =
        prop_oneof![4 => Just(HookDoes::Delivers), 3 => Just(HookDoes::Fails), 1 => Just(HookDoes::IsGone)];
    prop_oneof![
        20 => customer.prop_map(|(who, channel, does)| Act::Customer { who, channel, does }),
        2 => (0..4_usize).prop_map(|back| Act::Repeat { back }),
        20 => agent.prop_map(|(who, does)| Act::Agent { who, does }),
        3 => (0..CUSTOMERS.len(), proptest::option::of(0..AGENTS.len()), 0..13_u8)
            .prop_map(|(who, agent, priority)| Act::Ask { who, agent, priority }),
        1 => Just(Act::Flush),
        2 => (1..10_u8, 1..11_u8, 1..4_usize)
            .prop_map(|(level, priority, steps)| Act::Reorganise { level, priority, steps }),
        2 => (0..AGENTS.len(), person()).prop_map(|(who, changes)| Act::Person { who, changes }),
        10 => (hook, 0..8_usize).prop_map(|(does, at)| Act::Hook { does, at }),
        1 => any::<bool>().prop_map(|newest| Act::Feed { newest }),
        1 => Just(Act::Replay),
        1 => (0..AGENTS.len(), 0..4_u16).prop_map(|(who, max_tasks)| Act::Capacity { who, max_tasks }),
        1 => any::<bool>().prop_map(|on| Act::Switch { on }),
        1 => (0..3_usize, any::<bool>()).prop_map(|(channel, to_bell)| Act::Move { channel, to_bell }),
        1 => (0..CUSTOMERS.len()).prop_map(|who| Act::Know { who }),
        6 => (kin_does(), 0..8_usize, 0..8_usize).prop_map(|(does, one, other)| Act::Kin { does, one, other }),
        8 => prop_oneof![0..5_u64, 10..40_u64, 90..400_u64, Just(90_000)].prop_map(|secs| Act::Wait { secs }),
        1 => any::<bool>().prop_map(|losing| Act::Restart { losing }),
    ]
}

struct Play {
    stage: Stage,
    said: Vec<Inbound>,
}

fn play() -> Play {
    let mut stage = given()
        .agent("amina", 1, 9)
        .agent("ben", 2, 5)
        .agent("cleo", 3, 1)
        .agent("sara", 1, 1)
        .led_team("amina, ben, cleo, sara")
        .steps(&[9, 5, 1], 15)
        .connector("bell", "Acme")
        .channel("shop", "WEB")
        .queue_of("shop", 5)
        .channel("desk", "WEB")
        .default_queue(|queue| {
            queue.wrap_up = Some(WrapUp { enabled: true, seconds: 30 });
            queue.agent_sla_secs = Some(60);
        })
        .reason("Call me back", ReasonPurpose::Callback)
        .settings(|settings| {
            settings.agent_thresholds =
                vec![AgentThreshold { percentage: 50, action: AgentThresholdAction::ShowPopup }];
            let text = "Still there?".into();
            let action = CustomerThresholdAction::NotifyCustomer;
            settings.customer_thresholds = vec![CustomerThreshold { percentage: 50, action, text }];
        })
        .feed_channel("pull")
        .interrupts(false)
        .list("Mail", |_| {})
        .pulled("pull", "Mail")
        .calls_back("shop", "Mail")
        .change_channel("desk", |desk| (desk.mode, desk.bot) = (Mode::Agent, None))
        .change_channel("site", |site| {
            let patience = &mut site.routing.patience;
            (patience.announce_wait, patience.then) = (true, NobodyCame::KeepWaiting);
            site.routing.last_agent = true;
        })
        .change_channel("shop", |shop| {
            shop.routing.selection = Selection::MostSkilled;
            shop.routing.patience.only_when_staffed = true;
        })
        .settings(|settings| {
            (settings.routing.last_agent, settings.routing.queue_priority) = (true, true);
            settings.agents.ronas_until_not_ready = 2;
        })
        .policy(|policy| (policy.line.in_flight_max, policy.line.breaker.failures) = (3, 3))
        .stage();
    stage.hook = Hook::Waits;
    Play { stage, said: Vec::new() }
}

impl Play {
    /// The command an act amounts to; `None` when it makes no sense now, or is none.
    fn command(&mut self, act: &Act) -> Option<Command> {
        let stage = &mut self.stage;
        Some(match *act {
            Act::Customer { who, channel, does } => {
                let (text, intent) = match does {
                    Does::Writes => ("words", None),
                    Does::Starts => ("", Some("START_CHAT")),
                    Does::Ends => ("", Some("END_CHAT")),
                };
                let inbound = stage.inbound(CUSTOMERS[who], CHANNELS[channel], text, intent);
                self.said.push(inbound.clone());
                Command::Receive(Box::new(inbound))
            }
            Act::Repeat { back } => Command::Receive(Box::new(self.said.iter().rev().nth(back)?.clone())),
            Act::Agent { who, does } => return by_agent(stage, AGENTS[who], does),
            Act::Ask { who, agent, priority } => {
                let open =
                    stage.state.conversations().map(|conversation| conversation.id).collect::<BTreeSet<_>>();
                let target = match agent {
                    Some(agent) => WishTarget::Agent(stage.agents[AGENTS[agent]]),
                    None => WishTarget::QueueNamed("for shop".into()),
                };
                let direction = Direction::Inbound;
                let wish = Wish { target, direction, priority: Some(priority), last_agent: None };
                let conversation = *open.iter().nth(who)?;
                Command::RequestAgent { conversation, wish: Box::new(wish) }
            }
            Act::Flush => Command::FlushQueue { queue: None, by: stage.agents[AGENTS[0]] },
            Act::Reorganise { level, priority, steps } => {
                let registry = stage.state.registry();
                let called = |name| registry.queues().find(|found| found.value.name == name);
                let mut queue = called("for shop")?.value.clone();
                queue.priority = priority;
                // With all of them it asks for the same people as the other queue.
                queue.steps = called("Default")?.value.steps[..steps].to_vec();
                if steps == 1 {
                    queue.steps[0].expressions[0].terms[0].value = level;
                }
                stage.put(Object::Queue(queue))
            }
            Act::Person { who, changes } => {
                let registry = stage.state.registry();
                let mut user = registry.user(stage.agents[AGENTS[who]])?.value.clone();
                let team = registry.teams().next()?.value.id;
                match changes {
                    Person::Disabled => user.enabled ^= true,
                    Person::Relieved if user.supervises.is_empty() => user.supervises.push(team),
                    Person::Relieved => user.supervises.clear(),
                    Person::OffTheTeam => user.team = user.team.is_none().then_some(team),
                    Person::Skilled { level } => user.attributes[0].value = level,
                }
                stage.put(Object::User(user))
            }
            Act::Hook { does, at } => {
                let seq = *stage.in_flight.keys().nth(at)?;
                stage.in_flight.remove(&seq);
                let reason = "no".into();
                let outcome = match does {
                    HookDoes::Delivers => Outcome::Delivered,
                    HookDoes::Fails => Outcome::Failed { reason, not_before: None },
                    HookDoes::IsGone => Outcome::Final { reason },
                };
                stage.report(seq, outcome)
            }
            Act::Feed { newest } => {
                let (name, cursor) = if newest { ("pull", Seq::MAX) } else { ("acme", 200) };
                Command::AcknowledgeFeed { connector: stage.connector(name), cursor }
            }
            Act::Replay => Command::Replay(EntryFilter { limit: 10, ..EntryFilter::default() }),
            Act::Capacity { who, max_tasks } => {
                let agent = stage.agents[AGENTS[who]];
                let mut user = stage.state.registry().user(agent)?.value.clone();
                let held = stage
                    .state
                    .agents()
                    .find(|found| found.id == agent)
                    .and_then(|found| found.mrd(CHAT_MRD));
                // Whoever works or is rung keeps his room: work is not taken away.
                let least = held.map_or(0, |domain| domain.active + 1);
                user.capacities = vec![Capacity { mrd: CHAT_MRD, max_tasks: max_tasks.max(least) }];
                stage.put(Object::User(user))
            }
            Act::Switch { on } => {
                let mut settings = stage.state.registry().settings().value.clone();
                settings.settings.wrap_up_takes_capacity = on;
                settings.settings.routing.queue_priority = on;
                settings.settings.routing.mrd_interruption_pauses = on;
                settings.settings.routing.priority_head_start_seconds = if on { 60 } else { 5 };
                stage.put(Object::TenantSettings(settings))
            }
            Act::Move { channel, to_bell } => {
                let connector = stage.connector(if to_bell { "bell" } else { "acme" });
                let registry = stage.state.registry();
                let found = registry.channels().find(|found| found.value.name == CHANNELS[channel])?;
                let channel = Channel { connector, ..found.value.clone() };
                stage.put(Object::Channel(channel))
            }
            Act::Know { who } => {
                let attributes = serde_json::json!({ "firstName": "Known", "web": [CUSTOMERS[who]] });
                let attributes = attributes.as_object()?.clone();
                Command::PutCustomer { id: None, attributes, labels: vec![], expected: None }
            }
            Act::Kin { does, one, other } => return kin(stage, does, one, other),
            Act::Wait { secs } => {
                stage.wait(Span::secs(secs));
                return None;
            }
            Act::Restart { losing } => {
                stage.restart(losing);
                return None;
            }
        })
    }
}

fn kin(stage: &Stage, does: KinDoes, one: usize, other: usize) -> Option<Command> {
    let customer = |at: usize| stage.kept.customers.keys().nth(at).copied();
    let conversation = stage.kept.conversations.keys().rev().nth(one).copied();
    let (by, reason) = (stage.agents[AGENTS[3]], None);
    Some(match does {
        KinDoes::Merge => Command::MergeCustomers(Box::new(MergeWish {
            survivor: customer(one)?,
            absorbed: customer(other)?,
            by,
            reason,
        })),
        KinDoes::Unmerge => {
            let merged = stage.kept.customers.values().find(|(customer, _)| customer.merged_into().is_some());
            Command::UnmergeCustomer { customer: merged?.0.id, by, reason }
        }
        KinDoes::Link { address } => Command::LinkConversation(Box::new(LinkWish {
            conversation: conversation?,
            to: customer(other)?,
            address,
            by,
            reason,
        })),
        KinDoes::Unlink => Command::UnlinkConversation { conversation: conversation?, by, reason },
        KinDoes::LinkPast => Command::LinkPast { from: customer(one)?, to: customer(other)?, by, reason },
        KinDoes::PartWith => Command::PartWithCustomer(customer(other)?),
        KinDoes::Erase => Command::EraseCustomer(customer(other)?),
    })
}

fn by_agent(stage: &mut Stage, name: &str, does: AgentDoes) -> Option<Command> {
    let agent = stage.agents[name];
    let set = |to| Command::SetAgentState { agent, to };
    Some(match does {
        AgentDoes::Connects => Command::ConnectDesk { agent, connection: stage.connection(name) },
        AgentDoes::Disconnects => Command::DisconnectDesk { agent, connection: stage.connection(name) },
        AgentDoes::GetsReady => set(AgentStateWish::Ready),
        AgentDoes::GetsUnready => set(AgentStateWish::NotReady { reason: stage.reason("Break") }),
        AgentDoes::IsCalledBack => set(AgentStateWish::NotReady { reason: stage.reason("Call me back") }),
        AgentDoes::Assists { kind, to } => {
            let target = match to {
                Whom::Queue => AssistanceTarget::QueueNamed("Default".into()),
                Whom::Agent(whom) => AssistanceTarget::Agent(stage.agents[AGENTS[whom]]),
                Whom::Advisor => AssistanceTarget::Advisor,
            };
            let conversation = first_seat(stage, agent)?;
            Command::Assist(Box::new(AssistanceWish { agent, conversation, kind, target, note: None }))
        }
        AgentDoes::Skips => {
            Command::CloseWrapUp { agent, conversation: first_seat(stage, agent)?, note: None }
        }
        AgentDoes::Pauses => Command::Pause { agent, conversation: first_seat(stage, agent)?, secs: 60 },
        AgentDoes::Resumes => Command::Resume { agent, conversation: first_seat(stage, agent)? },
        AgentDoes::Extends => Command::ExtendResponse { agent, conversation: first_seat(stage, agent)? },
        AgentDoes::Joins { whom, how } => {
            let watched = first_seat(stage, stage.agents[AGENTS[whom]])?;
            Command::Join { supervisor: agent, conversation: watched, how }
        }
        AgentDoes::RaisesHand { up } => {
            Command::RaiseHand { agent, conversation: first_seat(stage, agent)?, up }
        }
        AgentDoes::Supervises { whom, out } => {
            let to = if out { AgentStateWish::Logout { reason: None } } else { AgentStateWish::Ready };
            Command::Supervise { supervisor: agent, agent: stage.agents[AGENTS[whom]], to }
        }
        AgentDoes::Contacts { whom, channel } => {
            let Inbound { request, message_id, address, .. } =
                stage.inbound(CUSTOMERS[whom], CHANNELS[channel], "", None);
            let payload = Some(Payload::from_value(&serde_json::json!({ "id": message_id })));
            let (channel_type, customer) = (None, None);
            let contact = Contact { request, message_id, channel_type, address, agent, customer, payload };
            Command::Contact(Box::new(contact))
        }
        AgentDoes::Sends { whom, channel } => {
            let Inbound { request, message_id, address, .. } =
                stage.inbound(CUSTOMERS[whom], CHANNELS[channel], "", None);
            let payload = Payload::from_value(&serde_json::json!({ "id": message_id }));
            let (channel_type, customer, sender, edits) = (None, None, agent, false);
            let sent =
                Proactive { request, message_id, channel_type, address, sender, customer, edits, payload };
            Command::Send(Box::new(sent))
        }
        AgentDoes::JoinsListed { at } => Command::JoinListed { agent, listing: listed(stage, at)? },
        AgentDoes::EndsListed { at } => Command::EndListed { agent, listing: listed(stage, at)? },
        AgentDoes::LogsOut => set(AgentStateWish::Logout { reason: None }),
        AgentDoes::Switches { on } => Command::SetMrdState { agent, mrd: CHAT_MRD, on },
        AgentDoes::Accepts => {
            let mut tasks = stage.state.conversations().flat_map(|conversation| &conversation.tasks);
            let task =
                tasks.find(|t| matches!(t.stage, TaskStage::Offered { agent: to, .. } if to == agent))?;
            Command::AcceptOffer { agent, conversation: task.conversation, task: Some(task.id) }
        }
        AgentDoes::Declines => {
            let mut tasks = stage.state.conversations().flat_map(|conversation| &conversation.tasks);
            let task =
                tasks.find(|t| matches!(t.stage, TaskStage::Offered { agent: to, .. } if to == agent))?;
            Command::DeclineOffer {
                agent,
                conversation: task.conversation,
                task: Some(task.id),
                reason: None,
            }
        }
        AgentDoes::Leaves => Command::LeaveConversation { agent, conversation: first_seat(stage, agent)? },
        AgentDoes::Answers | AgentDoes::WrapsUp => {
            let conversation = first_seat(stage, agent)?;
            let id: Box<str> = "answer".into();
            let payload = Payload::from_value(&serde_json::json!({ "id": id }));
            let request = stage.next_key();
            if let AgentDoes::WrapsUp = does {
                let content = Published::WrapUp { id, codes: vec![], payload };
                let note = Publication { agent, conversation, request, content };
                return Some(Command::CloseWrapUp { agent, conversation, note: Some(Box::new(note)) });
            }
            let content = Published::Message { id, session: None, edits: false, payload };
            Command::Publish(Box::new(Publication { agent, conversation, request, content }))
        }
    })
}

/// One of the requests on the lists, the oldest first.
fn listed(stage: &Stage, at: usize) -> Option<ListingId> {
    let lists = stage.state.registry().lists();
    let on = lists.flat_map(|list| stage.state.lists().on(list.value.id)).nth(at)?;
    Some(stage.state.conversation(on)?.listing.as_ref()?.id)
}

fn first_seat(stage: &Stage, agent: UserId) -> Option<tieline_core::id::ConversationId> {
    let seated = stage.state.conversations().filter(|conversation| conversation.participant(agent).is_some());
    seated.map(|conversation| conversation.id).min()
}

proptest! {
    #[test]
    fn what_must_hold_holds(acts in vec(act(), 1..80)) {
        let mut play = play();
        for act in &acts {
            if let Some(command) = play.command(act) {
                play.stage.perform(&[command]);
            }
            prop_assert_eq!(invariants::broken(&play.stage.state), None);
        }
        play.stage.check_restorable();
    }

    /// Several commands in one batch come to what they come to one after the other, but for ids and numbers.
    #[test]
    fn batches_come_to_the_same_as_single_commands(acts in vec(act(), 1..60), size in 2..6_usize) {
        let (mut batched, mut single) = (play(), play());
        for acts in acts.chunks(size) {
            let plain = |act: &&Act| matches!(act, Act::Customer { .. } | Act::Repeat { .. });
            let commands: Vec<Command> = acts.iter().filter(plain).filter_map(|act| batched.command(act)).collect();
            batched.stage.perform(&commands);
            for act in acts.iter().filter(plain) {
                let command = single.command(act);
                single.stage.perform(command.as_slice());
            }
            // What a crash takes with it does depend on what a batch is.
            let lossless = |act: &&Act| !matches!(act, Act::Restart { losing: true });
            for act in acts.iter().filter(|act| !plain(act)).filter(lossless) {
                for play in [&mut batched, &mut single] {
                    // Some acts choose among what was kept, which is behind by a batch.
                    play.stage.land();
                    let command = play.command(act);
                    play.stage.perform(command.as_slice());
                }
            }
            prop_assert_eq!(invariants::broken(&batched.stage.state), None);
        }
        batched.stage.land();
        single.stage.land();
        prop_assert_eq!(batched.told(), single.told());
    }
}

impl Play {
    /// What the log says, without ids.
    fn told(&self) -> Vec<String> {
        let events = self.stage.kept.events.values();
        events
            .map(|event| format!("{} {:?}", event.at.millis(), std::mem::discriminant(&event.fact)))
            .collect()
    }
}
