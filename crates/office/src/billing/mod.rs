//! Charges, invoices, and the run that makes them.

mod store;

pub use store::TABLES;
