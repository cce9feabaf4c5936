//! The panel, driven as a browser would: what is shown, what is changed, what is refused.

use crate::testing_office::{Browser, PASSWORD, TestSite, site};
use office::accounts::{self, Role, Token};
use office::customers::{self, Customer, Restriction};
use office::messages::{self, ContactForm};
use office::requests::{self, RequestKind, Standing, access};
use office::{By, subjects};

const NOOR: &str = "noor@voorbeeld.example";
const KEY: &str = "00112233445566778899aabbccddeeff";

/// A customer with an owner who has a second factor, and the owner's browser.
async fn owned(site: &TestSite) -> (Customer, Browser<'_>) {
    let customer = site.customer("Noor Voorbeeld", NOOR).await;
    let mut owner =
        site.member(&customer, "Noor Voorbeeld", "noor.inlog@voorbeeld.example", Role::Owner).await;
    site.enrol(&mut owner).await;
    let browser = site.signed_in(&owner).await;
    site.mails().await;
    (customer, browser)
}

/// Somebody else's customer, with a browser of its owner.
async fn stranger(site: &TestSite) -> (Customer, Browser<'_>) {
    let customer = site.customer("Bram Verzonnen", "bram@verzonnen.example").await;
    let mut owner =
        site.member(&customer, "Bram Verzonnen", "bram.inlog@verzonnen.example", Role::Owner).await;
    site.enrol(&mut owner).await;
    let browser = site.signed_in(&owner).await;
    site.mails().await;
    (customer, browser)
}

async fn with_role<'a>(site: &'a TestSite, customer: &Customer, role: Role) -> Browser<'a> {
    let email = format!("{}@voorbeeld.example", role.as_str());
    let person = site.member(customer, "Mede Lezer", &email, role).await;
    let browser = site.signed_in(&person).await;
    site.mails().await;
    browser
}

/// The customer's latest request of a kind.
async fn latest(site: &TestSite, customer: &Customer, kind: RequestKind) -> requests::RequestSummary {
    let page = requests::of_customer(&site.office, customer.id, 0, 50).await.expect("requests");
    page.requests.into_iter().find(|request| request.kind == kind).expect("a request of that kind")
}

const PAGES: [&str; 9] = [
    "/panel",
    "/panel/profile",
    "/panel/messages",
    "/panel/rights",
    "/panel/requests",
    "/panel/data",
    "/panel/recipients",
    "/panel/processor-agreement",
    "/panel/history",
];

#[tokio::test]
async fn a_reader_sees_every_page_in_both_languages_and_changes_nothing() {
    let site = site().await;
    let (customer, _) = owned(&site).await;
    site.publish().await;
    let mut reader = with_role(&site, &customer, Role::Reader).await;
    for (lang, html) in [("nl", "<html lang=\"nl\""), ("en", "<html lang=\"en\"")] {
        for path in PAGES.into_iter().chain(["/panel/logins", "/panel/customers"]) {
            reader.get(&format!("{path}?lang={lang}")).await.is(200).has(html).has("Noor Voorbeeld");
        }
    }
    for path in [
        "/panel/profile/edit",
        "/panel/logins/invite",
        "/panel/messages/new",
        "/panel/rights/access",
        "/panel/rights/erasure",
    ] {
        reader.get(path).await.is(403);
        reader.post(path, &[("confirm", "Noor Voorbeeld")]).await.is(403);
    }
    reader.get("/panel/rights?lang=nl").await.has("Alleen een eigenaar").lacks("/panel/rights/erasure");
    let mut manager = with_role(&site, &customer, Role::Manager).await;
    manager.get("/panel/profile/edit").await.is(200);
    manager.get("/panel/messages/new").await.is(200);
    manager.get("/panel/rights/erasure").await.is(403);
    let mut visitor = site.browser();
    for path in PAGES {
        assert!(visitor.get(path).await.is(303).to().starts_with("/sign-in?next="), "{path}");
    }
}

#[tokio::test]
async fn lists_are_csv_too() {
    let site = site().await;
    let (_, mut owner) = owned(&site).await;
    site.publish().await;
    for list in ["messages", "requests", "logins", "recipients", "history"] {
        let answer = owner.get(&format!("/panel/{list}.csv")).await;
        assert_eq!(answer.is(200).headers["content-type"], "text/csv; charset=utf-8", "{list}");
    }
    owner.get("/panel/logins.csv").await.has("noor.inlog@voorbeeld.example").has("Eigenaar");
    owner.get("/panel/history.csv?kind=customer-created").await.has("Klant aangemaakt").lacks("Gebruiker");
}

