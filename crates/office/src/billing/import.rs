//! Open invoices that another administration issued, taken over from a CSV file: all of it or nothing of it.
//!
//! What is taken over is the claim: it is reminded of, paid and written off like an invoice of ours. It has
//! the number that the other administration gave it and none of ours, it is no revenue and no VAT here, and
//! it is not set as a PDF, sent again or credited: the invoice itself is where it was issued. What it says is
//! sealed for the books of its customer and year, like any invoice.

mod plan;

#[cfg(test)]
mod tests;

use super::calculate::{buyer, seller};
use super::issue::{self, Books};
use super::store::invoices;
use super::{FORMAT_VERSION, InvoiceDocument, InvoiceId, InvoiceKind, InvoiceLine, Payment};
use crate::customers::{self, Customer, CustomerId, Owners};
use crate::payments;
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::StoreError;
use base::{Day, Language, Money, Sensitive};
use documents::VatRate;
use plan::Row;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

pub use plan::{Plan, ROWS_MAX, plan};

/// What the series of such a row begins with; the number of the other administration follows.
pub(super) const SERIES: &str = "X:";
/// After how many rows the caller hears how far it is.
const TELL_EVERY: usize = 250;

/// A file whose rows were compared with the customers and the invoices.
#[derive(Debug, Clone)]
pub struct Checked {
    found: Vec<(Row, Arc<Customer>)>,
    /// The first thousand rows that cannot be taken over.
    pub wrong: Vec<crate::table::WrongRow>,
    /// How many cannot.
    pub wrong_count: u64,
    sha256: [u8; 32],
}

impl Checked {
    /// How many invoices it brings.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.found.len() as u64
    }

    /// What is open of them together.
    #[must_use]
    pub fn open(&self) -> Money {
        self.found.iter().map(|(row, _)| row.open).sum()
    }
}

/// How far taking over has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Invoices prepared.
    pub done: u64,
    /// Invoices in the file.
    pub total: u64,
}

/// What was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// How many invoices.
    pub invoices: u64,
    /// What is open of them together.
    pub open: Money,
}

/// Compares a file with the customers and the invoices of now. It changes nothing.
///
/// # Errors
/// When a store fails.
pub async fn check(office: &Office, mut plan: Plan) -> Result<Checked, OfficeError> {
    let mut owners = Owners::of(office, plan.rows.iter().map(|row| &row.whose)).await?;
    let mut found = Vec::with_capacity(plan.rows.len());
    for row in core::mem::take(&mut plan.rows) {
        let line = row.line;
        let Some(customer) = owners.find(office, &row.whose).await? else {
            plan.refuse(line, vec![crate::table::RowProblem::Unknown { column: row.whose.column() }]);
            continue;
        };
        if let Err(problem) = row.on(office.today()) {
            plan.refuse(line, vec![problem]);
        } else if invoices::by_number(&office.store, &row.series(), 0).await?.is_some() {
            plan.refuse(line, vec![crate::table::RowProblem::There]);
        } else {
            found.push((row, customer));
        }
    }
    plan.wrong.sort_by_key(|row| row.line);
    let Plan { wrong, wrong_count, sha256, .. } = plan;
    Ok(Checked { found, wrong, wrong_count, sha256 })
}

