//! What a checked `policy.toml` says, as types. Pure data: no I/O, no rendering.
//!
//! Invariants: a [`Policy`] exists only after every check passed, so every name that one part
//! mentions is declared by another, every text exists in both languages, and P01–P16 are each
//! there once.

use crate::term::{Retention, Term};
use base::{Day, Language};
use core::fmt;
use core::str::FromStr;
use serde::Serialize;
use thiserror::Error;

/// A text in both languages. A blank line (`\n\n`) separates paragraphs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Text {
    /// Dutch, which leads.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in one language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
}

/// The id of a promise, P01 to P16.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromiseId(u8);

impl PromiseId {
    /// How many promises there are.
    pub const COUNT: u8 = 16;

    /// All of them, in order.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (1..=Self::COUNT).map(Self)
    }

    /// The id of a number from 1 to 16.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        if number >= 1 && number <= Self::COUNT { Some(Self(number)) } else { None }
    }

    /// The number, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for PromiseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{:02}", self.0)
    }
}

impl fmt::Debug for PromiseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not one of P01 to P16.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("not one of the promises P01 to P16")]
pub struct PromiseIdError;

impl FromStr for PromiseId {
    type Err = PromiseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('P').filter(|digits| digits.len() == 2).ok_or(PromiseIdError)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
        number.and_then(Self::from_number).ok_or(PromiseIdError)
    }
}

impl Serialize for PromiseId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The hosting company whose policy this is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provider {
    /// The name it trades under.
    pub name: String,
    /// Its legal form.
    pub legal_form: Text,
    /// Its number in the Dutch trade register; required when established in the Netherlands.
    pub kvk: Option<String>,
    /// Its VAT number.
    pub vat: String,
    /// The lines of its visiting or postal address, without the country.
    pub address: Vec<String>,
    /// The country of establishment, ISO 3166-1 alpha-2.
    pub country: String,
    /// Where mail reaches it.
    pub email: String,
    /// Where a telephone reaches it.
    pub phone: String,
    /// The address of its site.
    pub website: String,
    /// The page with the contact form, where rights are exercised.
    pub contact_form: String,
    /// The page where the statement is published.
    pub statement_url: String,
    /// The data protection officer, if there is one.
    pub dpo: Option<Contact>,
    /// The representative in the Union; required when established outside the EEA.
    pub representative: Option<Contact>,
    /// The supervisory authority a complaint goes to.
    pub authority: Authority,
}

/// A person or office that can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// The name, or the office.
    pub name: String,
    /// The address for mail.
    pub email: String,
    /// The telephone number, if one is published.
    pub phone: Option<String>,
    /// The lines of the postal address, if one is published.
    pub address: Vec<String>,
}

/// The supervisory authority.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authority {
    /// Its name.
    pub name: String,
    /// What it is called for short; the name when it has no other.
    pub short_name: String,
    /// Its site.
    pub website: String,
    /// The lines of its postal address.
    pub address: Vec<String>,
}

/// The ground in law on which a purpose stands (GDPR art. 6(1)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// Needed for the agreement with the subject (b).
    Agreement,
    /// Needed for a legal obligation (c).
    LegalObligation {
        /// The law and article.
        law: Text,
    },
    /// Needed for a legitimate interest (f).
    LegitimateInterest {
        /// The interest.
        interest: Text,
        /// Why it outweighs the interests of the subject.
        balancing: Text,
    },
    /// Consent (a).
    Consent,
}

impl Ground {
    /// The name in the policy file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::LegalObligation { .. } => "legal-obligation",
            Self::LegitimateInterest { .. } => "legitimate-interest",
            Self::Consent => "consent",
        }
    }
}

/// Whether somebody acts on their own account or on behalf of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Decides on purpose and means.
    Controller,
    /// Acts on the documented instructions of a controller.
    Processor,
}

/// Whether the subject must provide the data (GDPR art. 13(2)(e)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provision {
    /// The agreement asks for it.
    Contractual,
    /// The law asks for it.
    Statutory,
    /// Nothing obliges the subject.
    Voluntary,
    /// The data comes about by itself, the subject provides nothing.
    Automatic,
}

/// Whom the data comes from (GDPR art. 13 or 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// From the subject.
    Subject,
    /// From somebody else.
    Elsewhere,
    /// From the subject and from somebody else.
    Both,
}

/// A purpose: why data is held, on what ground, for whom and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// The name that code and columns use.
    pub name: String,
    /// What it is called on screen.
    pub title: Text,
    /// What is done with the data, in full sentences.
    pub text: Text,
    /// As what the provider acts.
    pub role: Role,
    /// The ground in law.
    pub ground: Ground,
    /// Recipients' ids.
    pub recipients: Vec<String>,
    /// Names of subject categories.
    pub subjects: Vec<String>,
    /// Names of data categories.
    pub data: Vec<String>,
    /// How long, from what moment.
    pub retention: Retention,
    /// Why that long.
    pub retention_reason: Text,
    /// Whether the data must be provided.
    pub provision: Provision,
    /// What follows when it is not.
    pub consequence: Text,
    /// From whom the data comes.
    pub origin: Origin,
    /// The source in words.
    pub source: Text,
}

/// What watches over a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backing {
    /// The software keeps it and checks it.
    Software,
    /// A working procedure of the provider; the software does not check it.
    Procedure,
}

