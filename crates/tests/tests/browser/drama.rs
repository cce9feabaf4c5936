//! The whole drama of a leak: a member of staff in a browser, two officers with the program on their own computers, and
//! the log that opens when both agree and is dark again afterwards. And whoever should not come through: nobody does, at
//! the page, in the office, and in the officers' programs.

use super::journey::Seat;
use office::incidents::IncidentId;
use office::releases::{
    self, AskError, EndReason, NewAsk, On, Question, ReleaseId, ReleaseState, Shape, Wanted,
};
use office::traffic_log;
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use tests::harness::{self, Javascript, Options, Site, site::until};
use waarborg::commands::demo::{self, DemoLogin};

const CUSTOMERS: u32 = 6;

/// An officer's computer: the folder that the demo made for them.
struct Officer {
    home: PathBuf,
    folder: tempfile::TempDir,
}

impl Officer {
    fn of(site: &Site, name: &str) -> Self {
        Self { home: site.home().join("officers").join(name), folder: tempfile::tempdir().unwrap() }
    }

    /// Lets the program look at a dossier; what it wrote, or why it refused.
    fn approve(&self, dossier: &[u8], typed: &str) -> Result<PathBuf, String> {
        let (given, output) = (self.folder.path().join("dossier.json"), self.folder.path().join("out.json"));
        fs::write(&given, dossier).unwrap();
        let _ = fs::remove_file(&output);
        let mut command = harness::waarborg(self.folder.path());
        command.args(["officer", "--home"]).arg(&self.home).args(["--piped", "--json", "approve"]);
        command.arg(&given).arg("--output").arg(&output);
        command.env("WAARBORG_OFFICER_PASSPHRASE_FILE", self.home.join("passphrase"));
        let done = piped(&mut command, &[typed]);
        if done.status.success() {
            assert!(output.is_file(), "{}", String::from_utf8_lossy(&done.stderr));
            return Ok(output);
        }
        assert!(!output.exists(), "what is refused is not written");
        Err(String::from_utf8(done.stderr).unwrap())
    }
}

fn piped(command: &mut std::process::Command, lines: &[&str]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    // A program that refuses at once has closed its end.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    child.wait_with_output().unwrap()
}

/// `waarborg investigate`, beside the process that serves. Its second factor takes a code of its own.
async fn investigate(site: &Site, who: &DemoLogin, args: &[&str]) -> (i32, Value, String) {
    let code = site.code(who);
    investigate_with(site, who, &code, args).await
}

async fn investigate_with(site: &Site, who: &DemoLogin, code: &str, args: &[&str]) -> (i32, Value, String) {
    let mut command = harness::waarborg(&site.home());
    command.args(["--json", "investigate", "--piped", "--email", &who.email]).args(args);
    let lines = [who.password.clone(), code.to_owned()];
    let done =
        tokio::task::spawn_blocking(move || piped(&mut command, &[&lines[0], &lines[1]])).await.unwrap();
    let printed = serde_json::from_slice(&done.stdout).unwrap_or(Value::Null);
    (done.status.code().unwrap(), printed, String::from_utf8(done.stderr).unwrap())
}

