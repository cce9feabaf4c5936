//! The processor agreements that customers were given (GDPR art. 28).
//!
//! What an agreement says to every customer alike, its text, is drawn up from the policy and kept once per
//! policy and language, word for word, under its hash. A customer's agreement is a row that names such a
//! text and holds the customer as party, sealed. The PDF is set from both whenever it is asked for and is
//! not kept: what was agreed is the text, whose hash is accepted, printed on the PDF and told in the
//! ledger; keeping 80 kB of PDF for each customer and version would prove no more, and comparing the bytes
//! of a PDF would fail after any release that sets type differently.
//!
//! Invariants: a customer has one number, whose versions follow each other, and at most one version that is
//! not replaced; a version never changes but for being objected to and replaced; a text is never changed. Two
//! texts are the same agreement when they say the same but for the label of the policy: then nobody is
//! given a new version. Must not: be issued to somebody who is no customer.

mod jobs;
mod model;
mod service;
mod store;
mod texts;

#[cfg(test)]
mod tests;

pub use jobs::{Reissue, catch_up, run};
pub use model::{
    AgreementNumber, AgreementState, Filter, IssueReason, ProcessorAgreement, ProcessorAgreementId,
};
pub use service::{
    Issuing, Notice, Offered, answer, issue, object, of_customer, offered, own, page, pdf, pdf_for_staff,
    prepare, text,
};
pub use store::{Evidence, TABLES};

pub(crate) use service::evidence;

/// How many days a customer has to object to a changed agreement.
pub const OBJECTION_DAYS: u32 = 30;
/// After how many days a question for an agreement that nobody answered breaks the promise.
pub const ANSWER_DAYS: i64 = 7;
