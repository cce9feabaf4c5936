//! Giving data to a supplier: written down before it leaves, and settled when it is known whether it did.

use super::model::{DisclosureId, DisclosureState, category};
use super::store::{self, NewRow};
use super::{DOMAINS, lists};
use crate::catalogue::ProductKind;
use crate::customers::{self, Customer, CustomerId, Profile};
use crate::form::{Problem, Problems};
use crate::services::ServiceId;
use crate::subjects::{self, SubjectKind};
use crate::{By, Office, OfficeError, Prepared, Record};
use ::store::Tx;
use base::{Sensitive, SubjectId};
use keys::purpose::Disclosures;
use policy::Policy;
use serde::ser::{SerializeMap, Serializer as _};
use zeroize::Zeroizing;

/// The most fields of one disclosure.
const FIELDS_MAX: usize = 60;
/// The longest reference.
pub(super) const REFERENCE_CHARS_MAX: usize = 200;

/// A field that leaves, and its value.
#[derive(Debug, Clone)]
pub struct NewValue {
    /// The data category of the policy and the field within it, such as `contact.email`.
    pub field: &'static str,
    /// What leaves.
    pub value: Sensitive<String>,
}

/// What is about to be given, or was given by hand.
#[derive(Debug)]
pub struct NewDisclosure<'a> {
    /// Whose data it is.
    pub customer: &'a Customer,
    /// The service it is given for.
    pub service: ServiceId,
    /// The supplier's id in the policy.
    pub supplier: &'a str,
    /// What for, by its name in the policy.
    pub purpose: &'a str,
    /// Fields that leave with each service and are kept with it, such as `domain.name`: not part of what is
    /// compared.
    pub with_service: &'a [&'static str],
    /// What leaves.
    pub values: Vec<NewValue>,
    /// Under which reference the supplier will know it, if that is known.
    pub reference: Option<Sensitive<String>>,
    /// [`DisclosureState::Intended`] before a program gives it; [`DisclosureState::Given`] when a person did.
    pub state: DisclosureState,
}

/// Which disclosure a service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// A new one.
    New(DisclosureId),
    /// One that the supplier has already, with the same values.
    Again(DisclosureId),
}

impl Given {
    /// Its id.
    #[must_use]
    pub const fn id(self) -> DisclosureId {
        match self {
            Self::New(id) | Self::Again(id) => id,
        }
    }
}

/// A disclosure that waits for the transaction of what it is given for.
#[derive(Debug)]
pub struct PreparedDisclosure {
    given: Given,
    subject: SubjectId,
    customer: CustomerId,
    customer_subject: SubjectId,
    service: ServiceId,
    supplier: String,
    purpose: String,
    fields: String,
    state: DisclosureState,
    reference: Option<Vec<u8>>,
    detail: Vec<u8>,
    entry: Prepared,
}

/// Refuses what the policy does not name.
fn admit(policy: &Policy, supplier: &str, purpose: &str, fields: &[&str]) -> Result<(), OfficeError> {
    let refused = |why| Err(OfficeError::Forbidden { why });
    let Some(recipient) = policy.recipient(supplier) else {
        return refused("the policy names no such recipient");
    };
    if !recipient.purposes.iter().any(|own| own == purpose) {
        return refused("this purpose does not name this recipient in the policy");
    }
    if !fields.iter().all(|field| recipient.data.iter().any(|own| own == category(field))) {
        return refused("the policy does not let this recipient receive one of these fields");
    }
    if fields.is_empty() || fields.len() > FIELDS_MAX {
        return refused("a disclosure has one to sixty fields");
    }
    Ok(())
}

/// The values as sealed: a flat JSON object.
fn detail(values: &[NewValue]) -> Result<Zeroizing<Vec<u8>>, OfficeError> {
    let mut sorted: Vec<&NewValue> = values.iter().collect();
    sorted.sort_by_key(|value| value.field);
    let mut bytes = Zeroizing::new(Vec::with_capacity(1_024));
    let write = |bytes: &mut Vec<u8>| -> serde_json::Result<()> {
        let mut json = serde_json::Serializer::new(bytes);
        let mut map = json.serialize_map(None)?;
        map.serialize_entry("v", &store::VERSION)?;
        for value in sorted {
            map.serialize_entry(value.field, value.value.expose())?;
        }
        map.end()
    };
    write(&mut bytes).map_err(|_| OfficeError::Other("values that cannot be written".into()))?;
    Ok(bytes)
}

