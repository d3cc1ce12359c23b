//! The way in: commands and questions for a running engine.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tieline_core::audit::Origin;
use tieline_core::command::{Command, Reply};
use tieline_core::registry::Registry;
use tieline_core::state::State;
use tokio::sync::{mpsc, oneshot};

/// Why a command was not even tried, or its fate is unknown. Repeat it with the same idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// The queue of commands is full.
    Full,
    /// What the command did could not be made to last.
    NotKept,
    /// The engine is starting, recovering or gone.
    Down,
}

impl Unavailable {
    /// How long to wait before repeating.
    #[must_use]
    pub const fn retry_after(self) -> Duration {
        match self {
            Self::Full | Self::NotKept => Duration::from_secs(1),
            Self::Down => Duration::from_secs(2),
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "more is being asked than can be decided right now; repeat in a moment",
            Self::NotKept => "the decision could not be written to disk; repeat in a moment",
            Self::Down => "Tieline is starting or recovering; repeat in a moment",
        })
    }
}

impl std::error::Error for Unavailable {}

/// What the loop is given to do.
pub(crate) enum Job {
    Command {
        command: Command,
        origin: Origin,
        reply: oneshot::Sender<Result<Reply, Unavailable>>,
    },
    /// A command nobody waits for.
    Report(Command),
    Question(Question),
}

/// Looks at the live state; what it returns is run once everything it saw is on disk.
pub(crate) type Question = Box<dyn FnOnce(&State) -> Box<dyn FnOnce() + Send> + Send>;

/// A tenant's engine, as its doors see it. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(crate) jobs: mpsc::Sender<Job>,
    pub(crate) registry: Arc<ArcSwap<Registry>>,
}

impl Handle {
    /// Has a command of Tieline's own decided. The answer comes when it is on disk.
    ///
    /// # Errors
    /// [`Unavailable`], at once when the queue is full.
    pub async fn submit(&self, command: Command) -> Result<Reply, Unavailable> {
        self.submit_as(Origin::default(), command).await
    }

    /// The same for somebody, who is named in the audit trail.
    ///
    /// # Errors
    /// [`Unavailable`], at once when the queue is full.
    pub async fn submit_as(&self, origin: Origin, command: Command) -> Result<Reply, Unavailable> {
        let (reply, answered) = oneshot::channel();
        self.jobs.try_send(Job::Command { command, origin, reply }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => Unavailable::Full,
            mpsc::error::TrySendError::Closed(_) => Unavailable::Down,
        })?;
        answered.await.unwrap_or(Err(Unavailable::NotKept))
    }

    /// Reports something that has happened. Waits for room instead of being turned away.
    pub async fn report(&self, command: Command) {
        // A closed queue means the tenant is being stopped: the report's entry is still pending on disk.
        let _ = self.jobs.send(Job::Report(command)).await;
    }

    /// Asks the live state something. Nothing is answered that is not on disk.
    ///
    /// # Errors
    /// [`Unavailable`] when the engine is stopping or what was seen could not be kept.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let question: Question = Box::new(move |state| {
            let seen = question(state);
            Box::new(move || {
                let _ = answer.send(seen);
            })
        });
        self.jobs.send(Job::Question(question)).await.map_err(|_| Unavailable::Down)?;
        answered.await.map_err(|_| Unavailable::NotKept)
    }

    /// The registry as last committed.
    #[must_use]
    pub fn registry(&self) -> Arc<Registry> {
        self.registry.load_full()
    }

    /// Commands waiting to be decided.
    #[must_use]
    pub fn backlog(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }
}
