//! The evidence package of an investigation: what was found, with everything that shows how it came to be opened
//! (docs/formats/evidence.md).
//!
//! Invariants
//! - Making it asks a question like any other: it is in the ledger before the first byte is read.
//! - The ledger tells of the package by the hash of its list of files, and the package holds the proof of that, so that
//!   nobody makes another one afterwards under the same entry.
//! - [`verify`] needs the package and the ledger's public key, and nothing else.

use super::ask::AskError;
use super::build;
use super::dossier::{Dossier, Included, IncludedJson, read_included, write_included};
use super::evidence_texts::README;
use super::model::Query;
use super::question::{Answer, Question, Row, Shape};
use super::request::ReleaseId;
use super::{session, store};
use crate::accounts::Session;
use crate::{By, Office, OfficeError, Record, seal};
use base::Timestamp;
use keys::purpose::Incidents;
use keys::seal::{Chain, RequestHash, SignedDocument};
use ledger::{CHECKPOINT_BYTES_MAX, SignedCheckpoint, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;
use thiserror::Error;
use zip::write::SimpleFileOptions;

/// The longest package, in bytes.
pub const EVIDENCE_BYTES_MAX: usize = 512 << 20;
/// The longest file of a package that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Files of a package at most: those named here and 256 documents of officers.
const FILES_MAX: usize = 300;
/// How long it waits until the ledger was signed with the last entry in it.
const SIGNED_WAIT: Duration = Duration::from_secs(40);
/// How often it looks.
const SIGNED_LOOK: Duration = Duration::from_millis(250);

const HITS_CSV: &str = "hits.csv";
const HITS_JSON: &str = "hits.jsonl";
const QUESTIONS: &str = "questions.json";
const DOSSIER: &str = "dossier.json";
const READ_ME: &str = "README.txt";
/// Hashes of all files but itself and [`LEDGER`].
const SUMS: &str = "SHA256SUMS";
/// Proofs, of an entry with the hash of [`SUMS`] among others.
const LEDGER: &str = "ledger.json";
const VERSION: u32 = 1;

/// A package.
#[derive(Debug)]
pub struct Evidence {
    /// The ZIP.
    pub bytes: Vec<u8>,
    /// Rows in it.
    pub found: u64,
    /// Whether there was more than it may hold.
    pub is_partial: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedJson {
    /// The id, as in the ledger's entry `query`.
    query: String,
    asked_at: String,
    found: Option<u64>,
    /// The question as it was asked: JSON in a text, for these are its bytes.
    question: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerJson {
    v: u32,
    checkpoint: String,
    entries: Vec<IncludedJson>,
}

/// Asks a question for the rows, and makes the package of what comes of it.
///
/// # Errors
/// As [`super::ask_question`]; [`AskError::Unsigned`] when the ledger is not signed in time.
pub async fn evidence(
    office: &Office,
    session: &Session,
    id: ReleaseId,
    question: &Question,
    (tiles, key): (&Path, &VerifyingKey),
) -> Result<Evidence, AskError> {
    let question = Question { shape: Shape::Rows, ..question.clone() };
    let dossier = build::dossier(office, tiles, key, id).await?.ok_or(AskError::Unsigned)?;
    let answer = session::ask(office, session, id, &question).await?;
    let row = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the release" })?;
    let case = office.vault.key::<Incidents>(row.subject).await?;
    let asked = store::queries(&office.store, id, &case).await?;
    let chain = seal::chain(office).await?.ok_or(AskError::NoOfficers)?;
    let (found, is_partial) = (answer.found, answer.is_partial);
    let files = files(&answer, &asked, &dossier, &chain)?;

    let record = Record::new("evidence", By::Login(session.subject))
        .with("request", row.release.hash.to_string())
        .with("rows", found)
        .with("files", hex::encode(Sha256::digest(sums(&files))));
    let entry = office.prepare(record).await?;
    let mut leaves = vec![*dossier.request.entry(), row.release.leaf];
    leaves.extend(store::approvals(&office.store, id).await?.iter().map(|approved| approved.leaf));
    leaves.extend(row.release.opened_leaf);
    leaves.extend(asked.iter().map(|query| query.leaf));
    leaves.push(*entry.entry().leaf_hash().as_bytes());
    let tx = office.store.begin().await?;
    entry.append(&tx).await?;
    tx.commit().await?;

    let (checkpoint, entries) = signed(office, tiles, key, &leaves).await?;
    let ledger =
        LedgerJson { v: VERSION, checkpoint: checkpoint.to_note(), entries: write_included(&entries) };
    let ledger = serde_json::to_vec_pretty(&ledger).map_err(fault)?;
    let bytes = pack(&files, &ledger, office.now())?;
    Ok(Evidence { bytes, found, is_partial })
}

fn fault(error: impl core::fmt::Display) -> OfficeError {
    OfficeError::Other(format!("the evidence package: {error}"))
}

/// Waits until a published checkpoint covers all leaves.
async fn signed(
    office: &Office,
    tiles: &Path,
    key: &VerifyingKey,
    leaves: &[[u8; 32]],
) -> Result<(SignedCheckpoint, Vec<Included>), AskError> {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(found) = build::included(office, tiles, key, leaves).await? {
            return Ok(found);
        }
        if waited >= SIGNED_WAIT {
            return Err(AskError::Unsigned);
        }
        tokio::time::sleep(SIGNED_LOOK).await;
        waited += SIGNED_LOOK;
    }
}

type Files = BTreeMap<String, Vec<u8>>;

fn files(answer: &Answer, asked: &[Query], dossier: &Dossier, chain: &Chain) -> Result<Files, OfficeError> {
    let questions: Vec<AskedJson> = asked
        .iter()
        .map(|query| AskedJson {
            query: query.id.to_string(),
            asked_at: query.asked_at.rfc3339(),
            found: query.found,
            question: query.question.expose().clone(),
        })
        .collect();
    let mut files = Files::from([
        (READ_ME.to_owned(), README.as_bytes().to_vec()),
        (HITS_CSV.to_owned(), csv(&answer.rows)?),
        (HITS_JSON.to_owned(), lines(&answer.rows)?),
        (QUESTIONS.to_owned(), serde_json::to_vec_pretty(&questions).map_err(fault)?),
        (DOSSIER.to_owned(), dossier.text().into_bytes()),
    ]);
    for (at, document) in chain.documents().iter().enumerate() {
        files.insert(group_file(at), document.text().into_bytes());
    }
    Ok(files)
}

fn group_file(at: usize) -> String {
    format!("group/{:04}.json", at + 1)
}

/// The rows for a spreadsheet. What it would take for a formula gets an apostrophe in front; the JSON lines hold the
/// values as they are.
fn csv(rows: &[Row]) -> Result<Vec<u8>, OfficeError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["time", "domain", "path", "browser", "address"]).map_err(fault)?;
    for row in rows {
        let time = Timestamp::from_seconds(row.time).rfc3339();
        let values = [time, row.site.clone(), row.path.clone(), row.agent.clone(), row.address.to_string()];
        let disarmed = values.map(|value| {
            if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{value}") } else { value }
        });
        writer.write_record(disarmed).map_err(fault)?;
    }
    writer.into_inner().map_err(fault)
}

