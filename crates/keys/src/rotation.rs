//! Rotation of epochs (CRYPTO section 5): every living key is wrapped anew in epoch n+1, then every copy of
//! epoch key n is destroyed, and with it whatever was erased in old backups.
//!
//! A machine of nine steps. The state of the key store and the epoch files say how far it came, so a
//! killed run is simply run again: each step may be repeated. What lies outside this crate (index
//! columns, backups, ledger, other processes and hosts) is the [`RotationHost`]'s.
//!
//! Invariants
//! - Keys are only updated, `WHERE epoch = n`: one that was erased meanwhile cannot return.
//! - Epoch key n is not touched before every key of the store, and of a restored backup of the store,
//!   was unwrapped under n+1.
//! - One rotation at a time: a lock file here; across hosts the caller holds an advisory lock.
//!
//! Look-ups switch to the index of n+1 at step 7, by the state; the index of n is emptied after that and
//! before the key dies. (The specification names both in step 4; the key store's state has no phase
//! in between, and a process that still reads `both` must find what it looks up.)

use crate::store::UnwrapError;
use crate::vault::BATCH_LIMIT;
use crate::{FileError, KeyError, KeyId, KeyState, KeyStore, KeyStoreError, Parity, Phase, Vault};
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

/// How long a host that cannot ask other processes waits for them: twice their 30 s, and time to finish
/// what they began with the old state.
pub const RELOAD_SECONDS: u64 = 120;
/// How often stragglers of the old epoch are wrapped anew before a rotation gives up.
const PASSES_MAX: usize = 10;
/// The most batches of one index run: 500 million rows.
const INDEX_BATCHES_MAX: usize = 1_000_000;
/// How many rows of an index are asked for at a time.
pub const INDEX_BATCH: u32 = 500;

/// An error of a host, as it comes.
pub type HostError = Box<dyn Error + Send + Sync>;

/// The steps, numbered as in the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// 1: the key file of n+1 and its copies.
    WriteKey,
    /// 2: the state says `both`, and every process has read it.
    EnterBoth,
    /// 3: every key is wrapped in n+1.
    Rewrap,
    /// 4: every row has its index of n+1.
    FillIndex,
    /// 5: every key unwraps in n+1, none is left in n.
    Verify,
    /// 6: a restored backup of the key store opens.
    Backup,
    /// 7: the ledger and the state say `retiring`; look-ups go by n+1; the index of n is emptied.
    Retire,
    /// 8: every copy of key n is destroyed.
    Destroy,
    /// 9: the ledger says `epoch-destroyed`; the state is steady again.
    Record,
}

/// What became of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The epoch that was destroyed.
    pub destroyed: u32,
    /// The epoch that lives.
    pub living: u32,
    /// The store's generation now.
    pub generation: u64,
    /// How many keys this run wrapped anew.
    pub rewrapped: u64,
    /// The copies of the destroyed key on this host, and what else the host reported.
    pub copies: Vec<DestroyedCopy>,
}

/// A copy of an epoch key that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DestroyedCopy {
    /// A file of this host.
    File(PathBuf),
    /// A copy elsewhere, in the words of the list of copies; destroyed or confirmed by staff.
    Elsewhere(String),
}

/// Which store a check looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The key store itself.
    Store,
    /// Its restored backup.
    Backup,
}

impl core::fmt::Display for Place {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Store => "the key store",
            Self::Backup => "the restored backup of the key store",
        })
    }
}

