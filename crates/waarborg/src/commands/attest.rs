//! `waarborg attest`.

use crate::cli::AttestArgs;
use crate::output::{Out, table};
use ::policy::PromiseId;
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
    // Before anything is written into the ledger.
    let wanted = match &args.promise {
        Some(text) => match text.to_ascii_uppercase().parse::<PromiseId>() {
            Ok(promise) => Some(promise),
            Err(_) => bail!("there is no promise {text}: P01 to P16"),
        },
        None => None,
    };
    let app = super::open(config).await?;
    let recording = if args.dry_run { Recording::DryRun } else { Recording::Recorded };
    let mut verdicts = attest(&app.office, By::System("attest"), recording).await?.verdicts;
    app.close().await?;
    verdicts.retain(|verdict| wanted.is_none_or(|wanted| verdict.promise == wanted));
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
