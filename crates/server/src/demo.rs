//! The demo tenant: people to sign in as, and channels to write on, one of them a web page.
//!
//! Its passwords are public, so the demo listens on this machine only.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use tieline_core::command::{Answer, Command};
use tieline_core::form::{Asks, Form, Question, Section};
use tieline_core::id::{ChannelTypeId, ConnectorId, FormId, Id, Mint};
use tieline_core::registry::widget::{Appearance, Shows, Texts};
use tieline_core::registry::{
    Channel, Connector, Credentials, CustomerValueType, Mode, Object, OutOfHours, Patience, Provider, Role,
    Routing, SchemaAttribute, Selection, Target, Team, User, Widget,
};

use crate::app::App;
use crate::config::Config;
use crate::token;
use crate::web;

pub const PASSWORD: &str = "demo-password";
const SERVICE_IDENTIFIER: &str = "1000";
const WEBHOOK: &str = "http://127.0.0.1:8090";
const CHANNEL_TYPE: &str = "GENERIC";
const WEB_SERVICE_IDENTIFIER: &str = "2000";
/// The widget the page at `/demo` shows.
const WIDGET: &str = "demo";

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
    config.web.demo_page = true;
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
    let team = Team { id: mint.id(app.now()), name: "Front office".to_owned(), description: String::new() };
    let team_id = team.id;
    put(app, Object::Team(team)).await?;
    for (username, first_name, last_name, roles) in [
        ("admin", "Ada", "Admin", vec![Role::Admin]),
        ("amina", "Amina", "Okafor", vec![Role::Agent]),
        ("bilal", "Bilal", "Khan", vec![Role::Agent]),
        ("sara", "Sara", "Lind", vec![Role::Agent, Role::Supervisor]),
    ] {
        let password = SecretString::from(PASSWORD);
        let mut user = User::new(mint.id(app.now()), username, first_name, last_name, roles);
        user.password_hash = Some(app.passwords.hash(password).await?);
        user.team = Some(team_id);
        if user.roles.contains(&Role::Supervisor) {
            user.supervises = vec![team_id];
        }
        put(app, Object::User(user)).await?;
    }
    let credentials = furnish_channel(app, &mut mint).await?;
    furnish_web_page(app, &mut mint).await?;
    credentials.write(folder)
}

struct DemoCredentials {
    connector: Id,
    token: SecretString,
    signing_secret: SecretString,
    port: u16,
}

/// The five steps, as an administrator would take them over the API. The channel type is there already.
async fn furnish_channel(app: &App, mint: &mut Mint) -> Result<DemoCredentials> {
    let channel_type = channel_type(app, CHANNEL_TYPE)?;
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
    let line = channel(app, mint, "Demo line", SERVICE_IDENTIFIER, (channel_type, connector_id))?;
    put(app, Object::Channel(line)).await?;
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

/// What the page at `/demo` needs: a channel of the web's connector, a form and a widget.
async fn furnish_web_page(app: &App, mint: &mut Mint) -> Result<()> {
    let ends = (channel_type(app, "WEB")?, web::CONNECTOR);
    let mut line = channel(app, mint, "Demo web page", WEB_SERVICE_IDENTIFIER, ends)?;
    line.routing.patience.announce_wait = true;
    put(app, Object::Channel(line)).await?;
    let form = before_the_chat(mint.id(app.now()));
    let form_id = form.id;
    put(app, Object::Form(form)).await?;
    let texts = |title: &str, subtitle: &str, greeting: &str| Texts {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        greeting: greeting.to_owned(),
    };
    let texts = [
        ("en", texts("Chat with us", "We answer within minutes", "Hello! How can we help?")),
        ("ar", texts("تحدّث معنا", "نرد خلال دقائق", "مرحبًا! كيف يمكننا مساعدتك؟")),
        (
            "ur",
            texts(
                "ہم سے بات کریں",
                "ہم چند منٹ میں جواب دیتے ہیں",
                "السلام علیکم! ہم آپ کی کیا مدد کر سکتے ہیں؟",
            ),
        ),
    ];
    let texts = texts.into_iter().map(|(language, texts)| (language.to_owned(), texts)).collect();
    let widget = Widget {
        id: mint.id(app.now()),
        identifier: WIDGET.to_owned(),
        theme: "#0f5e56".to_owned(),
        title: "Chat with us".to_owned(),
        subtitle: "We answer within minutes".to_owned(),
        shows: Shows {
            font_resize: true,
            emoji: true,
            file_transfer: true,
            dynamic_link: true,
            download_transcript: true,
        },
        appearance: Appearance { texts, ..Appearance::default() },
        reconnect_secs: 300,
        language: Value::Null,
        form: Some(form_id),
        callback_form: None,
        web_rtc: Map::new(),
        callback: Map::new(),
        webhook: Map::new(),
        service_identifier: Some(WEB_SERVICE_IDENTIFIER.to_owned()),
        legacy: false,
    };
    put(app, Object::Widget(widget)).await
}

fn before_the_chat(id: FormId) -> Form {
    let question = |key: &str, label: &str, word: &str| Question {
        key: key.to_owned(),
        label: label.to_owned(),
        help: String::new(),
        required: true,
        asks: Asks::Input { word: word.to_owned() },
        extra: Map::new(),
    };
    let questions =
        vec![question("firstName", "Your name", "String50"), question("email", "E-mail", "email")];
    Form {
        id,
        title: "Before the chat".to_owned(),
        description: String::new(),
        sections: vec![Section { questions, extra: Map::new() }],
    }
}

fn channel_type(app: &App, name: &str) -> Result<ChannelTypeId> {
    let registry = app.registry();
    let found = registry.channel_types().find(|one| one.value.name == name);
    Ok(found.context("the out-of-box channel types are missing")?.value.id)
}

/// A channel whose customers are greeted by the bot and handed to the default queue.
fn channel(
    app: &App,
    mint: &mut Mint,
    name: &str,
    service_identifier: &str,
    (channel_type, connector): (ChannelTypeId, ConnectorId),
) -> Result<Channel> {
    let registry = app.registry();
    let queue = registry.default_queue().context("the default queue is missing")?.value.id;
    let bot = registry.bots().next().context("the built-in bot is missing")?.value.id;
    let now = app.now();
    Ok(Channel {
        id: mint.id(now),
        name: name.to_owned(),
        service_identifier: service_identifier.to_owned(),
        channel_type,
        connector,
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
    })
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
         \x20 A page with a chat        {hub}/demo\n\
         \x20 People                    admin, amina, bilal, sara; the password is {PASSWORD}\n\n\
         Try:\n\n\
         \x20 1. Sign in at the screens as amina and get ready: this is an agent's desk\n\
         \x20 2. Write on the page with a chat, and answer yourself at the desk\n\
         \x20 3. Sign in as admin in a private window, and follow the tour\n\n\
         Until make customer runs, warnings tell that the demo's connector cannot be reached.\n\
         Without a browser: make agent, make customer, docs/first-channel.md.\n\
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
