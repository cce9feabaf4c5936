//! Signing in, links in mails and one's own login, driven through the whole site.

use crate::testing_office::{Answer, Browser, PASSWORD, Person, TestMail, TestSite, site};
use office::accounts::{self, Enrolment, Role, StaffRole};

const OTHER: &str = "vijf stille fietsen";

async fn owner(site: &TestSite) -> Person {
    let customer = site.customer("Fenna de Proef", "fenna@klant.example").await;
    site.member(&customer, "Fenna de Proef", "fenna@klant.example", Role::Owner).await
}

async fn sign_in(browser: &mut Browser<'_>, email: &str, password: &str) -> Answer {
    browser.post("/sign-in", &[("email", email), ("password", password)]).await
}

fn to<'m>(mails: &'m [TestMail], email: &str) -> &'m TestMail {
    mails.iter().rev().find(|mail| mail.to == email).expect("a mail")
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let site = site().await;
    let fenna = owner(&site).await;
    let mut browser = site.browser();
    let wrong = sign_in(&mut browser, &fenna.email, "niet dit wachtwoord").await;
    let unknown = sign_in(&mut browser, "niemand@klant.example", PASSWORD).await;
    for answer in [&wrong, &unknown] {
        answer.is(422).has("E-mailadres of wachtwoord klopt niet").lacks(PASSWORD);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    sign_in(&mut browser, "", "").await.is(422).has("href=\"#email\"").has("href=\"#password\"");
    assert!(browser.cookies.is_empty());
    let right = sign_in(&mut browser, " Fenna@klant.example ", PASSWORD).await;
    assert_eq!(right.is(303).to(), "/panel");
    browser
        .get("/account")
        .await
        .is(200)
        .has("fenna@klant.example")
        .has("Fenna de Proef")
        .has("U bent ingelogd.");
}

#[tokio::test]
async fn next_leads_to_this_site_only() {
    let site = site().await;
    let fenna = owner(&site).await;
    for (next, expected) in [
        ("/account/name", "/account/name"),
        ("https://elders.example/", "/panel"),
        ("//elders.example/", "/panel"),
        ("/\\elders.example", "/panel"),
    ] {
        let mut browser = site.browser();
        let answer = browser
            .post("/sign-in", &[("email", &fenna.email), ("password", PASSWORD), ("next", next)])
            .await;
        assert_eq!(answer.is(303).to(), expected);
    }
    let mut browser = site.browser();
    let answer = browser.get("/account/name").await;
    assert_eq!(answer.is(303).to(), "/sign-in?next=/account/name");
    browser.get(answer.to()).await.has("name=\"next\" value=\"/account/name\"");
}

#[tokio::test]
async fn guessing_must_wait() {
    let site = site().await;
    let fenna = owner(&site).await;
    let mut browser = site.browser();
    let mut waits = 0;
    for _ in 0..10 {
        let answer = sign_in(&mut browser, &fenna.email, "niet dit wachtwoord").await;
        waits += u32::from(answer.status.as_u16() == 429 && answer.headers.contains_key("retry-after"));
    }
    assert_eq!(waits, 2, "eight attempts are free");
}

#[tokio::test]
async fn the_second_factor_comes_before_everything() {
    let site = site().await;
    let mut fenna = owner(&site).await;
    site.enrol(&mut fenna).await;
    let mut browser = site.browser();
    let answer = browser
        .post("/sign-in", &[("email", &fenna.email), ("password", PASSWORD), ("next", "/account/name")])
        .await;
    assert_eq!(answer.is(303).to(), "/sign-in/code?next=/account/name");
    // Half-way in is not in.
    assert_eq!(browser.get("/account").await.is(303).to(), "/sign-in?next=/account");
    browser.get("/sign-in/code?next=/account/name").await.is(200).has("authenticator-app");
    browser.post("/sign-in/code", &[("code", "000000")]).await.is(422).has("Deze code klopt niet");
    let code = site.code(&fenna);
    let before = browser.cookies["session"].clone();
    let answer = browser.post("/sign-in/code", &[("code", &code), ("next", "/account/name")]).await;
    assert_eq!(answer.is(303).to(), "/account/name");
    assert_ne!(browser.cookies["session"], before, "a session that proved more has a new token");
    browser.get("/account").await.is(200);
    // A code works once.
    let mut other = site.browser();
    sign_in(&mut other, &fenna.email, PASSWORD).await.is(303);
    other.post("/sign-in/code", &[("code", &code)]).await.is(422);
    assert_eq!(site.browser().get("/sign-in/code").await.is(303).to(), "/sign-in");
    assert_eq!(browser.get("/sign-in/code").await.is(303).to(), "/panel");
}

