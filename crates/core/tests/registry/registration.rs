//! Channel types, providers, connectors, channels, bots: one row a rule.

use serde_json::json;
use tieline_cim::channel::ValueType;
use tieline_core::registry::{BotKind, Choice, ChoiceDoes, Kind, Menu, Mode, Model, Object, Options, Target};

use super::world::{connector, delete, edits, field, id, queue, value, words, world};

edits!(ChannelType, channel_type, channel_type, new_type);
edits!(Provider, provider, provider, new_provider);
edits!(Connector, connector, acme_one, new_connector);
edits!(Channel, channel, site, new_channel);
edits!(Bot, bot, bot, new_bot);

#[test]
fn versions() {
    let world = world();
    let put = |n: u8, expected| {
        let mut object = world.channel(id(1)).expect("in the world").value.clone();
        object.id = id(n);
        object.service_identifier = n.to_string();
        object.name = n.to_string();
        object.default_outbound = n == 1;
        words(world.check_put(&Object::Channel(object), expected))
    };
    let stale =
        "you changed version 7, but version 1 is the present one; read it again and repeat your change";
    assert_eq!(put(1, None), "ok");
    assert_eq!(put(1, Some(1)), "ok");
    assert_eq!(put(1, Some(7)), stale);
    assert_eq!(put(99, None), "ok");
    assert_eq!(put(99, Some(1)), "there is no channel");

    assert_eq!(words(world.check_delete(Kind::Channel, id(1), Some(1))), "ok");
    assert_eq!(words(world.check_delete(Kind::Channel, id(1), Some(7))), stale);
    assert_eq!(words(world.check_delete(Kind::Channel, id(99), None)), "there is no channel");
}

#[test]
fn channel_types() {
    channel_type(|_| {}, "ok");
    channel_type(|t| t.name = "  ".into(), "name: must have 1 to 100 printable characters");
    channel_type(|t| t.name = "x".repeat(101), "name: must have 1 to 100 printable characters");
    channel_type(|t| t.name = "W\0B".into(), "name: must have 1 to 100 printable characters");
    new_type(|t| t.name = " web".into(), "name is already used by channel type \"WEB\"");
    new_type(|t| t.name = "MASTODON".into(), "ok");
    channel_type(|t| t.logo = Some("_WEB.svg".into()), "ok");
    channel_type(
        |t| t.logo = Some("../_WEB.svg".into()),
        "channelLogo: must be the name of a file, without a folder",
    );
    channel_type(|t| t.logo = Some("x".repeat(256)), "channelLogo: must have at most 255 characters");
    channel_type(|t| t.mrd = Some(id(77)), "mediaRoutingDomain: there is no media routing domain");
    let name_and =
        |name: &'static str| move |t: &mut tieline_core::registry::ChannelType| t.name = name.into();
    new_type(
        |t| {
            name_and("POST")(t);
            t.mrd = None;
        },
        "mediaRoutingDomain: an interactive channel type needs a media routing domain",
    );
    new_type(
        |t| {
            name_and("POST")(t);
            (t.mrd, t.interactive) = (None, false);
        },
        "ok",
    );
    let in_use = "it is used by channel \"Site\"; change or delete that first";
    channel_type(|t| t.mrd = Some(id(2)), in_use);
    channel_type(|t| (t.mrd, t.interactive) = (None, false), in_use);
}

#[test]
fn providers() {
    provider(|_| {}, "ok");
    new_provider(|p| p.name = "ACME ".into(), "name is already used by channel provider \"Acme\"");
    provider(
        |p| p.channel_types.clear(),
        "supportedChannelTypes: a provider supports at least one channel type",
    );
    provider(|p| p.channel_types.push(id(77)), "supportedChannelTypes[2]: there is no channel type");
    provider(|p| p.channel_types.push(id(1)), "supportedChannelTypes[2]: is listed twice");
    provider(
        |p| p.channel_types = vec![id(2)],
        "it is used by channel \"Site\"; change or delete that first",
    );
    provider(|p| p.channel_types = vec![id(1)], "ok");

    provider(|p| p.webhook = None, "ok");
    provider(|p| p.webhook = Some("http://connector:8080/message/receive".into()), "ok");
    let webhook =
        "providerWebhook: must be an address that starts with http:// or https://, without user and password";
    for bad in ["", "acme.example", "ftp://acme.example", "https://me:pw@acme.example", "https://a b"] {
        provider(|p| p.webhook = Some(bad.into()), webhook);
    }
    provider(
        |p| p.webhook = Some(format!("https://a/{}", "x".repeat(2000))),
        "providerWebhook: must have at most 2000 characters",
    );
    provider(|p| p.webhook_path = Some("/in".into()), "ok");
    provider(
        |p| p.webhook_path = Some("in".into()),
        "providerWebhookPath: must be a path that starts with /",
    );
    provider(
        |p| p.webhook_path = Some("/i n".into()),
        "providerWebhookPath: must be a path that starts with /",
    );
}

