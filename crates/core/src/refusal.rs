//! Why a command was refused, in terms a person can act on.
//!
//! A refusal changes nothing. The server turns it into an HTTP status or a socket `errors` event; [`Refusal::why`] says
//! what is wrong and what to do, in a sentence every screen can say in its reader's language.

use std::fmt;

use tieline_cim::{Coded, Told, Why};

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
    Invalid { field: String, why: Why },
    /// What was asked for does not exist.
    NotFound { why: Why },
    /// Another object already holds a value that must be unique.
    Taken { field: String, by: Named },
    /// The object cannot go while `by` uses it.
    InUse { by: Named },
    /// The object cannot change or go while live work uses it, e.g. "3 open conversations".
    Busy { why: Why },
    /// The caller's version is not the present one.
    Stale { expected: u64, present: u64 },
    /// Several channels answer to the service identifier and nothing says which is meant.
    Ambiguous { why: Why },
    /// The caller may not do this.
    Forbidden { why: Why },
    /// The request does not fit the present state, e.g. accepting a task that was revoked.
    Conflict { why: Why },
    /// A named bound is reached, e.g. ten identifiers per attribute.
    Limit { why: Why },
}

impl Refusal {
    pub fn invalid(field: impl Into<String>, why: Why) -> Self {
        Self::Invalid { field: field.into(), why }
    }

    #[must_use]
    pub const fn not_found(why: Why) -> Self {
        Self::NotFound { why }
    }

    #[must_use]
    pub const fn busy(why: Why) -> Self {
        Self::Busy { why }
    }

    #[must_use]
    pub const fn forbidden(why: Why) -> Self {
        Self::Forbidden { why }
    }

    #[must_use]
    pub const fn conflict(why: Why) -> Self {
        Self::Conflict { why }
    }

    #[must_use]
    pub const fn limit(why: Why) -> Self {
        Self::Limit { why }
    }

    /// What is wrong and what to do; of an invalid value, without the field.
    #[must_use]
    pub fn why(&self) -> Why {
        match self {
            Self::Invalid { why, .. }
            | Self::NotFound { why }
            | Self::Busy { why }
            | Self::Ambiguous { why }
            | Self::Forbidden { why }
            | Self::Conflict { why }
            | Self::Limit { why } => why.clone(),
            Self::Taken { field, by } => Why::Taken {
                field: field.clone(),
                kind: by.kind.noun(),
                name: by.name.clone(),
                id: by.id.to_string(),
            },
            Self::InUse { by } => {
                Why::InUse { kind: by.kind.noun(), name: by.name.clone(), id: by.id.to_string() }
            }
            Self::Stale { expected, present } => Why::Stale { expected: *expected, present: *present },
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Invalid { field, .. } = self {
            write!(f, "{field}: ")?;
        }
        self.why().fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Told {
    fn from(refusal: Refusal) -> Self {
        Self { words: refusal.to_string(), why: Some(Coded::from(&refusal.why())) }
    }
}
