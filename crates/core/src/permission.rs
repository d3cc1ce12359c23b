//! Who may do what: one table for the API, and the form of it that a desk reads at login.
//!
//! A person may do what any of the roles may. The API asks [`allows`]; [`desk_resources`] only tells a desk which
//! buttons to show, and nothing is protected by a button that is not shown.

use crate::registry::Role;

/// What is protected. Names follow the resource names that desks and admin screens know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Channel types, providers, connectors and channels.
    ChannelManager,
    BotSettings,
    WebWidget,
    Mrd,
    RoutingAttribute,
    Queue,
    PullModeList,
    /// The requests on pull lists: to follow and join, and to end them.
    SubscribedList,
    /// Which routing attributes agents hold.
    AgentAttributes,
    /// How much work agents may hold per domain.
    AgentMrd,
    Teams,
    /// Accounts, roles and passwords.
    Users,
    Forms,
    ReasonCode,
    AgentDeskSetting,
    GeneralSettings,
    BusinessCalendar,
    CustomerSchema,
    Customers,
    /// The labels there are. Putting one on a customer is [`Action::Manage`] of [`Resource::Customers`].
    CustomerLabels,
    /// Conversations and their history.
    Conversations,
    /// Outbound messages: where they are, those given up on, sending them again.
    Deliveries,
    Reports,
    Audit,
}

impl Resource {
    pub const ALL: [Self; 24] = [
        Self::ChannelManager,
        Self::BotSettings,
        Self::WebWidget,
        Self::Mrd,
        Self::RoutingAttribute,
        Self::Queue,
        Self::PullModeList,
        Self::SubscribedList,
        Self::AgentAttributes,
        Self::AgentMrd,
        Self::Teams,
        Self::Users,
        Self::Forms,
        Self::ReasonCode,
        Self::AgentDeskSetting,
        Self::GeneralSettings,
        Self::BusinessCalendar,
        Self::CustomerSchema,
        Self::Customers,
        Self::CustomerLabels,
        Self::Conversations,
        Self::Deliveries,
        Self::Reports,
        Self::Audit,
    ];

    /// Its name in lists of permissions; desks know most by it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChannelManager => "channel-manager",
            Self::BotSettings => "bot-settings",
            Self::WebWidget => "web-widget",
            Self::Mrd => "mrd",
            Self::RoutingAttribute => "routing-attribute",
            Self::Queue => "queue",
            Self::PullModeList => "pull-mode-list",
            Self::SubscribedList => "subscribed-list",
            Self::AgentAttributes => "agent-attributes",
            Self::AgentMrd => "agent-mrd",
            Self::Teams => "teams",
            Self::Forms => "forms",
            Self::ReasonCode => "reason-code",
            Self::AgentDeskSetting => "agent-desk-setting",
            Self::GeneralSettings => "general-settings",
            Self::BusinessCalendar => "business-calendar",
            Self::CustomerSchema => "customer-schema",
            Self::Users => "users",
            Self::Customers => "customers",
            Self::CustomerLabels => "customer-labels",
            Self::Conversations => "conversations",
            Self::Deliveries => "deliveries",
            Self::Reports => "reports",
            Self::Audit => "audit",
        }
    }

    /// The name in what a desk is told; `None` for what no desk asks about.
    const fn rsname(self) -> Option<&'static str> {
        match self {
            Self::Users
            | Self::Customers
            | Self::CustomerLabels
            | Self::Conversations
            | Self::Deliveries
            | Self::Reports
            | Self::Audit => None,
            known => Some(known.name()),
        }
    }
}

/// From least to most; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    View,
    /// Change what belongs to the teams one supervises. The caller checks that it does.
    ManageOwnTeam,
    Manage,
}

/// Whether somebody with these roles may do this.
#[must_use]
pub fn allows(roles: &[Role], resource: Resource, action: Action) -> bool {
    granted(roles, resource).is_some_and(|granted| granted >= action)
}

/// The most somebody with these roles may do with a resource; `None` for nothing.
#[must_use]
pub fn granted(roles: &[Role], resource: Resource) -> Option<Action> {
    roles.iter().filter_map(|role| grant(*role, resource)).max()
}

