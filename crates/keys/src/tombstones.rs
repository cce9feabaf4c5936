//! The list of destroyed keys (docs/formats/destroyed-list.md): `destroyed.list`, outside both databases.
//! An id is here, durably, before its row leaves the key store; on start and after any restore every
//! listed key is deleted again, so that a restored store cannot bring an erased subject back.
//!
//! The ids are random and say nothing of anyone: the list never holds a subject.

use crate::checksum;
use crate::files::{FileError, io_error, sync_dir};
use crate::store::BATCH_MAX;
use crate::{KeyId, KeyStore, KeyStoreError};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

const HEADER: &[u8] = b"waarborg destroyed keys 1\n";
/// `key id in hex ‖ space ‖ epoch in hex ‖ space ‖ check ‖ newline`.
const LINE: usize = 32 + 1 + 8 + 1 + checksum::CHECK + 1;
/// The most lines a list may have.
pub const LINES_MAX: u64 = 10_000_000;

/// Why the list cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TombstoneError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A line that is not one. The list is damaged: put back its copy.
    #[error("line {line} of the list of destroyed keys is damaged")]
    Line {
        /// Which line; the header is line 1.
        line: u64,
    },
    /// More lines than the limit.
    #[error("the list of destroyed keys has more than {LINES_MAX} lines")]
    TooLong,
    /// The key store.
    #[error(transparent)]
    Store(#[from] KeyStoreError),
}

/// One destroyed key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tombstone {
    /// The key's id.
    pub key_id: KeyId,
    /// The epoch that wrapped it: copies of the store from before that epoch ended still hold it.
    pub epoch: u32,
}

/// The list on disk.
#[derive(Debug, Clone)]
pub struct Tombstones {
    path: PathBuf,
}

impl Tombstones {
    /// The list at a path. The file is made by the first destruction.
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends and syncs. What a crash left of an earlier append is cut off first: its keys were not
    /// deleted, because deletion waits for the sync.
    ///
    /// # Errors
    /// [`TombstoneError`].
    pub fn append(&self, tombstones: &[Tombstone]) -> Result<(), TombstoneError> {
        if tombstones.is_empty() {
            return Ok(());
        }
        let path = &self.path;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(path).map_err(|error| io_error("open", path, error))?;
        // Other processes append too; the lock goes with the file handle.
        file.lock().map_err(|error| io_error("lock", path, error))?;
        let length = file.metadata().map_err(|error| io_error("look at", path, error))?.len();
        let whole = whole_length(length);
        if whole == 0 {
            file.set_len(0).map_err(|error| io_error("truncate", path, error))?;
        } else {
            check_header(&mut file, path)?;
            file.set_len(whole).map_err(|error| io_error("truncate", path, error))?;
        }
        file.seek(SeekFrom::End(0)).map_err(|error| io_error("append to", path, error))?;
        let mut bytes = Vec::with_capacity(HEADER.len() + tombstones.len() * LINE);
        if whole == 0 {
            bytes.extend_from_slice(HEADER);
        }
        for tombstone in tombstones {
            bytes.extend_from_slice(line_of(*tombstone).as_bytes());
        }
        file.write_all(&bytes).map_err(|error| io_error("append to", path, error))?;
        file.sync_all().map_err(|error| io_error("sync", path, error))?;
        sync_dir(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        Ok(())
    }

    /// All destroyed keys, in the order of their destruction.
    ///
    /// # Errors
    /// [`TombstoneError`].
    pub fn load(&self) -> Result<Vec<Tombstone>, TombstoneError> {
        let mut all = Vec::new();
        let mut reader = match self.reader()? {
            Some(reader) => reader,
            None => return Ok(all),
        };
        while let Some(tombstone) = reader.next()? {
            all.push(tombstone);
        }
        Ok(all)
    }

    /// Deletes every destroyed key from a store, and says how many were still (or again) there.
    ///
    /// # Errors
    /// [`TombstoneError`].
    pub async fn apply(&self, store: &dyn KeyStore) -> Result<u64, TombstoneError> {
        let mut deleted = 0;
        let Some(mut reader) = self.reader()? else { return Ok(0) };
        loop {
            let mut batch = Vec::with_capacity(BATCH_MAX);
            while batch.len() < BATCH_MAX {
                let Some(tombstone) = reader.next()? else { break };
                batch.push(tombstone.key_id);
            }
            if batch.is_empty() {
                return Ok(deleted);
            }
            deleted += store.delete(&batch).await?;
        }
    }

    fn reader(&self) -> Result<Option<Reader>, TombstoneError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error("open", &self.path, error).into()),
        };
        let length = file.metadata().map_err(|error| io_error("look at", &self.path, error))?.len();
        let whole = whole_length(length);
        if whole == 0 {
            return Ok(None);
        }
        check_header(&mut file, &self.path)?;
        let lines = (whole - HEADER.len() as u64) / LINE as u64;
        if lines > LINES_MAX {
            return Err(TombstoneError::TooLong);
        }
        Ok(Some(Reader { input: BufReader::new(file), path: self.path.clone(), line: 1, left: lines }))
    }
}

