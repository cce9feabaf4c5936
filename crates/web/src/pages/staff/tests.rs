//! The staff panel, driven through the whole site.

use crate::session::StaffRole as WebRole;
use crate::testing_office::{Browser, TestSite, site, site_with};
use crate::{Routes, Who};
use axum::body::Body;
use base::{Language, Sensitive};
use http::{Method, Request, header};
use office::By;
use office::accounts::{Officer, Role, StaffRole};
use office::customers::Customer;
use office::messages::{self, ContactForm};
use office::requests::{self, About, OnBehalf, RequestId, RequestKind, Standing};
use tower::ServiceExt as _;

async fn staff<'a>(site: &'a TestSite, role: StaffRole) -> Browser<'a> {
    let email = format!("{}@voorbeeldhost.example", role.as_str());
    let person = site.staff("Noor Medewerker", &email, role).await;
    site.signed_in(&person).await
}

async fn fenna(site: &TestSite) -> Customer {
    site.customer("Fenna de Proef", "fenna@klant.example").await
}

/// A request of a customer that waits for its identity check.
async fn recorded(site: &TestSite, customer: &Customer, kind: RequestKind) -> RequestId {
    let new = OnBehalf {
        about: About::Customer(customer.id),
        kind,
        purpose: None,
        text: "Graag zo snel mogelijk.".into(),
        received_at: None,
    };
    requests::open_on_behalf(&site.office, By::System("test"), &new).await.expect("a request").0
}

async fn verified(site: &TestSite, customer: &Customer, kind: RequestKind) -> RequestId {
    let id = recorded(site, customer, kind).await;
    requests::verify_by_staff(&site.office, By::System("test"), id).await.expect("verified");
    id
}

async fn letter(site: &TestSite) -> messages::Written {
    let form = ContactForm {
        name: "Bo Bezoeker".into(),
        email: "bo@elders.example".into(),
        topic: "question".into(),
        title: "Opslag".into(),
        text: "Hoeveel opslag krijg ik?".into(),
        ..ContactForm::default()
    };
    messages::contact(&site.office, Language::Nl, &form).await.expect("a letter")
}

/// What a browser is shown for a form with a file.
async fn upload(site: &TestSite, browser: &Browser<'_>, csv: &str) -> (u16, String, String) {
    upload_to(site, browser, "/staff/imports", csv).await
}