fn lines(rows: &[Row]) -> Result<Vec<u8>, OfficeError> {
    let mut out = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut out, row).map_err(fault)?;
        out.push(b'\n');
    }
    Ok(out)
}

/// As `sha256sum` writes and reads them.
fn sums(files: &Files) -> Vec<u8> {
    let line =
        |(name, bytes): (&String, &Vec<u8>)| format!("{}  {name}\n", hex::encode(Sha256::digest(bytes)));
    files.iter().map(line).collect::<String>().into_bytes()
}

fn pack(files: &Files, ledger: &[u8], now: Timestamp) -> Result<Vec<u8>, OfficeError> {
    let at = now.in_amsterdam();
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    let year = u16::try_from(at.year()).unwrap_or(1980);
    let stamp = zip::DateTime::from_date_and_time(
        year,
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    );
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(stamp.unwrap_or_default())
        .unix_permissions(0o600);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let sums = sums(files);
    let all = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    for (name, bytes) in all.chain([(SUMS, sums.as_slice()), (LEDGER, ledger)]) {
        writer.start_file(name, options).map_err(fault)?;
        writer.write_all(bytes).map_err(fault)?;
    }
    let bytes = writer.finish().map_err(fault)?.into_inner();
    if bytes.len() > EVIDENCE_BYTES_MAX {
        return Err(fault("larger than a package may be: ask for less"));
    }
    Ok(bytes)
}

