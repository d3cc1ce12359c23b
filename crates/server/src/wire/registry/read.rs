//! Registry objects as clients write them, read into the core's.
//!
//! Promises: a nested object may be the whole object, `{"id": ..}` or the bare id, and only its id counts; what a
//! client of the documented API cannot know (`enabled`, `openTo`, ...) stays as it was when it is left out; an
//! error names the member at fault. Whether the values may enter the registry is the core's to judge.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tieline_cim::channel::{
    AgentSelection, AttributeKind, AttributeSchema, ChannelMode, RoutingMode, RoutingPolicy, ValueType,
};
use tieline_cim::{ChannelConnector, ChannelProvider, Invalid};
use tieline_core::id::Id;
use tieline_core::registry::{
    Category, Channel, ChannelType, Connector, Credentials, CustomField, FieldValue, Mode, NobodyCame,
    Options, OutOfHours, Patience, Provider, Registry, Routing, Selection, Target,
};

use super::{ANNOUNCE_WAIT, NOBODY_CAME_LIST, NOBODY_CAME_QUEUE, ONLY_WHEN_STAFFED, WHEN_NOBODY_CAME};

pub use bot::bot;
pub use customer_schema::schema_attribute;
pub use desk::{canned_message, label};
pub use person::{account, agent, team};
pub use routing::{list, mrd, queue, routing_attribute};
pub use settings::{reason_code, settings};
pub use web::{calendar, form, widget};

mod bot;
mod customer_schema;
mod desk;
mod person;
mod routing;
mod settings;
mod web;

/// One object as it was sent, and what it takes to read it.
pub struct Draft<'a> {
    pub registry: &'a Registry,
    /// The id it has or will have.
    pub id: Id,
    pub body: Value,
    /// Ids for parts that have their own.
    pub mint: &'a mut dyn FnMut() -> Id,
}

type Read<T> = Result<T, Invalid>;

impl Draft<'_> {
    fn typed<T: DeserializeOwned>(&self) -> Read<T> {
        tieline_cim::parse(self.body.to_string().as_bytes())
    }

    /// A member beside the documented ones; `kept` when it was not sent.
    fn flag(&self, member: &str, kept: bool) -> Read<bool> {
        match self.body.get(member) {
            None | Some(Value::Null) => Ok(kept),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Invalid::at(member, "must be true or false")),
        }
    }

    /// A part that can be left to the tenant: `kept` when it was not sent, nothing when it was sent as null.
    fn part<T: DeserializeOwned + Clone>(&self, member: &str, kept: Option<&T>) -> Read<Option<T>> {
        match self.body.get(member) {
            None => Ok(kept.cloned()),
            Some(sent) => {
                serde_json::from_value(sent.clone()).map_err(|error| Invalid::at(member, error.to_string()))
            }
        }
    }

    fn sent(&self, member: &str) -> bool {
        self.body.get(member).is_some_and(|value| !value.is_null())
    }

    fn reduce(&mut self, member: &str) {
        if let Some(nested) = self.body.get_mut(member) {
            reduce(nested, "id");
        }
    }
}

/// Keeps nothing of a nested object, or of each in a list, but its id.
fn reduce(nested: &mut Value, id_member: &str) {
    match nested {
        Value::Array(items) => items.iter_mut().for_each(|item| reduce(item, id_member)),
        Value::String(id) => *nested = json!({ id_member: id }),
        Value::Object(members) => members.retain(|member, _| member == id_member),
        _ => {}
    }
}

fn reference<T: From<Id>>(path: impl Into<String>, id: &str) -> Read<T> {
    let path = path.into();
    match optional(path.clone(), Some(id))? {
        Some(id) => Ok(id),
        None => Err(Invalid::at(path, "is missing; send the object or its id")),
    }
}

fn optional<T: From<Id>>(path: impl Into<String>, id: Option<&str>) -> Read<Option<T>> {
    match id.map(str::trim).filter(|id| !id.is_empty()) {
        None => Ok(None),
        Some(id) => match id.parse::<Id>() {
            Ok(id) => Ok(Some(T::from(id))),
            Err(not_an_id) => Err(Invalid::at(path, format!("{id:?} is no id: {not_an_id}"))),
        },
    }
}

fn number<T: TryFrom<i64>>(path: impl Into<String>, value: i64) -> Read<T> {
    T::try_from(value).map_err(|_| Invalid::at(path, format!("{value} is out of range")))
}

fn unknown(path: impl Into<String>, word: &str, known: &str) -> Invalid {
    Invalid::at(path, format!("{word:?} is not known; use {known}"))
}

fn text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

pub fn channel_type(draft: &mut Draft<'_>, _old: Option<&ChannelType>) -> Read<ChannelType> {
    if let Some(id) = draft.body.get("mediaRoutingDomain").and_then(|mrd| mrd.get("id")).cloned() {
        draft.body["mediaRoutingDomain"] = id;
    }
    let sent: tieline_cim::ChannelType = draft.typed()?;
    Ok(ChannelType {
        id: draft.id.into(),
        name: sent.name,
        logo: text(sent.channel_logo),
        interactive: sent.is_interactive,
        mrd: optional("mediaRoutingDomain", sent.media_routing_domain.as_deref())?,
    })
}

