//! SQL of cases: rows, clocks, reports, affected customers. What people wrote is one envelope.

mod lawful;
mod leaks;

use super::affected::{Affected, AffectedCustomer};
use super::clock::{Clock, ClockEnd, ClockKind};
use super::fields::Texts;
use super::model::{
    Decision, Effects, Incident, IncidentFilter, IncidentId, IncidentNumber, IncidentRole, IncidentState,
    Regime, Report, ReportId, ReportKind, Scope, Telling, Times, Which,
};
use crate::OfficeError;
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::{Day, Random, SubjectId, Timestamp};
use keys::purpose::Incidents;
use keys::{Cell, DataKey, Sealed};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

pub(super) use lawful::{close_order, insert_order, order_by_id, orders};
pub use leaks::Evidence;
pub(super) use leaks::{
    Ended, LeakRow, delete_case, delete_leak, ended, evidence, insert_leak, leak_by_id, leaks, mark_told,
    replace_leak, seal_leak, told_to, untold,
};

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "incident",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::plain("number"),
            Column::plain("revision"),
            Column::plain("state"),
            Column::plain("confidentiality"),
            Column::plain("integrity"),
            Column::plain("availability"),
            Column::plain("role"),
            Column::plain("regime"),
            Column::plain("occurred_from_at"),
            Column::plain("occurred_until_at"),
            Column::plain("ongoing"),
            Column::plain("discovered_at"),
            Column::plain("aware_at"),
            Column::plain("scope"),
            Column::plain("decision"),
            Column::plain("decided_at"),
            Column::plain("telling"),
            Column::plain("postponed_until_day"),
            Column::personal("detail", "incidents"),
            Column::plain("opened_leaf"),
            Column::plain("opened_at"),
            Column::plain("updated_at"),
            Column::plain("closed_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "incident_clock",
        &[
            Column::plain("incident_id"),
            Column::plain("kind"),
            Column::plain("due_at"),
            Column::plain("ended_at"),
            Column::plain("ended_by"),
            Column::plain("reasoned_at"),
        ],
    ),
    Table::new(
        "incident_report",
        &[
            Column::plain("id"),
            Column::plain("incident_id"),
            Column::plain("subject_id"),
            Column::plain("kind"),
            Column::plain("sent_at"),
            Column::plain("recorded_at"),
            Column::personal("body", "incidents"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "incident_customer",
        &[
            Column::plain("incident_id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("added_at"),
            Column::plain("told_at"),
        ],
    )
    .cleared_with("subject_id"),
    Table::new(
        "lawful_order",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::plain("number"),
            Column::plain("revision"),
            Column::plain("state"),
            Column::plain("given_day"),
            Column::plain("received_at"),
            Column::personal("detail", "incidents"),
            Column::plain("leaf"),
            Column::plain("opened_at"),
            Column::plain("closed_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "leak_report",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::plain("customer_id"),
            Column::plain("login_id"),
            Column::plain("number"),
            Column::plain("revision"),
            Column::plain("state"),
            Column::plain("outcome"),
            Column::plain("may_look"),
            Column::plain("incident_id"),
            Column::plain("discovered_at"),
            Column::plain("due_at"),
            Column::plain("guided_at"),
            Column::plain("dossier_at"),
            Column::plain("notified_at"),
            Column::personal("detail", "incidents"),
            Column::plain("created_at"),
            Column::plain("closed_at"),
        ],
    )
    .cleared_with("subject_id"),
];

const CONFLICT: OfficeError = OfficeError::Conflict { what: "the case" };

const fn detail_cell(id: IncidentId, subject: SubjectId, revision: u32) -> Cell {
    Cell { table: "incident", column: "detail", row: id.bytes(), revision: Some(revision), subject }
}

const fn body_cell(id: ReportId, subject: SubjectId) -> Cell {
    Cell { table: "incident_report", column: "body", row: id.bytes(), revision: None, subject }
}

/// The texts of a case, sealed at its revision.
pub(super) fn seal_texts(
    incident: &Incident,
    key: &DataKey<Incidents>,
    random: &dyn Random,
) -> Result<Vec<u8>, OfficeError> {
    let cell = detail_cell(incident.id, incident.subject, incident.revision);
    Ok(key.seal(&cell, &incident.texts.to_json()?, random).into_bytes())
}

/// The reference of a report, sealed.
pub(super) fn seal_report(report: &Report, key: &DataKey<Incidents>, random: &dyn Random) -> Option<Vec<u8>> {
    let reference = report.reference.as_ref()?;
    Some(key.seal(&body_cell(report.id, key.subject()), reference.expose().as_bytes(), random).into_bytes())
}

fn micros(at: Option<Timestamp>) -> Value {
    at.map(Timestamp::as_micros).into()
}

fn scope_json(scope: &Scope) -> String {
    serde_json::to_string(scope).expect("ids can be written")
}

pub(super) async fn insert(
    tx: &Tx,
    incident: &Incident,
    detail: Vec<u8>,
    leaf: &[u8; 32],
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO incident (id, subject_id, number, revision, state, confidentiality, integrity, availability, \
         role, regime, occurred_from_at, occurred_until_at, ongoing, discovered_at, aware_at, scope, detail, opened_leaf, \
         opened_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19, $19)",
        [
            incident.id.uuid().into(),
            incident.subject.uuid().into(),
            incident.number.0.into(),
            i64::from(incident.revision).into(),
            incident.state.as_str().into(),
            incident.effects.confidentiality.into(),
            incident.effects.integrity.into(),
            incident.effects.availability.into(),
            incident.role.as_str().into(),
            incident.regime.as_str().into(),
            micros(incident.times.occurred_from),
            micros(incident.times.occurred_until),
            incident.times.ongoing.into(),
            incident.times.discovered_at.as_micros().into(),
            micros(incident.aware_at),
            scope_json(&incident.scope).into(),
            detail.into(),
            leaf.to_vec().into(),
            incident.opened_at.as_micros().into(),
        ],
    )
    .await?;
    put_clocks(tx, incident).await
}

/// Puts a case in the place of what was read: of two changes of the same revision one passes.
pub(super) async fn replace(
    tx: &Tx,
    read: &Incident,
    next: &Incident,
    detail: Vec<u8>,
) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE incident SET revision = $1, state = $2, confidentiality = $3, integrity = $4, availability = $5, \
             role = $6, regime = $7, occurred_from_at = $8, occurred_until_at = $9, ongoing = $10, discovered_at = $11, \
             aware_at = $12, scope = $13, decision = $14, decided_at = $15, telling = $16, postponed_until_day = $17, \
             detail = $18, updated_at = $19, closed_at = $20 WHERE id = $21 AND revision = $22 AND state = $23",
            [
                i64::from(next.revision).into(),
                next.state.as_str().into(),
                next.effects.confidentiality.into(),
                next.effects.integrity.into(),
                next.effects.availability.into(),
                next.role.as_str().into(),
                next.regime.as_str().into(),
                micros(next.times.occurred_from),
                micros(next.times.occurred_until),
                next.times.ongoing.into(),
                next.times.discovered_at.as_micros().into(),
                micros(next.aware_at),
                scope_json(&next.scope).into(),
                next.decision.map(|(decision, _)| decision.as_str()).into(),
                micros(next.decision.map(|(_, at)| at)),
                next.telling.map(Telling::as_str).into(),
                next.postponed_until.map(|day| i64::from(day.number())).into(),
                detail.into(),
                next.updated_at.as_micros().into(),
                micros(next.closed_at),
                next.id.uuid().into(),
                i64::from(read.revision).into(),
                read.state.as_str().into(),
            ],
        )
        .await?;
    if touched == 0 {
        return Err(CONFLICT);
    }
    Ok(put_clocks(tx, next).await?)
}

