//! Requests about rights (GDPR art. 12 and 15 to 21), and complaints: what was asked, the clock, who
//! asked, and what came of it.
//!
//! Invariants: the clock runs from receipt and nothing stops it; nothing is granted before the
//! identity is verified (a complaint discloses nothing and needs none); a state is left by the
//! consuming transitions of [`RequestState`] alone, guarded again in SQL, so that of two answers one
//! wins; every answer and refusal names the supervisory authority, the court and the way to us
//! first, and `answer_named_authority` is set from the text that was sent, not from the intention;
//! the verdict of an identity check is kept, its evidence is not. A visitor is matched to a customer
//! only after the link to the visitor's address was followed.
//!
//! Rows outlive an erasure as proof that something was asked and answered: what is personal in them,
//! and the subject they name, is emptied then.

pub mod access;
pub mod erasure;
pub mod jobs;
pub mod receipts;

mod clock;
mod decide;
mod identity;
mod lookup;
mod model;
mod open;
mod rectify;
mod service;
mod store;
mod texts;

#[cfg(test)]
pub(crate) mod testkit;
#[cfg(test)]
mod tests;

pub use clock::{Deadline, ExtensionRefused, Left};
pub use decide::{Answer, Rectification, extend, grant, refuse, withdraw, withdraw_own};
pub use identity::{
    Followed, IDENTITY_PATH, Next, attach_customer, confirm_code, confirm_in_panel, follow_link, resend_link,
    second_channel_code, verify_by_staff, withdraw_by_link,
};
pub use jobs::{
    BeginErasure, Daily, LiftRestriction, ProducePackage, announce_lifting, daily, lift_restriction,
};
pub use lookup::{Decided, answer_preview, by_number, of_thread};
pub use model::{
    Channel, Claim, Closing, Contact, Detail, Identity, NotAllowed, Person, Reasons, Request, RequestDetail,
    RequestFilter, RequestId, RequestKind, RequestNumber, RequestPage, RequestState, RequestSummary,
    Standing, Which,
};
pub use open::{About, OnBehalf, PanelForm, open_in_panel, open_on_behalf};
pub use rectify::rectify_in_panel;
pub use service::{clock_evidence, queue_counts};
pub use service::{
    detail, linked_subjects, objectionable_purposes, of_customer, own_request, page, person, request,
};
pub use store::{ClockEvidence, QueueCounts, TABLES};

pub(crate) use open::{NewRequest, Opening, Start, check_purpose, prepare_opening};
pub(crate) use service::acting;
