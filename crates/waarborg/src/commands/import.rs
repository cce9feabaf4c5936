//! `waarborg import`.

use crate::app::App;
use crate::cli::{ImportArgs, ImportWhat};
use crate::output::Out;
use anyhow::{Context, Result};
use office::By;
use office::billing::import as invoices;
use office::customers::import;
use office::services::import as services;
use office::table::WrongRow;
use serde::Serialize;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

/// How many wrong rows are printed; JSON has all that are named.
const SHOWN: usize = 100;

const BY: By = By::System("import");

#[derive(Serialize)]
struct Report {
    dry_run: bool,
    rows: u64,
    wrong: u64,
    wrong_rows: Vec<Wrong>,
    /// Of a file of customers: how many join a login that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    joining: Option<u64>,
    /// Of a file of services: how many customers have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    customers: Option<u64>,
    /// Of a file of invoices: what is open of them together.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<String>,
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
    let report = match args.what {
        ImportWhat::Customers => of_customers(config, args, &name, out).await?,
        ImportWhat::Services => of_services(config, args, &name, out).await?,
        ImportWhat::Invoices => of_invoices(config, args, &name, out).await?,
    };
    out.print(&report, || words(&name, &report))?;
    Ok(if report.wrong > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn of_customers(config: &Path, args: &ImportArgs, name: &str, out: &Out) -> Result<Report> {
    let plan =
        import::plan(open(&args.file).with_context(|| name.to_owned())?).with_context(|| name.to_owned())?;
    let app: App = super::open(config).await?;
    let right = plan.wrong.is_empty();
    let joining = if right { import::joining(&app.office, &plan).await? } else { 0 };
    let mut imported = None;
    if right && !args.dry_run {
        import::sweep(&app.office).await?;
        let bar = out.progress("customers", plan.rows.len() as u64);
        let done = import::run(&app.office, BY, &plan, &mut |at| bar.set_position(at.done)).await?;
        bar.finish_and_clear();
        imported = Some(done.customers);
    }
    app.close().await?;
    Ok(Report {
        dry_run: args.dry_run,
        rows: plan.rows.len() as u64,
        wrong: plan.wrong_count,
        wrong_rows: wrong_rows(&plan.wrong),
        joining: Some(joining),
        customers: None,
        open: None,
        imported,
    })
}

async fn of_services(config: &Path, args: &ImportArgs, name: &str, out: &Out) -> Result<Report> {
    let plan = services::plan(open(&args.file).with_context(|| name.to_owned())?)
        .with_context(|| name.to_owned())?;
    let app: App = super::open(config).await?;
    let checked = services::check(&app.office, plan).await?;
    let mut imported = None;
    if checked.wrong_count == 0 && !args.dry_run {
        let bar = out.progress("services", checked.count());
        let done = services::run(&app.office, BY, &checked, &mut |at| bar.set_position(at.done)).await?;
        bar.finish_and_clear();
        imported = Some(done.services);
    }
    app.close().await?;
    Ok(Report {
        dry_run: args.dry_run,
        rows: checked.count(),
        wrong: checked.wrong_count,
        wrong_rows: wrong_rows(&checked.wrong),
        joining: None,
        customers: Some(checked.customers()),
        open: None,
        imported,
    })
}

async fn of_invoices(config: &Path, args: &ImportArgs, name: &str, out: &Out) -> Result<Report> {
    let plan = invoices::plan(open(&args.file).with_context(|| name.to_owned())?)
        .with_context(|| name.to_owned())?;
    let app: App = super::open(config).await?;
    let checked = invoices::check(&app.office, plan).await?;
    let mut imported = None;
    if checked.wrong_count == 0 && !args.dry_run {
        let bar = out.progress("invoices", checked.count());
        let done = invoices::run(&app.office, BY, &checked, &mut |at| bar.set_position(at.done)).await?;
        bar.finish_and_clear();
        imported = Some(done.invoices);
    }
    app.close().await?;
    Ok(Report {
        dry_run: args.dry_run,
        rows: checked.count(),
        wrong: checked.wrong_count,
        wrong_rows: wrong_rows(&checked.wrong),
        joining: None,
        customers: None,
        open: Some(checked.open().to_string()),
        imported,
    })
}

fn wrong_rows(rows: &[WrongRow]) -> Vec<Wrong> {
    let wrong = |row: &WrongRow| Wrong {
        line: row.line,
        problems: row.problems.iter().map(ToString::to_string).collect(),
    };
    rows.iter().map(wrong).collect()
}

fn open(path: &Path) -> Result<Box<dyn Read>> {
    Ok(if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path)?))
    })
}

fn words(name: &str, report: &Report) -> String {
    if report.wrong > 0 {
        let mut text = match report.wrong {
            1 => format!("{name}: 1 row is wrong; nothing was imported"),
            n => format!("{name}: {n} rows are wrong; nothing was imported"),
        };
        for row in report.wrong_rows.iter().take(SHOWN) {
            text.push_str(&format!("\n  line {}: {}", row.line, row.problems.join("; ")));
        }
        if report.wrong > SHOWN as u64 {
            text.push_str(&format!("\n  … and {} more; --json names them", report.wrong - SHOWN as u64));
        }
        return text;
    }
    let (rows, imported) = (report.rows, report.imported);
    let of = match (report.joining, report.customers, &report.open) {
        (Some(n @ 1..), ..) => format!("; {n} of them join a login that is there already"),
        (_, Some(n), _) => format!(" of {n} customers"),
        (_, _, Some(open)) => format!("; {open} is open of them"),
        _ => String::new(),
    };
    match (imported, report.customers, &report.open) {
        (None, ..) => format!("{name}: {rows} rows are right{of}; nothing was imported (--dry-run)"),
        (Some(n), Some(_), _) => format!("{n} services{of} taken over; nothing was made or invoiced"),
        (Some(n), _, Some(_)) => format!("{n} invoices taken over{of}"),
        (Some(n), ..) => format!(
            "{n} customers imported{of}\nthey sign in through \"recover access\" with their e-mail address"
        ),
    }
}
