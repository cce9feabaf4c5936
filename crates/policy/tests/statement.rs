//! The statement, the registers and the schedule of the demo policy: complete, in both languages,
//! and word for word as they were last read by a person.
//!
//! The golden texts in `tests/golden` are refreshed with `UPDATE_GOLDEN=1 cargo test -p policy`;
//! read the difference before committing it.

#![expect(clippy::unwrap_used, reason = "tests")]

use base::Language;
use policy::statement::{Block, Statement, render};
use policy::{Counsel, DEMO_POLICY, Ground, Policy, PromiseId, Role, STARTING_POLICY};
use std::path::Path;

fn demo() -> Policy {
    Policy::parse(DEMO_POLICY).unwrap()
}

/// The text of one section.
fn section(statement: &Statement, id: &str) -> String {
    let mut only = statement.clone();
    only.sections.retain(|section| section.id == id);
    assert_eq!(only.sections.len(), 1, "section {id}");
    only.to_text()
}

/// Compares with a golden file, or writes it when asked to.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let first = kept.lines().zip(text.lines()).position(|(kept, new)| kept != new);
    assert!(
        kept == text,
        "{name} differs from line {:?}; when that is meant: UPDATE_GOLDEN=1 cargo test -p policy",
        first.map(|line| line + 1)
    );
}

#[test]
fn the_texts_are_as_last_read() {
    for language in Language::ALL {
        let (policy, tag) = (demo(), language.tag());
        let statement = render(&policy, language);
        golden(&format!("statement.{tag}.txt"), &statement.to_text());
        golden(&format!("statement.{tag}.html"), &statement.to_html());
        let controller = policy::register::controller(&policy, language);
        golden(&format!("register-controller.{tag}.csv"), &controller.to_csv());
        golden(
            &format!("register-processor.{tag}.csv"),
            &policy::register::processor(&policy, language).to_csv(),
        );
        golden(&format!("schedule.{tag}.csv"), &policy::schedule::schedule(&policy, language).to_csv());
    }
}

/// An element that GDPR 13 or 14 asks for: the article, the section, and words it must hold.
type Element = (&'static str, &'static str, [&'static [&'static str]; 2]);

