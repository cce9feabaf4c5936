//! The key store: where wrapped keys live, apart from the data. This crate states what a store must
//! do; `store` does it over SQLite and PostgreSQL, [`crate::MemoryKeyStore`] in memory.

use crate::{KeyId, OpenError};
use async_trait::async_trait;
use base::{SubjectId, Timestamp, Transcript, label};
use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most keys in one call of a store.
pub const BATCH_MAX: usize = 500;

/// What a key store can answer besides success.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyStoreError {
    /// A key with this id, or of this subject and purpose, exists.
    #[error("a key of this subject and purpose exists already")]
    Duplicate,
    /// The state is not the expected one: another process moved it. Read again and decide.
    #[error("the state of the key store changed meanwhile")]
    Conflict,
    /// A row or the state cannot be read as one.
    #[error("the key store holds a damaged {0}")]
    Damaged(&'static str),
    /// The database failed; a retry may help. The text must hold no value of a row.
    #[error("the key store failed: {0}")]
    Unavailable(String),
}

/// A wrapped data key (docs/formats/key-row.md).
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The key's id.
    pub key_id: KeyId,
    /// Whose key.
    pub subject: SubjectId,
    /// For which purpose; unique together with the subject.
    pub purpose: String,
    /// The epoch key that wraps it.
    pub epoch: u32,
    /// `01 ‖ 01 ‖ nonce ‖ ciphertext ‖ tag`.
    pub wrapped: Vec<u8>,
}

impl KeyRow {
    /// The associated data of this key when wrapped in an epoch.
    pub(crate) fn associated_data(&self, epoch: u32) -> Vec<u8> {
        Transcript::new(label::KEY_WRAP)
            .bytes(&self.key_id.bytes())
            .bytes(&self.subject.bytes())
            .text(&self.purpose)
            .u32(epoch)
            .finish()
    }
}

impl fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRow({}, {}, epoch {})", self.key_id, self.purpose, self.epoch)
    }
}

/// One key moved to another epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrap {
    /// Which key.
    pub key_id: KeyId,
    /// The epoch the row must have, or it is left alone.
    pub from: u32,
    /// The epoch it gets.
    pub to: u32,
    /// The key wrapped in the new epoch.
    pub wrapped: Vec<u8>,
}

/// Even or odd: which of the two index columns an epoch fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parity {
    /// `idx_even`.
    Even,
    /// `idx_odd`.
    Odd,
}

impl Parity {
    /// The parity of an epoch.
    #[must_use]
    pub const fn of(epoch: u32) -> Self {
        if epoch.is_multiple_of(2) { Self::Even } else { Self::Odd }
    }
}

/// Where the rotation of epochs stands. `n` is [`KeyState::epoch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// One epoch, n.
    Steady,
    /// n and n+1 live; new keys are wrapped in n+1, writers fill both indexes, look-ups go by n.
    Both,
    /// All keys and the index are in n+1 and look-ups go by it; the index of n is emptied, then every
    /// copy of key n is destroyed.
    Retiring,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 3] = [Self::Steady, Self::Both, Self::Retiring];

    /// The name a store keeps.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Both => "both",
            Self::Retiring => "retiring",
        }
    }

    /// The phase of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }
}

/// The one-row state of a key store. A fresh store answers
/// [`KeyState::NEW`] or [`KeyState::FIRST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyState {
    /// Rises by one with each rotation; lower than the ledger's last means an old store was put back.
    pub generation: u64,
    /// Where the rotation stands.
    pub phase: Phase,
    /// The epoch n that is steady, or is being left.
    pub epoch: u32,
}

impl KeyState {
    /// A store without keys, before [`crate::Vault::initialise`].
    pub const NEW: Self = Self { generation: 0, phase: Phase::Steady, epoch: 0 };
    /// The state of a store in its first epoch.
    pub const FIRST: Self = Self { generation: 1, phase: Phase::Steady, epoch: 1 };

