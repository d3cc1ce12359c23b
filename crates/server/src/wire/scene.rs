//! Conversations as desks and connectors see them: events, messages, sessions, tasks, presence.
//!
//! Promises: whatever a desk dereferences without looking is there; an event no desk can take is `None`; what is
//! said between agents never becomes a message to a connector; no connector's settings are in a session.
//!
//! Events carry ids in the core and whole objects on the wire. A [`Setting`] holds those objects, so that many
//! events of one session share them.

mod header;
mod people;
mod pull;
mod topic;
mod webhook;
mod work;

use std::sync::Arc;

use serde_json::{Value, json};
use tieline_cim::channel::ValueType;
use tieline_cim::event_data::{
    AgentReservation, AgentSubscription, HandRaise, Hold, NoAgentAvailable, RoleChange, SlaAction,
    SlaProgress, TaskEnqueued, TaskStateChange,
};
use tieline_cim::session::{ChannelSessionState, Direction, SessionReason, SessionState as SessionWord};
use tieline_cim::task::TaskState;
use tieline_cim::{
    ActionMessage, Attribute, ChannelData, ChannelSession, CimEvent, EventData, EventName, Header, Members,
    Message, RoomInfo, SenderType, SuggestionMessage, Timestamp,
};
use tieline_core::conversation::{Address, EndReason, Session, SessionDirection, SessionState};
use tieline_core::customer::Customer;
use tieline_core::effect::Scene;
use tieline_core::event::{BotSilence, Event, Fact, MessageClass, Payload, Suggestion};
use tieline_core::id::{ChannelId, ConversationId, CustomerId, UserId};
use tieline_core::registry::settings::AgentThresholdAction;
use tieline_core::registry::{EDIT_SUPPORT, Registry};
use tieline_core::time::At;

use crate::wire::customer::{masked, masked_session};

pub use crate::wire::customer::customer;
pub use people::{agent, agent_seat, bot_seat, customer_seat, emitter, username};
pub use pull::pull_request;
use topic::hold_timer;
pub use topic::topic_data;
pub use webhook::{passing_message, webhook_message};
pub use work::{logged_out, presence, task, task_request};

/// What events of one session are shown with, composed once.
#[derive(Clone)]
pub struct Setting<'a> {
    registry: &'a Registry,
    session: Option<Arc<ChannelSession>>,
    customer: Option<Arc<tieline_cim::Customer>>,
    /// What is shown here of the customer stands for what messages say of him.
    masked: bool,
}

impl<'a> Setting<'a> {
    #[must_use]
    pub fn of_scene(registry: &'a Registry, scene: &Scene) -> Self {
        Self::new(registry, scene.session.as_deref(), scene.customer.as_deref())
    }

    #[must_use]
    pub fn new(registry: &'a Registry, of: Option<&Session>, with: Option<&Customer>) -> Self {
        Self {
            registry,
            session: of.zip(with).map(|(of, with)| Arc::new(session(registry, of, with))),
            customer: with.map(|with| Arc::new(customer(with))),
            masked: false,
        }
    }

    /// For who may not see what is personal about the customer.
    #[must_use]
    pub fn masked(registry: &'a Registry, of: Option<&Session>, with: Option<&Customer>) -> Self {
        let of = of.map(|of| masked_session(registry, of));
        let with = with.map(|with| masked(registry, with));
        Self { masked: true, ..Self::new(registry, of.as_ref(), with.as_ref()) }
    }

    /// The event as a desk takes it, with its time in milliseconds; `None` for what no desk may see.
    #[must_use]
    pub fn event(&self, event: &Event) -> Option<CimEvent> {
        let (name, data) = self.told(event)?;
        let mut told = CimEvent::new(event.id.to_string(), name, timestamp(event.at), data);
        told.conversation_id = Some(event.conversation.to_string());
        told.event_emitter = Some(emitter(self.registry, event.emitter, self.customer.as_deref()));
        told.channel_session = self.session.clone();
        told.room_info = Some(room(event.customer));
        Some(told)
    }

