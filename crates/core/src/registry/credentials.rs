//! What a connector or a bot proves itself with, and what Tieline signs with.

use std::fmt;

use serde::{Deserialize, Serialize};
use tieline_cim::Why;

use super::Object;
use super::Registry;
use super::bot::BotKind;
use super::entry::Entry;
use super::rules::ensure;
use crate::refusal::{Named, Refusal};

/// One set that works and one that takes its place.
pub const CREDENTIALS_MAX: usize = 2;

/// At most [`CREDENTIALS_MAX`] of each, so that one can be replaced while the other still works.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Credentials {
    /// SHA-256 of bearer tokens, hex. The newest is last.
    pub token_hashes: Vec<String>,
    /// Standard Webhooks secrets (`whsec_…`), used in both directions. The newest is last.
    pub signing_secrets: Vec<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

impl Credentials {
    /// Lets older sets go.
    pub fn keep_newest(&mut self, count: usize) {
        for kept in [&mut self.token_hashes, &mut self.signing_secrets] {
            kept.drain(..kept.len().saturating_sub(count));
        }
    }
}

impl Object {
    /// `None` for what never calls and is never called.
    #[must_use]
    pub fn credentials(&self) -> Option<&Credentials> {
        match self {
            Self::Connector(connector) => Some(&connector.credentials),
            Self::Bot(bot) => Some(&bot.settings.credentials),
            _ => None,
        }
    }

    pub fn credentials_mut(&mut self) -> Option<&mut Credentials> {
        match self {
            Self::Connector(connector) => Some(&mut connector.credentials),
            Self::Bot(bot) => Some(&mut bot.settings.credentials),
            _ => None,
        }
    }

    /// Whether it calls the hub by itself, and so is given credentials when it is registered.
    #[must_use]
    pub const fn is_caller(&self) -> bool {
        match self {
            Self::Connector(_) => true,
            Self::Bot(bot) => matches!(bot.kind, BotKind::Custom),
            _ => false,
        }
    }
}

/// A token must lead to one caller.
pub(super) fn check_credentials(registry: &Registry, new: &Object) -> Result<(), Refusal> {
    let Some(credentials) = new.credentials() else { return Ok(()) };
    if credentials.token_hashes.len().max(credentials.signing_secrets.len()) > CREDENTIALS_MAX {
        return Err(Refusal::limit(Why::CredentialsMax { max: CREDENTIALS_MAX }));
    }
    for hash in &credentials.token_hashes {
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        ensure(is_hash, "credentials.tokenHashes", Why::MustBeTokenHash)?;
        if let Some(by) = holders(registry, hash).find(|by| by.id != new.id()) {
            return Err(Refusal::Taken { field: "credentials.tokenHashes".into(), by });
        }
    }
    let prefixed = credentials.signing_secrets.iter().all(|secret| secret.starts_with("whsec_"));
    ensure(prefixed, "credentials.signingSecrets", Why::MustStartWithWhsec)
}

fn holders(registry: &Registry, hash: &str) -> impl Iterator<Item = Named> {
    let connector = registry.connector_by_token(hash).map(|stored| stored.value.named());
    let bot = registry.bot_by_token(hash).map(|stored| stored.value.named());
    connector.into_iter().chain(bot)
}
