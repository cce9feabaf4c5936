//! The contracts with customers.

mod store;

pub use store::TABLES;