#[tokio::test]
async fn somebody_with_two_customers_chooses_and_nobody_chooses_anothers() {
    let site = site().await;
    let (first, mut owner) = owned(&site).await;
    let second = site.customer("Stichting Fictief", "stichting@fictief.example").await;
    let (others, _) = stranger(&site).await;
    let login = accounts::login_by_email(&site.office, "noor.inlog@voorbeeld.example").await.expect("asked");
    let new = accounts::NewMember {
        name: "Noor Voorbeeld".into(),
        email: "noor.inlog@voorbeeld.example".into(),
        role: Role::Reader,
        language: base::Language::Nl,
    };
    accounts::invite(&site.office, By::System("test"), second.id, &new).await.expect("invited");
    let mail = site.mails().await.pop().expect("the invitation");
    let token = mail.path().rsplit('/').next().and_then(Token::parse).expect("a token");
    accounts::accept_invitation(&site.office, &token, None).await.expect("accepted");
    assert!(login.is_some());

    owner.get("/panel").await.is(200).has("Noor Voorbeeld, klantnummer").has("Een andere klant kiezen");
    owner.get("/panel/customers").await.has("Stichting Fictief").lacks("Bram");
    owner.post("/panel/customers", &[("customer", &others.id.to_string())]).await.is(404);
    owner.post("/panel/customers", &[("customer", "no id")]).await.is(404);
    owner.get("/panel").await.has(&first.number.to_string());
    owner.post("/panel/customers", &[("customer", &second.id.to_string())]).await.is(303);
    owner.get("/panel").await.is(200).has("Stichting Fictief, klantnummer");
    // The role is that of the customer that was chosen.
    owner.get("/panel/rights/erasure").await.is(403);
}

fn profile_fields<'a>(revision: &'a str, city: &'a str, postcode: &'a str) -> [(&'a str, &'a str); 9] {
    [
        ("revision", revision),
        ("kind", "person"),
        ("name", "Noor Voorbeeld"),
        ("email", NOOR),
        ("street", "Dorpsstraat 1"),
        ("postcode", postcode),
        ("city", city),
        ("country", "NL"),
        ("language", "nl"),
    ]
}

#[tokio::test]
async fn a_change_of_details_is_a_rectification_done_at_once() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    let form = owner.get("/panel/profile/edit").await;
    assert_eq!(form.is(200).value("revision"), "1");
    let wrong = owner.post("/panel/profile/edit", &profile_fields("1", "Elders", "0000")).await;
    wrong.is(422).has("<title>Fout:").has("href=\"#postcode\"").has("value=\"Elders\"");
    let done = owner.post("/panel/profile/edit", &profile_fields("1", "Elders", "4321 BA")).await;
    let request = latest(&site, &customer, RequestKind::Rectification).await;
    assert_eq!(done.is(303).to(), format!("/panel/requests/{}", request.id));
    owner.get(done.to()).await.is(200).has("Toegewezen").has("Uw gegevens zijn verbeterd");
    owner.get("/panel/profile").await.has("Elders").lacks("Voorbeeldstad");
    assert_eq!(site.mails().await.len(), 1, "a confirmation");
    // The same again changes nothing and is no request.
    let same = owner.post("/panel/profile/edit", &profile_fields("2", "Elders", "4321 BA")).await;
    assert_eq!(same.is(303).to(), "/panel/profile");
    assert_eq!(requests::of_customer(&site.office, customer.id, 0, 50).await.expect("read").total, 1);
}

#[tokio::test]
async fn two_who_change_at_once_see_each_other() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    let mut manager = with_role(&site, &customer, Role::Manager).await;
    manager.post("/panel/profile/edit", &profile_fields("1", "Eerder", "4321 BA")).await.is(303);
    let late = owner.post("/panel/profile/edit", &profile_fields("1", "Later", "4321 BA")).await;
    late.is(409).has("Iemand anders heeft deze gegevens intussen gewijzigd").has("4321 BA Eerder");
    late.has("value=\"Later\"");
    assert_eq!(late.value("revision"), "2");
    owner.post("/panel/profile/edit", &profile_fields("2", "Later", "4321 BA")).await.is(303);
    owner.get("/panel/profile").await.has("Later");
}

