//! Settings and reason codes as clients write them.

use serde_json::Value;
use tieline_cim::Invalid;
use tieline_cim::routing::ReasonType;
use tieline_core::registry::settings::{SETTINGS_ID, Settings};
use tieline_core::registry::{ReasonCode, ReasonPurpose, TenantSettings};

use super::{Draft, Read, number, unknown};

/// Settings that were not sent stay as they were, whole sections and single ones.
pub fn settings(draft: &mut Draft<'_>, old: Option<&TenantSettings>) -> Read<TenantSettings> {
    let kept = old.map_or_else(Settings::default, |old| old.settings.clone());
    let mut members =
        serde_json::to_value(kept).map_err(|error| Invalid::at("settings", error.to_string()))?;
    if let Some(sent) = draft.body.as_object_mut() {
        sent.remove("id");
    }
    overlay(&mut members, &draft.body);
    let settings: Settings = tieline_cim::parse(members.to_string().as_bytes())?;
    Ok(TenantSettings { id: SETTINGS_ID, name: "Settings".to_owned(), settings })
}

fn overlay(kept: &mut Value, sent: &Value) {
    match (kept, sent) {
        (Value::Object(kept), Value::Object(sent)) => {
            for (member, value) in sent {
                overlay(kept.entry(member.as_str()).or_insert(Value::Null), value);
            }
        }
        (kept, sent) => *kept = sent.clone(),
    }
}

pub fn reason_code(draft: &mut Draft<'_>, old: Option<&ReasonCode>) -> Read<ReasonCode> {
    let sent: tieline_cim::routing::ReasonCode = draft.typed()?;
    let purpose = match sent.kind {
        Some(ReasonType::NotReady) => ReasonPurpose::NotReady,
        Some(ReasonType::Logout) => ReasonPurpose::Logout,
        Some(ReasonType::Callback) => ReasonPurpose::Callback,
        Some(other) => return Err(unknown("type", other.as_str(), "NOT_READY, LOGOUT or CALLBACK")),
        None => return Err(Invalid::at("type", "is missing; send NOT_READY, LOGOUT or CALLBACK")),
    };
    let code = match sent.code {
        Some(code) => number("code", code)?,
        None => old.map_or(0, |old| old.code),
    };
    Ok(ReasonCode {
        id: draft.id,
        name: sent.name,
        description: sent.description.unwrap_or_default(),
        purpose,
        code,
    })
}
