//! What staff do: write down what a supplier answered, try again, correct what a supplier was given.

use super::give::{self, REFERENCE_CHARS_MAX};
use super::jobs::{PROOF_CHARS_MAX, Withdraw, kept, record};
use super::model::{DisclosureId, Ground, Step, WithdrawalId, WithdrawalState, step};
use super::supplier::Reply;
use super::{lists, store};
use crate::form::{Problem, Problems};
use crate::words::words;
use crate::{By, Office, OfficeError, Record, customers, subjects};
use base::{Day, Sensitive};
use keys::purpose::Disclosures;
use serde::Deserialize;

const CHANGED: OfficeError = OfficeError::Conflict { what: "the withdrawal" };
/// The shortest proof: a date and who said it.
const PROOF_CHARS_MIN: usize = 5;

words! {
    /// What a supplier that is asked by hand answered.
    Answered {
        /// Deleted.
        Gone = "gone",
        /// Not yet: something still refers to it.
        Linked = "linked",
        /// Kept on a ground until a day.
        Kept = "kept",
        /// Refused without a ground.
        Refused = "refused",
    }
}

/// The form of an answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    /// A word of [`Answered`].
    pub answered: String,
    /// A word of [`Ground`]; for what is kept.
    pub ground: String,
    /// Until when it is kept, as `d-m-yyyy`.
    pub until: String,
    /// What the supplier said, when, and what shows it.
    pub proof: String,
}

impl AnswerForm {
    fn reply(&self, today: Day) -> Result<Reply, Problems> {
        let mut problems = Problems::default();
        let proof = self.proof.trim().to_owned();
        match proof.chars().count() {
            0 => problems.add("proof", Problem::Missing),
            n if n < PROOF_CHARS_MIN => problems.add("proof", Problem::TooShort { min: PROOF_CHARS_MIN }),
            n if n > PROOF_CHARS_MAX => problems.add("proof", Problem::TooLong { max: PROOF_CHARS_MAX }),
            _ => {}
        }
        let reply = match Answered::parse(&self.answered) {
            None => {
                problems.add("answered", Problem::Choice);
                None
            }
            Some(Answered::Gone) => Some(Reply::Gone { proof }),
            Some(Answered::Linked) => Some(Reply::Linked),
            Some(Answered::Refused) => Some(Reply::Refused { proof }),
            Some(Answered::Kept) => {
                let ground = Ground::parse(&self.ground);
                if ground.is_none() {
                    problems.add("ground", Problem::Choice);
                }
                let until = crate::form::day(&self.until).ok().filter(|until| *until > today);
                if until.is_none() {
                    problems.add("until", Problem::Date);
                }
                ground.zip(until).map(|(ground, until)| Reply::Kept { ground, until, proof })
            }
        };
        match reply {
            Some(reply) if problems.is_empty() => Ok(reply),
            _ => Err(problems),
        }
    }
}

/// Writes down what a supplier answered that was asked by hand, and what shows it.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`] when it changed since `changes`, or waits for no answer.
pub async fn answer(
    office: &Office,
    by: By,
    id: WithdrawalId,
    changes: u32,
    form: &AnswerForm,
) -> Result<(), OfficeError> {
    let reply = form.reply(office.today())?;
    let now = office.now();
    let before = lists::withdrawal_row(office, id).await?.withdrawal;
    let waits = match before.state {
        WithdrawalState::Requested => before.next_at.is_none(),
        WithdrawalState::Failed => true,
        _ => false,
    };
    if before.changes != changes || !waits {
        return Err(CHANGED);
    }
    let step: Step = step(&reply, 1, now);
    // What staff write is kept whatever the answer is: "not yet" too is something that a supplier said.
    let kept = kept(office, by, &before, &step, Some(form.proof.trim())).await?;
    let tx = office.store.begin().await?;
    if !store::take_step(&tx, id, changes, &kept.outcome(&step), now).await? {
        return Err(CHANGED);
    }
    kept.finish(office, &tx, &before, &step, now).await?;
    Ok(tx.commit().await?)
}

/// Lets a failed withdrawal be demanded again, at once.
///
/// # Errors
/// [`OfficeError::Conflict`] when it changed since `changes`, or did not fail.
pub async fn retry(office: &Office, by: By, id: WithdrawalId, changes: u32) -> Result<(), OfficeError> {
    let before = lists::withdrawal_row(office, id).await?.withdrawal;
    let entry = office.prepare(record("withdrawal-retried", by, &before)).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    if !store::due_again(&tx, id, changes, now).await? {
        return Err(CHANGED);
    }
    entry.append(&tx).await?;
    tx.enqueue(&Withdraw { withdrawal: id }, now, &*office.clock, &*office.random).await?;
    Ok(tx.commit().await?)
}

/// Writes down under which reference a supplier knows a disclosure.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`] when it is over.
pub async fn set_reference(
    office: &Office,
    by: By,
    id: DisclosureId,
    text: &Sensitive<String>,
) -> Result<(), OfficeError> {
    let mut problems = Problems::default();
    let reference = text.expose().trim();
    match reference.chars().count() {
        0 => problems.add("reference", Problem::Missing),
        n if n > REFERENCE_CHARS_MAX => {
            problems.add("reference", Problem::TooLong { max: REFERENCE_CHARS_MAX });
        }
        _ if reference.chars().any(char::is_control) => problems.add("reference", Problem::Characters),
        _ => {}
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let subject = lists::row(office, id).await?.disclosure.subject;
    let key = office.vault.key::<Disclosures>(subject).await?;
    let cell = store::reference_cell(id, subject);
    let sealed = key.seal(&cell, reference.as_bytes(), &*office.random).into_bytes();
    let record = Record::new("disclosure-referenced", by).with("disclosure", id.to_string());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    store::put_reference(&tx, id, &sealed).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Writes down that a supplier that is asked by hand was given the customer's data as they are now: a rectification
/// that reached it (GDPR art. 19).
///
/// # Errors
/// [`OfficeError::Conflict`] when it is over or being withdrawn; [`OfficeError::Erased`].
pub async fn correct(office: &Office, by: By, id: DisclosureId) -> Result<(), OfficeError> {
    let row = lists::row(office, id).await?;
    let customer = customers::customer(office, row.disclosure.customer).await?;
    let values = give::registrant(&customer.profile);
    let sealed = give::seal_values(office, id, customer.subject, &values).await?;
    let record = Record::new("disclosure-corrected", by)
        .about(customer.subject)
        .with("disclosure", id.to_string())
        .with("supplier", row.disclosure.supplier.clone());
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, customer.subject).await?;
    store::lock_in_use(&tx, id).await?;
    store::put_values(&tx, id, customer.subject, &sealed, now).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
