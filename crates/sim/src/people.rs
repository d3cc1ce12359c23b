//! Customers, connectors, agents and an administrator: what they ask for, and how they insist on an answer.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tieline_core::command::{
    AgentStateWish, Answer, Assistance, AssistanceTarget, AssistanceWish, Caller, Command, Contact, Content,
    Inbound, Joining, Publication, Published, SenderClass,
};
use tieline_core::conversation::Address;
use tieline_core::event::{Payload, ReceiptStatus, Seq};
use tieline_core::facts::{EntryFilter, RequestKey};
use tieline_core::id::{ConnectionId, ConnectorId, ConversationId, ListId, ListingId, QueueId, UserId};
use tieline_core::registry::seed::CHAT_MRD;
use tieline_core::registry::{Channel, Object, Registry};
use tieline_engine::Unavailable;
use tokio::time::sleep;

use crate::centre::CHANNELS;
use crate::dice::Dice;
use crate::outside::{Desk, Outside};

/// Posts and repeats a command until it is decided, as a connector does after 503. Sometimes posts it once more.
pub async fn insist(outside: Arc<Outside>, id: String, author: String, command: Command, mut dice: Dice) {
    outside.ledger.posted(&id, &author, is_wordless(&command));
    let mut once_more = dice.percent(15);
    // Patience for longer than any trouble lasts.
    for _ in 0..200 {
        let Some(handle) = outside.handle() else {
            sleep(dice.millis(200, 900)).await;
            continue;
        };
        if dice.percent(5) {
            // The connector's own copy of the post overtakes its first one.
            let (handle, command) = (handle.clone(), command.clone());
            tokio::spawn(async move { drop(handle.submit(command).await) });
        }
        match handle.submit(command.clone()).await {
            Ok(reply) => {
                let accepted = match &reply {
                    Ok(Answer::Accepted { accepted, .. }) => Some(*accepted),
                    _ => None,
                };
                if reply.is_ok() {
                    outside.ledger.answered(&id, accepted);
                }
                outside.ledger.count(if reply.is_ok() { "posts accepted" } else { "posts refused" });
                if reply.is_err() || !std::mem::take(&mut once_more) {
                    return;
                }
                outside.ledger.count("posts repeated");
            }
            Err(unavailable) => {
                outside.ledger.count("posts turned away");
                let wait = u64::try_from(Unavailable::retry_after(unavailable).as_millis()).unwrap_or(1000);
                sleep(dice.millis(wait / 2, wait * 2)).await;
            }
        }
    }
    outside.ledger.broken(format!("accepted: {id} was turned away for ever"));
}

const fn is_wordless(command: &Command) -> bool {
    match command {
        Command::Receive(inbound) => inbound.intent.is_some(),
        _ => false,
    }
}

/// Asks once; whatever comes of it.
pub async fn ask(outside: &Outside, command: Command) -> bool {
    let Some(handle) = outside.handle() else { return false };
    matches!(handle.submit(command).await, Ok(Ok(_)))
}

pub fn key(id: &str) -> RequestKey {
    let mut key = [0_u8; 16];
    for (n, byte) in id.bytes().enumerate() {
        key[n % 16] = key[n % 16].wrapping_mul(31).wrapping_add(byte);
    }
    key
}

pub fn payload(id: &str) -> Payload {
    Payload::from_value(&json!({ "id": id, "body": { "type": "PLAIN", "markdownText": "words" } }))
}

pub fn message(
    id: &str,
    connector: ConnectorId,
    channel: usize,
    customer: usize,
    intent: Option<&str>,
) -> Inbound {
    Inbound {
        caller: Caller::Connector(connector),
        request: key(id),
        message_id: id.into(),
        channel_type: None,
        address: Address {
            customer: format!("customer{customer}").into(),
            service: CHANNELS[channel].into(),
            first_name: None,
            last_name: None,
            priority: 0,
            attributes: Box::default(),
        },
        sender: SenderClass::Customer,
        intent: intent.map(Into::into),
        content: Content::Message { payload: payload(id), blank: intent.is_some() },
        data: Map::new(),
    }
}

