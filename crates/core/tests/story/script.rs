//! Stories as tables: what somebody does stands at the margin, what it leads to is indented below it.
//!
//! `amina …` is an agent when the stage knows her, else a customer who writes from the address "amina".

use std::panic::Location;

use serde_json::json;
use tieline_core::bot::answer::{Content as BotContent, ForWhom, Reply as BotReply};
use tieline_core::command::{
    AgentStateWish, Assistance, AssistanceTarget, AssistanceWish, BotAnswered, BotOutcome, BotSays, Caller,
    Command, Contact, Content, Dismissal, Inbound, ItsAddress, Joining, LinkWish, MergeWish, Proactive,
    Publication, Published, SenderClass, Wish, WishTarget,
};
use tieline_core::conversation::About;
use tieline_core::delivery::{Outcome, Subject};
use tieline_core::event::{BotSilence, Fact, Payload, Seq};
use tieline_core::explain;
use tieline_core::facts::EntryFilter;
use tieline_core::id::{Id, MrdId, UserId};
use tieline_core::registry::seed::CHAT_MRD;
use tieline_core::registry::{
    Announcement, Capacity, Channel, Expression, Join, Kind, Object, Operator, Queue, Step, Term, User,
};
use tieline_core::task::Direction;
use tieline_core::time::Span;

use super::given::Given;
use super::lens::{self, Lens};
use super::stage::{Hook, Shown, Stage};

/// Stories have one announcement at a time.
const THE_ANNOUNCEMENT: Id = Id([9; 12]);

const ADMIN: UserId = UserId(Id([8; 12]));

/// Plays a story and compares what it leads to with what is written.
#[track_caller]
pub fn story(given: Given, written: &str) {
    tell(&mut given.stage(), Lens::Log, written);
}

/// The same as one agent's desk sees it.
#[track_caller]
pub fn story_at_desk(given: Given, agent: &str, written: &str) {
    tell(&mut given.stage(), Lens::Desk(agent.to_owned()), written);
}

/// The same as it leaves for connectors, whose webhooks answer when the story says so.
#[track_caller]
pub fn story_on_the_wire(given: Given, written: &str) {
    let mut stage = given.stage();
    for seq in std::mem::take(&mut stage.in_flight).into_keys() {
        let report = stage.report(seq, Outcome::Delivered);
        stage.perform(&[report]);
    }
    stage.hook = Hook::Waits;
    tell(&mut stage, Lens::Wire, written);
}

/// The same as it leaves for connectors that take everything at once.
#[track_caller]
pub fn story_for_customers(given: Given, written: &str) {
    tell(&mut given.stage(), Lens::Wire, written);
}

#[track_caller]
pub fn tell(stage: &mut Stage, lens: Lens, written: &str) {
    let at = Location::caller();
    let mut play = Play { stage, lens, last: None };
    let (mut expected, mut told) = (String::new(), String::new());
    let margin = written.lines().find(|line| !line.trim().is_empty()).map_or(0, indent);
    for line in written.lines().filter(|line| !line.trim().is_empty()) {
        let text = line.trim();
        if indent(line) > margin {
            expected += &format!("    {text}\n");
            continue;
        }
        expected += &format!("{text}\n");
        told += &format!("{text}\n");
        for line in play.does(text) {
            told += &format!("    {line}\n");
        }
    }
    play.stage.check_restorable();
    assert!(expected == told, "\nSTORY {}:{}\n{told}END\nwritten was\n{expected}", at.file(), at.line());
}

/// Plays what people do, whatever it leads to.
pub fn play(stage: &mut Stage, script: &str) {
    let mut play = Play { stage, lens: Lens::Log, last: None };
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        play.does(line);
    }
}

/// How somebody stands.
pub fn standing_of(stage: &mut Stage, who: &str) -> String {
    Play { stage, lens: Lens::Log, last: None }.standing(who)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

struct Play<'a> {
    stage: &'a mut Stage,
    lens: Lens,
    last: Option<Inbound>,
}

