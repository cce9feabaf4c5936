//! Tests of erasures: on both databases, stopped at each step, with the receipt verified.

pub(crate) mod seed;

use self::seed::{Asked, Seeded, seed};
use super::*;
use crate::accounts::{self, NewStaff, Officer, Role, StaffRole, add_staff};
use crate::checkpoints::{LedgerFiles, Publisher};
use crate::customers::{self, ProfileForm};
use crate::messages;
use crate::requests::receipts::{ReadyReceipt, ReceiptStatus, for_entry, status};
use crate::requests::testkit::*;
use crate::requests::{self, access};
use crate::subjects::{self, SubjectKind, SubjectState};
use crate::testing::{TestOffice, office_test};
use crate::{By, Office, OfficeError, schema};
use async_trait::async_trait;
use base::Language;
use keys::rotation::{DestroyedCopy, HostError, RotationHost, rotate};
use keys::{KeyState, KeyStore, Parity, Vault};
use ledger::{Hash, Receipt, VerifyingKey};
use policy::schema::OnErasure;
use std::sync::Arc;

const TAG: &str = "Zwaluwveer";
const OTHER: &str = "Ooievaarsnest";

fn files(t: &TestOffice) -> LedgerFiles {
    let at = |name: &str| t.folder.path().join(name);
    LedgerFiles { tiles: at("tiles"), key: at("ledger.key"), state: at("signer.state") }
}

fn create_ledger(t: &TestOffice) -> VerifyingKey {
    Publisher::create(&t.office.settings.origin, &*t.office.random, &files(t)).expect("a ledger")
}

async fn publish(t: &TestOffice) {
    let mut publisher = Publisher::open(Arc::clone(&t.office), &files(t)).await.expect("the ledger");
    publisher.round().await.expect("published");
}

async fn ready(t: &TestOffice, key: &VerifyingKey, token: &Token) -> ReadyReceipt {
    match status(&t.office, &files(t).tiles, key, token, Language::Nl).await.expect("the status") {
        ReceiptStatus::Ready(ready) => *ready,
        other => panic!("expected a receipt, got {other:?}"),
    }
}

/// How many rows of all tables name a subject, the two that may aside.
async fn rows_of(office: &Office, subject: SubjectId) -> Vec<(&'static str, i64)> {
    let mut found = Vec::new();
    for table in schema::tables() {
        let declared = match table.erasure {
            OnErasure::Delete { subject } | OnErasure::Clear { subject } => Some(subject),
            OnErasure::Keep => None,
        };
        let named = table.columns.iter().map(|column| column.name).find(|name| *name == "subject_id");
        let Some(column) = declared.or(named).filter(|_| table.name != "erasure") else { continue };
        let sql = format!("SELECT COUNT(*) AS n FROM {} WHERE {column} = $1", table.name);
        let row =
            office.store.query_one(&sql, [subject.uuid().into()]).await.expect("counted").expect("a row");
        let n: i64 = row.try_get("", "n").expect("a number");
        if n > 0 {
            found.push((table.name, n));
        }
    }
    found
}

async fn state_of(office: &Office, subject: SubjectId) -> SubjectState {
    subjects::row(&office.store, subject).await.expect("read").expect("a subject").state
}

async fn assert_gone(office: &Office, seeded: &Seeded) {
    for subject in seeded.subjects() {
        assert_eq!(rows_of(office, subject).await, []);
        assert_eq!(state_of(office, subject).await, SubjectState::Erased);
        assert_eq!(office.vault.keys_of(subject).await.expect("read"), []);
    }
    let sql = "SELECT COUNT(*) AS n FROM request WHERE detail IS NOT NULL AND customer_id = $1";
    let row =
        office.store.query_one(sql, [seeded.customer.id.uuid().into()]).await.expect("read").expect("a row");
    assert_eq!(row.try_get::<i64>("", "n").expect("a number"), 0);
    let found = customers::customer(office, seeded.customer.id).await;
    assert!(matches!(found, Err(OfficeError::NotFound { .. })), "{found:?}");
    assert!(office.names.find(&seeded.tag, 10).is_empty());
}

