//! Issuing: numbers, sealing and rows, in the transaction of the cause.
//!
//! Keys are made and read before the transaction; inside it numbers are taken, and sealing is what a
//! processor does in microseconds. The hash in the row and in the ledger is that of the sealed bytes:
//! it shows that an invoice was not changed, and tells nobody what it says, also not when its key is gone.

use super::model::Series;
use super::settings::BillingSettings;
use super::store::books::{self, NewFile};
use super::store::invoices::{self, InvoiceRow, NewInvoice};
use super::{InvoiceId, RunId};
use crate::context::Draft;
use crate::customers::CustomerId;
use crate::{Office, OfficeError};
use ::store::{StoreError, Tx};
use base::{Day, Money, Sensitive, SubjectId, Timestamp};
use documents::creditor_reference;
use documents::{InvoiceDocument, InvoiceKind, Payment, Transfer};
use jiff::ToSpan as _;
use keys::purpose::Invoicing;
use keys::{Cell, DataKey, Purpose as _, Sealed};
use policy::Term;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use zeroize::Zeroizing;

const fn cell(id: InvoiceId, books: SubjectId) -> Cell {
    Cell { table: "invoice", column: "snapshot", row: id.bytes(), revision: None, subject: books }
}

/// The books of some customers in one year, with their keys.
pub(crate) struct Books {
    keys: HashMap<CustomerId, DataKey<Invoicing>>,
    new: Vec<NewFile>,
}

