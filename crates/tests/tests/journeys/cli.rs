//! The command line as somebody types it: from nothing to a restored installation, and every kind of
//! wrong input with what it says and that it changes nothing.

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use store::Store;
use tempfile::TempDir;
use tests::harness::{House, On, waarborg};

const GOOD: &str = "name,email,street,postcode,city\n\
                    Fenna Proefwerk,fenna@klant.example,Proefkade 12,1234 AB,Voorbeeldhaven\n\
                    Gerrit Gewist,gerrit@klant.example,Kladsteeg 3,4321 BA,Nergenshuizen\n";
const WRONG: &str = "name,email,kvk\n\
                     Fenna Proefwerk,fenna@klant.example,\n\
                     ,geen adres,12\n\
                     Gerrit Gewist,FENNA@klant.example,\n";

/// How a command ended.
struct Ended {
    what: String,
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    fn of(what: String, output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { what, code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}\n{}", self.what, self.out, self.err);
        self
    }

    /// It failed, said all of this on standard error, and printed no data.
    #[track_caller]
    fn fails(self, words: &[&str]) -> Self {
        assert_eq!(self.code, 1, "{}\n{}\n{}", self.what, self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "{}: no {word:?} in\n{}", self.what, self.err);
        }
        assert!(self.err.starts_with("waarborg: "), "{}", self.err);
        assert_eq!(self.out, "", "{}", self.what);
        assert!(!self.err.contains("panicked") && !self.err.contains("Backtrace"), "{}", self.err);
        self
    }

    #[track_caller]
    fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.out.contains(word), "{}: no {word:?} in\n{}", self.what, self.out);
        }
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{}: {error}\n{}", self.what, self.out))
    }
}

fn run(folder: &Path, args: &[&str]) -> Ended {
    let output = waarborg(folder).args(args).output().unwrap();
    Ended::of(args.join(" "), output)
}

fn run_with(folder: &Path, args: &[&str], input: &str) -> Ended {
    let mut command: Command = waarborg(folder);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ended::of(args.join(" "), child.wait_with_output().unwrap())
}

/// An installation made by `init`, in a folder of its own.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::with_prefix("waarborg-cli-").unwrap();
        run(folder.path(), &["init", "home", "--listen", "127.0.0.1:0"]).ok().says(&[
            "made an installation in home",
            "public key of the ledger: ",
            "waarborg staff add",
        ]);
        Self { folder }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn run(&self, args: &[&str]) -> Ended {
        run(&self.home(), args)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.home().join(name), bytes).unwrap();
    }

    /// What a command that fails must not change.
    fn held(&self) -> (Value, Value) {
        let status = self.run(&["ledger", "status", "--json"]).ok().json();
        let staff = self.run(&["staff", "list", "--json"]).ok().json();
        (serde_json::json!([status["size"], status["pending"], status["root"]]), staff)
    }
}

