//! A search through every byte of an installation: before an erasure a person is found nowhere but in
//! the mail they were sent; after it, nowhere.

use base::Money;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use office::accounts::{self, ClientInfo};
use office::billing::{self, InvoiceFilter, InvoiceId};
use office::customers::CustomerId;
use office::payments::{self, Allocation, Method, NewPayment};
use office::requests::access;
use office::requests::{self, About, Answer, OnBehalf, RequestKind};
use office::{By, catalogue, orders, processor_agreements, services};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::harness::mailbox;
use tests::harness::site::until;
use tests::harness::{House, On, Opened, Visitor, skipped};
use waarborg::worker;

const BY: By = By::System("test");
const NAME: &str = "Zwaantje Kwetterzwaluw";
const EMAIL: &str = "zwaantje.kwetterzwaluw@brievenbus.example";
const STREET: &str = "Tureluurpad 7713";
const PHONE: &str = "0619283746";
const LETTER: &str = "Mijn parkiet Pjotrovitsj heeft het snoer doorgebeten.";
const LABEL: &str = "parkiet-pjotrovitsj.example";
const PASSWORD: &str = "vier losse paarden";
/// Whatever of the person must not be found.
const TRACES: [&str; 7] =
    [NAME, "Kwetterzwaluw", EMAIL, "zwaantje.kwetterzwaluw", STREET, PHONE, "Pjotrovitsj"];

/// The forms in which a text may stand in a file, in lower case but for base64.
struct Needles {
    plain: Vec<(Vec<u8>, String)>,
    exact: Vec<(Vec<u8>, String)>,
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02x}") }
    };
    text.bytes().map(encode).collect()
}

impl Needles {
    fn of(texts: &[&str]) -> Self {
        let (mut plain, mut exact) = (Vec::new(), Vec::new());
        for text in texts {
            let lower = text.to_lowercase();
            let utf16: Vec<u8> = lower.encode_utf16().flat_map(u16::to_le_bytes).collect();
            plain.push((lower.clone().into_bytes(), format!("{text:?}")));
            plain.push((percent_encoded(&lower).into_bytes(), format!("{text:?} percent-encoded")));
            plain.push((lower.replace(' ', "+").into_bytes(), format!("{text:?} as a form sends it")));
            plain.push((hex::encode(&lower).into_bytes(), format!("{text:?} in hex, lower case")));
            plain.push((hex::encode(text).into_bytes(), format!("{text:?} in hex")));
            plain.push((utf16, format!("{text:?} in UTF-16")));
            for (text, how) in [(text.to_string(), ""), (lower.clone(), ", lower case")] {
                for skip in 0..3 {
                    // Wherever it begins within three bytes; the ends depend on what is around it.
                    let mut padded = vec![0; skip];
                    padded.extend_from_slice(text.as_bytes());
                    let whole = STANDARD.encode(&padded);
                    let from = [0, 2, 3][skip];
                    let to = padded.len() / 3 * 4;
                    exact.push((whole[from..to].into(), format!("{text:?} in base64{how}")));
                }
            }
        }
        Self { plain, exact }
    }

    /// Which of them bytes hold.
    fn found(&self, bytes: &[u8]) -> BTreeSet<String> {
        let lower = bytes.to_ascii_lowercase();
        // Lines of base64 and of quoted-printable are broken off anywhere.
        let joined = String::from_utf8_lossy(bytes).replace("=\r\n", "").replace(['\r', '\n'], "");
        let joined = joined.as_bytes();
        let joined_lower = joined.to_ascii_lowercase();
        let mut found = BTreeSet::new();
        for (needle, how) in &self.plain {
            if holds(&lower, needle) || holds(&joined_lower, needle) {
                found.insert(how.clone());
            }
        }
        for (needle, how) in &self.exact {
            if holds(bytes, needle) || holds(joined, needle) {
                found.insert(how.clone());
            }
        }
        found
    }
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    let first = needle[0];
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == first) {
        if rest[at..].starts_with(needle) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Every file under a folder that holds something of the person, in its bytes or in its name.
fn searched(folder: &Path, needles: &Needles) -> Vec<(PathBuf, BTreeSet<String>)> {
    let (mut found, mut files) = (Vec::new(), 0);
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // The door of `investigate` holds no bytes.
            if !path.is_file() {
                continue;
            }
            files += 1;
            let mut bytes = path.to_string_lossy().into_owned().into_bytes();
            bytes.push(0);
            bytes.extend(std::fs::read(&path).unwrap());
            let in_it = needles.found(&bytes);
            if !in_it.is_empty() {
                found.push((path, in_it));
            }
        }
    }
    assert!(files > 5, "{} holds {files} files", folder.display());
    found
}

