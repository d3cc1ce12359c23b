//! Registry objects as the wire shows them: references become the whole objects they name.
//!
//! Promises: a secret is never written; a reference whose object is gone shows its id and nothing else. What the
//! documented objects have no member for (`enabled`, `openTo`, `autoSync`, ...) stands beside their members.
//!
//! The way back is [`read`].

use serde_json::{Map, Value, json};
use tieline_cim::agent::{AssociatedMrd, AssociatedRoutingAttribute, PermittedResource, PermittedResources};
use tieline_cim::channel::{
    AgentSelection, AttributeKind, AttributeSchema, CategoryOptions, ChannelMode, IdentificationCriteria,
    RoutingMode, RoutingPolicy, Tenant,
};
use tieline_cim::customer::CustomerSchemaAttribute;
use tieline_cim::routing::{
    Conjunction, MediaRoutingDomain, PrecisionQueue, PullModeList, ReasonType, Relation, RoutingAttributeType,
};
use tieline_cim::{
    Attribute, CcUser, ChannelConfig, ChannelConnector, ChannelProvider, KeycloakUser, Members,
};
use tieline_core::id::{AttributeId, ChannelTypeId, ConnectorId, Id, MrdId, ProviderId};
use tieline_core::permission;
use tieline_core::registry::settings::{AgentThreshold, WrapUp};
use tieline_core::registry::{
    CannedMessage, Channel, ChannelType, Connector, CustomField, CustomerValueType, Expression, Join, Label,
    List, Media, Mode, Mrd, NobodyCame, Operator, OutOfHours, Patience, Provider, Queue, ReasonCode,
    ReasonPurpose, Registry, Role, Routing, RoutingAttribute, SECRET_MASK, Scale, SchemaAttribute, Selection,
    Step, Target, Team, TenantSettings, Term, User, effective_capacity,
};

mod bot;
pub mod read;
mod web;

pub use web::{calendar, form, occurrence, widget};

pub use bot::bot;

/// The one owner of everything registered here.
pub const TENANT_ID: &str = "5f2b1c4d7a6e8f0912345678";
const REALM: &str = "tieline";

/// Domain kinds with the ids clients know them by.
pub(crate) const MEDIA: [(Media, &str, &str); 4] = [
    (Media::Chat, "CHAT", "64f6edf8b89b71cc6cb60917"),
    (Media::CxVoice, "CX_VOICE", "64f6ee2dd49f4e9d7eb5f591"),
    (Media::CiscoCc, "CISCO_CC", "64f6ee374776bb029f1174e1"),
    (Media::Email, "EMAIL", "64f6ee41a8c35e0f7b20d6c3"),
];

pub fn channel_type(channel_type: &ChannelType) -> tieline_cim::ChannelType {
    tieline_cim::ChannelType {
        id: channel_type.id.to_string(),
        name: channel_type.name.clone(),
        channel_logo: channel_type.logo.clone(),
        is_interactive: channel_type.interactive,
        media_routing_domain: channel_type.mrd.map(|mrd| mrd.to_string()),
        ..tieline_cim::ChannelType::default()
    }
}

fn channel_type_by_id(registry: &Registry, id: ChannelTypeId) -> tieline_cim::ChannelType {
    registry.channel_type(id).map_or_else(
        || tieline_cim::ChannelType { id: id.to_string(), ..tieline_cim::ChannelType::default() },
        |stored| channel_type(&stored.value),
    )
}

pub fn provider(registry: &Registry, provider: &Provider) -> ChannelProvider {
    let mut extra = Members::new();
    if let Some(path) = &provider.webhook_path {
        extra.insert("providerWebhookPath".into(), path.as_str().into());
    }
    ChannelProvider {
        id: provider.id.to_string(),
        name: provider.name.clone(),
        supported_channel_types: provider
            .channel_types
            .iter()
            .map(|id| channel_type_by_id(registry, *id))
            .collect(),
        provider_webhook: provider.webhook.clone(),
        channel_provider_config_schema: provider.schema.iter().map(custom_field).collect(),
        extra,
    }
}

