//! The vault: create, find, cache, destroy, restore; stores that lie; restored old stores.

use super::{Place, cell};
use crate::cache::CACHE_SECONDS;
use crate::purpose::{ALL, Account, Ledger, Rights, Support};
use crate::vault::CREATE_MAX;
use crate::{
    KeyError, KeyId, KeyRow, KeyState, KeyStore, KeyStoreError, MemoryKeyStore, Parity, Phase, Rewrap,
    Sealed, Vault,
};
use async_trait::async_trait;
use base::{SubjectId, SystemRandom, Timestamp};
use std::collections::HashSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A store that counts, and does as a test tells it before it answers.
pub(super) struct Watched {
    pub(super) inner: Arc<MemoryKeyStore>,
    pub(super) finds: AtomicU64,
    /// Whose key `find` answers with, instead of the one asked for.
    pub(super) lie: Option<(SubjectId, &'static str)>,
    /// What another process inserts just before our own insert.
    pub(super) race: std::sync::Mutex<Vec<KeyRow>>,
}

impl Watched {
    fn over(inner: &Arc<MemoryKeyStore>) -> Self {
        let inner = Arc::clone(inner);
        Self { inner, finds: AtomicU64::new(0), lie: None, race: std::sync::Mutex::default() }
    }
}

#[async_trait]
impl KeyStore for Watched {
    async fn insert(&self, rows: &[KeyRow]) -> Result<(), KeyStoreError> {
        let raced = std::mem::take(&mut *self.race.lock().expect("not poisoned"));
        if !raced.is_empty() {
            self.inner.insert(&raced).await?;
        }
        self.inner.insert(rows).await
    }
    async fn find(&self, subject: SubjectId, purpose: &str) -> Result<Option<KeyRow>, KeyStoreError> {
        self.finds.fetch_add(1, Ordering::SeqCst);
        let (subject, purpose) = self.lie.map_or((subject, purpose), |(other, name)| (other, name));
        self.inner.find(subject, purpose).await
    }
    async fn find_many(&self, purpose: &str, subjects: &[SubjectId]) -> Result<Vec<KeyRow>, KeyStoreError> {
        self.finds.fetch_add(1, Ordering::SeqCst);
        assert!(subjects.len() <= 500);
        match self.lie {
            Some((subject, purpose)) => self.inner.find_many(purpose, &[subject]).await,
            None => self.inner.find_many(purpose, subjects).await,
        }
    }
    async fn of_subject(&self, subject: SubjectId) -> Result<Vec<KeyRow>, KeyStoreError> {
        match self.lie {
            Some((subject, _)) => self.inner.of_subject(subject).await,
            None => self.inner.of_subject(subject).await,
        }
    }
    async fn delete(&self, keys: &[KeyId]) -> Result<u64, KeyStoreError> {
        self.inner.delete(keys).await
    }
    async fn rewrap(&self, keys: &[Rewrap]) -> Result<u64, KeyStoreError> {
        self.inner.rewrap(keys).await
    }
    async fn page_of_epoch(
        &self,
        epoch: u32,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError> {
        self.inner.page_of_epoch(epoch, after, limit).await
    }
    async fn count_of_epoch(&self, epoch: u32) -> Result<u64, KeyStoreError> {
        self.inner.count_of_epoch(epoch).await
    }
    async fn page(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<KeyRow>, KeyStoreError> {
        self.inner.page(after, limit).await
    }
    async fn page_older(
        &self,
        before: Timestamp,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError> {
        self.inner.page_older(before, after, limit).await
    }
    async fn state(&self) -> Result<KeyState, KeyStoreError> {
        self.inner.state().await
    }
    async fn set_state(&self, expected: KeyState, new: KeyState) -> Result<(), KeyStoreError> {
        self.inner.set_state(expected, new).await
    }
}

#[tokio::test]
async fn a_fresh_store_begins_in_epoch_one_and_once() {
    let place = Place::new(1);
    let opened = Vault::open(place.config()).await;
    assert!(matches!(opened, Err(KeyError::Uninitialised)));
    let vault = place.vault().await;
    let file = fs::read(place.temp.path().join("keys/epoch-000001.key")).expect("reads");
    Vault::initialise(&place.config()).await.expect("again");
    assert_eq!(fs::read(place.temp.path().join("keys/epoch-000001.key")).expect("reads"), file);
    assert_eq!(vault.state().await.expect("reads"), KeyState::FIRST);

    // a store born in its first epoch, as a migration may make it
    let other = Place::new(2);
    other.store.set_state(KeyState::NEW, KeyState::FIRST).await.expect("sets");
    let vault = other.vault().await;
    vault.ensure::<Account>(other.subject()).await.expect("makes");
    // once there are keys, a lost epoch key is an error and no fresh start
    fs::remove_dir_all(other.temp.path().join("keys")).expect("removes");
    assert!(matches!(Vault::initialise(&other.config()).await, Err(KeyError::File(_))));
    assert!(matches!(Vault::open(other.config()).await, Err(KeyError::File(_))));
}

#[tokio::test]
async fn keys_are_made_once_and_found_again() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let subject = place.subject();
    let missing = vault.key::<Account>(subject).await;
    assert!(matches!(missing, Err(KeyError::Missing { purpose: "account" })));
    vault.create(&[(subject, ALL), (subject, &["account"])]).await.expect("creates");
    let rows = place.store.of_subject(subject).await.expect("finds");
    assert_eq!(rows.len(), ALL.len());
    vault.create(&[(subject, ALL)]).await.expect("again");
    assert_eq!(place.store.of_subject(subject).await.expect("finds"), rows, "what is there stays");
    let key = vault.key::<Account>(subject).await.expect("a key");
    assert_eq!((key.subject(), key.epoch()), (subject, 1));
    assert_eq!(vault.ensure::<Account>(subject).await.expect("a key").key_id(), key.key_id());
    let ids: HashSet<_> = rows.iter().map(|row| row.key_id).collect();
    assert!(ids.len() == ALL.len() && ids.contains(&key.key_id()));
    // another process reads the same secret
    let sealed = key.seal(&cell(subject), b"value", &SystemRandom);
    let other = Vault::open(place.config()).await.expect("opens");
    let opened = other.key::<Account>(subject).await.expect("a key").open(&cell(subject), &sealed);
    assert_eq!(opened.expect("opens").text(), Ok("value"));
    let salts = [&vault, &other];
    let first = salts[0].key::<Ledger>(subject).await.expect("a salt").salt().expose().to_owned();
    assert_eq!(salts[1].key::<Ledger>(subject).await.expect("a salt").salt().expose(), &first);
}

#[tokio::test]
async fn purposes_and_subjects_do_not_mix() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let (one, two) = (place.subject(), place.subject());
    vault.create(&[(one, ALL), (two, ALL)]).await.expect("creates");
    let sealed = vault.key::<Account>(one).await.expect("a key").seal(&cell(one), b"value", &SystemRandom);
    let moved = Sealed::<Support>::from_bytes(sealed.as_bytes().to_vec()).expect("reads");
    assert!(vault.key::<Support>(one).await.expect("a key").open(&cell(one), &moved).is_err());
    assert!(vault.key::<Account>(two).await.expect("a key").open(&cell(two), &sealed).is_err());
    let account = vault.key::<Account>(one).await.expect("a key");
    assert!(account.open(&cell(two), &sealed).is_err());
    assert!(account.open(&cell(one), &sealed).is_ok());
}

#[tokio::test]
async fn a_batch_has_limits_and_names_are_checked() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let subject = place.subject();
    let malformed = vault.create(&[(subject, &["Not A Name"])]).await;
    assert!(matches!(malformed, Err(KeyError::PurposeName { name: "Not A Name" })));
    let many = vec![(subject, &["account"][..]); CREATE_MAX];
    vault.create(&many).await.expect("the limit itself");
    let too_many = vec![(subject, &["account"][..]); CREATE_MAX + 1];
    assert!(matches!(vault.create(&too_many).await, Err(KeyError::TooMany)));

