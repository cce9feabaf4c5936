//! What is due by the clock, on both databases: each task runs on an installation with data in every
//! state, for a statement that names a wrong column fails even where it finds nothing.

use base::Language;
use office::messages::{self, ContactForm};
use tests::harness::{House, On};
use waarborg::schedule::{TASKS, perform};

async fn every_task_runs(on: On) {
    let Some(house) = House::make(on).await else { return };
    let opened = house.open(0).await.unwrap();
    let letter = ContactForm {
        name: "Wim Zoeker".into(),
        email: "wim@bezoeker.example".into(),
        topic: "my_data".into(),
        right: "access".into(),
        title: "Mijn gegevens".into(),
        text: "Wat bewaart u van mij?".into(),
        ..ContactForm::default()
    };
    messages::contact(&opened.app.office, Language::Nl, &letter).await.unwrap();
    // Today, in three weeks, and when terms have passed; the rotation has tests of its own.
    for ahead_days in [0, 20, 700] {
        opened.clock.shift_seconds(ahead_days * 86_400);
        for task in TASKS.into_iter().filter(|task| *task != "epoch-rotation") {
            if let Err(error) = perform(&opened.app, task).await {
                panic!("{task}, {ahead_days} days on: {error:#}");
            }
        }
        waarborg::worker::drain(&opened.app).await.unwrap();
    }
    opened.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_runs_on_sqlite() {
    every_task_runs(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_runs_on_postgresql() {
    every_task_runs(On::Postgres).await;
}
