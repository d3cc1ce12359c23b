//! A whole conversation, for a desk that joins it or comes back.

use std::sync::Arc;

use tieline_cim::channel::SlaTimer;
use tieline_cim::desk::{HandRaises, TopicData};
use tieline_cim::event_data::HoldTimer;
use tieline_cim::session::ConversationState;
use tieline_cim::{ChannelSession, ClockTime, PastEvent};
use tieline_core::conversation::{Conversation, Participant, Session, State};
use tieline_core::customer::Customer;
use tieline_core::event::Event;
use tieline_core::registry::Registry;
use tieline_core::time::{At, Span};

use super::people::username;
use super::{Setting, agent_seat, bot_seat, customer, customer_seat, flat, sla_action, timestamp};

/// What `onTopicData` carries. `events` are the conversation's, oldest first.
#[must_use]
pub fn topic_data<'e>(
    registry: &Registry,
    conversation: &Conversation,
    with: &Customer,
    participant: &Participant,
    events: impl IntoIterator<Item = &'e Event>,
) -> TopicData {
    let outside = Setting::new(registry, None, Some(with));
    let sessions: Vec<(&Arc<Session>, Setting<'_>)> = conversation
        .sessions
        .iter()
        .map(|session| (session, Setting::new(registry, Some(session), Some(with))))
        .collect();
    let topic_events = events
        .into_iter()
        .filter_map(|event| {
            let own = sessions.iter().find(|(session, _)| Some(session.id) == event.session);
            own.map_or(&outside, |(_, setting)| setting).event(event)
        })
        .map(PastEvent)
        .collect();
    let told = |(_, setting): &(&Arc<Session>, Setting<'_>)| -> Option<Arc<ChannelSession>> {
        setting.session.clone()
    };
    let bots = conversation.bot.iter().map(|seat| bot_seat(registry, seat, conversation.id));
    let customers = sessions
        .iter()
        .filter(|(session, _)| session.is_open())
        .filter_map(|own| told(own).map(|told| customer_seat(own.0, told)));
    let agents = conversation.agents.iter().map(|seat| agent_seat(registry, seat, conversation.id));
    TopicData {
        id: conversation.id.to_string(),
        customer: customer(with),
        // What desks answer on: one that has ended would be no use while another is open.
        channel_session: sessions
            .iter()
            .find(|(session, _)| session.is_open())
            .or(sessions.first())
            .and_then(told),
        conversation_data: flat(&conversation.data),
        state: Some(state(conversation.state)),
        participants: bots.chain(customers).chain(agents).collect(),
        topic_participant: agent_seat(registry, participant, conversation.id),
        agent_sla: response_timer(conversation),
        hold_timer_details: hold_timer(
            conversation.hold.as_ref().map(|hold| (hold.since, seconds(hold.until.since(hold.since)))),
        ),
        agent_hand_raise: HandRaises {
            hand_raised: !conversation.hands.is_empty(),
            agent_names: conversation.hands.iter().map(|hand| username(registry, hand.agent)).collect(),
            ..HandRaises::default()
        },
        topic_events,
        ..TopicData::default()
    }
}

/// A pause as desks count it: since when, and how long. Nulls for none.
pub(super) fn hold_timer(running: Option<(At, u32)>) -> HoldTimer {
    HoldTimer {
        total_duration: running.map(|(_, secs)| secs.into()),
        start_time: running.map(|(since, _)| ClockTime(timestamp(since))),
        ..HoldTimer::default()
    }
}

fn response_timer(conversation: &Conversation) -> SlaTimer {
    let Some(timer) = &conversation.response else { return SlaTimer::default() };
    SlaTimer {
        total_duration: Some(timer.secs.into()),
        action: Some(sla_action(timer.shown).as_str().to_owned()),
        start_time: Some(ClockTime(timestamp(timer.since))),
        ..SlaTimer::default()
    }
}

fn seconds(span: Span) -> u32 {
    u32::try_from(span.as_secs()).unwrap_or(u32::MAX)
}

fn state(state: State) -> ConversationState {
    match state {
        State::Created => ConversationState::Created,
        State::Active => ConversationState::Active,
        State::Inactive => ConversationState::Inactive,
        State::OnHold => ConversationState::OnHold,
        State::CustomerLeft => ConversationState::CustomerLeft,
        State::WrapUp => ConversationState::WrapUp,
        State::Closed => ConversationState::Closed,
    }
}
