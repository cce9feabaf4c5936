//! `waarborg demo`: a plainly fictional provider with customers, conversations and requests, served on
//! this machine.
//!
//! Everything goes through the same use cases as real data: an import, the contact form, staff who
//! answer, an erasure with its receipt.

use super::init;
use super::serve::{self, Work};
use crate::app::App;
use crate::cli::DemoArgs;
use crate::config::{Config, STARTING_CONFIG};
use crate::worker;
use anyhow::{Context, Result, bail};
use base::{Language, Random, SeededRandom, Sensitive};
use office::By;
use office::accounts::{self, NewStaff, Officer, StaffRole};
use office::catalogue;
use office::customers::{self, import};
use office::messages::{self, ContactForm};
use office::orders;
use office::promises::Recording;
use office::requests::erasure::{self, Whom};
use office::requests::{self, About, OnBehalf, RequestKind};
use office::services;
use office::services::terms::TermMonths;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::io::BufRead as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

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
        make(&args.folder, address, args.customers).await?
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
    STARTING_CONFIG.replace("127.0.0.1:8440", &address.to_string())
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
    let app = init::make(folder, &config_text(address), ::policy::DEMO_POLICY).await?;
    write_logins(folder, &[])?;
    let csv = fictional_customers(customers);
    let plan = import::plan(csv.as_bytes())?;
    import::run(&app.office, BY, &plan, &mut |_| {}).await?;
    let logins = people(&app).await?;
    write_logins(folder, &logins)?;
    sales(&app, customers.min(AGREEMENTS_MAX)).await?;
    conversations(&app).await?;
    erased_customer(&app).await?;
    crate::schedule::perform(&app, "requests-reminded").await?;
    worker::drain(&app).await?;
    office::promises::attest(&app.office, BY, Recording::Recorded).await?;
    let mut publisher =
        office::checkpoints::Publisher::open(Arc::clone(&app.office), &app.config.ledger_files()).await?;
    publisher.round().await?;
    Ok(app)
}

/// How many customers have an agreement.
const AGREEMENTS_MAX: u32 = 100;
/// What they ordered, in turn: the plan, the months of a term, and whether it has a domain name.
const ORDERED: [(&str, u32, bool); 5] = [
    ("hosting-start", 1, true),
    ("hosting-plus", 12, true),
    ("domain-nl", 12, true),
    ("vps-2", 1, false),
    ("hosting-pro", 12, true),
];

/// A catalogue, and customers who ordered from it: most services are made, the last orders wait.
async fn sales(app: &App, count: u32) -> Result<()> {
    let office = &*app.office;
    catalogue::fill_defaults(office, BY).await?;
    orders::fill_defaults(office, BY).await?;
    let catalogue = catalogue::load(office).await?;
    let filter = customers::CustomerFilter::default();
    let found = customers::page(office, filter, 0, count).await?.customers;
    let waiting = found.len() / 10;
    for (i, summary) in found.iter().enumerate() {
        let customer = customers::customer(office, summary.id).await?;
        let (plan, months, is_domain) = ORDERED[i % ORDERED.len()];
        let (_, plan) = catalogue.plan_of_code(plan).context("a plan of the catalogue")?;
        let label = is_domain.then(|| Sensitive::new(format!("klant-{}.example", i + 1)));
        let months = TermMonths::new(months).context("a term")?;
        let lines = [orders::LineForm { plan: plan.id, months, chosen: services::Chosen::default(), label }];
        let treatment = orders::treatment(office, &customer.profile);
        let quote = orders::quote(&catalogue, &lines, None, treatment, office.today())?;
        let accepted = orders::Accepted {
            terms: 1,
            responsibility: 1,
            processor_agreement: Some(office.policy().hash()),
            early_start: orders::EarlyStart::Asked,
        };
        let new = orders::NewOrder {
            customer: customer.id,
            login: None,
            lines: &lines,
            code: None,
            accepted,
            total: quote.total(),
        };
        let placed = orders::place(office, BY, &new).await?;
        if i >= waiting {
            orders::accept(office, BY, placed.id).await?;
        }
    }
    let open = services::TaskFilter { state: Some(services::TaskState::Open), ..Default::default() };
    for task in services::tasks(office, open, 0, count.saturating_sub(count / 5)).await? {
        services::complete(office, BY, None, task.id).await?;
    }
    Ok(())
}

