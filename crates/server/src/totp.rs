//! Codes of authenticator apps (RFC 6238), and recovery codes for whoever has lost his.
//!
//! Promises: secrets are random, of the length the RFC recommends; codes are compared in constant time; what is kept of
//! a recovery code is its hash.
//!
//! Left to others: whether a code was used before and whether its time is over (`tieline_core::second_factor`).

use secrecy::{ExposeSecret, SecretString};
use tieline_core::second_factor::{Proof, RECOVERY_CODES, SKEW_STEPS, STEP_SECS, SecondFactor, Step};
use tieline_core::time::At;
use totp_rs::{Builder, Secret, Totp};

use crate::token;

/// 160 bits, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
const DIGITS: u8 = 6;
/// 80 bits: nobody guesses one, so that a plain hash will do.
const RECOVERY_BYTES: usize = 10;
/// Letters of a recovery code that stand together.
const RECOVERY_GROUP: usize = 4;
/// A longer text is no code and is not looked at.
const CODE_BYTES_MAX: usize = 64;

/// A new secret, in base 32.
pub fn new_secret() -> SecretString {
    base_32(&token::random::<SECRET_BYTES>()).into()
}

/// What authenticator apps read from a QR code.
pub fn address(secret: &SecretString, issuer: &str, username: &str) -> SecretString {
    // Between the two stands a colon, so neither may have one.
    let plain = |text: &str| text.replace(':', " ");
    let totp = builder(secret.expose_secret());
    let totp = totp.map(|totp| totp.with_issuer(Some(plain(issuer))).with_account_name(plain(username)));
    let address = totp.and_then(|totp| totp.build_noncompliant().to_url().ok());
    address.expect("the secret is ours, and users have names without colons here").into()
}

/// What somebody sent beside his password, if it can be one of his at this moment.
pub fn proof(factor: &SecondFactor, sent: &SecretString, now: At) -> Option<Proof> {
    let sent = sent.expose_secret();
    if sent.len() > CODE_BYTES_MAX {
        return None;
    }
    let sent: String = sent.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    if sent.len() == usize::from(DIGITS) {
        return step(&factor.secret, &sent, now).map(Proof::Code);
    }
    Some(Proof::Recovery(recovery_hash(&sent)))
}

/// The step near this moment that has this code.
pub fn step(secret: &str, code: &str, now: At) -> Option<Step> {
    let seconds = u64::try_from(now.millis() / 1000).ok()?;
    totp(secret)?.check(code, seconds)
}

/// The code of a step.
pub fn code(secret: &str, step: Step) -> Option<String> {
    Some(totp(secret)?.generate(step * STEP_SECS).to_string())
}

/// Codes to be written down, such as `abcd-efgh-ijkl-mnop`.
pub fn new_recovery_codes() -> Vec<SecretString> {
    let fresh = || {
        let letters = base_32(&token::random::<RECOVERY_BYTES>()).to_ascii_lowercase();
        let groups: Vec<_> = letters.as_bytes().chunks(RECOVERY_GROUP).map(String::from_utf8_lossy).collect();
        groups.join("-").into()
    };
    std::iter::repeat_with(fresh).take(RECOVERY_CODES).collect()
}

/// What a recovery code is kept as. Letter case and what stands between its groups do not matter.
pub fn recovery_hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    hex::encode(token::bearer_hash(&plain.to_ascii_lowercase()))
}

fn base_32(bytes: &[u8]) -> String {
    Secret::new(bytes.into()).to_base32()
}

fn builder(secret: &str) -> Option<Builder> {
    let secret = Secret::try_from_base32(secret).ok()?;
    let skew = u16::try_from(SKEW_STEPS).unwrap_or(1);
    Some(Builder::new().with_secret(secret).with_digits(DIGITS).with_step_duration(STEP_SECS).with_skew(skew))
}

fn totp(secret: &str) -> Option<Totp> {
    builder(secret)?.build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, "12345678901234567890".
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = seconds / STEP_SECS;
            assert_eq!(code(SECRET, step).unwrap(), expected);
            for (later, found) in [(0, Some(step)), (30, Some(step)), (60, None)] {
                let now = At::from_millis((seconds as i64 + later) * 1000);
                assert_eq!(super::step(SECRET, expected, now), found, "{expected} after {later}");
            }
        }
    }

    #[test]
    fn what_somebody_sends() {
        let codes = new_recovery_codes();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let one = codes[0].expose_secret();
        assert_eq!((one.len(), one.matches('-').count()), (19, 3), "{one}");
        let hash = recovery_hash(one);
        let recovery = vec![hash.clone()];
        let factor = SecondFactor { secret: SECRET.into(), recovery, last_step: 0 };
        let now = At::from_millis(59_000);
        for (sent, expected) in [
            ("287082".to_owned(), Some(Proof::Code(1))),
            (" 287 082".to_owned(), Some(Proof::Code(1))),
            ("287083".to_owned(), None),
            (one.to_owned(), Some(Proof::Recovery(hash.clone()))),
            (one.to_uppercase().replace('-', " "), Some(Proof::Recovery(hash))),
            ("x".repeat(65), None),
        ] {
            assert_eq!(proof(&factor, &sent.clone().into(), now), expected, "{sent}");
        }
    }

    #[test]
    fn an_authenticator_is_told_whose_the_secret_is() {
        let secret = new_secret();
        assert_eq!(secret.expose_secret().len(), 32);
        let address = address(&secret, "Tieline: acme", "amina@acme.example");
        let address = address.expose_secret();
        assert!(address.starts_with("otpauth://totp/Tieline%20%20acme:amina%40acme.example?"), "{address}");
        assert!(address.contains(&format!("secret={}", secret.expose_secret())), "{address}");
    }
}
