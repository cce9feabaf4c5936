//! `waarborg demo`: a plainly fictional provider with customers, conversations and requests, served on
//! this machine.
//!
//! Everything goes through the same use cases as real data: an import, the contact form, staff who
//! answer, an erasure with its receipt. The business of the last year is done day by day, with a clock
//! that is set back ([`year`]).

use super::init;
use super::serve::{self, Work};
use crate::app::App;
use crate::cli::DemoArgs;
use crate::config::{Config, STARTING_CONFIG};
use crate::worker;
use anyhow::{Context, Result, bail};
use base::{Clock, Language, Sensitive, ShiftedClock};
use office::By;
use office::accounts::{self, NewStaff, Officer, StaffRole};
use office::customers::import;
use office::messages::{self, ContactForm};
use office::promises::Recording;
use office::requests::erasure::{self, Whom};
use office::requests::{self, About, OnBehalf, RequestKind};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::io::BufRead as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

mod leaks;
pub mod log;
mod people;
mod suppliers;
mod year;

use people::{CUSTOMER, ERASED, fictional_customers};

const BY: By = By::System("demo");
/// The file with the logins of the demo.
const LOGINS: &str = "demo-logins.json";

/// A login that the demo prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoLogin {
    /// Who it is.
    pub who: String,
    /// The address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// The secret of the second factor.
    pub secret: String,
}

impl DemoLogin {
    /// The code that is right now.
    ///
    /// # Errors
    /// When the secret was damaged.
    pub fn code(&self, now: base::Timestamp) -> Result<String> {
        Ok(accounts::code_at(&Sensitive::new(self.secret.clone()), now)?.expose().clone())
    }
}

