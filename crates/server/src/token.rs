//! Short-lived signed tokens of people who logged in, and random secrets for machines.
//!
//! Promises: a token is only accepted by the tenant it was made for, until it expires; its key is
//! derived from the master key for this purpose alone. A machine's bearer token is stored as its hash only.
//!
//! Left to others: whether the user still exists and still has the version the token names; the clock.

use std::time::Duration;

use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::{hkdf, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::signature::SigningSecret;

pub const MASTER_KEY_BYTES: usize = 32;
const KEY_PURPOSE: &[u8] = b"tieline token v1";
const SLIP_PURPOSE: &[u8] = b"tieline slip v1";
const KEY_BYTES: usize = 32;
/// A longer text is no token of ours and is not looked at.
const TOKEN_BYTES_MAX: usize = 8 * 1024;
pub(crate) const BEARER_PREFIX: &str = "tl_";
const BEARER_BYTES: usize = 32;
const SIGNING_SECRET_BYTES: usize = 32;

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    Admin,
    Desk,
    /// Nothing but setting up a second factor.
    Enrolment,
}

/// What a client is given to bring back soon, signed and readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// The secret of a second factor that is being set up.
    Enrolment,
    /// A sign-in on its way to the provider and back.
    OpenId,
}

impl Slip {
    const fn name(self) -> &'static str {
        match self {
            Self::Enrolment => "enrolment",
            Self::OpenId => "openid",
        }
    }
}

/// How long a slip may be brought back.
pub(crate) const SLIP_SECONDS: i64 = 10 * 60;

#[derive(Serialize, Deserialize)]
struct SlipClaims<T> {
    slip: String,
    tenant: String,
    exp: i64,
    content: T,
}

/// Whom a token is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub user: String,
    pub name: String,
    pub roles: Vec<String>,
    /// The user's version when logging in; a password change raises it and so ends all sessions.
    pub version: u32,
}

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    pub name: String,
    pub roles: Vec<String>,
    pub tenant: String,
    pub scope: Scope,
    /// Seconds since 1970.
    pub exp: i64,
    pub iat: i64,
    pub ver: u32,
}

/// A new token and the second at which it expires.
#[derive(Clone, Debug)]
pub struct Issued {
    pub token: SecretString,
    pub expires_at_seconds: i64,
}

/// Why a token is not accepted. All are answered 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    #[error("the session has expired; log in again")]
    Expired,
    #[error("the token belongs to another tenant")]
    WrongTenant,
    #[error("the token was not signed by this server")]
    WrongSignature,
    #[error("the token is malformed")]
    Malformed,
}

/// How long tokens are good for. Desks in the field never renew theirs, so a desk's lasts a working day.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    pub admin: Duration,
    pub desk: Duration,
}

fn seconds(lifetime: Duration) -> i64 {
    i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)
}

/// Issues and verifies the tokens of one tenant.
#[derive(Clone)]
pub struct Tokens {
    tenant: String,
    admin_seconds: i64,
    desk_seconds: i64,
    signing: EncodingKey,
    verifying: DecodingKey,
    rules: Validation,
    slip_signing: EncodingKey,
    slip_verifying: DecodingKey,
}

impl Tokens {
    pub fn new(master_key: &SecretBox<[u8; MASTER_KEY_BYTES]>, tenant: &str, lifetimes: Lifetimes) -> Self {
        let key = derive(master_key.expose_secret(), KEY_PURPOSE);
        let slip_key = derive(master_key.expose_secret(), SLIP_PURPOSE);
        let mut rules = Validation::new(Algorithm::HS256);
        // Expiry is ours to check, against the clock we are given.
        rules.validate_exp = false;
        rules.set_required_spec_claims(&["exp", "sub"]);
        Self {
            tenant: tenant.to_owned(),
            admin_seconds: seconds(lifetimes.admin),
            desk_seconds: seconds(lifetimes.desk),
            signing: EncodingKey::from_secret(&key),
            verifying: DecodingKey::from_secret(&key),
            rules,
            slip_signing: EncodingKey::from_secret(&slip_key),
            slip_verifying: DecodingKey::from_secret(&slip_key),
        }
    }

    pub fn issue(&self, subject: Subject, scope: Scope, now_seconds: i64) -> Issued {
        let lifetime_seconds = match scope {
            Scope::Admin | Scope::Enrolment => self.admin_seconds,
            Scope::Desk => self.desk_seconds,
        };
        let expires_at_seconds = now_seconds.saturating_add(lifetime_seconds);
        let claims = Claims {
            sub: subject.user,
            name: subject.name,
            roles: subject.roles,
            tenant: self.tenant.clone(),
            scope,
            exp: expires_at_seconds,
            iat: now_seconds,
            ver: subject.version,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .expect("claims are plain JSON and the key fits the algorithm");
        Issued { token: token.into(), expires_at_seconds }
    }

    pub fn verify(&self, token: &str, now_seconds: i64) -> Result<Claims, TokenRefused> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenRefused::Malformed);
        }
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.rules);
        let claims = decoded.map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => TokenRefused::WrongSignature,
            _ => TokenRefused::Malformed,
        })?;
        let claims = claims.claims;
        if claims.tenant != self.tenant {
            Err(TokenRefused::WrongTenant)
        } else if claims.exp <= now_seconds {
            Err(TokenRefused::Expired)
        } else {
            Ok(claims)
        }
    }
}