#[test]
fn the_search_finds_what_is_planted() {
    let needles = Needles::of(&TRACES);
    let folder = tempfile::tempdir().unwrap();
    for number in 0..12 {
        std::fs::write(folder.path().join(format!("{number}")), b"nobody at all").unwrap();
    }
    assert!(searched(folder.path(), &needles).is_empty());
    let plant = |text: String| {
        std::fs::write(folder.path().join("planted"), &text).unwrap();
        let found = searched(folder.path(), &needles);
        assert_eq!(found.len(), 1, "{text}");
    };
    plant(format!("log: {NAME} signed in"));
    plant(format!("log: {}", EMAIL.to_uppercase()));
    plant(format!("GET /recover?email={}", percent_encoded(EMAIL)));
    plant("name=Zwaantje+Kwetterzwaluw&x=1".to_owned());
    plant(hex::encode(STREET));
    for before in ["", "x", "xy"] {
        plant(STANDARD.encode(format!("{before}{EMAIL} and more")));
        let wrapped = STANDARD.encode(format!("{before}{NAME} and more"));
        plant(format!("{}\r\n{}", &wrapped[..16], &wrapped[16..]));
    }
    plant("Kwetter=\r\nzwaluw".to_owned());
    std::fs::remove_file(folder.path().join("planted")).unwrap();
    std::fs::write(folder.path().join(format!("{EMAIL}.txt")), b"").unwrap();
    assert_eq!(searched(folder.path(), &needles).len(), 1);
}

fn contact_form(once: &str) -> [(&str, &str); 6] {
    [
        ("once", once),
        ("name", NAME),
        ("email", EMAIL),
        ("topic", "question"),
        ("title", "Over Pjotrovitsj"),
        ("text", LETTER),
    ]
}

fn csv() -> String {
    format!("name,email,phone,street,postcode,city\n{NAME},{EMAIL},{PHONE},{STREET},1234 AB,Proefstad\n")
}

async fn customer(opened: &Opened) -> CustomerId {
    opened.app.office.names.find("Kwetterzwaluw", 1).first().copied().expect("the customer")
}

/// Everything of the person goes: as a customer, and as the visitor who wrote.
async fn erase(opened: &Opened, id: CustomerId) {
    let office = &opened.app.office;
    let erasure = ask(opened, id, RequestKind::Erasure).await;
    requests::grant(office, BY, erasure, &Answer::default(), None).await.unwrap();
    let visitors = "SELECT id FROM subject WHERE kind = 'visitor' AND state = 'active'";
    for row in office.store.query(visitors, []).await.unwrap() {
        let visitor = base::SubjectId::from_uuid(row.try_get("", "id").unwrap());
        let whom = requests::erasure::Whom::Visitor(visitor);
        requests::erasure::begin(office, BY, whom, None).await.unwrap();
    }
}

/// The person orders hosting, gets an agreement and an invoice, and pays a part of it, under a reference
/// that names them.
async fn bought(opened: &Opened, customer: CustomerId) -> InvoiceId {
    let office = &opened.app.office;
    catalogue::fill_defaults(office, BY).await.unwrap();
    orders::fill_defaults(office, BY).await.unwrap();
    let catalogue = catalogue::load(office).await.unwrap();
    let (_, plan) = catalogue.plan_of_code("hosting-start").unwrap();
    let line = orders::LineForm {
        plan: plan.id,
        months: services::terms::TermMonths::new(1).unwrap(),
        chosen: services::Chosen::default(),
        label: Some(LABEL.into()),
    };
    let profile = office::customers::customer(office, customer).await.unwrap().profile;
    let treatment = orders::treatment(office, &profile);
    let quote =
        orders::quote(&catalogue, std::slice::from_ref(&line), None, treatment, office.today()).unwrap();
    let accepted = orders::Accepted {
        terms: 1,
        responsibility: 1,
        processor_agreement: Some(processor_agreements::offered(office, profile.language).hash),
        early_start: orders::EarlyStart::Asked,
    };
    let new = orders::NewOrder {
        customer,
        login: None,
        lines: &[line],
        code: None,
        accepted,
        total: quote.total(),
    };
    let placed = orders::place(office, BY, &new).await.unwrap();
    orders::accept(office, BY, placed.id).await.unwrap();
    for task in services::tasks(office, services::TaskFilter::default(), 0, 10).await.unwrap() {
        services::complete(office, BY, None, task.id).await.unwrap();
    }
    billing::run(office, BY, office.today()).await.unwrap();
    let own = InvoiceFilter { customer: Some(customer), ..InvoiceFilter::default() };
    let invoice = billing::page(office, own, 0, 1).await.unwrap().invoices.remove(0);
    let payment = NewPayment {
        customer,
        method: Method::Bank,
        received: office.today(),
        amount: Money::from_cents(200),
        reference: Some(NAME.into()),
        allocation: Allocation::Invoice(invoice.id),
    };
    payments::record(office, BY, &payment).await.unwrap();
    invoice.id
}