/// Why a rotation stopped. Everything done so far stands; run it again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RotationError {
    /// Another one runs.
    #[error("another rotation is running")]
    Running,
    /// The last epoch number is used.
    #[error("there is no epoch number after this one")]
    Exhausted,
    /// Keys kept appearing in the old epoch: some process has not read the new state.
    #[error("{left} keys are still in epoch {epoch}: a process is writing with an old state")]
    Stragglers {
        /// The old epoch.
        epoch: u32,
        /// How many.
        left: u64,
    },
    /// An index run did not come to an end.
    #[error("the index of epoch {epoch} does not come to an end")]
    IndexEndless {
        /// The epoch.
        epoch: u32,
    },
    /// A key does not unwrap; nothing is destroyed.
    #[error(transparent)]
    Unwrap(#[from] UnwrapError),
    /// A living key is missing from the restored backup; nothing is destroyed.
    #[error("key {key_id} is missing from the restored backup of the key store")]
    BackupLacks {
        /// The key.
        key_id: KeyId,
    },
    /// A key of another epoch turned up; nothing is destroyed.
    #[error("key {key_id} is in epoch {epoch} of {place}, where all keys should be in epoch {expected}")]
    OtherEpoch {
        /// The key.
        key_id: KeyId,
        /// Its epoch there.
        epoch: u32,
        /// The epoch it should be in.
        expected: u32,
        /// Which store.
        place: Place,
    },
    /// The host failed at a step.
    #[error("rotation stopped at step {step:?}")]
    Host {
        /// The step.
        step: Step,
        /// Why.
        #[source]
        source: HostError,
    },
    /// The vault.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key store.
    #[error(transparent)]
    Store(#[from] KeyStoreError),
    /// A key file.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What a rotation needs of its surroundings. Every call may come again after a crash and must then do
/// no harm.
#[async_trait]
pub trait RotationHost: Send + Sync {
    /// Returns when every process that opens the key store has read this state: by asking them, or after
    /// [`RELOAD_SECONDS`].
    async fn await_processes(&self, state: KeyState) -> Result<(), HostError>;

    /// Fills the index column of a parity (of epoch `epoch`) in at most `limit` rows that lack it, with
    /// [`Vault::blind_index`]; says how many rows it filled. Zero: none is missing.
    async fn fill_index(&self, epoch: u32, parity: Parity, limit: u32) -> Result<u64, HostError>;

    /// Empties the index column of a parity (of epoch `epoch`) in at most `limit` rows that have it; says
    /// how many. Zero: none is left.
    async fn empty_index(&self, epoch: u32, parity: Parity, limit: u32) -> Result<u64, HostError>;

    /// Backs up the key store, restores that backup to a scratch place, and opens it there.
    async fn restored_backup(&self) -> Result<Arc<dyn KeyStore>, HostError>;

    /// Appends `epoch-retiring` to the ledger with the generation it began, unless it is there.
    async fn record_retiring(&self, epoch: u32, generation: u64) -> Result<(), HostError>;

    /// Destroys the copies that this process cannot reach (other hosts, off-line media: staff confirm),
    /// trims the disks, marks them destroyed in the list of copies, and names them. An error when one
    /// is not confirmed: the rotation then waits in this step.
    async fn destroy_elsewhere(&self, epoch: u32) -> Result<Vec<String>, HostError>;

    /// Appends `epoch-destroyed` to the ledger with the copies, unless it is there, and gives the receipts
    /// of this epoch their second date.
    async fn record_destroyed(&self, epoch: u32, copies: &[DestroyedCopy]) -> Result<(), HostError>;
}

/// Rotates: begins a rotation, or goes on with one that was killed. It returns when the old epoch is
/// destroyed.
///
/// # Errors
/// [`RotationError`]; run it again.
pub async fn rotate(vault: &Vault, host: &dyn RotationHost) -> Result<Rotated, RotationError> {
    let _lock = vault.config.epochs.lock_rotation()?.ok_or(RotationError::Running)?;
    Rotation { vault, host, rewrapped: 0 }.run().await
}

/// Goes on with a rotation that was killed; none when there is none to go on with. For start-up.
///
/// # Errors
/// [`RotationError`]; run it again.
pub async fn resume(vault: &Vault, host: &dyn RotationHost) -> Result<Option<Rotated>, RotationError> {
    let _lock = vault.config.epochs.lock_rotation()?.ok_or(RotationError::Running)?;
    if vault.config.store.state().await?.phase == Phase::Steady {
        return Ok(None);
    }
    Rotation { vault, host, rewrapped: 0 }.run().await.map(Some)
}

struct Rotation<'a> {
    vault: &'a Vault,
    host: &'a dyn RotationHost,
    rewrapped: u64,
}

fn at(step: Step) -> impl FnOnce(HostError) -> RotationError {
    move |source| RotationError::Host { step, source }
}

impl Rotation<'_> {
    async fn run(mut self) -> Result<Rotated, RotationError> {
        let mut state = self.store().state().await?;
        if state == KeyState::NEW {
            return Err(KeyError::Uninitialised.into());
        }
        let next = state.epoch.checked_add(1).ok_or(RotationError::Exhausted)?;
        if state.phase == Phase::Steady {
            self.write_key(next)?;
            state = self.move_to(state, KeyState { phase: Phase::Both, ..state }).await?;
        }
        if state.phase == Phase::Both {
            self.vault.reload().await?;
            self.host.await_processes(state).await.map_err(at(Step::EnterBoth))?;
            self.rewrap(state.epoch, next).await?;
            self.fill_index(next).await?;
            self.verify(state.epoch, next).await?;
            self.check_backup(next).await?;
            state = self.retire(state).await?;
        }
        self.leave(state, next).await
    }

    fn store(&self) -> &dyn KeyStore {
        &*self.vault.config.store
    }

    /// Sets the state, if it is still what this run read.
    async fn move_to(&self, from: KeyState, to: KeyState) -> Result<KeyState, RotationError> {
        self.store().set_state(from, to).await?;
        Ok(to)
    }

    /// Step 1.
    fn write_key(&self, next: u32) -> Result<(), RotationError> {
        let config = &self.vault.config;
        Ok(config.epochs.write_new(&config.root, next, &*config.random)?)
    }

    /// Step 3, page by page; a row that was erased meanwhile simply does not change.
    async fn rewrap(&mut self, from: u32, to: u32) -> Result<(), RotationError> {
        let ring = self.vault.ring().await?;
        let mut after = None;
        loop {
            let page = self.store().page_of_epoch(from, after, BATCH_LIMIT).await?;
            let Some(last) = page.last() else { return Ok(()) };
            // Ids rise, so this ends; keys inserted behind it are found by the next pass.
            after = Some(last.key_id);
            let moved: Result<Vec<_>, _> =
                page.iter().map(|row| ring.rewrap(row, to, &*self.vault.config.random)).collect();
            self.rewrapped += self.store().rewrap(&moved?).await?;
        }
    }

    /// Step 4.
    async fn fill_index(&self, next: u32) -> Result<(), RotationError> {
        for _ in 0..INDEX_BATCHES_MAX {
            let filled = self.host.fill_index(next, Parity::of(next), INDEX_BATCH).await;
            if filled.map_err(at(Step::FillIndex))? == 0 {
                return Ok(());
            }
        }
        Err(RotationError::IndexEndless { epoch: next })
    }

    /// Step 5: nothing in the old epoch, everything unwraps in the new one.
    async fn verify(&mut self, old: u32, next: u32) -> Result<(), RotationError> {
        for _ in 0..PASSES_MAX {
            if self.store().count_of_epoch(old).await? == 0 {
                return self.unwrap_all(self.store(), Place::Store, next).await.map(|_| ());
            }
            self.rewrap(old, next).await?;
        }
        Err(RotationError::Stragglers { epoch: old, left: self.store().count_of_epoch(old).await? })
    }

    /// Unwraps every key of a store, all in one epoch, and gives their ids.
    async fn unwrap_all(
        &self,
        store: &dyn KeyStore,
        place: Place,
        expected: u32,
    ) -> Result<BTreeSet<KeyId>, RotationError> {
        let ring = self.vault.ring().await?;
        let mut ids = BTreeSet::new();
        let mut after = None;
        loop {
            let page = store.page(after, BATCH_LIMIT).await?;
            let Some(last) = page.last() else { return Ok(ids) };
            after = Some(last.key_id);
            for row in &page {
                if row.epoch != expected {
                    let (key_id, epoch) = (row.key_id, row.epoch);
                    return Err(RotationError::OtherEpoch { key_id, epoch, expected, place });
                }
                ring.check(row)?;
                ids.insert(row.key_id);
            }
        }
    }

    /// Step 6: what lived before the backup and lives after it must be in it, and open.
    async fn check_backup(&self, next: u32) -> Result<(), RotationError> {
        let before = self.unwrap_all(self.store(), Place::Store, next).await?;
        let restored = self.host.restored_backup().await.map_err(at(Step::Backup))?;
        let inside = self.unwrap_all(&*restored, Place::Backup, next).await?;
        let after = self.unwrap_all(self.store(), Place::Store, next).await?;
        match before.intersection(&after).find(|key| !inside.contains(key)) {
            Some(key) => Err(RotationError::BackupLacks { key_id: *key }),
            None => Ok(()),
        }
    }

    /// Step 7. The state goes first: were the ledger ahead after a crash, the store would look like an old
    /// one that was put back. The entry follows before anything is destroyed, also after a crash.
    async fn retire(&self, state: KeyState) -> Result<KeyState, RotationError> {
        let generation = state.generation.saturating_add(1);
        self.move_to(state, KeyState { generation, phase: Phase::Retiring, ..state }).await
    }

    /// The rest of step 7, and steps 8 and 9.
    async fn leave(self, state: KeyState, next: u32) -> Result<Rotated, RotationError> {
        self.host.record_retiring(state.epoch, state.generation).await.map_err(at(Step::Retire))?;
        self.vault.reload().await?;
        self.host.await_processes(state).await.map_err(at(Step::Retire))?;
        self.empty_index(state.epoch).await?;
        let elsewhere = self.host.destroy_elsewhere(state.epoch).await.map_err(at(Step::Destroy))?;
        let files = self.vault.config.epochs.destroy(state.epoch)?;
        let mut copies: Vec<_> = files.into_iter().map(|file| DestroyedCopy::File(file.path)).collect();
        copies.extend(elsewhere.into_iter().map(DestroyedCopy::Elsewhere));
        self.host.record_destroyed(state.epoch, &copies).await.map_err(at(Step::Record))?;
        let steady = KeyState { phase: Phase::Steady, epoch: next, ..state };
        let steady = self.move_to(state, steady).await?;
        self.vault.reload().await?;
        Ok(Rotated {
            destroyed: state.epoch,
            living: next,
            generation: steady.generation,
            rewrapped: self.rewrapped,
            copies,
        })
    }

    async fn empty_index(&self, old: u32) -> Result<(), RotationError> {
        for _ in 0..INDEX_BATCHES_MAX {
            let emptied = self.host.empty_index(old, Parity::of(old), INDEX_BATCH).await;
            if emptied.map_err(at(Step::Retire))? == 0 {
                return Ok(());
            }
        }
        Err(RotationError::IndexEndless { epoch: old })
    }
}
