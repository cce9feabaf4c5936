//! From an order to an agreement, its invoices and its end, in a real browser: Dutch and English, with
//! and without scripts.

use super::journey::{Seat, verifies_offline};
use tests::harness::{self, Javascript, Options, Site};
use waarborg::commands::demo::DemoLogin;

const CUSTOMERS: u32 = 6;
const NAME: &str = "Wies Winkelaar";
const EMAIL: &str = "wies.winkelaar@bezoeker.example";
const PASSWORD: &str = "een winkel vol lange zinnen";
const DOMAIN: &str = "wies-winkelt.example";
/// More than a month: a monthly term is renewed, and what was signed in is signed out.
const MONTH_SECONDS: i64 = 32 * 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn dutch_with_scripts() {
    journey("nl", Javascript::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dutch_without_scripts() {
    journey("nl", Javascript::Off).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn english_with_scripts() {
    journey("en", Javascript::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn english_without_scripts() {
    journey("en", Javascript::Off).await;
}

async fn journey(language: &'static str, javascript: Javascript) {
    let options = Options { language, javascript, ..Options::default() };
    let Some([person, staff]) = harness::two_browsers(&options).await else { return };
    let site = Site::start(CUSTOMERS).await;
    let person = Seat { browser: person, site: &site, language, javascript };
    let staff = Seat { browser: staff, site: &site, language, javascript };
    person.choose_language().await;
    staff.choose_language().await;
    staff.sign_in(site.login("staff, administrator")).await;

    order(&person).await;
    fulfil(&staff).await;
    person_signs_in(&person).await;
    let number = first_invoice(&person).await;
    paid(&staff, &number).await;
    is_settled(&person, &number).await;
    site.clock.shift_seconds(MONTH_SECONDS);
    renewed(&person, &staff, site.login("staff, administrator")).await;
    upgraded(&person).await;
    cancelled(&person).await;
    let (receipt, key) = erased(&person).await;
    for seat in [person, staff] {
        seat.nothing_went_wrong().await;
    }
    let _folder = site.stop().await;
    verifies_offline(&receipt, &key);
}

/// A visitor chooses, makes a mistake, corrects it, checks what was filled in and orders.
async fn order(person: &Seat<'_>) {
    let browser = &person.browser;
    person.open("/").await;
    browser.press("header a[href=\"/products\"]").await;
    browser.press("main a[href=\"/order?plan=hosting-start\"]").await;
    browser.choose("months", "1").await;
    browser.press("main button[value=add]").await;
    person.was_refused("label").await;
    browser.fill("label", DOMAIN).await;
    browser.press("main button[value=add]").await;
    assert!(browser.text("main").await.contains(DOMAIN));
    browser.press("main button[value=details]").await;
    browser.choose("kind", "person").await;
    let fields = [
        ("name", NAME),
        ("email", "geen adres"),
        ("street", "Proefkade 88"),
        ("postcode", "1234 AB"),
        ("city", "Voorbeeldhaven"),
        ("country", "NL"),
    ];
    for (name, value) in fields {
        browser.fill(name, value).await;
    }
    browser.choose("language", person.language).await;
    browser.press("main button[value=check]").await;
    person.was_refused("email").await;
    browser.fill("email", EMAIL).await;
    browser.press("main button[value=check]").await;
    let text = browser.text("main").await;
    for value in [DOMAIN, NAME, EMAIL, "Proefkade 88", "5.99"] {
        assert!(text.contains(value) || text.contains(&value.replace('.', ",")), "{value} in {text}");
    }
    browser.press("main button[value=place]").await;
    person.was_refused("terms").await;
    for name in ["terms", "responsibility", "processor", "early"] {
        browser.choose(name, "yes").await;
    }
    browser.press("main button[value=place]").await;
    let path = browser.path().await;
    assert!(path.starts_with("/order/thanks?number="), "{path}:\n{}", browser.text("main").await);
}

/// Staff accept the order, make the service and send what is due.
async fn fulfil(staff: &Seat<'_>) {
    let browser = &staff.browser;
    browser.press("nav.nav-side a[href=\"/staff/orders\"]").await;
    browser.press_in_row(NAME, "/staff/orders/").await;
    browser.press("main form[action$=\"/accept\"] button").await;
    browser.press("nav.nav-side a[href=\"/staff/tasks\"]").await;
    browser.send_in_row(DOMAIN).await;
    browser.press("nav.nav-side a[href=\"/staff/billing\"]").await;
    let text = browser.text("main").await;
    assert!(text.contains(NAME), "the preview names whom it will bill: {text}");
    browser.send("/staff/billing").await;
    assert!(browser.path().await.starts_with("/staff/billing/"), "{}", browser.text("main").await);
}

/// The account that came with the order, by the link in the mail.
async fn person_signs_in(person: &Seat<'_>) {
    let browser = &person.browser;
    let link = person.site.letter(EMAIL, "/invitation/").await.path(&person.site.url, "/invitation/");
    person.open(&link).await;
    browser.fill("password", PASSWORD).await;
    browser.fill("again", PASSWORD).await;
    browser.send(&link).await;
    if browser.path().await == "/sign-in" {
        sign_in(person).await;
    }
}

async fn sign_in(person: &Seat<'_>) {
    let browser = &person.browser;
    person.open("/sign-in").await;
    browser.fill("email", EMAIL).await;
    browser.fill("password", PASSWORD).await;
    browser.send("/sign-in").await;
    assert_eq!(browser.path().await, "/panel", "{}", browser.text("main").await);
}

/// The first invoice, on the page and as a PDF; gives its number.
async fn first_invoice(person: &Seat<'_>) -> String {
    let browser = &person.browser;
    browser.press("nav.nav-side a[href=\"/panel/processor-agreement\"]").await;
    assert!(browser.has("main a[href$=\"/pdf\"]").await, "the agreement came with the order");
    browser.press("nav.nav-side a[href=\"/panel/invoices\"]").await;
    browser.press("main tbody a[href^=\"/panel/invoices/\"]").await;
    let text = browser.text("main").await;
    for value in [NAME, DOMAIN, "Proefkade 88", "5.99"] {
        assert!(text.contains(value) || text.contains(&value.replace('.', ",")), "{value} in {text}");
    }
    let file = browser.download("main a[href$=\"/pdf\"]").await;
    assert!(file.bytes.starts_with(b"%PDF-1."), "{}", file.name);
    let number = file.name.trim_end_matches(".pdf").rsplit_once('F').expect("a number").1.to_owned();
    format!("F{number}")
}

/// Staff record that it was paid.
async fn paid(staff: &Seat<'_>, number: &str) {
    let browser = &staff.browser;
    browser.press("nav.nav-side a[href=\"/staff/invoices\"]").await;
    browser.press_in_row(number, "/staff/invoices/").await;
    browser.press("main a[href$=\"/payment\"]").await;
    let path = browser.path().await;
    browser.fill("amount", "veel").await;
    browser.send(&path).await;
    staff.was_refused("amount").await;
    browser.fill("amount", "5,99").await;
    browser.send(&path).await;
    assert!(!browser.path().await.ends_with("/payment"), "{}", browser.text("main").await);
}

async fn is_settled(person: &Seat<'_>, number: &str) {
    person.open("/panel/invoices").await;
    person.browser.press_in_row(number, "/panel/invoices/").await;
    assert!(person.browser.has("main .badge.ok").await, "{}", person.browser.text("main").await);
}

/// A month later there is a second invoice, made by the daily task or by the button, and no third.
async fn renewed(person: &Seat<'_>, staff: &Seat<'_>, login: &DemoLogin) {
    staff.sign_in(login).await;
    staff.open("/staff/billing").await;
    if staff.browser.has("main form[action=\"/staff/billing\"]").await {
        staff.browser.send("/staff/billing").await;
    }
    sign_in(person).await;
    person.open_until("/panel/invoices", "main tbody tr:nth-child(2)").await;
    assert!(!person.browser.has("main tbody tr:nth-child(3)").await, "{}", person.browser.text("main").await);
}

/// Another plan: what it costs is shown before it is agreed to.
async fn upgraded(person: &Seat<'_>) {
    let browser = &person.browser;
    browser.press("nav.nav-side a[href=\"/panel/services\"]").await;
    browser.press_in_row(DOMAIN, "/panel/services/").await;
    browser.press("main a[href$=\"/change\"]").await;
    browser.choose("plan", "hosting-plus").await;
    browser.press("main form[method=get] button").await;
    assert!(browser.has("main input[name=price]").await, "{}", browser.text("main").await);
    browser.press("main form[method=post] button[type=submit]").await;
    let text = browser.text("main").await;
    assert!(text.contains("Plus"), "{text}");
}

async fn cancelled(person: &Seat<'_>) {
    let browser = &person.browser;
    browser.press("main a[href$=\"/cancel\"]").await;
    let path = browser.path().await;
    browser.send(&path).await;
    person.was_refused("how").await;
    browser.choose("how", "ordinary").await;
    browser.send(&path).await;
    assert!(browser.has("main form[action$=\"/keep\"]").await, "{}", browser.text("main").await);
}

/// Erasure ends what still runs; the receipt says what stays for the books.
async fn erased(person: &Seat<'_>) -> (Vec<u8>, String) {
    let browser = &person.browser;
    person.open("/panel/rights/erasure").await;
    let text = browser.text("main").await;
    assert!(text.contains(DOMAIN), "what will stop is named: {text}");
    browser.fill("confirm", NAME).await;
    browser.send("/panel/rights/erasure").await;
    // A password alone does not erase: the address has to answer too.
    assert_eq!(browser.path().await, "/panel/requests", "{}", browser.text("main").await);
    let link = person.site.letter(EMAIL, "/identity/").await.path(&person.site.url, "/identity/");
    person.open(&link).await;
    browser.send(&link).await;
    person.open("/panel/rights/erasure").await;
    browser.fill("confirm", NAME).await;
    browser.send("/panel/rights/erasure").await;
    let receipt = browser.path().await;
    assert!(receipt.starts_with("/receipt/"), "{receipt}:\n{}", browser.text("main").await);
    let file = "main a[href$=\"/file\"]";
    person.open_until(&receipt, file).await;
    let key = browser.text("#key").await;
    let download = browser.download(file).await;
    (download.bytes, key.trim().to_owned())
}
