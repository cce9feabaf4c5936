//! What a key record is for. The label is hashed into the record's proof, into the derived key and into
//! every partial result: a record cannot be passed off under another one.

use super::curve::Point;
use super::id::{EpochId, Line, NodeId, SiteId};
use base::{Day, Transcript, label};
use thiserror::Error;

/// Which block of a segment a record opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// Rows of a site.
    Rows(SiteId),
    /// One of the 256 buckets of the address index.
    Addresses(u8),
    /// The dictionary that sites of a segment share.
    Dictionary,
    /// Rows of a site as a spool left them after a crash.
    Spool(SiteId),
    /// What officers open in a drill.
    Canary,
}

/// Bytes that name no block.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("kind {kind} with this part is no block")]
pub struct BlockError {
    /// The kind found.
    pub kind: u8,
}

impl Block {
    /// The kind, as it is written.
    #[must_use]
    pub const fn kind(self) -> u8 {
        match self {
            Self::Rows(_) => 1,
            Self::Addresses(_) => 2,
            Self::Dictionary => 3,
            Self::Spool(_) => 5,
            Self::Canary => 6,
        }
    }

    /// The part, as it is written: the site, or the bucket as a 128-bit number, or zeros.
    #[must_use]
    pub fn part(self) -> [u8; 16] {
        match self {
            Self::Rows(site) | Self::Spool(site) => *site.bytes(),
            Self::Addresses(bucket) => u128::from(bucket).to_be_bytes(),
            Self::Dictionary | Self::Canary => [0; 16],
        }
    }

    /// Reads kind and part.
    ///
    /// # Errors
    /// When the kind is not known, or the part is not one that this kind has.
    pub fn parse(kind: u8, part: [u8; 16]) -> Result<Self, BlockError> {
        let block = match kind {
            1 => Self::Rows(SiteId::from_bytes(part)),
            2 => Self::Addresses(part[15]),
            3 => Self::Dictionary,
            5 => Self::Spool(SiteId::from_bytes(part)),
            6 => Self::Canary,
            _ => return Err(BlockError { kind }),
        };
        // A part that the kind does not have would be a second spelling of the same block.
        if block.part() == part { Ok(block) } else { Err(BlockError { kind }) }
    }
}

/// The label of one record, within the line and the epoch of a group key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The day of the segment, in UTC.
    pub day: Day,
    /// The machine that sealed it.
    pub node: NodeId,
    /// The number of the segment within that machine.
    pub seq: u32,
    /// The block of the segment.
    pub block: Block,
}

impl Label {
    /// `L` of CRYPTO section 6.
    pub(crate) fn encode(&self, line: Line, epoch: EpochId, public: &Point) -> Vec<u8> {
        Transcript::new(label::SEAL_LABEL)
            .bytes(line.bytes())
            .bytes(epoch.bytes())
            .bytes(public.bytes())
            .u8(self.block.kind())
            .u32(self.day.number())
            .bytes(self.node.bytes())
            .u32(self.seq)
            .bytes(&self.block.part())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_one_spelling() {
        let site = SiteId::from_bytes([9; 16]);
        let all = [
            (Block::Rows(site), 1),
            (Block::Addresses(0), 2),
            (Block::Addresses(255), 2),
            (Block::Dictionary, 3),
            (Block::Spool(site), 5),
            (Block::Canary, 6),
        ];
        for (block, kind) in all {
            assert_eq!(block.kind(), kind);
            assert_eq!(Block::parse(kind, block.part()), Ok(block));
        }
        assert_eq!(Block::Addresses(7).part()[15], 7);
        let mut high = [0; 16];
        high[14] = 1;
        for (kind, part) in [(2, high), (3, high), (6, [1; 16]), (0, [0; 16]), (4, [0; 16]), (7, [0; 16])] {
            assert_eq!(Block::parse(kind, part), Err(BlockError { kind }));
        }
    }
}
