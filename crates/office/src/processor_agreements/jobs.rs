//! What the slice leaves for later: issuing anew what has changed.

use super::model::KeptText;
use super::{IssueReason, issue, store};
use crate::customers::CustomerId;
use crate::{By, Office, OfficeError};
use ::store::{ClaimedJob, Job};
use base::Language;
use serde::{Deserialize, Serialize};

/// How many customers one run of the job takes: it ends well within the lease of a job.
const BATCH: u32 = 200;

/// Issues a new version to every customer whose agreement does not say what it would say today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reissue {
    /// The last customer of the run before.
    pub after: Option<CustomerId>,
}

impl Job for Reissue {
    const KIND: &'static str = "processor-agreements.reissue";
}

/// Carries out a claimed job of this slice; tells whether it was one. It can be repeated.
///
/// # Errors
/// When a store fails; a retry helps.
pub async fn run(office: &Office, job: &ClaimedJob) -> Result<bool, OfficeError> {
    if job.kind != Reissue::KIND {
        return Ok(false);
    }
    let Reissue { after } = job.decode()?;
    let customers = store::outdated(&office.store, &substances(office), after, BATCH).await?;
    issue_all(office, &customers, IssueReason::Changed).await?;
    if let (Some(&last), true) = (customers.last(), customers.len() == BATCH as usize) {
        let tx = office.store.begin().await?;
        let next = Reissue { after: Some(last) };
        tx.enqueue(&next, office.now(), &*office.clock, &*office.random).await?;
        tx.commit().await?;
    }
    Ok(true)
}

/// Issues what is missing, some of it at a time: to customers whose data a service holds and who have no
/// agreement, such as those whose services were imported, and to those whose agreement does not say what
/// it would say today, such as after a release with other clauses. Tells how many it took up.
///
/// # Errors
/// When a store fails.
pub async fn catch_up(office: &Office) -> Result<usize, OfficeError> {
    let missing = store::missing(&office.store, BATCH).await?;
    issue_all(office, &missing, IssueReason::Order).await?;
    let outdated = store::outdated(&office.store, &substances(office), None, BATCH).await?;
    issue_all(office, &outdated, IssueReason::Changed).await?;
    Ok(missing.len() + outdated.len())
}

async fn issue_all(
    office: &Office,
    customers: &[CustomerId],
    reason: IssueReason,
) -> Result<(), OfficeError> {
    for &customer in customers {
        match issue(office, By::System("processor-agreements"), customer, reason).await {
            Ok(_)
            // Another was faster, or the customer is going.
            | Err(OfficeError::Conflict { .. } | OfficeError::Erased | OfficeError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What an agreement says today, in each language.
pub(crate) fn substances(office: &Office) -> [[u8; 32]; 2] {
    let policy = office.policy();
    Language::ALL.map(|language| KeptText::of(&policy, language).substance)
}
