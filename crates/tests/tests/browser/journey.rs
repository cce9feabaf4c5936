//! From a letter to a proved erasure, in a real browser: Dutch and English, with and without scripts.

use super::package;
use std::path::Path;
use tests::harness::{self, Browser, Javascript, Options, Site, site::until};
use waarborg::commands::demo::DemoLogin;

const CUSTOMERS: u32 = 12;
/// The customer of the demo who has a password and a second factor.
const NAME: &str = "Fenna Proefwerk";
/// Longer than a second factor stays fresh.
const STALE_SECONDS: i64 = 660;
/// A customer who was imported and never signed in.
const IMPORTED: &str = "klant5@domein5.example";
const VISITOR: (&str, &str) = ("Wim Zoeker", "wim.zoeker@bezoeker.example");
/// How often a page is opened again for what the program does meanwhile.
const LOOKS: usize = 150;

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
    staff.sign_in(site.login("staff, privacy")).await;

    person.letter_to_copy(&staff).await;
    person.recover_access().await;
    person.sign_in(site.login("customer")).await;
    person.see_what_is_held().await;
    person.copy_of_own_data().await;
    person.correct().await;
    person.write_and_be_answered(&staff).await;
    person.ask_and_be_answered(&staff).await;
    let (receipt, key) = person.erase().await;
    person.cannot_sign_in(site.login("customer")).await;
    for seat in [person, staff] {
        seat.nothing_went_wrong().await;
    }
    let home = site.home();
    // The folder lives as long as this.
    let _folder = site.stop().await;
    verifies_offline(&receipt, &key);
    promises_are_kept(&home);
}

/// Somebody at a browser.
pub(super) struct Seat<'a> {
    pub(super) browser: Browser,
    pub(super) site: &'a Site,
    pub(super) language: &'static str,
    pub(super) javascript: Javascript,
}

