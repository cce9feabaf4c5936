//! Dossiers of leaks: parts with rows of what is known, and what is missing, as PDF.

use crate::glyphs::showable;
use crate::invoice::{date_parts, limited, required};
use crate::typeset::{self, Sheet};
use crate::{DocumentError, PARTS_MAX, words};
use base::{Day, Language};
use serde_json::{Value, json};

const TEMPLATE: &str = include_str!("../templates/dossier.typ");
/// How many characters one value has at most.
const VALUE_CHARS_MAX: usize = 30_000;

/// A dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierDocument {
    /// The reference of the leak, such as `D100001`.
    pub reference: String,
    /// The language it is written in.
    pub language: Language,
    /// The day it was made.
    pub made_on: Day,
    /// The moment it was made, in words.
    pub made_at: String,
    /// Whether nothing is missing.
    pub is_complete: bool,
    /// Its parts.
    pub parts: Vec<DossierPart>,
}

/// A part of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierPart {
    /// Its heading.
    pub title: String,
    /// What it says.
    pub rows: Vec<DossierRow>,
}

/// One thing that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierRow {
    /// What.
    pub label: String,
    /// What is known of it; none shows that it is missing.
    pub value: Option<String>,
}

/// The dossier as PDF.
///
/// # Errors
/// When it breaks a limit, lacks a part, or cannot be set.
pub fn dossier_pdf(document: &DossierDocument) -> Result<Vec<u8>, DocumentError> {
    document.check()?;
    let data = serde_json::to_vec(&document.view()).expect("a JSON value can be written");
    let ident = format!("waarborg-dossier-{}-{}", document.reference, document.made_at);
    typeset::pdf(Sheet { template: TEMPLATE, data, ident, day: document.made_on })
}

impl DossierDocument {
    fn check(&self) -> Result<(), DocumentError> {
        required("reference", &self.reference)?;
        if self.parts.is_empty() {
            return Err(DocumentError::Missing { what: "parts" });
        }
        let rows = self.parts.iter().map(|part| part.rows.len()).sum::<usize>();
        for (what, count) in [("parts", self.parts.len()), ("rows", rows)] {
            if count > PARTS_MAX {
                return Err(DocumentError::TooMany { what, count, max: PARTS_MAX });
            }
        }
        let mut values = self.parts.iter().flat_map(|part| &part.rows).filter_map(|row| row.value.as_ref());
        values.try_for_each(|value| limited("value of the dossier", value, VALUE_CHARS_MAX))
    }

    fn view(&self) -> Value {
        let lines = |text: &String| text.lines().map(showable).collect::<Vec<_>>();
        let row = |row: &DossierRow| json!({ "label": showable(&row.label), "value": row.value.as_ref().map(lines) });
        let parts: Vec<Value> = self
            .parts
            .iter()
            .map(|part| {
                json!({ "title": showable(&part.title), "rows": part.rows.iter().map(row).collect::<Vec<_>>() })
            })
            .collect();
        json!({
            "language": self.language.tag(),
            "reference": showable(&self.reference),
            "made_on": words::day(self.made_on, self.language),
            "made_at": showable(&self.made_at),
            "date": date_parts(self.made_on),
            "complete": self.is_complete,
            "parts": parts,
        })
    }
}
