//! The ledger: entries, the Merkle tree over them, signed checkpoints, tiles on disk, receipts and
//! the programs that check all of it from files alone. Formats: C2SP tlog-tiles, tlog-checkpoint,
//! signed-note, tlog-cosignature (Ed25519) and tlog-proof; docs/formats names the revisions.
//!
//! Invariants
//! - The stored bytes of an entry are what is hashed; nothing is ever re-serialised for hashing.
//! - A checkpoint is signed only after consistency with the signer's state was proved, and that
//!   state is on disk before the signature exists ([`Signer`]).
//! - Every hash that is read from tiles is authenticated against a [`TreeHead`] before use.
//! - Foreign bytes ([`Entry::from_bytes`], [`Checkpoint::parse`], [`Receipt::parse`] and the files
//!   of a [`TileDir`]) have limits and never panic.
//!
//! It knows no database and no network; files are touched by [`TileDir`], [`Signer`], the key files
//! and [`verify_dir`] only. Time and randomness are passed in.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test stops at the first surprise"))]

mod checkpoint;
mod commitment;
mod durable;
mod entry;
mod frontier;
mod hash;
mod json;
mod key;
mod origin;
mod proof;
mod receipt;
mod signer;
mod tiles;
mod verify;

pub use checkpoint::{
    CHECKPOINT_BYTES_MAX, Checkpoint, CheckpointError, Cosignature, CosignedBy, SignedCheckpoint,
};
pub use commitment::{Commitment, Opening, commit, opening};
pub use entry::{Actor, ENTRY_BYTES_MAX, Entry, EntryBuilder, EntryError, RecordedActor, SUBJECTS_MAX};
pub use frontier::{Frontier, FrontierError};
pub use hash::{Hash, HashParseError, TREE_SIZE_MAX, TreeHead, leaf_hash, node_hash};
pub use key::{KeyError, SigningKey, VerifyingKey, WitnessKey, WitnessSigningKey};
pub use origin::{Origin, OriginError};
pub use proof::{ConsistencyProof, InclusionProof, PROOF_HASHES_MAX, ProofError};
pub use receipt::{RECEIPT_BYTES_MAX, Receipt, ReceiptError, VerifiedReceipt, WORDS_BYTES_MAX};
pub use signer::{Evidence, Signer, SignerError, SignerState};
pub use tiles::{TILE_WIDTH, TileDir, TileError};
pub use verify::{
    EntriesVerifier, VerifyError, VerifyReport, VerifyWarning, WARNINGS_MAX, verify_dir,
    verify_dir_witnessed, verify_entries,
};

#[cfg(test)]
mod tests;
