//! Whether what was sent on a channel can still be changed.
//!
//! A connector says so with the attribute of this name among its own. One that says nothing changes messages if its
//! channel type is known to; to others an edit would be one more message.

use serde_json::Value;

use super::Registry;
use crate::id::ChannelId;

/// The attribute by which a connector says whether it changes messages, and by which desks are told.
pub const EDIT_SUPPORT: &str = "EDIT_MESSAGE_SUPPORT_DM";
/// Channel types whose connectors change messages unless they say otherwise.
const EDITABLE_TYPES: [&str; 2] = ["WEB", "FACEBOOK"];

impl Registry {
    /// Whether agents may change what they sent on a channel.
    #[must_use]
    pub fn may_edit(&self, channel: ChannelId) -> bool {
        let Some(channel) = self.channel(channel).map(|stored| &stored.value) else { return false };
        let connector = self.connector(channel.connector).map(|stored| &stored.value);
        let said = connector.and_then(|connector| {
            let value = &connector.values.iter().find(|value| value.key == EDIT_SUPPORT)?.value;
            match value {
                Value::Bool(may) => Some(*may),
                Value::String(text) => text.trim().parse().ok(),
                _ => None,
            }
        });
        said.unwrap_or_else(|| {
            let of = self.channel_type(channel.channel_type).map(|stored| &*stored.value.name);
            EDITABLE_TYPES.iter().any(|known| of.is_some_and(|of| of.eq_ignore_ascii_case(known)))
        })
    }
}
