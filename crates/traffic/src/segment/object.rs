//! The two objects of a segment as files: the data object's frame of header, directory and footer, and the key object
//! with its manifest. Nothing in them is encrypted here; they name sites, days and sizes and nothing else.

use super::frames::{TAG_BYTES, sealed_len};
use super::keys::RecordBytes;
use super::name::{Block, EpochId, Line, NodeId, SegmentId, SegmentName, SiteId};
use base::{Day, Transcript, label, lp};
use keys::seal::{RECORD_BYTES, RecordError};
use sha2::{Digest, Sha256};
use thiserror::Error;

const DATA_MAGIC: [u8; 8] = *b"WBDATA\0\x01";
const KEYS_MAGIC: [u8; 8] = *b"WBKEYS\0\x01";
/// Where the first block of a data object begins.
pub const HEADER_BYTES: usize = 8 + 32;
/// The end of a data object.
pub const FOOTER_BYTES: usize = 4 + 32 + 8;
/// Fields of a manifest, its label among them.
const MANIFEST_FIELDS: usize = 14;
const ENTRY_BYTES: usize = 1 + 16 + 8 + 4 + 4;
/// Blocks of a segment at most: sites of one machine, the index, the dictionary.
pub const BLOCKS_MAX: usize = 1_000_000;

/// An object that cannot be read. It never says what is inside.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum ObjectError {
    /// Not such a file, or of another version.
    #[error("this is no object of the traffic log, or one of a newer version")]
    Magic,
    /// Shorter or longer than it says.
    #[error("the object is truncated, or something was added to it")]
    Length,
    /// A byte was changed.
    #[error("the object is damaged: {0}")]
    Damaged(&'static str),
    /// The object is of another segment than its name.
    #[error("the object is of another segment than its name says")]
    OtherSegment,
}

/// Where a block lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which block.
    pub block: Block,
    /// Its first byte in the data object.
    pub offset: u64,
    /// Padded length of its rows; of rows from a spool the length of its frames as they are stored.
    pub rows: u32,
    /// Padded length of its statistics, which follow the rows. Rows from a spool have none.
    pub statistics: u32,
}

impl Entry {
    /// Bytes of the block in the data object.
    #[must_use]
    pub const fn length(&self) -> u64 {
        if matches!(self.block, Block::Spool(_)) {
            return self.rows as u64;
        }
        (sealed_len(self.rows as usize) + sealed_len(self.statistics as usize)) as u64
    }
}

/// The header of a data object.
pub fn data_header(id: SegmentId) -> Vec<u8> {
    [&DATA_MAGIC[..], id.bytes()].concat()
}

/// Directory and footer.
pub fn data_end(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * ENTRY_BYTES + FOOTER_BYTES);
    for entry in entries {
        out.push(entry.block.kind());
        out.extend_from_slice(&entry.block.part());
        out.extend_from_slice(&entry.offset.to_be_bytes());
        out.extend_from_slice(&entry.rows.to_be_bytes());
        out.extend_from_slice(&entry.statistics.to_be_bytes());
    }
    let sum = Sha256::digest(&out);
    out.extend_from_slice(&(entries.len() as u32).to_be_bytes());
    out.extend_from_slice(&sum);
    out.extend_from_slice(&DATA_MAGIC);
    out
}

/// Reads the header.
///
/// # Errors
/// When it is not that of this segment's data object.
pub fn read_header(header: &[u8; HEADER_BYTES], id: SegmentId) -> Result<(), ObjectError> {
    let named = header.strip_prefix(&DATA_MAGIC).ok_or(ObjectError::Magic)?;
    if named == id.bytes() { Ok(()) } else { Err(ObjectError::OtherSegment) }
}

/// Length of the directory, from the footer.
///
/// # Errors
/// When the file does not end as a data object does.
pub fn directory_len(footer: &[u8; FOOTER_BYTES]) -> Result<usize, ObjectError> {
    // Files grow from the front: without its end it was cut off, whatever it is.
    footer.strip_suffix(&DATA_MAGIC).ok_or(ObjectError::Length)?;
    let count = footer.first_chunk().map_or(0, |count| u32::from_be_bytes(*count)) as usize;
    if count > BLOCKS_MAX {
        Err(ObjectError::Damaged("its directory is too long"))
    } else {
        Ok(count * ENTRY_BYTES)
    }
}

