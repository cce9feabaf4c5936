//! Releases of the traffic log: what somebody asks to open, and what an officer's own program checks before it
//! helps (CRYPTO section 9).
//!
//! ```text
//! Request ──ledger──► Dossier ──officer's program: check──► Approval ──k of them──► Dossier ──check──► answers
//! ```
//!
//! Invariants
//! - A request is its bytes: they are hashed as they were sent, and there is one spelling.
//! - `check` believes nothing that the office says: what it does not find in the ledger that the officer pinned, in the
//!   officer's own group documents or under a signature is refused, each time with its own [`Refusal`].
//! - This half is pure: no database, no clock, no file. An officer's program uses it without an office.

mod ask;
mod build;
mod check;
mod dossier;
mod evidence;
mod evidence_texts;
mod merkle;
mod model;
mod question;
mod refusal;
mod request;
mod session;
mod site;
mod store;
mod verdict;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod whole;

pub use ask::{
    AskError, Brought, HOURS_MAX, NewAsk, On, Wanted, ask, end, page, release, request, sweep, take_file,
};
pub use build::dossier;
pub use check::{Answered, Asked, Cleared, ClearedLabel, Pinned, Stage, TERM_MONTHS, check};
pub use dossier::{DOSSIER_BYTES_MAX, Dossier, DossierError, Included, RecordPart, SegmentPart, SiteOpening};
pub use evidence::{
    EVIDENCE_BYTES_MAX, Evidence, EvidenceError, EvidenceShown, evidence, verify as verify_evidence,
};
pub use merkle::RecordTree;
pub use model::{Approved, EndReason, Query, QueryId, Release, ReleaseFilter, ReleaseState};
pub use question::{Answer, Counts, Question, QuestionError, ROWS_MAX, Row, SHOWN_MAX, Shape};
pub use refusal::{Refusal, ShownLabel};
pub use request::{
    Ground, NewRequest, REASON_CHARS_MAX, RELEASE_DAYS_MAX, REQUEST_BYTES_MAX, ReleaseId, Request,
    RequestError, Scope, ScopeItem, Target,
};
pub use session::{
    Ready, Scanned, Sessions, ask as ask_question, ask_watched, of_customer, open, questions, ready,
};
pub use site::site_commitment;
pub use store::TABLES;

pub(crate) use verdict::finding;
