//! Versions of the policy: which is in force, and putting another in force.

use super::store::{self, PolicyVersion};
use crate::processor_agreements::Reissue;
use crate::{By, Office, OfficeError, Record};
use ::store::Store;
use base::{Day, Language};
use policy::Policy;
use policy::statement;
use std::sync::Arc;

/// The policy that is in force in the database; none before the first was put in force.
///
/// # Errors
/// When a stored version cannot be read any more.
pub async fn in_force(store: &Store) -> Result<Option<Policy>, OfficeError> {
    let Some(version) = store::all_versions(store).await?.pop() else { return Ok(None) };
    let policy = Policy::parse(&version.body).map_err(|_| {
        OfficeError::Other("the policy in force cannot be read by this version of the program".into())
    })?;
    Ok(Some(policy))
}

/// All versions as policies, each with the day from which it holds; what this program cannot read any
/// more is an error, for a term must not be forgotten.
pub(crate) async fn parsed(office: &Office) -> Result<Vec<(Policy, Day)>, OfficeError> {
    let versions = store::all_versions(&office.store).await?;
    versions
        .iter()
        .map(|version| {
            let policy = Policy::parse(&version.body).map_err(|_| {
                OfficeError::Other(
                    "an older version of the policy cannot be read by this version of the program".into(),
                )
            })?;
            Ok((policy, version.in_force_from.day()))
        })
        .collect()
}

/// All versions, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn versions(office: &Office) -> Result<Vec<PolicyVersion>, OfficeError> {
    Ok(store::all_versions(&office.store).await?)
}

/// Puts the office's policy in force, unless it is already: its text is kept, its hash and those of
/// both statements go into the ledger. Tells whether it was new.
///
/// # Errors
/// When the database fails.
pub async fn put_in_force(office: &Office, by: By) -> Result<bool, OfficeError> {
    let policy = office.policy();
    let current = in_force(&office.store).await?;
    if current.as_ref().is_some_and(|current| current.hash() == policy.hash()) {
        return Ok(false);
    }
    let version = version_of(&policy, office.now());
    let record = Record::new("policy-in-force", by)
        .with("policy", policy.hash_hex())
        .with("statement_nl", hex::encode(version.statement_nl))
        .with("statement_en", hex::encode(version.statement_en));
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    store::insert_version(&tx, &version, entry.entry().leaf_hash().as_bytes()).await?;
    entry.append(&tx).await?;
    if current.is_some() {
        // Agreements that the policy before made say something else are issued anew.
        tx.enqueue(&Reissue::default(), office.now(), &*office.clock, &*office.random).await?;
    }
    tx.commit().await?;
    office.replace_policy(Arc::clone(&policy));
    Ok(true)
}

pub(super) fn version_of(policy: &Policy, now: base::Timestamp) -> PolicyVersion {
    PolicyVersion {
        hash: policy.hash(),
        in_force_from: now,
        body: policy.text().to_owned(),
        statement_nl: statement::render(policy, Language::Nl).hash(),
        statement_en: statement::render(policy, Language::En).hash(),
    }
}