pub(super) async fn upload_to(
    site: &TestSite,
    browser: &Browser<'_>,
    path: &str,
    csv: &str,
) -> (u16, String, String) {
    let body = format!(
        "--grens\r\nContent-Disposition: form-data; name=\"file\"; filename=\"k.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{csv}\r\n--grens--\r\n"
    );
    let cookies: Vec<String> =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::ORIGIN, "http://localhost")
        .header(header::COOKIE, cookies.join("; "))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=grens")
        .header(header::CONTENT_LENGTH, body.len())
        .body(Body::from(body))
        .expect("a request");
    let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 4711));
    request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
    let response = site.router.clone().oneshot(request).await.expect("an answer");
    let status = response.status().as_u16();
    let to = response
        .headers()
        .get(header::LOCATION)
        .and_then(|to| to.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, to, String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn every_route_is_for_staff_and_says_for_whom() {
    let mut routes = Routes::new();
    super::register(&mut routes);
    assert!(routes.list().len() > 60);
    for route in routes.list() {
        let Who::Staff(roles) = route.access.who else { panic!("{} is not for staff", route.path) };
        assert!(roles.contains(&WebRole::Admin), "an admin may do everything: {}", route.path);
        let personal = [
            "/staff/customers",
            "/staff/messages",
            "/staff/processor-agreements",
            "/staff/orders",
            "/staff/requests",
            "/staff/seal",
            "/staff/search",
            "/staff/services",
            "/staff/tasks",
            "/staff/team",
        ];
        if personal.iter().any(|path| route.path.starts_with(path)) {
            assert!(!roles.contains(&WebRole::Auditor), "no person to an auditor: {}", route.path);
        }
    }
}

#[tokio::test]
async fn each_role_sees_its_own_pages_and_no_others() {
    let site = site().await;
    fenna(&site).await;
    let pages = [
        ("/staff", "asup"),
        ("/staff/search", "asp"),
        ("/staff/customers", "asp"),
        ("/staff/customers.csv", "asp"),
        ("/staff/customers/new", "asp"),
        ("/staff/messages", "asp"),
        ("/staff/processor-agreements", "asp"),
        ("/staff/messages.csv", "asp"),
        ("/staff/requests", "asp"),
        ("/staff/requests.csv", "asp"),
        ("/staff/requests/new", "asp"),
        ("/staff/promises", "aup"),
        ("/staff/promises.csv", "aup"),
        ("/staff/promises/P12", "aup"),
        ("/staff/policy", "aup"),
        ("/staff/policy/statement", "aup"),
        ("/staff/policy/controller", "aup"),
        ("/staff/policy/processor", "aup"),
        ("/staff/policy/controller.csv", "aup"),
        ("/staff/policy/processor.csv", "aup"),
        ("/staff/policy/retention", "aup"),
        ("/staff/policy/retention.csv", "aup"),
        ("/staff/ledger", "aup"),
        ("/staff/ledger.csv", "aup"),
        ("/staff/ledger/export", "aup"),
        ("/staff/ledger/verify", "aup"),
        ("/staff/outbound", "aup"),
        ("/staff/outbound.csv", "aup"),
        ("/staff/health", "au"),
        ("/staff/seal", "asp"),
        ("/staff/seal/bundle", "asp"),
        ("/staff/seal/rosters/new", "ap"),
        ("/staff/imports", "a"),
        ("/staff/team", "a"),
        ("/staff/team/new", "a"),
    ];
    let roles = [
        (StaffRole::Admin, 'a'),
        (StaffRole::Support, 's'),
        (StaffRole::Auditor, 'u'),
        (StaffRole::Privacy, 'p'),
    ];
    for (role, letter) in roles {
        let mut browser = staff(&site, role).await;
        for language in ["nl", "en"] {
            browser.language = language;
            for (path, who) in pages {
                let answer = browser.get(path).await;
                let expected = if who.contains(letter) { 200 } else { 403 };
                assert_eq!(answer.status.as_u16(), expected, "{role:?} {path}: {}", answer.body);
                if role == StaffRole::Auditor && expected == 200 {
                    answer.lacks("Fenna").lacks("fenna@");
                }
            }
        }
    }
    let mut nobody = site.browser();
    let answer = nobody.get("/staff/customers").await;
    assert!(answer.is(303).to().starts_with("/sign-in?next="), "{}", answer.to());
    let customer = fenna(&site).await;
    let owner = site.member(&customer, "Fenna", "fenna2@klant.example", Role::Owner).await;
    site.signed_in(&owner).await.get("/staff").await.is(403);
}

#[tokio::test]
async fn a_customer_is_registered_found_and_changed() {
    let site = site().await;
    let mut browser = staff(&site, StaffRole::Support).await;
    let form = browser.get("/staff/customers/new").await;
    let once = form.value("once");
    browser
        .post("/staff/customers/new", &[("kind", "person"), ("name", ""), ("once", &once)])
        .await
        .is(422)
        .has("href=\"#name\"")
        .has("href=\"#email\"");
    let fields = [
        ("kind", "person"),
        ("name", "Fenna de Proef"),
        ("email", "fenna@klant.example"),
        ("language", "nl"),
        ("invite", "yes"),
        ("once", &once),
    ];
    let made = browser.post("/staff/customers/new", &fields).await;
    let path = made.is(303).to().to_owned();
    let again = browser.post("/staff/customers/new", &fields).await;
    assert_eq!(again.is(303).to(), path, "sent twice, it is made once");
    assert!(site.mails().await.iter().any(|mail| mail.to == "fenna@klant.example"), "the invitation");

    site.publish().await;
    browser.get(&path).await.is(200).has("Fenna de Proef").has("Klant aangemaakt").has("1 uitnodiging");
    browser.post("/staff/search", &[("q", "fen")]).await.is(200).has("Fenna de Proef");
    let direct = browser.post("/staff/search", &[("q", "K100001")]).await;
    assert_eq!(direct.is(303).to(), path);
    browser.post("/staff/search", &[("q", "niemand")]).await.is(200).has("Niets gevonden");
    browser.post("/staff/search", &[("q", " ")]).await.is(422);
    browser.get("/staff/customers?kind=organisation").await.is(200).has("Filters wissen").lacks("Fenna");
    browser.get("/staff/customers.csv").await.is(200).has("fenna@klant.example");

    let change = format!("{path}/change");
    let revision = browser.get(&change).await.value("revision");
    let change_to = |name: &'static str, revision: String| {
        let email = ("email", "fenna@klant.example".to_owned());
        [
            ("kind", "person".to_owned()),
            ("name", name.to_owned()),
            email,
            ("language", "nl".to_owned()),
            ("revision", revision),
        ]
    };
    let send = async |browser: &mut Browser<'_>, fields: [(&'static str, String); 5]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(&change, &fields).await
    };
    send(&mut browser, change_to("", revision.clone())).await.is(422).has("href=\"#name\"");
    send(&mut browser, change_to("Fenna Anders", revision.clone())).await.is(303);
    let conflict = send(&mut browser, change_to("Fenna Derde", revision)).await;
    conflict.is(409).has("Inmiddels gewijzigd").has("Fenna Derde");
    send(&mut browser, change_to("Fenna Derde", conflict.value("revision"))).await.is(303);
    site.publish().await;
    browser.get(&path).await.has("Fenna Derde").has("Gewijzigd: naam");
    browser.get("/staff/customers/01900000-0000-7000-8000-000000000000").await.is(404);
}