impl Seat<'_> {
    /// The dossier, once the ledger was signed with the last approval in it.
    async fn dossier(&self, release: &str) -> Vec<u8> {
        let link = format!("a[href=\"{release}/dossier.json\"]");
        self.open_until(release, &link).await;
        self.browser.download(&link).await.bytes
    }

    async fn bring(&self, release: &str, file: &Path) {
        self.open(release).await;
        self.browser.element("main input[type=file]").await.send_keys(&file.to_string_lossy()).await.unwrap();
        self.browser.send(&format!("{release}/file")).await;
    }

    async fn offers_to_open(&self, release: &str) -> bool {
        self.open(release).await;
        self.browser.has(&format!("form[action=\"{release}/open\"]")).await
    }

    async fn can_search(&self, release: &str) -> bool {
        self.open(release).await;
        self.browser.has(&format!("form[action=\"{release}/search\"]")).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_leak_to_a_closed_log() {
    let Some(browser) = harness::browser(&Options { language: "nl", ..Options::default() }).await else {
        return;
    };
    let site = Site::start(CUSTOMERS).await;
    demo::log::make(&site.app, &site.home()).await.expect("officers, a machine and days of traffic");
    let ada = site.login("staff, administrator");
    let seat = Seat { browser, site: &site, language: "nl", javascript: Javascript::On };
    seat.choose_language().await;
    seat.sign_in(ada).await;

    let (case, release, domain) = ask_in_the_browser(&seat).await;
    let id: ReleaseId = release.rsplit('/').next().unwrap().parse().expect("the id of the release");
    let [pim, sanne] = ["pim", "sanne"].map(|name| Officer::of(&site, name));
    the_drill_is_good(&seat, [&pim, &sanne]).await;
    stays_closed_with_fewer(&seat, &release, id, [&pim, &sanne]).await;
    let expected = search_and_hand_over(&seat, ada, &release, id, &domain).await;
    assert!(expected > 0);
    ends_and_stays_dark(&seat, ada, &release, id, &pim).await;
    whoever_asks_does_not_approve(&site, case, [&pim, &sanne]).await;
    time_ends_it(&site, case).await;
    seat.nothing_went_wrong().await;
    p08_is_kept(&site.home());
    let _folder = site.stop().await;
}

/// The case, the release and the domain, in the browser alone.
async fn ask_in_the_browser(seat: &Seat<'_>) -> (IncidentId, String, String) {
    let (browser, office) = (&seat.browser, &seat.site.app.office);
    seat.open("/staff/incidents/new").await;
    browser.fill("title", "Vreemde bezoeken aan een winkel").await;
    browser.choose("effects", "confidentiality").await;
    browser.choose("role", "processor").await;
    browser.choose("regime", "gdpr").await;
    browser.send("/staff/incidents/new").await;
    let path = browser.path().await;
    let case = path.strip_prefix("/staff/incidents/").expect("the case").to_owned();

    let sites = traffic_log::site_list(office).await.unwrap();
    let domain = sites.keys().min().expect("a site").clone();
    let day = base::Day::from_number(office.now().day().number() - 1).to_string();
    seat.open("/staff/releases/new").await;
    browser.choose("ground", &format!("incident:{case}")).await;
    // Of a site that nobody has: refused at the page.
    browser.fill("sites", "nergens.example").await;
    browser.fill("reason", "Wie kwam er door het lek binnen?").await;
    for name in ["first", "last"] {
        set_date(seat, name, &day).await;
    }
    browser.send("/staff/releases/new").await;
    assert!(browser.text("main").await.contains("nergens.example"), "an unknown domain is named");
    assert_eq!(browser.path().await, "/staff/releases/new");
    browser.fill("sites", &domain).await;
    browser.send("/staff/releases/new").await;
    let release = browser.path().await;
    assert!(release.starts_with("/staff/releases/") && release != "/staff/releases/new", "{release}");
    (case.parse().expect("an id"), release, domain)
}

/// A date field takes keys in the order of the browser's own language; its value is set as a picker does.
async fn set_date(seat: &Seat<'_>, name: &str, day: &str) {
    let script = format!("document.querySelector('main [name={name}]').value = '{day}'");
    let parameters = serde_json::json!({ "expression": script });
    seat.browser.devtools("Runtime.evaluate", parameters).await;
}

/// The shares work on what the machine sealed for the purpose, and would not on another key.
async fn the_drill_is_good(seat: &Seat<'_>, officers: [&Officer; 2]) {
    let bundle =
        office::seal::bundle(&seat.site.app.office, Some(seat.site.app.ledger_key.clone())).await.unwrap();
    assert!(!bundle.canaries.is_empty(), "the machine sealed a canary");
    let mut forged = bundle.clone();
    for canary in &mut forged.canaries {
        let at = canary.record.len() - 40;
        canary.record[at] ^= 1;
    }
    for officer in officers {
        for (text, good) in [(bundle.text(), true), (forged.text(), false)] {
            let file = officer.folder.path().join("bundle.json");
            fs::write(&file, text).unwrap();
            let mut command = harness::waarborg(officer.folder.path());
            command
                .args(["officer", "--home"])
                .arg(&officer.home)
                .args(["--piped", "--json", "rehearse"])
                .arg(&file);
            command.env("WAARBORG_OFFICER_PASSPHRASE_FILE", officer.home.join("passphrase"));
            let done = piped(&mut command, &[]);
            let report: Value = serde_json::from_slice(&done.stdout)
                .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr)));
            assert_eq!(done.status.success(), good, "{report}");
            let counted =
                if good { &report["good"] } else { &Value::from(report["bad"].as_array().unwrap().len()) };
            assert_eq!(counted, &Value::from(bundle.canaries.len()), "{report}");
        }
    }
}