impl Play<'_> {
    fn does(&mut self, line: &str) -> Vec<String> {
        let (who, rest) = line.split_once(' ').unwrap_or((line, ""));
        let shown = match who {
            "wait" => self.stage.wait(span(rest)),
            "restart" => self.stage.restart(false),
            "hook" => return self.hook(rest),
            "down" => {
                let down = span(rest.strip_prefix("for ").expect("down for …"));
                self.stage.now = self.stage.now + down;
                self.stage.restart(false)
            }
            "crash" => self.stage.restart(true),
            "together" => {
                let commands: Vec<Command> = rest.split("; ").map(|line| self.command(line)).collect();
                self.stage.perform(&commands)
            }
            "why" => return self.why(rest.trim_end_matches('?')),
            "who" => {
                return vec![self.record(rest.strip_prefix("is ").expect("who is …").trim_end_matches('?'))];
            }
            _ if line.ends_with(" is?") => return vec![self.identity(who)],
            _ if line.ends_with('?') => return vec![self.standing(line.trim_end_matches('?'))],
            _ => {
                let command = self.command(line);
                self.stage.perform(&[command])
            }
        };
        lens::lines(self.stage, &self.lens, &shown)
    }

    fn command(&mut self, line: &str) -> Command {
        let (who, does) = line.split_once(' ').unwrap_or((line, ""));
        match who {
            "admin" => return self.by_admin(does),
            "system" => return self.by_system(does),
            "replay" => {
                let conversation = does.strip_prefix("for ").map(|whom| self.stage.conversation_called(whom));
                return Command::Replay(EntryFilter { conversation, limit: 100, ..EntryFilter::default() });
            }
            "dismiss" => {
                let (whose, because) = does.split_once("because ").expect("dismiss … because …");
                let conversation = whose.trim().strip_prefix("for ");
                let conversation = conversation.map(|whom| self.stage.conversation_called(whom));
                let letters = EntryFilter { conversation, limit: 100, ..EntryFilter::default() };
                let dismissal = Dismissal { letters, because: because.into(), instead: None };
                return Command::Dismiss(Box::new(dismissal));
            }
            "bot" => return self.by_bot(does),
            "feed" => {
                let connector = self.stage.connector(does.strip_suffix(" read").expect("feed … read"));
                return Command::AcknowledgeFeed { connector, cursor: Seq::MAX };
            }
            _ => {}
        }
        let (verb, rest) = does.split_once(' ').unwrap_or((does, ""));
        let (name, desk) = who.split_once('/').map_or((who, who), |(name, _)| (name, who));
        match self.stage.agents.get(name).copied() {
            Some(agent) => self.by_agent(agent, desk, verb, rest),
            None => self.by_customer(who, verb, rest),
        }
    }

    fn by_agent(&mut self, agent: UserId, desk: &str, verb: &str, rest: &str) -> Command {
        let stage = &mut *self.stage;
        let set = |to| Command::SetAgentState { agent, to };
        match (verb, rest) {
            ("connects", _) => Command::ConnectDesk { agent, connection: stage.connection(desk) },
            ("disconnects", _) => Command::DisconnectDesk { agent, connection: stage.connection(desk) },
            ("is", "ready") => set(AgentStateWish::Ready),
            ("is", "not ready") => set(AgentStateWish::NotReady { reason: stage.reason("Break") }),
            ("is", state) if state.starts_with("not ready: ") => {
                set(AgentStateWish::NotReady { reason: stage.reason(&state["not ready: ".len()..]) })
            }
            ("logs", "out") => set(AgentStateWish::Logout { reason: None }),
            ("sets", whom) => {
                let (name, state) = whom.split_once(' ').expect("sets NAME STATE");
                let to = match state {
                    "ready" => AgentStateWish::Ready,
                    "not ready" => AgentStateWish::NotReady { reason: stage.reason("Break") },
                    _ => AgentStateWish::Logout { reason: None },
                };
                Command::Supervise { supervisor: agent, agent: stage.agents[name], to }
            }
            ("transfers" | "conferences" | "consults" | "yields" | "adds", _) => {
                let kind = match verb {
                    "transfers" => Assistance::DirectTransfer,
                    "conferences" => Assistance::DirectConference,
                    "consults" => Assistance::Consult,
                    "yields" => Assistance::ConsultTransfer,
                    _ => Assistance::ConsultConference,
                };
                let (whom, to) = rest.split_once(" to ").unwrap_or((rest, ""));
                let target = match to.strip_prefix("queue ") {
                    Some(queue) => AssistanceTarget::QueueNamed(queue.into()),
                    None if to.is_empty() => AssistanceTarget::Advisor,
                    None => AssistanceTarget::Agent(stage.agents[to]),
                };
                let conversation = stage.conversation_called(whom);
                let note = Some("please".into());
                Command::Assist(Box::new(AssistanceWish { agent, conversation, kind, target, note }))
            }
            ("pauses", rest) => {
                let (whom, secs) = rest.split_once(" for ").expect("pauses NAME for TIME");
                let conversation = stage.conversation_called(whom);
                let secs = u32::try_from(span(secs).as_secs()).expect("short");
                Command::Pause { agent, conversation, secs }
            }
            ("resumes", whom) => Command::Resume { agent, conversation: stage.conversation_called(whom) },
            ("extends", whom) => {
                Command::ExtendResponse { agent, conversation: stage.conversation_called(whom) }
            }
            ("follows" | "unfollows", name) => {
                let found = stage.state.registry().lists().find(|list| list.value.name == name);
                let list = found.unwrap_or_else(|| panic!("no list {name}")).value.id;
                Command::FollowList { agent, list, follow: verb == "follows" }
            }
            ("joins", whom) => Command::JoinListed { agent, listing: stage.listing_of(whom) },
            ("finishes", whom) => Command::EndListed { agent, listing: stage.listing_of(whom) },
            ("skips", whom) => {
                let conversation = stage.conversation_called(whom);
                Command::CloseWrapUp { agent, conversation, note: None }
            }
            ("watches" | "coaches" | "barges", whom) => {
                let how = match verb {
                    "watches" => Joining::Monitor,
                    "coaches" => Joining::Whisper,
                    _ => Joining::BargeIn,
                };
                Command::Join { supervisor: agent, conversation: stage.conversation_called(whom), how }
            }
            ("raises" | "lowers", whom) => {
                let conversation = stage.conversation_called(whom);
                Command::RaiseHand { agent, conversation, up: verb == "raises" }
            }
            ("switches", on) => Command::SetMrdState { agent, mrd: CHAT_MRD, on: on == "on" },
            ("accepts", whom) => {
                let conversation = stage.conversation_called(whom);
                let offered = stage.state.conversation(conversation);
                let task = offered.and_then(|c| c.waiting_tasks().next()).map(|task| task.id);
                Command::AcceptOffer { agent, conversation, task }
            }
            ("declines", whom) => Command::DeclineOffer {
                agent,
                conversation: stage.conversation_called(whom),
                task: None,
                reason: None,
            },
            ("rejoins", whom) => {
                Command::AcceptOffer { agent, conversation: stage.conversation_called(whom), task: None }
            }
            ("leaves", whom) => {
                Command::LeaveConversation { agent, conversation: stage.conversation_called(whom) }
            }
            ("answers" | "edits" | "whispers" | "notes" | "wraps", whom) => {
                let request = stage.next_key();
                let id: Box<str> =
                    format!("a{}", u64::from_be_bytes(request[..8].try_into().expect("eight bytes"))).into();
                let payload = Payload::from_value(&json!({ "id": id }));
                let content = match verb {
                    "answers" | "edits" => {
                        Published::Message { id, session: None, edits: verb == "edits", payload }
                    }
                    "whispers" => Published::Whisper { id, payload },
                    _ => Published::WrapUp { id, codes: vec![("Topic".into(), "Billing".into())], payload },
                };
                let conversation = stage.conversation_called(whom);
                let publication = Box::new(Publication { agent, conversation, request, content });
                match verb {
                    "wraps" => Command::CloseWrapUp { agent, conversation, note: Some(publication) },
                    _ => Command::Publish(publication),
                }
            }
            ("reads", rest) => {
                let (message, whom) = rest.split_once(" to ").expect("reads MESSAGE to CUSTOMER");
                let (request, conversation) = (stage.next_key(), stage.conversation_called(whom));
                let content = Published::WhisperRead { message: message.into() };
                Command::Publish(Box::new(Publication { agent, conversation, request, content }))
            }
            ("contacts" | "tells", whom) => {
                let (whom, channel) = whom.split_once(" on ").unwrap_or((whom, "site"));
                let (name, at) = whom.split_once(" at ").map_or((None, whom), |(name, at)| (Some(name), at));
                let customer = name.map(|name| stage.customer_called(name));
                let Inbound { request, message_id, address, .. } = stage.inbound(at, channel, "", None);
                let payload = (verb == "tells").then(|| Payload::from_value(&json!({ "id": message_id })));
                Command::Contact(Box::new(Contact {
                    request,
                    message_id,
                    channel_type: None,
                    address,
                    agent,
                    customer,
                    payload,
                }))
            }
            ("sends" | "changes", whom) => {
                let (whom, channel) = whom.split_once(" on ").unwrap_or((whom, "site"));
                let (name, at) = whom.split_once(" at ").map_or((None, whom), |(name, at)| (Some(name), at));
                let customer = name.map(|name| stage.customer_called(name));
                let Inbound { request, message_id, address, .. } = stage.inbound(at, channel, "", None);
                let payload = Payload::from_value(&json!({ "id": message_id }));
                Command::Send(Box::new(Proactive {
                    request,
                    message_id,
                    channel_type: None,
                    address,
                    sender: agent,
                    customer,
                    edits: verb == "changes",
                    payload,
                }))
            }
            ("ends", whom) => {
                let inbound = stage.inbound(whom, "site", "", Some("END_CHAT"));
                let (caller, sender) = (Caller::User(agent), SenderClass::Agent);
                Command::Receive(Box::new(Inbound { caller, sender, ..inbound }))
            }
            other => panic!("an agent cannot {other:?}"),
        }
    }

    fn by_customer(&mut self, who: &str, verb: &str, rest: &str) -> Command {
        let channel = rest.strip_prefix("on ").unwrap_or("site");
        let channel_type = rest.strip_prefix("as ").map(Into::into);
        let inbound = match verb {
            "writes" => Inbound { channel_type, ..self.stage.inbound(who, channel, "words", None) },
            "says" => self.stage.inbound(who, channel, rest, None),
            "starts" => self.stage.inbound(who, channel, "", Some("START_CHAT")),
            "opens" => self.stage.inbound(who, channel, "", Some("START_CONVERSATION")),
            "ends" => self.stage.inbound(who, channel, "", Some("END_CHAT")),
            "drops" => self.stage.inbound(who, channel, "", Some("NETWORK_DISCONNECT")),
            "repeats" => self.last.clone().expect("something to repeat"),
            "reads" => {
                let mut inbound = self.stage.inbound(who, "site", "", None);
                inbound.content = Content::Receipt {
                    message: rest.into(),
                    status: tieline_core::event::ReceiptStatus::Read,
                    reason: None,
                };
                inbound
            }
            other => panic!("a customer cannot {other}"),
        };
        self.last = Some(inbound.clone());
        Command::Receive(Box::new(inbound))
    }

    /// `hook delivers`, `hook fails`, `hook is gone`, `hook asks for 120s`: the answer to everything under way, or
    /// with `… carl` to what concerns one conversation.
    fn hook(&mut self, rest: &str) -> Vec<String> {
        let (does, whom) = rest.split_once(" for ").map_or((rest, None), |(does, whom)| (does, Some(whom)));
        let outcome = match does {
            "delivers" => Outcome::Delivered,
            "is gone" => Outcome::Final { reason: "HTTP 410".into() },
            "fails" => Outcome::Failed { reason: "HTTP 503".into(), not_before: None },
            other => {
                let patience = other.strip_prefix("asks to wait ").expect("what a hook does");
                let not_before = Some(self.stage.now + span(patience));
                Outcome::Failed { reason: "HTTP 429".into(), not_before }
            }
        };
        let meant: Vec<Seq> = self
            .stage
            .in_flight
            .values()
            .filter(|dispatch| whom.is_none_or(|whom| lens::whose(self.stage, &dispatch.entry) == whom))
            .map(|dispatch| dispatch.entry.seq)
            .collect();
        let mut shown = Shown::default();
        for seq in meant {
            self.stage.in_flight.remove(&seq);
            let report = self.stage.report(seq, outcome.clone());
            shown.add(self.stage.perform(&[report]));
        }
        let mut lines = lens::lines(self.stage, &Lens::Wire, &shown);
        // Delivery stories see receipts, too: what agents are told about their messages.
        shown.effects.clear();
        shown.replies.clear();
        lines.extend(lens::lines(self.stage, &Lens::Log, &shown));
        lines
    }

    fn by_admin(&mut self, does: &str) -> Command {
        let does = does.replace("John Doe", "John_Doe");
        let words: Vec<&str> = does.split(' ').collect();
        let stage = &mut *self.stage;
        let registry = stage.state.registry();
        match words.as_slice() {
            ["edits", connector] => {
                let id = stage.connector(connector);
                stage.put(Object::Connector(registry.connector(id).expect("known").value.clone()))
            }
            ["limits", agent, "to", tasks] => {
                let user = registry.user(stage.agents[*agent]).expect("known").value.clone();
                let max_tasks = tasks.parse().expect("a number");
                let capacities = vec![Capacity { mrd: CHAT_MRD, max_tasks }];
                stage.put(Object::User(User { capacities, ..user }))
            }
            ["disables", name] => {
                let user = registry.user(stage.agents[*name]).expect("known").value.clone();
                stage.put(Object::User(User { enabled: false, ..user }))
            }
            ["relieves", name] => {
                let user = registry.user(stage.agents[*name]).expect("known").value.clone();
                stage.put(Object::User(User { supervises: vec![], ..user }))
            }
            ["takes", name, "off", "the", "team"] => {
                let user = registry.user(stage.agents[*name]).expect("known").value.clone();
                stage.put(Object::User(User { team: None, ..user }))
            }
            ["opens", rest @ ..] => {
                let rest = rest.join(" ");
                let (name, levels) = rest.split_once(" to ").expect("opens QUEUE to LEVEL…");
                let queue = registry.queues().find(|queue| queue.value.name == name).expect("known");
                let english = registry.attributes().find(|found| found.value.name == "english");
                let attribute = english.expect("known").value.id;
                let term = |level: &str| Term {
                    join: Join::And,
                    attribute,
                    operator: Operator::AtLeast,
                    value: level.parse().expect("a level"),
                };
                let mut queue = queue.value.clone();
                let now = stage.now;
                let step = |level| Step {
                    id: stage.mint.id(now),
                    timeout_secs: 10,
                    expressions: vec![Expression { join: Join::And, terms: vec![term(level)] }],
                };
                queue.steps = levels.split(' ').map(step).collect();
                stage.put(Object::Queue(queue))
            }
            ["gives", queue, "to", domain @ ..] => {
                let found = registry.queues().find(|found| found.value.name == *queue).expect("known");
                let wanted = |mrd: &MrdId| (domain == ["CHAT"]) == (*mrd == CHAT_MRD);
                let mrd = registry.mrds().map(|mrd| mrd.value.id).find(wanted).expect("one more");
                stage.put(Object::Queue(Queue { mrd, ..found.value.clone() }))
            }
            ["moves", channel, "to", connector] => {
                let found = registry.channels().find(|found| found.value.name == *channel).expect("known");
                stage.put(Object::Channel(Channel {
                    connector: stage.connector(connector),
                    ..found.value.clone()
                }))
            }
            ["sets", section, changes @ ..] => {
                let mut settings = registry.settings().value.clone();
                let mut members = json!(settings.settings);
                members[section] = serde_json::from_str(&changes.join(" ")).expect("JSON");
                settings.settings = serde_json::from_value(members).expect("settings");
                stage.put(Object::TenantSettings(settings))
            }
            ["knows", address, "as", name] => {
                let attributes = json!({ "firstName": name, "web": [address] });
                let attributes = attributes.as_object().cloned().unwrap_or_default();
                Command::PutCustomer { id: None, attributes, labels: vec![], expected: None }
            }
            ["flushes", queue] => {
                let found = registry.queues().find(|found| found.value.name == *queue);
                let queue = found.map(|found| found.value.id);
                Command::FlushQueue { queue, by: stage.agents.values().next().copied().expect("an agent") }
            }
            ["calls", name, new] => {
                let id = stage.customer_called(name);
                let mut attributes = stage.customer(id).expect("known").attributes.to_map();
                attributes.insert("firstName".into(), json!(new));
                Command::PutCustomer { id: Some(id), attributes, labels: vec![], expected: None }
            }
            ["merges", absorbed, "into", survivor] => Command::MergeCustomers(Box::new(MergeWish {
                survivor: stage.customer_called(survivor),
                absorbed: stage.customer_called(absorbed),
                by: ADMIN,
                reason: Some("the same person".into()),
            })),
            ["unmerges", name] => {
                Command::UnmergeCustomer { customer: stage.customer_called(name), by: ADMIN, reason: None }
            }
            ["links", conversation, "to", name, rest @ ..] => Command::LinkConversation(Box::new(LinkWish {
                conversation: stage.conversation_called(conversation),
                to: stage.customer_called(name),
                address: if rest.is_empty() { ItsAddress::Stays } else { ItsAddress::GoesAlong },
                by: ADMIN,
                reason: Some("it is him".into()),
            })),
            ["unlinks", conversation] => Command::UnlinkConversation {
                conversation: stage.conversation_called(conversation),
                by: ADMIN,
                reason: None,
            },
            ["gives", "the", "past", "of", conversation, "to", name] => {
                let of = stage.conversation_called(conversation);
                Command::LinkPast {
                    from: stage.kept.conversations[&of].customer,
                    to: stage.customer_called(name),
                    by: ADMIN,
                    reason: None,
                }
            }
            ["parts", "with", name] => Command::PartWithCustomer(stage.customer_called(name)),
            ["erases", name] => Command::EraseCustomer(stage.customer_called(name)),
            ["announces", text, "in", wait, "for", length, "as", author] => {
                let scheduled_at = stage.now + span(wait);
                stage.put(Object::Announcement(Announcement {
                    id: THE_ANNOUNCEMENT,
                    author: stage.agents[*author],
                    text: (*text).to_owned(),
                    teams: registry.teams().map(|team| team.value.id).collect(),
                    scheduled_at,
                    expires_at: scheduled_at + span(length),
                }))
            }
            ["takes", "it", "back"] => {
                let kind = Kind::Announcement;
                Command::DeleteObject { kind, id: THE_ANNOUNCEMENT, expected: None }
            }
            other => panic!("an administrator cannot {other:?}"),
        }
    }

    /// `asks QUEUE-OR-AGENT for WHOM`, perhaps `at PRIORITY`, as the API does.
    fn by_system(&self, does: &str) -> Command {
        let (what, priority) =
            does.split_once(" at ").map_or((does, None), |(what, at)| (what, at.parse().ok()));
        let asked = what.strip_prefix("asks ").and_then(|what| what.split_once(" for "));
        let (target, whom) = asked.expect("asks … for …");
        let target = match self.stage.agents.get(target) {
            Some(agent) => WishTarget::Agent(*agent),
            None => WishTarget::QueueNamed(target.into()),
        };
        let wish = Wish { target, direction: Direction::Inbound, priority, last_agent: None };
        Command::RequestAgent { conversation: self.stage.conversation_called(whom), wish: Box::new(wish) }
    }

    fn why(&self, whom: &str) -> Vec<String> {
        let stage = &self.stage;
        let conversation = stage.conversation_called(whom);
        let waiting = stage.state.conversation(conversation).and_then(|found| found.waiting_tasks().next());
        let waits = waiting.and_then(|task| explain::wait(&stage.state, conversation, task.id));
        let name = |agent| stage.agent_name(agent).to_owned();
        waits.map_or_else(|| vec!["does not wait".into()], |waits| waits.sentences(stage.now, name))
    }

    /// `bot answers carl: hello`, `bot does carl: FIND_AGENT {}`; what it says by itself, it `says`.
    fn by_bot(&mut self, does: &str) -> Command {
        let (verb, rest) = does.split_once(' ').expect("what the bot does");
        let (whom, what) = rest.split_once(": ").unwrap_or((rest.trim_end_matches(':'), ""));
        let conversation = self.stage.conversation_called(whom);
        let failed = |silence, reason: &str| BotOutcome::Failed { silence, reason: reason.into() };
        let outcome = match verb {
            "says" => {
                let live = self.stage.state.conversation(conversation).expect("open");
                let bot = live.bot.as_ref().expect("a bot").bot;
                let mut request = [0_u8; 16];
                for (n, byte) in what.bytes().enumerate() {
                    request[n % 16] = request[n % 16].wrapping_mul(31).wrapping_add(byte);
                }
                let replies = replies(what);
                return Command::BotSays(Box::new(BotSays {
                    bot,
                    conversation,
                    request,
                    keyed: false,
                    requested: None,
                    replies,
                }));
            }
            "takes" => BotOutcome::Later,
            "fails" => failed(BotSilence::NotAvailable, "connection refused"),
            "refuses" => BotOutcome::Refused { reason: "401 Unauthorized".into() },
            "stalls" => failed(BotSilence::Timeout, "no answer in time"),
            "answers" | "does" => BotOutcome::Answered(replies(what)),
            other => panic!("a bot cannot {other}"),
        };
        let entry = self.stage.questions.get(&conversation).expect("a question").clone();
        let Subject::Event { event, .. } = entry.subject else { panic!("a question is about an event") };
        let event = self.stage.event(event).expect("an event");
        let message = match &event.fact {
            Fact::Message(message) => Some(message.id.clone()),
            _ => None,
        };
        Command::BotAnswered(Box::new(BotAnswered {
            entry: entry.seq,
            at: self.stage.now,
            duration_ms: 5,
            status: None,
            about: About { message, session: event.session },
            outcome,
        }))
    }

    fn identity(&self, label: &str) -> String {
        let stage = &self.stage;
        let conversation = stage.state.conversation(stage.conversation_called(label)).expect("open");
        let customer = stage.state.customer(conversation.customer).expect("live");
        let suggested = conversation.sessions[0].suggestions.len();
        let kind = if customer.anonymous { "anonymous " } else { "" };
        format!("{kind}{}, {suggested} suggestions", customer.first_name())
    }

    /// What is known of a customer, by the name he was first known by.
    fn record(&self, name: &str) -> String {
        let stage = &self.stage;
        let id = stage.customer_called(name);
        let Some(customer) = stage.customer(id) else { return "nobody".into() };
        let addresses: Vec<&str> = customer.values("web").collect();
        let addresses = if addresses.is_empty() { "nowhere".into() } else { addresses.join(" ") };
        let mut line = format!("{} at {addresses}", customer.first_name());
        if let Some(phone) = customer.attributes.get("phoneNumber") {
            line += &format!(", phone {phone}").replace('"', "'");
        }
        if !customer.labels.is_empty() {
            line += &format!(", labels {}", customer.labels.join(" "));
        }
        match customer.merged_into() {
            Some(survivor) => line + &format!(", is {}", stage.customer_name(survivor)),
            None => line,
        }
    }

    fn standing(&self, who: &str) -> String {
        let stage = &self.stage;
        if let Some(agent) = stage.agents.get(who) {
            let found = stage.state.agents().find(|found| found.id == *agent);
            let held = found.and_then(|agent| agent.mrd(CHAT_MRD)).map_or(0, |mrd| mrd.active);
            return found
                .map_or("logged out".into(), |found| format!("{}, {held} tasks", lens::state_of(found)));
        }
        if who == "deliveries" {
            let mut lines: Vec<String> = stage
                .state
                .lines()
                .map(|line| {
                    format!("{} waiting, {} under way, {:?}", line.waiting, line.in_flight, line.breaker)
                })
                .collect();
            lines.retain(|line| !line.starts_with("0 waiting, 0 under way, Closed { failures: 0 }"));
            return if lines.is_empty() { "all done".into() } else { lines.join("; ") };
        }
        match stage.state.conversation(stage.conversation_called(who)) {
            Some(conversation) => lens::standing(stage, conversation),
            None => "closed".into(),
        }
    }
}

