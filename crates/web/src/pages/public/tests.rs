//! The pages for everyone, driven through the whole site.

use crate::state::Program;
use crate::testing_office::{TestSite, site, site_with};
use office::accounts::{Role, StaffRole, Token};
use office::requests::RequestKind;
use office::requests::erasure::{self, TakeBack, Whom};
use office::{By, OfficeError};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

const FORM: [(&str, &str); 5] = [
    ("name", "Fenna de Proef"),
    ("email", "fenna@klant.example"),
    ("topic", "question"),
    ("title", "Mijn vraag"),
    ("text", "Hoe zit dat?"),
];

/// The fields of a form with some replaced or added.
fn with<'a>(form: &[(&'a str, &'a str)], changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = form.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    kept.chain(changed).copied().collect()
}

async fn attested(site: &TestSite) {
    office::promises::attest(&site.office, By::System("test"), office::promises::Recording::Recorded)
        .await
        .expect("verdicts");
}

#[tokio::test]
async fn every_page_is_there_in_both_languages() {
    let site = site().await;
    for (path, nl, en) in [
        ("/", "Voor klanten", "For customers"),
        ("/contact", "Waar gaat uw bericht over?", "What is your message about?"),
        ("/privacy", "Privacyverklaring van", "Privacy statement of"),
        ("/promises", "Onze beloften", "Our promises"),
        ("/promises/P13", "Hoe we dit doen", "How we do this"),
        ("/accessibility", "WCAG 2.2", "WCAG 2.2"),
        ("/sign-in", "Inloggen", "Sign in"),
    ] {
        for (language, words) in [("nl", nl), ("en", en)] {
            let mut browser = site.browser();
            browser.language = language;
            let page = browser.get(path).await;
            page.is(200).has(words).has(&format!("<html lang=\"{language}\""));
        }
    }
    let mut browser = site.browser();
    browser.get("/promises/P17").await.is(404);
    browser.get("/promises/x").await.is(404);
    browser.get("/privacy/abc").await.is(404);
    browser.get("/robots.txt").await.is(200).has("Disallow: /receipt");
    browser.get("/healthz").await.is(200).has("ok");
    let security = browser.get("/.well-known/security.txt").await;
    security.is(200).has("Contact: mailto:").has("Expires: 2027-05-22T11:00:00").has("Canonical: https://");
}

#[tokio::test]
async fn a_wrong_contact_form_comes_back_with_its_values() {
    let site = site().await;
    let mut browser = site.browser();
    let answer = browser.post("/contact", &with(&FORM, &[("email", "fenna@"), ("text", " ")])).await;
    answer
        .is(422)
        .has("Fout: Contact")
        .has("href=\"#email\"")
        .has("href=\"#text\"")
        .has("value=\"Mijn vraag\"");
    assert!(site.mails().await.is_empty());
    let answer = browser.post("/contact", &with(&FORM, &[("topic", "my_data")])).await;
    answer.is(422).has("href=\"#right\"");
    let answer = browser.post("/contact", &with(&FORM, &[("topic", "gossip")])).await;
    answer.is(422).has("Waar het over gaat: maak een keuze uit de lijst");
}

#[tokio::test]
async fn a_message_is_taken_in_once_however_often_it_is_sent() {
    let site = site().await;
    let mut browser = site.browser();
    let once = browser.get("/contact").await.value("once");
    let form = with(&FORM, &[("once", once.as_str())]);
    let first = browser.post("/contact", &form).await;
    let second = browser.post("/contact", &form).await;
    first.is(303);
    assert_eq!(first.to(), second.to());
    browser.get(first.to()).await.is(200).has("B100001").lacks("Fenna").lacks("Nummer van uw verzoek");
    let mails = site.mails().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["fenna@klant.example"]);
    browser.get("/contact/sent?message=Bzegt-iets").await.is(404);
    browser.get("/contact/sent").await.is(404);
    let injected = browser.get("/contact/sent?message=B1&request=R1%3Cb%3E").await;
    injected.is(200).lacks("Nummer van uw verzoek").lacks("R1<b>");
}

#[tokio::test]
async fn too_many_messages_from_one_place_must_wait() {
    let site = site().await;
    let mut browser = site.browser();
    for _ in 0..10 {
        browser.post("/contact", &FORM).await.is(303);
    }
    let answer = browser.post("/contact", &FORM).await;
    answer.is(429);
    assert!(answer.headers.contains_key("retry-after"));
    browser.post("/contact", &with(&FORM, &[("name", "")])).await.is(422);
}

