//! Media routing domains, routing attributes, precision queues and pull lists as clients write them.

use serde_json::Value;
use tieline_cim::routing::{
    Conjunction, MediaRoutingDomain, PrecisionQueue, PullModeList, Relation, RoutingAttributeType,
};
use tieline_core::id::Id;
use tieline_core::registry::{
    Expression, Join, List, Media, Mrd, Operator, Queue, RoutingAttribute, Scale, Step, Term,
};

use super::super::MEDIA;
use super::{Draft, Read, number, reduce, reference, text, unknown};

pub fn mrd(draft: &mut Draft<'_>, old: Option<&Mrd>) -> Read<Mrd> {
    if let Some(id) = draft.body.get("type").and_then(|kind| kind.get("id")).cloned() {
        draft.body["type"] = id;
    }
    let auto_sync = draft.flag("autoSync", old.is_none_or(|old| old.auto_sync))?;
    let sent: MediaRoutingDomain = draft.typed()?;
    let media = match text(sent.kind) {
        None => old.map_or(Media::Chat, |old| old.media),
        Some(word) => MEDIA
            .iter()
            .find(|(_, name, id)| word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(id))
            .map(|(media, ..)| *media)
            .ok_or_else(|| unknown("type", &word, "CHAT, CX_VOICE, CISCO_CC or EMAIL, or the id of one"))?,
    };
    Ok(Mrd {
        id: draft.id.into(),
        name: sent.name,
        description: sent.description.unwrap_or_default(),
        media,
        max_requests: number("maxRequests", sent.max_requests)?,
        interruptible: sent.interruptible,
        auto_sync,
    })
}

pub fn routing_attribute(draft: &mut Draft<'_>, _old: Option<&RoutingAttribute>) -> Read<RoutingAttribute> {
    let sent: tieline_cim::routing::RoutingAttribute = draft.typed()?;
    let scale = match sent.kind {
        Some(RoutingAttributeType::Boolean) => Scale::Boolean,
        Some(RoutingAttributeType::ProficiencyLevel) => Scale::ProficiencyLevel,
        other => {
            let word = other.as_ref().map_or("", |word| word.as_str());
            return Err(unknown("type", word, "BOOLEAN or PROFICIENCY_LEVEL"));
        }
    };
    Ok(RoutingAttribute {
        id: draft.id.into(),
        name: sent.name,
        description: sent.description.unwrap_or_default(),
        scale,
        default: number("defaultValue", sent.default_value)?,
    })
}

pub fn queue(draft: &mut Draft<'_>, old: Option<&Queue>) -> Read<Queue> {
    draft.reduce("mrd");
    let agent_thresholds =
        draft.part("agentThresholds", old.and_then(|old| old.agent_thresholds.as_ref()))?;
    let wrap_up = draft.part("wrapUp", old.and_then(|old| old.wrap_up.as_ref()))?;
    for step in items(&mut draft.body, "steps") {
        for expression in items(step, "expressions") {
            for term in items(expression, "terms") {
                if let Some(nested) = term.get_mut("routingAttribute") {
                    reduce(nested, "id");
                }
            }
        }
    }
    let sent: PrecisionQueue = draft.typed()?;
    let seconds = |path: &str, secs: Option<i64>| secs.map(|secs| number(path, secs)).transpose();
    Ok(Queue {
        id: draft.id.into(),
        mrd: reference("mrd", &sent.mrd.id)?,
        service_level_type: number("serviceLevelType", sent.service_level_type.max(1))?,
        service_level_secs: number("serviceLevelThreshold", sent.service_level_threshold)?,
        agent_sla_secs: seconds("agentSlaDuration", sent.agent_sla_duration.filter(|secs| *secs != 0))?,
        agent_thresholds,
        wrap_up,
        ewt_min_secs: seconds("ewtMinValue", sent.ewt_min_value)?,
        ewt_max_secs: seconds("ewtMaxValue", sent.ewt_max_value)?,
        priority: number("queuePriority", sent.queue_priority.unwrap_or(1))?,
        steps: steps(&mut *draft.mint, sent.steps, "steps")?,
        name: sent.name,
    })
}