impl Seat<'_> {
    /// Goes to a path, and looks that the page is in the language that was chosen.
    pub(super) async fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.site.url)).await;
        assert_eq!(self.browser.attribute("html", "lang").await, self.language, "{path}");
    }

    /// Chooses the language by hand, as whoever has a login in the other one.
    pub(super) async fn choose_language(&self) {
        self.open("/").await;
        self.browser.press(&format!("header a[hreflang={}]", self.language)).await;
    }

    pub(super) async fn sign_in(&self, login: &DemoLogin) {
        let browser = &self.browser;
        self.open("/sign-in").await;
        browser.fill("email", &login.email).await;
        browser.fill("password", &login.password).await;
        browser.send("/sign-in").await;
        browser.fill("code", &self.site.code(login)).await;
        browser.send("/sign-in/code").await;
        assert!(["/panel", "/staff"].contains(&browser.path().await.as_str()), "{}", browser.path().await);
    }

    pub(super) async fn sign_out(&self) {
        self.browser.press("header form[action=\"/sign-out\"] button").await;
        assert_eq!(self.browser.path().await, "/");
    }

    /// Opens a page until something is on it that the program makes meanwhile.
    pub(super) async fn open_until(&self, path: &str, selector: &str) {
        for _ in 0..LOOKS {
            self.open(path).await;
            if self.browser.has(selector).await {
                return;
            }
        }
        panic!("{path}: no {selector} after {LOOKS} looks:\n{}", self.browser.text("main").await);
    }

    /// A form was not taken: the title says so, and a summary that takes focus.
    pub(super) async fn was_refused(&self, field: &str) {
        let prefix = if self.language == "nl" { "Fout:" } else { "Error:" };
        let title = self.browser.title().await;
        assert!(title.starts_with(prefix), "{title}");
        assert!(self.browser.has(&format!("[data-error-summary] a[href=\"#{field}\"]")).await, "{title}");
        if self.javascript == Javascript::On {
            let focus = "return document.activeElement.hasAttribute('data-error-summary')";
            let focused = self.browser.client().execute(focus, Vec::new()).await.unwrap();
            assert_eq!(focused, serde_json::json!(true), "the summary takes focus");
        }
    }

    /// A person without a login asks what is held about them, shows that the address is theirs, and
    /// gets it.
    async fn letter_to_copy(&self, staff: &Self) {
        let browser = &self.browser;
        let (name, email) = VISITOR;
        self.open("/").await;
        browser.press("header a[href=\"/contact\"]").await;
        browser.fill("name", name).await;
        browser.fill("email", email).await;
        browser.choose("topic", "my_data").await;
        browser.choose("right", "access").await;
        browser.fill("title", "Wat bewaart u?").await;
        browser.fill("text", "Ik wil weten wat u van mij bewaart.").await;
        browser.send("/contact").await;
        let path = browser.path().await;
        assert!(path.starts_with("/contact/sent?message=B"), "{path}");
        let (_, number) = path.split_once("request=").expect("a number of the request");
        assert!(browser.text("main").await.contains(number));

        let letter = self.site.letter(email, "/identity/").await;
        assert_eq!(letter.language, self.language);
        let link = letter.path(&self.site.url, "/identity/");
        self.open(&link).await;
        browser.send(&link).await;
        assert!(browser.text("main").await.contains(number));
        assert!(!browser.has("main [name=code]").await, "a visitor needs no second channel");

        staff.take(number).await;
        staff.browser.press("main a[href$=\"/grant\"]").await;
        staff.answer("").await;

        let letter = self.site.letter(email, "/package/").await;
        let link = letter.path(&self.site.url, "/package/");
        self.open(&link).await;
        let file = browser.download(&format!("main form[action=\"{link}\"] button")).await;
        assert_eq!(file.name, "my-data.zip");
        package::check(&file.bytes, self.language, &[name, email]);
    }

    /// Staff open a request from the list of what is to be answered.
    async fn take(&self, number: &str) {
        self.open("/staff/requests?state=open").await;
        self.browser.press_in_row(number, "/staff/requests/").await;
        assert!(self.browser.text("main").await.contains(number));
    }

    /// Sends the answer that the page is for.
    async fn answer(&self, text: &str) {
        let action = self.browser.path().await;
        if !text.is_empty() {
            self.browser.fill("text", text).await;
        }
        self.browser.send(&action).await;
        let path = self.browser.path().await;
        assert!(action.starts_with(&path), "{path} after {action}:\n{}", self.browser.text("main").await);
        assert!(self.browser.has("main [role=status]").await, "{path} says that it was done");
    }

    /// A customer who never had a password gets in by the mail that recovers access.
    async fn recover_access(&self) {
        let browser = &self.browser;
        let password = "een lange zin voor de proef";
        self.open("/sign-in").await;
        browser.press("main a[href=\"/recover\"]").await;
        browser.fill("email", IMPORTED).await;
        browser.send("/recover").await;
        assert_eq!(browser.path().await, "/recover/sent");
        let link = self.site.letter(IMPORTED, "/recover/").await.path(&self.site.url, "/recover/");
        self.open(&link).await;
        browser.fill("password", password).await;
        browser.fill("again", "iets anders dan die zin").await;
        browser.send(&link).await;
        self.was_refused("again").await;
        browser.fill("password", password).await;
        browser.fill("again", password).await;
        browser.send(&link).await;
        assert_eq!(browser.path().await, "/sign-in");
        browser.fill("email", IMPORTED).await;
        browser.fill("password", password).await;
        browser.send("/sign-in").await;
        assert_eq!(browser.path().await, "/panel");
        // The link worked once.
        self.sign_out().await;
        self.open(&link).await;
        assert!(!browser.has("main [name=password]").await);
    }

    async fn see_what_is_held(&self) {
        self.browser.press("nav.nav-side a[href=\"/panel/profile\"]").await;
        let text = self.browser.text("main").await;
        for value in [NAME, "fenna.proefwerk@klant.example", "Proefkade 12"] {
            assert!(text.contains(value), "{value} in {text}");
        }
        self.browser.press("nav.nav-side a[href=\"/panel/data\"]").await;
        assert!(self.browser.has("main section.card dl.summary").await);
        self.browser.press("nav.nav-side a[href=\"/panel/recipients\"]").await;
    }

    async fn copy_of_own_data(&self) {
        let browser = &self.browser;
        browser.press("nav.nav-side a[href=\"/panel/rights\"]").await;
        browser.press("main a[href=\"/panel/rights/access\"]").await;
        browser.send("/panel/rights/access").await;
        let request = browser.path().await;
        assert!(request.starts_with("/panel/requests/"), "{request}");
        let file = "main a[href$=\"/file\"]";
        self.open_until(&request, file).await;
        let download = browser.download(file).await;
        // In the language of the customer, which is not what the browser shows.
        package::check(&download.bytes, "nl", &[NAME, "fenna.proefwerk@klant.example"]);
        browser.press("nav.nav-side a[href=\"/panel/history\"]").await;
        assert!(browser.has("main .timeline li").await, "{}", browser.text("main").await);
    }

    async fn correct(&self) {
        let browser = &self.browser;
        self.open("/panel/profile").await;
        browser.press("main a[href=\"/panel/profile/edit\"]").await;
        browser.fill("postcode", "geen postcode").await;
        browser.fill("email", "geen adres").await;
        browser.send("/panel/profile/edit").await;
        self.was_refused("email").await;
        browser.fill("email", "fenna.proefwerk@klant.example").await;
        browser.fill("street", "Schetsplein 99").await;
        browser.fill("postcode", "4321 ZY").await;
        browser.send("/panel/profile/edit").await;
        let path = browser.path().await;
        assert!(path.starts_with("/panel/requests/"), "{path}:\n{}", browser.text("main").await);
        self.open("/panel/profile").await;
        let text = browser.text("main").await;
        assert!(text.contains("Schetsplein 99") && text.contains("4321 ZY"), "{text}");
    }

    async fn write_and_be_answered(&self, staff: &Self) {
        let browser = &self.browser;
        self.open("/panel/messages").await;
        browser.press("main a[href=\"/panel/messages/new\"]").await;
        browser.choose("topic", "question").await;
        browser.fill("title", "Trage site").await;
        browser.fill("text", "Waarom is mijn site traag?").await;
        browser.send("/panel/messages/new").await;
        let thread = browser.path().await;
        assert!(thread.starts_with("/panel/messages/"), "{thread}:\n{}", browser.text("main").await);

        staff.open("/staff/messages").await;
        staff.browser.press_in_row("Trage site", "/staff/messages/").await;
        let action = staff.browser.path().await;
        staff.browser.fill("text", "De kabel zat los. Nu niet meer.").await;
        staff.browser.send(&action).await;
        self.open(&thread).await;
        assert!(browser.text("main").await.contains("De kabel zat los."));
    }

    /// Two requests: one granted, one refused.
    async fn ask_and_be_answered(&self, staff: &Self) {
        let restriction = self.ask("restriction", "Er loopt een geschil.").await;
        staff.take(&restriction.1).await;
        staff.browser.press("main a[href$=\"/grant\"]").await;
        staff.answer("").await;
        let complaint = self.ask("complaint", "Ik vond het antwoord te kort.").await;
        staff.take(&complaint.1).await;
        staff.browser.press("main a[href$=\"/refuse\"]").await;
        let action = staff.browser.path().await;
        staff.browser.send(&action).await;
        staff.was_refused("text").await;
        staff.answer("Een langer antwoord was er niet.").await;

        self.open(&restriction.0).await;
        assert!(self.browser.has("main .badge.ok").await, "{}", self.browser.text("main").await);
        self.open(&complaint.0).await;
        let text = self.browser.text("main").await;
        // Promise P14: every answer says where else somebody can go.
        assert!(
            text.contains("Een langer antwoord") && text.contains("Autoriteit Persoonsgegevens"),
            "{text}"
        );
        self.open("/panel/rights/restriction").await;
        self.browser.send("/panel/rights/restriction/lift").await;
        assert_eq!(self.browser.path().await, "/panel/rights");
    }

    /// Asks for a right; gives the path of the request and its number.
    async fn ask(&self, right: &str, text: &str) -> (String, String) {
        let action = format!("/panel/rights/{right}");
        self.open(&action).await;
        self.browser.fill("text", text).await;
        self.browser.send(&action).await;
        let path = self.browser.path().await;
        assert!(path.starts_with("/panel/requests/"), "{path}:\n{}", self.browser.text("main").await);
        let title = self.browser.text("main h1").await;
        let number = title.split(|c: char| !c.is_alphanumeric()).find(|word| {
            word.strip_prefix('R').is_some_and(|n| n.len() > 3 && n.bytes().all(|b| b.is_ascii_digit()))
        });
        (path, number.unwrap_or_else(|| panic!("no number in {title}")).to_owned())
    }

    /// Erases; gives the receipt and the key it verifies with.
    async fn erase(&self) -> (Vec<u8>, String) {
        let browser = &self.browser;
        let login = self.site.login("customer");
        self.site.clock.shift_seconds(STALE_SECONDS);
        self.open("/panel/rights").await;
        browser.press("main a[href=\"/panel/rights/erasure\"]").await;
        let path = browser.path().await;
        assert!(path.starts_with("/sign-in/confirm?next="), "{path}");
        browser.fill("code", "000000").await;
        browser.send("/sign-in/confirm").await;
        self.was_refused("code").await;
        browser.fill("code", &self.site.code(login)).await;
        browser.send("/sign-in/confirm").await;
        assert_eq!(browser.path().await, "/panel/rights/erasure");
        browser.fill("confirm", "Fenna Proef").await;
        browser.send("/panel/rights/erasure").await;
        self.was_refused("confirm").await;
        browser.fill("confirm", NAME).await;
        browser.send("/panel/rights/erasure").await;
        let receipt = browser.path().await;
        assert!(receipt.starts_with("/receipt/"), "{receipt}:\n{}", browser.text("main").await);
        let file = "main a[href$=\"/file\"]";
        self.open_until(&receipt, file).await;
        let key = browser.text("#key").await;
        let download = browser.download(file).await;
        (download.bytes, key.trim().to_owned())
    }

    async fn cannot_sign_in(&self, login: &DemoLogin) {
        self.open("/panel").await;
        assert!(self.browser.path().await.starts_with("/sign-in"), "the session ended with the customer");
        self.browser.fill("email", &login.email).await;
        self.browser.fill("password", &login.password).await;
        self.browser.send("/sign-in").await;
        self.was_refused("email").await;
        let maildir = self.site.home().join("mail");
        until("the mails are taken back", || {
            harness::mailbox::letters(&maildir, &login.email).is_empty().then_some(())
        })
        .await;
    }

    /// No script failed, and nothing was asked of anybody else.
    pub(super) async fn nothing_went_wrong(self) {
        let lines = self.browser.console().await;
        // Chromium notes every answer of 4xx, also the ones that we mean.
        let severe = lines.iter().filter(|line| line.level == "SEVERE");
        let own: Vec<_> =
            severe.filter(|line| !line.message.contains("the server responded with a status of 4")).collect();
        assert!(own.is_empty(), "{own:?}");
        let requests = self.browser.requests().await;
        let elsewhere: Vec<_> = requests.iter().filter(|url| !url.starts_with(&self.site.url)).collect();
        assert!(elsewhere.is_empty(), "{elsewhere:?}");
    }
}

