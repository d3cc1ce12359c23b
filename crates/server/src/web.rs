//! Customers on web pages: their sockets, and the connector behind them.
//!
//! The connector runs in this process and yet is one like any other: it is registered, it posts what customers write
//! with its token at the same routes, and reads what is said to them from its feed ([`tieline_connectors::web`] holds
//! its rules). Everything it does, an outside one could do.
//!
//! Promises: what a customer writes is answered 200 once it is on disk; tabs of one browser see the same chat in the
//! same order; a page that falls silent does not hold anybody up, and one that floods is slowed, then cut off with the
//! reason; everything here has a bound.
//!
//! A tab is one connected socket ([`tab`]). Each chat is kept by one task ([`room`]), so its messages leave one after
//! the other. [`feed`] brings what the hub has to say.

mod account;
mod door;
mod feed;
mod room;
mod tab;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use anyhow::{Context, Result};
use arc_swap::ArcSwapOption;
use aws_lc_rs::{hmac, rand};
use axum::Router;
use axum::middleware::from_fn_with_state;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use socketioxide::SocketIo;
use socketioxide::handler::ConnectHandler;
use tieline_connectors::contract::{Credentials, Hub, Retry};
use tieline_connectors::web::{Identity, TabId};
use tieline_core::id::ConnectorId;
use tieline_core::schema::compared_address;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::{App, SharedApp};
use crate::config::{Config, WebConfig};
use crate::desk::SocketLayer;
use crate::problem::{ApiError, TrustedProxies, counted};
pub use account::{Account, CONNECTOR};
use room::Entrance;

/// Where pages connect; part of every installed widget's configuration.
pub const SOCKET_PATH: &str = "/web-channel-manager/socket.io";

/// Short enough to notice within half a minute that a customer is gone.
const PING_INTERVAL: Duration = Duration::from_secs(15);
const PING_TIMEOUT: Duration = Duration::from_secs(12);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// One packet of a page, and what is put together for one poll.
const PACKET_BYTES_MAX: usize = 64 * 1024;
const PACKETS_BUFFERED_MAX: usize = 128;
/// Addresses remembered before those that are quiet again are forgotten.
const ADDRESSES_MAX: usize = 10_000;
/// A hub in the same process is there, or it is busy.
const RETRY: Retry =
    Retry { attempts_max: 4, delay_min: Duration::from_millis(100), delay_max: Duration::from_secs(2) };

/// The sockets of all customers on web pages. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    shared: Arc<Shared>,
    io: SocketIo,
}

/// What the tabs and rooms share.
struct Shared {
    config: WebConfig,
    connector: ConnectorId,
    proxies: TrustedProxies,
    requests: DefaultKeyedRateLimiter<IpAddr>,
    /// Keys the hash browsers are told apart by.
    browsers: hmac::Key,
    app: OnceLock<Weak<App>>,
    /// Cancelled once the chats that were open at the start are known.
    adopted: CancellationToken,
    hub: ArcSwapOption<Hub>,
    rooms: Mutex<HashMap<Identity, Entrance>>,
    present: Mutex<Presence>,
    tabs: AtomicU64,
    feed: Mutex<Option<JoinHandle<()>>>,
}

/// Who is connected from where.
#[derive(Default)]
struct Presence {
    total: usize,
    /// By whom limits are counted for.
    by_line: HashMap<IpAddr, usize>,
    by_address: HashMap<IpAddr, HashMap<TabId, Present>>,
}

struct Present {
    identity: Identity,
    /// The conversation the tab takes part in.
    conversation: Option<String>,
}