    let subjects: Vec<_> = (0..1_250).map(|_| place.subject()).collect();
    let wanted: Vec<_> = subjects.iter().map(|s| (*s, &["account", "rights"][..])).collect();
    vault.create(&wanted).await.expect("creates");
    assert_eq!(place.store.count_of_epoch(1).await.expect("counts"), 2_501);
    let mut asked = subjects.clone();
    asked.extend_from_slice(&subjects[..10]);
    asked.push(place.subject());
    let watched = Arc::new(Watched::over(&place.store));
    let other = Vault::open(place.config_over(watched.clone())).await.expect("opens");
    let keys = other.keys::<Rights>(&asked).await.expect("finds");
    assert_eq!(keys.len(), 1_250);
    assert!(keys.iter().all(|(subject, key)| key.subject() == *subject));
    assert_eq!(watched.finds.load(Ordering::SeqCst), 3, "500 a query");
    let again = other.keys::<Rights>(&subjects).await.expect("finds");
    assert_eq!(again.len(), 1_250);
    assert_eq!(watched.finds.load(Ordering::SeqCst), 3, "held for a minute");
}

#[tokio::test]
async fn two_processes_that_make_the_same_key_end_with_one() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let subject = place.subject();
    vault.create(&[(subject, &["account"])]).await.expect("creates");
    let theirs = place.store.of_subject(subject).await.expect("finds");
    place.store.delete(&[theirs[0].key_id]).await.expect("deletes");
    let watched = Watched::over(&place.store);
    *watched.race.lock().expect("not poisoned") = theirs.clone();
    let ours = Vault::open(place.config_over(Arc::new(watched))).await.expect("opens");
    let key = ours.ensure::<Account>(subject).await.expect("a key");
    assert_eq!(key.key_id(), theirs[0].key_id);
    assert_eq!(place.store.of_subject(subject).await.expect("finds"), theirs);
}

