//! What a desk asks for, carried out one after the other.
//!
//! Every request is answered: by what it causes, or by `errors` with the reason. Nothing a desk sends ends its
//! socket, except sending without pause.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use socketioxide::adapter::Adapter;
use socketioxide::handler::{FromMessageParts, Value};
use socketioxide::socket::Socket;
use tieline_cim::desk::{TaskError, TaskRequest};
use tieline_cim::presence::{AgentState, AgentStateName, ChangeAgentState, MrdState, StateChange};
use tieline_cim::request::{CloseWrapup, DeskEvent, PublishCimEvent, TopicSubscription, TopicUnsubscription};
use tieline_cim::{EventName, Told, Why};
use tieline_core::command::{AgentStateWish, Command, Joining, Published};
use tieline_core::id::{ConversationId, NotAnId, TaskId, UserId};

use super::help;
use super::line::Line;
use super::outgoing::revocation;
use super::{publication, pull};

/// Requests of one desk per second, and how many at once after a pause. Faster ones wait.
const REQUESTS_PER_SECOND: std::num::NonZeroU32 = std::num::NonZeroU32::new(20).expect("not zero");
const REQUESTS_BURST: std::num::NonZeroU32 = std::num::NonZeroU32::new(60).expect("not zero");
/// Characters of a request's name that are looked at and repeated to its desk.
const TASK_CHARS_MAX: usize = 60;
/// Bytes of an id that is repeated to its desk.
const ID_BYTES_MAX: usize = 200;
/// Attempts to have a request decided while the engine is busy.
const ATTEMPTS_MAX: usize = 3;

/// Something a desk asked for, unread until its turn: then it is read once, into what the task takes.
pub struct Request {
    pub task: String,
    /// Its first argument.
    argument: Option<Box<RawValue>>,
}

impl Request {
    /// From the text of a packet, `["task", argument, ...]`.
    fn parse(packet: &str) -> serde_json::Result<Self> {
        let Packet(task, argument) = serde_json::from_str(packet)?;
        Ok(Self {
            task: task.chars().take(TASK_CHARS_MAX).collect(),
            argument: argument.map(ToOwned::to_owned),
        })
    }

    /// What its desk is told when it is not carried out.
    pub fn refused(&self, why: Refused) -> TaskError {
        let about = self.read::<About>().unwrap_or_default();
        let named = |id: &String| !id.is_empty() && id.len() <= ID_BYTES_MAX;
        TaskError {
            task: self.task.clone(),
            msg: why.words,
            why: why.why,
            conversation_id: about.conversation_id.filter(named),
            message_id: about.cim_event.and_then(|event| event.data?.id).filter(named),
            ..TaskError::default()
        }
    }

    /// The argument, with its nesting bounded as for any document from outside.
    fn read<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        let argument = self.argument.as_ref().ok_or("the request has no argument")?;
        Ok(tieline_cim::parse_inbound(argument.get().as_bytes())?)
    }
}

/// What a request is about, as far as it says.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct About {
    conversation_id: Option<String>,
    cim_event: Option<AboutEvent>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AboutEvent {
    data: Option<AboutMessage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AboutMessage {
    id: Option<String>,
}

impl<A: Adapter> FromMessageParts<A> for Request {
    type Error = serde_json::Error;

    /// Does not fail where it is called: the socket library has gone through the whole packet before, to find the
    /// event's name.
    fn from_message_parts(
        _: &Arc<Socket<A>>,
        packet: &mut Value,
        _: &Option<i64>,
    ) -> serde_json::Result<Self> {
        Self::parse(packet.as_str().map_or("", |text| text.as_str()))
    }
}

/// An event's name and its first argument; clients may send further ones, which mean nothing here.
struct Packet<'p>(&'p str, Option<&'p RawValue>);

impl<'de> Deserialize<'de> for Packet<'de> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = Packet<'de>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an event's name and its arguments")
            }
            fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<Packet<'de>, S::Error> {
                let task = elements.next_element()?.ok_or_else(|| S::Error::invalid_length(0, &self))?;
                let argument = elements.next_element()?;
                while elements.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Packet(task, argument))
            }
        }
        source.deserialize_seq(Elements)
    }
}

