//! Segments on a local disk, in two folders: data objects, and the key objects that open them for the officers.
//!
//! ```text
//! data/day=2026-11-22/<node>-<seq>.segment
//! keys/day=2026-11-22/<node>-<seq>.keys        small; in no long backup, on no disk that keeps versions
//! ```
//!
//! Invariants
//! - An object appears under its name only whole and synced, and never in place of another one.
//! - The data object comes first: a key object without data does not occur, so "no key object" means "opens never".
//! - Destroying a day removes its key objects, syncs, looks again, and only then begins with the data. Its time does
//!   not depend on how much the day holds. What a disk keeps of deleted files is beyond this.

mod arriving;
mod check;
mod destroy;

pub use arriving::{Arrived, Arriving};
pub use check::{Depth, Finding, Verified};
pub use destroy::Destroyed;

use crate::segment::name::{NodeId, SegmentName};
use crate::segment::{KeyObject, ObjectError, ReadError, Sealed, Segment};
use base::Day;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Longest key object that is read.
const KEY_OBJECT_BYTES_MAX: u64 = 256 << 20;

/// Why the store refused or failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The disk.
    #[error("{path}: {source}")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is such an object already: numbers of segments are used once.
    #[error("{path} is there already, and objects are never replaced")]
    Exists {
        /// Which file.
        path: PathBuf,
    },
    /// A key object that cannot be read.
    #[error("{path}: {source}")]
    Object {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: ObjectError,
    },
    /// A data object that cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: ReadError,
    },
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    move |source| StoreError::Io { path, source }
}

/// The two folders.
#[derive(Debug, Clone)]
pub struct LocalStore {
    data: PathBuf,
    keys: PathBuf,
}

/// Which object of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Data,
    Keys,
}

/// A segment in the store: a node's number within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// The day of its rows.
    pub day: Day,
    /// The machine that sealed it.
    pub node: NodeId,
    /// Its number on that machine.
    pub seq: u32,
}

impl From<&SegmentName> for Stored {
    fn from(name: &SegmentName) -> Self {
        Self { day: name.day, node: name.node, seq: name.seq }
    }
}

/// What of a segment is in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// Nothing.
    No,
    /// A data object without the key object: left by a crash.
    Unfinished,
    /// All of it.
    Whole,
}

/// A data object while it is written; it has no name before [`Writing::finish`], and is removed when dropped.
#[derive(Debug)]
pub struct Writing<'a> {
    store: &'a LocalStore,
    stored: Stored,
    file: BufWriter<File>,
    path: PathBuf,
}

