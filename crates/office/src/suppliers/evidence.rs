//! What verdicts rest on: P01 (its half about disclosures), P02 and P03.

use super::give;
use super::model::{DisclosureState, WithdrawalState, category};
use super::store;
use super::{DOMAINS, withdraw};
use crate::{Office, OfficeError, customers};
use base::{Sensitive, SubjectId};
use keys::purpose::Disclosures;
use std::collections::BTreeMap;

/// How many disclosures are read at a time.
const PAGE: u32 = 500;
/// How many broken cases are named.
const NAMED_MAX: u32 = 50;
/// Within how many days a supplier is told of a correction.
const CORRECT_DAYS: i64 = 7;

/// What was counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    /// Disclosures there are, or were until their term passed.
    pub disclosures: u64,
    /// Of those, given to somebody, for something or in a category that the policy does not name.
    pub outside_register: u64,
    /// The kinds of those, without data.
    pub outside: Vec<String>,
    /// Disclosures that no service under an agreement asked for, by their ids; at most fifty.
    pub without_order: Vec<String>,
    /// Holders of domain names at suppliers.
    pub holders: u64,
    /// Of those, whose data here are not what the supplier was given, although a week has passed; at most fifty.
    pub differ: Vec<String>,
    /// Running domain names of which nothing says who has the holder's data.
    pub domains_unknown: u64,
    /// Withdrawals, by state.
    pub withdrawals: BTreeMap<WithdrawalState, u64>,
    /// Open withdrawals past their date.
    pub overdue: u64,
    /// Disclosures that nothing uses and nobody withdraws.
    pub forgotten: u64,
    /// Disclosures of which it is not known whether they left.
    pub intended: u64,
}

/// Counts.
pub(crate) async fn evidence(office: &Office) -> Result<Evidence, OfficeError> {
    let mut found = Evidence::default();
    let policy = office.policy();
    for (supplier, purpose, fields, count) in store::kinds(&office.store).await? {
        found.disclosures += count;
        let admitted = policy.recipient(&supplier).is_some_and(|recipient| {
            recipient.purposes.contains(&purpose)
                && fields.split(',').all(|field| recipient.data.iter().any(|own| own == category(field)))
        });
        if !admitted {
            found.outside_register += count;
            found.outside.push(format!("{count} disclosures to {supplier} for {purpose}"));
        }
    }
    let without = store::without_order(&office.store, NAMED_MAX).await?;
    found.without_order = without.into_iter().map(|id| id.to_string()).collect();
    holders(office, &mut found).await?;
    for (_, state, count) in store::counts(&office.store).await? {
        if let Some(state) = WithdrawalState::parse(&state) {
            *found.withdrawals.entry(state).or_default() += count;
        }
    }
    let now = office.now();
    found.overdue = store::overdue(&office.store, now).await?;
    found.forgotten = store::forgotten(&office.store, now.plus_days(-1)).await?;
    found.intended = store::in_state(&office.store, DisclosureState::Intended).await?;
    found.domains_unknown = store::domains_without(&office.store).await?;
    Ok(found)
}

/// Holds what suppliers were given as holders of domain names against what is registered here.
async fn holders(office: &Office, found: &mut Evidence) -> Result<(), OfficeError> {
    let before = office.now().plus_days(-CORRECT_DAYS);
    let mut after = None;
    loop {
        let page = store::in_use(&office.store, DOMAINS, before, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.disclosure.id);
        let subjects: Vec<SubjectId> = page.iter().filter_map(store::DisclosureRow::values_subject).collect();
        let keys = office.vault.keys::<Disclosures>(&subjects).await?;
        for row in &page {
            let Some(key) = row.values_subject().and_then(|subject| keys.get(&subject)) else { continue };
            let customer = match customers::customer(office, row.disclosure.customer).await {
                // Erased while this was read.
                Err(OfficeError::NotFound { .. } | OfficeError::Erased) => continue,
                customer => customer?,
            };
            found.holders += 1;
            let given = row.open_values(key)?;
            let own: BTreeMap<String, Sensitive<String>> = give::registrant(&customer.profile)
                .into_iter()
                .map(|value| (value.field.to_owned(), value.value))
                .collect();
            if given != own && found.differ.len() < NAMED_MAX as usize {
                found.differ.push(row.disclosure.id.to_string());
            }
        }
    }
}

/// Disclosures that are over and should have been forgotten.
pub(crate) async fn past_term(office: &Office) -> Result<Vec<SubjectId>, OfficeError> {
    withdraw::past_term(office).await
}