fn custom_field(field: &CustomField) -> AttributeSchema {
    let category_options = match &field.options {
        Some(options) => CategoryOptions {
            is_multiple_choice: Some(options.multiple),
            categories: options
                .categories
                .iter()
                .map(|category| tieline_cim::channel::Category {
                    category_name: category.name.clone(),
                    values: category.values.iter().map(|value| value.as_str().into()).collect(),
                    ..tieline_cim::channel::Category::default()
                })
                .collect(),
            ..CategoryOptions::default()
        },
        None => CategoryOptions::default(),
    };
    let kind = if field.options.is_some() { AttributeKind::Options } else { AttributeKind::Input };
    AttributeSchema {
        attribute_type: Some(kind),
        category_options,
        is_required: field.required,
        help_text: Some(field.help.clone()),
        key: field.key.clone(),
        label: Some(field.label.clone()),
        value_type: Some(field.value_type.as_str().to_owned()),
        ..AttributeSchema::default()
    }
}

fn provider_by_id(registry: &Registry, id: ProviderId) -> ChannelProvider {
    registry.provider(id).map_or_else(
        || ChannelProvider { id: id.to_string(), ..ChannelProvider::default() },
        |stored| provider(registry, &stored.value),
    )
}

/// Secret values are masked.
pub fn connector(registry: &Registry, connector: &Connector) -> ChannelConnector {
    let mut extra = Members::new();
    if !connector.open_to.is_empty() {
        extra.insert("openTo".into(), json!(connector.open_to));
    }
    ChannelConnector {
        id: connector.id.to_string(),
        name: connector.name.clone(),
        channel_provider_interface: provider_by_id(registry, connector.provider),
        channel_provider_configs: masked_values(registry, connector),
        tenant: Some(tenant()),
        extra,
    }
}

fn masked_values(registry: &Registry, connector: &Connector) -> Vec<Attribute> {
    let schema = registry.provider(connector.provider).map_or(&[][..], |stored| &stored.value.schema);
    let secret = |key: &str| schema.iter().find(|field| field.key == key).is_none_or(CustomField::secret);
    let mut values = configuration(connector);
    for value in values.iter_mut().filter(|value| secret(&value.key) && !value.value.is_null()) {
        value.value = SECRET_MASK.into();
    }
    values
}

/// The values as the connector itself may see them.
pub fn configuration(connector: &Connector) -> Vec<Attribute> {
    connector
        .values
        .iter()
        .map(|field| Attribute::new(field.key.clone(), field.value_type.clone(), field.value.clone()))
        .collect()
}

fn connector_by_id(registry: &Registry, id: ConnectorId) -> ChannelConnector {
    registry.connector(id).map_or_else(
        || ChannelConnector { id: id.to_string(), ..ChannelConnector::default() },
        |stored| connector(registry, &stored.value),
    )
}

pub fn channel(registry: &Registry, channel: &Channel) -> tieline_cim::Channel {
    let mut extra = Members::new();
    extra.insert("enabled".into(), channel.enabled.into());
    if let Some(thresholds) = &channel.customer_thresholds {
        extra.insert("customerThresholds".into(), json!(thresholds));
    }
    if let OutOfHours::Tell { text } = &channel.out_of_hours {
        extra.insert("outOfHours".into(), json!({"action": "MESSAGE", "message": text}));
    }
    tieline_cim::Channel {
        id: channel.id.to_string(),
        name: channel.name.clone(),
        service_identifier: channel.service_identifier.clone(),
        default_outbound: channel.default_outbound,
        tenant: Some(tenant()),
        calendar_id: channel.calendar.map(|calendar| calendar.to_string()),
        channel_config: channel_config(channel),
        channel_connector: connector_by_id(registry, channel.connector),
        channel_type: channel_type_by_id(registry, channel.channel_type),
        extra,
    }
}

