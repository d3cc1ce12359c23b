//! What the store asks of a place to keep rows.

use std::pin::Pin;

use crate::error::{Error, Result};
use crate::rows::{Rows, RowsMut, Stat};

pub(crate) type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;
pub(crate) type ReadWork = Box<dyn FnOnce(&dyn Rows) -> Result<()> + Send>;
pub(crate) type WriteWork = Box<dyn FnOnce(&mut dyn RowsMut) -> Result<()> + Send>;

/// Whether what a write removes must leave no trace in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    Ordinary,
    Erasing,
}

/// A place to keep rows. Work runs where the rows are, one write at a time and in the order of the calls; encoding
/// and sealing are part of the work. When a call returns `Ok`, what the work wrote is durable.
pub(crate) trait Backend: Send + Sync + 'static {
    fn read(&self, work: ReadWork) -> Later<'_, ()>;
    fn write(&self, work: WriteWork, care: Care) -> Later<'_, ()>;
    fn stat(&self) -> Later<'_, Stat>;
    /// Finishes what was asked before and refuses everything after.
    fn close(&self) -> Later<'_, ()>;
}