/// The clocks as they are now. The row of the case is locked by then.
async fn put_clocks(tx: &Tx, incident: &Incident) -> Result<(), StoreError> {
    tx.execute("DELETE FROM incident_clock WHERE incident_id = $1", [incident.id.uuid().into()]).await?;
    for clock in &incident.clocks {
        tx.execute(
            "INSERT INTO incident_clock (incident_id, kind, due_at, ended_at, ended_by, reasoned_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            [
                incident.id.uuid().into(),
                clock.kind.as_str().into(),
                clock.due_at.as_micros().into(),
                micros(clock.ended.map(|(at, _)| at)),
                clock.ended.map(|(_, how)| how.as_str()).into(),
                micros(clock.reasoned_at),
            ],
        )
        .await?;
    }
    Ok(())
}

/// A case whose texts are closed.
pub(super) struct IncidentRow {
    pub incident: Incident,
    detail: Option<Vec<u8>>,
    pub opened_leaf: [u8; 32],
}

impl IncidentRow {
    /// The case, opened.
    pub(super) fn open(mut self, key: &DataKey<Incidents>) -> Result<Incident, OfficeError> {
        if let Some(bytes) = self.detail {
            let cell = detail_cell(self.incident.id, self.incident.subject, self.incident.revision);
            let value = key.open(&cell, &Sealed::from_bytes(bytes)?)?;
            self.incident.texts = Texts::from_json(value.bytes())?;
        }
        Ok(self.incident)
    }
}

