//! Channel types, providers, connectors and channels: the first four steps of registering a channel.

use std::net::IpAddr;

use serde_json::Value;
use tieline_cim::Why;
use tieline_cim::channel::ValueType;

use super::super::{
    Channel, ChannelType, Connector, CustomField, FieldValue, Kind, Mode, NobodyCame, Options, OutOfHours,
    Provider, Queue, Target,
};
use super::super::{Entry, Registry};
use super::settings::check_customer_thresholds;
use super::{
    DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, check_file_name, ensure, ensure_chars, ensure_secs, found,
    repeated,
};
use crate::refusal::Refusal;
use crate::schema::{check_value, is_blank, url};

pub const SERVICE_IDENTIFIER_CHARS_MAX: usize = 255;
const OUT_OF_HOURS_CHARS_MAX: usize = 2000;
const URL_CHARS_MAX: usize = 2000;
const SCHEMA_FIELDS_MAX: usize = 100;
const OPTION_VALUES_MAX: usize = 500;
const OPEN_RANGES_MAX: usize = 32;
const WEB_SCHEMES: &[&str] = &["http", "https"];

pub(super) fn check_channel_type(registry: &Registry, new: &ChannelType) -> Result<(), Refusal> {
    ensure(!new.interactive || new.mrd.is_some(), "mediaRoutingDomain", Why::DomainNeeded)?;
    check_file_name("channelLogo", new.logo.as_deref())?;

    let strands = |channel: &&Channel| {
        channel.channel_type == new.id && queue_of(registry, channel).is_some_and(|q| new.mrd != Some(q.mrd))
    };
    refuse_if_stranded(registry.channels().map(|stored| &stored.value).find(strands))
}

pub(super) fn check_provider(
    registry: &Registry,
    new: &Provider,
    old: Option<&Provider>,
) -> Result<(), Refusal> {
    let types = &new.channel_types;
    ensure(!types.is_empty(), "supportedChannelTypes", Why::ChannelTypeNeeded)?;
    if let Some(i) = repeated(types) {
        return Err(Refusal::invalid(format!("supportedChannelTypes[{i}]"), Why::ListedTwice));
    }
    if let Some(webhook) = &new.webhook {
        ensure_chars("providerWebhook", webhook, URL_CHARS_MAX)?;
        ensure(url(webhook, WEB_SCHEMES), "providerWebhook", Why::MustBePlainAddress)?;
    }
    if let Some(path) = &new.webhook_path {
        ensure_chars("providerWebhookPath", path, URL_CHARS_MAX)?;
        let is_path = path.starts_with('/') && !path.contains(|c: char| c.is_whitespace() || c.is_control());
        ensure(is_path, "providerWebhookPath", Why::MustBePath)?;
    }
    check_schema(&new.schema)?;

    if old.is_some_and(|old| old.schema != new.schema) {
        let connectors = registry.connectors().map(|stored| &stored.value);
        for connector in connectors.filter(|connector| connector.provider == new.id) {
            check_values(&new.schema, &connector.values).map_err(|Misfit { key, why }| {
                let (name, id) = (connector.name.clone(), connector.id.to_string());
                let why = Why::ConnectorMisfits { connector: name, id, why: why.to_string() };
                Refusal::invalid(format!("channelProviderConfigSchema[{key}]"), why)
            })?;
        }
    }
    let loses_type = |channel: &&Channel| {
        !types.contains(&channel.channel_type)
            && registry.connector(channel.connector).is_some_and(|c| c.value.provider == new.id)
    };
    refuse_if_stranded(registry.channels().map(|stored| &stored.value).find(loses_type))
}

fn check_schema(schema: &[CustomField]) -> Result<(), Refusal> {
    if schema.len() > SCHEMA_FIELDS_MAX {
        return Err(Refusal::limit(Why::ProviderAttributesMax { max: SCHEMA_FIELDS_MAX }));
    }
    for (i, field) in schema.iter().enumerate() {
        let path = |member: &str| format!("channelProviderConfigSchema[{i}].{member}");
        ensure(!field.key.trim().is_empty(), path("key"), Why::Blank)?;
        ensure_chars(path("key"), &field.key, NAME_CHARS_MAX)?;
        ensure_chars(path("label"), &field.label, NAME_CHARS_MAX)?;
        ensure_chars(path("helpText"), &field.help, DESCRIPTION_CHARS_MAX)?;
        match &field.options {
            Some(options) => check_options(options, &path("categoryOptions"))?,
            None => {
                let known = !matches!(field.value_type, ValueType::Other(_));
                ensure(known, path("valueType"), Why::TypeUnknown)?;
            }
        }
    }
    match repeated(schema.iter().map(|field| field.key.trim())) {
        Some(i) => Err(Refusal::invalid(format!("channelProviderConfigSchema[{i}].key"), Why::ListedTwice)),
        None => Ok(()),
    }
}

