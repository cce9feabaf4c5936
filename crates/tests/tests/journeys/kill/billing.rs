//! Killed during billing runs: no number is missing or double, no service is skipped, each day is billed
//! once, and every invoice is told of in the ledger and mailed once.

use super::{Moments, ROUNDS, ROUNDS_POSTGRES, Round, Seen, kill, start, wait};
use base::Day;
use jiff::ToSpan as _;
use office::By;
use office::billing::jobs::MailInvoices;
use office::billing::{self, InvoiceFilter, InvoiceId};
use office::customers::import;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::process::Child;
use std::time::{Duration, Instant};
use store::{Job as _, Sequencer, Store};
use tests::harness::site::PATIENCE;
use tests::harness::{House, On, Opened, count};
use waarborg::{schedule, worker};

const BY: By = By::System("test");
/// Services, each of a customer of its own: six batches of a run.
const SERVICES: i64 = 1_200;
/// How far the next start's clock is ahead.
const LATER: i64 = 120;
/// More entries than all rounds make.
const MANY: u32 = 10_000;

/// Customers with a service by the month each, of which nothing is charged yet. Gives its first day.
async fn services(opened: &Opened) -> Day {
    let office = &opened.app.office;
    let mut csv = String::from("name,email,street,postcode,city\n");
    for row in 0..SERVICES {
        let _ = writeln!(csv, "Klant Proef,klant{row}@klant.example,Kade {row},1234 AB,Proefstad");
    }
    let plan = import::plan(csv.as_bytes()).unwrap();
    import::run(office, BY, &plan, &mut |_| {}).await.unwrap();
    office::catalogue::fill_defaults(office, BY).await.unwrap();
    let catalogue = office::catalogue::load(office).await.unwrap();
    let plan = catalogue.plan_of_code("hosting-start").unwrap().1.id;
    let first = office.today();
    let day = i64::from(first.number());
    let tx = office.store.begin().await.unwrap();
    let agreements = format!(
        "INSERT INTO agreement (id, number, customer_id, subject_id, state, consumer, policy_hash, began_day, created_at, \
         updated_at) SELECT id, number, id, subject_id, 'active', FALSE, $1, {day}, 0, 0 FROM customer"
    );
    tx.execute(&agreements, [vec![0_u8].into()]).await.unwrap();
    let services = format!(
        "INSERT INTO service (id, agreement_id, customer_id, subject_id, plan_id, kind, options, state, changes, \
         term_months, amount_cents, discount_cents, discount_terms, vat, began_day, anchor_day, terms_charged, \
         charged_until_day, due_day, created_at, updated_at) SELECT id, id, customer_id, subject_id, $1, 'hosting', '[]', \
         'active', 1, 1, 1000, 0, 0, 'standard', {day}, {day}, 0, {day}, {day}, 0, 0 FROM agreement"
    );
    let made = tx.execute(&services, [plan.uuid().into()]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(made, SERVICES.unsigned_abs());
    first
}

/// The day on which a round's term begins, which is due by then.
fn through(first: Day, round: u32) -> Day {
    first.plus_span(i64::from(round).months()).unwrap()
}

fn run(house: &House, through: Day) -> Child {
    let mut command = house.program();
    command.args(["billing", "run", "--through", &through.to_string()]);
    start(command)
}

/// Runs up to a day that are in a state; of any state without one.
async fn runs(store: &Store, through: Day, state: &str) -> i64 {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM billing_run WHERE through_day = {} AND state LIKE '{state}'",
        through.number()
    );
    count(store, &sql, []).await
}