fn channel_config(channel: &Channel) -> ChannelConfig {
    ChannelConfig {
        id: channel.config_id.to_string(),
        channel_mode: match channel.mode {
            Mode::Hybrid => ChannelMode::Hybrid,
            Mode::Bot => ChannelMode::Bot,
            Mode::Agent => ChannelMode::Agent,
        },
        response_sla: channel.ring_secs.into(),
        customer_activity_timeout: channel.inactivity_secs.into(),
        customer_identification_criteria: IdentificationCriteria {
            value: channel.identification_criteria.clone(),
            ..IdentificationCriteria::default()
        },
        routing_policy: routing_policy(&channel.routing),
        bot_id: channel.bot.map(|bot| bot.to_string()),
        ..ChannelConfig::default()
    }
}

fn routing_policy(routing: &Routing) -> RoutingPolicy {
    let (mode, object) = match routing.target {
        Target::Push(queue) => (RoutingMode::Push, queue.map(|queue| queue.to_string())),
        Target::Pull(list) => (RoutingMode::Pull, list.map(|list| list.to_string())),
        Target::External => (RoutingMode::External, None),
    };
    let mut extra = Members::new();
    let Patience { announce_wait, only_when_staffed, then } = routing.patience;
    for (key, on) in [(ANNOUNCE_WAIT, announce_wait), (ONLY_WHEN_STAFFED, only_when_staffed)] {
        if on {
            extra.insert(key.into(), on.into());
        }
    }
    match then {
        NobodyCame::Message => {}
        NobodyCame::KeepWaiting => drop(extra.insert(WHEN_NOBODY_CAME.into(), "KEEP_WAITING".into())),
        NobodyCame::Queue(queue) => {
            extra.insert(WHEN_NOBODY_CAME.into(), "QUEUE".into());
            extra.insert(NOBODY_CAME_QUEUE.into(), queue.to_string().into());
        }
        NobodyCame::CallBack(list) => {
            extra.insert(WHEN_NOBODY_CAME.into(), "CALLBACK".into());
            extra.insert(NOBODY_CAME_LIST.into(), list.to_string().into());
        }
    }
    RoutingPolicy {
        agent_selection_policy: Some(match routing.selection {
            Selection::LongestAvailable => AgentSelection::LongestAvailable,
            Selection::LeastSkilled => AgentSelection::LeastSkilled,
            Selection::MostSkilled => AgentSelection::MostSkilled,
        }),
        route_to_last_agent: routing.last_agent,
        routing_mode: Some(mode),
        routing_object_id: object,
        agent_request_ttl: routing.request_ttl_secs.into(),
        extra,
    }
}

// Members of a routing policy that are ours beside the documented ones.
pub(crate) const ANNOUNCE_WAIT: &str = "announceWait";
pub(crate) const ONLY_WHEN_STAFFED: &str = "onlyWhenStaffed";
pub(crate) const WHEN_NOBODY_CAME: &str = "whenNobodyCame";
pub(crate) const NOBODY_CAME_QUEUE: &str = "nobodyCameQueueId";
pub(crate) const NOBODY_CAME_LIST: &str = "nobodyCameListId";

fn tenant() -> Tenant {
    Tenant { id: TENANT_ID.into(), ..Tenant::default() }
}

pub fn mrd(mrd: &Mrd) -> MediaRoutingDomain {
    let kind = MEDIA.iter().find(|(media, ..)| *media == mrd.media).map(|(.., id)| (*id).to_owned());
    let mut extra = Members::new();
    extra.insert("autoSync".into(), mrd.auto_sync.into());
    MediaRoutingDomain {
        id: mrd.id.to_string(),
        kind,
        name: mrd.name.clone(),
        description: Some(mrd.description.clone()),
        max_requests: mrd.max_requests.into(),
        interruptible: mrd.interruptible,
        extra,
    }
}

fn mrd_by_id(registry: &Registry, id: MrdId) -> MediaRoutingDomain {
    registry.mrd(id).map_or_else(
        || MediaRoutingDomain { id: id.to_string(), ..MediaRoutingDomain::default() },
        |stored| mrd(&stored.value),
    )
}