    /// The epoch that new keys are wrapped in.
    #[must_use]
    pub const fn writing_epoch(self) -> u32 {
        match self.phase {
            Phase::Steady => self.epoch,
            Phase::Both | Phase::Retiring => self.epoch.saturating_add(1),
        }
    }

    /// The epoch whose index answers look-ups.
    #[must_use]
    pub const fn lookup_epoch(self) -> u32 {
        match self.phase {
            Phase::Steady | Phase::Both => self.epoch,
            Phase::Retiring => self.epoch.saturating_add(1),
        }
    }

    /// The epochs whose index a writer fills.
    pub(crate) fn index_epochs(self) -> impl Iterator<Item = u32> {
        let both = (self.phase == Phase::Both).then(|| self.epoch.saturating_add(1));
        core::iter::once(self.lookup_epoch()).chain(both)
    }

    /// The epochs whose key must be present.
    pub(crate) fn living_epochs(self) -> impl Iterator<Item = u32> {
        let leaving = (self.phase == Phase::Both).then_some(self.epoch);
        core::iter::once(self.writing_epoch()).chain(leaving)
    }
}

/// A store of wrapped keys. No call gets or returns more than [`BATCH_MAX`] keys, except
/// [`KeyStore::of_subject`], which is bounded by the number of purposes.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Inserts all or none, durably. [`KeyStoreError::Duplicate`] when a key id, or a pair of
    /// subject and purpose, exists.
    async fn insert(&self, rows: &[KeyRow]) -> Result<(), KeyStoreError>;

    /// The key of a subject for a purpose.
    async fn find(&self, subject: SubjectId, purpose: &str) -> Result<Option<KeyRow>, KeyStoreError>;

    /// The keys of several subjects for one purpose, in any order; who has none is left out.
    async fn find_many(&self, purpose: &str, subjects: &[SubjectId]) -> Result<Vec<KeyRow>, KeyStoreError>;

    /// All keys of a subject.
    async fn of_subject(&self, subject: SubjectId) -> Result<Vec<KeyRow>, KeyStoreError>;

    /// Deletes keys and says how many there were. When it returns, the bytes are out of the store's
    /// live files (`secure_delete`, checkpoint); an implementation may skip that work for zero rows.
    async fn delete(&self, keys: &[KeyId]) -> Result<u64, KeyStoreError>;

    /// Moves keys to another epoch, `UPDATE … WHERE key_id = ? AND epoch = from`, and says how many rows
    /// changed. It never inserts: an erased key must not return.
    async fn rewrap(&self, keys: &[Rewrap]) -> Result<u64, KeyStoreError>;

    /// Keys of an epoch in order of id, from after a given id.
    async fn page_of_epoch(
        &self,
        epoch: u32,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError>;

    /// How many keys an epoch wraps.
    async fn count_of_epoch(&self, epoch: u32) -> Result<u64, KeyStoreError>;

    /// All keys in order of id, from after a given id.
    async fn page(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<KeyRow>, KeyStoreError>;

    /// Keys that were inserted before an instant, in order of id, from after a given id: candidates for
    /// the collection of orphans.
    async fn page_older(
        &self,
        inserted_before: Timestamp,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError>;

    /// The state; [`KeyState::NEW`] when never set.
    async fn state(&self) -> Result<KeyState, KeyStoreError>;

    /// Sets the state, durably, if it is still the expected one; [`KeyStoreError::Conflict`] otherwise.
    async fn set_state(&self, expected: KeyState, new: KeyState) -> Result<(), KeyStoreError>;
}

/// A key row that did not unwrap.
#[derive(Debug, Error)]
#[error("key {key_id} does not unwrap in epoch {epoch}")]
pub struct UnwrapError {
    /// Which key.
    pub key_id: KeyId,
    /// In which epoch.
    pub epoch: u32,
    /// Why.
    #[source]
    pub source: OpenError,
}