impl Tokens {
    pub fn write_slip<T: Serialize>(&self, slip: Slip, content: &T, now_seconds: i64) -> SecretString {
        let claims = SlipClaims {
            slip: slip.name().to_owned(),
            tenant: self.tenant.clone(),
            exp: now_seconds.saturating_add(SLIP_SECONDS),
            content,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.slip_signing)
            .expect("slips are plain JSON and the key fits the algorithm")
            .into()
    }

    /// `None` when it is not one of this kind that we wrote, or when it is too old.
    pub fn read_slip<T: DeserializeOwned>(&self, slip: Slip, text: &str, now_seconds: i64) -> Option<T> {
        if text.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let mut rules = self.rules.clone();
        rules.set_required_spec_claims(&["exp"]);
        let claims = jsonwebtoken::decode::<SlipClaims<T>>(text, &self.slip_verifying, &rules).ok()?.claims;
        let holds = claims.slip == slip.name() && claims.tenant == self.tenant && claims.exp > now_seconds;
        holds.then_some(claims.content)
    }
}

/// A new secret for signing webhooks, `whsec_…`.
pub fn new_signing_secret() -> SigningSecret {
    SigningSecret::from_key(random::<SIGNING_SECRET_BYTES>().to_vec())
        .expect("32 bytes are an allowed length")
}

/// A new bearer token for a machine, `tl_…`: shown once, then only its [`bearer_hash`] is kept.
pub fn new_bearer() -> SecretString {
    format!("{BEARER_PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<BEARER_BYTES>())).into()
}

/// What a bearer token is stored and looked up by. Plain SHA-256 will do: the token itself is 256 random bits.
pub fn bearer_hash(bearer: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&SHA256, bearer.as_bytes()).as_ref());
    hash
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}

fn derive(master_key: &[u8], purpose: &[u8]) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    hkdf::Salt::none(hkdf::HKDF_SHA256)
        .extract(master_key)
        .expand(&[purpose], hkdf::HKDF_SHA256)
        .and_then(|expanded| expanded.fill(&mut key))
        .expect("32 bytes are within what HKDF-SHA256 can expand to");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn tokens(key: u8, tenant: &str) -> Tokens {
        let lifetimes = Lifetimes { admin: Duration::from_secs(1800), desk: Duration::from_secs(1800) };
        Tokens::new(&SecretBox::new(Box::new([key; 32])), tenant, lifetimes)
    }

    fn amina() -> Subject {
        Subject { user: "u1".into(), name: "Amina ن".into(), roles: vec!["agent".into()], version: 3 }
    }

    #[test]
    fn a_token_is_accepted_where_and_while_it_is_meant_to_be() {
        let issued = tokens(1, "acme").issue(amina(), Scope::Desk, NOW);
        assert_eq!(issued.expires_at_seconds, NOW + 1800);
        let token = issued.token.expose_secret();
        for (key, tenant, now, expected) in [
            (1, "acme", NOW, Ok(())),
            (1, "acme", NOW + 1799, Ok(())),
            (1, "acme", NOW + 1800, Err(TokenRefused::Expired)),
            (1, "other", NOW, Err(TokenRefused::WrongTenant)),
            (2, "acme", NOW, Err(TokenRefused::WrongSignature)),
        ] {
            assert_eq!(tokens(key, tenant).verify(token, now).map(|_| ()), expected);
        }
        let claims = tokens(1, "acme").verify(token, NOW).unwrap();
        assert_eq!((claims.sub.as_str(), claims.name.as_str(), claims.ver), ("u1", "Amina ن", 3));
        assert_eq!((claims.roles, claims.scope), (vec!["agent".to_owned()], Scope::Desk));
    }

    #[test]
    fn a_slip_is_read_where_and_while_it_is_meant_to_be() {
        let slip = tokens(1, "acme").write_slip(Slip::Enrolment, &"secret", NOW);
        let text = slip.expose_secret();
        let read = |key, tenant, now| tokens(key, tenant).read_slip::<String>(Slip::Enrolment, text, now);
        assert_eq!(read(1, "acme", NOW).as_deref(), Some("secret"));
        for (key, tenant, now) in [(1, "acme", NOW + SLIP_SECONDS), (1, "other", NOW), (2, "acme", NOW)] {
            assert_eq!(read(key, tenant, now), None, "{key} {tenant} {now}");
        }
        assert_eq!(
            tokens(1, "acme").verify(text, NOW),
            Err(TokenRefused::WrongSignature),
            "nor is it a token"
        );
        let token = tokens(1, "acme").issue(amina(), Scope::Admin, NOW).token;
        let slip = tokens(1, "acme").read_slip::<String>(Slip::Enrolment, token.expose_secret(), NOW);
        assert_eq!(slip, None, "nor a token a slip");
    }

    #[test]
    fn what_is_not_a_token_is_malformed() {
        let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSIsImV4cCI6OTk5OTk5OTk5OTl9.";
        for text in ["", "x", "a.b.c", none, &"x".repeat(9000)] {
            assert_eq!(tokens(1, "acme").verify(text, NOW), Err(TokenRefused::Malformed), "{text}");
        }
    }

    #[test]
    fn secrets_are_fresh_and_in_their_format() {
        let (one, two) = (new_bearer(), new_bearer());
        assert_ne!(one.expose_secret(), two.expose_secret());
        assert_eq!(one.expose_secret().len(), "tl_".len() + 43);
        assert_ne!(bearer_hash(one.expose_secret()), bearer_hash(two.expose_secret()));
        assert!(SigningSecret::parse(new_signing_secret().written().expose_secret()).is_ok());
        assert_eq!(
            hex::encode(bearer_hash("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
