//! Conversations whose time is over.

use tieline_core::event::Seq;
use tieline_core::id::ConversationId;
use tieline_core::time::{At, Span};

use crate::backend::Care;
use crate::error::Result;
use crate::read::first_id_from;
use crate::rows::{EntryRow, EventRow, RowsMut};
use crate::{Inner, Store};

/// Events removed in one transaction, so that messages do not wait long behind it.
const REMOVED_EVENTS: usize = 500;

impl Store {
    /// Conversations that ended before `before` and have nothing left to deliver, by id, after `after`; those of erased
    /// customers too.
    pub async fn ended(
        &self,
        before: At,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>> {
        // An id tells the second alone.
        let until = first_id_from(before + Span::secs(1));
        self.read(move |_, rows| rows.ended(before, until, after, limit)).await
    }

    /// Removes a conversation, if it has ended: what happened and was delivered in it, and what it is found by. An event
    /// that is to be delivered again stays, and the conversation with it, until it is called again. Whether all is gone.
    pub async fn remove_conversation(&self, id: ConversationId) -> Result<bool> {
        let (mut after, mut is_left) = (0, false);
        loop {
            let work =
                move |inner: &Inner, rows: &mut dyn RowsMut| remove_some(inner, rows, id, after, is_left);
            match self.write(Care::Ordinary, work).await? {
                Step::Further { last, left } => (after, is_left) = (last, left),
                Step::End { is_gone } => return Ok(is_gone),
            }
        }
    }
}

enum Step {
    Further { last: Seq, left: bool },
    End { is_gone: bool },
}

/// Removes some events after `after`, and with the last of them the conversation, unless something of it is left.
fn remove_some(
    inner: &Inner,
    rows: &mut dyn RowsMut,
    id: ConversationId,
    after: Seq,
    mut left: bool,
) -> Result<Step> {
    let Some(row) = rows.conversation(id)?.filter(|row| !row.live) else {
        return Ok(Step::End { is_gone: false });
    };
    let events = rows.events(id, after, None, REMOVED_EVENTS)?;
    if let Some(last) = events.last().map(|event| event.seq) {
        for event in events {
            left |= !remove_event(rows, event)?;
        }
        return Ok(Step::Further { last, left });
    }
    if left {
        return Ok(Step::End { is_gone: false });
    }
    if let Some(conversation) = inner.opening(&*rows).conversation(row)? {
        for mark in conversation.marks() {
            rows.delete_mark(&inner.vault.mark_index(&mark), id)?;
        }
    }
    rows.delete_conversation(id)?;
    Ok(Step::End { is_gone: true })
}

/// Whether it is gone.
fn remove_event(rows: &mut dyn RowsMut, event: EventRow) -> Result<bool> {
    let entries = rows.entries_of_event(event.seq)?;
    if entries.iter().any(EntryRow::is_pending) {
        return Ok(false);
    }
    for entry in entries {
        rows.delete_entry(entry.seq)?;
    }
    rows.delete_event(event)?;
    Ok(true)
}
