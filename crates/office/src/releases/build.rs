//! The dossier of a release, from the stores: what officers' programs read.

use super::ask::Part;
use super::dossier::{Dossier, Included, RecordPart, SegmentPart, SiteOpening};
use super::merkle::RecordTree;
use super::request::ReleaseId;
use super::store;
use crate::{Office, OfficeError, traffic_log};
use ::store::{entry_at, index_of_leaf};
use keys::purpose::Incidents;
use keys::seal::Approval;
use ledger::{Entry, Hash, InclusionProof, SignedCheckpoint, TileDir, TreeHead, VerifyingKey, leaf_hash};
use std::path::Path;
use traffic::segment::Record as Stated;

fn fault(error: impl core::fmt::Display) -> OfficeError {
    OfficeError::Other(format!("dossier: {error}"))
}

/// The dossier under the checkpoint that is published now; none while that does not cover all entries it needs, which
/// takes seconds.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails; when something in scope was destroyed since.
pub async fn dossier(
    office: &Office,
    tiles: &Path,
    key: &VerifyingKey,
    id: ReleaseId,
) -> Result<Option<Dossier>, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the release" })?;
    let request = row.open(&office.vault.key::<Incidents>(row.subject).await?)?;
    let parts: Vec<Part> = serde_json::from_slice(&row.parts).map_err(fault)?;
    let segments = segments(office, &parts).await?;
    let approvals = store::approvals(&office.store, id).await?;
    let known = traffic_log::of_ids(office, &request.scope().sites().into_iter().collect::<Vec<_>>()).await?;

    let mut leaves = vec![*request.entry(), row.release.leaf];
    leaves.extend(approvals.iter().map(|approved| approved.leaf));
    for site in &known {
        let leaf = traffic_log::leaf_of_site(&office.store, site.id).await?;
        leaves.push(leaf.ok_or_else(|| fault("a site without an entry in the ledger"))?);
    }
    for part in &segments {
        let leaf = traffic_log::leaf_of_segment(&office.store, &sha256(&part.manifest)).await?;
        leaves.push(leaf.ok_or_else(|| fault("a segment without an entry in the ledger"))?);
    }

    let Some((checkpoint, entries)) = included(office, tiles, key, &leaves).await? else { return Ok(None) };
    let head: TreeHead = checkpoint.unverified().head();
    let shown = store::show_checkpoint(&office.store, head.size, head.root.as_bytes(), office.now()).await?;
    let dir = TileDir::new(tiles);
    let consistency = tokio::task::spawn_blocking(move || {
        let proof = |(size, root): (u64, [u8; 32])| {
            dir.consistency_proof(TreeHead { size, root: Hash::from_bytes(root) }, head).map_err(fault)
        };
        shown.into_iter().map(proof).collect::<Result<Vec<_>, OfficeError>>()
    })
    .await
    .map_err(fault)??;

    Ok(Some(Dossier {
        request,
        checkpoint: String::from_utf8(checkpoint.to_note().into()).map_err(fault)?,
        consistency,
        entries,
        sites: known
            .iter()
            .map(|site| SiteOpening {
                site: site.id,
                domain: site.domain.expose().clone(),
                opening: *site.opening.expose(),
            })
            .collect(),
        approvals: approvals
            .iter()
            .map(|approved| Approval::parse(&approved.text))
            .collect::<Result<_, _>>()
            .map_err(fault)?,
        segments,
    }))
}

/// The entries of these leaves with their paths under the checkpoint that is published now; none while that does not cover
/// all of them.
pub(super) async fn included(
    office: &Office,
    tiles: &Path,
    key: &VerifyingKey,
    leaves: &[[u8; 32]],
) -> Result<Option<(SignedCheckpoint, Vec<Included>)>, OfficeError> {
    let dir = TileDir::new(tiles);
    let Some(checkpoint) = dir.read_checkpoint(key).map_err(fault)? else { return Ok(None) };
    let head: TreeHead = checkpoint.unverified().head();
    let mut placed = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let index = index_of_leaf(&office.store, leaf).await?.filter(|index| *index < head.size);
        let Some(index) = index else { return Ok(None) };
        let Some(found) = entry_at(&office.store, index).await? else { return Ok(None) };
        placed.push((index, found.body));
    }
    let entries = tokio::task::spawn_blocking(move || {
        let include = |(index, body): (u64, Vec<u8>)| {
            let InclusionProof { hashes, .. } = dir.inclusion_proof(index, head).map_err(fault)?;
            Ok(Included { entry: Entry::from_bytes(body).map_err(fault)?, index, path: hashes })
        };
        placed.into_iter().map(include).collect::<Result<Vec<_>, OfficeError>>()
    })
    .await
    .map_err(fault)??;
    Ok(Some((checkpoint, entries)))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}

/// The records in scope with their paths, as the key objects have them now.
pub(super) async fn segments(office: &Office, parts: &[Part]) -> Result<Vec<SegmentPart>, OfficeError> {
    let log = office.log()?.store.clone();
    let parts = parts.to_vec();
    tokio::task::spawn_blocking(move || parts.iter().map(|part| segment(&log, part)).collect())
        .await
        .map_err(fault)?
}

fn segment(log: &traffic::store::LocalStore, part: &Part) -> Result<SegmentPart, OfficeError> {
    let keys = log.key_object(&part.stored()).map_err(fault)?;
    let leaves = keys.records.iter().map(|record| match record {
        Stated::Present(bytes) => leaf_hash(bytes.as_slice()),
        Stated::Destroyed(leaf) => Hash::from_bytes(*leaf),
    });
    let tree = RecordTree::new(leaves.collect());
    let record = |place: &u32| {
        let at = *place as usize;
        match keys.records.get(at) {
            Some(Stated::Present(bytes)) => Ok(RecordPart {
                place: *place,
                record: bytes.to_vec(),
                path: tree.path(at).unwrap_or_default(),
            }),
            _ => Err(fault("a block in scope was destroyed since; ask again")),
        }
    };
    let records = part.places.iter().map(record).collect::<Result<_, _>>()?;
    Ok(SegmentPart { manifest: keys.manifest.clone(), records })
}