impl Books {
    /// Finds the books, or makes keys for new ones, which [`Books::open`] puts into the database.
    pub(crate) async fn of(office: &Office, customers: &[CustomerId], day: Day) -> Result<Self, OfficeError> {
        let year = day.date().year();
        let mut subjects = books::of_year(&office.store, customers, year).await?;
        let ends_at = books_end(office, year)?;
        let mut new = Vec::new();
        for customer in customers {
            if !subjects.contains_key(customer) {
                let subject = SubjectId::new(&*office.clock, &*office.random);
                subjects.insert(*customer, subject);
                new.push(NewFile { customer: *customer, subject, year, ends_at });
            }
        }
        let wanted: Vec<(SubjectId, &[&'static str])> =
            new.iter().map(|file| (file.subject, &[Invoicing::NAME][..])).collect();
        office.vault.create(&wanted).await?;
        let all: Vec<SubjectId> = subjects.values().copied().collect();
        let found = office.vault.keys::<Invoicing>(&all).await?;
        let mut keys = HashMap::with_capacity(subjects.len());
        for (customer, subject) in subjects {
            let key = found.get(&subject).ok_or(keys::KeyError::Missing { purpose: Invoicing::NAME })?;
            keys.insert(customer, key.clone());
        }
        Ok(Self { keys, new })
    }

    /// Puts the new ones into the database, those of the customers that are still wanted.
    pub(crate) async fn open(
        &self,
        tx: &Tx,
        wanted: impl Fn(CustomerId) -> bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let new: Vec<NewFile> =
            self.new.iter().filter(|file| wanted(file.customer)).map(NewFile::clone).collect();
        books::insert(tx, &new, now).await
    }

    /// The key of a customer's books.
    pub(crate) fn key(&self, customer: CustomerId) -> Option<&DataKey<Invoicing>> {
        self.keys.get(&customer)
    }
}

/// When the books of a year are destroyed: the term of the policy after the year's end.
fn books_end(office: &Office, year: i16) -> Result<Timestamp, OfficeError> {
    let policy = office.policy();
    let term: Term =
        policy.purpose(Invoicing::NAME).map_or(policy.law().books, |purpose| purpose.retention.term);
    let end = jiff::civil::Date::new(year, 1, 1)
        .ok()
        .and_then(|date| date.checked_add(1.year()).ok())
        .and_then(Day::of_date)
        .and_then(|day| term.after(day).ok());
    Ok(end.ok_or_else(|| OfficeError::Other("a book year outside the calendar".into()))?.start())
}

/// An invoice to issue.
pub(super) struct ToIssue {
    pub id: InvoiceId,
    pub customer: CustomerId,
    pub document: InvoiceDocument,
    pub credits: Option<(InvoiceId, Vec<usize>)>,
}

/// What was issued.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Issued {
    pub invoices: u64,
    pub net: Money,
    pub vat: Money,
}

/// Numbers, seals and inserts invoices, all of one day, and tells of them in the ledger.
pub(super) async fn issue(
    office: &Office,
    tx: &Tx,
    to_issue: Vec<ToIssue>,
    books: &Books,
    run: Option<RunId>,
    entry: Draft,
) -> Result<Issued, OfficeError> {
    let now = office.now();
    let mut by_series: BTreeMap<Series, Vec<ToIssue>> = BTreeMap::new();
    let mut issued = Issued::default();
    for one in to_issue {
        by_series.entry(Series::on(one.document.kind, one.document.issued_on)).or_default().push(one);
    }
    let (mut rows, mut told) = (Vec::new(), Vec::new());
    // Series in one order, so that two transactions wait for each other's counters and never crosswise.
    for (series, members) in by_series {
        let count = u32::try_from(members.len())
            .map_err(|_| OfficeError::Other("too many invoices at once".into()))?;
        let first = tx.next_number(&series.counter(), 0, count).await?;
        let mut hashes = Vec::with_capacity(members.len());
        for (number, one) in (first..).zip(members) {
            let row = seal(office, series, number, one, books, run)?;
            issued.invoices += 1;
            issued.net += row.net;
            issued.vat += row.vat;
            hashes.push(serde_json::Value::from(hex::encode(row.sha256)));
            rows.push(row);
        }
        told.push(serde_json::json!({ "series": series.to_string(), "first": first, "sha256": hashes }));
    }
    invoices::insert(tx, &rows, now).await?;
    entry.with("invoices", told).finish()?.append(tx).await?;
    Ok(issued)
}

fn seal(
    office: &Office,
    series: Series,
    number: i64,
    one: ToIssue,
    books: &Books,
    run: Option<RunId>,
) -> Result<NewInvoice, OfficeError> {
    let settings = &office.settings.billing;
    let key = books.key(one.customer).ok_or_else(|| OfficeError::Other("a customer without books".into()))?;
    let mut document = one.document;
    document.number = series.number(number);
    let due = due_on(&document, settings);
    document.payment = payment(&document, due, settings, office);
    let json = Zeroizing::new(
        serde_json::to_vec(&document)
            .map_err(|_| OfficeError::Other("an invoice that cannot be written".into()))?,
    );
    let snapshot = key.seal(&cell(one.id, key.subject()), &json, &*office.random).into_bytes();
    let lines = |lines: Vec<usize>| serde_json::Value::from(lines).to_string();
    let remind = (document.total > Money::ZERO)
        .then(|| due.plus_span(i64::from(settings.reminder_days.friendly).days()).ok())
        .flatten();
    Ok(NewInvoice {
        id: one.id,
        kind: document.kind,
        series: series.to_string(),
        number,
        customer: one.customer,
        books: key.subject(),
        credits: one.credits.map(|(id, credited)| (id, lines(credited))),
        run,
        issued: document.issued_on,
        due,
        year: document.issued_on.date().year(),
        language: document.language,
        net: document.net,
        vat: document.vat,
        reverse_charge: document.reverse_charge,
        sha256: Sha256::digest(&snapshot).into(),
        snapshot,
        remind,
    })
}

/// Seals an invoice that was issued elsewhere, with the number and the days that it has.
pub(super) fn seal_as_is(
    office: &Office,
    id: InvoiceId,
    series: String,
    customer: CustomerId,
    mut document: InvoiceDocument,
    due: Day,
    books: &Books,
) -> Result<NewInvoice, OfficeError> {
    let settings = &office.settings.billing;
    let key = books.key(customer).ok_or_else(|| OfficeError::Other("a customer without books".into()))?;
    document.payment = payment(&document, due, settings, office);
    let json = Zeroizing::new(
        serde_json::to_vec(&document)
            .map_err(|_| OfficeError::Other("an invoice that cannot be written".into()))?,
    );
    let snapshot = key.seal(&cell(id, key.subject()), &json, &*office.random).into_bytes();
    Ok(NewInvoice {
        id,
        kind: document.kind,
        series,
        number: 0,
        customer,
        books: key.subject(),
        credits: None,
        run: None,
        issued: document.issued_on,
        due,
        year: document.issued_on.date().year(),
        language: document.language,
        net: document.net,
        vat: document.vat,
        reverse_charge: document.reverse_charge,
        sha256: Sha256::digest(&snapshot).into(),
        snapshot,
        remind: due.plus_span(i64::from(settings.reminder_days.friendly).days()).ok(),
    })
}

fn due_on(document: &InvoiceDocument, settings: &BillingSettings) -> Day {
    match document.kind {
        InvoiceKind::Invoice => document
            .issued_on
            .plus_span(i64::from(settings.payment_days).days())
            .unwrap_or(document.issued_on),
        InvoiceKind::CreditNote => document.issued_on,
    }
}

fn payment(document: &InvoiceDocument, due_on: Day, settings: &BillingSettings, office: &Office) -> Payment {
    if document.total <= Money::ZERO {
        return Payment::SetOff;
    }
    let Some(iban) = &settings.iban else { return Payment::Agreed { due_on } };
    let holder = settings.holder.clone().unwrap_or_else(|| office.policy().provider().name.clone());
    Payment::Transfer(Transfer {
        iban: Sensitive::new(iban.clone()),
        bic: settings.bic.clone(),
        holder: Sensitive::new(holder),
        reference: creditor_reference(&document.number).unwrap_or_else(|| document.number.clone()),
        due_on,
    })
}

/// Opens what an invoice says, and proves that its bytes are those that were issued.
pub(super) fn open(row: &InvoiceRow, key: &DataKey<Invoicing>) -> Result<InvoiceDocument, OfficeError> {
    if <[u8; 32]>::from(Sha256::digest(&row.snapshot)) != row.sha256 {
        return Err(StoreError::inconsistent("an invoice that is not the one that was issued").into());
    }
    let opened = key.open(&cell(row.id, row.books), &Sealed::from_bytes(row.snapshot.clone())?)?;
    serde_json::from_str(opened.text()?)
        .map_err(|_| StoreError::inconsistent("an invoice whose data cannot be read").into())
}
