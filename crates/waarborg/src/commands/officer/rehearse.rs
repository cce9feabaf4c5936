//! `waarborg officer rehearse`: the quarterly drill.

use super::console::Console;
use super::home::{Home, read_text};
use crate::output::Out;
use anyhow::{Context, Result, bail};
use base::SystemRandom;
use office::seal::{BUNDLE_BYTES_MAX, Bundle};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

#[derive(Serialize)]
struct Report {
    good: usize,
    bad: Vec<String>,
    machines: Vec<String>,
}

/// Tries the shares on the canaries of a bundle; fails when one of them is not as it must be.
///
/// # Errors
/// When there is nothing to rehearse on.
pub fn run(home: &Home, bundle: &Path, console: &Console, out: &Out) -> Result<ExitCode> {
    let bundle =
        Bundle::parse(&read_text(bundle, BUNDLE_BYTES_MAX)?).with_context(|| bundle.display().to_string())?;
    if bundle.canaries.is_empty() {
        bail!("the bundle holds no canaries");
    }
    let file = home.open(&console.passphrase()?)?;
    let bar = out.progress("canaries", bundle.canaries.len() as u64);
    let mut report = Report { good: 0, bad: Vec::new(), machines: Vec::new() };
    for (at, canary) in bundle.canaries.iter().enumerate() {
        match office::seal::rehearse(&file, canary, &SystemRandom) {
            Ok(rehearsed) => {
                report.good += 1;
                report.machines.push(format!("{} {}", rehearsed.node, rehearsed.day));
            }
            Err(fault) => report.bad.push(format!("canary {}: {fault}", at + 1)),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.print(&report, || {
        let mut text = format!("{} canaries are good, {} are not", report.good, report.bad.len());
        for bad in &report.bad {
            text.push_str(&format!("\n  {bad}"));
        }
        text
    })?;
    Ok(if report.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