/// Why a request was not carried out, for the agent to read; coded unless the request itself is at fault.
pub type Refused = Told;

/// Holds a desk to the pace it may keep.
pub struct Pace {
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl Default for Pace {
    fn default() -> Self {
        let quota = Quota::per_second(REQUESTS_PER_SECOND).allow_burst(REQUESTS_BURST);
        Self { limiter: RateLimiter::direct(quota), clock: DefaultClock::default() }
    }
}

impl Pace {
    /// Waits for the next request's turn.
    pub async fn take(&mut self) {
        while let Err(early) = self.limiter.check() {
            let wait = early.wait_time_from(self.clock.now());
            tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
        }
    }
}

pub async fn carry_out(line: &Line, request: &Request) -> Result<(), Refused> {
    if let Some(kind) = help::assistance_of(&request.task) {
        return help::assist(line, kind, request.read()?).await;
    }
    match request.task.as_str() {
        "changeAgentState" => change_state(line, request.read()?).await,
        "topicSubscription" => subscribe(line, request.read()?).await,
        "declineTask" => decline(line, request.read()?).await,
        "topicUnsubscription" => leave(line, request.read()?).await,
        "publishCimEvent" => publish(line, request.read()?).await,
        "closeWrapup" => close_wrap_up(line, request.read()?).await,
        "pauseConversation" => help::pause(line, request.read()?).await,
        "resumeConversation" => help::resume(line, request.read()?).await,
        "JoinAsSilentMonitor" => help::watch(line, request.read()?).await,
        "joinAsWhisper" => help::join(line, Joining::Whisper, request.read()?).await,
        // Clients and documents write it in three ways.
        "JoinAsBargin" | "JoinAsBargeIn" | "joinAsBargeIn" => {
            help::join(line, Joining::BargeIn, request.read()?).await
        }
        "subscribePullModeList" => pull::follow(line, true, request.read()?).await,
        "unsubscribePullModeList" => pull::follow(line, false, request.read()?).await,
        "joinPullModeRequest" => pull::join(line, request.read()?).await,
        "deletePullModeRequest" => pull::end(line, request.read()?).await,
        unknown => Err(format!("there is no request called \"{}\"", unknown.escape_debug()).into()),
    }
}

async fn change_state(line: &Line, request: ChangeAgentState) -> Result<(), Refused> {
    let agent: UserId = id("agentId", &request.agent_id)?;
    let command = match request.change {
        StateChange::Agent(state) if agent == line.agent => {
            Command::SetAgentState { agent, to: wish(&state)? }
        }
        StateChange::Agent(state) => Command::Supervise { supervisor: line.agent, agent, to: wish(&state)? },
        StateChange::Media { .. } if agent != line.agent => {
            return Err("only the agent himself switches a media routing domain".into());
        }
        StateChange::Media { mrd_id, state } => {
            let on = match state {
                MrdState::Ready => true,
                MrdState::NotReady => false,
                other => {
                    return Err(format!("{other} follows from your work; choose READY or NOT_READY").into());
                }
            };
            Command::SetMrdState { agent, mrd: id("mrdId", &mrd_id)?, on }
        }
    };
    submit(line, command).await
}

fn wish(state: &AgentState) -> Result<AgentStateWish, Refused> {
    let reason = || state.reason_code.as_ref().and_then(|reason| serde_json::to_value(reason).ok());
    match &state.name {
        AgentStateName::Ready => Ok(AgentStateWish::Ready),
        AgentStateName::NotReady => Ok(AgentStateWish::NotReady { reason: reason() }),
        AgentStateName::Logout => Ok(AgentStateWish::Logout { reason: reason() }),
        other => Err(format!("\"{other}\" cannot be chosen; choose READY, NOT_READY or LOGOUT").into()),
    }
}

/// The agent takes what rings, or asks to be shown a conversation he is in.
async fn subscribe(line: &Line, request: TopicSubscription) -> Result<(), Refused> {
    own(line, &request.agent_id)?;
    let conversation: ConversationId = id("conversationId", &request.conversation_id)?;
    let task = task_meant(request.task_id.as_deref())?;
    let agent = line.agent;
    let taken = submit(line, Command::AcceptOffer { agent, conversation, task }).await;
    if taken.is_err() && !rings(line, conversation).await {
        // It would ring on otherwise.
        line.emit("revokeTask", &revocation(line, conversation, None)).await;
    }
    taken
}

/// Whether a conversation rings at the agent all the same: a former offer of it was meant, which desks do not tell
/// from the present one.
async fn rings(line: &Line, conversation: ConversationId) -> bool {
    let agent = line.agent;
    let rung = line.app.engine.ask(move |state| state.queues().rings_at(agent)).await;
    rung.is_ok_and(|rung| rung.is_some_and(|(ringing, _)| ringing == conversation))
}

/// What a desk sends when its agent will not take what rings; ours, beside the documented requests.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decline {
    conversation_id: String,
    task_id: Option<String>,
    reason: Option<String>,
}

