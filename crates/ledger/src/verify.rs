//! The whole ledger checked offline: from its files alone ([`verify_dir`]) or from entries streamed
//! out of a database ([`EntriesVerifier`]).
//!
//! Invariant: success means that every byte of every entry was read strictly and is under the root
//! that the ledger's key has signed, and that every tile and bundle of the checkpoint's size, full or
//! partial, holds exactly what those entries give. Files that the checkpoint does not cover are
//! warned of, never believed.

mod walk;

use crate::{
    checkpoint::{CHECKPOINT_BYTES_MAX, Checkpoint, CheckpointError, CosignedBy, SignedCheckpoint},
    durable,
    entry::{EntryError, Line},
    frontier::Frontier,
    hash::{Hash, TreeHead, leaf_hash},
    key::{VerifyingKey, WitnessKey},
    tiles::{TileDir, TileError},
};
use base::Timestamp;
use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Most warnings that a report lists; further ones are counted.
pub const WARNINGS_MAX: usize = 1000;
/// A step back of the business time by more than this is warned of.
const STEP_BACK_SECONDS_MAX: i64 = 60;

/// Why the ledger is not whole. Names the file and the entry.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// The checkpoint file is not a checkpoint to believe.
    #[error("{} is not a checkpoint to believe", .path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: CheckpointError,
    },
    /// A file that must be there is not.
    #[error("{} is missing", .0.display())]
    Missing(PathBuf),
    /// A file cannot be read.
    #[error("{} cannot be read", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// A bundle does not hold the entries that its name says.
    #[error("{}: {problem} (entry {index})", .path.display())]
    Bundle {
        /// The file.
        path: PathBuf,
        /// The entry where it shows.
        index: u64,
        /// What is wrong.
        problem: &'static str,
    },
    /// An entry is not an entry.
    #[error("entry {index}{} is not a ledger entry", in_file(.path.as_deref()))]
    Entry {
        /// The file, unless it came from a database.
        path: Option<PathBuf>,
        /// The entry.
        index: u64,
        /// Why.
        #[source]
        source: EntryError,
    },
    /// An entry is not the one that was published.
    #[error("entry {index}{} is not the one under the checkpoint", in_file(.path.as_deref()))]
    EntryHash {
        /// The file, unless it came from a database.
        path: Option<PathBuf>,
        /// The entry.
        index: u64,
    },
    /// A tile does not hold what the entries give.
    #[error("{}: hash {position} is not what the entries give", .path.display())]
    Tile {
        /// The file.
        path: PathBuf,
        /// The place within it.
        position: u64,
    },
    /// A tile has another length than its name says.
    #[error("{} has another length than its name says", .0.display())]
    Length(PathBuf),
    /// A superseded partial file is not the beginning of what superseded it.
    #[error("{} is not the beginning of its full file", .0.display())]
    Partial(PathBuf),
    /// There are fewer or more entries than the checkpoint says.
    #[error("there are {found} entries, the checkpoint is over {expected}")]
    Size {
        /// How many were given.
        found: u64,
        /// The size of the checkpoint.
        expected: u64,
    },
    /// The entries together do not give the signed root.
    #[error("the entries give the root {found}, the checkpoint has {expected}")]
    Root {
        /// What the entries give.
        found: Hash,
        /// What was signed.
        expected: Hash,
    },
}

fn in_file(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| format!(" in {}", path.display()))
}

