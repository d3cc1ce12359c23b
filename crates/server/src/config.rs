//! What an operator can set, in one struct: defaults, then a TOML file, then `TIELINE_` environment variables.
//!
//! Promises: an unknown key is refused and the nearest known one is named; a value out of range is refused with
//! the option, the value and the range; printing a `Config` never prints a secret. `tieline.example.toml`
//! documents every option, and a test keeps it equal to the defaults.
//!
//! Left to others: reading key files, opening the store, binding the address.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use figment::value::Value;
use ipnet::IpNet;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tieline_core::registry::Role;

mod human;

pub use human::Human;

/// Start of the environment variables that set options: `TIELINE_STORE__PATH` sets `store.path`.
///
/// Variables without a double underscore are not options and are left alone: orchestrators inject names such as
/// `TIELINE_PORT` next to a service called `tieline`.
pub const ENVIRONMENT_PREFIX: &str = "TIELINE_";
const ENVIRONMENT_SEPARATOR: &str = "__";

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A shorter one could be guessed.
const METRICS_TOKEN_BYTES_MIN: usize = 16;
/// Of the button people sign in with at their provider.
const LABEL_CHARS_MAX: usize = 60;
const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Everything an operator can set. See `tieline.example.toml` for the meaning of each option.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub listen: ListenConfig,
    pub tenant: TenantConfig,
    pub store: StoreConfig,
    pub keys: KeysConfig,
    pub engine: EngineConfig,
    pub delivery: DeliveryConfig,
    pub messages: MessagesConfig,
    pub files: FilesConfig,
    pub auth: AuthConfig,
    pub log: LogConfig,
    pub limits: LimitsConfig,
    pub metrics: MetricsConfig,
    pub web: WebConfig,
    pub reports: ReportsConfig,
    pub audit: AuditConfig,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportsConfig {
    #[serde(deserialize_with = "human::value")]
    pub retention: Duration,
    #[serde(deserialize_with = "human::value")]
    pub log_retention: Duration,
}

/// The audit trail.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditConfig {
    #[serde(deserialize_with = "human::value")]
    pub retention: Duration,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self { retention: 400 * DAY }
    }
}

/// Where and how requests come in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListenConfig {
    pub address: SocketAddr,
    /// What clients outside call us; `None` when it is the address above.
    #[serde(deserialize_with = "human::optional")]
    pub public_url: Option<Url>,
    #[serde(deserialize_with = "human::value")]
    pub drain_timeout: Duration,
    #[serde(deserialize_with = "human::value")]
    pub request_timeout: Duration,
    /// From the opening of a connection, or the answer before, to the end of a request's headers.
    #[serde(deserialize_with = "human::value")]
    pub header_timeout: Duration,
    #[serde(deserialize_with = "human::size")]
    pub body_bytes_max: usize,
    /// Peers whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "human::list")]
    pub trusted_proxies: Vec<IpNet>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TenantConfig {
    pub name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    pub kind: StoreKind,
    pub path: PathBuf,
    pub readers: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    Sqlite,
    Memory,
}

/// Where the key comes from that seals secrets and personal data; a value given directly wins over its file.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeysConfig {
    pub master_key_file: PathBuf,
    pub master_key: Option<SecretString>,
    pub previous_master_key_file: Option<PathBuf>,
    pub previous_master_key: Option<SecretString>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineConfig {
    /// Commands that may wait; one more is answered 503.
    pub queue_max: usize,
    /// Most commands decided and committed together.
    pub batch_max: usize,
}

