//! Processor agreements (GDPR art. 28): what one says, and its PDF.
//!
//! The whole text is data, the clauses too: what was agreed is kept word for word and does not change when
//! a release writes the clauses anew. Its form is a stored format: docs/formats/processor-agreement.md.

mod clauses;

use crate::glyphs::showable;
use crate::invoice::{date_parts, limited, required};
use crate::typeset::{self, Sheet};
use crate::{DocumentError, PARTS_MAX, Party, TEXT_CHARS_MAX, wire, words};
use base::{Day, Language};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use clauses::clauses;

/// The version of the data that this release writes.
pub const AGREEMENT_FORMAT_VERSION: u16 = 1;

const TEMPLATE: &str = include_str!("../templates/processor-agreement.typ");

/// One article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its heading.
    pub title: String,
    /// What of the GDPR it answers to, such as `28(3)(a)`; empty when the GDPR does not ask for it.
    pub basis: String,
    /// Its paragraphs, numbered where there are several.
    pub paragraphs: Vec<String>,
}

/// The processing in one service (annex 1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessingService {
    /// The service.
    pub title: String,
    /// The nature and the purpose of the processing.
    pub nature: String,
    /// How long it lasts.
    pub duration: String,
    /// What happens to the data at the end.
    pub ending: String,
    /// Categories of data subjects.
    pub subjects: Vec<String>,
    /// Categories of personal data.
    pub data: Vec<String>,
    /// Headings of the measures that apply.
    pub measures: Vec<String>,
    /// Names of the sub-processors.
    pub subprocessors: Vec<String>,
}

/// A measure of security (annex 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Its heading.
    pub title: String,
    /// What it is.
    pub text: String,
}

/// A sub-processor (annex 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubProcessor {
    /// Who.
    pub name: String,
    /// What it does.
    pub task: String,
    /// Where it is established.
    pub country: String,
    /// The safeguard of a transfer out of the EEA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<String>,
}

/// What a processor agreement says to every customer alike: nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementText {
    /// [`AGREEMENT_FORMAT_VERSION`].
    pub version: u16,
    /// The language it is written in.
    pub language: Language,
    /// The label of the policy it was drawn up from.
    pub policy_version: String,
    /// That policy's SHA-256, in hexadecimal.
    pub policy_hash: String,
    /// Who processes, as the policy names it.
    pub processor: Party,
    /// Whom to write to about privacy.
    pub contact: String,
    /// The articles.
    pub clauses: Vec<Clause>,
    /// Annex 1.
    pub services: Vec<ProcessingService>,
    /// Annex 2.
    pub measures: Vec<Measure>,
    /// Annex 3.
    pub subprocessors: Vec<SubProcessor>,
}

/// A processor agreement with one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessorAgreementDocument {
    /// Its number, with its version, such as `V100012-2`.
    pub number: String,
    /// The day it was issued.
    #[serde(with = "wire::day")]
    pub issued_on: Day,
    /// The customer, who is the controller.
    pub controller: Party,
    /// How and when it was accepted, or that it stands from the day of issue.
    pub acceptance: String,
    /// SHA-256 of the text's stored bytes, in hexadecimal.
    pub text_hash: String,
    /// The text.
    pub text: AgreementText,
}

/// The agreement as PDF.
///
/// # Errors
/// When it breaks a limit, lacks a part, or cannot be set.
pub fn processor_agreement_pdf(document: &ProcessorAgreementDocument) -> Result<Vec<u8>, DocumentError> {
    document.check()?;
    let data = serde_json::to_vec(&document.view()).expect("a JSON value can be written");
    let ident = format!("waarborg-processor-agreement-{}-{}", document.number, document.text_hash);
    typeset::pdf(Sheet { template: TEMPLATE, data, ident, day: document.issued_on })
}

impl ProcessorAgreementDocument {
    fn check(&self) -> Result<(), DocumentError> {
        required("number", &self.number)?;
        required("acceptance", &self.acceptance)?;
        self.controller.check("customer")?;
        self.text.check()
    }

    fn view(&self) -> Value {
        let (text, language) = (&self.text, self.text.language);
        let all = |texts: &[String]| texts.iter().map(|text| showable(text)).collect::<Vec<_>>();
        let clauses: Vec<Value> = text
            .clauses
            .iter()
            .map(|clause| json!({ "title": showable(&clause.title), "paragraphs": all(&clause.paragraphs) }))
            .collect();
        let services: Vec<Value> = text
            .services
            .iter()
            .map(|service| {
                json!({
                    "title": showable(&service.title), "nature": showable(&service.nature),
                    "duration": showable(&service.duration), "ending": showable(&service.ending),
                    "subjects": all(&service.subjects), "data": all(&service.data),
                    "measures": all(&service.measures), "subprocessors": all(&service.subprocessors),
                })
            })
            .collect();
        let measures: Vec<Value> = text
            .measures
            .iter()
            .map(|measure| json!({ "title": showable(&measure.title), "text": showable(&measure.text) }))
            .collect();
        let subprocessors: Vec<Value> = text
            .subprocessors
            .iter()
            .map(|sub| {
                json!({
                    "name": showable(&sub.name), "task": showable(&sub.task), "country": showable(&sub.country),
                    "transfer": sub.transfer.as_deref().map(showable),
                })
            })
            .collect();
        json!({
            "language": language.tag(),
            "number": showable(&self.number),
            "issued_on": words::day(self.issued_on, language),
            "date": date_parts(self.issued_on),
            "processor": text.processor.view(),
            "controller": self.controller.view(),
            "contact": showable(&text.contact),
            "acceptance": showable(&self.acceptance),
            "policy_version": showable(&text.policy_version),
            "policy_hash": text.policy_hash,
            "text_hash": self.text_hash,
            "clauses": clauses,
            "services": services,
            "measures": measures,
            "subprocessors": subprocessors,
        })
    }
}

impl AgreementText {
    /// Limits, and that no annex which must say something is empty.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), DocumentError> {
        if self.version != AGREEMENT_FORMAT_VERSION {
            return Err(DocumentError::Version(self.version));
        }
        self.processor.check("provider")?;
        let parts = [
            ("clauses", self.clauses.len()),
            ("services", self.services.len()),
            ("measures", self.measures.len()),
            ("sub-processors", self.subprocessors.len()),
        ];
        for (what, count) in parts {
            if count > PARTS_MAX {
                return Err(DocumentError::TooMany { what, count, max: PARTS_MAX });
            }
        }
        for (what, empty) in [
            ("clauses", self.clauses.is_empty()),
            ("services", self.services.is_empty()),
            ("measures", self.measures.is_empty()),
        ] {
            if empty {
                return Err(DocumentError::Missing { what });
            }
        }
        let of_clauses = self.clauses.iter().flat_map(|clause| &clause.paragraphs);
        let of_services = self.services.iter().flat_map(|service| {
            let lists = [&service.subjects, &service.data, &service.measures, &service.subprocessors]
                .into_iter()
                .flatten();
            [&service.title, &service.nature, &service.duration, &service.ending].into_iter().chain(lists)
        });
        let of_measures = self.measures.iter().flat_map(|measure| [&measure.title, &measure.text]);
        let of_subs = self.subprocessors.iter().flat_map(|sub| {
            [Some(&sub.name), Some(&sub.task), Some(&sub.country), sub.transfer.as_ref()]
                .into_iter()
                .flatten()
        });
        let mut texts = of_clauses.chain(of_services).chain(of_measures).chain(of_subs);
        texts.try_for_each(|text| limited("text of the agreement", text, TEXT_CHARS_MAX))
    }
}