impl Web {
    /// Sockets that take no connection before [`Web::open`], and the layer that lets them in.
    #[must_use]
    pub fn new(config: &Config, account: &Account) -> (Self, SocketLayer) {
        let per_second = NonZeroU32::new(config.web.requests_per_second).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(config.web.requests_burst).unwrap_or(NonZeroU32::MIN);
        let shared = Arc::new(Shared {
            config: config.web.clone(),
            connector: CONNECTOR,
            proxies: TrustedProxies::new(&config.listen.trusted_proxies),
            requests: RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)),
            browsers: account.browser_key(),
            app: OnceLock::new(),
            adopted: CancellationToken::new(),
            hub: ArcSwapOption::empty(),
            rooms: Mutex::default(),
            present: Mutex::default(),
            tabs: AtomicU64::new(0),
            feed: Mutex::new(None),
        });
        let (layer, io) = SocketIo::builder()
            .req_path(SOCKET_PATH)
            .ping_interval(PING_INTERVAL)
            .ping_timeout(PING_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .max_payload(PACKET_BYTES_MAX as u64)
            .ws_max_message_size(PACKET_BYTES_MAX)
            .ws_max_frame_size(PACKET_BYTES_MAX)
            .max_buffer_size(PACKETS_BUFFERED_MAX)
            .build_layer();
        let (at_door, inside) = (Arc::clone(&shared), Arc::clone(&shared));
        let knock = move |socket, auth| {
            let shared = Arc::clone(&at_door);
            async move { tab::admit(&shared, socket, auth).await }
        };
        let enter = move |socket| {
            let tab = tab::Tab::open(&inside, socket);
            async move {
                if let Some((tab, asked)) = tab {
                    tab.serve(asked).await;
                }
            }
        };
        io.ns("/", enter.with(knock));
        let any_site = SetResponseHeaderLayer::if_not_present(
            axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN,
            axum::http::HeaderValue::from_static("*"),
        );
        (Self { shared, io }, tower::layer::util::Stack::new(layer, any_site))
    }

    /// Opens the door: from now on pages may connect, and what the hub has to say is read. `router` is the hub's own.
    ///
    /// # Errors
    /// Never with an account of ours.
    pub fn open(&self, app: &SharedApp, router: Router, account: &Account) -> Result<()> {
        let credentials = Credentials::Token(account.token().clone());
        let hub = Hub::within(router, credentials).context("the web's connector cannot knock")?;
        self.shared.hub.store(Some(Arc::new(hub.with_retry(RETRY))));
        // The app is set once; sockets outlive none.
        let _ = self.shared.app.set(Arc::downgrade(app));
        let reading = tokio::spawn(feed::read(Arc::clone(&self.shared)));
        *self.shared.feed.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        Ok(())
    }

    /// Puts the bounds of the sockets in front of the whole hub.
    pub fn guard(&self, hub: Router) -> Router {
        let watched = from_fn_with_state(Arc::clone(&self.shared), door::watch);
        Router::new().fallback_service(hub).layer(watched)
    }

    /// Closes every socket; pages reconnect by themselves when somebody listens again.
    pub async fn close(&self) {
        if let Some(reading) = self.shared.feed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            reading.abort();
        }
        self.io.close().await;
        self.shared.hub.store(None);
    }

    /// Counts a public request of a page.
    ///
    /// # Errors
    /// 429 when the address asks too often.
    pub fn count(&self, address: IpAddr) -> Result<(), ApiError> {
        self.shared.count(address)
    }

    /// Whether somebody at this address is in a chat right now.
    #[must_use]
    pub fn is_chatting(&self, address: IpAddr) -> bool {
        self.shared.chats_of(address, |present| present.conversation.is_some())
    }

    /// Whether somebody at this address is in this conversation right now.
    #[must_use]
    pub fn is_in(&self, address: IpAddr, conversation: &str) -> bool {
        self.shared.chats_of(address, |present| present.conversation.as_deref() == Some(conversation))
    }

    /// The conversation somebody at this address has right now under this identifier.
    #[must_use]
    pub fn conversation_of(&self, address: IpAddr, identifier: &str) -> Option<String> {
        let present = self.shared.present();
        present
            .by_address
            .get(&address)?
            .values()
            .find_map(|one| (one.identity.customer == identifier).then(|| one.conversation.clone()).flatten())
    }
}

impl Shared {
    fn app(&self) -> Option<SharedApp> {
        self.app.get()?.upgrade()
    }

    /// The way to the hub; none while the hub stops.
    fn hub(&self) -> Option<Arc<Hub>> {
        self.hub.load_full()
    }

    fn count(&self, address: IpAddr) -> Result<(), ApiError> {
        if self.requests.len() > ADDRESSES_MAX {
            self.requests.retain_recent();
        }
        self.requests
            .check_key(&counted(address))
            .map_err(|not_until| ApiError::too_many(not_until.wait_time_from(DefaultClock::default().now())))
    }

    fn present(&self) -> MutexGuard<'_, Presence> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn chats_of(&self, address: IpAddr, is_meant: impl Fn(&Present) -> bool) -> bool {
        self.present().by_address.get(&address).is_some_and(|tabs| tabs.values().any(is_meant))
    }

    /// What the hub knows a chat by: the address of its customer as the hub compares it, however a page writes it.
    fn chat_of(&self, identity: &Identity) -> Identity {
        let Some(app) = self.app() else { return identity.clone() };
        let registry = app.registry();
        let channel =
            registry.channels_at(&identity.service).find(|one| one.value.connector == self.connector);
        let customer = match channel {
            Some(channel) => compared_address(&registry, channel.value.id, &identity.customer),
            None => identity.customer.clone(),
        };
        Identity { service: identity.service.clone(), customer }
    }

    fn next_tab(&self) -> TabId {
        self.tabs.fetch_add(1, Ordering::Relaxed)
    }

    /// Seconds a customer of this channel may be away, and whether its widget needs help.
    fn widget_of(&self, service: &str) -> (Duration, bool) {
        let Some(app) = self.app() else { return (Duration::ZERO, true) };
        let registry = app.registry();
        let widget = registry.widgets().find(|one| one.value.service_identifier.as_deref() == Some(service));
        let (secs, legacy) = match widget {
            Some(widget) => (widget.value.reconnect_secs, widget.value.legacy),
            None => (registry.settings().value.settings.web.reconnect_seconds, true),
        };
        (Duration::from_secs(secs.into()), legacy)
    }
}

impl Presence {
    fn enter(&mut self, address: IpAddr, tab: TabId, identity: Identity) {
        self.total += 1;
        *self.by_line.entry(counted(address)).or_default() += 1;
        let tabs = self.by_address.entry(address).or_default();
        tabs.insert(tab, Present { identity, conversation: None });
    }

    fn leave(&mut self, address: IpAddr, tab: TabId) {
        let Some(tabs) = self.by_address.get_mut(&address) else { return };
        if tabs.remove(&tab).is_none() {
            return;
        }
        if tabs.is_empty() {
            self.by_address.remove(&address);
        }
        self.total -= 1;
        if let Entry::Occupied(mut here) = self.by_line.entry(counted(address)) {
            *here.get_mut() -= 1;
            if *here.get() == 0 {
                here.remove();
            }
        }
    }

    fn talks(&mut self, address: IpAddr, tab: TabId, conversation: Option<String>) {
        if let Some(present) = self.by_address.get_mut(&address).and_then(|tabs| tabs.get_mut(&tab)) {
            present.conversation = conversation;
        }
    }
}

/// 128 random bits as a UUID.
fn fresh_id() -> String {
    let mut bytes = [0_u8; 16];
    rand::fill(&mut bytes).expect("the machine gives random numbers");
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