async fn whole(office: &Office, seeded: &Seeded) {
    let collected = access::preview(office, &seeded.subjects()).await.expect("opened");
    let text = core::str::from_utf8(&collected).expect("text");
    assert!(text.contains(&format!("{}straat 1", seeded.tag)));
}

office_test! {
    async fn an_erasure_leaves_nothing_and_proves_it(t: &TestOffice) {
        let office = &*t.office;
        let key = create_ledger(t);
        let (gone, stays) = (seed(office, TAG, "12345678").await, seed(office, OTHER, "87654321").await);
        for subject in gone.subjects() {
            assert_ne!(rows_of(office, subject).await, []);
        }
        let whom = Whom::Customer(gone.customer.id);
        let begun = begin(office, STAFF, whom, None).await.expect("begun");
        let token = begun.token.expect("a token");
        let erasing = status(office, &files(t).tiles, &key, &token, Language::Nl).await.expect("the status");
        assert_eq!(erasing, ReceiptStatus::Erasing);

        // Nobody is signed in and nobody writes.
        assert!(accounts::authenticate(office, &gone.cookie).await.expect("read").is_none());
        let profile = ProfileForm::of(&gone.customer.profile).parse().expect("a profile");
        let changed = customers::Profile { language: Language::En, ..profile };
        let refused = customers::replace_profile(office, STAFF, gone.customer.id, 1, &changed).await;
        assert!(matches!(refused, Err(OfficeError::Erased)), "{refused:?}");
        let letter = messages::write_as_customer(office, &gone.session, &form("question", "")).await;
        assert!(matches!(letter, Err(OfficeError::Erased)), "{letter:?}");
        // Asked for again, it is the same erasure.
        let again = begin(office, STAFF, whom, None).await.expect("begun before");
        assert!(again.id == begun.id && again.token.is_none());

        let asked = Asked::default();
        run(office, EraseSubject { erasure: begun.id }, &asked).await.expect("erased");
        assert!(asked.count() >= 5, "{} mails", asked.count());
        assert_gone(office, &gone).await;
        whole(office, &stays).await;
        run(office, EraseSubject { erasure: begun.id }, &asked).await.expect("nothing to do");
        assert_eq!(resume(office, &asked).await.expect("nothing to do"), 0);

        let waiting = status(office, &files(t).tiles, &key, &token, Language::Nl).await.expect("the status");
        assert_eq!(waiting, ReceiptStatus::Waiting);
        publish(t).await;
        let (kinds, bytes) = ledger(office).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "erased").count(), 1);
        assert_eq!(kinds.iter().filter(|kind| *kind == "erasure-begun").count(), 1);
        let text = String::from_utf8(bytes).expect("text");
        assert!(!text.contains(TAG) && !text.contains("klant.example"));

        let receipt = ready(t, &key, &token).await;
        assert_eq!(receipt.live, office.now().plus_seconds(60));
        assert!(receipt.backup.is_none() && receipt.words.contains("Klantadministratie"), "{}", receipt.words);
        assert!(!receipt.text.contains(TAG) && !receipt.words.contains(TAG));
        let parsed = Receipt::parse(receipt.text.as_bytes()).expect("a receipt");
        let verified = parsed.verify(&key, &[]).expect("verified");
        assert_eq!((verified.entry.kind(), verified.subject_id), ("erased", gone.customer.subject));
        assert_eq!(verified.entry.subjects().len(), 3);
        let listed = verified.entry.data()["keys"].as_array().expect("key ids").len();
        assert_eq!(listed, t.vault_config.tombstones.load().expect("the list").len());
        for at in (0..receipt.text.len()).step_by(7) {
            let mut wrong = receipt.text.clone().into_bytes();
            wrong[at] ^= 1;
            let verdict = Receipt::parse(&wrong).and_then(|receipt| receipt.verify(&key, &[]).map(|_| ()));
            assert!(verdict.is_err(), "byte {at} does not count");
        }
        let stranger = Token::new(&*office.random);
        let unknown = status(office, &files(t).tiles, &key, &stranger, Language::Nl).await.expect("the status");
        assert_eq!(unknown, ReceiptStatus::Expired);
    }
}

