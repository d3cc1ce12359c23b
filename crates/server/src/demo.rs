//! The demo tenant: people to sign in as, and a channel to write on.
//!
//! Its passwords are public, so the demo listens on this machine only.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tieline_core::command::{Answer, Command};
use tieline_core::id::{Id, Mint};
use tieline_core::registry::{
    Channel, Connector, Credentials, CustomerValueType, Mode, Object, OutOfHours, Patience, Provider, Role,
    Routing, SchemaAttribute, Selection, Target, Team, User,
};

use crate::app::App;
use crate::config::Config;
use crate::token;

pub const PASSWORD: &str = "demo-password";
const SERVICE_IDENTIFIER: &str = "1000";
const WEBHOOK: &str = "http://127.0.0.1:8090";
const CHANNEL_TYPE: &str = "GENERIC";

/// The configuration the demo runs with: everything in one folder, this machine only, webhooks to this machine.
///
/// # Errors
/// Never with these values; the ranges are checked like those of any configuration.
pub fn config(folder: &Path, port: u16) -> Result<Config> {
    let mut config = Config::default();
    config.tenant.name = "demo".to_owned();
    config.listen.address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    config.store.path = folder.join("tieline.db");
    config.keys.master_key_file = folder.join("master.key");
    config.files.path = folder.join("files");
    config.delivery.allow_addresses = vec!["127.0.0.0/8".parse()?, "::1/128".parse()?];
    config.check()?;
    Ok(config)
}

/// Registers the demo's people and channel, unless they are there from an earlier start.
///
/// # Errors
/// When something is refused, which would be a defect, or the folder cannot be written.
pub async fn furnish(app: &App, folder: &Path) -> Result<()> {
    if app.registry().user_by_name("admin").is_some() {
        return Ok(());
    }
    let mut mint = mint()?;
    let team = Team { id: mint.id(app.now()), name: "Front office".to_owned() };
    let team_id = team.id;
    put(app, Object::Team(team)).await?;
    for (username, first_name, last_name, roles) in [
        ("admin", "Ada", "Admin", vec![Role::Admin]),
        ("amina", "Amina", "Okafor", vec![Role::Agent]),
        ("bilal", "Bilal", "Khan", vec![Role::Agent]),
        ("sara", "Sara", "Lind", vec![Role::Agent, Role::Supervisor]),
    ] {
        let password = SecretString::from(PASSWORD);
        let mut user = person(mint.id::<Id>(app.now()), username, first_name, last_name, roles);
        user.password_hash = Some(app.passwords.hash(password).await?);
        user.team = Some(team_id);
        put(app, Object::User(user)).await?;
    }
    let credentials = furnish_channel(app, &mut mint).await?;
    credentials.write(folder)
}

/// A user without password, team or skills.
#[must_use]
pub fn person(id: Id, username: &str, first_name: &str, last_name: &str, roles: Vec<Role>) -> User {
    User {
        id: id.into(),
        username: username.to_owned(),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        roles,
        password_hash: None,
        token_version: 0,
        enabled: true,
        team: None,
        supervises: Vec::new(),
        attributes: Vec::new(),
        capacities: Vec::new(),
        directory: std::collections::BTreeMap::new(),
    }
}

struct DemoCredentials {
    connector: Id,
    token: SecretString,
    signing_secret: SecretString,
    port: u16,
}

