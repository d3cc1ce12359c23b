//! Tokens and signing secrets of connectors and bots: made here, shown once, kept as little as possible.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tieline_core::registry::Credentials;

use crate::token;

/// One set that works and one that takes its place.
const CREDENTIALS_MAX: usize = 2;

/// A new token and signing secret; what is kept of the token is its hash.
pub struct Fresh {
    token: String,
    token_hash: String,
    signing_secret: String,
}

impl Fresh {
    pub fn make() -> Self {
        let token = token::new_bearer();
        let token_hash = hex::encode(token::bearer_hash(token.expose_secret()));
        let signing_secret = token::new_signing_secret().written().expose_secret().to_owned();
        Self { token: token.expose_secret().to_owned(), token_hash, signing_secret }
    }

    /// As it is shown, this once.
    pub fn shown(&self) -> Value {
        json!({"token": self.token, "signingSecret": self.signing_secret})
    }

    pub fn add_to(&self, credentials: &mut Credentials) {
        credentials.token_hashes.push(self.token_hash.clone());
        credentials.signing_secrets.push(self.signing_secret.clone());
        keep_newest(credentials, CREDENTIALS_MAX);
    }
}

/// Lets older sets go.
pub fn keep_newest(credentials: &mut Credentials, count: usize) {
    for kept in [&mut credentials.token_hashes, &mut credentials.signing_secrets] {
        kept.drain(..kept.len().saturating_sub(count));
    }
}

pub fn not_kept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