#[tokio::test]
async fn processing_is_restricted_and_the_lifting_announced() {
    let site = site().await;
    let customer = fenna(&site).await;
    let path = format!("/staff/customers/{}/restriction", customer.id);
    staff(&site, StaffRole::Support).await.get(&path).await.is(403);
    let mut browser = staff(&site, StaffRole::Privacy).await;
    browser.get(&path).await.is(200).has("Verwerking beperken");
    browser.post(&path, &[]).await.is(303);
    browser.get(&format!("/staff/customers/{}", customer.id)).await.has("is beperkt sinds");
    browser.post(&path, &[("reason", "")]).await.is(422).has("href=\"#reason\"");
    browser.post(&path, &[("reason", "De gegevens zijn nagegaan.")]).await.is(303);
    let mails = site.mails().await;
    assert!(mails.iter().any(|mail| mail.body.contains("De gegevens zijn nagegaan.")), "{mails:?}");
}

#[tokio::test]
async fn a_message_is_answered_once_and_not_past_what_was_seen() {
    let site = site().await;
    let written = letter(&site).await;
    let path = format!("/staff/messages/{}", written.thread);
    let mut browser = staff(&site, StaffRole::Support).await;
    browser.get("/staff").await.is(200).has(&path).has("Opslag");
    browser.get("/staff/messages?state=open").await.has("Bo Bezoeker");
    browser.get("/staff/messages.csv").await.is(200).lacks("Bo Bezoeker");
    let number = browser.post("/staff/search", &[("q", &written.number.to_string())]).await;
    assert_eq!(number.is(303).to(), path);

    let page = browser.get(&path).await;
    page.is(200).has("Hoeveel opslag krijg ik?").has("bo@elders.example");
    let (once, seen) = (page.value("once"), page.value("seen"));
    browser.post(&path, &[("text", ""), ("once", &once), ("seen", &seen)]).await.is(422);
    site.clock.advance_seconds(60);
    for _ in 0..2 {
        let fields = [("text", "Tien gigabyte."), ("once", once.as_str()), ("seen", seen.as_str())];
        browser.post(&path, &fields).await.is(303);
    }
    let answers = site.mails().await.into_iter().filter(|mail| mail.body.contains("Tien gigabyte.")).count();
    assert_eq!(answers, 1);
    let late = [("text", "Nog iets."), ("once", ""), ("seen", seen.as_str())];
    browser.post(&path, &late).await.is(409).has("Nog iets.").has("Er is iets bijgekomen");
    browser.post(&format!("{path}/close"), &[]).await.is(303);
    browser.get(&path).await.has("Heropenen");
    browser.post(&format!("{path}/close"), &[]).await.is(409);
    browser.post(&format!("{path}/reopen"), &[]).await.is(303);
}