    fn told(&self, event: &Event) -> Option<(EventName, EventData)> {
        let registry = self.registry;
        Some(match &event.fact {
            Fact::Message(message) => {
                let name = match message.class {
                    MessageClass::Customer => EventName::CustomerMessage,
                    // A wrap-up travels as an agent's message, told by its body.
                    MessageClass::Agent | MessageClass::WrapUp => EventName::AgentMessage,
                    MessageClass::Bot => EventName::BotMessage,
                    MessageClass::Whisper => EventName::WhisperMessage,
                };
                (name, self.message(event, &message.id, &message.payload)?.into())
            }
            Fact::Receipt { message, status, reason } => {
                let mut receipt = webhook::receipt(registry, event, message, *status, reason.as_deref());
                header::complete(&mut receipt, self, event);
                (EventName::MessageDeliveryNotification, receipt.into())
            }
            Fact::SessionStarted => (EventName::ChannelSessionStarted, self.session.clone()?.into()),
            Fact::SessionEnded { .. } => (EventName::ChannelSessionEnded, self.session.clone()?.into()),
            Fact::CustomerLeft => (EventName::CustomerLeft, json!({}).into()),
            Fact::AgentSubscribed { participant } => {
                let seat = agent_seat(registry, participant, event.conversation);
                let data = AgentSubscription { agent_participant: seat, ..AgentSubscription::default() };
                (EventName::AgentSubscribed, data.into())
            }
            Fact::AgentUnsubscribed { participant, reason } => {
                let seat = people::given_up(agent_seat(registry, participant, event.conversation), event.at);
                let reason = Some(reason.wire().to_owned());
                let data =
                    AgentSubscription { agent_participant: seat, reason, ..AgentSubscription::default() };
                (EventName::AgentUnsubscribed, data.into())
            }
            Fact::AgentRoleChanged { participant } => {
                let conversation_participant = agent_seat(registry, participant, event.conversation);
                let data = RoleChange { conversation_participant, ..RoleChange::default() };
                (EventName::ParticipantRoleChanged, data.into())
            }
            Fact::Paused { secs, .. } => {
                let hold_timer_details = hold_timer(Some((event.at, *secs)));
                (EventName::ConversationPaused, Hold { hold_timer_details, ..Hold::default() }.into())
            }
            Fact::Resumed => (EventName::ConversationResumed, json!({}).into()),
            Fact::ResponseAwaited { secs, percent, action } => {
                (EventName::AgentSlaStarted, sla(*secs, *percent, sla_action(*action)).into())
            }
            Fact::ResponseSettled => (EventName::AgentSlaStopped, json!({}).into()),
            Fact::ResponseOverdue { secs } => {
                (EventName::AgentSlaExpired, sla(*secs, 100, SlaAction::RemoveAllAgents).into())
            }
            Fact::HandRaised { agent } => (EventName::HandRaised, hand(registry, *agent).into()),
            Fact::HandLowered { agent } => (EventName::HandDown, hand(registry, *agent).into()),
            Fact::BotSubscribed { bot, .. } => (EventName::BotSubscribed, people::bot(registry, *bot).into()),
            Fact::BotUnsubscribed { bot } => (EventName::BotUnsubscribed, people::bot(registry, *bot).into()),
            Fact::TaskEnqueued { task: of, queue } => {
                let queue = queue.map(|queue| work::queue_name(registry, queue));
                let data = TaskEnqueued { task: self.task(of), queue, ..TaskEnqueued::default() };
                (EventName::TaskEnqueued, data.into())
            }
            Fact::AgentReserved { task: of, agent: by, .. } => {
                let cc_user = Some(agent(registry, *by));
                let data = AgentReservation { task: self.task(of), cc_user, ..AgentReservation::default() };
                (EventName::AgentReserved, data.into())
            }
            Fact::TaskChanged { task: of } => {
                let task = self.task(of);
                let data = TaskStateChange {
                    task_state_changed: task.state.name == TaskState::Closed,
                    media_state_changes: vec![of.media.to_string()],
                    task,
                    ..TaskStateChange::default()
                };
                (EventName::TaskStateChanged, data.into())
            }
            Fact::OfferDeclined { task, agent: by, reason } => {
                let data = json!({"taskId": task, "ccUser": agent(registry, *by), "reason": reason});
                (EventName::AgentAcceptTimeout, data.into())
            }
            Fact::WaitEstimated { task, estimate } => {
                let data = json!({"taskId": task, "position": estimate.position, "ewt": estimate.wait_secs});
                (EventName::EwtMessage, data.into())
            }
            Fact::NoAgentAvailable { direction, mode } => {
                let request_type = work::task_type(*direction, *mode);
                let data = NoAgentAvailable { request_type, ..NoAgentAvailable::default() };
                (EventName::NoAgentAvailable, data.into())
            }
            Fact::DataChanged { data } => {
                (EventName::ConversationDataChanged, Value::Object(flat(data)).into())
            }
            Fact::CustomerChanged { to, .. } => {
                let now = self.customer.as_ref().filter(|now| now.id == to.to_string())?;
                (EventName::AssociatedCustomerChanged, tieline_cim::Customer::clone(now).into())
            }
            Fact::Activity { payload } => {
                (EventName::ThirdPartyActivity, self.activity(event, payload)?.into())
            }
            // The task's own change tells desks, and of pull lists they hear beside conversations.
            Fact::RequestFlushed { .. } | Fact::RequestListed { .. } | Fact::ListingChanged { .. } => {
                return None;
            }
            Fact::BotSuggested { requested, suggestions, .. } => {
                (EventName::BotSuggestion, self.suggestion(event, requested.as_deref(), suggestions).into())
            }
            Fact::BotActed { name, data, problem, .. } => {
                (EventName::ActionMessage, self.action(event, name, data, problem.as_deref()).into())
            }
            Fact::BotSilent { bot, silence, reason } => {
                let name = match silence {
                    BotSilence::Timeout => EventName::BotTimeout,
                    BotSilence::NotAvailable => EventName::BotNotAvailable,
                    BotSilence::NoAnswer => EventName::NoResponseEntity,
                };
                (name, json!({"botId": bot, "reason": reason}).into())
            }
            // A desk takes a bot whose role changes for an agent and breaks on it; of the other two it learns by
            // being shown the conversation or losing it.
            Fact::BotRoleChanged { .. } | Fact::ConversationStarted | Fact::ConversationClosed => {
                return None;
            }
        })
    }

