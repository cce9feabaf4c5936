//! A PostgreSQL server for one run of the tests: unprivileged, on a free loopback port, in a
//! temporary folder that also holds its Unix socket.
//!
//! Invariants: the server is gone and its folder removed when this program ends, however it ends.
//! A small shell process guards both: it waits for the end of a pipe that this program holds
//! open, and the kernel closes that pipe even when this program is killed. Nobody but the holder
//! of the password written in [`Server::url`] may connect, because a superuser of the database
//! can run programs as the user of the server.

use crate::shell;
use anyhow::{Context, Result, bail};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

/// How often a start is tried: another program may take the free port first.
const TRIES_MAX: u32 = 3;
/// How often the starting server is asked whether it answers.
const POLLS_MAX: u32 = 300;
/// The pause between two such questions.
const POLL: Duration = Duration::from_millis(100);

/// Waits until its input ends, then stops the server and removes its folder. Deaf to the signals
/// of a terminal, so that Ctrl-C, which reaches every process in the foreground, leaves it to work.
const GUARD: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
kill -INT "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -KILL "$1" 2>/dev/null
rm -rf -- "$2"
"#;

/// The folder of PostgreSQL's programs, the newest version that is installed.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .max_by_key(|(version, _)| *version)
        .map(|(_, folder)| folder);
    debian.or_else(|| {
        let initdb = shell::find_program("initdb")?;
        shell::find_program("postgres")?;
        initdb.parent().map(Path::to_path_buf)
    })
}

/// A running server.
pub struct Server {
    url: String,
    process: Child,
    guard: Child,
    /// The guard acts when this closes.
    leash: Option<ChildStdin>,
}

impl Server {
    /// Makes a cluster and starts a server on it.
    pub fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL is not installed")?;
        let user = User::choose()?;
        let folder = tempfile::Builder::new().prefix("waarborg-postgres-").tempdir()?;
        user.give(folder.path())?;
        let password = random_hex()?;
        let password_file = folder.path().join("password");
        std::fs::write(&password_file, &password)?;
        user.give(&password_file)?;
        let data = folder.path().join("data");
        let mut initdb = user.command(&programs.join("initdb"));
        initdb.arg("-D").arg(&data).arg("--pwfile").arg(&password_file);
        initdb.args(["--username=waarborg", "--auth-local=reject", "--auth-host=scram-sha-256"]);
        initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]);
        shell::output(&mut initdb)?;
        let log = folder.path().join("log");
        // From here on the guard owns the folder.
        let folder = folder.keep();
        for attempt in 1..=TRIES_MAX {
            let port = free_port()?;
            let url = format!("postgres://waarborg:{password}@127.0.0.1:{port}/postgres");
            let mut server = Self::spawn(&user, &programs, &folder, &log, port, url)?;
            if server.wait_until_it_answers(port)? {
                return Ok(server);
            }
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            if attempt == TRIES_MAX || !said.contains("could not bind") {
                bail!("PostgreSQL did not start: {}", said.trim());
            }
            server.stop_process();
        }
        bail!("PostgreSQL found no free port")
    }

    /// How the tests reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn spawn(
        user: &User,
        programs: &Path,
        folder: &Path,
        log: &Path,
        port: u16,
        url: String,
    ) -> Result<Self> {
        let mut command = user.command(&programs.join("postgres"));
        command.arg("-D").arg(folder.join("data")).arg("-p").arg(port.to_string());
        let socket = format!("unix_socket_directories={}", folder.display());
        // Nothing in it outlives the run: durability would only cost time.
        for setting in [
            "listen_addresses=127.0.0.1",
            &socket,
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
            "shared_buffers=128MB",
            "max_wal_size=2GB",
            "autovacuum_naptime=10min",
        ] {
            command.arg("-c").arg(setting);
        }
        let output = std::fs::File::create(log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let process = command.spawn().context("postgres: could not start")?;
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "guard"]).arg(process.id().to_string()).arg(folder);
        let mut guard = guard.stdin(Stdio::piped()).spawn().context("sh: could not start")?;
        let leash = guard.stdin.take();
        Ok(Self { url, process, guard, leash })
    }

    fn wait_until_it_answers(&mut self, port: u16) -> Result<bool> {
        for _ in 0..POLLS_MAX {
            if self.process.try_wait()?.is_some() {
                return Ok(false);
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(true);
            }
            std::thread::sleep(POLL);
        }
        bail!("PostgreSQL did not answer on port {port} in time")
    }

    /// Ends a server that could not start, without letting the guard remove the folder.
    fn stop_process(&mut self) {
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        self.leash = None;
        let _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.leash = None;
        // Reaped here, so that the guard sees it gone.
        let _ = self.process.wait();
        let _ = self.guard.wait();
    }
}

/// As whom the server runs: PostgreSQL refuses to run as root.
enum User {
    Same,
    Postgres,
}

impl User {
    fn choose() -> Result<Self> {
        Ok(if crate::setup::is_root()? { Self::Postgres } else { Self::Same })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = match self {
            Self::Same => Command::new(program),
            Self::Postgres => {
                let mut setpriv = Command::new("setpriv");
                setpriv.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
                setpriv
            }
        };
        // A folder that every user may enter.
        command.current_dir("/").env("LC_ALL", "C.UTF-8");
        command
    }

    fn give(&self, path: &Path) -> Result<()> {
        match self {
            Self::Same => Ok(()),
            Self::Postgres => shell::run(Command::new("chown").arg("postgres:postgres").arg(path)),
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn random_hex() -> Result<String> {
    let mut bytes = [0u8; 24];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_stops_the_process_and_removes_the_folder() {
        let folder = tempfile::tempdir().unwrap().keep();
        let mut process = Command::new("sleep").arg("600").spawn().unwrap();
        let mut guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(process.id().to_string())
            .arg(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        assert!(folder.is_dir());
        assert!(process.try_wait().unwrap().is_none());
        drop(guard.stdin.take());
        assert!(!process.wait().unwrap().success());
        guard.wait().unwrap();
        assert!(!folder.exists());
    }

    #[test]
    fn a_server_answers_to_its_password_alone_and_is_gone_afterwards() {
        // Where PostgreSQL is missing, the tests of the stores are what is skipped and counted.
        let Some(programs) = programs() else { return };
        let server = Server::start().unwrap();
        let ask = |url: &str| {
            let asked = Command::new(programs.join("psql"))
                .args(["-w", "-tAc", "SELECT 6 * 7", url])
                .output()
                .unwrap();
            (asked.status.success(), String::from_utf8_lossy(&asked.stdout).trim().to_owned())
        };
        let url = server.url().to_owned();
        assert_eq!(ask(&url), (true, "42".to_owned()));
        assert!(!ask(&url.replace("waarborg:", "waarborg:0")).0);
        let id = server.process.id();
        drop(server);
        assert!(!ask(&url).0);
        assert!(!Path::new(&format!("/proc/{id}")).exists());
    }
}