#[test]
fn from_nothing_to_a_restored_installation() {
    let place = Place::new();
    let home = place.home();

    // The policy: checked, changed, put in force once.
    place.run(&["policy", "check"]).ok().says(&[
        "the policy is well-formed",
        "it is in force",
        "to be filled in",
    ]);
    let policy = fs::read_to_string(home.join("policy.toml")).unwrap();
    place.write("policy.toml", format!("# read by the council\n{policy}"));
    place.run(&["policy", "check"]).ok().says(&["says the same as the one in force, in other bytes"]);
    place.run(&["policy", "publish"]).ok().says(&["in force now: "]);
    place.run(&["policy", "publish"]).ok().says(&["in force already: "]);
    let statement = place.run(&["policy", "statement", "--language", "en", "--json"]).ok().json();
    assert!(statement["text"].as_str().unwrap().len() > 1_000);
    place.run(&["policy", "register"]).ok();
    place.run(&["policy", "schedule"]).ok();

    // Staff.
    place.run(&["staff", "list"]).ok().says(&["no staff yet"]);
    let added =
        place.run(&["staff", "add", "ada@staf.example", "Ada Beheer", "--role", "admin", "--json"]).ok();
    assert!(added.json()["link"].as_str().unwrap().starts_with("http://127.0.0.1:8440/"));
    let staff = place.run(&["staff", "list", "--json"]).ok().json();
    assert_eq!((&staff[0]["email"], &staff[0]["role"]), (&"ada@staf.example".into(), &"admin".into()));
    place.run(&["staff", "list"]).ok().says(&["ada@staf.example", "admin"]);

    // Customers: looked at first, wrong rows named, then brought in.
    place.write("wrong.csv", WRONG);
    place.write("good.csv", GOOD);
    let before = place.held();
    for args in [&["import", "--dry-run", "wrong.csv"][..], &["import", "wrong.csv"]] {
        let wrong = place.run(args);
        assert_eq!(wrong.code, 1, "{}", wrong.err);
        let _ = wrong.says(&[
            "wrong.csv: 2 rows are wrong; nothing was imported",
            "line 3: name is missing; kvk is not a KvK number of eight digits; email is not an e-mail address",
            "line 4: email is the same as in line 2",
        ]);
    }
    let wrong = place.run(&["import", "--dry-run", "wrong.csv", "--json"]).json();
    assert_eq!((&wrong["wrong"], &wrong["wrong_rows"][0]["line"]), (&2.into(), &3.into()));
    place.run(&["import", "--dry-run", "good.csv"]).ok().says(&["2 rows are right", "nothing was imported"]);
    assert_eq!(place.held(), before);
    let imported = place.run(&["import", "good.csv", "--json"]).ok().json();
    assert_eq!((&imported["imported"], &imported["joining"]), (&2.into(), &0.into()));
    // The same people once more join their logins; from standard input.
    let again = run_with(&home, &["import", "-", "--json"], GOOD).ok().json();
    assert_eq!((&again["imported"], &again["joining"]), (&2.into(), &2.into()));

    // Promises.
    let verdicts = place.run(&["attest", "--json"]).ok().json();
    assert_eq!(verdicts.as_array().unwrap().len(), 16);
    let one = place.run(&["attest", "p12", "--dry-run"]).ok();
    assert!(one.out.contains("P12") && !one.out.contains("P13"));

    // The ledger.
    place.run(&["ledger", "publish"]).ok().says(&["signed a checkpoint over "]);
    let status = place.run(&["ledger", "status", "--json"]).ok().json();
    let size = status["size"].as_u64().unwrap();
    assert_eq!((status["pending"].as_u64(), status["checkpoint_size"].as_u64()), (Some(0), Some(size)));
    let listed = place.run(&["ledger", "list", "--kind", "customers-imported", "--json"]).ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    place.run(&["ledger", "list", "--limit", "3"]).ok().says(&["policy-in-force"]);
    place.run(&["ledger", "verify"]).ok().says(&[&format!("right: {size} entries")]);
    let key = place.run(&["ledger", "key"]).ok().out;
    // Anybody can: no configuration, the published files and the key.
    let elsewhere = TempDir::new().unwrap();
    let tiles = home.join("ledger");
    run(elsewhere.path(), &["ledger", "verify", tiles.to_str().unwrap(), "--key", key.trim()]).ok();
    place.run(&["ledger", "export", "-o", "ledger.jsonl"]).ok();
    assert_eq!(fs::read_to_string(home.join("ledger.jsonl")).unwrap().lines().count() as u64, size);
    place.run(&["ledger", "export", "-o", "ledger.jsonl"]).fails(&["ledger.jsonl"]);

    // A copy of the data, a change after it, and the copy put back.
    place.run(&["backup", "data-copy"]).ok().says(&["copied the data to data-copy"]);
    place.run(&["backup", "key-copy", "--what", "keys"]).ok().says(&["copied the wrapped keys"]);
    place.run(&["backup", "data-copy"]).fails(&["data-copy", "must not exist yet"]);
    place.run(&["staff", "add", "sanne@staf.example", "Sanne Balie"]).ok();
    place.run(&["ledger", "publish"]).ok();
    place.run(&["restore", "data-copy"]).ok().says(&["would put back the data of", "--confirm"]);
    assert_eq!(place.run(&["staff", "list", "--json"]).ok().json().as_array().unwrap().len(), 2);
    let restored = place.run(&["restore", "data-copy", "--confirm", "--json"]).ok().json();
    assert!(restored["ledger_entries_repaired"].as_u64().unwrap() >= 1);
    assert_eq!(restored["subjects_erased_again"], 0);
    assert_eq!(place.run(&["staff", "list", "--json"]).ok().json().as_array().unwrap().len(), 1);
    place.run(&["ledger", "publish"]).ok();
    place.run(&["ledger", "verify"]).ok();
    place.run(&["restore", "key-copy", "--confirm"]).ok().says(&["restored the keys of"]);
    assert_eq!(place.run(&["keys", "verify", "--json"]).ok().json()["bad"], 0);

    // And it is in order.
    let looks = place.run(&["doctor", "--json"]).ok().json();
    assert!(looks.as_array().unwrap().iter().all(|look| look["state"] != "wrong"), "{looks}");
    for shell in ["bash", "zsh", "fish"] {
        place.run(&["completions", shell]).ok().says(&["waarborg", "attest"]);
    }
    for topic in ["cli", "config", "retention", "schema"] {
        place.run(&["docs", topic]).ok();
    }
}

