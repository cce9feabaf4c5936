//! Tests of whole documents.

use super::*;
use base::{Language, Money, Sensitive};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Sets both and says whether the file claims what it must.
fn set(document: &InvoiceDocument) -> Vec<u8> {
    let pdf = invoice_pdf(document).unwrap_or_else(|error| panic!("{error} {}", said(&error)));
    claims(&pdf);
    pdf
}

/// What the typesetter said, for a test that failed.
fn said(error: &DocumentError) -> String {
    match error {
        DocumentError::Template { message, .. } => message.expose().clone(),
        _ => String::new(),
    }
}

/// The file's own description, which is not compressed: PDF/A-3a and PDF/UA-1.
fn claims(pdf: &[u8]) {
    assert!(pdf.starts_with(b"%PDF-1.7"));
    for claim in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "/OutputIntents",
        "/MarkInfo",
    ] {
        assert!(contains(pdf, claim), "{claim}");
    }
}

fn contains(pdf: &[u8], text: &str) -> bool {
    pdf.windows(text.len()).any(|window| window == text.as_bytes())
}

fn with_lines(count: usize) -> InvoiceDocument {
    let mut document = sample_invoice(Language::Nl, 1);
    let line = document.lines[1].clone();
    document.lines = vec![line; count];
    settle(&mut document);
    document
}

/// Puts one rate over all lines.
fn settle(document: &mut InvoiceDocument) {
    let rate = document.lines[0].vat;
    document.net = document.lines.iter().map(|line| line.net).sum();
    document.vat = document.net.share(i64::from(rate.0), 10_000);
    document.total = document.net + document.vat;
    document.rates = vec![RateTotal { rate, net: document.net, vat: document.vat }];
}

fn of_rate(rate: u32) -> InvoiceDocument {
    let mut document = sample_invoice(Language::Nl, 1);
    document.lines.iter_mut().for_each(|line| line.vat = VatRate(rate));
    settle(&mut document);
    document
}

#[test]
fn equal_input_gives_equal_bytes() {
    for language in Language::ALL {
        let document = sample_invoice(language, 7);
        let first = set(&document);
        set(&sample_invoice(language, 8));
        assert!(first == set(&document), "another document in between changes nothing");
        let agreement = sample_agreement(language);
        let pdf = processor_agreement_pdf(&agreement).unwrap_or_else(|e| panic!("{e} {}", said(&e)));
        claims(&pdf);
        assert!(pdf == processor_agreement_pdf(&agreement).expect("again"));
    }
}

/// Every case of VAT and of payment, with words that must be in it.
fn cases() -> Vec<(InvoiceDocument, &'static str)> {
    let mixed = {
        let mut document = sample_invoice(Language::Nl, 1);
        document.lines[1].vat = VatRate(900);
        let rates = document.lines.iter().map(|line| RateTotal {
            rate: line.vat,
            net: line.net,
            vat: line.net.share(i64::from(line.vat.0), 10_000),
        });
        document.rates = rates.collect();
        document.vat = document.rates.iter().map(|rate| rate.vat).sum();
        document.total = document.net + document.vat;
        document
    };
    let reversed = InvoiceDocument { reverse_charge: true, ..of_rate(0) };
    let credit = {
        let mut document = sample_invoice(Language::Nl, 2);
        for line in &mut document.lines {
            line.quantity = -line.quantity;
            (line.discount, line.net) = (-line.discount, -line.net);
        }
        settle(&mut document);
        let credited = Credited { number: "2026-000001".into(), issued_on: document.issued_on };
        InvoiceDocument {
            kind: InvoiceKind::CreditNote,
            credits: Some(credited),
            payment: Payment::SetOff,
            ..document
        }
    };
    let paid = InvoiceDocument {
        payment: Payment::Paid { on: Some(base::Day::from_number(20_780)) },
        ..of_rate(2_100)
    };
    let due_on = base::Day::from_number(20_780);
    let agreed = InvoiceDocument { payment: Payment::Agreed { due_on }, ..of_rate(2_100) };
    let free = {
        let mut document = with_lines(1);
        document.lines[0].discount = document.lines[0].unit;
        document.lines[0].net = Money::ZERO;
        settle(&mut document);
        document
    };
    vec![
        (of_rate(2_100), "Btw 21% over"),
        (of_rate(900), "Btw 9% over"),
        (of_rate(0), "Btw 0% over"),
        (mixed, "Btw 9% over"),
        (reversed, "Btw verlegd: de afnemer is de btw verschuldigd."),
        (credit, "Creditnota 2026-000002"),
        (paid, "Deze factuur is betaald op"),
        (free, "0,00"),
        (agreed, "Wij ontvangen uw betaling graag uiterlijk op"),
        (named(MARKUP), MARKUP),
        (with_lines(8), "pagina 1 van 1"),
        (sample_invoice(Language::En, 1), "Invoice 2026-000001"),
    ]
}

