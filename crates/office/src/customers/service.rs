//! Use cases of customers.

use super::names::AsOf;
use super::store::{self, CustomerFilter, CustomerPage, CustomerSummary, NewRow};
use super::{Customer, CustomerId, CustomerNumber, Profile};
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::Tx;
use base::{SubjectId, Timestamp};
use keys::purpose::{Account, Ledger};
use keys::{DataKey, Purpose as _};
use std::collections::HashMap;

/// The largest page of a list.
const PAGE_MAX: u32 = 200;
/// How many customers a search shows at most.
const SEARCH_MAX: usize = 50;
/// How many customers one exported file holds at most.
pub const EXPORT_MAX: u64 = 20_000;
/// How many rows are opened at a time when all are walked: some ten milliseconds of a core that
/// answers requests too.
const WALK: u32 = 500;
/// The first customer's number less one.
pub(crate) const FIRST_NUMBER: i64 = 100_000;
/// The counter that hands out customer numbers.
pub(crate) const NUMBER_COUNTER: &str = "customer";

/// A customer to be.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// Its contact data.
    pub profile: Profile,
}

/// Whether processing of a customer's data is restricted (GDPR art. 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restriction {
    /// Only storage, and what law or claims need.
    Restricted,
    /// Not restricted.
    Free,
}

/// Registers a customer: keys first, then the row, its number and its ledger entry together.
///
/// # Errors
/// When a store fails; orphan keys that a crash leaves are collected daily.
pub async fn create(office: &Office, by: By, new: &NewCustomer) -> Result<Customer, OfficeError> {
    let (clock, random) = (&*office.clock, &*office.random);
    let now = office.now();
    let id = CustomerId::new(clock, random);
    let subject = SubjectId::new(clock, random);
    office.vault.create(&[(subject, &[Account::NAME, Ledger::NAME])]).await?;
    let key = office.vault.key::<Account>(subject).await?;
    let record = Record::new("customer-created", by).about(subject).with("kind", new.profile.kind.as_str());
    let entry = office.prepare(record).await?;

    let tx = office.store.begin().await?;
    let number = CustomerNumber(tx.next_number(NUMBER_COUNTER, FIRST_NUMBER, 1).await?);
    subjects::create(&tx, subject, subjects::SubjectKind::Customer, now).await?;
    let row = NewRow { id, subject, number, profile: &new.profile, key: &key, import: None };
    store::insert(&tx, &[row], now, random).await?;
    entry.append(&tx).await?;
    tx.commit().await?;

    let customer = Customer {
        id,
        subject,
        number,
        revision: 1,
        profile: new.profile.clone(),
        restricted_at: None,
        agreement_ended_at: None,
        created_at: now,
    };
    index(office, &customer, None);
    Ok(customer)
}

/// One customer, opened.
///
/// # Errors
/// [`OfficeError::NotFound`]; [`OfficeError::Keys`] when its key is gone.
pub async fn customer(office: &Office, id: CustomerId) -> Result<Customer, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the customer" })?;
    row.open(&office.vault.key::<Account>(row.subject).await?)
}

/// Customers of these ids with their keys, in order of number; those whose key is gone are left out.
///
/// # Errors
/// When a store fails, or a value does not open.
pub(crate) async fn open_many(
    office: &Office,
    ids: &[CustomerId],
) -> Result<Vec<(Customer, DataKey<Account>)>, OfficeError> {
    let rows = store::by_ids(&office.store, ids).await?;
    let subjects: Vec<SubjectId> = rows.iter().map(|row| row.subject).collect();
    let keys = office.vault.keys::<Account>(&subjects).await?;
    let with_key = rows.iter().filter_map(|row| keys.get(&row.subject).map(|key| (row, key)));
    with_key.map(|(row, key)| Ok((row.open(key)?, key.clone()))).collect()
}

/// The customer with a number, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn id_of_number(
    office: &Office,
    number: super::CustomerNumber,
) -> Result<Option<CustomerId>, OfficeError> {
    Ok(store::id_of_number(&office.store, number).await?)
}

/// The customer whose data a subject's keys are for, if the subject is a customer.
///
/// # Errors
/// When a store fails.
pub async fn customer_of_subject(
    office: &Office,
    subject: SubjectId,
) -> Result<Option<Customer>, OfficeError> {
    let Some(row) = store::by_subject(&office.store, subject).await? else { return Ok(None) };
    Ok(Some(row.open(&office.vault.key::<Account>(subject).await?)?))
}

/// Puts a new profile in place of the one of `revision` (rectification, GDPR art. 16). The ledger
/// tells which fields changed, never their values.
///
/// # Errors
/// [`OfficeError::Conflict`] when somebody changed the customer since `revision`.
pub async fn replace_profile(
    office: &Office,
    by: By,
    id: CustomerId,
    revision: u32,
    profile: &Profile,
) -> Result<Customer, OfficeError> {
    let change = PreparedProfile::new(office, by, id, revision, profile).await?;
    let tx = office.store.begin().await?;
    change.put(office, &tx).await?;
    tx.commit().await?;
    Ok(change.committed(office))
}

