//! The spool: rows of a running day on the disk, encrypted, so that a crash loses none of them (CRYPTO section 8).
//!
//! ```text
//! header ‖ items          item = 01 key record(178)                  of a site: numbered in the order of their coming
//!                              | 02 u32 site ‖ u32 length ‖ frame    rows of a site
//! ```
//!
//! Invariants
//! - A site's key record is synced before the first row under its key is written: whatever is in the spool opens for
//!   the officers.
//! - The keys are in the memory of this process alone. After a crash nobody on the machine reads the spool; it is
//!   handed over as a segment of kind 5 ([`hand_over`]).
//! - A frame is encrypted once: a write that failed is repeated with the same bytes.
//! - Only what [`Spool::flush`] said is durable counts. The position of the sources is committed with that length.

mod left;

pub use left::{HandOverError, LeftSpool, hand_over};

use crate::hit::Hit;
use crate::segment::name::{Block, SegmentName, SiteId};
use crate::segment::{
    DAY_SECONDS, FrameCipher, Packer, ROWS_BYTES_FULL, RecordBytes, Registered, SealError, SegmentKeys,
    frame, put_row,
};
use base::Day;
use core::fmt;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroize;

const MAGIC: [u8; 8] = *b"WBSPOOL\x01";
/// Magic, line, epoch, day, node, seq, group key.
const HEADER_BYTES: usize = 8 + 32 + 16 + 4 + 16 + 4 + 32;
const ITEM_RECORD: u8 = 1;
const ITEM_FRAME: u8 = 2;
/// Bytes before a frame: kind, site, length.
const FRAME_HEAD_BYTES: usize = 9;
/// A spool of this size is sealed, and another one begun: what a site left must fit into one block.
pub const SPOOL_BYTES_FULL: u64 = 2 << 30;

/// Why a spool does not take rows.
#[derive(Debug, Error)]
pub enum SpoolError {
    /// The disk.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No group key.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// The name of a spool's file.
#[must_use]
pub fn file_name(day: Day, seq: u32) -> String {
    format!("{day}-{seq:010}.spool")
}

/// A spool being written.
pub struct Spool {
    name: SegmentName,
    path: PathBuf,
    file: File,
    /// What is on the disk for certain.
    durable: u64,
    sites: HashMap<SiteId, usize>,
    open: Vec<OpenSite>,
    /// Sites with rows since the last flush.
    touched: Vec<usize>,
    packer: Packer,
    /// Records that are to be written, and then frames; both survive a write that failed.
    records: Vec<u8>,
    frames: Vec<u8>,
    buffered: usize,
}

struct OpenSite {
    cipher: FrameCipher,
    next: u64,
    rows: Vec<u8>,
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Spool({}, {} sites, {} bytes)",
            file_name(self.name.day, self.name.seq),
            self.open.len(),
            self.durable
        )
    }
}

impl Spool {
    /// Begins a spool in a folder.
    ///
    /// # Errors
    /// When there is one of that name, or the disk refuses.
    pub fn create(folder: &Path, name: SegmentName, keys: &dyn SegmentKeys) -> Result<Self, SpoolError> {
        let path = folder.join(file_name(name.day, name.seq));
        let mut options = OpenOptions::new();
        let io = |source| SpoolError::Io { path: path.clone(), source };
        let file = options.write(true).create_new(true).mode(0o600).open(&path).map_err(io)?;
        let header = [
            &MAGIC[..],
            name.line.bytes(),
            name.epoch.bytes(),
            &name.day.number().to_be_bytes(),
            name.node.bytes(),
            &name.seq.to_be_bytes(),
            &keys.group_key(),
        ]
        .concat();
        let written = file.write_all_at(&header, 0).and_then(|()| file.sync_data());
        written.and_then(|()| File::open(folder)?.sync_all()).map_err(io)?;
        Ok(Self {
            name,
            file,
            durable: header.len() as u64,
            sites: HashMap::new(),
            open: Vec::new(),
            touched: Vec::new(),
            packer: Packer::new(1),
            records: Vec::new(),
            frames: Vec::new(),
            buffered: 0,
            path,
        })
    }

