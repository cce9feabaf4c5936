//! How far the sources were read, and how much of each spool belongs to that: one file that grows by a line at each
//! commit. A line is the commit: what the spools hold beyond it is read again from the sources.
//!
//! ```text
//! line = 16 hexadecimal digits of SHA-256 of the rest ‖ space ‖ JSON ‖ line feed
//! ```

use super::ShipError;
use crate::node::write_whole;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The file begins anew when it is longer than this.
const LOG_BYTES_FULL: u64 = 1 << 20;
/// A file longer than this is not one of ours.
const LOG_BYTES_MAX: u64 = 64 << 20;
const SUM_DIGITS: usize = 16;

/// What is committed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The spools that hold rows.
    pub spools: Vec<SpoolPosition>,
    /// How far each source was read, by its path.
    pub sources: BTreeMap<String, SourcePosition>,
    /// What was read since the node was made.
    pub counts: Totals,
}

/// How much of a spool counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpoolPosition {
    /// The day.
    pub day: u32,
    /// The number.
    pub seq: u32,
    /// Bytes.
    pub bytes: u64,
}

/// How far a source was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePosition {
    /// The files it consists of.
    pub files: Vec<FilePosition>,
    /// How often a file was cut off while it was followed.
    #[serde(default)]
    pub truncations: u64,
    /// Files that were gone before they were read to their end.
    #[serde(default)]
    pub lost: u64,
    /// Standard input: how often a run ended before its input did. Lines may be missing there.
    #[serde(default)]
    pub gaps: u64,
    /// Standard input: runs that read it now.
    #[serde(default)]
    pub running: u64,
}

/// How far a file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilePosition {
    /// The device.
    pub dev: u64,
    /// The file's number on it.
    pub ino: u64,
    /// Bytes that became rows.
    pub offset: u64,
    /// So many of its first bytes …
    pub head: u32,
    /// … have this sum: files with the same number are told apart. So short that no guess can be tested on it.
    pub sum: u32,
    /// What is expected of it.
    pub state: FileState,
    /// Inside a line that is too long.
    #[serde(default)]
    pub skipping: Skipping,
}

/// What is expected of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileState {
    /// The web server writes it.
    Current,
    /// It was renamed; the server may still write it.
    Rotated,
    /// Read to its end.
    Done,
}

/// Whether what comes next belongs to a line that is too long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skipping {
    /// It does not.
    #[default]
    No,
    /// It does, up to the next line feed.
    Yes,
}

/// Sums over all runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Lines, blank ones left out.
    pub lines: u64,
    /// Lines that became rows.
    pub hits: u64,
    /// Lines that could not be read.
    pub bad: u64,
}

/// The file of positions.
#[derive(Debug)]
pub struct PositionLog {
    path: PathBuf,
    file: File,
    length: u64,
}

impl PositionLog {
    /// Opens the file, and gives what was committed last. A line that a crash left half is cut off.
    ///
    /// # Errors
    /// When it cannot be read, or is damaged before its last line.
    pub fn open(path: &Path) -> Result<(Self, Option<Position>), ShipError> {
        let io = |source| ShipError::Io { path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(io)?;
        let mut bytes = Vec::new();
        (&file).take(LOG_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(io)?;
        let (length, position) = parse(&bytes).ok_or_else(|| ShipError::Positions(path.to_owned()))?;
        file.set_len(length as u64).and_then(|()| file.sync_all()).map_err(io)?;
        // Its name must be durable before anything relies on it.
        File::open(path.parent().unwrap_or(path)).and_then(|folder| folder.sync_all()).map_err(io)?;
        Ok((Self { path: path.to_owned(), file, length: length as u64 }, position))
    }

    /// What was committed last; for showing it. Nothing is changed.
    ///
    /// # Errors
    /// As for [`PositionLog::open`].
    pub fn read(path: &Path) -> Result<Option<Position>, ShipError> {
        let mut bytes = Vec::new();
        match File::open(path).and_then(|file| file.take(LOG_BYTES_MAX + 1).read_to_end(&mut bytes)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(|source| ShipError::Io { path: path.to_owned(), source })?,
        };
        parse(&bytes).map(|parsed| parsed.1).ok_or_else(|| ShipError::Positions(path.to_owned()))
    }

    /// Commits. May be repeated after an error.
    ///
    /// # Errors
    /// When the disk refuses; what was committed before stands.
    pub fn commit(&mut self, position: &Position) -> Result<(), ShipError> {
        let line = line_of(position);
        let io = |source| ShipError::Io { path: self.path.clone(), source };
        if self.length > LOG_BYTES_FULL {
            write_whole(&self.path, &line).map_err(io)?;
            self.file = OpenOptions::new().read(true).write(true).open(&self.path).map_err(io)?;
            self.length = line.len() as u64;
            return Ok(());
        }
        self.file.write_all_at(&line, self.length).and_then(|()| self.file.sync_data()).map_err(io)?;
        self.length += line.len() as u64;
        Ok(())
    }
}

fn line_of(position: &Position) -> Vec<u8> {
    let json = serde_json::to_string(position).expect("a structure of numbers and texts writes");
    format!("{} {json}\n", sum(json.as_bytes())).into_bytes()
}

fn sum(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..SUM_DIGITS / 2])
}

