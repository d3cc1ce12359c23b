//! What every door shares: one tenant's engine and store, and the tools of the edge.

use std::sync::Arc;

use tieline_core::registry::Registry;
use tieline_core::time::At;
use tieline_engine::{Clock, Handle};
use tieline_store::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::desk::Desks;
use crate::feed::Feeds;
use crate::files::Files;
use crate::oidc::Provider;
use crate::password::Passwords;
use crate::rest::connectors::ConfigurationsRead;
use crate::rest::limits::Limits;
use crate::rest::reports::live::Seen;
use crate::telemetry::Telemetry;
use crate::token::Tokens;
use crate::web::Web;
use crate::webhook::WebhookClient;

pub type SharedApp = Arc<App>;

pub struct App {
    pub config: Config,
    pub engine: Handle,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub files: Files,
    pub passwords: Passwords,
    pub tokens: Tokens,
    pub telemetry: Telemetry,
    pub limits: Limits,
    /// Posts to connectors' webhooks and to bots, within the addresses allowed.
    pub webhooks: WebhookClient,
    /// Agents' sockets.
    pub desks: Desks,
    /// Connectors waiting for something to appear in their event feed.
    pub feeds: Feeds,
    /// Cancelled when the process is told to stop: what is under way may finish, nothing new begins.
    pub stopping: CancellationToken,
    /// What connectors have read of their configuration.
    pub configurations_read: ConfigurationsRead,
    /// Held by the one dry run under way.
    pub rehearsing: Arc<Semaphore>,
    /// How the floor stood when somebody last looked.
    pub seen: Seen,
    /// Where people may sign in beside here.
    pub oidc: Option<Provider>,
    /// Customers' sockets on web pages.
    pub web: Web,
}

impl App {
    /// The registry as last committed.
    #[must_use]
    pub fn registry(&self) -> Arc<Registry> {
        self.engine.registry()
    }

    #[must_use]
    pub fn now(&self) -> At {
        self.clock.now()
    }

    #[must_use]
    pub fn now_seconds(&self) -> i64 {
        self.now().millis() / 1000
    }
}
