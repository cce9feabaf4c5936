//! SQL of releases; requests and questions are envelopes under the keys of their case.

use super::model::{Approved, EndReason, Query, QueryId, Release, ReleaseFilter, ReleaseState};
use super::request::{Ground, ReleaseId, Request};
use crate::OfficeError;
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::{Day, Random, Sensitive, SubjectId, Timestamp};
use keys::seal::{RequestHash, SessionId, SiteId};
use keys::{Cell, DataKey, Sealed, purpose::Incidents};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

/// Checkpoints that officers may have seen, at most: as many as a dossier takes.
const CHECKPOINTS_MAX: i64 = 60;

/// The tables of this slice. What names a release goes before the release.
pub const TABLES: &[Table] = &[
    Table::new(
        "release_query",
        &[
            Column::plain("id"),
            Column::plain("release_id"),
            Column::plain("subject_id"),
            Column::personal("question", "incidents"),
            Column::plain("asked_by"),
            Column::plain("asked_at"),
            Column::plain("found"),
            Column::secret("leaf"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new("release_site", &[Column::plain("release_id"), Column::plain("site_id")]),
    Table::new(
        "release_approval",
        &[
            Column::plain("release_id"),
            Column::plain("officer"),
            Column::secret("approval"),
            Column::secret("leaf"),
            Column::plain("brought_by"),
            Column::plain("created_at"),
        ],
    ),
    Table::new(
        "release_answer",
        &[
            Column::plain("release_id"),
            Column::secret("session"),
            Column::plain("officer"),
            Column::secret("answer"),
            Column::plain("brought_by"),
            Column::plain("created_at"),
        ],
    ),
    Table::new(
        "release",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::plain("ground"),
            Column::plain("ground_id"),
            Column::personal("request", "incidents"),
            Column::secret("request_hash"),
            Column::plain("parts"),
            Column::plain("labels"),
            Column::plain("first_day"),
            Column::plain("last_day"),
            Column::plain("state"),
            Column::plain("end_reason"),
            Column::plain("asked_by"),
            Column::plain("asked_at"),
            Column::plain("not_after"),
            Column::plain("opened_at"),
            Column::plain("ended_at"),
            Column::secret("leaf"),
            Column::secret("opened_leaf"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "release_checkpoint",
        &[Column::plain("size"), Column::secret("root"), Column::plain("shown_at")],
    ),
];

fn bytes<const N: usize>(row: &QueryResult, column: &str) -> Result<[u8; N], StoreError> {
    let found: Vec<u8> = row.try_get("", column)?;
    found.try_into().map_err(|_| StoreError::inconsistent(format!("{column} of the wrong length")))
}

fn day(row: &QueryResult, column: &str) -> Result<Day, StoreError> {
    let number: i64 = row.try_get("", column)?;
    u32::try_from(number).map(Day::from_number).map_err(|_| StoreError::inconsistent("a wild day"))
}

fn count(row: &QueryResult, column: &str) -> Result<u64, StoreError> {
    let number: i64 = row.try_get("", column)?;
    u64::try_from(number).map_err(|_| StoreError::inconsistent(format!("{column} below nothing")))
}

fn officer(row: &QueryResult) -> Result<u16, StoreError> {
    u16::try_from(row.try_get::<i64>("", "officer")?).map_err(|_| StoreError::inconsistent("a wild officer"))
}

fn instant(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
}

fn id(bytes: &[u8]) -> Value {
    bytes.to_vec().into()
}

const fn cell(id: ReleaseId, subject: SubjectId) -> Cell {
    Cell { table: "release", column: "request", row: id.bytes(), revision: None, subject }
}

const fn query_cell(id: QueryId, subject: SubjectId) -> Cell {
    Cell { table: "release_query", column: "question", row: id.bytes(), revision: None, subject }
}

/// A release to be.
pub(super) struct NewRelease<'a> {
    pub subject: SubjectId,
    pub ground_id: uuid::Uuid,
    pub request: &'a Request,
    pub parts: Vec<u8>,
    pub labels: u64,
    pub days: (Day, Day),
    pub asked_by: SubjectId,
    pub asked_at: Timestamp,
    pub leaf: [u8; 32],
}

pub(super) async fn insert(
    tx: &Tx,
    new: &NewRelease<'_>,
    key: &DataKey<Incidents>,
    random: &dyn Random,
) -> Result<(), StoreError> {
    let request = new.request;
    let release = request.release();
    let sealed = key.seal(&cell(release, new.subject), request.text().as_bytes(), random);
    tx.execute(
        "INSERT INTO release (id, subject_id, ground, ground_id, request, request_hash, parts, labels, first_day, \
         last_day, state, asked_by, asked_at, not_after, leaf) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'requested', $11, $12, $13, $14)",
        [
            release.uuid().into(),
            new.subject.uuid().into(),
            ground_word(request.ground()).into(),
            new.ground_id.into(),
            sealed.into_bytes().into(),
            id(request.hash().bytes()),
            new.parts.clone().into(),
            i64::try_from(new.labels).unwrap_or(i64::MAX).into(),
            i64::from(new.days.0.number()).into(),
            i64::from(new.days.1.number()).into(),
            new.asked_by.uuid().into(),
            new.asked_at.as_micros().into(),
            request.not_after().as_micros().into(),
            id(&new.leaf),
        ],
    )
    .await?;
    for site in request.scope().sites() {
        tx.execute(
            "INSERT INTO release_site (release_id, site_id) VALUES ($1, $2)",
            [release.uuid().into(), id(site.bytes())],
        )
        .await?;
    }
    Ok(())
}

const fn ground_word(ground: Ground) -> &'static str {
    match ground {
        Ground::Incident => "incident",
        Ground::LawfulOrder => "lawful-order",
    }
}

/// A release whose request is closed.
pub(super) struct Row {
    pub subject: SubjectId,
    request: Vec<u8>,
    pub parts: Vec<u8>,
    pub release: Release,
}

impl Row {
    /// Opens the request.
    pub(super) fn open(&self, key: &DataKey<Incidents>) -> Result<Request, OfficeError> {
        let sealed = Sealed::from_bytes(self.request.clone())?;
        let text = key.open(&cell(self.release.id, self.subject), &sealed)?;
        Request::parse(text.text()?)
            .map_err(|error| OfficeError::Store(StoreError::inconsistent(format!("a request: {error}"))))
    }
}

const ROW: &str = "SELECT id, subject_id, ground, ground_id, request, request_hash, parts, labels, first_day, last_day, \
                   state, end_reason, asked_by, asked_at, not_after, opened_at, ended_at, leaf, opened_leaf FROM release";

fn read(row: &QueryResult) -> Result<Row, StoreError> {
    let (ground, state): (String, String) = (row.try_get("", "ground")?, row.try_get("", "state")?);
    let end: Option<String> = row.try_get("", "end_reason")?;
    let ground = [Ground::Incident, Ground::LawfulOrder].into_iter().find(|one| ground_word(*one) == ground);
    let opened_leaf: Option<Vec<u8>> = row.try_get("", "opened_leaf")?;
    let release = Release {
        id: ReleaseId::from_uuid(row.try_get("", "id")?),
        ground: ground.ok_or_else(|| StoreError::inconsistent("a release on an unknown ground"))?,
        ground_id: row.try_get("", "ground_id")?,
        hash: RequestHash::from_bytes(bytes(row, "request_hash")?),
        labels: count(row, "labels")?,
        days: (day(row, "first_day")?, day(row, "last_day")?),
        state: ReleaseState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("a release in an unknown state"))?,
        end_reason: end.as_deref().and_then(EndReason::parse),
        asked_by: SubjectId::from_uuid(row.try_get("", "asked_by")?),
        asked_at: Timestamp::from_micros(row.try_get("", "asked_at")?),
        not_after: Timestamp::from_micros(row.try_get("", "not_after")?),
        opened_at: instant(row, "opened_at")?,
        ended_at: instant(row, "ended_at")?,
        leaf: bytes(row, "leaf")?,
        opened_leaf: opened_leaf
            .map(|leaf| leaf.try_into().map_err(|_| StoreError::inconsistent("a leaf of the wrong length")))
            .transpose()?,
    };
    Ok(Row {
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        request: row.try_get("", "request")?,
        parts: row.try_get("", "parts")?,
        release,
    })
}

pub(super) async fn by_id(store: &Store, release: ReleaseId) -> Result<Option<Row>, StoreError> {
    let sql = format!("{ROW} WHERE id = $1");
    store.query_one(&sql, [release.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(super) async fn list(
    store: &Store,
    filter: ReleaseFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<Release>, u64), StoreError> {
    let (mut condition, mut values) = (String::from("1 = 1"), Vec::<Value>::new());
    if let Some(state) = filter.state {
        values.push(state.as_str().into());
        condition.push_str(&format!(" AND state = ${}", values.len()));
    }
    if let Some(ground) = filter.ground_id {
        values.push(ground.into());
        condition.push_str(&format!(" AND ground_id = ${}", values.len()));
    }
    let total = store
        .query_one(&format!("SELECT COUNT(*) AS n FROM release WHERE {condition}"), values.clone())
        .await?
        .map_or(Ok(0), |row| count(&row, "n"))?;
    let (n, m) = (values.len() + 1, values.len() + 2);
    values.push(i64::from(limit).into());
    values.push(i64::try_from(offset).unwrap_or(i64::MAX).into());
    let sql = format!("{ROW} WHERE {condition} ORDER BY asked_at DESC, id DESC LIMIT ${n} OFFSET ${m}");
    let rows = store.query(&sql, values).await?;
    Ok((rows.iter().map(|row| Ok(read(row)?.release)).collect::<Result<_, StoreError>>()?, total))
}

/// Releases that named a site of a customer.
pub(super) async fn of_customer(
    store: &Store,
    customer: CustomerId,
) -> Result<Vec<(SiteId, Release)>, StoreError> {
    let sql = "SELECT r.id, r.subject_id, r.ground, r.ground_id, r.request, r.request_hash, r.parts, r.labels, \
               r.first_day, r.last_day, r.state, r.end_reason, r.asked_by, r.asked_at, r.not_after, r.opened_at, \
               r.ended_at, r.leaf, r.opened_leaf, s.site_id AS site_id FROM release r \
               JOIN release_site s ON s.release_id = r.id JOIN log_site l ON l.id = s.site_id \
               WHERE l.customer_id = $1 AND r.opened_at IS NOT NULL ORDER BY r.opened_at DESC LIMIT 1000";
    let rows = store.query(sql, [customer.uuid().into()]).await?;
    rows.iter().map(|row| Ok((SiteId::from_bytes(bytes(row, "site_id")?), read(row)?.release))).collect()
}

/// Releases that should have ended.
pub(super) async fn past(store: &Store, now: Timestamp) -> Result<Vec<ReleaseId>, StoreError> {
    let sql = "SELECT id FROM release WHERE state <> 'ended' AND not_after <= $1 ORDER BY id LIMIT 500";
    let rows = store.query(sql, [now.as_micros().into()]).await?;
    rows.iter().map(|row| Ok(ReleaseId::from_uuid(row.try_get("", "id")?))).collect()
}

pub(super) async fn all(store: &Store, after: Option<ReleaseId>, limit: u32) -> Result<Vec<Row>, StoreError> {
    let after = after.map_or(uuid::Uuid::nil(), ReleaseId::uuid);
    let sql = format!("{ROW} WHERE id > $1 ORDER BY id LIMIT $2");
    store.query(&sql, [after.into(), i64::from(limit).into()]).await?.iter().map(read).collect()
}

pub(super) async fn set_open(
    tx: &Tx,
    release: ReleaseId,
    leaf: &[u8; 32],
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE release SET state = 'open', opened_at = $2, opened_leaf = $3 WHERE id = $1 AND state = 'requested' \
         AND not_after > $2",
        [release.uuid().into(), now.as_micros().into(), id(leaf)],
    )
    .await
}

pub(super) async fn set_ended(
    tx: &Tx,
    release: ReleaseId,
    why: EndReason,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE release SET state = 'ended', end_reason = $2, ended_at = $3 WHERE id = $1 AND state <> 'ended'",
        [release.uuid().into(), why.as_str().into(), now.as_micros().into()],
    )
    .await
}

/// Locks a release that is in a state.
pub(super) async fn lock(tx: &Tx, release: ReleaseId, state: ReleaseState) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM release WHERE id = $1 AND state = $2{}", tx.for_update());
    Ok(tx.query_one(&sql, [release.uuid().into(), state.as_str().into()]).await?.is_some())
}

pub(super) async fn insert_approval(
    tx: &Tx,
    release: ReleaseId,
    officer: u16,
    text: &str,
    leaf: &[u8; 32],
    by: SubjectId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO release_approval (release_id, officer, approval, leaf, brought_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [
            release.uuid().into(),
            i64::from(officer).into(),
            text.into(),
            id(leaf),
            by.uuid().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn approvals(store: &Store, release: ReleaseId) -> Result<Vec<Approved>, StoreError> {
    let sql = "SELECT officer, approval, leaf, created_at FROM release_approval WHERE release_id = $1 ORDER BY officer";
    let rows = store.query(sql, [release.uuid().into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Approved {
                officer: officer(row)?,
                text: row.try_get("", "approval")?,
                leaf: bytes(row, "leaf")?,
                at: Timestamp::from_micros(row.try_get("", "created_at")?),
            })
        })
        .collect()
}

pub(super) async fn insert_answer(
    tx: &Tx,
    release: ReleaseId,
    session: SessionId,
    officer: u16,
    text: &str,
    by: SubjectId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO release_answer (release_id, session, officer, answer, brought_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [
            release.uuid().into(),
            id(session.bytes()),
            i64::from(officer).into(),
            text.into(),
            by.uuid().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Session of the ceremony, officer and text of each answer.
pub(super) async fn answers(
    store: &Store,
    release: ReleaseId,
) -> Result<Vec<(SessionId, u16, String)>, StoreError> {
    let sql =
        "SELECT session, officer, answer FROM release_answer WHERE release_id = $1 ORDER BY session, officer";
    let rows = store.query(sql, [release.uuid().into()]).await?;
    rows.iter()
        .map(|row| {
            Ok((SessionId::from_bytes(bytes(row, "session")?), officer(row)?, row.try_get("", "answer")?))
        })
        .collect()
}

/// A question to be.
pub(super) struct NewQuery<'a> {
    pub id: QueryId,
    pub release: ReleaseId,
    pub subject: SubjectId,
    pub question: &'a str,
    pub asked_by: SubjectId,
    pub leaf: [u8; 32],
}

pub(super) async fn insert_query(
    tx: &Tx,
    new: &NewQuery<'_>,
    key: &DataKey<Incidents>,
    random: &dyn Random,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sealed = key.seal(&query_cell(new.id, new.subject), new.question.as_bytes(), random);
    tx.execute(
        "INSERT INTO release_query (id, release_id, subject_id, question, asked_by, asked_at, leaf) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [
            new.id.uuid().into(),
            new.release.uuid().into(),
            new.subject.uuid().into(),
            sealed.into_bytes().into(),
            new.asked_by.uuid().into(),
            now.as_micros().into(),
            id(&new.leaf),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_found(store: &Store, query: QueryId, found: u64) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    tx.execute(
        "UPDATE release_query SET found = $2 WHERE id = $1",
        [query.uuid().into(), i64::try_from(found).unwrap_or(i64::MAX).into()],
    )
    .await?;
    tx.commit().await
}

/// The questions of a release, opened, the first first.
pub(super) async fn queries(
    store: &Store,
    release: ReleaseId,
    key: &DataKey<Incidents>,
) -> Result<Vec<Query>, OfficeError> {
    let sql = "SELECT id, subject_id, question, asked_by, asked_at, found, leaf FROM release_query \
               WHERE release_id = $1 ORDER BY asked_at, id LIMIT 10000";
    let rows = store.query(sql, [release.uuid().into()]).await?;
    let read = |row: &QueryResult| -> Result<Query, OfficeError> {
        let id = QueryId::from_uuid(row.try_get("", "id").map_err(StoreError::from)?);
        let subject = SubjectId::from_uuid(row.try_get("", "subject_id").map_err(StoreError::from)?);
        let sealed: Vec<u8> = row.try_get("", "question").map_err(StoreError::from)?;
        let question = key.open(&query_cell(id, subject), &Sealed::from_bytes(sealed)?)?;
        let found: Option<i64> = row.try_get("", "found").map_err(StoreError::from)?;
        Ok(Query {
            id,
            question: Sensitive::new(question.text()?.to_owned()),
            asked_by: SubjectId::from_uuid(row.try_get("", "asked_by").map_err(StoreError::from)?),
            asked_at: Timestamp::from_micros(row.try_get("", "asked_at").map_err(StoreError::from)?),
            found: found.map(i64::unsigned_abs),
            leaf: bytes(row, "leaf")?,
        })
    };
    rows.iter().map(read).collect()
}

/// When the first question of each release was asked, for the promise.
pub(super) async fn first_query(store: &Store, release: ReleaseId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MIN(asked_at) AS first FROM release_query WHERE release_id = $1";
    store
        .query_one(sql, [release.uuid().into()])
        .await?
        .as_ref()
        .map_or(Ok(None), |row| instant(row, "first"))
}

/// Remembers a checkpoint that officers were shown, and gives those before it.
pub(super) async fn show_checkpoint(
    store: &Store,
    size: u64,
    root: &[u8; 32],
    now: Timestamp,
) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
    let tx = store.begin().await?;
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let sql = "SELECT size, root FROM release_checkpoint WHERE size < $1 ORDER BY size DESC LIMIT $2";
    let rows = tx.query(sql, [size.into(), CHECKPOINTS_MAX.into()]).await?;
    tx.execute(
        "INSERT INTO release_checkpoint (size, root, shown_at) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING",
        [size.into(), id(root), now.as_micros().into()],
    )
    .await?;
    tx.execute(
        "DELETE FROM release_checkpoint WHERE size NOT IN (SELECT size FROM release_checkpoint ORDER BY size DESC \
         LIMIT $1)",
        [CHECKPOINTS_MAX.into()],
    )
    .await?;
    tx.commit().await?;
    rows.iter().map(|row| Ok((count(row, "size")?, bytes(row, "root")?))).collect()
}

/// Whether officers were shown a checkpoint with this root.
pub(super) async fn was_shown(store: &Store, root: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(store
        .query_one("SELECT 1 AS yes FROM release_checkpoint WHERE root = $1", [id(root)])
        .await?
        .is_some())
}

/// How many questions a release had.
pub(super) async fn count_queries(store: &Store, release: ReleaseId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM release_query WHERE release_id = $1";
    store.query_one(sql, [release.uuid().into()]).await?.map_or(Ok(0), |row| count(&row, "n"))
}
