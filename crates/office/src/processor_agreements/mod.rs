//! The processor agreements that customers were given (GDPR art. 28).

mod store;

pub use store::TABLES;