fn check_options(options: &Options, path: &str) -> Result<(), Refusal> {
    ensure(!options.categories.is_empty(), format!("{path}.categories"), Why::CategoryNeeded)?;
    let values = options.categories.iter().map(|category| category.values.len()).sum::<usize>();
    if values > OPTION_VALUES_MAX {
        return Err(Refusal::limit(Why::ChoiceValuesMax { max: OPTION_VALUES_MAX }));
    }
    for (i, category) in options.categories.iter().enumerate() {
        let path = |member: &str| format!("{path}.categories[{i}].{member}");
        ensure(!category.name.trim().is_empty(), path("categoryName"), Why::Blank)?;
        ensure(!category.values.is_empty(), path("values"), Why::Empty)?;
        ensure(!category.values.iter().any(|v| v.trim().is_empty()), path("values"), Why::Blank)?;
    }
    if let Some(i) = repeated(options.categories.iter().map(|category| &category.name)) {
        return Err(Refusal::invalid(format!("{path}.categories[{i}].categoryName"), Why::ListedTwice));
    }
    Ok(())
}

pub(super) fn check_connector(registry: &Registry, new: &Connector) -> Result<(), Refusal> {
    let provider = found(registry.provider(new.provider), Kind::Provider)?;
    check_values(&provider.schema, &new.values).map_err(|Misfit { key, why }| {
        Refusal::invalid(format!("channelProviderConfigs[{key}].value"), why)
    })?;
    check_open_to(new)?;
    let loses_type = |channel: &&Channel| !provider.channel_types.contains(&channel.channel_type);
    refuse_if_stranded(registry.channels_of(new.id).map(|stored| &stored.value).find(loses_type))
}

/// A value that the provider's schema does not allow, or misses.
struct Misfit {
    key: String,
    why: Why,
}

fn check_values(schema: &[CustomField], values: &[FieldValue]) -> Result<(), Misfit> {
    if let Some(i) = repeated(values.iter().map(|value| &value.key)) {
        return Err(Misfit { key: values[i].key.clone(), why: Why::GivenTwice });
    }
    for value in values {
        let misfit = |why| Misfit { key: value.key.clone(), why };
        let Some(field) = schema.iter().find(|field| field.key == value.key) else {
            return Err(misfit(Why::NotOfProvider));
        };
        if !is_blank(&value.value) {
            check_field_value(field, &value.value).map_err(misfit)?;
        }
    }
    let filled =
        |field: &CustomField| values.iter().any(|value| value.key == field.key && !is_blank(&value.value));
    match schema.iter().find(|field| field.required && !filled(field)) {
        Some(field) => Err(Misfit { key: field.key.clone(), why: Why::Required }),
        None => Ok(()),
    }
}

fn check_field_value(field: &CustomField, value: &Value) -> Result<(), Why> {
    let Some(options) = &field.options else {
        return check_value(&field.value_type, value);
    };
    let chosen = match value {
        Value::Array(items) if options.multiple => items.as_slice(),
        Value::Array(_) => return Err(Why::MustBeOneOffered),
        single => std::slice::from_ref(single),
    };
    let offered = |choice: &Value| {
        choice.as_str().is_some_and(|choice| {
            options.categories.iter().any(|category| category.values.iter().any(|value| value == choice))
        })
    };
    if chosen.iter().all(offered) { Ok(()) } else { Err(Why::MustBeOffered) }
}

fn check_open_to(new: &Connector) -> Result<(), Refusal> {
    if new.open_to.len() > OPEN_RANGES_MAX {
        return Err(Refusal::limit(Why::AddressRangesMax { max: OPEN_RANGES_MAX }));
    }
    match new.open_to.iter().position(|range| !is_address_range(range)) {
        Some(i) => Err(Refusal::invalid(format!("openTo[{i}]"), Why::MustBeAddressRange)),
        None => Ok(()),
    }
}

fn is_address_range(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return text.parse::<IpAddr>().is_ok() };
    let bits_max = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= bits_max)
}

