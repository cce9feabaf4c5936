//! The rules of style that a machine can hold.
//!
//! Each rule is a function from text to findings, so that its tests are texts too: one that must
//! be found, one that must not. A finding names the file, the line, the rule and why the rule is
//! there. Exceptions stand in `tidy.toml` with their reason; one that is no longer needed is a
//! finding itself, so that the list only shrinks.

mod code;
mod exceptions;
mod fluent;
mod formats;
mod functions;
mod manifests;
mod source;
mod text;

use crate::shell::{self, Step, root};
use anyhow::{Context, Result};
use std::fmt;
use std::process::{Command, ExitCode};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The check fails.
    Error,
    /// Shown only.
    Warning,
}

/// Something that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    file: String,
    line: usize,
    rule: &'static str,
    why: String,
    level: Level,
}

impl Finding {
    fn error(file: &str, line: usize, rule: &'static str, why: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, rule, why: why.into(), level: Level::Error }
    }

    fn warning(file: &str, line: usize, rule: &'static str, why: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(file, line, rule, why) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Error => "",
            Level::Warning => "warning: ",
        };
        write!(f, "{}:{}: {level}{}: {}", self.file, self.line, self.rule, self.why)
    }
}

/// A file of the repository, by its path from the root.
struct File {
    path: String,
    text: String,
}

pub fn run() -> Result<ExitCode> {
    let step = Step::begin("tidy");
    let files = files()?;
    let mut findings = Vec::new();
    for file in &files {
        findings.extend(text::check(file));
        if file.path.ends_with(".rs") {
            let source = source::Source::new(&file.path, &file.text);
            findings.extend(code::check(&source));
            findings.extend(functions::check(&source));
        }
    }
    findings.extend(fluent::check(&files));
    findings.extend(formats::check(&files, &|path| root().join(path).exists()));
    findings.extend(manifests::check(&files, &manifests::graph()?));
    let exceptions = exceptions::Exceptions::read(&root().join(exceptions::FILE))?;
    let findings = exceptions.apply(findings, &files);
    for finding in &findings {
        println!("{finding}");
    }
    let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
    println!("{} files, {errors} errors, {} warnings", files.len(), findings.len() - errors);
    step.end();
    Ok(if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Every text file that git tracks or would track.
fn files() -> Result<Vec<File>> {
    let mut list = Command::new("git");
    list.current_dir(root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let list = shell::output(&mut list).context("the list of files comes from git")?;
    let mut files = Vec::new();
    for path in String::from_utf8(list)?.split('\0').filter(|path| !path.is_empty()) {
        // A file that was deleted and not yet committed, or that is no text, has no style.
        if let Ok(text) = std::fs::read_to_string(root().join(path)) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}
