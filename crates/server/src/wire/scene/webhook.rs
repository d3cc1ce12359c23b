//! What leaves for a connector's webhook.
//!
//! | fact | message |
//! |---|---|
//! | agent's or bot's message | the message, under its sender's own id |
//! | agent begins to serve, or leaves | notice in the agent's name; not of those who only advise or listen |
//! | session starts or ends | notice; ends are always `CHANNEL_SESSION_ENDED`, the one word every client knows, with the reason beside it |
//! | request queued, offered, given up | notice |
//! | position and wait estimated | notice `EWT_MESSAGE` |
//! | agent has read | receipt |
//! | everything else | nothing |

use serde_json::json;
use tieline_cim::notice::{Delivery, DeliveryStatus, Notification, NotificationType};
use tieline_cim::{Body, ChannelSession, Members, Message, Sender};
use tieline_core::conversation::{Participant, Role, Session};
use tieline_core::customer::Customer;
use tieline_core::event::{Emitter, Event, Fact, MessageClass, Payload, ReceiptStatus};
use tieline_core::registry::Registry;

use super::{channel_data, customer as told_customer, end_reason, header, people, room, timestamp};

/// What a connector is sent of an event in one of its sessions; `None` for what never leaves.
#[must_use]
pub fn webhook_message(
    registry: &Registry,
    event: &Event,
    session: &Session,
    customer: &Customer,
) -> Option<Message> {
    let hub = people::hub;
    let mut message = match &event.fact {
        Fact::Message(said) if matches!(said.class, MessageClass::Agent | MessageClass::Bot) => {
            let mut message: Message = tieline_cim::parse(said.payload.json().as_bytes()).ok()?;
            if let Body::Wrapup(_) = message.body {
                return None;
            }
            message.id = Some(said.id.to_string());
            if message.header.sender.id.is_empty() || message.header.sender.kind.is_blank() {
                message.header.sender = people::emitter(registry, event.emitter, None);
            }
            message
        }
        Fact::Receipt { message, status: ReceiptStatus::Read, reason }
            if matches!(event.emitter, Emitter::Agent(_)) =>
        {
            receipt(registry, event, message, ReceiptStatus::Read, reason.as_deref())
        }
        Fact::AgentSubscribed { participant } => agent_notice(registry, event, participant)?,
        Fact::AgentUnsubscribed { participant, .. } => agent_notice(registry, event, participant)?,
        // To the customer, he comes when he begins to serve.
        Fact::AgentRoleChanged { participant } if participant.role == Role::Primary => {
            agent_notice(registry, event, participant)?
        }
        Fact::SessionStarted => {
            let mut message = notice(event, hub(), NotificationType::ChannelSessionStarted, Members::new());
            // Widgets of the first generation read the conversation's id from here.
            message.header.channel_session = Some(std::sync::Arc::new(ChannelSession {
                id: session.id.to_string(),
                conversation_id: Some(session.conversation.to_string()),
                channel_data: channel_data(&session.address),
                ..ChannelSession::default()
            }));
            message
        }
        Fact::SessionEnded { reason } => {
            let data = members([("reason", end_reason(*reason).as_str())]);
            notice(event, hub(), NotificationType::ChannelSessionEnded, data)
        }
        Fact::TaskEnqueued { queue, .. } => {
            let name = queue.and_then(|queue| registry.queue(queue)).map(|queue| queue.value.name.as_str());
            let data = name.map_or_else(Members::new, |name| members([("queue", name)]));
            notice(event, hub(), NotificationType::TaskEnqueued, data)
        }
        Fact::AgentReserved { .. } => notice(event, hub(), NotificationType::AgentReserved, Members::new()),
        Fact::NoAgentAvailable { .. } => {
            notice(event, hub(), NotificationType::NoAgentAvailable, Members::new())
        }
        Fact::WaitEstimated { estimate, .. } => {
            let (position, wait) = (estimate.position.to_string(), estimate.wait_secs.to_string());
            let data = members([("position", position.as_str()), ("ewt", wait.as_str())]);
            notice(event, hub(), NotificationType::EwtMessage, data)
        }
        _ => return None,
    };
    address(&mut message, session, customer);
    message.header.timestamp.get_or_insert(timestamp(event.at));
    Some(message)
}

