//! `waarborg billing`.

use crate::cli::{BillingArgs, BillingCommand};
use crate::output::{Out, table};
use anyhow::Result;
use office::billing::{self, Outcome};
use office::{By, Office};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

#[derive(Serialize)]
struct Report {
    through: String,
    dry_run: bool,
    run: Option<String>,
    services: u64,
    invoices: u64,
    net_cents: i64,
    vat_cents: i64,
    failures: u64,
    /// The first of them; of a preview only.
    shown: Vec<Shown>,
    failed: Vec<Failed>,
}

#[derive(Serialize)]
struct Shown {
    customer: String,
    lines: usize,
    net_cents: i64,
    vat_cents: i64,
}

#[derive(Serialize)]
struct Failed {
    customer: String,
    problem: String,
}

/// Makes the invoices, or shows them; the exit code is 1 when a customer could not be invoiced.
///
/// # Errors
/// When a store fails; the run may be repeated.
pub async fn run(config: &Path, command: &BillingCommand, out: &Out) -> Result<ExitCode> {
    let app = super::open(config).await?;
    let report = match command {
        BillingCommand::Preview(args) => preview(&app.office, args).await?,
        BillingCommand::Run(args) => issue(&app.office, args, out).await?,
    };
    app.close().await?;
    out.print(&report, || words(&report))?;
    Ok(if report.failures > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn preview(office: &Office, args: &BillingArgs) -> Result<Report> {
    let through = args.through.unwrap_or_else(|| office.today());
    let preview = billing::preview(office, through, u64::MAX).await?;
    let shown = preview.invoices.iter().map(|invoice| Shown {
        customer: invoice.customer.to_string(),
        lines: invoice.lines,
        net_cents: invoice.net.cents(),
        vat_cents: invoice.vat.cents(),
    });
    let failed = preview
        .failed
        .iter()
        .map(|(customer, problem)| Failed { customer: customer.to_string(), problem: problem.to_string() });
    let (shown, failed) = (shown.collect(), failed.collect());
    Ok(Report { dry_run: true, shown, failed, ..Report::of(through, preview.outcome) })
}

async fn issue(office: &Office, args: &BillingArgs, out: &Out) -> Result<Report> {
    let through = args.through.unwrap_or_else(|| office.today());
    let bar = out.progress("services", billing::services_due(office, through).await?);
    let mut tell = |outcome: Outcome| bar.set_position(outcome.services);
    let (id, outcome) = billing::run_told(office, By::System("billing"), through, &mut tell).await?;
    bar.finish_and_clear();
    let mut failed = Vec::new();
    if outcome.failures > 0 {
        failed.extend(
            billing::failures(office)
                .await?
                .into_iter()
                .map(|failure| Failed { customer: failure.customer.to_string(), problem: failure.problem }),
        );
    }
    Ok(Report { run: Some(id.to_string()), failed, ..Report::of(through, outcome) })
}

impl Report {
    fn of(through: base::Day, outcome: Outcome) -> Self {
        Self {
            through: through.to_string(),
            dry_run: false,
            run: None,
            services: outcome.services,
            invoices: outcome.invoices,
            net_cents: outcome.net.cents(),
            vat_cents: outcome.vat.cents(),
            failures: outcome.failures,
            shown: Vec::new(),
            failed: Vec::new(),
        }
    }
}

fn words(report: &Report) -> String {
    let Report { through, services, invoices, failures, .. } = report;
    let euros = |cents: i64| base::Money::from_cents(cents).to_string();
    let (net, vat) = (euros(report.net_cents), euros(report.vat_cents));
    let done = if report.dry_run { "would be issued; nothing was written" } else { "issued" };
    let mut text = format!(
        "through {through}: {services} services renewed, {invoices} invoices {done}\n\
         net {net}, VAT {vat}; {failures} customers cannot be invoiced"
    );
    if !report.shown.is_empty() {
        let rows: Vec<Vec<String>> = report
            .shown
            .iter()
            .map(|one| {
                vec![one.customer.clone(), one.lines.to_string(), euros(one.net_cents), euros(one.vat_cents)]
            })
            .collect();
        text.push_str(&format!("\n\n{}", table(&["customer", "lines", "net", "VAT"], &rows)));
        if *invoices > report.shown.len() as u64 {
            text.push_str(&format!("\n… and {} more", invoices - report.shown.len() as u64));
        }
    }
    for failed in &report.failed {
        text.push_str(&format!("\n  {}: {}", failed.customer, failed.problem));
    }
    text
}
