//! What makes a desk one's own: labels, canned messages, announcements, preferences.

use super::super::{Announcement, CannedMessage, Label, Preferences};
use serde_json::Map;
use tieline_cim::Why;

use super::{NAME_CHARS_MAX, ensure, ensure_chars, ensure_within, repeated};
use crate::id::{Id, UserId};
use crate::refusal::Refusal;
use crate::time::Span;

const COLOUR_CHARS_MAX: usize = 30;
const LANGUAGE_CHARS_MAX: usize = 20;
const CANNED_CHARS_MAX: usize = 4_096;
const ANNOUNCEMENT_CHARS_MAX: usize = 500;
const ANNOUNCEMENT_TEAMS_MAX: usize = 100;
/// From its first to its last moment.
const ANNOUNCEMENT_DAYS_MAX: u32 = 5;
const ANNOUNCEMENT_MAX: Span = Span::secs(ANNOUNCEMENT_DAYS_MAX as u64 * 24 * 3600);
/// JSON text of each of a person's two sets of choices.
const CHOICES_BYTES_MAX: usize = 16 * 1024;
const LISTS_MAX: usize = 100;
/// Announcements remembered as seen; those seen before are long over.
const SEEN_MAX: usize = 200;

impl Preferences {
    /// Of somebody who has chosen nothing yet.
    #[must_use]
    pub fn of(user: UserId) -> Self {
        Self { id: user, desk: Map::new(), customers: Map::new(), lists: Vec::new(), seen: Vec::new() }
    }

    /// Remembers an announcement as seen, and forgets the oldest when there are too many.
    pub fn see(&mut self, announcement: Id) {
        self.seen.retain(|seen| *seen != announcement);
        self.seen.push(announcement);
        self.seen.drain(..self.seen.len().saturating_sub(SEEN_MAX));
    }
}

pub(super) fn check_label(new: &Label) -> Result<(), Refusal> {
    ensure_chars("colorCode", &new.colour, COLOUR_CHARS_MAX)?;
    ensure_chars("createdBy", &new.created_by, NAME_CHARS_MAX)?;
    ensure_within("priority", new.priority.unwrap_or(1), 1..=10)
}

pub(super) fn check_canned_message(new: &CannedMessage) -> Result<(), Refusal> {
    ensure_chars("language", &new.language, LANGUAGE_CHARS_MAX)?;
    ensure_chars("category", &new.category, NAME_CHARS_MAX)?;
    ensure(!new.text.trim().is_empty(), "text", Why::Blank)?;
    ensure_chars("text", &new.text, CANNED_CHARS_MAX)
}

pub(super) fn check_announcement(new: &Announcement, old: Option<&Announcement>) -> Result<(), Refusal> {
    ensure(!new.text.trim().is_empty(), "announcementText", Why::Blank)?;
    ensure_chars("announcementText", &new.text, ANNOUNCEMENT_CHARS_MAX)?;
    ensure(!new.teams.is_empty(), "teams", Why::TeamNeeded)?;
    if new.teams.len() > ANNOUNCEMENT_TEAMS_MAX {
        return Err(Refusal::limit(Why::AnnouncementTeamsMax { max: ANNOUNCEMENT_TEAMS_MAX }));
    }
    if let Some(i) = repeated(&new.teams) {
        return Err(Refusal::invalid(format!("teams[{i}]"), Why::ThereAlready));
    }
    ensure(new.scheduled_at < new.expires_at, "expiryTime", Why::AfterScheduled)?;
    ensure(
        new.expires_at.since(new.scheduled_at) <= ANNOUNCEMENT_MAX,
        "expiryTime",
        Why::AnnouncementLong { days: ANNOUNCEMENT_DAYS_MAX },
    )?;
    ensure(old.is_none_or(|old| old.author == new.author), "supervisorId", Why::AuthorStays)
}

pub(super) fn check_preferences(new: &Preferences) -> Result<(), Refusal> {
    for (field, choices) in [("desk", &new.desk), ("customers", &new.customers)] {
        let bytes = serde_json::to_string(choices).map_or(usize::MAX, |text| text.len());
        ensure(bytes <= CHOICES_BYTES_MAX, field, Why::BytesAtMost { max: CHOICES_BYTES_MAX })?;
    }
    if new.lists.len() > LISTS_MAX {
        return Err(Refusal::limit(Why::FollowedListsMax { max: LISTS_MAX }));
    }
    ensure(new.seen.len() <= SEEN_MAX, "seen", Why::ItemsAtMost { max: SEEN_MAX })
}