/// Reads the directory. The sum finds damage, not malice: that is the manifest's and the frames' matter.
///
/// # Errors
/// When it is damaged, or blocks overlap, leave gaps or are out of order.
pub fn read_directory(
    directory: &[u8],
    footer: &[u8; FOOTER_BYTES],
    object_len: u64,
) -> Result<Vec<Entry>, ObjectError> {
    if Sha256::digest(directory)[..] != footer[4..36] {
        return Err(ObjectError::Damaged("its directory"));
    }
    let entries: Option<Vec<Entry>> = directory.chunks_exact(ENTRY_BYTES).map(read_entry).collect();
    let entries = entries.ok_or(ObjectError::Damaged("its directory"))?;
    if !entries.is_sorted_by(|a, b| place(a.block) < place(b.block)) {
        return Err(ObjectError::Damaged("the order of its directory"));
    }
    let mut by_offset: Vec<&Entry> = entries.iter().collect();
    by_offset.sort_unstable_by_key(|entry| entry.offset);
    let mut at = HEADER_BYTES as u64;
    for entry in by_offset {
        if entry.offset != at {
            return Err(ObjectError::Damaged("its blocks do not adjoin"));
        }
        at += entry.length();
    }
    if at + (directory.len() + FOOTER_BYTES) as u64 == object_len {
        Ok(entries)
    } else {
        Err(ObjectError::Length)
    }
}

/// The order of blocks in directory and key object.
pub fn place(block: Block) -> (u8, [u8; 16]) {
    (block.kind(), block.part())
}

fn read_entry(bytes: &[u8]) -> Option<Entry> {
    let (kind, rest) = bytes.split_first()?;
    let (part, rest) = rest.split_first_chunk::<16>()?;
    let (offset, rest) = rest.split_first_chunk::<8>()?;
    let (rows, statistics) = rest.split_first_chunk::<4>()?;
    let entry = Entry {
        block: Block::parse(*kind, *part).ok()?,
        offset: u64::from_be_bytes(*offset),
        rows: u32::from_be_bytes(*rows),
        statistics: u32::from_be_bytes(statistics.try_into().ok()?),
    };
    (entry.statistics == 0 || !matches!(entry.block, Block::Spool(_))).then_some(entry)
}

/// Why a segment was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its day ended, or a log of it was imported.
    Day = 0,
    /// An incident on the running day.
    Now = 1,
    /// A spool was left by a crash.
    Crash = 2,
}

/// Signs manifests with the node's own key.
pub trait ManifestSigner: Sync {
    /// The signature over these bytes.
    fn sign(&self, manifest: &[u8]) -> Vec<u8>;
}

/// What a node states about a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    /// Which segment.
    pub name: SegmentName,
    /// The group key that sealed it.
    pub group_key: [u8; 32],
    /// SHA-256 of the node's manifest before this one; zeros for its first.
    pub previous: [u8; 32],
    /// SHA-256 of the data object.
    pub data_hash: [u8; 32],
    /// Length of the data object.
    pub data_bytes: u64,
    /// Number of key records.
    pub records: u32,
    /// RFC 6962 root over the key records.
    pub root: [u8; 32],
    /// Why it was sealed.
    pub reason: Reason,
}

impl Manifest {
    /// The bytes that are signed and hashed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        Transcript::new(label::SEGMENT_MANIFEST)
            .bytes(self.name.id().bytes())
            .bytes(self.name.line.bytes())
            .bytes(self.name.epoch.bytes())
            .bytes(&self.group_key)
            .u32(self.name.day.number())
            .bytes(self.name.node.bytes())
            .u32(self.name.seq)
            .bytes(&self.previous)
            .bytes(&self.data_hash)
            .u64(self.data_bytes)
            .u32(self.records)
            .bytes(&self.root)
            .u8(self.reason as u8)
            .finish()
    }

    /// Reads what [`Manifest::bytes`] wrote; there is one spelling.
    ///
    /// # Errors
    /// When the bytes are no manifest.
    pub fn parse(bytes: &[u8]) -> Result<Self, ObjectError> {
        Self::read(bytes).ok_or(ObjectError::Damaged("its manifest"))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut fields: Vec<&[u8]> = Vec::with_capacity(MANIFEST_FIELDS);
        for _ in 0..MANIFEST_FIELDS {
            let length = u32::from_be_bytes(array(&mut rest).ok()?) as usize;
            fields.push(take(&mut rest, length).ok()?);
        }
        let number = |at: usize| fields[at].try_into().ok().map(u32::from_be_bytes);
        let manifest = Self {
            name: SegmentName {
                line: Line::from_bytes(fields[2].try_into().ok()?),
                epoch: EpochId::from_bytes(fields[3].try_into().ok()?),
                day: Day::from_number(number(5)?),
                node: NodeId::from_bytes(fields[6].try_into().ok()?),
                seq: number(7)?,
            },
            group_key: fields[4].try_into().ok()?,
            previous: fields[8].try_into().ok()?,
            data_hash: fields[9].try_into().ok()?,
            data_bytes: u64::from_be_bytes(fields[10].try_into().ok()?),
            records: number(11)?,
            root: fields[12].try_into().ok()?,
            reason: match fields[13] {
                [0] => Reason::Day,
                [1] => Reason::Now,
                [2] => Reason::Crash,
                _ => return None,
            },
        };
        // Written again it must be the same: that holds label, id, lengths and the end.
        (manifest.bytes() == bytes).then_some(manifest)
    }

    /// SHA-256 of those bytes: the next manifest's `previous`.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.bytes()).into()
    }
}