#[tokio::test]
async fn staff_enrol_before_anything_else() {
    let site = site().await;
    let mut sam = site.staff_to_enrol("Sam Proef", "sam@aanbieder.example", StaffRole::Admin).await;
    let mut browser = site.browser();
    assert_eq!(sign_in(&mut browser, &sam.email, PASSWORD).await.is(303).to(), "/sign-in/enrol");
    browser.get("/account").await.is(303);
    browser.get("/sign-in/enrol").await.is(200).has("Stel eerst een tweede factor in");
    let page = browser.post("/sign-in/enrol", &[]).await;
    page.is(200).has("<svg class=\"qr\"").has("Geheime sleutel");
    assert_eq!(page.headers["cache-control"], "no-store");
    let (secret, address) = (page.value("secret"), page.value("address"));
    let fields = [("secret", secret.as_str()), ("address", address.as_str()), ("code", "12")];
    let again = browser.post("/sign-in/enrol/code", &fields).await;
    again.is(422).has("Deze code klopt niet").has("<svg class=\"qr\"").has(&secret);
    sam.enrolment = Some(Enrolment { secret: secret.as_str().into(), address: address.as_str().into() });
    let code = site.code(&sam);
    let done = browser.post("/sign-in/enrol/code", &[("code", &code)]).await;
    done.is(200).has("Herstelcodes").has("href=\"/staff\"");
    browser.get("/account").await.is(200).has("Systeembeheer").has("Ingesteld");
    browser.get("/sign-in/enrol").await.is(303);
    // Staff cannot be without it.
    browser.get("/account/second-factor").await.is(200).lacks("/account/second-factor/remove");
    browser.get("/account/second-factor/remove").await.is(403);
    browser.post("/account/second-factor/remove", &[]).await.is(403);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let site = site().await;
    let mut fenna = owner(&site).await;
    let mut browser = site.signed_in(&fenna).await;
    let page = browser.post("/account/second-factor", &[]).await;
    fenna.enrolment = Some(Enrolment {
        secret: page.is(200).value("secret").as_str().into(),
        address: page.value("address").as_str().into(),
    });
    let codes = browser.post("/account/second-factor/code", &[("code", &site.code(&fenna))]).await;
    let text = codes.is(200).body.split("<pre").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1));
    let first = text.expect("codes").trim().lines().next().expect("a code").to_owned();
    assert_eq!(first.len(), 19, "{first}");
    browser.get("/account/second-factor").await.has("U hebt nog 10 herstelcodes.");
    for status in [303, 422] {
        let mut other = site.browser();
        sign_in(&mut other, &fenna.email, PASSWORD).await.is(303);
        other.post("/sign-in/code", &[("code", &first.to_lowercase())]).await.is(status);
    }
    // New codes, and then the way back: all with a fresh second factor.
    site.clock.advance_seconds(accounts::FRESH_SECONDS + 1);
    let answer = browser.get("/account/second-factor").await;
    assert_eq!(answer.is(303).to(), "/sign-in/confirm?next=/account/second-factor");
    browser.get(answer.to()).await.is(200).has("name=\"code\"").lacks("name=\"password\"");
    let here = ("next", "/account/second-factor");
    browser.post("/sign-in/confirm", &[("code", "1"), here]).await.is(422).has("Deze code klopt niet");
    let answer = browser.post("/sign-in/confirm", &[("code", &site.code(&fenna)), here]).await;
    assert_eq!(answer.is(303).to(), "/account/second-factor");
    browser.post("/account/second-factor/codes", &[]).await.is(200).has("Herstelcodes").lacks(&first);
    browser.get("/account/second-factor/remove").await.is(200).has("Wie uw wachtwoord kent");
    assert_eq!(browser.post("/account/second-factor/remove", &[]).await.is(303).to(), "/account");
    browser.get("/account").await.is(200).has("Niet ingesteld");
    // What is left to prove with is the password, which was given long ago.
    browser.get("/account/second-factor/remove").await.is(303);
    browser.post("/sign-in/confirm", &[("password", PASSWORD)]).await.is(303);
    browser.get("/account/second-factor/remove").await.is(404);
}