pub fn routing_attribute(attribute: &RoutingAttribute) -> tieline_cim::routing::RoutingAttribute {
    tieline_cim::routing::RoutingAttribute {
        id: attribute.id.to_string(),
        name: attribute.name.clone(),
        description: Some(attribute.description.clone()),
        kind: Some(match attribute.scale {
            Scale::Boolean => RoutingAttributeType::Boolean,
            Scale::ProficiencyLevel => RoutingAttributeType::ProficiencyLevel,
        }),
        default_value: attribute.default.into(),
        ..tieline_cim::routing::RoutingAttribute::default()
    }
}

fn attribute_by_id(registry: &Registry, id: AttributeId) -> tieline_cim::routing::RoutingAttribute {
    registry.attribute(id).map_or_else(
        || tieline_cim::routing::RoutingAttribute {
            id: id.to_string(),
            ..tieline_cim::routing::RoutingAttribute::default()
        },
        |stored| routing_attribute(&stored.value),
    )
}

pub fn queue(registry: &Registry, queue: &Queue) -> PrecisionQueue {
    PrecisionQueue {
        id: queue.id.to_string(),
        name: queue.name.clone(),
        mrd: mrd_by_id(registry, queue.mrd),
        service_level_type: queue.service_level_type.into(),
        service_level_threshold: queue.service_level_secs.into(),
        agent_sla_duration: queue.agent_sla_secs.map(i64::from),
        ewt_min_value: queue.ewt_min_secs.map(i64::from),
        ewt_max_value: queue.ewt_max_secs.map(i64::from),
        queue_priority: Some(queue.priority.into()),
        steps: queue.steps.iter().map(|one| step(registry, one)).collect(),
        extra: service(queue.agent_thresholds.as_deref(), queue.wrap_up),
    }
}

/// What a queue or a list says differently from the tenant.
fn service(thresholds: Option<&[AgentThreshold]>, wrap_up: Option<WrapUp>) -> Members {
    let mut extra = Members::new();
    if let Some(thresholds) = thresholds {
        extra.insert("agentThresholds".into(), json!(thresholds));
    }
    if let Some(wrap_up) = wrap_up {
        extra.insert("wrapUp".into(), json!(wrap_up));
    }
    extra
}

fn step(registry: &Registry, step: &Step) -> tieline_cim::routing::Step {
    tieline_cim::routing::Step {
        id: step.id.to_string(),
        timeout: step.timeout_secs.into(),
        expressions: step
            .expressions
            .iter()
            .enumerate()
            .map(|(i, one)| expression(registry, i == 0, one))
            .collect(),
        ..tieline_cim::routing::Step::default()
    }
}

fn expression(registry: &Registry, first: bool, expression: &Expression) -> tieline_cim::routing::Expression {
    tieline_cim::routing::Expression {
        terms: expression.terms.iter().enumerate().map(|(i, one)| term(registry, i == 0, one)).collect(),
        pre_expression_condition: conjunction(first, expression.join),
        ..tieline_cim::routing::Expression::default()
    }
}

fn term(registry: &Registry, first: bool, term: &Term) -> tieline_cim::routing::Term {
    tieline_cim::routing::Term {
        routing_attribute: attribute_by_id(registry, term.attribute),
        relational_operator: match term.operator {
            Operator::Equal => Relation::Equal,
            Operator::NotEqual => Relation::NotEqual,
            Operator::Less => Relation::Less,
            Operator::AtMost => Relation::LessOrEqual,
            Operator::Greater => Relation::Greater,
            Operator::AtLeast => Relation::GreaterOrEqual,
        },
        value: term.value.into(),
        pre_term_condition: conjunction(first, term.join),
        ..tieline_cim::routing::Term::default()
    }
}

/// The first has nothing before it to be joined with.
fn conjunction(first: bool, join: Join) -> Option<Conjunction> {
    (!first).then_some(match join {
        Join::And => Conjunction::And,
        Join::Or => Conjunction::Or,
    })
}

