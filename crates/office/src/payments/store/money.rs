//! SQL of payments and what they settle.

use crate::billing::InvoiceId;
use crate::billing::store::{day, id_places, to_day};
use crate::customers::CustomerId;
use crate::payments::{Method, PaymentId, PaymentKind};
use ::store::{Store, StoreError, Tx};
use base::{Day, Money, SubjectId, Timestamp};
use sea_orm::{QueryResult, Value};

base::id_type!(
    /// The id of a settlement.
    SettlementId,
    "settlement"
);

/// A row to be, and a row as stored.
#[derive(Debug, Clone)]
pub(crate) struct PaymentRow {
    pub id: PaymentId,
    pub customer: CustomerId,
    pub books: SubjectId,
    pub kind: PaymentKind,
    pub reverses: Option<PaymentId>,
    pub method: Method,
    pub received: Day,
    pub amount: Money,
    pub open: Money,
    pub reference: Option<Vec<u8>>,
    pub recorded_by: Option<SubjectId>,
    pub created_at: Timestamp,
}

const ALL: &str = "id, customer_id, subject_id, kind, reverses_id, method, received_day, amount_cents, open_cents, \
                   reference, recorded_by, created_at";

pub(crate) async fn insert(tx: &Tx, row: &PaymentRow) -> Result<(), StoreError> {
    let sql =
        format!("INSERT INTO payment ({ALL}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
    tx.execute(
        &sql,
        [
            row.id.uuid().into(),
            row.customer.uuid().into(),
            row.books.uuid().into(),
            row.kind.as_str().into(),
            row.reverses.map(|id| id.uuid()).into(),
            row.method.as_str().into(),
            day(row.received).into(),
            row.amount.cents().into(),
            row.open.cents().into(),
            row.reference.clone().into(),
            row.recorded_by.map(|id| id.uuid()).into(),
            row.created_at.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn by_id(store: &Store, id: PaymentId) -> Result<Option<PaymentRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM payment WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(crate) async fn of_customer(
    store: &Store,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<PaymentRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM payment WHERE customer_id = $1 ORDER BY received_day DESC, id DESC LIMIT $2"
    );
    store.query(&sql, [customer.uuid().into(), i64::from(limit).into()]).await?.iter().map(read).collect()
}

pub(crate) async fn recent(store: &Store, offset: u64, limit: u32) -> Result<Vec<PaymentRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM payment ORDER BY id DESC LIMIT $1 OFFSET $2");
    store
        .query(&sql, [i64::from(limit).into(), offset.cast_signed().into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

fn read(row: &QueryResult) -> Result<PaymentRow, StoreError> {
    let (kind, method): (String, String) = (row.try_get("", "kind")?, row.try_get("", "method")?);
    Ok(PaymentRow {
        id: PaymentId::from_uuid(row.try_get("", "id")?),
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        books: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        kind: PaymentKind::parse(&kind)
            .ok_or_else(|| StoreError::inconsistent("a payment of an unknown kind"))?,
        reverses: row.try_get::<Option<_>>("", "reverses_id")?.map(PaymentId::from_uuid),
        method: Method::parse(&method)
            .ok_or_else(|| StoreError::inconsistent("a payment by an unknown method"))?,
        received: to_day(row.try_get("", "received_day")?)?,
        amount: Money::from_cents(row.try_get("", "amount_cents")?),
        open: Money::from_cents(row.try_get("", "open_cents")?),
        reference: row.try_get("", "reference")?,
        recorded_by: row.try_get::<Option<_>>("", "recorded_by")?.map(SubjectId::from_uuid),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}

/// What an invoice, credit note or payment still has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Open<Id> {
    pub id: Id,
    pub open: Money,
}

/// Which customers among these have both something to their credit and something to pay.
pub(crate) async fn with_credit(tx: &Tx, customers: &[CustomerId]) -> Result<Vec<CustomerId>, StoreError> {
    let mut found = Vec::new();
    for chunk in customers.chunks(500) {
        let n = chunk.len();
        let sql = format!(
            "SELECT customer_id FROM payment WHERE open_cents > 0 AND customer_id IN ({}) \
             UNION SELECT customer_id FROM invoice WHERE open_cents < 0 AND customer_id IN ({})",
            id_places(1, n),
            id_places(n + 1, n)
        );
        let values = chunk.iter().chain(chunk).map(|id| id.uuid().into());
        for row in tx.query(&sql, values).await? {
            found.push(CustomerId::from_uuid(row.try_get("", "customer_id")?));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Customers who have something to their credit and something to pay.
pub(crate) async fn unsettled(store: &Store, limit: u32) -> Result<Vec<CustomerId>, StoreError> {
    let sql = "SELECT DISTINCT i.customer_id FROM invoice i WHERE i.open_cents > 0 AND (EXISTS (SELECT 1 FROM payment p \
               WHERE p.customer_id = i.customer_id AND p.open_cents > 0) OR EXISTS (SELECT 1 FROM invoice c \
               WHERE c.customer_id = i.customer_id AND c.open_cents < 0)) LIMIT $1";
    let rows = store.query(sql, [i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(CustomerId::from_uuid(row.try_get("", "customer_id")?))).collect()
}

/// Locks and reads what a customer still owes, what was due first in front.
pub(crate) async fn debts(tx: &Tx, customer: CustomerId) -> Result<Vec<Open<InvoiceId>>, StoreError> {
    let sql = format!(
        "SELECT id, open_cents FROM invoice WHERE customer_id = $1 AND open_cents > 0 ORDER BY due_day, id{}",
        tx.for_update()
    );
    open_invoices(tx, &sql, customer).await
}

/// Locks and reads credit notes that settled nothing yet, the oldest first.
pub(crate) async fn notes(tx: &Tx, customer: CustomerId) -> Result<Vec<Open<InvoiceId>>, StoreError> {
    let sql = format!(
        "SELECT id, open_cents FROM invoice WHERE customer_id = $1 AND open_cents < 0 ORDER BY issued_day, id{}",
        tx.for_update()
    );
    open_invoices(tx, &sql, customer).await
}

async fn open_invoices(tx: &Tx, sql: &str, customer: CustomerId) -> Result<Vec<Open<InvoiceId>>, StoreError> {
    let rows = tx.query(sql, [customer.uuid().into()]).await?;
    rows.iter()
        .map(|row| {
            let id = InvoiceId::from_uuid(row.try_get("", "id")?);
            Ok(Open { id, open: Money::from_cents(row.try_get("", "open_cents")?) })
        })
        .collect()
}

/// Locks and reads payments that settled nothing yet, the oldest first.
pub(crate) async fn payments_open(tx: &Tx, customer: CustomerId) -> Result<Vec<Open<PaymentId>>, StoreError> {
    let sql = format!(
        "SELECT id, open_cents FROM payment WHERE customer_id = $1 AND open_cents > 0 ORDER BY received_day, id{}",
        tx.for_update()
    );
    let rows = tx.query(&sql, [customer.uuid().into()]).await?;
    rows.iter()
        .map(|row| {
            let id = PaymentId::from_uuid(row.try_get("", "id")?);
            Ok(Open { id, open: Money::from_cents(row.try_get("", "open_cents")?) })
        })
        .collect()
}

/// Changes what is open of an invoice, if it can bear it: an invoice stays at nothing or above, a credit
/// note at nothing or below. Zero rows: it cannot. Nothing more is asked of what is settled.
pub(crate) async fn change_invoice(tx: &Tx, id: InvoiceId, by: Money) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE invoice SET open_cents = open_cents + $1, \
         remind_day = CASE WHEN open_cents + $2 = 0 THEN NULL ELSE remind_day END \
         WHERE id = $3 AND ((net_cents + vat_cents >= 0 AND open_cents + $4 BETWEEN 0 AND net_cents + vat_cents) \
         OR (net_cents + vat_cents < 0 AND open_cents + $5 BETWEEN net_cents + vat_cents AND 0))",
        [by.cents().into(), by.cents().into(), id.uuid().into(), by.cents().into(), by.cents().into()],
    )
    .await
}

/// Changes what is open of a payment, if it can bear it. Zero rows: it cannot.
pub(crate) async fn change_payment(tx: &Tx, id: PaymentId, by: Money) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE payment SET open_cents = open_cents + $1 WHERE id = $2 AND open_cents + $3 BETWEEN 0 AND amount_cents",
        [by.cents().into(), id.uuid().into(), by.cents().into()],
    )
    .await
}

/// Puts an invoice whose payment was taken back in line for reminders again.
pub(crate) async fn remind_again(tx: &Tx, id: InvoiceId, on: Day) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE invoice SET remind_day = $1 WHERE id = $2 AND open_cents > 0 AND remind_day IS NULL AND reminder_step < 4",
        [day(on).into(), id.uuid().into()],
    )
    .await
}

/// What a settlement takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Payment(PaymentId),
    Note(InvoiceId),
}

/// What a settlement gives to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Invoice(InvoiceId),
    Refund(PaymentId),
}

/// A settlement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settlement {
    pub id: SettlementId,
    pub customer: CustomerId,
    pub from: Source,
    pub to: Target,
    pub amount: Money,
}

pub(crate) async fn insert_settlement(tx: &Tx, new: &Settlement, now: Timestamp) -> Result<(), StoreError> {
    let (payment, note) = match new.from {
        Source::Payment(id) => (Some(id.uuid()), None),
        Source::Note(id) => (None, Some(id.uuid())),
    };
    let (invoice, refund) = match new.to {
        Target::Invoice(id) => (Some(id.uuid()), None),
        Target::Refund(id) => (None, Some(id.uuid())),
    };
    tx.execute(
        "INSERT INTO settlement (id, customer_id, invoice_id, refund_id, payment_id, credit_note_id, amount_cents, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            new.id.uuid().into(),
            new.customer.uuid().into(),
            invoice.into(),
            refund.into(),
            payment.into(),
            note.into(),
            new.amount.cents().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// What a payment settled, contra entries counted.
pub(crate) async fn settled_by(tx: &Tx, payment: PaymentId) -> Result<Vec<(Target, Money)>, StoreError> {
    let sql = "SELECT invoice_id, refund_id, CAST(SUM(amount_cents) AS BIGINT) AS amount FROM settlement \
               WHERE payment_id = $1 GROUP BY invoice_id, refund_id ORDER BY invoice_id, refund_id";
    let rows = tx.query(sql, [payment.uuid().into()]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let invoice: Option<base::__uuid::Uuid> = row.try_get("", "invoice_id")?;
        let refund: Option<base::__uuid::Uuid> = row.try_get("", "refund_id")?;
        let target = match (invoice, refund) {
            (Some(invoice), _) => Target::Invoice(InvoiceId::from_uuid(invoice)),
            (None, Some(refund)) => Target::Refund(PaymentId::from_uuid(refund)),
            (None, None) => return Err(StoreError::inconsistent("a settlement of nothing")),
        };
        let amount = Money::from_cents(row.try_get("", "amount")?);
        if !amount.is_zero() {
            found.push((target, amount));
        }
    }
    Ok(found)
}

/// What a customer owes, and what they have to their credit.
pub(crate) async fn balance(store: &Store, customer: CustomerId) -> Result<(Money, Money), StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN open_cents > 0 THEN open_cents ELSE 0 END), 0) AS BIGINT) AS owed, \
               CAST(COALESCE(SUM(CASE WHEN open_cents < 0 THEN -open_cents ELSE 0 END), 0) AS BIGINT) AS credit \
               FROM invoice WHERE customer_id = $1";
    let sum = |row: Option<QueryResult>, column: &'static str| -> Result<i64, StoreError> {
        Ok(row.map(|row| row.try_get("", column)).transpose()?.unwrap_or(0))
    };
    let row = store.query_one(sql, [customer.uuid().into()]).await?;
    let owed = row.as_ref().map(|row| row.try_get::<i64>("", "owed")).transpose()?.unwrap_or(0);
    let notes = sum(row, "credit")?;
    let sql = "SELECT CAST(COALESCE(SUM(open_cents), 0) AS BIGINT) AS credit FROM payment WHERE customer_id = $1 AND open_cents > 0";
    let paid = sum(store.query_one(sql, [customer.uuid().into()]).await?, "credit")?;
    Ok((Money::from_cents(owed), Money::from_cents(notes + paid)))
}

/// Whether a payment was taken back.
pub(crate) async fn is_reversed(tx: &Tx, payment: PaymentId) -> Result<bool, StoreError> {
    let values: [Value; 1] = [payment.uuid().into()];
    Ok(tx.query_one("SELECT id FROM payment WHERE reverses_id = $1", values).await?.is_some())
}