/// Why a package proves nothing.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// No ZIP, or not with these files.
    #[error("this is no evidence package: {0}")]
    Malformed(String),
    /// A file is not the one that was packed.
    #[error("{0} was changed, or is not in the list of files")]
    Changed(String),
    /// A checkpoint is not signed with this key.
    #[error("the checkpoint in {0} is not to be believed: {1}")]
    Checkpoint(&'static str, String),
    /// An entry is not in the ledger.
    #[error("entry {1} in {0} is not in the ledger of its checkpoint")]
    NotIncluded(&'static str, usize),
    /// An entry that must be there is not.
    #[error("the ledger tells of no {0} of this release")]
    NotTold(&'static str),
    /// The officers did not approve.
    #[error("{found} of {needed} officers approved this request")]
    NotApproved {
        /// Approvals that hold.
        found: usize,
        /// How many it needs.
        needed: u16,
    },
    /// The officers' documents do not follow each other.
    #[error("the officers' documents do not hold: {0}")]
    Officers(String),
}

/// What a package shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceShown {
    /// The ledger.
    pub ledger: String,
    /// Entries in it when the package was made.
    pub size: u64,
    /// The hash of the request.
    pub request: String,
    /// Why it was asked.
    pub reason: String,
    /// Officers who approved.
    pub approved_by: Vec<u16>,
    /// Questions that were asked under the release, this one included.
    pub questions: usize,
    /// Rows in the package.
    pub rows: usize,
    /// When the ledger says that it was made.
    pub made_at: String,
    /// The hash of the officers' first document: to be compared with what they say it is.
    pub first_document: String,
}

/// Checks a package with the ledger's public key alone.
///
/// # Errors
/// Says what does not hold.
pub fn verify(bytes: &[u8], key: &VerifyingKey) -> Result<EvidenceShown, EvidenceError> {
    let mut files = unpack(bytes)?;
    let malformed = |what: &str| EvidenceError::Malformed(what.to_owned());
    let ledger = files.remove(LEDGER).ok_or_else(|| malformed("it has no ledger.json"))?;
    let listed = files.remove(SUMS).ok_or_else(|| malformed("it has no SHA256SUMS"))?;
    if sums(&files) != listed {
        return Err(EvidenceError::Changed(changed(&files, &listed)));
    }
    let text = |name: &str| -> Result<&str, EvidenceError> {
        let bytes = files.get(name).ok_or_else(|| EvidenceError::Malformed(format!("it has no {name}")))?;
        core::str::from_utf8(bytes).map_err(|_| EvidenceError::Malformed(format!("{name} is no text")))
    };

    let dossier =
        Dossier::parse(text(DOSSIER)?).map_err(|error| EvidenceError::Malformed(error.to_string()))?;
    included(DOSSIER, &dossier.checkpoint, &dossier.entries, key)?;
    let told: LedgerJson =
        serde_json::from_slice(&ledger).map_err(|error| EvidenceError::Malformed(error.to_string()))?;
    if told.v != VERSION || told.checkpoint.len() > CHECKPOINT_BYTES_MAX {
        return Err(malformed("ledger.json is of another version"));
    }
    let entries = read_included(told.entries).map_err(|error| EvidenceError::Malformed(error.to_string()))?;
    let head = included(LEDGER, &told.checkpoint, &entries, key)?;

    let hash = dossier.request.hash();
    let of = |kind: &'static str| {
        let request = hash.to_string();
        entries.iter().map(|one| &one.entry).filter(move |entry| {
            entry.kind() == kind && entry.data()["request"].as_str() == Some(request.as_str())
        })
    };
    let ground = entries.iter().any(|one| one.entry.leaf_hash().as_bytes() == dossier.request.entry());
    for (kind, there) in [
        ("ground", ground),
        ("release-requested", of("release-requested").next().is_some()),
        ("release-opened", of("release-opened").next().is_some()),
    ] {
        if !there {
            return Err(EvidenceError::NotTold(kind));
        }
    }
    let (approved_by, first_document) = approved(&files, &dossier, hash)?;
    if of("release-approved").count() < approved_by.len() {
        return Err(EvidenceError::NotTold("release-approved"));
    }
    let asked: Vec<AskedJson> = serde_json::from_str(text(QUESTIONS)?)
        .map_err(|error| EvidenceError::Malformed(error.to_string()))?;
    let queries: BTreeSet<String> =
        of("query").filter_map(|entry| entry.data()["query"].as_str().map(str::to_owned)).collect();
    if asked.is_empty() || asked.iter().any(|one| !queries.contains(&one.query)) {
        return Err(EvidenceError::NotTold("query"));
    }
    let listed = hex::encode(Sha256::digest(&listed));
    let made = of("evidence").find(|entry| entry.data()["files"].as_str() == Some(listed.as_str()));
    let made = made.ok_or(EvidenceError::NotTold("evidence"))?;
    Ok(EvidenceShown {
        ledger: head.origin.to_string(),
        size: head.size,
        request: hash.to_string(),
        reason: dossier.request.reason().to_owned(),
        approved_by,
        questions: asked.len(),
        rows: text(HITS_JSON)?.lines().count(),
        made_at: made.time().rfc3339(),
        first_document,
    })
}

