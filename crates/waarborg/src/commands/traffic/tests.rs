//! The commands of a node as they are typed, sealed to real officers, and read back with two of their shares.

use super::run;
use crate::cli::{Cli, Command};
use crate::output::{Form, Out};
use anyhow::Result;
use base::{Clock, Day, Random, SystemClock, SystemRandom};
use clap::Parser;
use keys::seal::{
    Block, Epoch, EpochId, Message, OfficerIdentity, Partial, Passphrase, Plan, RequestHash, Roster,
    ShareFile, SignedDocument, Step,
};
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use traffic::node::Node;
use traffic::scan::{Cancel, Query, scan};
use traffic::segment::Released;

const SITE: &str = "00112233445566778899aabbccddeeff";

/// Three officers, two of whom open; their epoch is this month, more or less.
fn ceremony(folder: &Path) -> (Vec<ShareFile>, SignedDocument) {
    let mut files: Vec<ShareFile> = (1..=3)
        .map(|number| {
            ShareFile::new(
                OfficerIdentity::generate(&format!("Officer {number}"), &SystemRandom).expect("a name"),
            )
        })
        .collect();
    let today = SystemClock.now().day().number();
    let epochs = [Epoch {
        id: EpochId::from_bytes((&SystemRandom as &dyn Random).bytes()),
        first_day: Day::from_number(today - 3),
        last_day: Day::from_number(today + 20),
    }];
    let officers: Vec<_> = (1u16..).zip(files.iter().map(|file| file.identity().officer().clone())).collect();
    let plan = Plan {
        organisation: "Example Hosting",
        threshold: 2,
        officers: &officers,
        epochs: &epochs,
        previous: None,
    };
    let roster = Roster::compose(&plan, &SystemRandom).expect("a roster");
    let typed: BTreeMap<u16, String> = officers
        .iter()
        .map(|(number, officer)| (*number, officer.fingerprint().last_group().to_owned()))
        .collect();
    let session = roster.digits().last_group().to_owned();
    let passphrase = Passphrase::generate(&SystemRandom);
    let mut mail: Vec<Message> = Vec::new();
    for file in &mut files {
        let compared = roster.clone().compare(file.identity(), &session, &typed).expect("the same digits");
        mail.push(file.begin(compared, &SystemRandom).expect("begins"));
    }
    let mut signed = None;
    for _ in 0..3 {
        for message in core::mem::take(&mut mail) {
            for (number, file) in (1u16..).zip(files.iter_mut()) {
                if [0, number].contains(&message.place().to) {
                    file.receive(message.clone()).expect("is taken");
                }
            }
        }
        for (number, file) in (1..).zip(&mut files) {
            match file.advance().expect("goes on") {
                Step::Send(messages) => mail.extend(messages),
                Step::Store => {
                    let stored =
                        file.store(&folder.join(format!("{number}.age")), &passphrase).expect("stores");
                    mail.push(file.sign(stored.expect("shares were made")).expect("signs"));
                }
                Step::Done(document) => {
                    file.adopt((*document).clone()).expect("adopts");
                    signed = Some(*document);
                }
                step => panic!("{step:?}"),
            }
        }
    }
    (files, signed.expect("a document"))
}

