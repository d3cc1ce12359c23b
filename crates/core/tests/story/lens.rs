//! How stories see what happened: short lines, in the words of the people concerned.

use std::fmt::Write as _;
use std::sync::Arc;

use tieline_core::agent::{Agent, State as AgentState};
use tieline_core::command::{Answer, Reply};
use tieline_core::conversation::Conversation;
use tieline_core::delivery::{Entry, Subject};
use tieline_core::effect::{Effect, Listed, Push};
use tieline_core::event::{Event, Fact, MessageClass, Payload};
use tieline_core::id::ListId;
use tieline_core::listing::{Listing, Stage as ListingStage};
use tieline_core::registry::seed::CHAT_MRD;
use tieline_core::task::{Direction, Stage as TaskStage, Task, Wanted};
use tieline_core::time::{At, Span};

use super::given::NINE;
use super::stage::{Shown, Stage};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lens {
    /// What is written down, and how agents' states change.
    Log,
    /// What one agent's desks are told, in order.
    Desk(String),
    /// What leaves for connectors.
    Wire,
}

/// `09:00:20`, counted on from the day before when need be.
pub fn clock(at: At) -> String {
    let secs = at.since(NINE).as_secs() + 9 * 3600;
    format!("{:02}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60)
}

/// One line per conversation concerned and per agent whose state changed.
pub fn lines(stage: &Stage, lens: &Lens, shown: &Shown) -> Vec<String> {
    let mut lines: Vec<String> = shown.replies.iter().filter_map(answer).collect();
    match lens {
        Lens::Log => {
            lines.extend(grouped(shown.events.iter().map(|event| of_event(stage, event))));
            lines.extend(grouped(shown.effects.iter().filter_map(|effect| question(stage, effect))));
            lines.extend(shown.effects.iter().filter_map(|effect| presence(stage, effect)));
        }
        Lens::Desk(agent) => {
            lines.extend(grouped(shown.effects.iter().filter_map(|effect| on_desk(stage, agent, effect))))
        }
        Lens::Wire => lines.extend(grouped(shown.effects.iter().filter_map(|effect| on_wire(stage, effect)))),
    }
    lines
}

fn answer(reply: &Reply) -> Option<String> {
    match reply {
        Err(refusal) => Some(format!("! {refusal}").replace('"', "'")),
        Ok(Answer::Replayed { entries }) => Some(format!("{entries} sent again")),
        Ok(Answer::Dismissed { entries }) => Some(format!("{entries} dismissed")),
        Ok(_) => None,
    }
}

/// Joins what concerns the same one.
fn grouped(items: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for (whose, what) in items.filter(|(_, what)| !what.is_empty()) {
        match lines.last_mut() {
            Some((last, line)) if *last == whose => write!(line, ", {what}").expect("memory"),
            _ => lines.push((whose, what)),
        }
    }
    lines.into_iter().map(|(whose, what)| format!("{whose}: {what}")).collect()
}

fn label(stage: &Stage, event: &Event) -> String {
    stage.labels.get(&event.conversation).cloned().unwrap_or_else(|| "?".to_owned())
}

fn of_event(stage: &Stage, event: &Event) -> (String, String) {
    let name = |agent| stage.agent_name(agent);
    let what = match &event.fact {
        Fact::ConversationStarted => "opens".into(),
        Fact::SessionStarted => "arrives".into(),
        Fact::SessionEnded { reason } => format!("session ends ({})", word(reason)),
        Fact::CustomerLeft => "has left".into(),
        Fact::Message(message) => match message.class {
            MessageClass::Customer => "writes".into(),
            MessageClass::Agent => "is answered".into(),
            MessageClass::Bot => text(&message.payload),
            MessageClass::Whisper => "is whispered about".into(),
            MessageClass::WrapUp => "is noted on".into(),
        },
        Fact::Receipt { message, status, reason } => {
            let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            format!("{message} {}{reason}", word(status))
        }
        Fact::AgentSubscribed { participant } => format!("{} joins", name(participant.agent)),
        Fact::AgentUnsubscribed { participant, reason } => {
            format!("{} leaves ({})", name(participant.agent), word(reason))
        }
        Fact::AgentRoleChanged { participant } => {
            format!("{} {}", name(participant.agent), word(&participant.role))
        }
        Fact::Paused { by, secs } => format!("{} pauses {secs}s", name(*by)),
        Fact::Resumed => "resumes".into(),
        Fact::ResponseAwaited { secs, action: None, .. } => format!("answer due in {secs}s"),
        Fact::ResponseAwaited { percent, action: Some(action), .. } => format!("{percent}% {}", word(action)),
        Fact::ResponseSettled => "no answer due".into(),
        Fact::ResponseOverdue { .. } => "answer overdue".into(),
        Fact::HandRaised { agent } => format!("{} raises a hand", name(*agent)),
        Fact::HandLowered { agent } => format!("{} lowers the hand", name(*agent)),
        Fact::BotSubscribed { .. } => String::new(),
        Fact::BotRoleChanged { role, .. } => format!("bot {}", word(role)),
        Fact::BotUnsubscribed { .. } => "bot gone".into(),
        Fact::TaskEnqueued { task, .. } if task.direction == Direction::Inbound => {
            format!("queued {}", place(task))
        }
        Fact::TaskEnqueued { task, .. } => {
            format!("{} {} asked for at {}", word(&task.direction), word(&task.mode), task.priority)
        }
        Fact::BotSuggested { requested, suggestions, .. } => {
            format!("{} suggested for {}", suggestions.len(), requested.as_deref().unwrap_or("nothing"))
        }
        Fact::BotActed { name, problem: None, .. } => format!("bot does {name}"),
        Fact::BotActed { name, problem: Some(problem), .. } => format!("bot does {name} ({problem})"),
        Fact::BotSilent { silence, reason, .. } => format!("bot {} ({reason})", word(silence)),
        Fact::AgentReserved { agent, .. } => format!("offered to {}", name(*agent)),
        Fact::TaskChanged { task } => match task.stage {
            TaskStage::Closed { reason, .. } => format!("task {}", word(&reason)),
            TaskStage::WrapUp { .. } => "task WRAP_UP".into(),
            _ if task.direction != Direction::Inbound => format!("task {} ACTIVE", word(&task.direction)),
            _ => "task ACTIVE".into(),
        },
        Fact::OfferDeclined { agent, .. } => format!("declined by {}", name(*agent)),
        Fact::WaitEstimated { estimate, .. } => {
            format!("told {} and {} s", estimate.position, estimate.wait_secs)
        }
        Fact::RequestFlushed { .. } => "flushed".into(),
        Fact::RequestListed { listing } => match listing.stage {
            ListingStage::Unread => format!("listed on {}", list_name(stage, listing.list)),
            _ => format!("called out again on {}", list_name(stage, listing.list)),
        },
        Fact::ListingChanged { listing } => format!("listing {}", listing_word(listing)),
        Fact::NoAgentAvailable { .. } => "nobody is available".into(),
        Fact::DataChanged { .. } => "data changes".into(),
        Fact::CustomerChanged { from, to, why, .. } => {
            format!("{} from {} to {}", word(why), stage.customer_name(*from), stage.customer_name(*to))
        }
        Fact::Activity { .. } => "activity".into(),
        Fact::ConversationClosed => "closed".into(),
    };
    (label(stage, event), what)
}

/// What a bot is asked.
fn question(stage: &Stage, effect: &Effect) -> Option<(String, String)> {
    let Effect::AskBot { until, dispatch, .. } = effect else { return None };
    let asked = format!("bot asked about \"{}\" until {}", what(stage, &dispatch.entry), millis(*until));
    Some((whose(stage, &dispatch.entry), asked.replace('"', "'")))
}

/// [`clock`] with milliseconds where there are some.
fn millis(at: At) -> String {
    match at.since(NINE).as_millis() % 1000 {
        0 => clock(at),
        rest => format!("{}.{rest:03}", clock(at)),
    }
}

/// An enum as it stands in JSON.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(Into::into)).unwrap_or_default()
}