#[tokio::test]
async fn a_request_is_recorded_its_person_established_and_granted() {
    let site = site().await;
    let customer = fenna(&site).await;
    let mut support = staff(&site, StaffRole::Support).await;
    let form = format!("/staff/customers/{}/request", customer.id);
    let once = support.get(&form).await.value("once");
    let wrong = [("kind", "access"), ("text", ""), ("received_at", "31-02-2026"), ("once", once.as_str())];
    support.post(&form, &wrong).await.is(422).has("href=\"#received_at\"");
    let future = [
        ("kind", "access"),
        ("text", "Inzage graag."),
        ("received_at", "1-12-2026"),
        ("once", once.as_str()),
    ];
    support.post(&form, &future).await.is(422).has("href=\"#received_at\"");
    let right = [
        ("kind", "access"),
        ("text", "Inzage graag."),
        ("received_at", "20-11-2026"),
        ("once", once.as_str()),
    ];
    let path = support.post(&form, &right).await.is(303).to().to_owned();
    support.get(&path).await.is(200).has("Een medewerker met de rol Privacy").has("21 december 2026");
    support.get(&format!("{path}/vouch")).await.is(403);
    support.post(&format!("{path}/refuse"), &[("text", "Nee.")]).await.is(403);

    let mut privacy = staff(&site, StaffRole::Privacy).await;
    privacy.get(&path).await.is(200).has("Zelf instaan voor de identiteit").has("artikel 12, lid 5");
    privacy.get(&format!("{path}/grant")).await.is(403);
    privacy.post(&format!("{path}/code"), &[]).await.is(403);
    privacy.post(&format!("{path}/link"), &[]).await.is(303);
    privacy.get(&format!("{path}/vouch")).await.is(200).has("Fenna de Proef");
    privacy.post(&format!("{path}/vouch"), &[]).await.is(422);
    privacy.post(&format!("{path}/vouch"), &[("sure", "yes")]).await.is(303);
    let grant = privacy.get(&format!("{path}/grant")).await;
    grant.is(200).has("[…]").has("rechtbank");
    let once = grant.value("once");
    privacy.post(&format!("{path}/grant"), &[("once", &once)]).await.is(303);
    privacy.get(&path).await.has("Toegewezen").has("Autoriteit Persoonsgegevens");
    privacy.get(&format!("{path}/refuse")).await.is(409);
    let number = privacy.post("/staff/search", &[("q", "R100001")]).await;
    assert_eq!(number.is(303).to(), path);
    privacy.get("/staff/requests?state=granted&kind=access").await.has(&path);
    privacy.get("/staff/requests?state=open").await.lacks(&path);
    privacy.get("/staff/requests.csv").await.is(200).has("R100001").lacks("Fenna");
}

#[tokio::test]
async fn a_refusal_needs_reasons_and_a_term_is_extended_once() {
    let site = site().await;
    let customer = fenna(&site).await;
    let id = verified(&site, &customer, RequestKind::Objection).await;
    let path = format!("/staff/requests/{id}");
    let mut browser = staff(&site, StaffRole::Privacy).await;
    let once = browser.get(&format!("{path}/extend")).await.value("once");
    browser.post(&format!("{path}/extend"), &[("reason", ""), ("once", &once)]).await.is(422);
    browser.post(&format!("{path}/extend"), &[("reason", "Veel verzoeken."), ("once", &once)]).await.is(303);
    browser.get(&path).await.has("Veel verzoeken.").lacks("/extend\"");
    let once = browser.get(&format!("{path}/refuse")).await.value("once");
    browser.post(&format!("{path}/refuse"), &[("text", " "), ("once", &once)]).await.is(422);
    // Half a year later the term has passed: the reason of that is asked for as well.
    site.clock.advance_seconds(180 * 86_400);
    let person = site.staff("Later", "later@voorbeeldhost.example", StaffRole::Privacy).await;
    let mut browser = site.signed_in(&person).await;
    browser.get("/staff").await.has("1 te laat");
    browser
        .post(&format!("{path}/refuse"), &[("text", "Nee, want.")])
        .await
        .is(422)
        .has("href=\"#late_reason\"");
    browser
        .post(&format!("{path}/refuse"), &[("text", "Nee, want."), ("late_reason", "Ziekte.")])
        .await
        .is(303);
    browser.get(&path).await.has("Afgewezen").has("Ziekte.").has("Nee, want.");
}

