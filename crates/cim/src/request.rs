//! What the agent desk sends on its socket.

use crate::{ChannelSession, CimEvent, ConversationParticipant, Invalid, RoomInfo, invalid, lenient};
use serde::{Deserialize, Deserializer, Serialize};
use std::sync::Arc;

wire_struct! {
    /// `topicSubscription`: the agent accepts an offer.
    pub struct TopicSubscription {
        topic_participant: ConversationParticipant,
        agent_id: String,
        conversation_id: String,
        /// Missing from older desks.
        room_info: Option<RoomInfo>,
        /// `taskId:mediaId` of the offer.
        task_id: Option<String>,
    }

    /// `topicUnsubscription`: the agent leaves.
    pub struct TopicUnsubscription {
        room_info: Option<RoomInfo>,
        conversation_id: String,
        agent_id: String,
    }

    /// `publishCimEvent`: a message, whisper, typing, receipt, hand raise or SLA reset of the agent.
    pub struct PublishCimEvent {
        cim_event: DeskEvent,
        agent_id: String,
        conversation_id: String,
        room_info: Option<RoomInfo>,
    }

    /// `closeWrapup`; without an event the agent left without wrap-up.
    pub struct CloseWrapup {
        cim_event: Option<DeskEvent>,
        room_info: Option<RoomInfo>,
        conversation_id: String,
        agent_id: String,
    }

    /// `directTransferRequest`, `directConferenceRequest`, `consultRequest`, `consultConferenceRequest`,
    /// `consultTransferRequest`.
    pub struct AssistanceRequest {
        /// Only `consultTransferRequest` has it; see [`AssistanceRequest::conversation`].
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation_id: Option<String>,
        channel_session: Option<Arc<ChannelSession>>,
        /// The `topicParticipant` the server sent.
        agent_participant: ConversationParticipant,
        mode: AssistanceMode,
        #[serde(skip_serializing_if = "Option::is_none")]
        queue_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        requested_agent_id: Option<String>,
        note: Option<String>,
        /// False when the call leg is transferred separately.
        #[serde(skip_serializing_if = "Option::is_none")]
        offer_to_agent: Option<bool>,
    }

    /// `pauseConversation`, `resumeConversation`, `JoinAsBargin`, `joinAsWhisper`.
    pub struct ParticipantRequest {
        /// The agent's id, not the participant record's.
        participant_id: String,
        conversation_id: String,
        room_info: Option<RoomInfo>,
        /// Seconds; on pause.
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<i64>,
        /// `ON_HOLD` on pause, `ACTIVE` on resume.
        #[serde(skip_serializing_if = "Option::is_none")]
        state: Option<crate::session::ConversationState>,
    }

    /// `JoinAsSilentMonitor`.
    pub struct JoinAsSilentMonitor {
        topic_participant: ConversationParticipant,
        agent_id: String,
        channel_session: Option<Arc<ChannelSession>>,
    }

    /// `subscribePullModeList`, `unsubscribePullModeList`. `topicParticipant.conversationId` holds the list id.
    pub struct PullModeListSubscription {
        topic_participant: ConversationParticipant,
        agent_id: String,
        list_id: String,
        list: Option<crate::routing::PullModeList>,
    }

    /// `joinPullModeRequest`.
    pub struct JoinPullModeRequest {
        topic_participant: ConversationParticipant,
        agent_id: String,
        channel_session: Option<Arc<ChannelSession>>,
        request_id: String,
    }
}

wire_words! {
    /// Whether help is asked of a queue or of a named agent. Lower case on the wire.
    pub enum AssistanceMode {
        Queue = "queue",
        Agent = "agent",
    }
}

/// Who is asked for help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssistanceTarget<'a> {
    /// A queue by name.
    Queue(&'a str),
    /// An agent by id.
    Agent(&'a str),
}

/// The event of a request: an object, or that object as text from older desks. Written as an object.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct DeskEvent(pub CimEvent);
wire_object!(DeskEvent);

impl<'de> Deserialize<'de> for DeskEvent {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        lenient::object_or_text(source, invalid::parse_inbound).map(Self)
    }
}

impl AssistanceRequest {
    /// The conversation, from wherever this request carries it.
    pub fn conversation(&self) -> Option<&str> {
        let session = self.channel_session.as_ref().and_then(|session| session.conversation_id.as_deref());
        self.conversation_id.as_deref().or(session).or(self.agent_participant.conversation_id.as_deref())
    }

    /// Who is asked.
    ///
    /// # Errors
    /// When the mode is unknown or its target is missing.
    pub fn target(&self) -> Result<AssistanceTarget<'_>, Invalid> {
        match self.mode {
            AssistanceMode::Queue => {
                given("queueName", self.queue_name.as_deref()).map(AssistanceTarget::Queue)
            }
            AssistanceMode::Agent => {
                given("requestedAgentId", self.requested_agent_id.as_deref()).map(AssistanceTarget::Agent)
            }
            AssistanceMode::Other(_) => Err(Invalid::at("mode", "is neither queue nor agent")),
        }
    }
}

fn given<'a>(path: &str, value: Option<&'a str>) -> Result<&'a str, Invalid> {
    value.filter(|text| !text.trim().is_empty()).ok_or_else(|| Invalid::at(path, "is missing"))
}
