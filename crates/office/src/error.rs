//! What a use case can answer instead of its result.

use crate::form::Problems;
use keys::{KeyError, OpenError};
use ledger::EntryError;
use store::StoreError;
use thiserror::Error;

/// Why a use case was not carried out. Nothing has changed when one of these comes back.
#[derive(Debug, Error)]
pub enum OfficeError {
    /// The input is wrong; which fields and why.
    #[error("the input is not valid: {0}")]
    Invalid(Problems),
    /// The thing is not there, or this person may not know that it is.
    #[error("{what} not found")]
    NotFound {
        /// The thing.
        what: &'static str,
    },
    /// Somebody changed the thing first.
    #[error("{what} has changed in the meantime")]
    Conflict {
        /// The thing.
        what: &'static str,
    },
    /// The person may not do this.
    #[error("not allowed: {why}")]
    Forbidden {
        /// The rule.
        why: &'static str,
    },
    /// Too many tries; later is fine.
    #[error("too many attempts; try again in {retry_seconds} seconds")]
    TooMany {
        /// After how long.
        retry_seconds: i64,
    },
    /// The subject is being erased or is erased.
    #[error("this subject is erased, or being erased")]
    Erased,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys failed.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// An envelope did not open: it was changed, moved, or belongs to another key.
    #[error("an envelope does not open: {0}")]
    Open(#[from] OpenError),
    /// A ledger entry could not be made.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// Something else that staff must look at.
    #[error("{0}")]
    Other(String),
}

impl From<Problems> for OfficeError {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}

impl From<store::RowError> for OfficeError {
    fn from(error: store::RowError) -> Self {
        Self::Store(error.into())
    }
}
