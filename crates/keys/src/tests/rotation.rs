//! Rotation, killed before and after each single call it makes, and run again: it always ends right,
//! at every moment all living data opens and is found, and an erased key never returns.

use super::{Place, cell};
use crate::purpose::Account;
use crate::rotation::{self, DestroyedCopy, HostError, RotationError, RotationHost, Step, resume, rotate};
use crate::{
    BlindIndex, Cell, KeyError, KeyId, KeyRow, KeyState, KeyStore, KeyStoreError, MemoryKeyStore, OpenError,
    Parity, Phase, Rewrap, RootKey, Sealed, Vault, VaultConfig,
};
use async_trait::async_trait;
use base::{SubjectId, SystemRandom, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// When a run is killed: at the call with this number, before or after the call does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    Before,
    After,
}

/// Counts the calls that a run makes and kills it at one of them.
struct Killer {
    left: AtomicI64,
    when: Kill,
}

impl Killer {
    const fn never() -> Self {
        Self { left: AtomicI64::new(i64::MAX), when: Kill::Before }
    }

    /// Does the work of one call, or not, and says whether the run goes on.
    async fn call<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        if left <= 0 && (left < 0 || self.when == Kill::Before) {
            return None;
        }
        let done = work.await;
        (left > 0).then_some(done)
    }
}

/// A key store whose process dies.
struct Mortal(Arc<MemoryKeyStore>, Arc<Killer>);

fn dead() -> KeyStoreError {
    KeyStoreError::Unavailable("killed".into())
}