    fn message(&self, event: &Event, id: &str, payload: &Payload) -> Option<Message> {
        let mut message: Message = tieline_cim::parse(payload.json().as_bytes()).ok()?;
        message.id = Some(id.to_owned());
        header::complete(&mut message, self, event);
        Some(message)
    }

    /// Proposals as an agent's desk shows them: beneath the message they answer, which it must know.
    fn suggestion(&self, event: &Event, requested: Option<&str>, of: &[Suggestion]) -> SuggestionMessage {
        let read = |one: &Suggestion| {
            let message: Message = tieline_cim::parse(one.payload.json().as_bytes()).ok()?;
            Some(tieline_cim::message::Suggestion {
                message_body: message.body,
                confidence_level: one.confidence.and_then(serde_json::Number::from_f64),
                ..tieline_cim::message::Suggestion::default()
            })
        };
        SuggestionMessage {
            id: Some(event.id.to_string()),
            header: self.header(event),
            suggestions: of.iter().filter_map(read).collect(),
            requested_message: requested
                .map(|id| Box::new(Message { id: Some(id.to_owned()), ..Message::default() })),
            ..SuggestionMessage::default()
        }
    }

    fn action(&self, event: &Event, name: &str, data: &Payload, problem: Option<&str>) -> ActionMessage {
        let mut message = ActionMessage {
            id: Some(event.id.to_string()),
            header: self.header(event),
            name: name.to_owned(),
            data: serde_json::from_str(data.json()).unwrap_or_default(),
            ..ActionMessage::default()
        };
        if let Some(problem) = problem {
            message.extra.insert("problem".into(), problem.into());
        }
        message
    }

    fn header(&self, event: &Event) -> Header {
        let mut message = Message::plain("");
        header::complete(&mut message, self, event);
        message.header
    }