impl LocalStore {
    /// The store in these folders, which are made when they are not there.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn open(data: PathBuf, keys: PathBuf) -> Result<Self, StoreError> {
        for folder in [&data, &keys] {
            make_folder(folder)?;
        }
        Ok(Self { data, keys })
    }

    /// Begins a data object.
    ///
    /// # Errors
    /// When the segment is there already, or the disk refuses.
    pub fn begin(&self, name: &SegmentName) -> Result<Writing<'_>, StoreError> {
        let stored = Stored::from(name);
        for kind in [Kind::Data, Kind::Keys] {
            let path = self.path(kind, &stored);
            if path.try_exists().map_err(at(&path))? {
                return Err(StoreError::Exists { path });
            }
            make_folder(&self.day_folder(kind, stored.day))?;
        }
        let (path, file) = unfinished(&self.path(Kind::Data, &stored))?;
        Ok(Writing { store: self, stored, file: BufWriter::with_capacity(1 << 20, file), path })
    }

    /// Every segment that has an object, in order.
    ///
    /// # Errors
    /// When the folders cannot be read.
    pub fn segments(&self) -> Result<Vec<Stored>, StoreError> {
        let (mut all, _) = self.list(Kind::Data)?;
        all.extend(self.list(Kind::Keys)?.0);
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// The key object of a segment.
    ///
    /// # Errors
    /// When it is not there, damaged, or of another segment than its name says.
    pub fn key_object(&self, stored: &Stored) -> Result<KeyObject, StoreError> {
        let path = self.path(Kind::Keys, stored);
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(at(&path))?;
        file.take(KEY_OBJECT_BYTES_MAX).read_to_end(&mut bytes).map_err(at(&path))?;
        match KeyObject::parse(&bytes) {
            Ok(object) if Stored::from(&object.name) == *stored => Ok(object),
            Ok(_) => Err(StoreError::Object { path, source: ObjectError::OtherSegment }),
            Err(source) => Err(StoreError::Object { path, source }),
        }
    }

    /// The sealed data object, which must be the one that the key object belongs to.
    ///
    /// # Errors
    /// When it is not there, truncated, damaged, or another one.
    pub fn segment(&self, keys: &KeyObject) -> Result<Segment, StoreError> {
        self.sealed(&keys.name)
    }

    /// The sealed data object of this name: whoever has released keys knows it, and needs no key object to read.
    ///
    /// # Errors
    /// When it is not there, truncated, damaged, or another one.
    pub fn sealed(&self, name: &SegmentName) -> Result<Segment, StoreError> {
        let path = self.path(Kind::Data, &Stored::from(name));
        let file = File::open(&path).map_err(at(&path))?;
        Segment::open(*name, Arc::new(file)).map_err(|source| StoreError::Read { path, source })
    }

    /// Whether a segment is here whole.
    ///
    /// # Errors
    /// When the disk cannot say.
    pub fn has(&self, stored: &Stored) -> Result<Present, StoreError> {
        let there = |kind| {
            let path = self.path(kind, stored);
            path.try_exists().map_err(at(&path))
        };
        Ok(match (there(Kind::Keys)?, there(Kind::Data)?) {
            (true, _) => Present::Whole,
            (false, true) => Present::Unfinished,
            (false, false) => Present::No,
        })
    }

    /// Removes a data object that a crash left without its key object: nobody can open it.
    ///
    /// # Errors
    /// When it cannot be removed, or is whole.
    pub fn discard(&self, stored: &Stored) -> Result<(), StoreError> {
        let path = self.path(Kind::Data, stored);
        match self.has(stored)? {
            Present::No => Ok(()),
            Present::Whole => Err(StoreError::Exists { path }),
            Present::Unfinished => {
                fs::remove_file(&path).map_err(at(&path))?;
                sync_folder(path.parent().unwrap_or(&path))
            }
        }
    }

    /// Removes both objects of a segment that is somewhere else for certain.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn forget(&self, stored: &Stored) -> Result<(), StoreError> {
        for kind in [Kind::Keys, Kind::Data] {
            let path = self.path(kind, stored);
            match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other.map_err(at(&path))?,
            }
            sync_folder(path.parent().unwrap_or(&path))?;
        }
        Ok(())
    }

    /// The files of a segment: data object, key object.
    #[must_use]
    pub fn files(&self, stored: &Stored) -> [PathBuf; 2] {
        [self.path(Kind::Data, stored), self.path(Kind::Keys, stored)]
    }

    fn folder(&self, kind: Kind) -> &Path {
        match kind {
            Kind::Data => &self.data,
            Kind::Keys => &self.keys,
        }
    }

    fn day_folder(&self, kind: Kind, day: Day) -> PathBuf {
        self.folder(kind).join(format!("day={day}"))
    }

    fn path(&self, kind: Kind, stored: &Stored) -> PathBuf {
        self.day_folder(kind, stored.day).join(format!(
            "{}-{:010}.{}",
            stored.node,
            stored.seq,
            kind.extension()
        ))
    }

    fn list(&self, kind: Kind) -> Result<(Vec<Stored>, Vec<PathBuf>), StoreError> {
        let (mut all, mut strays) = (Vec::new(), Vec::new());
        for path in files(self.folder(kind))? {
            match day_of(&path) {
                Some(day) => {
                    let (found, more) = list_folder(&path, day, kind)?;
                    all.extend(found.into_iter().map(|(stored, _)| stored));
                    strays.extend(more);
                }
                None => strays.push(path),
            }
        }
        all.sort_unstable();
        Ok((all, strays))
    }
}

