//! Three officers with the program on a computer of their own each, and the office between them: a ceremony of two
//! out of three, a month's share on each, a leaver, and a refresh. Everything goes through the files that people carry.

use base::{Language, Sensitive};
use office::accounts::{self, NewStaff, Officer, Session, SessionId, StaffRole, Stage};
use office::seal::{self, NewRoster, OfficerId, RosterState, Work};
use office::{By, Office};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use tempfile::TempDir;
use tests::harness::{House, waarborg};

const NAMES: [&str; 3] = ["Aukje Bewaker", "Bram Bewaker", "Carla Bewaker"];

/// An officer's computer.
struct Computer {
    folder: TempDir,
}

impl Computer {
    fn new() -> Self {
        Self { folder: TempDir::with_prefix("waarborg-officer-").unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program with what the officer types; the code, what it printed, and what it said.
    fn run(&self, args: &[&str], typed: &[&str]) -> (i32, Value, String) {
        let mut command = waarborg(self.folder.path());
        command.args(["officer", "--home"]).arg(self.path("home")).args(["--piped", "--json"]).args(args);
        command.env("WAARBORG_OFFICER_PASSPHRASE_FILE", self.path("words"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut text = typed.join("\n");
        text.push('\n');
        // A program that refuses at once has closed its end.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let printed = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().unwrap(), printed, said)
    }

    #[track_caller]
    fn ok(&self, args: &[&str], typed: &[&str]) -> Value {
        let (code, printed, said) = self.run(args, typed);
        assert_eq!(code, 0, "{args:?}: {said}");
        printed
    }
}

async fn staff(office: &Office, name: &str, at: usize) -> Session {
    let new = NewStaff {
        name: Sensitive::new(name.to_owned()),
        email: Sensitive::new(format!("officer{at}@aanbieder.example")),
        role: StaffRole::Admin,
        officer: Officer::Holder,
        language: Language::Nl,
    };
    let id = accounts::add_staff(office, By::System("test"), &new).await.unwrap().login;
    let login = accounts::login(office, id).await.unwrap();
    let now = office.now();
    Session {
        id: SessionId::new(&*office.clock, &*office.random),
        login: id,
        subject: login.subject,
        language: Language::Nl,
        staff: Some(StaffRole::Admin),
        officer: Officer::Holder,
        acting_for: None,
        stage: Stage::Complete,
        password_at: now,
        second_factor_at: Some(now),
        created_at: now,
        expires_at: now.plus_days(1),
    }
}

/// What an officer types of the ceremony's digits and of each other's, in the order in which the program asks.
fn read_out(office_view: &seal::RosterView, own: &str) -> Vec<String> {
    let mut typed = vec![office_view.roster.digits().last_group().to_owned()];
    let others = office_view.roster.officers().values().filter(|officer| officer.name() != own);
    typed.extend(others.map(|officer| officer.fingerprint().last_group().to_owned()));
    typed
}

/// Carries bundles and answers until the document is adopted.
async fn hold(
    office: &Office,
    view: &seal::RosterView,
    people: &[(&Computer, &Session, &str)],
    command: &str,
) {
    let key =
        ledger::SigningKey::generate(office.settings.origin.parse().unwrap(), &base::SeededRandom::new(3))
            .verifying_key();
    for round in 0..4 {
        let bundle = seal::bundle(office, Some(key.clone())).await.unwrap().text();
        for (computer, session, name) in people {
            fs::write(computer.path("bundle.json"), &bundle).unwrap();
            let typed = read_out(view, name);
            let typed: Vec<&str> =
                if round == 0 { typed.iter().map(String::as_str).collect() } else { vec![] };
            let bundle = computer.path("bundle.json");
            let answer = computer.path("answer.json");
            let said = computer
                .ok(&[command, bundle.to_str().unwrap(), "--output", answer.to_str().unwrap()], &typed);
            if said["messages"].as_u64() == Some(0) {
                continue;
            }
            seal::take_answer(office, session, &fs::read_to_string(answer).unwrap()).await.unwrap();
        }
    }
    let view = seal::roster(office, view.id).await.unwrap();
    assert_eq!(view.state, RosterState::Finished);
}

async fn agreed(office: &Office, by: [&Session; 2], work: Work, ids: &[OfficerId]) -> seal::RosterView {
    let new = NewRoster { work, threshold: 2, officers: ids.to_vec() };
    let id = seal::propose(office, by[0], &new).await.unwrap();
    assert!(seal::confirm(office, by[0], id).await.is_err(), "nobody confirms their own");
    seal::confirm(office, by[1], id).await.unwrap();
    seal::roster(office, id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ceremony_a_leaver_and_a_refresh() {
    let house = House::sqlite().await;
    let opened = house.open(0).await.unwrap();
    let office = &*opened.app.office;
    let computers = [Computer::new(), Computer::new(), Computer::new()];
    let (mut sessions, mut ids) = (Vec::new(), Vec::new());
    for (at, (computer, name)) in computers.iter().zip(NAMES).enumerate() {
        let session = staff(office, name, at).await;
        let identity = computer.path("officer.json");
        let said = computer.ok(&["enroll", name, "--output", identity.to_str().unwrap()], &[]);
        let words = fs::read_to_string(computer.path("words")).unwrap();
        assert_eq!(words.split(' ').count(), 6, "the program made the passphrase");
        let file = Sensitive::new(fs::read_to_string(&identity).unwrap());
        ids.push(seal::enrol(office, &session, &file).await.unwrap());
        let enrolled = seal::officers(office).await.unwrap();
        let digits = enrolled.iter().find(|officer| officer.officer.name() == name).unwrap();
        assert_eq!(said["digits"], digits.officer.fingerprint().to_string(), "the same digits on both sides");
        let again = computer.run(&["enroll", name, "--output", identity.to_str().unwrap()], &[]);
        assert_eq!(again.0, 1, "a share file is never overwritten");
        sessions.push(session);
    }
    let view = agreed(office, [&sessions[0], &sessions[1]], Work::Year, &ids).await;

    // Whoever hears other digits stops before anything begins.
    let bundle = computers[0].path("bundle.json");
    fs::write(&bundle, seal::bundle(office, None).await.unwrap().text()).unwrap();
    let wrong = ["00000", "00000", "00000"];
    let (code, _, said) = computers[0].run(&["share", bundle.to_str().unwrap()], &wrong);
    assert!(code == 1 && said.contains("stop and ask"), "{said}");
    let (code, _, said) = computers[0].run(&["refresh", bundle.to_str().unwrap()], &wrong);
    assert!(code == 1 && said.contains("makes new keys"), "{said}");

    let people: Vec<_> =
        computers.iter().zip(&sessions).zip(NAMES).map(|((one, two), three)| (one, two, three)).collect();
    hold(office, &view, &people, "share").await;
    let chain = seal::chain(office).await.unwrap().expect("a chain");
    for computer in &computers {
        let listed = computer.ok(&["list"], &[]);
        assert_eq!(listed["shares"].as_array().unwrap().len(), seal::YEAR_MONTHS);
        assert_eq!(listed["first_document"], chain.last().hash().to_string());
        assert_eq!((&listed["shares"][0]["k"], &listed["shares"][0]["n"]), (&2.into(), &3.into()));
    }

    // Bram leaves. The others refresh; what he has does not fit theirs any more.
    seal::withdraw(office, &sessions[0], ids[1]).await.unwrap();
    let stay = [people[0], people[2]];
    let view = agreed(office, [&sessions[0], &sessions[2]], Work::Refresh, &[ids[0], ids[2]]).await;
    fs::write(computers[1].path("bundle.json"), seal::bundle(office, None).await.unwrap().text()).unwrap();
    let left = computers[1].path("bundle.json");
    let (code, _, said) = computers[1].run(&["share", left.to_str().unwrap()], &wrong);
    assert!(code == 1 && said.contains("not on the roster"), "{said}");
    hold(office, &view, &stay, "refresh").await;
    let after = seal::chain(office).await.unwrap().expect("a chain");
    assert_eq!((after.documents().len(), after.last().generation()), (2, 1));
    for (computer, ..) in stay {
        let listed = computer.ok(&["list"], &[]);
        let shares = listed["shares"].as_array().unwrap();
        assert!(shares.iter().all(|share| share["generation"] == 1 && share["n"] == 2), "{shares:?}");
        assert_eq!(shares.len(), seal::YEAR_MONTHS);
    }

    // Another ledger's key under the same office: the program keeps the first.
    let other =
        ledger::SigningKey::generate(office.settings.origin.parse().unwrap(), &base::SeededRandom::new(4));
    let bundle = seal::bundle(office, Some(other.verifying_key())).await.unwrap().text();
    let path = computers[0].path("bundle.json");
    fs::write(&path, bundle).unwrap();
    let (code, _, said) = computers[0].run(&["share", path.to_str().unwrap()], &[]);
    assert!(code == 1 && said.contains("another ledger key"), "{said}");
    let (code, _, said) = computers[0].run(&["rehearse", path.to_str().unwrap()], &[]);
    assert!(code == 1 && said.contains("no canaries"), "{said}");
    opened.close().await;
}

/// Of two officers one leaves: one of two signatures of the roster before is too few, until who leaves endorses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_endorses_those_who_follow() {
    let house = House::sqlite().await;
    let opened = house.open(0).await.unwrap();
    let office = &*opened.app.office;
    let computers = [Computer::new(), Computer::new(), Computer::new()];
    let (mut sessions, mut ids) = (Vec::new(), Vec::new());
    for (at, (computer, name)) in computers.iter().zip(NAMES).enumerate() {
        let session = staff(office, name, at).await;
        let identity = computer.path("officer.json");
        computer.ok(&["enroll", name, "--output", identity.to_str().unwrap()], &[]);
        let file = Sensitive::new(fs::read_to_string(&identity).unwrap());
        ids.push(seal::enrol(office, &session, &file).await.unwrap());
        sessions.push(session);
    }
    let people: Vec<_> =
        computers.iter().zip(&sessions).zip(NAMES).map(|((one, two), three)| (one, two, three)).collect();
    let view = agreed(office, [&sessions[0], &sessions[1]], Work::Year, &ids[..2]).await;
    hold(office, &view, &people[..2], "share").await;
    let first = seal::chain(office).await.unwrap().expect("a chain");
    let first = first.documents()[0].document().hash().to_string();

    // Bram leaves, Carla comes.
    seal::withdraw(office, &sessions[0], ids[1]).await.unwrap();
    let new = NewRoster { work: Work::Year, threshold: 2, officers: vec![ids[0], ids[2]] };
    let id = seal::propose(office, &sessions[0], &new).await.unwrap();
    seal::confirm(office, &sessions[2], id).await.unwrap();
    let view = seal::roster(office, id).await.unwrap();
    let [aukje, bram, carla] = [people[0], people[1], people[2]];
    let document = aukje.0.path("document.json");
    let document_path = document.to_str().unwrap();
    let mut state = Value::Null;
    for round in 0..3 {
        let bundle = seal::bundle(office, None).await.unwrap().text();
        for (computer, session, name) in [aukje, carla] {
            let (bundle_path, answer) = (computer.path("bundle.json"), computer.path("answer.json"));
            fs::write(&bundle_path, &bundle).unwrap();
            let mut typed = if round == 0 { read_out(&view, name) } else { Vec::new() };
            if round == 0 && name == carla.2 {
                // Who is new compares the first document before anything else.
                typed.insert(0, first[first.len() - 8..].to_owned());
            }
            let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
            let args = [
                "share",
                bundle_path.to_str().unwrap(),
                "--output",
                answer.to_str().unwrap(),
                "--document",
                document_path,
            ];
            let said = computer.ok(&args, &typed);
            seal::take_answer(office, session, &fs::read_to_string(&answer).unwrap()).await.unwrap();
            state = said["state"].clone();
        }
    }
    let bundle_path = aukje.0.path("bundle.json");
    fs::write(&bundle_path, seal::bundle(office, None).await.unwrap().text()).unwrap();
    let answer = aukje.0.path("answer.json");
    let share = |endorsed: &[&str]| {
        let mut args = vec![
            "share",
            bundle_path.to_str().unwrap(),
            "--output",
            answer.to_str().unwrap(),
            "--document",
            document_path,
        ];
        args.extend(endorsed);
        aukje.0.ok(&args, &[])
    };
    assert_eq!(share(&[])["state"], "endorse", "{state}");
    let before = seal::roster(office, id).await.unwrap().state;
    assert_ne!(before, RosterState::Finished, "one of two signatures is too few");

    // Who is new cannot endorse; who leaves hears the digits first.
    let endorsed = bram.0.path("endorsed.json");
    let endorse = ["endorse", document_path, "--output", endorsed.to_str().unwrap()];
    let digits = view.roster.digits().last_group().to_owned();
    let (code, _, said) = bram.0.run(&endorse, &["00000"]);
    assert!(code == 1 && said.contains("other digits") && !endorsed.exists(), "{said}");
    let (code, _, said) = carla.0.run(&endorse, &[&digits]);
    assert!(code == 1 && said.contains("only officers of the roster before"), "{said}");
    bram.0.ok(&endorse, &[&digits]);
    assert_eq!(share(&["--endorsed", endorsed.to_str().unwrap()])["state"], "done");
    seal::take_answer(office, aukje.1, &fs::read_to_string(&answer).unwrap()).await.unwrap();
    assert_eq!(seal::roster(office, id).await.unwrap().state, RosterState::Finished);
    assert_eq!(seal::chain(office).await.unwrap().expect("a chain").documents().len(), 2);
    // The other new officer gets the endorsed document with the next bundle.
    let bundle_path = carla.0.path("bundle.json");
    fs::write(&bundle_path, seal::bundle(office, None).await.unwrap().text()).unwrap();
    assert_eq!(carla.0.ok(&["share", bundle_path.to_str().unwrap()], &[])["state"], "done");
    opened.close().await;
}
