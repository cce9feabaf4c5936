//! Numbers handed out without gaps or doubles, and the memory of forms already sent.

use crate::{Store, StoreError, Tx};
use base::Timestamp;

impl Tx {
    /// Takes the next `count` numbers of a counter and gives the first. A new counter begins at
    /// `base + 1`. Rolled back with the transaction, so that no number is lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_number(&self, name: &str, base: i64, count: u32) -> Result<i64, StoreError> {
        self.execute(
            "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            [name.into(), base.into()],
        )
        .await?;
        let row = self
            .query_one(
                "UPDATE counter SET value = value + $1 WHERE name = $2 RETURNING value",
                [i64::from(count).into(), name.into()],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "the counter" })?;
        let last: i64 = row.try_get("", "value")?;
        Ok(last - i64::from(count) + 1)
    }

    /// Notes that the form with this token was carried out and where its result is. A second form
    /// with the same token fails with [`StoreError::Duplicate`], and the transaction with it.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`]; when the database fails.
    pub async fn note_submission(
        &self,
        token: &[u8; 16],
        location: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO submission (token, location, created_at) VALUES ($1, $2, $3)",
            [token.to_vec().into(), location.into(), now.as_micros().into()],
        )
        .await?;
        Ok(())
    }
}

/// Where the result of a form is that was carried out already.
///
/// # Errors
/// When the database fails.
pub async fn submission(store: &Store, token: &[u8; 16]) -> Result<Option<String>, StoreError> {
    let row =
        store.query_one("SELECT location FROM submission WHERE token = $1", [token.to_vec().into()]).await?;
    Ok(row.map(|row| row.try_get("", "location")).transpose()?)
}

/// Forgets forms sent before an instant.
///
/// # Errors
/// When the database fails.
pub async fn prune_submissions(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let tx = store.begin().await?;
    let pruned =
        tx.execute("DELETE FROM submission WHERE created_at < $1", [before.as_micros().into()]).await?;
    tx.commit().await?;
    Ok(pruned)
}
