//! Epoch key files (docs/formats/epoch-key.md): `epoch-NNNNNN.key` in one directory and in each
//! directory of second copies.
//!
//! Invariants: a file is made whole or not at all and never overwritten with another key; the
//! directory is never part of a backup of the key store, or destroying an epoch would mean nothing.

use crate::files::{FileError, io_error, read_limited, remove_durably, sync_dir, write_durably};
use crate::{RootKey, envelope::WRAPPED_KEY};
use base::Random;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The most files looked at in one directory.
const LIST_MAX: usize = 10_000;

/// Where the keys of epochs are kept.
#[derive(Debug, Clone)]
pub struct EpochDir {
    dir: PathBuf,
    copies: Vec<PathBuf>,
}

/// One file that existed when its epoch was destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestroyedFile {
    /// The file.
    pub path: PathBuf,
    /// Whether this call removed it, or it was gone already.
    pub removal: Removal,
}

/// What became of a file that had to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Removed by this call.
    Removed,
    /// It was not there any more.
    WasGone,
}

/// Held while a rotation runs; another one on the same directory is refused.
#[derive(Debug)]
pub struct RotationLock(#[expect(dead_code, reason = "held for its lock")] File);

impl EpochDir {
    /// The directory of the keys, and the directories of second copies (another disk or host). They are
    /// made, with mode 0700, when they are not there.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn open(dir: PathBuf, copies: Vec<PathBuf>) -> Result<Self, FileError> {
        for path in core::iter::once(&dir).chain(&copies) {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)
                .map_err(|error| io_error("create", path, error))?;
        }
        Ok(Self { dir, copies })
    }

    /// The directory of the keys.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The directories of second copies.
    #[must_use]
    pub fn copies(&self) -> &[PathBuf] {
        &self.copies
    }

    /// The files an epoch has, or should have: the first, then the copies.
    pub fn paths(&self, epoch: u32) -> impl Iterator<Item = PathBuf> {
        core::iter::once(&self.dir).chain(&self.copies).map(move |dir| dir.join(file_name(epoch)))
    }

    /// Makes the key of an epoch with all its copies, and reads each back. What exists is used again and
    /// never overwritten, so that a killed run can be repeated; a lost first file is put back from a copy.
    ///
    /// # Errors
    /// [`FileError`]; [`FileError::Differs`] when two copies hold different keys.
    pub fn write_new(&self, root: &RootKey, epoch: u32, random: &dyn Random) -> Result<(), FileError> {
        let mut key = None;
        for path in self.paths(epoch) {
            if let Some(found) = read_file(&path, root, epoch)? {
                key = Some(found);
                break;
            }
        }
        let key = key.unwrap_or_else(|| {
            let mut fresh = Zeroizing::new([0u8; 32]);
            random.fill(fresh.as_mut_slice());
            fresh
        });
        for path in self.paths(epoch) {
            if read_file(&path, root, epoch)?.is_none() {
                write_durably(&path, &root.wrap_epoch(epoch, &key, random))?;
            }
            let back = read_file(&path, root, epoch)?
                .ok_or_else(|| io_error("open", &path, io::ErrorKind::NotFound.into()))?;
            if !bool::from(back.as_slice().ct_eq(key.as_slice())) {
                return Err(FileError::Differs { path });
            }
        }
        Ok(())
    }

    /// The key of an epoch, from the first file; the copies are for people who lost it.
    pub(crate) fn read(&self, root: &RootKey, epoch: u32) -> Result<Zeroizing<[u8; 32]>, FileError> {
        let path = self.dir.join(file_name(epoch));
        read_file(&path, root, epoch)?.ok_or_else(|| io_error("open", &path, io::ErrorKind::NotFound.into()))
    }

    /// Opens every copy of an epoch's key and compares them: what a check-up does.
    ///
    /// # Errors
    /// [`FileError`] of the first copy that is missing, does not open, or differs.
    pub fn check(&self, root: &RootKey, epoch: u32) -> Result<(), FileError> {
        let first = self.read(root, epoch)?;
        for path in self.paths(epoch).skip(1) {
            let copy = read_file(&path, root, epoch)?
                .ok_or_else(|| io_error("open", &path, io::ErrorKind::NotFound.into()))?;
            if !bool::from(copy.as_slice().ct_eq(first.as_slice())) {
                return Err(FileError::Differs { path });
            }
        }
        Ok(())
    }

    /// Removes every copy of an epoch's key that this host can reach, and says which. It may be repeated.
    ///
    /// # Errors
    /// [`FileError::Io`]; nothing is destroyed until this succeeds.
    pub fn destroy(&self, epoch: u32) -> Result<Vec<DestroyedFile>, FileError> {
        let mut removed = Vec::new();
        for path in self.paths(epoch) {
            // A killed write may have left the same key beside it.
            let mut temporary = path.clone().into_os_string();
            temporary.push(".tmp");
            remove_durably(Path::new(&temporary))?;
            let removal = if remove_durably(&path)? { Removal::Removed } else { Removal::WasGone };
            removed.push(DestroyedFile { path, removal });
        }
        Ok(removed)
    }

    /// The epochs that have a file in the first directory, in order.
    ///
    /// # Errors
    /// [`FileError::Io`]; [`FileError::Format`] when the directory holds more files than any rotation leaves.
    pub fn list(&self) -> Result<Vec<u32>, FileError> {
        let entries = fs::read_dir(&self.dir).map_err(|error| io_error("list", &self.dir, error))?;
        let mut found = Vec::new();
        for (seen, entry) in entries.enumerate() {
            if seen >= LIST_MAX {
                return Err(FileError::Format {
                    path: self.dir.clone(),
                    expected: "a directory of epoch keys",
                });
            }
            let entry = entry.map_err(|error| io_error("list", &self.dir, error))?;
            found.extend(entry.file_name().to_str().and_then(epoch_of));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Wraps the keys of all living epochs, and their copies, under a new root key. It may be repeated
    /// after a crash: files that open with the new root are left alone. The new root must be safe
    /// (written, on paper) before this is called.
    ///
    /// # Errors
    /// [`FileError`]; [`FileError::Root`] when a file opens with neither.
    pub fn rewrap(&self, old: &RootKey, new: &RootKey, random: &dyn Random) -> Result<u64, FileError> {
        let mut rewrapped = 0;
        for epoch in self.list()? {
            for path in self.paths(epoch) {
                match read_file(&path, new, epoch) {
                    Ok(_) => continue,
                    Err(FileError::Root { .. }) => {}
                    Err(error) => return Err(error),
                }
                if let Some(key) = read_file(&path, old, epoch)? {
                    write_durably(&path, &new.wrap_epoch(epoch, &key, random))?;
                    rewrapped += 1;
                }
            }
        }
        Ok(rewrapped)
    }

    /// Takes the lock that makes a rotation the only one; none when another process holds it.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn lock_rotation(&self) -> Result<Option<RotationLock>, FileError> {
        let path = self.dir.join("rotation.lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).map_err(|error| io_error("open", &path, error))?;
        sync_dir(&self.dir)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(RotationLock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(io_error("lock", &path, error)),
        }
    }
}

fn file_name(epoch: u32) -> String {
    format!("epoch-{epoch:06}.key")
}

/// The epoch in a file name; none for any other file. One name per epoch.
fn epoch_of(name: &str) -> Option<u32> {
    let epoch: u32 = name.strip_prefix("epoch-")?.strip_suffix(".key")?.parse().ok()?;
    (file_name(epoch) == name).then_some(epoch)
}

fn read_file(path: &Path, root: &RootKey, epoch: u32) -> Result<Option<Zeroizing<[u8; 32]>>, FileError> {
    let Some(bytes) = read_limited(path, WRAPPED_KEY)? else { return Ok(None) };
    match root.unwrap_epoch(epoch, &bytes) {
        Ok(key) => Ok(Some(key)),
        Err(crate::OpenError::Refused) => Err(FileError::Root { path: path.to_owned() }),
        Err(_) => {
            Err(FileError::Format { path: path.to_owned(), expected: "an epoch key file of version 1" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SeededRandom;

    fn place() -> (tempfile::TempDir, EpochDir, RootKey, SeededRandom) {
        let temp = tempfile::tempdir().expect("a folder");
        let dir = EpochDir::open(temp.path().join("a"), vec![temp.path().join("b"), temp.path().join("c")])
            .expect("opens");
        let random = SeededRandom::new(1);
        let root = RootKey::generate(&random);
        (temp, dir, root, random)
    }

    #[test]
    fn writing_again_keeps_the_key_and_repairs_copies() {
        let (_temp, dir, root, random) = place();
        dir.write_new(&root, 1, &random).expect("writes");
        let key = dir.read(&root, 1).expect("reads");
        assert!(!dir.copies().is_empty());
        assert!(dir.copies().iter().all(|copy| copy.join("epoch-000001.key").is_file()));
        let bytes: Vec<_> = dir.paths(1).map(|path| fs::read(path).expect("reads")).collect();
        dir.write_new(&root, 1, &random).expect("again");
        let again: Vec<_> = dir.paths(1).map(|path| fs::read(path).expect("reads")).collect();
        assert_eq!(bytes, again, "nothing is overwritten");
        // each single file comes back from the others with the same key
        for lost in dir.paths(1) {
            fs::remove_file(&lost).expect("removes");
            assert!(dir.check(&root, 1).is_err());
            dir.write_new(&root, 1, &random).expect("repairs");
            dir.check(&root, 1).expect("whole");
            assert_eq!(dir.read(&root, 1).expect("reads"), key);
        }
        assert_eq!(dir.list().expect("lists"), [1]);
    }

    #[test]
    fn a_left_over_temporary_file_is_replaced() {
        let (_temp, dir, root, random) = place();
        fs::write(dir.dir().join("epoch-000001.key.tmp"), b"half").expect("writes");
        dir.write_new(&root, 1, &random).expect("writes");
        dir.check(&root, 1).expect("whole");
        assert_eq!(fs::read_dir(dir.dir()).expect("lists").count(), 1);
    }

    #[test]
    fn copies_that_differ_are_found() {
        let (_temp, dir, root, random) = place();
        dir.write_new(&root, 1, &random).expect("writes");
        let copy = dir.paths(1).nth(1).expect("a copy");
        fs::remove_file(&copy).expect("removes");
        fs::write(&copy, root.wrap_epoch(1, &[9; 32], &random)).expect("writes");
        assert!(matches!(dir.check(&root, 1), Err(FileError::Differs { .. })));
        assert!(matches!(dir.write_new(&root, 1, &random), Err(FileError::Differs { .. })));
    }

    #[test]
    fn another_epoch_another_root_and_damage_are_refused() {
        let (_temp, dir, root, random) = place();
        dir.write_new(&root, 1, &random).expect("writes");
        let path = dir.dir().join(file_name(1));
        fs::copy(&path, dir.dir().join(file_name(2))).expect("copies");
        assert!(matches!(dir.read(&root, 2), Err(FileError::Root { .. })), "the number is bound");
        let other = RootKey::generate(&random);
        assert!(matches!(dir.read(&other, 1), Err(FileError::Root { .. })));
        assert!(matches!(dir.read(&root, 3), Err(FileError::Io { .. })));
        let good = fs::read(&path).expect("reads");
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                fs::remove_file(&path).expect("removes");
                fs::write(&path, &bad).expect("writes");
                assert!(dir.read(&root, 1).is_err(), "byte {at} bit {bit}");
            }
        }
        for bad in [&good[..good.len() - 1], &[&good[..], b"x"].concat()[..], &[]] {
            fs::write(&path, bad).expect("writes");
            assert!(matches!(dir.read(&root, 1), Err(FileError::Format { .. })));
        }
    }

    #[test]
    fn destroying_removes_all_copies_and_may_be_repeated() {
        let (_temp, dir, root, random) = place();
        dir.write_new(&root, 1, &random).expect("writes");
        dir.write_new(&root, 2, &random).expect("writes");
        fs::write(dir.dir().join("epoch-000001.key.tmp"), b"left over").expect("writes");
        let first = dir.destroy(1).expect("destroys");
        assert!(first.len() == 3 && first.iter().all(|file| file.removal == Removal::Removed));
        let second = dir.destroy(1).expect("again");
        assert!(second.iter().all(|file| file.removal == Removal::WasGone));
        assert!(dir.paths(1).all(|path| !path.exists()));
        assert!(!dir.dir().join("epoch-000001.key.tmp").exists());
        assert_eq!(dir.list().expect("lists"), [2]);
        dir.check(&root, 2).expect("the other epoch is whole");
    }

    #[test]
    fn a_new_root_takes_over_and_the_old_one_opens_nothing() {
        let (_temp, dir, root, random) = place();
        dir.write_new(&root, 4, &random).expect("writes");
        dir.write_new(&root, 5, &random).expect("writes");
        let keys = [4, 5].map(|epoch| dir.read(&root, epoch).expect("reads"));
        let new = RootKey::generate(&random);
        // as after a crash: one file is moved already
        let moved = dir.paths(4).next().expect("a file");
        write_durably(&moved, &new.wrap_epoch(4, &keys[0], &random)).expect("writes");
        assert_eq!(dir.rewrap(&root, &new, &random).expect("rewraps"), 5);
        assert_eq!(dir.rewrap(&root, &new, &random).expect("again"), 0);
        assert_eq!([4, 5].map(|epoch| dir.read(&new, epoch).expect("reads")), keys);
        for epoch in [4, 5] {
            dir.check(&new, epoch).expect("whole");
            assert!(matches!(dir.read(&root, epoch), Err(FileError::Root { .. })));
        }
        let third = RootKey::generate(&random);
        assert!(matches!(dir.rewrap(&root, &third, &random), Err(FileError::Root { .. })));
    }

    #[test]
    fn only_one_rotation_at_a_time() {
        let (_temp, dir, ..) = place();
        let lock = dir.lock_rotation().expect("works").expect("free");
        assert!(dir.lock_rotation().expect("works").is_none());
        drop(lock);
        assert!(dir.lock_rotation().expect("works").is_some());
    }

    #[test]
    fn names() {
        assert_eq!(epoch_of("epoch-000001.key"), Some(1));
        assert_eq!(epoch_of("epoch-1234567.key"), Some(1_234_567));
        for bad in ["epoch-1.key", "epoch-+00001.key", "epoch-000001.key.tmp", "epoch-.key", "rotation.lock"]
        {
            assert_eq!(epoch_of(bad), None, "{bad}");
        }
    }
}
