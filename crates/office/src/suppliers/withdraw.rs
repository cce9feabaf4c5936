//! How withdrawals come about, and their end.

use super::jobs::Withdraw;
use super::model::{DisclosureId, WithdrawalId, WithdrawalReason};
use super::store::{self, NewWithdrawal, Unused};
use crate::customers::CustomerId;
use crate::{By, Office, OfficeError, Record, promises, subjects};
use ::store::Tx;
use base::{Day, SubjectId, Timestamp};
use jiff::ToSpan as _;
use keys::Purpose as _;
use keys::purpose::Disclosures;
use policy::Moment;
use policy::versions::{History, InForce};

/// How many disclosures one transaction withdraws.
const BATCH: u32 = 200;
/// How many one round withdraws: the next round goes on.
const ROUND: u32 = 5_000;
/// How many ended disclosures one round destroys.
const END_ROUND: u32 = 200;
/// By when a withdrawal is to be answered when the policy does not name its purpose any more, in days.
const DUE_DAYS: i64 = 30;

/// By when a withdrawal is to be answered: what was given for a purpose is to be gone where it was given when the
/// policy's term of that purpose has passed, as it is here.
pub(crate) fn due_at(office: &Office, purpose: &str, now: Timestamp) -> Timestamp {
    let policy = office.policy();
    let retention = policy.purpose(purpose).map(|purpose| purpose.retention.term);
    let day = retention.and_then(|term| term.after_instant(now).ok());
    day.map_or_else(|| now.plus_days(DUE_DAYS), Day::start)
}

/// Writes a withdrawal down with the job that demands it. Tells whether there was none yet.
async fn put(
    office: &Office,
    tx: &Tx,
    of: &Unused,
    reason: WithdrawalReason,
    now: Timestamp,
) -> Result<bool, OfficeError> {
    let id = WithdrawalId::new(&*office.clock, &*office.random);
    let due_at = due_at(office, &of.purpose, now);
    if !store::insert_withdrawal(tx, &NewWithdrawal { id, of, reason, due_at }, now).await? {
        return Ok(false);
    }
    // Names no subject, so that no key store is asked: nothing is waited for in this transaction.
    let record = Record::new("withdrawal-due", By::System("suppliers"))
        .with("withdrawal", id.to_string())
        .with("disclosure", of.id.to_string())
        .with("supplier", of.supplier.clone())
        .with("reason", reason.as_str())
        .with("due", due_at.day().to_string());
    office.prepare(record).await?.append(tx).await?;
    tx.enqueue(&Withdraw { withdrawal: id }, now, &*office.clock, &*office.random).await?;
    Ok(true)
}

/// Withdraws what no running service uses any more. Tells how many withdrawals there are now that were not there.
pub(super) async fn withdraw_unused(office: &Office) -> Result<u64, OfficeError> {
    let tx = office.store.begin().await?;
    store::end_uses(&tx, ROUND, office.now()).await?;
    tx.commit().await?;
    let mut after: Option<DisclosureId> = None;
    let mut count = 0;
    while count < u64::from(ROUND) {
        let page = store::unused(&office.store, after, BATCH).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let now = office.now();
        let tx = office.store.begin().await?;
        for one in &page {
            // Held first, so that a service that begins to use it now is seen.
            if store::lock_unused(&tx, one.id).await? {
                count += u64::from(put(office, &tx, one, WithdrawalReason::Ended, now).await?);
            }
        }
        tx.commit().await?;
    }
    Ok(count)
}

/// Withdraws whatever suppliers have of a customer, in the transaction that begins the erasure: nothing can be given
/// about the customer from then on, and nothing that was given is forgotten.
pub(crate) async fn withdraw_for_erasure(
    office: &Office,
    tx: &Tx,
    customer: CustomerId,
    now: Timestamp,
) -> Result<u64, OfficeError> {
    store::end_uses_of(tx, customer, now).await?;
    let mut count = 0;
    for one in store::not_withdrawn(tx, customer).await? {
        count += u64::from(put(office, tx, &one, WithdrawalReason::Erased, now).await?);
    }
    Ok(count)
}

/// The subjects of disclosures that are over and past the term of the policy.
pub(super) async fn past_term(office: &Office) -> Result<Vec<SubjectId>, OfficeError> {
    let parsed = promises::parsed_versions(office).await?;
    let versions = parsed.iter().map(|(policy, from)| InForce { policy, from: *from }).collect();
    let Ok(history) = History::new(versions) else { return Ok(Vec::new()) };
    let today = office.now().day();
    let sieve = history.shortest_term(Disclosures::NAME).and_then(|term| term.latest_start(today));
    let Some(latest) = sieve.and_then(|day| day.plus_span(1.day()).ok()) else { return Ok(Vec::new()) };
    let ended = store::ended(&office.store, latest.start(), END_ROUND).await?;
    let due = ended.into_iter().filter(|(_, created, ended)| {
        history.is_due(Disclosures::NAME, created.day(), today, |moment| match moment {
            Moment::Collected => Some(created.day()),
            Moment::WithdrawalEnded => Some(ended.day()),
            _ => None,
        })
    });
    Ok(due.map(|(subject, ..)| subject).collect())
}

/// Destroys what is known of disclosures that are over, past the term of the policy: first the key, then the rows.
///
/// # Errors
/// When a store fails; it may be run again.
pub(crate) async fn end_past_term(office: &Office) -> Result<u64, OfficeError> {
    let due = past_term(office).await?;
    for subject in &due {
        let destroyed = office.vault.destroy(*subject).await?;
        let keys: Vec<String> = destroyed.iter().map(|key| key.key_id.to_string()).collect();
        let record = Record::new("disclosure-forgotten", By::System("retention")).with("keys", keys);
        let entry = office.prepare(record).await?;
        let tx = office.store.begin().await?;
        subjects::mark_erasing(&tx, *subject, office.now()).await?;
        store::delete(&tx, *subject).await?;
        subjects::mark_erased(&tx, *subject, office.now()).await?;
        entry.append(&tx).await?;
        tx.commit().await?;
    }
    Ok(due.len() as u64)
}