const ELEMENTS: &[Element] = &[
    (
        "13(1)(a) identity of the controller",
        "who",
        [
            &["Voorbeeldhosting (verzonnen)", "verwerkingsverantwoordelijke", "KvK-nummer: 00000000"],
            &["Voorbeeldhosting (verzonnen)", "(controller)", "Trade register (KvK): 00000000"],
        ],
    ),
    (
        "13(1)(a) contact details",
        "who",
        [
            &["Voorbeeldkade 1", "info@voorbeeldhosting.example", "+31 00 000 0000"],
            &["Voorbeeldkade 1", "info@voorbeeldhosting.example", "+31 00 000 0000"],
        ],
    ),
    (
        "13(1)(a) representative",
        "who",
        [&["Vertegenwoordiger in de Unie: niet nodig"], &["Representative in the Union: not needed"]],
    ),
    (
        "13(1)(b) data protection officer",
        "who",
        [
            &[
                "Functionaris gegevensbescherming: de functionaris van Voorbeeldhosting, fg@voorbeeldhosting.example",
            ],
            &["Data protection officer: de functionaris van Voorbeeldhosting, fg@voorbeeldhosting.example"],
        ],
    ),
    (
        "13(1)(c) purposes",
        "purposes",
        [
            &["Waarvoor wij gegevens gebruiken", "Klantadministratie"],
            &["What we use data for", "Customer administration"],
        ],
    ),
    (
        "13(1)(c) legal bases",
        "purposes",
        [
            &[
                "artikel 6, lid 1, onder b, AVG",
                "artikel 6, lid 1, onder c, AVG",
                "artikel 6, lid 1, onder f, AVG",
            ],
            &["article 6(1)(b) GDPR", "article 6(1)(c) GDPR", "article 6(1)(f) GDPR"],
        ],
    ),
    (
        "13(1)(d) legitimate interests",
        "purposes",
        [
            &["Ons belang: Accounts beschermen tegen misbruik.", "Onze afweging."],
            &["Our interest: Protecting accounts against abuse.", "How we weighed this."],
        ],
    ),
    (
        "13(1)(e) recipients",
        "recipients",
        [
            &["Mailrelay Voorbeeld (verzonnen)", "Registrar Voorbeeld (verzonnen)"],
            &["Mailrelay Voorbeeld (verzonnen)", "Registrar Voorbeeld (verzonnen)"],
        ],
    ),
    (
        "13(1)(f) transfers and safeguards",
        "transfers",
        [
            &["Zwitserland", "adequaatheidsbesluit", "Een kopie van deze waarborgen"],
            &["Switzerland", "adequacy decision", "a copy of these safeguards"],
        ],
    ),
    (
        "13(2)(a) retention",
        "retention",
        [
            &[
                "Zes maanden na het einde van de overeenkomst",
                "Zeven jaar na het einde van het boekjaar",
                "Twee jaar na het moment van vastleggen",
            ],
            &[
                "Six months after the end of the agreement",
                "Seven years after the end of the book year",
                "Two years after the moment they are recorded",
            ],
        ],
    ),
    ("13(2)(b) access", "rights", [&["Inzage (artikel 15 AVG)"], &["Access (article 15 GDPR)"]]),
    (
        "13(2)(b) rectification",
        "rights",
        [&["Rectificatie (artikel 16 AVG)"], &["Rectification (article 16 GDPR)"]],
    ),
    ("13(2)(b) erasure", "rights", [&["Wissen (artikel 17 AVG)"], &["Erasure (article 17 GDPR)"]]),
    ("13(2)(b) restriction", "rights", [&["Beperking (artikel 18 AVG)"], &["Restriction (article 18 GDPR)"]]),
    (
        "13(2)(b) objection, set apart (21(4))",
        "rights",
        [
            &["## Bezwaar maken", "recht van bezwaar (artikel 21 AVG)"],
            &["## Objecting", "right to object (article 21 GDPR)"],
        ],
    ),
    (
        "13(2)(b) portability",
        "rights",
        [&["Overdraagbaarheid (artikel 20 AVG)"], &["Portability (article 20 GDPR)"]],
    ),
    (
        "13(2)(c) withdrawal of consent",
        "rights",
        [&["Toestemming kunt u altijd intrekken"], &["You can always withdraw consent"]],
    ),
    (
        "12(3) terms of the answer",
        "rights",
        [
            &["binnen één maand na ontvangst", "twee maanden bij komen"],
            &["within one month of receiving", "two months may be added"],
        ],
    ),
    (
        "12(4) refusal",
        "rights",
        [&["naar de toezichthouder of de rechter"], &["to the supervisory authority or to court"]],
    ),
    ("12(5) free of charge", "rights", [&["gratis"], &["free of charge"]]),
    (
        "12(6) identity",
        "rights",
        [
            &["kopie van uw identiteitsbewijs vragen wij nooit"],
            &["never ask for a copy of your identity document"],
        ],
    ),
    (
        "13(2)(d) complaint",
        "complaint",
        [
            &[
                "eerst contact met ons op",
                "altijd het recht een klacht in te dienen bij de Autoriteit Persoonsgegevens (AP)",
                "Postbus 93374",
                "de rechter",
            ],
            &[
                "contact us first",
                "always have the right to lodge a complaint with the Autoriteit Persoonsgegevens (AP)",
                "Postbus 93374",
                "go to court",
            ],
        ],
    ),
    (
        "13(2)(e) whether data must be provided",
        "providing",
        [
            &[
                "Klantadministratie: nodig voor de overeenkomst. Zonder deze gegevens",
                "de wet vraagt het",
                "niet verplicht",
            ],
            &[
                "Customer administration: needed for the agreement. Without these data",
                "the law asks for it",
                "not obligatory",
            ],
        ],
    ),
    (
        "13(2)(f) automated decisions",
        "decisions",
        [
            &["geen besluiten over u die alleen door een computer", "geen profielen"],
            &["no decisions about you that are made by a computer alone", "no profiles"],
        ],
    ),
    (
        "14(1)(d) categories of data",
        "purposes",
        [&["Welke gegevens: naam, bedrijfsnaam"], &["Which data: name, company name"]],
    ),
    (
        "14(2)(f) sources",
        "sources",
        [
            &["van uzelf en van anderen", "openbare registers zoals het handelsregister"],
            &["from yourself and from others", "public registers such as the trade register"],
        ],
    ),
    ("erasure ends the agreement", "erasure", [&["eindigt de overeenkomst"], &["the agreement ends"]]),
    (
        "erasure names the last backup",
        "erasure",
        [
            &["laatste back-up", "uiterlijk 35 dagen na het wissen"],
            &["last backup", "at most 35 days after the erasure"],
        ],
    ),
    (
        "erasure names what law keeps",
        "erasure",
        [
            &["Facturen en boekhouding: zeven jaar na het einde van het boekjaar", "artikel 52"],
            &["Invoices and accounts: seven years after the end of the book year", "article 52"],
        ],
    ),
    (
        "two years of visitor logs, weighed",
        "purposes",
        [
            &["een bewaartermijn van twee jaar is lang, en dat hebben wij afgewogen"],
            &["a period of two years is long, and we have weighed that"],
        ],
    ),
    (
        "Certificate Transparency",
        "purposes",
        [&["Certificate Transparency", "voor altijd"], &["Certificate Transparency", "for ever"]],
    ),
    (
        "processor agreement on request",
        "processor",
        [
            &["verwerkersovereenkomst", "https://www.voorbeeldhosting.example/contact"],
            &["processor agreement", "https://www.voorbeeldhosting.example/contact"],
        ],
    ),
    ("which policy this is", "about", [&["22 november 2026", "SHA-256"], &["22 November 2026", "SHA-256"]]),
];

