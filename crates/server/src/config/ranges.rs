//! What each option may be, said to the operator for all that are not, at once.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use reqwest::Url;
use secrecy::ExposeSecret;

use super::{Config, ConfigError, DAY, FilesKind, HOUR, Human, KIB, MIB, MINUTE, SECOND};

/// A shorter one could be guessed.
const METRICS_TOKEN_BYTES_MIN: usize = 16;
/// Of the button people sign in with at their provider.
const LABEL_CHARS_MAX: usize = 60;

impl Config {
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
        ranges.within("audit.retention", Human(self.audit.retention), Human(DAY)..=Human(4_000 * DAY));
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
