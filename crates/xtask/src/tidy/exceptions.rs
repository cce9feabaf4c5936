//! The exceptions of `tidy.toml`.

use super::{File, Finding, Level, code};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Where they stand.
pub const FILE: &str = "crates/xtask/tidy.toml";

/// What is let pass.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    #[serde(default)]
    length: BTreeMap<String, usize>,
    #[serde(default)]
    allow: Vec<Allow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Allow {
    rule: String,
    path: String,
    why: String,
}

impl Exceptions {
    /// Reads the file.
    pub fn read(file: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("{}: could not read", file.display()))?;
        toml::from_str(&text).with_context(|| format!("{}: could not parse", file.display()))
    }

    /// What remains of the findings, and what is wrong with the exceptions themselves.
    pub fn apply(&self, findings: Vec<Finding>, files: &[File]) -> Vec<Finding> {
        let length = |path: &str| {
            files
                .iter()
                .find(|f| f.path == path)
                .map(|f| super::source::Source::new(&f.path, &f.text).product_lines)
        };
        let mut remaining: Vec<Finding> = Vec::new();
        let mut used = vec![false; self.allow.len()];
        for finding in findings {
            let listed = self.allow.iter().position(|a| a.rule == finding.rule && a.path == finding.file);
            if let Some(index) = listed {
                used[index] = true;
            } else if finding.rule == code::LENGTH
                && self
                    .length
                    .get(&finding.file)
                    .is_some_and(|max| length(&finding.file).is_some_and(|n| n <= *max))
            {
                remaining.push(Finding { level: Level::Warning, ..finding });
            } else {
                remaining.push(finding);
            }
        }
        for (allow, _) in self.allow.iter().zip(&used).filter(|(_, used)| !**used) {
            let why =
                format!("nothing in {} breaks {} any more: remove the exception", allow.path, allow.rule);
            remaining.push(Finding::error(FILE, 1, "exceptions", why));
        }
        for allow in self.allow.iter().filter(|allow| allow.why.trim().is_empty()) {
            remaining.push(Finding::error(FILE, 1, "exceptions", format!("{}: say why", allow.path)));
        }
        for path in self.length.keys().filter(|path| length(path).is_none_or(|n| n <= code::LINES_MAX)) {
            let why = format!("{path} is short enough now: remove the exception");
            remaining.push(Finding::error(FILE, 1, "exceptions", why));
        }
        remaining
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceptions(text: &str) -> Exceptions {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_listed_finding_passes_and_an_unneeded_exception_is_found() {
        let list = exceptions("[[allow]]\nrule = \"clock\"\npath = \"a.rs\"\nwhy = \"because\"\n");
        let finding = Finding::error("a.rs", 3, "clock", "read");
        assert_eq!(list.apply(vec![finding], &[]), []);
        assert_eq!(list.apply(vec![], &[])[0].rule, "exceptions");
        let other = Finding::error("b.rs", 3, "clock", "read");
        assert_eq!(list.apply(vec![other], &[]).len(), 2);
    }

    #[test]
    fn a_long_file_may_not_grow_past_its_exception() {
        let long = |lines: usize| File { path: "a.rs".into(), text: "//! x\n".repeat(lines) };
        let check = |lines: usize, list: &str| {
            let file = long(lines);
            let found = code::check(&super::super::source::Source::new(&file.path, &file.text));
            let found = found.into_iter().filter(|f| f.rule == code::LENGTH).collect();
            let left = exceptions(list).apply(found, &[file]);
            left.iter().filter(|f| f.level == Level::Error).count()
        };
        assert_eq!(check(720, ""), 1);
        assert_eq!(check(720, "[length]\n\"a.rs\" = 720\n"), 0);
        assert_eq!(check(721, "[length]\n\"a.rs\" = 720\n"), 1);
        assert_eq!(check(600, "[length]\n\"a.rs\" = 720\n"), 1);
    }

    #[test]
    fn every_exception_needs_a_reason() {
        let list = exceptions("[[allow]]\nrule = \"clock\"\npath = \"a.rs\"\nwhy = \" \"\n");
        assert_eq!(list.apply(vec![Finding::error("a.rs", 1, "clock", "")], &[]).len(), 1);
        assert!(toml::from_str::<Exceptions>("[[allow]]\nrule = \"clock\"\npath = \"a.rs\"\n").is_err());
    }
}
