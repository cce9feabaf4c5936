//! `waarborg init`: a new installation, whole or not at all.

use crate::app::{App, vault_config};
use crate::cli::InitArgs;
use crate::config::{Config, STARTING_CONFIG};
use crate::output::Out;
use anyhow::{Context, Result, bail};
use base::{Clock, Random, SystemClock, SystemRandom};
use keys::{RootKey, Vault};
use office::checkpoints::Publisher;
use serde::Serialize;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use store::Store;

/// What was made.
#[derive(Debug, Serialize)]
struct Made {
    folder: String,
    ledger_key: String,
}

/// Makes a new installation.
///
/// # Errors
/// When the folder holds one already, or cannot be written.
pub async fn run(args: &InitArgs, out: &Out) -> Result<ExitCode> {
    let config = STARTING_CONFIG
        .replace("listen = \"127.0.0.1:8440\"", &format!("listen = \"{}\"", args.listen))
        .replace("base_url = \"http://127.0.0.1:8440\"", &format!("base_url = {:?}", args.base_url))
        .replace("database = \"sqlite:data/waarborg.db\"", &format!("database = {:?}", args.database));
    let app = make(&args.folder, &config, ::policy::STARTING_POLICY, Arc::new(SystemClock)).await?;
    let made = Made { folder: args.folder.display().to_string(), ledger_key: app.ledger_key.to_string() };
    app.close().await?;
    out.print(&made, || {
        format!(
            "made an installation in {}\n\
             public key of the ledger: {}\n\n\
             next:\n  1. edit policy.toml (who you are, what you promise) and waarborg.toml (where it runs)\n  \
             2. waarborg policy check && waarborg policy publish\n  \
             3. waarborg staff add you@example.org \"Your Name\" --role admin\n  \
             4. waarborg keys shares -k 2 -n 3      paper shares of the root key\n  \
             5. waarborg serve",
            made.folder, made.ledger_key
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Makes an installation from a configuration and a policy, and opens it.
///
/// # Errors
/// As [`run`].
pub async fn make(folder: &Path, config_text: &str, policy_text: &str, clock: Arc<dyn Clock>) -> Result<App> {
    let folder = std::path::absolute(folder)?;
    let config_path = folder.join("waarborg.toml");
    if config_path.exists() {
        bail!("{}: there is an installation already", folder.display());
    }
    let config = Config::parse(config_text, &folder)?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .with_context(|| folder.display().to_string())?;
    for path in [&config.files.root_key, &config.files.ledger_key, &config.files.destroyed] {
        if let Some(parent) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
    }
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    write_new(&config.files.policy, policy_text)?;
    RootKey::generate(&*random).write_new(&config.files.root_key).context("the root key")?;

    let key_store = Store::open(&config.key_database).await.context("the key store")?;
    key_store.migrate_keys().await.context("the key store")?;
    Vault::initialise(&vault_config(&config, &key_store, &clock, &random)?)
        .await
        .context("the first epoch")?;
    key_store.close().await?;

    let origin = config.origin();
    Publisher::create(&origin, &*random, &config.ledger_files())?;
    let app = App::open_with(config, clock, random).await?;
    office::promises::put_in_force(&app.office, office::By::System("init")).await?;
    // The configuration last: without it nothing takes the folder for an installation.
    write_new(&config_path, config_text)?;
    Ok(app)
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    let place = || path.display().to_string();
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o640).open(path).with_context(place)?;
    file.write_all(text.as_bytes()).with_context(place)?;
    file.sync_all().with_context(place)
}
