//! What an officer's program checks before it approves a request, and again before it answers (CRYPTO section 9).
//!
//! Everything is held against what the officer has: the pinned key of the ledger and the last checkpoint that was seen, the
//! group documents, and the clock. The order is such that nothing costly is computed for a dossier that fails early.

use super::dossier::{Dossier, Included, RecordPart};
use super::refusal::{Refusal, ShownLabel};
use super::request::Request;
use super::site::site_commitment;
use base::{Day, Timestamp};
use jiff::ToSpan as _;
use keys::seal::{
    Chain, Checked, EpochGroup, EpochId, LABELS_MAX, Label, NodeId, Officer, Record, RequestHash, SessionId,
    SiteId,
};
use ledger::{
    Checkpoint, Entry, Hash, InclusionProof, ProofError, TreeHead, VerifyingKey, WitnessKey, leaf_hash,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use traffic::segment::Manifest;

/// How long traffic is kept, in months, unless the policy says something shorter.
pub const TERM_MONTHS: u32 = 24;

/// What an officer's program knows by itself.
#[derive(Debug)]
pub struct Pinned<'a> {
    /// The group documents.
    pub chain: &'a Chain,
    /// The officer.
    pub officer: &'a Officer,
    /// The ledger's key, with its origin.
    pub ledger: &'a VerifyingKey,
    /// The last checkpoint that was seen.
    pub last: Option<TreeHead>,
    /// Witnesses, of whom one must have cosigned; none when the provider has none.
    pub witnesses: &'a [WitnessKey],
    /// How long traffic is kept.
    pub term_months: u32,
    /// What was answered under this request before.
    pub answered: &'a Answered,
    /// The present instant.
    pub now: Timestamp,
}

/// What an officer answered under one request: which record for which label.
pub type Answered = BTreeMap<Asked, [u8; 32]>;

/// A label as the list of answers keeps it.
pub type Asked = (EpochId, Label);

/// What the officer is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// To approve.
    Approve,
    /// To answer: k approvals must be in the ledger.
    Answer,
}

/// A label that passed every check.
#[derive(Debug)]
pub struct ClearedLabel {
    /// The group of its epoch, from the officer's own documents.
    pub group: Arc<EpochGroup>,
    /// The ceremony in which its shares were made: answers go by ceremony.
    pub session: SessionId,
    /// The record, whose proof holds.
    pub checked: Checked,
    /// SHA-256 of the record, for the list of answers.
    pub record: [u8; 32],
}

impl ClearedLabel {
    /// What the list of answers keeps.
    #[must_use]
    pub fn asked(&self) -> Asked {
        (self.group.epoch(), *self.checked.label())
    }
}

/// A dossier that passed every check.
#[derive(Debug)]
pub struct Cleared<'a> {
    /// What is asked.
    pub request: &'a Request,
    /// Its hash.
    pub hash: RequestHash,
    /// The checkpoint: to be kept as the last one seen.
    pub checkpoint: Checkpoint,
    /// The domains of the sites that are named.
    pub domains: BTreeMap<SiteId, String>,
    /// Who has approved.
    pub approved: BTreeSet<u16>,
    /// The labels, in the order of the dossier.
    pub labels: Vec<ClearedLabel>,
}

/// Checks a dossier. `progress` is told of each label.
///
/// # Errors
/// The first thing that is not as it must be.
pub fn check<'a>(
    dossier: &'a Dossier,
    pinned: &Pinned<'_>,
    stage: Stage,
    progress: &mut dyn FnMut(usize),
) -> Result<Cleared<'a>, Refusal> {
    let request = &dossier.request;
    let hash = request.hash();
    let checkpoint = continued(dossier, pinned)?;
    let ledger = Entries::read(dossier, checkpoint.head())?;
    ledger.tells_of(request, hash)?;
    in_time(request, pinned.now)?;
    let roster = pinned.chain.last().roster();
    roster.number_of(pinned.officer).ok_or(Refusal::NotOnRoster)?;
    let asker = request.asked_by();
    if asker == Some(pinned.officer.sign_key()) {
        return Err(Refusal::OwnRequest);
    }
    let mut approved = BTreeSet::new();
    for approval in &dossier.approvals {
        approval.verify(roster, hash)?;
        let officer = approval.officer();
        if roster.officers().get(&officer).map(Officer::sign_key) == asker && asker.is_some() {
            return Err(Refusal::AskerApproved(officer));
        }
        if !ledger.has_approval(hash, officer, approval.root()) {
            return Err(Refusal::ApprovalNotRecorded(officer));
        }
        approved.insert(officer);
    }
    let needed = roster.threshold();
    if stage == Stage::Answer && approved.len() < usize::from(needed) {
        return Err(Refusal::TooFewApprovals { found: approved.len(), needed });
    }
    let domains = ledger.domains(dossier)?;
    let labels = cleared_labels(dossier, pinned, &ledger, progress)?;
    Ok(Cleared { request, hash, checkpoint, domains, approved, labels })
}

