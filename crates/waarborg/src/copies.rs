//! Copies of the two stores: consistent while the program runs, data and keys apart.
//!
//! A copy of the key store is always a file of SQLite, whatever database it came from, and never
//! holds an epoch key: it ends with its epoch. A copy of the data is SQLite's own `VACUUM INTO`, or
//! PostgreSQL's `pg_dump`; beside it the list of destroyed keys, the policy and the ledger.

use crate::app::App;
use anyhow::{Context, Result, bail};
use base::{Clock, SystemClock};
use keys::KeyStore as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Backend, DatabaseUrl, SqlKeyStore, Store};

/// The file that says what a copy holds.
pub const MANIFEST: &str = "manifest.json";
/// The data store of SQLite in a copy.
pub const DATA_FILE: &str = "waarborg.db";
/// The data store of PostgreSQL in a copy.
pub const DUMP_FILE: &str = "waarborg.dump";
/// The key store in a copy.
pub const KEYS_FILE: &str = "keys.db";
/// The list of destroyed keys in a copy.
pub const DESTROYED_FILE: &str = "destroyed.list";
/// How many keys are copied at a time.
const KEYS: u32 = 500;

/// What a copy holds, so that a restore can tell whether it is whole.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of this format.
    pub version: u32,
    /// `data` or `keys`.
    pub what: String,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// The origin of the ledger.
    pub origin: String,
    /// How many entries the ledger had.
    pub ledger_size: u64,
    /// The generation of the key store.
    pub key_generation: u64,
    /// The epoch of the key store: a copy of the keys ends with it.
    pub epoch: u32,
    /// Each file and the SHA-256 of its bytes.
    pub files: Vec<CopiedFile>,
}

/// A file of a copy.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiedFile {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// How many bytes.
    pub size_bytes: u64,
}

/// Copies the data into a new folder.
///
/// # Errors
/// When the folder exists, or a part cannot be copied; the folder is removed then.
pub async fn copy_data(app: &App, folder: &Path) -> Result<Manifest> {
    fs::create_dir(folder).with_context(|| format!("{}: the folder must not exist yet", folder.display()))?;
    match fill_data(app, folder).await {
        Ok(manifest) => Ok(manifest),
        Err(error) => {
            // Half a copy must not be taken for one.
            let _ = fs::remove_dir_all(folder);
            Err(error)
        }
    }
}

async fn fill_data(app: &App, folder: &Path) -> Result<Manifest> {
    let mut names = Vec::new();
    let files = &app.config.files;
    // The data first, the list of destroyed keys after it: what is destroyed in between is listed.
    match (app.office.store.backend(), app.office.store.url()) {
        (Backend::Sqlite, _) => {
            app.office.store.copy_into(&folder.join(DATA_FILE)).await?;
            names.push(DATA_FILE);
        }
        (Backend::Postgres, DatabaseUrl::Postgres { url, schema }) => {
            dump(url, schema.as_deref(), &folder.join(DUMP_FILE)).await?;
            names.push(DUMP_FILE);
        }
        (Backend::Postgres, DatabaseUrl::Sqlite(_)) => bail!("a PostgreSQL store at an SQLite address"),
    }
    if files.destroyed.exists() {
        fs::copy(&files.destroyed, folder.join(DESTROYED_FILE)).context("the list of destroyed keys")?;
        names.push(DESTROYED_FILE);
    }
    fs::write(folder.join("policy.toml"), app.office.policy().text()).context("the policy")?;
    names.push("policy.toml");
    write_manifest(app, folder, "data", &names).await
}

async fn dump(url: &str, schema: Option<&str>, file: &Path) -> Result<()> {
    let mut command = postgres_tool("pg_dump", url)?;
    command.arg("--format=custom").arg("--no-owner").arg("--file").arg(file);
    if let Some(schema) = schema {
        command.arg("--schema").arg(schema);
    }
    let output = command.output().await.context("pg_dump (Debian: postgresql-client)")?;
    if !output.status.success() {
        bail!("pg_dump: {}", String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default());
    }
    Ok(())
}

