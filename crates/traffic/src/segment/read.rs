//! Reading a sealed segment with released keys, frame by frame: no more is decrypted than is asked for.

use super::codec::{Malformed, Reader, Unpacker, malformed};
use super::columns::{ChunkHead, ChunkReader};
use super::frames::{FRAME_BYTES, FrameCipher, FrameError, Place, Stream, TAG_BYTES, frames, sealed_len};
use super::index::Bucket;
use super::keys::{BlockKey, ReleasedKeys};
use super::name::{Block, SegmentName, SiteId};
use super::object::{self, DATA_BYTES_MIN, Entry, FOOTER_BYTES, HEADER_BYTES, ObjectError};
use super::row::PATH_BITS;
use super::spooled::SpooledRows;
use super::strings::{GROUP_STRINGS, Group, Strings, read_group};
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use thiserror::Error;

/// Bytes that can be read at any place: a file, an object in a store, memory.
pub trait ReadAt: Send + Sync {
    /// How many bytes there are.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn len(&self) -> io::Result<u64>;

    /// Whether there is none.
    ///
    /// # Errors
    /// As for [`ReadAt::len`].
    fn is_empty(&self) -> io::Result<bool> {
        self.len().map(|length| length == 0)
    }

    /// Fills the buffer from a place on.
    ///
    /// # Errors
    /// When it ends before, or cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl ReadAt for std::fs::File {
    fn len(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
    }
}

impl ReadAt for Vec<u8> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.as_slice().len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = self.get(from..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// Why a segment cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The store or the disk.
    #[error("the segment cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The file around the blocks.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// A frame of this block.
    #[error("{block:?}: {source}")]
    Frame {
        /// Which block.
        block: Block,
        /// What it says.
        source: FrameError,
    },
    /// What was sealed is not what the format says.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The release does not reach there.
    #[error("{block:?} is not in the scope of the release")]
    OutOfScope {
        /// Which block.
        block: Block,
    },
}

/// A data object that was opened; still sealed.
pub struct Segment {
    name: SegmentName,
    source: Arc<dyn ReadAt>,
    entries: Vec<Entry>,
    sites: Vec<(SiteId, Entry)>,
    /// Used again and again: making one costs more than reading a small dictionary.
    unpackers: Mutex<Vec<Unpacker>>,
}

impl core::fmt::Debug for Segment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Segment({:?}, {} blocks)", self.name, self.entries.len())
    }
}

impl Segment {
    /// Opens a data object, which must be the one of this name.
    ///
    /// # Errors
    /// When it is another one, truncated or damaged, as far as that shows without a key.
    pub fn open(name: SegmentName, source: Arc<dyn ReadAt>) -> Result<Self, ReadError> {
        let length = source.len()?;
        if length < DATA_BYTES_MIN {
            return Err(ObjectError::Length.into());
        }
        let mut header = [0; HEADER_BYTES];
        source.read_at(0, &mut header)?;
        object::read_header(&header, name.id())?;
        let mut footer = [0; FOOTER_BYTES];
        source.read_at(length - FOOTER_BYTES as u64, &mut footer)?;
        let directory_len = object::directory_len(&footer)?;
        let from = length.checked_sub((directory_len + FOOTER_BYTES) as u64).ok_or(ObjectError::Length)?;
        let mut directory = vec![0; directory_len];
        source.read_at(from, &mut directory)?;
        let entries = object::read_directory(&directory, &footer, length)?;
        let sites = object::sites(&entries).map(|(site, entry)| (site, *entry)).collect();
        Ok(Self { name, source, entries, sites, unpackers: Mutex::default() })
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &SegmentName {
        &self.name
    }

    /// Its blocks, in the order of the key object's records.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Its sites with their blocks, in the order in which the address index counts them.
    #[must_use]
    pub fn sites(&self) -> &[(SiteId, Entry)] {
        &self.sites
    }

    /// The sites whose rows a spool left after a crash.
    pub fn spooled_sites(&self) -> impl Iterator<Item = (SiteId, &Entry)> {
        object::spooled_sites(&self.entries)
    }

    /// Whether it is what a spool left: no index, no shared dictionary.
    #[must_use]
    pub fn is_spool(&self) -> bool {
        !self.entries.is_empty() && self.spooled_sites().count() == self.entries.len()
    }

    fn unpack<T>(&self, work: impl FnOnce(&mut Unpacker) -> T) -> T {
        let idle = || self.unpackers.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let mut unpacker = taken.unwrap_or_default();
        let done = work(&mut unpacker);
        idle().push(unpacker);
        done
    }

    fn block(&self, block: Block, key: &BlockKey) -> Result<BlockReader<'_>, ReadError> {
        let place = object::find(&self.entries, block).ok_or(ObjectError::Damaged("a block is missing"))?;
        let entry = self.entries[place];
        let cipher = FrameCipher::new(key, self.name.id(), block);
        let frames = (0..frames(entry.rows as usize)).map(|_| OnceLock::new()).collect();
        Ok(BlockReader { segment: self, entry, cipher, frames })
    }

