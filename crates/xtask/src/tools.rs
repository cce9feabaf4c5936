//! The checkers that Debian does not package: the Nu HTML checker and axe-core from npm, and a checker
//! of PDF/A from PyPI, as their makers publish them. Each archive is compared with a SHA-256 written
//! here before anything of it is unpacked, and no script of a package is ever run.

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

/// Those from npm.
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

/// What comes from PyPI as wheels, each in a folder of its own.
pub struct Wheel {
    /// Its folder in the tools folder.
    folder: &'static str,
    /// Name and version, with the hashes of the wheels for x86-64 and for ARM, which pip compares.
    requirement: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it is for.
    pub purpose: &'static str,
}

/// The checker of PDF/A: it shares nothing with the program that writes our PDFs.
pub const PDF_CHECKER: Wheel = Wheel {
    folder: "python",
    requirement: "pdf-oxide==0.3.78 \
        --hash=sha256:0b7e03008ca441e9183ef8f3c5d895424aca8119d5a860a205e1d16649f4f6a8 \
        --hash=sha256:dda4a7fb93f3b68a4b9bf52d0d314891d777c417f41993a0c2d8937325a59f2b",
    title: "pdf-oxide 0.3.78",
    purpose: "judges whether the PDFs are PDF/A",
};

/// ClickHouse as a library, without the parts of it that need pandas. No test needs it, so `setup` does not fetch it.
pub const CLICKHOUSE: Wheel = Wheel {
    folder: "clickhouse",
    requirement: "chdb-core==26.9.0 \
        --hash=sha256:707e2ec3fe0f7953bac97942eaeb7a1ed1d66b1e56ecef3f0aa2130f61f6e735 \
        --hash=sha256:46148d3fc1edd6d6f701922be0f18e2aa6e60349e418b430e69bbb87ab6b95a9",
    title: "chdb-core 26.9.0",
    purpose: "what the traffic log is measured against",
};

impl Wheel {
    /// Where its modules are.
    pub fn folder(&self) -> PathBuf {
        tools_folder().join(self.folder)
    }

    fn mark(&self) -> PathBuf {
        tools_folder().join(format!("{}.requirement", self.folder))
    }

    /// Whether this version of it is there.
    pub fn is_present(&self) -> bool {
        std::fs::read_to_string(self.mark()).is_ok_and(|text| text == self.requirement)
    }

    /// Fetches, compares and unpacks it.
    pub fn fetch(&self) -> Result<()> {
        let pip = find_program("pip3").context("pip3 is not in PATH")?;
        let list = tempfile::NamedTempFile::new()?;
        std::fs::write(list.path(), self.requirement)?;
        let mut command = Command::new(pip);
        command.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade"]);
        command.args(["--require-hashes", "--only-binary", ":all:", "--target"]).arg(self.folder());
        shell::output(command.arg("--requirement").arg(list.path()))?;
        // Written last: a fetch that was broken off leaves no mark and is done again.
        Ok(std::fs::write(self.mark(), self.requirement)?)
    }
}

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