#[tokio::test]
async fn who_has_no_second_factor_confirms_with_the_password() {
    let site = site().await;
    let fenna = owner(&site).await;
    let mut browser = site.signed_in(&fenna).await;
    browser.get("/account/email").await.is(200);
    site.clock.advance_seconds(accounts::FRESH_SECONDS + 1);
    let answer = browser.get("/account/email").await;
    assert_eq!(answer.is(303).to(), "/sign-in/confirm?next=/account/email");
    browser.get(answer.to()).await.is(200).has("name=\"password\"").lacks("name=\"code\"");
    browser.post("/sign-in/confirm", &[("password", OTHER)]).await.is(422).has("Dit wachtwoord klopt niet");
    let answer =
        browser.post("/sign-in/confirm", &[("password", PASSWORD), ("next", "/account/email")]).await;
    assert_eq!(answer.is(303).to(), "/account/email");
    browser.get("/account/email").await.is(200);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let site = site().await;
    let fenna = owner(&site).await;
    let mut browser = site.signed_in(&fenna).await;
    let token = browser.cookies["session"].clone();
    assert_eq!(browser.post("/sign-out", &[]).await.is(303).to(), "/");
    browser.get("/").await.has("U bent uitgelogd.");
    browser.cookies.insert("session".to_owned(), token);
    browser.get("/account").await.is(303);
    site.browser().post("/sign-out", &[]).await.is(303);
}

#[tokio::test]
async fn access_is_recovered_by_a_link_that_works_once() {
    let site = site().await;
    let fenna = owner(&site).await;
    let mut old = site.signed_in(&fenna).await;
    let mut browser = site.browser();
    let known = browser.post("/recover", &[("email", &fenna.email)]).await;
    let unknown = browser.post("/recover", &[("email", "niemand@klant.example")]).await;
    assert_eq!((known.is(303).to(), unknown.is(303).to()), ("/recover/sent", "/recover/sent"));
    browser.post("/recover", &[("email", "fenna")]).await.is(422);
    browser.get("/recover/sent").await.is(200);
    let mails = site.mails().await;
    assert!(mails.iter().all(|mail| mail.to == fenna.email));
    let link = to(&mails, &fenna.email).path();
    browser.get(&link).await.is(200).has("Kies een nieuw wachtwoord");
    let short = [("password", "kort"), ("again", "kort")];
    browser.post(&link, &short).await.is(422).has("Wachtwoord: gebruik ten minste 12 tekens");
    let unlike = [("password", OTHER), ("again", PASSWORD)];
    browser.post(&link, &unlike).await.is(422).has("niet gelijk").lacks(OTHER);
    let right = [("password", OTHER), ("again", OTHER)];
    assert_eq!(browser.post(&link, &right).await.is(303).to(), "/sign-in");
    browser.post(&link, &right).await.is(404).has("Deze link werkt niet");
    browser.get(&link).await.is(404);
    browser.get("/recover/onzin").await.is(404);
    old.get("/account").await.is(303);
    sign_in(&mut browser, &fenna.email, PASSWORD).await.is(422);
    sign_in(&mut browser, &fenna.email, OTHER).await.is(303);
}

#[tokio::test]
async fn an_invitation_is_accepted_with_a_password() {
    let site = site().await;
    let customer = site.customer("Bakkerij Proef", "bakker@klant.example").await;
    let new = accounts::NewMember {
        name: "Bo Proef".into(),
        email: "bo@klant.example".into(),
        role: Role::Reader,
        language: base::Language::Nl,
    };
    accounts::invite(&site.office, office::By::System("test"), customer.id, &new).await.expect("invited");
    let link = to(&site.mails().await, "bo@klant.example").path();
    let mut browser = site.browser();
    browser.get(&link).await.is(200).has("Bakkerij Proef").has("Bo Proef").has("Lezer");
    browser.post(&link, &[]).await.is(422).has("vul dit in").has("Bakkerij Proef");
    let weak = [("password", "wachtwoord1234"), ("again", "wachtwoord1234")];
    browser.post(&link, &weak).await.is(422).has("te makkelijk te raden");
    let right = [("password", OTHER), ("again", OTHER)];
    assert_eq!(browser.post(&link, &right).await.is(303).to(), "/sign-in");
    browser.get(&link).await.is(404);
    sign_in(&mut browser, "bo@klant.example", OTHER).await.is(303);
    browser.get("/account").await.is(200).has("Bakkerij Proef, als Lezer");
}

