//! The release dossier: one file with everything that an officer's program needs to judge a request without asking
//! anybody (docs/formats/release.md). Reading it believes nothing; [`super::check`] does that.

use super::request::{Hex32, Request, RequestError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::fmt;
use keys::seal::{Approval, LABELS_MAX, OFFICERS_MAX, RECORD_BYTES, ReleaseError, SiteId};
use ledger::{
    CHECKPOINT_BYTES_MAX, ConsistencyProof, Entry, EntryError, Hash, InclusionProof, PROOF_HASHES_MAX,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest dossier, in bytes: 20,000 labels with their paths.
pub const DOSSIER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most segments: one for each label.
const SEGMENTS_MAX: usize = LABELS_MAX;
/// The most ledger entries: one for each segment and site, and those of the release.
const ENTRIES_MAX: usize = 2 * LABELS_MAX + 64;
/// The most consistency proofs: one for each officer, and some that were left behind.
const CONSISTENCY_MAX: usize = 64;
/// The longest manifest.
const MANIFEST_BYTES_MAX: usize = 1024;
/// The longest domain.
const DOMAIN_BYTES_MAX: usize = 253;
const VERSION: u32 = 1;

/// Why a text is no dossier.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DossierError {
    /// Longer than any dossier.
    #[error("the dossier has more than {DOSSIER_BYTES_MAX} bytes")]
    TooLong,
    /// Not the JSON of a dossier.
    #[error("the dossier cannot be read: {0}")]
    Json(String),
    /// A version that this program does not know.
    #[error("the dossier has version {0}, this program reads version 1")]
    Version(u32),
    /// More of something than a release can have.
    #[error("the dossier has too many {0}, or one that is too long")]
    TooMany(&'static str),
    /// The request in it.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A ledger entry in it.
    #[error("ledger entry {place} of the dossier: {source}")]
    Entry {
        /// Which, from 1.
        place: usize,
        /// Why.
        source: EntryError,
    },
    /// An approval in it.
    #[error(transparent)]
    Approval(#[from] ReleaseError),
    /// A hash, record or manifest in it.
    #[error("{0} of the dossier is not what its length or spelling should be")]
    Bytes(&'static str),
}

/// A ledger entry with the path that shows it under the checkpoint's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// The entry.
    pub entry: Entry,
    /// Its index.
    pub index: u64,
    /// The path, as in [`InclusionProof`].
    pub path: Vec<Hash>,
}

impl Included {
    /// The proof for a tree of this size.
    #[must_use]
    pub fn proof(&self, size: u64) -> InclusionProof {
        InclusionProof { index: self.index, size, hashes: self.path.clone() }
    }
}

/// Which domain a site id stands for, with the opening of the commitment in the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct SiteOpening {
    /// The site.
    pub site: SiteId,
    /// Its domain.
    pub domain: String,
    /// What opens the commitment.
    pub opening: [u8; 32],
}

impl fmt::Debug for SiteOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SiteOpening({}, [withheld])", self.site)
    }
}

/// A key record that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPart {
    /// Its place in the key object.
    pub place: u32,
    /// Its bytes.
    pub record: Vec<u8>,
    /// Its path under the manifest's record root ([`super::RecordTree`]).
    pub path: Vec<Hash>,
}

/// A segment with the records of it that are asked about. Answers are in the order of segments and records here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentPart {
    /// The manifest as its node signed it.
    pub manifest: Vec<u8>,
    /// The records.
    pub records: Vec<RecordPart>,
}

