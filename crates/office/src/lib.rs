//! The business of the provider, one folder per word: customers, accounts (logins, sessions, staff),
//! catalogue, orders, agreements, services, billing, payments, messages, requests, promises.
//!
//! Each slice has `mod.rs` (what it is), `model.rs` (pure), `store.rs` (SQL), `service.rs` (use cases)
//! and, where it has work for later, `jobs.rs`. Invariants: SQL only in `store.rs`; one use case is
//! one transaction; nothing here knows HTTP; personal columns hold envelopes and are declared in the
//! slice's `TABLES`, from which erasure and the schema check take what they do.

mod context;
mod error;
#[cfg(test)]
mod testing;
mod words;

pub mod accounts;
pub mod agreements;
pub mod billing;
pub mod catalogue;
pub mod checkpoints;
pub mod content_grants;
pub mod customers;
pub mod form;
pub mod incidents;
pub mod mailing;
pub mod messages;
pub mod orders;
pub mod payments;
pub mod processor_agreements;
pub mod promises;
pub mod releases;
pub mod requests;
pub mod retention;
pub mod schema;
pub mod seal;
pub mod services;
pub mod subjects;
pub mod suppliers;
pub mod table;
pub mod traffic_log;

pub use context::{By, Office, Prepared, Record, Settings};
pub use error::OfficeError;
