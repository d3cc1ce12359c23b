//! Agents and supervisors who help each other: what their desks ask for, and what they are told of it.

use tieline_cim::desk::{
    AgentAssignedForAssistance, AssistanceRequestPlaced, ConsultTransferSuccess, OnCimEvent,
};
use tieline_cim::request::{
    AssistanceRequest, AssistanceTarget as Asked, JoinAsSilentMonitor, ParticipantRequest,
};
use tieline_cim::session::ConversationState;
use tieline_cim::{ChannelSession, Encoded};
use tieline_core::command::{Assistance, AssistanceTarget, AssistanceWish, Command, Joining};
use tieline_core::effect::{Push, Scene};
use tieline_core::id::ConversationId;
use tieline_core::registry::Registry;
use tieline_core::task::Task;

use super::incoming::{Refused, id, own, submit};
use super::line::Line;
use crate::wire::scene;

/// What an agent may ask others for, by the request's name.
pub fn assistance_of(task: &str) -> Option<Assistance> {
    Some(match task {
        "directTransferRequest" => Assistance::DirectTransfer,
        "directConferenceRequest" => Assistance::DirectConference,
        "consultRequest" => Assistance::Consult,
        "consultTransferRequest" => Assistance::ConsultTransfer,
        "consultConferenceRequest" => Assistance::ConsultConference,
        _ => return None,
    })
}

/// The request by which an agent asked.
const fn request_name(of: Assistance) -> &'static str {
    match of {
        Assistance::DirectTransfer => "directTransferRequest",
        Assistance::DirectConference => "directConferenceRequest",
        Assistance::Consult => "consultRequest",
        Assistance::ConsultTransfer => "consultTransferRequest",
        Assistance::ConsultConference => "consultConferenceRequest",
    }
}

pub async fn assist(line: &Line, kind: Assistance, request: AssistanceRequest) -> Result<(), Refused> {
    let conversation = request.conversation().ok_or("channelSession.conversationId: is missing")?;
    let conversation = id("channelSession.conversationId", conversation)?;
    let promotes = matches!(kind, Assistance::ConsultTransfer | Assistance::ConsultConference);
    let target = match request.target() {
        Ok(Asked::Queue(name)) => AssistanceTarget::QueueNamed(name.into()),
        Ok(Asked::Agent(agent)) => AssistanceTarget::Agent(id("requestedAgentId", agent)?),
        // There is one advisor at most.
        Err(_) if promotes => AssistanceTarget::Advisor,
        Err(invalid) => return Err(invalid.into()),
    };
    let note = request.note.as_deref().filter(|note| !note.trim().is_empty()).map(Into::into);
    let wish = AssistanceWish { agent: line.agent, conversation, kind, target, note };
    submit(line, Command::Assist(Box::new(wish))).await
}

pub async fn pause(line: &Line, request: ParticipantRequest) -> Result<(), Refused> {
    let conversation = meant(line, &request)?;
    if !matches!(request.state, None | Some(ConversationState::OnHold)) {
        return Err("state: a pause asks for ON_HOLD".into());
    }
    let secs = request.duration.ok_or("duration: is missing; give it in seconds")?;
    let secs = u32::try_from(secs).map_err(|_| "duration: is no number of seconds")?;
    submit(line, Command::Pause { agent: line.agent, conversation, secs }).await
}

pub async fn resume(line: &Line, request: ParticipantRequest) -> Result<(), Refused> {
    let conversation = meant(line, &request)?;
    submit(line, Command::Resume { agent: line.agent, conversation }).await
}

/// `joinAsWhisper`, `JoinAsBargin`.
pub async fn join(line: &Line, how: Joining, request: ParticipantRequest) -> Result<(), Refused> {
    let conversation = meant(line, &request)?;
    submit(line, Command::Join { supervisor: line.agent, conversation, how }).await
}

pub async fn watch(line: &Line, request: JoinAsSilentMonitor) -> Result<(), Refused> {
    own(line, &request.agent_id)?;
    let session = request.channel_session.as_ref().and_then(|session| session.conversation_id.as_deref());
    let named = session.or(request.topic_participant.conversation_id.as_deref());
    let conversation = id("channelSession.conversationId", named.unwrap_or_default())?;
    submit(line, Command::Join { supervisor: line.agent, conversation, how: Joining::Monitor }).await
}

/// Whose request it is and which conversation it is about. `participantId` is the agent's own id.
fn meant(line: &Line, request: &ParticipantRequest) -> Result<ConversationId, Refused> {
    match request.participant_id.is_empty() || request.participant_id.parse() == Ok(line.agent) {
        true => id("conversationId", &request.conversation_id),
        false => Err("participantId: you may only act for yourself".into()),
    }
}

/// Tells a desk what became of what its agent asked others for, or what others ask of him.
pub async fn tell(line: &Line, registry: &Registry, push: Push) {
    match push {
        Push::AssistancePlaced { of } => {
            let Some(action) = shown_action(of) else { return };
            let placed = AssistanceRequestPlaced {
                request_action: action.to_owned(),
                mode: "queue".to_owned(),
                ..AssistanceRequestPlaced::default()
            };
            line.emit("agentAssistanceRequestPlaced", &placed).await;
        }
        Push::AssistanceAssigned { of, task, scene } => {
            let assigned = AgentAssignedForAssistance {
                conversation_id: task.conversation.to_string(),
                task: serde_json::to_value(told_task(registry, &task, &scene)).unwrap_or_default(),
                kind: request_name(of)
                    .trim_end_matches("Request")
                    .replace("direct", "direct-")
                    .to_lowercase(),
                ..AgentAssignedForAssistance::default()
            };
            line.emit("agentAssignedForAssistance", &assigned).await;
        }
        Push::ConsultTransferred { task, agent, scene } => {
            let told = told_task(registry, &task, &scene);
            let success = ConsultTransferSuccess {
                conversation_id: task.conversation.to_string(),
                new_task: Some(told.clone()),
                task: Some(told),
                agent_id: agent.to_string(),
                ..ConsultTransferSuccess::default()
            };
            line.emit("consulTransferRequestSuccess", &success).await;
        }
        Push::AssistanceFailed { of, reason } => line.refuse(request_name(of), reason).await,
        Push::Hand { conversation, agent, up, scene } => {
            let event = scene::hand_event(registry, agent, up, conversation, &scene, line.app.now());
            let told = OnCimEvent {
                room_info: event.room_info.clone(),
                cim_event: Encoded(event),
                conversation_id: conversation.to_string(),
                ..OnCimEvent::default()
            };
            line.emit("onCimEvent", &told).await;
        }
        _ => {}
    }
}

/// The words desks have a text for; a consultation shows by its request alone.
const fn shown_action(of: Assistance) -> Option<&'static str> {
    match of {
        Assistance::DirectTransfer => Some("transfer"),
        Assistance::DirectConference => Some("conference"),
        Assistance::Consult | Assistance::ConsultTransfer | Assistance::ConsultConference => None,
    }
}

fn told_task(registry: &Registry, task: &Task, with: &Scene) -> tieline_cim::Task {
    let session = with.session.as_deref().zip(with.customer.as_deref());
    let session: Option<std::sync::Arc<ChannelSession>> =
        session.map(|(session, customer)| std::sync::Arc::new(scene::session(registry, session, customer)));
    scene::task(registry, task, session.as_ref())
}
