//! The vault: the one way to data keys. It creates, finds, unwraps, caches for at most 60 s, and
//! destroys them, and computes the blind indexes of the present phase of rotation.
//!
//! Invariants
//! - A key row counts only when its subject and purpose are the ones asked for.
//! - Nothing is used from the cache after 60 s by the clock, nor when the clock went back.
//! - The state of rotation it acts on is at most 30 s old: rotation waits 120 s where that matters.
//! - Destroying writes the tombstone first, then deletes.

use crate::cache::{Cache, fresh};
use crate::data_key::Material;
use crate::epoch::EpochDir;
use crate::ring::Ring;
use crate::store::BATCH_MAX;
use crate::tombstones::{Tombstone, Tombstones};
use crate::{
    DataKey, KeyError, KeyId, KeyRow, KeyState, KeyStore, KeyStoreError, Parity, Purpose, RootKey, purpose,
};
use base::{Clock, Random, SubjectId, Timestamp};
use core::fmt;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// How long it acts on a state it read.
pub const STATE_SECONDS: i64 = 30;
/// The most keys made in one call.
pub const CREATE_MAX: usize = 100_000;
/// How often a lost race is run again.
const TRIES: usize = 3;
/// The most failing keys that a verification names.
const NAMED_MAX: usize = 100;

/// What a vault is made of.
#[derive(Clone)]
pub struct VaultConfig {
    /// Where wrapped keys live.
    pub store: Arc<dyn KeyStore>,
    /// Where epoch keys live.
    pub epochs: EpochDir,
    /// What wraps the epoch keys.
    pub root: RootKey,
    /// The list of destroyed keys.
    pub tombstones: Tombstones,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The system's random source.
    pub random: Arc<dyn Random>,
}

impl fmt::Debug for VaultConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultConfig({:?})", self.epochs)
    }
}

/// A key that was, or is about to be, destroyed: what the ledger keeps of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestroyedKey {
    /// Its id.
    pub key_id: KeyId,
    /// The epoch that wrapped it: when that epoch's key is gone, so is every copy.
    pub epoch: u32,
    /// Its purpose.
    pub purpose: String,
}

impl From<KeyRow> for DestroyedKey {
    fn from(row: KeyRow) -> Self {
        Self { key_id: row.key_id, epoch: row.epoch, purpose: row.purpose }
    }
}

/// The values of the two index columns that a writer stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BlindIndex {
    /// For `idx_even`.
    pub even: Option<[u8; 16]>,
    /// For `idx_odd`.
    pub odd: Option<[u8; 16]>,
}

impl BlindIndex {
    /// The value of one column.
    #[must_use]
    pub const fn of(&self, parity: Parity) -> Option<[u8; 16]> {
        match parity {
            Parity::Even => self.even,
            Parity::Odd => self.odd,
        }
    }
}

/// The outcome of [`Vault::verify`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many keys unwrap.
    pub good: u64,
    /// How many do not.
    pub bad: u64,
    /// The first hundred that do not.
    pub named: Vec<KeyId>,
}

/// The keys of personal data. Shared by all parts of a process behind an [`Arc`].
pub struct Vault {
    pub(crate) config: VaultConfig,
    ring: RwLock<(Arc<Ring>, Timestamp)>,
    cache: Mutex<Cache>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({:?})", self.config)
    }
}

impl Vault {
    /// Makes the first epoch of an empty store; does nothing when there is one. It may be repeated.
    ///
    /// # Errors
    /// [`KeyError`]; a store that has keys but no epoch key is an error here, not a fresh start.
    pub async fn initialise(config: &VaultConfig) -> Result<(), KeyError> {
        let mut state = config.store.state().await?;
        if state == KeyState::NEW {
            config.epochs.write_new(&config.root, KeyState::FIRST.epoch, &*config.random)?;
            config.store.set_state(state, KeyState::FIRST).await?;
            state = KeyState::FIRST;
        }
        // A store that is born in its first epoch, without a single key, may still lack the file.
        if state == KeyState::FIRST && config.store.page(None, 1).await?.is_empty() {
            config.epochs.write_new(&config.root, state.epoch, &*config.random)?;
        }
        Ring::read(&config.epochs, &config.root, state)?;
        Ok(())
    }

