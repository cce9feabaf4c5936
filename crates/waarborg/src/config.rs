//! The configuration: what `waarborg.toml` says, checked once and passed in.
//!
//! As typed → resolved: paths become absolute from the folder of the file, addresses are parsed,
//! secrets stay in files of their own. Unknown keys are refused with their place in the file.

use anyhow::{Context, Result, bail};
use base::Language;
use outbound::mail::{Security, SmtpTimeouts};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use store::DatabaseUrl;
use web::AddressRange;

/// The largest configuration that is read, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// The commented starting configuration that `waarborg init` writes.
pub const STARTING_CONFIG: &str = include_str!("../templates/waarborg.toml");

/// The resolved configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of the file, from which relative paths count.
    pub home: PathBuf,
    /// Where the server listens and what it is called.
    pub server: Server,
    /// The data store S.
    pub database: DatabaseUrl,
    /// The key store K: never the same database.
    pub key_database: DatabaseUrl,
    /// The other files.
    pub files: Files,
    /// How mail leaves.
    pub mail: Mail,
    /// How the log is written.
    pub log: Log,
    /// What machines may put into a segment of the traffic log.
    pub traffic: office::traffic_log::Caps,
    /// When the program does its rounds.
    pub jobs: Jobs,
    /// How invoices are paid and reminded of.
    pub billing: office::billing::BillingSettings,
    /// The language of pages without a choice.
    pub language: Language,
}

/// Where the server listens.
#[derive(Debug, Clone)]
pub struct Server {
    /// The address and port.
    pub listen: SocketAddr,
    /// What people type, without a slash at the end.
    pub base_url: String,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or ranges such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<AddressRange>,
    /// Who may read the measurements.
    pub metrics: Metrics,
    /// Certificate chain and key, when the server speaks TLS itself.
    pub tls: Option<Tls>,
    /// The generation of the ledger, part of its origin.
    pub ledger_generation: u32,
}

/// Who may read `/metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metrics {
    /// Nobody: there is no such page.
    #[default]
    Off,
    /// Programs on this machine. Behind a proxy on this machine that is only so when the proxy is
    /// among the trusted ones.
    Loopback,
}

