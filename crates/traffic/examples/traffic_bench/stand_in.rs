//! The officers' seal under a group key made up here. Keys come again for the same name, so that another process can ask.

use crate::Result;
use crate::generator::World;
use base::{Day, SeededRandom};
use keys::seal::{GroupKey, Point};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use traffic::segment::name::{Block, EpochId, Line, NodeId, SegmentName, SiteId};
use traffic::segment::{BlockKey, GroupKeys, RecordBytes, Released, SealError, Segment, SegmentKeys};
use traffic::sites::Sites;

pub struct StandIn(Arc<GroupKey>);

/// The generator of the group, RFC 9496 section 4.3.
const BASE: &str = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";

pub fn name(day: Day) -> SegmentName {
    let (line, epoch) = (Line::from_bytes([1; 32]), EpochId::from_bytes([2; 16]));
    SegmentName { line, epoch, day, node: NodeId::from_bytes([3; 16]), seq: 1 }
}

pub fn site(host: &str) -> SiteId {
    SiteId::from_bytes(Sha256::digest(host)[..16].try_into().expect("16 bytes"))
}

pub fn sites(world: &World) -> Arc<Sites> {
    Arc::new(Sites::new(world.hosts().map(|host| (host, site(host)))))
}

impl StandIn {
    pub fn new() -> Result<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(BASE, &mut bytes)?;
        let name = name(Day::from_number(0));
        Ok(Self(Arc::new(GroupKey::new(name.line, name.epoch, Point::parse(&bytes)?))))
    }

    pub const fn group(&self) -> &Arc<GroupKey> {
        &self.0
    }

    /// The keys of these blocks, as a release has them.
    pub fn release(
        &self,
        released: &mut Released,
        segment: &Segment,
        wanted: impl Fn(Block) -> bool,
    ) -> Result<()> {
        for entry in segment.entries().iter().filter(|entry| wanted(entry.block)) {
            released.insert(*segment.name(), entry.block, self.seal(segment.name(), entry.block)?.1);
        }
        Ok(())
    }
}

impl SegmentKeys for StandIn {
    fn seal(
        &self,
        name: &SegmentName,
        block: Block,
    ) -> std::result::Result<(RecordBytes, BlockKey), SealError> {
        let hash = Sha256::new()
            .chain_update(name.id().bytes())
            .chain_update([block.kind()])
            .chain_update(block.part())
            .finalize();
        let seed = hash.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        GroupKeys::new(Arc::clone(&self.0), Arc::new(SeededRandom::new(seed))).seal(name, block)
    }

    fn group_key(&self) -> [u8; 32] {
        *self.0.public().bytes()
    }
}
