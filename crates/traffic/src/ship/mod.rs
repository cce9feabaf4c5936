//! The shipper: what web servers write becomes rows in memory and in the spool, and a sealed segment per day.
//!
//! ```text
//! sources ─ lines ─► parser ─ rows ─┬─► Gatherer (memory) ──► segment, when the day is over
//!                                   └─► Spool (disk) ───────► raw segment, after a crash
//!            positions.log: the commit of both, every second
//! ```
//!
//! Invariants
//! - Each line of a file is in exactly one segment, whenever the process is killed: rows and position are committed by one
//!   line of the position log. Of standard input a kill loses what was not committed; that it happened is counted.
//! - Rows leave the spool only after the segment that holds them is durable, and a spool whose segment is there is only removed.
//! - A line is never refused for what it says: it is counted as bad. A disk that is full stops the reading, not the logs.
//! - Nothing is recorded without a group key, and nothing is kept in plain text instead.

mod intake;
mod once;
pub mod positions;
mod tail;

pub use once::{Archive, Input};
pub use tail::Tail;

use crate::node::{How, Node, NodeError, write_whole};
use crate::parse::{BadLines, LineParser};
use crate::segment::name::SegmentName;
use crate::segment::{Limits, Reason, Sealed};
use crate::sites::Sites;
use crate::spool::{self, LeftSpool, SPOOL_BYTES_FULL, SpoolError};
use crate::store::{Present, Stored};
use base::{Day, Random, Timestamp};
use intake::{Fresh, Intake, Open};
use keys::seal::GroupKey;
use positions::{Position, PositionLog, SourcePosition, SpoolPosition, Totals};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Days gathered at once.
const DAYS_OPEN_MAX: usize = 3;
/// Rows that wait for a commit, in bytes.
const BUFFERED_BYTES_MAX: usize = 8 << 20;
/// How long after midnight a day waits for late lines.
const LATE_SECONDS: i64 = 15 * 60;
/// A day that is over and got no row for so long is sealed.
const QUIET_SECONDS: i64 = 5 * 60;
const SPOOL_FOLDER: &str = "spool";
const POSITIONS_FILE: &str = "positions.log";
/// Its being there asks for sealing at once.
const SEAL_NOW_FILE: &str = "seal-now";

/// Why the shipper stops or waits.
#[derive(Debug, Error)]
pub enum ShipError {
    /// The disk.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file of positions is damaged before its end: what was read already cannot be told.
    #[error("{0}: the file of positions is damaged; move it away to read every log from its beginning")]
    Positions(PathBuf),
    /// More rotated files than are remembered.
    #[error("{0} has too many rotated files")]
    TooManyFiles(PathBuf),
    /// Another shipper runs.
    #[error("a shipper of {0} runs already")]
    Running(PathBuf),
    /// No group key for a day.
    #[error(
        "there is no group key for {0}: the officers' ceremony is overdue, and nothing is recorded without one"
    )]
    NoKey(Day),
    /// The spool.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The node.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl From<crate::spool::HandOverError> for ShipError {
    fn from(error: crate::spool::HandOverError) -> Self {
        Self::Node(error.into())
    }
}

impl From<crate::store::StoreError> for ShipError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Node(error.into())
    }
}

/// That lines were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken;

/// Says with which group key rows of a day are sealed; none when recording must stop.
pub type KeyOf = dyn Fn(Day) -> Option<Arc<GroupKey>> + Send;

/// Where lines come from.
pub enum Source {
    /// A log that is followed.
    Tail(Tail),
    /// A finished log.
    Archive(Archive),
    /// Standard input.
    Input(Input),
}

/// How to ship.
pub struct Settings {
    /// Hosts.
    pub sites: Arc<Sites>,
    /// Limits of a segment.
    pub limits: Limits,
    /// Threads that seal.
    pub threads: NonZeroUsize,
    /// zstd level of segments.
    pub level: i32,
    /// Group keys.
    pub key_of: Box<KeyOf>,
    /// Random source of the seal.
    pub random: Arc<dyn Random>,
}