const ALL: &str = "id, subject_id, number, revision, state, confidentiality, integrity, availability, role, regime, \
                   occurred_from_at, occurred_until_at, ongoing, discovered_at, aware_at, scope, decision, decided_at, \
                   telling, postponed_until_day, detail, opened_leaf, opened_at, updated_at, closed_at";

pub(super) async fn by_id(store: &Store, id: IncidentId) -> Result<Option<IncidentRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM incident WHERE id = $1");
    let Some(row) = store.query_one(&sql, [id.uuid().into()]).await? else { return Ok(None) };
    let mut read = read(&row)?;
    read.incident.clocks = clocks(store, id).await?;
    Ok(Some(read))
}

/// Cases of a filter: open ones the oldest first, others the latest first.
pub(super) async fn page(
    store: &Store,
    filter: IncidentFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<IncidentRow>, u64), StoreError> {
    let (state, order) = match filter.which {
        Which::Open => ("state <> 'closed'", "opened_at, number"),
        Which::Closed => ("state = 'closed'", "closed_at DESC, number DESC"),
        Which::All => ("1 = 1", "number DESC"),
    };
    let role = filter.role.map(|role| format!(" AND role = '{}'", role.as_str())).unwrap_or_default();
    let sql = format!("SELECT {ALL} FROM incident WHERE {state}{role} ORDER BY {order} LIMIT $1 OFFSET $2");
    let rows = store.query(&sql, [i64::from(limit).into(), offset.cast_signed().into()]).await?;
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for row in &mut found {
        row.incident.clocks = clocks(store, row.incident.id).await?;
    }
    let total = format!("SELECT COUNT(*) AS n FROM incident WHERE {state}{role}");
    Ok((found, count(store, &total, vec![]).await?))
}

async fn clocks(store: &Store, id: IncidentId) -> Result<Vec<Clock>, StoreError> {
    let sql = "SELECT kind, due_at, ended_at, ended_by, reasoned_at FROM incident_clock WHERE incident_id = $1 \
               ORDER BY due_at, kind";
    store.query(sql, [id.uuid().into()]).await?.iter().map(read_clock).collect()
}

fn read_clock(row: &QueryResult) -> Result<Clock, StoreError> {
    let strange = || StoreError::inconsistent("a clock of a case");
    let (kind, by): (String, Option<String>) = (row.try_get("", "kind")?, row.try_get("", "ended_by")?);
    let by = by.map(|word| ClockEnd::parse(&word).ok_or_else(strange)).transpose()?;
    Ok(Clock {
        kind: ClockKind::parse(&kind).ok_or_else(strange)?,
        due_at: Timestamp::from_micros(row.try_get("", "due_at")?),
        ended: moment(row, "ended_at")?.zip(by),
        reasoned_at: moment(row, "reasoned_at")?,
    })
}

fn moment(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
}

fn always(row: &QueryResult, column: &str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_micros(row.try_get("", column)?))
}