    /// A bucket of the address index; `None` when its key was not released, or a spool left the segment.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn bucket(&self, keys: &dyn ReleasedKeys, number: u8) -> Result<Option<Bucket>, ReadError> {
        let block = Block::Addresses(number);
        if self.is_spool() {
            return Ok(None);
        }
        let Some(key) = keys.key(&self.name, block) else { return Ok(None) };
        let plain = self.block(block, &key)?.whole(Stream::Rows)?;
        Ok(Some(self.unpack(|unpacker| Bucket::read(unpacker, &plain))?))
    }

    /// The browser ids that sites share.
    ///
    /// # Errors
    /// When it cannot be read, or its key was not released with the rest.
    pub fn shared_agents(&self, keys: &dyn ReleasedKeys) -> Result<Arc<Strings>, ReadError> {
        let block = Block::Dictionary;
        if self.is_spool() {
            return Ok(Arc::default());
        }
        let key = keys.key(&self.name, block).ok_or(ReadError::OutOfScope { block })?;
        let reader = self.block(block, &key)?;
        let head = reader.whole(Stream::Statistics)?;
        let mut head = Reader::new(&head);
        let count = head.limited(GROUP_STRINGS, "shared browser ids")?;
        let mut strings = Strings::default();
        if count > 0 {
            let group = Group::read(&mut head)?;
            let stored = reader.range(0, group.length())?;
            self.unpack(|unpacker| read_group(unpacker, group, &stored, count, &mut strings))?;
        }
        Ok(Arc::new(strings))
    }

    /// Opens the canary: the drill's proof that officers and node have one group key. `None` when the segment has
    /// none, or its key was not released.
    ///
    /// # Errors
    /// When it does not hold what it should.
    pub fn canary(&self, keys: &dyn ReleasedKeys) -> Result<Option<()>, ReadError> {
        let block = Block::Canary;
        if object::find(&self.entries, block).is_none() {
            return Ok(None);
        }
        let Some(key) = keys.key(&self.name, block) else { return Ok(None) };
        let plain = self.block(block, &key)?.whole(Stream::Rows)?;
        let (id, zeros) = plain.split_at_checked(32).ok_or(malformed("the canary"))?;
        if id != self.name.id().bytes() || zeros.iter().any(|byte| *byte != 0) {
            return Err(malformed("the canary").into());
        }
        Ok(Some(()))
    }

    /// What a spool left of a site.
    ///
    /// # Errors
    /// When there is nothing of it.
    pub(crate) fn spooled(&self, site: SiteId, key: &BlockKey) -> Result<SpoolReader<'_>, ReadError> {
        let block = Block::Spool(site);
        let place = object::find(&self.entries, block).ok_or(ObjectError::Damaged("a block is missing"))?;
        let cipher = FrameCipher::new(key, self.name.id(), block);
        Ok(SpoolReader { segment: self, entry: self.entries[place], cipher, at: 0, index: 0 })
    }

    /// A site's block, its head read.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn site(&self, site: SiteId, key: &BlockKey) -> Result<SiteReader<'_>, ReadError> {
        let block = self.block(Block::Rows(site), key)?;
        let head = block.whole(Stream::Statistics)?;
        SiteReader::new(site, block, &head)
    }
}

/// The frames that a spool left of a site, one after the other. The last flag of a stream is never there: how
/// much there was to be, nobody knows.
pub(crate) struct SpoolReader<'s> {
    segment: &'s Segment,
    entry: Entry,
    cipher: FrameCipher,
    at: u64,
    index: usize,
}

