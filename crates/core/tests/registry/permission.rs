//! Who may do what.

use tieline_core::permission::{Action, Resource, allows, desk_resources};
use tieline_core::registry::Role;

/// The most each role may do: admin, routing manager, supervisor, agent.
#[test]
fn the_table() {
    use Resource as R;
    for (resource, expect) in [
        (R::ChannelManager, "manage view view view"),
        (R::BotSettings, "manage view view -"),
        (R::WebWidget, "manage view view -"),
        (R::Mrd, "manage manage view view"),
        (R::RoutingAttribute, "manage manage view -"),
        (R::Queue, "manage view own view"),
        (R::PullModeList, "manage view view view"),
        (R::SubscribedList, "manage - manage view"),
        (R::AgentAttributes, "manage manage own -"),
        (R::AgentMrd, "manage manage own -"),
        (R::Teams, "manage manage own view"),
        (R::Users, "manage - - -"),
        (R::Forms, "manage view view view"),
        (R::ReasonCode, "manage view view view"),
        (R::AgentDeskSetting, "manage view view view"),
        (R::GeneralSettings, "manage view view -"),
        (R::BusinessCalendar, "manage view view view"),
        (R::CustomerSchema, "manage view view view"),
        (R::Customers, "manage - manage manage"),
        (R::CustomerLabels, "manage view manage view"),
        (R::Conversations, "manage - manage manage"),
        (R::Deliveries, "manage - view -"),
        (R::Reports, "manage view view -"),
        (R::Audit, "manage - - -"),
    ] {
        let most = |role| {
            let actions =
                [(Action::Manage, "manage"), (Action::ManageOwnTeam, "own"), (Action::View, "view")];
            actions
                .into_iter()
                .find(|(action, _)| allows(&[role], resource, *action))
                .map_or("-", |(_, word)| word)
        };
        let row = [Role::Admin, Role::RoutingManager, Role::Supervisor, Role::Agent].map(most).join(" ");
        assert_eq!(row, expect, "{resource:?}");
    }
}

#[test]
fn roles_add_up() {
    let both = [Role::Agent, Role::RoutingManager];
    assert!(allows(&both, Resource::Customers, Action::Manage));
    assert!(allows(&both, Resource::Mrd, Action::Manage));
    assert!(!allows(&both, Resource::Users, Action::View));
    assert!(!allows(&[], Resource::Queue, Action::View));
    assert!(!allows(&[Role::Evaluator], Resource::Customers, Action::Manage));
}

fn scopes(roles: &[Role], name: &str) -> String {
    let listed = desk_resources(roles);
    let names: Vec<_> = listed.iter().map(|(name, _)| name).collect();
    assert!(names.iter().collect::<std::collections::BTreeSet<_>>().len() == names.len(), "{names:?}");
    listed.into_iter().find(|(listed, _)| *listed == name).map_or("-".into(), |(_, scopes)| scopes.join(" "))
}

#[test]
fn what_the_login_lists() {
    for (roles, name, expect) in [
        (vec![Role::Agent], "customer", "view manage view_in_conversation manage_in_conversation masked_pii"),
        (
            vec![Role::Supervisor],
            "customer",
            "view manage view_in_conversation manage_in_conversation view_pii",
        ),
        (
            vec![Role::Agent, Role::Admin],
            "customer",
            "view manage view_in_conversation manage_in_conversation view_pii",
        ),
        (vec![Role::Evaluator], "customer", "view masked_pii"),
        (vec![Role::Agent], "customer-labels", "assign_label"),
        (vec![Role::Supervisor], "customer-labels", "assign_label manage"),
        (vec![Role::Agent], "state-change", "manage_state_change"),
        (vec![Role::Agent], "subscribed-list", "view"),
        (vec![Role::Supervisor], "subscribed-list", "view manage"),
        (vec![Role::Agent], "supervisor", "-"),
        (vec![Role::Supervisor], "supervisor", "view_all"),
        (vec![Role::Agent], "customer-schema", "view"),
        (vec![Role::Admin], "customer-schema", "view manage"),
        (vec![Role::Supervisor], "queue", "view manage"),
        (vec![Role::RoutingManager], "customer", "-"),
        (vec![Role::RoutingManager], "mrd", "view manage"),
        (vec![Role::Evaluator], "recording-link", "view view_all"),
        (vec![], "customer", "-"),
    ] {
        assert_eq!(scopes(&roles, name), expect, "{roles:?} {name}");
    }
    assert!(scopes(&[Role::Agent], "agent-conversation-control").contains("view_wrap_up"));
}
