//! SQL of the billing run: what is due, the moves of services, and the row of the run.

use super::{day, id_places, places, to_day};
use crate::billing::charges::ChargeKind;
use crate::billing::{ChargeId, InvoiceId, RunId};
use crate::catalogue::{PlanId, Vat};
use crate::customers::CustomerId;
use crate::services::ServiceId;
use crate::services::terms::{Billed, Price, TermMonths};
use ::store::{Store, StoreError, Tx};
use base::{Day, Money, SubjectId, Timestamp};
use sea_orm::{QueryResult, Value};
use std::collections::{HashMap, HashSet};

/// A service whose next term is due.
#[derive(Debug, Clone)]
pub(crate) struct DueService {
    pub id: ServiceId,
    pub customer: CustomerId,
    pub plan: PlanId,
    pub label: Option<Vec<u8>>,
    pub vat: Vat,
    pub due: Day,
    /// Counts the changes of the row.
    pub changes: i64,
    /// None when the row does not hold what a renewal needs.
    pub billed: Option<Billed>,
}

/// A charge that is on no invoice.
#[derive(Debug, Clone)]
pub(crate) struct OpenCharge {
    pub id: ChargeId,
    pub customer: CustomerId,
    pub subject: SubjectId,
    pub service: Option<ServiceId>,
    pub service_label: Option<Vec<u8>>,
    pub kind: ChargeKind,
    pub plan: Option<PlanId>,
    pub label: Option<Vec<u8>>,
    pub period: Option<(Day, Day)>,
    pub quantity: i64,
    pub unit: Money,
    pub amount: Money,
    pub discount: Money,
    pub vat: Vat,
}

/// Customers after one, in order of id, with something due up to a day.
pub(crate) async fn customers_due(
    store: &Store,
    after: Option<CustomerId>,
    through: Day,
    limit: u32,
) -> Result<Vec<CustomerId>, StoreError> {
    let after = after.unwrap_or(CustomerId::from_uuid(base::__uuid::Uuid::nil()));
    // Two walks along indexes that begin with the customer, each cut short.
    let each = [
        "SELECT DISTINCT customer_id FROM service WHERE customer_id > $1 AND due_day <= $2 AND subject_id IS NOT NULL \
         ORDER BY customer_id LIMIT $3",
        "SELECT DISTINCT customer_id FROM charge WHERE customer_id > $1 AND due_day <= $2 AND invoice_id IS NULL \
         AND subject_id IS NOT NULL ORDER BY customer_id LIMIT $3",
    ];
    let mut found = Vec::new();
    for sql in each {
        let rows =
            store.query(sql, [after.uuid().into(), day(through).into(), i64::from(limit).into()]).await?;
        for row in rows {
            found.push(CustomerId::from_uuid(row.try_get("", "customer_id")?));
        }
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(limit as usize);
    Ok(found)
}

/// How many services are due up to a day.
pub(crate) async fn count_due(store: &Store, through: Day) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM service WHERE due_day <= $1 AND subject_id IS NOT NULL";
    let Some(row) = store.query_one(sql, [day(through).into()]).await? else { return Ok(0) };
    Ok(row.try_get::<i64>("", "n")?.unsigned_abs())
}

/// The due services of customers.
pub(crate) async fn services(
    store: &Store,
    customers: &[CustomerId],
    through: Day,
) -> Result<Vec<DueService>, StoreError> {
    let sql = format!(
        "SELECT id, customer_id, plan_id, label, vat, term_months, amount_cents, discount_cents, \
         discount_terms, anchor_day, charged_until_day, due_day, ends_day, changes FROM service WHERE due_day <= $1 \
         AND subject_id IS NOT NULL AND customer_id IN ({}) ORDER BY id",
        id_places(2, customers.len())
    );
    let values =
        core::iter::once(Value::from(day(through))).chain(customers.iter().map(|id| id.uuid().into()));
    store.query(&sql, values).await?.iter().map(read_service).collect()
}

fn read_service(row: &QueryResult) -> Result<DueService, StoreError> {
    let vat: String = row.try_get("", "vat")?;
    let number = |column| -> Result<u32, StoreError> {
        u32::try_from(row.try_get::<i64>("", column)?)
            .map_err(|_| StoreError::inconsistent("a wild number of a service"))
    };
    let maybe = |column| -> Result<Option<Day>, StoreError> {
        row.try_get::<Option<i64>>("", column)?.map(to_day).transpose()
    };
    let price = Price {
        amount: Money::from_cents(row.try_get("", "amount_cents")?),
        discount: Money::from_cents(row.try_get("", "discount_cents")?),
        discount_terms: number("discount_terms")?,
    };
    let (anchor, charged_until, ends) =
        (maybe("anchor_day")?, maybe("charged_until_day")?, maybe("ends_day")?);
    let billed = match (anchor, TermMonths::new(number("term_months")?), charged_until) {
        (Some(anchor), Some(months), Some(charged_until)) => {
            Some(Billed { anchor, months, price, charged_until, ends })
        }
        _ => None,
    };
    Ok(DueService {
        id: ServiceId::from_uuid(row.try_get("", "id")?),
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        plan: PlanId::from_uuid(row.try_get("", "plan_id")?),
        label: row.try_get("", "label")?,
        vat: Vat::parse(&vat)
            .ok_or_else(|| StoreError::inconsistent("a service of an unknown VAT category"))?,
        due: to_day(row.try_get("", "due_day")?)?,
        changes: row.try_get("", "changes")?,
        billed,
    })
}