/// What a template would do something with if it read it as markup.
const MARKUP: &str = "#read(\"/etc/passwd\") *b* _i_ $x$ = kop @ref";

fn named(name: &str) -> InvoiceDocument {
    let mut document = sample_invoice(Language::Nl, 3);
    document.buyer.organisation = None;
    document.buyer.name = Some(name.into());
    document
}

#[test]
fn every_case_of_vat_and_of_payment() {
    cases().iter().for_each(|(document, _)| drop(set(document)));
}

#[test]
fn other_programs_read_them() {
    let mut documents: Vec<(Vec<u8>, &str)> =
        cases().iter().map(|(document, words)| (set(document), *words)).collect();
    for (language, words) in [(Language::Nl, "Artikel 13."), (Language::En, "Article 13.")] {
        documents.push((processor_agreement_pdf(&sample_agreement(language)).expect("set"), words));
    }
    let long = set(&with_lines(120));
    documents.push((long.clone(), "pagina 1 van"));
    for (pdf, expected) in &documents {
        let Some(checked) = run("qpdf", &["--check"], pdf) else { return };
        assert!(checked.contains("No syntax or stream encoding errors"), "{checked}");
        let Some(words) = run("pdftotext", &["-layout"], pdf) else { return };
        assert!(words.replace('\u{a0}', " ").contains(expected), "{expected}: {words}");
    }
    let Some(words) = run("pdftotext", &["-layout"], &long) else { return };
    let pages: Vec<&str> = words.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(pages.len() > 2, "{} pages", pages.len());
    // The last page may hold the totals alone.
    for page in &pages[..pages.len() - 1] {
        assert!(page.contains("Omschrijving"), "the header is on each page: {page}");
    }
}

/// Asks a checker that shares nothing with Typst and krilla what it finds wrong, also where it must find
/// something.
const JUDGE: &str = "import pdf_oxide, sys
pdf = pdf_oxide.PdfDocument(sys.argv[1])
for found in (pdf.validate_pdf_a('3a'), pdf.validate_pdf_ua()):
    print(found['valid'], found['errors'])";

#[test]
fn an_independent_checker_finds_them_to_be_pdf_a() {
    let agreement = crate::processor_agreement_pdf(&crate::sample_agreement(Language::Nl));
    let mut documents: Vec<_> = cases().iter().map(|(document, _)| set(document)).collect();
    documents.push(agreement.expect("set"));
    for pdf in &documents {
        let Some(found) = run("python3", &["-c", JUDGE], pdf) else { return };
        assert_eq!(found, "True []\nTrue []\n");
    }
    // The mark of the part of the standard, taken away.
    let mut other = documents.remove(0);
    let mark = b"pdfaid:part>";
    let at = other.windows(mark.len()).position(|bytes| bytes == mark).expect("a mark");
    other[at] = b'x';
    let Some(found) = run("python3", &["-c", JUDGE], &other) else { return };
    assert!(found.starts_with("False"), "{found}");
}

/// What a program says about a file. None where it is not installed, and then the test is noted as
/// skipped, in the list that `cargo xtask test` counts.
fn run(program: &str, arguments: &[&str], pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, pdf).expect("written");
    let mut command = Command::new(program);
    command.args(arguments).arg(&file);
    if program == "python3" {
        let tools = std::env::var_os("WAARBORG_TOOLS")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools"), PathBuf::from);
        let folder = tools.join("python");
        command.env("PYTHONPATH", &folder);
        // Without it there is a Python and no checker.
        if !folder.join("pdf_oxide").is_dir() {
            command = Command::new("pdf-oxide");
        }
    }
    if program == "pdftotext" {
        command.arg("-");
    }
    let Ok(out) = command.output() else {
        assert!(std::env::var_os("CI").is_none(), "CI skips nothing, but {program} is not installed");
        let line = format!("documents::tests: {program} is not installed\n");
        eprint!("skipped {line}");
        if let Some(list) = std::env::var_os("WAARBORG_TEST_SKIPS") {
            let list = std::fs::OpenOptions::new().create(true).append(true).open(list);
            list.and_then(|mut list| list.write_all(line.as_bytes())).expect("the list can be written");
        }
        return None;
    };
    assert!(out.status.success(), "{program}: {}", String::from_utf8_lossy(&out.stderr));
    Some(String::from_utf8(out.stdout).expect("text"))
}

