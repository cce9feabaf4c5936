//! SQL of subjects.

use super::{SubjectKind, SubjectState};
use crate::OfficeError;
use ::store::{Store, StoreError, Tx};
use base::{SubjectId, Timestamp};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

/// The declared table.
pub const TABLES: &[Table] = &[Table::new(
    "subject",
    &[
        Column::plain("id"),
        Column::plain("kind"),
        Column::plain("state"),
        Column::plain("created_at"),
        Column::plain("erasing_at"),
        Column::plain("erased_at"),
    ],
)];

/// A subject as stored.
#[derive(Debug, Clone, Copy)]
pub struct SubjectRow {
    /// Its id.
    pub id: SubjectId,
    /// Its kind.
    pub kind: SubjectKind,
    /// Its state.
    pub state: SubjectState,
    /// Since when it is known.
    pub created_at: Timestamp,
}

/// Makes an active subject.
///
/// # Errors
/// When the database fails.
pub async fn create(tx: &Tx, id: SubjectId, kind: SubjectKind, now: Timestamp) -> Result<(), StoreError> {
    create_many(tx, &[id], kind, now).await
}

pub(crate) async fn create_many(
    tx: &Tx,
    ids: &[SubjectId],
    kind: SubjectKind,
    now: Timestamp,
) -> Result<(), StoreError> {
    for chunk in ids.chunks(1_000) {
        let rows = (0..chunk.len())
            .map(|i| format!("(${}, ${}, 'active', ${})", i * 3 + 1, i * 3 + 2, i * 3 + 3))
            .collect::<Vec<_>>()
            .join(", ");
        let values = chunk.iter().flat_map(|id| -> [Value; 3] {
            [id.uuid().into(), kind.as_str().into(), now.as_micros().into()]
        });
        tx.execute(&format!("INSERT INTO subject (id, kind, state, created_at) VALUES {rows}"), values)
            .await?;
    }
    Ok(())
}

/// Locks the subject for the rest of the transaction and refuses unless it is active.
///
/// # Errors
/// [`OfficeError::Erased`] unless the subject is active.
pub async fn lock_active(tx: &Tx, id: SubjectId) -> Result<(), OfficeError> {
    let sql = format!("SELECT state FROM subject WHERE id = $1{}", tx.for_share());
    let row = tx.query_one(&sql, [id.uuid().into()]).await?;
    match row.map(|row| row.try_get::<String>("", "state")).transpose()?.as_deref() {
        Some("active") => Ok(()),
        _ => Err(OfficeError::Erased),
    }
}

/// Locks the subject against everybody else for the rest of the transaction, whatever its state. Who
/// will change the subject and other rows locks it first of all: writers that hold a shared lock on
/// it may be waiting for those rows.
pub(crate) async fn lock(tx: &Tx, id: SubjectId) -> Result<(), StoreError> {
    tx.query_one(&format!("SELECT id FROM subject WHERE id = $1{}", tx.for_update()), [id.uuid().into()])
        .await?;
    Ok(())
}

/// The subject, if it is known.
///
/// # Errors
/// When the database fails.
pub async fn row(store: &Store, id: SubjectId) -> Result<Option<SubjectRow>, StoreError> {
    let row = store
        .query_one("SELECT id, kind, state, created_at FROM subject WHERE id = $1", [id.uuid().into()])
        .await?;
    row.as_ref().map(read).transpose()
}

/// The subjects in a state, the oldest first.
pub(crate) async fn in_state(
    store: &Store,
    state: SubjectState,
    limit: u32,
) -> Result<Vec<SubjectRow>, StoreError> {
    let rows = store
        .query(
            "SELECT id, kind, state, created_at FROM subject WHERE state = $1 ORDER BY id LIMIT $2",
            [state.as_str().into(), i64::from(limit).into()],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Erased subjects in order of id, from after a given one.
pub(crate) async fn erased_after(
    store: &Store,
    after: Option<SubjectId>,
    limit: u32,
) -> Result<Vec<SubjectId>, StoreError> {
    let after = after.unwrap_or(SubjectId::from_uuid(base::__uuid::Uuid::nil()));
    let rows = store
        .query(
            "SELECT id FROM subject WHERE state = 'erased' AND id > $1 ORDER BY id LIMIT $2",
            [after.uuid().into(), i64::from(limit).into()],
        )
        .await?;
    rows.iter().map(|row| Ok(SubjectId::from_uuid(row.try_get("", "id")?))).collect()
}

/// Begins erasure. Tells whether it was this call that began it.
pub(crate) async fn mark_erasing(tx: &Tx, id: SubjectId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE subject SET state = 'erasing', erasing_at = $1 WHERE id = $2 AND state = 'active'",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

/// Ends erasure.
pub(crate) async fn mark_erased(tx: &Tx, id: SubjectId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE subject SET state = 'erased', erased_at = $1 WHERE id = $2 AND state = 'erasing'",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

fn read(row: &QueryResult) -> Result<SubjectRow, StoreError> {
    let kind: String = row.try_get("", "kind")?;
    let state: String = row.try_get("", "state")?;
    let kinds = [
        SubjectKind::Customer,
        SubjectKind::Login,
        SubjectKind::Visitor,
        SubjectKind::Incident,
        SubjectKind::Books,
        SubjectKind::Seal,
        SubjectKind::Disclosed,
    ];
    let kind = kinds
        .into_iter()
        .find(|k| k.as_str() == kind)
        .ok_or_else(|| StoreError::inconsistent("a subject of an unknown kind"))?;
    let state = [SubjectState::Active, SubjectState::Erasing, SubjectState::Erased]
        .into_iter()
        .find(|s| s.as_str() == state)
        .ok_or_else(|| StoreError::inconsistent("a subject in an unknown state"))?;
    Ok(SubjectRow {
        id: SubjectId::from_uuid(row.try_get("", "id")?),
        kind,
        state,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}
