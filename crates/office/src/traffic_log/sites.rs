//! Sites: a random id for the domain of each hosting service, told to the machines, and to the ledger as a commitment.

use super::model::LogSite;
use super::store::{self, NewSite, SiteRow};
use crate::customers::CustomerId;
use crate::releases::site_commitment;
use crate::services::{self, ServiceId};
use crate::{By, Office, OfficeError, Record};
use keys::purpose::Account;
use keys::seal::SiteId;
use std::collections::HashMap;

/// How many services get a site in one round.
const ROUND: u32 = 500;
/// How many sites are read at a time.
const PAGE: u32 = 500;
/// Sites that a machine is told of at most.
const LISTED_MAX: usize = 200_000;

/// Gives each running hosting service a site, and ends those whose service has ended. Says how many began.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn follow_services(office: &Office) -> Result<u64, OfficeError> {
    let mut begun = 0;
    for id in store::services_without_site(&office.store, ROUND).await? {
        begun += u64::from(begin(office, id).await?);
    }
    let tx = office.store.begin().await?;
    store::end_sites(&tx, office.now()).await?;
    tx.commit().await?;
    Ok(begun)
}

pub(crate) async fn begin(office: &Office, id: ServiceId) -> Result<bool, OfficeError> {
    let service = services::service(office, id).await?;
    let (Some(subject), Some(label)) = (service.subject, &service.label) else { return Ok(false) };
    // A label that is no domain name, such as "old shop", has no visitors.
    let Ok(domain) = services::domain(label.expose()) else { return Ok(false) };
    let site = SiteId::from_bytes(office.random.bytes());
    let opening: [u8; 32] = office.random.bytes();
    let key = office.vault.ensure::<Account>(subject).await?;
    let commitment = site_commitment(&opening, site, &domain);
    let record = Record::new("site", By::System("traffic-log"))
        .about(subject)
        .with("site", site.to_string())
        .with("commitment", hex::encode(commitment));
    let entry = office.prepare(record).await?;
    let (sealed_domain, sealed_opening) =
        NewSite::seal(&key, site, subject, &domain, &opening, &*office.random);
    let new = NewSite {
        id: site,
        customer: service.customer,
        subject,
        service: id,
        domain: sealed_domain,
        opening: sealed_opening,
        commitment,
        leaf: *entry.entry().leaf_hash().as_bytes(),
    };
    let tx = office.store.begin().await?;
    crate::subjects::lock_active(&tx, subject).await?;
    match store::insert_site(&tx, &new, office.now()).await {
        // Another process was first.
        Err(::store::StoreError::Duplicate) => {
            tx.rollback().await?;
            return Ok(false);
        }
        other => other?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

async fn open(office: &Office, rows: Vec<SiteRow>) -> Result<Vec<LogSite>, OfficeError> {
    let subjects: Vec<_> = rows.iter().map(|row| row.subject).collect();
    let keys = office.vault.keys::<Account>(&subjects).await?;
    // Whose key is gone is being erased at this moment.
    rows.iter().filter_map(|row| keys.get(&row.subject).map(|key| row.open(key))).collect()
}

/// The sites of a customer, the first first.
///
/// # Errors
/// When a store fails.
pub async fn of_customer(office: &Office, customer: CustomerId) -> Result<Vec<LogSite>, OfficeError> {
    open(office, store::sites_of(&office.store, customer).await?).await
}

/// Sites by their ids; who is not known, or erased, is left out.
///
/// # Errors
/// When a store fails.
pub async fn of_ids(office: &Office, ids: &[SiteId]) -> Result<Vec<LogSite>, OfficeError> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(store::site(&office.store, *id).await?);
    }
    open(office, rows).await
}

/// The sites of domains, as somebody names them in a search.
///
/// # Errors
/// When a store fails.
pub async fn searchable(office: &Office, domains: &[String]) -> Result<Vec<LogSite>, OfficeError> {
    let mut found = Vec::new();
    let mut last = None;
    loop {
        let rows = store::sites_after(&office.store, last, PAGE).await?;
        let Some(row) = rows.last() else { return Ok(found) };
        last = Some(row.id);
        let opened = open(office, rows).await?;
        found.extend(opened.into_iter().filter(|site| domains.contains(site.domain.expose())));
    }
}

/// Domain and id of every site that runs, for a machine.
///
/// # Errors
/// When a store fails.
pub async fn site_list(office: &Office) -> Result<HashMap<String, SiteId>, OfficeError> {
    let mut listed = HashMap::new();
    let mut last = None;
    loop {
        let rows = store::sites_after(&office.store, last, PAGE).await?;
        let Some(row) = rows.last() else { return Ok(listed) };
        last = Some(row.id);
        for site in open(office, rows).await? {
            if site.ended_at.is_none() && listed.len() < LISTED_MAX {
                listed.insert(site.domain.expose().clone(), site.id);
            }
        }
    }
}