fn read(row: &QueryResult) -> Result<IncidentRow, StoreError> {
    fn word<T>(row: &QueryResult, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let text: String = row.try_get("", column)?;
        parse(&text).ok_or_else(|| StoreError::inconsistent(format!("the {column} of a case")))
    }
    fn maybe<T>(
        row: &QueryResult,
        column: &str,
        parse: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<String> = row.try_get("", column)?;
        let strange = || StoreError::inconsistent(format!("the {column} of a case"));
        text.map(|text| parse(&text).ok_or_else(strange)).transpose()
    }
    let scope: String = row.try_get("", "scope")?;
    let leaf: Vec<u8> = row.try_get("", "opened_leaf")?;
    let strange = |what: &'static str| StoreError::inconsistent(what);
    Ok(IncidentRow {
        incident: Incident {
            id: IncidentId::from_uuid(row.try_get("", "id")?),
            subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
            number: IncidentNumber(row.try_get("", "number")?),
            revision: u32::try_from(row.try_get::<i64>("", "revision")?)
                .map_err(|_| strange("the revision of a case"))?,
            state: word(row, "state", IncidentState::parse)?,
            effects: Effects {
                confidentiality: row.try_get("", "confidentiality")?,
                integrity: row.try_get("", "integrity")?,
                availability: row.try_get("", "availability")?,
            },
            role: word(row, "role", IncidentRole::parse)?,
            regime: word(row, "regime", Regime::parse)?,
            times: Times {
                occurred_from: moment(row, "occurred_from_at")?,
                occurred_until: moment(row, "occurred_until_at")?,
                ongoing: row.try_get("", "ongoing")?,
                discovered_at: always(row, "discovered_at")?,
            },
            aware_at: moment(row, "aware_at")?,
            scope: serde_json::from_str(&scope).map_err(|_| strange("the scope of a case"))?,
            decision: maybe(row, "decision", Decision::parse)?.zip(moment(row, "decided_at")?),
            telling: maybe(row, "telling", Telling::parse)?,
            postponed_until: row
                .try_get::<Option<i64>>("", "postponed_until_day")?
                .map(|day| u32::try_from(day).map(Day::from_number))
                .transpose()
                .map_err(|_| strange("a day of a case"))?,
            texts: Texts::default(),
            clocks: Vec::new(),
            opened_at: always(row, "opened_at")?,
            updated_at: always(row, "updated_at")?,
            closed_at: moment(row, "closed_at")?,
        },
        detail: row.try_get("", "detail")?,
        opened_leaf: leaf.try_into().map_err(|_| strange("the leaf of a case"))?,
    })
}