/// How messages are pushed to webhooks.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryConfig {
    /// Wait before the second attempt, the third, and so on.
    #[serde(deserialize_with = "human::list")]
    pub retry_waits: Vec<Duration>,
    /// Wait before each attempt after the list above is used up.
    #[serde(deserialize_with = "human::value")]
    pub retry_every: Duration,
    #[serde(deserialize_with = "human::value")]
    pub give_up_after: Duration,
    pub jitter_percent: u8,
    #[serde(deserialize_with = "human::value")]
    pub attempt_timeout: Duration,
    /// Attempts under way at once, per connector.
    pub in_flight_max: usize,
    pub breaker_failures: u32,
    #[serde(deserialize_with = "human::value")]
    pub breaker_open_min: Duration,
    #[serde(deserialize_with = "human::value")]
    pub breaker_open_max: Duration,
    /// Networks webhooks may reach although they are not public.
    #[serde(deserialize_with = "human::list")]
    pub allow_addresses: Vec<IpNet>,
    #[serde(deserialize_with = "human::value")]
    pub entry_retention: Duration,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessagesConfig {
    #[serde(deserialize_with = "human::value")]
    pub idempotency_window: Duration,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilesConfig {
    pub kind: FilesKind,
    pub path: PathBuf,
    #[serde(deserialize_with = "human::size")]
    pub bytes_max: usize,
    /// Lower-case file name extensions that may be uploaded.
    #[serde(deserialize_with = "human::list")]
    pub extensions: Vec<String>,
    pub s3: S3Config,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilesKind {
    Folder,
    S3,
}

/// Used when `files.kind` is `s3`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3Config {
    #[serde(deserialize_with = "human::optional")]
    pub endpoint: Option<Url>,
    pub bucket: Option<String>,
    pub region: String,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<SecretString>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthConfig {
    #[serde(deserialize_with = "human::value")]
    pub token_lifetime: Duration,
    /// Desks in the field never renew theirs.
    #[serde(deserialize_with = "human::value")]
    pub desk_session_lifetime: Duration,
    /// Per user name and per address.
    pub login_attempts_per_minute: u32,
    pub oidc: OidcConfig,
}

/// The provider of OpenID Connect people may sign in with; there is none without an issuer.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OidcConfig {
    /// Exactly as the provider writes it, with or without the slash at the end.
    pub issuer: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<SecretString>,
    /// Beside `openid`.
    #[serde(deserialize_with = "human::list")]
    pub scopes: Vec<String>,
    pub username_claim: String,
    pub roles_claim: String,
    /// What a value of the roles' claim makes of a person.
    pub roles: BTreeMap<String, Vec<Role>>,
    /// What the button says.
    pub label: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    pub format: LogFormat,
    /// Directives such as `info,tieline_server=debug`.
    pub filter: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// How often callers without credentials may call, per client address.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Downloads of files.
    pub public_requests_per_second: u32,
    pub public_requests_burst: u32,
    /// Connectors that are let in by their address.
    pub open_requests_per_second: u32,
    pub open_requests_burst: u32,
}

/// Who may read `/metrics` beside callers on this machine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Sent as a bearer token.
    pub token: Option<SecretString>,
}

/// Customers on web pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebConfig {
    pub requests_per_second: u32,
    pub requests_burst: u32,
    pub connections_max: usize,
    pub connections_per_address_max: usize,
    /// Serves a page at `/demo` that shows the widget.
    pub demo_page: bool,
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            drain_timeout: 30 * SECOND,
            request_timeout: 30 * SECOND,
            header_timeout: 75 * SECOND,
            body_bytes_max: MIB,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for TenantConfig {
    fn default() -> Self {
        Self { name: "default".into() }
    }
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { kind: StoreKind::Sqlite, path: "data/tieline.db".into(), readers: 4 }
    }
}

impl Default for KeysConfig {
    fn default() -> Self {
        Self {
            master_key_file: "data/master.key".into(),
            master_key: None,
            previous_master_key_file: None,
            previous_master_key: None,
        }
    }
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { queue_max: 10_000, batch_max: 256 }
    }
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self {
            retry_waits: [1, 2, 5, 10, 30, 60, 300, 900].map(Duration::from_secs).to_vec(),
            retry_every: HOUR,
            give_up_after: DAY,
            jitter_percent: 10,
            attempt_timeout: 10 * SECOND,
            in_flight_max: 64,
            breaker_failures: 10,
            breaker_open_min: 10 * SECOND,
            breaker_open_max: 5 * MINUTE,
            allow_addresses: Vec::new(),
            entry_retention: 7 * DAY,
        }
    }
}

impl Default for MessagesConfig {
    fn default() -> Self {
        Self { idempotency_window: DAY }
    }
}

impl Default for ReportsConfig {
    fn default() -> Self {
        Self { retention: 400 * DAY, log_retention: 90 * DAY }
    }
}

