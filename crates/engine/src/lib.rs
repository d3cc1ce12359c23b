//! THE WORK: one loop that feeds a tenant's commands to the core and makes its decisions last.
//!
//! For each batch of waiting commands the loop *gathers* what the core needs from the store, *steps* the commands in
//! order, *commits* everything they wrote in one transaction, and only then *releases* the answers and effects.
//! What comes while a batch is being committed is stepped meanwhile and is the next batch. When a commit fails, the live state is
//! thrown away and rebuilt from the store, exactly as after a crash; callers are told to repeat.
//!
//! What it leaves to others: what commands mean (`core`), how bytes are kept (`store`), and everything that talks
//! to the outside, which receives effects through an [`Outlet`].

mod clock;
mod handle;
mod run;

pub use clock::{Clock, SystemClock};
pub use handle::{Handle, Unavailable};
pub use run::{Engine, Options, Outlet};