    /// The segment it is for.
    #[must_use]
    pub const fn name(&self) -> &SegmentName {
        &self.name
    }

    /// Bytes that are durable.
    #[must_use]
    pub const fn durable(&self) -> u64 {
        self.durable
    }

    /// Bytes of rows that are not.
    #[must_use]
    pub const fn buffered(&self) -> usize {
        self.buffered
    }

    /// Takes a row of the spool's day. A site that is new gets a key.
    ///
    /// # Errors
    /// When there is no group key for the segment.
    pub fn add(&mut self, keys: &dyn SegmentKeys, site: SiteId, hit: &Hit<'_>) -> Result<(), SpoolError> {
        let second = hit.seconds - self.name.day.start().as_seconds();
        debug_assert!((0..i64::from(DAY_SECONDS)).contains(&second), "a row of another day");
        let number = match self.sites.get(&site) {
            Some(number) => *number,
            None => self.begin_site(keys, site)?,
        };
        let open = &mut self.open[number];
        if open.rows.is_empty() {
            self.touched.push(number);
        }
        let registered = if site == SiteId::UNREGISTERED { Registered::No } else { Registered::Yes };
        let before = open.rows.len();
        put_row(&mut open.rows, hit, second as u32, registered);
        self.buffered += open.rows.len() - before;
        if open.rows.len() >= ROWS_BYTES_FULL {
            self.close_frame(number);
            self.touched.retain(|touched| *touched != number);
        }
        Ok(())
    }

    fn begin_site(&mut self, keys: &dyn SegmentKeys, site: SiteId) -> Result<usize, SpoolError> {
        let block = Block::Spool(site);
        let (record, key): (RecordBytes, _) = keys.seal(&self.name, block)?;
        let cipher = FrameCipher::new(&key, self.name.id(), block);
        self.records.push(ITEM_RECORD);
        self.records.extend_from_slice(&record);
        let number = self.open.len();
        self.open.push(OpenSite { cipher, next: 0, rows: Vec::new() });
        self.sites.insert(site, number);
        Ok(number)
    }

    fn close_frame(&mut self, number: usize) {
        let open = &mut self.open[number];
        let mut plain = frame(&mut self.packer, &open.rows);
        self.frames.push(ITEM_FRAME);
        self.frames.extend_from_slice(&(number as u32).to_be_bytes());
        let length_at = self.frames.len();
        self.frames.extend_from_slice(&[0; 4]);
        open.cipher.seal_one(open.next, &plain, &mut self.frames);
        let length = (self.frames.len() - length_at - 4) as u32;
        self.frames[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
        open.next += 1;
        plain.zeroize();
        // The room stays: a busy site needs it again within the second.
        open.rows.zeroize();
    }

    /// As a flush does whose write then fails.
    #[cfg(test)]
    pub(crate) fn close_frames_for_test(&mut self) {
        self.close_frames();
    }

    fn close_frames(&mut self) {
        for number in core::mem::take(&mut self.touched) {
            self.close_frame(number);
        }
    }

    /// Makes every row durable, and says up to where. May be repeated after an error.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&mut self) -> Result<u64, SpoolError> {
        self.close_frames();
        let io = |source| SpoolError::Io { path: self.path.clone(), source };
        // Records first, and synced: a row whose key the officers cannot get would be lost.
        for pending in [&mut self.records, &mut self.frames] {
            if pending.is_empty() {
                continue;
            }
            self.file.write_all_at(pending, self.durable).and_then(|()| self.file.sync_data()).map_err(io)?;
            self.durable += pending.len() as u64;
            pending.clear();
        }
        self.buffered = 0;
        Ok(self.durable)
    }

    /// Removes the spool: its rows are durable in a segment.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn destroy(self) -> Result<(), SpoolError> {
        remove(&self.path)
    }
}

/// Removes a spool's file.
pub(crate) fn remove(path: &Path) -> Result<(), SpoolError> {
    let removed = match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    removed
        .and_then(|()| File::open(path.parent().unwrap_or(path))?.sync_all())
        .map_err(|source| SpoolError::Io { path: path.to_owned(), source })
}