/// Waits until the run shows in the database.
async fn begun(store: &Store, through: Day) {
    let end = Instant::now() + PATIENCE * 4;
    while runs(store, through, "%").await == 0 {
        assert!(Instant::now() < end, "the run up to {through} does not begin");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The next start: what it takes up by itself, and the daily collection of keys that no row uses.
async fn next_start(house: &House) -> Opened {
    let opened = house.open(LATER).await.unwrap();
    worker::settle(&opened.app).await.unwrap();
    schedule::perform(&opened.app, "billing-resumed").await.unwrap();
    let office = &opened.app.office;
    office::retention::collect_orphan_keys(office, office.now().plus_seconds(1)).await.unwrap();
    opened
}

/// After a number of terms: each service is charged each of them once, one after the other, on one invoice,
/// and the numbers are those from 1 on.
async fn assert_billed(opened: &Opened, first: Day, terms: i64, round: &Round) {
    let until = first.plus_span(terms.months()).unwrap().number();
    let first = first.number();
    let all = terms * SERVICES;
    for (expected, sql) in [
        (all, "SELECT COUNT(*) AS n FROM invoice".to_owned()),
        (all, "SELECT COUNT(DISTINCT number) AS n FROM invoice".to_owned()),
        (1, "SELECT MIN(number) AS n FROM invoice".to_owned()),
        (all, "SELECT MAX(number) AS n FROM invoice".to_owned()),
        (1, "SELECT COUNT(DISTINCT series) AS n FROM invoice".to_owned()),
        (all, "SELECT COUNT(*) AS n FROM charge WHERE kind = 'term'".to_owned()),
        (all, "SELECT COUNT(DISTINCT invoice_id) AS n FROM charge".to_owned()),
        (SERVICES, format!("SELECT COUNT(*) AS n FROM service WHERE charged_until_day = {until}")),
        (SERVICES, format!("SELECT COUNT(*) AS n FROM charge WHERE from_day = {first}")),
        // Each term but the last is followed by one that begins on its end.
        (
            all - SERVICES,
            "SELECT COUNT(*) AS n FROM charge a JOIN charge b ON b.service_id = a.service_id \
             AND b.from_day = a.until_day"
                .to_owned(),
        ),
        (SERVICES, format!("SELECT COUNT(*) AS n FROM charge WHERE until_day = {until}")),
        (0, "SELECT COUNT(*) AS n FROM billing_run WHERE state = 'running'".to_owned()),
        (SERVICES, "SELECT COUNT(*) AS n FROM book_file".to_owned()),
    ] {
        assert_eq!(opened.count(&sql).await, expected, "{round}: {sql}");
    }
}

/// Each invoice is told of in the ledger, with its hash, and mailed by one job; its key is there.
async fn assert_told(opened: &Opened, invoices: i64) {
    let office = &opened.app.office;
    Sequencer::new(office.store.clone()).run().await.unwrap();
    let mut hashes = HashSet::new();
    for entry in store::entries_of_kind(&office.store, "invoices-issued", MANY).await.unwrap() {
        let told = ledger::Entry::from_bytes(entry.body).unwrap().data();
        for series in told["invoices"].as_array().unwrap() {
            for hash in series["sha256"].as_array().unwrap() {
                assert!(hashes.insert(hash.as_str().unwrap().to_owned()), "{hash} is told of twice");
            }
        }
    }
    assert_eq!(i64::try_from(hashes.len()).unwrap(), invoices);
    let mut mailed: HashSet<InvoiceId> = HashSet::new();
    let sql = "SELECT payload FROM job WHERE kind = $1";
    for row in office.store.query(sql, [MailInvoices::KIND.into()]).await.unwrap() {
        let payload: String = row.try_get("", "payload").unwrap();
        let job: MailInvoices = serde_json::from_str(&payload).unwrap();
        assert!(job.invoices.into_iter().all(|invoice| mailed.insert(invoice)), "a mail twice");
    }
    assert_eq!(i64::try_from(mailed.len()).unwrap(), invoices);
    let shown = billing::page(office, InvoiceFilter::default(), 0, 200).await.unwrap();
    for row in shown.invoices {
        let invoice = billing::invoice(office, row.id).await.unwrap();
        assert!(hashes.contains(&hex::encode(row.sha256)) && invoice.document.number == row.number_text());
    }
    assert_eq!(office.vault.verify().await.unwrap().bad, 0);
}

async fn killed_during_billing(on: On, rounds: u32) {
    let Some(house) = House::make(on).await else { return };
    let opened = house.open(0).await.unwrap();
    let first = services(&opened).await;
    let watch = opened.app.office.store.clone();

    // How long it takes from its first sign to its end, when nobody kills it.
    let child = run(&house, through(first, 0));
    begun(&watch, through(first, 0)).await;
    let began = Instant::now();
    assert!(wait(child).success());
    let mut moments = Moments::within(began.elapsed());

    for number in 1..=rounds {
        let through = through(first, number);
        let round = moments.round(number);
        let child = run(&house, through);
        begun(&watch, through).await;
        tokio::time::sleep(round.after).await;
        kill(child);
        let cut_off = runs(&watch, through, "running").await > 0;
        moments.saw(if cut_off { Seen::CutOff } else { Seen::Done });

        let next = next_start(&house).await;
        assert_billed(&next, first, i64::from(number) + 1, &round).await;
        let (_, again) = billing::run(&next.app.office, BY, through).await.unwrap();
        assert_eq!(again, billing::Outcome::default(), "{round}: run again");
        next.close().await;
    }
    let (seed, cut_off) = (moments.seed, moments.cut_off);
    assert!(cut_off >= rounds / 3, "seed {seed}: too few runs were cut off: {cut_off} of {rounds}");
    assert_told(&opened, (i64::from(rounds) + 1) * SERVICES).await;
    opened.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_during_billing_sqlite() {
    killed_during_billing(On::Sqlite, ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_during_billing_postgres() {
    killed_during_billing(On::Postgres, ROUNDS_POSTGRES).await;
}