#[test]
fn the_root_key_on_paper() {
    let place = Place::new();
    let root = place.home().join("secrets/root.key");
    let status = place.run(&["keys", "status", "--json"]).ok().json();
    assert_eq!((&status["epoch"], &status["phase"]), (&1.into(), &"steady".into()));
    place.run(&["keys", "status"]).ok().says(&["epoch       1 (steady)", "key file"]);
    let printed = place.run(&["keys", "shares", "-k", "2", "-n", "3"]).ok();
    let sheets: Vec<&str> = printed.out.split('\x0c').filter(|sheet| !sheet.trim().is_empty()).collect();
    assert_eq!(sheets.len(), 3, "{}", printed.out);
    let two = format!("{}\n\n{}", sheets[2], sheets[0]);
    let home = place.home();

    run_with(&home, &["keys", "rehearse"], &two).ok().says(&["give the root key that is in use"]);
    run_with(&home, &["keys", "rehearse"], sheets[1]).fails(&[]);
    run_with(&home, &["keys", "rehearse"], "").fails(&["no sheets were given"]);
    run_with(&home, &["keys", "rehearse"], "what is this").fails(&["sheet 1"]);
    let other = Place::new();
    let foreign = other.run(&["keys", "shares", "-k", "2", "-n", "2"]).ok().out;
    run_with(&home, &["keys", "rehearse"], &foreign).fails(&["give another key"]);
    run_with(&home, &["keys", "recover"], &two).fails(&["a root key is there; move it away first"]);
    place.run(&["keys", "shares", "-k", "4", "-n", "3"]).fails(&[]);

    let before = fs::read(&root).unwrap();
    fs::rename(&root, home.join("lost.key")).unwrap();
    place.run(&["keys", "status"]).fails(&["root.key"]);
    run_with(&home, &["keys", "recover"], sheets[0]).fails(&[]);
    assert!(!root.exists());
    run_with(&home, &["keys", "recover"], &two).ok().says(&["the root key is back in"]);
    assert_eq!(fs::read(&root).unwrap(), before);
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(&root).unwrap().permissions().mode() & 0o777, 0o400);
    place.run(&["keys", "verify"]).ok();
    // Others may not read it.
    fs::set_permissions(&root, fs::Permissions::from_mode(0o644)).unwrap();
    place.run(&["keys", "status"]).fails(&["root.key"]);
    let doctor = place.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    let _ = doctor.says(&["WRONG", "root key"]);
}

