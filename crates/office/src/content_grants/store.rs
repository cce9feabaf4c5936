//! SQL of content grants; reasons, purposes and reports are envelopes.

use super::GrantFilter;
use super::model::{ContentSession, ContentSessionId, EndedBy, Grant, GrantId, Ground, Life, Scope, Scopes};
use crate::OfficeError;
use crate::accounts::LoginId;
use crate::customers::CustomerId;
use crate::incidents::IncidentId;
use crate::services::ServiceId;
use ::store::{Store, StoreError, Tx};
use base::{Random, Sensitive, SubjectId, Timestamp};
use keys::{Cell, DataKey, Sealed, purpose::Support};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

/// How many grants of one customer are read at most, and how many looks of one grant.
const OF_ONE_MAX: u32 = 500;

/// The declared tables. Looks come first: an erasure deletes in this order, and they name their grant.
pub const TABLES: &[Table] = &[
    Table::new(
        "content_session",
        &[
            Column::plain("id"),
            Column::plain("grant_id"),
            Column::plain("subject_id"),
            Column::plain("scope"),
            Column::plain("login_id"),
            Column::personal("purpose", "support"),
            Column::personal("report", "support"),
            Column::plain("opened_at"),
            Column::plain("until_at"),
            Column::plain("ended_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "content_grant",
        &[
            Column::plain("id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("service_id"),
            Column::plain("scopes"),
            Column::plain("incident_id"),
            Column::personal("reason", "support"),
            Column::plain("hours"),
            Column::plain("state"),
            Column::plain("asked_by"),
            Column::plain("asked_at"),
            Column::plain("given_at"),
            Column::plain("until_at"),
            Column::plain("ended_at"),
            Column::plain("ended_by"),
        ],
    )
    .deleted_with("subject_id"),
];

const fn grant_cell(id: GrantId, subject: SubjectId) -> Cell {
    Cell { table: "content_grant", column: "reason", row: id.bytes(), revision: None, subject }
}

const fn session_cell(column: &'static str, id: ContentSessionId, subject: SubjectId) -> Cell {
    Cell { table: "content_session", column, row: id.bytes(), revision: None, subject }
}

/// A grant to be.
pub(super) struct NewGrant<'a> {
    pub id: GrantId,
    pub customer: CustomerId,
    pub subject: SubjectId,
    pub service: Option<ServiceId>,
    pub scopes: &'a Scopes,
    pub incident: Option<IncidentId>,
    pub reason: &'a Sensitive<String>,
    pub hours: u32,
    pub asked_by: LoginId,
    /// From when until when, when it needs no answer.
    pub given: Option<(Timestamp, Timestamp)>,
}

/// Values of a row, sealed and ready for a transaction.
pub(super) struct SealedRow(Vec<Value>);

pub(super) fn seal_grant(
    new: &NewGrant<'_>,
    key: &DataKey<Support>,
    now: Timestamp,
    random: &dyn Random,
) -> SealedRow {
    let reason = key.seal(&grant_cell(new.id, new.subject), new.reason.expose().as_bytes(), random);
    let (given, until) = new.given.unzip();
    SealedRow(vec![
        new.id.uuid().into(),
        new.customer.uuid().into(),
        new.subject.uuid().into(),
        new.service.map(ServiceId::uuid).into(),
        new.scopes.to_string().into(),
        new.incident.map(IncidentId::uuid).into(),
        reason.into_bytes().into(),
        i64::from(new.hours).into(),
        if given.is_some() { "given" } else { "asked" }.into(),
        new.asked_by.uuid().into(),
        now.as_micros().into(),
        given.map(Timestamp::as_micros).into(),
        until.map(Timestamp::as_micros).into(),
    ])
}

pub(super) async fn insert_grant(tx: &Tx, row: SealedRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO content_grant (id, customer_id, subject_id, service_id, scopes, incident_id, reason, hours, state, \
         asked_by, asked_at, given_at, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        row.0,
    )
    .await?;
    Ok(())
}

/// Gives what was asked; nothing when it was answered or ended meanwhile.
pub(super) async fn give(tx: &Tx, id: GrantId, now: Timestamp, until: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE content_grant SET state = 'given', given_at = $1, until_at = $2 WHERE id = $3 AND state = 'asked'",
        [now.as_micros().into(), until.as_micros().into(), id.uuid().into()],
    )
    .await
}

pub(super) async fn refuse(tx: &Tx, id: GrantId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE content_grant SET state = 'refused', ended_at = $1 WHERE id = $2 AND state = 'asked'",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

/// Ends a grant and the looks under it.
pub(super) async fn end(tx: &Tx, id: GrantId, by: EndedBy, at: Timestamp) -> Result<u64, StoreError> {
    let ended = tx
        .execute(
            "UPDATE content_grant SET state = 'ended', ended_at = $1, ended_by = $2 \
             WHERE id = $3 AND state IN ('asked', 'given')",
            [at.as_micros().into(), by.as_str().into(), id.uuid().into()],
        )
        .await?;
    if ended > 0 {
        tx.execute(
            "UPDATE content_session SET ended_at = CASE WHEN until_at < $1 THEN until_at ELSE $1 END \
             WHERE grant_id = $2 AND ended_at IS NULL",
            [at.as_micros().into(), id.uuid().into()],
        )
        .await?;
    }
    Ok(ended)
}

/// Locks a grant for the transaction, so that a look and the end of its grant do not pass each other.
pub(super) async fn lock(tx: &Tx, id: GrantId) -> Result<Option<GrantRow>, StoreError> {
    let sql = format!("SELECT * FROM content_grant WHERE id = $1{}", tx.for_update());
    tx.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

/// A grant whose envelope is closed.
pub(super) struct GrantRow {
    grant: Grant,
    sealed_reason: Vec<u8>,
}

impl GrantRow {
    /// What it holds without its reason.
    pub(super) const fn closed(&self) -> &Grant {
        &self.grant
    }

    pub(super) fn open(self, key: &DataKey<Support>) -> Result<Grant, OfficeError> {
        let cell = grant_cell(self.grant.id, self.grant.subject);
        let value = key.open(&cell, &Sealed::from_bytes(self.sealed_reason)?)?;
        Ok(Grant { reason: Sensitive::new(value.text()?.to_owned()), ..self.grant })
    }
}

pub(super) async fn by_id(store: &Store, id: GrantId) -> Result<Option<GrantRow>, StoreError> {
    let sql = "SELECT * FROM content_grant WHERE id = $1";
    store.query_one(sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(super) async fn of_customer(store: &Store, customer: CustomerId) -> Result<Vec<GrantRow>, StoreError> {
    let sql = format!(
        "SELECT * FROM content_grant WHERE customer_id = $1 ORDER BY asked_at DESC, id LIMIT {OF_ONE_MAX}"
    );
    store.query(&sql, [customer.uuid().into()]).await?.iter().map(read).collect()
}

const fn condition(filter: GrantFilter) -> &'static str {
    match filter {
        GrantFilter::All => "",
        GrantFilter::Asked => " WHERE state = 'asked'",
        GrantFilter::Given => " WHERE state = 'given'",
        GrantFilter::Over => " WHERE state IN ('refused', 'ended')",
    }
}

pub(super) async fn page(
    store: &Store,
    filter: GrantFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<GrantRow>, u64), StoreError> {
    let condition = condition(filter);
    let sql = format!("SELECT * FROM content_grant{condition} ORDER BY asked_at DESC, id LIMIT $1 OFFSET $2");
    let values = [i64::from(limit).into(), i64::try_from(offset).unwrap_or(i64::MAX).into()];
    let rows = store.query(&sql, values).await?.iter().map(read).collect::<Result<_, _>>()?;
    Ok((rows, count(store, &format!("SELECT COUNT(*) AS n FROM content_grant{condition}")).await?))
}

async fn count(store: &Store, sql: &str) -> Result<u64, StoreError> {
    let row = store.query_one(sql, []).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0).unsigned_abs())
}

/// Grants whose time is over and that are not marked so: those given, and those asked before an instant.
pub(super) async fn overdue(
    store: &Store,
    now: Timestamp,
    asked_before: Timestamp,
    limit: u32,
) -> Result<Vec<GrantRow>, StoreError> {
    let sql = "SELECT * FROM content_grant WHERE (state = 'given' AND until_at <= $1) \
               OR (state = 'asked' AND asked_at <= $2) ORDER BY id LIMIT $3";
    let values = [now.as_micros().into(), asked_before.as_micros().into(), i64::from(limit).into()];
    store.query(sql, values).await?.iter().map(read).collect()
}

/// A look to be.
pub(super) struct NewSession<'a> {
    pub id: ContentSessionId,
    pub grant: GrantId,
    pub subject: SubjectId,
    pub scope: Scope,
    pub login: LoginId,
    pub purpose: &'a Sensitive<String>,
    pub until: Timestamp,
}

pub(super) fn seal_session(
    new: &NewSession<'_>,
    key: &DataKey<Support>,
    now: Timestamp,
    random: &dyn Random,
) -> SealedRow {
    let cell = session_cell("purpose", new.id, new.subject);
    SealedRow(vec![
        new.id.uuid().into(),
        new.grant.uuid().into(),
        new.subject.uuid().into(),
        new.scope.as_str().into(),
        new.login.uuid().into(),
        key.seal(&cell, new.purpose.expose().as_bytes(), random).into_bytes().into(),
        now.as_micros().into(),
        new.until.as_micros().into(),
    ])
}

pub(super) async fn insert_session(tx: &Tx, row: SealedRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO content_session (id, grant_id, subject_id, scope, login_id, purpose, opened_at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.0,
    )
    .await?;
    Ok(())
}

/// Ends a look with its report, or adds the report to one that time ended.
pub(super) async fn end_session(
    tx: &Tx,
    session: &ContentSession,
    subject: SubjectId,
    (key, report): (&DataKey<Support>, &Sensitive<String>),
    at: Timestamp,
    random: &dyn Random,
) -> Result<u64, StoreError> {
    let cell = session_cell("report", session.id, subject);
    tx.execute(
        "UPDATE content_session SET report = $1, ended_at = COALESCE(ended_at, $2) WHERE id = $3 AND report IS NULL",
        [
            key.seal(&cell, report.expose().as_bytes(), random).into_bytes().into(),
            at.as_micros().into(),
            session.id.uuid().into(),
        ],
    )
    .await
}

pub(super) async fn sessions(
    store: &Store,
    grant: GrantId,
    key: &DataKey<Support>,
) -> Result<Vec<ContentSession>, OfficeError> {
    let sql = format!(
        "SELECT * FROM content_session WHERE grant_id = $1 ORDER BY opened_at DESC, id LIMIT {OF_ONE_MAX}"
    );
    let rows = store.query(&sql, [grant.uuid().into()]).await?;
    rows.iter().map(|row| read_session(row, key)).collect()
}

/// What the verdict on P09 looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Grants that were asked for, whatever came of them.
    pub grants: u64,
    /// Those a customer gave.
    pub given: u64,
    /// Those a case of a leak grounds.
    pub for_leaks: u64,
    /// Those a customer refused.
    pub refused: u64,
    /// Looks at content.
    pub sessions: u64,
    /// Those that no grant covered when they began, or that went on past their grant.
    pub without_grant: u64,
    /// Orders placed without the clause of responsibility.
    pub orders_without_clause: u64,
    /// Orders.
    pub orders: u64,
}