/// Takes a file over. `progress` hears now and then how far it is.
///
/// # Errors
/// [`OfficeError::Forbidden`] for a file with wrong rows, without rows, or that was taken over before;
/// [`OfficeError::Conflict`] when one of its invoices came meanwhile; [`OfficeError::Erased`] when a customer of
/// it went. When anything fails, nothing of the file is left.
pub async fn run(
    office: &Office,
    by: By,
    checked: &Checked,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Imported, OfficeError> {
    if checked.wrong_count > 0 || checked.found.is_empty() {
        return Err(OfficeError::Forbidden {
            why: "a file with wrong rows, or without rows, is not taken over",
        });
    }
    let imported = Imported { invoices: checked.count(), open: checked.open() };
    let mut years: BTreeMap<i16, Vec<&(Row, Arc<Customer>)>> = BTreeMap::new();
    for found in &checked.found {
        years.entry(found.0.issued.date().year()).or_default().push(found);
    }
    let (mut rows, mut opened, mut done) = (Vec::new(), Vec::new(), 0);
    for members in years.values() {
        let Some(day) = members.first().map(|(row, _)| row.issued) else { continue };
        let customers: BTreeSet<CustomerId> = members.iter().map(|(_, customer)| customer.id).collect();
        let books = Books::of(office, &customers.into_iter().collect::<Vec<_>>(), day).await?;
        for (row, customer) in members {
            let id = InvoiceId::new(&*office.clock, &*office.random);
            let document = document(office, row, customer);
            rows.push(issue::seal_as_is(office, id, row.series(), customer.id, document, row.due, &books)?);
            done += 1;
            if done % TELL_EVERY == 0 {
                progress(Progress { done: done as u64, total: imported.invoices });
            }
        }
        opened.push(books);
    }
    let record = Record::new("invoices-taken-over", by)
        .with("count", imported.invoices)
        .with("cents", imported.open.cents())
        .with("file", hex::encode(checked.sha256));
    let entry = office.prepare(record).await?;
    let now = office.now();
    let subjects: BTreeSet<_> = checked.found.iter().map(|(_, customer)| customer.subject).collect();
    let customers: HashSet<CustomerId> = checked.found.iter().map(|(_, customer)| customer.id).collect();
    let tx = office.store.begin().await?;
    customers::import::note_taken_over(office, &tx, &checked.sha256, imported.invoices).await?;
    for subject in subjects {
        subjects::lock_active(&tx, subject).await?;
    }
    let there = |error| match error {
        StoreError::Duplicate => OfficeError::Conflict { what: "the invoice" },
        other => other.into(),
    };
    for books in &opened {
        books.open(&tx, |_| true, now).await.map_err(there)?;
    }
    invoices::insert(&tx, &rows, now).await.map_err(there)?;
    payments::settle_credit(office, &tx, &customers.into_iter().collect::<Vec<_>>()).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    progress(Progress { done: imported.invoices, total: imported.invoices });
    Ok(imported)
}

/// What a claim that is taken over says: whose it is, and one line with what is open of it.
fn document(office: &Office, row: &Row, customer: &Customer) -> InvoiceDocument {
    let language = customer.profile.language;
    let description = match language {
        Language::Nl => format!("Openstaand van factuur {}", row.number),
        Language::En => format!("Open on invoice {}", row.number),
    };
    let line = InvoiceLine {
        description: Sensitive::new(description),
        period: None,
        quantity: 1,
        unit: row.open,
        discount: Money::ZERO,
        net: row.open,
        vat: VatRate(0),
    };
    InvoiceDocument {
        version: FORMAT_VERSION,
        kind: InvoiceKind::Invoice,
        number: row.number.clone(),
        issued_on: row.issued,
        language,
        seller: seller(office.policy().provider()),
        buyer: buyer(customer),
        customer_number: customer.number.to_string(),
        buyer_reference: None,
        lines: vec![line],
        rates: Vec::new(),
        net: row.open,
        vat: Money::ZERO,
        total: row.open,
        reverse_charge: false,
        credits: None,
        payment: Payment::SetOff,
    }
}

/// The number that another administration gave, of the series of a row that was taken over.
pub(super) fn their_number(series: &str) -> Option<&str> {
    series.strip_prefix(SERIES)
}

/// How old an invoice may be: claims that are older cannot be brought any more (art. 3:307 BW).
pub(super) const YEARS_MAX: i64 = 5;

/// Whether a claim of a day can still be brought on another.
pub(super) fn is_recent(issued: Day, today: Day) -> bool {
    use jiff::ToSpan as _;
    issued <= today && issued.plus_span(YEARS_MAX.years()).is_ok_and(|end| end > today)
}
