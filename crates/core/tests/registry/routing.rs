//! Domains, routing attributes, queues, lists and teams: one row a rule.

use tieline_core::registry::{Operator, Scale};

use super::world::{edits, id, step, term};

edits!(Mrd, mrd, chat, new_mrd);
edits!(RoutingAttribute, attribute, english, new_attribute);
edits!(Queue, queue, billing, new_queue);
edits!(List, list, inbox, new_list);
edits!(Team, team, red, new_team);

#[test]
fn mrds() {
    chat(|_| {}, "ok");
    chat(|m| m.name = "ab".into(), "name: must have 3 to 110 printable characters");
    chat(|m| m.name = "x".repeat(111), "name: must have 3 to 110 printable characters");
    new_mrd(|_| {}, "name is already used by media routing domain \"CHAT\"");
    new_mrd(|m| m.name = "Chat".into(), "ok");
    chat(|m| m.description = "x".repeat(501), "description: must have at most 500 characters");
    chat(|m| m.max_requests = 0, "maxRequests: must be at least 1");
    chat(|m| m.max_requests = 1, "ok");
}

#[test]
fn attributes() {
    english(|_| {}, "ok");
    english(|a| a.name = "en".into(), "name: must have 3 to 110 printable characters");
    new_attribute(|a| a.name = "ENGLISH".into(), "name is already used by routing attribute \"English\"");
    english(|a| a.description = "x".repeat(501), "description: must have at most 500 characters");
    english(|a| a.default = 0, "defaultValue: must be 1 to 10");
    english(|a| a.default = 11, "defaultValue: must be 1 to 10");
    let in_use = "it is used by precision queue \"Billing\"; change or delete that first";
    english(|a| a.scale = Scale::Boolean, in_use);
    let boolean = |default| {
        move |a: &mut tieline_core::registry::RoutingAttribute| {
            (a.name, a.scale, a.default) = ("Silver".into(), Scale::Boolean, default);
        }
    };
    new_attribute(boolean(0), "ok");
    new_attribute(boolean(2), "defaultValue: must be 0 or 1");
    new_attribute(|a| (a.id, a.name, a.scale) = (id(3), "Unused".into(), Scale::ProficiencyLevel), "ok");
}

#[test]
fn queues() {
    billing(|_| {}, "ok");
    billing(|q| q.name = "ab".into(), "name: must have 3 to 50 printable characters");
    billing(|q| q.name = "x".repeat(51), "name: must have 3 to 50 printable characters");
    new_queue(|q| q.name = "billing".into(), "name is already used by precision queue \"Billing\"");
    billing(|q| q.mrd = id(77), "mrd: there is no media routing domain");
    billing(|q| q.service_level_type = 0, "serviceLevelType: must be 1, 2 or 3");
    billing(|q| q.service_level_type = 4, "serviceLevelType: must be 1, 2 or 3");
    billing(|q| q.service_level_secs = u32::MAX, "serviceLevelThreshold: must be 0 to 2147483647 seconds");
    billing(|q| q.agent_sla_secs = Some(0), "agentSlaDuration: must be 1 to 2147483647 seconds");
    billing(|q| q.agent_sla_secs = Some(60), "ok");
    billing(|q| q.ewt_min_secs = Some(u32::MAX), "ewtMinValue: must be 0 to 2147483647 seconds");
    billing(|q| q.ewt_max_secs = Some(u32::MAX), "ewtMaxValue: must be 0 to 2147483647 seconds");
    billing(|q| (q.ewt_min_secs, q.ewt_max_secs) = (Some(5), Some(6)), "ok");
    billing(
        |q| (q.ewt_min_secs, q.ewt_max_secs) = (Some(5), Some(5)),
        "ewtMaxValue: must be more than ewtMinValue, which is 5",
    );
    billing(|q| q.ewt_min_secs = Some(5), "ok");
    billing(|q| q.priority = 0, "queuePriority: must be 1 to 10");
    billing(|q| q.priority = 11, "queuePriority: must be 1 to 10");
}

#[test]
fn queue_steps() {
    let english = || term(1, Operator::AtLeast, 5);
    let steps = |count: u8| (1..=count).map(|n| step(n, [english()])).collect();
    billing(|q| q.steps.clear(), "ok");
    billing(|q| q.steps = steps(10), "ok");
    billing(|q| q.steps = steps(11), "at most 10 steps of a precision queue are allowed");
    billing(|q| q.steps.push(step(1, [english()])), "steps[1].id: is the id of another step");
    billing(|q| q.steps[0].timeout_secs = u32::MAX, "steps[0].timeout: must be 0 to 2147483647 seconds");
    billing(|q| q.steps[0].expressions.clear(), "steps[0].expressions: must not be empty");
    billing(|q| q.steps[0].expressions[0].terms.clear(), "steps[0].expressions[0].terms: must not be empty");
    billing(
        |q| q.steps[0].expressions = vec![q.steps[0].expressions[0].clone(); 21],
        "at most 20 expressions of a step are allowed",
    );
    billing(
        |q| q.steps[0].expressions[0].terms = vec![english(); 21],
        "at most 20 terms of an expression are allowed",
    );
}

#[test]
fn queue_terms() {
    let second = |attribute, operator, value, expect: &str| {
        billing(|q| q.steps[0].expressions[0].terms.push(term(attribute, operator, value)), expect);
    };
    let path = |rest: &str| format!("steps[0].expressions[0].terms[1].{rest}");
    second(77, Operator::Equal, 1, &path("routingAttribute: there is no routing attribute"));
    second(1, Operator::Less, 10, "ok");
    second(1, Operator::Less, 0, &path("value: must be 1 to 10"));
    second(1, Operator::Less, 11, &path("value: must be 1 to 10"));
    second(2, Operator::Equal, 0, "ok");
    second(2, Operator::NotEqual, 1, "ok");
    second(2, Operator::Equal, 2, &path("value: must be 0 or 1"));
    let ordering = path("relationalOperator: \"Gold\" is a yes or no, which == and != alone can compare");
    for operator in [Operator::Less, Operator::AtMost, Operator::Greater, Operator::AtLeast] {
        second(2, operator, 1, &ordering);
    }
}

#[test]
fn lists_and_teams() {
    inbox(|_| {}, "ok");
    inbox(|l| l.name = " ".into(), "name: must have 1 to 100 printable characters");
    new_list(|l| l.name = "INBOX".into(), "name is already used by pull list \"Inbox\"");
    inbox(|l| l.description = "x".repeat(501), "description: must have at most 500 characters");
    inbox(|l| l.agent_sla_secs = Some(0), "agentSlaDuration: must be 1 to 2147483647 seconds");
    inbox(|l| l.teams = vec![id(1)], "ok");
    inbox(|l| l.teams = vec![id(77)], "teams[0]: there is no team");
    inbox(|l| l.teams = vec![id(1), id(1)], "teams[1]: is there already");
    red(|_| {}, "ok");
    red(|t| t.name = String::new(), "teamName: must have 1 to 100 printable characters");
    new_team(|t| t.name = "red".into(), "teamName is already used by team \"Red\"");
}