impl Default for FilesConfig {
    fn default() -> Self {
        let extensions = [
            "png", "jpeg", "jpg", "pdf", "ppt", "doc", "docx", "xls", "xlsx", "txt", "svg", "pptx", "css",
            "oga", "mpga", "webp", "mp3", "mp4", "gif", "csv", "rtf",
        ];
        Self {
            kind: FilesKind::Folder,
            path: "data/files".into(),
            bytes_max: 5 * MIB,
            extensions: extensions.map(String::from).to_vec(),
            s3: S3Config::default(),
        }
    }
}

impl Default for S3Config {
    fn default() -> Self {
        Self {
            endpoint: None,
            bucket: None,
            region: "us-east-1".into(),
            access_key_id: None,
            secret_access_key: None,
        }
    }
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            token_lifetime: 30 * MINUTE,
            desk_session_lifetime: 12 * HOUR,
            login_attempts_per_minute: 10,
            oidc: OidcConfig::default(),
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            public_requests_per_second: 50,
            public_requests_burst: 200,
            open_requests_per_second: 100,
            open_requests_burst: 500,
        }
    }
}

impl Default for OidcConfig {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: None,
            client_secret: None,
            scopes: vec!["profile".into(), "email".into()],
            username_claim: "preferred_username".into(),
            roles_claim: "groups".into(),
            roles: BTreeMap::new(),
            label: "Sign in with your organisation".into(),
        }
    }
}

/// Why the configuration cannot be used; the text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read configuration file {}: {source}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("unknown option {option} in {place}{}", .nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
    UnknownOption { option: String, place: String, nearest: Option<String> },
    #[error("cannot understand {place}: {reason}")]
    Malformed { place: String, reason: String },
    /// One line for each option that is out of range.
    #[error("{}", .0.join("\n"))]
    OutOfRange(Vec<String>),
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            requests_per_second: 10,
            requests_burst: 60,
            connections_max: 20_000,
            connections_per_address_max: 200,
            demo_page: false,
        }
    }
}

impl Config {
    /// Defaults, then `path` if given, then this process's environment; ranges are checked.
    pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
        let text = match path {
            Some(path) => Some((
                path,
                std::fs::read_to_string(path)
                    .map_err(|source| ConfigError::Unreadable { path: path.into(), source })?,
            )),
            None => None,
        };
        let file = text.as_ref().map(|(path, text)| (*path, text.as_str()));
        Self::merge(
            file,
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    fn merge(
        file: Option<(&Path, &str)>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        let mut figment = Figment::new();
        if let Some((path, text)) = file {
            figment = figment.merge(Toml::string(text));
            config = extract(&figment, &path.display().to_string())?;
        }
        for (variable, text) in environment {
            let Some(option) = option_of_variable(&variable) else { continue };
            let place = format!("environment variable {variable}");
            // As text first: a name or a secret of digits only must stay as it is written.
            let as_text = figment.clone().merge(Serialized::default(&option, &text));
            let as_value = || {
                let value: Value = text.parse().unwrap_or_else(|never| match never {});
                figment.clone().merge(Serialized::default(&option, value))
            };
            let merged = if extract(&as_text, &place).is_ok() { as_text } else { as_value() };
            config = extract(&merged, &place)?;
            figment = merged;
        }
        config.check()?;
        Ok(config)
    }

    /// Are all values within their ranges? Reports every one that is not.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut ranges = Ranges(Vec::new());
        self.check_doors(&mut ranges);
        self.check_work(&mut ranges);
        self.check_delivery(&mut ranges);
        self.check_files(&mut ranges);
        if ranges.0.is_empty() { Ok(()) } else { Err(ConfigError::OutOfRange(ranges.0)) }
    }

