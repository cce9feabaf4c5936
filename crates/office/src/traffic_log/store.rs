//! SQL of the traffic log; domains and openings are envelopes.

use super::model::{
    Destruction, DestructionId, DestructionReason, DestructionState, Kept, LogSite, Node, NodeState,
    PublicKey, SegmentRow,
};
use crate::OfficeError;
use crate::customers::CustomerId;
use crate::services::ServiceId;
use ::store::{Store, StoreError, Tx};
use base::{Day, Sensitive, SubjectId, Timestamp};
use keys::seal::{EpochId, NodeId, SiteId};
use keys::{Cell, DataKey, Sealed, purpose::Account};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

/// Machines at most.
pub(super) const NODES_MAX: u32 = 10_000;

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "node",
        &[
            Column::plain("id"),
            Column::plain("name"),
            Column::secret("sign_key"),
            Column::secret("token_hash"),
            Column::plain("state"),
            Column::plain("proposed_by"),
            Column::plain("confirmed_by"),
            Column::secret("last_manifest"),
            Column::plain("last_seq"),
            Column::plain("last_seen_at"),
            Column::secret("leaf"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
        ],
    ),
    Table::new(
        "log_site",
        &[
            Column::plain("id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("service_id"),
            Column::personal("domain", "account"),
            Column::personal("opening", "account"),
            Column::secret("commitment"),
            Column::secret("leaf"),
            Column::plain("first_day"),
            Column::plain("last_day"),
            Column::plain("ended_at"),
            Column::plain("created_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "log_segment",
        &[
            Column::plain("day"),
            Column::plain("node_id"),
            Column::plain("seq"),
            Column::secret("segment_id"),
            Column::plain("epoch_id"),
            Column::secret("manifest_hash"),
            Column::secret("previous_hash"),
            Column::plain("data_bytes"),
            Column::plain("records"),
            Column::plain("sites"),
            Column::secret("leaf"),
            Column::plain("received_at"),
            Column::plain("destroyed_at"),
        ],
    ),
    Table::new(
        "log_destruction",
        &[
            Column::plain("id"),
            Column::plain("state"),
            Column::plain("reason"),
            Column::plain("first_day"),
            Column::plain("last_day"),
            Column::plain("days"),
            Column::plain("confirmed_by"),
            Column::plain("confirmed_too"),
            Column::plain("key_objects"),
            Column::plain("data_objects"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
        ],
    ),
];

fn bytes<const N: usize>(row: &QueryResult, column: &str) -> Result<[u8; N], StoreError> {
    let found: Vec<u8> = row.try_get("", column)?;
    found.try_into().map_err(|_| StoreError::inconsistent(format!("{column} of the wrong length")))
}

fn maybe_bytes<const N: usize>(row: &QueryResult, column: &str) -> Result<Option<[u8; N]>, StoreError> {
    let found: Option<Vec<u8>> = row.try_get("", column)?;
    found
        .map(|found| {
            found.try_into().map_err(|_| StoreError::inconsistent(format!("{column} of the wrong length")))
        })
        .transpose()
}

fn day(row: &QueryResult, column: &str) -> Result<Day, StoreError> {
    to_day(row.try_get("", column)?)
}

fn to_day(number: i64) -> Result<Day, StoreError> {
    u32::try_from(number).map(Day::from_number).map_err(|_| StoreError::inconsistent("a wild day"))
}

fn number(row: &QueryResult, column: &str) -> Result<u64, StoreError> {
    let found: i64 = row.try_get("", column)?;
    u64::try_from(found).map_err(|_| StoreError::inconsistent(format!("{column} below nothing")))
}

fn small(row: &QueryResult, column: &str) -> Result<u32, StoreError> {
    u32::try_from(number(row, column)?).map_err(|_| StoreError::inconsistent(format!("a wild {column}")))
}

fn instant(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
}

fn id(bytes: &[u8]) -> Value {
    bytes.to_vec().into()
}

const NODE: &str = "SELECT id, name, sign_key, state, proposed_by, confirmed_by, last_manifest, last_seq, \
                    last_seen_at, created_at FROM node";

fn read_node(row: &QueryResult) -> Result<Node, StoreError> {
    let state: String = row.try_get("", "state")?;
    Ok(Node {
        id: NodeId::from_bytes(bytes(row, "id")?),
        name: row.try_get("", "name")?,
        sign_key: bytes(row, "sign_key")?,
        state: NodeState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("a machine in an unknown state"))?,
        proposed_by: SubjectId::from_uuid(row.try_get("", "proposed_by")?),
        confirmed_by: row.try_get::<Option<_>>("", "confirmed_by")?.map(SubjectId::from_uuid),
        last_manifest: maybe_bytes(row, "last_manifest")?,
        last_seq: row
            .try_get::<Option<i64>>("", "last_seq")?
            .map(|seq| u32::try_from(seq).map_err(|_| StoreError::inconsistent("a wild last_seq")))
            .transpose()?,
        last_seen_at: instant(row, "last_seen_at")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}

/// All machines, by name.
pub(super) async fn nodes(store: &Store) -> Result<Vec<Node>, StoreError> {
    let sql = format!("{NODE} ORDER BY name LIMIT $1");
    store.query(&sql, [i64::from(NODES_MAX).into()]).await?.iter().map(read_node).collect()
}

pub(super) async fn node(store: &Store, node: NodeId) -> Result<Option<Node>, StoreError> {
    let row = store.query_one(&format!("{NODE} WHERE id = $1"), [id(node.bytes())]).await?;
    row.as_ref().map(read_node).transpose()
}

pub(super) async fn node_of_token(store: &Store, hash: &[u8; 32]) -> Result<Option<Node>, StoreError> {
    let sql = format!("{NODE} WHERE token_hash = $1 AND state = 'enrolled'");
    store.query_one(&sql, [id(hash)]).await?.as_ref().map(read_node).transpose()
}

pub(super) async fn insert_node(
    tx: &Tx,
    key: &PublicKey,
    name: &str,
    by: SubjectId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO node (id, name, sign_key, state, proposed_by, created_at, updated_at) \
         VALUES ($1, $2, $3, 'proposed', $4, $5, $5)",
        [id(key.id.bytes()), name.into(), id(&key.sign_key), by.uuid().into(), now.as_micros().into()],
    )
    .await?;
    Ok(())
}

/// Confirms a proposed machine, by another than who proposed it.
pub(super) async fn enroll(
    tx: &Tx,
    node: NodeId,
    by: SubjectId,
    token_hash: &[u8; 32],
    leaf: &[u8; 32],
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE node SET state = 'enrolled', confirmed_by = $2, token_hash = $3, leaf = $4, updated_at = $5 \
         WHERE id = $1 AND state = 'proposed' AND proposed_by <> $2",
        [id(node.bytes()), by.uuid().into(), id(token_hash), id(leaf), now.as_micros().into()],
    )
    .await
}

pub(super) async fn revoke_node(tx: &Tx, node: NodeId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE node SET state = 'revoked', token_hash = NULL, updated_at = $2 WHERE id = $1 AND state <> 'revoked'",
        [id(node.bytes()), now.as_micros().into()],
    )
    .await
}

pub(super) async fn saw_node(store: &Store, node: NodeId, now: Timestamp) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    tx.execute("UPDATE node SET last_seen_at = $2 WHERE id = $1", [id(node.bytes()), now.as_micros().into()])
        .await?;
    tx.commit().await
}

