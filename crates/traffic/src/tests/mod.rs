//! The whole way: lines in, sealed, released, found again; and what must fail.

mod damage;
mod disk;
mod faults;
mod generator;
mod golden;
mod kill;
mod leak;
mod officers;
mod round_trip;
mod ship;
mod spool;

use crate::import::{Counts, Import};
use crate::parse::{DefaultHost, Format, LineParser};
use crate::segment::name::{Block, EpochId, Line, NodeId, SegmentName, SiteId};
use crate::segment::{
    BlockKey, Canary, Gatherer, GroupKeys, KeyObject, Limits, ManifestSigner, Reason, RecordBytes,
    ReleasedKeys, SealError, SealOptions, Sealed, Segment, SegmentKeys, seal,
};
use crate::sites::Sites;
use ::keys::seal::{GroupKey, Point};
use base::{Day, SeededRandom};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

/// Stands in for the officers: a group key whose secret is one, and keys that come again for the same name. For tests alone.
pub struct StandIn;

/// The generator of the group, RFC 9496 section 4.3.
const BASE: &str = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";

static GROUP: LazyLock<Arc<GroupKey>> = LazyLock::new(|| {
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&BASE[2 * index..2 * index + 2], 16).expect("digits");
    }
    let public = Point::parse(&bytes).expect("a point");
    Arc::new(GroupKey::new(Line::from_bytes([1; 32]), EpochId::from_bytes([2; 16]), public))
});

fn stand_in(name: &SegmentName, block: Block) -> (RecordBytes, BlockKey) {
    let hash = Sha256::new()
        .chain_update(name.id().bytes())
        .chain_update([block.kind()])
        .chain_update(block.part())
        .finalize();
    let seed = u64::from_be_bytes(hash[..8].try_into().expect("eight bytes"));
    let keys = GroupKeys::new(Arc::clone(&GROUP), Arc::new(SeededRandom::new(seed)));
    keys.seal(name, block).expect("of this group")
}

impl SegmentKeys for StandIn {
    fn seal(&self, name: &SegmentName, block: Block) -> Result<(RecordBytes, BlockKey), SealError> {
        Ok(stand_in(name, block))
    }

    fn group_key(&self) -> [u8; 32] {
        *GROUP.public().bytes()
    }
}

impl ManifestSigner for StandIn {
    fn sign(&self, manifest: &[u8]) -> Vec<u8> {
        Sha256::digest(manifest).to_vec()
    }
}

/// What a release opens: these kinds of blocks, and these sites or all.
pub struct Release {
    pub sites: Option<BTreeSet<SiteId>>,
    pub index: bool,
}

impl Release {
    pub const ALL: Self = Self { sites: None, index: true };
}

impl ReleasedKeys for Release {
    fn key(&self, name: &SegmentName, block: Block) -> Option<BlockKey> {
        let open = match block {
            Block::Rows(site) | Block::Spool(site) => {
                self.sites.as_ref().is_none_or(|sites| sites.contains(&site))
            }
            Block::Addresses(_) => self.index,
            Block::Dictionary => true,
            Block::Canary => false,
        };
        open.then(|| stand_in(name, block).1)
    }
}

pub fn site_id(number: usize) -> SiteId {
    let mut bytes = [0u8; 16];
    bytes[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    SiteId::from_bytes(bytes)
}

pub fn name(day: Day) -> SegmentName {
    SegmentName {
        line: Line::from_bytes([1; 32]),
        epoch: EpochId::from_bytes([2; 16]),
        day,
        node: NodeId::from_bytes([3; 16]),
        seq: 1,
    }
}

pub fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).expect("not zero")
}

pub fn import(
    log: &[u8],
    format: Format,
    sites: &Arc<Sites>,
    limits: Limits,
    count: usize,
) -> (Vec<Gatherer>, Counts) {
    let import = Import {
        parser: LineParser::new(format, DefaultHost::none()),
        sites: Arc::clone(sites),
        limits,
        threads: threads(count),
    };
    let mut days = Vec::new();
    let counts = import.run(log, &mut |day| -> Result<(), Infallible> {
        days.push(day);
        Ok(())
    });
    (days, counts.expect("imports"))
}

/// A sealed segment in memory.
pub struct Made {
    pub data: Vec<u8>,
    pub sealed: Sealed,
    pub name: SegmentName,
}

impl Made {
    pub fn open(&self) -> Segment {
        Segment::open(self.name, Arc::new(self.data.clone())).expect("opens")
    }

    pub fn keys(&self) -> KeyObject {
        KeyObject::parse(&self.sealed.key_object).expect("a key object")
    }
}

pub fn seal_day(day: Gatherer, count: usize) -> Made {
    let name = name(day.day());
    let mut data = Vec::new();
    let options = SealOptions {
        threads: threads(count),
        level: 3,
        reason: Reason::Day,
        previous: [0; 32],
        canary: Canary::Without,
    };
    let sealed = seal(day, &name, &StandIn, &StandIn, options, &mut data).expect("seals");
    Made { data, sealed, name }
}
