//! How keys come in and go out: this crate knows nothing of curves, shares and officers.

use super::name::{Block, SegmentName};
use core::fmt;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The key of one block: wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct BlockKey([u8; 32]);

impl BlockKey {
    /// From the bytes that the seal gave.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockKey([withheld])")
    }
}

/// A block cannot be sealed.
#[derive(Debug, Error)]
#[error("the block cannot be sealed: {why}")]
pub struct SealError {
    /// What the seal said; nothing secret.
    pub why: String,
}

/// Makes keys of blocks. A machine that seals has this and nothing that opens again.
pub trait SegmentKeys: Sync {
    /// A new key, and the record that gives it back to the officers. All records of one seal have one length.
    ///
    /// # Errors
    /// When there is no group key for the segment's epoch.
    fn seal(&self, name: &SegmentName, block: Block) -> Result<(Vec<u8>, BlockKey), SealError>;

    /// The group key that seals, for the manifest.
    fn group_key(&self) -> [u8; 32];
}

/// Keys that officers released.
pub trait ReleasedKeys: Sync {
    /// The key of a block; none when it is not in the scope of the release.
    fn key(&self, name: &SegmentName, block: Block) -> Option<BlockKey>;
}
