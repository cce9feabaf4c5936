//! What segments, their blocks and the parties are called. Names are random or hashed and tell nothing by
//! themselves; they print as hexadecimal.

use base::{Day, Transcript, label};
use core::fmt;
use keys::seal::Label;
pub use keys::seal::{Block, EpochId, Line, NodeId, SiteId};
use sha2::{Digest, Sha256};

/// A segment: the hash of its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentId([u8; 32]);

impl SegmentId {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SegmentId({self})")
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
            .bytes(self.line.bytes())
            .bytes(self.epoch.bytes())
            .u32(self.day.number())
            .bytes(self.node.bytes())
            .u32(self.seq);
        SegmentId(Sha256::digest(name.finish()).into())
    }

    /// The label of one of its blocks: what its key record is bound to.
    #[must_use]
    pub const fn label(&self, block: Block) -> Label {
        Label { day: self.day, node: self.node, seq: self.seq, block }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_name_changes_the_id() {
        let name = SegmentName {
            line: Line::from_bytes([1; 32]),
            epoch: EpochId::from_bytes([2; 16]),
            day: Day::from_number(20_000),
            node: NodeId::from_bytes([3; 16]),
            seq: 4,
        };
        let others = [
            SegmentName { line: Line::from_bytes([0; 32]), ..name },
            SegmentName { epoch: EpochId::from_bytes([0; 16]), ..name },
            SegmentName { day: Day::from_number(0), ..name },
            SegmentName { node: NodeId::from_bytes([0; 16]), ..name },
            SegmentName { seq: 0, ..name },
        ];
        for other in others {
            assert_ne!(other.id(), name.id());
        }
    }
}