fn verify(folder: &Path, receipt: &[u8], key: &str) -> std::process::Output {
    let file = folder.join("receipt");
    std::fs::write(&file, receipt).unwrap();
    // In a folder with nothing else: no configuration, no ledger, no database.
    harness::waarborg(folder).args(["verify", "receipt", "--key", key, "--json"]).output().unwrap()
}

pub(super) fn verifies_offline(receipt: &[u8], key: &str) {
    let folder = tempfile::tempdir().unwrap();
    let done = verify(folder.path(), receipt, key);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let shown: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&shown["valid"], &shown["kind"]), (&true.into(), &"erased".into()), "{shown}");
    // One byte here and there; that no other byte matters either is tested beside the format.
    for step in 0..12 {
        let at = step * receipt.len() / 12;
        let mut changed = receipt.to_vec();
        changed[at] ^= 1;
        let done = verify(folder.path(), &changed, key);
        assert!(!done.status.success(), "byte {at} changed: {}", String::from_utf8_lossy(&done.stdout));
    }
}

fn promises_are_kept(home: &Path) {
    let done = harness::waarborg(home).args(["attest", "--json"]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stdout));
    let verdicts: Vec<serde_json::Value> = serde_json::from_slice(&done.stdout).unwrap();
    for promise in ["P12", "P13", "P14", "P16"] {
        let verdict = verdicts.iter().find(|verdict| verdict["promise"] == promise).expect("a verdict");
        assert_eq!(verdict["outcome"], "kept", "{verdict}");
        assert!(verdict["checked"].as_u64().unwrap() > 0, "{verdict}");
    }
}