/// A rotation in which this process is the only one.
struct Alone<'a>(&'a Office);

#[async_trait]
impl RotationHost for Alone<'_> {
    async fn await_processes(&self, _: KeyState) -> Result<(), HostError> {
        Ok(())
    }

    async fn fill_index(&self, _: u32, parity: Parity, limit: u32) -> Result<u64, HostError> {
        Ok(accounts::fill_email_index(self.0, parity, limit).await?)
    }

    async fn empty_index(&self, _: u32, parity: Parity, limit: u32) -> Result<u64, HostError> {
        Ok(accounts::clear_email_index(self.0, parity, limit).await?)
    }

    async fn restored_backup(&self) -> Result<Arc<dyn KeyStore>, HostError> {
        Ok(Arc::clone(self.0.vault.store()))
    }

    async fn record_retiring(&self, _: u32, _: u64) -> Result<(), HostError> {
        Ok(())
    }

    async fn destroy_elsewhere(&self, _: u32) -> Result<Vec<String>, HostError> {
        Ok(Vec::new())
    }

    async fn record_destroyed(&self, epoch: u32, _: &[DestroyedCopy]) -> Result<(), HostError> {
        finalise(self.0, epoch).await?;
        Ok(())
    }
}

office_test! {
    async fn the_second_date_comes_with_the_end_of_the_epoch_and_the_receipt_goes_30_days_later(t: &TestOffice) {
        let office = &*t.office;
        let key = create_ledger(t);
        let klant = customer(office, EMAIL).await;
        let begun = begin(office, STAFF, Whom::Customer(klant.id), None).await.expect("begun");
        let token = begun.token.expect("a token");
        run(office, EraseSubject { erasure: begun.id }, &Asked::default()).await.expect("erased");
        publish(t).await;
        let early = finalise(office, 1).await;
        assert!(matches!(early, Err(OfficeError::Conflict { .. })), "{early:?}");
        assert_eq!(ready(t, &key, &token).await.backup, None);
        assert_eq!(sweep(office).await.expect("swept"), 0);

        t.clock.advance_seconds(20 * 86_400);
        rotate(&office.vault, &Alone(office)).await.expect("rotated");
        let receipt = ready(t, &key, &token).await;
        assert_eq!(receipt.backup, Some(office.now()));
        assert!(receipt.backup_due > office.now(), "in time");
        let parsed = Receipt::parse(receipt.text.as_bytes()).expect("a receipt");
        let words = parsed.verify(&key, &[]).expect("verified").words;
        assert!(words.contains("Ook in de laatste back-up onleesbaar: sinds 13 december 2026"), "{words}");
        assert_eq!(finalise(office, 1).await.expect("again"), 0);

        t.clock.advance_seconds(30 * 86_400 - 1);
        assert_eq!(sweep(office).await.expect("swept"), 0);
        t.clock.advance_seconds(1);
        assert_eq!(sweep(office).await.expect("swept"), 1);
        let gone = status(office, &files(t).tiles, &key, &token, Language::Nl).await.expect("the status");
        assert_eq!(gone, ReceiptStatus::Expired);
    }
}