pub fn read_receipt(mut inbound: Inbound, message: &str) -> Inbound {
    inbound.content = Content::Receipt { message: message.into(), status: ReceiptStatus::Read, reason: None };
    inbound
}

/// What an agent at his desk does next.
pub fn at_desk(
    dice: &mut Dice,
    id: &str,
    desk: &Desk,
    list: ListId,
    others: &[(UserId, Option<Desk>)],
) -> Option<Command> {
    let agent = desk.agent;
    let topic = |dice: &mut Dice| -> Option<ConversationId> {
        let topics: Vec<ConversationId> = desk.topics.iter().copied().collect();
        (!topics.is_empty()).then(|| *dice.pick(&topics))
    };
    let set = |to| Some(Command::SetAgentState { agent, to });
    if let Some((conversation, task)) = desk.offer
        && dice.percent(40)
    {
        return Some(Command::AcceptOffer { agent, conversation, task: Some(task) });
    }
    match dice.below(37) {
        0..=4 => set(AgentStateWish::Ready),
        5 => set(AgentStateWish::NotReady { reason: None }),
        6 => Some(Command::SetMrdState { agent, mrd: CHAT_MRD, on: dice.percent(70) }),
        7..=11 => {
            let (conversation, task) = desk.offer?;
            if dice.percent(10) {
                let task = Some(task);
                return Some(Command::DeclineOffer { agent, conversation, task, reason: None });
            }
            Some(Command::AcceptOffer { agent, conversation, task: Some(task) })
        }
        12..=16 => Some(answer(id, agent, topic(dice)?)),
        17..=18 => Some(Command::LeaveConversation { agent, conversation: topic(dice)? }),
        20..=22 => {
            let conversation = topic(dice)?;
            Some(ask_for_help(dice, agent, conversation, others))
        }
        23 => Some(match dice.percent(70) {
            true => Command::Pause { agent, conversation: topic(dice)?, secs: 60 },
            false => Command::Resume { agent, conversation: topic(dice)? },
        }),
        24 => {
            let conversation = topic(dice)?;
            Some(wrap_up(dice, id, agent, conversation))
        }
        25..=27 => supervise(dice, agent, others),
        28 => Some(Command::FollowList { agent, list, follow: dice.percent(90) }),
        29..=34 => {
            let listed: Vec<ListingId> = desk.listed.iter().copied().collect();
            let listing = (!listed.is_empty()).then(|| *dice.pick(&listed))?;
            Some(match dice.percent(90) {
                true => Command::JoinListed { agent, listing },
                false => Command::EndListed { agent, listing },
            })
        }
        35..=36 => Some(contact(dice, id, agent)),
        _ => dice
            .percent(20)
            .then_some(Command::SetAgentState { agent, to: AgentStateWish::Logout { reason: None } }),
    }
}

/// Writes to a customer first.
fn contact(dice: &mut Dice, id: &str, agent: UserId) -> Command {
    let service = CHANNELS[dice.below(CHANNELS.len())];
    Command::Contact(Box::new(Contact {
        request: key(id),
        message_id: id.into(),
        channel_type: None,
        address: Address {
            customer: format!("customer{}", dice.below(10)).into(),
            service: service.into(),
            first_name: None,
            last_name: None,
            priority: 0,
            attributes: Box::default(),
        },
        agent,
        customer: None,
        payload: Some(payload(id)),
    }))
}

