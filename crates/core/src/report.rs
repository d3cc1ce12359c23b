//! What is counted while it happens, and kept for statistics.
//!
//! Three things are written with the batch they follow from, and so are as crash-proof as what they tell of:
//! [`Tallies`], sums of a quarter of an hour that are *added* to what is stored; [`StateChange`]s, the log of agents'
//! states; and [`FinishedTask`]s, a line for every task that has ended. Nothing is counted twice or lost with the
//! process, because nothing is kept in memory between two batches but how agents stood when last looked at, and that
//! is read off their records again.
//!
//! They hold ids, times and numbers, never what people wrote. What each figure means is in `docs/reports.md`.

pub mod attendance;
mod figures;
pub mod live;
mod measure;
mod tally;
mod work;

pub use attendance::{Attendance, StateChange, What};
pub use figures::{Every, Figures, GroupBy, Place, Rows, add_to, service_level};
pub use measure::{Counts, Measure};
pub use tally::{INTERVAL, Interval, Standing, Subject, SubjectKind, Tallies};
pub use work::{Ending, FinishedTask, Search, SearchEnd, of_search, of_work, threshold};