#[test]
fn hostile_and_foreign_text_is_shown_as_text() {
    let texts = [
        "#read(\"/etc/passwd\")",
        "#panic()",
        "*bold* _it_ $x$ `raw` = kop @ref <label> \\u{41} #let x = 1",
        "<b>vet</b> & \"aan\" 'halen' -- ---",
        "Łukasz Ößtürk Ñandú Žižek Ηλιάς Їжак",
        "李雷 المثال 👩‍👩‍👧 नमस्ते",
        "a\u{301}\u{302}\u{323}e\u{20dd}",
        "\u{202e}gnirts desrever\u{202c}\u{0}\u{7}\u{feff}",
        "regel\neen\r\ntwee\tdrie",
        "\u{1d5d5}\u{fdfa}\u{e0041}\u{f8ff}\u{10ffff}",
        "",
    ];
    for text in texts {
        let mut document = sample_invoice(Language::Nl, 3);
        document.buyer.name = Some(text.into());
        document.buyer.organisation = None;
        document.buyer.address = Sensitive::new(vec![text.to_owned(); ADDRESS_LINES_MAX]);
        document.buyer_reference = Some(text.chars().take(100).collect::<String>().as_str().into());
        document.lines[0].description = format!("x{text}").as_str().into();
        set(&document);
    }
}

#[test]
fn long_texts_and_many_lines_flow() {
    let mut long = sample_invoice(Language::En, 4);
    long.lines[0].description = "w".repeat(TEXT_CHARS_MAX).as_str().into();
    long.buyer.name = Some("aan elkaar ".repeat(50).as_str().into());
    set(&long);
    set(&with_lines(300));
}

#[test]
fn limits_are_refused() {
    type Change = fn(&mut InvoiceDocument);
    let cases: [(&str, Change); 14] = [
        ("has 1001 lines, more than 1000", |d| *d = with_lines(1_001)),
        ("lines is missing", |d| d.lines.clear()),
        ("longer than 2000 characters", |d| {
            d.lines[0].description = "x".repeat(TEXT_CHARS_MAX + 1).as_str().into()
        }),
        ("more than 8", |d| d.buyer.address = Sensitive::new(vec![String::new(); 9])),
        ("number is missing", |d| d.number = " ".into()),
        ("buyer is missing", |d| (d.buyer.name, d.buyer.organisation) = (None, None)),
        ("amounts of a line do not add up", |d| d.lines[0].net += Money::from_cents(1)),
        ("amounts of a line do not add up", |d| d.lines[0].quantity = i64::MAX),
        ("totals of the rates do not add up", |d| d.rates.clear()),
        ("totals of the rates do not add up", |d| d.rates.push(d.rates[0])),
        ("totals do not add up", |d| d.total += Money::from_cents(1)),
        ("reverse charge do not add up", |d| d.reverse_charge = true),
        ("amount is not valid", |d| d.total = Money::from_cents(i64::MIN)),
        ("version 2 of", |d| d.version = 2),
    ];
    for (expected, change) in cases {
        let mut document = sample_invoice(Language::Nl, 5);
        change(&mut document);
        let error = invoice_pdf(&document).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error} for {expected}");
    }
    let mut document = sample_invoice(Language::Nl, 5);
    if let Payment::Transfer(transfer) = &mut document.payment {
        transfer.iban = "NL00ABNA0417164300".into();
    }
    assert!(matches!(invoice_pdf(&document), Err(DocumentError::Invalid { what: "account number" })));
}

#[test]
fn a_template_reaches_its_data_and_nothing_else() {
    let document = sample_invoice(Language::Nl, 6);
    for (template, line) in [
        ("\n#read(\"/etc/passwd\")", Some(2)),
        ("#read(\"../../etc/passwd\")", Some(1)),
        ("#import \"@preview/cetz:0.3.0\": canvas", Some(1)),
        ("#import \"other.typ\": x", Some(1)),
        ("#image(\"logo.png\")", Some(1)),
        ("#datetime.today()", Some(1)),
        ("#while true {}", Some(1)),
        ("#let f(x) = f(x)\n#f(1)", Some(1)),
        ("#for i in range(101) { pagebreak(weak: false) }", None),
        ("#(", Some(1)),
        // Without a title it is not accessible.
        ("x", None),
    ] {
        match invoice_pdf_with(template, &document) {
            Err(DocumentError::Template { line: at, .. }) => {
                assert!(line.is_none() || at == line, "{template}: {at:?}");
            }
            Err(DocumentError::TooMany { what: "pages", .. }) if line.is_none() => {}
            other => panic!("{template}: {:?}", other.map(|pdf| pdf.len())),
        }
    }
    let own = "#set document(title: \"x\")\n#set text(lang: \"nl\")\n#json(\"/data.json\").number";
    claims(&invoice_pdf_with(own, &document).expect("a template of the provider's own"));
}

