//! The dry run: a recorded time is played again with another set-up, by the rules that decide in earnest.
//!
//! A [`Recording`] is made of the log of agents' states and of finished tasks: who was at work when, which requests came
//! when and with which priority, how soon agents answered or how long they let it ring, how long each took, and when
//! customers gave up. [`rehearse`] lets all that happen to a state of its own, with the registry it is given, and
//! returns the tasks as they then end; [`Summary`] tells the difference. Nothing live is touched.
//!
//! What cannot be known is assumed, and said in `docs/reports.md`: a customer who was answered would have waited as long
//! as his request may look; one who gave up would have needed the average time of his queue; an agent rung more often
//! than in the recording answers like the average of them.

mod script;
mod stage;
mod summary;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::id::UserId;
use crate::registry::Registry;
use crate::report::{FinishedTask, StateChange};
use crate::time::{At, Span};

pub use summary::{AgentSummary, QueueSummary, Summary, Waits};

/// Requests of one rehearsal at most, those of the warm-up included.
pub const REQUESTS_MAX: usize = 20_000;
/// Changes of agents' states at most.
pub const CHANGES_MAX: usize = 200_000;
/// Things that happen in one rehearsal at most.
const HAPPENINGS_MAX: usize = 500_000;
/// How long after its end what began in the recorded time may go on.
pub const AFTERWARDS: Span = Span::secs(24 * 3600);

/// What happened.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Requests that came from then on, and before `until`, are told of; those before warm the stage up.
    pub from: At,
    pub until: At,
    /// In the order in which they closed.
    pub tasks: Vec<FinishedTask>,
    /// In the order in which they happened, from before the first request on.
    pub changes: Vec<StateChange>,
}

/// With whom and how it is played.
#[derive(Debug, Clone)]
pub struct Setup {
    pub registry: Arc<Registry>,
    /// Agents who stay at home.
    pub absent: BTreeSet<UserId>,
    /// Agents who come beside those recorded; they are in the registry.
    pub extra: Vec<Shift>,
}

/// An agent is at work and ready for so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    pub agent: UserId,
    pub from: At,
    pub until: At,
}

/// Why a rehearsal was not held, or not to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMuch {
    Requests,
    Changes,
    Happenings,
}

/// The tasks of a recording that a rehearsal of it can be compared with.
#[must_use]
pub fn recorded(recording: &Recording) -> Vec<FinishedTask> {
    let script = script::Script::of(recording);
    let told = script.requests.iter().filter(|request| request.told);
    told.flat_map(|request| request.tasks.iter().map(|task| recording.tasks[*task])).collect()
}

/// Plays a recording with a set-up.
///
/// # Errors
/// [`TooMuch`], when it holds more than one rehearsal may.
pub fn rehearse(recording: &Recording, setup: &Setup) -> Result<Vec<FinishedTask>, TooMuch> {
    if recording.changes.len() > CHANGES_MAX {
        return Err(TooMuch::Changes);
    }
    let script = script::Script::of(recording);
    if script.requests.len() > REQUESTS_MAX {
        return Err(TooMuch::Requests);
    }
    stage::Stage::new(recording, setup, script).play(HAPPENINGS_MAX)
}