    /// Opens the vault: reads the living epoch keys, and deletes every key that the list of destroyed
    /// keys names, should a restored store have brought one back.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn open(config: VaultConfig) -> Result<Self, KeyError> {
        config.tombstones.apply(&*config.store).await?;
        let now = config.clock.now();
        let ring = read_ring(&config, None).await?;
        Ok(Self { config, ring: RwLock::new((ring, now)), cache: Mutex::default() })
    }

    /// The state of the key store, as it is now: its generation must not be behind the ledger's.
    ///
    /// # Errors
    /// [`KeyError::Store`].
    pub async fn state(&self) -> Result<KeyState, KeyError> {
        Ok(self.config.store.state().await?)
    }

    /// The store the keys live in.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn KeyStore> {
        &self.config.store
    }

    /// The directory the epoch keys live in.
    #[must_use]
    pub fn epochs(&self) -> &EpochDir {
        &self.config.epochs
    }

    /// The list of destroyed keys.
    #[must_use]
    pub fn tombstones(&self) -> &Tombstones {
        &self.config.tombstones
    }

    /// Reads state and epoch keys again. It happens by itself when they are older than 30 s.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn reload(&self) -> Result<(), KeyError> {
        self.read_again().await.map(|_| ())
    }

    async fn read_again(&self) -> Result<Arc<Ring>, KeyError> {
        // The instant is taken first: what is read later is not older than it says.
        let now = self.config.clock.now();
        let present = Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner).0);
        let ring = read_ring(&self.config, Some(present)).await?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = (Arc::clone(&ring), now);
        Ok(ring)
    }

    pub(crate) async fn ring(&self) -> Result<Arc<Ring>, KeyError> {
        let now = self.config.clock.now();
        {
            let held = self.ring.read().unwrap_or_else(PoisonError::into_inner);
            if fresh(held.1, now, STATE_SECONDS) {
                return Ok(Arc::clone(&held.0));
            }
        }
        self.read_again().await
    }

    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the keys that are not there yet; those that are stay. Call it before the rows that need
    /// them are written: a crash in between leaves keys without rows, which a daily job collects.
    ///
    /// # Errors
    /// [`KeyError`]. Some of the keys may have been made then; the call may be repeated.
    pub async fn create(&self, wanted: &[(SubjectId, &[&'static str])]) -> Result<(), KeyError> {
        let mut pairs = BTreeMap::<&'static str, BTreeSet<SubjectId>>::new();
        let mut count = 0usize;
        for (subject, purposes) in wanted {
            count = count.saturating_add(purposes.len());
            if count > CREATE_MAX {
                return Err(KeyError::TooMany);
            }
            for name in *purposes {
                if !purpose::is_name(name) {
                    return Err(KeyError::PurposeName { name });
                }
                pairs.entry(name).or_default().insert(*subject);
            }
        }
        for _ in 0..TRIES {
            let rows = self.missing_rows(&pairs).await?;
            let mut raced = false;
            for chunk in rows.chunks(BATCH_MAX) {
                match self.config.store.insert(chunk).await {
                    Ok(()) => {}
                    Err(KeyStoreError::Duplicate) => raced = true,
                    Err(error) => return Err(error.into()),
                }
            }
            if !raced {
                return Ok(());
            }
        }
        Err(KeyError::Busy)
    }

    /// Fresh rows for the pairs that have none.
    async fn missing_rows(
        &self,
        pairs: &BTreeMap<&'static str, BTreeSet<SubjectId>>,
    ) -> Result<Vec<KeyRow>, KeyError> {
        let ring = self.ring().await?;
        let mut rows = Vec::new();
        let held = self.held(pairs).await?;
        let random = &*self.config.random;
        let first = KeyId::new(random);
        for (name, subjects) in pairs {
            for subject in subjects.iter().filter(|subject| !held.contains(&(**subject, (*name).to_owned())))
            {
                let id = first.beside(random);
                let row = ring.create(id, *subject, name, random).ok_or(KeyError::Uninitialised)?;
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// The pairs that have a key: one query for a single subject, else one per purpose and 500 subjects.
    async fn held(
        &self,
        pairs: &BTreeMap<&'static str, BTreeSet<SubjectId>>,
    ) -> Result<HashSet<(SubjectId, String)>, KeyError> {
        let mut held = HashSet::new();
        let distinct: BTreeSet<_> = pairs.values().flatten().collect();
        if let (Some(subject), 1) = (distinct.first(), distinct.len()) {
            let rows = self.config.store.of_subject(**subject).await?;
            held.extend(rows.into_iter().map(|row| (row.subject, row.purpose)));
            return Ok(held);
        }
        for (name, subjects) in pairs {
            let subjects: Vec<_> = subjects.iter().copied().collect();
            for chunk in subjects.chunks(BATCH_MAX) {
                let rows = self.config.store.find_many(name, chunk).await?;
                held.extend(rows.into_iter().map(|row| (row.subject, row.purpose)));
            }
        }
        Ok(held)
    }

    /// The key of a subject for a purpose, made when it is not there.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn ensure<P: Purpose>(&self, subject: SubjectId) -> Result<DataKey<P>, KeyError> {
        match self.key::<P>(subject).await {
            Err(KeyError::Missing { .. }) => {}
            found => return found,
        }
        self.create(&[(subject, &[P::NAME])]).await?;
        self.key::<P>(subject).await
    }

    /// The key of a subject for a purpose.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::Missing`] when the subject was erased.
    pub async fn key<P: Purpose>(&self, subject: SubjectId) -> Result<DataKey<P>, KeyError> {
        let now = self.config.clock.now();
        if let Some(material) = self.cache().find((subject, P::NAME), now) {
            return Ok(DataKey::new(material));
        }
        let mut ring = self.ring().await?;
        let mut gone = None;
        for _ in 0..TRIES {
            let row = self.config.store.find(subject, P::NAME).await?;
            let row = row.ok_or(KeyError::Missing { purpose: P::NAME })?;
            if let Some(material) = take_in::<P>(&ring, &row, |asked| asked == subject)? {
                self.cache().keep((subject, P::NAME), &material, now);
                return Ok(DataKey::new(material));
            }
            // A rotation passed between the two reads: take its keys and look again.
            gone = Some(KeyError::EpochGone { key_id: row.key_id, epoch: row.epoch });
            ring = self.read_again().await?;
        }
        Err(gone.unwrap_or(KeyError::Busy))
    }

    /// The keys of many subjects for a purpose; who has none is left out. One query per 500.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn keys<P: Purpose>(
        &self,
        subjects: &[SubjectId],
    ) -> Result<HashMap<SubjectId, DataKey<P>>, KeyError> {
        let now = self.config.clock.now();
        let mut found = HashMap::with_capacity(subjects.len());
        let mut open = Vec::new();
        {
            let mut cache = self.cache();
            let mut seen = HashSet::with_capacity(subjects.len());
            for subject in subjects.iter().copied().filter(|subject| seen.insert(*subject)) {
                match cache.find((subject, P::NAME), now) {
                    Some(material) => {
                        found.insert(subject, DataKey::new(material));
                    }
                    None => open.push(subject),
                }
            }
        }
        for chunk in open.chunks(BATCH_MAX) {
            let asked: HashSet<_> = chunk.iter().copied().collect();
            let ring = self.ring().await?;
            for row in self.config.store.find_many(P::NAME, chunk).await? {
                let key = match take_in::<P>(&ring, &row, |subject| asked.contains(&subject))? {
                    Some(material) => {
                        self.cache().keep((row.subject, P::NAME), &material, now);
                        DataKey::new(material)
                    }
                    // Rare: a rotation ended meanwhile. The single look-up knows what to do.
                    None => match self.key::<P>(row.subject).await {
                        Ok(key) => key,
                        Err(KeyError::Missing { .. }) => continue,
                        Err(error) => return Err(error),
                    },
                };
                found.insert(row.subject, key);
            }
        }
        Ok(found)
    }

    /// What a writer stores in the two index columns of a value, in the present phase.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn blind_index(
        &self,
        table: &str,
        column: &str,
        normalised: &str,
    ) -> Result<BlindIndex, KeyError> {
        let ring = self.ring().await?;
        let mut index = BlindIndex::default();
        for epoch in ring.state.index_epochs() {
            let living = ring.epoch(epoch).ok_or(KeyError::Uninitialised)?;
            let value = Some(living.blind_index(table, column, normalised));
            match Parity::of(epoch) {
                Parity::Even => index.even = value,
                Parity::Odd => index.odd = value,
            }
        }
        Ok(index)
    }

    /// What a look-up compares, and in which column.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn lookup_index(
        &self,
        table: &str,
        column: &str,
        normalised: &str,
    ) -> Result<(Parity, [u8; 16]), KeyError> {
        let ring = self.ring().await?;
        let epoch = ring.state.lookup_epoch();
        let living = ring.epoch(epoch).ok_or(KeyError::Uninitialised)?;
        Ok((Parity::of(epoch), living.blind_index(table, column, normalised)))
    }

    /// Drops what is held of a subject.
    pub fn forget(&self, subject: SubjectId) {
        self.cache().forget(subject);
    }

    /// Drops what has been held for 60 s; a process without traffic calls it from a timer.
    pub fn sweep(&self) {
        let now = self.config.clock.now();
        self.cache().sweep(now);
    }

    /// The keys of a subject, as a destruction would report them. A caller that must report them after a
    /// crash notes them before it calls [`Vault::destroy`], which reports only what it found.
    ///
    /// # Errors
    /// [`KeyError::Store`].
    pub async fn keys_of(&self, subject: SubjectId) -> Result<Vec<DestroyedKey>, KeyError> {
        let rows = self.config.store.of_subject(subject).await?;
        Ok(rows.into_iter().map(DestroyedKey::from).collect())
    }

    /// Destroys the keys of a subject: lists them as destroyed, durably; deletes them; drops what is
    /// held. It may be repeated. Other processes hold a key for at most 60 s more.
    ///
    /// # Errors
    /// [`KeyError`]. Repeat it then: a subject is not erased until this succeeds.
    pub async fn destroy(&self, subject: SubjectId) -> Result<Vec<DestroyedKey>, KeyError> {
        self.destroy_all(&[subject]).await
    }

    /// [`Vault::destroy`] for several subjects: the list is synced once, and keys are deleted in batches.
    ///
    /// # Errors
    /// As [`Vault::destroy`]; repeat it for all of them then.
    pub async fn destroy_all(&self, subjects: &[SubjectId]) -> Result<Vec<DestroyedKey>, KeyError> {
        let mut rows = Vec::new();
        for subject in subjects {
            let own = self.config.store.of_subject(*subject).await?;
            if let Some(row) = own.iter().find(|row| row.subject != *subject) {
                return Err(KeyError::NotAskedFor { key_id: row.key_id });
            }
            rows.extend(own);
        }
        let dead: Vec<_> =
            rows.iter().map(|row| Tombstone { key_id: row.key_id, epoch: row.epoch }).collect();
        self.config.tombstones.append(&dead)?;
        let ids: Vec<_> = rows.iter().map(|row| row.key_id).collect();
        for chunk in ids.chunks(BATCH_MAX) {
            self.config.store.delete(chunk).await?;
        }
        for subject in subjects {
            self.forget(*subject);
        }
        Ok(rows.into_iter().map(DestroyedKey::from).collect())
    }

    /// Unwraps every key of the store: what a check-up does. Nothing is kept.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn verify(&self) -> Result<Verified, KeyError> {
        let mut outcome = Verified::default();
        let mut after = None;
        loop {
            let page = self.config.store.page(after, BATCH_LIMIT).await?;
            let Some(last) = page.last() else { return Ok(outcome) };
            // Ids rise from page to page, so this ends with the store.
            after = Some(last.key_id);
            let ring = self.ring().await?;
            for row in &page {
                if ring.check(row).is_ok() {
                    outcome.good += 1;
                } else {
                    outcome.bad += 1;
                    if outcome.named.len() < NAMED_MAX {
                        outcome.named.push(row.key_id);
                    }
                }
            }
        }
    }
}

