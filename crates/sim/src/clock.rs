//! A wall clock that follows tokio's paused time, and is sometimes set wrong.

use std::sync::atomic::{AtomicI64, Ordering};

use tieline_core::time::At;
use tieline_engine::Clock;
use tokio::time::Instant;

/// 09:00:00 of a day in 2024.
const START_MILLIS: i64 = 1_727_168_400_000;

#[derive(Debug)]
pub struct SimClock {
    started: Instant,
    offset_ms: AtomicI64,
}

impl SimClock {
    /// To be made inside the runtime whose time it follows.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), offset_ms: AtomicI64::new(0) }
    }

    /// Somebody sets the machine's clock.
    pub fn jump(&self, by_ms: i64) {
        self.offset_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now(&self) -> At {
        let elapsed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        At::from_millis(START_MILLIS + elapsed + self.offset_ms.load(Ordering::Relaxed))
    }
}