impl Kind {
    const fn extension(self) -> &'static str {
        match self {
            Self::Data => "segment",
            Self::Keys => "keys",
        }
    }
}

impl Write for Writing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Writing<'_> {
    /// Where it is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the segment durable: data object, then key object. When this returned, whatever else held its rows may go.
    ///
    /// # Errors
    /// When the disk refuses, or somebody wrote a segment of that name meanwhile.
    pub fn finish(mut self, sealed: &Sealed) -> Result<(), StoreError> {
        self.file.flush().and_then(|()| self.file.get_ref().sync_all()).map_err(at(&self.path))?;
        appear(&self.path, &self.store.path(Kind::Data, &self.stored))?;
        let path = self.store.path(Kind::Keys, &self.stored);
        let (temporary, mut file) = unfinished(&path)?;
        file.write_all(&sealed.key_object).and_then(|()| file.sync_all()).map_err(at(&path))?;
        let appeared = appear(&temporary, &path);
        let _ = fs::remove_file(&temporary);
        appeared
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        // After `finish` this is the second name of the data object; before, what was begun. A file that stays is a
        // finding of `verify`.
        let _ = fs::remove_file(&self.path);
    }
}

/// A file of its own beside the one it is to become.
fn unfinished(path: &Path) -> Result<(PathBuf, File), StoreError> {
    let temporary = path.with_extension("unfinished");
    // Left by a crash: nobody else writes segments of this node and number.
    let _ = fs::remove_file(&temporary);
    let file = OpenOptions::new().write(true).create_new(true).open(&temporary).map_err(at(&temporary))?;
    Ok((temporary, file))
}

/// Gives a synced file its name, unless there is one of that name. A rename would replace it, a link does not.
fn appear(temporary: &Path, path: &Path) -> Result<(), StoreError> {
    match fs::hard_link(temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(StoreError::Exists { path: path.to_owned() })
        }
        result => result.map_err(at(path)),
    }?;
    sync_folder(path.parent().unwrap_or(path))
}

fn hash_file(path: &Path) -> io::Result<(u64, [u8; 32])> {
    let (mut file, mut hash, mut length) = (File::open(path)?, Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((length, hash.finalize().into())),
            read => {
                hash.update(&buffer[..read]);
                length += read as u64;
            }
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(at(folder))?;
    folder.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()
        .map_err(at(folder))?;
    paths.sort();
    Ok(paths)
}

fn day_of(path: &Path) -> Option<Day> {
    let date: Date = path.file_name()?.to_str()?.strip_prefix("day=")?.parse().ok()?;
    Day::of_date(date)
}

type Listed = (Vec<(Stored, PathBuf)>, Vec<PathBuf>);

fn list_folder(folder: &Path, day: Day, kind: Kind) -> Result<Listed, StoreError> {
    if !folder.try_exists().map_err(at(folder))? {
        return Ok((Vec::new(), Vec::new()));
    }
    let (mut found, mut strays) = (Vec::new(), Vec::new());
    for path in files(folder)? {
        match stored_of(&path, day, kind) {
            Some(stored) => found.push((stored, path)),
            None => strays.push(path),
        }
    }
    Ok((found, strays))
}

fn stored_of(path: &Path, day: Day, kind: Kind) -> Option<Stored> {
    let name = path.file_name()?.to_str()?.strip_suffix(kind.extension())?.strip_suffix('.')?;
    let (node, seq) = name.split_once('-')?;
    let digits = |index: usize| {
        node.get(index * 2..index * 2 + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok())
    };
    let mut bytes = [0; 16];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = digits(index)?;
    }
    let stored = Stored { day, node: NodeId::from_bytes(bytes), seq: seq.parse().ok()? };
    // One spelling of each name.
    (format!("{}-{:010}", stored.node, stored.seq) == name).then_some(stored)
}