fn unpack(bytes: &[u8]) -> Result<Files, EvidenceError> {
    let malformed = |error: &dyn core::fmt::Display| EvidenceError::Malformed(error.to_string());
    if bytes.len() > EVIDENCE_BYTES_MAX {
        return Err(malformed(&"it is too long"));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(&error))?;
    if archive.len() > FILES_MAX {
        return Err(malformed(&"it has too many files"));
    }
    let mut files = Files::new();
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| malformed(&error))?;
        let name = file.name().map_err(|error| malformed(&error))?.into_owned();
        let mut content = Vec::new();
        let read =
            file.take(FILE_BYTES_MAX + 1).read_to_end(&mut content).map_err(|error| malformed(&error))?;
        if read as u64 > FILE_BYTES_MAX {
            return Err(malformed(&format!("{name} is too long")));
        }
        if files.insert(name.clone(), content).is_some() {
            return Err(malformed(&format!("{name} is in it twice")));
        }
    }
    Ok(files)
}

/// The first file that does not fit the list.
fn changed(files: &Files, listed: &[u8]) -> String {
    let listed = String::from_utf8_lossy(listed);
    let listed: BTreeSet<&str> = listed.lines().collect();
    let line = |(name, bytes): (&String, &Vec<u8>)| {
        (format!("{}  {name}", hex::encode(Sha256::digest(bytes))), name.clone())
    };
    let wrong = files.iter().map(line).find(|(line, _)| !listed.contains(line.as_str()));
    wrong.map_or_else(|| SUMS.to_owned(), |(_, name)| name)
}

fn included(
    file: &'static str,
    checkpoint: &str,
    entries: &[Included],
    key: &VerifyingKey,
) -> Result<ledger::Checkpoint, EvidenceError> {
    let signed = SignedCheckpoint::open(checkpoint.as_bytes(), key)
        .map_err(|error| EvidenceError::Checkpoint(file, error.to_string()))?;
    let head = signed.unverified().clone();
    for (at, one) in entries.iter().enumerate() {
        let proof = one.proof(head.size);
        proof
            .verify(one.entry.leaf_hash(), head.root)
            .map_err(|_| EvidenceError::NotIncluded(file, at + 1))?;
    }
    Ok(head)
}

/// Who of the officers approved, and the hash of their first document.
fn approved(
    files: &Files,
    dossier: &Dossier,
    hash: RequestHash,
) -> Result<(Vec<u16>, String), EvidenceError> {
    let wrong = |error: &dyn core::fmt::Display| EvidenceError::Officers(error.to_string());
    let mut documents = (0..).map(group_file).map_while(|name| files.get(&name));
    let parse = |bytes: &Vec<u8>| {
        SignedDocument::parse(&String::from_utf8_lossy(bytes)).map_err(|error| wrong(&error))
    };
    let first = parse(documents.next().ok_or_else(|| wrong(&"there is none"))?)?;
    let pinned = first.document().hash();
    let mut chain = Chain::begin(first, pinned).map_err(|error| wrong(&error))?;
    for document in documents {
        chain.append(parse(document)?).map_err(|error| wrong(&error))?;
    }
    let roster = chain.last().roster();
    let holds = dossier.approvals.iter().filter(|approval| approval.verify(roster, hash).is_ok());
    let officers: BTreeSet<u16> = holds.map(keys::seal::Approval::officer).collect();
    let needed = roster.threshold();
    if officers.len() < usize::from(needed) {
        return Err(EvidenceError::NotApproved { found: officers.len(), needed });
    }
    Ok((officers.into_iter().collect(), pinned.to_string()))
}
