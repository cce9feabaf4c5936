//! `waarborg import`.

use crate::cli::ImportArgs;
use crate::output::Out;
use anyhow::{Context, Result};
use office::By;
use office::customers::import::{self, Plan};
use serde::Serialize;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

/// How many wrong rows are printed; JSON has all that the plan names.
const SHOWN: usize = 100;

#[derive(Serialize)]
struct Report {
    dry_run: bool,
    rows: usize,
    wrong: u64,
    wrong_rows: Vec<Wrong>,
    joining: u64,
    imported: Option<u64>,
}

#[derive(Serialize)]
struct Wrong {
    line: u64,
    problems: Vec<String>,
}

/// Imports a file, or says what is wrong with it; a bad file changes nothing and gives exit code 1.
///
/// # Errors
/// When the file cannot be read as CSV, or a store fails.
pub async fn run(config: &Path, args: &ImportArgs, out: &Out) -> Result<ExitCode> {
    let name = if args.file == Path::new("-") {
        "standard input".to_owned()
    } else {
        args.file.display().to_string()
    };
    let plan = read(&args.file).with_context(|| name.clone())?;
    let app = super::open(config).await?;
    let joining = if plan.wrong.is_empty() { import::joining(&app.office, &plan).await? } else { 0 };
    let mut imported = None;
    if plan.wrong.is_empty() && !args.dry_run {
        import::sweep(&app.office).await?;
        let bar = out.progress("customers", plan.rows.len() as u64);
        let done = import::run(&app.office, By::System("import"), &plan, &mut |at| bar.set_position(at.done))
            .await?;
        bar.finish_and_clear();
        imported = Some(done.customers);
    }
    app.close().await?;
    let report = Report {
        dry_run: args.dry_run,
        rows: plan.rows.len(),
        wrong: plan.wrong_count,
        wrong_rows: plan
            .wrong
            .iter()
            .map(|row| Wrong {
                line: row.line,
                problems: row.problems.iter().map(ToString::to_string).collect(),
            })
            .collect(),
        joining,
        imported,
    };
    out.print(&report, || words(&name, &plan, &report))?;
    Ok(if report.wrong > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn read(path: &Path) -> Result<Plan> {
    let reader: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path)?))
    };
    Ok(import::plan(reader)?)
}

fn words(name: &str, plan: &Plan, report: &Report) -> String {
    if report.wrong > 0 {
        let mut text = match report.wrong {
            1 => format!("{name}: 1 row is wrong; nothing was imported"),
            n => format!("{name}: {n} rows are wrong; nothing was imported"),
        };
        for row in plan.wrong.iter().take(SHOWN) {
            text.push_str(&format!("\n  {row}"));
        }
        if report.wrong > SHOWN as u64 {
            text.push_str(&format!("\n  … and {} more; --json names them", report.wrong - SHOWN as u64));
        }
        return text;
    }
    let joining = match report.joining {
        0 => String::new(),
        n => format!("; {n} of them join a login that is there already"),
    };
    match report.imported {
        Some(count) => format!(
            "{count} customers imported{joining}\nthey sign in through \"recover access\" with their e-mail address"
        ),
        None => format!("{name}: {} rows are right{joining}; nothing was imported (--dry-run)", report.rows),
    }
}