#[test]
fn provider_attributes() {
    let added = |key: &str| field(key, ValueType::String50);
    provider(|p| p.schema.push(added("LANGUAGE")), "ok");
    provider(|p| p.schema.push(added(" ")), "channelProviderConfigSchema[5].key: must not be blank");
    provider(|p| p.schema.push(added("HOST-URL")), "channelProviderConfigSchema[5].key: is listed twice");
    provider(
        |p| p.schema.push(added(&"K".repeat(101))),
        "channelProviderConfigSchema[5].key: must have at most 100 characters",
    );
    provider(
        |p| p.schema[0].label = "x".repeat(101),
        "channelProviderConfigSchema[0].label: must have at most 100 characters",
    );
    provider(
        |p| p.schema[0].help = "x".repeat(501),
        "channelProviderConfigSchema[0].helpText: must have at most 500 characters",
    );
    provider(
        |p| p.schema.push(field("X", ValueType::Other("Colour".into()))),
        "channelProviderConfigSchema[5].valueType: is not a known type",
    );
    provider(
        |p| p.schema = (0..101).map(|n| added(&n.to_string())).collect(),
        "at most 100 attributes of a provider are allowed",
    );

    let options = |change: fn(&mut Options), expect: &str| {
        provider(|p| change(p.schema[3].options.as_mut().expect("REGION is a choice")), expect);
    };
    let path = |rest: &str| format!("channelProviderConfigSchema[3].categoryOptions.categories{rest}");
    options(|o| o.multiple = true, "ok");
    options(|o| o.categories.clear(), &path(": needs a category with values"));
    options(|o| o.categories[0].name = " ".into(), &path("[0].categoryName: must not be blank"));
    options(|o| o.categories[0].values.clear(), &path("[0].values: must not be empty"));
    options(|o| o.categories[0].values.push(String::new()), &path("[0].values: must not be blank"));
    options(|o| o.categories.push(o.categories[0].clone()), &path("[1].categoryName: is listed twice"));
    options(
        |o| o.categories[0].values = (0..501).map(|n| n.to_string()).collect(),
        "at most 500 values of a choice are allowed",
    );
}

#[test]
fn a_provider_changes_only_as_far_as_its_connectors_fit() {
    let misfit = |key: &str, reason: &str| {
        format!(
            "channelProviderConfigSchema[{key}]: channel connector \"Acme one\" no longer fits: its value {reason}; \
             make the attribute optional, change the connector, then come back"
        )
    };
    provider(|p| p.schema[2].required = true, &misfit("PORT", "is required"));
    provider(|p| drop(p.schema.remove(0)), &misfit("HOST-URL", "is not an attribute of the provider"));
    provider(|p| p.schema[0].value_type = ValueType::Number, &misfit("HOST-URL", "must be a number"));
    provider(|p| p.schema[0].value_type = ValueType::String100, "ok");
    provider(|p| drop(p.schema.remove(2)), "ok");
}

#[test]
fn connectors() {
    acme_one(|_| {}, "ok");
    new_connector(|c| c.name = "acme ONE".into(), "name is already used by channel connector \"Acme one\"");
    acme_one(|c| c.provider = id(77), "channelProviderInterface: there is no channel provider");
    acme_one(|c| c.provider = id(2), "it is used by channel \"Site\"; change or delete that first");

    let required = "channelProviderConfigs[HOST-URL].value: is required";
    acme_one(|c| c.values.clear(), required);
    acme_one(|c| c.values[0].value = json!(null), required);
    acme_one(|c| c.values[0].value = json!(" "), required);
    acme_one(
        |c| c.values[0].value = json!("nowhere"),
        "channelProviderConfigs[HOST-URL].value: must be an address that starts with http://, https://, ws:// or wss://",
    );
    acme_one(|c| c.values.push(value("PORT", json!(""))), "ok");
    acme_one(|c| c.values.push(value("PORT", json!("993"))), "ok");
    acme_one(
        |c| c.values.push(value("PORT", json!("many"))),
        "channelProviderConfigs[PORT].value: must be a whole number above 0",
    );
    acme_one(
        |c| c.values.push(value("COLOUR", json!("red"))),
        "channelProviderConfigs[COLOUR].value: is not an attribute of the provider",
    );
    acme_one(
        |c| c.values.push(value("HOST-URL", json!("https://x"))),
        "channelProviderConfigs[HOST-URL].value: is given twice",
    );
}