/// A transfer, a conference or a consultation, and what may follow one.
fn ask_for_help(
    dice: &mut Dice,
    agent: UserId,
    conversation: ConversationId,
    others: &[(UserId, Option<Desk>)],
) -> Command {
    let kinds = [
        Assistance::DirectTransfer,
        Assistance::DirectConference,
        Assistance::Consult,
        Assistance::ConsultTransfer,
        Assistance::ConsultConference,
    ];
    let kind = *dice.pick(&kinds);
    let target = match kind {
        Assistance::ConsultTransfer | Assistance::ConsultConference => AssistanceTarget::Advisor,
        _ if dice.percent(30) => AssistanceTarget::QueueNamed("Default".into()),
        _ => AssistanceTarget::Agent(dice.pick(others).0),
    };
    Command::Assist(Box::new(AssistanceWish { agent, conversation, kind, target, note: None }))
}

fn wrap_up(dice: &mut Dice, id: &str, agent: UserId, conversation: ConversationId) -> Command {
    let content = Published::WrapUp { id: id.into(), codes: Vec::new(), payload: payload(id) };
    let note = Publication { agent, conversation, request: key(id), content };
    let note = dice.percent(70).then(|| Box::new(note));
    Command::CloseWrapUp { agent, conversation, note }
}

/// Something only the supervisor is let do, which does not keep the others from trying.
fn supervise(dice: &mut Dice, agent: UserId, others: &[(UserId, Option<Desk>)]) -> Option<Command> {
    let (other, desk) = dice.pick(others);
    if dice.percent(20) {
        let to = AgentStateWish::Logout { reason: None };
        return Some(Command::Supervise { supervisor: agent, agent: *other, to });
    }
    let topics: Vec<ConversationId> = desk.iter().flat_map(|desk| desk.topics.iter().copied()).collect();
    let how = *dice.pick(&[Joining::Monitor, Joining::Whisper, Joining::BargeIn]);
    let conversation = (!topics.is_empty()).then(|| *dice.pick(&topics))?;
    Some(Command::Join { supervisor: agent, conversation, how })
}

fn answer(id: &str, agent: UserId, conversation: ConversationId) -> Command {
    let content = Published::Message { id: id.into(), session: None, edits: false, payload: payload(id) };
    Command::Publish(Box::new(Publication { agent, conversation, request: key(id), content }))
}

pub const fn connect(agent: UserId, connection: ConnectionId) -> Command {
    Command::ConnectDesk { agent, connection }
}

/// What an administrator does now and then.
pub fn administer(dice: &mut Dice, registry: &Registry, connectors: &[ConnectorId]) -> Command {
    match dice.below(6) {
        0 => Command::Replay(EntryFilter { limit: 20, ..EntryFilter::default() }),
        1 => {
            let edited: Vec<Object> = registry
                .objects()
                .map(|(object, ..)| object)
                .filter(|object| matches!(object, Object::Connector(_) | Object::Queue(_)))
                .collect();
            change(registry, dice.pick(&edited).clone())
        }
        2 => {
            // Neither the channel whose connector reads the feed, nor to that connector.
            let service = CHANNELS[dice.below(3)];
            let connector = connectors[dice.below(2)];
            match registry.channels_at(service).next() {
                Some(found) => {
                    change(registry, Object::Channel(Channel { connector, ..found.value.clone() }))
                }
                None => Command::Tick,
            }
        }
        3 => {
            let web = format!("customer{}", dice.below(4));
            let attributes = json!({ "firstName": "Known", "web": [web] });
            let attributes = attributes.as_object().cloned().unwrap_or_default();
            Command::PutCustomer { id: None, attributes, labels: vec![], expected: None }
        }
        4 => {
            let queues: Vec<QueueId> = registry.queues().map(|queue| queue.value.id).collect();
            let by = registry.users().next().map(|user| user.value.id);
            by.map_or(Command::Tick, |by| Command::FlushQueue { queue: Some(*dice.pick(&queues)), by })
        }
        _ => Command::AcknowledgeFeed { connector: connectors[2], cursor: Seq::MAX },
    }
}

fn change(registry: &Registry, object: Object) -> Command {
    let expected = registry.version(object.kind(), object.id());
    Command::PutObject { object: Box::new(object), expected }
}

/// Pairs some messages bring along.
pub fn form_data(n: u64) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("order".into(), json!(n % 3));
    data
}
