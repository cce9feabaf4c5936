//! The ledger's tables and its one sequencer (CRYPTO section 10).
//!
//! Business transactions put finished entries into `ledger_pending`; only the sequencer gives them
//! their place in the tree. Writers do not wait for each other, and what committed has a place
//! within a second. Two sequencers can never number: each round holds the row of `ledger_head`.

use crate::{Backend, Store, StoreError, Tx};
use ::ledger::{Entry, Frontier, leaf_hash};
use base::{SubjectId, Timestamp};
use sea_orm::QueryResult;

/// How many entries one round numbers at most.
const ROUND_MAX: u64 = 5_000;

/// The tree as far as it is numbered.
#[derive(Debug, Clone)]
pub struct LedgerHead {
    /// Size and frontier, from which the root follows.
    pub frontier: Frontier,
}

/// An entry with its place in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// Its place, from 0.
    pub position: u64,
    /// Its kind.
    pub kind: String,
    /// Its business time.
    pub at: Timestamp,
    /// Its bytes, as hashed.
    pub body: Vec<u8>,
}

/// An entry's bytes in the order of the tree.
pub type NumberedEntry = (u64, Vec<u8>);

pub(crate) async fn append(tx: &Tx, entry: &Entry, subjects: &[SubjectId]) -> Result<(), StoreError> {
    tx.execute("INSERT INTO ledger_pending (body) VALUES ($1)", [entry.bytes().to_vec().into()]).await?;
    for subject in subjects {
        tx.execute(
            "INSERT INTO ledger_link (leaf, subject_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            [entry.leaf_hash().as_bytes().to_vec().into(), subject.uuid().into()],
        )
        .await?;
    }
    Ok(())
}

/// Gives committed entries their place in the tree.
#[derive(Debug, Clone)]
pub struct Sequencer {
    store: Store,
}

impl Sequencer {
    /// A sequencer of this database.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Numbers what is pending, in rounds of at most 5,000, and tells how many there were.
    ///
    /// # Errors
    /// When the database fails; a round is whole or not at all.
    pub async fn run(&self) -> Result<u64, StoreError> {
        let mut total = 0;
        loop {
            let numbered = self.round().await?;
            total += numbered;
            if numbered < ROUND_MAX {
                return Ok(total);
            }
        }
    }

    async fn round(&self) -> Result<u64, StoreError> {
        if pending_count(&self.store).await? == 0 {
            return Ok(0);
        }
        let tx = self.store.begin().await?;
        tx.execute(
            "INSERT INTO ledger_head (id, size, frontier) VALUES (1, 0, $1) ON CONFLICT (id) DO NOTHING",
            [Frontier::default().to_bytes().into()],
        )
        .await?;
        let sql = format!("SELECT size, frontier FROM ledger_head WHERE id = 1{}", tx.for_update());
        let row = tx
            .query_one(&sql, [])
            .await?
            .ok_or_else(|| StoreError::inconsistent("the ledger has no head"))?;
        let mut frontier = read_frontier(&row)?;
        let rows = tx
            .query(
                "SELECT id, body FROM ledger_pending ORDER BY id LIMIT $1",
                [ROUND_MAX.cast_signed().into()],
            )
            .await?;
        let mut ids = Vec::with_capacity(rows.len());
        let mut bodies = Vec::with_capacity(rows.len());
        for row in &rows {
            ids.push(row.try_get::<i64>("", "id")?);
            bodies.push(row.try_get::<Vec<u8>>("", "body")?);
        }
        for chunk in bodies.chunks(200) {
            insert_entries(&tx, chunk, &mut frontier).await?;
        }
        if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
            delete_numbered(&tx, &ids, *first, *last).await?;
        }
        tx.execute(
            "UPDATE ledger_head SET size = $1, frontier = $2 WHERE id = 1",
            [frontier.size().cast_signed().into(), frontier.to_bytes().into()],
        )
        .await?;
        tx.commit().await?;
        Ok(rows.len() as u64)
    }
}