pub fn list(list: &List) -> PullModeList {
    let mut extra = service(list.agent_thresholds.as_deref(), list.wrap_up);
    if let Some(secs) = list.agent_sla_secs {
        extra.insert("agentSlaDuration".into(), secs.into());
    }
    extra.insert("teams".into(), json!(list.teams));
    extra.insert("respectCapacity".into(), list.respects_capacity.into());
    PullModeList {
        id: list.id.to_string(),
        name: list.name.clone(),
        description: Some(list.description.clone()),
        extra,
    }
}

/// The documented protocol has no such object: this is its only form.
pub fn settings(settings: &TenantSettings) -> Value {
    let mut shown = json!(settings.settings);
    shown["id"] = json!(settings.id);
    shown
}

pub fn label(label: &Label) -> tieline_cim::customer::Label {
    tieline_cim::customer::Label {
        id: label.id.to_string(),
        name: label.name.clone(),
        created_by: Some(label.created_by.clone()),
        color_code: Some(label.colour.clone()),
        priority: label.priority.map(i64::from),
        ..tieline_cim::customer::Label::default()
    }
}

/// The documented protocol has no such object: this is its only form.
pub fn canned_message(message: &CannedMessage) -> Value {
    json!({
        "id": message.id,
        "name": message.name,
        "language": message.language,
        "category": message.category,
        "text": message.text,
    })
}

pub fn reason_code(registry: &Registry, reason: &ReasonCode) -> tieline_cim::routing::ReasonCode {
    let changed_at = registry.reason_code(reason.id).map(|stored| stored.changed_at.millis());
    tieline_cim::routing::ReasonCode {
        id: reason.id.to_string(),
        name: reason.name.clone(),
        description: Some(reason.description.clone()),
        kind: Some(match reason.purpose {
            ReasonPurpose::NotReady => ReasonType::NotReady,
            ReasonPurpose::Logout => ReasonType::Logout,
            ReasonPurpose::Callback => ReasonType::Callback,
        }),
        code: Some(reason.code.into()),
        is_deleted: Some(false),
        created_at: reason.id.made_at().millis().into(),
        updated_at: changed_at.into(),
        ..tieline_cim::routing::ReasonCode::default()
    }
}

pub fn team(team: &Team) -> tieline_cim::Team {
    tieline_cim::Team {
        team_id: team.id.to_string(),
        team_name: team.name.clone(),
        ..tieline_cim::Team::default()
    }
}

/// A team as it is registered, with those who lead it.
pub fn whole_team(registry: &Registry, team: &Team) -> Value {
    let supervisors: Vec<Value> = registry
        .users()
        .filter(|user| user.value.supervises.contains(&team.id))
        .map(|user| json!({"id": user.value.id, "username": user.value.username}))
        .collect();
    json!({
        "teamId": team.id,
        "teamName": team.name,
        "description": team.description,
        "supervisors": supervisors,
    })
}

fn team_by_id(registry: &Registry, id: Id) -> tieline_cim::Team {
    registry.team(id).map_or_else(
        || tieline_cim::Team { team_id: id.to_string(), ..tieline_cim::Team::default() },
        |stored| team(&stored.value),
    )
}

pub(crate) const fn role(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Supervisor => "supervisor",
        Role::Evaluator => "evaluator",
        Role::QualityManager => "quality_manager",
        Role::RoutingManager => "routing_manager",
        Role::Admin => "admin",
    }
}