/// Makes the demo when it is not there, and serves it.
///
/// # Errors
/// When the folder cannot be used, or the address is not to be had.
pub async fn run(args: &DemoArgs) -> Result<ExitCode> {
    let began = args.folder.join("waarborg.toml");
    if args.fresh && args.folder.exists() {
        remove(&args.folder)?;
    }
    let listener = listen(args.listen)?;
    let address = listener.local_addr()?;
    let app = if began.exists() {
        open(&began, address).await?
    } else {
        eprintln!(
            "making a fictional provider with {} customers in {} …",
            args.customers,
            args.folder.display()
        );
        let app = make(&args.folder, address, args.customers).await?;
        log::make(&app, &args.folder).await.context("the traffic log of the demo")?;
        // The promises are looked at once more, now that there is traffic.
        attested(&app).await?;
        app
    };
    let logins = read_logins(&args.folder)?;
    if args.no_serve {
        app.close().await?;
        println!("{}", told(&logins, address, None)?);
        return Ok(ExitCode::SUCCESS);
    }
    let stop = CancellationToken::new();
    serve::stop_on_signal(stop.clone());
    println!("{}", told(&logins, address, Some(app.office.now()))?);
    fresh_codes_on_enter(logins, Arc::clone(&app.office.clock));
    serve::start_log(&crate::config::Log { filter: "warn".into(), ..app.config.log.clone() })?;
    serve::serve(app, listener, Work::Here, stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// Throws an earlier demo away; nothing that is not one.
fn remove(folder: &Path) -> Result<()> {
    if !folder.join(LOGINS).exists() {
        bail!("{}: not a demo; remove it yourself if you mean it", folder.display());
    }
    std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())
}

/// The address that was asked for, else a free port on the same host.
fn listen(wanted: SocketAddr) -> Result<TcpListener> {
    if !wanted.ip().is_loopback() {
        bail!("--listen {wanted}: the demo has printed passwords and listens on this machine only");
    }
    TcpListener::bind(wanted)
        .or_else(|_| TcpListener::bind(SocketAddr::new(wanted.ip(), 0)))
        .with_context(|| format!("--listen {wanted}"))
}

fn config_text(address: SocketAddr) -> String {
    // The ledger's origin holds the address, so it stays the one the demo was made with.
    STARTING_CONFIG.replace("127.0.0.1:8440", &address.to_string()).replace("# iban =", "iban =")
}

async fn open(path: &Path, address: SocketAddr) -> Result<App> {
    let mut config = Config::read(path)?;
    config.server.listen = address;
    let app = App::open(config).await?;
    Ok(app)
}

/// Makes the demo and closes nothing.
///
/// # Errors
/// When a part fails; half a demo is removed by `--fresh`.
pub async fn make(folder: &Path, address: SocketAddr, customers: u32) -> Result<App> {
    let clock = Arc::new(ShiftedClock::default());
    let config = config_text(address);
    clock.shift_days(-year::DAYS);
    let app =
        init::make(folder, &config, ::policy::DEMO_POLICY, Arc::clone(&clock) as Arc<dyn Clock>).await?;
    write_logins(folder, &[])?;
    let csv = fictional_customers(customers);
    let plan = import::plan(csv.as_bytes())?;
    import::run(&app.office, BY, &plan, &mut |_| {}).await?;
    let logins = people(&app).await?;
    write_logins(folder, &logins)?;
    year::pass(&app, &clock, customers).await?;
    conversations(&app).await?;
    leaks::own_site(&app).await?;
    erased_customer(&app).await?;
    crate::schedule::perform(&app, "requests-reminded").await?;
    worker::drain(&app).await?;
    attested(&app).await?;
    Ok(app)
}

/// Looks at the promises, and publishes the ledger.
async fn attested(app: &App) -> Result<()> {
    office::promises::attest(&app.office, BY, Recording::Recorded).await?;
    let mut publisher =
        office::checkpoints::Publisher::open(Arc::clone(&app.office), &app.config.ledger_files()).await?;
    publisher.round().await?;
    Ok(())
}

async fn people(app: &App) -> Result<Vec<DemoLogin>> {
    let office = &app.office;
    let mut logins = Vec::new();
    let customer = accounts::login_by_email(office, CUSTOMER).await?.context("the customer of the demo")?;
    logins.push(give_access(app, "customer", CUSTOMER, customer.id).await?);
    let staff = [
        ("staff, administrator", "Ada Beheer", "ada@voorbeeldhost.example", StaffRole::Admin, Officer::None),
        (
            "staff, privacy, and officer",
            "Pim Sleutel",
            "pim@voorbeeldhost.example",
            StaffRole::Privacy,
            Officer::Holder,
        ),
        (
            "staff, support, and officer",
            "Sanne Balie",
            "sanne@voorbeeldhost.example",
            StaffRole::Support,
            Officer::Holder,
        ),
        (
            "staff, auditor, and officer",
            "Olga Toets",
            "olga@voorbeeldhost.example",
            StaffRole::Auditor,
            Officer::Holder,
        ),
    ];
    for (who, name, email, role, officer) in staff {
        let new = NewStaff { name: name.into(), email: email.into(), role, officer, language: Language::Nl };
        let added = accounts::add_staff(office, BY, &new).await?;
        logins.push(give_access(app, who, email, added.login).await?);
    }
    Ok(logins)
}

async fn give_access(app: &App, who: &str, email: &str, login: accounts::LoginId) -> Result<DemoLogin> {
    let bytes: [u8; 9] = app.office.random.bytes();
    let password = format!("demo-{}", hex::encode(bytes));
    accounts::set_password(&app.office, BY, login, &Sensitive::new(password.clone())).await?;
    let enrolment = accounts::enrol_outright(&app.office, BY, login).await?;
    Ok(DemoLogin {
        who: who.to_owned(),
        email: email.to_owned(),
        password,
        secret: enrolment.secret.expose().clone(),
    })
}

fn letter(name: &str, email: &str, topic: &str, right: &str, title: &str, text: &str) -> ContactForm {
    ContactForm {
        name: name.into(),
        email: email.into(),
        topic: topic.to_owned(),
        right: right.to_owned(),
        title: title.into(),
        text: text.into(),
        ..ContactForm::default()
    }
}

/// Letters through the contact form, and requests of customers with clocks that run.
async fn conversations(app: &App) -> Result<()> {
    let office = &app.office;
    let letters = [
        letter(
            "Trijntje Vraagal",
            "trijntje@bezoeker.example",
            "question",
            "",
            "Verhuizen naar jullie",
            "Ik wil met mijn site naar jullie verhuizen. Blijft mijn e-mail dan werken tijdens de overstap?",
        ),
        letter(
            "Wiebe Nieuwsgier",
            "wiebe@bezoeker.example",
            "my_data",
            "access",
            "Wat weten jullie van mij?",
            "Ik heb vorig jaar een vraag gesteld en wil graag weten wat daarvan bewaard is.",
        ),
        letter(
            "Jacoba Mopper",
            "jacoba@bezoeker.example",
            "complaint",
            "",
            "Te lang gewacht",
            "Ik heb drie dagen op antwoord gewacht. Dat vind ik te lang.",
        ),
        letter(
            "Stichting Voorzichtig",
            "bestuur@stichting.example",
            "processor_agreement",
            "",
            "Verwerkersovereenkomst",
            "Graag ontvangen wij de verwerkersovereenkomst voor onze hosting.",
        ),
        letter(
            "Alert Oplettend",
            "alert@bezoeker.example",
            "abuse",
            "",
            "Nepwebwinkel",
            "Op een site bij jullie worden schoenen verkocht die nooit aankomen.",
        ),
    ];
    for form in &letters {
        messages::contact(office, Language::Nl, form).await?;
    }
    let now = office.now();
    let customers =
        office::customers::page(office, office::customers::CustomerFilter::default(), 0, 60).await?.customers;
    let rights = [
        (RequestKind::Access, 24, "Graag een kopie van alles wat u van mij bewaart."),
        (RequestKind::Rectification, 12, "Wij zijn verhuisd; het adres klopt niet meer."),
        (RequestKind::Erasure, 19, "Ik stop met mijn site en wil dat alles weg is."),
        (RequestKind::Restriction, 5, "Gebruik mijn gegevens even niet, er loopt een geschil."),
        (RequestKind::Portability, 2, "Ik stap over en wil mijn gegevens meenemen."),
        (RequestKind::Complaint, 8, "Mijn vorige vraag is niet goed beantwoord."),
    ];
    for (customer, (kind, days, text)) in customers.iter().zip(rights) {
        let new = OnBehalf {
            about: About::Customer(customer.id),
            kind,
            purpose: None,
            text: text.into(),
            received_at: Some(now.plus_days(-days)),
        };
        requests::open_on_behalf(office, BY, &new).await?;
    }
    Ok(())
}

/// One customer is erased already, so that P13 has a case.
async fn erased_customer(app: &App) -> Result<()> {
    let login = accounts::login_by_email(&app.office, ERASED).await?.context("the customer to erase")?;
    let customers = accounts::customers_of_login(&app.office, login.id).await?;
    let (customer, ..) = customers.first().context("the customer to erase")?;
    erasure::begin(&app.office, BY, Whom::Customer(*customer), None).await?;
    Ok(())
}

fn logins_path(folder: &Path) -> PathBuf {
    folder.join(LOGINS)
}

fn write_logins(folder: &Path, logins: &[DemoLogin]) -> Result<()> {
    let path = logins_path(folder);
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    Ok(serde_json::to_writer_pretty(file, logins)?)
}

/// The logins of a demo.
///
/// # Errors
/// When the folder is not a demo.
pub fn read_logins(folder: &Path) -> Result<Vec<DemoLogin>> {
    let path = logins_path(folder);
    let text =
        std::fs::read(&path).with_context(|| format!("{}: not a demo; try --fresh", path.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

fn told(logins: &[DemoLogin], address: SocketAddr, now: Option<base::Timestamp>) -> Result<String> {
    let mut text = String::new();
    if now.is_some() {
        let _ = writeln!(text, "\nWaarborg demo: http://{address}\n");
    } else {
        text.push_str("the demo is made; serve it with: waarborg demo\n\n");
    }
    let _ = writeln!(text, "sign in at http://{address}/sign-in with");
    for login in logins {
        let code = now.map_or_else(|| Ok("shown when it is served".into()), |now| login.code(now))?;
        let _ = writeln!(text, "  {:28} {:32} {}   code {code}", login.who, login.email, login.password);
    }
    if now.is_some() {
        text.push_str(
            "\ncodes are right for half a minute, each once: press enter for fresh ones\n\
             mails are in mail/new of the demo's folder; stop with ctrl-c\n",
        );
    }
    Ok(text)
}

/// Prints fresh codes whenever somebody presses enter.
fn fresh_codes_on_enter(logins: Vec<DemoLogin>, clock: Arc<dyn base::Clock>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() {
                return;
            }
            for login in &logins {
                if let Ok(code) = login.code(clock.now()) {
                    println!("  {:28} code {code}", login.who);
                }
            }
        }
    });
}
