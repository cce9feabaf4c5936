//! What leaves the house: which data a supplier was given, and the demand that it deletes them again (promises
//! P01 to P05; GDPR art. 15(1)(c), 17 and 19).
//!
//! A **disclosure** is what one supplier has about one customer under one reference: a contact at a registry, an
//! order at a certificate authority. It is written down before anything leaves, with the fields that leave, and is
//! used by services; a second domain name with the same data at the same supplier is another use, not another
//! disclosure. A **withdrawal** demands a disclosure back once its last use has ended, or when the customer is
//! erased, and lives until the supplier has confirmed:
//!
//! ```text
//! due ──▶ requested ──▶ confirmed                     (deleted, and read back: the proof is kept)
//!             ├──▶ linked ──▶ requested …             (refused while something still refers to it: tried again)
//!             ├──▶ kept until a day, on a ground ──▶ requested …  (asked again when the day has come)
//!             └──▶ failed ──▶ due                     (staff must look; tried again when they say so)
//! ```
//!
//! The reference at the supplier is sealed under a subject of its own (`SubjectKind::Disclosed`), so that a
//! withdrawal goes on after the customer is erased; what was given is sealed under the customer and goes with the
//! customer. Who the suppliers are, what they may receive and how long they keep it stands in the policy alone.
//!
//! Invariants: nothing is disclosed to a supplier, for a purpose or in a category that the policy does not name;
//! every disclosure has a service under an agreement; a disclosure that may have left (`intended` too) is
//! withdrawn; one has at most one withdrawal; no withdrawal ends but confirmed. Each step of a withdrawal is
//! committed with the job that takes the next, so that none is lost, and may be run twice. Must not: open
//! connections (adapters get theirs from `outbound`), or put references or values into the ledger or into jobs.

mod evidence;
mod give;
mod jobs;
mod lists;
mod model;
mod staff;
mod store;
mod supplier;
mod withdraw;

#[cfg(test)]
pub(crate) use jobs::advance;
#[cfg(test)]
mod tests;

pub use give::{
    Given, NewDisclosure, NewValue, PreparedDisclosure, intend, mark_given, mark_not_given, prepare,
};
pub use jobs::{Followed, Withdraw, follow, run};
pub use lists::{
    DisclosureFilter, Lateness, Recipient, WithdrawalFilter, differs, disclosure, disclosures, of_customer,
    recipients, withdrawal, withdrawals,
};
pub use model::{
    Disclosure, DisclosureId, DisclosureState, Ground, Withdrawal, WithdrawalId, WithdrawalReason,
    WithdrawalState,
};
pub use staff::{AnswerForm, Answered, answer, correct, retry, set_reference};
pub use store::TABLES;
pub use supplier::{ByHand, Demand, Reply, Supplier, Suppliers};

pub(crate) use evidence::{evidence, past_term};
pub(crate) use give::of_service;
pub(crate) use lists::{open_of_customer, subjects_of};
pub(crate) use withdraw::{due_at, end_past_term, withdraw_for_erasure};

/// The prefix of the domain purpose in the policy, and that of certificates.
pub const DOMAINS: &str = "domains";
/// The purpose under which certificates are applied for.
pub const CERTIFICATES: &str = "certificates";
