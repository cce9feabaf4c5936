//! SQL of reminders.

use crate::billing::InvoiceId;
use crate::billing::store::{day, to_day};
use crate::customers::CustomerId;
use crate::payments::{Reminder, Step};
use ::store::{Store, StoreError, Tx};
use base::{Day, Timestamp};
use outbound::mail::MailId;

/// An invoice whose next reminder is due.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DueReminder {
    pub invoice: InvoiceId,
    pub customer: CustomerId,
    pub step: i64,
    pub due: Day,
}

/// Invoices whose next reminder is due, from after an id.
pub(crate) async fn due(
    store: &Store,
    today: Day,
    after: Option<InvoiceId>,
    limit: u32,
) -> Result<Vec<DueReminder>, StoreError> {
    let after = after.unwrap_or(InvoiceId::from_uuid(base::__uuid::Uuid::nil()));
    let sql = "SELECT id, customer_id, reminder_step, due_day FROM invoice WHERE remind_day <= $1 AND open_cents > 0 \
               AND id > $2 ORDER BY id LIMIT $3";
    let rows = store.query(sql, [day(today).into(), after.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(DueReminder {
                invoice: InvoiceId::from_uuid(row.try_get("", "id")?),
                customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
                step: row.try_get("", "reminder_step")?,
                due: to_day(row.try_get("", "due_day")?)?,
            })
        })
        .collect()
}

/// Moves an invoice a step up the ladder. Zero rows: somebody did, or it was paid.
pub(crate) async fn climb(
    tx: &Tx,
    invoice: InvoiceId,
    from: i64,
    next: Option<Day>,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE invoice SET reminder_step = reminder_step + 1, remind_day = $1 \
         WHERE id = $2 AND reminder_step = $3 AND open_cents > 0",
        [next.map(day).into(), invoice.uuid().into(), from.into()],
    )
    .await
}

/// Takes an invoice out of the ladder.
pub(crate) async fn leave(tx: &Tx, invoice: InvoiceId) -> Result<u64, StoreError> {
    tx.execute("UPDATE invoice SET remind_day = NULL WHERE id = $1", [invoice.uuid().into()]).await
}

pub(crate) async fn insert(
    tx: &Tx,
    reminder: Reminder,
    customer: CustomerId,
    mail: MailId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO reminder (invoice_id, step, customer_id, mail_id, sent_day, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [
            reminder.invoice.uuid().into(),
            reminder.step.as_str().into(),
            customer.uuid().into(),
            mail.uuid().into(),
            day(reminder.sent).into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn of_invoice(store: &Store, invoice: InvoiceId) -> Result<Vec<Reminder>, StoreError> {
    let sql = "SELECT step, sent_day FROM reminder WHERE invoice_id = $1 ORDER BY created_at";
    let rows = store.query(sql, [invoice.uuid().into()]).await?;
    rows.iter()
        .map(|row| {
            let step: String = row.try_get("", "step")?;
            let step = Step::parse(&step)
                .ok_or_else(|| StoreError::inconsistent("a reminder of an unknown step"))?;
            Ok(Reminder { invoice, step, sent: to_day(row.try_get("", "sent_day")?)? })
        })
        .collect()
}

/// Customers with an invoice that is open since before a day after the whole ladder was climbed.
pub(crate) async fn past_the_ladder(
    store: &Store,
    due_before: Day,
    limit: u32,
) -> Result<Vec<CustomerId>, StoreError> {
    let sql = "SELECT DISTINCT customer_id FROM invoice WHERE open_cents > 0 AND due_day < $1 AND reminder_step >= 4 LIMIT $2";
    let rows = store.query(sql, [day(due_before).into(), i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(CustomerId::from_uuid(row.try_get("", "customer_id")?))).collect()
}