#[tokio::test]
async fn a_rectification_is_carried_out_with_its_answer() {
    let site = site().await;
    let customer = fenna(&site).await;
    let id = verified(&site, &customer, RequestKind::Rectification).await;
    let path = format!("/staff/requests/{id}/grant");
    let mut browser = staff(&site, StaffRole::Privacy).await;
    let page = browser.get(&path).await;
    let (once, revision) = (page.value("once"), page.value("revision"));
    let fields = |name: &'static str| {
        vec![
            ("kind", "person"),
            ("name", name),
            ("email", "fenna@klant.example"),
            ("language", "nl"),
            ("once", once.as_str()),
            ("revision", revision.as_str()),
        ]
    };
    browser.post(&path, &fields("")).await.is(422).has("href=\"#name\"");
    browser.post(&path, &fields("Fenna van Proef")).await.is(303);
    let now = office::customers::customer(&site.office, customer.id).await.expect("the customer");
    assert_eq!(now.profile.name.expose(), "Fenna van Proef");
    let request = requests::request(&site.office, id).await.expect("the request");
    assert_eq!(request.state.standing(), Standing::Granted);
}

#[tokio::test]
async fn an_erasure_asks_for_the_name_and_a_fresh_second_factor() {
    let site = site().await;
    let customer = fenna(&site).await;
    site.member(&customer, "Fenna", "fenna@klant.example", Role::Owner).await;
    let id = verified(&site, &customer, RequestKind::Erasure).await;
    let path = format!("/staff/requests/{id}/erase");
    let mut browser = staff(&site, StaffRole::Privacy).await;
    let grant = browser.get(&format!("/staff/requests/{id}/grant")).await;
    assert_eq!(grant.is(303).to(), path);
    browser.post(&format!("/staff/requests/{id}/grant"), &[]).await.is(400);
    let page = browser.get(&path).await;
    page.is(200).has("Wat blijft").has("Deze gebruikers verdwijnen mee").has("Dit kan niet ongedaan");
    let once = page.value("once");
    browser
        .post(&path, &[("confirm", "Iemand anders"), ("once", &once)])
        .await
        .is(422)
        .has("href=\"#confirm\"");
    let standing = |request: requests::Request| request.state.standing();
    let before = requests::request(&site.office, id).await.expect("the request");
    assert_eq!(standing(before), Standing::Verified);
    browser.post(&path, &[("confirm", "Fenna de Proef"), ("once", &once)]).await.is(303);
    let after = requests::request(&site.office, id).await.expect("the request");
    assert_eq!(standing(after), Standing::Granted);

    // The second factor of eleven minutes ago is not fresh.
    site.clock.advance_seconds(660);
    let other = verified(&site, &site.customer("Sem", "sem@klant.example").await, RequestKind::Erasure).await;
    let stale = browser.get(&format!("/staff/requests/{other}/erase")).await;
    assert!(stale.is(303).to().starts_with("/sign-in/confirm?next="), "{}", stale.to());
    let access = verified(&site, &customer, RequestKind::Access).await;
    let mut fresh = {
        let person = site.staff("Vers", "vers@voorbeeldhost.example", StaffRole::Privacy).await;
        site.signed_in(&person).await
    };
    fresh.get(&format!("/staff/requests/{access}/erase")).await.is(404);
}

