//! How often strangers may ask: sign-in attempts, downloads, and connectors that are let in by their address.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tieline_core::id::UserId;

use crate::config::Config;
use crate::problem::{ApiError, counted};

/// Codes of a second factor one account may be tried with in a row, and how long each takes to come back: a thief with
/// the password needs years to guess one.
const CODES_BURST: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const CODE_EVERY: Duration = Duration::from_secs(5 * 60);
/// Keys remembered before those that are quiet again are forgotten.
const KEYS_MAX: usize = 10_000;

pub struct Limits {
    sign_in_by_address: DefaultKeyedRateLimiter<IpAddr>,
    sign_in_by_name: DefaultKeyedRateLimiter<String>,
    codes_by_user: DefaultKeyedRateLimiter<UserId>,
    public_by_address: DefaultKeyedRateLimiter<IpAddr>,
    open_by_address: DefaultKeyedRateLimiter<IpAddr>,
}

impl Limits {
    pub fn new(config: &Config) -> Self {
        let sign_in = Quota::per_minute(at_least_one(config.auth.login_attempts_per_minute));
        let codes = Quota::with_period(CODE_EVERY).expect("longer than nothing").allow_burst(CODES_BURST);
        let limits = &config.limits;
        let public = quota(limits.public_requests_per_second, limits.public_requests_burst);
        let open = quota(limits.open_requests_per_second, limits.open_requests_burst);
        Self {
            sign_in_by_address: RateLimiter::keyed(sign_in),
            sign_in_by_name: RateLimiter::keyed(sign_in),
            codes_by_user: RateLimiter::keyed(codes),
            public_by_address: RateLimiter::keyed(public),
            open_by_address: RateLimiter::keyed(open),
        }
    }

    pub fn sign_in(&self, address: IpAddr, username: &str) -> Result<(), ApiError> {
        take(&self.sign_in_by_address, &counted(address))?;
        take(&self.sign_in_by_name, &username.trim().to_lowercase())
    }

    /// Somebody who signs in at a provider, so that nobody knows who it is.
    pub fn foreign_sign_in(&self, address: IpAddr) -> Result<(), ApiError> {
        take(&self.sign_in_by_address, &counted(address))
    }

    pub fn code(&self, user: UserId) -> Result<(), ApiError> {
        take(&self.codes_by_user, &user)
    }

    pub fn public(&self, address: IpAddr) -> Result<(), ApiError> {
        take(&self.public_by_address, &counted(address))
    }

    pub fn open(&self, address: IpAddr) -> Result<(), ApiError> {
        take(&self.open_by_address, &counted(address))
    }
}

fn quota(per_second: u32, burst: u32) -> Quota {
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

fn take<K: Clone + Hash + Eq>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), ApiError> {
    if limiter.len() > KEYS_MAX {
        limiter.retain_recent();
    }
    limiter
        .check_key(key)
        .map_err(|not_until| ApiError::too_many(not_until.wait_time_from(DefaultClock::default().now())))
}
