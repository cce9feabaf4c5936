//! The copy of somebody's data (GDPR art. 15) and what they provided in a form to take along
//! (art. 20): a ZIP with a page to read, JSON to process, and a manifest of hashes
//! (docs/formats/access-package.md).
//!
//! What is in it follows from the declared tables: every personal column of every table that names
//! the subject is opened, so that a new column cannot be forgotten. Invariants: a package holds data
//! of the person who asked and of the visitors who turned out to be them, of fellow members no more
//! than name, address and role; it is stored sealed, under the `rights` key of its subject, and goes
//! after 14 days or with the subject; secrets by which somebody signs in are named but not copied.

mod build;
mod collect;
mod html;
mod labels;
mod service;
mod store;

#[cfg(test)]
mod tests;

pub use service::{PACKAGE_PATH, PackageSummary, by_token, download, package_of_request, produce, sweep};
pub use store::TABLES;

base::id_type!(
    /// The id of a package.
    PackageId,
    "package"
);

/// Which of the two a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageKind {
    /// Everything that is held, and what is done with it.
    Access,
    /// What the person provided.
    Portability,
}

impl PackageKind {
    /// The word in the files and in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Portability => "portability",
        }
    }
}

/// What is held about subjects, as the JSON of a package has it: for tests that search it.
#[cfg(test)]
pub(crate) async fn preview(
    office: &crate::Office,
    subjects: &[base::SubjectId],
) -> Result<zeroize::Zeroizing<Vec<u8>>, crate::OfficeError> {
    let collected = collect::collect(office, subjects).await?;
    build::json(office, &build::Cover::preview(office), &collected, PackageKind::Access)
}
