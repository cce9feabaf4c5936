//! Hashes of the tree (RFC 6962 section 2.1, SHA-256) and the head that all proofs are against.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use core::{fmt, str::FromStr};
use thiserror::Error;

/// More entries than this no parser accepts: index arithmetic stays far from the end of `u64`.
pub const TREE_SIZE_MAX: u64 = 1 << 48;

/// A SHA-256 hash of a leaf, a node or a whole tree. Public: comparison need not be constant-time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// A text that is not the base64 of 32 bytes.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("not the base64 of a 32-byte hash")]
pub struct HashParseError;

impl Hash {
    /// The root of the tree without entries: SHA-256 of nothing.
    pub const EMPTY_TREE: Self = Self(tlog_tiles::EMPTY_HASH.0);

    /// From the bytes a database row or a tile holds.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) const fn tlog(self) -> tlog_tiles::Hash {
        tlog_tiles::Hash(self.0)
    }

    pub(crate) const fn from_tlog(hash: tlog_tiles::Hash) -> Self {
        Self(hash.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = HashParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = STANDARD.decode(text).map_err(|_| HashParseError)?;
        Self::from_slice(&bytes).ok_or(HashParseError)
    }
}

/// The hash of a leaf: SHA-256(00 ‖ entry bytes).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash::from_tlog(tlog_tiles::record_hash(entry))
}

/// The hash of a node: SHA-256(01 ‖ left ‖ right).
#[must_use]
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    Hash::from_tlog(tlog_tiles::node_hash(left.tlog(), right.tlog()))
}

/// Size and root of the tree at one moment: what proofs and tiles are authenticated against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of entries.
    pub size: u64,
    /// Root hash over all of them.
    pub root: Hash,
}

impl TreeHead {
    /// The head of the tree without entries.
    pub const EMPTY: Self = Self { size: 0, root: Hash::EMPTY_TREE };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_canonical() {
        let hash = leaf_hash(b"x");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let mut text = hash.to_string();
        text.replace_range(42..43, if &text[42..43] == "A" { "B" } else { "A" });
        assert_ne!(text.parse(), Ok(hash));
        assert_eq!("AAAA".parse::<Hash>(), Err(HashParseError));
        assert_eq!(format!("{hash} ").parse::<Hash>(), Err(HashParseError));
    }
}
