//! Charges, invoices, and the run that makes them.
//!
//! Invariants: an invoice is never changed or deleted before its books end, a credit note takes it back;
//! numbers of a series have no gap and no double, for they are taken in the transaction of the invoice;
//! what an invoice says is sealed for the books of its customer and year, so that it stays when the
//! customer is erased, under a key with its own end.

mod books;
mod calculate;
mod ids;
mod issue;
mod model;
mod reference;
mod run;
mod service;
mod settings;
pub(crate) mod store;

pub mod charges;
pub mod import;
pub mod jobs;
pub mod vat;

#[cfg(test)]
pub(crate) mod tests;

pub use books::{books_end, end_books, past_term, unpaid};
pub(crate) use books::{close, drop_open_charges};
pub use calculate::Problem;
pub use documents::creditor_reference;
pub use documents::{
    Credited, FORMAT_VERSION, InvoiceDocument, InvoiceKind, InvoiceLine, Party, Payment, RateTotal, Transfer,
};
pub use ids::{ChargeId, InvoiceId, RunId};
pub(crate) use issue::Books;
pub use model::{CreditError, LINES_MAX, Series, Totals, credit, kind_word, number_text, parse_kind, totals};
pub use reference::is_iban;
pub use run::{Outcome, Preview, PreviewInvoice, order, preview, resume, run, run_told, services_due};
pub use service::{
    Credit, EXPORT_MAX, Invoice, InvoicePage, books_of, credit_note, export, failures, invoice,
    invoice_by_number, invoice_customer, lines_credited, page, resend, rows, run_row, runs,
};
pub use settings::{BillingSettings, ReminderDays};
pub use store::TABLES;
pub use store::due::{FailureRow, RunRow};
pub use store::invoices::{InvoiceFilter, InvoiceRow, Standing};
