//! The pages of leaks, from the first form to the last.

use crate::testing_office::site;
use office::accounts::StaffRole;

#[tokio::test]
async fn a_case_is_opened_known_decided_and_told() {
    let site = site().await;
    let customer = site.customer("Fenna de Proef", "fenna@klant.example").await;
    let person = site.staff("Noor Medewerker", "noor@voorbeeldhost.example", StaffRole::Privacy).await;
    let mut noor = site.signed_in(&person).await;
    noor.get("/staff/incidents").await.is(200).has("/staff/incidents/new");
    let page = noor.get("/staff/incidents/new").await;
    let once = page.is(200).value("once");
    let discovered = page.value("discovered");
    let wrong =
        [("once", once.as_str()), ("discovered", "gisteren"), ("role", "controller"), ("regime", "gdpr")];
    noor.post("/staff/incidents/new", &wrong)
        .await
        .is(422)
        .has("href=\"#title\"")
        .has("href=\"#discovered\"");
    let fields = [
        ("once", once.as_str()),
        ("title", "Lek in het paneel"),
        ("effects", "confidentiality"),
        ("role", "controller"),
        ("regime", "gdpr"),
        ("discovered", discovered.as_str()),
    ];
    let case = noor.post("/staff/incidents/new", &fields).await.is(303).to().to_owned();
    assert_eq!(
        noor.post("/staff/incidents/new", &fields).await.is(303).to().to_owned(),
        case,
        "sent twice, opened once"
    );
    noor.get(&case).await.is(200).has("Lek in het paneel").has("/aware");

    // To check first, and then done.
    let at = format!("{case}/aware");
    let moment = noor.get(&at).await.is(200).value("at");
    let first = [("revision", "1"), ("at", moment.as_str())];
    let checked = noor.post(&at, &first).await;
    let once = checked.is(200).has("name=\"step\"").value("once");
    let second = [("revision", "1"), ("at", moment.as_str()), ("step", "do"), ("once", once.as_str())];
    noor.post(&at, &second).await.is(303);
    noor.get(&case).await.is(200).has("<meter");
    noor.get("/staff").await.is(200).has("Lek in het paneel");

    let number = customer.number.to_string();
    let scope = format!("{case}/scope");
    let unknown = [("revision", "2"), ("scope", "K999999"), ("step", "do")];
    noor.post(&scope, &unknown).await.is(422).has("href=\"#scope\"");
    noor.post(&scope, &[("revision", "2"), ("scope", number.as_str())]).await.is(200).has("name=\"step\"");
    noor.post(&scope, &[("revision", "2"), ("scope", number.as_str()), ("step", "do")]).await.is(303);
    let stale = [("revision", "2"), ("scope", number.as_str()), ("step", "do")];
    noor.post(&scope, &stale).await.is(409);
    let decide = [("revision", "3"), ("decision", "no_risk"), ("ground", ""), ("step", "do")];
    noor.post(&format!("{case}/decide"), &decide).await.is(422).has("href=\"#ground\"");
    for act in [
        "facts",
        "scope",
        "decide",
        "people",
        "report",
        "notice",
        "postpone",
        "close",
        "texts-data",
        "late-authority",
    ] {
        noor.get(&format!("{case}/{act}")).await.is(200);
    }
    noor.get(&format!("{case}/tell")).await.is(200).has("Datalek").has("name=\"step\"");
    noor.get(&format!("{case}/shoes")).await.is(404);
    noor.get(&format!("{case}/dossier.json")).await.is(200).has("waarborg-incident-dossier");
    noor.get(&format!("{case}/customers.csv")).await.is(200).has(&number);
    noor.get("/staff/incidents.csv").await.is(200).has("D100001");
}

#[tokio::test]
async fn an_order_is_recorded_after_a_check() {
    let site = site().await;
    let person = site.staff("Noor Medewerker", "noor@voorbeeldhost.example", StaffRole::Privacy).await;
    let mut noor = site.signed_in(&person).await;
    let once = noor.get("/staff/lawful-orders/new").await.is(200).value("once");
    let fields = |step: &'static str| {
        [
            ("authority", "Rechtbank Proefstad"),
            ("reference", "RC-1"),
            ("given", "1-1-2026"),
            ("text", "Verkeer van een site"),
            ("step", step),
        ]
    };
    noor.post("/staff/lawful-orders/new", &[("given", "x")]).await.is(422).has("href=\"#given\"");
    noor.post("/staff/lawful-orders/new", &fields("")).await.is(200).has("name=\"step\"");
    let mut all = fields("do").to_vec();
    all.push(("once", once.as_str()));
    noor.post("/staff/lawful-orders/new", &all).await.is(303);
    noor.get("/staff/lawful-orders").await.is(200).has("Rechtbank Proefstad");
}

#[tokio::test]
async fn support_sees_no_leaks() {
    let site = site().await;
    let person = site.staff("Sam Support", "sam@voorbeeldhost.example", StaffRole::Support).await;
    let mut sam = site.signed_in(&person).await;
    for path in ["/staff/incidents", "/staff/leaks", "/staff/lawful-orders", "/staff/incidents.csv"] {
        sam.get(path).await.is(403);
    }
}
