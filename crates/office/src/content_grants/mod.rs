//! Content grants: the permission under which staff look at what a customer stores (P09).
//!
//! Staff ask with a reason; an owner of the customer gives it for a stated time and scope, or refuses; it ends
//! by time or by either side. The one other ground is an open case of a leak that touches the customer. Each
//! look is a session under a grant in force: it is in the ledger before it begins, and the customer is told.
//!
//! Invariants: no session without a grant in force that names its scope; a session never outlasts its grant;
//! nobody gives what was not asked, for longer than was asked; whether a grant is in force is judged by the
//! clock, not by whether a sweep has run. What the administrator of a server can do past this program, this
//! program cannot see, and the verdict says so.

mod form;
mod model;
mod service;
mod store;
mod texts;

#[cfg(test)]
mod tests;

pub use form::{AskForm, SessionForm};
pub use model::{
    Answer, ContentSession, ContentSessionId, EndedBy, Grant, GrantId, Ground, HOURS_MAX, Scope, Scopes,
    SessionState, Standing,
};
pub use service::{
    GrantFilter, GrantPage, answer, ask, end, end_session, evidence, grant, of_customer, open_session, page,
    sessions, sweep, withdraw,
};
pub use store::{Evidence, TABLES};

/// The longest reason, purpose or report, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// So many days a question waits for an answer.
pub const ANSWER_DAYS: i64 = 14;