#[tokio::test]
async fn a_key_is_held_for_a_minute_and_not_longer() {
    let place = Place::new(1);
    let subject = place.subject();
    place.vault().await.create(&[(subject, &["account"])]).await.expect("creates");
    let watched = Arc::new(Watched::over(&place.store));
    let vault = Vault::open(place.config_over(watched.clone())).await.expect("opens");
    let found = || watched.finds.load(Ordering::SeqCst);
    vault.key::<Account>(subject).await.expect("a key");
    place.clock.advance_seconds(CACHE_SECONDS - 1);
    vault.key::<Account>(subject).await.expect("a key");
    assert_eq!(found(), 1);
    place.clock.advance_seconds(1);
    vault.key::<Account>(subject).await.expect("a key");
    assert_eq!(found(), 2, "a whole minute has passed");
    place.clock.advance_seconds(-1);
    vault.key::<Account>(subject).await.expect("a key");
    assert_eq!(found(), 3, "the clock went back");
    vault.forget(subject);
    vault.key::<Account>(subject).await.expect("a key");
    assert_eq!(found(), 4);
    // erased by another process: gone from here a minute later
    place.vault().await.destroy(subject).await.expect("destroys");
    assert!(vault.key::<Account>(subject).await.is_ok());
    place.clock.advance_seconds(CACHE_SECONDS);
    assert_eq!(vault.cache().len(), 1);
    vault.sweep();
    assert_eq!(vault.cache().len(), 0, "a timer sweeps it without a look-up");
    assert!(matches!(vault.key::<Account>(subject).await, Err(KeyError::Missing { .. })));
}

