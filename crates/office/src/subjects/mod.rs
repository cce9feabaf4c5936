//! Subjects: the people whose data is held, and the state that every writer must respect.
//!
//! Whoever writes personal data first locks the subject and refuses unless it is active (CRYPTO
//! section 4), so that an erasure that has begun cannot be undone by a slower writer.

mod store;

pub use store::{SubjectRow, TABLES, create, lock_active, row};
pub(crate) use store::{create_many, erased_after, in_state, lock, mark_erased, mark_erasing};

/// What kind of subject it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// A customer.
    Customer,
    /// A person who signs in.
    Login,
    /// Somebody who wrote through the contact form without an account.
    Visitor,
    /// One case of the provider's own: a leak, or a lawful order. Its keys hold what is written about it.
    Incident,
    /// The books of one customer and year: what the law keeps after the customer is erased.
    Books,
    /// The officers of one roster: what shows who sealed and opened, kept as long as what was sealed with it.
    Seal,
    /// What one supplier was given about one customer: lives until the supplier is done with it, also after the
    /// customer is erased.
    Disclosed,
}

impl SubjectKind {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Login => "login",
            Self::Visitor => "visitor",
            Self::Incident => "incident",
            Self::Books => "books",
            Self::Seal => "seal",
            Self::Disclosed => "disclosed",
        }
    }
}

/// Where a subject is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectState {
    /// Data may be written.
    Active,
    /// Erasure has begun; nothing may be written.
    Erasing,
    /// Keys and rows are gone.
    Erased,
}

impl SubjectState {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Erasing => "erasing",
            Self::Erased => "erased",
        }
    }
}
