//! Tiles and entry bundles on disk (C2SP tlog-tiles; docs/formats/ledger-tiles.md).
//!
//! Invariants
//! - A file is whole or absent, and never changes: writing other bytes under an existing name is
//!   refused ([`TileError::Conflict`]), because that would be a second history.
//! - Every read is against a [`TreeHead`] and authenticated up to its root.
//! - One process publishes. Readers in other processes need no lock.
//!
//! Tiles are read with own code: `TileHashReader` of tlog_tiles 0.2.0 leaves the first full tiles
//! below the right edge unauthenticated whenever several of the hashes that make up the root lie in
//! one tile (it starts checking at the number of hashes where it means the number of tiles).

mod authentic;
mod levels;
mod path;

pub(crate) use authentic::Authentic;
pub(crate) use levels::Levels;
pub(crate) use path::{Part, TilePath};

use crate::{
    checkpoint::{CHECKPOINT_BYTES_MAX, Checkpoint, CheckpointError, SignedCheckpoint},
    durable,
    entry::ENTRY_BYTES_MAX,
    hash::{Hash, TREE_SIZE_MAX, TreeHead, leaf_hash},
    key::VerifyingKey,
    proof::{ConsistencyProof, InclusionProof},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;
pub(crate) const HASH_BYTES: usize = 32;
/// The longest bundle: 256 entries, each with its length.
pub(crate) const BUNDLE_BYTES_MAX: u64 = TILE_WIDTH * (2 + ENTRY_BYTES_MAX as u64);
const CHECKPOINT_FILE: &str = "checkpoint";

/// Why tiles could not be written or read.
#[derive(Debug, Error)]
pub enum TileError {
    /// A file that must be there is not.
    #[error("{} is missing", .0.display())]
    Missing(PathBuf),
    /// A file could not be read or written.
    #[error("{} cannot be used", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// A file has a length or content that it cannot have.
    #[error("{} is not a tile or bundle of its width", .0.display())]
    Malformed(PathBuf),
    /// A published file would have to change.
    #[error("{} was published with other content", .0.display())]
    Conflict(PathBuf),
    /// A file does not lead to the root.
    #[error("{} does not lead to the root", .0.display())]
    Unauthentic(PathBuf),
    /// The right edge of the tree does not give the root.
    #[error("the tiles of size {0} do not give the root")]
    Root(u64),
    /// Asked for a place that the tree does not have.
    #[error("the tree of size {size} has no place {place}")]
    Range {
        /// What was asked for.
        place: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The entry is too long for a bundle.
    #[error("entry {0} is longer than 65535 bytes")]
    EntryTooLong(u64),
    /// The published checkpoint is newer than the one to be published.
    #[error("the published checkpoint has size {published}, more than {given}")]
    Older {
        /// The size of the published one.
        published: u64,
        /// The size of the one that was given.
        given: u64,
    },
    /// The checkpoint file is wrong.
    #[error("{} is not a checkpoint to believe", .path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: CheckpointError,
    },
}

/// A folder with the tiles, bundles and checkpoint of one ledger.
#[derive(Debug, Clone)]
pub struct TileDir {
    root: PathBuf,
}

impl TileDir {
    /// The tiles in a folder; it is made at the first [`Self::publish`].
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { root: path.into() }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Publishes the entries that follow the first `old_size`, and returns the head of the new tree.
    ///
    /// It can be repeated with the same entries (after a crash too): what is there is compared and
    /// kept. The tiles of `old_size` must have been published before.
    ///
    /// # Errors
    /// When files cannot be written, those of the old size are missing, or published ones differ.
    pub fn publish<I>(&self, old_size: u64, entries: I) -> Result<TreeHead, TileError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut levels = self.edge(old_size)?;
        let mut bundle = self.bundle_bytes(old_size)?;
        let mut superseded = Vec::new();
        for entry in entries {
            let (entry, index) = (entry.as_ref(), levels.size());
            if index >= TREE_SIZE_MAX {
                return Err(TileError::Range { place: index, size: TREE_SIZE_MAX });
            }
            let length = u16::try_from(entry.len()).map_err(|_| TileError::EntryTooLong(index))?;
            bundle.extend_from_slice(&length.to_be_bytes());
            bundle.extend_from_slice(entry);
            if index % TILE_WIDTH == TILE_WIDTH - 1 {
                let path = TilePath::full(Part::Entries, index / TILE_WIDTH);
                self.write(path, &bundle)?;
                superseded.push(path);
                bundle.clear();
            }
            levels.push(leaf_hash(entry), &mut |level, n, tile| {
                let path = TilePath::full(Part::Level(level), n);
                superseded.push(path);
                self.write(path, tile)
            })?;
        }
        if let Some(path) = TilePath::partial_of(Part::Entries, levels.size()) {
            self.write(path, &bundle)?;
        }
        for (level, tile) in levels.partials() {
            if let Some(path) = TilePath::partial_of(Part::Level(level), levels.size()) {
                self.write(path, tile)?;
            }
        }
        for path in superseded {
            self.remove_partials_of(path)?;
        }
        Ok(levels.head())
    }

    /// The head of the tree of a size, computed from the tiles: **not authenticated**, for the
    /// process that has just published them.
    ///
    /// # Errors
    /// When tiles are missing or malformed.
    pub fn head_at(&self, size: u64) -> Result<TreeHead, TileError> {
        Ok(self.edge(size)?.head())
    }

    /// Checks that the tiles give this head.
    ///
    /// # Errors
    /// When they are missing, malformed, or give another root.
    pub fn check_head(&self, head: TreeHead) -> Result<(), TileError> {
        Authentic::new(self, head).map(drop)
    }

    /// The bytes of an entry, authenticated against the head.
    ///
    /// # Errors
    /// When there is no such entry, or its bundle or tiles do not lead to the root.
    pub fn entry(&self, index: u64, head: TreeHead) -> Result<Vec<u8>, TileError> {
        let leaf = Authentic::new(self, head)?.leaf(index)?;
        let n = index / TILE_WIDTH;
        let width = TILE_WIDTH.min(head.size - n * TILE_WIDTH);
        let (path, bytes) = self.read_bundle(n, width)?;
        let entry = Bundle(&bytes)
            .nth(usize::try_from(index % TILE_WIDTH).unwrap_or(usize::MAX))
            .flatten()
            .ok_or_else(|| TileError::Malformed(path.clone()))?;
        if leaf_hash(entry) != leaf {
            return Err(TileError::Unauthentic(path));
        }
        Ok(entry.to_vec())
    }

    /// The proof that the tree of the head holds an entry, from authenticated tiles.
    ///
    /// # Errors
    /// When there is no such entry, or the tiles do not lead to the root.
    pub fn inclusion_proof(&self, index: u64, head: TreeHead) -> Result<InclusionProof, TileError> {
        Authentic::new(self, head)?.inclusion_proof(index)
    }

    /// The proof that the tree of `new` begins with the tree of `old`, from tiles authenticated
    /// against `new`. Whether it fits the old root, its `verify` says.
    ///
    /// # Errors
    /// When `old` is the larger, or the tiles do not lead to the root of `new`.
    pub fn consistency_proof(&self, old: TreeHead, new: TreeHead) -> Result<ConsistencyProof, TileError> {
        Authentic::new(self, new)?.consistency_proof(old.size)
    }

    /// Publishes a checkpoint in place of an older one.
    ///
    /// # Errors
    /// When the file cannot be written, or the published one is of the same ledger and larger.
    pub fn write_checkpoint(&self, checkpoint: &SignedCheckpoint) -> Result<(), TileError> {
        let path = self.root.join(CHECKPOINT_FILE);
        let given = checkpoint.unverified();
        if let Ok(bytes) = durable::read_limited(&path, CHECKPOINT_BYTES_MAX as u64)
            && let Ok(published) = Checkpoint::parse(&bytes)
            && published.unverified().origin == given.origin
            && published.unverified().size > given.size
        {
            return Err(TileError::Older { published: published.unverified().size, given: given.size });
        }
        durable::create_dir(&self.root)
            .and_then(|()| durable::replace(&path, checkpoint.to_note().as_bytes()))
            .map_err(|source| TileError::Io { path, source })
    }

    /// The published checkpoint, verified; none when nothing was published yet.
    ///
    /// # Errors
    /// When the file cannot be read, or is not a checkpoint that the key has signed.
    pub fn read_checkpoint(&self, key: &VerifyingKey) -> Result<Option<SignedCheckpoint>, TileError> {
        let path = self.root.join(CHECKPOINT_FILE);
        match durable::read_limited(&path, CHECKPOINT_BYTES_MAX as u64) {
            Ok(bytes) => SignedCheckpoint::open(&bytes, key)
                .map(Some)
                .map_err(|source| TileError::Checkpoint { path, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(TileError::Io { path, source }),
        }
    }

    /// Removes partial tiles whose full tile is there (C2SP allows that), up to a size; returns how
    /// many. [`Self::publish`] does so as it goes: this is for what a crash left behind.
    ///
    /// # Errors
    /// When a folder cannot be read or changed.
    pub fn remove_superseded_partials(&self, size: u64) -> Result<u64, TileError> {
        let mut removed = 0;
        for (part, level) in [(Part::Entries, 0)].into_iter().chain((0..6).map(|l| (Part::Level(l), l))) {
            for n in 0..(size >> (8 * (u32::from(level) + 1))) {
                removed += self.remove_partials_of(TilePath::full(part, n))?;
            }
        }
        Ok(removed)
    }

    pub(crate) fn file(&self, path: TilePath) -> PathBuf {
        self.root.join(path.to_string())
    }

    /// The right edge of the tree of a size, as its tiles say: not authenticated.
    pub(crate) fn edge(&self, size: u64) -> Result<Levels, TileError> {
        if size > TREE_SIZE_MAX {
            return Err(TileError::Range { place: size, size: TREE_SIZE_MAX });
        }
        let mut tiles = Vec::new();
        for level in 0u8.. {
            let count = size >> (8 * u32::from(level));
            if count == 0 {
                break;
            }
            let (n, width) = (count / TILE_WIDTH, count % TILE_WIDTH);
            tiles.push(if width == 0 { Vec::new() } else { self.read_tile(level, n, width)? });
        }
        Ok(Levels::new(size, tiles))
    }

    /// The first `width` hashes of a tile, from the file of that width or a wider one.
    pub(crate) fn read_tile(&self, level: u8, n: u64, width: u64) -> Result<Vec<u8>, TileError> {
        let (found, mut bytes) = self.read_widest(Part::Level(level), n, width, TILE_WIDTH * 32)?;
        if bytes.len() as u64 != found.width * HASH_BYTES as u64 {
            return Err(TileError::Malformed(self.file(found)));
        }
        bytes.truncate(usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(HASH_BYTES));
        Ok(bytes)
    }

    /// The bytes of a bundle of at least `width` entries, and the file they are from.
    pub(crate) fn read_bundle(&self, n: u64, width: u64) -> Result<(PathBuf, Vec<u8>), TileError> {
        let (found, bytes) = self.read_widest(Part::Entries, n, width, BUNDLE_BYTES_MAX)?;
        Ok((self.file(found), bytes))
    }

    /// The bundle that the tree of a size ends in, to be added to.
    fn bundle_bytes(&self, size: u64) -> Result<Vec<u8>, TileError> {
        let width = size % TILE_WIDTH;
        if width == 0 {
            return Ok(Vec::new());
        }
        let (path, mut bytes) = self.read_bundle(size / TILE_WIDTH, width)?;
        let mut end = 0;
        let mut entries = Bundle(&bytes);
        for _ in 0..width {
            let entry = entries.next().flatten().ok_or_else(|| TileError::Malformed(path.clone()))?;
            end += 2 + entry.len();
        }
        bytes.truncate(end);
        Ok(bytes)
    }

    /// The file of exactly this width; else the full one (which supersedes it); else a wider partial.
    fn read_widest(
        &self,
        part: Part,
        n: u64,
        width: u64,
        max: u64,
    ) -> Result<(TilePath, Vec<u8>), TileError> {
        let exact = TilePath { part, n, width };
        let full = TilePath::full(part, n);
        let wider = (width + 1..TILE_WIDTH).map(|width| TilePath { part, n, width });
        for path in [exact, full].into_iter().chain(wider) {
            match durable::read_limited(&self.file(path), max) {
                Ok(bytes) => return Ok((path, bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(TileError::Io { path: self.file(path), source }),
            }
        }
        Err(TileError::Missing(self.file(exact)))
    }

    fn write(&self, path: TilePath, bytes: &[u8]) -> Result<(), TileError> {
        let file = self.file(path);
        let io = |source| TileError::Io { path: file.clone(), source };
        match durable::read_limited(&file, BUNDLE_BYTES_MAX) {
            // Renamed by a run that was killed, maybe before the name was durable.
            Ok(old) if old == bytes => durable::sync_parent(&file).map_err(io),
            Ok(_) => Err(TileError::Conflict(file)),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(TileError::Conflict(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = file.parent().unwrap_or(&self.root);
                durable::create_dir(folder).and_then(|()| durable::replace(&file, bytes)).map_err(io)
            }
            Err(error) => Err(io(error)),
        }
    }

    /// Removes the partials of a tile, if its full file is there.
    fn remove_partials_of(&self, full: TilePath) -> Result<u64, TileError> {
        let folder = self.root.join(full.partials_folder());
        if !folder.is_dir() || !self.file(full).is_file() {
            return Ok(0);
        }
        let io = |source| TileError::Io { path: folder.clone(), source };
        let mut removed = 0;
        for item in fs::read_dir(&folder).map_err(io)? {
            fs::remove_file(item.map_err(io)?.path()).map_err(io)?;
            removed += 1;
        }
        fs::remove_dir(&folder).map_err(io)?;
        durable::sync_parent(&folder).map_err(io)?;
        Ok(removed)
    }
}

/// The entries of a bundle, in order; `None` as an item when the bytes end within an entry, after
/// which there are no more.
pub(crate) struct Bundle<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Bundle<'a> {
    type Item = Option<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let entry = self.0.split_first_chunk::<2>().and_then(|(length, rest)| {
            let length = usize::from(u16::from_be_bytes(*length));
            rest.split_at_checked(length)
        });
        let (entry, rest) = entry.map_or((None, &[][..]), |(entry, rest)| (Some(entry), rest));
        self.0 = rest;
        Some(entry)
    }
}

pub(crate) fn hash_at(tile: &[u8], position: u64) -> Option<Hash> {
    let start = usize::try_from(position).ok()?.checked_mul(HASH_BYTES)?;
    tile.get(start..start + HASH_BYTES).and_then(Hash::from_slice)
}
