//! Objects that come from elsewhere as bytes: a node pushed them.
//!
//! Invariants: as those of the store. An object that is there already is compared, never replaced, so that a push
//! may be repeated.

use super::{Kind, LocalStore, StoreError, Stored, appear, at, hash_file, make_folder};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells pushes of one object apart that come at once.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// What became of an object that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived {
    /// It has its name now, and is on the disk.
    Made,
    /// It was there, byte for byte.
    Same,
    /// There is another one of that name, which stays.
    Other,
}

/// An object while it comes in; nothing of it stays when it is dropped.
#[derive(Debug)]
pub struct Arriving {
    file: BufWriter<File>,
    hash: Sha256,
    length: u64,
    temporary: PathBuf,
    path: PathBuf,
}

impl LocalStore {
    /// Begins to take in a data object.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn arriving_data(&self, stored: &Stored) -> Result<Arriving, StoreError> {
        self.arriving(Kind::Data, stored)
    }

    /// Begins to take in a key object.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn arriving_keys(&self, stored: &Stored) -> Result<Arriving, StoreError> {
        self.arriving(Kind::Keys, stored)
    }

    /// Length and SHA-256 of a data object; none when it is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn data_hash(&self, stored: &Stored) -> Result<Option<(u64, [u8; 32])>, StoreError> {
        let path = self.path(Kind::Data, stored);
        match hash_file(&path) {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&path)(error)),
        }
    }

    fn arriving(&self, kind: Kind, stored: &Stored) -> Result<Arriving, StoreError> {
        make_folder(&self.day_folder(kind, stored.day))?;
        let path = self.path(kind, stored);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("{}-{number}.arriving", std::process::id()));
        let file =
            OpenOptions::new().write(true).create_new(true).open(&temporary).map_err(at(&temporary))?;
        Ok(Arriving {
            file: BufWriter::with_capacity(1 << 18, file),
            hash: Sha256::new(),
            length: 0,
            temporary,
            path,
        })
    }
}

impl Write for Arriving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Arriving {
    /// Makes the object durable under its name, unless there is one.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn settle(mut self) -> Result<Arrived, StoreError> {
        self.file.flush().and_then(|()| self.file.get_ref().sync_all()).map_err(at(&self.temporary))?;
        match appear(&self.temporary, &self.path) {
            Ok(()) => Ok(Arrived::Made),
            Err(StoreError::Exists { path }) => {
                let mine = (self.length, self.hash.clone().finalize().into());
                let same = hash_file(&path).map_err(at(&path))? == mine;
                Ok(if same { Arrived::Same } else { Arrived::Other })
            }
            Err(error) => Err(error),
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // After `settle` this is the second name of the object. A file that stays is a finding of `verify`.
        let _ = fs::remove_file(&self.temporary);
    }
}
