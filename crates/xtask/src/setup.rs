//! Installs what the tests need: packages of Debian through apt-get, and the checkers
//! ([`crate::tools`]). Says what is missing and what each is for before it installs anything.

use crate::shell::{self, Step, find_program};
use crate::tools::{PDF_CHECKER, TOOLS};
use crate::{postgres, tools};
use anyhow::{Result, bail};
use std::process::Command;

#[derive(clap::Args)]
pub struct Arguments {
    /// Also install cargo-fuzz, cargo-mutants and cargo-deny from crates.io
    #[arg(long)]
    tools: bool,
}

/// One package of Debian.
struct Package {
    name: &'static str,
    /// What it is called where the name depends on the release: the first that apt knows is taken.
    alternatives: &'static [&'static str],
    purpose: &'static str,
    present: fn() -> bool,
}

fn packages() -> [Package; 8] {
    [
        Package {
            name: "postgresql",
            alternatives: &["postgresql"],
            purpose: "the tests of the stores run on SQLite and on PostgreSQL",
            present: || postgres::programs().is_some(),
        },
        Package {
            name: "chromium",
            alternatives: &["chromium"],
            purpose: "the journeys run in a real browser",
            present: || find_program("chromium").is_some(),
        },
        Package {
            name: "chromium-driver",
            alternatives: &["chromium-driver"],
            purpose: "steers that browser",
            present: || find_program("chromedriver").is_some(),
        },
        Package {
            name: "a headless Java runtime",
            alternatives: &["openjdk-21-jre-headless", "openjdk-17-jre-headless", "default-jre-headless"],
            purpose: "runs the HTML checker",
            present: || find_program("java").is_some(),
        },
        Package {
            name: "qpdf",
            alternatives: &["qpdf"],
            purpose: "checks the structure of the PDFs independently of the program that writes them",
            present: || find_program("qpdf").is_some(),
        },
        Package {
            name: "poppler-utils",
            alternatives: &["poppler-utils"],
            purpose: "reads the text of the PDFs as a viewer would",
            present: || find_program("pdftotext").is_some(),
        },
        Package {
            name: "npm",
            alternatives: &["npm"],
            purpose: "fetches the HTML checker and axe-core, which Debian does not package",
            present: || find_program("npm").is_some() || TOOLS.iter().all(tools::Tool::is_present),
        },
        Package {
            name: "python3-pip",
            alternatives: &["python3-pip"],
            purpose: "fetches and runs the checker of PDF/A, which Debian does not package",
            present: || {
                find_program("python3").is_some()
                    && (find_program("pip3").is_some() || PDF_CHECKER.is_present())
            },
        },
    ]
}

/// What is missing, each with what it is for.
pub fn missing() -> Vec<String> {
    let fetchers = ["npm", "python3-pip"];
    let packages = packages().into_iter().filter(|p| !fetchers.contains(&p.name) && !(p.present)());
    let tools = TOOLS.iter().filter(|tool| !tool.is_present());
    let pdf = (!PDF_CHECKER.is_present()).then(|| format!("{} ({})", PDF_CHECKER.title, PDF_CHECKER.purpose));
    packages
        .map(|p| format!("{} ({})", p.name, p.purpose))
        .chain(tools.map(|t| format!("{} ({})", t.title(), t.purpose)))
        .chain(pdf)
        .collect()
}

pub fn run(arguments: &Arguments) -> Result<()> {
    install()?;
    if arguments.tools {
        install_cargo_tools()?;
    }
    Ok(())
}

/// Installs what is missing; says nothing and does nothing when all is there.
pub fn install() -> Result<()> {
    let missing: Vec<Package> = packages().into_iter().filter(|p| !(p.present)()).collect();
    if !missing.is_empty() {
        install_packages(&missing)?;
    }
    for tool in TOOLS.iter().filter(|tool| !tool.is_present()) {
        let step = Step::begin(format!("fetch {} through npm: {}", tool.title(), tool.purpose));
        tool.fetch()?;
        step.end();
    }
    if !PDF_CHECKER.is_present() {
        let step = Step::begin(format!("fetch {} through pip: {}", PDF_CHECKER.title, PDF_CHECKER.purpose));
        PDF_CHECKER.fetch()?;
        step.end();
    }
    Ok(())
}

fn install_packages(missing: &[Package]) -> Result<()> {
    let list = missing.iter().map(|p| format!("  {}: {}", p.name, p.purpose)).collect::<Vec<_>>().join("\n");
    if find_program("apt-get").is_none() {
        bail!(
            "this is not a Debian system (no apt-get), so these must be installed by hand:\n{list}\n\
             or run `cargo xtask test --no-install`, which lists what it skips"
        );
    }
    println!("missing on this machine, to be installed with apt-get:\n{list}");
    println!(
        "  (Debian may start a PostgreSQL server of its own for its package; the tests do not touch it)"
    );
    let step = Step::begin("apt-get update");
    shell::run(apt_get()?.arg("update").arg("-qq"))?;
    step.end();
    let mut names = Vec::new();
    for package in missing {
        match package.alternatives.iter().find(|name| apt_knows(name)) {
            Some(name) => names.push(*name),
            None => bail!(
                "apt knows none of {}, needed because {}",
                package.alternatives.join(", "),
                package.purpose
            ),
        }
    }
    let step = Step::begin(format!("apt-get install {}", names.join(" ")));
    shell::run(apt_get()?.args(["install", "-y", "-qq", "--no-install-recommends"]).args(&names))?;
    step.end();
    if let Some(package) = missing.iter().find(|p| !(p.present)()) {
        bail!("{} was installed, but is still not found", package.name);
    }
    Ok(())
}

/// `apt-get` as root: directly, or through sudo.
fn apt_get() -> Result<Command> {
    let mut command = if is_root()? {
        Command::new("apt-get")
    } else if find_program("sudo").is_some() {
        println!("   (through sudo, which may ask for your password)");
        let mut sudo = Command::new("sudo");
        sudo.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        sudo
    } else {
        bail!("installing packages needs root; run `cargo xtask setup` as root, or install sudo");
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

fn apt_knows(package: &str) -> bool {
    let shown = shell::output(Command::new("apt-cache").args(["policy", package])).unwrap_or_default();
    String::from_utf8_lossy(&shown)
        .lines()
        .any(|line| line.trim().strip_prefix("Candidate:").is_some_and(|version| version.trim() != "(none)"))
}

/// Whether this process may do everything.
pub fn is_root() -> Result<bool> {
    let id = shell::output(Command::new("id").arg("-u"))?;
    Ok(String::from_utf8_lossy(&id).trim() == "0")
}

fn install_cargo_tools() -> Result<()> {
    for (name, version) in [("cargo-fuzz", "0.13.2"), ("cargo-mutants", "27.1.0"), ("cargo-deny", "0.20.2")] {
        if find_program(name).is_some() {
            continue;
        }
        let step = Step::begin(format!("cargo install {name} {version}"));
        shell::run(shell::cargo().args(["install", "--locked", name, "--version", version]))?;
        step.end();
    }
    Ok(())
}