#[tokio::test]
async fn owners_decide_on_logins_and_one_remains() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    let invite = |email: &'static str| {
        [("once", KEY), ("name", "Sem Dummy"), ("email", email), ("role", "manager"), ("language", "en")]
    };
    owner.post("/panel/logins/invite", &invite("no address")).await.is(422).has("href=\"#email\"");
    owner.post("/panel/logins/invite", &[("name", "Sem"), ("email", "sem@dummy.example")]).await.is(422);
    for _ in 0..2 {
        let sent = owner.post("/panel/logins/invite", &invite("sem@dummy.example")).await;
        assert_eq!(sent.is(303).to(), "/panel/logins");
    }
    assert_eq!(site.mails().await.len(), 1, "sent twice, invited once");
    let list = owner.get("/panel/logins").await;
    list.has("Sem Dummy").has("sem@dummy.example");
    let key = list.value("key");
    owner.post("/panel/logins/withdraw", &[("key", &key)]).await.is(303);
    owner.get("/panel/logins").await.lacks("Sem Dummy");
    owner.post("/panel/logins/withdraw", &[("key", &key)]).await.is(404);

    let reader = site.member(&customer, "Mede Lezer", "lezer@voorbeeld.example", Role::Reader).await;
    let own = accounts::login_by_email(&site.office, "noor.inlog@voorbeeld.example").await.expect("asked");
    let own = format!("/panel/logins/{}", own.expect("the owner").id);
    owner.post(&own, &[("role", "reader")]).await.is(422).has("Er moet een eigenaar overblijven");
    owner.post(&format!("{own}/remove"), &[]).await.is(422).has("Er moet een eigenaar overblijven");
    let path = format!("/panel/logins/{}", reader.login);
    owner.get(&path).await.is(200).has("Rol van Mede Lezer");
    owner.post(&path, &[("role", "king")]).await.is(422);
    owner.post(&path, &[("role", "owner")]).await.is(303);
    owner.post(&own, &[("role", "reader")]).await.is(303);
    // A reader by now.
    owner.post(&path, &[("role", "reader")]).await.is(403);
    let (_, mut other) = stranger(&site).await;
    other.get(&path).await.is(404);
    other.post(&format!("{path}/remove"), &[]).await.is(404);
}

#[tokio::test]
async fn messages_are_written_and_read_by_their_own_customer() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    owner.get("/panel/messages").await.has("Nog geen berichten");
    let letter =
        |text: &'static str| [("once", KEY), ("topic", "question"), ("title", "Verhuizen"), ("text", text)];
    owner.post("/panel/messages/new", &letter("")).await.is(422).has("href=\"#text\"").has("Verhuizen");
    // A right is no topic here, whatever is sent.
    let right = [("topic", "my_data"), ("right", "erasure"), ("title", "Wis"), ("text", "alles")];
    owner.post("/panel/messages/new", &right).await.is(422);
    let sent = owner.post("/panel/messages/new", &letter("Hoe doe ik dat?\n\nEn <b>wanneer</b>?")).await;
    let again = owner.post("/panel/messages/new", &letter("Hoe doe ik dat?\n\nEn <b>wanneer</b>?")).await;
    assert_eq!(sent.is(303).to(), again.is(303).to(), "one conversation");
    let path = sent.to().to_owned();
    owner
        .get(&path)
        .await
        .is(200)
        .has("Verhuizen")
        .has("En &#60;b&#62;wanneer&#60;/b&#62;?")
        .has("Wacht op ons");
    owner.get("/panel").await.has("Op één bericht wacht u nog");

    let thread = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    let seen = messages::thread(&site.office, thread).await.expect("the thread").summary.updated_at;
    let by = By::System("test");
    messages::answer(&site.office, by, None, thread, seen, &"Zo dus.".into()).await.expect("answered");
    owner.get("/panel").await.has("Wij hebben een bericht van u beantwoord");
    owner.get(&path).await.has("Zo dus.").has("Beantwoord");
    owner.post(&path, &[("text", " ")]).await.is(422);
    owner.post(&path, &[("once", KEY), ("text", "Dank u wel")]).await.is(303);
    owner.post(&path, &[("once", KEY), ("text", "Dank u wel")]).await.is(303);
    assert_eq!(messages::thread(&site.office, thread).await.expect("read").messages.len(), 3);

    let (_, mut other) = stranger(&site).await;
    other.get(&path).await.is(404);
    other.post(&path, &[("text", "x")]).await.is(404);
    other.get("/panel/messages").await.lacks("Verhuizen");
    with_role(&site, &customer, Role::Reader).await.post(&path, &[("text", "x")]).await.is(403);
}

