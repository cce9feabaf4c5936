//! Documents: pure data in, the bytes of a PDF out.
//!
//! [`invoice_pdf`] sets invoices and credit notes, [`processor_agreement_pdf`] processor agreements,
//! [`dossier_pdf`] dossiers of leaks. All come out as PDF/A-3a and PDF/UA-1 with every font inside, and equal input gives equal bytes: the only
//! date is the document's own.
//!
//! Invariants: a template reads its data and nothing else, no file, no package, no clock; what the data
//! says is shown as text and is never read as markup; the memory of the typesetter is given back after each
//! document. Must not: know the office or a database, calculate what somebody owes, or reach the network.
//!
//! Setting a document is work for one core and some milliseconds: callers on an async runtime put it on a
//! blocking thread.

mod agreement;
mod dossier;
mod error;
mod glyphs;
mod invoice;
mod payment_code;
mod samples;
mod typeset;
mod wire;
mod words;

#[cfg(test)]
mod tests;

pub use agreement::{
    AGREEMENT_FORMAT_VERSION, AgreementText, Clause, Measure, ProcessingService, ProcessorAgreementDocument,
    SubProcessor, clauses, processor_agreement_pdf,
};
pub use dossier::{DossierDocument, DossierPart, DossierRow, dossier_pdf};
pub use error::DocumentError;
pub use invoice::{
    Credited, FORMAT_VERSION, InvoiceDocument, InvoiceKind, InvoiceLine, Party, Payment, RateTotal, Transfer,
    VatRate, invoice_pdf, invoice_pdf_with,
};
pub use payment_code::{PaymentCode, creditor_reference, payment_code};
pub use samples::{sample_agreement, sample_invoice};

/// How many lines an invoice has at most.
pub const LINES_MAX: usize = 1_000;
/// How many pages a document has at most.
pub const PAGES_MAX: usize = 100;
/// How many characters one text of a document has at most.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// How many lines an address has at most.
pub const ADDRESS_LINES_MAX: usize = 8;
/// How many services, measures or sub-processors a processor agreement has at most.
pub const PARTS_MAX: usize = 200;