#[async_trait]
impl KeyStore for Mortal {
    async fn insert(&self, rows: &[KeyRow]) -> Result<(), KeyStoreError> {
        self.1.call(self.0.insert(rows)).await.ok_or_else(dead)?
    }
    async fn find(&self, subject: SubjectId, purpose: &str) -> Result<Option<KeyRow>, KeyStoreError> {
        self.1.call(self.0.find(subject, purpose)).await.ok_or_else(dead)?
    }
    async fn find_many(&self, purpose: &str, subjects: &[SubjectId]) -> Result<Vec<KeyRow>, KeyStoreError> {
        self.1.call(self.0.find_many(purpose, subjects)).await.ok_or_else(dead)?
    }
    async fn of_subject(&self, subject: SubjectId) -> Result<Vec<KeyRow>, KeyStoreError> {
        self.1.call(self.0.of_subject(subject)).await.ok_or_else(dead)?
    }
    async fn delete(&self, keys: &[KeyId]) -> Result<u64, KeyStoreError> {
        self.1.call(self.0.delete(keys)).await.ok_or_else(dead)?
    }
    async fn rewrap(&self, keys: &[Rewrap]) -> Result<u64, KeyStoreError> {
        self.1.call(self.0.rewrap(keys)).await.ok_or_else(dead)?
    }
    async fn page_of_epoch(
        &self,
        epoch: u32,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError> {
        // Small pages, so that there are calls between them to be killed at.
        self.1.call(self.0.page_of_epoch(epoch, after, limit.min(2))).await.ok_or_else(dead)?
    }
    async fn count_of_epoch(&self, epoch: u32) -> Result<u64, KeyStoreError> {
        self.1.call(self.0.count_of_epoch(epoch)).await.ok_or_else(dead)?
    }
    async fn page(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<KeyRow>, KeyStoreError> {
        self.1.call(self.0.page(after, limit.min(3))).await.ok_or_else(dead)?
    }
    async fn page_older(
        &self,
        before: Timestamp,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError> {
        self.1.call(self.0.page_older(before, after, limit)).await.ok_or_else(dead)?
    }
    async fn state(&self) -> Result<KeyState, KeyStoreError> {
        self.1.call(self.0.state()).await.ok_or_else(dead)?
    }
    async fn set_state(&self, expected: KeyState, new: KeyState) -> Result<(), KeyStoreError> {
        self.1.call(self.0.set_state(expected, new)).await.ok_or_else(dead)?
    }
}

/// One row of the data store.
#[derive(Clone)]
struct Row {
    subject: SubjectId,
    sealed: Sealed<Account>,
    index: BlindIndex,
}

/// The data store, the ledger, and the rest of the world.
#[derive(Default)]
struct World {
    rows: Vec<Row>,
    ledger: Vec<String>,
    /// Erased when the host is called for this step.
    erase_at: Option<(Step, SubjectId)>,
    /// What the restored backup is made to lack or to keep.
    backup: Backup,
    /// The states that processes were waited for.
    awaited: Vec<KeyState>,
    /// A process with an old state, and the subject it makes a key for while indexes are filled.
    late: Option<(Arc<Vault>, SubjectId)>,
    /// A subject whose key is made just after the backup was taken.
    born: Option<SubjectId>,
}

#[derive(Default, Clone)]
enum Backup {
    #[default]
    True,
    Lacking,
    Older(Arc<MemoryKeyStore>),
    Damaged,
}

/// A host over the world, in the process that may die.
struct Host<'a> {
    vault: &'a Vault,
    store: Arc<MemoryKeyStore>,
    world: &'a Mutex<World>,
    killer: Arc<Killer>,
}

impl Host<'_> {
    async fn act<T>(&self, step: Step, work: impl Future<Output = T>) -> Result<T, HostError> {
        let erase = {
            let mut world = self.world.lock().expect("not poisoned");
            world.erase_at.take_if(|(at, _)| *at == step)
        };
        if let Some((_, subject)) = erase {
            // another process erases: it does not die with this one
            self.world.lock().expect("not poisoned").rows.retain(|row| row.subject != subject);
            let other = VaultConfig { store: self.store.clone(), ..self.vault.config.clone() };
            Vault::open(other).await?.destroy(subject).await?;
        }
        self.killer.call(work).await.ok_or_else(|| "killed".into())
    }

    async fn fill(&self, parity: Parity) -> Result<u64, HostError> {
        let missing = {
            let world = self.world.lock().expect("not poisoned");
            world.rows.iter().find(|row| row.index.of(parity).is_none()).cloned()
        };
        let Some(row) = missing else { return Ok(0) };
        // not through the mortal store: its calls are counted elsewhere
        let config = VaultConfig { store: self.store.clone(), ..self.vault.config.clone() };
        let vault = Vault::open(config).await?;
        let email = vault.key::<Account>(row.subject).await?.open(&cell(row.subject), &row.sealed)?;
        let index = vault.blind_index("login", "email", email.text()?).await?;
        let mut world = self.world.lock().expect("not poisoned");
        let row =
            world.rows.iter_mut().find(|other| other.subject == row.subject).ok_or("erased meanwhile")?;
        match parity {
            Parity::Even => row.index.even = index.even,
            Parity::Odd => row.index.odd = index.odd,
        }
        Ok(1)
    }

    fn append(&self, entry: String) {
        let mut world = self.world.lock().expect("not poisoned");
        if !world.ledger.contains(&entry) {
            world.ledger.push(entry);
        }
    }
}

#[async_trait]
impl RotationHost for Host<'_> {
    async fn await_processes(&self, state: KeyState) -> Result<(), HostError> {
        self.act(Step::EnterBoth, async {
            self.world.lock().expect("not poisoned").awaited.push(state);
        })
        .await
    }
    async fn fill_index(&self, _epoch: u32, parity: Parity, _limit: u32) -> Result<u64, HostError> {
        let late = self.world.lock().expect("not poisoned").late.take();
        if let Some((stale, subject)) = late {
            assert_eq!(stale.ensure::<Account>(subject).await?.epoch(), 1);
        }
        self.act(Step::FillIndex, self.fill(parity)).await?
    }
    async fn empty_index(&self, _epoch: u32, parity: Parity, _limit: u32) -> Result<u64, HostError> {
        self.act(Step::Retire, async {
            let mut world = self.world.lock().expect("not poisoned");
            let Some(row) = world.rows.iter_mut().find(|row| row.index.of(parity).is_some()) else {
                return 0;
            };
            match parity {
                Parity::Even => row.index.even = None,
                Parity::Odd => row.index.odd = None,
            }
            1
        })
        .await
    }
    async fn restored_backup(&self) -> Result<Arc<dyn KeyStore>, HostError> {
        let kind = self.world.lock().expect("not poisoned").backup.clone();
        self.act(Step::Backup, async {
            let copy = match &kind {
                Backup::Older(store) => store.clone(),
                _ => Arc::new((*self.store).clone()),
            };
            let born = self.world.lock().expect("not poisoned").born.take();
            if let Some(subject) = born {
                let config = VaultConfig { store: self.store.clone(), ..self.vault.config.clone() };
                Vault::open(config).await?.ensure::<Account>(subject).await?;
            }
            let rows = copy.page(None, 100).await?;
            match kind {
                Backup::Lacking => {
                    copy.delete(&[rows[1].key_id]).await?;
                }
                Backup::Damaged => {
                    let mut bad = rows[1].clone();
                    bad.wrapped[30] ^= 1;
                    copy.delete(&[bad.key_id]).await?;
                    copy.insert(&[bad]).await?;
                }
                Backup::True | Backup::Older(_) => {}
            }
            Ok(copy as Arc<dyn KeyStore>)
        })
        .await?
    }
    async fn record_retiring(&self, epoch: u32, generation: u64) -> Result<(), HostError> {
        let work = async { self.append(format!("epoch-retiring {epoch} {generation}")) };
        self.act(Step::Retire, work).await
    }
    async fn destroy_elsewhere(&self, epoch: u32) -> Result<Vec<String>, HostError> {
        self.act(Step::Destroy, async { vec![format!("the safe, epoch {epoch}")] }).await
    }
    async fn record_destroyed(&self, epoch: u32, copies: &[DestroyedCopy]) -> Result<(), HostError> {
        assert!(copies.iter().all(|copy| match copy {
            DestroyedCopy::File(path) => !path.exists(),
            DestroyedCopy::Elsewhere(_) => true,
        }));
        let work = async { self.append(format!("epoch-destroyed {epoch} {}", copies.len())) };
        self.act(Step::Record, work).await
    }
}

