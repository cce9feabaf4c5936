//! Erasure (GDPR art. 17; promise P13): first the keys, then the rows, then a receipt.
//!
//! The steps, and what a crash after each leaves (CRYPTO section 4):
//!
//! | step | store | what | killed after it |
//! |---|---|---|---|
//! | announce | S | the row of the erasure with the hash of its token, the farewell mail, the job | the job begins it |
//! | begin | S | subjects `erasing`; sessions and memberships end; ledger `erasure-begun` | [`resume`] goes on |
//! | note | S | the ledger entry `erased`, finished but for its time, and the opening of its commitment | keys still there: noted again or used |
//! | take back | files | mails in the provider's own folder | may be repeated |
//! | destroy | K | tombstones, then the keys | may be repeated; the noted entry needs no key |
//! | finish | S | rows deleted or emptied; subjects `erased`; ledger `erased` | done |
//!
//! Invariants: what is deleted follows from the declared tables alone, so that a new table cannot be
//! forgotten; every step may be run again, by two at once; the entry `erased` enters the ledger with
//! the deletion of the rows and never before the keys are gone; the opening, with which the receipt
//! shows whom the entry is about, lives in the row of the erasure and ends with it, 30 days after the
//! last backup became unreadable.

mod holds;
mod replay;
mod service;
mod steps;
mod store;
mod texts;

#[cfg(test)]
pub(crate) mod tests;

pub use holds::{Hold, Until, holds, holds_of};
pub use replay::{Replayed, replay_tombstones};
pub use service::{
    EraseSubject, OwnErasure, begin, begin_granted, drop_names, erase_own, finalise, receipt_address, resume,
    run, sweep,
};
pub use store::TABLES;
pub(crate) use store::by_token;
pub(crate) use texts::receipt_words;

use crate::OfficeError;
use crate::accounts::{LoginId, Token};
use crate::customers::CustomerId;
use base::{SubjectId, Timestamp};
use outbound::mail::MailId;

base::id_type!(
    /// The id of an erasure.
    ErasureId,
    "erasure"
);

/// The first part of the path of a receipt's page: `<base_url>/receipt/<token>`.
pub const RECEIPT_PATH: &str = "receipt";

/// Takes back what lies outside the databases. What cannot be taken back (a mail that a relay has) is
/// not its concern.
#[async_trait::async_trait]
pub trait TakeBack: Send + Sync {
    /// Removes the copies of these mails from the provider's own folders, and tells how many there
    /// were. It may be asked again.
    async fn mails(&self, mails: &[MailId]) -> Result<u64, OfficeError>;
}

/// Who is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// A customer, with the logins that belong to nobody else and the visitors that turned out to be
    /// this customer.
    Customer(CustomerId),
    /// Somebody who wrote and is no customer.
    Visitor(SubjectId),
    /// A person who leaves the customers they acted for.
    Login(LoginId),
}

/// An erasure that was asked for.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its id.
    pub id: ErasureId,
    /// What leads to the receipt; none when the erasure had been asked for before. It is shown once.
    pub token: Option<Token>,
}

/// Where an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureState {
    /// Asked for; the last mails are leaving.
    Announced,
    /// Keys and rows are going.
    Erasing,
    /// Keys and rows are gone.
    Erased,
    /// The last backup is unreadable too.
    Final,
}

impl ErasureState {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Erasing => "erasing",
            Self::Erased => "erased",
            Self::Final => "final",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Announced, Self::Erasing, Self::Erased, Self::Final].into_iter().find(|s| s.as_str() == text)
    }
}

/// The dates that a receipt names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// Since when nothing of it can be read here any more.
    pub live: Timestamp,
    /// By when the last backup is to be unreadable.
    pub backup_due: Timestamp,
    /// Since when it is, once that is a fact.
    pub backup: Option<Timestamp>,
}