impl VerifyError {
    /// The file that is wrong, where one is.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Checkpoint { path, .. }
            | Self::Missing(path)
            | Self::Io { path, .. }
            | Self::Bundle { path, .. }
            | Self::Tile { path, .. }
            | Self::Length(path)
            | Self::Partial(path) => Some(path),
            Self::Entry { path, .. } | Self::EntryHash { path, .. } => path.as_deref(),
            Self::Size { .. } | Self::Root { .. } => None,
        }
    }

    fn of_tile(error: TileError) -> Self {
        match error {
            TileError::Missing(path) => Self::Missing(path),
            TileError::Io { path, source } if source.kind() == io::ErrorKind::InvalidData => {
                // Longer than a tile or bundle can be.
                drop(source);
                Self::Length(path)
            }
            TileError::Io { path, source } => Self::Io { path, source },
            TileError::Malformed(path) | TileError::Unauthentic(path) | TileError::Conflict(path) => {
                Self::Length(path)
            }
            TileError::Checkpoint { path, source } => Self::Checkpoint { path, source },
            TileError::Root(size) | TileError::EntryTooLong(size) => {
                Self::Size { found: size, expected: size }
            }
            TileError::Range { place, size } => Self::Size { found: place, expected: size },
            TileError::Older { published, given } => Self::Size { found: published, expected: given },
        }
    }
}

/// Something that is not wrong but should be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyWarning {
    /// The business time of an entry lies before that of the entry in front of it.
    StepBack {
        /// The entry.
        index: u64,
        /// By how much.
        seconds: i64,
    },
    /// A file that no checkpoint covers yet: published, but not signed over.
    NotCovered(PathBuf),
    /// A file that does not belong there.
    Unexpected(PathBuf),
    /// A signature under the checkpoint by a key that is not known.
    UnknownSignature(String),
}

impl core::fmt::Display for VerifyWarning {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::StepBack { index, seconds } => {
                write!(f, "entry {index} is dated {seconds} s before the entry in front of it")
            }
            Self::NotCovered(path) => write!(f, "{}: no checkpoint covers it yet", path.display()),
            Self::Unexpected(path) => write!(f, "{}: does not belong there", path.display()),
            Self::UnknownSignature(name) => write!(f, "a signature by {name}, whose key is not known"),
        }
    }
}

/// What was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// The checkpoint that everything is under.
    pub checkpoint: Checkpoint,
    /// Number of entries.
    pub entries: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// Business time of the first entry.
    pub first_time: Option<Timestamp>,
    /// Business time of the last entry.
    pub last_time: Option<Timestamp>,
    /// The known witnesses that have seen the checkpoint. When there are none, the provider can
    /// have rewritten everything and signed it again.
    pub cosigned_by: Vec<CosignedBy>,
    /// The first [`WARNINGS_MAX`] warnings.
    pub warnings: Vec<VerifyWarning>,
    /// How many there were.
    pub warnings_total: u64,
}

/// Checks entries that come one by one, in order.
#[derive(Debug, Default)]
pub struct EntriesVerifier {
    frontier: Frontier,
    tally: Tally,
}

impl EntriesVerifier {
    /// Before the first entry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many there were.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The next entry; `stored_hash` is the leaf hash that the database keeps beside it, if it does.
    ///
    /// # Errors
    /// When it is not an entry, or has another hash.
    pub fn push(&mut self, entry: &[u8], stored_hash: Option<Hash>) -> Result<(), VerifyError> {
        let index = self.frontier.size();
        let leaf = self.tally.entry(index, entry).map_err(|source| VerifyError::Entry {
            path: None,
            index,
            source,
        })?;
        if stored_hash.is_some_and(|stored| stored != leaf) {
            return Err(VerifyError::EntryHash { path: None, index });
        }
        self.frontier.push(leaf);
        Ok(())
    }

    /// Size and root so far.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.frontier.head()
    }

    /// After the last entry: compares with a checkpoint, which the caller has verified.
    ///
    /// # Errors
    /// When the number of entries or the root is another.
    pub fn finish(self, expected: &Checkpoint) -> Result<VerifyReport, VerifyError> {
        let head = self.frontier.head();
        if head.size != expected.size {
            return Err(VerifyError::Size { found: head.size, expected: expected.size });
        }
        if head.root != expected.root {
            return Err(VerifyError::Root { found: head.root, expected: expected.root });
        }
        Ok(self.tally.report(expected.clone(), Vec::new()))
    }
}

