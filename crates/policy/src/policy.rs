//! The policy itself.

use crate::error::PolicyErrors;
use crate::model::{
    Category, Erasure, Infrastructure, Law, Measure, Promise, PromiseId, Provider, Purpose, Recipient,
    Service, StatementTexts,
};
use base::Day;

/// A parsed and checked `policy.toml`.
///
/// Invariant: every name in it resolves, and P01–P16 are each there once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub(crate) hash: [u8; 32],
    pub(crate) text: String,
    pub(crate) version: String,
    pub(crate) date: Day,
    pub(crate) statement: StatementTexts,
    pub(crate) provider: Provider,
    pub(crate) subjects: Vec<Category>,
    pub(crate) data: Vec<Category>,
    pub(crate) purposes: Vec<Purpose>,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) promises: Vec<Promise>,
    pub(crate) services: Vec<Service>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) infrastructure: Vec<Infrastructure>,
    pub(crate) erasure: Erasure,
    pub(crate) law: Law,
}

impl Policy {
    /// Reads and checks the text of a policy file.
    ///
    /// # Errors
    /// All mistakes of the text at once, each with its line and key.
    pub fn parse(text: &str) -> Result<Self, PolicyErrors> {
        crate::read::policy(text)
    }

    /// SHA-256 of the exact bytes of the file: which policy this is.
    #[must_use]
    pub const fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// [`Policy::hash`] in lower-case hexadecimal.
    #[must_use]
    pub fn hash_hex(&self) -> String {
        hex::encode(self.hash)
    }

    /// The file's text, as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The label of this version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The date of this version, as the file states it.
    #[must_use]
    pub const fn date(&self) -> Day {
        self.date
    }

    /// The provider.
    #[must_use]
    pub const fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The texts of the statement that belong to no other part.
    #[must_use]
    pub const fn statement_texts(&self) -> &StatementTexts {
        &self.statement
    }

    /// The purposes, in the order of the file.
    #[must_use]
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// One purpose by its name.
    #[must_use]
    pub fn purpose(&self, name: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.name == name)
    }

    /// The recipients, in the order of the file.
    #[must_use]
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// One recipient by its id.
    #[must_use]
    pub fn recipient(&self, id: &str) -> Option<&Recipient> {
        self.recipients.iter().find(|recipient| recipient.id == id)
    }

    /// The recipient behind a host and port; none when no recipient may be reached there.
    #[must_use]
    pub fn recipient_for_host(&self, host: &str, port: u16) -> Option<&Recipient> {
        self.recipients.iter().find(|recipient| recipient.hosts.iter().any(|own| own.admits(host, port)))
    }

    /// The sixteen promises, in order.
    #[must_use]
    pub fn promises(&self) -> &[Promise] {
        &self.promises
    }

    /// One promise, by an id such as `P01`.
    #[must_use]
    pub fn promise(&self, id: &str) -> Option<&Promise> {
        let id: PromiseId = id.parse().ok()?;
        self.promises.iter().find(|promise| promise.id == id)
    }

    /// The services in which the provider is processor.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// One service by its name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The measures of security.
    #[must_use]
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// The provider's own house: declared, and no recipients.
    #[must_use]
    pub fn infrastructure(&self) -> &[Infrastructure] {
        &self.infrastructure
    }

    /// What erasing promises about backups.
    #[must_use]
    pub const fn erasure(&self) -> Erasure {
        self.erasure
    }

    /// The facts of law.
    #[must_use]
    pub const fn law(&self) -> &Law {
        &self.law
    }

    /// The categories of subjects.
    #[must_use]
    pub fn subject_categories(&self) -> &[Category] {
        &self.subjects
    }

    /// The categories of data.
    #[must_use]
    pub fn data_categories(&self) -> &[Category] {
        &self.data
    }

    /// Lines that still hold what the provider must replace: text between « and », also in a remark
    /// behind a value. A line that is a comment as a whole does not count.
    #[must_use]
    pub fn unfinished_lines(&self) -> Vec<usize> {
        let marked = |line: &str| line.contains('«') && !line.trim_start().starts_with('#');
        self.text.lines().enumerate().filter(|(_, line)| marked(line)).map(|(index, _)| index + 1).collect()
    }
}