#[tokio::test]
async fn a_letter_is_attached_to_the_customer_on_file() {
    let site = site().await;
    let customer = fenna(&site).await;
    let new = OnBehalf {
        about: About::Somebody {
            name: "Fenna".into(),
            email: "anders@elders.example".into(),
            language: Language::Nl,
        },
        kind: RequestKind::Access,
        purpose: None,
        text: Sensitive::from("Ik ben klant."),
        received_at: None,
    };
    let (id, _) = requests::open_on_behalf(&site.office, By::System("test"), &new).await.expect("a request");
    let path = format!("/staff/requests/{id}/customer");
    let mut browser = staff(&site, StaffRole::Privacy).await;
    browser.post(&path, &[("number", "K999999")]).await.is(422);
    browser.post(&path, &[("number", "K100001")]).await.is(303);
    let mails = site.mails().await;
    assert!(
        mails.iter().any(|mail| mail.to == "fenna@klant.example"),
        "the link goes to the address on file"
    );
    browser
        .get(&format!("/staff/requests/{id}"))
        .await
        .has("K100001")
        .has("nog niet bevestigd dat het deze klant is");
    assert_eq!(customer.number.to_string(), "K100001");
}

#[tokio::test]
async fn promises_are_checked_and_told() {
    let site = site().await;
    let mut browser = staff(&site, StaffRole::Auditor).await;
    browser.get("/staff/promises").await.is(200).has("Er is nog niets nagegaan");
    browser.post("/staff/promises/attest", &[]).await.is(303);
    browser.get("/staff/promises").await.has("Nagegaan op 23 november 2026").has("16");
    site.publish().await;
    browser
        .get("/staff/promises/P16")
        .await
        .is(200)
        .has("Nagekomen")
        .has("/staff/ledger/")
        .has("Eerdere oordelen");
    browser.get("/staff/promises/P99").await.is(404);
}

#[tokio::test]
async fn the_policy_is_shown_compared_and_put_in_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("policy.toml");
    let changed = policy::DEMO_POLICY.replacen("version = \"", "version = \"9-", 1);
    std::fs::write(&file, &changed).expect("written");
    let path = file.clone();
    let site = site_with(move |state| {
        let office = std::sync::Arc::clone(&state.office);
        let published = path.clone();
        let publish: crate::PublishPolicy = std::sync::Arc::new(move |by| {
            let (office, path) = (std::sync::Arc::clone(&office), published.clone());
            Box::pin(async move {
                let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
                let policy = policy::Policy::parse(&text).map_err(|errors| errors.to_string())?;
                office.replace_policy(std::sync::Arc::new(policy));
                office::promises::put_in_force(&office, by).await.map_err(|error| error.to_string())
            })
        });
        let program = crate::Program {
            policy_file: Some(std::sync::Arc::new(path)),
            publish_policy: Some(publish),
            ..crate::Program::default()
        };
        state.with_program(program)
    })
    .await;
    let mut auditor = staff(&site, StaffRole::Auditor).await;
    auditor.get("/staff/policy").await.is(200).has("nog niet van kracht").lacks("/staff/policy/publish");
    auditor.get("/staff/policy/publish").await.is(403);
    auditor.get("/staff/policy/statement?of=file").await.is(200).has("volgens het bestand");
    let mut browser = staff(&site, StaffRole::Privacy).await;
    browser.get("/staff/policy").await.has("/staff/policy/publish");
    browser.get("/staff/policy/publish").await.is(200).has("komt in de plaats");
    browser.post("/staff/policy/publish", &[]).await.is(303);
    let hash = site.office.policy().hash_hex();
    browser.get("/staff/policy").await.has("Het bestand zegt wat van kracht is").has(&hash);
    browser.get(&format!("/staff/policy/versions/{hash}")).await.is(200).has("Verschillen met de versie");
    browser.get("/staff/policy/versions/0000").await.is(404);
    std::fs::write(&file, "version = 1").expect("written");
    browser.get("/staff/policy").await.is(200).has("iets dat niet kan");
}

