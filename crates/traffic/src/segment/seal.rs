//! Sealing: from gathered rows to a data object and a key object.
//!
//! Threads take sites, the largest first; each is sorted, written as columns, sealed under a key of its own and
//! appended. What lies in memory is what was gathered, and one site's columns per thread. Keys are wiped as soon as
//! their block is sealed: the machine cannot read back what it wrote.

use super::codec::{Malformed, Packer, Unpacker, put_varint};
use super::columns::{ChunkHead, Scratch, put_chunk};
use super::frames::{FrameCipher, Stream, padded_len};
use super::gather::{AgentUse, GatheredSite, Gatherer, ShardAgents, SiteRows, chunks};
use super::index::IndexBuilder;
use super::keys::{RecordBytes, SealError, SegmentKeys};
use super::name::{Block, SegmentName};
use super::object::{
    Entry, KeyObject, Manifest, ManifestSigner, Reason, Record, data_end, data_header, merkle_root, place,
};
use super::row::{Rest, Rows};
use super::strings::{GROUP_STRINGS, put_group};
use crate::hit::Address;
use hashbrown::HashMap;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use thiserror::Error;

/// How to seal.
#[derive(Debug, Clone, Copy)]
pub struct SealOptions {
    /// Threads that sort and compress.
    pub threads: NonZeroUsize,
    /// zstd level: 3 when there is work to catch up with, up to 9 when there is time. 9 saves one part in a hundred.
    pub level: i32,
    /// Why.
    pub reason: Reason,
    /// SHA-256 of the node's manifest before this one.
    pub previous: [u8; 32],
    /// Whether it bears the month's canary.
    pub canary: Canary,
}

/// Whether a segment has a block that officers open in a drill: it holds the segment's id and no traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canary {
    /// It has.
    With,
    /// It has not.
    Without,
}