/// Puts numbered entries back that the database has lost, from the published tiles: after the restore
/// of an older copy. Entries that the copy still has pending get the place they had.
///
/// # Errors
/// [`StoreError::Conflict`] when the entries do not follow the last one of the database.
pub async fn adopt(store: &Store, from: u64, bodies: &[Vec<u8>]) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    tx.execute(
        "INSERT INTO ledger_head (id, size, frontier) VALUES (1, 0, $1) ON CONFLICT (id) DO NOTHING",
        [Frontier::default().to_bytes().into()],
    )
    .await?;
    let sql = format!("SELECT size, frontier FROM ledger_head WHERE id = 1{}", tx.for_update());
    let row =
        tx.query_one(&sql, []).await?.ok_or_else(|| StoreError::inconsistent("the ledger has no head"))?;
    let mut frontier = read_frontier(&row)?;
    if frontier.size() != from {
        return Err(StoreError::Conflict { what: "the ledger" });
    }
    for chunk in bodies.chunks(200) {
        insert_entries(&tx, chunk, &mut frontier).await?;
        for body in chunk {
            tx.execute("DELETE FROM ledger_pending WHERE body = $1", [body.clone().into()]).await?;
        }
    }
    tx.execute(
        "UPDATE ledger_head SET size = $1, frontier = $2 WHERE id = 1",
        [frontier.size().cast_signed().into(), frontier.to_bytes().into()],
    )
    .await?;
    tx.commit().await
}

async fn insert_entries(tx: &Tx, bodies: &[Vec<u8>], frontier: &mut Frontier) -> Result<(), StoreError> {
    let mut sql = String::from("INSERT INTO ledger_entry (position, leaf, kind, at, body) VALUES ");
    let mut values = Vec::with_capacity(bodies.len() * 5);
    for (i, body) in bodies.iter().enumerate() {
        let entry = Entry::from_bytes(body.clone())
            .map_err(|e| StoreError::inconsistent(format!("a ledger entry: {e}")))?;
        let leaf = leaf_hash(body);
        let n = i * 5;
        let comma = if i == 0 { "" } else { ", " };
        sql.push_str(&format!("{comma}(${}, ${}, ${}, ${}, ${})", n + 1, n + 2, n + 3, n + 4, n + 5));
        values.push(frontier.size().cast_signed().into());
        values.push(leaf.as_bytes().to_vec().into());
        values.push(entry.kind().to_owned().into());
        values.push(entry.time().as_micros().into());
        values.push(body.clone().into());
        frontier.push(leaf);
    }
    tx.execute(&sql, values).await?;
    Ok(())
}

/// Deletes exactly the rows that were read: on PostgreSQL a lower id may commit later.
async fn delete_numbered(tx: &Tx, ids: &[i64], first: i64, last: i64) -> Result<(), StoreError> {
    if last - first + 1 == ids.len() as i64 && tx.backend() == Backend::Sqlite {
        tx.execute("DELETE FROM ledger_pending WHERE id BETWEEN $1 AND $2", [first.into(), last.into()])
            .await?;
        return Ok(());
    }
    for chunk in ids.chunks(1_000) {
        let list = chunk.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        tx.execute(&format!("DELETE FROM ledger_pending WHERE id IN ({list})"), []).await?;
    }
    Ok(())
}

fn read_frontier(row: &QueryResult) -> Result<Frontier, StoreError> {
    let size: i64 = row.try_get("", "size")?;
    let bytes: Vec<u8> = row.try_get("", "frontier")?;
    let frontier = Frontier::from_bytes(&bytes)
        .map_err(|e| StoreError::inconsistent(format!("the ledger's head: {e}")))?;
    if frontier.size().cast_signed() != size {
        return Err(StoreError::inconsistent("the ledger's head and its size differ"));
    }
    Ok(frontier)
}

/// The head as committed.
///
/// # Errors
/// When the database fails or the head is damaged.
pub async fn head(store: &Store) -> Result<LedgerHead, StoreError> {
    let row = store.query_one("SELECT size, frontier FROM ledger_head WHERE id = 1", []).await?;
    let frontier = row.as_ref().map(read_frontier).transpose()?.unwrap_or_default();
    Ok(LedgerHead { frontier })
}

/// How many committed entries have no place yet.
///
/// # Errors
/// When the database fails.
pub async fn pending_count(store: &Store) -> Result<u64, StoreError> {
    let row = store.query_one("SELECT COUNT(*) AS n FROM ledger_pending", []).await?;
    let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(n.unsigned_abs())
}