pub(super) async fn evidence(store: &Store) -> Result<Evidence, StoreError> {
    let grants = |condition: &str| format!("SELECT COUNT(*) AS n FROM content_grant{condition}");
    Ok(Evidence {
        grants: count(store, &grants("")).await?,
        given: count(store, &grants(" WHERE given_at IS NOT NULL AND incident_id IS NULL")).await?,
        for_leaks: count(store, &grants(" WHERE incident_id IS NOT NULL")).await?,
        refused: count(store, &grants(" WHERE state = 'refused'")).await?,
        sessions: count(store, "SELECT COUNT(*) AS n FROM content_session").await?,
        without_grant: count(
            store,
            "SELECT COUNT(*) AS n FROM content_session s WHERE NOT EXISTS (SELECT 1 FROM content_grant g \
             WHERE g.id = s.grant_id AND g.given_at IS NOT NULL AND g.given_at <= s.opened_at \
             AND s.opened_at < COALESCE(g.ended_at, g.until_at) AND s.until_at <= g.until_at \
             AND (' ' || g.scopes || ' ') LIKE ('% ' || s.scope || ' %'))",
        )
        .await?,
        orders_without_clause: count(
            store,
            "SELECT COUNT(*) AS n FROM customer_order o WHERE NOT EXISTS (SELECT 1 FROM acceptance a \
             WHERE a.order_id = o.id AND a.kind = 'responsibility')",
        )
        .await?,
        orders: count(store, "SELECT COUNT(*) AS n FROM customer_order").await?,
    })
}

