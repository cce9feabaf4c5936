//! Use cases of invoices: reading one, crediting it, sending it again, invoicing one customer now.

use super::calculate::Problem;
use super::issue::{self, Books, ToIssue};
use super::jobs::MailInvoices;
use super::model::credit;
use super::run::{Gathered, take_bill};
use super::store::invoices::{self as store, InvoiceFilter, InvoiceRow};
use super::store::{books, due};
use super::{CreditError, InvoiceId};
use crate::customers::CustomerId;
use crate::form;
use crate::{By, Office, OfficeError, Record, payments, subjects};
use base::{Money, SubjectId, Timestamp};
use documents::InvoiceDocument;
use keys::purpose::Invoicing;

/// The largest page of a list.
const PAGE_MAX: u32 = 200;
/// How many invoices one exported file holds at most.
pub const EXPORT_MAX: u32 = 20_000;

/// An invoice with what it says.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// The row.
    pub row: InvoiceRow,
    /// What it says.
    pub document: InvoiceDocument,
}

/// An invoice, opened, its bytes proven to be those that were issued.
///
/// # Errors
/// [`OfficeError::NotFound`]; when it was changed, or its books are destroyed.
pub async fn invoice(office: &Office, id: InvoiceId) -> Result<Invoice, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the invoice" })?;
    open(office, row).await
}

/// An invoice by the number people read, such as `F2026-00042`.
///
/// # Errors
/// As [`invoice`].
pub async fn invoice_by_number(office: &Office, text: &str) -> Result<Invoice, OfficeError> {
    let missing = || OfficeError::NotFound { what: "the invoice" };
    let theirs = format!("{}{}", super::import::SERIES, text.trim());
    if let Some(row) = store::by_number(&office.store, &theirs, 0).await? {
        return open(office, row).await;
    }
    let (series, number) = text.trim().split_once('-').ok_or_else(missing)?;
    let number: i64 = number.parse().map_err(|_| missing())?;
    let row =
        store::by_number(&office.store, &series.to_ascii_uppercase(), number).await?.ok_or_else(missing)?;
    open(office, row).await
}

async fn open(office: &Office, row: InvoiceRow) -> Result<Invoice, OfficeError> {
    let key = office.vault.key::<Invoicing>(row.books).await?;
    let document = issue::open(&row, &key)?;
    Ok(Invoice { row, document })
}

/// The lines of an invoice that credit notes took back.
///
/// # Errors
/// When the database fails.
pub async fn lines_credited(office: &Office, id: InvoiceId) -> Result<Vec<usize>, OfficeError> {
    Ok(store::lines_credited(&office.store, id).await?)
}

/// Rows of these ids, in order of number.
///
/// # Errors
/// When the database fails.
pub async fn rows(office: &Office, ids: &[InvoiceId]) -> Result<Vec<InvoiceRow>, OfficeError> {
    Ok(store::by_ids(&office.store, ids).await?)
}

/// A page of invoices.
#[derive(Debug, Clone)]
pub struct InvoicePage {
    /// The invoices of this page, the newest first.
    pub invoices: Vec<InvoiceRow>,
    /// How many there are in all.
    pub total: u64,
    /// What is open of them all.
    pub open: Money,
}

