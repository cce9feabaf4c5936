//! Running other programs, and saying how long a step took.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The root of the workspace.
pub fn root() -> PathBuf {
    // The manifest's folder at run time, so that a moved checkout works with an old build.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().and_then(Path::parent).map_or(manifest.clone(), Path::to_path_buf)
}

/// Where the checkers that are not packages of the distribution are kept.
pub fn tools_folder() -> PathBuf {
    root().join("target").join("tools")
}

/// Whether nothing may be skipped.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// The first file of this name in PATH that can be run.
pub fn find_program(name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| {
        file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
    })
}

/// The cargo that started this program.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // Cargo sets these for the programs it runs; build scripts of the nested run would see them
    // change and rebuild.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_CRATE_NAME"
        {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// Runs to the end with the terminal's streams; an unsuccessful end is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status =
        command.stdin(Stdio::null()).status().with_context(|| format!("{shown}: could not start"))?;
    if !status.success() {
        bail!("{shown}: ended with {status}");
    }
    Ok(())
}

/// Runs to the end and gives the standard output; an unsuccessful end is an error that carries
/// what the program said.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let shown = shown(command);
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("{shown}: could not start"))?;
    if !done.status.success() {
        bail!("{shown}: ended with {}\n{}", done.status, String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(done.stdout)
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// A step with a plain line at its beginning and its end.
pub struct Step {
    name: String,
    begun: Instant,
}

impl Step {
    /// Says that the step begins.
    #[expect(clippy::disallowed_methods, reason = "measures how long a task takes; no product code")]
    pub fn begin(name: impl Into<String>) -> Self {
        let name = name.into();
        println!("== {name}");
        Self { name, begun: Instant::now() }
    }

    /// How long it has been going on.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Says that the step ended, and after how long.
    pub fn end(self) {
        println!("== {}: {:.1} s", self.name, self.elapsed().as_secs_f64());
    }
}
