//! What pages, packages and receipts show: who the suppliers are, what they have, and what came of withdrawals.

use super::DOMAINS;
use super::give::{self, NewDisclosure};
use super::model::{
    Disclosure, DisclosureId, DisclosureState, Ground, Withdrawal, WithdrawalId, WithdrawalState,
};
use super::store::{self, DisclosureRow, WithdrawalRow};
use crate::customers::CustomerId;
use crate::{Office, OfficeError, customers};
use base::{Day, Sensitive, SubjectId, Timestamp};
use keys::KeyError;
use keys::purpose::Disclosures;
use std::collections::BTreeMap;

/// The largest page of a list.
const PAGE_MAX: u32 = 1_000;
pub(super) const NOT_FOUND: OfficeError = OfficeError::NotFound { what: "the disclosure" };
pub(super) const NO_WITHDRAWAL: OfficeError = OfficeError::NotFound { what: "the withdrawal" };

/// Which disclosures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisclosureFilter {
    /// Of one supplier.
    pub supplier: Option<String>,
    /// In one state.
    pub state: Option<DisclosureState>,
    /// Of one customer.
    pub customer: Option<CustomerId>,
}

/// Whether only late withdrawals count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lateness {
    /// All.
    #[default]
    Any,
    /// Those past their date.
    Overdue,
}

/// Which withdrawals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WithdrawalFilter {
    /// Of one supplier.
    pub supplier: Option<String>,
    /// In one state.
    pub state: Option<WithdrawalState>,
    /// Of one customer.
    pub customer: Option<CustomerId>,
    /// Whether only late ones.
    pub lateness: Lateness,
}

impl WithdrawalFilter {
    pub(super) const fn is_overdue(&self) -> bool {
        matches!(self.lateness, Lateness::Overdue)
    }
}

/// A recipient of the policy, and how much it has.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// What the policy says of it; none for one that the policy does not name any more.
    pub declared: Option<policy::Recipient>,
    /// Its id.
    pub id: String,
    /// How many disclosures it has that are not over.
    pub held: u64,
    /// How many withdrawals it has in each state.
    pub withdrawals: BTreeMap<WithdrawalState, u64>,
}

/// All recipients: those of the policy in its order, then others that were given something under an earlier one.
///
/// # Errors
/// When the database fails.
pub async fn recipients(office: &Office) -> Result<Vec<Recipient>, OfficeError> {
    let policy = office.policy();
    let empty =
        |id: &str, declared| Recipient { declared, id: id.to_owned(), held: 0, withdrawals: BTreeMap::new() };
    let mut all: Vec<Recipient> =
        policy.recipients().iter().map(|one| empty(&one.id, Some(one.clone()))).collect();
    for (supplier, state, count) in store::counts(&office.store).await? {
        let at = match all.iter().position(|one| one.id == supplier) {
            Some(at) => at,
            None => {
                all.push(empty(&supplier, None));
                all.len() - 1
            }
        };
        let Some(recipient) = all.get_mut(at) else { continue };
        match WithdrawalState::parse(&state) {
            Some(state) => {
                recipient.withdrawals.insert(state, count);
            }
            None => recipient.held = count,
        }
    }
    Ok(all)
}

pub(super) async fn row(office: &Office, id: DisclosureId) -> Result<DisclosureRow, OfficeError> {
    store::disclosure(&office.store, id).await?.ok_or(NOT_FOUND)
}

/// Opens what can be opened: the values end with the customer, the reference when the supplier is done.
async fn open(office: &Office, row: DisclosureRow) -> Result<Disclosure, OfficeError> {
    let key = office.vault.key::<Disclosures>(row.disclosure.subject).await?;
    let values = match row.values_subject() {
        None => BTreeMap::new(),
        Some(subject) => match office.vault.key::<Disclosures>(subject).await {
            Ok(key) => row.open_values(&key)?,
            // The customer is being erased: the rows follow the keys.
            Err(KeyError::Missing { .. }) => BTreeMap::new(),
            Err(error) => return Err(error.into()),
        },
    };
    let reference = row.open_reference(&key)?;
    let withdrawal = store::withdrawal_of(&office.store, row.disclosure.id).await?;
    let withdrawal = withdrawal.map(|row| row.open(&key)).transpose()?;
    let uses = store::uses(&office.store, row.disclosure.id).await?;
    let values = values.into_iter().collect();
    Ok(Disclosure { reference, values, uses, withdrawal, ..row.disclosure })
}

/// One disclosure, opened.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn disclosure(office: &Office, id: DisclosureId) -> Result<Disclosure, OfficeError> {
    open(office, row(office, id).await?).await
}

/// What suppliers were given of a customer, the latest first, opened.
///
/// # Errors
/// When a store fails.
pub async fn of_customer(office: &Office, customer: CustomerId) -> Result<Vec<Disclosure>, OfficeError> {
    let mut all = Vec::new();
    for row in store::of_customer(&office.store, customer).await? {
        all.push(open(office, row).await?);
    }
    Ok(all)
}

