//! A log that a web server writes, across its rotations: the file under the path, and those it became before.
//!
//! - Renamed and created anew: the old file is read on until it is quiet and the new one was begun. Files that came and
//!   went between two looks are found by their names (`access.log.1`, `access.log-20261122`).
//! - Copied and truncated: noticed by the length, or by other first bytes. The copy is read from where the original was
//!   read up to; without a copy the truncation counts as a possible loss.
//! - Files are told apart by device and number, and by a short sum over their first bytes, for numbers are used again.
//!
//! What is read counts as consumed only when the receiver took it; the position is what [`Tail::position`] says then.

use super::positions::{FilePosition, FileState, Skipping, SourcePosition};
use super::{ShipError, Taken};
use crate::lines::LINE_BYTES_MAX;
use base::Timestamp;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Bytes of one file that are read at once.
const READ_BYTES: usize = 1 << 20;
/// Bytes that tell files apart.
const HEAD_BYTES: u64 = 256;
/// A renamed file that did not grow for so long, while its successor did, is read to its end.
const QUIET_SECONDS: i64 = 10;
/// A listing may miss a file that is renamed meanwhile. Only one that so many did not show is gone.
const MISSING_MAX: u32 = 3;
/// Files that are remembered of one log.
const FILES_MAX: usize = 4_096;

/// A log that is followed.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    files: Vec<Followed>,
    totals: SourcePosition,
}

#[derive(Debug)]
struct Followed {
    position: FilePosition,
    file: Option<File>,
    /// When it last grew.
    grew: Timestamp,
    /// Looks in a row that did not find it.
    missing: u32,
}

/// A file as it is in the folder.
struct Seen {
    path: PathBuf,
    dev: u64,
    ino: u64,
    length: u64,
}

impl Tail {
    /// Follows a log from where it was read up to. Without a position: what is under the path from its beginning, and
    /// nothing that was rotated before.
    ///
    /// # Errors
    /// When the folder or its files cannot be read.
    pub fn open(path: &Path, position: Option<SourcePosition>, now: Timestamp) -> Result<Self, ShipError> {
        let first = position.is_none();
        let totals = position.unwrap_or_default();
        let follow =
            |position: &FilePosition| Followed { position: *position, file: None, grew: now, missing: 0 };
        let mut tail =
            Self { path: path.to_owned(), files: totals.files.iter().map(follow).collect(), totals };
        if first {
            for seen in tail.siblings()? {
                tail.adopt(&seen, seen.length, FileState::Done, now)?;
            }
        }
        tail.look(now)?;
        Ok(tail)
    }

    /// How far it was read.
    #[must_use]
    pub fn position(&self) -> SourcePosition {
        SourcePosition {
            files: self.files.iter().map(|followed| followed.position).collect(),
            ..self.totals.clone()
        }
    }

    /// Reads what is new, at most about a megabyte of each file, and gives whole lines to the receiver. Says how many
    /// bytes that were.
    ///
    /// # Errors
    /// When a file cannot be read, or the receiver refuses; then nothing of that piece was consumed.
    pub fn read(
        &mut self,
        now: Timestamp,
        take: &mut dyn FnMut(&[u8]) -> Result<Taken, ShipError>,
    ) -> Result<usize, ShipError> {
        let mut all = 0;
        for number in 0..self.files.len() {
            all += self.read_one(number, now, take)?;
        }
        Ok(all)
    }

    fn read_one(
        &mut self,
        number: usize,
        now: Timestamp,
        take: &mut dyn FnMut(&[u8]) -> Result<Taken, ShipError>,
    ) -> Result<usize, ShipError> {
        let followed = &mut self.files[number];
        let Some(file) = &followed.file else { return Ok(0) };
        let io = |source| ShipError::Io { path: self.path.clone(), source };
        let mut bytes = vec![0; READ_BYTES];
        let read = read_up_to(file, &mut bytes, followed.position.offset).map_err(io)?;
        bytes.truncate(read);
        let mut text = &bytes[..];
        let mut consumed = 0;
        let mut skipping = followed.position.skipping;
        if skipping == Skipping::Yes {
            match memchr::memchr(b'\n', text) {
                Some(end) => {
                    consumed = end + 1;
                    text = &text[end + 1..];
                    skipping = Skipping::No;
                }
                None => {
                    consumed = text.len();
                    text = &[];
                }
            }
        }
        let whole = memchr::memrchr(b'\n', text).map_or(0, |end| end + 1);
        if whole > 0 {
            take(&text[..whole])?;
            consumed += whole;
        } else if text.len() > LINE_BYTES_MAX {
            take(text)?;
            consumed += text.len();
            skipping = Skipping::Yes;
        }
        if consumed > 0 {
            followed.position.offset += consumed as u64;
            followed.position.skipping = skipping;
            followed.grew = now;
            update_head(file, &mut followed.position).map_err(io)?;
        }
        Ok(consumed)
    }

