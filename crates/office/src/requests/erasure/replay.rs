//! After a restore: what was erased since the backup goes again (CRYPTO section 4).
//!
//! The key store has lost the listed keys already, when the vault was opened. Here the data store
//! loses every row that was sealed with one. A subject whose keys are missing although nothing lists
//! them is reported and never touched: the key store may be the wrong backup.

use super::{steps, store};
use crate::{Office, OfficeError, schema};
use base::SubjectId;
use keys::{KeyId, purpose};
use std::collections::HashSet;

/// How many subjects are looked at together.
const PAGE: u32 = 500;
/// How many envelopes of each column tell which keys a subject had.
const ENVELOPES_EACH: u32 = 20;
/// How many subjects are named at most.
const NAMED_MAX: usize = 100;

/// What a replay found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Subjects whose rows went again.
    pub erased: u64,
    /// Subjects with rows but without keys, of which nothing says that they were erased.
    pub without_keys: u64,
    /// The first hundred of these.
    pub named: Vec<SubjectId>,
}

/// Deletes from the data store whatever was sealed with a destroyed key. After every restore, and
/// whenever a start found keys of the list in the key store.
///
/// # Errors
/// When a store or the list of destroyed keys fails; it may be repeated.
pub async fn replay_tombstones(office: &Office) -> Result<Replayed, OfficeError> {
    let listed = office.vault.tombstones().load().map_err(|error| OfficeError::Other(error.to_string()))?;
    let dead: HashSet<KeyId> = listed.into_iter().map(|tombstone| tombstone.key_id).collect();
    let tables = schema::tables();
    let mut replayed = Replayed::default();
    let mut after = None;
    loop {
        let page = store::subjects_after(&office.store, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(replayed) };
        after = Some(*last);
        for subject in without_keys(office, &page).await? {
            let envelopes = store::envelopes(&office.store, &tables, subject, ENVELOPES_EACH).await?;
            if envelopes.is_empty() {
                continue;
            }
            if envelopes.iter().filter_map(|envelope| key_id(envelope)).any(|id| dead.contains(&id)) {
                steps::erase_again(office, subject).await?;
                replayed.erased += 1;
            } else {
                replayed.without_keys += 1;
                if replayed.named.len() < NAMED_MAX {
                    replayed.named.push(subject);
                }
            }
        }
    }
}

/// Those who lack the key of every purpose that seals.
async fn without_keys(office: &Office, page: &[SubjectId]) -> Result<Vec<SubjectId>, OfficeError> {
    let mut living = HashSet::new();
    for name in purpose::ALL.iter().filter(|name| **name != <purpose::Ledger as keys::Purpose>::NAME) {
        let rows = office.vault.store().find_many(name, page).await.map_err(keys::KeyError::from)?;
        living.extend(rows.into_iter().map(|row| row.subject));
    }
    Ok(page.iter().copied().filter(|subject| !living.contains(subject)).collect())
}

/// The key that sealed an envelope: bytes 2 to 18 (docs/formats/envelope.md).
fn key_id(envelope: &[u8]) -> Option<KeyId> {
    let bytes: [u8; 16] = envelope.get(2..18)?.try_into().ok()?;
    Some(KeyId::from_bytes(bytes))
}
