//! The same bodies on SQLite and, when `WAARBORG_TEST_POSTGRES` names a server, on PostgreSQL.

use crate::{
    ClaimedJob, DatabaseUrl, Job, JobState, Sequencer, SqlKeyStore, Store, StoreError, adopt, claim, counts,
    entries_from, entries_of_subject, fail, finish, head, index_of_leaf, jobs_in_state, live_columns,
    pending_count, prune_submissions, record_run_end, record_run_start, release_expired, retry_later,
    retry_now, schedules, submission,
};
use base::{Clock, ManualClock, Random, SubjectId, SystemRandom, Timestamp};
use keys::{KeyId, KeyRow, KeyState, KeyStore, KeyStoreError, Phase, Rewrap};
use ledger::{Entry, EntryBuilder, Frontier, leaf_hash};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

const ORIGIN: &str = "test.example/waarborg/ledger/1";

struct Place {
    url: DatabaseUrl,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { url: DatabaseUrl::Sqlite(folder.path().join("t.db")), _folder: Some(folder) }
    }

    async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("WAARBORG_TEST_POSTGRES") else {
            eprintln!("skipped on PostgreSQL: WAARBORG_TEST_POSTGRES is not set");
            return None;
        };
        let name = format!("t{}", hex::encode((&SystemRandom as &dyn Random).bytes::<8>()));
        let plain = Store::open(&server.parse().expect("an address")).await.expect("the server");
        let tx = plain.begin().await.expect("a transaction");
        tx.execute(&format!("CREATE SCHEMA {name}"), []).await.expect("a schema");
        tx.commit().await.expect("committed");
        plain.close().await.expect("closed");
        Some(Self { url: format!("{server}?schema={name}").parse().expect("an address"), _folder: None })
    }

    async fn open(&self) -> Store {
        let store = Store::open(&self.url).await.expect("open");
        store.migrate().await.expect("migrations");
        store
    }

    async fn open_keys(&self) -> SqlKeyStore {
        let store = Store::open(&self.url).await.expect("open");
        store.migrate_keys().await.expect("migrations");
        SqlKeyStore::new(store, Arc::new(clock()))
    }
}

macro_rules! store_test {
    (async fn $name:ident($place:ident: &Place) $body:block) => {
        mod $name {
            use super::*;

            async fn body($place: &Place) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(&Place::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(place) = Place::postgres().await {
                    body(&place).await;
                }
            }
        }
    };
}

fn clock() -> ManualClock {
    ManualClock::at_second(1_800_000_000)
}

fn now() -> Timestamp {
    clock().now()
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Knock {
    door: u32,
}

impl Job for Knock {
    const KIND: &'static str = "knock";
    const ATTEMPTS_MAX: u32 = 3;
}

async fn enqueue(store: &Store, door: u32) {
    let tx = store.begin().await.expect("tx");
    tx.enqueue(&Knock { door }, now(), &clock(), &SystemRandom).await.expect("queued");
    tx.commit().await.expect("committed");
}

fn entry(kind: &'static str) -> Entry {
    EntryBuilder::new(kind, ORIGIN, now(), &SystemRandom).build().expect("an entry")
}

store_test! {
    async fn migrations_that_race_run_once_and_every_live_column_is_seen(place: &Place) {
        let (one, two) = tokio::join!(place.open(), place.open());
        one.migrate().await.expect("again is nothing");
        let live = live_columns(&two).await.expect("columns");
        for table in crate::CORE_TABLES {
            for column in table.columns {
                let there = live.iter().any(|l| l.table == table.name && l.column == column.name);
                assert!(there, "{}.{}", table.name, column.name);
            }
        }
        assert!(live.iter().all(|column| column.table != "seaql_migrations"));
    }
}

store_test! {
    async fn what_is_not_committed_is_not_there(place: &Place) {
        let store = place.open().await;
        let tx = store.begin().await.expect("tx");
        tx.append(&entry("a"), &[]).await.expect("appended");
        tx.enqueue(&Knock { door: 1 }, now(), &clock(), &SystemRandom).await.expect("queued");
        drop(tx);
        let tx = store.begin().await.expect("the connection is free again");
        assert_eq!(tx.next_number("n", 100, 1).await.expect("a number"), 101);
        tx.rollback().await.expect("rolled back");
        let tx = store.begin().await.expect("tx");
        assert_eq!(tx.next_number("n", 100, 1).await.expect("the same number: none is lost"), 101);
        tx.commit().await.expect("committed");
        assert_eq!(pending_count(&store).await.expect("count"), 0);
        assert_eq!(counts(&store).await.expect("counts"), crate::JobCounts::default());
    }
}

store_test! {
    async fn each_job_goes_to_one_worker(place: &Place) {
        const JOBS: u32 = 60;
        let store = place.open().await;
        for door in 0..JOBS {
            enqueue(&store, door).await;
        }
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut doors = Vec::new();
                    while let Some(job) = claim(&store, now()).await.expect("claimed") {
                        doors.push(job.decode::<Knock>().expect("a knock").door);
                        finish(&store, job.id, now()).await.expect("finished");
                    }
                    doors
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.expect("a worker"));
        }
        all.sort_unstable();
        assert_eq!(all, (0..JOBS).collect::<Vec<_>>(), "each once");
        assert_eq!(counts(&store).await.expect("counts").done, u64::from(JOBS));
    }
}

