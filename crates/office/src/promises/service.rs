//! Computing and keeping verdicts.

use super::checks;
use super::model::{Finding, Verdict};
use super::store::{self, NewVerdict, RunId};
use crate::{By, Office, OfficeError, Record};
use policy::PromiseId;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How many verdicts of one promise are shown.
const HISTORY_MAX: u32 = 100;

/// What a run found, and whether it was kept.
#[derive(Debug, Clone)]
pub struct Run {
    /// The verdicts, P01 first.
    pub verdicts: Vec<Verdict>,
}

/// Whether a run is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// Into the ledger and the database.
    Recorded,
    /// Only computed.
    DryRun,
}

/// A verdict counts for so long: two runs and an hour.
#[must_use]
pub const fn stale_after_seconds(attest_hours: u32) -> i64 {
    attest_hours as i64 * 2 * 3_600 + 3_600
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Computes the verdict of every promise and records the run.
///
/// # Errors
/// When a store fails; nothing is recorded then.
pub async fn attest(office: &Office, by: By, recording: Recording) -> Result<Run, OfficeError> {
    let findings = checks::all(office).await?;
    let now = office.now();
    let texts: Vec<String> = findings
        .iter()
        .map(|finding| serde_json::to_string(&finding.evidence))
        .collect::<Result<_, _>>()
        .map_err(|_| OfficeError::Other("evidence that cannot be written".into()))?;
    let lines: Vec<Value> = findings.iter().zip(&texts).map(|(finding, text)| line(finding, text)).collect();
    let entry = office.prepare(Record::new("attested", by).with("verdicts", lines)).await?;
    let leaf = *entry.entry().leaf_hash().as_bytes();
    if recording == Recording::Recorded {
        let run = RunId::new(&*office.clock, &*office.random);
        let tx = office.store.begin().await?;
        for (finding, evidence) in findings.iter().zip(&texts) {
            let id = RunId::new(&*office.clock, &*office.random);
            store::insert_verdict(&tx, &NewVerdict { id, run, finding, evidence, at: now, leaf: &leaf })
                .await?;
        }
        entry.append(&tx).await?;
        tx.commit().await?;
    }
    let leaf = if recording == Recording::Recorded { hex::encode(leaf) } else { String::new() };
    let verdicts = findings
        .into_iter()
        .zip(&texts)
        .map(|(finding, text)| Verdict {
            promise: finding.promise,
            outcome: finding.outcome,
            checked_at: now,
            checked: finding.checked,
            broken: finding.broken,
            evidence: finding.evidence,
            evidence_sha256: sha256_hex(text.as_bytes()),
            leaf: leaf.clone(),
        })
        .collect();
    Ok(Run { verdicts })
}

fn line(finding: &Finding, evidence: &str) -> Value {
    json!({
        "promise": finding.promise.to_string(),
        "verdict": finding.outcome.as_str(),
        "checked": finding.checked,
        "broken": finding.broken,
        "evidence": sha256_hex(evidence.as_bytes()),
    })
}

/// The verdicts of the last run, as they count now.
///
/// # Errors
/// When the database fails.
pub async fn latest(office: &Office, stale_after_seconds: i64) -> Result<Vec<Verdict>, OfficeError> {
    let now = office.now();
    let verdicts = store::last_run(&office.store).await?;
    Ok(verdicts.into_iter().map(|verdict| verdict.at(now, stale_after_seconds)).collect())
}

/// The verdicts on one promise as they were computed, the latest first, at most a hundred.
///
/// # Errors
/// When the database fails.
pub async fn history(office: &Office, promise: PromiseId) -> Result<Vec<Verdict>, OfficeError> {
    store::history(&office.store, promise, HISTORY_MAX).await
}
