//! SQL that counts: the work queue, the evidence of the clock, what turned out to be one customer's.

use super::number;
use crate::customers::CustomerId;
use ::store::{Store, StoreError};
use base::{SubjectId, Timestamp};
use serde::Serialize;

/// How many requests wait, for the work queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Open in all.
    pub open: u64,
    /// Open past their term.
    pub overdue: u64,
    /// Open and due within seven days, not yet overdue.
    pub due_soon: u64,
    /// Open whose identity is not verified.
    pub unverified: u64,
}

pub(crate) async fn queue_counts(
    store: &Store,
    now: Timestamp,
    soon: Timestamp,
) -> Result<QueueCounts, StoreError> {
    let sql = "SELECT COUNT(*) AS total, COUNT(CASE WHEN due_at < $1 THEN 1 END) AS overdue, \
               COUNT(CASE WHEN due_at >= $1 AND due_at <= $2 THEN 1 END) AS soon, \
               COUNT(CASE WHEN state = 'received' THEN 1 END) AS unverified \
               FROM request WHERE state IN ('received', 'verified')";
    let row = store.query_one(sql, [now.as_micros().into(), soon.as_micros().into()]).await?;
    let row = row.as_ref();
    Ok(QueueCounts {
        open: number(row, "total")?,
        overdue: number(row, "overdue")?,
        due_soon: number(row, "soon")?,
        unverified: number(row, "unverified")?,
    })
}

/// What the promises P12 and P14 rest on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ClockEvidence {
    /// Open requests.
    pub open: u64,
    /// Open past their term.
    pub overdue: u64,
    /// Granted or refused within the term.
    pub closed_in_time: u64,
    /// Granted or refused after the term.
    pub closed_late: u64,
    /// Granted or refused with a text that did not name the authority, the court and the way to us.
    pub answers_without_authority: u64,
}

pub(crate) async fn clock_evidence(store: &Store, now: Timestamp) -> Result<ClockEvidence, StoreError> {
    let sql = "SELECT COUNT(CASE WHEN state IN ('received', 'verified') THEN 1 END) AS still_open, \
               COUNT(CASE WHEN state IN ('received', 'verified') AND due_at < $1 THEN 1 END) AS overdue, \
               COUNT(CASE WHEN state IN ('granted', 'refused') AND closed_at <= due_at THEN 1 END) AS in_time, \
               COUNT(CASE WHEN state IN ('granted', 'refused') AND closed_at > due_at THEN 1 END) AS late, \
               COUNT(CASE WHEN state IN ('granted', 'refused') \
                 AND COALESCE(answer_named_authority, $2) = $2 THEN 1 END) AS unnamed FROM request";
    let row = store.query_one(sql, [now.as_micros().into(), false.into()]).await?;
    let row = row.as_ref();
    Ok(ClockEvidence {
        open: number(row, "still_open")?,
        overdue: number(row, "overdue")?,
        closed_in_time: number(row, "in_time")?,
        closed_late: number(row, "late")?,
        answers_without_authority: number(row, "unnamed")?,
    })
}

/// The subjects other than the customer's own whose requests were established to be the customer's.
pub(crate) async fn linked_subjects(
    store: &Store,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<SubjectId>, StoreError> {
    let sql = "SELECT DISTINCT r.subject_id FROM request r JOIN subject s ON s.id = r.subject_id \
               WHERE r.customer_id = $1 AND r.identity IN ('two_channels', 'staff') AND s.kind = 'visitor' LIMIT $2";
    let rows = store.query(sql, [customer.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(SubjectId::from_uuid(row.try_get("", "subject_id")?))).collect()
}

/// Whether a restriction was granted to a customer after an instant.
pub(crate) async fn restricted_since(
    store: &Store,
    customer: CustomerId,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS one FROM request WHERE customer_id = $1 AND kind = 'restriction' AND state = 'granted' \
               AND closed_at > $2 LIMIT 1";
    Ok(store.query_one(sql, [customer.uuid().into(), since.as_micros().into()]).await?.is_some())
}
