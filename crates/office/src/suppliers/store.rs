//! SQL of this slice: writing. Reading for lists stands in `rows`.

mod rows;

pub(super) use rows::*;

use super::model::{DisclosureId, DisclosureState, Ground, Step, Withdrawal, WithdrawalId, WithdrawalReason};
use crate::OfficeError;
use crate::customers::CustomerId;
use crate::services::ServiceId;
use ::store::{StoreError, Tx};
use base::{SubjectId, Timestamp};
use keys::Cell;
use policy::schema::{Column, Table};

/// The declared tables. Rows of disclosures and withdrawals have a subject of their own, which the customer's
/// erasure does not touch; the values that left are the customer's.
pub const TABLES: &[Table] = &[
    Table::new(
        "withdrawal",
        &[
            Column::plain("id"),
            Column::plain("disclosure_id"),
            Column::plain("subject_id"),
            Column::plain("customer_id"),
            Column::plain("supplier"),
            Column::plain("purpose"),
            Column::plain("reason"),
            Column::plain("state"),
            Column::plain("changes"),
            Column::plain("attempts"),
            Column::plain("due_at"),
            Column::plain("next_at"),
            Column::plain("created_at"),
            Column::plain("requested_at"),
            Column::plain("answered_at"),
            Column::plain("ended_at"),
            Column::plain("ground"),
            Column::plain("kept_until_day"),
            Column::personal("answer", "disclosures"),
            Column::public("proof_sha256"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "disclosure_use",
        &[
            Column::plain("disclosure_id"),
            Column::plain("service_id"),
            Column::plain("subject_id"),
            Column::plain("began_at"),
            Column::plain("ended_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "disclosure_value",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::personal("detail", "disclosures"),
            Column::plain("updated_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "disclosure",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::plain("customer_id"),
            Column::plain("supplier"),
            Column::plain("purpose"),
            Column::plain("fields"),
            Column::personal("reference", "disclosures"),
            Column::plain("state"),
            Column::plain("created_at"),
            Column::plain("given_at"),
            Column::plain("ended_at"),
        ],
    )
    .deleted_with("subject_id"),
];

/// The version of the envelope of values (docs/formats/disclosure.md).
pub(super) const VERSION: u16 = 1;

pub(super) const fn reference_cell(id: DisclosureId, subject: SubjectId) -> Cell {
    Cell { table: "disclosure", column: "reference", row: id.bytes(), revision: None, subject }
}

/// Under the customer's subject.
pub(super) const fn value_cell(id: DisclosureId, subject: SubjectId) -> Cell {
    Cell { table: "disclosure_value", column: "detail", row: id.bytes(), revision: None, subject }
}

pub(super) const fn answer_cell(id: WithdrawalId, subject: SubjectId) -> Cell {
    Cell { table: "withdrawal", column: "answer", row: id.bytes(), revision: None, subject }
}

const CHANGED: OfficeError = OfficeError::Conflict { what: "the disclosure" };

/// A disclosure to be; its subject is there already.
pub(super) struct NewRow<'a> {
    pub id: DisclosureId,
    pub subject: SubjectId,
    pub customer: CustomerId,
    pub supplier: &'a str,
    pub purpose: &'a str,
    pub fields: &'a str,
    pub reference: Option<&'a [u8]>,
    pub state: DisclosureState,
}

pub(super) async fn insert(tx: &Tx, new: &NewRow<'_>, now: Timestamp) -> Result<(), StoreError> {
    let given = (new.state == DisclosureState::Given).then_some(now.as_micros());
    tx.execute(
        "INSERT INTO disclosure (id, subject_id, customer_id, supplier, purpose, fields, reference, state, created_at, \
         given_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [
            new.id.uuid().into(),
            new.subject.uuid().into(),
            new.customer.uuid().into(),
            new.supplier.into(),
            new.purpose.into(),
            new.fields.into(),
            new.reference.map(<[u8]>::to_vec).into(),
            new.state.as_str().into(),
            now.as_micros().into(),
            given.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Keeps the values that left, in the place of those before.
pub(super) async fn put_values(
    tx: &Tx,
    id: DisclosureId,
    subject: SubjectId,
    detail: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO disclosure_value (id, subject_id, detail, updated_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET detail = excluded.detail, updated_at = excluded.updated_at",
        [id.uuid().into(), subject.uuid().into(), detail.to_vec().into(), now.as_micros().into()],
    )
    .await?;
    Ok(())
}

/// Lets a service use a disclosure.
pub(super) async fn add_use(
    tx: &Tx,
    id: DisclosureId,
    subject: SubjectId,
    service: ServiceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO disclosure_use (disclosure_id, service_id, subject_id, began_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (disclosure_id, service_id) DO UPDATE SET ended_at = NULL",
        [id.uuid().into(), service.uuid().into(), subject.uuid().into(), now.as_micros().into()],
    )
    .await?;
    Ok(())
}

/// Holds a disclosure for the rest of the transaction, and refuses when it is being withdrawn or over.
pub(super) async fn lock_in_use(tx: &Tx, id: DisclosureId) -> Result<(), OfficeError> {
    let sql = format!("SELECT id FROM disclosure WHERE id = $1 AND ended_at IS NULL{}", tx.for_update());
    if tx.query_one(&sql, [id.uuid().into()]).await?.is_none() {
        return Err(CHANGED);
    }
    let sql = "SELECT id FROM withdrawal WHERE disclosure_id = $1";
    if tx.query_one(sql, [id.uuid().into()]).await?.is_some() { Err(CHANGED) } else { Ok(()) }
}

/// Says whether an intended disclosure left.
pub(super) async fn settle(
    tx: &Tx,
    id: DisclosureId,
    state: DisclosureState,
    reference: Option<&[u8]>,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let at = now.as_micros();
    let given = (state == DisclosureState::Given).then_some(at);
    let ended = (state == DisclosureState::NotGiven).then_some(at);
    let touched = tx
        .execute(
            "UPDATE disclosure SET state = $1, given_at = $2, ended_at = $3, reference = COALESCE($4, reference) \
             WHERE id = $5 AND state = 'intended'",
            [
                state.as_str().into(),
                given.into(),
                ended.into(),
                reference.map(<[u8]>::to_vec).into(),
                id.uuid().into(),
            ],
        )
        .await?;
    if touched == 0 { Err(CHANGED) } else { Ok(()) }
}

pub(super) async fn put_reference(tx: &Tx, id: DisclosureId, reference: &[u8]) -> Result<(), OfficeError> {
    let sql = "UPDATE disclosure SET reference = $1 WHERE id = $2 AND ended_at IS NULL";
    let touched = tx.execute(sql, [reference.to_vec().into(), id.uuid().into()]).await?;
    if touched == 0 { Err(CHANGED) } else { Ok(()) }
}

/// Ends the uses of services that have ended, some of them; tells how many.
pub(super) async fn end_uses(tx: &Tx, limit: u32, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE disclosure_use SET ended_at = $1 WHERE ended_at IS NULL AND service_id IN \
         (SELECT u.service_id FROM disclosure_use u JOIN service s ON s.id = u.service_id \
          WHERE u.ended_at IS NULL AND s.state = 'ended' LIMIT $2)",
        [now.as_micros().into(), i64::from(limit).into()],
    )
    .await
}

/// Holds a disclosure that is to be withdrawn. Tells whether nothing uses it any more and nobody withdrew it.
pub(super) async fn lock_unused(tx: &Tx, id: DisclosureId) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM disclosure WHERE id = $1 AND ended_at IS NULL{}", tx.for_update());
    if tx.query_one(&sql, [id.uuid().into()]).await?.is_none() {
        return Ok(false);
    }
    let sql = "SELECT 1 AS n FROM disclosure_use WHERE disclosure_id = $1 AND ended_at IS NULL LIMIT 1";
    Ok(tx.query_one(sql, [id.uuid().into()]).await?.is_none())
}

/// A withdrawal to be.
pub(super) struct NewWithdrawal<'a> {
    pub id: WithdrawalId,
    pub of: &'a Unused,
    pub reason: WithdrawalReason,
    pub due_at: Timestamp,
}

/// Puts a withdrawal in, unless the disclosure has one. Tells whether it did.
pub(super) async fn insert_withdrawal(
    tx: &Tx,
    new: &NewWithdrawal<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "INSERT INTO withdrawal (id, disclosure_id, subject_id, customer_id, supplier, purpose, reason, state, \
             changes, attempts, due_at, next_at, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'due', 0, 0, $8, $9, $9) ON CONFLICT (disclosure_id) DO NOTHING",
            [
                new.id.uuid().into(),
                new.of.id.uuid().into(),
                new.of.subject.uuid().into(),
                new.of.customer.uuid().into(),
                new.of.supplier.clone().into(),
                new.of.purpose.clone().into(),
                new.reason.as_str().into(),
                new.due_at.as_micros().into(),
                now.as_micros().into(),
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Ends every use of a customer's disclosures.
pub(super) async fn end_uses_of(tx: &Tx, customer: CustomerId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE disclosure_use SET ended_at = $1 WHERE ended_at IS NULL AND disclosure_id IN \
         (SELECT id FROM disclosure WHERE customer_id = $2)",
        [now.as_micros().into(), customer.uuid().into()],
    )
    .await
}

/// Writes down that the supplier is being asked, before it is. None when somebody else has taken the step, or
/// there is none to take.
pub(super) async fn begin_try(
    tx: &Tx,
    before: &Withdrawal,
    lease: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE withdrawal SET state = 'requested', attempts = attempts + 1, changes = changes + 1, \
             requested_at = COALESCE(requested_at, $1), next_at = $2 \
             WHERE id = $3 AND changes = $4 AND state IN ('due', 'requested', 'linked', 'kept') AND next_at <= $1",
            [
                now.as_micros().into(),
                lease.as_micros().into(),
                before.id.uuid().into(),
                i64::from(before.changes).into(),
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// What came of a try, or what staff wrote down.
pub(super) struct Outcome<'a> {
    pub step: &'a Step,
    /// The sealed answer and its hash.
    pub answer: Option<(&'a [u8], [u8; 32])>,
}

/// Takes a step, if nobody took one since `changes`.
pub(super) async fn take_step(
    tx: &Tx,
    id: WithdrawalId,
    changes: u32,
    outcome: &Outcome<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let step = outcome.step;
    let at = now.as_micros();
    let ended = (!step.state.is_open() && step.kept.is_none()).then_some(at);
    let touched = tx
        .execute(
            "UPDATE withdrawal SET state = $1, changes = changes + 1, next_at = $2, ended_at = $3, \
             attempts = CASE WHEN $4 = 1 THEN 0 ELSE attempts END, \
             answered_at = CASE WHEN $4 = 1 THEN $5 ELSE answered_at END, ground = $6, kept_until_day = $7, \
             answer = COALESCE($8, answer), proof_sha256 = COALESCE($9, proof_sha256) \
             WHERE id = $10 AND changes = $11 AND state IN ('requested', 'linked', 'failed')",
            [
                step.state.as_str().into(),
                step.next_at.map(Timestamp::as_micros).into(),
                ended.into(),
                i64::from(step.is_answer).into(),
                at.into(),
                step.kept.map(|(ground, _): (Ground, _)| ground.as_str().to_owned()).into(),
                step.kept.map(|(_, until)| i64::from(until.number())).into(),
                outcome.answer.map(|(sealed, _)| sealed.to_vec()).into(),
                outcome.answer.map(|(_, hash)| hash.to_vec()).into(),
                id.uuid().into(),
                i64::from(changes).into(),
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Forgets the reference of a disclosure that the supplier has deleted: nothing is known under it any more.
pub(super) async fn end(tx: &Tx, id: DisclosureId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE disclosure SET ended_at = $1, reference = NULL WHERE id = $2 AND ended_at IS NULL",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await?;
    tx.execute("DELETE FROM disclosure_value WHERE id = $1", [id.uuid().into()]).await?;
    Ok(())
}

/// Puts a failed withdrawal back to be demanded.
pub(super) async fn due_again(
    tx: &Tx,
    id: WithdrawalId,
    changes: u32,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE withdrawal SET state = 'due', attempts = 0, changes = changes + 1, next_at = $1 \
             WHERE id = $2 AND changes = $3 AND state = 'failed'",
            [now.as_micros().into(), id.uuid().into(), i64::from(changes).into()],
        )
        .await?;
    Ok(touched == 1)
}

/// Takes up withdrawals whose next step is long overdue: their job is gone. Tells which.
pub(super) async fn take_up(
    tx: &Tx,
    before: Timestamp,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<WithdrawalId>, StoreError> {
    let sql =
        format!("SELECT id FROM withdrawal WHERE next_at < $1 ORDER BY next_at LIMIT $2{}", tx.for_update());
    let rows = tx.query(&sql, [before.as_micros().into(), i64::from(limit).into()]).await?;
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = WithdrawalId::from_uuid(row.try_get("", "id")?);
        let sql = "UPDATE withdrawal SET next_at = $1 WHERE id = $2";
        tx.execute(sql, [now.as_micros().into(), id.uuid().into()]).await?;
        ids.push(id);
    }
    Ok(ids)
}

/// Deletes a disclosure whose key is gone, with its withdrawal.
pub(super) async fn delete(tx: &Tx, subject: SubjectId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM disclosure_value WHERE id IN (SELECT id FROM disclosure WHERE subject_id = $1)",
        "DELETE FROM withdrawal WHERE subject_id = $1",
        "DELETE FROM disclosure_use WHERE subject_id = $1",
        "DELETE FROM disclosure WHERE subject_id = $1",
    ] {
        tx.execute(sql, [subject.uuid().into()]).await?;
    }
    Ok(())
}
