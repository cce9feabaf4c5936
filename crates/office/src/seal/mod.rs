//! The officers of the seal, as the office knows them: who enrolled, which ceremony is held, the mailbox between their
//! programs, and the group documents that came of it.
//!
//! ```text
//! identity file ─► officer ─► roster: proposed ─ a second staff member confirms ─► running ─► finished
//!                                                      messages ◄──► officers' programs       └► group document
//! ```
//!
//! Invariants
//! - The office holds nothing that opens anything: public keys, signed messages, documents.
//! - One roster is proposed or running at a time. Whoever proposes it does not confirm it.
//! - A message is kept when an officer of the roster signed it for a place that the ceremony has. The first for a place
//!   counts; a second, different one is kept beside it and shown.
//! - A document is adopted when it is of the roster that was confirmed and continues the chain; the chain only grows.
//! - Names of officers lie in envelopes: of an officer under the login's key, of rosters and documents under a key of the
//!   roster's own, for they are kept as long as what was sealed with them.

mod files;
mod mailbox;
mod model;
mod rehearse;
mod rosters;
mod service;
mod store;

#[cfg(test)]
pub(crate) mod testkit;
#[cfg(test)]
pub(crate) mod tests;

pub use files::{
    ANSWER_BYTES_MAX, Answer, BUNDLE_BYTES_MAX, Bundle, CanaryPart, FileError, IDENTITY_BYTES_MAX,
    read_identity, write_identity,
};
pub use mailbox::{AnswerError, Taken, bundle, take_answer};
pub use model::{
    Alarm, Equivocation, Flow, Month, OfficerId, Progress, RosterId, RosterState, YEAR_MONTHS, alarm, months,
};
pub use rehearse::{CanaryFault, Rehearsed, rehearse};
pub use rosters::{NewRoster, RosterView, Work, confirm, propose, roster, rosters, stop};
pub use service::{EnrolledOfficer, chain, enrol, officers, withdraw};
pub use store::TABLES;