#[tokio::test]
async fn a_new_address_counts_once_it_is_confirmed() {
    let site = site().await;
    let fenna = owner(&site).await;
    let mut browser = site.signed_in(&fenna).await;
    browser.post("/account/email", &[("email", "nieuw@")]).await.is(422).has("value=\"nieuw@\"");
    browser.post("/account/email", &[("email", "nieuw@klant.example")]).await.is(303);
    browser.get("/account").await.has("fenna@klant.example").has("een link naar het nieuwe adres");
    let mails = site.mails().await;
    assert!(!to(&mails, &fenna.email).body.contains("/new-email/"), "the old address gets a notice only");
    let link = to(&mails, "nieuw@klant.example").path();
    let mut elsewhere = site.browser();
    elsewhere.get(&link).await.is(200).has("Bevestig dat u voortaan");
    assert_eq!(elsewhere.post(&link, &[]).await.is(303).to(), "/sign-in");
    elsewhere.post(&link, &[]).await.is(404);
    sign_in(&mut elsewhere, "nieuw@klant.example", PASSWORD).await.is(303);
    sign_in(&mut site.browser(), &fenna.email, PASSWORD).await.is(422);
}

#[tokio::test]
async fn name_language_and_password_are_changed() {
    let site = site().await;
    let fenna = owner(&site).await;
    let mut browser = site.signed_in(&fenna).await;
    let mut other = site.signed_in(&fenna).await;
    browser.post("/account/name", &[("name", " ")]).await.is(422).has("vul dit in");
    assert_eq!(browser.post("/account/name", &[("name", "Fenna Anders")]).await.is(303).to(), "/account");
    browser.get("/account").await.has("Fenna Anders").has("De wijzigingen zijn opgeslagen.");
    browser.post("/account/language", &[("language", "de")]).await.is(422);
    browser.post("/account/language", &[("language", "en")]).await.is(303);
    browser.get("/account").await.has("Account and security");
    let wrong = [("current", "niet dit wachtwoord"), ("password", OTHER), ("again", OTHER)];
    browser.post("/account/password", &wrong).await.is(422).has("href=\"#current\"");
    let right = [("current", PASSWORD), ("password", OTHER), ("again", OTHER)];
    browser.post("/account/password", &right).await.is(303);
    browser.get("/account").await.is(200);
    other.get("/account").await.is(303);
    sign_in(&mut site.browser(), &fenna.email, OTHER).await.is(303);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner() {
    let site = site().await;
    let fenna = owner(&site).await;
    let stranger = site.customer("Bakkerij Proef", "bakker@klant.example").await;
    let bo = site.member(&stranger, "Bo Proef", "bo@klant.example", Role::Owner).await;
    let mut here = site.signed_in(&fenna).await;
    let mut there = site.signed_in(&fenna).await;
    let mut third = site.signed_in(&fenna).await;
    let mut bos = site.signed_in(&bo).await;
    let page = here.get("/account").await;
    page.is(200).has("Deze sessie").has("Alle andere sessies beëindigen");
    let path = page.body.split("action=\"").find(|part| part.starts_with("/account/sessions/0"));
    let path = path.and_then(|part| part.split('"').next()).expect("a button").to_owned();
    bos.post(&path, &[]).await.is(404);
    here.post("/account/sessions/x/end", &[]).await.is(404);
    here.post(&path, &[]).await.is(303);
    let mut alive = 0;
    for browser in [&mut there, &mut third] {
        alive += u32::from(browser.get("/account").await.status.as_u16() == 200);
    }
    assert_eq!(alive, 1);
    here.post("/account/sessions/end-others", &[]).await.is(303);
    there.get("/account").await.is(303);
    third.get("/account").await.is(303);
    here.get("/account").await.is(200).lacks("Alle andere sessies beëindigen");
    bos.get("/account").await.is(200);
}
