//! The billing run over many services, each of a customer of its own: how fast, in how much memory, what
//! the panel feels of it, and whether the time of an invoice grows with the office.

use crate::pages::{Page, client, cookie_of, load, warm};
use crate::{import_customers, says};
use anyhow::{Context, Result, bail};
use base::Day;
use office::billing;
use office::{By, Office};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use waarborg::app::App;
use waarborg::commands::demo;
use waarborg::commands::serve::{Work, serve};
use waarborg::config::Config;
use waarborg::worker;

/// The name under which this program starts itself: a run in a process that did nothing else before, so
/// that its peak of memory is that of the run.
pub const CHILD: &str = "billing-run";
/// How many services are due.
const SERVICES: u32 = 100_000;
const MILLION: u32 = 1_000_000;
/// Requests per second to the panel while a run goes on.
const RATE: u32 = 100;
/// At most so many requests: an hour of them.
const ASKED_MAX: u32 = RATE * 3_600;
/// What a service costs each month, in cents.
const CENTS: i64 = 1_000;
/// So many days later the next month of each service is due.
const NEXT_MONTH_DAYS: u32 = 35;

/// A tenth of the services and all of them, and the panel while the next month is invoiced.
pub async fn usual(count: Option<u32>) -> Result<()> {
    let count = count.unwrap_or(SERVICES);
    growth(count / 10, count, Panel::Measured).await
}

/// Ten thousand services and a million.
pub async fn million(count: Option<u32>) -> Result<()> {
    let count = count.unwrap_or(MILLION);
    growth(count / 100, count, Panel::Left).await
}

/// Whether the panel is measured too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panel {
    Measured,
    Left,
}

async fn growth(few: u32, many: u32, panel: Panel) -> Result<()> {
    let with_few = measure(few, Panel::Left).await?;
    let with_many = measure(many, panel).await?;
    says(
        &format!("time per invoice, {many} to {few} services"),
        &format!("{with_many:.0} µs to {with_few:.0} µs: × {:.2}", with_many / with_few),
    );
    Ok(())
}

/// Makes an office and runs its billing. Gives the microseconds of an invoice.
async fn measure(services: u32, panel: Panel) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let place = folder.path().join("office");
    let address: SocketAddr = "127.0.0.1:8440".parse()?;
    let app = demo::make(&place, address, 3).await?;
    import_customers(&app, services).await?;
    seed(&app.office).await?;
    worker::drain(&app).await?;
    app.close().await?;

    let run = Run::of_child(&place)?;
    says(
        &format!("billing run, {services} services due"),
        &format!(
            "{:.1} s, {:.0} invoices/s, peak {:.0} MiB",
            run.seconds,
            run.invoices / run.seconds,
            run.peak_mib
        ),
    );
    says("the same run again", &format!("{} invoices, {:.2} s", run.invoices_again, run.seconds_again));
    if run.invoices < f64::from(services) || run.failures > 0.0 {
        bail!("{} invoices of {services} services, {} failures", run.invoices, run.failures);
    }
    if panel == Panel::Measured {
        panel_meanwhile(&place).await?;
    }
    Ok(run.seconds / run.invoices * 1e6)
}

