//! `waarborg keys`.

use crate::app::App;
use crate::cli::KeysCommand;
use crate::config::Config;
use crate::output::Out;
use crate::rotation::{Host, Processes};
use ::keys::paper::{self, Share};
use ::keys::{Phase, RootKey};
use anyhow::{Context, Result, bail};
use base::{Random, SystemRandom};
use serde_json::json;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use zeroize::Zeroizing;

/// The longest text of typed sheets, in bytes.
const SHEETS_BYTES_MAX: u64 = 256 * 1024;

/// Runs a command of keys.
///
/// # Errors
/// When the keys are not as they should be; which, and what to do.
pub async fn run(config: &Path, command: &KeysCommand, out: &Out) -> Result<ExitCode> {
    match command {
        KeysCommand::Shares { k, n } => shares(&Config::read(config)?, *k, *n)?,
        KeysCommand::Recover => recover(&Config::read(config)?, out)?,
        KeysCommand::Rehearse => rehearse(&Config::read(config)?, out)?,
        KeysCommand::Status | KeysCommand::Rotate | KeysCommand::Verify => {
            let app = super::open(config).await?;
            let code = with_app(&app, command, out).await;
            app.close().await?;
            return code;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn with_app(app: &App, command: &KeysCommand, out: &Out) -> Result<ExitCode> {
    match command {
        KeysCommand::Rotate => {
            out.note(
                "rotating: every running process reads the new state first, twice, which takes four minutes",
            );
            let rotated = Host::new(app.clone(), Processes::Others).rotate().await?;
            let shown = json!({
                "destroyed": rotated.destroyed, "living": rotated.living, "rewrapped": rotated.rewrapped,
            });
            out.print(&shown, || {
                format!(
                    "epoch {} is destroyed; {} keys live on in epoch {}",
                    rotated.destroyed, rotated.rewrapped, rotated.living
                )
            })?;
        }
        KeysCommand::Verify => {
            let verified = app.office.vault.verify().await?;
            let named: Vec<String> = verified.named.iter().map(ToString::to_string).collect();
            out.print(&json!({ "good": verified.good, "bad": verified.bad, "named": named }), || {
                let mut text = format!("{} keys unwrap, {} do not", verified.good, verified.bad);
                for key in &named {
                    text.push_str(&format!("\n  {key}"));
                }
                text
            })?;
            if verified.bad > 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
        _ => status(app, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn status(app: &App, out: &Out) -> Result<()> {
    let state = app.office.vault.state().await?;
    let began = office::retention::epoch_began(&app.office).await?;
    let paths: Vec<String> =
        app.office.vault.epochs().paths(state.writing_epoch()).map(|p| p.display().to_string()).collect();
    let keys = app.office.vault.store().count_of_epoch(state.writing_epoch()).await?;
    let shown = json!({
        "epoch": state.writing_epoch(), "phase": state.phase.name(), "generation": state.generation,
        "began": began.map(|at| at.rfc3339()), "keys": keys, "files": paths,
        "epoch_days": app.config.jobs.epoch_days,
    });
    out.print(&shown, || {
        let mut text = format!(
            "epoch       {} ({})\nsince       {}\nlives       {} days\nkeys        {keys}\ngeneration  {}",
            state.writing_epoch(),
            match state.phase {
                Phase::Steady => "steady",
                Phase::Both => "a rotation is under way: keys are moving on",
                Phase::Retiring => "a rotation is under way: the old epoch key is being destroyed",
            },
            began.map_or_else(|| "its first entry".into(), |at| at.rfc3339()),
            app.config.jobs.epoch_days,
            state.generation
        );
        for path in &paths {
            text.push_str(&format!("\nkey file    {path}"));
        }
        text
    })
}

fn shares(config: &Config, k: u8, n: u8) -> Result<()> {
    let root = crate::app::root_key(&config.files)?;
    let shares = paper::split(&root, k, n, &SystemRandom as &dyn Random)?;
    let mut stdout = std::io::stdout().lock();
    for share in &shares {
        stdout.write_all(share.text().as_bytes())?;
        stdout.write_all(b"\n\x0c")?;
    }
    stdout.flush()?;
    eprintln!(
        "{n} sheets, any {k} of which give the root key; print each on its own page, give them to {n} people, and \
         do not keep this output. Rehearse with: waarborg keys rehearse"
    );
    Ok(())
}

fn typed_shares() -> Result<Vec<Share>> {
    if std::io::stdin().is_terminal() {
        eprintln!("type the sheets one after another, an empty line after each; end with ctrl-d");
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().lock().take(SHEETS_BYTES_MAX).read_to_string(&mut text).context("the sheets")?;
    let mut shares = Vec::new();
    for sheet in
        text.split(['\x0c']).flat_map(|page| page.split("\n\n")).filter(|sheet| !sheet.trim().is_empty())
    {
        let share = sheet.parse::<Share>().with_context(|| format!("sheet {}", shares.len() + 1))?;
        shares.push(share);
    }
    if shares.is_empty() {
        bail!("no sheets were given");
    }
    Ok(shares)
}

fn recover(config: &Config, out: &Out) -> Result<()> {
    if config.files.root_key.exists() {
        bail!("{}: a root key is there; move it away first", config.files.root_key.display());
    }
    let root = RootKey::from_shares(&typed_shares()?)?;
    root.write_new(&config.files.root_key)?;
    out.print(&json!({ "recovered": true }), || {
        format!(
            "the root key is back in {}\nit opens nothing without a file of the living epoch key: {} or a second copy",
            config.files.root_key.display(),
            config.files.epochs.display()
        )
    })
}

fn rehearse(config: &Config, out: &Out) -> Result<()> {
    let root = crate::app::root_key(&config.files)?;
    if RootKey::from_shares(&typed_shares()?)? != root {
        bail!("these sheets give another key than the one in {}", config.files.root_key.display());
    }
    out.print(&json!({ "same": true }), || {
        "these sheets give the root key that is in use; nothing was changed".into()
    })
}