/// A new profile that waits for its transaction, so that a use case can change it together with what
/// it is changed for.
pub(crate) struct PreparedProfile {
    current: Customer,
    profile: Profile,
    /// None when nothing changes.
    change: Option<(DataKey<Account>, crate::Prepared)>,
}

impl PreparedProfile {
    /// As [`replace_profile`] says.
    pub(crate) async fn new(
        office: &Office,
        by: By,
        id: CustomerId,
        revision: u32,
        profile: &Profile,
    ) -> Result<Self, OfficeError> {
        let current = customer(office, id).await?;
        if current.revision != revision {
            return Err(OfficeError::Conflict { what: "the customer" });
        }
        let changed = changed_fields(&current.profile, profile);
        let change = if changed.is_empty() {
            None
        } else {
            let key = office.vault.key::<Account>(current.subject).await?;
            let record = Record::new("customer-rectified", by).about(current.subject).with("fields", changed);
            Some((key, office.prepare(record).await?))
        };
        Ok(Self { current, profile: profile.clone(), change })
    }

    /// Puts it into the transaction; [`OfficeError::Conflict`] when somebody was first.
    pub(crate) async fn put(&self, office: &Office, tx: &Tx) -> Result<(), OfficeError> {
        let Some((key, entry)) = &self.change else { return Ok(()) };
        subjects::lock_active(tx, self.current.subject).await?;
        store::replace(tx, &self.current, &self.profile, key, office.now(), &*office.random).await?;
        Ok(entry.append(tx).await?)
    }

    /// To be called after the commit.
    pub(crate) fn committed(self, office: &Office) -> Customer {
        let revision = self.current.revision + u32::from(self.change.is_some());
        let updated = Customer { revision, profile: self.profile, ..self.current };
        index(office, &updated, None);
        updated
    }
}

fn changed_fields(old: &Profile, new: &Profile) -> Vec<&'static str> {
    let mut changed = Vec::new();
    let mut note = |name, same: bool| {
        if !same {
            changed.push(name);
        }
    };
    note("kind", old.kind == new.kind);
    note("name", old.name == new.name);
    note("organisation", old.organisation == new.organisation);
    note("kvk", old.kvk == new.kvk);
    note("vat", old.vat == new.vat);
    note("email", old.email == new.email);
    note("phone", old.phone == new.phone);
    note("address", old.address == new.address);
    note("language", old.language == new.language);
    changed
}

/// Restricts processing of a customer's data, or lifts the restriction.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn set_restriction(
    office: &Office,
    by: By,
    id: CustomerId,
    restriction: Restriction,
) -> Result<(), OfficeError> {
    let change = PreparedRestriction::new(office, by, id, restriction).await?;
    let tx = office.store.begin().await?;
    change.put(office, &tx).await?;
    Ok(tx.commit().await?)
}

/// A restriction, or its end, that waits for its transaction.
pub(crate) struct PreparedRestriction {
    customer: CustomerId,
    subject: SubjectId,
    at: Option<Timestamp>,
    /// None when nothing changes.
    entry: Option<crate::Prepared>,
}

impl PreparedRestriction {
    /// As [`set_restriction`] says.
    pub(crate) async fn new(
        office: &Office,
        by: By,
        id: CustomerId,
        restriction: Restriction,
    ) -> Result<Self, OfficeError> {
        let current = customer(office, id).await?;
        let (kind, at) = match restriction {
            Restriction::Restricted => {
                ("processing-restricted", Some(current.restricted_at.unwrap_or(office.now())))
            }
            Restriction::Free => ("restriction-lifted", None),
        };
        let entry = if at == current.restricted_at {
            None
        } else {
            Some(office.prepare(Record::new(kind, by).about(current.subject)).await?)
        };
        Ok(Self { customer: id, subject: current.subject, at, entry })
    }

    /// Puts it into the transaction.
    pub(crate) async fn put(&self, office: &Office, tx: &Tx) -> Result<(), OfficeError> {
        let Some(entry) = &self.entry else { return Ok(()) };
        subjects::lock_active(tx, self.subject).await?;
        store::set_restricted(tx, self.customer, self.at, office.now()).await?;
        Ok(entry.append(tx).await?)
    }
}