    /// Another system's activity; the desk wants every attribute's value to be text, and campaign data with a text.
    fn activity(&self, event: &Event, payload: &Payload) -> Option<Message> {
        let mut message: Message = tieline_cim::parse(payload.json().as_bytes()).ok()?;
        message.id.get_or_insert_with(|| event.id.to_string());
        header::complete(&mut message, self, event);
        for attribute in &mut message.header.channel_data.additional_attributes {
            if !attribute.value.is_string() {
                attribute.value = text(&attribute.value).into();
            }
        }
        let campaign = message.header.scheduling_meta_data.get_or_insert_default();
        if !campaign.get("channelType").is_some_and(Value::is_string) {
            let channel_type = self.session.as_ref().and_then(|session| session.channel_type());
            campaign.insert("channelType".into(), channel_type.unwrap_or_default().into());
        }
        Some(message)
    }

    fn task(&self, of: &tieline_core::task::Task) -> tieline_cim::Task {
        let of_task = |session: &&Arc<ChannelSession>| session.id == of.session.to_string();
        task(self.registry, of, self.session.as_ref().filter(of_task))
    }
}

/// An event as a desk takes it; see [`Setting::event`].
#[must_use]
pub fn event(registry: &Registry, event: &Event, scene: &Scene) -> Option<CimEvent> {
    Setting::of_scene(registry, scene).event(event)
}

/// An agent's hand that goes up or down, for a supervisor who is not in the conversation.
#[must_use]
pub fn hand_event(
    registry: &Registry,
    agent: UserId,
    up: bool,
    conversation: ConversationId,
    scene: &Scene,
    at: At,
) -> CimEvent {
    let name = if up { EventName::HandRaised } else { EventName::HandDown };
    let setting = Setting::of_scene(registry, scene);
    let id = format!("hand-{agent}-{}", at.millis());
    let mut told = CimEvent::new(id, name, timestamp(at), hand(registry, agent));
    told.conversation_id = Some(conversation.to_string());
    told.event_emitter = Some(emitter(registry, tieline_core::event::Emitter::Agent(agent), None));
    told.channel_session = setting.session;
    told.room_info = scene.customer.as_deref().map(|customer| room(customer.id));
    told
}

fn hand(registry: &Registry, agent: UserId) -> HandRaise {
    let user_name = username(registry, agent);
    HandRaise { agent_id: agent.to_string(), user_name, ..HandRaise::default() }
}

/// How far an agent's time to answer has come.
fn sla(secs: u32, percent: u8, action: SlaAction) -> SlaProgress {
    SlaProgress {
        total_duration: Some(secs.into()),
        current_slice_duration: Some(i64::from(secs) * i64::from(percent) / 100),
        percentage_completed: Some(percent.into()),
        action: Some(action),
        ..SlaProgress::default()
    }
}

const fn sla_action(action: Option<AgentThresholdAction>) -> SlaAction {
    match action {
        None => SlaAction::StartTimer,
        Some(AgentThresholdAction::ChangeColor) => SlaAction::ChangeColor,
        Some(AgentThresholdAction::ChangeColorToRed) => SlaAction::ChangeColorToRed,
        Some(AgentThresholdAction::ShowPopup) => SlaAction::ShowPopup,
    }
}

/// Somebody is typing. Desks only show it when it comes from a connector.
#[must_use]
pub fn passing_event(
    registry: &Registry,
    payload: &Payload,
    conversation: ConversationId,
    scene: &Scene,
    at: At,
) -> Option<CimEvent> {
    let (of, with) = (scene.session.as_deref()?, scene.customer.as_deref()?);
    let mut message = passing_message(payload, of, with)?;
    message.header.sender.kind = SenderType::Connector;
    let id = format!("typing-{}-{}", of.id, at.millis());
    let setting = Setting::of_scene(registry, scene);
    let mut told = CimEvent::new(id, EventName::TypingIndicator, timestamp(at), message);
    told.conversation_id = Some(conversation.to_string());
    told.event_emitter =
        Some(emitter(registry, tieline_core::event::Emitter::Customer, setting.customer.as_deref()));
    told.channel_session = setting.session;
    told.room_info = Some(room(with.id));
    Some(told)
}

