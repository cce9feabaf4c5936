//! Charges, invoices, and the run that makes them.

mod ids;
mod store;

pub mod charges;

pub use ids::{ChargeId, InvoiceId, RunId};
pub use store::TABLES;
