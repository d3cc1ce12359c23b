//! Teams, accounts and agents as clients write them.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tieline_cim::agent::{AssociatedMrd, AssociatedRoutingAttribute};
use tieline_cim::{Invalid, KeycloakUser};
use tieline_core::registry::{Capacity, ForeignIdentity, Registry, Role, Skill, Team, User};

use super::{Draft, Read, number, optional, reduce, reference, unknown};

pub fn team(draft: &mut Draft<'_>, old: Option<&Team>) -> Read<Team> {
    let description = draft.part("description", old.map(|old| &old.description))?.unwrap_or_default();
    let sent: tieline_cim::Team = draft.typed()?;
    Ok(Team { id: draft.id, name: sent.team_name, description })
}

/// An account. Its password is read by whoever hashes it.
pub fn account(draft: &mut Draft<'_>, old: Option<&User>) -> Read<User> {
    for member in ["userTeam", "supervisedTeams"] {
        if let Some(nested) = draft.body.get_mut(member) {
            reduce(nested, "teamId");
        }
    }
    let enabled = draft.flag("enabled", old.is_none_or(|old| old.enabled))?;
    let sent: KeycloakUser = draft.typed()?;
    let roles = sent.roles.iter().enumerate();
    let teams = sent.supervised_teams.iter().enumerate();
    let mut user = User {
        id: draft.id.into(),
        username: sent.username.trim().to_owned(),
        first_name: sent.first_name,
        last_name: sent.last_name,
        roles: roles.map(|(i, word)| role(&format!("roles[{i}]"), word)).collect::<Read<_>>()?,
        password_hash: old.and_then(|old| old.password_hash.clone()),
        identity: old.and_then(|old| old.identity.clone()),
        second_factor: old.and_then(|old| old.second_factor.clone()),
        token_version: old.map_or(0, |old| old.token_version),
        enabled,
        team: optional("userTeam", Some(&sent.user_team.team_id))?,
        supervises: teams
            .map(|(i, team)| reference(format!("supervisedTeams[{i}]"), &team.team_id))
            .collect::<Read<_>>()?,
        attributes: old.map(|old| old.attributes.clone()).unwrap_or_default(),
        capacities: old.map(|old| old.capacities.clone()).unwrap_or_default(),
        directory: sent.attributes.iter().map(directory_entry).collect::<Read<BTreeMap<_, _>>>()?,
    };
    read_identity(draft, &mut user)?;
    read_agent(draft, &mut user)?;
    Ok(user)
}

/// Whoever is connected with a provider keeps no password, and whoever was connected before is signed out.
fn read_identity(draft: &Draft<'_>, user: &mut User) -> Read<()> {
    let Some(sent) = draft.body.get("identity") else { return Ok(()) };
    let identity: Option<ForeignIdentity> = serde_json::from_value(sent.clone())
        .map_err(|_| Invalid::at("identity", "must be {\"issuer\", \"subject\"} or null"))?;
    if identity != user.identity {
        user.token_version += 1;
        if identity.is_some() {
            (user.password_hash, user.second_factor) = (None, None);
        }
        user.identity = identity;
    }
    Ok(())
}

/// An agent is a user whose skills and capacities alone are sent.
pub fn agent(draft: &mut Draft<'_>, old: Option<&User>) -> Read<User> {
    let mut user = old.cloned().ok_or_else(|| Invalid::at("id", "agents are made as users"))?;
    read_agent(draft, &mut user)?;
    Ok(user)
}

fn read_agent(draft: &mut Draft<'_>, user: &mut User) -> Read<()> {
    if draft.sent("associatedRoutingAttributes") {
        let mut sent = draft.body["associatedRoutingAttributes"].take();
        for skill in sent.as_array_mut().into_iter().flatten() {
            if let Some(nested) = skill.get_mut("routingAttribute") {
                reduce(nested, "id");
            }
        }
        user.attributes = skills(&member::<Vec<_>>("associatedRoutingAttributes", &sent)?)?;
    }
    if draft.sent("associatedMrds") {
        let sent: Vec<_> = member("associatedMrds", &draft.body["associatedMrds"])?;
        user.capacities = capacities(draft.registry, &sent)?;
    }
    Ok(())
}

fn member<T: DeserializeOwned>(name: &str, value: &Value) -> Read<T> {
    let inside = |invalid: Invalid| Invalid::at(format!("{name}{}", invalid.path), invalid.reason);
    tieline_cim::parse(value.to_string().as_bytes()).map_err(inside)
}

fn skills(sent: &[AssociatedRoutingAttribute]) -> Read<Vec<Skill>> {
    let read = |(i, skill): (usize, &AssociatedRoutingAttribute)| {
        let path = format!("associatedRoutingAttributes[{i}]");
        Ok(Skill {
            attribute: reference(format!("{path}.routingAttribute"), &skill.routing_attribute.id)?,
            value: number(format!("{path}.value"), skill.value)?,
        })
    };
    sent.iter().enumerate().map(read).collect()
}

/// A capacity that equals the domain's maximum is none of his own: it is to follow the maximum.
fn capacities(registry: &Registry, sent: &[AssociatedMrd]) -> Read<Vec<Capacity>> {
    let mut capacities = Vec::with_capacity(sent.len());
    for (i, one) in sent.iter().enumerate() {
        let mrd = reference(format!("associatedMrds[{i}].mrdId"), &one.mrd_id)?;
        let max_tasks = number(format!("associatedMrds[{i}].maxAgentTasks"), one.max_agent_tasks)?;
        if registry.mrd(mrd).is_none_or(|mrd| mrd.value.max_requests != max_tasks) {
            capacities.push(Capacity { mrd, max_tasks });
        }
    }
    Ok(capacities)
}

fn role(path: &str, word: &str) -> Read<Role> {
    let plain: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    Ok(match plain.to_ascii_lowercase().as_str() {
        "agent" => Role::Agent,
        "supervisor" => Role::Supervisor,
        "evaluator" => Role::Evaluator,
        "qualitymanager" => Role::QualityManager,
        "routingmanager" => Role::RoutingManager,
        "admin" => Role::Admin,
        _ => {
            let known = "agent, supervisor, evaluator, quality_manager, routing_manager or admin";
            return Err(unknown(path, word, known));
        }
    })
}

fn directory_entry((key, value): (&String, &Value)) -> Read<(String, Vec<String>)> {
    let values = match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::String(text) => Some(vec![text.clone()]),
        _ => None,
    };
    let values = values.ok_or_else(|| Invalid::at(format!("attributes.{key}"), "must be a list of texts"))?;
    Ok((key.clone(), values))
}
