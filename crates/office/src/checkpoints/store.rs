//! SQL of signed checkpoints.

use ::store::{Store, StoreError};
use base::Timestamp;

/// A checkpoint as signed.
#[derive(Debug, Clone)]
pub struct CheckpointRow {
    /// How many entries it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

pub(super) async fn insert(store: &Store, size: u64, note: &str, now: Timestamp) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    tx.execute(
        "INSERT INTO ledger_checkpoint (size, note, signed_at) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING",
        [size.cast_signed().into(), note.into(), now.as_micros().into()],
    )
    .await?;
    tx.commit().await
}

/// The latest checkpoint, if any.
///
/// # Errors
/// When the database fails.
pub async fn latest(store: &Store) -> Result<Option<CheckpointRow>, StoreError> {
    let row = store
        .query_one("SELECT size, note, signed_at FROM ledger_checkpoint ORDER BY size DESC LIMIT 1", [])
        .await?;
    row.map(|row| {
        Ok(CheckpointRow {
            size: row.try_get::<i64>("", "size")?.cast_unsigned(),
            note: row.try_get("", "note")?,
            signed_at: Timestamp::from_micros(row.try_get("", "signed_at")?),
        })
    })
    .transpose()
}
