//! Tests of the import on both databases.

use super::*;
use crate::accounts::{self, NewMember};
use crate::customers::{self, CustomerFilter, NewCustomer, ProfileForm};
use crate::testing::office_test;
use base::{Clock as _, Language, SystemClock};
use std::fmt::Write as _;

const SYSTEM: By = By::System("test");

fn file(from: usize, rows: usize) -> Plan {
    let mut text = String::from("name,email,organisation,street,postcode,city\n");
    for i in from..from + rows {
        let organisation = if i.is_multiple_of(3) { format!("Bakkerij Proef {i}") } else { String::new() };
        let _ =
            writeln!(text, "Persoon {i},persoon{i}@klant.example,{organisation},Kade {i},1234 AB,Proefstad");
    }
    let plan = plan(text.as_bytes()).expect("a plan");
    assert!(plan.wrong.is_empty());
    plan
}

async fn count(office: &Office, what: &str) -> i64 {
    let row =
        office.store.query_one(&format!("SELECT COUNT(*) AS n FROM {what}"), []).await.expect("a count");
    row.expect("a row").try_get("", "n").expect("a number")
}

async fn keys(office: &Office) -> usize {
    let mut all = 0;
    let mut after = None;
    loop {
        let page = office.vault.store().page(after, 500).await.expect("the key store");
        let Some(last) = page.last() else { return all };
        after = Some(last.key_id);
        all += page.len();
    }
}

async fn imported(office: &Office, plan: &Plan) -> Imported {
    run(office, SYSTEM, plan, &mut |_| {}).await.expect("imported")
}

/// Stages the first chunks of a file and stops, as a process that is killed does.
async fn stage(office: &Office, plan: &Plan, chunks: usize) -> Import {
    let import = begin(office, plan).await.expect("begun");
    let mut done = 0;
    for rows in plan.rows.chunks(100).take(chunks) {
        let staged = Staged::prepare(office, &import, rows, done).await.expect("prepared");
        staged.write(office, &import).await.expect("staged");
        done += rows.len() as u64;
    }
    import
}

office_test! {
    async fn all_customers_of_a_file_come_in_at_once(t: &TestOffice) {
        let office = &*t.office;
        let before = ProfileForm { kind: "person".into(), name: "Al Klant".into(), email: "al@klant.example".into(), ..Default::default() };
        let before = NewCustomer { profile: before.parse().expect("a profile") };
        let before = customers::create(office, SYSTEM, &before).await.expect("a customer");
        let fenna = NewMember {
            name: "Fenna".into(),
            email: "Persoon7@klant.example".into(),
            role: Role::Owner,
            language: Language::Nl,
        };
        accounts::invite(office, SYSTEM, before.id, &fenna).await.expect("invited");
        assert!(accounts::login_by_email(office, "persoon7@klant.example").await.expect("stores").is_none());
        let staff = accounts::NewStaff {
            name: "Medewerker".into(),
            email: "persoon8@klant.example".into(),
            role: accounts::StaffRole::Support,
            officer: Officer::None,
            language: Language::Nl,
        };
        let known = accounts::add_staff(office, SYSTEM, &staff).await.expect("added").login;
        let plan = file(0, 1_205);
        assert_eq!(joining(office, &plan).await.expect("stores"), 1);
        let mut told = Vec::new();
        let result = run_in_chunks(office, SYSTEM, &plan, 1_000, &mut |p| told.push((p.done, p.total))).await.expect("imported");
        assert_eq!((result.customers, result.joined), (1_205, 1));
        assert_eq!(told, [(1_000, 1_205), (1_205, 1_205)]);
        assert_eq!(customers::count(&office.store, CustomerFilter::default()).await.expect("a count"), 1_206);
        let page = customers::page(office, CustomerFilter::default(), 0, 1_206).await.expect("a page");
        let newest = &page.customers[0];
        assert_eq!((newest.number.value(), newest.name.expose().as_str()), (before.number.value() + 1_205, "Persoon 1204"));
        // Found by name in this process, and by another that follows.
        assert_eq!(customers::search(office, "bakkerij 1203").await.expect("found").len(), 1);
        assert_eq!(office.names.len(), 1_206);
        // Each has its owner, and the one whose address was known has that login.
        let joined = accounts::memberships(office, known).await.expect("memberships");
        assert_eq!(joined.len(), 1);
        let customer = customers::customer(office, joined[0].0).await.expect("the customer");
        assert_eq!(customer.profile.name.expose(), "Persoon 8");
        let login = accounts::login_by_email(office, "persoon1000@klant.example").await.expect("stores").expect("a login");
        assert!(!login.has_password);
        assert_eq!(count(office, "membership").await, 1_205);
        assert_eq!(count(office, "login").await, 1_205);
        ::store::Sequencer::new(office.store.clone()).run().await.expect("numbered");
        let entries = ::store::entries_from(&office.store, 0, 1_000).await.expect("entries");
        let told: Vec<_> = entries.iter().filter(|entry| entry.kind == "customers-imported").collect();
        assert_eq!(told.len(), 1);
        let body = String::from_utf8(told[0].body.clone()).expect("text");
        assert!(body.contains("1205") && !body.contains("klant.example"), "{body}");
        // The next customer has the next number, and a file of the same people is all joins.
        let next = NewCustomer { profile: plan.rows[0].profile.clone() };
        let next = customers::create(office, SYSTEM, &next).await.expect("a customer");
        assert_eq!(next.number.value(), before.number.value() + 1_206);
        assert_eq!(imported(office, &file(0, 10)).await.joined, 10);
        assert_eq!(sweep(office).await.expect("swept"), 0);
    }
}

