//! Messages: the contact form and the threads that come of it.
//!
//! Whoever writes without an account becomes a subject of kind visitor with keys of their own, so
//! that their words can be erased as well as a customer's. A customer's threads are under the
//! customer's subject. Contact data and text are held for the purpose `support`.
//!
//! Invariants: a thread moves from state to state by [`ThreadState::after`] alone, guarded again in
//! SQL; a mail's subject line carries a number and nothing personal; a visitor's thread is followed
//! by mail only; who asks about their own data gets a request (slice `requests`) in the same
//! transaction.

mod model;
mod service;
mod store;
mod texts;

#[cfg(test)]
mod tests;

pub use model::{
    Action, Author, ContactForm, Message, MessageId, Thread, ThreadFilter, ThreadId, ThreadKind,
    ThreadNumber, ThreadPage, ThreadState, ThreadSummary, Topic, text_block,
};
pub use service::{
    Written, answer, by_number, change_state, contact, of_customer, own_thread, page, reply, thread,
    write_as_customer,
};
pub use store::{TABLES, ThreadCounts, counts};

pub(crate) use service::{require_active, take_number};
pub(crate) use store::settle;

/// The longest text of a message, in characters.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// The longest title of a thread, in characters.
pub const TITLE_CHARS_MAX: usize = 150;
/// How many messages one thread holds at most.
pub const MESSAGES_MAX: u32 = 200;
