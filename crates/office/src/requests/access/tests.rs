//! Tests of packages: complete, of nobody else, and what is said about them true.

use super::*;
use crate::accounts::Token;
use crate::requests::erasure::tests::seed::{Seeded, seed};
use crate::requests::testkit::*;
use crate::requests::{self, Answer, RequestId};
use crate::testing::office_test;
use crate::{By, Office, OfficeError, schema};
use base::Language;
use policy::schema::{Content, OnErasure};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read};

const TAG: &str = "Zwaluwveer";
const OTHER: &str = "Ooievaarsnest";
/// Tables whose subject is a case of the provider, never a person.
const OF_CASES: [&str; 8] = [
    "incident",
    "incident_report",
    "lawful_order",
    "seal_officer",
    "seal_roster",
    "seal_document",
    "release",
    "release_query",
];

/// The files of a ZIP.
fn unpack(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a ZIP");
    (0..archive.len())
        .map(|i| {
            let mut file = archive.by_index(i).expect("a file");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("read");
            (file.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

fn file<'a>(files: &'a [(String, Vec<u8>)], name: &str) -> &'a str {
    let found = files.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}"));
    core::str::from_utf8(&found.1).expect("text")
}

async fn fetch(office: &Office, request: RequestId) -> (PackageSummary, Vec<(String, Vec<u8>)>) {
    let summary = produce(office, request).await.expect("a package");
    let zip = download(office, STAFF, summary.id).await.expect("fetched");
    assert_eq!(<[u8; 32]>::from(Sha256::digest(&*zip)), summary.sha256);
    assert_eq!(zip.len() as u64, summary.size_bytes);
    (summary, unpack(&zip))
}

/// Whether some row of a table in `data.json` tells of a column.
fn told(data: &Value, table: &str, column: &str) -> bool {
    data["subjects"].as_array().expect("subjects").iter().any(|subject| {
        subject["records"][table].as_array().is_some_and(|rows| rows.iter().any(|row| !row[column].is_null()))
    })
}

/// An invoice of what the customer owes, and a payment with a reference.
async fn invoiced_and_paid(office: &Office, seeded: &Seeded) {
    use crate::payments::{Allocation, Method, NewPayment, record};
    let by = By::System("test");
    crate::billing::invoice_customer(office, by, seeded.customer.id).await.expect("invoiced");
    let payment = NewPayment {
        customer: seeded.customer.id,
        method: Method::Bank,
        received: office.today(),
        amount: base::Money::from_cents(100),
        reference: Some("Overboeking".into()),
        allocation: Allocation::Oldest,
    };
    record(office, by, &payment).await.expect("paid");
}

/// The customer's copy, made after the first one is there to be listed.
async fn second_copy(office: &Office, seeded: &Seeded) -> RequestId {
    let form = requests::PanelForm { right: "access".into(), text: "Nog eens".into(), ..Default::default() };
    requests::open_in_panel(office, &seeded.session, &form).await.expect("opened").0
}

office_test! {
    async fn a_copy_holds_every_personal_column_and_nothing_of_another(t: &TestOffice) {
        let office = &*t.office;
        let (seeded, _other) = (seed(office, TAG, "12345678").await, seed(office, OTHER, "87654321").await);
        invoiced_and_paid(office, &seeded).await;
        ::store::Sequencer::new(office.store.clone()).run().await.expect("numbered");
        let id = second_copy(office, &seeded).await;
        let (_, files) = fetch(office, id).await;
        let data: Value = serde_json::from_str(file(&files, "data.json")).expect("JSON");
        assert_eq!((data["format"].as_str(), data["version"].as_u64()), (Some("waarborg-access-package"), Some(1)));
        for table in schema::tables() {
            if table.erasure == OnErasure::Keep || OF_CASES.contains(&table.name) {
                continue;
            }
            for column in table.columns {
                if matches!(column.content, Content::Personal { .. }) {
                    assert!(told(&data, table.name, column.name), "{}.{} is missing", table.name, column.name);
                }
            }
        }
        let page = file(&files, "overzicht.html");
        for text in [page, file(&files, "data.json")] {
            for value in [
                "Zwaluwveer de Proef", "Bedrijf Zwaluwveer", "12345678", "NL123456782B90", "Zwaluwveer@klant.example",
                "Zwaluwveerstraat 1", "Zwaluwveerstad", "Browser-Zwaluwveer", "192.0.2.7", "nieuw-Zwaluwveer@klant.example",
                "Wij antwoorden Zwaluwveer.", "Dit schrijft Zwaluwveer.", "Klacht van Zwaluwveer", "Uitzoeken voor Zwaluwveer",
                "Excuses aan Zwaluwveer", "brief-Zwaluwveer@klant.example", "relay.example:465",
            ] {
                assert!(text.contains(value), "{value} is missing");
            }
            assert!(!text.contains(OTHER) && !text.contains("87654321"));
        }
        // Secrets are named and not copied.
        assert_eq!(data["subjects"][1]["records"]["login"][0]["totp_secret"]["withheld"], Value::Bool(true));
        assert!(!file(&files, "data.json").contains("email_even") && !file(&files, "data.json").contains("password_hash"));
        for part in ["<script", "http-equiv", "src=", "url(", "@import"] {
            assert!(!page.contains(part), "{part}");
        }
        for part in ["Autoriteit Persoonsgegevens", "artikel 6, lid 1, onder b", "zes maanden na het einde van de overeenkomst"] {
            assert!(page.contains(part), "{part} is missing");
        }
        assert!(data["subjects"][0]["ledger"].as_array().expect("lines").len() >= 5);
    }
}

office_test! {
    async fn the_manifest_is_true_and_a_copy_is_sealed_fetched_and_goes(t: &TestOffice) {
        let office = &*t.office;
        let seeded = seed(office, TAG, "12345678").await;
        let (summary, files) = fetch(office, seeded.access).await;
        let manifest: Value = serde_json::from_str(file(&files, "manifest.json")).expect("JSON");
        let listed = manifest["files"].as_array().expect("files");
        assert_eq!(listed.len(), files.len() - 1);
        for entry in listed {
            let bytes = &files.iter().find(|(name, _)| Some(name.as_str()) == entry["name"].as_str()).expect("a file").1;
            assert_eq!(entry["sha256"].as_str(), Some(hex::encode(Sha256::digest(bytes)).as_str()));
            assert_eq!(entry["bytes"].as_u64(), Some(bytes.len() as u64));
        }
        // Produced again, it is the same one; what is stored is an envelope.
        assert_eq!(produce(office, seeded.access).await.expect("made before"), summary);
        let stored = store::body(&office.store, summary.id).await.expect("read").expect("a body");
        assert!(stored.starts_with(&[1, 1]) && zip::ZipArchive::new(Cursor::new(&stored)).is_err());
        let (kinds, bytes) = ledger(office).await;
        assert!(kinds.iter().any(|kind| kind == "access-package-made"));
        assert!(kinds.iter().any(|kind| kind == "access-package-fetched"));
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.contains(&hex::encode(summary.sha256)) && !text.contains(TAG));

        t.clock.advance_seconds(14 * 86_400 - 1);
        assert_eq!(package_of_request(office, seeded.access).await.expect("read"), Some(summary));
        t.clock.advance_seconds(1);
        assert_eq!(package_of_request(office, seeded.access).await.expect("read"), None);
        let late = download(office, STAFF, summary.id).await;
        assert!(matches!(late, Err(OfficeError::NotFound { .. })), "{late:?}");
        assert_eq!(sweep(office).await.expect("swept"), 1);
    }
}

