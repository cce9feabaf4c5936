//! SQL of retention: candidates by the shortest term, deletions by id.

use ::store::{Store, StoreError, Tx};
use base::{SubjectId, Timestamp};
use sea_orm::{QueryResult, Value};

/// Something that may have passed its term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub id: uuid::Uuid,
    pub created_at: Timestamp,
    pub ended_at: Timestamp,
}

/// What a rule of retention looks at: a table, and the column of the moment its term runs from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The table.
    pub table: &'static str,
    /// The column with the moment it came to be: a longer term of a later policy does not reach it.
    pub began: &'static str,
    /// The column with the moment its term runs from.
    pub moment: &'static str,
    /// A further condition.
    pub when: &'static str,
}

pub(super) async fn candidates(
    store: &Store,
    rule: Rule,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Candidate>, StoreError> {
    let Rule { table, began, moment, when } = rule;
    let sql = format!(
        "SELECT id, {began} AS began_at, {moment} AS ended_at FROM {table} \
         WHERE {moment} IS NOT NULL AND {moment} < $1{when} ORDER BY {moment} LIMIT $2"
    );
    let rows = store.query(&sql, [before.as_micros().into(), i64::from(limit).into()]).await?;
    rows.iter().map(candidate).collect()
}

fn candidate(row: &QueryResult) -> Result<Candidate, StoreError> {
    Ok(Candidate {
        id: row.try_get("", "id")?,
        created_at: Timestamp::from_micros(row.try_get("", "began_at")?),
        ended_at: Timestamp::from_micros(row.try_get("", "ended_at")?),
    })
}

fn places(count: usize) -> String {
    (1..=count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}

/// Deletes rows of a table by a column of ids.
pub(super) async fn delete(
    tx: &Tx,
    table: &str,
    column: &str,
    ids: &[uuid::Uuid],
) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let sql = format!("DELETE FROM {table} WHERE {column} IN ({})", places(ids.len()));
    tx.execute(&sql, ids.iter().map(|id| Value::from(*id))).await
}

/// Deletes rows whose expiry has passed.
pub(super) async fn delete_expired(tx: &Tx, table: &str, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(&format!("DELETE FROM {table} WHERE expires_at <= $1"), [now.as_micros().into()]).await
}

/// Visitors of whom no conversation, request or waiting mail is left.
pub(super) async fn idle_visitors(store: &Store, limit: u32) -> Result<Vec<SubjectId>, StoreError> {
    let rows = store
        .query(
            "SELECT s.id FROM subject s WHERE s.kind = 'visitor' AND s.state = 'active' \
             AND NOT EXISTS (SELECT 1 FROM thread t WHERE t.subject_id = s.id) \
             AND NOT EXISTS (SELECT 1 FROM request r WHERE r.subject_id = s.id) \
             AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.subject_id = s.id AND m.sent_at IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM link_token l WHERE l.subject_id = s.id) ORDER BY s.id LIMIT $1",
            [i64::from(limit).into()],
        )
        .await?;
    rows.iter().map(|row| Ok(SubjectId::from_uuid(row.try_get("", "id")?))).collect()
}

/// Which of these subjects the data store knows.
pub(super) async fn known(store: &Store, subjects: &[SubjectId]) -> Result<Vec<SubjectId>, StoreError> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT id FROM subject WHERE id IN ({})", places(subjects.len()));
    let rows = store.query(&sql, subjects.iter().map(|subject| Value::from(subject.uuid()))).await?;
    rows.iter().map(|row| Ok(SubjectId::from_uuid(row.try_get("", "id")?))).collect()
}