/// The checkpoint, signed by the pinned key, witnessed, and a continuation of what was seen.
fn continued(dossier: &Dossier, pinned: &Pinned<'_>) -> Result<Checkpoint, Refusal> {
    let signed = ledger::SignedCheckpoint::open(dossier.checkpoint.as_bytes(), pinned.ledger)?;
    if !pinned.witnesses.is_empty() && signed.cosigned_by(pinned.witnesses)?.is_empty() {
        return Err(Refusal::Unwitnessed);
    }
    let checkpoint = signed.unverified().clone();
    let head = checkpoint.head();
    let Some(seen) = pinned.last else { return Ok(checkpoint) };
    if head.size < seen.size {
        return Err(Refusal::Shorter { found: head.size, seen: seen.size });
    }
    if head == seen {
        return Ok(checkpoint);
    }
    let fits = |proof: &&ledger::ConsistencyProof| (proof.old_size, proof.new_size) == (seen.size, head.size);
    let proof = dossier.consistency.iter().find(fits);
    match proof {
        None if head.size == seen.size => Err(Refusal::Rewritten(ProofError::Wrong)),
        None => Err(Refusal::NotContinued { seen: seen.size }),
        Some(proof) => {
            proof.verify(seen.root, head.root).map_err(Refusal::Rewritten)?;
            Ok(checkpoint)
        }
    }
}

fn in_time(request: &Request, now: Timestamp) -> Result<(), Refusal> {
    let end = request.not_after();
    if end <= now {
        return Err(Refusal::Ended(end));
    }
    if end > now.plus_days(super::RELEASE_DAYS_MAX.into()) {
        return Err(Refusal::TooLong(end));
    }
    Ok(())
}

/// The entries of the dossier, each shown to be in the ledger.
struct Entries<'a> {
    by_leaf: HashMap<Hash, &'a Entry>,
    requested: Vec<serde_json::Value>,
    approved: Vec<serde_json::Value>,
    sites: BTreeSet<String>,
    /// The day on which the ledger tells of a manifest, by its hash.
    sealed: HashMap<String, Day>,
}

impl<'a> Entries<'a> {
    fn read(dossier: &'a Dossier, head: TreeHead) -> Result<Self, Refusal> {
        let mut entries = Self {
            by_leaf: HashMap::new(),
            requested: Vec::new(),
            approved: Vec::new(),
            sites: BTreeSet::new(),
            sealed: HashMap::new(),
        };
        for included in &dossier.entries {
            let Included { entry, index, .. } = included;
            let leaf = entry.leaf_hash();
            included.proof(head.size).verify(leaf, head.root).map_err(|source| Refusal::NotIncluded {
                kind: entry.kind().to_owned(),
                index: *index,
                source,
            })?;
            entries.by_leaf.insert(leaf, entry);
            let fact = |name: &str| entry.data()[name].as_str().unwrap_or_default().to_owned();
            match entry.kind() {
                "release-requested" => entries.requested.push(entry.data()),
                "release-approved" => entries.approved.push(entry.data()),
                "site" => {
                    entries.sites.insert(fact("commitment"));
                }
                "sealed" => {
                    entries.sealed.insert(fact("manifest"), entry.time().day());
                }
                _ => {}
            }
        }
        Ok(entries)
    }

    /// Whether the ledger tells of the request, and of the ground that it names.
    fn tells_of(&self, request: &Request, hash: RequestHash) -> Result<(), Refusal> {
        let kind = request.ground().entry_kind();
        let ground = self.by_leaf.get(&Hash::from_bytes(*request.entry()));
        if ground.is_none_or(|entry| entry.kind() != kind) {
            return Err(Refusal::NoGround(match request.ground() {
                super::Ground::Incident => "incident",
                super::Ground::LawfulOrder => "lawful order",
            }));
        }
        let (hash, entry) = (hash.to_string(), hex::encode(request.entry()));
        let told = self.requested.iter().any(|data| data["request"] == *hash && data["entry"] == *entry);
        if told { Ok(()) } else { Err(Refusal::NotRequested) }
    }

    fn has_approval(&self, hash: RequestHash, officer: u16, root: &[u8; 32]) -> bool {
        let (hash, root) = (hash.to_string(), hex::encode(root));
        self.approved.iter().any(|data| {
            data["request"] == *hash && data["officer"] == u64::from(officer) && data["root"] == *root
        })
    }

