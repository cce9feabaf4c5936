//! A spool that a crash left. Nobody on the machine can read it; its frames are put together site by site, as they
//! are, and become a segment of kind 5.

use super::{FRAME_HEAD_BYTES, HEADER_BYTES, ITEM_FRAME, ITEM_RECORD, MAGIC};
use crate::segment::name::{Block, EpochId, Line, NodeId, SegmentName, SiteId};
use crate::segment::{
    BLOCKS_MAX, Entry, FRAME_BYTES, KeyObject, Manifest, ManifestSigner, Reason, Record, RecordBytes, Sealed,
    TAG_BYTES, data_end, data_header, merkle_root, place,
};
use base::Day;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Bytes of a site that are written at once.
const BUFFER_BYTES: usize = 16 * 1024;
const RECORD_BYTES: usize = size_of::<RecordBytes>();

/// Why a spool cannot be handed over.
#[derive(Debug, Error)]
pub enum HandOverError {
    /// The disk.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not a spool, or damaged within what was committed.
    #[error("{path}: the spool is damaged: {what}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Where.
        what: &'static str,
    },
}

/// A spool that was left, its directory read.
#[derive(Debug)]
pub struct LeftSpool {
    path: PathBuf,
    name: SegmentName,
    group_key: [u8; 32],
    length: u64,
    sites: Vec<LeftSite>,
}

#[derive(Debug)]
struct LeftSite {
    id: SiteId,
    record: Box<RecordBytes>,
    bytes: u64,
}

impl LeftSpool {
    /// Reads a spool up to the length that was committed with the position of its sources; without one, up to the
    /// last whole item.
    ///
    /// # Errors
    /// When it is not a spool, or shorter than what was committed.
    pub fn open(path: &Path, committed: Option<u64>) -> Result<Self, HandOverError> {
        let io = |source| HandOverError::Io { path: path.to_owned(), source };
        let damaged = |what| HandOverError::Damaged { path: path.to_owned(), what };
        let file = File::open(path).map_err(io)?;
        let on_disk = file.metadata().map_err(io)?.len();
        let length = committed.unwrap_or(on_disk);
        if length > on_disk {
            return Err(damaged("it is shorter than what was committed"));
        }
        let mut reader = BufReader::with_capacity(1 << 16, file.take(length));
        let mut header = [0; HEADER_BYTES];
        reader.read_exact(&mut header).map_err(|_| damaged("its header"))?;
        let (name, group_key) = parse_header(&header).ok_or(damaged("its header"))?;
        let mut left =
            Self { path: path.to_owned(), name, group_key, length: HEADER_BYTES as u64, sites: Vec::new() };
        loop {
            match left.item(&mut reader).map_err(io)? {
                Item::Whole(bytes) => left.length += bytes,
                Item::End => return Ok(left),
                Item::Torn if committed.is_none() => return Ok(left),
                Item::Torn => return Err(damaged("an item")),
            }
        }
    }

    fn item(&mut self, reader: &mut (impl Read + Seek2)) -> io::Result<Item> {
        let mut kind = [0];
        if read_whole(reader, &mut kind)? == Whole::No {
            return Ok(Item::End);
        }
        match kind[0] {
            ITEM_RECORD => {
                let mut record: Box<RecordBytes> = Box::new([0; RECORD_BYTES]);
                if read_whole(reader, &mut record[..])? == Whole::No {
                    return Ok(Item::Torn);
                }
                let Ok(parsed) = keys::seal::Record::parse(&record[..]) else { return Ok(Item::Torn) };
                let Block::Spool(id) = parsed.block() else { return Ok(Item::Torn) };
                if self.sites.len() >= BLOCKS_MAX {
                    return Ok(Item::Torn);
                }
                self.sites.push(LeftSite { id, record, bytes: 0 });
                Ok(Item::Whole(1 + RECORD_BYTES as u64))
            }
            ITEM_FRAME => {
                let mut head = [0; FRAME_HEAD_BYTES - 1];
                if read_whole(reader, &mut head)? == Whole::No {
                    return Ok(Item::Torn);
                }
                let (site, length) = frame_head(&head);
                let fits = length <= FRAME_BYTES + TAG_BYTES;
                let Some(site) = self.sites.get_mut(site).filter(|_| fits) else { return Ok(Item::Torn) };
                if reader.skip(length)? == Whole::No {
                    return Ok(Item::Torn);
                }
                site.bytes += 4 + length as u64;
                Ok(Item::Whole(FRAME_HEAD_BYTES as u64 + length as u64))
            }
            _ => Ok(Item::Torn),
        }
    }

    /// The segment it becomes.
    #[must_use]
    pub const fn name(&self) -> &SegmentName {
        &self.name
    }

    /// Whether no row was committed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.iter().all(|site| site.bytes == 0)
    }

    /// Bytes that are read.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }
}

enum Item {
    Whole(u64),
    End,
    Torn,
}

#[derive(PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

/// Reading past bytes.
trait Seek2 {
    fn skip(&mut self, length: usize) -> io::Result<Whole>;
}

impl Seek2 for BufReader<io::Take<File>> {
    fn skip(&mut self, length: usize) -> io::Result<Whole> {
        let skipped = io::copy(&mut self.by_ref().take(length as u64), &mut io::sink())?;
        Ok(if skipped == length as u64 { Whole::Yes } else { Whole::No })
    }
}

fn read_whole(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<Whole> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(Whole::Yes),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Whole::No),
        Err(error) => Err(error),
    }
}