/// Why a segment could not be sealed. The gathered rows are gone then; the spool still has them.
#[derive(Debug, Error)]
pub enum SealingError {
    /// The segment has another day than the rows.
    #[error("the segment is of another day than its rows")]
    Day,
    /// No group key.
    #[error(transparent)]
    Keys(#[from] SealError),
    /// The data object could not be written.
    #[error("the data object could not be written: {0}")]
    Write(#[from] io::Error),
    /// A block beyond 4 GiB.
    #[error("a block is longer than the format allows")]
    TooLong,
    /// Rows that were packed in memory did not unpack: memory is damaged.
    #[error("rows in memory are damaged: {0}")]
    Memory(#[from] Malformed),
}

/// A sealed segment: its data object was written, its key object is here.
#[derive(Debug)]
pub struct Sealed {
    /// Bytes of the key object.
    pub key_object: Vec<u8>,
    /// What the node states.
    pub manifest: Manifest,
    /// Rows.
    pub rows: u64,
    /// Sites, the shared one of unregistered hosts among them.
    pub sites: usize,
}

/// Seals what was gathered. `data` gets the data object; making it durable is the caller's part.
///
/// # Errors
/// See [`SealingError`]; a data object that was begun is then to be thrown away.
pub fn seal(
    gathered: Gatherer,
    name: &SegmentName,
    keys: &dyn SegmentKeys,
    signer: &dyn ManifestSigner,
    options: SealOptions,
    data: &mut (dyn Write + Send),
) -> Result<Sealed, SealingError> {
    if gathered.day() != name.day {
        return Err(SealingError::Day);
    }
    let (sites, agents) = gathered.finish();
    let rows = sites.iter().map(|site| site.rows.len() as u64).sum();
    let agents = Agents::new(agents);
    let output = Output::begin(name, keys, data)?;
    let index = Mutex::new(IndexBuilder::new(name.id()));
    let site_count = sites.len();
    let mut queue: Vec<(u32, GatheredSite)> = (0..).zip(sites).collect();
    queue.sort_by_key(|(_, site)| site.rows.len());
    let queue = Mutex::new(queue);
    std::thread::scope(|scope| {
        let work = || seal_sites(&queue, &agents, &index, &output, options.level);
        let threads: Vec<_> = (1..options.threads.get()).map(|_| scope.spawn(work)).collect();
        let mine = work();
        let theirs =
            threads.into_iter().map(|thread| thread.join().expect("a sealing thread does not panic"));
        theirs.fold(mine, Result::and)
    })?;
    let mut packer = Packer::new(options.level);
    let (head, body) = agents.dictionary(&mut packer);
    output.put(Block::Dictionary, body, head)?;
    let index = index.into_inner().unwrap_or_else(PoisonError::into_inner);
    let buckets = index.finish(&mut packer);
    // All equally long: see the index's invariant.
    let longest = buckets.iter().map(Vec::len).max().unwrap_or(0);
    for (number, mut bucket) in (0..=u8::MAX).zip(buckets) {
        bucket.resize(padded_len(longest), 0);
        output.put(Block::Addresses(number), bucket, Vec::new())?;
    }
    if options.canary == Canary::With {
        output.put(Block::Canary, name.id().bytes().to_vec(), Vec::new())?;
    }
    let (key_object, manifest) = output.end(signer, options)?;
    Ok(Sealed { key_object, manifest, rows, sites: site_count })
}

fn seal_sites(
    queue: &Mutex<Vec<(u32, GatheredSite)>>,
    agents: &Agents,
    index: &Mutex<IndexBuilder>,
    output: &Output<'_>,
    level: i32,
) -> Result<(), SealingError> {
    let mut writer = SiteWriter::new(level);
    loop {
        let next = lock(queue).pop();
        let Some((number, site)) = next else { return Ok(()) };
        let id = site.id;
        let (body, head) = writer.write(site, agents)?;
        lock(index).add(number, &writer.addresses);
        if let Err(error) = output.put(Block::Rows(id), body, head) {
            lock(queue).clear();
            return Err(error);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The browser ids of a segment: those that sites share, and where each shard's numbers lead.
struct Agents {
    shards: Vec<ShardAgents>,
    /// Sorted.
    shared: Vec<Vec<u8>>,
    /// Per shard and number the place among the shared ones; [`OWN`] for those that stay with their site.
    places: Vec<Vec<u32>>,
}

const OWN: u32 = u32::MAX;

impl Agents {
    fn new(shards: Vec<ShardAgents>) -> Self {
        let mut uses: HashMap<&[u8], AgentUse> = HashMap::new();
        for shard in &shards {
            for (number, used) in shard.uses.iter().enumerate() {
                uses.entry(shard.agents.string(number as u32)).or_default().merge(used);
            }
        }
        let mut shared: Vec<Vec<u8>> =
            uses.iter().filter(|(_, used)| used.is_common()).map(|(agent, _)| agent.to_vec()).collect();
        shared.sort_unstable();
        // One group: whoever opens any site of the segment reads all of it.
        shared.truncate(GROUP_STRINGS);
        drop(uses);
        let place = |agent: &[u8]| {
            shared.binary_search_by(|other| other.as_slice().cmp(agent)).map_or(OWN, |place| place as u32)
        };
        let places = shards
            .iter()
            .map(|shard| {
                (0..shard.agents.len() as u32).map(|number| place(shard.agents.string(number))).collect()
            })
            .collect();
        Self { shards, shared, places }
    }

    /// Head and body of the shared dictionary's block.
    fn dictionary(&self, packer: &mut Packer) -> (Vec<u8>, Vec<u8>) {
        let (mut head, mut body) = (Vec::new(), Vec::new());
        let shared: Vec<&[u8]> = self.shared.iter().map(Vec::as_slice).collect();
        put_strings(packer, &shared, &mut head, &mut body);
        (head, body)
    }
}

/// Writes count and groups into the head, the strings into the body.
fn put_strings(packer: &mut Packer, strings: &[&[u8]], head: &mut Vec<u8>, body: &mut Vec<u8>) {
    put_varint(head, strings.len() as u64);
    for group in strings.chunks(GROUP_STRINGS) {
        put_group(packer, body, group).put(head);
    }
}

/// Writes sites, with buffers that are used again.
struct SiteWriter {
    packer: Packer,
    unpacker: Unpacker,
    scratch: Scratch,
    addresses: Vec<Address>,
}

impl SiteWriter {
    fn new(level: i32) -> Self {
        let packer = Packer::new(level);
        Self { packer, unpacker: Unpacker::default(), scratch: Scratch::default(), addresses: Vec::new() }
    }

    /// Body and head of a site's block; its addresses are left in `addresses`.
    fn write(&mut self, mut site: GatheredSite, agents: &Agents) -> Result<(Vec<u8>, Vec<u8>), SealingError> {
        self.addresses.clear();
        let rows: &mut SiteRows = &mut site.rows;
        let (count, shortened, beyond) = (rows.len(), rows.shortened, rows.beyond);
        let mut body = Vec::new();
        let mut path_head = Vec::new();
        let mut paths = core::mem::take(&mut rows.paths);
        let (sorted, path_places) = paths.sorted();
        put_strings(&mut self.packer, &sorted, &mut path_head, &mut body);
        drop(sorted);
        let shard = &agents.shards[site.shard];
        let mut numbers = agents.places[site.shard].clone();
        let mut own: Vec<u32> = Vec::new();
        let (mut heads, mut chunk_bytes) = (Vec::new(), Vec::new());
        while let Some(mut stretch) = rows.next_stretch(&mut self.unpacker)? {
            number_own(&stretch, shard, agents.shared.len(), &mut numbers, &mut own);
            stretch.renumber(|rest| {
                Rest::new(rest.second(), numbers[rest.agent() as usize], path_places[rest.path() as usize])
            });
            self.note_addresses(&stretch);
            let mut next = chunks(&stretch);
            while let Some((v4, v6)) = next() {
                heads.push(put_chunk(&mut self.packer, &mut self.scratch, &mut chunk_bytes, v4, v6));
            }
        }
        let mut head = Vec::new();
        let (first, last) = seconds(&heads);
        for number in [count as u64, u64::from(first), u64::from(last), shortened, beyond] {
            put_varint(&mut head, number);
        }
        head.extend_from_slice(&path_head);
        put_varint(&mut head, agents.shared.len() as u64);
        let own: Vec<&[u8]> = own.iter().map(|number| shard.agents.string(*number)).collect();
        put_strings(&mut self.packer, &own, &mut head, &mut body);
        put_varint(&mut head, heads.len() as u64);
        heads.iter().for_each(|chunk| chunk.put(&mut head));
        body.append(&mut chunk_bytes);
        Ok((body, head))
    }

    fn note_addresses(&mut self, rows: &Rows) {
        let mut before = None;
        for (address, _) in rows.iter() {
            if before != Some(address) {
                self.addresses.push(Address::from_bits(address));
                before = Some(address);
            }
        }
    }
}

/// Numbers the browser ids that stay with the site, after the shared ones: sorted within each stretch.
fn number_own(rows: &Rows, shard: &ShardAgents, shared: usize, numbers: &mut [u32], own: &mut Vec<u32>) {
    let mut new = Vec::new();
    for (_, rest) in rows.iter() {
        let number = &mut numbers[rest.agent() as usize];
        if *number == OWN {
            // Marked, so that it is noted once; its number follows below.
            *number = OWN - 1;
            new.push(rest.agent());
        }
    }
    new.sort_unstable_by_key(|number| shard.agents.string(*number));
    for agent in new {
        numbers[agent as usize] = (shared + own.len()) as u32;
        own.push(agent);
    }
}

fn seconds(heads: &[ChunkHead]) -> (u32, u32) {
    let first = heads.iter().map(|head| head.seconds.0).min().unwrap_or(0);
    (first, heads.iter().map(|head| head.seconds.1).max().unwrap_or(0))
}

/// The data object being written, and the key records.
struct Output<'a> {
    name: &'a SegmentName,
    keys: &'a dyn SegmentKeys,
    state: Mutex<OutputState<'a>>,
}

struct OutputState<'a> {
    data: &'a mut (dyn Write + Send),
    hash: Sha256,
    at: u64,
    blocks: Vec<(Entry, Box<RecordBytes>)>,
}

impl OutputState<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.data.write_all(bytes)?;
        self.hash.update(bytes);
        self.at += bytes.len() as u64;
        Ok(())
    }
}

impl<'a> Output<'a> {
    fn begin(
        name: &'a SegmentName,
        keys: &'a dyn SegmentKeys,
        data: &'a mut (dyn Write + Send),
    ) -> io::Result<Self> {
        let mut state = OutputState { data, hash: Sha256::new(), at: 0, blocks: Vec::new() };
        state.write(&data_header(name.id()))?;
        Ok(Self { name, keys, state: Mutex::new(state) })
    }

    /// Pads, seals and appends a block.
    fn put(&self, block: Block, mut body: Vec<u8>, mut head: Vec<u8>) -> Result<(), SealingError> {
        body.resize(padded_len(body.len()), 0);
        head.resize(padded_len(head.len()), 0);
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| SealingError::TooLong);
        let (rows, statistics) = (length(&body)?, length(&head)?);
        let (record, key) = self.keys.seal(self.name, block)?;
        let cipher = FrameCipher::new(&key, self.name.id(), block);
        drop(key);
        let mut sealed = Vec::new();
        cipher.seal(Stream::Rows, &body, &mut sealed);
        cipher.seal(Stream::Statistics, &head, &mut sealed);
        let mut state = lock(&self.state);
        let offset = state.at;
        state.write(&sealed)?;
        state.blocks.push((Entry { block, offset, rows, statistics }, Box::new(record)));
        Ok(())
    }

    fn end(
        self,
        signer: &dyn ManifestSigner,
        options: SealOptions,
    ) -> Result<(Vec<u8>, Manifest), SealingError> {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = core::mem::take(&mut state.blocks);
        blocks.sort_unstable_by_key(|(entry, _)| place(entry.block));
        let (entries, records): (Vec<Entry>, Vec<Record>) =
            blocks.into_iter().map(|(entry, record)| (entry, Record::Present(record))).unzip();
        state.write(&data_end(&entries))?;
        state.data.flush()?;
        let manifest = Manifest {
            name: *self.name,
            group_key: self.keys.group_key(),
            previous: options.previous,
            data_hash: state.hash.finalize().into(),
            data_bytes: state.at,
            records: records.len() as u32,
            root: merkle_root(&records),
            reason: options.reason,
        };
        let signed = manifest.bytes();
        let signature = signer.sign(&signed);
        let object = KeyObject { name: *self.name, records, manifest: signed, signature };
        Ok((object.bytes(), manifest))
    }
}