const PEOPLE: usize = 7;

fn email(n: usize) -> String {
    format!("person{n}@example.org")
}

/// A place with people in its data store, all in epoch 1.
async fn populated(seed: u64) -> (Place, Vec<SubjectId>, Mutex<World>) {
    let place = Place::new(seed);
    let vault = place.vault().await;
    let mut world = World::default();
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        let subject = place.subject();
        let key = vault.ensure::<Account>(subject).await.expect("a key");
        let sealed = key.seal(&cell(subject), email(n).as_bytes(), &SystemRandom);
        let index = vault.blind_index("login", "email", &email(n)).await.expect("an index");
        world.rows.push(Row { subject, sealed, index });
        people.push(subject);
    }
    (place, people, Mutex::new(world))
}

/// All living data opens and is found; the erased open nowhere.
async fn check_service(place: &Place, people: &[SubjectId], world: &Mutex<World>, erased: &[SubjectId]) {
    let vault = Vault::open(place.config()).await.expect("opens");
    let rows = world.lock().expect("not poisoned").rows.clone();
    assert_eq!(rows.len(), people.len() - erased.len());
    for (n, subject) in people.iter().enumerate() {
        let key = vault.key::<Account>(*subject).await;
        if erased.contains(subject) {
            assert!(matches!(key, Err(KeyError::Missing { .. })), "the erased stay erased");
            continue;
        }
        let row = rows.iter().find(|row| row.subject == *subject).expect("a row");
        let opened = key.expect("a key").open(&cell(*subject), &row.sealed).expect("opens");
        assert_eq!(opened.text(), Ok(email(n).as_str()));
        let (parity, index) = vault.lookup_index("login", "email", &email(n)).await.expect("an index");
        let found: Vec<_> = rows.iter().filter(|row| row.index.of(parity) == Some(index)).collect();
        assert!(found.len() == 1 && found[0].subject == *subject, "found by e-mail");
    }
}