/// The invoice stays for the books, readable with their key: who it was for is in there and nowhere else.
async fn stays_for_the_books(opened: &Opened, invoice: InvoiceId) {
    let invoice = billing::invoice(&opened.app.office, invoice).await.unwrap();
    let document = serde_json::to_string(&invoice.document).unwrap();
    for text in [NAME, STREET, LABEL] {
        assert!(document.contains(text), "{text} in {document}");
    }
}

async fn ask(opened: &Opened, customer: CustomerId, kind: RequestKind) -> requests::RequestId {
    let new = OnBehalf {
        about: About::Customer(customer),
        kind,
        purpose: None,
        text: LETTER.into(),
        received_at: None,
    };
    let (id, _) = requests::open_on_behalf(&opened.app.office, BY, &new).await.unwrap();
    requests::verify_by_staff(&opened.app.office, BY, id).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_found_in_no_file_after_the_erasure() {
    let house = House::sqlite().await;
    house.configure("info,sqlx=warn,hyper=warn", "trace");
    // What this file writes of the person lies beside the installation, never in it.
    let file = house.beside("klanten.csv");
    std::fs::write(&file, csv()).unwrap();
    assert!(house.program().arg("import").arg(&file).status().unwrap().success());
    let log = house.home().join("server.log");
    let server = house.start("serve", &log);
    let url = format!("http://{}", server.address());
    let (maildir, base) = (house.home().join("mail"), "http://127.0.0.1:8440");

    // A letter through the contact form, wrong once.
    let mut visitor = Visitor::new(&url);
    let once = visitor.get("/contact").await.is(200).value("once");
    let mut wrong = contact_form(&once);
    wrong[3].1 = "nothing";
    let _ = visitor.post("/contact", &wrong).await.is(422);
    let _ = visitor.post("/contact", &contact_form(&once)).await.is(303);

    // Access recovered, signed in, looked around, wrong passwords, an address in the query.
    let _ = visitor.post("/recover", &[("email", EMAIL)]).await.is(303);
    let link = until("the mail to recover access", || {
        let letters = mailbox::letters(&maildir, EMAIL);
        letters.into_iter().find(|letter| letter.text.contains("/recover/"))
    });
    let path = link.await.path(base, "/recover/");
    let _ = visitor.post(&path, &[("password", PASSWORD), ("again", PASSWORD)]).await.is(303);
    let wrong = [("email", EMAIL), ("password", "Zwaantje Kwetterzwaluw!")];
    let _ = visitor.post("/sign-in", &wrong).await.is(422);
    let _ = visitor.post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)]).await.is(303);
    visitor.headers.push((header::USER_AGENT, format!("Browser van {NAME}")));
    for path in ["/panel", "/panel/profile", "/panel/data", "/panel/history", "/panel/messages", "/account"] {
        let page = visitor.get(path).await;
        assert_eq!(page.status.as_u16(), 200, "{path} to {}: {}", page.to(), page.text());
    }
    assert!(visitor.get("/panel/profile").await.text().contains(STREET));
    let once = visitor.get("/panel/messages/new").await.is(200).value("once");
    let form =
        [("once", once.as_str()), ("title", "Over Pjotrovitsj"), ("text", LETTER), ("topic", "question")];
    let sent = visitor.post("/panel/messages/new", &form).await;
    assert_eq!(sent.status.as_u16(), 303, "{}", sent.text());
    let _ = visitor
        .get(&format!("/nergens/{}?q={}", percent_encoded(EMAIL), percent_encoded(NAME)))
        .await
        .is(404);

    // A copy of the data, made by the server and fetched from it.
    let opened = house.open(0).await.unwrap();
    worker::settle(&opened.app).await.unwrap();
    worker::load_names(&opened.app).await.unwrap();
    let id = customer(&opened).await;
    let invoice = bought(&opened, id).await;
    let access = ask(&opened, id, RequestKind::Access).await;
    let office = &opened.app.office;
    requests::grant(office, BY, access, &Answer::default(), None).await.unwrap();
    let package = loop {
        match access::package_of_request(office, access).await.unwrap() {
            Some(package) => break package,
            None => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    };
    assert_eq!(package.request, access);
    let zip = visitor.get(&format!("/panel/requests/{access}/file")).await.is(200);
    assert!(zip.bytes.starts_with(b"PK"), "{}", zip.text());
    until("the mail about the package", || (mailbox::letters(&maildir, EMAIL).len() >= 5).then_some(()))
        .await;

    // So far the person is in their own mail and in nothing else, the log included. Nobody reads the
    // file of a database that the same process has open: closing it would end SQLite's locks.
    opened.close().await;
    let needles = Needles::of(&TRACES);
    let found = searched(&house.home(), &needles);
    let elsewhere: Vec<_> = found.iter().filter(|(path, _)| !path.starts_with(&maildir)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
    assert!(found.len() >= 3, "the search finds the person's mail: {found:#?}");
    let said = server.said();
    assert!(
        said.contains("INFO request ") && said.contains("\"/panel/data\""),
        "the log tells little:\n{said}"
    );

    let opened = house.open(0).await.unwrap();
    erase(&opened, id).await;
    assert!(server.stop().success());
    // The erasure begins a minute after the answer, when the last mails have left.
    erased(&opened).await;
    stays_for_the_books(&opened, invoice).await;
    opened.close().await;
    let found = searched(&house.home(), &needles);
    assert!(found.is_empty(), "{found:#?}");

    // The next start, a copy of the data and an export of the ledger do not bring anything back.
    let server = house.start("serve", &log);
    assert!(server.stop().success());
    for args in [
        &["backup", "copy-of-data"][..],
        &["backup", "copy-of-keys", "--what", "keys"],
        &["ledger", "export", "-o", "ledger.jsonl"],
    ] {
        let output = house.program().args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let found = searched(&house.home(), &needles);
    assert!(found.is_empty(), "{found:#?}");
}

/// Minutes pass until nobody is being erased any more.
async fn erased(opened: &Opened) {
    let waiting = "SELECT COUNT(*) AS n FROM job WHERE state IN ('queued', 'running')";
    let going = "SELECT COUNT(*) AS n FROM erasure WHERE state IN ('announced', 'erasing')";
    for _ in 0..20 {
        opened.clock.shift_seconds(65);
        worker::drain(&opened.app).await.unwrap();
        let left = opened.count(waiting).await + opened.count(going).await;
        if left == 0 && opened.count("SELECT COUNT(*) AS n FROM erasure").await >= 2 {
            return;
        }
    }
    panic!("erasures that do not end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_in_no_dump_of_postgres() {
    let Some(house) = House::make(On::Postgres).await else { return };
    let opened = house.open(0).await.unwrap();
    let office = &opened.app.office;
    let plan = office::customers::import::plan(csv().as_bytes()).unwrap();
    office::customers::import::run(office, BY, &plan, &mut |_| {}).await.unwrap();
    let login = accounts::login_by_email(office, EMAIL).await.unwrap().unwrap().id;
    accounts::set_password(office, BY, login, &PASSWORD.into()).await.unwrap();
    let client = ClientInfo { address: "192.0.2.7".parse().ok(), agent: NAME.into() };
    accounts::sign_in(office, &EMAIL.into(), &PASSWORD.into(), &client).await.unwrap();
    let form = office::messages::ContactForm {
        name: NAME.into(),
        email: EMAIL.into(),
        topic: "question".to_owned(),
        title: "Over Pjotrovitsj".into(),
        text: LETTER.into(),
        ..Default::default()
    };
    office::messages::contact(office, base::Language::Nl, &form).await.unwrap();
    let id = customer(&opened).await;
    let invoice = bought(&opened, id).await;
    let access = ask(&opened, id, RequestKind::Access).await;
    requests::grant(office, BY, access, &Answer::default(), None).await.unwrap();
    worker::drain(&opened.app).await.unwrap();
    assert!(access::package_of_request(office, access).await.unwrap().is_some());

    let needles = Needles::of(&TRACES);
    let Some(before) = dumped(&opened).await else { return };
    // The dump holds the rows, and can be searched.
    assert!(before.len() > 20_000 && String::from_utf8_lossy(&before).contains(&login.to_string()));
    assert_eq!(needles.found(&before), BTreeSet::new());
    erase(&opened, id).await;
    erased(&opened).await;
    stays_for_the_books(&opened, invoice).await;
    let after = dumped(&opened).await.unwrap();
    assert_eq!(needles.found(&after), BTreeSet::new());
    assert!(!String::from_utf8_lossy(&after).contains(&login.to_string()));
    let found = searched(&house.home(), &needles);
    assert!(found.is_empty(), "{found:#?}");
    opened.close().await;
}

/// Both schemas as SQL; none without pg_dump.
async fn dumped(opened: &Opened) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for url in [&opened.app.config.database, &opened.app.config.key_database] {
        let store::DatabaseUrl::Postgres { url, schema } = url else { panic!("not PostgreSQL") };
        let mut command = Command::new("pg_dump");
        command
            .args(["--inserts", "--dbname", url])
            .args(schema.iter().map(|name| format!("--schema={name}")));
        let output = match command.output() {
            Ok(output) => output,
            Err(_) => {
                skipped("pg_dump is not in PATH (Debian: postgresql-client)");
                return None;
            }
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        bytes.extend(output.stdout);
    }
    Some(bytes)
}
