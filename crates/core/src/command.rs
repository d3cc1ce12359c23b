//! What a tenant can be asked to do, and what it answers. A closed list: whatever changes state is here.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::audit::Deed;
use crate::bot::answer::Reply as BotReply;
use crate::conversation::{About, Address};
use crate::customer::Customer;
use crate::delivery::Outcome;
use crate::event::{BotSilence, Payload, ReceiptStatus, Seq};
use crate::facts::{Accepted, EntryFilter, RequestKey};
use crate::id::{
    BotId, ConnectionId, ConnectorId, ConversationId, CustomerId, Id, ListId, ListingId, MrdId, QueueId,
    SessionId, TaskId, UserId,
};
use crate::refusal::Refusal;
use crate::registry::{Kind, Object};
use crate::second_factor::Proof;
use crate::task::Direction;
use crate::time::At;

#[derive(Debug, Clone)]
pub enum Command {
    // Connectors and their messages: `exchange`.
    Receive(Box<Inbound>),
    /// A message to a customer outside any conversation (`/message/send`).
    Send(Box<Proactive>),
    /// An agent begins a conversation: `outbound`.
    Contact(Box<Contact>),
    AddActivity(Box<Activity>),
    MergeData {
        conversation: ConversationId,
        data: Map<String, Value>,
    },

    // Their deliveries: `dispatch`, `dead_letter`.
    Attempted(Box<Attempted>),
    /// A connector has read its feed up to and including `cursor`.
    AcknowledgeFeed {
        connector: ConnectorId,
        cursor: Seq,
    },
    /// Sends dead entries again.
    Replay(EntryFilter),
    /// Takes dead entries from the list of those that wait.
    Dismiss(Box<Dismissal>),

    // Bots: `bot`.
    /// How a question put to a bot ended.
    BotAnswered(Box<BotAnswered>),
    /// A bot speaks by itself, or later than it was asked.
    BotSays(Box<BotSays>),

    // Administration: `administration`.
    PutObject {
        object: Box<Object>,
        /// The version the caller changed; `None` creates, and is refused when the id is in use.
        expected: Option<u64>,
    },
    DeleteObject {
        kind: Kind,
        id: Id,
        expected: Option<u64>,
    },
    PutCustomer {
        /// `None` creates.
        id: Option<CustomerId>,
        attributes: Map<String, Value>,
        labels: Vec<String>,
        expected: Option<u64>,
    },
    /// The first step of erasing him: nothing begins with him any more. In between, his files are removed.
    PartWithCustomer(CustomerId),
    EraseCustomer(CustomerId),
    /// Two profiles of one person become one: `merge`.
    MergeCustomers(Box<MergeWish>),
    UnmergeCustomer {
        /// The one that was merged into another.
        customer: CustomerId,
        by: UserId,
        reason: Option<Box<str>>,
    },
    /// Gives a conversation to another customer: `link`.
    LinkConversation(Box<LinkWish>),
    UnlinkConversation {
        conversation: ConversationId,
        by: UserId,
        reason: Option<Box<str>>,
    },
    /// Gives an anonymous customer's past conversations to another one.
    LinkPast {
        from: CustomerId,
        to: CustomerId,
        by: UserId,
        reason: Option<Box<str>>,
    },

    /// What somebody signs in with beside his password: `second_factor`.
    PassSecondFactor {
        user: UserId,
        proof: Proof,
    },
    /// Something that was done and changes nothing here: a sign-in, an export.
    Note(Deed),

    // Agents: `floor`.
    ConnectDesk {
        agent: UserId,
        connection: ConnectionId,
    },
    DisconnectDesk {
        agent: UserId,
        connection: ConnectionId,
    },
    SetAgentState {
        agent: UserId,
        to: AgentStateWish,
    },
    SetMrdState {
        agent: UserId,
        mrd: MrdId,
        on: bool,
    },
    AcceptOffer {
        agent: UserId,
        conversation: ConversationId,
        /// `None` rejoins a conversation the agent is already in.
        task: Option<TaskId>,
    },
    /// Passes on what rings at the agent, at once.
    DeclineOffer {
        agent: UserId,
        conversation: ConversationId,
        /// `None` declines whatever rings from this conversation.
        task: Option<TaskId>,
        reason: Option<Box<str>>,
    },
    LeaveConversation {
        agent: UserId,
        conversation: ConversationId,
    },
    Publish(Box<Publication>),
    /// Asks a queue or another agent to come, or makes the consulted agent one of the customer's: `assistance`.
    Assist(Box<AssistanceWish>),
    /// Codes and notes are given, or not: `wrapup`.
    CloseWrapUp {
        agent: UserId,
        conversation: ConversationId,
        note: Option<Box<Publication>>,
    },
    /// `hold`.
    Pause {
        agent: UserId,
        conversation: ConversationId,
        /// One of the durations the settings offer.
        secs: u32,
    },
    Resume {
        agent: UserId,
        conversation: ConversationId,
    },
    /// The agent needs longer for his answer: `response`.
    ExtendResponse {
        agent: UserId,
        conversation: ConversationId,
    },