/// Seals values under the customer.
pub(super) async fn seal_values(
    office: &Office,
    id: DisclosureId,
    customer: SubjectId,
    values: &[NewValue],
) -> Result<Vec<u8>, OfficeError> {
    let key = office.vault.ensure::<Disclosures>(customer).await?;
    let cell = store::value_cell(id, customer);
    Ok(key.seal(&cell, &detail(values)?, &*office.random).into_bytes())
}

/// Makes a disclosure ready, before the transaction: keys, envelopes, the ledger entry. When the supplier has the
/// same values of this customer for this purpose already, the service becomes another user of that disclosure.
///
/// # Errors
/// [`OfficeError::Forbidden`] when the policy does not name the supplier, the purpose or a field;
/// [`OfficeError::Erased`]; when a store fails.
pub async fn prepare(
    office: &Office,
    by: By,
    new: &NewDisclosure<'_>,
) -> Result<PreparedDisclosure, OfficeError> {
    let values = new.values.iter().map(|value| value.field);
    let fields: Vec<&str> = values.chain(new.with_service.iter().copied()).collect();
    admit(&office.policy(), new.supplier, new.purpose, &fields)?;
    office.vault.ensure::<Disclosures>(new.customer.subject).await?;
    let found = lists::same(office, new).await?;
    let (given, subject) = match found {
        Some((id, subject)) => (Given::Again(id), subject),
        None => {
            let id = DisclosureId::new(&*office.clock, &*office.random);
            (Given::New(id), SubjectId::new(&*office.clock, &*office.random))
        }
    };
    let own_key = office.vault.ensure::<Disclosures>(subject).await?;
    let reference = new.reference.as_ref().map(|text| {
        let cell = store::reference_cell(given.id(), subject);
        own_key.seal(&cell, text.expose().as_bytes(), &*office.random).into_bytes()
    });
    let detail = seal_values(office, given.id(), new.customer.subject, &new.values).await?;
    let record = Record::new("disclosed", by)
        .about(new.customer.subject)
        .with("disclosure", given.id().to_string())
        .with("supplier", new.supplier)
        .with("purpose", new.purpose)
        .with("fields", fields.clone())
        .with("state", new.state.as_str());
    Ok(PreparedDisclosure {
        given,
        subject,
        customer: new.customer.id,
        customer_subject: new.customer.subject,
        service: new.service,
        supplier: new.supplier.to_owned(),
        purpose: new.purpose.to_owned(),
        fields: fields.join(","),
        state: new.state,
        reference,
        detail,
        entry: office.prepare(record).await?,
    })
}

impl PreparedDisclosure {
    /// Which disclosure it is.
    #[must_use]
    pub const fn given(&self) -> Given {
        self.given
    }

    /// Writes it down in the transaction.
    ///
    /// # Errors
    /// [`OfficeError::Erased`]; [`OfficeError::Conflict`] when the disclosure is being withdrawn meanwhile.
    pub async fn put(&self, office: &Office, tx: &Tx) -> Result<(), OfficeError> {
        let now = office.now();
        subjects::lock_active(tx, self.customer_subject).await?;
        match self.given {
            Given::Again(id) => store::lock_in_use(tx, id).await?,
            Given::New(id) => {
                subjects::create(tx, self.subject, SubjectKind::Disclosed, now).await?;
                let row = NewRow {
                    id,
                    subject: self.subject,
                    customer: self.customer,
                    supplier: &self.supplier,
                    purpose: &self.purpose,
                    fields: &self.fields,
                    reference: self.reference.as_deref(),
                    state: self.state,
                };
                store::insert(tx, &row, now).await?;
                store::put_values(tx, id, self.customer_subject, &self.detail, now).await?;
            }
        }
        store::add_use(tx, self.given.id(), self.subject, self.service, now).await?;
        self.entry.append(tx).await?;
        Ok(())
    }
}