pub fn provider(draft: &mut Draft<'_>, old: Option<&Provider>) -> Read<Provider> {
    draft.reduce("supportedChannelTypes");
    let webhook_path = match draft.body.get("providerWebhookPath") {
        None => old.and_then(|old| old.webhook_path.clone()),
        Some(sent) => text(sent.as_str().map(str::to_owned)),
    };
    let sent: ChannelProvider = draft.typed()?;
    let types = sent.supported_channel_types.iter().enumerate();
    let fields = sent.channel_provider_config_schema.into_iter().enumerate();
    Ok(Provider {
        id: draft.id.into(),
        name: sent.name,
        channel_types: types
            .map(|(i, one)| reference(format!("supportedChannelTypes[{i}]"), &one.id))
            .collect::<Read<_>>()?,
        webhook: text(sent.provider_webhook),
        webhook_path,
        schema: fields.map(|(i, field)| custom_field(i, field)).collect::<Read<_>>()?,
    })
}

fn custom_field(i: usize, sent: AttributeSchema) -> Read<CustomField> {
    let options = match sent.attribute_type {
        Some(AttributeKind::Options) => Some(Options {
            multiple: sent.category_options.is_multiple_choice.unwrap_or(false),
            categories: sent
                .category_options
                .categories
                .into_iter()
                .map(|category| Category {
                    name: category.category_name,
                    values: category.values.iter().map(value_text).collect(),
                })
                .collect(),
        }),
        Some(AttributeKind::Input | AttributeKind::TextArea) | None => None,
        Some(AttributeKind::Other(word)) => {
            let path = format!("channelProviderConfigSchema[{i}].attributeType");
            return Err(unknown(path, &word, "INPUT or OPTIONS"));
        }
    };
    let value_type = sent.value_type.as_deref().map_or(ValueType::String100, ValueType::from);
    let label = text(sent.label).unwrap_or_else(|| sent.key.clone());
    let help = sent.help_text.unwrap_or_default();
    Ok(CustomField { key: sent.key, label, help, value_type, required: sent.is_required, options })
}

fn value_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Credentials and secret values that are not sent stay as they are.
pub fn connector(draft: &mut Draft<'_>, old: Option<&Connector>) -> Read<Connector> {
    draft.reduce("channelProviderInterface");
    let open_to = match draft.body.get("openTo") {
        None | Some(Value::Null) => old.map(|old| old.open_to.clone()).unwrap_or_default(),
        Some(sent) => serde_json::from_value(sent.clone()).map_err(|_| {
            Invalid::at("openTo", "must be a list of address ranges such as [\"10.0.0.0/8\"]")
        })?,
    };
    let sent: ChannelConnector = draft.typed()?;
    let provider = reference("channelProviderInterface", &sent.channel_provider_interface.id)?;
    let schema = draft.registry.provider(provider).map_or(&[][..], |stored| &stored.value.schema);
    let values = sent.channel_provider_configs.into_iter().map(|attribute| {
        let declared = schema.iter().find(|field| field.key == attribute.key);
        FieldValue {
            value_type: declared.map_or(attribute.kind, |field| field.value_type.clone()),
            key: attribute.key,
            value: attribute.value,
        }
    });
    let mut connector = Connector {
        id: draft.id.into(),
        name: sent.name,
        provider,
        values: values.collect(),
        credentials: old.map_or_else(Credentials::default, |old| old.credentials.clone()),
        open_to,
    };
    if let Some(old) = old {
        connector.inherit_secrets(old, schema);
    }
    Ok(connector)
}

pub fn channel(draft: &mut Draft<'_>, old: Option<&Channel>) -> Read<Channel> {
    draft.reduce("channelType");
    draft.reduce("channelConnector");
    let enabled = draft.flag("enabled", old.is_none_or(|old| old.enabled))?;
    let kept = old.and_then(|old| old.customer_thresholds.as_ref());
    let customer_thresholds = draft.part("customerThresholds", kept)?;
    let out_of_hours = out_of_hours(draft.body.get("outOfHours"), old)?;
    let sent: tieline_cim::Channel = draft.typed()?;
    let config = sent.channel_config;
    let bot = text(config.bot_id).or_else(|| text(Some(config.conversation_bot)));
    let config_id = match old {
        Some(old) => old.config_id,
        None => config.id.parse().unwrap_or_else(|_| (draft.mint)()),
    };
    Ok(Channel {
        id: draft.id.into(),
        name: sent.name,
        service_identifier: sent.service_identifier.trim().to_owned(),
        channel_type: reference("channelType", &sent.channel_type.id)?,
        connector: reference("channelConnector", &sent.channel_connector.id)?,
        enabled,
        default_outbound: sent.default_outbound,
        calendar: optional("calendarId", sent.calendar_id.as_deref())?,
        out_of_hours,
        config_id,
        mode: match config.channel_mode {
            ChannelMode::Bot => Mode::Bot,
            ChannelMode::Agent => Mode::Agent,
            ChannelMode::Hybrid => Mode::Hybrid,
            mode if mode.is_blank() => Mode::Hybrid,
            mode => {
                return Err(unknown("channelConfig.channelMode", mode.as_str(), "HYBRID, BOT or AGENT"));
            }
        },
        bot: optional("channelConfig.botId", bot.as_deref())?,
        ring_secs: number("channelConfig.responseSla", config.response_sla)?,
        inactivity_secs: number("channelConfig.customerActivityTimeout", config.customer_activity_timeout)?,
        customer_thresholds,
        identification_criteria: config.customer_identification_criteria.value,
        routing: routing(&config.routing_policy, old.map(|old| old.routing.patience))?,
    })
}

