//! The chain of a node's manifests: each signed, each following the one before it, no number left out.

use crate::segment::name::{Block, EpochId};
use crate::segment::{Manifest, Reason, verify_manifest};
use crate::store::{Finding, LocalStore, StoreError, Stored};
use std::collections::{BTreeMap, BTreeSet};

/// Looks at all manifests of a node that are in a store. Segments that were destroyed, or moved elsewhere, are missing
/// links: a gap shows them, and whoever keeps the ledger knows why.
///
/// # Errors
/// When the store cannot be listed; a key object that cannot be read is a finding of [`LocalStore::verify`].
pub fn chain(store: &LocalStore, public: &[u8; 32]) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let mut manifests: Vec<(Stored, Manifest)> = Vec::new();
    for stored in store.segments()? {
        let Ok(object) = store.key_object(&stored) else { continue };
        let Ok(manifest) = object.stated() else { continue };
        if !verify_manifest(public, &object.manifest, &object.signature) {
            findings.push(Finding::Signature(stored));
        }
        manifests.push((stored, manifest));
    }
    let numbers: BTreeSet<u32> = manifests.iter().map(|(stored, _)| stored.seq).collect();
    for (before, after) in numbers.iter().zip(numbers.iter().skip(1)) {
        if before + 1 < *after {
            findings.push(Finding::Gap { from: before + 1, to: after - 1 });
        }
    }
    // Manifests follow each other in the order of sealing, not of numbers: a day that began first may end last.
    let mut followers: BTreeMap<[u8; 32], u32> = BTreeMap::new();
    for (_, manifest) in &manifests {
        *followers.entry(manifest.previous).or_default() += 1;
    }
    let hashes: BTreeSet<[u8; 32]> = manifests.iter().map(|(_, manifest)| manifest.hash()).collect();
    let complete = findings.is_empty() && numbers.first().is_none_or(|first| *first == 1);
    for (stored, manifest) in &manifests {
        let twice = followers.get(&manifest.previous).is_some_and(|count| *count > 1);
        // With a number missing its predecessor may be the one that is gone.
        let lost = complete && manifest.previous != [0; 32] && !hashes.contains(&manifest.previous);
        if twice || lost {
            findings.push(Finding::Chain(*stored));
        }
    }
    findings.extend(missing_canaries(store, &manifests)?);
    Ok(findings)
}

/// Months of which a node has segments, and none that officers could open in a drill. What a crash left has no canary.
fn missing_canaries(
    store: &LocalStore,
    manifests: &[(Stored, Manifest)],
) -> Result<Vec<Finding>, StoreError> {
    let mut epochs: BTreeMap<EpochId, (Stored, Found)> = BTreeMap::new();
    for (stored, manifest) in manifests.iter().filter(|(_, manifest)| manifest.reason != Reason::Crash) {
        let found = epochs.entry(manifest.name.epoch).or_insert((*stored, Found::No));
        if found.1 == Found::No && store.key_object(stored)?.place(Block::Canary).is_some() {
            found.1 = Found::Yes;
        }
    }
    let missing = epochs.into_values().filter(|(_, found)| *found == Found::No);
    Ok(missing.map(|(stored, _)| Finding::NoCanary(stored)).collect())
}

#[derive(PartialEq, Eq)]
enum Found {
    Yes,
    No,
}