/// A place of the key object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// What opens the block for the officers.
    Present(Box<RecordBytes>),
    /// It was destroyed; its leaf hash stays, so that the root still checks.
    Destroyed([u8; 32]),
}

impl Record {
    fn leaf(&self) -> [u8; 32] {
        match self {
            Self::Present(record) => {
                Sha256::new().chain_update([0]).chain_update(&record[..]).finalize().into()
            }
            Self::Destroyed(leaf) => *leaf,
        }
    }
}

/// RFC 6962 section 2.1.
#[must_use]
pub fn merkle_root(records: &[Record]) -> [u8; 32] {
    let mut level: Vec<[u8; 32]> = records.iter().map(Record::leaf).collect();
    if level.is_empty() {
        return Sha256::digest([]).into();
    }
    // Pairs from the left with the odd one carried up make the same tree as splitting at powers of two.
    while level.len() > 1 {
        level = level.chunks(2).map(parent).collect();
    }
    level[0]
}

fn parent(pair: &[[u8; 32]]) -> [u8; 32] {
    match pair {
        [left, right] => {
            Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
        }
        _ => pair[0],
    }
}

/// A key object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyObject {
    /// Which segment.
    pub name: SegmentName,
    /// One for each block, in the order of the data object's directory.
    pub records: Vec<Record>,
    /// The manifest as it was signed.
    pub manifest: Vec<u8>,
    /// The node's signature.
    pub signature: Vec<u8>,
}

