//! The Nu HTML checker over pages that were written to files: one run for all of them, for the
//! start of Java takes longer than a page.

use serde_json::Value;
use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

/// How many files one run takes, far below what a command line holds.
const FILES_MAX: usize = 2_000;

/// One error that the checker found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VnuMessage {
    /// The file's name without its folder.
    pub file: String,
    /// The last line it is about; zero for a file that could not be read as a document.
    pub line: u64,
    /// What is wrong.
    pub message: String,
    /// The text around it.
    pub extract: String,
}

impl fmt::Display for VnuMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} in {:?}", self.file, self.line, self.message, self.extract)
    }
}

/// The errors in files of HTML (`.html`) and style sheets (`.css`); none, and the test noted as
/// skipped, when Java or the checker is not there.
///
/// # Panics
/// When there is no file, or the checker breaks down.
#[must_use]
pub fn vnu<P: AsRef<Path>>(files: &[P]) -> Option<Vec<VnuMessage>> {
    assert!(!files.is_empty(), "no file to check: nothing was tested");
    let (Some(java), Some(jar)) = (super::program("java"), super::tool("vnu.jar")) else {
        super::skipped("Java or the HTML checker is not there; run `cargo xtask setup`");
        return None;
    };
    let files = files.iter().map(AsRef::as_ref);
    let (sheets, pages): (Vec<&Path>, Vec<&Path>) =
        files.partition(|file| file.extension().is_some_and(|e| e == "css"));
    let mut found = Vec::new();
    // Apart: asked to check both at once, the checker miscounts the lines of pages.
    for batch in pages.chunks(FILES_MAX) {
        found.extend(run(&java, &jar, &[], batch));
    }
    for batch in sheets.chunks(FILES_MAX) {
        found.extend(run(&java, &jar, &["--css"], batch));
    }
    Some(found)
}

fn run(java: &Path, jar: &Path, options: &[&str], files: &[&Path]) -> Vec<VnuMessage> {
    let mut command = Command::new(java);
    command.arg("-jar").arg(jar);
    command.args(["--format", "json", "--stdout", "--errors-only", "--exit-zero-always"]);
    command.args(options).args(files).stdin(Stdio::null());
    let done = command.output().expect("java starts");
    assert!(done.status.success(), "the HTML checker failed: {}", String::from_utf8_lossy(&done.stderr));
    let answer: Value = serde_json::from_slice(&done.stdout).expect("the HTML checker answers in JSON");
    answer["messages"].as_array().expect("a list of messages").iter().map(message).collect()
}

fn message(value: &Value) -> VnuMessage {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let url = text("url");
    VnuMessage {
        file: url.rsplit('/').next().unwrap_or_default().to_owned(),
        line: value["lastLine"].as_u64().unwrap_or_default(),
        message: text("message"),
        extract: text("extract"),
    }
}
