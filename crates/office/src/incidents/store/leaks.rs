//! SQL of leaks that customers report, and of telling customers.

use super::super::fields::Texts;
use super::super::leaks::{
    LeakFilter, LeakReport, LeakReportId, LeakReportNumber, LeakReportState, MayLook, Outcome,
};
use super::super::model::IncidentId;
use super::{always, count, micros, moment};
use crate::OfficeError;
use crate::accounts::LoginId;
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::{Day, Random, SubjectId, Timestamp};
use keys::purpose::Incidents;
use keys::{Cell, DataKey, Sealed};
use sea_orm::{QueryResult, Value};

const fn cell(id: LeakReportId, subject: SubjectId, revision: u32) -> Cell {
    Cell { table: "leak_report", column: "detail", row: id.bytes(), revision: Some(revision), subject }
}

pub(in super::super) fn seal_leak(
    report: &LeakReport,
    key: &DataKey<Incidents>,
    random: &dyn Random,
) -> Result<Vec<u8>, OfficeError> {
    let cell = cell(report.id, key.subject(), report.revision);
    Ok(key.seal(&cell, &report.texts.to_json()?, random).into_bytes())
}

pub(in super::super) async fn insert_leak(
    tx: &Tx,
    report: &LeakReport,
    login: Option<LoginId>,
    detail: Vec<u8>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO leak_report (id, subject_id, customer_id, login_id, number, revision, state, outcome, may_look, \
         discovered_at, due_at, guided_at, dossier_at, detail, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        [
            report.id.uuid().into(),
            report.subject.map(SubjectId::uuid).into(),
            report.customer.uuid().into(),
            login.map(LoginId::uuid).into(),
            report.number.0.into(),
            i64::from(report.revision).into(),
            report.state.as_str().into(),
            report.outcome.as_str().into(),
            (report.may_look == MayLook::Yes).into(),
            report.discovered_at.as_micros().into(),
            report.due_at.as_micros().into(),
            report.guided_at.as_micros().into(),
            micros(report.dossier_at),
            detail.into(),
            report.created_at.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Puts a report in the place of what was read. Tells whether it was still so.
pub(in super::super) async fn replace_leak(
    tx: &Tx,
    read: &LeakReport,
    next: &LeakReport,
    detail: Vec<u8>,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE leak_report SET revision = $1, state = $2, outcome = $3, incident_id = $4, notified_at = $5, \
             detail = $6, closed_at = $7 WHERE id = $8 AND revision = $9 AND state = $10",
            [
                i64::from(next.revision).into(),
                next.state.as_str().into(),
                next.outcome.as_str().into(),
                next.incident.map(IncidentId::uuid).into(),
                micros(next.notified_at),
                detail.into(),
                micros(next.closed_at),
                next.id.uuid().into(),
                i64::from(read.revision).into(),
                read.state.as_str().into(),
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// A report whose texts are closed.
pub(in super::super) struct LeakRow {
    report: LeakReport,
    detail: Option<Vec<u8>>,
}

impl LeakRow {
    pub(in super::super) const fn subject(&self) -> Option<SubjectId> {
        self.report.subject
    }

    /// The report, opened; with no key what the customer wrote stays empty.
    pub(in super::super) fn open(
        mut self,
        key: Option<&DataKey<Incidents>>,
    ) -> Result<LeakReport, OfficeError> {
        if let (Some(key), Some(bytes)) = (key, self.detail) {
            let cell = cell(self.report.id, key.subject(), self.report.revision);
            let value = key.open(&cell, &Sealed::from_bytes(bytes)?)?;
            self.report.texts = Texts::from_json(value.bytes())?;
        }
        Ok(self.report)
    }
}

const ALL: &str = "id, subject_id, customer_id, number, revision, state, outcome, may_look, incident_id, discovered_at, \
                   due_at, guided_at, dossier_at, notified_at, detail, created_at, closed_at";

pub(in super::super) async fn leak_by_id(
    store: &Store,
    id: LeakReportId,
) -> Result<Option<LeakRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM leak_report WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(in super::super) async fn leaks(
    store: &Store,
    filter: LeakFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<LeakRow>, u64), StoreError> {
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    if let Some(customer) = filter.customer {
        values.push(customer.uuid().into());
        conditions.push("customer_id = $1".into());
    }
    if let Some(state) = filter.state {
        conditions.push(format!("state = '{}'", state.as_str()));
    }
    let (conditions, n) = (conditions.join(" AND "), values.len());
    let sql = format!(
        "SELECT {ALL} FROM leak_report WHERE {conditions} ORDER BY created_at DESC, number DESC LIMIT ${} OFFSET ${}",
        n + 1,
        n + 2
    );
    let paging: [Value; 2] = [i64::from(limit).into(), offset.cast_signed().into()];
    let rows = store.query(&sql, values.iter().cloned().chain(paging)).await?;
    let total = format!("SELECT COUNT(*) AS n FROM leak_report WHERE {conditions}");
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, count(store, &total, values).await?))
}

fn read(row: &QueryResult) -> Result<LeakRow, StoreError> {
    let strange = || StoreError::inconsistent("a reported leak");
    let (state, outcome): (String, String) = (row.try_get("", "state")?, row.try_get("", "outcome")?);
    let revision: i64 = row.try_get("", "revision")?;
    Ok(LeakRow {
        report: LeakReport {
            id: LeakReportId::from_uuid(row.try_get("", "id")?),
            subject: row.try_get::<Option<_>>("", "subject_id")?.map(SubjectId::from_uuid),
            customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
            number: LeakReportNumber(row.try_get("", "number")?),
            revision: u32::try_from(revision).map_err(|_| strange())?,
            state: LeakReportState::parse(&state).ok_or_else(strange)?,
            outcome: Outcome::parse(&outcome).ok_or_else(strange)?,
            may_look: if row.try_get("", "may_look")? { MayLook::Yes } else { MayLook::No },
            incident: row.try_get::<Option<_>>("", "incident_id")?.map(IncidentId::from_uuid),
            discovered_at: always(row, "discovered_at")?,
            due_at: always(row, "due_at")?,
            guided_at: always(row, "guided_at")?,
            dossier_at: moment(row, "dossier_at")?,
            notified_at: moment(row, "notified_at")?,
            texts: Texts::default(),
            created_at: always(row, "created_at")?,
            closed_at: moment(row, "closed_at")?,
        },
        detail: row.try_get("", "detail")?,
    })
}

/// Affected customers who were not told and are not erased, some of them.
pub(in super::super) async fn untold(
    store: &Store,
    id: IncidentId,
    limit: u32,
) -> Result<Vec<CustomerId>, StoreError> {
    let sql = "SELECT i.customer_id FROM incident_customer i JOIN subject s ON s.id = i.subject_id AND s.state = 'active' \
               WHERE i.incident_id = $1 AND i.told_at IS NULL ORDER BY i.customer_id LIMIT $2";
    let rows = store.query(sql, [id.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(CustomerId::from_uuid(row.try_get("", "customer_id")?))).collect()
}

/// Notes that a customer was told, once. Tells whether it was this call that did.
pub(in super::super) async fn mark_told(
    tx: &Tx,
    id: IncidentId,
    customer: CustomerId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE incident_customer SET told_at = $1 WHERE incident_id = $2 AND customer_id = $3 \
               AND told_at IS NULL AND subject_id IS NOT NULL";
    let values = [now.as_micros().into(), id.uuid().into(), customer.uuid().into()];
    Ok(tx.execute(sql, values).await? == 1)
}

/// The cases that a customer was told of, the latest first.
pub(in super::super) async fn told_to(
    store: &Store,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<(IncidentId, Timestamp)>, StoreError> {
    let sql = "SELECT c.incident_id, c.told_at FROM incident_customer c JOIN incident i ON i.id = c.incident_id \
               WHERE c.customer_id = $1 AND c.told_at IS NOT NULL ORDER BY c.told_at DESC, c.incident_id LIMIT $2";
    let rows = store.query(sql, [customer.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| Ok((IncidentId::from_uuid(row.try_get("", "incident_id")?), always(row, "told_at")?)))
        .collect()
}

/// What the verdicts on P10 and P11 rest on, and what waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Leaks that customers reported.
    pub leaks: u64,
    /// Of those, the ones without guide, clock or dossier.
    pub leaks_without: u64,
    /// Of those that are open, the ones whose clock runs.
    pub leaks_running: u64,
    /// Cases.
    pub cases: u64,
    /// Their clocks.
    pub clocks: u64,
    /// Clocks that run.
    pub running: u64,
    /// Clocks past due without a reason, by the number of their case.
    pub late: Vec<i64>,
    /// Clocks past due with a reason.
    pub late_with_reason: u64,
    /// Cases whose customers should have been told by a day that has passed, by number.
    pub untold: Vec<i64>,
}

/// How many late cases are named.
const NAMED: u32 = 1_000;

pub(in super::super) async fn evidence(
    store: &Store,
    now: Timestamp,
    today: Day,
) -> Result<Evidence, StoreError> {
    const LATE: &str = "((k.ended_at IS NULL AND k.due_at < $1) OR k.ended_at > k.due_at)";
    const CLOCKS: &str = "FROM incident_clock k JOIN incident i ON i.id = k.incident_id";
    let at = || vec![Value::from(now.as_micros())];
    let number = async |sql: &str, values: Vec<Value>| count(store, sql, values).await;
    let named = async |sql: &str, value: Value| -> Result<Vec<i64>, StoreError> {
        let rows = store.query(&format!("{sql} ORDER BY number LIMIT {NAMED}"), [value]).await?;
        rows.iter().map(|row| Ok(row.try_get("", "number")?)).collect()
    };
    Ok(Evidence {
        leaks: number("SELECT COUNT(*) AS n FROM leak_report", vec![]).await?,
        leaks_without: number("SELECT COUNT(*) AS n FROM leak_report WHERE dossier_at IS NULL", vec![]).await?,
        leaks_running: number(
            "SELECT COUNT(*) AS n FROM leak_report WHERE state = 'open' AND notified_at IS NULL \
             AND outcome IN ('report', 'unclear')",
            vec![],
        )
        .await?,
        cases: number("SELECT COUNT(*) AS n FROM incident", vec![]).await?,
        clocks: number(&format!("SELECT COUNT(*) AS n {CLOCKS}"), vec![]).await?,
        running: number(&format!("SELECT COUNT(*) AS n {CLOCKS} WHERE k.ended_at IS NULL"), vec![]).await?,
        late: named(
            &format!("SELECT DISTINCT i.number {CLOCKS} WHERE k.reasoned_at IS NULL AND {LATE}"),
            now.as_micros().into(),
        )
        .await?,
        late_with_reason: number(
            &format!("SELECT COUNT(*) AS n {CLOCKS} WHERE k.reasoned_at IS NOT NULL AND {LATE}"),
            at(),
        )
        .await?,
        untold: named(
            "SELECT i.number FROM incident i WHERE i.state = 'aware' AND i.postponed_until_day < $1 AND EXISTS \
             (SELECT 1 FROM incident_customer c WHERE c.incident_id = i.id AND c.told_at IS NULL \
             AND c.subject_id IS NOT NULL)",
            i64::from(today.number()).into(),
        )
        .await?,
    })
}

/// What of this slice may have passed its term: the subject or row, when it came to be, when it was closed.
pub(in super::super) struct Ended {
    pub id: uuid::Uuid,
    pub created_at: Timestamp,
    pub closed_at: Timestamp,
}

/// Closed cases or orders (by subject), or reports (by id), the oldest first.
pub(in super::super) async fn ended(
    store: &Store,
    (table, id, began): (&str, &str, &str),
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Ended>, StoreError> {
    let sql = format!(
        "SELECT {id} AS id, {began} AS began_at, closed_at FROM {table} WHERE state = 'closed' AND closed_at < $1 \
         ORDER BY closed_at LIMIT $2"
    );
    let rows = store.query(&sql, [before.as_micros().into(), i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Ended {
                id: row.try_get("", "id")?,
                created_at: always(row, "began_at")?,
                closed_at: always(row, "closed_at")?,
            })
        })
        .collect()
}

/// Takes a case or order away with all that hangs on it.
pub(in super::super) async fn delete_case(tx: &Tx, subject: SubjectId) -> Result<(), StoreError> {
    for table in ["incident_clock", "incident_customer"] {
        let sql = format!(
            "DELETE FROM {table} WHERE incident_id IN (SELECT id FROM incident WHERE subject_id = $1)"
        );
        tx.execute(&sql, [subject.uuid().into()]).await?;
    }
    for table in ["incident_report", "incident", "lawful_order", "ledger_link"] {
        tx.execute(&format!("DELETE FROM {table} WHERE subject_id = $1"), [subject.uuid().into()]).await?;
    }
    Ok(())
}

pub(in super::super) async fn delete_leak(tx: &Tx, id: uuid::Uuid) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM leak_report WHERE id = $1 AND state = 'closed'", [id.into()]).await
}