/// A customer as he is from now on, as desks hear of it.
#[must_use]
pub fn profile_event(of: &Customer, conversation: ConversationId, at: At) -> CimEvent {
    let id = format!("profile-{}-{}", of.id, of.version);
    let mut told = CimEvent::new(id, EventName::AssociatedCustomerChanged, timestamp(at), customer(of));
    told.conversation_id = Some(conversation.to_string());
    told.room_info = Some(room(of.id));
    told
}

/// A session with its whole channel, less the connector's settings, which are nobody's business here.
#[must_use]
pub fn session(registry: &Registry, of: &Session, with: &Customer) -> ChannelSession {
    let mut told = ChannelSession {
        id: of.id.to_string(),
        channel: Some(Arc::new(channel(registry, of.channel))),
        customer: Some(customer(with)),
        channel_data: channel_data(&of.address),
        latest_intent: of.latest_intent.as_deref().map(str::to_owned),
        conversation_id: Some(of.conversation.to_string()),
        room_info: Some(room(with.id)),
        state: Some(session_state(of)),
        channel_session_direction: Some(match of.direction {
            SessionDirection::Inbound => Direction::Inbound,
            SessionDirection::Outbound => Direction::Outbound,
        }),
        ..ChannelSession::default()
    };
    told.set_active(of.is_open());
    told
}

/// Every conversation with a customer is held in the one room of that customer.
#[must_use]
pub fn room(customer: CustomerId) -> RoomInfo {
    RoomInfo::contact_center(customer.to_string())
}

fn channel(registry: &Registry, id: ChannelId) -> tieline_cim::Channel {
    let Some(stored) = registry.channel(id) else {
        return tieline_cim::Channel { id: id.to_string(), ..tieline_cim::Channel::default() };
    };
    let mut channel = crate::wire::registry::channel(registry, &stored.value);
    // What a connector is configured with is nobody's business but what desks ask for.
    let may_edit = registry.may_edit(id);
    channel.channel_connector.channel_provider_configs =
        vec![Attribute::new(EDIT_SUPPORT, ValueType::Boolean, may_edit)];
    channel.channel_connector.extra.clear();
    channel.channel_connector.channel_provider_interface.channel_provider_config_schema.clear();
    channel
}

pub fn channel_data(address: &Address) -> ChannelData {
    ChannelData {
        channel_customer_identifier: address.customer.to_string(),
        service_identifier: address.service.to_string(),
        request_priority: address.priority.into(),
        customer_first_name: address.first_name.as_deref().map(str::to_owned),
        customer_last_name: address.last_name.as_deref().map(str::to_owned),
        additional_attributes: address
            .attributes
            .iter()
            .filter_map(|attribute| serde_json::from_value::<Attribute>(attribute.clone()).ok())
            .collect(),
        ..ChannelData::default()
    }
}

fn session_state(session: &Session) -> ChannelSessionState {
    let (name, reason) = match session.state {
        SessionState::Started => {
            let opener = match session.direction {
                SessionDirection::Inbound => SessionReason::Customer,
                SessionDirection::Outbound => SessionReason::Agent,
            };
            (SessionWord::Started, opener)
        }
        SessionState::Ended { reason, .. } => (SessionWord::Ended, end_reason(reason)),
    };
    ChannelSessionState { name, reason_code: Some(reason), ..ChannelSessionState::default() }
}

fn end_reason(reason: EndReason) -> SessionReason {
    match reason {
        EndReason::Customer => SessionReason::Customer,
        EndReason::Inactivity => SessionReason::Inactivity,
        EndReason::Network => SessionReason::Network,
        EndReason::Agent => SessionReason::Agent,
        EndReason::ForceClosed => SessionReason::ForceClosed,
    }
}

/// Desks show conversation data as a table of texts.
fn flat(data: &Members) -> Members {
    data.iter().map(|(key, value)| (key.clone(), text(value).into())).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[must_use]
pub const fn timestamp(at: At) -> Timestamp {
    Timestamp::from_ms(at.millis())
}
