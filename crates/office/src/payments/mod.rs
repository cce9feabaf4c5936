//! What came in, what is still owed, and the reminders.

mod store;

pub use store::TABLES;