#[tokio::test]
async fn a_store_that_answers_with_another_key_is_refused() {
    let place = Place::new(1);
    let (one, two) = (place.subject(), place.subject());
    place.vault().await.create(&[(one, ALL), (two, ALL)]).await.expect("creates");
    for lie in [(two, "account"), (one, "support")] {
        let mut watched = Watched::over(&place.store);
        watched.lie = Some(lie);
        let vault = Vault::open(place.config_over(Arc::new(watched))).await.expect("opens");
        assert!(matches!(vault.key::<Account>(one).await, Err(KeyError::NotAskedFor { .. })), "{lie:?}");
        assert!(matches!(vault.keys::<Account>(&[one]).await, Err(KeyError::NotAskedFor { .. })));
        if lie.0 == two {
            assert!(matches!(vault.destroy(one).await, Err(KeyError::NotAskedFor { .. })));
            assert_eq!(place.store.of_subject(two).await.expect("finds").len(), ALL.len());
        }
    }
}

#[tokio::test]
async fn a_changed_row_is_refused_and_named() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let (one, two) = (place.subject(), place.subject());
    vault.create(&[(one, &["account"]), (two, &["account"])]).await.expect("creates");
    assert_eq!(vault.verify().await.expect("verifies").good, 2);
    let row = place.store.of_subject(one).await.expect("finds").remove(0);
    let mut bad = row.clone();
    bad.wrapped[20] ^= 1;
    place.store.delete(&[row.key_id]).await.expect("deletes");
    place.store.insert(&[bad]).await.expect("inserts");
    let error = vault.key::<Account>(one).await.expect_err("refused");
    assert!(matches!(&error, KeyError::Unwrap(_)) && error.to_string().contains(&row.key_id.to_string()));
    let outcome = vault.verify().await.expect("verifies");
    assert_eq!((outcome.good, outcome.bad, outcome.named), (1, 1, vec![row.key_id]));
    assert!(vault.key::<Account>(two).await.is_ok());
    // the row of another epoch
    let mut moved = row.clone();
    moved.epoch = 7;
    place.store.delete(&[row.key_id]).await.expect("deletes");
    place.store.insert(&[moved]).await.expect("inserts");
    assert!(matches!(vault.key::<Account>(one).await, Err(KeyError::EpochGone { epoch: 7, .. })));
}

#[tokio::test]
async fn no_more_than_a_hundred_changed_rows_are_named() {
    let place = Place::new(1);
    let vault = place.vault().await;
    for _ in 0..101 {
        vault.create(&[(place.subject(), &["account"])]).await.expect("creates");
    }
    for mut row in place.store.page(None, 200).await.expect("pages") {
        row.wrapped[20] ^= 1;
        place.store.delete(&[row.key_id]).await.expect("deletes");
        place.store.insert(&[row]).await.expect("inserts");
    }
    let outcome = vault.verify().await.expect("verifies");
    assert_eq!((outcome.good, outcome.bad, outcome.named.len()), (0, 101, 100));
}

#[tokio::test]
async fn what_is_printed_of_a_vault_names_places_and_no_keys() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let config = format!("VaultConfig({:?})", place.config().epochs);
    assert_eq!(format!("{:?}", place.config()), config);
    assert_eq!(format!("{vault:?}"), format!("Vault({config})"));
    let subject = place.subject();
    vault.create(&[(subject, &["account"])]).await.expect("creates");
    let row = place.store.of_subject(subject).await.expect("finds").remove(0);
    assert_eq!(format!("{row:?}"), format!("KeyRow({}, account, epoch 1)", row.key_id));
}

