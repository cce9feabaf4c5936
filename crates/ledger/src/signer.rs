//! The one that signs checkpoints, and never signs two histories.
//!
//! Its state (origin, size and root of the last checkpoint) lies in a file outside the database, so
//! that a database put back from a backup meets what was signed after the backup was made.
//!
//! Invariants
//! - A checkpoint smaller than the state, or of the same size with another root, is never signed; a
//!   larger one only when its consistency with the state is proved.
//! - The new state is on disk **before** the signature exists. Killed in between, the signer signs
//!   the same checkpoint again and no other of that size.
//! - A missing state file is an error, not an empty ledger: removing it must not allow a rollback.

use crate::{
    checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint},
    durable,
    hash::{Hash, TREE_SIZE_MAX, TreeHead},
    key::SigningKey,
    origin::Origin,
    proof::ConsistencyProof,
    tiles::{TileDir, TileError},
};
use sha2::{Digest, Sha256};
use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

const FIRST_LINE: &str = "waarborg signer state 1";
const STATE_BYTES_MAX: u64 = 1024;

/// Why nothing was signed.
#[derive(Debug, Error)]
pub enum SignerError {
    /// The ledger has fewer entries than were signed over: a rollback.
    #[error("the ledger has {given} entries but {signed} were signed: the ledger was rolled back")]
    Rollback {
        /// The size that was signed.
        signed: u64,
        /// The size that was given.
        given: u64,
    },
    /// The ledger does not begin with what was signed: another history.
    #[error("the ledger of size {given} does not begin with the {signed} entries that were signed")]
    Fork {
        /// The size that was signed.
        signed: u64,
        /// The size that was given.
        given: u64,
    },
    /// The proof is of other sizes than the state and the checkpoint.
    #[error("the proof goes from {proof_old} to {proof_new}, not from {signed} to {given}")]
    Proof {
        /// The older size of the proof.
        proof_old: u64,
        /// The newer size of the proof.
        proof_new: u64,
        /// The size that was signed.
        signed: u64,
        /// The size that was given.
        given: u64,
    },
    /// The tiles do not give the checkpoint.
    #[error("the tiles do not give the checkpoint")]
    Tiles(#[from] TileError),
    /// The key or the state is of another ledger.
    #[error("the signer is for {expected}, not for {found}")]
    Origin {
        /// The origin of the key.
        expected: Origin,
        /// The origin of the state or of the checkpoint.
        found: Origin,
    },
    /// Another signer holds the state.
    #[error("another signer uses {}", .0.display())]
    Busy(PathBuf),
    /// The state file is there already.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The state file is not there.
    #[error("{} is missing: a ledger whose state is lost goes on in a new generation", .0.display())]
    Missing(PathBuf),
    /// The state file is damaged.
    #[error("{} is not the state of a signer", .0.display())]
    Malformed(PathBuf),
    /// The state file could not be read or written.
    #[error("{} cannot be used", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// An earlier write failed: what is on disk is not known until the signer is opened again.
    #[error("the state could not be written before; the signer must be opened again")]
    Unsure,
    /// The signature did not come out right.
    #[error("the signature did not come out right")]
    Signature(#[source] CheckpointError),
}

/// What was last signed (or is about to be).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerState {
    /// The ledger.
    pub origin: Origin,
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

impl SignerState {
    /// The state before anything was signed.
    #[must_use]
    pub const fn empty(origin: Origin) -> Self {
        Self { origin, size: 0, root: Hash::EMPTY_TREE }
    }

    /// Reads a state without taking the lock: for the check that the ledger is not behind it.
    ///
    /// # Errors
    /// When the file is missing, unreadable or damaged.
    pub fn read(path: &Path) -> Result<Self, SignerError> {
        match durable::read_limited(path, STATE_BYTES_MAX) {
            Ok(bytes) => core::str::from_utf8(&bytes)
                .ok()
                .and_then(Self::parse)
                .ok_or_else(|| SignerError::Malformed(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(SignerError::Missing(path.to_owned()))
            }
            Err(source) => Err(SignerError::Io { path: path.to_owned(), source }),
        }
    }

    /// Size and root.
    #[must_use]
    pub const fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }

    /// The text of the file: first line, origin, size, root, and a sum against damage.
    #[must_use]
    pub fn to_text(&self) -> String {
        let lines = format!("{FIRST_LINE}\n{}\n{}\n{}\n", self.origin, self.size, self.root);
        let sum = hex::encode(Sha256::digest(lines.as_bytes()));
        format!("{lines}{sum}\n")
    }

    /// Reads the text of the file; none when it is not exactly what [`Self::to_text`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().skip(1);
        let state = Self {
            origin: lines.next()?.parse().ok()?,
            size: lines.next()?.parse().ok().filter(|size| *size <= TREE_SIZE_MAX)?,
            root: lines.next()?.parse().ok()?,
        };
        (state.to_text() == text).then_some(state)
    }
}

/// What shows that the ledger to be signed begins with the one that was signed.
#[derive(Debug, Clone, Copy)]
pub enum Evidence<'a> {
    /// A consistency proof from the state's size to the checkpoint's.
    Proof(&'a ConsistencyProof),
    /// The published tiles: they must also give the checkpoint's root.
    Tiles(&'a TileDir),
}

/// The signer of one ledger. Holds a lock on its state as long as it lives.
#[derive(Debug)]
pub struct Signer {
    key: SigningKey,
    path: PathBuf,
    state: SignerState,
    unsure: bool,
    _lock: File,
}

impl Signer {
    /// Makes the state of a new ledger, before its first checkpoint.
    ///
    /// # Errors
    /// When the file exists or cannot be written, or another signer is at work.
    pub fn create(path: &Path, key: SigningKey) -> Result<Self, SignerError> {
        let lock = lock(path)?;
        let state = SignerState::empty(key.origin().clone());
        durable::write_new(path, state.to_text().as_bytes(), 0o600).map_err(|source| {
            match source.kind() {
                io::ErrorKind::AlreadyExists => SignerError::Exists(path.to_owned()),
                _ => SignerError::Io { path: path.to_owned(), source },
            }
        })?;
        Ok(Self { key, path: path.to_owned(), state, unsure: false, _lock: lock })
    }

    /// Opens the state of a ledger.
    ///
    /// # Errors
    /// When the file is missing or damaged, of another ledger, or another signer holds it.
    pub fn open(path: &Path, key: SigningKey) -> Result<Self, SignerError> {
        let lock = lock(path)?;
        let state = SignerState::read(path)?;
        if state.origin != *key.origin() {
            return Err(SignerError::Origin { expected: key.origin().clone(), found: state.origin });
        }
        Ok(Self { key, path: path.to_owned(), state, unsure: false, _lock: lock })
    }

    /// What was last signed.
    #[must_use]
    pub const fn state(&self) -> &SignerState {
        &self.state
    }

    /// The ledger it signs for.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        self.key.origin()
    }

    /// Proves that the checkpoint continues what was signed, makes the new state durable, signs.
    ///
    /// # Errors
    /// When that is not proved, or the state cannot be written. Nothing was signed then.
    pub fn sign(
        &mut self,
        checkpoint: Checkpoint,
        evidence: Evidence<'_>,
    ) -> Result<SignedCheckpoint, SignerError> {
        self.check(&checkpoint, evidence)?;
        self.advance(&checkpoint)?;
        checkpoint.sign(&self.key).map_err(SignerError::Signature)
    }

    fn check(&self, checkpoint: &Checkpoint, evidence: Evidence<'_>) -> Result<(), SignerError> {
        if self.unsure {
            return Err(SignerError::Unsure);
        }
        if checkpoint.origin != *self.key.origin() {
            let found = checkpoint.origin.clone();
            return Err(SignerError::Origin { expected: self.key.origin().clone(), found });
        }
        let (signed, given) = (self.state.size, checkpoint.size);
        if given < signed {
            return Err(SignerError::Rollback { signed, given });
        }
        let fork = SignerError::Fork { signed, given };
        if given == signed && checkpoint.root != self.state.root {
            return Err(fork);
        }
        let made;
        let proof = match evidence {
            Evidence::Proof(proof) => proof,
            Evidence::Tiles(tiles) => {
                made = tiles.consistency_proof(self.state.head(), checkpoint.head())?;
                &made
            }
        };
        if (proof.old_size, proof.new_size) != (signed, given) {
            let (proof_old, proof_new) = (proof.old_size, proof.new_size);
            return Err(SignerError::Proof { proof_old, proof_new, signed, given });
        }
        proof.verify(self.state.root, checkpoint.root).map_err(|_| fork)
    }

    /// The state moves before the signature exists, on disk first.
    pub(crate) fn advance(&mut self, checkpoint: &Checkpoint) -> Result<(), SignerError> {
        if checkpoint.size == self.state.size {
            return Ok(());
        }
        let state =
            SignerState { origin: checkpoint.origin.clone(), size: checkpoint.size, root: checkpoint.root };
        // A write that fails may or may not have replaced the file.
        self.unsure = true;
        durable::replace(&self.path, state.to_text().as_bytes())
            .map_err(|source| SignerError::Io { path: self.path.clone(), source })?;
        self.unsure = false;
        self.state = state;
        Ok(())
    }
}

/// The state itself is replaced by a rename, so the lock is a file beside it.
fn lock(path: &Path) -> Result<File, SignerError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let io = |source| SignerError::Io { path: lock_path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&lock_path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SignerError::Busy(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}