#[tokio::test]
async fn the_ledger_is_read_and_a_receipt_checked() {
    let site = site().await;
    let customer = fenna(&site).await;
    site.publish().await;
    let mut browser = staff(&site, StaffRole::Auditor).await;
    browser.get("/staff/ledger").await.is(200).has("Klant aangemaakt").has("IJkpunt").lacks("Fenna");
    browser
        .get("/staff/ledger?kind=customer-created")
        .await
        .has("Klant aangemaakt")
        .lacks("policy-in-force</a>");
    browser.get("/staff/ledger?kind=nonsense").await.is(200).has("Filters wissen");
    browser.get("/staff/ledger/0").await.is(200).has("Gedekt door een ijkpunt");
    browser.get("/staff/ledger/99999").await.is(404);
    browser.get("/staff/ledger/x").await.is(404);
    browser.get("/staff/ledger/export").await.is(200).has("\"k\":\"customer-created\"");
    browser.post("/staff/ledger/verify", &[("receipt", "onzin")]).await.is(422).has("Dit bewijs klopt niet");

    let rows = store::entries_of_subject(&site.office.store, customer.subject, 10).await.expect("entries");
    let leaf = ledger::leaf_hash(&rows[0].body);
    let receipt = requests::receipts::for_entry(
        &site.office,
        &site.state.ledger.tiles,
        &site.state.ledger_key,
        customer.subject,
        leaf,
        "Bewijs.",
    )
    .await
    .expect("made")
    .expect("covered");
    let text = receipt.replace('\n', "\r\n");
    browser
        .post("/staff/ledger/verify", &[("receipt", &text)])
        .await
        .is(200)
        .has("Het bewijs klopt")
        .has("Op dezelfde plaats");
}

