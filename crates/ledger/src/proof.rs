//! Proofs of RFC 6962 section 2.1: that an entry is in a tree, and that one tree begins another.

use crate::hash::{Hash, TREE_SIZE_MAX, TreeHead};
use thiserror::Error;

/// Most hashes in a proof: the height of the tallest tree there can be, twice for consistency.
pub const PROOF_HASHES_MAX: usize = 64;

/// Why a proof proves nothing.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum ProofError {
    /// The index is not in the tree, or the older tree is the larger.
    #[error("the proof is about a place that the tree does not have")]
    Range,
    /// More hashes than any proof needs.
    #[error("the proof has too many hashes")]
    TooLong,
    /// It does not lead to the root.
    #[error("the proof does not lead to the root")]
    Wrong,
}

/// That a tree holds a leaf at an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The index of the entry.
    pub index: u64,
    /// The size of the tree.
    pub size: u64,
    /// From the leaf's sibling up to the root's child.
    pub hashes: Vec<Hash>,
}

impl InclusionProof {
    /// Checks the proof for a leaf against a root.
    ///
    /// # Errors
    /// When it does not prove that.
    pub fn verify(&self, leaf: Hash, root: Hash) -> Result<(), ProofError> {
        if self.size > TREE_SIZE_MAX || self.index >= self.size {
            return Err(ProofError::Range);
        }
        let hashes = tlog(&self.hashes)?;
        tlog_tiles::check_record(&hashes, self.size, root.tlog(), self.index, leaf.tlog())
            .map_err(|_| ProofError::Wrong)
    }
}

/// That the tree of the larger size begins with the tree of the smaller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The size of the older tree.
    pub old_size: u64,
    /// The size of the newer tree.
    pub new_size: u64,
    /// The hashes of RFC 6962 section 2.1.2; none when the sizes are equal or the older is 0.
    pub hashes: Vec<Hash>,
}

impl ConsistencyProof {
    /// Checks the proof against both roots.
    ///
    /// # Errors
    /// When it does not prove that.
    pub fn verify(&self, old_root: Hash, new_root: Hash) -> Result<(), ProofError> {
        if self.new_size > TREE_SIZE_MAX || self.old_size > self.new_size {
            return Err(ProofError::Range);
        }
        let hashes = tlog(&self.hashes)?;
        if self.old_size == 0 {
            // Every tree begins with the tree without entries; the library does not define this case.
            let fine = hashes.is_empty()
                && old_root == TreeHead::EMPTY.root
                && (self.new_size > 0 || new_root == TreeHead::EMPTY.root);
            return if fine { Ok(()) } else { Err(ProofError::Wrong) };
        }
        tlog_tiles::check_tree(&hashes, self.new_size, new_root.tlog(), self.old_size, old_root.tlog())
            .map_err(|_| ProofError::Wrong)
    }
}

fn tlog(hashes: &[Hash]) -> Result<Vec<tlog_tiles::Hash>, ProofError> {
    if hashes.len() > PROOF_HASHES_MAX {
        return Err(ProofError::TooLong);
    }
    Ok(hashes.iter().map(|hash| hash.tlog()).collect())
}
