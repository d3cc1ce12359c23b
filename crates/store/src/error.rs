//! What can go wrong, by who has to act.

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Disk, database or thread trouble. Nothing of the failed commit is known to be kept: read again, then repeat.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// A row exists but cannot be opened: it was altered, its key is gone, or a newer release wrote it.
    #[error("{table} {row} cannot be read: {reason}")]
    Corrupt { table: &'static str, row: String, reason: String },
    #[error(
        "the master key does not open this store; give the key it was last opened with as the current key, \
         or as the previous key beside a new one"
    )]
    WrongMasterKey,
    #[error("the store has schema {found}, this release knows up to {known}; run the release that wrote it")]
    TooNew { found: u32, known: u32 },
    /// A batch contradicts what is stored. Nothing of it was written. It is a defect of the caller.
    #[error("the batch does not fit the store: {0}")]
    Inconsistent(String),
    /// The receiver of an export refused a line.
    #[error("the export could not be written: {0}")]
    Output(#[from] std::io::Error),
}

impl Error {
    pub(crate) fn unavailable(what: impl Into<String>) -> Self {
        Self::Unavailable(what.into())
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;
