//! Use cases of payments.

use super::consequences::lift;
use super::settle::{apply, pay_out, settle};
use super::store::money::{self as store, PaymentRow, Source, Target};
use super::store::reminders;
use super::{Allocation, Method, NewPayment, Payment, PaymentId, PaymentKind, Reminder};
use crate::billing::{self, Books, InvoiceId};
use crate::customers::CustomerId;
use crate::form::{Problem, Problems};
use crate::{By, Office, OfficeError, Record};
use base::{Day, Money, Sensitive, SubjectId};
use jiff::ToSpan as _;
use keys::purpose::Invoicing;
use keys::{Cell, DataKey, KeyError, Sealed};

/// The longest reference, in characters.
const REFERENCE_CHARS_MAX: usize = 140;
/// How many entries of one customer are shown.
const SHOWN: u32 = 200;
/// How many entries one exported file holds at most.
pub const EXPORT_MAX: u32 = 20_000;

const fn cell(id: PaymentId, books: SubjectId) -> Cell {
    Cell { table: "payment", column: "reference", row: id.bytes(), revision: None, subject: books }
}

/// An entry of money that is ready for its transaction.
struct Ready {
    books: Books,
    row: PaymentRow,
}

async fn ready(
    office: &Office,
    by: By,
    kind: PaymentKind,
    new: &NewPayment,
    open: Money,
    reverses: Option<PaymentId>,
) -> Result<Ready, OfficeError> {
    let mut problems = Problems::new();
    if new.amount <= Money::ZERO || new.amount > Money::LIMIT {
        problems.add("amount", Problem::Choice);
    }
    if new.received > office.today() {
        problems.add("received", Problem::Choice);
    }
    if new.reference.as_ref().is_some_and(|text| text.expose().chars().count() > REFERENCE_CHARS_MAX) {
        problems.add("reference", Problem::TooLong { max: REFERENCE_CHARS_MAX });
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let books = Books::of(office, &[new.customer], new.received).await?;
    let key = books.key(new.customer).ok_or_else(|| OfficeError::Other("a customer without books".into()))?;
    let id = PaymentId::new(&*office.clock, &*office.random);
    let reference = new.reference.as_ref().map(|text| {
        key.seal(&cell(id, key.subject()), text.expose().as_bytes(), &*office.random).into_bytes()
    });
    let row = PaymentRow {
        id,
        customer: new.customer,
        books: key.subject(),
        kind,
        reverses,
        method: new.method,
        received: new.received,
        amount: new.amount,
        open,
        reference,
        recorded_by: match by {
            By::Login(subject) => Some(subject),
            By::Visitor | By::System(_) => None,
        },
        created_at: office.now(),
    };
    Ok(Ready { books, row })
}

/// Records money that came in, and settles with it; what is over stays to the customer's credit. Services
/// that were held up for not paying run again when nothing is overdue any more.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`] when somebody settled at the same time; when a store
/// fails.
pub async fn record(office: &Office, by: By, new: &NewPayment) -> Result<PaymentId, OfficeError> {
    let first = match new.allocation {
        Allocation::Oldest => None,
        Allocation::Invoice(id) => {
            let rows = billing::rows(office, &[id]).await?;
            if rows.first().map(|row| row.customer) != Some(new.customer) {
                return Err(Problems::one("invoice", Problem::Choice).into());
            }
            Some(id)
        }
    };
    let Ready { books, row } = ready(office, by, PaymentKind::Payment, new, new.amount, None).await?;
    let entry = office.prepare(told("payment-recorded", by, new.amount)).await?;
    let tx = office.store.begin().await?;
    books.open(&tx, |_| true, row.created_at).await?;
    store::insert(&tx, &row).await?;
    settle(office, &tx, new.customer, first).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    lift(office, new.customer).await;
    Ok(row.id)
}

fn told(kind: &'static str, by: By, amount: Money) -> Record {
    Record::new(kind, by).with("amount_cents", amount.cents())
}

/// Gives money back that a customer has to their credit.
///
/// # Errors
/// [`OfficeError::Invalid`] on `amount` when it is more than that; when a store fails.
pub async fn refund(office: &Office, by: By, new: &NewPayment) -> Result<PaymentId, OfficeError> {
    let Ready { books, row } = ready(office, by, PaymentKind::Refund, new, Money::ZERO, None).await?;
    let entry = office.prepare(told("payment-refunded", by, new.amount)).await?;
    let tx = office.store.begin().await?;
    books.open(&tx, |_| true, row.created_at).await?;
    store::insert(&tx, &row).await?;
    if !pay_out(office, &tx, new.customer, row.id, new.amount).await? {
        return Err(Problems::one("amount", Problem::Choice).into());
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// Gives up what is open of an invoice.
///
/// # Errors
/// [`OfficeError::Conflict`] when nothing is open any more; when a store fails.
pub async fn write_off(office: &Office, by: By, invoice: InvoiceId) -> Result<PaymentId, OfficeError> {
    let rows = billing::rows(office, &[invoice]).await?;
    let found = rows.first().ok_or(OfficeError::NotFound { what: "the invoice" })?;
    if found.open <= Money::ZERO {
        return Err(OfficeError::Conflict { what: "the invoice" });
    }
    let new = NewPayment {
        customer: found.customer,
        method: Method::Other,
        received: office.today(),
        amount: found.open,
        reference: None,
        allocation: Allocation::Invoice(invoice),
    };
    let Ready { books, row } = ready(office, by, PaymentKind::WriteOff, &new, new.amount, None).await?;
    let record = told("invoice-written-off", by, new.amount).with("number", found.number_text());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    books.open(&tx, |_| true, row.created_at).await?;
    store::insert(&tx, &row).await?;
    apply(office, &tx, new.customer, Source::Payment(row.id), Target::Invoice(invoice), new.amount).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    lift(office, new.customer).await;
    Ok(row.id)
}

/// Takes back a payment or write-off that was recorded by mistake, by a contra entry: what it settled is
/// open again.
///
/// # Errors
/// [`OfficeError::Conflict`] when it was taken back before, or was paid out since; when a store fails.
pub async fn reverse(office: &Office, by: By, id: PaymentId) -> Result<PaymentId, OfficeError> {
    let mistaken =
        store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the payment" })?;
    if !matches!(mistaken.kind, PaymentKind::Payment | PaymentKind::WriteOff) {
        return Err(OfficeError::Forbidden { why: "a refund or a reversal cannot be taken back" });
    }
    let new = NewPayment {
        customer: mistaken.customer,
        method: mistaken.method,
        received: office.today(),
        amount: mistaken.amount,
        reference: None,
        allocation: Allocation::Oldest,
    };
    let Ready { books, row } = ready(office, by, PaymentKind::Reversal, &new, Money::ZERO, Some(id)).await?;
    let entry = office.prepare(told("payment-reversed", by, new.amount)).await?;
    let tomorrow = office.today().plus_span(1.day()).unwrap_or(office.today());
    let tx = office.store.begin().await?;
    if store::is_reversed(&tx, id).await? {
        return Err(OfficeError::Conflict { what: "the payment" });
    }
    books.open(&tx, |_| true, row.created_at).await?;
    for (target, amount) in store::settled_by(&tx, id).await? {
        let Target::Invoice(invoice) = target else {
            return Err(OfficeError::Conflict { what: "the payment" });
        };
        apply(office, &tx, mistaken.customer, Source::Payment(id), target, -amount).await?;
        store::remind_again(&tx, invoice, tomorrow).await?;
    }
    store::insert(&tx, &row).await?;
    // All of it is free again, and goes back to where it came from.
    apply(office, &tx, mistaken.customer, Source::Payment(id), Target::Refund(row.id), mistaken.amount)
        .await?;
    settle(office, &tx, mistaken.customer, None).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// What a customer owes and has to their credit, and the entries of money.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// What they owe.
    pub owed: Money,
    /// What they have to their credit.
    pub credit: Money,
    /// The latest entries.
    pub payments: Vec<Payment>,
}

/// What a customer owes, and what they have to their credit.
///
/// # Errors
/// When the database fails.
pub async fn balance(office: &Office, customer: CustomerId) -> Result<(Money, Money), OfficeError> {
    Ok(store::balance(&office.store, customer).await?)
}

/// The account of a customer.
///
/// # Errors
/// When a store fails.
pub async fn account(office: &Office, customer: CustomerId) -> Result<Account, OfficeError> {
    let (owed, credit) = balance(office, customer).await?;
    let rows = store::of_customer(&office.store, customer, SHOWN).await?;
    Ok(Account { owed, credit, payments: open_all(office, rows).await? })
}

/// The latest entries of money, of all customers.
///
/// # Errors
/// When a store fails.
pub async fn recent(office: &Office, offset: u64, limit: u32) -> Result<Vec<Payment>, OfficeError> {
    let rows = store::recent(&office.store, offset, limit.min(SHOWN)).await?;
    open_all(office, rows).await
}

/// The latest entries of money for a file: at most [`EXPORT_MAX`]. The ledger tells that it was done.
///
/// # Errors
/// When a store fails.
pub async fn export(office: &Office, by: By) -> Result<Vec<Payment>, OfficeError> {
    let rows = store::recent(&office.store, 0, EXPORT_MAX).await?;
    let all = open_all(office, rows).await?;
    let entry = office.prepare(Record::new("payments-exported", by).with("count", all.len())).await?;
    let tx = office.store.begin().await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(all)
}

async fn open_all(office: &Office, rows: Vec<PaymentRow>) -> Result<Vec<Payment>, OfficeError> {
    let mut payments = Vec::with_capacity(rows.len());
    for row in rows {
        let reference = match row.reference {
            None => None,
            Some(sealed) => match office.vault.key::<Invoicing>(row.books).await {
                Err(KeyError::Missing { .. }) => None,
                key => Some(open_reference(&key?, row.id, row.books, sealed)?),
            },
        };
        payments.push(Payment {
            id: row.id,
            customer: row.customer,
            kind: row.kind,
            reverses: row.reverses,
            method: row.method,
            received: row.received,
            amount: row.amount,
            open: row.open,
            reference,
            created_at: row.created_at,
        });
    }
    Ok(payments)
}

fn open_reference(
    key: &DataKey<Invoicing>,
    id: PaymentId,
    books: SubjectId,
    sealed: Vec<u8>,
) -> Result<Sensitive<String>, OfficeError> {
    let opened = key.open(&cell(id, books), &Sealed::from_bytes(sealed)?)?;
    Ok(Sensitive::new(opened.text()?.to_owned()))
}

/// The reminders of an invoice, the first in front.
///
/// # Errors
/// When the database fails.
pub async fn reminders_of(office: &Office, invoice: InvoiceId) -> Result<Vec<Reminder>, OfficeError> {
    Ok(reminders::of_invoice(&office.store, invoice).await?)
}

/// Customers whose agreement staff may end: an invoice is open so long after the whole ladder.
///
/// # Errors
/// When the database fails.
pub async fn due_for_termination(office: &Office) -> Result<Vec<CustomerId>, OfficeError> {
    let days = i64::from(office.settings.billing.reminder_days.termination);
    let before: Option<Day> = office.today().plus_span((-days).days()).ok();
    match before {
        Some(before) => Ok(reminders::past_the_ladder(&office.store, before, SHOWN).await?),
        None => Ok(Vec::new()),
    }
}