office_test! {
    async fn what_is_taken_along_is_what_was_provided(t: &TestOffice) {
        let office = &*t.office;
        let seeded = seed(office, TAG, "12345678").await;
        let form = requests::PanelForm { right: "portability".into(), ..Default::default() };
        let (id, _) = requests::open_in_panel(office, &seeded.session, &form).await.expect("opened");
        let (_, files) = fetch(office, id).await;
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "overzicht.html", "data.json", "customer.csv", "login.csv", "thread.csv", "message.csv", "request.csv",
            "manifest.json",
        ];
        assert_eq!(names, expected);
        let all = files.iter().map(|(name, _)| file(&files, name)).collect::<String>();
        assert!(all.contains("Dit schrijft Zwaluwveer.") && all.contains("Zwaluwveerstraat 1"));
        for ours in ["Wij antwoorden", "Excuses aan", "Browser-", "192.0.2.7", "relay.example"] {
            assert!(!all.contains(ours), "{ours} was not provided");
        }
        let csv = file(&files, "customer.csv");
        let mut lines = csv::Reader::from_reader(csv.as_bytes());
        let phone = lines.headers().expect("headers").iter().position(|name| name == "phone").expect("a column");
        let row = lines.records().next().expect("a row").expect("CSV");
        assert_eq!(row.get(phone), Some("+312012345678"), "a telephone number is not a formula");
    }
}

office_test! {
    async fn a_visitor_fetches_by_the_link_and_gets_the_visitors_own(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "ander@klant.example").await;
        let mut letter = form("my_data", "access");
        letter.text = "=HYPERLINK(1) <script>alert(1)</script>".into();
        let written = crate::messages::contact(office, Language::En, &letter).await.expect("written");
        let id = written.request.expect("a request").0;
        requests::verify_by_staff(office, STAFF, id).await.expect("verified");
        let early = produce(office, id).await;
        assert!(matches!(early, Err(OfficeError::Conflict { .. })), "{early:?}");
        if requests::request(office, id).await.expect("read").state.standing().is_open() {
            requests::grant(office, STAFF, id, &Answer::default(), None).await.expect("granted");
        }
        drain(office).await;
        let summary = produce(office, id).await.expect("a package");
        let mail = drain(office).await.one(crate::mailing::MailKind::PackageReady);
        assert_eq!(mail.to.expose(), EMAIL);
        let token = token_in(&mail, PACKAGE_PATH);
        assert_eq!(by_token(office, &token).await.expect("read"), Some(summary));
        assert_eq!(by_token(office, &Token::new(&*office.random)).await.expect("read"), None);
        let files = unpack(&download(office, By::Visitor, summary.id).await.expect("fetched"));
        let page = file(&files, "overview.html");
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
        assert!(page.contains(EMAIL) && !page.contains(klant.profile.email.expose().as_str()));
    }
}

#[test]
fn every_personal_column_has_a_name_on_the_page() {
    for table in schema::tables() {
        let personal = table.columns.iter().filter(|c| matches!(c.content, Content::Personal { .. }));
        for column in personal {
            for language in Language::ALL {
                assert!(labels::table(table.name, language).is_some(), "{}", table.name);
                assert!(labels::column(column.name, language).is_some(), "{}.{}", table.name, column.name);
            }
        }
    }
}