/// A page of customers by number.
///
/// # Errors
/// When a store fails.
pub async fn page(
    office: &Office,
    filter: CustomerFilter,
    offset: u64,
    limit: u32,
) -> Result<CustomerPage, OfficeError> {
    let rows = store::page(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    let total = store::count(&office.store, filter).await?;
    Ok(CustomerPage { customers: open_summaries(office, &rows).await?, total })
}

/// Customers whose names, addresses or numbers have words that begin with those of the query.
///
/// # Errors
/// When a store fails.
pub async fn search(office: &Office, query: &str) -> Result<Vec<CustomerSummary>, OfficeError> {
    let ids = office.names.find(query, SEARCH_MAX);
    let rows = store::by_ids(&office.store, &ids).await?;
    open_summaries(office, &rows).await
}

/// The customers of these ids as a list shows them, by number; those that are gone are left out.
///
/// # Errors
/// When a store fails.
pub async fn summaries(office: &Office, ids: &[CustomerId]) -> Result<Vec<CustomerSummary>, OfficeError> {
    let rows = store::by_ids(&office.store, &ids[..ids.len().min(PAGE_MAX as usize)]).await?;
    open_summaries(office, &rows).await
}

/// All customers that a filter lets through, for a file that staff take along: at most
/// [`EXPORT_MAX`]. The ledger tells that it was done, and how many left.
///
/// # Errors
/// When a store fails.
pub async fn export(
    office: &Office,
    by: By,
    filter: CustomerFilter,
) -> Result<Vec<CustomerSummary>, OfficeError> {
    let mut all: Vec<CustomerSummary> = Vec::new();
    let mut offset = 0;
    while offset < EXPORT_MAX {
        let rows = store::page(&office.store, filter, offset, WALK).await?;
        if rows.is_empty() {
            break;
        }
        offset += rows.len() as u64;
        all.extend(open_summaries(office, &rows).await?);
    }
    let entry = office.prepare(Record::new("customers-exported", by).with("count", all.len())).await?;
    let tx = office.store.begin().await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(all)
}

async fn open_summaries(
    office: &Office,
    rows: &[store::CustomerRow],
) -> Result<Vec<CustomerSummary>, OfficeError> {
    let subjects: Vec<SubjectId> = rows.iter().map(|row| row.subject).collect();
    let keys = office.vault.keys::<Account>(&subjects).await?;
    // A row without its key is being erased at this moment: the list leaves it out.
    rows.iter().filter_map(|row| keys.get(&row.subject).map(|key| row.open_summary(key))).collect()
}

fn index(office: &Office, customer: &Customer, as_of: Option<AsOf>) {
    let profile = &customer.profile;
    let empty = base::Sensitive::default();
    let city = profile.address.as_ref().map_or(&empty, |address| &address.city);
    let postcode = profile.address.as_ref().map_or(&empty, |address| &address.postcode);
    office.names.put(
        customer.id,
        as_of,
        &[
            &customer.number.to_string(),
            profile.name.expose(),
            profile.organisation.as_ref().unwrap_or(&empty).expose(),
            profile.email.expose(),
            city.expose(),
            &postcode.expose().replace(' ', ""),
        ],
    );
}

/// Fills the names index from the database, beside other work. A customer that is erased meanwhile may
/// be put in again: the caller calls [`crate::requests::erasure::drop_names`] afterwards. Rows whose key
/// is missing are counted, not touched: the key store may be the wrong backup (CRYPTO section 4).
///
/// # Errors
/// When a store fails.
pub async fn load_names(office: &Office) -> Result<LoadedNames, OfficeError> {
    let mut loaded = LoadedNames::default();
    let mut last = None;
    loop {
        let rows = store::after(&office.store, last, WALK).await?;
        let Some(row) = rows.last() else {
            office.names.set_complete();
            return Ok(loaded);
        };
        last = Some(row.id);
        index_rows(office, &rows, &mut loaded).await?;
        tokio::task::yield_now().await;
    }
}

/// What a walk over all customers found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LoadedNames {
    /// Customers now in the index.
    pub indexed: u64,
    /// Customers whose key is not in the key store.
    pub without_key: u64,
}

/// Takes up what other processes changed since `since`.
///
/// # Errors
/// When a store fails.
pub async fn refresh_names(office: &Office, since: Timestamp) -> Result<LoadedNames, OfficeError> {
    let mut loaded = LoadedNames::default();
    let mut after = (since, CustomerId::from_uuid(base::__uuid::Uuid::nil()));
    loop {
        let rows = store::updated_after(&office.store, after, WALK).await?;
        let Some(row) = rows.last() else { return Ok(loaded) };
        after = (row.updated_at, row.id);
        index_rows(office, &rows, &mut loaded).await?;
    }
}

async fn index_rows(
    office: &Office,
    rows: &[store::CustomerRow],
    loaded: &mut LoadedNames,
) -> Result<(), OfficeError> {
    // What is in already, and did not change, is not opened again.
    let (known, rows): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| office.names.is_current(row.id, row.as_of()));
    loaded.indexed += known.len() as u64;
    let subjects: Vec<SubjectId> = rows.iter().map(|row| row.subject).collect();
    let keys: HashMap<_, _> = office.vault.keys::<Account>(&subjects).await?;
    for row in rows {
        match keys.get(&row.subject) {
            Some(key) => {
                index(office, &row.open(key)?, Some(row.as_of()));
                loaded.indexed += 1;
            }
            None => loaded.without_key += 1,
        }
    }
    Ok(())
}
