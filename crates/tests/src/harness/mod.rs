//! Databases, browsers and checkers for tests.
//!
//! Invariants: whatever a test needs and the machine lacks makes the test a skipped one, noted
//! where `cargo xtask test` counts it; in CI it makes the test a failed one. Only processes
//! started here are stopped here. Nothing leaves the machine: the browser resolves no name but
//! loopback.

mod axe;
mod browser;
mod driver;
mod house;
pub mod mailbox;
mod page;
mod postgres;
mod program;
pub mod site;
mod visitor;
mod vnu;

pub use axe::Violation;
pub use browser::{Browser, ConsoleLine, Javascript, Options, Scheme, Viewport, browser, two_browsers};
pub use house::{House, On, Opened, Process, count};
pub use page::Download;
pub use postgres::{Schema, postgres};
pub use program::{program_file, waarborg};
pub use site::Site;
pub use visitor::{Answer, Visitor, encoded};
pub use vnu::{VnuMessage, vnu};

use std::io::Write;
use std::path::PathBuf;

/// Notes that the running test is skipped because the machine lacks something.
///
/// # Panics
/// In CI, where nothing may be skipped.
pub fn skipped(lacks: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test").to_owned();
    assert!(!in_ci(), "{test}: CI skips nothing, but {lacks}");
    eprintln!("skipped {test}: {lacks}");
    if let Some(file) = std::env::var_os("WAARBORG_TEST_SKIPS") {
        // One write of one line, so that tests at the same time do not mix their lines.
        let line = format!("{test}: {lacks}\n");
        let noted = std::fs::OpenOptions::new().create(true).append(true).open(file);
        noted
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .expect("the list of skipped tests can be written");
    }
}

fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// A file that `cargo xtask setup` fetched, if it is there.
fn tool(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("WAARBORG_TOOLS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools")),
        PathBuf::from,
    );
    Some(folder.join(file)).filter(|file| file.is_file())
}

/// The first program of this name in PATH.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
