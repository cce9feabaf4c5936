//! SQL of verdicts, of versions of the policy, and of the looks at living data that verdicts need.

use super::model::{Evidence, Finding, Outcome, Verdict};
use crate::OfficeError;
use ::store::{Store, StoreError, Tx, db_statement};
use base::Timestamp;
use futures_util::TryStreamExt as _;
use policy::PromiseId;
use policy::schema::{Column, OnErasure, Table};
use sea_orm::{ConnectionTrait as _, QueryResult, StreamTrait as _, Value};

base::id_type!(
    /// The id of one run over all promises.
    RunId,
    "run"
);

/// The declared tables.
pub const TABLES: &[Table] = &[
    Table::new(
        "policy_version",
        &[
            Column::public("hash"),
            Column::plain("in_force_from"),
            Column::public("body"),
            Column::public("statement_nl"),
            Column::public("statement_en"),
            Column::plain("leaf"),
        ],
    ),
    Table::new(
        "verdict",
        &[
            Column::plain("id"),
            Column::plain("promise"),
            Column::plain("outcome"),
            Column::plain("checked_at"),
            Column::plain("checked_count"),
            Column::plain("broken_count"),
            Column::public("evidence"),
            Column::plain("run_id"),
            Column::plain("leaf"),
        ],
    ),
    Table::new(
        "submission",
        &[Column::plain("token"), Column::plain("location"), Column::plain("created_at")],
    ),
    Table::new("counter", &[Column::plain("name"), Column::plain("value")]),
];

/// A version of the policy that is or was in force.
#[derive(Debug, Clone)]
pub struct PolicyVersion {
    /// SHA-256 of the text.
    pub hash: [u8; 32],
    /// Since when.
    pub in_force_from: Timestamp,
    /// The text.
    pub body: String,
    /// Hash of the Dutch statement.
    pub statement_nl: [u8; 32],
    /// Hash of the English statement.
    pub statement_en: [u8; 32],
}

pub(super) async fn insert_version(
    tx: &Tx,
    version: &PolicyVersion,
    leaf: &[u8; 32],
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO policy_version (hash, in_force_from, body, statement_nl, statement_en, leaf) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [
            version.hash.to_vec().into(),
            version.in_force_from.as_micros().into(),
            version.body.clone().into(),
            version.statement_nl.to_vec().into(),
            version.statement_en.to_vec().into(),
            leaf.to_vec().into(),
        ],
    )
    .await?;
    Ok(())
}

/// All versions, the oldest first.
pub(super) async fn all_versions(store: &Store) -> Result<Vec<PolicyVersion>, StoreError> {
    let rows = store
        .query(
            "SELECT hash, in_force_from, body, statement_nl, statement_en FROM policy_version ORDER BY in_force_from",
            [],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(PolicyVersion {
                hash: hash(row, "hash")?,
                in_force_from: Timestamp::from_micros(row.try_get("", "in_force_from")?),
                body: row.try_get("", "body")?,
                statement_nl: hash(row, "statement_nl")?,
                statement_en: hash(row, "statement_en")?,
            })
        })
        .collect()
}

fn hash(row: &QueryResult, column: &str) -> Result<[u8; 32], StoreError> {
    let bytes: Vec<u8> = row.try_get("", column)?;
    bytes.try_into().map_err(|_| StoreError::inconsistent(format!("{column} is not a hash")))
}

/// A verdict's row.
pub(super) struct NewVerdict<'a> {
    pub id: RunId,
    pub run: RunId,
    pub finding: &'a Finding,
    pub evidence: &'a str,
    pub at: Timestamp,
    pub leaf: &'a [u8; 32],
}

pub(super) async fn insert_verdict(tx: &Tx, new: &NewVerdict<'_>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO verdict (id, promise, outcome, checked_at, checked_count, broken_count, evidence, run_id, leaf) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
            new.id.uuid().into(),
            new.finding.promise.to_string().into(),
            new.finding.outcome.as_str().into(),
            new.at.as_micros().into(),
            new.finding.checked.cast_signed().into(),
            new.finding.broken.cast_signed().into(),
            new.evidence.into(),
            new.run.uuid().into(),
            new.leaf.to_vec().into(),
        ],
    )
    .await?;
    Ok(())
}

/// The verdicts of the last run.
pub(super) async fn last_run(store: &Store) -> Result<Vec<Verdict>, OfficeError> {
    let rows = store
        .query(
            "SELECT promise, outcome, checked_at, checked_count, broken_count, evidence, leaf FROM verdict \
             WHERE run_id = (SELECT run_id FROM verdict ORDER BY checked_at DESC, id DESC LIMIT 1) ORDER BY promise",
            [],
        )
        .await?;
    rows.iter().map(verdict).collect()
}

/// The verdicts on one promise, the latest first.
pub(super) async fn history(
    store: &Store,
    promise: PromiseId,
    limit: u32,
) -> Result<Vec<Verdict>, OfficeError> {
    let rows = store
        .query(
            "SELECT promise, outcome, checked_at, checked_count, broken_count, evidence, leaf FROM verdict \
             WHERE promise = $1 ORDER BY checked_at DESC, id DESC LIMIT $2",
            [promise.to_string().into(), i64::from(limit).into()],
        )
        .await?;
    rows.iter().map(verdict).collect()
}