fn items<'a>(parent: &'a mut Value, member: &str) -> impl Iterator<Item = &'a mut Value> {
    parent.get_mut(member).and_then(Value::as_array_mut).into_iter().flatten()
}

/// The steps of a queue, read from their list at `path`.
fn steps(mint: &mut dyn FnMut() -> Id, sent: Vec<tieline_cim::routing::Step>, path: &str) -> Read<Vec<Step>> {
    let read = |(i, step): (usize, tieline_cim::routing::Step)| {
        let path = format!("{path}[{i}]");
        let expressions = step.expressions.iter().enumerate();
        Ok(Step {
            id: step.id.parse().unwrap_or_else(|_| mint()),
            timeout_secs: number(format!("{path}.timeout"), step.timeout)?,
            expressions: expressions
                .map(|(i, one)| expression(one, &format!("{path}.expressions[{i}]")))
                .collect::<Read<_>>()?,
        })
    };
    sent.into_iter().enumerate().map(read).collect()
}

fn expression(sent: &tieline_cim::routing::Expression, path: &str) -> Read<Expression> {
    let terms = sent.terms.iter().enumerate();
    Ok(Expression {
        join: join(sent.pre_expression_condition.as_ref(), || format!("{path}.preExpressionCondition"))?,
        terms: terms.map(|(i, one)| term(one, &format!("{path}.terms[{i}]"))).collect::<Read<_>>()?,
    })
}

fn term(sent: &tieline_cim::routing::Term, path: &str) -> Read<Term> {
    let operator = match &sent.relational_operator {
        Relation::Equal => Operator::Equal,
        Relation::NotEqual => Operator::NotEqual,
        Relation::Less => Operator::Less,
        Relation::LessOrEqual => Operator::AtMost,
        Relation::Greater => Operator::Greater,
        Relation::GreaterOrEqual => Operator::AtLeast,
        Relation::Other(word) => {
            return Err(unknown(format!("{path}.relationalOperator"), word, "==, !=, <, <=, > or >="));
        }
    };
    Ok(Term {
        join: join(sent.pre_term_condition.as_ref(), || format!("{path}.preTermCondition"))?,
        attribute: reference(format!("{path}.routingAttribute"), &sent.routing_attribute.id)?,
        operator,
        value: number(format!("{path}.value"), sent.value)?,
    })
}

fn join(sent: Option<&Conjunction>, path: impl Fn() -> String) -> Read<Join> {
    match sent {
        None | Some(Conjunction::And) => Ok(Join::And),
        Some(Conjunction::Or) => Ok(Join::Or),
        Some(Conjunction::Other(word)) => Err(unknown(path(), word, "AND or OR")),
    }
}

pub fn list(draft: &mut Draft<'_>, old: Option<&List>) -> Read<List> {
    let agent_sla_secs = match draft.body.get("agentSlaDuration") {
        None => old.and_then(|old| old.agent_sla_secs),
        Some(Value::Null) => None,
        Some(secs) => Some(number("agentSlaDuration", secs.as_i64().unwrap_or(-1))?),
    };
    let agent_thresholds =
        draft.part("agentThresholds", old.and_then(|old| old.agent_thresholds.as_ref()))?;
    let wrap_up = draft.part("wrapUp", old.and_then(|old| old.wrap_up.as_ref()))?;
    let teams = draft.part("teams", old.map(|old| &old.teams))?.unwrap_or_default();
    let respects_capacity = draft.flag("respectCapacity", old.is_some_and(|old| old.respects_capacity))?;
    let sent: PullModeList = draft.typed()?;
    let description = sent.description.unwrap_or_default();
    let id = draft.id.into();
    Ok(List {
        id,
        name: sent.name,
        description,
        agent_sla_secs,
        agent_thresholds,
        wrap_up,
        teams,
        respects_capacity,
    })
}
