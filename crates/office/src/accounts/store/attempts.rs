//! SQL of counted attempts.

use super::time;
use ::store::{StoreError, Tx};
use base::Timestamp;

/// A bucket of attempts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttemptRow {
    /// When the last attempt was counted; waiting times run from here.
    pub last: Timestamp,
    /// How many were counted.
    pub tries: i64,
}

/// The bucket, locked until the transaction ends; made when it is not there.
pub(crate) async fn lock(tx: &Tx, bucket: &[u8; 16], now: Timestamp) -> Result<AttemptRow, StoreError> {
    tx.execute(
        "INSERT INTO attempt (bucket, window_from, tries) VALUES ($1, $2, 0) ON CONFLICT (bucket) DO NOTHING",
        [bucket.to_vec().into(), now.as_micros().into()],
    )
    .await?;
    let sql = format!("SELECT window_from, tries FROM attempt WHERE bucket = $1{}", tx.for_update());
    let row = tx.query_one(&sql, [bucket.to_vec().into()]).await?;
    let row = row.ok_or(StoreError::NotFound { what: "the bucket of attempts" })?;
    Ok(AttemptRow { last: time(&row, "window_from")?, tries: row.try_get("", "tries")? })
}

pub(crate) async fn set(tx: &Tx, bucket: &[u8; 16], row: AttemptRow) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE attempt SET window_from = $1, tries = $2 WHERE bucket = $3",
        [row.last.as_micros().into(), row.tries.into(), bucket.to_vec().into()],
    )
    .await
}

/// One attempt of a bucket turned out to be fine.
pub(crate) async fn take_back(tx: &Tx, bucket: &[u8; 16]) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE attempt SET tries = tries - 1 WHERE bucket = $1 AND tries > 0",
        [bucket.to_vec().into()],
    )
    .await
}

pub(crate) async fn forget(tx: &Tx, bucket: &[u8; 16]) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM attempt WHERE bucket = $1", [bucket.to_vec().into()]).await
}

pub(crate) async fn delete_before(tx: &Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM attempt WHERE window_from < $1", [before.as_micros().into()]).await
}