fn out_of_hours(sent: Option<&Value>, old: Option<&Channel>) -> Read<OutOfHours> {
    let Some(sent) = sent.filter(|sent| !sent.is_null()) else {
        return Ok(old.map(|old| old.out_of_hours.clone()).unwrap_or_default());
    };
    let word = |member: &str| sent.get(member).and_then(Value::as_str).unwrap_or_default();
    match word("action") {
        "ROUTE" => Ok(OutOfHours::Route),
        "MESSAGE" => Ok(OutOfHours::Tell { text: word("message").to_owned() }),
        other => Err(unknown("outOfHours.action", other, "ROUTE or MESSAGE")),
    }
}

fn routing(sent: &RoutingPolicy, old: Option<Patience>) -> Read<Routing> {
    let object = sent.routing_object_id.as_deref();
    const OBJECT: &str = "channelConfig.routingPolicy.routingObjectId";
    let target = match &sent.routing_mode {
        None | Some(RoutingMode::Push) => Target::Push(optional(OBJECT, object)?),
        Some(RoutingMode::Pull) => Target::Pull(optional(OBJECT, object)?),
        Some(RoutingMode::External) => Target::External,
        Some(RoutingMode::Other(word)) => {
            return Err(unknown("channelConfig.routingPolicy.routingMode", word, "PUSH, PULL or EXTERNAL"));
        }
    };
    let selection = match &sent.agent_selection_policy {
        None | Some(AgentSelection::LongestAvailable) => Selection::LongestAvailable,
        Some(AgentSelection::LeastSkilled) => Selection::LeastSkilled,
        Some(AgentSelection::MostSkilled) => Selection::MostSkilled,
        Some(AgentSelection::Other(word)) => {
            let path = "channelConfig.routingPolicy.agentSelectionPolicy";
            return Err(unknown(path, word, "LONGEST_AVAILABLE, LEAST_SKILLED or MOST_SKILLED"));
        }
    };
    Ok(Routing {
        target,
        selection,
        last_agent: sent.route_to_last_agent,
        request_ttl_secs: number("channelConfig.routingPolicy.agentRequestTtl", sent.agent_request_ttl)?,
        patience: patience(sent, old.unwrap_or_default())?,
    })
}

/// What clients who do not know these members leave out stays as it was.
fn patience(sent: &RoutingPolicy, old: Patience) -> Read<Patience> {
    let path = |key: &str| format!("channelConfig.routingPolicy.{key}");
    let switch = |key: &'static str, old: bool| match sent.extra.get(key) {
        None | Some(Value::Null) => Ok(old),
        Some(Value::Bool(on)) => Ok(*on),
        Some(_) => Err(Invalid::at(path(key), "must be true or false")),
    };
    let then = match sent.extra.get(WHEN_NOBODY_CAME) {
        None | Some(Value::Null) => old.then,
        Some(word) => match word.as_str() {
            Some("MESSAGE") => NobodyCame::Message,
            Some("KEEP_WAITING") => NobodyCame::KeepWaiting,
            Some("QUEUE") => {
                let queue = sent.extra.get(NOBODY_CAME_QUEUE).and_then(Value::as_str);
                let missing = || Invalid::at(path(NOBODY_CAME_QUEUE), "names the queue that is tried then");
                NobodyCame::Queue(optional(path(NOBODY_CAME_QUEUE), queue)?.ok_or_else(missing)?)
            }
            Some("CALLBACK") => {
                let list = sent.extra.get(NOBODY_CAME_LIST).and_then(Value::as_str);
                let missing =
                    || Invalid::at(path(NOBODY_CAME_LIST), "names the list the call back is noted on");
                NobodyCame::CallBack(optional(path(NOBODY_CAME_LIST), list)?.ok_or_else(missing)?)
            }
            _ => {
                let word = word.to_string();
                let known = "MESSAGE, QUEUE, KEEP_WAITING or CALLBACK";
                return Err(unknown(path(WHEN_NOBODY_CAME), &word, known));
            }
        },
    };
    Ok(Patience {
        announce_wait: switch(ANNOUNCE_WAIT, old.announce_wait)?,
        only_when_staffed: switch(ONLY_WHEN_STAFFED, old.only_when_staffed)?,
        then,
    })
}
