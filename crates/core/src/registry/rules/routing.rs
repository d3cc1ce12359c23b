//! Media routing domains, routing attributes, precision queues and pull lists.

use tieline_cim::Why;

use super::super::Registry;
use super::super::settings::{AgentThreshold, WrapUp};
use super::super::{
    Channel, Kind, List, Mrd, NobodyCame, Operator, Queue, RoutingAttribute, Scale, Step, Target, Term,
};
use super::registration::refuse_if_stranded;
use super::settings::{check_agent_thresholds, check_wrap_up};
use super::{DESCRIPTION_CHARS_MAX, ensure, ensure_chars, ensure_secs, ensure_within, found, repeated};
use crate::refusal::Refusal;

pub const QUEUE_STEPS_MAX: usize = 10;
const STEP_EXPRESSIONS_MAX: usize = 20;
const EXPRESSION_TERMS_MAX: usize = 20;
const LIST_TEAMS_MAX: usize = 100;

pub(super) fn check_mrd(new: &Mrd) -> Result<(), Refusal> {
    ensure_chars("description", &new.description, DESCRIPTION_CHARS_MAX)?;
    ensure(new.max_requests >= 1, "maxRequests", Why::MustBeAtLeast { min: 1 })
}

impl Scale {
    /// Whether agents can hold, and terms compare with, this value.
    #[must_use]
    pub fn contains(self, value: u8) -> bool {
        match self {
            Self::Boolean => value <= 1,
            Self::ProficiencyLevel => (1..=10).contains(&value),
        }
    }

    pub(super) const fn must_be(self) -> Why {
        match self {
            Self::Boolean => Why::MustBeZeroOrOne,
            Self::ProficiencyLevel => Why::MustBeWithin { min: 1, max: 10 },
        }
    }
}

pub(super) fn check_attribute(
    registry: &Registry,
    new: &RoutingAttribute,
    old: Option<&RoutingAttribute>,
) -> Result<(), Refusal> {
    ensure_chars("description", &new.description, DESCRIPTION_CHARS_MAX)?;
    ensure(new.scale.contains(new.default), "defaultValue", new.scale.must_be())?;
    let rescaled = old.is_some_and(|old| old.scale != new.scale);
    match registry.referrers(Kind::RoutingAttribute, new.id.into()).next() {
        Some(by) if rescaled => Err(Refusal::InUse { by }),
        _ => Ok(()),
    }
}

pub(super) fn check_queue(registry: &Registry, new: &Queue) -> Result<(), Refusal> {
    ensure((1..=3).contains(&new.service_level_type), "serviceLevelType", Why::MustBeOneTwoThree)?;
    ensure_secs("serviceLevelThreshold", new.service_level_secs, 0)?;
    ensure_secs("agentSlaDuration", new.agent_sla_secs.unwrap_or(1), 1)?;
    check_service(new.agent_thresholds.as_deref(), new.wrap_up)?;
    ensure_secs("ewtMinValue", new.ewt_min_secs.unwrap_or(0), 0)?;
    ensure_secs("ewtMaxValue", new.ewt_max_secs.unwrap_or(0), 0)?;
    if let (Some(min), Some(max)) = (new.ewt_min_secs, new.ewt_max_secs) {
        ensure(min < max, "ewtMaxValue", Why::MustBeMoreThanMin { min })?;
    }
    ensure_within("queuePriority", new.priority, 1..=10)?;

    if new.steps.len() > QUEUE_STEPS_MAX {
        return Err(Refusal::limit(Why::StepsMax { max: QUEUE_STEPS_MAX }));
    }
    for (i, step) in new.steps.iter().enumerate() {
        check_step(registry, step, &format!("steps[{i}]"))?;
    }
    if let Some(i) = repeated(new.steps.iter().map(|step| step.id)) {
        return Err(Refusal::invalid(format!("steps[{i}].id"), Why::StepIdTwice));
    }

    let strands = |channel: &&Channel| {
        let routed = channel.routing.target == Target::Push(Some(new.id))
            || channel.routing.patience.then == NobodyCame::Queue(new.id);
        routed && registry.channel_type(channel.channel_type).is_some_and(|t| t.value.mrd != Some(new.mrd))
    };
    refuse_if_stranded(registry.channels().map(|stored| &stored.value).find(strands))
}

/// What a queue and a list may say differently from the tenant.
fn check_service(thresholds: Option<&[AgentThreshold]>, wrap_up: Option<WrapUp>) -> Result<(), Refusal> {
    check_agent_thresholds("agentThresholds", thresholds.unwrap_or_default())?;
    wrap_up.map_or(Ok(()), |wrap_up| check_wrap_up("wrapUp", wrap_up))
}

fn check_step(registry: &Registry, step: &Step, path: &str) -> Result<(), Refusal> {
    ensure_secs(&format!("{path}.timeout"), step.timeout_secs, 0)?;
    ensure(!step.expressions.is_empty(), format!("{path}.expressions"), Why::Empty)?;
    if step.expressions.len() > STEP_EXPRESSIONS_MAX {
        return Err(Refusal::limit(Why::ExpressionsMax { max: STEP_EXPRESSIONS_MAX }));
    }
    for (e, expression) in step.expressions.iter().enumerate() {
        let path = format!("{path}.expressions[{e}].terms");
        ensure(!expression.terms.is_empty(), &path, Why::Empty)?;
        if expression.terms.len() > EXPRESSION_TERMS_MAX {
            return Err(Refusal::limit(Why::TermsMax { max: EXPRESSION_TERMS_MAX }));
        }
        for (t, term) in expression.terms.iter().enumerate() {
            check_term(registry, term, &format!("{path}[{t}]"))?;
        }
    }
    Ok(())
}

fn check_term(registry: &Registry, term: &Term, path: &str) -> Result<(), Refusal> {
    let attribute = found(registry.attribute(term.attribute), Kind::RoutingAttribute)?;
    let ordering = !matches!(term.operator, Operator::Equal | Operator::NotEqual);
    ensure(
        !(ordering && attribute.scale == Scale::Boolean),
        format!("{path}.relationalOperator"),
        Why::OnlyEquals { attribute: attribute.name.clone() },
    )?;
    ensure(attribute.scale.contains(term.value), format!("{path}.value"), attribute.scale.must_be())
}

pub(super) fn check_list(new: &List) -> Result<(), Refusal> {
    ensure_chars("description", &new.description, DESCRIPTION_CHARS_MAX)?;
    ensure_secs("agentSlaDuration", new.agent_sla_secs.unwrap_or(1), 1)?;
    check_service(new.agent_thresholds.as_deref(), new.wrap_up)?;
    if new.teams.len() > LIST_TEAMS_MAX {
        return Err(Refusal::limit(Why::ListTeamsMax { max: LIST_TEAMS_MAX }));
    }
    match repeated(&new.teams) {
        Some(i) => Err(Refusal::invalid(format!("teams[{i}]"), Why::ThereAlready)),
        None => Ok(()),
    }
}