/// Writes an intent down in a transaction of its own: what a program does right before it gives something.
///
/// # Errors
/// As [`prepare`] and [`PreparedDisclosure::put`].
pub async fn intend(office: &Office, by: By, new: &NewDisclosure<'_>) -> Result<Given, OfficeError> {
    let prepared = prepare(office, by, new).await?;
    let tx = office.store.begin().await?;
    prepared.put(office, &tx).await?;
    tx.commit().await?;
    Ok(prepared.given())
}

/// Says that an intended disclosure left, and under which reference the supplier knows it.
///
/// # Errors
/// [`OfficeError::Conflict`] unless it is intended.
pub async fn mark_given(
    office: &Office,
    id: DisclosureId,
    reference: Option<&Sensitive<String>>,
) -> Result<(), OfficeError> {
    let row = lists::row(office, id).await?;
    let subject = row.disclosure.subject;
    let sealed = match reference {
        Some(text) => {
            let key = office.vault.key::<Disclosures>(subject).await?;
            let cell = store::reference_cell(id, subject);
            Some(key.seal(&cell, text.expose().as_bytes(), &*office.random).into_bytes())
        }
        None => None,
    };
    let tx = office.store.begin().await?;
    store::settle(&tx, id, DisclosureState::Given, sealed.as_deref(), office.now()).await?;
    Ok(tx.commit().await?)
}

/// Says that nothing left of an intended disclosure after all, as reading back at the supplier showed.
///
/// # Errors
/// [`OfficeError::Conflict`] unless it is intended.
pub async fn mark_not_given(office: &Office, by: By, id: DisclosureId) -> Result<(), OfficeError> {
    lists::row(office, id).await?;
    let entry =
        office.prepare(Record::new("disclosure-not-made", by).with("disclosure", id.to_string())).await?;
    let tx = office.store.begin().await?;
    store::settle(&tx, id, DisclosureState::NotGiven, None, office.now()).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// What of a customer is given for a domain name.
pub(super) fn registrant(profile: &Profile) -> Vec<NewValue> {
    let address = profile.address.as_ref();
    let all: [(&'static str, Option<&Sensitive<String>>); 9] = [
        ("identity.name", Some(&profile.name)),
        ("identity.organisation", profile.organisation.as_ref()),
        ("identity.kvk", profile.kvk.as_ref()),
        ("contact.email", Some(&profile.email)),
        ("contact.phone", profile.phone.as_ref()),
        ("contact.street", address.map(|a| &a.street)),
        ("contact.postcode", address.map(|a| &a.postcode)),
        ("contact.city", address.map(|a| &a.city)),
        ("contact.country", address.map(|a| &a.country)),
    ];
    all.into_iter().filter_map(|(field, value)| Some(NewValue { field, value: value?.clone() })).collect()
}

/// What staff gave a supplier by hand when they made a service: the holder of a domain name. None when the service
/// needs no supplier. Of several suppliers that the policy names for domain names, `supplier` says which.
pub(crate) async fn of_service(
    office: &Office,
    by: By,
    service: (ServiceId, CustomerId, ProductKind),
    supplier: Option<&str>,
) -> Result<Option<PreparedDisclosure>, OfficeError> {
    let (id, customer, kind) = service;
    let policy = office.policy();
    let named = match policy.purpose(DOMAINS) {
        Some(purpose) if kind == ProductKind::Domain => &purpose.recipients,
        _ => return Ok(None),
    };
    let supplier = match (named.as_slice(), supplier) {
        ([], _) => return Ok(None),
        ([only], None) => only,
        (several, chosen) => several.iter().find(|one| Some(one.as_str()) == chosen).ok_or_else(|| {
            let mut problems = Problems::default();
            problems.add("supplier", Problem::Choice);
            OfficeError::Invalid(problems)
        })?,
    };
    let customer = customers::customer(office, customer).await?;
    let new = NewDisclosure {
        customer: &customer,
        service: id,
        supplier,
        purpose: DOMAINS,
        with_service: &["domain.name"],
        values: registrant(&customer.profile),
        reference: None,
        state: DisclosureState::Given,
    };
    prepare(office, by, &new).await.map(Some)
}
