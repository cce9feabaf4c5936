//! P02, P03 and the half of P01 about disclosures: what suppliers have, and what came of demanding it back.

use super::checks::promise;
use super::model::{Evidence, Finding};
use crate::suppliers::{self, WithdrawalState};
use crate::{Office, OfficeError};

/// Nothing went to anybody, for anything or in a category that the policy does not name; nothing went without a
/// service under an agreement; nothing is remembered past its term. Tells how many were checked and are broken.
pub(super) async fn disclosed(office: &Office, evidence: &mut Evidence) -> Result<(u64, u64), OfficeError> {
    let found = suppliers::evidence(office).await?;
    let past_term = suppliers::past_term(office).await?.len() as u64;
    evidence.fact("disclosures", found.disclosures);
    evidence.fact("disclosures-unsettled", found.intended);
    evidence.fact("disclosures-outside-register", found.outside_register);
    evidence.fact("disclosures-without-order", found.without_order.len() as u64);
    evidence.fact("disclosures-past-term", past_term);
    found.outside.into_iter().for_each(|text| evidence.name_broken(text));
    let without = found.without_order.len() as u64;
    found.without_order.into_iter().for_each(|id| evidence.name_broken(format!("{id}: without an order")));
    Ok((found.disclosures, found.outside_register + without + past_term))
}

/// P02: the holder of a domain name at the supplier is the customer here, field by field.
pub(super) async fn holders(office: &Office) -> Result<Finding, OfficeError> {
    let found = suppliers::evidence(office).await?;
    let mut evidence = Evidence::default();
    evidence.fact("holders-at-suppliers", found.holders);
    evidence.fact("holders-that-differ", found.differ.len() as u64);
    evidence.fact("domains-without-disclosure", found.domains_unknown);
    let broken = found.differ.len() as u64;
    found
        .differ
        .into_iter()
        .for_each(|id| evidence.name_broken(format!("{id}: not what is registered here")));
    evidence.does_not_show("what-a-supplier-made-of-it");
    if found.domains_unknown > 0 {
        evidence.does_not_show("domains-from-before");
    }
    Ok(Finding::of(promise("P02"), found.holders, broken, evidence))
}

/// P03: what nothing uses any more is being withdrawn, and no withdrawal is past its date without an answer.
pub(super) async fn withdrawn(office: &Office) -> Result<Finding, OfficeError> {
    let found = suppliers::evidence(office).await?;
    let mut evidence = Evidence::default();
    let of = |state| found.withdrawals.get(&state).copied().unwrap_or(0);
    let all: u64 = found.withdrawals.values().sum();
    evidence.fact("withdrawals", all);
    evidence.fact("withdrawals-confirmed", of(WithdrawalState::Confirmed));
    evidence.fact("withdrawals-kept", of(WithdrawalState::Kept));
    evidence.fact("withdrawals-linked", of(WithdrawalState::Linked));
    evidence.fact("withdrawals-failed", of(WithdrawalState::Failed));
    evidence.fact("withdrawals-overdue", found.overdue);
    evidence.fact("disclosures-forgotten", found.forgotten);
    if found.overdue > 0 {
        evidence.name_broken(format!("{} withdrawals past their date without an answer", found.overdue));
    }
    if found.forgotten > 0 {
        evidence
            .name_broken(format!("{} disclosures that nothing uses and nobody withdraws", found.forgotten));
    }
    evidence.does_not_show("whether-a-supplier-really-deleted");
    let broken = found.overdue + found.forgotten;
    Ok(Finding::of(promise("P03"), all + found.forgotten, broken, evidence))
}
