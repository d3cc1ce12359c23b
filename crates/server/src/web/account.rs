//! The web's connector as the registry knows it: registered like every other, with a token only this process can make.

use anyhow::{Context, Result};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use tieline_core::command::Command;
use tieline_core::id::{ConnectorId, Id, ProviderId};
use tieline_core::registry::{Connector, Credentials, Object, Provider};
use tieline_engine::Handle;

use crate::token;

/// Known by its id: its name may be changed.
pub const CONNECTOR: ConnectorId = ConnectorId(Id(*b"\x00\x00\x00\x02tieline\x02"));
const PROVIDER: ProviderId = ProviderId(Id(*b"\x00\x00\x00\x02tieline\x01"));
const NAME: &str = "Tieline web chat";
const WEB: &str = "WEB";
const TOKEN_PURPOSE: &[u8] = b"tieline web connector v1";
const BROWSER_PURPOSE: &[u8] = b"tieline web browser v1";

/// The connector's own secrets, derived from the master key: nothing to keep, and the same after a restart.
pub struct Account {
    token: SecretString,
    browser_key: [u8; 32],
}

impl Account {
    #[must_use]
    pub fn new(master_key: &SecretBox<[u8; 32]>) -> Self {
        let key = derive(master_key, TOKEN_PURPOSE);
        let token = format!("{}{}", token::BEARER_PREFIX, URL_SAFE_NO_PAD.encode(key));
        Self { token: token.into(), browser_key: derive(master_key, BROWSER_PURPOSE) }
    }

    #[must_use]
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    #[must_use]
    pub fn browser_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.browser_key)
    }

    /// Registers provider and connector when they are not there, and gives the connector its token.
    ///
    /// # Errors
    /// When the registry refuses, because something else has taken a name.
    pub async fn register(&self, engine: &Handle) -> Result<()> {
        let registry = engine.registry();
        let Some(channel_type) = registry.channel_types().find(|one| one.value.name == WEB) else {
            // Somebody deleted the type: there is nothing to serve.
            return Ok(());
        };
        if registry.provider(PROVIDER).is_none() {
            let provider = Provider {
                id: PROVIDER,
                name: NAME.to_owned(),
                channel_types: vec![channel_type.value.id],
                webhook: None,
                webhook_path: None,
                schema: Vec::new(),
            };
            put(engine, Object::Provider(provider), None).await?;
        }
        let hash = hex::encode(token::bearer_hash(self.token.expose_secret()));
        let present = registry.connector(CONNECTOR);
        if present.is_some_and(|one| one.value.credentials.token_hashes.contains(&hash)) {
            return Ok(());
        }
        let credentials = Credentials { token_hashes: vec![hash], signing_secrets: Vec::new() };
        let connector = match present {
            Some(present) => Connector { credentials, ..present.value.clone() },
            None => Connector {
                id: CONNECTOR,
                name: NAME.to_owned(),
                provider: PROVIDER,
                values: Vec::new(),
                credentials,
                open_to: Vec::new(),
            },
        };
        tracing::info!("the web's connector was given its token");
        put(engine, Object::Connector(connector), present.map(|present| present.version)).await
    }
}

async fn put(engine: &Handle, object: Object, expected: Option<u64>) -> Result<()> {
    let name = object.name().to_owned();
    let command = Command::PutObject { object: Box::new(object), expected };
    engine.submit(command).await?.with_context(|| format!("the out-of-box object \"{name}\" was refused"))?;
    Ok(())
}

fn derive(master_key: &SecretBox<[u8; 32]>, purpose: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    hkdf::Salt::none(hkdf::HKDF_SHA256)
        .extract(master_key.expose_secret())
        .expand(&[purpose], hkdf::HKDF_SHA256)
        .and_then(|expanded| expanded.fill(&mut key))
        .expect("32 bytes are within what HKDF-SHA256 can expand to");
    key
}