const FIRST: [&str; 24] = [
    "Aagje", "Bavo", "Cato", "Dirkje", "Evert", "Floor", "Geertje", "Harm", "Ietje", "Joost", "Klaasje",
    "Lubbert", "Mina", "Nelis", "Okke", "Pleun", "Quirien", "Roelof", "Saartje", "Tjebbe", "Ursula",
    "Vrouwkje", "Wubbo", "Ymkje",
];
const LAST: [&str; 20] = [
    "Voorbeeld",
    "van der Proef",
    "Testma",
    "de Schijn",
    "Verzonnen",
    "uit den Duim",
    "Fictiema",
    "van Nergens",
    "Denkbeeld",
    "Stel",
    "van Papier",
    "Verdicht",
    "Fabelman",
    "de Schets",
    "Modelstra",
    "van Kladblok",
    "Oefening",
    "Gips",
    "Maquette",
    "van Bordkarton",
];
const TRADE: [&str; 12] = [
    "Bakkerij",
    "Fietsenmaker",
    "Drukkerij",
    "Kwekerij",
    "Boekhandel",
    "Glaszetterij",
    "Muziekschool",
    "Orgelbouw",
    "Zeilmakerij",
    "Theehuis",
    "Klokkenwinkel",
    "Pottenbakkerij",
];
const STREET: [&str; 10] = [
    "Voorbeeldstraat",
    "Proefkade",
    "Schetsplein",
    "Denkbeeldlaan",
    "Kladsteeg",
    "Modelweg",
    "Gipsgracht",
    "Papierpad",
    "Maquettedreef",
    "Fabelhof",
];
const CITY: [&str; 8] = [
    "Voorbeeldhaven",
    "Proefdrecht",
    "Nergenshuizen",
    "Schijnveen",
    "Fictiewoude",
    "Modelburg",
    "Kladdam",
    "Verzonzijl",
];

/// The address of the customer whom the tour signs in as.
const CUSTOMER: &str = "fenna.proefwerk@klant.example";
/// The address of the customer who is erased already.
const ERASED: &str = "gerrit.gewist@klant.example";

/// A CSV of people and organisations who cannot be real: names of things that do not exist, reserved
/// domains, addresses in towns that are not there. The same for the same number.
fn fictional_customers(count: u32) -> String {
    let random = SeededRandom::new(u64::from(count));
    let pick = |list: &[&'static str]| -> &'static str {
        let [byte]: [u8; 1] = (&random as &dyn Random).bytes();
        list[usize::from(byte) % list.len()]
    };
    let mut csv =
        String::from("kind,name,organisation,kvk,vat,email,phone,street,postcode,city,country,language\n");
    let _ = writeln!(
        csv,
        "person,Fenna Proefwerk,,,,{CUSTOMER},0201234567,Proefkade 12,1234 AB,Voorbeeldhaven,NL,nl\n\
         person,Gerrit Gewist,,,,{ERASED},0207654321,Kladsteeg 3,4321 BA,Nergenshuizen,NL,nl"
    );
    for i in 3..=count {
        let (first, last) = (pick(&FIRST), pick(&LAST));
        let [a, b]: [u8; 2] = (&random as &dyn Random).bytes();
        let organisation = if i % 3 == 0 { format!("{} {last}", pick(&TRADE)) } else { String::new() };
        let kind = if organisation.is_empty() { "person" } else { "organisation" };
        let kvk = if organisation.is_empty() { String::new() } else { format!("99{i:06}") };
        let language = if i % 11 == 0 { "en" } else { "nl" };
        let _ = writeln!(
            csv,
            "{kind},{first} {last},{organisation},{kvk},,klant{i}@domein{}.example,020{:07},{} {},{} {}{},{},NL,{language}",
            i % 97,
            1_000_000 + i,
            pick(&STREET),
            1 + u16::from(a) % 200,
            1_000 + (u32::from(a) * 256 + u32::from(b)) % 8_999,
            char::from(b'A' + a % 26),
            char::from(b'A' + b % 26),
            pick(&CITY),
        );
    }
    csv
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
        ("staff, support", "Sanne Balie", "sanne@voorbeeldhost.example", StaffRole::Support, Officer::None),
        ("staff, auditor", "Olga Toets", "olga@voorbeeldhost.example", StaffRole::Auditor, Officer::None),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fictional_customers_are_well_formed_and_plainly_fictional() {
        let csv = fictional_customers(150);
        let plan = import::plan(csv.as_bytes()).expect("CSV");
        assert!(plan.wrong.is_empty(), "{:?}", plan.wrong);
        assert_eq!(plan.rows.len(), 150);
        assert!(plan.rows.iter().all(|row| row.profile.email.expose().ends_with(".example")));
        assert_eq!(csv, fictional_customers(150));
    }
}