office_test! {
    async fn stopped_at_any_step_it_is_finished_by_the_next_start(t: &TestOffice) {
        let office = &*t.office;
        let key = create_ledger(t);
        for steps in 0..=4 {
            let tag = format!("{TAG}{steps}");
            let seeded = seed(office, &tag, &format!("1234567{steps}")).await;
            let begun = begin(office, STAFF, Whom::Customer(seeded.customer.id), None).await.expect("begun");
            let subjects = store::subjects(&office.store, begun.id).await.expect("subjects");
            assert_eq!(subjects.len(), 3);
            if steps >= 1 {
                let row = store::by_id(&office.store, begun.id).await.expect("read").expect("a row");
                steps::note(office, &row, &subjects).await.expect("noted");
            }
            if steps >= 2 {
                // Killed between two subjects: the customer's own keys are gone already.
                steps::destroy(office, &[seeded.customer.subject]).await.expect("destroyed");
            }
            if steps >= 3 {
                steps::destroy(office, &subjects).await.expect("destroyed");
            }
            if steps >= 4 {
                // A slow writer made a key after that; it goes too, and is told of.
                office.vault.ensure::<keys::purpose::Support>(seeded.customer.subject).await.expect("a key");
            }
            // The clock goes on while nothing runs: the entry is told when it is true.
            t.clock.advance_seconds(3_600);
            let asked = Asked::default();
            assert_eq!(resume(office, &asked).await.expect("resumed"), 1);
            assert_gone(office, &seeded).await;
            publish(t).await;
            let receipt = ready(t, &key, &begun.token.expect("a token")).await;
            let parsed = Receipt::parse(receipt.text.as_bytes()).expect("a receipt");
            let verified = parsed.verify(&key, &[]).expect("verified");
            assert_eq!(verified.entry.time(), office.now());
            assert!(verified.entry.data()["keys"].as_array().expect("key ids").len() >= 10);
        }
        let (kinds, _) = ledger(office).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "erased").count(), 5);
        assert_eq!(kinds.iter().filter(|kind| *kind == "keys-destroyed").count(), 1);
    }
}

office_test! {
    async fn two_workers_at_once_make_one_erasure(t: &TestOffice) {
        let office = &*t.office;
        let seeded = seed(office, TAG, "12345678").await;
        let whom = Whom::Customer(seeded.customer.id);
        let (one, two) = tokio::join!(begin(office, STAFF, whom, None), begin(office, STAFF, whom, None));
        let (one, two) = (one.expect("begun"), two.expect("begun"));
        assert_eq!(one.id, two.id);
        assert!(one.token.is_some() != two.token.is_some());
        let (asked, job) = (Asked::default(), EraseSubject { erasure: one.id });
        let (a, b, c) = tokio::join!(run(office, job, &asked), run(office, job, &asked), resume(office, &asked));
        a.expect("erased");
        b.expect("erased");
        c.expect("resumed");
        assert_gone(office, &seeded).await;
        let (kinds, _) = ledger(office).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "erased").count(), 1);
    }
}

office_test! {
    async fn a_visitor_and_a_login_that_leaves(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let owner = member(office, &klant, "eigenaar@klant.example", Role::Owner).await;
        let reader = member(office, &klant, "lezer@klant.example", Role::Reader).await;
        let last = begin(office, STAFF, Whom::Login(owner), None).await;
        assert!(matches!(last, Err(OfficeError::Forbidden { .. })), "{last:?}");
        let subject = accounts::login(office, reader).await.expect("a login").subject;
        let begun = begin(office, STAFF, Whom::Login(reader), None).await.expect("begun");
        run(office, EraseSubject { erasure: begun.id }, &Asked::default()).await.expect("erased");
        assert_eq!(rows_of(office, subject).await, []);
        assert!(accounts::login(office, reader).await.is_err());
        customers::customer(office, klant.id).await.expect("the customer stays");
        accounts::login(office, owner).await.expect("the owner stays");

        let staff = NewStaff {
            name: "Medewerker".into(),
            email: "staf@voorbeeldhost.example".into(),
            role: StaffRole::Admin,
            officer: Officer::None,
            language: Language::Nl,
        };
        let added = add_staff(office, STAFF, &staff).await.expect("added");
        let refused = begin(office, STAFF, Whom::Login(added.login), None).await;
        assert!(matches!(refused, Err(OfficeError::Forbidden { .. })), "{refused:?}");

        let written = messages::contact(office, Language::Nl, &form("question", "")).await.expect("written");
        let visitor = messages::thread(office, written.thread).await.expect("the thread").summary.subject;
        let wrong = begin(office, STAFF, Whom::Visitor(klant.subject), None).await;
        assert!(matches!(wrong, Err(OfficeError::NotFound { .. })), "{wrong:?}");
        let begun = begin(office, STAFF, Whom::Visitor(visitor), None).await.expect("begun");
        run(office, EraseSubject { erasure: begun.id }, &Asked::default()).await.expect("erased");
        assert_eq!(rows_of(office, visitor).await, []);
    }
}