/// A page of invoices.
///
/// # Errors
/// When the database fails.
pub async fn page(
    office: &Office,
    filter: InvoiceFilter,
    offset: u64,
    limit: u32,
) -> Result<InvoicePage, OfficeError> {
    let invoices = store::page(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    let (total, open) = store::count(&office.store, filter).await?;
    Ok(InvoicePage { invoices, total, open })
}

/// The invoices that a filter lets through, for a file: at most [`EXPORT_MAX`]. The ledger tells that it
/// was done.
///
/// # Errors
/// When a store fails.
pub async fn export(office: &Office, by: By, filter: InvoiceFilter) -> Result<Vec<InvoiceRow>, OfficeError> {
    let rows = store::page(&office.store, filter, 0, EXPORT_MAX).await?;
    let entry = office.prepare(Record::new("invoices-exported", by).with("count", rows.len())).await?;
    let tx = office.store.begin().await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Which lines a credit note takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credit {
    /// All that are left.
    Whole,
    /// These, counted from 0.
    Lines(Vec<usize>),
}

/// Takes an invoice back, or lines of it, by a credit note, which first pays the invoice as far as that is
/// open.
///
/// # Errors
/// [`OfficeError::Invalid`] on `lines` when they cannot be credited; when a store fails.
pub async fn credit_note(
    office: &Office,
    by: By,
    id: InvoiceId,
    what: &Credit,
) -> Result<InvoiceId, OfficeError> {
    let invoice = invoice(office, id).await?;
    ours(&invoice)?;
    let customer = invoice.row.customer;
    let today = office.today();
    let books = Books::of(office, &[customer], today).await?;
    let record = Record::new("invoices-issued", by).with("credits", invoice.row.number_text());
    let entry = office.draft(record).await?;
    let note = InvoiceId::new(&*office.clock, &*office.random);
    let now = office.now();

    let tx = office.store.begin().await?;
    let before = store::credited_lines(&tx, id).await?;
    let lines = match what {
        Credit::Lines(lines) => lines.clone(),
        Credit::Whole => (0..invoice.document.lines.len()).filter(|line| !before.contains(line)).collect(),
    };
    let document = credit(&invoice.document, &before, &lines, today).map_err(refused)?;
    books.open(&tx, |_| true, now).await?;
    let to_issue = ToIssue { id: note, customer, document, credits: Some((id, lines)) };
    issue::issue(office, &tx, vec![to_issue], &books, None, entry).await?;
    payments::settle_note(office, &tx, customer, note, id).await?;
    payments::settle_credit(office, &tx, &[customer]).await?;
    tx.enqueue(&MailInvoices { invoices: vec![note] }, now, &*office.clock, &*office.random).await?;
    tx.commit().await?;
    payments::lift(office, customer).await;
    Ok(note)
}

/// Refuses an invoice that another administration issued.
fn ours(invoice: &Invoice) -> Result<(), OfficeError> {
    if invoice.row.is_taken_over() {
        return Err(OfficeError::Forbidden { why: "another administration issued this invoice" });
    }
    Ok(())
}

fn refused(error: CreditError) -> OfficeError {
    let problem = match error {
        CreditError::Nothing => form::Problem::Missing,
        CreditError::Again(_) => form::Problem::Taken,
        CreditError::NoLine(_) | CreditError::Kind => form::Problem::Choice,
    };
    form::Problems::one("lines", problem).into()
}

/// Sends the mail about an invoice again.
///
/// # Errors
/// When the invoice, or the customer, is not there any more, or a store fails.
pub async fn resend(office: &Office, by: By, id: InvoiceId) -> Result<(), OfficeError> {
    let invoice = invoice(office, id).await?;
    ours(&invoice)?;
    let mail =
        super::jobs::mail(office, &invoice).await?.ok_or(OfficeError::NotFound { what: "the customer" })?;
    let entry = office
        .prepare(Record::new("invoice-sent-again", by).with("number", invoice.row.number_text()))
        .await?;
    let tx = office.store.begin().await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Invoices what one customer owes now: before an erasure, or when staff ask for it. None when there was
/// nothing.
///
/// # Errors
/// [`OfficeError::Other`] with the problem when the customer cannot be invoiced; when a store fails.
pub async fn invoice_customer(
    office: &Office,
    by: By,
    customer: CustomerId,
) -> Result<Vec<InvoiceId>, OfficeError> {
    let through = office.today();
    let ids = [customer];
    let gathered = Gathered::read(office, &ids, through).await?;
    let Some((_, result)) = gathered.bills(office, through).pop() else { return Ok(Vec::new()) };
    let bill = result.map_err(|problem: Problem| {
        OfficeError::Other(format!("the customer's {problem} is missing or wrong"))
    })?;
    if bill.invoices.is_empty() {
        return Ok(Vec::new());
    }
    let books = Books::of(office, &ids, through).await?;
    let entry = office.draft(Record::new("invoices-issued", by)).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    for subject in gathered.subjects().values() {
        subjects::lock_active(&tx, *subject).await?;
    }
    let to_issue = take_bill(&tx, customer, bill, now).await?;
    let issued: Vec<InvoiceId> = to_issue.iter().map(|one| one.id).collect();
    books.open(&tx, |_| true, now).await?;
    issue::issue(office, &tx, to_issue, &books, None, entry).await?;
    payments::settle_credit(office, &tx, &ids).await?;
    tx.enqueue(&MailInvoices { invoices: issued.clone() }, now, &*office.clock, &*office.random).await?;
    tx.commit().await?;
    Ok(issued)
}

/// The books of a customer: subject, year, and when each is destroyed.
///
/// # Errors
/// When the database fails.
pub async fn books_of(
    office: &Office,
    customer: CustomerId,
) -> Result<Vec<(SubjectId, i64, Timestamp)>, OfficeError> {
    Ok(books::of_customer(&office.store, customer).await?)
}

/// The latest billing runs.
///
/// # Errors
/// When the database fails.
pub async fn runs(office: &Office, limit: u32) -> Result<Vec<due::RunRow>, OfficeError> {
    Ok(due::runs(&office.store, limit.min(PAGE_MAX)).await?)
}

/// One billing run.
///
/// # Errors
/// [`OfficeError::NotFound`]; when the database fails.
pub async fn run_row(office: &Office, id: super::RunId) -> Result<due::RunRow, OfficeError> {
    due::run_by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the billing run" })
}

/// Customers that could not be invoiced and wait for staff.
///
/// # Errors
/// When the database fails.
pub async fn failures(office: &Office) -> Result<Vec<due::FailureRow>, OfficeError> {
    Ok(due::failures(&office.store, PAGE_MAX).await?)
}