    // Supervisors: `supervision`.
    /// Another agent's state.
    Supervise {
        supervisor: UserId,
        agent: UserId,
        to: AgentStateWish,
    },
    Join {
        supervisor: UserId,
        conversation: ConversationId,
        how: Joining,
    },
    RaiseHand {
        agent: UserId,
        conversation: ConversationId,
        up: bool,
    },

    // Pull lists: `pull`.
    FollowList {
        agent: UserId,
        list: ListId,
        /// False: no longer.
        follow: bool,
    },
    JoinListed {
        agent: UserId,
        listing: ListingId,
    },
    /// Ends a request of a list, and its conversation.
    EndListed {
        agent: UserId,
        listing: ListingId,
    },

    // Routing: `request` and `flush`.
    /// Looks for an agent for an open conversation.
    RequestAgent {
        conversation: ConversationId,
        wish: Box<Wish>,
    },
    /// Ends the requests that wait in a queue, or in all, some at a time.
    FlushQueue {
        queue: Option<QueueId>,
        by: UserId,
    },

    /// Fires every deadline that is due.
    Tick,
}

/// A message from outside, parsed and bounded, not yet judged.
#[derive(Debug, Clone)]
pub struct Inbound {
    pub caller: Caller,
    pub request: RequestKey,
    pub message_id: Box<str>,
    /// Name of a channel type, when the caller said it; decides between channels of one service identifier.
    pub channel_type: Option<Box<str>>,
    pub address: Address,
    pub sender: SenderClass,
    pub intent: Option<Box<str>>,
    pub content: Content,
    /// Pairs from a pre-chat form.
    pub data: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    Connector(ConnectorId),
    /// Without credentials, from an address these connectors are open to.
    Open(Vec<ConnectorId>),
    /// A signed-in person or desk.
    User(UserId),
}

/// Whose words a message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderClass {
    Customer,
    Bot,
    Agent,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Message {
        payload: Payload,
        /// Nothing to show: an intent travels alone.
        blank: bool,
    },
    Receipt {
        message: Box<str>,
        status: ReceiptStatus,
        reason: Option<Box<str>>,
    },
    Typing {
        payload: Payload,
    },
}

#[derive(Debug, Clone)]
pub struct Proactive {
    pub request: RequestKey,
    pub message_id: Box<str>,
    pub channel_type: Option<Box<str>>,
    pub address: Address,
    pub sender: UserId,
    /// The customer the caller has in mind, else he is recognised by address.
    pub customer: Option<CustomerId>,
    /// It changes a message sent before.
    pub edits: bool,
    pub payload: Payload,
}

#[derive(Debug, Clone)]
pub struct Contact {
    pub request: RequestKey,
    pub message_id: Box<str>,
    pub channel_type: Option<Box<str>>,
    pub address: Address,
    pub agent: UserId,
    /// The customer the agent has in mind, else he is recognised by address, or new.
    pub customer: Option<CustomerId>,
    /// The first words; `None` when they come from the agent's desk.
    pub payload: Option<Payload>,
}