impl SpoolReader<'_> {
    /// Reads the next frame's rows.
    pub fn next(&mut self, unpacker: &mut Unpacker, rows: &mut SpooledRows) -> Result<Next, ReadError> {
        let left = self.entry.length().saturating_sub(self.at);
        if left == 0 {
            return Ok(Next::End);
        }
        let mut length = [0; 4];
        if left < length.len() as u64 {
            return Err(malformed("a frame of a spool").into());
        }
        self.segment.source.read_at(self.entry.offset + self.at, &mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > FRAME_BYTES + TAG_BYTES || length as u64 > left - 4 {
            return Err(malformed("a frame of a spool").into());
        }
        let mut sealed = vec![0; length];
        self.segment.source.read_at(self.entry.offset + self.at + 4, &mut sealed)?;
        let opened = self.cipher.open(Stream::Rows, self.index, Place::Before, &mut sealed);
        let plain = opened.map_err(|source| ReadError::Frame { block: self.entry.block, source })?;
        rows.read(unpacker, plain)?;
        self.at += 4 + length as u64;
        self.index += 1;
        Ok(Next::Rows)
    }
}

/// Whether there was another frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// There was.
    Rows,
    /// All were read.
    End,
}

/// A block being read. Frames that were opened stay until it is dropped.
struct BlockReader<'s> {
    segment: &'s Segment,
    entry: Entry,
    cipher: FrameCipher,
    frames: Vec<OnceLock<Box<[u8]>>>,
}

impl BlockReader<'_> {
    fn frame(&self, stream: Stream, index: usize) -> Result<Vec<u8>, ReadError> {
        let (padded, before) = match stream {
            Stream::Rows => (self.entry.rows as usize, 0),
            Stream::Statistics => (self.entry.statistics as usize, sealed_len(self.entry.rows as usize)),
        };
        let last = frames(padded) - 1;
        let length = padded.saturating_sub(index * FRAME_BYTES).min(FRAME_BYTES) + TAG_BYTES;
        let mut sealed = vec![0; length];
        let offset = self.entry.offset + (before + index * (FRAME_BYTES + TAG_BYTES)) as u64;
        self.segment.source.read_at(offset, &mut sealed)?;
        let place = if index == last { Place::Last } else { Place::Before };
        let opened = self.cipher.open(stream, index, place, &mut sealed);
        let length = opened.map_err(|source| ReadError::Frame { block: self.entry.block, source })?.len();
        sealed.truncate(length);
        Ok(sealed)
    }

    fn whole(&self, stream: Stream) -> Result<Vec<u8>, ReadError> {
        let padded = match stream {
            Stream::Rows => self.entry.rows,
            Stream::Statistics => self.entry.statistics,
        } as usize;
        let mut all = Vec::with_capacity(padded);
        for index in 0..frames(padded) {
            all.extend_from_slice(&self.frame(stream, index)?);
        }
        Ok(all)
    }

    /// Bytes of the rows, opening the frames they lie in.
    fn range(&self, from: usize, length: usize) -> Result<Vec<u8>, ReadError> {
        let end = from.checked_add(length).filter(|end| *end <= self.entry.rows as usize);
        let end = end.ok_or(malformed("a piece lies outside its block"))?;
        let mut out = Vec::with_capacity(length);
        let mut at = from;
        while at < end {
            let index = at / FRAME_BYTES;
            let frame = match self.frames[index].get() {
                Some(frame) => frame,
                None => {
                    let frame = self.frame(Stream::Rows, index)?.into_boxed_slice();
                    self.frames[index].get_or_init(|| frame)
                }
            };
            let until = end.min((index + 1) * FRAME_BYTES);
            out.extend_from_slice(&frame[at - index * FRAME_BYTES..until - index * FRAME_BYTES]);
            at = until;
        }
        Ok(out)
    }
}

/// The strings of a site, group by group as they are needed.
struct SiteStrings {
    count: usize,
    groups: Vec<(Group, usize)>,
    read: Vec<OnceLock<Strings>>,
}

impl SiteStrings {
    fn new(head: &mut Reader<'_>, body: &mut usize) -> Result<Self, Malformed> {
        let count = head.limited(1 << PATH_BITS, "strings of a site")?;
        let mut groups = Vec::new();
        for _ in 0..count.div_ceil(GROUP_STRINGS) {
            let group = Group::read(head)?;
            groups.push((group, *body));
            *body = body.checked_add(group.length()).ok_or(malformed("a dictionary"))?;
        }
        let read = groups.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { count, groups, read })
    }

    fn group(&self, block: &BlockReader<'_>, number: usize) -> Result<&Strings, ReadError> {
        let cell = self.read.get(number).ok_or(malformed("a string"))?;
        if let Some(strings) = cell.get() {
            return Ok(strings);
        }
        let (group, from) = self.groups[number];
        let count = (self.count - number * GROUP_STRINGS).min(GROUP_STRINGS);
        let mut strings = Strings::default();
        let stored = block.range(from, group.length())?;
        block.segment.unpack(|unpacker| read_group(unpacker, group, &stored, count, &mut strings))?;
        Ok(cell.get_or_init(|| strings))
    }
}

