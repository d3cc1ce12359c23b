//! The wall clock, as the wire counts it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the epoch; 0 on a machine that believes to live before it.
pub(crate) fn now_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// Seconds since the epoch.
pub(crate) fn now_seconds() -> i64 {
    now_ms() / 1000
}