fn maybe(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
}

fn read(row: &QueryResult) -> Result<GrantRow, StoreError> {
    let strange = |what: &str| StoreError::inconsistent(format!("a content grant {what}"));
    let state: String = row.try_get("", "state")?;
    let life = match state.as_str() {
        "asked" => Life::Asked,
        "given" => match (maybe(row, "given_at")?, maybe(row, "until_at")?) {
            (Some(at), Some(until)) => Life::Given { at, until },
            _ => return Err(strange("given without a time")),
        },
        "refused" => Life::Refused,
        "ended" => {
            let by: Option<String> = row.try_get("", "ended_by")?;
            Life::Ended(by.as_deref().and_then(EndedBy::parse).ok_or_else(|| strange("ended by nobody"))?)
        }
        _ => return Err(strange("in an unknown state")),
    };
    let scopes: String = row.try_get("", "scopes")?;
    let incident = row.try_get::<Option<_>>("", "incident_id")?.map(IncidentId::from_uuid);
    let grant = Grant {
        id: GrantId::from_uuid(row.try_get("", "id")?),
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        service: row.try_get::<Option<_>>("", "service_id")?.map(ServiceId::from_uuid),
        scopes: Scopes::parse(&scopes).ok_or_else(|| strange("about nothing known"))?,
        ground: incident.map_or(Ground::Permission, Ground::Incident),
        reason: Sensitive::default(),
        hours: u32::try_from(row.try_get::<i64>("", "hours")?).map_err(|_| strange("of wild hours"))?,
        asked_by: LoginId::from_uuid(row.try_get("", "asked_by")?),
        asked_at: Timestamp::from_micros(row.try_get("", "asked_at")?),
        ended_at: maybe(row, "ended_at")?,
        life,
    };
    Ok(GrantRow { grant, sealed_reason: row.try_get("", "reason")? })
}

