//! Rules for the texts on screen: Dutch and English say the same things with the same arguments.
//! The compiler checks the keys of the fallback language only.

use super::{File, Finding};
use std::collections::{BTreeMap, BTreeSet};

const RULE: &str = "languages";

/// A message: the line it is on, and the arguments it takes.
type Messages = BTreeMap<String, (usize, BTreeSet<String>)>;

/// Every rule of this file.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".ftl")) {
        for (folder, other) in [("/nl/", "/en/"), ("/en/", "/nl/")] {
            if !file.path.contains(folder) {
                continue;
            }
            let path = file.path.replacen(folder, other, 1);
            match files.iter().find(|candidate| candidate.path == path) {
                None => findings.push(Finding::error(&file.path, 1, RULE, format!("{path} is not there"))),
                Some(counterpart) => findings.extend(compare(file, counterpart)),
            }
        }
        findings.extend(doubles(file));
    }
    findings
}

/// What this file has and the other lacks.
fn compare(file: &File, other: &File) -> Vec<Finding> {
    let theirs = messages(&other.text);
    let mut findings = Vec::new();
    for (key, (line, arguments)) in messages(&file.text) {
        let why = match theirs.get(&key) {
            None => format!("{key} is not in {}", other.path),
            Some((_, same)) if *same == arguments => continue,
            Some((_, same)) => format!("{key} takes {arguments:?} here and {same:?} in {}", other.path),
        };
        findings.push(Finding::error(&file.path, line, RULE, why));
    }
    findings
}

fn doubles(file: &File) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let keys = file.text.lines().enumerate().filter_map(|(index, line)| Some((index, key(line)?)));
    keys.filter(|(_, key)| !seen.insert(*key))
        .map(|(index, key)| Finding::error(&file.path, index + 1, RULE, format!("{key} is here twice")))
        .collect()
}

fn messages(text: &str) -> Messages {
    let mut messages = Messages::new();
    let mut current = String::new();
    let mut message = String::new();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        if let Some(key) = key(line) {
            message = key.to_owned();
            current = message.clone();
            messages.insert(current.clone(), (index + 1, BTreeSet::new()));
        } else if let Some(attribute) = attribute(line) {
            current = format!("{message}.{attribute}");
            messages.insert(current.clone(), (index + 1, BTreeSet::new()));
        }
        if let Some((_, arguments)) = messages.get_mut(&current) {
            arguments.extend(variables(line));
        }
    }
    messages
}

/// The key of a message or term that begins on this line.
fn key(line: &str) -> Option<&str> {
    let key = line.split_once('=')?.0.trim_end();
    let name = key.strip_prefix('-').unwrap_or(key);
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_name);
    valid.then_some(key)
}

fn attribute(line: &str) -> Option<&str> {
    if !line.starts_with(' ') {
        return None;
    }
    let name = line.trim_start().strip_prefix('.')?.split_once('=')?.0.trim_end();
    name.chars().all(is_name).then_some(name)
}

fn variables(line: &str) -> impl Iterator<Item = String> + '_ {
    line.match_indices('$').map(|(at, _)| line[at + 1..].chars().take_while(|c| is_name(*c)).collect())
}

const fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(nl: &str, en: &str) -> Vec<(String, usize)> {
        let file = |language: &str, text: &str| File {
            path: format!("crates/web/i18n/{language}/web.ftl"),
            text: text.into(),
        };
        let findings = check(&[file("nl", nl), file("en", en)]);
        findings
            .into_iter()
            .map(|finding| (finding.file.replace("crates/web/i18n/", ""), finding.line))
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_arguments() {
        let nl = "# tekst\ntitle = Hallo { $name }\n    .hint = Uw naam\nopen = { $count ->\n    [one] een\n   *[other] { $count }\n}\n";
        let en = "open = { $count ->\n    [one] one\n   *[other] { $count }\n}\ntitle = Hello\n    { $name }\n    .hint = Your name\n";
        assert_eq!(found(nl, en), []);
        assert_eq!(found("a = x\nb = y\n", "a = x\n"), [("nl/web.ftl".into(), 2)]);
        assert_eq!(found("a = x\n", "a = x\nc = z\n"), [("en/web.ftl".into(), 2)]);
        assert_eq!(found("a = { $b }\n", "a = { $c }\n").len(), 2);
        assert_eq!(found("a = x\n    .t = y\n", "a = x\n"), [("nl/web.ftl".into(), 2)]);
        assert_eq!(found("a = x\na = y\n", "a = x\n"), [("nl/web.ftl".into(), 2)]);
    }

    #[test]
    fn a_file_without_counterpart_is_found() {
        let alone = File { path: "crates/web/i18n/nl/web.ftl".into(), text: "a = x\n".into() };
        assert_eq!(check(&[alone]).len(), 1);
    }
}
