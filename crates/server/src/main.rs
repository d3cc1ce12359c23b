//! The `tieline` binary.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use secrecy::SecretString;
use tieline_connectors::contract::{Credentials, Retry};
use tieline_connectors::progress::Bar;
use tieline_connectors::script::Script;
use tieline_connectors::signature::SigningSecret;
use tieline_connectors::simulate::{Length, Options, Pace, Simulation, Source};
use tieline_core::command::Command as CoreCommand;
use tieline_core::registry::{Object, Role, User};
use tieline_server::cli::{Cli, Command, ConnectorCommand, KeyCommand, SimulateArgs, UserArgs};
use tieline_server::config::Config;
use tieline_server::listen::{Door, Drained, stop_signal};
use tieline_server::start::{Hub, open_store, start};
use tieline_server::telemetry::Telemetry;
use tieline_server::{demo, master_key, open_files};
use tieline_store::Secrets;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(err) => {
            eprintln!("tieline: the runtime cannot start: {err}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(err) => {
            eprintln!("tieline: {err:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode> {
    let config = || Config::load(cli.config.as_deref()).map_err(anyhow::Error::from);
    match cli.command {
        Command::Serve => serve(config()?).await?,
        Command::Demo { folder, port } => run_demo(&folder, port).await?,
        Command::CheckConfig => {
            config()?;
            println!("The configuration is good.");
        }
        Command::User(args) => put_user(config()?, args).await?,
        Command::Key(KeyCommand::New { path }) => {
            master_key::create(&path)?;
            println!(
                "A new master key is in {}. Keep a copy: without it nothing can be read.",
                path.display()
            );
        }
        Command::Key(KeyCommand::Rotate) => rotate(config()?).await?,
        Command::Audit => export_audit(config()?).await?,
        Command::Export { with_secrets } => export(config()?, with_secrets).await?,
        Command::Connector(ConnectorCommand::Simulate(args)) => return simulate_channel(*args).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config) -> Result<()> {
    let telemetry = Telemetry::install(&config.log)?;
    let door = Door::bind(&config.listen).await?;
    let hub = start(config, telemetry).await?;
    attend(door, hub).await
}

async fn run_demo(folder: &Path, port: u16) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let config = demo::config(folder, port)?;
    let telemetry = Telemetry::install(&config.log)?;
    let door = Door::bind(&config.listen).await?;
    let hub = start(config, telemetry).await?;
    demo::furnish(&hub.app, folder).await?;
    demo::introduce(folder, door.address().port());
    attend(door, hub).await
}

/// Serves until the process is told to stop, then lets what is under way finish.
async fn attend(door: Door, hub: Hub) -> Result<()> {
    open_files::allow_as_many_as_possible();
    let app = std::sync::Arc::clone(&hub.app);
    let stop = async move {
        if let Err(err) = stop_signal().await {
            tracing::error!(error = %err, "signals cannot be received; stopping");
        }
        // Polls that wait for something to tell would hold the drain up.
        app.stopping.cancel();
        app.desks.close().await;
        app.web.close().await;
    };
    if let Drained::TimedOut = door.serve(hub.router.clone(), stop).await {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    hub.stop().await;
    Ok(())
}

async fn put_user(config: Config, args: UserArgs) -> Result<()> {
    let password = read_password()?;
    let roles: Vec<Role> = args
        .roles
        .iter()
        .map(|role| {
            serde_json::from_value(serde_json::Value::String(role.clone()))
                .with_context(|| format!("there is no role \"{role}\""))
        })
        .collect::<Result<_>>()?;
    let telemetry = Telemetry::install(&config.log)?;
    let hub = start(config, telemetry).await?;
    let registry = hub.app.registry();
    let known = registry.user_by_name(&args.username);
    let (mut user, expected) = match known {
        Some(known) => (known.value.clone(), Some(known.version)),
        None => {
            let id = tieline_server::start::new_id(&hub.app)?;
            (User::new(id.into(), &args.username, &args.first_name, &args.last_name, Vec::new()), None)
        }
    };
    user.roles = roles;
    user.enabled = true;
    if args.without_second_factor {
        user.second_factor = None;
    }
    user.token_version += 1;
    user.identity = None;
    user.password_hash = Some(hub.app.passwords.hash(password).await?);
    hub.app
        .engine
        .submit(CoreCommand::PutObject { object: Box::new(Object::User(user)), expected })
        .await??;
    hub.stop().await;
    println!("{} can sign in.", args.username);
    Ok(())
}

fn read_password() -> Result<SecretString> {
    if std::io::stdin().is_terminal() {
        eprint!("Password (it will be shown as you type; pipe it in to avoid that): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("no password was given on standard input");
    }
    Ok(SecretString::from(password))
}

/// Rows visited in one transaction, so that a running hub is not held up.
const ROTATED_ROWS: usize = 500;

async fn rotate(config: Config) -> Result<()> {
    let store = open_store(&config, master_key::load(&config.keys)?).await?;
    let mut rotation = store.rotate_data_key().await?;
    let bar = indicatif::ProgressBar::new_spinner();
    let done = loop {
        match rotation.step(ROTATED_ROWS).await? {
            ControlFlow::Continue(so_far) => {
                bar.set_message(format!("{} rows visited", so_far.rows_visited));
                bar.tick();
            }
            ControlFlow::Break(done) => break done,
        }
    };
    bar.finish_and_clear();
    drop(rotation);
    store.close().await?;
    println!(
        "A new data key is in use: {} rows were sealed and {} customers' keys wrapped anew. Earlier data keys \
         removed: {}.",
        done.resealed, done.rewrapped, done.retired
    );
    Ok(())
}

async fn export(config: Config, with_secrets: bool) -> Result<()> {
    let store = open_store(&config, master_key::load(&config.keys)?).await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let secrets = if with_secrets { Secrets::Shown } else { Secrets::Masked };
    store.export(secrets, |line| writeln!(out, "{}", line.to_json())).await?;
    out.flush()?;
    store.close().await?;
    Ok(())
}

async fn export_audit(config: Config) -> Result<()> {
    let store = open_store(&config, master_key::load(&config.keys)?).await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    store.export_audit(&mut |line| writeln!(out, "{}", line.to_json())).await?;
    out.flush()?;
    store.close().await?;
    Ok(())
}

async fn simulate_channel(args: SimulateArgs) -> Result<ExitCode> {
    let script = match &args.script {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the script {}", path.display()))?;
            Some(Script::parse(&text).with_context(|| format!("in {}", path.display()))?)
        }
        None => None,
    };
    let secrets = match &args.signing_secret {
        Some(secret) => vec![SigningSecret::parse(secret).context("in --signing-secret")?],
        None => Vec::new(),
    };
    let source = match (args.feed, args.connector) {
        (false, _) => Source::Webhook { listen: args.listen, secrets, behaviour: None },
        (true, Some(connector)) => Source::Feed { connector, after: 0 },
        (true, None) => bail!("--feed needs the connector's id in --connector"),
    };
    let options = Options {
        hub: args.hub,
        credentials: Credentials::Token(SecretString::from(args.token)),
        service_identifier: args.service_identifier,
        source,
        customers: args.customers,
        pace: Pace::Total { per_second: args.rate },
        length: match args.seconds {
            Some(seconds) => Length::Duration(Duration::from_secs(seconds)),
            None => Length::Messages(args.messages),
        },
        script,
        seed: args.seed,
        expect_replies: args.expect_replies,
        reply_timeout: Duration::from_secs(args.reply_timeout),
        duplicates: args.duplicates,
        returning: args.returning,
        quiet: QUIET,
        retry: Retry::default(),
    };
    let simulation = Simulation::prepare(options).await?;
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let report = simulation.run(&mut Bar::new(), interrupted).await;
    if args.json {
        println!("{}", report.to_json());
    } else {
        println!("{report}");
    }
    Ok(ExitCode::from(report.exit_code()))
}

/// The hub has this long to send what it still has.
const QUIET: Duration = Duration::from_secs(5);
