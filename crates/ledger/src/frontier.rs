//! The frontier: the roots of the perfect subtrees that make up a tree, largest first. It is all
//! the sequencer needs to add an entry and to know the root, and is stored with the ledger's head.
//!
//! Invariant: there are exactly as many hashes as the size has one-bits, so at most 64.

use crate::hash::{Hash, TREE_SIZE_MAX, TreeHead, node_hash};
use thiserror::Error;

/// Stored bytes that are not a frontier.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum FrontierError {
    /// The number of bytes does not belong to the size that they state.
    #[error("the stored frontier has a wrong length")]
    Length,
    /// The tree is larger than any this program makes.
    #[error("the tree is larger than supported")]
    Size,
}

/// The right edge of a tree. See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the tree without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, hashes: Vec::new() }
    }

    /// Number of entries.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes, largest subtree first.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Adds a leaf and returns the index that its entry has got.
    ///
    /// # Panics
    /// At 2^48 entries, which no ledger reaches.
    pub fn push(&mut self, leaf: Hash) -> u64 {
        assert!(self.size < TREE_SIZE_MAX, "a ledger stays below 2^48 entries");
        let index = self.size;
        let mut hash = leaf;
        // Each trailing one-bit is a perfect subtree of the same height, which this leaf completes.
        for _ in 0..index.trailing_ones() {
            let left = self.hashes.pop().expect("one hash for each one-bit of the size");
            hash = node_hash(left, hash);
        }
        self.hashes.push(hash);
        self.size += 1;
        index
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut hashes = self.hashes.iter().rev();
        let Some(&last) = hashes.next() else { return Hash::EMPTY_TREE };
        hashes.fold(last, |right, &left| node_hash(left, right))
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// As stored: the size (u64, big-endian) and the hashes, largest subtree first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + 32 * self.hashes.len());
        bytes.extend_from_slice(&self.size.to_be_bytes());
        for hash in &self.hashes {
            bytes.extend_from_slice(hash.as_bytes());
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes have another length than their size asks for, or the size is not supported.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, rest) = bytes.split_first_chunk::<8>().ok_or(FrontierError::Length)?;
        let size = u64::from_be_bytes(*size);
        if size > TREE_SIZE_MAX {
            return Err(FrontierError::Size);
        }
        let (chunks, remainder) = rest.as_chunks::<32>();
        if !remainder.is_empty() || chunks.len() != size.count_ones() as usize {
            return Err(FrontierError::Length);
        }
        Ok(Self { size, hashes: chunks.iter().copied().map(Hash::from_bytes).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    #[test]
    fn bytes_round_trip_and_other_lengths_are_refused() {
        let mut frontier = Frontier::new();
        for i in 0..70u64 {
            assert_eq!(frontier.push(leaf_hash(&i.to_be_bytes())), i);
            let bytes = frontier.to_bytes();
            assert_eq!(Frontier::from_bytes(&bytes), Ok(frontier.clone()));
            assert_eq!(Frontier::from_bytes(&bytes[..bytes.len() - 1]), Err(FrontierError::Length));
            assert_eq!(Frontier::from_bytes(&[&bytes[..], &[0; 32]].concat()), Err(FrontierError::Length));
        }
        assert_eq!(Frontier::from_bytes(&[]), Err(FrontierError::Length));
        assert_eq!(Frontier::from_bytes(&[0xff; 8]), Err(FrontierError::Size));
    }
}
