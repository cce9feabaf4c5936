//! A copy from before an erasure, put back after the epoch ended: nobody comes back.

use base::SubjectId;
use office::By;
use office::accounts;
use office::checkpoints::Publisher;
use office::customers::{self, Customer, import};
use office::requests::erasure::{self, ErasureState, Whom};
use office::requests::{self, About, OnBehalf, RequestKind};
use policy::schema::OnErasure;
use std::path::Path;
use std::sync::Arc;
use tests::harness::{House, On, Opened, count};
use waarborg::cli::RestoreArgs;
use waarborg::commands::restore;
use waarborg::copies;
use waarborg::output::{Form, Out};
use waarborg::rotation::{Host, Processes};
use waarborg::worker;

const BY: By = By::System("test");

/// Two customers who can sign in: one to be erased, one who stays.
async fn customers(opened: &Opened) -> (Customer, Customer) {
    let office = &opened.app.office;
    let csv = "name,email,street,postcode,city\n\
               Gerrit Gewist,gerrit@klant.example,Tureluurpad 77,1234 AB,Proefstad\n\
               Fenna Proefwerk,fenna@klant.example,Kade 1,1234 AB,Proefstad\n";
    import::run(office, BY, &import::plan(csv.as_bytes()).unwrap(), &mut |_| {}).await.unwrap();
    let found = |name: &str| office.names.find(name, 1)[0];
    let gone = customers::customer(office, found("Gerrit")).await.unwrap();
    let stays = customers::customer(office, found("Fenna")).await.unwrap();
    for customer in [&gone, &stays] {
        let new = OnBehalf {
            about: About::Customer(customer.id),
            kind: RequestKind::Access,
            purpose: None,
            text: "Graag een kopie.".into(),
            received_at: None,
        };
        requests::open_on_behalf(office, BY, &new).await.unwrap();
    }
    (gone, stays)
}

async fn publish(opened: &Opened) {
    let app = &opened.app;
    let mut publisher = Publisher::open(Arc::clone(&app.office), &app.config.ledger_files()).await.unwrap();
    publisher.round().await.unwrap();
}

/// Rows about somebody, wherever an erasure looks for them.
async fn rows_about(opened: &Opened, subject: SubjectId) -> i64 {
    let mut rows = 0;
    for table in office::schema::tables() {
        let (OnErasure::Delete { subject: column } | OnErasure::Clear { subject: column }) = table.erasure
        else {
            continue;
        };
        let sql = format!("SELECT COUNT(*) AS n FROM {} WHERE {column} = $1", table.name);
        rows += count(&opened.app.office.store, &sql, [subject.uuid().into()]).await;
    }
    rows
}

async fn assert_gone(opened: &Opened, customer: &Customer) {
    let office = &opened.app.office;
    assert_eq!(rows_about(opened, customer.subject).await, 0);
    assert!(office.vault.store().of_subject(customer.subject).await.unwrap().is_empty());
    assert!(customers::customer(office, customer.id).await.is_err());
    assert!(office.names.find("Gerrit", 10).is_empty());
}

async fn put_back(house: &House, folder: &Path) -> anyhow::Result<()> {
    let args = RestoreArgs { folder: folder.to_owned(), confirm: true };
    restore::run(&house.config_file(), &args, &Out::new(Form::Json)).await.map(drop)
}

fn copy_file(from: &Path, to: &Path) {
    std::fs::copy(from, to).unwrap();
}

