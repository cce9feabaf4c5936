//! Use cases of agreements.

use super::store;
use super::{Agreement, AgreementId};
use crate::customers::CustomerId;
use crate::services::EndReason;
use crate::{By, Office, OfficeError, Prepared, Record};
use ::store::Tx;
use base::{Day, SubjectId, Timestamp};

/// The agreements with a customer, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn agreements_of(office: &Office, customer: CustomerId) -> Result<Vec<Agreement>, OfficeError> {
    Ok(store::of_customer(&office.store, customer).await?)
}

/// An agreement that is dissolved if its last service ends in the transaction.
pub(crate) struct Dissolution {
    id: AgreementId,
    reason: EndReason,
    entry: Prepared,
}

/// Prepares what the ledger tells if the agreement is dissolved.
pub(crate) async fn prepare_dissolution(
    office: &Office,
    by: By,
    subject: SubjectId,
    id: AgreementId,
    reason: EndReason,
) -> Result<Dissolution, OfficeError> {
    let record = Record::new("agreement-dissolved", by)
        .about(subject)
        .with("agreement", id.to_string())
        .with("reason", reason.as_str());
    Ok(Dissolution { id, reason, entry: office.prepare(record).await? })
}

impl Dissolution {
    /// Dissolves the agreement unless a service of it is left, and notes when the customer has no
    /// agreement any more.
    pub(crate) async fn if_empty(&self, tx: &Tx, today: Day, now: Timestamp) -> Result<(), OfficeError> {
        if store::dissolve_empty(tx, self.id, self.reason, today, now).await? == 1 {
            store::note_former(tx, self.id, now).await?;
            self.entry.append(tx).await?;
        }
        Ok(())
    }
}

/// Dissolves every agreement of a customer who is being erased.
pub(crate) async fn dissolve_for_erasure(
    tx: &Tx,
    customer: CustomerId,
    today: Day,
    now: Timestamp,
) -> Result<u64, OfficeError> {
    Ok(store::dissolve_all(tx, customer, today, now).await?)
}