#[tokio::test]
async fn a_copy_is_asked_for_made_and_fetched() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    owner.get("/panel/rights/access").await.is(200).has("zojuist met een tweede stap").has("veertien dagen");
    let asked = owner.post("/panel/rights/access", &[("once", KEY)]).await;
    let again = owner.post("/panel/rights/access", &[("once", KEY)]).await;
    assert_eq!(asked.is(303).to(), again.is(303).to(), "one request");
    let path = asked.to().to_owned();
    owner.get(&path).await.is(200).has("Toegewezen").has("We maken uw bestand");
    let request = latest(&site, &customer, RequestKind::Access).await;
    assert_eq!(request.standing, Standing::Granted);
    access::produce(&site.office, request.id).await.expect("a package");
    owner.get("/panel").await.has("Uw kopie staat klaar");
    owner.get(&path).await.has("SHA-256").has(&format!("{path}/file"));
    let file = owner.get(&format!("{path}/file")).await;
    file.is(200);
    assert_eq!(
        (file.headers["content-type"].as_bytes(), &file.bytes[..2]),
        (&b"application/zip"[..], &b"PK"[..])
    );

    let (_, mut other) = stranger(&site).await;
    for path in [path.clone(), format!("{path}/file"), format!("{path}/withdraw"), format!("{path}/confirm")]
    {
        other.get(&path).await.is(404);
    }
    let mut reader = with_role(&site, &customer, Role::Reader).await;
    reader.get(&format!("{path}/file")).await.is(403);
    // The proof grows old, and then the file.
    site.clock.advance_seconds(crate::FRESH_SECONDS + 1);
    let stale = owner.get(&format!("{path}/file")).await;
    assert!(stale.is(303).to().starts_with("/sign-in/confirm?next="));
    site.clock.advance_seconds(15 * 86_400);
    let person = accounts::login_by_email(&site.office, "noor.inlog@voorbeeld.example").await.expect("asked");
    assert!(person.is_some());
    assert!(access::package_of_request(&site.office, request.id).await.expect("read").is_none());
}

#[tokio::test]
async fn a_password_alone_asks_for_the_link_and_a_request_can_be_withdrawn() {
    let site = site().await;
    let customer = site.customer("Noor Voorbeeld", NOOR).await;
    let person = site.member(&customer, "Noor Voorbeeld", "noor.inlog@voorbeeld.example", Role::Owner).await;
    let mut owner = site.signed_in(&person).await;
    site.mails().await;
    owner.get("/panel").await.has("Stel een tweede stap in");
    owner.get("/panel/rights/portability").await.is(200).has(NOOR);
    let asked = owner.post("/panel/rights/portability", &[("once", KEY)]).await;
    let path = asked.is(303).to().to_owned();
    assert_eq!(site.mails().await.iter().filter(|mail| mail.to == NOOR).count(), 1, "the link");
    owner.get(&path).await.has("Wacht op bevestiging").has("Stuur de link opnieuw").has("<meter");
    owner.get("/panel").await.has("Bevestig verzoek").has("Lopende verzoeken");
    owner.post(&format!("{path}/link"), &[]).await.is(303);
    assert_eq!(site.mails().await.len(), 1, "another link");
    owner.get(&format!("{path}/withdraw")).await.is(200).has("Verzoek intrekken");
    owner.post(&format!("{path}/withdraw"), &[]).await.is(303);
    owner.get(&path).await.has("Ingetrokken").lacks("Stuur de link opnieuw");
    owner.get(&format!("{path}/withdraw")).await.is(409);
    owner.post(&format!("{path}/withdraw"), &[]).await.is(409);
    owner.post(&format!("{path}/link"), &[]).await.is(409);
}

#[tokio::test]
async fn requests_say_what_is_missing_and_objections_name_a_purpose() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    for right in ["restriction", "rectification", "complaint"] {
        let path = format!("/panel/rights/{right}");
        owner.get(&path).await.is(200);
        owner.post(&path, &[("text", "")]).await.is(422).has("href=\"#text\"");
    }
    owner.get("/panel/rights/freedom").await.is(404);
    owner.post("/panel/rights/freedom", &[]).await.is(404);
    let path = "/panel/rights/objection";
    owner.get(path).await.is(200).has("value=\"support\"").lacks("value=\"account\"");
    owner.post(path, &[("text", "Liever niet")]).await.is(422).has("href=\"#purpose\"");
    owner.post(path, &[("text", "Liever niet"), ("purpose", "account")]).await.is(422);
    owner.post(path, &[("text", "Liever niet"), ("purpose", "support")]).await.is(303);
    let request = latest(&site, &customer, RequestKind::Objection).await;
    owner.get(&format!("/panel/requests/{}", request.id)).await.has("Liever niet").has("Berichten en vragen");
}