    /// Looks at the folder: what was rotated, cut off, or is new. To be done every second or so.
    ///
    /// # Errors
    /// When the folder or its files cannot be read.
    pub fn look(&mut self, now: Timestamp) -> Result<(), ShipError> {
        // In this order: what is renamed in between is seen twice, and not never.
        let current = see(&self.path).map_err(|source| self.io(source))?;
        let siblings = self.siblings()?;
        // Numbers that are used again for other files.
        for seen in siblings.iter().chain(&current) {
            self.forget_if_other(seen, &siblings)?;
        }
        self.find_handles(&siblings, current.as_ref())?;
        if let Some(seen) = &current {
            match self.find(seen) {
                Some(number) => self.files[number].position.state = FileState::Current,
                None => self.adopt(seen, 0, FileState::Current, now)?,
            }
        }
        let is_current = |position: &FilePosition| {
            current.as_ref().is_some_and(|seen| (seen.dev, seen.ino) == (position.dev, position.ino))
        };
        for followed in &mut self.files {
            if followed.position.state == FileState::Current && !is_current(&followed.position) {
                followed.position.state = FileState::Rotated;
                followed.grew = now;
            }
        }
        for seen in &siblings {
            match self.find(seen) {
                // Somebody went on writing it.
                Some(number)
                    if self.files[number].position.state == FileState::Done
                        && seen.length > self.files[number].position.offset =>
                {
                    let followed = &mut self.files[number];
                    followed.position.state = FileState::Rotated;
                    followed.grew = now;
                }
                Some(_) => {}
                None if self.is_copy_of_living(seen)? => {}
                None => self.adopt(seen, 0, FileState::Rotated, now)?,
            }
        }
        self.find_handles(&siblings, current.as_ref())?;
        self.forget_gone(&siblings, current.as_ref());
        Ok(())
    }

    /// Ends files that were renamed and are quiet: their last line may lack its line feed. Says how many bytes that gave.
    ///
    /// # Errors
    /// As for [`Tail::read`].
    pub fn close_quiet(
        &mut self,
        now: Timestamp,
        take: &mut dyn FnMut(&[u8]) -> Result<Taken, ShipError>,
    ) -> Result<usize, ShipError> {
        let begun = |followed: &Followed| {
            followed.position.state == FileState::Current && followed.position.offset > 0
        };
        if !self.files.iter().any(begun) {
            return Ok(0);
        }
        let mut all = 0;
        for followed in &mut self.files {
            let quiet = now.seconds_since(followed.grew) >= QUIET_SECONDS;
            if followed.position.state != FileState::Rotated || !quiet {
                continue;
            }
            let Some(file) = &followed.file else { continue };
            let io = |source| ShipError::Io { path: self.path.clone(), source };
            let mut rest = vec![0; LINE_BYTES_MAX + 1];
            let read = read_up_to(file, &mut rest, followed.position.offset).map_err(io)?;
            if memchr::memchr(b'\n', &rest[..read]).is_some() || read > LINE_BYTES_MAX {
                // It grew this moment.
                followed.grew = now;
                continue;
            }
            if read > 0 && followed.position.skipping == Skipping::No {
                take(&rest[..read])?;
            }
            followed.position.offset += read as u64;
            followed.position.skipping = Skipping::No;
            followed.position.state = FileState::Done;
            update_head(file, &mut followed.position).map_err(io)?;
            followed.file = None;
            all += read;
        }
        Ok(all)
    }

    fn io(&self, source: io::Error) -> ShipError {
        ShipError::Io { path: self.path.clone(), source }
    }

    fn find(&self, seen: &Seen) -> Option<usize> {
        self.files.iter().position(|one| (one.position.dev, one.position.ino) == (seen.dev, seen.ino))
    }

