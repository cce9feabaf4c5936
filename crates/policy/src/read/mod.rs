//! From the text of a policy file to a checked [`Policy`].
//!
//! The file is read once, top-down; each reader notes its mistakes and goes on. What several parts
//! must agree on is checked while reading (names against the names the file declares) and once
//! more at the end ([`agree`]).

mod agree;
mod forms;
mod node;
mod parts;
mod words;

use crate::error::PolicyErrors;
use crate::policy::Policy;
use node::{Reading, Section};
use sha2::{Digest, Sha256};
use toml::de::DeTable;

/// Reads and checks the text of a policy file.
pub(crate) fn policy(text: &str) -> Result<Policy, PolicyErrors> {
    let mut reading = Reading::new(text);
    if !reading.bounded(text) {
        return Err(PolicyErrors::new(reading.into_errors()));
    }
    let (table, syntax) = DeTable::parse_recoverable(text);
    for error in &syntax {
        let line = error.span().map_or(1, |span| reading.line(&span));
        let found = format!("a mistake in the TOML ({})", error.message().replace('\n', " "));
        reading.error(line, "", found, "well-formed TOML 1.1");
    }
    if !syntax.is_empty() {
        // What follows from a broken tree would only hide the mistake itself.
        return Err(PolicyErrors::new(reading.into_errors()));
    }
    reading.words = words::Words::collect(&Section::root(&reading, table.get_ref()));
    let policy = whole(&reading, table.get_ref(), text);
    let errors = reading.into_errors();
    match policy {
        Some(policy) if errors.is_empty() => Ok(policy),
        _ => Err(PolicyErrors::new(errors)),
    }
}

/// Names that the parts of a file declare, for the parts that refer to them.
struct Names {
    recipients: Vec<String>,
    purposes: Vec<String>,
    subjects: Vec<String>,
    data: Vec<String>,
    measures: Vec<String>,
}

/// None only together with at least one noted mistake.
fn whole(reading: &Reading, table: &DeTable<'_>, text: &str) -> Option<Policy> {
    let root = Section::root(reading, table);
    let names = Names {
        recipients: root.peek_names("recipients"),
        purposes: root.peek_names("purposes"),
        subjects: root.peek_names("subjects"),
        data: root.peek_names("data"),
        measures: root.peek_names("measures"),
    };
    root.number("format", 1..=1);
    let version = root.checked("version", "a short label such as \"2026-11\"", |label| label.len() <= 40);
    let date = root.date("date");
    let statement = parts::statement_texts(&root.section("statement"));
    let provider = parts::provider(&root);
    let subjects = parts::categories(&root, "subjects");
    let data = parts::categories(&root, "data");
    let purposes: Vec<_> = root
        .entries("purposes", forms::is_name)
        .iter()
        .map(|(name, entry)| parts::purpose(name, entry, &names))
        .collect();
    let recipients = parts::recipients(&root, &names);
    let promises = parts::promises(&root);
    let services: Vec<_> = root
        .entries("services", forms::is_name)
        .iter()
        .map(|(name, entry)| parts::service(name, entry, &names))
        .collect();
    let measures = parts::measures(&root);
    let infrastructure = parts::infrastructure(&root);
    let erasure = parts::erasure(&root.section("erasure"));
    let law = parts::law(&root);
    root.finish();

    let mut policy = Policy {
        hash: Sha256::digest(text.as_bytes()).into(),
        text: text.to_owned(),
        version,
        date,
        statement,
        provider,
        subjects,
        data,
        purposes: purposes.into_iter().collect::<Option<_>>()?,
        recipients: recipients?,
        promises: promises?,
        services,
        measures,
        infrastructure,
        erasure,
        law: law?,
    };
    agree::check(reading, table, &policy);
    agree::join(&mut policy);
    Some(policy)
}
