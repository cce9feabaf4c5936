//! Runs the fuzz targets of `fuzz/` on the stable compiler. Without a sanitizer: the parsers are
//! safe Rust, so what fuzzing looks for is panics, hangs and broken round trips.

use crate::shell::{self, Step, root};
use anyhow::{Context, Result, bail};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Arguments {
    /// Only this target; all of them by default
    target: Option<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if shell::find_program("cargo-fuzz").is_none() {
        bail!("cargo-fuzz is not installed; run `cargo xtask setup --tools`");
    }
    let manifest = std::fs::read_to_string(root().join("fuzz").join("Cargo.toml"))?;
    let manifest: toml::Table = manifest.parse().context("fuzz/Cargo.toml")?;
    let known = targets(&manifest)?;
    let chosen: Vec<&String> = match &arguments.target {
        None => known.iter().collect(),
        Some(name) if known.contains(name) => vec![name],
        Some(name) => bail!("{name}: no such fuzz target; there are {}", known.join(", ")),
    };
    let mut failed = 0;
    for target in &chosen {
        let step = Step::begin(format!("fuzz {target} for {} s", arguments.seconds));
        let mut command = shell::cargo();
        command.args(["fuzz", "run", "--sanitizer", "none"]);
        if !needs_office(&manifest, target) {
            command.arg("--no-default-features");
        }
        command.arg(target);
        if let Some(seeds) = seeds(&manifest, target) {
            // The first folder is where new inputs go, the second is only read.
            let corpus = root().join("fuzz").join("corpus").join(target);
            std::fs::create_dir_all(&corpus)?;
            command.arg(corpus).arg(root().join(seeds));
        }
        command.arg("--");
        command.arg(format!("-max_total_time={}", arguments.seconds));
        command.args(["-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1"]);
        if let Err(error) = shell::run(&mut command) {
            eprintln!("{target}: {error:#}; the input is kept in fuzz/artifacts/{target}");
            failed += 1;
        }
        step.end();
    }
    println!("{} passed, {failed} failed", chosen.len() - failed);
    Ok(if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The targets that the manifest declares.
fn targets(manifest: &toml::Table) -> Result<Vec<String>> {
    let bins =
        manifest.get("bin").and_then(toml::Value::as_array).context("fuzz/Cargo.toml declares no target")?;
    Ok(bins.iter().filter_map(|bin| bin.get("name")?.as_str()).map(str::to_owned).collect())
}

/// Whether the office has to be built for a target; that takes much longer than the rest.
fn needs_office(manifest: &toml::Table, target: &str) -> bool {
    let bins = manifest.get("bin").and_then(toml::Value::as_array);
    bins.into_iter().flatten().any(|bin| {
        bin.get("name").is_some_and(|name| name.as_str() == Some(target))
            && bin.get("required-features").is_some()
    })
}

/// The folder of inputs that a target begins from, when the manifest names one.
fn seeds<'a>(manifest: &'a toml::Table, target: &str) -> Option<&'a str> {
    manifest.get("package")?.get("metadata")?.get("seeds")?.get(target)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_and_seeds_come_from_the_manifest() {
        let parse = |text: &str| text.parse::<toml::Table>().unwrap();
        let manifest = parse(
            "[package]\nname = \"fuzz\"\n[package.metadata.seeds]\npolicy = \"a/b\"\n\
             [[bin]]\nname = \"policy\"\n[[bin]]\nname = \"receipt\"\nrequired-features = [\"office\"]\n",
        );
        assert_eq!(targets(&manifest).unwrap(), ["policy", "receipt"]);
        assert_eq!((seeds(&manifest, "policy"), seeds(&manifest, "receipt")), (Some("a/b"), None));
        assert!(needs_office(&manifest, "receipt") && !needs_office(&manifest, "policy"));
        assert!(targets(&parse("[package]\n")).is_err());
    }
}
