//! What a desk is told: effects of the engine turned into the packets desks know.
//!
//! A [`Speech`] knows what its desk shows, so that nothing is sent about a conversation the desk does not hold
//! (desks answer that with an error in front of the agent), and so that everything can be taken back.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tieline_cim::desk::{OnTopicData, RevokeTask, TaskRequest, TopicUnsubscribed, WrapupTimerStarted};
use tieline_cim::{RoomInfo, Why};
use tieline_core::conversation::{Conversation, Participant, Session};
use tieline_core::customer::Customer;
use tieline_core::effect::{Push, Scene};
use tieline_core::event::{Event, Fact, Payload, Seq};
use tieline_core::id::{ConversationId, CustomerId};
use tieline_core::permission;
use tieline_core::registry::Registry;
use tieline_core::task::Task;
use tieline_core::time::At;
use tracing::{debug, warn};

use super::line::Line;
use super::{help, pull};
use crate::rest::announcements;
use crate::wire::customer::{masked, masked_session};
use crate::wire::{registry as objects, scene};

/// Events of an open conversation a desk is shown at once, the newest.
const TOPIC_EVENTS_MAX: usize = 500;
/// Events read from the store at a time.
const TOPIC_EVENTS_PAGE: usize = 250;
/// Customers proposed at most for somebody anonymous.
const SUGGESTIONS_MAX: usize = 20;
/// Waits between attempts to read a conversation.
const READ_WAITS: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];
/// How long a logged-out desk may take to leave by itself.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(5);

/// Something to tell.
pub enum Outgoing {
    Push(Box<Push>),
    Shown(Arc<Shown>),
}

impl Outgoing {
    /// It may be left out when the desk is busy.
    pub fn may_be_missed(&self) -> bool {
        matches!(self, Self::Shown(shown) if matches!(shown.what, What::Passing(_)))
    }
}

/// An event or a passing sign, on its way to several desks; written out once, by the first that gets to it.
pub struct Shown {
    what: What,
    conversation: ConversationId,
    scene: Scene,
    written: OnceLock<Option<Box<RawValue>>>,
}

enum What {
    Event(Arc<Event>),
    Profile(Arc<Customer>),
    Passing(Payload),
}

/// `onCimEvent`: the event as text inside the packet.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OnCimEvent {
    cim_event: String,
    conversation_id: String,
    room_info: Option<RoomInfo>,
}

impl Shown {
    pub fn event(event: Arc<Event>, scene: Scene) -> Self {
        Self { conversation: event.conversation, what: What::Event(event), scene, written: OnceLock::new() }
    }

    pub fn profile(conversation: ConversationId, customer: Arc<Customer>) -> Self {
        let scene = Scene { session: None, customer: None };
        Self { conversation, what: What::Profile(customer), scene, written: OnceLock::new() }
    }

    pub fn passing(payload: Payload, conversation: ConversationId, scene: Scene) -> Self {
        Self { what: What::Passing(payload), conversation, scene, written: OnceLock::new() }
    }

    /// Whose the conversation is from now on, when this tells it.
    fn new_customer(&self) -> Option<CustomerId> {
        match &self.what {
            What::Event(event) => match event.fact {
                Fact::CustomerChanged { to, .. } => Some(to),
                _ => None,
            },
            What::Profile(_) | What::Passing(_) => None,
        }
    }

    fn written(&self, registry: &Registry, now: At) -> Option<&RawValue> {
        self.written.get_or_init(|| self.write(registry, now)).as_deref()
    }

    fn write(&self, registry: &Registry, now: At) -> Option<Box<RawValue>> {
        let event = match &self.what {
            What::Event(event) => scene::event(registry, event, &self.scene),
            What::Profile(customer) => Some(scene::profile_event(customer, self.conversation, now)),
            What::Passing(payload) => {
                scene::passing_event(registry, payload, self.conversation, &self.scene, now)
            }
        }?;
        let told = OnCimEvent {
            cim_event: serde_json::to_string(&event).ok()?,
            conversation_id: self.conversation.to_string(),
            room_info: event.room_info,
        };
        to_raw_value(&told).ok()
    }
}

/// Speaking to one desk.
pub struct Speech<'l> {
    line: &'l Line,
    /// Offers that ring.
    ringing: HashSet<ConversationId>,
    /// Conversations the desk holds, with whose they are.
    held: HashMap<ConversationId, CustomerId>,
}

impl<'l> Speech<'l> {
    pub fn new(line: &'l Line) -> Self {
        Self { line, ringing: HashSet::new(), held: HashMap::new() }
    }

