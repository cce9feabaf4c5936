//! `waarborg ledger` and `waarborg verify`.

use crate::app::App;
use crate::cli::{LedgerCommand, VerifyArgs};
use crate::config::Config;
use crate::output::{Out, table};
use ::ledger::{Receipt, SigningKey, VerifyingKey, verify_dir};
use anyhow::{Context, Result, anyhow, bail};
use office::checkpoints::{Publisher, latest};
use office::releases::EVIDENCE_BYTES_MAX;
use serde::Serialize;
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// How many entries are read at a time.
const PAGE: u32 = 5_000;

/// Runs a command of the ledger.
///
/// # Errors
/// When the ledger cannot be read, or is not right.
pub async fn run(config: &Path, command: &LedgerCommand, out: &Out) -> Result<ExitCode> {
    match command {
        LedgerCommand::Verify { folder, key } => {
            return verify(config, folder.as_deref(), key.as_deref(), out);
        }
        LedgerCommand::Key => {
            let key = public_key(config)?.to_string();
            out.print(&json!({ "key": key }), || key.clone())?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let app = super::open(config).await?;
    match command {
        LedgerCommand::Status => status(&app, out).await?,
        LedgerCommand::List { kind, from, limit } => list(&app, kind.as_deref(), *from, *limit, out).await?,
        LedgerCommand::Export { output } => export(&app, output.as_deref(), out).await?,
        LedgerCommand::Publish => publish(&app, out).await?,
        LedgerCommand::Verify { .. } | LedgerCommand::Key => {}
    }
    app.close().await?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Status {
    origin: String,
    size: u64,
    root: String,
    pending: u64,
    checkpoint_size: Option<u64>,
    checkpoint_at: Option<String>,
    key: String,
}

async fn status(app: &App, out: &Out) -> Result<()> {
    let store = &app.office.store;
    let head = store::head(store).await?;
    let checkpoint = latest(store).await?;
    let status = Status {
        origin: app.config.origin(),
        size: head.frontier.size(),
        root: head.frontier.root().to_string(),
        pending: store::pending_count(store).await?,
        checkpoint_size: checkpoint.as_ref().map(|row| row.size),
        checkpoint_at: checkpoint.as_ref().map(|row| row.signed_at.rfc3339()),
        key: app.ledger_key.to_string(),
    };
    out.print(&status, || {
        format!(
            "origin      {}\nentries     {} ({} waiting)\nroot        {}\ncheckpoint  {}\npublic key  {}",
            status.origin,
            status.size,
            status.pending,
            status.root,
            match (&status.checkpoint_size, &status.checkpoint_at) {
                (Some(size), Some(at)) => format!("{size} entries, signed {at}"),
                _ => "none yet".into(),
            },
            status.key
        )
    })
}

#[derive(Serialize)]
struct Listed {
    position: u64,
    at: String,
    kind: String,
    entry: serde_json::Value,
}

async fn list(app: &App, kind: Option<&str>, from: u64, limit: u32, out: &Out) -> Result<()> {
    let mut listed = Vec::new();
    let mut next = from;
    while listed.len() < limit as usize {
        let rows = store::entries_from(&app.office.store, next, PAGE).await?;
        let Some(last) = rows.last() else { break };
        next = last.position + 1;
        let wanted = rows.iter().filter(|row| kind.is_none_or(|kind| row.kind == kind));
        for row in wanted.take(limit as usize - listed.len()) {
            let entry = serde_json::from_slice(&row.body).context("an entry that is not JSON")?;
            listed.push(Listed {
                position: row.position,
                at: row.at.rfc3339(),
                kind: row.kind.clone(),
                entry,
            });
        }
    }
    out.print(&listed, || {
        if listed.is_empty() {
            return "no entries match".into();
        }
        let rows: Vec<Vec<String>> = listed
            .iter()
            .map(|l| vec![l.position.to_string(), l.at.clone(), l.kind.clone(), l.entry["d"].to_string()])
            .collect();
        table(&["place", "time", "kind", "data"], &rows)
    })
}

async fn export(app: &App, output: Option<&Path>, out: &Out) -> Result<()> {
    let mut file: Box<dyn Write> = match output {
        Some(path) => Box::new(std::fs::File::create_new(path).with_context(|| path.display().to_string())?),
        None => Box::new(std::io::stdout().lock()),
    };
    let total = store::head(&app.office.store).await?.frontier.size();
    let bar = out.progress("entries", total);
    let mut writer = BufWriter::new(&mut file);
    let mut next = 0;
    while next < total {
        let rows = store::entries_from(&app.office.store, next, PAGE).await?;
        let Some(last) = rows.last() else { break };
        next = last.position + 1;
        for row in &rows {
            writer.write_all(&row.body)?;
            writer.write_all(b"\n")?;
        }
        bar.set_position(next);
    }
    writer.flush()?;
    bar.finish_and_clear();
    Ok(())
}

async fn publish(app: &App, out: &Out) -> Result<()> {
    let mut publisher = Publisher::open(Arc::clone(&app.office), &app.config.ledger_files()).await?;
    let signed = publisher.round().await?;
    let size = signed.as_ref().map(|signed| signed.unverified().size);
    out.print(&json!({ "signed": size }), || match size {
        Some(size) => format!("signed a checkpoint over {size} entries"),
        None => "nothing new to sign".into(),
    })
}

fn public_key(config: &Path) -> Result<VerifyingKey> {
    let config = Config::read(config)?;
    Ok(SigningKey::read(&config.files.ledger_key)?.verifying_key())
}

fn chosen_key(config: &Path, key: Option<&str>) -> Result<VerifyingKey> {
    match key {
        Some(text) => text.parse().map_err(|error| anyhow!("--key: {error}")),
        None => public_key(config),
    }
}

#[derive(Serialize)]
struct Verified {
    entries: u64,
    root: String,
    warnings: Vec<String>,
}

fn verify(config: &Path, folder: Option<&Path>, key: Option<&str>, out: &Out) -> Result<ExitCode> {
    let key = chosen_key(config, key)?;
    let folder: PathBuf = match folder {
        Some(folder) => folder.to_owned(),
        None => Config::read(config)?.files.ledger,
    };
    if !folder.join("checkpoint").exists() {
        bail!(
            "{}: there is no checkpoint; `waarborg serve` or `waarborg work` signs the first within a minute, and one \
             that was there and is gone is a finding",
            folder.display()
        );
    }
    let bar = out.progress("entries checked", 0);
    let report = verify_dir(&folder, &key, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
    .with_context(|| format!("the ledger in {} is not right", folder.display()))?;
    bar.finish_and_clear();
    let verified = Verified {
        entries: report.checkpoint.size,
        root: report.checkpoint.root.to_string(),
        warnings: report.warnings.iter().map(ToString::to_string).collect(),
    };
    out.print(&verified, || {
        let mut text = format!(
            "right: {} entries lead to the signed root {}\nno witness has signed: this shows the record is whole and \
             signed by this key, not that nobody was shown another one",
            verified.entries, verified.root
        );
        for warning in &verified.warnings {
            text.push_str("\nwarning: ");
            text.push_str(warning);
        }
        text
    })?;
    Ok(ExitCode::SUCCESS)
}

fn verify_evidence(bytes: &[u8], key: &VerifyingKey, out: &Out) -> Result<ExitCode> {
    let shown =
        office::releases::verify_evidence(bytes, key).context("the evidence package does not verify")?;
    out.print(&shown, || {
        format!(
            "valid: {} visits, found under a release that {} officers approved\nledger     {}, {} entries\nrequest    {}\n\
             reason     {}\nquestions  {}\nmade       {}\nofficers   their first document is {}: compare it with what they say\n\n\
             it does not show that the web server wrote down what happened, nor that an address is one person",
            shown.rows,
            shown.approved_by.len(),
            shown.ledger,
            shown.size,
            shown.request,
            shown.reason,
            shown.questions,
            shown.made_at,
            shown.first_document
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct VerifiedReceipt {
    valid: bool,
    ledger: String,
    position: u64,
    size: u64,
    subject: String,
    kind: String,
    time: String,
    data: serde_json::Value,
    words: String,
    witnesses: usize,
}

/// Checks a receipt or an evidence package offline.
///
/// # Errors
/// When it cannot be read, or anything in it is wrong.
pub fn verify_receipt(config: &Path, args: &VerifyArgs, out: &Out) -> Result<ExitCode> {
    let key = chosen_key(config, args.key.as_deref())?;
    let place = || args.receipt.display().to_string();
    if std::fs::metadata(&args.receipt).with_context(place)?.len() > EVIDENCE_BYTES_MAX as u64 {
        bail!("{}: too long for a receipt or an evidence package", place());
    }
    let bytes = std::fs::read(&args.receipt).with_context(place)?;
    if bytes.starts_with(b"PK") {
        return verify_evidence(&bytes, &key, out);
    }
    let receipt = Receipt::parse(&bytes).context("this is not a receipt")?;
    let verified = receipt.verify(&key, &[]).context("the receipt does not verify")?;
    let shown = VerifiedReceipt {
        valid: true,
        ledger: verified.checkpoint.origin.to_string(),
        position: verified.index,
        size: verified.checkpoint.size,
        subject: verified.subject_id.to_string(),
        kind: verified.entry.kind().to_owned(),
        time: verified.entry.time().rfc3339(),
        data: verified.entry.data(),
        words: verified.words.clone(),
        witnesses: verified.cosigned_by.len(),
    };
    out.print(&shown, || {
        format!(
            "valid: entry {} of {} in {}\nkind     {}\ntime     {}\nsubject  {}\ndata     {}\nwitnesses {}\n\n\
             what the provider wrote beside it (proves nothing by itself):\n{}",
            shown.position,
            shown.size,
            shown.ledger,
            shown.kind,
            shown.time,
            shown.subject,
            shown.data,
            shown.witnesses,
            shown.words
        )
    })?;
    Ok(ExitCode::SUCCESS)
}