/// Applies a list to a store: what start-up and restore do.
///
/// # Errors
/// [`TombstoneError`].
pub async fn apply(list: &Path, store: &dyn KeyStore) -> Result<u64, TombstoneError> {
    Tombstones::at(list.to_owned()).apply(store).await
}

struct Reader {
    input: BufReader<File>,
    path: PathBuf,
    line: u64,
    left: u64,
}

impl Reader {
    fn next(&mut self) -> Result<Option<Tombstone>, TombstoneError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.line += 1;
        let mut bytes = [0u8; LINE];
        self.input.read_exact(&mut bytes).map_err(|error| io_error("read", &self.path, error))?;
        parse(&bytes).map(Some).ok_or(TombstoneError::Line { line: self.line })
    }
}

/// The part of the length that is header and whole lines; 0 when even the header is not whole.
fn whole_length(length: u64) -> u64 {
    let header = HEADER.len() as u64;
    if length < header { 0 } else { length - (length - header) % LINE as u64 }
}

fn check_header(file: &mut File, path: &Path) -> Result<(), FileError> {
    let mut header = [0u8; HEADER.len()];
    let mut input = BufReader::with_capacity(HEADER.len(), &mut *file);
    input.fill_buf().map_err(|error| io_error("read", path, error))?;
    input.read_exact(&mut header).map_err(|error| io_error("read", path, error))?;
    if header != HEADER {
        return Err(FileError::Format {
            path: path.to_owned(),
            expected: "a list of destroyed keys of version 1",
        });
    }
    file.seek(SeekFrom::Start(HEADER.len() as u64)).map_err(|error| io_error("read", path, error))?;
    Ok(())
}

fn check_letters(body: &str) -> String {
    let nibbles: Vec<u8> = body.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    checksum::check(&nibbles).iter().map(|symbol| checksum::letter(*symbol)).collect()
}

fn line_of(tombstone: Tombstone) -> String {
    let body = format!("{} {:08x}", tombstone.key_id, tombstone.epoch);
    let check = check_letters(&body);
    format!("{body} {check}\n")
}

