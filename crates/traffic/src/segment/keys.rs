//! How keys come in and go out. A machine that seals has a group key ([`GroupKeys`]) and nothing that opens; whoever
//! reads has what officers released ([`Released`]) and nothing that seals.

use super::name::{Block, SegmentName};
use base::Random;
use core::fmt;
pub use keys::seal::BlockKey;
use keys::seal::{GroupKey, RECORD_BYTES, Record};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use thiserror::Error;

/// A block cannot be sealed.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum SealError {
    /// The segment is named after another line or epoch than the group key's.
    #[error("the segment is of another line or epoch than the group key")]
    OtherEpoch,
}

/// The bytes of a key record.
pub type RecordBytes = [u8; RECORD_BYTES];

/// Makes keys of blocks.
pub trait SegmentKeys: Sync {
    /// A new key, and the record that gives it back to the officers.
    ///
    /// # Errors
    /// When there is no group key for the segment's epoch.
    fn seal(&self, name: &SegmentName, block: Block) -> Result<(RecordBytes, BlockKey), SealError>;

    /// The group key that seals, for the manifest.
    fn group_key(&self) -> [u8; 32];
}

/// Keys that officers released.
pub trait ReleasedKeys: Sync {
    /// The key of a block; none when it is not in the scope of the release.
    fn key(&self, name: &SegmentName, block: Block) -> Option<BlockKey>;
}

/// Seals under the group key of an epoch, as a chain of group documents gives it
/// ([`Chain::sealing`](keys::seal::Chain::sealing)).
pub struct GroupKeys {
    key: Arc<GroupKey>,
    random: Arc<dyn Random>,
}

impl fmt::Debug for GroupKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupKeys({:?})", self.key)
    }
}

impl GroupKeys {
    /// Seals under this key.
    #[must_use]
    pub const fn new(key: Arc<GroupKey>, random: Arc<dyn Random>) -> Self {
        Self { key, random }
    }

    /// The group key.
    #[must_use]
    pub const fn key(&self) -> &Arc<GroupKey> {
        &self.key
    }
}

impl SegmentKeys for GroupKeys {
    fn seal(&self, name: &SegmentName, block: Block) -> Result<(RecordBytes, BlockKey), SealError> {
        // The label takes line and epoch from the group key; a segment of another name would open for nobody.
        if (name.line, name.epoch) != (self.key.line(), self.key.epoch()) {
            return Err(SealError::OtherEpoch);
        }
        let (record, key): (Record, BlockKey) = self.key.seal(&name.label(block), &*self.random);
        Ok((record.bytes(), key))
    }

    fn group_key(&self) -> [u8; 32] {
        *self.key.public().bytes()
    }
}

/// What a release combined, block by block. The keys are wiped when it is dropped.
#[derive(Default)]
pub struct Released {
    keys: HashMap<(SegmentName, Block), BlockKey>,
}

impl fmt::Debug for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Released({} keys withheld)", self.keys.len())
    }
}

impl Released {
    /// Adds the key of a block.
    pub fn insert(&mut self, name: SegmentName, block: Block, key: BlockKey) {
        self.keys.insert((name, block), key);
    }

    /// The segments of which it opens something, by day, machine and number.
    #[must_use]
    pub fn segments(&self) -> Vec<SegmentName> {
        let names: HashSet<SegmentName> = self.keys.keys().map(|(name, _)| *name).collect();
        let mut names: Vec<SegmentName> = names.into_iter().collect();
        names.sort_unstable_by_key(|name| (name.day, name.node, name.seq));
        names
    }

    /// How many blocks it opens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether it opens nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl ReleasedKeys for Released {
    fn key(&self, name: &SegmentName, block: Block) -> Option<BlockKey> {
        self.keys.get(&(*name, block)).cloned()
    }
}