struct Machine {
    folder: tempfile::TempDir,
    files: Vec<ShareFile>,
    pin: String,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (files, signed) = ceremony(folder.path());
        fs::write(folder.path().join("group.json"), signed.text()).expect("writes");
        Self { folder, files, pin: signed.document().hash().to_string() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    async fn does(&self, words: &[&str]) -> Result<ExitCode> {
        let state = self.path("node");
        let all = ["waarborg", "--json", "traffic", "--state", &state];
        let cli = Cli::try_parse_from(all.iter().chain(words)).expect("is a command");
        let Command::Traffic(args) = cli.command else { panic!("not of traffic") };
        run(&args, &Out::new(Form::Json)).await
    }

    async fn good(&self, words: &[&str]) {
        let code = self.does(words).await.expect("succeeds");
        assert_eq!(code, ExitCode::SUCCESS, "{words:?}");
    }

    async fn fails(&self, words: &[&str], why: &str) {
        let error = format!("{:#}", self.does(words).await.expect_err("fails"));
        assert!(error.contains(why), "{words:?}: {error}");
    }

    /// Everything that is sealed, opened by two officers: second since 1970, address, path, browser id.
    fn opened(&self) -> Vec<(i64, String, String, String)> {
        let node = Node::open(&self.folder.path().join("node")).expect("a node");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let request = RequestHash::of(b"why");
        let mut all = Vec::new();
        for stored in node.store().segments().expect("lists") {
            let object = node.store().key_object(&stored).expect("reads");
            let epoch = object.name.epoch;
            let shares: Vec<_> =
                self.files[1..].iter().map(|file| file.share(epoch).expect("a share")).collect();
            let group = Arc::clone(shares[0].group());
            let mut released = Released::default();
            for record in (0..object.records.len()).filter_map(|place| object.record(place)) {
                let record = record.expect("a record");
                if matches!(record.block(), Block::Addresses(_)) {
                    continue;
                }
                let checked = group.key().check(&object.name.label(record.block()), &record).expect("holds");
                let partials: Vec<Partial> = shares
                    .iter()
                    .map(|share| share.answer(&checked, request, &SystemRandom).expect("answers"))
                    .collect();
                let opened = group.combine(&checked, request, &partials).expect("opens");
                released.insert(object.name, record.block(), opened.key);
            }
            let segment = node.store().segment(&object).expect("opens");
            let midnight = stored.day.start().as_seconds();
            scan(
                &segment,
                &released,
                &Query::default(),
                NonZeroUsize::MIN,
                &Cancel::default(),
                &mut |batch| {
                    for row in batch.rows() {
                        all.push((
                            midnight + i64::from(row.second),
                            row.address.ip().to_string(),
                            text(batch.path(row).expect("a path").1),
                            text(batch.agent(row).expect("a browser id")),
                        ));
                    }
                    ControlFlow::Continue(())
                },
            )
            .expect("scans");
        }
        all.sort();
        all
    }
}

/// Five days of 40 requests, in Apache's words and as they are to be found.
fn log() -> (String, Vec<(i64, String, String, String)>) {
    let (mut text, mut rows) = (String::new(), Vec::new());
    for day in 17..22i64 {
        for number in 0..40i64 {
            let address = format!("198.51.100.{}", number % 7);
            let path = format!("/page/{}", number * day);
            let agent = format!("Agent/{}", number % 5);
            text += &format!(
                "{address} - - [{day}/May/2015:10:05:{number:02} +0200] \"GET {path}?q=1 HTTP/1.1\" 200 99 \"-\" \"{agent}\"\n"
            );
            // 17 May 2015, 08:05 in UTC.
            rows.push((1_431_849_900 + (day - 17) * 86_400 + number, address, path, agent));
        }
    }
    rows.sort();
    (text + "not a line\n", rows)
}

#[tokio::test]
async fn a_node_imports_verifies_and_destroys() {
    let machine = Machine::new();
    let (group, log_path) = (machine.path("group.json"), machine.path("access.log"));
    machine.fails(&["status"], "holds no node").await;
    let other = "00".repeat(32);
    machine.fails(&["enroll", "--pin", &other, "--group", &group], "pinned").await;
    assert!(!Path::new(&machine.path("node")).exists(), "nothing was made");
    machine.good(&["enroll", "--pin", &machine.pin, "--group", &group]).await;
    machine.fails(&["enroll", "--pin", &machine.pin, "--group", &group], "holds a node already").await;
    machine.fails(&["group", &group], "has that document").await;

    let (text, rows) = log();
    fs::write(&log_path, &text).expect("writes");
    let import = ["import", "--format", "combined", "--host", "klant.example", &log_path];
    machine.fails(&import, "the sites of this node").await;
    fs::write(machine.path("node/sites.csv"), "klant.example,xyz1\n").expect("writes");
    machine.fails(&import, "line 1").await;
    fs::write(machine.path("node/sites.csv"), format!("domain,site\nklant.example,{SITE}\n"))
        .expect("writes");
    machine.good(&import).await;
    assert!(machine.opened() == rows);
    machine.good(&import).await;
    assert_eq!(machine.opened().len(), 2 * rows.len(), "an import does not know what was imported before");
    machine.good(&["status"]).await;
    machine.good(&["verify", "--bytes"]).await;
    machine.fails(&["seal"], "no shipper runs").await;

    let late = machine.does(&["verify", "--oldest", "2015-05-19"]).await.expect("looks");
    assert_eq!(late, ExitCode::FAILURE);
    let destroy = ["destroy", "--from", "2015-05-17", "--to", "2015-05-20"];
    machine.good(&destroy).await;
    assert_eq!(machine.opened().len(), 2 * rows.len(), "nothing without --confirm");
    let confirmed = [&destroy[..], &["--confirm"]].concat();
    machine.fails(&confirmed, "--confirm-days 4").await;
    machine.fails(&[&confirmed[..], &["--confirm-days", "3"]].concat(), "--confirm-days 4").await;
    machine.good(&["destroy", "--from", "2015-05-21", "--site", SITE, "--confirm"]).await;
    assert_eq!(machine.opened().len(), 2 * rows.len() / 5 * 4, "the site of one day");
    machine.good(&[&confirmed[..], &["--confirm-days", "4"]].concat()).await;
    assert!(machine.opened().is_empty());
    let state = machine.folder.path().join("node");
    assert_eq!(fs::read_dir(state.join("segments/keys")).expect("reads").count(), 1, "one day is left");
}

/// What shipping leaves in a damaged chain is found.
#[tokio::test]
async fn a_manifest_that_is_missing_or_foreign_is_found() {
    let machine = Machine::new();
    machine.good(&["enroll", "--pin", &machine.pin, "--group", &machine.path("group.json")]).await;
    fs::write(machine.path("node/sites.csv"), format!("klant.example,{SITE}\n")).expect("writes");
    let log_path = machine.path("access.log");
    fs::write(&log_path, log().0).expect("writes");
    machine.good(&["import", "--format", "combined", "--host", "klant.example", &log_path]).await;
    machine.good(&["verify"]).await;
    let node = Node::open(&machine.folder.path().join("node")).expect("a node");
    let third = node.store().segments().expect("lists")[2];
    node.store().forget(&third).expect("removes");
    assert_eq!(machine.does(&["verify"]).await.expect("looks"), ExitCode::FAILURE);
    // Another key than the one that signed.
    let key = machine.folder.path().join("node/node.key");
    fs::remove_file(&key).expect("removes");
    fs::write(&key, [7; 32]).expect("writes");
    let node = Node::open(&machine.folder.path().join("node")).expect("a node");
    let findings = traffic::verify::chain(node.store(), &node.public()).expect("looks");
    assert_eq!(findings.len(), 5, "{findings:?}");
}