office_test! {
    async fn a_granted_request_is_announced_and_begins_when_the_mails_have_left(t: &TestOffice) {
        let office = &*t.office;
        let key = create_ledger(t);
        let klant = customer(office, EMAIL).await;
        let owner = session(office, &klant, Role::Owner, SignIn::SecondFactor);
        let OwnErasure::Begun(begun) = erase_own(office, &owner).await.expect("begun") else { panic!("a link") };
        let token = begun.token.expect("a token");
        let job = EraseSubject { erasure: begun.id };
        run(office, job, &Asked::default()).await.expect("waits");
        assert_eq!(state_of(office, klant.subject).await, SubjectState::Active);
        let second = erase_own(office, &owner).await.expect("the same");
        assert!(matches!(second, OwnErasure::Begun(Begun { id, token: None }) if id == begun.id));

        let drained = drain(office).await;
        let link = format!("/{RECEIPT_PATH}/{}", token.text().expose());
        let farewell = drained.letters.iter().find(|letter| letter.body.expose().contains(&link)).expect("the link");
        assert!(farewell.body.expose().contains("zolang het logboek bestaat"));
        // The job of the grant finds it announced.
        let begin: requests::BeginErasure =
            drained.jobs.iter().find(|job| job.kind == "request.begin-erasure").expect("asked").decode().expect("a job");
        let again = begin_granted(office, STAFF, begin.request).await.expect("announced").expect("living");
        assert!(again.id == begun.id && again.token.is_none());
        run(office, job, &Asked::default()).await.expect("erased");
        assert_eq!(rows_of(office, klant.subject).await, []);
        assert!(begin_granted(office, STAFF, begin.request).await.expect("done before").is_none());
        let request = requests::request(office, begin.request).await.expect("the proof stays");
        assert!(request.subject.is_none() && request.detail.text.is_none() && request.answer.is_none());
        publish(t).await;
        ready(t, &key, &token).await;
    }
}

office_test! {
    async fn a_password_alone_does_not_erase_and_a_mail_that_never_leaves_does_not_stop_it(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let stale = session(office, &klant, Role::Owner, SignIn::Stale);
        assert!(matches!(erase_own(office, &stale).await, Err(OfficeError::Forbidden { .. })));
        let manager = session(office, &klant, Role::Manager, SignIn::SecondFactor);
        assert!(matches!(erase_own(office, &manager).await, Err(OfficeError::Forbidden { .. })));
        let owner = session(office, &klant, Role::Owner, SignIn::Password);
        assert!(matches!(erase_own(office, &owner).await.expect("asked"), OwnErasure::LinkSent(_)));
        assert!(matches!(erase_own(office, &owner).await.expect("asked again"), OwnErasure::LinkSent(_)));
        let mail = drain(office).await.one(crate::mailing::MailKind::IdentityLink);
        requests::follow_link(office, &token_in(&mail, requests::IDENTITY_PATH)).await.expect("followed");
        let OwnErasure::Begun(begun) = erase_own(office, &owner).await.expect("begun") else { panic!("a link") };
        let job = EraseSubject { erasure: begun.id };
        t.clock.advance_seconds(86_399);
        run(office, job, &Asked::default()).await.expect("waits");
        assert_eq!(state_of(office, klant.subject).await, SubjectState::Active);
        t.clock.advance_seconds(1);
        run(office, job, &Asked::default()).await.expect("erased");
        assert_eq!(state_of(office, klant.subject).await, SubjectState::Erased);
    }
}

