//! Passwords: the policy, and argon2id hashes.
//!
//! Promises: hashing never blocks the runtime and never runs more than a few at a time; verifying takes as long for
//! a user that does not exist as for one that does; passwords are not printed.
//!
//! Left to others: limiting attempts, storing hashes.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tokio::time::timeout;

pub const PASSWORD_CHARS_MIN: usize = 8;
pub const PASSWORD_CHARS_MAX: usize = 256;
/// Hashes computed at once: each takes 19 MiB and a core.
const CONCURRENT_MAX: usize = 2;
/// How long a caller waits for its turn before being told that we are busy.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);
/// A hash with today's parameters of a password nobody has, verified when there is no user.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$heTw8nKmH4rdzuqTfwx1xA$1Cue6BFuwL1RI59thjOjBQK5N5rlPQ3WSdeZdpclLYk";

/// Hashes and verifies, a few at a time.
#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(CONCURRENT_MAX)) }
    }
}

/// A password that may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyViolation {
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    #[error("a password has at most {PASSWORD_CHARS_MAX} characters")]
    TooLong,
}

/// Why a password could not be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error(transparent)]
    Policy(#[from] PolicyViolation),
    /// Too many are waiting; answer 503.
    #[error("too many passwords are being checked; try again")]
    Busy,
    #[error("the stored password hash cannot be used: {0}")]
    Hash(HashError),
    #[error("the password check was interrupted")]
    Interrupted,
}

/// May this password be chosen? Length is all that is asked for.
pub fn check_policy(password: &SecretString) -> Result<(), PolicyViolation> {
    match password.expose_secret().chars().take(PASSWORD_CHARS_MAX + 1).count() {
        ..PASSWORD_CHARS_MIN => Err(PolicyViolation::TooShort),
        PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX => Ok(()),
        _ => Err(PolicyViolation::TooLong),
    }
}

impl Passwords {
    /// The hash to store, as a PHC string (`$argon2id$…`); refuses what the policy refuses.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        check_policy(&password)?;
        self.take_turn(move || {
            let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
            hash.map(|hash| hash.to_string()).map_err(PasswordError::Hash)
        })
        .await
    }

    /// Is this the password behind `stored`? Give `None` when there is no such user: the answer is no, after the
    /// same time.
    pub async fn verify(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<bool, PasswordError> {
        if check_policy(&password) == Err(PolicyViolation::TooLong) {
            return Ok(false);
        }
        self.take_turn(move || {
            let matches = matches(&password, stored.as_deref().unwrap_or(NOBODY))?;
            Ok(matches && stored.is_some())
        })
        .await
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = timeout(TURN_TIMEOUT, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or(PasswordError::Busy)?;
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        worked.await.unwrap_or(Err(PasswordError::Interrupted))
    }
}

fn matches(password: &SecretString, stored: &str) -> Result<bool, PasswordError> {
    let stored = PasswordHash::new(stored).map_err(|error| PasswordError::Hash(error.into()))?;
    match Argon2::default().verify_password(password.expose_secret().as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(error) => Err(PasswordError::Hash(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_verifies_its_own_password_only() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse پاس".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        for (password, user, expected) in [
            ("correct horse پاس", Some(stored.clone()), true),
            ("correct horse", Some(stored.clone()), false),
            ("", Some(stored.clone()), false),
            ("correct horse پاس", None, false),
            (&"x".repeat(100_000), Some(stored.clone()), false),
        ] {
            assert_eq!(passwords.verify(password.into(), user).await.unwrap(), expected);
        }
        let broken = passwords.verify("correct horse".into(), Some("plain".into())).await;
        assert!(matches!(broken, Err(PasswordError::Hash(_))));
    }

    #[tokio::test]
    async fn the_hash_of_nobody_costs_what_a_real_one_costs() {
        let real = Passwords::default().hash("correct horse".into()).await.unwrap();
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(NOBODY), cost(&real));
        assert!(!matches(&"anything".into(), NOBODY).unwrap());
    }

    #[test]
    fn policy() {
        for (password, expected) in [
            ("1234567".to_owned(), Err(PolicyViolation::TooShort)),
            ("12345678".to_owned(), Ok(())),
            ("پاسورڈ12".to_owned(), Ok(())),
            ("x".repeat(256), Ok(())),
            ("x".repeat(257), Err(PolicyViolation::TooLong)),
        ] {
            assert_eq!(check_policy(&password.into()), expected);
        }
    }
}
