//! Each kind of mistake in a policy file gives the right line, key and words.

use policy::{DEMO_POLICY, Policy, PolicyError};

/// One edit of the demo policy, and what must be said about it.
struct Case {
    /// What is replaced, once, at its first place.
    from: &'static str,
    to: &'static str,
    /// The text at whose first place in the edited file the mistake is; its line is expected.
    at: &'static str,
    /// What follows "policy.toml:<line>: ".
    says: &'static str,
}

const fn case(from: &'static str, to: &'static str, at: &'static str, says: &'static str) -> Case {
    Case { from, to, at, says }
}

const CASES: &[Case] = &[
    // Terms, moments, choices.
    case(
        "retention  = \"6 months\"",
        "retention  = \"2 jear\"",
        "retention  = \"2 jear\"",
        "purposes.account.retention: found \"2 jear\", expected a term such as \"2 years\", \"6 months\" or \"90 days\"",
    ),
    case(
        "retention  = \"6 months\"",
        "retention  = 6",
        "retention  = 6",
        "purposes.account.retention: found 6, expected a term such as",
    ),
    case(
        "from       = \"agreement-ended\"",
        "from       = \"agreement-end\"",
        "agreement-end\"",
        "purposes.account.from: found \"agreement-end\", expected one of collected, agreement-ended, service-ended,",
    ),
    case(
        "ground     = \"agreement\"",
        "ground     = \"contract\"",
        "\"contract\"",
        "purposes.account.ground: found \"contract\", expected one of agreement, legal-obligation, legitimate-interest, consent",
    ),
    case(
        "provision      = \"contractual\"",
        "provision      = \"maybe\"",
        "\"maybe\"",
        "purposes.account.provision: found \"maybe\", expected one of contractual, statutory, voluntary, automatic",
    ),
    case(
        "origin    = \"both\"",
        "origin    = true",
        "origin    = true",
        "purposes.account.origin: found true, expected one of",
    ),
    case(
        "kept_by = \"software\"",
        "kept_by = \"magic\"",
        "\"magic\"",
        "promises.P01.kept_by: found \"magic\", expected one of software, procedure",
    ),
    // Keys that are missing or unknown.
    case(
        "retention  = \"6 months\"\n",
        "",
        "account]",
        "purposes.account.retention: found nothing, expected a term such as",
    ),
    case(
        "retention  = \"6 months\"",
        "retension  = \"6 months\"",
        "retension",
        "purposes.account.retension: found an unknown key, expected only the keys role, ground,",
    ),
    case(
        "[erasure]",
        "[erasures]",
        "[erasures]",
        "erasures: found an unknown key, expected only the keys format, version,",
    ),
    case("interest.nl", "interrest.nl", "interrest.nl", "purposes.support.interrest: found an unknown key,"),
    case(
        "balancing.nl = \"\"\"\nU schrijft",
        "balans.nl = \"\"\"\nU schrijft",
        "balancing.en",
        "purposes.support.balancing.nl: found nothing, expected a text of at most 6000 characters",
    ),
    case(
        "[measures.place]\ntitle   = { nl = \"Afgesloten ruimte\", en = \"Locked rooms\" }",
        "[measures.place]\ntitle   = { nl = \"Afgesloten ruimte\" }",
        "title   = { nl = \"Afgesloten ruimte\" }",
        "measures.place.title.en: found nothing,",
    ),
    case(
        "[measures.place]\ntitle   = { nl = \"Afgesloten ruimte\", en = \"Locked rooms\" }",
        "[measures.place]\ntitle   = \"Afgesloten ruimte\"",
        "title   = \"Afgesloten ruimte\"",
        "measures.place.title: found \"Afgesloten ruimte\", expected a text in both languages, { nl = \"…\", en = \"…\" }",
    ),
    case(
        "kvk           = \"00000000\"\n",
        "",
        "[provider]",
        "provider.kvk: found nothing, expected the eight digits of the number in the trade register (KvK)",
    ),
    // Forms.
    case(
        "kvk           = \"00000000\"",
        "kvk           = \"1234\"",
        "\"1234\"",
        "provider.kvk: found \"1234\", expected the eight digits",
    ),
    case(
        "NL000000000B00",
        "NL1",
        "\"NL1\"",
        "provider.vat: found \"NL1\", expected a VAT number such as \"NL123456789B01\"",
    ),
    case(
        "\"info@voorbeeldhosting.example\"",
        "\"info\"",
        "\"info\"",
        "provider.email: found \"info\", expected an e-mail address",
    ),
    case(
        "\"+31 00 000 0000\"",
        "\"020\"",
        "\"020\"",
        "provider.phone: found \"020\", expected a telephone number in international form",
    ),
    case(
        "\"https://www.voorbeeldhosting.example/\"",
        "\"http://www.voorbeeldhosting.example/\"",
        "\"http://",
        "provider.website: found \"http://www.voorbeeldhosting.example/\", expected an address that begins with https://",
    ),
    case(
        "country       = \"NL\"",
        "country       = \"nl\"",
        "\"nl\"",
        "provider.country: found \"nl\", expected a country code of two capitals",
    ),
    case(
        "address       = [\"Voorbeeldkade 1\", \"0000 AA Voorbeelddam\"]",
        "address       = []",
        "address       = []",
        "provider.address: found an empty list, expected a list of the lines of an address",
    ),
    case(
        "date    = 2026-11-22",
        "date    = \"2026-11-22\"",
        "date    = \"",
        "date: found \"2026-11-22\", expected a date such as 2026-11-22, without quotes",
    ),
    case("format  = 1", "format  = 2", "format  = 2", "format: found 2, expected a whole number from 1 to 1"),
    case(
        "smtp.mailrelay.example:587",
        "https://smtp.mailrelay.example",
        "https://smtp",
        "recipients.mail-relay.hosts: found \"https://smtp.mailrelay.example\", expected a list of hosts",
    ),
    case(
        "term    = \"72 hours\"",
        "term    = \"72 uur\"",
        "72 uur",
        "law.breach-notification.term: found \"72 uur\", expected a term such as \"1 month\", or hours such as \"72 hours\"",
    ),
    case(
        "term    = \"72 hours\"",
        "term    = \"3 days\"",
        "[law.request-answer]",
        "law: found a term of the other kind for breach-notification, expected hours such as \"72 hours\"",
    ),
    case(
        "[law.books]",
        "[law.boeken]",
        "[law.request-answer]",
        "law: found nothing for books, expected a calendar term",
    ),
    case(
        "counsel = \"to-confirm\"",
        "counsel = \"no\"",
        "counsel = \"no\"",
        "law.nis2-early-warning.counsel: found \"no\", expected one of confirmed, to-confirm",
    ),
    case(
        "  \"AT\", \"BE\"",
        "  \"at\", \"BE\"",
        "\"at\"",
        "eea.countries: found \"at\", expected a country code",
    ),
    // References.
    case(
        "recipients = [\"mail-relay\"]",
        "recipients = [\"mail-rely\"]",
        "mail-rely",
        "purposes.account.recipients: found \"mail-rely\", expected one of the recipients mail-relay, domain-supplier, certificate-authority",
    ),
    case(
        "subjects   = [\"customer\"]",
        "subjects   = [\"klant\"]",
        "\"klant\"",
        "purposes.account.subjects: found \"klant\", expected one of the subject categories customer, writer,",
    ),
    case(
        "data       = [\"identity\", \"contact\", \"login\", \"credentials\"]",
        "data       = []",
        "data       = []",
        "purposes.account.data: found an empty list, expected at least one of the data categories",
    ),
    case(
        "subjects   = [\"customer\"]",
        "subjects   = [\"customer\", \"customer\"]",
        "\"customer\", \"customer\"",
        "purposes.account.subjects: found \"customer\" twice, expected each item once",
    ),
    case(
        "purpose     = \"content\"",
        "purpose     = \"contents\"",
        "\"contents\"",
        "services.web-hosting.purpose: found \"contents\", expected one of the purposes account,",
    ),
    case(
        "purpose     = \"content\"",
        "purpose     = \"account\"",
        "purpose     = \"account\"",
        "services.web-hosting.purpose: found \"account\", in which the provider is controller, expected a purpose with role = \"processor\"",
    ),
    case(
        "measures      = [\"access\"",
        "measures      = [\"acces\"",
        "\"acces\"",
        "services.web-hosting.measures: found \"acces\", expected one of the measures encryption,",
    ),
    case(
        "subprocessors = []",
        "subprocessors = [\"domain-supplier\"]",
        "subprocessors = [\"domain",
        "services.web-hosting.subprocessors: found \"domain-supplier\", which is a controller, expected recipients with role = \"processor\"",
    ),
    case(
        "recipients = [\"domain-supplier\"]",
        "recipients = []",
        "domain-supplier]",
        "recipients.domain-supplier: found a recipient that nothing names,",
    ),
    case(
        "hosts   = []",
        "hosts   = [\"smtp.mailrelay.example\"]",
        "hosts   = [\"smtp.mailrelay.example\"]",
        "recipients.domain-supplier.hosts: found \"smtp.mailrelay.example\", expected each host at one place only (it is also in recipients.mail-relay)",
    ),
    case(
        "role       = \"processor\"\nground     = \"agreement\"",
        "role       = \"processors\"\nground     = \"agreement\"",
        "\"processors\"",
        "purposes.content.role: found \"processors\", expected one of controller, processor",
    ),
    // Places.
    case(
        "transfer.nl = \"het ad",
        "# transfer.nl = \"het ad",
        "transfer.en",
        "recipients.certificate-authority.transfer.nl: found nothing,",
    ),
    case(
        "country       = \"NL\"",
        "country       = \"US\"",
        "country       = \"US\"",
        "provider.country: found \"US\", outside the EEA, expected a provider.representative beside it",
    ),
    case(
        "role    = \"processor\"\ncountry = \"NL\"",
        "role    = \"processor\"\ncountry = \"US\"",
        "country = \"US\"",
        "recipients.mail-relay.country: found \"US\", outside the EEA, expected a transfer = { nl, en } that names the safeguard",
    ),
    // Promises.
    case(
        "[promises.P16]",
        "[promises.P17]",
        "P17",
        "promises.P17: found the name \"P17\", expected a name of lower-case letters, digits and hyphens (promises: P01 to P16)",
    ),
    case(
        "[promises.P16]",
        "[promises.P17]",
        "[promises.P01]",
        "promises: found no P16, expected each of the promises P01 to P16",
    ),
    case(
        "[promises.P16]",
        "[promises.P15]",
        "[promises.P15]\ntitle   = { nl = \"Deze",
        "found a mistake in the TOML (duplicate key), expected well-formed TOML 1.1",
    ),
    // Words in texts.
    case(
        "na {retention.traffic} worden",
        "na {retention.trafic} worden",
        "text.nl = \"\"\"\nVan elk bezoek",
        "purposes.traffic.text.nl: found {retention.trafic}, expected one of {authority.name}",
    ),
    case(
        "na {retention.traffic} worden",
        "na {retention.traffic worden",
        "text.nl = \"\"\"\nVan elk bezoek",
        "purposes.traffic.text.nl: found {retention.traffic worden",
    ),
    case(
        "Wij maken facturen",
        "Wij\\u0007 maken facturen",
        "Wij\\u0007",
        "purposes.invoicing.text.nl: found \"Wij\u{fffd} maken facturen",
    ),
    case(
        "Wij maken facturen",
        "Wij\u{202e} maken facturen",
        "\u{202e}",
        "purposes.invoicing.text.nl: found \"Wij\u{fffd} maken facturen",
    ),
    // Shapes.
    case(
        "[erasure]\nbackups_within = \"35 days\"",
        "erasure = 3",
        "erasure = 3",
        "infrastructure.backups.erasure: found an unknown key",
    ),
    case(
        "[purposes.account]",
        "[purposes.Account]",
        "Account",
        "purposes.Account: found the name \"Account\", expected a name of lower-case letters",
    ),
    case("[provider]", "[provider", "[provider", "found a mistake in the TOML ("),
];

