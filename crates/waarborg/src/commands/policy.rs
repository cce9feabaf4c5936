//! `waarborg policy`.

use crate::app::read_policy;
use crate::cli::{PolicyCommand, RegisterRole};
use crate::config::Config;
use crate::output::Out;
use ::policy::diff::diff;
use ::policy::{Policy, register, schedule, statement};
use anyhow::{Result, bail};
use base::Language;
use office::By;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Runs a command of the policy.
///
/// # Errors
/// When the policy says something that cannot be.
pub async fn run(config: &Path, command: &PolicyCommand, out: &Out) -> Result<ExitCode> {
    let file = || -> Result<Policy> { read_policy(&Config::read(config)?.files.policy) };
    match command {
        PolicyCommand::Check => check(config, &file()?, out).await?,
        PolicyCommand::Publish => publish(config, out).await?,
        PolicyCommand::Statement { language } => {
            let statement = statement::render(&file()?, parse(language)?);
            let text = statement.to_text();
            out.print(&json!({ "text": text, "sha256": hex::encode(statement.hash()) }), || text.clone())?;
        }
        PolicyCommand::Register { role, language } => {
            let render = match role {
                RegisterRole::Controller => register::controller,
                RegisterRole::Processor => register::processor,
            };
            let csv = render(&file()?, parse(language)?).to_csv();
            out.print(&json!({ "csv": csv }), || csv.clone())?;
        }
        PolicyCommand::Schedule { language } => {
            let csv = schedule::schedule(&file()?, parse(language)?).to_csv();
            out.print(&json!({ "csv": csv }), || csv.clone())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(language: &str) -> Result<Language> {
    match Language::from_tag(language) {
        Some(language) => Ok(language),
        None => bail!("--language: {language} is neither nl nor en"),
    }
}

async fn check(config: &Path, policy: &Policy, out: &Out) -> Result<()> {
    let app = super::open(config).await?;
    let current = app.office.policy();
    let changes: Vec<String> =
        diff(&current, policy, Language::En).into_iter().map(|change| change.words).collect();
    app.close().await?;
    let unfinished = policy.unfinished_lines();
    let shown = json!({
        "sha256": policy.hash_hex(),
        "version": policy.version(),
        "in_force": current.hash() == policy.hash(),
        "changes": changes,
        "unfinished_lines": unfinished,
    });
    out.print(&shown, || {
        let mut text =
            format!("the policy is well-formed: version {}, {}", policy.version(), policy.hash_hex());
        if current.hash() == policy.hash() {
            text.push_str("\nit is in force");
        } else if changes.is_empty() {
            text.push_str("\nit says the same as the one in force, in other bytes");
        } else {
            text.push_str("\nputting it in force changes:");
        }
        for change in &changes {
            text.push_str("\n  ");
            text.push_str(change);
        }
        if !unfinished.is_empty() {
            let lines = unfinished.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            text.push_str(&format!("\nstill to be filled in: line {lines}"));
        }
        text
    })
}

async fn publish(config: &Path, out: &Out) -> Result<()> {
    let app = crate::app::App::open_to_publish(Config::read(config)?).await?;
    let new = app.publish_policy(By::System("policy")).await?;
    let hash = app.office.policy().hash_hex();
    app.close().await?;
    out.print(&json!({ "new": new, "sha256": hash }), || {
        if new {
            format!("in force now: {hash}; its hash and those of both statements are in the ledger")
        } else {
            format!("in force already: {hash}")
        }
    })
}