/// A site's block: what is known before its rows are read, and the way to them.
pub(crate) struct SiteReader<'s> {
    pub site: SiteId,
    /// First and last second that occurs.
    pub seconds: (u32, u32),
    pub chunks: Vec<ChunkHead>,
    block: BlockReader<'s>,
    /// Where each chunk begins.
    offsets: Vec<usize>,
    paths: SiteStrings,
    agents: SiteStrings,
    /// How many browser ids come from the shared dictionary.
    shared: usize,
    /// Which paths a scan asks about, once somebody found out.
    pub matching: Mutex<Option<Arc<Vec<bool>>>>,
}

impl<'s> SiteReader<'s> {
    fn new(site: SiteId, block: BlockReader<'s>, head: &[u8]) -> Result<Self, ReadError> {
        let mut head = Reader::new(head);
        let rows = head.limited(u32::MAX as usize, "rows of a site")?;
        let first = head.limited(u32::MAX as usize, "a second")? as u32;
        let last = head.limited(u32::MAX as usize, "a second")? as u32;
        let (_shortened, _beyond) = (head.varint()?, head.varint()?);
        let mut body = 0;
        let paths = SiteStrings::new(&mut head, &mut body)?;
        let shared = head.limited(GROUP_STRINGS, "shared browser ids")?;
        let agents = SiteStrings::new(&mut head, &mut body)?;
        let count = head.limited(rows, "chunks of a site")?;
        let (mut chunks, mut offsets) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let chunk = ChunkHead::read(&mut head)?;
            offsets.push(body);
            body = body.checked_add(chunk.length()).ok_or(malformed("a chunk"))?;
            chunks.push(chunk);
        }
        if chunks.iter().map(|chunk| chunk.rows).sum::<usize>() != rows {
            return Err(malformed("rows of a site").into());
        }
        let matching = Mutex::new(None);
        Ok(Self { site, seconds: (first, last), chunks, block, offsets, paths, agents, shared, matching })
    }

    /// The stored bytes of a chunk.
    pub fn chunk_bytes(&self, number: usize) -> Result<Vec<u8>, ReadError> {
        self.block.range(self.offsets[number], self.chunks[number].length())
    }

    /// A path; for [`SiteId::UNREGISTERED`] host, space, path.
    pub fn path(&self, number: u32) -> Result<&[u8], ReadError> {
        self.string(&self.paths, number as usize)
    }

    /// A browser id.
    pub fn agent<'a>(&'a self, shared: &'a Strings, number: u32) -> Result<&'a [u8], ReadError> {
        let number = number as usize;
        match number.checked_sub(self.shared) {
            Some(own) => self.string(&self.agents, own),
            None => Ok(shared.at(number).ok_or(malformed("a browser id"))?),
        }
    }

    fn string<'a>(&'a self, strings: &'a SiteStrings, number: usize) -> Result<&'a [u8], ReadError> {
        let group = strings.group(&self.block, number / GROUP_STRINGS)?;
        Ok(group.at(number % GROUP_STRINGS).ok_or(malformed("a string"))?)
    }

    /// For each path whether it is asked about; found out once for all chunks.
    pub fn matching_paths(
        &self,
        mark: impl Fn(&Strings, &mut Vec<bool>),
    ) -> Result<Arc<Vec<bool>>, ReadError> {
        let mut known = self.matching.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known {
            return Ok(Arc::clone(known));
        }
        let mut all = Vec::with_capacity(self.paths.count.min(1 << 20));
        for number in 0..self.paths.groups.len() {
            mark(self.paths.group(&self.block, number)?, &mut all);
        }
        let all = Arc::new(all);
        *known = Some(Arc::clone(&all));
        Ok(all)
    }

    /// For each browser id whether it is asked about.
    pub fn matching_agents(
        &self,
        shared: &Strings,
        is: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<bool>, ReadError> {
        let mut all: Vec<bool> = shared.iter().take(self.shared).map(&is).collect();
        for number in 0..self.agents.groups.len() {
            all.extend(self.agents.group(&self.block, number)?.iter().map(&is));
        }
        Ok(all)
    }

    /// The rows of a chunk as columns.
    pub fn chunk<'a>(&'a self, number: usize, stored: &'a [u8]) -> ChunkReader<'a> {
        ChunkReader { head: &self.chunks[number], stored }
    }
}