#[test]
fn nothing_personal_prints() {
    let document = sample_invoice(Language::Nl, 9);
    let agreement = sample_agreement(Language::Nl);
    let printed = format!("{document:?} {agreement:?}");
    for personal in ["Jansen", "Molenweg", "jansen", "Dorpsbeek", "NL91"] {
        assert!(!printed.contains(personal), "{personal} in {printed}");
    }
    let failing =
        invoice_pdf_with("#panic(json(\"/data.json\").buyer.person)", &document).expect_err("fails");
    assert!(said(&failing).contains("Jansen"), "the typesetter does quote data");
    assert!(!format!("{failing} {failing:?}").contains("Jansen"));
}

#[test]
fn the_data_reads_back() {
    for document in [
        sample_invoice(Language::Nl, 10),
        InvoiceDocument {
            kind: InvoiceKind::CreditNote,
            credits: Some(Credited { number: "1".into(), issued_on: base::Day::from_number(1) }),
            buyer_reference: Some("x".into()),
            payment: Payment::Paid { on: None },
            ..sample_invoice(Language::En, 11)
        },
    ] {
        let json = serde_json::to_string(&document).expect("written");
        assert_eq!(serde_json::from_str::<InvoiceDocument>(&json).expect("read"), document);
    }
    let agreement = sample_agreement(Language::En);
    let json = serde_json::to_string(&agreement).expect("written");
    assert_eq!(serde_json::from_str::<ProcessorAgreementDocument>(&json).expect("read"), agreement);
}

/// Golden files, written once and kept: what an earlier release stored is read, and says the same.
#[test]
fn what_was_stored_once_is_still_read() {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/vectors/");
    let read =
        |name: &str| std::fs::read_to_string(format!("{vectors}{name}")).expect("the golden file is there");
    let invoice: InvoiceDocument =
        serde_json::from_str(&read("documents-invoice-1.json")).expect("an invoice");
    assert_eq!(invoice, sample_invoice(Language::Nl, 123));
    set(&invoice);
    let agreement = read("documents-processor-agreement-1.json");
    let agreement: ProcessorAgreementDocument = serde_json::from_str(&agreement).expect("an agreement");
    assert_eq!(agreement.number, "V100012-1");
    processor_agreement_pdf(&agreement).expect("set");
    for wrong in ["{}", "{\"version\":1,\"extra\":1}"] {
        assert!(serde_json::from_str::<InvoiceDocument>(wrong).is_err());
    }
}

#[test]
fn a_dossier_shows_what_is_missing_and_breaks_no_limit() {
    let row = |label: &str, value: Option<&str>| DossierRow {
        label: label.into(),
        value: value.map(str::to_owned),
    };
    let mut document = DossierDocument {
        reference: "D100001".into(),
        language: Language::Nl,
        made_on: base::Day::from_number(20_000),
        made_at: "04-10-2024 12:00 (Europe/Amsterdam)".into(),
        is_complete: false,
        parts: vec![DossierPart {
            title: "Wat er is gebeurd".into(),
            rows: vec![row("Samenvatting", Some("Regel 1 #set\nRegel 2 \u{202e}漢")), row("Oorzaak", None)],
        }],
    };
    for language in Language::ALL {
        document.language = language;
        let set = |document: &DossierDocument| {
            dossier_pdf(document).unwrap_or_else(|error| panic!("{error} {}", said(&error)))
        };
        let pdf = set(&document);
        claims(&pdf);
        assert_eq!(pdf, set(&document));
    }
    let many = DossierDocument {
        parts: vec![DossierPart { title: "x".into(), rows: vec![row("x", None); PARTS_MAX + 1] }],
        ..document.clone()
    };
    assert!(matches!(dossier_pdf(&many), Err(DocumentError::TooMany { .. })));
    let none = DossierDocument { parts: Vec::new(), ..document };
    assert!(matches!(dossier_pdf(&none), Err(DocumentError::Missing { .. })));
}
