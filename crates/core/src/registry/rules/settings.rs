//! Settings, reason codes.

use std::ops::RangeInclusive;

use tieline_cim::Why;

use super::super::settings::{
    AgentThreshold, CustomerThreshold, CustomerThresholdAction, PAUSES_MAX, SETTINGS_ID, THRESHOLDS_MAX,
    WrapUp,
};
use super::super::{ReasonCode, TenantSettings};
use super::{DESCRIPTION_CHARS_MAX, ensure, ensure_chars, ensure_within, repeated};
use crate::refusal::Refusal;
use crate::task::PRIORITY_MAX;

const WRAP_UP_SECS_MAX: u32 = 3_600;
const PAUSE_SECS_MAX: u32 = 86_400;
/// Of one sentence a customer or an agent is told.
const TEXT_CHARS_MAX: usize = 1_000;
const DISCONNECT_GRACE_SECS: RangeInclusive<u32> = 5..=300;
const RONAS_MAX: u16 = 100;
const HEAD_START_SECS: RangeInclusive<u32> = 1..=3_600;
const RECONNECT_SECS_MAX: u32 = 86_400;
const RETENTION_DAYS_MAX: u16 = 4_000;
const PREFIX_CHARS_MAX: usize = 10;

pub(super) fn check_settings(new: &TenantSettings) -> Result<(), Refusal> {
    ensure(new.id == SETTINGS_ID, "id", Why::OneSettings { id: SETTINGS_ID.to_string() })?;
    let settings = &new.settings;
    check_wrap_up("wrapUp", settings.wrap_up)?;
    if settings.pauses.len() > PAUSES_MAX {
        return Err(Refusal::limit(Why::PausesMax { max: PAUSES_MAX }));
    }
    ensure(
        settings.pauses.iter().all(|secs| (1..=PAUSE_SECS_MAX).contains(secs)),
        "pauses",
        Why::EachSecondsWithin { min: 1, max: PAUSE_SECS_MAX },
    )?;
    ensure(settings.pauses.is_sorted_by(|one, next| one < next), "pauses", Why::MustRise)?;
    check_agent_thresholds("agentThresholds", &settings.agent_thresholds)?;
    check_customer_thresholds("customerThresholds", &settings.customer_thresholds)?;
    let grace = settings.agents.disconnect_grace_seconds;
    ensure_within("agents.disconnectGraceSeconds", grace, DISCONNECT_GRACE_SECS)?;
    ensure_within("agents.ronasUntilNotReady", settings.agents.ronas_until_not_ready, 0..=RONAS_MAX)?;
    let head_start = settings.routing.priority_head_start_seconds;
    ensure_within("routing.priorityHeadStartSeconds", head_start, HEAD_START_SECS)?;
    ensure_within("routing.callbackPriority", settings.routing.callback_priority, 1..=PRIORITY_MAX)?;
    ensure_within("web.reconnectSeconds", settings.web.reconnect_seconds, 0..=RECONNECT_SECS_MAX)?;
    if let Some(i) = repeated(&settings.security.second_factor_for) {
        return Err(Refusal::invalid(format!("security.secondFactorFor[{i}]"), Why::ListedTwice));
    }
    let kept = settings.retention;
    ensure_within("retention.conversationDays", kept.conversation_days, 0..=RETENTION_DAYS_MAX)?;
    ensure_within("retention.reportDays", kept.report_days, 1..=RETENTION_DAYS_MAX)?;
    ensure_within("retention.logDays", kept.log_days, 1..=RETENTION_DAYS_MAX)?;
    for (name, text) in settings.texts.each() {
        ensure_chars(format!("texts.{name}"), text, TEXT_CHARS_MAX)?;
    }
    ensure_chars("desk.prefixCode", &settings.desk.prefix_code, PREFIX_CHARS_MAX)
}

pub(super) fn check_wrap_up(path: &str, wrap_up: WrapUp) -> Result<(), Refusal> {
    ensure_within(&format!("{path}.seconds"), wrap_up.seconds, 1..=WRAP_UP_SECS_MAX)
}

pub(super) fn check_agent_thresholds(path: &str, thresholds: &[AgentThreshold]) -> Result<(), Refusal> {
    check_percentages(path, thresholds.iter().map(|threshold| threshold.percentage))
}

pub(super) fn check_customer_thresholds(path: &str, thresholds: &[CustomerThreshold]) -> Result<(), Refusal> {
    check_percentages(path, thresholds.iter().map(|threshold| threshold.percentage))?;
    for (i, threshold) in thresholds.iter().enumerate() {
        let field = format!("{path}[{i}].text");
        ensure_chars(field.as_str(), &threshold.text, TEXT_CHARS_MAX)?;
        let told = threshold.action == CustomerThresholdAction::NotifyCustomer;
        ensure(!told || !threshold.text.trim().is_empty(), field, Why::TellsCustomer)?;
    }
    Ok(())
}

fn check_percentages(path: &str, percentages: impl ExactSizeIterator<Item = u8>) -> Result<(), Refusal> {
    if percentages.len() > THRESHOLDS_MAX {
        return Err(Refusal::limit(Why::ThresholdsMax { max: THRESHOLDS_MAX }));
    }
    let mut before = 0;
    for (i, percentage) in percentages.enumerate() {
        ensure(
            (1..=99).contains(&percentage) && percentage > before,
            format!("{path}[{i}].percentage"),
            Why::PercentRises,
        )?;
        before = percentage;
    }
    Ok(())
}

pub(super) fn check_reason(new: &ReasonCode) -> Result<(), Refusal> {
    ensure_chars("description", &new.description, DESCRIPTION_CHARS_MAX)
}
