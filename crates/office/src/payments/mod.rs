//! What came in, what is still owed, and the reminders.
//!
//! Invariants: payments and settlements are added, never changed or deleted before their books end: a
//! mistake is taken back by a contra entry; what is open of an invoice is its total less its
//! settlements, what is open of a payment its amount less what it settled, and both are never below
//! nothing (a credit note: never above); of an invoice each reminder goes once;
//! who does not pay after the notice has their services suspended, and who pays has them back.

mod consequences;
mod model;
mod reminders;
mod service;
mod settle;
mod store;

pub mod templates;

pub(crate) use consequences::lift;
pub use consequences::{Enforced, enforce, terminate};
pub use model::{Allocation, Method, NewPayment, Payment, PaymentId, PaymentKind, Reminder, Step};
pub use reminders::{Reminded, remind};
pub use service::{
    Account, EXPORT_MAX, account, balance, due_for_termination, export, recent, record, refund, reminders_of,
    reverse, write_off,
};
pub(crate) use settle::{settle_credit, settle_note};
pub use store::TABLES;
pub use store::overview::{Month, Overview, overview};

#[cfg(test)]
mod tests;