/// Gives each customer an agreement and a service by the month that is due today. It writes the rows in two
/// statements, past the order, its acceptance, the task to provision and the entries of these in the
/// ledger; the services have no label. The id of a customer is that of their service too.
async fn seed(office: &Office) -> Result<()> {
    let catalogue = office::catalogue::load(office).await?;
    let (_, plan) = catalogue.plan_of_code("hosting-start").context("a plan of the catalogue")?;
    let (today, now) = (i64::from(office.today().number()), office.now().as_micros());
    let tx = office.store.begin().await?;
    tx.execute(
        "INSERT INTO agreement (id, number, customer_id, subject_id, state, consumer, policy_hash, began_day, created_at, \
         updated_at) SELECT c.id, 100000000 + c.number, c.id, c.subject_id, 'active', FALSE, $1, $2, $3, $4 FROM customer c \
         JOIN subject s ON s.id = c.subject_id WHERE s.state = 'active' ORDER BY c.id",
        [vec![0_u8; 32].into(), today.into(), now.into(), now.into()],
    )
    .await?;
    tx.execute(
        "INSERT INTO service (id, agreement_id, customer_id, subject_id, plan_id, kind, options, state, changes, \
         term_months, amount_cents, discount_cents, discount_terms, vat, began_day, anchor_day, terms_charged, \
         charged_until_day, due_day, created_at, updated_at) SELECT a.id, a.id, a.customer_id, a.subject_id, $1, 'hosting', \
         '[]', 'active', 1, 1, $2, 0, 0, 'standard', $3, $4, 0, $5, $6, $7, $8 FROM agreement a WHERE a.id = a.customer_id \
         ORDER BY a.id",
        [
            plan.id.uuid().into(),
            CENTS.into(),
            today.into(),
            today.into(),
            today.into(),
            today.into(),
            now.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(tx.commit().await?)
}

/// What a child tells, in this order, on one line.
struct Run {
    seconds: f64,
    invoices: f64,
    failures: f64,
    seconds_again: f64,
    invoices_again: f64,
    peak_mib: f64,
}

impl Run {
    fn of_child(place: &Path) -> Result<Self> {
        let output = Command::new(std::env::current_exe()?).arg(CHILD).arg(place).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let told: Vec<f64> = text.split_whitespace().map_while(|word| word.parse().ok()).collect();
        let [seconds, invoices, failures, seconds_again, invoices_again, peak_mib] = told[..] else {
            bail!("the run failed: {text}{}", String::from_utf8_lossy(&output.stderr));
        };
        Ok(Self { seconds, invoices, failures, seconds_again, invoices_again, peak_mib })
    }
}

/// The child: the run of today, and again.
pub async fn child(place: &Path) -> Result<()> {
    let app = App::open(Config::read(&place.join("waarborg.toml"))?).await?;
    let office = &*app.office;
    let mut told = Vec::new();
    for _ in 0..2 {
        let began = Instant::now();
        let (_, outcome) = billing::run(office, By::System("bench"), office.today()).await?;
        told.push((began.elapsed().as_secs_f64(), outcome));
    }
    let [(seconds, first), (seconds_again, again)] = told[..] else { bail!("two runs") };
    let peak = peak_mib()?;
    println!("{seconds} {} {} {seconds_again} {} {peak}", first.invoices, first.failures, again.invoices);
    app.close().await
}

/// The most memory that this process ever held.
fn peak_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("the process's own state")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("a line VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1_024.0)
}

/// Pages of a customer while the next month of every service is invoiced in the same process. The mails
/// about the invoices are not made meanwhile: `waarborg work` would do that.
async fn panel_meanwhile(place: &Path) -> Result<()> {
    let app = App::open(Config::read(&place.join("waarborg.toml"))?).await?;
    let owner = cookie_of(&app, place, "customer").await?;
    let office = Arc::clone(&app.office);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(app, listener, Work::Elsewhere, stop.clone()));
    let client = client();
    let pages = ["/panel", "/panel/invoices", "/panel/services", "/panel/profile"]
        .map(|path| Page::get(path, &owner));
    while !office.names.is_complete() {
        tokio::time::sleep(tokio::time::Duration::from_millis(50)).await;
    }
    warm(&client, address, &pages).await?;
    let through = Day::from_number(office.today().number() + NEXT_MONTH_DAYS);
    let run = tokio::spawn(async move {
        let began = Instant::now();
        let (_, outcome) = billing::run(&office, By::System("bench"), through).await?;
        anyhow::Ok((outcome, began.elapsed().as_secs_f64()))
    });
    load(&client, address, &pages, RATE, |asked| !run.is_finished() && asked < ASKED_MAX).await?;
    let (outcome, seconds) = run.await??;
    let rate = outcome.invoices as f64 / seconds;
    says("the run beside these pages", &format!("{seconds:.1} s, {rate:.0} invoices/s"));
    stop.cancel();
    server.await?
}
