//! Labels and canned messages as clients write them.

use serde::Deserialize;
use tieline_core::registry::{CannedMessage, Label};

use super::{Draft, Read, number};

pub fn label(draft: &mut Draft<'_>, old: Option<&Label>) -> Read<Label> {
    let sent: tieline_cim::customer::Label = draft.typed()?;
    Ok(Label {
        id: draft.id,
        name: sent.name,
        colour: sent.color_code.unwrap_or_default(),
        priority: sent.priority.map(|priority| number("priority", priority)).transpose()?,
        created_by: sent.created_by.or_else(|| old.map(|old| old.created_by.clone())).unwrap_or_default(),
    })
}

#[derive(Deserialize)]
struct Sent {
    name: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    category: String,
    text: String,
}

pub fn canned_message(draft: &mut Draft<'_>, _old: Option<&CannedMessage>) -> Read<CannedMessage> {
    let Sent { name, language, category, text } = draft.typed()?;
    Ok(CannedMessage { id: draft.id, name, language, category, text })
}
