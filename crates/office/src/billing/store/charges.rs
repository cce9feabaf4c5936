//! SQL of charges.

use crate::billing::InvoiceId;
use crate::billing::charges::NewCharge;
use ::store::{StoreError, Tx};
use base::Timestamp;
use sea_orm::Value;

/// The values of one row.
const COLUMNS: usize = 18;
/// Rows of a multi-row insert.
const ROWS: usize = 500;

/// Inserts charges, with the invoice they are on where there is one.
pub(crate) async fn insert(
    tx: &Tx,
    charges: &[(&NewCharge, Option<InvoiceId>)],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut inserted = 0;
    for chunk in charges.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO charge (id, customer_id, subject_id, service_id, kind, seq, plan_id, label, from_day, \
             until_day, quantity, unit_cents, amount_cents, discount_cents, vat, due_day, invoice_id, created_at) \
             VALUES {} ON CONFLICT DO NOTHING",
            super::places(chunk.len(), COLUMNS)
        );
        let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * COLUMNS);
        for (charge, invoice) in chunk {
            values.extend([
                charge.id.uuid().into(),
                charge.customer.uuid().into(),
                charge.subject.uuid().into(),
                charge.service.map(|id| id.uuid()).into(),
                charge.kind.as_str().into(),
                i64::from(charge.seq).into(),
                charge.plan.map(|id| id.uuid()).into(),
                charge.label.clone().into(),
                charge.from.map(super::day).into(),
                charge.until.map(super::day).into(),
                charge.quantity.into(),
                charge.unit.cents().into(),
                charge.amount.cents().into(),
                charge.discount.cents().into(),
                charge.vat.as_str().into(),
                super::day(charge.due).into(),
                invoice.map(|id| id.uuid()).into(),
                now.as_micros().into(),
            ]);
        }
        inserted += tx.execute(&sql, values).await?;
    }
    Ok(inserted)
}