fn parse(line: &[u8; LINE]) -> Option<Tombstone> {
    let text = core::str::from_utf8(line).ok()?;
    let key_id = text.get(..32)?.parse().ok()?;
    let epoch = u32::from_str_radix(text.get(33..41)?, 16).ok()?;
    let tombstone = Tombstone { key_id, epoch };
    // Written again and compared: spaces, case and check are all right, or the line is refused.
    (line_of(tombstone) == text).then_some(tombstone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryKeyStore;
    use base::SeededRandom;
    use std::fs;

    fn some(n: u8) -> Vec<Tombstone> {
        (0..n)
            .map(|i| Tombstone { key_id: KeyId::new(&SeededRandom::new(i.into())), epoch: u32::from(i) + 1 })
            .collect()
    }

    fn list() -> (tempfile::TempDir, Tombstones) {
        let temp = tempfile::tempdir().expect("a folder");
        let list = Tombstones::at(temp.path().join("destroyed.list"));
        (temp, list)
    }

    #[test]
    fn appends_and_loads() {
        let (_temp, list) = list();
        assert_eq!(list.load().expect("loads"), []);
        list.append(&[]).expect("appends");
        assert!(!list.path().exists());
        let all = some(5);
        list.append(&all[..2]).expect("appends");
        list.append(&all[2..]).expect("appends");
        assert_eq!(list.load().expect("loads"), all);
    }

    #[test]
    fn a_list_that_cannot_be_opened_is_not_an_empty_one() {
        let (temp, _) = list();
        let file = temp.path().join("file");
        fs::write(&file, b"no folder").expect("writes");
        let beneath = Tombstones::at(file.join("destroyed.list"));
        assert!(matches!(beneath.load(), Err(TombstoneError::File(_))));
    }

    #[test]
    fn a_damaged_line_is_named_and_the_longest_list_has_its_limit() {
        let (_temp, list) = list();
        list.append(&some(3)).expect("appends");
        let mut bytes = fs::read(list.path()).expect("reads");
        bytes[HEADER.len() + LINE] = b'!';
        fs::write(list.path(), &bytes).expect("writes");
        assert!(matches!(list.load(), Err(TombstoneError::Line { line: 3 })));
        // Without a byte on the disk: what was never written reads as zeros, which are no line.
        let lengthen = |lines: u64| {
            fs::write(list.path(), HEADER).expect("writes");
            let file = OpenOptions::new().write(true).open(list.path()).expect("opens");
            file.set_len(HEADER.len() as u64 + lines * LINE as u64).expect("lengthened");
            list.load()
        };
        assert!(matches!(lengthen(LINES_MAX), Err(TombstoneError::Line { line: 2 })));
        for more in [LINES_MAX + 1, LINES_MAX + 2] {
            assert!(matches!(lengthen(more), Err(TombstoneError::TooLong)));
        }
    }

    #[test]
    fn a_torn_append_at_any_length_loses_nothing_synced() {
        let (_temp, list) = list();
        let all = some(3);
        list.append(&all).expect("appends");
        let whole = fs::read(list.path()).expect("reads");
        for length in 0..whole.len() {
            fs::write(list.path(), &whole[..length]).expect("writes");
            let kept = length.saturating_sub(HEADER.len()) / LINE;
            assert_eq!(list.load().expect("loads"), all[..kept], "{length}");
            list.append(&all[2..]).expect("appends");
            let expected: Vec<_> = all[..kept].iter().chain(&all[2..]).copied().collect();
            assert_eq!(list.load().expect("loads"), expected, "{length}");
        }
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let (_temp, list) = list();
        list.append(&some(2)).expect("appends");
        let whole = fs::read(list.path()).expect("reads");
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bad = whole.clone();
                bad[at] ^= 1 << bit;
                fs::write(list.path(), &bad).expect("writes");
                assert!(list.load().is_err(), "byte {at} bit {bit}");
            }
        }
        fs::write(list.path(), whole.to_ascii_uppercase()).expect("writes");
        assert!(list.load().is_err());
        // a foreign file is not appended to
        fs::write(list.path(), b"something else entirely, and longer than a header\n").expect("writes");
        assert!(list.append(&some(1)).is_err());
    }

    #[tokio::test]
    async fn applying_deletes_in_batches() {
        let (_temp, list) = list();
        let store = MemoryKeyStore::default();
        let random = SeededRandom::new(9);
        let clock = base::ManualClock::at_second(0);
        let rows: Vec<_> = (0..1_203)
            .map(|_| crate::KeyRow {
                key_id: KeyId::new(&random),
                subject: base::SubjectId::new(&clock, &random),
                purpose: "account".to_owned(),
                epoch: 1,
                wrapped: Vec::new(),
            })
            .collect();
        store.insert(&rows).await.expect("inserts");
        let dead: Vec<_> =
            rows[..1_201].iter().map(|row| Tombstone { key_id: row.key_id, epoch: row.epoch }).collect();
        list.append(&dead).expect("appends");
        assert_eq!(apply(list.path(), &store).await.expect("applies"), 1_201);
        assert_eq!(list.apply(&store).await.expect("applies"), 0);
        assert_eq!(store.count_of_epoch(1).await.expect("counts"), 2);
    }
}