#[tokio::test]
async fn a_restriction_is_shown_and_lifted() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    customers::set_restriction(&site.office, By::System("test"), customer.id, Restriction::Restricted)
        .await
        .expect("restricted");
    for path in ["/panel", "/panel/profile", "/panel/rights", "/panel/rights/restriction"] {
        owner.get(path).await.is(200).has("23 november 2026");
    }
    let mut manager = with_role(&site, &customer, Role::Manager).await;
    manager.post("/panel/rights/restriction/lift", &[]).await.is(403);
    owner.post("/panel/rights/restriction/lift", &[]).await.is(303);
    let now = customers::customer(&site.office, customer.id).await.expect("the customer");
    assert_eq!(now.restricted_at, None);
}

#[tokio::test]
async fn a_letter_in_the_customers_name_is_confirmed_with_a_fresh_proof() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    let letter = ContactForm {
        name: "Noor".into(),
        email: "noor.inlog@voorbeeld.example".into(),
        topic: "my_data".into(),
        right: "access".into(),
        claim: "customer".into(),
        title: "Inzage".into(),
        text: "Geheime woorden".into(),
        ..ContactForm::default()
    };
    messages::contact(&site.office, base::Language::Nl, &letter).await.expect("a letter");
    let mail = site.mails().await.pop().expect("the link");
    let token = mail.path().rsplit('/').next().and_then(Token::parse).expect("a token");
    requests::follow_link(&site.office, &token).await.expect("followed");
    let request = latest(&site, &customer, RequestKind::Access).await;
    let path = format!("/panel/requests/{}", request.id);
    owner.get("/panel").await.has("van u?");
    // Whoever wrote it, the customer sees the words once it is known to be theirs.
    owner.get(&path).await.is(200).has("Dit verzoek is van ons").lacks("Geheime woorden");
    site.clock.advance_seconds(crate::FRESH_SECONDS + 1);
    assert!(owner.post(&format!("{path}/confirm"), &[]).await.is(303).to().starts_with("/sign-in/confirm"));
    let person = crate::testing_office::Person {
        login: accounts::login_by_email(&site.office, "noor.inlog@voorbeeld.example")
            .await
            .expect("asked")
            .expect("the owner")
            .id,
        email: "noor.inlog@voorbeeld.example".into(),
        enrolment: None,
    };
    let mut person = person;
    site.enrol(&mut person).await;
    let mut fresh = site.signed_in(&person).await;
    fresh.get(&format!("{path}/confirm")).await.is(200);
    fresh.post(&format!("{path}/confirm"), &[]).await.is(303);
    fresh.get(&path).await.has("Geheime woorden").has("Langs twee wegen bevestigd");
}

#[tokio::test]
async fn erasing_asks_the_name_ends_the_session_and_leads_to_the_receipt() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    let page = owner.get("/panel/rights/erasure").await;
    page.is(200).has("Dit kan niet ongedaan worden gemaakt").has("Noor Voorbeeld").has("Eén gebruiker hoort");
    page.has("Onleesbaar in elke back-up").has("zonder naam, adres of inhoud");
    owner.post("/panel/rights/erasure", &[("confirm", "noor")]).await.is(422).has("href=\"#confirm\"");
    owner.post("/panel/rights/erasure", &[]).await.is(422);
    let session = owner.cookies.get("session").expect("a session").clone();
    let done = owner.post("/panel/rights/erasure", &[("confirm", "Noor Voorbeeld")]).await;
    let to = done.is(303).to().to_owned();
    assert!(to.strip_prefix("/receipt/").is_some_and(|token| Token::parse(token).is_some()), "{to}");
    assert_eq!(owner.cookies.get("session"), None, "signed out");
    owner.cookies.insert("session".to_owned(), session);
    assert!(owner.get("/panel").await.is(303).to().starts_with("/sign-in"), "the session has ended");
    let row = subjects::row(&site.office.store, customer.subject).await.expect("asked").expect("a subject");
    assert!(matches!(row.state, subjects::SubjectState::Active | subjects::SubjectState::Erasing));
    assert_eq!(latest(&site, &customer, RequestKind::Erasure).await.standing, Standing::Granted);
}

