//! The job that takes the next step of a withdrawal, and the round that keeps withdrawals going.

use super::model::{Step, Withdrawal, WithdrawalId, WithdrawalState, step};
use super::store::{self, Outcome};
use super::supplier::{Demand, Reply};
use super::{lists, withdraw};
use crate::{By, Office, OfficeError, Record};
use ::store::{ClaimedJob, Job};
use base::Timestamp;
use core::fmt;
use keys::purpose::Disclosures;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// For how long a try is another worker's business, in seconds: below the lease of a job, above the longest contact.
const TRY_SECONDS: i64 = 270;
/// How long a step may be overdue before its job is taken for lost, in seconds.
const LOST_SECONDS: i64 = 6 * 3_600;
/// How many lost steps one round takes up.
const LOST_MAX: u32 = 1_000;
/// The longest proof that is kept, in characters.
pub(super) const PROOF_CHARS_MAX: usize = 4_000;

/// Takes the next step of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdraw {
    /// Which.
    pub withdrawal: WithdrawalId,
}

impl Job for Withdraw {
    const KIND: &'static str = "suppliers.withdraw";
    // With pauses of six hours, weeks: what is demanded here is owed to somebody. Tries that a supplier leaves
    // without an answer are counted apart.
    const ATTEMPTS_MAX: u32 = 100;
}

/// Carries out a claimed job of this slice; tells whether it was one. It can be repeated.
///
/// # Errors
/// When a store fails; a retry helps.
pub async fn run(office: &Office, job: &ClaimedJob) -> Result<bool, OfficeError> {
    if job.kind != Withdraw::KIND {
        return Ok(false);
    }
    let Withdraw { withdrawal } = job.decode()?;
    advance(office, withdrawal).await?;
    Ok(true)
}

/// Takes the next step of a withdrawal: demands, and writes down what came of it together with the job that takes
/// the step after it. Killed anywhere, it is run again: the demand is one that may be repeated.
pub(crate) async fn advance(office: &Office, id: WithdrawalId) -> Result<(), OfficeError> {
    let Some(row) = store::withdrawal(&office.store, id).await? else { return Ok(()) };
    let before = row.withdrawal;
    let Some(next_at) = before.next_at else { return Ok(()) };
    let now = office.now();
    if next_at > now {
        return again(office, id, next_at).await;
    }
    let disclosure = lists::row(office, before.disclosure).await?;
    let key = office.vault.key::<Disclosures>(before.subject).await?;
    let demand = Demand {
        withdrawal: id,
        supplier: before.supplier.clone(),
        purpose: before.purpose.clone(),
        subject: before.subject,
        reference: disclosure.open_reference(&key)?,
        attempt: before.attempts + 1,
    };
    let entry = match before.state {
        // Told once, not at each try.
        WithdrawalState::Requested | WithdrawalState::Linked => None,
        _ => Some(office.prepare(record("withdrawal-requested", By::System("suppliers"), &before)).await?),
    };
    let tx = office.store.begin().await?;
    if !store::begin_try(&tx, &before, now.plus_seconds(TRY_SECONDS), now).await? {
        // Another worker has it, and its job goes on.
        return Ok(tx.rollback().await?);
    }
    if let Some(entry) = entry {
        entry.append(&tx).await?;
    }
    tx.commit().await?;
    let reply = office.suppliers.of(&before.supplier).withdraw(&demand).await;
    settle(office, &before, &demand, &reply).await
}

/// Writes down what came of a try.
async fn settle(
    office: &Office,
    before: &Withdrawal,
    demand: &Demand,
    reply: &Reply,
) -> Result<(), OfficeError> {
    let now = office.now();
    let step = step(reply, demand.attempt, now);
    if let Reply::Unreachable { why } = reply {
        tracing::warn!(withdrawal.id = %before.id, supplier = before.supplier, why, "a supplier gave no answer");
    }
    let kept = kept(office, By::System("suppliers"), before, &step, reply.proof()).await?;
    let changes = before.changes + 1;
    let tx = office.store.begin().await?;
    if !store::take_step(&tx, before.id, changes, &kept.outcome(&step), now).await? {
        return Ok(tx.rollback().await?);
    }
    kept.finish(office, &tx, before, &step, now).await?;
    Ok(tx.commit().await?)
}