fn verdict(row: &QueryResult) -> Result<Verdict, OfficeError> {
    let promise: String = row.try_get("", "promise")?;
    let outcome: String = row.try_get("", "outcome")?;
    let text: String = row.try_get("", "evidence")?;
    let evidence: Evidence =
        serde_json::from_str(&text).map_err(|_| StoreError::inconsistent("the evidence of a verdict"))?;
    Ok(Verdict {
        promise: promise.parse().map_err(|_| StoreError::inconsistent("a verdict on an unknown promise"))?,
        outcome: Outcome::parse(&outcome).ok_or_else(|| StoreError::inconsistent("an unknown verdict"))?,
        checked_at: Timestamp::from_micros(row.try_get("", "checked_at")?),
        checked: row.try_get::<i64>("", "checked_count")?.unsigned_abs(),
        broken: row.try_get::<i64>("", "broken_count")?.unsigned_abs(),
        evidence,
        evidence_sha256: super::service::sha256_hex(text.as_bytes()),
        leaf: hex::encode(row.try_get::<Vec<u8>>("", "leaf")?),
    })
}

/// Walks the envelopes of one personal column and hands each to `see` with its subject.
pub(super) async fn each_envelope(
    store: &Store,
    table: &Table,
    column: &str,
    mut see: impl FnMut(&[u8]),
) -> Result<(), StoreError> {
    let sql = format!("SELECT {column} AS sealed FROM {} WHERE {column} IS NOT NULL", table.name);
    let mut rows = store.read().stream_raw(db_statement(store, &sql)).await?;
    while let Some(row) = rows.try_next().await? {
        see(&row.try_get::<Vec<u8>>("", "sealed")?);
    }
    Ok(())
}

/// How many rows of a table belong to subjects that are erased.
pub(super) async fn rows_of_erased(store: &Store, table: &Table) -> Result<u64, StoreError> {
    let (OnErasure::Delete { subject } | OnErasure::Clear { subject }) = table.erasure else { return Ok(0) };
    let sql = format!(
        "SELECT COUNT(*) AS n FROM {} t JOIN subject s ON s.id = t.{subject} WHERE s.state = 'erased'",
        table.name
    );
    let row = store.read().query_one_raw(db_statement(store, &sql)).await?;
    let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(n.unsigned_abs())
}

/// What still runs of customers who are erased.
pub(super) struct Running {
    /// Services that have not ended.
    pub services: u64,
    /// Agreements that are not dissolved.
    pub agreements: u64,
    /// Tasks by which staff take something away that are still open, and of these those that are late.
    pub tasks: u64,
    pub late_tasks: u64,
}

/// What still runs of customers who are erased: those whose row has no subject any more.
pub(super) async fn running_of_erased(store: &Store, now: Timestamp) -> Result<Running, StoreError> {
    let count = async |sql: &str, values: Vec<Value>| -> Result<u64, StoreError> {
        let row = store.query_one(sql, values).await?;
        Ok(row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0).unsigned_abs())
    };
    let tasks = "SELECT COUNT(*) AS n FROM task t JOIN service s ON s.id = t.service_id \
                 WHERE t.state = 'open' AND s.ended_reason = 'erased'";
    Ok(Running {
        services: count(
            "SELECT COUNT(*) AS n FROM service WHERE subject_id IS NULL AND state <> 'ended'",
            vec![],
        )
        .await?,
        agreements: count(
            "SELECT COUNT(*) AS n FROM agreement WHERE subject_id IS NULL AND state <> 'dissolved'",
            vec![],
        )
        .await?,
        tasks: count(tasks, vec![]).await?,
        late_tasks: count(&format!("{tasks} AND t.due_at < $1"), vec![now.as_micros().into()]).await?,
    })
}

/// Contacts outward since the beginning, by recipient and host, that were not refused.
pub(super) async fn contacts(store: &Store) -> Result<Vec<(String, String, u64)>, StoreError> {
    let rows = store
        .query(
            "SELECT recipient, host, COUNT(*) AS n FROM outbound_contact WHERE state <> 'refused' \
             GROUP BY recipient, host",
            [],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("", "recipient")?,
                row.try_get("", "host")?,
                row.try_get::<i64>("", "n")?.unsigned_abs(),
            ))
        })
        .collect()
}

/// A former customer: its id, since when it was known, and when its agreement ended.
pub(super) struct Former {
    pub id: crate::customers::CustomerId,
    pub created_at: Timestamp,
    pub ended_at: Timestamp,
}

/// Customers whose agreement ended on or before an instant; at most 1,000.
pub(super) async fn former_customers(store: &Store, before: Timestamp) -> Result<Vec<Former>, StoreError> {
    let rows = store
        .query(
            "SELECT id, created_at, agreement_ended_at FROM customer \
             WHERE agreement_ended_at <= $1 AND import_id IS NULL ORDER BY agreement_ended_at LIMIT 1000",
            [before.as_micros().into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Former {
                id: crate::customers::CustomerId::from_uuid(row.try_get("", "id")?),
                created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
                ended_at: Timestamp::from_micros(row.try_get("", "agreement_ended_at")?),
            })
        })
        .collect()
}