/// The rotation from epoch 1 to 2 is over, and left nothing.
async fn check_end(place: &Place, world: &Mutex<World>, living: usize) {
    let state = place.store.state().await.expect("reads");
    assert_eq!(state, KeyState { generation: 2, phase: Phase::Steady, epoch: 2 });
    assert_eq!(place.store.count_of_epoch(1).await.expect("counts"), 0);
    assert_eq!(place.store.count_of_epoch(2).await.expect("counts"), living as u64);
    let epochs = place.config().epochs;
    assert_eq!(epochs.list().expect("lists"), [2]);
    assert!(epochs.paths(1).all(|path| !path.exists()));
    epochs.check(&place.root, 2).expect("both copies");
    let world = world.lock().expect("not poisoned");
    assert_eq!(world.ledger, ["epoch-retiring 1 2", "epoch-destroyed 1 3"]);
    assert!(world.rows.iter().all(|row| row.index.odd.is_none() && row.index.even.is_some()));
}

async fn mortal_vault(place: &Place, killer: &Arc<Killer>) -> Result<Vault, KeyError> {
    let store = Mortal(place.store.clone(), Arc::clone(killer));
    Vault::open(place.config_over(Arc::new(store))).await
}

fn host<'a>(place: &Place, vault: &'a Vault, world: &'a Mutex<World>, killer: &Arc<Killer>) -> Host<'a> {
    Host { vault, store: place.store.clone(), world, killer: Arc::clone(killer) }
}

/// One run in a process of its own, that may die.
async fn run(place: &Place, world: &Mutex<World>, killer: Killer) -> Result<(), RotationError> {
    let killer = Arc::new(killer);
    let vault = mortal_vault(place, &killer).await?;
    rotate(&vault, &host(place, &vault, world, &killer)).await.map(|_| ())
}

#[tokio::test]
async fn a_rotation_moves_all_and_destroys_the_old_epoch() {
    let (place, people, world) = populated(1).await;
    let vault = place.vault().await;
    let killer = Arc::new(Killer::never());
    let before = vault.key::<Account>(people[0]).await.expect("a key");
    let host = host(&place, &vault, &world, &killer);
    let rotated = rotate(&vault, &host).await.expect("rotates");
    assert_eq!((rotated.destroyed, rotated.living, rotated.generation), (1, 2, 2));
    assert_eq!((rotated.rewrapped, rotated.copies.len()), (PEOPLE as u64, 3));
    check_end(&place, &world, PEOPLE).await;
    check_service(&place, &people, &world, &[]).await;
    let awaited = world.lock().expect("not poisoned").awaited.clone();
    assert_eq!(awaited.iter().map(|state| state.phase).collect::<Vec<_>>(), [Phase::Both, Phase::Retiring]);
    // the data key itself stays the same
    place.clock.advance_seconds(61);
    let after = vault.key::<Account>(people[0]).await.expect("a key");
    assert_eq!((before.key_id(), before.epoch(), after.epoch()), (after.key_id(), 1, 2));
    assert_eq!(resume(&vault, &host).await.expect("nothing to do"), None);
    // and round again, back to the odd columns
    let again = rotate(&vault, &host).await.expect("rotates");
    assert_eq!((again.destroyed, again.living, again.generation), (2, 3, 3));
    check_service(&place, &people, &world, &[]).await;
    assert!(world.lock().expect("not poisoned").rows.iter().all(|row| row.index.even.is_none()));
}

#[tokio::test]
async fn killed_at_every_call_it_ends_right_when_run_again() {
    for when in [Kill::Before, Kill::After] {
        let mut died = 0;
        for calls in 0.. {
            let (place, people, world) = populated(2).await;
            let killer = Killer { left: AtomicI64::new(calls), when };
            if run(&place, &world, killer).await.is_ok() {
                break;
            }
            died += 1;
            check_service(&place, &people, &world, &[]).await;
            // the next start goes on; a second death at the same distance changes nothing
            let _ = run_on(&place, &world, Killer { left: AtomicI64::new(calls / 2), when }).await;
            check_service(&place, &people, &world, &[]).await;
            run_on(&place, &world, Killer::never()).await.expect("ends");
            check_end(&place, &world, PEOPLE).await;
            check_service(&place, &people, &world, &[]).await;
        }
        assert!(died > 50, "only {died} calls were killed");
    }
}