impl KeyObject {
    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = KEYS_MAGIC.to_vec();
        out.extend_from_slice(self.name.line.bytes());
        out.extend_from_slice(self.name.epoch.bytes());
        out.extend_from_slice(&self.name.day.number().to_be_bytes());
        out.extend_from_slice(self.name.node.bytes());
        out.extend_from_slice(&self.name.seq.to_be_bytes());
        out.extend_from_slice(&(RECORD_BYTES as u16).to_be_bytes());
        out.extend_from_slice(&(self.records.len() as u32).to_be_bytes());
        for record in &self.records {
            match record {
                Record::Present(record) => {
                    out.push(1);
                    out.extend_from_slice(&record[..]);
                }
                Record::Destroyed(leaf) => {
                    out.push(0);
                    out.extend_from_slice(leaf);
                }
            }
        }
        lp(&mut out, &self.manifest);
        lp(&mut out, &self.signature);
        out
    }

    /// Reads a key object and checks that its records are those of its manifest.
    ///
    /// # Errors
    /// When it is not one, cut off, or changed.
    pub fn parse(bytes: &[u8]) -> Result<Self, ObjectError> {
        let mut rest = bytes.strip_prefix(&KEYS_MAGIC).ok_or(ObjectError::Magic)?;
        let name = SegmentName {
            line: Line::from_bytes(array(&mut rest)?),
            epoch: EpochId::from_bytes(array(&mut rest)?),
            day: Day::from_number(u32::from_be_bytes(array(&mut rest)?)),
            node: NodeId::from_bytes(array(&mut rest)?),
            seq: u32::from_be_bytes(array(&mut rest)?),
        };
        let record_bytes = u16::from_be_bytes(array(&mut rest)?);
        let count = u32::from_be_bytes(array(&mut rest)?) as usize;
        if usize::from(record_bytes) != RECORD_BYTES || count > BLOCKS_MAX {
            return Err(ObjectError::Damaged("its lengths"));
        }
        let mut records = Vec::with_capacity(count.min(rest.len() / 33));
        for _ in 0..count {
            records.push(match array::<1>(&mut rest)? {
                [1] => Record::Present(Box::new(array(&mut rest)?)),
                [0] => Record::Destroyed(array(&mut rest)?),
                _ => return Err(ObjectError::Damaged("a record")),
            });
        }
        let length = |rest: &mut &[u8]| array(rest).map(|length| u32::from_be_bytes(length) as usize);
        let manifest_len = length(&mut rest)?;
        let manifest = take(&mut rest, manifest_len)?.to_vec();
        let signature_len = length(&mut rest)?;
        let signature = take(&mut rest, signature_len)?.to_vec();
        if !rest.is_empty() {
            return Err(ObjectError::Length);
        }
        let object = Self { name, records, manifest, signature };
        object.check_manifest().map(|()| object)
    }

    /// What the node stated: read back from the bytes it signed. That it names this segment, and that its root is
    /// that of the records, was checked when the object was parsed; whose signature it bears is for whoever knows
    /// the nodes' keys ([`super::verify_manifest`]).
    ///
    /// # Errors
    /// When the bytes are no manifest of this segment.
    pub fn stated(&self) -> Result<Manifest, ObjectError> {
        let manifest = Manifest::parse(&self.manifest)?;
        if manifest.name == self.name { Ok(manifest) } else { Err(ObjectError::Damaged("its manifest")) }
    }

    /// The key record at a place; none when it was destroyed. Its proof is still to be checked, under the label that
    /// [`SegmentName::label`] gives ([`keys::seal::GroupKey::check`]).
    ///
    /// # Errors
    /// When the bytes there are no key record.
    pub fn record(&self, place: usize) -> Option<Result<keys::seal::Record, RecordError>> {
        match self.records.get(place)? {
            Record::Present(record) => Some(keys::seal::Record::parse(&record[..])),
            Record::Destroyed(_) => None,
        }
    }

    /// The place of a block's record; none when the segment has no such block, or its record was destroyed.
    #[must_use]
    pub fn place(&self, block: Block) -> Option<usize> {
        let is = |record: &Record| matches!(record, Record::Present(bytes) if bytes[1] == block.kind() && bytes[2..18] == block.part());
        self.records.iter().position(is)
    }

    fn check_manifest(&self) -> Result<(), ObjectError> {
        let stated = self.stated()?;
        let records = stated.records as usize == self.records.len();
        if records && stated.root == merkle_root(&self.records) {
            Ok(())
        } else {
            Err(ObjectError::Damaged("a record"))
        }
    }

    /// The object without the record of one block: nobody opens that block again. `None` when it has no such
    /// record any more.
    #[must_use]
    pub fn without(&self, place: usize) -> Option<Self> {
        let Record::Present(_) = self.records.get(place)? else { return None };
        let mut other = self.clone();
        other.records[place] = Record::Destroyed(self.records[place].leaf());
        Some(other)
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], ObjectError> {
    let (taken, after) = rest.split_at_checked(length).ok_or(ObjectError::Length)?;
    *rest = after;
    Ok(taken)
}

fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], ObjectError> {
    take(rest, N).map(|taken| taken.try_into().expect("it has that length"))
}

/// The place of a site's block among the entries.
#[must_use]
pub fn find(entries: &[Entry], block: Block) -> Option<usize> {
    entries.binary_search_by_key(&place(block), |entry| place(entry.block)).ok()
}

/// Smallest data object: header, footer.
pub const DATA_BYTES_MIN: u64 = (HEADER_BYTES + FOOTER_BYTES) as u64;
const _: () = assert!(TAG_BYTES == 16 && ENTRY_BYTES == 33);

/// The sites of a directory in its order: what the address index counts.
pub fn sites(entries: &[Entry]) -> impl Iterator<Item = (SiteId, &Entry)> {
    entries.iter().filter_map(|entry| match entry.block {
        Block::Rows(site) => Some((site, entry)),
        _ => None,
    })
}

/// The sites whose rows a spool left.
pub fn spooled_sites(entries: &[Entry]) -> impl Iterator<Item = (SiteId, &Entry)> {
    entries.iter().filter_map(|entry| match entry.block {
        Block::Spool(site) => Some((site, entry)),
        _ => None,
    })
}