/// What the bot says, by its purpose.
fn text(payload: &Payload) -> String {
    let said = payload.json();
    let known = [
        ("Hello", "greeted"),
        ("One moment", "handed over"),
        ("Somebody will come back", "promised a call back"),
        ("Nobody is free", "put off"),
        ("Everybody is still busy", "asked for patience"),
        ("We cannot help", "sent away"),
        ("aside for a moment", "told"),
        ("We can go on", "told"),
        ("Open from ten", "told the hours"),
        ("We are closed", "told it is closed"),
    ];
    let known = known.iter().find(|(start, _)| said.contains(start)).map(|(_, word)| word.to_string());
    known.unwrap_or_else(|| {
        let read: serde_json::Value = serde_json::from_str(said).expect("JSON");
        format!("told '{}'", read["body"]["markdownText"].as_str().unwrap_or_default().replace('\n', " / "))
    })
}

fn place(task: &Task) -> String {
    format!("at {} since {}", task.priority, clock(task.enqueued_at))
}

fn presence(stage: &Stage, effect: &Effect) -> Option<String> {
    match effect {
        Effect::Desk { push: Push::Presence { agent, changed: true, .. }, .. } => {
            Some(format!("{} {}", stage.agent_name(agent.id), state_of(agent)))
        }
        Effect::Desk { push: Push::LoggedOut { agent, .. }, .. } => {
            Some(format!("{} logged out", stage.agent_name(agent.id)))
        }
        _ => None,
    }
}