const fn site_cell(column: &'static str, site: SiteId, subject: SubjectId) -> Cell {
    Cell { table: "log_site", column, row: *site.bytes(), revision: None, subject }
}

/// A site to be.
pub(super) struct NewSite {
    pub id: SiteId,
    pub customer: CustomerId,
    pub subject: SubjectId,
    pub service: ServiceId,
    pub domain: Vec<u8>,
    pub opening: Vec<u8>,
    pub commitment: [u8; 32],
    pub leaf: [u8; 32],
}

impl NewSite {
    /// The sealed columns.
    pub(super) fn seal(
        key: &DataKey<Account>,
        site: SiteId,
        subject: SubjectId,
        domain: &str,
        opening: &[u8; 32],
        random: &dyn base::Random,
    ) -> (Vec<u8>, Vec<u8>) {
        let seal =
            |column, bytes: &[u8]| key.seal(&site_cell(column, site, subject), bytes, random).into_bytes();
        (seal("domain", domain.as_bytes()), seal("opening", opening))
    }
}

pub(super) async fn insert_site(tx: &Tx, new: &NewSite, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO log_site (id, customer_id, subject_id, service_id, domain, opening, commitment, leaf, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
            id(new.id.bytes()),
            new.customer.uuid().into(),
            new.subject.uuid().into(),
            new.service.uuid().into(),
            new.domain.clone().into(),
            new.opening.clone().into(),
            id(&new.commitment),
            id(&new.leaf),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// A site whose envelopes are closed.
pub(super) struct SiteRow {
    pub id: SiteId,
    pub customer: CustomerId,
    pub subject: SubjectId,
    service: ServiceId,
    domain: Vec<u8>,
    opening: Vec<u8>,
    days: Option<(Day, Day)>,
    ended_at: Option<Timestamp>,
}

impl SiteRow {
    pub(super) fn open(&self, key: &DataKey<Account>) -> Result<LogSite, OfficeError> {
        let open = |column, bytes: &Vec<u8>| -> Result<_, OfficeError> {
            Ok(key.open(&site_cell(column, self.id, self.subject), &Sealed::from_bytes(bytes.clone())?)?)
        };
        let opening = open("opening", &self.opening)?;
        let opening: [u8; 32] = opening
            .bytes()
            .try_into()
            .map_err(|_| OfficeError::Store(StoreError::inconsistent("an opening of the wrong length")))?;
        Ok(LogSite {
            id: self.id,
            customer: self.customer,
            subject: self.subject,
            service: self.service,
            domain: Sensitive::new(open("domain", &self.domain)?.text()?.to_owned()),
            opening: Sensitive::new(opening),
            days: self.days,
            ended_at: self.ended_at,
        })
    }
}

const SITE: &str = "SELECT id, customer_id, subject_id, service_id, domain, opening, first_day, last_day, ended_at \
                    FROM log_site";

fn read_site(row: &QueryResult) -> Result<SiteRow, StoreError> {
    let maybe = |column| -> Result<Option<Day>, StoreError> {
        row.try_get::<Option<i64>>("", column)?.map(to_day).transpose()
    };
    Ok(SiteRow {
        id: SiteId::from_bytes(bytes(row, "id")?),
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        service: ServiceId::from_uuid(row.try_get("", "service_id")?),
        domain: row.try_get("", "domain")?,
        opening: row.try_get("", "opening")?,
        days: maybe("first_day")?.zip(maybe("last_day")?),
        ended_at: instant(row, "ended_at")?,
    })
}

pub(super) async fn sites_of(store: &Store, customer: CustomerId) -> Result<Vec<SiteRow>, StoreError> {
    let sql = format!("{SITE} WHERE customer_id = $1 ORDER BY created_at, id LIMIT 10000");
    store.query(&sql, [customer.uuid().into()]).await?.iter().map(read_site).collect()
}

pub(super) async fn sites_after(
    store: &Store,
    after: Option<SiteId>,
    limit: u32,
) -> Result<Vec<SiteRow>, StoreError> {
    let after = after.map_or_else(Vec::new, |site| site.bytes().to_vec());
    let sql = format!("{SITE} WHERE id > $1 ORDER BY id LIMIT $2");
    store.query(&sql, [after.into(), i64::from(limit).into()]).await?.iter().map(read_site).collect()
}

pub(super) async fn site(store: &Store, site: SiteId) -> Result<Option<SiteRow>, StoreError> {
    let sql = format!("{SITE} WHERE id = $1");
    store.query_one(&sql, [id(site.bytes())]).await?.as_ref().map(read_site).transpose()
}

/// Hosting services that run and have no site, and sites whose service has ended.
pub(super) async fn services_without_site(store: &Store, limit: u32) -> Result<Vec<ServiceId>, StoreError> {
    let sql = "SELECT s.id AS id FROM service s LEFT JOIN log_site l ON l.service_id = s.id AND l.ended_at IS NULL \
               WHERE s.kind = 'hosting' AND s.state IN ('active', 'suspended', 'ending') AND s.label IS NOT NULL \
               AND s.subject_id IS NOT NULL AND l.id IS NULL ORDER BY s.id LIMIT $1";
    let rows = store.query(sql, [i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(ServiceId::from_uuid(row.try_get("", "id")?))).collect()
}

pub(super) async fn end_sites(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE log_site SET ended_at = $1 WHERE ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM service s \
         WHERE s.id = log_site.service_id AND s.state IN ('active', 'suspended', 'ending'))",
        [now.as_micros().into()],
    )
    .await
}

const SEGMENT: &str = "SELECT day, node_id, seq, epoch_id, manifest_hash, previous_hash, data_bytes, records, \
                       received_at, destroyed_at FROM log_segment";

fn read_segment(row: &QueryResult) -> Result<SegmentRow, StoreError> {
    Ok(SegmentRow {
        day: day(row, "day")?,
        node: NodeId::from_bytes(bytes(row, "node_id")?),
        seq: small(row, "seq")?,
        epoch: EpochId::from_bytes(bytes(row, "epoch_id")?),
        manifest_hash: bytes(row, "manifest_hash")?,
        previous_hash: bytes(row, "previous_hash")?,
        data_bytes: number(row, "data_bytes")?,
        records: small(row, "records")?,
        received_at: Timestamp::from_micros(row.try_get("", "received_at")?),
        destroyed_at: instant(row, "destroyed_at")?,
    })
}

pub(super) async fn segment(
    store: &Store,
    on: Day,
    node: NodeId,
    seq: u32,
) -> Result<Option<SegmentRow>, StoreError> {
    let sql = format!("{SEGMENT} WHERE day = $1 AND node_id = $2 AND seq = $3");
    let values = [i64::from(on.number()).into(), id(node.bytes()), i64::from(seq).into()];
    store.query_one(&sql, values).await?.as_ref().map(read_segment).transpose()
}

/// Segments of a run of days whose keys are there, at most so many.
pub(crate) async fn segments_between(
    store: &Store,
    first: Day,
    last: Day,
    limit: u32,
) -> Result<Vec<SegmentRow>, StoreError> {
    let sql = format!(
        "{SEGMENT} WHERE day >= $1 AND day <= $2 AND destroyed_at IS NULL ORDER BY day, node_id, seq LIMIT $3"
    );
    let values = [i64::from(first.number()).into(), i64::from(last.number()).into(), i64::from(limit).into()];
    store.query(&sql, values).await?.iter().map(read_segment).collect()
}

/// The ledger's leaf of a segment's entry `sealed`.
pub(crate) async fn leaf_of_segment(
    store: &Store,
    manifest: &[u8; 32],
) -> Result<Option<[u8; 32]>, StoreError> {
    let sql = "SELECT leaf FROM log_segment WHERE manifest_hash = $1";
    store.query_one(sql, [id(manifest)]).await?.as_ref().map(|row| bytes(row, "leaf")).transpose()
}

/// The ledger's leaf of a site's entry `site`.
pub(crate) async fn leaf_of_site(store: &Store, site: SiteId) -> Result<Option<[u8; 32]>, StoreError> {
    let sql = "SELECT leaf FROM log_site WHERE id = $1";
    store.query_one(sql, [id(site.bytes())]).await?.as_ref().map(|row| bytes(row, "leaf")).transpose()
}

/// A segment to be.
pub(super) struct NewSegment {
    pub row: SegmentRow,
    pub segment_id: [u8; 32],
    pub sites: Vec<SiteId>,
    pub leaf: [u8; 32],
}

pub(super) async fn insert_segment(tx: &Tx, new: &NewSegment) -> Result<(), StoreError> {
    let SegmentRow {
        day,
        node,
        seq,
        epoch,
        manifest_hash,
        previous_hash,
        data_bytes,
        records,
        received_at,
        ..
    } = new.row;
    let on = Value::from(i64::from(day.number()));
    tx.execute(
        "INSERT INTO log_segment (day, node_id, seq, segment_id, epoch_id, manifest_hash, previous_hash, data_bytes, \
         records, sites, leaf, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        [
            on.clone(),
            id(node.bytes()),
            i64::from(seq).into(),
            id(&new.segment_id),
            id(epoch.bytes()),
            id(&manifest_hash),
            id(&previous_hash),
            i64::try_from(data_bytes).unwrap_or(i64::MAX).into(),
            i64::from(records).into(),
            i64::try_from(new.sites.len()).unwrap_or(i64::MAX).into(),
            id(&new.leaf),
            received_at.as_micros().into(),
        ],
    )
    .await?;
    tx.execute(
        "UPDATE node SET last_manifest = $2, last_seq = $3, last_seen_at = $4 WHERE id = $1 \
         AND (last_seq IS NULL OR last_seq < $3)",
        [id(node.bytes()), id(&manifest_hash), i64::from(seq).into(), received_at.as_micros().into()],
    )
    .await?;
    for chunk in new.sites.chunks(500) {
        let places = (2..chunk.len() + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let values = core::iter::once(on.clone()).chain(chunk.iter().map(|site| id(site.bytes())));
        let sql = format!(
            "UPDATE log_site SET first_day = CASE WHEN first_day IS NULL OR first_day > $1 THEN $1 ELSE first_day END, \
             last_day = CASE WHEN last_day IS NULL OR last_day < $1 THEN $1 ELSE last_day END WHERE id IN ({places})"
        );
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

/// What is kept.
pub(super) async fn kept(store: &Store) -> Result<Kept, StoreError> {
    let sql = "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(data_bytes), 0) AS BIGINT) AS bytes, MIN(day) AS first, \
               MAX(day) AS last FROM log_segment WHERE destroyed_at IS NULL";
    let gone = "SELECT COUNT(*) AS n FROM log_segment WHERE destroyed_at IS NOT NULL";
    let destroyed = store.query_one(gone, []).await?.map(|row| number(&row, "n")).transpose()?.unwrap_or(0);
    let Some(row) = store.query_one(sql, []).await? else { return Ok(Kept::default()) };
    let maybe = |column| -> Result<Option<Day>, StoreError> {
        row.try_get::<Option<i64>>("", column)?.map(to_day).transpose()
    };
    Ok(Kept {
        segments: number(&row, "n")?,
        bytes: number(&row, "bytes")?,
        first: maybe("first")?,
        last: maybe("last")?,
        destroyed,
    })
}

/// Days before one that hold something, each with the day on which its first segment came in.
pub(super) async fn days_kept(store: &Store) -> Result<Vec<(Day, Day)>, StoreError> {
    let sql = "SELECT day, MIN(received_at) AS received FROM log_segment WHERE destroyed_at IS NULL GROUP BY day \
               ORDER BY day";
    store
        .query(sql, [])
        .await?
        .iter()
        .map(|row| Ok((day(row, "day")?, Timestamp::from_micros(row.try_get("", "received")?).day())))
        .collect()
}

pub(super) async fn mark_destroyed(tx: &Tx, on: Day, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE log_segment SET destroyed_at = $2 WHERE day = $1 AND destroyed_at IS NULL",
        [i64::from(on.number()).into(), now.as_micros().into()],
    )
    .await
}

const DESTRUCTION: &str = "SELECT id, state, reason, first_day, last_day, days, confirmed_by, key_objects, \
                           data_objects, created_at FROM log_destruction";

fn read_destruction(row: &QueryResult) -> Result<Destruction, StoreError> {
    let (state, reason): (String, String) = (row.try_get("", "state")?, row.try_get("", "reason")?);
    Ok(Destruction {
        id: DestructionId::from_uuid(row.try_get("", "id")?),
        state: DestructionState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("a destruction in an unknown state"))?,
        reason: DestructionReason::parse(&reason)
            .ok_or_else(|| StoreError::inconsistent("a destruction without a reason"))?,
        first: day(row, "first_day")?,
        last: day(row, "last_day")?,
        days: small(row, "days")?,
        confirmed_by: row.try_get::<Option<_>>("", "confirmed_by")?.map(SubjectId::from_uuid),
        key_objects: number(row, "key_objects")?,
        data_objects: number(row, "data_objects")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}

/// The destruction that waits or runs.
pub(super) async fn open_destruction(store: &Store) -> Result<Option<Destruction>, StoreError> {
    let sql = format!("{DESTRUCTION} WHERE state IN ('waiting', 'running') ORDER BY id LIMIT 1");
    store.query_one(&sql, []).await?.as_ref().map(read_destruction).transpose()
}

pub(super) async fn destructions(store: &Store, limit: u32) -> Result<Vec<Destruction>, StoreError> {
    let sql = format!("{DESTRUCTION} ORDER BY id DESC LIMIT $1");
    store.query(&sql, [i64::from(limit).into()]).await?.iter().map(read_destruction).collect()
}

pub(super) async fn insert_destruction(tx: &Tx, new: &Destruction) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO log_destruction (id, state, reason, first_day, last_day, days, key_objects, data_objects, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $7)",
        [
            new.id.uuid().into(),
            new.state.as_str().into(),
            new.reason.as_str().into(),
            i64::from(new.first.number()).into(),
            i64::from(new.last.number()).into(),
            i64::from(new.days).into(),
            new.created_at.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// The first confirmation.
pub(super) async fn confirm_first(
    tx: &Tx,
    run: DestructionId,
    by: SubjectId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE log_destruction SET confirmed_by = $2, updated_at = $3 WHERE id = $1 AND state = 'waiting' \
         AND confirmed_by IS NULL",
        [run.uuid().into(), by.uuid().into(), now.as_micros().into()],
    )
    .await
}

/// The second, by somebody else: it may run.
pub(super) async fn confirm_second(
    tx: &Tx,
    run: DestructionId,
    by: SubjectId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE log_destruction SET confirmed_too = $2, state = 'running', updated_at = $3 WHERE id = $1 \
         AND state = 'waiting' AND confirmed_by IS NOT NULL AND confirmed_by <> $2",
        [run.uuid().into(), by.uuid().into(), now.as_micros().into()],
    )
    .await
}

pub(super) async fn set_destruction(
    tx: &Tx,
    run: DestructionId,
    from: DestructionState,
    to: DestructionState,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE log_destruction SET state = $3, updated_at = $4 WHERE id = $1 AND state = $2",
        [run.uuid().into(), from.as_str().into(), to.as_str().into(), now.as_micros().into()],
    )
    .await
}

pub(super) async fn add_destroyed(
    tx: &Tx,
    run: DestructionId,
    keys: u64,
    data: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE log_destruction SET key_objects = key_objects + $2, data_objects = data_objects + $3, updated_at = $4 \
         WHERE id = $1",
        [
            run.uuid().into(),
            i64::try_from(keys).unwrap_or(i64::MAX).into(),
            i64::try_from(data).unwrap_or(i64::MAX).into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// The latest instant that the ledger knows of.
pub(super) async fn last_ledger_time(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    let head = ::store::head(store).await?;
    let Some(last) = head.frontier.size().checked_sub(1) else { return Ok(None) };
    Ok(::store::entry_at(store, last).await?.map(|row| row.at))
}