/// What one step did.
#[derive(Debug, Default)]
pub struct Stepped {
    /// Bytes that were read.
    pub bytes: usize,
    /// Segments that were sealed.
    pub sealed: Vec<(SegmentName, Sealed)>,
}

/// The shipper of one node.
pub struct Shipper {
    intake: Intake,
    positions: PositionLog,
    sources: Vec<(String, Source, LineParser)>,
    /// Sources of earlier runs that this one does not read.
    others: BTreeMap<String, SourcePosition>,
    /// Spools whose segment could not be sealed, with what counts of them.
    left: Vec<SpoolPosition>,
    committed: Timestamp,
    looked: Timestamp,
    _running: File,
}

impl Shipper {
    /// Begins a run: spools that a crash left become segments first.
    ///
    /// # Errors
    /// When another shipper runs, the state cannot be read, or a spool cannot be handed over.
    pub fn open(
        node: Node,
        settings: Settings,
        now: Timestamp,
    ) -> Result<(Self, Vec<(SegmentName, Sealed)>), ShipError> {
        let running = lock(node.folder())?;
        let folder = node.folder().join(SPOOL_FOLDER);
        fs::create_dir_all(&folder).map_err(|source| ShipError::Io { path: folder.clone(), source })?;
        let (positions, position) = PositionLog::open(&node.folder().join(POSITIONS_FILE))?;
        let position = position.unwrap_or_default();
        let handed = recover(&node, &folder, &position.spools)?;
        let intake = Intake {
            node,
            settings,
            folder,
            days: BTreeMap::new(),
            counts: position.counts,
            bad: BadLines::default(),
            fresh: Fresh::Yes,
        };
        let shipper = Self {
            intake,
            positions,
            sources: Vec::new(),
            others: position.sources,
            left: Vec::new(),
            committed: now,
            looked: now,
            _running: running,
        };
        Ok((shipper, handed))
    }