/// Entries from a place on, in order.
///
/// # Errors
/// When the database fails.
pub async fn entries_from(store: &Store, position: u64, limit: u32) -> Result<Vec<LedgerRow>, StoreError> {
    let rows = store
        .query(
            "SELECT position, kind, at, body FROM ledger_entry WHERE position >= $1 ORDER BY position LIMIT $2",
            [position.cast_signed().into(), i64::from(limit.min(10_000)).into()],
        )
        .await?;
    rows.iter().map(ledger_row).collect()
}

/// Entries of a kind, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn entries_of_kind(store: &Store, kind: &str, limit: u32) -> Result<Vec<LedgerRow>, StoreError> {
    let rows = store
        .query(
            "SELECT position, kind, at, body FROM ledger_entry WHERE kind = $1 ORDER BY position DESC LIMIT $2",
            [kind.into(), i64::from(limit.min(10_000)).into()],
        )
        .await?;
    rows.iter().map(ledger_row).collect()
}

/// A page of entries, the latest first: of one kind, or of every kind.
///
/// # Errors
/// When the database fails.
pub async fn entries_page(
    store: &Store,
    kind: Option<&str>,
    offset: u64,
    limit: u32,
) -> Result<Vec<LedgerRow>, StoreError> {
    let page = [offset.cast_signed().into(), i64::from(limit.min(10_000)).into()];
    let rows = match kind {
        Some(kind) => {
            let sql = "SELECT position, kind, at, body FROM ledger_entry WHERE kind = $3 \
                       ORDER BY position DESC LIMIT $2 OFFSET $1";
            store.query(sql, page.into_iter().chain([kind.into()])).await?
        }
        None => {
            let sql =
                "SELECT position, kind, at, body FROM ledger_entry ORDER BY position DESC LIMIT $2 OFFSET $1";
            store.query(sql, page).await?
        }
    };
    rows.iter().map(ledger_row).collect()
}

/// The kinds of entries there are, each with how many there are of it.
///
/// # Errors
/// When the database fails.
pub async fn entry_kinds(store: &Store) -> Result<Vec<(String, u64)>, StoreError> {
    let sql = "SELECT kind, COUNT(*) AS n FROM ledger_entry GROUP BY kind ORDER BY kind";
    let rows = store.query(sql, []).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "kind")?, row.try_get::<i64>("", "n")?.unsigned_abs())))
        .collect()
}

/// The entry at a place.
///
/// # Errors
/// When the database fails.
pub async fn entry_at(store: &Store, position: u64) -> Result<Option<LedgerRow>, StoreError> {
    let row = store
        .query_one(
            "SELECT position, kind, at, body FROM ledger_entry WHERE position = $1",
            [position.cast_signed().into()],
        )
        .await?;
    row.as_ref().map(ledger_row).transpose()
}

/// The place of an entry, by its leaf hash; none while it is pending.
///
/// # Errors
/// When the database fails.
pub async fn index_of_leaf(store: &Store, leaf: &[u8; 32]) -> Result<Option<u64>, StoreError> {
    let row =
        store.query_one("SELECT position FROM ledger_entry WHERE leaf = $1", [leaf.to_vec().into()]).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "position")).transpose()?.map(i64::cast_unsigned))
}

/// The entries that tell of a subject, the latest first, as long as the subject is not erased.
///
/// # Errors
/// When the database fails.
pub async fn entries_of_subject(
    store: &Store,
    subject: SubjectId,
    limit: u32,
) -> Result<Vec<LedgerRow>, StoreError> {
    let rows = store
        .query(
            "SELECT e.position, e.kind, e.at, e.body FROM ledger_link l JOIN ledger_entry e ON e.leaf = l.leaf \
             WHERE l.subject_id = $1 ORDER BY e.position DESC LIMIT $2",
            [subject.uuid().into(), i64::from(limit.min(1_000)).into()],
        )
        .await?;
    rows.iter().map(ledger_row).collect()
}

fn ledger_row(row: &QueryResult) -> Result<LedgerRow, StoreError> {
    Ok(LedgerRow {
        position: row.try_get::<i64>("", "position")?.cast_unsigned(),
        kind: row.try_get("", "kind")?,
        at: Timestamp::from_micros(row.try_get("", "at")?),
        body: row.try_get("", "body")?,
    })
}
