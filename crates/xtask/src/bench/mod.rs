//! Builds in release mode and measures. The measurements themselves are examples: `bench` of the crate `waarborg`,
//! and for the traffic log those of `traffic` and `keys`. Here the machine they ran on is put before them, for a figure
//! without its machine says nothing.

mod traffic;

use crate::shell::{self, Step, root};
use anyhow::Result;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only this measurement, `traffic` among them, which is made only when named; the bench lists the names it knows when
    /// given one it does not
    name: Option<String>,
    #[command(flatten)]
    traffic: traffic::Arguments,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.name.as_deref() == Some("traffic") {
        return traffic::run(&arguments.traffic).map(|()| ExitCode::SUCCESS);
    }
    let program = build("waarborg", "bench")?;
    says_machine();
    shell::run(Command::new(program).args(&arguments.name).current_dir(root()))?;
    Ok(ExitCode::SUCCESS)
}

/// Builds an example of a crate, and says where it is.
fn build(package: &str, example: &str) -> Result<PathBuf> {
    let step = Step::begin(format!("build {example} in release mode"));
    shell::run(shell::cargo().args(["build", "--release", "--package", package, "--example", example]))?;
    step.end();
    Ok(crate::docs::target_folder()?.join("release").join("examples").join(example))
}

fn says_machine() {
    for (name, value) in machine() {
        println!("{name}: {value}");
    }
}

/// What a reader needs to judge the figures.
fn machine() -> Vec<(&'static str, String)> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let git = |arguments: &[&str]| {
        let said = shell::output(Command::new("git").args(arguments).current_dir(root())).unwrap_or_default();
        String::from_utf8_lossy(&said).trim().to_owned()
    };
    let changed =
        if git(&["status", "--porcelain", "--untracked-files=no"]).is_empty() { "" } else { " with changes" };
    vec![
        ("processor", field(&read("/proc/cpuinfo"), "model name")),
        ("cores", cores.to_string()),
        ("memory", field(&read("/proc/meminfo"), "MemTotal")),
        ("kernel", read("/proc/sys/kernel/osrelease").trim().to_owned()),
        ("load before", read("/proc/loadavg").split_whitespace().take(3).collect::<Vec<_>>().join(" ")),
        ("commit", format!("{}{changed}", git(&["rev-parse", "--short=12", "HEAD"]))),
    ]
}

/// The value of the first `name : value` line.
fn field(text: &str, name: &str) -> String {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_their_whole_name() {
        let text = "model\t: 1\nmodel name\t: A processor\nmodel name\t: Another\n";
        assert_eq!(field(text, "model name"), "A processor");
        assert_eq!(field(text, "stepping"), "unknown");
    }
}
