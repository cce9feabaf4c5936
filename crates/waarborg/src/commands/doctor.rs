//! `waarborg doctor`: looks whether everything is in order and says what to do where it is not.

use crate::app::App;
use crate::config::Config;
use crate::output::Out;
use anyhow::Result;
use serde::Serialize;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::ExitCode;

/// Free space below which doctor warns, in bytes.
const FREE_BYTES_MIN: u64 = 1 << 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warning,
    Wrong,
}

#[derive(Debug, Serialize)]
struct Look {
    what: &'static str,
    state: State,
    says: String,
}

#[derive(Debug, Default)]
struct Looks(Vec<Look>);

impl Looks {
    fn ok(&mut self, what: &'static str, says: impl Into<String>) {
        self.0.push(Look { what, state: State::Ok, says: says.into() });
    }

    fn warn(&mut self, what: &'static str, says: impl Into<String>) {
        self.0.push(Look { what, state: State::Warning, says: says.into() });
    }

    fn wrong(&mut self, what: &'static str, says: impl Into<String>) {
        self.0.push(Look { what, state: State::Wrong, says: says.into() });
    }
}

/// Looks at everything; exit code 1 when something is wrong.
///
/// # Errors
/// Only when the output is closed: what is wrong is said, not thrown.
pub async fn run(config: &Path, out: &Out) -> Result<ExitCode> {
    let mut looks = Looks::default();
    match Config::read(config) {
        Err(error) => looks.wrong("configuration", format!("{error:#}")),
        Ok(config) => {
            looks.ok("configuration", "can be read");
            files(&config, &mut looks);
            match App::open(config).await {
                Err(error) => looks.wrong("stores, keys and policy", format!("{error:#}")),
                Ok(app) => {
                    looks.ok("stores, keys and policy", "open and fit each other");
                    if let Err(error) = inside(&app, &mut looks).await {
                        looks.wrong("stores", format!("{error:#}"));
                    }
                    app.close().await?;
                }
            }
        }
    }
    out.print(&looks.0, || {
        let line = |look: &Look| {
            let mark = match look.state {
                State::Ok => "ok     ",
                State::Warning => "warning",
                State::Wrong => "WRONG  ",
            };
            format!("{mark}  {}: {}", look.what, look.says)
        };
        looks.0.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    let wrong = looks.0.iter().any(|look| look.state == State::Wrong);
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn files(config: &Config, looks: &mut Looks) {
    match crate::app::root_key(&config.files) {
        Ok(_) => looks.ok("root key", "is there, and only its owner may read it"),
        Err(error) => looks.wrong("root key", format!("{error:#}")),
    }
    for (what, path) in [("ledger key", &config.files.ledger_key)] {
        match std::fs::metadata(path) {
            Err(error) => looks.wrong(what, format!("{}: {error}", path.display())),
            Ok(meta) if meta.mode() & 0o077 != 0 => {
                looks.wrong(what, format!("{}: others may read it; chmod 0400", path.display()));
            }
            Ok(_) => looks.ok(what, "is there, and only its owner may read it"),
        }
    }
    if config.files.epoch_copies.is_empty() {
        looks.warn(
            "epoch copies",
            "there is no second copy of the epoch key: if its disk dies, all personal data is gone",
        );
    }
    let device = |path: &Path| std::fs::metadata(path).map(|meta| meta.dev()).ok();
    let own = device(&config.files.epochs);
    if config.files.epoch_copies.iter().any(|copy| own.is_some() && device(copy) == own) {
        looks.warn(
            "epoch copies",
            "the second copy is on the same disk as the first; put it on another disk or host",
        );
    }
    match free_bytes(&config.home) {
        Some(free) if free < FREE_BYTES_MIN => looks.warn("disk", format!("{} MB are free", free >> 20)),
        Some(free) => looks.ok("disk", format!("{} GB are free", free >> 30)),
        None => {}
    }
    if config.server.tls.is_none()
        && config.server.base_url.starts_with("https://")
        && config.server.trusted_proxies.is_empty()
    {
        looks.warn("proxy", "https without server.tls means a proxy: name it in server.trusted_proxies, or every visitor has its address");
    }
}

fn free_bytes(path: &Path) -> Option<u64> {
    let output = std::process::Command::new("df").arg("--output=avail").arg("-B1").arg(path).output().ok()?;
    String::from_utf8_lossy(&output.stdout).lines().nth(1)?.trim().parse().ok()
}

async fn inside(app: &App, looks: &mut Looks) -> Result<()> {
    let office = &app.office;
    let lines = office.policy().unfinished_lines();
    if lines.is_empty() {
        looks.ok("policy", format!("version {} is in force", office.policy().version()));
    } else {
        let list = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        looks.warn("policy", format!("still to be filled in: line {list}"));
    }
    let epoch = office.vault.state().await?.writing_epoch();
    match office.vault.epochs().check(&app.vault_config.root, epoch) {
        Ok(_) => looks.ok("epoch copies", format!("every copy of epoch {epoch} is there and right")),
        Err(error) => looks.wrong("epoch copies", error.to_string()),
    }
    if let (store::DatabaseUrl::Postgres { url: data, .. }, store::DatabaseUrl::Postgres { url: keys, .. }) =
        (&app.config.database, &app.config.key_database)
        && data == keys
    {
        looks.warn(
            "key store",
            "shares a PostgreSQL database with the data: a backup of the whole server holds both",
        );
    }
    let verified = office.vault.verify().await?;
    if verified.bad == 0 {
        looks.ok("keys", format!("all {} unwrap", verified.good));
    } else {
        looks.wrong("keys", format!("{} do not unwrap; is this the right key store?", verified.bad));
    }
    let loaded = office::customers::load_names(office).await?;
    if loaded.without_key > 0 {
        looks.wrong(
            "customers",
            format!(
                "{} have no key and no tombstone: the key store may be an old copy; nothing was deleted",
                loaded.without_key
            ),
        );
    } else {
        looks.ok("customers", format!("all {} open", loaded.indexed));
    }
    let head = store::head(&office.store).await?.frontier.size();
    match ledger::SignerState::read(&app.config.files.ledger_state) {
        Ok(state) if state.size > head => looks.wrong(
            "ledger",
            format!("{} entries were signed and the database has {head}: an old copy was put back; `waarborg restore` repairs it", state.size),
        ),
        Ok(state) => looks.ok("ledger", format!("{head} entries, {} of them signed", state.size)),
        Err(error) => looks.wrong("ledger", error.to_string()),
    }
    let jobs = store::counts(&office.store).await?;
    if jobs.failed > 0 {
        looks.warn("jobs", format!("{} failed and wait for staff", jobs.failed));
    } else {
        looks.ok("jobs", format!("{} waiting, none failed", jobs.queued + jobs.running));
    }
    if office::accounts::staff(office).await?.is_empty() {
        looks.warn("staff", "nobody can sign in: waarborg staff add …");
    }
    looks.warn(
        "root key",
        "whether paper shares exist cannot be seen from here; rehearse with `waarborg keys rehearse`",
    );
    Ok(())
}