    fn check_doors(&self, ranges: &mut Ranges) {
        let listen = &self.listen;
        ranges.within(
            "listen.drain_timeout",
            Human(listen.drain_timeout),
            Human(Duration::ZERO)..=Human(HOUR),
        );
        ranges.within(
            "listen.request_timeout",
            Human(listen.request_timeout),
            Human(SECOND)..=Human(10 * MINUTE),
        );
        let header_timeout = Human(listen.header_timeout);
        ranges.within("listen.header_timeout", header_timeout, Human(SECOND)..=Human(10 * MINUTE));
        ranges.within(
            "listen.body_bytes_max",
            Human(listen.body_bytes_max),
            Human(16 * KIB)..=Human(64 * MIB),
        );
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
        ranges.require(
            listen.public_url.as_ref().is_none_or(is_web),
            "listen.public_url must start with http:// or https://",
        );
        let auth = &self.auth;
        ranges.within(
            "auth.desk_session_lifetime",
            Human(auth.desk_session_lifetime),
            Human(MINUTE)..=Human(7 * DAY),
        );
        ranges.within("auth.token_lifetime", Human(auth.token_lifetime), Human(MINUTE)..=Human(DAY));
        ranges.within("auth.login_attempts_per_minute", auth.login_attempts_per_minute, 1..=1000);
        self.check_provider(ranges);
        let limits = &self.limits;
        ranges.within("limits.public_requests_per_second", limits.public_requests_per_second, 1..=100_000);
        ranges.within("limits.public_requests_burst", limits.public_requests_burst, 1..=100_000);
        ranges.within("limits.open_requests_per_second", limits.open_requests_per_second, 1..=100_000);
        ranges.within("limits.open_requests_burst", limits.open_requests_burst, 1..=100_000);
        ranges.require(
            self.metrics
                .token
                .as_ref()
                .is_none_or(|token| token.expose_secret().len() >= METRICS_TOKEN_BYTES_MIN),
            format_args!("metrics.token must have at least {METRICS_TOKEN_BYTES_MIN} characters"),
        );
        let web = &self.web;
        ranges.within("web.requests_per_second", web.requests_per_second, 1..=100_000);
        ranges.within("web.requests_burst", web.requests_burst, 1..=100_000);
        ranges.within("web.connections_max", web.connections_max, 1..=1_000_000);
        ranges.within("web.connections_per_address_max", web.connections_per_address_max, 1..=1_000_000);
    }

    fn check_provider(&self, ranges: &mut Ranges) {
        let oidc = &self.auth.oidc;
        let Some(issuer) = &oidc.issuer else { return };
        let is_private = issuer.parse::<Url>().is_ok_and(|url| {
            let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            url.scheme() == "https" || (url.scheme() == "http" && is_here)
        });
        ranges.require(is_private, "auth.oidc.issuer must start with https://, unless it is on this machine");
        let is_said = |text: &str| !text.trim().is_empty();
        let client = oidc.client_id.as_deref().is_some_and(is_said);
        ranges.require(client, "auth.oidc.client_id is required with auth.oidc.issuer");
        ranges.require(
            self.listen.public_url.is_some(),
            "listen.public_url is required with auth.oidc.issuer: the provider sends people back to it",
        );
        ranges.require(is_said(&oidc.username_claim), "auth.oidc.username_claim must name a claim");
        ranges.require(is_said(&oidc.roles_claim), "auth.oidc.roles_claim must name a claim");
        ranges.require(
            oidc.roles.values().any(|roles| !roles.is_empty()),
            "auth.oidc.roles must give a role to somebody: { \"value of the claim\" = [\"agent\"] }",
        );
        let label = (1..=LABEL_CHARS_MAX).contains(&oidc.label.trim().chars().count());
        ranges.require(label, format_args!("auth.oidc.label must have 1 to {LABEL_CHARS_MAX} characters"));
    }

    fn check_work(&self, ranges: &mut Ranges) {
        let name = &self.tenant.name;
        ranges.require(
            (1..=64).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "tenant.name must be 1 to 64 lower-case letters, digits or hyphens",
        );
        ranges.within("store.readers", self.store.readers, 1..=64);
        ranges.within("engine.queue_max", self.engine.queue_max, 16..=1_000_000);
        ranges.within("engine.batch_max", self.engine.batch_max, 1..=10_000);
        let window = Human(self.messages.idempotency_window);
        ranges.within("messages.idempotency_window", window, Human(MINUTE)..=Human(30 * DAY));
        for (name, retention) in [
            ("reports.retention", self.reports.retention),
            ("reports.log_retention", self.reports.log_retention),
        ] {
            ranges.within(name, Human(retention), Human(DAY)..=Human(4_000 * DAY));
        }
    }