#[tokio::test]
async fn a_request_is_confirmed_by_its_link_or_withdrawn() {
    let site = site().await;
    let mut browser = site.browser();
    let asked = with(&FORM, &[("topic", "my_data"), ("right", RequestKind::Access.as_str())]);
    for (confirm, words) in [(true, "Bevestigd"), (false, "")] {
        let sent = browser.post("/contact", &asked).await;
        browser.get(sent.to()).await.is(200).has("Nummer van uw verzoek").has("Hoe gaat het verder?");
        let mails = site.mails().await;
        let link = mails.iter().find(|mail| mail.body.contains("/identity/")).expect("a link").path();
        browser.get(&link).await.is(200).has("Dit verzoek is van mij");
        if confirm {
            browser.post(&link, &[]).await.is(200).has(words).has("Antwoord uiterlijk");
        } else {
            let answer = browser.post(&format!("{link}/withdraw"), &[]).await;
            answer.is(303);
            browser.get(answer.to()).await.has("Het verzoek is ingetrokken.");
        }
        browser.post(&link, &[]).await.is(404).has("Deze link werkt niet");
    }
    browser.get("/identity/x").await.is(404);
    browser.post(&format!("/identity/{}", "A".repeat(43)), &[]).await.is(404);
}

#[tokio::test]
async fn a_customer_is_asked_for_a_second_channel() {
    let site = site().await;
    let customer = site.customer("Fenna de Proef", "fenna@klant.example").await;
    site.member(&customer, "Fenna de Proef", "fenna@klant.example", Role::Owner).await;
    let mut browser = site.browser();
    let asked = with(&FORM, &[("topic", "my_data"), ("right", "access"), ("claim", "customer")]);
    browser.post("/contact", &asked).await.is(303);
    let mails = site.mails().await;
    let link = mails.iter().find(|mail| mail.body.contains("/identity/")).expect("a link").path();
    browser.post(&link, &[]).await.is(200).has("Nog één stap").has("Log in als eigenaar");
    let wrong = browser.post(&format!("{link}/code"), &[("code", "AAAAA-AAAAA")]).await;
    wrong.is(422).has("Code: dit klopt niet").has("Nog één stap");
}

#[tokio::test]
async fn verdicts_are_shown_with_their_evidence() {
    let site = site().await;
    let mut browser = site.browser();
    browser.get("/promises").await.is(200).has("Er is nog geen controle geweest.").lacks("<td>Nagekomen");
    attested(&site).await;
    browser.get("/promises").await.has("Nagekomen").has("Niet aantoonbaar").has("Openbare sleutel");
    let page = browser.get("/promises/P16").await;
    page.is(200).has("Nagekomen").has("Of het beleid zelf de waarheid vertelt");
    let all: serde_json::Value =
        serde_json::from_str(&browser.get("/promises.json").await.body).expect("JSON");
    let verdicts = all["verdicts"].as_array().expect("verdicts");
    assert_eq!(verdicts.len(), 16);
    for verdict in verdicts {
        let evidence = browser.get(verdict["evidence"].as_str().expect("a path")).await;
        let hash = hex::encode(Sha256::digest(&evidence.is(200).bytes));
        assert_eq!(verdict["evidence_sha256"], hash, "{}", verdict["promise"]);
    }
    // Two runs later nothing is kept any more, and the evidence is what it was.
    site.clock.advance_seconds(site.state.stale_after_seconds() + 1);
    browser.get("/promises").await.has("0 nagekomen");
    let evidence = browser.get("/promises/P16/evidence.json").await;
    let p16 = verdicts.iter().find(|verdict| verdict["promise"] == "P16").expect("P16");
    assert_eq!(p16["evidence_sha256"], hex::encode(Sha256::digest(&evidence.bytes)));
}

#[tokio::test]
async fn earlier_statements_stay_and_say_so() {
    let site = site().await;
    let mut browser = site.browser();
    let before = site.office.policy();
    let page = browser.get("/privacy").await;
    page.has("Dit is de enige versie tot nu toe.").has(before.version());
    let text = browser.get("/privacy/text").await;
    page.has(&hex::encode(Sha256::digest(&text.is(200).bytes)));

    let later = before.text().replacen(&format!("\"{}\"", before.version()), "\"later-1\"", 1);
    assert_ne!(later, before.text());
    site.clock.advance_seconds(86_400);
    site.office.replace_policy(Arc::new(policy::Policy::parse(&later).expect("a policy")));
    office::promises::put_in_force(&site.office, By::System("test")).await.expect("in force");
    let old = format!("/privacy/{}", before.hash_hex());
    browser.get("/privacy").await.has("later-1").has(&format!("href=\"{old}\"")).lacks("eerdere versie");
    browser.get(&old).await.is(200).has("Dit is een eerdere versie").has(before.version());
    assert_eq!(browser.get(&format!("{old}/text")).await.bytes, text.bytes);
}