/// Global state and that of the CHAT domain.
pub fn state_of(agent: &Agent) -> String {
    let global = if agent.state == AgentState::Ready { "READY" } else { "NOT_READY" };
    format!("{global}, chat {}", agent.mrd(CHAT_MRD).map(|mrd| word(&mrd.state)).unwrap_or_default())
}

fn on_desk(stage: &Stage, agent: &str, effect: &Effect) -> Option<(String, String)> {
    let of = |id| stage.labels.get(&id).cloned().unwrap_or_else(|| "?".to_owned());
    match effect {
        Effect::Desk { connection, push } => {
            let desk = stage.desk_of(*connection);
            if desk.split('/').next() != Some(agent) {
                return None;
            }
            let what = match push {
                Push::ChannelTypes => "channel types".into(),
                Push::Presence { agent, changed, agent_changed, mrds_changed } => {
                    let what = state_of(agent);
                    match (changed, agent_changed) {
                        (false, _) => format!("unchanged {what}"),
                        (true, true) => format!("presence {what}, {} domains changed", mrds_changed.len()),
                        (true, false) => format!("domain {what}"),
                    }
                }
                Push::LoggedOut { .. } => "logged out".into(),
                Push::Offer { task, .. } => format!("offer {}", of(task.conversation)),
                Push::OfferRevoked { conversation, .. } => format!("revoked {}", of(*conversation)),
                Push::Topic { conversation, task, .. } => {
                    format!("topic {}{}", of(conversation.id), if task.is_some() { " with task" } else { "" })
                }
                Push::Unsubscribed { conversation, reason } => {
                    format!("out of {} ({reason})", of(*conversation))
                }
                Push::WrapUpStarted { conversation, secs, .. } => {
                    format!("wrap up {} in {secs}s", of(*conversation))
                }
                Push::AssistancePlaced { of } => format!("placed {of:?}"),
                Push::AssistanceAssigned { of, task, .. } => {
                    let rung = task.wanted.map(|(Wanted::Only { agent, .. } | Wanted::First(agent))| agent);
                    format!(
                        "{of:?} goes to {}",
                        rung.map(|agent| stage.agent_name(agent)).unwrap_or_default()
                    )
                }
                Push::ConsultTransferred { agent, .. } => format!("{} takes over", stage.agent_name(*agent)),
                Push::AssistanceFailed { of, .. } => format!("{of:?} failed"),
                Push::Hand { conversation, agent, up, .. } => {
                    let hand = if *up { "up" } else { "down" };
                    format!("hand of {} {hand} in {}", stage.agent_name(*agent), of(*conversation))
                }
                Push::Lists { follows, .. } if follows.is_empty() => String::new(),
                Push::Lists { follows, listed } => {
                    format!("follows {} with {}", list_names(stage, follows), listings(stage, listed))
                }
                Push::ListFollowed { follows, listed } => {
                    format!("now follows {} with {}", list_names(stage, follows), listings(stage, listed))
                }
                Push::ListUnfollowed { follows, list } => {
                    format!("no longer {}, only {}", list_name(stage, *list), list_names(stage, follows))
                }
                Push::Listed { listed, calls } => {
                    let calls = if *calls { " calls" } else { "" };
                    format!("{} {}{calls}", of(listed.conversation), listing_word(&listed.listing))
                }
                Push::SessionRemoved => "session removed".into(),
                Push::Announced(announcement) => format!("announced {:?}", announcement.text),
                Push::AnnouncementGone(_) => "announcement gone".into(),
            };
            Some((desk.to_owned(), what))
        }
        Effect::Broadcast { connections, event, .. } => {
            let desk = connections
                .iter()
                .map(|connection| stage.desk_of(*connection))
                .find(|desk| desk.starts_with(agent))?;
            let (whose, what) = of_event(stage, event);
            Some((desk.to_owned(), format!("{whose} {what}")))
        }
        _ => None,
    }
}