/// Whether what a supplier was given as holder of a domain name is not what is registered here any more.
///
/// # Errors
/// [`OfficeError::NotFound`] when the customer is erased; when a store fails.
pub async fn differs(office: &Office, disclosure: &Disclosure) -> Result<bool, OfficeError> {
    if disclosure.purpose != DOMAINS {
        return Ok(false);
    }
    let customer = customers::customer(office, disclosure.customer).await?;
    let own: BTreeMap<&str, Sensitive<String>> =
        give::registrant(&customer.profile).into_iter().map(|one| (one.field, one.value)).collect();
    Ok(own != disclosure.values.iter().map(|(field, value)| (field.as_str(), value.clone())).collect())
}

/// A page of disclosures, their envelopes closed, and how many there are.
///
/// # Errors
/// When the database fails.
pub async fn disclosures(
    office: &Office,
    filter: &DisclosureFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<Disclosure>, u64), OfficeError> {
    let (rows, total) = store::disclosures(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    Ok((rows.into_iter().map(|row| row.disclosure).collect(), total))
}

pub(super) async fn withdrawal_row(office: &Office, id: WithdrawalId) -> Result<WithdrawalRow, OfficeError> {
    store::withdrawal(&office.store, id).await?.ok_or(NO_WITHDRAWAL)
}

/// One withdrawal with its answer.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn withdrawal(office: &Office, id: WithdrawalId) -> Result<Withdrawal, OfficeError> {
    let row = withdrawal_row(office, id).await?;
    let key = office.vault.key::<Disclosures>(row.withdrawal.subject).await?;
    row.open(&key)
}

/// A page of withdrawals, those due first on top, their answers closed, and how many there are.
///
/// # Errors
/// When the database fails.
pub async fn withdrawals(
    office: &Office,
    filter: &WithdrawalFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<Withdrawal>, u64), OfficeError> {
    let limit = limit.min(PAGE_MAX);
    let (rows, total) = store::withdrawals(&office.store, filter, office.now(), offset, limit).await?;
    Ok((rows.into_iter().map(|row| row.withdrawal).collect(), total))
}

/// What a supplier has of a customer with exactly these values for this purpose.
pub(super) async fn same(
    office: &Office,
    new: &NewDisclosure<'_>,
) -> Result<Option<(DisclosureId, SubjectId)>, OfficeError> {
    let key = office.vault.key::<Disclosures>(new.customer.subject).await?;
    let wanted: BTreeMap<&str, &Sensitive<String>> =
        new.values.iter().map(|value| (value.field, &value.value)).collect();
    for row in store::of_customer(&office.store, new.customer.id).await? {
        let one = &row.disclosure;
        let fits = one.supplier == new.supplier
            && one.purpose == new.purpose
            && one.state == DisclosureState::Given
            && one.ended_at.is_none();
        if !fits || store::withdrawal_of(&office.store, one.id).await?.is_some() {
            continue;
        }
        let values = row.open_values(&key)?;
        let values: BTreeMap<&str, &Sensitive<String>> =
            values.iter().map(|(k, v)| (k.as_str(), v)).collect();
        if values == wanted {
            return Ok(Some((one.id, one.subject)));
        }
    }
    Ok(None)
}

/// The subjects of what suppliers have of a customer: for the package of an access request.
pub(crate) async fn subjects_of(
    office: &Office,
    customer: CustomerId,
) -> Result<Vec<SubjectId>, OfficeError> {
    let rows = store::of_customer(&office.store, customer).await?;
    Ok(rows.into_iter().map(|row| row.disclosure.subject).collect())
}

/// What a supplier may still have of a customer, for a receipt.
pub(crate) struct Outstanding {
    pub supplier: String,
    pub purpose: String,
    pub state: Option<WithdrawalState>,
    pub kept: Option<(Ground, Day)>,
    pub due_at: Option<Timestamp>,
}

/// What suppliers may still have of a customer, also of one who is erased.
pub(crate) async fn open_of_customer(
    office: &Office,
    customer: CustomerId,
) -> Result<Vec<Outstanding>, OfficeError> {
    let mut all = Vec::new();
    for row in store::of_customer(&office.store, customer).await? {
        let one = row.disclosure;
        if one.ended_at.is_some() || one.state == DisclosureState::NotGiven {
            continue;
        }
        let withdrawal = store::withdrawal_of(&office.store, one.id).await?.map(|row| row.withdrawal);
        all.push(Outstanding {
            supplier: one.supplier,
            purpose: one.purpose,
            state: withdrawal.as_ref().map(|w| w.state),
            due_at: withdrawal.as_ref().map(|w| w.due_at),
            kept: withdrawal.as_ref().and_then(|w| w.ground.zip(w.kept_until)),
        });
    }
    Ok(all)
}