#[test]
fn connector_choices() {
    let chosen = |key: &str, choice, expect: &str| acme_one(|c| c.values.push(value(key, choice)), expect);
    chosen("REGION", json!("eu"), "ok");
    chosen(
        "REGION",
        json!("mars"),
        "channelProviderConfigs[REGION].value: must be one of the offered values",
    );
    chosen(
        "REGION",
        json!(["eu"]),
        "channelProviderConfigs[REGION].value: must be one of the offered values, not a list",
    );
    chosen("REGIONS", json!("eu"), "ok");
    chosen("REGIONS", json!(["eu", "us"]), "ok");
    chosen(
        "REGIONS",
        json!(["eu", 1]),
        "channelProviderConfigs[REGIONS].value: must be one of the offered values",
    );
}

#[test]
fn connector_access() {
    acme_one(|c| c.open_to = vec!["10.0.0.0/8".into(), "::1".into(), "fd00::/8".into()], "ok");
    let range = "openTo[0]: must be an address range such as 10.0.0.0/8";
    for bad in ["", "office", "10.0.0.0/33", "10.0.0.0/", "::/129"] {
        acme_one(|c| c.open_to = vec![bad.into()], range);
    }
    acme_one(|c| c.open_to = vec!["::1".into(); 33], "at most 32 address ranges of a connector are allowed");
    let tokens = |n: usize| (0..n).map(|n| format!("{:064x}", 100 + n)).collect();
    acme_one(|c| c.credentials.token_hashes = tokens(2), "ok");
    let too_many = "at most 2 tokens or signing secrets of one caller are allowed";
    acme_one(|c| c.credentials.token_hashes = tokens(3), too_many);
    acme_one(|c| c.credentials.signing_secrets = vec!["whsec_x".into(); 3], too_many);
    for bad in ["secret".into(), "z".repeat(64)] {
        acme_one(
            |c| c.credentials.token_hashes = vec![bad],
            "credentials.tokenHashes: must be SHA-256 in lower-case hex",
        );
    }
    acme_one(
        |c| c.credentials = connector(2, "", 1).credentials,
        "credentials.tokenHashes is already used by channel connector \"Acme two\"",
    );
    acme_one(|c| c.credentials.signing_secrets = vec!["whsec_x".into()], "ok");
    acme_one(
        |c| c.credentials.signing_secrets = vec!["x".into()],
        "credentials.signingSecrets: must start with whsec_",
    );
}

#[test]
fn channels() {
    site(|_| {}, "ok");
    site(|c| c.name = String::new(), "name: must have 1 to 100 printable characters");
    site(|c| c.name = "SHOP".into(), "name is already used by channel \"Shop\"");
    site(|c| c.channel_type = id(77), "channelType: there is no channel type");
    site(|c| c.connector = id(77), "channelConnector: there is no channel connector");
    site(
        |c| c.channel_type = id(3),
        "channelConnector: provider \"Acme\" does not support channel type \"NOTE\"",
    );

    site(|c| c.service_identifier = " ".into(), "serviceIdentifier: must not be blank");
    site(|c| c.service_identifier = "7".repeat(256), "serviceIdentifier: must have at most 255 characters");
    site(|c| c.service_identifier = " 7002 ".into(), "serviceIdentifier is already used by channel \"Shop\"");
    site(|c| (c.service_identifier, c.channel_type) = ("7002".into(), id(2)), "ok");
    site(|c| c.service_identifier = "7001 ".into(), "ok");

    let second = |default_outbound| {
        move |c: &mut tieline_core::registry::Channel| {
            (c.name, c.service_identifier) = ("Blog".into(), "7003".into());
            c.default_outbound = default_outbound;
        }
    };
    new_channel(second(false), "ok");
    new_channel(second(true), "defaultOutbound is already used by channel \"Site\"");

    site(|c| c.inactivity_secs = 0, "channelConfig.customerActivityTimeout: must be 1 to 2147483647 seconds");
    site(|c| c.ring_secs = u32::MAX, "channelConfig.responseSla: must be 0 to 2147483647 seconds");
    site(
        |c| c.routing.request_ttl_secs = u32::MAX,
        "channelConfig.routingPolicy.agentRequestTtl: must be 0 to 2147483647 seconds",
    );
}

