//! A request as it stands on a pull list, and the lists as they are now.
//!
//! Values and an index, no rules: what puts a request on a list, changes it and takes it off is [`crate::pull`]'s
//! business.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, ListId, ListingId, SessionId, UserId};
use crate::time::At;

/// Requests that may stand on one list.
pub const LISTED_MAX: usize = 1_000;

/// A customer who is on a pull list until his conversation ends. A conversation is on one list at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub id: ListingId,
    pub list: ListId,
    /// The session that asked.
    pub session: SessionId,
    pub since: At,
    pub stage: Stage,
    /// The customer was told that somebody will come back to him: until somebody has, it stays on the list when he
    /// leaves.
    #[serde(default)]
    pub promised: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Stage {
    /// Nobody has joined.
    Unread,
    /// Somebody serves the customer.
    Active,
    /// Everybody who had joined has left. `awaited` once somebody is called for again.
    Inactive { awaited: bool },
    /// It has left the list; only events say so.
    Closed,
}

/// What is on which list, and who follows it.
#[derive(Debug, Default)]
pub struct Lists {
    listed: BTreeMap<ListId, BTreeMap<ListingId, ConversationId>>,
    followers: BTreeMap<ListId, BTreeSet<UserId>>,
}

impl Lists {
    pub(crate) fn add(&mut self, listing: &Listing, conversation: ConversationId) {
        self.listed.entry(listing.list).or_default().insert(listing.id, conversation);
    }

    pub(crate) fn remove(&mut self, listing: &Listing) {
        if let Some(listed) = self.listed.get_mut(&listing.list) {
            listed.remove(&listing.id);
            if listed.is_empty() {
                self.listed.remove(&listing.list);
            }
        }
    }

    /// The conversation of a request that is on any list.
    #[must_use]
    pub fn conversation_of(&self, listing: ListingId) -> Option<ConversationId> {
        self.listed.values().find_map(|listed| listed.get(&listing)).copied()
    }

    /// The conversations on a list, oldest request first.
    pub fn on(&self, list: ListId) -> impl Iterator<Item = ConversationId> + '_ {
        self.listed.get(&list).into_iter().flat_map(|listed| listed.values().copied())
    }

    #[must_use]
    pub fn length(&self, list: ListId) -> usize {
        self.listed.get(&list).map_or(0, BTreeMap::len)
    }

    /// Everybody who follows a list, at work or not.
    pub fn followers(&self, list: ListId) -> impl Iterator<Item = UserId> + '_ {
        self.followers.get(&list).into_iter().flatten().copied()
    }

    /// What somebody follows from now on.
    pub(crate) fn learn_follower(&mut self, user: UserId, lists: &[ListId]) {
        for followers in self.followers.values_mut() {
            followers.remove(&user);
        }
        for list in lists {
            self.followers.entry(*list).or_default().insert(user);
        }
        self.followers.retain(|_, followers| !followers.is_empty());
    }
}