async fn decline(line: &Line, request: Decline) -> Result<(), Refused> {
    let conversation = id("conversationId", &request.conversation_id)?;
    let task = task_meant(request.task_id.as_deref())?;
    let reason = request.reason.map(Into::into);
    submit(line, Command::DeclineOffer { agent: line.agent, conversation, task, reason }).await
}

/// A task by itself or with its media, as offers name it.
fn task_meant(named: Option<&str>) -> Result<Option<TaskId>, Refused> {
    let Some(composed) = named.filter(|task| !task.is_empty()) else { return Ok(None) };
    let task = TaskRequest::split_task_id(composed).map_or(composed, |(task, _)| task);
    id("taskId", task).map(Some)
}

async fn leave(line: &Line, request: TopicUnsubscription) -> Result<(), Refused> {
    let conversation = id("conversationId", &request.conversation_id)?;
    submit(line, Command::LeaveConversation { agent: line.agent, conversation }).await
}

async fn publish(line: &Line, request: PublishCimEvent) -> Result<(), Refused> {
    let PublishCimEvent { cim_event: DeskEvent(event), conversation_id, .. } = request;
    let conversation = id("conversationId", &conversation_id)?;
    let agent = line.agent;
    let up = event.name == EventName::HandRaised;
    let command = match event.name {
        EventName::HandRaised | EventName::HandDown => Command::RaiseHand { agent, conversation, up },
        EventName::ResetAgentSla => Command::ExtendResponse { agent, conversation },
        _ => match publication::of(line, conversation, event).await? {
            Some(publication) => Command::Publish(Box::new(publication)),
            None => return Ok(()),
        },
    };
    submit(line, command).await
}

async fn close_wrap_up(line: &Line, request: CloseWrapup) -> Result<(), Refused> {
    let CloseWrapup { cim_event, conversation_id, .. } = request;
    let conversation = id("conversationId", &conversation_id)?;
    let note = match cim_event {
        Some(DeskEvent(event)) => publication::of(line, conversation, event).await?,
        None => None,
    };
    if note.as_ref().is_some_and(|note| !matches!(note.content, Published::WrapUp { .. })) {
        return Err("cimEvent.data.body: a wrap-up needs a WRAPUP".into());
    }
    let note = note.map(Box::new);
    submit(line, Command::CloseWrapUp { agent: line.agent, conversation, note }).await
}

/// Has a command decided; an engine that is busy is asked again. What desks send can be repeated safely.
pub async fn submit(line: &Line, command: Command) -> Result<(), Refused> {
    let mut attempts = 1;
    loop {
        match line.app.engine.submit_as(line.origin(), command.clone()).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(refusal)) => return Err(refusal.into()),
            Err(_) if attempts == ATTEMPTS_MAX => return Err(Why::HubBusy.into()),
            Err(unavailable) => tokio::time::sleep(unavailable.retry_after()).await,
        }
        attempts += 1;
    }
}

pub fn own(line: &Line, named: &str) -> Result<(), Refused> {
    match named.is_empty() || named.parse() == Ok(line.agent) {
        true => Ok(()),
        false => Err("agentId: you may only answer for yourself".into()),
    }
}

pub fn id<T: std::str::FromStr<Err = NotAnId>>(field: &str, text: &str) -> Result<T, Refused> {
    text.parse().map_err(|err| format!("{field}: {err}").into())
}