    /// The domains of all sites in the scope, each as the ledger holds it.
    fn domains(&self, dossier: &Dossier) -> Result<BTreeMap<SiteId, String>, Refusal> {
        let mut domains = BTreeMap::new();
        for shown in &dossier.sites {
            let commitment = site_commitment(&shown.opening, shown.site, &shown.domain);
            if !self.sites.contains(&hex::encode(commitment)) {
                return Err(Refusal::OtherDomain(shown.site, shown.domain.clone()));
            }
            domains.insert(shown.site, shown.domain.clone());
        }
        for site in dossier.request.scope().sites() {
            if !domains.contains_key(&site) {
                return Err(Refusal::UnknownSite(site));
            }
        }
        Ok(domains)
    }
}

fn cleared_labels(
    dossier: &Dossier,
    pinned: &Pinned<'_>,
    ledger: &Entries<'_>,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<ClearedLabel>, Refusal> {
    let total = dossier.labels();
    if total == 0 || total > LABELS_MAX {
        return Err(Refusal::Labels(total));
    }
    let (mut labels, mut seen) = (Vec::with_capacity(total), BTreeSet::new());
    for (at, segment) in dossier.segments.iter().enumerate() {
        let manifest = Manifest::parse(&segment.manifest).map_err(|_| Refusal::Manifest(at + 1))?;
        let source = Source::of(&manifest, &segment.manifest, pinned, ledger)?;
        for part in &segment.records {
            let label = source.clear(part, &manifest, dossier.request.scope())?;
            if !seen.insert(label.asked()) {
                return Err(Refusal::Twice(ShownLabel(*label.checked.label())));
            }
            if pinned.answered.get(&label.asked()).is_some_and(|record| *record != label.record) {
                return Err(Refusal::AnsweredOtherwise(ShownLabel(*label.checked.label())));
            }
            labels.push(label);
            progress(labels.len());
        }
    }
    Ok(labels)
}

/// A segment that may be answered about.
struct Source {
    group: Arc<EpochGroup>,
    session: SessionId,
    day: Day,
    node: NodeId,
    seq: u32,
}

impl Source {
    fn of(
        manifest: &Manifest,
        bytes: &[u8],
        pinned: &Pinned<'_>,
        ledger: &Entries<'_>,
    ) -> Result<Self, Refusal> {
        let name = &manifest.name;
        let (day, node, seq) = (name.day, NodeId::from_bytes(*name.node.bytes()), name.seq);
        let told = ledger.sealed.get(&hex::encode(Sha256::digest(bytes)));
        let told = *told.ok_or(Refusal::NotSealed { day, node, seq })?;
        if name.line.bytes() != pinned.chain.last().roster().line().bytes() {
            return Err(Refusal::OtherLine(day));
        }
        let epoch = EpochId::from_bytes(*name.epoch.bytes());
        let group = pinned.chain.epoch(epoch).ok_or(Refusal::UnknownEpoch(epoch))?;
        let document = pinned.chain.document_of(epoch).ok_or(Refusal::UnknownEpoch(epoch))?;
        if group.key().public().bytes() != &manifest.group_key {
            return Err(Refusal::OtherGroupKey { day, epoch });
        }
        let today = pinned.now.day();
        // A day that cannot be reckoned is refused as well: nothing is kept that long.
        let due =
            |day: Day| day.plus_span(i64::from(pinned.term_months).months()).map_or(true, |end| end <= today);
        if due(day) || due(told) {
            return Err(Refusal::Due(day));
        }
        let session = document.roster().session();
        Ok(Self { group: Arc::clone(group), session, day, node, seq })
    }

    fn clear(
        &self,
        part: &RecordPart,
        manifest: &Manifest,
        scope: &super::Scope,
    ) -> Result<ClearedLabel, Refusal> {
        let (day, place) = (self.day, part.place);
        let index = u64::from(place);
        let proof = InclusionProof { index, size: u64::from(manifest.records), hashes: part.path.clone() };
        let root = Hash::from_bytes(manifest.root);
        proof.verify(leaf_hash(&part.record), root).map_err(|_| Refusal::NotUnderRoot { day, place })?;
        let wrong = |source| Refusal::Record { day, place, source };
        let record = Record::parse(&part.record).map_err(wrong)?;
        let label = Label { day, node: self.node, seq: self.seq, block: record.block() };
        if !scope.covers(&label) {
            return Err(Refusal::OutOfScope(ShownLabel(label)));
        }
        let checked = self.group.key().check(&label, &record).map_err(wrong)?;
        Ok(ClearedLabel {
            group: Arc::clone(&self.group),
            session: self.session,
            checked,
            record: Sha256::digest(&part.record).into(),
        })
    }
}
