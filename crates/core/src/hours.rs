//! Out of hours: what becomes of customers who write while nobody is there.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::calendar::{message_at, open_at};
use crate::conversation::Conversation;
use crate::id::SessionId;
use crate::registry::{Channel, OutOfHours};
use crate::turn::Turn;

/// The pair of a conversation's data that says the customer was told; agents see it too.
const TOLD: &str = "outOfHours";

impl Turn<'_> {
    /// Whether nobody is looked for now because the channel is closed. The customer is told, once in a conversation.
    pub fn turned_away(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        channel: &Channel,
    ) -> bool {
        let OutOfHours::Tell { text } = &channel.out_of_hours else { return false };
        let registry = Arc::clone(&self.state.registry);
        let Some(calendar) = channel.calendar.and_then(|id| registry.calendar(id)) else { return false };
        let calendar = &calendar.value;
        if open_at(calendar, self.now) {
            return false;
        }
        if conversation.data.get(TOLD) != Some(&Value::Bool(true)) {
            let configured = Some(text.as_str()).filter(|text| !text.trim().is_empty());
            let configured = configured.or_else(|| message_at(calendar, self.now)).map(str::to_owned);
            let text = configured.unwrap_or_else(|| self.text(|texts| &texts.closed));
            self.say(conversation, session, &text);
            self.merge_into(conversation, &Map::from_iter([(TOLD.to_owned(), Value::Bool(true))]));
        }
        true
    }
}
