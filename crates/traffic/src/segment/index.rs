//! The address index: which sites an address touched, in 256 buckets of which each has a key of its own.
//!
//! A bucket is chosen by a hash of segment and network (/24, /48), so one network is in one bucket, and a release
//! for one address opens 1/256 of a day's addresses. All buckets are there and all are equally long: from the
//! outside none tells whether it is empty.

use super::codec::{
    Malformed, Packer, Piece, Reader, Unpacker, malformed, planes32, planes128, put_planes, put_varint,
};
use super::name::SegmentId;
use crate::hit::Address;
use base::{Transcript, label};
use hashbrown::HashMap;
use sha2::{Digest, Sha256};

/// Buckets of a segment.
pub const BUCKETS: usize = 256;
/// Pairs of address and site that are kept: beyond it the index says that it is incomplete, and scans look at
/// every site. Memory is the reason: whoever has a /48 can come from a new address with each request.
const PAIRS_MAX: usize = 6_000_000;
/// Sites in a segment; bounds what is read.
const SITES_MAX: usize = 1 << 22;

/// The network whose hash chooses the bucket: /24 or /48.
fn network(address: Address) -> u128 {
    match address.as_v4() {
        Some(_) => address.bits() & !0xff,
        None => address.bits() & !((1 << 80) - 1),
    }
}

/// The bucket of an address.
#[must_use]
pub fn bucket(segment: SegmentId, address: Address) -> u8 {
    let text =
        Transcript::new(label::SEGMENT_BUCKET).bytes(segment.bytes()).bytes(&network(address).to_be_bytes());
    Sha256::digest(text.finish())[0]
}

/// The index while sites are sealed. Sites may come in any order.
pub struct IndexBuilder {
    segment: SegmentId,
    v4: Vec<Vec<u64>>,
    v6: Vec<Vec<(u128, u32)>>,
    known: HashMap<u128, u8>,
    pairs: usize,
    completeness: Completeness,
}

impl IndexBuilder {
    pub fn new(segment: SegmentId) -> Self {
        let v4 = vec![Vec::new(); BUCKETS];
        Self {
            segment,
            v4,
            v6: vec![Vec::new(); BUCKETS],
            known: HashMap::new(),
            pairs: 0,
            completeness: Completeness::Complete,
        }
    }

    /// Notes the addresses that one site saw.
    pub fn add(&mut self, site: u32, addresses: &[Address]) {
        if self.pairs + addresses.len() > PAIRS_MAX {
            self.completeness = Completeness::Incomplete;
            return;
        }
        self.pairs += addresses.len();
        for address in addresses {
            let network = network(*address);
            let bucket =
                *self.known.entry(network).or_insert_with(|| bucket(self.segment, *address)) as usize;
            match address.as_v4() {
                Some(bits) => self.v4[bucket].push(u64::from(bits) << 32 | u64::from(site)),
                None => self.v6[bucket].push((address.bits(), site)),
            }
        }
    }

    /// The plaintext of each bucket.
    pub fn finish(mut self, packer: &mut Packer) -> Vec<Vec<u8>> {
        let completeness = self.completeness;
        let lists = self.v4.iter_mut().zip(&mut self.v6);
        lists
            .map(|(v4, v6)| {
                v4.sort_unstable();
                v6.sort_unstable();
                v4.dedup();
                v6.dedup();
                put_bucket(packer, completeness, v4, v6)
            })
            .collect()
    }
}

fn put_bucket(packer: &mut Packer, completeness: Completeness, v4: &[u64], v6: &[(u128, u32)]) -> Vec<u8> {
    let (mut steps4, mut all6, mut counts, mut sites) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut put = |list: &mut dyn Iterator<Item = u32>| {
        let (mut count, mut before) = (0, 0);
        for site in list {
            put_varint(&mut sites, u64::from(site - before));
            (count, before) = (count + 1, site);
        }
        put_varint(&mut counts, count);
    };
    let mut before = 0;
    for group in v4.chunk_by(|a, b| a >> 32 == b >> 32) {
        let bits = (group[0] >> 32) as u32;
        steps4.push(bits - before);
        before = bits;
        put(&mut group.iter().map(|pair| *pair as u32));
    }
    for group in v6.chunk_by(|a, b| a.0 == b.0) {
        all6.push(group[0].0);
        put(&mut group.iter().map(|pair| pair.1));
    }
    let (mut planes4, mut planes6) = (Vec::new(), Vec::new());
    put_planes(&mut planes4, 4, steps4.iter().map(|step| u128::from(*step)));
    put_planes(&mut planes6, 16, all6.iter().copied());
    let mut body = Vec::new();
    let pieces = [&planes4, &planes6, &counts, &sites].map(|plain| packer.put(&mut body, plain));
    let mut out = vec![completeness as u8];
    put_varint(&mut out, steps4.len() as u64);
    put_varint(&mut out, all6.len() as u64);
    pieces.iter().for_each(|piece| piece.put(&mut out));
    put_varint(&mut out, sites.len() as u64);
    out.extend_from_slice(&body);
    out
}