/// A sign of typing on its way to a connector.
#[must_use]
pub fn passing_message(payload: &Payload, session: &Session, customer: &Customer) -> Option<Message> {
    let mut message: Message = tieline_cim::parse(payload.json().as_bytes()).ok()?;
    address(&mut message, session, customer);
    Some(message)
}

/// A receipt, as the data of an event and as a message. Its channel data are still to be filled in, and so is the
/// sender of a customer's.
///
/// Desks mark a message as failed only for the hub itself, and as seen for the customer's connector.
pub(super) fn receipt(
    registry: &Registry,
    event: &Event,
    message: &str,
    status: ReceiptStatus,
    reason: Option<&str>,
) -> Message {
    let (status, code) = match status {
        ReceiptStatus::Delivered => (DeliveryStatus::Delivered, "200"),
        ReceiptStatus::Read => (DeliveryStatus::Read, "200"),
        ReceiptStatus::Connected => (DeliveryStatus::Connected, "200"),
        ReceiptStatus::Failed => (DeliveryStatus::Failed, "500"),
    };
    let mut extra = Members::new();
    if let Some(reason) = reason.filter(|_| status == DeliveryStatus::Failed) {
        extra.insert("reason".into(), reason.into());
    }
    let sender = match event.emitter {
        _ if status == DeliveryStatus::Failed => people::hub(),
        // Their connector's, which the session tells.
        Emitter::Customer => Sender::default(),
        other => people::emitter(registry, other, None),
    };
    let delivery = Delivery {
        message_id: Some(message.to_owned()),
        status: Some(status),
        reason_code: Some(code.to_owned()),
        extra,
        ..Delivery::default()
    };
    let mut told = Message::of(Body::Delivery(delivery));
    told.id = Some(event.id.to_string());
    told.header.sender = sender;
    told.header.provider_message_id = Some(message.to_owned());
    told
}

fn agent_notice(registry: &Registry, event: &Event, participant: &Participant) -> Option<Message> {
    if matches!(participant.role, Role::SilentMonitor | Role::Whisper | Role::Assistant) {
        return None;
    }
    let kind = match event.fact {
        Fact::AgentSubscribed { .. } | Fact::AgentRoleChanged { .. } => NotificationType::AgentSubscribed,
        _ => NotificationType::AgentUnsubscribed,
    };
    let sender = people::agent_sender(registry, participant.agent);
    let username = sender.sender_name.clone().unwrap_or_default();
    let data = members([("agentId", sender.id.as_str()), ("username", username.as_str())]);
    Some(notice(event, sender, kind, data))
}

fn notice(event: &Event, sender: Sender, kind: NotificationType, data: Members) -> Message {
    let notification =
        Notification { notification_type: Some(kind), notification_data: data, ..Notification::default() };
    let mut message = Message::of(Body::Notification(notification));
    message.id = Some(event.id.to_string());
    message.header.sender = sender;
    message.header.timestamp = Some(timestamp(event.at));
    message
}

/// Puts the session's address on a message, whatever its sender wrote there.
fn address(message: &mut Message, session: &Session, customer: &Customer) {
    let header = &mut message.header;
    header.channel_data = channel_data(&session.address);
    header.channel_session_id = Some(session.id.to_string());
    header.conversation_id = Some(session.conversation.to_string());
    header.customer = Some(told_customer(customer));
    header.room_id = Some(room(customer.id).id);
    header::restore_shape(header);
}

fn members<const N: usize>(pairs: [(&str, &str); N]) -> Members {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect()
}
