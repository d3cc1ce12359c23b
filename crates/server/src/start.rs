//! Puts a tenant together: store, engine, tools of the edge, doors.

use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use secrecy::SecretBox;
use tieline_core::command::Command;
use tieline_core::delivery::breaker::BreakerPolicy;
use tieline_core::delivery::outbox::LinePolicy;
use tieline_core::delivery::schedule::Schedule;
use tieline_core::id::{Id, Mint};
use tieline_core::policy::Policy;
use tieline_core::registry::seed;
use tieline_core::time::Span;
use tieline_engine::{Clock, Engine, Handle, Options, SystemClock};
use tieline_store::{Faults, MasterKeys, SqliteOptions, Store};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::app::{App, SharedApp};
use crate::config::{Config, StoreKind};
use crate::desk::Desks;
use crate::feed::Feeds;
use crate::files::Files;
use crate::housekeeping;
use crate::master_key;
use crate::oidc::Provider;
use crate::outlet::Outside;
use crate::password::Passwords;
use crate::rest::connectors::ConfigurationsRead;
use crate::rest::limits::Limits;
use crate::rest::reports::live::Seen;
use crate::telemetry::Telemetry;
use crate::token::{Lifetimes, Tokens};
use crate::web::{self, Web};
use crate::webhook::WebhookClient;

/// A running tenant.
pub struct Hub {
    pub app: SharedApp,
    pub router: Router,
    housekeeping: JoinHandle<()>,
    /// Held while the hub runs; the system lets go of it however the process ends.
    _lock: Option<File>,
}

impl Hub {
    /// Waits until everything decided so far is on disk. Call it once no more requests come in.
    pub async fn stop(self) {
        self.housekeeping.abort();
        self.app.web.close().await;
        if let Err(err) = self.app.engine.ask(|_| ()).await {
            warn!(error = %err, "the last decisions may not be on disk");
        }
        if let Err(err) = self.app.store.clone().close().await {
            warn!(error = %err, "the store did not close cleanly; it will recover when it is opened");
        }
    }
}

/// Opens the store, starts the engine and builds the doors. A new store is seeded with what every tenant has.
///
/// # Errors
/// What keeps the tenant from starting: keys, store, files or sockets, each with its place.
pub async fn start(config: Config, telemetry: Telemetry) -> Result<Hub> {
    let lock = lock_store(&config)?;
    let keys = master_key::load(&config.keys)?;
    let secret = SecretBox::new(Box::new(*keys.current.bytes()));
    let tokens = Tokens::new(&secret, &config.tenant.name, lifetimes(&config));
    let store = open_store(&config, keys).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let outside = Arc::new(Outside::default());
    let options = Options {
        queue_max: config.engine.queue_max,
        batch_max: config.engine.batch_max,
        id_prefix: id_prefix()?,
    };
    let outlet = Arc::clone(&outside);
    let (engine, _) =
        Engine::start(store.clone(), policy(&config), options, Arc::clone(&clock), outlet).await?;
    seed_if_new(&engine, clock.as_ref()).await?;
    let (desks, sockets) = Desks::new();
    let account = web::Account::new(&secret);
    account.register(&engine).await?;
    let (web, web_sockets) = Web::new(&config, &account);
    let app = Arc::new(App {
        webhooks: WebhookClient::new(&config.delivery)?,
        files: Files::new(&config.files)?,
        oidc: Provider::configured(&config)?,
        limits: Limits::new(&config),
        config,
        engine,
        store,
        clock,
        passwords: Passwords::default(),
        tokens,
        telemetry,
        desks,
        feeds: Feeds::default(),
        stopping: CancellationToken::new(),
        rehearsing: Arc::new(Semaphore::new(1)),
        configurations_read: ConfigurationsRead::default(),
        seen: Seen::default(),
        web,
    });
    app.desks.attach(&app);
    outside.open(&app);
    let router = crate::rest::router(Arc::clone(&app));
    app.web.open(&app, router.clone(), &account)?;
    let router = app.web.guard(router.layer(sockets).layer(web_sockets));
    let housekeeping = tokio::spawn(housekeeping::keep_house(Arc::clone(&app)));
    Ok(Hub { app, router, housekeeping, _lock: lock })
}

/// Opens the configured store.
///
/// # Errors
/// When it cannot be opened or the master key does not fit.
pub async fn open_store(config: &Config, keys: MasterKeys) -> Result<Store> {
    let store = match config.store.kind {
        StoreKind::Memory => Store::memory(keys, Faults::default()).await,
        StoreKind::Sqlite => {
            let options = SqliteOptions { readers: config.store.readers, ..SqliteOptions::default() };
            Store::sqlite(&config.store.path, keys, options).await
        }
    };
    store.with_context(|| format!("cannot open the store {}", config.store.path.display()))
}

/// A store is decided on by one process at a time.
fn lock_store(config: &Config) -> Result<Option<File>> {
    if config.store.kind == StoreKind::Memory {
        return Ok(None);
    }
    if let Some(folder) = config.store.path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let path = config.store.path.with_extension("lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "another Tieline is running on the store {}; stop it first, or use its API",
            config.store.path.display()
        ),
        Err(TryLockError::Error(err)) => Err(err).with_context(|| format!("cannot lock {}", path.display())),
    }
}

fn lifetimes(config: &Config) -> Lifetimes {
    Lifetimes { admin: config.auth.token_lifetime, desk: config.auth.desk_session_lifetime }
}

/// An id for an object made on the command line.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn new_id(app: &App) -> Result<Id> {
    Ok(Mint::new(id_prefix()?).id(app.now()))
}

fn policy(config: &Config) -> Policy {
    let delivery = &config.delivery;
    Policy {
        schedule: Schedule {
            waits: delivery.retry_waits.iter().copied().map(span).collect(),
            then: span(delivery.retry_every),
            give_up_after: span(delivery.give_up_after),
            jitter_percent: delivery.jitter_percent,
        },
        line: LinePolicy {
            in_flight_max: delivery.in_flight_max,
            breaker: BreakerPolicy {
                failures: delivery.breaker_failures,
                open_for: span(delivery.breaker_open_min),
                open_for_max: span(delivery.breaker_open_max),
            },
        },
    }
}

/// A configured duration as the core measures it.
pub(crate) fn span(duration: Duration) -> Span {
    Span::millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

fn id_prefix() -> Result<[u8; 5]> {
    let mut prefix = [0; 5];
    aws_lc_rs::rand::fill(&mut prefix).ok().context("the machine gives no random numbers")?;
    Ok(prefix)
}

async fn seed_if_new(engine: &Handle, clock: &dyn Clock) -> Result<()> {
    if engine.registry().mrds().next().is_some() {
        return Ok(());
    }
    let now = clock.now();
    for object in seed::objects(&mut Mint::new(id_prefix()?), now) {
        let name = object.name().to_owned();
        engine
            .submit(Command::PutObject { object: Box::new(object), expected: None })
            .await?
            .with_context(|| format!("the out-of-box object \"{name}\" was refused"))?;
    }
    info!("the new store was seeded with the out-of-box objects");
    Ok(())
}