#[test]
fn wrong_input_says_what_and_where_and_changes_nothing() {
    let place = Place::new();
    let home = place.home();
    place.write("good.csv", GOOD);
    place.run(&["import", "good.csv"]).ok();
    place.run(&["ledger", "publish"]).ok();
    place.run(&["backup", "copy"]).ok();
    let before = place.held();

    // No configuration, or one with a mistake.
    let empty = TempDir::new().unwrap();
    run(empty.path(), &["attest"]).fails(&["waarborg.toml", "not there; `waarborg init` makes one"]);
    run(empty.path(), &["-c", "other.toml", "serve"]).fails(&["other.toml"]);
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0);
    let config = fs::read_to_string(home.join("waarborg.toml")).unwrap();
    let line = |text: &str, word: &str| text.lines().position(|line| line.contains(word)).unwrap() + 1;
    for (from, to, word) in [
        ("[server]\n", "[server]\nspeed = 3\n", "speed"),
        ("epoch_days = 30", "epoch_days = \"often\"", "epoch_days"),
        ("[mail]", "[mail", "[mail"),
    ] {
        let wrong = config.replacen(from, to, 1);
        assert_ne!(wrong, config, "{from}");
        fs::write(home.join("wrong.toml"), &wrong).unwrap();
        let place_of = format!("line {}", line(&wrong, word));
        run(&home, &["-c", "wrong.toml", "attest"]).fails(&["wrong.toml", &place_of]);
    }
    place.run(&["init", "."]).fails(&["there is an installation already"]);
    run(place.folder.path(), &["init", "home"]).fails(&["there is an installation already"]);

    // A policy with a mistake: all of them, each with its line.
    let policy = fs::read_to_string(home.join("policy.toml")).unwrap();
    let wrong = policy.replacen("[provider]\n", "[provider]\nslogan = \"best\"\n", 1);
    fs::write(home.join("policy.toml"), &wrong).unwrap();
    let place_of = format!("policy.toml:{}: provider.slogan: found an unknown key", line(&wrong, "slogan"));
    for args in [&["policy", "check"][..], &["policy", "publish"], &["policy", "statement"]] {
        place.run(args).fails(&[&place_of]);
    }
    fs::write(home.join("policy.toml"), policy).unwrap();

    // Files that are no lists of customers.
    place.run(&["import", "nowhere.csv"]).fails(&["nowhere.csv"]);
    for (bytes, word) in [
        (&b""[..], "the file is empty"),
        (b"naam,email\nx,y\n", "line 1 names the column \"naam\""),
        (b"name\nFenna\n", "line 1 does not name the column \"email\""),
        (b"\xff\xfe\x00", "line 1"),
    ] {
        place.write("bad.csv", bytes);
        place.run(&["import", "bad.csv"]).fails(&["bad.csv", word]);
    }

    // Copies that are none, or not as they were.
    place.run(&["restore", "nowhere", "--confirm"]).fails(&["nowhere", "not a copy"]);
    let file = home.join("copy/waarborg.db");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    place.run(&["restore", "copy", "--confirm"]).fails(&["waarborg.db", "is not as it was"]);

    // Receipts, people and promises that are none.
    place.write("receipt.txt", "c2sp.org/tlog-proof@v1\nnonsense\n");
    place.run(&["verify", "receipt.txt"]).fails(&["this is not a receipt"]);
    place.run(&["verify", "nowhere.txt"]).fails(&["nowhere.txt"]);
    place.run(&["verify", "receipt.txt", "--key", "nonsense"]).fails(&["--key"]);
    place.run(&["ledger", "verify", "nowhere"]).fails(&["nowhere"]);
    place.run(&["staff", "disable", "nobody@staf.example"]).fails(&["no staff member signs in with"]);
    place.run(&["staff", "add", "not an address", "X"]).fails(&["email"]);
    place.run(&["attest", "P99"]).fails(&["there is no promise P99"]);
    place.run(&["policy", "statement", "--language", "fr"]).fails(&["--language", "fr"]);
    // Words that the command line does not know.
    for args in [
        &["fly"][..],
        &["import"],
        &["keys", "shares", "-k", "x", "-n", "3"],
        &["staff", "add", "a@b.example"],
    ] {
        let usage = place.run(args);
        assert_eq!(usage.code, 2, "{}", usage.what);
        assert!(usage.err.contains("Usage:") || usage.err.contains("error:"), "{}", usage.err);
    }
    assert_eq!(place.held(), before);
}

/// Everything in a folder, copied over what is there.
fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_database_that_was_put_back_by_hand_is_refused() {
    let place = Place::new();
    let (home, old) = (place.home(), place.folder.path().join("old"));
    copy_files(&home.join("data"), &old);
    place.run(&["backup", "copy"]).ok();
    place.run(&["staff", "add", "ada@staf.example", "Ada Beheer", "--role", "admin"]).ok();
    place.run(&["ledger", "publish"]).ok();
    fs::remove_dir_all(home.join("data")).unwrap();
    copy_files(&old, &home.join("data"));
    for command in ["serve", "work"] {
        let refused = place.run(&[command]);
        assert_eq!(refused.code, 1, "{}", refused.err);
        assert!(refused.err.contains("an older database was put back"), "{}", refused.err);
        assert!(refused.err.contains("waarborg restore"), "{}", refused.err);
    }
    let doctor = place.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    let _ = doctor.says(&["WRONG    ledger: ", "an old copy was put back"]);
    // The same copy put back in order is repaired.
    place.run(&["restore", "copy", "--confirm"]).ok();
    place.run(&["doctor"]).ok();
    place.run(&["ledger", "verify"]).ok();
}

async fn an_undeclared_column_stops_the_start(on: On) {
    let Some(house) = House::make(on).await else { return };
    let opened = house.open(0).await.unwrap();
    let url = opened.app.config.database.clone();
    opened.close().await;
    let store = Store::open(&url).await.unwrap();
    let tx = store.begin().await.unwrap();
    tx.execute("ALTER TABLE customer ADD COLUMN nickname TEXT", []).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    for command in [&["serve"][..], &["work"], &["attest"]] {
        let output = house.program().args(command).output().unwrap();
        let ended = Ended::of(command.join(" "), output);
        assert_eq!(ended.code, 1, "{}", ended.err);
        assert!(ended.err.contains("customer.nickname"), "{}", ended.err);
    }
    let store = Store::open(&url).await.unwrap();
    let tx = store.begin().await.unwrap();
    tx.execute("ALTER TABLE customer DROP COLUMN nickname", []).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    house.open(0).await.unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undeclared_column_stops_the_start_sqlite() {
    an_undeclared_column_stops_the_start(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undeclared_column_stops_the_start_postgres() {
    an_undeclared_column_stops_the_start(On::Postgres).await;
}