fn line_of(text: &str, needle: &str) -> usize {
    let at = text.find(needle).unwrap_or_else(|| panic!("{needle:?} is in the edited file"));
    text[..at].matches('\n').count() + 1
}

#[test]
fn each_mistake_has_its_line_and_words() {
    for case in CASES {
        assert!(DEMO_POLICY.contains(case.from), "{:?} is in the demo policy", case.from);
        let text = DEMO_POLICY.replacen(case.from, case.to, 1);
        let errors = Policy::parse(&text).expect_err(case.says).errors().to_vec();
        let shown: Vec<String> = errors.iter().map(PolicyError::to_string).collect();
        let found = errors.iter().find(|error| {
            let message = error.to_string();
            message.split_once(": ").is_some_and(|(_, rest)| rest.starts_with(case.says))
        });
        let Some(found) = found else { panic!("no message says {:?}:\n{}", case.says, shown.join("\n")) };
        assert_eq!(found.line, line_of(&text, case.at), "the line of {:?}", case.says);
    }
}

#[test]
fn a_single_mistake_gives_a_single_message() {
    for (from, to) in [
        ("retention  = \"6 months\"", "retention  = \"2 jear\""),
        ("origin    = \"both\"", "origin    = \"nowhere\""),
        ("recipients = [\"mail-relay\"]", "recipients = [\"mail-rely\"]"),
        ("\"info@voorbeeldhosting.example\"", "\"info\""),
        ("term    = \"72 hours\"", "term    = \"72 uur\""),
    ] {
        let errors = Policy::parse(&DEMO_POLICY.replacen(from, to, 1)).expect_err(to);
        assert_eq!(errors.errors().len(), 1, "{errors}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_by_line() {
    let text = DEMO_POLICY
        .replacen("retention  = \"6 months\"", "retention  = \"2 jear\"", 1)
        .replacen("NL000000000B00", "NL1", 1)
        .replacen("kept_by = \"software\"", "kept_by = \"magic\"", 1);
    let errors = Policy::parse(&text).expect_err("must be refused");
    let paths: Vec<&str> = errors.errors().iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["provider.vat", "purposes.account.retention", "promises.P01.kept_by"]);
    assert_eq!(errors.to_string().lines().count(), 3);
}

#[test]
fn size_and_depth_are_bounded() {
    let long = format!("{DEMO_POLICY}\n# {}", "x".repeat(300_000));
    assert!(
        Policy::parse(&long)
            .expect_err("must be refused")
            .to_string()
            .contains("expected at most 262144 bytes")
    );
    let line = format!("{DEMO_POLICY}\n# {}", "x".repeat(3_000));
    assert!(Policy::parse(&line).expect_err("must be refused").to_string().contains("a line of 3002 bytes"));
    // A key of thousands of parts must not exhaust the stack, whichever way it is written.
    let deep = [
        format!("[{}]", vec!["a"; 900].join(".")),
        format!("{} = 1", vec!["a"; 41].join(" . ")),
        "x = ".to_owned() + &"[\n".repeat(100_000),
        "x = ".to_owned() + &"{ a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a =\n".repeat(5_000),
    ];
    for text in &deep {
        assert!(Policy::parse(text).is_err());
    }
    for (text, dots) in [(&deep[0], 899), (&deep[1], 40)] {
        let errors = Policy::parse(text).expect_err("must be refused").to_string();
        assert_eq!(errors.contains(&format!("a line with {dots} dots")), dots > 40, "{errors}");
    }
    assert!(Policy::parse("").is_err());
}

#[test]
fn many_mistakes_are_cut_off() {
    let text: String = (0..3_000).map(|key| format!("k{key} = 1\n")).collect();
    assert_eq!(Policy::parse(&text).expect_err("must be refused").errors().len(), 100);
}