pub(super) fn check_channel(registry: &Registry, new: &Channel) -> Result<(), Refusal> {
    let channel_type = found(registry.channel_type(new.channel_type), Kind::ChannelType)?;
    let connector = found(registry.connector(new.connector), Kind::Connector)?;
    let provider = found(registry.provider(connector.provider), Kind::Provider)?;
    ensure(
        provider.channel_types.contains(&new.channel_type),
        "channelConnector",
        Why::TypeNotSupported { provider: provider.name.clone(), channel_type: channel_type.name.clone() },
    )?;

    ensure(!new.service_identifier.trim().is_empty(), "serviceIdentifier", Why::Blank)?;
    ensure_chars("serviceIdentifier", &new.service_identifier, SERVICE_IDENTIFIER_CHARS_MAX)?;
    let others = |other: &&Channel| other.id != new.id && other.channel_type == new.channel_type;
    let mut at = registry.channels_at(&new.service_identifier).map(|stored| &stored.value);
    if let Some(other) = at.find(others) {
        return Err(Refusal::Taken { field: "serviceIdentifier".into(), by: other.named() });
    }
    let outbound = registry.default_outbound(new.channel_type).map(|stored| &stored.value);
    if let Some(other) = outbound.filter(|other| new.default_outbound && other.id != new.id) {
        return Err(Refusal::Taken { field: "defaultOutbound".into(), by: other.named() });
    }

    let bot_answers = matches!(new.mode, Mode::Hybrid | Mode::Bot);
    ensure(!bot_answers || new.bot.is_some(), "channelConfig.botId", Why::BotNeeded)?;
    if let OutOfHours::Tell { text } = &new.out_of_hours {
        ensure_chars("outOfHours.message", text, OUT_OF_HOURS_CHARS_MAX)?;
    }
    ensure_secs("channelConfig.customerActivityTimeout", new.inactivity_secs, 1)?;
    let thresholds = new.customer_thresholds.as_deref().unwrap_or_default();
    check_customer_thresholds("customerThresholds", thresholds)?;
    ensure_secs("channelConfig.responseSla", new.ring_secs, 0)?;
    ensure_secs("channelConfig.routingPolicy.agentRequestTtl", new.routing.request_ttl_secs, 0)?;
    check_target(registry, new, channel_type)
}

/// A BOT channel asks for nobody, so it may name a target or not. Ring time and TTL count for PUSH alone.
fn check_target(registry: &Registry, new: &Channel, channel_type: &ChannelType) -> Result<(), Refusal> {
    const OBJECT: &str = "channelConfig.routingPolicy.routingObjectId";
    let routed = new.mode != Mode::Bot;
    match new.routing.target {
        Target::Push(None) => ensure(!routed, OBJECT, Why::QueueNeeded)?,
        Target::Pull(None) => ensure(!routed, OBJECT, Why::ListNeeded)?,
        Target::Push(Some(_)) | Target::Pull(Some(_)) | Target::External => {}
    }
    if routed && matches!(new.routing.target, Target::Push(_)) {
        ensure(new.ring_secs > 0, "channelConfig.responseSla", Why::SecondAtLeast)?;
        ensure(
            new.routing.request_ttl_secs > new.ring_secs,
            "channelConfig.routingPolicy.agentRequestTtl",
            Why::LongerThanRing { seconds: new.ring_secs },
        )?;
    }
    if let NobodyCame::Queue(queue) = new.routing.patience.then {
        let queue = found(registry.queue(queue), Kind::Queue)?;
        ensure(
            channel_type.mrd == Some(queue.mrd),
            "channelConfig.routingPolicy.nobodyCameQueueId",
            Why::QueueElsewhere { queue: queue.name.clone() },
        )?;
    }
    match queue_of(registry, new) {
        Some(queue) if channel_type.mrd != Some(queue.mrd) => Err(Refusal::invalid(
            OBJECT,
            Why::QueueNotOfType { queue: queue.name.clone(), channel_type: channel_type.name.clone() },
        )),
        _ => Ok(()),
    }
}

/// The queue a channel pushes to.
pub(super) fn queue_of<'a>(registry: &'a Registry, channel: &Channel) -> Option<&'a Queue> {
    match channel.routing.target {
        Target::Push(Some(queue)) => registry.queue(queue).map(|stored| &stored.value),
        Target::Push(None) | Target::Pull(_) | Target::External => None,
    }
}

/// Refuses a change that would leave this channel against the rules.
pub(super) fn refuse_if_stranded(channel: Option<&Channel>) -> Result<(), Refusal> {
    channel.map_or(Ok(()), |channel| Err(Refusal::InUse { by: channel.named() }))
}
