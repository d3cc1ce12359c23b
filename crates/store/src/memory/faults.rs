//! Failing on purpose: a handle with which a test makes a memory store misbehave.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::{Error, Result};

/// Shared by everyone who holds a clone. Says nothing: then nothing fails.
#[derive(Clone, Default)]
pub struct Faults {
    plan: Arc<Mutex<Plan>>,
}

/// A number from 0 up to but not including 1, from the test's own seeded source.
type Draw = Box<dyn FnMut() -> f64 + Send>;

#[derive(Default)]
struct Plan {
    crashed: bool,
    stall: Duration,
    fail_next: u32,
    lose_next: u32,
    chance: Option<(f64, Draw)>,
}

impl Faults {
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The next `n` writes fail and leave nothing.
    pub fn fail_next(&self, n: u32) {
        self.plan().fail_next = n;
    }

    /// The next write happens, but its caller is told it failed.
    pub fn lose_acknowledgement_next(&self) {
        self.plan().lose_next += 1;
    }

    /// From now on every write takes this long, in tokio's time.
    pub fn stall(&self, each: Duration) {
        self.plan().stall = each;
    }

    /// From now on a write fails when `draw` gives less than `probability`: half of the failures leave nothing, the
    /// other half only lose the acknowledgement.
    pub fn fail_probability(&self, probability: f64, draw: impl FnMut() -> f64 + Send + 'static) {
        self.plan().chance = Some((probability, Box::new(draw)));
    }

    /// From now on everything fails, what is under way too, as if the database were gone; until [`Faults::recover`].
    pub fn crash(&self) {
        self.plan().crashed = true;
    }

    /// Nothing fails any more.
    pub fn recover(&self) {
        *self.plan() = Plan::default();
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_alive(&self) -> Result<()> {
        if self.plan().crashed {
            Err(Error::unavailable("the memory store crashed, as asked"))
        } else {
            Ok(())
        }
    }

    pub(super) async fn before_read(&self) -> Result<()> {
        self.check_alive()
    }

    /// Whether the write's acknowledgement is to be lost.
    pub(super) async fn before_write(&self) -> Result<bool> {
        self.check_alive()?;
        let stall = self.plan().stall;
        if !stall.is_zero() {
            tokio::time::sleep(stall).await;
        }
        self.check_alive()?;
        self.plan().next_write()
    }
}

impl Plan {
    fn next_write(&mut self) -> Result<bool> {
        if self.fail_next > 0 {
            self.fail_next -= 1;
            return Err(Error::unavailable("the memory store failed, as asked"));
        }
        if self.lose_next > 0 {
            self.lose_next -= 1;
            return Ok(true);
        }
        let Some((probability, draw)) = &mut self.chance else { return Ok(false) };
        let drawn = draw();
        if drawn >= *probability {
            Ok(false)
        } else if drawn >= *probability / 2.0 {
            Ok(true)
        } else {
            Err(Error::unavailable("the memory store failed, by chance as asked"))
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faults(..)")
    }
}
