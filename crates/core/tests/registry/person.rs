//! Users: one row a rule.

use tieline_core::registry::{
    Capacity, ForeignIdentity, Kind, Object, Role, Skill, User, effective_capacity,
};

use super::world::{NOW, delete, edits, id, mrd, user, words, world};

edits!(User, user, amina, new_user);

#[test]
fn accounts() {
    amina(|_| {}, "ok");
    amina(|u| u.username = " ".into(), "username: must have 1 to 100 printable characters");
    new_user(|u| u.username = "AMINA ".into(), "username is already used by user \"amina\"");
    amina(|u| u.username = "ada".into(), "username is already used by user \"Ada\"");
    amina(|u| u.first_name = "x".repeat(101), "firstName: must have at most 100 characters");
    amina(|u| u.last_name = "x".repeat(101), "lastName: must have at most 100 characters");
    amina(|u| u.roles.clear(), "roles: a user needs at least one role");
    amina(|u| u.roles = vec![Role::Agent, Role::Agent], "roles[1]: is listed twice");
    amina(
        |u| u.directory = (0..101).map(|n| (n.to_string(), vec![])).collect(),
        "at most 100 directory attributes of a user are allowed",
    );
}

#[test]
fn identities() {
    let of = |subject: &str| {
        Some(ForeignIdentity { issuer: "https://login.example".into(), subject: subject.into() })
    };
    amina(|u| u.identity = of("7"), "ok");
    amina(|u| u.identity = of(" "), "identity.subject: must not be blank");
    amina(|u| u.identity = of(&"7".repeat(256)), "identity.subject: must have at most 255 characters");
    amina(
        |u| (u.identity, u.password_hash) = (of("7"), Some("hash".into())),
        "password: this account signs in at its provider and has none",
    );
    let mut registry = world();
    let vouched = User { identity: of("7"), ..user(1, "amina", &[Role::Agent]) };
    registry.put(Object::User(vouched), NOW);
    let other = User { identity: of("7"), ..user(9, "bela", &[Role::Agent]) };
    let said = words(registry.check_put(&Object::User(other), None));
    assert!(said.starts_with("identity is already used by user \"amina\""), "{said}");
}

#[test]
fn teams() {
    amina(|u| u.team = Some(id(2)), "ok");
    amina(|u| u.team = None, "ok");
    amina(|u| u.team = Some(id(77)), "userTeam: there is no team");
    amina(|u| u.supervises = vec![id(1), id(77)], "supervisedTeams[1]: there is no team");
    amina(|u| u.supervises = vec![id(1), id(1)], "supervisedTeams[1]: is listed twice");
}

#[test]
fn skills() {
    let also = |attribute, value, expect: &str| {
        amina(|u| u.attributes.push(Skill { attribute: id(attribute), value }), expect);
    };
    also(2, 1, "ok");
    also(2, 2, "associatedRoutingAttributes[1].value: must be 0 or 1");
    also(1, 5, "associatedRoutingAttributes[1]: is listed twice");
    also(77, 5, "associatedRoutingAttributes[1].routingAttribute: there is no routing attribute");
    amina(|u| u.attributes[0].value = 0, "associatedRoutingAttributes[0].value: must be 1 to 10");
    amina(|u| u.attributes[0].value = 11, "associatedRoutingAttributes[0].value: must be 1 to 10");
}

#[test]
fn capacities() {
    amina(|u| u.capacities[0].max_tasks = 0, "ok");
    amina(|u| u.capacities[0].max_tasks = 5, "ok");
    amina(
        |u| u.capacities[0].max_tasks = 6,
        "associatedMrds[0].maxAgentTasks: must be at most 5, the maximum of \"CHAT\"",
    );
    let also =
        |mrd, expect: &str| amina(|u| u.capacities.push(Capacity { mrd: id(mrd), max_tasks: 1 }), expect);
    also(2, "ok");
    also(1, "associatedMrds[1]: is listed twice");
    also(77, "associatedMrds[1].mrdId: there is no media routing domain");
}

#[test]
fn a_lower_domain_maximum_limits_agents_without_breaking_them() {
    let mut registry = world();
    let amina =
        |registry: &tieline_core::registry::Registry| registry.user(id(1)).expect("amina").value.clone();
    assert_eq!(effective_capacity(&amina(&registry), &mrd(1, "CHAT", 5)), 3);
    assert_eq!(effective_capacity(&amina(&registry), &mrd(2, "VOICE", 1)), 1);
    registry.put(Object::Mrd(mrd(1, "CHAT", 2)), NOW);
    assert_eq!(effective_capacity(&amina(&registry), &mrd(1, "CHAT", 2)), 2);

    let renamed = User { last_name: "Haddad".into(), ..amina(&registry) };
    assert_eq!(words(registry.check_put(&Object::User(renamed), None)), "ok");
    let raised = User { capacities: vec![Capacity { mrd: id(1), max_tasks: 4 }], ..amina(&registry) };
    assert_eq!(
        words(registry.check_put(&Object::User(raised), None)),
        "associatedMrds[0].maxAgentTasks: must be at most 2, the maximum of \"CHAT\""
    );
}

#[test]
fn the_last_administrator_stays() {
    let last = "\"Ada\" is the last enabled administrator; make another one first";
    let ada = |change: fn(&mut User), expect: &str| {
        amina(
            |u| {
                *u = User { supervises: vec![], ..user(2, "Ada", &[Role::Admin]) };
                change(u);
            },
            expect,
        )
    };
    ada(|_| {}, "ok");
    ada(|u| u.enabled = false, last);
    ada(|u| u.roles = vec![Role::Supervisor], last);
    delete(Kind::User, 2, last);

    let mut registry = world();
    registry.put(Object::User(user(3, "Bea", &[Role::Admin])), NOW);
    assert_eq!(words(registry.check_delete(Kind::User, id(2), None)), "ok");
    registry.put(Object::User(User { enabled: false, ..user(3, "Bea", &[Role::Admin]) }), NOW);
    assert_eq!(words(registry.check_delete(Kind::User, id(2), None)), last);
}