async fn a_copy_from_before_an_erasure_gives_nobody_back(on: On) {
    let Some(house) = House::make(on).await else { return };
    let opened = house.open(0).await.unwrap();
    let (gone, stays) = customers(&opened).await;
    worker::drain(&opened.app).await.unwrap();
    assert!(rows_about(&opened, gone.subject).await > 0);
    publish(&opened).await;

    // The copies of that day: the data and the wrapped keys, apart. An old epoch key somebody kept
    // would be against the rules; the program's own copies are in the folders that a rotation empties.
    let (data, keys) = (house.beside("data-copy"), house.beside("key-copy"));
    let manifest = copies::copy_data(&opened.app, &data).await.unwrap();
    copies::copy_keys(&opened.app, &keys).await.unwrap().store().clone().close().await.unwrap();
    let old_epoch = opened.app.office.vault.state().await.unwrap().writing_epoch();

    let begun = erasure::begin(&opened.app.office, BY, Whom::Customer(gone.id), None).await.unwrap();
    worker::drain(&opened.app).await.unwrap();
    assert_gone(&opened, &gone).await;
    publish(&opened).await;

    // The epoch ends: its key is destroyed everywhere, and the ledger says so.
    let host = Host::new(opened.app.clone(), Processes::OnlyThis);
    let rotated = host.rotate().await.unwrap();
    assert_eq!(rotated.destroyed, old_epoch);
    for copy in opened.app.office.vault.epochs().paths(old_epoch) {
        assert!(!copy.exists(), "{}", copy.display());
    }
    let destroyed = store::entries_of_kind(&opened.app.office.store, "epoch-destroyed", 10).await.unwrap();
    assert_eq!(destroyed.len(), 1);
    let state = "SELECT COUNT(*) AS n FROM erasure WHERE state = 'final' AND id = $1";
    assert_eq!(ErasureState::Final.as_str(), "final");
    assert_eq!(count(&opened.app.office.store, state, [begun.id.uuid().into()]).await, 1);
    publish(&opened).await;
    let size = store::head(&opened.app.office.store).await.unwrap().frontier.size();
    opened.close().await;
    assert!(size > manifest.ledger_size + 3);

    // The data of that day come back; those erased since then go again.
    put_back(&house, &data).await.unwrap();
    let opened = house.open(0).await.unwrap();
    worker::settle(&opened.app).await.unwrap();
    worker::load_names(&opened.app).await.unwrap();
    assert_gone(&opened, &gone).await;
    let office = &opened.app.office;
    let open = customers::customer(office, stays.id).await.unwrap();
    assert_eq!(open.profile, stays.profile);
    assert_eq!(office.names.find("Fenna", 10).len(), 1);
    assert_eq!(office.vault.verify().await.unwrap().bad, 0);
    // The repaired ledger is the published one, and goes on.
    assert!(store::head(&office.store).await.unwrap().frontier.size() >= size);
    let told = store::entries_of_kind(&office.store, "erased", 10).await.unwrap();
    assert!(!told.is_empty());
    publish(&opened).await;
    let files = &opened.app.config.files;
    let report = ledger::verify_dir(&files.ledger, &opened.app.ledger_key, &mut |_, _| {}).unwrap();
    assert_eq!(report.checkpoint.size, store::head(&office.store).await.unwrap().frontier.size());
    // The address is found in the index of the new epoch.
    let login = accounts::login_by_email(office, "fenna@klant.example").await.unwrap();
    assert_eq!(login.unwrap().name.expose(), "Fenna Proefwerk");
    assert!(accounts::login_by_email(office, "gerrit@klant.example").await.unwrap().is_none());
    opened.close().await;

    // The copy of the keys ended with its epoch: it is refused, and put back by hand it opens nothing.
    let refused = format!("{:#}", put_back(&house, &keys).await.unwrap_err());
    assert!(refused.contains(&format!("epoch {old_epoch}")) && refused.contains("destroyed"), "{refused}");
    if on == On::Sqlite {
        let living = house.home().join("keys/keys.db");
        copies::remove_database(&living).unwrap();
        copy_file(&keys.join(copies::KEYS_FILE), &living);
        let old = house.open(0).await;
        let refused = match old {
            Ok(opened) => worker::settle(&opened.app).await.map(drop).unwrap_err(),
            Err(error) => error,
        };
        let refused = format!("{refused:#}");
        assert!(refused.contains("older key store") || refused.contains("epoch"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_from_before_an_erasure_gives_nobody_back_sqlite() {
    a_copy_from_before_an_erasure_gives_nobody_back(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_from_before_an_erasure_gives_nobody_back_postgres() {
    a_copy_from_before_an_erasure_gives_nobody_back(On::Postgres).await;
}
