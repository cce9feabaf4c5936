//! Reading services, and holding them up.

use super::store::{self, ServiceRow};
use super::{Service, ServiceId, ServiceState, SuspendReason, TaskKind};
use crate::catalogue::ProductKind;
use crate::customers::CustomerId;
use crate::{By, Office, OfficeError, Record, subjects};
use keys::KeyError;
use keys::purpose::Account;

const CHANGED: OfficeError = OfficeError::Conflict { what: "the service" };
const NO_SERVICE: OfficeError = OfficeError::NotFound { what: "the service" };

/// One service, opened. After an erasure its label is empty.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn service(office: &Office, id: ServiceId) -> Result<Service, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(NO_SERVICE)?;
    open(office, row).await
}

/// A service of a customer.
///
/// # Errors
/// [`OfficeError::NotFound`] unless it is the customer's.
pub async fn own(office: &Office, customer: CustomerId, id: ServiceId) -> Result<Service, OfficeError> {
    let found = service(office, id).await?;
    if found.customer == customer { Ok(found) } else { Err(NO_SERVICE) }
}

async fn open(office: &Office, row: ServiceRow) -> Result<Service, OfficeError> {
    let label = match row.subject {
        None => None,
        Some(subject) => match office.vault.key::<Account>(subject).await {
            Ok(key) => row.open_label(&key)?,
            // The subject is being erased at this moment.
            Err(KeyError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        },
    };
    Ok(row.service(label))
}

/// The services of a customer, those that run first.
///
/// # Errors
/// When a store fails.
pub async fn services_of(office: &Office, customer: CustomerId) -> Result<Vec<Service>, OfficeError> {
    let mut services = Vec::new();
    for row in store::of_customer(&office.store, customer).await? {
        services.push(open(office, row).await?);
    }
    services.sort_by_key(|service| (service.state == ServiceState::Ended, service.created_at));
    Ok(services)
}

/// Holds a service up, with a reason. It is still charged: the agreement goes on. What was cancelled stays
/// cancelled.
///
/// # Errors
/// [`OfficeError::Conflict`] unless it runs and is not held up yet, or when it changed since `revision`.
pub async fn suspend(
    office: &Office,
    by: By,
    id: ServiceId,
    revision: u32,
    reason: SuspendReason,
) -> Result<(), OfficeError> {
    let before = ServiceRow::at(office, id, revision).await?;
    let mut row = before.clone();
    row.state = match (before.state, before.suspended) {
        (ServiceState::Active, None) => ServiceState::Suspended,
        (ServiceState::Ending, None) => ServiceState::Ending,
        _ => return Err(CHANGED),
    };
    row.suspended = Some((reason, office.now()));
    let record =
        Record::new("service-suspended", by).with("service", id.to_string()).with("reason", reason.as_str());
    move_to(office, &before, &row, TaskKind::Suspend, record).await
}

/// Lets a service run again.
///
/// # Errors
/// [`OfficeError::Conflict`] unless it is held up, or when it changed since `revision`.
pub async fn resume(office: &Office, by: By, id: ServiceId, revision: u32) -> Result<(), OfficeError> {
    let before = ServiceRow::at(office, id, revision).await?;
    let mut row = before.clone();
    row.state = match (before.state, before.suspended) {
        (ServiceState::Suspended, _) => ServiceState::Active,
        (ServiceState::Ending, Some(_)) => ServiceState::Ending,
        _ => return Err(CHANGED),
    };
    row.suspended = None;
    let record = Record::new("service-resumed", by).with("service", id.to_string());
    move_to(office, &before, &row, TaskKind::Resume, record).await
}

/// Writes the new state and asks staff to carry it out; a task for the opposite that nobody did yet
/// lapses.
async fn move_to(
    office: &Office,
    before: &ServiceRow,
    row: &ServiceRow,
    task: TaskKind,
    record: Record,
) -> Result<(), OfficeError> {
    let subject = before.subject.ok_or(OfficeError::Erased)?;
    let entry = office.prepare(record.about(subject)).await?;
    let opposite = if task == TaskKind::Suspend { TaskKind::Resume } else { TaskKind::Suspend };
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    store::save(&tx, before, row, now).await?;
    store::cancel_task(&tx, row.id, opposite, now).await?;
    store::open_task(office, &tx, task, row, now).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Asks staff to help move a domain name to another provider.
///
/// # Errors
/// [`OfficeError::Conflict`] unless the service is a domain name that runs and nobody asked before.
pub async fn request_transfer(
    office: &Office,
    by: By,
    id: ServiceId,
    revision: u32,
) -> Result<(), OfficeError> {
    let row = ServiceRow::at(office, id, revision).await?;
    let subject = row.subject.ok_or(OfficeError::Erased)?;
    if row.kind != ProductKind::Domain || !row.state.is_running() {
        return Err(OfficeError::Conflict { what: "the service" });
    }
    let record = Record::new("transfer-out-requested", by).about(subject).with("service", id.to_string());
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    // The row is taken first, so that of two who ask one waits for the other.
    store::save(&tx, &row, &row, now).await?;
    if store::has_open_task(&tx, id, TaskKind::TransferOut).await? {
        return Err(OfficeError::Conflict { what: "the service" });
    }
    store::open_task(office, &tx, TaskKind::TransferOut, &row, now).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