/// The charges of customers that are on no invoice.
pub(crate) async fn charges(
    store: &Store,
    customers: &[CustomerId],
    through: Day,
) -> Result<Vec<OpenCharge>, StoreError> {
    let sql = format!(
        "SELECT c.id, c.customer_id, c.subject_id, c.service_id, c.kind, c.plan_id, c.label, c.from_day, c.until_day, \
         c.quantity, c.unit_cents, c.amount_cents, c.discount_cents, c.vat, s.label AS service_label \
         FROM charge c LEFT JOIN service s ON s.id = c.service_id WHERE c.due_day <= $1 AND c.invoice_id IS NULL \
         AND c.subject_id IS NOT NULL AND c.customer_id IN ({}) ORDER BY c.due_day, c.id",
        id_places(2, customers.len())
    );
    let values =
        core::iter::once(Value::from(day(through))).chain(customers.iter().map(|id| id.uuid().into()));
    store.query(&sql, values).await?.iter().map(read_charge).collect()
}

fn read_charge(row: &QueryResult) -> Result<OpenCharge, StoreError> {
    let (kind, vat): (String, String) = (row.try_get("", "kind")?, row.try_get("", "vat")?);
    let maybe = |column| -> Result<Option<Day>, StoreError> {
        row.try_get::<Option<i64>>("", column)?.map(to_day).transpose()
    };
    let money = |column| -> Result<Money, StoreError> { Ok(Money::from_cents(row.try_get("", column)?)) };
    Ok(OpenCharge {
        id: ChargeId::from_uuid(row.try_get("", "id")?),
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        service: row.try_get::<Option<_>>("", "service_id")?.map(ServiceId::from_uuid),
        service_label: row.try_get("", "service_label")?,
        kind: ChargeKind::parse(&kind)
            .ok_or_else(|| StoreError::inconsistent("a charge of an unknown kind"))?,
        plan: row.try_get::<Option<_>>("", "plan_id")?.map(PlanId::from_uuid),
        label: row.try_get("", "label")?,
        period: maybe("from_day")?.zip(maybe("until_day")?).filter(|(from, until)| from < until),
        quantity: row.try_get("", "quantity")?,
        unit: money("unit_cents")?,
        amount: money("amount_cents")?,
        discount: money("discount_cents")?,
        vat: Vat::parse(&vat)
            .ok_or_else(|| StoreError::inconsistent("a charge of an unknown VAT category"))?,
    })
}

/// The names of plans in both languages.
pub(crate) async fn plan_names(
    store: &Store,
    plans: &HashSet<PlanId>,
) -> Result<HashMap<PlanId, [String; 2]>, StoreError> {
    let plans: Vec<PlanId> = plans.iter().copied().collect();
    let mut names = HashMap::with_capacity(plans.len());
    for chunk in plans.chunks(500) {
        let sql =
            format!("SELECT id, name_nl, name_en FROM plan WHERE id IN ({})", id_places(1, chunk.len()));
        for row in store.query(&sql, chunk.iter().map(|id| id.uuid().into())).await? {
            let both = [row.try_get("", "name_nl")?, row.try_get("", "name_en")?];
            names.insert(PlanId::from_uuid(row.try_get("", "id")?), both);
        }
    }
    Ok(names)
}

/// The customers among these whose subject may be written about, locked for the transaction.
pub(crate) async fn lock_active(tx: &Tx, subjects: &[SubjectId]) -> Result<HashSet<SubjectId>, StoreError> {
    // The state is looked at here: asked for in the statement, SQLite walks all active subjects.
    let sql = format!(
        "SELECT id, state FROM subject WHERE id IN ({}) ORDER BY id{}",
        id_places(1, subjects.len()),
        tx.for_share()
    );
    let mut active = HashSet::with_capacity(subjects.len());
    for row in tx.query(&sql, subjects.iter().map(|id| id.uuid().into())).await? {
        if row.try_get::<String>("", "state")? == "active" {
            active.insert(SubjectId::from_uuid(row.try_get("", "id")?));
        }
    }
    Ok(active)
}

