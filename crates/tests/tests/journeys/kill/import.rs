//! Killed during an import: all of the file is there, or nothing of it.

use super::{Moments, ROUNDS, ROUNDS_POSTGRES, Round, kill, start, wait};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use store::Sequencer;
use tests::harness::{House, On, Opened};
use waarborg::worker;

/// Rows of a file: three chunks.
const ROWS: i64 = 2_400;
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

async fn killed_during_imports(on: On, rounds: u32) {
    let Some(house) = House::make(on).await else { return };
    let moments = Moments::new();
    let mut files = 0;
    // How long it takes from the first sign of the import to its end, when nobody kills it.
    let watch = house.open(0).await.unwrap();
    let began = "SELECT COUNT(*) AS n FROM import";
    let whole = {
        let child = start({
            let mut command = house.program();
            command.arg("import").arg(file(&house, 0));
            command
        });
        while watch.count(began).await == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let first = Instant::now();
        assert!(wait(child).success());
        files += 1;
        first.elapsed()
    };
    let mut unfinished = 0;
    for number in 1..=rounds {
        let round = Round { seed: moments.seed, number, after: moments.before(whole) };
        let imports = watch.count(began).await;
        let mut command = house.program();
        command.arg("import").arg(file(&house, number));
        let child = start(command);
        let patience = Instant::now() + tests::harness::site::PATIENCE;
        while watch.count(began).await == imports {
            assert!(Instant::now() < patience, "{round}: the import does not begin");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(round.after).await;
        kill(child);

        let opened = next_start(&house).await;
        let held = Held::of(&opened).await;
        // It may have come to its end just before.
        if held.customers > files * ROWS {
            files += 1;
        } else {
            unfinished += 1;
        }
        assert_eq!(held, Held::files(files), "{round}");
        for staged in [
            "SELECT COUNT(*) AS n FROM customer WHERE import_id IS NOT NULL OR number < 0",
            "SELECT COUNT(*) AS n FROM login WHERE import_id IS NOT NULL",
            "SELECT COUNT(*) AS n FROM import WHERE state = 'staging' OR finished_at IS NULL",
        ] {
            assert_eq!(opened.count(staged).await, 0, "{round}: {staged}");
        }
        opened.close().await;
    }
    assert!(unfinished > rounds / 4, "too few imports were cut off: {unfinished} of {rounds}");
    watch.close().await;
    // A file that was cut off can be imported afterwards.
    let again = file(&house, rounds + 1);
    let mut command = house.program();
    command.arg("import").arg(again);
    assert!(wait(start(command)).success());
    let opened = next_start(&house).await;
    assert_eq!(Held::of(&opened).await, Held::files(files + 1));
    assert_eq!(opened.app.office.vault.verify().await.unwrap().bad, 0);
    opened.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_during_imports_sqlite() {
    killed_during_imports(On::Sqlite, ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_during_imports_postgres() {
    killed_during_imports(On::Postgres, ROUNDS_POSTGRES).await;
}
