//! What segments, their blocks and the parties are called. Names are random or hashed and tell nothing by
//! themselves; they print as hexadecimal.

use base::{Day, Transcript, label};
use core::fmt;
use sha2::{Digest, Sha256};
use thiserror::Error;

macro_rules! fixed_id {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

fixed_id!(
    /// The line of ceremonies that the group keys stand in.
    Line, 32);
fixed_id!(
    /// A share epoch: one month with a group key of its own.
    EpochId, 16);
fixed_id!(
    /// A machine that seals.
    NodeId, 16);
fixed_id!(
    /// A site, as it is named in segments: random, its domain stands elsewhere.
    SiteId, 16);
fixed_id!(
    /// A segment: the hash of its name.
    SegmentId, 32);

impl SiteId {
    /// Hosts that are not registered share this one: the Host header is the client's choice, and a block for
    /// each would let anyone fill the disk with keys.
    pub const UNREGISTERED: Self = Self([0xff; 16]);
}

/// Which block of a segment.
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
    kind: u8,
}

impl Block {
    /// The kind, as it is written (CRYPTO section 6).
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
            Self::Rows(site) | Self::Spool(site) => site.0,
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
            1 => Self::Rows(SiteId(part)),
            2 => Self::Addresses(part[15]),
            3 => Self::Dictionary,
            5 => Self::Spool(SiteId(part)),
            6 => Self::Canary,
            _ => return Err(BlockError { kind }),
        };
        // A part that the kind does not have would be a second spelling of the same block.
        if block.part() == part { Ok(block) } else { Err(BlockError { kind }) }
    }
}

/// The name of a segment: one node and day, numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentName {
    /// The line of ceremonies.
    pub line: Line,
    /// The share epoch whose group key seals it.
    pub epoch: EpochId,
    /// The day of its rows, in UTC.
    pub day: Day,
    /// The machine that sealed it.
    pub node: NodeId,
    /// Its number on that machine; never used twice.
    pub seq: u32,
}

impl SegmentName {
    /// The id: bound into every frame.
    #[must_use]
    pub fn id(&self) -> SegmentId {
        let name = Transcript::new(label::SEGMENT_ID)
            .bytes(&self.line.0)
            .bytes(&self.epoch.0)
            .u32(self.day.number())
            .bytes(&self.node.0)
            .u32(self.seq);
        SegmentId(Sha256::digest(name.finish()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_one_spelling() {
        let site = SiteId([9; 16]);
        let blocks =
            [Block::Rows(site), Block::Addresses(255), Block::Dictionary, Block::Spool(site), Block::Canary];
        for block in blocks {
            assert_eq!(Block::parse(block.kind(), block.part()), Ok(block));
        }
        let mut high = [0; 16];
        high[14] = 1;
        for (kind, part) in [(2, high), (3, high), (6, [1; 16]), (0, [0; 16]), (4, [0; 16])] {
            assert_eq!(Block::parse(kind, part), Err(BlockError { kind }));
        }
    }

    #[test]
    fn every_part_of_the_name_changes_the_id() {
        let name = SegmentName {
            line: Line([1; 32]),
            epoch: EpochId([2; 16]),
            day: Day::from_number(20_000),
            node: NodeId([3; 16]),
            seq: 4,
        };
        let others = [
            SegmentName { line: Line([0; 32]), ..name },
            SegmentName { epoch: EpochId([0; 16]), ..name },
            SegmentName { day: Day::from_number(0), ..name },
            SegmentName { node: NodeId([0; 16]), ..name },
            SegmentName { seq: 0, ..name },
        ];
        for other in others {
            assert_ne!(other.id(), name.id());
        }
    }
}