    /// The rotated files of this log: its name, a dot or hyphen, a digit; none that were compressed since.
    fn siblings(&self) -> Result<Vec<Seen>, ShipError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let name = self.path.file_name().unwrap_or_default().as_encoded_bytes();
        let mut all = Vec::new();
        for entry in fs::read_dir(folder).map_err(|source| self.io(source))? {
            let entry = entry.map_err(|source| self.io(source))?;
            let other = entry.file_name();
            let rest = other.as_encoded_bytes().strip_prefix(name).unwrap_or_default();
            let rotated = matches!(rest, [b'.' | b'-', b'0'..=b'9', ..]);
            let packed = [&b".gz"[..], b".zst", b".bz2", b".xz"].iter().any(|end| rest.ends_with(end));
            if rotated && !packed {
                // It may be gone already.
                all.extend(see(&entry.path()).map_err(|source| self.io(source))?);
            }
        }
        Ok(all)
    }

    fn adopt(&mut self, seen: &Seen, offset: u64, state: FileState, now: Timestamp) -> Result<(), ShipError> {
        if self.files.len() >= FILES_MAX {
            return Err(ShipError::TooManyFiles(self.path.clone()));
        }
        let Some(file) = open(&seen.path).map_err(|source| self.io(source))? else { return Ok(()) };
        // Between look and opening another file may have taken the name.
        let metadata = file.metadata().map_err(|source| self.io(source))?;
        if (metadata.dev(), metadata.ino()) != (seen.dev, seen.ino) {
            return Ok(());
        }
        let mut position = FilePosition {
            dev: seen.dev,
            ino: seen.ino,
            offset,
            head: 0,
            sum: 0,
            state,
            skipping: Skipping::No,
        };
        update_head(&file, &mut position).map_err(|source| self.io(source))?;
        let file = (state != FileState::Done).then_some(file);
        self.files.push(Followed { position, file, grew: now, missing: 0 });
        Ok(())
    }

    /// A known file that is shorter than what was read of it, or begins otherwise: cut off, or another file.
    fn forget_if_other(&mut self, seen: &Seen, siblings: &[Seen]) -> Result<(), ShipError> {
        let Some(number) = self.find(seen) else { return Ok(()) };
        let position = self.files[number].position;
        let same = seen.length >= position.offset
            && match open(&seen.path).map_err(|source| self.io(source))? {
                Some(file) => begins_so(&file, &position).map_err(|source| self.io(source))?,
                None => true,
            };
        if same {
            return Ok(());
        }
        let old = self.files.remove(number);
        if position.state == FileState::Done {
            return Ok(());
        }
        self.totals.truncations += 1;
        // A copy holds what was not read yet.
        for copy in siblings.iter().filter(|copy| copy.length >= position.offset) {
            if self.find(copy).is_some() || (copy.dev, copy.ino) == (seen.dev, seen.ino) {
                continue;
            }
            let Some(file) = open(&copy.path).map_err(|source| self.io(source))? else { continue };
            if position.head > 0 && begins_so(&file, &position).map_err(|source| self.io(source))? {
                let taken =
                    FilePosition { dev: copy.dev, ino: copy.ino, state: FileState::Rotated, ..position };
                self.files.push(Followed { position: taken, file: Some(file), grew: old.grew, missing: 0 });
                return Ok(());
            }
        }
        if position.offset > 0 {
            self.totals.lost += 1;
        }
        Ok(())
    }

    /// Whether a file that is not known is a copy, being made, of one that is.
    fn is_copy_of_living(&self, seen: &Seen) -> Result<bool, ShipError> {
        let Some(file) = open(&seen.path).map_err(|source| self.io(source))? else { return Ok(true) };
        for followed in &self.files {
            let position = &followed.position;
            if position.head >= 1
                && seen.length >= u64::from(position.head)
                && begins_so(&file, position).map_err(|source| self.io(source))?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Opens what is known from an earlier run.
    fn find_handles(&mut self, siblings: &[Seen], current: Option<&Seen>) -> Result<(), ShipError> {
        for number in 0..self.files.len() {
            let position = self.files[number].position;
            if self.files[number].file.is_some() || position.state == FileState::Done {
                continue;
            }
            let mut all = siblings.iter().chain(current);
            let Some(seen) = all.find(|seen| (seen.dev, seen.ino) == (position.dev, position.ino)) else {
                continue;
            };
            let Some(file) = open(&seen.path).map_err(|source| self.io(source))? else { continue };
            let metadata = file.metadata().map_err(|source| self.io(source))?;
            if (metadata.dev(), metadata.ino()) == (position.dev, position.ino) {
                self.files[number].file = Some(file);
            }
        }
        Ok(())
    }

    fn forget_gone(&mut self, siblings: &[Seen], current: Option<&Seen>) {
        let there = |position: &FilePosition| {
            siblings.iter().chain(current).any(|seen| (seen.dev, seen.ino) == (position.dev, position.ino))
        };
        let mut lost = 0;
        self.files.retain_mut(|followed| {
            followed.missing = if there(&followed.position) { 0 } else { followed.missing + 1 };
            let gone = followed.missing >= MISSING_MAX && followed.file.is_none();
            lost += u64::from(gone && followed.position.state != FileState::Done);
            !gone
        });
        self.totals.lost += lost;
    }
}

fn see(path: &Path) -> io::Result<Option<Seen>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Some(Seen {
            path: path.to_owned(),
            dev: metadata.dev(),
            ino: metadata.ino(),
            length: metadata.len(),
        })),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_up_to(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read_at(&mut buffer[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

fn sum(bytes: &[u8]) -> u32 {
    let hash = Sha256::digest(bytes);
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

fn update_head(file: &File, position: &mut FilePosition) -> io::Result<()> {
    let length = position.offset.min(HEAD_BYTES);
    if length > u64::from(position.head) {
        let mut head = vec![0; length as usize];
        let read = read_up_to(file, &mut head, 0)?;
        position.head = read as u32;
        position.sum = sum(&head[..read]);
    }
    Ok(())
}

fn begins_so(file: &File, position: &FilePosition) -> io::Result<bool> {
    let mut head = vec![0; (position.head as usize).min(HEAD_BYTES as usize)];
    let read = read_up_to(file, &mut head, 0)?;
    Ok(read == head.len() && (head.is_empty() || sum(&head) == position.sum))
}
