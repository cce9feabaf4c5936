//! The gate outward: the one place that opens connections to anybody else. It knows the register
//! of recipients (from the policy) and records every contact. Mail is its first user.
//!
//! Invariants: no other crate connects outward; a host outside the register is refused, recorded
//! and told in the ledger, and no packet leaves; the intent of a contact is committed before its
//! connection is opened. Addresses and texts of mail are in no error, note or log line. A machine
//! that has no database reaches one peer, its own office, through [`peer`].

mod gate;
pub mod mail;
pub mod peer;
mod register;
mod store;
#[cfg(test)]
mod testing;
mod tls;

pub use self::store::{
    ContactCount, ContactId, ContactRow, ContactState, Outcome, REFUSED_ENTRY_KIND, Recorder, TABLES,
    contacts_in_state, contacts_of_subject, counts_since, delete_of_subject,
};
pub use gate::{CONTACT_SECONDS_MAX, ConnectLimits, Gate, GateError, OpenContact, Passage};
pub use register::{Contact, Reason, Refusal, Register};