#[tokio::test]
async fn erasing_with_a_password_alone_waits_for_the_link() {
    let site = site().await;
    let customer = site.customer("Noor Voorbeeld", NOOR).await;
    let person = site.member(&customer, "Noor Voorbeeld", "noor.inlog@voorbeeld.example", Role::Owner).await;
    let mut owner = site.signed_in(&person).await;
    site.mails().await;
    assert!(!PASSWORD.is_empty());
    owner.get("/panel/rights/erasure").await.is(200).has(NOOR);
    let first = owner.post("/panel/rights/erasure", &[("confirm", "Noor Voorbeeld")]).await;
    assert_eq!(first.is(303).to(), "/panel/requests");
    owner.get("/panel/requests").await.has("Er is nog niets gewist").has("Wacht op bevestiging");
    let mail = site.mails().await.into_iter().find(|mail| mail.to == NOOR).expect("the link");
    let token = mail.path().rsplit('/').next().and_then(Token::parse).expect("a token");
    requests::follow_link(&site.office, &token).await.expect("followed");
    let request = latest(&site, &customer, RequestKind::Erasure).await;
    owner.get(&format!("/panel/requests/{}", request.id)).await.has("href=\"/panel/rights/erasure\"");
    let second = owner.post("/panel/rights/erasure", &[("confirm", "Noor Voorbeeld")]).await;
    assert!(second.is(303).to().starts_with("/receipt/"));
}

#[tokio::test]
async fn what_happened_is_told_with_receipts_that_verify() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    owner.post("/panel/profile/edit", &profile_fields("1", "Elders", "4321 BA")).await.is(303);
    let (other, _) = stranger(&site).await;
    // Numbered, but not signed yet.
    site.publisher.lock().await.number().await.expect("numbered");
    let rows = store::entries_of_subject(&site.office.store, customer.subject, 50).await.expect("entries");
    let rectified = rows.iter().find(|row| row.kind == "customer-rectified").expect("told");
    let path = format!("/panel/history/{}", rectified.position);
    owner.get(&path).await.is(202).has("Kijk opnieuw");
    site.publish().await;
    owner
        .get("/panel/history")
        .await
        .has("Gegevens gewijzigd")
        .has("Gewijzigd: telefoonnummer, adres")
        .has(">U · ")
        .has(&path);
    owner.get("/panel/history?kind=member-joined").await.has("Gebruiker toegevoegd").lacks(&path);
    owner.get("/panel/history?kind=nothing").await.has("Niets gevonden");
    let receipt = owner.get(&path).await;
    let parsed = ledger::Receipt::parse(&receipt.is(200).bytes).expect("a receipt");
    let verified = parsed.verify(&site.state.ledger_key, &[]).expect("it verifies");
    assert_eq!(verified.entry.kind(), "customer-rectified");
    for personal in ["Noor", "Elders", NOOR] {
        receipt.lacks(personal);
    }
    let rows = store::entries_of_subject(&site.office.store, other.subject, 50).await.expect("entries");
    owner.get(&format!("/panel/history/{}", rows[0].position)).await.is(404);
    owner.get("/panel/history/999999").await.is(404);
    owner.get("/panel/history/x").await.is(404);
}

#[tokio::test]
async fn what_is_held_and_who_has_it() {
    let site = site().await;
    let (customer, mut owner) = owned(&site).await;
    owner
        .get("/panel/data")
        .await
        .has("Klantadministratie")
        .has("De gegevens van de klant en van één gebruiker")
        .has("Zes maanden na");
    owner.get("/panel/recipients").await.has("Nog niets naar buiten gegaan");
    let tx = site.office.store.begin().await.expect("a transaction");
    let id = customer.subject.uuid();
    tx.execute(
        "INSERT INTO outbound_contact (id, recipient, host, purpose, subject_id, fields, state, started_at) \
         VALUES ($1, 'mail-relay', 'mail.example.org:587', 'support', $1, 'contact.email,message', 'done', $2)",
        [id.into(), site.office.now().as_micros().into()],
    )
    .await
    .expect("a contact");
    tx.commit().await.expect("committed");
    let page = owner.get("/panel/recipients").await;
    page.has("e-mailadres, de tekst van het bericht").has("Berichten en vragen").has("Gegeven");
    let (_, mut other) = stranger(&site).await;
    other.get("/panel/recipients").await.has("Nog niets naar buiten gegaan");
}
