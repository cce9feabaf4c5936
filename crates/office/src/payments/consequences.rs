//! What follows from not paying, and from paying after all: services are held up once the notice of it
//! went, run again when nothing is overdue any more, and are ended when the configured time has passed.
//!
//! Invariants: of one notice a service is held up once, so that staff may let it run again; only what was
//! held up for not paying runs again by itself; an end comes only to what is still held up. Each service
//! is a transaction of its own, so a round that broke off goes on where it was.

use super::due_for_termination;
use super::store::consequences::{self as store, Found};
use crate::customers::CustomerId;
use crate::services::{self, SuspendReason};
use crate::{By, Office, OfficeError};
use core::fmt;

/// How many services are looked at in one go.
const ROUND: u32 = 200;

const BY: By = By::System("billing");

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Enforced {
    /// Services that were held up.
    pub suspended: u64,
    /// Services that run again.
    pub resumed: u64,
    /// Services that were ended.
    pub terminated: u64,
}

impl fmt::Display for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { suspended, resumed, terminated } = self;
        write!(f, "{suspended} services suspended, {resumed} resumed, {terminated} terminated")
    }
}

/// Takes every consequence that is due; daily, after the reminders.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn enforce(office: &Office) -> Result<Enforced, OfficeError> {
    let mut done = Enforced::default();
    let mut after = None;
    loop {
        let found = store::noticed(&office.store, after, ROUND).await?;
        let Some(last) = found.last() else { break };
        after = Some(last.service);
        for Found { service, revision } in found {
            let outcome = services::suspend(office, BY, service, revision, SuspendReason::Unpaid).await;
            done.suspended += happened(outcome)?;
        }
    }
    let mut after = None;
    loop {
        let found = store::paid_up(&office.store, None, office.today(), after, ROUND).await?;
        let Some(last) = found.last() else { break };
        after = Some(last.service);
        done.resumed += resume(office, found).await?;
    }
    if office.settings.billing.terminate {
        for customer in due_for_termination(office).await? {
            done.terminated += terminate(office, BY, customer).await?;
        }
    }
    Ok(done)
}

/// Lets the services of a customer run again that were held up for not paying, when nothing is overdue any
/// more. What was paid stays paid when this fails: the daily round does it then.
pub(crate) async fn lift(office: &Office, customer: CustomerId) {
    let lifted = async {
        let found = store::paid_up(&office.store, Some(customer), office.today(), None, ROUND).await?;
        resume(office, found).await
    };
    if let Err(error) = lifted.await {
        tracing::warn!(error = %error, customer.id = %customer, "services of a customer who paid are still suspended");
    }
}

/// Ends the services of a customer that are held up for not paying. Tells how many there were.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn terminate(office: &Office, by: By, customer: CustomerId) -> Result<u64, OfficeError> {
    let mut ended = 0;
    for Found { service, revision } in store::held_up(&office.store, customer, ROUND).await? {
        ended += happened(services::terminate(office, by, service, revision, SuspendReason::Unpaid).await)?;
    }
    Ok(ended)
}

async fn resume(office: &Office, found: Vec<Found>) -> Result<u64, OfficeError> {
    let mut resumed = 0;
    for Found { service, revision } in found {
        resumed += happened(services::resume(office, BY, service, revision).await)?;
    }
    Ok(resumed)
}

/// Counts what happened. What somebody changed meanwhile, or is being erased, the next round looks at.
fn happened<T>(outcome: Result<T, OfficeError>) -> Result<u64, OfficeError> {
    match outcome {
        Ok(_) => Ok(1),
        Err(
            OfficeError::Conflict { .. }
            | OfficeError::Erased
            | OfficeError::NotFound { .. }
            | OfficeError::Keys(keys::KeyError::Missing { .. }),
        ) => Ok(0),
        Err(error) => Err(error),
    }
}