    /// Tells one thing. Breaks when the desk has been told to leave.
    pub async fn say(&mut self, outgoing: Outgoing) -> ControlFlow<()> {
        match outgoing {
            Outgoing::Shown(shown) => {
                self.show(&shown).await;
                ControlFlow::Continue(())
            }
            Outgoing::Push(push) => self.push(*push).await,
        }
    }

    /// Takes everything off the desk.
    pub async fn clear(&mut self) {
        for conversation in std::mem::take(&mut self.ringing) {
            self.stop_ringing(conversation, None).await;
        }
        for conversation in self.held.keys().copied().collect::<Vec<_>>() {
            self.take_away(conversation, TopicUnsubscribed::UNSUBSCRIBED).await;
        }
    }

    async fn show(&mut self, shown: &Shown) {
        let Some(customer) = self.held.get_mut(&shown.conversation) else { return };
        if let Some(to) = shown.new_customer() {
            *customer = to;
        }
        let app = &self.line.app;
        if let Some(written) = shown.written(&app.registry(), app.now()) {
            self.line.emit("onCimEvent", written).await;
        }
    }

    async fn push(&mut self, push: Push) -> ControlFlow<()> {
        let registry = self.line.app.registry();
        match push {
            Push::ChannelTypes => self.show_channel_types(&registry).await,
            Push::Presence { agent, changed, agent_changed, mrds_changed } => {
                let mut presence = scene::presence(&registry, &agent, changed, agent_changed, &mrds_changed);
                presence.sent_at = Some(scene::timestamp(self.line.app.now()));
                self.line.emit("agentPresence", &presence).await;
            }
            Push::Offer { task, scene } => self.ring(&registry, &task, &scene).await,
            Push::OfferRevoked { conversation, task } => {
                self.ringing.remove(&conversation);
                self.stop_ringing(conversation, Some(&task)).await;
            }
            Push::Topic { conversation, customer, participant, task, until } => {
                self.open(&registry, &conversation, &customer, &participant, task.as_deref(), until).await;
            }
            Push::Unsubscribed { conversation, reason } => self.take_away(conversation, reason).await,
            Push::LoggedOut { agent, reason } => {
                let presence = scene::logged_out(&registry, &agent, reason.as_ref(), self.line.app.now());
                self.line.emit("agentPresence", &presence).await;
                // Desks leave by themselves on this; the line ends with their socket.
                tokio::time::sleep(LEAVE_TIMEOUT).await;
                return ControlFlow::Break(());
            }
            Push::WrapUpStarted { conversation, customer, secs } => {
                self.line.emit("wrapupTimerStarted", &wrap_up_started(conversation, customer, secs)).await;
            }
            Push::AssistancePlaced { .. }
            | Push::AssistanceAssigned { .. }
            | Push::ConsultTransferred { .. }
            | Push::AssistanceFailed { .. }
            | Push::Hand { .. } => help::tell(self.line, &registry, push).await,
            Push::Lists { .. }
            | Push::ListFollowed { .. }
            | Push::ListUnfollowed { .. }
            | Push::Listed { .. } => pull::tell(self.line, &registry, push).await,
            Push::Announced(announcement) => {
                self.line.emit("ANNOUNCEMENT_CREATED", &announcements::shown(&registry, &announcement)).await;
            }
            Push::AnnouncementGone(id) => {
                self.line.emit("ANNOUNCEMENT_DELETED", &serde_json::json!({"id": id})).await;
            }
            Push::SessionRemoved => {
                self.line.end_session(&Why::OtherDesk).await;
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    async fn show_channel_types(&self, registry: &Registry) {
        let types: Vec<tieline_cim::ChannelType> =
            registry.channel_types().map(|stored| objects::channel_type(&stored.value)).collect();
        self.line.emit("onChannelTypes", &types).await;
    }

    /// Whoever has not taken the chat sees of its customer what he sees of any.
    async fn ring(&mut self, registry: &Registry, task: &Task, with: &Scene) {
        let hidden = !self.sees_personal_data(registry);
        let mask = |customer: &Customer| if hidden { masked(registry, customer) } else { customer.clone() };
        let customer = with.customer.as_deref().map(mask);
        let mask = |of: &Session| if hidden { masked_session(registry, of) } else { of.clone() };
        let session = with.session.as_deref().map(mask);
        let customer = customer.as_ref();
        let session = session
            .as_ref()
            .zip(customer)
            .map(|(session, customer)| Arc::new(scene::session(registry, session, customer)));
        let request: TaskRequest = scene::task_request(registry, task, session, customer);
        self.ringing.insert(task.conversation);
        self.line.emit("taskRequest", &request).await;
    }

    async fn stop_ringing(&self, conversation: ConversationId, task: Option<&Task>) {
        self.line.emit("revokeTask", &revocation(self.line, conversation, task)).await;
    }

    async fn take_away(&mut self, conversation: ConversationId, reason: &str) {
        let room = self.held.remove(&conversation).map(scene::room);
        let told = TopicUnsubscribed::new(conversation.to_string(), room, reason);
        self.line.emit("topicUnsubscription", &told).await;
    }

    async fn open(
        &mut self,
        registry: &Registry,
        conversation: &Conversation,
        customer: &Customer,
        participant: &Participant,
        task: Option<&Task>,
        until: Seq,
    ) {
        let Some(events) = self.read(conversation.id, until).await else {
            self.line.refuse("onTopicData", Why::TopicUnreadable).await;
            return;
        };
        let events = events.iter().map(AsRef::as_ref);
        let mut topic_data = scene::topic_data(registry, conversation, customer, participant, events);
        if customer.anonymous {
            topic_data.customer_suggestions = self.suggestions(registry, conversation).await;
        }
        let told = OnTopicData {
            topic_data,
            conversation_id: conversation.id.to_string(),
            room_info: Some(scene::room(customer.id)),
            task_id: task
                .map(|task| TaskRequest::compose_task_id(&task.id.to_string(), &task.media.to_string())),
            ..OnTopicData::default()
        };
        self.ringing.remove(&conversation.id);
        self.held.insert(conversation.id, customer.id);
        let socket = &self.line.socket;
        let send = || socket.emit_with_ack::<_, Value>("onTopicData", &told);
        let Some(ack) = self.line.when_there_is_room("onTopicData", send).await else { return };
        let (agent, conversation) = (self.line.agent, conversation.id);
        // Ends by itself after the time a desk has to confirm.
        tokio::spawn(async move {
            match ack.await {
                Ok(_) => debug!(%agent, %conversation, "a desk shows a conversation"),
                Err(err) => {
                    warn!(%agent, %conversation, error = %err, "a desk did not confirm a conversation")
                }
            }
        });
    }

    fn sees_personal_data(&self, registry: &Registry) -> bool {
        let user = registry.user(self.line.agent);
        user.is_some_and(|user| permission::sees_personal_data(&user.value.roles))
    }

    /// Who the customer may be, as far as the agent may see them; without those who cannot be read now.
    async fn suggestions(
        &self,
        registry: &Registry,
        conversation: &Conversation,
    ) -> Vec<tieline_cim::Customer> {
        let (app, clear) = (&self.line.app, self.sees_personal_data(registry));
        let mut found = Vec::new();
        for id in conversation.suggestions().into_iter().take(SUGGESTIONS_MAX) {
            let Ok(Some(customer)) = app.store.customer(id).await else { continue };
            if customer.merged_into().is_none() {
                found.push(match clear {
                    true => scene::customer(&customer),
                    false => scene::customer(&masked(registry, &customer)),
                });
            }
        }
        found
    }

    /// The newest events of a conversation, oldest first.
    async fn read(&self, conversation: ConversationId, until: Seq) -> Option<VecDeque<Arc<Event>>> {
        let mut events = VecDeque::new();
        let mut after = 0;
        let mut waits = READ_WAITS.iter();
        loop {
            match self.line.app.store.events(conversation, after, Some(until), TOPIC_EVENTS_PAGE).await {
                Ok(page) => {
                    let last = page.len() < TOPIC_EVENTS_PAGE;
                    after = page.last().map_or(after, |event| event.seq);
                    events.extend(page);
                    events.drain(..events.len().saturating_sub(TOPIC_EVENTS_MAX));
                    if last {
                        return Some(events);
                    }
                }
                Err(err) => {
                    warn!(%conversation, error = %err, "a conversation cannot be read for a desk");
                    tokio::time::sleep(*waits.next()?).await;
                }
            }
        }
    }
}

fn wrap_up_started(conversation: ConversationId, customer: CustomerId, secs: u32) -> WrapupTimerStarted {
    WrapupTimerStarted {
        task: "wrapupTimerStarted".to_owned(),
        duration: secs.into(),
        conversation_id: conversation.to_string(),
        room_info: Some(scene::room(customer)),
        status_code: 200,
        ..WrapupTimerStarted::default()
    }
}

/// `revokeTask` for an offer that is no longer this desk's.
pub fn revocation(line: &Line, conversation: ConversationId, task: Option<&Task>) -> RevokeTask {
    RevokeTask {
        conversation_id: conversation.to_string(),
        task_id: task.map(|task| TaskRequest::compose_task_id(&task.id.to_string(), &task.media.to_string())),
        agent_id: Some(line.agent.to_string()),
        ..RevokeTask::default()
    }
}