/// How a promise is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// What watches over it.
    pub by: Backing,
    /// How, in a sentence or two.
    pub how: Text,
}

/// One of the sixteen promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// P01 to P16.
    pub id: PromiseId,
    /// Its heading.
    pub title: Text,
    /// What is promised.
    pub text: Text,
    /// What backs it.
    pub built: Built,
}

/// Somebody who receives personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The id that purposes and code use.
    pub id: String,
    /// Who it is.
    pub name: String,
    /// What it does for the provider.
    pub text: Text,
    /// As what it acts.
    pub role: Role,
    /// The country of establishment, ISO 3166-1 alpha-2.
    pub country: String,
    /// The purposes that name it, in the order of the policy.
    pub purposes: Vec<String>,
    /// Names of the data categories it receives.
    pub data: Vec<String>,
    /// Where `outbound` may reach it.
    pub hosts: Vec<Host>,
    /// The safeguard for a transfer; required outside the EEA.
    pub transfer: Option<Text>,
    /// How long the recipient keeps it, in words.
    pub retention: Text,
}

/// A host that the gate lets through, on one port or on any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// The name or address, in lower case, without brackets or a final dot.
    pub name: String,
    /// The port; none means any port of that host.
    pub port: Option<u16>,
}

impl Host {
    /// Whether a connection to this host and port is meant.
    #[must_use]
    pub fn admits(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.');
        let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        self.name.eq_ignore_ascii_case(host) && self.port.is_none_or(|own| own == port)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = self.name.contains(':');
        let (open, close) = if bracketed { ("[", "]") } else { ("", "") };
        write!(f, "{open}{}{close}", self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// A service in which the provider processes data for its customer (GDPR art. 28).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The name that code uses.
    pub name: String,
    /// What it is called on screen.
    pub title: Text,
    /// The purpose under which the data is held; its role is processor.
    pub purpose: String,
    /// The nature and the aim of the processing.
    pub nature: Text,
    /// How long the processing lasts.
    pub duration: Text,
    /// What happens to the data at the end.
    pub ending: Text,
    /// Names of subject categories.
    pub subjects: Vec<String>,
    /// Names of data categories.
    pub data: Vec<String>,
    /// Recipients who are sub-processors.
    pub subprocessors: Vec<String>,
    /// Names of the measures that apply.
    pub measures: Vec<String>,
}

/// A measure of security (GDPR art. 32).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The name that services use.
    pub name: String,
    /// Its heading.
    pub title: Text,
    /// What it is.
    pub text: Text,
}

/// A part of the provider's own house that holds data: declared, and no recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Infrastructure {
    /// The name.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// What it holds and who runs it.
    pub text: Text,
    /// Where it stands, ISO 3166-1 alpha-2.
    pub country: String,
    /// The hosts under which the program reaches it; empty when it is on the same machine.
    pub hosts: Vec<Host>,
}

/// A category of subjects or of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The name other parts of the policy use.
    pub name: String,
    /// What it is called.
    pub text: Text,
}

/// Whether counsel confirmed a fact of law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counsel {
    /// Confirmed for this provider.
    Confirmed,
    /// Still to be confirmed before the provider relies on it.
    ToConfirm,
}

/// What a fact of law says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum LegalTerm {
    /// A calendar term.
    Calendar(Term),
    /// A number of hours.
    Hours(u16),
}

impl LegalTerm {
    /// The term in words.
    #[must_use]
    pub fn in_words(self, language: Language) -> String {
        match (self, language) {
            (Self::Calendar(term), _) => term.in_words(language),
            (Self::Hours(hours), Language::Nl) => format!("{hours} uur"),
            (Self::Hours(1), Language::En) => "1 hour".to_owned(),
            (Self::Hours(hours), Language::En) => format!("{hours} hours"),
        }
    }
}

/// A fact of law: a term, where it stands, and from when that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalFact {
    /// The name that code and texts use.
    pub name: String,
    /// The term.
    pub term: LegalTerm,
    /// The law and article.
    pub source: Text,
    /// The day on which the law was read.
    pub as_of: Day,
    /// Whether counsel confirmed it.
    pub counsel: Counsel,
}

/// The facts of law that the software works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// Within what term a rights request is answered.
    pub request_answer: Term,
    /// With what term the answer may be put off.
    pub request_extension: Term,
    /// Within how many hours of awareness a leak is reported.
    pub breach_notification_hours: u16,
    /// How long books and invoices stay.
    pub books: Term,
    /// The countries of the EEA, ISO 3166-1 alpha-2.
    pub eea: Vec<String>,
    /// Every fact with its source and date, in the order of the file.
    pub facts: Vec<LegalFact>,
}

impl Law {
    /// One fact by its name.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&LegalFact> {
        self.facts.iter().find(|fact| fact.name == name)
    }
}

/// What erasing promises beyond the living databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// Within what term after erasure the last backup, too, has become unreadable.
    pub backups_within: Term,
}

/// The texts of the statement that no other part of the policy holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatementTexts {
    /// The opening.
    pub introduction: Text,
    /// Whether decisions are made by machine alone (GDPR art. 13(2)(f)).
    pub automated_decisions: Text,
    /// How changes are made known.
    pub changes: Text,
}