/// A bucket that was opened. It does not print.
pub struct Bucket {
    /// Whether every address of the segment that belongs here is here.
    pub completeness: Completeness,
    addresses: Vec<Address>,
    /// Where the sites of each address end.
    ends: Vec<u32>,
    sites: Vec<u32>,
}

/// Whether a bucket answers "no" for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// What is not here was not there.
    Complete = 0,
    /// There were more addresses than the index holds.
    Incomplete = 1,
}

impl Bucket {
    /// Reads a bucket; what follows its end is padding.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn read(unpacker: &mut Unpacker, plain: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(plain);
        let completeness = match reader.array::<1>()? {
            [0] => Completeness::Complete,
            [1] => Completeness::Incomplete,
            _ => return Err(malformed("a bucket")),
        };
        let count4 = reader.limited(PAIRS_MAX, "addresses of a bucket")?;
        let count6 = reader.limited(PAIRS_MAX, "addresses of a bucket")?;
        let mut pieces = [Piece::default(); 4];
        for piece in &mut pieces {
            *piece = Piece::read(&mut reader)?;
        }
        let sites_bytes = reader.limited(PAIRS_MAX * 4, "sites of a bucket")?;
        let mut plain = [(); 4].map(|()| Vec::new());
        let max = [count4 * 4, count6 * 16, (count4 + count6) * 4, sites_bytes];
        for ((piece, max), out) in pieces.iter().zip(max).zip(&mut plain) {
            unpacker.read(*piece, reader.take(piece.length)?, max, out)?;
        }
        let [planes4, planes6, counts, list] = plain;
        if planes4.len() != count4 * 4 || planes6.len() != count6 * 16 {
            return Err(malformed("addresses of a bucket"));
        }
        let mut addresses = Vec::with_capacity(count4 + count6);
        let mut bits = 0u32;
        for step in planes32(&planes4, count4) {
            bits = bits.wrapping_add(step);
            addresses.push(Address::v4(bits));
        }
        addresses.extend(planes128(&planes6, count6).into_iter().map(Address::from_bits));
        let (mut ends, mut sites) = (Vec::with_capacity(addresses.len()), Vec::new());
        let (mut counts, mut list) = (Reader::new(&counts), Reader::new(&list));
        for _ in 0..addresses.len() {
            let mut site = 0;
            for _ in 0..counts.limited(list.len(), "sites of an address")? {
                site += list.limited(SITES_MAX - site, "a site")?;
                sites.push(site as u32);
            }
            ends.push(sites.len() as u32);
        }
        Ok(Self { completeness, addresses, ends, sites })
    }

    /// The places of the sites that saw an address of which this is true, without order, some of them twice.
    pub fn sites(&self, mut is: impl FnMut(Address) -> bool) -> Vec<u32> {
        let mut found = Vec::new();
        for (index, address) in self.addresses.iter().enumerate() {
            if is(*address) {
                let from = if index == 0 { 0 } else { self.ends[index - 1] };
                found.extend_from_slice(&self.sites[from as usize..self.ends[index] as usize]);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn address() -> impl Strategy<Value = Address> {
        prop_oneof![
            (0u32..5000).prop_map(|n| Address::v4(n * 77)),
            (1u128..50).prop_map(|n| Address::from_bits(n << 70))
        ]
    }

    proptest! {
        #[test]
        fn every_pair_is_found_in_its_bucket(pairs in proptest::collection::vec((0u32..30, address()), 0..200)) {
            let id = SegmentId::from_bytes([7; 32]);
            let mut index = IndexBuilder::new(id);
            for (site, address) in &pairs {
                index.add(*site, &[*address]);
            }
            let buckets = index.finish(&mut Packer::new(3));
            prop_assert_eq!(buckets.len(), BUCKETS);
            for (_, address) in &pairs {
                let mut plain = buckets[bucket(id, *address) as usize].clone();
                plain.extend_from_slice(&[0; 9]);
                let read = Bucket::read(&mut Unpacker::default(), &plain).expect("reads");
                prop_assert_eq!(read.completeness, Completeness::Complete);
                let mut expected: Vec<u32> = pairs.iter().filter(|pair| pair.1 == *address).map(|pair| pair.0).collect();
                expected.sort_unstable();
                expected.dedup();
                prop_assert_eq!(read.sites(|other| other == *address), expected);
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Bucket::read(&mut Unpacker::default(), &bytes);
        }
    }

    #[test]
    fn a_network_has_one_bucket() {
        let id = SegmentId::from_bytes([7; 32]);
        assert_eq!(bucket(id, Address::v4(0xc000_0201)), bucket(id, Address::v4(0xc000_02ff)));
        assert_eq!(
            bucket(id, Address::from_bits(1 << 127 | 1)),
            bucket(id, Address::from_bits(1 << 127 | 1 << 79))
        );
        let buckets: std::collections::BTreeSet<u8> =
            (0..2_000).map(|n| bucket(id, Address::v4(n << 8))).collect();
        assert!(buckets.len() > 250);
    }
}