    /// Follows a log.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn follow(&mut self, path: &Path, parser: LineParser, now: Timestamp) -> Result<(), ShipError> {
        let (name, before) = self.before(path);
        let tail = Tail::open(path, before, now)?;
        self.sources.push((name, Source::Tail(tail), parser));
        // What counts as old is decided now: a rotation between here and the first commit must not look old.
        self.commit(now)
    }

    /// Reads a finished log.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn archive(&mut self, path: &Path, parser: LineParser) -> Result<(), ShipError> {
        let (name, before) = self.before(path);
        let archive = Archive::open(path, before.as_ref())?;
        self.sources.push((name, Source::Archive(archive), parser));
        Ok(())
    }

    /// Reads a stream, such as standard input.
    ///
    /// # Errors
    /// When that it begins cannot be noted.
    pub fn input(
        &mut self,
        source: impl io::Read + Send + 'static,
        parser: LineParser,
        now: Timestamp,
    ) -> Result<(), ShipError> {
        let (name, before) = self.before(Path::new("-"));
        self.sources.push((name, Source::Input(Input::new(source, before)), parser));
        self.commit(now)
    }

    fn before(&mut self, path: &Path) -> (String, Option<SourcePosition>) {
        let name = path.to_string_lossy().into_owned();
        let before = self.others.remove(&name);
        (name, before)
    }

    /// Other sites, for days that begin from now on.
    pub fn replace_sites(&mut self, sites: Arc<Sites>) {
        self.intake.settings.sites = sites;
    }

    /// Other limits, for days that begin from now on.
    pub const fn replace_limits(&mut self, limits: Limits) {
        self.intake.settings.limits = limits;
    }

    /// The node.
    #[must_use]
    pub const fn node(&self) -> &Node {
        &self.intake.node
    }

    /// What was read since the node was made.
    #[must_use]
    pub const fn counts(&self) -> Totals {
        self.intake.counts
    }

    /// Lines of this run that could not be read.
    #[must_use]
    pub const fn bad(&self) -> &BadLines {
        &self.intake.bad
    }

    /// Whether every source has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.sources.iter().all(|(_, source, _)| match source {
            Source::Tail(_) => false,
            Source::Archive(archive) => archive.is_done(),
            Source::Input(input) => input.is_done(),
        })
    }

    /// Reads what is new, commits when it is time, seals days that are over. To be called again and again; without new
    /// bytes after a pause.
    ///
    /// # Errors
    /// When something fails. The step may be repeated: what was taken stays taken, what was not is read again.
    pub fn step(&mut self, now: Timestamp) -> Result<Stepped, ShipError> {
        let mut stepped = Stepped::default();
        let look = now.seconds_since(self.looked) != 0;
        for number in 0..self.sources.len() {
            // After a full disk too: no more is taken into memory before what is there was committed.
            if self.intake.buffered() > BUFFERED_BYTES_MAX {
                self.commit(now)?;
            }
            let (_, source, parser) = &mut self.sources[number];
            let take = &mut |lines: &[u8]| self.intake.take(parser, lines, now);
            stepped.bytes += match source {
                Source::Tail(tail) => {
                    if look {
                        tail.look(now)?;
                    }
                    let read = tail.read(now, take)?;
                    if look { read + tail.close_quiet(now, take)? } else { read }
                }
                Source::Archive(archive) => archive.read(take)?,
                Source::Input(input) => input.read(take)?,
            };
        }
        if look {
            self.looked = now;
        }
        if now.seconds_since(self.committed) != 0 && self.intake.fresh == Fresh::Yes {
            self.commit(now)?;
        }
        self.seal_due(now, &mut stepped.sealed)?;
        if look {
            self.seal_requested(now, &mut stepped.sealed)?;
        }
        Ok(stepped)
    }

    /// Commits, and seals every day that is open.
    ///
    /// # Errors
    /// When something fails; what was committed is safe.
    pub fn seal_all(
        &mut self,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Vec<(SegmentName, Sealed)>, ShipError> {
        let mut sealed = Vec::new();
        let days: Vec<Day> = self.intake.days.keys().copied().collect();
        for day in days {
            sealed.extend(self.seal(day, reason, now)?);
        }
        self.commit(now)?;
        Ok(sealed)
    }

    /// Makes everything durable that was taken: rows first, then the position that goes with them.
    fn commit(&mut self, now: Timestamp) -> Result<(), ShipError> {
        let mut spools = self.left.clone();
        for open in self.intake.days.values_mut() {
            let bytes = open.spool.flush()?;
            let name = open.spool.name();
            spools.push(SpoolPosition { day: name.day.number(), seq: name.seq, bytes });
        }
        let mut sources = self.others.clone();
        for (name, source, _) in &self.sources {
            let position = match source {
                Source::Tail(tail) => tail.position(),
                Source::Archive(archive) => archive.position(),
                Source::Input(input) => input.position(),
            };
            sources.insert(name.clone(), position);
        }
        self.positions.commit(&Position { spools, sources, counts: self.intake.counts })?;
        self.committed = now;
        self.intake.fresh = Fresh::No;
        Ok(())
    }

    fn seal_due(&mut self, now: Timestamp, sealed: &mut Vec<(SegmentName, Sealed)>) -> Result<(), ShipError> {
        for spool in core::mem::take(&mut self.left) {
            match recover(&self.intake.node, &self.intake.folder, &[spool]) {
                Ok(handed) => sealed.extend(handed),
                Err(error) => {
                    self.left.push(spool);
                    return Err(error);
                }
            }
        }
        let due = |day: Day, open: &Open| {
            let over = now.seconds_since(Day::from_number(day.number() + 1).start()) >= LATE_SECONDS;
            (over && now.seconds_since(open.touched) >= QUIET_SECONDS)
                || open.spool.durable() >= SPOOL_BYTES_FULL
        };
        let days: Vec<Day> =
            self.intake.days.iter().filter(|(day, open)| due(**day, open)).map(|(day, _)| *day).collect();
        for day in days {
            sealed.extend(self.seal(day, Reason::Day, now)?);
        }
        while self.intake.days.len() > DAYS_OPEN_MAX {
            let quiet = self.intake.days.iter().min_by_key(|(_, open)| open.touched).map(|(day, _)| *day);
            let Some(day) = quiet else { break };
            sealed.extend(self.seal(day, Reason::Day, now)?);
        }
        Ok(())
    }

    fn seal_requested(
        &mut self,
        now: Timestamp,
        sealed: &mut Vec<(SegmentName, Sealed)>,
    ) -> Result<(), ShipError> {
        let request = self.intake.node.folder().join(SEAL_NOW_FILE);
        if !request.exists() {
            return Ok(());
        }
        sealed.extend(self.seal_all(Reason::Now, now)?);
        fs::remove_file(&request).map_err(|source| ShipError::Io { path: request, source })
    }

    fn seal(
        &mut self,
        day: Day,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Option<(SegmentName, Sealed)>, ShipError> {
        // First what it holds must count: after a crash within the sealing the spool is all there is.
        self.commit(now)?;
        let Some(open) = self.intake.days.remove(&day) else { return Ok(None) };
        let Open { gatherer, spool, keys, .. } = open;
        let name = *spool.name();
        let how = How { threads: self.intake.settings.threads, level: self.intake.settings.level, reason };
        match self.intake.node.seal(gatherer, &name, &keys, how) {
            Ok(sealed) => {
                spool.destroy()?;
                self.intake.fresh = Fresh::Yes;
                Ok(Some((name, sealed)))
            }
            Err(error) => {
                // The rows in memory are gone, those of the spool are not: they become a raw segment later.
                let bytes = spool.durable();
                self.left.push(SpoolPosition { day: day.number(), seq: name.seq, bytes });
                Err(error.into())
            }
        }
    }
}

/// Asks the shipper of a node to seal the running days, as for an incident.
///
/// # Errors
/// When the request cannot be written.
pub fn request_seal(folder: &Path) -> Result<PathBuf, ShipError> {
    let path = folder.join(SEAL_NOW_FILE);
    write_whole(&path, b"").map_err(|source| ShipError::Io { path: path.clone(), source })?;
    Ok(path)
}

/// What is committed in a node's folder; for showing it.
///
/// # Errors
/// When it cannot be read.
pub fn committed(folder: &Path) -> Result<Option<Position>, ShipError> {
    PositionLog::read(&folder.join(POSITIONS_FILE))
}

/// Whether a segment's spool is still there: until it is gone, the segment must not leave the store.
#[must_use]
pub fn has_spool(folder: &Path, stored: &Stored) -> bool {
    folder.join(SPOOL_FOLDER).join(spool::file_name(stored.day, stored.seq)).exists()
}

/// Takes the lock that says that a shipper runs.
///
/// # Errors
/// When one does.
pub fn lock(folder: &Path) -> Result<File, ShipError> {
    let path = folder.join("ship.lock");
    let io = |source| ShipError::Io { path: path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ShipError::Running(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

/// Makes segments of the spools that were left without a process. What was not committed is removed: its lines are
/// read again.
fn recover(
    node: &Node,
    folder: &Path,
    committed: &[SpoolPosition],
) -> Result<Vec<(SegmentName, Sealed)>, ShipError> {
    let io = |source| ShipError::Io { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        paths.push(entry.map_err(io)?.path());
    }
    paths.sort();
    let mut handed = Vec::new();
    for path in paths {
        let is = |spool: &&SpoolPosition| {
            let name = spool::file_name(Day::from_number(spool.day), spool.seq);
            path.file_name().is_some_and(|file| file == name.as_str())
        };
        let Some(spool) = committed.iter().find(is) else {
            spool::remove(&path)?;
            continue;
        };
        let stored = Stored { day: Day::from_number(spool.day), node: node.id(), seq: spool.seq };
        if node.store().has(&stored)? != Present::Whole {
            node.store().discard(&stored)?;
            let left = LeftSpool::open(&path, Some(spool.bytes))?;
            if !left.is_empty() {
                handed.push((*left.name(), node.hand_over(&left)?));
            }
        }
        spool::remove(&path)?;
    }
    Ok(handed)
}