#[test]
fn channel_bots() {
    let needs_bot = "channelConfig.botId: a HYBRID or BOT channel needs a bot";
    site(|c| c.bot = Some(id(77)), "channelConfig.botId: there is no bot");
    site(|c| c.bot = None, needs_bot);
    site(|c| (c.bot, c.mode) = (None, Mode::Bot), needs_bot);
    site(|c| (c.bot, c.mode) = (None, Mode::Agent), "ok");
}

#[test]
fn channel_routing() {
    let object = |rest: &str| format!("channelConfig.routingPolicy.routingObjectId: {rest}");
    site(|c| c.routing.target = Target::Push(Some(id(77))), &object("there is no precision queue"));
    site(|c| c.routing.target = Target::Pull(Some(id(77))), &object("there is no pull list"));
    site(|c| c.routing.target = Target::Push(None), &object("a PUSH channel needs a precision queue"));
    site(|c| c.routing.target = Target::Pull(None), &object("a PULL channel needs a pull list"));
    site(|c| (c.mode, c.routing.target) = (Mode::Bot, Target::Push(None)), "ok");
    site(|c| (c.mode, c.routing.target) = (Mode::Bot, Target::Pull(None)), "ok");
    site(|c| c.routing.target = Target::External, "ok");
    site(
        |c| c.routing.target = Target::Push(Some(id(2))),
        &object("precision queue \"Phone\" is in another media routing domain than channel type \"WEB\""),
    );

    let ttl = "channelConfig.routingPolicy.agentRequestTtl: \
               must be longer than the ring time (responseSla) of 30 seconds";
    site(|c| c.routing.request_ttl_secs = 30, ttl);
    site(|c| c.routing.request_ttl_secs = 31, "ok");
    site(|c| c.ring_secs = 0, "channelConfig.responseSla: must be at least 1 second");
    site(|c| (c.ring_secs, c.routing.target) = (0, Target::Pull(Some(id(1)))), "ok");
    site(|c| (c.mode, c.routing.request_ttl_secs) = (Mode::Bot, 0), "ok");
}

#[test]
fn a_queue_keeps_the_domain_its_channels_need() {
    let world = world();
    let put = |queue| words(world.check_put(&Object::Queue(queue), None));
    assert_eq!(
        put(queue(1, "Billing", 2, vec![])),
        "it is used by channel \"Site\"; change or delete that first"
    );
    assert_eq!(put(queue(2, "Phone", 1, vec![])), "ok");
}

#[test]
fn bots() {
    bot(|_| {}, "ok");
    bot(|b| b.name = " ".into(), "botName: must have 1 to 100 printable characters");
    new_bot(|b| b.name = "GREETER".into(), "botName is already used by bot \"Greeter\"");
    let uri = "botUri: must be an address that starts with http:// or https://";
    bot(|b| b.uri = String::new(), uri);
    bot(|b| b.uri = "rasa".into(), uri);
    bot(|b| (b.kind, b.uri) = (BotKind::Custom, String::new()), uri);
    bot(|b| (b.kind, b.uri) = (BotKind::BuiltIn, "rasa".into()), uri);
    bot(|b| (b.kind, b.uri) = (BotKind::BuiltIn, String::new()), "ok");
    bot(|b| (b.kind, b.uri) = (BotKind::Dialogflow, String::new()), "ok");
    bot(|b| b.uri = format!("http://{}", "x".repeat(2000)), "botUri: must have at most 2000 characters");
    let events = "sendEvents: only RASA and CUSTOM bots are told of events";
    bot(|b| b.settings.hears_events = true, "ok");
    bot(|b| (b.kind, b.settings.hears_events) = (BotKind::BuiltIn, true), events);
    let timeout = "timeoutMs: must be from 500 to 60000 milliseconds";
    bot(|b| b.settings.timeout_ms = 499, timeout);
    bot(|b| b.settings.timeout_ms = 60_001, timeout);
    bot(|b| b.settings.timeout_ms = 60_000, "ok");
}