/// A person, as desks and lists of users see him.
pub fn keycloak_user(registry: &Registry, user: &User) -> KeycloakUser {
    let resources = permission::desk_resources(&user.roles)
        .into_iter()
        .map(|(name, scopes)| PermittedResource {
            rsid: name.to_owned(),
            rsname: name.to_owned(),
            scopes: scopes.into_iter().map(str::to_owned).collect(),
            ..PermittedResource::default()
        })
        .collect();
    let attributes: Map<String, Value> =
        user.directory.iter().map(|(key, values)| (key.clone(), json!(values))).collect();
    KeycloakUser {
        id: user.id.to_string(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        username: user.username.clone(),
        roles: user.roles.iter().map(|one| role(*one).to_owned()).collect(),
        realm: Some(REALM.into()),
        permitted_resources: PermittedResources { resources, ..PermittedResources::default() },
        attributes,
        user_team: user.team.map(|team| team_by_id(registry, team)).unwrap_or_default(),
        supervised_teams: user.supervises.iter().map(|team| team_by_id(registry, *team)).collect(),
        ..KeycloakUser::default()
    }
}

/// A person as an agent: with skills, and with how much work of each domain he takes.
pub fn ccuser(registry: &Registry, user: &User) -> CcUser {
    CcUser {
        id: user.id.to_string(),
        keycloak_user: keycloak_user(registry, user),
        associated_routing_attributes: skills(registry, user),
        associated_mrds: capacities(registry, user),
        ..CcUser::default()
    }
}

fn skills(registry: &Registry, user: &User) -> Vec<AssociatedRoutingAttribute> {
    user.attributes
        .iter()
        .map(|skill| AssociatedRoutingAttribute {
            routing_attribute: attribute_by_id(registry, skill.attribute),
            value: skill.value.into(),
            ..AssociatedRoutingAttribute::default()
        })
        .collect()
}

fn capacities(registry: &Registry, user: &User) -> Vec<AssociatedMrd> {
    registry
        .mrds()
        .map(|mrd| AssociatedMrd {
            mrd_id: mrd.value.id.to_string(),
            max_agent_tasks: effective_capacity(user, &mrd.value).into(),
            ..AssociatedMrd::default()
        })
        .collect()
}

/// An account as administrators see it: the person with skills and capacities beside him, without the password.
pub fn account(registry: &Registry, user: &User) -> KeycloakUser {
    let mut account = keycloak_user(registry, user);
    account.extra.insert("enabled".into(), user.enabled.into());
    account.extra.insert("identity".into(), json!(user.identity));
    account.extra.insert("secondFactor".into(), user.second_factor.is_some().into());
    account.extra.insert("associatedRoutingAttributes".into(), json!(skills(registry, user)));
    account.extra.insert("associatedMrds".into(), json!(capacities(registry, user)));
    account
}

pub(crate) const CUSTOMER_TYPES: [(CustomerValueType, &str); 10] = [
    (CustomerValueType::AlphaNumeric, "alphaNumeric"),
    (CustomerValueType::Boolean, "boolean"),
    (CustomerValueType::Email, "email"),
    (CustomerValueType::Ip, "ip"),
    (CustomerValueType::Name, "name"),
    (CustomerValueType::Number, "number"),
    (CustomerValueType::PhoneNumber, "phoneNumber"),
    (CustomerValueType::Password, "password"),
    (CustomerValueType::String, "string"),
    (CustomerValueType::Url, "url"),
];

pub fn schema_attribute(registry: &Registry, attribute: &SchemaAttribute) -> CustomerSchemaAttribute {
    let kind = CUSTOMER_TYPES.iter().find(|(kind, _)| *kind == attribute.value_type);
    CustomerSchemaAttribute {
        id: attribute.id.to_string(),
        key: attribute.key.clone(),
        label: attribute.label.clone(),
        description: attribute.description.clone(),
        kind: kind.map_or("string", |(_, word)| word).to_owned(),
        length: attribute.length.map_or_else(|| "".into(), |length| length.to_string().into()),
        is_required: attribute.required,
        default_value: attribute.default.clone(),
        is_pii: attribute.pii,
        is_channel_identifier: !attribute.identifies.is_empty(),
        channel_types: attribute.identifies.iter().map(|id| channel_type_by_id(registry, *id).name).collect(),
        is_delete_able: attribute.deletable,
        sort_order: attribute.order.into(),
        is_search_able: attribute.searchable,
        ..CustomerSchemaAttribute::default()
    }
}
