//! Registry objects of the channel side: types, providers, connectors, channels and their attributes.
//!
//! A blank `id` stands for an object not yet stored. References are whole objects, as clients expect them.

use serde_json::Value;

wire_struct! {
    /// A kind of channel, e.g. `WEB`; its logo is a file of the file engine.
    pub struct ChannelType {
        id: String,
        /// Upper case by convention.
        name: String,
        channel_logo: Option<String>,
        is_interactive: bool,
        /// Id of the media routing domain its conversations count in.
        media_routing_domain: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        deleted: Option<bool>,
    }

    /// A provider of channels (`ChannelProviderInterface`): where outbound messages go, and what to configure.
    pub struct ChannelProvider {
        id: String,
        name: String,
        supported_channel_types: Vec<ChannelType>,
        /// A full path or a base URL.
        provider_webhook: Option<String>,
        channel_provider_config_schema: Vec<AttributeSchema>,
    }

    /// A provider with its settings.
    pub struct ChannelConnector {
        id: String,
        name: String,
        channel_provider_interface: ChannelProvider,
        channel_provider_configs: Vec<Attribute>,
        tenant: Option<Tenant>,
    }

    /// One business address (`serviceIdentifier`) on one connector.
    pub struct Channel {
        id: String,
        name: String,
        /// Unique across channels.
        service_identifier: String,
        default_outbound: bool,
        tenant: Option<Tenant>,
        /// Business hours of the web widget.
        #[serde(skip_serializing_if = "Option::is_none")]
        calendar_id: Option<String>,
        channel_config: ChannelConfig,
        channel_connector: ChannelConnector,
        channel_type: ChannelType,
    }

    /// How conversations of a channel are handled.
    pub struct ChannelConfig {
        id: String,
        channel_mode: ChannelMode,
        /// Legacy, `""` in practice.
        conversation_bot: String,
        /// Seconds an offered agent has; 0 is none.
        response_sla: i64,
        /// Seconds of customer silence before the session ends.
        customer_activity_timeout: i64,
        customer_sla: SlaTimer,
        customer_identification_criteria: IdentificationCriteria,
        routing_policy: RoutingPolicy,
        bot_id: Option<String>,
    }

    /// How an agent is found.
    pub struct RoutingPolicy {
        agent_selection_policy: Option<AgentSelection>,
        route_to_last_agent: bool,
        routing_mode: Option<RoutingMode>,
        /// Queue id for PUSH, list id for PULL.
        routing_object_id: Option<String>,
        /// Seconds a request waits for an agent.
        agent_request_ttl: i64,
    }

    /// A running SLA timer, or nulls.
    pub struct SlaTimer {
        /// Seconds.
        total_duration: Option<i64>,
        action: Option<String>,
        start_time: Option<crate::ClockTime>,
    }

    /// `{"value": null}` in practice.
    pub struct IdentificationCriteria {
        value: Value,
    }

    /// The owner of registry objects; its name is `null` where embedded.
    pub struct Tenant {
        id: String,
        name: Option<String>,
    }

    /// A typed key and value.
    pub struct Attribute {
        key: String,
        /// Never `null`: the desk reads it on every attribute.
        #[serde(rename = "type")]
        kind: ValueType,
        value: Value,
    }

    /// What may be entered for one attribute of a provider or a form.
    pub struct AttributeSchema {
        attribute_type: Option<AttributeKind>,
        /// Empty unless the kind is OPTIONS.
        category_options: CategoryOptions,
        is_required: bool,
        help_text: Option<String>,
        key: String,
        label: Option<String>,
        /// A [`ValueType`] on providers; form builders add words of their own, so the letter case is kept.
        value_type: Option<String>,
    }

    /// The choices of an OPTIONS attribute.
    pub struct CategoryOptions {
        #[serde(skip_serializing_if = "Option::is_none")]
        is_multiple_choice: Option<bool>,
        categories: Vec<Category>,
    }

    /// Choices under one heading.
    pub struct Category {
        category_name: String,
        /// Strings; newer form builders use objects.
        values: Vec<Value>,
    }
}

wire_words! {
    /// Who answers first on a channel.
    pub enum ChannelMode {
        Bot = "BOT",
        Agent = "AGENT",
        Hybrid = "HYBRID",
    }

    /// Which free agent gets the next request.
    pub enum AgentSelection {
        LeastSkilled = "LEAST_SKILLED",
        MostSkilled = "MOST_SKILLED",
        LongestAvailable = "LONGEST_AVAILABLE",
    }

    /// How requests reach agents.
    pub enum RoutingMode {
        Push = "PUSH",
        Pull = "PULL",
        External = "EXTERNAL",
    }

    /// How an attribute is entered.
    pub enum AttributeKind {
        Input = "INPUT",
        Options = "OPTIONS",
        TextArea = "TEXTAREA",
    }

    /// What values an attribute takes. Mixed case is the wire's.
    pub enum ValueType {
        Alphanum100 = "Alphanum100",
        AlphanumSpecial200 = "AlphanumSpecial200",
        String2000 = "String2000",
        String50 = "String50",
        String100 = "String100",
        PositiveNumber = "PositiveNumber",
        Ip = "IP",
        Number = "Number",
        PhoneNumber = "PhoneNumber",
        Url = "URL",
        Boolean = "Boolean",
        Email = "Email",
        Password = "Password",
        StringList = "StringList",
        WebChannelData = "WebChannelData",
    }
}

impl Attribute {
    /// An attribute of a type.
    pub fn new(key: impl Into<String>, kind: ValueType, value: impl Into<Value>) -> Self {
        Self { key: key.into(), kind, value: value.into(), ..Self::default() }
    }
}
