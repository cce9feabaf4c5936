//! Rules for every text: it speaks of the product, and to whoever reads it anywhere.

use super::source::occurrences;
use super::{File, Finding};

/// Where a path of one person's machine begins.
const MACHINE_PATHS: [&str; 4] = ["/home/", "/root/", "/Users/", "/work/"];
/// Sentences about how a text came to be; they say nothing to who reads it.
const ASIDES: [&str; 6] =
    ["language model", "coding agent", "sub-agent", "subagent", "ai assistant", "as instructed in the brief"];
/// The one file that must name them.
const THIS: &str = "crates/xtask/src/tidy/text.rs";

/// Every rule of this file.
pub fn check(file: &File) -> Vec<Finding> {
    if file.path == THIS {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        if let Some(path) = MACHINE_PATHS.iter().find(|path| names_path(line, path)) {
            let why = format!("{path}… is a path of one machine: write one that holds for every reader");
            findings.push(Finding::error(&file.path, index + 1, "machine-path", why));
        }
        let lower = line.to_lowercase();
        if let Some(aside) = ASIDES.iter().find(|aside| occurrences(&lower, aside).next().is_some()) {
            let why = format!("\"{aside}\": the repository speaks of the product alone");
            findings.push(Finding::error(&file.path, index + 1, "aside", why));
        }
    }
    findings
}

/// Whether the line holds a path that begins like this, rather than a longer one that contains it.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || "/._-}>*".contains(c))
            && after.is_some_and(|c| c.is_alphanumeric() || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, usize)> {
        let file = File { path: "README.md".into(), text: text.into() };
        check(&file).into_iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        assert_eq!(found("fine\nsee /home/anna/src\n"), [("machine-path", 2)]);
        assert_eq!(found("cd \"/root/.cargo\""), [("machine-path", 1)]);
        assert_eq!(found("(/work/tree)"), [("machine-path", 1)]);
        assert_eq!(
            found("/var/lib/waarborg and example.org/home/x and ProtectHome=/home/ and crates/work/src"),
            []
        );
    }

    #[test]
    fn asides_are_found() {
        assert_eq!(found("a\nWritten by a Coding Agent.\n"), [("aside", 2)]);
        assert_eq!(found("The browser's user agent, and the session cookie of this session.\n"), []);
    }
}