/// Length of the whole lines, and the last one. None when something before the last line is wrong.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<(usize, Option<Position>)> {
    if bytes.len() as u64 > LOG_BYTES_MAX {
        return None;
    }
    let (mut at, mut last) = (0, None);
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map(|end| at + end);
        let read = end.and_then(|end| parse_line(&bytes[at..end]));
        match (read, end) {
            (Some(position), Some(end)) => {
                last = Some(position);
                at = end + 1;
            }
            // A write that the crash cut off is the last one.
            (None, Some(end)) if end + 1 < bytes.len() => return None,
            _ => break,
        }
    }
    Some((at, last))
}

fn parse_line(line: &[u8]) -> Option<Position> {
    let (stated, rest) = line.split_at_checked(SUM_DIGITS)?;
    let json = rest.strip_prefix(b" ")?;
    if sum(json).as_bytes() != stated {
        return None;
    }
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(hits: u64) -> Position {
        let file = FilePosition {
            dev: 1,
            ino: 2,
            offset: hits * 100,
            head: 256,
            sum: 7,
            state: FileState::Current,
            skipping: Skipping::No,
        };
        let source = SourcePosition { files: vec![file], ..SourcePosition::default() };
        Position {
            spools: vec![SpoolPosition { day: 20_000, seq: 3, bytes: hits }],
            sources: [("/var/log/a.log".to_owned(), source)].into(),
            counts: Totals { lines: hits, hits, bad: 0 },
        }
    }

    #[test]
    fn cut_off_anywhere_the_last_whole_line_counts() {
        let lines: Vec<Vec<u8>> = (1..4).map(|hits| line_of(&position(hits))).collect();
        let all = lines.concat();
        let ends: Vec<usize> = (0..=3).map(|count| lines[..count].concat().len()).collect();
        for length in 0..=all.len() {
            let whole = ends.iter().rposition(|end| *end <= length).expect("zero is one");
            let expected = (whole > 0).then(|| position(whole as u64));
            assert_eq!(parse(&all[..length]), Some((ends[whole], expected)), "{length}");
        }
        let mut damaged = all.clone();
        damaged[30] ^= 1;
        assert_eq!(parse(&damaged), None, "not the last line");
        damaged = all;
        let last = damaged.len() - 9;
        damaged[last] ^= 1;
        assert_eq!(parse(&damaged), Some((ends[2], Some(position(2)))));
    }

    #[test]
    fn commits_are_found_again_and_the_file_stays_short() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("positions.log");
        let (mut log, before) = PositionLog::open(&path).expect("opens");
        assert_eq!(before, None);
        log.length = LOG_BYTES_FULL - 3_000;
        log.file.set_len(0).expect("empties");
        log.length = 0;
        for hits in 1..3_000 {
            log.commit(&position(hits)).expect("commits");
            if hits == 10 {
                // As if many lines more had been written.
                log.length = LOG_BYTES_FULL + 1;
            }
        }
        drop(log);
        assert_eq!(PositionLog::read(&path).expect("reads"), Some(position(2_999)));
        let (_, after) = PositionLog::open(&path).expect("opens");
        assert_eq!(after, Some(position(2_999)));
    }
}