/// One approval, two approvals, one answer: closed each time. Then the second answer, and it opens.
async fn stays_closed_with_fewer(seat: &Seat<'_>, release: &str, id: ReleaseId, [pim, sanne]: [&Officer; 2]) {
    let office = &seat.site.app.office;
    let admin = demo::log::session(&seat.site.app, demo::log::ADMIN).await.unwrap();
    let closed = async |what: &str| {
        assert!(!seat.offers_to_open(release).await && !seat.can_search(release).await, "{what}");
        let open = releases::open(office, &admin, id).await;
        assert!(matches!(open, Err(AskError::TooEarly { .. })), "{what}: {open:?}");
        let asked = releases::ask_question(office, &admin, id, &Question::all(Shape::Rows)).await;
        assert!(matches!(asked, Err(AskError::Over)), "{what}: {asked:?}");
    };
    closed("nobody approved").await;
    let dossier = seat.dossier(release).await;

    // Somebody changed which site it is about: the officer's program finds out.
    let mut forged: Value = serde_json::from_slice(&dossier).unwrap();
    forged["sites"][0]["domain"] = "andere.example".into();
    let refused = pim.approve(forged.to_string().as_bytes(), "approve").expect_err("another domain");
    assert!(refused.contains("refused"), "{refused}");
    // And whoever types something else has not approved.
    pim.approve(&dossier, "no").expect_err("not agreed");

    let first = pim.approve(&dossier, "approve").expect("approves");
    seat.bring(release, &first).await;
    closed("one approved").await;
    seat.bring(release, &first).await;
    assert!(seat.browser.has("main .error").await, "an approval counts once");
    closed("one approved twice").await;

    let dossier = seat.dossier(release).await;
    let second = sanne.approve(&dossier, "approve").expect("approves");
    seat.bring(release, &second).await;
    closed("both approved, nobody answered").await;
    // The dossier with both approvals in it.
    let dossier = until_both_approved(seat, release).await;
    let first = pim.approve(&dossier, "open").expect("answers");
    seat.bring(release, &first).await;
    closed("one answered").await;
    let second = sanne.approve(&dossier, "open").expect("answers");
    seat.bring(release, &second).await;
    assert!(seat.offers_to_open(release).await);
    seat.browser.send(&format!("{release}/open")).await;
    assert!(seat.can_search(release).await, "open: {}", seat.browser.text("main").await);
}

async fn until_both_approved(seat: &Seat<'_>, release: &str) -> Vec<u8> {
    for _ in 0..100 {
        let dossier = seat.dossier(release).await;
        let read: Value = serde_json::from_slice(&dossier).unwrap();
        if read["approvals"].as_array().unwrap().len() == 2 {
            return dossier;
        }
    }
    panic!("the second approval is not in the dossier");
}