    fn check_delivery(&self, ranges: &mut Ranges) {
        let delivery = &self.delivery;
        let wait = Human(SECOND / 10)..=Human(DAY);
        for retry_wait in &delivery.retry_waits {
            ranges.within("delivery.retry_waits", Human(*retry_wait), wait.clone());
        }
        ranges.require(delivery.retry_waits.len() <= 64, "delivery.retry_waits may list at most 64 waits");
        ranges.within("delivery.retry_every", Human(delivery.retry_every), Human(SECOND)..=Human(DAY));
        ranges.within(
            "delivery.give_up_after",
            Human(delivery.give_up_after),
            Human(SECOND)..=Human(30 * DAY),
        );
        ranges.within("delivery.jitter_percent", delivery.jitter_percent, 0..=50);
        let timeout = Human(delivery.attempt_timeout);
        ranges.within("delivery.attempt_timeout", timeout, Human(SECOND / 10)..=Human(2 * MINUTE));
        ranges.within("delivery.in_flight_max", delivery.in_flight_max, 1..=10_000);
        ranges.within("delivery.breaker_failures", delivery.breaker_failures, 1..=1000);
        let (open_min, open_max) = (Human(delivery.breaker_open_min), Human(delivery.breaker_open_max));
        ranges.within("delivery.breaker_open_min", open_min, Human(SECOND)..=Human(HOUR));
        ranges.within("delivery.breaker_open_max", open_max, open_min..=Human(DAY));
        let kept = Human(self.audit.retention);
        ranges.within("audit.retention", kept, Human(DAY)..=Human(4000 * DAY));
        let retention = Human(delivery.entry_retention);
        ranges.within("delivery.entry_retention", retention, Human(HOUR)..=Human(400 * DAY));
    }

    fn check_files(&self, ranges: &mut Ranges) {
        let files = &self.files;
        ranges.within("files.bytes_max", Human(files.bytes_max), Human(KIB)..=Human(100 * MIB));
        for extension in &files.extensions {
            ranges.require(
                crate::files::is_known_extension(extension),
                format_args!("files.extensions lists {extension:?}, a type whose content cannot be checked"),
            );
        }
        if files.kind == FilesKind::S3 {
            let bucket = files.s3.bucket.as_deref().unwrap_or_default();
            ranges.require(!bucket.is_empty(), "files.s3.bucket must be set when files.kind is \"s3\"");
        }
    }
}

/// The complaints about values, gathered so that an operator sees them all at once.
struct Ranges(Vec<String>);

impl Ranges {
    fn within<T: PartialOrd + Display>(&mut self, option: &str, value: T, allowed: RangeInclusive<T>) {
        if !allowed.contains(&value) {
            let (least, most) = allowed.into_inner();
            self.0.push(format!("{option} is {value}; it must be from {least} to {most}"));
        }
    }

    fn require(&mut self, holds: bool, complaint: impl Display) {
        if !holds {
            self.0.push(complaint.to_string());
        }
    }
}

/// `TIELINE_STORE__PATH` is `store.path`; a name without the separator is not ours.
fn option_of_variable(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix(ENVIRONMENT_PREFIX)?;
    rest.contains(ENVIRONMENT_SEPARATOR)
        .then(|| rest.to_ascii_lowercase().replace(ENVIRONMENT_SEPARATOR, "."))
}

fn extract(figment: &Figment, place: &str) -> Result<Config, ConfigError> {
    figment.extract().map_err(|error| {
        let at = error.path.join(".");
        match error.kind {
            figment::error::Kind::UnknownField(ref name, known) => {
                let parent = at.strip_suffix(name.as_str()).unwrap_or(&at).trim_end_matches('.');
                let full = |name: &str| {
                    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
                };
                ConfigError::UnknownOption {
                    option: full(name),
                    place: place.into(),
                    nearest: nearest(name, known).map(full),
                }
            }
            kind if at.is_empty() => ConfigError::Malformed { place: place.into(), reason: kind.to_string() },
            kind => ConfigError::Malformed { place: format!("{at} in {place}"), reason: kind.to_string() },
        }
    })
}

/// The known name that differs least from `name`, if few letters differ.
fn nearest(name: &str, known: &'static [&'static str]) -> Option<&'static str> {
    let (distance, candidate) = known.iter().map(|known| (edits(name, known), *known)).min()?;
    (distance <= 1 + name.len() / 3).then_some(candidate)
}

/// Levenshtein distance: letters to insert, delete or replace.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests;
