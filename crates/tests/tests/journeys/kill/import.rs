//! Killed during an import: all of the file is there, or nothing of it.

use super::{Moments, ROUNDS, ROUNDS_POSTGRES, Round, Seen, kill, start, wait};
use core::fmt::{self, Write as _};
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};
use store::{Sequencer, Store};
use tests::harness::site::PATIENCE;
use tests::harness::{House, On, Opened, count};
use waarborg::config::Config;
use waarborg::worker;

/// Rows of a file: three chunks.
const ROWS: i64 = 2_100;
/// How far the next start's clock is ahead: an import is given up after 30 s of silence.
const LATER: i64 = 120;

fn file(house: &House, round: u32) -> PathBuf {
    let mut csv = String::from("name,email,street,postcode,city\n");
    for row in 0..ROWS {
        let _ = writeln!(csv, "Klant Proef,klant{row}@ronde{round}.example,Kade {row},1234 AB,Proefstad");
    }
    let path = house.beside(&format!("klanten-{round}.csv"));
    std::fs::write(&path, csv).unwrap();
    path
}

/// What the database holds of customers, imports and keys.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    customers: i64,
    logins: i64,
    memberships: i64,
    subjects: i64,
    keys: i64,
    imports_told: i64,
}

impl Held {
    /// After so many whole files.
    fn files(files: i64) -> Self {
        let rows = files * ROWS;
        Self {
            customers: rows,
            logins: rows,
            memberships: rows,
            subjects: 2 * rows,
            keys: 2 * rows,
            imports_told: files,
        }
    }

    async fn of(opened: &Opened) -> Self {
        let office = &opened.app.office;
        let state = office.vault.state().await.unwrap();
        let keys = office.vault.store().count_of_epoch(state.writing_epoch()).await.unwrap();
        Sequencer::new(office.store.clone()).run().await.unwrap();
        let told = store::entries_of_kind(&office.store, "customers-imported", 1_000).await.unwrap();
        Self {
            customers: opened.count("SELECT COUNT(*) AS n FROM customer").await,
            logins: opened.count("SELECT COUNT(*) AS n FROM login").await,
            memberships: opened.count("SELECT COUNT(*) AS n FROM membership").await,
            subjects: opened.count("SELECT COUNT(*) AS n FROM subject").await,
            keys: i64::try_from(keys).unwrap(),
            imports_told: i64::try_from(told.len()).unwrap(),
        }
    }
}

/// The next start: what `serve` and `work` do before anything else, and the daily collection of keys
/// that no row uses.
async fn next_start(house: &House) -> Opened {
    let opened = house.open(LATER).await.unwrap();
    worker::settle(&opened.app).await.unwrap();
    let office = &opened.app.office;
    office::retention::collect_orphan_keys(office, office.now().plus_seconds(1)).await.unwrap();
    opened
}

/// An import under way, and what this process needs to watch it.
struct Watched {
    store: Store,
    imports: i64,
}

impl Watched {
    async fn open(house: &House) -> Self {
        let url = Config::read(&house.config_file()).unwrap().database;
        let store = Store::open(&url).await.unwrap();
        let imports = Self::count(&store).await;
        Self { store, imports }
    }

    async fn count(store: &Store) -> i64 {
        count(store, "SELECT COUNT(*) AS n FROM import", []).await
    }

    /// Waits until the import shows in the database.
    async fn begun(&self, what: &impl fmt::Display) {
        let end = Instant::now() + PATIENCE * 4;
        while Self::count(&self.store).await == self.imports {
            assert!(Instant::now() < end, "{what}: the import does not begin");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

fn import(house: &House, round: u32) -> Child {
    let mut command = house.program();
    command.arg("import").arg(file(house, round));
    start(command)
}

/// Kills one import and looks at what the next start makes of it. Tells how many files are there then.
async fn killed_once(house: &House, round: &Round, files: i64) -> i64 {
    let watched = Watched::open(house).await;
    let child = import(house, round.number);
    watched.begun(round).await;
    tokio::time::sleep(round.after).await;
    kill(child);
    watched.store.close().await.unwrap();

    let opened = next_start(house).await;
    let held = Held::of(&opened).await;
    // It may have come to its end just before.
    let files = if held.customers > files * ROWS { files + 1 } else { files };
    assert_eq!(held, Held::files(files), "{round}");
    for staged in [
        "SELECT COUNT(*) AS n FROM customer WHERE import_id IS NOT NULL OR number < 0",
        "SELECT COUNT(*) AS n FROM login WHERE import_id IS NOT NULL",
        "SELECT COUNT(*) AS n FROM import WHERE state = 'staging' OR finished_at IS NULL",
    ] {
        assert_eq!(opened.count(staged).await, 0, "{round}: {staged}");
    }
    opened.close().await;
    files
}

async fn killed_during_imports(on: On, rounds: u32) {
    let Some(base) = House::make(on).await else { return };
    // On files every round begins with nothing; on PostgreSQL they follow each other.
    let fresh = |base: &House| (on == On::Sqlite).then(|| base.copy());
    // How long it takes from its first sign to its end, when nobody kills it.
    let copy = fresh(&base);
    let house = copy.as_ref().unwrap_or(&base);
    let watched = Watched::open(house).await;
    let child = import(house, 0);
    watched.begun(&"the first import").await;
    let first = Instant::now();
    assert!(wait(child).success());
    let mut moments = Moments::within(first.elapsed());
    watched.store.close().await.unwrap();
    let mut files = i64::from(copy.is_none());

    for number in 1..=rounds {
        let round = moments.round(number);
        let copy = fresh(&base);
        let after = killed_once(copy.as_ref().unwrap_or(&base), &round, files).await;
        moments.saw(if after == files { Seen::CutOff } else { Seen::Done });
        if copy.is_none() {
            files = after;
        }
        if number == rounds {
            // A file that was cut off can be imported afterwards.
            let house = copy.as_ref().unwrap_or(&base);
            assert!(wait(import(house, number + 1)).success());
            let opened = next_start(house).await;
            assert_eq!(Held::of(&opened).await, Held::files(after + 1));
            assert_eq!(opened.app.office.vault.verify().await.unwrap().bad, 0);
            opened.close().await;
        }
    }
    let (seed, cut_off) = (moments.seed, moments.cut_off);
    assert!(cut_off >= rounds / 3, "seed {seed}: too few imports were cut off: {cut_off} of {rounds}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_during_imports_sqlite() {
    killed_during_imports(On::Sqlite, ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_during_imports_postgres() {
    killed_during_imports(On::Postgres, ROUNDS_POSTGRES).await;
}