#[test]
fn every_element_of_the_law_is_there() {
    let policy = demo();
    for (index, language) in Language::ALL.into_iter().enumerate() {
        let statement = render(&policy, language);
        for (element, id, words) in ELEMENTS {
            let text = section(&statement, id).to_lowercase();
            for word in words[index] {
                assert!(
                    text.contains(&word.to_lowercase()),
                    "{element} ({}): {word:?} in\n{text}",
                    language.tag()
                );
            }
        }
        assert!(section(&statement, "about").contains(&policy.hash_hex()));
    }
}

#[test]
fn everything_the_policy_declares_is_in_the_statement() {
    let policy = demo();
    for language in Language::ALL {
        let statement = render(&policy, language);
        let purposes = section(&statement, "purposes");
        let retention = section(&statement, "retention").to_lowercase().replace("eén", "één");
        for purpose in policy.purposes() {
            assert!(purposes.contains(&format!("## {}\n", purpose.title.of(language))), "{}", purpose.name);
            let words = purpose.retention.in_words(language);
            assert!(purposes.contains(&words), "{}: {words}", purpose.name);
            assert!(retention.contains(&words.to_lowercase()), "{}: {words}", purpose.name);
            for paragraph in purpose.text.of(language).split("\n\n") {
                assert!(purposes.contains(paragraph), "{}", purpose.name);
            }
            if let Ground::LegitimateInterest { balancing, .. } = &purpose.ground {
                for paragraph in balancing.of(language).split("\n\n") {
                    assert!(purposes.contains(paragraph), "{}", purpose.name);
                }
            }
        }
        let recipients = section(&statement, "recipients");
        for recipient in policy.recipients() {
            assert!(
                recipients.contains(&recipient.name) && recipients.contains(recipient.retention.of(language))
            );
        }
        let promises = section(&statement, "promises");
        for id in PromiseId::all() {
            let promise = policy.promise(&id.to_string()).unwrap();
            assert!(promises.contains(&format!("## {id} {}\n", promise.title.of(language))));
            assert!(
                promise.text.of(language).split("\n\n").all(|paragraph| promises.contains(paragraph)),
                "{id}"
            );
            assert!(promises.contains(promise.built.how.of(language)), "{id}");
        }
        let security = section(&statement, "security");
        assert!(policy.measures().iter().all(|measure| security.contains(measure.text.of(language))));
        assert!(policy.infrastructure().iter().all(|part| security.contains(part.text.of(language))));
        let processor = section(&statement, "processor");
        assert!(policy.services().iter().all(|service| processor.contains(service.nature.of(language))));
    }
}

/// The part of a text that begins with a title.
fn part(text: &str, title: &str, separator: &str) -> String {
    text.split(separator).find(|part| part.starts_with(title)).unwrap().to_owned()
}

#[test]
fn one_edit_changes_statement_register_and_schedule_alike() {
    let (start, rest) = DEMO_POLICY.split_at(DEMO_POLICY.find("[purposes.traffic]").unwrap());
    let text = format!("{start}{}", rest.replacen("\"2 years\"", "\"13 months\"", 1));
    let (old, new) = (demo(), Policy::parse(&text).unwrap());
    for language in Language::ALL {
        let words =
            if language == Language::Nl { ["twee jaar", "13 maanden"] } else { ["two years", "13 months"] };
        let promise = |policy: &Policy| policy.promise("P07").unwrap().text.of(language).to_owned();
        for (policy, own, other) in [(&old, words[0], words[1]), (&new, words[1], words[0])] {
            let title = policy.purpose("traffic").unwrap().title.of(language);
            for text in [
                promise(policy),
                part(&section(&render(policy, language), "retention"), title, "\n* "),
                part(&policy::register::controller(policy, language).to_csv(), title, "\r\n"),
                part(&policy::schedule::schedule(policy, language).to_csv(), title, "\r\n"),
            ] {
                let text = text.to_lowercase();
                assert!(text.contains(own), "{own} in {text}");
                assert!(!text.contains(other), "no {other} in {text}");
            }
        }
        assert_ne!(render(&old, language).hash(), render(&new, language).hash());
        assert_ne!(
            policy::register::controller(&old, language),
            policy::register::controller(&new, language)
        );
    }
}