/// The five steps, as an administrator would take them over the API. The channel type is there already.
async fn furnish_channel(app: &App, mint: &mut Mint) -> Result<DemoCredentials> {
    let registry = app.registry();
    let channel_type = registry
        .channel_types()
        .find(|channel_type| channel_type.value.name == CHANNEL_TYPE)
        .context("the out-of-box channel types are missing")?
        .value
        .id;
    let queue = registry.default_queue().context("the default queue is missing")?.value.id;
    let bot = registry.bots().next().context("the built-in bot is missing")?.value.id;
    let now = app.now();
    let provider = Provider {
        id: mint.id(now),
        name: "Demo provider".to_owned(),
        channel_types: vec![channel_type],
        webhook: Some(WEBHOOK.to_owned()),
        webhook_path: None,
        schema: Vec::new(),
    };
    let provider_id = provider.id;
    put(app, Object::Provider(provider)).await?;
    let bearer = token::new_bearer();
    let signing_secret = token::new_signing_secret().written();
    let connector = Connector {
        id: mint.id(now),
        name: "Demo connector".to_owned(),
        provider: provider_id,
        values: Vec::new(),
        credentials: Credentials {
            token_hashes: vec![hex::encode(token::bearer_hash(bearer.expose_secret()))],
            signing_secrets: vec![signing_secret.expose_secret().to_owned()],
        },
        open_to: Vec::new(),
    };
    let connector_id = connector.id;
    put(app, Object::Connector(connector)).await?;
    put(
        app,
        Object::Channel(Channel {
            id: mint.id(now),
            name: "Demo line".to_owned(),
            service_identifier: SERVICE_IDENTIFIER.to_owned(),
            channel_type,
            connector: connector_id,
            enabled: true,
            default_outbound: true,
            calendar: None,
            out_of_hours: OutOfHours::Route,
            config_id: mint.id(now),
            mode: Mode::Hybrid,
            bot: Some(bot),
            ring_secs: 30,
            inactivity_secs: 600,
            customer_thresholds: None,
            identification_criteria: serde_json::json!({ "value": null }),
            routing: Routing {
                target: Target::Push(Some(queue)),
                selection: Selection::LongestAvailable,
                last_agent: false,
                request_ttl_secs: 600,
                patience: Patience::default(),
            },
        }),
    )
    .await?;
    put(
        app,
        Object::SchemaAttribute(SchemaAttribute {
            id: mint.id(now),
            key: "demoAddress".to_owned(),
            label: "Demo address".to_owned(),
            description: "How the customer is known on the demo line".to_owned(),
            value_type: CustomerValueType::String,
            length: Some(100),
            required: false,
            default: Value::Null,
            pii: true,
            identifies: vec![channel_type],
            deletable: true,
            order: 10,
            searchable: false,
        }),
    )
    .await?;
    let port = app.config.listen.address.port();
    Ok(DemoCredentials { connector: connector_id.0, token: bearer, signing_secret, port })
}

impl DemoCredentials {
    /// Leaves the connector's credentials where `tieline connector simulate` finds them, for the owner only.
    fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join("demo.env");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(file, "export TIELINE_HUB=http://127.0.0.1:{}", self.port)?;
        writeln!(file, "export TIELINE_CONNECTOR={}", self.connector)?;
        writeln!(file, "export TIELINE_CONNECTOR_TOKEN={}", self.token.expose_secret())?;
        writeln!(file, "export TIELINE_SIGNING_SECRET={}", self.signing_secret.expose_secret())?;
        writeln!(file, "export TIELINE_SERVICE_IDENTIFIER={SERVICE_IDENTIFIER}")?;
        writeln!(file, "export TIELINE_LISTEN={}", WEBHOOK.trim_start_matches("http://"))?;
        Ok(())
    }
}

/// What to try first.
pub fn introduce(folder: &Path, port: u16) {
    let hub = format!("http://127.0.0.1:{port}");
    println!(
        "\n\
         Tieline's demo is running.\n\n\
         \x20 Screens                   {hub}/app/\n\
         \x20 API and its description   {hub}/docs\n\
         \x20 Health and metrics        {hub}/readyz  {hub}/metrics\n\
         \x20 People                    admin, amina, bilal, sara; the password is {PASSWORD}\n\n\
         Try, each in a terminal of its own:\n\n\
         \x20 1. An agent signs in and answers:   make agent\n\
         \x20 2. A customer writes:               make customer\n\
         \x20 3. Register a channel yourself:     docs/first-channel.md\n\n\
         Everything is kept in {folder}; delete it to start anew. Ctrl-C stops the demo.\n",
        folder = folder.display()
    );
}

fn mint() -> Result<Mint> {
    let mut prefix = [0; 5];
    aws_lc_rs::rand::fill(&mut prefix).ok().context("the machine gives no random numbers")?;
    Ok(Mint::new(prefix))
}

async fn put(app: &App, object: Object) -> Result<()> {
    let name = object.name().to_owned();
    let answer = app.engine.submit(Command::PutObject { object: Box::new(object), expected: None }).await?;
    match answer.with_context(|| format!("\"{name}\" was refused"))? {
        Answer::Stored { .. } => Ok(()),
        other => anyhow::bail!("\"{name}\" was answered with {other:?}"),
    }
}