#[tokio::test]
async fn after_a_destruction_everything_refuses() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let (gone, stays) = (place.subject(), place.subject());
    vault.create(&[(gone, ALL), (stays, ALL)]).await.expect("creates");
    let key = vault.key::<Account>(gone).await.expect("a key");
    let sealed = key.seal(&cell(gone), b"value", &SystemRandom);
    let backup = (*place.store).clone();
    let listed = vault.keys_of(gone).await.expect("lists");
    let destroyed = vault.destroy(gone).await.expect("destroys");
    assert_eq!(destroyed, listed);
    assert!(destroyed.len() == ALL.len() && destroyed.iter().all(|key| key.epoch == 1));
    let purposes: HashSet<_> = destroyed.iter().map(|key| key.purpose.as_str()).collect();
    assert_eq!(purposes, ALL.iter().copied().collect());
    assert!(matches!(vault.key::<Account>(gone).await, Err(KeyError::Missing { .. })));
    assert!(matches!(vault.key::<Ledger>(gone).await, Err(KeyError::Missing { .. })));
    assert!(vault.keys::<Support>(&[gone, stays]).await.expect("finds").keys().eq([&stays]));
    assert_eq!(vault.destroy(gone).await.expect("again"), []);
    assert!(vault.key::<Account>(stays).await.is_ok());
    // a new key of the same subject does not open what was erased
    let fresh = vault.ensure::<Account>(gone).await.expect("a key");
    assert!(fresh.open(&cell(gone), &sealed).is_err());
    vault.destroy(gone).await.expect("destroys");

    // a backup from before, put back: opening the vault deletes what was destroyed, and no more
    let restored = Arc::new(backup);
    let after = Vault::open(place.config_over(restored.clone())).await.expect("opens");
    assert!(matches!(after.key::<Account>(gone).await, Err(KeyError::Missing { .. })));
    assert_eq!(restored.count_of_epoch(1).await.expect("counts"), ALL.len() as u64);
    assert!(after.key::<Account>(stays).await.is_ok());
}

#[tokio::test]
async fn many_are_destroyed_at_once_and_nobody_else() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let gone: Vec<_> = (0..300).map(|_| place.subject()).collect();
    let stays = place.subject();
    let new: Vec<_> = gone.iter().chain([&stays]).map(|one| (*one, ALL)).collect();
    for chunk in new.chunks(50) {
        vault.create(chunk).await.expect("creates");
    }
    let destroyed = vault.destroy_all(&gone).await.expect("destroys");
    assert_eq!(destroyed.len(), gone.len() * ALL.len());
    assert_eq!(vault.tombstones().load().expect("loads").len(), destroyed.len());
    assert_eq!(place.store.count_of_epoch(1).await.expect("counts"), ALL.len() as u64);
    assert!(vault.key::<Account>(stays).await.is_ok());
    assert_eq!(vault.destroy_all(&gone).await.expect("again"), []);
    assert_eq!(vault.destroy_all(&[]).await.expect("nothing"), []);
}

#[tokio::test]
async fn the_tombstone_is_written_before_the_key_is_deleted() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let subject = place.subject();
    vault.create(&[(subject, &["account"])]).await.expect("creates");
    // the list cannot be written: nothing may be deleted
    let list = place.temp.path().join("destroyed.list");
    fs::create_dir(&list).expect("creates");
    assert!(matches!(vault.destroy(subject).await, Err(KeyError::Tombstones(_))));
    assert_eq!(place.store.of_subject(subject).await.expect("finds").len(), 1);
    fs::remove_dir(&list).expect("removes");
    vault.destroy(subject).await.expect("destroys");
    assert_eq!(vault.tombstones().load().expect("loads").len(), 1);
}