office_test! {
    async fn a_file_with_a_wrong_row_changes_nothing(t: &TestOffice) {
        let office = &*t.office;
        let plan = plan(&b"name,email\nA,a@klant.example\n,b@klant.example\n"[..]).expect("a plan");
        assert_eq!((plan.rows.len(), plan.wrong_count), (1, 1));
        let refused = run(office, SYSTEM, &plan, &mut |_| {}).await;
        assert!(matches!(refused, Err(OfficeError::Forbidden { .. })), "{refused:?}");
        assert_eq!((count(office, "customer").await, count(office, "import").await, keys(office).await), (0, 0, 0));
    }
}

office_test! {
    async fn staged_rows_are_invisible_and_leave_nothing(t: &TestOffice) {
        let office = &*t.office;
        imported(office, &file(0, 5)).await;
        let (rows, made) = (count(office, "subject").await, keys(office).await);
        let import = stage(office, &file(3, 700), 3).await;
        assert_eq!(count(office, "customer WHERE import_id IS NOT NULL").await, 300);
        assert!(keys(office).await > made);
        // Nothing shows them.
        assert_eq!(customers::count(&office.store, CustomerFilter::default()).await.expect("a count"), 5);
        assert_eq!(customers::page(office, CustomerFilter::default(), 0, 100).await.expect("a page").customers.len(), 5);
        assert!(accounts::login_by_email(office, "persoon50@klant.example").await.expect("stores").is_none());
        assert!(accounts::login_by_email(office, "persoon3@klant.example").await.expect("stores").is_some());
        let known = accounts::login_by_email(office, "persoon4@klant.example").await.expect("stores").expect("a login");
        assert_eq!(accounts::memberships(office, known.id).await.expect("memberships").len(), 1);
        assert_eq!(customers::load_names(office).await.expect("loaded").indexed, 5);
        // While it lives it is left alone.
        t.clock.advance_seconds(SILENCE_SECONDS);
        assert_eq!(sweep(office).await.expect("swept"), 0);
        t.clock.advance_seconds(1);
        assert_eq!(sweep(office).await.expect("swept"), 1);
        assert_eq!((count(office, "subject").await, keys(office).await), (rows, made));
        for left in ["customer WHERE import_id IS NOT NULL", "login WHERE import_id IS NOT NULL"] {
            assert_eq!(count(office, left).await, 0, "{left}");
        }
        assert_eq!(count(office, "membership").await, 5);
        assert_eq!(sweep(office).await.expect("swept"), 0, "once");
        // The process was not dead but slow: it can neither go on nor finish.
        let slow = file(900, 100);
        let staged = Staged::prepare(office, &import, &slow.rows, 300).await.expect("prepared");
        assert!(matches!(staged.write(office, &import).await, Err(OfficeError::Conflict { .. })));
        destroy_keys(office, &staged.new_subjects()).await.expect("destroyed");
        assert!(matches!(finish(office, SYSTEM, &import, 0).await, Err(OfficeError::Conflict { .. })));
        assert_eq!((count(office, "subject").await, keys(office).await), (rows, made));
        assert_eq!(customers::count(&office.store, CustomerFilter::default()).await.expect("a count"), 5);
        // Numbers go on without a gap.
        imported(office, &file(3_000, 1)).await;
        let page = customers::page(office, CustomerFilter::default(), 0, 1).await.expect("a page");
        assert_eq!(page.customers[0].number.value(), FIRST_NUMBER + 6);
    }
}

