//! Why a command was refused, in terms a person can act on.
//!
//! A refusal changes nothing. The server turns it into an HTTP status or a socket `errors` event; the text says
//! what is wrong, which field or object it concerns, and what to do.

use std::fmt;

use crate::id::Id;
use crate::registry::Kind;

/// An object named in a refusal, so that a person can find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub kind: Kind,
    pub id: Id,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A field's value breaks a rule. `field` is a path as the caller wrote it, e.g. `channelConfig.responseSla`.
    Invalid { field: String, reason: String },
    /// What was asked for does not exist. `what` names the noun and the value looked for.
    NotFound { what: String },
    /// Another object already holds a value that must be unique.
    Taken { field: String, by: Named },
    /// The object cannot go while `by` uses it.
    InUse { by: Named },
    /// The object cannot change or go while live work uses it, e.g. "3 open conversations".
    Busy { reason: String },
    /// The caller's version is not the present one.
    Stale { expected: u64, present: u64 },
    /// Several channels answer to the service identifier and nothing says which is meant.
    Ambiguous { reason: String },
    /// The caller may not do this.
    Forbidden { reason: String },
    /// The request does not fit the present state, e.g. accepting a task that was revoked.
    Conflict { reason: String },
    /// A named bound is reached, e.g. ten identifiers per attribute.
    Limit { what: &'static str, max: u64 },
}

impl Refusal {
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }

    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    pub fn conflict(reason: impl Into<String>) -> Self {
        Self::Conflict { reason: reason.into() }
    }

    /// A stable code for programs, in upper snake case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "INVALID",
            Self::NotFound { .. } => "NOT_FOUND",
            Self::Taken { .. } => "TAKEN",
            Self::InUse { .. } => "IN_USE",
            Self::Busy { .. } => "BUSY",
            Self::Stale { .. } => "STALE_VERSION",
            Self::Ambiguous { .. } => "AMBIGUOUS",
            Self::Forbidden { .. } => "FORBIDDEN",
            Self::Conflict { .. } => "CONFLICT",
            Self::Limit { .. } => "LIMIT",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { field, reason } => write!(f, "{field}: {reason}"),
            Self::NotFound { what } => write!(f, "there is no {what}"),
            Self::Taken { field, by } => {
                write!(f, "{field} is already used by {} \"{}\" ({})", by.kind, by.name, by.id)
            }
            Self::InUse { by } => write!(
                f,
                "it is used by {} \"{}\" ({}); change or delete that first",
                by.kind, by.name, by.id
            ),
            Self::Busy { reason } | Self::Ambiguous { reason } | Self::Forbidden { reason } => {
                f.write_str(reason)
            }
            Self::Conflict { reason } => f.write_str(reason),
            Self::Stale { expected, present } => write!(
                f,
                "you changed version {expected}, but version {present} is the present one; read it again and repeat your change"
            ),
            Self::Limit { what, max } => write!(f, "at most {max} {what} are allowed"),
        }
    }
}

impl std::error::Error for Refusal {}
