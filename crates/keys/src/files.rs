//! Small files written so that a crash leaves the old file, the new file, or a temporary one that the
//! next write replaces, and never half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A key file that could not be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The operating system refused.
    #[error("cannot {what} {path}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Others than the owner may read a secret file.
    #[error("{path} may be read by others: its mode is {mode:o}, expected 0400 (run chmod 0400 on it)")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file exists, and is never overwritten.
    #[error("{path} exists and is not overwritten")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The contents are not of the format that belongs there.
    #[error("{path} is not {expected}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: &'static str,
    },
    /// The file does not open with this root key.
    #[error("{path} does not open with this root key")]
    Root {
        /// The file.
        path: PathBuf,
    },
    /// Two copies of one key differ.
    #[error("{path} holds another key than the first copy of the same epoch")]
    Differs {
        /// The copy.
        path: PathBuf,
    },
}

pub(crate) fn io_error(what: &'static str, path: &Path, source: io::Error) -> FileError {
    FileError::Io { what, path: path.to_owned(), source }
}

/// Reads a file of at most `max` bytes; none when it does not exist.
pub(crate) fn read_limited(
    path: &Path,
    max: usize,
) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error("open", path, error)),
    };
    // One byte more than allowed, so that a longer file is seen to be longer.
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(max + 1));
    file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(|error| io_error("read", path, error))?;
    Ok(Some(bytes))
}

/// Which readers besides the owner a secret file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// None.
    Owner,
    /// A group may read: systemd grants a credential by an access list, which shows as group bits.
    Group,
}

/// Refuses a file that others may read or write.
pub(crate) fn check_private(path: &Path, readers: Readers) -> Result<(), FileError> {
    let metadata = fs::metadata(path).map_err(|error| io_error("look at", path, error))?;
    let mode = metadata.permissions().mode() & 0o777;
    let forbidden = match readers {
        Readers::Owner => 0o077,
        Readers::Group => 0o037,
    };
    if mode & forbidden != 0 {
        return Err(FileError::Open { path: path.to_owned(), mode });
    }
    Ok(())
}

/// Makes the directory entries durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), FileError> {
    File::open(dir).and_then(|d| d.sync_all()).map_err(|error| io_error("sync", dir, error))
}

/// Writes a file with mode 0400: temporary file, fsync, rename, fsync of the directory. It replaces
/// what is there; the caller decides whether it may.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let temporary = dir.join(name);
    // What a killed run left is not trusted.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(io_error("remove", &temporary, error));
        }
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o400);
    let mut file = options.open(&temporary).map_err(|error| io_error("create", &temporary, error))?;
    file.write_all(bytes).map_err(|error| io_error("write", &temporary, error))?;
    file.sync_all().map_err(|error| io_error("sync", &temporary, error))?;
    drop(file);
    fs::rename(&temporary, path).map_err(|error| io_error("rename", &temporary, error))?;
    sync_dir(dir)
}

/// Removes a file durably and says whether it was there.
pub(crate) fn remove_durably(path: &Path) -> Result<bool, FileError> {
    let existed = match fs::remove_file(path) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(io_error("remove", path, error)),
    };
    // Also when it was gone: the run that removed it may have died before this.
    match path.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(dir) => sync_dir(dir)?,
        None => sync_dir(Path::new("."))?,
    }
    Ok(existed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_counts_as_not_there() {
        let temp = tempfile::tempdir().expect("a folder");
        let path = temp.path().join("key");
        assert!(matches!(read_limited(&path, 10), Ok(None)));
        assert!(matches!(remove_durably(&path), Ok(false)));
        write_durably(&path, b"key").expect("writes");
        // A name under a file is an error, and so is a folder where a file was expected.
        let under = path.join("key");
        assert!(matches!(read_limited(&under, 10), Err(FileError::Io { what: "open", .. })));
        assert!(matches!(remove_durably(&under), Err(FileError::Io { what: "remove", .. })));
        fs::create_dir(temp.path().join("key.tmp")).expect("a folder in the way");
        assert!(matches!(write_durably(&path, b"new"), Err(FileError::Io { what: "remove", .. })));
        assert!(matches!(remove_durably(&path), Ok(true)));
    }
}