/// A dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// What is asked.
    pub request: Request,
    /// The checkpoint: a signed note.
    pub checkpoint: String,
    /// Proofs that earlier checkpoints begin this one; an officer's program takes the one that fits what it kept.
    pub consistency: Vec<ConsistencyProof>,
    /// Ledger entries: the ground, `release-requested`, `release-approved`, `site` and `sealed`.
    pub entries: Vec<Included>,
    /// The domains of sites.
    pub sites: Vec<SiteOpening>,
    /// The approvals so far.
    pub approvals: Vec<Approval>,
    /// What is to be opened.
    pub segments: Vec<SegmentPart>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DossierJson {
    v: u32,
    request: String,
    checkpoint: String,
    consistency: Vec<ConsistencyJson>,
    entries: Vec<IncludedJson>,
    sites: Vec<SiteJson>,
    approvals: Vec<String>,
    segments: Vec<SegmentJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsistencyJson {
    old_size: u64,
    new_size: u64,
    hashes: Vec<String>,
}

/// An [`Included`] as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IncludedJson {
    entry: String,
    index: u64,
    path: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteJson {
    site: SiteId,
    domain: String,
    opening: Hex32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SegmentJson {
    manifest: String,
    records: Vec<RecordJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordJson {
    place: u32,
    record: String,
    path: Vec<String>,
}

impl Dossier {
    /// Reads a dossier.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, DossierError> {
        if text.len() > DOSSIER_BYTES_MAX {
            return Err(DossierError::TooLong);
        }
        let json: DossierJson =
            serde_json::from_str(text).map_err(|error| DossierError::Json(error.to_string()))?;
        if json.v != VERSION {
            return Err(DossierError::Version(json.v));
        }
        limit(&json)?;
        let consistency = json.consistency.iter().map(|proof| {
            let (old_size, new_size) = (proof.old_size, proof.new_size);
            Ok(ConsistencyProof { old_size, new_size, hashes: read_path(&proof.hashes)? })
        });
        let approvals = json.approvals.iter().map(|text| Ok(Approval::parse(text)?));
        Ok(Self {
            request: Request::parse(&json.request)?,
            checkpoint: json.checkpoint,
            consistency: consistency.collect::<Result<_, DossierError>>()?,
            entries: read_included(json.entries)?,
            sites: json
                .sites
                .into_iter()
                .map(|site| SiteOpening { site: site.site, domain: site.domain, opening: site.opening.0 })
                .collect(),
            approvals: approvals.collect::<Result<_, DossierError>>()?,
            segments: json.segments.iter().map(read_segment).collect::<Result<_, _>>()?,
        })
    }

    /// As a file.
    #[must_use]
    pub fn text(&self) -> String {
        let json = DossierJson {
            v: VERSION,
            request: self.request.text().to_owned(),
            checkpoint: self.checkpoint.clone(),
            consistency: self
                .consistency
                .iter()
                .map(|proof| ConsistencyJson {
                    old_size: proof.old_size,
                    new_size: proof.new_size,
                    hashes: write_path(&proof.hashes),
                })
                .collect(),
            entries: write_included(&self.entries),
            sites: self
                .sites
                .iter()
                .map(|site| SiteJson {
                    site: site.site,
                    domain: site.domain.clone(),
                    opening: Hex32(site.opening),
                })
                .collect(),
            approvals: self.approvals.iter().map(Approval::text).collect(),
            segments: self.segments.iter().map(write_segment).collect(),
        };
        serde_json::to_string(&json).expect("a structure of texts and numbers writes")
    }

    /// How many labels are asked about.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.segments.iter().map(|segment| segment.records.len()).sum()
    }
}

fn limit(json: &DossierJson) -> Result<(), DossierError> {
    let labels: usize = json.segments.iter().map(|segment| segment.records.len()).sum();
    let domains = json.sites.iter().all(|site| (1..=DOMAIN_BYTES_MAX).contains(&site.domain.len()));
    let limits = [
        ("segments", json.segments.len() <= SEGMENTS_MAX),
        ("labels", labels <= LABELS_MAX),
        ("ledger entries", json.entries.len() <= ENTRIES_MAX),
        ("consistency proofs", json.consistency.len() <= CONSISTENCY_MAX),
        ("sites", json.sites.len() <= LABELS_MAX && domains),
        ("approvals", json.approvals.len() <= usize::from(OFFICERS_MAX)),
        ("checkpoints", json.checkpoint.len() <= CHECKPOINT_BYTES_MAX),
    ];
    limits
        .into_iter()
        .find(|(_, within)| !within)
        .map_or(Ok(()), |(what, _)| Err(DossierError::TooMany(what)))
}

/// Entries with their paths, as they are written.
pub(super) fn write_included(entries: &[Included]) -> Vec<IncludedJson> {
    let write = |included: &Included| IncludedJson {
        entry: String::from_utf8_lossy(included.entry.bytes()).into_owned(),
        index: included.index,
        path: write_path(&included.path),
    };
    entries.iter().map(write).collect()
}

/// Reads them back; nothing is believed of them.
pub(super) fn read_included(entries: Vec<IncludedJson>) -> Result<Vec<Included>, DossierError> {
    if entries.len() > ENTRIES_MAX {
        return Err(DossierError::TooMany("ledger entries"));
    }
    let read = |(at, included): (usize, IncludedJson)| {
        let entry = Entry::from_bytes(included.entry)
            .map_err(|source| DossierError::Entry { place: at + 1, source })?;
        Ok(Included { entry, index: included.index, path: read_path(&included.path)? })
    };
    entries.into_iter().enumerate().map(read).collect()
}

fn read_path(texts: &[String]) -> Result<Vec<Hash>, DossierError> {
    if texts.len() > PROOF_HASHES_MAX {
        return Err(DossierError::TooMany("hashes in a proof"));
    }
    texts.iter().map(|text| text.parse().map_err(|_| DossierError::Bytes("a hash"))).collect()
}

fn write_path(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(ToString::to_string).collect()
}

fn read_segment(json: &SegmentJson) -> Result<SegmentPart, DossierError> {
    let manifest = STANDARD.decode(&json.manifest).map_err(|_| DossierError::Bytes("a manifest"))?;
    if manifest.len() > MANIFEST_BYTES_MAX {
        return Err(DossierError::Bytes("a manifest"));
    }
    let records = json.records.iter().map(|part| {
        let record = STANDARD.decode(&part.record).map_err(|_| DossierError::Bytes("a key record"))?;
        if record.len() != RECORD_BYTES {
            return Err(DossierError::Bytes("a key record"));
        }
        Ok(RecordPart { place: part.place, record, path: read_path(&part.path)? })
    });
    Ok(SegmentPart { manifest, records: records.collect::<Result<_, _>>()? })
}

fn write_segment(segment: &SegmentPart) -> SegmentJson {
    SegmentJson {
        manifest: STANDARD.encode(&segment.manifest),
        records: segment
            .records
            .iter()
            .map(|part| RecordJson {
                place: part.place,
                record: STANDARD.encode(&part.record),
                path: write_path(&part.path),
            })
            .collect(),
    }
}