#[tokio::test]
async fn indexes_follow_the_phase_and_the_state_is_read_again() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let first = vault.blind_index("login", "email", "a@example.org").await.expect("an index");
    assert!(first.even.is_none() && first.odd.is_some());
    let looked = vault.lookup_index("login", "email", "a@example.org").await.expect("an index");
    assert_eq!((looked.0, Some(looked.1)), (Parity::Odd, first.odd));
    assert_eq!((first.of(Parity::Odd), first.of(Parity::Even)), (first.odd, None));

    let config = place.config();
    config.epochs.write_new(&config.root, 2, &*config.random).expect("writes");
    let both = KeyState { phase: Phase::Both, ..KeyState::FIRST };
    place.store.set_state(KeyState::FIRST, both).await.expect("sets");
    // another process did that: seen within 30 s
    assert_eq!(vault.blind_index("login", "email", "a@example.org").await.expect("an index"), first);
    place.clock.advance_seconds(30);
    let second = vault.blind_index("login", "email", "a@example.org").await.expect("an index");
    assert_eq!(second.odd, first.odd);
    assert!(second.even.is_some() && second.even != second.odd);
    assert_eq!(vault.lookup_index("login", "email", "a@example.org").await.expect("an index"), looked);
    let subject = place.subject();
    assert_eq!(vault.ensure::<Account>(subject).await.expect("a key").epoch(), 2);

    let retiring = KeyState { generation: 2, phase: Phase::Retiring, epoch: 1 };
    place.store.set_state(both, retiring).await.expect("sets");
    vault.reload().await.expect("reloads");
    let third = vault.blind_index("login", "email", "a@example.org").await.expect("an index");
    assert_eq!((third.odd, third.even), (None, second.even));
    let looked = vault.lookup_index("login", "email", "a@example.org").await.expect("an index");
    assert_eq!((looked.0, Some(looked.1)), (Parity::Even, second.even));
}

#[tokio::test]
async fn the_memory_store_keeps_the_contract() {
    let place = Place::new(1);
    let vault = place.vault().await;
    let store = &place.store;
    let (one, two) = (place.subject(), place.subject());
    vault.create(&[(one, &["account"]), (two, &["account"])]).await.expect("creates");
    let mine = store.of_subject(one).await.expect("finds").remove(0);
    // all or none: a second row that clashes takes the first with it
    let fresh = KeyRow { key_id: KeyId::new(&SystemRandom), purpose: "rights".into(), ..mine.clone() };
    for clash in [
        KeyRow { purpose: "support".into(), ..mine.clone() },
        KeyRow { key_id: KeyId::new(&SystemRandom), ..mine.clone() },
        KeyRow { purpose: "support".into(), ..fresh.clone() },
        KeyRow { key_id: KeyId::new(&SystemRandom), ..fresh.clone() },
    ] {
        assert_eq!(store.insert(&[fresh.clone(), clash]).await, Err(KeyStoreError::Duplicate));
        assert_eq!(store.of_subject(one).await.expect("finds").len(), 1);
    }
    // rewrapping never inserts, and only touches rows of the epoch it names
    let rewrap = |key_id, from| Rewrap { key_id, from, to: 9, wrapped: vec![] };
    let none = store.rewrap(&[rewrap(KeyId::new(&SystemRandom), 1), rewrap(mine.key_id, 2)]).await;
    assert_eq!(none, Ok(0));
    let all = store.page(None, 10).await.expect("pages");
    assert_eq!(all.len(), 2);
    for (epoch, after, expected) in [
        (1, None, &all[..]),
        (1, Some(all[0].key_id), &all[1..]),
        (1, Some(all[1].key_id), &[]),
        (2, None, &[]),
    ] {
        assert_eq!(store.page_of_epoch(epoch, after, 10).await.expect("pages"), expected);
    }
    let state = store.state().await.expect("reads");
    assert_eq!(store.set_state(KeyState::NEW, state).await, Err(KeyStoreError::Conflict));
    let now = base::Clock::now(&*place.clock);
    assert_eq!(store.page_older(now, None, 10).await.expect("pages"), []);
    place.clock.advance_seconds(1);
    let old = store.page_older(base::Clock::now(&*place.clock), None, 10).await.expect("pages");
    assert_eq!(old.len(), 2);
    let rest =
        store.page_older(base::Clock::now(&*place.clock), Some(old[0].key_id), 10).await.expect("pages");
    assert_eq!(rest, old[1..]);
    for phase in Phase::ALL {
        assert_eq!(Phase::from_name(phase.name()), Some(phase));
    }
    assert_eq!(Phase::from_name("other"), None);
}
