//! What has passed its term goes: a closed case or order with its keys, a closed report of a customer.

use super::store::{self, Ended};
use crate::{By, Office, OfficeError, Record, promises, subjects};
use ::store::StoreError;
use base::{SubjectId, Timestamp};
use jiff::ToSpan as _;
use keys::Purpose as _;
use keys::purpose::Incidents;
use policy::Moment;
use policy::versions::{History, InForce};

/// How many of each kind go in one round.
const ROUND: u32 = 200;

/// One round. Tells how many went.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn end_past_term(office: &Office) -> Result<u64, OfficeError> {
    let parsed = promises::parsed_versions(office).await?;
    let versions = parsed.iter().map(|(policy, from)| InForce { policy, from: *from }).collect();
    let Ok(history) = History::new(versions) else { return Ok(0) };
    let today = office.now().day();
    let sieve = history.shortest_term(Incidents::NAME).and_then(|term| term.latest_start(today));
    let Some(latest) = sieve.and_then(|day| day.plus_span(1.day()).ok()) else { return Ok(0) };
    let is_due = |ended: &Ended| {
        history.is_due(Incidents::NAME, ended.created_at.day(), today, |moment| match moment {
            Moment::Collected => Some(ended.created_at.day()),
            Moment::IncidentClosed => Some(ended.closed_at.day()),
            _ => None,
        })
    };
    let before = latest.start();
    let mut gone = 0;
    for table in [("incident", "subject_id", "opened_at"), ("lawful_order", "subject_id", "opened_at")] {
        for ended in store::ended(&office.store, table, before, ROUND).await?.iter().filter(|e| is_due(e)) {
            destroy(office, SubjectId::from_uuid(ended.id)).await?;
            gone += 1;
        }
    }
    gone += end_leaks(office, before, is_due).await?;
    Ok(gone)
}

/// The keys first, then the rows.
async fn destroy(office: &Office, subject: SubjectId) -> Result<(), OfficeError> {
    let destroyed = office.vault.destroy(subject).await?;
    let keys: Vec<String> = destroyed.iter().map(|key| key.key_id.to_string()).collect();
    let record = Record::new("incident-destroyed", By::System("retention")).with("keys", keys);
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::mark_erasing(&tx, subject, office.now()).await?;
    store::delete_case(&tx, subject).await?;
    subjects::mark_erased(&tx, subject, office.now()).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

async fn end_leaks(
    office: &Office,
    before: Timestamp,
    is_due: impl Fn(&Ended) -> bool,
) -> Result<u64, OfficeError> {
    let table = ("leak_report", "id", "created_at");
    let ended = store::ended(&office.store, table, before, ROUND).await?;
    let due: Vec<&Ended> = ended.iter().filter(|ended| is_due(ended)).collect();
    if due.is_empty() {
        return Ok(0);
    }
    let record = Record::new("leak-reports-removed", By::System("retention")).with("reports", due.len());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    let mut gone = 0;
    for ended in due {
        gone += store::delete_leak(&tx, ended.id).await?;
    }
    entry.append(&tx).await?;
    tx.commit().await.map_err(|error: StoreError| OfficeError::from(error))?;
    Ok(gone)
}
