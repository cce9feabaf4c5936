//! `waarborg restore`: puts a copy of the data back and replays what was erased since.

use crate::app::{App, vault_config};
use crate::cli::RestoreArgs;
use crate::config::Config;
use crate::copies::{self, DATA_FILE, DESTROYED_FILE, DUMP_FILE, KEYS_FILE};
use crate::output::Out;
use crate::worker;
use anyhow::{Context, Result, bail};
use base::{Clock, Random, SystemClock, SystemRandom};
use keys::tombstones::Tombstones;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use store::{DatabaseUrl, Store};

/// Restores data or keys, whichever the folder holds.
///
/// # Errors
/// When the copy is not whole, or something does not fit; what was there is kept beside it.
pub async fn run(config: &Path, args: &RestoreArgs, out: &Out) -> Result<ExitCode> {
    let config = Config::read(config)?;
    let what = if args.folder.join(KEYS_FILE).exists() { "keys" } else { "data" };
    let manifest = copies::check(&args.folder, what)?;
    if manifest.origin != config.origin() {
        bail!("this copy is of {}, and the configuration is of {}", manifest.origin, config.origin());
    }
    if !args.confirm {
        out.print(&json!({ "would_restore": what, "made_at": manifest.made_at }), || {
            format!(
                "would put back the {what} of {} ({} entries in the ledger), keep what is there now beside it, and \
                 replay every erasure since. Stop `serve` and `work` first, then repeat with --confirm",
                manifest.made_at, manifest.ledger_size
            )
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    if what == "keys" {
        restore_keys(&config, &args.folder, manifest.epoch).await?;
    } else {
        restore_data(&config, &args.folder).await?;
    }
    let (repaired, replayed) = settle(config).await?;
    out.print(
        &json!({ "restored": what, "ledger_entries_repaired": repaired, "subjects_erased_again": replayed }),
        || {
            format!(
                "restored the {what} of {}\n{repaired} ledger entries put back from the published tiles\n\
             {replayed} subjects erased again that the copy still had",
                manifest.made_at
            )
        },
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Merges the copy's list of destroyed keys into the living one: what is destroyed stays destroyed.
fn merge_destroyed(config: &Config, folder: &Path) -> Result<()> {
    let copied = folder.join(DESTROYED_FILE);
    if !copied.exists() {
        return Ok(());
    }
    let living = Tombstones::at(config.files.destroyed.clone());
    let known: std::collections::HashSet<_> = living.load()?.into_iter().map(|t| t.key_id).collect();
    let missing: Vec<_> = Tombstones::at(copied)
        .load()?
        .into_iter()
        .filter(|tombstone| !known.contains(&tombstone.key_id))
        .collect();
    Ok(living.append(&missing)?)
}

async fn restore_data(config: &Config, folder: &Path) -> Result<()> {
    merge_destroyed(config, folder)?;
    match &config.database {
        DatabaseUrl::Sqlite(path) => {
            let copy = folder.join(DATA_FILE);
            if !copy.exists() {
                bail!("{}: holds no SQLite data; the configuration says SQLite", folder.display());
            }
            put_aside(path)?;
            copies::remove_database(path)?;
            fs::copy(&copy, path).with_context(|| path.display().to_string())?;
        }
        DatabaseUrl::Postgres { url, .. } => {
            let copy = folder.join(DUMP_FILE);
            if !copy.exists() {
                bail!("{}: holds no PostgreSQL data; the configuration says PostgreSQL", folder.display());
            }
            let mut tool = copies::postgres_tool("pg_restore", url)?;
            let name = tool_database(&tool)?;
            let output = tool
                .args(["--clean", "--if-exists", "--no-owner", "--single-transaction", "--dbname", &name])
                .arg(&copy)
                .output()
                .await
                .context("pg_restore (Debian: postgresql-client)")?;
            if !output.status.success() {
                bail!(
                    "pg_restore: {}",
                    String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default()
                );
            }
        }
    }
    Ok(())
}

/// The name of the database, which `pg_restore` does not take from the environment.
fn tool_database(tool: &tokio::process::Command) -> Result<String> {
    let found = tool.as_std().get_envs().find(|(key, _)| *key == "PGDATABASE").and_then(|(_, value)| value);
    Ok(found.context("the name of the database")?.to_string_lossy().into_owned())
}

/// Keeps the database that is there under another name.
fn put_aside(path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let aside = path.with_extension(format!("before-restore-{}.db", SystemClock.now().as_seconds()));
    fs::rename(path, &aside).with_context(|| path.display().to_string())?;
    for end in ["-wal", "-shm"] {
        let mut from = path.as_os_str().to_owned();
        from.push(end);
        let mut to = aside.as_os_str().to_owned();
        to.push(end);
        if Path::new(&from).exists() {
            fs::rename(&from, &to)?;
        }
    }
    Ok(())
}

async fn restore_keys(config: &Config, folder: &Path, epoch: u32) -> Result<()> {
    let key_file = config.files.epochs.join(format!("epoch-{epoch:06}.key"));
    if !key_file.exists() {
        bail!(
            "this copy of the keys is wrapped in epoch {epoch}, whose key file {} is not here: it was destroyed, and \
             the copy with it, or put its second copy back first",
            key_file.display()
        );
    }
    let DatabaseUrl::Sqlite(path) = &config.key_database else {
        bail!("a copy of the keys is put back into an SQLite key store; set data.keys to one first");
    };
    put_aside(path)?;
    copies::remove_database(path)?;
    fs::copy(folder.join(KEYS_FILE), path).with_context(|| path.display().to_string())?;
    Ok(())
}

/// Repairs the ledger, destroys again what was destroyed, erases again who was erased.
async fn settle(config: Config) -> Result<(u64, u64)> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    // Opening the vault alone first: it deletes every key that the list names.
    let key_store = Store::open(&config.key_database).await?;
    key_store.migrate_keys().await?;
    keys::Vault::open(vault_config(&config, &key_store, &clock, &random)?).await?;
    key_store.close().await?;
    let app = App::open_with(config, clock, random).await?;
    let repaired = office::checkpoints::repair(&app.office, &app.config.ledger_files()).await?;
    let replayed = worker::replay_erasures(&app).await?;
    // The copy may be from before a rotation: its index is of an epoch that is gone.
    office::accounts::rebuild_email_index(&app.office).await?;
    worker::settle(&app).await?;
    app.close().await?;
    Ok((repaired, replayed))
}
