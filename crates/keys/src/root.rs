//! The root key R: it wraps the epoch keys and nothing else. Paper R without a file of an epoch key
//! opens nothing; a file of an epoch key without R opens nothing.

use crate::envelope::{cipher, unwrap_key, wrap_key};
use crate::files::{FileError, Readers, check_private, io_error, read_limited, sync_dir};
use crate::paper::{PaperError, Share};
use crate::{OpenError, paper};
use aes_gcm_siv::Aes256GcmSiv;
use base::{Random, Transcript, label};
use core::fmt;
use hkdf::Hkdf;
use sha2::Sha256;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const HEADER: &str = "waarborg root key 1\n";
const FILE_LENGTH: usize = HEADER.len() + 64 + 1;

/// `HKDF(k, info)` of CRYPTO section 1: SHA-256, extract with empty salt, expand to 32 bytes.
pub(crate) fn derive(key: &[u8; 32], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0u8; 32]);
    Hkdf::<Sha256>::new(None, key).expand(info, out.as_mut_slice()).expect("32 bytes is a length HKDF gives");
    out
}

/// The root key.
#[derive(Clone)]
pub struct RootKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey([withheld])")
    }
}

impl PartialEq for RootKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for RootKey {}

impl RootKey {
    /// A fresh root key.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        let mut key = Zeroizing::new([0u8; 32]);
        random.fill(key.as_mut_slice());
        Self(key)
    }

    pub(crate) const fn from_secret(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the key from a file that its owner alone may read.
    ///
    /// # Errors
    /// [`FileError`]; [`FileError::Open`] when group or others have any right on it.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::read_for(path, Readers::Owner)
    }

    /// Reads the key from a systemd credential (a path under `$CREDENTIALS_DIRECTORY`). systemd may grant
    /// the service its right by an access list, which shows as a group that may read: that alone is
    /// accepted beside [`RootKey::read`].
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read_credential(path: &Path) -> Result<Self, FileError> {
        Self::read_for(path, Readers::Group)
    }

    fn read_for(path: &Path, readers: Readers) -> Result<Self, FileError> {
        check_private(path, readers)?;
        let format = || FileError::Format { path: path.to_owned(), expected: "a root key file of version 1" };
        let bytes = read_limited(path, FILE_LENGTH)?
            .ok_or_else(|| io_error("open", path, io::ErrorKind::NotFound.into()))?;
        if bytes.len() != FILE_LENGTH {
            return Err(format());
        }
        let digits = bytes.strip_prefix(HEADER.as_bytes()).and_then(|rest| rest.strip_suffix(b"\n"));
        let mut key = Zeroizing::new([0u8; 32]);
        hex::decode_to_slice(digits.ok_or_else(format)?, key.as_mut_slice()).map_err(|_| format())?;
        Ok(Self(key))
    }

    /// Writes the key to a new file with mode 0400, durably.
    ///
    /// # Errors
    /// [`FileError::Exists`]: a root key is never overwritten. [`FileError::Io`].
    pub fn write_new(&self, path: &Path) -> Result<(), FileError> {
        let mut text = Zeroizing::new(String::with_capacity(FILE_LENGTH));
        text.push_str(HEADER);
        text.push_str(&Zeroizing::new(hex::encode(self.0.as_slice())));
        text.push('\n');
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o400);
        let mut file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists { path: path.to_owned() },
            _ => io_error("create", path, error),
        })?;
        file.write_all(text.as_bytes()).map_err(|error| io_error("write", path, error))?;
        file.sync_all().map_err(|error| io_error("sync", path, error))?;
        sync_dir(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
    }

    /// The key out of paper shares; any `k` of one set.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn from_shares(shares: &[Share]) -> Result<Self, PaperError> {
        paper::combine(shares)
    }

    fn epoch_cipher(&self, epoch: u32) -> (Aes256GcmSiv, Vec<u8>) {
        let info = Transcript::new(label::EPOCH_ROOT_WRAP).u32(epoch).finish();
        (cipher(&derive(&self.0, &info)), info)
    }

    /// Wraps an epoch key: the contents of its file.
    pub(crate) fn wrap_epoch(&self, epoch: u32, key: &[u8; 32], random: &dyn Random) -> Vec<u8> {
        let (cipher, info) = self.epoch_cipher(epoch);
        wrap_key(&cipher, &info, key, random)
    }

    /// Unwraps an epoch key.
    pub(crate) fn unwrap_epoch(&self, epoch: u32, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, OpenError> {
        let (cipher, info) = self.epoch_cipher(epoch);
        unwrap_key(&cipher, &info, wrapped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SeededRandom;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_root_key_file_is_private_and_never_overwritten() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("root.key");
        let key = RootKey::generate(&SeededRandom::new(1));
        key.write_new(&path).expect("writes");
        assert_eq!(fs::metadata(&path).expect("exists").permissions().mode() & 0o777, 0o400);
        assert_eq!(RootKey::read(&path).expect("reads"), key);
        assert!(matches!(key.write_new(&path), Err(FileError::Exists { .. })));
        assert_ne!(RootKey::generate(&SeededRandom::new(2)), key);
        assert_eq!(format!("{key:?}"), "RootKey([withheld])");

        // owner's own bits are fine; each right of another is refused, a credential's group read is not
        for (mode, plain, credential) in [
            (0o600, true, true),
            (0o440, false, true),
            (0o420, false, false),
            (0o410, false, false),
            (0o404, false, false),
            (0o402, false, false),
            (0o401, false, false),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("chmod");
            assert_eq!(RootKey::read(&path).is_ok(), plain, "{mode:o}");
            assert_eq!(RootKey::read_credential(&path).is_ok(), credential, "{mode:o}");
        }
    }

    #[test]
    fn a_damaged_root_key_file_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("root.key");
        assert!(matches!(RootKey::read(&path), Err(FileError::Io { .. })));
        let good = format!("{HEADER}{}\n", "0f".repeat(32));
        for bad in [
            String::new(),
            good.replace("key 1", "key 2"),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            good.replace("0f0f\n", "0fxx\n"),
            good.replace('\n', " "),
        ] {
            fs::write(&path, &bad).expect("writes");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("chmod");
            assert!(matches!(RootKey::read(&path), Err(FileError::Format { .. })), "{bad:?}");
        }
        fs::write(&path, &good).expect("writes");
        assert_eq!(RootKey::read(&path).expect("reads").secret(), &[0x0f; 32]);
    }
}