/// A tool of PostgreSQL with the address in its environment: the list of processes is for anyone to
/// read, and the address may hold a password.
///
/// # Errors
/// When the address cannot be read.
pub fn postgres_tool(name: &str, url: &str) -> Result<tokio::process::Command> {
    let url =
        url::Url::parse(url).map_err(|_| anyhow::anyhow!("the address of the database cannot be read"))?;
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut command = tokio::process::Command::new(name);
    command.stdin(std::process::Stdio::null());
    command.env("PGDATABASE", decoded(url.path().trim_start_matches('/')));
    if let Some(host) = url.host_str() {
        command.env("PGHOST", decoded(host));
    }
    if let Some(port) = url.port() {
        command.env("PGPORT", port.to_string());
    }
    if !url.username().is_empty() {
        command.env("PGUSER", decoded(url.username()));
    }
    if let Some(password) = url.password() {
        command.env("PGPASSWORD", decoded(password));
    }
    for (key, value) in url.query_pairs() {
        let variable = match &*key {
            "host" => "PGHOST",
            "sslmode" => "PGSSLMODE",
            "sslrootcert" => "PGSSLROOTCERT",
            _ => continue,
        };
        command.env(variable, &*value);
    }
    Ok(command)
}

/// Copies the keys into a folder, in place of an earlier copy there, and opens the copy.
///
/// # Errors
/// When a key cannot be copied.
pub async fn copy_keys(app: &App, folder: &Path) -> Result<SqlKeyStore> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let fresh = folder.join("keys.new.db");
    remove_database(&fresh)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let target = Store::open(&DatabaseUrl::Sqlite(fresh.clone())).await?;
    target.migrate_keys().await?;
    let copy = SqlKeyStore::new(target, Arc::clone(&clock));
    let source = app.office.vault.store();
    let state = source.state().await?;
    copy.set_state(copy.state().await?, state).await?;
    let mut last = None;
    loop {
        let rows = source.page(last, KEYS).await?;
        let Some(row) = rows.last() else { break };
        last = Some(row.key_id);
        copy.insert(&rows).await?;
    }
    copy.store().clone().close().await?;
    let file = folder.join(KEYS_FILE);
    remove_database(&file)?;
    fs::rename(&fresh, &file).with_context(|| file.display().to_string())?;
    remove_database(&fresh)?;
    write_manifest(app, folder, "keys", &[KEYS_FILE]).await?;
    // Restored: opened again from the file alone.
    Ok(SqlKeyStore::new(Store::open(&DatabaseUrl::Sqlite(file)).await?, clock))
}

/// Removes a file of SQLite with what belongs to it.
///
/// # Errors
/// When a file that is there cannot be removed.
pub fn remove_database(path: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let file = PathBuf::from(name);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| file.display().to_string());
            }
            _ => {}
        }
    }
    Ok(())
}

async fn write_manifest(app: &App, folder: &Path, what: &str, names: &[&str]) -> Result<Manifest> {
    let state = app.office.vault.state().await?;
    let mut files = Vec::new();
    for name in names {
        let (sha256, size_bytes) = hash_file(&folder.join(name))?;
        files.push(CopiedFile { name: (*name).to_owned(), sha256, size_bytes });
    }
    let manifest = Manifest {
        version: 1,
        what: what.to_owned(),
        made_at: app.office.now().rfc3339(),
        origin: app.config.origin(),
        ledger_size: store::head(&app.office.store).await?.frontier.size(),
        key_generation: state.generation,
        epoch: state.writing_epoch(),
        files,
    };
    fs::write(folder.join(MANIFEST), serde_json::to_vec_pretty(&manifest)?).context("the manifest")?;
    Ok(manifest)
}

/// Reads a copy's manifest and checks that every file is as it says.
///
/// # Errors
/// When a file is missing or different.
pub fn check(folder: &Path, what: &str) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("{}: not a copy", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
    if manifest.version != 1 || manifest.what != what {
        bail!(
            "{}: a copy of {} in version {}, not of {what}",
            folder.display(),
            manifest.what,
            manifest.version
        );
    }
    for file in &manifest.files {
        if file.name.contains(['/', '\\']) || file.name.starts_with('.') {
            bail!("{}: names a file outside the copy", path.display());
        }
        let (sha256, _) = hash_file(&folder.join(&file.name))?;
        if sha256 != file.sha256 {
            bail!("{}: {} is not as it was when the copy was made", folder.display(), file.name);
        }
    }
    Ok(manifest)
}

fn hash_file(path: &Path) -> Result<(String, u64)> {
    let mut file = fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).with_context(|| path.display().to_string())?;
        if read == 0 {
            return Ok((hex::encode(hash.finalize()), size));
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
}
