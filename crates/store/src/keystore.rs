//! The key store K over SQLite or PostgreSQL (CRYPTO section 4): wrapped data keys in a database of
//! their own. On SQLite deleted keys are overwritten (`secure_delete`) and the write-ahead log is cut
//! off after each deletion; on PostgreSQL what lingers in WAL and dead tuples is covered by the
//! destruction of the epoch key, which is never in any database.

use crate::{Backend, Store, StoreError, Tx};
use async_trait::async_trait;
use base::{Clock, SubjectId, Timestamp};
use keys::{KeyId, KeyRow, KeyState, KeyStore, KeyStoreError, Phase, Rewrap};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::fmt::Write as _;
use std::sync::Arc;

/// How many rows one statement carries; SQLite allows 32,766 bound values.
const BATCH: usize = 1_000;

/// The key store in a database.
#[derive(Clone)]
pub struct SqlKeyStore {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl core::fmt::Debug for SqlKeyStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SqlKeyStore({})", self.store.url())
    }
}

impl From<StoreError> for KeyStoreError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate => Self::Duplicate,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl SqlKeyStore {
    /// The key store in an open, migrated database.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// The database.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<KeyRow>, KeyStoreError> {
        let rows = self.store.query(sql, values).await?;
        rows.iter().map(|row| key_row(row).map_err(KeyStoreError::from)).collect()
    }

    /// Copies the WAL into the file and cuts it off, so that no older page with a key lingers there.
    async fn cut_log(&self) -> Result<(), StoreError> {
        if self.store.backend() == Backend::Sqlite {
            self.store.writer().execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }
}

const COLUMNS: &str = "key_id, subject_id, purpose, epoch, wrapped";

