//! SQL of tasks.

use super::{ServiceRow, word};
use crate::accounts::LoginId;
use crate::customers::CustomerId;
use crate::services::{ServiceId, Task, TaskId, TaskKind, TaskState};
use crate::{Office, OfficeError};
use ::store::{Store, StoreError, Tx};
use base::Timestamp;
use sea_orm::QueryResult;

/// The counter that hands out numbers of tasks, and the number before the first.
const TASK_COUNTER: &str = "task";
const FIRST_TASK: i64 = 1_000;

/// Which tasks a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct TaskFilter {
    /// In this state.
    pub state: Option<TaskState>,
    /// Of this kind.
    pub kind: Option<TaskKind>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// That should have been done before this.
    pub due_before: Option<Timestamp>,
}

/// Asks staff to do something about a service.
pub(crate) async fn open_task(
    office: &Office,
    tx: &Tx,
    kind: TaskKind,
    row: &ServiceRow,
    due: Timestamp,
) -> Result<(), StoreError> {
    new_task(office, tx, kind, (row.id, row.customer), due).await
}

pub(crate) async fn new_task(
    office: &Office,
    tx: &Tx,
    kind: TaskKind,
    (service, customer): (ServiceId, CustomerId),
    due: Timestamp,
) -> Result<(), StoreError> {
    let id = TaskId::new(&*office.clock, &*office.random);
    let number = tx.next_number(TASK_COUNTER, FIRST_TASK, 1).await?;
    tx.execute(
        "INSERT INTO task (id, number, kind, service_id, customer_id, state, due_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'open', $6, $7)",
        [
            id.uuid().into(),
            number.into(),
            kind.as_str().into(),
            service.uuid().into(),
            customer.uuid().into(),
            due.as_micros().into(),
            office.now().as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// What was to be done about a service that ends, or does not end after all, need not be done. A domain
/// name that is moving goes on moving.
pub(in crate::services) async fn cancel_tasks(
    tx: &Tx,
    service: ServiceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE task SET state = 'cancelled', closed_at = $1 \
         WHERE service_id = $2 AND state = 'open' AND kind <> 'transfer_out'",
        [now.as_micros().into(), service.uuid().into()],
    )
    .await?;
    Ok(())
}

/// A task that nobody did yet and that the opposite now takes the place of.
pub(in crate::services) async fn cancel_task(
    tx: &Tx,
    service: ServiceId,
    kind: TaskKind,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE task SET state = 'cancelled', closed_at = $1 WHERE service_id = $2 AND kind = $3 AND state = 'open'",
        [now.as_micros().into(), service.uuid().into(), kind.as_str().into()],
    )
    .await?;
    Ok(())
}

pub(in crate::services) async fn has_open_task(
    tx: &Tx,
    service: ServiceId,
    kind: TaskKind,
) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM task WHERE service_id = $1 AND kind = $2 AND state = 'open' LIMIT 1";
    Ok(tx.query_one(sql, [service.uuid().into(), kind.as_str().into()]).await?.is_some())
}

pub(in crate::services) async fn close_task(
    tx: &Tx,
    id: TaskId,
    login: Option<LoginId>,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE task SET state = 'done', closed_at = $1, closed_by = $2 WHERE id = $3 AND state = 'open'",
            [now.as_micros().into(), login.map(LoginId::uuid).into(), id.uuid().into()],
        )
        .await?;
    if touched == 0 { Err(OfficeError::Conflict { what: "the task" }) } else { Ok(()) }
}

/// The conditions of a filter: words of ours and a number, which need no quoting.
fn conditions(filter: TaskFilter) -> String {
    let mut sql = String::new();
    if let Some(state) = filter.state {
        sql.push_str(&format!(" AND state = '{}'", state.as_str()));
    }
    if let Some(kind) = filter.kind {
        sql.push_str(&format!(" AND kind = '{}'", kind.as_str()));
    }
    if let Some(at) = filter.due_before {
        sql.push_str(&format!(" AND due_at < {}", at.as_micros()));
    }
    sql
}

pub(in crate::services) async fn tasks(
    store: &Store,
    filter: TaskFilter,
    offset: u64,
    limit: u32,
) -> Result<Vec<Task>, StoreError> {
    let nil = base::__uuid::Uuid::nil();
    let sql = format!(
        "SELECT * FROM task WHERE ($1 = $2 OR service_id = $1){} ORDER BY state DESC, due_at, number LIMIT $3 OFFSET $4",
        conditions(filter)
    );
    let service = filter.service.map_or(nil, ServiceId::uuid);
    let rows = store
        .query(&sql, [service.into(), nil.into(), i64::from(limit).into(), offset.cast_signed().into()])
        .await?;
    rows.iter().map(read_task).collect()
}

pub(in crate::services) async fn count_tasks(store: &Store, filter: TaskFilter) -> Result<u64, StoreError> {
    let nil = base::__uuid::Uuid::nil();
    let sql =
        format!("SELECT COUNT(*) AS n FROM task WHERE ($1 = $2 OR service_id = $1){}", conditions(filter));
    let service = filter.service.map_or(nil, ServiceId::uuid);
    let row = store.query_one(&sql, [service.into(), nil.into()]).await?;
    let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(n.unsigned_abs())
}

pub(in crate::services) async fn task(store: &Store, id: TaskId) -> Result<Option<Task>, StoreError> {
    let row = store.query_one("SELECT * FROM task WHERE id = $1", [id.uuid().into()]).await?;
    row.as_ref().map(read_task).transpose()
}

fn read_task(row: &QueryResult) -> Result<Task, StoreError> {
    Ok(Task {
        id: TaskId::from_uuid(row.try_get("", "id")?),
        number: row.try_get("", "number")?,
        kind: word(row, "kind", TaskKind::parse)?,
        service: ServiceId::from_uuid(row.try_get("", "service_id")?),
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        state: word(row, "state", TaskState::parse)?,
        due_at: Timestamp::from_micros(row.try_get("", "due_at")?),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        closed_at: row.try_get::<Option<i64>>("", "closed_at")?.map(Timestamp::from_micros),
    })
}
