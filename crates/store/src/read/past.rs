//! Closed conversations, found by what is known of them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use tieline_core::conversation::{Conversation, Mark, SessionDirection};
use tieline_core::id::{ConversationId, CustomerId, Id};
use tieline_core::time::{At, Span};

use super::PAGE_ROWS;
use crate::codec::Opening;
use crate::error::Result;
use crate::rows::{ConversationQuery, ConversationRow};

/// Closed conversations, newest first. What is given must hold all together.
#[derive(Debug, Clone, PartialEq)]
pub struct PastSearch {
    /// His, and of those merged into him.
    pub customer: Option<CustomerId>,
    pub marks: Vec<Mark>,
    /// One of these at least, if there are any.
    pub any_mark: Vec<Mark>,
    pub direction: Option<SessionDirection>,
    /// Begun at this time or later.
    pub from: Option<At>,
    /// Begun before this time.
    pub until: Option<At>,
    /// Seconds from beginning to end.
    pub lasted_secs: RangeInclusive<u64>,
    /// The last one of the page before.
    pub before: Option<ConversationId>,
}

impl Default for PastSearch {
    fn default() -> Self {
        Self {
            customer: None,
            marks: Vec::new(),
            any_mark: Vec::new(),
            direction: None,
            from: None,
            until: None,
            lasted_secs: 0..=u64::MAX,
            before: None,
        }
    }
}

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    pub conversations: Vec<Arc<Conversation>>,
    /// Before which the next page begins; `None` at the end.
    pub next: Option<ConversationId>,
}

/// Conversations looked at for one page.
const PAST_LOOKED_AT_MAX: usize = 5_000;

pub(super) fn past(opening: &Opening<'_>, search: &PastSearch, limit: usize) -> Result<Past> {
    // An id tells the second alone: those of the second `until` is in are looked at.
    let end = search.until.map(|until| first_id_from(until + Span::secs(1)));
    let mut before = [search.before, end].into_iter().flatten().min();
    let mut found = Past::default();
    let mut looked_at = 0;
    while looked_at < PAST_LOOKED_AT_MAX {
        let page = candidates(opening, search, before)?;
        let Some(last) = page.last().map(|row| row.id) else { return Ok(Past { next: None, ..found }) };
        looked_at += page.len();
        for row in page {
            if search.from.is_some_and(|from| row.id < first_id_from(from)) {
                return Ok(Past { next: None, ..found });
            }
            let Some(conversation) = opening.conversation(row)? else { continue };
            if search.means(&conversation) {
                found.next = Some(conversation.id);
                found.conversations.push(Arc::new(conversation));
            }
            if found.conversations.len() == limit {
                return Ok(found);
            }
        }
        before = Some(last);
    }
    Ok(Past { next: before, ..found })
}

/// A page of conversations among which are all that are meant.
fn candidates(
    opening: &Opening<'_>,
    search: &PastSearch,
    before: Option<ConversationId>,
) -> Result<Vec<ConversationRow>> {
    let rows = opening.rows;
    let (Some(mark), None) = (search.marks.first(), search.customer) else {
        let customer = search.customer;
        return rows.conversations(&ConversationQuery {
            customer,
            live_only: false,
            before,
            limit: PAGE_ROWS,
        });
    };
    let marked = rows.marked(&opening.vault.mark_index(mark), before, PAGE_ROWS)?;
    let mut found = Vec::with_capacity(marked.len());
    for id in marked {
        found.extend(rows.conversation(id)?);
    }
    Ok(found)
}

/// Ids begin with the second they were made in.
pub(crate) fn first_id_from(at: At) -> ConversationId {
    let seconds =
        u32::try_from(at.millis().div_euclid(1000)).unwrap_or(if at.millis() < 0 { 0 } else { u32::MAX });
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    ConversationId(Id(bytes))
}

impl PastSearch {
    /// Whether a conversation is closed and meant.
    fn means(&self, conversation: &Conversation) -> bool {
        let Some(closed_at) = conversation.closed_at else { return false };
        let marks = conversation.marks();
        let began = conversation.started_at;
        let lasted = closed_at.since(began).as_secs();
        let went = |direction| conversation.sessions.iter().any(|session| session.direction == direction);
        self.marks.iter().all(|mark| marks.contains(mark))
            && (self.any_mark.is_empty() || self.any_mark.iter().any(|mark| marks.contains(mark)))
            && self.direction.is_none_or(went)
            && self.from.is_none_or(|from| began >= from)
            && self.until.is_none_or(|until| began < until)
            && self.lasted_secs.contains(&lasted)
    }
}
