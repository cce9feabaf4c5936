//! The program itself, as a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program, built beside this test.
///
/// # Panics
/// When it is not there: `cargo test --workspace` builds it, a test of this package alone does not.
#[must_use]
pub fn program_file() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own file");
    // target/debug/deps/all-… → target/debug/waarborg
    let file = test.parent().and_then(Path::parent).expect("a target folder").join("waarborg");
    assert!(
        file.is_file(),
        "{}: the program is not built; run `cargo test --workspace` or `cargo build -p waarborg`",
        file.display()
    );
    file
}

/// The program in a folder, with nothing of this process's environment: no configuration is found
/// but one that lies in that folder.
#[must_use]
pub fn waarborg(folder: &Path) -> Command {
    let mut command = Command::new(program_file());
    command.env_clear().current_dir(folder).stdin(Stdio::null());
    command
}