/// A step that is ready for its transaction.
pub(super) struct Kept {
    answer: Option<(Vec<u8>, [u8; 32])>,
    entry: Option<crate::Prepared>,
}

impl Kept {
    pub(super) fn outcome<'a>(&'a self, step: &'a Step) -> Outcome<'a> {
        Outcome { step, answer: self.answer.as_ref().map(|(sealed, hash)| (sealed.as_slice(), *hash)) }
    }

    /// The entry, the job of the next step, and the end of the disclosure when it is gone.
    pub(super) async fn finish(
        &self,
        office: &Office,
        tx: &::store::Tx,
        before: &Withdrawal,
        step: &Step,
        now: Timestamp,
    ) -> Result<(), OfficeError> {
        if let Some(entry) = &self.entry {
            entry.append(tx).await?;
        }
        if step.state == WithdrawalState::Confirmed {
            store::end(tx, before.disclosure, now).await?;
        }
        if let Some(at) = step.next_at {
            let job = Withdraw { withdrawal: before.id };
            tx.enqueue(&job, at, &*office.clock, &*office.random).await?;
        }
        Ok(())
    }
}

/// Seals the proof of a step and makes its ledger entry. A state that is the same as before needs no entry.
pub(super) async fn kept(
    office: &Office,
    by: By,
    before: &Withdrawal,
    step: &Step,
    proof: Option<&str>,
) -> Result<Kept, OfficeError> {
    let answer = match proof {
        None => None,
        Some(proof) => {
            let proof: String = proof.chars().take(PROOF_CHARS_MAX).collect();
            let key = office.vault.key::<Disclosures>(before.subject).await?;
            let cell = store::answer_cell(before.id, before.subject);
            let sealed = key.seal(&cell, proof.as_bytes(), &*office.random).into_bytes();
            Some((sealed, <[u8; 32]>::from(Sha256::digest(proof.as_bytes()))))
        }
    };
    let kind = match step.state {
        WithdrawalState::Confirmed => "withdrawal-confirmed",
        WithdrawalState::Kept => "withdrawal-kept",
        WithdrawalState::Failed => "withdrawal-failed",
        WithdrawalState::Linked if before.state != WithdrawalState::Linked => "withdrawal-linked",
        _ => return Ok(Kept { answer, entry: None }),
    };
    let mut record = record(kind, by, before);
    if let Some((ground, until)) = step.kept {
        record = record.with("ground", ground.as_str()).with("until", until.to_string());
    }
    let entry = office.prepare(record).await?;
    Ok(Kept { answer, entry: Some(entry) })
}

/// An entry about a withdrawal. It names no subject: the customer may be erased.
pub(super) fn record(kind: &'static str, by: By, withdrawal: &Withdrawal) -> Record {
    Record::new(kind, by)
        .with("withdrawal", withdrawal.id.to_string())
        .with("disclosure", withdrawal.disclosure.to_string())
        .with("supplier", withdrawal.supplier.clone())
}

async fn again(office: &Office, id: WithdrawalId, at: Timestamp) -> Result<(), OfficeError> {
    let tx = office.store.begin().await?;
    tx.enqueue(&Withdraw { withdrawal: id }, at, &*office.clock, &*office.random).await?;
    Ok(tx.commit().await?)
}

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Followed {
    /// Withdrawals that came about because nothing uses a disclosure any more.
    pub begun: u64,
    /// Withdrawals whose job was gone and that go on.
    pub taken_up: u64,
}

impl fmt::Display for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} withdrawals begun, {} taken up again", self.begun, self.taken_up)
    }
}

/// One round: withdraws what is not used any more, and takes up withdrawals whose next step is long overdue.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn follow(office: &Office) -> Result<Followed, OfficeError> {
    let begun = withdraw::withdraw_unused(office).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    let lost = store::take_up(&tx, now.plus_seconds(-LOST_SECONDS), LOST_MAX, now).await?;
    for id in &lost {
        tx.enqueue(&Withdraw { withdrawal: *id }, now, &*office.clock, &*office.random).await?;
    }
    tx.commit().await?;
    Ok(Followed { begun, taken_up: lost.len() as u64 })
}