#[tokio::test]
async fn an_import_is_looked_at_confirmed_and_carried_out() {
    let site = site().await;
    let mut browser = staff(&site, StaffRole::Admin).await;
    let (status, _, body) = upload(&site, &browser, "").await;
    assert!(status == 422 && body.contains("Kies een bestand"), "{status} {body}");
    let (status, _, body) = upload(&site, &browser, "naam,email\nx,y\n").await;
    assert!(status == 422 && body.contains("naam"), "{status} {body}");
    let (status, wrong, _) = upload(&site, &browser, "name,email\nFenna,fenna\n").await;
    assert_eq!(status, 303);
    browser
        .get(&wrong)
        .await
        .is(200)
        .has("Er klopt één regel niet")
        .has("email: ")
        .lacks("klanten importeren</button>");
    browser.post(&format!("{wrong}/forget"), &[]).await.is(303);
    browser.get(&wrong).await.is(404);

    let file = "name,email\nFenna,fenna@klant.example\nSem,sem@klant.example\n";
    let (_, path, _) = upload(&site, &browser, file).await;
    browser.get(&path).await.is(200).has("2 klanten kunnen worden geïmporteerd");
    browser.post(&path, &[]).await.is(303);
    browser.post(&path, &[]).await.is(303);
    let mut done = browser.get(&path).await;
    for _ in 0..200 {
        if !done.body.contains("Kijk opnieuw") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        done = browser.get(&path).await;
    }
    done.has("2 klanten zijn geïmporteerd");
    let all =
        office::customers::page(&site.office, office::customers::CustomerFilter::default(), 0, 10).await;
    assert_eq!(all.expect("a page").total, 2);
    // More than other forms may hold, less than a file may.
    let row = "Fenna,fenna@klant.example\n";
    let large = format!("name,email\n{}", row.repeat(400 * 1024 / row.len()));
    assert_eq!(upload(&site, &browser, &large).await.0, 303);
    let (status, ..) = upload(&site, &browser, &"x".repeat(9 * 1024 * 1024)).await;
    assert_eq!(status, 413);
    let (status, ..) = upload(&site, &staff(&site, StaffRole::Support).await, file).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn services_that_run_elsewhere_are_taken_over() {
    let site = site().await;
    let fenna = fenna(&site).await;
    office::catalogue::fill_defaults(&site.office, office::By::System("test")).await.expect("a catalogue");
    let mut browser = staff(&site, StaffRole::Admin).await;
    let path = "/staff/imports/services";
    browser.get(path).await.is(200).has("charged_until");
    let (status, _, body) = upload_to(&site, &browser, path, "plan,months\n").await;
    assert!(status == 422 && body.contains("began"), "{status} {body}");
    let head = "customer,plan,months,began,charged_until\n";
    let (_, wrong, _) =
        upload_to(&site, &browser, path, &format!("{head}K1,vps-2,1,1-11-2026,1-12-2026\n")).await;
    browser.get(&wrong).await.is(200).has("Er klopt één regel niet").has("customer: dit is er niet");
    let file = format!("{head}{},vps-2,1,1-11-2026,1-12-2026\n", fenna.number);
    let (_, look, _) = upload_to(&site, &browser, path, &file).await;
    browser.get(&look).await.is(200).has("Eén dienst is goed, van één klant").has("geen taken, facturen");
    browser.post(&look, &[]).await.is(303);
    let mut done = browser.get(&look).await;
    for _ in 0..200 {
        if !done.body.contains("Kijk opnieuw") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        done = browser.get(&look).await;
    }
    done.has("Eén dienst is overgenomen");
    browser.get(&format!("/staff/customers/{}", fenna.id)).await.is(200).has("VPS").has("actief");
    let (_, again, _) = upload_to(&site, &browser, path, &file).await;
    browser.get(&again).await.is(200).has("ditzelfde bestand is al eens overgenomen");
}

#[tokio::test]
async fn staff_come_change_and_go_and_one_admin_remains() {
    let site = site().await;
    let mut browser = staff(&site, StaffRole::Admin).await;
    let once = browser.get("/staff/team/new").await.value("once");
    browser.post("/staff/team/new", &[("name", "Sem"), ("role", "keizer"), ("language", "nl")]).await.is(422);
    let fields = [
        ("name", "Sem Steun"),
        ("email", "sem@voorbeeldhost.example"),
        ("role", "support"),
        ("officer", "yes"),
        ("language", "nl"),
        ("once", once.as_str()),
    ];
    browser.post("/staff/team/new", &fields).await.is(303);
    browser.get("/staff/team").await.has("Sem Steun").has("Uitgenodigd");
    let all = office::accounts::staff(&site.office).await.expect("staff");
    let sem = all.iter().find(|login| login.name.expose() == "Sem Steun").expect("Sem").id;
    let admin = all.iter().find(|login| login.id != sem).expect("the admin").id;
    let path = format!("/staff/team/{sem}");
    browser.post(&path, &[("role", "auditor")]).await.is(303);
    let changed = office::accounts::login(&site.office, sem).await.expect("Sem");
    assert_eq!((changed.staff, changed.officer), (Some(StaffRole::Auditor), Officer::None));
    browser.post(&format!("{path}/disable"), &[]).await.is(303);
    browser.get(&path).await.has("Afgesloten").has("Toegang openen");
    browser.post(&format!("{path}/enable"), &[]).await.is(303);

    let own = format!("/staff/team/{admin}");
    browser.get(&own).await.is(200).has("Dit bent u");
    browser.post(&own, &[("role", "support")]).await.is(422).has("Er moet één systeembeheerder overblijven");
    browser.post(&format!("{own}/disable"), &[]).await.is(303);
    assert!(office::accounts::login(&site.office, admin).await.expect("the admin").disabled_at.is_none());
    browser.post(&format!("{own}/second-factor"), &[]).await.is(403);
    browser.post(&path, &[("role", "none")]).await.is(303);
    browser.get(&path).await.is(404);
}

#[tokio::test]
async fn health_tells_of_failed_jobs_and_an_admin_retries_them() {
    let site = site().await;
    letter(&site).await;
    let store = &site.office.store;
    let job = store::claim(store, site.office.now()).await.expect("the queue").expect("the mail");
    store::fail(store, job.id, "no contact with the mail server", site.office.now()).await.expect("failed");
    store::record_run_start(store, "attest", 1, site.office.now()).await.expect("noted");
    store::record_run_end(store, "attest", Ok("16 verdicts".into()), site.office.now()).await.expect("noted");
    let retry = format!("/staff/health/jobs/{}/retry", job.id);

    let mut auditor = staff(&site, StaffRole::Auditor).await;
    auditor.get("/staff").await.has("Eén taak is mislukt");
    auditor
        .get("/staff/health")
        .await
        .is(200)
        .has("no contact with the mail server")
        .has("16 verdicts")
        .lacks(&retry);
    auditor.post(&retry, &[]).await.is(403);
    let mut admin = staff(&site, StaffRole::Admin).await;
    admin.get("/staff/health").await.has(&retry).has("SQLite");
    admin.post(&retry, &[]).await.is(303);
    admin.post(&retry, &[]).await.is(409);
    admin.get("/staff/health").await.has("Geen mislukte taken");
}