async fn claimed(store: &Store, at: Timestamp) -> ClaimedJob {
    claim(store, at).await.expect("claimed").expect("a job is due")
}

store_test! {
    async fn a_job_is_retried_fails_and_comes_back_when_staff_ask(place: &Place) {
        let store = place.open().await;
        enqueue(&store, 7).await;
        let mut at = now();
        for attempt in 1..=3 {
            let job = claimed(&store, at).await;
            assert_eq!(job.attempt, attempt);
            retry_later(&store, &job, "the door is shut", at).await.expect("retry");
            assert!(claim(&store, at).await.expect("looked").is_none(), "there is a pause");
            at = at.plus_seconds(3_600);
        }
        let failed = jobs_in_state(&store, JobState::Failed, 10).await.expect("failed ones");
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].last_error.as_deref(), Some("the door is shut"));
        let tx = store.begin().await.expect("tx");
        retry_now(&tx, failed[0].id, at).await.expect("asked");
        assert_eq!(retry_now(&tx, failed[0].id, at).await, Err(StoreError::Conflict { what: "the job" }));
        tx.commit().await.expect("committed");
        let job = claimed(&store, at).await;
        fail(&store, job.id, &"x".repeat(2_000), at).await.expect("failed");
        let failed = jobs_in_state(&store, JobState::Failed, 10).await.expect("failed ones");
        assert_eq!(failed[0].last_error.as_ref().map(String::len), Some(500), "errors are clipped");
    }
}

store_test! {
    async fn a_dead_workers_job_is_taken_over_and_a_key_holds_doubles_off(place: &Place) {
        let store = place.open().await;
        let tx = store.begin().await.expect("tx");
        for _ in 0..2 {
            tx.enqueue_once("door-1", &Knock { door: 1 }, now(), &clock(), &SystemRandom).await.expect("queued");
        }
        tx.commit().await.expect("committed");
        let job = claimed(&store, now()).await;
        assert!(claim(&store, now()).await.expect("looked").is_none(), "queued once");
        assert_eq!(release_expired(&store, now().plus_seconds(299)).await, Ok(0));
        assert_eq!(release_expired(&store, now().plus_seconds(300)).await, Ok(1));
        let again = claimed(&store, now()).await;
        assert_eq!((again.id, again.attempt), (job.id, 2));
        finish(&store, again.id, now()).await.expect("finished");
        enqueue(&store, 1).await;
    }
}

store_test! {
    async fn a_schedule_has_one_turn_for_several_processes(place: &Place) {
        let store = place.open().await;
        let mut taken = 0;
        for _ in 0..3 {
            taken += u32::from(record_run_start(&store, "sweep", 60, now()).await.expect("asked"));
        }
        assert_eq!(taken, 1);
        record_run_end(&store, "sweep", Err("no broom".into()), now()).await.expect("noted");
        let rows = schedules(&store).await.expect("rows");
        assert_eq!((rows[0].outcome.as_deref(), rows[0].note.as_deref(), rows[0].runs), (Some("failed"), Some("no broom"), 1));
        assert!(record_run_start(&store, "sweep", 60, now().plus_seconds(60)).await.expect("asked"));
        // A clock that was set back does not stop the schedule for ever.
        assert!(record_run_start(&store, "sweep", 60, now().plus_seconds(-7_200)).await.expect("asked"));
    }
}

