//! Runs the tests, with a PostgreSQL server of their own, and adds up what they say.
//!
//! The whole workspace is always what is selected, and parts of it by target: selecting packages
//! would resolve other features and compile the heavy dependencies a second time.
//!
//! A test that lacks something it needs appends a line to the file named by
//! `WAARBORG_TEST_SKIPS` and returns; those are counted and listed as skipped. Where CI is set
//! nothing may be skipped.

use crate::postgres::Server;
use crate::setup;
use crate::shell::{self, Step, in_ci};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

#[derive(clap::Args)]
pub struct Arguments {
    /// Install nothing; say what was skipped for lack of it
    #[arg(long)]
    no_install: bool,
    /// Run only this part
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Passed on to the test programs; a filter takes the place of the one that `--only` sets
    #[arg(last = true)]
    filter: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The tests inside the crates
    Unit,
    /// The integration tests of the stores, on SQLite and PostgreSQL
    Stores,
    /// The journeys without a browser
    Journeys,
    /// The journeys and checks in a real browser
    Browser,
}

impl Part {
    /// The module of the integration binary that this part is.
    const fn filter(self) -> Option<&'static str> {
        match self {
            Self::Unit => None,
            Self::Stores => Some("stores::"),
            Self::Journeys => Some("journeys::"),
            Self::Browser => Some("browser::"),
        }
    }
}

/// What the test programs said, added up.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let whole = Step::begin("tests");
    if !arguments.no_install {
        setup::install()?;
    }
    let missing = setup::missing();
    if in_ci() && !missing.is_empty() {
        bail!("CI skips nothing, but these are missing: {}", missing.join(", "));
    }
    let build = Step::begin("build");
    shell::run(cargo_test(arguments.only).arg("--no-run"))?;
    build.end();
    let server = match crate::postgres::programs() {
        Some(_) => {
            let step = Step::begin("start PostgreSQL");
            let server = Server::start()?;
            step.end();
            Some(server)
        }
        None => None,
    };
    let folder = tempfile::Builder::new().prefix("waarborg-test-").tempdir()?;
    let skips = folder.path().join("skips");
    let step = Step::begin("run");
    let mut tally = execute(arguments, server.as_ref(), &skips)?;
    step.end();
    drop(server);
    let skipped = report_skips(&missing, &skips, &mut tally);
    whole.end();
    println!("{} passed, {} failed, {skipped} skipped", tally.passed, tally.failed);
    // What is marked #[ignore] is a measurement, or set aside with its reason: it is counted, not refused.
    let refused = in_ci() && skipped > tally.ignored;
    if refused {
        eprintln!("error: CI skips nothing");
    }
    Ok(if tally.failed > 0 || refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn cargo_test(only: Option<Part>) -> Command {
    let mut command = shell::cargo();
    command.args(["test", "--workspace"]);
    match only {
        None => {}
        Some(Part::Unit) => {
            command.args(["--lib", "--bins"]);
        }
        Some(Part::Stores | Part::Journeys | Part::Browser) => {
            command.args(["--test", "all"]);
        }
    }
    command
}

fn execute(arguments: &Arguments, server: Option<&Server>, skips: &Path) -> Result<Tally> {
    let mut command = cargo_test(arguments.only);
    command.args(["--no-fail-fast", "--"]).args(&arguments.filter);
    // Test programs join several filters with "or", so one that was typed takes the place of this.
    match arguments.only {
        Some(part) if arguments.filter.is_empty() => command.args(part.filter()),
        _ => &mut command,
    };
    command.env("WAARBORG_TEST_SKIPS", skips).env("WAARBORG_TOOLS", shell::tools_folder());
    match server {
        Some(server) => command.env("WAARBORG_TEST_POSTGRES", server.url()),
        None => command.env_remove("WAARBORG_TEST_POSTGRES"),
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{}: could not start", shell::shown(&command)))?;
    let mut tally = Tally::default();
    let stdout = child.stdout.take().context("the output of cargo was asked for")?;
    for line in BufReader::new(stdout).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        tally.add(&line);
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        // A test program that was killed says no result of its own.
        eprintln!("error: cargo test ended with {status}");
        tally.failed = 1;
    }
    if status.success() && tally.passed == 0 {
        bail!("no test ran");
    }
    Ok(tally)
}

fn report_skips(missing: &[String], skips: &Path, tally: &mut Tally) -> u64 {
    let text = std::fs::read_to_string(skips).unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if !missing.is_empty() {
        println!("not installed:\n  {}", missing.join("\n  "));
    }
    if !lines.is_empty() {
        println!("skipped:\n  {}", lines.join("\n  "));
    }
    // A test may lack two things.
    let tests: BTreeSet<&str> = lines.iter().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    let skipped = tests.len() as u64;
    // To the test program a skipped test is one that returned, so it counted it as passed.
    tally.passed = tally.passed.saturating_sub(skipped);
    skipped + tally.ignored
}

impl Tally {
    /// Adds one line of output, when it is the closing line of a test program.
    fn add(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test result: ") else { return };
        for part in rest.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(word)) = (words.next(), words.next()) else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test a ... ok",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s",
            "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
            "a test printed: 9 passed; 9 failed",
        ] {
            tally.add(line);
        }
        assert_eq!(tally, Tally { passed: 5, failed: 5, ignored: 1 });
    }

    #[test]
    fn a_skipped_test_does_not_count_as_passed() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), "one: no PostgreSQL\ntwo: no browser\ntwo: no Java\n").expect("written");
        let mut tally = Tally { passed: 5, failed: 0, ignored: 1 };
        assert_eq!(report_skips(&[], file.path(), &mut tally), 3);
        assert_eq!(tally.passed, 3);
    }
}
