//! What a batch of steps writes: one value, committed in one transaction.
//!
//! Log records are in the order they were made. Of an entity that changed more than once only the last state is
//! here.

use std::sync::Arc;

use crate::agent::Agent;
use crate::audit::Record;
use crate::conversation::Conversation;
use crate::customer::{Customer, Identity};
use crate::delivery::{Attempt, Entry};
use crate::event::{Event, Seq};
use crate::facts::{Accepted, RequestKey};
use crate::id::{ConversationId, CustomerId, Id, UserId};
use crate::registry::{Kind, Object};
use crate::report::{FinishedTask, StateChange, Tallies};
use crate::time::At;

#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub objects: Vec<ObjectChange>,
    pub customers: Vec<CustomerChange>,
    /// A closed conversation leaves the live state and stays as history.
    pub conversations: Vec<Conversation>,
    pub agents: Vec<AgentChange>,
    pub events: Vec<Arc<Event>>,
    /// Conversations that are another customer's now, with all that was said in them until then.
    pub rehomed: Vec<Rehomed>,
    pub entries: Vec<Entry>,
    pub attempts: Vec<Attempt>,
    pub requests: Vec<(RequestKey, At, Accepted)>,
    /// Added to the sums there are.
    pub tallies: Tallies,
    /// The log of agents' states goes on.
    pub state_changes: Vec<StateChange>,
    pub finished: Vec<FinishedTask>,
    /// What was done by whom.
    pub audit: Vec<Record>,
    /// The log position after this batch; nothing up to it will be given out again.
    pub next_seq: Seq,
}

#[derive(Debug, Clone)]
pub enum ObjectChange {
    Put {
        object: Box<Object>,
        version: u64,
        at: At,
    },
    /// The present version with what the hub keeps up in it by itself; it stays the version it is, and leaves no former one.
    Amend {
        object: Box<Object>,
        version: u64,
        at: At,
    },
    Delete {
        kind: Kind,
        id: Id,
        at: At,
    },
}

#[derive(Debug, Clone)]
pub enum CustomerChange {
    /// `identities` is the whole set under which the customer is found from now on.
    Put { customer: Arc<Customer>, identities: Vec<Identity> },
    /// Destroy what is needed to read the customer and everything written about him.
    Erase { customer: CustomerId },
}

/// Everything written about a conversation is `to`'s, whoever it was written about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehomed {
    pub conversation: ConversationId,
    pub to: CustomerId,
}

#[derive(Debug, Clone)]
pub enum AgentChange {
    Put(Box<Agent>),
    /// Logged out.
    Delete(UserId),
}

impl Batch {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
            && self.customers.is_empty()
            && self.conversations.is_empty()
            && self.agents.is_empty()
            && self.events.is_empty()
            && self.rehomed.is_empty()
            && self.entries.is_empty()
            && self.attempts.is_empty()
            && self.requests.is_empty()
            && self.tallies.is_empty()
            && self.state_changes.is_empty()
            && self.finished.is_empty()
            && self.audit.is_empty()
    }
}