office_test! {
    async fn a_living_subject_gets_receipts_and_nobody_gets_those_of_another(t: &TestOffice) {
        let office = &*t.office;
        let key = create_ledger(t);
        let (klant, other) = (customer(office, EMAIL).await, customer(office, "ander@klant.example").await);
        customers::set_restriction(office, STAFF, klant.id, customers::Restriction::Restricted).await.expect("set");
        let leaf = |rows: &[::store::LedgerRow]| -> Hash {
            let row = rows.iter().find(|row| row.kind == "processing-restricted").expect("the entry");
            ledger::leaf_hash(&row.body)
        };
        ::store::Sequencer::new(office.store.clone()).run().await.expect("numbered");
        let leaf = leaf(&::store::entries_of_subject(&office.store, klant.subject, 10).await.expect("entries"));
        let words = requests::receipts::entry_words(office, Language::En, "processing-restricted");
        let tiles = &files(t).tiles;
        assert_eq!(for_entry(office, tiles, &key, klant.subject, leaf, &words).await.expect("none yet"), None);
        publish(t).await;
        let text = for_entry(office, tiles, &key, klant.subject, leaf, &words).await.expect("made").expect("covered");
        let verified = Receipt::parse(text.as_bytes()).expect("a receipt").verify(&key, &[]).expect("verified");
        assert_eq!(verified.subject_id, klant.subject);
        assert!(verified.words.contains("processing restricted"));
        let foreign = for_entry(office, tiles, &key, other.subject, leaf, &words).await;
        assert!(matches!(foreign, Err(OfficeError::NotFound { .. })), "{foreign:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_byte_of_the_files_tells_who_it_was() {
    let t = crate::testing::sqlite().await;
    let office = &*t.office;
    let seeded = seed(office, TAG, "31415926").await;
    let names = ["data.db", "data.db-wal", "keys.db", "keys.db-wal", "destroyed.list"];
    let search = |when: &str| {
        let mut searched = 0;
        for name in names {
            let Ok(bytes) = std::fs::read(t.folder.path().join(name)) else { continue };
            searched += bytes.len();
            for word in
                [TAG, "zwaluwveer", "31415926", "klant.example", "192.0.2.7", "NL123456782B90", "1234 AB"]
            {
                let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
                assert!(!found, "{word} is in {name} {when}");
            }
        }
        assert!(searched > 100_000, "{searched} bytes");
    };
    search("while the customer lives");
    let begun = begin(office, STAFF, Whom::Customer(seeded.customer.id), None).await.expect("begun");
    run(office, EraseSubject { erasure: begun.id }, &Asked::default()).await.expect("erased");
    search("after the erasure");
    let ids: Vec<[u8; 16]> = seeded.subjects().iter().map(|subject| subject.bytes()).collect();
    let keys: Vec<u8> = ["keys.db", "keys.db-wal"]
        .iter()
        .flat_map(|name| std::fs::read(t.folder.path().join(name)).unwrap_or_default())
        .collect();
    for id in ids {
        assert!(!keys.windows(16).any(|window| window == id), "the key store still knows the subject");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_copy_of_both_stores_gives_nothing_back() {
    let t = crate::testing::sqlite().await;
    let office = &*t.office;
    let (gone, stays) = (seed(office, TAG, "12345678").await, seed(office, OTHER, "87654321").await);
    let old = tempfile::tempdir().expect("a folder");
    office.store.copy_into(&old.path().join("data.db")).await.expect("a copy");
    let sqlite = |name: &str| ::store::DatabaseUrl::Sqlite(t.folder.path().join(name));
    let keys = ::store::Store::open(&sqlite("keys.db")).await.expect("the key store");
    keys.copy_into(&old.path().join("keys.db")).await.expect("a copy");
    let begun = begin(office, STAFF, Whom::Customer(gone.customer.id), None).await.expect("begun");
    run(office, EraseSubject { erasure: begun.id }, &Asked::default()).await.expect("erased");

    // The copies are put back; the list of destroyed keys is today's.
    let copy = |name: &str| ::store::DatabaseUrl::Sqlite(old.path().join(name));
    let data = ::store::Store::open(&copy("data.db")).await.expect("the copy");
    let key_store = ::store::Store::open(&copy("keys.db")).await.expect("the copy");
    let mut config = t.vault_config.clone();
    config.store = Arc::new(::store::SqlKeyStore::new(key_store, Arc::clone(&config.clock)));
    let vault = Arc::new(Vault::open(config).await.expect("a vault"));
    let (clock, random) = (Arc::clone(&office.clock), Arc::clone(&office.random));
    let restored = Office::new(data, vault, office.policy(), clock, random, office.settings.clone());
    assert_ne!(rows_of(&restored, gone.customer.subject).await, [], "the rows are back");
    let nothing = access::preview(&restored, &gone.subjects()).await;
    assert!(nothing.is_err(), "and cannot be read");

    // A subject that lost its keys without a tombstone is reported and left alone.
    let lost = stays.visitor;
    let ids: Vec<_> =
        restored.vault.keys_of(lost).await.expect("keys").iter().map(|key| key.key_id).collect();
    restored.vault.store().delete(&ids).await.expect("lost");
    let replayed = replay_tombstones(&restored).await.expect("replayed");
    assert_eq!(replayed, Replayed { erased: 3, without_keys: 1, named: vec![lost] });
    assert_gone(&restored, &gone).await;
    assert_ne!(rows_of(&restored, lost).await, []);
    let again = replay_tombstones(&restored).await.expect("replayed");
    assert_eq!(again, Replayed { erased: 0, without_keys: 1, named: vec![lost] });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_column_that_an_erasure_deletes_by_has_an_index() {
    let t = crate::testing::sqlite().await;
    for table in schema::tables() {
        let (OnErasure::Delete { subject } | OnErasure::Clear { subject }) = table.erasure else { continue };
        let sql = format!("EXPLAIN QUERY PLAN DELETE FROM {} WHERE {subject} = x'00'", table.name);
        let plan = t.office.store.query(&sql, []).await.expect("a plan");
        let details: Vec<String> =
            plan.iter().map(|row| row.try_get("", "detail").expect("a detail")).collect();
        let first = details.first().cloned().unwrap_or_default();
        assert!(first.starts_with("SEARCH"), "{}: {details:?}", table.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_leave_the_index_of_other_processes_too() {
    let t = crate::testing::sqlite().await;
    let office = &*t.office;
    let since = office.now();
    let klant = customer(office, EMAIL).await;
    begin(office, STAFF, Whom::Customer(klant.id), None).await.expect("begun");
    office.names.put(klant.id, None, &["Fenna"]);
    assert_eq!(office.names.find("fenna", 5).len(), 1);
    assert_eq!(drop_names(office, since).await.expect("followed"), 1);
    assert!(office.names.find("fenna", 5).is_empty());
    t.clock.advance_seconds(1);
    assert_eq!(drop_names(office, office.now()).await.expect("followed"), 0);
    let stranger = SubjectId::new(&*office.clock, &*office.random);
    let tx = office.store.begin().await.expect("tx");
    subjects::create(&tx, stranger, SubjectKind::Visitor, office.now()).await.expect("a subject");
    tx.commit().await.expect("committed");
    let begun = begin(office, By::System("retention"), Whom::Visitor(stranger), None).await.expect("begun");
    run(office, EraseSubject { erasure: begun.id }, &Asked::default()).await.expect("nothing but the salt");
    assert_eq!(state_of(office, stranger).await, SubjectState::Erased);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stays_is_said_in_both_languages() {
    let t = crate::testing::sqlite().await;
    let holds = holds(&t.office);
    assert_eq!(holds.len(), 3);
    for hold in &holds {
        for language in Language::ALL {
            assert!(!hold.what.of(language).is_empty() && !hold.ground.of(language).is_empty());
            assert!(!hold.until.in_words(language).is_empty());
        }
    }
    assert_eq!(holds[0].until.in_words(Language::Nl), "twee jaar na de afhandeling van het verzoek");
}