/// What a bot says, parted by ` | `: words, `suggest: words`, or an action with its data.
fn replies(what: &str) -> Vec<BotReply> {
    what.split(" | ").filter(|part| !part.is_empty()).map(reply).collect()
}

fn reply(part: &str) -> BotReply {
    let (name, data) = part.split_once(' ').unwrap_or((part, "null"));
    let is_action = name.len() > 2 && name.chars().all(|c| c.is_uppercase() || c == '_');
    let for_agents = part.strip_prefix("suggest: ");
    let content = if is_action {
        let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
        BotContent::action(name, &data)
    } else {
        let text = for_agents.unwrap_or(part);
        BotContent::Said(Payload::from_value(&json!({"body": {"type": "PLAIN", "markdownText": text}})))
    };
    let for_whom = if for_agents.is_some() { ForWhom::Agents } else { ForWhom::ByRole };
    BotReply { for_whom, confidence: None, content }
}

/// `250ms`, `20s`, `5m`, `24h`.
fn span(text: &str) -> Span {
    if let Some(millis) = text.strip_suffix("ms") {
        return Span::millis(millis.parse().expect("a number"));
    }
    let (number, unit) = text.split_at(text.len() - 1);
    let secs = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        other => panic!("no unit {other}"),
    };
    Span::secs(number.parse::<u64>().expect("a number") * secs)
}
