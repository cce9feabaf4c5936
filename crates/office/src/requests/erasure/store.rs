//! SQL of erasures, and the deletion by declaration.

use super::{Dates, ErasureId, ErasureState};
use crate::customers::CustomerId;
use crate::requests::RequestId;
use ::store::{Store, StoreError, Tx};
use base::{SubjectId, Timestamp};
use policy::schema::{Column, Content, OnErasure, Table};
use sea_orm::QueryResult;

/// The declared tables. Rows of `erasure` hold no personal data: they prove that it went.
pub const TABLES: &[Table] = &[
    Table::new(
        "erasure",
        &[
            Column::plain("id"),
            Column::plain("request_id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::secret("token_hash"),
            Column::plain("state"),
            Column::plain("announced_at"),
            Column::plain("started_at"),
            Column::plain("unreadable_live_at"),
            Column::plain("unreadable_backup_due_at"),
            Column::plain("unreadable_backup_at"),
            Column::plain("epoch"),
            Column::public("entry"),
            Column::plain("leaf"),
            Column::secret("opening"),
            Column::plain("expires_at"),
        ],
    ),
    // Whose data an unfinished erasure is about; emptied when it is finished.
    Table::new("erasure_subject", &[Column::plain("erasure_id"), Column::plain("subject_id")]),
];

/// Tables that others refer to: their rows go last, in this order.
const PARENTS: [&str; 5] = ["disclosure", "customer_order", "thread", "login", "customer"];
/// How many subjects one erasure may have.
const SUBJECTS_MAX: u32 = 5_000;

/// An erasure as stored.
pub(crate) struct ErasureRow {
    pub id: ErasureId,
    pub customer: Option<CustomerId>,
    pub subject: SubjectId,
    pub state: ErasureState,
    pub announced_at: Timestamp,
    pub dates: Option<Dates>,
    pub entry: Option<Vec<u8>>,
    pub leaf: Option<[u8; 32]>,
    pub opening: Option<[u8; 32]>,
}

const ALL: &str = "id, customer_id, subject_id, state, announced_at, unreadable_live_at, unreadable_backup_due_at, \
                   unreadable_backup_at, entry, leaf, opening";

/// An erasure to be.
pub(super) struct NewErasure {
    pub id: ErasureId,
    pub request: Option<RequestId>,
    pub customer: Option<CustomerId>,
    pub subject: SubjectId,
    pub token_hash: [u8; 32],
}

/// Puts an erasure in, unless the subject has one.
pub(super) async fn insert(tx: &Tx, new: &NewErasure, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO erasure (id, request_id, customer_id, subject_id, token_hash, state, announced_at) \
         VALUES ($1, $2, $3, $4, $5, 'announced', $6) ON CONFLICT (subject_id) DO NOTHING",
        [
            new.id.uuid().into(),
            new.request.map(RequestId::uuid).into(),
            new.customer.map(CustomerId::uuid).into(),
            new.subject.uuid().into(),
            new.token_hash.to_vec().into(),
            now.as_micros().into(),
        ],
    )
    .await
}

