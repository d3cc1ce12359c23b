//! Signatures of webhooks, to the Standard Webhooks specification (version `v1`, HMAC-SHA256).
//!
//! Promises: with several secrets a request carries one signature for each, so that sender and receiver can change
//! secrets one after the other; comparison takes constant time; secrets are never printed.
//!
//! Left to others: refusing an id that was seen before, and where secrets are kept.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

pub const ID_HEADER: &str = "webhook-id";
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
pub const SIGNATURE_HEADER: &str = "webhook-signature";

const SECRET_PREFIX: &str = "whsec_";
const VERSION_PREFIX: &str = "v1,";
/// The specification asks for 24 to 64 bytes of key.
const SECRET_BYTES_MIN: usize = 24;
const SECRET_BYTES_MAX: usize = 64;
/// How far the clocks of sender and receiver may differ.
pub const TIMESTAMP_TOLERANCE_SECONDS: u64 = 5 * 60;
/// Signatures of one request that are looked at; a longer list is someone wasting our time.
const SIGNATURES_MAX: usize = 16;

/// One signing key, written `whsec_<base64>`.
#[derive(Clone)]
pub struct SigningSecret(SecretSlice<u8>);

impl SigningSecret {
    pub fn parse(written: &str) -> Result<Self, MalformedSecret> {
        let encoded = written.strip_prefix(SECRET_PREFIX).ok_or(MalformedSecret)?;
        let key = BASE64.decode(encoded).map_err(|_| MalformedSecret)?;
        Self::from_key(key).ok_or(MalformedSecret)
    }

    /// Those that are well formed.
    pub fn all(written: &[String]) -> Vec<Self> {
        written.iter().filter_map(|written| Self::parse(written).ok()).collect()
    }

    /// `None` if the key is shorter than 24 or longer than 64 bytes.
    pub fn from_key(key: Vec<u8>) -> Option<Self> {
        (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&key.len()).then(|| Self(key.into()))
    }

    /// As it is shown, once, to the person who sets up the receiver.
    pub fn written(&self) -> SecretString {
        format!("{SECRET_PREFIX}{}", BASE64.encode(self.0.expose_secret())).into()
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.0.expose_secret())
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret([REDACTED])")
    }
}

/// A secret that is not `whsec_` and base64 of 24 to 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret is \"whsec_\" followed by base64 of 24 to 64 bytes")]
pub struct MalformedSecret;

/// Why a received signature is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    #[error("the webhook-timestamp header is not a number of seconds")]
    TimestampMalformed,
    #[error("the webhook-timestamp header is more than {TIMESTAMP_TOLERANCE_SECONDS} seconds from now")]
    TimestampOutsideTolerance,
    #[error("no signature in the webhook-signature header matches")]
    NoMatch,
}

/// The value of the signature header: one `v1` signature for each secret, in their order.
pub fn sign(secrets: &[SigningSecret], id: &str, timestamp_seconds: i64, body: &[u8]) -> String {
    let timestamp = timestamp_seconds.to_string();
    let signatures = secrets.iter().map(|secret| {
        let tag = digest(secret, id, &timestamp, body).sign();
        format!("{VERSION_PREFIX}{}", BASE64.encode(tag.as_ref()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

/// Accepts when any secret made any of the signatures and the timestamp is close to `now_seconds`.
pub fn verify(
    secrets: &[SigningSecret],
    id: &str,
    timestamp: &str,
    signatures: &str,
    body: &[u8],
    now_seconds: i64,
) -> Result<(), Unverified> {
    let sent_seconds: i64 = timestamp.parse().map_err(|_| Unverified::TimestampMalformed)?;
    if sent_seconds.abs_diff(now_seconds) > TIMESTAMP_TOLERANCE_SECONDS {
        return Err(Unverified::TimestampOutsideTolerance);
    }
    let claimed: Vec<Vec<u8>> = signatures
        .split_whitespace()
        .take(SIGNATURES_MAX)
        .filter_map(|signature| BASE64.decode(signature.strip_prefix(VERSION_PREFIX)?).ok())
        .collect();
    let matches = |secret: &SigningSecret| {
        let tag = digest(secret, id, timestamp, body).sign();
        claimed
            .iter()
            .any(|claimed| aws_lc_rs::constant_time::verify_slices_are_equal(tag.as_ref(), claimed).is_ok())
    };
    if secrets.iter().any(matches) { Ok(()) } else { Err(Unverified::NoMatch) }
}

fn digest(secret: &SigningSecret, id: &str, timestamp: &str, body: &[u8]) -> hmac::Context {
    let mut context = hmac::Context::with_key(&secret.key());
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        context.update(part);
    }
    context
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SENT: i64 = 1_614_265_330;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn secret() -> SigningSecret {
        SigningSecret::parse(SECRET).unwrap()
    }

    fn other() -> SigningSecret {
        SigningSecret::from_key(vec![7; 32]).unwrap()
    }

    #[test]
    fn the_published_vector_is_reproduced() {
        assert_eq!(sign(&[secret()], ID, SENT, BODY), SIGNATURE);
    }

    #[test]
    fn either_secret_verifies_while_rotating() {
        let signatures = sign(&[other(), secret()], ID, SENT, BODY);
        assert_eq!(signatures.split(' ').count(), 2);
        for known in [vec![secret()], vec![other()], vec![other(), secret()]] {
            assert_eq!(verify(&known, ID, &SENT.to_string(), &signatures, BODY, SENT), Ok(()));
        }
    }

    #[test]
    fn refusals() {
        let at = SENT.to_string();
        for (id, timestamp, signatures, body, now, expected) in [
            (ID, at.as_str(), SIGNATURE, BODY, SENT + 300, Ok(())),
            (ID, &at, SIGNATURE, BODY, SENT - 300, Ok(())),
            (ID, &at, SIGNATURE, BODY, SENT + 301, Err(Unverified::TimestampOutsideTolerance)),
            (ID, &at, SIGNATURE, BODY, SENT - 301, Err(Unverified::TimestampOutsideTolerance)),
            (ID, "9223372036854775807", SIGNATURE, BODY, -1, Err(Unverified::TimestampOutsideTolerance)),
            (ID, "yesterday", SIGNATURE, BODY, SENT, Err(Unverified::TimestampMalformed)),
            (ID, "1614265331", SIGNATURE, BODY, SENT, Err(Unverified::NoMatch)),
            ("msg_other", &at, SIGNATURE, BODY, SENT, Err(Unverified::NoMatch)),
            (ID, &at, SIGNATURE, b"{}", SENT, Err(Unverified::NoMatch)),
            (ID, &at, "", BODY, SENT, Err(Unverified::NoMatch)),
            (ID, &at, "v1,!!! v2,abc v1,", BODY, SENT, Err(Unverified::NoMatch)),
            (ID, &at, &SIGNATURE.replace("v1,", "v1a,"), BODY, SENT, Err(Unverified::NoMatch)),
        ] {
            assert_eq!(
                verify(&[secret()], id, timestamp, signatures, body, now),
                expected,
                "{timestamp} {signatures}"
            );
        }
    }

    #[test]
    fn secrets_are_read_and_written_but_not_printed() {
        assert_eq!(secret().written().expose_secret(), SECRET);
        assert_eq!(format!("{:?}", secret()), "SigningSecret([REDACTED])");
        for malformed in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%%"] {
            assert_eq!(SigningSecret::parse(malformed).unwrap_err(), MalformedSecret, "{malformed}");
        }
    }
}
