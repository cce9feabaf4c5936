//! An installation in a temporary folder, on either database, that a test opens itself or lets the
//! program run on: for what no page shows.

use super::site::PATIENCE;
use super::{postgres, waarborg};
use base::{Clock, ShiftedClock, SystemClock, SystemRandom};
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use tempfile::TempDir;
use waarborg::app::App;
use waarborg::commands::init;
use waarborg::config::{Config, STARTING_CONFIG};

/// Which database an installation stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Files.
    Sqlite,
    /// Two schemas of their own in the server of the tests.
    Postgres,
}

/// An installation.
#[derive(Debug)]
pub struct House {
    folder: TempDir,
}

impl House {
    /// Makes one with the policy of the demo; none, and the test noted as skipped, when there is no
    /// PostgreSQL.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn make(on: On) -> Option<Self> {
        let mut config = STARTING_CONFIG.replace("\"127.0.0.1:8440\"", "\"127.0.0.1:0\"");
        if on == On::Postgres {
            let (data, keys) = (postgres().await?, postgres().await?);
            config = config
                .replace("sqlite:data/waarborg.db", &data.url)
                .replace("sqlite:keys/keys.db", &keys.url);
        }
        let folder = TempDir::with_prefix("waarborg-house-").expect("a temporary folder");
        let house = Self { folder };
        let app = init::make(&house.home(), &config, ::policy::DEMO_POLICY, Arc::new(SystemClock))
            .await
            .expect("an installation");
        app.close().await.expect("closed");
        Some(house)
    }

    /// An installation on files.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn sqlite() -> Self {
        Self::make(On::Sqlite).await.expect("files are always there")
    }

    /// The same once more, in a folder of its own; only for one on files that nobody has open.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn copy(&self) -> Self {
        let folder = TempDir::with_prefix("waarborg-house-").expect("a temporary folder");
        copy_folder(&self.home(), &folder.path().join("home"));
        Self { folder }
    }

    /// The folder of the installation.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A place beside the installation, for what does not belong to it.
    #[must_use]
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its configuration.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.home().join("waarborg.toml")
    }

    /// Changes its configuration.
    ///
    /// # Panics
    /// When the text to replace is not there.
    pub fn configure(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.config_file()).expect("a configuration");
        assert!(text.contains(from), "{from:?} is not in the configuration");
        fs::write(self.config_file(), text.replacen(from, to, 1)).expect("written");
    }

    /// Opens it with a clock so many seconds ahead of the machine's.
    ///
    /// # Errors
    /// When it refuses to start.
    pub async fn open(&self, ahead_seconds: i64) -> anyhow::Result<Opened> {
        let clock = Arc::new(ShiftedClock::default());
        clock.shift_seconds(ahead_seconds);
        let config = Config::read(&self.config_file())?;
        let app =
            App::open_with(config, Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(SystemRandom)).await?;
        Ok(Opened { app, clock })
    }

    /// The program in the installation's folder.
    #[must_use]
    pub fn program(&self) -> Command {
        waarborg(&self.home())
    }

    /// Starts `serve` or `work`, whose log goes into a file, and waits until it says that it does.
    ///
    /// # Panics
    /// When it ends, or does not begin in time.
    #[must_use]
    pub fn start(&self, command: &str, log: &Path) -> Process {
        let file = File::create(log).expect("a log");
        let child =
            self.program().arg(command).stderr(file).stdout(Stdio::null()).spawn().expect("it starts");
        let mut process = Process { child, log: log.to_owned() };
        let end = Instant::now() + PATIENCE;
        while !["serving", "working"].iter().any(|word| process.said().contains(word)) {
            let ended = process.child.try_wait().expect("its state");
            assert!(ended.is_none(), "{command} ended at once: {}", process.said());
            assert!(Instant::now() < end, "{command} does not begin: {}", process.said());
            std::thread::sleep(Duration::from_millis(20));
        }
        process
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a folder");
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).expect("its mode");
    for entry in fs::read_dir(from).expect("a folder") {
        let (path, place) =
            (entry.as_ref().expect("an entry").path(), to.join(entry.expect("one").file_name()));
        if path.is_dir() {
            copy_folder(&path, &place);
        } else {
            fs::copy(&path, &place).expect("copied");
        }
    }
}

/// An installation that this process has open.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its parts.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ShiftedClock>,
}

impl Opened {
    /// How many rows a query without values counts as `n`.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn count(&self, sql: &str) -> i64 {
        count(&self.app.office.store, sql, []).await
    }

    /// Closes it.
    ///
    /// # Panics
    /// When a connection cannot be closed.
    pub async fn close(self) {
        self.app.close().await.expect("closed");
    }
}

/// How many rows a query counts, which it calls `n`.
///
/// # Panics
/// When the database fails.
pub async fn count(store: &Store, sql: &str, values: impl IntoIterator<Item = sea_orm::Value>) -> i64 {
    let row = store.query_one(sql, values).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    row.expect("a count").try_get("", "n").expect("a number")
}

/// The program at work, killed when the test lets go of it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// What it has written so far.
    ///
    /// # Panics
    /// When the log is gone.
    #[must_use]
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    /// The address it serves.
    ///
    /// # Panics
    /// When it serves none.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let said = self.said();
        let (_, rest) = said.split_once("server.listen=").expect("the address in the log");
        rest.split_whitespace().next().expect("an address").parse().expect("an address")
    }

    /// Asks it to end (SIGTERM) and waits.
    ///
    /// # Panics
    /// When it does not end in time.
    pub fn stop(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(asked.success(), "SIGTERM to {id}");
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return status;
            }
            assert!(Instant::now() < end, "it does not end: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already when it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