/// Searches on the page and on the command line, and hands the evidence over; how many visits there were.
async fn search_and_hand_over(
    seat: &Seat<'_>,
    ada: &DemoLogin,
    release: &str,
    id: ReleaseId,
    domain: &str,
) -> u64 {
    let (browser, site) = (&seat.browser, seat.site);
    browser.choose("shape", "rows").await;
    browser.fill("path", "wp-login").await;
    browser.send(&format!("{release}/search")).await;
    let page = browser.text("main").await;
    assert!(page.contains("/wp-login.php") && page.contains(domain), "{page}");

    let text = id.to_string();
    let (code, found, said) = investigate(site, ada, &["search", &text, "--path", "wp-login"]).await;
    assert_eq!(code, 0, "{said}");
    let rows = found["rows"].as_array().expect("visits");
    let count = found["found"].as_u64().expect("a number");
    assert_eq!(rows.len() as u64, count);
    assert!(rows.iter().all(|row| row["path"] == "/wp-login.php" && row["site"] == domain), "{found}");
    let (_, summary, _) =
        investigate(site, ada, &["summary", &text, "--path", "wp-login", "--site", domain]).await;
    assert_eq!((&summary["found"], &summary["sites"][0][1]), (&count.into(), &count.into()), "{summary}");

    // A site that was not released; a wrong code; somebody of staff who may not look into the log.
    let sites = traffic_log::site_list(&site.app.office).await.unwrap();
    let other = sites.keys().find(|other| *other != domain).expect("another site");
    let (code, _, said) = investigate(site, ada, &["search", &text, "--site", other]).await;
    assert!(code == 1 && said.contains("does not open"), "{said}");
    let (code, _, said) = investigate_with(site, ada, "000000", &["search", &text]).await;
    assert!(code == 1 && said.contains("do not belong together"), "{said}");
    let (code, _, said) = investigate(site, site.login("staff, support"), &["search", &text]).await;
    assert!(code == 1 && said.contains("only staff for privacy"), "{said}");

    // The list for a spreadsheet, and the package that proves itself.
    seat.open(release).await;
    browser.fill("path", "wp-login").await;
    let csv = browser.download(&format!("button[formaction=\"{release}/export\"]")).await;
    let csv = String::from_utf8(csv.bytes).unwrap();
    assert_eq!(csv.lines().count() as u64, count + 1);
    seat.open(release).await;
    browser.fill("path", "wp-login").await;
    let package = browser.download(&format!("button[formaction=\"{release}/evidence\"]")).await;
    proves_itself(site, &package.bytes, count);
    let file = site.home().join("bewijs.zip");
    let output = file.to_str().unwrap();
    let (code, told, said) =
        investigate(site, ada, &["export", &text, "--path", "wp-login", "-o", output]).await;
    assert_eq!((code, &told["rows"]), (0, &count.into()), "{said}");
    proves_itself(site, &fs::read(&file).unwrap(), count);
    let asked = releases::questions(&site.app.office, id).await.unwrap().len();
    assert_eq!(asked, 6, "a search, two on the command line, a list and two packages; none of those refused");
    count
}

/// Checked in a folder with nothing else; and no byte of its files may change.
fn proves_itself(site: &Site, package: &[u8], rows: u64) {
    let folder = tempfile::tempdir().unwrap();
    let key = site.app.ledger_key.to_string();
    let verify = |bytes: &[u8]| {
        fs::write(folder.path().join("bewijs.zip"), bytes).unwrap();
        harness::waarborg(folder.path())
            .args(["verify", "bewijs.zip", "--key", &key, "--json"])
            .output()
            .unwrap()
    };
    let done = verify(package);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let shown: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(
        (&shown["rows"], &shown["approved_by"]),
        (&rows.into(), &serde_json::json!([1, 2])),
        "{shown}"
    );
    let changed = |name: &str, change: &dyn Fn(Vec<u8>) -> Option<Vec<u8>>| {
        use std::io::{Cursor, Read as _};
        let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).unwrap();
            let own = file.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            let kept = if own == name { change(bytes) } else { Some(bytes) };
            if let Some(bytes) = kept {
                writer.start_file(own.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
                writer.write_all(&bytes).unwrap();
            }
        }
        verify(&writer.finish().unwrap().into_inner())
    };
    for name in [
        "hits.csv",
        "hits.jsonl",
        "questions.json",
        "dossier.json",
        "README.txt",
        "group/0001.json",
        "SHA256SUMS",
        "ledger.json",
    ] {
        let done = changed(name, &|mut bytes| {
            let at = bytes.len() / 2;
            bytes[at] ^= 1;
            Some(bytes)
        });
        assert!(!done.status.success(), "{name} was changed: {}", String::from_utf8_lossy(&done.stdout));
        assert!(!changed(name, &|_| None).status.success(), "without {name}");
    }
}

