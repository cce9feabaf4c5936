//! The two checkers that Debian does not package: the Nu HTML checker and axe-core. Both come
//! from npm as their makers publish them; the archive is compared with a SHA-256 written here
//! before anything of it is unpacked, and no script of a package is ever run.

use crate::shell::{self, find_program, tools_folder};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One file out of one published archive.
pub struct Tool {
    /// The package's name at npm.
    package: &'static str,
    /// The one version that is taken.
    version: &'static str,
    /// SHA-256 of the archive.
    archive_sha256: &'static str,
    /// The file inside it.
    member: &'static str,
    /// What it is called in the tools folder.
    file: &'static str,
    /// What it is for.
    pub purpose: &'static str,
}

/// Both checkers.
pub const TOOLS: [Tool; 2] = [
    Tool {
        package: "vnu-jar",
        version: "26.9.27",
        archive_sha256: "5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7",
        member: "package/build/dist/vnu.jar",
        file: "vnu.jar",
        purpose: "checks the HTML and CSS of every page",
    },
    Tool {
        package: "axe-core",
        version: "4.14.1",
        archive_sha256: "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
        member: "package/axe.min.js",
        file: "axe.min.js",
        purpose: "checks the accessibility of every page",
    },
];

impl Tool {
    /// Where it lies once fetched.
    pub fn path(&self) -> PathBuf {
        tools_folder().join(self.file)
    }

    /// Whether this version of it is there.
    pub fn is_present(&self) -> bool {
        let mark = std::fs::read_to_string(self.mark()).unwrap_or_default();
        self.path().is_file() && mark == self.archive_sha256
    }

    /// Name and version.
    pub fn title(&self) -> String {
        format!("{} {}", self.package, self.version)
    }

    /// Fetches, compares and unpacks it.
    pub fn fetch(&self) -> Result<()> {
        let npm = find_program("npm").context("npm is not in PATH")?;
        let folder = tools_folder();
        std::fs::create_dir_all(&folder).with_context(|| format!("{}: could not make", folder.display()))?;
        // On the same file system as the goal, so that the last step is a rename.
        let temporary = tempfile::Builder::new().prefix("fetch-").tempdir_in(&folder)?;
        let mut pack = Command::new(npm);
        pack.current_dir(temporary.path()).args([
            "pack",
            "--ignore-scripts",
            "--silent",
            "--pack-destination",
            ".",
        ]);
        pack.arg(format!("{}@{}", self.package, self.version));
        shell::output(&mut pack)?;
        let archive = temporary.path().join(format!("{}-{}.tgz", self.package, self.version));
        compare(&archive, self.archive_sha256)?;
        shell::output(
            Command::new("tar").current_dir(temporary.path()).arg("-xzf").arg(&archive).arg(self.member),
        )?;
        std::fs::rename(temporary.path().join(self.member), self.path())
            .with_context(|| format!("{}: could not put in place", self.path().display()))?;
        // Written last: a fetch that was broken off leaves no mark and is done again.
        std::fs::write(self.mark(), self.archive_sha256)?;
        Ok(())
    }

    fn mark(&self) -> PathBuf {
        tools_folder().join(format!("{}.sha256", self.file))
    }
}

fn compare(file: &Path, expected: &str) -> Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("{}: could not read", file.display()))?;
    let found = hex::encode(Sha256::digest(&bytes));
    if found != expected {
        bail!(
            "{}: SHA-256 is {found}, expected {expected}; the archive is not the one that was reviewed, and nothing of it was used",
            file.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_archive_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"abc").unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(compare(file.path(), abc).is_ok());
        std::fs::write(file.path(), b"abd").unwrap();
        let message = compare(file.path(), abc).unwrap_err().to_string();
        assert!(message.contains("nothing of it was used"), "{message}");
    }
}
