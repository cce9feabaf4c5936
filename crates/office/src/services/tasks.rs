//! The tasks of staff, and what is so once one is done.

use super::bill::{Bill, calendar};
use super::store::{self, ServiceRow, TaskFilter};
use super::terms::{Billed, term};
use super::{ServiceState, Task, TaskId, TaskKind, TaskState};
use crate::accounts::LoginId;
use crate::billing::charges;
use crate::{By, Office, OfficeError, Record, orders, subjects, suppliers};

/// The largest page of a list.
const PAGE_MAX: u32 = 200;

/// Tasks that a filter lets through, those due first on top.
///
/// # Errors
/// When the database fails.
pub async fn tasks(
    office: &Office,
    filter: TaskFilter,
    offset: u64,
    limit: u32,
) -> Result<Vec<Task>, OfficeError> {
    Ok(store::tasks(&office.store, filter, offset, limit.min(PAGE_MAX)).await?)
}

/// How many tasks a filter lets through.
///
/// # Errors
/// When the database fails.
pub async fn count_tasks(office: &Office, filter: TaskFilter) -> Result<u64, OfficeError> {
    Ok(store::count_tasks(&office.store, filter).await?)
}

/// One task.
///
/// # Errors
/// [`OfficeError::NotFound`]; when the database fails.
pub async fn task(office: &Office, id: TaskId) -> Result<Task, OfficeError> {
    store::task(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the task" })
}

/// Says that a task was done. Once a service is made it runs: its terms are counted from today, and
/// setting up and the first term are charged, and what a supplier was given for it is written down.
///
/// # Errors
/// [`OfficeError::Conflict`] when the task is closed already.
pub async fn complete(
    office: &Office,
    by: By,
    login: Option<LoginId>,
    id: TaskId,
) -> Result<(), OfficeError> {
    complete_at(office, by, login, id, None).await
}

/// The same, where the policy names several suppliers for a service of this kind: `supplier` says by its id who was
/// given the customer's data for it.
///
/// # Errors
/// As [`complete`]; [`OfficeError::Invalid`] when a supplier must be named and is not.
pub async fn complete_at(
    office: &Office,
    by: By,
    login: Option<LoginId>,
    id: TaskId,
    supplier: Option<&str>,
) -> Result<(), OfficeError> {
    let task = task(office, id).await?;
    if task.state != TaskState::Open {
        return Err(OfficeError::Conflict { what: "the task" });
    }
    let row = store::by_id(&office.store, task.service)
        .await?
        .ok_or(OfficeError::NotFound { what: "the service" })?;
    let record = Record::new("task-done", by).with("task", task.number).with("kind", task.kind.as_str());
    let record = match row.subject {
        Some(subject) => record.about(subject),
        None => record,
    };
    let entry = office.prepare(record).await?;
    let begun = match task.kind {
        TaskKind::Fulfil => Some(begin(office, &row).await?),
        _ => None,
    };
    let disclosed = match begun {
        Some(_) => suppliers::of_service(office, by, (row.id, row.customer, row.kind), supplier).await?,
        None => None,
    };
    let now = office.now();
    let tx = office.store.begin().await?;
    if let (Some(_), Some(subject)) = (&begun, row.subject) {
        subjects::lock_active(&tx, subject).await?;
    }
    store::close_task(&tx, id, login, now).await?;
    if let Some((after, bill)) = &begun {
        store::save(&tx, &row, after, now).await?;
        charges::insert(&tx, &bill.charges, now).await?;
    }
    if let Some(disclosed) = &disclosed {
        disclosed.put(office, &tx).await?;
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// The service that runs from today on, and its first bill.
async fn begin<'a>(office: &'a Office, row: &ServiceRow) -> Result<(ServiceRow, Bill<'a>), OfficeError> {
    if !row.state.may_become(ServiceState::Active) || row.anchor.is_some() {
        return Err(OfficeError::Conflict { what: "the service" });
    }
    let today = office.today();
    let (_, setup) = orders::beginnings(office, row.id).await?;
    let mut after = row.clone();
    after.state = ServiceState::Active;
    after.began = Some(today);
    after.anchor = Some(today);
    after.first_term_until = Some(term(today, row.months, 0).map_err(calendar)?.until);
    after.charged_until = Some(today);
    let billed =
        Billed { anchor: today, months: row.months, price: row.price, charged_until: today, ends: None };
    let renewal = billed.renewal().map_err(calendar)?.ok_or_else(|| calendar(base::TimeError))?;
    let mut bill = Bill::new(office, row).await?;
    bill.setup(today, setup)?;
    bill.term(&renewal.part)?;
    after.renewed(&renewal);
    Ok((after, bill))
}