/// Checks the entries of a database, in order, against a checkpoint that the caller has verified.
///
/// # Errors
/// As [`EntriesVerifier`].
pub fn verify_entries<I>(entries: I, expected: &Checkpoint) -> Result<VerifyReport, VerifyError>
where
    I: IntoIterator,
    I::Item: AsRef<[u8]>,
{
    let mut verifier = EntriesVerifier::new();
    for entry in entries {
        verifier.push(entry.as_ref(), None)?;
    }
    verifier.finish(expected)
}

/// Checks a whole ledger from its folder alone. `progress(done, total)` is called with numbers of
/// entries.
///
/// # Errors
/// With the first thing that is wrong.
pub fn verify_dir(
    dir: &Path,
    key: &VerifyingKey,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<VerifyReport, VerifyError> {
    verify_dir_witnessed(dir, key, &[], progress)
}

/// As [`verify_dir`], with the witnesses one trusts: a wrong cosignature of theirs is an error.
///
/// # Errors
/// With the first thing that is wrong.
pub fn verify_dir_witnessed(
    dir: &Path,
    key: &VerifyingKey,
    witnesses: &[WitnessKey],
    progress: &mut dyn FnMut(u64, u64),
) -> Result<VerifyReport, VerifyError> {
    let path = dir.join("checkpoint");
    let bytes =
        durable::read_limited(&path, CHECKPOINT_BYTES_MAX as u64).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => VerifyError::Missing(path.clone()),
            _ => VerifyError::Io { path: path.clone(), source },
        })?;
    let wrong = |source| VerifyError::Checkpoint { path: path.clone(), source };
    let signed = SignedCheckpoint::open(&bytes, key).map_err(wrong)?;
    let cosigned_by = signed.cosigned_by(witnesses).map_err(wrong)?;
    let mut tally = Tally::default();
    for name in signed.unknown_signatures(key, witnesses) {
        tally.warn(VerifyWarning::UnknownSignature(name));
    }
    let checkpoint = signed.unverified().clone();
    walk::walk(&TileDir::new(dir), checkpoint.head(), &mut tally, progress)?;
    Ok(tally.report(checkpoint, cosigned_by))
}

/// What is counted and noticed along the way.
#[derive(Debug, Default)]
struct Tally {
    entries: u64,
    bytes: u64,
    first_time: Option<Timestamp>,
    last_time: Option<Timestamp>,
    warnings: Vec<VerifyWarning>,
    warnings_total: u64,
}

impl Tally {
    /// Reads an entry strictly, and returns the hash of its leaf.
    fn entry(&mut self, index: u64, bytes: &[u8]) -> Result<Hash, EntryError> {
        let line = Line::parse(bytes)?;
        if let Some(last) = self.last_time {
            let seconds = last.seconds_since(line.time);
            // Whole milliseconds count: 60.001 s back is more than 60 s.
            if last.as_millis() - line.time.as_millis() > STEP_BACK_SECONDS_MAX * 1000 {
                self.warn(VerifyWarning::StepBack { index, seconds });
            }
        }
        self.first_time.get_or_insert(line.time);
        self.last_time = Some(line.time);
        self.entries += 1;
        self.bytes += bytes.len() as u64;
        Ok(leaf_hash(bytes))
    }

    fn warn(&mut self, warning: VerifyWarning) {
        self.warnings_total += 1;
        if self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(warning);
        }
    }

    fn report(self, checkpoint: Checkpoint, cosigned_by: Vec<CosignedBy>) -> VerifyReport {
        VerifyReport {
            checkpoint,
            entries: self.entries,
            bytes: self.bytes,
            first_time: self.first_time,
            last_time: self.last_time,
            cosigned_by,
            warnings: self.warnings,
            warnings_total: self.warnings_total,
        }
    }
}
