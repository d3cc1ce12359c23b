//! Where the engine gets the time from. The simulation has a clock of its own.

use std::time::{SystemTime, UNIX_EPOCH};

use tieline_core::time::At;

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> At;
}

/// The machine's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> At {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        At::from_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
    }
}