#[tokio::test]
async fn the_ledger_is_public_but_for_its_entries() {
    let site = site().await;
    let mut visitor = site.browser();
    visitor.get("/ledger/checkpoint").await.is(404);
    let auditor = site.staff("Ada Proef", "ada@aanbieder.example", StaffRole::Auditor).await;
    let support = site.staff("Sam Proef", "sam@aanbieder.example", StaffRole::Support).await;
    site.publish().await;
    let checkpoint = visitor.get("/ledger/checkpoint").await;
    checkpoint.is(200).has("mijn.voorbeeldhost.example/waarborg/ledger/1\n");
    let size = checkpoint.body.lines().nth(1).expect("a size").to_owned();
    visitor.get("/ledger/key").await.is(200).has("mijn.voorbeeldhost.example/waarborg/ledger/1+");
    let tile = visitor.get(&format!("/ledger/tile/0/000.p/{size}")).await;
    assert_eq!(tile.is(200).bytes.len(), size.parse::<usize>().expect("a number") * 32);
    for name in ["0/999", "64/000", "x/000", "0/..%2f..%2fdata.db", "0/%2e%2e/000", "entries"] {
        visitor.get(&format!("/ledger/tile/{name}")).await.is(404);
    }
    let bundle = format!("/ledger/tile/entries/000.p/{size}");
    visitor.get(&bundle).await.is(303);
    site.signed_in(&support).await.get(&bundle).await.is(403);
    let mut browser = site.signed_in(&auditor).await;
    browser.get(&bundle).await.is(200).has("policy-in-force");
    browser.get("/ledger/tile/entries/..%2f000").await.is(404);
}

#[tokio::test]
async fn measurements_are_shown_to_whom_they_are_meant_for() {
    site().await.browser().get("/metrics").await.is(404);
    for (shown, status) in [(true, 200), (false, 404)] {
        let site = site_with(|state| {
            let metrics: crate::Metrics = Arc::new(|| "waarborg_up 1\n".to_owned());
            let to: crate::MetricsFor = Arc::new(move |address| shown && address.is_loopback());
            state.with_program(Program { metrics: Some((metrics, to)), ..Program::default() })
        })
        .await;
        let answer = site.browser().get("/metrics").await;
        answer.is(status);
        assert_eq!(answer.body.contains("waarborg_up 1"), shown);
    }
}

/// There is no mail folder here.
struct NoFolder;

#[async_trait::async_trait]
impl TakeBack for NoFolder {
    async fn mails(&self, _: &[office::mailing::MailId]) -> Result<u64, OfficeError> {
        Ok(0)
    }
}

#[tokio::test]
async fn the_receipt_of_an_erasure_comes_with_the_checkpoint() {
    let site = site().await;
    let customer = site.customer("Fenna de Proef", "fenna@klant.example").await;
    let begun = erasure::begin(&site.office, By::System("test"), Whom::Customer(customer.id), None)
        .await
        .expect("an erasure");
    let path = format!("/receipt/{}", begun.token.expect("a token").text().expose());
    let mut browser = site.browser();
    browser.get(&path).await.is(200).has("We wissen uw gegevens").has("Kijk opnieuw");
    browser.get(&format!("{path}/file")).await.is(404);
    erasure::resume(&site.office, &NoFolder).await.expect("erased");
    browser.get(&path).await.is(200).has("Uw gegevens zijn gewist").has("Bewaar dit adres");
    site.publish().await;
    let page = browser.get(&path).await;
    page.is(200).has("Bewijs downloaden").has("Hier niet meer te lezen sinds").lacks("Fenna").lacks("fenna@");
    assert_eq!(page.headers["cache-control"], "no-store");
    let file = browser.get(&format!("{path}/file")).await;
    let receipt = ::ledger::Receipt::parse(&file.is(200).bytes).expect("a receipt");
    receipt.verify(&site.state.ledger_key, &[]).expect("it verifies");
    let other = Token::new(&base::SystemRandom);
    browser.get(&format!("/receipt/{}", other.text().expose())).await.is(404).has("Hier is geen bewijs");
    browser.get("/receipt/x").await.is(404);
}
