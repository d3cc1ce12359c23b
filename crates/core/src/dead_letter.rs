//! Dead letters: what was given up waits for somebody to see to it.
//!
//! Promises: a dead letter leaves the list of those that wait only by what somebody did, and says who it was, when and
//! what became of it. Sent again, it is a new entry at the end of its lane, which the old one names.

use tieline_cim::Why;

use crate::audit::Deed;
use crate::command::{Answer, Dismissal};
use crate::delivery::{Entry, EntryStatus, Lane, Resolution, Resolved, Subject};
use crate::event::Seq;
use crate::facts::EntryFilter;
use crate::refusal::Refusal;
use crate::time::At;
use crate::turn::{Outcome, Turn};

/// Characters of the reason for which letters are dismissed.
pub const BECAUSE_CHARS_MAX: usize = 500;

impl Turn<'_> {
    /// Sends dead entries again. What a receiver knows a message by stays the same.
    pub fn replay(&mut self, filter: &EntryFilter) -> Outcome<Answer> {
        let letters = self.letters(filter, may_be_replayed);
        let mut entries = 0;
        for (old, given_up_at, reason) in letters {
            let known = old.to.connector().and_then(|connector| self.state.registry.connector(connector));
            if known.is_none() {
                continue;
            }
            if let (Lane::Session(_), None) = (old.lane, self.party_of(&old)) {
                continue;
            }
            let seq = self.state.take_seq();
            let again = Entry {
                seq,
                previous: self.append_to_lane(&old, seq),
                created_at: self.now,
                attempts: 0,
                status: EntryStatus::Pending { due: self.now },
                ..old.clone()
            };
            self.resolve(old, given_up_at, reason, Resolution::Replayed { entry: seq });
            let party = self.party_of(&again);
            self.enqueue_entry(again, None, party);
            entries += 1;
        }
        self.note(Deed::DeliveriesReplayed { entries: entries as u64 });
        Ok(Answer::Replayed { entries })
    }

    /// Takes dead letters from the list of those that wait; none of them is sent again by it.
    pub fn dismiss(&mut self, dismissal: &Dismissal) -> Outcome<Answer> {
        let Dismissal { letters, because, instead } = dismissal;
        if because.trim().is_empty() || because.chars().count() > BECAUSE_CHARS_MAX {
            return Err(Refusal::invalid("because", Why::DismissalUnsaid { max: BECAUSE_CHARS_MAX }).into());
        }
        if let Some(id) = instead
            && self.state.recent.messages(self.facts, id).is_empty()
        {
            return Err(Refusal::not_found(Why::NoMessage { id: id.to_string() }).into());
        }
        let letters = self.letters(letters, |status| matches!(status, EntryStatus::Dead { .. }));
        let entries = letters.len();
        for (old, given_up_at, reason) in letters {
            let how = Resolution::Dismissed { because: because.clone(), instead: instead.clone() };
            self.resolve(old, given_up_at, reason, how);
        }
        self.note(Deed::DeliveriesDismissed {
            entries: entries as u64,
            because: because.clone(),
            instead: instead.clone(),
        });
        Ok(Answer::Dismissed { entries })
    }

    /// The letters that are meant, oldest first, with when and why each was given up.
    fn letters(
        &self,
        filter: &EntryFilter,
        is_meant: impl Fn(&EntryStatus) -> bool,
    ) -> Vec<(Entry, At, Box<str>)> {
        let found = self.facts.dead_entries.values().filter(|entry| {
            is_meant(&entry.status)
                && filter.lets_through(entry)
                && !self.state.recent.was_resolved(entry.seq)
        });
        let letters = found.filter_map(|entry| match &entry.status {
            EntryStatus::Dead { at, reason } => Some((entry.clone(), *at, reason.clone())),
            EntryStatus::Resolved { letter: Some(letter), .. } => {
                Some((entry.clone(), letter.given_up_at, letter.reason.clone()))
            }
            _ => None,
        });
        letters.take(filter.limit).collect()
    }

    fn resolve(&mut self, old: Entry, given_up_at: At, reason: Box<str>, how: Resolution) {
        self.state.recent.note_resolved(old.seq);
        let letter = Resolved { given_up_at, reason, by: self.origin.by.user(), how };
        let status = EntryStatus::Resolved { at: self.now, letter: Some(Box::new(letter)) };
        self.state.batch.entries.push(Entry { status, ..old });
    }

    /// Makes `seq` the newest entry of the lane `of` is in. Returns the one that was, as far as it is known: a
    /// closed conversation no longer takes note.
    fn append_to_lane(&mut self, of: &Entry, seq: Seq) -> Seq {
        let (Lane::Session(session), Subject::Event { conversation, .. }) = (of.lane, of.subject) else {
            return of.previous;
        };
        if let Some(mut live) = self.take(conversation) {
            let last =
                live.session_mut(session).map(|session| std::mem::replace(&mut session.last_entry, seq));
            self.put_back(live);
            return last.unwrap_or(of.previous);
        }
        let waiting = self.state.outbox.lane(of.lane).last();
        let closed = || self.state.recent.conversation(self.facts, conversation);
        waiting.or_else(|| Some(closed()?.session(session)?.last_entry)).unwrap_or(of.previous)
    }
}

/// What waits; and what was dismissed with nothing in its place, when somebody names it.
fn may_be_replayed(status: &EntryStatus) -> bool {
    match status {
        EntryStatus::Dead { .. } => true,
        EntryStatus::Resolved { letter: Some(letter), .. } => {
            matches!(letter.how, Resolution::Dismissed { instead: None, .. })
        }
        _ => false,
    }
}