pub(super) async fn by_id(store: &Store, id: ErasureId) -> Result<Option<ErasureRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM erasure WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(super) async fn by_subject(store: &Store, subject: SubjectId) -> Result<Option<ErasureRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM erasure WHERE subject_id = $1");
    store.query_one(&sql, [subject.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(crate) async fn by_token(store: &Store, token_hash: &[u8; 32]) -> Result<Option<ErasureRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM erasure WHERE token_hash = $1");
    store.query_one(&sql, [token_hash.to_vec().into()]).await?.as_ref().map(read).transpose()
}

/// Erasures in a state, from after an id, in order of id.
pub(super) async fn in_state(
    store: &Store,
    state: ErasureState,
    after: Option<ErasureId>,
    limit: u32,
) -> Result<Vec<ErasureId>, StoreError> {
    let after = after.unwrap_or(ErasureId::from_uuid(base::__uuid::Uuid::nil()));
    let sql = "SELECT id FROM erasure WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3";
    let rows =
        store.query(sql, [state.as_str().into(), after.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(ErasureId::from_uuid(row.try_get("", "id")?))).collect()
}

/// Begins an announced erasure. Zero rows: somebody else did.
pub(super) async fn begin(tx: &Tx, id: ErasureId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE erasure SET state = 'erasing', started_at = $1 WHERE id = $2 AND state = 'announced'",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

pub(super) async fn add_subject(tx: &Tx, id: ErasureId, subject: SubjectId) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO erasure_subject (erasure_id, subject_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [id.uuid().into(), subject.uuid().into()],
    )
    .await
}

/// The subjects of an unfinished erasure.
pub(super) async fn subjects(store: &Store, id: ErasureId) -> Result<Vec<SubjectId>, StoreError> {
    let sql = "SELECT subject_id FROM erasure_subject WHERE erasure_id = $1 ORDER BY subject_id LIMIT $2";
    let rows = store.query(sql, [id.uuid().into(), i64::from(SUBJECTS_MAX).into()]).await?;
    rows.iter().map(|row| Ok(SubjectId::from_uuid(row.try_get("", "subject_id")?))).collect()
}

/// Ends the sessions of a subject.
pub(super) async fn end_sessions(tx: &Tx, subject: SubjectId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM session WHERE subject_id = $1", [subject.uuid().into()]).await
}

/// Keeps the finished entry and the opening of its commitment, unless they were noted before.
pub(super) async fn note(
    tx: &Tx,
    id: ErasureId,
    entry: &[u8],
    opening: &[u8; 32],
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE erasure SET entry = $1, opening = $2 WHERE id = $3 AND state = 'erasing' AND entry IS NULL",
        [entry.to_vec().into(), opening.to_vec().into(), id.uuid().into()],
    )
    .await
}

/// What is known once everything is gone.
pub(super) struct Finished {
    pub leaf: [u8; 32],
    pub live: Timestamp,
    pub backup_due: Timestamp,
    pub epoch: u32,
}

/// Ends an erasure. Zero rows: somebody else did.
pub(super) async fn finish(tx: &Tx, id: ErasureId, end: &Finished) -> Result<u64, StoreError> {
    let touched = tx
        .execute(
            "UPDATE erasure SET state = 'erased', entry = NULL, leaf = $1, unreadable_live_at = $2, \
             unreadable_backup_due_at = $3, epoch = $4 WHERE id = $5 AND state = 'erasing'",
            [
                end.leaf.to_vec().into(),
                end.live.as_micros().into(),
                end.backup_due.as_micros().into(),
                i64::from(end.epoch).into(),
                id.uuid().into(),
            ],
        )
        .await?;
    tx.execute("DELETE FROM erasure_subject WHERE erasure_id = $1", [id.uuid().into()]).await?;
    Ok(touched)
}

/// The second date of every erasure up to an epoch.
pub(super) async fn finalise(
    tx: &Tx,
    epoch: u32,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE erasure SET state = 'final', unreadable_backup_at = $1, expires_at = $2 \
         WHERE state = 'erased' AND epoch <= $3",
        [now.as_micros().into(), expires_at.as_micros().into(), i64::from(epoch).into()],
    )
    .await
}

/// Lets go of receipts whose time has passed, with their openings.
pub(super) async fn delete_expired(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM erasure WHERE state = 'final' AND expires_at <= $1", [now.as_micros().into()])
        .await
}

/// Customers whose erasure began at or after an instant.
pub(super) async fn customers_since(store: &Store, since: Timestamp) -> Result<Vec<CustomerId>, StoreError> {
    let sql =
        "SELECT customer_id FROM erasure WHERE started_at >= $1 AND customer_id IS NOT NULL LIMIT 10000";
    let rows = store.query(sql, [since.as_micros().into()]).await?;
    rows.iter().map(|row| Ok(CustomerId::from_uuid(row.try_get("", "customer_id")?))).collect()
}

/// How many mails of a subject have not left.
pub(super) async fn mails_waiting(store: &Store, subject: SubjectId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM mail WHERE subject_id = $1 AND sent_at IS NULL";
    let row = store.query_one(sql, [subject.uuid().into()]).await?;
    let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(n.unsigned_abs())
}

