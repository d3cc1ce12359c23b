//! The audit trail: who did what, when, and from where.
//!
//! A command comes with its [`Origin`], and the rule that carries it out notes the [`Deed`] beside the change, in the same
//! batch: no change is without its record, and no record without its change. What is registered keeps its versions, so a
//! record names the version; of a customer it tells what changed, and is sealed with his key. Secrets are in no record.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::customer::Customer;
use crate::event::Seq;
use crate::id::{ConversationId, CustomerId, Id, QueueId, UserId};
use crate::registry::{CustomerValueType, Kind, Registry};
use crate::time::At;
use crate::turn::Turn;

/// In place of a value that is nobody's business.
const HIDDEN: &str = "*****";

/// Who asks for something, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    pub by: Actor,
    pub address: Option<IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Tieline itself, or its command line.
    #[default]
    System,
    User(UserId),
    /// Somebody who did not prove who he is.
    Stranger,
}

impl Actor {
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::System | Self::Stranger => None,
        }
    }
}

impl Origin {
    #[must_use]
    pub const fn user(by: UserId, address: Option<IpAddr>) -> Self {
        Self { by: Actor::User(by), address }
    }
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its place; records draw from the counter of the log.
    pub seq: Seq,
    pub at: At,
    pub by: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    pub deed: Deed,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The former version, if there was one, and this one can be read from the object's versions.
    ObjectPut {
        kind: Kind,
        id: Id,
        version: u64,
    },
    ObjectDeleted {
        kind: Kind,
        id: Id,
    },
    CustomerPut {
        customer: CustomerId,
        version: u64,
        changes: BTreeMap<String, Change>,
    },
    CustomerErased {
        customer: CustomerId,
    },
    CustomersMerged {
        survivor: CustomerId,
        absorbed: CustomerId,
        reason: Option<Box<str>>,
    },
    CustomerUnmerged {
        customer: CustomerId,
        survivor: CustomerId,
        reason: Option<Box<str>>,
    },
    ConversationLinked {
        conversation: ConversationId,
        from: CustomerId,
        to: CustomerId,
        reason: Option<Box<str>>,
    },
    ConversationUnlinked {
        conversation: ConversationId,
        from: CustomerId,
        to: CustomerId,
        reason: Option<Box<str>>,
    },
    /// A supervisor changed an agent's state.
    AgentSupervised {
        agent: UserId,
        state: Box<str>,
    },
    /// A supervisor takes part in a conversation.
    ConversationJoined {
        conversation: ConversationId,
        role: Box<str>,
    },
    QueueFlushed {
        queue: Option<QueueId>,
        requests: u64,
    },
    DeliveriesReplayed {
        entries: u64,
    },
    /// `instead` is the id of the message that was sent in their place.
    DeliveriesDismissed {
        entries: u64,
        because: Box<str>,
        instead: Option<Box<str>>,
    },
    SignedIn {
        door: Box<str>,
    },
    /// A wrong name or password, or an account that may not come in here.
    SignInRefused {
        door: Box<str>,
    },
    /// From now on he signs in with a code beside his password.
    SecondFactorSet {
        user: UserId,
    },
    SecondFactorRemoved {
        user: UserId,
    },
    /// Somebody proved himself with one of his recovery codes.
    RecoveryCodeUsed {
        user: UserId,
    },
    PermissionRefused {
        resource: Box<str>,
        action: Box<str>,
    },
    Exported {
        what: Box<str>,
    },
    /// A customer's personal data was shown in clear to somebody who does not serve him.
    PersonalDataRead {
        customer: CustomerId,
    },
    /// Somebody wrote, reported or ended a chat in a customer's place.
    CustomerPlayed {
        conversation: ConversationId,
    },
}

/// A value before and after; null for none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub before: Value,
    pub after: Value,
}

/// Number and name of each deed. Neither changes its meaning.
macro_rules! deeds {
    ($($deed:ident = $code:literal, $name:literal;)*) => {
        impl Deed {
            /// What a deed can be called, with the number it is stored under.
            pub const NAMES: &[(&str, u8)] = &[$(($name, $code)),*];

            #[must_use]
            pub const fn code(&self) -> u8 {
                match self {
                    $(Self::$deed { .. } => $code,)*
                }
            }

            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$deed { .. } => $name,)*
                }
            }
        }
    };
}

