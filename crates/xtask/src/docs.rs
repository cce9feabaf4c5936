//! Regenerates the documents that come from code, by asking the built program for them.

use crate::shell::{self, Step, root};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Arguments {
    /// Change nothing; fail when a document is stale
    #[arg(long)]
    check: bool,
}

/// What to ask the program, and where the answer goes.
const GENERATED: [(&[&str], &str); 4] = [
    (&["docs", "cli"], "docs/generated/cli.md"),
    (&["docs", "config"], "docs/generated/config.md"),
    (&["docs", "retention"], "docs/generated/retention.md"),
    (&["docs", "schema"], "docs/generated/schema.md"),
];

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let step = Step::begin("documents that come from code");
    // The whole workspace is selected so that features resolve as they do for the tests.
    shell::run(shell::cargo().args(["build", "--workspace", "--bin", "waarborg"]))?;
    let program = target_folder()?.join("debug").join("waarborg");
    let mut stale = Vec::new();
    for (question, file) in GENERATED {
        let answer = shell::output(Command::new(&program).args(question).current_dir(root()))?;
        let file_path = root().join(file);
        if is_stale(&file_path, &answer) {
            stale.push(file);
            if !arguments.check {
                write(&file_path, &answer)?;
            }
        }
    }
    step.end();
    for file in &stale {
        if arguments.check {
            eprintln!("{file}: stale; run `cargo xtask docs` and commit the result");
        } else {
            println!("{file}: written");
        }
    }
    Ok(if arguments.check && !stale.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn is_stale(file: &Path, wanted: &[u8]) -> bool {
    !std::fs::read(file).is_ok_and(|found| found == wanted)
}

fn write(file: &Path, wanted: &[u8]) -> Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, wanted).with_context(|| format!("{}: could not write", file.display()))
}

/// Cargo's target folder, wherever it was put.
pub fn target_folder() -> Result<std::path::PathBuf> {
    let metadata =
        shell::output(shell::cargo().args(["metadata", "--no-deps", "--offline", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata)?;
    let folder = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
    Ok(folder.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_document_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/er.md");
        assert!(is_stale(&file, b"new"));
        write(&file, b"new").unwrap();
        assert!(!is_stale(&file, b"new"));
        assert!(is_stale(&file, b"newer"));
    }
}