/// A service after its renewal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Move {
    pub service: ServiceId,
    pub was_until: Day,
    pub changes: i64,
    pub until: Day,
    /// None leaves it as it is.
    pub terms_charged: Option<u32>,
    pub next_due: Option<Day>,
}

/// Moves services on that nobody changed since they were read. Tells how many.
pub(crate) async fn advance(tx: &Tx, moves: &[Move], now: Timestamp) -> Result<u64, StoreError> {
    let mut moved = 0;
    for chunk in moves.chunks(500) {
        let sql = format!(
            "UPDATE service SET charged_until_day = v.column3, terms_charged = COALESCE(v.column4, service.terms_charged), due_day = v.column5, \
             updated_at = v.column6 FROM (VALUES {}) AS v \
             WHERE service.id = v.column1 AND service.charged_until_day = v.column2 AND service.changes = v.column7",
            places(chunk.len(), 7)
        );
        let values = chunk.iter().flat_map(|moved| -> [Value; 7] {
            [
                moved.service.uuid().into(),
                day(moved.was_until).into(),
                day(moved.until).into(),
                moved.terms_charged.map(i64::from).into(),
                moved.next_due.map(day).into(),
                now.as_micros().into(),
                moved.changes.into(),
            ]
        });
        moved += tx.execute(&sql, values).await?;
    }
    Ok(moved)
}

/// Puts open charges on invoices. Tells how many were still open.
pub(crate) async fn put_on_invoice(tx: &Tx, charges: &[(ChargeId, InvoiceId)]) -> Result<u64, StoreError> {
    let mut put = 0;
    for chunk in charges.chunks(1_000) {
        let sql = format!(
            "UPDATE charge SET invoice_id = v.column2 FROM (VALUES {}) AS v \
             WHERE charge.id = v.column1 AND charge.invoice_id IS NULL",
            places(chunk.len(), 2)
        );
        let values = chunk
            .iter()
            .flat_map(|(charge, invoice)| -> [Value; 2] { [charge.uuid().into(), invoice.uuid().into()] });
        put += tx.execute(&sql, values).await?;
    }
    Ok(put)
}

/// A billing run as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// Up to which day it takes what is due.
    pub through: Day,
    /// Whether it has ended.
    pub finished_at: Option<Timestamp>,
    /// When it began.
    pub started_at: Timestamp,
    pub(crate) cursor: Option<CustomerId>,
    /// How many services it renewed.
    pub services: u64,
    /// How many invoices and credit notes it made.
    pub invoices: u64,
    /// What they come to without VAT.
    pub net: Money,
    /// The VAT.
    pub vat: Money,
    /// How many customers could not be invoiced.
    pub failures: u64,
}

const RUN: &str =
    "id, through_day, started_at, finished_at, cursor_id, services, invoices, net_cents, vat_cents, failures";

/// A run that has not ended, for a day.
pub(crate) async fn running(store: &Store, through: Day) -> Result<Option<RunRow>, StoreError> {
    let sql = format!(
        "SELECT {RUN} FROM billing_run WHERE state = 'running' AND through_day = $1 ORDER BY started_at LIMIT 1"
    );
    store.query_one(&sql, [day(through).into()]).await?.as_ref().map(read_run).transpose()
}

/// Days of runs that a crash left, the oldest first.
pub(crate) async fn unfinished(store: &Store, limit: u32) -> Result<Vec<Day>, StoreError> {
    let sql = "SELECT through_day FROM billing_run WHERE state = 'running' ORDER BY started_at LIMIT $1";
    let rows = store.query(sql, [i64::from(limit).into()]).await?;
    rows.iter().map(|row| to_day(row.try_get("", "through_day")?)).collect()
}