/// Deletes the rows of a subject, or empties them, as each table declares. Names come from
/// declarations in code, never from input. Tells how many rows there were.
pub(super) async fn erase_rows(tx: &Tx, tables: &[&Table], subject: SubjectId) -> Result<u64, StoreError> {
    let mut touched = 0;
    for table in in_order(tables) {
        let sql = match table.erasure {
            OnErasure::Keep => continue,
            OnErasure::Delete { subject } => format!("DELETE FROM {} WHERE {subject} = $1", table.name),
            OnErasure::Clear { subject } => {
                let emptied = table.columns.iter().filter(|column| {
                    matches!(column.content, Content::Personal { .. } | Content::BlindIndex { .. })
                        && column.name != subject
                });
                let sets = emptied.map(|column| format!("{} = NULL, ", column.name)).collect::<String>();
                format!("UPDATE {} SET {sets}{subject} = NULL WHERE {subject} = $1", table.name)
            }
        };
        touched += tx.execute(&sql, [subject.uuid().into()]).await?;
    }
    Ok(touched)
}

/// The tables, those that others refer to last.
fn in_order<'a>(tables: &[&'a Table]) -> Vec<&'a Table> {
    let rank = |table: &Table| PARENTS.iter().position(|parent| *parent == table.name).map_or(0, |at| at + 1);
    let mut ordered = tables.to_vec();
    ordered.sort_by_key(|table| rank(table));
    ordered
}

/// Subjects in order of id that are not erased, from after a given one.
pub(super) async fn subjects_after(
    store: &Store,
    after: Option<SubjectId>,
    limit: u32,
) -> Result<Vec<SubjectId>, StoreError> {
    let after = after.unwrap_or(SubjectId::from_uuid(base::__uuid::Uuid::nil()));
    let sql = "SELECT id FROM subject WHERE state <> 'erased' AND id > $1 ORDER BY id LIMIT $2";
    let rows = store.query(sql, [after.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(SubjectId::from_uuid(row.try_get("", "id")?))).collect()
}

/// Envelopes of a subject, at most some of each personal column: what its rows are sealed with.
pub(super) async fn envelopes(
    store: &Store,
    tables: &[&Table],
    subject: SubjectId,
    each: u32,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut found = Vec::new();
    for table in tables {
        let (OnErasure::Delete { subject: name } | OnErasure::Clear { subject: name }) = table.erasure else {
            continue;
        };
        for column in table.columns.iter().filter(|c| matches!(c.content, Content::Personal { .. })) {
            let column = column.name;
            let sql = format!(
                "SELECT {column} AS envelope FROM {} WHERE {name} = $1 AND {column} IS NOT NULL LIMIT $2",
                table.name
            );
            for row in store.query(&sql, [subject.uuid().into(), i64::from(each).into()]).await? {
                found.push(row.try_get("", "envelope")?);
            }
        }
    }
    Ok(found)
}

/// The customer whose subject it is, also one whose import has not finished.
pub(super) async fn customer_of(store: &Store, subject: SubjectId) -> Result<Option<CustomerId>, StoreError> {
    let row =
        store.query_one("SELECT id FROM customer WHERE subject_id = $1", [subject.uuid().into()]).await?;
    row.map(|row| Ok(CustomerId::from_uuid(row.try_get("", "id")?))).transpose()
}

fn read(row: &QueryResult) -> Result<ErasureRow, StoreError> {
    let state: String = row.try_get("", "state")?;
    let moment = |column| -> Result<Option<Timestamp>, StoreError> {
        Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
    };
    let bytes = |column| -> Result<Option<[u8; 32]>, StoreError> {
        let value: Option<Vec<u8>> = row.try_get("", column)?;
        value
            .map(|value| {
                value
                    .try_into()
                    .map_err(|_| StoreError::inconsistent("an erasure's hash of a strange length"))
            })
            .transpose()
    };
    let backup = moment("unreadable_backup_at")?;
    let dates = moment("unreadable_live_at")?
        .zip(moment("unreadable_backup_due_at")?)
        .map(|(live, backup_due)| Dates { live, backup_due, backup });
    Ok(ErasureRow {
        id: ErasureId::from_uuid(row.try_get("", "id")?),
        customer: row.try_get::<Option<_>>("", "customer_id")?.map(CustomerId::from_uuid),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        state: ErasureState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("an erasure in an unknown state"))?,
        announced_at: Timestamp::from_micros(row.try_get("", "announced_at")?),
        dates,
        entry: row.try_get("", "entry")?,
        leaf: bytes("leaf")?,
        opening: bytes("opening")?,
    })
}