async fn ends_and_stays_dark(seat: &Seat<'_>, ada: &DemoLogin, release: &str, id: ReleaseId, pim: &Officer) {
    let office = &seat.site.app.office;
    let dossier =
        releases::dossier(office, &seat.site.app.config.ledger_files().tiles, &seat.site.app.ledger_key, id)
            .await
            .unwrap()
            .expect("a dossier")
            .text();
    seat.open(release).await;
    seat.browser.send(&format!("{release}/end")).await;
    assert!(!seat.can_search(release).await && !seat.offers_to_open(release).await);
    assert_eq!(releases::release(office, id).await.unwrap().state, ReleaseState::Ended);
    let (code, _, said) = investigate(seat.site, ada, &["search", &id.to_string()]).await;
    assert!(code == 1 && said.contains("not open"), "{said}");
    // What the officer gives once more opens nothing more.
    let admin = demo::log::session(&seat.site.app, demo::log::ADMIN).await.unwrap();
    if let Ok(file) = pim.approve(dossier.as_bytes(), "open") {
        let late = releases::take_file(office, &admin, id, &fs::read_to_string(file).unwrap()).await;
        assert!(matches!(late, Err(AskError::Over)), "{late:?}");
    }
    assert!(matches!(releases::open(office, &admin, id).await, Err(AskError::Over)));
}

async fn ask_again(site: &Site, case: IncidentId, email: &str) -> ReleaseId {
    let office = &site.app.office;
    let who = demo::log::session(&site.app, email).await.unwrap();
    let sites = traffic_log::site_list(office).await.unwrap();
    let yesterday = base::Day::from_number(office.now().day().number() - 1);
    let asked = NewAsk {
        on: On::Incident(case),
        wanted: Wanted::Sites(sites.values().take(1).copied().collect()),
        first: yesterday,
        last: yesterday,
        reason: "Nog een keer".into(),
        hours: 1,
    };
    releases::ask(office, &who, &asked).await.expect("asked")
}

/// An officer asks: the program of that officer refuses, that of the other does not.
async fn whoever_asks_does_not_approve(site: &Site, case: IncidentId, [pim, sanne]: [&Officer; 2]) {
    let office = &site.app.office;
    let id = ask_again(site, case, "pim@voorbeeldhost.example").await;
    let tiles = site.app.config.ledger_files().tiles;
    let mut made = None;
    for _ in 0..300 {
        made = releases::dossier(office, &tiles, &site.app.ledger_key, id).await.unwrap();
        if made.is_some() {
            break;
        }
        tokio::task::yield_now().await;
        until_signed(site, id).await;
    }
    let dossier = made.expect("the ledger was signed").text();
    let refused = pim.approve(dossier.as_bytes(), "approve").expect_err("asked for it");
    assert!(refused.contains("whoever asks does not decide"), "{refused}");
    sanne.approve(dossier.as_bytes(), "approve").expect("did not ask");
    let admin = demo::log::session(&site.app, demo::log::ADMIN).await.unwrap();
    releases::end(office, admin.by(), id, EndReason::Withdrawn).await.unwrap();
}

/// Waits until the published checkpoint grew beyond what it was.
async fn until_signed(site: &Site, id: ReleaseId) {
    let leaf = releases::release(&site.app.office, id).await.unwrap().leaf;
    let tiles = site.app.config.ledger_files().tiles;
    let index = loop {
        if let Some(index) = store::index_of_leaf(&site.app.office.store, &leaf).await.unwrap() {
            break index;
        }
        tokio::task::yield_now().await;
    };
    until("a checkpoint with the request in it", || {
        let signed = office::checkpoints::published(&tiles, &site.app.ledger_key).unwrap()?;
        (signed.unverified().size > index).then_some(())
    })
    .await;
}

/// The time of a release that nobody ended.
async fn time_ends_it(site: &Site, case: IncidentId) {
    let office = &site.app.office;
    let id = ask_again(site, case, demo::log::ADMIN).await;
    until_signed(site, id).await;
    site.clock.shift_seconds(3_601);
    let admin = demo::log::session(&site.app, demo::log::ADMIN).await.unwrap();
    assert!(matches!(releases::open(office, &admin, id).await, Err(AskError::Over)));
    let asked = releases::ask_question(office, &admin, id, &Question::all(Shape::Rows)).await;
    assert!(matches!(asked, Err(AskError::Over)), "{asked:?}");
    assert!(matches!(releases::take_file(office, &admin, id, "{}").await, Err(AskError::Over)));
}

fn p08_is_kept(home: &Path) {
    let done = harness::waarborg(home).args(["attest", "--json"]).output().unwrap();
    let verdicts: Vec<Value> = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr)));
    let verdict = verdicts.iter().find(|verdict| verdict["promise"] == "P08").expect("a verdict");
    assert_eq!(verdict["outcome"], "kept", "{verdict}");
}
