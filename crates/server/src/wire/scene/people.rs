//! Who takes part: agents, bots, customers' sessions, and who caused an event.

use std::sync::Arc;

use serde_json::{Value, json};
use tieline_cim::bot::BotType;
use tieline_cim::participant::{
    BotParticipant, ConversationParticipant, ParticipantKind, ParticipantRole, SubscriptionState,
};
use tieline_cim::{CcUser, ChannelSession, Customer, IsoTime, KeycloakUser, Participant, Sender, SenderType};
use tieline_core::conversation::{BotSeat, Participant as Seat, Role, Session};
use tieline_core::event::Emitter;
use tieline_core::id::{BotId, ConversationId, UserId};
use tieline_core::registry::{BotKind, Registry};
use tieline_core::time::At;

use super::timestamp;

/// The id under which the hub itself speaks.
const HUB_ID: &str = "tieline";
const HUB_NAME: &str = "TIELINE";

/// An agent; one whose account was deleted keeps his id as his name.
#[must_use]
pub fn agent(registry: &Registry, id: UserId) -> CcUser {
    registry.user(id).map_or_else(
        || {
            let id = id.to_string();
            let keycloak_user =
                KeycloakUser { id: id.clone(), username: id.clone(), ..KeycloakUser::default() };
            CcUser { id, keycloak_user, ..CcUser::default() }
        },
        |user| crate::wire::registry::ccuser(registry, &user.value),
    )
}

/// An agent's seat as `ConversationParticipant`.
#[must_use]
pub fn agent_seat(registry: &Registry, seat: &Seat, conversation: ConversationId) -> ConversationParticipant {
    ConversationParticipant {
        id: seat.id.to_string(),
        kind: ParticipantKind::Agent,
        role: role(seat.role),
        participant: Participant::CcUser(Box::new(agent(registry, seat.agent))),
        joining_time: Some(iso(seat.joined_at)),
        conversation_id: Some(conversation.to_string()),
        is_active: Some(true),
        user_credentials: Some(json!({})),
        state: Some(SubscriptionState::Subscribed),
        ..ConversationParticipant::default()
    }
}

/// A seat that was given up.
pub(super) fn given_up(seat: ConversationParticipant, at: At) -> ConversationParticipant {
    ConversationParticipant {
        is_active: Some(false),
        state: Some(SubscriptionState::Unsubscribed),
        state_changed_on: Some(iso(at)),
        ..seat
    }
}

/// The bot's seat as `ConversationParticipant`. It has no id of its own: there is one bot at most.
#[must_use]
pub fn bot_seat(
    registry: &Registry,
    seat: &BotSeat,
    conversation: ConversationId,
) -> ConversationParticipant {
    ConversationParticipant {
        id: seat.bot.to_string(),
        kind: ParticipantKind::Bot,
        role: role(seat.role),
        participant: Participant::Bot(bot(registry, seat.bot)),
        joining_time: Some(iso(seat.joined_at)),
        conversation_id: Some(conversation.to_string()),
        is_active: Some(true),
        user_credentials: Some(json!({})),
        ..ConversationParticipant::default()
    }
}

/// A customer's session as `ConversationParticipant`.
#[must_use]
pub fn customer_seat(session: &Session, told: Arc<ChannelSession>) -> ConversationParticipant {
    ConversationParticipant {
        id: session.id.to_string(),
        kind: ParticipantKind::Customer,
        role: ParticipantRole::Customer,
        participant: Participant::ChannelSession(told),
        joining_time: Some(iso(session.started_at)),
        conversation_id: Some(session.conversation.to_string()),
        is_active: Some(session.is_open()),
        user_credentials: Some(json!({})),
        state: Some(if session.is_open() {
            SubscriptionState::Subscribed
        } else {
            SubscriptionState::Unsubscribed
        }),
        ..ConversationParticipant::default()
    }
}

/// Who caused an event.
#[must_use]
pub fn emitter(registry: &Registry, emitter: Emitter, customer: Option<&Customer>) -> Sender {
    match emitter {
        Emitter::Customer => customer.map_or_else(hub, |customer| {
            let detail = Value::Object(customer.attributes.clone());
            let sender = Sender::new(SenderType::Customer, &customer.id, &customer.first_name);
            Sender { additional_detail: Some(detail), ..sender }
        }),
        Emitter::Agent(id) => agent_sender(registry, id),
        Emitter::Bot(id) => {
            let name = registry.bot(id).map_or_else(|| id.to_string(), |bot| bot.value.name.clone());
            Sender::new(SenderType::Bot, id.to_string(), name)
        }
        Emitter::Connector(id) => {
            let name =
                registry.connector(id).map_or_else(|| id.to_string(), |known| known.value.name.clone());
            Sender::new(SenderType::Connector, id.to_string(), name)
        }
        Emitter::App => Sender::new(SenderType::App, HUB_ID, "APP"),
        Emitter::System => hub(),
    }
}

/// An agent as the sender of something: customers see the names, other agents the username.
pub(super) fn agent_sender(registry: &Registry, id: UserId) -> Sender {
    match registry.user(id) {
        Some(user) => {
            let user = &user.value;
            Sender::agent(id.to_string(), &user.username, &user.first_name, &user.last_name)
        }
        None => Sender::agent(id.to_string(), id.to_string(), "", ""),
    }
}

/// The connector a session's messages come through.
pub(super) fn connector(registry: &Registry, session: Option<&ChannelSession>) -> Sender {
    let connector = session
        .and_then(|session| session.channel.as_ref())
        .and_then(|channel| channel.channel_connector.id.parse().ok());
    connector.map_or_else(
        || Sender::new(SenderType::Connector, HUB_ID, HUB_NAME),
        |id| emitter(registry, Emitter::Connector(id), None),
    )
}

/// The name an agent signs in with; his id when he has no account any more.
#[must_use]
pub fn username(registry: &Registry, id: UserId) -> String {
    registry.user(id).map_or_else(|| id.to_string(), |user| user.value.username.clone())
}

/// What colleagues call an agent; his id when he has no account any more.
pub(super) fn called(registry: &Registry, id: UserId) -> String {
    registry.user(id).map_or_else(|| id.to_string(), |user| user.value.called())
}

pub(super) fn hub() -> Sender {
    Sender::new(SenderType::System, HUB_ID, HUB_NAME)
}

pub(super) fn bot(registry: &Registry, id: BotId) -> BotParticipant {
    let known = registry.bot(id).map(|bot| &bot.value);
    let kind = match known.map(|bot| bot.kind) {
        Some(BotKind::Rasa) => BotType::Rasa,
        Some(BotKind::Dialogflow) => BotType::Dialogflow,
        Some(BotKind::Custom) => BotType::Custom,
        // Desks know no other types.
        Some(BotKind::NotSet | BotKind::BuiltIn | BotKind::OpenAi) | None => BotType::NotSet,
    };
    BotParticipant {
        id: id.to_string(),
        kind: Some(kind),
        name: known.map(|bot| bot.name.clone()),
        uri: known.map(|bot| bot.uri.clone()),
        ..BotParticipant::default()
    }
}

fn role(role: Role) -> ParticipantRole {
    match role {
        Role::Primary => ParticipantRole::Primary,
        Role::Assistant => ParticipantRole::Assistant,
        Role::SilentMonitor => ParticipantRole::SilentMonitor,
        Role::Whisper => ParticipantRole::Whisper,
        Role::WrapUp => ParticipantRole::WrapUp,
    }
}

const fn iso(at: At) -> IsoTime {
    IsoTime(timestamp(at))
}