office_test! {
    async fn undoing_that_was_killed_goes_on(t: &TestOffice) {
        let office = &*t.office;
        let import = stage(office, &file(0, 400), 4).await;
        // Killed after the mark, and after the keys of some rows.
        let tx = office.store.begin().await.expect("tx");
        assert_eq!(store::mark_abandoned(&tx, import.id).await.expect("marked"), 1);
        tx.commit().await.expect("committed");
        let some = store::staged(&office.store, import.id, 50).await.expect("staged");
        destroy_keys(office, &some.subjects()).await.expect("destroyed");
        assert_eq!(sweep(office).await.expect("swept"), 1);
        assert_eq!((count(office, "subject").await, count(office, "login").await, keys(office).await), (0, 0, 0));
        // Nothing that was destroyed comes back: its id is on the list.
        assert_eq!(office.vault.tombstones().load().expect("the list").len(), 800);
    }
}

office_test! {
    async fn a_failure_half_way_undoes_itself(t: &TestOffice) {
        let office = &*t.office;
        // Another import has staged an address of this file, which nobody can see.
        stage(office, &file(1_150, 10), 1).await;
        let (rows, made) = (count(office, "subject").await, keys(office).await);
        let failed = run_in_chunks(office, SYSTEM, &file(0, 1_200), 1_000, &mut |_| {}).await;
        assert!(failed.is_err(), "{failed:?}");
        assert_eq!((count(office, "subject").await, keys(office).await), (rows, made));
        assert_eq!(count(office, "import WHERE state = 'abandoned' AND finished_at IS NOT NULL").await, 1);
        t.clock.advance_seconds(SILENCE_SECONDS + 1);
        sweep(office).await.expect("swept");
        imported(office, &file(0, 1_200)).await;
    }
}

fn seconds(since: Timestamp) -> f64 {
    f64::from(u32::try_from(SystemClock.now().as_millis() - since.as_millis()).expect("minutes at most"))
        / 1e3
}

/// `cargo test --release -p office -- --ignored a_hundred_thousand --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; run it in release"]
async fn a_hundred_thousand_customers() {
    let t = crate::testing::sqlite().await;
    let plan = file(0, 100_000);
    let began = SystemClock.now();
    imported(&t.office, &plan).await;
    eprintln!("100,000 customers on SQLite: {:.1} s", seconds(began));
    let import = stage(&t.office, &file(200_000, 20_000), 200).await;
    let began = SystemClock.now();
    assert!(abandon(&t.office, import.id).await.expect("undone"));
    eprintln!("20,000 staged customers undone: {:.1} s", seconds(began));
    assert_eq!(t.office.names.len(), 100_000);
}
