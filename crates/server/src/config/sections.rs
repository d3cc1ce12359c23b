//! The sections of the configuration, each with its defaults. `tieline.example.toml` says what each option means.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;
use tieline_core::registry::Role;

use super::{DAY, HOUR, MIB, MINUTE, SECOND, human};

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

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TenantConfig {
    pub name: String,
}

impl Default for TenantConfig {
    fn default() -> Self {
        Self { name: "default".into() }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    pub kind: StoreKind,
    pub path: PathBuf,
    pub readers: usize,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { kind: StoreKind::Sqlite, path: "data/tieline.db".into(), readers: 4 }
    }
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

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineConfig {
    /// Commands that may wait; one more is answered 503.
    pub queue_max: usize,
    /// Most commands decided and committed together.
    pub batch_max: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { queue_max: 10_000, batch_max: 256 }
    }
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

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessagesConfig {
    #[serde(deserialize_with = "human::value")]
    pub idempotency_window: Duration,
}

impl Default for MessagesConfig {
    fn default() -> Self {
        Self { idempotency_window: DAY }
    }
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

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    pub format: LogFormat,
    /// Directives such as `info,tieline_server=debug`.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
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