/// [`BATCH_MAX`] as a page limit.
pub(crate) const BATCH_LIMIT: u32 = 500;

/// Unwraps a row that the store answered with, if it is one that was asked for.
fn take_in<P: Purpose>(
    ring: &Ring,
    row: &KeyRow,
    asked: impl Fn(SubjectId) -> bool,
) -> Result<Option<Arc<Material>>, KeyError> {
    if row.purpose != P::NAME || !asked(row.subject) {
        return Err(KeyError::NotAskedFor { key_id: row.key_id });
    }
    Ok(ring.unwrap(row).transpose()?.map(Arc::new))
}

/// Reads the state, and the epoch keys when it is another than the present one's.
async fn read_ring(config: &VaultConfig, present: Option<Arc<Ring>>) -> Result<Arc<Ring>, KeyError> {
    let mut failed = None;
    for _ in 0..TRIES {
        let state = config.store.state().await?;
        if state == KeyState::NEW {
            return Err(KeyError::Uninitialised);
        }
        if let Some(ring) = present.as_ref().filter(|ring| ring.state == state) {
            return Ok(Arc::clone(ring));
        }
        match Ring::read(&config.epochs, &config.root, state) {
            Ok(ring) => return Ok(Arc::new(ring)),
            // A rotation may have moved on and removed a file between the two reads.
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.map_or(KeyError::Busy, KeyError::File))
}