#[test]
fn html_is_well_formed_and_escaped() {
    let text = DEMO_POLICY.replacen("Voorbeeldkade 1", "Kade <1> & 'zo'", 1);
    let policy = Policy::parse(&text).unwrap();
    for language in Language::ALL {
        let statement = render(&policy, language);
        let html = statement.to_html();
        assert!(html.contains("Kade &lt;1&gt; &amp; &#39;zo&#39;") && !html.contains("<1>"));
        assert!(!html.contains("style=") && !html.contains("<script") && !html.contains("http:"));
        for tag in ["section", "h2", "h3", "p", "ul", "li", "dl", "dt", "dd", "table", "tr", "td", "th", "a"]
        {
            let opened =
                html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        let mut ids: Vec<&str> =
            html.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "ids are unique");
        assert_eq!(html.matches("<h2>").count(), statement.sections.len());
    }
}

#[test]
fn both_languages_have_the_same_shape() {
    let policy = demo();
    let shape = |language| {
        let blocks = |block: &Block| match block {
            Block::Heading { id, .. } => id.clone(),
            Block::Paragraph(_) => "p".to_owned(),
            Block::List(items) => format!("list {}", items.len()),
            Block::Details(pairs) => format!("details {}", pairs.len()),
            Block::Table(table) => format!("table {}x{}", table.rows.len(), table.head.len()),
        };
        let sections = render(&policy, language).sections;
        sections
            .iter()
            .map(|section| (section.id, section.blocks.iter().map(blocks).collect()))
            .collect::<Vec<(_, Vec<_>)>>()
    };
    assert_eq!(shape(Language::Nl), shape(Language::En));
}

#[test]
fn the_registers_have_every_field() {
    let policy = demo();
    for language in Language::ALL {
        let controller = policy::register::controller(&policy, language);
        let own = policy.purposes().iter().filter(|purpose| purpose.role == Role::Controller).count();
        assert_eq!(controller.table.rows.len(), own);
        let processor = policy::register::processor(&policy, language);
        assert_eq!(processor.table.rows.len(), policy.services().len());
        for register in [&controller, &processor] {
            assert_eq!(register.names.len(), register.table.rows.len());
            assert!(register.about.iter().all(|(label, value)| !label.is_empty() && !value.is_empty()));
            for row in &register.table.rows {
                assert_eq!(row.len(), register.table.head.len());
                assert!(row.iter().all(|cell| !cell.trim().is_empty()), "{row:?}");
            }
            assert_eq!(register.measures.rows.len(), policy.measures().len());
            assert!(register.to_html().contains("<caption>"));
        }
        assert!(!controller.names.contains(&"content".to_owned()), "content is the customer's");
        let row = controller.names.iter().position(|name| name == "certificates").unwrap();
        let place = if language == Language::Nl {
            "(Zwitserland): het adequaatheidsbesluit"
        } else {
            "(Switzerland): the European"
        };
        assert!(controller.table.rows[row].iter().any(|cell| cell.contains(place)));
    }
    assert_eq!(controller_csv_columns(&policy), 9);
}

fn controller_csv_columns(policy: &Policy) -> usize {
    let csv = policy::register::controller(policy, Language::En).to_csv();
    csv.lines().next().unwrap().split(',').count()
}

#[test]
fn recipients_are_found_by_host() {
    let policy = demo();
    let id = |host: &str, port| policy.recipient_for_host(host, port).map(|recipient| recipient.id.as_str());
    assert_eq!(id("smtp.mailrelay.example", 587), Some("mail-relay"));
    assert_eq!(id("SMTP.mailrelay.example.", 587), Some("mail-relay"));
    for (host, port) in [
        ("smtp.mailrelay.example", 25),
        ("mailrelay.example", 587),
        ("x.smtp.mailrelay.example", 587),
        ("smtp.mailrelay.example.org", 587),
        ("", 587),
    ] {
        assert_eq!(id(host, port), None, "{host}:{port}");
    }
    assert_eq!(
        policy.recipient("mail-relay").unwrap().purposes,
        ["account", "support", "rights", "security", "incidents"]
    );
}

#[test]
fn the_starting_policy_tells_what_is_unfinished() {
    let starting = Policy::parse(STARTING_POLICY).unwrap();
    let lines = starting.unfinished_lines();
    assert!(lines.len() >= 14, "{lines:?}");
    let all: Vec<&str> = STARTING_POLICY.lines().collect();
    assert!(lines.iter().all(|line| all[line - 1].contains('«')));
    assert!(demo().unfinished_lines().is_empty());
    assert!(starting.law().facts.iter().any(|fact| fact.counsel == Counsel::ToConfirm));
}
