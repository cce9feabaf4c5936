//! SQL of packages, and the reading of declared tables.

use super::PackageId;
use crate::requests::RequestId;
use ::store::{Store, StoreError, Tx};
use base::__uuid::Uuid;
use base::{SubjectId, Timestamp};
use policy::schema::{Column, Content, Table};
use sea_orm::QueryResult;

/// The declared table.
pub const TABLES: &[Table] = &[Table::new(
    "access_package",
    &[
        Column::plain("id"),
        Column::plain("request_id"),
        Column::plain("subject_id"),
        Column::secret("token_hash"),
        Column::personal("body", "rights"),
        Column::plain("sha256"),
        Column::plain("size_bytes"),
        Column::plain("created_at"),
        Column::plain("expires_at"),
    ],
)
.deleted_with("subject_id")];

/// A package as stored, without its body.
pub(super) struct PackageRow {
    pub id: PackageId,
    pub request: RequestId,
    pub subject: SubjectId,
    pub sha256: [u8; 32],
    pub size_bytes: u64,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

const ALL: &str = "id, request_id, subject_id, sha256, size_bytes, created_at, expires_at";

/// Puts a package in, unless its request has one.
pub(super) async fn insert(
    tx: &Tx,
    row: &PackageRow,
    token_hash: Option<[u8; 32]>,
    body: Vec<u8>,
) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO access_package (id, request_id, subject_id, token_hash, body, sha256, size_bytes, created_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (request_id) DO NOTHING",
        [
            row.id.uuid().into(),
            row.request.uuid().into(),
            row.subject.uuid().into(),
            token_hash.map(|hash| hash.to_vec()).into(),
            body.into(),
            row.sha256.to_vec().into(),
            row.size_bytes.cast_signed().into(),
            row.created_at.as_micros().into(),
            row.expires_at.as_micros().into(),
        ],
    )
    .await
}

pub(super) async fn by_id(store: &Store, id: PackageId) -> Result<Option<PackageRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM access_package WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(super) async fn by_request(store: &Store, request: RequestId) -> Result<Option<PackageRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM access_package WHERE request_id = $1");
    store.query_one(&sql, [request.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(super) async fn by_token(store: &Store, token_hash: &[u8; 32]) -> Result<Option<PackageRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM access_package WHERE token_hash = $1");
    store.query_one(&sql, [token_hash.to_vec().into()]).await?.as_ref().map(read).transpose()
}

pub(super) async fn body(store: &Store, id: PackageId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = store.query_one("SELECT body FROM access_package WHERE id = $1", [id.uuid().into()]).await?;
    Ok(row.map(|row| row.try_get("", "body")).transpose()?)
}

pub(super) async fn delete_expired(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM access_package WHERE expires_at <= $1", [now.as_micros().into()]).await
}

fn read(row: &QueryResult) -> Result<PackageRow, StoreError> {
    let sha256: Vec<u8> = row.try_get("", "sha256")?;
    Ok(PackageRow {
        id: PackageId::from_uuid(row.try_get("", "id")?),
        request: RequestId::from_uuid(row.try_get("", "request_id")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        sha256: sha256
            .try_into()
            .map_err(|_| StoreError::inconsistent("a package's hash that is not 32 bytes"))?,
        size_bytes: row.try_get::<i64>("", "size_bytes")?.unsigned_abs(),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        expires_at: Timestamp::from_micros(row.try_get("", "expires_at")?),
    })
}

/// A value of a declared row, as stored.
pub(super) enum Stored {
    Nothing,
    Number(i64),
    Truth(bool),
    Text(String),
    Id(Uuid),
    Bytes(Vec<u8>),
}

/// A row of a declared table: its columns that hold something to tell, its id and its revision.
pub(super) struct DeclaredRow {
    pub row_id: [u8; 16],
    pub revision: Option<u32>,
    pub values: Vec<(&'static Column, Stored)>,
}

/// Rows of a subject in a declared table, in the order of the first two columns. Names come from
/// declarations in code, never from input.
pub(super) async fn declared_rows(
    store: &Store,
    table: &'static Table,
    subject_column: &str,
    subject: SubjectId,
    offset: u64,
    limit: u32,
) -> Result<Vec<DeclaredRow>, StoreError> {
    // Secrets and blind indexes tell nothing; the envelope of a package is the copy itself.
    let told = |column: &&Column| match column.content {
        Content::Plain | Content::Public => true,
        Content::Personal { .. } => !(table.name == TABLES[0].name && column.name == "body"),
        Content::Secret | Content::BlindIndex { .. } => false,
    };
    let columns: Vec<&'static Column> = table.columns.iter().filter(told).collect();
    // The first declared column is the key of its table, or the first of its parts.
    let key = table.columns.first().map_or("id", |column| column.name);
    let order = table.columns.iter().take(2).map(|column| column.name).collect::<Vec<_>>().join(", ");
    let names = columns.iter().map(|column| column.name).chain([key]).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT {names} FROM {} WHERE {subject_column} = $1 ORDER BY {order} LIMIT $2 OFFSET $3",
        table.name
    );
    let rows = store
        .query(&sql, [subject.uuid().into(), i64::from(limit).into(), offset.cast_signed().into()])
        .await?;
    rows.iter()
        .map(|row| {
            let values = columns
                .iter()
                .map(|column| Ok((*column, stored(row, column)?)))
                .collect::<Result<Vec<_>, StoreError>>()?;
            let revision = match values.iter().find(|(column, _)| column.name == "revision") {
                Some((_, Stored::Number(n))) => u32::try_from(*n).ok(),
                _ => None,
            };
            Ok(DeclaredRow { row_id: row_id(row, key), revision, values })
        })
        .collect()
}

/// The part of the key that stands for the row in associated data: an id, or the beginning of a hash.
fn row_id(row: &QueryResult, key: &str) -> [u8; 16] {
    if let Ok(id) = row.try_get::<Uuid>("", key) {
        return *id.as_bytes();
    }
    let bytes: Vec<u8> = row.try_get("", key).unwrap_or_default();
    bytes.first_chunk::<16>().copied().unwrap_or_default()
}

/// Reads a value whose type the declaration does not tell.
fn stored(row: &QueryResult, column: &Column) -> Result<Stored, StoreError> {
    let name = column.name;
    if matches!(column.content, Content::Personal { .. }) {
        let bytes: Option<Vec<u8>> = row.try_get("", name)?;
        return Ok(bytes.map_or(Stored::Nothing, Stored::Bytes));
    }
    if let Ok(value) = row.try_get::<Option<i64>>("", name) {
        return Ok(value.map_or(Stored::Nothing, Stored::Number));
    }
    if let Ok(value) = row.try_get::<Option<bool>>("", name) {
        return Ok(value.map_or(Stored::Nothing, Stored::Truth));
    }
    if let Ok(value) = row.try_get::<Option<String>>("", name) {
        return Ok(value.map_or(Stored::Nothing, Stored::Text));
    }
    if let Ok(value) = row.try_get::<Option<Uuid>>("", name) {
        return Ok(value.map_or(Stored::Nothing, Stored::Id));
    }
    let bytes: Option<Vec<u8>> = row.try_get("", name)?;
    Ok(bytes.map_or(Stored::Nothing, Stored::Bytes))
}