/// Files for TLS, in PEM.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// Files beside the databases.
#[derive(Debug, Clone)]
pub struct Files {
    /// The policy.
    pub policy: PathBuf,
    /// The folder of epoch keys.
    pub epochs: PathBuf,
    /// Folders of their second copies: another disk or host.
    pub epoch_copies: Vec<PathBuf>,
    /// The root key.
    pub root_key: PathBuf,
    /// The list of destroyed keys.
    pub destroyed: PathBuf,
    /// Tiles and checkpoint of the ledger.
    pub ledger: PathBuf,
    /// The ledger's signing key.
    pub ledger_key: PathBuf,
    /// The signer's state.
    pub ledger_state: PathBuf,
    /// The traffic log: sealed data.
    pub traffic: PathBuf,
    /// The traffic log: what opens it for the officers. On no disk that keeps versions, in no long backup.
    pub traffic_keys: PathBuf,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum Mail {
    /// Into a maildir, for trying out or for a local mail program.
    Maildir {
        /// The folder.
        path: PathBuf,
        /// The address it comes from.
        sender: String,
    },
    /// To a relay.
    Smtp {
        /// The host, which the policy must name among the recipients.
        host: String,
        /// The port.
        port: u16,
        /// How the connection is secured.
        security: Security,
        /// The user name, if the relay wants one.
        user: Option<String>,
        /// The file with the password.
        password_file: Option<PathBuf>,
        /// The address mail comes from.
        sender: String,
        /// How long the relay may take.
        timeouts: SmtpTimeouts,
    },
}

impl Mail {
    /// The address mail comes from.
    #[must_use]
    pub fn sender(&self) -> &str {
        match self {
            Self::Maildir { sender, .. } | Self::Smtp { sender, .. } => sender,
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `text` or `json`.
    pub format: LogFormat,
    /// What is logged, in the words of tracing's filter.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info,sqlx=warn,hyper=warn".into() }
    }
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

/// When the program does its rounds.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jobs {
    /// Seconds between checkpoints of the ledger when it grows.
    pub checkpoint_seconds: u32,
    /// Hours between two computations of all verdicts.
    pub attest_hours: u32,
    /// Days an epoch key lives.
    pub epoch_days: u32,
    /// Jobs that run side by side.
    pub workers: u32,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { checkpoint_seconds: 10, attest_hours: 6, epoch_days: 30, workers: 2 }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    #[serde(default)]
    language: Language,
    server: TypedServer,
    #[serde(default)]
    data: TypedData,
    #[serde(default)]
    files: TypedFiles,
    mail: TypedMail,
    #[serde(default)]
    log: Log,
    #[serde(default)]
    jobs: Jobs,
    #[serde(default)]
    billing: office::billing::BillingSettings,
    #[serde(default)]
    traffic: office::traffic_log::Caps,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedServer {
    listen: SocketAddr,
    base_url: String,
    #[serde(default)]
    trusted_proxies: Vec<String>,
    #[serde(default)]
    metrics: Metrics,
    tls: Option<Tls>,
    #[serde(default = "one")]
    ledger_generation: u32,
}

const fn one() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TypedData {
    database: String,
    keys: String,
}

impl Default for TypedData {
    fn default() -> Self {
        Self { database: "sqlite:data/waarborg.db".into(), keys: "sqlite:keys/keys.db".into() }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TypedFiles {
    policy: PathBuf,
    epochs: PathBuf,
    epoch_copies: Vec<PathBuf>,
    root_key: PathBuf,
    destroyed: PathBuf,
    ledger: PathBuf,
    ledger_key: PathBuf,
    ledger_state: PathBuf,
    traffic: PathBuf,
    traffic_keys: PathBuf,
}

impl Default for TypedFiles {
    fn default() -> Self {
        Self {
            policy: "policy.toml".into(),
            epochs: "epochs".into(),
            epoch_copies: vec!["epoch-copies".into()],
            root_key: "secrets/root.key".into(),
            destroyed: "secrets/destroyed.list".into(),
            ledger: "ledger".into(),
            ledger_key: "secrets/ledger.key".into(),
            ledger_state: "secrets/ledger.state".into(),
            traffic: "traffic/data".into(),
            traffic_keys: "traffic/keys".into(),
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum TypedMail {
    Maildir {
        path: PathBuf,
        sender: String,
    },
    Smtp {
        host: String,
        port: u16,
        #[serde(default)]
        security: TypedSecurity,
        user: Option<String>,
        password_file: Option<PathBuf>,
        sender: String,
        timeout_seconds: Option<u64>,
    },
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum TypedSecurity {
    #[default]
    Starttls,
    Tls,
    Plain,
}

impl Config {
    /// Reads and resolves a file.
    ///
    /// # Errors
    /// When it cannot be read, or says something that cannot be.
    pub fn read(path: &Path) -> Result<Self> {
        let place = || format!("configuration {}", path.display());
        let size = std::fs::metadata(path)
            .with_context(|| format!("{}: not there; `waarborg init` makes one", place()))?
            .len();
        if size > FILE_BYTES_MAX {
            bail!("{}: larger than {FILE_BYTES_MAX} bytes", place());
        }
        let text = std::fs::read_to_string(path).with_context(place)?;
        let home = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let home = std::path::absolute(home).with_context(place)?;
        Self::parse(&text, &home).with_context(place)
    }

    /// Resolves a text; relative paths count from `home`.
    ///
    /// # Errors
    /// When it says something that cannot be.
    pub fn parse(text: &str, home: &Path) -> Result<Self> {
        let typed: Typed = toml::from_str(text)?;
        let at = |path: PathBuf| home.join(path);
        let files = typed.files;
        let config = Self {
            server: server(typed.server, home)?,
            database: database(&typed.data.database, home).context("data.database")?,
            key_database: database(&typed.data.keys, home).context("data.keys")?,
            files: Files {
                policy: at(files.policy),
                epochs: at(files.epochs),
                epoch_copies: files.epoch_copies.into_iter().map(at).collect(),
                root_key: at(files.root_key),
                destroyed: at(files.destroyed),
                ledger: at(files.ledger),
                ledger_key: at(files.ledger_key),
                ledger_state: at(files.ledger_state),
                traffic: at(files.traffic),
                traffic_keys: at(files.traffic_keys),
            },
            mail: mail(typed.mail, home),
            log: typed.log,
            jobs: typed.jobs,
            billing: typed.billing,
            traffic: typed.traffic,
            language: typed.language,
            home: home.to_owned(),
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        if self.database == self.key_database {
            bail!(
                "data.keys: the key store must be another database than data.database, or a backup of the data is a backup of the keys"
            );
        }
        if self.files.epoch_copies.contains(&self.files.epochs) {
            bail!("files.epoch_copies: a second copy in the same folder is none");
        }
        let jobs = &self.jobs;
        for (name, value, range) in [
            ("checkpoint_seconds", jobs.checkpoint_seconds, 1..=3_600),
            ("attest_hours", jobs.attest_hours, 1..=168),
            ("epoch_days", jobs.epoch_days, 1..=366),
            ("workers", jobs.workers, 1..=64),
        ] {
            if !range.contains(&value) {
                bail!("jobs.{name}: {value} is not between {} and {}", range.start(), range.end());
            }
        }
        if let Err(problem) = self.billing.check() {
            bail!("billing.{problem}");
        }
        Ok(())
    }

    /// The origin of the ledger.
    #[must_use]
    pub fn origin(&self) -> String {
        let host = self.server.base_url.split("://").nth(1).unwrap_or_default();
        let host = host.split('/').next().unwrap_or_default();
        // The port is no part of who somebody is: a demo may get another one.
        let host = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        format!("{host}/waarborg/ledger/{}", self.server.ledger_generation)
    }

    /// Where the ledger's files are.
    #[must_use]
    pub fn ledger_files(&self) -> office::checkpoints::LedgerFiles {
        office::checkpoints::LedgerFiles {
            tiles: self.files.ledger.clone(),
            key: self.files.ledger_key.clone(),
            state: self.files.ledger_state.clone(),
        }
    }
}

fn server(typed: TypedServer, home: &Path) -> Result<Server> {
    let base_url = typed.base_url.trim_end_matches('/').to_owned();
    let host = base_url.strip_prefix("https://").or_else(|| base_url.strip_prefix("http://"));
    let Some(host) = host.filter(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@'])) else {
        bail!("server.base_url: expected an address such as https://my.example.org, without a path");
    };
    let local = host.starts_with("127.0.0.1") || host.starts_with("localhost") || host.starts_with("[::1]");
    if base_url.starts_with("http://") && !local {
        bail!(
            "server.base_url: plain http is for this machine only; use https (server.tls, or a proxy that does it)"
        );
    }
    let tls = typed.tls.map(|tls| Tls { certificate: home.join(tls.certificate), key: home.join(tls.key) });
    let trusted_proxies = typed
        .trusted_proxies
        .iter()
        .map(|text| text.parse().map_err(|error| anyhow::anyhow!("server.trusted_proxies: {error}")))
        .collect::<Result<Vec<AddressRange>>>()?;
    if typed.metrics == Metrics::Loopback
        && tls.is_none()
        && base_url.starts_with("https://")
        && trusted_proxies.is_empty()
    {
        bail!(
            "server.metrics: behind a proxy that is not in server.trusted_proxies every visitor looks like this machine"
        );
    }
    Ok(Server {
        listen: typed.listen,
        base_url,
        trusted_proxies,
        metrics: typed.metrics,
        tls,
        ledger_generation: typed.ledger_generation,
    })
}

fn database(text: &str, home: &Path) -> Result<DatabaseUrl> {
    let url: DatabaseUrl = text.parse()?;
    Ok(match url {
        DatabaseUrl::Sqlite(path) => DatabaseUrl::Sqlite(home.join(path)),
        other => other,
    })
}

fn mail(typed: TypedMail, home: &Path) -> Mail {
    match typed {
        TypedMail::Maildir { path, sender } => Mail::Maildir { path: home.join(path), sender },
        TypedMail::Smtp { host, port, security, user, password_file, sender, timeout_seconds } => {
            let mut timeouts = SmtpTimeouts::default();
            if let Some(seconds) = timeout_seconds {
                timeouts.step = core::time::Duration::from_secs(seconds.clamp(1, 240));
            }
            Mail::Smtp {
                host,
                port,
                security: match security {
                    TypedSecurity::Starttls => Security::StartTls,
                    TypedSecurity::Tls => Security::Implicit,
                    TypedSecurity::Plain => Security::PlainOnLoopback,
                },
                user,
                password_file: password_file.map(|path| home.join(path)),
                sender,
                timeouts,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(change: impl FnOnce(String) -> String) -> Result<Config> {
        Config::parse(&change(STARTING_CONFIG.to_owned()), Path::new("/srv/w"))
    }

    #[test]
    fn the_starting_configuration_resolves() {
        let config = parse(|text| text).expect("valid");
        assert_eq!(config.files.policy, Path::new("/srv/w/policy.toml"));
        assert_eq!(config.database, DatabaseUrl::Sqlite("/srv/w/data/waarborg.db".into()));
        assert_eq!(config.origin(), "127.0.0.1/waarborg/ledger/1");
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_name() {
        let refused = |from: &str, to: &str, word: &str| {
            let error = parse(|text| {
                assert!(text.contains(from), "{from}");
                text.replacen(from, to, 1)
            })
            .expect_err(word);
            let text = format!("{error:#}");
            assert!(text.contains(word), "{text}");
        };
        refused("[server]", "[server]\nspeed = 3", "speed");
        refused("http://127.0.0.1:8440", "http://my.example.org", "plain http");
        refused("http://127.0.0.1:8440", "ftp://my.example.org", "base_url");
        refused("sqlite:keys/keys.db", "sqlite:data/waarborg.db", "another database");
        refused("sqlite:data/waarborg.db", "mysql:x", "data.database");
        refused("epoch_days = 30", "epoch_days = 0", "jobs.epoch_days");
        refused("[\"epoch-copies\"]", "[\"epochs\"]", "second copy");
    }
}
