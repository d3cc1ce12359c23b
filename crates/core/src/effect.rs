//! What is to happen outside once a decision is on disk.
//!
//! Deliveries survive a crash, because their entries do. Pushes do not need to: a desk that reconnects is told the
//! present state.

use std::sync::Arc;

use serde_json::Value;

use crate::agent::Agent;
use crate::command::Assistance;
use crate::conversation::{Conversation, Participant, Session};
use crate::customer::Customer;
use crate::delivery::outbox::Dispatch;
use crate::event::{Event, Payload, Seq};
use crate::id::{BotId, ConnectionId, ConnectorId, ConversationId, CustomerId, Id, ListId, MrdId, UserId};
use crate::listing::Listing;
use crate::registry::{Announcement, Registry};
use crate::task::Task;
use crate::time::At;

#[derive(Debug, Clone)]
pub enum Effect {
    /// To one desk, in order.
    Desk { connection: ConnectionId, push: Push },
    /// An event, to every desk that follows the conversation.
    Broadcast { connections: Vec<ConnectionId>, event: Arc<Event>, scene: Scene },
    /// What is known of a conversation's customer is otherwise now; to every desk that follows it.
    Profile { connections: Vec<ConnectionId>, conversation: ConversationId, customer: Arc<Customer> },
    /// Somebody is typing, or another passing sign: told once, kept nowhere.
    Passing { to: PassingTo, payload: Payload, conversation: ConversationId, scene: Scene },
    /// Try to deliver an entry now and report back.
    Deliver(Box<Dispatch>),
    /// Put a question to a bot now and report what it answers, if it does until then.
    AskBot { bot: BotId, until: At, dispatch: Box<Dispatch> },
    /// New entries stand in a connector's feed.
    FeedGrew { connector: ConnectorId },
    /// The registry as it is from now on.
    Registry(Arc<Registry>),
}

#[derive(Debug, Clone)]
pub enum PassingTo {
    Desks(Vec<ConnectionId>),
    Connector(ConnectorId),
}

/// What an event is shown with: the session it belongs to and the customer it is about.
#[derive(Debug, Clone)]
pub struct Scene {
    pub session: Option<Arc<Session>>,
    pub customer: Option<Arc<Customer>>,
}

/// A request on a pull list, as desks are shown it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub listing: Listing,
    pub conversation: ConversationId,
    pub scene: Scene,
}

#[derive(Debug, Clone)]
pub enum Push {
    ChannelTypes,
    Presence {
        agent: Arc<Agent>,
        /// False when a wish was refused and nothing changed.
        changed: bool,
        agent_changed: bool,
        mrds_changed: Vec<MrdId>,
    },
    /// The agent is logged out; his presence ends.
    LoggedOut {
        agent: Arc<Agent>,
        /// The desk's reason-code object.
        reason: Option<Value>,
    },
    Offer {
        task: Arc<Task>,
        scene: Scene,
    },
    OfferRevoked {
        conversation: ConversationId,
        task: Arc<Task>,
    },
    /// The whole conversation with its events up to `until`, for a desk that joins or comes back.
    Topic {
        conversation: Arc<Conversation>,
        customer: Arc<Customer>,
        participant: Participant,
        task: Option<Arc<Task>>,
        until: Seq,
    },
    Unsubscribed {
        conversation: ConversationId,
        reason: &'static str,
    },
    /// The agent's part is over but for codes and notes.
    WrapUpStarted {
        conversation: ConversationId,
        customer: CustomerId,
        /// Seconds left.
        secs: u32,
    },
    /// A queue was asked for another agent.
    AssistancePlaced {
        of: Assistance,
    },
    /// An agent who was asked for by name is rung.
    AssistanceAssigned {
        of: Assistance,
        task: Arc<Task>,
        scene: Scene,
    },
    /// The consulted agent is the customer's now.
    ConsultTransferred {
        task: Arc<Task>,
        agent: UserId,
        scene: Scene,
    },
    /// What an agent asked for earlier has come to nothing.
    AssistanceFailed {
        of: Assistance,
        reason: String,
    },
    /// An agent of the supervisor's raises his hand, or lowers it, in a conversation this desk does not hold.
    Hand {
        conversation: ConversationId,
        agent: UserId,
        up: bool,
        scene: Scene,
    },
    /// The pull lists the agent follows, and what is on them.
    Lists {
        follows: Vec<ListId>,
        listed: Vec<Arc<Listed>>,
    },
    /// He follows one more.
    ListFollowed {
        follows: Vec<ListId>,
        listed: Vec<Arc<Listed>>,
    },
    ListUnfollowed {
        follows: Vec<ListId>,
        list: ListId,
    },
    /// A request on a list he follows is new, or stands otherwise.
    Listed {
        listed: Arc<Listed>,
        /// Somebody is to come.
        calls: bool,
    },
    /// Another desk of the same agent has taken over.
    SessionRemoved,
    /// A supervisor has something to say.
    Announced(Arc<Announcement>),
    /// What was announced no longer holds.
    AnnouncementGone(Id),
}