deeds! {
    ObjectPut = 1, "object.put";
    ObjectDeleted = 2, "object.deleted";
    CustomerPut = 3, "customer.put";
    CustomerErased = 4, "customer.erased";
    CustomersMerged = 5, "customer.merged";
    CustomerUnmerged = 6, "customer.unmerged";
    ConversationLinked = 7, "conversation.linked";
    ConversationUnlinked = 8, "conversation.unlinked";
    AgentSupervised = 9, "agent.supervised";
    ConversationJoined = 10, "conversation.joined";
    QueueFlushed = 11, "queue.flushed";
    DeliveriesReplayed = 12, "deliveries.replayed";
    SignedIn = 13, "session.opened";
    SignInRefused = 14, "session.refused";
    PermissionRefused = 15, "permission.refused";
    Exported = 16, "data.exported";
    PersonalDataRead = 17, "customer.read";
    CustomerPlayed = 18, "customer.played";
    SecondFactorSet = 19, "second_factor.set";
    SecondFactorRemoved = 20, "second_factor.removed";
    RecoveryCodeUsed = 21, "second_factor.recovered";
    DeliveriesDismissed = 22, "deliveries.dismissed";
}

impl Deed {
    /// Whom or what it was done to.
    #[must_use]
    pub fn subject(&self) -> Option<Id> {
        Some(match self {
            Self::ObjectPut { id, .. } | Self::ObjectDeleted { id, .. } => *id,
            Self::CustomerPut { customer, .. }
            | Self::CustomerErased { customer }
            | Self::CustomerUnmerged { customer, .. }
            | Self::PersonalDataRead { customer } => (*customer).into(),
            Self::CustomersMerged { survivor, .. } => (*survivor).into(),
            Self::ConversationLinked { conversation, .. }
            | Self::ConversationUnlinked { conversation, .. }
            | Self::ConversationJoined { conversation, .. }
            | Self::CustomerPlayed { conversation } => (*conversation).into(),
            Self::AgentSupervised { agent, .. } => (*agent).into(),
            Self::SecondFactorSet { user }
            | Self::SecondFactorRemoved { user }
            | Self::RecoveryCodeUsed { user } => (*user).into(),
            Self::QueueFlushed { queue, .. } => return queue.map(Into::into),
            Self::DeliveriesReplayed { .. }
            | Self::DeliveriesDismissed { .. }
            | Self::SignedIn { .. }
            | Self::SignInRefused { .. }
            | Self::PermissionRefused { .. }
            | Self::Exported { .. } => return None,
        })
    }

    /// The customer whose erasure erases what it tells.
    #[must_use]
    pub const fn about(&self) -> Option<CustomerId> {
        match self {
            Self::CustomerPut { customer, .. } | Self::CustomerUnmerged { customer, .. } => Some(*customer),
            Self::CustomersMerged { survivor, .. } => Some(*survivor),
            Self::ConversationLinked { to, .. } | Self::ConversationUnlinked { to, .. } => Some(*to),
            _ => None,
        }
    }
}

/// What differs between a customer as he was and as he is; passwords tell only that they do.
pub(crate) fn changes(
    registry: &Registry,
    before: Option<&Customer>,
    after: &Customer,
) -> BTreeMap<String, Change> {
    let value = |customer: Option<&Customer>, key: &str| {
        customer.and_then(|customer| customer.attributes.get(key)).cloned().unwrap_or_default()
    };
    let is_secret = |key: &str| {
        let attribute = registry.schema_attributes().find(|stored| stored.value.key == key);
        attribute.is_some_and(|stored| stored.value.value_type == CustomerValueType::Password)
    };
    let keys: BTreeSet<&str> =
        before.into_iter().chain([after]).flat_map(|one| one.attributes.iter().map(|(key, _)| key)).collect();
    let mut found = BTreeMap::new();
    for key in keys {
        let (mut was, mut is) = (value(before, key), value(Some(after), key));
        if was == is {
            continue;
        }
        if is_secret(key) {
            for value in [&mut was, &mut is].into_iter().filter(|value| !value.is_null()) {
                *value = HIDDEN.into();
            }
        }
        found.insert(key.to_owned(), Change { before: was, after: is });
    }
    let labels = before.map(|before| before.labels.clone()).unwrap_or_default();
    if labels != after.labels {
        let change = Change { before: labels.into(), after: after.labels.clone().into() };
        found.insert(crate::customer::LABELS.to_owned(), change);
    }
    found
}

impl Turn<'_> {
    /// Notes what this step does, beside what it writes.
    pub fn note(&mut self, deed: Deed) {
        let record = Record {
            seq: self.state.take_seq(),
            at: self.now,
            by: self.origin.by,
            address: self.origin.address,
            deed,
        };
        self.state.batch.audit.push(record);
    }
}