#[test]
fn menus() {
    let say = |title: &str, text: &str| Choice { title: title.into(), does: ChoiceDoes::Say(text.into()) };
    let find = |queue| Choice { title: "Person".into(), does: ChoiceDoes::FindAgent(queue) };
    let menu = |text: &str, choices| Some(Menu { text: text.into(), choices });
    let built_in = |menu: Option<Menu>, expected| {
        bot(|b| (b.kind, b.uri, b.settings.menu) = (BotKind::BuiltIn, String::new(), menu.clone()), expected);
    };
    built_in(menu("What?", vec![say("Times", "Nine to five"), find(Some(id(1)))]), "ok");
    built_in(menu("What?", vec![find(Some(id(77)))]), "menu.choices[0].queueId: there is no precision queue");
    built_in(menu(" ", vec![find(None)]), "menu.text: must not be blank");
    built_in(menu("What?", vec![]), "menu.choices: a menu has at least one choice");
    built_in(menu("What?", vec![say(" ", "x")]), "menu.choices[0].title: must not be blank");
    built_in(menu("What?", vec![find(None), say("x", " ")]), "menu.choices[1].text: must not be blank");
    bot(|b| b.settings.menu = menu("What?", vec![find(None)]), "menu: only the built-in bot has a menu");
}

#[test]
fn language_models() {
    let model = |name: &str, api_key: &str, history_max| {
        Some(Model { api_key: api_key.into(), name: name.into(), system_prompt: String::new(), history_max })
    };
    let open_ai = |model: Option<Model>, expected| {
        bot(|b| (b.kind, b.settings.model) = (BotKind::OpenAi, model.clone()), expected);
    };
    open_ai(model("small", "sk-1", 20), "ok");
    open_ai(model("small", "", 1), "ok");
    open_ai(None, "model: an OPENAI bot has a model, and no other has");
    open_ai(model(" ", "sk-1", 20), "model.name: must not be blank");
    open_ai(model("small", "sk 1", 20), "model.apiKey: must be printable ASCII without spaces");
    let again = "model.apiKey: must be sent again when the bot is new or its botUri changes";
    open_ai(model("small", "********", 20), again);
    open_ai(model("small", "sk-1", 101), "model.historyMax: must be 1 to 100");
    bot(|b| b.settings.model = model("small", "", 20), "model: an OPENAI bot has a model, and no other has");
}

#[test]
fn deletions() {
    let used_by = |who: &str| format!("it is used by {who}; change or delete that first");
    delete(Kind::Provider, 1, &used_by("channel connector \"Acme one\""));
    delete(Kind::Provider, 2, "ok");
    delete(Kind::Connector, 1, &used_by("channel \"Site\""));
    delete(Kind::Bot, 1, &used_by("channel \"Site\""));
    delete(Kind::Queue, 1, &used_by("channel \"Site\""));
    delete(Kind::Queue, 2, "ok");
    delete(Kind::List, 1, &used_by("channel \"Shop\""));
    delete(Kind::List, 2, "ok");
    delete(Kind::Mrd, 1, &used_by("channel type \"WEB\""));
    delete(Kind::ChannelType, 1, &used_by("channel provider \"Acme\""));
    delete(Kind::ChannelType, 3, "ok");
    delete(Kind::Channel, 1, "ok");
    delete(Kind::RoutingAttribute, 1, &used_by("precision queue \"Billing\""));
    delete(Kind::RoutingAttribute, 3, "ok");
    delete(Kind::Team, 1, &used_by("user \"amina\""));
    delete(Kind::Team, 2, &used_by("user \"Ada\""));
    delete(Kind::User, 1, "ok");
    delete(Kind::SchemaAttribute, 1, "ok");
}

/// Each edge of the graph on its own, when nothing else holds the object.
#[test]
fn every_reference_stands_in_the_way() {
    let mut registry = world();
    for (kind, n) in [(Kind::Channel, 1), (Kind::Channel, 2), (Kind::Connector, 1), (Kind::Connector, 2)] {
        registry.delete(kind, id(n));
    }
    registry.delete(Kind::Provider, id(1));
    let check = |registry: &tieline_core::registry::Registry, kind, n, expect: &str| {
        let expect = format!("it is used by {expect}; change or delete that first");
        assert_eq!(words(registry.check_delete(kind, id(n), None)), expect);
    };
    check(&registry, Kind::ChannelType, 1, "customer attribute \"Web\"");
    registry.delete(Kind::SchemaAttribute, id(3));
    registry.delete(Kind::ChannelType, id(1));
    registry.delete(Kind::ChannelType, id(2));
    check(&registry, Kind::Mrd, 1, "precision queue \"Billing\"");
    registry.delete(Kind::Queue, id(1));
    check(&registry, Kind::Mrd, 1, "user \"amina\"");
    check(&registry, Kind::RoutingAttribute, 1, "user \"amina\"");
    registry.delete(Kind::User, id(1));
    assert_eq!(words(registry.check_delete(Kind::Mrd, id(1), None)), "ok");
    assert_eq!(words(registry.check_delete(Kind::RoutingAttribute, id(1), None)), "ok");
}