#[derive(Debug, Clone)]
pub struct Activity {
    pub request: RequestKey,
    pub target: ActivityTarget,
    pub message_id: Box<str>,
    pub payload: Payload,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivityTarget {
    Conversation(ConversationId),
    Session(SessionId),
    Customer(CustomerId),
}

/// How an attempt to deliver an entry went.
#[derive(Debug, Clone)]
pub struct Attempted {
    pub entry: Seq,
    pub at: At,
    pub duration_ms: u32,
    pub status: Option<u16>,
    pub outcome: Outcome,
    /// The agent's message it carried, by the agent's own id; its agents hear how it went.
    pub message: Option<Box<str>>,
}

/// Dead letters that nobody is going to send again.
#[derive(Debug, Clone)]
pub struct Dismissal {
    pub letters: EntryFilter,
    /// At most [`crate::dead_letter::BECAUSE_CHARS_MAX`] characters.
    pub because: Box<str>,
    /// Id of the message that was sent in their place.
    pub instead: Option<Box<str>>,
}

/// How an attempt to ask a bot went.
#[derive(Debug, Clone)]
pub struct BotAnswered {
    pub entry: Seq,
    pub at: At,
    pub duration_ms: u32,
    pub status: Option<u16>,
    pub about: About,
    pub outcome: BotOutcome,
}

#[derive(Debug, Clone, PartialEq)]
pub enum BotOutcome {
    Answered(Vec<BotReply>),
    /// It has the question and will answer by itself.
    Later,
    Failed {
        silence: BotSilence,
        reason: Box<str>,
    },
    /// It will answer the same when it is asked again: a wrong key, an unknown model.
    Refused {
        reason: Box<str>,
    },
}

#[derive(Debug, Clone)]
pub struct BotSays {
    pub bot: BotId,
    pub conversation: ConversationId,
    pub request: RequestKey,
    /// The bot sent a key of its own with it; else the request stands for its words.
    pub keyed: bool,
    /// The customer's message it answers, when the bot says.
    pub requested: Option<Box<str>>,
    pub replies: Vec<BotReply>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum AgentStateWish {
    Ready,
    NotReady { reason: Option<Value> },
    Logout { reason: Option<Value> },
}

/// Whom a bot or another system wants for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub target: WishTarget,
    pub direction: Direction,
    /// Raises the request's priority to this, at most 10.
    pub priority: Option<u8>,
    /// Asked first, instead of the agent the channel would ask first.
    pub last_agent: Option<UserId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WishTarget {
    /// The queue of the channel the customer is on.
    ChannelQueue,
    Queue(QueueId),
    QueueNamed(Box<str>),
    /// One agent; the channel's queue when he cannot be asked or lets it pass.
    Agent(UserId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeWish {
    pub survivor: CustomerId,
    pub absorbed: CustomerId,
    pub by: UserId,
    pub reason: Option<Box<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkWish {
    pub conversation: ConversationId,
    pub to: CustomerId,
    pub address: ItsAddress,
    pub by: UserId,
    pub reason: Option<Box<str>>,
}

/// What becomes of the address a linked conversation came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItsAddress {
    Stays,
    /// Whoever writes from it next is the other customer.
    GoesAlong,
}

/// An agent's wish for another agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistanceWish {
    pub agent: UserId,
    pub conversation: ConversationId,
    pub kind: Assistance,
    pub target: AssistanceTarget,
    /// For whoever is asked.
    pub note: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assistance {
    /// Somebody else serves the customer from now on.
    DirectTransfer,
    /// Somebody else serves the customer, too.
    DirectConference,
    /// Somebody advises the agent; the customer does not see him.
    Consult,
    /// The advisor takes the agent's place.
    ConsultTransfer,
    /// The advisor serves the customer, too.
    ConsultConference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssistanceTarget {
    QueueNamed(Box<str>),
    Agent(UserId),
    /// The advisor there is.
    Advisor,
}

/// How a supervisor takes part in somebody else's conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// Reads, and writes to agents only.
    Monitor,
    Whisper,
    /// Serves the customer beside the agent.
    BargeIn,
}

/// Something an agent's desk published into a conversation.
#[derive(Debug, Clone)]
pub struct Publication {
    pub agent: UserId,
    pub conversation: ConversationId,
    pub request: RequestKey,
    pub content: Published,
}

#[derive(Debug, Clone)]
pub enum Published {
    /// To the customer, on the session the agent chose, else on the one that spoke last.
    Message {
        id: Box<str>,
        session: Option<SessionId>,
        /// It changes one that was sent.
        edits: bool,
        payload: Payload,
    },
    /// To the other agents only.
    Whisper {
        id: Box<str>,
        payload: Payload,
    },
    /// A note about the conversation.
    WrapUp {
        id: Box<str>,
        /// Category and value of each code.
        codes: Vec<(Box<str>, Box<str>)>,
        payload: Payload,
    },
    Typing {
        payload: Payload,
    },
    /// The agent has read a message of the customer's.
    Read {
        message: Box<str>,
    },
    /// The agent has read what another one whispered.
    WhisperRead {
        message: Box<str>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Done,
    Accepted {
        accepted: Accepted,
        /// `None` when the customer's record is not at hand; it can be read by id.
        customer: Option<Arc<Customer>>,
    },
    Stored {
        version: u64,
    },
    Customer(Arc<Customer>),
    Replayed {
        entries: usize,
    },
    Dismissed {
        entries: usize,
    },
    Linked {
        conversations: usize,
    },
    /// An agent is looked for.
    Requested {
        task: TaskId,
    },
    /// Requests taken out of queues, and how many wait there still.
    Flushed {
        requests: usize,
        left: usize,
    },
}

pub type Reply = Result<Answer, Refusal>;
