//! The measurements behind docs/BENCHMARKS.md: `cargo xtask bench [name]`. Every figure is of the real
//! program on a real SQLite file in a temporary folder; medians where a thing is done more than once.

mod billing;
mod pages;

use anyhow::{Context, Result, bail};
use base::{Random, Sensitive, SystemRandom};
use office::By;
use office::customers::{self, CustomerFilter, import};
use office::promises::Recording;
use office::requests::erasure::{self, Whom};
use pages::{Page, client, fetch};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use waarborg::app::App;
use waarborg::commands::demo;
use waarborg::commands::serve::{Work, serve};
use waarborg::config::Config;
use waarborg::worker;

/// How many customers the office of the measurements has.
const CUSTOMERS: u32 = 100_000;
/// What is measured; the last only when it is named, for it makes an office of a million services.
const NAMES: [&str; 9] =
    ["ledger", "import", "start", "pages", "erasure", "attest", "pdf", "billing", "billing-million"];
/// How many PDFs the measurement of memory sets.
const PDFS: u32 = 10_000;

fn main() -> Result<()> {
    let wanted = std::env::args().nth(1);
    let number = std::env::args().nth(2);
    if let Some(name) = &wanted
        && name != billing::CHILD
        && !NAMES.contains(&name.as_str())
    {
        bail!("there is no measurement {name}: {}", NAMES.join(", "));
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let log = waarborg::config::Log { filter: "warn".into(), ..waarborg::config::Log::default() };
    waarborg::commands::serve::start_log(&log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // Another number than the usual one, to try a measurement out.
    let count = number.as_deref().map(str::parse).transpose();
    match wanted.as_deref() {
        Some(billing::CHILD) => {
            runtime.block_on(billing::child(Path::new(&number.context("the folder of an office")?)))
        }
        Some("billing") => runtime.block_on(billing::usual(count?)),
        Some("billing-million") => runtime.block_on(billing::million(count?)),
        Some("pdf") => pdfs(count?.unwrap_or(PDFS)),
        Some("ledger") => ledger_verify(),
        None => {
            ledger_verify()?;
            pdfs(PDFS)?;
            runtime.block_on(measure(None))?;
            runtime.block_on(billing::usual(None))
        }
        Some(name) => runtime.block_on(measure(Some(name))),
    }
}

fn says(name: &str, figure: &str) {
    println!("{name:42} {figure}");
}

async fn measure(wanted: Option<&str>) -> Result<()> {
    let is = |name: &str| wanted.is_none_or(|wanted| wanted == name);
    let folder = tempfile::tempdir()?;
    let place = folder.path().join("office");
    let address: SocketAddr = "127.0.0.1:8440".parse()?;
    let app = demo::make(&place, address, 3).await?;
    if is("import") {
        transaction_cost(&app).await?;
    }
    let rate = import_customers(&app, CUSTOMERS).await?;
    says("import of 100,000 customers", &rate);
    worker::drain(&app).await?;
    publish(&app).await?;
    app.close().await?;
    let app = start(&place).await?;
    if is("attest") {
        let began = Instant::now();
        office::promises::attest(&app.office, By::System("bench"), Recording::Recorded).await?;
        says("attest over 100,000 customers", &format!("{:.2} s", began.elapsed().as_secs_f64()));
    }
    if is("erasure") {
        erase(&app).await?;
    }
    if is("pages") {
        return pages::pages(app, &place).await;
    }
    app.close().await
}

/// Invoices as PDF: the time of one when the fonts are loaded, and the memory of many. Each is another
/// invoice, so that nothing remembered makes it cheap.
fn pdfs(count: u32) -> Result<()> {
    let set = |number| documents::invoice_pdf(&documents::sample_invoice(base::Language::Nl, number));
    let began = Instant::now();
    set(0)?;
    says("first PDF, with the fonts", &format!("{:.0} ms", began.elapsed().as_secs_f64() * 1_000.0));
    let mut times = Vec::new();
    for number in 1..=200 {
        let began = Instant::now();
        set(number)?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    says("a PDF, warm", &format!("{:.1} ms", median(&mut times)));
    let before = resident_mib()?;
    let began = Instant::now();
    for number in 0..count {
        set(1_000 + number)?;
    }
    let each = began.elapsed().as_secs_f64() * 1_000.0 / f64::from(count);
    says(&format!("{count} PDFs, each"), &format!("{each:.1} ms"));
    let after = resident_mib()?;
    says("memory before and after them", &format!("{before:.0} MiB, {after:.0} MiB"));
    Ok(())
}

/// What the process holds in memory.
fn resident_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("the process's own state")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("a line VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1_024.0)
}

/// Offline verification of a published ledger.
fn ledger_verify() -> Result<()> {
    const ENTRIES: u64 = 500_000;
    let folder = tempfile::tempdir()?;
    let random = SystemRandom;
    let origin: ledger::Origin = "bench.example/waarborg/ledger/1".parse()?;
    let key = ledger::SigningKey::generate(origin.clone(), &random);
    let public = key.verifying_key();
    let salt = Sensitive::new((&random as &dyn Random).bytes::<32>());
    let clock = base::ManualClock::at_second(1_800_000_000);
    let subject = base::SubjectId::new(&clock, &random);
    let tiles = ledger::TileDir::new(folder.path().join("tiles"));
    let mut size = 0;
    while size < ENTRIES {
        let entries = (0..10_000)
            .map(|_| {
                let now = base::Timestamp::from_seconds(1_800_000_000);
                let entry = ledger::EntryBuilder::new("customer-rectified", origin.as_str(), now, &random)
                    .subject(&salt, subject)
                    .build()?;
                Ok(entry.into_bytes())
            })
            .collect::<Result<Vec<_>>>()?;
        size = tiles.publish(size, entries)?.size;
    }
    let mut signer = ledger::Signer::create(&folder.path().join("state"), key)?;
    let checkpoint = ledger::Checkpoint::new(origin, tiles.head_at(size)?);
    tiles.write_checkpoint(&signer.sign(checkpoint, ledger::Evidence::Tiles(&tiles))?)?;
    let mut rates = Vec::new();
    for _ in 0..3 {
        let began = Instant::now();
        ledger::verify_dir(&folder.path().join("tiles"), &public, &mut |_, _| {})?;
        rates.push(size as f64 / began.elapsed().as_secs_f64());
    }
    says("ledger verify, 500,000 entries", &format!("{:.0} entries/s", median(&mut rates)));
    Ok(())
}

/// What an entry adds to a transaction: the same change with and without it.
async fn transaction_cost(app: &App) -> Result<()> {
    const ROUNDS: usize = 2_000;
    let office = &app.office;
    let page = customers::page(office, CustomerFilter::default(), 0, 1).await?;
    let id = page.customers.first().context("a customer")?.id;
    let subject = customers::customer(office, id).await?.subject;
    let mut plain = Vec::with_capacity(ROUNDS);
    let mut with = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS * 2 {
        let began = Instant::now();
        let entry = if round % 2 == 0 {
            None
        } else {
            Some(
                office
                    .prepare(office::Record::new("customer-rectified", By::System("bench")).about(subject))
                    .await?,
            )
        };
        let tx = office.store.begin().await?;
        tx.execute("UPDATE customer SET updated_at = updated_at + 1 WHERE id = $1", [id.uuid().into()])
            .await?;
        if let Some(entry) = &entry {
            entry.append(&tx).await?;
        }
        tx.commit().await?;
        let took = began.elapsed().as_secs_f64() * 1_000.0;
        if entry.is_some() { with.push(took) } else { plain.push(took) }
    }
    let (plain, with) = (median(&mut plain), median(&mut with));
    says(
        "ledger cost of a business transaction",
        &format!("{:.3} ms ({plain:.3} without, {with:.3} with)", with - plain),
    );
    Ok(())
}

/// Imports so many customers, a file of at most 100,000 at a time, and says how long that took.
pub async fn import_customers(app: &App, count: u32) -> Result<String> {
    let began = Instant::now();
    let mut done = 0;
    while done < count {
        let csv = csv_of(done, (count - done).min(CUSTOMERS));
        let plan = import::plan(csv.as_bytes())?;
        let imported = import::run(&app.office, By::System("bench"), &plan, &mut |_| {}).await?;
        done += u32::try_from(imported.customers)?;
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok(format!("{seconds:.1} s ({:.0} customers/s)", f64::from(count) / seconds))
}

fn csv_of(from: u32, count: u32) -> String {
    let mut csv = String::from("kind,name,organisation,kvk,email,phone,street,postcode,city,country\n");
    for i in from..from + count {
        let (kind, organisation, kvk) = if i % 3 == 0 {
            ("organisation", format!("Bedrijf Voorbeeld{}", i % 5_000), format!("99{i:06}"))
        } else {
            ("person", String::new(), String::new())
        };
        csv.push_str(&format!(
            "{kind},Voornaam{} Achternaam{},{organisation},{kvk},klant{i}@bench.example,020{:07},Voorbeeldstraat {},{} AB,Plaats{},NL\n",
            i % 997, i % 7_919, i, i % 200 + 1, 1_000 + i % 8_999, i % 300
        ));
    }
    csv
}

async fn publish(app: &App) -> Result<()> {
    let files = app.config.ledger_files();
    office::checkpoints::Publisher::open(Arc::clone(&app.office), &files).await?.round().await?;
    Ok(())
}

async fn start(place: &Path) -> Result<App> {
    let mut starts = Vec::new();
    for _ in 0..3 {
        let began = Instant::now();
        let app = App::open(Config::read(&place.join("waarborg.toml"))?).await?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve(app, listener, Work::Here, stop.clone()));
        fetch(&client(), address, &Page::get("/promises", "")).await?;
        starts.push(began.elapsed().as_secs_f64());
        stop.cancel();
        server.await??;
    }
    says("start with 100,000 customers", &format!("{:.2} s until the first page", median(&mut starts)));
    let app = App::open(Config::read(&place.join("waarborg.toml"))?).await?;
    worker::settle(&app).await?;
    let began = Instant::now();
    worker::load_names(&app).await?;
    says(
        "names of 100,000 customers, beside serving",
        &format!("{:.2} s, {} MB of memory in use", began.elapsed().as_secs_f64(), resident_mb()),
    );
    Ok(app)
}

async fn erase(app: &App) -> Result<()> {
    const ROUNDS: u64 = 20;
    let page = customers::page(&app.office, CustomerFilter::default(), 1_000, 20).await?;
    let mut times = Vec::new();
    for customer in page.customers.iter().take(ROUNDS as usize) {
        let began = Instant::now();
        erasure::begin(&app.office, By::System("bench"), Whom::Customer(customer.id), None).await?;
        worker::drain(app).await?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    let worst = times.iter().copied().fold(0.0, f64::max);
    says(
        "erasing one customer among 100,000",
        &format!("{:.0} ms (worst of {ROUNDS}: {worst:.0} ms)", median(&mut times)),
    );
    Ok(())
}

/// How much memory this process has in use.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