pub(crate) async fn run_by_id(store: &Store, id: RunId) -> Result<Option<RunRow>, StoreError> {
    let sql = format!("SELECT {RUN} FROM billing_run WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read_run).transpose()
}

/// The latest runs.
pub(crate) async fn runs(store: &Store, limit: u32) -> Result<Vec<RunRow>, StoreError> {
    let sql = format!("SELECT {RUN} FROM billing_run ORDER BY started_at DESC, id DESC LIMIT $1");
    store.query(&sql, [i64::from(limit).into()]).await?.iter().map(read_run).collect()
}

pub(crate) async fn begin_run(
    tx: &Tx,
    id: RunId,
    through: Day,
    by: Option<SubjectId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO billing_run (id, through_day, state, started_by, started_at, seen_at, services, invoices, \
         net_cents, vat_cents, failures) VALUES ($1, $2, 'running', $3, $4, $5, 0, 0, 0, 0, 0)",
        [
            id.uuid().into(),
            day(through).into(),
            by.map(|subject| subject.uuid()).into(),
            now.as_micros().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// What a batch adds to its run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    pub services: u64,
    pub invoices: u64,
    pub net: Money,
    pub vat: Money,
    pub failures: u64,
}

/// Takes the batch after a cursor. Zero rows: somebody else has it.
pub(crate) async fn take_batch(
    tx: &Tx,
    run: &RunRow,
    last: CustomerId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let guard = if run.cursor.is_some() { "cursor_id = $4" } else { "cursor_id IS NULL" };
    let sql = format!(
        "UPDATE billing_run SET cursor_id = $1, seen_at = $2 WHERE id = $3 AND state = 'running' AND {guard}"
    );
    let mut values: Vec<Value> = vec![last.uuid().into(), now.as_micros().into(), run.id.uuid().into()];
    values.extend(run.cursor.map(|cursor| cursor.uuid().into()));
    tx.execute(&sql, values).await
}

pub(crate) async fn add_progress(tx: &Tx, run: RunId, progress: Progress) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE billing_run SET services = services + $1, invoices = invoices + $2, net_cents = net_cents + $3, \
         vat_cents = vat_cents + $4, failures = failures + $5 WHERE id = $6",
        [
            progress.services.cast_signed().into(),
            progress.invoices.cast_signed().into(),
            progress.net.cents().into(),
            progress.vat.cents().into(),
            progress.failures.cast_signed().into(),
            run.uuid().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Ends a run. Zero rows: somebody else did.
pub(crate) async fn end_run(tx: &Tx, id: RunId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE billing_run SET state = 'done', finished_at = $1, seen_at = $2 WHERE id = $3 AND state = 'running'",
        [now.as_micros().into(), now.as_micros().into(), id.uuid().into()],
    )
    .await
}

fn read_run(row: &QueryResult) -> Result<RunRow, StoreError> {
    let count = |column| -> Result<u64, StoreError> { Ok(row.try_get::<i64>("", column)?.unsigned_abs()) };
    Ok(RunRow {
        id: RunId::from_uuid(row.try_get("", "id")?),
        through: to_day(row.try_get("", "through_day")?)?,
        started_at: Timestamp::from_micros(row.try_get("", "started_at")?),
        finished_at: row.try_get::<Option<i64>>("", "finished_at")?.map(Timestamp::from_micros),
        cursor: row.try_get::<Option<_>>("", "cursor_id")?.map(CustomerId::from_uuid),
        services: count("services")?,
        invoices: count("invoices")?,
        net: Money::from_cents(row.try_get("", "net_cents")?),
        vat: Money::from_cents(row.try_get("", "vat_cents")?),
        failures: count("failures")?,
    })
}

/// A customer that could not be invoiced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureRow {
    /// The customer.
    pub customer: CustomerId,
    /// Why, as a word: see [`crate::billing::Problem`].
    pub problem: String,
    /// When.
    pub failed_at: Timestamp,
}

/// Notes failures, in place of older ones of the same customers.
pub(crate) async fn note_failures(
    tx: &Tx,
    run: RunId,
    failures: &[(base::__uuid::Uuid, CustomerId, &'static str)],
    now: Timestamp,
) -> Result<(), StoreError> {
    for chunk in failures.chunks(500) {
        let sql = format!(
            "INSERT INTO billing_failure (id, run_id, customer_id, problem, failed_at) VALUES {}",
            places(chunk.len(), 5)
        );
        let values = chunk.iter().flat_map(|(id, customer, problem)| -> [Value; 5] {
            [
                (*id).into(),
                run.uuid().into(),
                customer.uuid().into(),
                (*problem).into(),
                now.as_micros().into(),
            ]
        });
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

/// Ends the failures of customers that were looked at again.
pub(crate) async fn resolve_failures(
    tx: &Tx,
    customers: &[CustomerId],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let sql = format!(
        "UPDATE billing_failure SET resolved_at = $1 WHERE resolved_at IS NULL AND customer_id IN ({})",
        id_places(2, customers.len())
    );
    let values =
        core::iter::once(Value::from(now.as_micros())).chain(customers.iter().map(|id| id.uuid().into()));
    tx.execute(&sql, values).await
}

/// The failures that wait for staff, the newest first.
pub(crate) async fn failures(store: &Store, limit: u32) -> Result<Vec<FailureRow>, StoreError> {
    let sql = "SELECT customer_id, problem, failed_at FROM billing_failure WHERE resolved_at IS NULL \
               ORDER BY failed_at DESC LIMIT $1";
    let rows = store.query(sql, [i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(FailureRow {
                customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
                problem: row.try_get("", "problem")?,
                failed_at: Timestamp::from_micros(row.try_get("", "failed_at")?),
            })
        })
        .collect()
}