/// The table: the most a role may do with a resource.
const fn grant(role: Role, resource: Resource) -> Option<Action> {
    use Action::{Manage, ManageOwnTeam, View};
    use Resource as R;

    Some(match role {
        Role::Admin => Manage,
        Role::RoutingManager => match resource {
            R::AgentAttributes | R::AgentMrd | R::Teams | R::Mrd | R::RoutingAttribute => Manage,
            R::Users | R::Deliveries | R::Audit | R::Customers | R::Conversations | R::SubscribedList => {
                return None;
            }
            _ => View,
        },
        Role::Supervisor => match resource {
            R::Queue | R::AgentAttributes | R::AgentMrd | R::Teams => ManageOwnTeam,
            R::Customers | R::CustomerLabels | R::Conversations | R::SubscribedList => Manage,
            R::Users | R::Audit => return None,
            _ => View,
        },
        Role::Evaluator | Role::QualityManager => match resource {
            R::Conversations | R::Customers | R::CustomerSchema | R::CustomerLabels | R::Reports => View,
            R::Forms if matches!(role, Role::QualityManager) => Manage,
            R::Forms | R::Queue | R::Teams => View,
            _ => return None,
        },
        // What the desk needs: to name queues and channels, to render profiles, wrap-up forms and settings.
        Role::Agent => match resource {
            R::Customers | R::Conversations => Manage,
            R::ChannelManager
            | R::Mrd
            | R::Queue
            | R::PullModeList
            | R::SubscribedList
            | R::Teams
            | R::Forms
            | R::ReasonCode
            | R::AgentDeskSetting
            | R::BusinessCalendar
            | R::CustomerSchema
            | R::CustomerLabels => View,
            _ => return None,
        },
    })
}

/// Whether personal data of any customer is shown in clear, and not only of those one serves.
#[must_use]
pub fn sees_personal_data(roles: &[Role]) -> bool {
    roles.iter().any(|role| matches!(role, Role::Supervisor | Role::Admin))
}

/// What the login reply lists as permitted: each resource's name and its scopes. Roles that share a resource add up.
#[must_use]
pub fn desk_resources(roles: &[Role]) -> Vec<(&'static str, Vec<&'static str>)> {
    let has = |wanted: &[Role]| roles.iter().any(|role| wanted.contains(role));
    let handles = has(&[Role::Agent, Role::Supervisor, Role::Admin]);
    let leads = has(&[Role::Supervisor, Role::Admin]);
    let judges = has(&[Role::Evaluator, Role::QualityManager]);

    let mut listed: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    let mut list = |name, when: bool, scopes: &[&'static str]| {
        if when {
            match listed.iter_mut().find(|(listed, _)| *listed == name) {
                Some((_, present)) => present.extend(scopes),
                None => listed.push((name, scopes.to_vec())),
            }
        }
    };
    list("customer", handles || judges, &["view"]);
    list("customer", handles, &["manage", "view_in_conversation", "manage_in_conversation"]);
    list("customer", leads, &["view_pii"]);
    list("customer", !leads && (handles || judges), &["masked_pii"]);
    list("customer-labels", handles, &["assign_label"]);
    list("customer-labels", leads, &["manage"]);
    list(
        "agent-conversation-control",
        handles,
        &[
            "view_conference",
            "view_consult",
            "view_direct_transfer",
            "view_history",
            "view_history_active_customer",
            "view_initiate_chat",
            "view_leave_chat",
            "view_wrap_up",
        ],
    );
    list("state-change", handles, &["manage_state_change"]);
    list("agent-dashboard", handles, &["view"]);
    list("supervisor", leads, &["view_all"]);
    list("recording-link", leads || judges, &["view", "view_all"]);
    for resource in Resource::ALL {
        let Some(name) = resource.rsname() else { continue };
        list(name, allows(roles, resource, Action::View), &["view"]);
        list(name, allows(roles, resource, Action::ManageOwnTeam), &["manage"]);
    }
    listed
}