pub(super) async fn insert_report(
    tx: &Tx,
    incident: &Incident,
    report: &Report,
    body: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO incident_report (id, incident_id, subject_id, kind, sent_at, recorded_at, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [
            report.id.uuid().into(),
            incident.id.uuid().into(),
            incident.subject.uuid().into(),
            report.kind.as_str().into(),
            report.sent_at.as_micros().into(),
            report.recorded_at.as_micros().into(),
            body.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The reports of a case, the first first.
pub(super) async fn reports(
    store: &Store,
    id: IncidentId,
    key: &DataKey<Incidents>,
    limit: u32,
) -> Result<Vec<Report>, OfficeError> {
    let sql = "SELECT id, kind, sent_at, recorded_at, body FROM incident_report WHERE incident_id = $1 \
               ORDER BY sent_at, recorded_at, id LIMIT $2";
    let rows = store.query(sql, [id.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("", "kind").map_err(StoreError::from)?;
            let report = ReportId::from_uuid(row.try_get("", "id").map_err(StoreError::from)?);
            let body: Option<Vec<u8>> = row.try_get("", "body").map_err(StoreError::from)?;
            let reference = body
                .map(|bytes| -> Result<_, OfficeError> {
                    let value = key.open(&body_cell(report, key.subject()), &Sealed::from_bytes(bytes)?)?;
                    Ok(value.text()?.to_owned().into())
                })
                .transpose()?;
            Ok(Report {
                id: report,
                kind: ReportKind::parse(&kind)
                    .ok_or_else(|| StoreError::inconsistent("a report of an unknown kind"))?,
                sent_at: always(row, "sent_at")?,
                recorded_at: always(row, "recorded_at")?,
                reference,
            })
        })
        .collect()
}

/// Customers that a scope names, who are not erased: with their subjects, in order of id.
pub(super) async fn customers_of_scope(
    store: &Store,
    scope: &Scope,
    limit: u32,
) -> Result<Vec<(CustomerId, SubjectId)>, StoreError> {
    const FROM: &str = "FROM customer c JOIN subject s ON s.id = c.subject_id AND s.state = 'active'";
    const RUNS: &str =
        "x.customer_id = c.id AND x.state IN ('provisioning', 'active', 'suspended', 'ending')";
    let mut found = std::collections::BTreeMap::new();
    let mut take = async |condition: &str, values: Vec<Value>| -> Result<(), StoreError> {
        let sql = format!("SELECT c.id, c.subject_id {FROM} WHERE {condition} ORDER BY c.id LIMIT {limit}");
        for row in store.query(&sql, values).await? {
            let id = CustomerId::from_uuid(row.try_get("", "id")?);
            found.insert(id, SubjectId::from_uuid(row.try_get("", "subject_id")?));
        }
        Ok(())
    };
    if scope.everybody {
        take("1 = 1", vec![]).await?;
    }
    let places = |count: usize| (1..=count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
    for chunk in scope.plans.chunks(500) {
        let condition = format!(
            "EXISTS (SELECT 1 FROM service x WHERE {RUNS} AND x.plan_id IN ({}))",
            places(chunk.len())
        );
        take(&condition, chunk.iter().map(|id| id.uuid().into()).collect()).await?;
    }
    for chunk in scope.services.chunks(500) {
        let condition = format!(
            "EXISTS (SELECT 1 FROM service x WHERE x.customer_id = c.id AND x.id IN ({}))",
            places(chunk.len())
        );
        take(&condition, chunk.iter().map(|id| id.uuid().into()).collect()).await?;
    }
    for chunk in scope.customers.chunks(500) {
        let condition = format!("c.id IN ({})", places(chunk.len()));
        take(&condition, chunk.iter().map(|id| id.uuid().into()).collect()).await?;
    }
    Ok(found.into_iter().collect())
}

/// Puts the computed customers in place of those there were; who was told stays, whatever the scope says now.
pub(super) async fn replace_customers(
    tx: &Tx,
    id: IncidentId,
    customers: &[(CustomerId, SubjectId)],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM incident_customer WHERE incident_id = $1 AND told_at IS NULL AND subject_id IS NOT NULL",
        [id.uuid().into()],
    )
    .await?;
    for chunk in customers.chunks(500) {
        let rows = (0..chunk.len())
            .map(|i| format!("($1, ${}, ${}, $2)", i * 2 + 3, i * 2 + 4))
            .collect::<Vec<_>>()
            .join(", ");
        let values = [Value::from(id.uuid()), now.as_micros().into()].into_iter().chain(
            chunk.iter().flat_map(|(customer, subject)| [customer.uuid().into(), subject.uuid().into()]),
        );
        let sql = format!(
            "INSERT INTO incident_customer (incident_id, customer_id, subject_id, added_at) VALUES {rows} \
             ON CONFLICT (incident_id, customer_id) DO NOTHING"
        );
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

/// How many customers a case touches, and how many of them were told or are gone.
pub(super) async fn affected(store: &Store, id: IncidentId) -> Result<Affected, StoreError> {
    let sql = "SELECT COUNT(*) AS total, COUNT(told_at) AS told, \
               SUM(CASE WHEN told_at IS NULL AND subject_id IS NULL THEN 1 ELSE 0 END) AS gone \
               FROM incident_customer WHERE incident_id = $1";
    let row = store.query_one(sql, [id.uuid().into()]).await?;
    let number = |column: &str| -> Result<u64, StoreError> {
        let Some(row) = &row else { return Ok(0) };
        Ok(row.try_get::<Option<i64>>("", column)?.unwrap_or(0).unsigned_abs())
    };
    Ok(Affected { total: number("total")?, told: number("told")?, gone: number("gone")? })
}

/// Whether a case touches a customer.
pub(super) async fn touches(store: &Store, id: IncidentId, customer: CustomerId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS n FROM incident_customer WHERE incident_id = $1 AND customer_id = $2";
    Ok(store.query_one(sql, [id.uuid().into(), customer.uuid().into()]).await?.is_some())
}

/// Affected customers, some of them, from after a given one.
pub(super) async fn affected_after(
    store: &Store,
    id: IncidentId,
    after: Option<CustomerId>,
    limit: u32,
) -> Result<Vec<AffectedCustomer>, StoreError> {
    let sql = "SELECT customer_id, subject_id, told_at FROM incident_customer WHERE incident_id = $1 \
               AND customer_id > $2 ORDER BY customer_id LIMIT $3";
    let after = after.map_or(uuid::Uuid::nil(), CustomerId::uuid);
    let rows = store.query(sql, [id.uuid().into(), after.into(), i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(AffectedCustomer {
                customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
                subject: row.try_get::<Option<_>>("", "subject_id")?.map(SubjectId::from_uuid),
                told_at: moment(row, "told_at")?,
            })
        })
        .collect()
}

async fn count(store: &Store, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    let row = store.query_one(sql, values).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0).unsigned_abs())
}
