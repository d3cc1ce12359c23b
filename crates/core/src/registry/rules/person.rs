//! Users: their roles, skills, capacities and teams.

use tieline_cim::Why;

use super::super::Registry;
use super::super::entry::Entry;
use super::super::{Kind, Role, User};
use super::{NAME_CHARS_MAX, ensure, ensure_chars, found, repeated};
use crate::id::UserId;
use crate::refusal::Refusal;

/// Of an issuer and of a subject.
const IDENTITY_CHARS_MAX: usize = 255;
const DIRECTORY_KEYS_MAX: usize = 100;

pub(super) fn check_user(registry: &Registry, new: &User, old: Option<&User>) -> Result<(), Refusal> {
    ensure_chars("firstName", &new.first_name, NAME_CHARS_MAX)?;
    ensure_chars("lastName", &new.last_name, NAME_CHARS_MAX)?;
    ensure(!new.roles.is_empty(), "roles", Why::RoleNeeded)?;
    refuse_repeated("roles", &new.roles)?;
    refuse_repeated("supervisedTeams", &new.supervises)?;
    refuse_repeated("associatedRoutingAttributes", new.attributes.iter().map(|skill| skill.attribute))?;
    refuse_repeated("associatedMrds", new.capacities.iter().map(|capacity| capacity.mrd))?;
    if new.directory.len() > DIRECTORY_KEYS_MAX {
        return Err(Refusal::limit(Why::DirectoryMax { max: DIRECTORY_KEYS_MAX }));
    }
    for (i, skill) in new.attributes.iter().enumerate() {
        let scale = found(registry.attribute(skill.attribute), Kind::RoutingAttribute)?.scale;
        let path = format!("associatedRoutingAttributes[{i}].value");
        ensure(scale.contains(skill.value), path, scale.must_be())?;
    }
    for (i, capacity) in new.capacities.iter().enumerate() {
        // A limit that was fine until the domain's maximum was lowered is no reason to refuse a new surname.
        if old.is_some_and(|old| old.capacities.contains(capacity)) {
            continue;
        }
        let mrd = found(registry.mrd(capacity.mrd), Kind::Mrd)?;
        ensure(
            capacity.max_tasks <= mrd.max_requests,
            format!("associatedMrds[{i}].maxAgentTasks"),
            Why::OverDomainMax { max: mrd.max_requests, domain: mrd.name.clone() },
        )?;
    }
    check_identity(registry, new)?;
    if is_working_admin(new) { Ok(()) } else { check_admin_remains(registry, new.id) }
}

/// Whoever a provider vouches for is one account's, and comes in through the provider alone.
fn check_identity(registry: &Registry, new: &User) -> Result<(), Refusal> {
    let Some(identity) = &new.identity else { return Ok(()) };
    for (field, text) in [("identity.issuer", &identity.issuer), ("identity.subject", &identity.subject)] {
        ensure(!text.trim().is_empty(), field, Why::Blank)?;
        ensure_chars(field, text, IDENTITY_CHARS_MAX)?;
    }
    let signs_in_here = new.password_hash.is_some() || new.second_factor.is_some();
    ensure(!signs_in_here, "password", Why::AtProvider)?;
    match registry.user_by_identity(identity).filter(|other| other.value.id != new.id) {
        Some(other) => Err(Refusal::Taken { field: "identity".into(), by: other.value.named() }),
        None => Ok(()),
    }
}

/// Refuses to lose the last user who can administer the others.
pub(super) fn check_admin_remains(registry: &Registry, without: UserId) -> Result<(), Refusal> {
    let Some(user) = registry.user(without).filter(|user| is_working_admin(&user.value)) else {
        return Ok(());
    };
    if registry.users().any(|other| other.value.id != without && is_working_admin(&other.value)) {
        return Ok(());
    }
    Err(Refusal::conflict(Why::LastAdmin { user: user.value.username.clone() }))
}

fn is_working_admin(user: &User) -> bool {
    user.enabled && user.roles.contains(&Role::Admin)
}

fn refuse_repeated<T: Ord>(field: &str, items: impl IntoIterator<Item = T>) -> Result<(), Refusal> {
    match repeated(items) {
        Some(i) => Err(Refusal::invalid(format!("{field}[{i}]"), Why::ListedTwice)),
        None => Ok(()),
    }
}
