//! `waarborg attest`.

use crate::cli::AttestArgs;
use crate::output::{Out, table};
use anyhow::{Result, bail};
use office::By;
use office::promises::{Outcome, Recording, Unprovable, Verdict, attest};
use std::path::Path;
use std::process::ExitCode;

/// Computes every verdict; the exit code is 1 when a promise is broken.
///
/// # Errors
/// When a store fails, or the promise is unknown.
pub async fn run(config: &Path, args: &AttestArgs, out: &Out) -> Result<ExitCode> {
    let app = super::open(config).await?;
    let recording = if args.dry_run { Recording::DryRun } else { Recording::Recorded };
    let mut verdicts = attest(&app.office, By::System("attest"), recording).await?.verdicts;
    app.close().await?;
    if let Some(wanted) = &args.promise {
        verdicts.retain(|verdict| verdict.promise.to_string().eq_ignore_ascii_case(wanted));
        if verdicts.is_empty() {
            bail!("there is no promise {wanted}: P01 to P16");
        }
    }
    out.print(&verdicts, || words(&verdicts, args.promise.as_deref()))?;
    let broken = verdicts.iter().any(|verdict| verdict.outcome == Outcome::Broken);
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn words(verdicts: &[Verdict], asked: Option<&str>) -> String {
    let rows: Vec<Vec<String>> = verdicts
        .iter()
        .map(|v| vec![v.promise.to_string(), outcome(v), v.checked.to_string(), v.broken.to_string()])
        .collect();
    let mut text = table(&["promise", "verdict", "checked", "broken"], &rows);
    for verdict in verdicts.iter().filter(|v| asked.is_some() || v.outcome == Outcome::Broken) {
        text.push_str(&format!("\n\n{}", verdict.promise));
        for fact in &verdict.evidence.facts {
            text.push_str(&format!("\n  {}: {}", fact.name, fact.value));
        }
        for case in &verdict.evidence.broken {
            text.push_str(&format!("\n  not as promised: {case}"));
        }
        for word in &verdict.evidence.not_shown {
            text.push_str(&format!("\n  not shown: {word}"));
        }
    }
    text
}

fn outcome(verdict: &Verdict) -> String {
    match (verdict.outcome, verdict.evidence.unprovable) {
        (Outcome::Kept, _) => "kept".into(),
        (Outcome::Broken, _) => "BROKEN".into(),
        (Outcome::NotProvable, why) => format!(
            "not provable ({})",
            match why {
                Some(Unprovable::NotBuilt) => "not built",
                Some(Unprovable::NoCase) => "no case yet",
                Some(Unprovable::Stale) => "stale",
                Some(Unprovable::Procedure) => "a procedure of the provider",
                None => "?",
            }
        ),
    }
}