/// What start-up does: go on, or begin when the first run died before it had begun.
async fn run_on(place: &Place, world: &Mutex<World>, killer: Killer) -> Result<(), RotationError> {
    let killer = Arc::new(killer);
    let vault = mortal_vault(place, &killer).await?;
    let host = host(place, &vault, world, &killer);
    if resume(&vault, &host).await?.is_none() && place.store.state().await? == KeyState::FIRST {
        rotate(&vault, &host).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_erasure_at_any_step_is_not_undone() {
    let steps = [Step::EnterBoth, Step::FillIndex, Step::Backup, Step::Retire, Step::Destroy, Step::Record];
    for step in steps {
        for calls in [3, 9, 15, 24, 1_000] {
            let (place, people, world) = populated(3).await;
            world.lock().expect("not poisoned").erase_at = Some((step, people[2]));
            let first = run(&place, &world, Killer { left: AtomicI64::new(calls), when: Kill::After }).await;
            // some runs die before that step: then the next one meets the erasure
            if first.is_err() {
                run_on(&place, &world, Killer::never()).await.expect("ends");
            }
            check_end(&place, &world, PEOPLE - 1).await;
            check_service(&place, &people, &world, &people[2..3]).await;
        }
    }
}

#[tokio::test]
async fn an_old_backup_opens_nothing_after_the_epoch_ended() {
    let (place, people, world) = populated(4).await;
    let old_store = Arc::new((*place.store).clone());
    let old_rows = world.lock().expect("not poisoned").rows.clone();
    let old_file = std::fs::read(place.config().epochs.paths(1).next().expect("a path")).expect("reads");
    place.vault().await.destroy(people[0]).await.expect("destroys");
    world.lock().expect("not poisoned").rows.remove(0);
    run(&place, &world, Killer::never()).await.expect("rotates");

    // root key and old backup of both stores, tombstones lost: no epoch key, no start
    let lost = Place { temp: tempfile::tempdir().expect("a folder"), ..Place::new(4) };
    let config = |root: &RootKey| VaultConfig { root: root.clone(), ..lost.config_over(old_store.clone()) };
    assert!(matches!(Vault::open(config(&place.root)).await, Err(KeyError::File(_))));
    // beside the living epoch key it does not open either
    for from in place.config().epochs.paths(2).take(1) {
        std::fs::copy(&from, lost.config().epochs.paths(1).next().expect("a path")).expect("copies");
    }
    assert!(matches!(Vault::open(config(&place.root)).await, Err(KeyError::File(_))));
    // a remnant of the old file after the root key was replaced
    let path = lost.config().epochs.paths(1).next().expect("a path");
    std::fs::remove_file(&path).expect("removes");
    std::fs::write(&path, &old_file).expect("writes");
    let new_root = RootKey::generate(&SystemRandom);
    assert!(matches!(Vault::open(config(&new_root)).await, Err(KeyError::File(_))));
    // what is *not* claimed: root key, old store and a surviving copy of the old epoch key together do open
    let all = Vault::open(config(&place.root)).await.expect("opens");
    let key = all.key::<Account>(people[0]).await.expect("a key");
    assert!(key.open(&cell(people[0]), &old_rows[0].sealed).is_ok());
    // but not once the list of destroyed keys is there
    let with_list = VaultConfig { tombstones: place.config().tombstones, ..config(&place.root) };
    let listed = Vault::open(with_list).await.expect("opens");
    assert!(matches!(listed.key::<Account>(people[0]).await, Err(KeyError::Missing { .. })));
    assert!(listed.key::<Account>(people[1]).await.is_ok());
}

#[tokio::test]
async fn a_key_that_does_not_unwrap_stops_it_before_anything_is_destroyed() {
    let (place, _, world) = populated(5).await;
    let mut bad = place.store.page(None, 1).await.expect("pages").remove(0);
    bad.wrapped[40] ^= 4;
    place.store.delete(&[bad.key_id]).await.expect("deletes");
    place.store.insert(&[bad.clone()]).await.expect("inserts");
    let error = run(&place, &world, Killer::never()).await.expect_err("stops");
    assert!(matches!(&error, RotationError::Unwrap(error) if error.key_id == bad.key_id
        && error.source == OpenError::Refused));
    place.config().epochs.check(&place.root, 1).expect("the old key is there");
    assert_eq!(place.store.state().await.expect("reads").phase, Phase::Both);
}

#[tokio::test]
async fn a_backup_that_is_not_whole_stops_it_before_anything_is_destroyed() {
    for kind in ["lacking", "older", "damaged"] {
        let (place, people, world) = populated(6).await;
        world.lock().expect("not poisoned").backup = match kind {
            "lacking" => Backup::Lacking,
            "older" => Backup::Older(Arc::new((*place.store).clone())),
            _ => Backup::Damaged,
        };
        let error = run(&place, &world, Killer::never()).await.expect_err("stops");
        match kind {
            "lacking" => assert!(matches!(error, RotationError::BackupLacks { .. })),
            "older" => assert!(matches!(
                error,
                RotationError::OtherEpoch { epoch: 1, expected: 2, place: rotation::Place::Backup, .. }
            )),
            _ => assert!(matches!(error, RotationError::Unwrap(_))),
        }
        place.config().epochs.check(&place.root, 1).expect("the old key is there");
        check_service(&place, &people, &world, &[]).await;
        world.lock().expect("not poisoned").backup = Backup::True;
        run(&place, &world, Killer::never()).await.expect("ends");
        check_end(&place, &world, PEOPLE).await;
    }
}

#[tokio::test]
async fn a_second_rotation_is_refused_and_the_last_epoch_has_no_next() {
    let (place, _, world) = populated(7).await;
    let lock = place.config().epochs.lock_rotation().expect("locks").expect("free");
    let refused = run(&place, &world, Killer::never()).await;
    assert!(matches!(refused, Err(RotationError::Running)));
    drop(lock);
    let state = place.store.state().await.expect("reads");
    place.store.set_state(state, KeyState { epoch: u32::MAX, ..state }).await.expect("sets");
    place.config().epochs.write_new(&place.root, u32::MAX, &SystemRandom).expect("writes");
    let exhausted = run(&place, &world, Killer::never()).await;
    assert!(matches!(exhausted, Err(RotationError::Exhausted)));
}

#[tokio::test]
async fn a_late_writer_of_the_old_epoch_is_caught() {
    let (place, people, world) = populated(8).await;
    // a process that did not see the new state makes a key in epoch 1 while the run is in `both`
    let stale = place.vault().await;
    let late = place.subject();
    let killer = Arc::new(Killer { left: AtomicI64::new(7), when: Kill::After });
    let vault = mortal_vault(&place, &killer).await.expect("opens");
    assert!(rotate(&vault, &host(&place, &vault, &world, &killer)).await.is_err());
    assert_eq!(place.store.state().await.expect("reads").phase, Phase::Both);
    let key = stale.ensure::<Account>(late).await.expect("a key");
    assert_eq!(key.epoch(), 1);
    run_on(&place, &world, Killer::never()).await.expect("ends");
    assert_eq!(place.store.count_of_epoch(1).await.expect("counts"), 0);
    assert_eq!(place.store.count_of_epoch(2).await.expect("counts"), PEOPLE as u64 + 1);
    check_service(&place, &people, &world, &[]).await;
    let sealed = key.seal(&cell(late), b"late", &SystemRandom);
    let fresh = Vault::open(place.config()).await.expect("opens");
    let at: Cell = cell(late);
    assert!(fresh.key::<Account>(late).await.expect("a key").open(&at, &sealed).is_ok());
}

#[tokio::test]
async fn a_key_that_appears_after_the_rewrapping_is_moved_by_the_check() {
    let (place, people, world) = populated(9).await;
    let late = place.subject();
    world.lock().expect("not poisoned").late = Some((Arc::new(place.vault().await), late));
    run(&place, &world, Killer::never()).await.expect("rotates");
    check_end(&place, &world, PEOPLE + 1).await;
    check_service(&place, &people, &world, &[]).await;
    let vault = Vault::open(place.config()).await.expect("opens");
    assert_eq!(vault.key::<Account>(late).await.expect("a key").epoch(), 2);
}

#[tokio::test]
async fn a_key_made_after_the_backup_need_not_be_in_it() {
    let (place, people, world) = populated(10).await;
    world.lock().expect("not poisoned").born = Some(place.subject());
    run(&place, &world, Killer::never()).await.expect("rotates");
    check_end(&place, &world, PEOPLE + 1).await;
    check_service(&place, &people, &world, &[]).await;
}
