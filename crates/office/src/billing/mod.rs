//! Charges, invoices, and the run that makes them.
//!
//! Invariants: an invoice is never changed or deleted before its books end, a credit note takes it back;
//! numbers of a series have no gap and no double, for they are taken in the transaction of the invoice;
//! what an invoice says is sealed for the books of its customer and year, so that it stays when the
//! customer is erased, under a key with its own end.

mod document;
mod ids;
mod model;
mod reference;
mod store;
mod wire;

pub mod charges;
pub mod vat;

pub use document::{
    Credited, FORMAT_VERSION, InvoiceDocument, InvoiceKind, InvoiceLine, Party, Payment, RateTotal, Transfer,
};
pub use ids::{ChargeId, InvoiceId, RunId};
pub use model::{CreditError, LINES_MAX, Series, Totals, credit, number_text, totals};
pub use reference::{creditor_reference, is_iban};
pub use store::TABLES;