store_test! {
    async fn two_sequencers_and_eight_writers_leave_no_gap(place: &Place) {
        const WRITERS: usize = 8;
        const EACH: usize = 20;
        let store = place.open().await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..WRITERS {
            let store = store.clone();
            tasks.spawn(async move {
                for _ in 0..EACH {
                    let tx = store.begin().await.expect("tx");
                    tx.append(&entry("written"), &[]).await.expect("appended");
                    tx.commit().await.expect("committed");
                }
            });
        }
        for _ in 0..2 {
            let store = store.clone();
            tasks.spawn(async move {
                for _ in 0..40 {
                    Sequencer::new(store.clone()).run().await.expect("a round");
                    tokio::task::yield_now().await;
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.expect("a task");
        }
        Sequencer::new(store.clone()).run().await.expect("the rest");
        assert_eq!(pending_count(&store).await, Ok(0));
        let rows = entries_from(&store, 0, 1_000).await.expect("entries");
        assert_eq!(rows.len(), WRITERS * EACH);
        let mut frontier = Frontier::default();
        for (place, row) in rows.iter().enumerate() {
            assert_eq!(row.position, place as u64);
            frontier.push(leaf_hash(&row.body));
        }
        assert_eq!(head(&store).await.expect("head").frontier.root(), frontier.root());
        assert_eq!(rows.iter().map(|row| &row.body).collect::<BTreeSet<_>>().len(), rows.len(), "none twice");
    }
}

store_test! {
    async fn entries_are_found_by_leaf_and_by_subject(place: &Place) {
        let store = place.open().await;
        let subject = SubjectId::new(&clock(), &SystemRandom);
        let (mine, other) = (entry("mine"), entry("other"));
        let tx = store.begin().await.expect("tx");
        tx.append(&mine, &[subject]).await.expect("appended");
        tx.append(&other, &[]).await.expect("appended");
        tx.commit().await.expect("committed");
        assert_eq!(index_of_leaf(&store, mine.leaf_hash().as_bytes()).await, Ok(None), "pending has no place");
        Sequencer::new(store.clone()).run().await.expect("numbered");
        assert_eq!(index_of_leaf(&store, mine.leaf_hash().as_bytes()).await, Ok(Some(0)));
        let found = entries_of_subject(&store, subject, 10).await.expect("entries");
        assert_eq!(found.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["mine"]);
    }
}

store_test! {
    async fn lost_entries_are_adopted_in_their_place_and_pending_ones_not_twice(place: &Place) {
        let store = place.open().await;
        let entries: Vec<Entry> = (0..5).map(|_| entry("kept")).collect();
        let tx = store.begin().await.expect("tx");
        tx.append(&entries[0], &[]).await.expect("appended");
        tx.commit().await.expect("committed");
        Sequencer::new(store.clone()).run().await.expect("numbered");
        // The copy that was put back still has entry 2 pending; 1 to 4 had their places.
        let tx = store.begin().await.expect("tx");
        tx.append(&entries[2], &[]).await.expect("appended");
        tx.commit().await.expect("committed");
        let bodies: Vec<Vec<u8>> = entries[1..].iter().map(|entry| entry.bytes().to_vec()).collect();
        assert_eq!(adopt(&store, 3, &bodies).await, Err(StoreError::Conflict { what: "the ledger" }), "a gap");
        adopt(&store, 1, &bodies).await.expect("adopted");
        Sequencer::new(store.clone()).run().await.expect("nothing is left");
        let rows = entries_from(&store, 0, 10).await.expect("entries");
        let expected: Vec<&[u8]> = entries.iter().map(Entry::bytes).collect();
        assert_eq!(rows.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>(), expected);
    }
}

store_test! {
    async fn a_form_is_carried_out_once(place: &Place) {
        let store = place.open().await;
        let token = [7; 16];
        let tx = store.begin().await.expect("tx");
        tx.note_submission(&token, "/sent/1", now()).await.expect("noted");
        tx.commit().await.expect("committed");
        let tx = store.begin().await.expect("tx");
        assert_eq!(tx.note_submission(&token, "/sent/2", now()).await, Err(StoreError::Duplicate));
        tx.rollback().await.expect("rolled back");
        assert_eq!(submission(&store, &token).await, Ok(Some("/sent/1".into())));
        assert_eq!(prune_submissions(&store, now().plus_seconds(1)).await, Ok(1));
    }
}

fn key_row(subject: SubjectId, purpose: &str) -> KeyRow {
    KeyRow {
        key_id: KeyId::from_bytes((&SystemRandom as &dyn Random).bytes()),
        subject,
        purpose: purpose.to_owned(),
        epoch: 1,
        wrapped: vec![9; 62],
    }
}

store_test! {
    async fn the_key_store_keeps_its_contract(place: &Place) {
        let keys = place.open_keys().await;
        assert_eq!(keys.state().await.expect("state"), KeyState::NEW);
        keys.set_state(KeyState::NEW, KeyState::FIRST).await.expect("set");
        assert_eq!(keys.set_state(KeyState::NEW, KeyState::FIRST).await, Err(KeyStoreError::Conflict));
        let both = KeyState { phase: Phase::Both, ..KeyState::FIRST };
        keys.set_state(KeyState::FIRST, both).await.expect("set");

        let people: Vec<SubjectId> = (0..3).map(|_| SubjectId::new(&clock(), &SystemRandom)).collect();
        let rows: Vec<KeyRow> = people.iter().map(|person| key_row(*person, "account")).collect();
        keys.insert(&rows).await.expect("inserted");
        let double = key_row(people[0], "account");
        let fresh = key_row(SubjectId::new(&clock(), &SystemRandom), "account");
        assert_eq!(keys.insert(&[fresh.clone(), double]).await, Err(KeyStoreError::Duplicate));
        assert_eq!(keys.find(fresh.subject, "account").await, Ok(None), "all or none");
        assert_eq!(keys.find(people[1], "account").await, Ok(Some(rows[1].clone())));
        assert_eq!(keys.find_many("account", &people).await.expect("many").len(), 3);
        assert_eq!(keys.find_many("support", &people).await.expect("none"), []);

        let moved = Rewrap { key_id: rows[0].key_id, from: 1, to: 2, wrapped: vec![8; 62] };
        assert_eq!(keys.rewrap(std::slice::from_ref(&moved)).await, Ok(1));
        assert_eq!(keys.rewrap(&[moved]).await, Ok(0), "it has left epoch 1");
        let gone = Rewrap { key_id: fresh.key_id, from: 1, to: 2, wrapped: vec![8; 62] };
        assert_eq!(keys.rewrap(&[gone]).await, Ok(0), "never an insert");
        assert_eq!((keys.count_of_epoch(1).await, keys.count_of_epoch(2).await), (Ok(2), Ok(1)));
        let first = keys.page(None, 2).await.expect("a page");
        let rest = keys.page(Some(first[1].key_id), 2).await.expect("a page");
        assert_eq!(first.len() + rest.len(), 3);
        assert_eq!(keys.page_older(now(), None, 10).await.expect("older").len(), 0);
        assert_eq!(keys.page_older(now().plus_seconds(1), None, 10).await.expect("older").len(), 3);

        assert_eq!(keys.delete(&[rows[1].key_id, fresh.key_id]).await, Ok(1));
        assert_eq!(keys.of_subject(people[1]).await, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn sqlite_is_set_up_to_lose_nothing_and_to_leave_nothing() {
    let place = Place::sqlite();
    let store = place.open().await;
    let pragma = async |name: &str| -> i64 {
        let row = store.query_one(&format!("PRAGMA {name}"), []).await.expect("read").expect("a row");
        row.try_get("", name).expect("a number")
    };
    assert_eq!(pragma("synchronous").await, 2, "FULL");
    assert_eq!(pragma("secure_delete").await, 1);
    assert_eq!(pragma("foreign_keys").await, 1);
    use sea_orm::ConnectionTrait as _;
    let refused = store.read().execute_unprepared("DELETE FROM job").await;
    assert!(refused.is_err(), "readers cannot write");
}

#[tokio::test]
async fn a_deleted_key_leaves_no_byte_in_the_files() {
    let place = Place::sqlite();
    let keys = place.open_keys().await;
    let DatabaseUrl::Sqlite(path) = &place.url else { panic!("SQLite") };
    let person = SubjectId::new(&clock(), &SystemRandom);
    let mut row = key_row(person, "account");
    row.wrapped = (&SystemRandom as &dyn Random).bytes::<62>().to_vec();
    keys.insert(std::slice::from_ref(&row)).await.expect("inserted");
    let holds = || {
        ["", "-wal"].iter().any(|end| {
            let file = format!("{}{end}", path.display());
            let bytes = std::fs::read(file).unwrap_or_default();
            bytes.windows(row.wrapped.len()).any(|window| window == row.wrapped)
        })
    };
    assert!(holds(), "the search finds what is there");
    keys.delete(&[row.key_id]).await.expect("deleted");
    assert!(!holds());
}