fn list_name(stage: &Stage, list: ListId) -> &str {
    stage.state.registry().list(list).map_or("?", |list| list.value.name.as_str())
}

fn list_names(stage: &Stage, lists: &[ListId]) -> String {
    format!("[{}]", lists.iter().map(|list| list_name(stage, *list)).collect::<Vec<_>>().join(" "))
}

fn listing_word(listing: &Listing) -> &'static str {
    match listing.stage {
        ListingStage::Unread => "UNREAD",
        ListingStage::Active => "ACTIVE",
        ListingStage::Inactive { .. } => "INACTIVE",
        ListingStage::Closed => "CLOSED",
    }
}

fn listings(stage: &Stage, listed: &[Arc<Listed>]) -> String {
    let of = |id| stage.labels.get(&id).map_or("?", String::as_str);
    let shown = listed.iter().map(|one| format!("{} {}", of(one.conversation), listing_word(&one.listing)));
    format!("[{}]", shown.collect::<Vec<_>>().join(" "))
}

fn on_wire(stage: &Stage, effect: &Effect) -> Option<(String, String)> {
    match effect {
        Effect::Deliver(dispatch) => Some((whose(stage, &dispatch.entry), what(stage, &dispatch.entry))),
        _ => None,
    }
}

pub fn whose(stage: &Stage, entry: &Entry) -> String {
    match entry.subject {
        Subject::Event { conversation, .. } => stage.labels.get(&conversation).cloned().unwrap_or_default(),
        Subject::Configuration { .. } => "configuration".into(),
    }
}

/// What an entry tells.
pub fn what(stage: &Stage, entry: &Entry) -> String {
    match entry.subject {
        Subject::Event { event, .. } => {
            stage.event(event).map(|event| of_event(stage, event).1).unwrap_or_default()
        }
        Subject::Configuration { version } => format!("version {version}"),
    }
}

/// The agent's message an entry carries, by the agent's own id.
pub fn agent_message(stage: &Stage, entry: &Entry) -> Option<Box<str>> {
    let Subject::Event { event, .. } = entry.subject else { return None };
    let event: &Arc<Event> = stage.event(event)?;
    match &event.fact {
        Fact::Message(message) if message.class == MessageClass::Agent => Some(message.id.clone()),
        _ => None,
    }
}

/// How a conversation stands.
pub fn standing(stage: &Stage, conversation: &Conversation) -> String {
    let mut out = word(&conversation.state);
    for seat in &conversation.agents {
        write!(out, ", {} {}", stage.agent_name(seat.agent), word(&seat.role)).expect("memory");
    }
    if let Some(bot) = &conversation.bot {
        write!(out, ", bot {}", word(&bot.role)).expect("memory");
    }
    for task in conversation.waiting_tasks() {
        let stage = if matches!(task.stage, TaskStage::Queued) { "queued" } else { "offered" };
        write!(out, ", {stage} {}", place(task)).expect("memory");
    }
    if let Some(listing) = &conversation.listing {
        let called = match listing.stage {
            ListingStage::Inactive { awaited: true } => " and called out",
            _ => "",
        };
        let promised = if listing.promised { ", promised" } else { "" };
        write!(out, ", listed {}{called}{promised}", listing_word(listing)).expect("memory");
    }
    if let Some(hold) = &conversation.hold {
        write!(out, ", paused until {}", clock(hold.until)).expect("memory");
    }
    if let Some(timer) = &conversation.response {
        write!(out, ", answer due {}", clock(timer.since + Span::secs(timer.secs.into()))).expect("memory");
    }
    match conversation.open_sessions().find_map(|session| session.silent_until) {
        Some(until) => write!(out, ", silence ends {}", clock(until)).expect("memory"),
        None => out.push_str(", no silence timer"),
    }
    out
}