#[async_trait]
impl KeyStore for SqlKeyStore {
    async fn insert(&self, rows: &[KeyRow]) -> Result<(), KeyStoreError> {
        let now = self.clock.now().as_micros();
        let tx = self.store.begin().await?;
        for chunk in rows.chunks(BATCH) {
            let mut sql = format!("INSERT INTO data_key ({COLUMNS}, created_at) VALUES ");
            let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * 6);
            for (i, row) in chunk.iter().enumerate() {
                let n = i * 6;
                let comma = if i == 0 { "" } else { ", " };
                let _ = write!(
                    sql,
                    "{comma}(${}, ${}, ${}, ${}, ${}, ${})",
                    n + 1,
                    n + 2,
                    n + 3,
                    n + 4,
                    n + 5,
                    n + 6
                );
                values.push(row.key_id.bytes().to_vec().into());
                values.push(row.subject.uuid().into());
                values.push(row.purpose.clone().into());
                values.push(i64::from(row.epoch).into());
                values.push(row.wrapped.clone().into());
                values.push(now.into());
            }
            tx.execute(&sql, values).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn find(&self, subject: SubjectId, purpose: &str) -> Result<Option<KeyRow>, KeyStoreError> {
        let sql = format!("SELECT {COLUMNS} FROM data_key WHERE subject_id = $1 AND purpose = $2");
        Ok(self.rows(&sql, vec![subject.uuid().into(), purpose.into()]).await?.pop())
    }

    async fn find_many(&self, purpose: &str, subjects: &[SubjectId]) -> Result<Vec<KeyRow>, KeyStoreError> {
        let mut found = Vec::with_capacity(subjects.len());
        for chunk in subjects.chunks(BATCH) {
            let places = (2..chunk.len() + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
            let sql =
                format!("SELECT {COLUMNS} FROM data_key WHERE purpose = $1 AND subject_id IN ({places})");
            let mut values: Vec<Value> = vec![purpose.into()];
            values.extend(chunk.iter().map(|subject| Value::from(subject.uuid())));
            found.extend(self.rows(&sql, values).await?);
        }
        Ok(found)
    }

    async fn of_subject(&self, subject: SubjectId) -> Result<Vec<KeyRow>, KeyStoreError> {
        let sql = format!("SELECT {COLUMNS} FROM data_key WHERE subject_id = $1 ORDER BY key_id");
        self.rows(&sql, vec![subject.uuid().into()]).await
    }

    async fn delete(&self, ids: &[KeyId]) -> Result<u64, KeyStoreError> {
        let mut deleted = 0;
        let tx = self.store.begin().await?;
        for chunk in ids.chunks(BATCH) {
            let places = (1..=chunk.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
            let values: Vec<Value> = chunk.iter().map(|id| id.bytes().to_vec().into()).collect();
            deleted +=
                tx.execute(&format!("DELETE FROM data_key WHERE key_id IN ({places})"), values).await?;
        }
        tx.commit().await?;
        self.cut_log().await?;
        Ok(deleted)
    }

    async fn rewrap(&self, rows: &[Rewrap]) -> Result<u64, KeyStoreError> {
        let mut touched = 0;
        let tx = self.store.begin().await?;
        for row in rows {
            // UPDATE only, never INSERT: an erased key cannot return.
            touched += tx
                .execute(
                    "UPDATE data_key SET wrapped = $1, epoch = $2 WHERE key_id = $3 AND epoch = $4",
                    [
                        row.wrapped.clone().into(),
                        i64::from(row.to).into(),
                        row.key_id.bytes().to_vec().into(),
                        i64::from(row.from).into(),
                    ],
                )
                .await?;
        }
        tx.commit().await?;
        Ok(touched)
    }

    async fn page_of_epoch(
        &self,
        epoch: u32,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError> {
        let after = after.map_or_else(Vec::new, |id| id.bytes().to_vec());
        let sql = format!(
            "SELECT {COLUMNS} FROM data_key WHERE epoch = $1 AND key_id > $2 ORDER BY key_id LIMIT $3"
        );
        self.rows(&sql, vec![i64::from(epoch).into(), after.into(), i64::from(limit).into()]).await
    }

    async fn count_of_epoch(&self, epoch: u32) -> Result<u64, KeyStoreError> {
        let row = self
            .store
            .query_one("SELECT COUNT(*) AS n FROM data_key WHERE epoch = $1", [i64::from(epoch).into()])
            .await?;
        let n: i64 = row.map(|row| row.try_get("", "n")).transpose().map_err(StoreError::from)?.unwrap_or(0);
        Ok(n.unsigned_abs())
    }

    async fn page(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<KeyRow>, KeyStoreError> {
        let after = after.map_or_else(Vec::new, |id| id.bytes().to_vec());
        let sql = format!("SELECT {COLUMNS} FROM data_key WHERE key_id > $1 ORDER BY key_id LIMIT $2");
        self.rows(&sql, vec![after.into(), i64::from(limit).into()]).await
    }

    async fn page_older(
        &self,
        inserted_before: Timestamp,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError> {
        let after = after.map_or_else(Vec::new, |id| id.bytes().to_vec());
        let sql = format!(
            "SELECT {COLUMNS} FROM data_key WHERE created_at < $1 AND key_id > $2 ORDER BY key_id LIMIT $3"
        );
        self.rows(&sql, vec![inserted_before.as_micros().into(), after.into(), i64::from(limit).into()]).await
    }

    async fn state(&self) -> Result<KeyState, KeyStoreError> {
        let row =
            self.store.query_one("SELECT generation, phase, epoch FROM key_state WHERE id = 1", []).await?;
        let row = row.ok_or_else(|| StoreError::inconsistent("the key store has no state"))?;
        Ok(read_state(&row)?)
    }

    async fn set_state(&self, expected: KeyState, new: KeyState) -> Result<(), KeyStoreError> {
        let tx = self.store.begin().await?;
        let touched = set_state(&tx, expected, new).await?;
        if touched == 0 {
            return Err(KeyStoreError::Conflict);
        }
        Ok(tx.commit().await?)
    }
}

async fn set_state(tx: &Tx, expected: KeyState, new: KeyState) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE key_state SET generation = $1, phase = $2, epoch = $3 \
         WHERE id = 1 AND generation = $4 AND phase = $5 AND epoch = $6",
        [
            new.generation.cast_signed().into(),
            new.phase.name().into(),
            i64::from(new.epoch).into(),
            expected.generation.cast_signed().into(),
            expected.phase.name().into(),
            i64::from(expected.epoch).into(),
        ],
    )
    .await
}

fn read_state(row: &QueryResult) -> Result<KeyState, StoreError> {
    let phase: String = row.try_get("", "phase")?;
    let phase = Phase::from_name(&phase)
        .ok_or_else(|| StoreError::inconsistent("the key store is in an unknown phase"))?;
    Ok(KeyState {
        generation: row.try_get::<i64>("", "generation")?.unsigned_abs(),
        phase,
        epoch: epoch(row)?,
    })
}

fn key_row(row: &QueryResult) -> Result<KeyRow, StoreError> {
    let id: Vec<u8> = row.try_get("", "key_id")?;
    let id: [u8; 16] =
        id.try_into().map_err(|_| StoreError::inconsistent("a key id that is not 16 bytes"))?;
    Ok(KeyRow {
        key_id: KeyId::from_bytes(id),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        purpose: row.try_get("", "purpose")?,
        epoch: epoch(row)?,
        wrapped: row.try_get("", "wrapped")?,
    })
}

fn epoch(row: &QueryResult) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64>("", "epoch")?)
        .map_err(|_| StoreError::inconsistent("an epoch out of range"))
}