fn frame_head(head: &[u8; FRAME_HEAD_BYTES - 1]) -> (usize, usize) {
    let number =
        |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
    (number(0), number(4))
}

fn parse_header(header: &[u8; HEADER_BYTES]) -> Option<(SegmentName, [u8; 32])> {
    let rest = header.strip_prefix(&MAGIC)?;
    let (line, rest) = rest.split_first_chunk::<32>()?;
    let (epoch, rest) = rest.split_first_chunk::<16>()?;
    let (day, rest) = rest.split_first_chunk::<4>()?;
    let (node, rest) = rest.split_first_chunk::<16>()?;
    let (seq, rest) = rest.split_first_chunk::<4>()?;
    let name = SegmentName {
        line: Line::from_bytes(*line),
        epoch: EpochId::from_bytes(*epoch),
        day: Day::from_number(u32::from_be_bytes(*day)),
        node: NodeId::from_bytes(*node),
        seq: u32::from_be_bytes(*seq),
    };
    Some((name, rest.try_into().ok()?))
}

/// Writes the segment that a spool becomes; its data object goes to `data`. `scratch` is a file beside the spool
/// that may be written over; the caller removes it.
///
/// # Errors
/// When something cannot be read or written.
pub fn hand_over(
    left: &LeftSpool,
    signer: &dyn ManifestSigner,
    previous: [u8; 32],
    scratch: &Path,
    data: &mut (dyn Write + Send),
) -> Result<Sealed, HandOverError> {
    let io = |source| HandOverError::Io { path: left.path.clone(), source };
    let mut order: Vec<usize> = (0..left.sites.len()).collect();
    order.sort_unstable_by_key(|number| place(Block::Spool(left.sites[*number].id)));
    let header = data_header(left.name.id());
    let mut at = header.len() as u64;
    let mut entries = Vec::with_capacity(order.len());
    let mut offsets = vec![0; order.len()];
    for number in &order {
        let site = &left.sites[*number];
        let rows = u32::try_from(site.bytes).map_err(|_| HandOverError::Damaged {
            path: left.path.clone(),
            what: "a site has more rows than a block holds",
        })?;
        entries.push(Entry { block: Block::Spool(site.id), offset: at, rows, statistics: 0 });
        offsets[*number] = at;
        at += site.bytes;
    }
    let file =
        File::options().read(true).write(true).create(true).truncate(true).open(scratch).map_err(io)?;
    file.write_all_at(&header, 0).map_err(io)?;
    gather(left, &file, &mut offsets)?;
    file.write_all_at(&data_end(&entries), at).map_err(io)?;

    let mut whole = file;
    whole.seek(SeekFrom::Start(0)).map_err(io)?;
    let (mut hash, mut length, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 18]);
    let mut out = BufWriter::with_capacity(1 << 18, data);
    loop {
        let read = whole.read(&mut buffer).map_err(io)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        out.write_all(&buffer[..read]).map_err(io)?;
        length += read as u64;
    }
    out.flush().map_err(io)?;
    drop(out);
    let record = |number: &usize| Record::Present(left.sites[*number].record.clone());
    let records: Vec<Record> = order.iter().map(record).collect();
    let manifest = Manifest {
        name: left.name,
        group_key: left.group_key,
        previous,
        data_hash: hash.finalize().into(),
        data_bytes: length,
        records: records.len() as u32,
        root: merkle_root(&records),
        reason: Reason::Crash,
    };
    let signed = manifest.bytes();
    let signature = signer.sign(&signed);
    let object = KeyObject { name: left.name, records, manifest: signed, signature };
    Ok(Sealed { key_object: object.bytes(), manifest, rows: 0, sites: left.sites.len() })
}

/// Writes each site's frames one after another, in one passage through the spool.
fn gather(left: &LeftSpool, to: &File, offsets: &mut [u64]) -> Result<(), HandOverError> {
    let io = |source| HandOverError::Io { path: left.path.clone(), source };
    let file = File::open(&left.path).map_err(io)?;
    let mut reader = BufReader::with_capacity(1 << 18, file.take(left.length));
    io::copy(&mut reader.by_ref().take(HEADER_BYTES as u64), &mut io::sink()).map_err(io)?;
    let mut buffers: Vec<Vec<u8>> = vec![Vec::new(); left.sites.len()];
    let write = |number: usize, buffer: &mut Vec<u8>, offsets: &mut [u64]| -> io::Result<()> {
        to.write_all_at(buffer, offsets[number])?;
        offsets[number] += buffer.len() as u64;
        buffer.clear();
        Ok(())
    };
    let (mut kind, mut head) = ([0], [0; FRAME_HEAD_BYTES - 1]);
    while read_whole(&mut reader, &mut kind).map_err(io)? == Whole::Yes {
        if kind[0] == ITEM_RECORD {
            reader.skip(RECORD_BYTES).map_err(io)?;
            continue;
        }
        reader.read_exact(&mut head).map_err(io)?;
        let (number, length) = frame_head(&head);
        let buffer = buffers.get_mut(number).ok_or_else(|| HandOverError::Damaged {
            path: left.path.clone(),
            what: "it changed while it was read",
        })?;
        buffer.extend_from_slice(&head[4..]);
        reader.by_ref().take(length as u64).read_to_end(buffer).map_err(io)?;
        if buffer.len() >= BUFFER_BYTES {
            write(number, buffer, offsets).map_err(io)?;
        }
    }
    for (number, mut buffer) in buffers.into_iter().enumerate() {
        write(number, &mut buffer, offsets).map_err(io)?;
    }
    Ok(())
}
