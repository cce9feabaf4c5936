//! Rules for `docs/formats`: each page is listed, says which version it describes, and points to
//! files that are there; golden files are kept for ever, so one that is gone is found.

use super::{File, Finding};

const FOLDER: &str = "docs/formats/";
const INDEX: &str = "docs/formats/README.md";
const RULE: &str = "formats";

/// Every rule of this file. `exists` answers for a path from the root.
pub fn check(files: &[File], exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let pages: Vec<&File> =
        files.iter().filter(|file| file.path.starts_with(FOLDER) && file.path.ends_with(".md")).collect();
    let index = pages.iter().find(|page| page.path == INDEX).map(|page| page.text.as_str());
    let mut findings = Vec::new();
    for page in &pages {
        findings.extend(dead_references(page, exists));
        if page.path == INDEX {
            continue;
        }
        let name = &page.path[FOLDER.len()..];
        if !index.is_some_and(|index| index.contains(&format!("({name})"))) {
            findings.push(Finding::error(&page.path, 1, RULE, format!("{INDEX} has no link to it")));
        }
        if !page.text.to_lowercase().contains("version") {
            findings.push(Finding::error(&page.path, 1, RULE, "it does not say which version it describes"));
        }
    }
    findings
}

fn dead_references(page: &File, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in page.text.lines().enumerate() {
        let links = between(line, "](", ")")
            .into_iter()
            .filter(|link| !link.contains("://") && !link.starts_with('#'));
        let links = links.map(|link| resolve(link.split('#').next().unwrap_or_default()));
        let files = between(line, "`", "`").into_iter().filter(|code| is_file(code)).map(str::to_owned);
        for path in links.chain(files).filter(|path| !exists(path)) {
            findings.push(Finding::error(&page.path, index + 1, RULE, format!("{path} is not there")));
        }
    }
    findings
}

/// A path in the repository, rather than a word or a pattern.
fn is_file(code: &str) -> bool {
    let plain = !code.contains(|c: char| c.is_whitespace() || "*<>{}…()\"".contains(c));
    plain && (code.starts_with("crates/") || code.starts_with("docs/") || code.starts_with("fuzz/"))
}

/// A link of a page, as a path from the root.
fn resolve(link: &str) -> String {
    let mut parts: Vec<&str> = FOLDER.trim_end_matches('/').split('/').collect();
    for part in link.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What stands between each pair of marks on a line.
fn between<'a>(line: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(from) = rest.find(open) {
        let inside = &rest[from + open.len()..];
        let Some(length) = inside.find(close) else { break };
        found.push(&inside[..length]);
        rest = &inside[length + close.len()..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pages: &[(&str, &str)]) -> Vec<(String, usize)> {
        let files: Vec<File> = pages
            .iter()
            .map(|(name, text)| File { path: format!("{FOLDER}{name}"), text: (*text).to_owned() })
            .collect();
        let there = ["docs/formats/key.md", "docs/adr/0001.md", "crates/keys/tests/golden/v1.bin"];
        let findings = check(&files, &|path| there.contains(&path));
        findings.into_iter().map(|finding| (finding.file.replace(FOLDER, ""), finding.line)).collect()
    }

    #[test]
    fn pages_are_listed_and_versioned() {
        assert_eq!(found(&[("README.md", "- [Keys](key.md)\n"), ("key.md", "# Keys\nVersion 1\n")]), []);
        assert_eq!(
            found(&[("README.md", "nothing\n"), ("key.md", "Format version 1\n")]),
            [("key.md".into(), 1)]
        );
        assert_eq!(
            found(&[("README.md", "[Keys](key.md)\n"), ("key.md", "# Keys\n")]),
            [("key.md".into(), 1)]
        );
    }

    #[test]
    fn references_are_alive() {
        let index = ("README.md", "[Keys](key.md)\n");
        assert_eq!(
            found(&[
                index,
                ("key.md", "Version 1, `crates/keys/tests/golden/v1.bin`, [why](../adr/0001.md#keys)\n")
            ]),
            []
        );
        assert_eq!(
            found(&[index, ("key.md", "Version 1\n`crates/keys/tests/golden/v2.bin`\n")]),
            [("key.md".into(), 2)]
        );
        assert_eq!(found(&[index, ("key.md", "Version 1\n[why](../adr/0002.md)\n")]), [("key.md".into(), 2)]);
        assert_eq!(
            found(&[index, ("key.md", "Version 1 `crates/*/x` [spec](https://example.org/x) `T(a, b)`\n")]),
            []
        );
    }
}
