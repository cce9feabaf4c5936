//! SQL of imports and of what they staged.

use super::ImportId;
use crate::accounts::LoginId;
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::{SubjectId, Timestamp};
use policy::schema::{Column, Table};
use sea_orm::Value;

/// The declared table.
pub const TABLES: &[Table] = &[Table::new(
    "import",
    &[
        Column::plain("id"),
        Column::plain("state"),
        Column::secret("file_sha256"),
        Column::plain("row_count"),
        Column::plain("started_at"),
        Column::plain("seen_at"),
        Column::plain("finished_at"),
    ],
)];

pub(super) async fn insert(
    tx: &Tx,
    id: ImportId,
    sha256: &[u8; 32],
    rows: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO import (id, state, file_sha256, row_count, started_at, seen_at) \
         VALUES ($1, 'staging', $2, $3, $4, $4)",
        [id.uuid().into(), sha256.to_vec().into(), rows.into(), now.as_micros().into()],
    )
    .await?;
    Ok(())
}

const DONE: &str = "SELECT id FROM import WHERE file_sha256 = $1 AND state = 'done' LIMIT 1";

pub(super) async fn is_done(store: &Store, sha256: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(store.query_one(DONE, [sha256.to_vec().into()]).await?.is_some())
}

pub(super) async fn is_done_in(tx: &Tx, sha256: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(tx.query_one(DONE, [sha256.to_vec().into()]).await?.is_some())
}

/// Tells that the import lives; zero rows when it was abandoned meanwhile.
pub(super) async fn beat(tx: &Tx, id: ImportId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE import SET seen_at = $1 WHERE id = $2 AND state = 'staging'",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

pub(super) async fn mark_done(tx: &Tx, id: ImportId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE import SET state = 'done', seen_at = $1, finished_at = $1 WHERE id = $2 AND state = 'staging'",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

/// Gives staged customers their numbers. Each gets a time of change of its own, a microsecond after the
/// one before, so that processes that follow changes by time see them in pages.
pub(super) async fn show_customers(
    tx: &Tx,
    id: ImportId,
    number_from: i64,
    now: Timestamp,
    base: i64,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE customer SET number = $1 - number, updated_at = $2 - number, import_id = NULL WHERE import_id = $3",
        [number_from.into(), (now.as_micros() - base).into(), id.uuid().into()],
    )
    .await
}

pub(super) async fn show_logins(tx: &Tx, id: ImportId) -> Result<u64, StoreError> {
    tx.execute("UPDATE login SET import_id = NULL WHERE import_id = $1", [id.uuid().into()]).await
}

/// Imports that fell silent, or that are half undone. A sign of life from the future is none: the clock
/// was set back.
pub(super) async fn silent(
    store: &Store,
    now: Timestamp,
    seconds: i64,
    limit: u32,
) -> Result<Vec<ImportId>, StoreError> {
    let rows = store
        .query(
            "SELECT id FROM import WHERE (state = 'staging' AND (seen_at < $1 OR seen_at > $2)) \
             OR (state = 'abandoned' AND finished_at IS NULL) ORDER BY id LIMIT $3",
            [
                now.plus_seconds(-seconds).as_micros().into(),
                now.plus_seconds(seconds).as_micros().into(),
                i64::from(limit).into(),
            ],
        )
        .await?;
    rows.iter().map(|row| Ok(ImportId::from_uuid(row.try_get("", "id")?))).collect()
}

/// From here on nothing more can be staged; zero rows when it was finished.
pub(super) async fn mark_abandoned(tx: &Tx, id: ImportId) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE import SET state = 'abandoned' WHERE id = $1 AND state IN ('staging', 'abandoned')",
        [id.uuid().into()],
    )
    .await
}

pub(super) async fn note_undone(tx: &Tx, id: ImportId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE import SET finished_at = $1 WHERE id = $2 AND state = 'abandoned'",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

/// Some rows that an import staged.
pub(super) struct StagedRows {
    customers: Vec<(CustomerId, SubjectId)>,
    logins: Vec<(LoginId, SubjectId)>,
}

impl StagedRows {
    pub(super) fn is_empty(&self) -> bool {
        self.customers.is_empty() && self.logins.is_empty()
    }

    pub(super) fn subjects(&self) -> Vec<SubjectId> {
        self.customers.iter().map(|c| c.1).chain(self.logins.iter().map(|l| l.1)).collect()
    }
}

/// The next staged rows: customers first, for memberships lead from them to logins.
pub(super) async fn staged(store: &Store, id: ImportId, limit: u32) -> Result<StagedRows, StoreError> {
    let mut staged = StagedRows { customers: Vec::new(), logins: Vec::new() };
    let values = || -> [Value; 2] { [id.uuid().into(), i64::from(limit).into()] };
    for row in
        store.query("SELECT id, subject_id FROM customer WHERE import_id = $1 LIMIT $2", values()).await?
    {
        let subject = SubjectId::from_uuid(row.try_get("", "subject_id")?);
        staged.customers.push((CustomerId::from_uuid(row.try_get("", "id")?), subject));
    }
    if staged.customers.is_empty() {
        for row in
            store.query("SELECT id, subject_id FROM login WHERE import_id = $1 LIMIT $2", values()).await?
        {
            let subject = SubjectId::from_uuid(row.try_get("", "subject_id")?);
            staged.logins.push((LoginId::from_uuid(row.try_get("", "id")?), subject));
        }
    }
    Ok(staged)
}

pub(super) async fn delete_staged(tx: &Tx, staged: &StagedRows) -> Result<(), StoreError> {
    let customers: Vec<Value> = staged.customers.iter().map(|c| c.0.uuid().into()).collect();
    let logins: Vec<Value> = staged.logins.iter().map(|l| l.0.uuid().into()).collect();
    let subjects: Vec<Value> = staged.subjects().iter().map(|s| s.uuid().into()).collect();
    for (from, ids) in [
        ("membership WHERE customer_id", &customers),
        ("customer WHERE id", &customers),
        ("membership WHERE login_id", &logins),
        ("login WHERE id", &logins),
        ("subject WHERE id", &subjects),
    ] {
        if !ids.is_empty() {
            let places = (1..=ids.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
            tx.execute(&format!("DELETE FROM {from} IN ({places})"), ids.clone()).await?;
        }
    }
    Ok(())
}