fn read_session(row: &QueryResult, key: &DataKey<Support>) -> Result<ContentSession, OfficeError> {
    let id = ContentSessionId::from_uuid(row.try_get("", "id").map_err(StoreError::from)?);
    let subject = SubjectId::from_uuid(row.try_get("", "subject_id").map_err(StoreError::from)?);
    let text = |column: &'static str| -> Result<Option<Sensitive<String>>, OfficeError> {
        let Some(bytes) = row.try_get::<Option<Vec<u8>>>("", column).map_err(StoreError::from)? else {
            return Ok(None);
        };
        let value = key.open(&session_cell(column, id, subject), &Sealed::from_bytes(bytes)?)?;
        Ok(Some(Sensitive::new(value.text()?.to_owned())))
    };
    let time = |column| maybe(row, column);
    let scope: String = row.try_get("", "scope").map_err(StoreError::from)?;
    let strange = |what: &str| StoreError::inconsistent(format!("a look at content {what}"));
    Ok(ContentSession {
        id,
        grant: GrantId::from_uuid(row.try_get("", "grant_id").map_err(StoreError::from)?),
        scope: Scope::parse(&scope).ok_or_else(|| strange("of an unknown kind"))?,
        login: LoginId::from_uuid(row.try_get("", "login_id").map_err(StoreError::from)?),
        purpose: text("purpose")?.unwrap_or_default(),
        report: text("report")?,
        opened_at: time("opened_at")?.ok_or_else(|| strange("that never began"))?,
        until: time("until_at")?.ok_or_else(|| strange("without an end"))?,
        ended_at: time("ended_at")?,
    })
}
