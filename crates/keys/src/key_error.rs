//! Why there is no key.

use crate::store::UnwrapError;
use crate::tombstones::TombstoneError;
use crate::vault::CREATE_MAX;
use crate::{FileError, KeyId, KeyStoreError};
use thiserror::Error;

/// Why there is no key.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The subject has no key for this purpose: it was erased, or never made.
    #[error("there is no key for purpose {purpose}: the subject was erased, or the key was never made")]
    Missing {
        /// The purpose.
        purpose: &'static str,
    },
    /// The store was never initialised.
    #[error("the key store has no epoch yet; initialise it first")]
    Uninitialised,
    /// The epoch that wraps a key is not alive: an old copy of the store was put back.
    #[error("key {key_id} is wrapped in epoch {epoch}, whose key is not here")]
    EpochGone {
        /// The key.
        key_id: KeyId,
        /// Its epoch.
        epoch: u32,
    },
    /// The store answered with a key of another subject or purpose.
    #[error("the key store answered with key {key_id}, which was not asked for")]
    NotAskedFor {
        /// The key it gave.
        key_id: KeyId,
    },
    /// A key row was changed or moved.
    #[error(transparent)]
    Unwrap(#[from] UnwrapError),
    /// The name of a purpose is malformed.
    #[error("{name:?} cannot be the name of a purpose")]
    PurposeName {
        /// The name.
        name: &'static str,
    },
    /// More keys in one call than it makes.
    #[error("at most {CREATE_MAX} keys are made at a time")]
    TooMany,
    /// Other processes made the same keys again and again; a retry helps.
    #[error("the keys are being made by another process")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] KeyStoreError),
    /// A key file failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The list of destroyed keys failed.
    #[error(transparent)]
    Tombstones(#[from] TombstoneError),
}
